/**
 * ELF executables: file header, program headers, section headers, notes.
 *
 * The first page of the file holds the headers and, at its end, the notes (build ids); then text,
 * read-only data and writable data follow, each at a page boundary, at the same distance in the
 * file and in memory up to zeroed data. Debug sections, symbol table and strings come last and are
 * not loaded. The executable is static: no interpreter, no dynamic section.
 *
 * GOROOT: src/cmd/link/internal/ld/elf.go (which headers, in which order); gABI ch. 4-5; contract 11.7.
 */
import { hash } from 'node:crypto';
import { ByteWriter, utf8 } from '@go-ts/objfile/bytes';
import { checkHostBuildID } from '../../hostbuildid.ts';
import { LinkFailure } from '../../options.ts';
import { roundUp, type Section, type Segment, type Segments } from '../../section.ts';
import { type ArchTarget } from '../../target/target.ts';

export const elfHeaderSize = 64;
const programHeaderSize = 56;
const sectionHeaderSize = 64;
const symbolSize = 24;

const PT_LOAD = 1;
const PT_NOTE = 4;
const PT_PHDR = 6;
const PT_GNU_STACK = 0x6474e551;
const PF_X = 1;
const PF_W = 2;
const PF_R = 4;
const SHT_PROGBITS = 1;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHT_NOTE = 7;
const SHT_NOBITS = 8;
const SHF_WRITE = 1;
const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;
const SHF_COMPRESSED = 0x800;
const ET_EXEC = 2;
const noteGoBuildID = 4;
const noteGNUBuildID = 3;
const gnuBuildIDSize = 20;

class SectionHeader {
  readonly name: string;
  type = 0;
  flags = 0;
  addr = 0;
  offset = 0;
  size = 0;
  link: SectionHeader | null = null;
  info = 0;
  align = 0;
  entsize = 0;
  index = 0;

  constructor(name: string) {
    this.name = name;
  }
}

interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly addr: number;
  readonly fileSize: number;
  readonly memSize: number;
  readonly align: number;
}

interface Note {
  readonly header: SectionHeader;
  readonly bytes: Uint8Array;
}

export interface ElfSymbols {
  /** Entries of 24 bytes, the first all zeros. */
  readonly table: Uint8Array;
  readonly strings: Uint8Array;
  /** Index of the first global. */
  readonly firstGlobal: number;
}

export interface ElfInputs {
  readonly arch: ArchTarget;
  readonly segments: Segments;
  readonly entry: number;
  readonly buildID: string;
  readonly hostBuildID: string;
  /** Undefined with -s; asked once section numbers are known. */
  readonly symbols: ((sectionIndex: (section: Section) => number) => ElfSymbols) | undefined;
}

export interface ElfTail {
  /** What follows the segments: symbols, strings, section names. */
  readonly bytes: Uint8Array;
  /** Headers and notes, to be put at the start of the file. */
  readonly head: readonly { readonly at: number; readonly bytes: Uint8Array }[];
}

