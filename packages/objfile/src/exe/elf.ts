/**
 * Reads 64-bit little-endian ELF files: sections, program headers, symbols, Go's notes.
 *
 * Views over the file's bytes; only compressed sections are copied. Enough for `nm`, `objdump`,
 * `version` and `buildid`.
 *
 * gABI ch. 4-5.
 */
import { inflateSync } from 'node:zlib';
import { textAt, u16At, u32At, u64At } from '../bytes.ts';

export const EM_X86_64 = 62;
export const EM_AARCH64 = 183;
export const SHT_NOBITS = 8;
export const SHF_COMPRESSED = 0x800;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;
export const PT_LOAD = 1;

const headerSize = 64;
const symbolSize = 24;
const chdrSize = 24;
const noteGoBuildID = 4;

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly addr: number;
  readonly offset: number;
  /** In memory, or of the compressed bytes. */
  readonly size: number;
  readonly link: number;
  readonly align: number;
}

export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly addr: number;
  readonly fileSize: number;
  readonly memSize: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly addr: number;
  readonly size: number;
  /** STT_FUNC, STT_OBJECT, … */
  readonly type: number;
  readonly isLocal: boolean;
  /** Index in `sections`; 0 for undefined, from 0xff00 on special. */
  readonly section: number;
}

/** Why bytes are not a file that can be read. */
export class ElfError extends Error {
  override readonly name = 'ElfError';
}

export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= headerSize && textAt(bytes, 0, 4) === '\x7fELF';
}

export class ElfFile {
  readonly bytes: Uint8Array;
  readonly machine: number;
  readonly entry: number;
  readonly sections: readonly ElfSection[];
  readonly segments: readonly ElfSegment[];

  constructor(bytes: Uint8Array) {
    if (!isElf(bytes)) throw new ElfError('not an ELF file');
    if (bytes[4] !== 2 || bytes[5] !== 1) throw new ElfError('not 64-bit little-endian ELF');
    this.bytes = bytes;
    this.machine = u16At(bytes, 18);
    this.entry = u64At(bytes, 24);
    this.segments = this.#readSegments();
    this.sections = this.#readSections();
  }

  #records(offset: number, size: number, count: number): number[] {
    if (offset + size * count > this.bytes.length) throw new ElfError('truncated ELF file');
    return Array.from({ length: count }, (_, i) => offset + i * size);
  }

  #readSegments(): ElfSegment[] {
    const b = this.bytes;
    return this.#records(u64At(b, 32), u16At(b, 54), u16At(b, 56)).map((at) => ({
      type: u32At(b, at),
      flags: u32At(b, at + 4),
      offset: u64At(b, at + 8),
      addr: u64At(b, at + 16),
      fileSize: u64At(b, at + 32),
      memSize: u64At(b, at + 40),
    }));
  }

  #readSections(): ElfSection[] {
    const b = this.bytes;
    const records = this.#records(u64At(b, 40), u16At(b, 58), u16At(b, 60));
    const names = records[u16At(b, 62)];
    const nameBase = names === undefined ? 0 : u64At(b, names + 24);
    return records.map((at) => ({
      name: cString(b, nameBase + u32At(b, at)),
      type: u32At(b, at + 4),
      flags: u64At(b, at + 8),
      addr: u64At(b, at + 16),
      offset: u64At(b, at + 24),
      size: u64At(b, at + 32),
      link: u32At(b, at + 40),
      align: u64At(b, at + 48),
    }));
  }

  section(name: string): ElfSection | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** Contents, decompressed; empty for sections without any in the file. */
  data(section: ElfSection): Uint8Array {
    if (section.type === SHT_NOBITS) return new Uint8Array(0);
    const raw = this.bytes.subarray(section.offset, section.offset + section.size);
    if ((section.flags & SHF_COMPRESSED) === 0) return raw;
    if (u32At(raw, 0) !== 1) throw new ElfError(`${section.name}: unknown compression`);
    return new Uint8Array(inflateSync(raw.subarray(chdrSize)));
  }

  /** `length` bytes at an address, or undefined if they are not in the file. */
  dataAt(addr: number, length: number): Uint8Array | undefined {
    for (const { type, offset, addr: start, fileSize } of this.segments) {
      if (type !== PT_LOAD || addr < start || addr + length > start + fileSize) continue;
      return this.bytes.subarray(addr - start + offset, addr - start + offset + length);
    }
    return undefined;
  }

  /** Symbols in the order of the table, without its empty first entry. */
  symbols(): ElfSymbol[] {
    const table = this.section('.symtab');
    if (table === undefined) return [];
    const b = this.bytes;
    const strings = this.sections[table.link]!.offset;
    const list: ElfSymbol[] = [];
    const end = table.offset + table.size;
    for (let at = table.offset + symbolSize; at < end; at += symbolSize) {
      list.push({
        name: cString(b, strings + u32At(b, at)),
        type: b[at + 4]! & 15,
        isLocal: b[at + 4]! >> 4 === 0,
        section: u16At(b, at + 6),
        addr: u64At(b, at + 8),
        size: u64At(b, at + 16),
      });
    }
    return list;
  }

  /** The Go build id, or undefined. */
  goBuildID(): string | undefined {
    const note = this.section('.note.go.buildid');
    if (note === undefined) return undefined;
    const b = this.data(note);
    const nameSize = u32At(b, 0);
    if (u32At(b, 8) !== noteGoBuildID || textAt(b, 12, 2) !== 'Go') return undefined;
    return textAt(b, 12 + nameSize, u32At(b, 4));
  }
}

function cString(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at);
  return textAt(bytes, at, (end < 0 ? bytes.length : end) - at);
}
