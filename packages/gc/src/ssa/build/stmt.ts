/**
 * Statements: which family lowers which.
 *
 * Spec: "Statements".
 */
import { type Expr, ExprOp, type LocalVar, type Stmt, StmtOp } from '../../ir/node.ts';
import { LocalResult } from '../local.ts';
import { placeOf, writeLocal } from './addr.ts';
import { declareLocal } from './alloc.ts';
import { assign, assignOp } from './assign.ts';
import { type Builder } from './builder.ts';
import { select, send } from './chans.ts';
import { literalInto } from './complit.ts';
import { breakStmt, continueStmt, forStmt, ifStmt, jumpStmt, labelBlock } from './control.ts';
import { implicitly } from './convert.ts';
import { deferStmt, goStmt } from './defer.ts';
import { exitFunction, returnOperands } from './exit.ts';
import { rangeStmt } from './range.ts';
import { switchStmt } from './switch.ts';
import { typeSwitch } from './typeswitch.ts';

export function stmts(b: Builder, list: readonly Stmt[]): void {
  list.forEach((s, i) => {
    b.pos = s.pos;
    if (s.op === StmtOp.Decl) {
      b.declared.add(s.local!);
      declareLocal(b, s.local!, isSetNext(list, i + 1, s.local!));
    } else stmt(b, s);
  });
}

/** Whether the statements after a declaration set the whole variable before anything reads it. */
function isSetNext(list: readonly Stmt[], from: number, local: LocalVar): boolean {
  let i = from;
  while (i < list.length && list[i]!.op === StmtOp.Decl) i++;
  const s = list[i];
  if (s === undefined || s.op !== StmtOp.Assign) return false;
  const isLocal = (e: Expr | null): boolean => e?.op === ExprOp.Local && e.local === local;
  return s.lhs.some(isLocal) && !s.rhs.some((e) => mayRead(e, local));
}

/** A function called meanwhile can read it only if it is captured or its address is taken. */
function mayRead(e: Expr, local: LocalVar): boolean {
  if (e.op === ExprOp.Local) return e.local === local;
  if (e.op === ExprOp.Closure) return local.captured;
  if (e.op === ExprOp.InlinedCall) return true;
  if (e.x !== null && mayRead(e.x, local)) return true;
  if (e.y !== null && mayRead(e.y, local)) return true;
  return e.list.some((item) => item !== null && mayRead(item, local));
}

function stmt(b: Builder, s: Stmt): void {
  switch (s.op) {
    case StmtOp.Expr:
      b.tuple(orderedOperands(b, s.x!));
      return;
    case StmtOp.Assign:
      assign(b, s);
      return;
    case StmtOp.AssignOp:
      assignOp(b, s);
      return;
    case StmtOp.Block:
      b.stmts(s.body);
      return;
    case StmtOp.If:
      ifStmt(b, s);
      return;
    case StmtOp.For:
      forStmt(b, s);
      return;
    case StmtOp.Range:
      rangeStmt(b, s);
      return;
    case StmtOp.Switch:
      b.stmts(s.init);
      switchStmt(b, s);
      return;
    case StmtOp.TypeSwitch:
      typeSwitch(b, s);
      return;
    case StmtOp.Select:
      select(b, s);
      return;
    case StmtOp.Return:
      returnStmt(b, s);
      return;
    case StmtOp.Break:
      breakStmt(b, s);
      return;
    case StmtOp.Continue:
      continueStmt(b, s);
      return;
    case StmtOp.Goto:
      jumpStmt(b, labelBlock(b, s.label));
      return;
    case StmtOp.Label:
      b.jumpAndStart(labelBlock(b, s.label));
      return;
    case StmtOp.Fallthrough:
      jumpStmt(b, b.fallthroughTo!);
      return;
    case StmtOp.Go:
      goStmt(b, s);
      return;
    case StmtOp.Defer:
      deferStmt(b, s);
      return;
    case StmtOp.Send:
      send(b, s);
      return;
    default:
      b.fail(`statement ${s.op}`);
  }
}

/** An expression statement that is no call or receive (of a blank assignment) still has its order. */
function orderedOperands(b: Builder, e: Expr): Expr {
  if (e.x !== null) b.order(e.x);
  if (e.y !== null && e.op !== ExprOp.AndAnd && e.op !== ExprOp.OrOr) b.order(e.y);
  return e;
}

function returnStmt(b: Builder, s: Stmt): void {
  const { results } = b.fn;
  if (s.rhs.length === 0) {
    exitFunction(b);
    return;
  }
  if (s.rhs.length === 1 && results.length === 1 && literalResult(b, s.rhs[0]!, results[0]!)) {
    exitFunction(b);
    return;
  }
  for (const e of s.rhs) if (s.rhs.length > 1 || results.length === 1) b.order(e);
  const several = s.rhs.length > 1;
  const values =
    s.rhs.length === results.length
      ? s.rhs.map((e) => (several ? b.copyToTemp(b.expr(e)) : b.expr(e)))
      : b.tuple(s.rhs[0]!);
  b.pos = s.pos;
  const converted = values.map((x, i) => implicitly(b, x, results[i]!.type));
  if (!b.fn.hasDefer && results.every((r) => placeOf(b, r).kind === 'ssa')) {
    returnOperands(b, converted);
    return;
  }
  converted.forEach((x, i) => writeLocal(b, results[i]!, x));
  b.pos = s.pos;
  exitFunction(b);
}

/** A literal returned in memory is written into the result, if nobody can see that. */
function literalResult(b: Builder, e: Expr, result: LocalVar): boolean {
  if (e.op !== ExprOp.StructLit && e.op !== ExprOp.ArrayLit) return false;
  if (result.addrTaken || result.onHeap || b.fn.hasDefer) return false;
  if (result.name !== '' && result.name !== '_' && !result.name.startsWith('~')) return false;
  const place = placeOf(b, result);
  if (place.kind !== 'slot') return false;
  b.order(e);
  if (place.slot.kind !== LocalResult) b.varDef(place.slot);
  literalInto(b, e, b.slotAddr(place.slot), false);
  return true;
}
