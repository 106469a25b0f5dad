/**
 * Identifiers and type expressions.
 *
 * Spec: "Types", "Type declarations".   GOROOT: src/cmd/compile/internal/types2/typexpr.go (wordings).
 */
import { toInt } from '../constant/convert.ts';
import { int64Of, kindOf, ValueKind } from '../constant/value.ts';
import {
  type ArrayType as ArrayTypeNode,
  ChanDir as ChanDirNode,
  type ChanType as ChanTypeNode,
  type Expr,
  type MapType as MapTypeNode,
  type Name,
  NodeKind,
  unpackList,
} from '../syntax/nodes.ts';
import { startPos } from '../syntax/positions.ts';
import { exprString } from '../syntax/print.ts';
import { Operator } from '../syntax/token.ts';
import { type Checker } from './check.ts';
import { representableConst } from './const.ts';
import { type GenericType } from './context.ts';
import { objDecl } from './decl.ts';
import { invalidOp } from './errors.ts';
import { expr } from './expr.ts';
import { instance, validateTypeArgCount, verifyInstance } from './instantiate.ts';
import { interfaceType } from './interface.ts';
import { recordMono } from './mono.ts';
import { typeParamsOf } from './named.ts';
import { type Obj, objectKind, ObjKind, type TypeNameObj } from './object.ts';
import { isValid, Mode, Operand, operandStr } from './operand.ts';
import {
  isComparable,
  isGeneric,
  isInteger,
  isInvalid,
  isTypeParam,
  isUntyped,
  isValidName,
} from './predicates.ts';
import { recordInstance, recordTypeAndValue, recordUse } from './recording.ts';
import { addDeclDep } from './resolver.ts';
import { type Scope } from './scope.ts';
import { selector } from './selector.ts';
import { funcType } from './signature.ts';
import { structType } from './struct.ts';
import {
  ChanDir,
  emptyTuple,
  intType,
  invalidType,
  newArray,
  newChan,
  newInterface,
  newMap,
  newPointer,
  newSignature,
  newSlice,
  newStruct,
  type Type,
  TypeKind,
} from './type.ts';
import { computeTypeSet, isMethodSet } from './typeset.ts';
import { typeStr } from './typestring.ts';
import { under } from './under.ts';
import { universeAny, universeComparable, universeIota } from './universe.ts';
import { use } from './use.ts';
import { verifyVersion, Version } from './version.ts';

/** Checks an identifier. If `wantType`, it is expected to denote a type. */
export function ident(check: Checker, x: Operand, e: Name, wantType: boolean): void {
  x.mode = Mode.Invalid;
  x.expr = e;
  let scope: Scope | null = check.scope;
  let obj: Obj | null = null;
  for (; scope !== null; scope = scope.parent) {
    obj = scope.lookup(e.value);
    if (obj !== null) break;
  }
  if (obj === null || scope === null) {
    if (e.value === '_') check.error(e, 'InvalidBlank', 'cannot use _ as value or type');
    else if (isValidName(e.value)) check.error(e, 'UndeclaredName', `undefined: ${e.value}`);
    return;
  }
  if (
    (obj === universeAny || obj === universeComparable) &&
    !verifyVersion(check, e, Version.go1_18, () => `predeclared ${e.value}`)
  ) {
    return;
  }
  recordUse(check, e, obj);
  const gotType = obj.kind === ObjKind.TypeName;
  if (!gotType && wantType) {
    check.error(e, 'NotAType', `${obj.name} (${objectKind(obj)}) is not a type`);
    // It is not used, but saying so would not help.
    if (obj.kind === ObjKind.Var && obj.pkg === check.pkg) obj.used = true;
    return;
  }
  // A type name is looked at again where a type is wanted: there it may close a cycle.
  if (needsDecl(obj) || (gotType && wantType && obj.pkg === check.pkg)) objDecl(check, obj);
  if (check.dotImports.size > 0) {
    const through = check.dotImports.get(scope)?.get(obj.name);
    if (through !== undefined) through.used = true;
  }
  fillFromObject(check, x, e, obj);
}

function needsDecl(obj: Obj): boolean {
  return (
    obj.type === null &&
    (obj.kind === ObjKind.Const ||
      obj.kind === ObjKind.Var ||
      obj.kind === ObjKind.TypeName ||
      obj.kind === ObjKind.Func)
  );
}

