/**
 * Whether a command is about modules at all: GO111MODULE says so, and `auto` leaves it to whether the
 * working folder is in a module or a workspace.
 * GOROOT: src/cmd/go/internal/modload/init.go (Init).
 */
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Settings } from '../cfg/settings.ts';
import { disk } from '../fsys/fsys.ts';
import { findUp } from '../load/gomod.ts';
import { printError } from '../report/output.ts';

/** `root` as in ModOptions: a command that needs a main module, or is to have none, uses modules. */
export function areModulesOff(
  settings: Settings,
  cwd: string,
  root: 'auto' | 'none' | 'need' = 'auto',
): boolean {
  const mode = settings.get('GO111MODULE');
  if (mode === 'off') return true;
  if (mode !== 'auto' || root !== 'auto') return false;
  const work = settings.get('GOWORK');
  if (work !== 'off' && (work !== '' || findUp(cwd, 'go.work') !== undefined)) return false;
  const goMod = findUp(cwd, 'go.mod');
  if (goMod === undefined || dirname(goMod) === tmpdir()) return true;
  return hasGopathModule(settings);
}

const firstOf = (gopath: string): string => gopath.split(delimiter, 1)[0]!;

/** A go.mod in the first folder of GOPATH is meant to be nothing. */
function hasGopathModule(settings: Settings): boolean {
  const gopath = firstOf(settings.gopath);
  return gopath !== '' && disk.exists(join(gopath, 'go.mod'));
}

/** Says so; true if it did. */
export function warnOfGopathModule(settings: Settings): boolean {
  if (settings.get('GO111MODULE') === 'off' || !hasGopathModule(settings)) return false;
  printError(`go: warning: ignoring go.mod in $GOPATH ${firstOf(settings.gopath)}\n`);
  return true;
}
