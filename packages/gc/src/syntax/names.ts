/**
 * Interned spellings: equal identifiers (and short literals) are the same JavaScript string.
 *
 * The scanner looks names up by the bytes of the source, with a hash that it computes while it walks
 * over them, so a string is made only for a new name. Keywords are in the same table, with their
 * token beside them. One table may serve any number of files and packages.
 * Hot: once per identifier.
 */
import { Token, keywords } from './token.ts';

const initialSize = 4096;

/** Start value and step of the hash; the scanner uses them too. */
export const hashStart = 0;
export function hashStep(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

export class Names {
  /** Found by the last look-up: its token (a keyword or Name). */
  token: Token = Token.Name;
  #strings: string[] = [''];
  #hashes: Int32Array = new Int32Array(initialSize / 2);
  #tokens: Uint8Array = new Uint8Array(initialSize / 2);
  /** Open addressing: index into the columns, 0 for a free slot. */
  #slots: Int32Array = new Int32Array(initialSize);
  #count = 1;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor() {
    const encoder = new TextEncoder();
    for (const [name, token] of keywords) {
      const bytes = encoder.encode(name);
      let hash = hashStart;
      for (const byte of bytes) hash = hashStep(hash, byte);
      this.intern(bytes, 0, bytes.length, hash);
      this.#tokens[this.#count - 1] = token;
    }
  }

  /** The string of ASCII bytes `src[start:end]`, whose hash is given; sets `token`. */
  intern(src: Uint8Array, start: number, end: number, hash: number): string {
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index === 0) break;
      if (this.#hashes[index] === hash) {
        const name = this.#strings[index]!;
        if (equalBytes(name, src, start, end)) {
          this.token = this.#tokens[index]! as Token;
          return name;
        }
      }
      slot = (slot + 1) & mask;
    }
    return this.#add(slot, hash, asciiString(src, start, end));
  }

  /** The string of any bytes, decoded as UTF-8. */
  decode(src: Uint8Array, start: number, end: number): string {
    return this.#decoder.decode(src.subarray(start, end));
  }

  #add(slot: number, hash: number, name: string): string {
    const index = this.#count++;
    if (index === this.#hashes.length) {
      this.#hashes = grown(this.#hashes, new Int32Array(index * 2));
      this.#tokens = grown(this.#tokens, new Uint8Array(index * 2));
    }
    this.#strings.push(name);
    this.#hashes[index] = hash;
    this.#tokens[index] = Token.Name;
    this.#slots[slot] = index;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    this.token = Token.Name;
    return name;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 1; index < this.#count; index++) {
      const hash = this.#hashes[index]!;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.#slots = slots;
  }
}

function grown<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function equalBytes(name: string, src: Uint8Array, start: number, end: number): boolean {
  const { length } = name;
  if (length !== end - start) return false;
  for (let i = 0; i < length; i++) if (name.charCodeAt(i) !== src[start + i]) return false;
  return true;
}

function asciiString(src: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(src[i]!);
  return text;
}
