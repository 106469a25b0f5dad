/**
 * Removes branches whose outcome follows from those before them: bounds checks, mostly.
 *
 * Walks the dominator tree with what is known on the way to each block:
 *
 *  - ranges of integers (as signed numbers of their width; bounds beyond 2⁵³ count as unknown),
 *  - differences: x ≤ y + d.
 *
 * Both come from the conditions of branches that lead here, from the operations themselves (an
 * extended byte is below 256), and from counting loops: a variable that starts at a and is increased by
 * one only while it is below some limit is never less than a; one that counts down is never more.
 *
 * Facts are undone when the walk leaves a block.
 *
 * Invariant used: the second operand of IsInBounds and IsSliceInBounds is a length, or was checked
 * against one before. A number that becomes a length by such a check (`s[:n]`) is one from there on
 * only, and rules may write a length as a number from before its check; values made as lengths are
 * marked as such.
 */
import { BlockFirst, BlockIf, type Block, LikelyUnknown } from './block.ts';
import { DomTree } from './cfg.ts';
import { type Func } from './func.ts';
import {
  OpAdd,
  OpAnd,
  OpConst,
  OpEq,
  OpIsInBounds,
  OpIsSliceInBounds,
  OpLe,
  OpLeU,
  OpLt,
  OpLtU,
  OpModU,
  OpNe,
  OpNot,
  OpPhi,
  OpRshU,
  OpZeroExt,
} from './op.ts';
import { isIntRep, repSize } from './rep.ts';
import { type Value } from './value.ts';

/** How far chains of differences are followed. */
const maxDepth = 4;

interface Difference {
  readonly y: Value;
  /** x ≤ y + d. */
  readonly d: number;
}

const noDifferences: Difference[] = [];

export function prove(f: Func): void {
  new Prover(f).run();
}

class Prover {
  readonly #f: Func;
  readonly #dom: DomTree;
  readonly #lo: Float64Array;
  readonly #hi: Float64Array;
  readonly #init: Uint8Array;
  readonly #below: Difference[][];
  readonly #undo: (() => void)[] = [];
  /** Conditions that are known, by id: 1 true, −1 false. */
  readonly #known: Int8Array;

  constructor(f: Func) {
    const n = f.numValues;
    this.#f = f;
    this.#dom = new DomTree(f);
    this.#lo = new Float64Array(n).fill(-Infinity);
    this.#hi = new Float64Array(n).fill(Infinity);
    this.#init = new Uint8Array(n);
    this.#known = new Int8Array(n);
    this.#below = Array.from({ length: n }, () => noDifferences);
  }

  run(): void {
    if (this.#f.blocks.length < 2) return;
    const work: (Block | number)[] = [this.#f.entry];
    while (work.length > 0) {
      const item = work.pop()!;
      if (typeof item === 'number') {
        while (this.#undo.length > item) this.#undo.pop()!();
        continue;
      }
      work.push(this.#undo.length);
      this.#enter(item);
      this.#decide(item);
      for (const c of this.#dom.children[item.id]!) work.push(c);
    }
  }

  #enter(b: Block): void {
    if (b.preds.length === 1) {
      const { b: p, i } = b.preds[0]!;
      if (p.kind === BlockIf) this.#learn(p.c0!, i === 0);
    }
    for (const v of b.values) {
      if (v.op === OpPhi && isIntRep(v.rep)) this.#induction(v);
      // Here, and only from here on, the bound is known to be in range itself.
      else if (v.op === OpIsInBounds || v.op === OpIsSliceInBounds) this.#setLo(v.a1!, 0);
    }
  }

  #decide(b: Block): void {
    if (b.kind !== BlockIf) return;
    const answer = this.#truth(b.c0!);
    if (answer === 0) return;
    b.setControl(null);
    if (answer < 0) b.swapSuccs();
    b.kind = BlockFirst;
    b.likely = LikelyUnknown;
  }

  // Facts.

  #setLo(v: Value, n: number): void {
    this.#start(v);
    const old = this.#lo[v.id]!;
    if (n <= old || !(Math.abs(n) <= Number.MAX_SAFE_INTEGER)) return;
    this.#lo[v.id] = n;
    this.#undo.push(() => (this.#lo[v.id] = old));
  }

  #setHi(v: Value, n: number): void {
    this.#start(v);
    const old = this.#hi[v.id]!;
    if (n >= old || !(Math.abs(n) <= Number.MAX_SAFE_INTEGER)) return;
    this.#hi[v.id] = n;
    this.#undo.push(() => (this.#hi[v.id] = old));
  }

  /** x ≤ y + d. */
  #addBelow(x: Value, y: Value, d: number): void {
    this.#start(x);
    this.#start(y);
    this.#setHi(x, this.#hi[y.id]! + d);
    this.#setLo(y, this.#lo[x.id]! - d);
    if (x.op === OpConst || y.op === OpConst) return;
    const old = this.#below[x.id]!;
    this.#below[x.id] = [...old, { y, d }];
    this.#undo.push(() => (this.#below[x.id] = old));
  }

