/**
 * The record of real modules that `./test conformance modules` and `./bench mod` work on: a module
 * cache, which is also a file proxy, with all that the commands of the suite ask for.
 *
 *     ./dev node tools/conformance/modrecord.ts [--only PATTERN]
 *
 * runs the suite's commands with the official go command and the GOPROXY of this machine's own Go
 * environment. The record lies in `go-ts/modules` of the user's cache folder, or in GOTS_MODULES.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerEnv, peerGoroot } from '../peer.ts';
import { benchSubject, modules, workspaces } from './module-list.ts';

/** What was recorded of a module. */
export interface Recorded {
  readonly path: string;
  readonly version: string;
  /** A requirement to go down and up with, '' if it has none. */
  readonly dep: string;
  readonly down: string;
}

export type Cases = Record<string, Recorded>;

export function recordDir(): string {
  const set = process.env['GOTS_MODULES'] ?? '';
  if (set !== '') return set;
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'go-ts/modules');
}

export function readCases(): Cases {
  const file = join(recordDir(), 'cases.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Cases) : {};
}

/** The commands of a module's case, each with the files it starts from in place. */
export function commandsFor({ dep, down }: Recorded): readonly string[] {
  const commands = [
    'list -m all',
    'mod graph',
    'mod tidy',
    'mod vendor',
    'list -m -u -retracted all',
  ];
  if (dep === '') return commands;
  return [
    ...commands.slice(0, 2),
    `mod why -m ${dep}`,
    ...commands.slice(2),
    `get ${dep}@${down}`,
    `get ${dep}@latest`,
    `get ${dep}@none`,
  ];
}

export const workspaceCommands: readonly string[] = [
  'work init ./a ./b',
  'list -m all',
  'mod graph',
  'work sync',
  'work vendor',
];

/** Puts a module's files, writable, into a folder. */
export function unpack({ path, version }: Recorded, dir: string): void {
  const escaped = `${path}@${version}`.replaceAll(/[A-Z]/g, (c) => `!${c.toLowerCase()}`);
  cpSync(join(recordDir(), 'mod', escaped), dir, { recursive: true });
  execFileSync('chmod', ['-R', 'u+w', dir]);
  const goMod = join(dir, 'go.mod');
  if (!existsSync(goMod)) writeFileSync(goMod, `module ${path}\n`);
}

class Recorder {
  readonly #go: string;
  readonly #env: Record<string, string>;

  constructor(go: string) {
    this.#go = go;
    // The machine's own settings, which peerEnv keeps tests from.
    const ask = (name: string): string =>
      execFileSync(go, ['env', name], { encoding: 'utf8' }).trim();
    this.#env = peerEnv({
      GOPROXY: ask('GOPROXY'),
      GOSUMDB: ask('GOSUMDB'),
      GOMODCACHE: join(recordDir(), 'mod'),
      GOPATH: join(recordDir(), 'gopath'),
      GOFLAGS: '-modcacherw',
      GOWORK: '',
    });
  }

  run(args: readonly string[], cwd: string): string {
    const { stdout } = spawnSync(this.#go, args, {
      cwd,
      env: this.#env,
      encoding: 'utf8',
      timeout: 600_000,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 28,
    });
    return stdout;
  }

  /** Runs what the suite will run; the result says what was chosen. */
  record(name: string): Recorded | undefined {
    const work = mkdtempSync(join(tmpdir(), 'modrecord-'));
    try {
      const text = this.run(['mod', 'download', '-json', name], work);
      const {
        Path: path,
        Version: version,
        Error: error,
      } = JSON.parse(text) as Record<string, string>;
      if (path === undefined || version === undefined || error !== undefined) {
        console.error(`${name}: ${error}`);
        return undefined;
      }
      const dir = join(work, 'm');
      unpack({ path, version, dep: '', down: '' }, dir);
      const recorded = { path, version, ...this.#choose(dir) };
      if (name === benchSubject) this.run(['mod', 'download'], dir);
      for (const command of commandsFor(recorded)) this.run(command.split(' '), dir);
      return recorded;
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  /** The first direct requirement that has an older release than the one required. */
  #choose(dir: string): { dep: string; down: string } {
    const file = JSON.parse(this.run(['mod', 'edit', '-json'], dir)) as {
      Require?: { Path: string; Version: string; Indirect?: boolean }[];
    };
    for (const { Path, Version, Indirect } of file.Require ?? []) {
      if (Indirect === true || Version.includes('-')) continue;
      const versions = this.run(
        ['list', '-m', '-versions', '-f={{join .Versions " "}}', Path],
        dir,
      );
      const list = versions.trim().split(' ');
      const down = list[list.indexOf(Version) - 1];
      if (down !== undefined) return { dep: Path, down };
    }
    return { dep: '', down: '' };
  }

  recordWorkspace(cases: Cases, names: readonly [string, string]): void {
    const work = mkdtempSync(join(tmpdir(), 'modrecord-'));
    try {
      for (const [i, name] of names.entries()) {
        const recorded = cases[name];
        if (recorded === undefined) return;
        unpack(recorded, join(work, 'ab'.charAt(i)));
      }
      for (const command of workspaceCommands) this.run(command.split(' '), work);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
}

function main(args: readonly string[]): void {
  const goroot = peerGoroot();
  if (goroot === undefined) throw new Error('the official go command is needed to record');
  const only = new RegExp(args[0] === '--only' ? (args[1] ?? '') : '');
  mkdirSync(recordDir(), { recursive: true });
  const recorder = new Recorder(join(goroot, 'bin/go'));
  const cases: Cases = readCases();
  for (const name of modules) {
    if (!only.test(name) || cases[name] !== undefined) continue;
    const recorded = recorder.record(name);
    if (recorded === undefined) continue;
    cases[name] = recorded;
    writeFileSync(join(recordDir(), 'cases.json'), `${JSON.stringify(cases, null, 2)}\n`);
    console.log(`${name}: ${recorded.version} ${recorded.dep}`);
  }
  for (const names of workspaces) {
    if (names.some((name) => only.test(name))) recorder.recordWorkspace(cases, names);
  }
}

if (import.meta.main) main(process.argv.slice(2));
