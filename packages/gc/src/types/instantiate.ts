/**
 * Instances of generic types and functions, and whether type arguments satisfy constraints.
 *
 * Spec: "Instantiations", "Satisfying a type constraint", "Implementing an interface".
 * GOROOT: src/cmd/compile/internal/types2/instantiate.go (wordings).
 */
import type { Pos } from '../syntax/pos.ts';
import type { Checker } from './check.ts';
import type { GenericType } from './context.ts';
import { isInterfacePtr, hasAllMethods, interfacePtrError } from './lookup.ts';
import { newNamedInstance, typeParamsOf } from './named.ts';
import { newTypeName } from './object.ts';
import { comparableCause, identical, isInvalid } from './predicates.ts';
import { newSubstMap, subst, type SubstContext } from './subst.ts';
import { isSubset, termIncludes, termListStr } from './termlist.ts';
import {
  type AliasType,
  cloneSignature,
  type InterfaceType,
  invalidType,
  newAliasInstance,
  type SignatureType,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { boundOf } from './typeparam.ts';
import { hasTerms, isAll, isComparableSet, isEmptySet, typeSetOf } from './typeset.ts';
import { typeStr } from './typestring.ts';
import { under } from './under.ts';
import { allowVersion, Version } from './version.ts';

/**
 * The instance of `origin` for `targs`: one that exists in one of the contexts, else a new one.
 * A wrong number of arguments for an alias or function is reported, and gives the invalid type; for
 * a defined type that waits until it is looked into.
 */
export function instance(where: SubstContext, origin: GenericType, targs: readonly Type[]): Type {
  const { check, pos, expanding } = where;
  // An instance known along the chain of expansions is preferred: that keeps cycles closed.
  const inner = expanding === null ? null : expanding.ctxt;
  const outer = where.ctxt;
  const record = (t: Type): Type => {
    const u = outer === null ? t : outer.update(origin, targs, t);
    return inner === null ? u : inner.update(origin, targs, u);
  };
  const known = inner?.lookup(origin, targs) ?? outer?.lookup(origin, targs) ?? null;
  if (known !== null) return record(known);
  switch (origin.kind) {
    case TypeKind.Named:
      return record(newNamedInstance(check, pos, origin, targs, expanding));
    case TypeKind.Alias: {
      const n = origin.tparams.length;
      if (!validateTypeArgCount(check, pos, origin.obj.name, n, targs.length)) return invalidType;
      if (n === 0) return origin;
      return record(newAliasInstanceOf(origin, targs, where));
    }
    case TypeKind.Signature: {
      const { tparams } = origin;
      const name = typeStr(null, origin);
      if (!validateTypeArgCount(check, pos, name, tparams.length, targs.length)) return invalidType;
      if (tparams.length === 0) return origin;
      let sig = subst(origin, newSubstMap(tparams, targs), {
        check,
        pos,
        expanding: null,
        ctxt: where.ctxt,
      }) as SignatureType;
      if (sig === origin) sig = cloneSignature(sig);
      sig.tparams = [];
      return record(sig);
    }
  }
}

export function newAliasInstanceOf(
  origin: AliasType,
  targs: readonly Type[],
  where: SubstContext,
): AliasType {
  const rhs = subst(origin.rhs ?? invalidType, newSubstMap(origin.tparams, targs), where);
  const obj = newTypeName(where.pos, origin.obj.pkg, origin.obj.name, null);
  return newAliasInstance(obj, origin, targs, rhs);
}

/** Whether there are as many type arguments as parameters; reports it if not. */
export function validateTypeArgCount(
  check: Checker | null,
  pos: Pos,
  name: string,
  want: number,
  got: number,
): boolean {
  if (got === want) return true;
  const which = got < want ? 'not enough' : 'too many';
  if (check !== null) {
    check.error(
      pos,
      'WrongTypeArgCount',
      `${which} type arguments for type ${name}: have ${got}, want ${want}`,
    );
  }
  return false;
}

/** The first type argument that does not satisfy its constraint, and why; null if all do. */
export function verifyInstance(
  where: SubstContext,
  tparams: readonly TypeParamType[],
  targs: readonly Type[],
): { index: number; cause: string } | null {
  const map = newSubstMap(tparams, targs);
  for (let i = 0; i < tparams.length; i++) {
    const tpar = tparams[i]!;
    // Puts a constraint that is not an interface into one.
    boundOf(tpar);
    const bound = subst(tpar.bound, map, where);
    const why: Why = { text: '' };
    if (!implementsType(where.check, targs[i]!, bound, true, why)) {
      return { index: i, cause: why.text };
    }
  }
  return null;
}

/** Receives the reason of a refusal. */
export interface Why {
  text: string;
}

/**
 * Whether V implements T, or satisfies it if T is a constraint. If not and `why` is there, it
 * receives a sentence about it.
 */
export function implementsType(
  check: Checker | null,
  V: Type,
  T: Type,
  constraint: boolean,
  why: Why | null,
): boolean {
  const Vu = under(V);
  const Tu = under(T);
  if (isInvalid(Vu) || isInvalid(Tu)) return true;
  if (Vu.kind === TypeKind.Pointer && isInvalid(under(Vu.elem))) return true;
  const verb = constraint ? 'satisfy' : 'implement';
  const str = (t: Type): string => typeStr(check, t);
  if (Tu.kind !== TypeKind.Interface) {
    if (why !== null) {
      const detail = isInterfacePtr(Tu)
        ? interfacePtrError(check, T)
        : `${str(T)} is not an interface`;
      why.text = `${str(V)} does not ${verb} ${str(T)} (${detail})`;
    }
    return false;
  }
  const Tset = typeSetOf(Tu);
  if (isAll(Tset)) return true;
  const Vset = Vu.kind === TypeKind.Interface ? typeSetOf(Vu) : null;
  // The empty set is part of every set, and nothing else is part of it.
  if (Vset !== null && isEmptySet(Vset)) return true;
  if (isEmptySet(Tset)) {
    if (why !== null) why.text = `cannot ${verb} ${str(T)} (empty type set)`;
    return false;
  }
  if (!hasAllMethods(check, V, T, true, identical, why)) {
    if (why !== null) why.text = `${str(V)} does not ${verb} ${str(T)} ${why.text}`;
    return false;
  }
  if (!hasTerms(Tset)) return satisfiesComparable(check, V, Tu, constraint, why);
  if (Vset !== null) {
    if (isSubset(Vset.terms, Tset.terms)) {
      return satisfiesComparable(check, V, Tu, constraint, why);
    }
    if (why !== null) why.text = `${str(V)} does not ${verb} ${str(T)}`;
    return false;
  }
  if (Tset.terms!.some((x) => termIncludes(x, V))) {
    return satisfiesComparable(check, V, Tu, constraint, why);
  }
  if (why !== null) {
    why.text = `${str(V)} does not ${verb} ${str(T)} (${notInTypeSet(check, V, T, Tu)})`;
  }
  return false;
}

function notInTypeSet(check: Checker | null, V: Type, T: Type, Tu: InterfaceType): string {
  const str = (t: Type): string => typeStr(check, t);
  const terms = typeSetOf(Tu).terms!;
  const near = terms.find(
    (x) =>
      !x.tilde &&
      identical(x.type, under(x.type)) &&
      termIncludes({ tilde: true, type: x.type }, V),
  );
  if (near !== undefined) return `possibly missing ~ for ${str(near.type)} in ${str(T)}`;
  if (mentions(Tu, V)) {
    return `${str(T)} mentions ${str(V)}, but ${str(V)} is not in the type set of ${str(T)}`;
  }
  return `${str(V)} missing in ${termListStr(terms)}`;
}

/** Whether V is comparable if T wants that. */
function satisfiesComparable(
  check: Checker | null,
  V: Type,
  T: InterfaceType,
  constraint: boolean,
  why: Why | null,
): boolean {
  if (!isComparableSet(typeSetOf(T), null)) return true;
  if (comparableCause(V, false, null) === null) return true;
  const verb = constraint ? 'satisfy' : 'implement';
  // Interfaces satisfy comparable though comparing them may panic.
  if (constraint && comparableCause(V, true, null) === null) {
    if (check === null || allowVersion(check, Version.go1_20)) return true;
    if (why !== null) {
      why.text = `${typeStr(check, V)} to ${verb} comparable requires go1.20 or later`;
    }
    return false;
  }
  if (why !== null) why.text = `${typeStr(check, V)} does not ${verb} comparable`;
  return false;
}

/** Whether `t` occurs as an element or term of T. */
function mentions(T: Type, t: Type): boolean {
  switch (T.kind) {
    case TypeKind.Interface:
      return T.embeddeds.some((e) => mentions(e, t));
    case TypeKind.Union:
      return T.terms.some((x) => mentions(x.type, t));
    default:
      return identical(T, t);
  }
}

/** The type parameters of what is generic. */
export function typeParamsOfGeneric(t: GenericType): readonly TypeParamType[] {
  return t.kind === TypeKind.Signature ? t.tparams : typeParamsOf(t);
}
