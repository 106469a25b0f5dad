/** Compiles packages of the comparison's GOROOT in process, in the order of their imports. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { currentRelease, makeTarget } from '@go-ts/runtime';
import { compilePackage } from '../src/compile.ts';
import { type CompileInput, type CompileResult, type SourceFile } from '../src/options.ts';
import { parseSsaOptions } from '../src/ssa/options.ts';
import { listDeps } from './std-program.ts';

/** What `go tool compile -p path flags files` would be told. */
function inputOf(
  path: string,
  files: readonly SourceFile[],
  flags: readonly string[],
): CompileInput {
  const target = makeTarget(
    { goos: 'linux', goarch: 'amd64', level: '', goexperiment: '' },
    currentRelease,
  );
  if (typeof target === 'string') throw new Error(target);
  return {
    path,
    files,
    exportData: () => null,
    importMap: new Map(),
    localPrefix: null,
    target,
    release: currentRelease,
    lang: currentRelease.language,
    std: true,
    complete: false,
    allErrors: false,
    runtimeMode: false,
    shared: false,
    buildID: '',
    symabis: null,
    asmhdr: false,
    embed: null,
    coverage: null,
    noOptimize: flags.includes('-N'),
    dwarf: true,
    noInline: flags.includes('-l'),
    ssa: parseSsaOptions(flags),
    listing: flags.includes('-S'),
    smallFrames: false,
    reports: { m: flags.filter((flag) => flag === '-m').length, live: false, debug: new Map() },
    debug: {},
  };
}

/** A package of one file that imports nothing. */
export function compileText(
  text: string,
  flags: readonly string[],
  debug: CompileInput['debug'] = {},
): CompileResult {
  const bytes = new TextEncoder().encode(text);
  const file = { name: 'p.go', recordedName: 'p.go', bytes };
  return compilePackage({ ...inputOf('p', [file], flags), std: false, complete: true, debug });
}

/** The packages that `path` needs, and it: results by path. */
export function compileWithDeps(
  path: string,
  flags: readonly string[],
): ReadonlyMap<string, CompileResult> {
  const results = new Map<string, CompileResult>();
  for (const p of listDeps(path)) {
    const files = (p.GoFiles ?? []).map((name) => {
      const file = join(p.Dir, name);
      return { name: file, recordedName: file, bytes: new Uint8Array(readFileSync(file)) };
    });
    const exportData = (imported: string): Uint8Array | null =>
      results.get(imported)?.exportData ?? null;
    results.set(
      p.ImportPath,
      compilePackage({ ...inputOf(p.ImportPath, files, flags), exportData }),
    );
  }
  return results;
}
