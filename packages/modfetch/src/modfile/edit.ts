/**
 * Changes to single directives, made in the lines that are there.
 *
 * A value that is set keeps its line's comments; one that is new goes to the last block of its kind.
 * Whoever edits calls `cleanUpFile` at the end.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/modfile/{rule,work}.go (where things go, wording).
 */
import { quoteString } from '@go-ts/base/quote';
import {
  canonicalVersion,
  checkPathMajor,
  InvalidVersionError,
  type ModuleVersion,
  pathMajorPrefix,
  splitPathVersion,
} from '../version/module.ts';
import { majorOf } from '../version/semver.ts';
import { type ModFile, type Replace, type VersionInterval, type WorkFile } from './modfile.ts';
import { type Require } from './modfile.ts';
import { autoQuote, goVersionForm, isIndirect, toolchainForm } from './parse.ts';
import { sortBlocks } from './sort.ts';
import {
  addLine,
  type Line,
  newComments,
  newLine,
  noPos,
  removeLine,
  updateLine,
} from './syntax.ts';

export function setModule(mod: ModFile, path: string): void {
  const tokens = ['module', autoQuote(path)];
  if (mod.module === undefined) {
    mod.module = { path, deprecated: '', line: addLine(mod.syntax, undefined, tokens) };
  } else {
    mod.module.path = path;
    updateLine(mod.module.line, tokens);
  }
}

/** Adds lines of comment at the end. */
export function addComment(mod: ModFile | WorkFile, token: string): void {
  const block = newComments(noPos);
  block.before.push({ start: noPos, token });
  mod.syntax.stmts.push(block);
}

export function setGo(file: ModFile | WorkFile, version: string): void {
  if (!goVersionForm.test(version)) {
    throw new Error(`invalid language version ${quoteString(version)}`);
  }
  if (file.go !== undefined) {
    file.go.version = version;
    updateLine(file.go.line, ['go', version]);
    return;
  }
  const tokens = ['go', version];
  const line =
    'use' in file ? insertFirst(file, tokens) : addLine(file.syntax, file.module?.line, tokens);
  file.go = { version, line };
}

/** Puts a line at the top of a go.work, behind comments that stand alone. */
function insertFirst(work: WorkFile, tokens: string[], after?: Line): Line {
  const line = newLine(tokens, false);
  const { stmts } = work.syntax;
  const behind = after === undefined ? -1 : stmts.findIndex((stmt) => stmt === after);
  const first = stmts.findIndex((stmt) => stmt.kind !== 'comments');
  const at = behind >= 0 ? behind + 1 : first < 0 ? stmts.length : first;
  stmts.splice(at, 0, line);
  return line;
}

export function dropGo(file: ModFile | WorkFile): void {
  if (file.go !== undefined) removeLine(file.go.line);
  file.go = undefined;
}

export function setToolchain(file: ModFile | WorkFile, name: string): void {
  if (!toolchainForm.test(name)) throw new Error(`invalid toolchain name ${quoteString(name)}`);
  const tokens = ['toolchain', name];
  if (file.toolchain !== undefined) {
    file.toolchain.name = name;
    updateLine(file.toolchain.line, tokens);
    return;
  }
  const line =
    'use' in file
      ? insertFirst(file, tokens, file.go?.line)
      : addLine(file.syntax, file.go?.line ?? file.module?.line, tokens);
  file.toolchain = { name, line };
}

export function dropToolchain(file: ModFile | WorkFile): void {
  if (file.toolchain !== undefined) removeLine(file.toolchain.line);
  file.toolchain = undefined;
}

export function setGodebug(file: ModFile | WorkFile, key: string, value: string): void {
  const tokens = ['godebug', `${key}=${value}`];
  const [first, ...more] = file.godebug.filter((g) => g.key === key);
  if (first === undefined) {
    file.godebug.push({ key, value, line: addLine(file.syntax, undefined, tokens) });
    return;
  }
  first.value = value;
  updateLine(first.line, tokens);
  file.godebug = dropLines(file.godebug, (g) => more.includes(g));
}

export function dropGodebug(file: ModFile | WorkFile, key: string): void {
  file.godebug = dropLines(file.godebug, (g) => g.key === key);
}

/** Removes the lines of those that match; the result is the others. */
function dropLines<T extends { readonly line: Line }>(
  list: readonly T[],
  matches: (item: T) => boolean,
): T[] {
  return list.filter((item) => {
    if (!matches(item)) return true;
    removeLine(item.line);
    return false;
  });
}

export function setRequire(mod: ModFile, path: string, version: string): void {
  const [first, ...more] = mod.require.filter((r) => r.mod.path === path);
  if (first === undefined) {
    addRequire(mod, { path, version }, false);
    return;
  }
  first.mod = { path, version };
  updateLine(first.line, ['require', autoQuote(path), version]);
  mod.require = dropLines(mod.require, (r) => more.includes(r));
}

/** Adds a line at the end of the last block of requirements. */
export function addRequire(mod: ModFile, module: ModuleVersion, indirect: boolean): void {
  const tokens = ['require', autoQuote(module.path), module.version];
  const line = addLine(mod.syntax, undefined, tokens);
  const require: Require = { mod: module, indirect: false, line };
  markIndirect(require, indirect);
  mod.require.push(require);
}

