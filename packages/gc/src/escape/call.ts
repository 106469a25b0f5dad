/** Calls: what the callee does with its arguments, as far as it is known. */
import { InternalError } from '@go-ts/base';
import { Builtin, type Expr, ExprOp, type Func } from '../ir/node.ts';
import { type FuncSym, Pragma } from '../ir/sym.ts';
import { Kind, type Type } from '../ir/type.ts';
import { derefOf, type Hole, holeOf } from './graph.ts';
import { Leaks, maxResults, type ParamLeaks } from './leaks.ts';
import type { Walker } from './walker.ts';

/** A function that a call may reach. */
interface Callee {
  readonly sym: FuncSym;
  /** Its body, if it is analysed together with the caller. */
  readonly fn: Func | null;
}

function discard(w: Walker, e: Expr | null): void {
  if (e !== null) w.visit.expr(w, w.graph.discardHole, e);
}

/** `ks`: where results go, one each; missing ones are dropped. Null: the call is a statement. */
export function call(w: Walker, ks: readonly Hole[] | null, e: Expr): void {
  const callees = calleesOf(w, e);
  for (const { fn } of callees) if (fn !== null) results(w, ks, fn);
  if (e.op === ExprOp.CallFunc) {
    const isUsed = ks?.some((k) => k.dst !== w.graph.blank) ?? false;
    // Of a function that is not known, nobody follows the results.
    const lost = callees.length === 0 && isUsed;
    w.visit.expr(
      w,
      lost ? w.note(w.graph.calleeHole, e, 'callee operand') : w.graph.discardHole,
      e.x!,
    );
  } else if (e.op === ExprOp.CallInter) {
    argument(w, w.graph.heapHole, e.x!, e);
  }
  const [only] = callees;
  if (callees.length === 1 && isEscapeNonString(only!.sym)) {
    const isHeld = e.list.some((arg) => hasNonStringPointers(arg!.type));
    for (const arg of e.list) {
      argument(w, isHeld ? w.graph.heapHole : w.graph.discardHole, arg!, e);
    }
    return;
  }
  const tags = callees.map((callee) => tagsOf(w, callee));
  e.list.forEach((arg, i) => {
    if (callees.some(({ sym }) => (sym.pragma & Pragma.UintptrEscapes) !== 0)) {
      uintptrEscapes(w, arg!);
    }
    let hole = w.graph.heapHole;
    if (callees.length > 0) {
      hole = w.tee(...callees.map((callee, j) => paramHole(w, ks, callee, tags[j]!, i)));
    }
    argument(w, hole, arg!, e);
  });
}

function argument(w: Walker, k: Hole, arg: Expr, of: Expr): void {
  w.visit.expr(w, w.note(k, of, 'call parameter'), arg);
}

/** All functions that a call can reach; none if they are not known. */
function calleesOf(w: Walker, e: Expr): readonly Callee[] {
  if (e.op === ExprOp.CallStatic) return [calleeOf(w, e.func!)];
  if (e.op !== ExprOp.CallFunc) return [];
  const value = w.usage.staticValue(e.x!);
  const one = functionIn(w, value);
  if (one !== null) return [one];
  if (value.op !== ExprOp.Local) return [];
  const values = w.usage.assignments(value.local!);
  if (values === null) return [];
  const list: Callee[] = [];
  for (const v of values) {
    // Calling nil panics.
    if (v.op === ExprOp.Zero) continue;
    const callee = functionIn(w, w.usage.staticValue(v));
    if (callee === null || (callee.sym.pragma & keepsUintptr) !== 0) return [];
    list.push(callee);
  }
  return list;
}

const keepsUintptr = Pragma.UintptrKeepAlive | Pragma.UintptrEscapes;

function functionIn(w: Walker, e: Expr): Callee | null {
  if (e.op === ExprOp.FuncRef) return calleeOf(w, e.func!);
  if (e.op === ExprOp.Closure) return calleeOf(w, e.closure!.sym);
  return null;
}

function calleeOf(w: Walker, sym: FuncSym): Callee {
  return { sym, fn: w.batch.get(sym) ?? null };
}

function results(w: Walker, ks: readonly Hole[] | null, fn: Func): void {
  fn.results.forEach((result, i) => {
    const k = ks?.[i];
    if (k !== undefined && result.type.ptrBytes > 0) w.graph.flow(k, w.enter(fn).local(result));
  });
}

