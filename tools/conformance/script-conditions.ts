/**
 * What scripts ask about the machine and the toolchain before they go on.
 * GOROOT: src/cmd/go/scriptconds_test.go, src/cmd/internal/script/{conds,scripttest/conditions}.go.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptError } from './script-parse.ts';

export type Variables = ReadonlyMap<string, string>;

const fixed: Readonly<Record<string, boolean>> = {
  abscc: false,
  asan: false,
  'case-sensitive': true,
  // No C compiler is used: CGO_ENABLED is 0.
  cgo: false,
  cgolinkext: false,
  cross: false,
  'default-cgo': false,
  fuzz: true,
  'fuzz-instrumented': true,
  'git-sha256': true,
  'go-builder': false,
  link: true,
  'mismatched-goroot': false,
  msan: false,
  mustlinkext: false,
  pielinkext: false,
  race: false,
  short: false,
  symlink: true,
  trimpath: false,
  verbose: false,
};

const buildModes = new Set('archive c-archive c-shared default exe pie plugin shared'.split(' '));

export function holds(name: string, env: Variables): boolean {
  const known = fixed[name];
  if (known !== undefined) return known;
  if (name === 'root') return process.geteuid?.() === 0;
  if (name === 'git') return findProgram('git', env) !== undefined;
  const colon = name.indexOf(':');
  const suffix = name.slice(colon + 1);
  switch (colon < 0 ? '' : name.slice(0, colon)) {
    case 'GOOS':
      return suffix === 'linux' || suffix === 'unix';
    case 'GOARCH':
      return suffix === 'amd64';
    case 'GODEBUG':
      return (env.get('GODEBUG') ?? '').split(',').includes(suffix);
    case 'GOEXPERIMENT':
      return defaultExperiments.has(suffix);
    case 'buildmode':
      return buildModes.has(suffix);
    case 'compiler':
      return suffix === 'gc';
    case 'exec':
      return findProgram(suffix, env) !== undefined;
    case 'net':
    case 'cc':
    case 'bazel':
      return false;
    default:
      throw new ScriptError(`unknown condition ${name}`);
  }
}

const defaultExperiments = new Set(['regabi', 'regabiwrappers', 'regabiargs', 'dwarf5']);

/** A program as the script's PATH has it. */
export function findProgram(name: string, env: Variables): string | undefined {
  if (name.includes('/')) return name;
  for (const dir of (env.get('PATH') ?? '').split(':')) {
    const file = join(dir, name);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not for us to run: the next folder may have another.
    }
  }
  return undefined;
}
