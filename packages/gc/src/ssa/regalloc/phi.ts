/**
 * Registers for phis at the beginning of a block.
 *
 * A phi takes over the register of its operand from the primary predecessor if that operand is not
 * needed any more, else any free one, else it lives in its slot. What else is live and in a register
 * at the end of the primary predecessor stays there.
 */
import { type Block } from '../block.ts';
import { OpCopy, OpPhi } from '../op.ts';
import { type Value } from '../value.ts';
import { type Held } from './regalloc.ts';
import { type RegState } from './state.ts';
import { classOf, lowest } from './target.ts';

// oxlint-disable-next-line max-params -- the block, its phis and the predecessor that decides.
export function allocPhis(
  state: RegState,
  b: Block,
  values: readonly Value[],
  primary: number,
  held: readonly Held[],
  endRegs: readonly (Held[] | null)[],
): void {
  const phis = values.filter((v) => v.op === OpPhi);
  for (const v of phis) b.values.push(v);
  const regPhis = phis.filter((v) => state.kind[v.id] === 1);
  /** Registers taken by phis. */
  let taken = 0;
  const regs = regPhis.map(() => -1);
  const holder: (Held | null)[] = Array.from({ length: 32 }, () => null);
  for (const h of held) holder[h.r] = h;
  if (primary >= 0) {
    for (let i = 0; i < regPhis.length; i++) {
      const v = regPhis[i]!;
      if (state.useHead[v.id]! < 0) continue;
      const x = v.arg(primary);
      let choice = -1;
      for (const h of held) {
        if (h.v !== x || (taken & (1 << h.r)) !== 0) continue;
        if ((classOf(state.target, v.rep) & (1 << h.r)) === 0) continue;
        choice = h.r;
      }
      if (choice < 0) continue;
      // Still needed besides the phi: only worth it if it can move aside.
      if (state.nextUse(x.id) !== Infinity && !isElsewhere(held, x, choice)) {
        const aside = moveAside(state, b, primary, holder[choice]!, held, taken, endRegs);
        if (aside !== null) holder[aside.r] = aside;
        else continue;
      }
      regs[i] = choice;
      taken |= 1 << choice;
      holder[choice] = null;
    }
  }
  let busy = taken;
  for (const h of holder) {
    if (h !== null && state.nextUse(h.v.id) !== Infinity) busy |= 1 << h.r;
  }
  for (let i = 0; i < regPhis.length; i++) {
    const v = regPhis[i]!;
    if (regs[i]! >= 0 || state.useHead[v.id]! < 0) continue;
    const idle = classOf(state.target, v.rep) & ~busy;
    if (idle === 0) continue;
    const want = state.desiredOf(v.id);
    const r = want >= 0 && (idle & (1 << want)) !== 0 ? want : lowest(idle);
    regs[i] = r;
    taken |= 1 << r;
    busy |= 1 << r;
  }
  for (const h of holder) {
    if (h === null || (taken & (1 << h.r)) !== 0) continue;
    if (state.nextUse(h.v.id) !== Infinity) state.assign(h.r, h.v, h.c);
  }
  for (let i = 0; i < regPhis.length; i++) {
    const v = regPhis[i]!;
    const r = regs[i]!;
    if (r >= 0) state.assign(r, v, v);
    // A phi without a register is in its slot from the start; unused ones do not matter.
    else if (state.useHead[v.id]! >= 0) state.spills[v.id] = v;
  }
}

function isElsewhere(held: readonly Held[], x: Value, r: number): boolean {
  return held.some((h) => h.v === x && h.r !== r);
}

/** Copies what register `h.r` holds to a free one at the end of the primary predecessor. */
// oxlint-disable-next-line max-params -- the state of both blocks.
function moveAside(
  state: RegState,
  b: Block,
  primary: number,
  h: Held,
  held: readonly Held[],
  taken: number,
  endRegs: readonly (Held[] | null)[],
): Held | null {
  const p = b.preds[primary]!.b;
  if (p.succs.length !== 1) return null;
  let busy = taken;
  for (const x of endRegs[p.id]!) busy |= 1 << x.r;
  for (const x of held) busy |= 1 << x.r;
  const idle = classOf(state.target, h.v.rep) & ~busy;
  if (idle === 0) return null;
  const r = lowest(idle);
  const c = state.f.newValue1(p, h.v.pos, OpCopy, h.v.rep, h.c);
  state.setHome(c, r);
  const moved: Held = { r, v: h.v, c };
  endRegs[p.id]!.push(moved);
  return moved;
}
