/**
 * The standard library's own tests, built and run by `./go test -short`.
 *
 * A case is a package. The official toolchain is asked about every package that fails here: tests
 * that fail with it too, on the same machine and in the same way (no network, running as root), say
 * nothing about us and do not count. What is left makes the case fail. The list of known failures has,
 * for a package, the names of the tests that fail, a colon and the cause: a package is listed only
 * while exactly those fail.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv, peerGoroot } from '../peer.ts';
import { type Case, type Suite } from './suite.ts';

const ownGo = fileURLToPath(new URL('../../go', import.meta.url));
const flags = ['-short', '-vet=off', '-count=1', '-json', '-timeout=300s'];
/** Compiling all that a package needs, from nothing, included. */
const limitMs = 900_000;

/** Collects after every few allocations, overwrites what it frees, marks twice, checks pointers. */
const torture = { GOGC: '1', GODEBUG: 'clobberfree=1,gccheckmark=1,invalidptr=1' };
const tortured = [
  'bytes',
  'container/list',
  'context',
  'encoding/gob',
  'encoding/json',
  'fmt',
  'go/types',
  'internal/runtime/maps',
  'maps',
  'math/big',
  'reflect',
  'regexp',
  'slices',
  'sort',
  'strings',
  'sync',
  'text/template',
  'time',
];

interface Setting {
  readonly goroot: string;
  /** For the tests; the driver itself does not look at these. */
  readonly env: Readonly<Record<string, string>>;
  readonly running: Set<ChildProcess>;
}

function setting(env: Readonly<Record<string, string>>): Setting {
  const goroot = peerGoroot();
  if (goroot === undefined) throw new Error('std: no GOROOT with the tests of this release');
  const running = new Set<ChildProcess>();
  process.once('exit', () => running.forEach((child) => killGroup(child)));
  return { goroot, env, running };
}

export function stdSuite(): Suite {
  const plain = setting({});
  return {
    name: 'std',
    title: "The standard library's own tests (`go test -short`), built by this toolchain",
    cases: () => packagesWithTests(plain.goroot).map((path) => newCase(plain, path)),
  };
}

export function stdTortureSuite(): Suite {
  const hard = setting(torture);
  const variables = Object.entries(torture).map((entry) => entry.join('='));
  return {
    name: 'std-torture',
    title: `Tests of the standard library under \`${variables.join(' ')}\``,
    cases: () => tortured.map((path) => newCase(hard, path)),
  };
}

function packagesWithTests(goroot: string): string[] {
  const format = '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}';
  const run = spawnSync(join(goroot, 'bin/go'), ['list', '-f', format, 'std'], {
    cwd: join(goroot, 'src'),
    env: peerEnv(),
    encoding: 'utf8',
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  if (run.status !== 0) throw new Error(`go list std: ${run.stderr}`);
  return run.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('vendor/'));
}

function newCase(s: Setting, path: string): Case {
  return {
    name: path,
    run: async (remark) => {
      const ours = await goTest(ownGo, s, path);
      remark?.(`${ours.passed} passed, ${ours.skipped} skipped`);
      if (ours.failed.size === 0) return undefined;
      const theirs = await goTest(join(s.goroot, 'bin/go'), s, path);
      const all = [...ours.failed.keys()].sort();
      const common = all.filter((name) => theirs.failed.has(name));
      if (common.length > 0) remark?.(`fail with the official toolchain too: ${common.join(' ')}`);
      const names = all.filter((name) => !theirs.failed.has(name));
      if (names.length === 0) return undefined;
      const outputs = names.map((name) => ours.failed.get(name)!.trim());
      return `${names.join(' ')}: ${outputs.join('\n')}`;
    },
    isKnown: (detail, reason) => namesOf(detail) === namesOf(reason),
  };
}

function namesOf(text: string): string {
  return text.slice(0, text.indexOf(':')).split(' ').sort().join(' ');
}

interface TestRun {
  /** Top-level tests. */
  readonly passed: number;
  readonly skipped: number;
  /** What failing top-level tests printed; under BUILD or RUN what failed outside of any. */
  readonly failed: ReadonlyMap<string, string>;
}

interface TestEvent {
  readonly Action: string;
  readonly Test?: string;
  readonly Output?: string;
}

async function goTest(go: string, s: Setting, path: string): Promise<TestRun> {
  const { goroot, env, running } = s;
  const child = spawn(go, ['test', '-p=1', ...flags, path], {
    cwd: join(goroot, 'src'),
    env: peerEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = setTimeout(() => killGroup(child), limitMs);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  running.delete(child);
  const { last, output, isBuilt } = readEvents(stdout);
  const ends = [...last.values()];
  const failed = new Map<string, string>();
  for (const [test, action] of last) {
    // What had only begun when the process died has failed as well.
    if (action === 'fail' || action === 'run') failed.set(test, output.get(test) ?? '');
  }
  if (status !== 0 && failed.size === 0) {
    failed.set(isBuilt ? 'RUN' : 'BUILD', stderr + (output.get('') ?? stdout));
  }
  return {
    passed: ends.filter((action) => action === 'pass').length,
    skipped: ends.filter((action) => action === 'skip').length,
    failed,
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What a test binary's events say of each top-level test; under '' what belongs to none. */
function readEvents(stdout: string): {
  last: ReadonlyMap<string, string>;
  output: ReadonlyMap<string, string>;
  isBuilt: boolean;
} {
  const last = new Map<string, string>();
  const output = new Map<string, string>();
  let isBuilt = false;
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{')) continue;
    const event = JSON.parse(line) as TestEvent;
    const test = event.Test?.split('/')[0] ?? '';
    if (event.Output !== undefined) output.set(test, (output.get(test) ?? '') + event.Output);
    if (event.Action === 'start') isBuilt = true;
    // A test that has subtests: its own end comes last.
    if (event.Test === test && /^(run|pass|fail|skip)$/.test(event.Action)) {
      last.set(test, event.Action);
    }
  }
  return { last, output, isBuilt };
}
