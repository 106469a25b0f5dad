/** What generic operations mean: one function per operation, from operands to result. */
import * as ops from '../../src/ssa/op.ts';
import { RepF32, RepF64 } from '../../src/ssa/rep.ts';
import { type Value } from '../../src/ssa/value.ts';
import {
  bitLength,
  bitsOf,
  divide,
  floatBits,
  floatOf,
  rotateLeft,
  roundEven,
  signed,
  swapBytes,
  toInteger,
  trailingZeros,
  truth,
  unsigned,
} from './numbers.ts';

/** Operands cut to the width of their representation. */
type Meaning = (v: Value, x: bigint, y: bigint, z: bigint) => bigint | bigint[];

const one = 1n;
const width = (v: Value): number => bitsOf(v.rep);
const widthOf0 = (v: Value): number => bitsOf(v.a0!.rep);

function shift(op: 'left' | 'right' | 'arithmetic'): Meaning {
  return (v, x, y) => {
    const w = width(v);
    if (op === 'arithmetic') return signed(w, x) >> (y >= BigInt(w) ? BigInt(w - 1) : y);
    if (y >= BigInt(w)) return 0n;
    return op === 'left' ? x << y : x >> y;
  };
}

const compare =
  (test: (x: bigint, y: bigint) => boolean, isSigned = false): Meaning =>
  (v, x, y) => {
    const w = widthOf0(v);
    return truth(isSigned ? test(signed(w, x), signed(w, y)) : test(x, y));
  };

const float =
  (f: (x: number, y: number, z: number) => number): Meaning =>
  (v, x, y, z) =>
    floatBits(v.rep, f(floatOf(v.rep, x), floatOf(v.rep, y), floatOf(v.rep, z)));

const compareFloats =
  (test: (x: number, y: number) => boolean): Meaning =>
  (v, x, y) =>
    truth(test(floatOf(v.a0!.rep, x), floatOf(v.a0!.rep, y)));

