/**
 * Puts the header of a loop behind its latch, so that an iteration has one jump (the test at the
 * bottom) and not two.
 *
 *     header: if !c goto exit      →    goto header
 *     body: …; goto header              body: …
 *                                       header: if c goto body
 *
 * Runs after register allocation, which wants headers first.
 */
import { BlockPlain, type Block } from './block.ts';
import { DomTree, LoopNest } from './cfg.ts';
import { type Func } from './func.ts';

export function looprotate(f: Func): void {
  const dom = new DomTree(f);
  const loops = new LoopNest(f, dom);
  if (loops.loops.length === 0) return;
  const index = new Int32Array(f.numBlocks);
  f.blocks.forEach((b, i) => (index[b.id] = i));
  /** Headers to emit after a block. */
  const after = new Map<Block, Block[]>();
  const moved = new Set<Block>();
  for (const { header } of loops.loops) {
    if (header === f.entry || header.succs.length !== 2) continue;
    const latch = latchOf(header, dom, index);
    if (latch === null || moved.has(latch)) continue;
    // Only if the body falls through from the header, or nothing is gained.
    const next = f.blocks[index[header.id]! + 1];
    if (next === undefined || !header.succs.some((e) => e.b === next)) continue;
    moved.add(header);
    const list = after.get(latch);
    if (list === undefined) after.set(latch, [header]);
    else list.push(header);
  }
  if (moved.size === 0) return;
  const order: Block[] = [];
  const emit = (b: Block): void => {
    order.push(b);
    for (const h of after.get(b) ?? []) emit(h);
  };
  for (const b of f.blocks) if (!moved.has(b)) emit(b);
  if (order.length !== f.blocks.length) return;
  f.blocks.length = 0;
  for (const b of order) f.blocks.push(b);
}

/** The last block in layout that jumps back to the header and does nothing else. */
function latchOf(header: Block, dom: DomTree, index: Int32Array): Block | null {
  let latch: Block | null = null;
  for (const e of header.preds) {
    const b = e.b;
    if (b === header || b.kind !== BlockPlain || !dom.dominates(header, b)) continue;
    if (index[b.id]! <= index[header.id]!) continue;
    if (latch === null || index[b.id]! > index[latch.id]!) latch = b;
  }
  return latch;
}
