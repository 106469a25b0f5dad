/**
 * Constants as text, as messages show them (`valueString`) and exactly (`exactString`).
 *
 * GOROOT: src/go/constant/value.go, src/strconv/ftoa.go (forms).
 */
import { escapeRune } from '@go-ts/base/quote';
import { type BigFloat, bitLength, exponentOf, magnitude, toInteger } from './bigfloat.ts';
import { decodeRune } from './bytestring.ts';
import { float64Of } from './convert.ts';
import { asFloat, Form, isSmallFloat, type Value } from './value.ts';

/** Short: strings cut after 72 characters, numbers with a fraction to about six digits. */
export function valueString(x: Value): string {
  switch (x.form) {
    case Form.Unknown:
      return 'unknown';
    case Form.Bool:
    case Form.Small:
    case Form.Big:
      return String(x.val);
    case Form.String:
      return shorten(quoteBytes(x.val));
    case Form.Ratio:
    case Form.Float:
      return floatString(asFloat(x));
    case Form.Complex:
      return `(${valueString(x.re)} + ${valueString(x.im)}i)`;
  }
}

/** In full: fractions as `a/b`, large floating-point numbers with a hexadecimal mantissa. */
export function exactString(x: Value): string {
  switch (x.form) {
    case Form.String:
      return quoteBytes(x.val);
    case Form.Ratio:
      return x.den === 1n ? String(x.num) : `${x.num}/${x.den}`;
    case Form.Float:
      return hexString(x.val);
    case Form.Complex:
      return `(${exactString(x.re)} + ${exactString(x.im)}i)`;
    default:
      return valueString(x);
  }
}

/** A byte string as a Go string literal, as strconv.Quote makes it. */
export function quoteBytes(bytes: string): string {
  let text = '"';
  for (let i = 0; i < bytes.length;) {
    const { rune, width } = decodeRune(bytes, i);
    if (width === 1 && rune === 0xfffd) {
      text += `\\x${bytes.charCodeAt(i).toString(16).padStart(2, '0')}`;
    } else text += escapeRune(rune, '"');
    i += width;
  }
  return `${text}"`;
}

const maxLength = 72;

function shorten(quoted: string): string {
  const runes = Array.from(quoted);
  return runes.length > maxLength ? `${runes.slice(0, maxLength - 3).join('')}...` : quoted;
}

function floatString(x: BigFloat): string {
  const near = float64Of({ form: Form.Float, val: x });
  const inRange = Number.isFinite(near) && (near === 0) === (x.mant === 0n);
  if (!inRange) return beyondFloat64(x);
  const short = formatG(near, 6);
  // A fraction must be seen to be one, if it takes more digits.
  const isInteger = isSmallFloat(x) && toInteger(x) !== null;
  return !isInteger && !short.includes('.') ? formatG(near, -1) : short;
}

/** Decimal approximation from mantissa and exponent, by floating-point arithmetic as gc does it. */
function beyondFloat64(x: BigFloat): string {
  const exp = exponentOf(x);
  const mant = { mant: x.mant, exp: x.exp - exp };
  let m = float64Of({ form: Form.Float, val: mant });
  const log10of2 = 0.3010299956639812;
  const d = exp * log10of2;
  let e = Math.trunc(d);
  m *= 10 ** (d - e);
  const size = Math.abs(m);
  // Rounding to six digits must not carry m to 10.
  if (size < 1 - 0.5e-6) {
    m *= 10;
    e--;
  } else if (size >= 10) {
    m /= 10;
    e++;
  }
  return `${formatG(m, 6)}e${e < 0 ? '-' : '+'}${Math.abs(e)}`;
}

/** Go's `%.Ng`, or `%g` (shortest) with digits -1. */
export function formatG(x: number, digits: number): string {
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  const scientific = digits < 0 ? x.toExponential() : x.toExponential(digits - 1);
  const [mantissa, exponentText] = scientific.split('e') as [string, string];
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const all = mantissa.replace(/[-.]/g, '').replace(/0+$/, '') || '0';
  // Digits without trailing zeros decide how large an exponent is too large.
  let limit = digits < 0 ? 6 : digits;
  if (digits >= 0 && limit > all.length && all.length >= exponent + 1) limit = all.length;
  if (exponent < -4 || exponent >= limit) {
    const rest = all.length > 1 ? `.${all.slice(1)}` : '';
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${all[0]!}${rest}e${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${all}`;
  const whole = all.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = all.slice(exponent + 1);
  return sign + whole + (fraction === '' ? '' : `.${fraction}`);
}

/** `0x.8p+1`: the mantissa below the point, its first bit set. */
function hexString(x: BigFloat): string {
  if (x.mant === 0n) return '0';
  const size = magnitude(x.mant);
  const aligned = size << BigInt((4 - (bitLength(size) % 4)) % 4);
  const digits = aligned.toString(16).replace(/0+$/, '');
  const exp = exponentOf(x);
  return `${x.mant < 0n ? '-' : ''}0x.${digits}p${exp < 0 ? '-' : '+'}${Math.abs(exp)}`;
}
