/**
 * Values of literals.
 *
 * The scanner has checked the syntax. A decimal literal with an exponent of reasonable size is an
 * exact fraction; otherwise its mantissa is multiplied by a rounded power of ten, in the steps that gc
 * takes, so that both round alike.
 *
 * Spec: "Integer literals" to "String literals".
 * GOROOT: src/go/constant/value.go, src/math/big/floatconv.go (steps of rounding).
 */
import { LitKind } from '../syntax/token.ts';
import {
  type BigFloat,
  divide,
  exponentOf,
  floatZero,
  multiply,
  powerOfFive,
  precision,
  round,
} from './bigfloat.ts';
import { encodeRune, encodeText } from './bytestring.ts';
import {
  exactRatio,
  isSmallFloat,
  makeComplex,
  makeFloat,
  makeInt,
  makeString,
  makeUnknown,
  type Value,
} from './value.ts';

/** The value of a literal's source text; unknown if it is malformed or out of all range. */
export function makeFromLiteral(text: string, kind: LitKind): Value {
  switch (kind) {
    case LitKind.Int:
      return intLiteral(text);
    case LitKind.Float:
      return floatLiteral(text);
    case LitKind.Imag:
      return makeComplex(makeInt(0), floatLiteral(text.slice(0, -1)));
    case LitKind.Rune:
      return runeLiteral(text);
    case LitKind.String:
      return stringLiteral(text);
  }
}

function intLiteral(text: string): Value {
  const digits = text.replaceAll('_', '');
  if (/^[1-9][0-9]{0,14}$/.test(digits)) return makeInt(Number(digits));
  const octal = /^0([0-7]+)$/.exec(digits);
  const form = octal === null ? digits : `0o${octal[1]!}`;
  if (!/^(?:0|[1-9]\d*|0x[\da-f]+|0o[0-7]+|0b[01]+)$/i.test(form)) return makeUnknown();
  return makeInt(BigInt(form));
}

const floatForm =
  /^(?:0x([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?|(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?|(0[ob][0-7]+))$/i;

/** Also of what stands before the `i` of an imaginary literal, which may be an integer. */
function floatLiteral(text: string): Value {
  const match = floatForm.exec(text.replaceAll('_', ''));
  if (match === null) return makeUnknown();
  const [, hex, hexFraction = '', hexExponent = '0', whole = '', fraction = '', exponent = '0'] =
    match;
  const integer = match[7];
  if (integer !== undefined) return exactRatio(BigInt(integer), 1n);
  if (hex !== undefined) {
    const mant = BigInt(`0x${hex}${hexFraction}`);
    return binary(mant, Number(hexExponent) - 4 * hexFraction.length);
  }
  return decimal(BigInt(`0${whole}${fraction}`), Number(exponent) - fraction.length);
}

/** mant * 2**exp */
function binary(mant: bigint, exp: number): Value {
  if (mant === 0n) return exactRatio(0n, 1n);
  if (!inRange(exponentOf({ mant, exp }))) return makeUnknown();
  const float = round(mant, exp);
  if (float === null || !isSmallFloat(float)) return makeFloat(float);
  return exp < 0 ? exactRatio(mant, 1n << BigInt(-exp)) : exactRatio(mant << BigInt(exp), 1n);
}

/** mant * 10**exp */
function decimal(mant: bigint, exp: number): Value {
  if (mant === 0n) return exactRatio(0n, 1n);
  const float = decimalFloat(mant, exp);
  if (float === undefined) return makeUnknown();
  if (float === null || !isSmallFloat(float)) return makeFloat(float);
  if (float.mant === 0n) return exactRatio(0n, 1n); // underflow, not worth a huge fraction
  const power = 10n ** BigInt(Math.abs(exp));
  return exp < 0 ? exactRatio(mant, power) : exactRatio(mant * power, 1n);
}

/** As a floating-point number; null is infinity, undefined an exponent beyond all range. */
function decimalFloat(mant: bigint, exp: number): BigFloat | null | undefined {
  // 10**exp is 2**exp, which only moves the exponent, times 5**exp, which is rounded.
  const scaled: BigFloat = { mant, exp };
  if (!inRange(exponentOf(scaled))) return undefined;
  if (exp === 0) return round(mant, 0);
  const power = powerOfFive(Math.abs(exp), precision + 64);
  if (power === null) return exp < 0 ? floatZero : null;
  return exp < 0 ? divide(scaled, power) : multiply(scaled, power);
}

function inRange(exponent: number): boolean {
  return exponent >= -(2 ** 31) && exponent < 2 ** 31;
}

function runeLiteral(text: string): Value {
  const inner = text.slice(1, -1);
  if (inner.startsWith('\\')) {
    const escape = escapeAt(inner, 0);
    return escape === undefined || escape.end !== inner.length
      ? makeUnknown()
      : makeInt(escape.code);
  }
  const code = inner.codePointAt(0);
  return code === undefined || String.fromCodePoint(code) !== inner ? makeUnknown() : makeInt(code);
}

function stringLiteral(text: string): Value {
  const inner = text.slice(1, -1);
  if (text.length < 2 || !text.endsWith(text[0]!)) return makeUnknown();
  if (text.startsWith('`')) return makeString(encodeText(inner.replaceAll('\r', '')));
  if (!inner.includes('\\')) return makeString(encodeText(inner));
  let bytes = '';
  for (let at = 0; at < inner.length;) {
    const next = inner.indexOf('\\', at);
    const plainEnd = next < 0 ? inner.length : next;
    bytes += encodeText(inner.slice(at, plainEnd));
    if (next < 0) break;
    const escape = escapeAt(inner, next);
    if (escape === undefined) return makeUnknown();
    bytes += escape.isByte ? String.fromCharCode(escape.code) : encodeRune(escape.code);
    at = escape.end;
  }
  return makeString(bytes);
}

const simpleEscapes: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 0x5c],
  ["'", 0x27],
  ['"', 0x22],
]);

interface Escape {
  readonly code: number;
  /** Stands for a byte, and not for a character. */
  readonly isByte: boolean;
  readonly end: number;
}

/** The escape whose backslash stands at `at`. */
function escapeAt(text: string, at: number): Escape | undefined {
  const char = text[at + 1] ?? '';
  const simple = simpleEscapes.get(char);
  if (simple !== undefined) return { code: simple, isByte: false, end: at + 2 };
  const [base, start, length] =
    char === 'x' ? [16, 2, 2] : char === 'u' ? [16, 2, 4] : char === 'U' ? [16, 2, 8] : [8, 1, 3];
  const end = at + start + length;
  const digits = text.slice(at + start, end);
  const valid = base === 16 ? /^[\da-f]+$/i : /^[0-7]+$/;
  if (digits.length !== length || !valid.test(digits)) return undefined;
  return { code: Number.parseInt(digits, base), isByte: base === 8 || char === 'x', end };
}
