/**
 * Whether a command is about modules at all: GO111MODULE says so, and `auto` leaves it to whether the
 * working folder is in a module or a workspace.
 * GOROOT: src/cmd/go/internal/modload/init.go (Init).
 */
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { goHostOS, type Settings } from '../cfg/settings.ts';
import { findUp } from '../load/gomod.ts';

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
  // Nor is one in the first folder of GOPATH meant to be anything.
  const [gopath = ''] = settings.gopath.split(goHostOS === 'windows' ? ';' : ':');
  return gopath !== '' && goMod === join(gopath, 'go.mod');
}
