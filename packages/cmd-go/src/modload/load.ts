/**
 * Loads the import graph of the packages that a command is about, as far as modules depend on it.
 *
 * Packages are found, their imports read, these found in turn, until all is known; then the roots are
 * brought into line with what was found, and where that changes a version everything is loaded again.
 * Missing packages are looked up once the roots are stable. So the result is a fixed point: packages,
 * requirements and versions agree.
 *
 * `all` is what the main modules import, directly or not, and their tests; before Go 1.16 also what
 * the tests of those packages import.
 * GOROOT: src/cmd/go/internal/modload/load.go (steps, flags, wording).
 */
import { join } from 'node:path';
import { isSecurityError } from '@go-ts/modfetch/error';
import { describeConflict, summarizeConflict } from '@go-ts/modfetch/graph/edit';
import { BuildListError } from '@go-ts/modfetch/graph/mvs';
import { lanes, mapLimited } from '@go-ts/modfetch/graph/parallel';
import {
  overrideRoots,
  pruningForGo,
  type Requirements,
  sameModules,
} from '@go-ts/modfetch/graph/requirements';
import {
  convertPruning,
  expandGraph,
  type RootPackage,
  tidyRoots,
  updateRoots,
} from '@go-ts/modfetch/graph/roots';
import {
  compareGo,
  narrowAllVersion,
  sortModules,
  tidyGoModSumVersion,
} from '@go-ts/modfetch/version/gover';
import {
  checkImportPath,
  findCause,
  formatModule,
  type ModuleVersion,
} from '@go-ts/modfetch/version/module';
import { compareBytes } from '../load/sources.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import {
  ImplicitDependencyError,
  ImportMissingError,
  ImportMissingSumError,
  NoGoFilesError,
  TooNewError,
} from './errors.ts';
import { findPackage, isStandardPath, queryImport } from './import.ts';
import { type ModLoader } from './loader.ts';
import { scanForAny, scanForBuild, type Scanned, type SourceCache } from './scan.ts';
import { isBelow } from './search.ts';

export interface LoadOptions {
  /** Read files as any build might. */
  readonly anyTags?: boolean;
  readonly tidy?: boolean;
  /** -go of tidy. */
  readonly tidyGoVersion?: string;
  readonly tidyCompat?: string;
  readonly tidyDiff?: boolean;
  /** Treat vendored packages of std as those of modules. */
  readonly vendorModulesInGoroot?: boolean;
  readonly resolveMissing?: boolean;
  readonly assumeRootsImported?: boolean;
  /** May refuse a package once its module is known. */
  readonly allowPackage?: (
    path: string,
    mod: ModuleVersion | undefined,
  ) => Promise<Error | undefined>;
  readonly loadTests?: boolean;
  /** `all` as vendoring understands it. */
  readonly useVendorAll?: boolean;
  readonly allowErrors?: boolean;
  readonly silencePackageErrors?: boolean;
  readonly silenceMissingStd?: boolean;
  readonly silenceNoGo?: boolean;
  readonly silenceUnmatched?: boolean;
  readonly mainModule?: ModuleVersion;
}

interface LoaderParams extends LoadOptions {
  readonly requirements: Requirements;
  readonly allIsRoot: boolean;
  readonly listRoots: (rs: Requirements) => Promise<readonly string[]>;
  readonly sources: SourceCache;
}

/** One package, or the tests of one. */
export class LoadPackage implements RootPackage {
  readonly path: string;
  readonly testOf: LoadPackage | undefined;
  inAll = false;
  isRoot = false;
  fromRoot = false;
  importsLoaded = false;
  mod: ModuleVersion | undefined = undefined;
  dir = '';
  error: Error | undefined = undefined;
  imports: LoadPackage[] = [];
  testImports: readonly string[] = [];
  inStd = false;
  altMods: readonly ModuleVersion[] = [];
  test: LoadPackage | undefined = undefined;
  /** Who imports it, on a shortest way. */
  stack: LoadPackage | undefined = undefined;

  constructor(path: string, testOf?: LoadPackage) {
    this.path = path;
    this.testOf = testOf;
  }

