/**
 * Unary and binary operations, shifts, comparisons, receive operations.
 *
 * Spec: "Operators", "Comparison operators", "Receive operator".
 * GOROOT: src/cmd/compile/internal/types2/expr.go (wordings).
 */
import { toInt } from '../constant/convert.ts';
import { binaryOp, compare, divideInts, shift as shiftValue, unaryOp } from '../constant/ops.ts';
import {
  imag,
  kindOf,
  makeBool,
  makeUnknown,
  real,
  sign,
  uint64Of,
  type Value,
  ValueKind,
} from '../constant/value.ts';
import { type Expr, NodeKind, type Operation, unparen } from '../syntax/nodes.ts';
import { exprString } from '../syntax/print.ts';
import { isComparison, Operator, operatorNames } from '../syntax/token.ts';
import type { Checker } from './check.ts';
import { canConcat, convertUntyped, opPos, overflow, representable } from './const.ts';
import { isComplete } from './cycles.ts';
import { type At, invalidOp } from './errors.ts';
import { expr, updateExprType } from './expr.ts';
import { assignableTo, isNil, isValid, Mode, Operand, operandStr } from './operand.ts';
import {
  allBoolean,
  allInteger,
  allNumeric,
  allNumericOrString,
  allOrdered,
  allString,
  allUnsigned,
  comparableCause,
  compositeKind,
  defaultType,
  hasNil,
  identical,
  isComparable,
  isComplex,
  isInteger,
  isInvalid,
  isNonTypeParamInterface,
  isPointer,
  isTyped,
  isTypeParam,
  isUnsigned,
  isUntyped,
} from './predicates.ts';
import { record } from './recording.ts';
import { sizeof } from './sizes.ts';
import {
  ChanDir,
  newPointer,
  type Type,
  TypeKind,
  uintType,
  untypedBoolType,
  untypedIntType,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { commonUnder, under } from './under.ts';
import { verifyVersion, Version } from './version.ts';

/** The largest count in a constant shift: lets the smallest float64 be written. */
const maxShift = 1023n - 1n + 52n;

/** What operands a unary operator takes. */
function unaryOperand(op: Operator, t: Type): boolean {
  switch (op) {
    case Operator.Add:
    case Operator.Sub:
      return allNumeric(t);
    case Operator.Xor:
      return allInteger(t);
    default:
      return allBoolean(t);
  }
}

function binaryOperand(op: Operator, t: Type): boolean {
  switch (op) {
    case Operator.Add:
      return allNumericOrString(t);
    case Operator.Sub:
    case Operator.Mul:
    case Operator.Div:
      return allNumeric(t);
    case Operator.Rem:
    case Operator.And:
    case Operator.Or:
    case Operator.Xor:
    case Operator.AndNot:
      return allInteger(t);
    default:
      return allBoolean(t);
  }
}

function notDefined(check: Checker, x: Operand, op: Operator): void {
  check.error(
    x,
    'UndefinedOp',
    `${invalidOp}operator ${operatorNames[op]!} not defined on ${operandStr(check, x)}`,
  );
  x.mode = Mode.Invalid;
}

function isUnknown(val: Value): boolean {
  return kindOf(val) === ValueKind.Unknown;
}

/** Any unary operation but `*x`. */
export function unaryExpr(check: Checker, x: Operand, e: Operation): void {
  expr(check, null, x, e.x);
  if (!isValid(x)) return;
  let { op } = e;
  switch (op) {
    case Operator.And:
      if (unparen(e.x).kind !== NodeKind.CompositeLit && x.mode !== Mode.Variable) {
        check.error(
          x,
          'UnaddressableOperand',
          `${invalidOp}cannot take address of ${operandStr(check, x)}`,
        );
        x.mode = Mode.Invalid;
        return;
      }
      x.mode = Mode.Value;
      x.type = newPointer(x.type);
      return;
    case Operator.Recv: {
      const elem = chanElem(check, x, x, true);
      if (elem === null || !isComplete(check, elem)) {
        x.mode = Mode.Invalid;
        return;
      }
      x.mode = Mode.CommaOk;
      x.type = elem;
      check.hasCallOrRecv = true;
      return;
    }
    case Operator.Tilde: {
      const msg = 'cannot use ~ outside of interface or type constraint';
      if (!allInteger(x.type)) {
        check.error(e, 'UndefinedOp', msg);
        x.mode = Mode.Invalid;
        return;
      }
      check.error(e, 'UndefinedOp', `${msg} (use ^ for bitwise complement)`);
      op = Operator.Xor;
      break;
    }
    default:
  }
  if (!unaryOperand(op, x.type)) {
    notDefined(check, x, op);
    return;
  }
  if (x.mode !== Mode.Constant) {
    x.mode = Mode.Value;
    return;
  }
  if (isUnknown(x.val!)) return;
  const bits = isUnsigned(x.type) ? sizeof(check.config.sizes, x.type) * 8 : 0;
  x.val = unaryOp(op, x.val!, bits);
  x.expr = e;
  overflow(check, x, opPos(e));
}

/** The type of what is received from (or sent to) x; null, with an error, if that cannot be. */
export function chanElem(check: Checker, at: At, x: Operand, recv: boolean): Type | null {
  const { type, cause } = commonUnder(x.type, (t, u) => {
    if (t === null || u === null) return () => 'no specific channel type';
    const name = (): string => typeStr(check, t);
    if (u.kind !== TypeKind.Chan) return () => `non-channel ${name()}`;
    if (recv && u.dir === ChanDir.Send) return () => `send-only channel ${name()}`;
    if (!recv && u.dir === ChanDir.Recv) return () => `receive-only channel ${name()}`;
    return null;
  });
  if (type !== null) return type.kind === TypeKind.Chan ? type.elem : null;
  const what = operandStr(check, x);
  const verb = recv ? 'receive from' : 'send to';
  const detail = isTypeParam(x.type) ? `${what}: ${cause(check)}` : `${cause(check)} ${what}`;
  check.error(at, recv ? 'InvalidReceive' : 'InvalidSend', `${invalidOp}cannot ${verb} ${detail}`);
  return null;
}

/**
 * A binary operation. Chains like `a + b + c`, which nest on the left to any depth, are done in a
 * loop: the left operand is then in `x` already, as `rawExpr` would have left it.
 */
export function binaryExpr(check: Checker, x: Operand, e: Operation): void {
  const chain: Operation[] = [];
  let first = e;
  while (first.x.kind === NodeKind.Operation && first.x.y !== null) {
    chain.push(first);
    first = first.x;
  }
  binary(check, x, first, first.x, first.y!, first.op);
  for (let i = chain.length - 1; i >= 0; i--) {
    const outer = chain[i]!;
    x.expr = outer.x;
    record(check, x);
    const y = new Operand();
    expr(check, null, y, outer.y!);
    operate(check, x, y, outer, outer.x, outer.y!, outer.op);
  }
}

/** `lhs op rhs`; e is null for an assignment operation, which has no node for it. */
export function binary(
  check: Checker,
  x: Operand,
  e: Operation | null,
  lhs: Expr,
  rhs: Expr,
  op: Operator,
): void {
  const y = new Operand();
  expr(check, null, x, lhs);
  expr(check, null, y, rhs);
  operate(check, x, y, e, lhs, rhs, op);
}

// oxlint-disable-next-line max-params -- both operands come as found and as written
function operate(
  check: Checker,
  x: Operand,
  y: Operand,
  e: Operation | null,
  lhs: Expr,
  rhs: Expr,
  op: Operator,
): void {
  if (!isValid(x)) return;
  if (!isValid(y)) {
    x.mode = Mode.Invalid;
    x.expr = y.expr;
    return;
  }
  if (op === Operator.Shl || op === Operator.Shr) {
    shift(check, x, y, e, op);
    return;
  }
  matchTypes(check, x, y);
  if (!isValid(x)) return;
  if (isComparison(op)) {
    comparison(check, x, y, op, false);
    return;
  }
  if (!identical(x.type, y.type)) {
    if (!isInvalid(x.type) && !isInvalid(y.type)) {
      const what =
        e === null ? `${exprString(lhs)} ${operatorNames[op]!}= ${exprString(rhs)}` : exprString(e);
      check.error(
        x,
        'MismatchedTypes',
        `${invalidOp}${what} (mismatched types ${typeStr(check, x.type)} and ${typeStr(check, y.type)})`,
      );
    }
    x.mode = Mode.Invalid;
    return;
  }
  if (!binaryOperand(op, x.type)) {
    notDefined(check, x, op);
    return;
  }
  const constant = x.mode === Mode.Constant && y.mode === Mode.Constant;
  if ((op === Operator.Div || op === Operator.Rem) && isZeroDivisor(x, y)) {
    check.error(y, 'DivByZero', `${invalidOp}division by zero`);
    x.mode = Mode.Invalid;
    return;
  }
  if (!constant) {
    x.mode = Mode.Value;
    return;
  }
  if (isUnknown(x.val!) || isUnknown(y.val!)) {
    x.val = makeUnknown();
    return;
  }
  if (kindOf(x.val!) === ValueKind.String && !canConcat(check, x, y, e === null ? 0 : opPos(e))) {
    x.val = makeUnknown();
    return;
  }
  x.val =
    op === Operator.Div && isInteger(x.type)
      ? divideInts(toInt(x.val!), toInt(y.val!))
      : binaryOp(x.val!, op, y.val!);
  x.expr = e;
  overflow(check, x, e === null ? 0 : opPos(e));
}

function square(v: Value): Value {
  return binaryOp(v, Operator.Mul, v);
}

function isZeroDivisor(x: Operand, y: Operand): boolean {
  if (y.mode !== Mode.Constant) return false;
  if ((x.mode === Mode.Constant || allInteger(x.type)) && sign(y.val!) === 0) return true;
  if (x.mode !== Mode.Constant || !isComplex(x.type) || isUnknown(y.val!)) return false;
  // The squares may be 0 where the parts are not.
  const re = real(y.val!);
  const im = imag(y.val!);
  return sign(binaryOp(square(re), Operator.Add, square(im))) === 0;
}

/** Converts untyped operands so that the types of x and y match, where that may be. */
export function matchTypes(check: Checker, x: Operand, y: Operand): void {
  if (!mayConvert(x, y)) return;
  convertUntyped(check, x, y.type);
  if (!isValid(x)) return;
  convertUntyped(check, y, x.type);
  if (!isValid(y)) x.mode = Mode.Invalid;
}

/**
 * Whether an attempt at conversion makes sense: if it fails, that is reported; without one, the types
 * do not match, and that is.
 */
function mayConvert(x: Operand, y: Operand): boolean {
  if (isTyped(x.type) && isTyped(y.type)) return false;
  if (allNumeric(x.type) !== allNumeric(y.type)) return false;
  if (isNonTypeParamInterface(x.type) || isNonTypeParamInterface(y.type)) return true;
  if (allBoolean(x.type) !== allBoolean(y.type)) return false;
  if (allString(x.type) !== allString(y.type)) return false;
  if (isNil(x)) return hasNil(y.type);
  if (isNil(y)) return hasNil(x.type);
  return !isPointer(x.type) && !isPointer(y.type);
}

/** `x op y`; in a switch, the case `x` for the tag `y`. */
export function comparison(
  check: Checker,
  x: Operand,
  y: Operand,
  op: Operator,
  switchCase: boolean,
): void {
  if (isInvalid(x.type) || isInvalid(y.type)) {
    x.mode = Mode.Invalid;
    return;
  }
  const failure = incomparable(check, x, y, op);
  if (failure !== null) {
    const { code, at } = failure;
    let { cause } = failure;
    let errOp = at;
    if (cause === '') {
      const name = operatorNames[op]!;
      if (isTypeParam(x.type) || isTypeParam(y.type)) {
        if (!isTypeParam(x.type)) errOp = y;
        cause = `type parameter ${typeStr(check, errOp.type)} cannot use operator ${name}`;
      } else {
        const kind = compositeKind(errOp.type);
        cause = `operator ${name} not defined on ${kind === '' ? typeStr(check, errOp.type) : kind}`;
      }
    }
    const xs = exprString(x.expr!);
    const ys = exprString(y.expr!);
    if (switchCase) {
      check.error(x, code, `invalid case ${xs} in switch on ${ys} (${cause})`);
    } else {
      check.error(errOp, code, `${invalidOp}${xs} ${operatorNames[op]!} ${ys} (${cause})`);
    }
    x.mode = Mode.Invalid;
    return;
  }
  if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
    x.val = makeBool(compare(x.val!, op, y.val!));
  } else {
    x.mode = Mode.Value;
    // The operands become values now.
    updateExprType(check, x.expr!, defaultType(x.type), true);
    updateExprType(check, y.expr!, defaultType(y.type), true);
  }
  x.type = untypedBoolType;
}

