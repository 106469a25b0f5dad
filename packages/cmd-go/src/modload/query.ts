/**
 * Versions by name: `latest`, `upgrade`, `patch`, `v1`, `v1.2`, `<v1.5.0`, a branch, a commit.
 *
 * What is excluded or retracted is passed over by everything but an exact version or revision. A
 * release is preferred to a prerelease; `+incompatible` versions count only until the module has a
 * go.mod.
 * GOROOT: src/cmd/go/internal/modload/query.go, src/cmd/go/internal/modload/modfile.go (CheckAllowed).
 */
import { quoteString } from '@go-ts/base/quote';
import { isNotExist, isSecurityError } from '@go-ts/modfetch/error';
import { type Origin, type Repo, type RevInfo, type Versions } from '@go-ts/modfetch/source';
import {
  compareVersions,
  isToolchain,
  isValidVersion,
  isVersionPrefix,
  isVersionPrerelease,
  versionMajorMinor,
} from '@go-ts/modfetch/version/gover';
import {
  canonicalVersion,
  checkPath,
  checkPathMajor,
  findCause,
  formatModule,
  InvalidPathError,
  InvalidVersionError,
  type ModuleVersion,
  ModuleVersionError,
  splitPathVersion,
  versionError,
} from '@go-ts/modfetch/version/module';
import {
  isoTime,
  isPseudoVersion,
  pseudoVersionTime,
  zeroPseudoVersion,
} from '@go-ts/modfetch/version/pseudo';
import { buildOf, canonicalSemver } from '@go-ts/modfetch/version/semver';
import { matchPattern } from '../load/pattern.ts';
import {
  DisallowedError,
  ExcludedError,
  NoMatchingVersionError,
  NoPatchBaseError,
  PackageNotInModuleError,
  QueryMatchesMainModulesError,
  QueryMatchesPackagesError,
  RetractedError,
} from './errors.ts';
import { dirInModule, fetchModule } from './import.ts';
import { type ModuleInfo } from './info.ts';
import { type ModLoader } from './loader.ts';
import { isReusable, type Reusable } from './reuse.ts';
import { matchPackages, newMatch, scanAny } from './search.ts';

/** Throws for a version that may not be chosen: a DisallowedError, or because it cannot be known. */
export type Allowed = (m: ModuleVersion) => Promise<void> | void;

const allowAll: Allowed = () => {};

export function checkExclusions(ml: ModLoader, m: ModuleVersion): void {
  if (ml.mains.list.some(({ index }) => index?.exclude.has(formatModule(m)) === true)) {
    throw versionError(m, new ExcludedError());
  }
}

export async function checkAllowed(ml: ModLoader, m: ModuleVersion): Promise<void> {
  checkExclusions(ml, m);
  await checkRetractions(ml, m);
}

/** What the newest version of a module says about all of them. */
export async function checkRetractions(ml: ModLoader, m: ModuleVersion): Promise<void> {
  if (m.version === '' || isToolchain(m.path)) return;
  if (ml.replacement({ path: m.path, version: '' }) !== undefined) return;
  const rationale: string[] = [];
  let isRetracted = false;
  try {
    const summary = await ml.lenientSummary(await latestIgnoringRetractions(ml, m.path));
    for (const { low, high, rationale: text } of summary.retract) {
      if (compareVersions(m.path, low, m.version) > 0) continue;
      if (compareVersions(m.path, m.version, high) > 0) continue;
      isRetracted = true;
      if (text !== '') rationale.push(text);
    }
  } catch (error) {
    if (isSecurityError(error)) throw error;
    const inner = error instanceof ModuleVersionError ? error.cause : (error as Error);
    throw new Error(`loading module retractions for ${formatModule(m)}: ${inner.message}`, {
      cause: error,
    });
  }
  if (isRetracted) throw versionError(m, new RetractedError(rationale));
}

