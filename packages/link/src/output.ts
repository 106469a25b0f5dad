/**
 * Writes segments' contents into the output file's bytes and applies relocations in place.
 */
import { type Loader, type Sym } from './loader/loader.ts';
import { type Relocator } from './pass/reloc.ts';
import { roundUp, type Segment, type Segments } from './section.ts';

/** Where each segment is in the file; returns the length of the file so far. */
export function assignFileOffsets(segments: Segments, headerSize: number, page: number): number {
  let at = headerSize;
  for (const segment of [segments.text, segments.rodata, segments.data, segments.dwarf]) {
    // The debug segment has its place even if it is empty, as upstream lays it out.
    segment.fileOffset = Math.ceil(at / page) * page;
    if (segment !== segments.data) segment.fileLength = segment.length;
    at = segment.fileOffset + segment.fileLength;
  }
  return at;
}

/** Puts the debug segment behind the others; nothing loads it, so its addresses are only offsets. */
export function placeDebug(segments: Segments, page: number): void {
  const { data, dwarf } = segments;
  dwarf.addr = roundUp(data.addr + data.length, page);
  let at = dwarf.addr;
  for (const section of dwarf.sections) {
    section.addr = at;
    at += section.length;
  }
  dwarf.length = at - dwarf.addr;
}

export class ImageWriter {
  readonly #ldr: Loader;
  readonly #relocator: Relocator;
  readonly #out: Uint8Array;

  constructor(ldr: Loader, relocator: Relocator, out: Uint8Array) {
    this.#ldr = ldr;
    this.#relocator = relocator;
    this.#out = out;
  }

  /** Copies the symbols of `segment`, which `syms` has in order of address, filling gaps with `pad`. */
  write(segment: Segment, syms: readonly Sym[], pad: number): void {
    const ldr = this.#ldr;
    const out = this.#out;
    const delta = segment.fileOffset - segment.addr;
    const end = segment.addr + segment.fileLength;
    if (pad !== 0) {
      out.fill(pad, segment.fileOffset, segment.fileOffset + segment.fileLength);
    }
    for (const s of syms) {
      const addr = ldr.value[s]!;
      const size = ldr.size[s]!;
      if (size === 0 || addr < segment.addr || addr >= end) continue;
      const at = addr + delta;
      ldr.copyData(s, out, at);
      this.#relocator.apply(s, out, at, size);
    }
  }
}
