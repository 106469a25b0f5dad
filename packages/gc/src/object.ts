/**
 * The object of one package while its functions are compiled: symbols for whatever bodies mention,
 * the data behind them, and the code that comes back.
 *
 * It is the one implementation of what lowering (ssa/build/env.ts), the SSA back end (ssa/env.ts) and
 * type descriptions (reflectdata/env.ts) ask of their surroundings. Asking for a symbol is enough to
 * have it: a function that this package must define is put on the caller's worklist, a descriptor or
 * string is emitted. `finish` writes what was collected, in an order that does not depend on the
 * order in which bodies were compiled.
 */
import { defineFunction } from '@go-ts/asm';
import type { AsmContext, FuncCode } from '@go-ts/asm/func';
import { type ObjectBuilder, type ObjSym } from '@go-ts/objfile';
import { fipsKind } from '@go-ts/objfile/fips';
import { R_ADDR, R_INITORDER, R_KEEP } from '@go-ts/objfile/reloc';
import {
  ABI0,
  ABIInternal,
  ABIStatic,
  SDATA,
  SNOPTRDATA,
  SRODATA,
  SymFlagDupok,
  SymFlagLinkname,
  SymFlagLinknameStd,
  SymFlagLocal,
} from '@go-ts/objfile/sym';
import { InterfaceSwitchLayout, TypeAssertLayout } from '@go-ts/runtime/layout/itab';
import { ZeroValSize } from '@go-ts/runtime/layout/types';
import type { Func } from './ir/node.ts';
import { RuntimeFuncs } from './ir/runtime-func.ts';
import { FuncSym, type GlobalSym, Pragma } from './ir/sym.ts';
import { linkString, symbolPrefix } from './ir/type-string.ts';
import type { TypeTable } from './ir/type-table.ts';
import type { Type } from './ir/type.ts';
import type { MethodEntry, TypeDataEnv } from './reflectdata/env.ts';
import { ItabData } from './reflectdata/itab.ts';
import { mapHeaderType, mapIterType } from './reflectdata/map-type.ts';
import { interfaceMethodOffset, TypeData, typeHash } from './reflectdata/type.ts';
import type { AbiConfig } from './ssa/abi.ts';
import type { BuildEnv, BuildOptions, StaticImage } from './ssa/build/env.ts';
import { StaticData } from './staticdata/static-data.ts';

const PtrSize = 8;

/** What the object needs to know of the package's declarations. */
export interface PackageContext {
  readonly types: TypeTable;
  readonly options: BuildOptions;
  readonly asm: AsmContext;
  readonly abi: AbiConfig;
  readonly abi0: AbiConfig;
  readonly amd64Level: number;
  /** The method set of a non-interface type, sorted as types.CompareSyms. */
  methodSet(t: Type): readonly MethodEntry[];
  /** A function is referred to; compile it if it belongs into this object. Called once per function. */
  need(f: FuncSym): void;
  /** A body made on the way: to be compiled. */
  addFunc(f: Func): void;
  /** Assembly defines the function in ABI0. */
  isAbi0(f: FuncSym): boolean;
  methodValueFunc(recv: Type, method: FuncSym): FuncSym;
  methodValueInterFunc(iface: Type, index: number): FuncSym;
}

export class PackageObject implements BuildEnv, TypeDataEnv {
  readonly obj: ObjectBuilder;
  readonly data: StaticData;
  readonly typeData: TypeData;
  readonly #cx: PackageContext;
  readonly #itabs: ItabData;
  readonly #runtime: RuntimeFuncs;
  readonly #prefix: string;
  readonly #needed = new Set<FuncSym>();
  #typeAsserts = 0;
  #interfaceSwitches = 0;
  #zeroSize = 0;

  constructor(obj: ObjectBuilder, cx: PackageContext) {
    this.obj = obj;
    this.#cx = cx;
    this.#runtime = new RuntimeFuncs(cx.types);
    this.#prefix = symbolPrefix(obj.pkgPath);
    this.data = new StaticData(obj, (f) => this.textSym(f));
    this.typeData = new TypeData(this);
    this.#itabs = new ItabData(this, this.typeData);
  }

  get builder(): ObjectBuilder {
    return this.obj;
  }
  get pkgPath(): string {
    return this.obj.pkgPath;
  }
  get types(): TypeTable {
    return this.#cx.types;
  }
  get options(): BuildOptions {
    return this.#cx.options;
  }
  get asm(): AsmContext {
    return this.#cx.asm;
  }
  get abi(): AbiConfig {
    return this.#cx.abi;
  }
  get abi0(): AbiConfig {
    return this.#cx.abi0;
  }
  get amd64Level(): number {
    return this.#cx.amd64Level;
  }

