/**
 * Tree → directives.
 *
 * A go.mod of the main module must be right in every line. Of another module only what concerns its
 * dependents is read, and what a newer Go may have added is passed over. All mistakes are collected.
 *
 * Versions that are not in their one form (`v1`, `master`) are given to `fix`, which may know better;
 * `UnresolvedVersion` thrown by it leaves the parser at once, so that the caller can find out and
 * parse again.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/modfile/{rule,work}.go (order of checks, wording).
 */
import { isPrint, quoteString, unquoteString } from '@go-ts/base/quote';
import {
  canonicalVersion,
  checkPathMajor,
  InvalidVersionError,
  type ModuleVersion,
  ModuleVersionError,
  splitPathVersion,
} from '../version/module.ts';
import { ModFileError, ModFileErrors } from './error.ts';
import { parseSyntax } from './lex.ts';
import {
  type ModFile,
  newModFile,
  newWorkFile,
  type Replace,
  type VersionInterval,
  type WorkFile,
} from './modfile.ts';
import { type Commented, type Line, type LineBlock, type Pos } from './syntax.ts';

/** The one form of a version, or an error. */
export type VersionFixer = (path: string, version: string) => string;

/** Thrown by a fixer that cannot answer yet. */
export class UnresolvedVersion extends Error {
  readonly path: string;
  readonly version: string;

  constructor(path: string, version: string) {
    super(`unresolved version ${path}@${version}`);
    this.path = path;
    this.version = version;
  }
}

export const goVersionForm = /^[1-9]\d*\.(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))?(?:[a-z]+\d+)?$/;
const laxGoVersion = /^v?([1-9]\d*\.(?:0|[1-9]\d*))(?:\D.*)$/s;
export const toolchainForm = /^default$|^go1($|\.)/;

export function parseModFile(file: string, text: string, fix?: VersionFixer): ModFile {
  return new DirectiveParser(file, fix, true).modFile(text);
}

/** For go.mod files of other modules. */
export function parseModFileLax(file: string, text: string, fix?: VersionFixer): ModFile {
  return new DirectiveParser(file, fix, false).modFile(text);
}

export function parseWorkFile(file: string, text: string): WorkFile {
  return new DirectiveParser(file, undefined, true).workFile(text);
}

const modBlocks = new Set('module godebug require exclude replace retract tool ignore'.split(' '));
const workBlocks = new Set(['godebug', 'use', 'replace']);
/** What counts in another module's file. */
const laxVerbs = new Set(['go', 'module', 'retract', 'require', 'ignore']);

/** A mistake in the line at hand. */
class DirectiveFault extends Error {
  readonly about: { readonly verb?: string; readonly modPath?: string };

  constructor(reason: string, about: { readonly verb?: string; readonly modPath?: string } = {}) {
    super(reason);
    this.about = about;
  }
}

type Add = (verb: string, args: string[], line: Line, block: LineBlock | undefined) => void;

class DirectiveParser {
  readonly #file: string;
  readonly #fix: VersionFixer | undefined;
  readonly #strict: boolean;
  readonly #errors: ModFileError[] = [];

  constructor(file: string, fix: VersionFixer | undefined, strict: boolean) {
    this.#file = file;
    this.#fix = fix;
    this.#strict = strict;
  }

