/**
 * The tree of a go.mod or go.work file: lines of words, blocks of lines, and every comment.
 *
 * Directives point at the lines that they were read from, and editing changes these lines in place;
 * so whatever an edit does not touch is printed as it was. A removed line has no words until
 * `cleanUp` takes it out.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/modfile/read.go (where comments go, where lines are added).
 */

export interface Pos {
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** In the text. */
  readonly offset: number;
}

export const noPos: Pos = { line: 0, column: 0, offset: 0 };

/** One comment with its `//`; without any text it stands for a blank line. */
export interface Comment {
  readonly start: Pos;
  token: string;
}

/** What carries comments: whole lines before it, and what stands behind it on its line. */
export interface Commented {
  before: Comment[];
  suffix: Comment[];
  after: Comment[];
}

/** Comments at top level that belong to no line. */
export interface CommentBlock extends Commented {
  readonly kind: 'comments';
  readonly start: Pos;
}

export interface Line extends Commented {
  readonly kind: 'line';
  readonly start: Pos;
  readonly end: Pos;
  /** In a block without the block's word; null once the line is removed. */
  tokens: string[] | null;
  inBlock: boolean;
}

export interface Paren extends Commented {
  readonly kind: 'paren';
  readonly pos: Pos;
}

export interface LineBlock extends Commented {
  readonly kind: 'block';
  readonly start: Pos;
  readonly tokens: string[];
  readonly open: Paren;
  readonly close: Paren;
  lines: Line[];
}

export type Stmt = CommentBlock | Line | LineBlock;

export interface FileSyntax extends Commented {
  readonly name: string;
  stmts: Stmt[];
}

const noComments = (): Commented => ({ before: [], suffix: [], after: [] });

export function newSyntax(name: string): FileSyntax {
  return { name, stmts: [], ...noComments() };
}

export function newComments(start: Pos): CommentBlock {
  return { kind: 'comments', start, ...noComments() };
}

export function newLine(tokens: string[], inBlock: boolean, start = noPos, end = noPos): Line {
  return { kind: 'line', start, end, tokens, inBlock, ...noComments() };
}

function newParen(pos: Pos): Paren {
  return { kind: 'paren', pos, ...noComments() };
}

export function newBlock(tokens: string[], start = noPos, open = noPos, close = noPos): LineBlock {
  return {
    kind: 'block',
    start,
    tokens,
    open: newParen(open),
    close: newParen(close),
    lines: [],
    ...noComments(),
  };
}

/** Takes the line's words away, and with them what stands behind it. */
export function removeLine(line: Line): void {
  line.tokens = null;
  line.suffix = [];
}

export function updateLine(line: Line, tokens: string[]): void {
  line.tokens = line.inBlock ? tokens.slice(1) : tokens;
}

/**
 * Adds a line, in the block of its kind if there is one. With a hint it goes right behind the hint;
 * a hint of the same kind that stands alone becomes a block with it, one of another kind is followed
 * by a line of its own.
 */
export function addLine(syntax: FileSyntax, hint: Line | undefined, tokens: string[]): Line {
  const word = tokens[0]!;
  const near = hint ?? lastOfKind(syntax, word);
  const { stmts } = syntax;
  for (const [i, stmt] of stmts.entries()) {
    if (stmt.kind === 'line' && stmt === near) {
      if (stmt.tokens?.[0] !== word) return insertAfter(stmts, i, tokens);
      const block = newBlock([word]);
      stmt.inBlock = true;
      stmt.tokens = stmt.tokens.slice(1);
      const line = newLine(tokens.slice(1), true);
      block.lines = [stmt, line];
      stmts[i] = block;
      return line;
    }
    if (stmt.kind !== 'block') continue;
    const at = stmt === near ? stmt.lines.length - 1 : stmt.lines.findIndex((l) => l === near);
    if (stmt !== near && at < 0) continue;
    if (stmt.tokens[0] !== word) return insertAfter(stmts, i, tokens);
    const line = newLine(tokens.slice(1), true);
    stmt.lines.splice(at + 1, 0, line);
    return line;
  }
  const line = newLine(tokens, false);
  stmts.push(line);
  return line;
}

function lastOfKind(syntax: FileSyntax, word: string): Line | LineBlock | undefined {
  return syntax.stmts.findLast(
    (stmt): stmt is Line | LineBlock => stmt.kind !== 'comments' && stmt.tokens?.[0] === word,
  );
}

function insertAfter(stmts: Stmt[], i: number, tokens: string[]): Line {
  const line = newLine(tokens, false);
  stmts.splice(i + 1, 0, line);
  return line;
}

/** Takes removed lines out, and empty blocks; a block that is left with one line becomes that line. */
export function cleanUp(syntax: FileSyntax): void {
  syntax.stmts = syntax.stmts.flatMap((stmt): Stmt[] => {
    if (stmt.kind === 'line') return stmt.tokens === null ? [] : [stmt];
    if (stmt.kind === 'comments') return [stmt];
    const lines = stmt.lines.filter((line) => line.tokens !== null);
    const [only] = lines;
    if (only === undefined) return [];
    if (lines.length > 1 || stmt.close.before.length > 0) {
      stmt.lines = lines;
      return [stmt];
    }
    only.before = [...stmt.before, ...only.before];
    only.suffix = [...only.suffix, ...stmt.suffix];
    only.after = [...only.after, ...stmt.after];
    only.tokens = [...stmt.tokens, ...only.tokens!];
    only.inBlock = false;
    return [only];
  });
}
