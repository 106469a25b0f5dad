/**
 * The preprocessor: a stack of token readers (files, included files, macro bodies) and the macros.
 *
 * Directives are #define (with and without arguments), #undef, #ifdef, #ifndef, #else, #endif,
 * #include and #line. Each leaves a `#` token behind, so that the parser knows that code has begun.
 * Macros are sequences of tokens: an invocation pushes them, with actual arguments in place of formal
 * ones, and line numbers stay those of the invocation.
 *
 * A mistake here ends the assembly: it is thrown as `LexError`.
 *
 * GOROOT: src/cmd/asm/internal/lex/{input,slice,stack}.go (rules, wording).
 */
import { quoteString } from '@go-ts/base/quote';
import { unquote } from './quote.ts';
import { Scanner } from './scanner.ts';
import {
  BACKSLASH,
  COMMA,
  HASH,
  kindName,
  LEFT_PAREN,
  NEWLINE,
  newToken,
  type PosBase,
  RIGHT_PAREN,
  T_EOF,
  T_IDENT,
  T_INT,
  T_MACRO_NAME,
  T_STRING,
  type Token,
  type TokenReader,
} from './token.ts';

/** Complete message with position. */
export class LexError extends Error {}

export interface LexOptions {
  /** The text of a file, or undefined if there is none of that name. */
  readonly read: (path: string) => string | undefined;
  /** Directories of -I. */
  readonly includeDirs: readonly string[];
  /** `NAME` or `NAME=VALUE`, as after -D. */
  readonly defines: readonly string[];
  /** The name to record in the object for a file that was opened by this name. */
  readonly absName: (name: string) => string;
  /** Receives complaints about malformed tokens; scanning goes on. */
  readonly report: (message: string) => void;
}

interface Macro {
  readonly name: string;
  /** Formal arguments; null for a macro that is not invoked with parentheses. */
  readonly args: readonly string[] | null;
  readonly tokens: readonly Token[];
}

const maxDepth = 100;

/** The tokens of a macro body. */
class Slice implements TokenReader {
  readonly #tokens: readonly Token[];
  readonly #line: number;
  #base: PosBase;
  #at = -1;

  constructor(base: PosBase, line: number, tokens: readonly Token[]) {
    this.#base = base;
    this.#line = line;
    this.#tokens = tokens;
  }

  next(): number {
    this.#at++;
    const token = this.#tokens[this.#at];
    return token === undefined ? T_EOF : token.kind;
  }

  text(): string {
    return this.#tokens[this.#at]?.text ?? '';
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
}

function dirname(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash);
}

