/**
 * Templates as trees: text, and between `{{` and `}}` actions, control structures, definitions.
 *
 * The text is cut at the delimiters first, which settles trim marks and comments; each piece between
 * them is then a line of tokens, read by one recursive parser.
 * GOROOT: src/text/template/doc.go (grammar), src/text/template/parse/{lex,parse}.go (messages).
 */
import { quoteString } from '@go-ts/base/quote';
import { unquoteString } from '@go-ts/base/quote';

export type Operand =
  | { readonly kind: 'dot' | 'nil' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly of: Operand; readonly name: string; readonly at: string }
  | { readonly kind: 'pipe'; readonly pipe: Pipe };

/** A function or method with its arguments, or one operand alone. */
export type Command = readonly Operand[];

export interface Pipe {
  readonly variables: readonly string[];
  /** `=` instead of `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
  /** As written, for messages. */
  readonly text: string;
  readonly line: number;
  readonly col: number;
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly other: readonly Node[];
    }
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly kind: 'break' | 'continue' };

export interface Template {
  readonly body: readonly Node[];
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}

export class TemplateError extends Error {}

interface Piece {
  readonly isAction: boolean;
  readonly text: string;
  readonly line: number;
  readonly col: number;
}

export function parseTemplate(text: string, functions: ReadonlySet<string>): Template {
  const parser = new Parser(cut(text), functions);
  const { nodes, end } = parser.list();
  if (end !== '') throw parser.error(`unexpected {{${end}}}`);
  return { body: nodes, defined: parser.defined };
}

function cut(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimNext = false;
  const place = (offset: number): { line: number; col: number } => {
    const before = text.slice(0, offset);
    return { line: before.split('\n').length, col: offset - before.lastIndexOf('\n') - 1 };
  };
  for (;;) {
    const open = text.indexOf('{{', at);
    let plain = open < 0 ? text.slice(at) : text.slice(at, open);
    if (trimNext) plain = plain.replace(/^[ \t\r\n]+/, '');
    const trimsBefore = open >= 0 && /^\{\{-[ \t\r\n]/.test(text.slice(open, open + 4));
    if (trimsBefore) plain = plain.replace(/[ \t\r\n]+$/, '');
    if (plain !== '') pieces.push({ isAction: false, text: plain, ...place(at) });
    if (open < 0) return pieces;
    const start = open + (trimsBefore ? 3 : 2);
    const close = endOfAction(text, start);
    if (close < 0) throw new TemplateError(`template: main:${place(open).line}: unclosed action`);
    let inner = text.slice(start, close);
    trimNext = /[ \t\r\n]-$/.test(inner);
    if (trimNext) inner = inner.slice(0, -1);
    at = close + 2;
    if (/^\s*\/\*[^]*\*\/\s*$/.test(inner)) continue;
    pieces.push({ isAction: true, text: inner, ...place(start) });
  }
}

/** Where the action that starts here closes: strings and comments may hold the delimiter. */
function endOfAction(text: string, start: number): number {
  const token = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|\/\*[^]*?\*\/|(\}\})|[^]/g;
  token.lastIndex = start;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[1] !== undefined) return match.index;
  }
  return -1;
}

const tokens =
  /\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|:=|[|(),=]|\.[\p{L}_][\p{L}\d_]*|\$[\p{L}\d_]*|[-+]?\.?\d[\w.]*|[\p{L}_][\p{L}\d_]*|\.|[^]/gu;

class Parser {
  readonly defined = new Map<string, readonly Node[]>();
  readonly #pieces: readonly Piece[];
  readonly #functions: ReadonlySet<string>;
  readonly #variables: string[] = ['$'];
  #at = 0;
  #tokens: string[] = [];
  #next = 0;
  #ranges = 0;

  constructor(pieces: readonly Piece[], functions: ReadonlySet<string>) {
    this.#pieces = pieces;
    this.#functions = functions;
  }

  error(message: string): TemplateError {
    const piece = this.#pieces[Math.min(this.#at, this.#pieces.length) - 1];
    return new TemplateError(`template: main:${piece?.line ?? 1}: ${message}`);
  }

