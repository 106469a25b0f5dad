/**
 * Guesses which way branches go, where the builder has not said: not to code that panics or ends the
 * program, and not out of loops.
 */
import { type Block, BlockExit } from './block.ts';
import { DomTree, LoopNest } from './cfg.ts';
import { type Func } from './func.ts';

export function likelyadjust(f: Func): void {
  const dom = new DomTree(f);
  const loops = new LoopNest(f, dom);
  /** Every path from the block ends in an Exit. */
  const doomed = new Uint8Array(f.numBlocks);
  for (let i = dom.order.length - 1; i >= 0; i--) {
    const b = dom.order[i]!;
    if (b.kind === BlockExit) doomed[b.id] = 1;
    else if (b.succs.length > 0 && b.succs.every((e) => doomed[e.b.id] === 1)) doomed[b.id] = 1;
  }
  for (const b of dom.order) {
    if (b.succs.length !== 2 || b.likely !== 0) continue;
    const x = b.succs[0]!.b;
    const y = b.succs[1]!.b;
    const bad = doomed[x.id]! - doomed[y.id]!;
    if (bad !== 0) b.likely = -bad;
    else b.likely = stays(b, x, loops) - stays(b, y, loops);
  }
}

/** 1 if the edge stays in the innermost loop of `b`. */
function stays(b: Block, c: Block, loops: LoopNest): number {
  const loop = loops.of[b.id]!;
  if (loop === null) return 0;
  for (let l = loops.of[c.id]!; l !== null; l = l.outer!) if (l === loop) return 1;
  return 0;
}
