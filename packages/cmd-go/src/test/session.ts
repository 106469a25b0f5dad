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
import { describe, type Package } from '../load/package.ts';
import { type TestPackages } from '../load/test.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { type VetRunner } from '../vet/run.ts';
import { type Builder, BuildFailed } from '../work/builder.ts';
import { makeFolderOf } from '../work/folders.ts';
import { takeSignals } from '../work/interrupt.ts';
import { placeOutput } from '../work/output.ts';
import { cacheArguments, type CoveredKey, type KnownResult, TestResults } from './cached.ts';
import { isOutputFolder } from './check.ts';
import { coverageOf, type TestCoverage } from './coverage.ts';
import { testEnvironment } from './environment.ts';
import { profileFlag, type TestLine } from './flags.ts';
import { OutputBuffer, type Sink } from './output.ts';
import { killTimes, runProcess, type TestEnd } from './run.ts';
import { TestEvents } from './test2json.ts';
import { vetUnits } from './vet.ts';

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
  /** Judges packages before they are run; undefined if that is not wanted. */
  readonly vet: VetRunner | undefined;
  /** Undefined without -cover. */
  readonly coverage: TestCoverage | undefined;
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
  readonly built: Promise<Binary>;
  /** Built, as are all before it, and started or not to be started. */
  readonly started: PromiseWithResolvers<void>;
  readonly printed: PromiseWithResolvers<void>;
}

type Binary =
  | { readonly kind: 'failed'; readonly culprit: Package }
  | { readonly kind: 'none' }
  | { readonly kind: 'cached'; readonly output: Buffer; readonly profile: Buffer | undefined }
  | {
      readonly kind: 'program';
      readonly file: string;
      readonly keys: readonly string[];
      readonly covered: CoveredKey;
    };

/** How a package did. */
interface Outcome {
  readonly success: boolean;
  readonly profile?: Buffer | undefined;
}

interface Output {
  readonly sink: Sink;
  /** What may be kept as a result, and what is printed later if nothing was at once. */
  readonly buffer: OutputBuffer;
  readonly events: TestEvents | undefined;
  readonly isLive: boolean;
  readonly isDirect: boolean;
  readonly isBuffered: boolean;
  /** The output of a test that passes is shown too. */
  readonly keepsPass: boolean;
}

const newline = 10;

export class Session {
  readonly #options: SessionOptions;
  readonly #places: Places;
  readonly #results: TestResults;
  readonly #cacheArgs: readonly string[] | undefined;
  readonly #exec: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #failed = false;
  #stop = false;
  /** Tests under way; when Ctrl-C came, the last one to end its telling ends the session. */
  #running = 0;
  #isInterrupted = false;
  readonly #interrupted = Promise.withResolvers<void>();

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
    const allDone = Promise.all(
      runs.map(async (one, i) => {
        const before = runs[i - 1];
        await one.built;
        await before?.started.promise;
        if (isSerial) await (before?.printed.promise ?? allBuilt);
        await this.#perform(one, before);
      }),
    );
    await Promise.race([allDone, this.#interrupted.promise]);
    return !this.#failed && this.#options.coverage?.failed !== true;
  }

  /** Ctrl-C reaches the tests too, and is theirs: we wait for those that run, and begin no more. */
  #leaveSignalsToTests(): void {
    takeSignals((signal) => {
      if (signal === 'SIGTERM') return false;
      this.#stop = true;
      this.#failed = true;
      this.#isInterrupted = true;
      return true;
    });
  }

