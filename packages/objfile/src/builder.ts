/**
 * The model of one object while it is being built, shared by assembler and compiler.
 *
 * Symbols are looked up or created by (name, ABI); defining one puts it on the list of text or of
 * data, in the order in which the lists are written. A symbol that is only mentioned by relocations,
 * by auxiliary links or by inline trees becomes a reference. `write()` (writer.ts) then numbers
 * everything, hashes what is content-addressable and prints the object.
 *
 *     const b = new ObjectBuilder({ pkgPath: 'p' });
 *     const f = b.lookup('p.F', ABIInternal);
 *     f.data.bytes(code);
 *     f.addReloc(1, 4, R_CALL, 0, b.lookup('runtime.panicdivide', ABIInternal));
 *     f.func = new ObjFunc();
 *     f.func.pcsp = b.pcTable(pcspBytes);
 *     b.defineText(f);
 *     const object = b.write();
 *
 * Names are final linker names (contract 3): no placeholder for the package, escaped import { hash } from 'node:crypto';
import path.
 * The same calls in the same order give the same bytes.
 *
 * GOROOT: src/cmd/internal/obj/{link,sym,plist,pcln}.go.
 */
import { hash } from 'node:crypto';
import { InternalError } from '@go-ts/base';
import { ByteWriter } from './bytes.ts';
import { zeroFingerprint } from './fingerprint.ts';
import { hashSize } from './format.ts';
import { ABI0, ABIStatic, isTextKind, SRODATA, SymFlagLocal } from './sym.ts';
import { writeObject } from './writer.ts';

export class ObjReloc {
  off: number;
  /** Bytes that it patches; 0 for a marker. */
  siz: number;
  type: number;
  add: number;
  sym: ObjSym | null;

  constructor(off: number, siz: number, type: number, add: number, sym: ObjSym | null) {
    this.off = off;
    this.siz = siz;
    this.type = type;
    this.add = add;
    this.sym = sym;
  }
}

/** A call that was inlined into the function that owns the tree. */
export interface ObjInlCall {
  /** Index of the enclosing inlined call in the same tree, or -1. */
  readonly parent: number;
  /** Index in the builder's file table. */
  readonly file: number;
  readonly line: number;
  readonly func: ObjSym;
  readonly parentPC: number;
}

/** What a text symbol carries besides code. Tables come from `ObjectBuilder.pcTable`. */
export class ObjFunc {
  args = 0;
  locals = 0;
  funcID = 0;
  funcFlag = 0;
  startLine = 0;
  /** Indices in the builder's file table that pcfile mentions; any order, no repetitions. */
  files: number[] = [];
  inlTree: ObjInlCall[] = [];
  pcsp: ObjSym | null = null;
  pcfile: ObjSym | null = null;
  pcline: ObjSym | null = null;
  pcinline: ObjSym | null = null;
  /** By PCDATA number, without gaps (an empty table is `pcTable` of no bytes). */
  pcdata: ObjSym[] = [];
  /** By FUNCDATA number; null where there is none. */
  funcdata: (ObjSym | null)[] = [];
  dwarfInfo: ObjSym | null = null;
  dwarfLoc: ObjSym | null = null;
  dwarfRanges: ObjSym | null = null;
  dwarfLines: ObjSym | null = null;
  seh: ObjSym | null = null;
  /** The FuncInfo record, made by the writer. */
  infoSym: ObjSym | null = null;
}

export class ObjSym {
  readonly name: string;
  /** ABI0, ABIInternal, or ABIStatic for a file-local symbol. */
  readonly abi: number;
  kind = 0;
  /** SymFlag… bits that cannot be derived from name and kind: Dupok, Local, Typelink, Leaf, … */
  flags = 0;
  /** Second byte: PkgInit, Linkname, LinknameStd, ABIWrapper. */
  flags2 = 0;
  /** May exceed the data, the rest being zeros; at least `data.length` when written. */
  size = 0;
  align = 0;
  data: ByteWriter = emptyData;
  relocs: ObjReloc[] = [];
  gotype: ObjSym | null = null;
  func: ObjFunc | null = null;
  /** DWARF entry of a variable. */
  dwarfInfo: ObjSym | null = null;
  /** To be referenced and defined by name although it is neither dup-ok nor assembly (linkname). */
  byName = false;
  /** Import path when a reference goes by index, with `symIdx` set; see `referTo`. */
  pkg = '';
  isContentAddressable = false;
  /** One of a function's pc-value tables. */
  isPcdata = false;
  isDefined = false;
  /** Numbering, by the writer. */
  pkgIdx = 0;
  symIdx = 0;
  contentHash: Uint8Array | null = null;

