/**
 * Results of earlier runs of the same test.
 *
 * A test's process says which variables and files it looked at. So there are two steps: the key of
 * program and arguments leads to that list, and the key of the list's present state leads to the
 * output. Both are kept twice, under the key of what the program is linked from, so that an old
 * result spares the linking, and under the hash of the program itself.
 * Only output that ends with an `ok` line is kept.
 * GOROOT: src/cmd/go/internal/test/test.go (tryCacheWithID, computeTestInputsID, saveOutput).
 */
import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isBelow } from '../load/load.ts';
import { type Package } from '../load/package.ts';
import { systemMessage } from '../report/system.ts';
import { type Cache, KeyHash } from '../work/cache.ts';

/** Arguments that may differ between tests without a run being another. */
const cacheable = new Set(
  'benchtime cpu list parallel run short skip timeout failfast v fullpath'.split(' '),
);
const irrelevant = new Set(['coverprofile', 'outputdir']);

/** The arguments that belong to the key; undefined if one forbids keeping the result. */
export function cacheArguments(testArgs: readonly string[]): string[] | undefined {
  const kept: string[] = [];
  for (const arg of testArgs) {
    const name = /^-test\.(\w+)=/.exec(arg)?.[1];
    if (name === undefined) return undefined;
    if (cacheable.has(name)) kept.push(arg);
    else if (!irrelevant.has(name)) return undefined;
  }
  return kept;
}

/** What coverage adds to a result. */
export interface CoveredKey {
  /** Stands for packages besides the one under test; empty if there are none. */
  readonly key: string;
  readonly wantsProfile: boolean;
}

export interface KnownResult {
  readonly output: Buffer;
  readonly profile: Buffer | undefined;
}

export interface NewResult {
  readonly output: Uint8Array;
  readonly profile: Uint8Array | undefined;
  readonly covered: CoveredKey;
}

const logHeader = '# test log\n';

/** A file was changed so shortly ago that it might be changed again without a new time. */
class TooNew extends Error {}

const modTimeCutoff = 2000;

export class TestResults {
  readonly #cache: Cache;
  /** Results from before this moment do not count. */
  readonly #expired: number;
  readonly #env: NodeJS.ProcessEnv;

  constructor(cache: Cache, env: NodeJS.ProcessEnv) {
    this.#cache = cache;
    this.#env = env;
    this.#expired = readExpiry(cache.dir);
  }

  key(binary: string, args: readonly string[], exec: readonly string[]): string {
    return new KeyHash('test result')
      .add('binary', binary)
      .add('args', ...args)
      .add('exec', ...exec)
      .sum();
  }

