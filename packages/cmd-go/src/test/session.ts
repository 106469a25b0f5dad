/**
 * The runs of one `go test`: what is built when, what may run beside what, and what is printed.
 *
 * Each package goes through building, a look for an earlier result, linking, running and printing.
 * Three gates keep the order: a run starts when all packages before it are built and started, when
 * one of -p places is free, and, with benchmarks, when the run before it has been printed.
 * GOROOT: src/cmd/go/internal/test/test.go (barriers, streaming, lines and their order).
 */
import { mkdirSync } from 'node:fs';
import { writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildConfig } from '../cfg/build.ts';
import { goHostArch, goHostOS } from '../cfg/settings.ts';
import { type Package } from '../load/package.ts';
import { type TestPackages } from '../load/test.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { type Builder, BuildFailed } from '../work/builder.ts';
import { placeOutput } from '../work/output.ts';
import { cacheArguments, TestResults } from './cached.ts';
import { isOutputFolder } from './check.ts';
import { testEnvironment } from './environment.ts';
import { profileFlag, type TestLine } from './flags.ts';
import { OutputBuffer, type Sink } from './output.ts';
import { killTimes, runProcess, type TestEnd } from './run.ts';

export interface TestTarget {
  readonly p: Package;
  /** undefined: there are no test files. */
  readonly tests: TestPackages | undefined;
  /** Another package on the command line imports it. */
  readonly imported: boolean;
  /** Of the binary. */
  readonly name: string;
}

export interface SessionOptions {
  readonly config: BuildConfig;
  readonly builder: Builder;
  readonly test: TestLine;
  /** A folder for this session's binaries and logs. */
  readonly dir: string;
  /** How many packages the command line means. */
  readonly packages: number;
}

/** Lets so many in at a time, in the order in which they came. */
class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    const { promise, resolve: admit } = Promise.withResolvers<void>();
    this.#waiting.push(admit);
    await promise;
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

/** A target on its way. */
interface Running {
  readonly target: TestTarget;
  readonly dir: string;
  readonly built: Promise<Binary | undefined>;
  /** Built, as are all before it, and started or not to be started. */
  readonly started: PromiseWithResolvers<void>;
  readonly printed: PromiseWithResolvers<void>;
}

type Binary =
  | { readonly kind: 'none' }
  | { readonly kind: 'cached'; readonly output: Buffer }
  | { readonly kind: 'program'; readonly file: string; readonly keys: readonly string[] };

export class Session {
  readonly #options: SessionOptions;
  readonly #places: Places;
  readonly #results: TestResults;
  readonly #cacheArgs: readonly string[] | undefined;
  readonly #exec: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #failed = false;
  #stop = false;

  constructor(options: SessionOptions) {
    const { config, builder, test } = options;
    this.#options = options;
    this.#places = new Places(config.flags.p);
    this.#results = new TestResults(builder.cache, process.env);
    // In local mode nothing is remembered: whoever says `go test` wants it run.
    this.#cacheArgs = test.packages.length === 0 ? undefined : cacheArguments(test.testArgs);
    this.#exec = this.#execWords();
    this.#env = testEnvironment(config);
  }

  /** False if anything failed. */
  async run(targets: readonly TestTarget[]): Promise<boolean> {
    const { dir, test } = this.#options;
    const isSerial = test.line.values['bench'] !== '';
    const runs = targets.map((target, i): Running => {
      const own = join(dir, `b${String(i + 1).padStart(3, '0')}`);
      return {
        target,
        dir: own,
        built: this.#build(target, own),
        started: Promise.withResolvers(),
        printed: Promise.withResolvers(),
      };
    });
    const allBuilt = Promise.all(runs.map((one) => one.built));
    await Promise.all(
      runs.map(async (one, i) => {
        const before = runs[i - 1];
        await one.built;
        await before?.started.promise;
        if (isSerial) await (before?.printed.promise ?? allBuilt);
        await this.#perform(one, before);
      }),
    );
    return !this.#failed;
  }

