/**
 * Function types, parameters and receivers.
 *
 * Spec: "Function types", "Method declarations".
 * GOROOT: src/cmd/compile/internal/types2/signature.go (wordings).
 */
import { type Expr, type Field, type FuncType, type Name, NodeKind } from '../syntax/nodes.ts';
import { Operator } from '../syntax/token.ts';
import type { Checker } from './check.ts';
import { collectTypeParams, declare, declareTypeParam } from './decl.ts';
import type { At } from './errors.ts';
import { instance } from './instantiate.ts';
import { derefType } from './lookup.ts';
import { recordCanon } from './mono.ts';
import { typeParamsOf } from './named.ts';
import { newVar, type TypeNameObj, VarKind, type VarObj } from './object.ts';
import { Mode } from './operand.ts';
import { isInvalid } from './predicates.ts';
import { recordImplicit, recordInstance, recordTypeAndValue, recordUse } from './recording.ts';
import { unpackRecv } from './resolver.ts';
import { newSubstMap, subst } from './subst.ts';
import {
  BasicKind,
  bindTypeParams,
  invalidType,
  type NamedType,
  newPointer,
  newSlice,
  newTuple,
  type SignatureType,
  type Type,
  TypeKind,
  type TypeParamType,
  unalias,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { genericType, varType } from './typexpr.ts';
import { under } from './under.ts';
import { Version, verifyVersion } from './version.ts';

/** Fills `sig` with what a function type, or the header of a function declaration, says. */
export function funcType(
  check: Checker,
  sig: SignatureType,
  recvField: Field | null,
  tparams: readonly Field[],
  e: FuncType,
): void {
  check.openScope();
  const { scope } = check;
  scope.isFunc = true;
  sig.scope = scope;
  let recv: VarObj | null = null;
  let rparams: readonly TypeParamType[] = [];
  if (recvField !== null) ({ recv, rparams } = receiver(check, recvField));
  if (tparams.length > 0) {
    collectTypeParams(check, tparams, (list) => {
      sig.tparams = list;
    });
  }
  const params = collectParams(check, VarKind.Param, e.params);
  const results = collectParams(check, VarKind.Result, e.results);
  // Declared last: the names must not hide those in the types.
  if (recv !== null && recv.name !== '') declare(check, scope, recvField!.name, recv);
  declareParams(check, params);
  declareParams(check, results);
  sig.recv = recv;
  sig.rparams = rparams;
  sig.params = newTuple(params.vars);
  sig.results = newTuple(results.vars);
  sig.variadic = params.variadic;
  check.closeScope();
}

interface ParamList {
  readonly names: readonly (Name | null)[];
  readonly vars: readonly VarObj[];
  readonly variadic: boolean;
}

function declareParams(check: Checker, list: ParamList): void {
  for (let i = 0; i < list.vars.length; i++) {
    const name = list.names[i]!;
    if (name !== null && name.value !== '') declare(check, check.scope, name, list.vars[i]!);
  }
}

function collectParams(check: Checker, kind: VarKind, fields: readonly Field[]): ParamList {
  const names: (Name | null)[] = [];
  const vars: VarObj[] = [];
  let variadic = false;
  let type: Type = invalidType;
  let prev: Expr | null = null;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    if (field.type !== prev) {
      prev = field.type;
      let e = field.type;
      if (e.kind === NodeKind.DotsType) {
        if (kind === VarKind.Param && i === fields.length - 1) variadic = true;
        else check.error(e, 'InvalidSyntaxTree', 'invalid use of ...');
        e = e.elem;
      }
      type = varType(check, e);
    }
    const { name } = field;
    names.push(name);
    if (name !== null) vars.push(newVar(kind, name.pos, check.pkg, name.value, type));
    else {
      const v = newVar(kind, field.pos, check.pkg, '', type);
      recordImplicit(check, field, v);
      vars.push(v);
    }
  }
  if (variadic) {
    const last = vars.at(-1)!;
    last.type = newSlice(last.type!);
    recordTypeAndValue(check, fields.at(-1)!.type, Mode.TypeExpr, last.type, null);
  }
  return { names, vars, variadic };
}

