/**
 * GOROOT/test: programs whose first line says how to judge them.
 *
 * Two suites of the same tree: `test-run` compiles, links and runs (run, runoutput, rundir, runindir,
 * buildrun, buildrundir) and compares the output with the `.out` file beside the test; `test-compile`
 * only has to accept (compile, compiledir, build, builddir). `CONFORMANCE_GO` names another go command to
 * judge, for instance the official one, which must pass everything.
 * `CONFORMANCE_IMPORTCFG` names an importcfg with all of std, to judge with what was compiled before.
 *
 * GOROOT: src/cmd/internal/testdir/testdir_test.go (directories, recipes, flags, build tags).
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { peerEnv, peerGoroot } from '../peer.ts';
import { execute, type GoCommand, goCommand, type Output, type Place } from './go-command.ts';
import { evaluateConstraint, splitQuoted } from './recipe.ts';
import type { Case, Suite } from './suite.ts';

const dirs = [
  '.',
  'ken',
  'chan',
  'interface',
  'internal/runtime/sys',
  'syntax',
  'dwarf',
  'fixedbugs',
  'codegen',
  'abi',
  'typeparam',
  'typeparam/mdempsky',
  'arenas',
  'simd',
];

const actionsOf: Record<string, ReadonlySet<string>> = {
  'test-run': new Set(['run', 'runoutput', 'rundir', 'runindir', 'buildrun', 'buildrundir']),
  'test-compile': new Set(['compile', 'compiledir', 'build', 'builddir']),
};

/** Seconds that a command may take. Some tests run the go command a hundred times. */
const longest = 600;

/** Packages of std that nearly every program needs anyway. */
const quickImports: readonly string[] = [
  'bytes',
  'errors',
  'fmt',
  'io',
  'math',
  'os',
  'reflect',
  'runtime',
  'sort',
  'strconv',
  'strings',
  'sync',
  'time',
];
const fewCases = 150;

interface Recipe {
  readonly action: string;
  readonly flags: string[];
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly timeoutSeconds: number;
  readonly goModVersion: string;
  readonly singleFilePackages: boolean;
}

