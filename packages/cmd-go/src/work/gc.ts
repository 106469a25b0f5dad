/**
 * The compiler as the driver calls it, and the flags of `go tool compile` that change its options.
 *
 * Pure: sources, export data of imports and embedded files come as bytes or through callbacks,
 * messages and archive go back as values.
 */
import { formatPosition } from '@go-ts/base';
import { parseDebug } from '@go-ts/gc/debug';
import { type CompileInput, type ReportOptions } from '@go-ts/gc/options';
import { parseSsaOptions } from '@go-ts/gc/ssa/options';
import { type CompileRequest, type CompileResult } from './toolchain.ts';

export async function compile(request: CompileRequest): Promise<CompileResult> {
  const { compilePackage } = await import('@go-ts/gc/compile');
  const result = compilePackage(inputOf(request));
  return {
    archive: result.archive ?? undefined,
    exportData: result.exportData ?? undefined,
    asmHeader: result.asmhdr ?? undefined,
    messages: [
      ...result.listing,
      ...[...result.remarks, ...result.diagnostics].map((d) => {
        const at = formatPosition(d.pos);
        return at === '' ? d.msg : `${at}: ${d.msg}`;
      }),
    ],
    pages: result.pages,
  };
}

/** The number of a flag that counts: its uses, or the last number given. GOROOT: objabi/flag.go. */
function countOf(flags: readonly string[], name: string): number {
  let n = 0;
  for (const flag of flags) {
    if (flag === `-${name}`) n++;
    else if (flag.startsWith(`-${name}=`)) {
      const value = flag.slice(name.length + 2);
      if (value === 'true') n++;
      else n = value === 'false' ? 0 : Number(value) || 0;
    }
  }
  return n;
}

function reportsOf(flags: readonly string[]): ReportOptions {
  const settings = flags
    .filter((flag) => flag.startsWith('-d='))
    .flatMap((flag) => flag.slice(3).split(','));
  return {
    m: countOf(flags, 'm'),
    live: countOf(flags, 'live') > 0,
    debug: parseDebug(settings),
  };
}

function inputOf(request: CompileRequest): CompileInput {
  const { embed, flags, timing } = request;
  return {
    path: request.path,
    files: request.files.map(({ name, bytes }) => ({ name, recordedName: name, bytes })),
    exportData: (path) => request.exportData(path) ?? null,
    importMap: request.importMap,
    localPrefix: localPrefix(flags),
    target: request.target,
    release: request.release,
    lang: request.lang,
    std: request.std,
    complete: request.complete,
    allErrors: flags.includes('-e'),
    runtimeMode: flags.includes('-+'),
    shared: request.shared,
    buildID: request.buildID,
    symabis: request.symabis ?? null,
    asmhdr: request.asmHeader,
    embed:
      embed === undefined
        ? null
        : { patterns: new Map(Object.entries(embed.patterns)), contents: embed.read },
    coverage: request.coverage ?? null,
    noOptimize: flags.includes('-N'),
    dwarf: !flags.includes('-dwarf=false'),
    noInline: [1, 2, 3].includes(countOf(flags, 'l')),
    smallFrames: flags.includes('-smallframes'),
    reports: reportsOf(flags),
    ssa: parseSsaOptions(flags),
    listing: flags.some((flag) => /^-S(=|$)/.test(flag)),
    debug: timing === undefined ? {} : { now: timing.now, timing: timing.step },
  };
}

function localPrefix(flags: readonly string[]): string | null {
  if (flags.includes('-nolocalimports')) return null;
  return flags.find((flag) => flag.startsWith('-D='))?.slice('-D='.length) ?? '';
}
