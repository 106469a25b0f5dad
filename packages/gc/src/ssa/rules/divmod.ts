/**
 * Division by constants without dividing.
 *
 * Powers of two are shifts (signed ones after a correction that rounds towards zero). Others multiply
 * by a scaled reciprocal and take the high half, after T. Granlund and P. Montgomery, "Division by
 * Invariant Integers using Multiplication": with L = ⌈log₂ c⌉ and M = ⌈2^(w+L)/c⌉, x/c is
 * ⌊x·M / 2^(w+L)⌋ for every unsigned x of w bits, where M has w+1 bits; the topmost is added by hand.
 * For signed x, M = ⌈2^(w−1+L)/c⌉ has w bits and the result for negative x is one too small.
 */
import { type Func } from '../func.ts';
import {
  type Op,
  OpAdd,
  OpAnd,
  OpAvgU,
  OpConst,
  OpHMul,
  OpHMulU,
  OpMul,
  OpRsh,
  OpRshU,
  OpSignExt,
  OpSub,
  OpTrunc,
  OpZeroExt,
  OpDiv,
  OpDivU,
  OpNeg,
} from '../op.ts';
import { type Rep, RepI64, repSize } from '../rep.ts';
import { type Value } from '../value.ts';

const bitsOf = (rep: Rep): number => repSize[rep]! * 8;

function log2Ceil(c: bigint): number {
  return (c - 1n).toString(2).length;
}

/** Builds values next to `v`. */
class At {
  readonly f: Func;
  readonly v: Value;

  constructor(v: Value) {
    this.v = v;
    this.f = v.block.func;
  }

  op(op: Op, rep: Rep, x: Value, y: Value): Value {
    return this.f.newValue2(this.v.block, this.v.pos, op, rep, x, y);
  }

  one(op: Op, rep: Rep, x: Value): Value {
    return this.f.newValue1(this.v.block, this.v.pos, op, rep, x);
  }

  /** Shift by a count that is in range. */
  shift(op: Op, rep: Rep, x: Value, count: number): Value {
    const s = this.op(op, rep, x, this.f.constInt(RepI64, count));
    s.auxInt = 1;
    return s;
  }

  int(rep: Rep, c: bigint): Value {
    return this.f.constInt(rep, BigInt.asIntN(bitsOf(rep), c));
  }
}

function isPowerOfTwo(c: bigint): boolean {
  return c > 0n && (c & (c - 1n)) === 0n;
}

/** x / k unsigned; null if the machine should divide. */
function quotientU(a: At, x: Value, k: Value): Value | null {
  const { rep } = a.v;
  const w = bitsOf(rep);
  const c = BigInt.asUintN(w, k.constBig());
  if (c === 0n) return null;
  if (isPowerOfTwo(c)) return a.shift(OpRshU, rep, x, c.toString(2).length - 1);
  const l = log2Ceil(c);
  if (w < 32) {
    // The product fits in 64 bits.
    const m = ((1n << BigInt(w + l)) + c - 1n) / c;
    const wide = a.one(OpZeroExt, RepI64, x);
    const product = a.op(OpMul, RepI64, wide, a.int(RepI64, m));
    return a.one(OpTrunc, rep, a.shift(OpRshU, RepI64, product, w + l));
  }
  const m = ((1n << BigInt(w + l)) + c - 1n) / c - (1n << BigInt(w));
  if (w === 32) {
    // 33 bits of multiplier times 32 bits: (x·m >> 32 + x) >> l, in 64 bits without overflow.
    const wide = a.one(OpZeroExt, RepI64, x);
    const product = a.op(OpMul, RepI64, wide, a.int(RepI64, m));
    const high = a.shift(OpRshU, RepI64, product, 32);
    const sum = a.op(OpAdd, RepI64, high, wide);
    return a.one(OpTrunc, rep, a.shift(OpRshU, RepI64, sum, l));
  }
  // (x + high) / 2 must not overflow: the average of the larger and the smaller.
  const high = a.op(OpHMulU, rep, x, a.int(rep, m));
  const half = a.op(OpAvgU, rep, x, high);
  return a.shift(OpRshU, rep, half, l - 1);
}

function quotient(a: At, x: Value, k: Value): Value | null {
  const { rep } = a.v;
  const w = bitsOf(rep);
  const d = k.constBig();
  if (d === 0n) return null;
  const c = d < 0n ? -d : d;
  // The smallest number is its own negation.
  if (c === 1n << BigInt(w - 1)) return null;
  let q: Value;
  if (isPowerOfTwo(c)) {
    const n = c.toString(2).length - 1;
    if (n === 0) q = x;
    else {
      // Negative numbers round up: add 2ⁿ − 1 to them first.
      const sign = n === 1 ? x : a.shift(OpRsh, rep, x, w - 1);
      const bias = a.shift(OpRshU, rep, sign, w - n);
      q = a.shift(OpRsh, rep, a.op(OpAdd, rep, x, bias), n);
    }
  } else {
    const l = log2Ceil(c);
    const sign = a.shift(OpRsh, rep, x, w - 1);
    if (w < 64) {
      const m = ((1n << BigInt(w - 1 + l)) + c - 1n) / c;
      const wide = a.one(OpSignExt, RepI64, x);
      const product = a.op(OpMul, RepI64, wide, a.int(RepI64, m));
      const high = a.one(OpTrunc, rep, a.shift(OpRsh, RepI64, product, w - 1 + l));
      q = a.op(OpSub, rep, high, sign);
    } else {
      const m = ((1n << BigInt(w - 1 + l)) + c - 1n) / c;
      if (m < 1n << 63n) {
        const high = a.op(OpHMul, rep, x, a.int(rep, m));
        q = a.op(OpSub, rep, a.shift(OpRsh, rep, high, l - 1), sign);
      } else {
        // As a signed number the multiplier is m − 2⁶⁴: add x to make up.
        const high = a.op(OpHMul, rep, x, a.int(rep, m));
        const sum = a.op(OpAdd, rep, high, x);
        q = a.op(OpSub, rep, a.shift(OpRsh, rep, sum, l - 1), sign);
      }
    }
  }
  return d < 0n ? a.one(OpNeg, rep, q) : q;
}

function replace(v: Value, q: Value | null): boolean {
  if (q === null) return false;
  v.copyOf(q);
  return true;
}

/** x mod k from the quotient. */
function remainder(v: Value, x: Value, k: Value, op: Op): boolean {
  const a = new At(v);
  const q = op === OpDiv ? quotient(a, x, k) : quotientU(a, x, k);
  if (q === null) return false;
  return replace(v, a.op(OpSub, v.rep, x, a.op(OpMul, v.rep, q, k)));
}

export const divFunctions = {
  divConst: (v: Value, x: Value, k: Value): boolean => replace(v, quotient(new At(v), x, k)),
  divUConst: (v: Value, x: Value, k: Value): boolean => replace(v, quotientU(new At(v), x, k)),
  modConst: (v: Value, x: Value, k: Value): boolean => {
    if (k.op !== OpConst) return false;
    return remainder(v, x, k, OpDiv);
  },
  modUConst: (v: Value, x: Value, k: Value): boolean => {
    const w = bitsOf(v.rep);
    const c = BigInt.asUintN(w, k.constBig());
    if (isPowerOfTwo(c)) {
      const a = new At(v);
      return replace(v, a.op(OpAnd, v.rep, x, a.int(v.rep, c - 1n)));
    }
    return remainder(v, x, k, OpDivU);
  },
};
