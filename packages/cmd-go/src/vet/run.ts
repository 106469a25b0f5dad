/**
 * Runs a vet tool over packages and, for facts only, over all that they import.
 *
 * One run per package: it reads the package's sources, unified export data of its imports and the
 * facts that the tool found in those, and leaves facts of its own. All that a run reads is named by
 * content in its configuration, so that is its key; facts, output and fixes are kept in the cache, and
 * a package that has been judged is not judged again. A package that cannot be compiled, or whose imports
 * cannot, is passed over: that has been reported.
 * GOROOT: src/cmd/go/internal/work/exec.go (vet), action.go (VetAction), shell.go (reportCmd).
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shorten } from '../load/gomod.ts';
import { describe, type Package, packageList } from '../load/package.ts';
import { printBuildEvents } from '../report/buildjson.ts';
import { printError } from '../report/output.ts';
import { systemMessage } from '../report/system.ts';
import { type Builder } from '../work/builder.ts';
import { type ActionID, KeyHash } from '../work/cache.ts';
import { type VetConfig, vetConfig } from './config.ts';

export interface VetOptions {
  readonly builder: Builder;
  /** The tool's file. */
  readonly tool: string;
  readonly flags: readonly string[];
  /** For packages of the GOROOT, unless the user has chosen flags or a tool. */
  readonly gorootFlags: readonly string[] | undefined;
  /** The tool is asked for changed files, too. */
  readonly wantsFixes: boolean;
  /** A folder for this command's files. */
  readonly dir: string;
  /** The packages that are to be judged; others are looked at for their facts. */
  readonly roots: readonly Package[];
}

/** What became of a package. */
export interface Verdict {
  readonly p: Package;
  /** The tool did its work, or there was nothing for it to do. */
  readonly ok: boolean;
  /** What the tool wrote to its standard output. */
  readonly stdout: string;
  /** A zip file of changed files. */
  readonly fixes: string | undefined;
}

interface Findings extends Verdict {
  /** Output that holds the facts. */
  readonly facts: string | undefined;
  /** What went wrong, as it is to be printed. */
  readonly complaint: string;
}

export class VetRunner {
  readonly #options: VetOptions;
  readonly #toolHash: string;
  readonly #found = new Map<Package, Promise<Findings>>();
  readonly #roots: ReadonlySet<Package>;
  /** Those that are built, because others import them. */
  readonly #imported: ReadonlySet<Package>;
  #free: number;
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor(options: VetOptions) {
    this.#options = options;
    this.#roots = new Set(options.roots);
    this.#imported = new Set(packageList(options.roots).flatMap((p) => p.deps));
    this.#toolHash = options.builder.fileHash(options.tool);
    this.#free = options.builder.config.flags.p;
  }

