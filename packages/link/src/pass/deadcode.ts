/**
 * Marks what the program can reach.
 *
 * A flood over relocations from the entry point. Methods are the exception: a type descriptor lists
 * all its methods in triples of R_METHODOFF (func type, interface entry, direct entry), and these
 * are followed only if the type can end up in an interface (UsedInIface) and
 *
 * - some reached code calls an interface method of that name and func type (R_USEIFACEMETHOD), or
 * - some reached code calls a method of that name (R_USENAMEDMETHOD), or
 * - some reached function looks methods up by reflection and the method is exported.
 *
 * UsedInIface is set where a type is converted to an interface (R_USEIFACE) and passes to every type
 * that such a type mentions. Since it can be set after a type was flooded, a type may be flooded
 * twice. Marking methods reaches more code, so all this repeats until nothing changes.
 *
 * Weak relocations reach nothing. A weak call of an outlined map initialiser that stays unreached is
 * redirected to runtime.mapinitnoop.
 *
 * GOROOT: src/cmd/link/internal/ld/deadcode.go; contract 11.2. Hot.
 */
import { InternalError } from '@go-ts/base';
import { u32At } from '@go-ts/objfile/bytes';
import { auxSize } from '@go-ts/objfile/format';
import {
  isDirectCall,
  R_INITORDER,
  R_METHODOFF,
  R_USEIFACE,
  R_USEIFACEMETHOD,
  R_USENAMEDMETHOD,
  R_USETYPE,
} from '@go-ts/objfile/reloc';
import { ABI0, ABIInternal, AuxGotype } from '@go-ts/objfile/sym';
import {
  AttrGoType,
  AttrItab,
  AttrPkgInit,
  AttrReachable,
  AttrReflectMethod,
  AttrUsedInIface,
  type Loader,
  RelocCursor,
  type Sym,
} from '../loader/loader.ts';
import { TypeDecoder } from '../loader/typesym.ts';

/** A method of a type that is in interfaces; kept once somebody may call it. */
interface Method {
  readonly name: string;
  /** Func type descriptor, interface entry, direct entry. */
  readonly syms: readonly [Sym, Sym, Sym];
}

export function deadcode(ldr: Loader, roots: readonly string[], inittasks: Sym): void {
  const flood = new Flood(ldr);
  for (const name of roots) {
    flood.mark(ldr.lookup(name, ABI0));
    flood.mark(ldr.lookup(name, ABIInternal));
  }
  flood.mark(inittasks);
  flood.run();
}

class Flood {
  readonly #ldr: Loader;
  readonly #types: TypeDecoder;
  #work: Int32Array = new Int32Array(1 << 14);
  #top = 0;
  /** Interface methods that are called, by name and func type. */
  readonly #ifaceMethods = new Map<string, Set<Sym>>();
  readonly #namedMethods = new Set<string>();
  #methods: Method[] = [];
  #usesReflection = false;
  readonly #pkgInits: Sym[] = [];
  /** First symbols of the triples found in the descriptor being flooded, three each. */
  readonly #triples: Sym[] = [];

  constructor(ldr: Loader) {
    this.#ldr = ldr;
    this.#types = new TypeDecoder(ldr);
  }

