/**
 * Removes blocks that turned out to have no code: split edges without moves, mostly. Whoever jumped
 * there jumps on. Runs after register allocation; phis do not matter any more.
 */
import { type Block, BlockPlain, Edge } from './block.ts';
import { type Func } from './func.ts';

export function trim(f: Func): void {
  let n = 0;
  for (const b of f.blocks) {
    if (isEmpty(b, f)) bypass(b);
    else f.blocks[n++] = b;
  }
  f.blocks.length = n;
}

function isEmpty(b: Block, f: Func): boolean {
  return b.kind === BlockPlain && b !== f.entry && b.values.length === 0 && b.succs[0]!.b !== b;
}

function bypass(b: Block): void {
  const out = b.succs[0]!;
  const s = out.b;
  s.removePred(out.i);
  for (const e of b.preds) {
    const j = s.preds.length;
    s.preds.push(new Edge(e.b, e.i));
    e.b.succs[e.i] = new Edge(s, j);
  }
  b.preds = [];
  b.succs = [];
}
