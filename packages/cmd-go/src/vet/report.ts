/**
 * What `go vet` prints: the tool's diagnostics, which it gives as JSON, as lines.
 * GOROOT: src/cmd/go/internal/vet/vet.go (printJSONDiagnostics).
 */
import { readFileSync } from 'node:fs';
import { shorten } from '../load/gomod.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';

interface Message {
  readonly posn: string;
  readonly end: string;
  readonly message: string;
}

interface Diagnostic extends Message {
  readonly related?: readonly Message[];
}

/** By package, then by analyzer: diagnostics, or what kept it from working. */
type Tree = Readonly<
  Record<string, Readonly<Record<string, readonly Diagnostic[] | { readonly error: string }>>>
>;

/** Prints the diagnostics of one package; true if there were any. */
export function printDiagnostics(json: string, context: number): boolean {
  if (json === '') return false;
  let found = false;
  for (const analyzers of Object.values(JSON.parse(json) as Tree)) {
    for (const result of Object.values(analyzers)) {
      if ('error' in result) throw new Failure(result.error);
      for (const diagnostic of result) {
        found = true;
        printMessage(diagnostic, '', context);
        for (const related of diagnostic.related ?? []) printMessage(related, '\t', context);
      }
    }
  }
  return found;
}

interface Position {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

function parsePosition(posn: string): Position | undefined {
  const match = /^(.*):(-?\d+):(-?\d+)$/s.exec(posn);
  if (match === null) return undefined;
  return { file: match[1]!, line: Number(match[2]), col: Number(match[3]) };
}

function printMessage({ posn, end, message }: Message, indent: string, context: number): void {
  const at = parsePosition(posn);
  const where = at === undefined ? posn : `${shorten(at.file)}:${at.line}:${at.col}`;
  printError(`${where}: ${indent}${message}\n`);
  const to = end === '' ? at : parsePosition(end);
  if (context < 0 || at === undefined || to === undefined) return;
  const lines = linesOf(at.file);
  for (let i = at.line - context; i <= to.line + context; i++) {
    if (i >= 1 && i <= lines.length) printError(`${i}\t${lines[i - 1]}\n`);
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [''];
  }
}
