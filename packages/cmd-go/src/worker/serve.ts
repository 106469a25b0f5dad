/**
 * The inside of a worker: takes a job, runs the tools for it, leaves the outputs in the cache.
 *
 * A package's job is all that becomes one archive: which functions assembly defines (symabis), the
 * compiler, then the assembler over each `.s` file with the go_asm.h that the compiler wrote. Archive
 * and export data go into the cache from here, so that bytes cross between threads only as files that
 * the system keeps in memory anyway; export data that was read once stays for the next packages.
 */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { InternalError } from '@go-ts/base';
import { type CoverageConfig } from '@go-ts/gc/coverage';
import {
  type Member,
  ownExports,
  readArchive,
  replaceExportData,
  writeArchive,
} from '@go-ts/objfile/archive';
import { describeInternal } from '../report/internal.ts';
import { systemMessage } from '../report/system.ts';
import { Cache } from '../work/cache.ts';
import { writePages } from '../work/pages.ts';
import { type AssembleRequest, type SourceFile, type Toolchain } from '../work/toolchain.ts';
import { instrument, testMainCoverage } from './instrument.ts';
import {
  nameOf,
  type Dependency,
  type InputFile,
  type Job,
  type JobResult,
  type LinkJob,
  type PackageJob,
  type Reply,
  type Request,
  type UnifiedJob,
} from './messages.ts';

export function serve(toolchain: Toolchain): void {
  const port = parentPort;
  if (port === null) throw new InternalError('a worker module runs only as a worker');
  const exports = new Map<string, Buffer>();
  port.on('message', ({ id, job }: Request) => {
    void runJob(toolchain, exports, job).then((result) => {
      const reply: Reply = { id, result };
      port.postMessage(reply);
    });
  });
}

async function runJob(
  toolchain: Toolchain,
  exports: Map<string, Buffer>,
  job: Job,
): Promise<JobResult> {
  try {
    switch (job.kind) {
      case 'package':
        return await buildPackage(toolchain, exports, job);
      case 'link':
        return await linkProgram(toolchain, job);
      case 'unified':
        return await writeUnified(toolchain, exports, job);
    }
  } catch (error) {
    return { outputs: undefined, messages: [], ...describeFault(job, error) };
  }
}

function describeFault(job: Job, error: unknown): Pick<JobResult, 'fault' | 'faultIsEnvironment'> {
  if (error instanceof ChangedInput) return { fault: error.message, faultIsEnvironment: true };
  if (error instanceof Error && 'syscall' in error) {
    return { fault: systemMessage(error as NodeJS.ErrnoException), faultIsEnvironment: true };
  }
  return { fault: describeInternal(error, { package: nameOf(job) }) };
}

class ChangedInput extends Error {}

/** The content that the key was made from, or nothing. */
function readInput(file: InputFile): Buffer {
  const bytes = readFileSync(file.path);
  if (hash('sha256', bytes, 'hex') !== file.hash) {
    throw new ChangedInput(`${file.path} changed while it was being built`);
  }
  return bytes;
}

function mustRead(cache: Cache, output: string, what: string): Buffer {
  const bytes = cache.read(output);
  if (bytes === undefined) throw new ChangedInput(`the build cache lost ${what} during the build`);
  return bytes;
}

/** Reads export data of dependencies, each output once in a worker's life. */
function exportReader(
  cache: Cache,
  exports: Map<string, Buffer>,
  deps: readonly Dependency[],
): (path: string) => Uint8Array | undefined {
  const outputOf = new Map(deps.map((dep) => [dep.path, dep.output]));
  return (imported) => {
    const output = outputOf.get(imported);
    if (output === undefined) return undefined;
    let bytes = exports.get(output);
    if (bytes === undefined) {
      bytes = mustRead(cache, output, `what ${imported} exports`);
      exports.set(output, bytes);
    }
    return bytes;
  };
}

/** The archive with the official form in `__.PKGDEF` and ours, for our own tools, behind it. */
async function writeUnified(
  toolchain: Toolchain,
  exports: Map<string, Buffer>,
  job: UnifiedJob,
): Promise<JobResult> {
  const cache = new Cache(job.cacheDir, job.now);
  const data = await toolchain.unifiedExport(
    job.importPath,
    exportReader(cache, exports, job.deps),
  );
  const [pkgdef, ...objects] = readArchive(mustRead(cache, job.archive, job.importPath));
  const members: Member[] = [
    { name: '__.PKGDEF', data: replaceExportData(pkgdef!.data, data) },
    { name: ownExports, data: pkgdef!.data },
    ...(job.whole ? objects : []),
  ];
  const { output } = cache.write(job.key, writeArchive(members));
  return { outputs: { unified: output }, messages: [] };
}

