/**
 * One argument of `go get`: a path or pattern, and the version asked for.
 * GOROOT: src/cmd/go/internal/modget/query.go.
 */
import { isAbsolute } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { isToolchain } from '@go-ts/modfetch/version/gover';
import { formatModule, type ModuleVersion } from '@go-ts/modfetch/version/module';
import { matchPattern, treeCanMatch } from '../load/pattern.ts';
import { isMetaPackage, NoMainModulesError } from '../modload/errors.ts';
import { isLocalPath } from '../modload/import.ts';
import { type ModLoader } from '../modload/loader.ts';
import { parsePathVersion } from '../modload/query.ts';
import { printError } from '../report/output.ts';

/** What a path might be resolved to. */
export interface PathSet {
  readonly path: string;
  /** Modules that have packages matching the argument. */
  readonly pkgMods: readonly ModuleVersion[];
  /** A module of the path that has none. */
  readonly mod: ModuleVersion | undefined;
  readonly error: Error | undefined;
}

export const emptySet: PathSet = { path: '', pkgMods: [], mod: undefined, error: undefined };

export function errorSet(error: Error): PathSet {
  return { ...emptySet, error };
}

export class GetQuery {
  raw: string;
  readonly rawVersion: string;
  readonly pattern: string;
  readonly isLocal: boolean;
  readonly version: string;
  readonly isWildcard: boolean;
  conflict: GetQuery | undefined = undefined;
  candidates: PathSet[] = [];
  readonly resolved: ModuleVersion[] = [];
  matchesPackages = false;
  readonly #seen = new Set<string>();
  readonly #matches: ((path: string) => boolean) | undefined;
  readonly #canMatch: ((path: string) => boolean) | undefined;

  /** `upgrade` is what -u says of arguments without version. */
  constructor(raw: string, upgrade: string) {
    const { path, version } = parsePathVersion(raw);
    if (version !== undefined && (version.includes('@') || version === '')) {
      throw new Error(`invalid module version syntax ${quoteString(raw)}`);
    }
    this.raw = raw;
    this.rawVersion = version ?? '';
    this.pattern = path;
    this.isLocal = isAbsolute(path) || isLocalPath(path);
    this.version = this.rawVersion || upgrade || 'upgrade';
    const hasDots = path.includes('...');
    this.isWildcard = hasDots;
    this.#matches = hasDots ? matchPattern(path) : undefined;
    this.#canMatch = hasDots ? treeCanMatch(path) : undefined;
  }

  /** Why it cannot be asked for, or undefined. */
  problem(ml: ModLoader): string | undefined {
    const { pattern, rawVersion, version } = this;
    if (this.isLocal) {
      if (rawVersion === '') return undefined;
      return `can't request explicit version ${quoteString(rawVersion)} of path ${quoteString(pattern)} in main module`;
    }
    if (pattern === 'all') {
      if (!ml.hasRoot) return `cannot match "all": ${new NoMainModulesError(false).message}`;
      if (isOkForMain(version)) return undefined;
      const plural = ml.mainModules.length === 1 ? '' : 's';
      return `can't request version ${quoteString(version)} of pattern "all" that includes the main module${plural}`;
    }
    if (!isMetaPackage(pattern) || pattern === this.raw) return undefined;
    return pattern === 'tool'
      ? 'can\'t request explicit version of "tool" pattern'
      : `can't request explicit version of standard-library pattern ${quoteString(pattern)}`;
  }

  matchesPath(path: string): boolean {
    if (this.#matches !== undefined && !isToolchain(path)) return this.#matches(path);
    return path === this.pattern;
  }

  canMatchInModule(modPath: string): boolean {
    if (isToolchain(modPath)) return false;
    if (this.#canMatch !== undefined) return this.#canMatch(modPath);
    return this.pattern === modPath || this.pattern.startsWith(`${modPath}/`);
  }

  /** Adds candidates for a path, the first time that it is met. */
  async once(path: string, find: () => Promise<PathSet> | PathSet): Promise<void> {
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    const set = await find();
    if (set.pkgMods.length === 0 && set.mod === undefined && set.error === undefined) return;
    this.candidates.push({ ...set, path });
  }

  describe(version: string): string {
    return version === this.version ? this.raw : `${this.pattern}@${this.version} (${version})`;
  }

  describeResolved(m: ModuleVersion): string {
    if (m.path !== this.pattern) {
      return m.version === this.version
        ? `${formatModule(m)} (matching ${this.raw})`
        : `${formatModule(m)} (matching ${this.pattern}@${this.version})`;
    }
    return this.describe(m.version);
  }

  /** Prints an error, with the argument before it unless it names the argument itself. */
  report(error: Error): void {
    const { message } = error;
    const escape = (text: string): string =>
      text.replaceAll(/[\^$.*+?()[\]{}|\\/]/g, String.raw`\$&`);
    const names = new RegExp(`(?:[ \\t("\`]|^)${escape(this.pattern)}(?:[ @:;)"\`]|$)`, 'm');
    const version = new RegExp(`(?:[ @("\`]|^)${escape(this.version)}(?:[ :;)"\`]|$)`, 'm');
    const isNamed = names.test(message) && (this.rawVersion === '' || version.test(message));
    printError(isNamed || this.raw === '' ? `go: ${message}\n` : `go: ${this.raw}: ${message}\n`);
  }
}

export function isOkForMain(version: string): boolean {
  return version === 'upgrade' || version === 'patch';
}
