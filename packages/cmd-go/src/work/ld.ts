/**
 * The linker as the driver calls it, and the flags of `go tool link` that change its options.
 * GOROOT: src/cmd/link/internal/ld/main.go (flags).
 */
import { checkHostBuildID } from '@go-ts/link/hostbuildid';
import { link } from '@go-ts/link/link';
import { type LinkOptions } from '@go-ts/link/options';
import {
  type CommandLine,
  type FlagTable,
  type FlagValue,
  parseFlags,
  toolUsage,
} from '../cfg/flags.ts';
import { Failure } from '../report/failure.ts';
import { type LinkRequest, type LinkResult } from './toolchain.ts';

/** What flags may change. */
export interface LinkFlags {
  stripSymbols: boolean;
  stripDwarf: boolean;
  compressDwarf: boolean;
  buildID: string;
  hostBuildID: string | undefined;
  entry: string;
  checkLinkname: boolean;
  ignoreHeader: boolean;
  readonly strings: [string, string][];
}

const bool = { kind: 'bool' } as const;
const on = { kind: 'bool', value: true } as const;
const text = { kind: 'string' } as const;
const int = { kind: 'int' } as const;

/**
 * Flags of upstream's. Those that are neither read nor refused by `readLinkFlags` are about external
 * linking, which there is none of, or about what the linker says of itself.
 */
const table: FlagTable = {
  s: bool,
  w: bool,
  compressdwarf: on,
  f: bool,
  checklinkname: on,
  buildid: text,
  B: text,
  E: text,
  X: { kind: 'list', parse: (setting) => [setting], append: true },
  D: int,
  H: text,
  I: text,
  L: text,
  R: int,
  T: int,
  a: bool,
  asan: bool,
  aslr: on,
  benchmark: text,
  benchmarkprofile: text,
  bindnow: bool,
  c: bool,
  capturehostobjs: text,
  cpuprofile: text,
  d: bool,
  debugnosplit: bool,
  debugtextsize: int,
  debugtramp: int,
  dumpdep: bool,
  e: bool,
  extar: text,
  extld: text,
  extldflags: text,
  fipso: text,
  funcalign: int,
  g: bool,
  h: bool,
  installsuffix: text,
  k: text,
  libgcc: text,
  linkmode: text,
  linkshared: bool,
  memprofile: text,
  memprofilerate: int,
  msan: bool,
  n: bool,
  pluginpath: text,
  pruneweakmap: on,
  r: text,
  race: bool,
  randlayout: int,
  strictdups: int,
  tmpdir: text,
  v: bool,
};

/** Flags that change what is linked, in ways that this linker does not know. */
const refused: ReadonlySet<string> = new Set(
  'D I R T asan bindnow fipso funcalign installsuffix k linkshared msan pluginpath race randlayout'.split(
    ' ',
  ),
);

const usage = 'link [options] main.o';

export function linkUsage(): string {
  return toolUsage(usage, table);
}

/** Reads linker flags up to the first other word; throws a Failure that says what is wrong. */
export function readLinkFlags(
  words: readonly string[],
  into: LinkFlags,
  more: FlagTable = {},
): CommandLine {
  const line = parseFlags({ ...table, ...more }, words, { usage, name: 'tool link', isTool: true });
  const { values, given } = line;
  for (const name of given) {
    if (!refused.has(name) || !isSet(values[name]!)) continue;
    throw new Failure(`link: -${name} is not supported by this toolchain`, 2);
  }
  const { H: format, linkmode } = values as Record<string, string>;
  if (!['', 'linux'].includes(format!)) {
    throw new Failure(`link: -H=${format} is not supported by this toolchain`, 2);
  }
  if (!['', 'auto', 'internal'].includes(linkmode!)) {
    throw new Failure(`link: -linkmode=${linkmode} needs a C linker; this toolchain has none`, 2);
  }
  into.stripSymbols = values['s'] === true;
  into.stripDwarf = values['w'] === true;
  into.compressDwarf = values['compressdwarf'] === true;
  into.ignoreHeader = values['f'] === true;
  into.checkLinkname = values['checklinkname'] === true;
  if (given.has('buildid')) into.buildID = values['buildid'] as string;
  if (given.has('E')) into.entry = values['E'] as string;
  if (given.has('B')) {
    into.hostBuildID = values['B'] as string;
    const problem = checkHostBuildID(into.hostBuildID);
    if (problem !== undefined) throw new Failure(`link: ${problem}`, 2);
  }
  for (const setting of values['X'] as readonly string[]) {
    const equals = setting.indexOf('=');
    if (equals < 0) {
      throw new Failure('link: -X flag requires argument of the form importpath.name=value', 2);
    }
    into.strings.push([setting.slice(0, equals), setting.slice(equals + 1)]);
  }
  return line;
}

function isSet(value: FlagValue): boolean {
  return value !== false && value !== '' && value !== 0;
}

export function newLinkFlags(): LinkFlags {
  return {
    stripSymbols: false,
    stripDwarf: false,
    compressDwarf: true,
    buildID: '',
    hostBuildID: undefined,
    entry: '',
    checkLinkname: true,
    ignoreHeader: false,
    strings: [],
  };
}

export function linkProgram(request: LinkRequest): LinkResult {
  const flags = newLinkFlags();
  flags.buildID = request.buildID;
  try {
    const { args } = readLinkFlags(request.flags, flags);
    if (args.length > 0) throw new Failure(linkUsage(), 2);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { executable: undefined, messages: [error.message] };
  }
  const { buildID, stripSymbols, stripDwarf, compressDwarf, entry, hostBuildID } = flags;
  const options: LinkOptions = {
    target: request.target,
    release: request.release,
    main: { file: 'main', bytes: request.main },
    packageFile: (path) => {
      const bytes = request.archive(path);
      return bytes === undefined ? undefined : { file: path, bytes };
    },
    buildID,
    strings: [
      ...request.strings,
      ...(request.modinfo.length === 0 ? [] : [['runtime.modinfo', request.modinfo] as const]),
      ...flags.strings,
    ],
    stripSymbols,
    stripDwarf: stripDwarf || stripSymbols,
    compressDwarf,
    goroot: request.goroot,
    entry,
    checkLinkname: flags.checkLinkname,
    ignoreHeader: flags.ignoreHeader,
    ...(hostBuildID === undefined ? {} : { hostBuildID }),
  };
  const { image, errors } = link(options);
  return { executable: image, messages: errors };
}
