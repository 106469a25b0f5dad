/**
 * The linker as the driver calls it, and the flags of `go tool link` that change its options.
 * GOROOT: src/cmd/link/internal/ld/main.go (flags).
 */
import { checkHostBuildID } from '@go-ts/link/hostbuildid';
import { link } from '@go-ts/link/link';
import { type LinkOptions } from '@go-ts/link/options';
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

/** Flags without effect here, and how many words they take besides their own. */
const ignored: Readonly<Record<string, 0 | 1>> = {
  v: 0,
  a: 0,
  c: 0,
  d: 0,
  dumpdep: 0,
  g: 0,
  h: 0,
  n: 0,
  u: 0,
  aslr: 0,
  race: 0,
  funcalign: 1,
  extld: 1,
  extldflags: 1,
  extar: 1,
  tmpdir: 1,
  r: 1,
  L: 1,
  k: 1,
  T: 1,
  R: 1,
  installsuffix: 1,
  libgcc: 1,
  linkmode: 1,
  debugtramp: 1,
  randlayout: 1,
  strictdups: 1,
  benchmark: 1,
  cpuprofile: 1,
  memprofile: 1,
};

/** Reads linker flags; the result is what is wrong with them, or undefined. */
export function readLinkFlags(words: readonly string[], into: LinkFlags): string | undefined {
  for (let i = 0; i < words.length; i++) {
    const match = /^--?([\w-]+)(?:=(.*))?$/s.exec(words[i]!);
    if (match === null) return `unexpected argument ${words[i]}`;
    const name = match[1]!;
    const on = match[2] === undefined || /^(1|t|true)$/i.test(match[2]);
    const value = (): string => match[2] ?? words[++i] ?? '';
    switch (name) {
      case 's':
        into.stripSymbols = on;
        break;
      case 'w':
        into.stripDwarf = on;
        break;
      case 'compressdwarf':
        into.compressDwarf = on;
        break;
      case 'f':
        into.ignoreHeader = on;
        break;
      case 'checklinkname':
        into.checkLinkname = on;
        break;
      case 'buildid':
        into.buildID = value();
        break;
      case 'B': {
        into.hostBuildID = value();
        const problem = checkHostBuildID(into.hostBuildID);
        if (problem !== undefined) return problem;
        break;
      }
      case 'E':
        into.entry = value();
        break;
      case 'X': {
        const setting = value();
        const equals = setting.indexOf('=');
        if (equals < 0) return '-X flag requires argument of the form importpath.name=value';
        into.strings.push([setting.slice(0, equals), setting.slice(equals + 1)]);
        break;
      }
      default:
        if (!Object.hasOwn(ignored, name)) return `flag provided but not defined: -${name}`;
        if (ignored[name] === 1) value();
    }
  }
  return undefined;
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
  const problem = readLinkFlags(request.flags, flags);
  if (problem !== undefined) return { executable: undefined, messages: [problem] };
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