/** The receiver variable, and its type parameters, which are declared in the current scope. */
function receiver(
  check: Checker,
  field: Field,
): { recv: VarObj; rparams: readonly TypeParamType[] } {
  const { ptr, base, tparams } = unpackRecv(check, field.type, true);
  let type: Type = invalidType;
  let rparams: readonly TypeParamType[] = [];
  if (tparams === null) type = plainReceiver(check, field.type, base);
  else {
    const baseType = genericBase(check, base);
    // Declared after the base is looked at: the names may be the same.
    rparams = bindTypeParams(
      tparams.map((name) => {
        const tpar = declareTypeParam(check, name);
        recordUse(check, name, tpar.obj);
        recordTypeAndValue(check, name, Mode.TypeExpr, tpar, null);
        return tpar;
      }),
    );
    if (baseType !== null) {
      bindBounds(check, base, baseType, rparams);
      verifyVersion(check, base, Version.go1_18, 'type instantiation');
      type = instance(check.substContext(field.type.pos), baseType, rparams);
      recordInstance(check, base, rparams, type);
      if (ptr && !isInvalid(type)) type = newPointer(type);
      recordReceiverTypes(check, field.type, type);
    }
  }
  const { name } = field;
  let recv: VarObj;
  if (name !== null && name.value !== '') {
    recv = newVar(VarKind.Recv, name.pos, check.pkg, name.value, type);
  } else {
    recv = newVar(VarKind.Recv, field.pos, check.pkg, '', type);
    recordImplicit(check, field, recv);
  }
  check.later(() => validReceiver(check, base, recv));
  return { recv, rparams };
}

/** A receiver type without type parameters. */
function plainReceiver(check: Checker, e: Expr, base: Expr): Type {
  const type = varType(check, e);
  // An alias must not lead to an instance.
  let a = unpointer(type);
  while (a.kind === TypeKind.Alias) {
    const t: Type = unpointer(a.rhs ?? invalidType);
    if (t.kind === TypeKind.Named || t.kind === TypeKind.Alias) {
      if (typeParamsOf(t).length > 0) {
        check.error(
          base,
          'InvalidRecv',
          `cannot define new methods on instantiated type ${typeStr(check, t)}`,
        );
        return invalidType;
      }
    }
    a = t;
  }
  return type;
}

function unpointer(t: Type): Type {
  let at = t;
  while (at.kind === TypeKind.Pointer) at = at.elem;
  return at;
}

/** The generic type that a receiver with type parameters names, or null after an error. */
function genericBase(check: Checker, base: Expr): NamedType | null {
  const { type, cause } = genericType(check, base);
  if (isInvalid(type)) {
    if (cause !== '') check.error(base, 'InvalidRecv', cause);
    return null;
  }
  if (type.kind === TypeKind.Named) return type;
  check.error(
    base,
    'InvalidRecv',
    `cannot define new methods on generic alias type ${typeStr(check, type)}`,
  );
  return null;
}

/** Gives the receiver's type parameters the constraints of the type's. */
function bindBounds(
  check: Checker,
  base: Expr,
  baseType: NamedType,
  rparams: readonly TypeParamType[],
): void {
  const declared = typeParamsOf(baseType);
  if (rparams.length !== declared.length) {
    const s = rparams.length === 1 ? '' : 's';
    check.error(
      base,
      'BadRecv',
      `receiver declares ${rparams.length} type parameter${s}, but receiver base type declares ${declared.length}`,
    );
    return;
  }
  const map = newSubstMap(declared, rparams);
  for (let i = 0; i < rparams.length; i++) {
    const p = rparams[i]!;
    recordCanon(check, p, declared[i]!);
    p.bound = subst(declared[i]!.bound, map, check.substContext(p.obj.pos));
  }
}

/** Records the type for `(*(T[P]))` and the expressions within. */
function recordReceiverTypes(check: Checker, expr: Expr, type: Type): void {
  let e = expr;
  let t = type;
  for (;;) {
    recordTypeAndValue(check, e, Mode.TypeExpr, t, null);
    if (e.kind === NodeKind.ParenExpr) e = e.x;
    else if (e.kind === NodeKind.Operation && e.op === Operator.Mul && e.y === null) {
      if (t.kind !== TypeKind.Pointer) return;
      t = t.elem;
      e = e.x;
    } else return;
  }
}

function validReceiver(check: Checker, at: At, recv: VarObj): void {
  const type = derefType(recv.type!);
  const t = unalias(type);
  if (isInvalid(t)) return;
  if (t.kind === TypeKind.Named) {
    if (t.obj.pkg !== check.pkg || isCgoType(t.obj)) {
      check.error(
        at,
        'InvalidRecv',
        `cannot define new methods on non-local type ${typeStr(check, type)}`,
      );
      return;
    }
    const u = under(t);
    let cause = '';
    if (u.kind === TypeKind.Basic && u.basic === BasicKind.UnsafePointer) cause = 'unsafe.Pointer';
    else if (u.kind === TypeKind.Pointer || u.kind === TypeKind.Interface) {
      cause = 'pointer or interface type';
    }
    if (cause !== '') {
      check.error(at, 'InvalidRecv', `invalid receiver type ${typeStr(check, type)} (${cause})`);
    }
  } else if (t.kind === TypeKind.Basic) {
    check.error(
      at,
      'InvalidRecv',
      `cannot define new methods on non-local type ${typeStr(check, type)}`,
    );
  } else {
    check.error(at, 'InvalidRecv', `invalid receiver type ${typeStr(check, recv.type!)}`);
  }
}

function isCgoType(obj: TypeNameObj): boolean {
  return obj.name.startsWith('_Ctype_');
}