/** Leaks of a function outside the batch; null: nothing is known. */
function tagsOf(w: Walker, { sym, fn }: Callee): ParamLeaks | null {
  if (fn !== null) return null;
  if ((sym.pragma & Pragma.Noescape) !== 0 && !sym.hasBody) {
    return sym.type.params.map(() => Leaks.stays());
  }
  return w.callees.leaksOf(sym);
}

function paramHole(
  w: Walker,
  ks: readonly Hole[] | null,
  { fn }: Callee,
  tags: ParamLeaks | null,
  i: number,
): Hole {
  if (fn === null) return tags === null ? w.graph.heapHole : taggedHole(w, ks, tags, i);
  const param = fn.params[i]!;
  if (param.name === '' || param.name === '_') return w.graph.discardHole;
  return holeOf(w.enter(fn).local(param));
}

/** The hole for argument `i` of a function whose leaks are known; no entry: leaks nowhere. */
function taggedHole(w: Walker, ks: readonly Hole[] | null, leaks: ParamLeaks, i: number): Hole {
  const { graph } = w;
  const param = leaks[i];
  if (param === undefined) return graph.discardHole;
  const holes: Hole[] = [];
  if (param.heap >= 0) holes.push(derefOf(graph.heapHole, param.heap));
  if (param.mutator >= 0) holes.push(derefOf(graph.mutatorHole, param.mutator));
  if (param.callee >= 0) holes.push(derefOf(graph.calleeHole, param.callee));
  if (ks !== null) {
    for (let r = 0; r < maxResults && r < ks.length; r++) {
      const derefs = param.result(r);
      if (derefs >= 0) holes.push(derefOf(ks[r]!, derefs));
    }
  }
  return w.tee(...holes);
}

/** Where the receiver of a method value goes, whoever will call it: results go to the heap. */
export function receiverHole(w: Walker, e: Expr): Hole {
  if (e.op === ExprOp.MethodValueInter) return w.graph.heapHole;
  const callee = calleeOf(w, e.func!);
  const ks = e.func!.type.results.map(() => w.graph.heapHole);
  return paramHole(w, ks, callee, tagsOf(w, callee), 0);
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
      argument(w, graph.mutatorHole, first!, e);
      argument(w, elementsToHeap(w, second!, e, 'copied slice'), second!, e);
      return;
    case Builtin.Clear:
      argument(w, graph.mutatorHole, first!, e);
      return;
    case Builtin.Panic:
      argument(w, graph.heapHole, first!, e);
      return;
    case Builtin.Make:
      if (e.type.kind !== Kind.Chan) w.spill(k, e);
      for (const size of e.list) discard(w, size);
      return;
    case Builtin.New: {
      const contents = w.spill(k, e);
      if (first !== undefined && first !== null) w.visit.expr(w, contents, first);
      return;
    }
    case Builtin.Max:
    case Builtin.Min:
      for (const arg of e.list) argument(w, k, arg!, e);
      return;
    case Builtin.UnsafeAdd:
    case Builtin.UnsafeSlice:
    case Builtin.UnsafeSliceData:
    case Builtin.UnsafeString:
    case Builtin.UnsafeStringData:
      argument(w, k, first!, e);
      if (second !== undefined) discard(w, second);
      return;
    case Builtin.Cap:
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
 * The slice may be the result itself, if there is room; otherwise its elements move to a new array,
 * which is in the heap, as what is appended may be.
 */
function append(w: Walker, k: Hole, e: Expr): void {
  const { graph } = w;
  const [slice, ...more] = e.list;
  const holes = [k, graph.mutatorHole];
  if (slice!.type.elem!.ptrBytes > 0) {
    holes.push(w.deref(graph.heapHole, e, 'appendee slice'));
  }
  argument(w, w.tee(...holes), slice!, e);
  for (const arg of more) {
    const hole = e.spread ? elementsToHeap(w, arg!, e, 'appended slice...') : graph.heapHole;
    argument(w, hole, arg!, e);
  }
  // The array that may be allocated; one is enough for all turns of a loop.
  w.spill(k, e).dst.loopDepth = 0;
}

/** The hole for a slice whose elements are copied to memory of unknown age. */
function elementsToHeap(w: Walker, slice: Expr, of: Expr, why: string): Hole {
  const hasPointers = slice.type.kind === Kind.Slice && slice.type.elem!.ptrBytes > 0;
  return hasPointers ? w.deref(w.graph.heapHole, of, why) : w.graph.discardHole;
}