  /** Builds and, unless an earlier result will do, links; undefined if that failed. */
  async #build({ p, tests, imported, name }: TestTarget, dir: string): Promise<Binary | undefined> {
    const { builder, test } = this.#options;
    try {
      if (tests === undefined) {
        return (await builder.tryBuild([p])) ? { kind: 'none' } : undefined;
      }
      const { main, tested } = tests;
      // What is wrong with the package itself is told once, for it and not for its variant.
      if (imported && tested !== p && !(await builder.tryBuild([p]))) return undefined;
      if (!(await builder.tryBuild([main]))) return undefined;
      const flags = this.#linkFlags(main);
      const keys: string[] = [];
      const lookUp = (binary: string): Buffer | undefined => {
        if (this.#cacheArgs === undefined || p.root === '' || this.#compilesOnly) return undefined;
        const key = this.#results.key(binary, this.#cacheArgs, this.#exec);
        keys.push(key);
        return this.#results.find(key, p);
      };
      let output = lookUp(await builder.linkKey(main, flags));
      if (output === undefined || this.#keepsBinary) {
        const linked = await builder.link(main, flags);
        mkdirSync(dir, { recursive: true });
        const program = join(dir, name + this.#options.config.target.os.exeSuffix);
        placeOutput(builder.cache.file(linked), program, 0o777);
        output ??= lookUp(linked);
        this.#keepBinary(builder.cache.file(linked), name);
        if (output === undefined) return { kind: 'program', file: program, keys };
      }
      return { kind: 'cached', output };
    } catch (error) {
      if (error instanceof BuildFailed) return undefined;
      if (error instanceof Failure && test.packages.length > 0) {
        printError(`${error.message}\n`);
        return undefined;
      }
      throw error;
    }
  }

  get #compilesOnly(): boolean {
    return this.#options.test.line.values['c'] === true;
  }

