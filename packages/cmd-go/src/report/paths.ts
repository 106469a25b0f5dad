/**
 * Paths in what a tool says, as the working folder sees them.
 *
 * A tool's text may tell of files of the package, of its neighbours and of folders above; each folder
 * on the way up is replaced where its path from here is shorter.
 * GOROOT: src/cmd/go/internal/work/shell.go (reportCmd, replacePrefix).
 */
import { dirname } from 'node:path';
import { shorten } from '../load/gomod.ts';

export function shortenPaths(text: string, dir: string): string {
  let shown = text;
  for (let folder = dir; ; folder = dirname(folder)) {
    const short = folder === process.cwd() ? '.' : shorten(folder);
    if (short !== folder) shown = replacePrefix(shown, folder, short);
    if (folder === dirname(folder)) return shown;
  }
}

/** Replaces a path where one can begin: at the start of a line, or after a blank or tab. */
export function replacePrefix(text: string, old: string, by: string): string {
  if (!text.includes(old)) return text;
  const replaced = text
    .replaceAll(` ${old}`, () => ` ${by}`)
    .replaceAll(`\n${old}`, () => `\n${by}`)
    .replaceAll(`\n\t${old}`, () => `\n\t${by}`);
  return replaced.startsWith(old) ? by + replaced.slice(old.length) : replaced;
}
