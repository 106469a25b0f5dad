/**
 * Instances that exist already, so that equal instantiations give one type.
 *
 * Entries are found by the generic type and a hash of the type arguments, and compared by identity
 * of types. The hash also covers names of aliases and of byte and rune, so that `L[byte]` and
 * `L[uint8]` stay two records (of one type) that print as they were written.
 */
import { identical } from './predicates.ts';
import { type AliasType, type NamedType, type SignatureType, type Type, TypeKind } from './type.ts';

export type GenericType = NamedType | AliasType | SignatureType;

interface Entry {
  readonly targs: readonly Type[];
  readonly instance: Type;
}

export class Context {
  readonly #entries = new Map<GenericType, Map<number, Entry[]>>();

  lookup(origin: GenericType, targs: readonly Type[]): Type | null {
    const bucket = this.#entries.get(origin)?.get(hashTypes(targs));
    if (bucket === undefined) return null;
    for (const entry of bucket) if (sameTypes(targs, entry.targs)) return entry.instance;
    return null;
  }

  /** Records `instance`, unless one that is identical to it is there: returns the one to use. */
  update(origin: GenericType, targs: readonly Type[], instance: Type): Type {
    let byHash = this.#entries.get(origin);
    if (byHash === undefined) {
      byHash = new Map();
      this.#entries.set(origin, byHash);
    }
    const hash = hashTypes(targs);
    const bucket = byHash.get(hash);
    if (bucket === undefined) {
      byHash.set(hash, [{ targs, instance }]);
      return instance;
    }
    for (const entry of bucket) if (identical(instance, entry.instance)) return entry.instance;
    bucket.push({ targs, instance });
    return instance;
  }
}

export function sameTypes(a: readonly Type[], b: readonly Type[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!identical(a[i]!, b[i]!)) return false;
  return true;
}

function hashTypes(types: readonly Type[]): number {
  let h = types.length;
  for (const t of types) h = mix(h, hashType(t, 4));
  return h;
}

function mix(h: number, x: number): number {
  return (Math.imul(h ^ x, 0x01000193) + 0x9e3779b) | 0;
}

function hashString(s: string): number {
  let h = s.length;
  for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
  return h;
}

/** Equal for identical types written alike. Looks `depth` levels into a type. */
function hashType(t: Type, depth: number): number {
  const h = t.kind * 31;
  if (depth === 0) return h;
  switch (t.kind) {
    case TypeKind.Basic:
      return mix(h, hashString(t.name));
    case TypeKind.Array:
      return mix(mix(h, t.len | 0), hashType(t.elem, depth - 1));
    case TypeKind.Slice:
    case TypeKind.Pointer:
      return mix(h, hashType(t.elem, depth - 1));
    case TypeKind.Chan:
      return mix(mix(h, t.dir), hashType(t.elem, depth - 1));
    case TypeKind.Map:
      return mix(mix(h, hashType(t.key, depth - 1)), hashType(t.elem, depth - 1));
    case TypeKind.Struct: {
      let s = mix(h, t.fields.length);
      for (const f of t.fields) s = mix(mix(s, hashString(f.name)), hashType(f.type!, depth - 1));
      return s;
    }
    case TypeKind.Tuple: {
      let s = mix(h, t.vars.length);
      for (const v of t.vars) s = mix(s, hashType(v.type!, depth - 1));
      return s;
    }
    case TypeKind.Signature:
      return mix(mix(h, hashType(t.params, depth)), hashType(t.results, depth));
    case TypeKind.Named:
    case TypeKind.Alias: {
      let s = mix(h, hashString(t.obj.name));
      for (const targ of t.targs) s = mix(s, hashType(targ, depth - 1));
      return s;
    }
    case TypeKind.TypeParam:
      return mix(h, hashString(t.obj.name));
    case TypeKind.Interface:
    case TypeKind.Union:
      return h;
  }
}