/** Everything of the file but its segments, which end at `end`. */
export function writeElf(inputs: ElfInputs, end: number): ElfTail {
  const { arch, segments } = inputs;
  const base = arch.elfTextAddr - arch.elfPage;
  const symOffset = roundUp(end, arch.ptrSize);
  const headers: SectionHeader[] = [new SectionHeader('')];
  const bySection = new Map<Section, SectionHeader>();
  const loaded = [segments.text, segments.rodata, segments.data, segments.dwarf];
  for (const segment of loaded) {
    for (const section of segment.sections) {
      const header = new SectionHeader(section.name);
      headers.push(header);
      bySection.set(section, header);
    }
  }

  const notes = makeNotes(inputs, base);
  for (const { header } of notes) headers.push(header);
  const hasSymbols = inputs.symbols !== undefined;
  const symtab = new SectionHeader('.symtab');
  const strtab = new SectionHeader('.strtab');
  const shstrtab = new SectionHeader('.shstrtab');
  if (hasSymbols) headers.push(symtab, strtab);
  headers.push(shstrtab);
  for (const [section, header] of bySection) describe(header, section);
  sortHeaders(headers);

  const tail = new ByteWriter(1 << 16);
  tail.zeros(symOffset - end);
  if (inputs.symbols !== undefined) {
    const symbols = inputs.symbols((section) => bySection.get(section)!.index);
    Object.assign(symtab, {
      type: SHT_SYMTAB,
      offset: symOffset,
      size: symbols.table.length,
      align: arch.ptrSize,
      entsize: symbolSize,
      link: strtab,
      info: symbols.firstGlobal,
    });
    tail.bytes(symbols.table);
    Object.assign(strtab, {
      type: SHT_STRTAB,
      offset: symOffset + symbols.table.length,
      size: symbols.strings.length,
      align: 1,
    });
    tail.bytes(symbols.strings);
  }
  const names = new ByteWriter(256);
  const nameOffsets = writeNames(headers, names);
  Object.assign(shstrtab, {
    type: SHT_STRTAB,
    offset: end + tail.length,
    size: names.length,
    align: 1,
  });
  tail.bytes(names.view());

  const programHeaders = makeProgramHeaders(inputs, base, notes);
  const head = new ByteWriter(arch.elfPage);
  writeFileHeader(head, inputs, programHeaders.length, headers.length, shstrtab.index);
  for (const ph of programHeaders) writeProgramHeader(head, ph);
  for (const sh of headers) writeSectionHeader(head, sh, nameOffsets.get(sh.name)!);
  const used = head.length + notes.reduce((n, note) => n + note.bytes.length, 0);
  if (used > arch.elfPage) throw new LinkFailure(`ELFRESERVE too small: ${used} > ${arch.elfPage}`);
  return {
    bytes: tail.take(),
    head: [
      { at: 0, bytes: head.take() },
      ...notes.map(({ header, bytes }) => ({ at: header.offset, bytes })),
    ],
  };
}

function describe(header: SectionHeader, section: Section): void {
  const { segment } = section;
  const isInFile = section.addr < segment.addr + segment.fileLength;
  header.type = isInFile ? SHT_PROGBITS : SHT_NOBITS;
  header.flags = SHF_ALLOC;
  if ((section.rwx & 1) !== 0) header.flags |= SHF_EXECINSTR;
  if ((section.rwx & 2) !== 0) header.flags |= SHF_WRITE;
  header.addr = section.addr;
  header.align = section.align;
  header.size = section.length;
  header.offset = segment.fileOffset + section.addr - segment.addr;
  if (section.name.startsWith('.debug')) {
    header.type = SHT_PROGBITS;
    header.flags = section.isCompressed ? SHF_COMPRESSED : 0;
    header.addr = 0;
  }
}

/** Loaded sections by address, of equal address the smaller first; then the others as they are. */
function sortHeaders(headers: SectionHeader[]): void {
  const rest = headers.splice(1);
  const isLoaded = (h: SectionHeader) => (h.flags & SHF_ALLOC) !== 0;
  const loaded = rest.filter(isLoaded).sort((a, b) => a.addr - b.addr || a.size - b.size);
  headers.push(...loaded, ...rest.filter((h) => !isLoaded(h)));
  headers.forEach((h, i) => {
    h.index = i;
  });
}

function writeNames(headers: readonly SectionHeader[], names: ByteWriter): Map<string, number> {
  const offsets = new Map([['', 0]]);
  names.u8(0);
  for (const { name } of headers) {
    if (offsets.has(name)) continue;
    offsets.set(name, names.length);
    names.text(`${name}\0`);
  }
  return offsets;
}

// Notes grow down from the end of the first page.

function makeNotes(inputs: ElfInputs, base: number): Note[] {
  const notes: Note[] = [];
  let end = inputs.arch.elfPage;
  const add = (section: string, owner: Uint8Array, type: number, desc: Uint8Array) => {
    const w = new ByteWriter(64);
    w.u32(owner.length);
    w.u32(desc.length);
    w.u32(type);
    w.bytes(owner);
    w.bytes(desc);
    w.align(4);
    const header = new SectionHeader(section);
    end -= w.length + (end % 4);
    Object.assign(header, {
      type: SHT_NOTE,
      flags: SHF_ALLOC,
      align: 4,
      addr: base + end,
      offset: end,
      size: w.length,
    });
    notes.push({ header, bytes: w.take() });
  };
  const gnu = gnuBuildID(inputs);
  if (gnu.length > 0) add('.note.gnu.build-id', utf8('GNU\0'), noteGNUBuildID, gnu);
  if (inputs.buildID !== '') {
    add('.note.go.buildid', utf8('Go\0\0'), noteGoBuildID, utf8(inputs.buildID));
  }
  return notes;
}