export function dropRequire(mod: ModFile, path: string): void {
  mod.require = dropLines(mod.require, (r) => r.mod.path === path);
}

/** Gives the line its `// indirect`, or takes it away, and keeps what else is said there. */
export function markIndirect(require: Require, indirect: boolean): void {
  require.indirect = indirect;
  const { line } = require;
  if (isIndirect(line) === indirect) return;
  const [first] = line.suffix;
  if (!indirect) {
    const text = first!.token.replace(/^\/\//, '').trim();
    if (text === 'indirect') line.suffix = [];
    else first!.token = `//${first!.token.slice(first!.token.indexOf('indirect;') + 9)}`;
    return;
  }
  if (first === undefined) {
    line.suffix = [{ start: noPos, token: '// indirect' }];
    return;
  }
  const text = first.token.replace(/^\/\//, '').trim();
  first.token = text === '' ? '// indirect' : `// indirect; ${text}`;
}

export function addExclude(mod: ModFile, path: string, version: string): void {
  checkCanonical(path, version);
  const same = mod.exclude.filter((x) => x.mod.path === path);
  if (same.some((x) => x.mod.version === version)) return;
  const line = addLine(mod.syntax, same.at(-1)?.line, ['exclude', autoQuote(path), version]);
  mod.exclude.push({ mod: { path, version }, line });
}

export function dropExclude(mod: ModFile, path: string, version: string): void {
  mod.exclude = dropLines(mod.exclude, (x) => x.mod.path === path && x.mod.version === version);
}

export function addReplace(file: ModFile | WorkFile, old: ModuleVersion, to: ModuleVersion): void {
  const tokens = ['replace', autoQuote(old.path)];
  if (old.version !== '') tokens.push(old.version);
  tokens.push('=>', autoQuote(to.path));
  if (to.version !== '') tokens.push(to.version);
  const matches = (r: Replace): boolean =>
    r.old.path === old.path && (old.version === '' || r.old.version === old.version);
  const [first, ...more] = file.replace.filter(matches);
  if (first !== undefined) {
    first.to = to;
    updateLine(first.line, tokens);
    file.replace = dropLines(file.replace, (r) => more.includes(r));
    return;
  }
  const near = file.replace.findLast((r) => r.old.path === old.path)?.line;
  file.replace.push({ old, to, line: addLine(file.syntax, near, tokens) });
}

export function dropReplace(file: ModFile | WorkFile, path: string, version: string): void {
  file.replace = dropLines(file.replace, (r) => r.old.path === path && r.old.version === version);
}

export function addRetract(mod: ModFile, interval: VersionInterval): void {
  const path = mod.module?.path ?? '';
  const { low, high } = interval;
  checkCanonical(path, high);
  checkCanonical(path, low);
  const tokens =
    low === high
      ? ['retract', autoQuote(low)]
      : ['retract', '[', autoQuote(low), ',', autoQuote(high), ']'];
  const line = addLine(mod.syntax, undefined, tokens);
  mod.retract.push({ low, high, rationale: '', line });
}

export function dropRetract(mod: ModFile, { low, high }: VersionInterval): void {
  mod.retract = dropLines(mod.retract, (r) => r.low === low && r.high === high);
}

export function addPath(mod: ModFile, verb: 'tool' | 'ignore', path: string): void {
  if (mod[verb].some((item) => item.path === path)) return;
  mod[verb].push({ path, line: addLine(mod.syntax, undefined, [verb, path]) });
  sortBlocks(mod);
}

export function dropPath(mod: ModFile, verb: 'tool' | 'ignore', path: string): void {
  mod[verb] = dropLines(mod[verb], (item) => item.path === path);
}

export function addUse(work: WorkFile, path: string): void {
  const [first, ...more] = work.use.filter((u) => u.path === path);
  if (first === undefined) {
    work.use.push({ path, line: addLine(work.syntax, undefined, ['use', autoQuote(path)]) });
    return;
  }
  updateLine(first.line, ['use', autoQuote(path)]);
  work.use = dropLines(work.use, (u) => more.includes(u));
}

export function dropUse(work: WorkFile, path: string): void {
  work.use = dropLines(work.use, (u) => u.path === path);
}

/** Refuses a version that is not in its one form or not of the path's major version. */
function checkCanonical(path: string, version: string): void {
  const split = splitPathVersion(path);
  const pathMajor = split?.pathMajor ?? '';
  if (version === '' || version !== canonicalVersion(version)) {
    const form = pathMajor === '' ? 'v1.2.3' : `${pathMajorPrefix(pathMajor)}.2.3`;
    throw new InvalidVersionError(version, `must be of the form ${form}`);
  }
  if (split === undefined) return;
  const wrong = checkPathMajor(version, pathMajor);
  if (wrong === undefined) return;
  if (pathMajor !== '') throw wrong;
  throw new InvalidVersionError(
    version,
    `should be ${version}+incompatible (or module ${path}/${majorOf(version)})`,
  );
}
