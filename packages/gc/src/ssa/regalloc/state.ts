/**
 * The state of registers while a block is being allocated.
 *
 * Two kinds of values: *originals*, those of the program, and *copies*, the instructions that put an
 * original into a register (its own definition, a reload, a move). `valueIn[r]` is the original that
 * register r holds, `copyIn[r]` the copy that put it there; operands are rewritten to copies. An
 * original may be in several registers; `regsOf[id]` is their mask.
 *
 * Uses of an original in the rest of the block (and its distance beyond) are a linked list in a pool,
 * the next one first.
 */
import { type Block } from '../block.ts';
import { type Func } from '../func.ts';
import { OpCopy, OpLoadReg, OpStoreReg } from '../op.ts';
import { isFloatRep } from '../rep.ts';
import { type Value } from '../value.ts';
import { type RegTarget, classOf, lowest } from './target.ts';

export const numRegs = 32;

/** Where a value is after allocation. */
export const NoHome = -1;

export class RegState {
  readonly f: Func;
  readonly target: RegTarget;
  /** Original by id; copies are not in it. */
  readonly values: (Value | null)[];
  /** 1: occupies a register and may live across blocks. 2: recomputed where needed. */
  readonly kind: Uint8Array;
  readonly regsOf: Int32Array;
  /** Head of the use list by id, −1: no more uses. */
  readonly useHead: Int32Array;
  #useNext: Int32Array;
  #useDist: Float64Array;
  #useCount = 0;
  /** The store of a value to its slot, if one is needed; not placed yet. */
  readonly spills: (Value | null)[];
  /** Blocks in which a value is reloaded: their common dominator is what counts. */
  readonly restores: (Block[] | null)[];
  readonly valueIn: (Value | null)[] = Array.from({ length: numRegs }, () => null);
  readonly copyIn: (Value | null)[] = Array.from({ length: numRegs }, () => null);
  used = 0;
  /** Must stay: operands of the instruction at hand. */
  nospill = 0;
  /** Register by id of value or copy; grows with the copies. */
  home: Int16Array;
  /** Must not be written before the instruction at hand: its operands, read or not by others later. */
  frozen = 0;
  /** Preferred register by id, −1 none; valid if the epoch is the present one. */
  readonly desired: Int8Array;
  readonly desiredEpoch: Int32Array;
  epoch = 0;
  /** Registers that upcoming instructions want for something else. */
  avoid = 0;
  /** Distance of the next call in the block: what is used after it is in memory by then. */
  nextCall = Infinity;
  block: Block;

  constructor(f: Func, target: RegTarget) {
    const n = f.numValues;
    this.f = f;
    this.target = target;
    this.values = Array.from({ length: n }, () => null);
    this.kind = new Uint8Array(n);
    this.regsOf = new Int32Array(n);
    this.useHead = new Int32Array(n).fill(-1);
    this.#useNext = new Int32Array(256);
    this.#useDist = new Float64Array(256);
    this.spills = Array.from({ length: n }, () => null);
    this.restores = Array.from({ length: n }, () => null);
    this.home = new Int16Array(n * 2).fill(NoHome);
    this.desired = new Int8Array(n).fill(-1);
    this.desiredEpoch = new Int32Array(n).fill(-1);
    this.block = f.entry;
  }

  // Uses.

