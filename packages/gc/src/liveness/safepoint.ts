/**
 * Where a goroutine must not be stopped asynchronously.
 *
 * In functions of the runtime and in NOSPLIT functions, nowhere. Elsewhere the regions from the test
 * of the write-barrier flag to the last store under it: the collector must not start in between, or a
 * pointer would be stored without being shaded. A region ends at its WBEnd; what is on the way from
 * the test to it, on both paths, is unsafe.
 */
import { type Block } from '../ssa/block.ts';
import { type Func } from '../ssa/func.ts';
import { OpWBEnd } from '../ssa/op.ts';

export interface UnsafePoints {
  /** By value id and by block id (the block's jump). */
  readonly values: Uint8Array;
  readonly blocks: Uint8Array;
}

export function unsafePoints(f: Func, writeBarrier: object): UnsafePoints {
  const values = new Uint8Array(f.numValues);
  const blocks = new Uint8Array(f.numBlocks);
  if (f.asyncUnsafe) {
    values.fill(1);
    blocks.fill(1);
    return { values, blocks };
  }
  for (const b of f.blocks) {
    let after = false;
    for (const v of b.values) {
      if (after) values[v.id] = 1;
      if (v.aux === writeBarrier) after = true;
    }
    if (!after) continue;
    blocks[b.id] = 1;
    for (const e of b.succs) flood(e.b, values, blocks);
  }
  return { values, blocks };
}

function flood(b: Block, values: Uint8Array, blocks: Uint8Array): void {
  const work = [b];
  while (work.length > 0) {
    const c = work.pop()!;
    if (blocks[c.id] === 1) continue;
    let ended = false;
    for (const v of c.values) {
      if (v.op === OpWBEnd) {
        ended = true;
        break;
      }
      values[v.id] = 1;
    }
    if (ended) continue;
    blocks[c.id] = 1;
    for (const e of c.succs) work.push(e.b);
  }
}
