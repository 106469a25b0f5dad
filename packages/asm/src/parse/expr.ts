/**
 * Constant expressions: unsigned 64-bit integers with Go's precedences, and floats with signs.
 *
 * One oddity is upstream's and kept: a left shift ends its term, so `1<<2*3` is not parsed.
 *
 * GOROOT: src/cmd/asm/internal/asm/parse.go (grammar, errors).
 */
import { quoteString } from '@go-ts/base/quote';
import { unquoteChar } from '../lex/quote.ts';
import {
  AMPERSAND,
  BAR,
  CARET,
  LEFT_PAREN,
  MINUS,
  PERCENT,
  PLUS,
  RIGHT_PAREN,
  SLASH,
  STAR,
  T_CHAR,
  T_FLOAT,
  T_INT,
  T_LSH,
  T_RSH,
  TILDE,
} from '../lex/token.ts';
import { type Cursor } from './cursor.ts';

const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const isHigh = (x: bigint): boolean => x >> 63n !== 0n;

/** expr = term { ("+" | "-" | "|" | "^") term }. */
export function parseExpr(c: Cursor): bigint {
  let value = parseTerm(c);
  for (;;) {
    switch (c.peek()) {
      case PLUS:
        c.next();
        value = u64(value + parseTerm(c));
        break;
      case MINUS:
        c.next();
        value = u64(value - parseTerm(c));
        break;
      case BAR:
        c.next();
        value |= parseTerm(c);
        break;
      case CARET:
        c.next();
        value ^= parseTerm(c);
        break;
      default:
        return value;
    }
  }
}

/** term = factor { ("*" | "/" | "%" | ">>" | "&") factor } [ "<<" factor ]. */
function parseTerm(c: Cursor): bigint {
  let value = parseFactor(c);
  for (;;) {
    switch (c.peek()) {
      case STAR:
        c.next();
        value = u64(value * parseFactor(c));
        break;
      case SLASH: {
        c.next();
        if (isHigh(value)) c.error('divide of value with high bit set');
        const divisor = parseFactor(c);
        if (divisor === 0n) c.error('division by zero');
        else value /= divisor;
        break;
      }
      case PERCENT: {
        c.next();
        const divisor = parseFactor(c);
        if (isHigh(value)) c.error('modulo of value with high bit set');
        if (divisor === 0n) c.error('modulo by zero');
        else value %= divisor;
        break;
      }
      case T_LSH: {
        c.next();
        const shift = parseFactor(c);
        if (isHigh(shift)) c.error('negative left shift count');
        return shift > 63n ? 0n : u64(value << shift);
      }
      case T_RSH: {
        c.next();
        const shift = parseTerm(c);
        if (isHigh(shift)) c.error('negative right shift count');
        if (isHigh(value)) c.error('right shift of value with high bit set');
        value = shift > 63n ? 0n : value >> shift;
        break;
      }
      case AMPERSAND:
        c.next();
        value &= parseFactor(c);
        break;
      default:
        return value;
    }
  }
}

/** factor = int | char | ("+" | "-" | "~") factor | "(" expr ")". */
function parseFactor(c: Cursor): bigint {
  const token = c.next();
  switch (token.kind) {
    case T_INT:
      return parseUint(token.text, c);
    case T_CHAR: {
      const point = unquoteChar(token.text);
      if (point === null) c.error('invalid syntax');
      return BigInt(point ?? 0);
    }
    case PLUS:
      return parseFactor(c);
    case MINUS:
      return u64(-parseFactor(c));
    case TILDE:
      return u64(~parseFactor(c));
    case LEFT_PAREN: {
      const value = parseExpr(c);
      if (c.next().kind !== RIGHT_PAREN) c.error('missing closing paren');
      return value;
    }
    default:
      c.error(`unexpected ${token.text} evaluating expression`);
      return 0n;
  }
}

export function parseFloatExpr(c: Cursor): number {
  const token = c.next();
  switch (token.kind) {
    case LEFT_PAREN: {
      const value = parseFloatExpr(c);
      if (c.next().kind !== RIGHT_PAREN) c.error('missing closing paren');
      return value;
    }
    case PLUS:
      return parseFloatExpr(c);
    case MINUS:
      return -parseFloatExpr(c);
    case T_FLOAT:
      return floatValue(token.text, c);
    default:
      c.error(`unexpected ${token.text} evaluating float expression`);
      return 0;
  }
}

/** Go's integer literals, `0` alone being octal too. */
function intLiteral(text: string): bigint | null {
  const digits = /^0[oO]?(?=_?[0-7])/.test(text) ? text.replace(/^0[oO]?/, '0o') : text;
  const plain = digits.replace(/(?<=[0-9a-zA-Z])_(?=[0-9a-fA-F])/g, '');
  try {
    return BigInt(plain);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function parseUint(text: string, c: Cursor): bigint {
  const value = intLiteral(text);
  if (value === null) {
    c.error(`strconv.ParseUint: parsing ${quoteString(text)}: invalid syntax`);
    return 0n;
  }
  if (value > 0xffff_ffff_ffff_ffffn) {
    c.error(`strconv.ParseUint: parsing ${quoteString(text)}: value out of range`);
    return 0xffff_ffff_ffff_ffffn;
  }
  return value;
}

/** A size: a literal below 2^63. */
export function parseSize(text: string, c: Cursor): number {
  const value = intLiteral(text);
  if (value === null) {
    c.error(`strconv.ParseInt: parsing ${quoteString(text)}: invalid syntax`);
    return 0;
  }
  if (value > 0x7fff_ffff_ffff_ffffn) {
    c.error(`strconv.ParseInt: parsing ${quoteString(text)}: value out of range`);
    return 0;
  }
  return Number(value);
}

function floatValue(text: string, c: Cursor): number {
  const plain = text.replaceAll('_', '');
  const hex = /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/.exec(plain);
  if (hex !== null) {
    const [, whole, fraction, exponent] = hex;
    const mantissa = BigInt(`0x${whole}${fraction}` === '0x' ? '0x0' : `0x${whole}${fraction}`);
    return Number(mantissa) * 2 ** (Number(exponent) - 4 * fraction!.length);
  }
  const value = Number(plain);
  if (Number.isNaN(value)) {
    c.error(`strconv.ParseFloat: parsing ${quoteString(text)}: invalid syntax`);
    return 0;
  }
  return value;
}
