/**
 * Our own tools, as the driver calls them. Each package is loaded when the first job needs it.
 */
import type { AssembleOptions } from '@go-ts/asm/assemble';
import { writeAsmMember } from '@go-ts/objfile/archive';
import { objectHeader } from '@go-ts/runtime/target/targets';
import { Failure } from '../report/failure.ts';
import { parseAsmFlags } from '../tool/asmflags.ts';
import { parseCompileFlags, passedFlags } from '../tool/compileflags.ts';
import { type AssembleRequest, type Toolchain } from './toolchain.ts';

export const ownTools: Toolchain = {
  async unifiedExport(path, exportData) {
    const { unifiedExport } = await import('@go-ts/gc/unified/writer');
    return unifiedExport(path, (imported) => exportData(imported) ?? null);
  },

  async compile(request) {
    const failed = { archive: undefined, exportData: undefined, asmHeader: undefined };
    let flags: readonly string[];
    try {
      flags = passedFlags(parseCompileFlags(request.flags).uses);
    } catch (error) {
      return { ...failed, messages: [problemOf(error)] };
    }
    return (await import('./gc.ts')).compile({ ...request, flags });
  },

  async symABIs(requests) {
    const { symABIs } = await import('@go-ts/asm/assemble');
    const [first] = requests;
    if (first === undefined) return { text: '', messages: [] };
    try {
      parseAsmFlags(first.flags);
    } catch (error) {
      return { text: undefined, messages: [problemOf(error)] };
    }
    const { text, messages } = symABIs(asmOptions(requests, first));
    return { text: messages.length > 0 ? undefined : text, messages };
  },

  async assemble(request) {
    const { assemble } = await import('@go-ts/asm/assemble');
    const { object, messages } = assemble(asmOptions([request], request));
    if (object === null) return { object: undefined, messages };
    const header = objectHeader(request.target, request.release);
    return { object: writeAsmMember(header, object), messages };
  },

  link: async (request) => (await import('./ld.ts')).linkProgram(request),
};

/** What is wrong with a tool's flags; anything else that was thrown goes on. */
function problemOf(error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return error.message;
}

/** The macros are those that upstream's driver and assembler define. */
function asmOptions(requests: readonly AssembleRequest[], first: AssembleRequest): AssembleOptions {
  const { target, std, shared, path, flags, include, includeDir } = first;
  const dir = first.file.name.slice(0, first.file.name.lastIndexOf('/') + 1);
  const texts = new Map(requests.map(({ file }) => [file.name, file.bytes]));
  const defines = [`GOOS_${target.goos}`, `GOARCH_${target.goarch}`];
  if (target.goarch === 'amd64') defines.push(`GOAMD64_${target.level}`);
  if (target.goarch === 'arm64' && target.level.includes(',lse')) defines.push('GOARM64_LSE');
  if (shared) defines.push('GOBUILDMODE_shared=1');
  const { values } = parseAsmFlags(flags);
  defines.push(...(values['D'] as readonly string[]));
  return {
    files: [...texts.keys()],
    read: (name) => {
      const own = texts.get(name);
      if (own !== undefined) return new TextDecoder().decode(own);
      // Included files are looked for beside the source first; `include` knows them by their names.
      return name.startsWith(dir) ? include(name.slice(dir.length)) : undefined;
    },
    goos: target.goos,
    goarch: target.goarch,
    pkgPath: path,
    defines,
    // Names are absolute or already rewritten: there is no folder for them to be relative to.
    workingDir: '',
    experiments: target.experiments,
    allErrors: values['e'] === true,
    retpoline: /^(?:all|ret)$/.test(String(values['spectre'])),
    includeDirs: [includeDir],
    shared,
    std,
  };
}