  constructor(name: string, abi: number) {
    this.name = name;
    this.abi = abi;
  }

  /** Content-addressable, but by its name: for contents that objects express in different ways. */
  addressByName(): void {
    this.isContentAddressable = true;
    this.contentHash = new Uint8Array(hash('sha256', this.name, 'buffer').subarray(0, hashSize));
  }

  get isStatic(): boolean {
    return this.abi === ABIStatic;
  }

  /** The symbol's bytes, to append to. */
  writer(): ByteWriter {
    if (this.data === emptyData) this.data = new ByteWriter();
    return this.data;
  }

  setData(bytes: Uint8Array): void {
    const data = new ByteWriter(bytes.length);
    data.bytes(bytes);
    this.data = data;
    if (this.size < bytes.length) this.size = bytes.length;
  }

  /** Appends zeros until the data is `length` long. */
  growTo(length: number): ByteWriter {
    const w = this.writer();
    if (w.length < length) w.zeros(length - w.length);
    return w;
  }

  // oxlint-disable-next-line max-params -- the five fields of a relocation, in the order of the format
  addReloc(off: number, siz: number, type: number, add: number, sym: ObjSym | null): ObjReloc {
    const reloc = new ObjReloc(off, siz, type, add, sym);
    this.relocs.push(reloc);
    return reloc;
  }

  /** Writes an 8-byte address of `target`+`add` at `off`. */
  putAddr(off: number, type: number, target: ObjSym, add: number): void {
    this.growTo(off + 8);
    if (this.size < off + 8) this.size = off + 8;
    this.addReloc(off, 8, type, add, target);
  }
}

/** Shared by all symbols without data; nobody may write to it. */
const emptyData = new ByteWriter(0);

export interface ImportedPackage {
  readonly path: string;
  readonly fingerprint: Uint8Array;
}

export interface ObjectOptions {
  /** Import path as in -p, not escaped. */
  readonly pkgPath: string;
  readonly isAsm?: boolean;
  readonly isShared?: boolean;
  readonly isStd?: boolean;
  readonly fingerprint?: Uint8Array;
}

export class ObjectBuilder {
  readonly pkgPath: string;
  readonly isAsm: boolean;
  readonly isShared: boolean;
  readonly isStd: boolean;
  fingerprint: Uint8Array;
  /** Defined functions and data, in the order to write. */
  readonly text: ObjSym[] = [];
  readonly data: ObjSym[] = [];
  /** Constants made on demand: order of creation is not reliable, so they are written by name. */
  readonly constants: ObjSym[] = [];
  readonly imports: ImportedPackage[] = [];
  readonly files: string[] = [];
  readonly #byName: Map<string, ObjSym>[] = [new Map(), new Map(), new Map()];
  readonly #fileIndex = new Map<string, number>();

  constructor(options: ObjectOptions) {
    this.pkgPath = options.pkgPath;
    this.isAsm = options.isAsm ?? false;
    this.isShared = options.isShared ?? false;
    this.isStd = options.isStd ?? false;
    this.fingerprint = options.fingerprint ?? zeroFingerprint;
  }

  /** The symbol of that name and ABI, created if new. */
  lookup(name: string, abi: number = ABI0): ObjSym {
    const table = this.#byName[abi === ABIStatic ? 2 : abi];
    if (table === undefined) throw new InternalError(`${name}: bad ABI ${abi}`);
    let sym = table.get(name);
    if (sym === undefined) {
      sym = new ObjSym(name, abi);
      table.set(name, sym);
    }
    return sym;
  }

  /** The symbol of that name and ABI if anybody asked for it yet. */
  tryLookup(name: string, abi: number = ABI0): ObjSym | undefined {
    return this.#byName[abi === ABIStatic ? 2 : abi]?.get(name);
  }

