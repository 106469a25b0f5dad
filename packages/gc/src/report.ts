/**
 * The compiler's list of errors: which of them the user sees, and in which order.
 *
 * Of syntax errors only the first in a line counts; an error that repeats the last one, in the same
 * line, doesn't count. After ten the compiler stops, unless told to go on (-e). What is shown is sorted
 * by position. Columns from 255 on are not shown, since positions in objects have no room for them.
 *
 * GOROOT: src/cmd/compile/internal/base/print.go, src/cmd/internal/src/pos.go.
 */
import { type Diagnostic, type Position } from '@go-ts/base';
import { type Pos, type PosTable } from './syntax/pos.ts';

const errorLimit = 10;
const columnLimit = 255;

interface Entry {
  readonly pos: Pos;
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
  #lastSyntax: Pos = 0;
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
    if (msg.startsWith('syntax error')) {
      this.syntaxErrors++;
      if (this.#sameLine(this.#lastSyntax, pos)) return;
      this.#lastSyntax = pos;
    } else {
      const repeated = this.#last?.msg === msg && this.#sameLine(this.#last.pos, pos);
      if (repeated) return;
      this.#last = { pos, code, msg };
    }
    this.count++;
    this.#entries.push({ pos, code, msg });
    if (this.isFull) {
      this.#entries.sort((a, b) => a.pos - b.pos);
      this.#entries.push({ pos, code: '', msg: 'too many errors' });
    }
  }

  /** What to show, in order. */
  diagnostics(): Diagnostic[] {
    const entries = this.isFull ? this.#entries : this.#entries.toSorted((a, b) => a.pos - b.pos);
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

  #sameLine(a: Pos, b: Pos): boolean {
    if (a === 0 || b === 0) return a === b;
    const file = this.#table.file(a);
    if (file === undefined || file !== this.#table.file(b)) return false;
    return file.line(a - file.base) === file.line(b - file.base);
  }
}

function sameText(a: Diagnostic, b: Diagnostic): boolean {
  return (
    a.msg === b.msg &&
    a.pos.line === b.pos.line &&
    a.pos.col === b.pos.col &&
    a.pos.file === b.pos.file
  );
}
