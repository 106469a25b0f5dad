/**
 * go and defer.
 *
 * Both need a func() without arguments. A call that is more than that becomes a closure over its
 * evaluated callee and arguments, whose body (a function made here, marked as wrapper) does the call.
 *
 * Defers are open-coded where there are few and none in a loop: the closures are kept in frame slots
 * and a bit says which have been reached; every exit runs them in line. Otherwise a record in the
 * frame (deferprocStack) or in the heap (deferproc) is pushed, and exits call deferreturn.
 *
 * Spec: "Go statements", "Defer statements".  Contract §7.8.
 */
import { DeferLayout } from '@go-ts/runtime/layout/objects';
import {
  Esc,
  Expr,
  ExprOp,
  Func as IrFunc,
  LocalClass,
  LocalVar,
  Stmt,
  StmtOp,
} from '../../ir/node.ts';
import { Kind } from '../../ir/type.ts';
import { type OpenDeferResult } from '../func.ts';
import { LocalAuto, LocalVar as Slot } from '../local.ts';
import { OpOr } from '../op.ts';
import { RepI8 } from '../rep.ts';
import { type Value } from '../value.ts';
import { placeOf, readLocal } from './addr.ts';
import { type Builder } from './builder.ts';
import { newClosure } from './closure.ts';
import { recoveryBlock } from './exit.ts';
import { type Operand } from './operand.ts';

/** Limits of open-coding. GOROOT: src/cmd/compile/internal/walk/stmt.go, ssagen/ssa.go. */
const maxOpenDefers = 8;
const maxOpenExits = 15;

/** At entry: decides whether defers are open-coded, and sets up their slots if so. */
export function prepareDefers(b: Builder): void {
  const { fn } = b;
  if (!fn.hasDefer || fn.hasRangeFuncDefer || b.env.options.noOptimize) return;
  const count = { defers: 0, returns: 1, open: true };
  countDefers(fn.body, count);
  if (!count.open || count.defers === 0 || count.defers > maxOpenDefers) return;
  if (count.defers * count.returns > maxOpenExits) return;
  if (fn.results.some((r) => r.onHeap)) return;

  const { types } = b;
  const bits = b.f.addLocal(new Slot('.deferBits', types.uint8, LocalAuto));
  bits.alwaysLive = true;
  bits.addrTaken = true;
  const slots: Slot[] = [];
  for (let i = 0; i < count.defers; i++) {
    const slot = b.f.addLocal(new Slot(`.defer${i}`, types.func([], [], false), LocalAuto));
    slot.alwaysLive = true;
    slots.push(slot);
    b.varDef(slot);
    b.storePlain(b.slotAddr(slot), b.nil());
  }
  b.storePlain(b.slotAddr(bits), b.constInt(RepI8, 0));
  b.defers.bitsVar = b.vars.newVar(RepI8);
  b.vars.write(b.defers.bitsVar, b.constInt(RepI8, 0));
  b.f.openDefers = { bits, slots, results: registerResults(b) };
}

/** What the exit after a recovery loads into registers: such results are in slots. */
function registerResults(b: Builder): OpenDeferResult[] {
  return b.f.abi.results.flatMap(({ regs, leaves }, i) => {
    const place = placeOf(b, b.fn.results[i]!);
    if (place.kind !== 'slot') return [];
    const { slot } = place;
    return regs.map((reg, k) => ({ slot, offset: leaves[k]!.offset, rep: leaves[k]!.rep, reg }));
  });
}

interface DeferCount {
  defers: number;
  returns: number;
  open: boolean;
}

function countDefers(list: readonly Stmt[], count: DeferCount): void {
  for (const s of list) {
    if (s.op === StmtOp.Defer) {
      count.defers++;
      if (s.esc === Esc.Heap || s.token !== null) count.open = false;
    } else if (s.op === StmtOp.Return) count.returns++;
    for (const inner of [s.init, s.body, s.post, s.orelse]) countDefers(inner, count);
    for (const c of s.cases) countDefers(c.body, count);
  }
}

export function deferStmt(b: Builder, s: Stmt): void {
  const fn = thunk(b, s.x!, 'deferwrap', s.esc);
  b.pos = s.pos;
  if (b.f.openDefers !== null) {
    openDefer(b, fn);
    return;
  }
  if (s.token !== null) {
    b.runtime('deferprocat', [fn, ...readLocal(b, s.token).leaves]);
  } else if (s.esc === Esc.Stack) {
    const record = b.temp(b.types.array(b.types.uintptr, DeferLayout.size / 8), '.deferRecord');
    const p = b.exposedAddr(record);
    b.storePlain(b.offset(p, DeferLayout.at.fn), fn);
    b.runtime('deferprocStack', [p]);
  } else b.runtime('deferproc', [fn]);
  // A panic from here on may be recovered, and then this function returns.
  if (s.token === null) b.deferBranch(recoveryBlock(b));
}

