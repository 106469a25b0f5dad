/**
 * Conversions of constants: between the numeric kinds, and to machine numbers with exact rounding.
 *
 * Spec: "Representability", "Conversions".   GOROOT: src/go/constant/value.go.
 */
import {
  bitLength,
  float32Format,
  float64Format,
  type FloatFormat,
  magnitude,
  precision,
  round,
  toInteger,
  toMachine,
} from './bigfloat.ts';
import {
  asFloat,
  Form,
  isSmallFloat,
  makeFloat,
  makeInt,
  makeUnknown,
  maxBits,
  sign,
  type Value,
} from './value.ts';

/** `x` as an integer; unknown if it is none. */
export function toInt(x: Value): Value {
  switch (x.form) {
    case Form.Small:
    case Form.Big:
      return x;
    case Form.Ratio:
      return x.den === 1n ? makeInt(x.num) : makeUnknown();
    case Form.Float: {
      if (!isSmallFloat(x.val)) return makeUnknown();
      const exact = toInteger(x.val);
      if (exact !== null) return makeInt(exact);
      // Earlier roundings may have missed an integer by the last few bits.
      const bits = precision - 4;
      const { mant, exp } = x.val;
      for (const mode of ['toZero', 'awayFromZero'] as const) {
        const near = round(mant, exp, { bits, mode });
        const whole = near && toInteger(near);
        if (whole !== null) return makeInt(whole);
      }
      return makeUnknown();
    }
    case Form.Complex:
      return sign(x.im) === 0 ? toInt(x.re) : makeUnknown();
    default:
      return makeUnknown();
  }
}

/** `x` as a floating-point constant; unknown if it is none. */
export function toFloat(x: Value): Value {
  switch (x.form) {
    case Form.Small:
      return { form: Form.Ratio, num: BigInt(x.val), den: 1n };
    case Form.Big:
      if (bitLength(x.val) < maxBits) return { form: Form.Ratio, num: x.val, den: 1n };
      return makeFloat(asFloat(x));
    case Form.Ratio:
    case Form.Float:
      return x;
    case Form.Complex:
      return sign(x.im) === 0 ? toFloat(x.re) : makeUnknown();
    default:
      return makeUnknown();
  }
}

/** `x` as a complex constant; unknown if it is no number. */
export function toComplex(x: Value): Value {
  switch (x.form) {
    case Form.Small:
    case Form.Big:
    case Form.Ratio:
    case Form.Float:
      return { form: Form.Complex, re: x, im: makeInt(0) };
    case Form.Complex:
      return x;
    default:
      return makeUnknown();
  }
}

/** The nearest float64: ±Infinity if too large, ±0 if too small; 0 if unknown. */
export function float64Of(x: Value): number {
  return x.form === Form.Small ? x.val : nearest(x, float64Format);
}

/** The nearest float32, rounded once. */
export function float32Of(x: Value): number {
  return nearest(x, float32Format);
}

function nearest(x: Value, format: FloatFormat): number {
  switch (x.form) {
    case Form.Small:
    case Form.Big:
    case Form.Float: {
      // Integers go through the 512-bit form, and what does not fit it is rounded twice.
      const { mant, exp } = asFloat(x);
      return toMachine(mant, exp, false, format);
    }
    case Form.Ratio: {
      const num = magnitude(x.num);
      const lead = bitLength(num) - bitLength(x.den);
      const scale = Math.max(0, format.bits + 3 - lead);
      const scaled = num << BigInt(scale);
      const quotient = scaled / x.den;
      const sticky = quotient * x.den !== scaled;
      return toMachine(x.num < 0n ? -quotient : quotient, -scale, sticky, format);
    }
    default:
      return 0;
  }
}
