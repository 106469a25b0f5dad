/**
 * Import path → module and folder.
 *
 * A package belongs to the module whose path is a prefix of its path and whose files have it. Several
 * modules may be; all of them that are in the build are looked at, and two that have the package are
 * an error. In a pruned graph the roots are asked first, so that most builds never read the graph.
 * GOROOT: src/cmd/go/internal/modload/import.go (order of look-ups, wording).
 */
import { dirname, isAbsolute, join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { isNotExist } from '@go-ts/modfetch/error';
import { type ModuleGraph, type Requirements } from '@go-ts/modfetch/graph/requirements';
import {
  compareGo,
  compareVersions,
  explicitModulesTxtImportVersion,
  isToolchain,
} from '@go-ts/modfetch/version/gover';
import {
  checkImportPath,
  checkPath,
  findCause,
  type ModuleVersion,
  splitPathVersion,
  versionError,
} from '@go-ts/modfetch/version/module';
import { zeroPseudoVersion } from '@go-ts/modfetch/version/pseudo';
import { type FileTree } from '../fsys/fsys.ts';
import { printError } from '../report/output.ts';
import {
  AmbiguousImportError,
  ImportMissingError,
  ImportMissingSumError,
  InvalidImportError,
  isMetaPackage,
  type MissingOptions,
  NoMainModulesError,
  PackageNotInModuleError,
  SumMissingError,
} from './errors.ts';
import { type ModLoader } from './loader.ts';

export interface FoundPackage {
  /** Undefined in the standard library. */
  readonly mod: ModuleVersion | undefined;
  /** The folder of the module. */
  readonly root: string;
  readonly dir: string;
  /** Modules that might have had it. */
  readonly altMods: readonly ModuleVersion[];
}

export interface FindOptions {
  /** Ask this graph and not the roots. */
  readonly mg?: ModuleGraph | undefined;
  /** Do not read the go.mod of the module that has the package. */
  readonly skipModFile?: boolean;
}

export function isStandardPath(path: string): boolean {
  return !path.split('/', 1)[0]!.includes('.');
}

export function isLocalPath(path: string): boolean {
  return /^\.\.?(\/|$)/.test(path);
}

/** The folder of a package of the standard library; undefined if it has none of that name. */
export function standardDir(ml: ModLoader, path: string): string | undefined {
  if (!isStandardPath(path)) return undefined;
  const dir = join(ml.options.goroot, 'src', path);
  return hasGoFiles(ml.files, dir) ? dir : undefined;
}

function hasGoFiles(files: FileTree, dir: string): boolean {
  let entries;
  try {
    entries = files.readFolder(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
  return entries.some(
    (entry) =>
      entry.name.endsWith('.go') &&
      (entry.isFile() || (entry.isSymbolicLink() && files.isFile(join(dir, entry.name)))),
  );
}

/** `path` and what lies above it. */
export function* pathPrefixes(path: string): Generator<string> {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) yield at;
}

export async function findPackage(
  ml: ModLoader,
  path: string,
  rs: Requirements,
  options: FindOptions = {},
): Promise<FoundPackage> {
  const wrong = badImport(path);
  if (wrong !== undefined) throw new InvalidImportError(wrong);
  const std = findStandard(ml, path);
  if (std !== undefined) return std;
  if (ml.buildMod === 'vendor') return findVendored(ml, path);
  const { skipModFile = false } = options;
  let { mg } = options;
  for (;;) {
    const graph = mg;
    const select = (prefix: string): string | undefined =>
      graph === undefined ? rs.rootSelected(prefix) : graph.selected(prefix);
    // oxlint-disable-next-line no-await-in-loop
    const found = await lookInModules(ml, path, select);
    if (found !== undefined && 'mod' in found) {
      const { mod } = found;
      // Which version of the language it is in is needed to compile it.
      // oxlint-disable-next-line no-await-in-loop
      if (!skipModFile && mod !== undefined && !ml.isMain(mod.path)) await ml.summary(mod);
      return found;
    }
    if (mg !== undefined) {
      throw new ImportMissingError(
        missing(ml, path, {
          queryError: ml.hasRoot || ml.inWorkspace ? undefined : new NoMainModulesError(false),
        }),
      );
    }
    // oxlint-disable-next-line no-await-in-loop
    mg = await rs.soundGraph();
  }
}

function badImport(path: string): string | undefined {
  const quoted = quoteString(path);
  if (path.includes('@')) return `import path ${quoted} should not have @version`;
  if (isLocalPath(path)) {
    return `${quoted} is relative, but relative import paths are not supported in module mode`;
  }
  if (isAbsolute(path)) return `${quoted} is not a package path; see 'go help packages'`;
  if (isMetaPackage(path)) return `${quoted} is not an importable package; see 'go help packages'`;
  return checkImportPath(path)?.message;
}

/** What an error about a package that is nowhere needs to know. */
export function missing(
  ml: ModLoader,
  path: string,
  more: Partial<MissingOptions> = {},
): MissingOptions {
  const allowMissing = ml.options.allowMissing === true;
  return {
    path,
    stdDir: isStandardPath(path) ? join(ml.options.goroot, 'src', path) : undefined,
    mayAdd: ml.buildMod === 'mod' || (ml.buildMod === 'readonly' && allowMissing),
    moduleOfCwd: ml.mains.containingCwd,
    ...more,
  };
}

function findStandard(ml: ModLoader, path: string): FoundPackage | undefined {
  const dir = standardDir(ml, path);
  if (dir === undefined) return undefined;
  for (const main of ml.mains.list) {
    if (!main.inGorootSrc) continue;
    const own = dirInModule(ml, path, main.prefix, main.root, true);
    if (own?.hasGoFiles === true) {
      return { mod: main.version, root: main.root, dir: own.dir, altMods: [] };
    }
  }
  const src = join(ml.options.goroot, 'src');
  const root = /^cmd(\/|$)/.test(path) ? join(src, 'cmd') : src;
  return { mod: undefined, root, dir, altMods: [] };
}

/** With -mod=vendor everything is in a main module or in the vendor folder. */
function findVendored(ml: ModLoader, path: string): FoundPackage {
  const found: FoundPackage[] = [];
  for (const main of ml.mains.list) {
    if (main.root === '') continue;
    const own = dirInModule(ml, path, main.prefix, main.root, true);
    if (own?.hasGoFiles === true) {
      found.push({ mod: main.version, root: main.root, dir: own.dir, altMods: [] });
    }
  }
  if (ml.hasRoot || ml.inWorkspace) {
    const { vendorDir } = ml;
    const inVendor = dirInModule(ml, path, '', vendorDir, false);
    if (inVendor?.hasGoFiles === true) {
      const mod = ml.vendor.moduleOf.get(path);
      if (mod !== undefined || compareGo(ml.mainGoVersion, explicitModulesTxtImportVersion) < 0) {
        found.push({ mod, root: vendorDir, dir: inVendor.dir, altMods: [] });
      } else {
        const command = ml.inWorkspace ? 'work' : 'mod';
        printError(
          `go: ignoring package ${path} which exists in the vendor directory but is missing from vendor/modules.txt. To sync the vendor directory run go ${command} vendor.\n`,
        );
      }
    }
  }
  if (found.length > 1) {
    throw new AmbiguousImportError(
      path,
      found.map((each) => each.dir),
    );
  }
  const [only] = found;
  // The path says nothing of std here: what std has was found before.
  if (only === undefined) throw new ImportMissingError(missing(ml, path, { stdDir: undefined }));
  return only;
}

async function lookInModules(
  ml: ModLoader,
  path: string,
  select: (prefix: string) => string | undefined,
): Promise<FoundPackage | undefined> {
  const found: FoundPackage[] = [];
  const altMods: ModuleVersion[] = [];
  const withoutSum: ModuleVersion[] = [];
  for (const prefix of pathPrefixes(path)) {
    // The module `go` is not where go/ast comes from.
    if (isToolchain(prefix)) continue;
    const version = select(prefix);
    if (version === undefined || version === 'none') continue;
    const mod = { path: prefix, version };
    let at: Fetched;
    try {
      // oxlint-disable-next-line no-await-in-loop
      at = await fetchModule(ml, mod);
    } catch (error) {
      if (findCause(error, SumMissingError) === undefined) throw error;
      withoutSum.unshift(mod);
      continue;
    }
    const modulePrefix = ml.mains.of(prefix)?.prefix ?? prefix;
    const inModule = dirInModule(ml, path, modulePrefix, at.dir, at.isLocal);
    if (inModule?.hasGoFiles === true) {
      found.unshift({ mod, root: at.dir, dir: inModule.dir, altMods });
    } else {
      altMods.push(mod);
    }
  }
  if (found.length > 1) {
    throw new AmbiguousImportError(
      path,
      found.map((each) => each.dir),
      found.map((each) => each.mod!),
    );
  }
  if (withoutSum.length > 0) throw new ImportMissingSumError(path, found.length > 0, withoutSum);
  return found[0];
}

export interface InModule {
  readonly dir: string;
  readonly hasGoFiles: boolean;
}

/**
 * The folder that a package would have in a module; undefined if the path is not below the module's,
 * or if another module in between has it.
 */
export function dirInModule(
  ml: ModLoader,
  path: string,
  modPath: string,
  root: string,
  isLocal: boolean,
): InModule | undefined {
  let dir: string;
  if (path === modPath) dir = root;
  else if (modPath === '') dir = join(root, path);
  else if (path.startsWith(`${modPath}/`)) dir = join(root, path.slice(modPath.length + 1));
  else return undefined;
  if (isLocal) {
    for (let at = dir; at !== root && at.length > root.length; at = dirname(at)) {
      if (ml.files.isFile(join(at, 'go.mod'))) return undefined;
    }
  }
  return { dir, hasGoFiles: hasGoFiles(ml.files, dir) };
}

export interface Fetched {
  readonly dir: string;
  /** A folder of the user's, not one of the module cache. */
  readonly isLocal: boolean;
}

/** Brings the module's files, or finds its replacement's. */
export async function fetchModule(ml: ModLoader, mod: ModuleVersion): Promise<Fetched> {
  const root = ml.mains.root(mod);
  if (root !== '') return { dir: root, isLocal: true };
  const replacement = ml.replacement(mod);
  if (replacement !== undefined && replacement.version === '') {
    const dir = ml.replaceDir(replacement.path);
    if (!ml.files.exists(dir)) {
      throw versionError(
        mod,
        new Error(`replacement directory ${replacement.path} does not exist`),
      );
    }
    return { dir, isLocal: true };
  }
  const actual = replacement ?? mod;
  if (ml.mustHaveSums && !ml.haveSum(actual)) throw versionError(actual, new SumMissingError());
  return { dir: await ml.source.download(actual), isLocal: false };
}

/** True if a package of that path could be in the module. */
function maybeInModule(path: string, modPath: string): boolean {
  return path === modPath || path.startsWith(`${modPath}/`);
}

/** Looks for a module, not in the build yet, that has the package. Replacements come first. */
export async function queryImport(
  ml: ModLoader,
  path: string,
  rs: Requirements,
): Promise<ModuleVersion> {
  const replaced = await replacedCandidates(ml, path, rs);
  for (const mod of replaced) {
    let at: Fetched;
    try {
      // The longest path that has the package wins.
      // oxlint-disable-next-line no-await-in-loop
      at = await fetchModule(ml, mod);
    } catch (error) {
      if (findCause(error, SumMissingError) !== undefined) throw new ImportMissingSumError(path);
      throw error;
    }
    if (dirInModule(ml, path, mod.path, at.dir, at.isLocal)?.hasGoFiles !== true) continue;
    if (ml.buildMod === 'readonly') {
      throw new ImportMissingError(missing(ml, path, { stdDir: undefined, replaced: mod }));
    }
    return mod;
  }
  const [first] = replaced;
  if (first !== undefined && checkPath(path) !== undefined) {
    throw new PackageNotInModuleError({
      mod: first,
      query: 'latest',
      pattern: path,
      replacement: ml.replacement(first),
    });
  }
  if (isStandardPath(path)) throw new ImportMissingError(missing(ml, path));
  if (ml.buildMod !== 'mod' && ml.options.allowMissing !== true) {
    let queryError: Error | undefined;
    const disabled = `import lookup disabled by -mod=${ml.buildMod}`;
    if (ml.explicitMod) queryError = new Error(disabled);
    else if (ml.buildModReason !== '') {
      queryError = new Error(`${disabled}\n\t(${ml.buildModReason})`);
    }
    throw new ImportMissingError(missing(ml, path, { queryError }));
  }
  return lookUp(ml, path, rs);
}

async function replacedCandidates(
  ml: ModLoader,
  path: string,
  rs: Requirements,
): Promise<ModuleVersion[]> {
  const mods: ModuleVersion[] = [];
  for (const [modPath, highest] of ml.mains.highestReplaced) {
    if (!maybeInModule(path, modPath)) continue;
    const major = splitPathVersion(modPath)?.pathMajor.slice(1) ?? '';
    // All versions are replaced: one is made up that is below every real one.
    const version = highest === '' ? zeroPseudoVersion(major) : highest;
    // oxlint-disable-next-line no-await-in-loop
    const mg = await rs.soundGraph();
    const selected = mg.selected(modPath);
    if (selected !== 'none' && compareVersions(modPath, selected, version) >= 0) continue;
    mods.push({ path: modPath, version });
  }
  return mods.sort((a, b) => b.path.length - a.path.length);
}

async function lookUp(ml: ModLoader, path: string, rs: Requirements): Promise<ModuleVersion> {
  printError(`go: finding module for package ${path}\n`);
  const mg = await rs.soundGraph();
  const { queryPackages, checkAllowed } = await import('./query.ts');
  let candidates;
  try {
    candidates = await queryPackages(ml, path, 'latest', {
      current: (modPath) => mg.selected(modPath),
      allowed: (m) => checkAllowed(ml, m),
    });
  } catch (error) {
    if (!isNotExist(error)) throw error;
    throw new ImportMissingError(missing(ml, path, { queryError: error as Error }));
  }
  let newer: string | undefined;
  for (const [i, { mod }] of candidates.entries()) {
    const selected = mg.selected(mod.path);
    const isOlder = selected !== 'none' && compareVersions(mod.path, selected, mod.version) > 0;
    if (!isOlder) return mod;
    // The build has a newer version, which lacks the package.
    if (i === 0) newer = selected;
  }
  throw new ImportMissingError(
    missing(ml, path, { module: candidates[0]!.mod, newMissingVersion: newer }),
  );
}
