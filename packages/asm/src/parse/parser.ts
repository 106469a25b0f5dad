/**
 * Parses one assembly file into functions, and data that goes straight into the object's symbols.
 *
 * A line is `{label:} WORD[.suffix] [operand {, operand}]`. It is first split into words and operands
 * (lists of tokens); directives and instructions then parse the operands they want.
 *
 * Virtual PCs count instructions and the directives that stand among them, over the whole file;
 * `4(PC)` is relative to them. Labels belong to the function they are in.
 *
 * GOROOT: src/cmd/asm/internal/asm/{parse,asm}.go (grammar, wording of errors, what is an error).
 */
import { quoteString } from '@go-ts/base/quote';
import { type ObjectBuilder, type ObjSym } from '@go-ts/objfile/builder';
import { type Addr } from '../addr.ts';
import { AEND, ANOP } from '../as.ts';
import { type PosBase } from '../func.ts';
import { type Input } from '../lex/input.ts';
import {
  COLON,
  COMMA,
  DOT,
  HASH,
  LEFT_BRACKET,
  LEFT_PAREN,
  NEWLINE,
  newToken,
  type PosBase as LexBase,
  RIGHT_BRACKET,
  RIGHT_PAREN,
  SEMICOLON,
  T_BUILD_COMMENT,
  T_EOF,
  T_IDENT,
  type Token,
} from '../lex/token.ts';
import { Prog } from '../prog.ts';
import { type DataSection } from './data.ts';
import { directives } from './directive.ts';
import { parseInstruction } from './instruction.ts';
import { OperandParser } from './operand.ts';
import { type Syntax } from './syntax.ts';

export interface ParseOptions {
  readonly syntax: Syntax;
  readonly symbols: ObjectBuilder;
  readonly data: DataSection;
  readonly pkgPrefix: string;
  readonly allowsABI: boolean;
  /** No limit on the number of errors. */
  readonly allErrors: boolean;
  /** Receives complete messages of mistakes that stop at the end of the file. */
  readonly report: (message: string) => void;
  /** Receives mistakes that do not keep the rest from being assembled. */
  readonly diag: (message: string) => void;
  readonly positions: Positions;
  /** The symbols that the object defines so far; functions with the place where. */
  readonly declared: Map<ObjSym, string | null>;
}

/** The position bases of an object, by number; number 0 is the first that code refers to. */
export class Positions {
  readonly bases: PosBase[] = [];
  readonly names: string[] = [];
  readonly #numbers = new Map<LexBase, number>();
  readonly #symbols: ObjectBuilder;

  constructor(symbols: ObjectBuilder) {
    this.#symbols = symbols;
  }

