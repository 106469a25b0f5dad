/**
 * Gets a resource over https, http or from a file, and says what went wrong as the go command does.
 *
 * Three securities: `secure` refuses plain http, `default` takes it if the address asks for it,
 * `insecure` tries https without looking at certificates and then http. A redirection from https to
 * http is never followed. Credentials go with https only. Connections are kept and shared; requests
 * that a dropped connection cut short are made again.
 * GOROOT: src/cmd/go/internal/web/{api,http}.go (rules, limits and wordings).
 */
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import type http from 'node:http';
import type https from 'node:https';
import { type Readable, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { quoteString } from '@go-ts/base/quote';
import type { Authenticator } from './auth.ts';
import { redact } from './redact.ts';

type Headers = Readonly<Record<string, string>>;

export type Security = 'secure' | 'default' | 'insecure';

/** An answer other than 200. */
export class HttpError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
  }
}

export interface Response {
  /** As it may be printed. */
  readonly url: string;
  readonly status: number;
  /** `404 Not Found`. */
  readonly statusText: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readable;
  /** The status line and headers, for GOAUTH commands. */
  readonly head: string;
}

export interface WebOptions {
  readonly auth: Authenticator;
  /** Says what -x shows. */
  readonly trace: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal;
}

const attempts = 3;
const maxRedirects = 10;
const maxDetailLines = 8;
const maxDetailBytes = maxDetailLines * 81;
const maxSockets = 24;

export class Web {
  readonly #options: WebOptions;
  readonly #agents = new Map<string, http.Agent>();

  constructor(options: WebOptions) {
    this.#options = options;
  }

