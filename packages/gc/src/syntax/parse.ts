/**
 * Parsing one file of a package.
 *
 * Bytes in, tree and errors out; parsing never fails otherwise. The files of a package share one
 * `ParseContext`, which gives their positions and node ids different numbers.
 */
import { declOf, fileOrNull } from './decl.ts';
import { expr } from './expr.ts';
import { Names } from './names.ts';
import { type Expr, type File, NodeIds } from './nodes.ts';
import { type Grammar, type ParseContext, type ParseError, Parser } from './parser.ts';
import { type PosFile, PosTable } from './pos.ts';
import { type DirectiveOptions } from './pragma.ts';
import { funcBody } from './stmt.ts';
import { Token } from './token.ts';

export interface ParsedFile {
  /** null if there is no correct package clause. */
  readonly file: File | null;
  readonly posFile: PosFile;
  /** In the order in which they were found. */
  readonly errors: readonly ParseError[];
}

const grammar: Grammar = { expr, funcBody, declOf };

/** The context of a new package; `names` may be shared with others. */
export function newParseContext(options: {
  readonly names?: Names;
  readonly directives?: DirectiveOptions | null;
  readonly checkBranches?: boolean;
}): ParseContext {
  return {
    table: new PosTable(),
    ids: new NodeIds(),
    names: options.names ?? new Names(),
    directives: options.directives ?? null,
    checkBranches: options.checkBranches ?? true,
  };
}

export function parseFile(context: ParseContext, name: string, src: Uint8Array): ParsedFile {
  const p = new Parser(context, grammar, name, src);
  p.next();
  const file = fileOrNull(p);
  return { file, posFile: p.file, errors: p.errors };
}

/** An expression or type that stands alone, as debuggers and tests have them. */
export function parseExpr(
  context: ParseContext,
  name: string,
  src: Uint8Array,
): { expr: Expr; errors: readonly ParseError[] } {
  const p = new Parser(context, grammar, name, src);
  p.next();
  const x = expr(p);
  if (p.tok === Token.Semi) p.next();
  if (p.tok !== Token.EOF) p.syntaxError('after expression');
  return { expr: x, errors: p.errors };
}
