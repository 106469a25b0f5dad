/**
 * Type sets of interfaces: methods, terms, and whether only comparable types are meant.
 *
 * The type set is the intersection of those of the interface's elements; methods are kept apart,
 * since only embedded interfaces contribute any. It is computed once, when first asked for, with
 * errors going to the checker that is at work then, if there is one.
 *
 * Invariant: `comparable` implies `terms === null`.
 * Spec: "Interface types".   GOROOT: src/cmd/compile/internal/types2/typeset.go (wordings).
 */
import type { Pos } from '../syntax/pos.ts';
import type { Checker } from './check.ts';
import { ErrorBuilder } from './errors.ts';
import { compareFuncs, type FuncObj, hasId, hasIdFold, idOf } from './object.ts';
import type { Package } from './package.ts';
import { comparableCause, identical, isInvalid } from './predicates.ts';
import { intersectionOf, noTerms, type TermList, unionOf } from './termlist.ts';
import {
  asNamed,
  type InterfaceType,
  type Term,
  topTypeSet,
  type Type,
  TypeKind,
  type UnionType,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { under } from './under.ts';
import { allowVersion, verifyVersion, Version } from './version.ts';

export interface TypeSet {
  /** Sorted by id. */
  methods: readonly FuncObj[];
  terms: TermList;
  comparable: boolean;
}

export function typeSetOf(t: InterfaceType): TypeSet {
  return t.tset ?? computeTypeSet(t.check, t);
}

/** Fully described by its methods: may be the type of a variable. */
export function isMethodSet(s: TypeSet): boolean {
  return !s.comparable && s.terms === null;
}

export function isAll(s: TypeSet): boolean {
  return isMethodSet(s) && s.methods.length === 0;
}

export function isEmptySet(s: TypeSet): boolean {
  return s.terms !== null && s.terms.length === 0;
}

/** Has specific types: some, not all. */
export function hasTerms(s: TypeSet): boolean {
  return s.terms !== null && s.terms.length > 0;
}

/** Whether all types of the set are comparable. */
export function isComparableSet(s: TypeSet, seen: Set<Type> | null): boolean {
  if (s.terms === null) return s.comparable;
  return everyTerm(s, (x) => x !== null && comparableCause(x.type, false, seen) === null);
}

/** Whether `test` holds for all specific terms; without any, whether it does for null. */
export function everyTerm(s: TypeSet, test: (x: Term | null) => boolean): boolean {
  if (s.terms === null || s.terms.length === 0) return test(null);
  for (const x of s.terms) if (!test(x)) return false;
  return true;
}

/** The index among `methods` of what `name` means in `pkg`, or -1. */
export function methodIndex(
  methods: readonly FuncObj[],
  pkg: Package | null,
  name: string,
  fold: boolean,
): number {
  if (name === '_') return -1;
  for (let i = 0; i < methods.length; i++) {
    const m = methods[i]!;
    if (fold ? hasIdFold(m, pkg, name) : hasId(m, pkg, name)) return i;
  }
  return -1;
}

/** Whether `t` is an interface of another package that can only be a constraint. */
export function isImportedConstraint(check: Checker, t: Type | null): boolean {
  const named = asNamed(t);
  if (named === null || named.obj.pkg === check.pkg || named.obj.pkg === null) return false;
  const u = under(named);
  return u.kind === TypeKind.Interface && !isMethodSet(typeSetOf(u));
}

/** Collects the methods of one interface, its own and those of embedded ones. */
class MethodCollector {
  readonly check: Checker | null;
  readonly methods: FuncObj[] = [];
  /** By id: the method, and where it is declared or embedded. */
  readonly #seen = new Map<string, { m: FuncObj; pos: Pos }>();

  constructor(check: Checker | null) {
    this.check = check;
  }

  add(pos: Pos, m: FuncObj, explicit: boolean): void {
    const id = idOf(m.pkg, m.name);
    const other = this.#seen.get(id);
    if (other === undefined) {
      this.#seen.set(id, { m, pos });
      this.methods.push(m);
      return;
    }
    const { check } = this;
    if (check === null) return;
    if (explicit) {
      this.#duplicate(check, pos, m.name, other.pos);
      return;
    }
    // Signatures can be compared only when all types are there.
    check.later(() => {
      const tooEarly = pos !== 0 && !allowVersion(check, Version.go1_14);
      if (tooEarly || !identical(m.type!, other.m.type!)) {
        this.#duplicate(check, pos, m.name, other.pos);
      }
    });
  }

  #duplicate(check: Checker, pos: Pos, name: string, otherPos: Pos): void {
    const err = new ErrorBuilder(check, 'DuplicateDecl');
    err.add(pos, `duplicate method ${name}`);
    err.add(otherPos, `other declaration of method ${name}`);
    err.report();
  }
}

