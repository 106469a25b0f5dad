/**
 * `go tool cacheprog DIR`: a GOCACHEPROG over a folder, as an example and for small shared caches.
 *
 *     GOCACHEPROG='go tool cacheprog /mnt/shared/cache' go build
 *
 * An output is a file under its id, `DIR/output/ID`; an action a line `OUTPUT SIZE TIME` in
 * `DIR/action/ID`. Files get their names when they are whole, so any number of these may share a
 * folder. Nothing is ever deleted. Requests are answered in the order in which they come.
 * GOROOT: src/cmd/go/internal/cacheprog/cacheprog.go.
 */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { writeWhole } from '../work/cache.ts';
import { type CacheRequest, type CacheResponse } from '../work/cacheprotocol.ts';

type Request = CacheRequest & { readonly ID: number };

export async function runCacheprog(_: Settings, words: readonly string[]): Promise<number> {
  const [dir] = words;
  if (dir === undefined || words.length > 1) {
    throw new Failure('usage: go tool cacheprog DIR', 2);
  }
  const folder = resolve(dir);
  for (const kind of ['action', 'output']) mkdirSync(join(folder, kind), { recursive: true });
  const answer = (response: CacheResponse): void => print(`${JSON.stringify(response)}\n`);
  answer({ ID: 0, KnownCommands: ['get', 'put', 'close'] });
  /** A request whose body is the next line. */
  let pending: Request | undefined;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line === '') continue;
    const value = parse(line);
    const request = typeof value === 'string' ? pending : value;
    const body = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.alloc(0);
    if (request === undefined) throw new Failure('cacheprog: a body without a request');
    if (typeof value !== 'string' && (value.BodySize ?? 0) > 0) {
      pending = value;
      continue;
    }
    pending = undefined;
    answer({ ID: request.ID, ...perform(folder, request, body) });
    if (request.Command === 'close') break;
  }
  return 0;
}

/** A request, or the body of the one before. */
function parse(line: string): Request | string {
  try {
    return JSON.parse(line) as Request | string;
  } catch (error) {
    throw new Failure(`cacheprog: reading a request: ${(error as Error).message}`);
  }
}

function perform(folder: string, request: Request, body: Buffer): Omit<CacheResponse, 'ID'> {
  const file = (kind: string, id: string | undefined): string =>
    join(folder, kind, Buffer.from(id ?? '', 'base64').toString('hex'));
  const action = file('action', request.ActionID);
  try {
    switch (request.Command) {
      case 'get':
        return find(folder, action);
      case 'put': {
        const output = file('output', request.OutputID);
        writeWhole(output, body, 0o666);
        const line = `${request.OutputID} ${body.length} ${new Date().toISOString()}\n`;
        writeWhole(action, Buffer.from(line), 0o666);
        return { DiskPath: output };
      }
      case 'close':
        return {};
      default:
        return { Err: `unknown command ${String(request.Command)}` };
    }
  } catch (error) {
    return { Err: (error as Error).message };
  }
}

function find(folder: string, action: string): Omit<CacheResponse, 'ID'> {
  if (statSync(action, { throwIfNoEntry: false }) === undefined) return { Miss: true };
  const [id = '', size = '', time = ''] = readFileSync(action, 'utf8').trim().split(' ');
  const path = join(folder, 'output', Buffer.from(id, 'base64').toString('hex'));
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.size !== Number(size)) return { Miss: true };
  return { OutputID: id, Size: Number(size), Time: time, DiskPath: path };
}
