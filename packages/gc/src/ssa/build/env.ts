/**
 * What lowering a body asks of its surroundings: symbols for what it mentions, static data, more
 * functions to compile. One object per package (or worker); implemented over reflectdata and the
 * object builder, and faked by tests.
 */
import { type ObjSym } from '@go-ts/objfile/builder';
import { type Func } from '../../ir/node.ts';
import { type FuncSym, type GlobalSym } from '../../ir/sym.ts';
import { type TypeTable } from '../../ir/type-table.ts';
import { type Type } from '../../ir/type.ts';
import { type SsaEnv } from '../env.ts';

export interface BuildOptions {
  /** Import path of the package being compiled. */
  readonly pkgPath: string;
  /** Contract §1.4: variables may not move to the heap, every point is async-unsafe, throw ends a path. */
  readonly runtimeMode: boolean;
  /** -N: nothing is kept in registers across statements that need not be; no open-coded defers. */
  readonly noOptimize: boolean;
}

/** An address inside static data. */
export interface StaticReloc {
  readonly off: number;
  readonly sym: ObjSym;
  readonly add: number;
}

/** The initial contents of a static temporary; bytes that the relocations cover are zero. */
export interface StaticImage {
  readonly type: Type;
  readonly bytes: Uint8Array;
  readonly relocs: readonly StaticReloc[];
  /** Never written: may be merged with others of the same contents. */
  readonly readOnly: boolean;
}

export interface BuildEnv extends SsaEnv {
  readonly options: BuildOptions;
  readonly types: TypeTable;
  /** The code of a function in ABIInternal; it is compiled if this package must define it. */
  textSym(f: FuncSym): ObjSym;
  /** The same in ABI0. */
  textSymABI0(f: FuncSym): ObjSym;
  /** Assembly defines it in ABI0, so calls by name go there directly. */
  isAbi0(f: FuncSym): boolean;
  /** `NAME·f`, the static closure object. */
  funcValueSym(f: FuncSym): ObjSym;
  globalSym(g: GlobalSym): ObjSym;
  itabSym(t: Type, iface: Type): ObjSym;
  /** Equality of two values of `t` in memory: func(p, q unsafe.Pointer) bool. */
  eqSym(t: Type): ObjSym;
  /** What descriptors carry and type switches compare. */
  typeHash(t: Type): number;
  /** Bytes of a constant string, one per character (latin1). */
  stringSym(bytes: string): ObjSym;
  /** Function or variable of the runtime, by entry name (packages/runtime entry/entries.ts). */
  runtimeSym(name: string): ObjSym;
  staticTemp(image: StaticImage): ObjSym;
  /** An abi.TypeAssert descriptor for assertions to `inter`. */
  typeAssertSym(inter: Type, canFail: boolean): ObjSym;
  /** An abi.InterfaceSwitch descriptor. */
  interfaceSwitchSym(cases: readonly Type[]): ObjSym;
  /** A zero value of at least `size` bytes, read-only. */
  zeroSym(size: number): ObjSym;
  /** Offset of method `index` in the descriptor of interface type `t`: R_USEIFACEMETHOD's addend. */
  interfaceMethodOffset(t: Type, index: number): number;
  /** The type of map groups, headers and iterators (reflectdata/map-type.ts). */
  mapGroupType(map: Type): Type;
  mapHeaderType(): Type;
  mapIterType(): Type;
  /** Names a function that lowering makes up. */
  newFuncSym(name: string, type: Type, dupok: boolean): FuncSym;
  /** Hands over the body of a function made up or found (a function literal), to be compiled. */
  addFunc(f: Func): void;
  /** The `T.M-fm` wrapper of a bound method; its single capture is the receiver, by value. */
  methodValueFunc(recv: Type, method: FuncSym): FuncSym;
  /** The same for method `index` of an interface type. */
  methodValueInterFunc(iface: Type, index: number): FuncSym;
}
