/** Runs `go build` or `go run` with another worker: `node with-tools.ts WORKER build …`. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
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
// Where the compiler is the official one, only what comes from our assembler goes stale.
const packages = ['runtime', 'objfile', 'asm', 'link'];
if (worker === 'ladder') packages.push('base', 'gc');
const assembler = toolID(context.settings.ownDir, packages);
const source = new URL(`./${worker}-worker.ts`, import.meta.url);
const tools = {
  worker: source,
  id: `${worker} ${hash('sha256', readFileSync(source), 'hex')} ${assembler}`,
};
try {
  process.exitCode = await (name === 'run' ? runRun : runBuild)(context, tools);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  if (error.message !== '') printError(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