  modFile(text: string): ModFile {
    const mod = newModFile(parseSyntax(this.#file, text));
    this.#walk(mod.syntax.stmts, modBlocks, (verb, args, line, block) => {
      if (!this.#strict && !laxVerbs.has(verb)) return;
      this.#addToMod(mod, verb, args, line, block);
    });
    this.#fixRetractions(mod);
    this.#finish();
    return mod;
  }

  workFile(text: string): WorkFile {
    const work = newWorkFile(parseSyntax(this.#file, text));
    this.#walk(work.syntax.stmts, workBlocks, (verb, args, line) => {
      this.#addToWork(work, verb, args, line);
    });
    this.#finish();
    return work;
  }

  #finish(): void {
    if (this.#errors.length > 0) throw new ModFileErrors(this.#errors);
  }

  #walk(stmts: ModFile['syntax']['stmts'], blocks: ReadonlySet<string>, add: Add): void {
    for (const stmt of stmts) {
      if (stmt.kind === 'line') {
        const [verb = '', ...args] = stmt.tokens ?? [];
        this.#try(stmt.start, () => {
          add(verb, args, stmt, undefined);
          stmt.tokens = [verb, ...args];
        });
      } else if (stmt.kind === 'block') {
        const [verb = '', ...more] = stmt.tokens;
        if (more.length > 0 || !blocks.has(verb)) {
          if (!this.#strict) continue;
          const reason = `unknown block type: ${stmt.tokens.join(' ')}`;
          this.#errors.push(new ModFileError(this.#file, stmt.start, reason));
          continue;
        }
        for (const line of stmt.lines) {
          const args = line.tokens ?? [];
          this.#try(line.start, () => add(verb, args, line, stmt));
        }
      }
    }
  }

  #try(pos: Pos, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof UnresolvedVersion || !(error instanceof Error)) throw error;
      const about = error instanceof DirectiveFault ? error.about : {};
      this.#errors.push(new ModFileError(this.#file, pos, error.message, about));
    }
  }

  // One case for each directive.
  #addToMod(
    mod: ModFile,
    verb: string,
    args: string[],
    line: Line,
    block: LineBlock | undefined,
  ): void {
    switch (verb) {
      case 'go':
      case 'toolchain':
      case 'godebug':
        this.#addSetting(mod, verb, args, line);
        break;
      case 'module': {
        if (mod.module !== undefined) fail('repeated module statement');
        const text = directiveComment(block, line);
        const deprecated = /(?:^|\n\n)Deprecated: *(.*?)(?:$|\n\n)/s.exec(text)?.[1] ?? '';
        mod.module = { path: '', deprecated, line };
        if (args.length !== 1) fail('usage: module module/path');
        mod.module.path = parsePath(args, 0);
        break;
      }
      case 'require':
      case 'exclude': {
        const found = this.#requirement(verb, args);
        if (verb === 'require') mod.require.push({ mod: found, indirect: isIndirect(line), line });
        else mod.exclude.push({ mod: found, line });
        break;
      }
      case 'replace':
        mod.replace.push(this.#replacement(args, line));
        break;
      case 'retract': {
        const rationale = directiveComment(block, line);
        const interval = this.#retraction(args);
        if (interval !== undefined) mod.retract.push({ ...interval, rationale, line });
        break;
      }
      case 'tool':
      case 'ignore':
        if (args.length !== 1) fail(`${verb} directive expects exactly one argument`);
        mod[verb].push({ path: parsePath(args, 0), line });
        break;
      default:
        fail(`unknown directive: ${verb}`);
    }
  }

  #addToWork(work: WorkFile, verb: string, args: string[], line: Line): void {
    switch (verb) {
      case 'go':
      case 'toolchain':
      case 'godebug':
        this.#addSetting(work, verb, args, line);
        break;
      case 'use':
        if (args.length !== 1) fail('usage: use local/dir');
        work.use.push({ path: parsePath(args, 0), line });
        break;
      case 'replace':
        work.replace.push(this.#replacement(args, line));
        break;
      default:
        fail(`unknown directive: ${verb}`);
    }
  }

  #addSetting(file: ModFile | WorkFile, verb: string, args: string[], line: Line): void {
    const [arg = ''] = args;
    if (verb === 'godebug') {
      const equals = arg.indexOf('=');
      if (args.length !== 1 || /["`',]/.test(arg) || equals < 0) fail('usage: godebug key=value');
      file.godebug.push({ key: arg.slice(0, equals), value: arg.slice(equals + 1), line });
      return;
    }
    const isGo = verb === 'go';
    if (file[isGo ? 'go' : 'toolchain'] !== undefined) fail(`repeated ${verb} statement`);
    if (args.length !== 1) fail(`${verb} directive expects exactly one argument`);
    if (!isGo) {
      if (!toolchainForm.test(arg)) {
        fail(`invalid toolchain version '${arg}': must match format go1.23.0 or default`);
      }
      file.toolchain = { name: arg, line };
      return;
    }
    if (!goVersionForm.test(arg)) {
      const fixed = this.#strict ? undefined : laxGoVersion.exec(arg)?.[1];
      if (fixed === undefined) {
        fail(`invalid go version '${arg}': must match format 1.23.0`);
      }
      args[0] = fixed;
    }
    file.go = { version: args[0]!, line };
  }

  #requirement(verb: string, args: string[]): ModuleVersion {
    if (args.length !== 2) fail(`usage: ${verb} module/path v1.2.3`);
    const path = parsePath(args, 0);
    const version = this.#version(verb, path, args, 1);
    const split = splitPathVersion(path);
    if (split === undefined) return fail('invalid module path');
    const wrong = checkPathMajor(version, split.pathMajor);
    if (wrong !== undefined) fail(wrong.message, { verb, modPath: path });
    return { path, version };
  }

  #replacement(args: string[], line: Line): Replace {
    const arrow = args[1] === '=>' ? 1 : 2;
    if (args.length < arrow + 2 || args.length > arrow + 3 || args[arrow] !== '=>') {
      fail(
        'usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path [v1.2.3] => ../local/directory',
      );
    }
    const path = parsePath(args, 0);
    const about = { verb: 'replace', modPath: path };
    const split = splitPathVersion(path);
    if (split === undefined) return fail('invalid module path', about);
    let version = '';
    if (arrow === 2) {
      version = this.#version('replace', path, args, 1);
      const wrong = checkPathMajor(version, split.pathMajor);
      if (wrong !== undefined) fail(wrong.message, about);
    }
    const newPath = parsePath(args, arrow + 1);
    const isDirectory = isDirectoryPath(newPath);
    let newVersion = '';
    if (args.length === arrow + 2) {
      if (!isDirectory && newPath.includes('@')) {
        fail("replacement module must match format 'path version', not 'path@version'");
      }
      if (!isDirectory) {
        fail(
          'replacement module without version must be directory path (rooted or starting with . or ..)',
        );
      }
      if (newPath.includes('\\')) {
        fail('replacement directory appears to be Windows path (on a non-windows system)');
      }
    } else {
      newVersion = this.#version('replace', newPath, args, arrow + 2);
      if (isDirectory) {
        fail(`replacement module directory path ${quoteString(newPath)} cannot have version`);
      }
    }
    return { old: { path, version }, to: { path: newPath, version: newVersion }, line };
  }

  /** Versions stay as written here: the module's path, needed to fix them, may come later. */
  #retraction(args: string[]): VersionInterval | undefined {
    try {
      const { interval, rest } = parseInterval(args, (i) => parseVersionWord(args, i));
      if (rest !== undefined && this.#strict) {
        fail(`unexpected token after version: ${quoteString(rest)}`);
      }
      return interval;
    } catch (error) {
      // Another module may use a form that only a newer Go knows.
      if (!this.#strict && error instanceof DirectiveFault) return undefined;
      throw error;
    }
  }

  #fixRetractions(mod: ModFile): void {
    if (this.#fix === undefined) return;
    const path = mod.module?.path ?? '';
    const fixed: typeof mod.retract = [];
    for (const retract of mod.retract) {
      const { line } = retract;
      if (path === '') {
        const reason = 'no module directive found, so retract cannot be used';
        this.#errors.push(new ModFileError(this.#file, line.start, reason));
        return;
      }
      this.#try(line.start, () => {
        const tokens = line.tokens!;
        const skipped = tokens[0] === 'retract' ? 1 : 0;
        const args = tokens.slice(skipped);
        const { interval } = parseInterval(args, (i) => this.#version('retract', path, args, i));
        line.tokens = [...tokens.slice(0, skipped), ...args];
        fixed.push({ ...retract, ...interval });
      });
    }
    mod.retract = fixed;
  }

  /** The version at `args[i]`, which is replaced by its one form. */
  #version(verb: string, path: string, args: string[], i: number): string {
    const about = { verb, modPath: path };
    const word = args[i]!;
    let text: string;
    try {
      text = parsePath(args, i);
    } catch (error) {
      const reason = (error as Error).message.replace(/^invalid quoted string: /, '');
      return fail(new InvalidVersionError(word, reason).message, about);
    }
    if (this.#fix === undefined) {
      const version = canonicalVersion(text);
      if (version === '') {
        fail(new InvalidVersionError(text, 'must be of the form v1.2.3').message, about);
      }
      args[i] = version;
      return version;
    }
    try {
      args[i] = this.#fix(path, text);
    } catch (error) {
      if (error instanceof ModuleVersionError) fail(error.cause.message, about);
      throw error;
    }
    return args[i];
  }
}

