import { quoteString } from '@go-ts/base/quote';
/**
 * -gcflags and its kin: `[pattern=]flags`, where the last use that matches a package counts, and a
 * use without pattern is for the packages named on the command line.
 * GOROOT: src/cmd/go/internal/load/flag.go.
 */
import { splitQuoted } from '../cfg/flags.ts';
import { type Package } from '../load/package.ts';
import { matchPattern } from '../load/pattern.ts';
import { Failure } from '../report/failure.ts';

interface Setting {
  readonly matches: (p: Package) => boolean;
  readonly flags: readonly string[];
}

export class PerPackageFlags {
  readonly #settings: Setting[];

  constructor(flag: string, uses: readonly string[]) {
    this.#settings = uses.map((use) => parseUse(flag, use));
  }

  for(p: Package): readonly string[] {
    return this.#settings.findLast((setting) => setting.matches(p))?.flags ?? [];
  }
}

function isNamed(p: Package): boolean {
  return p.onCommandLine;
}

function parseUse(flag: string, use: string): Setting {
  const text = use.trim();
  let matches = isNamed;
  let list = text;
  if (text !== '' && !text.startsWith('-') && !text.startsWith('"') && !text.startsWith("'")) {
    const equals = text.indexOf('=');
    if (equals < 0) refuse(flag, use, 'missing =<value> in <pattern>=<value>');
    if (equals === 0) refuse(flag, use, 'missing <pattern> in <pattern>=<value>');
    const pattern = text.slice(0, equals).trim();
    list = text.slice(equals + 1);
    if (pattern !== '' && /['"]/.test(pattern)) {
      refuse(flag, use, 'parameter may not start with quote character');
    }
    matches = packagePattern(pattern);
  }
  try {
    return { matches, flags: splitQuoted(list) };
  } catch (error) {
    return refuse(flag, use, (error as Error).message);
  }
}

function refuse(flag: string, use: string, why: string): never {
  throw new Failure(`invalid value ${quoteString(use)} for flag -${flag}: ${why}`, 2);
}

function packagePattern(pattern: string): (p: Package) => boolean {
  if (pattern === 'all') return () => true;
  if (pattern === 'std') return (p) => p.standard && !p.importPath.startsWith('cmd/');
  if (pattern === 'cmd') return (p) => p.standard && p.importPath.startsWith('cmd/');
  const test = matchPattern(pattern);
  return (p) => test(p.importPath);
}
