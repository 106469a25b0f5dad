/**
 * -gcflags and its kin: `[pattern=]flags`, where the last use that matches a package counts, and a
 * use without pattern is for the packages named on the command line.
 * GOROOT: src/cmd/go/internal/load/flag.go.
 */
import { splitPerPackage } from '../cfg/buildflags.ts';
import { type Package } from '../load/package.ts';
import { matchPattern } from '../load/pattern.ts';

interface Setting {
  readonly matches: (p: Package) => boolean;
  readonly flags: readonly string[];
}

export class PerPackageFlags {
  readonly #settings: Setting[];

  constructor(uses: readonly string[]) {
    this.#settings = uses.map(parseUse);
  }

  for(p: Package): readonly string[] {
    return this.#settings.findLast((setting) => setting.matches(p))?.flags ?? [];
  }
}

function isNamed(p: Package): boolean {
  return p.onCommandLine;
}

function parseUse(use: string): Setting {
  const { pattern, flags } = splitPerPackage(use);
  return { matches: pattern === undefined ? isNamed : packagePattern(pattern), flags };
}

function packagePattern(pattern: string): (p: Package) => boolean {
  if (pattern === 'all') return () => true;
  if (pattern === 'std') return (p) => p.standard && !p.importPath.startsWith('cmd/');
  if (pattern === 'cmd') return (p) => p.standard && p.importPath.startsWith('cmd/');
  const test = matchPattern(pattern);
  return (p) => test(p.importPath);
}