/** -B. Without it, and with a Go build id, the id's hash. */
function gnuBuildID({ buildID, hostBuildID }: ElfInputs): Uint8Array {
  const setting = hostBuildID === '' && buildID !== '' ? 'gobuildid' : hostBuildID;
  if (setting === '' || setting === 'none') return new Uint8Array(0);
  if (setting === 'gobuildid') {
    if (buildID === '') {
      throw new LinkFailure('-B gobuildid requires a Go build ID supplied via -buildid');
    }
    const sum = hash('sha256', utf8(buildID), 'buffer');
    sum[0] = sum[0]! ^ 0xff; // cmd/internal/hash.Sum32
    return new Uint8Array(sum.subarray(0, gnuBuildIDSize));
  }
  const problem = checkHostBuildID(setting);
  if (problem !== undefined) throw new LinkFailure(problem);
  const digits = setting.slice(2);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function makeProgramHeaders(
  { arch, segments }: ElfInputs,
  base: number,
  notes: readonly Note[],
): ProgramHeader[] {
  const list: ProgramHeader[] = [];
  const add = (header: Partial<ProgramHeader> & { type: number; flags: number }) => {
    list.push({ offset: 0, addr: 0, fileSize: 0, memSize: 0, align: 0, ...header });
  };
  // The segment of text is extended downwards to take in the headers.
  const { text } = segments;
  const textLoad = {
    offset: 0,
    addr: base,
    fileSize: text.fileLength + text.fileOffset,
    memSize: text.length + text.fileOffset,
  };
  // One note entry: it has the place of the last note.
  const note = notes.at(-1);
  const count = (note === undefined ? 0 : 1) + 5;
  const headersSize = count * programHeaderSize;
  add({
    type: PT_PHDR,
    flags: PF_R,
    offset: elfHeaderSize,
    addr: base + elfHeaderSize,
    fileSize: headersSize,
    memSize: headersSize,
    align: arch.elfPage,
  });
  if (note !== undefined) {
    const { offset, addr, size, align } = note.header;
    add({ type: PT_NOTE, flags: PF_R, offset, addr, fileSize: size, memSize: size, align });
  }
  const page = arch.elfPage;
  add({ type: PT_LOAD, flags: PF_R | PF_X, ...textLoad, align: page });
  add({ type: PT_LOAD, flags: PF_R, ...extent(segments.rodata), align: page });
  add({ type: PT_LOAD, flags: PF_R | PF_W, ...extent(segments.data), align: page });
  add({ type: PT_GNU_STACK, flags: PF_R | PF_W, align: arch.ptrSize });
  return list;
}

function extent(segment: Segment): Omit<ProgramHeader, 'type' | 'flags' | 'align'> {
  return {
    offset: segment.fileOffset,
    addr: segment.addr,
    fileSize: segment.fileLength,
    memSize: segment.length,
  };
}

// oxlint-disable-next-line max-params -- counts that only the caller knows
function writeFileHeader(
  w: ByteWriter,
  { arch, entry }: ElfInputs,
  phnum: number,
  shnum: number,
  shstrndx: number,
): void {
  w.text('\x7fELF');
  w.u8(2); // 64-bit
  w.u8(1); // little-endian
  w.u8(1); // version
  w.zeros(9);
  w.u16(ET_EXEC);
  w.u16(arch.elfMachine);
  w.u32(1); // version
  w.u64(entry);
  w.u64(elfHeaderSize);
  w.u64(elfHeaderSize + phnum * programHeaderSize);
  w.u32(0); // flags
  w.u16(elfHeaderSize);
  w.u16(programHeaderSize);
  w.u16(phnum);
  w.u16(sectionHeaderSize);
  w.u16(shnum);
  w.u16(shstrndx);
}

function writeProgramHeader(w: ByteWriter, ph: ProgramHeader): void {
  w.u32(ph.type);
  w.u32(ph.flags);
  w.u64(ph.offset);
  w.u64(ph.addr);
  w.u64(ph.addr);
  w.u64(ph.fileSize);
  w.u64(ph.memSize);
  w.u64(ph.align);
}

function writeSectionHeader(w: ByteWriter, sh: SectionHeader, name: number): void {
  w.u32(name);
  w.u32(sh.type);
  w.u64(sh.flags);
  w.u64(sh.addr);
  w.u64(sh.offset);
  w.u64(sh.size);
  w.u32(sh.link?.index ?? 0);
  w.u32(sh.info);
  w.u64(sh.align);
  w.u64(sh.entsize);
}
