/**
 * The table from program counters to functions, files, lines and maps.
 *
 * It is one section, made of symbols laid out in the order of their creation:
 *
 *     runtime.pcheader     magic, counts, offsets of the parts
 *     runtime.funcnametab  NUL-terminated names of functions, also of inlined ones
 *     runtime.cutab        per compilation unit and file: offset in filetab, all ones if unused
 *     runtime.filetab      NUL-terminated file names
 *     runtime.pctab        pc-value tables, each once; offset 0 means none
 *     runtime.functab      (entry offset, record offset) per function, the end, then the records
 *     go:func.*            funcdata, by decreasing alignment
 *     runtime.findfunctab  per 4096 bytes of text the first function's index, and 16 byte deltas
 *
 * Sizes depend on no address, so the parts are created before layout; what mentions addresses
 * (header, functab, findfunctab, relocated funcdata) is filled in afterwards by `fill`.
 *
 * GOROOT: src/cmd/link/internal/ld/pcln.go, src/runtime/symtab.go; contract 11.3.
 */
import { InternalError } from '@go-ts/base';
import { putU32, u32At } from '@go-ts/objfile/bytes';
import { auxSize } from '@go-ts/objfile/format';
import { isDirectCall, R_ADDROFF } from '@go-ts/objfile/reloc';
import {
  ABIInternal,
  AuxFuncdata,
  AuxFuncInfo,
  AuxPcdata,
  AuxPcfile,
  AuxPcinline,
  AuxPcline,
  AuxPcsp,
} from '@go-ts/objfile/sym';
import {
  FUNCDATA_ArgInfo,
  FUNCDATA_ArgsPointerMaps,
  FUNCDATA_InlTree,
  PCDATA_InlTreeIndex,
} from '@go-ts/runtime/layout/funcdata';
import {
  CurrentPCLnTabMagic,
  FuncLayout,
  FuncTabBucketSize,
  PcHeaderLayout,
} from '@go-ts/runtime/layout/pclntab';
import { SPCLNTAB } from '../kind.ts';
import {
  AttrLocal,
  AttrNotInSymbolTable,
  AttrSpecial,
  type Loader,
  type Obj,
  RelocCursor,
  type Sym,
} from '../loader/loader.ts';
import { Span } from '../loader/names.ts';
import { LinkFailure } from '../options.ts';
import { roundUp } from '../section.ts';
import { type ArchTarget } from '../target/target.ts';
import { symAlign } from './align.ts';
import { inlTreeAt, textOffset } from './text.ts';

const noOffset = 0xffff_ffff;
const subBuckets = 16;
const subBucketSize = FuncTabBucketSize / subBuckets;
/** Of a `runtime.inlinedCall`: funcID u8, 3 unused, nameOff u32, parentPc u32, startLine u32. */
const inlinedCallSize = 16;

/** What the table says of one function, as symbols. */
class Func {
  readonly sym: Sym;
  readonly obj: Obj | null;
  /** FuncInfo record; empty for code that is not Go's. */
  readonly info: Uint8Array;
  pcsp: Sym = 0;
  pcfile: Sym = 0;
  pcline: Sym = 0;
  pcinline: Sym = 0;
  readonly pcdata: Sym[] = [];
  readonly funcdata: Sym[] = [];
  readonly inlCount: number;
  readonly inlAt: number;
  /** Of the record, in functab. */
  recordOff = 0;

  constructor(ldr: Loader, sym: Sym) {
    this.sym = sym;
    this.obj = ldr.obj(sym);
    let info = new Uint8Array(0);
    if (this.obj !== null) {
      const { r } = this.obj;
      const li = ldr.localOf[sym]!;
      const end = r.auxStart(li + 1);
      for (let k = r.auxStart(li); k < end; k++) {
        const at = r.auxBase + k * auxSize;
        const aux = ldr.resolve(this.obj, u32At(r.bytes, at + 1), u32At(r.bytes, at + 5));
        if (r.bytes[at] === AuxFuncInfo) info = ldr.data(aux) as Uint8Array<ArrayBuffer>;
        else this.#add(r.bytes[at]!, aux);
      }
    }
    this.info = info;
    const tree = info.length === 0 ? { count: 0, at: 0 } : inlTreeAt(info);
    this.inlCount = tree.count;
    this.inlAt = tree.at;
  }

