/**
 * `go tool`: the compiler, assembler and linker are ours; the rest are programs of the GOROOT.
 * GOROOT: src/cmd/go/internal/tool/tool.go.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { needGoroot } from '../cfg/goroot.ts';
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { execute } from '../work/execute.ts';
import { goProgram } from '../work/goprogram.ts';
import { ownProgram } from '../work/ownprogram.ts';
import { type Context } from './commands.ts';

type RunTool = (
  settings: Context['settings'],
  words: readonly string[],
) => Promise<number> | number;

const tools: Readonly<Record<string, () => Promise<RunTool>>> = {
  asm: async () => (await import('../tool/asm.ts')).runAsm,
  cacheprog: async () => (await import('../tool/cacheprog.ts')).runCacheprog,
  compile: async () => (await import('../tool/compile.ts')).runCompile,
  link: async () => (await import('../tool/link.ts')).runLink,
};

/** What the official toolchain brings built; the list is what its `go tool` says. */
const listed = ['asm', 'cgo', 'compile', 'cover', 'fix', 'link', 'preprofile', 'vet'];

/** Programs of src/cmd that are no tools. */
const commandsOnly = new Set(['go', 'gofmt', 'dist', 'distpack', 'relnote', 'api', 'tools']);

export async function runTool({ settings, line }: Context): Promise<number> {
  const [name, ...words] = line.args;
  if (name === undefined) {
    print(`${listed.join('\n')}\n`);
    return 0;
  }
  const isDryRun = line.values['n'] === true;
  const load = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (load !== undefined) {
    if (isDryRun) {
      print(`${[ownProgram(settings, `tool-${name}`, ['tool', name]), ...words].join(' ')}\n`);
      return 0;
    }
    const run = await load();
    return await run(settings, words);
  }
  const { dir } = await needGoroot(settings);
  const isTool = /^\w+$/.test(name) && !commandsOnly.has(name);
  if (!isTool || !existsSync(join(dir, 'src/cmd', name, 'main.go'))) {
    const source = join(dir, 'src/cmd', name);
    if (!isTool || !existsSync(source)) {
      throw new Failure(`go: no such tool ${quoteString(name)}`, 2);
    }
  }
  const program = await goProgram(`cmd/${name}`);
  if (isDryRun) {
    print(`${[program, ...words].join(' ')}\n`);
    return 0;
  }
  return await execute([program, ...words]);
}
