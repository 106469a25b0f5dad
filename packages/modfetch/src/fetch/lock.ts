/**
 * A lock between processes that the kernel releases when its holder dies, however it dies.
 *
 * It is flock(2) on a file that stays, as the official go command takes it on the same files, so that
 * both can share a module cache. Node has no call for it, so it is made through node:ffi. The lock
 * belongs to the open file, so that two holders in one process exclude each other too. It is asked for
 * without blocking and again after a while, because this process has other things to do meanwhile.
 * GOROOT: src/cmd/go/internal/lockedfile/internal/filelock/filelock_unix.go. Authority: flock(2).
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InternalError } from '@go-ts/base';

export interface Lock {
  release(): void;
}

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

type Flock = (fd: number, operation: number) => number;

interface Ffi {
  dlopen(path: null, functions: object): { functions: { flock: Flock } };
}

/** The C library's function, found at its first use: loading node:ffi takes some 10 ms. */
let flock: Flock | undefined;

function loadFlock(): Flock {
  // Node says at every first use that this module is experimental; users cannot do anything about it.
  // oxlint-disable-next-line typescript/unbound-method
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const ffi = process.getBuiltinModule('node:ffi' as 'node:fs') as unknown as Ffi | undefined;
    if (ffi === undefined) throw new InternalError('this Node has no node:ffi, which locks need');
    const library = ffi.dlopen(null, { flock: { arguments: ['i32', 'i32'], return: 'i32' } });
    return library.functions.flock;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Waits for the lock; `waiting` is called once if somebody else has it. */
export async function lockFile(path: string, waiting?: () => void): Promise<Lock> {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'a', 0o666);
  await acquire(fd, LOCK_EX, waiting);
  return { release: () => closeSync(fd) };
}

async function acquire(fd: number, kind: number, waiting?: () => void): Promise<void> {
  flock ??= loadFlock();
  let told = false;
  for (let pause = 1; flock(fd, kind | LOCK_NB) !== 0; pause = Math.min(2 * pause, 50)) {
    if (!told) waiting?.();
    told = true;
    // oxlint-disable-next-line no-await-in-loop
    await sleep(pause);
  }
}

/** The content while nobody writes it; undefined if there is no such file. */
export async function readLocked(path: string): Promise<Buffer | undefined> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    await acquire(fd, LOCK_SH);
    return readAll(fd);
  } finally {
    closeSync(fd);
  }
}

function readAll(fd: number): Buffer {
  const content = Buffer.alloc(fstatSync(fd).size);
  let at = 0;
  while (at < content.length) {
    const read = readSync(fd, content, at, content.length - at, at);
    if (read === 0) break;
    at += read;
  }
  return content.subarray(0, at);
}

/**
 * Replaces a file's content by a function of it, under the lock, in place, so that whoever holds the
 * same file open sees it. Undefined leaves it as it is. The result says whether it was replaced.
 */
export async function editLocked(
  path: string,
  edit: (content: Buffer) => Uint8Array | undefined,
): Promise<boolean> {
  const fd = openForEditing(path);
  try {
    await acquire(fd, LOCK_EX);
    const old = readAll(fd);
    const next = edit(old);
    if (next === undefined || old.equals(next)) return next !== undefined;
    // Cut last, so that there is no moment in which a kill leaves the file empty.
    for (let at = 0; at < next.length;) at += writeSync(fd, next, at, next.length - at, at);
    if (next.length < old.length) ftruncateSync(fd, next.length);
    return true;
  } finally {
    closeSync(fd);
  }
}

/** Most folders are there already: they are made when opening says that one is not. */
function openForEditing(path: string): number {
  const flags = constants.O_RDWR | constants.O_CREAT;
  try {
    return openSync(path, flags, 0o666);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, flags, 0o666);
  }
}
