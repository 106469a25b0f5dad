/**
 * The command lines of `go vet` and `go fix`: build flags, a few of their own, and those that the
 * tool says it has, which go on to it as they were written.
 * GOROOT: src/cmd/go/internal/vet/vetflag.go.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { type CommandLine, FlagState, type FlagTable, parseOne } from '../cfg/flags.ts';
import { type VetCommand, vetFlags, vetUsage } from '../cfg/vetflags.ts';
import { Failure } from '../report/failure.ts';
import { systemMessage } from '../report/system.ts';
import { goProgram } from '../work/goprogram.ts';

export interface VetLine {
  readonly line: CommandLine;
  readonly tool: string;
  /** A tool of the user's. */
  readonly isForeign: boolean;
  /** What the tool gets. */
  readonly toolFlags: readonly string[];
  /** Lines of context around what a diagnostic is about; -1 for none. */
  readonly context: number;
}

export async function readVetLine(
  command: VetCommand,
  words: readonly string[],
  goflags: readonly string[],
): Promise<VetLine> {
  const named = namedTool(command, words);
  const tool = named === '' ? await goProgram(`cmd/${command}`) : resolve(named);
  const known = flagsOf(tool);
  const table: Record<string, FlagTable[string]> = { ...vetFlags[command] };
  for (const [name, isBool] of known) table[name] ??= { kind: isBool ? 'bool' : 'string' };
  const state = new FlagState(table);
  const usage = { usage: vetUsage[command], name: command };
  for (const word of goflags) state.fromGoflags(word, usage);
  const inherited = new Set([...state.given].filter((name) => known.has(name)));
  const explicit: string[] = [];
  let at = 0;
  for (;;) {
    const one = parseOne(state, words, at);
    if (one.kind === 'word') break;
    if (one.kind === 'error' && one.isWord === true) break;
    const from = at;
    at = one.next;
    if (one.kind === 'terminator') break;
    if (one.kind === 'help') throw usageFailure('', command, named);
    if (one.kind === 'error') throw usageFailure(one.message, command, named);
    if (one.kind === 'unknown') {
      throw usageFailure(`flag provided but not defined: -${one.name}`, command, named);
    }
    if (!known.has(one.name)) continue;
    explicit.push(...words.slice(from, at));
    inherited.delete(one.name);
  }
  const { values, given } = state;
  const before = [...inherited].sort().map((name) => `-${name}=${String(values[name])}`);
  return {
    line: { values, given, args: words.slice(at), uses: [] },
    tool,
    isForeign: named !== '',
    toolFlags: [...before, ...explicit],
    context: values['c'] as number,
  };
}

/** The value of -vettool, which decides on the flags that there are. */
function namedTool(command: VetCommand, words: readonly string[]): string {
  const flag = new RegExp(`^--?${command}tool(?:=(.*))?$`, 's');
  for (let i = 0; i < words.length; i++) {
    const match = flag.exec(words[i]!);
    if (match === null) continue;
    if (match[1] !== undefined) return match[1];
    const next = words[i + 1];
    if (next === undefined) throw new Failure(`${words[i]} requires a filename`);
    return next;
  }
  return '';
}

/** What the tool answers to -flags: names, and whether they are boolean. */
function flagsOf(tool: string): Map<string, boolean> {
  const { stdout, error, status, stderr } = spawnSync(tool, ['-flags'], { encoding: 'utf8' });
  if (error !== undefined || status !== 0) {
    const cause: NodeJS.ErrnoException | undefined = error;
    const why =
      cause === undefined
        ? `exit status ${status}`
        : systemMessage({ ...cause, name: '', message: cause.message, syscall: 'fork/exec' });
    throw new Failure(`${stderr ?? ''}go: ${tool} -flags failed: ${why}`, 2);
  }
  let list: readonly { readonly Name: string; readonly Bool: boolean }[];
  try {
    list = JSON.parse(stdout) as typeof list;
  } catch (fault) {
    const why = (fault as Error).message;
    throw new Failure(`go: can't unmarshal JSON from ${tool} -flags: ${why}`, 2);
  }
  // -c is ours: the tool is never asked to print lines.
  return new Map(list.filter(({ Name }) => Name !== 'c').map(({ Name, Bool }) => [Name, Bool]));
}

function usageFailure(message: string, command: VetCommand, named: string): Failure {
  const tool = named === '' ? `go tool ${command}` : named;
  const lines = [
    ...(message === '' ? [] : [message]),
    `usage: ${vetUsage[command]}`,
    `Run 'go help ${command}' for details.`,
    `Run '${tool} help' for a full list of flags and analyzers.`,
    `Run '${tool} -help' for an overview.`,
  ];
  return new Failure(lines.join('\n'), 2);
}
