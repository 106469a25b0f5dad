/**
 * `./bench [run] [build] [mod] [--page]`: ratios to the official toolchain of the same release, in one run;
 * with --page they also go into docs/benchmarks.md.
 *
 * run: programs compiled by either toolchain, their running times. build: `go build` of hello from an
 * empty cache, after an edit and with nothing to do; of a module of 20,000 lines after
 * one of its packages was edited; and commands that only start. mod: module commands, over a record
 * that has to be made once (tools/bench/modules.ts).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv, peerGoroot } from '../peer.ts';
import { type Command, compare, type Comparison, geometricMean, printTable } from './measure.ts';
import { editLeaf, writeModule } from './module.ts';
import { benchModules } from './modules.ts';
import { writeBenchmarks } from './page.ts';

const ourGo = fileURLToPath(new URL('../../go', import.meta.url));
const programs = fileURLToPath(new URL('programs/', import.meta.url));
const rounds = 5;

const goroot = peerGoroot();
if (goroot === undefined) {
  console.error('bench: no official toolchain can be had here to compare with');
  process.exit(1);
}
const officialGo = join(goroot, 'bin/go');
const scratch = mkdtempSync(join(tmpdir(), 'go-ts-bench-'));

function build(go: string, env: Record<string, string>, out: string, file: string): void {
  const run = spawnSync(go, ['build', '-o', out, file], { env, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${go} build ${file}:\n${run.stderr}`);
}

async function benchRun(): Promise<Comparison[]> {
  const rows: Comparison[] = [];
  for (const file of readdirSync(programs).sort()) {
    const name = file.replace(/\.go$/, '');
    const source = join(programs, file);
    const ours = join(scratch, `${name}-ours`);
    const official = join(scratch, `${name}-official`);
    build(ourGo, peerEnv(), ours, source);
    build(officialGo, peerEnv(), official, source);
    const outputs = [ours, official].map((exe) => spawnSync(exe, { encoding: 'utf8' }).stdout);
    if (outputs[0] !== outputs[1]) throw new Error(`${name}: outputs differ`);
    rows.push(await compare(name, { file: ours, args: [] }, { file: official, args: [] }, rounds));
  }
  printTable('run: program, ours, official, ratio', rows);
  const ratios = rows.map(({ ratio }) => ratio);
  const [mean, worst] = [geometricMean(ratios), Math.max(...ratios)];
  console.log(`  geometric mean ${mean.toFixed(2)}x, worst ${worst.toFixed(2)}x`);
  return rows;
}

async function benchBuild(): Promise<Comparison[]> {
  const dir = join(scratch, 'hello');
  mkdirSync(dir);
  writeFileSync(join(dir, 'go.mod'), 'module hello\n\ngo 1.27\n');
  const main = join(dir, 'main.go');
  let edits = 0;
  const edit = (): void => {
    const text = `hello ${edits++}`;
    writeFileSync(
      main,
      `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(${JSON.stringify(text)}) }\n`,
    );
  };
  edit();
  const caches = { ours: join(scratch, 'cache-ours'), official: join(scratch, 'cache-official') };
  const pair = (args: readonly string[], cwd = dir): [ours: Command, official: Command] => {
    const command = (file: string, which: 'ours' | 'official'): Command => ({
      file,
      args: args.map((arg) => arg.replace('OUT', join(scratch, `out-${which}`))),
      cwd,
      env: peerEnv({ GOCACHE: caches[which] }),
    });
    return [command(ourGo, 'ours'), command(officialGo, 'official')];
  };
  const hello = pair(['build', '-o', 'OUT', '.']);
  const big = join(scratch, 'big');
  writeModule(big);
  const buildBig = pair(['build', '-o', 'OUT', '.'], big);
  let leafEdits = 0;
  const rows = [
    await compare('cold hello, empty cache', ...hello, 2, (which) => {
      rmSync(caches[which], { recursive: true, force: true });
    }),
    await compare('hello after an edit, std cached', ...hello, rounds, edit),
    await compare('nothing to do', ...hello, rounds),
    // The first round builds the whole module.
    await compare('one leaf package of 20,000 lines', ...buildBig, rounds + 1, () => {
      editLeaf(big, leafEdits++);
    }),
    await compare('go env GOOS', ...pair(['env', 'GOOS']), 2 * rounds),
    await compare('go version', ...pair(['version']), 2 * rounds),
  ];
  printTable('build: ours, official, ratio, our peak memory', rows);
  return rows;
}

const groups: Record<string, () => Promise<Comparison[]>> = {
  run: benchRun,
  build: benchBuild,
  mod: () => benchModules(ourGo, officialGo, scratch),
};

async function benchmarks(words: readonly string[], wantsPage: boolean): Promise<void> {
  for (const word of words.length > 0 ? words : ['run', 'build']) {
    const rows = await groups[word]!();
    if (wantsPage) writeBenchmarks(word, rows);
  }
}

const words = process.argv.slice(2).filter((word) => word !== '--page');
try {
  if (words.every((word) => Object.hasOwn(groups, word))) {
    await benchmarks(words, process.argv.includes('--page'));
  } else {
    console.error(`usage: ./bench [${Object.keys(groups).join('|')}]... [--page]`);
    process.exitCode = 2;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