export const generic: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [ops.OpAdd, (_, x, y) => x + y],
  [ops.OpSub, (_, x, y) => x - y],
  [ops.OpMul, (_, x, y) => x * y],
  [ops.OpDiv, (v, x, y) => divide(width(v), x, y)[0]],
  [ops.OpDivU, (_, x, y) => x / y],
  [ops.OpMod, (v, x, y) => divide(width(v), x, y)[1]],
  [ops.OpModU, (_, x, y) => x % y],
  [ops.OpHMul, (v, x, y) => (signed(width(v), x) * signed(width(v), y)) >> BigInt(width(v))],
  [ops.OpHMulU, (v, x, y) => (x * y) >> BigInt(width(v))],
  [ops.OpAvgU, (_, x, y) => (x + y) >> one],
  [ops.OpAnd, (_, x, y) => x & y],
  [ops.OpOr, (_, x, y) => x | y],
  [ops.OpXor, (_, x, y) => x ^ y],
  [ops.OpCom, (_, x) => ~x],
  [ops.OpNeg, (_, x) => -x],
  [ops.OpLsh, shift('left')],
  [ops.OpRsh, shift('arithmetic')],
  [ops.OpRshU, shift('right')],
  [ops.OpRotL, (v, x, y) => rotateLeft(width(v), x, y)],
  [ops.OpBitLen, (_, x) => BigInt(bitLength(x))],
  [ops.OpCtz, (v, x) => BigInt(trailingZeros(widthOf0(v), x))],
  [ops.OpCtzNonZero, (v, x) => BigInt(trailingZeros(widthOf0(v), x))],
  [ops.OpPopCount, (_, x) => BigInt(x.toString(2).replaceAll('0', '').length)],
  [ops.OpBswap, (v, x) => swapBytes(width(v), x)],
  [ops.OpMulUHiLo, (_, x, y) => [(x * y) >> 64n, unsigned(64, x * y)]],
  [ops.OpMulUOver, (_, x, y) => [unsigned(64, x * y), truth((x * y) >> 64n !== 0n)]],
  [ops.OpAddCarry, (_, x, y, z) => [unsigned(64, x + y + z), (x + y + z) >> 64n]],
  [ops.OpSubBorrow, (_, x, y, z) => [unsigned(64, x - y - z), truth(x < y + z)]],
  [ops.OpDiv128U, (_, x, y, z) => [((x << 64n) | y) / z, ((x << 64n) | y) % z]],
  [ops.OpEq, compare((x, y) => x === y)],
  [ops.OpNe, compare((x, y) => x !== y)],
  [ops.OpLt, compare((x, y) => x < y, true)],
  [ops.OpLe, compare((x, y) => x <= y, true)],
  [ops.OpLtU, compare((x, y) => x < y)],
  [ops.OpLeU, compare((x, y) => x <= y)],
  [ops.OpIsInBounds, compare((x, y) => x < y)],
  [ops.OpIsSliceInBounds, compare((x, y) => x <= y)],
  [ops.OpEqF, compareFloats((x, y) => x === y)],
  [ops.OpNeF, compareFloats((x, y) => x !== y)],
  [ops.OpLtF, compareFloats((x, y) => x < y)],
  [ops.OpLeF, compareFloats((x, y) => x <= y)],
  [ops.OpNot, (_, x) => x ^ one],
  [ops.OpCondSelect, (_, x, y, z) => (z === 0n ? y : x)],
  [ops.OpSignExt, (v, x) => signed(widthOf0(v), x)],
  [ops.OpZeroExt, (_, x) => x],
  [ops.OpTrunc, (_, x) => x],
  [ops.OpIntToF, (v, x) => floatBits(v.rep, rounded(v, signed(widthOf0(v), x)))],
  [ops.OpUintToF, (v, x) => floatBits(v.rep, rounded(v, x))],
  [ops.OpFToInt, (v, x) => toInteger(Math.max(32, width(v)), floatOf(v.a0!.rep, x))],
  [ops.OpFToF, (v, x) => floatBits(v.rep, floatOf(v.a0!.rep, x))],
  [ops.OpBitCast, (_, x) => x],
  [ops.OpConvert, (_, x) => x],
  [ops.OpAddF, float((x, y) => x + y)],
  [ops.OpSubF, float((x, y) => x - y)],
  [ops.OpMulF, float((x, y) => x * y)],
  [ops.OpDivF, float((x, y) => x / y)],
  [ops.OpNegF, float((x) => -x)],
  [ops.OpAbsF, float(Math.abs)],
  [ops.OpSqrtF, float(Math.sqrt)],
  [ops.OpFloorF, float(Math.floor)],
  [ops.OpCeilF, float(Math.ceil)],
  [ops.OpTruncF, float(Math.trunc)],
  [ops.OpRoundEvenF, float(roundEven)],
  [ops.OpMinF, float(Math.min)],
  [ops.OpMaxF, float(Math.max)],
  [ops.OpOffPtr, (v, x) => x + BigInt(v.auxInt)],
  [ops.OpPtrAdd, (_, x, y) => x + y],
  [ops.OpSliceMask, (_, x) => (signed(64, x) > 0n ? -1n : 0n)],
  [ops.OpConstBool, (v) => BigInt(v.auxInt)],
  [ops.OpConst, (v) => v.constBig()],
  [ops.OpConstF, (v) => floatBits(v.rep, v.aux as number)],
  [ops.OpConstNil, () => 0n],
]);

/** An integer as a float of the representation, rounded once. */
function rounded(v: Value, x: bigint): number {
  if (v.rep === RepF64) return Number(x);
  const near = Number(x);
  if (v.rep === RepF32 && Number.isSafeInteger(near)) return Math.fround(near);
  // Beyond 2⁵³: keep what a second rounding could get wrong as one sticky bit.
  const drop = BigInt(bitLength(x < 0n ? -x : x) - 40);
  const kept = x >> drop;
  const sticky = kept << drop === x ? kept : kept | one;
  return Math.fround(Number(sticky)) * 2 ** Number(drop);
}