  #add(type: number, aux: Sym): void {
    switch (type) {
      case AuxPcsp:
        this.pcsp = aux;
        break;
      case AuxPcfile:
        this.pcfile = aux;
        break;
      case AuxPcline:
        this.pcline = aux;
        break;
      case AuxPcinline:
        this.pcinline = aux;
        break;
      case AuxPcdata:
        this.pcdata.push(aux);
        break;
      case AuxFuncdata:
        this.funcdata.push(aux);
        break;
      default: // DWARF
    }
  }

  get hasInfo(): boolean {
    return this.info.length > 0;
  }

  get npcdata(): number {
    const n = this.hasInfo ? this.pcdata.length : 0;
    return this.inlCount > 0 ? Math.max(n, PCDATA_InlTreeIndex + 1) : n;
  }

  get nfuncdata(): number {
    const n = this.hasInfo ? this.funcdata.length : 0;
    return this.inlCount > 0 ? Math.max(n, FUNCDATA_InlTree + 1) : n;
  }

  /** Function inlined by the i-th call of the tree. */
  inlFunc(ldr: Loader, i: number): Sym {
    const at = this.inlAt + 24 * i;
    return ldr.resolve(this.obj!, u32At(this.info, at + 12), u32At(this.info, at + 16));
  }
}

/** `$GOROOT/…` in objects stands for the directory that the link is told of. */
export function expandGoroot(file: string, goroot: string): string {
  return goroot !== '' && file.startsWith('$GOROOT/')
    ? goroot + file.slice('$GOROOT'.length)
    : file;
}

export interface Pclntab {
  readonly pcheader: Sym;
  readonly funcnametab: Sym;
  readonly cutab: Sym;
  readonly filetab: Sym;
  readonly pctab: Sym;
  readonly functab: Sym;
  readonly funcdata: Sym;
  readonly findfunctab: Sym;
  readonly nfunc: number;
  readonly firstFunc: Sym;
  readonly lastFunc: Sym;
  /** Sizes are final, addresses too: writes what depends on them. */
  fill(): void;
}

export function makePclntab(
  ldr: Loader,
  text: readonly Sym[],
  expand: (file: string) => string,
  arch: ArchTarget,
): Pclntab {
  return new PclntabBuilder(ldr, text, expand, arch).build();
}

class PclntabBuilder {
  readonly #ldr: Loader;
  readonly #funcs: readonly Func[];
  readonly #expand: (file: string) => string;
  readonly #arch: ArchTarget;
  readonly #carrier: Sym;
  /** Offset of a function's name; 0 is taken, so offset + 1. */
  readonly #nameOff: Int32Array;
  /** By object index: where its files begin in cutab. */
  #cuOff: Int32Array = new Int32Array(0);
  readonly #inlTrees = new Map<Sym, Sym>();
  #funcdataSyms: Sym[] = [];