/** The deprecation message, '' if there is none. */
export async function checkDeprecation(ml: ModLoader, m: ModuleVersion): Promise<string> {
  if (m.version === '' || isToolchain(m.path)) return '';
  if (ml.replacement({ path: m.path, version: '' }) !== undefined) return '';
  try {
    return (await ml.lenientSummary(await latestIgnoringRetractions(ml, m.path))).deprecated;
  } catch (error) {
    if (isSecurityError(error)) throw error;
    const { message } = error as Error;
    throw new Error(`loading deprecation for ${m.path}: ${message}`, { cause: error });
  }
}

function latestIgnoringRetractions(ml: ModLoader, path: string): Promise<ModuleVersion> {
  let latest = ml.latestIgnoring.get(path);
  if (latest === undefined) {
    latest = query(ml, path, 'latest').then(({ version }) => ml.resolve({ path, version }));
    latest.catch(() => {});
    ml.latestIgnoring.set(path, latest);
  }
  return latest;
}

export interface QueryOptions {
  readonly current?: string;
  readonly allowed?: Allowed;
  /** Earlier answers that may be given again. */
  readonly reuse?: Reusable;
}

export function query(
  ml: ModLoader,
  path: string,
  text: string,
  options: QueryOptions = {},
): Promise<RevInfo> {
  return ml.source.tryProxies((proxy) => queryProxy(ml, proxy, { path, text, ...options }));
}

interface Query extends QueryOptions {
  readonly path: string;
  readonly text: string;
}

async function queryProxy(ml: ModLoader, proxy: string, q: Query): Promise<RevInfo> {
  const { path, text, current = '', allowed = allowAll } = q;
  if (current !== '' && current !== 'none' && !isValidVersion(path, current)) {
    throw new Error(`invalid previous version ${path}@${current}`);
  }
  if (ml.buildMod === 'vendor') {
    const why = ml.buildModReason === '' ? '' : `\n\t(${ml.buildModReason})`;
    throw new Error(`cannot query module due to -mod=vendor${why}`);
  }
  if (ml.hasMain(path) && (text === 'upgrade' || text === 'patch')) {
    return { version: '', time: '' };
  }
  if (path === 'std' || path === 'cmd') {
    throw new Error(
      `can't query specific version (${quoteString(text)}) of standard-library module ${quoteString(path)}`,
    );
  }
  const repo = lookupRepo(ml, proxy, path);
  const old = q.reuse?.get(`${path}@${text}`);
  if (
    old !== undefined &&
    (await isReusable(repo, text, isRevisionQuery(path, text), old.Origin))
  ) {
    return { version: old.Version ?? '', time: old.Time ?? '', origin: old.Origin! };
  }
  const matcher = newMatcher(path, text, current, allowed);
  if (matcher === undefined || matcher.canStat) return statQuery(repo, q, allowed);
  const versions = await repo.versions(matcher.prefix);
  const { releases, prereleases } = await filterVersions(ml, matcher, versions.list);
  const listed = releases.length > 0 ? releases : prereleases;
  const chosen = matcher.preferLower ? listed[0] : listed.at(-1);
  const origin = new OriginOf(versions.origin);
  if (chosen !== undefined) return lookup(repo, chosen, q, origin);
  if (matcher.mayUseLatest) {
    let latest: RevInfo | undefined;
    try {
      latest = await repo.latest();
    } catch (error) {
      if (!isNotExist(error)) throw error;
    }
    if (latest !== undefined) {
      origin.merge(latest.origin);
      if (await allowsVersion(matcher, latest.version)) {
        return lookup(repo, latest.version, q, origin);
      }
    }
  }
  if ((text === 'upgrade' || text === 'patch') && current !== '' && current !== 'none') {
    await throwIfDisallowed(allowed, { path, version: current });
    return lookup(repo, current, q, origin);
  }
  throw new NoMatchingVersionError(text, current);
}

async function throwIfDisallowed(allowed: Allowed, m: ModuleVersion): Promise<void> {
  try {
    await allowed(m);
  } catch (error) {
    if (isSecurityError(error) || findCause(error, DisallowedError) !== undefined) throw error;
  }
}

