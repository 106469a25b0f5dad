/**
 * Patterns → import paths, in the module that has the folder, in all modules of the build, or in
 * GOROOT.
 * GOROOT: src/cmd/go/internal/modload/search.go, src/cmd/go/internal/search/search.go,
 * src/cmd/go/internal/modload/load.go (resolveLocalPackage, matchLocalDirs, pathInModuleCache).
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, posix, resolve } from 'node:path';
import { type Requirements } from '@go-ts/modfetch/graph/requirements';
import { isToolchain } from '@go-ts/modfetch/version/gover';
import { type ModuleVersion } from '@go-ts/modfetch/version/module';
import { type Entry, type FileTree } from '../fsys/fsys.ts';
import { findUp, shorten } from '../load/gomod.ts';
import { matchPattern, treeCanMatch } from '../load/pattern.ts';
import { compareBytes } from '../load/sources.ts';
import { printError } from '../report/output.ts';
import { systemMessage } from '../report/system.ts';
import { isMetaPackage, NoGoFilesError, PackageNotInModuleError } from './errors.ts';
import { dirInModule, fetchModule, isLocalPath, isStandardPath } from './import.ts';
import { type ModLoader } from './loader.ts';
import { scanForAny, scanForBuild, type SourceCache } from './scan.ts';

/** Reads a folder's imports; throws NoGoFilesError where there is nothing to build. */
export type Scan = (dir: string) => unknown;

export interface Match {
  readonly pattern: string;
  /** The folders of a local pattern. */
  dirs: readonly string[] | undefined;
  packages: string[];
  errors: Error[];
}

export function newMatch(pattern: string): Match {
  return { pattern, dirs: undefined, packages: [], errors: [] };
}

export function isLocalPattern(pattern: string): boolean {
  return isLocalPath(pattern) || isAbsolute(pattern);
}

export function isLiteral(pattern: string): boolean {
  return !pattern.includes('...') && !isMetaPackage(pattern);
}

/** An error about the whole pattern. */
export function matchError(pattern: string, error: Error): Error {
  const what = isLiteral(pattern) ? pattern : `pattern ${pattern}`;
  return new Error(`${what}: ${error.message}`, { cause: error });
}

export function cleanPatterns(patterns: readonly string[]): string[] {
  if (patterns.length === 0) return ['.'];
  return patterns.map((arg) => {
    const at = isLocalPattern(arg) ? -1 : arg.indexOf('@');
    const path = at < 0 ? arg : arg.slice(0, at);
    const version = at < 0 ? '' : arg.slice(at);
    if (isAbsolute(path)) return trimSlash(normalize(path)) + version;
    const clean = trimSlash(posix.normalize(path.replaceAll('\\', '/')));
    const isDot = path.startsWith('./') && clean !== '.' && !clean.startsWith('../');
    return (isDot ? `./${clean}` : clean) + version;
  });
}

function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

export function warnUnmatched(matches: readonly Match[]): void {
  for (const { pattern, packages, errors } of matches) {
    if (packages.length === 0 && errors.length === 0) {
      printError(`go: warning: "${pattern}" matched no packages\n`);
    }
  }
}

export function newScan(ml: ModLoader, cache: SourceCache, anyTags: boolean): Scan {
  return anyTags ? scanAny(ml) : (dir) => scanForBuild(cache, dir);
}

/** Reads files as any build might. */
export function scanAny(ml: ModLoader): Scan {
  return (dir) => scanForAny(ml.files, dir);
}

/** Which folders of a module its go.mod says to ignore. */
class IgnorePatterns {
  readonly #tells: boolean;
  readonly #relative: readonly string[];
  readonly #any: readonly string[];

  /** With -x it is said what is passed over. */
  constructor(patterns: readonly string[], tells: boolean) {
    this.#tells = tells;
    const wrap = (path: string): string => `/${path.replace(/^\/|\/$/g, '')}/`;
    this.#relative = patterns.filter((p) => p.startsWith('./')).map((p) => wrap(p.slice(2)));
    this.#any = patterns.filter((p) => !p.startsWith('./')).map(wrap);
  }

