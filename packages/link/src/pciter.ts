/**
 * Walks a pc-value table: (value, from pc, to pc) in order.
 *
 * The value starts at -1. Each step is a zig-zag varint added to the value and an unsigned varint,
 * in units of the smallest instruction, added to the pc; a zero delta after the first step ends it.
 *
 * GOROOT: src/cmd/internal/obj/pcln.go, src/runtime/symtab.go (step).
 */
export class PcIter {
  readonly #minLC: number;
  #table: Uint8Array = new Uint8Array(0);
  #at = 0;
  value = -1;
  /** `value` holds from `pc` up to but not including `nextPC`. */
  pc = 0;
  nextPC = 0;
  done = true;

  constructor(minLC: number) {
    this.#minLC = minLC;
  }

  init(table: Uint8Array): void {
    this.#table = table;
    this.#at = 0;
    this.value = -1;
    this.pc = 0;
    this.nextPC = 0;
    this.done = false;
    this.next();
  }

  next(): void {
    if (this.done) return;
    this.pc = this.nextPC;
    if (this.#at >= this.#table.length) {
      this.done = true;
      return;
    }
    const delta = this.#uvarint();
    if (delta === 0 && this.pc !== 0) {
      this.done = true;
      return;
    }
    this.value += (delta & 1) === 0 ? delta >>> 1 : ~(delta >>> 1);
    this.nextPC = this.pc + this.#uvarint() * this.#minLC;
  }

  #uvarint(): number {
    let x = 0;
    for (let shift = 0; ; shift += 7) {
      const b = this.#table[this.#at++]!;
      x |= (b & 0x7f) << shift;
      if (b < 0x80) return x >>> 0;
    }
  }
}
