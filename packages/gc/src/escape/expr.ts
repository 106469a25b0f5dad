/** Expressions: where the value of each goes. */
import { unreachable } from '@go-ts/base';
import { type Expr, ExprOp } from '../ir/node.ts';
import { isDirectIface, isInterface, Kind, type Type } from '../ir/type.ts';
import { builtin, call, receiverHole } from './call.ts';
import { type Hole, holeOf } from './graph.ts';
import type { Walker } from './walker.ts';

/** Evaluates `e` for its effects. */
export function discard(w: Walker, e: Expr | null): void {
  if (e !== null) expr(w, w.graph.discardHole, e);
}

/** What an expression yields, without the success of a comma-ok form. */
function valueType(e: Expr): Type {
  return e.commaOk ? e.type.params[0]! : e.type;
}

export function expr(w: Walker, k: Hole, e: Expr): void {
  const hole = carries(w, k, e);
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
      expr(w, w.deref(hole, e, 'indirection'), e.x!);
      return;
    case ExprOp.Field:
      field(w, hole, e);
      return;
    case ExprOp.Index:
      if (e.x!.type.kind === Kind.Array) expr(w, w.note(hole, e, 'fixed-array-index-of'), e.x!);
      else if (e.x!.type.kind === Kind.String) discard(w, e.x);
      else expr(w, w.deref(hole, e, 'dot of pointer'), e.x!);
      discard(w, e.y);
      return;
    case ExprOp.MapIndex:
      discard(w, e.x);
      discard(w, e.y);
      return;
    case ExprOp.Slice:
      expr(w, w.note(hole, e, 'slice'), e.x!);
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
      expr(w, w.note(assertedHole(hole, e.target ?? e.type), e, 'dot'), e.x!);
      return;
    case ExprOp.StructLit:
      for (const part of e.list) expr(w, w.note(hole, e, 'struct literal element'), part!);
      return;
    case ExprOp.ArrayLit:
      for (const part of e.list) expr(w, w.note(hole, e, 'array literal element'), part!);
      return;
    case ExprOp.SliceLit: {
      const contents = w.spill(hole, e);
      for (const part of e.list) expr(w, w.note(contents, e, 'slice-literal-element'), part!);
      return;
    }
    case ExprOp.MapLit:
      mapLiteral(w, hole, e);
      return;
    case ExprOp.MethodValue:
    case ExprOp.MethodValueInter: {
      const object = w.spill(hole, e);
      expr(w, w.tee(receiverHole(w, e), object), e.x!);
      return;
    }
    case ExprOp.Recv:
      discard(w, e.x);
      return;
    default:
      unreachable(e.op, 'expression');
  }
}

/** A value without pointers carries nothing, unless it is the address of it that goes somewhere. */
function carries(w: Walker, k: Hole, e: Expr): Hole {
  if (k.derefs < 0 || e.type.kind === Kind.Void || valueType(e).ptrBytes > 0) return k;
  if (e.type.kind === Kind.Tuple && !e.commaOk) return k;
  return k.addrTaken ? { ...k, dst: w.graph.blank } : w.graph.discardHole;
}

function field(w: Walker, k: Hole, e: Expr): void {
  const of = e.x!;
  // p.f is one step for the user.
  if (of.op === ExprOp.Deref && !of.explicit) {
    expr(w, w.deref(k, e, 'dot of pointer'), of.x!);
  } else expr(w, w.note(k, e, 'dot'), of);
}

function mapLiteral(w: Walker, k: Hole, e: Expr): void {
  w.spill(k, e);
  e.list.forEach((part, i) => {
    const why = i % 2 === 0 ? 'map literal key' : 'map literal value';
    expr(w, w.note(w.graph.heapHole, e, why), part!);
  });
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

/** `ks` null: for its effects. */
export function inlinedCall(w: Walker, ks: readonly Hole[] | null, e: Expr): void {
  w.visit.stmts(w, e.stmts);
  e.results.forEach((v, i) => {
    const k = ks?.[i] ?? w.graph.discardHole;
    if (k.derefs < 0 || v.type.ptrBytes > 0) w.graph.flow(k, w.local(v));
  });
}

/** The hole for an interface whose contents, as a `t`, go to `k`. */
export function assertedHole(k: Hole, t: Type): Hole {
  if (isInterface(t) || isDirectIface(t)) return k;
  return { ...k, derefs: k.derefs + 1, addrTaken: false };
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
      expr(w, w.addr(k, e, 'address-of'), e.x!);
  }
}

function convert(w: Walker, k: Hole, e: Expr): void {
  const from = e.x!.type;
  const to = e.type;
  if (isInterface(to)) {
    const spills = !isInterface(from) && !isDirectIface(from);
    expr(w, w.note(spills ? w.spill(k, e) : k, e, 'interface-converted'), e.x!);
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
    expr(w, w.deref(k, e, 'slice-to-array'), e.x!);
    return;
  }
  expr(w, k, e.x!);
}

/** A uintptr that becomes a pointer: the pointers that it was made of flow. */
export function unsafeValue(w: Walker, k: Hole, e: Expr): void {
  switch (e.op) {
    case ExprOp.Convert:
      if (e.x!.type.kind === Kind.UnsafePointer) expr(w, k, e.x!);
      else discard(w, e.x);
      return;
    case ExprOp.Field:
      if (isReflectHeaderData(e)) expr(w, w.deref(k, e, 'reflect.Header.Data'), e.x!);
      else discard(w, e);
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

/** `h.Data` of a reflect.SliceHeader or StringHeader that `h` points to: an address in disguise. */
export function isReflectHeaderData(e: Expr): boolean {
  if (e.op !== ExprOp.Field || e.x!.op !== ExprOp.Deref) return false;
  const { name, fields } = e.x!.type;
  if (name?.pkgPath !== 'reflect' || fields[e.index]?.name !== 'Data') return false;
  return name.name === 'SliceHeader' || name.name === 'StringHeader';
}

/** A function literal: its object holds what it captures (escape.ts, once all uses are known). */
function closure(w: Walker, k: Hole, e: Expr): void {
  const fn = e.closure!;
  const hole = w.spill(k, e);
  w.closures.push({ hole, expr: e, fn: w.fn });
  for (const v of fn.captures) {
    const loc = w.local(v);
    if (loc.captured) continue;
    loc.captured = true;
    // What was assigned in straight-line code before does not change any more.
    if (loc.loopDepth === w.loopDepth) loc.reassigned = false;
  }
  w.visit.body(w.enter(fn));
}

/** The hole for what is assigned to `e`. */
export function assignee(w: Walker, e: Expr | null): Hole {
  if (e === null) return w.graph.discardHole;
  switch (e.op) {
    case ExprOp.Local:
      return holeOf(w.local(e.local!));
    case ExprOp.Field:
      return assignee(w, e.x);
    case ExprOp.Index:
      discard(w, e.y);
      if (e.x!.type.kind === Kind.Array) return assignee(w, e.x);
      expr(w, w.graph.mutatorHole, e.x!);
      return w.graph.heapHole;
    case ExprOp.MapIndex:
      discard(w, e.x);
      expr(w, w.note(w.graph.heapHole, e, 'key of map put'), e.y!);
      return w.graph.heapHole;
    case ExprOp.Deref:
      expr(w, w.graph.mutatorHole, e.x!);
      return w.graph.heapHole;
    default:
      return w.graph.heapHole;
  }
}
