/**
 * `go generate`: runs the commands that `//go:generate` lines name, file by file.
 * GOROOT: src/cmd/go/internal/generate/generate.go.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { type BuildConfig, makeBuildConfig, newLoader } from '../cfg/build.ts';
import { shorten } from '../load/gomod.ts';
import { scanGoHeader } from '../load/imports.ts';
import { loadPatterns } from '../load/search.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { signalText } from '../report/system.ts';
import { testEnvironment } from '../test/environment.ts';
import { type Context } from './commands.ts';

interface Options {
  readonly run: RegExp | undefined;
  readonly skip: RegExp | undefined;
  readonly values: Context['line']['values'];
}

/** Ends the generating of a package; its message has been printed. */
class Stop extends Error {}

export async function runGenerate(context: Context): Promise<number> {
  const { values, args } = context.line;
  const pattern = (name: string): RegExp | undefined => {
    const text = values[name] as string;
    try {
      return text === '' ? undefined : new RegExp(text);
    } catch (error) {
      throw new Failure(`generate: ${(error as Error).message}`);
    }
  };
  const tags = [...(values['tags'] as readonly string[]), 'generate'];
  const config = await makeBuildConfig({
    ...context,
    line: { ...context.line, values: { ...values, tags } },
  });
  const options = { run: pattern('run'), skip: pattern('skip'), values };
  let status = 0;
  for (const p of await loadPatterns(newLoader(config, true, { ignoreImports: true }), args)) {
    const s = p.sources;
    const own = s === undefined ? [] : [...s.goFiles, ...s.testGoFiles, ...s.ignoredGoFiles];
    const files = own.filter((file) => !s!.ignoredGoFiles.includes(file)).sort();
    if (own.length + (s?.xTestGoFiles.length ?? 0) === 0 && p.error !== undefined) {
      printError(`${p.error.toString()}\n`);
      status = 1;
    }
    for (const list of [files, s?.xTestGoFiles ?? []]) {
      try {
        for (const file of list) new Generator(config, options, join(p.dir, file)).run();
      } catch (error) {
        if (!(error instanceof Stop)) throw error;
        status = 1;
      }
    }
  }
  return status;
}

class Generator {
  readonly #config: BuildConfig;
  readonly #options: Options;
  readonly #path: string;
  readonly #short = new Map<string, readonly string[]>();
  #line = 0;
  #package = '';

  constructor(config: BuildConfig, options: Options, path: string) {
    this.#config = config;
    this.#options = options;
    this.#path = path;
  }

  run(): void {
    const bytes = readFileSync(this.#path);
    const header = scanGoHeader(bytes, true);
    // Without a package clause it is no file of a package.
    if (header === undefined || header.name === '') return;
    this.#package = header.name;
    const { values, run, skip } = this.#options;
    if (values['v'] === true) printError(`${shorten(this.#path)}\n`);
    const lines = bytes.toString('utf8').split('\n');
    for (const [i, raw] of lines.entries()) {
      this.#line = i + 1;
      if (!/^\/\/go:generate[ \t]/.test(raw)) continue;
      if (i === lines.length - 1) {
        this.#fail(`error reading ${shorten(this.#path)}: unexpected EOF`);
      }
      if (run !== undefined && !run.test(raw.trim())) continue;
      if (skip?.test(raw.trim()) === true) continue;
      this.#directive(raw);
    }
  }

  #directive(raw: string): void {
    const { values } = this.#options;
    const env = this.#environment();
    const words = this.#split(raw.slice('//go:generate '.length).replace(/\r$/, ''), env);
    const [first] = words;
    if (first === undefined) return this.#fail('no arguments to directive');
    if (first === '-command') {
      const [, name, ...rest] = words;
      if (name === undefined) return this.#fail('no command specified for -command');
      if (this.#short.has(name)) this.#fail(`command ${quoteString(name)} multiply defined`);
      this.#short.set(name, rest);
      return undefined;
    }
    if (values['n'] === true || values['x'] === true) printError(`${words.join(' ')}\n`);
    if (values['n'] !== true) this.#execute(words, env);
    return undefined;
  }

  #fail(message: string): never {
    printError(`${shorten(this.#path)}:${this.#line}: ${message}\n`);
    throw new Stop();
  }

  #environment(): NodeJS.ProcessEnv {
    const { goroot, target } = this.#config;
    return {
      ...testEnvironment(this.#config),
      GOROOT: goroot.dir,
      GOARCH: target.goarch,
      GOOS: target.goos,
      GOFILE: basename(this.#path),
      GOLINE: String(this.#line),
      GOPACKAGE: this.#package,
      DOLLAR: '$',
      PWD: dirname(this.#path),
    };
  }

  #split(text: string, env: NodeJS.ProcessEnv): string[] {
    let words: string[] = [];
    let rest = text;
    for (;;) {
      rest = rest.replace(/^[ \t]+/, '');
      if (rest === '') break;
      if (!rest.startsWith('"')) {
        const word = /^[^ \t]*/.exec(rest)![0];
        words.push(word);
        rest = rest.slice(word.length);
        continue;
      }
      const match = /^"(?:[^"\\]|\\.)*"/.exec(rest);
      if (match === null) return this.#fail('mismatched quoted string');
      try {
        words.push(JSON.parse(match[0]) as string);
      } catch {
        this.#fail('bad quoted string');
      }
      rest = rest.slice(match[0].length);
      if (rest !== '' && !/^[ \t]/.test(rest)) this.#fail('expect space after quoted argument');
    }
    const short = this.#short.get(words[0] ?? '');
    if (short !== undefined) words = [...short, ...words.slice(1)];
    return words.map((word) =>
      word.replaceAll(
        /\$(?:\{(\w+)\}|(\w+))/g,
        (_, braced: string, bare: string) => env[braced ?? bare] ?? '',
      ),
    );
  }

  #execute(words: readonly string[], env: NodeJS.ProcessEnv): void {
    const [file, ...args] = words;
    const child = spawnSync(file!, args, { cwd: dirname(this.#path), env, stdio: 'inherit' });
    const why: NodeJS.ErrnoException | undefined = child.error;
    if (why !== undefined) {
      const text =
        why.code === 'ENOENT'
          ? `exec: ${quoteString(file!)}: executable file not found in $PATH`
          : why.message;
      this.#fail(`running ${quoteString(file!)}: ${text}`);
    }
    if (child.signal !== null) {
      this.#fail(`running ${quoteString(file!)}: signal: ${signalText(child.signal)}`);
    }
    if (child.status !== 0) {
      this.#fail(`running ${quoteString(file!)}: exit status ${child.status}`);
    }
  }
}
