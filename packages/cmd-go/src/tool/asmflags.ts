/**
 * The flags of the assembler, for `go tool asm` and for what users give with -asmflags.
 * GOROOT: src/cmd/asm/internal/flags/flags.go.
 */
import { type CommandLine, type FlagTable, parseFlags, toolUsage } from '../cfg/flags.ts';

const bool = { kind: 'bool' } as const;
const text = { kind: 'string' } as const;
const each = { kind: 'list', parse: (word: string) => [word], append: true } as const;

const flags: FlagTable = {
  V: { kind: 'bool', optionalText: true } as const,
  o: text,
  p: text,
  D: each,
  I: each,
  trimpath: text,
  gensymabis: bool,
  shared: bool,
  dynlink: bool,
  linkshared: bool,
  std: bool,
  e: bool,
  v: bool,
  S: bool,
  debug: bool,
  spectre: text,
  d: text,
};

const usage = 'asm [options] file.s ...';

export function asmUsage(): string {
  return toolUsage(usage, flags);
}

/** Throws a Failure that says what is wrong. */
export function parseAsmFlags(words: readonly string[]): CommandLine {
  return parseFlags(flags, words, { usage, name: 'tool asm', isTool: true });
}
