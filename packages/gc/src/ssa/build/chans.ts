/**
 * Channels and select.
 *
 * Elements go to and come from the runtime by address. A select with one case is the plain operation,
 * with one case and a default a non-blocking operation; otherwise selectgo is given an array of cases
 * (sends first, receives from the end backwards) and answers with the index of the chosen one.
 *
 * Spec: "Send statements", "Receive operator", "Select statements".  Contract §7.11.
 */
import { ScaseLayout } from '@go-ts/runtime/layout/objects';
import { type Case, type Expr, ExprOp, type Stmt, StmtOp } from '../../ir/node.ts';
import { type Type } from '../../ir/type.ts';
import { OpEq, OpLt } from '../op.ts';
import { RepBool } from '../rep.ts';
import { type Value } from '../value.ts';
import { assignOperands, prepare } from './assign.ts';
import { type Builder } from './builder.ts';
import { type Operand, scalar } from './operand.ts';

/** ch <- v */
export function send(b: Builder, s: Stmt): void {
  const ch = s.lhs[0] ?? s.x!;
  const v = s.rhs[0]!;
  b.order(ch);
  b.order(v);
  const c = b.value(ch);
  const p = elementToSend(b, ch.type, b.expr(v));
  b.runtime('chansend1', [c, p]);
}

function elementToSend(b: Builder, ch: Type, v: Operand): Value {
  if (ch.elem!.size === 0) return b.runtimeVar('zerobase');
  return b.exposedAddr(b.spill(v));
}

/** <-ch, with whether a value was received. */
export function receive(b: Builder, e: Expr, wantOk: boolean): [value: Operand, ok: Operand] {
  b.order(e.x!);
  const c = b.value(e.x!);
  const t = e.x!.type.elem!;
  const { p, value } = receiveBuffer(b, t);
  let ok: Value;
  if (wantOk) ok = b.runtime('chanrecv2', [c, p])[0]!;
  else {
    b.runtime('chanrecv1', [c, p]);
    ok = b.bool(true);
  }
  return [value(), scalar(b.types.bool, ok)];
}

/** Where a received value is put, and how to get it afterwards. */
function receiveBuffer(b: Builder, t: Type): { p: Value; value: () => Operand } {
  if (t.size === 0) return { p: b.nil(), value: () => b.zeroOperand(t) };
  const slot = b.newTemp(t);
  b.zero(b.slotAddr(slot), t);
  return { p: b.exposedAddr(slot), value: () => b.loadOperand(t, b.slotAddr(slot)) };
}

/** One communication of a select, evaluated. */
interface Comm {
  readonly clause: Case;
  readonly isSend: boolean;
  readonly chan: Value;
  /** Address of the element, nil if none is wanted. */
  readonly elem: Value;
  /** The received value, once it is there. */
  readonly value: () => Operand;
}

export function select(b: Builder, s: Stmt): void {
  const done = b.newBlock();
  b.targets.push({ label: s.label, breakTo: done, continueTo: null });
  const comms = s.cases.filter((c) => c.comm !== null);
  const fallback = s.cases.find((c) => c.comm === null) ?? null;
  if (comms.length === 0 && fallback === null) b.runtime('block', []);
  else if (comms.length === 0) b.stmts(fallback!.body);
  else if (comms.length === 1 && fallback === null) {
    b.stmts([comms[0]!.comm!]);
    b.stmts(comms[0]!.body);
  } else if (comms.length === 1) nonBlocking(b, comms[0]!, fallback!, done);
  else general(b, comms, fallback, done);
  b.targets.pop();
  b.jumpAndStart(done);
}

/** What has effects in a channel expression and in a value to send. */
function orderComm(b: Builder, comm: Stmt): void {
  if (comm.op === StmtOp.Send) {
    b.order(comm.lhs[0] ?? comm.x!);
    b.order(comm.rhs[0]!);
  } else b.order(receiveOf(comm).x!);
}

/** The receive operation of an Expr or Assign statement. */
function receiveOf(comm: Stmt): Expr {
  const e = comm.op === StmtOp.Expr ? comm.x! : comm.rhs[0]!;
  return e.op === ExprOp.Convert ? e.x! : e;
}

