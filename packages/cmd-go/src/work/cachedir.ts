/**
 * The folder of the build cache, made and checked before a build relies on it.
 * GOROOT: src/cmd/go/internal/cache/default.go (DefaultDir, initDefaultCache).
 */
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { systemMessage } from '../report/system.ts';

export function openCacheDir(settings: Settings): string {
  const dir = settings.gocache;
  if (dir === 'off') {
    throw new Failure('build cache is disabled by GOCACHE=off, but required as of Go 1.12');
  }
  if (!isAbsolute(dir)) {
    throw new Failure(
      'build cache is required, but could not be located: GOCACHE is not an absolute path',
    );
  }
  try {
    makeFolders(dir);
    accessSync(dir, constants.W_OK);
  } catch (error) {
    const why = systemMessage(error as NodeJS.ErrnoException);
    throw new Failure(`failed to initialize build cache at ${dir}: ${why}`);
  }
  return dir;
}

/**
 * Makes a folder and those above it. Node's own recursive form never returns for places such as
 * /proc, where making a folder fails as if the one above were missing.
 */
function makeFolders(dir: string): void {
  const info = statSync(dir, { throwIfNoEntry: false });
  if (info?.isDirectory() === true) return;
  if (info === undefined && dirname(dir) !== dir) makeFolders(dirname(dir));
  try {
    mkdirSync(dir);
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code !== 'EEXIST') throw error;
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) return;
    throw Object.assign(failure, { code: 'ENOTDIR' });
  }
}
