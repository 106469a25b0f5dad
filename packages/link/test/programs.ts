/**
 * Builds the programs of testdata with the official compiler and links them with our linker.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentRelease, defaultTarget } from '@go-ts/runtime';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { link, type LinkOptions, type LinkResult, type PackageFile } from '../src/index.ts';

const limits = { timeout: 300_000, killSignal: 'SIGKILL' as const, maxBuffer: 1 << 28 };

export interface Program {
  readonly dir: string;
  readonly main: PackageFile;
  readonly packages: ReadonlyMap<string, string>;
}

/** The official archives of a program: a directory of testdata, or an import path of std or cmd. */
export function officialArchives(name: string): Program {
  const goroot = peerGoroot()!;
  const dir = mkdtempSync(join(tmpdir(), 'link-'));
  const isPath = name.includes('/');
  if (!isPath) {
    cpSync(join(import.meta.dirname, '../testdata', name), dir, { recursive: true });
    writeFileSync(join(dir, 'go.mod'), `module ${name}\ngo 1.27\n`);
  }
  const pattern = isPath ? name : '.';
  const out = execFileSync(
    `${goroot}/bin/go`,
    ['list', '-export', '-deps', '-f', '{{.ImportPath}} {{.Export}}', pattern],
    { ...limits, cwd: isPath ? `${goroot}/src` : dir, env: peerEnv(), encoding: 'utf8' },
  );
  const packages = new Map(
    out
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .filter((row) => row[1] !== undefined && row[1] !== '')
      .map((row) => [row[0]!, row[1]!]),
  );
  return { dir, main: open(packages.get(name)!), packages };
}

function open(file: string): PackageFile {
  return { file, bytes: readFileSync(file) };
}

export function linkProgram(program: Program, more: Partial<LinkOptions> = {}): LinkResult {
  return link({
    target: defaultTarget('linux', 'amd64', currentRelease),
    release: currentRelease,
    main: program.main,
    packageFile: (path) => {
      const file = program.packages.get(path);
      return file === undefined ? undefined : open(file);
    },
    buildID: 'test/id',
    strings: [],
    stripSymbols: false,
    stripDwarf: true,
    compressDwarf: true,
    goroot: peerGoroot()!,
    ...more,
  });
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

export function run(program: Program, image: Uint8Array, args: readonly string[] = []): Ran {
  const file = join(program.dir, 'a.out');
  writeFileSync(file, image, { mode: 0o755 });
  const { stdout, stderr, status } = spawnSync(file, args, {
    ...limits,
    cwd: program.dir,
    encoding: 'utf8',
  });
  return { stdout, stderr, status };
}

/** What the official linker makes of the same archives. */
export function officialLink(program: Program, flags: readonly string[]): Uint8Array {
  const cfg = join(program.dir, 'importcfg');
  const out = join(program.dir, 'official.out');
  writeFileSync(
    cfg,
    [...program.packages].map(([path, file]) => `packagefile ${path}=${file}\n`).join(''),
  );
  execFileSync(
    `${peerGoroot()}/bin/go`,
    [
      'tool',
      'link',
      '-o',
      out,
      '-importcfg',
      cfg,
      '-buildid',
      'test/id',
      ...flags,
      program.main.file,
    ],
    { ...limits, env: peerEnv(), stdio: 'pipe' },
  );
  return readFileSync(out);
}

/** What the official linker says of archives that cannot be linked. */
export function officialErrors(program: Program): string {
  try {
    officialLink(program, ['-w']);
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: unknown; stderr: unknown };
    return `${String(stderr)}\n${String(stdout)}`;
  }
}

export function remove(program: Program): void {
  rmSync(program.dir, { recursive: true });
}