  /** Profiles are of use only together with the program. */
  get #keepsBinary(): boolean {
    const { values } = this.#options.test.line;
    const profile = profileFlag(values);
    return this.#compilesOnly || (profile !== '' && profile !== '-trace') || values['o'] !== '';
  }

  #linkFlags(main: Package): string[] {
    const isStripped = !this.#keepsBinary && main.importPath !== 'runtime.test';
    return ['-X', 'testing.testBinary=1', ...(isStripped ? ['-s', '-w'] : [])];
  }

  #keepBinary(source: string, name: string): void {
    if (!this.#keepsBinary) return;
    const { config, test } = this.#options;
    const o = test.line.values['o'] as string;
    if (o === '/dev/null') return;
    const file = name + config.target.os.exeSuffix;
    const isFolder = isOutputFolder(o);
    const dest = resolve(config.cwd, isFolder ? join(o, file) : o || file);
    if (isFolder) mkdirSync(resolve(config.cwd, o), { recursive: true });
    placeOutput(source, dest, 0o777);
  }

  async #perform(one: Running, before: Running | undefined): Promise<void> {
    const { test, packages, config } = this.#options;
    const { values } = test.line;
    const binary = await one.built;
    if (this.#compilesOnly) {
      if (binary === undefined) this.#failBuild(one.target.p);
      one.started.resolve();
      one.printed.resolve();
      return;
    }
    const streams = test.packages.length === 0 || values['bench'] !== '' || values['fuzz'] !== '';
    const showsPass = values['v'] !== false || values['list'] !== '' || test.help;
    const streamsToo = showsPass && (packages === 1 || config.flags.p === 1);
    const buffer = new OutputBuffer();
    const live: Sink = (bytes) => writeAll(bytes);
    const sink: Sink = streams
      ? live
      : streamsToo
        ? (bytes) => {
            live(bytes);
            buffer.write(bytes);
          }
        : buffer.write;
    await this.#places.enter();
    one.started.resolve();
    try {
      if (!this.#stop) await this.#runOne(one, binary, { sink, buffer, streams, showsPass });
    } finally {
      this.#places.leave();
    }
    await before?.printed.promise;
    if (!streams && !streamsToo) writeAll(buffer.bytes());
    one.printed.resolve();
  }

  #failBuild(p: Package): void {
    this.#failed = true;
    print(`FAIL\t${p.importPath} [build failed]\n`);
  }

  async #runOne(
    { target, dir }: Running,
    binary: Binary | undefined,
    to: { sink: Sink; buffer: OutputBuffer; streams: boolean; showsPass: boolean },
  ): Promise<void> {
    const { test } = this.#options;
    const { values } = test.line;
    const { p } = target;
    const { sink, buffer, streams, showsPass } = to;
    const say = (text: string): void => sink(Buffer.from(text));
    if (binary === undefined) {
      this.#failed = true;
      say(`FAIL\t${p.importPath} [build failed]\n`);
      return;
    }
    if (binary.kind === 'none') {
      say(`?   \t${p.importPath}\t[no test files]\n`);
      return;
    }
    if (binary.kind === 'cached') {
      sink(binary.output);
      return;
    }
    const log = join(dir, 'testlog.txt');
    const isLogged = this.#cacheArgs !== undefined && p.root !== '' && this.#exec.length === 0;
    const words = [
      ...this.#exec,
      binary.file,
      ...(isLogged ? [`-test.testlogfile=${log}`] : []),
      '-test.paniconexit0',
      ...(values['fuzz'] === '' ? [] : [`-test.fuzzcachedir=${this.#fuzzDir(p)}`]),
      ...test.testArgs,
    ];
    if (this.#options.config.flags.x) printError(`${words.join(' ')}\n`);
    const isEndless = test.timeout <= 0 || values['fuzz'] !== '' || values['bench'] !== '';
    const times = isEndless ? { killAfter: 0, waitDelay: 0 } : killTimes(test.timeout);
    const began = performance.now();
    const end = await runProcess({
      p,
      words,
      env: this.#env,
      ...times,
      pipe: streams ? undefined : join(dir, 'output'),
      sink,
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(3);
    const output = streams ? Buffer.alloc(0) : buffer.bytes();
    if (end.error === undefined) {
      if (!showsPass) buffer.clear();
      if (output.length > 0 && output.at(-1) !== 10) say('\n');
      say(`ok  \t${p.importPath}\t${seconds}s${nothingDone(output.toString('latin1'))}\n`);
      if (!streams) this.#results.save(binary.keys, p, log, buffer.bytes());
      return;
    }
    this.#failed = true;
    if (values['failfast'] === true) this.#stop = true;
    say(`${explain(end, output)}FAIL\t${p.importPath}\t${seconds}s\n`);
  }

  #fuzzDir(p: Package): string {
    return join(this.#options.builder.cache.dir, 'fuzz', p.importPath);
  }

  /** -exec, or for other systems than this the program that the PATH has for them. */
  #execWords(): readonly string[] {
    const { config, test } = this.#options;
    const words = test.line.values['exec'] as readonly string[];
    const { goos, goarch } = config.target;
    if (words.length > 0 || (goos === goHostOS && goarch === goHostArch)) return words;
    return [`go_${goos}_${goarch}_exec`];
  }
}

/** The line's end if the tests found nothing to do. */
function nothingDone(output: string): string {
  const says = (warning: string): boolean =>
    output.startsWith(`testing: warning: ${warning}\n`) ||
    output.includes(`\ntesting: warning: ${warning}\n`);
  if (says("-fuzz matches more than one fuzz test, won't fuzz")) {
    return "[-fuzz matches more than one fuzz test, won't fuzz]";
  }
  if (says('no fuzz tests to fuzz')) return ' [no fuzz tests to fuzz]';
  return says('no tests to run') ? ' [no tests to run]' : '';
}

/** What stands between the output of a failed test and its FAIL line. */
function explain({ error, exited, note }: TestEnd, output: Buffer): string {
  if (!exited || output.length === 0) return `${note}${error}\n`;
  return output.at(-1) === 10 ? note : `${note}\n`;
}

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}
