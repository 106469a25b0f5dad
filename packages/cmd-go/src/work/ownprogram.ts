/**
 * This command as programs that others can execute: `go` for the PATH of tests and generators, and
 * the tools, which are no files of their own.
 *
 * Scripts are kept in a folder whose name comes from what they say: copies of this command that lie in
 * different places do not overwrite each other's.
 */
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Settings } from '../cfg/settings.ts';
import { writeWhole } from './cache.ts';

/** The path of a program `name` that runs this command with `args` before its own. */
export function ownProgram(settings: Settings, name: string, args: readonly string[] = []): string {
  const [, script = ''] = process.argv;
  const self = [process.execPath, script].map(quoteForShell).join(' ');
  const dir = join(settings.ownDir, 'bin', hash('sha256', self, 'hex').slice(0, 12));
  const file = join(dir, name);
  const text = `#!/bin/sh\nexec ${[self, ...args.map(quoteForShell)].join(' ')} "$@"\n`;
  if (readText(file) !== text) {
    mkdirSync(dir, { recursive: true });
    writeWhole(file, Buffer.from(text), 0o777);
  }
  return file;
}

function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