function fillFromObject(check: Checker, x: Operand, e: Name, obj: Obj): void {
  switch (obj.kind) {
    case ObjKind.PkgName:
      check.error(e, 'InvalidPkgUse', `use of package ${obj.name} not in selector`);
      return;
    case ObjKind.Const:
      addDeclDep(check, obj);
      if (isInvalid(obj.type!)) return;
      if (obj === universeIota) {
        if (check.iota === null) {
          check.error(e, 'InvalidIota', 'cannot use iota outside constant declaration');
          return;
        }
        x.val = check.iota;
      } else x.val = obj.val;
      x.mode = Mode.Constant;
      break;
    case ObjKind.TypeName:
      x.mode = Mode.TypeExpr;
      break;
    case ObjKind.Var:
      if (obj.pkg === check.pkg) obj.used = true;
      addDeclDep(check, obj);
      if (isInvalid(obj.type!)) return;
      x.mode = Mode.Variable;
      break;
    case ObjKind.Func:
      addDeclDep(check, obj);
      x.mode = Mode.Value;
      break;
    case ObjKind.Builtin:
      x.builtin = obj.builtin;
      x.mode = Mode.Builtin;
      x.type = invalidType;
      return;
    case ObjKind.Nil:
      x.mode = Mode.Nil;
      break;
    case ObjKind.Label:
      return;
  }
  x.type = obj.type!;
}

/** The type that `e` denotes; it must not be generic. */
export function typeOf(check: Checker, e: Expr): Type {
  return declaredType(check, e, null);
}

/** Like `typeOf`, for the type of a variable: it must not be a constraint. */
export function varType(check: Checker, e: Expr): Type {
  const t = declaredType(check, e, null);
  validVarType(check, e, t);
  return t;
}

/** Reports, in the end, a type that may only be used as constraint. */
export function validVarType(check: Checker, e: Expr, t: Type): void {
  // Most types cannot be one, whatever they turn out to be.
  if (t.kind !== TypeKind.Named && t.kind !== TypeKind.Alias && t.kind !== TypeKind.Interface) {
    return;
  }
  if (isTypeParam(t)) return;
  check.later(() => {
    const u = under(t);
    if (u.kind !== TypeKind.Interface) return;
    const pos = startPos(e);
    const tset = computeTypeSet(check, u);
    if (isMethodSet(tset)) return;
    const why = tset.comparable
      ? 'interface is (or embeds) comparable'
      : 'interface contains type constraints';
    check.softError(
      pos,
      'MisplacedConstraintIface',
      `cannot use type ${typeStr(check, t)} outside a type constraint: ${why}`,
    );
  });
}

/** The type that `e` denotes, where `e` may be the right side of the declaration of `def`. */
export function declaredType(check: Checker, e: Expr, def: TypeNameObj | null): Type {
  let t = typeInternal(check, e, def);
  if (isGeneric(t)) {
    check.error(
      e,
      'WrongTypeArgCount',
      `cannot use generic type ${typeStr(check, t)} without instantiation`,
    );
    t = invalidType;
  }
  recordTypeAndValue(check, e, Mode.TypeExpr, t, null);
  return t;
}

/** The generic type that `e` denotes; the cause is '' if that is reported already. */
export function genericType(check: Checker, e: Expr): { type: Type; cause: string } {
  let type = typeInternal(check, e, null);
  let cause = '';
  if (!isInvalid(type) && !isGeneric(type)) {
    cause = `${typeStr(check, type)} is not a generic type`;
    type = invalidType;
  }
  recordTypeAndValue(check, e, Mode.TypeExpr, type, null);
  return { type, cause };
}

function typeInternal(check: Checker, e: Expr, def: TypeNameObj | null): Type {
  switch (e.kind) {
    case NodeKind.BadExpr:
      return invalidType;
    case NodeKind.Name: {
      const x = new Operand();
      ident(check, x, e, true);
      return operandType(check, x);
    }
    case NodeKind.SelectorExpr: {
      const x = new Operand();
      selector(check, x, e, true);
      return operandType(check, x);
    }
    case NodeKind.IndexExpr:
      verifyVersion(check, e, Version.go1_18, 'type instantiation');
      return instantiatedType(check, e.x, unpackList(e.index));
    case NodeKind.ParenExpr:
      return declaredType(check, e.x, def);
    case NodeKind.ArrayType:
      return arrayType(check, e);
    case NodeKind.SliceType: {
      const t = newSlice(invalidType);
      t.elem = varType(check, e.elem);
      return t;
    }
    case NodeKind.DotsType:
      check.error(e, 'InvalidSyntaxTree', 'invalid use of ...');
      return invalidType;
    case NodeKind.StructType: {
      const t = newStruct([], []);
      structType(check, t, e);
      return t;
    }
    case NodeKind.Operation: {
      if (e.op !== Operator.Mul || e.y !== null) break;
      const t = newPointer(invalidType);
      t.elem = varType(check, e.x);
      return isInvalid(t.elem) ? invalidType : t;
    }
    case NodeKind.FuncType: {
      const t = newSignature(emptyTuple, emptyTuple, false);
      funcType(check, t, null, [], e);
      return t;
    }
    case NodeKind.InterfaceType: {
      const t = newInterface([], []);
      check.track(t);
      interfaceType(check, t, e, def);
      return t;
    }
    case NodeKind.MapType:
      return mapType(check, e);
    case NodeKind.ChanType:
      return chanType(check, e);
    default:
  }
  check.error(e, 'NotAType', `${exprString(e)} is not a type`);
  use(check, [e]);
  return invalidType;
}

