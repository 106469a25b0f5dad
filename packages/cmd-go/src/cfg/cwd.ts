/**
 * The working folder under the name that the user calls it by.
 *
 * The system knows only the folder's real path. $PWD says which way led there, and that is what paths
 * of packages, positions and messages have to look like. Paths are resolved in many places, each by
 * asking `process.cwd`, so that is what answers here.
 * GOROOT: src/os/getwd.go (PWD counts if it is the same folder).
 */
import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';

const realCwd = process.cwd.bind(process);

/** To be called at the start. */
export function adoptWorkingFolder(): void {
  const real = realCwd();
  const named = process.env['PWD'] ?? '';
  const isOther = named !== real && isAbsolute(named) && isSameFolder(named, real);
  // A folder that somebody changes to without a word is known by its real path again.
  process.cwd = isOther ? () => (realCwd() === real ? named : realCwd()) : realCwd;
}

/** Leaves the folder for another one, which $PWD does not know: that has its real path. */
export function changeWorkingFolder(dir: string): void {
  process.chdir(dir);
  process.env['PWD'] = realCwd();
  adoptWorkingFolder();
}

function isSameFolder(a: string, b: string): boolean {
  try {
    const [x, y] = [statSync(a), statSync(b)];
    return x.dev === y.dev && x.ino === y.ino;
  } catch {
    return false;
  }
}
