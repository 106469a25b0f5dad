/**
 * Brings one file over http, https or file: to disk, going on where an interrupted run stopped.
 *
 * The bytes go to `DEST.part`; what is there from before is kept if the server agrees to send only
 * the rest. Nothing here says that the content is right: the caller verifies before use, and on a
 * mismatch deletes and asks again.
 */
import {
  closeSync,
  createReadStream,
  existsSync,
  ftruncateSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import http from 'node:http';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { ToolError } from '@go-ts/base';
import { NotExistError } from '../error.ts';
import { redact } from './redact.ts';

export interface Progress {
  /** Bytes so far, and in all if known. */
  (done: number, total: number | undefined): void;
}

const attempts = 3;

export async function download(url: string, dest: string, progress: Progress): Promise<void> {
  const part = `${dest}.part`;
  if (url.startsWith('file:')) {
    await copyLocal(fileURLToPath(url), part, progress);
  } else {
    useSystemNetwork();
    await downloadHttp(url, part, progress);
  }
  renameSync(part, dest);
}

/**
 * What counts for Go's client and Node's needs to be told: HTTPS_PROXY and its kin, and the
 * authorities that the machine trusts besides those that Node was built with.
 */
function useSystemNetwork(): void {
  http.setGlobalProxyFromEnv();
  tls.setDefaultCACertificates([
    ...tls.getCACertificates('default'),
    ...tls.getCACertificates('system'),
  ]);
}

async function downloadHttp(url: string, part: string, progress: Progress): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      // Each attempt depends on how far the one before it came.
      // oxlint-disable-next-line no-await-in-loop
      await downloadOnce(url, part, progress);
      return;
    } catch (error) {
      if (error instanceof NotExistError || error instanceof ToolError || attempt === attempts) {
        throw error instanceof TypeError ? unreachableHost(url, error) : error;
      }
    }
  }
}

function unreachableHost(url: string, error: TypeError): ToolError {
  const { cause } = error;
  const why = cause instanceof Error && cause.message !== '' ? cause.message : error.message;
  return new ToolError('DOWNLOAD', `reading ${redact(url)}: ${why}`, { cause: error });
}

async function downloadOnce(url: string, part: string, progress: Progress): Promise<void> {
  const have = existsSync(part) ? statSync(part).size : 0;
  const { address, headers } = withCredentials(url);
  if (have > 0) headers.set('Range', `bytes=${have}-`);
  // A coding would make the byte positions of a resumed file meaningless.
  headers.set('Accept-Encoding', 'identity');
  const response = await fetch(address, { headers, redirect: 'follow' });
  if (response.status === 404 || response.status === 410) {
    await response.body?.cancel();
    throw new NotExistError(`reading ${redact(url)}: ${response.status} ${response.statusText}`);
  }
  if (response.status === 416) {
    // The part is as long as the file or longer: start again.
    await response.body?.cancel();
    const fd = openSync(part, 'w');
    closeSync(fd);
    throw new Error(`reading ${redact(url)}: range not satisfiable`);
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new ToolError(
      'DOWNLOAD',
      `reading ${redact(url)}: ${response.status} ${response.statusText}`,
    );
  }
  const resumed = response.status === 206;
  const start = resumed ? have : 0;
  const length = response.headers.get('content-length');
  const total = length === null ? undefined : start + Number(length);
  const fd = openSync(part, resumed ? 'a' : 'w');
  let done = start;
  try {
    if (!resumed) ftruncateSync(fd, 0);
    for await (const chunk of response.body) {
      writeSync(fd, chunk);
      done += chunk.length;
      progress(done, total);
    }
  } finally {
    closeSync(fd);
  }
  if (total !== undefined && done !== total) throw new Error(`reading ${redact(url)}: cut short`);
}

/** fetch refuses addresses with a password in them; Go sends it as basic authentication. */
function withCredentials(url: string): { address: string; headers: Headers } {
  const parsed = new URL(url);
  const headers = new Headers();
  if (parsed.username !== '') {
    const pair = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
    headers.set('Authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
    parsed.username = '';
    parsed.password = '';
  }
  return { address: parsed.href, headers };
}

async function copyLocal(from: string, part: string, progress: Progress): Promise<void> {
  if (!existsSync(from)) throw new NotExistError(`open ${from}: no such file or directory`);
  const total = statSync(from).size;
  const fd = openSync(part, 'w');
  let done = 0;
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20 })) {
      writeSync(fd, chunk as Buffer);
      done += (chunk as Buffer).length;
      progress(done, total);
    }
  } finally {
    closeSync(fd);
  }
}
