/**
 * Brings one module whose hash is known beforehand, and unpacks chosen files of it.
 *
 * The zip is downloaded once under a lock, every file in it is inflated and hashed, and wanted files
 * are written to a temporary folder on the way; only when the hash of the whole is the expected one
 * does the folder get its final name. So the destination either does not exist or is complete and
 * verified, whatever happens in between.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from '@go-ts/base';
import { ModuleError, NotExistError } from '../error.ts';
import { readModuleZip } from '../modulezip.ts';
import { Hash1 } from '../sum/dirhash.ts';
import { escapePath, escapeVersion } from '../version/escape.ts';
import { download, type Progress } from './download.ts';
import { parseProxyList, tryProxies } from './goproxy.ts';
import { lockFile } from './lock.ts';

export interface ModuleRequest {
  readonly path: string;
  readonly version: string;
  /** `h1:…`, known from a source that is trusted already. */
  readonly hash: string;
  readonly goproxy: string;
  /** Where to keep the zip while it is incomplete or not yet unpacked. */
  readonly downloadDir: string;
  /** Becomes the unpacked module. */
  readonly dest: string;
  /** The path that a file gets below `dest`, or undefined to leave it out. */
  readonly place: (path: string) => string | undefined;
  readonly events?: ModuleEvents;
}

export interface ModuleEvents {
  readonly waiting?: () => void;
  readonly asking?: (url: string) => void;
  readonly progress?: Progress;
  readonly unpacking?: () => void;
}

export async function bringModule(request: ModuleRequest): Promise<void> {
  const { path, version, dest, downloadDir, events } = request;
  if (existsSync(dest)) return;
  mkdirSync(downloadDir, { recursive: true });
  const name = `${path}@${version}`.replaceAll('/', '+');
  const lock = await lockFile(join(downloadDir, `${name}.lock`), events?.waiting);
  try {
    // Whoever held the lock may have done it all.
    if (!existsSync(dest)) await bringLocked(request, join(downloadDir, `${name}.zip`));
  } finally {
    lock.release();
  }
}

async function bringLocked(request: ModuleRequest, zip: string): Promise<void> {
  const kept = existsSync(zip) || existsSync(`${zip}.part`);
  try {
    await fetchZip(request, zip);
    unpack(request, zip);
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    rmSync(zip, { force: true });
    // A file left by an earlier run, or put together of two answers, deserves one clean attempt.
    if (!kept) throw mismatch(request, error);
    await fetchZip(request, zip);
    try {
      unpack(request, zip);
    } catch (again) {
      rmSync(zip, { force: true });
      throw again instanceof ModuleError ? mismatch(request, again) : again;
    }
  }
  rmSync(zip, { force: true });
}

function mismatch(request: ModuleRequest, error: ModuleError): ToolError {
  return new ToolError('MODULE_BAD', `${request.path}@${request.version}: ${error.message}`, {
    hint: 'the proxy that GOPROXY names sent something else than was published; nothing of it was used',
    cause: error,
  });
}

async function fetchZip(request: ModuleRequest, zip: string): Promise<void> {
  if (existsSync(zip)) return;
  const { path, version, goproxy, events } = request;
  await tryProxies(parseProxyList(goproxy), async (base) => {
    if (base === 'off') {
      throw new NotExistError(`${path}@${version}: module lookup disabled by GOPROXY=off`);
    }
    if (base === 'direct') {
      throw new NotExistError(
        `${path}@${version}: this module is only to be had from a module proxy`,
      );
    }
    const url = `${base}/${escapePath(path)}/@v/${escapeVersion(version)}.zip`;
    events?.asking?.(url);
    await download(url, zip, events?.progress ?? (() => {}));
  }).catch((error: unknown) => {
    if (!(error instanceof NotExistError)) throw error;
    throw new ToolError('NOT_FOUND', error.message, { cause: error });
  });
}

function unpack(request: ModuleRequest, zip: string): void {
  const { path, version, hash, dest, place, events } = request;
  events?.unpacking?.();
  const files = readModuleZip(readFileSync(zip), path, version);
  mkdirSync(dirname(dest), { recursive: true });
  const temp = mkdtempSync(`${dest}.tmp-`);
  try {
    const made = new Set<string>();
    const sum = new Hash1();
    for (const { path: inner, name, entry } of files) {
      const content = entry.read();
      sum.add(name, content);
      const target = place(inner);
      if (target === undefined) continue;
      const file = join(temp, target);
      const dir = dirname(file);
      if (!made.has(dir)) {
        mkdirSync(dir, { recursive: true });
        made.add(dir);
      }
      writeFileSync(file, content, { flag: 'wx' });
    }
    const got = sum.sum();
    if (got !== hash) throw new ModuleError(`its hash is ${got}, and must be ${hash}`);
    renameSync(temp, dest);
  } catch (error) {
    rmSync(temp, { recursive: true, force: true });
    throw error;
  }
}