  // Functions.

  textSym(f: FuncSym): ObjSym {
    const sym = this.obj.lookup(f.name, ABIInternal);
    if (!this.#needed.has(f)) {
      this.#needed.add(f);
      this.#cx.need(f);
      // The linker has to know which package it is that pulls somebody else's function.
      if (!f.hasBody && f.pkgPath === this.pkgPath) this.#applyLinkname(sym, f.pragma);
    }
    return sym;
  }

  textSymABI0(f: FuncSym): ObjSym {
    this.textSym(f);
    return this.obj.lookup(f.name, ABI0);
  }

  isAbi0(f: FuncSym): boolean {
    return this.#cx.isAbi0(f);
  }

  funcValueSym(f: FuncSym): ObjSym {
    return this.data.funcValue(f);
  }

  runtimeFunc(name: string): FuncSym {
    return this.#runtime.lookup(name);
  }

  runtimeSym(name: string): ObjSym {
    const entry = this.#runtime.entry(name);
    if (entry.kind === 'func' && entry.abi === ABIInternal) {
      return this.textSym(this.runtimeFunc(name));
    }
    return this.obj.lookup(entry.symbol, entry.abi);
  }

  newFuncSym(name: string, type: Type, dupok = true): FuncSym {
    return new FuncSym({
      name,
      pkgPath: this.pkgPath,
      type,
      pragma: 0,
      hasBody: true,
      dupok,
      isMethod: false,
      origin: null,
    });
  }

  addFunc(f: Func): void {
    this.#needed.add(f.sym);
    this.#cx.addFunc(f);
  }

  methodSet(t: Type): readonly MethodEntry[] {
    return this.#cx.methodSet(t);
  }

  methodValueFunc(recv: Type, method: FuncSym): FuncSym {
    return this.#cx.methodValueFunc(recv, method);
  }

  methodValueInterFunc(iface: Type, index: number): FuncSym {
    return this.#cx.methodValueInterFunc(iface, index);
  }

  /** Puts the machine code of `f` into the object. */
  defineText(f: FuncSym, code: FuncCode): void {
    defineFunction(this.obj, code);
    const { sym } = code;
    if (f.dupok) sym.flags |= SymFlagDupok;
    this.#applyLinkname(sym, f.pragma);
  }

