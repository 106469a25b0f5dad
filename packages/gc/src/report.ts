/**
 * The compiler's list of errors: which of them the user sees, and in which order.
 *
 * Of syntax errors only the first in a line counts; an error that repeats the last one, in the same
 * line, doesn't count. After ten the compiler stops, unless told to go on (-e). What is shown is sorted
 * by position, files in the order in which each had its first error (parts of files under a line
 * directive count as files). Columns from 255 on are not shown, since positions in objects have no room
 * for them.
 *
 * GOROOT: src/cmd/compile/internal/base/print.go, src/cmd/internal/src/pos.go.
 */
import { type Diagnostic, type Position } from '@go-ts/base';
import { type Pos, type PosTable } from './syntax/pos.ts';

const errorLimit = 10;
const columnLimit = 255;
/** More than a file has. */
const maxDirectives = 2 ** 24;

interface Entry {
  readonly pos: Pos;
  /** What the order goes by. */
  readonly rank: number;
  readonly line: number;
  readonly col: number;
  readonly code: string;
  readonly msg: string;
}

export class ErrorReporter {
  /** Errors that count. */
  count = 0;
  syntaxErrors = 0;
  readonly #table: PosTable;
  readonly #unlimited: boolean;
  #entries: Entry[] = [];
  /** Ranks of files, by number of file and directive. */
  readonly #ranks = new Map<number, number>();
  #lastSyntax: Entry | null = null;
  #last: Entry | null = null;

  constructor(table: PosTable, options: { readonly unlimited: boolean }) {
    this.#table = table;
    this.#unlimited = options.unlimited;
  }

  /** There are too many: nothing more is taken, and compiling should end. */
  get isFull(): boolean {
    return !this.#unlimited && this.count >= errorLimit;
  }

  report(pos: Pos, code: string, msg: string): void {
    if (this.isFull) return;
    const entry = this.#entry(pos, code, msg);
    if (msg.startsWith('syntax error')) {
      this.syntaxErrors++;
      if (this.#lastSyntax !== null && sameLine(this.#lastSyntax, entry)) return;
      this.#lastSyntax = entry;
    } else {
      const last = this.#last;
      if (last !== null && last.msg === msg && sameLine(last, entry)) return;
      this.#last = entry;
    }
    this.count++;
    this.#entries.push(entry);
    if (this.isFull) {
      this.#entries.sort(compareEntries);
      this.#entries.push({ ...entry, code: '', msg: 'too many errors' });
    }
  }

  #entry(pos: Pos, code: string, msg: string): Entry {
    const file = this.#table.file(pos);
    if (file === undefined) return { pos, rank: 0, line: 0, col: 0, code, msg };
    const offset = pos - file.base;
    const key = file.index * maxDirectives + file.directiveAt(offset);
    let rank = this.#ranks.get(key);
    if (rank === undefined) {
      rank = this.#ranks.size + 1;
      this.#ranks.set(key, rank);
    }
    const { line, col } = file.absolute(offset);
    return { pos, rank, line, col: Math.min(col, columnLimit), code, msg };
  }

  /** What to show, in order. */
  diagnostics(): Diagnostic[] {
    const entries = this.isFull ? this.#entries : this.#entries.toSorted(compareEntries);
    return entries
      .map(({ pos, code, msg }): Diagnostic => {
        return { code, severity: 'error', pos: this.position(pos), msg };
      })
      .filter((d, i, all) => i === 0 || !sameText(d, all[i - 1]!));
  }

  /** A position as it is shown. */
  position(pos: Pos): Position {
    const shown = this.#table.position(pos);
    return shown.col < columnLimit ? shown : { ...shown, col: 0 };
  }
}

function compareEntries(a: Entry, b: Entry): number {
  return a.rank - b.rank || a.line - b.line || a.col - b.col;
}

function sameLine(a: Entry, b: Entry): boolean {
  return a.rank === b.rank && a.line === b.line;
}

function sameText(a: Diagnostic, b: Diagnostic): boolean {
  return (
    a.msg === b.msg &&
    a.pos.line === b.pos.line &&
    a.pos.col === b.pos.col &&
    a.pos.file === b.pos.file
  );
}
