/** A fixed-size set of small ids, 32 to a word. Hot: used by liveness, dead code, register allocation. */
export class BitSet {
  readonly words: Int32Array;

  constructor(size: number) {
    this.words = new Int32Array((size + 31) >>> 5);
  }

  has(id: number): boolean {
    return ((this.words[id >>> 5]! >>> (id & 31)) & 1) !== 0;
  }

  /** Adds `id`; true if it was not there. */
  add(id: number): boolean {
    const at = id >>> 5;
    const bit = 1 << (id & 31);
    const word = this.words[at]!;
    this.words[at] = word | bit;
    return (word & bit) === 0;
  }

  delete(id: number): void {
    const at = id >>> 5;
    this.words[at] = this.words[at]! & ~(1 << (id & 31));
  }

  clear(): void {
    this.words.fill(0);
  }

  copyFrom(other: BitSet): void {
    this.words.set(other.words);
  }

  /** Adds all of `other`; true if anything was new. */
  union(other: BitSet): boolean {
    const { words } = this;
    const more = other.words;
    let changed = 0;
    for (let i = 0; i < words.length; i++) {
      const word = words[i]! | more[i]!;
      changed |= word ^ words[i]!;
      words[i] = word;
    }
    return changed !== 0;
  }

  /** Removes all of `other`. */
  subtract(other: BitSet): void {
    const { words } = this;
    for (let i = 0; i < words.length; i++) words[i] = words[i]! & ~other.words[i]!;
  }

  equals(other: BitSet): boolean {
    const { words } = this;
    for (let i = 0; i < words.length; i++) if (words[i] !== other.words[i]) return false;
    return true;
  }

  isEmpty(): boolean {
    for (const word of this.words) if (word !== 0) return false;
    return true;
  }

  /** Calls `visit` with every member, smallest first. */
  forEach(visit: (id: number) => void): void {
    const { words } = this;
    for (let i = 0; i < words.length; i++) {
      let word = words[i]!;
      while (word !== 0) {
        const low = word & -word;
        visit((i << 5) + (31 - Math.clz32(low)));
        word ^= low;
      }
    }
  }
}
