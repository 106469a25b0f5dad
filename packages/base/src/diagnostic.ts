/**
 * What is wrong with a user's program, as a value.
 *
 * Phases append diagnostics to a list and go on with an invalid marker. Wording, order and position
 * are upstream's, because programs and test suites match on them. Sorting and de-duplication happen
 * once, at the boundary (`sortDiagnostics`).
 */

/** A resolved source position. Columns count bytes, from 1, as Go's do; 0 means unknown. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

export type Severity = 'error' | 'warning';

export interface Diagnostic {
  /** Stable name of the kind of error, documented where it is declared. */
  readonly code: string;
  readonly severity: Severity;
  readonly pos: Position;
  readonly end?: Position;
  readonly msg: string;
  /** Further places that explain the error, in the order to print them. */
  readonly related?: readonly RelatedPosition[];
}

export interface RelatedPosition {
  readonly pos: Position;
  readonly msg: string;
}

/** `file:line:col`, leaving out what is unknown. */
export function formatPosition(pos: Position): string {
  if (pos.line === 0) return pos.file;
  if (pos.col === 0) return `${pos.file}:${pos.line}`;
  return `${pos.file}:${pos.line}:${pos.col}`;
}

function comparePositions(a: Position, b: Position): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.col - b.col;
}

/** Sorted by position, stably, without exact repetitions (same line, same message). */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = diagnostics.toSorted((a, b) => comparePositions(a.pos, b.pos));
  return sorted.filter((d, i) => {
    const before = sorted[i - 1];
    return (
      before === undefined ||
      before.msg !== d.msg ||
      before.pos.line !== d.pos.line ||
      before.pos.file !== d.pos.file
    );
  });
}