/** An exact version or a revision. */
async function statQuery(repo: Repo, q: Query, allowed: Allowed): Promise<RevInfo> {
  const { path, text } = q;
  let info: RevInfo;
  try {
    info = await repo.stat(text);
  } catch (error) {
    const canonical = canonicalVersion(text);
    if (canonical === '' || canonical === text) throw error;
    try {
      info = await repo.stat(canonical);
    } catch (second) {
      throw isNotExist(second) ? error : second;
    }
  }
  await throwIfDisallowed(allowed, { path, version: info.version });
  return info;
}

/** The version itself, unless it was made before the pseudo-version in use. */
async function lookup(repo: Repo, v: string, q: Query, origin: OriginOf): Promise<RevInfo> {
  const { path, text, current = '', allowed = allowAll } = q;
  const rev = await repo.stat(v);
  origin.merge(rev.origin);
  const isUpgrade = text === 'upgrade' || text === 'patch';
  if (isUpgrade && isPseudoVersion(current) && rev.time !== '') {
    const currentTime = isoTime(pseudoVersionTime(current));
    if (currentTime !== undefined && isEarlier(rev.time, currentTime)) {
      await throwIfDisallowed(allowed, { path, version: current });
      const again = await repo.stat(current);
      origin.merge(again.origin);
      return origin.on(again);
    }
  }
  return origin.on(rev);
}

function isEarlier(a: string, b: string): boolean {
  return Date.parse(a) < Date.parse(b);
}

/** Where an answer comes from that several requests had part in. */
class OriginOf {
  #origin: Origin | undefined;

  constructor(origin: Origin | undefined) {
    this.#origin = origin;
  }

  merge(other: Origin | undefined): void {
    this.#origin = mergeOrigin(this.#origin, other);
  }

  on(rev: RevInfo): RevInfo {
    const { origin: _, ...rest } = rev;
    return this.#origin === undefined ? rest : { ...rest, origin: this.#origin };
  }
}

/** Both together; undefined if they do not go together. */
export function mergeOrigin(a: Origin | undefined, b: Origin | undefined): Origin | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.VCS !== b.VCS || a.URL !== b.URL || a.Subdir !== b.Subdir) return undefined;
  const merged: Record<string, string> = { ...a };
  for (const key of ['Hash', 'TagSum', 'RepoSum', 'Ref'] as const) {
    const value = b[key];
    if (value === undefined || value === '') continue;
    if ((merged[key] ?? '') !== '' && merged[key] !== value) return undefined;
    merged[key] = value;
    if (key === 'TagSum' && b.TagPrefix !== undefined) merged['TagPrefix'] = b.TagPrefix;
  }
  return merged;
}

/** An earlier answer about exactly this version, if it would be given again. */
export async function reusableInfo(
  ml: ModLoader,
  { path, version }: ModuleVersion,
  reuse: Reusable,
): Promise<ModuleInfo | undefined> {
  const old = reuse.get(`${path}@${version}`);
  if (old === undefined) return undefined;
  const isSame = await ml.source.tryProxies((proxy) =>
    isReusable(lookupRepo(ml, proxy, path), version, isRevisionQuery(path, version), old.Origin),
  );
  return isSame ? old : undefined;
}

/** True for a query that names a revision, or one exact version. */
export function isRevisionQuery(path: string, text: string): boolean {
  if (['latest', 'upgrade', 'patch'].includes(text) || /^[<>]/.test(text)) return false;
  return !(isValidVersion(path, text) && isVersionPrefix(path, text));
}

interface Matcher {
  readonly path: string;
  readonly prefix: string;
  readonly filter: ((v: string) => boolean) | undefined;
  readonly allowed: Allowed;
  readonly canStat: boolean;
  readonly preferLower: boolean;
  readonly mayUseLatest: boolean;
  readonly preferIncompatible: boolean;
}

