/** Expressions: where the value of each goes. */
import { unreachable } from '@go-ts/base';
import { type Expr, ExprOp, type LocalVar } from '../ir/node.ts';
import { isDirectIface, isInterface, Kind, type Type } from '../ir/type.ts';
import { call, builtin } from './call.ts';
import { addrOf, derefOf, type Hole } from './graph.ts';
import { baseLocal } from './usage.ts';
import type { Walker } from './walker.ts';

/** Evaluates `e` for its effects. */
export function discard(w: Walker, e: Expr | null): void {
  if (e !== null) expr(w, w.graph.discardHole, e);
}

export function expr(w: Walker, k: Hole, e: Expr): void {
  // A value without pointers carries nothing, unless it is the address of it that goes somewhere.
  const hole = k.derefs >= 0 && e.type.ptrBytes === 0 ? w.graph.discardHole : k;
  switch (e.op) {
    case ExprOp.Const:
    case ExprOp.Zero:
    case ExprOp.Global:
    case ExprOp.FuncRef:
      return;
    case ExprOp.Local:
      w.graph.flow(hole, w.local(e.local!));
      return;
    case ExprOp.Closure:
      closure(w, hole, e);
      return;
    case ExprOp.Neg:
    case ExprOp.Com:
    case ExprOp.Not:
      discard(w, e.x);
      return;
    case ExprOp.Add:
    case ExprOp.Sub:
    case ExprOp.Mul:
    case ExprOp.Div:
    case ExprOp.Mod:
    case ExprOp.And:
    case ExprOp.Or:
    case ExprOp.Xor:
    case ExprOp.AndNot:
    case ExprOp.Shl:
    case ExprOp.Shr:
    case ExprOp.Eq:
    case ExprOp.Ne:
    case ExprOp.Lt:
    case ExprOp.Le:
    case ExprOp.Gt:
    case ExprOp.Ge:
    case ExprOp.AndAnd:
    case ExprOp.OrOr:
      discard(w, e.x);
      discard(w, e.y);
      return;
    case ExprOp.Concat:
      w.spill(hole, e);
      for (const part of e.list) discard(w, part);
      return;
    case ExprOp.Addr:
      address(w, hole, e);
      return;
    case ExprOp.Deref:
      expr(w, derefOf(hole), e.x!);
      return;
    case ExprOp.Field:
      expr(w, hole, e.x!);
      return;
    case ExprOp.Index:
      discard(w, e.y);
      if (e.x!.type.kind === Kind.Array) expr(w, hole, e.x!);
      else if (e.x!.type.kind === Kind.String) discard(w, e.x);
      else expr(w, derefOf(hole), e.x!);
      return;
    case ExprOp.MapIndex:
      discard(w, e.x);
      discard(w, e.y);
      return;
    case ExprOp.Slice:
      expr(w, hole, e.x!);
      for (const bound of e.list) discard(w, bound);
      return;
    case ExprOp.CallStatic:
    case ExprOp.CallFunc:
    case ExprOp.CallInter:
      call(w, [hole], e);
      return;
    case ExprOp.CallBuiltin:
      builtin(w, hole, e);
      return;
    case ExprOp.InlinedCall:
      inlinedCall(w, [hole], e);
      return;
    case ExprOp.Convert:
      convert(w, hole, e);
      return;
    case ExprOp.TypeAssert:
      expr(w, assertedHole(hole, e.target ?? e.type), e.x!);
      return;
    case ExprOp.StructLit:
    case ExprOp.ArrayLit:
      for (const part of e.list) expr(w, hole, part!);
      return;
    case ExprOp.SliceLit: {
      const contents = w.spill(hole, e);
      for (const part of e.list) expr(w, contents, part!);
      return;
    }
    case ExprOp.MapLit:
      w.spill(hole, e);
      for (const part of e.list) expr(w, w.graph.heapHole, part!);
      return;
    case ExprOp.MethodValue:
    case ExprOp.MethodValueInter: {
      // Nobody knows who will call it with what: the receiver may go anywhere.
      const object = w.spill(hole, e);
      expr(w, w.graph.tee(w.graph.heapHole, object), e.x!);
      return;
    }
    case ExprOp.Recv:
      discard(w, e.x);
      return;
    default:
      unreachable(e.op, 'expression');
  }
}

/** Several values of one expression into one hole each. */
export function tuple(w: Walker, ks: readonly Hole[], e: Expr): void {
  switch (e.op) {
    case ExprOp.CallStatic:
    case ExprOp.CallFunc:
    case ExprOp.CallInter:
      call(w, ks, e);
      return;
    case ExprOp.InlinedCall:
      inlinedCall(w, ks, e);
      return;
    default:
      // Comma-ok forms: the second value is a bool.
      expr(w, ks[0] ?? w.graph.discardHole, e);
  }
}

function inlinedCall(w: Walker, ks: readonly Hole[], e: Expr): void {
  w.visit.stmts(w, e.stmts);
  e.results.forEach((v, i) => {
    const k = ks[i] ?? w.graph.discardHole;
    if (k.derefs < 0 || v.type.ptrBytes > 0) w.graph.flow(k, w.local(v));
  });
}

