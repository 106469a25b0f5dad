/**
 * Sets of types as lists of terms `T` and `~T`.
 *
 * null is the set of all types, the empty list the empty set. Other lists are in normal form: no
 * two terms overlap. All algorithms are quadratic; constraints are short.
 *
 * Spec: "General interfaces".
 */
import type { Checker } from './check.ts';
import { identical } from './predicates.ts';
import type { Term, Type } from './type.ts';
import { typeStr } from './typestring.ts';
import { under } from './under.ts';

export type TermList = readonly Term[] | null;

export const noTerms: readonly Term[] = Object.freeze([]);

/** Whether no type is in both. Terms with interface types are for the caller to treat. */
export function disjoint(x: Term, y: Term): boolean {
  const ux = y.tilde ? under(x.type) : x.type;
  const uy = x.tilde ? under(y.type) : y.type;
  return !identical(ux, uy);
}

export function termIncludes(x: Term, t: Type): boolean {
  return identical(x.type, x.tilde ? under(t) : t);
}

function termSubset(x: Term, y: Term): boolean {
  return !disjoint(x, y) && (!x.tilde || y.tilde);
}

/** Of two terms that overlap, the one that has all types of both. */
function wider(x: Term, y: Term): Term {
  return x.tilde || !y.tilde ? x : y;
}

function narrower(x: Term, y: Term): Term {
  return !x.tilde || y.tilde ? x : y;
}

function normalise(list: readonly Term[]): readonly Term[] {
  if (list.length <= 1) return list;
  const used = new Uint8Array(list.length);
  const result: Term[] = [];
  for (let i = 0; i < list.length; i++) {
    if (used[i] !== 0) continue;
    let x = list[i]!;
    for (let j = i + 1; j < list.length; j++) {
      if (used[j] !== 0 || disjoint(x, list[j]!)) continue;
      x = wider(x, list[j]!);
      used[j] = 1;
    }
    result.push(x);
  }
  return result;
}

export function unionOf(a: TermList, b: TermList): TermList {
  if (a === null || b === null) return null;
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return normalise([...a, ...b]);
}

export function intersectionOf(a: TermList, b: TermList): TermList {
  if (a === null) return b;
  if (b === null) return a;
  const result: Term[] = [];
  for (const x of a) for (const y of b) if (!disjoint(x, y)) result.push(narrower(x, y));
  return normalise(result);
}

export function isSubset(a: TermList, b: TermList): boolean {
  if (b === null) return true;
  if (a === null) return false;
  return a.every((x) => b.some((y) => termSubset(x, y)));
}

export function equalTerms(a: TermList, b: TermList): boolean {
  return a === b || (isSubset(a, b) && isSubset(b, a));
}

export function termStr(check: Checker | null, x: Term): string {
  return (x.tilde ? '~' : '') + typeStr(check, x.type);
}

/** Always with package paths: `~string | time.Duration`. */
export function termListStr(list: TermList): string {
  if (list === null) return '𝓤';
  if (list.length === 0) return '∅';
  return list.map((x) => termStr(null, x)).join(' | ');
}