/** Joins and cleans a path, lexically. */
export function joinPath(dir: string, name: string): string {
  const isRooted = dir.startsWith('/');
  const parts: string[] = [];
  for (const part of `${dir}/${name}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !isRooted) parts.push(part);
  }
  return (isRooted ? '/' : '') + (parts.join('/') || (isRooted ? '' : '.'));
}

export function newBase(name: string, absName: string): PosBase {
  return { name, absName, lineDelta: 0 };
}

export class Input {
  readonly #options: LexOptions;
  readonly #dirs: readonly string[];
  readonly #macros = new Map<string, Macro>();
  readonly #stack: TokenReader[] = [];
  readonly #conditions: boolean[] = [];
  #beginsLine = true;
  #text = '';
  #peeked: Token | null = null;
  /** The reader on top, so that positions survive its end. */
  #top: TokenReader;

  constructor(name: string, source: string, options: LexOptions) {
    this.#options = options;
    this.#dirs = [dirname(name), ...options.includeDirs];
    for (const define of options.defines) this.#predefine(define);
    this.#top = this.#open(name, source);
    this.#stack.push(this.#top);
  }

  #open(name: string, source: string): Scanner {
    const base = newBase(name, this.#options.absName(name));
    return new Scanner(source, base, this.#options.report);
  }

  /** Name of the file that the last token is from. */
  file(): string {
    return this.#top.base().name;
  }

  base(): PosBase {
    return this.#top.base();
  }

  line(): number {
    return this.#top.line();
  }

  text(): string {
    return this.#text;
  }

  /** The next token, macros expanded. */
  next(): number {
    if (this.#peeked !== null) {
      const { kind, text } = this.#peeked;
      this.#peeked = null;
      this.#text = text;
      return kind;
    }
    for (let nesting = 0; nesting < maxDepth;) {
      const kind = this.#raw();
      if (kind === HASH) {
        if (!this.#beginsLine) this.#error("'#' must be first item on line");
        this.#beginsLine = this.#directive();
        this.#text = '#';
        return HASH;
      }
      if (kind === T_IDENT) {
        const macro = this.#macros.get(this.#top.text());
        if (macro !== undefined) {
          nesting++;
          this.#invoke(macro);
          continue;
        }
      }
      if (kind === T_EOF && this.#conditions.length > 0) this.#error('unclosed #ifdef or #ifndef');
      this.#beginsLine = kind === NEWLINE;
      if (this.#isEnabled()) {
        this.#text = this.#top.text();
        return kind;
      }
    }
    return this.#error('recursive macro invocation');
  }

  /** The next token as it stands in the source; readers that have ended are popped. */
  #raw(): number {
    let kind = this.#top.next();
    while (kind === T_EOF && this.#stack.length > 1) {
      this.#stack.pop();
      this.#top = this.#stack.at(-1)!;
      kind = this.#top.next();
    }
    return kind;
  }

  #push(reader: TokenReader): void {
    if (this.#stack.length > maxDepth) this.#error('input recursion');
    this.#stack.push(reader);
    this.#top = reader;
  }

  #error(message: string): never {
    throw new LexError(`${this.file()}:${this.line()}: ${message}`);
  }

  #expectText(message: string): never {
    return this.#error(`${message} ; got ${quoteString(this.#top.text())}`);
  }

  #isEnabled(): boolean {
    return this.#conditions.at(-1) ?? true;
  }

  #predefine(define: string): void {
    const equals = define.indexOf('=');
    const name = equals > 0 ? define.slice(0, equals) : define;
    const value = equals > 0 ? define.slice(equals + 1) : '1';
    const names = this.#tokenize(name);
    if (names.length !== 1 || names[0]!.kind !== T_IDENT) {
      throw new LexError(`asm: parsing -D: ${quoteString(name)} is not a valid identifier name`);
    }
    this.#macros.set(name, { name, args: null, tokens: this.#tokenize(value) });
  }

  #tokenize(text: string): Token[] {
    const scanner = this.#open('command line', text);
    const tokens: Token[] = [];
    for (let kind = scanner.next(); kind !== T_EOF; kind = scanner.next()) {
      tokens.push(newToken(kind, scanner.text()));
    }
    return tokens;
  }

  // ----- directives

  /** Carries out what follows a `#`; false if it was skipped and the line has yet to end. */
  #directive(): boolean {
    if (this.#raw() !== T_IDENT) this.#expectText("expected identifier after '#'");
    const word = this.#top.text();
    // Conditions must be tracked in skipped text too, and #line changes positions of errors.
    if (!this.#isEnabled() && !/^(?:else|endif|ifdef|ifndef|line)$/.test(word)) return false;
    switch (word) {
      case 'define':
        this.#define();
        break;
      case 'else':
        this.#else();
        break;
      case 'endif':
        this.#endif();
        break;
      case 'ifdef':
        this.#ifdef(true);
        break;
      case 'ifndef':
        this.#ifdef(false);
        break;
      case 'include':
        this.#include();
        break;
      case 'line':
        this.#lineDirective();
        break;
      case 'undef':
        this.#undef();
        break;
      default:
        this.#error(`unexpected token after '#': ${word}`);
    }
    return true;
  }

  #expectNewline(directive: string): void {
    if (this.#raw() !== NEWLINE) this.#expectText(`expected newline after ${directive}`);
  }

  #macroName(): string {
    if (this.#raw() !== T_IDENT) this.#expectText('expected identifier after # directive');
    return this.#top.text();
  }

  #define(): void {
    const name = this.#macroName();
    const macro = this.#definition(name);
    if (this.#macros.has(name)) this.#error(`redefinition of macro: ${name}`);
    this.#macros.set(name, macro);
  }

  #definition(name: string): Macro {
    const nameEnd = this.#top.end();
    let kind = this.#raw();
    if (kind === NEWLINE || kind === T_EOF) return { name, args: null, tokens: [] };
    let args: string[] | null = null;
    // As in C, `#define A(x)` has an argument, `#define A (x)` has none.
    if (kind === LEFT_PAREN && this.#top.end() === nameEnd + 1) {
      args = this.#formals(name);
      kind = this.#raw();
    }
    const tokens: Token[] = [];
    while (kind !== NEWLINE) {
      if (kind === T_EOF) this.#error(`missing newline in definition for macro: ${name}`);
      if (kind === BACKSLASH) {
        kind = this.#raw();
        if (kind !== NEWLINE && kind !== BACKSLASH) {
          this.#error(String.raw`can only escape \ or \n in definition for macro: ` + name);
        }
      }
      tokens.push(newToken(kind, this.#top.text()));
      kind = this.#raw();
    }
    return { name, args, tokens };
  }

  #formals(name: string): string[] {
    const args: string[] = [];
    let accepts = true;
    for (;;) {
      const kind = this.#raw();
      if (kind === RIGHT_PAREN) return args;
      if (kind === COMMA) {
        if (accepts) this.#error(`bad syntax in definition for macro: ${name}`);
        accepts = true;
      } else if (kind === T_IDENT) {
        if (!accepts) this.#error(`bad syntax in definition for macro: ${name}`);
        const arg = this.#top.text();
        if (args.includes(arg)) {
          this.#error(`duplicate argument ${arg} in definition for macro: ${name}`);
        }
        args.push(arg);
        accepts = false;
      } else this.#error(`bad definition for macro: ${name}`);
    }
  }

  #ifdef(wanted: boolean): void {
    const name = this.#macroName();
    this.#expectNewline('#if[n]def');
    this.#conditions.push(this.#isEnabled() && this.#macros.has(name) === wanted);
  }

  #else(): void {
    this.#expectNewline('#else');
    if (this.#conditions.length === 0) this.#error('unmatched #else');
    if (this.#conditions.at(-2) ?? true) this.#conditions.push(this.#conditions.pop() !== true);
  }

  #endif(): void {
    this.#expectNewline('#endif');
    if (this.#conditions.length === 0) this.#error('unmatched #endif');
    this.#conditions.pop();
  }

  #include(): void {
    if (this.#raw() !== T_STRING) this.#expectText('expected string after #include');
    const bytes = unquote(this.#top.text());
    if (bytes === null) return this.#error('unquoting include file name:  invalid syntax');
    const name = new TextDecoder().decode(bytes);
    this.#expectNewline('#include');
    let source = this.#options.read(name);
    for (const dir of this.#dirs) {
      if (source !== undefined) break;
      source = this.#options.read(joinPath(dir, name));
    }
    if (source === undefined) {
      const last = joinPath(this.#dirs.at(-1)!, name);
      return this.#error(`#include: open ${last}: no such file or directory`);
    }
    this.#push(this.#open(name, source));
  }

  /** `#line 337 "file"`: the next line is line 337 of that file. */
  #lineDirective(): void {
    if (this.#raw() !== T_INT) this.#expectText('expected line number after #line');
    const line = Number(this.#top.text());
    if (this.#raw() !== T_STRING) this.#expectText('expected file name in #line');
    const bytes = unquote(this.#top.text());
    if (bytes === null) return this.#error('unquoting #line file name:  invalid syntax');
    const file = new TextDecoder().decode(bytes);
    const kind = this.#raw();
    if (kind !== NEWLINE) this.#error(`unexpected token at end of #line:  ${kindName(kind)}`);
    // Upstream counts the newline twice: what follows is reported one line too early.
    const lineDelta = line - (this.#top.line() + 1);
    this.#top.setBase({ name: file, absName: this.#options.absName(file), lineDelta });
  }

  #undef(): void {
    const name = this.#macroName();
    if (!this.#macros.has(name)) this.#error(`#undef for undefined macro: ${name}`);
    if (this.#raw() !== NEWLINE) this.#error(`syntax error in #undef for macro: ${name}`);
    this.#macros.delete(name);
  }

  // ----- invocations

  #invoke(macro: Macro): void {
    if (macro.args === null) {
      this.#push(new Slice(this.base(), this.line(), macro.tokens));
      return;
    }
    const kind = this.#raw();
    if (kind !== LEFT_PAREN) {
      this.#peeked = { kind, text: this.#text };
      const name = [newToken(T_MACRO_NAME, macro.name)];
      this.#push(new Slice(this.base(), this.line(), name));
      return;
    }
    const actuals = this.#actuals(macro, macro.args);
    const tokens = macro.tokens.flatMap((token) => {
      const actual = token.kind === T_IDENT ? actuals.get(token.text) : undefined;
      return actual === undefined || actual.length === 0 ? [token] : actual;
    });
    this.#push(new Slice(this.base(), this.line(), tokens));
  }

  #actuals(macro: Macro, formals: readonly string[]): Map<string, readonly Token[]> {
    let actuals: Token[][] = [];
    for (;;) {
      const { tokens, end } = this.#argument(macro);
      actuals.push(tokens);
      if (end === RIGHT_PAREN) break;
    }
    if (formals.length === 0 && actuals.length === 1 && actuals[0]!.length === 0) actuals = [];
    if (actuals.length !== formals.length) {
      this.#error(`wrong arg count for macro ${macro.name}`);
    }
    return new Map(formals.map((formal, i) => [formal, actuals[i]!]));
  }

  #argument(macro: Macro): { tokens: Token[]; end: number } {
    const tokens: Token[] = [];
    let nesting = 0;
    for (;;) {
      const kind = this.#raw();
      if (kind === T_EOF || kind === NEWLINE) {
        this.#error(`unterminated arg list invoking macro: ${macro.name}`);
      }
      if (nesting === 0 && (kind === RIGHT_PAREN || kind === COMMA)) return { tokens, end: kind };
      if (kind === LEFT_PAREN) nesting++;
      if (kind === RIGHT_PAREN) nesting--;
      tokens.push(newToken(kind, this.#top.text()));
    }
  }
}
