/**
 * Text → tree: words, brackets, strings, comments; lines and blocks; then each comment at the end of
 * a line goes to what stands before it.
 *
 * A word runs to the next space, bracket, comma or comment, and may hold any printable character.
 * The first mistake ends parsing.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/modfile/read.go (grammar, wording and positions of errors).
 */
import { isPrint, quoteRune } from '@go-ts/base/quote';
import { ModFileError, ModFileErrors } from './error.ts';
import {
  type Comment,
  type Commented,
  type FileSyntax,
  type Line,
  type LineBlock,
  newBlock,
  newComments,
  newLine,
  newSyntax,
  type Pos,
} from './syntax.ts';

type TokenKind = 'eof' | 'eolcomment' | 'comment' | 'word' | 'string' | '\n' | Bracket;
type Bracket = '(' | ')' | '[' | ']' | '{' | '}' | ',';

interface Token {
  readonly kind: TokenKind;
  readonly pos: Pos;
  readonly end: Pos;
  readonly text: string;
}

export function parseSyntax(file: string, text: string): FileSyntax {
  const parser = new Parser(file, text);
  return parser.parse();
}

function isEndOfLine(kind: TokenKind): boolean {
  return kind === 'eof' || kind === 'eolcomment' || kind === '\n';
}

const brackets = '()[]{},';

