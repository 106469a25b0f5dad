/**
 * Lays out everything that is not code: sorts symbols within their kinds, puts kinds into sections,
 * gives offsets, then addresses.
 *
 * Within a kind, symbols go by size, then by number; symbols without size come first and share the
 * address of runtime.zerobase. Type descriptors are different (contract 11.4): those that reflection
 * may look up by string, sorted by it; the others; itabs last. The runtime walks both runs, so their
 * ends go into moduledata.
 *
 * GOROOT: src/cmd/link/internal/ld/data.go (dodata, allocateDataSections, address); contract 11.7.
 */
import { putU64, compareStrings } from '@go-ts/objfile/bytes';
import { ModuledataLayout } from '@go-ts/runtime/layout/moduledata';
import * as K from '../kind.ts';
import {
  AttrItab,
  AttrLocal,
  AttrReachable,
  AttrSpecial,
  AttrTypelink,
  type Loader,
  type Sym,
} from '../loader/loader.ts';
import { TypeDecoder } from '../loader/typesym.ts';
import { LinkFailure } from '../options.ts';
import { roundUp, type Section, type Segment, type Segments } from '../section.ts';
import { type ArchTarget } from '../target/target.ts';
import { symAlign } from './align.ts';
import { gcProgram } from './gcdata.ts';
import { type Groups } from './moduledata.ts';
import { addSection } from './text.ts';

/** So that offsets within data fit 31 bits. */
const maxSize = 2e9;

export interface DataLayout {
  /** All data symbols in the order of their kinds; addresses ascend within each segment. */
  readonly order: readonly Sym[];
  /** Gives the sections their final addresses, from `addr` on. */
  assignAddresses(textAddr: number, page: number): void;
}

export function layOutData(
  ldr: Loader,
  segments: Segments,
  groups: Groups,
  arch: ArchTarget,
): DataLayout {
  const layout = new Layout(ldr, segments, groups, arch);
  layout.collect();
  layout.sort();
  layout.placeWritable();
  layout.placeReadOnly();
  return layout;
}

class Layout implements DataLayout {
  readonly #ldr: Loader;
  readonly #segments: Segments;
  readonly #groups: Groups;
  readonly #arch: ArchTarget;
  /** Symbols by the kind to lay them out with. */
  readonly #lists: Sym[][] = Array.from({ length: K.SFirstUnallocated }, () => []);
  readonly #maxAlign = new Int32Array(K.SFirstUnallocated).fill(1);
  /** Where the next symbol goes, from the start of the segment. */
  #at = 0;
  order: Sym[] = [];
  #sections: Record<string, Section> = {};
  #covctrs = { start: 0, length: 0 };
  #gcmaskStart = 0;

  constructor(ldr: Loader, segments: Segments, groups: Groups, arch: ArchTarget) {
    this.#ldr = ldr;
    this.#segments = segments;
    this.#groups = groups;
    this.#arch = arch;
  }

