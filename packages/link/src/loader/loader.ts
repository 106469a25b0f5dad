/**
 * The linker's symbols: one index space, columns in typed arrays.
 *
 * A symbol (`Sym`) is an index; 0 is none. Symbols of Go objects come first: for each object its
 * package symbols, then for each object its content-addressed and by-name symbols, then names that
 * are only referred to; symbols that the linker makes follow. Several definitions of one name or one
 * content share an index; `objOf` and `localOf` say which definition won. This order is upstream's,
 * since it breaks ties in the layout of data.
 *
 * A symbol's content stays in its object until the linker changes it; then a `Made` record holds
 * data and relocations, in the same record format, with direct symbol numbers.
 *
 * GOROOT: src/cmd/link/internal/loader/loader.go.
 */
import { quoteString } from '@go-ts/base/quote';
import { builtins } from '@go-ts/objfile/builtins';
import { ByteWriter, i64At, textAt, u16At, u32At, utf8 } from '@go-ts/objfile/bytes';
import { auxSize, relocSize } from '@go-ts/objfile/format';
import { type ObjReader } from '@go-ts/objfile/reader';
import { R_ADDR, R_WEAK } from '@go-ts/objfile/reloc';
import {
  ABI0,
  ABIStatic,
  AuxFuncInfo,
  AuxGotype,
  ObjFlagFromAssembly,
  ObjFlagStd,
  PkgIdxBuiltin,
  PkgIdxHashed,
  PkgIdxHashed64,
  PkgIdxInvalid,
  PkgIdxNone,
  PkgIdxSelf,
} from '@go-ts/objfile/sym';
import { LinkFailure } from '../options.ts';
import { type Section } from '../section.ts';
import { type NameSource, NameTable, Span } from './names.ts';

export type Sym = number;

// Attributes: the low byte is the object's first flag byte, the next its second.
export const AttrDupok = 1;
export const AttrLocal = 2;
export const AttrTypelink = 4;
export const AttrNoSplit = 16;
export const AttrReflectMethod = 32;
export const AttrGoType = 64;
export const AttrUsedInIface = 1 << 8;
export const AttrItab = 2 << 8;
export const AttrDict = 4 << 8;
export const AttrPkgInit = 8 << 8;
export const AttrLinkname = 16 << 8;
export const AttrLinknameStd = 32 << 8;
export const AttrReachable = 1 << 16;
/** Has a `Made` record. */
export const AttrMade = 1 << 17;
/** Marks a place; not laid out with its kind. */
export const AttrSpecial = 1 << 18;
export const AttrNotInSymbolTable = 1 << 19;
/** Content-addressed through a 16-byte hash. */
export const AttrHashed = 1 << 20;

/** A package, in the order of discovery. */
export class Library {
  readonly path: string;
  readonly file: string;
  /** Who asked for it first, for messages. */
  readonly srcref: string;
  fingerprint: Uint8Array;
  readonly imports: Library[] = [];
  isMain = false;

  constructor(path: string, file: string, srcref: string, fingerprint: Uint8Array) {
    this.path = path;
    this.file = file;
    this.srcref = srcref;
    this.fingerprint = fingerprint;
  }
}

/** One object, that is one compilation unit. */
export class Obj {
  readonly r: ObjReader;
  readonly lib: Library;
  readonly index: number;
  readonly isStd: boolean;
  readonly isAssembly: boolean;
  /** Local to global index. */
  readonly syms: Int32Array;
  /** Package index to the index of its first object. */
  pkgObj: Int32Array = new Int32Array(0);
  /** Reachable functions, in order of address. */
  readonly text: Sym[] = [];
  #files: string[] | null = null;

  constructor(r: ObjReader, lib: Library, index: number) {
    this.r = r;
    this.lib = lib;
    this.index = index;
    this.isStd = (r.flags & ObjFlagStd) !== 0;
    this.isAssembly = (r.flags & ObjFlagFromAssembly) !== 0;
    this.syms = new Int32Array(r.nsym);
  }

