/**
 * Slices: make, append, copy, slicing, clear, and the unsafe constructors.
 *
 * Bounds are checked in the order of the spec's panics, with a code that says which index was wrong.
 * The pointer of a result without capacity stays inside its object, so that it keeps no neighbour
 * alive (`OpSliceMask`).
 *
 * Spec: "Slice expressions", "Appending to and copying slices".  Contract §7.2.
 */
import { BoundsCode } from '@go-ts/runtime/layout/panic-bounds';
import { Builtin, Esc, type Expr, ExprOp } from '../../ir/node.ts';
import { isSigned, Kind, type Type } from '../../ir/type.ts';
import { LikelyFirst, LikelySecond } from '../block.ts';
import {
  OpAdd,
  OpAnd,
  OpConst,
  OpConvert,
  OpEq,
  OpIsSliceInBounds,
  OpLe,
  OpLeU,
  OpLt,
  OpLtU,
  OpMulUOver,
  OpNe,
  OpNeg,
  OpNot,
  OpSelect0,
  OpSelect1,
  OpSliceMask,
  OpSub,
} from '../op.ts';
import { RepBool, RepI64, RepPtr, RepTuple } from '../rep.ts';
import { type Value } from '../value.ts';
import { checkBounds, elementAddr, scaled } from './addr.ts';
import { toInt } from './arith.ts';
import { type Builder } from './builder.ts';
import { ofLeaves, type Operand } from './operand.ts';

/** Larger arrays are not put in the frame. GOROOT: src/cmd/compile/internal/ir/cfg.go. */
const maxStackArray = 64 << 10;
/** A slice whose size is not constant may use a buffer of this size. */
const variableBuffer = 32;

/** make([]T, len, cap) */
export function makeSlice(b: Builder, e: Expr): Operand {
  const elem = e.type.elem!;
  const len = toInt(b, b.expr(e.list[0]!));
  const cap = e.list.length > 1 ? toInt(b, b.expr(e.list[1]!)) : len;
  if (e.esc === Esc.Stack) {
    if (cap.op === OpConst && cap.aux === null && cap.auxInt >= 0) {
      const array = b.types.array(elem, cap.auxInt);
      if (array.size <= maxStackArray) return sliceOfStack(b, e.type, array, len, cap);
    } else if (elem.size > 0 && elem.size <= variableBuffer) {
      return sliceOfBuffer(b, e.type, len, cap);
    }
  }
  const p = b.runtime('makeslice', [b.typePtr(elem), len, cap])[0]!;
  return ofLeaves(e.type, [p, len, cap]);
}

// oxlint-disable-next-line max-params -- the type, the array, and the two numbers.
function sliceOfStack(b: Builder, t: Type, array: Type, len: Value, cap: Value): Operand {
  const isKnown = len.op === OpConst && cap.op === OpConst;
  const isRight = isKnown && len.auxInt >= 0 && len.auxInt <= cap.auxInt;
  if (!isRight) checkMakeLen(b, len, cap);
  if (array.size === 0) return ofLeaves(t, [b.runtimeVar('zerobase'), len, cap]);
  const slot = b.newTemp(array);
  const p = b.exposedAddr(slot);
  b.zero(p, array);
  return ofLeaves(t, [p, len, cap]);
}

/** len > cap (unsigned): says which of the two is to blame. */
function checkMakeLen(b: Builder, len: Value, cap: Value): void {
  b.when(
    b.v2(OpLtU, RepBool, cap, len),
    () => {
      b.check(b.v2(OpLe, RepBool, b.int(0), len), 'panicmakeslicelen');
      b.runtime('panicmakeslicecap', []);
    },
    LikelySecond,
  );
}

