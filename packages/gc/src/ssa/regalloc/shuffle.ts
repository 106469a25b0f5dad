/**
 * Moves on the edges to blocks with several predecessors.
 *
 * Such a block expects certain values in certain registers (and phis without a register in their
 * slots). On each edge that is a parallel assignment: destinations are registers and phi slots,
 * sources are registers, slots and recipes. Slots first, since they free registers and need at most a
 * scratch one; then register moves in an order in which nothing is overwritten that is still needed,
 * cycles broken through an idle register; then what comes from slots and recipes.
 */
import { BlockDefer, type Block } from '../block.ts';
import { type Func } from '../func.ts';
import { OpCopy, OpLoadReg, OpPhi, OpStoreReg } from '../op.ts';
import { type Value } from '../value.ts';
import { type Held } from './regalloc.ts';
import { NoHome, type RegState, cloneValue, numRegs } from './state.ts';
import { classOf, lowest } from './target.ts';

export function shuffle(
  f: Func,
  state: RegState,
  startRegs: readonly Held[][],
  endRegs: readonly (Held[] | null)[],
): void {
  const edge = new EdgeMoves(f, state);
  for (const b of f.blocks) {
    if (b.preds.length <= 1) continue;
    for (let i = 0; i < b.preds.length; i++) {
      const p = b.preds[i]!.b;
      if (p.kind === BlockDefer && p.succs.length > 1 && p.succs[0]!.b !== b) continue;
      edge.run(b, i, p, startRegs[b.id]!, endRegs[p.id]!);
    }
  }
}

class EdgeMoves {
  readonly f: Func;
  readonly state: RegState;
  /** What each register holds at present: original and copy. */
  readonly #valueIn: (Value | null)[] = Array.from({ length: numRegs }, () => null);
  readonly #copyIn: (Value | null)[] = Array.from({ length: numRegs }, () => null);
  /** What each register must hold; null: nothing is asked. */
  readonly #want: (Value | null)[] = Array.from({ length: numRegs }, () => null);
  #wanted = 0;
  #p: Block;

  constructor(f: Func, state: RegState) {
    this.f = f;
    this.state = state;
    this.#p = f.entry;
  }

  // oxlint-disable-next-line max-params -- the edge and its two ends.
  run(b: Block, i: number, p: Block, start: readonly Held[], end: readonly Held[]): void {
    const { state } = this;
    this.#p = p;
    this.#valueIn.fill(null);
    this.#copyIn.fill(null);
    this.#want.fill(null);
    this.#moved.clear();
    this.#wanted = 0;
    for (const { r, v, c } of end) {
      this.#valueIn[r] = v;
      this.#copyIn[r] = c;
    }
    for (const { r, v } of start) this.#ask(r, v);
    const slots: Value[] = [];
    for (const v of b.values) {
      if (v.op !== OpPhi) break;
      if (state.kind[v.id] !== 1) continue;
      const r = state.home[v.id]!;
      if (r !== NoHome) this.#ask(r, v.arg(i));
      else if (state.spills[v.id] === v) slots.push(v);
    }
    this.#toSlots(slots, i);
    this.#registers();
    for (let m = this.#wanted; m !== 0; m &= m - 1) {
      const r = lowest(m);
      if (this.#valueIn[r] !== this.#want[r]) this.#bring(r);
    }
  }

  #ask(r: number, v: Value): void {
    this.#want[r] = v;
    this.#wanted |= 1 << r;
  }

