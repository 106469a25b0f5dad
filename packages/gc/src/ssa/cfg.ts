/**
 * Facts about the control-flow graph: postorder, dominators, loops.
 *
 * Everything is by block id in typed arrays and is computed afresh by whoever needs it: passes change
 * the graph too often for caches to be worth their bugs. All walks are iterative; functions with
 * 100,000 blocks exist (generated tables).
 *
 * Dominators: K. Cooper, T. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm".
 */
import { type Block } from './block.ts';
import { type Func } from './func.ts';

/** Reachable blocks, every block after its successors (but for back edges). */
export function postorder(f: Func): Block[] {
  const order: Block[] = [];
  const seen = new Uint8Array(f.numBlocks);
  const stack: Block[] = [f.entry];
  const next: number[] = [0];
  seen[f.entry.id] = 1;
  while (stack.length > 0) {
    const top = stack.length - 1;
    const b = stack[top]!;
    const i = next[top]!;
    if (i < b.succs.length) {
      next[top] = i + 1;
      const c = b.succs[i]!.b;
      if (seen[c.id] === 0) {
        seen[c.id] = 1;
        stack.push(c);
        next.push(0);
      }
    } else {
      order.push(b);
      stack.pop();
      next.pop();
    }
  }
  return order;
}

export class DomTree {
  /** Immediate dominator by block id; null for the entry and unreachable blocks. */
  readonly idom: (Block | null)[];
  /** Children of each block in the dominator tree. */
  readonly children: Block[][];
  /** Entry and exit times of a walk over the tree; 0: unreachable. */
  readonly enter: Int32Array;
  readonly exit: Int32Array;
  /** Reverse postorder of the graph. */
  readonly order: Block[];

  constructor(f: Func, post: readonly Block[] = postorder(f)) {
    const n = f.numBlocks;
    const number = new Int32Array(n).fill(-1);
    for (let i = 0; i < post.length; i++) number[post[i]!.id] = i;
    const idom = new Int32Array(post.length).fill(-1);
    const root = post.length - 1;
    idom[root] = root;
    for (let changed = true; changed;) {
      changed = false;
      for (let i = root - 1; i >= 0; i--) {
        const { preds } = post[i]!;
        let best = -1;
        for (let p = 0; p < preds.length; p++) {
          let x = number[preds[p]!.b.id]!;
          if (x < 0 || idom[x] === -1) continue;
          if (best < 0) {
            best = x;
            continue;
          }
          while (x !== best) {
            while (x < best) x = idom[x]!;
            while (best < x) best = idom[best]!;
          }
        }
        if (idom[i] !== best) {
          idom[i] = best;
          changed = true;
        }
      }
    }
    this.idom = Array.from({ length: n }, () => null);
    this.children = Array.from({ length: n }, () => []);
    this.order = [];
    for (let i = root; i >= 0; i--) {
      const b = post[i]!;
      this.order.push(b);
      if (i === root) continue;
      const d = post[idom[i]!]!;
      this.idom[b.id] = d;
      this.children[d.id]!.push(b);
    }
    this.enter = new Int32Array(n);
    this.exit = new Int32Array(n);
    this.#number(f.entry);
  }

  #number(entry: Block): void {
    let time = 1;
    const stack: Block[] = [entry];
    const next: number[] = [0];
    this.enter[entry.id] = time++;
    while (stack.length > 0) {
      const top = stack.length - 1;
      const b = stack[top]!;
      const i = next[top]!;
      const kids = this.children[b.id]!;
      if (i < kids.length) {
        next[top] = i + 1;
        const c = kids[i]!;
        this.enter[c.id] = time++;
        stack.push(c);
        next.push(0);
      } else {
        this.exit[b.id] = time++;
        stack.pop();
        next.pop();
      }
    }
  }

  /** Every block dominates itself. */
  dominates(a: Block, b: Block): boolean {
    return this.enter[a.id]! <= this.enter[b.id]! && this.exit[b.id]! <= this.exit[a.id]!;
  }

  /** The closest block that dominates both. */
  common(a: Block, b: Block): Block {
    let x = a;
    while (!this.dominates(x, b)) x = this.idom[x.id]!;
    return x;
  }
}

/** A natural loop (of reducible control flow) by its header. */
export class Loop {
  readonly header: Block;
  outer: Loop | null = null;
  depth = 1;
  /** Contains a call (on a path that comes back). */
  hasCall: boolean = false;
  isInner: boolean = true;
  blocks = 0;

  constructor(header: Block) {
    this.header = header;
  }
}

/** The loops of a function; a block belongs to its innermost one. */
export class LoopNest {
  readonly loops: Loop[] = [];
  /** Innermost loop by block id. */
  readonly of: (Loop | null)[];

  constructor(f: Func, dom: DomTree) {
    const of: (Loop | null)[] = Array.from({ length: f.numBlocks }, () => null);
    this.of = of;
    // Inner headers come later in reverse postorder, so go backwards: inner loops first.
    for (let i = dom.order.length - 1; i >= 0; i--) {
      const h = dom.order[i]!;
      let loop: Loop | null = null;
      const work: Block[] = [];
      for (const e of h.preds) {
        if (dom.enter[e.b.id] === 0 || !dom.dominates(h, e.b)) continue;
        loop ??= new Loop(h);
        work.push(e.b);
      }
      if (loop === null) continue;
      this.loops.push(loop);
      this.#flood(loop, work, dom);
    }
    for (let i = this.loops.length - 1; i >= 0; i--) {
      const l = this.loops[i]!;
      if (l.outer !== null) {
        l.depth = l.outer.depth + 1;
        l.outer.isInner = false;
      }
    }
    for (const b of dom.order) {
      const l = of[b.id]!;
      if (l !== null) l.blocks++;
    }
  }

  /** Backwards from the latches to the header; a block of an inner loop stands for its whole loop. */
  #flood(loop: Loop, work: Block[], dom: DomTree): void {
    const { of } = this;
    while (work.length > 0) {
      const b = work.pop()!;
      let inner = of[b.id]!;
      if (inner === null) {
        of[b.id] = loop;
        if (b === loop.header) continue;
        for (const e of b.preds) if (dom.enter[e.b.id] !== 0) work.push(e.b);
        continue;
      }
      while (inner.outer !== null && inner !== loop) inner = inner.outer;
      if (inner === loop) continue;
      inner.outer = loop;
      for (const e of inner.header.preds) {
        if (dom.enter[e.b.id] !== 0 && !dom.dominates(inner.header, e.b)) work.push(e.b);
      }
    }
    if (of[loop.header.id] === null) of[loop.header.id] = loop;
  }

  depth(b: Block): number {
    return this.of[b.id]?.depth ?? 0;
  }
}
