/**
 * Splits critical edges: from a block with several successors to one with several predecessors.
 * Code for the edge alone (phi moves) then has a place to go.
 */
import { BlockDefer, BlockPlain, Edge } from './block.ts';
import { type Func } from './func.ts';

export function splitCritical(f: Func): void {
  const { blocks } = f;
  const count = blocks.length;
  for (let n = 0; n < count; n++) {
    const b = blocks[n]!;
    if (b.preds.length <= 1) continue;
    for (let i = 0; i < b.preds.length; i++) {
      const e = b.preds[i]!;
      const p = e.b;
      // Nothing runs on the second edge of a Defer; its first one leads to a block of its own anyway.
      if (p.succs.length <= 1 || (p.kind === BlockDefer && e.i === 1)) continue;
      const d = f.newBlock(BlockPlain, p.pos);
      d.preds.push(new Edge(p, e.i));
      d.succs.push(new Edge(b, i));
      p.succs[e.i] = new Edge(d, 0);
      b.preds[i] = new Edge(d, 0);
    }
  }
}
