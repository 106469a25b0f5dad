/**
 * Which values are live at the end of each block, and how far their next use is.
 *
 * Distances count instructions, with a penalty for edges that are unlikely to be taken; only their
 * order matters: the allocator evicts the value whose next use is farthest. Values that can be
 * recomputed anywhere are left out: they never live in registers across blocks.
 *
 * Backward dataflow over postorder until nothing gets nearer. Sets are sparse maps over value ids,
 * stored per block as flat arrays.
 */
import { type Block } from '../block.ts';
import { postorder } from '../cfg.ts';
import { type Func } from '../func.ts';
import { OpPhi } from '../op.ts';
import { isCall } from '../opinfo.ts';

const likelyDistance = 1;
const normalDistance = 10;
const unlikelyDistance = 100;

/** A map from small ids to numbers that can be emptied at once. */
class SparseMap {
  readonly ids: number[] = [];
  readonly #pos: Int32Array;
  readonly #val: Float64Array;

  constructor(size: number) {
    this.#pos = new Int32Array(size).fill(-1);
    this.#val = new Float64Array(size);
  }

  clear(): void {
    for (const id of this.ids) this.#pos[id] = -1;
    this.ids.length = 0;
  }

  get(id: number): number {
    return this.#pos[id]! < 0 ? -1 : this.#val[id]!;
  }

  set(id: number, value: number): void {
    if (this.#pos[id]! < 0) {
      this.#pos[id] = this.ids.length;
      this.ids.push(id);
    }
    this.#val[id] = value;
  }

  delete(id: number): void {
    const at = this.#pos[id]!;
    if (at < 0) return;
    const last = this.ids.pop()!;
    if (last !== id) {
      this.ids[at] = last;
      this.#pos[last] = at;
    }
    this.#pos[id] = -1;
  }
}

export interface LiveOut {
  ids: Int32Array;
  dist: Float64Array;
}

const none: LiveOut = { ids: new Int32Array(0), dist: new Float64Array(0) };

function edgeDistance(p: Block, i: number): number {
  if (p.likely === 0) return normalDistance;
  return p.likely > 0 === (i === 0) ? likelyDistance : unlikelyDistance;
}

/** Live-out sets by block id. `tracked[id]` is 1 for values that occupy registers. */
export function computeLive(f: Func, tracked: Uint8Array): LiveOut[] {
  const live: LiveOut[] = Array.from({ length: f.numBlocks }, () => none);
  const now = new SparseMap(f.numValues);
  const other = new SparseMap(f.numValues);
  const post = postorder(f);
  const dirty = new Uint8Array(f.numBlocks);
  for (const b of post) dirty[b.id] = 1;
  for (let changed = true; changed;) {
    changed = false;
    for (const b of post) {
      if (dirty[b.id] === 0) continue;
      dirty[b.id] = 0;
      liveIn(b, live[b.id]!, tracked, now);
      for (let p = 0; p < b.preds.length; p++) {
        const e = b.preds[p]!;
        const delta = edgeDistance(e.b, e.i);
        if (mergeInto(live, e.b, now, delta, b, p, tracked, other)) {
          dirty[e.b.id] = 1;
          changed = true;
        }
      }
    }
  }
  return live;
}

/** The values live at the beginning of `b` (after its phis), with distances from there. */
function liveIn(b: Block, out: LiveOut, tracked: Uint8Array, now: SparseMap): void {
  now.clear();
  const { values } = b;
  let len = values.length;
  // What lies behind a call is far: it will be in memory anyway.
  for (const v of values) if (isCall(v.op)) len += unlikelyDistance;
  for (let i = 0; i < out.ids.length; i++) now.set(out.ids[i]!, out.dist[i]! + len);
  if (b.c0 !== null && tracked[b.c0.id] === 1) now.set(b.c0.id, len);
  if (b.c1 !== null && tracked[b.c1.id] === 1) now.set(b.c1.id, len);
  let at = len;
  for (let i = values.length - 1; i >= 0; i--) {
    const v = values[i]!;
    now.delete(v.id);
    at -= isCall(v.op) ? unlikelyDistance + 1 : 1;
    if (v.op === OpPhi) continue;
    for (let k = 0; k < v.nargs; k++) {
      const id = v.arg(k).id;
      if (tracked[id] === 1) now.set(id, at < 0 ? 0 : at);
    }
  }
}

// oxlint-disable-next-line max-params -- the edge and the scratch.
function mergeInto(
  live: LiveOut[],
  p: Block,
  now: SparseMap,
  delta: number,
  b: Block,
  predIndex: number,
  tracked: Uint8Array,
  sum: SparseMap,
): boolean {
  const old = live[p.id]!;
  sum.clear();
  for (let i = 0; i < old.ids.length; i++) sum.set(old.ids[i]!, old.dist[i]!);
  let changed = false;
  const offer = (id: number, d: number): void => {
    const was = sum.get(id);
    if (was >= 0 && was <= d) return;
    sum.set(id, d);
    changed = true;
  };
  for (const id of now.ids) offer(id, now.get(id) + delta);
  for (const v of b.values) {
    if (v.op !== OpPhi) continue;
    const id = v.arg(predIndex).id;
    if (tracked[id] === 1) offer(id, delta);
  }
  if (!changed) return false;
  const { ids } = sum;
  const next: LiveOut = { ids: new Int32Array(ids.length), dist: new Float64Array(ids.length) };
  for (let i = 0; i < ids.length; i++) {
    next.ids[i] = ids[i]!;
    next.dist[i] = sum.get(ids[i]!);
  }
  live[p.id] = next;
  return true;
}