  /** Nodes up to `end`, `else` or the end of the text, which is told. */
  list(): { nodes: Node[]; end: string } {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at++];
      if (piece === undefined) return { nodes, end: '' };
      if (!piece.isAction) {
        nodes.push({ kind: 'text', text: piece.text });
        continue;
      }
      this.#tokens = piece.text.match(tokens) ?? [];
      this.#next = 0;
      const word = this.#peek();
      if (word === 'end' || word === 'else') {
        this.#take();
        return { nodes, end: word };
      }
      const node = this.#node(word, piece);
      if (node !== undefined) nodes.push(node);
    }
  }

  #node(word: string | undefined, piece: Piece): Node | undefined {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        this.#take();
        return this.#control(word, piece);
      case 'break':
      case 'continue':
        this.#take();
        if (this.#ranges === 0) throw this.error(`{{${word}}} outside {{range}}`);
        return { kind: word };
      case 'define': {
        this.#take();
        const name = this.#name('define');
        this.#define(name);
        return undefined;
      }
      case 'block': {
        this.#take();
        const name = this.#name('block clause');
        const pipe = this.#pipe(piece);
        this.#define(name);
        return { kind: 'template', name, pipe };
      }
      case 'template': {
        this.#take();
        const name = this.#name('template clause');
        const pipe = this.#peek() === undefined ? undefined : this.#pipe(piece);
        return { kind: 'template', name, pipe };
      }
      default:
        return { kind: 'action', pipe: this.#pipe(piece) };
    }
  }

  #unquote(literal: string): string {
    const text = unquoteString(literal);
    if (text === undefined) throw this.error('invalid syntax');
    return text;
  }

  #character(literal: string): number {
    // Each kind of literal escapes its own quote only.
    const body = literal
      .slice(1, -1)
      .replace(/^\\'$/, "'")
      .replace(/^"$/, String.raw`\"`);
    const text = unquoteString(`"${body}"`) ?? '';
    if (Array.from(text).length !== 1) throw this.error(`malformed character constant: ${literal}`);
    return text.codePointAt(0)!;
  }

  #name(where: string): string {
    const word = this.#take();
    if (word === undefined || !/^["`]/.test(word)) {
      throw this.error(`unexpected ${shown(word)} in ${where}`);
    }
    return this.#unquote(word);
  }

  #define(name: string): void {
    const { nodes, end } = this.list();
    if (end === '') throw this.error('unexpected EOF');
    if (end === 'else') throw this.error('unexpected {{else}} in define clause');
    this.defined.set(name, nodes);
  }

  #control(kind: 'if' | 'with' | 'range', piece: Piece): Node {
    const known = this.#variables.length;
    const pipe = this.#pipe(piece);
    if (kind === 'range') this.#ranges++;
    const { nodes: body, end } = this.list();
    if (kind === 'range') this.#ranges--;
    let other: Node[] = [];
    if (end === 'else') {
      const word = this.#peek();
      const elsePiece = this.#pieces[this.#at - 1]!;
      if (word !== undefined) {
        if (word !== kind || kind === 'range') {
          throw this.error(`unexpected ${shown(word)} in ${kind}`);
        }
        // `{{else if}}` stands for an if inside the else; one end closes both.
        this.#take();
        other = [this.#control(kind, elsePiece)];
      } else {
        const rest = this.list();
        if (rest.end === 'else') throw this.error('expected end; found {{else}}');
        if (rest.end === '') throw this.error('unexpected EOF');
        other = rest.nodes;
      }
    } else if (end === '') {
      throw this.error('unexpected EOF');
    }
    this.#variables.length = known;
    return { kind, pipe, body, other };
  }

  #peek(): string | undefined {
    while (/^\s/.test(this.#tokens[this.#next] ?? '')) this.#next++;
    return this.#tokens[this.#next];
  }

  #take(): string | undefined {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #pipe({ text, line, col }: Piece): Pipe {
    const variables: string[] = [];
    let assigns = false;
    const saved = this.#next;
    const first = this.#peek();
    if (first !== undefined && /^\$./u.test(first)) {
      this.#take();
      variables.push(first);
      if (this.#peek() === ',') {
        this.#take();
        variables.push(this.#take() ?? '');
      }
      const sign = this.#peek();
      if (sign === ':=' || sign === '=') {
        this.#take();
        assigns = sign === '=';
      } else {
        variables.length = 0;
        this.#next = saved;
      }
    }
    const commands: Command[] = [];
    for (;;) {
      commands.push(this.#command());
      const token = this.#peek();
      if (token !== '|') {
        if (token !== undefined && token !== ')') throw this.#unexpected(token);
        break;
      }
      this.#take();
    }
    if (commands.some((command) => command.length === 0)) {
      throw this.error(commands.length === 1 ? 'missing value for command' : 'missing value');
    }
    if (!assigns) this.#variables.push(...variables);
    for (const name of variables) {
      if (!this.#variables.includes(name)) throw this.error(`undefined variable ${shown(name)}`);
    }
    return { variables, assigns, commands, text: text.trim(), line, col };
  }

  #unexpected(token: string): TemplateError {
    return this.error(`unexpected ${shown(token)} in operand`);
  }

  #command(): Command {
    const operands: Operand[] = [];
    for (;;) {
      const token = this.#peek();
      if (token === undefined || token === '|' || token === ')') return operands;
      operands.push(this.#operand());
    }
  }

  #operand(): Operand {
    let x = this.#term(this.#take()!);
    // A chain has no space in it.
    for (;;) {
      const token = this.#tokens[this.#next] ?? '';
      if (!/^\../u.test(token)) return x;
      this.#next++;
      x = { kind: 'field', of: x, name: token.slice(1), at: token };
    }
  }

  #term(token: string): Operand {
    if (token === '.') return { kind: 'dot' };
    if (/^\.[\p{L}_]/u.test(token)) {
      return { kind: 'field', of: { kind: 'dot' }, name: token.slice(1), at: token };
    }
    if (token.startsWith('$')) {
      if (!this.#variables.includes(token)) {
        throw this.error(`undefined variable ${shown(token)}`);
      }
      return { kind: 'variable', name: token };
    }
    if (token === '(') {
      const piece = this.#pieces[this.#at - 1]!;
      const pipe = this.#pipe(piece);
      if (this.#take() !== ')') throw this.error('unclosed left paren');
      return { kind: 'pipe', pipe };
    }
    if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' };
    if (token === 'nil') return { kind: 'nil' };
    if (/^["`]/.test(token) && token.length > 1) {
      return { kind: 'literal', value: this.#unquote(token) };
    }
    if (/^'.+'$/su.test(token)) {
      return { kind: 'literal', value: this.#character(token) };
    }
    if (/^[-+]?\.?\d/.test(token)) {
      const value = Number(token.replaceAll('_', ''));
      if (Number.isNaN(value)) throw this.error(`bad number syntax: ${quoteString(token)}`);
      return { kind: 'literal', value };
    }
    if (/^[\p{L}_]/u.test(token)) {
      if (!this.#functions.has(token)) {
        throw this.error(`function ${quoteString(token)} not defined`);
      }
      return { kind: 'function', name: token };
    }
    throw this.#unexpected(token);
  }
}

function shown(token: string | undefined): string {
  return token === undefined ? '"}}"' : quoteString(token);
}
