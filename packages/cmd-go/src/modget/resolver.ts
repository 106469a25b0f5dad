/**
 * Arguments of `go get` → versions of modules.
 *
 * Each argument has candidates: modules that have the packages it names. Those that are unambiguous
 * are chosen, the build list is edited so that they are selected, and all is looked at again, because
 * other packages may now come from elsewhere; then what the packages import is upgraded or added,
 * until nothing changes. A choice between several is made last and arbitrarily: what is in the build
 * already, else the longest path.
 * GOROOT: src/cmd/go/internal/modget/get.go (steps, wording).
 */
import { dirname, isAbsolute, resolve } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { isNotExist, isSecurityError } from '@go-ts/modfetch/error';
import { ConstraintError, describeConflict, editRequirements } from '@go-ts/modfetch/graph/edit';
import { type ModuleGraph } from '@go-ts/modfetch/graph/requirements';
import {
  checkPath,
  findCause,
  formatModule,
  type ModuleVersion,
  ModuleVersionError,
  sameModule,
} from '@go-ts/modfetch/version/module';
import { compareBytes } from '../load/sources.ts';
import {
  AmbiguousImportError,
  ImportMissingError,
  NoMatchingVersionError,
  PackageNotInModuleError,
  QueryMatchesMainModulesError,
  QueryMatchesPackagesError,
} from '../modload/errors.ts';
import { loadModFile } from '../modload/gomod.ts';
import { dirInModule, isStandardPath, standardDir } from '../modload/import.ts';
import { type ModLoader } from '../modload/loader.ts';
import { loadModGraph } from '../modload/modgraph.ts';
import { loadPackages } from '../modload/packages.ts';
import {
  type Allowed,
  checkAllowed,
  checkExclusions,
  query,
  queryPackages,
  queryPattern,
} from '../modload/query.ts';
import { matchPackages, newMatch, scanAny, warnUnmatched } from '../modload/search.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { emptySet, errorSet, type GetQuery, isOkForMain, type PathSet } from './query.ts';

export interface GetOptions {
  /** -u: '', `upgrade` or `patch`. */
  readonly upgrade: string;
  readonly tests: boolean;
  /** Folders of the go.work that the module is part of, by module path. */
  readonly workspace: ReadonlyMap<string, string> | undefined;
}

interface Resolved {
  readonly version: string;
  readonly reason: GetQuery;
}

/** Set on packages whose module is about to change. */
class VersionChange extends Error {}

/** Whether the version that a package comes from may stay. */
type FindPackage = (path: string, mod: ModuleVersion | undefined) => Promise<boolean>;

export class Resolver {
  readonly ml: ModLoader;
  readonly options: GetOptions;
  readonly resolved = new Map<string, Resolved>();
  readonly initial: ReadonlyMap<string, string>;
  buildList: readonly ModuleVersion[];
  #selected: ReadonlyMap<string, string>;
  readonly #queries: readonly GetQuery[];
  readonly #matched = new Map<string, Promise<readonly string[]>>();
  #failed = false;

  constructor(ml: ModLoader, options: GetOptions, queries: readonly GetQuery[], mg: ModuleGraph) {
    this.ml = ml;
    this.options = options;
    this.#queries = queries;
    this.buildList = mg.buildList;
    this.initial = versionsOf(mg.buildList);
    this.#selected = this.initial;
  }