  /** `a imports\n\tb tested by\n\tb.test imports\n\tc`. */
  get stackText(): string {
    const way = this.#way();
    return way
      .map((p, i) => {
        const name = p.testOf === undefined ? p.path : `${p.path}.test`;
        const next = way[i + 1];
        if (next === undefined) return name;
        return `${name} ${next.testOf === p ? 'tested by' : 'imports'}\n\t`;
      })
      .join('');
  }

  /** What `go mod why` prints. */
  get why(): string {
    return this.#way()
      .map((p) => `${p.testOf === undefined ? p.path : `${p.testOf.path}.test`}\n`)
      .join('');
  }

  get depth(): number {
    return this.#way().length;
  }

  #way(): LoadPackage[] {
    return this.stack === undefined ? [this] : [...this.stack.#way(), this];
  }
}

interface Flags {
  readonly inAll?: boolean;
  readonly isRoot?: boolean;
  readonly fromRoot?: boolean;
  readonly importsLoaded?: boolean;
}

export class PackageLoader {
  readonly ml: ModLoader;
  readonly params: LoaderParams;
  requirements: Requirements;
  pkgs: LoadPackage[] = [];
  #roots: LoadPackage[] = [];
  #cache = new Map<string, LoadPackage>();
  #queue: LoadPackage[] = [];
  #allClosesOverTests = false;
  skipModFiles = false;

  constructor(ml: ModLoader, params: LoaderParams) {
    this.ml = ml;
    this.params = params;
    this.requirements = params.requirements;
  }

  get(path: string): LoadPackage | undefined {
    return this.#cache.get(path);
  }

  error(error: Error): void {
    if (isSecurityError(error)) throw error;
    if (this.params.allowErrors === true) printError(`go: ${error.message}\n`);
    else this.ml.error(error);
  }

  async load(): Promise<void> {
    const { ml } = this;
    if (this.requirements.pruning === 'unpruned') {
      const { rs, error } = await expandGraph(ml, this.requirements);
      this.requirements = rs;
      if (error !== undefined) this.error(error);
    }
    ml.exitIfErrors();
    for (;;) {
      // Each round depends on the last.
      // oxlint-disable-next-line no-await-in-loop
      if ((await this.#round()) === 'stable') break;
    }
    ml.exitIfErrors();
    if (this.params.tidy === true) {
      await this.#tidy();
      ml.exitIfErrors();
    }
    this.#reportPackages();
    this.checkMultiplePaths();
  }

  async #round(): Promise<'again' | 'stable'> {
    const { ml, params } = this;
    this.#roots = [];
    this.#cache = new Map();
    this.pkgs = [];
    await this.#updateGoVersion();
    const rootPaths = await params.listRoots(this.requirements);
    if (this.requirements.pruning === 'pruned' && ml.buildMod === 'mod') {
      if (await this.#preloadRoots(rootPaths)) return 'again';
    }
    for (const path of rootPaths) {
      const root = this.#package(path, { isRoot: true });
      if (!this.#roots.includes(root)) this.#roots.push(root);
    }
    await this.#drain();
    this.#buildStacks();
    try {
      if (await this.#updateRequirements()) return 'again';
      const canResolve = ml.hasRoot || ml.inWorkspace || ml.options.allowMissing === true;
      if (params.resolveMissing !== true || !canResolve) return 'stable';
      return await this.#addMissing();
    } catch (error) {
      this.error(error as Error);
      return 'stable';
    }
  }

  async #addMissing(): Promise<'again' | 'stable'> {
    const { ml } = this;
    const addedBy = await this.#resolveMissing();
    if (addedBy.size === 0) return 'stable';
    const add = sortModules([...addedBy.values()].map(({ mod }) => mod));
    let rs: Requirements;
    try {
      rs = await updateRoots(ml, this.requirements, {
        direct: this.requirements.direct,
        add,
        rootsImported: this.params.assumeRootsImported === true,
      });
    } catch (error) {
      if (error instanceof BuildListError && error.module !== undefined) {
        const by = addedBy.get(formatModule(error.module));
        if (by !== undefined) {
          throw new Error(`${by.pkg.stackText}: ${error.cause.message}`, { cause: error });
        }
      }
      throw error;
    }
    this.requirements = rs;
    return 'again';
  }

  get #goVersion(): string {
    return this.params.tidyGoVersion ?? this.requirements.goVersion;
  }

  async #updateGoVersion(): Promise<void> {
    const { ml, params } = this;
    const goVersion = this.#goVersion;
    if (this.requirements.pruning !== 'workspace') {
      try {
        this.requirements = await convertPruning(ml, this.requirements, pruningForGo(goVersion));
      } catch (error) {
        this.error(error as Error);
        ml.exitIfErrors();
      }
    }
    this.skipModFiles = params.tidy === true && compareGo(goVersion, tidyGoModSumVersion) < 0;
    this.#allClosesOverTests =
      compareGo(goVersion, narrowAllVersion) < 0 && params.useVendorAll !== true;
  }

  /** Makes the modules of the packages asked for roots at once, which saves whole rounds. */
  async #preloadRoots(paths: readonly string[]): Promise<boolean> {
    const { ml } = this;
    const rs = this.requirements;
    const needed = new Map<string, ModuleVersion>();
    await mapLimited(paths, lanes, async (path) => {
      let mod: ModuleVersion | undefined;
      try {
        ({ mod } = await findPackage(ml, path, rs, { skipModFile: this.skipModFiles }));
      } catch (error) {
        if (isSecurityError(error)) throw error;
        if (!(error instanceof ImportMissingError) || this.params.resolveMissing !== true) return;
        try {
          mod = await queryImport(ml, path, rs);
        } catch {
          // Loading the package meets the error again and reports it.
          return;
        }
      }
      if (mod === undefined) return;
      if (rs.rootSelected(mod.path) !== mod.version) needed.set(formatModule(mod), mod);
    });
    if (needed.size === 0) return false;
    try {
      this.requirements = await updateRoots(ml, rs, {
        direct: rs.direct,
        add: sortModules([...needed.values()]),
        rootsImported: this.params.assumeRootsImported === true,
      });
    } catch (error) {
      this.error(error as Error);
      ml.exitIfErrors();
      return false;
    }
    return !sameModules(rs.roots, this.requirements.roots);
  }