  /**
   * Judges some of the roots, whose imports have been built or could not be. Complaints are printed in
   * the order of imports.
   */
  async run(roots: readonly Package[]): Promise<Verdict[]> {
    const list = packageList(roots);
    const all = await Promise.all(list.map((p) => this.#package(p)));
    for (const { p, complaint } of all) this.#print(p, complaint);
    const isRoot = new Set(roots);
    return all.filter(({ p }) => isRoot.has(p));
  }

  /** Those that have complaints of their own, or whose imports have, are told of once. */
  readonly #printed = new Set<Package>();

  #print(p: Package, complaint: string): void {
    if (complaint === '' || this.#printed.has(p)) return;
    this.#printed.add(p);
    const { flags } = this.#options.builder.config;
    if (flags.json) printBuildEvents(describe(p), complaint, true);
    else printError(complaint);
  }

  #package(p: Package): Promise<Findings> {
    let promise = this.#found.get(p);
    if (promise === undefined) {
      promise = this.#judge(p);
      this.#found.set(p, promise);
    }
    return promise;
  }

  async #judge(p: Package): Promise<Findings> {
    const nothing = { p, ok: true, stdout: '', fixes: undefined, facts: undefined, complaint: '' };
    if (p.importPath === 'unsafe' || p.sources === undefined) return nothing;
    const { builder } = this.#options;
    const below = await Promise.all(p.deps.map((dep) => this.#package(dep)));
    // What is wrong with a package that is built as well has been said by the compiler.
    const builds = this.#imported.has(p) ? [p, ...p.deps] : p.deps;
    const built = await Promise.all(builds.map((dep) => builder.isBuilt(dep)));
    if (built.includes(false)) return { ...nothing, ok: false };
    const packages = new Map<string, string>();
    const exports = await Promise.all(p.deps.map((dep) => builder.unified(dep, false)));
    p.deps.forEach((dep, i) => {
      const output = exports[i];
      if (output !== undefined) packages.set(dep.importPath, builder.cache.file(output));
    });
    const facts = new Map<string, string>();
    for (const { p: dep, facts: output } of below) {
      if (output !== undefined) facts.set(dep.importPath, builder.cache.file(output));
    }
    const config = vetConfig(
      p,
      { packages, facts },
      {
        factsOnly: !this.#roots.has(p),
        goVersion: builder.config.goroot.version,
      },
    );
    return await this.#cached(p, config);
  }

  async #cached(p: Package, config: VetConfig): Promise<Findings> {
    const { builder, flags, gorootFlags, wantsFixes } = this.#options;
    const { cache } = builder;
    const ownFlags = p.goroot && gorootFlags !== undefined ? gorootFlags : flags;
    const sources = [...config.GoFiles, ...config.NonGoFiles, ...config.IgnoredFiles];
    const key = new KeyHash('vet')
      .add('tool', this.#toolHash)
      .add('flags', ...ownFlags)
      .add('config', JSON.stringify(config))
      .add('files', ...sources.map((file) => builder.fileHash(file)))
      .sum();
    const part = (name: string): ActionID => new KeyHash(name).add('of', key).sum();
    const needsFixes = wantsFixes && !config.VetxOnly;
    const kept = cache.lookup(part('vetx'));
    const keptOutput = cache.lookup(part('stdout'));
    const keptFixes = needsFixes ? cache.lookup(part('fixes')) : undefined;
    const isKept = kept !== undefined && keptOutput !== undefined;
    if (isKept && (!needsFixes || keptFixes !== undefined) && !builder.config.flags.a) {
      const stdout = cache.read(keptOutput.output);
      const fixes = keptFixes === undefined ? undefined : cache.file(keptFixes.output);
      if (stdout !== undefined) {
        const text = stdout.toString('utf8');
        return { p, ok: true, stdout: text, fixes, facts: kept.output, complaint: '' };
      }
    }
    const dir = join(this.#options.dir, `v${String(++this.#count).padStart(3, '0')}`);
    mkdirSync(dir, { recursive: true });
    const full: VetConfig = {
      ...config,
      VetxOutput: join(dir, 'vet.out'),
      Stdout: join(dir, 'vet.stdout'),
      FixArchive: needsFixes ? join(dir, 'vet.fix.zip') : '',
    };
    const complaint = await this.#execute(p, full, ownFlags, join(dir, 'vet.cfg'));
    const stdout = readIfThere(full.Stdout);
    const text = stdout?.toString('utf8') ?? '';
    if (complaint !== '') {
      return { p, ok: false, stdout: text, fixes: undefined, facts: undefined, complaint };
    }
    const facts = readIfThere(full.VetxOutput);
    const entry = facts === undefined ? undefined : cache.write(part('vetx'), facts);
    const fixes = full.FixArchive === '' ? undefined : readIfThere(full.FixArchive);
    const fixEntry = fixes === undefined ? undefined : cache.write(part('fixes'), fixes);
    cache.write(part('stdout'), stdout ?? Buffer.alloc(0));
    return {
      p,
      ok: true,
      stdout: text,
      fixes: fixEntry === undefined ? undefined : cache.file(fixEntry.output),
      facts: entry?.output,
      complaint: '',
    };
  }

  /** Runs the tool; the result is what to print if it failed. */
  async #execute(
    p: Package,
    config: VetConfig,
    flags: readonly string[],
    file: string,
  ): Promise<string> {
    writeFileSync(file, `${JSON.stringify(config, null, '\t')}\n`);
    const { tool, builder, dir } = this.#options;
    const command = [tool, ...flags, file];
    if (builder.config.flags.x) {
      const words = command.map((word) => word.replace(dir, '$WORK'));
      printError(`cd ${p.dir}\nTERM='dumb' ${words.join(' ')}\n`);
    }
    await this.#enter();
    try {
      const { output, error } = await runTool(command, p.dir, this.#environment());
      if (error === undefined) return '';
      return complaintAbout(p, output === '' ? `${error}\n` : output, dir);
    } finally {
      this.#leave();
    }
  }

  /** The tool looks at sources as for the target. */
  #environment(): NodeJS.ProcessEnv {
    const { target, goroot } = this.#options.builder.config;
    return { ...process.env, GOROOT: goroot.dir, GOOS: target.goos, GOARCH: target.goarch };
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** The package's name, and for a variant again without what it is a variant of; then the text. */
function complaintAbout(p: Package, output: string, work: string): string {
  const variant = describe(p) === p.importPath ? '' : `# [${p.importPath}]\n`;
  const whole = output.endsWith('\n') ? output : `${output}\n`;
  const lines = whole.replaceAll(work, '$WORK').split('\n');
  const text = lines.map((line) => relativeTo(p.dir, line)).join('\n');
  return `# ${p.importPath}\n${variant}${text}`;
}

/** Paths of the package's folder as the working folder sees them. */
function relativeTo(dir: string, line: string): string {
  let short = shorten(dir);
  if (dir === process.cwd()) short = '.';
  if (short === dir) return line;
  return line.replaceAll(`${dir}/`, short === '.' ? './' : `${short}/`);
}

function runTool(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly output: string; readonly error: string | undefined }> {
  const [file, ...args] = command;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(file!, args, {
      cwd,
      env: { ...env, TERM: 'dumb', PWD: cwd },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => chunks.push(bytes));
    }
    child.on('error', (error) => resolve({ output: '', error: systemMessage(error) }));
    child.on('close', (code, signal) => {
      const output = Buffer.concat(chunks).toString('utf8');
      const status = signal === null ? `exit status ${code}` : `signal: ${signal}`;
      resolve({ output, error: code === 0 ? undefined : status });
    });
  });
}
