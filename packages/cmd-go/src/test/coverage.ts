/**
 * What `go test -cover` does beside building: the folder in which a test's process leaves counters, the
 * numbers of packages that have no tests, and the one profile of all packages.
 *
 * With -coverpkg a test counts all packages that are covered, and knows of those that it is not linked
 * with from files that the compilation left.
 * Invariant: the profile has the packages' parts in the order of the command line.
 * GOROOT: src/cmd/go/internal/test/{test,cover}.go, src/cmd/go/internal/work/cover.go,
 * src/internal/coverage/defs.go (names of files).
 */
import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { quoteString } from '@go-ts/base/quote';
import { type BuildConfig } from '../cfg/build.ts';
import { type Package } from '../load/package.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { isSystemError, systemMessage } from '../report/system.ts';
import { type Builder } from '../work/builder.ts';
import { KeyHash } from '../work/cache.ts';
import { goProgram } from '../work/goprogram.ts';
import { type TestLine } from './flags.ts';

/** What the tests of all packages have in common. */
interface Shared {
  /** The list of what compilation left, for each test's folder. */
  readonly metaFiles: string;
  /** Stands for the covered packages in the keys of results. */
  readonly key: string;
}

export class TestCoverage {
  readonly #config: BuildConfig;
  readonly #builder: Builder;
  readonly #profile: string | undefined;
  readonly #covered: ReadonlySet<Package>;
  readonly #packages: readonly Package[];
  #shared: Promise<Shared> | undefined;
  #failed = false;

  constructor(options: {
    readonly config: BuildConfig;
    readonly builder: Builder;
    readonly test: TestLine;
    /** What -coverpkg means. */
    readonly covered: readonly Package[];
    /** The packages under test. */
    readonly packages: readonly Package[];
  }) {
    const { config, builder, test, covered, packages } = options;
    this.#config = config;
    this.#builder = builder;
    this.#covered = new Set(covered);
    this.#packages = packages;
    const { values } = test.line;
    const name = values['coverprofile'] as string;
    const isWanted = name !== '' && values['c'] !== true;
    this.#profile = isWanted ? resolve(test.outputDir, name) : undefined;
    if (this.#profile === undefined) return;
    // An earlier one is gone even if no test gets as far as to write its part.
    try {
      writeFileSync(this.#profile, this.#header);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new Failure(systemMessage(error));
    }
  }

  get wantsProfile(): boolean {
    return this.#profile !== undefined;
  }

  /** A part of the profile was no such thing. */
  get failed(): boolean {
    return this.#failed;
  }

  get #header(): string {
    return `mode: ${this.#config.cover!.mode}\n`;
  }

  /** What is to be in the keys of results besides the program. */
  async key(): Promise<string> {
    return this.#covered.size === 0 ? '' : (await this.#common()).key;
  }

  /** Makes ready for a test that runs in `dir`; `words` are its arguments. */
  async prepare(
    dir: string,
    words: readonly string[],
  ): Promise<{ words: string[]; variables: NodeJS.ProcessEnv }> {
    const counters = join(dir, 'gocoverdir');
    mkdirSync(counters, { recursive: true });
    if (this.#covered.size > 0) {
      const { metaFiles } = await this.#common();
      writeFileSync(join(counters, 'metafiles.txt'), metaFiles);
    }
    const own = words.map((word) =>
      word.startsWith('-test.coverprofile=') ? `-test.coverprofile=${profilePart(dir)}` : word,
    );
    return {
      words: [`-test.gocoverdir=${counters}`, ...own],
      // For programs that the test builds and runs.
      variables: { GOCOVERDIR: counters },
    };
  }

  /** The part that a test has written, if it came so far. */
  part(dir: string): Buffer | undefined {
    if (!this.wantsProfile) return undefined;
    try {
      return readFileSync(profilePart(dir));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Adds a part to the profile. */
  merge(part: Buffer | undefined): void {
    if (part === undefined || part.length === 0 || this.#profile === undefined) return;
    const header = Buffer.from(this.#header);
    if (!part.subarray(0, header.length).equals(header)) {
      const got = quoteString(part.subarray(0, header.length).toString('utf8'));
      const pair = `header ${got}, expected ${quoteString(this.#header)}`;
      printError(`test wrote malformed coverage profile: ${pair}\n`);
      this.#failed = true;
      return;
    }
    appendFileSync(this.#profile, part.subarray(header.length));
  }

  /** What is printed of a package without tests, and its part of the profile. */
  async untested(
    p: Package,
    dir: string,
  ): Promise<{ text: string; part: Buffer | undefined } | undefined> {
    const meta = p.coverMode === undefined ? undefined : await this.#builder.coverMeta(p);
    if (meta === undefined) return undefined;
    const input = join(dir, 'covmeta');
    mkdirSync(input, { recursive: true });
    copyFileSync(meta, join(input, `covmeta.${hash('sha256', p.importPath, 'hex')}`));
    const text = await covdata(['percent', '-i', input]);
    if (!this.wantsProfile) return { text, part: undefined };
    const more = await covdata(['textfmt', '-i', input, '-o', profilePart(dir)]);
    return { text: text + more, part: this.part(dir) };
  }

  async #common(): Promise<Shared> {
    this.#shared ??= this.#collect();
    return await this.#shared;
  }

  async #collect(): Promise<Shared> {
    const paths: string[] = [];
    const fragments: string[] = [];
    const key = new KeyHash('covered packages');
    const packages = this.#packages.filter((p) => (p.sources?.goFiles.length ?? 0) > 0);
    const culprits = await Promise.all(packages.map((p) => this.#builder.tryBuild([p])));
    const metas = await Promise.all(packages.map((p) => this.#builder.coverMeta(p)));
    for (const [i, p] of packages.entries()) {
      if (culprits[i] !== undefined) continue;
      // It is built: this only takes the name of the archive out of its promise.
      // oxlint-disable-next-line no-await-in-loop
      key.add('archive', await this.#builder.archive(p));
      const meta = metas[i];
      if (meta === undefined || !this.#covered.has(p)) continue;
      paths.push(p.importPath);
      fragments.push(meta);
    }
    const list = { ImportPaths: paths, MetaFileFragments: fragments };
    return { metaFiles: `${JSON.stringify(list)}\n`, key: key.sum() };
  }
}

/** ` coverage: …` of a test's output, for the line that says how the package did. */
export function coverageOf(output: string): string {
  const said = /coverage: (.*)\n/.exec(output)?.[1];
  return said === undefined ? '' : `\tcoverage: ${said}`;
}

function profilePart(dir: string): string {
  return join(dir, '_cover_.out');
}

async function covdata(args: readonly string[]): Promise<string> {
  const program = await goProgram('cmd/covdata');
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args);
    return stdout + stderr;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new Failure(stderr.trimEnd() || message);
  }
}
