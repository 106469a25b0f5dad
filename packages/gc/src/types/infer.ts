/**
 * Inference of type arguments.
 *
 * Typed function arguments are unified with the types of their parameters; then type parameters with
 * the core types and methods of their constraints, as long as that gives something new; then untyped
 * constants give their default types. What was inferred may mention other parameters and is
 * substituted until it does not.
 *
 * Spec: "Type inference".   GOROOT: src/cmd/compile/internal/types2/infer.go (wordings).
 */
import type { Pos } from '../syntax/pos.ts';
import { exprString } from '../syntax/print.ts';
import type { Checker } from './check.ts';
import type { ErrorBuilder } from './errors.ts';
import type { Why } from './instantiate.ts';
import { hasAllMethods } from './lookup.ts';
import type { VarObj } from './object.ts';
import { isNil, isValid, type Operand } from './operand.ts';
import { defaultType, isTyped, maxType } from './predicates.ts';
import { newSubstMap, subst, type SubstContext, type SubstMap } from './subst.ts';
import {
  cloneSignature,
  invalidType,
  type Term,
  type TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
  unalias,
} from './type.ts';
import { boundOf, renamedTypeParam } from './typeparam.ts';
import { everyTerm, typeSetOf } from './typeset.ts';
import { typeStr } from './typestring.ts';
import { commonUnderOf } from './under.ts';
import { UnifyMode, Unifier } from './unify.ts';
import { allowVersion, Version } from './version.ts';

/** What is to be inferred, and from what. */
export interface InferenceProblem {
  readonly pos: Pos;
  readonly tparams: readonly TypeParamType[];
  /** Given type arguments; null or missing at the end where there is none. */
  readonly targs: readonly (Type | null)[];
  readonly params: TupleType;
  /** As many as params. */
  readonly args: readonly Operand[];
  /** The call is made up for an assignment of a generic function: messages turn around. */
  readonly reverse: boolean;
}

/** All type arguments, or null; then `err` may have a description of why. */
export function infer(
  check: Checker,
  problem: InferenceProblem,
  err: ErrorBuilder,
): readonly Type[] | null {
  const { tparams, args } = problem;
  const n = tparams.length;
  if (problem.targs.length === n && !problem.targs.includes(null)) {
    return problem.targs as readonly Type[];
  }
  if (args.some((arg) => !isValid(arg))) return null;
  const targs = tparams.map((_, i) => problem.targs[i] ?? null);
  const where = check.substContext(0);
  // Parameters that mention given type arguments need not unify: assignability is enough.
  const params = subst(problem.params, newSubstMap(tparams, targs), where) as TupleType;
  const u = new Unifier(check, tparams, targs, allowVersion(check, Version.go1_21));
  const inference = new Inference(check, problem, params, u, err);
  if (!inference.fromArguments()) return null;
  if (!inference.fromConstraints()) return null;
  if (!inference.fromUntyped()) return null;

  const inferred = u.inferred(tparams);
  killCycles(tparams, inferred);
  simplify(tparams, targs, inferred, where);
  for (let i = 0; i < n; i++) {
    const t = inferred[i] ?? null;
    if (t === null || isParameterized(tparams, t)) {
      const { name, pos } = tparams[i]!.obj;
      const place = tparams[i]!.obj.pkg?.positions?.format(pos) ?? '<unknown position>';
      err.add(problem.pos, `cannot infer ${name} (declared at ${place})`);
      return null;
    }
  }
  return inferred as Type[];
}

class Inference {
  readonly check: Checker;
  readonly problem: InferenceProblem;
  readonly params: TupleType;
  readonly u: Unifier;
  readonly err: ErrorBuilder;
  /** Indices of untyped arguments for parameters whose type is a type parameter. */
  readonly untyped: number[] = [];

  constructor(
    check: Checker,
    problem: InferenceProblem,
    params: TupleType,
    u: Unifier,
    err: ErrorBuilder,
  ) {
    this.check = check;
    this.problem = problem;
    this.params = params;
    this.u = u;
    this.err = err;
  }

