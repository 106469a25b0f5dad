/**
 * The module system's view of the world, over module cache, GOPROXY and version control.
 *
 * Each question is answered from memory, else from the module cache, else by whoever GOPROXY names; what
 * comes is verified before it is written where anybody looks for it. So a file in the cache is whole and
 * was right when it was written, and is compared with go.sum again whenever it is used. Questions in
 * flight are shared: asking twice asks the network once. Between processes, a version's .lock file
 * keeps two of them from unpacking the same module.
 * GOROOT: src/cmd/go/internal/modfetch/{cache,fetch,repo}.go.
 */
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { mkdir, open as openFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolError } from '@go-ts/base';
import { quoteString } from '@go-ts/base/quote';
import { asError, ModuleError, NotExistError, SecurityError } from '../error.ts';
import type { readModuleZip } from '../modulezip.ts';
import {
  type FetchSettings,
  type ModuleSource,
  type Origin,
  type Proxy,
  type Repo,
  type RevInfo,
} from '../source.ts';
import { Hash1 } from '../sum/dirhash.ts';
import { GoSum, sumKey } from '../sum/gosum.ts';
import { matchPrefixPatterns } from '../version/escape.ts';
import { type ModuleVersion, ModuleVersionError } from '../version/module.ts';
import { isPseudoVersion } from '../version/pseudo.ts';
import { compareSemver, isValidSemver } from '../version/semver.ts';
import { makeReadOnly, ModuleCache, removeAll, removeTemporaries, tempName } from './cache.ts';
import { parseProxyList, type ProxySpec, tryProxies, UseProxy } from './goproxy.ts';
import { editLocked, lockFile } from './lock.ts';
import type { Network } from './network.ts';
import { type RawRepo } from './repo.ts';
import { formatInfo, parseInfo } from './revinfo.ts';

export function openModuleSource(settings: FetchSettings): ModuleSource {
  return new Fetcher(settings);
}

/** Takes turns: at most so many zips are in memory at a time. */
const maxUnpacking = 4;

class Fetcher implements ModuleSource {
  readonly #settings: FetchSettings;
  readonly #cache: ModuleCache;
  #network: Promise<Network> | undefined;
  readonly goSum: GoSum;
  #proxies: ProxySpec[] | undefined;
  readonly #repos = new Map<string, CachingRepo>();
  readonly #localRepos = new Map<string, CachingRepo>();
  readonly #downloads = new Map<string, Promise<string>>();
  readonly #zips = new Map<string, Promise<string>>();
  readonly #turns = new Turns(maxUnpacking);

  constructor(settings: FetchSettings) {
    this.#settings = settings;
    this.#cache = new ModuleCache(settings.GOMODCACHE);
    const { readGoSum = readIfThere } = settings;
    const read = (file: string): string => (file === '' ? '' : readGoSum(file));
    this.goSum = new GoSum({
      file: settings.goSumFile,
      text: read(settings.goSumFile),
      workspace: settings.workspaceGoSumFiles.map((file) => ({ file, text: read(file) })),
      ignoreMalformed: settings.ignoreMalformedGoSum,
      warn: settings.say,
    });
  }

  close(): void {
    void this.#network?.then(({ web }) => web.close());
  }

