/** `go help`, and the commands that there are, for `go` and `go mod` alone. */
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { type Command, commandGroups, commands } from './commands.ts';
import { topics } from './topics.ts';

export function overview(): string {
  const single = Object.entries(commands).filter(([name]) => !name.includes(' '));
  const rows = [...single, ...Object.entries(commandGroups)];
  const lines = Object.entries(topics).map(([name, { short }]) => `\t${name.padEnd(15)} ${short}`);
  const more = `\nAdditional help topics:\n\n${lines.join('\n')}\n\nUse "go help <topic>" for more information about that topic.\n`;
  return `go-ts is a Go toolchain written in TypeScript.\n\n${usage('go', rows)}${more}`;
}

/** What `go mod` and `go work` are for, and their commands. */
export function groupOverview(group: string): string {
  const { about } = commandGroups[group]!;
  const rows = Object.entries(commands).flatMap(([name, command]): Row[] =>
    name.startsWith(`${group} `) ? [[name.slice(group.length + 1), command]] : [],
  );
  return `${about}\n\n${usage(`go ${group}`, rows)}`;
}

type Row = readonly [name: string, about: { readonly short: string }];

function usage(prefix: string, rows: readonly Row[]): string {
  const lines = rows
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { short }]) => `\t${name.padEnd(11)} ${short}`);
  return `Usage:

\t${prefix} <command> [arguments]

The commands are:

${lines.join('\n')}

Use "${prefix.replace(/^go/, 'go help')} <command>" for a command's usage and flags.
`;
}

export function runHelp(words: readonly string[]): number {
  const [first] = words;
  if (first === undefined) print(overview());
  else if (words.length === 1 && Object.hasOwn(commandGroups, first)) print(groupOverview(first));
  else if (words.length === 1 && Object.hasOwn(topics, first)) print(topics[first]!.text);
  else print(commandHelp(words));
  return 0;
}

function commandHelp(words: readonly string[]): string {
  const name = words.join(' ');
  if (!Object.hasOwn(commands, name)) {
    // The words that are known lead to what there is.
    const known = words.findLastIndex((_, i) => isTopic(words.slice(0, i).join(' ')));
    const where = ['go help', ...words.slice(0, known)].join(' ');
    throw new Failure(`go help ${name}: unknown help topic. Run '${where}'.`, 2);
  }
  const { usage: line, short, long, flags }: Command = commands[name]!;
  const rows = Object.entries(flags).map(([flag, spec]) => {
    const operand = spec.kind === 'bool' ? '' : spec.kind === 'int' ? ' n' : ' value';
    return `\t-${flag}${operand}`;
  });
  const list = rows.length === 0 ? '' : `\n\nFlags:\n\n${rows.join('\n')}`;
  const more = long === undefined ? '' : `\n\n${long}`;
  return `usage: ${line}\n\n${short}${more}${list}\n`;
}

function isTopic(name: string): boolean {
  return name === '' || Object.hasOwn(commands, name) || Object.hasOwn(commandGroups, name);
}
