/**
 * Runs one script: a folder of its own, variables, the output of the last command, and the commands.
 *
 * Every command gives the texts that `stdout`, `stderr` and `cmp` look at, or throws a ScriptError,
 * which `!` in front of the line turns into success.
 * GOROOT: src/cmd/internal/script/{engine,state,cmds}.go, src/cmd/go/scriptcmds_test.go (what each
 * command does).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { findProgram, holds } from './script-conditions.ts';
import { expandWords, goPattern, type Line, parseLine, ScriptError } from './script-parse.ts';

export interface Outputs {
  readonly stdout: string;
  readonly stderr: string;
  /** Why it failed; undefined if it did not. */
  readonly error?: string;
}

class Stop extends Error {
  readonly isSkip: boolean;

  constructor(isSkip: boolean) {
    super();
    this.isSkip = isSkip;
  }
}

interface Background {
  readonly line: Line;
  readonly child: ChildProcess;
  readonly done: Promise<Outputs>;
}

/** A process that has not ended by then hangs. */
const patience = 600_000;

type Command = (args: readonly string[], line: Line) => Outputs | void | Promise<Outputs | void>;

export class Script {
  readonly env: Map<string, string>;
  readonly #go: string;
  readonly #background: Background[] = [];
  readonly #log: string[] = [];
  readonly #commands: Readonly<Record<string, Command>>;
  #dir: string;
  #stdout = '';
  #stderr = '';

  constructor(options: {
    readonly env: ReadonlyMap<string, string>;
    readonly dir: string;
    readonly go: string;
  }) {
    this.env = new Map(options.env);
    this.#dir = options.dir;
    this.#go = options.go;
    this.env.set('PWD', options.dir);
    this.#commands = this.#makeCommands();
  }

  /** Undefined for success; `skipped` is told through `onSkip`. */
  async run(text: string, onSkip: () => void): Promise<string | undefined> {
    const lines = text.split('\n');
    try {
      for (const [i, raw] of lines.entries()) {
        if (raw.startsWith('#')) this.#log.length = 0;
        const failure = await this.#line(raw, i + 1);
        if (failure !== undefined) {
          const log = this.#log.join('').slice(-3000);
          return `line ${i + 1}: ${raw.trim()}: ${failure}\n${log}`;
        }
      }
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      if (error.isSkip) onSkip();
    } finally {
      for (const { child } of this.#background) child.kill('SIGKILL');
    }
    return undefined;
  }

  async #line(raw: string, number: number): Promise<string | undefined> {
    try {
      const line = parseLine(raw, number);
      if (line === undefined) return undefined;
      this.#log.push(`> ${raw}\n`);
      for (const { name, negated } of line.conditions) {
        const condition = this.#expandText(name);
        if (holds(condition, this.env) === negated) return undefined;
      }
      return await this.#command(line);
    } catch (error) {
      if (error instanceof ScriptError) return error.message;
      throw error;
    }
  }