  /** A symbol that no name leads to: pc tables, DWARF fragments. */
  newAnonymous(kind: number): ObjSym {
    const sym = new ObjSym('', ABI0);
    sym.kind = kind;
    return sym;
  }

  /** Index in the file table, added if new. */
  fileIndex(name: string): number {
    let index = this.#fileIndex.get(name);
    if (index === undefined) {
      index = this.files.length;
      this.files.push(name);
      this.#fileIndex.set(name, index);
    }
    return index;
  }

  defineText(sym: ObjSym): void {
    if (!isTextKind(sym.kind)) throw new InternalError(`${sym.name}: not text`);
    if (sym.func === null) throw new InternalError(`${sym.name}: text without ObjFunc`);
    this.#define(sym, this.text);
  }

  defineData(sym: ObjSym): void {
    this.#define(sym, this.data);
  }

  #define(sym: ObjSym, list: ObjSym[]): void {
    if (sym.isDefined) throw new InternalError(`symbol ${sym.name} redeclared`);
    sym.isDefined = true;
    list.push(sym);
  }

  /** Makes `sym` a reference by index to symbol `symIdx` of another package. */
  referTo(sym: ObjSym, pkg: string, symIdx: number): void {
    sym.pkg = pkg;
    sym.symIdx = symIdx;
  }

  /** A pc-value table, as `ObjFunc` wants it. */
  pcTable(bytes: Uint8Array): ObjSym {
    const sym = this.newAnonymous(SRODATA);
    sym.isContentAddressable = true;
    sym.isPcdata = true;
    sym.align = 1;
    sym.setData(bytes);
    return sym;
  }

  /** A read-only constant, created on first use; `name` says its value, as in `$f64.3ff0000000000000`. */
  constant(name: string, size: number, align: number, fill: (w: ByteWriter) => void): ObjSym {
    const sym = this.lookup(name);
    if (sym.isDefined) return sym;
    const data = new ByteWriter(size);
    fill(data);
    sym.data = data;
    sym.size = size;
    sym.align = align;
    sym.kind = SRODATA;
    sym.flags |= SymFlagLocal;
    sym.isContentAddressable = true;
    this.#define(sym, this.constants);
    return sym;
  }

  float32(x: number): ObjSym {
    const bits = new DataView(new ArrayBuffer(4));
    bits.setFloat32(0, x);
    return this.constant(`$f32.${hex(BigInt(bits.getUint32(0)), 8)}`, 4, 4, (w) =>
      w.u32(bits.getUint32(0)),
    );
  }

  float64(x: number): ObjSym {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, x);
    return this.constant(`$f64.${hex(bits.getBigUint64(0), 16)}`, 8, 8, (w) =>
      w.big64(bits.getBigUint64(0)),
    );
  }

  int32(x: number): ObjSym {
    return this.constant(`$i32.${hex(BigInt.asUintN(64, BigInt(x)), 8)}`, 4, 4, (w) => w.u32(x));
  }

  int64(x: bigint): ObjSym {
    return this.constant(`$i64.${hex(BigInt.asUintN(64, x), 16)}`, 8, 8, (w) => w.big64(x));
  }

  int128(high: bigint, low: bigint): ObjSym {
    const digits = hex(BigInt.asUintN(64, high), 16) + hex(BigInt.asUintN(64, low), 16);
    return this.constant(`$i128.${digits}`, 16, 8, (w) => {
      w.big64(low);
      w.big64(high);
    });
  }

  /**
   * A stack or argument map, named by its bytes so that equal ones are one. A new one is not on a
   * list yet: define it as data where its order among the others is decided.
   */
  gclocals(bytes: Uint8Array): ObjSym {
    const sum = hash('sha256', bytes, 'buffer');
    sum[0] = sum[0]! ^ 0xff;
    const sym = this.lookup(`gclocals·${sum.subarray(0, 16).toString('base64')}`);
    if (!sym.isContentAddressable) {
      sym.setData(bytes);
      sym.isContentAddressable = true;
      sym.align = 4;
    }
    return sym;
  }

  /** The object file's bytes, from the magic on. */
  write(): Uint8Array {
    return writeObject(this);
  }
}

function hex(x: bigint, digits: number): string {
  return x.toString(16).padStart(digits, '0');
}
