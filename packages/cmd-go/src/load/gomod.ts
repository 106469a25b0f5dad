/** Finding files upwards, and the paths that messages show. */
import { statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The nearest file of that name in `dir` or above it. */
export function findUp(dir: string, name: string): string | undefined {
  for (let at = dir; ; at = dirname(at)) {
    const file = join(at, name);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
    if (at === dirname(at)) return undefined;
  }
}

/** A path as the working folder sees it, if that is shorter. GOROOT: cmd/go/internal/base/path.go. */
export function shorten(path: string): string {
  const short = relative(process.cwd(), path);
  return short !== '' && short.length < path.length ? short : path;
}