  addUse(id: number, dist: number): void {
    if (this.#useCount === this.#useNext.length) {
      const next = new Int32Array(this.#useCount * 2);
      next.set(this.#useNext);
      this.#useNext = next;
      const far = new Float64Array(this.#useCount * 2);
      far.set(this.#useDist);
      this.#useDist = far;
    }
    const u = this.#useCount++;
    this.#useDist[u] = dist;
    this.#useNext[u] = this.useHead[id]!;
    this.useHead[id] = u;
  }

  clearUses(ids: readonly number[]): void {
    for (const id of ids) this.useHead[id] = -1;
    this.#useCount = 0;
  }

  nextUse(id: number): number {
    const u = this.useHead[id]!;
    return u < 0 ? Infinity : this.#useDist[u]!;
  }

  /** Takes the next use off; true if it was the last one. */
  popUse(id: number): boolean {
    const u = this.useHead[id]!;
    if (u >= 0) this.useHead[id] = this.#useNext[u]!;
    return this.useHead[id]! < 0;
  }

  /** Has uses after its next `n`. */
  hasMoreUses(id: number, n: number): boolean {
    let u = this.useHead[id]!;
    for (let i = 0; i < n && u >= 0; i++) u = this.#useNext[u]!;
    return u >= 0;
  }

  // Registers.

  setHome(v: Value, r: number): void {
    if (v.id >= this.home.length) {
      const bigger = new Int16Array(v.id * 2).fill(NoHome);
      bigger.set(this.home);
      this.home = bigger;
    }
    this.home[v.id] = r;
  }

  assign(r: number, v: Value, c: Value): void {
    this.valueIn[r] = v;
    this.copyIn[r] = c;
    this.used |= 1 << r;
    this.regsOf[v.id]! |= 1 << r;
    this.setHome(c, r);
  }

  free(r: number): void {
    const v = this.valueIn[r]!;
    if (v === null) return;
    this.regsOf[v.id]! &= ~(1 << r);
    this.valueIn[r] = null;
    this.copyIn[r] = null;
    this.used &= ~(1 << r);
  }

  freeMask(mask: number): void {
    let m = mask & this.used;
    while (m !== 0) {
      const r = lowest(m);
      m &= m - 1;
      this.free(r);
    }
  }

  freeValue(id: number): void {
    this.freeMask(this.regsOf[id]!);
  }

  clear(): void {
    this.freeMask(this.used);
  }

  desiredOf(id: number): number {
    return this.desiredEpoch[id] === this.epoch ? this.desired[id]! : -1;
  }

  desire(id: number, r: number): void {
    this.desired[id] = r;
    this.desiredEpoch[id] = this.epoch;
  }

  /**
   * A register of `mask` for `v` (or for scratch, if null), emptied if need be. What is thrown out can
   * be brought back from its slot: the farthest next use goes.
   */
  allocReg(mask: number, v: Value | null): number {
    const open = mask & ~this.nospill;
    if (open === 0) this.f.fail('register allocation: no register can be had');
    if (v !== null) {
      const want = this.desiredOf(v.id);
      // Taken by something that will have to be read back from memory anyway.
      if (want >= 0 && (open & this.used & (1 << want)) !== 0) {
        const x = this.valueIn[want]!;
        if (this.kind[x.id] === 1 && this.nextUse(x.id) > this.nextCall) {
          this.free(want);
          return want;
        }
      }
    }
    const idle = open & ~this.used;
    if (idle !== 0) {
      const want = v === null ? -1 : this.desiredOf(v.id);
      if (want >= 0 && (idle & (1 << want)) !== 0) return want;
      const calm = idle & ~this.avoid;
      return lowest(calm !== 0 ? calm : idle);
    }
    let best = -1;
    let farthest = -1;
    for (let m = open; m !== 0; m &= m - 1) {
      const r = lowest(m);
      const x = this.valueIn[r]!;
      let dist = this.nextUse(x.id);
      // A second copy costs nothing to lose; a recomputable value little.
      if ((this.regsOf[x.id]! & (this.regsOf[x.id]! - 1)) !== 0) dist = Infinity;
      else if (this.kind[x.id] === 2) dist = dist * 2 + 8;
      if (dist > farthest) {
        farthest = dist;
        best = r;
      }
    }
    this.moveAway(best);
    return best;
  }

  /** Frees register `r`, into another free one of the class if its value is needed soon. */
  moveAway(r: number): void {
    const x = this.valueIn[r]!;
    if (x === null) return;
    const isOnly = this.regsOf[x.id] === 1 << r;
    if (isOnly && this.kind[x.id] === 1 && this.nextUse(x.id) <= this.nextCall) {
      const idle = classOf(this.target, x.rep) & ~this.used & ~this.nospill & ~this.frozen;
      if (idle !== 0) {
        const calm = idle & ~this.avoid;
        const r2 = lowest(calm !== 0 ? calm : idle);
        const c = this.f.newValue1(this.block, x.pos, OpCopy, x.rep, this.copyIn[r]!);
        this.free(r);
        this.assign(r2, x, c);
        return;
      }
    }
    this.free(r);
  }

  /** Brings original `v` into a register of `mask`; the copy is at the end of the block's list. */
  load(v: Value, mask: number, pos: number): Value {
    const inMask = this.regsOf[v.id]! & mask;
    if (inMask !== 0) {
      const want = this.desiredOf(v.id);
      const r = want >= 0 && (inMask & (1 << want)) !== 0 ? want : lowest(inMask);
      this.nospill |= 1 << r;
      return this.copyIn[r]!;
    }
    const r = this.#regFor(mask, v);
    const c = this.materialise(v, pos);
    this.assign(r, v, c);
    this.nospill |= 1 << r;
    return c;
  }

  #regFor(mask: number, v: Value): number {
    const free = mask & ~this.nospill;
    // A fixed register that is taken: its value may move aside.
    if (free !== 0 && (free & (free - 1)) === 0) {
      const r = lowest(free);
      if ((this.used & free) !== 0) this.moveAway(r);
      return r;
    }
    return this.allocReg(mask, v);
  }

  /** A new value that holds `v`, from a register, its recipe or its slot. */
  materialise(v: Value, pos: number): Value {
    const { f, block: b } = this;
    const from = this.regsOf[v.id]!;
    if (from !== 0) return f.newValue1(b, pos, OpCopy, v.rep, this.copyIn[lowest(from)]!);
    if (this.kind[v.id] === 2) return cloneValue(f, v, b);
    this.spillOf(v);
    (this.restores[v.id] ??= []).push(b);
    const c = f.newValue0(b, pos, OpLoadReg, v.rep);
    c.aux = v;
    return c;
  }

  /** The store of `v` to its slot, made when first asked for and placed at the end. */
  spillOf(v: Value): Value {
    let s = this.spills[v.id]!;
    if (s === null) {
      s = this.f.newDetached(OpStoreReg, v.rep, v.block, v.pos);
      s.aux = v;
      this.spills[v.id] = s;
    }
    return s;
  }

  isFloat(v: Value): boolean {
    return isFloatRep(v.rep);
  }
}

/** A copy of a recomputable value at the end of `b`. */
export function cloneValue(f: Func, v: Value, b: Block): Value {
  const c = f.newValue0(b, v.pos, v.op, v.rep);
  c.auxInt = v.auxInt;
  c.auxInt2 = v.auxInt2;
  c.aux = v.aux;
  for (let i = 0; i < v.nargs; i++) c.addArg(v.arg(i));
  return c;
}
