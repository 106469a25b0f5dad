/** Calls: what the callee does with its arguments, as far as it is known. */
import { InternalError } from '@go-ts/base';
import { Builtin, type Expr, ExprOp, type Func } from '../ir/node.ts';
import { type FuncSym, Pragma } from '../ir/sym.ts';
import { Kind, type Type } from '../ir/type.ts';
import { derefOf, type Hole } from './graph.ts';
import type { ParamLeaks } from './leaks.ts';
import type { Walker } from './walker.ts';

function discard(w: Walker, e: Expr | null): void {
  if (e !== null) w.visit.expr(w, w.graph.discardHole, e);
}

/** `ks`: where results go, one each; missing ones are dropped. */
export function call(w: Walker, ks: readonly Hole[], e: Expr): void {
  switch (e.op) {
    case ExprOp.CallStatic:
      staticCall(w, ks, e);
      return;
    case ExprOp.CallFunc: {
      const literal = literalCallee(w, e.x!);
      // The object of a literal that is only called here lives as long as the call.
      discard(w, e.x);
      if (literal !== null) batchCall(w, ks, literal, e.list);
      else for (const arg of e.list) w.visit.expr(w, w.graph.heapHole, arg!);
      return;
    }
    default:
      w.visit.expr(w, w.graph.heapHole, e.x!);
      for (const arg of e.list) w.visit.expr(w, w.graph.heapHole, arg!);
  }
}

/** The literal that is called, directly or through a variable that never holds anything else. */
function literalCallee(w: Walker, callee: Expr): Func | null {
  if (callee.op === ExprOp.Closure) return callee.closure;
  if (callee.op !== ExprOp.Local) return null;
  let v = callee.local!;
  while (v.outer !== null) v = v.outer;
  return w.usage.literals.get(v) ?? null;
}

function batchCall(w: Walker, ks: readonly Hole[], fn: Func, args: readonly (Expr | null)[]): void {
  fn.results.forEach((result, i) => {
    const k = ks[i];
    if (k !== undefined && result.type.ptrBytes > 0) w.graph.flow(k, w.enter(fn).local(result));
  });
  args.forEach((arg, i) => {
    const param = fn.params[i]!;
    w.visit.expr(w, { dst: w.enter(fn).local(param), derefs: 0 }, arg!);
  });
}

function staticCall(w: Walker, ks: readonly Hole[], e: Expr): void {
  const f = e.func!;
  const fn = w.batch.get(f);
  if (fn !== undefined) {
    batchCall(w, ks, fn, e.list);
    return;
  }
  if (isEscapeNonString(f)) {
    const hole = e.list.some((arg) => hasNonStringPointers(arg!.type))
      ? w.graph.heapHole
      : w.graph.discardHole;
    for (const arg of e.list) w.visit.expr(w, hole, arg!);
    return;
  }
  const leaks = (f.pragma & Pragma.Noescape) !== 0 && !f.hasBody ? [] : w.callees.leaksOf(f);
  e.list.forEach((arg, i) => {
    if ((f.pragma & Pragma.UintptrEscapes) !== 0) uintptrEscapes(w, arg!);
    w.visit.expr(w, leaks === null ? w.graph.heapHole : taggedHole(w, ks, leaks, i), arg!);
  });
}

/** The hole for argument `i` of a function whose leaks are known; no entry: leaks nowhere. */
function taggedHole(w: Walker, ks: readonly Hole[], leaks: ParamLeaks, i: number): Hole {
  const param = leaks[i];
  if (param === undefined) return w.graph.discardHole;
  const holes: Hole[] = [];
  if (param.heap >= 0) holes.push(derefOf(w.graph.heapHole, param.heap));
  ks.forEach((k, result) => {
    const derefs = param.result(result);
    if (derefs >= 0) holes.push(derefOf(k, derefs));
  });
  return w.graph.tee(...holes);
}

/** `uintptr(p)` handed to a function marked go:uintptrescapes: p itself goes to the heap. */
function uintptrEscapes(w: Walker, arg: Expr): void {
  if (arg.op === ExprOp.SliceLit) {
    for (const part of arg.list) uintptrEscapes(w, part!);
  } else if (
    arg.op === ExprOp.Convert &&
    arg.type.kind === Kind.Uintptr &&
    arg.x!.type.kind === Kind.UnsafePointer
  ) {
    w.visit.expr(w, w.graph.heapHole, arg.x!);
  }
}

/** Its body panics: the compiler is to force the argument to the heap (contract §8.1). */
function isEscapeNonString(f: FuncSym): boolean {
  return f.name.startsWith('internal/abi.EscapeNonString[');
}

function hasNonStringPointers(t: Type): boolean {
  if (t.ptrBytes === 0) return false;
  switch (t.kind) {
    case Kind.String:
      return false;
    case Kind.Struct:
      return t.fields.some((field) => hasNonStringPointers(field.type));
    case Kind.Array:
      return hasNonStringPointers(t.elem!);
    default:
      return true;
  }
}

export function builtin(w: Walker, k: Hole, e: Expr): void {
  const { graph } = w;
  const [first, second] = e.list;
  switch (e.builtin) {
    case Builtin.Append:
      append(w, k, e);
      return;
    case Builtin.Copy:
      discard(w, first!);
      w.visit.expr(w, elementsToHeap(w, second!), second!);
      return;
    case Builtin.Panic:
      w.visit.expr(w, graph.heapHole, first!);
      return;
    case Builtin.Make:
      w.spill(k, e);
      for (const size of e.list) discard(w, size);
      return;
    case Builtin.New: {
      const contents = w.spill(k, e);
      if (first !== undefined && first !== null) w.visit.expr(w, contents, first);
      return;
    }
    case Builtin.Max:
    case Builtin.Min:
      for (const arg of e.list) w.visit.expr(w, k, arg!);
      return;
    case Builtin.UnsafeAdd:
    case Builtin.UnsafeSlice:
    case Builtin.UnsafeSliceData:
    case Builtin.UnsafeString:
    case Builtin.UnsafeStringData:
      w.visit.expr(w, k, first!);
      if (second !== undefined) discard(w, second);
      return;
    case Builtin.Cap:
    case Builtin.Clear:
    case Builtin.Close:
    case Builtin.Complex:
    case Builtin.Delete:
    case Builtin.Imag:
    case Builtin.Len:
    case Builtin.Print:
    case Builtin.Println:
    case Builtin.Real:
    case Builtin.Recover:
      for (const arg of e.list) discard(w, arg);
      return;
    default:
      throw new InternalError(`escape: builtin ${e.builtin}`);
  }
}

/**
 * The slice may be the result itself, if there is room; otherwise its elements move to a new array
 * in the heap, as what is appended may.
 */
function append(w: Walker, k: Hole, e: Expr): void {
  const { graph } = w;
  const [slice, ...more] = e.list;
  const hole =
    slice!.type.elem!.ptrBytes > 0 ? graph.tee(k, derefOf(graph.heapHole)) : graph.tee(k);
  w.visit.expr(w, hole, slice!);
  for (const arg of more) {
    w.visit.expr(w, e.spread ? elementsToHeap(w, arg!) : graph.heapHole, arg!);
  }
}

/** The hole for a slice whose elements are copied to memory of unknown age. */
function elementsToHeap(w: Walker, slice: Expr): Hole {
  const hasPointers = slice.type.kind === Kind.Slice && slice.type.elem!.ptrBytes > 0;
  return hasPointers ? derefOf(w.graph.heapHole) : w.graph.discardHole;
}
