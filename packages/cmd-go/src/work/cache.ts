/**
 * The build cache, in the layout of GOCACHE.
 *
 * Two kinds of files under a folder for the first byte of their name: `ID-a`, one line that says
 * which output an action had, and `ID-d`, the output under its own SHA-256. A file gets its name by a
 * rename when it is whole, and is never changed; so any number of builds may use one cache, and a
 * build that is killed leaves at most a temporary file for trimming to find. What is read is checked
 * against its hash; a damaged entry counts as absent and is written anew.
 * GOROOT: src/cmd/go/internal/cache/cache.go (layout, entry line, times of trimming).
 */
import { createHash, hash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A SHA-256 in hexadecimal. */
export type ActionID = string;
export type OutputID = string;

export interface CacheEntry {
  readonly output: OutputID;
  readonly size: number;
  /** When it was written, in milliseconds. */
  readonly time: number;
}

const hour = 3_600_000;
const trimInterval = 24 * hour;
const trimLimit = 5 * 24 * hour;
/** Times of files are refreshed no oftener than this. */
const mtimeInterval = hour;

export class Cache {
  readonly dir: string;
  readonly #now: number;
  readonly #folders = new Set<string>();

  constructor(dir: string, now: number) {
    this.dir = dir;
    this.#now = now;
  }

  /** What an action had for output last time, if that is still here. */
  lookup(id: ActionID): CacheEntry | undefined {
    const line = readText(this.#path(id, 'a'));
    const match = /^v1 ([\da-f]{64}) ([\da-f]{64}) +(\d{1,20}) +(\d{1,20})\n$/.exec(line ?? '');
    if (match === null || match[1] !== id) return undefined;
    const output = match[2]!;
    const size = Number(match[3]);
    const info = statSync(this.#path(output, 'd'), { throwIfNoEntry: false });
    if (info === undefined || info.size !== size) return undefined;
    this.#markUsed(this.#path(id, 'a'));
    this.#markUsed(this.#path(output, 'd'), info.mtimeMs);
    return { output, size, time: Number(match[4]) / 1e6 };
  }

  /** The content of an output, or undefined if it is gone or not what its name says. */
  read(output: OutputID): Buffer | undefined {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.#path(output, 'd'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    return hash('sha256', bytes, 'hex') === output ? bytes : undefined;
  }

  /** The size of an output that is here. */
  size(output: OutputID): number | undefined {
    return statSync(this.#path(output, 'd'), { throwIfNoEntry: false })?.size;
  }

  /** Keeps content that somebody else has made; false if it is not what its name says. */
  keep(output: OutputID, bytes: Uint8Array): boolean {
    if (hash('sha256', bytes, 'hex') !== output) return false;
    this.#writeWhole(this.#path(output, 'd'), bytes);
    return true;
  }

  /** The file of an output: to copy from, not to trust. */
  file(output: OutputID): string {
    return this.#path(output, 'd');
  }

  /** Keeps an action's output; `id` absent keeps only the content. */
  write(id: ActionID, bytes: Uint8Array): CacheEntry {
    const output = hash('sha256', bytes, 'hex');
    const file = this.#path(output, 'd');
    const info = statSync(file, { throwIfNoEntry: false });
    // The right size is not proof; rewriting costs little beside having made the bytes.
    if (info === undefined || info.size !== bytes.length || this.read(output) === undefined) {
      this.#writeWhole(file, bytes);
    }
    const time = String(this.#now * 1e6).padStart(20);
    const line = `v1 ${id} ${output} ${String(bytes.length).padStart(20)} ${time}\n`;
    this.#writeWhole(this.#path(id, 'a'), Buffer.from(line));
    return { output, size: bytes.length, time: this.#now };
  }

  #path(id: string, kind: 'a' | 'd'): string {
    return join(this.dir, id.slice(0, 2), `${id}-${kind}`);
  }

  #writeWhole(file: string, bytes: Uint8Array): void {
    const folder = join(file, '..');
    if (!this.#folders.has(folder)) {
      mkdirSync(folder, { recursive: true });
      this.#folders.add(folder);
    }
    writeWhole(file, bytes, 0o666);
  }

  #markUsed(file: string, mtime: number = statSync(file).mtimeMs): void {
    if (this.#now - mtime < mtimeInterval) return;
    try {
      const seconds = this.#now / 1000;
      utimesSync(file, seconds, seconds);
    } catch {
      // Somebody else's file: it will be trimmed and made again.
    }
  }

  /** Once a day, deletes what has not been used for days, and what killed builds left behind. */
  trim(): void {
    const stamp = join(this.dir, 'trim.txt');
    const last = Number(readText(stamp)?.trim() ?? 0) * 1000;
    if (!existsSync(this.dir) || this.#now - last < trimInterval) return;
    try {
      writeWhole(stamp, Buffer.from(String(Math.floor(this.#now / 1000))), 0o666);
    } catch (error) {
      // On a full or read-only disk the next build tries again.
      if (!(error instanceof Error && 'syscall' in error)) throw error;
    }
    const cutoff = this.#now - trimLimit - mtimeInterval;
    for (let i = 0; i < 256; i++) {
      const folder = join(this.dir, i.toString(16).padStart(2, '0'));
      if (!existsSync(folder)) continue;
      for (const name of readdirSync(folder)) {
        if (!/-[ad]$|\.tmp-/.test(name)) continue;
        const file = join(folder, name);
        const info = statSync(file, { throwIfNoEntry: false });
        if (info !== undefined && info.mtimeMs < cutoff) rmSync(file, { force: true });
      }
    }
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * Writes a file that has its name only when it is whole. A device, such as the null one, is written
 * to: a rename would put a file in its place, for everybody.
 */
export function writeWhole(file: string, bytes: Uint8Array, mode: number): void {
  if (isSpecial(file)) {
    writeFileSync(file, bytes);
    return;
  }
  const temp = `${file}.tmp-${randomBytes(6).toString('hex')}`;
  try {
    const fd = openSync(temp, 'wx', mode);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    } finally {
      closeSync(fd);
    }
    renameSync(temp, file);
  } catch (error) {
    rmSync(temp, { force: true });
    // A failed write does not say of which file.
    if (error instanceof Error && 'syscall' in error) Object.assign(error, { path: file });
    throw error;
  }
}

/** Neither absent nor a regular file nor a folder. */
export function isSpecial(file: string): boolean {
  const info = statSync(file, { throwIfNoEntry: false });
  return info !== undefined && !info.isFile() && !info.isDirectory();
}

/** Builds an action's key from all that the action reads, one labelled part after the other. */
export class KeyHash {
  readonly #hash = createHash('sha256');

  constructor(kind: string) {
    this.#hash.update(`go-ts ${kind}\n`);
  }

  /** Lengths keep one part's end from passing as the next part's beginning. */
  add(label: string, ...values: readonly string[]): this {
    this.#hash.update(`${label} ${values.length}\n`);
    for (const value of values) this.#hash.update(`${value.length}:${value}\n`);
    return this;
  }

  sum(): ActionID {
    return this.#hash.digest('hex');
  }
}
