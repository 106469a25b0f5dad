/**
 * Moves cheap values into the block that uses them, so that they do not occupy a register on the way.
 *
 * Moved are values without operands in registers (constants are recomputed anyway) and those all of
 * whose uses are in one block, not in a deeper loop, if moving does not lengthen the life of more than
 * it shortens: at most one operand, and no memory.
 */
import { type Block } from './block.ts';
import { DomTree, LoopNest } from './cfg.ts';
import { type Func } from './func.ts';
import { OpPhi } from './op.ts';
import { HasEffect, IsCall, IsLoad, IsMem, IsPinned, IsTuple, opFlags } from './opinfo.ts';
import { RepFlags, RepMem, RepTuple, RepVoid, isRegRep } from './rep.ts';
import { type Value } from './value.ts';

export function tighten(f: Func): void {
  const dom = new DomTree(f);
  const loops = new LoopNest(f, dom);
  for (let round = 0; round < 2; round++) {
    const target: (Block | null)[] = Array.from({ length: f.numValues }, () => null);
    const note = (v: Value, b: Block): void => {
      const t = target[v.id]!;
      target[v.id] = t === null ? b : dom.common(t, b);
    };
    for (const b of f.blocks) {
      for (const v of b.values) {
        for (let i = 0; i < v.nargs; i++) note(v.arg(i), v.op === OpPhi ? b.preds[i]!.b : b);
      }
      if (b.c0 !== null) note(b.c0, b);
      if (b.c1 !== null) note(b.c1, b);
    }
    let moved = false;
    for (const b of f.blocks) {
      let n = 0;
      const { values } = b;
      for (let i = 0; i < values.length; i++) {
        const v = values[i]!;
        const t = isMovable(v) ? goodBlock(b, target[v.id]!, dom, loops) : b;
        if (t === b) {
          values[n++] = v;
          continue;
        }
        v.block = t;
        t.values.push(v);
        moved = true;
      }
      values.length = n;
    }
    if (!moved) return;
  }
}

/** The deepest block towards the uses that is in no loop that the definition is not in. */
function goodBlock(from: Block, target: Block | null, dom: DomTree, loops: LoopNest): Block {
  if (target === null || target === from) return from;
  let b = target;
  while (b !== from && loops.of[b.id] !== loops.of[from.id]) {
    if (loops.depth(b) <= loops.depth(from) && isInside(b, from, loops)) break;
    b = dom.idom[b.id]!;
  }
  return b;
}

/** `b` is in every loop that contains `from`, or in none more. */
function isInside(b: Block, from: Block, loops: LoopNest): boolean {
  let l = loops.of[from.id]!;
  const inner = loops.of[b.id]!;
  if (inner === null) return true;
  while (l !== null) {
    if (l === inner) return true;
    l = l.outer!;
  }
  return false;
}

function isMovable(v: Value): boolean {
  if (v.op === OpPhi || v.rep === RepMem || v.rep === RepTuple || v.rep === RepVoid) return false;
  const flags = opFlags[v.op]!;
  if ((flags & (HasEffect | IsCall | IsMem | IsPinned | IsLoad | IsTuple)) !== 0) return false;
  let registers = 0;
  for (let i = 0; i < v.nargs; i++) {
    const x = v.arg(i);
    if (x.rep === RepFlags || x.rep === RepTuple) return false;
    if (x.rep === RepMem) return false;
    if (isRegRep(x.rep) && x.nargs > 0) registers++;
  }
  return registers <= 1;
}
