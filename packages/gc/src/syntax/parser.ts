/**
 * The parser's state, and what its productions share: tokens, errors, recovery, lists, directives.
 *
 * The grammar is recursive descent with one token of look-ahead, in files by subject: type.ts,
 * expr.ts, stmt.ts, decl.ts, each a set of functions over a Parser. Where one needs a production of
 * a later file (a function literal has statements) it goes through `grammar`, which parse.ts fills.
 * After an error the parser goes on with what it has, at a token from which it can (`advance`).
 *
 * Invariant: a production that does not return null leaves a usable tree, whatever the input.
 * GOROOT: src/cmd/compile/internal/syntax/parser.go (wording, position and number of errors).
 */
import { buildLineVersion } from './buildline.ts';
import { lineDirective } from './linedirective.ts';
import { type Names } from './names.ts';
import {
  type BasicLit,
  type BlockStmt,
  type Decl,
  type Expr,
  type Group,
  type Name,
  newBadExpr,
  newBasicLit,
  newName,
  type NodeIds,
  type BadExpr,
} from './nodes.ts';
import { type Pos, type PosFile, type PosTable } from './pos.ts';
import { type DirectiveOptions, Directives, type Pragma } from './pragma.ts';
import { type ScanHandler, Scanner } from './scanner.ts';
import { prepareSource } from './source.ts';
import { type Operator, operatorNames, type Prec, Token, tokenString } from './token.ts';

export interface ParseError {
  readonly pos: Pos;
  readonly msg: string;
}

/** Productions that files need from later ones. */
export interface Grammar {
  expr(p: Parser): Expr;
  funcBody(p: Parser): BlockStmt;
  declOf(p: Parser, group: Group | null, keyword: Token): Decl;
}

/** What a file shares with the others of its package. */
export interface ParseContext {
  readonly table: PosTable;
  readonly ids: NodeIds;
  readonly names: Names;
  /** null: directives but line directives are ignored. */
  readonly directives: DirectiveOptions | null;
  /** Check labels and branches, and set their targets. */
  readonly checkBranches: boolean;
}

export class Parser implements ScanHandler {
  tok: Token = Token.None;
  readonly ids: NodeIds;
  readonly grammar: Grammar;
  readonly context: ParseContext;
  readonly file: PosFile;
  readonly errors: ParseError[] = [];
  readonly directives: Directives | null;
  /** Errors of syntax among `errors`. */
  failures = 0;
  goVersion = '';
  /** Before the package clause, where `//go:build` lines count. */
  top = true;
  /** Nesting of functions: inside one, statements' keywords stop error recovery. */
  fnest = 0;
  /** Nesting of brackets; negative in the header of a statement, where `{` starts its block. */
  xnest = 0;
  readonly #scanner: Scanner;
  readonly #base: Pos;

  constructor(context: ParseContext, grammar: Grammar, name: string, src: Uint8Array) {
    this.context = context;
    this.grammar = grammar;
    this.ids = context.ids;
    this.file = context.table.addFile(name, src);
    this.#base = this.file.base;
    const report = (pos: Pos, msg: string): void => this.remark(pos, msg);
    this.directives = context.directives && new Directives(context.directives, name, report);
    this.#scanner = new Scanner(prepareSource(src), context.names, this);
  }

  // ---- scanner events

