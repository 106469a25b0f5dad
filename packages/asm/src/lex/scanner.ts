/**
 * Turns the text of one file into tokens. Newlines are tokens, other white space and comments are
 * not; a comment that says `//go:build` is reported, because it may only come before code.
 *
 * The lexical grammar of numbers, characters and strings is Go's; identifiers may also contain `·`
 * and `∕`.
 *
 * GOROOT: src/text/scanner/scanner.go, src/cmd/asm/internal/lex/tokenizer.go.
 */
import { scanNumber } from './number.ts';
import {
  type PosBase,
  T_ARR,
  T_BUILD_COMMENT,
  T_CHAR,
  T_EOF,
  T_FLOAT,
  T_IDENT,
  T_INT,
  T_LSH,
  T_ROT,
  T_RSH,
  T_STRING,
  type TokenReader,
} from './token.ts';

const isLetter = /[\p{L}_\u00b7\u2215]/u;
const isLetterOrDigit = /[\p{L}\p{Nd}_\u00b7\u2215]/u;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const APOSTROPHE = 39;
const STAR = 42;
const SLASH = 47;
const BACKSLASH = 92;

export class Scanner implements TokenReader {
  readonly #source: string;
  readonly #name: string;
  readonly #report: (message: string) => void;
  #at = 0;
  #start = 0;
  #kind = 0;
  #line = 1;
  #base: PosBase;

  /** `report` receives complaints about malformed tokens, which are tokens all the same. */
  constructor(source: string, base: PosBase, report: (message: string) => void) {
    this.#source = source;
    this.#name = base.name;
    this.#base = base;
    this.#report = report;
  }

  /** Complains with the position of the token's beginning, in characters. */
  #error(message: string): void {
    const before = this.#source.slice(0, this.#start);
    const line = before.split('\n').length;
    const column = Array.from(before.slice(before.lastIndexOf('\n') + 1)).length + 1;
    this.#report(`${this.#name}:${line}:${column}: ${message}`);
  }

  text(): string {
    return this.#source.slice(this.#start, this.#at);
  }

  base(): PosBase {
    return this.#base;
  }

  setBase(base: PosBase): void {
    this.#base = base;
  }

  line(): number {
    return this.#line;
  }

  end(): number {
    return this.#at;
  }

  next(): number {
    this.#kind = this.#scan();
    return this.#kind;
  }

  #scan(): number {
    const source = this.#source;
    for (;;) {
      let c = source.charCodeAt(this.#at);
      while (c === SPACE || c === TAB || c === CR) c = source.charCodeAt(++this.#at);
      this.#start = this.#at;
      if (Number.isNaN(c)) return T_EOF;
      if (c !== SLASH) break;
      const after = source.charCodeAt(this.#at + 1);
      if (after !== SLASH && after !== STAR) break;
      if (this.#comment(after)) return T_BUILD_COMMENT;
    }
    const c = source.charCodeAt(this.#at);
    if (c === LF) {
      this.#at++;
      this.#line++;
      return LF;
    }
    if (isIdentifierStart(c, source, this.#at)) return this.#identifier();
    if (isDigit(c) || (c === 46 && isDigit(source.charCodeAt(this.#at + 1)))) return this.#number();
    if (c === QUOTE || c === APOSTROPHE) return this.#quoted(c);
    return this.#operator(c);
  }

  /** Skips a comment; true if it is a build constraint. */
  #comment(second: number): boolean {
    const source = this.#source;
    if (second === SLASH) {
      const end = source.indexOf('\n', this.#at);
      this.#at = end < 0 ? source.length : end;
      return /^\/\/go:build(?:$|[ \t])/.test(this.text().trimEnd());
    }
    const end = source.indexOf('*/', this.#at + 2);
    if (end < 0) this.#error('comment not terminated');
    this.#at = end < 0 ? source.length : end + 2;
    for (let i = this.#start; i < this.#at; i++) if (source.charCodeAt(i) === LF) this.#line++;
    return false;
  }

  #identifier(): number {
    const source = this.#source;
    let at = this.#at;
    for (;;) {
      const c = source.charCodeAt(at);
      if (isAsciiWord(c)) at++;
      else if (c >= 0x80) {
        const point = source.codePointAt(at)!;
        const character = String.fromCodePoint(point);
        if (!isLetterOrDigit.test(character)) break;
        at += character.length;
      } else break;
    }
    this.#at = at;
    return T_IDENT;
  }

  #number(): number {
    const { end, isFloat, errors } = scanNumber(this.#source, this.#at);
    for (const error of errors) this.#error(error);
    this.#at = end;
    return isFloat ? T_FLOAT : T_INT;
  }

  #quoted(quote: number): number {
    const source = this.#source;
    let at = this.#at + 1;
    let count = 0;
    for (;;) {
      const c = source.charCodeAt(at);
      if (Number.isNaN(c) || c === LF) {
        this.#error('literal not terminated');
        // Upstream takes the newline for a part of the literal, and does not count it.
        at = Math.min(at + 1, source.length);
        break;
      }
      at++;
      if (c === quote) break;
      if (c === BACKSLASH) at = escapeEnd(source, at);
      count++;
    }
    this.#at = at;
    if (quote === QUOTE) return T_STRING;
    if (count !== 1) this.#error('invalid char literal');
    return T_CHAR;
  }

  #operator(c: number): number {
    const point = this.#source.codePointAt(this.#at)!;
    this.#at += point > 0xffff ? 2 : 1;
    const after = this.#source[this.#at];
    let kind = point;
    if (c === 45 && after === '>') kind = T_ARR;
    else if (c === 64 && after === '>') kind = T_ROT;
    else if (c === 60 && after === '<') kind = T_LSH;
    else if (c === 62 && after === '>') kind = T_RSH;
    if (kind !== point) this.#at++;
    return kind;
  }
}

/** Where the escape whose backslash is before `at` ends. */
function escapeEnd(source: string, at: number): number {
  const escape = /[0-7]{1,3}|x[0-9a-fA-F]{0,2}|u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|[^\n]/y;
  escape.lastIndex = at;
  return at + (escape.exec(source)?.[0].length ?? 0);
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isAsciiWord(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95 || isDigit(c);
}

function isIdentifierStart(c: number, source: string, at: number): boolean {
  if (c < 0x80) return isAsciiWord(c) && !isDigit(c);
  return isLetter.test(String.fromCodePoint(source.codePointAt(at)!));
}
