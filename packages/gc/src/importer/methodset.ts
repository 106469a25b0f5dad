/**
 * Members of canonical types: fields and methods by name, with the embedded fields on the way.
 *
 * The checker has resolved all selectors of ordinary code; what is left are methods called on values
 * of type parameters, method tables of descriptors and itabs, and promoted-method wrappers. All come
 * from one breadth-first walk over embedded fields per type, done once: the shallowest member of a
 * name wins, two at one depth cancel each other.
 *
 * Spec: "Selectors", "Method sets", "Struct types" (promotion).
 */
import { compareMethods } from '../ir/type-table.ts';
import { type DeclaredMethod, Kind, type Method, type Type } from '../ir/type.ts';
import { type Loader } from './loader.ts';

export interface Member {
  readonly name: string;
  readonly pkgPath: string;
  /** Numbers of the embedded fields to go through; of a field, its own number comes last. */
  readonly path: readonly number[];
  /** Some embedded field on the way is a pointer. */
  readonly throughPointer: boolean;
  /** The declared method, or null. */
  readonly method: DeclaredMethod | null;
  /** The defined type that the method is declared on. */
  readonly recv: Type | null;
  /** The interface whose method this is, and which one; null or -1 otherwise. */
  readonly inter: Type | null;
  readonly index: number;
}

interface Step {
  readonly type: Type;
  readonly path: readonly number[];
  readonly throughPointer: boolean;
  /** Occurs more than once at this depth: all that it offers is ambiguous. */
  readonly multiple: boolean;
}

const noPath: readonly number[] = [];

export class MemberSets {
  readonly #loader: Loader;
  readonly #members = new Map<Type, ReadonlyMap<string, Member>>();
  readonly #methods = new Map<Type, readonly Member[]>();

  constructor(loader: Loader) {
    this.#loader = loader;
  }

  /** The member called `name` of `t` (or of what `t` points to); null if none or ambiguous. */
  lookup(t: Type, name: string, pkgPath: string): Member | null {
    return this.#membersOf(baseOf(t)).get(idOf(name, pkgPath)) ?? null;
  }

  /**
   * The method set of `t`, in the order of method tables. Methods of an interface type are its own.
   */
  methodSet(t: Type): readonly Member[] {
    const old = this.#methods.get(t);
    if (old !== undefined) return old;
    const list: Member[] = [];
    const isPointer = t.kind === Kind.Pointer && t.name === null;
    const viaPointerToInterface = isPointer && t.elem!.kind === Kind.Interface;
    if (!viaPointerToInterface && mayHaveMethods(t)) {
      for (const m of this.#membersOf(baseOf(t)).values()) {
        if (m.method === null && m.inter === null) continue;
        const needsAddress = m.method !== null && m.method.ptrRecv && !m.throughPointer;
        if (!needsAddress || isPointer) list.push(m);
      }
    }
    list.sort((a, b) => compareMethods(asMethod(a), asMethod(b)));
    this.#methods.set(t, list);
    return list;
  }

  #membersOf(base: Type): ReadonlyMap<string, Member> {
    const old = this.#members.get(base);
    if (old !== undefined) return old;
    const found = this.#walk(base);
    this.#members.set(base, found);
    return found;
  }

  #walk(base: Type): Map<string, Member> {
    const members = new Map<string, Member | null>();
    const seen = new Set<Type>();
    let level: Step[] = [{ type: base, path: noPath, throughPointer: false, multiple: false }];
    while (level.length > 0) {
      const here = new Map<string, Member | null>();
      const next: Step[] = [];
      for (const step of level) {
        if (step.type.name !== null) {
          if (seen.has(step.type)) continue;
          seen.add(step.type);
        }
        this.#offer(step, here, next);
      }
      for (const [id, m] of here) if (!members.has(id)) members.set(id, m);
      level = consolidate(next);
    }
    const result = new Map<string, Member>();
    for (const [id, m] of members) if (m !== null) result.set(id, m);
    return result;
  }

  /** What one type at one depth offers, and the embedded types below it. */
  #offer(step: Step, here: Map<string, Member | null>, next: Step[]): void {
    const { type: t, path, throughPointer } = step;
    const add = (m: Member) => {
      const id = idOf(m.name, m.pkgPath);
      here.set(id, here.has(id) || step.multiple ? null : m);
    };
    if (t.name !== null) {
      for (const m of this.#loader.declaredMethods(t)) {
        const { name, pkgPath } = m;
        add({ name, pkgPath, path, throughPointer, method: m, recv: t, inter: null, index: -1 });
      }
    }
    if (t.kind === Kind.Interface) {
      t.methods.forEach((m, index) => {
        const { name, pkgPath } = m;
        add({ name, pkgPath, path, throughPointer, method: null, recv: null, inter: t, index });
      });
    }
    if (t.kind !== Kind.Struct) return;
    t.fields.forEach((f, i) => {
      const inner = [...path, i];
      const { name, pkgPath } = f;
      add({
        name,
        pkgPath,
        path: inner,
        throughPointer,
        method: null,
        recv: null,
        inter: null,
        index: -1,
      });
      if (!f.embedded) return;
      const pointer = f.type.kind === Kind.Pointer && f.type.name === null;
      next.push({
        type: pointer ? f.type.elem! : f.type,
        path: inner,
        throughPointer: throughPointer || pointer,
        multiple: step.multiple,
      });
    });
  }
}

/** Merges equal types of one depth. */
function consolidate(steps: Step[]): Step[] {
  if (steps.length < 2) return steps;
  const byType = new Map<Type, Step>();
  for (const s of steps) {
    const other = byType.get(s.type);
    byType.set(s.type, other === undefined ? s : { ...other, multiple: true });
  }
  return [...byType.values()];
}

function baseOf(t: Type): Type {
  return t.kind === Kind.Pointer && t.name === null ? t.elem! : t;
}

function mayHaveMethods(t: Type): boolean {
  const base = baseOf(t);
  if (base.kind === Kind.Pointer) return false;
  return base.name !== null || base.kind === Kind.Struct || base.kind === Kind.Interface;
}

function idOf(name: string, pkgPath: string): string {
  return pkgPath === '' ? name : `${pkgPath}.${name}`;
}

function asMethod(m: Member): Method {
  return {
    name: m.name,
    pkgPath: m.pkgPath,
    type: m.method === null ? m.inter!.methods[m.index]!.type : m.method.type,
  };
}

/** The signature of a method member, without receiver. */
export function memberType(m: Member): Type {
  return m.method !== null ? m.method.type : m.inter!.methods[m.index]!.type;
}