  fromArguments(): boolean {
    const { tparams, args } = this.problem;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      const par = this.params.vars[i]!.type!;
      if (!isParameterized(tparams, par) && !isParameterized(tparams, arg.type)) continue;
      if (isTyped(arg.type)) {
        if (this.u.unify(par, arg.type, UnifyMode.Assign)) continue;
        this.#mismatch(par, arg);
        return false;
      }
      // Untyped values have basic types, which no composite type matches.
      if (par.kind === TypeKind.TypeParam && !isNil(arg)) this.untyped.push(i);
    }
    return true;
  }

  #mismatch(par: Type, arg: Operand): void {
    const { check, err } = this;
    const { tparams, reverse } = this.problem;
    const str = (t: Type): string => typeStr(check, t);
    const expr = exprString(arg.expr!);
    const targs = this.u.inferred(tparams);
    if (targs.every((t) => t === null)) {
      err.add(
        arg,
        `type ${str(arg.type)} of ${expr} does not match ${str(par)} (cannot infer ${typeParamNames(tparams)})`,
      );
      return;
    }
    const inferred = subst(par, newSubstMap(tparams, targs), check.substContext(0));
    if (inferred === par) {
      err.add(arg, `type ${str(arg.type)} of ${expr} does not match ${str(par)}`);
    } else if (reverse) {
      err.add(
        arg,
        `inferred type ${str(inferred)} for ${str(par)} does not match type ${str(arg.type)} of ${expr}`,
      );
    } else {
      err.add(
        arg,
        `type ${str(arg.type)} of ${expr} does not match inferred type ${str(inferred)} for ${str(par)}`,
      );
    }
  }

  fromConstraints(): boolean {
    for (;;) {
      const before = this.u.unknowns();
      for (const tpar of this.problem.tparams) if (!this.#fromConstraint(tpar)) return false;
      if (this.u.unknowns() === before) return true;
    }
  }

  #fromConstraint(tpar: TypeParamType): boolean {
    const { check, u, err } = this;
    const { tparams, pos } = this.problem;
    const tx = u.at(tpar);
    const core = coreTerm(tpar);
    if (core !== null) {
      if (tx !== null) {
        if (!u.unify(tx, core.term.type, 0)) {
          err.add(pos, this.#unsatisfied(tpar, tx));
          return false;
        }
      } else if (core.single && !core.term.tilde) u.set(tpar, core.term.type);
    }
    // While its type mentions other parameters, its methods are not the final ones.
    if (tx === null || isParameterized(tparams, tx)) return true;
    const why: Why = { text: '' };
    const equivalent = (x: Type, y: Type): boolean => u.unify(x, y, UnifyMode.Exact);
    if (hasAllMethods(check, tx, boundOf(tpar), true, equivalent, why)) return true;
    err.add(pos, `${this.#unsatisfied(tpar, tx)} ${why.text}`);
    return false;
  }

  #unsatisfied(tpar: TypeParamType, tx: Type): string {
    const { check } = this;
    return `${typeStr(check, tpar)} (type ${typeStr(check, tx)}) does not satisfy ${typeStr(check, tpar.bound)}`;
  }

  fromUntyped(): boolean {
    const { check, u, err } = this;
    const { args } = this.problem;
    const widest = new Map<TypeParamType, Type>();
    for (const i of this.untyped) {
      const tpar = this.params.vars[i]!.type as TypeParamType;
      if (u.at(tpar) !== null) continue;
      const arg = args[i]!;
      const known = widest.get(tpar);
      const max = known === undefined ? arg.type : maxType(known, arg.type);
      if (max === null) {
        err.add(
          arg,
          `mismatched types ${typeStr(check, known!)} and ${typeStr(check, arg.type)} (cannot infer ${typeStr(check, tpar)})`,
        );
        return false;
      }
      widest.set(tpar, max);
    }
    for (const [tpar, t] of widest) u.set(tpar, defaultType(t));
    return true;
  }
}

/** Replaces parameters in what was inferred by what was inferred for them, until none is left. */
function simplify(
  tparams: readonly TypeParamType[],
  targs: readonly (Type | null)[],
  inferred: (Type | null)[],
  where: SubstContext,
): void {
  let dirty: number[] = [];
  for (let i = 0; i < inferred.length; i++) {
    if (inferred[i] !== null && targs[i] === null) dirty.push(i);
  }
  while (dirty.length > 0) {
    const map: SubstMap = newSubstMap(tparams, inferred.slice());
    dirty = dirty.filter((i) => {
      const before = inferred[i]!;
      let after = subst(before, map, where);
      if (after === before) return false;
      // A generic function whose parameters have all been replaced is not generic any more.
      if (
        after.kind === TypeKind.Signature &&
        after.tparams.length > 0 &&
        !isParameterized(tparams, after)
      ) {
        after = cloneSignature(after);
        after.tparams = [];
      }
      inferred[i] = after;
      return true;
    });
  }
}

/**
 * New type parameters in the place of `tparams`, and `t` with them: a call of a generic function
 * within itself must not confuse what it solves for with what it was given.
 */
export function renameTypeParams(
  check: Checker,
  tparams: readonly TypeParamType[],
  t: Type,
): { tparams: readonly TypeParamType[]; type: Type } {
  if (tparams.length === 0) return { tparams, type: t };
  const renamed = tparams.map((p) => renamedTypeParam(null, p, invalidType));
  const map = newSubstMap(tparams, renamed);
  const where = check.substContext(0);
  for (let i = 0; i < tparams.length; i++) {
    renamed[i]!.bound = subst(tparams[i]!.bound, map, where);
  }
  return { tparams: renamed, type: subst(t, map, where) };
}

