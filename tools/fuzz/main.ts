/**
 * `./test fuzz [-seed=N] [-count=N] [-seconds=N] [-functions=N] [-gcflags=F] [-keep=DIR] [-ssa]`
 *
 * Compares random programs (generate.ts): built by us, with the verifier after every pass, and built
 * by the official toolchain they must print the same. Each difference is shown by seed and function,
 * and its program kept; `tools/bisect.ts` finds the pass.
 *
 * With `-ssa`, random functions in SSA form instead, interpreted before and after each pass
 * (packages/gc/test/interp): quicker, and without the official toolchain.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PassContext } from '../../packages/gc/src/ssa/run.ts';
import { Amd64Target } from '../../packages/gc/src/target/amd64/target.ts';
import { judge } from '../../packages/gc/test/interp/judge.ts';
import { peerEnv, peerGoroot } from '../peer.ts';
import { generateProgram } from './generate.ts';

const root = new URL('../..', import.meta.url).pathname;

interface Outcome {
  /** '' if both agree. */
  readonly difference: string;
  readonly source: string;
}

interface Build {
  readonly program: string;
  readonly error: string;
}

// oxlint-disable-next-line max-params -- a command and where it runs.
function build(
  go: string,
  dir: string,
  words: readonly string[],
  env: Record<string, string>,
): Build {
  const program = join(dir, 'program');
  const run = spawnSync(go, ['build', '-o', program, ...words, 'main.go'], {
    cwd: dir,
    encoding: 'utf8',
    env: peerEnv({ GO111MODULE: 'off', ...env }),
    timeout: 300_000,
    killSignal: 'SIGKILL',
  });
  if (run.status === 0) return { program, error: '' };
  return { program, error: `${run.stdout}${run.stderr}` || 'build was killed' };
}

/** What a program prints; the end of its standard error if it fails. */
function output(program: string): string {
  const run = spawnSync(program, {
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 28,
  });
  if (run.status === 0) return run.stdout;
  return `${run.stdout}status ${run.status} ${run.signal}\n${run.stderr.slice(0, 2000)}`;
}

/** The first line that differs. */
function firstDifference(ours: string, theirs: string): string {
  if (ours === theirs) return '';
  const a = ours.split('\n');
  const b = theirs.split('\n');
  const i = a.findIndex((line, k) => line !== b[k]);
  const at = i < 0 ? a.length : i;
  return `ours:   ${a[at] ?? '(end)'}\ntheirs: ${b[at] ?? '(end)'}`;
}

/** Builds and runs one program with both toolchains. */
function compareOnce(seed: number, functions: number, gcflags: string): Outcome {
  const source = generateProgram(seed, { functions, inputs: 5 });
  const dir = mkdtempSync(join(tmpdir(), 'go-ts-fuzz-'));
  try {
    const [ours, theirs] = (['ours', 'theirs'] as const).map((name) => {
      const sub = join(dir, name);
      mkdirSync(sub);
      writeFileSync(join(sub, 'main.go'), source);
      if (name === 'theirs') return build(join(peerGoroot()!, 'bin/go'), sub, [], {});
      const cache = process.env['GOCACHE'];
      const env = cache === undefined ? {} : { GOCACHE: cache };
      return build(join(root, 'go'), sub, [`-gcflags=${gcflags}`], env);
    });
    if (theirs!.error !== '') return { difference: `theirs: ${theirs!.error}`, source };
    if (ours!.error !== '') return { difference: `ours: ${ours!.error}`, source };
    const difference = firstDifference(output(ours!.program), output(theirs!.program));
    return { difference, source };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** One function in SSA form through all passes, under the interpreter. */
function judgeOnce(seed: number, context: PassContext): Outcome {
  const problem = judge(seed, context) ?? '';
  return { difference: problem.split('\n')[0]!, source: problem };
}

export function fuzz(words: readonly string[]): number {
  const { values } = parseArgs({
    args: words.map((w) => w.replace(/^-(?=[a-z])/, '--')),
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '0' },
      functions: { type: 'string', default: '40' },
      gcflags: { type: 'string', default: '-d=check' },
      keep: { type: 'string', default: '' },
      ssa: { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  const end = seconds > 0 ? Date.now() + seconds * 1000 : Infinity;
  const last = seconds > 0 ? Infinity : Number(values.seed) + Number(values.count);
  const context = new PassContext(new Amd64Target());
  let runs = 0;
  const failed: number[] = [];
  for (let seed = Number(values.seed); seed < last && Date.now() < end; seed++) {
    const { difference, source } = values.ssa
      ? judgeOnce(seed, context)
      : compareOnce(seed, Number(values.functions), values.gcflags);
    runs++;
    if (difference === '') continue;
    failed.push(seed);
    console.log(`seed ${seed}:\n${difference}`);
    if (values.keep === '') continue;
    mkdirSync(values.keep, { recursive: true });
    writeFileSync(join(values.keep, `seed${seed}.${values.ssa ? 'ssa' : 'go'}`), source);
  }
  console.log(
    `fuzz: ${runs} programs, ${failed.length} differ${failed.length > 0 ? `: ${failed.join(' ')}` : ''}`,
  );
  return failed.length === 0 ? 0 : 1;
}
