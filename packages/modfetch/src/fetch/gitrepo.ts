/**
 * One git repository, seen from its remote: what the refs say, and of the history only what is needed.
 *
 * A bare clone in the module cache is filled by need: one commit without its history when a ref names
 * it, everything when the question is about ancestors or about a commit that no ref names. The clone's
 * place, lock and kind are the official command's, which can go on with it.
 * GOROOT: src/cmd/go/internal/modfetch/codehost/{git,codehost}.go.
 */
import { createHash, hash as hashOnce } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { isNotExist, NotExistError } from '../error.ts';
import { type FetchSettings, type Origin } from '../source.ts';
import { isPseudoVersion } from '../version/pseudo.ts';
import { canonicalSemver, compareSemver } from '../version/semver.ts';
import { lockFile } from './lock.ts';
import { asNotExist } from './proxy.ts';
import { RunError, runCommand } from './run.ts';
import { type Web } from './web.ts';

export interface Commit {
  /** The full hash. */
  readonly name: string;
  readonly short: string;
  /** RFC 3339. */
  readonly time: string;
  /** The tag that was asked for, else the hash. */
  readonly version: string;
  readonly tags: readonly string[];
  readonly origin: Origin;
}

export interface Tag {
  readonly name: string;
  readonly hash: string;
}

export interface Tags {
  readonly list: readonly Tag[];
  readonly origin: Origin;
}

/** As short as a hash may be, not to be taken for a branch. */
const minHashDigits = 7;
const shortHash = 12;

type Fetched = 'nothing' | 'some' | 'all';

export class GitRepo {
  readonly #url: string;
  readonly #dir: string;
  /** A working copy on this machine, from which nothing is fetched. */
  readonly #isLocal: boolean;
  readonly #settings: FetchSettings;
  readonly #web: Web | undefined;
  #refs: Promise<Map<string, string>> | undefined;
  #localTags: Promise<Set<string>> | undefined;
  readonly #stats = new Map<string, Promise<Commit>>();
  #fetched: Fetched = 'nothing';
  /** The address until the clone has a name for it. */
  #remote: string;

  private constructor(url: string, dir: string, settings: FetchSettings, web: Web | undefined) {
    this.#url = url;
    this.#remote = url;
    this.#dir = dir;
    this.#isLocal = web === undefined;
    this.#settings = settings;
    this.#web = web;
  }

  static local(dir: string, settings: FetchSettings): GitRepo {
    if (!statSync(dir).isDirectory()) throw new Error(`${dir} exists but is not a directory`);
    return new GitRepo('', dir, settings, undefined);
  }

  static async open(url: string, settings: FetchSettings, web: Web): Promise<GitRepo> {
    if (!url.includes('://')) {
      const hint = url.includes(':') ? ' (use URL syntax not host:path syntax)' : '';
      throw new Error(`git remote (${url}) must not be local directory${hint}`);
    }
    const key = `git3:${url}`;
    const dir = join(settings.GOMODCACHE, 'cache/vcs', hashOnce('sha256', key, 'hex'));
    const repo = new GitRepo(url, dir, settings, web);
    await repo.#locked(() => repo.#init(key));
    repo.#remote = 'origin';
    return repo;
  }