  #package(path: string, flags: Flags): LoadPackage {
    let pkg = this.#cache.get(path);
    if (pkg === undefined) {
      pkg = new LoadPackage(path);
      this.#cache.set(path, pkg);
      this.#queue.push(pkg);
    }
    this.#apply(pkg, flags);
    return pkg;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const level = this.#queue;
      this.#queue = [];
      // oxlint-disable-next-line no-await-in-loop
      await mapLimited(level, lanes, (pkg) => this.#load(pkg));
    }
  }

  /** Sets flags, and hands them on to imports and tests where they go further. */
  #apply(pkg: LoadPackage, flags: Flags): void {
    const { allIsRoot } = this.params;
    const old = { inAll: pkg.inAll, fromRoot: pkg.fromRoot, loaded: pkg.importsLoaded };
    const wasRoot = pkg.isRoot;
    const inAll = flags.inAll === true;
    const isRoot = flags.isRoot === true || (inAll && allIsRoot && pkg.testOf === undefined);
    pkg.inAll ||= inAll;
    pkg.isRoot ||= isRoot;
    pkg.fromRoot ||= isRoot || flags.fromRoot === true;
    pkg.importsLoaded ||= flags.importsLoaded === true;
    const changed =
      pkg.inAll !== old.inAll ||
      pkg.isRoot !== wasRoot ||
      pkg.fromRoot !== old.fromRoot ||
      pkg.importsLoaded !== old.loaded;
    if (!changed || !pkg.importsLoaded) return;
    if (pkg.testOf === undefined && this.#wantsTest(pkg)) {
      const isMain = pkg.mod !== undefined && this.ml.isMain(pkg.mod.path);
      this.#loadTest(pkg, isMain || (this.#allClosesOverTests && pkg.inAll));
    }
    if (pkg.inAll && !(old.inAll && old.loaded)) {
      for (const dep of pkg.imports) this.#apply(dep, { inAll: true });
    }
    if (pkg.fromRoot && !(old.fromRoot && old.loaded)) {
      for (const dep of pkg.imports) this.#apply(dep, { fromRoot: true });
    }
  }

  #wantsTest(pkg: LoadPackage): boolean {
    const { allIsRoot, loadTests } = this.params;
    if (allIsRoot && pkg.mod !== undefined && this.ml.isMain(pkg.mod.path)) return true;
    if (allIsRoot && this.#allClosesOverTests && pkg.inAll) return true;
    return loadTests === true && pkg.isRoot;
  }

  async #load(pkg: LoadPackage): Promise<void> {
    const { ml, params } = this;
    const rs = this.requirements;
    let root = '';
    try {
      const mg = rs.pruning === 'unpruned' ? await rs.graph() : undefined;
      const found = await findPackage(ml, pkg.path, rs, {
        mg: mg?.error === undefined ? mg?.mg : undefined,
        skipModFile: this.skipModFiles,
      });
      pkg.mod = found.mod;
      pkg.dir = found.dir;
      pkg.altMods = found.altMods;
      ({ root } = found);
    } catch (error) {
      if (isSecurityError(error) || error instanceof Failure) throw error;
      pkg.error = error as Error;
    }
    if (ml.mains.tools.has(pkg.path)) this.#apply(pkg, { inAll: true });
    if (pkg.dir === '' || root === '') return;
    if (pkg.mod !== undefined && ml.isMain(pkg.mod.path)) this.#apply(pkg, { inAll: true });
    const refused = await params.allowPackage?.(pkg.path, pkg.mod);
    if (refused !== undefined) pkg.error = refused;
    pkg.inStd = isStandardPath(pkg.path) && isBelow(pkg.dir, join(ml.options.goroot, 'src'));
    let scanned: Scanned;
    try {
      scanned =
        params.anyTags === true
          ? scanForAny(ml.files, pkg.dir)
          : scanForBuild(params.sources, pkg.dir);
    } catch (error) {
      pkg.error = error as Error;
      return;
    }
    const flags: Flags = pkg.inAll ? { inAll: true } : {};
    pkg.imports = scanned.imports.map((path) =>
      this.#package(pkg.inStd ? this.stdVendor(pkg.path, path) : path, flags),
    );
    pkg.testImports = scanned.testImports;
    this.#apply(pkg, { importsLoaded: true });
  }

  #loadTest(pkg: LoadPackage, inAll: boolean): void {
    const flags: Flags = inAll ? { inAll: true } : {};
    if (pkg.test !== undefined) {
      this.#apply(pkg.test, flags);
      return;
    }
    const test = new LoadPackage(pkg.path, pkg);
    pkg.test = test;
    test.mod = pkg.mod;
    test.dir = pkg.dir;
    test.error = pkg.error;
    test.inStd = pkg.inStd;
    this.#apply(test, flags);
    const importFlags: Flags = test.inAll ? { inAll: true } : {};
    test.imports = pkg.testImports.map((path) =>
      this.#package(pkg.inStd ? this.stdVendor(pkg.path, path) : path, importFlags),
    );
    this.#apply(test, { importsLoaded: true });
  }

  /** The path that an import of a package of the standard library means. */
  stdVendor(parent: string, path: string): string {
    if (isStandardPath(path)) return path;
    const { ml } = this;
    const isCmd = /^cmd(\/|$)/.test(parent);
    const asModules = this.params.vendorModulesInGoroot === true;
    const isModule = asModules && ml.isMain(isCmd ? 'cmd' : 'std');
    if (isModule && (isCmd || !/^vendor(\/|$)/.test(parent))) return path;
    const vendored = `${isCmd ? 'cmd/' : ''}vendor/${path}`;
    return ml.files.exists(join(ml.options.goroot, 'src', vendored)) ? vendored : path;
  }

  #buildStacks(): void {
    const reached = new Set<LoadPackage>(this.#roots);
    this.pkgs = [...this.#roots];
    const reach = (next: LoadPackage, by: LoadPackage): void => {
      if (reached.has(next)) return;
      reached.add(next);
      next.stack = by;
      this.pkgs.push(next);
    };
    // The list grows while it is walked.
    for (const pkg of this.pkgs) {
      for (const next of pkg.imports) reach(next, pkg);
      if (pkg.test !== undefined) reach(pkg.test, pkg);
    }
  }

  /** True if a version changed that a loaded or missing package depends on. */
  async #updateRequirements(): Promise<boolean> {
    const { ml, params } = this;
    const old = this.requirements;
    const knowsAllDirect = params.allIsRoot && params.anyTags === true;
    const direct = new Set(knowsAllDirect ? [] : old.direct);
    let tooNew: TooNewError | undefined;
    for (const pkg of this.pkgs) {
      const newer = findCause(pkg.error, TooNewError);
      if (newer !== undefined) {
        if (tooNew === undefined || compareGo(newer.goVersion, tooNew.goVersion) > 0) {
          tooNew = newer;
        }
      }
      if (pkg.mod === undefined || pkg.mod.version !== '' || !ml.isMain(pkg.mod.path)) continue;
      for (const dep of pkg.imports) {
        // oxlint-disable-next-line no-await-in-loop
        if (await this.#isDirectImport(pkg, dep, old)) direct.add(dep.mod!.path);
      }
    }
    if (tooNew !== undefined) throw tooNew;
    const add = params.tidy === true ? (await tidyRoots(ml, old, this.pkgs)).roots : ([] as const);
    const rs = await updateRoots(ml, old, {
      direct,
      pkgs: this.pkgs,
      add,
      rootsImported: params.assumeRootsImported === true,
    });
    this.requirements = rs;
    if (rs.goVersion !== old.goVersion) return true;
    if (rs === old || sameModules(rs.roots, old.roots)) return false;
    const mg = await rs.soundGraph();
    for (const pkg of this.pkgs) {
      const { mod } = pkg;
      if (mod !== undefined && !ml.isMain(mod.path) && mg.selected(mod.path) !== mod.version) {
        return true;
      }
      if (pkg.error === undefined) continue;
      // oxlint-disable-next-line no-await-in-loop
      if (await this.#isFound(pkg.path, rs)) return true;
    }
    return false;
  }

  async #isFound(path: string, rs: Requirements): Promise<boolean> {
    try {
      await findPackage(this.ml, path, rs, { skipModFile: this.skipModFiles });
      return true;
    } catch (error) {
      if (isSecurityError(error)) throw error;
      return false;
    }
  }

  async #isDirectImport(pkg: LoadPackage, dep: LoadPackage, rs: Requirements): Promise<boolean> {
    const { ml } = this;
    const { mod } = dep;
    if (mod === undefined || ml.isMain(mod.path)) return false;
    const implicit = (): void => {
      pkg.error = new ImplicitDependencyError(pkg.path, dep.path, mod);
    };
    if (ml.inWorkspace) {
      if (ml.buildMod === 'vendor') return false;
      const mg = await rs.soundGraph();
      if (mg.requiredBy(mod) === undefined) implicit();
    } else if (pkg.error === undefined && ml.buildMod !== 'mod') {
      if (rs.rootSelected(mod.path) !== mod.version) {
        implicit();
        return false;
      }
    }
    return true;
  }

  async #resolveMissing(): Promise<Map<string, { mod: ModuleVersion; pkg: LoadPackage }>> {
    const { ml } = this;
    const open = this.pkgs.filter(
      (pkg) => pkg.testOf === undefined && pkg.error instanceof ImportMissingError,
    );
    const mods = await mapLimited(open, lanes, async (pkg) => {
      try {
        return await queryImport(ml, pkg.path, this.requirements);
      } catch (error) {
        if (isSecurityError(error)) throw error;
        if (error instanceof ImportMissingError) {
          for (let at = pkg.stack; at !== undefined; at = at.stack) {
            if (at.mod === undefined || !ml.isMain(at.mod.path)) continue;
            error.setImportingMain(at.mod, ml.mains.root(at.mod));
            break;
          }
        }
        pkg.error = error as Error;
        return undefined;
      }
    });
    let newest: { error: TooNewError; path: string } | undefined;
    for (const pkg of open) {
      const error = findCause(pkg.error, TooNewError);
      if (error === undefined) continue;
      if (newest === undefined || compareGo(error.goVersion, newest.error.goVersion) > 0) {
        newest = { error, path: pkg.path };
      }
    }
    if (newest !== undefined) {
      printError(`go: toolchain upgrade needed to resolve ${newest.path}\n`);
      throw newest.error;
    }
    const addedBy = new Map<string, { mod: ModuleVersion; pkg: LoadPackage }>();
    open.forEach((pkg, i) => {
      const mod = mods[i];
      if (mod === undefined) return;
      printError(`go: found ${pkg.path} in ${mod.path} ${mod.version}\n`);
      if (!addedBy.has(formatModule(mod))) addedBy.set(formatModule(mod), { mod, pkg });
    });
    return addedBy;
  }

  async #tidy(): Promise<void> {
    const { ml } = this;
    const { tidyGoVersion: goVersion } = this.params;
    let rs: Requirements;
    try {
      rs = await tidyRoots(ml, this.requirements, this.pkgs);
    } catch (error) {
      this.error(error as Error);
      return;
    }
    if (goVersion !== undefined) {
      const tidy = overrideRoots(ml, rs, [{ path: 'go', version: goVersion }]);
      const { mg, error } = await tidy.graph();
      if (error !== undefined) this.error(error);
      const selected = mg.selected('go');
      if (selected === goVersion) {
        rs = tidy;
      } else {
        const path = mg.g.findPath((m) => m.path === 'go' && m.version === selected).slice(1);
        const conflict = { path, constraint: { path: 'go', version: goVersion }, error: undefined };
        const text = ml.options.verbose ? describeConflict(conflict) : summarizeConflict(conflict);
        this.error(new Error(text));
      }
    }
    this.requirements = rs;
  }

  #reportPackages(): void {
    const { ml, params } = this;
    for (const pkg of this.pkgs) {
      const { error, stack: importer } = pkg;
      if (error === undefined) continue;
      const sumError = findCause(error, ImportMissingSumError);
      if (sumError !== undefined && importer !== undefined) {
        sumError.setImporter({
          path: importer.path,
          version: importer.mod?.version ?? '',
          isTest: importer.testOf !== undefined,
        });
      }
      if (error instanceof ImportMissingError && error.isStd) {
        const by = importer?.mod === undefined ? undefined : formatModule(importer.mod);
        const go = by === undefined ? undefined : ml.rawGo.get(by);
        if (go !== undefined && compareGo(ml.options.goVersion, go) < 0) error.setImporterGo(go);
        if (params.silenceMissingStd === true) continue;
      }
      if (params.silencePackageErrors === true) continue;
      if (params.silenceNoGo === true && findCause(error, NoGoFilesError) !== undefined) continue;
      this.error(new Error(`${pkg.stackText}: ${error.message}`, { cause: error }));
    }
  }

  /** What `all` means now. */
  patternAll(): string[] {
    return this.pkgs
      .filter((p) => p.inAll && p.testOf === undefined && checkImportPath(p.path) === undefined)
      .map((p) => p.path)
      .sort(compareBytes);
  }

  /** A module may be used as itself or as another's replacement, not as both. */
  checkMultiplePaths(): void {
    const { ml } = this;
    const mods = this.requirements.loadedGraph?.buildList ?? this.requirements.roots;
    const first = new Map<string, ModuleVersion>();
    for (const mod of mods) {
      const source = ml.resolve(mod);
      const before = first.get(formatModule(source));
      if (before === undefined) first.set(formatModule(source), mod);
      else if (before.path !== mod.path) {
        this.error(
          new Error(
            `${source.path}@${source.version} used for two different module paths (${before.path} and ${mod.path})`,
          ),
        );
      }
    }
  }

  /** Complains about packages that an older Go would take from elsewhere. */
  async checkTidyCompatibility(rs: Requirements, compat: string): Promise<void> {
    const { checkTidyCompatibility } = await import('./compat.ts');
    await checkTidyCompatibility(this, rs, compat);
  }
}