function operandType(check: Checker, x: Operand): Type {
  switch (x.mode) {
    case Mode.TypeExpr:
      return x.type;
    case Mode.Invalid:
      break;
    case Mode.NoValue:
      check.error(x, 'NotAType', `${operandStr(check, x)} used as type`);
      break;
    default:
      check.error(x, 'NotAType', `${operandStr(check, x)} is not a type`);
  }
  return invalidType;
}

function arrayType(check: Checker, e: ArrayTypeNode): Type {
  let len = -1;
  if (e.len !== null) len = arrayLength(check, e.len);
  else {
    check.error(
      e,
      'BadDotDotDotSyntax',
      'invalid use of [...] array (outside a composite literal)',
    );
  }
  const t = newArray(invalidType, len);
  t.elem = varType(check, e.elem);
  return len >= 0 ? t : invalidType;
}

function mapType(check: Checker, e: MapTypeNode): Type {
  const t = newMap(invalidType, invalidType);
  t.key = varType(check, e.key);
  t.elem = varType(check, e.value);
  if (t.key.kind === TypeKind.Basic) return t;
  check.later(() => {
    if (isComparable(t.key)) return;
    const why = isTypeParam(t.key) ? ' (missing comparable constraint)' : '';
    check.error(e.key, 'IncomparableMapKey', `invalid map key type ${typeStr(check, t.key)}${why}`);
  });
  return t;
}

function chanType(check: Checker, e: ChanTypeNode): Type {
  let dir: ChanDir = ChanDir.Both;
  if (e.dir === ChanDirNode.SendOnly) dir = ChanDir.Send;
  else if (e.dir === ChanDirNode.RecvOnly) dir = ChanDir.Recv;
  const t = newChan(dir, invalidType);
  t.elem = varType(check, e.elem);
  return t;
}

function instantiatedType(check: Checker, x: Expr, args: readonly Expr[]): Type {
  const { type, cause } = genericType(check, x);
  if (cause !== '') {
    const list = args.map((arg) => exprString(arg)).join(', ');
    check.error(x, 'NotAGenericType', `${invalidOp}${exprString(x)}[${list}] (${cause})`);
  }
  if (isInvalid(type)) return type;
  const targs = typeList(check, args);
  if (targs === null) return invalidType;
  const inst = instance(check.substContext(x.pos), type as GenericType, targs);
  if (inst.kind !== TypeKind.Named && inst.kind !== TypeKind.Alias) return invalidType;
  // Whether the arguments do can be said when the type parameters' constraints are there.
  check.later(() => {
    recordInstance(check, x, targs, inst);
    const tparams = typeParamsOf(inst);
    const { name } = inst.origin.obj;
    if (!validateTypeArgCount(check, x.pos, name, tparams.length, targs.length)) return;
    const failed = verifyInstance(check.substContext(x.pos), tparams, targs);
    if (failed !== null) {
      const at = args[failed.index];
      check.softError(at ?? x.pos, 'InvalidTypeArg', failed.cause);
    } else recordMono(check, x.pos, tparams, targs, args);
  });
  return inst;
}

/** The length that `e` denotes; negative if there was an error. */
function arrayLength(check: Checker, e: Expr): number {
  // A lone name may have been meant as a type parameter.
  if (e.kind === NodeKind.Name) {
    const obj = check.lookup(e.value);
    if (obj === null) {
      check.error(
        e,
        'InvalidArrayLen',
        `undefined array length ${e.value} or missing type constraint`,
      );
      return -1;
    }
    if (obj.kind !== ObjKind.Const) {
      check.error(e, 'InvalidArrayLen', `invalid array length ${e.value}`);
      return -1;
    }
  }
  const x = new Operand();
  expr(check, null, x, e);
  if (x.mode !== Mode.Constant) {
    if (isValid(x)) {
      check.error(x, 'InvalidArrayLen', `array length ${operandStr(check, x)} must be constant`);
    }
    return -1;
  }
  if (isUntyped(x.type) || isInteger(x.type)) {
    const val = toInt(x.val!);
    if (kindOf(val) === ValueKind.Int && representableConst(check, val, intType) !== null) {
      const n = int64Of(val);
      if (n !== null && n >= 0n) return Number(n);
    }
  }
  const what = operandStr(check, x);
  check.error(
    x,
    'InvalidArrayLen',
    isInteger(x.type) ? `invalid array length ${what}` : `array length ${what} must be integer`,
  );
  return -1;
}

/** The types of a list, all looked at; null if one is invalid. */
export function typeList(check: Checker, list: readonly Expr[]): readonly Type[] | null {
  const types = list.map((x) => varType(check, x));
  return types.some((t) => isInvalid(t)) ? null : types;
}
