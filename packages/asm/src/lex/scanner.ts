/**
 * Turns the text of one file into tokens. Newlines are tokens, other white space and comments are
 * not; a comment that says `//go:build` is reported, because it may only come before code.
 *
 * The lexical grammar of numbers, characters and strings is Go's; identifiers may also contain `·`
 * and `∕`.
 *
 * GOROOT: src/text/scanner/scanner.go, src/cmd/asm/internal/lex/tokenizer.go.
 */
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

const number =
  /0[xX](?:_?[0-9a-fA-F])*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[bB](?:_?[01])*|0[oO](?:_?[0-7])*|(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][+-]?[0-9_]+)?/y;

export class Scanner implements TokenReader {
  readonly #source: string;
  readonly #error: (line: number, message: string) => void;
  #at = 0;
  #start = 0;
  #kind = 0;
  #line = 1;
  #base: PosBase;

  constructor(source: string, base: PosBase, error: (line: number, message: string) => void) {
    this.#source = source;
    this.#base = base;
    this.#error = error;
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
    if (end < 0) this.#error(this.#line, 'comment not terminated');
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
    number.lastIndex = this.#at;
    const text = number.exec(this.#source)![0];
    this.#at += text.length;
    const isHex = /^0[xX]/.test(text);
    if (isHex ? /[.pP]/.test(text) : /[.eE]/.test(text)) return T_FLOAT;
    return T_INT;
  }

  #quoted(quote: number): number {
    const source = this.#source;
    let at = this.#at + 1;
    for (;;) {
      const c = source.charCodeAt(at);
      if (Number.isNaN(c) || c === LF) {
        this.#error(this.#line, 'literal not terminated');
        break;
      }
      at++;
      if (c === quote) break;
      if (c === BACKSLASH) at++;
    }
    this.#at = at;
    return quote === QUOTE ? T_STRING : T_CHAR;
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
