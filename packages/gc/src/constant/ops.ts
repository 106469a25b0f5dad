/**
 * Operations on constants.
 *
 * Operands are brought to the form of the more general one first; the result takes the smallest form
 * that is exact (see value.ts). An unknown operand makes the result unknown, a comparison false.
 * The caller has seen to it that the operation exists for the operands, and divides by no zero.
 *
 * Spec: "Constant expressions".   GOROOT: src/go/constant/value.go (the rules of rounding).
 */
import { InternalError } from '@go-ts/base';
import { Operator, operatorNames } from '../syntax/token.ts';
import { add, compare as compareFloats, divide, multiply, negate } from './bigfloat.ts';
import {
  asFloat,
  asRatio,
  bigIntOf,
  Form,
  imag,
  makeBool,
  makeComplex,
  makeFloat,
  makeInt,
  makeRatio,
  makeString,
  makeUnknown,
  mustReal,
  real,
  type RealValue,
  type SmallValue,
  type Value,
} from './value.ts';

function invalid(op: Operator, x: Value): never {
  throw new InternalError(`constant of form ${x.form} has no operation ${operatorNames[op]!}`);
}

/** `op y`. For `^`, bits > 0 is the size of an unsigned type, to which the result is cut. */
export function unaryOp(op: Operator, y: Value, bits = 0): Value {
  if (y.form === Form.Unknown) return y;
  switch (op) {
    case Operator.Add:
      if (y.form >= Form.Small) return y;
      break;
    case Operator.Sub:
      return minus(y);
    case Operator.Xor: {
      if (y.form !== Form.Small && y.form !== Form.Big) break;
      const not = ~bigIntOf(y);
      return makeInt(bits > 0 ? BigInt.asUintN(bits, not) : not);
    }
    case Operator.Not:
      if (y.form === Form.Bool) return makeBool(!y.val);
      break;
    default:
  }
  return invalid(op, y);
}

function minus(y: Value): Value {
  switch (y.form) {
    case Form.Small:
    case Form.Big:
      return makeInt(-y.val);
    case Form.Ratio:
      return makeRatio(-y.num, y.den);
    case Form.Float:
      return makeFloat(negate(y.val));
    case Form.Complex:
      return makeComplex(minus(y.re), minus(y.im));
    default:
      return invalid(Operator.Sub, y);
  }
}

/** `x op y`, for what is neither comparison nor shift. `/` of integers is exact: see `divideInts`. */
export function binaryOp(x: Value, op: Operator, y: Value): Value {
  if (x.form === Form.Unknown) return x;
  if (y.form === Form.Unknown) return y;
  const form = Math.max(x.form, y.form);
  switch (form) {
    case Form.Bool:
      if (x.form === Form.Bool && y.form === Form.Bool) {
        if (op === Operator.AndAnd) return makeBool(x.val && y.val);
        if (op === Operator.OrOr) return makeBool(x.val || y.val);
      }
      break;
    case Form.String:
      if (x.form === Form.String && y.form === Form.String && op === Operator.Add) {
        return makeString(x.val + y.val);
      }
      break;
    case Form.Small:
      return smallOp((x as SmallValue).val, op, (y as SmallValue).val);
    case Form.Big:
      return bigOp(bigIntOf(x), op, bigIntOf(y));
    case Form.Ratio:
      return ratioOp(mustReal(x), op, mustReal(y));
    case Form.Float:
      return floatOp(mustReal(x), op, mustReal(y));
    case Form.Complex:
      return complexOp(x, op, y);
    default:
  }
  return invalid(op, x);
}

/** `x / y` of integers, truncated. */
export function divideInts(x: Value, y: Value): Value {
  if (x.form === Form.Unknown) return x;
  if (y.form === Form.Unknown) return y;
  return makeInt(bigIntOf(x) / bigIntOf(y));
}

function smallOp(a: number, op: Operator, b: number): Value {
  let c: number;
  switch (op) {
    case Operator.Add:
      c = a + b;
      break;
    case Operator.Sub:
      c = a - b;
      break;
    case Operator.Mul:
      c = a * b;
      break;
    case Operator.Rem:
      c = a % b;
      break;
    default:
      return bigOp(BigInt(a), op, BigInt(b));
  }
  return Number.isSafeInteger(c) ? makeInt(c) : bigOp(BigInt(a), op, BigInt(b));
}

function bigOp(a: bigint, op: Operator, b: bigint): Value {
  switch (op) {
    case Operator.Add:
      return makeInt(a + b);
    case Operator.Sub:
      return makeInt(a - b);
    case Operator.Mul:
      return makeInt(a * b);
    case Operator.Div:
      return makeRatio(a, b);
    case Operator.Rem:
      return makeInt(a % b);
    case Operator.And:
      return makeInt(a & b);
    case Operator.Or:
      return makeInt(a | b);
    case Operator.Xor:
      return makeInt(a ^ b);
    case Operator.AndNot:
      return makeInt(a & ~b);
    default:
      return invalid(op, makeInt(a));
  }
}

