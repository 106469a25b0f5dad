/**
 * The main modules: the one whose go.mod was found, those of a workspace, or none, which is a module
 * without folder called command-line-arguments.
 * GOROOT: src/cmd/go/internal/modload/init.go (MainModuleSet, makeMainModules), modfile.go
 * (modFileIndex, toReplaceMap).
 */
import { isAbsolute, join } from 'node:path';
import { type ModFile, type Replace, type WorkFile } from '@go-ts/modfetch/modfile/modfile';
import { compareVersions } from '@go-ts/modfetch/version/gover';
import {
  checkImportPath,
  formatModule,
  type ModuleVersion,
  sameModule,
} from '@go-ts/modfetch/version/module';
import { Failure } from '../report/failure.ts';

/** A go.mod as it was read, to tell later what was changed. */
export interface ModFileIndex {
  readonly text: string;
  /** Versions in it were not in their one form. */
  readonly needsFix: boolean;
  readonly modulePath: string;
  readonly goVersion: string;
  readonly toolchain: string;
  /** Module → whether it is indirect. */
  readonly require: ReadonlyMap<string, boolean>;
  readonly replace: ReadonlyMap<string, ModuleVersion>;
  readonly exclude: ReadonlySet<string>;
  readonly ignore: readonly string[];
}

export function indexModFile(text: string, file: ModFile, needsFix: boolean): ModFileIndex {
  return {
    text,
    needsFix,
    modulePath: file.module?.path ?? '',
    goVersion: file.go?.version ?? '',
    toolchain: file.toolchain?.name ?? '',
    require: new Map(file.require.map((r) => [formatModule(r.mod), r.indirect])),
    replace: replaceMap(file.replace),
    exclude: new Set(file.exclude.map((x) => formatModule(x.mod))),
    ignore: file.ignore.map((each) => each.path),
  };
}

/** True if more than the looks of a go.mod has changed since it was read. */
export function isDirty(
  index: ModFileIndex | undefined,
  file: ModFile,
  buildMod: 'mod' | 'readonly' | 'vendor',
): boolean {
  if (index === undefined || index.needsFix) return true;
  const now = indexModFile('', file, false);
  if (
    now.modulePath !== index.modulePath ||
    now.goVersion !== index.goVersion ||
    now.toolchain !== index.toolchain ||
    file.require.length !== index.require.size ||
    file.replace.length !== index.replace.size ||
    file.exclude.length !== index.exclude.size
  ) {
    return true;
  }
  for (const r of file.require) {
    const indirect = index.require.get(formatModule(r.mod));
    if (indirect === undefined) return true;
    // Only tidy knows these marks for sure, so whoever may not write does not insist on them.
    if (indirect !== r.indirect && buildMod !== 'readonly') return true;
  }
  for (const [old, to] of now.replace) {
    const before = index.replace.get(old);
    if (before === undefined || !sameModule(before, to)) return true;
  }
  return file.exclude.some((x) => !index.exclude.has(formatModule(x.mod)));
}

function replaceMap(list: readonly Replace[]): Map<string, ModuleVersion> {
  const map = new Map<string, ModuleVersion>();
  for (const { old, to } of list) {
    const before = map.get(formatModule(old));
    if (before !== undefined && !sameModule(before, to)) {
      throw new Failure(
        `go: conflicting replacements for ${formatModule(old)}:\n\t${formatModule(before)}\n\t${formatModule(to)}`,
      );
    }
    map.set(formatModule(old), to);
  }
  return map;
}

export interface MainModule {
  readonly version: ModuleVersion;
  /** '' without a folder. */
  readonly root: string;
  /** What comes before the paths of its packages: its path, or nothing for std. */
  readonly prefix: string;
  readonly inGorootSrc: boolean;
  file: ModFile | undefined;
  index: ModFileIndex | undefined;
}

export interface Replacement {
  readonly to: ModuleVersion;
  /** The folder of the go.mod that says so; '' for go.work. */
  readonly root: string;
}

