/**
 * `ERROR` comments in Go files: what upstream's checker tests expect.
 *
 * `ERROR "text"` expects an error whose message contains the text, `ERRORx "pattern"` one that matches
 * the pattern, at the token before the comment (semicolons that are not written do not count).
 * GOROOT: src/cmd/compile/internal/types2/check_test.go, src/cmd/compile/internal/syntax/testing.go.
 */
import { decodeText } from '../../packages/gc/src/constant/bytestring.ts';
import { makeFromLiteral } from '../../packages/gc/src/constant/literal.ts';
import { stringOf } from '../../packages/gc/src/constant/value.ts';
import { Names } from '../../packages/gc/src/syntax/names.ts';
import { Scanner } from '../../packages/gc/src/syntax/scanner.ts';
import { prepareSource } from '../../packages/gc/src/syntax/source.ts';
import { LitKind, Token } from '../../packages/gc/src/syntax/token.ts';

export interface ExpectedError {
  readonly line: number;
  readonly col: number;
  /** The comment, for reports. */
  readonly text: string;
  matches(msg: string): boolean;
}

export interface FoundError {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly msg: string;
}

/** The expected errors of a file, in the order of their comments. */
export function expectedErrors(src: Uint8Array): ExpectedError[] {
  const decoder = new TextDecoder();
  const found: ExpectedError[] = [];
  const scanner = new Scanner(prepareSource(src), new Names(), { error() {}, directive() {} });
  let token = { line: 0, col: 0 };
  let end = 0;
  let line = 1;
  let lineStart = 0;
  do {
    scanner.next();
    if (scanner.tok === Token.Semi && scanner.lit !== 'semicolon') continue;
    const between = decoder.decode(src.subarray(end, scanner.pos));
    for (const [, toEnd, general] of between.matchAll(/\/\/(.*)|\/\*([^]*?)\*\//g)) {
      const text = (toEnd ?? general)!;
      if (/^ ERRORx? /.test(text)) found.push({ ...token, text, matches: matcher(text) });
    }
    for (
      let i = src.indexOf(10, lineStart);
      i >= 0 && i < scanner.pos;
      i = src.indexOf(10, i + 1)
    ) {
      line++;
      lineStart = i + 1;
    }
    token = { line, col: scanner.pos - lineStart + 1 };
    ({ end } = scanner);
  } while (scanner.tok !== Token.EOF);
  return found;
}

function matcher(text: string): (msg: string) => boolean {
  const isPattern = text.startsWith(' ERRORx ');
  const quoted = text.slice(isPattern ? 8 : 7).trim();
  const wanted = decodeText(stringOf(makeFromLiteral(quoted, LitKind.String)));
  if (wanted === '' && quoted !== '""') throw new Error(`pattern ${quoted} is not a string`);
  if (!isPattern) return (msg) => msg.includes(wanted);
  const flags = /^\(\?([ism]+)\)/.exec(wanted);
  const pattern = new RegExp(wanted.slice(flags?.[0].length ?? 0), flags?.[1] ?? '');
  return (msg) => pattern.test(msg);
}

/**
 * Matches errors with what is expected, by file; columns may differ by `tolerance`. Returns what is
 * wrong, a line each.
 */
export function compareErrors(
  expected: ReadonlyMap<string, readonly ExpectedError[]>,
  found: readonly FoundError[],
  tolerance: number,
): string[] {
  const wrong: string[] = [];
  const open = new Map([...expected].map(([file, list]) => [file, [...list]]));
  for (const { file, line, col, msg } of found) {
    const list = open.get(file) ?? [];
    const distance = (e: ExpectedError): number => Math.abs(e.col - col);
    // Of several that fit, the closest one.
    let best: ExpectedError | undefined;
    for (const e of list) {
      if (e.line !== line || !e.matches(msg)) continue;
      if (best === undefined || distance(e) < distance(best)) best = e;
    }
    if (best === undefined) {
      wrong.push(`${file}:${line}:${col}: not expected: ${msg}`);
      continue;
    }
    if (distance(best) > tolerance) {
      wrong.push(`${file}:${line}:${col}: expected in column ${best.col}: ${msg}`);
    }
    list.splice(list.indexOf(best), 1);
  }
  for (const [file, list] of open) {
    for (const e of list) wrong.push(`${file}:${e.line}:${e.col}: not reported:${e.text}`);
  }
  return wrong;
}
