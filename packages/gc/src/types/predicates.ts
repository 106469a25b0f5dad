/**
 * Questions about types: what they are, whether they are identical, whether values compare.
 *
 * `isX` does not look into type parameters; `allX` asks about every specific type of their type sets.
 *
 * Spec: "Type identity", "Comparison operators".
 */
import { Context } from './context.ts';
import { typeParamsOf } from './named.ts';
import { hasId, idOf } from './object.ts';
import { newSubstMap, subst } from './subst.ts';
import { equalTerms } from './termlist.ts';
import {
  BasicInfo,
  BasicKind,
  boolType,
  complex128Type,
  float64Type,
  intType,
  type InterfaceType,
  invalidType,
  isInstance,
  type NamedType,
  runeType,
  type SignatureType,
  stringType,
  tagOf,
  type StructType,
  type TupleType,
  type Type,
  TypeKind,
  unalias,
} from './type.ts';
import { boundOf } from './typeparam.ts';
import { everyTerm, isComparableSet, isEmptySet, typeSetOf, unionTerms } from './typeset.ts';
import { typeStr } from './typestring.ts';
import { type Cause, everyUnder, knownUnder, under } from './under.ts';

export function isInvalid(t: Type): boolean {
  return t === invalidType || unalias(t) === invalidType;
}

function isBasic(t: Type, info: number): boolean {
  const u = under(t);
  return u.kind === TypeKind.Basic && (u.info & info) !== 0;
}

function allBasic(t: Type, info: number): boolean {
  const p = unalias(t);
  if (p.kind !== TypeKind.TypeParam) return isBasic(t, info);
  return everyTerm(typeSetOf(boundOf(p)), (x) => x !== null && isBasic(x.type, info));
}

export const isBoolean = (t: Type): boolean => isBasic(t, BasicInfo.Boolean);
export const isInteger = (t: Type): boolean => isBasic(t, BasicInfo.Integer);
export const isUnsigned = (t: Type): boolean => isBasic(t, BasicInfo.Unsigned);
export const isFloat = (t: Type): boolean => isBasic(t, BasicInfo.Float);
export const isComplex = (t: Type): boolean => isBasic(t, BasicInfo.Complex);
export const isNumeric = (t: Type): boolean => isBasic(t, BasicInfo.Numeric);
export const isString = (t: Type): boolean => isBasic(t, BasicInfo.String);
export const isIntegerOrFloat = (t: Type): boolean =>
  isBasic(t, BasicInfo.Integer | BasicInfo.Float);
export const isConstType = (t: Type): boolean => isBasic(t, BasicInfo.ConstType);

export const allBoolean = (t: Type): boolean => allBasic(t, BasicInfo.Boolean);
export const allInteger = (t: Type): boolean => allBasic(t, BasicInfo.Integer);
export const allUnsigned = (t: Type): boolean => allBasic(t, BasicInfo.Unsigned);
export const allNumeric = (t: Type): boolean => allBasic(t, BasicInfo.Numeric);
export const allString = (t: Type): boolean => allBasic(t, BasicInfo.String);
export const allOrdered = (t: Type): boolean => allBasic(t, BasicInfo.Ordered);
export const allNumericOrString = (t: Type): boolean =>
  allBasic(t, BasicInfo.Numeric | BasicInfo.String);

function isBasicKind(t: Type, kind: BasicKind): boolean {
  const u = under(t);
  return u.kind === TypeKind.Basic && u.basic === kind;
}

export const isUintptr = (t: Type): boolean => isBasicKind(t, BasicKind.Uintptr);
export const isUnsafePointer = (t: Type): boolean => isBasicKind(t, BasicKind.UnsafePointer);

export function isPointer(t: Type): boolean {
  return under(t).kind === TypeKind.Pointer;
}

/** A slice of bytes or of runes. */
export function isBytesOrRunes(t: Type): boolean {
  const u = under(t);
  if (u.kind !== TypeKind.Slice) return false;
  const e = under(u.elem);
  return e.kind === TypeKind.Basic && (e.basic === BasicKind.Uint8 || e.basic === BasicKind.Int32);
}