/** Undefined for a query that is no version of any kind. */
function newMatcher(
  path: string,
  text: string,
  current: string,
  allowed: Allowed,
): Matcher | undefined {
  const isIncompatible = current.endsWith('+incompatible');
  const base: Matcher = {
    path,
    prefix: '',
    filter: undefined,
    allowed,
    canStat: false,
    preferLower: false,
    mayUseLatest: false,
    preferIncompatible: isIncompatible,
  };
  const compareTo =
    (v: string): ((mv: string) => number) =>
    (mv) =>
      compareVersions(path, mv, v);
  const atLeast = (v: string): ((mv: string) => boolean) => {
    const compare = compareTo(v);
    return (mv) => compare(mv) >= 0;
  };
  const incompatible = (v: string): boolean => {
    const split = splitPathVersion(path);
    return (
      isIncompatible || split === undefined || checkPathMajor(v, split.pathMajor) !== undefined
    );
  };
  const isNew = current === '' || current === 'none';
  if (text === 'latest') return { ...base, mayUseLatest: true };
  if (text === 'upgrade' || text === 'patch') {
    if (isNew && text === 'patch') throw new NoPatchBaseError(path);
    if (isNew) return { ...base, mayUseLatest: true };
    const prefix = text === 'patch' ? `${versionMajorMinor(path, current)}.` : '';
    return { ...base, prefix, mayUseLatest: isPseudoVersion(current), filter: atLeast(current) };
  }
  const range = /^(<=|<|>=|>)(.*)$/s.exec(text);
  if (range !== null) {
    const [, operator, v = ''] = range;
    if (!isValidVersion(path, v)) {
      throw new Error(`invalid semantic version ${quoteString(v)} in range ${quoteString(text)}`);
    }
    if ((operator === '<=' || operator === '>') && isVersionPrefix(path, v)) {
      throw new Error(`ambiguous semantic version ${quoteString(v)} in range ${quoteString(text)}`);
    }
    const compare = compareTo(v);
    const filters: Record<string, (mv: string) => boolean> = {
      '<=': (mv) => compare(mv) <= 0,
      '<': (mv) => compare(mv) < 0,
      '>=': (mv) => compare(mv) >= 0,
      '>': (mv) => compare(mv) > 0,
    };
    return {
      ...base,
      filter: filters[operator!],
      preferLower: operator!.startsWith('>'),
      preferIncompatible: incompatible(v),
    };
  }
  if (!isValidVersion(path, text)) return undefined;
  const preferIncompatible = incompatible(text);
  if (isVersionPrefix(path, text)) {
    return { ...base, prefix: `${text}.`, filter: atLeast(text), preferIncompatible };
  }
  const compare = compareTo(text);
  const filter = (mv: string): boolean => compare(mv) === 0;
  return { ...base, canStat: true, filter, prefix: canonicalSemver(text), preferIncompatible };
}

async function allowsVersion(matcher: Matcher, v: string): Promise<boolean> {
  const { path, prefix, filter } = matcher;
  if (prefix !== '' && !v.startsWith(prefix)) {
    // For Go itself 1.21 is a version of the line 1.21.
    if (!isToolchain(path) || prefix.replace(/\.$/, '') !== v) return false;
  }
  if (filter !== undefined && !filter(v)) return false;
  try {
    await matcher.allowed({ path, version: v });
  } catch (error) {
    if (isSecurityError(error)) throw error;
    if (findCause(error, DisallowedError) !== undefined) return false;
  }
  return true;
}

async function filterVersions(
  ml: ModLoader,
  matcher: Matcher,
  versions: readonly string[],
): Promise<{ releases: string[]; prereleases: string[] }> {
  const { path } = matcher;
  const releases: string[] = [];
  const prereleases: string[] = [];
  let needIncompatible = matcher.preferIncompatible;
  let lastCompatible: string | undefined;
  for (const v of versions) {
    // In order: whether incompatible versions count depends on those before.
    // oxlint-disable-next-line no-await-in-loop
    if (!(await allowsVersion(matcher, v))) continue;
    if (!needIncompatible) {
      if (!v.endsWith('+incompatible')) {
        lastCompatible = v;
      } else if (lastCompatible !== undefined) {
        // oxlint-disable-next-line no-await-in-loop
        if (await ml.hasGoMod({ path, version: lastCompatible })) break;
        needIncompatible = true;
      }
    }
    (isVersionPrerelease(path, v) ? prereleases : releases).push(v);
  }
  return { releases, prereleases };
}