/** Keeps the closure for the exits; its bit is set once the slot holds it. */
function openDefer(b: Builder, fn: Value): void {
  const { bits, slots } = b.f.openDefers!;
  const i = b.defers.count++;
  b.storePlain(b.slotAddr(slots[i]!), fn);
  const set = b.v2(OpOr, RepI8, b.vars.read(b.defers.bitsVar), b.constInt(RepI8, 1 << i));
  b.vars.write(b.defers.bitsVar, set);
  b.storePlain(b.slotAddr(bits), set);
}

export function goStmt(b: Builder, s: Stmt): void {
  const fn = thunk(b, s.x!, 'gowrap', Esc.Heap);
  b.pos = s.pos;
  b.runtime('newproc', [fn]);
}

/** A func() that does the call `e`, whose callee and arguments are evaluated now. */
function thunk(b: Builder, e: Expr, kind: string, esc: Esc): Value {
  if (e.list.length === 0 && e.type.kind === Kind.Void) {
    if (e.op === ExprOp.CallFunc) {
      b.order(e.x!);
      checkReceiver(b, e.x!);
      return b.value(e.x!);
    }
    if (e.op === ExprOp.CallStatic) return b.symAddr(b.env.funcValueSym(e.func!));
  }
  return new Thunk(b, e, kind).make(esc);
}

/** A wrapper around a call of an interface method: calling on nil panics here, not when it runs. */
function checkReceiver(b: Builder, closure: Expr): void {
  if (closure.op !== ExprOp.Closure || !closure.closure!.isWrapper) return;
  const call = closure.closure!.body[0]?.x ?? null;
  if (call === null || call.op !== ExprOp.CallInter) return;
  const receiver = call.x!.op === ExprOp.Local ? call.x!.local!.outer : null;
  if (receiver !== null) b.nilCheck(readLocal(b, receiver).leaves[0]!);
}

/** A wrapper function in the making: its captures, and what they hold. */
class Thunk {
  readonly #b: Builder;
  readonly #call: Expr;
  readonly #fn: IrFunc;
  readonly #parts: Operand[] = [];

  constructor(b: Builder, call: Expr, kind: string) {
    this.#b = b;
    this.#call = call;
    const name = `${b.fn.sym.name}.${kind}${b.nextWrapper()}`;
    const type = b.types.func([], [], false);
    this.#fn = new IrFunc(b.env.newFuncSym(name, type, b.fn.sym.dupok));
    const { file = '', line = 1, col = 0 } = b.fn.positions[call.pos] ?? {};
    this.#fn.positions = [{ file, line, col, inl: -1 }];
  }

  make(esc: Esc): Value {
    const b = this.#b;
    const call = this.#call;
    const fn = this.#fn;
    if (call.x !== null) b.order(call.x);
    for (const arg of call.list) b.order(arg!);
    const copy = this.#copy(call);
    if (call.x !== null) {
      copy.x = this.#capture(call.x);
      if (call.op === ExprOp.CallInter) b.nilCheck(this.#parts[0]!.leaves[0]!);
    }
    copy.list = call.list.map((arg) => this.#argument(arg!));
    const s = new Stmt(StmtOp.Expr, 0);
    s.x = copy;
    fn.body = [s];
    fn.isWrapper = true;
    fn.needCtxt = fn.captures.length > 0;
    b.env.addFunc(fn);
    if (fn.captures.length === 0) return b.symAddr(b.env.funcValueSym(fn.sym));
    return newClosure(b, fn.sym, this.#parts, esc);
  }

  #copy(e: Expr): Expr {
    const copy = new Expr(e.op, 0, e.type);
    copy.func = e.func;
    copy.index = e.index;
    copy.builtin = e.builtin;
    copy.spread = e.spread;
    copy.esc = e.esc;
    return copy;
  }

  /** Arguments known statically stay in the wrapper; a hidden pointer is captured as a pointer. */
  #argument(e: Expr): Expr {
    switch (e.op) {
      case ExprOp.Const:
      case ExprOp.Zero:
      case ExprOp.FuncRef: {
        const copy = this.#copy(e);
        copy.value = e.value;
        return copy;
      }
      case ExprOp.Convert:
        if (e.type.kind === Kind.Uintptr && e.x!.type.kind === Kind.UnsafePointer) {
          const copy = this.#copy(e);
          copy.x = this.#capture(e.x!);
          return copy;
        }
        return this.#capture(e);
      case ExprOp.SliceLit: {
        if (e.type.elem!.kind !== Kind.Uintptr) return this.#capture(e);
        const copy = this.#copy(e);
        copy.indices = e.indices;
        copy.list = e.list.map((item) => this.#argument(item!));
        return copy;
      }
      default:
        return this.#capture(e);
    }
  }

  #capture(e: Expr): Expr {
    if (e.op === ExprOp.FuncRef) return this.#argument(e);
    const v = new LocalVar('', e.type, 0, LocalClass.Capture);
    v.byValue = true;
    v.index = this.#fn.captures.length;
    this.#fn.captures.push(v);
    this.#parts.push(this.#b.copyToTemp(this.#b.expr(e)));
    const use = new Expr(ExprOp.Local, 0, e.type);
    use.local = v;
    return use;
  }
}