/** Has a name: a predeclared type, a defined type or a type parameter. */
export function hasName(t: Type): boolean {
  const { kind } = unalias(t);
  return kind === TypeKind.Basic || kind === TypeKind.Named || kind === TypeKind.TypeParam;
}

/** Neither a defined type nor a type parameter. */
export function isTypeLit(t: Type): boolean {
  const { kind } = unalias(t);
  return kind !== TypeKind.Named && kind !== TypeKind.TypeParam;
}

export function isUntyped(t: Type): boolean {
  return t.kind === TypeKind.Basic && (t.info & BasicInfo.Untyped) !== 0;
}

export function isTyped(t: Type): boolean {
  return !isUntyped(t);
}

function isUntypedNumeric(t: Type): boolean {
  return isUntyped(t) && isNumeric(t);
}

/** Including type parameters, whose underlying types are interfaces. */
export function isInterface(t: Type): boolean {
  return under(t).kind === TypeKind.Interface;
}

export function isTypeParam(t: Type): boolean {
  return unalias(t).kind === TypeKind.TypeParam;
}

export function isNonTypeParamInterface(t: Type): boolean {
  return !isTypeParam(t) && isInterface(t);
}

/** A type parameter that no type satisfies, as far as is known. */
export function hasEmptyTypeSet(t: Type): boolean {
  const p = unalias(t);
  if (p.kind !== TypeKind.TypeParam) return false;
  const u = knownUnder(p.bound);
  return u !== null && u.kind === TypeKind.Interface && u.tset !== null && isEmptySet(u.tset);
}

/** A generic type that has not been instantiated. */
export function isGeneric(t: Type): boolean {
  if (t.kind === TypeKind.Alias && t.tparams.length > 0 && t.targs.length === 0) return true;
  const named = unalias(t);
  return named.kind === TypeKind.Named && !isInstance(named) && typeParamsOf(named).length > 0;
}

export function isComparable(t: Type): boolean {
  return comparableCause(t, true, null) === null;
}

const noCause: Cause = () => '';

/**
 * Why values of type `t` cannot be compared, null if they can. If `dynamic`, interfaces (other than
 * type parameters) always can, though the comparison may panic.
 */
export function comparableCause(t: Type, dynamic: boolean, seen: Set<Type> | null): Cause | null {
  const u = under(t);
  switch (u.kind) {
    case TypeKind.Basic:
      return u.basic === BasicKind.UntypedNil ? noCause : null;
    case TypeKind.Pointer:
    case TypeKind.Chan:
      return null;
    case TypeKind.Slice:
    case TypeKind.Map:
    case TypeKind.Signature:
      return noCause;
    default:
  }
  if (seen?.has(t) === true) return null;
  const known = seen ?? new Set<Type>();
  known.add(t);
  switch (u.kind) {
    case TypeKind.Struct:
      for (const f of u.fields) {
        if (comparableCause(f.type!, dynamic, known) !== null) {
          return (check) => `struct containing ${typeStr(check, f.type!)} cannot be compared`;
        }
      }
      return null;
    case TypeKind.Array:
      if (comparableCause(u.elem, dynamic, known) === null) return null;
      return (check) => `${typeStr(check, t)} cannot be compared`;
    case TypeKind.Interface: {
      if (dynamic && !isTypeParam(t)) return null;
      const tset = typeSetOf(u);
      if (isComparableSet(tset, known)) return null;
      if (isEmptySet(tset)) return () => 'empty type set';
      return () => 'incomparable types in type set';
    }
    default:
      return noCause;
  }
}

/** Whether nil is a value of type `t`. */
export function hasNil(t: Type): boolean {
  const u = under(t);
  switch (u.kind) {
    case TypeKind.Basic:
      return u.basic === BasicKind.UnsafePointer;
    case TypeKind.Slice:
    case TypeKind.Pointer:
    case TypeKind.Signature:
    case TypeKind.Map:
    case TypeKind.Chan:
      return true;
    case TypeKind.Interface:
      return !isTypeParam(t) || everyUnder(t, (e) => e !== null && hasNil(e));
    default:
      return false;
  }
}

