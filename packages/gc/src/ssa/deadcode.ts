/**
 * Removes blocks that cannot be reached and values that nothing needs.
 *
 * Needed are controls, operations with effects, and the operands of what is needed. A block of kind
 * First loses its second edge. Phis lose the operands of removed edges; a phi left with one operand
 * becomes a copy.
 */
import { BlockFirst, BlockPlain, type Block } from './block.ts';
import { postorder } from './cfg.ts';
import { type Func } from './func.ts';
import { OpCopy, OpInvalid, OpPhi } from './op.ts';
import { HasEffect, IsCall, opFlags } from './opinfo.ts';
import { RepMem } from './rep.ts';
import { copySource } from './rewrite.ts';
import { type Value } from './value.ts';

/** Takes edge `i` out of `b`; operands of phis at the other end go with it. */
export function removeEdge(b: Block, i: number): void {
  const e = b.succs[i]!;
  const c = e.b;
  const j = e.i;
  b.removeSucc(i);
  c.removePred(j);
  for (const v of c.values) {
    if (v.op !== OpPhi) continue;
    v.removeArgSwap(j);
    simplifyPhi(v);
  }
}

/** A phi of one value (and perhaps itself) is a copy of it. True if it was one. */
export function simplifyPhi(v: Value): boolean {
  let only: Value | null = null;
  for (let i = 0; i < v.nargs; i++) {
    const x = copySource(v.arg(i));
    if (x === v) continue;
    if (only !== null && x !== only) return false;
    only = x;
  }
  if (only === null) return false;
  v.copyOf(only);
  return true;
}

export function removeUnreachable(f: Func): void {
  for (const b of f.blocks) {
    if (b.kind !== BlockFirst) continue;
    removeEdge(b, 1);
    b.reset(BlockPlain);
    b.likely = 0;
  }
  const live = new Uint8Array(f.numBlocks);
  for (const b of postorder(f)) live[b.id] = 1;
  let dead = 0;
  for (const b of f.blocks) {
    if (live[b.id] === 1) continue;
    dead++;
    while (b.succs.length > 0) {
      if (live[b.succs[0]!.b.id] === 1) removeEdge(b, 0);
      else {
        const e = b.succs[0]!;
        b.removeSucc(0);
        e.b.removePred(e.i);
      }
    }
  }
  if (dead === 0) return;
  for (const b of f.blocks) {
    if (live[b.id] === 1) continue;
    b.setControl(null);
    b.setControl2(null);
    for (const v of b.values) v.resetArgs();
  }
  for (const b of f.blocks) {
    if (live[b.id] === 1) continue;
    for (const v of b.values) v.op = OpInvalid;
    b.values.length = 0;
  }
  let n = 0;
  for (const b of f.blocks) if (live[b.id] === 1) f.blocks[n++] = b;
  f.blocks.length = n;
}

export function deadcode(f: Func): void {
  removeUnreachable(f);
  copyelim(f);
  const live = new Uint8Array(f.numValues);
  const work: Value[] = [];
  const need = (v: Value): void => {
    if (live[v.id] === 1) return;
    live[v.id] = 1;
    work.push(v);
  };
  for (const b of f.blocks) {
    if (b.c0 !== null) need(b.c0);
    if (b.c1 !== null) need(b.c1);
    for (const v of b.values) {
      // Also where memory ends in an endless loop.
      if ((opFlags[v.op]! & (HasEffect | IsCall)) !== 0 || isOrdered(v)) need(v);
    }
  }
  while (work.length > 0) {
    const v = work.pop()!;
    for (let i = 0; i < v.nargs; i++) need(v.arg(i));
  }
  for (const b of f.blocks) {
    const { values } = b;
    let n = 0;
    for (let i = 0; i < values.length; i++) {
      const v = values[i]!;
      if (live[v.id] === 1) values[n++] = v;
      else v.resetArgs();
    }
    values.length = n;
  }
  f.dropDeadConstants(live);
}

function isOrdered(v: Value): boolean {
  return v.rep === RepMem && v.op !== OpPhi && v.op !== OpCopy;
}

/** Replaces uses of copies by what they copy; trivial phis become copies first. */
export function copyelim(f: Func): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const b of f.blocks) {
      for (const v of b.values) if (v.op === OpPhi && simplifyPhi(v)) changed = true;
    }
  }
  for (const b of f.blocks) {
    if (b.c0 !== null && b.c0.op === OpCopy) b.setControl(copySource(b.c0));
    if (b.c1 !== null && b.c1.op === OpCopy) b.setControl2(copySource(b.c1));
    for (const v of b.values) {
      for (let i = 0; i < v.nargs; i++) {
        const x = v.arg(i);
        if (x.op === OpCopy) v.setArg(i, copySource(x));
      }
    }
  }
}
