/**
 * Makes a file's requirements exactly those given, with as little change to its layout as possible.
 *
 * Before Go 1.17 all requirements are equal, and new ones go to the last block. Since then direct and
 * indirect ones stand apart: a requirement whose kind changes moves between the last block of direct
 * and the last block of indirect ones, if these carry no comments; a file with a single block is
 * split. Since Go 1.27 there are two blocks at most, and comments move along.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/modfile/rule.go (SetRequire, setRequireSeparateIndirect).
 */
import { type ModuleVersion } from '../version/module.ts';
import { addRequire, markIndirect } from './edit.ts';
import { type ModFile, type Require } from './modfile.ts';
import { autoQuote, isIndirect } from './parse.ts';
import { sortBlocks } from './sort.ts';
import {
  type Comment,
  type Commented,
  type Line,
  type LineBlock,
  newBlock,
  newLine,
  noPos,
  removeLine,
} from './syntax.ts';

export interface Requirement {
  readonly mod: ModuleVersion;
  readonly indirect: boolean;
}

/** How requirements are laid out: all together, direct and indirect apart, or in two blocks at most. */
export type RequireLayout = 'mixed' | 'separate' | 'two-blocks';

export function setRequirements(
  mod: ModFile,
  requirements: readonly Requirement[],
  layout: RequireLayout,
): void {
  if (layout === 'mixed') setMixed(mod, requirements);
  else new Separator(mod, requirements, layout === 'two-blocks').run();
  sortBlocks(mod);
}

function setMixed(mod: ModFile, requirements: readonly Requirement[]): void {
  const needed = new Map(requirements.map((r) => [r.mod.path, r]));
  mod.require = mod.require.filter((r) => {
    const wanted = needed.get(r.mod.path);
    needed.delete(r.mod.path);
    if (wanted === undefined) {
      removeLine(r.line);
      return false;
    }
    setVersion(r, wanted.mod.version);
    markIndirect(r, wanted.indirect);
    return true;
  });
  for (const { mod: module, indirect } of needed.values()) addRequire(mod, module, indirect);
}

function setVersion(require: Require, version: string): void {
  require.mod = { path: require.mod.path, version };
  const { line } = require;
  const at = line.inBlock ? 1 : 2;
  // A blank line before it was there for what the line used to say.
  if (line.inBlock && line.before.length === 1 && line.before[0]!.token === '') line.before = [];
  if (line.tokens !== null && line.tokens.length > at) line.tokens[at] = version;
}

