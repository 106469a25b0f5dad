/**
 * A package's sources with counters in them, as cmd/cover writes them.
 *
 * The tool is a program and works on files: it gets copies of the sources in a folder of their own, so
 * that what it reads is what the key was made from, and the names in what it says and writes are
 * changed back to those that the package's own positions have.
 * GOROOT: src/cmd/cover/cover.go, src/cmd/internal/cov/covcmd/cmddefs.go,
 * src/cmd/go/internal/work/exec.go (cover, writeCoverPkgInputs).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { InternalError } from '@go-ts/base';
import { type CoverageConfig } from '@go-ts/gc/coverage';
import { type SourceFile } from '../work/toolchain.ts';
import { type CoverJob } from './messages.ts';

export interface Instrumented {
  /** The counters' declarations come first. */
  readonly files: readonly SourceFile[];
  readonly config: CoverageConfig;
  /** What is known of the package before it has run; empty if there are no functions. */
  readonly meta: Uint8Array;
}

/** For a test's main package, which has no counters: only the collecting begins there. */
export const testMainCoverage: CoverageConfig = {
  MetaVar: '',
  MetaLen: 0,
  MetaHash: '',
  CounterPrefix: '',
  PkgIdVar: '',
  CounterMode: 'testmain',
  CounterGranularity: 'perblock',
};

/** The sources with counters, or what the tool has against them. */
export function instrument(
  cover: CoverJob,
  files: readonly SourceFile[],
): Instrumented | readonly string[] {
  const dir = mkdtempSync(join(tmpdir(), 'go-cover-'));
  try {
    const inputs = files.map(({ name, bytes }) => {
      const path = join(dir, basename(name));
      writeFileSync(path, bytes);
      return path;
    });
    const declarations = join(dir, 'covervars.go');
    const outputs = inputs.map((path) => path.replace(/\.go$/, '.cover.go'));
    const list = join(dir, 'coveroutfiles.txt');
    const config = join(dir, 'coveragecfg');
    const meta = join(dir, 'covmeta');
    const packageConfig = join(dir, 'pkgcfg.txt');
    writeFileSync(list, [declarations, ...outputs].map((path) => `${path}\n`).join(''));
    writeFileSync(
      packageConfig,
      `${JSON.stringify({
        OutConfig: config,
        PkgPath: cover.path,
        PkgName: cover.name,
        Granularity: 'perblock',
        ModulePath: cover.modulePath,
        Local: false,
        EmitMetaFile: meta,
      })}\n`,
    );
    const args = ['-pkgcfg', packageConfig, '-mode', cover.mode, '-var', cover.variable];
    const result = spawnSync(cover.tool, [...args, '-outfilelist', list, ...inputs], {
      cwd: dir,
      encoding: 'utf8',
    });
    if (result.error !== undefined) throw result.error;
    const said = inputs.reduce(
      (text, path, i) => text.replaceAll(path, files[i]!.name),
      result.stderr + result.stdout,
    );
    const lines = said.split('\n').filter((line) => line !== '');
    if (result.status !== 0) {
      return lines.length > 0 ? lines : [`cover: exit status ${result.status ?? result.signal}`];
    }
    const written = outputs.map((path, i) => withName(path, inputs[i]!, files[i]!.name));
    return {
      files: [{ name: 'covervars.go', bytes: readFileSync(declarations) }, ...written],
      config: JSON.parse(readFileSync(config, 'utf8')) as CoverageConfig,
      meta: existsSync(meta) ? readFileSync(meta) : new Uint8Array(0),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The tool's first line says where the source was: that is to be the name which positions have. */
function withName(path: string, input: string, name: string): SourceFile {
  const text = readFileSync(path);
  const line = `//line ${input}:1:1\n`;
  if (text.subarray(0, line.length).toString('utf8') !== line) {
    throw new InternalError(`cmd/cover did not name ${name} in what it wrote`);
  }
  const bytes = Buffer.concat([Buffer.from(`//line ${name}:1:1\n`), text.subarray(line.length)]);
  return { name: name.replace(/\.go$/, '.cover.go'), bytes };
}
