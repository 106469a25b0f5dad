/**
 * What a build does, action by action: the record behind the live view, `-timings` and
 * `-debug-actiongraph`.
 *
 * One action for each package and each link. An action waits for those it depends on, is ready, is
 * looked up in the cache, and, if it is not there, runs on a worker. Times are milliseconds since the
 * record began; -1 stands for what has not happened.
 */

export type ActionMode = 'build' | 'link' | 'link-install' | 'built-in package';

export class Action {
  readonly mode: ActionMode;
  /** The import path. */
  readonly package: string;
  deps: readonly Action[] = [];
  /** Begins with a short form of its key in the cache. */
  buildID = '';
  /** The file that the user gets. */
  target = '';
  ready = -1;
  start = -1;
  done = -1;
  /** The worker that ran it. */
  lane = -1;
  end: 'cached' | 'built' | 'failed' | undefined;
  steps: readonly (readonly [name: string, ms: number])[] = [];

  constructor(mode: ActionMode, path: string) {
    this.mode = mode;
    this.package = path;
  }

  get isRunning(): boolean {
    return this.lane >= 0 && this.end === undefined;
  }

  /** How long a worker had it; 0 if none did. */
  get duration(): number {
    return this.lane < 0 || this.done < 0 ? 0 : this.done - this.start;
  }
}

export class ActionLog {
  readonly actions: Action[] = [];
  /** Wall-clock time of its beginning. */
  readonly began: number;
  readonly #now: () => number;
  readonly #origin: number;

  /** `now` runs evenly; `began` is the time of day. */
  constructor(began: number, now: () => number) {
    this.began = began;
    this.#now = now;
    this.#origin = now();
  }

  get elapsed(): number {
    return this.#now() - this.#origin;
  }

  add(mode: ActionMode, path: string): Action {
    const action = new Action(mode, path);
    this.actions.push(action);
    return action;
  }

  ready(action: Action): void {
    action.ready = this.elapsed;
    action.start = action.ready;
  }

  started(action: Action, lane: number): void {
    action.start = this.elapsed;
    action.lane = lane;
  }

  ended(action: Action, end: 'cached' | 'built' | 'failed'): void {
    action.done = this.elapsed;
    if (action.ready < 0) action.ready = action.done;
    if (action.start < 0) action.start = action.done;
    action.end = end;
  }
}

/** The numbers of a build so far. */
export interface Tally {
  readonly total: number;
  readonly done: number;
  readonly cached: number;
  readonly failed: number;
  readonly running: readonly Action[];
  /** Of those that ran and ended. */
  readonly slowest: Action | undefined;
}

export function tally(actions: readonly Action[]): Tally {
  let done = 0;
  let cached = 0;
  let failed = 0;
  let total = 0;
  let slowest: Action | undefined;
  const running: Action[] = [];
  for (const action of actions) {
    if (action.mode === 'built-in package' || action.mode === 'link-install') continue;
    total++;
    if (action.end !== undefined) done++;
    if (action.end === 'cached') cached++;
    if (action.end === 'failed') failed++;
    if (action.isRunning) running.push(action);
    if (action.duration > (slowest?.duration ?? 0)) slowest = action;
  }
  running.sort((a, b) => a.lane - b.lane);
  return { total, done, cached, failed, running, slowest };
}
