/**
 * Source positions as small integers.
 *
 * Each file of a package gets a range of consecutive numbers in the package's `PosTable`, one per
 * byte of source and one for the end, so that a position is `base + byte offset` and needs no object.
 * 0 is no position. Resolving to file, line and column is lazy: lines are found by binary search in
 * a table that is computed from the source when a file is first asked about.
 *
 * Line directives (comments that begin with "line ") are recorded as they are scanned, by the offset from which they
 * take effect. A *relative* position is what they say, an *absolute* one ignores them.
 * Columns count bytes from 1.
 *
 * Spec: none; "Line directives" in GOROOT: src/cmd/compile/doc.go.
 * GOROOT: src/cmd/compile/internal/syntax/pos.go (arithmetic, printing).
 */
import { type Position, formatPosition } from '@go-ts/base';

/** A byte of a file of a package; see `PosTable`. */
export type Pos = number;

export const noPos: Pos = 0;

/** What a line directive says: from `offset` on, positions count from `file:line:col`. */
interface LineBase {
  readonly offset: number;
  readonly file: string;
  readonly line: number;
  /** 0: unknown, and so are the columns of all positions up to the next directive. */
  readonly col: number;
}

export class PosFile {
  readonly name: string;
  /** Position of the first byte. */
  readonly base: Pos;
  readonly size: number;
  /** Index within its table. */
  readonly index: number;
  readonly #src: Uint8Array;
  #lines: Int32Array | null = null;
  readonly #directives: LineBase[] = [];

  constructor(index: number, name: string, base: Pos, src: Uint8Array) {
    this.index = index;
    this.name = name;
    this.base = base;
    this.size = src.length;
    this.#src = src;
  }

  /** The name in effect at the end of what is known: that of the last directive, or the file's. */
  get lastName(): string {
    return this.#directives.at(-1)?.file ?? this.name;
  }

  addLineBase(offset: number, file: string, line: number, col: number): void {
    this.#directives.push({ offset, file, line, col });
  }

  get hasDirectives(): boolean {
    return this.#directives.length > 0;
  }

  /** Which directive's positions hold at `offset`: its index from 1, 0 for none. */
  directiveAt(offset: number): number {
    const list = this.#directives;
    let i = list.length;
    while (i > 0 && list[i - 1]!.offset > offset) i--;
    return i;
  }

  /** Number of the line (from 1) that contains `offset`. */
  line(offset: number): number {
    const lines = (this.#lines ??= lineStarts(this.#src));
    let low = 0;
    let high = lines.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (lines[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** Offset of the first byte of a line (from 1). */
  lineStart(line: number): number {
    const lines = (this.#lines ??= lineStarts(this.#src));
    return lines[line - 1] ?? this.size;
  }

  absolute(offset: number): Position {
    const line = this.line(offset);
    return { file: this.name, line, col: offset - this.lineStart(line) + 1 };
  }

  relative(offset: number): Position {
    const base = this.#baseAt(offset);
    if (base === undefined) return this.absolute(offset);
    if (base.line === 0) return { file: base.file, line: 0, col: 0 };
    const at = this.absolute(offset);
    const from = this.absolute(base.offset);
    const line = base.line + (at.line - from.line);
    if (base.col === 0) return { file: base.file, line, col: 0 };
    const col = at.line === from.line ? base.col + (at.col - from.col) : at.col;
    return { file: base.file, line, col };
  }

  #baseAt(offset: number): LineBase | undefined {
    return this.#directives[this.directiveAt(offset) - 1];
  }
}

export class PosTable {
  readonly files: PosFile[] = [];
  #next: Pos = 1;

  addFile(name: string, src: Uint8Array): PosFile {
    const file = new PosFile(this.files.length, name, this.#next, src);
    this.files.push(file);
    this.#next += src.length + 1;
    return file;
  }

  /** The file that `pos` lies in; undefined for no position. */
  file(pos: Pos): PosFile | undefined {
    const { files } = this;
    let low = 0;
    let high = files.length;
    if (pos <= 0 || high === 0) return undefined;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (files[middle]!.base <= pos) low = middle;
      else high = middle;
    }
    return files[low];
  }

  /** As line directives say: what diagnostics and line tables show. */
  position(pos: Pos): Position {
    const file = this.file(pos);
    return file === undefined ? unknown : file.relative(pos - file.base);
  }

  /** In the file as it lies on disk. */
  absolute(pos: Pos): Position {
    const file = this.file(pos);
    return file === undefined ? unknown : file.absolute(pos - file.base);
  }

  /** Absolute line number; 0 for no position. */
  line(pos: Pos): number {
    const file = this.file(pos);
    return file === undefined ? 0 : file.line(pos - file.base);
  }

  /** `rel:line:col`, with `[abs:line:col]` after it when a directive makes a difference. */
  format(pos: Pos): string {
    const file = this.file(pos);
    if (file === undefined) return '<unknown position>';
    const relative = formatPosition(file.relative(pos - file.base));
    if (!file.hasDirectives) return relative;
    const absolute = formatPosition(file.absolute(pos - file.base));
    return relative === absolute ? relative : `${relative}[${absolute}]`;
  }

  /**
   * Order of two positions: by the names of their files, then line, then column.
   * Files of one package are numbered in the order given, so the common case compares numbers.
   */
  compare(a: Pos, b: Pos): number {
    const fileA = this.file(a);
    const fileB = this.file(b);
    if (fileA === fileB) return a - b;
    const nameA = fileA?.name ?? '';
    const nameB = fileB?.name ?? '';
    if (nameA !== nameB) return nameA < nameB ? -1 : 1;
    return a - b;
  }
}

const unknown: Position = { file: '', line: 0, col: 0 };

function lineStarts(src: Uint8Array): Int32Array {
  let count = 1;
  for (let i = src.indexOf(10); i >= 0; i = src.indexOf(10, i + 1)) count++;
  const starts = new Int32Array(count);
  let at = 1;
  for (let i = src.indexOf(10); i >= 0; i = src.indexOf(10, i + 1)) starts[at++] = i + 1;
  return starts;
}