/** Computes the type set of `t` and stores it there; that of an incomplete interface is a guess. */
export function computeTypeSet(check: Checker | null, t: InterfaceType): TypeSet {
  if (t.tset !== null) return t.tset;
  // Errors that follow from a partial set would be worse than none.
  if (!t.complete) return topTypeSet;
  // Cycles are reported elsewhere; here they must end.
  const tset: TypeSet = { methods: [], terms: null, comparable: false };
  t.tset = tset;
  const collector = new MethodCollector(check);
  for (const m of t.methods) collector.add(m.pos, m, true);
  let terms: TermList = null;
  let comparable = false;
  const { embeddeds } = t;
  for (let i = 0; i < embeddeds.length; i++) {
    const element = elementSet(check, t.embedPos[i] ?? 0, embeddeds[i]!, collector);
    if (element === null) continue;
    terms = intersectionOf(terms, element.terms);
    comparable ||= element.comparable;
    if (comparable && terms !== null) {
      terms = terms.filter((x) => comparableCause(x.type, false, null) === null);
      comparable = false;
    }
  }
  tset.comparable = comparable;
  tset.terms = terms;
  tset.methods = collector.methods.sort(compareFuncs);
  return tset;
}

/** What an embedded element contributes, or null for nothing. Adds methods to `collector`. */
function elementSet(
  check: Checker | null,
  pos: Pos,
  t: Type,
  collector: MethodCollector,
): { terms: TermList; comparable: boolean } | null {
  // Positions are known for interfaces of this package only, and only those are checked.
  const versioned = pos !== 0 && check !== null;
  const u = under(t);
  if (u.kind === TypeKind.Interface) {
    const tset = computeTypeSet(check, u);
    if (
      versioned &&
      isImportedConstraint(check, t) &&
      !verifyVersion(check, pos, Version.go1_18, () => {
        return `embedding constraint interface ${typeStr(check, t)}`;
      })
    ) {
      return null;
    }
    for (const m of tset.methods) collector.add(pos, m, false);
    return tset;
  }
  if (u.kind === TypeKind.Union) {
    if (
      versioned &&
      !verifyVersion(check, pos, Version.go1_18, () => {
        return `embedding interface element ${typeStr(check, u)}`;
      })
    ) {
      return null;
    }
    const terms = unionTerms(check, pos, u);
    return terms === undefined ? null : { terms, comparable: false };
  }
  if (isInvalid(u)) return null;
  if (
    versioned &&
    !verifyVersion(check, pos, Version.go1_18, () => {
      return `embedding non-interface type ${typeStr(check, t)}`;
    })
  ) {
    return null;
  }
  return { terms: [{ tilde: false, type: t }], comparable: false };
}

/** Keeps quadratic algorithms in bounds. */
export const maxTermCount = 100;

/** The types of a union; undefined if there are too many. */
export function unionTerms(check: Checker | null, pos: Pos, t: UnionType): TermList | undefined {
  const memo = check === null ? undefined : check.unionTerms.get(t);
  if (memo !== undefined) return memo.terms;
  const entry: { terms: TermList | undefined } = { terms: noTerms };
  check?.unionTerms.set(t, entry);
  let all: TermList = noTerms;
  for (const term of t.terms) {
    const u = under(term.type);
    let terms: TermList;
    if (u.kind === TypeKind.Interface) terms = computeTypeSet(check, u).terms;
    else if (isInvalid(u)) continue;
    // No type has an underlying type that is not its own: the set is empty, the error elsewhere.
    else if (term.tilde && !identical(term.type, u)) terms = noTerms;
    else terms = [term];
    all = unionOf(all, terms);
    if (all !== null && all.length > maxTermCount) {
      if (check !== null) {
        check.error(
          pos,
          'InvalidUnion',
          `cannot handle more than ${maxTermCount} union terms (implementation limitation)`,
        );
      }
      entry.terms = undefined;
      return undefined;
    }
  }
  entry.terms = all;
  return all;
}
