/**
 * A module proxy and checksum database for tests, over a folder of text archives such as
 * GOROOT/src/cmd/go/testdata/mod: `example.com_a_v1.0.0.txt` holds the files of that module version,
 * with `.mod` and `.info` beside them.
 *
 *     const proxy = await startModProxy({ dir });
 *     env GOPROXY=proxy.url GOSUMDB=proxy.sumdbKey   …   await proxy.close();
 *
 * Addresses below `/mod` that upstream's scripts count on are here too: `invalid/` answers nonsense,
 * `404/` and other numbers that status, `redirect/N/` redirects, `sumdb-direct/`, `sumdb-wrong/`,
 * `sumdb-redirect/` and `sumdb-404/` are databases of different honesty. `intercept` lets a test change
 * any answer. As a program (`modproxy.ts DIR`) it prints its environment and serves until killed.
 * GOROOT: src/cmd/go/proxy_test.go (what scripts rely on).
 */
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Hash1 } from '../../packages/modfetch/src/sum/dirhash.ts';
import { type Signer, signerFromSeed } from '../../packages/modfetch/src/sum/note.ts';
import {
  escapePath,
  escapeVersion,
  unescapePath,
  unescapeVersion,
} from '../../packages/modfetch/src/version/escape.ts';
import { checkModule } from '../../packages/modfetch/src/version/module.ts';
import { isPseudoVersion } from '../../packages/modfetch/src/version/pseudo.ts';
import { compareSemver, prereleaseOf } from '../../packages/modfetch/src/version/semver.ts';
import { writeZip } from '../../packages/modfetch/src/zipwrite.ts';
import { type Answer, SumDbServer } from './modsumdb.ts';
import { parseTextArchive, type TextArchive } from './txtar.ts';

export const testSumDbName = 'localhost.localdev/sumdb';
/** Anybody may know it: it signs nothing but tests. */
export const testSigner: Signer = signerFromSeed(testSumDbName, Buffer.alloc(32, 'go-ts modproxy'));

export interface ModProxyOptions {
  /** Text archives. */
  readonly dir: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Sees each answer, and may give another. The path is what follows `/mod/`. */
  readonly intercept?: (path: string, answer: Answer) => Answer;
  /** The database's log begins with all modules of the folder, as upstream's does. */
  readonly fillLog?: boolean;
}

export interface ModProxy {
  /** GOPROXY. */
  readonly url: string;
  /** GOSUMDB. */
  readonly sumdbKey: string;
  readonly sumdb: SumDbServer;
  /** Paths asked for, in order, after `/mod/`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

interface Version {
  readonly path: string;
  readonly version: string;
}

export async function startModProxy(options: ModProxyOptions): Promise<ModProxy> {
  const modules = new Modules(options.dir);
  const sumdb = new SumDbServer(testSigner, (path, version) => modules.goSum(path, version));
  // Scripts look for this very hash.
  const wrong = new SumDbServer(
    testSigner,
    (path, version) => `${path} ${version} h1:wrong\n${path} ${version}/go.mod h1:wrong\n`,
  );
  if (options.fillLog !== false) {
    for (const { path, version } of modules.list) sumdb.lookup(path, version);
  }
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    const path = decodeURIComponent(request.url!.replace(/\?.*$/, ''));
    const inner = path.startsWith('/mod/') ? path.slice('/mod/'.length) : undefined;
    const first = inner === undefined ? notFound() : serve({ modules, sumdb, wrong }, inner);
    requests.push(inner ?? path);
    const answer = options.intercept?.(inner ?? path, first) ?? first;
    const location = answer.status === 302 ? { location: answer.body.toString() } : {};
    response.writeHead(answer.status, { 'content-type': answer.type, ...location });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mod`,
    sumdbKey: testSigner.verifier,
    sumdb,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Servers {
  readonly modules: Modules;
  readonly sumdb: SumDbServer;
  readonly wrong: SumDbServer;
}

const plain = 'text/plain; charset=utf-8';

function ok(body: Buffer | string): Answer {
  return { status: 200, type: plain, body: Buffer.from(body) };
}

function empty(status: number): Answer {
  return { status, type: plain, body: Buffer.alloc(0) };
}

function notFound(): Answer {
  return { status: 404, type: plain, body: Buffer.from('404 page not found\n') };
}

function unescape(escaped: string): string | undefined {
  return unescapePath(escaped) ?? unescapeVersion(escaped);
}

function serve({ modules, sumdb, wrong }: Servers, whole: string): Answer {
  let path = whole;
  if (path.startsWith('invalid/')) return ok('invalid');
  const [first = ''] = path.split('/', 1);
  const rest = path.slice(first.length);
  if (/^[2-9]\d\d$/.test(first)) return empty(Number(first));
  const failing = /^sumdb-([2-9]\d\d)$/.exec(first);
  if (failing !== null) {
    if (rest.startsWith('/sumdb/')) {
      return empty(Number(failing[1]));
    }
    path = rest.slice(1);
  }
  if (first === 'sumdb-direct') return sumdb.serve(rest, unescape);
  if (first === 'sumdb-wrong') return wrong.serve(rest, unescape);
  if (first === 'sumdb-redirect') {
    const match = /^\/([^:]*):(.*)$/.exec(rest);
    if (match === null) return empty(500);
    const target = match[2]!.startsWith('/lookup/') ? `/lookup/${match[1]}` : match[2]!;
    return sumdb.serve(target, unescape);
  }
  if (first === 'redirect') {
    const match = /^\/(\d+)\/(.*)$/.exec(rest);
    if (match === null) return notFound();
    const count = Number(match[1]);
    const target = count <= 1 ? `/mod/${match[2]}` : `/mod/redirect/${count - 1}/${match[2]}`;
    return { status: 302, type: plain, body: Buffer.from(target) };
  }
  const database = `sumdb/${testSumDbName}`;
  if (path === `${database}/supported`) return ok('');
  if (path.startsWith(`${database}/`)) return sumdb.serve(path.slice(database.length), unescape);
  return modules.serve(path);
}

/** The folder's modules, read when they are asked for. */
class Modules {
  readonly list: readonly Version[];
  readonly #dir: string;
  readonly #archives = new Map<string, TextArchive | undefined>();
  readonly #zips = new Map<string, Buffer>();

