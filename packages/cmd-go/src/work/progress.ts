/**
 * Says on stderr how far a long build is, when std has to be compiled first.
 *
 * Only on a terminal: elsewhere stderr is what upstream's would be. Nothing is said about a build that
 * is over soon, either. One line counts up after two seconds and disappears at the end.
 */
import { type Package } from '../load/package.ts';
import { printError } from '../report/output.ts';

const patience = 2000;
const interval = 200;

export class Progress {
  readonly #live = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
  readonly #title: string;
  #total = 0;
  #done = 0;
  #running = new Set<string>();
  #began = 0;
  #timer: NodeJS.Timeout | undefined;
  #shown = false;

  constructor(version: string) {
    this.#title = `go: compiling ${version}'s standard library`;
  }

  expect(list: readonly Package[]): void {
    this.#total += list.filter((p) => p.standard).length;
  }

  started(p: Package): void {
    if (!p.standard || !this.#live) return;
    this.#running.add(p.importPath);
    if (this.#timer !== undefined) return;
    this.#began = performance.now();
    this.#timer = setTimeout(() => this.#tick(), patience);
  }

  done(p: Package): void {
    if (!p.standard) return;
    this.#done++;
    this.#running.delete(p.importPath);
    if (this.#shown) this.#line();
  }

  #tick(): void {
    this.#line();
    this.#shown = true;
    this.#timer = setTimeout(() => this.#tick(), interval);
  }

  #line(): void {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(0);
    const names = [...this.#running].slice(0, 3).join(' ');
    printError(`\r\u001b[K${this.#title}: ${this.#done}/${this.#total}, ${seconds} s  ${names}`);
  }

  /** Makes room for other lines. */
  clear(): void {
    if (this.#shown) printError('\r\u001b[K');
  }

  finish(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.clear();
    this.#shown = false;
  }
}
