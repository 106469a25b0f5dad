/**
 * `go tool asm`: upstream's flags over our assembler.
 * GOROOT: src/cmd/asm/internal/flags/flags.go, src/cmd/asm/main.go.
 */
import { existsSync } from 'node:fs';
import { assemble, type AssembleOptions, symABIs } from '@go-ts/asm/assemble';
import { writeAsmMember } from '@go-ts/objfile/archive';
import { objectHeader } from '@go-ts/runtime/target/targets';
import { type Settings } from '../cfg/settings.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { writeWhole } from '../work/cache.ts';
import { asmUsage, parseAsmFlags } from './asmflags.ts';
import { printVersion, readText, toolTarget } from './files.ts';

export function runAsm(settings: Settings, words: readonly string[]): number {
  const { values, args, given } = parseAsmFlags(words);
  if (given.has('V')) return printVersion(settings, 'asm', String(values['V']));
  if (args.length === 0) throw new Failure(asmUsage(), 2);
  const { target, release } = toolTarget(settings);
  let dest = values['o'] as string;
  if (dest === '') {
    if (args.length > 1) throw new Failure('asm: multiple input files but no output file', 2);
    dest = `${args[0]!.replace(/^.*\//, '').replace(/\.s$/, '')}.o`;
  }
  const options: AssembleOptions = {
    files: args,
    read: (file) => (existsSync(file) ? readText(file) : undefined),
    goos: target.goos,
    goarch: target.goarch,
    pkgPath: values['p'] as string,
    defines: values['D'] as string[],
    includeDirs: values['I'] as string[],
    trimPath: values['trimpath'] as string,
    workingDir: process.cwd(),
    experiments: target.experiments,
    shared: values['shared'] === true,
    dynlink: values['dynlink'] === true,
    retpoline: /^(?:all|ret)$/.test(String(values['spectre'])),
    std: values['std'] === true,
    allErrors: values['e'] === true,
    listing: values['S'] === true,
  };
  if (values['gensymabis'] === true) {
    const abis = symABIs(options);
    for (const message of abis.messages) printError(`${message}\n`);
    if (abis.messages.length > 0) return 1;
    writeWhole(dest, Buffer.from(abis.text), 0o666);
    return 0;
  }
  const { object, listing, messages } = assemble(options);
  if (listing !== '') print(listing);
  for (const message of messages) printError(`${message}\n`);
  if (object === null) return 1;
  writeWhole(dest, writeAsmMember(objectHeader(target, release), object), 0o666);
  return 0;
}