async function buildPackage(
  toolchain: Toolchain,
  exports: Map<string, Buffer>,
  job: PackageJob,
): Promise<JobResult> {
  const cache = new Cache(job.cacheDir, job.now);
  const { target, release, std, shared, path } = job;
  const exportData = exportReader(cache, exports, job.deps);

  const headers = new Map(job.hFiles.map((file) => [file.name, file]));
  const assembly = (goAsm: string): AssembleRequest[] =>
    job.sFiles.map((file) => ({
      path,
      file: { name: file.name, bytes: readInput(file) },
      include: (name) => {
        if (name === 'go_asm.h') return goAsm;
        const own = headers.get(name);
        return own === undefined ? undefined : readInput(own).toString('utf8');
      },
      includeDir: job.includeDir,
      target,
      release,
      std,
      shared,
      flags: job.asmflags,
    }));

  const messages: string[] = [];
  let symabis: string | undefined;
  if (job.sFiles.length > 0) {
    // The header does not exist yet, and which functions there are does not depend on it.
    const abis = await toolchain.symABIs(assembly(''));
    messages.push(...abis.messages);
    if (abis.text === undefined) return { outputs: undefined, messages };
    symabis = abis.text;
  }
  const embedded = new Map(job.embedFiles.map((file) => [file.name, file]));
  const steps = new Map<string, number>();
  const step = (name: string, ms: number): void =>
    void steps.set(name, (steps.get(name) ?? 0) + ms);
  const timing = job.timed ? { now: () => performance.now(), step } : undefined;
  const own = job.goFiles.map((file) => ({ name: file.name, bytes: readInput(file) }));
  const covered = cover(job, own, step);
  if ('problems' in covered) {
    return { outputs: undefined, messages: [...messages, ...covered.problems] };
  }
  const compiled = await toolchain.compile({
    path,
    files: covered.files,
    ...(covered.config === undefined ? {} : { coverage: covered.config }),
    importMap: new Map(job.importMap),
    exportData,
    target,
    release,
    lang: job.lang,
    std,
    complete: job.complete,
    shared,
    buildID: job.buildID,
    asmHeader: symabis !== undefined,
    flags: job.gcflags,
    ...(symabis === undefined ? {} : { symabis }),
    ...(timing === undefined ? {} : { timing }),
    ...(job.embedPatterns === undefined
      ? {}
      : {
          embed: {
            patterns: job.embedPatterns,
            read: (name: string) => readInput(embedded.get(name)!),
          },
        }),
  });
  messages.push(...compiled.messages, ...writePages(compiled.pages ?? []));
  if (compiled.archive === undefined || compiled.exportData === undefined) {
    return { outputs: undefined, messages };
  }
  let { archive } = compiled;
  if (job.sFiles.length > 0) {
    const began = performance.now();
    const members: Member[] = readArchive(archive);
    for (const request of assembly(compiled.asmHeader ?? '')) {
      // In order: messages of one file come before those of the next.
      // oxlint-disable-next-line no-await-in-loop
      const { object, messages: more } = await toolchain.assemble(request);
      messages.push(...more);
      if (object === undefined) return { outputs: undefined, messages };
      const base = request.file.name.replace(/^.*[\\/]/, '').replace(/\.s$/, '.o');
      members.push({ name: base, data: object });
    }
    archive = writeArchive(members);
    step('assemble', performance.now() - began);
  }
  const exported = cache.write(job.exportKey, compiled.exportData);
  const archived = cache.write(job.archiveKey, archive);
  const outputs: Record<string, string> = { archive: archived.output, export: exported.output };
  if (covered.meta !== undefined && typeof job.cover === 'object') {
    outputs['meta'] = cache.write(job.cover.metaKey, covered.meta).output;
  }
  if (messages.length > 0) {
    const remarks = cache.write(job.remarksKey, Buffer.from(messages.join('\n')));
    outputs['remarks'] = remarks.output;
  }
  return {
    outputs,
    messages,
    ...(job.timed ? { steps: [...steps] } : {}),
  };
}

interface Covered {
  readonly files: readonly SourceFile[];
  readonly config?: CoverageConfig;
  readonly meta?: Uint8Array;
}

/** The sources as they are to be compiled. Test files are not counted in. */
function cover(
  job: PackageJob,
  files: readonly SourceFile[],
  step: (name: string, ms: number) => void,
): Covered | { readonly problems: readonly string[] } {
  if (job.cover === undefined) return { files };
  if (job.cover === 'testmain') return { files, config: testMainCoverage };
  const isTest = ({ name }: SourceFile): boolean => name.endsWith('_test.go');
  const counted = files.filter((file) => !isTest(file));
  if (counted.length === 0) return { files };
  const began = performance.now();
  const result = instrument(job.cover, counted);
  step('cover', performance.now() - began);
  if (!('config' in result)) return { problems: result };
  return { ...result, files: [...result.files, ...files.filter(isTest)] };
}

async function linkProgram(toolchain: Toolchain, job: LinkJob): Promise<JobResult> {
  const cache = new Cache(job.cacheDir, job.now);
  const outputOf = new Map(job.deps.map((dep) => [dep.path, dep.output]));
  const { executable, messages } = await toolchain.link({
    main: mustRead(cache, job.mainOutput, 'the main package'),
    archive: (path) => {
      const output = outputOf.get(path);
      return output === undefined ? undefined : mustRead(cache, output, path);
    },
    paths: [...outputOf.keys()],
    target: job.target,
    release: job.release,
    buildID: job.buildID,
    buildmode: job.buildmode,
    modinfo: job.modinfo,
    strings: job.strings,
    goroot: job.goroot,
    flags: job.flags,
  });
  if (executable === undefined) return { outputs: undefined, messages };
  return { outputs: { executable: cache.write(job.key, executable).output }, messages };
}
