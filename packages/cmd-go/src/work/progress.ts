/**
 * Shows a build while it runs, to those who can see it: on a terminal, and when it takes its time.
 *
 * The view itself is loaded when it is first needed, so that a quick build pays nothing for it.
 */
import { isDecorated } from '../report/terminal.ts';
import { type ActionLog } from './actions.ts';

/** A build that is over sooner is not shown. */
const patience = 300;

export class Progress {
  readonly #log: ActionLog;
  readonly #isWanted = isDecorated();
  #timer: NodeJS.Timeout | undefined;
  #hide: (() => void) | undefined;
  #idle: NodeJS.Immediate | undefined;

  constructor(log: ActionLog) {
    this.#log = log;
  }

  /** There is work for workers. */
  started(): void {
    clearImmediate(this.#idle);
    if (!this.#isWanted || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#show(), patience);
  }

  async #show(): Promise<void> {
    const timer = this.#timer;
    const { showBuild } = await import('../ui/live.ts');
    // The build may have ended meanwhile, or another begun.
    if (timer !== undefined && timer === this.#timer) this.#hide = showBuild(this.#log);
  }

  /** No worker is busy. When one package ends, the next may be about to begin: that changes nothing. */
  idle(): void {
    if (this.#timer !== undefined) this.#idle = setImmediate(() => this.finished());
  }

  /** Leaves the terminal as it was. */
  finished(): void {
    clearImmediate(this.#idle);
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#hide?.();
    this.#hide = undefined;
  }
}
