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

  /** `tools` are the packages that go.mod names as tools. */
  constructor(uses: readonly string[], tools: ReadonlySet<string>) {
    this.#settings = uses.map((use) => parseUse(use, tools));
  }

  for(p: Package): readonly string[] {
    return this.#settings.findLast((setting) => setting.matches(p))?.flags ?? [];
  }
}

function isNamed(p: Package): boolean {
  return p.onCommandLine;
}

function parseUse(use: string, tools: ReadonlySet<string>): Setting {
  const { pattern, flags } = splitPerPackage(use);
  return { matches: pattern === undefined ? isNamed : packagePattern(pattern, tools), flags };
}

function packagePattern(pattern: string, tools: ReadonlySet<string>): (p: Package) => boolean {
  if (pattern === 'all') return () => true;
  if (pattern === 'std') return (p) => p.standard && !p.importPath.startsWith('cmd/');
  if (pattern === 'work') return (p) => p.module?.isMain === true;
  if (pattern === 'tool') return (p) => tools.has(p.importPath);
  if (pattern === 'cmd') return (p) => p.standard && p.importPath.startsWith('cmd/');
  const test = matchPattern(pattern);
  return (p) => test(p.importPath);
}
