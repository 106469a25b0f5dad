/**
 * Expressions: dispatch by kind of node, and what all share.
 *
 * An expression is checked from the top down, its type found from the bottom up. Untyped operands
 * may get their final type later, from their context: it then goes back down the tree
 * (`updateExprType`), and constants must be representable in it.
 * Hot: once per expression of a program.
 *
 * Spec: "Expressions", "Constants".   GOROOT: src/cmd/compile/internal/types2/expr.go (wordings).
 */
import { unreachable } from '@go-ts/base';
import { type Value } from '../constant/value.ts';
import { type AssertExpr, type Expr, NodeKind, type Operation } from '../syntax/nodes.ts';
import { startPos } from '../syntax/positions.ts';
import { exprString } from '../syntax/print.ts';
import { Operator } from '../syntax/token.ts';
import { type Target } from './assign.ts';
import { binaryExpr, unaryExpr } from './binary.ts';
import { callExpr, funcInst } from './call.ts';
import { type Checker } from './check.ts';
import { convertUntyped, representation } from './const.ts';
import { isComplete } from './cycles.ts';
import { invalidOp } from './errors.ts';
import { indexExpr, sliceExpr } from './index.ts';
import { type Why } from './instantiate.ts';
import { basicLit, compositeLit, funcLit } from './literals.ts';
import { assertableTo } from './lookup.ts';
import { isNil, isValid, Mode, Operand, operandStr } from './operand.ts';
import {
  allInteger,
  defaultType,
  hasNil,
  identical,
  isBoolean,
  isGeneric,
  isInterface,
  isInvalid,
  isNumeric,
  isString,
  isTyped,
  isTypeParam,
  isUntyped,
  maxType,
} from './predicates.ts';
import { record, recordTypeAndValue } from './recording.ts';
import { selector } from './selector.ts';
import {
  BasicKind,
  type BasicType,
  invalidType,
  newPointer,
  type Type,
  TypeKind,
  untypedBoolType,
} from './type.ts';
import { isAll, typeSetOf } from './typeset.ts';
import { typeStr } from './typestring.ts';
import { ident, typeOf, validVarType, varType } from './typexpr.ts';
import { everyUnder, under } from './under.ts';
import { errorType, ExprKind } from './universe.ts';
import { use } from './use.ts';

/**
 * Checks `e`, which may turn out to be anything. A generic function gets its type arguments from
 * `target`, if that is there; `hint` is the element type for a composite literal without type. The
 * result may be generic only if `allowGeneric`.
 */
export function rawExpr(
  check: Checker,
  target: Target | null,
  x: Operand,
  e: Expr,
  hint: Type | null,
  allowGeneric: boolean,
): ExprKind {
  const kind = exprInternal(check, target, x, e, hint);
  if (!allowGeneric) nonGeneric(check, target, x);
  record(check, x);
  return kind;
}

/** Makes a generic function or type an error, unless `target` says what its type arguments are. */
export function nonGeneric(check: Checker, target: Target | null, x: Operand): void {
  if (x.mode === Mode.Invalid || x.mode === Mode.NoValue) return;
  const { type } = x;
  let what = '';
  if (type.kind === TypeKind.Signature) {
    if (type.tparams.length === 0) return;
    if (target !== null) {
      funcInst(check, target, x.expr!.pos, x, null, true);
      return;
    }
    what = 'function';
  } else if ((type.kind === TypeKind.Named || type.kind === TypeKind.Alias) && isGeneric(type)) {
    what = 'type';
  }
  if (what === '') return;
  const text = exprString(x.expr!);
  check.error(
    x.expr!,
    'WrongTypeArgCount',
    `cannot use generic ${what} ${text} without instantiation`,
  );
  x.mode = Mode.Invalid;
  x.type = invalidType;
}