  #applyLinkname(sym: ObjSym, pragma: number): void {
    if ((pragma & (Pragma.Linkname | Pragma.LinknameStd)) === 0) return;
    sym.byName = true;
    if ((pragma & Pragma.LinknameStd) !== 0) sym.flags2 |= SymFlagLinknameStd;
    else sym.flags2 |= SymFlagLinkname;
  }

  // Types.

  typeSym(t: Type): ObjSym {
    return this.typeData.typeSym(t);
  }

  itabSym(t: Type, iface: Type): ObjSym {
    return this.#itabs.itabSym(t, iface);
  }

  gcMaskSym(t: Type): ObjSym {
    return this.typeData.gcSym(t);
  }

  eqSym(t: Type): ObjSym {
    return this.textSym(this.typeData.alg.equalFunc(t));
  }

  typeHash(t: Type): number {
    return typeHash(linkString(t));
  }

  interfaceMethodOffset(t: Type, index: number): number {
    return interfaceMethodOffset(t, index);
  }

  mapGroupType(map: Type): Type {
    return this.typeData.groupType(map);
  }

  mapHeaderType(): Type {
    return mapHeaderType(this.types);
  }

  mapIterType(): Type {
    return mapIterType(this.types);
  }

  // Data.

  /** A package-level variable, or a static temporary standing for one. */
  globalSym(g: GlobalSym): ObjSym {
    return this.obj.tryLookup(g.name, ABIStatic) ?? this.obj.lookup(g.name, ABI0);
  }

  /** Storage of a variable of this package. */
  defineGlobal(g: GlobalSym, pragma = 0): ObjSym {
    const sym = this.obj.lookup(g.name, ABI0);
    // A variable that is linknamed to the package's own init task is that record.
    if (g.name === this.#initTaskName()) return sym;
    this.data.defineVariable(sym, g.type, this.typeSym(g.type));
    this.#applyLinkname(sym, pragma);
    return sym;
  }

  stringSym(bytes: string): ObjSym {
    return this.data.string(bytes);
  }

  staticTemp(image: StaticImage): ObjSym {
    const sym = this.data.temp(image.type, this.typeSym(image.type), image.readOnly);
    sym.setData(image.bytes);
    if (!image.readOnly) sym.kind = image.type.ptrBytes === 0 ? SNOPTRDATA : SDATA;
    for (const { off, sym: target, add } of image.relocs) sym.putAddr(off, R_ADDR, target, add);
    return sym;
  }

  zeroSym(size: number): ObjSym {
    if (size <= ZeroValSize) return this.obj.lookup('runtime.zeroVal', ABI0);
    this.#zeroSize = Math.max(this.#zeroSize, size);
    return this.obj.lookup('go:map.zero', ABI0);
  }

  typeAssertSym(inter: Type, canFail: boolean): ObjSym {
    const L = TypeAssertLayout.at;
    const sym = this.obj.lookup(`${this.#prefix}..typeAssert.${this.#typeAsserts++}`, ABI0);
    sym.putAddr(L.Cache, R_ADDR, this.obj.lookup('runtime.emptyTypeAssertCache', ABI0), 0);
    sym.putAddr(L.Inter, R_ADDR, this.typeSym(inter), 0);
    sym.growTo(TypeAssertLayout.size).patch8(L.CanFail, canFail ? 1 : 0);
    this.#defineCached(sym, [this.types.unsafePointer, this.types.bool]);
    return sym;
  }

  interfaceSwitchSym(cases: readonly Type[]): ObjSym {
    const L = InterfaceSwitchLayout.at;
    const sym = this.obj.lookup(
      `${this.#prefix}..interfaceSwitch.${this.#interfaceSwitches++}`,
      ABI0,
    );
    sym.putAddr(L.Cache, R_ADDR, this.obj.lookup('runtime.emptyInterfaceSwitchCache', ABI0), 0);
    this.data.putWord(sym, L.NCases, cases.length);
    cases.forEach((t, i) => sym.putAddr(L.Cases + i * PtrSize, R_ADDR, this.typeSym(t), 0));
    this.#defineCached(
      sym,
      cases.map(() => this.types.unsafePointer),
    );
    return sym;
  }

  /** A descriptor whose first word the runtime replaces by a cache in the heap. */
  #defineCached(sym: ObjSym, rest: readonly Type[]): void {
    const types = [this.types.unsafePointer, ...rest];
    const fields = types.map((type, i) => ({
      name: `f${i}`,
      pkgPath: this.pkgPath,
      type,
      embedded: false,
      tag: '',
    }));
    sym.size = sym.data.length;
    sym.kind = SDATA;
    sym.flags |= SymFlagLocal;
    sym.gotype = this.typeSym(this.types.struct(fields, true));
    this.obj.defineData(sym);
  }

  #initTaskName(): string {
    return `${this.#prefix}..inittask`;
  }

  /**
   * The record by which the runtime initialises the package: its functions in order, after the
   * packages of `deps`. Null if there is nothing to do. GOROOT: src/runtime/proc.go (initTask).
   */
  defineInitTask(funcs: readonly FuncSym[], deps: readonly string[]): ObjSym | null {
    const isRoot = this.pkgPath === 'main' || this.pkgPath === 'runtime';
    if (funcs.length === 0 && deps.length === 0 && !isRoot) return null;
    const sym = this.obj.lookup(this.#initTaskName(), ABI0);
    const w = sym.writer();
    w.u32(0);
    w.u32(funcs.length);
    funcs.forEach((f, i) => sym.putAddr(8 + i * PtrSize, R_ADDR, this.textSym(f), 0));
    for (const path of deps) {
      const dep = this.obj.lookup(`${symbolPrefix(path)}..inittask`, ABI0);
      sym.addReloc(0, 0, R_INITORDER, 0, dep);
    }
    sym.size = w.length;
    sym.kind = SNOPTRDATA;
    this.obj.defineData(sym);
    return sym;
  }

  /** As long as `sym` is in the program, so is `kept`. */
  keep(sym: ObjSym, kept: ObjSym): void {
    sym.addReloc(0, 0, R_KEEP, 0, kept);
  }

  /**
   * Writes func values and type descriptors. Methods in descriptors may need more functions, which
   * may need more descriptors: the caller alternates with compiling until nothing is left.
   */
  flush(): void {
    this.typeData.flush();
    this.data.flush();
  }

  finish(): void {
    this.flush();
    this.#defineZero();
    for (const list of [this.obj.text, this.obj.data]) {
      for (const s of list) s.kind = fipsKind(s.name, s.kind, this.pkgPath, s.isStatic);
    }
  }

  #defineZero(): void {
    if (this.#zeroSize === 0) return;
    const zero = this.obj.lookup('go:map.zero', ABI0);
    zero.kind = SRODATA;
    zero.size = this.#zeroSize;
    zero.flags |= SymFlagDupok;
    zero.align = PtrSize;
    this.obj.defineData(zero);
  }
}