  get files(): readonly string[] {
    this.#files ??= this.r.files();
    return this.#files;
  }
}

/** Content of a symbol that the linker made or changed. */
export class Made {
  data: ByteWriter = new ByteWriter(16);
  /** Records of 23 bytes as in objects; package index 0 and the symbol's number. */
  relocs: ByteWriter = new ByteWriter(relocSize);

  // oxlint-disable-next-line max-params -- the fields of a relocation, in the order of the format
  addReloc(off: number, siz: number, type: number, add: number, sym: Sym): void {
    const w = this.relocs;
    w.u32(off);
    w.u8(siz);
    w.u16(type);
    w.u64(add);
    w.u32(PkgIdxInvalid);
    w.u32(sym);
  }

  /** Redirects the i-th relocation. */
  setRelocSym(i: number, sym: Sym): void {
    this.relocs.patch32(i * relocSize + 15, PkgIdxInvalid);
    this.relocs.patch32(i * relocSize + 19, sym);
  }

  /** Appends an 8-byte address. */
  addAddr(sym: Sym, add = 0): void {
    this.addReloc(this.data.length, 8, R_ADDR, add, sym);
    this.data.u64(0);
  }
}

const noBytes = new Uint8Array(0);

export class Loader implements NameSource {
  readonly objs: (Obj | null)[] = [null];
  readonly libs: Library[] = [];
  count = 1;
  objOf: Int32Array = new Int32Array(0);
  localOf: Int32Array = new Int32Array(0);
  kind: Uint8Array = new Uint8Array(0);
  attr: Int32Array = new Int32Array(0);
  size: Float64Array = new Float64Array(0);
  value: Float64Array = new Float64Array(0);
  /** Bytes, a power of two; 0 leaves the choice to the linker. */
  align: Int32Array = new Int32Array(0);
  /** Index in `sections`, 0 for none. */
  sect: Int16Array = new Int16Array(0);
  /** The symbol under whose name it appears in the symbol table. */
  outer: Int32Array = new Int32Array(0);
  readonly sections: (Section | null)[] = [null];
  readonly builtinSyms: Int32Array = new Int32Array(builtins.length);
  names: NameTable = new NameTable(this, 0);
  readonly #made = new Map<Sym, Made>();
  /** Names of symbols that are in no object. */
  readonly #ownNames: (Uint8Array | null)[] = [null];
  readonly #span = new Span();

  /** Makes room for `total` symbols in all, and for as many names. */
  reserve(total: number): void {
    if (total <= this.objOf.length) return;
    this.objOf = grown(this.objOf, new Int32Array(total));
    this.localOf = grown(this.localOf, new Int32Array(total));
    this.kind = grown(this.kind, new Uint8Array(total));
    this.attr = grown(this.attr, new Int32Array(total));
    this.size = grown(this.size, new Float64Array(total));
    this.value = grown(this.value, new Float64Array(total));
    this.align = grown(this.align, new Int32Array(total));
    this.sect = grown(this.sect, new Int16Array(total));
    this.outer = grown(this.outer, new Int32Array(total));
  }

  // Names.

  isNamed(s: Sym, abi: number, bytes: Uint8Array, span: Span): boolean {
    const obj = this.objs[this.objOf[s]!]!;
    let own: Uint8Array;
    let at = 0;
    if (obj === null) {
      own = this.#ownNames[this.localOf[s]!]!;
      if (abi !== ABI0 || own.length !== span.length) return false;
    } else {
      own = obj.r.bytes;
      const record = obj.r.symAt(this.localOf[s]!);
      if (u32At(own, record) !== span.length || u16At(own, record + 8) !== abi) return false;
      at = u32At(own, record + 4);
    }
    const from = span.at;
    for (let i = 0; i < span.length; i++) if (own[at + i] !== bytes[from + i]) return false;
    return true;
  }

  name(s: Sym): string {
    const obj = this.objs[this.objOf[s]!]!;
    if (obj !== null) return obj.r.name(this.localOf[s]!);
    const own = this.#ownNames[this.localOf[s]!]!;
    return textAt(own, 0, own.length);
  }