function fail(
  reason: string,
  about?: { readonly verb?: string; readonly modPath?: string },
): never {
  throw new DirectiveFault(reason, about);
}

/** The text at `args[i]`, which is replaced by its usual spelling. */
function parsePath(args: string[], i: number): string {
  const word = args[i]!;
  let text = word;
  if (word.startsWith('"')) {
    const inner = unquoteString(word);
    if (inner === undefined) return fail('invalid quoted string: invalid syntax');
    text = inner;
  } else if (/["'`]/.test(word)) {
    fail('invalid quoted string: unquoted string cannot contain quote');
  }
  args[i] = autoQuote(text);
  return text;
}

function parseVersionWord(args: string[], i: number): string {
  try {
    return parsePath(args, i);
  } catch (error) {
    const word = args[i]!;
    const reason = (error as Error).message.replace(/^invalid quoted string: /, '');
    return fail(new InvalidVersionError(word, reason).message, { verb: 'retract' });
  }
}

interface Interval {
  readonly interval: VersionInterval;
  /** The first word after it. */
  readonly rest: string | undefined;
}

/** `v1.2.3` or `[v1.0.0, v1.2.3]`; `version(i)` reads the word at `i`. */
function parseInterval(args: readonly string[], version: (i: number) => string): Interval {
  if (args.length === 0 || args[0] === '(') fail("expected '[' or version");
  if (args[0] !== '[') {
    const v = version(0);
    return { interval: { low: v, high: v }, rest: args[1] };
  }
  if (args.length < 2) fail("expected version after '['");
  const low = version(1);
  if (args[2] !== ',') fail("expected ',' after version");
  if (args.length < 4) fail("expected version after ','");
  const high = version(3);
  if (args[4] !== ']') fail("expected ']' after version");
  return { interval: { low, high }, rest: args[5] };
}

/** The comments of a line, or those of its block if it has none. */
function directiveComment(block: LineBlock | undefined, line: Line): string {
  const bare = line.before.length === 0 && line.suffix.length === 0;
  const { before, suffix }: Commented = block !== undefined && bare ? block : line;
  return [...before, ...suffix]
    .filter((comment) => comment.token.startsWith('//'))
    .map((comment) => comment.token.slice(2).trim())
    .join('\n');
}

/** True for a line with `// indirect`. */
export function isIndirect(line: Line): boolean {
  const [first] = line.suffix;
  if (first === undefined) return false;
  const words = first.token.replace(/^\/\//, '').split(/\s+/).filter(Boolean);
  return words.length === 1 ? words[0] === 'indirect' : words[0] === 'indirect;';
}

/** True for what names a folder, on any system, and not a module. */
export function isDirectoryPath(path: string): boolean {
  return path === '.' || path === '..' || /^\.{1,2}[/\\]|^[/\\]|^[A-Za-z]:/.test(path);
}

function mustQuote(text: string): boolean {
  if (text === '' || text.includes('//') || text.includes('/*')) return true;
  if (/^[\w.\-~@^+/:=<>!]+$/.test(text)) return false;
  for (const c of text) {
    if (' "\'`'.includes(c) || !isPrint(c.codePointAt(0)!)) return true;
    if ('()[]{},'.includes(c) && text.length > 1) return true;
  }
  return false;
}

/** The text as a word of a file: in quotes if it must be. */
export function autoQuote(text: string): string {
  return mustQuote(text) ? quoteString(text) : text;
}

/** The module path of a go.mod that may be wrong otherwise; '' if there is none. */
export function modulePath(text: string): string {
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*$/s, '').trim();
    const rest = /^module(\s+)(\S.*)$/s.exec(line)?.[2];
    if (rest === undefined) continue;
    return /^["`]/.test(rest) ? (unquoteString(rest) ?? '') : rest;
  }
  return '';
}