/** Interfaces that are being compared: cycles go through methods of anonymous interfaces. */
export interface InterfacePair {
  readonly x: InterfaceType;
  readonly y: InterfaceType;
  readonly prev: InterfacePair | null;
}

/** Whether the pair is being compared already, in either order. */
export function isPairKnown(
  x: InterfaceType,
  y: InterfaceType,
  pairs: InterfacePair | null,
): boolean {
  for (let p = pairs; p !== null; p = p.prev) {
    if ((p.x === x && p.y === y) || (p.x === y && p.y === x)) return true;
  }
  return false;
}

export function identical(x: Type, y: Type): boolean {
  return x === y || same(x, y, false, null);
}

export function identicalIgnoreTags(x: Type, y: Type): boolean {
  return x === y || same(x, y, true, null);
}

function same(x0: Type, y0: Type, ignoreTags: boolean, pairs: InterfacePair | null): boolean {
  const x = unalias(x0);
  const y = unalias(y0);
  if (x === y) return true;
  if (x.kind !== y.kind) return false;
  switch (x.kind) {
    case TypeKind.Basic:
      // byte and uint8 are different records of one type.
      return y.kind === TypeKind.Basic && x.basic === y.basic;
    case TypeKind.Array:
      if (y.kind !== TypeKind.Array) return false;
      // Unknown lengths come from errors.
      if (x.len >= 0 && y.len >= 0 && x.len !== y.len) return false;
      return same(x.elem, y.elem, ignoreTags, pairs);
    case TypeKind.Slice:
      return y.kind === TypeKind.Slice && same(x.elem, y.elem, ignoreTags, pairs);
    case TypeKind.Pointer:
      return y.kind === TypeKind.Pointer && same(x.elem, y.elem, ignoreTags, pairs);
    case TypeKind.Map:
      return (
        y.kind === TypeKind.Map &&
        same(x.key, y.key, ignoreTags, pairs) &&
        same(x.elem, y.elem, ignoreTags, pairs)
      );
    case TypeKind.Chan:
      return y.kind === TypeKind.Chan && x.dir === y.dir && same(x.elem, y.elem, ignoreTags, pairs);
    case TypeKind.Struct:
      return y.kind === TypeKind.Struct && sameStructs(x, y, ignoreTags, pairs);
    case TypeKind.Tuple:
      return y.kind === TypeKind.Tuple && sameTuples(x, y, ignoreTags, pairs);
    case TypeKind.Signature:
      return y.kind === TypeKind.Signature && sameSignatures(x, y, ignoreTags, pairs);
    case TypeKind.Union:
      if (y.kind !== TypeKind.Union) return false;
      return equalTerms(unionTerms(null, 0, x) ?? [], unionTerms(null, 0, y) ?? []);
    case TypeKind.Interface:
      return y.kind === TypeKind.Interface && sameInterfaces(x, y, ignoreTags, pairs);
    case TypeKind.Named:
      return y.kind === TypeKind.Named && sameNames(x, y);
    case TypeKind.TypeParam:
    case TypeKind.Alias:
      return false;
  }
}

function sameStructs(
  x: StructType,
  y: StructType,
  ignoreTags: boolean,
  pairs: InterfacePair | null,
): boolean {
  if (x.fields.length !== y.fields.length) return false;
  for (let i = 0; i < x.fields.length; i++) {
    const f = x.fields[i]!;
    const g = y.fields[i]!;
    if (
      f.embedded !== g.embedded ||
      (!ignoreTags && tagOf(x, i) !== tagOf(y, i)) ||
      !hasId(f, g.pkg, g.name) ||
      !same(f.type!, g.type!, ignoreTags, pairs)
    ) {
      return false;
    }
  }
  return true;
}

function sameTuples(
  x: TupleType,
  y: TupleType,
  ignoreTags: boolean,
  pairs: InterfacePair | null,
): boolean {
  if (x.vars.length !== y.vars.length) return false;
  for (let i = 0; i < x.vars.length; i++) {
    if (!same(x.vars[i]!.type!, y.vars[i]!.type!, ignoreTags, pairs)) return false;
  }
  return true;
}

