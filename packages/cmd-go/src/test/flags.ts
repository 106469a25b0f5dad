/**
 * The command line of `go test`, which is two in one: words for the go command, and words for the
 * test binary, in any order around the list of packages.
 *
 * Known flags may stand before and after the packages. An unknown flag ends the list of packages and
 * is the binary's; so is the word after it, in case that is its value. A word that can be no value
 * ends our part.
 * GOROOT: src/cmd/go/internal/test/testflag.go (testFlags).
 */
import { resolve } from 'node:path';
import { formatDuration, parseDuration } from '../cfg/duration.ts';
import { type CommandLine, FlagState, type FlagValue, parseOne } from '../cfg/flags.ts';
import { goesToTest, testFlags } from '../cfg/testflags.ts';
import { Failure } from '../report/failure.ts';

export interface TestLine {
  readonly line: CommandLine;
  /** Empty: the package of the working folder, in local mode. */
  readonly packages: readonly string[];
  /** What the test binary gets. */
  readonly testArgs: readonly string[];
  /** The arguments ask for the binary's help. */
  readonly help: boolean;
  /** Milliseconds; 0 for none. */
  readonly timeout: number;
  readonly outputDir: string;
}

const usage = 'go test [build/test flags] [packages] [build/test flags & test binary flags]';

function fail(message: string): never {
  const hint = "Run 'go help test' and 'go help testflag' for details.";
  const first = message === '' ? '' : `${message}\n`;
  throw new Failure(`${first}usage: ${usage}\n${hint}`, 2);
}

/** Profiles, which only one package can have. */
const profiles = ['blockprofile', 'cpuprofile', 'memprofile', 'mutexprofile', 'trace'];

/** The profile that is asked for, as a flag; empty if none. */
export function profileFlag(values: CommandLine['values']): string {
  const name = profiles.find((flag) => values[flag] !== '');
  return name === undefined ? '' : `-${name}`;
}

export function readTestLine(words: readonly string[], goflags: readonly string[]): TestLine {
  const state = new FlagState(testFlags);
  for (const word of goflags) state.fromGoflags(word, { usage, name: 'test' });
  const fromGoflags = new Set([...state.given].map(shortName).filter(goesToTest));
  const read = readWords(state, words);
  for (const name of read.set) fromGoflags.delete(name);
  const { values, given } = state;
  const injected: string[] = [];
  if (values['json'] === true) {
    injected.push('-test.v=test2json');
    fromGoflags.delete('v');
  }
  for (const name of [...fromGoflags].sort()) injected.push(testWord(name, values));
  const timeout = parseDuration(values['timeout'] as string) ?? 0;
  const isGiven = (name: string): boolean => given.has(name) || given.has(`test.${name}`);
  if (timeout > 0 && !isGiven('timeout')) injected.push(testWord('timeout', values));
  const needsDir = profileFlag(values) !== '' || values['artifacts'] === true;
  if (needsDir && !isGiven('outputdir')) injected.push(testWord('outputdir', values));
  const end = read.explicit.indexOf('--');
  const ours = end < 0 ? read.explicit : read.explicit.slice(0, end);
  return {
    line: { values, given, args: read.packages, uses: [] },
    packages: read.packages,
    testArgs: [...injected, ...read.explicit],
    help: ours.some((word) => word === '-h' || word === '-help' || word === '--help'),
    timeout,
    outputDir: resolve(values['outputdir'] as string),
  };
}

function shortName(name: string): string {
  return name.replace(/^test\./, '');
}

function testWord(name: string, values: CommandLine['values']): string {
  return `-test.${name}=${shownValue(name, values[name]!)}`;
}

function shownValue(name: string, value: FlagValue): string {
  if (name === 'timeout') return formatDuration(parseDuration(value as string) ?? 0);
  if (name === 'outputdir') return resolve(value as string);
  return String(value);
}

interface Words {
  readonly packages: string[];
  readonly explicit: string[];
  /** Flags of the binary that were given here. */
  readonly set: Set<string>;
}

function readWords(state: FlagState, words: readonly string[]): Words {
  const read: Words = { packages: [], explicit: [], set: new Set() };
  const { explicit } = read;
  let hasList = false;
  let inList = false;
  let afterBareFlag = false;
  let unknown = '';
  for (let at = 0; at < words.length;) {
    const raw = words[at]!;
    const mayBeValue = afterBareFlag;
    afterBareFlag = false;
    const one = parseOne(state, words, at);
    if (one.kind === 'help') return fail('');
    if (one.kind === 'terminator') {
      explicit.push(...words.slice(at));
      break;
    }
    if (one.kind === 'word' || (one.kind === 'error' && one.isWord === true)) {
      if (hasList && !inList) {
        if (!mayBeValue) {
          explicit.push(...words.slice(at));
          break;
        }
        explicit.push(raw);
      } else {
        hasList = inList = true;
        read.packages.push(raw);
      }
      at++;
      continue;
    }
    inList = false;
    if (one.kind === 'unknown') {
      hasList = true;
      at = one.next;
      if (raw === '-args' || raw === '--args') {
        explicit.push(...words.slice(at));
        break;
      }
      if (unknown === '') unknown = raw;
      explicit.push(raw);
      afterBareFlag = !one.hasValue;
      continue;
    }
    if (one.kind === 'error') return fail(one.message);
    at = one.next;
    const name = shortName(one.name);
    if (!goesToTest(name)) continue;
    state.values[name] = state.values[one.name]!;
    explicit.push(testWord(name, state.values));
    read.set.add(name);
  }
  if (unknown !== '' && state.values['c'] === true) {
    fail(`go: unknown flag ${unknown} cannot be used with -c`);
  }
  return read;
}