/** Why two operands cannot be compared, and which of them is to blame. */
function incomparable(
  check: Checker,
  x: Operand,
  y: Operand,
  op: Operator,
): { code: string; at: Operand; cause: string } | null {
  if (assignableTo(check, x, y.type, null) !== '' && assignableTo(check, y, x.type, null) !== '') {
    const cause = `mismatched types ${typeStr(check, x.type)} and ${typeStr(check, y.type)}`;
    return { code: 'MismatchedTypes', at: y, cause };
  }
  const code = 'UndefinedOp';
  if (op !== Operator.Eql && op !== Operator.Neq) {
    if (!allOrdered(x.type)) return { code, at: x, cause: '' };
    if (!allOrdered(y.type)) return { code, at: y, cause: '' };
    return null;
  }
  if (isNil(x) || isNil(y)) {
    return hasNil(isNil(x) ? y.type : x.type) ? null : { code, at: y, cause: '' };
  }
  for (const z of [x, y]) {
    if (!isComparable(z.type)) {
      return { code, at: z, cause: incomparableCause(check, z.type) };
    }
  }
  return null;
}

/** Why values of type `t` cannot be compared; '' if there is nothing special to say. */
export function incomparableCause(check: Checker, t: Type): string {
  const { kind } = under(t);
  if (kind === TypeKind.Slice || kind === TypeKind.Signature || kind === TypeKind.Map) {
    return `${compositeKind(t)} can only be compared to nil`;
  }
  return comparableCause(t, true, null)?.(check) ?? '';
}