  /** `dir` as the module sees it, and where it is. */
  has(dir: string, folder: string): boolean {
    if (dir === '') return false;
    const path = `/${dir}/`;
    const isIgnored =
      this.#relative.some((p) => path.startsWith(p)) || this.#any.some((p) => path.includes(p));
    if (isIgnored && this.#tells) printError(`# ignoring directory ${folder}\n`);
    return isIgnored;
  }
}

interface Walk {
  readonly root: string;
  readonly prefix: string;
  /** Stop at folders called vendor, at other modules. */
  readonly pruneVendor: boolean;
  readonly pruneModules: boolean;
  readonly ignore: IgnorePatterns | undefined;
}

/** A pattern's packages in modules and, if wanted, in the standard library. */
export async function matchPackages(
  ml: ModLoader,
  match: Match,
  scan: Scan,
  options: { readonly std: boolean; readonly modules: readonly ModuleVersion[] },
): Promise<void> {
  const { pattern } = match;
  const isMeta = isMetaPackage(pattern);
  const isMatch = isMeta ? () => true : matchPattern(pattern);
  const canMatch = isMeta ? () => true : treeCanMatch(pattern);
  const have = new Set(['builtin']);
  if (!ml.options.context.cgoEnabled) have.add('runtime/cgo');
  const packages: string[] = [];
  const walk = (w: Walk): void =>
    walkPackages(
      ml.files,
      w,
      { canMatch, wildcard: pattern.includes('...'), match },
      (name, dir) => {
        if (have.has(name)) return;
        have.add(name);
        if (isMatch(name) && hasPackage(scan, dir)) packages.push(name);
      },
    );
  if (options.std) {
    const src = join(ml.options.goroot, 'src');
    const rules = { pruneVendor: false, pruneModules: true, ignore: undefined };
    walk({ root: src, prefix: '', ...rules });
    if (canMatch('cmd')) walk({ root: join(src, 'cmd'), prefix: 'cmd', ...rules });
  }
  if (ml.buildMod === 'vendor') {
    for (const { root, prefix, index } of ml.mains.list) {
      if (root === '') continue;
      const ignore = new IgnorePatterns(index?.ignore ?? [], ml.options.trace);
      walk({ root, prefix, pruneVendor: true, pruneModules: true, ignore });
    }
    if (ml.hasRoot || ml.inWorkspace) {
      const rules = { pruneVendor: true, pruneModules: false, ignore: undefined };
      if (ml.files.exists(ml.vendorDir)) walk({ root: ml.vendorDir, prefix: '', ...rules });
    }
  } else {
    for (const mod of options.modules) {
      if (isToolchain(mod.path) || !canMatch(mod.path)) continue;
      // oxlint-disable-next-line no-await-in-loop
      const where = await placeOf(ml, mod, match);
      if (where !== undefined) walk(where);
    }
  }
  match.packages = packages.sort(compareBytes);
}

async function placeOf(ml: ModLoader, mod: ModuleVersion, match: Match): Promise<Walk | undefined> {
  const main = mod.version === '' ? ml.mains.of(mod.path) : undefined;
  if (main !== undefined) {
    if (main.root === '') return undefined;
    const ignore = new IgnorePatterns(main.index?.ignore ?? [], ml.options.trace);
    return { root: main.root, prefix: main.prefix, pruneVendor: true, pruneModules: true, ignore };
  }
  try {
    const { dir, isLocal } = await fetchModule(ml, mod);
    const ignored = await ml.summary(mod).then(
      (summary) => summary.ignore,
      () => [],
    );
    return {
      root: dir,
      prefix: mod.path,
      pruneVendor: true,
      pruneModules: isLocal,
      ignore: new IgnorePatterns(ignored, ml.options.trace),
    };
  } catch (error) {
    match.errors.push(matchError(match.pattern, error as Error));
    return undefined;
  }
}

export function hasPackage(scan: Scan, dir: string): boolean {
  try {
    scan(dir);
    return true;
  } catch (error) {
    // A package with something wrong in it is one.
    return !(error instanceof NoGoFilesError);
  }
}

interface WalkOptions {
  readonly canMatch: (name: string) => boolean;
  readonly wildcard: boolean;
  readonly match: Match;
}

/** Visits every folder of a tree that may have a package, under the path it would have. */
export function walkPackages(
  files: FileTree,
  walk: Walk,
  options: WalkOptions,
  visit: (name: string, dir: string) => void,
): void {
  const go = (dir: string, relative: string): void => {
    const name = posix.join(walk.prefix, relative);
    if (relative === '') {
      if (!options.canMatch(walk.prefix === '' ? '' : name)) return;
    }
    if (name !== '.' && name !== '') visit(name, dir);
    if (relative !== '' && walk.pruneVendor && posix.basename(relative) === 'vendor') return;
    let entries: Entry[];
    try {
      entries = files.readFolder(dir);
    } catch (error) {
      const why = new Error(systemMessage(error as NodeJS.ErrnoException));
      options.match.errors.push(matchError(options.match.pattern, why));
      return;
    }
    for (const entry of entries.sort((a, b) => compareBytes(a.name, b.name))) {
      const inner = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const path = join(dir, entry.name);
      if (isSkipped(entry.name)) continue;
      if (!options.canMatch(posix.join(walk.prefix, inner))) continue;
      if (entry.isSymbolicLink() && options.wildcard) {
        if (files.isFolder(path)) {
          printError(`warning: ignoring symlink ${path}\n`);
        }
      }
      if (!entry.isDirectory() || walk.ignore?.has(inner, path) === true) continue;
      if (walk.pruneModules && files.isFile(join(path, 'go.mod'))) continue;
      go(path, inner);
    }
  };
  go(walk.root, '');
}

function isSkipped(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_') || name === 'testdata';
}

/** `std` and `cmd`. */
export function matchStandard(ml: ModLoader, match: Match, scan: Scan): void {
  const src = join(ml.options.goroot, 'src');
  const isCmd = match.pattern === 'cmd';
  const packages: string[] = [];
  const walk: Walk = {
    root: isCmd ? join(src, 'cmd') : src,
    prefix: isCmd ? 'cmd' : '',
    pruneVendor: false,
    pruneModules: false,
    ignore: undefined,
  };
  const canMatch = (name: string): boolean => isCmd || (isStandardPath(name) && name !== 'cmd');
  walkPackages(ml.files, walk, { canMatch, wildcard: false, match }, (name, dir) => {
    if (name === 'builtin') return;
    if (name === 'runtime/cgo' && !ml.options.context.cgoEnabled) return;
    if (!hasPackage(scan, dir)) return;
    // Vendored programs are no commands of Go's.
    if (name.startsWith('cmd/vendor/') && packageName(scan, dir) === 'main') return;
    packages.push(name);
  });
  match.packages = packages;
}

export function packageName(scan: Scan, dir: string): string {
  const result = scan(dir) as { readonly name?: string };
  return result.name ?? '';
}

/** The folders of a local pattern. */
export async function matchDirs(
  ml: ModLoader,
  match: Match,
  scan: Scan,
  rs: Requirements,
): Promise<void> {
  const { pattern } = match;
  if (!pattern.includes('...')) {
    match.dirs = [pattern];
    return;
  }
  match.dirs = [];
  const { cwd } = ml.options;
  const fixed = pattern.slice(0, pattern.indexOf('...'));
  const start = resolve(cwd, fixed.slice(0, fixed.lastIndexOf('/') + 1) || '.');
  const roots = ml.mains.list.map((m) => m.root).filter((root) => root !== '');
  const fail = (message: string): void => {
    match.errors.push(matchError(pattern, new Error(message)));
  };
  const goMod = findUp(start, 'go.mod', ml.files);
  const modRoot = goMod === undefined ? '' : dirname(goMod);
  const isKnown =
    roots.includes(modRoot) ||
    isBelow(start, join(ml.options.goroot, 'src')) ||
    (await pathInModules(ml, start, rs)) !== undefined;
  if (!isKnown) {
    const scope = ml.inWorkspace
      ? 'modules listed in go.work or their selected dependencies'
      : 'main module or its selected dependencies';
    fail(`directory prefix ${shortDir(start)} does not contain ${scope}`);
    return;
  }
  let own = '';
  if (roots.length > 0) {
    const holding = roots.filter((root) => isBelow(start, root));
    own = holding.at(-1) ?? '';
    if (holding.length === 0) {
      const plural = roots.length > 1 ? 's' : '';
      fail(`directory ${start} is outside module root${plural} (${roots.join(', ')})`);
    }
  }
  if (!ml.files.exists(start)) {
    fail(`lstat ${fixed.slice(0, fixed.lastIndexOf('/') + 1)}: no such file or directory`);
    return;
  }
  const ignored = ml.mains.list.find((m) => m.root === own)?.index?.ignore ?? [];
  const folders = { pattern, start, own, ignore: new IgnorePatterns(ignored, ml.options.trace) };
  match.dirs = foldersBelow({ files: ml.files, cwd }, folders, scan);
}

interface Folders {
  readonly pattern: string;
  readonly start: string;
  /** The module's root; undefined where modules are turned off and go.mod files say nothing. */
  readonly own: string | undefined;
  readonly ignore?: IgnorePatterns;
}

/** The folders below `start` that have packages and match, named as the pattern names them. */
export function foldersBelow(
  { files, cwd }: { readonly files: FileTree; readonly cwd: string },
  folders: Folders,
  scan: Scan,
): string[] {
  const { pattern, start, own, ignore } = folders;
  const absolute = isAbsolute(pattern);
  const marked = pattern.replaceAll('...', '\u0001');
  const full = resolve(cwd, marked).replaceAll('\u0001', '...');
  const matches = matchPattern(full);
  const dirs: string[] = [];
  const nameOf = (dir: string): string => {
    if (absolute) return dir;
    return relativeDir(cwd, dir);
  };
  const go = (dir: string, isTop: boolean): void => {
    const base = posix.basename(dir);
    if (!isTop && isSkipped(base)) return;
    const hasOwn = own !== undefined && own !== '';
    if (hasOwn && ignore?.has(dir === own ? '' : dir.slice(own.length + 1), dir) === true) return;
    if (!isTop && own !== undefined && files.isFile(join(dir, 'go.mod'))) return;
    if (matches(dir) && hasPackage(scan, dir)) dirs.push(nameOf(dir));
    const entries = files.readFolder(dir);
    for (const entry of entries.sort((a, b) => compareBytes(a.name, b.name))) {
      if (entry.isDirectory()) go(join(dir, entry.name), false);
    }
  };
  go(start, true);
  return dirs;
}

function relativeDir(cwd: string, dir: string): string {
  if (dir === cwd) return '.';
  const rel = posix.relative(cwd, dir);
  return rel.startsWith('..') ? rel : `./${rel}`;
}

export function isBelow(dir: string, root: string): boolean {
  return dir === root || dir.startsWith(root.endsWith('/') ? root : `${root}/`);
}

function shortDir(dir: string): string {
  return dir === process.cwd() ? '.' : shorten(dir);
}

/** Thrown for a folder of GOROOT that is no package; patterns pass over it. */
export class NotAPackage extends Error {}

/** The import path of a folder. */
export async function resolveLocal(
  ml: ModLoader,
  dir: string,
  scan: Scan,
  rs: Requirements,
): Promise<string> {
  const abs = resolve(ml.options.cwd, dir);
  if (!ml.files.exists(abs)) throw new Error(`stat ${abs}: directory not found`);
  if (!hasAnyGo(ml.files, abs, scan)) throw new NoGoFilesError(`no Go files in ${abs}`);
  const src = join(ml.options.goroot, 'src');
  for (const { root, prefix } of ml.mains.list) {
    if (root !== '' && abs === root) {
      if (abs === src) throw new NotAPackage('GOROOT/src is not an importable package');
      return prefix;
    }
  }
  const inMain = pathInMains(ml, abs);
  if (inMain !== undefined) return inMain;
  if (isBelow(abs, src) && abs !== src && !abs.slice(src.length).includes('@')) {
    const path = abs.slice(src.length + 1);
    if (path === 'builtin') {
      throw new NotAPackage('"builtin" is a pseudo-package, not an importable package');
    }
    return path;
  }
  const path = await pathInModules(ml, abs, rs);
  if (path !== undefined) return path;
  const short = shortDir(abs);
  const what = short === '.' ? 'current directory' : `directory ${short}`;
  if (!ml.inWorkspace) throw new Error(`${what} outside main module or its selected dependencies`);
  const goMod = findUp(abs, 'go.mod', ml.files);
  throw new Error(
    goMod === undefined
      ? `${what} outside modules listed in go.work or their selected dependencies`
      : `${what} is contained in a module that is not one of the workspace modules listed in go.work. You can add the module to the workspace using:\n\tgo work use ${shortDir(dirname(goMod))}`,
  );
}

/** True if the folder has Go files, for whatever system. */
function hasAnyGo(files: FileTree, dir: string, scan: Scan): boolean {
  if (hasPackage(scan, dir)) return true;
  try {
    return files.readFolder(dir).some(({ name }) => name.endsWith('.go') && !/^[_.]/.test(name));
  } catch {
    return false;
  }
}

function pathInMains(ml: ModLoader, abs: string): string | undefined {
  let failure: PackageNotInModuleError | undefined;
  let longest = '';
  for (const { root, prefix, version } of ml.mains.list) {
    if (root === '' || !isBelow(abs, root) || abs.slice(root.length).includes('@')) continue;
    const suffix = abs.slice(root.length + 1);
    if (suffix.startsWith('vendor/')) {
      const path = suffix.slice('vendor/'.length);
      if (ml.buildMod !== 'vendor') {
        throw new Error(`without -mod=vendor, directory ${abs} has no package path`);
      }
      if (!ml.vendor.moduleOf.has(path)) {
        throw new Error(`directory ${abs} is not a package listed in vendor/modules.txt`);
      }
      return path;
    }
    if (prefix === '') {
      if (suffix === 'builtin') {
        throw new NotAPackage('"builtin" is a pseudo-package, not an importable package');
      }
      return suffix;
    }
    const path = `${prefix}/${suffix}`;
    if (dirInModule(ml, path, prefix, root, true)?.hasGoFiles === true) return path;
    if (prefix.length > longest.length) {
      longest = prefix;
      failure = new PackageNotInModuleError({ mainModules: [version], pattern: path });
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}

/** The import path of a folder in a module of the build, in the module cache or replaced. */
async function pathInModules(
  ml: ModLoader,
  dir: string,
  rs: Requirements,
): Promise<string | undefined> {
  const real = existsSync(dir) ? realpathSync(dir) : dir;
  const tryModule = (m: ModuleVersion): string | undefined => {
    if (isToolchain(m.path) || ml.isMain(m.path)) return undefined;
    const actual = ml.resolve(m);
    const root = actual.version === '' ? ml.replaceDir(actual.path) : ml.source.cachedDir(actual);
    if (root === undefined) return undefined;
    const at = [dir, real].find((each) => isBelow(each, root));
    if (at === undefined) return undefined;
    const sub = at.slice(root.length + 1);
    if (/(^|\/)vendor\//.test(sub) || sub.includes('@')) return undefined;
    return posix.join(m.path, sub);
  };
  if (rs.pruning === 'pruned') {
    for (const m of rs.roots) {
      if (rs.rootSelected(m.path) !== m.version) continue;
      const path = tryModule(m);
      if (path !== undefined) return path;
    }
  }
  const { mg } = await rs.graph();
  for (const m of mg.buildList) {
    const path = tryModule(m);
    if (path !== undefined) return path;
  }
  return undefined;
}