  /** Builds and, unless an earlier result will do, links. */
  async #build({ p, tests, imported, name }: TestTarget, dir: string): Promise<Binary> {
    const { builder, test } = this.#options;
    const failed = (culprit: Package): Binary => ({ kind: 'failed', culprit });
    try {
      if (tests === undefined) {
        const culprit = (await builder.tryBuild([p])) ?? (await this.#vet([p]));
        return culprit === undefined ? { kind: 'none' } : failed(culprit);
      }
      const { main, tested } = tests;
      // What is wrong with the package itself is told once, for it and not for its variant.
      const alone = imported && tested !== p ? await builder.tryBuild([p]) : undefined;
      const culprit = alone ?? (await builder.tryBuild([main]));
      if (culprit !== undefined) return failed(culprit);
      const found = await this.#vet(vetUnits(tests));
      if (found !== undefined) return failed(found);
      const flags = this.#linkFlags(main);
      const keys: string[] = [];
      const { coverage } = this.#options;
      const covered = {
        key: (await coverage?.key()) ?? '',
        wantsProfile: coverage?.wantsProfile === true,
      };
      const lookUp = (binary: string): KnownResult | undefined => {
        if (this.#cacheArgs === undefined || p.root === '' || this.#compilesOnly) return undefined;
        const key = this.#results.key(binary, this.#cacheArgs, this.#exec);
        keys.push(key);
        return this.#results.find(key, p, covered);
      };
      let known = lookUp(await builder.linkKey(main, flags));
      if (known === undefined || this.#keepsBinary) {
        const linked = await builder.link(main, flags);
        mkdirSync(dir, { recursive: true });
        const program = join(dir, name + this.#options.config.target.os.exeSuffix);
        placeOutput(builder.cache.file(linked), program, { mode: 0o777, what: main.importPath });
        known ??= lookUp(linked);
        this.#keepBinary(builder.cache.file(linked), name);
        if (known === undefined) return { kind: 'program', file: program, keys, covered };
      }
      return { kind: 'cached', ...known };
    } catch (error) {
      if (error instanceof BuildFailed) return failed(tests?.main ?? p);
      if (error instanceof Failure && test.packages.length > 0) {
        printError(`${error.message}\n`);
        return failed(tests?.main ?? p);
      }
      throw error;
    }
  }

  /** The last of the packages that the checkers complained of. */
  async #vet(units: readonly Package[]): Promise<Package | undefined> {
    const verdicts = (await this.#options.vet?.run(units)) ?? [];
    for (const { stdout } of verdicts) print(stdout);
    return verdicts.findLast(({ ok }) => !ok)?.p;
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
    if (isFolder) makeFolderOf(dest, name);
    placeOutput(source, dest, { mode: 0o777, what: name });
  }

  async #perform(one: Running, before: Running | undefined): Promise<void> {
    const binary = await one.built;
    if (this.#compilesOnly) {
      if (binary.kind === 'failed') this.#failed = true;
      one.started.resolve();
      one.printed.resolve();
      return;
    }
    await this.#places.enter();
    const to = this.#output(one.target.p);
    one.started.resolve();
    this.#running++;
    let profile: Buffer | undefined;
    try {
      if (!this.#stop) profile = await this.#runOne(one, binary, to);
    } finally {
      this.#places.leave();
    }
    await before?.printed.promise;
    if (!to.isLive) writeAll(to.buffer.bytes());
    this.#options.coverage?.merge(profile);
    one.printed.resolve();
    if (--this.#running === 0 && this.#isInterrupted) this.#interrupted.resolve();
  }

  /** Where a test's output goes, and what becomes of it on the way. */
  #output(p: Package): Output {
    const { test, packages, config } = this.#options;
    const { values } = test.line;
    const streams = test.packages.length === 0 || values['bench'] !== '' || values['fuzz'] !== '';
    const showsPass = values['v'] !== false || values['list'] !== '' || test.help;
    const isJSON = values['json'] === true;
    const streamsToo = (showsPass && (packages === 1 || config.flags.p === 1)) || isJSON;
    const events = isJSON ? new TestEvents(p.importPath, print) : undefined;
    const live: Sink = events === undefined ? writeAll : (bytes) => events.write(bytes);
    const buffer = new OutputBuffer();
    const both: Sink = (bytes) => {
      live(bytes);
      buffer.write(bytes);
    };
    return {
      sink: streams ? live : streamsToo ? both : buffer.write,
      buffer,
      events,
      isLive: streams || streamsToo,
      // Without anything in between the test has our own stdout, which may be a terminal.
      isDirect: streams && !isJSON,
      keepsPass: showsPass || isJSON,
      isBuffered: !streams,
    };
  }

  /** The result is the package's part of the profile. */
  async #runOne({ target, dir }: Running, binary: Binary, to: Output): Promise<Buffer | undefined> {
    const { events } = to;
    const { success, profile } = await this.#result(target.p, dir, binary, to);
    if (!success) this.#failed = true;
    if (binary.kind === 'failed') events?.failedBuild(describe(binary.culprit));
    events?.exited(success);
    events?.close();
    return profile;
  }

  /** Successful is also a package with nothing to do. */
  async #result(p: Package, dir: string, binary: Binary, to: Output): Promise<Outcome> {
    const say = (text: string): void => to.sink(Buffer.from(text));
    switch (binary.kind) {
      case 'failed':
        say(`FAIL\t${p.importPath} [build failed]\n`);
        return { success: false };
      case 'none': {
        const covered = await this.#options.coverage?.untested(p, dir);
        say(covered?.text ?? `?   \t${p.importPath}\t[no test files]\n`);
        return { success: true, profile: covered?.part };
      }
      case 'cached':
        to.sink(binary.output);
        return { success: true, profile: binary.profile };
      default:
        return await this.#execute(p, dir, binary, to);
    }
  }