function shiftedNotInteger(check: Checker, x: Operand): void {
  check.error(
    x,
    'InvalidShiftOperand',
    `${invalidOp}shifted operand ${operandStr(check, x)} must be integer`,
  );
  x.mode = Mode.Invalid;
}

function shift(check: Checker, x: Operand, y: Operand, e: Operation | null, op: Operator): void {
  const xval = x.mode === Mode.Constant ? toInt(x.val!) : null;
  const untypedInt = isUntyped(x.type) && xval !== null && kindOf(xval) === ValueKind.Int;
  if (!untypedInt && !allInteger(x.type)) {
    shiftedNotInteger(check, x);
    return;
  }
  if (!shiftCount(check, y)) {
    x.mode = Mode.Invalid;
    return;
  }
  if (x.mode === Mode.Constant) {
    if (y.mode === Mode.Constant) {
      constantShift(check, x, y, xval!, e, op);
      return;
    }
    if (isUntyped(x.type)) {
      // The type is what it would be without the shift: wait for it.
      const info = check.untyped.get(x.expr!.id);
      if (info !== undefined) info.isLhs = true;
      x.mode = Mode.Value;
      return;
    }
  }
  if (!allInteger(x.type)) {
    shiftedNotInteger(check, x);
    return;
  }
  if (!isUntyped(y.type) && !allInteger(y.type)) {
    const what = e === null ? exprString(x.expr!) : exprString(e);
    check.error(
      y,
      'InvalidShiftCount',
      `${invalidOp}${what} (shift count type ${typeStr(check, y.type)}, must be integer)`,
    );
    x.mode = Mode.Invalid;
    return;
  }
  x.mode = Mode.Value;
}

