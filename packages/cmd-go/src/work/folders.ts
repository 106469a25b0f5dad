/**
 * Folders that a build makes: where outputs go, and a place for what is not kept.
 * GOROOT: src/os/path.go (MkdirAll), src/os/tempfile.go (MkdirTemp).
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { isSystemError, systemMessage } from '../report/system.ts';
import { cleanOnSignal } from './interrupt.ts';

/**
 * Makes a folder and those above it. Node's own recursive form never returns for places such as
 * /proc, where making a folder fails as if the one above were missing.
 */
export function makeFolders(dir: string): void {
  const info = statSync(dir, { throwIfNoEntry: false });
  if (info?.isDirectory() === true) return;
  if (info !== undefined) {
    throw Object.assign(new Error('not a directory'), {
      code: 'ENOTDIR',
      syscall: 'mkdir',
      path: dir,
    });
  }
  const above = dirname(dir);
  if (above !== dir) makeFolders(above);
  try {
    mkdirSync(dir);
  } catch (error) {
    // Somebody else may have been quicker.
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/** Makes the folder of an output; what is wrong with it is said in the name of `what`. */
export function makeFolderOf(dest: string, what: string): void {
  const dir = dest.slice(0, dest.lastIndexOf('/') + 1);
  if (dir === '') return;
  try {
    makeFolders(dir);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Failure(`${what}: ${systemMessage(error)}`);
  }
}

/** $GOTMPDIR has to be there, even for builds that put nothing into it. */
export function checkTempFolder(settings: Settings): void {
  const dir = settings.get('GOTMPDIR');
  if (dir === '') return;
  const info = statSync(dir, { throwIfNoEntry: false });
  if (info?.isDirectory() === true) return;
  throw new Failure(
    info === undefined
      ? `go: creating work dir: stat ${dir}: no such file or directory`
      : `go: creating work dir: mkdir ${dir}/go-build: not a directory`,
  );
}

/** A folder for what is thrown away at the end, whether that comes in time or by a signal. */
export interface TempFolder {
  readonly dir: string;
  remove(): void;
}

export function makeTempFolder(settings: Settings): TempFolder {
  checkTempFolder(settings);
  try {
    const dir = mkdtempSync(resolve(settings.get('GOTMPDIR') || tmpdir(), 'go-build'));
    const clean = (): void => rmSync(dir, { recursive: true, force: true });
    const settled = cleanOnSignal(clean);
    return {
      dir,
      remove() {
        clean();
        settled();
      },
    };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Failure(`go: creating work dir: ${systemMessage(error)}`);
  }
}