  async #init(key: string): Promise<void> {
    const dir = this.#dir;
    const info = `${dir}.info`;
    if (existsSync(dir) && existsSync(info)) {
      const have = readFileSync(info, 'utf8').replace(/\n$/, '');
      if (have !== key) {
        throw new Error(
          `${info} exists with wrong content (have ${quoteString(have)} want ${quoteString(key)})`,
        );
      }
    } else {
      rmSync(dir, { recursive: true, force: true });
      mkdirSync(dir, { recursive: true });
      writeFileSync(info, key);
    }
    if (existsSync(join(dir, 'objects'))) return;
    const format = (await this.#usesSha256()) ? 'sha256' : 'sha1';
    try {
      await this.#plain('init', '--bare', `--object-format=${format}`);
      await this.#git('remote', 'add', 'origin', '--', this.#url);
    } catch (error) {
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** A remote that cannot be read now is complained of when it is needed. */
  async #usesSha256(): Promise<boolean> {
    try {
      const [hash = ''] = (await this.#loadRefs()).values();
      return hash.length === 64;
    } catch {
      return false;
    }
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const lock = await lockFile(`${this.#dir}.lock`);
    try {
      return await work();
    } finally {
      lock.release();
    }
  }

  #git(...args: string[]): Promise<Buffer> {
    const env: Record<string, string> = this.#isLocal ? {} : { GIT_DIR: this.#dir };
    return runCommand(['git', ...args], this.#dir, this.#settings, env);
  }

  #plain(...args: string[]): Promise<Buffer> {
    return runCommand(['git', ...args], this.#dir, this.#settings);
  }

  /** Of all branches, tags and HEAD: the commit. */
  #loadRefs(): Promise<Map<string, string>> {
    return (this.#refs ??= this.#readRefs());
  }

  async #readRefs(): Promise<Map<string, string>> {
    const refs = new Map<string, string>();
    if (this.#isLocal) return refs;
    let out: Buffer;
    try {
      out = await this.#git('ls-remote', '-q', '--end-of-options', this.#remote);
    } catch (error) {
      throw await this.#explain(error);
    }
    const peeled = new Map<string, string>();
    for (const line of out.toString().split('\n')) {
      const [hash, ref] = line.split('\t');
      if (hash === undefined || ref === undefined) continue;
      if (ref !== 'HEAD' && !/^refs\/(?:heads|tags)\//.test(ref)) continue;
      // An annotated tag is an object of its own; what it points to has `^{}` after the name.
      if (ref.endsWith('^{}')) peeled.set(ref.slice(0, -3), hash);
      else refs.set(ref, hash);
    }
    for (const [ref, hash] of peeled) refs.set(ref, hash);
    return refs;
  }

  /** git does not say whether a repository is missing; the server may. */
  async #explain(error: unknown): Promise<unknown> {
    if (!(error instanceof RunError)) return error;
    if (error.stderr.includes('fatal: could not read Username')) {
      error.message +=
        '\nConfirm the import path was entered correctly.\n' +
        'If this is a private repository, see https://go.dev/doc/faq#git_https for additional information.';
    }
    if (!/^https?:/.test(this.#url)) return error;
    try {
      await this.#web?.getBytes(this.#url);
    } catch (answer) {
      if (isNotExist(asNotExist(answer as Error))) {
        return new NotExistError(error.message, { cause: error });
      }
    }
    return error;
  }

  async tags(prefix: string): Promise<Tags> {
    const refs = await this.#loadRefs();
    const list: Tag[] = [];
    for (const [ref, hash] of refs) {
      const name = ref.slice('refs/tags/'.length);
      if (ref.startsWith('refs/tags/') && name.startsWith(prefix)) list.push({ name, hash });
    }
    list.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    const dir = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const sum = createHash('sha256');
    for (const { name, hash } of list) {
      // Only tags that are versions decide which versions there are.
      if (isVersionTag(name.slice(dir.length))) sum.update(`${quoteString(name)} ${hash}\n`);
    }
    const TagSum = `t1:${sum.digest('base64')}`;
    return { list, origin: { VCS: 'git', URL: this.#url, TagPrefix: prefix, TagSum } };
  }

  async checkReuse(old: Origin, subdir: string): Promise<void> {
    const {
      VCS = '',
      URL: url = '',
      Subdir = '',
      Hash,
      Ref,
      TagSum,
      TagPrefix = '',
      RepoSum,
    } = old;
    const q = JSON.stringify;
    if (VCS !== 'git' || url !== this.#url) {
      throw new Error(`origin moved from ${VCS} ${q(url)} to git ${q(this.#url)}`);
    }
    if (Subdir !== subdir) {
      throw new Error(
        `origin moved from ${VCS} ${q(url)} ${q(Subdir)} to git ${q(this.#url)} ${q(subdir)}`,
      );
    }
    if (!Hash && !TagSum && !RepoSum) throw new Error('non-specific origin');
    const refs = await this.#loadRefs();
    if (Ref) {
      const hash = refs.get(Ref);
      if (hash === undefined) throw new Error(`ref ${q(Ref)} deleted`);
      if (hash !== Hash) throw new Error(`ref ${q(Ref)} moved from ${Hash} to ${hash}`);
    }
    if (TagSum && (await this.tags(TagPrefix)).origin.TagSum !== TagSum) {
      throw new Error('tags changed');
    }
    if (RepoSum && repoSum(refs) !== RepoSum) throw new Error('refs changed');
  }

  async latest(): Promise<Commit> {
    const head = (await this.#loadRefs()).get('HEAD');
    if (head === undefined) throw new NotExistError('no commits');
    const commit = await this.stat(head);
    return { ...commit, origin: { ...commit.origin, Ref: 'HEAD', Hash: head } };
  }

  /** A tag, a branch, HEAD, or enough digits of a hash; the commit is local afterwards. */
  stat(rev: string): Promise<Commit> {
    if (rev === 'latest') return this.latest();
    let commit = this.#stats.get(rev);
    if (commit === undefined) {
      commit = this.#stat(rev);
      this.#stats.set(rev, commit);
    }
    return commit;
  }

  async #stat(rev: string): Promise<Commit> {
    const isHash = rev.length >= minHashDigits && rev.length <= 64 && /^[0-9a-f]+$/.test(rev);
    if (isHash) {
      const here = await this.#statLocal(rev, rev).catch(() => undefined);
      if (here !== undefined) return here;
    }
    this.#localTags ??= this.#readLocalTags();
    if ((await this.#localTags).has(rev)) return this.#statLocal(rev, `refs/tags/${rev}`);
    const { ref, hash, version } = resolve(await this.#loadRefs(), rev, isHash);
    const commit = await this.#locked(() => this.#bring(ref, hash, version, isHash));
    const origin = { ...commit.origin, Hash: commit.name };
    return { ...commit, origin: ref === '' ? origin : { ...origin, Ref: ref } };
  }

  async #readLocalTags(): Promise<Set<string>> {
    try {
      return new Set((await this.#git('tag', '-l')).toString().split('\n').filter(Boolean));
    } catch {
      return new Set();
    }
  }

  async #bring(ref: string, hash: string, version: string, knownMissing: boolean): Promise<Commit> {
    if (!knownMissing && hash !== '') {
      const here = await this.#statLocal(version, hash).catch(() => undefined);
      if (here !== undefined) return this.#withLocalTag(here, ref, version, hash);
    }
    if (this.#isLocal) throw new Error(`revision does not exist locally: ${version}`);
    if (this.#fetched !== 'all' && ref !== '' && hash !== '') {
      this.#fetched = 'some';
      const spec = ref === 'HEAD' ? `${hash}:refs/dummy` : `${ref}:${ref}`;
      const args = ['-c', 'protocol.version=2', 'fetch', '-f', '--depth=1', '--end-of-options'];
      try {
        await this.#git(...args, 'origin', spec);
        return await this.#statLocal(version, ref === 'HEAD' ? hash : ref);
      } catch {
        // Some servers give no single commits.
      }
    }
    await this.#fetchAll();
    return this.#statLocal(version, version);
  }

  /** A tag that came after its commit is made here too, so that git can be asked by its name. */
  async #withLocalTag(commit: Commit, ref: string, version: string, hash: string): Promise<Commit> {
    const tag = ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : undefined;
    if (tag === undefined || (await this.#localTags)?.has(tag) === true) return commit;
    await this.#git('tag', '--end-of-options', tag, hash).catch(() => undefined);
    (await this.#localTags)?.add(tag);
    return this.#statLocal(version, ref);
  }

  async #fetchAll(): Promise<void> {
    if (this.#fetched === 'all') return;
    const all = ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*'];
    await this.#git('fetch', '-f', '--end-of-options', 'origin', ...all);
    if (existsSync(join(this.#dir, 'shallow'))) {
      await this.#git('fetch', '--unshallow', '-f', '--end-of-options', 'origin');
    }
    this.#fetched = 'all';
  }

  async #statLocal(asked: string, rev: string): Promise<Commit> {
    let out: Buffer;
    try {
      const args = ['-c', 'log.showsignature=false', 'log', '--no-decorate', '-n1'];
      out = await this.#git(...args, '--format=format:%H %ct %D', '--end-of-options', rev, '--');
    } catch (error) {
      throw new NotExistError(`unknown revision ${rev}`, { cause: error });
    }
    const [name = '', seconds = '', ...decorations] = out.toString().trim().split(/\s+/);
    if (!/^\d+$/.test(seconds)) throw new Error(`invalid time from git log: "${out.toString()}"`);
    const tags = new Set<string>();
    for (const [i, word] of decorations.entries()) {
      if (word === 'tag:') tags.add((decorations[i + 1] ?? '').replace(/,$/, ''));
    }
    for (const [ref, hash] of await this.#loadRefs()) {
      if (hash === name && ref.startsWith('refs/tags/')) tags.add(ref.slice('refs/tags/'.length));
    }
    const version = tags.has(asked) ? asked : name;
    return {
      name,
      short: name.slice(0, shortHash),
      time: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z'),
      version,
      tags: [...tags].sort(),
      origin: {
        VCS: 'git',
        URL: this.#url,
        Hash: name,
        ...(name.startsWith(rev) ? {} : { Ref: rev }),
      },
    };
  }

  /** A file of a commit; throws a NotExistError if it is not in it. */
  async readFile(rev: string, file: string): Promise<Buffer> {
    const { name } = await this.stat(rev);
    try {
      return await this.#git('cat-file', '--end-of-options', 'blob', `${name}:${file}`);
    } catch (error) {
      throw new NotExistError('file does not exist', { cause: error });
    }
  }

  /** The highest allowed tag, after the prefix, among a commit and its ancestors; '' if there is none. */
  async recentTag(rev: string, prefix: string, allowed: (tag: string) => boolean): Promise<string> {
    const { name } = await this.stat(rev);
    const describe = async (): Promise<string> => {
      const out = await this.#git('for-each-ref', '--format=%(refname)', `--merged=${name}`);
      let highest = '';
      for (const line of out.toString().split('\n')) {
        const tag = line.replace(/^refs\/tags\//, '').trim();
        if (tag === line.trim() || !tag.startsWith(prefix) || !allowed(tag)) continue;
        const version = tag.slice(prefix.length);
        if (compareSemver(version, highest) > 0) highest = version;
      }
      return highest === '' ? '' : prefix + highest;
    };
    const local = await describe().catch(() => '');
    if (local !== '') return local;
    if ((await this.tags(`${prefix}v`)).list.length === 0) return '';
    if (this.#isLocal) throw new Error(`revision does not exist locally: ${name}`);
    // The clone is shallow: tags behind its edge are not seen.
    await this.#locked(() => this.#fetchAll());
    return describe();
  }

  async descendsFrom(rev: string, tag: string): Promise<boolean> {
    const ask = (): Promise<Buffer> => this.#git('merge-base', '--is-ancestor', '--', tag, rev);
    try {
      await ask();
      return true;
    } catch {
      // Too little history, or really not.
    }
    if ((await this.tags(tag)).list.length === 0) return false;
    await this.stat(rev);
    if (this.#isLocal) throw new Error(`revision does not exist locally: ${rev}`);
    await this.#locked(() => this.#fetchAll());
    try {
      await ask();
      return true;
    } catch (error) {
      if (error instanceof RunError && error.exitCode === 1) return false;
      throw error;
    }
  }

  /** A zip of a commit's files, or of a folder of it, below `prefix/`. */
  async archive(rev: string, subdir: string): Promise<Buffer> {
    const { name } = await this.stat(rev);
    return this.#locked(async () => {
      this.#ignoreAttributes();
      try {
        const args = ['-c', 'core.autocrlf=input', '-c', 'core.eol=lf', 'archive'];
        args.push('--format=zip', '--prefix=prefix/', '--end-of-options', name);
        return await this.#git(...args, ...(subdir === '' ? [] : [subdir]));
      } catch (error) {
        const isMissing =
          error instanceof RunError && error.stderr.includes('did not match any files');
        throw isMissing ? new NotExistError('file does not exist', { cause: error }) : error;
      }
    });
  }

  /** The same files for everybody, whatever .gitattributes would do to an archive. */
  #ignoreAttributes(): void {
    const rule = '\n* -export-subst -export-ignore\n';
    const file = join(this.#dir, 'info/attributes');
    const old = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (old.endsWith(rule)) return;
    mkdirSync(join(this.#dir, 'info'), { recursive: true });
    writeFileSync(file, old + rule);
  }
}

interface Resolved {
  readonly ref: string;
  readonly hash: string;
  /** What the commit is to be called: the tag, or a hash, since branches move. */
  readonly version: string;
}

function resolve(refs: ReadonlyMap<string, string>, rev: string, isHash: boolean): Resolved {
  const tag = refs.get(`refs/tags/${rev}`);
  if (tag !== undefined) return { ref: `refs/tags/${rev}`, hash: tag, version: rev };
  for (const ref of [`refs/heads/${rev}`, ...(rev === 'HEAD' ? ['HEAD'] : [])]) {
    const hash = refs.get(ref);
    if (hash !== undefined) return { ref, hash, version: hash };
  }
  if (!isHash) throw new NotExistError(`unknown revision ${rev}`);
  let found: Resolved | undefined;
  for (const [ref, hash] of refs) {
    if (!hash.startsWith(rev)) continue;
    if (found !== undefined && found.hash !== hash) throw new Error(`ambiguous revision ${rev}`);
    if (found === undefined || found.ref > ref) found = { ref, hash, version: hash };
  }
  const isWhole = rev.length === 40 || rev.length === 64;
  return found ?? { ref: '', hash: isWhole ? rev : '', version: rev };
}

function repoSum(refs: ReadonlyMap<string, string>): string {
  const sum = createHash('sha256');
  for (const ref of [...refs.keys()].sort()) {
    sum.update(`${quoteString(ref)} ${refs.get(ref)}\n`);
  }
  return `r1:${sum.digest('base64')}`;
}

/** Whether adding or moving a tag can change what versions there are, or what they are based on. */
function isVersionTag(tag: string): boolean {
  const canonical = canonicalSemver(tag);
  return canonical !== '' && tag.startsWith(canonical) && !isPseudoVersion(tag);
}
