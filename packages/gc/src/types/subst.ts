/**
 * Substitution of type parameters.
 *
 * Types do not change: where a part changes, the parts around it are made anew; a type that mentions
 * none of the parameters comes back as it is. Instances of generic types are not expanded by this.
 *
 * A method with type parameters of its own gets fresh ones when those of its receiver are replaced,
 * since its constraints may mention them.
 */
import type { Pos } from '../syntax/pos.ts';
import type { Checker } from './check.ts';
import type { Context } from './context.ts';
import { newAliasInstanceOf, instance } from './instantiate.ts';
import { recordCanon } from './mono.ts';
import { typeParamsOf } from './named.ts';
import { cloneFunc, cloneVar, type FuncObj, signatureOf, type VarObj } from './object.ts';
import {
  type AliasType,
  cloneSignature,
  type InterfaceType,
  invalidType,
  type NamedType,
  newArray,
  newChan,
  newInterface,
  newMap,
  newPointer,
  newSlice,
  newStruct,
  newTuple,
  newUnion,
  type SignatureType,
  type Term,
  type TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { renamedTypeParam } from './typeparam.ts';
import { typeSetOf } from './typeset.ts';

/** What replaces what; null leaves a parameter alone. A handful of entries: searched in order. */
export interface SubstMap {
  readonly from: readonly TypeParamType[];
  readonly to: readonly (Type | null)[];
}

export function newSubstMap(
  from: readonly TypeParamType[],
  to: readonly (Type | null)[],
): SubstMap {
  return { from, to };
}

/** For whom a substitution is made. One of `expanding` and `ctxt` is there. */
export interface SubstContext {
  readonly check: Checker | null;
  readonly pos: Pos;
  /** The instance whose expansion this is part of. */
  readonly expanding: NamedType | null;
  readonly ctxt: Context | null;
}

export function subst(t: Type, map: SubstMap, where: SubstContext): Type {
  if (map.from.length === 0 || t.kind === TypeKind.Basic) return t;
  if (t.kind === TypeKind.TypeParam) return replacement(map, t);
  return new Substituter(map, where).type(t);
}

function replacement(map: SubstMap, t: TypeParamType): Type {
  const i = map.from.indexOf(t);
  return i < 0 ? t : (map.to[i] ?? t);
}

class Substituter {
  readonly map: SubstMap;
  readonly where: SubstContext;

  constructor(map: SubstMap, where: SubstContext) {
    this.map = map;
    this.where = where;
  }

  type(t: Type): Type {
    switch (t.kind) {
      case TypeKind.Basic:
        return t;
      case TypeKind.TypeParam:
        return replacement(this.map, t);
      case TypeKind.Array: {
        const elem = this.type(t.elem);
        return elem === t.elem ? t : newArray(elem, t.len);
      }
      case TypeKind.Slice: {
        const elem = this.type(t.elem);
        return elem === t.elem ? t : newSlice(elem);
      }
      case TypeKind.Pointer: {
        const elem = this.type(t.elem);
        return elem === t.elem ? t : newPointer(elem);
      }
      case TypeKind.Map: {
        const key = this.type(t.key);
        const elem = this.type(t.elem);
        return key === t.key && elem === t.elem ? t : newMap(key, elem);
      }
      case TypeKind.Chan: {
        const elem = this.type(t.elem);
        return elem === t.elem ? t : newChan(t.dir, elem);
      }
      case TypeKind.Struct: {
        const fields = this.vars(t.fields);
        return fields === t.fields ? t : newStruct(fields, t.tags);
      }
      case TypeKind.Tuple:
        return this.tuple(t);
      case TypeKind.Union: {
        const terms = mapList(t.terms, (x) => this.term(x));
        return terms === t.terms ? t : newUnion(terms);
      }
      case TypeKind.Signature:
        return this.signature(t);
      case TypeKind.Interface:
        return this.interface(t);
      case TypeKind.Named:
      case TypeKind.Alias:
        return this.name(t);
    }
  }

  vars(list: readonly VarObj[]): readonly VarObj[] {
    return mapList(list, (v) => {
      const type = this.type(v.type ?? invalidType);
      return type === v.type ? v : cloneVar(v, type);
    });
  }

  tuple(t: TupleType): TupleType {
    const vars = this.vars(t.vars);
    return vars === t.vars ? t : newTuple(vars);
  }

  term(x: Term): Term {
    const type = this.type(x.type);
    return type === x.type ? x : { tilde: x.tilde, type };
  }

  func(f: FuncObj): FuncObj {
    const type = this.type(f.type!);
    return type === f.type ? f : cloneFunc(f, type);
  }

  signature(t: SignatureType): SignatureType {
    let { tparams } = t;
    // If its own parameters are being replaced, the caller will drop them.
    const fresh = tparams.length > 0 && !this.map.from.includes(tparams[0]!);
    const inner = fresh ? this.withFresh(tparams) : this;
    if (fresh) tparams = inner.map.to.slice(this.map.to.length) as readonly TypeParamType[];
    const params = inner.tuple(t.params);
    const results = inner.tuple(t.results);
    if (params === t.params && results === t.results && tparams === t.tparams) return t;
    // The receiver stays: it is replaced with the type that it belongs to.
    const sig = cloneSignature(t);
    sig.tparams = tparams;
    sig.params = params;
    sig.results = results;
    sig.scope = null;
    return sig;
  }

  /** A substituter that also replaces `tparams`, by fresh ones with their bounds replaced. */
  withFresh(tparams: readonly TypeParamType[]): Substituter {
    const { check } = this.where;
    const fresh = tparams.map((p) => renamedTypeParam(check, p, invalidType));
    const inner = new Substituter(
      { from: [...this.map.from, ...tparams], to: [...this.map.to, ...fresh] },
      this.where,
    );
    for (let i = 0; i < tparams.length; i++) {
      if (check !== null) recordCanon(check, fresh[i]!, tparams[i]!);
      fresh[i]!.bound = inner.type(tparams[i]!.bound);
    }
    return inner;
  }

  interface(t: InterfaceType): InterfaceType {
    const methods = mapList(t.methods, (f) => this.func(f));
    const embeddeds = mapList(t.embeddeds, (e) => this.type(e));
    if (methods === t.methods && embeddeds === t.embeddeds) return t;
    const iface = newInterface(methods, embeddeds);
    iface.embedPos = t.embedPos;
    iface.implicit = t.implicit;
    iface.complete = t.complete;
    iface.methods = replaceRecvType(methods, t, iface);
    const { check } = this.where;
    if (check === null) typeSetOf(iface);
    else {
      iface.check = check;
      check.track(iface);
    }
    return iface;
  }

  name(t: NamedType | AliasType): Type {
    const { origin } = t;
    const n = typeParamsOf(origin).length;
    if (n === 0) return t;
    if (t.targs.length !== n) return invalidType;
    const targs = mapList(t.targs, (targ) => this.type(targ));
    if (targs === t.targs) return t;
    const { check, pos, expanding, ctxt } = this.where;
    if (origin.kind === TypeKind.Alias) return newAliasInstanceOf(origin, targs, this.where);
    return instance({ check, pos, expanding, ctxt }, origin, targs);
  }
}

/** `list` with `f` applied; the same list if that changes nothing. */
function mapList<T>(list: readonly T[], f: (x: T) => T): readonly T[] {
  let result: T[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const x = list[i]!;
    const y = f(x);
    if (result !== null) result[i] = y;
    else if (y !== x) {
      result = list.slice();
      result[i] = y;
    }
  }
  return result ?? list;
}

/** `methods` with those whose receiver type is `from` made to have `to`; the same list if none is. */
export function replaceRecvType(
  methods: readonly FuncObj[],
  from: Type,
  to: Type,
): readonly FuncObj[] {
  return mapList(methods, (m) => {
    const sig = signatureOf(m);
    if (sig.recv === null || sig.recv.type !== from) return m;
    const copy = cloneSignature(sig);
    copy.recv = cloneVar(sig.recv, to);
    return cloneFunc(m, copy);
  });
}
