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
 * From a content hash to a symbol. Keys are copied into the table, since an object's bytes are far
 * away and most look-ups find an equal key.
 */
export class HashTable {
  #slots: Int32Array;
  #keys: Int32Array;
  #count = 0;
  /** 32-bit words in a key, 2 or 4. */
  readonly #words: number;

  constructor(words: 2 | 4, expected: number) {
    let capacity = 1024;
    while (capacity < expected * 2) capacity *= 2;
    this.#slots = new Int32Array(capacity);
    this.#keys = new Int32Array(capacity * words);
    this.#words = words;
  }

  /** The symbol with the key at `bytes[at]`, or 0 after entering `s`. */
  findOrAdd(bytes: Uint8Array, at: number, s: number): number {
    if (this.#count * 2 >= this.#slots.length) this.#grow();
    const slots = this.#slots;
    const keys = this.#keys;
    const words = this.#words;
    const k0 = wordAt(bytes, at);
    const k1 = wordAt(bytes, at + 4);
    const k2 = words === 4 ? wordAt(bytes, at + 8) : 0;
    const k3 = words === 4 ? wordAt(bytes, at + 12) : 0;
    const mask = slots.length - 1;
    for (let i = mix(k0, k1) & mask; ; i = (i + 1) & mask) {
      const old = slots[i]!;
      const k = i * words;
      if (old === 0) {
        slots[i] = s;
        keys[k] = k0;
        keys[k + 1] = k1;
        if (words === 4) {
          keys[k + 2] = k2;
          keys[k + 3] = k3;
        }
        this.#count++;
        return 0;
      }
      if (keys[k] !== k0 || keys[k + 1] !== k1) continue;
      if (words === 2 || (keys[k + 2] === k2 && keys[k + 3] === k3)) return old;
    }
  }

  #grow(): void {
    const slots = this.#slots;
    const keys = this.#keys;
    const words = this.#words;
    this.#slots = new Int32Array(slots.length * 2);
    this.#keys = new Int32Array(keys.length * 2);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] === 0) continue;
      const k = i * words;
      let j = mix(keys[k]!, keys[k + 1]!) & mask;
      while (this.#slots[j] !== 0) j = (j + 1) & mask;
      this.#slots[j] = slots[i]!;
      for (let w = 0; w < words; w++) this.#keys[j * words + w] = keys[k + w]!;
    }
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** Short contents are often mostly zeros, so both halves are mixed. */
function mix(low: number, high: number): number {
  const h = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b); // golden ratio, Murmur3
  return h ^ (h >>> 13);
}
