/** Integers as unsigned bigints of a width, and floats as their bits. */
import { type Rep, RepF32, repSize } from '../../src/ssa/rep.ts';

const view = new DataView(new ArrayBuffer(8));

export const bitsOf = (rep: Rep): number => repSize[rep]! * 8;
export const unsigned = (bits: number, x: bigint): bigint => BigInt.asUintN(bits, x);
export const signed = (bits: number, x: bigint): bigint => BigInt.asIntN(bits, x);
export const truth = (c: boolean): bigint => (c ? 1n : 0n);

export function floatOf(rep: Rep, bits: bigint): number {
  if (rep === RepF32) {
    view.setUint32(0, Number(unsigned(32, bits)));
    return view.getFloat32(0);
  }
  view.setBigUint64(0, unsigned(64, bits));
  return view.getFloat64(0);
}

/** NaN always has the same bits: which ones an operation gives is the machine's business. */
export function floatBits(rep: Rep, x: number): bigint {
  if (rep === RepF32) {
    view.setFloat32(0, x);
    return x !== x ? 0x7fc00000n : BigInt(view.getUint32(0));
  }
  view.setFloat64(0, x);
  return x !== x ? 0x7ff8000000000001n : view.getBigUint64(0);
}

/** As CVTTSD2SQ and its kin: the smallest number if it does not fit. */
export function toInteger(bits: number, x: number): bigint {
  const limit = 2 ** (bits - 1);
  if (x !== x || x >= limit || x < -limit) return unsigned(bits, -(1n << BigInt(bits - 1)));
  return unsigned(bits, BigInt(Math.trunc(x)));
}

/** Quotient towards zero and remainder, of numbers of a width; −MIN/−1 wraps. */
export function divide(bits: number, x: bigint, y: bigint): readonly [bigint, bigint] {
  const a = signed(bits, x);
  const b = signed(bits, y);
  return [unsigned(bits, a / b), unsigned(bits, a % b)];
}

export function roundEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest === 0.5) return low % 2 === 0 ? low : low + 1;
  const rounded = rest < 0.5 ? low : low + 1;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

export function bitLength(x: bigint): number {
  return x === 0n ? 0 : x.toString(2).length;
}

export function trailingZeros(bits: number, x: bigint): number {
  if (x === 0n) return bits;
  let n = 0;
  while (((x >> BigInt(n)) & 1n) === 0n) n++;
  return n;
}

export function rotateLeft(bits: number, x: bigint, count: bigint): bigint {
  const n = count % BigInt(bits);
  return unsigned(bits, (x << n) | (unsigned(bits, x) >> (BigInt(bits) - n)));
}

/** The bytes of a number, the other way round. */
export function swapBytes(bits: number, x: bigint): bigint {
  let out = 0n;
  for (let i = 0; i < bits; i += 8) out = (out << 8n) | ((x >> BigInt(i)) & 255n);
  return out;
}