  get #wildcards(): GetQuery[] {
    return this.#queries.filter((q) => q.isWildcard && !q.isLocal && q.pattern !== 'all');
  }

  selected(path: string): string {
    return this.#selected.get(path) ?? 'none';
  }

  #initially(path: string): string {
    return this.initial.get(path) ?? 'none';
  }

  #report(q: GetQuery, error: Error): void {
    if (isSecurityError(error)) throw error;
    q.report(error);
    this.#failed = true;
  }

  #exitIfErrors(): void {
    if (this.#failed) throw new Failure('');
  }

  async run(): Promise<void> {
    const isMeta = (q: GetQuery): boolean => ['all', 'work', 'tool'].includes(q.pattern);
    for (const q of this.#queries) if (q.isLocal) await this.#local(q);
    const paths = this.#queries.filter((q) => !q.isLocal && !q.isWildcard && !isMeta(q));
    await Promise.all(paths.map((q) => this.#path(q)));
    for (const q of this.#queries) {
      if (q.pattern === 'tool') await this.#tools(q);
      if (q.pattern === 'work') await this.#work(q);
    }
    for (;;) {
      await Promise.all(this.#wildcards.map((q) => this.#wildcard(q)));
      await this.#all();
      if (await this.#resolve(this.#queries)) continue;
      if (await this.#applyUpgrades(await this.#findUpgrades())) continue;
      await this.#missingWildcards();
      if (await this.#resolve(this.#wildcards)) continue;
      break;
    }
    await this.#checkWildcards();
  }

  // Asking.

  #allowedOr(requested: string, selected: (path: string) => string): Allowed {
    return (m) => {
      if (m.version === requested) return checkExclusions(this.ml, m);
      if (isOkForMain(requested) && m.version === selected(m.path)) return undefined;
      return checkAllowed(this.ml, m);
    };
  }

  async #queryModule(path: string, text: string): Promise<ModuleVersion> {
    const rev = await query(this.ml, path, text, {
      current: this.#initially(path),
      allowed: this.#allowedOr(text, (p) => this.#initially(p)),
    });
    return { path, version: rev.version };
  }

  async #queryPackages(
    path: string,
    text: string,
    selected: (path: string) => string,
  ): Promise<ModuleVersion[]> {
    const options = { current: selected, allowed: this.#allowedOr(text, selected) };
    return (await queryPackages(this.ml, path, text, options)).map(({ mod }) => mod);
  }

  async #queryPattern(q: GetQuery): Promise<PathSet> {
    const selected = (path: string): string => this.#initially(path);
    const options = { current: selected, allowed: this.#allowedOr(q.version, selected) };
    const { results, modOnly } = await queryPattern(this.ml, q.pattern, q.version, options);
    return { ...emptySet, pkgMods: results.map(({ mod }) => mod), mod: modOnly?.mod };
  }

  /** The pattern's packages in a module. */
  #inModule(pattern: string, m: ModuleVersion): Promise<readonly string[]> {
    const key = `${pattern} ${formatModule(m)}`;
    let found = this.#matched.get(key);
    if (found === undefined) {
      found = this.#matchInModule(pattern, m);
      this.#matched.set(key, found);
    }
    return found;
  }

  async #matchInModule(pattern: string, m: ModuleVersion): Promise<readonly string[]> {
    const match = newMatch(pattern);
    if (pattern.includes('...') || pattern === 'work') {
      await matchPackages(this.ml, match, scanAny(this.ml), { std: false, modules: [m] });
      if (match.errors.length > 0) throw match.errors[0]!;
      return match.packages;
    }
    const { fetchModule } = await import('../modload/import.ts');
    const { dir, isLocal } = await fetchModule(this.ml, m);
    const prefix = this.ml.mains.of(m.path)?.prefix ?? m.path;
    return dirInModule(this.ml, pattern, prefix, dir, isLocal)?.hasGoFiles === true
      ? [pattern]
      : [];
  }

  #isNone(path: string): boolean {
    return this.#queries.some(
      (q) => q.version === 'none' && (q.isWildcard ? q.matchesPath(path) : q.pattern === path),
    );
  }

  #matchesMain(q: GetQuery, m: ModuleVersion): PathSet {
    const isModule = this.ml.isMain(q.pattern);
    const main = { path: m.path, version: '' };
    return errorSet(new QueryMatchesMainModulesError([main], q.pattern, q.version, isModule));
  }

  async #none(q: GetQuery): Promise<void> {
    if (!q.isWildcard) {
      const m = { path: q.pattern, version: 'none' };
      await q.once(q.pattern, () =>
        this.ml.isMain(q.pattern) ? this.#matchesMain(q, m) : { ...emptySet, mod: m },
      );
    }
    for (const m of this.buildList) {
      if (!q.matchesPath(m.path)) continue;
      await q.once(m.path, () =>
        this.ml.isMain(m.path)
          ? this.#matchesMain(q, m)
          : { ...emptySet, mod: { path: m.path, version: 'none' } },
      );
    }
  }

  async #local(q: GetQuery): Promise<void> {
    const { ml } = this;
    await q.once(q.pattern, async () => {
      const detail = isAbsolute(q.pattern) ? '' : ` (${resolve(q.pattern)})`;
      const fixed = q.isWildcard ? q.pattern.slice(0, q.pattern.indexOf('...')) : q.pattern;
      const dir = resolve(ml.options.cwd, q.isWildcard ? dirname(`${fixed}x`) : fixed);
      const main = ml.mains.list.find(({ root }) => dir === root || dir.startsWith(`${root}/`));
      if (main === undefined) {
        const roots = ml.mains.list.map(({ root }) => root).join(', ');
        return errorSet(new Error(`${q.pattern}${detail} is not within module rooted at ${roots}`));
      }
      const inner = resolve(ml.options.cwd, q.pattern).slice(main.root.length);
      const pattern = `${main.prefix}${inner}`.replace(/^\//, '');
      const packages = await this.#inModule(pattern, main.version);
      if (packages.length > 0) return { ...emptySet, pkgMods: [main.version] };
      if (q.raw === '' || q.raw === '.') {
        return errorSet(new Error('no package to get in current directory'));
      }
      if (!q.isWildcard) {
        return errorSet(
          new Error(`${q.pattern}${detail} is not a package in module rooted at ${main.root}`),
        );
      }
      warnUnmatched([newMatch(pattern)]);
      return emptySet;
    });
  }

  async #path(q: GetQuery): Promise<void> {
    if (q.version === 'none') {
      await this.#none(q);
      return;
    }
    await q.once(q.pattern, async () => {
      if (isStandardPath(q.pattern) && standardDir(this.ml, q.pattern) !== undefined) {
        if (q.rawVersion !== '') {
          return errorSet(
            new Error(
              `can't request explicit version ${quoteString(q.version)} of standard library package ${q.pattern}`,
            ),
          );
        }
        q.matchesPackages = true;
        return emptySet;
      }
      try {
        return await this.#queryPattern(q);
      } catch (error) {
        return errorSet(error as Error);
      }
    });
  }

  async #tools(q: GetQuery): Promise<void> {
    for (const tool of this.ml.mains.tools) await q.once(tool, () => this.#packagesOf(tool, q));
  }

  async #packagesOf(path: string, q: GetQuery): Promise<PathSet> {
    try {
      const pkgMods = await this.#queryPackages(path, q.version, (p) => this.#initially(p));
      return { ...emptySet, pkgMods };
    } catch (error) {
      return errorSet(error as Error);
    }
  }

  async #work(q: GetQuery): Promise<void> {
    const main = this.ml.mains.single.version;
    await q.once(q.pattern, async () => {
      const packages = await this.#inModule('work', main);
      if (packages.length > 0) return { ...emptySet, pkgMods: [main] };
      warnUnmatched([newMatch(q.pattern)]);
      return emptySet;
    });
  }

  async #wildcard(q: GetQuery): Promise<void> {
    if (q.version === 'none') {
      await this.#none(q);
      return;
    }
    for (const m of this.buildList) {
      if (!q.canMatchInModule(m.path)) continue;
      await q.once(m.path, () => this.#wildcardIn(q, m));
    }
  }

  async #wildcardIn(q: GetQuery, m: ModuleVersion): Promise<PathSet> {
    if (this.#isNone(m.path)) return emptySet;
    try {
      if (this.ml.isMain(m.path) && !isOkForMain(q.version)) {
        if (q.matchesPath(m.path)) return this.#matchesMain(q, m);
        const packages = await this.#inModule(q.pattern, m);
        if (packages.length > 0) {
          return errorSet(new QueryMatchesPackagesError(q.pattern, q.version, packages));
        }
        return await this.#tryWildcard(q, m);
      }
      const found = await this.#queryModule(m.path, q.version);
      return await this.#tryWildcard(q, found);
    } catch (error) {
      return isNoSuchModule(error) ? emptySet : errorSet(error as Error);
    }
  }

  async #tryWildcard(q: GetQuery, m: ModuleVersion): Promise<PathSet> {
    const packages = await this.#inModule(q.pattern, m);
    if (packages.length > 0) return { ...emptySet, pkgMods: [m] };
    return q.matchesPath(m.path) ? { ...emptySet, mod: m } : emptySet;
  }

  async #missingWildcards(): Promise<void> {
    for (const q of this.#wildcards) {
      if (q.version === 'none' || q.matchesPackages) continue;
      await q.once(q.pattern, async () => {
        try {
          return await this.#queryPattern(q);
        } catch (error) {
          if (isNoSuchPackage(error) && q.resolved.length > 0) return emptySet;
          return errorSet(error as Error);
        }
      });
    }
  }

  async #checkWildcards(): Promise<void> {
    for (const q of this.#wildcards) {
      if (q.version === 'none') continue;
      for (const m of this.buildList) {
        if (q.canMatchInModule(m.path)) await this.#checkWildcard(q, m);
      }
    }
    this.#exitIfErrors();
  }

  /** A module that matches must be at the version asked for. */
  async #checkWildcard(q: GetQuery, m: ModuleVersion): Promise<void> {
    try {
      const byPath = q.matchesPath(m.path);
      if (!byPath && (await this.#inModule(q.pattern, m)).length === 0) return;
      const found = await this.#queryModule(m.path, q.version);
      if (found.version === m.version || byPath) return;
      if ((await this.#inModule(q.pattern, found)).length > 0) return;
      const what =
        found.version === q.version
          ? formatModule(found)
          : `${m.path}@${q.version} (${found.version})`;
      this.#report(
        q,
        new Error(
          `${q.raw} matches packages in ${formatModule(m)} but not ${what}: specify a different version for module ${m.path}`,
        ),
      );
    } catch (error) {
      this.#report(q, error as Error);
    }
  }

  async #all(): Promise<void> {
    const queries = this.#queries.filter((q) => q.pattern === 'all');
    if (queries.length === 0) return;
    await this.#load(['all'], async (path, mod) => {
      let ok = true;
      for (const q of queries) {
        await q.once(path, async () => {
          const set = await this.#packagesOf(path, q);
          const [only] = set.pkgMods;
          const stays = set.pkgMods.length === 1 && mod !== undefined && sameModule(only!, mod);
          if (!stays) ok = false;
          return set;
        });
      }
      return ok;
    });
    for (const q of queries) q.candidates.sort((a, b) => compareBytes(a.path, b.path));
  }

  async #findUpgrades(): Promise<PathSet[]> {
    const patterns = this.#queries.filter((q) => q.matchesPackages).map((q) => q.pattern);
    if (patterns.length === 0) return [];
    const upgrades: PathSet[] = [];
    await this.#load(patterns, async (path, mod) => {
      if (mod !== undefined) {
        if (this.options.upgrade === '' || this.resolved.has(mod.path)) return true;
      }
      const text = mod === undefined ? 'latest' : this.options.upgrade;
      let pkgMods: readonly ModuleVersion[] = [];
      let error: Error | undefined;
      try {
        pkgMods = await this.#queryPackages(path, text, (p) => this.selected(p));
      } catch (failure) {
        error = failure as Error;
      }
      if (mod !== undefined && pkgMods.some((m) => sameModule(m, mod))) return true;
      const isHopeless = mod === undefined && checkPath(path) !== undefined;
      if (error !== undefined && (isNoSuchPackage(error) || isHopeless)) return true;
      upgrades.push({ ...emptySet, path, pkgMods, error });
      return false;
    });
    return upgrades.sort((a, b) => compareBytes(a.path, b.path));
  }

  async #load(patterns: readonly string[], find: FindPackage): Promise<void> {
    const { ml } = this;
    const { packages, loader } = await loadPackages(
      ml,
      {
        anyTags: true,
        vendorModulesInGoroot: true,
        loadTests: this.options.tests,
        assumeRootsImported: true,
        silencePackageErrors: true,
        explicitWrite: true,
        allowPackage: async (path, mod) => {
          if (mod === undefined || mod.version === '') return undefined;
          return (await find(path, mod)) ? undefined : new VersionChange('version change needed');
        },
      },
      patterns,
    );
    for (const path of packages) {
      const error = loader.get(path)?.error;
      const isOpen = error instanceof ImportMissingError || error instanceof AmbiguousImportError;
      if (!isOpen || this.#isInWorkspace(path)) continue;
      await find(path, undefined);
    }
  }

  #isInWorkspace(path: string): boolean {
    for (const [modPath, root] of this.options.workspace ?? []) {
      if (dirInModule(this.ml, path, modPath, root, true)?.hasGoFiles === true) return true;
    }
    return false;
  }

  // Choosing.

  /** True if the build list changed. */
  async #resolve(queries: readonly GetQuery[]): Promise<boolean> {
    let count = 0;
    for (;;) {
      const before = count;
      for (const q of queries) {
        const open: PathSet[] = [];
        for (const set of q.candidates) {
          if (set.error !== undefined) {
            this.#report(q, set.error);
            count++;
            continue;
          }
          const choice = this.#disambiguate(set);
          if ('open' in choice) {
            open.push(choice.open);
            continue;
          }
          this.#choose(q, choice.mod === undefined ? this.#arbitrary(set) : choice);
          count++;
        }
        q.candidates = open;
      }
      this.#exitIfErrors();
      if (count === before) break;
    }
    if (count > 0 && (await this.#updateBuildList([]))) return true;
    let arbitrary = 0;
    for (const q of queries) {
      for (const set of q.candidates) {
        this.#choose(q, this.#arbitrary(set));
        arbitrary++;
      }
    }
    return arbitrary > 0 && (await this.#updateBuildList([]));
  }

  #choose(
    q: GetQuery,
    choice: { readonly isPackage: boolean; readonly mod: ModuleVersion | undefined },
  ): void {
    const { isPackage, mod } = choice;
    if (isPackage) q.matchesPackages = true;
    if (mod === undefined) return;
    if (this.ml.isMain(mod.path) && mod.version !== '') {
      this.#report(q, this.#matchesMain(q, mod).error!);
      return;
    }
    const before = this.resolved.get(mod.path);
    if (before !== undefined && before.version !== mod.version) {
      this.#reportConflict(q, mod, before);
      return;
    }
    this.resolved.set(mod.path, { version: mod.version, reason: q });
    q.resolved.push(mod);
  }

  #reportConflict(q: GetQuery, m: ModuleVersion, other: Resolved): void {
    if (q.conflict !== undefined) return;
    q.conflict = other.reason;
    const own: Resolved = { version: m.version, reason: q };
    const swaps = q.isWildcard && !other.reason.isWildcard;
    const [proposed, conflict] = swaps ? [other, own] : [own, other];
    const detail = m.path === proposed.reason.pattern ? '' : `for module ${m.path}, `;
    this.#report(
      q,
      new Error(
        `${detail}${proposed.reason.describe(proposed.version)} conflicts with ${conflict.reason.describe(conflict.version)}`,
      ),
    );
  }

  /** The one module that is left of the candidates, or those that are. */
  #disambiguate(
    set: PathSet,
  ):
    | { readonly isPackage: boolean; readonly mod: ModuleVersion | undefined }
    | { readonly open: PathSet } {
    const left: ModuleVersion[] = [];
    for (const m of set.pkgMods) {
      if (this.#isNone(m.path)) continue;
      if (this.ml.isMain(m.path)) {
        if (m.version === '') return { isPackage: true, mod: m };
        continue;
      }
      const resolved = this.resolved.get(m.path);
      if (resolved === undefined) left.push(m);
      else if (resolved.version === m.version) return { isPackage: true, mod: m };
    }
    const { mod } = set;
    const resolved = mod === undefined ? undefined : this.resolved.get(mod.path);
    const keeps = resolved === undefined || resolved.version === mod?.version;
    const bare = keeps ? mod : undefined;
    const [first] = left;
    if (first === undefined) return { isPackage: false, mod: bare };
    if (left.length === 1 && (bare === undefined || sameModule(bare, first))) {
      return { isPackage: true, mod: first };
    }
    return { open: { ...emptySet, path: set.path, pkgMods: left, mod: bare } };
  }

  #arbitrary(set: PathSet): {
    readonly isPackage: boolean;
    readonly mod: ModuleVersion | undefined;
  } {
    const present = set.pkgMods.find((m) => this.#initially(m.path) !== 'none');
    const chosen = present ?? set.pkgMods[0];
    if (chosen !== undefined) return { isPackage: true, mod: chosen };
    return { isPackage: false, mod: set.mod };
  }

  async #applyUpgrades(upgrades: readonly PathSet[]): Promise<boolean> {
    const tentative: ModuleVersion[] = [];
    for (const set of upgrades) {
      if (set.error !== undefined) {
        if (isSecurityError(set.error)) throw set.error;
        printError(`go: ${set.error.message}\n`);
        this.#failed = true;
        continue;
      }
      const choice = this.#disambiguate(set);
      const { mod } = 'open' in choice ? this.#arbitrary(choice.open) : choice;
      if (mod !== undefined) tentative.push(mod);
    }
    this.#exitIfErrors();
    return this.#updateBuildList(tentative);
  }

  async #updateBuildList(additions: readonly ModuleVersion[]): Promise<boolean> {
    const { ml } = this;
    const must = [...this.resolved]
      .filter(([path]) => !ml.isMain(path))
      .map(([path, { version }]) => ({ path, version }));
    let changed: boolean;
    try {
      const edited = await editRequirements(ml, await loadModFile(ml), additions, must);
      ml.requirements = edited.rs;
      ({ changed } = edited);
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
      this.#reportConstraints(error);
      throw new Failure('', 1);
    }
    if (!changed) return false;
    await this.refresh();
    return true;
  }

  async refresh(): Promise<void> {
    const mg = await loadModGraph(this.ml);
    this.buildList = mg.buildList;
    this.#selected = versionsOf(mg.buildList);
  }

  #reportConstraints({ conflicts }: ConstraintError): void {
    const reason = (m: ModuleVersion): string => {
      const { version, reason: q } = this.resolved.get(m.path)!;
      return q.describeResolved({ path: m.path, version });
    };
    if (this.ml.verbose) {
      for (const conflict of conflicts) printError(`go: ${describeConflict(conflict)}\n`);
    }
    for (const { path, constraint, error } of conflicts) {
      const adverb = path.length > 2 ? 'indirectly ' : '';
      const last = path.at(-1)!;
      const requires = `go: ${reason(path[0]!)} ${adverb}requires ${formatModule(last)}`;
      if (error === undefined) printError(`${requires}, not ${reason(constraint!)}\n`);
      else {
        const isAbout =
          error instanceof ModuleVersionError &&
          error.path === last.path &&
          error.version === last.version;
        printError(`${requires}: ${isAbout ? error.cause.message : error.message}\n`);
      }
    }
  }
}

function versionsOf(list: readonly ModuleVersion[]): Map<string, string> {
  return new Map(list.map((m) => [m.path, m.version]));
}

function isNoSuchModule(error: unknown): boolean {
  return isNotExist(error) || findCause(error, NoMatchingVersionError) !== undefined;
}

function isNoSuchPackage(error: unknown): boolean {
  return isNoSuchModule(error) || findCause(error, PackageNotInModuleError) !== undefined;
}
