/**
 * Underlying types, and what the types of a type set have in common.
 *
 * The underlying type of a type parameter is its constraint interface; operations on a value of
 * such a type ask about the specific types in that interface's type set instead (`everyUnder`,
 * `commonUnder`).
 *
 * Spec: "Underlying types", "Type parameter declarations".
 */
import type { Checker } from './check.ts';
import { resolveUnder } from './named.ts';
import { identical } from './predicates.ts';
import { ChanDir, invalidType, type Type, TypeKind, unalias } from './type.ts';
import { boundOf } from './typeparam.ts';
import { typeSetOf } from './typeset.ts';
import { typeStr } from './typestring.ts';

/** The underlying type: never a defined type, a type parameter or an alias. */
export function under(t: Type): Type {
  switch (t.kind) {
    case TypeKind.Named:
      return t.underlying ?? resolveUnder(t);
    case TypeKind.TypeParam:
      return boundOf(t);
    case TypeKind.Alias: {
      const actual = unalias(t);
      return actual.kind === TypeKind.Alias ? invalidType : under(actual);
    }
    default:
      return t;
  }
}

/** Like `under`, but never expands an instance: null if its underlying type is not known yet. */
export function knownUnder(t: Type): Type | null {
  const u = unalias(t);
  return u.kind === TypeKind.Named ? u.underlying : under(u);
}

/** Why an operation on a type fails; put into words only when it is reported. */
export type Cause = (check: Checker | null) => string;

/**
 * Whether `test(type, underlying)` holds for every specific type of t's type set, which is t itself
 * unless t is a type parameter. Without specific types it is asked once, about (null, null).
 */
export function everyType(t: Type, test: (t: Type | null, u: Type | null) => boolean): boolean {
  const p = unalias(t);
  if (p.kind !== TypeKind.TypeParam) return test(t, under(t));
  const { terms } = typeSetOf(boundOf(p));
  if (terms === null || terms.length === 0) return test(null, null);
  for (const term of terms) {
    // The type of a ~ term is its own underlying type.
    const u = unalias(term.type);
    if (!test(term.type, term.tilde ? u : under(u))) return false;
  }
  return true;
}

export function everyUnder(t: Type, test: (u: Type | null) => boolean): boolean {
  return everyType(t, (_, u) => test(u));
}

/**
 * The underlying type that all types of t's type set share; channels may differ in direction, then
 * it is one of the restricted ones. `condition` is asked about each type first, and may name a
 * cause of its own.
 */
export function commonUnder(
  t: Type,
  condition: ((t: Type | null, u: Type | null) => Cause | null) | null,
): { type: Type; cause: null } | { type: null; cause: Cause } {
  if (condition === null && unalias(t).kind !== TypeKind.TypeParam) {
    return { type: under(t), cause: null };
  }
  let common: Type | null = null;
  let from: Type | null = null;
  let cause: Cause | null = null;
  everyType(t, (tt, u) => {
    cause = condition === null ? null : condition(tt, u);
    if (cause !== null) return false;
    if (tt === null || u === null) {
      cause = () => 'no specific type';
      return false;
    }
    if (common === null || from === null) {
      from = tt;
      common = u;
      return true;
    }
    const first: Type = from;
    if (common.kind === TypeKind.Chan && u.kind === TypeKind.Chan) {
      if (!identical(common.elem, u.elem)) {
        cause = (check) =>
          `channels ${typeStr(check, first)} and ${typeStr(check, tt)} have different element types`;
        return false;
      }
      if (common.dir !== u.dir) {
        if (common.dir === ChanDir.Both) {
          from = tt;
          common = u;
        } else if (u.dir !== ChanDir.Both) {
          cause = (check) =>
            `channels ${typeStr(check, first)} and ${typeStr(check, tt)} have conflicting directions`;
          return false;
        }
      }
      return true;
    }
    if (!identical(common, u)) {
      cause = (check) =>
        `${typeStr(check, first)} and ${typeStr(check, tt)} have different underlying types`;
      return false;
    }
    return true;
  });
  if (cause !== null) return { type: null, cause };
  return { type: common!, cause: null };
}

/** Just the type of `commonUnder(t, null)`, or null. */
export function commonUnderOf(t: Type): Type | null {
  return unalias(t).kind === TypeKind.TypeParam ? commonUnder(t, null).type : under(t);
}
