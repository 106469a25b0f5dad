/**
 * Common subexpressions: a value that equals one computed in a dominating block becomes a copy of it.
 *
 * Blocks are visited in reverse postorder, so that operands have been replaced before (but for those
 * of loop phis, which are left alone). Equal are values with the same operation, representation,
 * auxiliary data and operands; memory is an operand like others, so loads are equal if nothing was
 * stored in between. Flags are shared within a block only: nothing else can be done with them.
 */
import { DomTree } from './cfg.ts';
import { type Func } from './func.ts';
import { OpArgReg, OpCopy, OpInitMem, OpPhi, OpSelect0, OpSelect1, OpSelectN } from './op.ts';
import { HasEffect, IsCall, IsMem, IsPinned, opFlags } from './opinfo.ts';
import { RepFlags, RepMem, RepVoid } from './rep.ts';
import { copySource } from './rewrite.ts';
import { type Value } from './value.ts';

export function cse(f: Func): void {
  const dom = new DomTree(f);
  const table = new Map<number, Value[]>();
  for (const b of dom.order) {
    // Operands first within the block: its list may be in any order.
    for (const v of inOrder(b.values)) {
      for (let i = 0; i < v.nargs; i++) {
        const x = v.arg(i);
        if (x.op === OpCopy) v.setArg(i, copySource(x));
      }
      if (!isPure(v)) continue;
      const isMember = v.op === OpSelect0 || v.op === OpSelect1;
      const h = hash(v);
      const list = table.get(h);
      if (isMember && v.a0!.block !== b && list?.some((c) => isEqual(c, v)) !== true) {
        // Members stay with their tuple, which turned out to be one of another block.
        const t = v.a0!;
        const m = f.newValue1(t.block, v.pos, v.op, v.rep, t);
        v.copyOf(m);
        if (list === undefined) table.set(h, [m]);
        else list.push(m);
        continue;
      }
      if (list === undefined) {
        table.set(h, [v]);
        continue;
      }
      const same = list.find((c) => isEqual(c, v) && dom.dominates(c.block, v.block));
      if (same === undefined) list.push(v);
      else if (v.rep === RepFlags && same.block !== v.block) list.push(v);
      else v.copyOf(same);
    }
    if (b.c0 !== null && b.c0.op === OpCopy) b.setControl(copySource(b.c0));
    if (b.c1 !== null && b.c1.op === OpCopy) b.setControl2(copySource(b.c1));
  }
}

/** The values with operands of the same block before their users. */
function inOrder(values: readonly Value[]): Value[] {
  const out: Value[] = [];
  const state = new Set<Value>();
  const stack: Value[] = [];
  const next: number[] = [];
  for (const root of values) {
    if (state.has(root)) continue;
    state.add(root);
    stack.push(root);
    next.push(0);
    while (stack.length > 0) {
      const top = stack.length - 1;
      const v = stack[top]!;
      let i = next[top]!;
      const n = v.op === OpPhi ? 0 : v.nargs;
      let child: Value | null = null;
      while (i < n && child === null) {
        const x = v.arg(i++);
        if (x.block === v.block && !state.has(x)) child = x;
      }
      next[top] = i;
      if (child !== null) {
        state.add(child);
        stack.push(child);
        next.push(0);
      } else {
        out.push(v);
        stack.pop();
        next.pop();
      }
    }
  }
  return out;
}

function isPure(v: Value): boolean {
  switch (v.op) {
    case OpPhi:
    case OpCopy:
    case OpInitMem:
    case OpArgReg:
    case OpSelectN:
      return false;
    case OpSelect0:
    case OpSelect1:
      return v.rep !== RepMem && (opFlags[v.a0!.op]! & (IsMem | IsCall)) === 0;
    default:
      if (v.rep === RepMem || v.rep === RepVoid) return false;
      return (opFlags[v.op]! & (HasEffect | IsCall | IsMem | IsPinned)) === 0;
  }
}

function hash(v: Value): number {
  let h = Math.imul(v.op, 31) + v.rep;
  h = Math.imul(h, 31) + (v.auxInt | 0);
  h = Math.imul(h, 31) + v.auxInt2;
  // Operands in any order: commutative operations must meet.
  let sum = 0;
  for (let i = 0; i < v.nargs; i++) sum += Math.imul(v.arg(i).id, 0x9e3779b1);
  h = Math.imul(h, 31) + sum;
  if (typeof v.aux === 'number') h = Math.imul(h, 31) + Math.floor(v.aux * 16);
  return h | 0;
}

function isEqual(a: Value, b: Value): boolean {
  if (a.op !== b.op || a.rep !== b.rep || a.nargs !== b.nargs) return false;
  if (a.auxInt !== b.auxInt || a.auxInt2 !== b.auxInt2 || !Object.is(a.aux, b.aux)) return false;
  let straight = true;
  for (let i = 0; i < a.nargs; i++) if (a.arg(i) !== b.arg(i)) straight = false;
  if (straight) return true;
  if ((opFlags[a.op]! & 1) === 0 || a.a0 !== b.a1 || a.a1 !== b.a0) return false;
  for (let i = 2; i < a.nargs; i++) if (a.arg(i) !== b.arg(i)) return false;
  return true;
}
