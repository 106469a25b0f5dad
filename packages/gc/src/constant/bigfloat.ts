/**
 * Binary floating-point numbers of any precision, on BigInt.
 *
 * A number is `mant * 2**exp`. Operations compute exactly, or with a sticky bit that stands for what
 * is left out below, and round once. Constants use 512 bits and round to nearest even, as gc does: the
 * spec asks for 256 bits of mantissa, but programs can observe which 512-bit value they get.
 * The exponent of the leading bit is limited to 32 bits; beyond are infinity (null) and zero.
 *
 * Spec: "Constants" (implementation restriction).   GOROOT: src/math/big (rounding, limits).
 */

export interface BigFloat {
  readonly mant: bigint;
  readonly exp: number;
}

/** Precision of constants that are not fractions. */
export const precision = 512;

export const floatZero: BigFloat = { mant: 0n, exp: 0 };

export type Rounding = 'nearest' | 'toZero' | 'awayFromZero';

const maxExponent = 2 ** 31 - 1;
const minExponent = -(2 ** 31);

export function magnitude(n: bigint): bigint {
  return n < 0n ? -n : n;
}

/** Number of bits of |n|. */
export function bitLength(n: bigint): number {
  if (n === 0n) return 0;
  const hex = magnitude(n).toString(16);
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex[0]!, 16)) - 28);
}

/** The exponent e for which 2**(e-1) <= |x| < 2**e. */
export function exponentOf(x: BigFloat): number {
  return x.mant === 0n ? 0 : bitLength(x.mant) + x.exp;
}

/** |n| shortened by `drop` bits, rounded; `sticky` stands for a bit below all of n. */
export function dropBits(n: bigint, drop: number, sticky: boolean, mode: Rounding): bigint {
  if (drop <= 0) return n;
  const shift = BigInt(drop);
  const kept = n >> shift;
  const rest = n - (kept << shift);
  let up: boolean;
  if (mode === 'toZero') up = false;
  else if (mode === 'awayFromZero') up = rest !== 0n || sticky;
  else {
    const half = 1n << (shift - 1n);
    up = rest > half || (rest === half && (sticky || (kept & 1n) === 1n));
  }
  return up ? kept + 1n : kept;
}

export interface RoundOptions {
  readonly bits?: number;
  readonly sticky?: boolean;
  readonly mode?: Rounding;
}

/** `mant * 2**exp` rounded; null if it is too large. With a sticky bit, mant must be longer than bits. */
export function round(mant: bigint, exp: number, options: RoundOptions = {}): BigFloat | null {
  const { bits = precision, sticky = false, mode = 'nearest' } = options;
  if (mant === 0n) return floatZero;
  const size = magnitude(mant);
  const drop = Math.max(0, bitLength(size) - bits);
  const kept = dropBits(size, drop, sticky, mode);
  const result = { mant: mant < 0n ? -kept : kept, exp: exp + drop };
  const e = exponentOf(result);
  if (e > maxExponent) return null;
  return e < minExponent ? floatZero : result;
}

export function floatOfInt(n: bigint): BigFloat {
  return round(n, 0)!;
}

/** num / den, rounded. */
export function floatOfRatio(num: bigint, den: bigint): BigFloat | null {
  return divide({ mant: num, exp: 0 }, { mant: den, exp: 0 });
}

export function negate(x: BigFloat): BigFloat {
  return { mant: -x.mant, exp: x.exp };
}

export function add(x: BigFloat, y: BigFloat): BigFloat | null {
  if (x.mant === 0n) return y;
  if (y.mant === 0n) return x;
  const [high, low] = x.exp >= y.exp ? [x, y] : [y, x];
  const gap = high.exp - low.exp;
  // Far below the last bit of the larger one a number only tips the rounding.
  const spare = 2 * precision + bitLength(low.mant);
  if (gap > spare) {
    const tip = low.mant < 0n ? -1n : 1n;
    return round((high.mant << BigInt(spare)) + tip, high.exp - spare);
  }
  return round((high.mant << BigInt(gap)) + low.mant, low.exp);
}

