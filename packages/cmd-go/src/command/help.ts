/** `go help` and `go` alone. */
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { commands } from './commands.ts';

export function overview(): string {
  const rows = Object.entries(commands).map(([name, { short }]) => `\t${name.padEnd(12)}${short}`);
  return `go-ts is a Go toolchain written in TypeScript.

Usage:

\tgo <command> [arguments]

The commands are:

${rows.join('\n')}

Use "go help <command>" for a command's usage and flags.
`;
}

export function runHelp(words: readonly string[]): number {
  const [name] = words;
  if (name === undefined) {
    print(overview());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined || words.length > 1) {
    throw new Failure(`go help ${words.join(' ')}: unknown help topic. Run 'go help'.`, 2);
  }
  const flags = Object.entries(command.flags).map(([flag, spec]) => {
    const operand = spec.kind === 'bool' ? '' : spec.kind === 'int' ? ' n' : ' value';
    return `\t-${flag}${operand}`;
  });
  print(`usage: ${command.usage}\n\n${command.short}\n\nFlags:\n\n${flags.join('\n')}\n`);
  return 0;
}
