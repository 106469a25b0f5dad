/**
 * The checksum database that GOSUMDB names: which it is, how it is reached, where its files are kept.
 *
 * The database is asked through the first proxy of GOPROXY that says it passes requests on
 * (`PROXY/sumdb/NAME/supported`), else directly. Tiles and records are cached in the module cache; the
 * newest head is kept in GOPATH's pkg/sumdb, which clearing the cache does not touch.
 * GOROOT: src/cmd/go/internal/modfetch/sumdb.go, key.go (key and name of the public database).
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asError, isNotExist, NotExistError, SecurityError } from '../error.ts';
import { type FetchSettings } from '../source.ts';
import { SumClient } from '../sum/client.ts';
import { securityError } from '../sum/gosum.ts';
import { newVerifier } from '../sum/note.ts';
import { matchPrefixPatterns } from '../version/escape.ts';
import { ModuleVersionError } from '../version/module.ts';
import { tempName } from './cache.ts';
import { parseProxyList, tryProxies, UseProxy } from './goproxy.ts';
import { editLocked, readLocked } from './lock.ts';
import { asNotExist } from './proxy.ts';
import { joinUrl, type Web } from './web.ts';

/** Databases whose name is enough. */
const knownKeys: Readonly<Record<string, string>> = {
  'sum.golang.org': 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
};

export class SumDb {
  readonly #settings: FetchSettings;
  readonly #web: Web;
  #client: SumClient | undefined;

  constructor(settings: FetchSettings, web: Web) {
    this.#settings = settings;
    this.#web = web;
  }

  /** Whether a module is to be looked up at all. */
  covers(path: string): boolean {
    const { GOPROXY, GOSUMDB, GONOSUMDB } = this.#settings;
    // A toolchain is run, so its bytes are never taken on a proxy's word; except that a folder of
    // this machine is no network.
    const isLocal = GOPROXY.startsWith('file://') && !/[,|]/.test(GOPROXY);
    if (path === 'golang.org/toolchain' && !isLocal) return true;
    return GOSUMDB !== 'off' && !matchPrefixPatterns(GONOSUMDB, path);
  }

  /** Throws unless the database lists the hash for `path version` or `path version/go.mod`. */
  async check(path: string, version: string, hash: string): Promise<void> {
    const isGoMod = version.endsWith('/go.mod');
    const noun = isGoMod ? 'go.mod' : 'module';
    const about = (why: string, cause?: Error): Error =>
      new ModuleVersionError(
        path,
        version.replace(/\/go\.mod$/, ''),
        new Error(`verifying ${noun}: ${why}`, { cause }),
      );
    let client: SumClient;
    let lines: string[];
    try {
      client = this.#client ??= this.#dial();
      lines = await client.lookup(path, version);
    } catch (error) {
      if (error instanceof SecurityError) throw error;
      throw about(asError(error).message, asError(error));
    }
    const prefix = `${path} ${version} `;
    if (lines.includes(prefix + hash)) return;
    const other = lines.find((line) => line.startsWith(`${prefix}h1:`));
    if (other === undefined) {
      throw about(`checksum missing from sumdb response${absent}`);
    }
    const listed = other.slice(prefix.length);
    throw about(
      `checksum mismatch\n\tdownloaded: ${hash}\n\t${client.name}: ${listed}` +
        securityError('This download does NOT match the one reported by the checksum server.'),
    );
  }

  #dial(): SumClient {
    const { GOSUMDB } = this.#settings;
    if (GOSUMDB === 'off') throw new Error('checksum database disabled by GOSUMDB=off');
    const [first, url, ...more] = GOSUMDB.split(/\s+/).filter((word) => word !== '');
    if (first === undefined) throw new Error('missing GOSUMDB');
    if (more.length > 0) throw new Error('invalid GOSUMDB: too many fields');
    const key = knownKeys[first] ?? first;
    let name: string;
    try {
      ({ name } = newVerifier(key));
    } catch (error) {
      throw new Error(`invalid GOSUMDB: ${asError(error).message}`, { cause: error });
    }
    if (!/^[^/?#@:\s]+(?::\d+)?(?:\/[^/?#%]+)*$/.test(name)) {
      throw new Error(`invalid sumdb name (must be host[/path]): ${name}`);
    }
    let base: Promise<string> | undefined = url === undefined ? undefined : Promise.resolve(url);
    const cache = join(this.#settings.GOMODCACHE, 'cache/download/sumdb');
    return new SumClient(key, {
      readRemote: async (path) => {
        base ??= this.#findBase(name);
        const address = joinUrl(await base, path.split('/').map(encodePathElement).join('/'));
        try {
          return await this.#web.getBytes(address);
        } catch (error) {
          throw asNotExist(asError(error));
        }
      },
      readConfig: async (file) => (await readLocked(this.#configFile(file))) ?? new Uint8Array(),
      writeConfig: (file, old, next) =>
        editLocked(this.#configFile(file), (content) =>
          content.length > 0 && !content.equals(old) ? undefined : next,
        ),
      readCache: (file) => readIfFilled(join(cache, file)),
      writeCache: (file, data) => writeWhole(join(cache, file), data),
    });
  }

  /** Where requests to the database go. A proxy that passes them on must be used. */
  async #findBase(name: string): Promise<string> {
    const { GOPROXY, GONOPROXY } = this.#settings;
    try {
      return await tryProxies(parseProxyList(GOPROXY, GONOPROXY), async (proxy) => {
        if (proxy === 'noproxy') throw new UseProxy();
        if (proxy === 'direct' || proxy === 'off') {
          throw new NotExistError('module lookup disabled by GOPROXY=off');
        }
        const base = joinUrl(proxy, `sumdb/${name}`);
        try {
          await this.#web.getBytes(joinUrl(base, 'supported'));
        } catch (error) {
          throw asNotExist(asError(error));
        }
        return base;
      });
    } catch (error) {
      if (isNotExist(error)) return `https://${name}`;
      throw error;
    }
  }

  #configFile(file: string): string {
    const { sumdbDir } = this.#settings;
    if (sumdbDir === '') {
      throw new Error('could not locate sumdb file: missing $GOPATH: GOPATH is not set');
    }
    return join(sumdbDir, file);
  }
}

/** `!`, `@` and `+` stand as they are. */
function encodePathElement(element: string): string {
  return encodeURIComponent(element).replaceAll('%40', '@').replaceAll('%2B', '+');
}

/** Undefined for an empty file too: the official command creates files before it writes them. */
function readIfFilled(path: string): Uint8Array | undefined {
  try {
    const data = readFileSync(path);
    return data.length === 0 ? undefined : data;
  } catch {
    return undefined;
  }
}

/** Failing to cache is no failure. */
function writeWhole(path: string, data: Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const temp = tempName(path);
    writeFileSync(temp, data);
    renameSync(temp, path);
  } catch {
    // The next command asks the server again.
  }
}

const absent = `

SECURITY ERROR
This download does NOT match one reported by the checksum server.
The checksum server has provided checksums, but the checksums do
not contain an entry for the download.
The checksum server may be malfunctioning, or an attacker may have
intercepted the checksum request.
The download cannot be verified.

For more information, see 'go help module-auth'.
`;
