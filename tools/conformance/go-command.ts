/**
 * The go command that a suite judges: ours in warm processes, or another one, named on
 * `CONFORMANCE_GO`, in a process of its own for each command line.
 *
 * Both give what they wrote to stdout and stderr together, and say so when they ran out of time.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Done, Order } from './warm-go.ts';

export interface Output {
  readonly ok: boolean;
  readonly text: string;
}

export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const outputLimit = 16 << 20;

export interface GoCommand {
  /** For callers that start it themselves. */
  readonly words: readonly string[];
  run(args: readonly string[], place: Place): Promise<Output>;
  close(): void;
}

/** `scratch` is a folder for the output of warm processes. */
export function goCommand(scratch: string): GoCommand {
  const other = process.env['CONFORMANCE_GO']?.split(' ');
  if (other === undefined) return new WarmGo(scratch);
  const [file, ...before] = other;
  return {
    words: other,
    run: (args, place) => execute(file!, [...before, ...args], place),
    close: () => {},
  };
}

/** Runs a program to its end, or to its limit: then it and what it started are killed. */
export function execute(file: string, args: readonly string[], place: Place): Promise<Output> {
  return new Promise((resolve) => {
    const { cwd, env, timeoutMs } = place;
    // One pipe for both, so that what they say stays in order.
    const words = ['-c', 'exec "$@" 2>&1', 'sh', file, ...args];
    const child = spawn('/bin/sh', words, { cwd, env: { ...env, PWD: cwd }, detached: true });
    const chunks: Buffer[] = [];
    let size = 0;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child);
    }, timeoutMs);
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size < outputLimit) chunks.push(chunk);
    };
    child.stdout.on('data', take);
    child.on('error', (error) => resolve({ ok: false, text: String(error) }));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks).toString('utf8');
      const why = timedOut ? `timed out after ${timeoutMs / 1000} s` : ended(code, signal);
      resolve(code === 0 ? { ok: true, text } : { ok: false, text: `${why}\n${text}` });
    });
    child.stdin.end();
  });
}

function ended(code: number | null, signal: string | null): string {
  return signal === null ? `exit status ${code}` : `signal: ${signal}`;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

interface Member {
  readonly child: ChildProcess;
  /** The file that is its stdout and stderr, in append mode. */
  readonly fd: number;
  readonly file: string;
}

class WarmGo implements GoCommand {
  readonly words = [fileURLToPath(new URL('../../go', import.meta.url))];
  readonly #scratch: string;
  readonly #idle: Member[] = [];
  #started = 0;

  constructor(scratch: string) {
    this.#scratch = scratch;
  }

  async run(args: readonly string[], place: Place): Promise<Output> {
    const member = this.#idle.pop() ?? this.#start(place);
    const { child, fd, file } = member;
    ftruncateSync(fd, 0);
    const end = await order(child, args, place);
    const text = withoutProgress(readFileSync(file, 'utf8').slice(0, outputLimit));
    if (typeof end === 'string') {
      killGroup(child);
      closeSync(fd);
      return { ok: false, text: `go ${args.slice(0, 2).join(' ')}: ${end}\n${text}` };
    }
    this.#idle.push(member);
    return end.status === 0
      ? { ok: true, text }
      : { ok: false, text: `exit status ${end.status}\n${text}` };
  }

  close(): void {
    for (const { child, fd } of this.#idle.splice(0)) {
      killGroup(child);
      closeSync(fd);
    }
  }

  #start({ env }: Place): Member {
    const file = join(this.#scratch, `output-${this.#started++}`);
    const fd = openSync(file, 'a');
    const child = fork(new URL('warm-go.ts', import.meta.url), [], {
      stdio: ['ignore', fd, fd, 'ipc'],
      env: { ...env },
      detached: true,
    });
    return { child, fd, file };
  }
}

/** What our go command says while it compiles std belongs to no test's output. */
function withoutProgress(text: string): string {
  return text.replaceAll(/^go: compiling \S+ standard library .*\n/gm, '');
}

export function order(
  child: ChildProcess,
  args: readonly string[],
  place: Place,
): Promise<Done | string> {
  return new Promise((resolve) => {
    const { cwd, env, timeoutMs } = place;
    const limit = setTimeout(() => done(`timed out after ${timeoutMs / 1000} s`), timeoutMs);
    const onExit = (code: number | null, signal: string | null): void => done(ended(code, signal));
    const onError = (error: Error): void => done(String(error));
    const done = (end: Done | string): void => {
      clearTimeout(limit);
      child.off('message', done).off('exit', onExit).off('error', onError);
      resolve(end);
    };
    child.on('message', done).on('exit', onExit).on('error', onError);
    const message: Order = { args, cwd, env: { ...env, PWD: cwd } };
    child.send(message);
  });
}
