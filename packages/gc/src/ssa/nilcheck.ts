/**
 * Removes nil checks of pointers that are known not to be nil: checked before on every path here, or
 * compared with nil by a branch that led here.
 *
 * Walks the dominator tree with the set of such pointers. A redundant check becomes a copy of the one
 * that dominates it, so that what depended on it still comes after a check.
 */
import { type Block, BlockIf } from './block.ts';
import { DomTree } from './cfg.ts';
import { type Func } from './func.ts';
import { OpConstNil, OpEq, OpNe, OpNilCheck } from './op.ts';
import { RepPtr } from './rep.ts';
import { type Value } from './value.ts';

export function nilcheckelim(f: Func): void {
  const dom = new DomTree(f);
  /** By id of pointer: the value that proves it (a check, or the pointer itself after a branch). */
  const proof: (Value | null)[] = Array.from({ length: f.numValues }, () => null);
  const undo: number[] = [];
  const work: (Block | number)[] = [f.entry];
  while (work.length > 0) {
    const item = work.pop()!;
    if (typeof item === 'number') {
      while (undo.length > item) proof[undo.pop()!] = null;
      continue;
    }
    work.push(undo.length);
    const learn = (p: Value, by: Value): void => {
      if (proof[p.id] !== null) return;
      proof[p.id] = by;
      undo.push(p.id);
    };
    const tested = testedPointer(item);
    if (tested !== null) learn(tested, tested);
    // The list has no order: a check may stand before one on whose memory it depends, but both are
    // in this block, and either serves.
    for (const v of item.values) {
      if (v.op !== OpNilCheck) continue;
      const p = rootOf(v.a0!);
      const known = proof[p.id]!;
      if (known === null) learn(p, v);
      else if (known !== v && !dependsOn(known, v)) v.copyOf(known === p ? v.a0! : known);
    }
    for (const c of dom.children[item.id]!) work.push(c);
  }
}

/** The pointer without checks of it. */
function rootOf(p: Value): Value {
  let x = p;
  while (x.op === OpNilCheck) x = x.a0!;
  return x;
}

/** In one block the list is unordered: the proof must not itself wait for `v`. */
function dependsOn(known: Value, v: Value): boolean {
  if (known.block !== v.block) return false;
  const seen = new Set<Value>();
  const stack = [known];
  while (stack.length > 0) {
    const x = stack.pop()!;
    if (x === v) return true;
    if (x.block !== v.block || seen.has(x)) continue;
    seen.add(x);
    if (seen.size > 100) return true;
    for (let i = 0; i < x.nargs; i++) stack.push(x.arg(i));
  }
  return false;
}

/** The pointer that is not nil in `b` because of the branch that leads to it alone. */
function testedPointer(b: Block): Value | null {
  if (b.preds.length !== 1) return null;
  const { b: p, i } = b.preds[0]!;
  if (p.kind !== BlockIf) return null;
  const c = p.c0!;
  const isNe = c.op === OpNe;
  if ((!isNe && c.op !== OpEq) || (i === 0) !== isNe) return null;
  if (c.a1!.op === OpConstNil && c.a0!.rep === RepPtr) return c.a0!;
  if (c.a0!.op === OpConstNil && c.a1!.rep === RepPtr) return c.a1!;
  return null;
}
