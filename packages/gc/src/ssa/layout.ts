/**
 * The order of blocks in memory.
 *
 * Chains follow the likely successor as long as it is unplaced, so that the likely path falls through;
 * what is unlikely, and what does not come back, goes to the end. A block is started on only when one
 * of its predecessors is placed, which register allocation relies on (loops: the header is first).
 *
 * Invariant: the entry is first; every other block has a predecessor before it.
 */
import { type Block, BlockExit } from './block.ts';
import { DomTree, LoopNest } from './cfg.ts';
import { type Func } from './func.ts';

export function layout(f: Func): void {
  const dom = new DomTree(f);
  const loops = new LoopNest(f, dom);
  const placed = new Uint8Array(f.numBlocks);
  const order: Block[] = [];
  /** Places to go on from: hot ones as a stack, cold ones as a queue. */
  const hot: Block[] = [];
  const cold: Block[] = [];
  let b: Block | null = f.entry;
  while (b !== null) {
    placed[b.id] = 1;
    order.push(b);
    b = follow(b, placed, loops, hot, cold) ?? nextOf(placed, hot, cold);
  }
  f.blocks.length = 0;
  for (const x of order) f.blocks.push(x);
  f.laidout = true;
}

/** The successor to fall through to; the others are remembered. */
// oxlint-disable-next-line max-params -- the state of the walk.
function follow(
  b: Block,
  placed: Uint8Array,
  loops: LoopNest,
  hot: Block[],
  cold: Block[],
): Block | null {
  let best: Block | null = null;
  let bestScore = -1;
  const n = b.succs.length;
  for (let i = n - 1; i >= 0; i--) {
    const c = b.succs[i]!.b;
    if (placed[c.id] === 1) continue;
    const score = rate(b, i, c, loops);
    if (score > bestScore) {
      if (best !== null) (bestScore >= 4 ? hot : cold).push(best);
      best = c;
      bestScore = score;
    } else (score >= 4 ? hot : cold).push(c);
  }
  // Rare paths do not interrupt the chain of others.
  if (best !== null && bestScore < 4 && hot.length > 0) {
    cold.push(best);
    return null;
  }
  return best;
}

/** Higher is better to fall through to; below 4 is rare. */
// oxlint-disable-next-line max-params -- the edge.
function rate(b: Block, i: number, c: Block, loops: LoopNest): number {
  if (c.kind === BlockExit) return 0;
  if (b.likely !== 0 && b.succs.length === 2 && b.likely > 0 !== (i === 0)) return 1;
  let score = 5;
  // Stay in the loop.
  if (loops.depth(c) >= loops.depth(b)) score += 2;
  // A block that only this one leads to, or all of whose predecessors are done.
  if (c.preds.length === 1) score += 1;
  if (b.likely !== 0) score += 4;
  return score;
}

function nextOf(placed: Uint8Array, hot: Block[], cold: Block[]): Block | null {
  while (hot.length > 0) {
    const b = hot.pop()!;
    if (placed[b.id] === 0) return b;
  }
  for (let i = 0; i < cold.length; i++) {
    const b = cold[i]!;
    if (placed[b.id] === 1) continue;
    cold.splice(0, i + 1);
    return b;
  }
  cold.length = 0;
  return null;
}
