/**
 * -gcflags and its kin: `[pattern=]flags`, where the last use that matches a package counts, and a
 * use without pattern is for the packages named on the command line.
 * GOROOT: src/cmd/go/internal/load/flag.go.
 */
import { splitPerPackage } from '../cfg/buildflags.ts';
import { packageMatcher } from '../load/match.ts';
import { type Package } from '../load/package.ts';
import { type ModLoader } from '../modload/loader.ts';

interface Setting {
  readonly matches: (p: Package) => boolean;
  readonly flags: readonly string[];
}

export class PerPackageFlags {
  readonly #settings: Setting[];

  constructor(uses: readonly string[], cwd: string, modules: ModLoader | undefined) {
    this.#settings = uses.map((use) => {
      const { pattern, flags } = splitPerPackage(use);
      const matches = pattern === undefined ? isNamed : packageMatcher(pattern, cwd, modules);
      return { matches, flags };
    });
  }

  for(p: Package): readonly string[] {
    return this.#settings.findLast((setting) => setting.matches(p))?.flags ?? [];
  }
}

function isNamed(p: Package): boolean {
  return p.onCommandLine;
}
