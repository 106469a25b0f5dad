/**
 * A module in a git repository: which tags are its versions, which folder holds it, and what commits
 * that nobody tagged are called.
 *
 * A module's tags begin with its folder; its major version is in a folder `v2` or on a branch, and the
 * go.mod there must say so; without a go.mod, tags of higher majors are `+incompatible`. A pseudo-version
 * given by somebody is held against the commit's hash, time and ancestors, because it decides about
 * precedence.
 * GOROOT: src/cmd/go/internal/modfetch/coderepo.go (rules and wordings).
 */
import { posix } from 'node:path';
import { type Writable } from 'node:stream';
import { quoteString } from '@go-ts/base/quote';
import { asError, isNotExist, NotExistError } from '../error.ts';
import { autoQuote, modulePath, parseModFileLax } from '../modfile/parse.ts';
import { createModuleZip, type SourceFile } from '../modulezip.ts';
import { type Origin, type RevInfo, type Versions } from '../source.ts';
import {
  canonicalVersion,
  checkPathMajor,
  InvalidVersionError,
  ModuleVersionError,
  pathMajorPrefix,
  splitPathVersion,
} from '../version/module.ts';
import {
  isoTime,
  isPseudoVersion,
  pseudoVersion,
  pseudoVersionBase,
  pseudoVersionRev,
  pseudoVersionTime,
} from '../version/pseudo.ts';
import {
  canonicalSemver,
  compareSemver,
  isValidSemver,
  majorOf,
  prereleaseOf,
  sortSemver,
} from '../version/semver.ts';
import { readZip, type ZipEntry } from '../zip.ts';
import { type Commit, type GitRepo } from './gitrepo.ts';
import { type RawRepo } from './repo.ts';

const incompatible = '+incompatible';

interface FoundModule {
  readonly rev: string;
  /** The folder of go.mod in the repository. */
  readonly dir: string;
  readonly goMod: Buffer | undefined;
}

export interface CodeRoot {
  /** The module path of the repository's root. */
  readonly root: string;
  /** A folder of the repository that the root module is in. */
  readonly subdir: string;
}

export class CodeRepo implements RawRepo {
  readonly path: string;
  readonly #code: GitRepo;
  readonly #root: string;
  readonly #dir: string;
  readonly #pathMajor: string;
  readonly #pathPrefix: string;
  readonly #files = new Map<string, Promise<Buffer | undefined>>();

  /** Throws if the repository cannot hold the module. */
  constructor(code: GitRepo, { root, subdir }: CodeRoot, path: string) {
    if (!hasPathPrefix(path, root)) {
      throw new Error(`mismatched repo: found ${root} for ${path}`);
    }
    const split = splitPathVersion(path);
    if (split === undefined) throw new Error(`invalid module path ${quoteString(path)}`);
    const prefix = root === path ? path : split.prefix;
    if (!hasPathPrefix(prefix, root)) {
      throw new Error(`repository rooted at ${root} cannot contain module ${path}`);
    }
    const inner = root === path ? '' : prefix.slice(root.length).replaceAll(/^\/+|\/+$/g, '');
    this.path = path;
    this.#code = code;
    this.#root = root;
    this.#dir = subdir === '' ? inner : posix.join(inner, subdir);
    this.#pathMajor = split.pathMajor;
    this.#pathPrefix = prefix;
  }

