/**
 * Reads what loading needs from a Go file: package name, imports, `//go:embed` patterns, directives.
 *
 * It is a scanner of its own over bytes, because a build looks at thousands of files and needs only
 * their first lines. Given the beginning of a file it says `undefined` if the end of the imports is
 * not in it. Errors are those of upstream's parser for the same text, at the same position.
 * GOROOT: src/go/build/read.go (readGoInfo, parseGoEmbed), src/go/parser/parser.go (parseFile).
 */
import { isUtf8 } from 'node:buffer';

export interface ImportSpec {
  readonly path: string;
  readonly line: number;
  readonly col: number;
}

export interface EmbedPattern {
  readonly pattern: string;
  readonly line: number;
  readonly col: number;
}

export interface HeaderError {
  readonly line: number;
  readonly col: number;
  readonly msg: string;
  /** About an import's path: upstream tells its place in another way. */
  readonly isPath?: boolean;
  /** The file cannot be read as text: upstream tells the file, and no place in it. */
  readonly isReading?: boolean;
}

export interface GoHeader {
  readonly name: string;
  readonly imports: readonly ImportSpec[];
  readonly embeds: readonly EmbedPattern[];
  /** Comments before the package clause that begin with `//go:`. */
  readonly directives: readonly string[];
  readonly error?: HeaderError;
}

const bom = Buffer.from([0xef, 0xbb, 0xbf]);

const NL = 10;
const QUOTE = 34;
const SLASH = 47;
const STAR = 42;
const BACKQUOTE = 96;

const decoder = new TextDecoder();

/** `complete` says that `src` is the whole file and not its beginning. */
export function scanGoHeader(src: Uint8Array, complete: boolean): GoHeader | undefined {
  const scanner = new HeaderScanner(src, complete);
  try {
    scanner.file();
    scanner.checkText();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return faultyHeader(scanner, error);
  }
  let embeds: readonly EmbedPattern[] = [];
  if (scanner.imports.some((spec) => spec.path === 'embed')) {
    // Patterns may stand anywhere in the file.
    if (!complete) return undefined;
    embeds = scanEmbeds(decoder.decode(src));
  }
  const { name, imports, directives } = scanner;
  return { name, imports, embeds, directives };
}

/** Leaves the scanner: for a fault in the text, or because there is no more of it. */
class Stop extends Error {
  readonly fault: HeaderError | undefined;

  constructor(fault?: HeaderError) {
    super();
    this.fault = fault;
  }
}

/** What was read before a fault; bytes that are no text come first among faults. */
function faultyHeader(scanner: HeaderScanner, { fault }: Stop): GoHeader | undefined {
  if (fault === undefined) return undefined;
  const { name, imports, directives } = scanner;
  let error = fault;
  try {
    scanner.checkText();
  } catch (earlier) {
    if (!(earlier instanceof Stop)) throw earlier;
    error = earlier.fault ?? fault;
  }
  return { name, imports, embeds: [], directives, error };
}