/** The recipe in the first line that is no build constraint; null if the test is not for us. */
function readRecipe(source: string): Recipe | null {
  const lines = source.split('\n');
  const first = lines.find((line) => !/^\/\/(go:build|\s*\+build)/.test(line)) ?? '';
  const words = splitQuoted(first.replace(/^\/\//, '').trim());
  const action = words.shift() ?? '';
  const end = source.indexOf('\npackage');
  const header = end < 0 ? first : source.slice(0, end);
  for (const line of header.split('\n')) {
    if (line.startsWith('//go:build ') && !evaluateConstraint(line.slice(10))) return null;
  }
  const flags: string[] = [];
  const env: Record<string, string> = {};
  let timeoutSeconds = 0;
  let goModVersion = '1.14';
  let singleFilePackages = false;
  while (words[0]?.startsWith('-')) {
    const flag = words.shift()!;
    if (flag === '-s') singleFilePackages = true;
    else if (flag === '-t') timeoutSeconds = Number(words.shift());
    else if (flag === '-goexperiment') env['GOEXPERIMENT'] = words.shift() ?? '';
    else if (flag === '-godebug') env['GODEBUG'] = words.shift() ?? '';
    else if (flag === '-gomodversion') goModVersion = words.shift() ?? '';
    else if (flag !== '-0' && flag !== '-1') flags.push(flag);
  }
  return { action, flags, args: words, env, timeoutSeconds, goModVersion, singleFilePackages };
}

/** One test being run: its scratch folder and the commands in it. */
class Run {
  readonly suite: TestdirSuite;
  readonly recipe: Recipe;
  readonly dir: string;
  cwd: string;
  env: Record<string, string>;

  constructor(suite: TestdirSuite, recipe: Recipe) {
    this.suite = suite;
    this.recipe = recipe;
    this.dir = mkdtempSync(join(suite.scratch, 't-'));
    mkdirSync(join(this.dir, 'test'));
    this.cwd = this.dir;
    this.env = { ...suite.env, ...recipe.env };
  }

  get #place(): Place {
    const timeoutMs = (this.recipe.timeoutSeconds || longest) * 1000;
    return { cwd: this.cwd, env: this.env, timeoutMs };
  }

  command(file: string, args: readonly string[]): Promise<Output> {
    return execute(file, args, this.#place);
  }

  go(...args: string[]): Promise<Output> {
    return this.suite.go.run(args, this.#place);
  }

  link(exe: string, object: string, importcfg: string, flags: readonly string[]): Promise<Output> {
    const fixed = ['-s', '-w', '-buildid=test', '-o', exe, `-importcfg=${importcfg}`];
    return this.go('tool', 'link', ...fixed, ...flags, object);
  }
}

class TestdirSuite implements Suite {
  readonly name: string;
  readonly title: string;
  readonly goroot: string;
  readonly go: GoCommand;
  readonly scratch: string;
  readonly env: Record<string, string>;
  #importcfg = '';

  constructor(name: string, goroot: string) {
    this.name = name;
    this.title =
      name === 'test-run'
        ? 'GOROOT/test programs that are compiled, linked and run'
        : 'GOROOT/test programs that must compile';
    this.goroot = goroot;
    this.scratch = mkdtempSync(join(tmpdir(), 'go-ts-test-'));
    this.go = goCommand(this.scratch);
    const cache = process.env['GOCACHE'];
    const bin = join(this.scratch, 'bin');
    mkdirSync(bin);
    symlinkSync(this.go.words[0]!, join(bin, 'go'));
    // Programs that run `go` mean the command that is judged, and find std as it compiled it.
    this.env = peerEnv({
      PATH: `${bin}:${process.env['PATH']}`,
      STDLIB_IMPORTCFG: join(this.scratch, 'importcfg'),
      ...(cache === undefined ? {} : { GOCACHE: cache }),
    });
  }

  cases(): readonly Case[] {
    const wanted = actionsOf[this.name]!;
    const found: Case[] = [];
    for (const dir of dirs) {
      const folder = join(this.goroot, 'test', dir);
      if (!existsSync(folder)) continue;
      for (const file of readdirSync(folder).sort()) {
        if (file.startsWith('.') || !file.endsWith('.go')) continue;
        const name = join(dir, file);
        const recipe = readRecipe(readFileSync(join(folder, file), 'latin1'));
        if (recipe === null || !wanted.has(recipe.action)) continue;
        const isQuick = this.#isQuick(name, recipe);
        found.push({ name, isQuick, run: () => this.#run(name, recipe) });
      }
    }
    return found;
  }

  async close(): Promise<void> {
    this.go.close();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  /** A few cases need a few packages of std, all cases need all. */
  prepare(chosen: readonly Case[]): void {
    const imports = new Set(quickImports);
    for (const { name } of chosen) for (const path of this.#importsOf(name)) imports.add(path);
    const patterns = chosen.length < fewCases ? ['-deps', ...imports] : ['std'];
    this.#importcfg = this.#findStd(patterns);
    writeFileSync(this.env['STDLIB_IMPORTCFG']!, this.#importcfg);
  }

  /** Takes no go command, and no package of std that takes long to compile. */
  #isQuick(name: string, { action, flags, args, env }: Recipe): boolean {
    const isPlain = flags.length + args.length + Object.keys(env).length === 0;
    if (!isPlain || !/^(?:run|rundir|compile|compiledir)$/.test(action)) return false;
    return this.#importsOf(name).every((path) => quickImports.includes(path));
  }

  /** What the files of a test import of std. */
  #importsOf(name: string): string[] {
    const file = join(this.goroot, 'test', name);
    const folder = file.replace(/\.go$/, '.dir');
    const files = existsSync(folder)
      ? readdirSync(folder)
          .filter((part) => part.endsWith('.go'))
          .map((part) => join(folder, part))
      : [];
    const found: string[] = [];
    for (const source of [file, ...files]) {
      const text = readFileSync(source, 'latin1');
      for (const match of text.matchAll(/^\s*(?:import\s+)?(?:[\w.]+\s+)?"([a-z][\w/]*)"/gm)) {
        const path = match[1]!;
        if (existsSync(join(this.goroot, 'src', path))) found.push(path);
      }
    }
    return found.filter((path) => path !== 'unsafe');
  }

  /** packagefile lines of std's packages, compiled by the toolchain under test. */
  #findStd(patterns: readonly string[]): string {
    const given = process.env['CONFORMANCE_IMPORTCFG'];
    if (given !== undefined) return readFileSync(given, 'utf8');
    const [file, ...before] = this.go.words;
    const format = '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}';
    const list = spawnSync(file!, [...before, 'list', '-export', '-f', format, ...patterns], {
      env: this.env,
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    if (list.status !== 0) throw new Error(`go list -export std failed:\n${list.stderr}`);
    return list.stdout;
  }

  async #run(name: string, recipe: Recipe): Promise<string | undefined> {
    const run = new Run(this, recipe);
    try {
      const result = await this.#execute(run, name);
      if (!result.ok) return result.text;
      if (this.name === 'test-compile') return undefined;
      return this.#compareOutput(name, result.text);
    } finally {
      rmSync(run.dir, { recursive: true, force: true });
    }
  }

  #compareOutput(name: string, got: string): string | undefined {
    const file = join(this.goroot, 'test', name.replace(/\.go$/, '.out'));
    const want = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (got.replaceAll('\r\n', '\n') === want) return undefined;
    return `output differs\n--- want\n${want.slice(0, 1500)}\n--- got\n${got.slice(0, 1500)}`;
  }

  #execute(run: Run, name: string): Promise<Output> {
    const source = join(this.goroot, 'test', name);
    const folder = source.replace(/\.go$/, '.dir');
    switch (run.recipe.action) {
      case 'run':
        return this.#runFile(run, name);
      case 'runoutput':
        return this.#runOutput(run, name);
      case 'rundir':
        return this.#packages(run, folder, true);
      case 'compiledir':
        return this.#packages(run, folder, false);
      case 'runindir':
        return this.#runInDir(run, folder);
      case 'compile':
        return this.#compile(run, ['-e', '-p=p', ...run.recipe.flags, source]);
      case 'build':
        return run.go('build', ...run.recipe.flags, '-o', 'a.exe', source);
      case 'buildrun':
        return this.#buildRun(run, source);
      default:
        return this.#buildDir(run, folder, run.recipe.action === 'buildrundir');
    }
  }

  #compile(run: Run, args: readonly string[]): Promise<Output> {
    return run.go('tool', 'compile', `-importcfg=${this.#writeImportcfg(run, [])}`, ...args);
  }

  #writeImportcfg(run: Run, packages: readonly { readonly files: readonly string[] }[]): string {
    const own = packages.map(({ files }) => {
      const path = `test/${files[0]!.replace(/\.go$/, '')}`;
      return `packagefile ${path}=${join(run.dir, `${path}.a`)}\n`;
    });
    const file = join(run.dir, 'importcfg');
    writeFileSync(file, `${this.#importcfg}\n${own.join('')}`);
    return file;
  }

  async #runFile(run: Run, name: string): Promise<Output> {
    const { flags, args, env } = run.recipe;
    run.cwd = join(this.goroot, 'test');
    if (flags.length + args.length > 0 || Object.keys(env).length > 0) {
      return run.go('run', ...flags, name, ...args);
    }
    const object = join(run.dir, 'pkg.a');
    const exe = join(run.dir, 'test.exe');
    const compiled = await this.#compile(run, ['-p=main', '-o', object, name]);
    if (!compiled.ok) return compiled;
    const linked = await run.link(exe, object, join(run.dir, 'importcfg'), []);
    return linked.ok ? run.command(exe, args) : linked;
  }

  async #runOutput(run: Run, name: string): Promise<Output> {
    run.cwd = join(this.goroot, 'test');
    const first = await run.go('run', name, ...run.recipe.args);
    if (!first.ok) return first;
    const file = join(run.dir, 'tmp__.go');
    writeFileSync(file, first.text);
    return run.go('run', file);
  }

  async #packages(run: Run, folder: string, isRun: boolean): Promise<Output> {
    const packages = packagesIn(folder, run.recipe.singleFilePackages);
    const importcfg = this.#writeImportcfg(run, packages);
    let { flags } = run.recipe;
    let ldflags: string[] = [];
    const split = flags.indexOf('-ldflags');
    if (split >= 0) {
      ldflags = flags.slice(split + 1);
      flags = flags.slice(0, split);
    }
    for (const { name, files } of packages) {
      const path = `test/${files[0]!.replace(/\.go$/, '')}`;
      const identity = name === 'main' ? ['-p=main'] : ['-o', `${path}.a`, '-p', path];
      const sources = files.map((file) => join(folder, file));
      const fixed = ['-e', '-D', 'test', `-importcfg=${importcfg}`];
      const out = await run.go('tool', 'compile', ...fixed, ...identity, ...flags, ...sources);
      if (!out.ok) return out;
    }
    if (!isRun) return { ok: true, text: '' };
    const object = packages.at(-1)!.files[0]!.replace(/\.go$/, '.o');
    const linked = await run.link('a.exe', object, importcfg, ldflags);
    return linked.ok ? run.command(join(run.dir, 'a.exe'), run.recipe.args) : linked;
  }

  #runInDir(run: Run, folder: string): Promise<Output> {
    const name = basename(folder);
    const copy = join(run.dir, 'src', name);
    cpSync(folder, copy, { recursive: true });
    writeFileSync(join(copy, 'go.mod'), `module ${name}\ngo ${run.recipe.goModVersion}\n`);
    run.cwd = copy;
    run.env = { ...run.env, GOPATH: run.dir };
    return run.go('run', ...run.recipe.flags, '.');
  }

  async #buildRun(run: Run, source: string): Promise<Output> {
    const built = await run.go('build', '-o', 'a.exe', ...run.recipe.flags, source);
    return built.ok ? run.command('./a.exe', run.recipe.args) : built;
  }

  /** All .go and .s files of a folder as one program, by the tools themselves. */
  async #buildDir(run: Run, folder: string, isRun: boolean): Promise<Output> {
    const files = readdirSync(folder).sort();
    const full = (ext: string): string[] =>
      files.filter((file) => extname(file) === ext).map((file) => join(folder, file));
    const assembly = full('.s');
    const importcfg = this.#writeImportcfg(run, []);
    const steps: string[][] = [];
    const header: string[] = [];
    if (assembly.length > 0) {
      writeFileSync(join(run.dir, 'go_asm.h'), '');
      steps.push(['asm', '-p=main', '-gensymabis', '-o', 'symabis', ...assembly]);
      header.push('-asmhdr', 'go_asm.h', '-symabis', 'symabis');
    }
    const compile = ['compile', '-p=main', '-e', '-D', '.', `-importcfg=${importcfg}`];
    steps.push([...compile, '-o', 'go.o', ...header, ...full('.go')]);
    const objects = ['go.o'];
    if (assembly.length > 0) {
      steps.push(['asm', '-p=main', '-e', '-I', '.', '-o', 'asm.o', ...assembly]);
      objects.push('asm.o');
    }
    steps.push(['pack', 'c', 'all.a', ...objects]);
    for (const step of steps) {
      const out = await run.go('tool', ...step);
      if (!out.ok) return out;
    }
    const linked = await run.link('a.exe', 'all.a', importcfg, []);
    if (!linked.ok || !isRun) return linked;
    return run.command(join(run.dir, 'a.exe'), []);
  }
}

/** The packages whose files lie in one folder, in the order of their first files. */
function packagesIn(
  folder: string,
  singleFile: boolean,
): { readonly name: string; readonly files: string[] }[] {
  const packages: { name: string; files: string[] }[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.go')) continue;
    const source = readFileSync(join(folder, file), 'utf8');
    const name = /^package ([\p{Lu}\p{Ll}\w]+)/mu.exec(source)?.[1] ?? '';
    const found = singleFile ? undefined : packages.find((p) => p.name === name);
    if (found === undefined) packages.push({ name, files: [file] });
    else found.files.push(file);
  }
  return packages;
}

export function testdirSuite(name: 'test-run' | 'test-compile'): Suite {
  const goroot = peerGoroot();
  if (goroot === undefined) throw new Error('no GOROOT with test/ can be had on this machine');
  return new TestdirSuite(name, goroot);
}