/** Checks a shift count; false if it is not one, which has been reported. */
function shiftCount(check: Checker, y: Operand): boolean {
  if (y.mode === Mode.Constant) {
    const yval = toInt(y.val!);
    if (kindOf(yval) === ValueKind.Int && sign(yval) < 0) {
      check.error(
        y,
        'InvalidShiftCount',
        `${invalidOp}negative shift count ${operandStr(check, y)}`,
      );
      return false;
    }
    // A typed constant in a constant shift need only have an integer value.
    if (!isUntyped(y.type)) return true;
    // Representable, but not converted: the count keeps its type.
    representable(check, y, uintType);
    return isValid(y);
  } else if (allInteger(y.type)) {
    return (
      allUnsigned(y.type) ||
      verifyVersion(check, y, Version.go1_13, () => {
        return `${invalidOp}signed shift count ${operandStr(check, y)}`;
      })
    );
  } else if (isUntyped(y.type)) {
    convertUntyped(check, y, uintType);
    return isValid(y);
  }
  check.error(
    y,
    'InvalidShiftCount',
    `${invalidOp}shift count ${operandStr(check, y)} must be integer`,
  );
  return false;
}

function constantShift(
  check: Checker,
  x: Operand,
  y: Operand,
  xval: Value,
  e: Operation | null,
  op: Operator,
): void {
  if (isUnknown(x.val!) || isUnknown(y.val!)) {
    x.val = makeUnknown();
    if (!isInteger(x.type)) x.type = untypedIntType;
    return;
  }
  const count = uint64Of(toInt(y.val!));
  if (count === null || count > maxShift) {
    check.error(y, 'InvalidShiftCount', `${invalidOp}invalid shift count ${operandStr(check, y)}`);
    x.mode = Mode.Invalid;
    return;
  }
  // 2.0 is an integer, if not of integer type yet.
  if (!isInteger(x.type)) x.type = untypedIntType;
  x.val = shiftValue(xval, op, Number(count));
  x.expr = e;
  overflow(check, x, e === null ? 0 : opPos(e));
}