function isLetter(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || c >= 0x80;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

class HeaderScanner {
  name = '';
  readonly imports: ImportSpec[] = [];
  readonly directives: string[] = [];
  readonly #src: Uint8Array;
  readonly #complete: boolean;
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #inHeader = true;

  constructor(src: Uint8Array, complete: boolean) {
    this.#src = src;
    this.#complete = complete;
    // A byte order mark is allowed at the very beginning.
    if (src[0] === 0xef && src[1] === 0xbb && src[2] === 0xbf) this.#at = this.#lineStart = 3;
  }

  /** Fails if what has been scanned is not text throughout. */
  checkText(): void {
    const head = this.#src.subarray(0, this.#at);
    // Upstream has looked at the byte that ends the imports, too.
    if (this.#src.subarray(0, this.#at + 1).includes(0)) {
      throw new Stop({ line: 0, col: 0, msg: 'unexpected NUL in input', isReading: true });
    }
    const mark = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf(bom, 1);
    const isText = isUtf8(head);
    if (isText && mark < 0) return;
    const wrong = isText ? head.length : firstInvalid(head);
    const at = mark >= 0 && mark < wrong ? mark : wrong;
    const before = head.subarray(0, at);
    const line = before.filter((c) => c === NL).length + 1;
    const col = at - before.lastIndexOf(NL);
    const msg = at === mark ? 'illegal byte order mark' : 'illegal UTF-8 encoding';
    throw new Stop({ line, col, msg });
  }

  file(): void {
    this.#skip();
    this.#keyword('package');
    this.#inHeader = false;
    this.#skip();
    this.name = this.#identifier();
    if (this.name === '_') this.#fail('invalid package name _');
    if (!this.#semicolon()) return;
    while (this.#isWord('import')) {
      this.#at += 6;
      this.#skip();
      if (this.#peek() === 40) {
        this.#at++;
        for (;;) {
          this.#skip();
          if (this.#peek() === 41) break;
          this.#import();
          this.#skip(false);
          if (this.#peek() === 59) this.#at++;
        }
        this.#at++;
      } else {
        this.#import();
      }
      if (!this.#semicolon()) return;
    }
  }

  #import(): void {
    const start = this.#at;
    const c = this.#peek();
    if (c === 46) {
      this.#at++;
      this.#skip();
    } else if (isLetter(c)) {
      this.#identifier();
      this.#skip(false);
    }
    const { line, col } = this.#position(start);
    const path = this.#string();
    if (!isValidImport(path)) {
      throw new Stop({ line, col, msg: `invalid import path: ${path}`, isPath: true });
    }
    this.imports.push({ path, line, col });
  }

  #string(): string {
    const quote = this.#peek();
    if (quote !== QUOTE && quote !== BACKQUOTE) {
      return this.#fail('missing import path');
    }
    const src = this.#src;
    const begin = this.#position(this.#at);
    const start = ++this.#at;
    let escaped = false;
    for (; ; this.#at++) {
      const c = this.#peek();
      if (c === quote) break;
      if (c === -1 || (c === NL && quote === QUOTE)) {
        this.#fail(
          quote === QUOTE ? 'string literal not terminated' : 'raw string literal not terminated',
          begin,
        );
      }
      if (c === NL) this.#newline();
      if (c === 92 && quote === QUOTE) {
        escaped = true;
        this.#at++;
      }
    }
    const text = decoder.decode(src.subarray(start, this.#at));
    this.#at++;
    return escaped ? unescape(text) : text;
  }

  /** False where the rest of the file is of no interest. */
  #semicolon(): boolean {
    this.#skip(false);
    const c = this.#peek();
    if (c === 59) this.#at++;
    else if (c !== NL && c !== -1) {
      // Upstream reads on only where it looks as if another import could follow.
      if (c !== 105) return false;
      this.#fail(`expected ';', found ${this.#found()}`);
    }
    this.#skip();
    return true;
  }

  #keyword(word: string): void {
    if (!this.#isWord(word)) this.#fail(`expected '${word}', found ${this.#found()}`);
    this.#at += word.length;
  }

  #isWord(word: string): boolean {
    const src = this.#src;
    for (let i = 0; i < word.length; i++) {
      if (this.#at + i >= src.length) {
        if (!this.#complete) throw new Stop();
        return false;
      }
      if (src[this.#at + i] !== word.charCodeAt(i)) return false;
    }
    const next = src[this.#at + word.length] ?? -1;
    return !(isLetter(next) || isDigit(next));
  }

  #identifier(): string {
    const start = this.#at;
    if (!isLetter(this.#peek())) this.#fail(`expected 'IDENT', found ${this.#found()}`);
    let c = this.#peek();
    while (isLetter(c) || isDigit(c)) {
      this.#at++;
      c = this.#peek();
    }
    const word = decoder.decode(this.#src.subarray(start, this.#at));
    if (keywords.has(word)) {
      this.#at = start;
      this.#fail(`expected 'IDENT', found '${word}'`);
    }
    return word;
  }

  /** How upstream's parser names the token here. */
  #found(): string {
    const c = this.#peek();
    if (c === -1) return "'EOF'";
    if (c === NL) return 'newline';
    if (isLetter(c) || isDigit(c)) {
      let end = this.#at;
      while (isLetter(this.#src[end] ?? 0) || isDigit(this.#src[end] ?? 0)) end++;
      const word = decoder.decode(this.#src.subarray(this.#at, end));
      return keywords.has(word) ? `'${word}'` : word;
    }
    if (c === QUOTE || c === BACKQUOTE) {
      const start = this.#at;
      this.#string();
      return decoder.decode(this.#src.subarray(start, this.#at));
    }
    if (/[#$?@\\]/.test(String.fromCharCode(c)) || c < 32 || c === 127) {
      const hex = c.toString(16).toUpperCase().padStart(4, '0');
      const shown = c < 32 || c === 127 ? '' : ` '${String.fromCharCode(c)}'`;
      return this.#fail(`illegal character U+${hex}${shown}`);
    }
    return `'${String.fromCharCode(c)}'`;
  }

  /** The byte here or further on; -1 at the end of the file. */
  #peek(ahead = 0): number {
    const c = this.#src[this.#at + ahead];
    if (c !== undefined) return c;
    if (!this.#complete) throw new Stop();
    return -1;
  }

  #newline(): void {
    this.#line++;
    this.#lineStart = this.#at + 1;
  }

  /** Skips space and comments; newlines too, unless told to stop at one. */
  #skip(overNewlines = true): void {
    for (;;) {
      const c = this.#peek();
      if (c === NL) {
        if (!overNewlines) return;
        this.#newline();
        this.#at++;
      } else if (c === 32 || c === 9 || c === 13) {
        this.#at++;
      } else if (c === SLASH && this.#peek(1) === SLASH) {
        this.#lineComment();
      } else if (c === SLASH && this.#peek(1) === STAR) {
        if (this.#blockComment() && !overNewlines) return;
      } else {
        return;
      }
    }
  }

  #lineComment(): void {
    const start = this.#at;
    const end = this.#src.indexOf(NL, start);
    if (end < 0 && !this.#complete) throw new Stop();
    this.#at = end < 0 ? this.#src.length : end;
    // `//go:` only; nearly every comment fails at its third byte.
    if (this.#inHeader && this.#src[start + 2] === 103) {
      const text = decoder.decode(this.#src.subarray(start, this.#at)).trimEnd();
      if (text.startsWith('//go:')) this.directives.push(text);
    }
  }

  /** True if it spans lines, and so ends a statement. */
  #blockComment(): boolean {
    const begin = this.#position(this.#at);
    let lines = false;
    this.#at += 2;
    for (;;) {
      const c = this.#peek();
      if (c === -1) this.#fail('comment not terminated', begin);
      if (c === NL) {
        lines = true;
        this.#newline();
      }
      this.#at++;
      if (c === STAR && this.#peek() === SLASH) break;
    }
    this.#at++;
    return lines;
  }

  #position(at: number): Position {
    const src = this.#src;
    // Upstream knows of no line that begins where the file ends.
    if (at === src.length && at === this.#lineStart && this.#line > 1) {
      const last = src.subarray(0, at - 1).lastIndexOf(NL) + 1;
      return { line: this.#line - 1, col: at - last + 1 };
    }
    return { line: this.#line, col: at - this.#lineStart + 1 };
  }

  #fail(msg: string, at: Position = this.#position(this.#at)): never {
    throw new Stop({ ...at, msg });
  }
}

interface Position {
  readonly line: number;
  readonly col: number;
}

/** Where the first bytes are that are no UTF-8. */
function firstInvalid(bytes: Uint8Array): number {
  // A decoder that stops at the first fault tells how much came before it.
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isValidBeginning(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  // The sequence may have begun up to three bytes before the byte that spoils it.
  for (let back = 3; back > 0; back--) {
    const at = bad - 1 - back;
    if (at >= 0 && isUtf8(bytes.subarray(0, at)) && !isUtf8(bytes.subarray(0, at + 1))) return at;
  }
  return bad - 1;
}

/** Valid, or cut off within a character. */
function isValidBeginning(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

const keywords = new Set(
  'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var'.split(
    ' ',
  ),
);

function unescape(text: string): string {
  return text.replaceAll(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/g,
    (_, x: string, u: string, big: string, octal: string, c: string) => {
      const hex = x ?? u ?? big;
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const simple: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b' };
      return simple[c] ?? c;
    },
  );
}

function isValidImport(path: string): boolean {
  if (path === '') return false;
  return !/[!"#$%&'()*,:;<=>?[\\\]^{|}`\ufffd\s\p{C}]/u.test(path);
}

/**
 * The `//go:embed` comments of a whole file. Strings and other comments are stepped over, so that
 * text that only looks like one does not count.
 */
function scanEmbeds(text: string): EmbedPattern[] {
  const embeds: EmbedPattern[] = [];
  const token = /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'/g;
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(token)) {
    if (!/^\/\/go:embed[ \t]/.test(match[0])) continue;
    const start = match.index;
    for (let at = text.indexOf('\n', counted); at >= 0 && at < start;) {
      line++;
      counted = at + 1;
      at = text.indexOf('\n', counted);
    }
    const lineStart = text.lastIndexOf('\n', start) + 1;
    const before = Buffer.byteLength(text.slice(lineStart, start)) + 1;
    const args = embedArguments(match[0]);
    for (const { pattern, offset } of args ?? []) {
      const col = before + Buffer.byteLength(match[0].slice(0, offset));
      embeds.push({ pattern, line, col });
    }
  }
  return embeds;
}

/** Patterns divided by space, each plain or as a Go string; undefined if malformed. */
function embedArguments(comment: string): { pattern: string; offset: number }[] | undefined {
  const list: { pattern: string; offset: number }[] = [];
  let at = '//go:embed'.length;
  for (;;) {
    while (/\s/.test(comment[at] ?? '')) at++;
    if (at >= comment.length) return list;
    const first = comment[at];
    const rest = comment.slice(at);
    if (first === '"' || first === '`') {
      const quoted = (first === '"' ? /^"((?:[^"\\]|\\.)*)"/ : /^`([^`]*)`/).exec(rest);
      if (quoted === null) return undefined;
      const inner = quoted[1]!;
      list.push({ pattern: first === '"' ? unescape(inner) : inner, offset: at });
      at += quoted[0].length;
      if (at < comment.length && !/\s/.test(comment[at]!)) return undefined;
    } else {
      const word = /^\S+/.exec(rest)![0];
      list.push({ pattern: word, offset: at });
      at += word.length;
    }
  }
}
