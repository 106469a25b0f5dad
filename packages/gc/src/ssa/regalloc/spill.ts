/**
 * Where to put the stores of values to their slots.
 *
 * A store must come before every reload on every path, so it belongs in a block that dominates them
 * all and is dominated by the definition. Of those, the one in the shallowest loop is best, and among
 * equals the latest (a value that is reloaded only on a rare path is stored only there). The value
 * must be in a register at the beginning of the block, or the block be that of the definition.
 */
import { type Block } from '../block.ts';
import { type DomTree, type LoopNest } from '../cfg.ts';
import { type Func } from '../func.ts';
import { OpArgReg, OpPhi, OpSelect0, OpSelect1, OpSelectN } from '../op.ts';
import { type Value } from '../value.ts';
import { type Held } from './regalloc.ts';
import { type RegState } from './state.ts';

// oxlint-disable-next-line max-params -- what was computed before.
export function placeSpills(
  f: Func,
  state: RegState,
  startRegs: readonly Held[][],
  dom: DomTree,
  loops: LoopNest,
): void {
  /** Stores at the beginning of a block, and directly after a definition. */
  const atStart = new Map<Block, Value[]>();
  const after = new Map<Value, Value>();
  for (let id = 0; id < state.spills.length; id++) {
    const s = state.spills[id]!;
    const v = state.values[id]!;
    if (s === null || s === v) continue;
    const best = bestBlock(v, state, startRegs, dom, loops);
    if (best === null) {
      s.addArg(v);
      after.set(v, s);
    } else {
      s.block = best.block;
      s.addArg(best.copy);
      const list = atStart.get(best.block);
      if (list === undefined) atStart.set(best.block, [s]);
      else list.push(s);
    }
  }
  if (atStart.size === 0 && after.size === 0) return;
  for (const b of f.blocks) insert(b, atStart.get(b) ?? none, after);
}

const none: Value[] = [];

interface Place {
  readonly block: Block;
  readonly copy: Value;
}

// oxlint-disable-next-line max-params -- as above.
function bestBlock(
  v: Value,
  state: RegState,
  startRegs: readonly Held[][],
  dom: DomTree,
  loops: LoopNest,
): Place | null {
  const restores = state.restores[v.id]!;
  if (restores === null) return null;
  let target = restores[0]!;
  for (const b of restores) target = dom.common(target, b);
  let best: Place | null = null;
  let bestDepth = loops.depth(v.block);
  // From the reloads up to the definition: the first of the shallowest is the latest.
  for (let b = target; b !== v.block; b = dom.idom[b.id]!) {
    const depth = loops.depth(b);
    if (depth > bestDepth || (best !== null && depth >= bestDepth)) continue;
    const held = startRegs[b.id]!.find((h) => h.v === v);
    if (held === undefined) continue;
    best = { block: b, copy: held.c };
    bestDepth = depth;
  }
  return best;
}

/** Keeps tuples and their members, arguments and phis together. */
function isGrouped(v: Value): boolean {
  switch (v.op) {
    case OpPhi:
    case OpArgReg:
    case OpSelect0:
    case OpSelect1:
    case OpSelectN:
      return true;
    default:
      return false;
  }
}

function insert(b: Block, first: Value[], after: ReadonlyMap<Value, Value>): void {
  const old = b.values;
  const out: Value[] = [];
  /** Stores that wait until the group at hand is over. */
  let pending: Value[] = [];
  let i = 0;
  while (i < old.length && old[i]!.op === OpPhi) {
    const v = old[i++]!;
    out.push(v);
    const s = after.get(v);
    if (s !== undefined) pending.push(s);
  }
  out.push(...pending, ...first);
  pending = [];
  for (; i < old.length; i++) {
    const v = old[i]!;
    if (pending.length > 0 && !isGrouped(v)) {
      out.push(...pending);
      pending = [];
    }
    out.push(v);
    const s = after.get(v);
    if (s !== undefined) pending.push(s);
  }
  out.push(...pending);
  b.values = out;
}
