/**
 * argv → command → exit status. Loads nothing that the command does not need.
 *
 * Whatever is thrown ends here: a Failure is printed as it stands, a ToolError as one line and its
 * hint, anything else is a fault of ours and says so. No stack trace reaches a user who has not
 * asked for one.
 */
import { delimiter, isAbsolute } from 'node:path';
import { InternalError, ToolError } from '@go-ts/base';
import { quoteString } from '@go-ts/base/quote';
import { adoptWorkingFolder, changeWorkingFolder } from './cfg/cwd.ts';
import { type CommandLine, parseFlags, readGoflags } from './cfg/flags.ts';
import { Settings } from './cfg/settings.ts';
import { commandGroups, commands, isFlagOfAny } from './command/commands.ts';
import { Failure } from './report/failure.ts';
import { describeInternal } from './report/internal.ts';
import { printError } from './report/output.ts';
import { isSystemError, systemMessage } from './report/system.ts';

export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await run(argv);
  } catch (error) {
    return report(error);
  }
}

async function run(argv: readonly string[]): Promise<number> {
  adoptWorkingFolder();
  const words = changeFolder([...argv]);
  let [name] = words;
  const rest = words.slice(1);
  if (name === undefined) {
    const { overview } = await import('./command/help.ts');
    throw new Failure(overview(), 2);
  }
  if (name === 'help') {
    const { runHelp } = await import('./command/help.ts');
    return runHelp(rest);
  }
  if (name.startsWith('-')) {
    const { overview } = await import('./command/help.ts');
    const flag = name.replace(/^--?/, '').split('=', 1)[0]!;
    const first =
      flag === 'h' || flag === 'help' ? '' : `flag provided but not defined: -${flag}\n`;
    throw new Failure(first + overview(), 2);
  }
  const group = Object.hasOwn(commandGroups, name);
  if (group) {
    const [inner = ''] = rest;
    if (!Object.hasOwn(commands, `${name} ${inner}`)) {
      throw new Failure(await unknownOf(name, inner), 2);
    }
    rest.shift();
    name = `${name} ${inner}`;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new Failure(`go ${name}: unknown command\nRun 'go help' for usage.`, 2);
  }
  const settings = new Settings(process.env);
  if (name === 'env') settings.tolerateGoroot();
  const { selectToolchain } = await import('./cfg/toolchain.ts');
  selectToolchain(settings, words);
  if (group || name !== 'env') checkGopath(settings);
  // Wrong GOFLAGS must not keep anybody from looking at them.
  const goflags = name === 'env' ? [] : readGoflags(settings.get('GOFLAGS'), isFlagOfAny);
  const usage = { usage: command.usage, name };
  const line: CommandLine =
    command.ownParser === true
      ? { values: {}, given: new Set(), args: rest, uses: [] }
      : parseFlags(command.flags, rest, usage, goflags);
  const runCommand = await command.load();
  return await runCommand({ settings, line, goflags, name });
}

/** Every folder of a GOPATH that somebody has set is absolute. */
function checkGopath(settings: Settings): void {
  for (const folder of settings.get('GOPATH').split(delimiter)) {
    if (folder === '' || isAbsolute(folder)) continue;
    if (folder.startsWith('~')) {
      throw new Failure(
        `go: GOPATH entry cannot start with shell metacharacter '~': ${quoteString(folder)}`,
        2,
      );
    }
    throw new Failure(
      `go: GOPATH entry is relative; must be absolute path: ${quoteString(folder)}.\nFor more details see: 'go help gopath'`,
      2,
    );
  }
}

async function unknownOf(group: string, inner: string): Promise<string> {
  if (inner === '') return (await import('./command/help.ts')).groupOverview(group);
  if (inner.startsWith('-')) return `Run 'go help ${group}' for usage.`;
  return `go ${group}: unknown command\nRun 'go help ${group}' for usage.`;
}

/** `-C dir`, the first flag after the command, is obeyed before anything is read. */
function changeFolder(words: string[]): string[] {
  // It may also stand before the command.
  const at = /^--?C(=|$)/.test(words[0] ?? '') ? 0 : 1;
  const first = words[at] ?? '';
  let dir: string | undefined;
  if (first === '-C' || first === '--C') {
    if (words[at + 1] === undefined) return words;
    dir = words[at + 1]!;
    words.splice(at, 2);
  } else if (/^--?C=/.test(first)) {
    dir = first.replace(/^--?C=/, '');
    words.splice(at, 1);
  } else {
    return words;
  }
  try {
    changeWorkingFolder(dir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOTDIR' ? 'not a directory' : 'no such file or directory';
    throw new Failure(`go: chdir ${dir}: ${why}`, 1);
  }
  return words;
}

function report(error: unknown): number {
  if (error instanceof Failure) {
    if (error.message !== '') printError(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof ToolError) {
    const text = error.message.startsWith('go: ') ? error.message : `go: ${error.message}`;
    const hint = error.hint === undefined ? '' : `\n\t${error.hint}`;
    printError(`${text}${hint}\n`);
    return error.code === 'GOROOT_MISSING' ? 2 : 1;
  }
  // By name: the module system is not loaded to tell that it did not throw.
  if (error instanceof Error && ['SecurityError', 'MalformedGoSum'].includes(error.name)) {
    printError(`${error.message.replace(/\n$/, '')}\n`);
    return 1;
  }
  if (isAboutModules(error)) {
    printError(`${error.message.startsWith('go: ') ? '' : 'go: '}${error.message}\n`);
    return 1;
  }
  if (isSystemError(error)) {
    printError(`go: ${systemMessage(error)}\n`);
    return 1;
  }
  printError(`go: ${describeInternal(error)}\n`);
  return 2;
}

/**
 * The module system says with plain errors what is wrong with modules. Nothing else may throw those
 * as far as here: broken invariants are InternalErrors, and the engine's faults and failed calls of
 * the system have classes and fields of their own.
 */
function isAboutModules(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof InternalError) return false;
  const isFault =
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error instanceof SyntaxError;
  return !isFault && !('syscall' in error) && !('code' in error);
}