  async #execute(
    p: Package,
    dir: string,
    { file, keys, covered }: Extract<Binary, { kind: 'program' }>,
    to: Output,
  ): Promise<Outcome> {
    const { test, config, coverage } = this.#options;
    const { values } = test.line;
    const { sink, buffer } = to;
    const say = (text: string): void => sink(Buffer.from(text));
    const log = join(dir, 'testlog.txt');
    const isLogged = this.#cacheArgs !== undefined && p.root !== '' && this.#exec.length === 0;
    const cover = await coverage?.prepare(dir, test.testArgs);
    const words = [
      ...this.#exec,
      file,
      ...(isLogged ? [`-test.testlogfile=${log}`] : []),
      '-test.paniconexit0',
      ...(values['fuzz'] === '' ? [] : [`-test.fuzzcachedir=${this.#fuzzDir(p)}`]),
      ...(cover?.words ?? test.testArgs),
    ];
    if (config.flags.x) printError(`${words.join(' ')}\n`);
    const isEndless = test.timeout <= 0 || values['fuzz'] !== '' || values['bench'] !== '';
    const times = isEndless ? { killAfter: 0, waitDelay: 0 } : killTimes(test.timeout);
    const began = performance.now();
    this.#leaveSignalsToTests();
    const end = await runProcess({
      p,
      words,
      env: { ...this.#env, ...cover?.variables },
      ...times,
      pipe: to.isDirect ? undefined : join(dir, 'output'),
      sink,
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(3);
    const output = buffer.bytes();
    const profile = coverage?.part(dir);
    if (end.error === undefined) {
      if (!to.keepsPass) buffer.clear();
      if (output.length > 0 && output.at(-1) !== newline) say('\n');
      const said = output.toString('utf8');
      const percentage = coverage === undefined ? '' : coverageOf(said);
      say(`ok  \t${p.importPath}\t${seconds}s${percentage}${nothingDone(said)}\n`);
      if (to.isBuffered) {
        this.#results.save(keys, p, log, { output: buffer.bytes(), profile, covered });
      }
      return { success: true, profile };
    }
    if (values['failfast'] === true) this.#stop = true;
    // The mark tells whoever reads events that this line is ours.
    const mark = to.events !== undefined || values['v'] === 'test2json' ? '\x16' : '';
    say(`${explain(end, output)}${mark}FAIL\t${p.importPath}\t${seconds}s\n`);
    return { success: false, profile };
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
  return output.at(-1) === newline ? note : `${note}\n`;
}

function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
}