/** True for comments other than a plain `// indirect`. */
function hasComments({ before, after, suffix }: Commented): boolean {
  if (before.length > 0 || after.length > 0 || suffix.length > 1) return true;
  const [only] = suffix;
  return only !== undefined && only.token.replace(/^\/\//, '').trim() !== 'indirect';
}

/** The state of one rearrangement. */
class Separator {
  readonly #mod: ModFile;
  readonly #needed: ReadonlyMap<string, Requirement>;
  readonly #simplify: boolean;
  /** Places among the statements; -1 for none. */
  #lastDirect = -1;
  #lastIndirect = -1;
  #last = -1;
  #count = 0;
  readonly #blockOf = new Map<Line, LineBlock>();
  readonly #directComments: Comment[] = [];
  readonly #indirectComments: Comment[] = [];

  constructor(mod: ModFile, requirements: readonly Requirement[], simplify: boolean) {
    this.#mod = mod;
    this.#needed = new Map(requirements.map((r) => [r.mod.path, r]));
    this.#simplify = simplify;
  }

  run(): void {
    this.#survey();
    const { stmts } = this.#mod.syntax;
    const isFlat = this.#count === 1 && !hasComments(stmts[this.#last]!);
    const [direct, indirect] = this.#blocks();
    direct.before.push(...this.#directComments);
    indirect.before.push(...this.#indirectComments);
    const movesAll = this.#simplify || isFlat;
    const have = new Set<string>();
    this.#mod.require = this.#mod.require.filter((r) => {
      const { path } = r.mod;
      const wanted = this.#needed.get(path);
      if (wanted === undefined || have.has(path)) {
        removeLine(r.line);
        return false;
      }
      have.add(path);
      setVersion(r, wanted.mod.version);
      markIndirect(r, wanted.indirect);
      const [own, other] = wanted.indirect ? [indirect, direct] : [direct, indirect];
      if (movesAll || this.#blockOf.get(r.line) === other) moveTo(own, r);
      return true;
    });
    for (const { mod, indirect: isIndirectOne } of this.#needed.values()) {
      if (have.has(mod.path)) continue;
      const line = newLine([autoQuote(mod.path), mod.version], true);
      const added: Require = { mod, indirect: false, line };
      markIndirect(added, isIndirectOne);
      (isIndirectOne ? indirect : direct).lines.push(line);
      this.#mod.require.push(added);
    }
  }

  /** Looks at what is there. */
  #survey(): void {
    const willBeIndirect = new Map<Line, boolean>();
    for (const r of this.#mod.require) {
      const wanted = this.#needed.get(r.mod.path);
      if (wanted !== undefined) willBeIndirect.set(r.line, wanted.indirect);
    }
    for (const [i, stmt] of this.#mod.syntax.stmts.entries()) {
      if (stmt.kind === 'comments' || stmt.tokens?.[0] !== 'require') continue;
      this.#last = i;
      this.#count++;
      if (stmt.kind === 'line') {
        if (hasComments(stmt)) continue;
        if (isIndirect(stmt)) this.#lastIndirect = i;
        else this.#lastDirect = i;
        continue;
      }
      for (const line of stmt.lines) this.#blockOf.set(line, stmt);
      const isPlain = stmt.lines.length > 0 && !hasComments(stmt) && !stmt.lines.some(hasComments);
      if (isPlain && !stmt.lines.some(isIndirect)) this.#lastDirect = i;
      if (isPlain && stmt.lines.every(isIndirect)) this.#lastIndirect = i;
      if (this.#simplify) this.#takeComments(stmt, willBeIndirect);
    }
  }

  #takeComments(block: LineBlock, willBeIndirect: ReadonlyMap<Line, boolean>): void {
    const hasDirect = block.lines.some((line) => willBeIndirect.get(line) === false);
    const target =
      !hasDirect && block.lines.length > 0 ? this.#indirectComments : this.#directComments;
    if (target.length > 0 && block.before.length > 0) target.push({ start: noPos, token: '//' });
    target.push(...block.before);
    block.before = [];
  }

  /** The blocks for direct and indirect requirements, made if need be; empty ones go in the end. */
  #blocks(): [direct: LineBlock, indirect: LineBlock] {
    const { stmts } = this.#mod.syntax;
    const insert = (i: number): LineBlock => {
      const block = newBlock(['require']);
      stmts.splice(i, 0, block);
      return block;
    };
    const ensure = (i: number): LineBlock => {
      const stmt = stmts[i]!;
      if (stmt.kind !== 'line') return stmt as LineBlock;
      const block = newBlock(['require']);
      block.lines = [stmt];
      stmt.tokens = stmt.tokens!.slice(1);
      stmt.inBlock = true;
      stmts[i] = block;
      return block;
    };
    let direct: LineBlock;
    if (this.#lastDirect >= 0) {
      direct = ensure(this.#lastDirect);
    } else {
      if (this.#lastIndirect >= 0) this.#lastDirect = this.#lastIndirect++;
      else this.#lastDirect = this.#last >= 0 ? this.#last + 1 : stmts.length;
      direct = insert(this.#lastDirect);
    }
    const indirect =
      this.#lastIndirect >= 0 ? ensure(this.#lastIndirect) : insert(this.#lastDirect + 1);
    return [direct, indirect];
  }
}

/** Moves a requirement with its comments. */
function moveTo(block: LineBlock, require: Require): void {
  const old = require.line;
  const words = old.tokens ?? [];
  const tokens = !old.inBlock && words[0] === 'require' ? words.slice(1) : words;
  const line = newLine(tokens, true, old.start, old.end);
  line.before = old.before;
  line.suffix = old.suffix;
  line.after = old.after;
  old.tokens = null;
  require.line = line;
  block.lines.push(line);
}