  #put(r: number, v: Value, c: Value): void {
    this.#valueIn[r] = v;
    this.#copyIn[r] = c;
    this.state.setHome(c, r);
  }

  #find(v: Value): number {
    for (let r = 0; r < numRegs; r++) if (this.#valueIn[r] === v) return r;
    return -1;
  }

  /** Phis that live in slots. A slot that is also a source must be read before it is written. */
  #toSlots(slots: readonly Value[], i: number): void {
    const left = slots.filter((phi) => phi.arg(i) !== phi);
    this.#slotSources = left.map((phi) => phi.arg(i));
    while (left.length > 0) {
      let at = left.findIndex((phi) => !left.some((o) => o !== phi && o.arg(i) === phi));
      if (at < 0) {
        // A cycle of slots: keep what the first one holds.
        at = 0;
        if (this.#find(left[0]!) < 0) this.#saveSlot(left[0]!);
      }
      const phi = left.splice(at, 1)[0]!;
      const x = phi.arg(i);
      this.#slotSources = left.map((o) => o.arg(i));
      const r = this.#find(x);
      if (r >= 0) {
        this.#store(phi, this.#copyIn[r]!);
        continue;
      }
      const scratch = this.#scratch(classOf(this.state.target, phi.rep));
      if (scratch >= 0) {
        const c = this.#make(x, phi.pos);
        this.#put(scratch, x, c);
        this.#store(phi, c);
      } else this.#borrow(x, (c) => this.#store(phi, c));
    }
    this.#slotSources = [];
  }

  /** Sources of the slots still to be written. */
  #slotSources: Value[] = [];

  /** Copies the contents of phi `v`'s slot to a register, or to another slot. */
  #saveSlot(v: Value): void {
    const scratch = this.#scratch(classOf(this.state.target, v.rep));
    if (scratch >= 0) {
      this.#put(scratch, v, this.#make(v, v.pos));
      return;
    }
    const owner = this.f.newDetached(OpCopy, v.rep, this.#p, v.pos);
    this.#borrow(v, (c) => {
      const s = this.f.newValue1(this.#p, v.pos, OpStoreReg, v.rep, c);
      s.aux = owner;
    });
    this.#moved.set(v, owner);
  }

  /** Where values are that were saved to slots of their own on this edge. */
  readonly #moved = new Map<Value, Value>();

  #store(phi: Value, c: Value): void {
    const s = this.f.newValue1(this.#p, phi.pos, OpStoreReg, phi.rep, c);
    s.aux = phi;
  }

  /** No register is idle: one is saved in a slot, used for `x`, and restored. */
  #borrow(x: Value, use: (c: Value) => void): void {
    const r = lowest(classOf(this.state.target, x.rep));
    const held = this.#copyIn[r]!;
    const owner = this.f.newDetached(OpCopy, held.rep, this.#p, x.pos);
    const save = this.f.newValue1(this.#p, x.pos, OpStoreReg, held.rep, held);
    save.aux = owner;
    const c = this.#make(x, x.pos);
    this.state.setHome(c, r);
    use(c);
    const back = this.f.newValue0(this.#p, x.pos, OpLoadReg, held.rep);
    back.aux = owner;
    this.#put(r, this.#valueIn[r]!, back);
  }

  /** A register that holds nothing (needed), of a class; −1: none. */
  #scratch(mask: number): number {
    for (let m = mask; m !== 0; m &= m - 1) {
      const r = lowest(m);
      if (this.#valueIn[r] === null) return r;
    }
    // Something that nobody wants, or wants but has elsewhere too.
    for (let m = mask; m !== 0; m &= m - 1) {
      const r = lowest(m);
      if (!this.#isNeeded(r)) return r;
    }
    return -1;
  }

  /** Some register still wants what `r` holds, and no other register has it. */
  #isNeeded(r: number): boolean {
    const v = this.#valueIn[r]!;
    if (v === null) return false;
    let wanted = this.#slotSources.includes(v);
    for (let q = 0; q < numRegs; q++) {
      if (q !== r && this.#valueIn[q] === v) return false;
      if (this.#want[q] === v) wanted = true;
    }
    return wanted;
  }

  #registers(): void {
    for (;;) {
      let progress = false;
      let blocked = -1;
      for (let m = this.#wanted; m !== 0; m &= m - 1) {
        const r = lowest(m);
        const v = this.#want[r]!;
        if (this.#valueIn[r] === v) continue;
        const from = this.#find(v);
        if (from < 0) continue;
        if (this.#isNeeded(r)) {
          blocked = r;
          continue;
        }
        const c = this.f.newValue1(this.#p, v.pos, OpCopy, v.rep, this.#copyIn[from]!);
        this.#put(r, v, c);
        progress = true;
      }
      if (progress) continue;
      if (blocked < 0) return;
      this.#breakCycle(blocked);
    }
  }

  /** Saves what `r` holds elsewhere, so that `r` can be written. */
  #breakCycle(r: number): void {
    const v = this.#valueIn[r]!;
    const scratch = this.#scratchOutside(classOf(this.state.target, v.rep));
    if (scratch >= 0) {
      const c = this.f.newValue1(this.#p, v.pos, OpCopy, v.rep, this.#copyIn[r]!);
      this.#put(scratch, v, c);
      return;
    }
    const s = this.f.newValue1(this.#p, v.pos, OpStoreReg, v.rep, this.#copyIn[r]!);
    const owner = this.f.newDetached(OpCopy, v.rep, this.#p, v.pos);
    s.aux = owner;
    this.#moved.set(v, owner);
    this.#valueIn[r] = null;
    this.#copyIn[r] = null;
  }

  /** An idle register that is not itself a destination still to be filled. */
  #scratchOutside(mask: number): number {
    for (let m = mask & ~this.#wanted; m !== 0; m &= m - 1) {
      const r = lowest(m);
      if (this.#valueIn[r] === null || !this.#isNeeded(r)) return r;
    }
    return -1;
  }

  /** `want[r]` from its slot or recipe. */
  #bring(r: number): void {
    const v = this.#want[r]!;
    const c = this.#make(v, v.pos);
    this.#put(r, v, c);
  }

  #make(v: Value, pos: number): Value {
    const { f, state } = this;
    const moved = this.#moved.get(v);
    if (moved !== undefined) {
      const c = f.newValue0(this.#p, pos, OpLoadReg, v.rep);
      c.aux = moved;
      return c;
    }
    const r = this.#find(v);
    if (r >= 0) return f.newValue1(this.#p, pos, OpCopy, v.rep, this.#copyIn[r]!);
    if (state.kind[v.id] === 2) return cloneValue(f, v, this.#p);
    state.spillOf(v);
    (state.restores[v.id] ??= []).push(this.#p);
    const c = f.newValue0(this.#p, pos, OpLoadReg, v.rep);
    c.aux = v;
    return c;
  }
}
