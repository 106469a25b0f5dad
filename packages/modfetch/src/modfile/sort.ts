/**
 * The order of lines in blocks, after exact and overridden repetitions are taken out.
 *
 * Lines sort by their words; exclusions of modules since Go 1.21 by version; retractions by version,
 * the newest first. Of equal exclusions, tools and ignored folders the first stays; of replacements of
 * one thing the last.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/modfile/rule.go (SortBlocks, removeDups).
 */
import { formatModule } from '../version/module.ts';
import { compareSemver } from '../version/semver.ts';
import { type ModFile, type WorkFile } from './modfile.ts';
import { type Line } from './syntax.ts';

export function sortBlocks(file: ModFile | WorkFile): void {
  removeRepetitions(file);
  const byVersion =
    'exclude' in file &&
    file.go !== undefined &&
    compareSemver(`v${file.go.version}`, 'v1.21') >= 0;
  for (const stmt of file.syntax.stmts) {
    if (stmt.kind !== 'block') continue;
    const [word] = stmt.tokens;
    const isMod = 'exclude' in file;
    if (word === 'exclude' && byVersion) stmt.lines.sort(compareExcludes);
    else if (word === 'retract' && isMod) stmt.lines.sort(compareRetractions);
    else stmt.lines.sort(compareLines);
  }
}

function removeRepetitions(file: ModFile | WorkFile): void {
  const dead = new Set<Line>();
  const keepFirst = <T extends { readonly line: Line }>(
    list: readonly T[],
    key: (item: T) => string,
  ): void => {
    const seen = new Set<string>();
    for (const item of list) {
      if (seen.has(key(item))) dead.add(item.line);
      seen.add(key(item));
    }
  };
  const alive = ({ line }: { readonly line: Line }): boolean => !dead.has(line);
  keepFirst(file.replace.toReversed(), (r) => formatModule(r.old));
  file.replace = file.replace.filter(alive);
  if ('exclude' in file) {
    keepFirst(file.exclude, (x) => formatModule(x.mod));
    keepFirst(file.tool, (t) => t.path);
    keepFirst(file.ignore, (t) => t.path);
    file.exclude = file.exclude.filter(alive);
    file.tool = file.tool.filter(alive);
    file.ignore = file.ignore.filter(alive);
  }
  file.syntax.stmts = file.syntax.stmts.filter((stmt) => {
    if (stmt.kind === 'line') return !dead.has(stmt);
    if (stmt.kind === 'comments') return true;
    stmt.lines = stmt.lines.filter((line) => !dead.has(line));
    return stmt.lines.length > 0;
  });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareLines(a: Line, b: Line): number {
  const x = a.tokens ?? [];
  const y = b.tokens ?? [];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const difference = compareText(x[i]!, y[i]!);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

function compareExcludes(a: Line, b: Line): number {
  const x = a.tokens ?? [];
  const y = b.tokens ?? [];
  if (x.length !== 2 || y.length !== 2) return compareLines(a, b);
  return compareText(x[0]!, y[0]!) || compareSemver(x[1]!, y[1]!);
}

function compareRetractions(a: Line, b: Line): number {
  const [low, high] = interval(a);
  const [otherLow, otherHigh] = interval(b);
  return compareSemver(otherLow, low) || compareSemver(otherHigh, high);
}

function interval(line: Line): [low: string, high: string] {
  const words = line.tokens ?? [];
  if (words.length === 1) return [words[0]!, words[0]!];
  const [open, low, comma, high, close] = words;
  const isRange = words.length === 5 && open === '[' && comma === ',' && close === ']';
  return isRange ? [low!, high!] : ['', ''];
}