function sliceOfBuffer(b: Builder, t: Type, len: Value, cap: Value): Operand {
  const elem = t.elem!;
  const fits = Math.floor(variableBuffer / elem.size);
  // Aligned as memory of the heap would be, which some programs count on.
  const words = b.types.array(b.types.uintptr, variableBuffer / 8);
  const array = elem.ptrBytes > 0 ? b.types.array(elem, fits) : words;
  const p = b.choose(
    b.v2(OpLeU, RepBool, cap, b.int(fits)),
    RepPtr,
    () => sliceOfStack(b, t, array, len, cap).leaves[0]!,
    () => b.runtime('makeslice', [b.typePtr(elem), len, cap])[0]!,
    LikelyFirst,
  );
  return ofLeaves(t, [p, len, cap]);
}

/** append(s, …) */
export function append(b: Builder, e: Expr): Operand {
  const [s, ...rest] = e.list as Expr[];
  b.order(s!);
  if (e.spread) {
    const made = extension(rest[0]!);
    if (made !== null && !b.ordered.has(rest[0]!)) return appendZeros(b, e, s!, made);
    b.order(rest[0]!);
    return appendSlice(b, e, b.expr(s!), b.expr(rest[0]!));
  }
  for (const v of rest) b.order(v);
  const old = b.expr(s!);
  const elem = e.type.elem!;
  const values = rest.map((v) => b.expr(v));
  const grown = grow(b, e.type, old, b.int(values.length));
  values.forEach((v, i) => {
    const at = elementAddr(
      b,
      grown.leaves[0]!,
      b.v2(OpAdd, RepI64, old.leaves[1]!, b.int(i)),
      elem.size,
    );
    if (elem.size > 0) b.storeOperand(at, v);
  });
  return grown;
}

/** The slice with room for `count` more elements and its length increased by that. */
function grow(b: Builder, t: Type, s: Operand, count: Value): Operand {
  const [ptr, len, cap] = s.leaves as [Value, Value, Value];
  const newLen = b.v2(OpAdd, RepI64, len, count);
  const [p, c] = b.chooseAll(
    b.v2(OpLtU, RepBool, cap, newLen),
    [ptr.rep, RepI64],
    () => {
      const r = b.runtime('growslice', [ptr, newLen, cap, count, b.typePtr(t.elem!)]);
      return [r[0]!, r[2]!];
    },
    () => [ptr, cap],
    LikelySecond,
  );
  return ofLeaves(t, [p!, newLen, c!]);
}

function appendSlice(b: Builder, e: Expr, s: Operand, more: Operand): Operand {
  const [src, count] = more.leaves as [Value, Value];
  const elem = e.type.elem!;
  const grown = grow(b, e.type, s, count);
  const dst = elementAddr(b, grown.leaves[0]!, s.leaves[1]!, elem.size);
  copyElements(b, elem, dst, src, count);
  return grown;
}

// oxlint-disable-next-line max-params -- what memmove takes, and of what.
function copyElements(b: Builder, elem: Type, dst: Value, src: Value, count: Value): void {
  if (elem.size === 0) return;
  if (elem.ptrBytes > 0) b.runtime('typedslicecopy', [b.typePtr(elem), dst, count, src, count]);
  else b.runtime('memmove', [dst, src, scaled(b, count, elem.size)]);
}

/** n of `make([]T, n)`, or null if `e` is something else. */
function extension(e: Expr): Expr | null {
  const isMake = e.op === ExprOp.CallBuiltin && e.builtin === Builtin.Make;
  return isMake && e.type.kind === Kind.Slice && e.list.length === 1 ? e.list[0]! : null;
}

/** append(s, make([]T, n)...): grows and clears. */
// oxlint-disable-next-line max-params -- the call and its two operands.
function appendZeros(b: Builder, e: Expr, s: Expr, n: Expr): Operand {
  b.order(n);
  const old = b.expr(s);
  const count = toInt(b, b.expr(n));
  const elem = e.type.elem!;
  if (count.op !== OpConst) b.check(b.v2(OpLe, RepBool, b.int(0), count), 'panicmakeslicelen');
  const grown = grow(b, e.type, old, count);
  const at = elementAddr(b, grown.leaves[0]!, old.leaves[1]!, elem.size);
  clearElements(b, elem, at, count);
  return grown;
}

