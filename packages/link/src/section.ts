/**
 * Sections and segments: where symbols are put, and how that is mapped into memory.
 *
 * A section is a named run of symbols of like kinds; a segment is a run of sections with one
 * protection. Addresses and file offsets are plain numbers.
 */

export class Section {
  readonly name: string;
  /** Bits: 4 read, 2 write, 1 execute. */
  readonly rwx: number;
  readonly segment: Segment;
  /** Index in `Loader.sections`. */
  readonly index: number;
  align = 1;
  addr = 0;
  length = 0;
  isCompressed = false;

  constructor(name: string, rwx: number, segment: Segment, index: number) {
    this.name = name;
    this.rwx = rwx;
    this.segment = segment;
    this.index = index;
  }
}

export class Segment {
  readonly rwx: number;
  readonly sections: Section[] = [];
  addr = 0;
  length = 0;
  fileOffset = 0;
  /** Less than `length` if the end is zeros. */
  fileLength = 0;

  constructor(rwx: number) {
    this.rwx = rwx;
  }
}

export class Segments {
  readonly text = new Segment(5);
  readonly rodata = new Segment(4);
  readonly relro = new Segment(6);
  readonly data = new Segment(6);
  readonly dwarf = new Segment(6);
}

export function roundUp(x: number, to: number): number {
  const over = x % to;
  return over === 0 ? x : x + to - over;
}