/** Channel and value to send, each read before the next clause's effects. */
function evaluate(b: Builder, clause: Case): Comm {
  const comm = clause.comm!;
  b.pos = comm.pos;
  orderComm(b, comm);
  if (comm.op === StmtOp.Send) {
    const ch = comm.lhs[0] ?? comm.x!;
    const chan = b.value(ch);
    const elem = elementToSend(b, ch.type, b.expr(comm.rhs[0]!));
    return { clause, isSend: true, chan, elem, value: () => b.fail('value of a send') };
  }
  const e = receiveOf(comm);
  const chan = b.value(e.x!);
  const t = e.x!.type.elem!;
  if (comm.op === StmtOp.Expr || comm.lhs[0] === null) {
    return { clause, isSend: false, chan, elem: b.nil(), value: () => b.zeroOperand(t) };
  }
  const { p, value } = receiveBuffer(b, t);
  return { clause, isSend: false, chan, elem: p, value };
}

/** Assigns what was received, then runs the body. */
function runClause(b: Builder, comm: Comm, ok: Value | null): void {
  const s = comm.clause.comm!;
  b.pos = s.pos;
  if (!comm.isSend && s.op === StmtOp.Assign) {
    const e = s.rhs[0]!;
    if (e.op === ExprOp.Convert) {
      b.ordered.set(e.x!, comm.value());
      b.stmts([s]);
    } else {
      for (const lhs of s.lhs) if (lhs !== null) prepare(b, lhs, s.define);
      const values = [comm.value(), scalar(b.types.bool, ok ?? b.bool(true))];
      assignOperands(b, s.lhs, values.slice(0, s.lhs.length));
    }
  }
  b.stmts(comm.clause.body);
}

function nonBlocking(b: Builder, clause: Case, fallback: Case, done: Builder['cur']): void {
  const comm = evaluate(b, clause);
  let selected: Value;
  let ok: Value | null = null;
  if (comm.isSend) selected = b.runtime('selectnbsend', [comm.chan, comm.elem])[0]!;
  else [selected, ok] = b.runtime('selectnbrecv', [comm.elem, comm.chan]) as [Value, Value];
  const [yes, no] = [b.newBlock(), b.newBlock()];
  b.branch(selected, yes, no);
  b.start(yes);
  runClause(b, comm, ok);
  b.jump(done);
  b.start(no);
  b.stmts(fallback.body);
}

function general(
  b: Builder,
  clauses: readonly Case[],
  fallback: Case | null,
  done: Builder['cur'],
): void {
  const { types } = b;
  const n = clauses.length;
  const comms = clauses.map((c) => evaluate(b, c));
  const sends = comms.filter((c) => c.isSend);
  // Receives are numbered from the end.
  const receives = comms.filter((c) => !c.isSend).reverse();
  const placed = [...sends, ...receives];
  const scase = types.struct(
    ['c', 'elem'].map((name) => ({
      name,
      pkgPath: 'runtime',
      type: types.unsafePointer,
      embedded: false,
      tag: '',
    })),
    true,
  );
  const cases = b.exposedAddr(b.newTemp(types.array(scase, n), '.cases'));
  placed.forEach((comm, i) => {
    const at = i * ScaseLayout.size;
    b.store(b.offset(cases, at + ScaseLayout.at.c), comm.chan);
    b.store(b.offset(cases, at + ScaseLayout.at.elem), comm.elem);
  });
  const order = b.exposedAddr(b.newTemp(types.array(types.uint16, 2 * n), '.order'));
  const [chosen, ok] = b.runtime('selectgo', [
    cases,
    order,
    b.nil(),
    b.int(sends.length),
    b.int(receives.length),
    b.bool(fallback === null),
  ]) as [Value, Value];
  if (fallback !== null) {
    const [none, some] = [b.newBlock(), b.newBlock()];
    b.branch(b.v2(OpLt, RepBool, chosen, b.int(0)), none, some);
    b.start(none);
    b.stmts(fallback.body);
    b.jump(done);
    b.start(some);
  }
  placed.forEach((comm, i) => {
    if (i < n - 1) {
      const [yes, no] = [b.newBlock(), b.newBlock()];
      b.branch(b.v2(OpEq, RepBool, chosen, b.int(i)), yes, no);
      b.start(yes);
      runClause(b, comm, ok);
      b.jump(done);
      b.start(no);
    } else runClause(b, comm, ok);
  });
}