  mark(s: Sym): void {
    const { attr } = this.#ldr;
    const a = attr[s]!;
    if (s === 0 || (a & AttrReachable) !== 0) return;
    attr[s] = a | AttrReachable;
    if (this.#top === this.#work.length) {
      const grown = new Int32Array(this.#top * 2);
      grown.set(this.#work);
      this.#work = grown;
    }
    this.#work[this.#top++] = s;
  }

  run(): void {
    this.#flood();
    for (;;) {
      const rest: Method[] = [];
      for (const method of this.#methods) {
        if (this.#isCalled(method)) for (const s of method.syms) this.mark(s);
        else rest.push(method);
      }
      this.#methods = rest;
      if (this.#top === 0) break;
      this.#flood();
    }
    this.#dropMapInits();
  }

  #isCalled({ name, syms }: Method): boolean {
    return (
      (this.#usesReflection && isExported(name)) ||
      this.#ifaceMethods.get(name)?.has(syms[0]) === true ||
      this.#namedMethods.has(name)
    );
  }

  #flood(): void {
    const c = new RelocCursor(this.#ldr);
    while (this.#top > 0) this.#visit(this.#work[--this.#top]!, c);
  }

  #visit(s: Sym, c: RelocCursor): void {
    const { attr } = this.#ldr;
    const a = attr[s]!;
    if ((a & AttrReflectMethod) !== 0) this.#usesReflection = true;
    const isType = (a & AttrGoType) !== 0;
    const inIface = isType && (a & AttrUsedInIface) !== 0;
    this.#triples.length = 0;
    for (c.start(s); c.next();) {
      if (c.isWeak) continue;
      switch (c.type) {
        case R_METHODOFF:
          this.#methodTriple(s, c, inIface);
          break;
        case R_USETYPE:
        case R_INITORDER:
          break;
        case R_USEIFACE: {
          const target = c.sym;
          const isItab = (attr[target]! & AttrItab) !== 0;
          this.#useInIface(isItab ? this.#types.itabType(target) : target, s);
          break;
        }
        case R_USEIFACEMETHOD: {
          const { name, type } = this.#types.interfaceMethod(c.sym, c.add);
          const set = this.#ifaceMethods.get(name);
          if (set === undefined) this.#ifaceMethods.set(name, new Set([type]));
          else set.add(type);
          break;
        }
        case R_USENAMEDMETHOD:
          this.#namedMethods.add(asText(this.#ldr.data(c.sym)));
          break;
        default: {
          const target = c.sym;
          if (inIface && (attr[target]! & (AttrGoType | AttrUsedInIface)) === AttrGoType) {
            // Flood it (again), now as a type in an interface.
            attr[target] = (attr[target]! | AttrUsedInIface) & ~AttrReachable;
          }
          this.mark(target);
        }
      }
    }
    this.#visitAux(s);
    if (this.#triples.length > 0) this.#addMethods(s);
  }

  #methodTriple(s: Sym, c: RelocCursor, inIface: boolean): void {
    if (c.left < 2) throw new InternalError('expect three consecutive R_METHODOFF relocs');
    if (!inIface) {
      c.next();
      c.next();
      return;
    }
    const type = c.sym;
    this.#useInIface(type, s);
    c.next();
    const iface = c.sym;
    c.next();
    this.#triples.push(type, iface, c.sym);
  }

  #useInIface(type: Sym, from: Sym): void {
    const { attr } = this.#ldr;
    const a = attr[type]!;
    if ((a & AttrGoType) === 0) {
      throw new InternalError(
        `R_USEIFACE in ${this.#ldr.name(from)} references ${this.#ldr.name(type)} which is not a type or itab`,
      );
    }
    if ((a & AttrUsedInIface) !== 0) return;
    attr[type] = (a | AttrUsedInIface) & ~AttrReachable;
    if ((a & AttrReachable) !== 0) this.mark(type);
  }

  #visitAux(s: Sym): void {
    const ldr = this.#ldr;
    const obj = ldr.obj(s);
    if (obj === null) return;
    const { r } = obj;
    const li = ldr.localOf[s]!;
    if (li >= r.ndef) return;
    const begin = r.auxStart(li);
    const end = r.auxStart(li + 1);
    if (begin === end) return;
    for (let k = begin; k < end; k++) {
      const at = r.auxBase + k * auxSize;
      if (r.bytes[at] === AuxGotype) continue;
      this.mark(ldr.resolve(obj, u32At(r.bytes, at + 1), u32At(r.bytes, at + 5)));
    }
    if ((ldr.attr[s]! & AttrPkgInit) !== 0) this.#pkgInits.push(s);
  }

  #addMethods(s: Sym): void {
    const triples = this.#triples.slice();
    const sigs = this.#types.methods(s);
    if (sigs.length * 3 !== triples.length) {
      throw new InternalError(
        `${this.#ldr.name(s)} has ${triples.length / 3} method relocations for ${sigs.length} methods`,
      );
    }
    sigs.forEach(({ name }, i) => {
      this.#methods.push({
        name,
        syms: [triples[3 * i]!, triples[3 * i + 1]!, triples[3 * i + 2]!],
      });
    });
  }

  #dropMapInits(): void {
    const ldr = this.#ldr;
    const noop = ldr.lookup('runtime.mapinitnoop', ABIInternal);
    if (noop === 0) throw new InternalError('could not look up runtime.mapinitnoop');
    const c = new RelocCursor(ldr);
    for (const s of this.#pkgInits) {
      const dead: number[] = [];
      let i = 0;
      for (c.start(s); c.next(); i++) {
        if (c.isWeak && isDirectCall(c.type) && !ldr.isReachable(c.sym)) dead.push(i);
      }
      if (dead.length === 0) continue;
      ldr.set(noop, AttrReachable);
      const made = ldr.update(s, 'keep');
      for (const index of dead) made.setRelocSym(index, noop);
    }
  }
}

/** Names are UTF-8; method names differ in bytes if and only if they differ as text. */
function asText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Spec: "Exported identifiers". */
function isExported(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}
