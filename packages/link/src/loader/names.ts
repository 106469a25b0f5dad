/**
 * From a symbol's name and ABI to its number, without making a string of any name.
 *
 * Open addressing over the bytes of names where they lie in the objects. Most of a program's
 * hundreds of thousands of names are looked up once and never printed. Hot.
 */

/** Where the bytes of a name are. */
export interface NameSource {
  /** True if symbol `s` has this ABI and the name in `bytes[at, at+length)`. */
  isNamed(s: number, abi: number, bytes: Uint8Array, span: Span): boolean;
}

/** A reused pair of numbers; callers own one. */
export class Span {
  at = 0;
  length = 0;
}

export class NameTable {
  #slots: Int32Array;
  #hashes: Int32Array;
  #count = 0;
  readonly #source: NameSource;

  constructor(source: NameSource, expected: number) {
    let capacity = 1024;
    while (capacity < expected * 2) capacity *= 2;
    this.#slots = new Int32Array(capacity);
    this.#hashes = new Int32Array(capacity);
    this.#source = source;
  }

  /** The symbol of that name and ABI, or 0. */
  find(bytes: Uint8Array, span: Span, abi: number): number {
    const hash = hashName(bytes, span, abi);
    const mask = this.#slots.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const s = this.#slots[i]!;
      if (s === 0) return 0;
      if (this.#hashes[i] === hash && this.#source.isNamed(s, abi, bytes, span)) return s;
    }
  }

  /** The symbol already there, or 0 after entering `s`. `s` must be able to answer `isNamed`. */
  findOrAdd(bytes: Uint8Array, span: Span, abi: number, s: number): number {
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    const hash = hashName(bytes, span, abi);
    const mask = this.#slots.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const old = this.#slots[i]!;
      if (old === 0) {
        this.#slots[i] = s;
        this.#hashes[i] = hash;
        this.#count++;
        return 0;
      }
      if (this.#hashes[i] === hash && this.#source.isNamed(old, abi, bytes, span)) return old;
    }
  }

  #grow(): void {
    const slots = this.#slots;
    const hashes = this.#hashes;
    const capacity = slots.length * 2;
    const mask = capacity - 1;
    const newSlots = new Int32Array(capacity);
    const newHashes = new Int32Array(capacity);
    for (let i = 0; i < slots.length; i++) {
      const s = slots[i]!;
      if (s === 0) continue;
      let j = hashes[i]! & mask;
      while (newSlots[j] !== 0) j = (j + 1) & mask;
      newSlots[j] = s;
      newHashes[j] = hashes[i]!;
    }
    this.#slots = newSlots;
    this.#hashes = newHashes;
  }
}

function hashName(bytes: Uint8Array, span: Span, abi: number): number {
  const end = span.at + span.length;
  let h = 0x811c9dc5 ^ abi; // FNV-1a offset basis and prime
  for (let i = span.at; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h ^ (h >>> 15);
}

/**
 * From a content hash to a symbol. Keys lie in the objects; the first four bytes of one are its
 * hash already.
 */
export class HashTable {
  #slots: Int32Array;
  #count = 0;
  readonly #keyLength: number;
  /** Object bytes and offset of the key of a symbol that is in the table. */
  readonly #keyBytes: (s: number) => Uint8Array;
  readonly #keyAt: (s: number) => number;

  constructor(
    keyLength: number,
    expected: number,
    keyBytes: (s: number) => Uint8Array,
    keyAt: (s: number) => number,
  ) {
    let capacity = 1024;
    while (capacity < expected * 2) capacity *= 2;
    this.#slots = new Int32Array(capacity);
    this.#keyLength = keyLength;
    this.#keyBytes = keyBytes;
    this.#keyAt = keyAt;
  }

  /** The symbol with the key at `bytes[at]`, or 0 after entering `s`, whose key it must be. */
  findOrAdd(bytes: Uint8Array, at: number, s: number): number {
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    const mask = this.#slots.length - 1;
    for (let i = start(bytes, at) & mask; ; i = (i + 1) & mask) {
      const old = this.#slots[i]!;
      if (old === 0) {
        this.#slots[i] = s;
        this.#count++;
        return 0;
      }
      if (this.#same(old, bytes, at)) return old;
    }
  }

  #same(s: number, bytes: Uint8Array, at: number): boolean {
    const other = this.#keyBytes(s);
    const otherAt = this.#keyAt(s);
    for (let i = 0; i < this.#keyLength; i++) {
      if (other[otherAt + i] !== bytes[at + i]) return false;
    }
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    const mask = slots.length - 1;
    for (const s of old) {
      if (s === 0) continue;
      let i = start(this.#keyBytes(s), this.#keyAt(s)) & mask;
      while (slots[i] !== 0) i = (i + 1) & mask;
      slots[i] = s;
    }
    this.#slots = slots;
  }
}

/** Short contents are often mostly zeros, so both halves are mixed. */
function start(bytes: Uint8Array, at: number): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  const high =
    bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
  const h = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b); // golden ratio, Murmur3
  return h ^ (h >>> 13);
}
