/**
 * What a function under the interpreter sees outside itself: memory, symbols, and callees.
 *
 * Memory is one array. Addresses below `nilLimit` fault, as at run time. Symbols get their place when
 * they are first mentioned, so one world must be used for all forms of a function that are compared.
 * Callees are made up: their results, and a byte that they change, follow from their name, their
 * arguments and what they can see of memory.
 */

const nilLimit = 4096;
const symbolsAt = 4096;
const heapAt = 16384;
const heapSize = 1024;
const frameAt = 32768;
const outgoingAt = 49152;
const bufferAt = 57344;
const size = 65536;

/** Thrown where execution ends but by returning. */
export class Stop extends Error {
  readonly what: string;

  constructor(what: string) {
    super(what);
    this.what = what;
  }
}

export class World {
  readonly bytes = new Uint8Array(size);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #symbols = new Map<string, number>();
  /** Calls and panics, in order. */
  readonly trace: string[] = [];
  #nextSymbol = symbolsAt;
  readonly outgoing = BigInt(outgoingAt);
  readonly buffer = BigInt(bufferAt);
  readonly heap = BigInt(heapAt);

  /** A fresh state that depends on `seed` only. */
  reset(seed: number): void {
    this.trace.length = 0;
    // What nobody has written is not zero.
    this.bytes.fill(0xa5);
    let x = seed | 1;
    const fill = (from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        x = Math.imul(x ^ (x >>> 13), 0x5bd1e995) + 12345;
        this.bytes[i] = x >>> 24;
      }
    };
    fill(symbolsAt, symbolsAt + 1024);
    fill(heapAt, heapAt + heapSize);
    const flag = this.#symbols.get('runtime.writeBarrier');
    if (flag !== undefined) this.#view.setUint32(flag, seed % 3 === 0 ? 1 : 0, true);
  }

  symbol(name: string): bigint {
    let at = this.#symbols.get(name);
    if (at === undefined) {
      at = this.#nextSymbol;
      this.#nextSymbol += 64;
      this.#symbols.set(name, at);
      if (name === 'runtime.writeBarrier') this.#view.setUint32(at, 0, true);
    }
    return BigInt(at);
  }

  /** Frame slots, by their index, 128 bytes each. */
  slot(index: number): bigint {
    return BigInt(frameAt + index * 128);
  }

  #at(address: bigint, n: number): number {
    const a = Number(BigInt.asUintN(64, address));
    if (a < nilLimit) throw new Stop('nil');
    if (a + n > size) throw new Stop(`access at ${a}`);
    return a;
  }

  load(address: bigint, n: number): bigint {
    const at = this.#at(address, n);
    let x = 0n;
    for (let i = n - 1; i >= 0; i--) x = (x << 8n) | BigInt(this.bytes[at + i]!);
    return x;
  }

  store(address: bigint, n: number, value: bigint): void {
    const at = this.#at(address, n);
    let x = value;
    for (let i = 0; i < n; i++) {
      this.bytes[at + i] = Number(x & 255n);
      x >>= 8n;
    }
  }

  zero(address: bigint, n: number): void {
    const at = this.#at(address, n);
    this.bytes.fill(0, at, at + n);
  }

  move(to: bigint, from: bigint, n: number): void {
    const target = this.#at(to, n);
    const source = this.#at(from, n);
    this.bytes.copyWithin(target, source, source + n);
  }

  /** Globals and heap: what callers and callees see. */
  digest(): number {
    let h = 0x811c9dc5 | 0;
    const add = (from: number, to: number): void => {
      for (let i = from; i < to; i++) h = Math.imul(h ^ this.bytes[i]!, 0x01000193);
    };
    add(symbolsAt, symbolsAt + 1024);
    add(heapAt, heapAt + heapSize);
    return h >>> 0;
  }

  call(name: string, args: readonly bigint[], results: number): bigint[] {
    const text = `${name}(${args.join(' ')}) ${this.digest()}`;
    this.trace.push(text);
    let h = 0x811c9dc5 | 0;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    this.bytes[heapAt + ((h >>> 5) % heapSize)] = h & 255;
    return Array.from({ length: results }, (_, i) => {
      const r = Math.imul(h ^ i, 0x9e3779b1) >>> 0;
      return r % 4 === 0 ? BigInt(r % 17) : (BigInt(r) << 24n) ^ BigInt(r);
    });
  }
}
