/**
 * Constant operands: representation in types, overflow, conversion of untyped values.
 *
 * Spec: "Representability", "Constant expressions".
 * GOROOT: src/cmd/compile/internal/types2/const.go (wordings, limits).
 */
import { float32Of, float64Of, toComplex, toFloat, toInt } from '../constant/convert.ts';
import {
  bitLen,
  imag,
  int64Of,
  kindOf,
  makeComplex,
  makeFloat64,
  makeUnknown,
  real,
  sign,
  stringOf,
  type Value,
  ValueKind,
} from '../constant/value.ts';
import { type Expr, NodeKind } from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { startPos } from '../syntax/positions.ts';
import { Operator } from '../syntax/token.ts';
import type { Checker } from './check.ts';
import { implicitTypeAndValue, updateExprType, updateExprVal } from './expr.ts';
import { Mode, type Operand, operandStr } from './operand.ts';
import { isInteger, isNumeric, isTyped, isTypeParam } from './predicates.ts';
import { sizeof, type Sizes } from './sizes.ts';
import { BasicInfo, BasicKind, type BasicType, type Type } from './type.ts';
import { typeStr } from './typestring.ts';
import { knownUnder, under } from './under.ts';

/** Integers of untyped constants have at most this many bits. */
const maxBits = 512;
/**
 * Strings have at most this many bytes.
 * DEVIATION: gc's limit is 2e9 (GOROOT: src/cmd/internal/obj: MaxSymSize); a JavaScript string has
 * less, and no symbol of such size could be made either.
 */
const maxString = 2 ** 29 - 25;

/** The position of the operator of an operation, else where the expression starts. */
export function opPos(x: Expr): Pos {
  return x.kind === NodeKind.Operation ? x.pos : startPos(x);
}

/** What an operation that may overflow is called. */
function opName(x: Expr | null): string {
  if (x === null || x.kind !== NodeKind.Operation) return '';
  if (x.y === null) return x.op === Operator.Xor ? 'bitwise complement ' : '';
  switch (x.op) {
    case Operator.Add:
      return 'addition ';
    case Operator.Sub:
      return 'subtraction ';
    case Operator.Xor:
      return 'bitwise XOR ';
    case Operator.Mul:
      return 'multiplication ';
    case Operator.Shl:
      return 'shift ';
    default:
      return '';
  }
}

/** Reports a constant that its type cannot represent, or that is out of all bounds. */
export function overflow(check: Checker, x: Operand, pos: Pos): void {
  const val = x.val!;
  if (kindOf(val) === ValueKind.Unknown) {
    check.error(pos, 'InvalidConstVal', 'constant result is not representable');
    return;
  }
  if (isTyped(x.type)) {
    representable(check, x, under(x.type) as BasicType);
    return;
  }
  if (kindOf(val) === ValueKind.Int && bitLen(val) > maxBits) {
    check.error(pos, 'InvalidConstVal', `constant ${opName(x.expr)}overflow`);
    x.val = makeUnknown();
  }
}

/** Whether the concatenation of two strings is a constant; reports it if it is too long. */
export function canConcat(check: Checker, x: Operand, y: Operand, pos: Pos): boolean {
  const length = stringOf(x.val!).length + stringOf(y.val!).length;
  if (length <= maxString) return true;
  const msg = `constant string too long (${length} bytes > ${maxString} bytes)`;
  check.error(pos, 'InvalidConstVal', msg);
  return false;
}

/** Bits of an integer type; negative for signed ones, 0 for any integer. */
function integerBits(sizes: Sizes, t: BasicType): number {
  switch (t.basic) {
    case BasicKind.UntypedInt:
    case BasicKind.UntypedRune:
      return 0;
    default: {
      const bits = sizeof(sizes, t) * 8;
      return (t.info & BasicInfo.Unsigned) === 0 ? -bits : bits;
    }
  }
}