/** `rawExpr` without what it does in the end. */
function exprInternal(
  check: Checker,
  target: Target | null,
  x: Operand,
  e: Expr,
  hint: Type | null,
): ExprKind {
  x.mode = Mode.Invalid;
  x.type = invalidType;
  switch (e.kind) {
    case NodeKind.Name:
      ident(check, x, e, false);
      x.expr = e;
      return ExprKind.Expression;
    case NodeKind.SelectorExpr:
      selector(check, x, e, false);
      x.expr = e;
      return ExprKind.Expression;
    case NodeKind.ParenExpr: {
      const kind = rawExpr(check, null, x, e.x, null, false);
      x.expr = e;
      return kind;
    }
    case NodeKind.CallExpr:
      return callExpr(check, x, e);
    case NodeKind.Operation:
      return operation(check, x, e);
    case NodeKind.BasicLit:
      if (!e.bad) basicLit(check, x, e);
      break;
    case NodeKind.FuncLit:
      funcLit(check, x, e);
      break;
    case NodeKind.CompositeLit:
      compositeLit(check, x, e, hint);
      break;
    case NodeKind.IndexExpr:
      if (indexExpr(check, x, e)) funcInst(check, target, e.pos, x, e, true);
      break;
    case NodeKind.SliceExpr:
      sliceExpr(check, x, e);
      break;
    case NodeKind.AssertExpr:
      assertExpr(check, x, e);
      break;
    case NodeKind.ArrayType:
    case NodeKind.SliceType:
    case NodeKind.StructType:
    case NodeKind.FuncType:
    case NodeKind.InterfaceType:
    case NodeKind.MapType:
    case NodeKind.ChanType:
      x.mode = Mode.TypeExpr;
      x.type = typeOf(check, e);
      break;
    case NodeKind.BadExpr:
      break;
    case NodeKind.DotsType:
      check.error(e, 'InvalidSyntaxTree', 'invalid use of ...');
      break;
    case NodeKind.TypeSwitchGuard:
      check.error(e, 'InvalidSyntaxTree', 'use of .(type) outside type switch');
      use(check, [e.x]);
      break;
    case NodeKind.ListExpr:
      check.error(e, 'InvalidSyntaxTree', 'unexpected list of expressions');
      break;
    case NodeKind.KeyValueExpr:
      check.error(e, 'InvalidSyntaxTree', 'no key:value expected');
      break;
    default:
      unreachable(e, 'expression');
  }
  return finish(x, e);
}

/** What is invalid may stand anywhere: no error should follow. */
function finish(x: Operand, e: Expr): ExprKind {
  x.expr = e;
  return x.mode === Mode.Invalid ? ExprKind.Statement : ExprKind.Expression;
}

function operation(check: Checker, x: Operand, e: Operation): ExprKind {
  if (e.y !== null) {
    binaryExpr(check, x, e);
    return finish(x, e);
  }
  if (e.op === Operator.Mul) {
    indirection(check, x, e);
    return finish(x, e);
  }
  unaryExpr(check, x, e);
  const kind = finish(x, e);
  return e.op === Operator.Recv ? ExprKind.Statement : kind;
}

/** `*x`, a value or a pointer type. */
function indirection(check: Checker, x: Operand, e: Operation): void {
  exprOrType(check, x, e.x, false);
  if (x.mode === Mode.Invalid) return;
  if (x.mode === Mode.TypeExpr) {
    validVarType(check, e.x, x.type);
    x.type = newPointer(x.type);
    return;
  }
  let base: Type | null = null;
  const ok = everyUnder(x.type, (u) => {
    if (u === null || u.kind !== TypeKind.Pointer) {
      check.error(x, 'InvalidIndirection', `${invalidOp}cannot indirect ${operandStr(check, x)}`);
      return false;
    }
    if (base !== null && !identical(u.elem, base)) {
      check.error(
        x,
        'InvalidIndirection',
        `${invalidOp}pointers of ${operandStr(check, x)} must have identical base types`,
      );
      return false;
    }
    base = u.elem;
    return true;
  });
  if (!ok || base === null || !isComplete(check, base)) {
    x.mode = Mode.Invalid;
    return;
  }
  x.mode = Mode.Variable;
  x.type = base;
}

function assertExpr(check: Checker, x: Operand, e: AssertExpr): void {
  expr(check, null, x, e.x);
  if (!isValid(x)) return;
  const what = (): string => operandStr(check, x);
  if (isTypeParam(x.type)) {
    check.error(
      x,
      'InvalidAssert',
      `${invalidOp}cannot use type assertion on type parameter value ${what()}`,
    );
    x.mode = Mode.Invalid;
    return;
  }
  if (!isInterface(x.type)) {
    check.error(x, 'InvalidAssert', `${invalidOp}${what()} is not an interface`);
    x.mode = Mode.Invalid;
    return;
  }
  const T = varType(check, e.type);
  if (isInvalid(T) || !isComplete(check, T)) {
    x.mode = Mode.Invalid;
    return;
  }
  typeAssertion(check, e, x, T, false);
  x.mode = Mode.CommaOk;
  x.type = T;
}

