/**
 * The standard library's own tests, built and run by `./go test -short`.
 *
 * A case is a package. The official toolchain is asked about every package that fails here: tests
 * that fail with it too, on the same machine and in the same way (no network, running as root), say
 * nothing about us and do not count. What is left makes the case fail. The list of known failures has,
 * for a package, the names of the tests that fail, a colon and the cause: a package is listed only
 * while exactly those fail.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv, peerGoroot } from '../peer.ts';
import { TestRunner } from './go-test.ts';
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

/** `env` is for the tests; the driver itself does not look at these variables. */
function newSuite(
  about: Pick<Suite, 'name' | 'title'>,
  env: Readonly<Record<string, string>>,
  paths: (goroot: string) => readonly string[],
): Suite {
  const goroot = peerGoroot();
  if (goroot === undefined) throw new Error('std: no GOROOT with the tests of this release');
  const runner = (go: string): TestRunner =>
    new TestRunner({ go, flags, cwd: join(goroot, 'src'), env: peerEnv(env), limitMs });
  const ours = runner(ownGo);
  const theirs = runner(join(goroot, 'bin/go'));
  return {
    ...about,
    cases: () => paths(goroot).map((path) => newCase(path, ours, theirs)),
    prepare: (chosen, jobs = 1) =>
      ours.plan(
        chosen.map(({ name }) => name),
        jobs,
      ),
  };
}

export function stdSuite(): Suite {
  const title = "The standard library's own tests (`go test -short`), built by this toolchain";
  return newSuite({ name: 'std', title }, {}, packagesWithTests);
}

export function stdTortureSuite(): Suite {
  const variables = Object.entries(torture).map((entry) => entry.join('='));
  const title = `Tests of the standard library under \`${variables.join(' ')}\``;
  return newSuite({ name: 'std-torture', title }, torture, () => tortured);
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

function newCase(path: string, our: TestRunner, their: TestRunner): Case {
  return {
    name: path,
    run: async (remark) => {
      const ours = await our.result(path);
      remark?.(`${ours.passed} passed, ${ours.skipped} skipped`);
      if (ours.failed.size === 0) return undefined;
      const theirs = await their.result(path);
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