  #expandText(text: string): string {
    return text.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => this.#value(name));
  }

  #value(name: string): string {
    if (name === '/') return '/';
    if (name === ':') return ':';
    return this.env.get(name) ?? '';
  }

  async #command(line: Line): Promise<string | undefined> {
    const command = Object.hasOwn(this.#commands, line.name)
      ? this.#commands[line.name]
      : undefined;
    if (command === undefined) return `unknown command ${line.name}`;
    const patterns = ['stdout', 'stderr', 'grep'].includes(line.name);
    const raw = line.words.map((word) => word.map(({ text }) => text).join(''));
    const pattern = patterns ? raw.findIndex((word) => !word.startsWith('-')) : -1;
    const args = expandWords(
      line.words,
      (name) => this.#value(name),
      (i) => i === pattern,
    );
    let failure: string | undefined;
    try {
      const outputs = await command(args, line);
      if (outputs !== undefined) {
        this.#stdout = outputs.stdout;
        this.#stderr = outputs.stderr;
        if (outputs.stdout !== '') this.#log.push(`[stdout]\n${outputs.stdout}`);
        if (outputs.stderr !== '') this.#log.push(`[stderr]\n${outputs.stderr}`);
        failure = outputs.error;
      }
    } catch (error) {
      if (!(error instanceof ScriptError) && !isSystemError(error)) throw error;
      failure = error.message;
    }
    if (line.background || line.want === '?') return undefined;
    if (line.want === '!') return failure === undefined ? 'unexpected success' : undefined;
    return failure;
  }

  #path(name: string): string {
    return resolve(this.#dir, name);
  }

  /** A file, or what the last command wrote. */
  #text(name: string): string {
    if (name === 'stdout') return this.#stdout;
    if (name === 'stderr') return this.#stderr;
    return readFileSync(this.#path(name), 'utf8');
  }

  #makeCommands(): Readonly<Record<string, Command>> {
    const only = (args: readonly string[], count: number): void => {
      if (args.length !== count) throw new ScriptError('usage');
    };
    return {
      cat: (args) => ({ stdout: args.map((name) => this.#text(name)).join(''), stderr: '' }),
      cc: () => {
        throw new ScriptError('there is no C compiler');
      },
      cd: (args) => {
        only(args, 1);
        const dir = this.#path(args[0]!);
        if (!statSync(dir).isDirectory()) throw new ScriptError(`${dir} is not a directory`);
        this.#dir = dir;
        this.env.set('PWD', dir);
      },
      chmod: (args) => {
        for (const name of args.slice(1)) chmodSync(this.#path(name), Number.parseInt(args[0]!, 8));
      },
      cmp: (args) => this.#compare(args, (text) => text),
      cmpenv: (args) => this.#compare(args, (text) => this.#expandText(text)),
      cp: (args) => this.#copy(args),
      echo: (args) => ({ stdout: `${args.join(' ')}\n`, stderr: '' }),
      env: (args) => {
        const shown: string[] = args.length === 0 ? [...this.env.keys()] : [];
        for (const arg of args) {
          const at = arg.indexOf('=');
          if (at < 0) shown.push(arg);
          else this.env.set(arg.slice(0, at), arg.slice(at + 1));
        }
        const line = (name: string): string => `${name}=${this.env.get(name) ?? ''}\n`;
        return shown.length === 0 ? undefined : { stdout: shown.map(line).join(''), stderr: '' };
      },
      exec: (args, line) => {
        const program = findProgram(args[0] ?? '', this.env);
        if (program === undefined) throw new ScriptError(`${args[0]}: not found`);
        return this.#start(program, args.slice(1), line);
      },
      exists: (args) => this.#exists(args),
      go: (args, line) => this.#start(this.#go, args, line),
      grep: (args) => this.#match(args.slice(0, -1), this.#text(args.at(-1) ?? '')),
      help: () => {},
      mkdir: (args) => {
        for (const name of args) mkdirSync(this.#path(name), { recursive: true });
      },
      mv: (args) => renameSync(this.#path(args[0]!), this.#path(args[1]!)),
      replace: (args) => {
        const file = this.#path(args.at(-1)!);
        let text = readFileSync(file, 'utf8');
        const unquote = (word: string): string => JSON.parse(`"${word}"`) as string;
        for (let i = 0; i + 2 < args.length; i += 2) {
          text = text.replaceAll(unquote(args[i]!), () => unquote(args[i + 1]!));
        }
        writeFileSync(file, text);
      },
      rm: (args) => {
        for (const name of args) rmSync(this.#path(name), { recursive: true, force: true });
      },
      skip: () => {
        throw new Stop(true);
      },
      sleep: async (args) => {
        const match = /^([\d.]+)(ms|s|m)$/.exec(args[0] ?? '');
        const unit = { ms: 1, s: 1000, m: 60_000 }[match?.[2] ?? 'ms'] ?? 1;
        await new Promise((done) => {
          setTimeout(done, Number(match?.[1] ?? 0) * unit);
        });
      },
      stale: async (args, line) => {
        const format =
          '{{if .Error}}{{.ImportPath}}: {{.Error.Err}}{{else}}{{if not .Stale}}{{.ImportPath}} is not stale{{end}}{{end}}';
        const result = await this.#start(this.#go, ['list', '-e', `-f=${format}`, ...args], line);
        if (result.error !== undefined || result.stdout.trim() === '') return result;
        return { ...result, error: result.stdout };
      },
      stderr: (args) => this.#match(args, this.#stderr),
      stdout: (args) => this.#match(args, this.#stdout),
      stop: () => {
        throw new Stop(false);
      },
      symlink: (args) => {
        if (args[1] !== '->') throw new ScriptError('usage');
        symlinkSync(args[2]!, this.#path(args[0]!));
      },
      wait: async () => await this.#wait(),
    };
  }

  #compare(args: readonly string[], expand: (text: string) => string): void {
    const names = args.filter((arg) => arg !== '-q');
    const [a, b] = names.map((name) => expand(this.#text(name)));
    if (a !== b) {
      throw new ScriptError(`${names[0]} and ${names[1]} differ\n--- got\n${a}\n--- want\n${b}`);
    }
  }

  #copy(args: readonly string[]): void {
    const to = this.#path(args.at(-1)!);
    const isFolder = statSync(to, { throwIfNoEntry: false })?.isDirectory() === true;
    for (const name of args.slice(0, -1)) {
      const dest = isFolder ? join(to, basename(name)) : to;
      if (name === 'stdout' || name === 'stderr') writeFileSync(dest, this.#text(name));
      else copyFileSync(this.#path(name), dest);
    }
  }

  #exists(args: readonly string[]): void {
    for (const name of args.filter((arg) => !arg.startsWith('-'))) {
      const file = this.#path(name);
      if (!existsSync(file)) throw new ScriptError(`${name} does not exist`);
      const { mode } = statSync(file);
      if (args.includes('-readonly') && (mode & 0o222) !== 0) {
        throw new ScriptError(`${name} exists but is writable`);
      }
      if (args.includes('-exec')) accessSync(file, constants.X_OK);
    }
  }

  #match(args: readonly string[], text: string): void {
    const counts = args.flatMap((arg) => /^-count=(\d+)$/.exec(arg)?.[1] ?? []);
    const [pattern] = args.filter((arg) => !/^-(count=\d+|q)$/.test(arg));
    if (pattern === undefined) throw new ScriptError('usage');
    // Scripts name their folder as $WORK.
    const matches = text.match(goPattern(pattern))?.length ?? 0;
    if (counts.length > 0) {
      const want = Number(counts[0]);
      if (matches !== want) {
        throw new ScriptError(`found ${matches} matches for ${pattern}, not ${want}`);
      }
    } else if (matches === 0) {
      throw new ScriptError(`no match for ${pattern} found`);
    }
  }

  async #start(program: string, args: readonly string[], line: Line): Promise<Outputs> {
    const child = spawn(program, args, {
      cwd: this.#dir,
      env: Object.fromEntries(this.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const done = finish(child);
    if (!line.background) return await done;
    this.#background.push({ line, child, done });
    return { stdout: '', stderr: '' };
  }

  async #wait(): Promise<Outputs> {
    let stdout = '';
    let stderr = '';
    let error: string | undefined;
    for (const { line, done } of this.#background.splice(0)) {
      // In the order in which they were started.
      // oxlint-disable-next-line no-await-in-loop
      const outputs = await done;
      stdout += outputs.stdout;
      stderr += outputs.stderr;
      const failed = outputs.error !== undefined;
      if (line.want !== '?' && failed !== (line.want === '!')) {
        error ??= outputs.error ?? 'unexpected success';
      }
    }
    return error === undefined ? { stdout, stderr } : { stdout, stderr, error };
  }
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error;
}

function finish(child: ChildProcess): Promise<Outputs> {
  const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  child.stdout?.on('data', (bytes: Buffer) => parts.stdout.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => parts.stderr.push(bytes));
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  return new Promise((settle) => {
    const end = (error: string | undefined): void => {
      clearTimeout(timer);
      const stdout = Buffer.concat(parts.stdout).toString();
      const stderr = Buffer.concat(parts.stderr).toString();
      settle(error === undefined ? { stdout, stderr } : { stdout, stderr, error });
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) => {
      end(code === 0 ? undefined : signal === null ? `exit status ${code}` : `signal: ${signal}`);
    });
  });
}
