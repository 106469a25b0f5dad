/**
 * `./dev node tools/bisect.ts [-pkg=PATTERN] COMMAND…`: finds the function that is compiled wrongly,
 * and the pass that does it.
 *
 * COMMAND builds and tests (with `./go`), and fails if the code is wrong. It is run with GOFLAGS set
 * to -gcflags=PATTERN=-d=gossahash=BITS, which leaves out every pass that is not required except in
 * functions whose hash ends in BITS; PATTERN is `all` unless given. BITS grow by the digit that still
 * fails until one function is left; then passes are left out of that function one by one.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { passes } from '../packages/gc/src/ssa/passes.ts';

interface Trial {
  readonly failed: boolean;
  readonly output: string;
}

/** Runs the command under `-d` settings. */
type Attempt = (settings: readonly string[]) => Trial;

interface Found {
  /** The function's link name and the digits that select it. */
  readonly func: string;
  readonly bits: string;
  /** Without it the function works; null if no single pass is to blame. */
  readonly pass: string | null;
}

/** What is wrong, or why that could not be found. */
export function bisect(attempt: Attempt, log: (line: string) => void): Found | string {
  if (!attempt([]).failed) return 'the command succeeds';
  if (attempt([`gossahash=${impossible}`]).failed) return 'the command fails without any pass too';
  let bits = '';
  let func: string | null = null;
  while (func === null) {
    const next = ['0', '1'].map((digit) => digit + bits);
    const failing = next.find((digits) => attempt([`gossahash=${digits}`]).failed);
    if (failing === undefined) return `only functions together fail: hash ${bits}`;
    bits = failing;
    const names = triggered(attempt([`gossahash=${bits}`]).output);
    log(`hash …${bits}: ${names.length} functions`);
    if (names.length === 1) func = names[0]!;
    else if (bits.length === 32) return `several functions have the hash ${bits}`;
  }
  return { func, bits, pass: findPass(attempt, bits, log) };
}

/** Digits that no hash ends in. */
const impossible = 'none';

/** The pass without which all is well; it is left out of every function. */
function findPass(attempt: Attempt, bits: string, log: (line: string) => void): string | null {
  const optional = passes.filter((p) => !p.required).map((p) => p.name);
  for (const name of optional) {
    if (attempt([`ssa/${name.replaceAll(' ', '_')}/off`]).failed) continue;
    log(`hash …${bits}: works without ${name}`);
    return name;
  }
  return null;
}

function triggered(output: string): string[] {
  const names = new Set<string>();
  for (const [, name] of output.matchAll(/^gossahash triggered (.+) [01]{32}$/gm)) names.add(name!);
  return [...names];
}

function main(): void {
  const words = process.argv.slice(2);
  const option = words[0]?.startsWith('-pkg=') === true ? words.shift()!.slice(5) : 'all';
  const [command, ...args] = words;
  if (command === undefined) {
    console.error('usage: tools/bisect.ts [-pkg=PATTERN] COMMAND ARGUMENTS…');
    process.exitCode = 2;
    return;
  }
  const attempt: Attempt = (settings) => {
    const flag = settings.length === 0 ? '' : `-gcflags=${option}=-d=${settings.join(',')}`;
    const run = spawnSync(command, args, {
      encoding: 'utf8',
      env: { ...process.env, GOFLAGS: flag },
      maxBuffer: 1 << 28,
    });
    return { failed: run.status !== 0, output: run.stdout + run.stderr };
  };
  const found = bisect(attempt, (line) => console.log(line));
  if (typeof found === 'string') {
    console.error(`bisect: ${found}`);
    process.exitCode = 1;
    return;
  }
  console.log(
    `${found.func} (gossahash=${found.bits}) is compiled wrongly by ${found.pass ?? 'no single pass'}`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