/** `P`, `P and Q`, `P, Q, and R` */
function typeParamNames(list: readonly TypeParamType[]): string {
  const names = list.map((p) => p.obj.name);
  if (names.length <= 2) return names.join(' and ');
  return `${names.slice(0, -1).join(', ')}, and ${names.at(-1)!}`;
}

/** Whether `t` mentions any of `tparams`; those that a generic function declares itself do not count. */
export function isParameterized(tparams: readonly TypeParamType[], t: Type): boolean {
  return mentionsAny(tparams, t, []);
}

function mentionsAny(tparams: readonly TypeParamType[], t: Type, seen: Type[]): boolean {
  switch (t.kind) {
    case TypeKind.Basic:
      return false;
    case TypeKind.TypeParam:
      return tparams.includes(t);
    case TypeKind.Alias: {
      const u = unalias(t);
      return u.kind !== TypeKind.Alias && mentionsAny(tparams, u, seen);
    }
    case TypeKind.Array:
    case TypeKind.Slice:
    case TypeKind.Pointer:
    case TypeKind.Chan:
      return mentionsAny(tparams, t.elem, seen);
    case TypeKind.Map:
      return mentionsAny(tparams, t.key, seen) || mentionsAny(tparams, t.elem, seen);
    case TypeKind.Named:
      return t.targs.some((targ) => mentionsAny(tparams, targ, seen));
    case TypeKind.Struct:
      return anyVar(tparams, t.fields, seen);
    case TypeKind.Tuple:
      return anyVar(tparams, t.vars, seen);
    case TypeKind.Signature:
      return anyVar(tparams, t.params.vars, seen) || anyVar(tparams, t.results.vars, seen);
    case TypeKind.Union:
      return t.terms.some((x) => mentionsAny(tparams, x.type, seen));
    case TypeKind.Interface: {
      // Cycles that no name breaks go through interfaces.
      if (seen.includes(t)) return false;
      seen.push(t);
      const tset = typeSetOf(t);
      if (tset.methods.some((m) => mentionsAny(tparams, m.type!, seen))) return true;
      return everyTerm(tset, (x) => x !== null && mentionsAny(tparams, x.type, seen));
    }
  }
}

function anyVar(tparams: readonly TypeParamType[], vars: readonly VarObj[], seen: Type[]): boolean {
  for (const v of vars) if (mentionsAny(tparams, v.type!, seen)) return true;
  return false;
}

/**
 * The single specific type of a constraint; or its core type, with a tilde if any of its terms has
 * one; or null.
 */
function coreTerm(tpar: TypeParamType): { term: Term; single: boolean } | null {
  const { terms } = typeSetOf(boundOf(tpar));
  if (terms !== null && terms.length === 1) return { term: terms[0]!, single: true };
  const type = commonUnderOf(tpar);
  if (type === null) return null;
  return { term: { tilde: (terms ?? []).some((x) => x.tilde), type }, single: false };
}

/** Forgets what was inferred for parameters that it leads back to: substitution would not end. */
function killCycles(tparams: readonly TypeParamType[], inferred: (Type | null)[]): void {
  const open = new Set<Type>();
  const visitVars = (vars: readonly VarObj[]): void => {
    for (const v of vars) visit(v.type!);
  };
  const visit = (t0: Type): void => {
    const t = unalias(t0);
    if (t.kind === TypeKind.Basic) return;
    if (open.has(t)) {
      const i = t.kind === TypeKind.TypeParam ? tparams.indexOf(t) : -1;
      if (i >= 0) inferred[i] = null;
      return;
    }
    open.add(t);
    switch (t.kind) {
      case TypeKind.Array:
      case TypeKind.Slice:
      case TypeKind.Pointer:
      case TypeKind.Chan:
        visit(t.elem);
        break;
      case TypeKind.Map:
        visit(t.key);
        visit(t.elem);
        break;
      case TypeKind.Struct:
        visitVars(t.fields);
        break;
      case TypeKind.Tuple:
        visitVars(t.vars);
        break;
      case TypeKind.Signature:
        visitVars(t.params.vars);
        visitVars(t.results.vars);
        break;
      case TypeKind.Union:
        for (const x of t.terms) visit(x.type);
        break;
      case TypeKind.Interface:
        for (const m of t.methods) visit(m.type!);
        for (const e of t.embeddeds) visit(e);
        break;
      case TypeKind.Named:
        for (const targ of t.targs) visit(targ);
        break;
      case TypeKind.TypeParam: {
        const i = tparams.indexOf(t);
        if (i >= 0 && inferred[i] !== null) visit(inferred[i]!);
        break;
      }
      case TypeKind.Alias:
        break;
    }
    open.delete(t);
  };
  for (const p of tparams) visit(p);
}
