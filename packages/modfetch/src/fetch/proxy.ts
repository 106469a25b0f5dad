/**
 * One module as a GOPROXY server has it.
 *
 * Addresses are `BASE/escaped path/@v/…`. What the server says about itself is checked where it could
 * mislead: the version of an .info must be the one asked for. Content is verified by the caller.
 * GOROOT: src/cmd/go/internal/modfetch/proxy.go (protocol and wordings).
 * Authority: https://go.dev/ref/mod#goproxy-protocol.
 */
import { type Writable } from 'node:stream';
import { asError, isNotExist, NotExistError } from '../error.ts';
import { maxZipFile } from '../modulezip.ts';
import { type Origin, type RevInfo, type Versions } from '../source.ts';
import { escapePath, escapeVersion } from '../version/escape.ts';
import {
  canonicalVersion,
  checkModule,
  findCause,
  InvalidVersionError,
  ModuleVersionError,
} from '../version/module.ts';
import { isoTime, isPseudoVersion, pseudoVersionTime } from '../version/pseudo.ts';
import { isValidSemver, sortSemver } from '../version/semver.ts';
import { redact } from './redact.ts';
import { type RawRepo } from './repo.ts';
import { parseInfo } from './revinfo.ts';
import { HttpError, joinUrl, TooLarge, type Web } from './web.ts';

export class ProxyRepo implements RawRepo {
  readonly path: string;
  readonly #base: string;
  readonly #url: string;
  readonly #web: Web;
  #list: Promise<string> | undefined;

  /** Throws if the path is no module's. */
  constructor(base: string, path: string, web: Web) {
    this.path = path;
    this.#base = base;
    this.#url = joinUrl(base, encodeURI(escapePath(path)));
    this.#web = web;
  }

  checkReuse(_old: Origin): Promise<void> {
    return Promise.reject(new Error('proxy does not support CheckReuse'));
  }

  async versions(prefix: string): Promise<Versions> {
    const list = (await this.#lines())
      .map((line) => line.trim().split(/\s+/, 1)[0]!)
      .filter((word) => isValidSemver(word) && word.startsWith(prefix) && !isPseudoVersion(word));
    return { list: sortSemver(list) };
  }

  async #lines(): Promise<string[]> {
    this.#list ??= this.#get('@v/list', '').then((data) => data.toString());
    return (await this.#list).split('\n');
  }

  async stat(rev: string): Promise<RevInfo> {
    const data = await this.#get(`@v/${this.#escape(rev)}.info`, rev);
    const info = this.#parseInfo(data, rev);
    const mustMatch = rev === canonicalVersion(rev) && checkModule(this.path, rev) === undefined;
    if (info.version !== rev && mustMatch) {
      throw this.#error(
        rev,
        new Error(`proxy returned info for version ${info.version} instead of requested version`),
      );
    }
    return info;
  }

  async latest(): Promise<RevInfo> {
    let data: Buffer;
    try {
      data = await this.#get('@latest', '');
    } catch (error) {
      if (!isNotExist(error)) throw error;
      return this.#latestOfList();
    }
    return this.#parseInfo(data, '');
  }

  /** The newest by the time beside it, or the time in a pseudo-version. */
  async #latestOfList(): Promise<RevInfo> {
    let bestTime = '';
    let best = '';
    for (const line of await this.#lines()) {
      const [version = '', told] = line.trim().split(/\s+/);
      if (!isValidSemver(version)) continue;
      if (told === undefined && !isPseudoVersion(version)) continue;
      const time = told ?? isoTime(pseudoVersionTime(version)) ?? '';
      if (time > bestTime) [bestTime, best] = [time, version];
    }
    if (best === '') throw this.#error('', new NotExistError('no commits'));
    return this.stat(best);
  }

  goMod(version: string): Promise<Buffer> {
    return this.#get(`@v/${this.#escape(version)}.mod`, version);
  }

  async zip(version: string, sink: Writable): Promise<void> {
    const url = joinUrl(this.#url, `@v/${encodeURI(this.#escape(version))}.zip`);
    try {
      await this.#web.getInto(url, sink, maxZipFile);
    } catch (error) {
      const cause = error instanceof TooLarge ? new Error('downloaded zip file too large') : error;
      throw this.#error(version, asNotExist(asError(cause)));
    }
  }

  async #get(path: string, version: string): Promise<Buffer> {
    try {
      return await this.#web.getBytes(joinUrl(this.#url, encodeURI(path)));
    } catch (error) {
      throw this.#error(version, asNotExist(asError(error)));
    }
  }

  #escape(version: string): string {
    try {
      return escapeVersion(version);
    } catch (error) {
      throw this.#error(version, asError(error));
    }
  }

  #parseInfo(data: Buffer, version: string): RevInfo {
    try {
      return parseInfo(data.toString());
    } catch (error) {
      const why = asError(error).message;
      throw this.#error(
        version,
        new Error(`invalid response from proxy "${redact(this.#base)}": ${why}`),
      );
    }
  }

  #error(version: string, cause: Error): Error {
    if (version === '' || version === canonicalVersion(version)) {
      return new ModuleVersionError(this.path, version, cause);
    }
    const invalid = findCause(cause, InvalidVersionError);
    if (invalid !== undefined) return new ModuleVersionError(this.path, '', invalid);
    const noun = isPseudoVersion(version) ? 'pseudo-version' : 'version';
    const wrapped = new InvalidVersionError(version, cause.message, noun);
    wrapped.cause = cause;
    return new ModuleVersionError(this.path, '', wrapped);
  }
}

/** 404 and 410 mean that there is no such thing. */
export function asNotExist(error: Error): Error {
  if (error instanceof HttpError && (error.status === 404 || error.status === 410)) {
    return new NotExistError(error.message, { cause: error });
  }
  return error;
}
