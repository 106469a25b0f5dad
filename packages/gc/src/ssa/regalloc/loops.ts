/** Which values each loop uses: what is worth keeping in registers while it runs. */
import { BitSet } from '@go-ts/base';
import { type Block } from '../block.ts';
import { type Loop, type LoopNest } from '../cfg.ts';
import { type Func } from '../func.ts';
import { OpPhi } from '../op.ts';
import { isCall } from '../opinfo.ts';
import { type Value } from '../value.ts';
import { type Held } from './regalloc.ts';
import { type RegState } from './state.ts';

/** With more live values than this at a loop's beginning, those that it does not use go. */
const comfortable = 10;

export class LoopUses {
  readonly #uses = new Map<Loop, BitSet>();

  constructor(f: Func, loops: LoopNest, tracked: Uint8Array) {
    if (loops.loops.length === 0) return;
    for (const l of loops.loops) this.#uses.set(l, new BitSet(f.numValues));
    for (const b of f.blocks) {
      const l = loops.of[b.id]!;
      if (l !== null) this.#block(b, l, tracked);
    }
    // Inner loops come first in the list.
    for (const l of loops.loops) {
      if (l.outer === null) continue;
      this.#uses.get(l.outer)!.union(this.#uses.get(l)!);
      if (l.hasCall) l.outer.hasCall = true;
    }
  }

  #block(b: Block, l: Loop, tracked: Uint8Array): void {
    const set = this.#uses.get(l)!;
    const use = (v: Value | null): void => {
      if (v !== null && tracked[v.id] === 1) set.add(v.id);
    };
    for (const v of b.values) {
      if (isCall(v.op)) l.hasCall = true;
      // What a phi of the header takes from outside is used before the loop, not in it.
      if (v.op === OpPhi && b === l.header) continue;
      for (let k = 0; k < v.nargs; k++) use(v.arg(k));
    }
    use(b.c0);
    use(b.c1);
  }

  isUsed(l: Loop, id: number): boolean {
    return this.#uses.get(l)!.has(id);
  }

  /** Which of the values held before loop `l` stay in registers; null: all. */
  // oxlint-disable-next-line max-params -- the loop and the state at its beginning.
  keepAtHeader(
    l: Loop,
    held: readonly Held[],
    values: readonly Value[],
    state: RegState,
  ): ((id: number) => boolean) | null {
    let phis = 0;
    for (const v of values) if (v.op === OpPhi) phis++;
    if (!l.hasCall && held.length + phis <= comfortable) return null;
    if (!l.hasCall) return (id) => this.isUsed(l, id);
    // Calls empty the registers: only what is used before the first one.
    return (id) => this.isUsed(l, id) && state.nextUse(id) < 100;
  }
}