/** The hole for an interface whose contents, as a `t`, go to `k`. */
export function assertedHole(k: Hole, t: Type): Hole {
  return isInterface(t) || isDirectIface(t) ? k : derefOf(k);
}

function address(w: Walker, k: Hole, e: Expr): void {
  switch (e.x!.op) {
    case ExprOp.StructLit:
    case ExprOp.ArrayLit:
    case ExprOp.SliceLit:
    case ExprOp.MapLit:
      expr(w, w.spill(k, e), e.x!);
      return;
    default:
      expr(w, addrOf(k), e.x!);
  }
}

function convert(w: Walker, k: Hole, e: Expr): void {
  const from = e.x!.type;
  const to = e.type;
  if (isInterface(to) && !isInterface(from)) {
    expr(w, isDirectIface(from) ? k : w.spill(k, e), e.x!);
    return;
  }
  if (to.kind === Kind.UnsafePointer && from.kind === Kind.Uintptr) {
    unsafeValue(w, k, e.x!);
    return;
  }
  const stringy = to.kind === Kind.String || from.kind === Kind.String;
  if (stringy && to.kind !== from.kind) {
    w.spill(k, e);
    discard(w, e.x);
    return;
  }
  if (to.kind === Kind.Array && from.kind === Kind.Slice) {
    expr(w, derefOf(k), e.x!);
    return;
  }
  expr(w, k, e.x!);
}

/** A uintptr that becomes a pointer: the pointers that it was made of flow. */
function unsafeValue(w: Walker, k: Hole, e: Expr): void {
  switch (e.op) {
    case ExprOp.Convert:
      if (e.x!.type.kind === Kind.UnsafePointer) expr(w, k, e.x!);
      else discard(w, e.x);
      return;
    case ExprOp.Add:
    case ExprOp.Sub:
    case ExprOp.Or:
    case ExprOp.Xor:
    case ExprOp.Mul:
    case ExprOp.Div:
    case ExprOp.Mod:
    case ExprOp.And:
    case ExprOp.AndNot:
      unsafeValue(w, k, e.x!);
      unsafeValue(w, k, e.y!);
      return;
    case ExprOp.Neg:
    case ExprOp.Com:
      unsafeValue(w, k, e.x!);
      return;
    case ExprOp.Shl:
    case ExprOp.Shr:
      unsafeValue(w, k, e.x!);
      discard(w, e.y);
      return;
    default:
      discard(w, e);
  }
}

/** A function literal: its object holds what it captures. Its body belongs to the batch. */
function closure(w: Walker, k: Hole, e: Expr): void {
  const { captures } = e.closure!;
  if (captures.length === 0) return;
  const object = w.spill(k, e);
  for (const v of captures) {
    const loc = w.local(v);
    w.graph.flow(v.byValue ? object : addrOf(object), loc);
  }
}

/** The hole for what is assigned to `e`. */
export function assignee(w: Walker, e: Expr | null): Hole {
  if (e === null) return w.graph.discardHole;
  switch (e.op) {
    case ExprOp.Local:
      return { dst: w.local(e.local!), derefs: 0 };
    case ExprOp.Field:
      return assignee(w, e.x);
    case ExprOp.Index:
      discard(w, e.y);
      if (e.x!.type.kind === Kind.Array) return assignee(w, e.x);
      discard(w, e.x);
      return w.graph.heapHole;
    case ExprOp.MapIndex:
      discard(w, e.x);
      expr(w, w.graph.heapHole, e.y!);
      return w.graph.heapHole;
    case ExprOp.Deref:
      discard(w, e.x);
      return w.graph.heapHole;
    default:
      return w.graph.heapHole;
  }
}

/**
 * `lhs = rhs` moves a part of what one pointer points to within it, as in `b.buf = b.buf[n:]` or
 * `p.x = p.y`: nothing new is reachable from anywhere.
 */
export function isSelfAssign(lhs: Expr | null, rhs: Expr): boolean {
  if (lhs === null) return false;
  if (rhs.op === ExprOp.Slice && rhs.x!.type.kind === Kind.Slice) {
    return isSameFieldOfPointer(lhs, rhs.x!);
  }
  if (rhs.op === ExprOp.Slice && rhs.x!.op === ExprOp.Addr) {
    return isSameFieldOfPointer(lhs, rhs.x!.x!);
  }
  if (lhs.op !== ExprOp.Field || rhs.op !== ExprOp.Field) return false;
  const a = pointerUnder(lhs);
  return a !== null && a === pointerUnder(rhs);
}

function isSameFieldOfPointer(a: Expr, b: Expr): boolean {
  const p = pointerUnder(a);
  return p !== null && p === pointerUnder(b);
}

/** The local pointer p of `p.f.g` or `(*p)`; null for anything else. */
function pointerUnder(e: Expr): LocalVar | null {
  let x = e;
  while (x.op === ExprOp.Field) x = x.x!;
  if (x.op !== ExprOp.Deref || x.x!.op !== ExprOp.Local) return null;
  return baseLocal(x.x!);
}
