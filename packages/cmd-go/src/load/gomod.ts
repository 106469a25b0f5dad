/** Finding files upwards, and the paths that messages show. */
import { dirname, join, relative } from 'node:path';
import { disk, type FileTree } from '../fsys/fsys.ts';

/** The nearest file of that name in `dir` or above it. */
export function findUp(dir: string, name: string, files: FileTree = disk): string | undefined {
  for (let at = dir; ; at = dirname(at)) {
    const file = join(at, name);
    if (files.isFile(file)) return file;
    if (at === dirname(at)) return undefined;
  }
}

/** A path as the working folder sees it, if that is shorter. GOROOT: cmd/go/internal/base/path.go. */
export function shorten(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && short.length < path.length ? short : path;
}
