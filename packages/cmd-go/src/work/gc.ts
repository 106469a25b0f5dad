/**
 * The compiler as the driver calls it, and the flags of `go tool compile` that change its options.
 *
 * Pure: sources, export data of imports and embedded files come as bytes or through callbacks,
 * messages and archive go back as values.
 */
import { formatPosition } from '@go-ts/base';
import { type CompileInput } from '@go-ts/gc/options';
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
      ...result.diagnostics.map((d) => {
        const at = formatPosition(d.pos);
        return at === '' ? d.msg : `${at}: ${d.msg}`;
      }),
    ],
    pages: result.pages,
  };
}

function inputOf(request: CompileRequest): CompileInput {
  const { embed, flags } = request;
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
    noOptimize: flags.includes('-N'),
    dwarf: !flags.includes('-dwarf=false'),
    noInline: flags.includes('-l'),
    ssa: parseSsaOptions(flags),
    listing: flags.some((flag) => /^-S(=|$)/.test(flag)),
    debug: {},
  };
}

function localPrefix(flags: readonly string[]): string | null {
  if (flags.includes('-nolocalimports')) return null;
  return flags.find((flag) => flag.startsWith('-D='))?.slice('-D='.length) ?? '';
}