  #agent(isSecure: boolean, security: Security): http.Agent {
    const kind = !isSecure ? 'http' : security === 'insecure' ? 'insecure' : 'https';
    let agent = this.#agents.get(kind);
    if (agent === undefined) {
      agent = newAgent(kind);
      this.#agents.set(kind, agent);
    }
    return agent;
  }

  /** Lets the process end: idle connections would keep it. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  /** The body of a 200 answer; throws otherwise. */
  async getBytes(url: string, security: Security = 'default'): Promise<Buffer> {
    for (let attempt = 1; ; attempt++) {
      // Each attempt follows from the failure of the one before.
      // oxlint-disable-next-line no-await-in-loop
      const response = await this.get(url, security);
      // oxlint-disable-next-line no-await-in-loop
      await checkStatus(response);
      try {
        // oxlint-disable-next-line no-await-in-loop
        return await readBody(response.body);
      } catch (error) {
        if (attempt === attempts || this.#options.signal?.aborted === true) {
          throw new Error(`reading ${response.url}: ${describeFailure(error)}`, { cause: error });
        }
      }
    }
  }

  /**
   * Streams the body of a 200 answer, of at most `limit` bytes, into `sink`. Where the connection breaks
   * off, another goes on from there: by a range if the server gives ranges, else by passing over what
   * is there already.
   */
  async getInto(url: string, sink: Writable, limit: number): Promise<void> {
    let size = 0;
    for (let attempt = 1; ; attempt++) {
      // The next attempt follows from how far this one comes.
      // oxlint-disable-next-line no-await-in-loop
      const response = await this.get(url, 'default', size > 0 ? { Range: `bytes=${size}-` } : {});
      // oxlint-disable-next-line no-await-in-loop
      if (response.status !== 206 || size === 0) await checkStatus(response);
      let skip = response.status === 206 ? 0 : size;
      try {
        // oxlint-disable-next-line no-await-in-loop
        for await (const chunk of response.body as AsyncIterable<Buffer>) {
          const fresh = chunk.subarray(Math.min(skip, chunk.length));
          skip -= chunk.length - fresh.length;
          size += fresh.length;
          if (size > limit) throw new TooLarge();
          if (!sink.write(fresh)) await once(sink, 'drain');
        }
        break;
      } catch (error) {
        const mayRepeat = attempt < attempts && this.#options.signal?.aborted !== true;
        if (error instanceof TooLarge) throw error;
        if (!mayRepeat) {
          const why = describeFailure(error);
          throw new Error(`read ${quoteString(response.url)}: ${why}`, { cause: error });
        }
      }
    }
    sink.end();
    await finished(sink);
  }

  /** Any answer at all, redirections followed. Throws only if there was none. */
  async get(url: string, security: Security, headers: Headers = {}): Promise<Response> {
    if (url.startsWith('file:')) return getFile(url);
    const started = performance.now();
    const { trace } = this.#options;
    const parsed = new URL(url);
    let response: Response;
    if (parsed.protocol === 'https:') {
      response = await this.#fetch(parsed, security, headers);
    } else if (parsed.protocol !== 'http:') {
      throw new Error(`unsupported scheme: ${redact(url)}`);
    } else if (security === 'secure') {
      trace?.(`# get ${redact(url)}: insecure`);
      throw new Error(`insecure URL: ${redact(url)}`);
    } else if (parsed.username !== '' && security !== 'insecure') {
      trace?.(`# get ${redact(url)}: insecure credentials`);
      throw new Error(`refusing to pass credentials to insecure URL: ${redact(url)}`);
    } else {
      response = await this.#fetch(parsed, security, headers);
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(3);
    trace?.(`# get ${redact(url)}: ${response.statusText} (${seconds}s)`);
    return response;
  }

  /** An address without a scheme: https, and if one may, http. */
  async getEither(address: string, security: Security): Promise<Response> {
    try {
      return await this.get(`https://${address}`, security);
    } catch (error) {
      if (security !== 'insecure') throw error;
      return this.get(`http://${address}`, security);
    }
  }

  async #fetch(url: URL, security: Security, more: Headers): Promise<Response> {
    const { auth, trace } = this.#options;
    trace?.(`# get ${redact(url.href)}`);
    const isSecure = url.protocol === 'https:';
    const headers = isSecure ? await auth.headersFor(url.href) : {};
    const response = await this.#follow(url, security, { ...headers, ...more });
    if (!isSecure || response.status < 400 || response.status >= 500) return response;
    // With credentials for this very address, if a GOAUTH command has some.
    const again = await auth.headersAfter(url.href, response);
    if (again === undefined) return response;
    response.body.resume();
    return this.#follow(url, security, { ...again, ...more });
  }

  async #follow(first: URL, security: Security, headers: Headers): Promise<Response> {
    let url = first;
    for (let hops = 0; ; hops++) {
      // oxlint-disable-next-line no-await-in-loop
      const response = await this.#request(url, security, url.host === first.host ? headers : {});
      const { location } = response.headers;
      if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) {
        return response;
      }
      response.body.resume();
      const next = new URL(location, url);
      if (first.protocol === 'https:' && next.protocol !== 'https:') {
        throw failed(
          next,
          `redirected from secure URL ${redact(url.href)} to insecure URL ${redact(next.href)}`,
        );
      }
      if (hops === maxRedirects) throw failed(next, 'stopped after 10 redirects');
      url = next;
    }
  }

  async #request(url: URL, security: Security, headers: Headers): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        // oxlint-disable-next-line no-await-in-loop
        return await this.#requestOnce(url, security, headers);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? '';
        const mayRepeat = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'].includes(code);
        if (!mayRepeat || attempt === attempts || this.#options.signal?.aborted === true) {
          throw failed(url, describeFailure(error), error);
        }
      }
    }
  }

  #requestOnce(url: URL, security: Security, headers: Headers): Promise<Response> {
    const isSecure = url.protocol === 'https:';
    const agent = this.#agent(isSecure, security);
    const protocol: typeof http | typeof https = isSecure
      ? process.getBuiltinModule('node:https')
      : process.getBuiltinModule('node:http');
    const all: Record<string, string> = { 'User-Agent': 'Go-http-client/1.1', ...headers };
    if (url.username !== '') {
      const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      all['Authorization'] ??= `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    const { signal } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const request = protocol.request(url, {
      agent,
      headers: all,
      ...(signal === undefined ? {} : { signal }),
    });
    request.on('error', reject);
    request.on('response', (message) => {
      const status = message.statusCode ?? 0;
      const statusText = `${status} ${message.statusMessage ?? ''}`.trimEnd();
      const lines = Object.entries(message.headers).map(
        ([name, value]) => `${name}: ${String(value)}\n`,
      );
      resolve({
        url: redact(url.href),
        status,
        statusText,
        headers: message.headers,
        body: message,
        head: `HTTP/${message.httpVersion} ${statusText}\n${lines.join('')}\n`,
      });
    });
    request.end();
    return promise;
  }
}

/**
 * Node's modules for it are loaded when they are first needed, and not by an import: that would read
 * every export of node:http, among them some that load a second implementation of it.
 */
function newAgent(kind: 'http' | 'https' | 'insecure'): http.Agent {
  const shared = { keepAlive: true, maxSockets, proxyEnv: process.env };
  if (kind === 'http') return new (process.getBuiltinModule('node:http').Agent)(shared);
  const { Agent } = process.getBuiltinModule('node:https');
  if (kind === 'insecure') {
    return new Agent({ ...shared, rejectUnauthorized: false, timeout: 5000 });
  }
  const tls = process.getBuiltinModule('node:tls');
  // What the machine trusts counts, besides what Node was built with.
  const ca = [...tls.getCACertificates('default'), ...tls.getCACertificates('system')];
  return new Agent({ ...shared, ca });
}

export class TooLarge extends Error {}

/** Throws what upstream says about an answer other than 200. */
export async function checkStatus(response: Response): Promise<void> {
  if (response.status === 200) return;
  const type = (response.headers['content-type'] ?? '').toLowerCase();
  const isText = /^text\/plain\s*(?:;\s*charset="?(?:us-ascii|utf-8|)"?\s*)?$/.test(type);
  let detail = '';
  if (isText) detail = formatDetail(await readBody(response.body).catch(() => Buffer.alloc(0)));
  else response.body.resume();
  const separator = detail.includes('\n') ? '\n\t' : ' ';
  const more = detail === '' ? '' : `\n\tserver response:${separator}${detail}`;
  const message = `reading ${response.url}: ${response.statusText}${more}`;
  throw new HttpError(message, response.status);
}

/** The first lines of a plain-text answer, unless they would play tricks on a terminal. */
function formatDetail(body: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return '';
  }
  const lines = text.split('\n');
  const head = lines.slice(0, maxDetailLines + 1).join('\n');
  if (/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\t\n\v\f\r]/u.test(head)) return '';
  let detail = '';
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') break;
    if (i > 0) detail += '\n\t';
    if (i >= maxDetailLines) return `${detail}[Truncated: too many lines.]`;
    if (detail.length + line.length > maxDetailBytes) return `${detail}[Truncated: too long.]`;
    detail += line;
  }
  return detail;
}

export async function readBody(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

function failed(url: URL, why: string, cause?: unknown): Error {
  return new Error(`Get ${quoteString(redact(url.href))}: ${why}`, { cause });
}

/** A network failure in Go's words, as far as there are any. */
function describeFailure(error: unknown): string {
  const failure = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
    hostname?: string;
    errors?: readonly Error[];
  };
  const first = failure.errors?.[0];
  if (first !== undefined) return describeFailure(first);
  const where = `dial tcp ${failure.address ?? ''}:${failure.port ?? ''}`;
  switch (failure.code) {
    case 'ECONNREFUSED':
      return `${where}: connect: connection refused`;
    case 'ETIMEDOUT':
      return `${where}: i/o timeout`;
    case 'ENOTFOUND':
      return `dial tcp: lookup ${failure.hostname ?? ''}: no such host`;
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    case 'ECONNRESET':
      return 'unexpected EOF';
    default:
      return failure.message;
  }
}

function getFile(url: string): Response {
  const path = fileURLToPath(url);
  try {
    if (statSync(path).isDirectory()) throw new Error(`read ${path}: is a directory`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new HttpError(`reading ${url}: no such file or directory`, 404);
    }
    if (code === 'EACCES') throw new HttpError(`reading ${url}: permission denied`, 403);
    throw error;
  }
  return {
    url,
    status: 200,
    statusText: '200 OK',
    headers: {},
    body: createReadStream(path),
    head: '',
  };
}

/** Appends path elements, whatever slashes are there already. */
export function joinUrl(base: string, path: string): string {
  return `${base.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
}