/** The module's repository, with replacements counted as versions of it. */
export function lookupRepo(ml: ModLoader, proxy: string, path: string): Repo {
  const bad = isToolchain(path) ? undefined : checkPath(path);
  const isReplaced = ml.isReplacedAnywhere(path);
  if (bad !== undefined && !isReplaced) throw bad;
  const repo = bad === undefined ? ml.source.repo(proxy, path) : emptyRepo(path, bad);
  return isReplaced ? new ReplacementRepo(ml, repo) : repo;
}

function emptyRepo(path: string, error: Error): Repo {
  const fail = (): Promise<never> => Promise.reject(error);
  return {
    path,
    versions: () => Promise.resolve({ list: [] }),
    stat: fail,
    latest: fail,
    goMod: fail,
    checkReuse: fail,
  };
}

class ReplacementRepo implements Repo {
  readonly path: string;
  readonly #ml: ModLoader;
  readonly #repo: Repo;

  constructor(ml: ModLoader, repo: Repo) {
    this.path = repo.path;
    this.#ml = ml;
    this.#repo = repo;
  }

  async versions(prefix: string): Promise<Versions> {
    let known: Versions;
    try {
      known = await this.#repo.versions(prefix);
    } catch (error) {
      if (!isNotExist(error)) throw error;
      known = { list: [] };
    }
    const more: string[] = [];
    for (const { index } of this.#ml.mains.list) {
      for (const key of index?.replace.keys() ?? []) {
        const [path, version = ''] = key.split('@');
        if (path !== this.path || version === '' || isPseudoVersion(version)) continue;
        if (version.startsWith(prefix)) more.push(version);
      }
    }
    if (more.length === 0) return known;
    const all = [...new Set([...known.list, ...more])];
    return { list: all.sort((a, b) => compareVersions(this.path, a, b)) };
  }

