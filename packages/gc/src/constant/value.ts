/**
 * Values of constants, exact as far as the language asks.
 *
 * Integers are exact; floating-point constants are fractions while numerator and denominator are of
 * reasonable size (4096 bits) and 512-bit floating-point numbers from then on: a result computed with
 * one of those stays one, since going back would pretend to an exactness that is lost. Integers that
 * fit a JavaScript number exactly are held as one. Strings are byte strings (bytestring.ts).
 *
 * What could not be computed (overflow of the exponent, malformed literals) is `Unknown`, and so is
 * every result that depends on it, so that one error is reported and not many.
 * Values are immutable. Kinds are what the language sees; forms are how values are held.
 *
 * Spec: "Constants".   GOROOT: src/go/constant (which form a result takes, and when it rounds).
 */
import { assert, InternalError } from '@go-ts/base';
import {
  type BigFloat,
  bitLength,
  exponentOf,
  floatOfInt,
  floatOfRatio,
  magnitude,
} from './bigfloat.ts';

export const ValueKind = { Unknown: 0, Bool: 1, String: 2, Int: 3, Float: 4, Complex: 5 } as const;
export type ValueKind = (typeof ValueKind)[keyof typeof ValueKind];

export const Form = {
  Unknown: 0,
  Bool: 1,
  String: 2,
  /** Integer that a JavaScript number holds exactly. */
  Small: 3,
  /** Any other integer. */
  Big: 4,
  /** Fraction; may be a whole number. */
  Ratio: 5,
  /** 512-bit floating-point number. */
  Float: 6,
  Complex: 7,
} as const;
export type Form = (typeof Form)[keyof typeof Form];

export interface UnknownValue {
  readonly form: typeof Form.Unknown;
}
export interface BoolValue {
  readonly form: typeof Form.Bool;
  readonly val: boolean;
}
export interface StringValue {
  readonly form: typeof Form.String;
  /** One char per byte. */
  readonly val: string;
}
export interface SmallValue {
  readonly form: typeof Form.Small;
  readonly val: number;
}
export interface BigValue {
  readonly form: typeof Form.Big;
  readonly val: bigint;
}
export interface RatioValue {
  readonly form: typeof Form.Ratio;
  readonly num: bigint;
  /** At least 1, without common factors with num. */
  readonly den: bigint;
}
export interface FloatValue {
  readonly form: typeof Form.Float;
  readonly val: BigFloat;
}
export interface ComplexValue {
  readonly form: typeof Form.Complex;
  readonly re: RealValue;
  readonly im: RealValue;
}

export type IntValue = SmallValue | BigValue;
export type RealValue = IntValue | RatioValue | FloatValue;
export type NumericValue = RealValue | ComplexValue;
export type Value = UnknownValue | BoolValue | StringValue | NumericValue;

const kindOfForm: readonly ValueKind[] = [
  ValueKind.Unknown,
  ValueKind.Bool,
  ValueKind.String,
  ValueKind.Int,
  ValueKind.Int,
  ValueKind.Float,
  ValueKind.Float,
  ValueKind.Complex,
];

export function kindOf(x: Value): ValueKind {
  return kindOfForm[x.form]!;
}

// ---- making values

const unknown: UnknownValue = { form: Form.Unknown };
const falseValue: BoolValue = { form: Form.Bool, val: false };
const trueValue: BoolValue = { form: Form.Bool, val: true };
const emptyString: StringValue = { form: Form.String, val: '' };

export function makeUnknown(): UnknownValue {
  return unknown;
}

export function makeBool(val: boolean): BoolValue {
  return val ? trueValue : falseValue;
}

/** From a byte string. */
export function makeString(val: string): StringValue {
  return val === '' ? emptyString : { form: Form.String, val };
}

/** From an integer; a number must be a safe one. */
export function makeInt(val: number | bigint): IntValue {
  if (typeof val === 'number') {
    assert(Number.isSafeInteger(val), 'constant from an inexact number');
    return { form: Form.Small, val: val + 0 }; // -0 is 0
  }
  const small = Number(val);
  return Number.isSafeInteger(small) ? { form: Form.Small, val: small } : { form: Form.Big, val };
}

/** num / den; den is not zero. Becomes a floating-point number if it is too large for a fraction. */
export function makeRatio(num: bigint, den: bigint): RealValue | UnknownValue {
  const ratio = exactRatio(num, den);
  if (bitLength(ratio.num) < maxBits && bitLength(ratio.den) < maxBits) return ratio;
  return makeFloat(floatOfRatio(ratio.num, ratio.den));
}

/** num / den, of whatever size. */
export function exactRatio(num: bigint, den: bigint): RatioValue {
  const divisor = gcd(magnitude(num), magnitude(den)) * (den < 0n ? -1n : 1n);
  return { form: Form.Ratio, num: num / divisor, den: den / divisor };
}

/** null is infinity, which is no constant. */
export function makeFloat(val: BigFloat | null): FloatValue | UnknownValue {
  return val === null ? unknown : { form: Form.Float, val };
}

