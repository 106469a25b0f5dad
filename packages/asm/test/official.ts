/**
 * The official toolchain as an oracle: builds packages with it and tells what its assembler was asked
 * and what it made of it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { type AssembleOptions } from '../src/assemble.ts';

export const experiments =
  'regabiwrappers,regabiargs,dwarf5,jsonv2,greenteagc,randomizedheapbase64,sizespecializedmalloc'.split(
    ',',
  );

/** One run of the official assembler: the same as options of ours, and its output. */
interface OfficialRun {
  readonly options: AssembleOptions;
  readonly isSymABIs: boolean;
  /** The object from its magic on, or the text of -gensymabis. */
  readonly output: Uint8Array;
}

export interface OfficialBuild {
  readonly runs: readonly OfficialRun[];
  /** What `-S` printed, and the archive, of each package compiled. */
  readonly packages: readonly { readonly path: string; readonly archive: Uint8Array }[];
  readonly log: string;
}

/** Files below `cwd`, or absolute. */
export function fileReader(cwd: string): (path: string) => string | undefined {
  return (path) => {
    const name = path.startsWith('/') ? path : join(cwd, path);
    return existsSync(name) ? readFileSync(name, 'utf8') : undefined;
  };
}

/** The object part of what the assembler writes. */
export function objectOf(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file);
  return bytes.subarray(bytes.indexOf('\n!\n') + 3);
}

/** Builds the packages and all that they need from source for linux/amd64, listing code if asked. */
export function officialBuild(packages: readonly string[], listing: boolean): OfficialBuild {
  const scratch = mkdtempSync(join(tmpdir(), 'go-ts-asm-'));
  try {
    const flags = ['build', '-a', '-work', '-x', ...(listing ? ['-gcflags=all=-S'] : [])];
    const goroot = peerGoroot()!;
    const { status, stderr } = spawnSync(join(goroot, 'bin/go'), [...flags, ...packages], {
      cwd: scratch,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      timeout: 600_000,
      killSignal: 'SIGKILL',
      env: peerEnv({
        GOOS: 'linux',
        GOARCH: 'amd64',
        GOCACHE: join(scratch, 'cache'),
        GOPATH: join(scratch, 'gopath'),
        GOTMPDIR: scratch,
      }),
    });
    if (status !== 0) throw new Error(`go build failed:\n${stderr.slice(-2000)}`);
    return readLog(stderr, goroot);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readLog(log: string, goroot: string): OfficialBuild {
  const work = /^WORK=(.*)$/m.exec(log)![1]!;
  const runs: OfficialRun[] = [];
  const packages: { path: string; archive: Uint8Array }[] = [];
  let cwd = '';
  for (const line of log.split('\n')) {
    cwd = /^cd (\S+)$/.exec(line)?.[1] ?? cwd;
    const tool = /^\S+\/tool\/\w+\/(asm|compile) (.*)$/.exec(line);
    if (tool === null) continue;
    const words = tool[2]!.replaceAll('$WORK', work).match(/"[^"]*"|\S+/g)!;
    const args = words.map((word) => word.replaceAll('"', ''));
    const out = args[args.indexOf('-o') + 1]!;
    if (tool[1] === 'asm') runs.push(asmRun(args, cwd, goroot, readFileSync(out)));
    else packages.push({ path: args[args.indexOf('-p') + 1]!, archive: readFileSync(out) });
  }
  return { runs, packages, log };
}

function asmRun(
  args: readonly string[],
  cwd: string,
  goroot: string,
  output: Uint8Array,
): OfficialRun {
  const lists: Record<string, string[]> = { files: [], '-I': [], '-D': [] };
  const values: Record<string, string> = {};
  let isStd = false;
  let isSymABIs = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '-I' || arg === '-D') lists[arg]!.push(args[++i]!);
    else if (arg === '-std') isStd = true;
    else if (arg === '-gensymabis') isSymABIs = true;
    else if (arg.startsWith('-')) values[arg] = args[++i]!;
    else lists['files']!.push(arg);
  }
  const files = new Map<string, string | undefined>();
  const fromDisk = fileReader(cwd);
  // The directory of the build is gone when the test runs, and a header is empty during -gensymabis.
  for (const dir of lists['-I']!) {
    const name = join(dir, 'go_asm.h');
    files.set(name, isSymABIs ? '' : fromDisk(name));
  }
  return {
    isSymABIs,
    output: isSymABIs ? output : objectOf(output),
    options: {
      files: lists['files']!,
      read: (path) => (files.has(path) ? files.get(path) : fromDisk(path)),
      goos: 'linux',
      goarch: 'amd64',
      pkgPath: values['-p']!,
      defines: lists['-D']!,
      includeDirs: lists['-I']!,
      trimPath: values['-trimpath'] ?? '',
      workingDir: cwd,
      goroot,
      experiments,
      std: isStd,
    },
  };
}