  #list(kind: number): Sym[] {
    return this.#lists[kind]!;
  }

  collect(): void {
    const ldr = this.#ldr;
    const { kindOf } = this.#groups;
    for (let s = 1; s < ldr.count; s++) {
      if ((ldr.attr[s]! & (AttrReachable | AttrSpecial)) !== AttrReachable) continue;
      const kind = kindOf[s]! || ldr.kind[s]!;
      if (kind <= K.STEXTEND || kind >= K.SFirstUnallocated) continue;
      // What has no name is content of something else: pc tables, inline trees, FuncInfo.
      if (!this.#hasName(s)) continue;
      this.#list(kind).push(s);
    }
  }

  #hasName(s: Sym): boolean {
    const obj = this.#ldr.obj(s);
    if (obj === null) return this.#ldr.name(s) !== '';
    const at = obj.r.symAt(this.#ldr.localOf[s]!);
    const { bytes } = obj.r;
    return (bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]!) !== 0;
  }

  sort(): void {
    const ldr = this.#ldr;
    const { size } = ldr;
    const zerobase = ldr.lookup('runtime.zerobase');
    this.#lists.forEach((list, kind) => {
      for (const s of list) {
        if (size[s]! < ldr.dataLength(s)) {
          throw new LinkFailure(
            `${ldr.name(s)}: initialize bounds (${size[s]} < ${ldr.dataLength(s)})`,
          );
        }
        if (size[s]! > maxSize) {
          throw new LinkFailure(`${ldr.name(s)}: symbol too large (${size[s]} bytes)`);
        }
      }
      if (kind === K.STYPE) this.#sortTypes(list);
      else if (kind !== K.SPCLNTAB) sortBySize(list, size, zerobase);
      for (const s of list) {
        const align = symAlign(ldr, s, this.#arch);
        if (align > this.#maxAlign[kind]!) this.#maxAlign[kind] = align;
      }
    });
  }

  #sortTypes(list: Sym[]): void {
    const ldr = this.#ldr;
    const types = new TypeDecoder(ldr);
    const typeStar = ldr.lookup('type:*');
    const links: { sym: Sym; text: string }[] = [];
    const others: Sym[] = [];
    const itabs: Sym[] = [];
    for (const s of list) {
      if (s === typeStar) continue;
      const a = ldr.attr[s]!;
      if ((a & AttrItab) !== 0) itabs.push(s);
      else if ((a & AttrTypelink) !== 0) links.push({ sym: s, text: types.typeString(s) });
      else others.push(s);
    }
    // Equal strings (packages of one name) are told apart by number.
    links.sort((a, b) => compareStrings(a.text, b.text) || a.sym - b.sym);
    const bySize = (a: Sym, b: Sym) => ldr.size[a]! - ldr.size[b]! || a - b;
    others.sort(bySize);
    itabs.sort(bySize);

    const run = (syms: readonly Sym[], from: number) =>
      syms.reduce((end, s) => roundUp(end, symAlign(ldr, s, this.#arch)) + ldr.size[s]!, from);
    // Offset 0 means "no type", so the first descriptor is at one word.
    const descEnd = run(
      links.map((link) => link.sym),
      this.#arch.ptrSize,
    );
    const typesEnd = run(others, descEnd);
    const itabStart =
      itabs.length === 0 ? typesEnd : roundUp(typesEnd, symAlign(ldr, itabs[0]!, this.#arch));
    const { at } = ModuledataLayout;
    const word = new Uint8Array(8);
    const set = (off: number, x: number) => {
      putU64(word, 0, x);
      const { data } = ldr.update(this.#groups.moduledata, 'keep');
      word.forEach((byte, i) => data.patch8(off + i, byte));
    };
    set(at.typedesclen, descEnd);
    set(at.itaboffset, itabStart);
    set(at.itabsize, run(itabs, 0));
    list.splice(0, list.length, typeStar, ...links.map((link) => link.sym), ...others, ...itabs);
  }

  // Placing.

  #open(segment: Segment, name: string, align: number, rwx: number): Section {
    const section = addSection(this.#ldr, segment, name, rwx);
    section.align = align;
    this.#at = roundUp(this.#at, align);
    section.addr = this.#at;
    this.#sections[name] = section;
    return section;
  }

  #put(section: Section, kind: number): void {
    const ldr = this.#ldr;
    for (const s of this.#list(kind)) {
      this.#at = roundUp(this.#at, symAlign(ldr, s, this.#arch));
      ldr.sect[s] = section.index;
      ldr.value[s] = this.#at - section.addr;
      this.#at += ldr.size[s]!;
    }
    section.length = this.#at - section.addr;
    if (this.#at > maxSize) {
      throw new LinkFailure(`too much data, last section ${section.name} (${this.#at} bytes)`);
    }
  }

  #putAll(segment: Segment, name: string, kind: number, rwx: number): Section {
    const section = this.#open(segment, name, this.#maxAlign[kind]!, rwx);
    this.#put(section, kind);
    return section;
  }

  /** A section for each symbol of the kind. */
  #putSingly(segment: Segment, kind: number, rwx: number): void {
    const ldr = this.#ldr;
    for (const s of this.#list(kind)) {
      const name = ldr.name(s);
      const section = this.#open(
        segment,
        name.startsWith('go:') ? `.go.${name.slice(3)}` : name,
        symAlign(ldr, s, this.#arch),
        rwx,
      );
      ldr.sect[s] = section.index;
      ldr.value[s] = 0;
      this.#at += ldr.size[s]!;
      section.length = this.#at - section.addr;
    }
  }

  #markSection(section: Section, ...names: readonly string[]): void {
    for (const name of names) this.#ldr.sect[this.#ldr.lookupOrCreate(name)] = section.index;
  }

  placeWritable(): void {
    const ldr = this.#ldr;
    const { data: segment } = this.#segments;
    this.#at = 0;
    for (const kind of [K.SBUILDINFO, K.SFIPSINFO, K.SELFSECT]) this.#putSingly(segment, kind, 6);
    this.#open(segment, '.go.module', symAlign(ldr, this.#groups.moduledata, this.#arch), 6);
    this.#put(this.#sections['.go.module']!, K.SMODULEDATA);
    if (this.#list(K.SELFGOT).length > 0) this.#putAll(segment, '.got', K.SELFGOT, 6);

    const noptr = this.#putAll(segment, '.noptrdata', K.SNOPTRDATA, 6);
    this.#markSection(noptr, 'runtime.noptrdata', 'runtime.enoptrdata');
    for (const kind of [K.SNOPTRDATAFIPSSTART, K.SNOPTRDATAFIPS, K.SNOPTRDATAFIPSEND]) {
      this.#put(noptr, kind);
    }
    const data = this.#putAll(segment, '.data', K.SDATA, 6);
    this.#markSection(data, 'runtime.data', 'runtime.edata');
    for (const kind of [K.SDATAFIPSSTART, K.SDATAFIPS, K.SDATAFIPSEND]) this.#put(data, kind);
    const bss = this.#putAll(segment, '.bss', K.SBSS, 6);
    this.#markSection(bss, 'runtime.bss', 'runtime.ebss');
    this.#setProgram('runtime.gcdata', K.SDATA, data.length);
    this.#setProgram('runtime.gcbss', K.SBSS, bss.length);

    const noptrbss = this.#putAll(segment, '.noptrbss', K.SNOPTRBSS, 6);
    this.#markSection(noptrbss, 'runtime.noptrbss', 'runtime.enoptrbss', 'runtime.gcmask.*');
    this.#gcmaskStart = noptrbss.length;
    this.#put(noptrbss, K.SGCMASK);
    const start = noptrbss.length;
    this.#put(noptrbss, K.SCOVERAGE_COUNTER);
    const length = noptrbss.length - start;
    // The start mark comes before padding; counters are four bytes wide.
    this.#covctrs = { start: start + (length % 4), length: length - (length % 4) };
    this.#markSection(noptrbss, 'runtime.covctrs', 'runtime.ecovctrs');
    if (this.#list(K.SLIBFUZZER_8BIT_COUNTER).length > 0) {
      this.#putAll(segment, '.go.fuzzcntrs', K.SLIBFUZZER_8BIT_COUNTER, 6);
    }
    this.#markSection(segment.sections.at(-1)!, 'runtime.end');
    this.#at = 0;
    for (const s of this.#list(K.STLSBSS)) {
      this.#at = roundUp(this.#at, symAlign(ldr, s, this.#arch));
      ldr.value[s] = this.#at;
      this.#at += ldr.size[s]!;
    }
  }

  #setProgram(name: string, kind: number, length: number): void {
    const ldr = this.#ldr;
    ldr.setData(ldr.lookup(name), gcProgram(ldr, this.#list(kind), length));
  }

  placeReadOnly(): void {
    const { rodata: segment, text } = this.#segments;
    this.#at = 0;
    this.#putSingly(text, K.SELFRXSECT, 5);
    const align = Math.max(...K.readOnlyKinds.map((kind) => this.#maxAlign[kind]!));
    const rodata = this.#open(segment, '.rodata', align, 4);
    this.#markSection(rodata, 'runtime.rodata', 'runtime.erodata');
    for (const kind of K.readOnlyKinds) this.#put(rodata, kind);

    const pclntab = this.#putAll(segment, '.gopclntab', K.SPCLNTAB, 4);
    this.#markSection(pclntab, 'runtime.pclntab', 'runtime.pcheader', 'runtime.funcnametab');
    this.#markSection(pclntab, 'runtime.cutab', 'runtime.filetab', 'runtime.pctab');
    this.#markSection(pclntab, 'runtime.functab', 'go:func.*', 'runtime.epclntab');
    this.#putSingly(segment, K.SELFROSECT, 4);
    if (this.#list(K.SRODATARELRO).length > 0) {
      this.#putAll(segment, '.rodata', K.SRODATARELRO, 4);
    }
    const types = this.#open(segment, '.go.type', this.#maxAlign[K.STYPE]!, 4);
    this.#at += this.#arch.ptrSize;
    this.#put(types, K.STYPE);
    this.#markSection(types, 'runtime.types', 'runtime.etypes');
    this.#putAll(segment, '.go.func', K.SGOFUNC, 4);
    if (this.#at > 0xffff_ffff) {
      throw new LinkFailure(`read-only data segment too large: ${this.#at}`);
    }
    for (let kind = K.SELFRXSECT; kind < K.SFirstUnallocated; kind++) {
      for (const s of this.#list(kind)) this.order.push(s);
    }
  }

  assignAddresses(textAddr: number, page: number): void {
    const ldr = this.#ldr;
    const { text, rodata, data } = this.#segments;
    text.addr = textAddr;
    let addr = textAddr;
    for (const section of text.sections) addr = place(section, roundUp(addr, section.align));
    text.length = addr - textAddr;

    addr = roundUp(addr, page);
    rodata.addr = addr;
    for (const section of rodata.sections) addr = place(section, roundUp(addr, section.align));
    rodata.length = addr - rodata.addr;

    addr = roundUp(addr, page);
    data.addr = addr;
    // Offsets within the segment stay, they are aligned already.
    for (const section of data.sections) place(section, data.addr + section.addr);
    const last = data.sections.at(-1)!;
    data.length = last.addr + last.length - data.addr;
    data.fileLength = this.#sections['.bss']!.addr - data.addr;

    for (const s of this.order) {
      const section = ldr.section(s);
      if (section !== null) ldr.value[s] = ldr.value[s]! + section.addr;
    }
    this.#setMarks();
  }

  #setMarks(): void {
    const ldr = this.#ldr;
    const bounds: readonly (readonly [string, string, string])[] = [
      ['.rodata', 'runtime.rodata', 'runtime.erodata'],
      ['.go.type', 'runtime.types', 'runtime.etypes'],
      ['.gopclntab', 'runtime.pclntab', 'runtime.epclntab'],
      ['.noptrdata', 'runtime.noptrdata', 'runtime.enoptrdata'],
      ['.bss', 'runtime.bss', 'runtime.ebss'],
      ['.data', 'runtime.data', 'runtime.edata'],
      ['.noptrbss', 'runtime.noptrbss', 'runtime.enoptrbss'],
    ];
    const set = (name: string, value: number) => {
      const s = ldr.lookup(name);
      ldr.set(s, AttrSpecial | AttrLocal);
      ldr.value[s] = value;
    };
    for (const [name, start, end] of bounds) {
      const section = this.#sections[name]!;
      set(start, section.addr);
      set(end, section.addr + section.length);
    }
    for (const name of ['runtime.gcdata', 'runtime.gcbss']) {
      const s = ldr.lookup(name);
      ldr.set(s, AttrLocal);
      const end = ldr.lookup(name.replace('.', '.e'));
      ldr.value[end] = ldr.value[s]! + ldr.size[s]!;
      ldr.sect[end] = ldr.sect[s]!;
    }
    const noptrbss = this.#sections['.noptrbss']!;
    set('runtime.gcmask.*', noptrbss.addr + this.#gcmaskStart);
    const covctrs = noptrbss.addr + this.#covctrs.start;
    set('runtime.covctrs', covctrs);
    set('runtime.ecovctrs', covctrs + this.#covctrs.length);
    const { data } = this.#segments;
    set('runtime.end', data.addr + data.length);
    for (const name of ['pcheader', 'funcnametab', 'cutab', 'filetab', 'pctab', 'functab']) {
      ldr.set(ldr.lookup(`runtime.${name}`), AttrSpecial | AttrLocal);
    }
    ldr.set(ldr.lookup('go:func.*'), AttrSpecial | AttrLocal);
  }
}

/** Numbers of symbols, and sizes, that one sort key holds exactly. */
const symLimit = 2 ** 22;
const sizeLimit = 2 ** 30;

/**
 * By size, then number. `zerobase` goes behind everything of size zero, so that all of it has its
 * address. Hundreds of thousands of symbols: a native sort of numbers is several times faster than
 * one with a comparison of ours.
 */
function sortBySize(list: Sym[], size: Float64Array, zerobase: Sym): void {
  const rank = (s: Sym) => (s === zerobase ? 1 : size[s] === 0 ? 0 : size[s]! + 1);
  if (list.some((s) => s >= symLimit || size[s]! >= sizeLimit)) {
    list.sort((a, b) => rank(a) - rank(b) || a - b);
    return;
  }
  const keys = Float64Array.from(list, (s) => rank(s) * symLimit + s).sort();
  keys.forEach((key, i) => {
    list[i] = key % symLimit;
  });
}

/** Puts a section at `addr`; returns its end. */
function place(section: Section, addr: number): number {
  section.addr = addr;
  return addr + section.length;
}
