/**
 * `go tool compile`: upstream's flags over our compiler.
 * GOROOT: src/cmd/compile/internal/base/flag.go, src/cmd/compile/internal/noder/import.go.
 */
import { join } from 'node:path';
import { type CommandLine, parseFlags } from '../cfg/flags.ts';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { writeWhole } from '../work/cache.ts';
import { compile } from '../work/gc.ts';
import { writePages } from '../work/pages.ts';
import {
  exportsOf,
  printVersion,
  readBytes,
  readImportConfig,
  readText,
  recordedName,
  toolTarget,
} from './files.ts';

const bool = { kind: 'bool' } as const;
const on = { kind: 'bool', value: true } as const;
const text = { kind: 'string' } as const;
const count = { kind: 'bool', optionalText: true } as const;

/** Flags of ours; those that only choose what is printed or how go through to the compiler. */
const flags = {
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
};

/** Passed on: the compiler reads them itself. */
const passed: Record<string, typeof bool | typeof on | typeof text | typeof count> = {
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
  d: text,
  json: text,
  spectre: text,
  errorurl: bool,
  smallframes: bool,
};

export async function runCompile(settings: Settings, words: readonly string[]): Promise<number> {
  const usage = { usage: 'compile [options] file.go...', name: 'tool compile' };
  const line = parseFlags({ ...flags, ...passed }, words, usage);
  const { values, args, given, uses } = line;
  if (given.has('V')) return printVersion(settings, 'compile', String(values['V']));
  if (args.length === 0) throw new Failure('usage: compile [options] file.go...', 2);
  const { target, release } = toolTarget(settings);
  const goversion = values['goversion'] as string;
  if (goversion !== '' && goversion !== release.version) {
    throw new Failure(
      `compile: version ${JSON.stringify(release.version)} does not match go tool version ${JSON.stringify(goversion)}`,
      2,
    );
  }
  for (const name of ['race', 'msan', 'asan', 'dynlink']) {
    if (values[name] === true) throw new Failure(`compile: -${name} is not supported`, 2);
  }
  const trimPath = values['trimpath'] as string;
  const config = readImportConfig(values['importcfg'] as string);
  const exported = new Map<string, Uint8Array | undefined>();
  const path = values['p'] as string;
  const symabis = values['symabis'] as string;
  const asmhdr = values['asmhdr'] as string;
  const embedcfg = values['embedcfg'] as string;
  const result = await compile({
    path,
    files: args.map((file) => ({ name: recordedName(file, trimPath), bytes: readBytes(file) })),
    importMap: config.importMap,
    exportData: (imported) => {
      if (!exported.has(imported)) {
        const file = config.packageFiles.get(imported);
        exported.set(imported, file === undefined ? undefined : exportsOf(file));
      }
      return exported.get(imported);
    },
    target,
    release,
    lang: (values['lang'] as string) || release.language,
    std: values['std'] === true || values['+'] === true,
    complete: values['complete'] === true,
    shared: values['shared'] === true,
    buildID: values['buildid'] as string,
    asmHeader: asmhdr !== '',
    flags: passedFlags(uses),
    ...(symabis === '' ? {} : { symabis: readText(symabis) }),
    ...(embedcfg === '' ? {} : { embed: readEmbedConfig(embedcfg) }),
  });
  const shown = new Map(args.map((file) => [recordedName(file, trimPath), file]));
  for (const message of result.messages) print(`${withShownName(message, shown)}\n`);
  for (const note of writePages(result.pages ?? [])) print(`${note}\n`);
  if (result.archive === undefined) return 2;
  const dest = (values['o'] as string) || args[0]!.replace(/^.*\//, '').replace(/\.go$/, '.o');
  if (asmhdr !== '') writeWhole(asmhdr, Buffer.from(result.asmHeader ?? ''), 0o666);
  if (dest !== '/dev/null') writeWhole(dest, result.archive, 0o666);
  return 0;
}

/** Messages name a file as the command line does. */
function withShownName(message: string, shown: ReadonlyMap<string, string>): string {
  for (const [recorded, file] of shown) {
    if (message.startsWith(`${recorded}:`)) return file + message.slice(recorded.length);
  }
  return message;
}

/** In the order given: some count how often they are. */
function passedFlags(uses: CommandLine['uses']): string[] {
  return uses
    .filter(([name]) => Object.hasOwn(passed, name))
    .map(([name, value]) => (value === undefined ? `-${name}` : `-${name}=${value}`));
}

function readEmbedConfig(file: string) {
  const config = JSON.parse(readText(file)) as {
    Patterns: Record<string, string[]>;
    Files: Record<string, string>;
  };
  return {
    patterns: config.Patterns,
    read: (name: string) => readBytes(config.Files[name] ?? join('.', name)),
  };
}
