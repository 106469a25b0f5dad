/**
 * Makes sure that flags are in the flags register where they are read.
 *
 * There is one flags register and no way to save it. Flags never live across blocks here: a reader
 * whose flags were made in another block, or overwritten since, gets a copy of the operation that made
 * them directly before it. A copied operation must not read memory again, so one that compares with
 * memory is split into a load and a comparison first (`splitLoad`, from the target).
 *
 * Invariant after: in each block, a reader of flags follows their producer with no clobber in between.
 * Operations that must not clobber live flags (constants made by XOR) are found by emit.
 */
import { type Block } from './block.ts';
import { type Func } from './func.ts';
import { OpPhi, OpSelect0, OpSelect1 } from './op.ts';
import { ClobbersFlags, HasEffect, IsMem, SetsFlags, opFlags } from './opinfo.ts';
import { RepFlags } from './rep.ts';
import { type Value } from './value.ts';

/** Turns a flags operation on memory into one on a register, in place; others stay. */
export type SplitFlagLoad = (v: Value) => void;

export function flagalloc(f: Func, splitLoad: SplitFlagLoad): void {
  let changed = false;
  for (const b of f.blocks) if (hasConflict(b) && rebuild(b, splitLoad)) changed = true;
  if (changed) removeUnused(f);
}

function isSelect(v: Value): boolean {
  return v.op === OpSelect0 || v.op === OpSelect1;
}

function clobbers(v: Value): boolean {
  return (opFlags[v.op]! & (ClobbersFlags | SetsFlags)) !== 0;
}

/** What is in the flags register after `v`. */
function flagsAfter(v: Value, before: Value | null): Value | null {
  if (v.rep === RepFlags) return v;
  return !isSelect(v) && clobbers(v) ? null : before;
}

/** False, and quickly, in the usual case. */
function hasConflict(b: Block): boolean {
  let flag: Value | null = null;
  for (const v of b.values) {
    if (v.op !== OpPhi) {
      for (let k = 0; k < v.nargs; k++) {
        const a = v.arg(k);
        if (a.rep === RepFlags && a !== flag) return true;
      }
    }
    flag = flagsAfter(v, flag);
  }
  return b.c0 !== null && b.c0.rep === RepFlags && b.c0 !== flag;
}

function rebuild(b: Block, splitLoad: SplitFlagLoad): boolean {
  const old = b.values;
  let flag: Value | null = null;
  // Splitting puts a load before its comparison: do it first, while `old` is in order.
  for (const v of old) {
    for (let k = 0; k < v.nargs; k++) {
      if (v.arg(k).rep === RepFlags) splitIfLoad(v.arg(k), splitLoad);
    }
  }
  if (b.c0 !== null && b.c0.rep === RepFlags) splitIfLoad(b.c0, splitLoad);
  const values = b.values;
  const out: Value[] = [];
  b.values = out;
  for (const v of values) {
    for (let k = 0; k < v.nargs; k++) {
      const a = v.arg(k);
      if (a.rep !== RepFlags || a === flag) continue;
      const c = copyFlags(b, a);
      v.setArg(k, c);
      flag = c;
    }
    out.push(v);
    flag = flagsAfter(v, flag);
  }
  if (b.c0 !== null && b.c0.rep === RepFlags && b.c0 !== flag) b.setControl(copyFlags(b, b.c0));
  return true;
}

function splitIfLoad(v: Value, splitLoad: SplitFlagLoad): void {
  if (v.nargs > 0 && !isSelect(v)) splitLoad(v);
}

/** A copy of the producer of flags `v` at the end of `b` as it stands. */
function copyFlags(b: Block, v: Value): Value {
  const f = b.func;
  if (isSelect(v)) return f.newValue1(b, v.pos, v.op, RepFlags, copyOp(b, v.a0!));
  return copyOp(b, v);
}

function copyOp(b: Block, v: Value): Value {
  const args: Value[] = [];
  for (let i = 0; i < v.nargs; i++) {
    const x = v.arg(i);
    args.push(x.rep === RepFlags ? copyFlags(b, x) : x);
  }
  const c = b.func.newValueN(b, v.pos, v.op, v.rep, args);
  c.auxInt = v.auxInt;
  c.auxInt2 = v.auxInt2;
  c.aux = v.aux;
  return c;
}

/** Producers that only had readers elsewhere. */
function removeUnused(f: Func): void {
  for (const b of f.blocks) {
    for (let i = b.values.length - 1; i >= 0; i--) {
      const v = b.values[i]!;
      if (v.uses > 0 || !producesFlags(v)) continue;
      v.resetArgs();
      b.values.splice(i, 1);
    }
  }
}

function producesFlags(v: Value): boolean {
  if ((opFlags[v.op]! & (IsMem | HasEffect)) !== 0) return false;
  return v.rep === RepFlags || (opFlags[v.op]! & SetsFlags) !== 0;
}
