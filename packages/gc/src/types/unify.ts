/**
 * Unification: the types for type parameters that make two types agree.
 *
 * Each parameter to be solved for has a handle, shared by parameters that were found to be equal;
 * what is inferred for one then holds for all. Inexact unification ignores the difference between a
 * defined type and its underlying type, directions of channels, and lets an interface match what
 * implements it. In an assignment that holds at the top level only.
 *
 * Spec: "Type unification".
 */
import { InternalError } from '@go-ts/base';
import type { Checker } from './check.ts';
import { objDecl } from './decl.ts';
import { lookupFieldOrMethod } from './lookup.ts';
import { type FuncObj, hasId, idOf, ObjKind, signatureOf } from './object.ts';
import {
  identical,
  identicalOrigin,
  type InterfacePair,
  isInterface,
  isPairKnown,
  isTypeLit,
  isTypeParam,
} from './predicates.ts';
import { equalTerms } from './termlist.ts';
import {
  asNamed,
  ChanDir,
  type InterfaceType,
  type NamedType,
  type StructType,
  tagOf,
  type TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
  unalias,
} from './type.ts';
import { typeSetOf } from './typeset.ts';
import { commonUnderOf, under } from './under.ts';

/** Bits of a mode; 0 is inexact. */
export const UnifyMode = { Assign: 1, Exact: 2 } as const;

const depthLimit = 50;

interface Handle {
  type: Type | null;
}

export class Unifier {
  readonly #check: Checker;
  readonly #handles = new Map<TypeParamType, Handle>();
  /** Whether interfaces match what implements them. */
  readonly #interfaces: boolean;
  #depth = 0;

  constructor(
    check: Checker,
    tparams: readonly TypeParamType[],
    targs: readonly (Type | null)[],
    interfaces: boolean,
  ) {
    this.#check = check;
    this.#interfaces = interfaces;
    for (let i = 0; i < tparams.length; i++) {
      this.#handles.set(tparams[i]!, { type: targs[i] ?? null });
    }
  }

  /** What is inferred for `p`, or null. */
  at(p: TypeParamType): Type | null {
    return this.#handles.get(p)!.type;
  }

  set(p: TypeParamType, t: Type): void {
    this.#handles.get(p)!.type = t;
  }

  /** How many parameters have no type yet. */
  unknowns(): number {
    let n = 0;
    for (const h of this.#handles.values()) if (h.type === null) n++;
    return n;
  }

  inferred(tparams: readonly TypeParamType[]): (Type | null)[] {
    return tparams.map((p) => this.at(p));
  }

  unify(x: Type, y: Type, mode: number): boolean {
    return this.#nify(x, y, mode, null);
  }

  #bound(t: Type): TypeParamType | null {
    const p = unalias(t);
    return p.kind === TypeKind.TypeParam && this.#handles.has(p) ? p : null;
  }

  /** Makes x and y one; false if both have a type already. */
  #join(x: TypeParamType, y: TypeParamType): boolean {
    const hx = this.#handles.get(x)!;
    const hy = this.#handles.get(y)!;
    if (hx === hy) return true;
    if (hx.type !== null && hy.type !== null) return false;
    const [from, to] = hx.type === null ? [hx, hy] : [hy, hx];
    for (const [p, h] of this.#handles) if (h === from) this.#handles.set(p, to);
    return true;
  }