function sameSignatures(
  x: SignatureType,
  y: SignatureType,
  ignoreTags: boolean,
  pairs: InterfacePair | null,
): boolean {
  const n = x.tparams.length;
  if (n !== y.tparams.length || x.variadic !== y.variadic) return false;
  let { params, results } = y;
  if (n > 0) {
    // Names of type parameters do not matter: put those of x into y.
    const map = newSubstMap(y.tparams, x.tparams);
    const where = { check: null, pos: 0, expanding: null, ctxt: new Context() };
    for (let i = 0; i < n; i++) {
      const bound = subst(y.tparams[i]!.bound, map, where);
      if (!same(x.tparams[i]!.bound, bound, ignoreTags, pairs)) return false;
    }
    params = subst(params, map, where) as TupleType;
    results = subst(results, map, where) as TupleType;
  }
  return (
    sameTuples(x.params, params, ignoreTags, pairs) &&
    sameTuples(x.results, results, ignoreTags, pairs)
  );
}

function sameInterfaces(
  x: InterfaceType,
  y: InterfaceType,
  ignoreTags: boolean,
  pairs: InterfacePair | null,
): boolean {
  const xset = typeSetOf(x);
  const yset = typeSetOf(y);
  if (xset.comparable !== yset.comparable || !equalTerms(xset.terms, yset.terms)) return false;
  const a = xset.methods;
  const b = yset.methods;
  if (a.length !== b.length) return false;
  if (isPairKnown(x, y, pairs)) return true;
  const pair = { x, y, prev: pairs };
  for (let i = 0; i < a.length; i++) {
    const f = a[i]!;
    const g = b[i]!;
    if (idOf(f.pkg, f.name) !== idOf(g.pkg, g.name)) return false;
    if (!same(f.type!, g.type!, ignoreTags, pair)) return false;
  }
  return true;
}

function sameNames(x: NamedType, y: NamedType): boolean {
  const a = x.targs;
  const b = y.targs;
  if (a.length !== b.length) return false;
  if (a.length > 0 && x.origin !== y.origin && !identicalOrigin(x, y)) return false;
  for (let i = 0; i < a.length; i++) if (!identical(a[i]!, b[i]!)) return false;
  return identicalOrigin(x, y);
}

/** Whether two defined types come from one declaration. */
export function identicalOrigin(x: NamedType, y: NamedType): boolean {
  return x.origin.obj === y.origin.obj;
}

/** The type that an untyped value gets where nothing says which; typed ones keep theirs. */
export function defaultType(t: Type): Type {
  if (t.kind !== TypeKind.Basic) return t;
  switch (t.basic) {
    case BasicKind.UntypedBool:
      return boolType;
    case BasicKind.UntypedInt:
      return intType;
    case BasicKind.UntypedRune:
      return runeType;
    case BasicKind.UntypedFloat:
      return float64Type;
    case BasicKind.UntypedComplex:
      return complex128Type;
    case BasicKind.UntypedString:
      return stringType;
    default:
      return t;
  }
}

/** Of two untyped types, the one that holds the values of both; null if there is none. */
export function maxType(x: Type, y: Type): Type | null {
  if (x === y) return x;
  if (x.kind !== TypeKind.Basic || y.kind !== TypeKind.Basic) return null;
  if (!isUntypedNumeric(x) || !isUntypedNumeric(y)) return null;
  return x.basic > y.basic ? x : y;
}

/** What kind of composite type `t` is, in words; '' for a basic type. */
export function compositeKind(t: Type): string {
  switch (under(t).kind) {
    case TypeKind.Array:
      return 'array';
    case TypeKind.Slice:
      return 'slice';
    case TypeKind.Struct:
      return 'struct';
    case TypeKind.Pointer:
      return 'pointer';
    case TypeKind.Signature:
      return 'func';
    case TypeKind.Interface:
      return 'interface';
    case TypeKind.Map:
      return 'map';
    case TypeKind.Chan:
      return 'chan';
    case TypeKind.Tuple:
      return 'tuple';
    case TypeKind.Union:
      return 'union';
    default:
      return '';
  }
}

const identifier = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;

/** Whether `s` can be an identifier; others are the parser's inventions for missing ones. */
export function isValidName(s: string): boolean {
  return identifier.test(s);
}
