/**
 * Equality and hash closures of type descriptors.
 *
 * A descriptor's Equal and a map's Hasher point at a func value. For most types that is one of the
 * runtime's; plain memory of another size is a closure of `memequal_varlen` with the size behind the
 * code pointer; the rest is made here, once per memory signature and dup-ok across packages.
 *
 * GOROOT: src/cmd/compile/internal/reflectdata/alg.go (which entry for which signature).
 */
import { type ObjSym } from '@go-ts/objfile';
import { R_ADDR } from '@go-ts/objfile/reloc';
import { SRODATA, SymFlagDupok } from '@go-ts/objfile/sym';
import type { FuncSym } from '../ir/sym.ts';
import { Kind, type Type } from '../ir/type.ts';
import { type AlgContext, eqBody, hashBody } from './alg-func.ts';
import type { TypeDataEnv } from './env.ts';
import { eqSignature, type Part, printSignature } from './signature.ts';

const eqEntries = new Map([
  ['', 'memequal0'],
  ['M1', 'memequal8'],
  ['M2', 'memequal16'],
  ['M4', 'memequal32'],
  ['M8', 'memequal64'],
  ['M16', 'memequal128'],
  ['S', 'strequal'],
  ['I', 'interequal'],
  ['E', 'nilinterequal'],
  ['F', 'f32equal'],
  ['G', 'f64equal'],
  ['FF', 'c64equal'],
  ['GG', 'c128equal'],
]);

const hashEntries = new Map(
  [...eqEntries].map(([sig, entry]) => [
    sig,
    entry.replace(/^memequal/, 'memhash').replace(/equal$/, 'hash'),
  ]),
);

export class AlgData {
  readonly #env: TypeDataEnv;
  readonly #cx: AlgContext;
  readonly #funcs = new Map<string, FuncSym>();

  constructor(env: TypeDataEnv) {
    this.#env = env;
    const { types } = env;
    this.#cx = {
      bool: types.basic(Kind.Bool),
      uint8: types.basic(Kind.Uint8),
      uint16: types.basic(Kind.Uint16),
      uint32: types.basic(Kind.Uint32),
      uint64: types.basic(Kind.Uint64),
      uintptr: types.basic(Kind.Uintptr),
      float32: types.basic(Kind.Float32),
      float64: types.basic(Kind.Float64),
      unsafePointer: types.basic(Kind.UnsafePointer),
      pointerTo: (t) => types.pointer(t),
      runtimeFunc: (name) => env.runtimeFunc(name),
      eqFunc: (parts) => this.#eqFunc(parts),
      hashFunc: (parts) => this.#hashFunc(parts),
    };
  }

  /** The closure for Type.Equal; null if values of `t` can't be compared. */
  equalClosure(t: Type): ObjSym | null {
    if (!t.comparable || t.noAlg) return null;
    const parts = eqSignature(t);
    const entry = eqEntries.get(printSignature(parts));
    if (entry !== undefined) return this.runtimeClosure(entry);
    return this.#closure('eq', 'memequal_varlen', parts);
  }

  /** The closure for MapType.Hasher of key type `t`. */
  hashClosure(t: Type): ObjSym {
    const parts = eqSignature(t);
    const entry = hashEntries.get(printSignature(parts));
    if (entry !== undefined) return this.runtimeClosure(entry);
    return this.#closure('hash', 'memhash_varlen', parts);
  }

  /** The function itself, for a comparison of two `t` in memory by compiled code. */
  equalFunc(t: Type): FuncSym {
    return this.#eqFunc(eqSignature(t));
  }

  /** `runtime.NAME·f`. */
  runtimeClosure(name: string): ObjSym {
    const sym = this.#env.builder.lookup(`runtime.${name}·f`);
    if (!sym.isDefined) this.#defineClosure(sym, this.#env.runtimeFunc(name));
    return sym;
  }

  #closure(which: 'eq' | 'hash', varlen: string, parts: readonly Part[]): ObjSym {
    const sym = this.#env.builder.lookup(`type:.${which}func.${printSignature(parts)}`);
    if (sym.isDefined) return sym;
    const [only] = parts;
    if (parts.length === 1 && only?.kind === 'memory') {
      this.#defineClosure(sym, this.#env.runtimeFunc(varlen), only.size);
    } else {
      this.#defineClosure(sym, which === 'eq' ? this.#eqFunc(parts) : this.#hashFunc(parts));
    }
    return sym;
  }

  #defineClosure(sym: ObjSym, func: FuncSym, captured?: number): void {
    const w = sym.writer();
    sym.putAddr(0, R_ADDR, this.#env.textSym(func), 0);
    if (captured !== undefined) w.u64(captured);
    sym.kind = SRODATA;
    sym.flags |= SymFlagDupok;
    sym.size = w.length;
    this.#env.builder.defineData(sym);
  }

  #eqFunc(parts: readonly Part[]): FuncSym {
    const { types } = this.#env;
    const pointer = types.basic(Kind.UnsafePointer);
    const type = types.func([pointer, pointer], [types.basic(Kind.Bool)], false);
    return this.#func(`type:.eq.${printSignature(parts)}`, type, (sym) =>
      eqBody(this.#cx, sym, parts),
    );
  }

  #hashFunc(parts: readonly Part[]): FuncSym {
    const { types } = this.#env;
    const uintptr = types.basic(Kind.Uintptr);
    const type = types.func([types.basic(Kind.UnsafePointer), uintptr], [uintptr], false);
    return this.#func(`type:.hash.${printSignature(parts)}`, type, (sym) =>
      hashBody(this.#cx, sym, parts),
    );
  }

  #func(name: string, type: Type, body: (sym: FuncSym) => ReturnType<typeof eqBody>): FuncSym {
    let sym = this.#funcs.get(name);
    if (sym === undefined) {
      sym = this.#env.newFuncSym(name, type);
      this.#funcs.set(name, sym);
      this.#env.addFunc(body(sym));
    }
    return sym;
  }
}

/** Assigning to an existing key must store the new one: equal keys may differ (±0, shared bytes). */
export function needKeyUpdate(t: Type): boolean {
  switch (t.kind) {
    case Kind.Float32:
    case Kind.Float64:
    case Kind.Complex64:
    case Kind.Complex128:
    case Kind.Interface:
    case Kind.String:
      return true;
    case Kind.Array:
      return needKeyUpdate(t.elem!);
    case Kind.Struct:
      return t.fields.some((field) => needKeyUpdate(field.type));
    default:
      return false;
  }
}

/** Hashing may panic: there is an interface inside. */
export function hashMightPanic(t: Type): boolean {
  switch (t.kind) {
    case Kind.Interface:
      return true;
    case Kind.Array:
      return hashMightPanic(t.elem!);
    case Kind.Struct:
      return t.fields.some((field) => hashMightPanic(field.type));
    default:
      return false;
  }
}