/** Reports it if a value of interface x cannot have dynamic type T. */
export function typeAssertion(
  check: Checker,
  e: Expr,
  x: Operand,
  T: Type,
  typeSwitch: boolean,
): void {
  const why: Why = { text: '' };
  if (assertableTo(check, x.type, T, why)) return;
  const text = exprString(e);
  if (typeSwitch) {
    check.error(
      e,
      'ImpossibleAssert',
      `impossible type switch case: ${text}\n\t${operandStr(check, x)} cannot have dynamic type ${typeStr(check, T)} ${why.text}`,
    );
  } else {
    check.error(
      e,
      'ImpossibleAssert',
      `impossible type assertion: ${text}\n\t${typeStr(check, T)} does not implement ${typeStr(check, x.type)} ${why.text}`,
    );
  }
}

/** Checks an expression that must have a single value. */
export function expr(check: Checker, target: Target | null, x: Operand, e: Expr): void {
  rawExpr(check, target, x, e, null, false);
  exclude(check, x, true);
  singleValue(check, x);
}

/** Like `expr`, but the result may be a generic function. */
export function genericExpr(check: Checker, x: Operand, e: Expr, hint: Type | null): void {
  rawExpr(check, null, x, e, hint, true);
  exclude(check, x, true);
  singleValue(check, x);
}

export function exprOrType(check: Checker, x: Operand, e: Expr, allowGeneric: boolean): void {
  rawExpr(check, null, x, e, null, allowGeneric);
  if (x.mode === Mode.NoValue) {
    check.error(x, 'TooManyValues', `${operandStr(check, x)} used as value or type`);
    x.mode = Mode.Invalid;
  }
  singleValue(check, x);
}

/** Makes what has no value an error: calls without results, built-ins, and types if `types`. */
export function exclude(check: Checker, x: Operand, types: boolean): void {
  let code: string;
  let msg: string;
  switch (x.mode) {
    case Mode.NoValue:
      code = 'TooManyValues';
      msg = types ? 'used as value' : 'used as value or type';
      break;
    case Mode.Builtin:
      code = 'UncalledBuiltin';
      msg = 'must be called';
      break;
    case Mode.TypeExpr:
      if (!types) return;
      code = 'NotAnExpr';
      msg = 'is not an expression';
      break;
    default:
      return;
  }
  check.error(x, code, `${operandStr(check, x)} ${msg}`);
  x.mode = Mode.Invalid;
}

export function singleValue(check: Checker, x: Operand): void {
  if (x.mode !== Mode.Value || x.type.kind !== TypeKind.Tuple) return;
  check.error(x, 'TooManyValues', `multiple-value ${operandStr(check, x)} in single-value context`);
  x.mode = Mode.Invalid;
}

/**
 * The values of an expression. If `allowCommaOk`, an expression that has a second value in such a
 * context gives two.
 */
export function multiExpr(
  check: Checker,
  e: Expr,
  allowCommaOk: boolean,
): { list: Operand[]; commaOk: boolean } {
  const x = new Operand();
  rawExpr(check, null, x, e, null, false);
  exclude(check, x, true);
  if (isValid(x) && x.type.kind === TypeKind.Tuple) {
    const pos = startPos(e);
    const list = x.type.vars.map((v, i) => {
      return Operand.value(check.dummyName(pos, `${ordinal(i + 1)} function result`), v.type!);
    });
    return { list, commaOk: false };
  }
  if (!allowCommaOk) return { list: [x], commaOk: false };
  if (x.mode === Mode.MapIndex || x.mode === Mode.CommaOk || x.mode === Mode.CommaErr) {
    const isErr = x.mode === Mode.CommaErr;
    const what = isErr
      ? 'err value of (comma, err) expression'
      : 'ok value of (comma, ok) expression';
    const second = Operand.value(
      check.dummyName(startPos(e), what),
      isErr ? errorType : untypedBoolType,
    );
    return { list: [x, second], commaOk: true };
  }
  return { list: [x], commaOk: false };
}

/** 1st, 2nd, 3rd, 4th ... */
function ordinal(n: number): string {
  return `${n}${n === 1 ? 'st' : n === 2 ? 'nd' : n === 3 ? 'rd' : 'th'}`;
}

