/** `go tool`: the compiler, assembler and linker as commands. GOROOT: src/cmd/go/internal/tool/tool.go. */
import { Failure, quote } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { type Context } from './commands.ts';

type RunTool = (
  settings: Context['settings'],
  words: readonly string[],
) => Promise<number> | number;

const tools: Readonly<Record<string, () => Promise<RunTool>>> = {
  asm: async () => (await import('../tool/asm.ts')).runAsm,
  compile: async () => (await import('../tool/compile.ts')).runCompile,
  link: async () => (await import('../tool/link.ts')).runLink,
  pack: async () => (await import('../tool/pack.ts')).runPack,
};

export async function runTool({ settings, line }: Context): Promise<number> {
  const [name, ...words] = line.args;
  if (name === undefined) {
    print(`${Object.keys(tools).join('\n')}\n`);
    return 0;
  }
  const load = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (load === undefined) throw new Failure(`go: no such tool ${quote(name)}`, 2);
  if (line.values['n'] === true) {
    print(`go tool ${line.args.join(' ')}\n`);
    return 0;
  }
  const run = await load();
  return await run(settings, words);
}