  /** Buffer with the name, and where in it, without decoding. */
  nameSpan(s: Sym, span: Span): Uint8Array {
    const obj = this.objs[this.objOf[s]!]!;
    if (obj === null) {
      const own = this.#ownNames[this.localOf[s]!]!;
      span.at = 0;
      span.length = own.length;
      return own;
    }
    const record = obj.r.symAt(this.localOf[s]!);
    span.length = u32At(obj.r.bytes, record);
    span.at = u32At(obj.r.bytes, record + 4);
    return obj.r.bytes;
  }

  hasPrefix(s: Sym, prefix: Uint8Array): boolean {
    const bytes = this.nameSpan(s, this.#span);
    if (this.#span.length < prefix.length) return false;
    const { at } = this.#span;
    for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix[i]) return false;
    return true;
  }

  hasSuffix(s: Sym, suffix: Uint8Array): boolean {
    const bytes = this.nameSpan(s, this.#span);
    const from = this.#span.at + this.#span.length - suffix.length;
    if (from < this.#span.at) return false;
    for (let i = 0; i < suffix.length; i++) if (bytes[from + i] !== suffix[i]) return false;
    return true;
  }

  /** ABI0, ABIInternal or ABIStatic. */
  abi(s: Sym): number {
    const obj = this.objs[this.objOf[s]!]!;
    return obj === null ? ABI0 : obj.r.abi(this.localOf[s]!);
  }

  isStatic(s: Sym): boolean {
    return this.abi(s) === ABIStatic;
  }

  lookup(name: string, abi: number = ABI0): Sym {
    const bytes = utf8(name);
    this.#span.at = 0;
    this.#span.length = bytes.length;
    return this.names.find(bytes, this.#span, abi);
  }

  // Symbols of the linker's own.

  #newSym(name: Uint8Array): Sym {
    const s = this.count++;
    if (s >= this.objOf.length) this.reserve(s + 4096 + (s >> 3));
    this.objOf[s] = 0;
    this.localOf[s] = this.#ownNames.length;
    this.#ownNames.push(name);
    return s;
  }

  /** The ABI0 symbol of that name, undefined if it is new. */
  lookupOrCreate(name: string): Sym {
    const bytes = utf8(name);
    this.#span.at = 0;
    this.#span.length = bytes.length;
    const old = this.names.find(bytes, this.#span, ABI0);
    if (old !== 0) return old;
    const s = this.#newSym(bytes);
    this.#span.at = 0;
    this.#span.length = bytes.length;
    this.names.findOrAdd(bytes, this.#span, ABI0, s);
    return s;
  }

  /** A reachable symbol that no name leads to. */
  newAnonymous(kind: number): Sym {
    const s = this.#newSym(noBytes);
    this.kind[s] = kind;
    this.attr[s] = AttrReachable;
    return s;
  }

  /** The reachable ABI0 symbol of that name, with the given kind. */
  define(name: string, kind: number): Sym {
    const s = this.lookupOrCreate(name);
    this.kind[s] = kind;
    this.attr[s] = this.attr[s]! | AttrReachable;
    return s;
  }

  /** A symbol that marks a place: local, not laid out. */
  defineMark(name: string, kind: number, value: number): Sym {
    const s = this.define(name, kind);
    this.attr[s] = this.attr[s]! | AttrSpecial | AttrLocal;
    this.value[s] = value;
    return s;
  }

  /** Content to write to; starts empty if the symbol's own is not wanted (`fresh`). */
  update(s: Sym, how: 'fresh' | 'keep'): Made {
    let made = this.#made.get(s);
    if (made !== undefined && how === 'keep') return made;
    const old = made;
    made = new Made();
    if (how === 'keep' && old === undefined) {
      made.data.bytes(this.data(s));
      const c = new RelocCursor(this);
      for (c.start(s); c.next();) {
        made.addReloc(c.off, c.siz, c.rawType, c.add, c.sym);
      }
    }
    this.#made.set(s, made);
    this.attr[s] = this.attr[s]! | AttrMade;
    return made;
  }

  /** Replaces content by bytes that the caller has ready. */
  setData(s: Sym, bytes: Uint8Array): void {
    const made = this.update(s, 'fresh');
    made.data = new ByteWriter(bytes.length);
    made.data.bytes(bytes);
    this.size[s] = bytes.length;
  }

  made(s: Sym): Made | undefined {
    return (this.attr[s]! & AttrMade) === 0 ? undefined : this.#made.get(s);
  }

  // Content.

  isReachable(s: Sym): boolean {
    return (this.attr[s]! & AttrReachable) !== 0;
  }

  has(s: Sym, attr: number): boolean {
    return (this.attr[s]! & attr) !== 0;
  }

  set(s: Sym, attr: number): void {
    this.attr[s] = this.attr[s]! | attr;
  }

  obj(s: Sym): Obj | null {
    return this.objs[this.objOf[s]!]!;
  }

  /** True if no object defines it. */
  isUndefinedInObjects(s: Sym): boolean {
    const obj = this.objs[this.objOf[s]!]!;
    return obj === null || this.localOf[s]! >= obj.r.ndef;
  }

  /** Bytes of the symbol; the rest up to its size are zeros. */
  data(s: Sym): Uint8Array {
    if ((this.attr[s]! & AttrMade) !== 0) return this.#made.get(s)!.data.view();
    const obj = this.objs[this.objOf[s]!]!;
    if (obj === null) return noBytes;
    const li = this.localOf[s]!;
    return li < obj.r.ndef ? obj.r.data(li) : noBytes;
  }

  /** Copies the symbol's bytes to `out[to]`; most are short, and a view costs more than their bytes. */
  copyData(s: Sym, out: Uint8Array, to: number): number {
    const obj = this.objs[this.objOf[s]!]!;
    const li = this.localOf[s]!;
    if ((this.attr[s]! & AttrMade) !== 0 || obj === null || li >= obj.r.ndef) {
      const data = this.data(s);
      out.set(data, to);
      return data.length;
    }
    const { bytes } = obj.r;
    const from = obj.r.dataStart(li);
    const length = obj.r.dataStart(li + 1) - from;
    if (length > 64) out.set(bytes.subarray(from, from + length), to);
    else for (let i = 0; i < length; i++) out[to + i] = bytes[from + i]!;
    return length;
  }

  dataLength(s: Sym): number {
    if ((this.attr[s]! & AttrMade) !== 0) return this.#made.get(s)!.data.length;
    const obj = this.objs[this.objOf[s]!]!;
    if (obj === null) return 0;
    const li = this.localOf[s]!;
    return li < obj.r.ndef ? obj.r.dataLength(li) : 0;
  }

  section(s: Sym): Section | null {
    return this.sections[this.sect[s]!]!;
  }

  /** First auxiliary symbol of the given type, or 0. */
  aux(s: Sym, type: number): Sym {
    const obj = this.objs[this.objOf[s]!]!;
    if (obj === null) return 0;
    const { r } = obj;
    const li = this.localOf[s]!;
    if (li >= r.ndef) return 0;
    const end = r.auxStart(li + 1);
    for (let k = r.auxStart(li); k < end; k++) {
      const at = r.auxBase + k * auxSize;
      if (r.bytes[at] === type) {
        return this.resolve(obj, u32At(r.bytes, at + 1), u32At(r.bytes, at + 5));
      }
    }
    return 0;
  }

  gotype(s: Sym): Sym {
    return this.aux(s, AuxGotype);
  }

  /** Bytes of the FuncInfo record; empty for text that is not Go's. */
  funcInfo(s: Sym): Uint8Array {
    const info = this.aux(s, AuxFuncInfo);
    return info === 0 ? noBytes : this.data(info);
  }

  /** What a reference in `obj` means. */
  resolve(obj: Obj, pkgIdx: number, symIdx: number): Sym {
    const { r } = obj;
    switch (pkgIdx) {
      case PkgIdxSelf:
        return obj.syms[symIdx]!;
      case PkgIdxNone:
        return obj.syms[r.nsymdef + r.nhashed64 + r.nhashed + symIdx]!;
      case PkgIdxHashed:
        return obj.syms[r.nsymdef + r.nhashed64 + symIdx]!;
      case PkgIdxHashed64:
        return obj.syms[r.nsymdef + symIdx]!;
      case PkgIdxBuiltin: {
        const s = this.builtinSyms[symIdx]!;
        if (s === 0) {
          throw new LinkFailure(
            `reference to undefined builtin ${quoteString(builtins[symIdx]!.name)} from package ${quoteString(obj.lib.path)}`,
          );
        }
        return s;
      }
      case PkgIdxInvalid:
        return 0;
      default:
        return this.objs[obj.pkgObj[pkgIdx]!]!.syms[symIdx]!;
    }
  }
}

function grown<T extends Int32Array | Uint8Array | Float64Array | Int16Array>(old: T, more: T): T {
  more.set(old);
  return more;
}

/**
 * Walks the relocations of one symbol; made once, reused for many symbols:
 *
 *     for (c.start(s); c.next(); ) if (c.type === R_CALL) visit(c.sym);
 */
export class RelocCursor {
  readonly #ldr: Loader;
  #bytes: Uint8Array = noBytes;
  #at = 0;
  #end = 0;
  #obj: Obj | null = null;
  /** Without the weak bit. */
  type = 0;
  isWeak = false;

  constructor(ldr: Loader) {
    this.#ldr = ldr;
  }

  start(s: Sym): void {
    const ldr = this.#ldr;
    if ((ldr.attr[s]! & AttrMade) !== 0) {
      this.#obj = null;
      this.#bytes = ldr.made(s)!.relocs.view();
      this.#at = -relocSize;
      this.#end = this.#bytes.length - relocSize;
      return;
    }
    const obj = ldr.objs[ldr.objOf[s]!]!;
    const li = ldr.localOf[s]!;
    this.#obj = obj;
    if (obj === null || li >= obj.r.ndef) {
      this.#at = this.#end = 0;
      return;
    }
    const { r } = obj;
    this.#bytes = r.bytes;
    this.#at = r.relocBase + (r.relocStart(li) - 1) * relocSize;
    this.#end = r.relocBase + (r.relocStart(li + 1) - 1) * relocSize;
  }

  next(): boolean {
    if (this.#at >= this.#end) return false;
    const at = (this.#at += relocSize);
    const raw = u16At(this.#bytes, at + 5);
    this.type = raw & ~R_WEAK;
    this.isWeak = raw >= R_WEAK;
    return true;
  }

  /** How many relocations are left after the current one. */
  get left(): number {
    return (this.#end - this.#at) / relocSize;
  }

  get rawType(): number {
    return u16At(this.#bytes, this.#at + 5);
  }

  get off(): number {
    return u32At(this.#bytes, this.#at) | 0;
  }

  get siz(): number {
    return this.#bytes[this.#at + 4]!;
  }

  get add(): number {
    return i64At(this.#bytes, this.#at + 7);
  }

  get sym(): Sym {
    const bytes = this.#bytes;
    const at = this.#at + 15;
    const symIdx = u32At(bytes, at + 4);
    return this.#obj === null ? symIdx : this.#ldr.resolve(this.#obj, u32At(bytes, at), symIdx);
  }

  /** Target of the relocation at offset `off` of `s`, or 0; relocations are sorted by offset. */
  symAt(s: Sym, off: number): Sym {
    this.start(s);
    const first = this.#at + relocSize;
    let low = 0;
    let high = (this.#end - this.#at) / relocSize;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((u32At(this.#bytes, first + middle * relocSize) | 0) < off) low = middle + 1;
      else high = middle;
    }
    this.#at = first + (low - 1) * relocSize;
    return this.next() && this.off === off ? this.sym : 0;
  }
}