  async stat(rev: string): Promise<RevInfo> {
    try {
      return await this.#repo.stat(rev);
    } catch (error) {
      if (canonicalVersion(rev) !== rev) throw error;
      const split = splitPathVersion(this.path);
      const needsSuffix =
        split?.pathMajor === '' && checkPathMajor(rev, '') !== undefined && buildOf(rev) === '';
      const version = needsSuffix ? `${rev}+incompatible` : rev;
      if (this.#ml.replacement({ path: this.path, version }) === undefined) throw error;
      return replacementInfo(version);
    }
  }

  async latest(): Promise<RevInfo> {
    const highest = this.#ml.mains.highestReplaced.get(this.path)!;
    const major = splitPathVersion(this.path)?.pathMajor.slice(1) ?? '';
    const v = highest === '' ? zeroPseudoVersion(major) : highest;
    let info: RevInfo;
    try {
      info = await this.#repo.latest();
    } catch {
      // The replacement is there whatever became of the module itself.
      return replacementInfo(v);
    }
    return compareVersions(this.path, v, info.version) > 0 ? replacementInfo(v) : info;
  }

  goMod(version: string): Promise<Uint8Array> {
    return this.#repo.goMod(version);
  }

  checkReuse(): Promise<void> {
    return Promise.reject(new Error('replacement repo'));
  }
}

function replacementInfo(version: string): RevInfo {
  const time = isPseudoVersion(version) ? (isoTime(pseudoVersionTime(version)) ?? '') : '';
  return { version, time };
}

/** The versions that may be used, and the release before one. */
export async function allowedVersions(
  ml: ModLoader,
  path: string,
  allowed: Allowed,
): Promise<Versions> {
  return ml.source.tryProxies(async (proxy) => {
    const all = await lookupRepo(ml, proxy, path).versions('');
    const list: string[] = [];
    for (const version of all.list) {
      try {
        // oxlint-disable-next-line no-await-in-loop
        await allowed({ path, version });
        list.push(version);
      } catch (error) {
        if (findCause(error, DisallowedError) === undefined) throw error;
      }
    }
    return all.origin === undefined ? { list } : { list, origin: all.origin };
  });
}

export async function previousVersion(ml: ModLoader, m: ModuleVersion): Promise<ModuleVersion> {
  const none = { path: m.path, version: 'none' };
  if (m.version === '' && ml.isMain(m.path)) return none;
  let list: readonly string[];
  try {
    ({ list } = await allowedVersions(ml, m.path, (each) => checkAllowed(ml, each)));
  } catch (error) {
    if (isNotExist(error)) return none;
    throw error;
  }
  const version = list.findLast((v) => compareVersions(m.path, v, m.version) < 0);
  return version === undefined ? none : { path: m.path, version };
}

export interface QueryResult {
  readonly mod: ModuleVersion;
  readonly packages: readonly string[];
}

export interface PatternQueryOptions {
  readonly current: (path: string) => string;
  readonly allowed: Allowed;
}

/** Modules that have packages matching the pattern. */
export async function queryPackages(
  ml: ModLoader,
  pattern: string,
  text: string,
  options: PatternQueryOptions,
): Promise<readonly QueryResult[]> {
  const { results, modOnly } = await queryPattern(ml, pattern, text, options);
  if (results.length > 0) return results;
  const { mod } = modOnly!;
  throw new PackageNotInModuleError({
    mod,
    replacement: ml.replacement(mod),
    query: text,
    pattern,
  });
}

export interface PatternResult {
  readonly results: readonly QueryResult[];
  /** A module of that path without such packages. */
  readonly modOnly: QueryResult | undefined;
}

export async function queryPattern(
  ml: ModLoader,
  pattern: string,
  text: string,
  options: PatternQueryOptions,
): Promise<PatternResult> {
  const isWild = pattern.includes('...');
  const matchesModule = matchPattern(pattern);
  let base = pattern;
  if (isWild) {
    const fixed = pattern.slice(0, pattern.indexOf('...'));
    base = fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
    if (base === '') {
      throw new Error(
        `no modules to query for ${pattern}@${text} because first path element contains a wildcard`,
      );
    }
  }
  const packagesIn = async (
    mod: ModuleVersion,
    roots: readonly string[],
    isLocal: boolean,
  ): Promise<readonly string[]> => {
    if (isWild) {
      const match = newMatch(pattern);
      await matchPackages(ml, match, scanAny(ml), { std: false, modules: [mod] });
      if (match.packages.length === 0 && match.errors.length > 0) throw match.errors[0]!;
      return match.packages;
    }
    const prefix = ml.mains.of(mod.path)?.prefix ?? mod.path;
    const has = roots.some(
      (root) => dirInModule(ml, pattern, prefix, root, isLocal)?.hasGoFiles === true,
    );
    return has ? [pattern] : [];
  };
  const isUpgrade = text === 'upgrade' || text === 'patch';
  let modOnly: QueryResult | undefined;
  const mainMatches: ModuleVersion[] = [];
  for (const { version: main, root } of ml.mains.list) {
    // oxlint-disable-next-line no-await-in-loop
    const packages = root === '' ? [] : await packagesIn(main, ml.modRootsOfMains, true);
    if (packages.length > 0) {
      if (!isUpgrade) throw new QueryMatchesPackagesError(pattern, text, packages);
      return { results: [{ mod: main, packages }], modOnly: undefined };
    }
    if (!matchesModule(main.path)) continue;
    mainMatches.push(main);
    if (isUpgrade) modOnly = { mod: main, packages: [] };
  }
  const matchesMain = (modules: readonly ModuleVersion[]): Error =>
    new QueryMatchesMainModulesError(modules, pattern, text, ml.isMain(pattern));
  const candidates = modulePrefixes(ml, base);
  if (candidates.length === 0) {
    if (modOnly !== undefined) return { results: [], modOnly };
    if (mainMatches.length > 0) throw matchesMain(mainMatches);
    throw new PackageNotInModuleError({ mainModules: mainMatches, query: text, pattern });
  }
  try {
    return await ml.source.tryProxies(async (proxy) => {
      const queryModule = async (path: string): Promise<QueryResult> => {
        const q = { path, text, current: options.current(path), allowed: options.allowed };
        const { version } = await queryProxy(ml, proxy, q);
        const mod = { path, version };
        if (isToolchain(path)) return { mod, packages: [] };
        const { dir, isLocal } = await fetchModule(ml, mod);
        const packages = await packagesIn(mod, [dir], isLocal);
        if (packages.length === 0 && !matchesModule(path)) {
          const replacement = ml.replacement(mod);
          throw new PackageNotInModuleError({ mod, replacement, query: text, pattern });
        }
        return { mod, packages };
      };
      const found = await queryPrefixModules(ml, candidates, queryModule);
      return {
        results: found.filter((r) => r.packages.length > 0),
        modOnly: found.findLast((r) => r.packages.length === 0) ?? modOnly,
      };
    });
  } catch (error) {
    if (mainMatches.length > 0 && modOnly === undefined && isNotExist(error)) {
      throw matchesMain([]);
    }
    throw error;
  }
}

function modulePrefixes(ml: ModLoader, path: string): string[] {
  const prefixes: string[] = [];
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/'))) {
    if (!ml.isMain(at) && splitPathVersion(at) !== undefined) prefixes.push(at);
    if (!at.includes('/')) return prefixes;
  }
}

