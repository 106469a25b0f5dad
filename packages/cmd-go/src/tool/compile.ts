/**
 * `go tool compile`: upstream's flags over our compiler.
 * GOROOT: src/cmd/compile/internal/base/flag.go, src/cmd/compile/internal/noder/import.go.
 */
import { join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { type CoverageConfig } from '@go-ts/gc/coverage';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { writeWhole } from '../work/cache.ts';
import { compile } from '../work/gc.ts';
import { writePages } from '../work/pages.ts';
import { compileUsage, isPassedOn, parseCompileFlags, passedFlags } from './compileflags.ts';
import {
  exportsOf,
  printVersion,
  readBytes,
  readImportConfig,
  readText,
  recordedName,
  toolTarget,
} from './files.ts';

export async function runCompile(settings: Settings, words: readonly string[]): Promise<number> {
  const { values, args, given, uses } = parseCompileFlags(words);
  if (given.has('V')) return printVersion(settings, 'compile', String(values['V']));
  if (args.length === 0) throw new Failure(compileUsage(), 2);
  const { target, release } = toolTarget(settings);
  const goversion = values['goversion'] as string;
  if (goversion !== '' && goversion !== release.version) {
    throw new Failure(
      `compile: version ${quoteString(release.version)} does not match go tool version ${quoteString(goversion)}`,
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
  const coveragecfg = values['coveragecfg'] as string;
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
    flags: passedFlags(uses.filter(([name]) => isPassedOn(name))),
    ...(symabis === '' ? {} : { symabis: readText(symabis) }),
    ...(embedcfg === '' ? {} : { embed: readEmbedConfig(embedcfg) }),
    ...(coveragecfg === '' ? {} : { coverage: readCoverageConfig(coveragecfg) }),
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

function readCoverageConfig(file: string): CoverageConfig {
  try {
    return JSON.parse(readText(file)) as CoverageConfig;
  } catch (error) {
    const { message } = error as Error;
    throw new Failure(
      `compile: error reading -coveragecfg file ${quoteString(file)}: ${message}`,
      2,
    );
  }
}

/** Messages name a file as the command line does. */
function withShownName(message: string, shown: ReadonlyMap<string, string>): string {
  for (const [recorded, file] of shown) {
    if (message.startsWith(`${recorded}:`)) return file + message.slice(recorded.length);
  }
  return message;
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