  /** The output of an earlier run, with `(cached)` for its time, and its profile if that is wanted. */
  find(key: string, p: Package, covered: CoveredKey): KnownResult | undefined {
    const log = this.#read(key)?.bytes.toString('latin1');
    if (log === undefined || !isLog(log)) return undefined;
    const inputs = this.#inputsKey(log, p);
    const entry = inputs === undefined ? undefined : this.#read(resultKey(key, inputs));
    if (entry === undefined || entry.time < this.#expired) return undefined;
    const match = /^([^]*(?:^|\n)ok {2}\t[^\t\n]*\t)[\d.s]*([^\n]*\n)$/.exec(
      entry.bytes.toString('latin1'),
    );
    if (match === null || inputs === undefined) return undefined;
    const output = Buffer.from(`${match[1]}(cached)${match[2]}`, 'latin1');
    if (!covered.wantsProfile && covered.key === '') return { output, profile: undefined };
    const profile = this.#read(profileKey(key, inputs, covered))?.bytes;
    return profile === undefined ? undefined : { output, profile };
  }

  save(keys: readonly string[], p: Package, logFile: string, result: NewResult): void {
    const { output, profile, covered } = result;
    if (covered.wantsProfile && profile === undefined) return;
    let log: Buffer;
    try {
      log = readFileSync(logFile);
    } catch (error) {
      // The process ended without writing one.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    if (!isLog(log.toString('latin1'))) return;
    const inputs = this.#inputsKey(log.toString('latin1'), p);
    if (inputs === undefined) return;
    for (const key of keys) {
      this.#cache.write(key, log);
      this.#cache.write(resultKey(key, inputs), output);
      if (!covered.wantsProfile && covered.key === '') continue;
      this.#cache.write(profileKey(key, inputs, covered), profile ?? new Uint8Array(0));
    }
  }

  #read(key: string): { bytes: Buffer; time: number } | undefined {
    const entry = this.#cache.lookup(key);
    const bytes = entry === undefined ? undefined : this.#cache.read(entry.output);
    return bytes === undefined ? undefined : { bytes, time: entry!.time };
  }

  /** The present state of all that a log names; undefined if it cannot be relied on. */
  #inputsKey(log: string, p: Package): string | undefined {
    const key = new KeyHash('test inputs').add('env', 'GODEBUG', this.#variable('GODEBUG'));
    let { dir } = p;
    for (const line of log.slice(logHeader.length).split('\n')) {
      if (line === '') continue;
      const space = line.indexOf(' ');
      if (space < 0) return undefined;
      const verb = line.slice(0, space);
      const name = Buffer.from(line.slice(space + 1), 'latin1').toString('utf8');
      const path = isAbsolute(name) ? name : join(dir, name);
      // Files outside the module or GOROOT are not looked at again.
      const isWatched = p.root !== '' && isBelow(path, p.root);
      if (verb === 'getenv') key.add('env', name, this.#variable(name));
      else if (verb === 'chdir') {
        dir = name;
        key.add('chdir', name, ...states(name));
      } else if (verb === 'stat') {
        if (isWatched) key.add('stat', path, ...states(path));
      } else if (verb === 'open') {
        if (!isWatched) continue;
        const content = contentState(path);
        if (content instanceof TooNew) return undefined;
        key.add('open', path, ...content);
      } else return undefined;
    }
    return key.sum();
  }

  /** Unset and empty are different. */
  #variable(name: string): string {
    const value = this.#env[name];
    return value === undefined ? 'unset' : `set ${value}`;
  }
}

function resultKey(key: string, inputs: string): string {
  return new KeyHash('test output').add('of', key, inputs).sum();
}

/** Without a profile its place says that the covered packages are still the same. */
function profileKey(key: string, inputs: string, { key: packages }: CoveredKey): string {
  return new KeyHash('test profile').add('of', key, inputs).add('covered', packages).sum();
}

function isLog(text: string): boolean {
  return text.startsWith(logHeader) && text.endsWith('\n');
}

function stateOf(look: (path: string) => Stats, path: string): string {
  try {
    return describeStats(look(path));
  } catch (error) {
    return systemMessage(error as NodeJS.ErrnoException);
  }
}

function states(path: string): string[] {
  return [stateOf(statSync, path), stateOf(lstatSync, path)];
}

function describeStats(info: Stats): string {
  return `${info.size} ${info.mode.toString(8)} ${info.mtimeMs} ${info.isDirectory()}`;
}

function contentState(path: string): string[] | TooNew {
  let info: Stats;
  try {
    info = statSync(path);
  } catch (error) {
    return [systemMessage(error as NodeJS.ErrnoException)];
  }
  const parts = [describeStats(info)];
  if (info.isDirectory()) {
    for (const name of readdirSync(path).sort()) {
      parts.push(name, stateOf(lstatSync, join(path, name)));
    }
  } else if (info.isFile() && Date.now() - info.mtimeMs < modTimeCutoff) {
    return new TooNew();
  }
  return parts;
}

/** `go clean -testcache` leaves the moment of its run here, in nanoseconds. */
export const expiryFile = 'testexpire.txt';

function readExpiry(dir: string): number {
  try {
    const match = /^(\d+)\n$/.exec(readFileSync(join(dir, expiryFile), 'utf8'));
    return match === null ? 0 : Number(match[1]) / 1e6;
  } catch {
    return 0;
  }
}