  #nify(x: Type, y: Type, mode: number, pairs: InterfacePair | null): boolean {
    if (x === y || unalias(x) === unalias(y)) return true;
    if (++this.#depth > depthLimit) {
      throw new InternalError('unification reached recursion depth limit');
    }
    const result = this.#differing(x, y, mode, pairs);
    this.#depth--;
    return result;
  }

  #differing(x0: Type, y0: Type, mode: number, pairs: InterfacePair | null): boolean {
    let x = x0;
    let y = y0;
    // A defined type is to be in y, a parameter to solve for in x.
    if (asNamed(x) !== null || this.#bound(y) !== null) [x, y] = [y, x];
    const exact = (mode & UnifyMode.Exact) !== 0;
    const named = asNamed(y);
    if (!exact && named !== null && isTypeLit(x) && !(this.#interfaces && isInterface(x))) {
      y = under(named);
      if (unalias(x) === unalias(y)) return true;
    }
    const px = this.#bound(x);
    if (px !== null) {
      const py = this.#bound(y);
      if (py !== null) {
        return this.#join(px, py) || this.#nify(this.at(px)!, this.at(py)!, mode, pairs);
      }
      const known = this.at(px);
      if (known !== null) return this.#matchKnown(px, known, y, mode, pairs);
      this.set(px, y);
      return true;
    }
    if (this.#interfaces && !exact) {
      const xi = asInterface(x);
      const yi = asInterface(y);
      if (xi !== null && yi !== null) return this.#twoInterfaces(xi, yi, pairs);
      if (xi !== null) return this.#implementing(xi, y, pairs);
      if (yi !== null) return this.#implementing(yi, x, pairs);
    }
    // Parameters that remain are not to be solved for: let one be in x.
    if (isTypeParam(y)) [x, y] = [y, x];
    return this.#structure(x, y, mode, pairs);
  }

  /** px has a type, which must match y; the better one of the two stays. */
  #matchKnown(
    px: TypeParamType,
    x: Type,
    y: Type,
    mode: number,
    pairs: InterfacePair | null,
  ): boolean {
    if (!this.#nify(x, y, mode, pairs)) return false;
    const xi = asInterface(x);
    const yi = asInterface(y);
    const xn = asNamed(x) !== null;
    const yn = asNamed(y) !== null;
    if (xi !== null && yi !== null) {
      if (xn && yn) return identical(x, y);
      if (typeSetOf(xi).methods.length !== typeSetOf(yi).methods.length) return false;
    } else if (xi !== null || yi !== null) {
      // Either would do: which one depends on the order, so neither.
      return false;
    }
    if ((mode & UnifyMode.Exact) !== 0) return true;
    // A defined type wins, and among channels a directed one: values of the other assign to it.
    if (!xn) {
      const u = under(y);
      if (yn || (u.kind === TypeKind.Chan && u.dir !== ChanDir.Both)) this.set(px, y);
    }
    return true;
  }

  /** The methods of one must be among those of the other. */
  #twoInterfaces(x: InterfaceType, y: InterfaceType, pairs: InterfacePair | null): boolean {
    const xset = typeSetOf(x);
    const yset = typeSetOf(y);
    if (xset.comparable !== yset.comparable || !equalTerms(xset.terms, yset.terms)) return false;
    if (isPairKnown(x, y, pairs)) return true;
    const pair = { x, y, prev: pairs };
    let few = xset.methods;
    let many = yset.methods;
    if (few.length > many.length) [few, many] = [many, few];
    const byId = new Map<string, FuncObj>();
    for (const m of many) byId.set(idOf(m.pkg, m.name), m);
    for (const m of few) {
      const other = byId.get(idOf(m.pkg, m.name));
      if (other === undefined) return false;
      if (!this.#nify(m.type!, other.type!, UnifyMode.Exact, pair)) return false;
    }
    return true;
  }

  /** `t`, not an interface, must have all methods of `iface`. */
  #implementing(iface: InterfaceType, t: Type, pairs: InterfacePair | null): boolean {
    for (const m of typeSetOf(iface).methods) {
      const { obj } = lookupFieldOrMethod(t, false, m.pkg, m.name, false);
      if (obj === null || obj.kind !== ObjKind.Func) return false;
      objDecl(this.#check, obj);
      if (signatureOf(obj).tparams.length > 0) return false;
      if (!this.#nify(m.type!, obj.type!, UnifyMode.Exact, pairs)) return false;
    }
    return true;
  }

  #structure(xorig: Type, yorig: Type, mode: number, pairs: InterfacePair | null): boolean {
    const x = unalias(xorig);
    const y = unalias(yorig);
    // Elements of what is assigned must be the same exactly.
    const emode = (mode & UnifyMode.Assign) === 0 ? mode : mode | UnifyMode.Exact;
    switch (x.kind) {
      case TypeKind.Basic:
        return y.kind === TypeKind.Basic && x.basic === y.basic;
      case TypeKind.Array:
        if (y.kind !== TypeKind.Array) return false;
        if (x.len >= 0 && y.len >= 0 && x.len !== y.len) return false;
        return this.#nify(x.elem, y.elem, emode, pairs);
      case TypeKind.Slice:
        return y.kind === TypeKind.Slice && this.#nify(x.elem, y.elem, emode, pairs);
      case TypeKind.Pointer:
        return y.kind === TypeKind.Pointer && this.#nify(x.elem, y.elem, emode, pairs);
      case TypeKind.Map:
        return (
          y.kind === TypeKind.Map &&
          this.#nify(x.key, y.key, emode, pairs) &&
          this.#nify(x.elem, y.elem, emode, pairs)
        );
      case TypeKind.Chan:
        return (
          y.kind === TypeKind.Chan &&
          ((mode & UnifyMode.Exact) === 0 || x.dir === y.dir) &&
          this.#nify(x.elem, y.elem, emode, pairs)
        );
      case TypeKind.Struct:
        return y.kind === TypeKind.Struct && this.#structs(x, y, emode, pairs);
      case TypeKind.Tuple:
        return y.kind === TypeKind.Tuple && this.#tuples(x, y, mode, pairs);
      case TypeKind.Signature:
        return (
          y.kind === TypeKind.Signature &&
          x.variadic === y.variadic &&
          this.#tuples(x.params, y.params, emode, pairs) &&
          this.#tuples(x.results, y.results, emode, pairs)
        );
      case TypeKind.Interface:
        return y.kind === TypeKind.Interface && this.#sameInterfaces(x, y, pairs);
      case TypeKind.Named:
        return y.kind === TypeKind.Named && this.#names(x, y, mode, pairs);
      case TypeKind.TypeParam: {
        // What a type argument must look like is known if all its choices look alike.
        const core = commonUnderOf(x);
        return core !== null && core !== x && this.#core(core, yorig, pairs);
      }
      case TypeKind.Union:
      case TypeKind.Alias:
        return false;
    }
  }

  #core(core: Type, y: Type, pairs: InterfacePair | null): boolean {
    return this.#nify(core, y, UnifyMode.Assign, pairs);
  }

  #structs(x: StructType, y: StructType, mode: number, pairs: InterfacePair | null): boolean {
    if (x.fields.length !== y.fields.length) return false;
    for (let i = 0; i < x.fields.length; i++) {
      const f = x.fields[i]!;
      const g = y.fields[i]!;
      if (
        f.embedded !== g.embedded ||
        tagOf(x, i) !== tagOf(y, i) ||
        !hasId(f, g.pkg, g.name) ||
        !this.#nify(f.type!, g.type!, mode, pairs)
      ) {
        return false;
      }
    }
    return true;
  }

  #tuples(x: TupleType, y: TupleType, mode: number, pairs: InterfacePair | null): boolean {
    if (x.vars.length !== y.vars.length) return false;
    for (let i = 0; i < x.vars.length; i++) {
      if (!this.#nify(x.vars[i]!.type!, y.vars[i]!.type!, mode, pairs)) return false;
    }
    return true;
  }

  #sameInterfaces(x: InterfaceType, y: InterfaceType, pairs: InterfacePair | null): boolean {
    const xset = typeSetOf(x);
    const yset = typeSetOf(y);
    if (xset.comparable !== yset.comparable || !equalTerms(xset.terms, yset.terms)) return false;
    if (xset.methods.length !== yset.methods.length) return false;
    if (isPairKnown(x, y, pairs)) return true;
    const pair = { x, y, prev: pairs };
    for (let i = 0; i < xset.methods.length; i++) {
      const f = xset.methods[i]!;
      const g = yset.methods[i]!;
      if (idOf(f.pkg, f.name) !== idOf(g.pkg, g.name)) return false;
      if (!this.#nify(f.type!, g.type!, UnifyMode.Exact, pair)) return false;
    }
    return true;
  }

  /** Type arguments first, so that they are inferred even where the origins differ. */
  #names(x: NamedType, y: NamedType, mode: number, pairs: InterfacePair | null): boolean {
    if (x.targs.length !== y.targs.length) return false;
    for (let i = 0; i < x.targs.length; i++) {
      if (!this.#nify(x.targs[i]!, y.targs[i]!, mode, pairs)) return false;
    }
    return identicalOrigin(x, y);
  }
}

/** `t` as an interface that is not a type parameter's. */
function asInterface(t: Type): InterfaceType | null {
  if (isTypeParam(t)) return null;
  const u = under(t);
  return u.kind === TypeKind.Interface ? u : null;
}