  get #tagPrefix(): string {
    return this.#dir === '' ? '' : `${this.#dir}/`;
  }

  checkReuse(old: Origin): Promise<void> {
    return this.#code.checkReuse(old, this.#dir);
  }

  async versions(prefix: string): Promise<Versions> {
    if (this.path.startsWith('gopkg.in/') && this.path.endsWith('-unstable')) return { list: [] };
    const start = this.#tagPrefix + prefix;
    const tags = await this.#code.tags(start).catch((error: unknown) => {
      throw new ModuleVersionError(this.path, '', asError(error));
    });
    const list: string[] = [];
    const others: string[] = [];
    for (const { name } of tags.list) {
      const version = name.slice(this.#tagPrefix.length);
      if (version === '' || version !== canonicalSemver(version) || isPseudoVersion(version)) {
        continue;
      }
      if (checkPathMajor(version, this.#pathMajor) === undefined) list.push(version);
      else if (this.#dir === '' && this.#pathMajor === '' && !/^v[01]\./.test(version)) {
        others.push(version);
      }
    }
    sortSemver(list);
    const more = await this.#incompatible(list, sortSemver(others));
    return { list: [...list, ...more], origin: withSubdir(tags.origin, this.#dir) };
  }

  /** Of tags of higher majors, those whose major never had a go.mod. */
  async #incompatible(list: readonly string[], others: readonly string[]): Promise<string[]> {
    if (others.length === 0) return [];
    const newest = list.at(-1);
    // A module that has come to use go.mod has no use for them.
    if (newest !== undefined && (await this.#hasGoMod(newest))) return [];
    const found: string[] = [];
    for (const major of new Set(others.map(majorOf))) {
      const own = others.filter((version) => majorOf(version) === major);
      // In turn: most repositories have one or two majors.
      // oxlint-disable-next-line no-await-in-loop
      if (await this.#hasGoMod(own.at(-1)!)) continue;
      found.push(...own.map((version) => version + incompatible));
    }
    return found;
  }

  async #hasGoMod(rev: string): Promise<boolean> {
    return (await this.#readFile(rev, 'go.mod')) !== undefined;
  }

  /** Undefined if the commit has no such file; other failures throw. */
  #readFile(rev: string, file: string): Promise<Buffer | undefined> {
    const key = `${rev}:${file}`;
    let content = this.#files.get(key);
    if (content === undefined) {
      content = this.#code.readFile(rev, file).catch((error: unknown) => {
        if (isNotExist(error)) return undefined;
        throw error;
      });
      this.#files.set(key, content);
    }
    return content;
  }

  async stat(rev: string): Promise<RevInfo> {
    if (rev === 'latest') return this.latest();
    let commit: Commit;
    try {
      commit = await this.#code.stat(this.#revOf(rev));
    } catch (error) {
      throw this.#invalid(rev, asError(error));
    }
    return this.#convert(commit, rev);
  }

  async latest(): Promise<RevInfo> {
    return this.#convert(await this.#code.latest(), '');
  }

  /** The tag or hash that stands for a version. */
  #revOf(version: string): string {
    if (!isValidSemver(version)) return version;
    if (isPseudoVersion(version)) return pseudoVersionRev(version);
    return this.#tagPrefix + version.replace(/\+incompatible$/, '');
  }

  #invalid(version: string, cause: Error): ModuleVersionError {
    const wrapped = new InvalidVersionError(version, cause.message);
    wrapped.cause = cause;
    return new ModuleVersionError(this.path, '', wrapped);
  }

  #invalidFor(version: string, why: string): ModuleVersionError {
    return this.#invalid(version, new Error(why));
  }

  /** What a commit is called, asked for as `asked`, which may be ''. */
  async #convert(commit: Commit, asked: string): Promise<RevInfo> {
    const info = await this.#name(commit, asked);
    let origin = withSubdir(commit.origin, this.#dir);
    const { version } = info;
    // A name that depends on the tags there are is only good as long as there are no others.
    if (isPseudoVersion(version) && (version !== asked || !version.startsWith('v0.0.0-'))) {
      const major = this.#pathMajor === '' ? '' : `${this.#pathMajor.slice(1)}.`;
      const tags = await this.#code.tags(this.#tagPrefix + major);
      const { TagPrefix = '', TagSum = '' } = tags.origin;
      origin = { ...origin, TagPrefix, TagSum };
    }
    return { ...info, origin };
  }

  async #name(commit: Commit, asked: string): Promise<RevInfo> {
    const canonical = (version: string): Promise<RevInfo> =>
      this.#checkCanonical(commit, version, asked);
    if (isPseudoVersion(asked)) {
      const info = await canonical(asked);
      await this.#validatePseudoVersion(commit, asked);
      return info;
    }
    const own = this.#versionOfTag(commit.version);
    if (own?.isExact === true) {
      const info = await canonical(own.version).catch(() => undefined);
      if (info !== undefined) return info;
    }
    const isRetracted = await this.#retractions().catch(() => () => false);
    let highest = '';
    let base = '';
    for (const tag of commit.tags) {
      const found = this.#versionOfTag(tag);
      if (found === undefined) continue;
      const { version, isExact } = found;
      if (asked !== '' && compareSemver(version, asked) === 0) {
        // oxlint-disable-next-line no-await-in-loop
        if (isExact) return await canonical(version);
        base = version;
      }
      if (!isExact || compareSemver(highest, version) >= 0 || isRetracted(version)) continue;
      // oxlint-disable-next-line no-await-in-loop
      if (await this.#fits(commit, version, asked)) highest = version;
    }
    if (highest !== '') return canonical(highest);
    if (base === '') base = await this.#baseOf(commit, asked, isRetracted);
    const time = commit.time.replaceAll(/\D/g, '');
    const major = pathMajorPrefix(this.#pathMajor);
    return canonical(pseudoVersion(major, base, time, commit.short));
  }

  async #baseOf(
    commit: Commit,
    asked: string,
    isRetracted: (version: string) => boolean,
  ): Promise<string> {
    const usesIncompatible = await this.#canUseIncompatible(commit, '', asked);
    const tag = await this.#code.recentTag(commit.name, this.#tagPrefix, (each) => {
      const version = this.#versionOfTag(each)?.version;
      if (version === undefined || isRetracted(version)) return false;
      return checkPathMajor(version, this.#pathMajor) === undefined || usesIncompatible;
    });
    return this.#versionOfTag(tag)?.version ?? '';
  }

  async #fits(commit: Commit, version: string, asked: string): Promise<boolean> {
    if (checkPathMajor(version, this.#pathMajor) === undefined) return true;
    return this.#canUseIncompatible(commit, version, asked);
  }

  /** The version that a tag means, and whether it is written in full and no more. */
  #versionOfTag(tag: string): { version: string; isExact: boolean } | undefined {
    if (!tag.startsWith(this.#tagPrefix) || isPseudoVersion(tag)) return undefined;
    const rest = tag.slice(this.#tagPrefix.length);
    const version = canonicalSemver(rest);
    if (version === '' || !rest.startsWith(version)) return undefined;
    return { version, isExact: version === rest };
  }

  /** Whether a commit is of before go.mod, so that majors without a place of their own may be used. */
  async #canUseIncompatible(commit: Commit, version: string, asked: string): Promise<boolean> {
    if (this.#dir !== '' || this.#pathMajor !== '') return false;
    if (await this.#hasGoMod(commit.name)) return false;
    if (version === '' || asked.endsWith(incompatible)) return true;
    return (await this.#readFile(commit.name, `${majorOf(version)}/go.mod`)) === undefined;
  }

  /** The commit under a canonical version, if it can bear that. */
  async #checkCanonical(commit: Commit, wanted: string, asked: string): Promise<RevInfo> {
    try {
      await this.#find(wanted);
    } catch (error) {
      const { message } = asError(error);
      throw this.#invalid(wanted, new NotExistError(message, { cause: error }));
    }
    let version = wanted === asked.replace(/\+incompatible$/, '') ? asked : wanted;
    const base = version.replace(/\+incompatible$/, '');
    let wrong: Error | undefined;
    if (checkPathMajor(base, this.#pathMajor) === undefined) {
      if (version.endsWith(incompatible)) {
        const why = `${incompatible} suffix not allowed: major version ${majorOf(version)} is compatible`;
        wrong = this.#invalidFor(version, why);
      }
    } else if (await this.#canUseIncompatible(commit, base, asked)) {
      version = base + incompatible;
    } else if (this.#pathMajor === '') {
      const path = posix.join(this.#pathPrefix, majorOf(version));
      const why = `module contains a go.mod file, so module path must match major version (${quoteString(path)})`;
      wrong = this.#invalidFor(version, why);
    } else {
      const why = 'module path includes a major version suffix, so major version must match';
      wrong = this.#invalidFor(version, why);
    }
    const askedBase = asked.replace(/\+incompatible$/, '');
    if (asked !== '' && asked === canonicalVersion(asked) && askedBase !== base) {
      const why = `resolves to version ${version} (${askedBase} is not a tag)`;
      throw this.#invalidFor(asked, why);
    }
    if (wrong !== undefined) throw wrong;
    return { version, time: commit.time, name: commit.name, short: commit.short };
  }

  async #validatePseudoVersion(commit: Commit, version: string): Promise<void> {
    const fail = (why: string): never => {
      const invalid = new InvalidVersionError(version, why, 'pseudo-version');
      throw new ModuleVersionError(this.path, '', invalid);
    };
    const rev = pseudoVersionRev(version);
    if (rev !== commit.short) {
      const expected = `(expected ${commit.short})`;
      if (rev.startsWith(commit.short)) fail(`revision is longer than canonical ${expected}`);
      if (commit.short.startsWith(rev)) fail(`revision is shorter than canonical ${expected}`);
      fail(`does not match short name of revision ${expected}`);
    }
    const time = pseudoVersionTime(version);
    if (isoTime(time) === undefined) fail(`malformed time ${quoteString(time)}`);
    if (isoTime(time) !== commit.time) {
      const expected = commit.time.replaceAll(/\D/g, '');
      fail(`does not match version-control timestamp (expected ${expected})`);
    }
    let base = '';
    try {
      base = pseudoVersionBase(version.replace(/\+incompatible$/, ''));
    } catch (error) {
      throw new ModuleVersionError(this.path, '', asError(error));
    }
    if (base === '') {
      if (this.#pathMajor === '' && majorOf(version) === 'v1') {
        fail('major version without preceding tag must be v0, not v1');
      }
      return;
    }
    const same = commit.tags.find((tag) => tag.replace(this.#tagPrefix, '') === base);
    if (same !== undefined) {
      fail(
        `tag (${same}) found on revision ${rev} is already canonical, so should not be replaced with a pseudo-version derived from that tag`,
      );
    }
    await this.#needAncestor(commit, base, fail);
  }

  async #needAncestor(commit: Commit, base: string, fail: (why: string) => never): Promise<void> {
    const tags = await this.#code.tags(this.#tagPrefix + base);
    let last = '';
    for (const { name } of tags.list) {
      if (compareSemver(name.slice(this.#tagPrefix.length), base) !== 0) continue;
      last = name;
      // oxlint-disable-next-line no-await-in-loop
      if (await this.#code.descendsFrom(commit.name, name)) return;
    }
    if (last === '') fail(`preceding tag (${base}) not found`);
    fail(`revision ${commit.short} is not a descendent of preceding tag (${last})`);
  }

  /** What the newest version takes back. */
  async #retractions(): Promise<(version: string) => boolean> {
    const { list } = await this.versions('');
    const own = list.filter((version) => !version.endsWith(incompatible));
    const newest = own.findLast((version) => prereleaseOf(version) === '') ?? own.at(-1);
    if (newest === undefined) return () => false;
    const file = parseModFileLax('go.mod', Buffer.from(await this.goMod(newest)).toString());
    return (version) =>
      file.retract.some(
        ({ low, high }) => compareSemver(low, version) <= 0 && compareSemver(version, high) <= 0,
      );
  }

  /** The folder that holds the module at a version. */
  async #find(version: string): Promise<FoundModule> {
    if (!isValidSemver(version)) throw this.#invalidFor(version, 'syntax error');
    const rev = this.#revOf(version);
    const read = async (file: string): Promise<Buffer | undefined> => {
      try {
        return await this.#readFile(rev, file);
      } catch (error) {
        const why = asError(error).message;
        throw new Error(`reading ${this.#root}/${file} at revision ${rev}: ${why}`, {
          cause: error,
        });
      }
    };
    const file1 = posix.join(this.#dir, 'go.mod');
    const goMod1 = await read(file1);
    const path1 = goMod1 === undefined ? '' : modulePath(goMod1.toString());
    // gopkg.in modules may be used under the path of the repository that they come from.
    const isAlias = this.#pathMajor === '' && path1.startsWith('gopkg.in/');
    const found1 = goMod1 !== undefined && (isMajor(path1, this.#pathMajor) || isAlias);
    const inFolder =
      this.#pathMajor !== '' && this.#root !== this.path && !this.#pathMajor.startsWith('.');
    if (inFolder) {
      const dir2 = posix.join(this.#dir, this.#pathMajor.slice(1));
      const goMod2 = await read(`${dir2}/go.mod`);
      const path2 = goMod2 === undefined ? '' : modulePath(goMod2.toString());
      const found2 = goMod2 !== undefined && isMajor(path2, this.#pathMajor);
      if (found1 && found2) {
        throw new Error(
          `${this.#pathPrefix}/${file1} and ...${this.#pathMajor}/go.mod both have ...${this.#pathMajor} module paths at revision ${rev}`,
        );
      }
      if (found2) return { rev, dir: dir2, goMod: goMod2 };
      if (goMod2 !== undefined) {
        const where = `${this.#root}/${dir2}/go.mod`;
        throw new Error(
          path2 === ''
            ? `${where} is missing module path at revision ${rev}`
            : `${where} has non-...${this.#pathMajor} module path ${quoteString(path2)} at revision ${rev}`,
        );
      }
    }
    if (found1) return { rev, dir: this.#dir, goMod: goMod1 };
    if (goMod1 !== undefined) throw this.#wrongPath({ version, rev, file1, path1, inFolder });
    if (this.#dir === '' && (this.#pathMajor === '' || this.#pathMajor.startsWith('.'))) {
      return { rev, dir: '', goMod: undefined };
    }
    const also = inFolder ? ` and ...${this.#pathMajor}/go.mod` : '';
    throw new Error(`missing ${this.#pathPrefix}/go.mod${also} at revision ${rev}`);
  }

  #wrongPath(at: {
    version: string;
    rev: string;
    file1: string;
    path1: string;
    inFolder: boolean;
  }): Error {
    const { version, rev, file1, path1, inFolder } = at;
    const also = inFolder ? ` (and ...${this.#pathMajor}/go.mod does not exist)` : '';
    const end = `${also} at revision ${rev}`;
    if (path1 === '') return new Error(`${file1} is missing module path${end}`);
    const quoted = quoteString(path1);
    if (this.#pathMajor !== '') {
      return new Error(`${file1} has non-...${this.#pathMajor} module path ${quoted}${end}`);
    }
    if (splitPathVersion(path1) === undefined) {
      return new Error(`${file1} has malformed module path ${quoted}${end}`);
    }
    return new Error(`${file1} has post-${majorOf(version)} module path ${quoted}${end}`);
  }

  async goMod(version: string): Promise<Uint8Array> {
    const { goMod } = await this.#findChecked(version);
    return goMod ?? Buffer.from(`module ${autoQuote(this.path)}\n`);
  }

  async #findChecked(version: string): Promise<FoundModule> {
    if (version !== canonicalVersion(version)) {
      throw new Error(`version ${version} is not canonical`);
    }
    // What it says about the commit is looked at first.
    if (isPseudoVersion(version)) await this.stat(version);
    return this.#find(version);
  }

  async zip(version: string, sink: Writable): Promise<void> {
    const { rev, dir } = await this.#findChecked(version);
    const prefix = dir === '' ? 'prefix/' : `prefix/${dir}/`;
    const files = readZip(await this.#code.archive(rev, dir))
      .filter((entry) => entry.name.startsWith(prefix) && !entry.isDirectory)
      .map((entry) => sourceFile(entry, entry.name.slice(prefix.length)));
    // A module in a folder takes the repository's licence along.
    const license =
      dir === '' || files.some(({ path }) => path === 'LICENSE')
        ? undefined
        : await this.#readFile(rev, 'LICENSE');
    if (license !== undefined) {
      files.push({ path: 'LICENSE', size: license.length, kind: 'file', read: () => license });
    }
    const zip = createModuleZip(this.path, version, files);
    await new Promise<void>((resolve, reject) => {
      sink.on('error', reject);
      sink.end(zip, resolve);
    });
  }
}

function sourceFile(entry: ZipEntry, path: string): SourceFile {
  const type = entry.mode & 0o170000;
  const kind = type === 0o120000 ? 'symlink' : type === 0 || type === 0o100000 ? 'file' : 'other';
  return { path, size: entry.size, kind, read: () => entry.read() };
}

function withSubdir(origin: Origin, subdir: string): Origin {
  return subdir === '' ? origin : { ...origin, Subdir: subdir };
}

function isMajor(modPath: string, pathMajor: string): boolean {
  const split = modPath === '' ? undefined : splitPathVersion(modPath);
  if (split === undefined) return false;
  if (pathMajor === '') return ['', 'v0', 'v1'].includes(pathMajorPrefix(split.pathMajor));
  return split.pathMajor !== '' && split.pathMajor.slice(1) === pathMajor.slice(1);
}

export function hasPathPrefix(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}