function clearElements(b: Builder, elem: Type, p: Value, count: Value): void {
  if (elem.size === 0) return;
  const entry = elem.ptrBytes > 0 ? 'memclrHasPointers' : 'memclrNoHeapPointers';
  b.when(b.v2(OpNe, RepBool, count, b.int(0)), () => {
    b.runtime(entry, [p, scaled(b, count, elem.size)]);
  });
}

/** clear(s) */
export function clearSlice(b: Builder, s: Operand): void {
  clearElements(b, s.type.elem!, s.leaves[0]!, s.leaves[1]!);
}

/** copy(dst, src): the number of elements copied. */
export function copy(b: Builder, dst: Operand, src: Operand): Value {
  const elem = dst.type.elem!;
  const [to, n] = dst.leaves as [Value, Value];
  const [from, m] = src.leaves as [Value, Value];
  if (elem.ptrBytes > 0) return b.runtime('typedslicecopy', [b.typePtr(elem), to, n, from, m])[0]!;
  const count = b.choose(
    b.v2(OpLt, RepBool, n, m),
    RepI64,
    () => n,
    () => m,
  );
  if (elem.size === 0) return count;
  b.when(b.v2(OpNe, RepBool, to, from), () => {
    b.runtime('memmove', [to, from, scaled(b, count, elem.size)]);
  });
  return count;
}

/** s[i:j:k] of a string, slice or pointer to array. */
export function sliceExpr(b: Builder, e: Expr): Operand {
  const x = e.x!;
  b.order(x);
  for (const item of e.list) if (item !== null && item !== undefined) b.order(item);
  const base = b.expr(x);
  const bounds = e.list.map((item) => (item === null ? null : b.expr(item)));
  const [i = null, j = null, k = null] = bounds;
  const { ptr, len, cap, elemSize, isSlice } = sliceable(b, base);

  const low = i === null ? b.int(0) : toInt(b, i);
  const high = j === null ? len : toInt(b, j);
  const max = k === null ? cap : toInt(b, k);
  if (k !== null) {
    checkSlice(
      b,
      max,
      cap,
      code(isSlice ? BoundsCode.BoundsSlice3Acap : BoundsCode.BoundsSlice3Alen, k),
    );
    checkSlice(b, high, max, code(BoundsCode.BoundsSlice3B, j));
    checkSlice(b, low, high, code(BoundsCode.BoundsSlice3C, i));
  } else {
    if (j !== null) {
      checkSlice(
        b,
        high,
        max,
        code(isSlice ? BoundsCode.BoundsSliceAcap : BoundsCode.BoundsSliceAlen, j),
      );
    }
    if (i !== null) checkSlice(b, low, high, code(BoundsCode.BoundsSliceB, i));
  }

  const newLen = difference(b, high, low);
  if (e.type.kind === Kind.String) {
    return ofLeaves(e.type, [advance(b, ptr, low, newLen, 1), newLen]);
  }
  const newCap = max === high ? newLen : difference(b, max, low);
  return ofLeaves(e.type, [advance(b, ptr, low, newCap, elemSize), newLen, newCap]);
}

interface Sliceable {
  readonly ptr: Value;
  readonly len: Value;
  readonly cap: Value;
  readonly elemSize: number;
  readonly isSlice: boolean;
}

function sliceable(b: Builder, x: Operand): Sliceable {
  const t = x.type;
  if (t.kind === Kind.Pointer) {
    const array = t.elem!;
    const n = b.int(array.len);
    const ptr = b.nilCheck(x.scalar);
    return { ptr, len: n, cap: n, elemSize: array.elem!.size, isSlice: false };
  }
  const [ptr, len, cap = len] = x.leaves as [Value, Value, Value?];
  const isSlice = t.kind === Kind.Slice;
  return { ptr, len, cap, elemSize: isSlice ? t.elem!.size : 1, isSlice };
}

