/**
 * One test's process: started in its package's folder, watched, and told about in one line.
 *
 * The binary ends itself when its time is over. If it does not, it gets a quit signal a minute later,
 * so that it may still show its stacks, and is killed if that does not help either.
 * GOROOT: src/cmd/go/internal/test/test.go (runTest, runTestActor), src/os/exec/exec.go (WaitDelay).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { formatDuration } from '../cfg/duration.ts';
import { type Package } from '../load/package.ts';
import { signalText, systemMessage } from '../report/system.ts';
import { closeWriteEnd, makePipe, type Sink } from './output.ts';

export interface TestCommand {
  readonly p: Package;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds until the quit signal; 0 for never. */
  readonly killAfter: number;
  /** How long output may stay open when the process is gone. */
  readonly waitDelay: number;
  /** Where the pipe may have its name; undefined if the test has our own stdout. */
  readonly pipe: string | undefined;
  readonly sink: Sink;
}

export interface TestEnd {
  /** As package os/exec words it; undefined for exit status 0. */
  readonly error: string | undefined;
  /** The process ended by itself. */
  readonly exited: boolean;
  /** What we did to it, as a line. */
  readonly note: string;
}

/** -timeout plus a while to finish, and how long to wait for the rest of the output. */
export function killTimes(timeout: number): { killAfter: number; waitDelay: number } {
  const minute = 60_000;
  const waitDelay = Math.max(timeout / 10, 5000);
  return { killAfter: timeout + Math.max(waitDelay, minute), waitDelay };
}

/** Longer than a timer can wait. */
const forever = 2 ** 31 - 1;

/** Processes that are running, for whoever has to leave in a hurry. */
const running = new Set<ChildProcess>();

export function killTests(): void {
  for (const child of running) child.kill('SIGKILL');
}

export async function runProcess(command: TestCommand): Promise<TestEnd> {
  const { p, words, env, killAfter, waitDelay, sink } = command;
  const [file = '', ...args] = words;
  const pipe = command.pipe === undefined ? undefined : makePipe(command.pipe, sink);
  const out = pipe?.writeEnd ?? 1;
  const child = spawn(file, args, {
    cwd: p.dir,
    env: { ...env, PWD: p.dir },
    stdio: ['ignore', out, out],
  });
  running.add(child);
  let note = '';
  const timers: NodeJS.Timeout[] = [];
  const after = (ms: number, action: () => void): void => {
    timers.push(setTimeout(action, Math.min(ms, forever)));
  };
  if (killAfter > 0) {
    after(killAfter, () => {
      note = `*** Test killed with quit: ran too long (${formatDuration(killAfter)}).\n`;
      child.kill('SIGQUIT');
      after(waitDelay, () => child.kill('SIGKILL'));
    });
  }
  const { promise, resolve } = Promise.withResolvers<Omit<TestEnd, 'note'>>();
  child.on('error', (error) => {
    resolve({ error: `fork/exec ${startError(file, error)}`, exited: false });
  });
  child.on('exit', (code, signal) => {
    if (signal !== null) resolve({ error: `signal: ${signalText(signal)}`, exited: false });
    else resolve({ error: code === 0 ? undefined : `exit status ${code}`, exited: true });
  });
  if (pipe !== undefined) closeWriteEnd(pipe);
  const end = await promise;
  running.delete(child);
  if (pipe !== undefined && waitDelay > 0) {
    // Processes that the test left behind may hold its output open.
    after(waitDelay, () => {
      const text = formatDuration(waitDelay);
      if (note === '') note = `*** Test I/O incomplete ${text} after exiting.\n`;
      pipe.cut();
    });
  }
  await pipe?.ended;
  for (const timer of timers) clearTimeout(timer);
  if (end.error === undefined && note !== '') {
    return { error: 'exec: WaitDelay expired before I/O complete', exited: false, note };
  }
  return { ...end, note };
}

function startError(file: string, error: NodeJS.ErrnoException): string {
  return systemMessage({
    ...error,
    name: error.name,
    message: error.message,
    syscall: '',
    path: file,
  }).replace(/^: |^ /, '');
}