  error(offset: number, msg: string): void {
    this.errorAt(this.#base + offset, msg);
  }

  directive(offset: number, text: string, blank: boolean): void {
    const isLine = text.startsWith('//');
    const body = isLine ? text.slice(2, text.endsWith('\r') ? -1 : undefined) : text.slice(2, -2);
    if (body.startsWith('line ')) {
      const startsLine = this.file.absolute(offset).col === 1;
      if (startsLine || !isLine) lineDirective(this, offset, text, body.slice(5));
      return;
    }
    if (!isLine || !body.startsWith('go:')) return;
    if (this.top && text.startsWith('//go:build')) {
      this.goVersion = buildLineVersion(text) ?? this.goVersion;
    }
    this.directives?.add(this.#base + offset + 2, body, blank);
  }

  takePragma(): Pragma | null {
    return this.directives === null ? null : this.directives.take();
  }

  clearPragma(): void {
    if (this.directives !== null) this.directives.discard();
  }

  // ---- tokens

  get pos(): Pos {
    return this.#base + this.#scanner.pos;
  }

  get op(): Operator {
    return this.#scanner.op;
  }

  get prec(): Prec {
    return this.#scanner.prec;
  }

  get lit(): string {
    return this.#scanner.lit;
  }

  next(): void {
    this.#scanner.next();
    this.tok = this.#scanner.tok;
  }

  /** `tok === …`, where the compiler believes that it is still the token of an earlier test. */
  at(tok: Token): boolean {
    return this.tok === tok;
  }

  got(tok: Token): boolean {
    if (this.tok !== tok) return false;
    this.next();
    return true;
  }

  want(tok: Token): void {
    if (this.got(tok)) return;
    this.syntaxError(`expected ${tokenString(tok)}`);
    this.advance();
  }

  /** Like got(Assign), but takes `:=` too and complains. */
  gotAssign(): boolean {
    if (this.tok === Token.Define) this.syntaxError('expected =');
    else if (this.tok !== Token.Assign) return false;
    this.next();
    return true;
  }

  isOperator(op: Operator): boolean {
    return this.tok === Token.Operator && this.#scanner.op === op;
  }

  // ---- errors

  errorAt(pos: Pos, msg: string): void {
    this.failures++;
    this.errors.push({ pos, msg });
  }

  /** Reports what is wrong with the program, but not with its syntax: parsing goes on as if right. */
  remark(pos: Pos, msg: string): void {
    this.errors.push({ pos, msg });
  }

  syntaxError(msg: string): void {
    this.syntaxErrorAt(this.pos, msg);
  }

  /**
   * Reports a syntax error. A message that starts with "in", "at", "after" or "expected" is
   * completed with the token that was found instead.
   */
  syntaxErrorAt(pos: Pos, msg: string): void {
    if (this.tok === Token.EOF && this.failures > 0) return; // would only follow from others
    let rest: string;
    if (/^(?:in|at|after) /.test(msg)) rest = ` ${msg}`;
    else if (msg.startsWith('expected ')) rest = `, ${msg}`;
    else {
      this.errorAt(pos, `syntax error: ${msg}`);
      return;
    }
    this.errorAt(pos, `syntax error: unexpected ${this.#found()}${rest}`);
  }

  #found(): string {
    const op = operatorNames[this.op]!;
    switch (this.tok) {
      case Token.Name:
        return `name ${this.lit}`;
      case Token.Semi:
        return this.lit;
      case Token.Literal:
        return `literal ${this.lit}`;
      case Token.Operator:
        return op;
      case Token.AssignOp:
        return `${op}=`;
      case Token.IncOp:
        return op + op;
      default:
        return tokenString(this.tok);
    }
  }

  /**
   * Skips to one of `follow`, or, inside functions, to a keyword that starts a statement; without
   * `follow` skips just one token.
   */
  advance(...follow: readonly Token[]): void {
    if (follow.length === 0) {
      if (this.tok !== Token.EOF) this.next();
      return;
    }
    while (
      this.tok !== Token.EOF &&
      !follow.includes(this.tok) &&
      !(this.fnest > 0 && statementStarts.has(this.tok))
    ) {
      this.next();
    }
  }

  // ---- lists
  //
  //   let open = true;
  //   while (open && p.more(close)) { element; open = p.separated(context, sep, close); }
  //   end = p.endOfList(open, close);

  /** Whether another element comes. */
  more(close: Token): boolean {
    return this.tok !== Token.EOF && this.tok !== close;
  }

  /** After an element: takes a separator, which may be left out before `close`; false: give up. */
  separated(context: string, sep: Token, close: Token): boolean {
    if (this.got(sep) || this.tok === close) return true;
    this.syntaxError(
      `in ${context}; possibly missing ${tokenString(sep)} or ${tokenString(close)}`,
    );
    this.advance(Token.Rparen, Token.Rbrack, Token.Rbrace);
    return this.tok === close;
  }

  endOfList(open: boolean, close: Token): Pos {
    const { pos } = this;
    if (open) this.want(close);
    return pos;
  }

  // ---- leaves

  badExpr(): BadExpr {
    return newBadExpr(this.ids, this.pos);
  }

  name(): Name {
    const n = newName(this.ids, this.pos, this.tok === Token.Name ? this.lit : '_');
    if (this.tok === Token.Name) this.next();
    else {
      this.syntaxError('expected name');
      this.advance();
    }
    return n;
  }

  nameList(first: Name): Name[] {
    const names = [first];
    while (this.got(Token.Comma)) names.push(this.name());
    return names;
  }

  literalOrNull(): BasicLit | null {
    if (this.tok !== Token.Literal) return null;
    const { lit, kind, bad } = this.#scanner;
    const n = newBasicLit(this.ids, this.pos, lit, kind, bad);
    this.next();
    return n;
  }

  /** A literal that is no string where a string must be is marked bad. */
  badLiteral(n: BasicLit): BasicLit {
    return newBasicLit(this.ids, n.pos, n.value, n.lit, true);
  }
}

const statementStarts: ReadonlySet<Token> = new Set<Token>([
  Token.Break,
  Token.Const,
  Token.Continue,
  Token.Defer,
  Token.Fallthrough,
  Token.For,
  Token.Go,
  Token.Goto,
  Token.If,
  Token.Return,
  Token.Select,
  Token.Switch,
  Token.Type,
  Token.Var,
]);
