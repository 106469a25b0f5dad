/**
 * Puts a finished file where the user wants it.
 *
 * The file is written under a temporary name in the same folder and renamed, so the old one stays
 * until the new one is whole and a running program is not written over. What is there already must be
 * something that a build may replace.
 * GOROOT: src/cmd/go/internal/work/shell.go (moveOrCopyFile, checkDstOverwrite), build.go (runBuild).
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { quoteString } from '@go-ts/base/quote';
import { Failure } from '../report/failure.ts';
import { isSystemError, systemMessage } from '../report/system.ts';
import { isSpecial } from './cache.ts';

/** Temporary outputs of this process, for whoever has to leave in a hurry. */
const unfinished = new Set<string>();

export function removeUnfinished(): void {
  for (const file of unfinished) rmSync(file, { force: true });
  unfinished.clear();
}

/** How the files that a build replaces begin: ELF, archives, Mach-O, PE, and the like. */
const magics = [
  '7f454c46',
  '213c617263683e0a',
  'feedface',
  'feedfacf',
  'cefaedfe',
  'cffaedfe',
  '4d5a',
  '0061736d',
  '676f206f626a656374',
];

export function checkOverwrite(dest: string, importPath: string): void {
  const info = statSync(dest, { throwIfNoEntry: false });
  if (info === undefined) return;
  if (info.isDirectory()) {
    throw new Failure(`go: build output ${quoteString(dest)} already exists and is a directory`);
  }
  if (!info.isFile() || info.size === 0) return;
  const head = Buffer.alloc(64);
  const fd = openSync(dest, 'r');
  const length = readSync(fd, head, 0, head.length, 0);
  closeSync(fd);
  const hex = head.subarray(0, length).toString('hex');
  if (magics.some((magic) => hex.startsWith(magic))) return;
  throw new Failure(
    `${importPath}: go build ${importPath}: build output ${quoteString(dest)} already exists and is not an object file`,
  );
}

export interface Placing {
  readonly mode: number;
  /** In whose name to say what is wrong. */
  readonly what: string;
}

export function placeOutput(source: string, dest: string, { mode, what }: Placing): void {
  // A device keeps nothing, and must stay one.
  if (isSpecial(dest)) return;
  const temp = `${dest}.tmp-${randomBytes(6).toString('hex')}`;
  unfinished.add(temp);
  try {
    copyFileSync(source, temp);
    chmodSync(temp, mode & ~process.umask());
    renameSync(temp, dest);
  } catch (error) {
    rmSync(temp, { force: true });
    if (!isSystemError(error)) throw error;
    // The user knows the output by its name, not by the temporary one.
    const syscall = ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG'].includes(error.code!) ? 'write' : 'open';
    throw new Failure(`${what}: ${systemMessage({ ...error, syscall, path: dest })}`);
  } finally {
    unfinished.delete(temp);
  }
}
