/**
 * What an action reads, file by file, with the hash of each.
 *
 * Files of a GOROOT's sources number thousands, and a build with nothing to do would spend its time
 * hashing them; so hashes are remembered in one file per build cache, under path, size, time of
 * change and inode. A file whose time is so near to now that it might change again unnoticed is not
 * remembered.
 */
import { hash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type FileTree } from '../fsys/fsys.ts';
import { type InputFile } from '../worker/messages.ts';
import { writeWhole } from './cache.ts';

interface Remembered {
  readonly stamp: string;
  readonly hash: string;
}

/** File systems tell times apart to within this much. */
const timeGranularity = 2000;

export class InputHashes {
  readonly #memo: string;
  readonly #now: number;
  readonly #known: Map<string, Remembered>;
  #changed = false;

  readonly #files: FileTree;

  constructor(files: FileTree, memo: string, now: number) {
    this.#files = files;
    this.#memo = memo;
    this.#now = now;
    this.#known = readMemo(memo);
  }

  /** The input as a worker will read it; `name` is what positions call it. */
  file(path: string, name: string): InputFile {
    const actual = this.#files.actual(path);
    return { path: actual, name, hash: this.#hashOf(actual) };
  }

  #hashOf(path: string): string {
    const info = statSync(path);
    const stamp = `${info.size} ${info.mtimeMs} ${info.ino}`;
    const known = this.#known.get(path);
    if (known !== undefined && known.stamp === stamp) return known.hash;
    const sum = hash('sha256', readFileSync(path), 'hex');
    if (this.#now - info.mtimeMs > timeGranularity) {
      this.#known.set(path, { stamp, hash: sum });
      this.#changed = true;
    }
    return sum;
  }

  save(): void {
    if (!this.#changed || !existsSync(dirname(this.#memo))) return;
    const lines: string[] = [];
    for (const [path, { stamp, hash: sum }] of this.#known) lines.push(`${sum} ${stamp} ${path}\n`);
    try {
      writeWhole(this.#memo, Buffer.from(lines.join('')), 0o666);
    } catch (error) {
      // Only time is lost with it; what matters has been reported by whoever wrote it.
      if (!(error instanceof Error && 'syscall' in error)) throw error;
    }
  }
}

function readMemo(file: string): Map<string, Remembered> {
  const known = new Map<string, Remembered>();
  if (!existsSync(file)) return known;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const match = /^([\da-f]{64}) (\d+ [\d.]+ \d+) (.+)$/.exec(line);
    if (match !== null) known.set(match[3]!, { hash: match[1]!, stamp: match[2]! });
  }
  return known;
}

/**
 * Every file that assembly includes, directly or through another header, under the name that the
 * include line gives it. Looked for beside the sources, then in pkg/include, as the assembler does.
 * go_asm.h is not among them: the compiler makes it.
 */
export function includedFiles(
  files: FileTree,
  hashes: InputHashes,
  goroot: string,
  dir: string,
  sources: readonly string[],
): InputFile[] {
  const found = new Map<string, InputFile>();
  const scan = (path: string): void => {
    const text = files.readFile(path).toString('latin1');
    for (const match of text.matchAll(/^[ \t]*#[ \t]*include[ \t]+"([^"]+)"/gm)) {
      const name = match[1]!;
      if (name === 'go_asm.h' || found.has(name)) continue;
      const file = [join(dir, name), join(goroot, 'pkg/include', name)].find((p) =>
        files.exists(p),
      );
      if (file === undefined) continue;
      found.set(name, hashes.file(file, name));
      scan(file);
    }
  };
  for (const source of sources) scan(join(dir, source));
  return [...found.values()].sort((a, b) => (basename(a.name) < basename(b.name) ? -1 : 1));
}