/** The implicit type of an operand in a context; `type` is null, and `code` says why, if none. */
export interface ImplicitType {
  readonly type: Type | null;
  /** Of a constant, represented in that type; or null. */
  readonly val: Value | null;
  readonly code: string;
}

const noConversion: ImplicitType = { type: null, val: null, code: 'InvalidUntypedConversion' };

export function implicitTypeAndValue(check: Checker, x: Operand, target: Type): ImplicitType {
  if (!isValid(x) || isTyped(x.type) || isInvalid(target)) {
    return { type: x.type, val: null, code: '' };
  }
  if (isUntyped(target)) {
    const type = maxType(x.type, target);
    return type === null ? noConversion : { type, val: null, code: '' };
  }
  const keep: ImplicitType = { type: target, val: null, code: '' };
  if (isNil(x)) return hasNil(target) ? keep : noConversion;
  const u = under(target);
  if (u.kind === TypeKind.Basic) {
    if (x.mode === Mode.Constant) {
      const { val, code } = representation(check, x, u);
      return code === '' ? { type: target, val, code: '' } : { type: null, val: null, code };
    }
    return untypedFits(x.type as BasicType, target) ? keep : noConversion;
  }
  if (u.kind !== TypeKind.Interface) return noConversion;
  if (isTypeParam(target)) {
    const ok = everyUnder(target, (t) => {
      return t !== null && implicitTypeAndValue(check, x, t).type !== null;
    });
    return ok ? keep : noConversion;
  }
  // Values in interfaces have concrete types. Only the empty one takes them all.
  if (!isAll(typeSetOf(u))) return noConversion;
  return { type: defaultType(x.type), val: null, code: '' };
}

/** Whether a value of an untyped type that is not constant may become one of a basic type. */
function untypedFits(t: BasicType, target: Type): boolean {
  switch (t.basic) {
    case BasicKind.UntypedBool:
      return isBoolean(target);
    case BasicKind.UntypedInt:
    case BasicKind.UntypedRune:
    case BasicKind.UntypedFloat:
    case BasicKind.UntypedComplex:
      return isNumeric(target);
    case BasicKind.UntypedString:
      return isString(target);
    default:
      return false;
  }
}

/**
 * Gives the untyped expression `x` a type, and its operands, as far as they share it. If the type is
 * typed, or `final`, it is recorded.
 */
export function updateExprType(check: Checker, x: Expr, type: Type, final: boolean): void {
  for (let next: Expr | null = x; next !== null;) {
    next = updateOne(check, next, type, final);
  }
}

/** Updates one expression; returns an operand that has to follow, if there is one. */
function updateOne(check: Checker, x: Expr, type: Type, final: boolean): Expr | null {
  const old = check.untyped.get(x.id);
  if (old === undefined) return null;
  let operand: Expr | null = null;
  if (x.kind === NodeKind.ParenExpr) operand = x.x;
  else if (x.kind === NodeKind.Operation && old.val === null) {
    // Operands of constants stay as they are: they never become values.
    if (x.y === null) operand = x.op === Operator.Mul ? null : x.x;
    else if (x.op >= Operator.Eql && x.op <= Operator.Geq) operand = null;
    else if (x.op === Operator.Shl || x.op === Operator.Shr) operand = x.x;
    else {
      updateExprType(check, x.y, type, final);
      operand = x.x;
    }
  }
  if (!final && isUntyped(type)) {
    old.type = under(type) as BasicType;
    return operand;
  }
  check.untyped.delete(x.id);
  // The operands come first, as their errors do.
  if (operand !== null) updateExprType(check, operand, type, final);
  if (old.isLhs && !allInteger(type)) {
    check.error(
      x,
      'InvalidShiftOperand',
      `${invalidOp}shifted operand ${exprString(x)} (type ${typeStr(check, type)}) must be integer`,
    );
    return null;
  }
  if (old.val !== null) {
    const c = new Operand();
    c.mode = old.mode;
    c.expr = x;
    c.type = old.type;
    c.val = old.val;
    convertUntyped(check, c, type);
    if (!isValid(c)) return null;
  }
  recordTypeAndValue(check, x, old.mode, type, old.val);
  return null;
}

/** Gives a remembered untyped constant its representation. */
export function updateExprVal(check: Checker, x: Expr, val: Value): void {
  const info = check.untyped.get(x.id);
  if (info !== undefined) info.val = val;
}