/** The code of a failure, with the mark for an index of unsigned type. */
function code(kind: number, index: Operand | null): number {
  return index !== null && !isSigned(index.type) ? kind + 16 : kind;
}

function checkSlice(b: Builder, x: Value, y: Value, kind: number): void {
  if (x.op === OpConst && y.op === OpConst) {
    if (x.constBig() >= 0n && x.constBig() <= y.constBig()) return;
  }
  checkBounds(b, b.v2(OpIsSliceInBounds, RepBool, x, y), x, y, kind);
}

function difference(b: Builder, x: Value, y: Value): Value {
  if (y.op === OpConst && y.auxInt === 0 && y.aux === null) return x;
  if (x.op === OpConst && y.op === OpConst) return b.int(x.constBig() - y.constBig());
  return b.v2(OpSub, RepI64, x, y);
}

/** ptr + low * size, unless nothing is left there. */
// oxlint-disable-next-line max-params -- the parts of the computation.
function advance(b: Builder, ptr: Value, low: Value, room: Value, size: number): Value {
  if (size === 0 || (low.op === OpConst && low.auxInt === 0 && low.aux === null)) return ptr;
  const delta = scaled(b, low, size);
  if (room.op === OpConst && room.constBig() > 0n) return b.ptrAdd(ptr, delta);
  const mask = b.v1(OpSliceMask, RepI64, room);
  return b.ptrAdd(ptr, b.v2(OpAnd, RepI64, delta, mask));
}

/** Slice to pointer to array: the address, if there are enough elements. */
export function toArrayPointer(b: Builder, s: Operand, array: Type): Value {
  const [ptr, len] = s.leaves as [Value, Value];
  checkSlice(b, b.int(array.len), len, BoundsCode.BoundsConvert);
  return ptr;
}

/** unsafe.Slice(ptr, n) */
export function unsafeSlice(b: Builder, t: Type, ptr: Value, n: Operand): Operand {
  const len = toInt(b, n);
  const size = t.elem!.size;
  const isNull = b.v2(OpEq, RepBool, ptr, b.f.constZero(ptr.rep));
  b.check(b.v2(OpLe, RepBool, b.int(0), len), 'panicunsafeslicelen');
  if (size === 0) {
    b.when(isNull, () => {
      b.check(b.v2(OpEq, RepBool, len, b.int(0)), 'panicunsafeslicenilptr');
    });
    return ofLeaves(t, [ptr, len, len]);
  }
  const product = b.v2(OpMulUOver, RepTuple, b.int(size), len);
  const bytes = b.v1(OpSelect0, RepI64, product);
  const overflow = b.v1(OpSelect1, RepBool, product);
  const bad = (): void => {
    b.check(b.v1(OpNot, RepBool, isNull), 'panicunsafeslicenilptr');
    b.runtime('panicunsafeslicelen', []);
  };
  b.when(overflow, bad, LikelySecond);
  b.when(reachesEnd(b, ptr, bytes), bad, LikelySecond);
  return ofLeaves(t, [ptr, len, len]);
}

/** Whether ptr + bytes wraps around. */
function reachesEnd(b: Builder, ptr: Value, bytes: Value): Value {
  const address = ptr.rep === RepPtr ? b.v2(OpConvert, RepI64, ptr, b.mem()) : ptr;
  return b.v2(OpLtU, RepBool, b.v1(OpNeg, RepI64, address), bytes);
}

/** unsafe.String(ptr, n) */
export function unsafeString(b: Builder, t: Type, ptr: Value, n: Operand): Operand {
  const len = toInt(b, n);
  b.check(b.v2(OpLe, RepBool, b.int(0), len), 'panicunsafestringlen');
  b.when(
    reachesEnd(b, ptr, len),
    () => {
      b.check(b.v2(OpNe, RepBool, ptr, b.f.constZero(ptr.rep)), 'panicunsafestringnilptr');
      b.runtime('panicunsafestringlen', []);
    },
    LikelySecond,
  );
  return ofLeaves(t, [ptr, len]);
}
