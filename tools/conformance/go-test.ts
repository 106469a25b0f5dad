/**
 * `go test -json` of packages, and what its events say of each.
 *
 * Starting the command, loading std and warming up the compiler cost more than most packages' tests;
 * so a suite says beforehand what it will ask for, and the packages are tested a group at a time. The
 * result of one is there when its last event is, while the command goes on with the others.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface TestRun {
  /** Top-level tests. */
  readonly passed: number;
  readonly skipped: number;
  /** What failing top-level tests printed; under BUILD or RUN what failed outside of any. */
  readonly failed: ReadonlyMap<string, string>;
}

export interface GoTest {
  /** The go command. */
  readonly go: string;
  readonly flags: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** For each package, compiling all that it needs, from nothing, included. */
  readonly limitMs: number;
}

const groupSize = 16;

export class TestRunner {
  readonly #how: GoTest;
  readonly #groups = new Map<string, readonly string[]>();
  readonly #results = new Map<string, Promise<TestRun>>();
  readonly #running = new Set<ChildProcess>();
  #jobs = 1;

  constructor(how: GoTest) {
    this.#how = how;
    process.once('exit', () => this.#running.forEach((child) => killGroup(child)));
  }

  /** The packages that will be asked for, in this order; `jobs` of them are tested side by side. */
  plan(paths: readonly string[], jobs: number): void {
    this.#jobs = jobs;
    for (let i = 0; i < paths.length; i += groupSize) {
      const group = paths.slice(i, i + groupSize);
      for (const path of group) this.#groups.set(path, group);
    }
  }

  result(path: string): Promise<TestRun> {
    if (!this.#results.has(path)) this.#start(this.#groups.get(path) ?? [path]);
    return this.#results.get(path)!;
  }

  #start(group: readonly string[]): void {
    const { go, flags, cwd, env, limitMs } = this.#how;
    const open = new Map<string, Recorder>();
    for (const path of group) {
      const recorder = new Recorder();
      open.set(path, recorder);
      this.#results.set(path, recorder.result);
    }
    const child = spawn(go, ['test', `-p=${this.#jobs}`, '-vet=off', ...flags, ...group], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#running.add(child);
    const timer = setTimeout(() => killGroup(child), limitMs * group.length);
    let rest = '';
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      if (!line.startsWith('{')) {
        rest += `${line}\n`;
        return;
      }
      const event = JSON.parse(line) as TestEvent;
      const path = event.Package ?? event.ImportPath?.split(' ')[0] ?? '';
      const recorder = open.get(path);
      if (recorder?.take(event) === true) open.delete(path);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (rest += text));
    const end = (why: string): void => {
      clearTimeout(timer);
      this.#running.delete(child);
      for (const recorder of open.values()) recorder.end(false, `${why}\n${rest}`);
    };
    child.once('error', (error) => end(String(error)));
    // Lines may still come after the process has ended, but not after its output has.
    child.once('close', (code, signal) => end(`go test: ${signal ?? `exit status ${code}`}`));
  }
}

interface TestEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly ImportPath?: string;
  readonly Test?: string;
  readonly Output?: string;
}

/** What a package's events say of each top-level test; under '' what belongs to none. */
class Recorder {
  readonly result: Promise<TestRun>;
  readonly #resolve: (run: TestRun) => void;
  readonly #last = new Map<string, string>();
  readonly #output = new Map<string, string>();
  #isBuilt = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<TestRun>();
    this.result = promise;
    this.#resolve = resolve;
  }

  /** True if it was the last one of the package. */
  take(event: TestEvent): boolean {
    const { Action: action, Output: text } = event;
    const test = event.Test?.split('/')[0] ?? '';
    if (text !== undefined) this.#output.set(test, (this.#output.get(test) ?? '') + text);
    if (action === 'start') this.#isBuilt = true;
    if (!/^(run|pass|fail|skip)$/.test(action)) return false;
    if (event.Test === undefined) {
      this.end(action !== 'fail', '');
      return true;
    }
    // A test that has subtests: its own end comes last.
    if (event.Test === test) this.#last.set(test, action);
    return false;
  }

  end(isGood: boolean, more: string): void {
    const failed = new Map<string, string>();
    for (const [test, action] of this.#last) {
      // What had only begun when the process died has failed as well.
      if (action === 'fail' || action === 'run') failed.set(test, this.#output.get(test) ?? '');
    }
    if (!isGood && failed.size === 0) {
      failed.set(this.#isBuilt ? 'RUN' : 'BUILD', (this.#output.get('') ?? '') + more);
    }
    const ends = [...this.#last.values()];
    this.#resolve({
      passed: ends.filter((action) => action === 'pass').length,
      skipped: ends.filter((action) => action === 'skip').length,
      failed,
    });
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
