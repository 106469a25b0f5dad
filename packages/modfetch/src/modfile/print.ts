/**
 * Tree → text, in the one style there is: words with one space between them, tabs inside blocks, at
 * most one blank line, comments where they were.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/modfile/print.go.
 */
import { type Comment, type FileSyntax, type LineBlock, type Stmt } from './syntax.ts';

export function formatSyntax(syntax: FileSyntax): string {
  const printer = new Printer();
  printer.comments(syntax.before);
  syntax.stmts.forEach((stmt, i) => {
    printer.statement(stmt);
    if (stmt.kind !== 'comments') printer.endLine();
    printer.comments(stmt.after);
    if (i + 1 < syntax.stmts.length) printer.endLine();
  });
  return printer.text();
}

class Printer {
  readonly #lines: string[] = [];
  #line = '';
  #indent = '';
  /** What stands behind the line that is being written. */
  #pending: Comment[] = [];

  text(): string {
    const text = this.#lines.map((line) => `${line}\n`).join('') + this.#line;
    return text.replace(/\n+$/, (end) => (text.length === end.length ? '' : '\n'));
  }

  comments(list: readonly Comment[]): void {
    for (const comment of list) {
      this.#line += comment.token.trim();
      this.endLine();
    }
  }

  statement(stmt: Stmt): void {
    this.#before(stmt.before);
    if (stmt.kind === 'line') this.#words(stmt.tokens ?? []);
    else if (stmt.kind === 'block') this.#block(stmt);
    this.#pending.push(...stmt.suffix);
  }

  #block(block: LineBlock): void {
    this.#words(block.tokens);
    this.#line += ' ';
    this.#paren('(', block.open);
    this.#indent = '\t';
    for (const line of block.lines) {
      this.endLine();
      this.statement(line);
    }
    this.#indent = '';
    this.endLine();
    this.#paren(')', block.close);
  }

  #paren(text: string, paren: LineBlock['open']): void {
    this.#before(paren.before);
    this.#line += text;
    this.#pending.push(...paren.suffix);
  }

  #before(list: readonly Comment[]): void {
    if (list.length === 0) return;
    this.#trim();
    if (this.#line !== '') this.#lines.push(this.#line);
    this.#line = this.#indent;
    this.comments(list);
  }

  endLine(): void {
    this.#pending.forEach((comment, i) => {
      if (i > 0) {
        this.#trim();
        this.#lines.push(this.#line);
        this.#line = this.#indent;
      } else {
        this.#line += ' ';
      }
      this.#line += comment.token.trim();
    });
    this.#pending = [];
    this.#trim();
    // No blank line at the top of the file or after another.
    const last = this.#lines.at(-1);
    if (this.#line !== '' || (last !== undefined && last !== '')) this.#lines.push(this.#line);
    this.#line = this.#indent;
  }

  #trim(): void {
    this.#line = this.#line.replace(/[ \t]+$/, '');
  }

  #words(tokens: readonly string[]): void {
    let space = '';
    for (const token of tokens) {
      if (token === ',' || token === ')' || token === ']' || token === '}') space = '';
      this.#line += space + token;
      space = token === '(' || token === '[' || token === '{' ? '' : ' ';
    }
  }
}
