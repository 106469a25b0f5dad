/**
 * GOROOT/test's errorcheck tests: the compiler's diagnostics, by line, against `ERROR` comments.
 *
 * The front end is called directly, in worker threads: what it reports does not depend on code
 * generation. Tests that ask for the decisions of later phases (-m, -d=…) run the whole compiler there,
 * with the export data of std as our driver has built it.
 *
 * GOROOT: src/cmd/internal/testdir/testdir_test.go (recipes, exceptions).
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { peerGoroot } from '../peer.ts';
import type { ErrorCheckAnswer, ErrorCheckJob, TestPackage } from './errorcheck-worker.ts';
import { evaluateConstraint, splitQuoted } from './recipe.ts';
import type { Case, Suite } from './suite.ts';
import { WorkerPool } from './worker-pool.ts';

const dirs = [
  '.',
  'ken',
  'chan',
  'interface',
  'syntax',
  'fixedbugs',
  'typeparam',
  'typeparam/mdempsky',
];
const actions = new Set([
  'errorcheck',
  'errorcheckdir',
  'errorcheckandrundir',
  'errorcheckoutput',
  'errorcheckwithauto',
]);
/** Upstream's own checker fails them. */
const exceptions = new Set([
  'shift1.go',
  'fixedbugs/issue10700.go',
  'fixedbugs/issue18331.go',
  'fixedbugs/issue18419.go',
  'fixedbugs/issue20233.go',
  'fixedbugs/issue20245.go',
  'fixedbugs/issue31053.go',
]);

interface Recipe {
  readonly action: string;
  readonly flags: readonly string[];
  readonly wantError: boolean;
  readonly filesApart: boolean;
}

/** The recipe in the first line that is no build constraint; null if it is for others. */
function readRecipe(source: string): Recipe | null {
  const lines = source.split('\n');
  const first = lines.find((line) => !/^\/\/(go:build|\s*\+build)/.test(line)) ?? '';
  const words = splitQuoted(first.replace(/^\/\//, '').trim());
  const action = words.shift() ?? '';
  if (!actions.has(action)) return null;
  const header = source.slice(0, source.search(/^package /m));
  const build = /^\/\/go:build (.*)$/m.exec(header);
  if (build !== null && !evaluateConstraint(build[1]!)) return null;
  const flags: string[] = [];
  let wantError = action !== 'errorcheckandrundir';
  let filesApart = false;
  while (words[0]?.startsWith('-')) {
    const flag = words.shift()!;
    if (flag === '-0') wantError = false;
    else if (flag === '-1') wantError = true;
    else if (flag === '-s') filesApart = true;
    else if (flag === '-t') words.shift();
    else if (flag === '-goexperiment') flags.push(`-goexperiment=${words.shift() ?? ''}`);
    else if (flag !== '-d=panic') flags.push(flag);
  }
  return { action, flags, wantError, filesApart };
}

/** Flags whose reports the back end has. */
const backEndFlag =
  /^-(m|m=2|l|N|smallframes|d=(inlfuncswithclosures=1|escapemutationscalls,zerocopy|escapedebug=1))$/;
/** What tests of the back end import, and what that imports. */
const backEndImports = ['fmt', 'hash/maphash', 'testing', 'unique', 'sync', 'encoding/binary'];

const frontEndFlag = /^-(lang=.*|std|\+|complete|e|e=0|goexperiment=.*)$/;

/** Objects of std from our own driver, built when the first test wants them. */
class StdExports {
  #files: Readonly<Record<string, string>> | null = null;

  files(): Readonly<Record<string, string>> {
    this.#files ??= this.#build();
    return this.#files;
  }

  #build(): Readonly<Record<string, string>> {
    const main = fileURLToPath(new URL('../../packages/cmd-go/bin/go.js', import.meta.url));
    const format = '{{.ImportPath}}={{.Export}}';
    const words = [main, 'list', '-export', '-deps', '-f', format, ...backEndImports];
    const run = spawnSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (run.status !== 0) throw new Error(`go list -export failed: ${run.stderr}`);
    const pairs = run.stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=', 2) as [string, string]);
    return Object.fromEntries(pairs.filter(([, file]) => file !== ''));
  }
}

export function errorCheckSuite(): Suite {
  const goroot = peerGoroot();
  if (goroot === undefined) throw new Error('no official toolchain here: no tests to run');
  const worker = new URL('errorcheck-worker.ts', import.meta.url);
  const pool = new WorkerPool<ErrorCheckJob, ErrorCheckAnswer>(
    () =>
      new Worker(worker, {
        workerData: { goroot },
        resourceLimits: { stackSizeMb: 64, maxYoungGenerationSizeMb: 64 },
      }),
  );
  const root = join(goroot, 'test');
  const std = new StdExports();
  return {
    name: 'test-errorcheck',
    title: 'compiler diagnostics',
    cases: () => dirs.flatMap((dir) => casesIn(root, dir, { pool, std })),
    close: () => pool.close(),
  };
}

/** What running a test needs. */
interface Means {
  readonly pool: WorkerPool<ErrorCheckJob, ErrorCheckAnswer>;
  readonly std: StdExports;
}

function casesIn(root: string, dir: string, means: Means): Case[] {
  const cases: Case[] = [];
  for (const file of readdirSync(join(root, dir)).sort()) {
    const name = dir === '.' ? file : `${dir}/${file}`;
    if (!file.endsWith('.go') || exceptions.has(name)) continue;
    const path = join(root, name);
    const recipe = readRecipe(readFileSync(path, 'utf8'));
    if (recipe === null) continue;
    cases.push({ name, run: () => runCase(path, recipe, means) });
  }
  return cases;
}

async function runCase(
  path: string,
  recipe: Recipe,
  { pool, std }: Means,
): Promise<string | undefined> {
  const { action, flags, wantError } = recipe;
  if (action === 'errorcheckoutput') return 'needs a program run first';
  if (action === 'errorcheckwithauto') return 'needs the back end: generated functions';
  const later = flags.filter((flag) => !frontEndFlag.test(flag));
  const isBackEnd = later.length > 0;
  if (later.some((flag) => !backEndFlag.test(flag)) || (isBackEnd && action !== 'errorcheck')) {
    return `needs the back end: ${later.join(' ')}`;
  }
  const packages =
    action === 'errorcheck' ? [{ path: 'p', files: [path] }] : packagesIn(path, recipe);
  // Only the last package, or the last but one if the last is to run, is wrong.
  const wrong = packages.length - (wantError && action === 'errorcheckandrundir' ? 2 : 1);
  const exports = isBackEnd ? std.files() : null;
  const answer = await pool.ask({ packages, flags, wrong, wantError, exports });
  const text = typeof answer === 'string' ? answer : answer.wrong;
  return text === '' ? undefined : text;
}

/** The packages of `x.dir`, in the order of their files. */
function packagesIn(path: string, { filesApart }: Recipe): TestPackage[] {
  const dir = path.replace(/\.go$/, '.dir');
  const byName = new Map<string, string[]>();
  for (const file of readdirSync(dir).sort()) {
    if (!file.endsWith('.go')) continue;
    const name = /^package (\w+)/m.exec(readFileSync(join(dir, file), 'utf8'))?.[1] ?? '';
    const key = filesApart ? file : name;
    const files = byName.get(key) ?? [];
    files.push(join(dir, file));
    byName.set(key, files);
  }
  return [...byName].map(([key, files]) => {
    const isMain = key === 'main';
    const first = files[0]!.slice(dir.length + 1).replace(/\.go$/, '');
    return { path: isMain ? 'main' : `test/${first}`, files };
  });
}
