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
import { buildModuleTool, chooseTool, moduleTools, namesOf } from './moduletool.ts';

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

export async function runTool({ settings, line, goflags }: Context): Promise<number> {
  const [name, ...words] = line.args;
  if (name === undefined) {
    const own = await moduleTools({ settings, line, goflags, name: 'tool' });
    print(`${[...listed, ...namesOf(own.tools, new Set(listed))].join('\n')}\n`);
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
  if (await isBuiltin(settings, name)) {
    return await runOrShow(await goProgram(`cmd/${name}`), { words, name, isDryRun });
  }
  const own = await moduleTools({ settings, line, goflags, name: 'tool' });
  const path = chooseTool(name, own.tools);
  if (path === undefined) throw new Failure(`go: no such tool ${quoteString(name)}`, 2);
  return await runOrShow(await buildModuleTool(own.config, path), { words, name, isDryRun });
}

/** True for a program of src/cmd that is a tool. */
async function isBuiltin(settings: Context['settings'], name: string): Promise<boolean> {
  const { dir } = await needGoroot(settings);
  if (!/^\w+$/.test(name) || commandsOnly.has(name)) return false;
  return existsSync(join(dir, 'src/cmd', name));
}

async function runOrShow(
  program: string,
  how: { readonly words: readonly string[]; readonly name: string; readonly isDryRun: boolean },
): Promise<number> {
  const { words, name, isDryRun } = how;
  if (!isDryRun) return await execute([program, ...words], { tool: name });
  print(`${[program, ...words].join(' ')}\n`);
  return 0;
}