function ratioOp(x: RealValue, op: Operator, y: RealValue): Value {
  const a = asRatio(x)!;
  const b = asRatio(y)!;
  switch (op) {
    case Operator.Add:
      return makeRatio(a.num * b.den + b.num * a.den, a.den * b.den);
    case Operator.Sub:
      return makeRatio(a.num * b.den - b.num * a.den, a.den * b.den);
    case Operator.Mul:
      return makeRatio(a.num * b.num, a.den * b.den);
    case Operator.Div:
      return makeRatio(a.num * b.den, a.den * b.num);
    default:
      return invalid(op, x);
  }
}

function floatOp(x: RealValue, op: Operator, y: RealValue): Value {
  const a = asFloat(x);
  const b = asFloat(y);
  switch (op) {
    case Operator.Add:
      return makeFloat(add(a, b));
    case Operator.Sub:
      return makeFloat(add(a, negate(b)));
    case Operator.Mul:
      return makeFloat(multiply(a, b));
    case Operator.Div:
      // A quotient of numbers far apart may underflow the divisor to zero.
      return b.mant === 0n ? makeUnknown() : makeFloat(divide(a, b));
    default:
      return invalid(op, x);
  }
}

function complexOp(x: Value, op: Operator, y: Value): Value {
  const [a, b, c, d] = [real(x), imag(x), real(y), imag(y)];
  switch (op) {
    case Operator.Add:
    case Operator.Sub:
      return makeComplex(binaryOp(a, op, c), binaryOp(b, op, d));
    case Operator.Mul:
      return makeComplex(minusOf(times(a, c), times(b, d)), plus(times(b, c), times(a, d)));
    case Operator.Div: {
      // (a + bi)(c - di) / (cc + dd)
      const s = plus(times(c, c), times(d, d));
      const re = plus(times(a, c), times(b, d));
      const im = minusOf(times(b, c), times(a, d));
      return makeComplex(binaryOp(re, op, s), binaryOp(im, op, s));
    }
    default:
      return invalid(op, x);
  }
}

function plus(x: Value, y: Value): Value {
  return binaryOp(x, Operator.Add, y);
}
function minusOf(x: Value, y: Value): Value {
  return binaryOp(x, Operator.Sub, y);
}
function times(x: Value, y: Value): Value {
  return binaryOp(x, Operator.Mul, y);
}

/** `x << s` or `x >> s` of an integer. */
export function shift(x: Value, op: Operator, s: number): Value {
  if (x.form === Form.Unknown || s === 0) return x;
  if (op === Operator.Shr) return makeInt(bigIntOf(x) >> BigInt(s));
  if (x.form === Form.Small && s < 53) {
    const shifted = x.val * 2 ** s;
    if (Number.isSafeInteger(shifted)) return makeInt(shifted);
  }
  return makeInt(bigIntOf(x) << BigInt(s));
}

/** `x op y` for a comparison; false if either is unknown. */
export function compare(x: Value, op: Operator, y: Value): boolean {
  if (x.form === Form.Unknown || y.form === Form.Unknown) return false;
  switch (Math.max(x.form, y.form)) {
    case Form.Bool:
    case Form.String:
    case Form.Small:
      return relation(op, order((x as SmallValue).val, (y as SmallValue).val));
    case Form.Big:
      return relation(op, order(bigIntOf(x), bigIntOf(y)));
    case Form.Ratio: {
      const a = asRatio(mustReal(x))!;
      const b = asRatio(mustReal(y))!;
      return relation(op, order(a.num * b.den, b.num * a.den));
    }
    case Form.Float:
      return relation(op, compareFloats(asFloat(mustReal(x)), asFloat(mustReal(y))));
    default: {
      const same =
        compare(real(x), Operator.Eql, real(y)) && compare(imag(x), Operator.Eql, imag(y));
      return op === Operator.Eql ? same : !same;
    }
  }
}

function order<T extends number | bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function relation(op: Operator, sign: number): boolean {
  switch (op) {
    case Operator.Eql:
      return sign === 0;
    case Operator.Neq:
      return sign !== 0;
    case Operator.Lss:
      return sign < 0;
    case Operator.Leq:
      return sign <= 0;
    case Operator.Gtr:
      return sign > 0;
    case Operator.Geq:
      return sign >= 0;
    default:
      throw new InternalError(`${operatorNames[op]!} is no comparison`);
  }
}
