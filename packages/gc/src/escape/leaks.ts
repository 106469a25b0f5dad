/**
 * Where a parameter's value may go: to the heap, into results, into what is written through or called,
 * and dereferenced how often. This is what callers know of a function, and what export data keeps of
 * it.
 *
 * Smaller counts say more: 0 is the pointer itself, 1 what it points to. Absent: never.
 */
const slots = 8;
const absent = -1;
const HEAP = 0;
const MUTATOR = 1;
const CALLEE = 2;
const RESULT0 = 3;
/** Results beyond this number count as heap. */
export const maxResults = slots - RESULT0;
/** Counts are capped: beyond this a dereference more or less makes no difference. */
const most = 14;

export class Leaks {
  readonly #min = new Int8Array(slots).fill(absent);

  get heap(): number {
    return this.#min[HEAP]!;
  }

  /** Dereferences on the way to a pointer through which something is written. */
  get mutator(): number {
    return this.#min[MUTATOR]!;
  }

  get callee(): number {
    return this.#min[CALLEE]!;
  }

  /** Dereferences on the way to result `i`; −1: does not flow there. */
  result(i: number): number {
    return i < maxResults ? this.#min[RESULT0 + i]! : absent;
  }

  addHeap(derefs: number): void {
    this.#add(HEAP, derefs);
  }

  addMutator(derefs: number): void {
    this.#add(MUTATOR, derefs);
  }

  addCallee(derefs: number): void {
    this.#add(CALLEE, derefs);
  }

  addResult(i: number, derefs: number): void {
    this.#add(i < maxResults ? RESULT0 + i : HEAP, derefs);
  }

  #add(slot: number, derefs: number): void {
    const old = this.#min[slot]!;
    const capped = Math.min(derefs, most);
    if (old === absent || capped < old) this.#min[slot] = capped;
  }

  /** Leaking to the heap covers whatever leaks elsewhere at least as deep. */
  optimize(): void {
    const heap = this.#min[HEAP]!;
    if (heap === absent) return;
    for (let i = 1; i < slots; i++) if (this.#min[i]! >= heap) this.#min[i] = absent;
  }

  /** Hexadecimal digits, `.` for never, without trailing dots. */
  encode(): string {
    let text = '';
    for (const x of this.#min) text += x === absent ? '.' : x.toString(16);
    return text.replace(/\.+$/, '');
  }

  static decode(text: string): Leaks {
    const leaks = new Leaks();
    for (let i = 0; i < text.length && i < slots; i++) {
      if (text[i] !== '.') leaks.#min[i] = Number.parseInt(text[i]!, 16);
    }
    return leaks;
  }

  /** Of a parameter nothing is known about. */
  static toHeap(): Leaks {
    const leaks = new Leaks();
    leaks.addHeap(0);
    return leaks;
  }

  /** Of a parameter that does not leave, but may be written through and called. */
  static stays(): Leaks {
    const leaks = new Leaks();
    leaks.addMutator(0);
    leaks.addCallee(0);
    return leaks;
  }
}

/** One per parameter, receiver first. */
export type ParamLeaks = readonly Leaks[];

export function encodeParamLeaks(leaks: ParamLeaks): string {
  return leaks.map((l) => l.encode()).join(',');
}

/** The inverse, for a function with `count` parameters. */
export function decodeParamLeaks(text: string, count: number): ParamLeaks {
  const parts = text.split(',');
  return Array.from({ length: count }, (_, i) => Leaks.decode(parts[i] ?? ''));
}