/** Asks for all at once; the most telling error if none has it. */
async function queryPrefixModules(
  ml: ModLoader,
  candidates: readonly string[],
  queryModule: (path: string) => Promise<QueryResult>,
): Promise<QueryResult[]> {
  const results = await Promise.all(
    candidates.map((path) =>
      queryModule(path).then(
        (result) => ({ result, error: undefined }),
        (error: Error) => ({ result: undefined, error }),
      ),
    ),
  );
  const found = results.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const errors = results.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const security = errors.find(isSecurityError);
  if (security !== undefined) throw security;
  const first = <T extends Error>(
    // oxlint-disable-next-line typescript/no-explicit-any
    kind: abstract new (...args: any[]) => T,
  ): T | undefined => errors.find((error): error is T => error instanceof kind);
  const notInModule = errors.filter((error) => error instanceof PackageNotInModuleError);
  const noPackage = notInModule.reduce<PackageNotInModuleError | undefined>(
    (kept, error) => (kept === undefined || ml.isMain(kept.options.mod?.path ?? '') ? error : kept),
    undefined,
  );
  const isOrdinary = (error: Error): boolean =>
    error instanceof PackageNotInModuleError ||
    error instanceof NoMatchingVersionError ||
    error instanceof NoPatchBaseError ||
    error instanceof InvalidPathError ||
    isNotExist(error) ||
    findCause(error, InvalidVersionError) !== undefined;
  // Another failure counts only while nothing speaks for a shorter path.
  const unusual = firstUnusual(results, isOrdinary);
  if (unusual !== undefined) throw unusual;
  if (found.length > 0) return found;
  throw (
    noPackage ??
    first(NoMatchingVersionError) ??
    first(NoPatchBaseError) ??
    first(InvalidPathError) ??
    errors.find(
      (error) => !isNotExist(error) && findCause(error, InvalidVersionError) !== undefined,
    ) ??
    errors.find(isNotExist) ??
    errors[0]!
  );
}

function firstUnusual(
  results: readonly {
    readonly result: QueryResult | undefined;
    readonly error: Error | undefined;
  }[],
  isOrdinary: (error: Error) => boolean,
): Error | undefined {
  let isSettled = false;
  for (const { result, error } of results) {
    if (result !== undefined || error instanceof PackageNotInModuleError) isSettled = true;
    else if (error !== undefined && !isOrdinary(error) && !isSettled) return error;
  }
  return undefined;
}

/** `path@version` taken apart; undefined as version if there is none. */
export function parsePathVersion(arg: string): { path: string; version: string | undefined } {
  const at = arg.indexOf('@');
  if (at < 0) return { path: arg, version: undefined };
  const version = arg.slice(at + 1);
  if (/^[-/]/.test(version)) throw new Error(`invalid module version ${quoteString(version)}`);
  return { path: arg.slice(0, at), version };
}
