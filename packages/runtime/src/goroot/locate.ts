/**
 * Finds a GOROOT of a supported release on this machine.
 *
 * An explicit setting ($GOROOT, then `go env -w GOROOT`) is taken or refused, never passed over.
 * Otherwise the first usable one of: the tree around the go command on PATH, the toolchain module
 * in the module cache (which whoever put it there has verified), our own cache. Bringing one that
 * is nowhere is the caller's part.
 *
 * Invariant: a result has been checked; what it lacks would be found here and not in the middle of
 * a build.
 */
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ToolError } from '@go-ts/base';
import { currentRelease, type Release, releases } from '../release/release.ts';
import { readVersion } from './version.ts';

export interface Goroot {
  readonly dir: string;
  /** First line of VERSION. */
  readonly version: string;
  readonly release: Release;
  readonly foundBy: 'GOROOT' | 'go env' | 'go command' | 'module cache' | 'cache';
}

export interface WhereToLook {
  /** $GOROOT and the env file's; empty if unset. */
  readonly environment: string;
  readonly envFile: string;
  readonly path: string;
  readonly moduleCache: string;
  /** The folder in which brought GOROOTs are kept, one per release. */
  readonly ownCache: string;
}

/** Files without which no build can work, one from each part of the tree. */
const essential = [
  'src/runtime/asm_amd64.s',
  'src/internal/abi/type.go',
  'src/cmd/go/main.go',
  'src/vendor/modules.txt',
  'src/go.mod',
  'src/unsafe/unsafe.go',
  'pkg/include/textflag.h',
];

/** Where our own cache keeps the sources of a release. */
export function cachedGoroot(ownCache: string, release: Release): string {
  return join(ownCache, release.version);
}

export function locateGoroot(where: WhereToLook): Goroot | undefined {
  if (where.environment !== '') return explicit(where.environment, 'GOROOT');
  if (where.envFile !== '') return explicit(where.envFile, 'go env');
  for (const dir of besideGoCommands(where.path)) {
    const found = usable(dir, 'go command');
    if (found !== undefined) return found;
  }
  for (const release of releases) {
    const { path, version } = release.module;
    const dir = join(where.moduleCache, `${path}@${version}`);
    const found =
      usable(dir, 'module cache') ?? usable(cachedGoroot(where.ownCache, release), 'cache');
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The tree of exactly this release, from the module cache or our own cache. */
export function locateRelease(
  { version, module }: Release,
  moduleCache: string,
  ownCache: string,
): Goroot | undefined {
  const inModules = join(moduleCache, `${module.path}@${module.version}`);
  const found = usable(inModules, 'module cache') ?? usable(join(ownCache, version), 'cache');
  return found?.version === version ? found : undefined;
}

/** What is wrong with a tree, or undefined if it is a complete one of a supported release. */
export function problemOf(dir: string): string | undefined {
  const version = readVersion(dir);
  if (version === undefined) return 'it has no VERSION file';
  if (releaseFor(version) === undefined) {
    const known = releases.map((release) => release.language).join(', ');
    return `it is ${version || 'of no known version'}, and this toolchain supports ${known}`;
  }
  const missing = essential.find((file) => !existsSync(join(dir, file)));
  return missing === undefined ? undefined : `it is incomplete: ${missing} is missing`;
}

/**
 * The release table for a tree's version. Patch releases keep the contract between programs and
 * tools, so they share a table; only the version text differs.
 */
export function releaseFor(version: string): Release | undefined {
  const language = /^(go1\.\d+)(\.\d+)?$/.exec(version)?.[1];
  const release = releases.find((r) => r.language === language);
  if (release === undefined || release.version === version) return release;
  return { ...release, version };
}

function usable(dir: string, foundBy: Goroot['foundBy']): Goroot | undefined {
  if (problemOf(dir) !== undefined) return undefined;
  const version = readVersion(dir) ?? '';
  const release = releaseFor(version);
  return release === undefined ? undefined : { dir, version, release, foundBy };
}

function explicit(dir: string, foundBy: 'GOROOT' | 'go env'): Goroot {
  if (!existsSync(dir)) {
    throw new ToolError('GOROOT_MISSING', `go: cannot find GOROOT directory: ${dir}`);
  }
  const found = usable(dir, foundBy);
  if (found !== undefined) return found;
  const undo = foundBy === 'GOROOT' ? 'unset GOROOT' : "run 'go env -u GOROOT'";
  throw new ToolError('GOROOT_BAD', `go: cannot use GOROOT ${dir}: ${problemOf(dir)}`, {
    hint: `set GOROOT to a complete ${currentRelease.language} tree, or ${undo} to have one found or downloaded`,
  });
}

/** The trees that go commands on PATH belong to. */
function* besideGoCommands(path: string): Generator<string> {
  const seen = new Set<string>();
  for (const dir of path.split(delimiter)) {
    if (dir === '') continue;
    let command: string;
    try {
      command = realpathSync(join(dir, 'go'));
    } catch {
      continue;
    }
    const root = dirname(dirname(command));
    if (seen.has(root)) continue;
    seen.add(root);
    yield root;
  }
}