  constructor(
    ldr: Loader,
    text: readonly Sym[],
    expand: (file: string) => string,
    arch: ArchTarget,
  ) {
    this.#ldr = ldr;
    this.#funcs = text.map((s) => new Func(ldr, s));
    this.#expand = expand;
    this.#arch = arch;
    this.#carrier = ldr.define('runtime.pclntab', SPCLNTAB);
    ldr.align[this.#carrier] = arch.ptrSize;
    this.#nameOff = new Int32Array(ldr.count);
  }

  build(): Pclntab {
    const ldr = this.#ldr;
    const funcs = this.#funcs;
    const pcheader = this.#part('runtime.pcheader', PcHeaderLayout.size, 8);
    const funcnametab = this.#makeNames();
    const { cutab, filetab, nfiles } = this.#makeFiles();
    const pctab = this.#makePctab();
    this.#makeInlTrees();
    const functab = this.#part('runtime.functab', this.#placeRecords(), 4);
    const funcdata = this.#makeFuncdata();
    const findfunctab = this.#part('runtime.findfunctab', this.#findfunctabSize(), 4, 'exact');
    ldr.set(findfunctab, AttrLocal);
    ldr.attr[findfunctab] = ldr.attr[findfunctab]! & ~AttrNotInSymbolTable;
    ldr.outer[findfunctab] = 0;
    return {
      pcheader,
      funcnametab,
      cutab,
      filetab,
      pctab,
      functab,
      funcdata,
      findfunctab,
      nfunc: funcs.length,
      firstFunc: funcs[0]!.sym,
      lastFunc: funcs.at(-1)!.sym,
      fill: () => {
        this.#fillHeader(pcheader, nfiles, [funcnametab, cutab, filetab, pctab, functab]);
        this.#fillFunctab(functab);
        this.#fillFuncdata(funcdata);
        this.#fillFindfunctab(findfunctab);
      },
    };
  }

  /** A part of the section, hidden in the symbol table behind the section's own symbol. */
  #part(name: string, size: number, align: number, how: 'padded' | 'exact' = 'padded'): Sym {
    const ldr = this.#ldr;
    const s = ldr.define(name, SPCLNTAB);
    ldr.size[s] = how === 'padded' ? roundUp(size, this.#arch.ptrSize) : size;
    ldr.align[s] = align;
    ldr.set(s, AttrNotInSymbolTable);
    ldr.outer[s] = this.#carrier;
    if (align > ldr.align[this.#carrier]!) ldr.align[this.#carrier] = align;
    return s;
  }

  #makeNames(): Sym {
    const ldr = this.#ldr;
    const offsets = this.#nameOff;
    const names = new TextTable();
    const visit = (s: Sym) => {
      if (offsets[s] !== 0) return;
      offsets[s] = names.add(ldr, s) + 1;
    };
    for (const f of this.#funcs) {
      visit(f.sym);
      for (let i = 0; i < f.inlCount; i++) visit(f.inlFunc(ldr, i));
    }
    const s = this.#part('runtime.funcnametab', names.length, 1);
    ldr.update(s, 'fresh').data.bytes(names.bytes());
    return s;
  }

  #makeFiles(): { cutab: Sym; filetab: Sym; nfiles: number } {
    const ldr = this.#ldr;
    const offsets = new Map<string, number>();
    const expanded: string[] = [];
    let size = 0;
    /** By object index: one past the highest file index in use. */
    const counts = new Int32Array(ldr.objs.length);
    const units: Obj[] = [];
    const seenUnit = new Uint8Array(ldr.objs.length);
    const seenFile: (Uint8Array | undefined)[] = ldr.objs.map(() => undefined);
    const use = (obj: Obj, file: number) => {
      if (counts[obj.index]! <= file) counts[obj.index] = file + 1;
      const seen = (seenFile[obj.index] ??= new Uint8Array(obj.r.nfile));
      if (seen[file] === 1) return;
      seen[file] = 1;
      const name = obj.files[file]!;
      if (offsets.has(name)) return;
      offsets.set(name, size);
      const full = this.#expand(name);
      expanded.push(full);
      size += Buffer.byteLength(full) + 1;
    };
    for (const { obj, info, inlCount, inlAt } of this.#funcs) {
      if (obj === null) continue;
      if (seenUnit[obj.index] === 0) {
        seenUnit[obj.index] = 1;
        units.push(obj);
      }
      if (info.length === 0) continue;
      for (let i = u32At(info, 16), at = 20; i > 0; i--, at += 4) use(obj, u32At(info, at));
      for (let i = 0; i < inlCount; i++) use(obj, u32At(info, inlAt + 24 * i + 4));
    }
    this.#cuOff = new Int32Array(ldr.objs.length);
    let total = 0;
    for (const { index } of units) {
      this.#cuOff[index] = total;
      total += counts[index]!;
    }
    const cutab = this.#part('runtime.cutab', 4 * total, 4);
    const out = ldr.update(cutab, 'fresh').data;
    for (const { index, files } of units) {
      for (let i = 0; i < counts[index]!; i++) out.u32(offsets.get(files[i]!) ?? noOffset);
    }
    const filetab = this.#part('runtime.filetab', size, 1);
    ldr.update(filetab, 'fresh').data.text(expanded.map((name) => `${name}\0`).join(''));
    return { cutab, filetab, nfiles: offsets.size };
  }

  /** `value` of a pc table becomes its offset. */
  #makePctab(): Sym {
    const ldr = this.#ldr;
    const s = this.#part('runtime.pctab', 0, 1);
    const tables: Sym[] = [];
    let size = 1;
    const seen = new Uint8Array(ldr.count);
    const add = (table: Sym) => {
      if (seen[table] === 1) return;
      seen[table] = 1;
      ldr.value[table] = 0;
      const length = ldr.size[table]!;
      if (table === 0 || length === 0) return;
      ldr.value[table] = size;
      size += length;
      tables.push(table);
    };
    for (const f of this.#funcs) {
      if (!f.hasInfo) continue;
      add(f.pcsp);
      add(f.pcfile);
      add(f.pcline);
      f.pcdata.forEach(add);
      if (f.inlCount > 0) add(f.pcinline);
    }
    const out = new Uint8Array(size);
    for (const table of tables) ldr.copyData(table, out, ldr.value[table]!);
    ldr.setData(s, out);
    ldr.size[s] = roundUp(size, this.#arch.ptrSize);
    return s;
  }

  #makeInlTrees(): void {
    const ldr = this.#ldr;
    for (const f of this.#funcs) {
      if (f.inlCount === 0) continue;
      const s = ldr.newAnonymous(SPCLNTAB);
      ldr.align[s] = 4;
      const out = ldr.update(s, 'fresh').data;
      for (let i = 0; i < f.inlCount; i++) {
        const callee = f.inlFunc(ldr, i);
        const info = ldr.funcInfo(callee);
        if (info.length === 0) {
          throw new InternalError(`inlined function ${ldr.name(callee)} missing func info`);
        }
        out.u32(info[8]!);
        out.u32(this.#nameOff[callee]! - 1);
        out.u32(u32At(f.info, f.inlAt + 24 * i + 20));
        out.u32(u32At(info, 12));
      }
      ldr.size[s] = f.inlCount * inlinedCallSize;
      this.#inlTrees.set(f.sym, s);
    }
  }

  /** Sets where each record goes; returns functab's size. */
  #placeRecords(): number {
    let size = this.#funcs.length * 8 + 4;
    for (const f of this.#funcs) {
      size = roundUp(size, this.#arch.ptrSize);
      f.recordOff = size;
      size += FuncLayout.size + 4 * (f.npcdata + f.nfuncdata);
    }
    return size;
  }

  /** Funcdata of function `f` by number; 0 for none. */
  #funcdataOf(f: Func, j: number): Sym {
    if (j === FUNCDATA_InlTree && f.inlCount > 0) return this.#inlTrees.get(f.sym)!;
    const s = f.funcdata[j] ?? 0;
    // The assembler refers to maps that only a Go declaration brings about; without one there is none.
    const isOptional = j === FUNCDATA_ArgsPointerMaps || j === FUNCDATA_ArgInfo;
    if (isOptional && f.obj!.isAssembly && this.#ldr.isUndefinedInObjects(s)) return 0;
    return s;
  }

  /** `value` of a funcdata symbol becomes its offset. */
  #makeFuncdata(): Sym {
    const ldr = this.#ldr;
    const list: Sym[] = [];
    const seen = new Uint8Array(ldr.count);
    for (const f of this.#funcs) {
      for (let j = 0; j < f.nfuncdata; j++) {
        const s = this.#funcdataOf(f, j);
        if (s === 0 || seen[s] === 1) continue;
        seen[s] = 1;
        list.push(s);
      }
    }
    const aligns = new Map(list.map((s) => [s, symAlign(ldr, s, this.#arch)]));
    list.sort((a, b) => aligns.get(b)! - aligns.get(a)!);
    let size = 0;
    for (const s of list) {
      if (ldr.size[s] === 0) throw new LinkFailure(`${ldr.name(s)}: zero size funcdata`);
      size = roundUp(size, aligns.get(s)!);
      ldr.value[s] = size;
      size += ldr.size[s]!;
      ldr.set(s, AttrNotInSymbolTable | AttrSpecial);
    }
    this.#funcdataSyms = list;
    const part = this.#part('go:func.*', size, list.length === 0 ? 1 : aligns.get(list[0]!)!);
    ldr.attr[part] = ldr.attr[part]! & ~AttrNotInSymbolTable;
    return part;
  }

  #fillHeader(s: Sym, nfiles: number, parts: readonly Sym[]): void {
    const ldr = this.#ldr;
    const out = ldr.update(s, 'fresh').data;
    out.u32(CurrentPCLnTabMagic);
    out.u16(0);
    out.u8(this.#arch.minLC);
    out.u8(this.#arch.ptrSize);
    out.u64(this.#funcs.length);
    out.u64(nfiles);
    out.u64(0);
    for (const part of parts) out.u64(ldr.value[part]! - ldr.value[s]!);
  }

  #fillFunctab(functab: Sym): void {
    const ldr = this.#ldr;
    const funcs = this.#funcs;
    const out = new Uint8Array(ldr.size[functab]!);
    const textStart = ldr.value[ldr.lookup('runtime.text')]!;
    const deferreturn = ldr.lookup('runtime.deferreturn', ABIInternal);
    const c = new RelocCursor(ldr);
    funcs.forEach((f, i) => {
      putU32(out, 8 * i, textOffset(ldr, f.sym, textStart));
      putU32(out, 8 * i + 4, f.recordOff);
      this.#fillRecord(out, f, textStart, this.#deferReturn(c, f.sym, deferreturn));
    });
    const last = funcs.at(-1)!.sym;
    putU32(out, 8 * funcs.length, textOffset(ldr, last, textStart) + ldr.size[last]!);
    const made = ldr.update(functab, 'fresh');
    made.data.bytes(out);
  }

  /** Offset of the first call of deferreturn, where a recovered function continues. */
  #deferReturn(c: RelocCursor, s: Sym, deferreturn: Sym): number {
    for (c.start(s); c.next();) {
      if (isDirectCall(c.type) && c.sym === deferreturn) return c.off - this.#arch.callRelocOffset;
    }
    return 0;
  }

  #fillRecord(out: Uint8Array, f: Func, textStart: number, deferReturn: number): void {
    const ldr = this.#ldr;
    const { at } = FuncLayout;
    const base = f.recordOff;
    putU32(out, base + at.entryOff, textOffset(ldr, f.sym, textStart));
    putU32(out, base + at.nameOff, this.#nameOff[f.sym]! - 1);
    putU32(out, base + at.deferreturn, deferReturn);
    putU32(out, base + at.cuOffset, f.obj === null ? noOffset : this.#cuOff[f.obj.index]!);
    if (!f.hasInfo) return;
    putU32(out, base + at.args, u32At(f.info, 0));
    putU32(out, base + at.pcsp, ldr.value[f.pcsp]!);
    putU32(out, base + at.pcfile, ldr.value[f.pcfile]!);
    putU32(out, base + at.pcln, ldr.value[f.pcline]!);
    putU32(out, base + at.npcdata, f.npcdata);
    putU32(out, base + at.startLine, u32At(f.info, 12));
    out[base + at.funcID] = f.info[8]!;
    out[base + at.flag] = f.info[9]!;
    out[base + at.nfuncdata] = f.nfuncdata;
    let off = base + FuncLayout.size;
    f.pcdata.forEach((table, j) => putU32(out, off + 4 * j, ldr.value[table]!));
    if (f.inlCount > 0) putU32(out, off + 4 * PCDATA_InlTreeIndex, ldr.value[f.pcinline]!);
    off += 4 * f.npcdata;
    for (let j = 0; j < f.nfuncdata; j++) {
      const s = this.#funcdataOf(f, j);
      putU32(out, off + 4 * j, s === 0 ? noOffset : ldr.value[s]!);
    }
  }

  #fillFuncdata(part: Sym): void {
    const ldr = this.#ldr;
    const out = new Uint8Array(ldr.size[part]!);
    const c = new RelocCursor(ldr);
    for (const s of this.#funcdataSyms) {
      const off = ldr.value[s]!;
      ldr.copyData(s, out, off);
      for (c.start(s); c.next();) {
        if (c.type !== R_ADDROFF || c.siz !== 4) {
          throw new LinkFailure(`${ldr.name(s)}: unsupported reloc ${c.type} for funcdata symbol`);
        }
        const target = c.sym;
        if (c.isWeak && !ldr.isReachable(target)) continue;
        const section = ldr.section(target);
        if (section === null) {
          throw new LinkFailure(
            `${ldr.name(s)}: missing section for relocation target ${ldr.name(target)} for funcdata symbol`,
          );
        }
        putU32(out, off + c.off, ldr.value[target]! - section.addr + c.add);
      }
    }
    ldr.update(part, 'fresh').data.bytes(out);
  }

  #textEnds(): { min: number; max: number } {
    const ldr = this.#ldr;
    const last = this.#funcs.at(-1)!.sym;
    return { min: ldr.value[this.#funcs[0]!.sym]!, max: ldr.value[last]! + ldr.size[last]! };
  }

  #findfunctabSize(): number {
    const { min, max } = this.#textEnds();
    return 4 * Math.ceil((max - min) / FuncTabBucketSize) + Math.ceil((max - min) / subBucketSize);
  }

  #fillFindfunctab(s: Sym): void {
    const ldr = this.#ldr;
    const { min, max } = this.#textEnds();
    const n = Math.ceil((max - min) / subBucketSize);
    /** Smallest function index in each sub-bucket. */
    const first = new Int32Array(n).fill(-1);
    this.#funcs.forEach((f, i) => {
      const next = this.#funcs[i + 1];
      const from = Math.floor((ldr.value[f.sym]! - min) / subBucketSize);
      const end = next === undefined ? max : ldr.value[next.sym]!;
      const to = Math.floor((end - 1 - min) / subBucketSize);
      for (let b = from; b <= to; b++) if (first[b] === -1) first[b] = i;
    });
    const out = ldr.update(s, 'fresh').data;
    for (let b = 0; b < n; b++) {
      if (b % subBuckets === 0) out.u32(first[b]!);
      const delta = first[b]! - first[b - (b % subBuckets)]!;
      if (delta > 255) throw new LinkFailure('too many functions in a findfunc bucket!');
      out.u8(delta);
    }
  }
}

/** NUL-terminated strings, copied from objects without decoding. */
class TextTable {
  #buf: Uint8Array = new Uint8Array(1 << 16);
  readonly #span = new Span();
  length = 0;

  add(ldr: Loader, s: Sym): number {
    const span = this.#span;
    const bytes = ldr.nameSpan(s, span);
    const at = this.length;
    const end = at + span.length + 1;
    if (end > this.#buf.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#buf.length));
      grown.set(this.#buf);
      this.#buf = grown;
    }
    this.#buf.set(bytes.subarray(span.at, span.at + span.length), at);
    this.length = end;
    return at;
  }

  bytes(): Uint8Array {
    return this.#buf.subarray(0, this.length);
  }
}
