/**
 * The flags of the compiler, for `go tool compile` and for what users give with -gcflags.
 * GOROOT: src/cmd/compile/internal/base/{flag,debug}.go (names, syntax, wording).
 */
import { isDebugKey } from '@go-ts/gc/debug';
import { type CommandLine, type FlagTable, parseFlags, toolUsage } from '../cfg/flags.ts';
import { Failure } from '../report/failure.ts';

const bool = { kind: 'bool' } as const;
const on = { kind: 'bool', value: true } as const;
const text = { kind: 'string' } as const;
const count = { kind: 'bool', optionalText: true } as const;

/** Flags of ours; those that only choose what is printed or how go through to the compiler. */
const flags: FlagTable = {
  V: count,
  o: text,
  p: text,
  lang: text,
  std: bool,
  '+': bool,
  complete: bool,
  symabis: text,
  asmhdr: text,
  buildid: text,
  goversion: text,
  trimpath: text,
  importcfg: text,
  pack: bool,
  embedcfg: text,
  c: { kind: 'int', value: 4 } as const,
  shared: bool,
  dynlink: bool,
  I: text,
  linkobj: text,
  installsuffix: text,
  pgoprofile: text,
  coveragecfg: text,
  dwarflocationlists: { kind: 'bool', value: true } as const,
  dwarfbasentries: { kind: 'bool', value: true } as const,
  wb: { kind: 'bool', value: true } as const,
  race: bool,
  msan: bool,
  asan: bool,
  bench: text,
  benchmark: text,
  blockprofile: text,
  cpuprofile: text,
  memprofile: text,
  memprofilerate: { kind: 'int' } as const,
  mutexprofile: text,
  traceprofile: text,
  t: bool,
  linkshared: bool,
  gendwarfinl: { kind: 'int', value: 2 },
  env: text,
};

/** Passed on: the compiler reads them itself. */
const passed: FlagTable = {
  dwarf: on,
  S: count,
  m: count,
  live: bool,
  D: text,
  nolocalimports: bool,
  l: count,
  N: bool,
  B: bool,
  C: bool,
  K: bool,
  L: bool,
  E: bool,
  W: count,
  e: bool,
  h: bool,
  j: bool,
  r: count,
  v: bool,
  w: bool,
  x: bool,
  y: bool,
  d: { ...text, check: checkDebugKeys } as const,
  json: text,
  spectre: text,
  errorurl: bool,
  smallframes: bool,
  '%': bool,
  u: bool,
  clobberdead: bool,
  clobberdeadreg: bool,
};

const usage = 'compile [options] file.go...';

export function compileUsage(): string {
  return toolUsage(usage, { ...flags, ...passed });
}

/** Throws a Failure that says what is wrong. */
export function parseCompileFlags(words: readonly string[]): CommandLine {
  const table = { ...flags, ...passed };
  const line = parseFlags(table, words, { usage, name: 'tool compile', isTool: true });
  const c = line.values['c'] as number;
  if (c < 1) throw new Failure(`compile: -c must be at least 1, got ${c}`, 2);
  return line;
}

export function isPassedOn(name: string): boolean {
  return Object.hasOwn(passed, name);
}

function checkDebugKeys(list: string): void {
  for (const setting of list.split(',')) {
    const name = setting.split(/[=:]/, 1)[0]!;
    if (setting !== '' && !isDebugKey(name)) throw new Error(`unknown debug key ${name}\n`);
  }
}

/** Each as one word, in the order given: some count how often they are. */
export function passedFlags(uses: CommandLine['uses']): string[] {
  return uses.map(([name, value]) => (value === undefined ? `-${name}` : `-${name}=${value}`));
}
