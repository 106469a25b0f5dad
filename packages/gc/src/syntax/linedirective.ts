/**
 * Line directives: `//line file:line[:col]` at the start of a line, or the same in a general
 * comment anywhere. They move the positions of what follows to a place in another file.
 *
 * Spec: none; "Line directives" in GOROOT: src/cmd/compile/doc.go (forms), and
 * GOROOT: src/cmd/compile/internal/syntax/parser.go (errors).
 */
import { type PosFile } from './pos.ts';

/** Largest line or column number. */
const limit = 1 << 30;

interface Reporter {
  readonly file: PosFile;
  error(offset: number, msg: string): void;
}

/**
 * Applies the directive in `comment`, which starts at `offset`; `text` is what follows "line ".
 * Text without a colon is an ordinary comment; wrong numbers are reported.
 */
export function lineDirective(p: Reporter, offset: number, comment: string, text: string): void {
  const last = trailingNumber(text);
  if (last === undefined) return;
  const textOffset = offset + '//line '.length;
  const wrong = (what: string, from: number): void =>
    p.error(
      textOffset + byteLength(text.slice(0, from)),
      `invalid ${what} number: ${text.slice(from)}`,
    );

  if (Number.isNaN(last.value)) return wrong('line', last.start);
  const before = trailingNumber(text.slice(0, last.start - 1));
  let line = last;
  let col = 0;
  if (before !== undefined && !Number.isNaN(before.value)) {
    if (!inRange(last.value)) return wrong('column', last.start);
    line = before;
    col = last.value;
  }
  if (!inRange(line.value)) {
    const end = col > 0 ? last.start - 1 : text.length;
    p.error(
      textOffset + byteLength(text.slice(0, line.start)),
      `invalid line number: ${text.slice(line.start, end)}`,
    );
    return undefined;
  }
  let name = text.slice(0, line.start - 1);
  if (name === '' && col > 0) name = p.file.lastName;
  else if (name !== '') name = resolve(p.file.name, name);
  // The newline belongs to a line comment.
  const length = byteLength(comment) + (comment.startsWith('//') ? 1 : 0);
  const end = Math.min(offset + length, p.file.size);
  // A general comment over several lines is no directive: its number would contain a newline.
  p.file.addLineBase(end, name, line.value, col);
  return undefined;
}

/** The digits after the last colon, and where they start; NaN if they are no number. */
function trailingNumber(text: string): { start: number; value: number } | undefined {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return undefined;
  const digits = text.slice(colon + 1);
  const value = /^[0-9]+$/.test(digits) ? Number(digits) : Number.NaN;
  // Beyond 64 bits gc's conversion fails, as for other text.
  return { start: colon + 1, value: value < 2 ** 64 ? value : Number.NaN };
}

function inRange(n: number): boolean {
  return n > 0 && n <= limit;
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** A name in a directive: cleaned, and relative to the directory of the file that it stands in. */
function resolve(fileName: string, name: string): string {
  const cleaned = clean(name);
  if (cleaned.startsWith('/') || /^[A-Za-z]:[\\/]/.test(cleaned)) return cleaned;
  const slash = fileName.lastIndexOf('/');
  const dir = slash < 0 ? '.' : clean(slash === 0 ? '/' : fileName.slice(0, slash));
  return dir === '.' ? cleaned : clean(`${dir}/${cleaned}`);
}

function clean(path: string): string {
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  const joined = parts.join('/');
  return rooted ? `/${joined}` : joined || '.';
}
