/**
 * The folder of the build cache, made and checked before a build relies on it.
 * GOROOT: src/cmd/go/internal/cache/default.go (DefaultDir, initDefaultCache).
 */
import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { systemMessage } from '../report/system.ts';
import { makeFolders } from './folders.ts';

export function openCacheDir(settings: Settings): string {
  const dir = settings.gocache;
  if (dir === 'off' && settings.get('GOCACHE') === '') {
    throw new Failure(
      'build cache is required, but could not be located: GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined',
    );
  }
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
