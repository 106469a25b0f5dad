/**
 * `./test conformance modules`: the module commands beside the official ones, on real modules.
 *
 * Both commands run the same sequence, each in a copy of the module at the same path, over one record
 * (modrecord.ts) that is their module cache and their proxy, so no network is needed. Output, status
 * and every file that is left must be equal after each command, but for the order of lines that
 * upstream writes from goroutines side by side.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv, peerGoroot } from '../peer.ts';
import { commandsFor, readCases, recordDir, unpack, workspaceCommands } from './modrecord.ts';
import { workspaces } from './module-list.ts';
import { type Case, type Suite } from './suite.ts';

const bin = fileURLToPath(new URL('../../packages/cmd-go/bin/go.js', import.meta.url));

interface Step {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Name → hash, or content where a difference should be shown. */
  readonly files: ReadonlyMap<string, string>;
}

export function modulesSuite(): Suite {
  const goroot = peerGoroot();
  if (goroot === undefined) throw new Error('no official go command to compare with');
  const recorded = readCases();
  if (Object.keys(recorded).length === 0) {
    throw new Error(`no record in ${recordDir()}: ./dev node tools/conformance/modrecord.ts`);
  }
  const commands = [[join(goroot, 'bin/go')], [process.execPath, bin]] as const;
  const single = Object.entries(recorded).map(([name, module]): Case => ({
    name,
    run: () =>
      compare(commands, commandsFor(module), (dir) => {
        unpack(module, dir);
      }),
  }));
  const joint = workspaces.flatMap(([a, b]): Case[] => {
    const [first, second] = [recorded[a], recorded[b]];
    if (first === undefined || second === undefined) return [];
    return [
      {
        name: `${a}+${b}`,
        run: () =>
          compare(commands, workspaceCommands, (dir) => {
            unpack(first, join(dir, 'a'));
            unpack(second, join(dir, 'b'));
          }),
      },
    ];
  });
  return {
    name: 'modules',
    title: 'module commands on real modules, beside the official ones',
    cases: () => [...single, ...joint],
  };
}

async function compare(
  [official, ours]: readonly [readonly string[], readonly string[]],
  commands: readonly string[],
  prepare: (dir: string) => void,
): Promise<string | undefined> {
  const temp = mkdtempSync(join(tmpdir(), 'modules-'));
  // The same path for both: it is in what they print.
  const dir = join(temp, 'm');
  try {
    prepare(dir);
    cpSync(dir, join(temp, 'first'), { recursive: true });
    const expected = await runAll(official, commands, dir);
    rmSync(dir, { recursive: true, force: true });
    renameSync(join(temp, 'first'), dir);
    const actual = await runAll(ours, commands, dir);
    for (const [i, command] of commands.entries()) {
      const problem = difference(actual[i]!, expected[i]!);
      if (problem !== undefined) return `go ${command}: ${problem}`;
    }
    return undefined;
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

async function runAll(
  go: readonly string[],
  commands: readonly string[],
  dir: string,
): Promise<Step[]> {
  const env = peerEnv({
    GOMODCACHE: join(recordDir(), 'mod'),
    GOPATH: join(recordDir(), 'gopath'),
    GOPROXY: `file://${join(recordDir(), 'mod/cache/download')}`,
    GOSUMDB: 'off',
    GOFLAGS: '-modcacherw',
    GOWORK: '',
  });
  const steps: Step[] = [];
  for (const command of commands) {
    // oxlint-disable-next-line no-await-in-loop
    const done = await runGo([...go, ...command.split(' ')], dir, env);
    steps.push({ ...done, files: filesBelow(dir) });
    // What vendoring left would change what the next command means.
    if (command === 'mod vendor') rmSync(join(dir, 'vendor'), { recursive: true, force: true });
  }
  return steps;
}

function runGo(
  [file = '', ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Omit<Step, 'files'>> {
  const options = {
    cwd,
    env,
    timeout: 600_000,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 28,
  } as const;
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ status, stdout, stderr });
    });
  });
}

function filesBelow(dir: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const isOurs = entry.name.startsWith('go.') || file.includes('/vendor/');
    if (!isOurs) continue;
    const isShown = entry.name.startsWith('go.') || entry.name === 'modules.txt';
    const content = readFileSync(file);
    const text = isShown
      ? content.toString('utf8')
      : createHash('sha256').update(content).digest('hex');
    files.set(file.slice(dir.length + 1), text);
  }
  return files;
}

function difference(actual: Step, expected: Step): string | undefined {
  const out = firstDifference(actual.stdout, expected.stdout);
  if (out !== undefined) return `stdout ${out}`;
  const err = firstDifference(inOrder(actual.stderr), inOrder(expected.stderr));
  if (err !== undefined) return `stderr ${err}`;
  if (actual.status !== expected.status) return `status ${actual.status}, not ${expected.status}`;
  for (const name of new Set([...actual.files.keys(), ...expected.files.keys()])) {
    const [have, want] = [actual.files.get(name), expected.files.get(name)];
    if (have === undefined || want === undefined) {
      return `${name} is ${have === undefined ? 'missing' : 'too much'}`;
    }
    const line = firstDifference(have, want);
    if (line !== undefined) return `${name} ${line}`;
  }
  return undefined;
}

/** GOROOT: src/cmd/go/internal/modload/load.go (resolveMissingImports): a queue without an order. */
function inOrder(text: string): string {
  return text.replaceAll(/(?:^go: finding module for package .*\n)+/gm, (lines) =>
    lines
      .split(/(?<=\n)/)
      .sort()
      .join(''),
  );
}

function firstDifference(actual: string, expected: string): string | undefined {
  if (actual === expected) return undefined;
  const a = actual.split('\n');
  const b = expected.split('\n');
  const at = a.findIndex((line, i) => line !== b[i]);
  const i = at < 0 ? a.length : at;
  return `line ${i + 1}: ${JSON.stringify(a[i] ?? '')}, not ${JSON.stringify(b[i] ?? '')}`;
}
