/**
 * The flags of `go test`: those of building, its own, and those that go on to the test binary, which
 * may also be written with the prefix that they have there.
 * GOROOT: src/cmd/go/internal/test/{testflag,flagdefs}.go.
 */
import { quoteString } from '@go-ts/base/quote';
import { buildFlags, coverFlags, timingsFlag } from './buildflags.ts';
import { parseDuration } from './duration.ts';
import { type FlagSpec, type FlagTable } from './flags.ts';

const bool = { kind: 'bool' } as const;
const text = { kind: 'string' } as const;
const int = { kind: 'int' } as const;

const toTest: FlagTable = {
  artifacts: bool,
  bench: text,
  benchmem: bool,
  benchtime: text,
  blockprofile: text,
  blockprofilerate: text,
  count: int,
  coverprofile: text,
  cpu: text,
  cpuprofile: text,
  failfast: bool,
  fullpath: bool,
  fuzz: text,
  fuzzminimizetime: text,
  fuzztime: text,
  list: text,
  memprofile: text,
  memprofilerate: text,
  mutexprofile: text,
  mutexprofilefraction: text,
  outputdir: text,
  parallel: int,
  run: text,
  short: bool,
  shuffle: {
    ...text,
    value: 'off',
    check(value) {
      if (value === 'on' || value === 'off' || /^[-+]?\d+$/.test(value)) return;
      const why = `strconv.ParseInt: parsing ${quoteString(value)}: invalid syntax`;
      throw new Error(`-shuffle argument must be "on", "off", or an int64: ${why}`);
    },
  },
  skip: text,
  timeout: {
    ...text,
    value: '10m',
    check(value) {
      if (parseDuration(value) === undefined) throw new Error('parse error');
    },
  },
  trace: text,
  v: {
    ...bool,
    optionalText: true,
    check(value) {
      if (value !== 'test2json') throw new Error(`invalid flag -test.v=${value}`);
    },
  },
};

/** True for flags that the test binary knows, without its prefix. */
export function goesToTest(name: string): boolean {
  return Object.hasOwn(toTest, name);
}

const prefixed: [string, FlagSpec][] = Object.entries(toTest).map(([name, spec]) => [
  `test.${name}`,
  spec,
]);

export const testFlags: FlagTable = {
  ...buildFlags,
  ...timingsFlag,
  ...coverFlags,
  c: bool,
  o: text,
  exec: { kind: 'list' },
  json: bool,
  vet: {
    ...text,
    check(value) {
      if (value.includes('=')) throw new Error('-vet argument cannot contain equal signs');
      if (value.includes(' ')) {
        throw new Error('-vet argument is comma-separated list, cannot contain spaces');
      }
      if (value === '') return;
      const words = value.split(',');
      for (const word of words) {
        if (word === '') throw new Error('-vet argument contains empty list element');
        if (word === 'all' || word === 'off') {
          if (words.length === 1) continue;
          throw new Error(`-vet does not accept "${word}" in a list with other analyzers`);
        }
        if (!analyzers.has(word)) {
          throw new Error(
            `-vet argument must be a supported analyzer or a distinguished value; found ${word}`,
          );
        }
      }
    },
  },
  ...toTest,
  ...Object.fromEntries(prefixed),
};

/** What vet can look for. GOROOT: src/cmd/vet/main.go. */
export const analyzers: ReadonlySet<string> = new Set(
  `appends asmdecl assign atomic bool bools buildtag buildtags cgocall composites copylocks defers
  directive errorsas framepointer hostport httpresponse ifaceassert loopclosure lostcancel methods
  nilfunc printf rangeloops shift sigchanyzer slog stdmethods stdversion stringintconv structtag
  testinggoroutine tests timeformat unmarshal unreachable unsafeptr unusedresult waitgroup`.split(
    /\s+/,
  ),
);