/** `val` as type `t` has it: rounded, or another kind of number. null if `t` cannot represent it. */
export function representableConst(check: Checker, val: Value, t: BasicType): Value | null {
  const kind = kindOf(val);
  if (kind === ValueKind.Unknown) return val;
  const { info } = t;
  if ((info & BasicInfo.Integer) !== 0) {
    const x = toInt(val);
    if (kindOf(x) !== ValueKind.Int) return null;
    const bits = integerBits(check.config.sizes, t);
    if (bits === 0) return x;
    const length = bitLen(x);
    if (bits > 0) return sign(x) >= 0 && length <= bits ? x : null;
    if (length < -bits) return x;
    // The least value of a signed type has one bit more than the greatest.
    return length === -bits && isLeast(x, -bits) ? x : null;
  }
  if ((info & BasicInfo.Float) !== 0) {
    const x = toFloat(val);
    if (kindOf(x) !== ValueKind.Float) return null;
    return roundFloat(x, t.basic);
  }
  if ((info & BasicInfo.Complex) !== 0) {
    const x = toComplex(val);
    if (kindOf(x) !== ValueKind.Complex) return null;
    const part =
      t.basic === BasicKind.Complex64
        ? BasicKind.Float32
        : t.basic === BasicKind.Complex128
          ? BasicKind.Float64
          : BasicKind.UntypedFloat;
    if (part === BasicKind.UntypedFloat) return val;
    const re = roundFloat(real(x), part);
    const im = roundFloat(imag(x), part);
    return re === null || im === null ? null : makeComplex(re, im);
  }
  if ((info & BasicInfo.String) !== 0) return kind === ValueKind.String ? val : null;
  if ((info & BasicInfo.Boolean) !== 0) return kind === ValueKind.Bool ? val : null;
  return null;
}

/** `val`, as an integer if an integer type is wanted and it is one, whatever its size. */
export function asWanted(val: Value, t: BasicType): Value {
  if ((t.info & BasicInfo.Integer) === 0) return val;
  const x = toInt(val);
  return kindOf(x) === ValueKind.Int ? x : val;
}

/** Whether x is -2^(bits-1). */
function isLeast(x: Value, bits: number): boolean {
  if (sign(x) >= 0) return false;
  const n = int64Of(x);
  return n !== null && n === -(1n << BigInt(bits - 1));
}

function roundFloat(x: Value, kind: BasicKind): Value | null {
  switch (kind) {
    case BasicKind.Float32:
      return finite(float32Of(x));
    case BasicKind.Float64:
      return finite(float64Of(x));
    default:
      return x;
  }
}

function finite(x: number): Value | null {
  return Number.isFinite(x) ? makeFloat64(x) : null;
}

/** Represents a constant operand in a basic type; reports it if that cannot be. */
export function representable(check: Checker, x: Operand, t: BasicType): void {
  const { val, code } = representation(check, x, t);
  if (code !== '') {
    invalidConversion(check, code, x, t);
    x.mode = Mode.Invalid;
    return;
  }
  x.val = val;
}

export function representation(
  check: Checker,
  x: Operand,
  t: BasicType,
): { val: Value | null; code: string } {
  const val = representableConst(check, x.val!, t);
  if (val !== null) return { val, code: '' };
  if (!isNumeric(x.type) || !isNumeric(t)) return { val: null, code: 'InvalidConstVal' };
  const truncated = !isInteger(x.type) && isInteger(t);
  return { val: null, code: truncated ? 'TruncatedFloat' : 'NumericOverflow' };
}

function invalidConversion(check: Checker, code: string, x: Operand, target: Type): void {
  const what = operandStr(check, x);
  const type = typeStr(check, target);
  let msg = `cannot convert ${what} to type ${type}`;
  if (code === 'TruncatedFloat') msg = `${what} truncated to ${type}`;
  else if (code === 'NumericOverflow') msg = `${what} overflows ${type}`;
  check.error(x, code, msg);
}

/** Gives an untyped operand the type `target`, or one that goes with it; reports it if none does. */
export function convertUntyped(check: Checker, x: Operand, target: Type): void {
  const { type, val, code } = implicitTypeAndValue(check, x, target);
  if (code !== '' || type === null) {
    const shown = isTypeParam(target) ? target : (knownUnder(target) ?? target);
    invalidConversion(check, code, x, shown);
    x.mode = Mode.Invalid;
    return;
  }
  setImplicitType(check, x, type, val);
}

export function setImplicitType(check: Checker, x: Operand, type: Type, val: Value | null): void {
  if (val !== null) {
    x.val = val;
    updateExprVal(check, x.expr!, val);
  }
  if (type !== x.type) {
    x.type = type;
    updateExprType(check, x.expr!, type, false);
  }
}