  number(base: LexBase): number {
    let number = this.#numbers.get(base);
    if (number === undefined) {
      number = this.bases.length;
      this.bases.push({ file: this.#symbols.fileIndex(base.absName), inlined: -1 });
      this.names.push(base.name);
      this.#numbers.set(base, number);
    }
    return number;
  }

  /** `file:line` of an instruction, for messages. */
  describe(p: Prog): string {
    return `${this.names[p.base] ?? '<unknown>'}:${p.line}`;
  }
}

/** A TEXT and what follows it. */
export interface ParsedFunction {
  readonly sym: ObjSym;
  readonly flags: number;
  readonly frameSize: number;
  readonly argSize: number;
  readonly base: number;
  readonly line: number;
  pc: number;
  first: Prog | null;
  last: Prog | null;
}

/** Thrown to give up after too many errors. */
export class TooManyErrors extends Error {}

interface Line {
  readonly word: string;
  readonly suffix: string;
  readonly operands: Token[][];
}

const maxErrors = 10;

export class Parser {
  readonly functions: ParsedFunction[] = [];
  readonly operands: OperandParser;
  readonly options: ParseOptions;
  errorCount = 0;
  /** End of the last DATA of each symbol name: they may not overlap. */
  readonly dataEnds = new Map<string, number>();
  /** The function that instructions go to; null before the first TEXT. */
  current: ParsedFunction | null = null;
  /** Virtual PC of the instruction appended last. */
  pc = 0;
  readonly #input: Input;
  #lineNumber = 0;
  #errorLine = 0;
  #sawCode = false;
  #pendingLabels: string[] = [];
  #labels = new Map<string, Prog>();
  #toPatch: { a: Addr; label: string }[] = [];
  #toResolve: { p: Prog; a: Addr }[] = [];

  constructor(input: Input, options: ParseOptions) {
    this.#input = input;
    this.options = options;
    this.operands = new OperandParser({
      syntax: options.syntax,
      symbols: options.symbols,
      pkgPrefix: options.pkgPrefix,
      allowsABI: options.allowsABI,
      error: (message) => this.error(message),
    });
  }

  /** Parses everything; false if there were errors. */
  parse(): boolean {
    for (let line = this.#line(); line !== null; line = this.#line()) {
      const directive = directives[line.word];
      if (directive !== undefined && Object.hasOwn(directives, line.word)) {
        directive(this, line.operands);
        continue;
      }
      const as = this.options.syntax.instructions.get(line.word);
      if (as === undefined) this.error(`unrecognized instruction ${quoteString(line.word)}`);
      else parseInstruction(this, { as, ...line });
    }
    if (this.errorCount > 0) return false;
    this.#patch();
    return true;
  }

  /** Definitions of and references to functions, a line each, as `-gensymabis` prints them. */
  symABIs(): string {
    let out = '';
    const reference = (what: string, operand: Token[]): void => {
      const f = this.operands.funcReference(operand);
      if (f !== null) out += `${what} ${f.name} ${f.abi === 0 ? 'ABI0' : 'ABIInternal'}\n`;
    };
    for (let line = this.#line(); line !== null; line = this.#line()) {
      let { operands } = line;
      if (line.word === 'TEXT') {
        if (operands.length > 0) reference('def', operands[0]!);
        continue;
      }
      if (line.word === 'DATA' || line.word === 'FUNCDATA') operands = operands.slice(1);
      for (const operand of operands) reference('ref', operand);
    }
    return out;
  }

  error(message: string): void {
    if (this.#lineNumber === this.#errorLine) return;
    this.#errorLine = this.#lineNumber;
    this.options.report(`${this.#input.file()}:${this.#lineNumber}: ${message}`);
    this.errorCount++;
    if (this.errorCount > maxErrors && !this.options.allErrors) {
      this.options.report('asm: too many errors');
      throw new TooManyErrors();
    }
  }

  /** Number of the position base and line of what is being parsed. */
  position(): { base: number; line: number } {
    const base = this.#input.base();
    return {
      base: this.options.positions.number(base),
      line: this.#lineNumber + base.lineDelta,
    };
  }

  /** Notes that `sym` is defined here; false, and a complaint, if it was before. */
  declare(sym: ObjSym, isText: boolean): boolean {
    const { declared, diag } = this.options;
    const where = `${this.#input.file()}:${this.#lineNumber + this.#input.base().lineDelta}`;
    const other = declared.get(sym);
    if (other === undefined) {
      declared.set(sym, isText ? where : null);
      return true;
    }
    const place =
      isText && other !== null ? `\n\t${other}: other declaration of symbol ${sym.name}` : '';
    diag(`${where}: symbol ${sym.name} redeclared${place}`);
    return false;
  }

  newProg(as: number): Prog {
    const { base, line } = this.position();
    return new Prog(as, base, line);
  }

  /** Begins a function; one that was declared before is parsed, but not assembled. */
  beginFunction(f: ParsedFunction, isNew: boolean): void {
    this.current = f;
    if (isNew) this.functions.push(f);
    this.pc++;
    f.pc = this.pc;
    if (this.#pendingLabels.length === 0) return;
    // A TEXT may have labels, but is not in the list: something that does nothing has them.
    const p = this.newProg(ANOP);
    f.first = p;
    f.last = p;
    this.#defineLabels(p);
  }

  /** Counts an instruction and gives it the labels before it; appends it to the function. */
  append(p: Prog, suffix: string): void {
    if (suffix !== '') {
      const scond = this.options.syntax.suffix(suffix.slice(1));
      if (typeof scond === 'string') {
        this.error(scond);
        return;
      }
      p.scond = scond;
    }
    this.pc++;
    if (!this.#defineLabels(p)) return;
    p.pc = this.pc;
    const f = this.current;
    if (f === null || p.as === AEND) return;
    if (f.last === null) f.first = p;
    else f.last.link = p;
    f.last = p;
  }

  #defineLabels(p: Prog): boolean {
    for (const label of this.#pendingLabels) {
      if (this.#labels.has(label)) {
        this.error(`label ${quoteString(label)} multiply defined`);
        return false;
      }
      this.#labels.set(label, p);
    }
    this.#pendingLabels = [];
    return true;
  }

  /** Makes `a` branch to a label of this function, when it is known. */
  branchTo(a: Addr, label: string): void {
    const target = this.#labels.get(label);
    if (target === undefined) this.#toPatch.push({ a, label });
    else a.setBranch(target);
  }

  /** Makes `a` branch to the instruction with a virtual PC, which `a.offset` is. */
  branchToPC(p: Prog, a: Addr): void {
    this.#toResolve.push({ p, a });
  }

  /** Ends the function that labels belong to. */
  endFunction(): void {
    this.#patch();
    this.#labels = new Map();
  }

  /** Resolves the branches of the function that ends here. */
  #patch(): void {
    for (const { a, label } of this.#toPatch) {
      const target = this.#labels.get(label);
      if (target === undefined) {
        this.error(`undefined label ${label}`);
        return;
      }
      a.setBranch(target);
    }
    this.#toPatch = [];
    this.#resolvePCs();
  }

  #resolvePCs(): void {
    if (this.#toResolve.length === 0) return;
    const byPC = new Map<number, Prog>();
    for (let p = this.current?.first ?? null; p !== null; p = p.link) byPC.set(p.pc, p);
    for (const { p, a } of this.#toResolve) {
      let target = byPC.get(a.offset);
      // A branch to the TEXT is one to what is first in it.
      if (a.offset === this.current?.pc) target ??= this.current.first ?? undefined;
      if (target === undefined) {
        const where = this.options.positions.describe(p);
        this.options.diag(`branch out of range (0x${a.offset.toString(16)})\n${where}`);
      } else a.setBranch(target);
    }
    this.#toResolve = [];
  }

  // ----- lines

  /** The next token; build constraints after the first code are complained of. */
  #next(): number {
    for (;;) {
      const kind = this.#input.next();
      if (kind === T_BUILD_COMMENT) {
        if (this.#sawCode) this.error('misplaced //go:build comment');
        continue;
      }
      if (kind !== NEWLINE) this.#sawCode = true;
      // What a directive leaves behind only tells that code has begun.
      if (kind !== HASH) return kind;
    }
  }

  /** The next line that is not empty, labels taken off; null at the end or after a hopeless error. */
  #line(): Line | null {
    for (;;) {
      let kind = this.#next();
      // Errors of this line are reported at its number, not at that of its end.
      this.#lineNumber = this.#input.line();
      while (kind === NEWLINE || kind === SEMICOLON) {
        kind = this.#next();
        this.#lineNumber = this.#input.line();
      }
      if (kind === T_EOF) return null;
      if (kind !== T_IDENT) {
        this.error(`expected identifier, found ${quoteString(this.#input.text())}`);
        return null;
      }
      const line = this.#rest(this.#input.text());
      if (line !== 'label') return line;
    }
  }

  /** What follows the first word of a line; 'label' if it was one. */
  #rest(word: string): Line | null | 'label' {
    const operands: Token[][] = [];
    let suffix = '';
    let nesting = 0;
    let colon = -1;
    let kind = 0;
    while (kind !== NEWLINE && kind !== SEMICOLON) {
      const items: Token[] = [];
      for (;;) {
        kind = this.#next();
        if (operands.length === 0 && items.length === 0) {
          if (kind === DOT) {
            kind = this.#next();
            const text = this.#input.text();
            if (kind !== T_IDENT) {
              this.error(`instruction suffix expected identifier, found ${text}`);
            }
            suffix += `.${text}`;
            continue;
          }
          if (kind === COLON) {
            this.#pendingLabels.push(word);
            return 'label';
          }
        }
        if (kind === T_EOF) {
          this.error('unexpected EOF');
          return null;
        }
        if (kind === NEWLINE || kind === SEMICOLON) break;
        if (nesting === 0 && kind === COMMA) break;
        if (nesting === 0 && kind === COLON) {
          if (colon >= 0) {
            this.error("invalid ':' in operand");
            return { word, suffix, operands };
          }
          colon = operands.length;
          break;
        }
        if (kind === LEFT_PAREN || kind === LEFT_BRACKET) nesting++;
        if (kind === RIGHT_PAREN || kind === RIGHT_BRACKET) nesting--;
        items.push(newToken(kind, this.#input.text()));
      }
      if (items.length > 0) {
        operands.push(items);
        // AX:DX is the old way of writing DX, AX.
        if (colon >= 0 && operands.length === colon + 2) {
          operands.push(operands.splice(colon, 1)[0]!);
          colon = -1;
        }
      } else if (operands.length > 0 || kind === COMMA || colon >= 0) this.error('missing operand');
    }
    return { word, suffix, operands };
  }
}