/** From a float64; -0 is 0, and what is not finite is unknown. */
export function makeFloat64(val: number): RealValue | UnknownValue {
  if (!Number.isFinite(val)) return unknown;
  if (Number.isInteger(val)) return makeRatio(BigInt(val), 1n);
  // A double with a fraction is an integer after at most 1074 doublings, all of them exact.
  let mant = val;
  let shift = 0n;
  for (; !Number.isInteger(mant); shift++) mant *= 2;
  return makeRatio(BigInt(mant), 1n << shift);
}

export function makeComplex(re: Value, im: Value): ComplexValue | UnknownValue {
  if (re.form === Form.Unknown || im.form === Form.Unknown) return unknown;
  return { form: Form.Complex, re: mustReal(re), im: mustReal(im) };
}

/** Components of fractions stay below this many bits. */
export const maxBits = 4096;

/** Whether a floating-point number, written as a fraction, would be of reasonable size. */
export function isSmallFloat(x: BigFloat): boolean {
  const e = exponentOf(x);
  return -maxBits < e && e < maxBits;
}

function gcd(a: bigint, b: bigint): bigint {
  let x = a;
  let y = b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

// ---- looking into values

export function mustReal(x: Value): RealValue {
  switch (x.form) {
    case Form.Small:
    case Form.Big:
    case Form.Ratio:
    case Form.Float:
      return x;
    default:
      throw new InternalError(`constant of form ${x.form} is no real number`);
  }
}

/** False if unknown. */
export function boolOf(x: Value): boolean {
  if (x.form === Form.Unknown) return false;
  assert(x.form === Form.Bool, 'constant is no bool');
  return x.val;
}

/** The byte string; empty if unknown. */
export function stringOf(x: Value): string {
  if (x.form === Form.Unknown) return '';
  assert(x.form === Form.String, 'constant is no string');
  return x.val;
}

/** Any integer; 0 if unknown. */
export function bigIntOf(x: Value): bigint {
  if (x.form === Form.Unknown) return 0n;
  assert(x.form === Form.Small || x.form === Form.Big, 'constant is no integer');
  return BigInt(x.val);
}

/** An integer that fits int64; null for others and for unknown. */
export function int64Of(x: Value): bigint | null {
  if (x.form === Form.Unknown) return null;
  const val = bigIntOf(x);
  return BigInt.asIntN(64, val) === val ? val : null;
}

/** An integer that fits uint64; null for others and for unknown. */
export function uint64Of(x: Value): bigint | null {
  if (x.form === Form.Unknown) return null;
  const val = bigIntOf(x);
  return BigInt.asUintN(64, val) === val ? val : null;
}

/** An integer that a JavaScript number holds exactly; null for others and for unknown. */
export function numberOf(x: Value): number | null {
  return x.form === Form.Small ? x.val : null;
}

/** Bits of the absolute value of an integer; 0 if unknown. */
export function bitLen(x: Value): number {
  if (x.form === Form.Small) {
    const val = Math.abs(x.val);
    return val < 2 ** 32 ? 32 - Math.clz32(val) : 64 - Math.clz32(Math.floor(val / 2 ** 32));
  }
  return bitLength(bigIntOf(x));
}

/** -1, 0 or 1; for complex numbers 0 only for zero; 1 if unknown, so that nothing is divided by 0. */
export function sign(x: Value): number {
  switch (x.form) {
    case Form.Unknown:
      return 1;
    case Form.Small:
      return Math.sign(x.val);
    case Form.Big:
      return x.val < 0n ? -1 : 1;
    case Form.Ratio:
      return signOf(x.num);
    case Form.Float:
      return signOf(x.val.mant);
    case Form.Complex:
      return sign(x.re) | sign(x.im);
    default:
      throw new InternalError('sign of a constant that is no number');
  }
}

function signOf(n: bigint): number {
  return n < 0n ? -1 : n > 0n ? 1 : 0;
}

export function real(x: Value): Value {
  return x.form === Form.Complex ? x.re : x.form === Form.Unknown ? x : mustReal(x);
}

export function imag(x: Value): Value {
  if (x.form === Form.Complex) return x.im;
  if (x.form === Form.Unknown) return x;
  mustReal(x);
  return makeInt(0);
}

/** A real number as a 512-bit floating-point number. */
export function asFloat(x: RealValue): BigFloat {
  switch (x.form) {
    case Form.Small:
      return floatOfInt(BigInt(x.val));
    case Form.Big:
      return floatOfInt(x.val);
    case Form.Ratio:
      return floatOfRatio(x.num, x.den)!;
    case Form.Float:
      return x.val;
  }
}

/**
 * A real number as a fraction; null if that would be too large (more than some 4096 bits).
 * Whatever needs to write a constant down exactly takes this, or mantissa and exponent (`asFloat`).
 */
export function asRatio(x: RealValue): { readonly num: bigint; readonly den: bigint } | null {
  switch (x.form) {
    case Form.Small:
    case Form.Big:
      return { num: BigInt(x.val), den: 1n };
    case Form.Ratio:
      return x;
    case Form.Float: {
      const { mant, exp } = x.val;
      if (!isSmallFloat(x.val)) return null;
      if (exp >= 0) return { num: mant << BigInt(exp), den: 1n };
      const den = 1n << BigInt(-exp);
      const divisor = mant === 0n ? den : gcd(magnitude(mant), den);
      return { num: mant / divisor, den: den / divisor };
    }
  }
}
