/**
 * The flags that build, run, list and the like share, as a table for the parser.
 * GOROOT: src/cmd/go/internal/work/build.go (AddBuildFlags), src/cmd/go/internal/base/flag.go.
 */
import { availableParallelism } from 'node:os';
import { type FlagTable, splitQuoted } from './flags.ts';

/** `-tags a,b`; a space-separated list is the old form. */
function parseTags(text: string): string[] {
  const trimmed = text.trim();
  if (/[\s'"]/.test(trimmed)) return splitQuoted(text);
  return trimmed.split(',').filter((tag) => tag !== '');
}

const list = { kind: 'list' } as const;
const bool = { kind: 'bool' } as const;
const text = { kind: 'string' } as const;

/** A per-package flag keeps each use as it is written; only what is wrong with it is found here. */
const perPackage = {
  kind: 'list',
  parse(use: string) {
    splitPerPackage(use);
    return [use];
  },
  append: true,
} as const;

/** `[pattern=]flags`; throws an Error that says what is wrong. */
export function splitPerPackage(use: string): {
  readonly pattern: string | undefined;
  readonly flags: readonly string[];
} {
  const trimmed = use.trim();
  if (trimmed === '' || trimmed.startsWith('-')) {
    return { pattern: undefined, flags: splitQuoted(trimmed) };
  }
  const equals = trimmed.indexOf('=');
  if (equals < 0) throw new Error('missing =<value> in <pattern>=<value>');
  if (equals === 0) throw new Error('missing <pattern> in <pattern>=<value>');
  if (/^['"]/.test(trimmed)) {
    throw new Error(`parameter may not start with quote character ${trimmed[0]}`);
  }
  return {
    pattern: trimmed.slice(0, equals).trim(),
    flags: splitQuoted(trimmed.slice(equals + 1)),
  };
}

/** What commands that read packages take. */
export const buildFlags: FlagTable = {
  a: bool,
  n: bool,
  x: bool,
  v: bool,
  p: { kind: 'int', value: availableParallelism() },
  C: {
    ...text,
    check() {
      throw new Error('-C flag must be first flag on command line');
    },
  },
  asan: bool,
  asmflags: perPackage,
  buildmode: { ...text, value: 'default' },
  buildvcs: {
    ...bool,
    value: 'auto',
    optionalText: true,
    check(value) {
      if (value !== 'auto') throw new Error("value is neither 'auto' nor a valid bool");
    },
  },
  compiler: {
    ...text,
    value: 'gc',
    check(value) {
      if (value !== 'gc' && value !== 'gccgo') throw new Error(`unknown compiler "${value}"`);
    },
  },
  gcflags: perPackage,
  gccgoflags: perPackage,
  installsuffix: text,
  ldflags: perPackage,
  linkshared: bool,
  mod: text,
  modcacherw: bool,
  modfile: text,
  msan: bool,
  overlay: text,
  pgo: { ...text, value: 'auto' },
  pkgdir: text,
  race: bool,
  tags: { ...list, parse: parseTags },
  toolexec: list,
  trimpath: bool,
  work: bool,
  'debug-actiongraph': text,
  'debug-runtime-trace': text,
  'debug-trace': text,
};

/** The events of compiling, for commands whose own output is not JSON. */
export const jsonFlag: FlagTable = { json: bool };

/** A page that says where the time went; with a text, into that file. */
export const timingsFlag: FlagTable = { timings: { ...bool, optionalText: true } };

/** Each of them means -cover. */
export const coverFlags: FlagTable = {
  cover: bool,
  covermode: {
    ...text,
    check(value) {
      if (['', 'set', 'count', 'atomic'].includes(value)) return;
      throw new Error('valid modes are "set", "count", or "atomic"');
    },
  },
  coverpkg: { ...list, parse: (value) => (value === '' ? [] : value.split(',')) },
};

/** What every command takes that looks at modules. */
export const moduleFlags: FlagTable = {
  C: buildFlags['C']!,
  modcacherw: bool,
  modfile: text,
  overlay: text,
};