export class MainModules {
  readonly list: readonly MainModule[];
  readonly versions: readonly ModuleVersion[];
  readonly work: WorkFile | undefined;
  readonly tools: ReadonlySet<string>;
  readonly containingCwd: ModuleVersion | undefined;
  /** Of each replaced module the highest version that is, '' if all versions are. */
  readonly highestReplaced: ReadonlyMap<string, string>;
  readonly #byPath: ReadonlyMap<string, MainModule>;
  readonly #workReplace: ReadonlyMap<string, ModuleVersion>;

  constructor(
    list: readonly MainModule[],
    work: WorkFile | undefined,
    inWorkspace: boolean,
    rootOfCwd: string,
  ) {
    this.list = list;
    this.work = work;
    this.versions = list.map((m) => m.version);
    this.#byPath = new Map(list.map((m) => [m.version.path, m]));
    this.#workReplace = replaceMap(work?.replace ?? []);
    this.containingCwd = list.findLast((m) => m.root === rootOfCwd)?.version;
    this.highestReplaced = checkReplacements(list, work, inWorkspace);
    const tools = new Set<string>();
    for (const { file } of list) {
      for (const { path } of file?.tool ?? []) {
        const bad = checkImportPath(path);
        if (bad !== undefined) throw new Failure(`go: ${bad.as('tool').message}`);
        tools.add(path);
      }
    }
    this.tools = tools;
  }

  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  of(path: string): MainModule | undefined {
    return this.#byPath.get(path);
  }

  /** The folder of a main module; '' for any other. */
  root(m: ModuleVersion): string {
    return m.version === '' ? (this.#byPath.get(m.path)?.root ?? '') : '';
  }

  /** The only one, outside a workspace. */
  get single(): MainModule {
    return this.list[0]!;
  }

  /** What replaces a module; a folder is relative to the file that says so. */
  replacement(m: ModuleVersion): Replacement | undefined {
    if (m.version === '' && this.has(m.path)) return undefined;
    const inMap = (map: ReadonlyMap<string, ModuleVersion>): ModuleVersion | undefined =>
      map.get(formatModule(m)) ?? map.get(m.path);
    const byWork = inMap(this.#workReplace);
    if (byWork !== undefined) return { to: byWork, root: '' };
    let found: Replacement | undefined;
    for (const { index, root } of this.list) {
      const to = index === undefined ? undefined : inMap(index.replace);
      if (to !== undefined) found = { to, root };
    }
    return found;
  }
}

/** Refuses replacements that contradict each other; the result is highestReplaced. */
function checkReplacements(
  list: readonly MainModule[],
  work: WorkFile | undefined,
  inWorkspace: boolean,
): Map<string, string> {
  const highest = new Map<string, string>();
  const raise = ({ path, version }: ModuleVersion): void => {
    const before = highest.get(path);
    if (before === undefined || compareVersions(path, version, before) > 0) {
      highest.set(path, version);
    }
  };
  const all = new Map<string, ModuleVersion>();
  const byWork = new Set<string>();
  for (const { old, to } of work?.replace ?? []) {
    byWork.add(old.path);
    raise(old);
    all.set(formatModule(old), to);
  }
  for (const { file, root } of list) {
    const own = new Set<string>();
    for (const { old, to } of file?.replace ?? []) {
      if (byWork.has(old.path)) continue;
      const isRelative = inWorkspace && to.version === '' && !isAbsolute(to.path);
      const target = isRelative ? { path: join(root, to.path), version: '' } : to;
      const key = formatModule(old);
      const before = all.get(key);
      if (before !== undefined && !own.has(key) && !sameModule(before, target)) {
        throw new Failure(
          `go: conflicting replacements for ${key}:\n\t${formatModule(before)}\n\t${formatModule(target)}\nuse "go work edit -replace ${key}=[override]" to resolve`,
        );
      }
      own.add(key);
      all.set(key, target);
      raise(old);
    }
  }
  return highest;
}