  #learn(c: Value, holds: boolean): void {
    if (this.#known[c.id] === 0) {
      this.#known[c.id] = holds ? 1 : -1;
      this.#undo.push(() => (this.#known[c.id] = 0));
    }
    const x = c.a0!;
    switch (c.op) {
      case OpNot:
        this.#learn(x, !holds);
        return;
      case OpAnd:
        if (holds) {
          this.#learn(x, true);
          this.#learn(c.a1!, true);
        }
        return;
      case OpLt:
        if (holds) this.#addBelow(x, c.a1!, -1);
        else this.#addBelow(c.a1!, x, 0);
        return;
      case OpLe:
        if (holds) this.#addBelow(x, c.a1!, 0);
        else this.#addBelow(c.a1!, x, -1);
        return;
      case OpLtU:
      case OpLeU:
        this.#learnUnsigned(c, holds);
        return;
      case OpIsInBounds:
        if (!holds) return;
        this.#setLo(x, 0);
        this.#addBelow(x, c.a1!, -1);
        return;
      case OpIsSliceInBounds:
        if (!holds) return;
        this.#setLo(x, 0);
        this.#addBelow(x, c.a1!, 0);
        return;
      case OpEq:
      case OpNe:
        if (isIntRep(x.rep)) this.#learnEqual(x, c.a1!, (c.op === OpEq) === holds);
        return;
      default:
    }
  }

  #learnUnsigned(c: Value, holds: boolean): void {
    const d = c.op === OpLtU ? -1 : 0;
    const [x, y] = holds ? [c.a0!, c.a1!] : [c.a1!, c.a0!];
    // Below a number that is not negative as a signed one: so is the smaller.
    if (this.#low(y) < 0) return;
    this.#setLo(x, 0);
    this.#addBelow(x, y, holds ? d : -1 - d);
  }

  #learnEqual(x: Value, y: Value, equal: boolean): void {
    if (equal) {
      this.#addBelow(x, y, 0);
      this.#addBelow(y, x, 0);
      return;
    }
    for (const [v, k] of [
      [x, y],
      [y, x],
    ] as const) {
      if (k.op !== OpConst || k.aux !== null) continue;
      if (this.#low(v) === k.auxInt) this.#setLo(v, k.auxInt + 1);
      if (this.#high(v) === k.auxInt) this.#setHi(v, k.auxInt - 1);
    }
  }

  /** What the operation alone says about its value. */
  #start(v: Value): void {
    if (this.#init[v.id] === 1) return;
    this.#init[v.id] = 1;
    if (v.isLength) this.#lo[v.id] = Math.max(0, this.#lo[v.id]!);
    const set = (lo: number, hi: number): void => {
      this.#lo[v.id] = Math.max(lo, this.#lo[v.id]!);
      this.#hi[v.id] = hi;
    };
    switch (v.op) {
      case OpConst:
        if (v.aux === null) set(v.auxInt, v.auxInt);
        return;
      case OpZeroExt: {
        const bits = repSize[v.a0!.rep]! * 8;
        set(0, 2 ** bits - 1);
        return;
      }
      case OpAnd:
        for (const k of [v.a0!, v.a1!]) {
          if (k.op === OpConst && k.aux === null && k.auxInt >= 0) set(0, k.auxInt);
        }
        return;
      case OpRshU: {
        const k = v.a1!;
        const bits = repSize[v.rep]! * 8;
        if (k.op === OpConst && k.auxInt > 0 && k.auxInt < bits) {
          const hi = 2 ** (bits - k.auxInt) - 1;
          set(0, hi <= Number.MAX_SAFE_INTEGER ? hi : Infinity);
        }
        return;
      }
      case OpModU: {
        const k = v.a1!;
        if (k.op === OpConst && k.aux === null && k.auxInt > 0) set(0, k.auxInt - 1);
        return;
      }
      default:
    }
  }

  /** A loop variable that counts by one under a guard. */
  #induction(phi: Value): void {
    if (phi.nargs !== 2) return;
    const h = phi.block;
    for (let i = 0; i < 2; i++) {
      const next = phi.arg(i);
      const first = phi.arg(1 - i);
      if (next.op !== OpAdd || !this.#dom.dominates(h, h.preds[i]!.b)) continue;
      const step = next.a0 === phi ? next.a1! : next.a1 === phi ? next.a0! : null;
      if (step === null || step.op !== OpConst || step.aux !== null) continue;
      if (step.auxInt === 1 && this.#isGuarded(phi, next.block, true)) {
        this.#addBelow(first, phi, 0);
      } else if (step.auxInt === -1 && this.#isGuarded(phi, next.block, false)) {
        this.#addBelow(phi, first, 0);
      }
    }
  }

  /** On the way from the loop's header to `at`, a branch says that phi is below (above) something. */
  #isGuarded(phi: Value, at: Block, below: boolean): boolean {
    for (let b: Block | null = at; b !== null && b !== phi.block; b = this.#dom.idom[b.id]!) {
      if (b.preds.length !== 1) continue;
      const { b: p, i } = b.preds[0]!;
      if (p.kind === BlockIf && bounds(p.c0!, i === 0, phi, below)) return true;
    }
    return false;
  }

  // Questions.

  #low(v: Value): number {
    this.#start(v);
    let lo = this.#lo[v.id]!;
    if (v.op === OpAdd && v.a1 !== null) {
      const [u, k] = v.a0!.op === OpConst ? [v.a1, v.a0!] : [v.a0!, v.a1];
      if (k.op === OpConst && k.aux === null && this.#cannotOverflow(u, k.auxInt)) {
        this.#start(u);
        lo = Math.max(lo, this.#lo[u.id]! + k.auxInt);
      }
    }
    return lo;
  }

  #high(v: Value): number {
    this.#start(v);
    return this.#hi[v.id]!;
  }

  /** u + k stays in the range of its width. */
  #cannotOverflow(u: Value, k: number): boolean {
    this.#start(u);
    const limit = 2 ** (repSize[u.rep]! * 8 - 1);
    if (k <= 0) return this.#lo[u.id]! + k >= -limit;
    if (this.#hi[u.id]! + k < limit) return true;
    // Below something by at least k: the sum is at most that.
    return this.#below[u.id]!.some((e) => e.d <= -k);
  }

  /** x ≤ y + d for certain. */
  #isBelow(x: Value, y: Value, d: number, depth: number): boolean {
    if (x === y) return d >= 0;
    this.#start(x);
    this.#start(y);
    if (this.#hi[x.id]! <= this.#low(y) + d) return true;
    if (depth === 0) return false;
    for (const e of this.#below[x.id]!) {
      if (this.#isBelow(e.y, y, d - e.d, depth - 1)) return true;
    }
    if (x.op === OpAdd) {
      const [u, k] = x.a0!.op === OpConst ? [x.a1!, x.a0!] : [x.a0!, x.a1!];
      if (k.op === OpConst && k.aux === null && this.#cannotOverflow(u, k.auxInt)) {
        if (this.#isBelow(u, y, d - k.auxInt, depth - 1)) return true;
      }
    }
    if (y.op === OpAdd) {
      const [u, k] = y.a0!.op === OpConst ? [y.a1!, y.a0!] : [y.a0!, y.a1!];
      if (k.op === OpConst && k.aux === null && this.#cannotOverflow(u, k.auxInt)) {
        if (this.#isBelow(x, u, d + k.auxInt, depth - 1)) return true;
      }
    }
    return false;
  }

  /** 1: certainly true, −1: certainly false, 0: unknown. */
  #truth(c: Value): number {
    const known = this.#known[c.id]!;
    if (known !== 0) return known;
    const x = c.a0!;
    const y = c.a1;
    switch (c.op) {
      case OpNot:
        return -this.#truth(x);
      case OpLt:
        if (this.#isBelow(x, y!, -1, maxDepth)) return 1;
        return this.#isBelow(y!, x, 0, maxDepth) ? -1 : 0;
      case OpLe:
        if (this.#isBelow(x, y!, 0, maxDepth)) return 1;
        return this.#isBelow(y!, x, -1, maxDepth) ? -1 : 0;
      case OpIsInBounds:
        return this.#low(x) >= 0 && this.#isBelow(x, y!, -1, maxDepth) ? 1 : 0;
      case OpIsSliceInBounds:
        return this.#low(x) >= 0 && this.#isBelow(x, y!, 0, maxDepth) ? 1 : 0;
      case OpLtU:
        return this.#low(x) >= 0 && this.#low(y!) >= 0 && this.#isBelow(x, y!, -1, maxDepth)
          ? 1
          : 0;
      case OpLeU:
        return this.#low(x) >= 0 && this.#low(y!) >= 0 && this.#isBelow(x, y!, 0, maxDepth) ? 1 : 0;
      default:
        return 0;
    }
  }
}

/** Condition `c` being `holds` keeps `phi` below (or above) some number. */
// oxlint-disable-next-line max-params -- the condition and the question.
function bounds(c: Value, holds: boolean, phi: Value, below: boolean): boolean {
  switch (c.op) {
    case OpNot:
      return bounds(c.a0!, !holds, phi, below);
    case OpLt:
      // phi < y holds, or x < phi does not (phi ≤ x: may be the largest number).
      if (below) return holds && c.a0 === phi;
      return holds && c.a1 === phi;
    case OpLe:
      // x ≤ phi fails: phi < x.
      if (below) return !holds && c.a1 === phi;
      return (!holds && c.a0 === phi) || (holds && c.a1 === phi && isConst(c.a0!));
    case OpIsInBounds:
      return holds && c.a0 === phi;
    default:
      return false;
  }
}

/** Not the smallest number: going down by one from there does not wrap. */
function isConst(v: Value): boolean {
  return v.op === OpConst && v.aux === null && v.auxInt > -128;
}
