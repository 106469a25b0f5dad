/**
 * Cycles of declarations.
 *
 * Three kinds are found in three ways: type names that lead to each other without a type literal in
 * between (`directCycles`, on the syntax, before anything is declared); objects that are needed while
 * they are being looked at (`validCycle`); and types that are used before they are complete
 * (`isComplete`). Types that contain themselves are for validtype.ts, initialisation for initorder.ts.
 *
 * GOROOT: src/cmd/compile/internal/types2/{cycles,decl}.go (wordings).
 */
import { NodeKind } from '../syntax/nodes.ts';
import type { Checker } from './check.ts';
import { ErrorBuilder } from './errors.ts';
import { isAliasName, type Obj, ObjKind, type TypeNameObj } from './object.ts';
import { isGeneric } from './predicates.ts';
import { asNamed, invalidType, isInstance, type Type, TypeKind } from './type.ts';
import { packagePrefix, typeStr } from './typestring.ts';

/** Finds type names declared as each other; the first one of a cycle becomes invalid. */
export function directCycles(check: Checker): void {
  /** Place on the current path, or -1 if done. */
  const state = new Map<TypeNameObj, number>();
  for (const obj of check.objList) {
    if (obj.kind === ObjKind.TypeName) directCycle(check, obj, state);
  }
}

function directCycle(check: Checker, start: TypeNameObj, state: Map<TypeNameObj, number>): void {
  const path: TypeNameObj[] = [];
  let name = start;
  for (;;) {
    const at = state.get(name);
    if (at !== undefined) {
      if (at >= 0) {
        name.type = invalidType;
        const cycle = path.slice(at);
        cycleError(check, cycle, firstInSource(check, cycle));
      }
      break;
    }
    state.set(name, path.length);
    path.push(name);
    const rhs = name.decl?.tdecl?.type;
    if (rhs === undefined || rhs.kind !== NodeKind.Name) break;
    const next = check.pkg.scope.lookup(rhs.value);
    if (next === null || next.kind !== ObjKind.TypeName) break;
    name = next;
  }
  for (const done of path) state.set(done, -1);
}

/** The index of the object that is declared first. */
export function firstInSource(check: Checker, path: readonly Obj[]): number {
  let first = 0;
  for (let i = 1; i < path.length; i++) {
    if (check.positions.compare(path[i]!.pos, path[first]!.pos) < 0) first = i;
  }
  return first;
}

/** Whether the cycle that `obj`, needed while it is being looked at, closes is allowed. */
export function validCycle(check: Checker, obj: Obj): boolean {
  const cycle = check.objPath.slice(check.objPathIndex.get(obj));
  let values = 0;
  let definitions = 0;
  for (const o of cycle) {
    if (o.kind === ObjKind.Const || o.kind === ObjKind.Var) values++;
    else if (o.kind === ObjKind.TypeName) {
      // Through a type parameter list.
      if (check.inTypeParamList && o.type !== null && isGeneric(o.type)) return true;
      if (!isAliasName(o)) definitions++;
    }
  }
  // Among values only: found when initialisation is ordered.
  if (values === cycle.length) return true;
  if (values === 0 && definitions > 0) return true;
  cycleError(check, cycle, firstInSource(check, cycle));
  return false;
}

/** Reports a cycle, from the object at `start` on. */
export function cycleError(check: Checker, cycle: readonly Obj[], start: number): void {
  const name = (o: Obj): string => {
    const named = asNamed(o.type);
    if (named !== null && isInstance(named)) return typeStr(check, named);
    return packagePrefix(o.pkg, check.qualifier) + o.name;
  };
  let obj = cycle[start]!;
  const isType = obj.kind === ObjKind.TypeName;
  // One report is enough.
  if (isType && obj.type !== null && obj.type.kind === TypeKind.Alias) {
    obj.type.rhs = invalidType;
    obj.type.underlying = null;
  }
  if (cycle.length === 1) {
    const what = isType ? 'invalid recursive type' : 'invalid cycle in declaration';
    check.error(obj.pos, 'InvalidDeclCycle', `${what}: ${name(obj)} refers to itself`);
    return;
  }
  const err = new ErrorBuilder(check, 'InvalidDeclCycle');
  const what = isType ? 'invalid recursive type' : 'invalid cycle in declaration of';
  err.add(obj.pos, `${what} ${name(obj)}`);
  for (let i = 1; i <= cycle.length; i++) {
    const next = cycle[(start + i) % cycle.length]!;
    err.add(obj.pos, `${name(obj)} refers to ${name(next)}`);
    obj = next;
  }
  err.report();
}

/** Whether `t` is far enough along to have an underlying type; reports the cycle if not. */
export function isComplete(check: Checker, t: Type): boolean {
  let at: Type | null = t;
  while (at !== null && (at.kind === TypeKind.Named || at.kind === TypeKind.Alias)) {
    const i = check.objPath.length === 0 ? undefined : check.objPathIndex.get(at.obj);
    if (i !== undefined) {
      const cycle = check.objPath.slice(i);
      cycleError(check, cycle, firstInSource(check, cycle));
      return false;
    }
    // The chain of names may go on to one that is not complete.
    at = at.kind === TypeKind.Named && at.underlying !== null ? null : at.rhs;
  }
  return true;
}