class Parser {
  readonly #file: string;
  readonly #text: string;
  readonly #suffixes: Comment[] = [];
  /** Printable ASCII without space, brackets and commas, up to a comment. */
  readonly #plainWord = /(?:[!-'*+\-.0-Z\\^-z|~]|\/(?![/*]))+/y;
  #offset = 0;
  #line = 1;
  #column = 1;
  #token: Token;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.#token = this.#read();
  }

  parse(): FileSyntax {
    const syntax = newSyntax(this.#file);
    let block: ReturnType<typeof newComments> | undefined;
    for (;;) {
      const { kind } = this.#token;
      if (kind === 'eof') break;
      if (kind === '\n') {
        this.#next();
        if (block !== undefined) syntax.stmts.push(block);
        block = undefined;
      } else if (kind === 'comment') {
        const token = this.#next();
        block ??= newComments(token.pos);
        block.before.push({ start: token.pos, token: token.text });
      } else {
        const stmt = this.#statement();
        if (block !== undefined) stmt.before = block.before;
        block = undefined;
        syntax.stmts.push(stmt);
      }
    }
    if (block !== undefined) syntax.stmts.push(block);
    this.#placeSuffixes(syntax);
    return syntax;
  }

  #statement(): Line | LineBlock {
    const first = this.#next();
    let { end } = first;
    const tokens = [first.text];
    for (;;) {
      const token = this.#next();
      if (isEndOfLine(token.kind)) return newLine(tokens, false, first.pos, end);
      if (token.kind !== '(') {
        tokens.push(token.text);
        ({ end } = token);
        continue;
      }
      // Only a parenthesis at the end of a line opens a block.
      if (isEndOfLine(this.#token.kind)) return this.#block(first.pos, tokens, token.pos);
      tokens.push(token.text);
      if (this.#token.kind !== ')') continue;
      const close = this.#next();
      if (isEndOfLine(this.#token.kind)) {
        this.#next();
        return newBlock(tokens.slice(0, -1), first.pos, token.pos, close.pos);
      }
      tokens.push(close.text);
    }
  }

  #block(start: Pos, tokens: string[], open: Pos): LineBlock {
    const lines: Line[] = [];
    let comments: Comment[] = [];
    for (;;) {
      const { kind } = this.#token;
      if (kind === 'eolcomment') {
        this.#next();
      } else if (kind === '\n') {
        const { pos } = this.#next();
        // One blank line is kept between lines, none at the beginning.
        const last = comments.at(-1);
        if (last === undefined ? lines.length > 0 : last.token !== '') {
          comments.push({ start: pos, token: '' });
        }
      } else if (kind === 'comment') {
        const token = this.#next();
        comments.push({ start: token.pos, token: token.text });
      } else if (kind === 'eof') {
        this.#fail(
          `syntax error (unterminated block started at ${this.#file}:${start.line}:${start.column})`,
        );
      } else if (kind === ')') {
        const { pos } = this.#next();
        const block = newBlock(tokens, start, open, pos);
        block.lines = lines;
        const isBlank = comments.length === 1 && comments[0]!.token === '';
        block.close.before = isBlank ? [] : comments;
        if (!isEndOfLine(this.#token.kind)) {
          this.#fail('syntax error (expected newline after closing paren)');
        }
        this.#next();
        return block;
      } else {
        const line = this.#lineInBlock();
        line.before = comments;
        comments = [];
        lines.push(line);
      }
    }
  }

  #lineInBlock(): Line {
    const first = this.#next();
    let { end } = first;
    const tokens = [first.text];
    for (;;) {
      const token = this.#next();
      if (isEndOfLine(token.kind)) return newLine(tokens, true, first.pos, end);
      tokens.push(token.text);
      ({ end } = token);
    }
  }

  /** Each comment goes to the last thing that ends before it on its line. */
  #placeSuffixes(syntax: FileSyntax): void {
    const places: { readonly to: Commented; readonly start: Pos; readonly end: Pos }[] = [];
    const paren = (p: LineBlock['open']): void => {
      places.push({ to: p, start: p.pos, end: after(p.pos) });
    };
    for (const stmt of syntax.stmts) {
      if (stmt.kind === 'comments') places.push({ to: stmt, start: stmt.start, end: stmt.start });
      else if (stmt.kind === 'line') places.push({ to: stmt, start: stmt.start, end: stmt.end });
      else {
        paren(stmt.open);
        for (const line of stmt.lines) places.push({ to: line, start: line.start, end: line.end });
        paren(stmt.close);
        places.push({ to: stmt, start: stmt.start, end: after(stmt.close.pos) });
      }
    }
    const suffixes = this.#suffixes;
    for (const { to, start, end } of places.toReversed()) {
      if (start.line !== end.line) continue;
      while (suffixes.length > 0 && end.offset <= suffixes.at(-1)!.start.offset) {
        to.suffix.unshift(suffixes.pop()!);
      }
    }
    syntax.before.push(...suffixes);
  }

  #fail(message: string): never {
    throw new ModFileErrors([new ModFileError(this.#file, this.#pos(), message)]);
  }

  #next(): Token {
    const token = this.#token;
    this.#token = this.#read();
    return token;
  }

  #pos(): Pos {
    return { line: this.#line, column: this.#column, offset: this.#offset };
  }

  /** The character here, '' at the end. */
  #peek(): string {
    const code = this.#text.codePointAt(this.#offset);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #skip(c: string): void {
    this.#offset += c.length;
    if (c === '\n') {
      this.#line++;
      this.#column = 1;
    } else {
      this.#column++;
    }
  }

  #read(): Token {
    for (;;) {
      const c = this.#peek();
      if (c !== ' ' && c !== '\t' && c !== '\r') break;
      this.#skip(c);
    }
    const pos = this.#pos();
    const c = this.#peek();
    if (c === '') return this.#finish('eof', pos);
    if (this.#text.startsWith('//', this.#offset)) return this.#comment(pos);
    this.#refuseBlockComment();
    if (c === '\n' || brackets.includes(c)) {
      this.#skip(c);
      return this.#finish(c as Bracket | '\n', pos);
    }
    if (c === '"' || c === '`') return this.#string(pos, c);
    if (!isWordChar(c)) this.#fail(`unexpected input character ${quoteRune(c.codePointAt(0)!)}`);
    this.#skipPlain();
    while (isWordChar(this.#peek()) && !this.#text.startsWith('//', this.#offset)) {
      this.#refuseBlockComment();
      this.#skip(this.#peek());
      this.#skipPlain();
    }
    return this.#finish('word', pos);
  }

  /** Nearly all words are nothing but ASCII; thousands of go.mod files are read in a row. */
  #skipPlain(): void {
    this.#plainWord.lastIndex = this.#offset;
    const length = this.#plainWord.exec(this.#text)?.[0].length ?? 0;
    this.#offset += length;
    this.#column += length;
  }

  #refuseBlockComment(): void {
    if (this.#text.startsWith('/*', this.#offset)) {
      this.#fail('mod files must use // comments (not /* */ comments)');
    }
  }

  #finish(kind: TokenKind, pos: Pos): Token {
    const text = this.#text.slice(pos.offset, this.#offset);
    return { kind, pos, end: this.#pos(), text };
  }

  #comment(pos: Pos): Token {
    const lineStart = this.#text.lastIndexOf('\n', pos.offset - 1) + 1;
    const isSuffix = pos.offset > 0 && this.#text.slice(lineStart, pos.offset).trim() !== '';
    const newline = this.#text.indexOf('\n', pos.offset);
    this.#offset = newline < 0 ? this.#text.length : newline;
    this.#column += Array.from(this.#text.slice(pos.offset, this.#offset)).length;
    if (newline >= 0) this.#skip('\n');
    const token = this.#finish(isSuffix ? 'eolcomment' : 'comment', pos);
    const text = token.text.replace(/\r?\n$/, '');
    if (isSuffix) this.#suffixes.push({ start: pos, token: text });
    return { ...token, text };
  }

  #string(pos: Pos, quote: string): Token {
    const unexpectedEnd = (): never => {
      this.#offset = pos.offset;
      this.#line = pos.line;
      this.#column = pos.column;
      return this.#fail('unexpected EOF in string');
    };
    this.#skip(quote);
    for (;;) {
      const c = this.#peek();
      if (c === '') unexpectedEnd();
      if (c === '\n') this.#fail('unexpected newline in string');
      this.#skip(c);
      if (c === quote) return this.#finish('string', pos);
      if (c !== '\\' || quote === '`') continue;
      const escaped = this.#peek();
      if (escaped === '') unexpectedEnd();
      this.#skip(escaped);
    }
  }
}

function after(pos: Pos): Pos {
  return { line: pos.line, column: pos.column + 1, offset: pos.offset + 1 };
}

function isWordChar(c: string): boolean {
  return c !== '' && c !== ' ' && !brackets.includes(c) && isPrint(c.codePointAt(0)!);
}