  constructor(dir: string) {
    this.#dir = dir;
    const list: Version[] = [];
    for (const name of readdirSync(dir).sort()) {
      const match = /^(.+)_(v[^_]*)\.txt$/.exec(name);
      const path = match === null ? undefined : unescapePath(match[1]!.replaceAll('_', '/'));
      const version = match === null ? undefined : unescapeVersion(match[2]!);
      if (path !== undefined && version !== undefined) list.push({ path, version });
    }
    this.list = list;
  }

  #archive(path: string, version: string): TextArchive | undefined {
    const name = `${escapePath(path).replaceAll('/', '_')}_${escapeVersion(version)}.txt`;
    if (!this.#archives.has(name)) {
      let archive: TextArchive | undefined;
      try {
        archive = parseTextArchive(readFileSync(join(this.#dir, name)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
      this.#archives.set(name, archive);
    }
    return this.#archives.get(name);
  }

  /** The lines of a module version; undefined if there is no such. */
  goSum(path: string, version: string): string | undefined {
    const archive = this.#archive(path, version);
    if (archive === undefined) return undefined;
    const all = new Hash1();
    const mod = new Hash1();
    for (const { name, data } of archive.files) {
      if (name === '.mod') mod.add('go.mod', data);
      if (!name.startsWith('.')) all.add(`${path}@${version}/${name}`, data);
    }
    return `${path} ${version} ${all.sum()}\n${path} ${version}/go.mod ${mod.sum()}\n`;
  }

  serve(address: string): Answer {
    const latest = /^(.*)\/@latest$/.exec(address);
    const request =
      latest === null
        ? (/^(.*?)\/@v\/(.*)$/.exec(address) as [string, string, string] | null)
        : ([address, latest[1]!, this.#latest(latest[1]!)] as const);
    const path = request === null ? undefined : unescapePath(request[1]);
    if (request === null || path === undefined) return notFound();
    const file = request[2];
    if (file === 'list') return this.#versions(path);
    const dot = file.lastIndexOf('.');
    const asked = unescapeVersion(file.slice(0, Math.max(dot, 0)));
    if (asked === undefined) return notFound();
    const version = this.#ofCommit(path, asked) ?? asked;
    const archive = this.#archive(path, version);
    if (archive === undefined) return notFound();
    const extension = file.slice(dot);
    if (extension === '.zip') return ok(this.#zip(path, version, archive));
    const found = archive.files.find(({ name }) => name === extension);
    return found === undefined ? notFound() : ok(found.data);
  }

  #versions(path: string): Answer {
    const own = this.list.filter((each) => each.path === path);
    if (own.length === 0) return notFound();
    const good = own.filter(
      ({ version }) => !isPseudoVersion(version) && checkModule(path, version) === undefined,
    );
    return ok(good.map(({ version }) => `${version}\n`).join(''));
  }

  /** `VERSION.info` of the version that upstream's test proxy calls the latest. */
  #latest(escaped: string): string {
    const path = unescapePath(escaped);
    const own = this.list.filter((each) => each.path === path).map(({ version }) => version);
    const kinds = [
      own.filter((version) => prereleaseOf(version) === ''),
      own.filter((version) => prereleaseOf(version) !== '' && !isPseudoVersion(version)),
      own.filter((version) => isPseudoVersion(version)),
    ];
    const [best] = (kinds.find((kind) => kind.length > 0) ?? []).sort(compareSemver);
    return best === undefined ? '' : `${escapeVersion(best)}.info`;
  }

  /** The highest version of a commit. */
  #ofCommit(path: string, rev: string): string | undefined {
    if (!/^[0-9a-f]+$/.test(rev)) return undefined;
    return this.list
      .filter((each) => each.path === path)
      .map(({ version }) => version)
      .filter((version) => {
        const hash = isPseudoVersion(version)
          ? version.slice(version.lastIndexOf('-') + 1)
          : this.#hash(path, version);
        return hash.startsWith(rev) || rev.startsWith(hash);
      })
      .sort(compareSemver)
      .at(-1);
  }

  #hash(path: string, version: string): string {
    const info = this.#archive(path, version)?.files.find(({ name }) => name === '.info');
    const { Short } = JSON.parse(info?.data.toString() ?? '{}') as { Short?: string };
    return Short ?? '';
  }

  #zip(path: string, version: string, archive: TextArchive): Buffer {
    const key = `${path}@${version}`;
    let zip = this.#zips.get(key);
    if (zip === undefined) {
      const files = archive.files.filter(({ name }) => !['.info', '.mod', '.zip'].includes(name));
      zip = Buffer.from(
        writeZip(
          files.map(({ name, data }) => ({
            // A name from the root is taken as it is, to make zips with wrong names.
            name: name.startsWith('/') ? name.slice(1) : `${key}/${name}`,
            content: data,
          })),
        ),
      );
      this.#zips.set(key, zip);
    }
    return zip;
  }
}

if (import.meta.main) {
  const dir = process.argv[2];
  if (dir === undefined) throw new Error('usage: modproxy.ts DIR');
  const proxy = await startModProxy({ dir });
  console.log(`export GOPROXY=${proxy.url} GOSUMDB=${proxy.sumdbKey}`);
}
