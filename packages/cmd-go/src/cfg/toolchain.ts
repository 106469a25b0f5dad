/**
 * Which release a command is for: GOTOOLCHAIN decides, and go.mod or go.work where it says `auto`.
 *
 * Upstream runs another go command then. Ours is one program for all the releases that it supports: for
 * another of these its GOROOT is found or brought, and for any other release the command is refused
 * with a message that says which there are.
 * GOROOT: src/cmd/go/internal/toolchain/select.go (Select, modGoToolchain).
 */
import { existsSync, readFileSync } from 'node:fs';
import { quoteString } from '@go-ts/base/quote';
import { compareGo, fromToolchain, isGoLang, lookUpGoMod } from '@go-ts/modfetch/version/gover';
import { releases } from '@go-ts/runtime/release/release';
import { findUp, shorten } from '../load/gomod.ts';
import { Failure } from '../report/failure.ts';
import { goHostArch, goHostOS, type Settings } from './settings.ts';

/** What go.mod or go.work says. */
export interface FileLines {
  readonly file: string;
  readonly go: string;
  readonly toolchain: string;
}

/**
 * The toolchain that is asked for, `go1.27.4`. `local` is the one that there is, and `readFile` finds
 * the file that counts, if it comes to that.
 */
export function chooseToolchain(
  setting: string,
  local: string,
  readFile: () => FileLines | undefined,
): string {
  const invalid = (why = ''): never => {
    throw new Failure(`go: invalid GOTOOLCHAIN ${quoteString(setting)}${why}`);
  };
  let chosen = local;
  let mode = setting;
  if (setting !== 'auto' && setting !== 'path') {
    const plus = setting.indexOf('+');
    const min = plus < 0 ? setting : setting.slice(0, plus);
    mode = plus < 0 ? '' : setting.slice(plus + 1);
    if (min !== 'local') {
      if (fromToolchain(min) === '') {
        invalid(plus < 0 ? '' : `: invalid minimum toolchain ${quoteString(min)}`);
      }
      chosen = min;
    }
    if (plus >= 0 && mode !== 'auto' && mode !== 'path') {
      invalid(': only version suffixes are +auto and +path');
    }
  }
  const lines = mode === '' ? undefined : readFile();
  if (lines !== undefined && lines.toolchain !== 'default') chosen = newest(chosen, lines);
  if (!chosen.startsWith('go1') && !chosen.includes('-go1')) invalid();
  return chosen;
}

function newest(min: string, { file, go, toolchain }: FileLines): string {
  let chosen = min;
  let version = fromToolchain(min);
  if (toolchain !== '') {
    const wanted = fromToolchain(toolchain);
    if (wanted === '') {
      throw new Failure(`go: invalid toolchain ${quoteString(toolchain)} in ${shorten(file)}`);
    }
    if (compareGo(wanted, version) > 0) {
      chosen = toolchain;
      version = wanted;
    }
  }
  if (compareGo(go, version) <= 0) return chosen;
  // Since 1.21 the first release of a language version ends in .0.
  return isGoLang(go) && compareGo(go, '1.21') >= 0 ? `go${go}.0` : `go${go}`;
}

/** Refuses a command for a release that is not supported; `words` is the command line. */
export function selectToolchain(settings: Settings, words: readonly string[]): void {
  if (settings.get('GO111MODULE') === 'off' || isAboutChoice(words)) return;
  const setting = settings.get('GOTOOLCHAIN');
  if (setting === '' || setting === 'local') return;
  const local = settings.release.version;
  const chosen = chooseToolchain(setting, local, () => findLines(settings));
  if (chosen === 'local' || chosen === local) return;
  const release = releases.find(({ version }) => version === chosen);
  if (release !== undefined) {
    settings.pin(release);
    return;
  }
  if (setting === 'path' || setting.endsWith('+path')) {
    throw new Failure(`go: cannot find ${quoteString(chosen)} in PATH\n${supported(local)}`);
  }
  const version = fromToolchain(chosen);
  if (isGoLang(version) && compareGo(version, '1.21') >= 0) {
    throw new Failure(
      `go: invalid toolchain: ${chosen} is a language version but not a toolchain version (${chosen}.x)\n${supported(local)}`,
    );
  }
  throw new Failure(
    `go: download ${chosen} for ${goHostOS}/${goHostArch}: toolchain not available\n${supported(local)}`,
  );
}

function supported(local: string): string {
  const known = new Set([local, ...releases.map(({ version }) => version)]);
  return `\tthis go command has ${[...known].join(', ')}; GOTOOLCHAIN=local keeps to it`;
}

/** Commands that show or change the choice, and what it depends on, are never sent elsewhere. */
function isAboutChoice([name, ...rest]: readonly string[]): boolean {
  if (name !== 'env') return false;
  const [first = '', second = ''] = rest;
  if (rest.length === 1) return ['GOTOOLCHAIN', 'GOMOD', 'GOWORK'].includes(first);
  return rest.length === 2 && first === '-w' && second.startsWith('GOTOOLCHAIN=');
}

function findLines(settings: Settings): FileLines | undefined {
  const cwd = process.cwd();
  const gowork = settings.get('GOWORK');
  let file: string | undefined;
  if (gowork === '' || gowork === 'auto') file = findUp(cwd, 'go.work');
  else if (gowork !== 'off' && existsSync(gowork)) file = gowork;
  file ??= findUp(cwd, 'go.mod');
  if (file === undefined) return undefined;
  const text = readFileSync(file, 'utf8');
  return { file, go: lookUpGoMod(text, 'go'), toolchain: lookUpGoMod(text, 'toolchain') };
}
