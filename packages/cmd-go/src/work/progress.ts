/**
 * Says on stderr how far a long build is, when std has to be compiled first.
 *
 * Nothing is said about a build that is over soon: the first word comes after two seconds. On a
 * terminal one line counts up and disappears at the end; elsewhere a line is written now and then.
 */
import { type Package } from '../load/package.ts';
import { printError } from '../report/output.ts';

const patience = 2000;
const interval = 15_000;

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
    if (!p.standard) return;
    this.#running.add(p.importPath);
    if (this.#timer !== undefined) return;
    this.#began = performance.now();
    this.#timer = setTimeout(() => this.#tick(), patience);
  }

  done(p: Package): void {
    if (!p.standard) return;
    this.#done++;
    this.#running.delete(p.importPath);
    if (this.#live && this.#shown) this.#line();
  }

  #tick(): void {
    if (this.#live) this.#line();
    else printError(`${this.#title} (${this.#done} of ${this.#total} packages)\n`);
    this.#shown = true;
    this.#timer = setTimeout(() => this.#tick(), this.#live ? 200 : interval);
  }

  #line(): void {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(0);
    const names = [...this.#running].slice(0, 3).join(' ');
    printError(`\r\u001b[K${this.#title}: ${this.#done}/${this.#total}, ${seconds} s  ${names}`);
  }

  /** Makes room for other lines. */
  clear(): void {
    if (this.#live && this.#shown) printError('\r\u001b[K');
  }

  finish(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.clear();
    this.#shown = false;
  }
}