  #useNetwork(): Promise<Network> {
    return (this.#network ??= import('./network.ts').then(
      ({ Network: Opened }) => new Opened(this.#settings),
    ));
  }

  tryProxies<T>(ask: (proxy: Proxy) => Promise<T>): Promise<T> {
    const { GOPROXY, GONOPROXY } = this.#settings;
    this.#proxies ??= parseProxyList(GOPROXY, GONOPROXY);
    return tryProxies(this.#proxies, ask);
  }

  repo(proxy: Proxy, path: string): CachingRepo {
    const key = `${proxy} ${path}`;
    let repo = this.#repos.get(key);
    if (repo === undefined) {
      repo = this.#newRepo(path, () => this.#lookup(proxy, path));
      this.#repos.set(key, repo);
    }
    return repo;
  }

  localRepo(codeRoot: string, path: string, dir: string): Repo {
    let repo = this.#localRepos.get(path);
    if (repo === undefined) {
      repo = this.#newRepo(path, async () => {
        const { localCodeRepo } = await import('./direct.ts');
        return localCodeRepo(codeRoot, path, dir, this.#settings);
      });
      this.#localRepos.set(path, repo);
    }
    return repo;
  }

  #newRepo(path: string, open: () => Promise<RawRepo>): CachingRepo {
    return new CachingRepo({
      path,
      open,
      cache: this.#cache,
      onlyCache: this.#settings.GOPROXY === 'off',
      say: this.#settings.say,
      checkGoMod: (version, data) => this.#checkGoMod(path, version, data),
    });
  }

  async #lookup(proxy: Proxy, path: string): Promise<RawRepo> {
    const { lookupDisabled, GONOPROXY, goVersion } = this.#settings;
    if (lookupDisabled !== undefined) throw new Error(lookupDisabled);
    if (path === 'go' || path === 'toolchain') {
      const { toolchainRepo } = await import('./toolchain.ts');
      return toolchainRepo(path, this.repo(proxy, 'golang.org/toolchain'), goVersion);
    }
    if (matchPrefixPatterns(GONOPROXY, path)) {
      if (proxy === 'noproxy' || proxy === 'direct') return this.#direct(path);
      throw new NotExistError('disabled by GOPRIVATE/GONOPROXY');
    }
    switch (proxy) {
      case 'off':
        throw new NotExistError('module lookup disabled by GOPROXY=off');
      case 'direct':
        return this.#direct(path);
      case 'noproxy':
        throw new UseProxy();
      default:
        return (await this.#useNetwork()).proxyRepo(proxy, path);
    }
  }

  async #direct(path: string): Promise<RawRepo> {
    const { lookupDirect } = await import('./direct.ts');
    const { web } = await this.#useNetwork();
    return lookupDirect(path, this.#settings, web);
  }

  async info(path: string, version: string): Promise<RevInfo> {
    needVersion(version);
    const cached = readInfo(this.#cache, { path, version });
    return cached ?? this.tryProxies((proxy) => this.repo(proxy, path).stat(version));
  }

  async infoFile(path: string, version: string): Promise<string> {
    await this.info(path, version);
    return this.#cache.path({ path, version }, 'info');
  }

  async goMod(path: string, rev: string): Promise<Uint8Array> {
    let version = rev;
    if (!isValidSemver(rev)) {
      const info = await this.tryProxies((proxy) => this.repo(proxy, path).stat(rev));
      ({ version } = info);
    }
    const cached = readGoMod(this.#cache, { path, version });
    if (cached !== undefined) {
      await this.#checkGoMod(path, version, cached);
      return cached;
    }
    return this.tryProxies((proxy) => this.repo(proxy, path).goMod(version));
  }

  async goModFile(path: string, version: string): Promise<string> {
    needVersion(version);
    await this.goMod(path, version);
    return this.#cache.path({ path, version }, 'mod');
  }

  async goModSum(path: string, version: string): Promise<string> {
    needVersion(version);
    return hashOfGoMod(await this.goMod(path, version));
  }

  download(mod: ModuleVersion): Promise<string> {
    return shared(this.#downloads, mod, () => this.#download(mod));
  }

  async #download(mod: ModuleVersion): Promise<string> {
    if (mod.path === 'golang.org/fips140') {
      throw new Error(
        'golang.org/fips140 is bundled with the Go distribution and cannot be downloaded',
      );
    }
    const dir = this.#cache.moduleDir(mod);
    if (!this.#cache.isUnpacked(mod)) {
      const zip = await this.downloadZip(mod);
      await this.#turns.take(() => this.#unpack(mod, zip, dir));
    }
    await this.#checkZipHash(mod);
    return dir;
  }

  cachedDir(mod: ModuleVersion): string | undefined {
    return this.#cache.isUnpacked(mod) ? this.#cache.moduleDir(mod) : undefined;
  }

  cachePath(mod: ModuleVersion, suffix: string): string {
    return this.#cache.path(mod, suffix);
  }

  sum(mod: ModuleVersion): string | undefined {
    const text = this.#cache.read(mod, 'ziphash')?.toString().trim();
    return text !== undefined && isWholeHash(text) ? text : undefined;
  }

  downloadZip(mod: ModuleVersion): Promise<string> {
    return shared(this.#zips, mod, () => this.#downloadZip(mod));
  }

  async #downloadZip(mod: ModuleVersion): Promise<string> {
    const zip = this.#cache.path(mod, 'zip');
    const zipHash = this.#cache.path(mod, 'ziphash');
    if (existsSync(zip) && existsSync(zipHash)) {
      if (!this.goSum.have(sumKey(mod.path, mod.version))) await this.#checkZipHash(mod);
      return zip;
    }
    if (this.#settings.sayDownloads) {
      this.#settings.say(`go: downloading ${describeDownload(mod)}`);
    }
    const lock = await lockFile(this.#cache.path(mod, 'lock'));
    try {
      // Whoever held the lock may have brought it.
      if (existsSync(zip) && existsSync(zipHash)) return zip;
      removeTemporaries(zip);
      if (existsSync(zip)) await this.#turns.take(() => this.#hashZip(mod, zip));
      else await this.#bringZip(mod, zip);
      return zip;
    } finally {
      lock.release();
    }
  }

  /** Under a temporary name until its hash is known to be right. */
  async #bringZip(mod: ModuleVersion, zip: string): Promise<void> {
    const temp = tempName(zip);
    try {
      await this.tryProxies((proxy) => {
        const sink = createWriteStream(temp, { flags: 'w', mode: 0o666 });
        return this.repo(proxy, mod.path).zip(mod.version, sink);
      });
      await this.#turns.take(() => this.#hashZip(mod, temp));
      renameSync(temp, zip);
    } catch (error) {
      rmSync(temp, { force: true });
      throw error;
    }
  }

  async #hashZip(mod: ModuleVersion, file: string): Promise<void> {
    const prefix = `${mod.path}@${mod.version}/`;
    const sum = new Hash1();
    const { readZip } = await import('../zip.ts');
    for (const entry of readZip(readFileSync(file))) {
      if (!entry.name.startsWith(prefix)) {
        throw new ModuleError(`zip for ${prefix.slice(0, -1)} has unexpected file ${entry.name}`);
      }
      sum.add(entry.name, entry.read());
    }
    const hash = sum.sum();
    await this.#checkSum(mod.path, mod.version, hash);
    await editLocked(this.#cache.path(mod, 'ziphash'), () => Buffer.from(hash));
  }

  async #unpack(mod: ModuleVersion, zip: string, dir: string): Promise<void> {
    const lock = await lockFile(this.#cache.path(mod, 'lock'));
    try {
      if (this.#cache.isUnpacked(mod)) return;
      if (existsSync(dir)) removeAll(dir);
      const partial = this.#cache.path(mod, 'partial');
      mkdirSync(dirname(dir), { recursive: true });
      // Whoever finds this file knows that the folder is not whole.
      await writeFile(partial, '');
      try {
        const zips = await import('../modulezip.ts');
        await writeModule(zips.readModuleZip(readFileSync(zip), mod.path, mod.version), dir);
      } catch (error) {
        removeAll(dir);
        rmSync(partial, { force: true });
        const message = `unzip ${zip}: ${asError(error).message}`;
        this.#settings.say(`-> ${message}`);
        throw new ModuleError(message, { cause: error });
      }
      rmSync(partial);
      if (!this.#settings.modCacheRW) makeReadOnly(dir);
    } finally {
      lock.release();
    }
  }

  /** Compares the recorded hash of a module's zip, computed again if the record is damaged. */
  async #checkZipHash(mod: ModuleVersion): Promise<void> {
    const text = this.#cache.read(mod, 'ziphash')?.toString().trim();
    if (text === undefined || !isWholeHash(text)) {
      try {
        await this.#hashZip(mod, this.#cache.path(mod, 'zip'));
      } catch (error) {
        if (error instanceof SecurityError) throw error;
        const cause = new ModuleVersionError(mod.path, mod.version, asError(error));
        throw new SecurityError(`verifying ${cause.message}`);
      }
      return;
    }
    if (!text.startsWith('h1:')) {
      const why = `unexpected ziphash: ${quoteString(text)}`;
      throw new SecurityError(`verifying ${mod.path}@${mod.version}: ${why}`);
    }
    try {
      await this.#checkSum(mod.path, mod.version, text);
    } catch (error) {
      // Already in the cache and yet not what it should be: nobody goes on after that.
      throw error instanceof SecurityError ? error : new SecurityError(asError(error).message);
    }
  }

  #checkGoMod(path: string, version: string, data: Uint8Array): Promise<void> {
    return this.#checkSum(path, `${version}/go.mod`, hashOfGoMod(data));
  }

  /** Against go.sum, and what is not there against the checksum database. */
  async #checkSum(path: string, version: string, hash: string): Promise<void> {
    const key = sumKey(path, version);
    const isListed = this.goSum.check(key, hash);
    if (isListed && path !== 'golang.org/toolchain') return;
    const { sumdb } = await this.#useNetwork();
    if (sumdb.covers(path)) await sumdb.check(path, version, hash);
    if (!isListed) this.goSum.add(key, hash);
  }

  async writeGoSum(keep: ReadonlySet<string>): Promise<void> {
    if (!this.goSum.needsUpdate(keep)) return;
    const lock = await lockFile(join(this.#cache.root, 'cache/lock'));
    try {
      await editLocked(this.goSum.file, (content) =>
        Buffer.from(this.goSum.tidy(content.toString(), keep)),
      );
    } catch (error) {
      throw new Error(`updating go.sum: ${asError(error).message}`, { cause: error });
    } finally {
      lock.release();
    }
    this.goSum.written();
  }
}

function needVersion(version: string): void {
  if (!isValidSemver(version)) throw new Error(`invalid version ${quoteString(version)}`);
}

/** One promise for all who ask for the same module. A failure is remembered too. */
function shared(
  known: Map<string, Promise<string>>,
  mod: ModuleVersion,
  work: () => Promise<string>,
): Promise<string> {
  const key = `${mod.path}@${mod.version}`;
  let promise = known.get(key);
  if (promise === undefined) {
    promise = work();
    known.set(key, promise);
  }
  return promise;
}

/** Lets so many go at a time; the others wait in line. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((go) => this.#waiting.push(go));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** A hash file that a crash cut short, or left full of zeros, does not count. */
function isWholeHash(text: string): boolean {
  return text.length === 'h1:'.length + 44 && !text.includes('\0');
}

export function hashOfGoMod(data: Uint8Array): string {
  const sum = new Hash1();
  sum.add('go.mod', data);
  return sum.sum();
}

/** `path version`, and for toolchains what they are. */
function describeDownload({ path, version }: ModuleVersion): string {
  const toolchain = /^v[^-]*-(.*)\.([^.-]+)-([^.-]+)$/.exec(version);
  if (path !== 'golang.org/toolchain' || toolchain === null) return `${path} ${version}`;
  return `${toolchain[1]} (${toolchain[2]}/${toolchain[3]})`;
}

async function writeModule(files: ReturnType<typeof readModuleZip>, dir: string): Promise<void> {
  const made = new Set<string>();
  await mkdir(dir, { recursive: true });
  for (const { path, entry } of files) {
    const file = join(dir, path);
    const parent = dirname(file);
    if (!made.has(parent)) {
      mkdirSync(parent, { recursive: true });
      made.add(parent);
    }
    // In turn, so that little is in memory; libuv's threads write while the next is inflated.
    // oxlint-disable-next-line no-await-in-loop
    await using handle = await openFile(file, 'wx', 0o444);
    // oxlint-disable-next-line no-await-in-loop
    await handle.writeFile(entry.read());
  }
}

/** An .info file, undefined if there is none or it is damaged. */
function readInfo(cache: ModuleCache, mod: ModuleVersion): RevInfo | undefined {
  const data = cache.read(mod, 'info');
  if (data === undefined) return undefined;
  try {
    return parseInfo(data.toString());
  } catch {
    return undefined;
  }
}

/** A go.mod, but not one that old versions made up. */
function readGoMod(cache: ModuleCache, mod: ModuleVersion): Buffer | undefined {
  const data = cache.read(mod, 'mod');
  return data?.toString('latin1', 0, 11) === '//vgo 0.0.' ? undefined : data;
}

interface CachingOptions {
  readonly path: string;
  readonly open: () => Promise<RawRepo>;
  readonly cache: ModuleCache;
  /** GOPROXY=off: a commit may be answered by a pseudo-version in the cache. */
  readonly onlyCache: boolean;
  readonly say: (line: string) => void;
  readonly checkGoMod: (version: string, data: Uint8Array) => Promise<void>;
}

/** A repository behind memory and disk. It is opened only when they do not know. */
class CachingRepo implements RawRepo {
  readonly path: string;
  readonly #options: CachingOptions;
  #opened: Promise<RawRepo> | undefined;
  readonly #versions = new Map<string, ReturnType<Repo['versions']>>();
  readonly #stats = new Map<string, Promise<RevInfo>>();
  readonly #goMods = new Map<string, Promise<Uint8Array>>();
  #latest: Promise<RevInfo> | undefined;

  constructor(options: CachingOptions) {
    this.#options = options;
    this.path = options.path;
  }

  get #repo(): Promise<RawRepo> {
    return (this.#opened ??= this.#options.open());
  }

  /** `go` and `toolchain` are views of another module, which is cached itself. */
  get #isView(): boolean {
    return this.path === 'go' || this.path === 'toolchain';
  }

  async checkReuse(old: Origin): Promise<void> {
    return (await this.#repo).checkReuse(old);
  }

  versions(prefix: string): ReturnType<Repo['versions']> {
    let versions = this.#versions.get(prefix);
    if (versions === undefined) {
      versions = this.#repo.then((repo) => repo.versions(prefix));
      this.#versions.set(prefix, versions);
    }
    return versions;
  }

  stat(rev: string): Promise<RevInfo> {
    let info = this.#stats.get(rev);
    if (info === undefined) {
      info = this.#stat(rev);
      this.#stats.set(rev, info);
    }
    return info;
  }

  async #stat(rev: string): Promise<RevInfo> {
    if (this.#isView) return (await this.#repo).stat(rev);
    const cached = this.#readStat(rev);
    if (cached !== undefined) return cached;
    const info = await (await this.#repo).stat(rev);
    await this.#keepInfo(info);
    return info;
  }

  #readStat(rev: string): RevInfo | undefined {
    const { cache, onlyCache } = this.#options;
    const exact = readInfo(cache, { path: this.path, version: rev });
    if (exact !== undefined || !onlyCache) return exact;
    // A commit may have got several names as tags were added; the highest is the latest.
    const [best] = cache
      .pseudoVersionsOf(this.path, rev)
      .filter((version) => isPseudoVersion(version))
      .sort((a, b) => compareSemver(b, a));
    return best === undefined ? undefined : readInfo(cache, { path: this.path, version: best });
  }

  async #keepInfo(info: RevInfo): Promise<void> {
    if (!this.#stats.has(info.version)) this.#stats.set(info.version, Promise.resolve(info));
    const mod = { path: this.path, version: info.version };
    try {
      await this.#options.cache.write(mod, 'info', Buffer.from(formatInfo(forCache(info))));
    } catch (error) {
      this.#cannotCache('stat', error);
    }
  }

  #cannotCache(what: string, error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof ToolError) throw error;
    if (code !== 'EROFS') this.#options.say(`go: writing ${what} cache: ${message}`);
  }

  latest(): Promise<RevInfo> {
    return (this.#latest ??= this.#findLatest());
  }

  async #findLatest(): Promise<RevInfo> {
    const info = await (await this.#repo).latest();
    if (this.#isView) return info;
    const known = readInfo(this.#options.cache, { path: this.path, version: info.version });
    if (known === undefined) await this.#keepInfo(info);
    return info;
  }

  goMod(version: string): Promise<Uint8Array> {
    let data = this.#goMods.get(version);
    if (data === undefined) {
      data = this.#goMod(version);
      this.#goMods.set(version, data);
    }
    return data;
  }

  async #goMod(version: string): Promise<Uint8Array> {
    if (this.#isView) return (await this.#repo).goMod(version);
    const { cache, checkGoMod } = this.#options;
    const mod = { path: this.path, version };
    const cached = readGoMod(cache, mod);
    if (cached !== undefined) {
      await checkGoMod(version, cached);
      return cached;
    }
    const data = await (await this.#repo).goMod(version);
    await checkGoMod(version, data);
    try {
      await cache.write(mod, 'mod', data);
    } catch (error) {
      this.#cannotCache('go.mod', error);
    }
    return data;
  }

  async zip(...args: Parameters<RawRepo['zip']>): Promise<void> {
    return (await this.#repo).zip(...args);
  }
}

/** Without what would only matter for the branch or tag list that was asked about. */
function forCache(info: RevInfo): RevInfo {
  if (info.origin === undefined) return info;
  const origin = { ...info.origin, TagSum: '', TagPrefix: '', RepoSum: '' };
  return { ...info, origin: isPseudoVersion(info.version) ? { ...origin, Ref: '' } : origin };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
