/** Runs `go build` or `go run` with another worker: `node with-tools.ts WORKER build …`. */
import { parseFlags } from '../src/cfg/flags.ts';
import { Settings } from '../src/cfg/settings.ts';
import { runBuild } from '../src/command/build.ts';
import { commands } from '../src/command/commands.ts';
import { runRun } from '../src/command/run.ts';
import { Failure } from '../src/report/failure.ts';
import { printError } from '../src/report/output.ts';
import { toolID } from '../src/work/toolid.ts';

const [worker = '', name = '', ...words] = process.argv.slice(2);
const line = parseFlags(commands[name]!.flags, words, { usage: '', name });
const context = { settings: new Settings(process.env), line, goflags: [], name };
// The compiler is the official one: only what comes from our assembler goes stale.
const assembler = toolID(context.settings.ownDir, ['runtime', 'objfile', 'asm', 'link']);
const tools = {
  worker: new URL(`./${worker}-worker.ts`, import.meta.url),
  id: `${worker} ${assembler}`,
};
try {
  process.exitCode = await (name === 'run' ? runRun : runBuild)(context, tools);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  if (error.message !== '') printError(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
