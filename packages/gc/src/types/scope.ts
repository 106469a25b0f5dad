/**
 * Scopes: names and the objects that they denote, nested.
 *
 * Entries of an imported package's scope may be lazy: the importer supplies the object when it is
 * first looked up. Most scopes of function bodies hold nothing, so the table is made on demand.
 *
 * Spec: "Declarations and scope".
 */
import { compareStrings, equalFold, isExported, type Obj } from './object.ts';

export class Scope {
  readonly parent: Scope | null;
  /** Scopes nested in this one; that of a package does not count its files', nor universe anything. */
  children: Scope[] | null = null;
  /** Whether this is the scope of a function (literal): unused variables are its own business. */
  isFunc = false;
  #elems: Map<string, Obj> | null = null;
  #lazy: Map<string, () => Obj> | null = null;

  constructor(parent: Scope | null) {
    this.parent = parent;
  }

  /** A scope inside this one that this one knows of. */
  nest(): Scope {
    const scope = new Scope(this);
    if (this.children === null) this.children = [scope];
    else this.children.push(scope);
    return scope;
  }

  /** The object called `name` in this scope itself, or null. */
  lookup(name: string): Obj | null {
    const obj = this.#elems === null ? undefined : this.#elems.get(name);
    if (obj !== undefined) return obj;
    return this.#lazy === null ? null : this.#load(name);
  }

  /** Adds `obj` under its name; if there is one of that name, changes nothing and returns that. */
  insert(obj: Obj): Obj | null {
    const other = this.lookup(obj.name);
    if (other !== null) return other;
    this.add(obj.name, obj);
    obj.parent ??= this;
    return null;
  }

  /** Adds an object that belongs to another scope. */
  add(name: string, obj: Obj): void {
    this.#elems ??= new Map();
    this.#elems.set(name, obj);
  }

  /** Adds an object that `load` will supply when it is first looked up. */
  insertLazy(name: string, load: () => Obj): void {
    this.#lazy ??= new Map();
    this.#lazy.set(name, load);
  }

  #load(name: string): Obj | null {
    const load = this.#lazy!.get(name);
    if (load === undefined) return null;
    this.#lazy!.delete(name);
    const obj = load();
    obj.parent ??= this;
    this.add(name, obj);
    return obj;
  }

  /** All names, sorted. */
  names(): string[] {
    const names = [...(this.#elems?.keys() ?? []), ...(this.#lazy?.keys() ?? [])];
    return names.sort(compareStrings);
  }

  /** The objects that are there already, in the order of their insertion. */
  objects(): Iterable<Obj> {
    return this.#elems === null ? [] : this.#elems.values();
  }

  /** Entries that are there already: an object may be known under its name in several scopes. */
  entries(): Iterable<[string, Obj]> {
    return this.#elems === null ? [] : this.#elems.entries();
  }

  get size(): number {
    return (this.#elems?.size ?? 0) + (this.#lazy?.size ?? 0);
  }

  /** The first exported object, by name, that differs from `name` in case only. */
  lookupExportedFold(name: string): Obj | null {
    for (const other of this.names()) {
      if (isExported(other) && equalFold(other, name)) return this.lookup(other);
    }
    return null;
  }
}

/** The outermost scope, of predeclared names; universe.ts fills it. */
export const universe: Scope = new Scope(null);