export function multiply(x: BigFloat, y: BigFloat, bits: number = precision): BigFloat | null {
  return round(x.mant * y.mant, x.exp + y.exp, { bits });
}

/** x / y; y is not zero. */
export function divide(x: BigFloat, y: BigFloat, bits: number = precision): BigFloat | null {
  if (x.mant === 0n) return floatZero;
  const num = magnitude(x.mant);
  const den = magnitude(y.mant);
  const shift = Math.max(0, bits + 2 - (bitLength(num) - bitLength(den)));
  const scaled = num << BigInt(shift);
  const quotient = scaled / den;
  const sticky = quotient * den !== scaled;
  const negative = x.mant < 0n !== y.mant < 0n;
  return round(negative ? -quotient : quotient, x.exp - y.exp - shift, { bits, sticky });
}

export function compare(x: BigFloat, y: BigFloat): number {
  const signX = x.mant < 0n ? -1 : x.mant > 0n ? 1 : 0;
  const signY = y.mant < 0n ? -1 : y.mant > 0n ? 1 : 0;
  if (signX !== signY || signX === 0) return signX - signY;
  const byExponent = exponentOf(x) - exponentOf(y);
  if (byExponent !== 0) return byExponent < 0 ? -signX : signX;
  const gap = BigInt(Math.abs(x.exp - y.exp));
  const a = x.exp > y.exp ? x.mant << gap : x.mant;
  const b = y.exp > x.exp ? y.mant << gap : y.mant;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The value as an integer, or null if it has a fraction. The exponent must be small. */
export function toInteger(x: BigFloat): bigint | null {
  if (x.exp >= 0) return x.mant << BigInt(x.exp);
  const shift = BigInt(-x.exp);
  const whole = x.mant >> shift;
  return whole << shift === x.mant ? whole : null;
}

/** 5**n with the precision that decimal exponents of literals are applied with; null: too large. */
export function powerOfFive(n: number, bits: number): BigFloat | null {
  // The first 27 powers are exact; the rest multiplies up in this order, so roundings are gc's.
  const exact = 27;
  if (n <= exact) return { mant: 5n ** BigInt(n), exp: 0 };
  let power: BigFloat | null = { mant: 5n ** BigInt(exact), exp: 0 };
  let factor: BigFloat | null = { mant: 5n, exp: 0 };
  for (let rest = n - exact; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) {
      if (factor === null || power === null) return null;
      power = multiply(power, factor, bits);
    }
    if (rest > 1 && factor !== null) factor = multiply(factor, factor, bits + 64);
  }
  return power;
}

/** Layout of an IEEE format: bits of precision, exponents e (as in `exponentOf`) of normal numbers. */
export interface FloatFormat {
  readonly bits: number;
  readonly minExponent: number;
  readonly maxExponent: number;
}
export const float64Format: FloatFormat = { bits: 53, minExponent: -1021, maxExponent: 1024 };
export const float32Format: FloatFormat = { bits: 24, minExponent: -125, maxExponent: 128 };

/** |mant| * 2**exp, rounded once to the format, denormals and overflow to infinity included. */
export function toMachine(mant: bigint, exp: number, sticky: boolean, format: FloatFormat): number {
  const size = magnitude(mant);
  const sign = mant < 0n ? -1 : 1;
  if (size === 0n) return 0;
  const length = bitLength(size);
  const e = length + exp;
  if (e > format.maxExponent) return sign * Infinity;
  const bits = format.bits - Math.max(0, format.minExponent - e);
  if (bits < 0) return sign < 0 ? -0 : 0;
  const drop = Math.max(0, length - bits);
  const kept = Number(dropBits(size, drop, sticky, 'nearest'));
  const value = scale(kept, exp + drop);
  return value >= 2 ** (format.maxExponent - 1) * 2 ? sign * Infinity : sign * value;
}

/** kept * 2**exp, which is representable, by steps that are. */
function scale(kept: number, exp: number): number {
  if (exp < -1022) return kept * 2 ** -1022 * 2 ** Math.max(exp + 1022, -1074);
  return exp > 1000 ? kept * 2 ** 1000 * 2 ** (exp - 1000) : kept * 2 ** exp;
}
