/**
 * What the rules of amd64 call: tests on constants and values, and the lowerings that are more than
 * an expression.
 *
 * Constants arrive as numbers, or as bigints if they are beyond the safe integers.
 */
import { type Block } from '../../ssa/block.ts';
import { type Func } from '../../ssa/func.ts';
import {
  type Op,
  OpAMD64ADDQconst,
  OpAMD64CVTSQ2SD,
  OpAMD64CVTSQ2SS,
  OpAMD64CVTTSD2SQ,
  OpAMD64CVTTSS2SQ,
  OpAMD64LEAQ,
  OpAMD64LoweredMove,
  OpAMD64LoweredMoveLoop,
  OpAMD64LoweredZero,
  OpAMD64LoweredZeroLoop,
  OpAMD64MOVBload,
  OpAMD64MOVBQSXload,
  OpAMD64MOVBstore,
  OpAMD64MOVBstoreconst,
  OpAMD64MOVLconst,
  OpAMD64MOVLi2f,
  OpAMD64MOVLload,
  OpAMD64MOVLQSXload,
  OpAMD64MOVLstore,
  OpAMD64MOVLstoreconst,
  OpAMD64MOVOload,
  OpAMD64MOVOstore,
  OpAMD64MOVOstorezero,
  OpAMD64MOVQconst,
  OpAMD64MOVQi2f,
  OpAMD64MOVQload,
  OpAMD64MOVQstore,
  OpAMD64MOVQstoreconst,
  OpAMD64MOVSDconst,
  OpAMD64MOVSSconst,
  OpAMD64MOVWload,
  OpAMD64MOVWQSXload,
  OpAMD64MOVWstore,
  OpAMD64MOVWstoreconst,
  OpAMD64MULSD,
  OpAMD64MULSS,
  OpAMD64ORQ,
  OpAMD64REPMOVSQ,
  OpAMD64REPSTOSQ,
  OpAMD64SHRQconst,
  OpAMD64ANDQconst,
  OpAMD64SUBSD,
  OpAMD64SUBSS,
  OpAMD64TESTQ,
  OpAMD64UCOMISD,
  OpAMD64UCOMISS,
  OpAMD64CMOVQA,
  OpAMD64CMOVQL,
  OpAMD64CMOVLL,
  OpPhi,
  OpSB,
  OpSP,
} from '../../ssa/op.ts';
import { IsMem, opFlags, opNames } from '../../ssa/opinfo.ts';
import {
  type Rep,
  RepF32,
  RepF64,
  RepFlags,
  RepI16,
  RepI32,
  RepI64,
  RepI8,
  RepMem,
  RepPtr,
  RepTuple,
  RepV128,
  repSize,
} from '../../ssa/rep.ts';
import { type RuleFunctions } from '../../ssa/rule.ts';
import { type Value } from '../../ssa/value.ts';

type Const = number | bigint;

function is32(c: Const): boolean {
  return typeof c === 'number' && c === (c | 0);
}

/** All 64 bits of a constant, unsigned. */
function bits64(c: Const): bigint {
  return BigInt.asUintN(64, BigInt(c));
}

function isPowerOfTwo(c: bigint): boolean {
  return c > 0n && (c & (c - 1n)) === 0n;
}

function bitNumber(c: bigint): number {
  return c.toString(2).length - 1;
}

/** One bit that an immediate (32 bits, sign-extended) cannot give. */
function isBit(c: Const): boolean {
  return !is32(c) && isPowerOfTwo(bits64(c));
}

function isNotBit(c: Const): boolean {
  return !is32(c) && isPowerOfTwo(bits64(~BigInt(c)));
}

/**
 * True if load `l` can become a memory operand of `root`, whose other operand is `x`: nothing else
 * uses it, it is in the same block, and `x` does not depend on memory after the load's (it would have
 * to be computed both before and after the store in between).
 */
function canFold(root: Value, l: Value, x: Value): boolean {
  if (l.uses !== 1 || l.block !== root.block) return false;
  return x === l || memoryIsReady(root.block, l.memArg(), x);
}

/** As `canFold` where `root` uses the load twice. */
function canFold2(root: Value, l: Value): boolean {
  return l.uses === 2 && l.block === root.block;
}

/** False if computing `x` may need a memory state of block `b` other than `mem`. */
function memoryIsReady(b: Block, mem: Value, x: Value): boolean {
  const work: Value[] = [x];
  for (let steps = 0; work.length > 0; steps++) {
    if (steps > 24) return false;
    const v = work.pop()!;
    if (v.block !== b || v.op === OpPhi) continue;
    if ((opFlags[v.op]! & IsMem) !== 0) return false;
    for (let i = 0; i < v.nargs; i++) {
      const a = v.arg(i);
      if (a.rep !== RepMem) work.push(a);
      else if (a.block === b && !isUpTo(a, mem)) return false;
    }
  }
  return true;
}

/** Whether memory state `m` is `last` or leads to it, by a short way in their block. */
function isUpTo(m: Value, last: Value): boolean {
  let at = last;
  for (let steps = 0; steps < 8 && at.block === m.block; steps++) {
    if (at === m) return true;
    if (at.op === OpPhi || at.nargs === 0) return false;
    const before = at.arg(at.nargs - 1);
    at = before.rep === RepTuple ? before.arg(before.nargs - 1) : before;
    if (at.rep !== RepMem) return false;
  }
  return false;
}

function newInt(f: Func, b: Block, pos: number, c: Const): Value {
  const v = f.newValue0(b, pos, OpAMD64MOVQconst, RepI64);
  if (typeof c === 'bigint') v.aux = c;
  else v.auxInt = c;
  return v;
}

/**
 * Unsigned 64 bits to float: large numbers are halved (keeping the lowest bit, for rounding),
 * converted as signed and doubled. Without branches: both the number and the factor are selected.
 */
function uint64ToFloat(v: Value): boolean {
  const { block: b, pos, rep } = v;
  const f = b.func;
  const x = v.a0!;
  const half = f.newValue1(b, pos, OpAMD64SHRQconst, RepI64, x);
  half.auxInt = 1;
  const low = f.newValue1(b, pos, OpAMD64ANDQconst, RepI64, x);
  low.auxInt = 1;
  const sticky = f.newValue2(b, pos, OpAMD64ORQ, RepI64, half, low);
  const sign = f.newValue2(b, pos, OpAMD64TESTQ, RepFlags, x, x);
  const number = f.newValue3(b, pos, OpAMD64CMOVQL, RepI64, x, sticky, sign);
  let factor: Value;
  if (rep === RepF64) {
    const one = newInt(f, b, pos, 0x3ff0000000000000n);
    const two = newInt(f, b, pos, 0x4000000000000000n);
    factor = f.newValue3(b, pos, OpAMD64CMOVQL, RepI64, one, two, sign);
  } else {
    const one = f.newValue0(b, pos, OpAMD64MOVLconst, RepI32);
    one.auxInt = 0x3f800000;
    const two = f.newValue0(b, pos, OpAMD64MOVLconst, RepI32);
    two.auxInt = 0x40000000;
    factor = f.newValue3(b, pos, OpAMD64CMOVLL, RepI32, one, two, sign);
  }
  const isDouble = rep === RepF64;
  const cvt = f.newValue1(b, pos, isDouble ? OpAMD64CVTSQ2SD : OpAMD64CVTSQ2SS, rep, number);
  const scale = f.newValue1(b, pos, isDouble ? OpAMD64MOVQi2f : OpAMD64MOVLi2f, rep, factor);
  v.reset(isDouble ? OpAMD64MULSD : OpAMD64MULSS);
  v.addArg(cvt);
  v.addArg(scale);
  return true;
}

/** Float to unsigned 64 bits: numbers from 2⁶³ on are converted less 2⁶³, and the top bit is set. */
function floatToUint64(v: Value): boolean {
  const { block: b, pos } = v;
  const f = b.func;
  const x = v.a0!;
  const isDouble = x.rep === RepF64;
  const cutoff = f.newValue0(b, pos, isDouble ? OpAMD64MOVSDconst : OpAMD64MOVSSconst, x.rep);
  cutoff.aux = 9223372036854775808;
  const cvt = isDouble ? OpAMD64CVTTSD2SQ : OpAMD64CVTTSS2SQ;
  const small = f.newValue1(b, pos, cvt, RepI64, x);
  const rest = f.newValue2(b, pos, isDouble ? OpAMD64SUBSD : OpAMD64SUBSS, x.rep, x, cutoff);
  const low = f.newValue1(b, pos, cvt, RepI64, rest);
  const large = f.newValue2(b, pos, OpAMD64ORQ, RepI64, low, newInt(f, b, pos, -(1n << 63n)));
  const isSmall = f.newValue2(
    b,
    pos,
    isDouble ? OpAMD64UCOMISD : OpAMD64UCOMISS,
    RepFlags,
    cutoff,
    x,
  );
  v.reset(OpAMD64CMOVQA);
  v.addArg(large);
  v.addArg(small);
  v.addArg(isSmall);
  return true;
}

const storeConstOf: ReadonlyMap<number, Op> = new Map([
  [1, OpAMD64MOVBstoreconst],
  [2, OpAMD64MOVWstoreconst],
  [4, OpAMD64MOVLstoreconst],
  [8, OpAMD64MOVQstoreconst],
]);

const loadOf: ReadonlyMap<number, readonly [Op, Rep]> = new Map([
  [1, [OpAMD64MOVBload, RepI8]],
  [2, [OpAMD64MOVWload, RepI16]],
  [4, [OpAMD64MOVLload, RepI32]],
  [8, [OpAMD64MOVQload, RepI64]],
  [16, [OpAMD64MOVOload, RepV128]],
]);

const storeOf: ReadonlyMap<number, Op> = new Map([
  [1, OpAMD64MOVBstore],
  [2, OpAMD64MOVWstore],
  [4, OpAMD64MOVLstore],
  [8, OpAMD64MOVQstore],
  [16, OpAMD64MOVOstore],
]);

/** Sizes and offsets of the accesses that cover n < 64 bytes, the last one overlapping if it must. */
export function pieces(n: number): [size: number, offset: number][] {
  const out: [number, number][] = [];
  let at = 0;
  for (const size of [16, 8, 4, 2, 1]) {
    while (n - at >= size) {
      out.push([size, at]);
      at += size;
    }
    // A remainder that is not a power of two: one access of this size that ends at the end.
    const rest = n - at;
    if (rest > size / 2 && at + rest >= size && rest !== size && (rest & (rest - 1)) !== 0) {
      out.push([size, n - size]);
      return out;
    }
  }
  return out;
}

/** The string instructions and loops change their pointers: they need registers of their own. */
function inRegister(f: Func, v: Value, ptr: Value): Value {
  if (ptr.op !== OpSP) return ptr;
  return f.newValue1(v.block, v.pos, OpAMD64LEAQ, RepPtr, ptr);
}

/** Beyond this, string instructions; below it, loops of 16-byte accesses. */
const repThreshold = 1408;
const unrollLimit = 192;

function lowerZero(v: Value): boolean {
  const { block: b, pos, auxInt: n } = v;
  const f = b.func;
  const ptr = v.a0!;
  let mem = v.a1!;
  if (n === 0) {
    v.copyOf(mem);
    return true;
  }
  if (n <= 64) {
    const parts = pieces(n);
    const last = parts.pop()!;
    for (const [size, offset] of parts) {
      const op = size === 16 ? OpAMD64MOVOstorezero : storeConstOf.get(size)!;
      mem = f.newValue2(b, pos, op, RepMem, ptr, mem);
      mem.auxInt = offset;
    }
    v.reset(last[0] === 16 ? OpAMD64MOVOstorezero : storeConstOf.get(last[0])!);
    v.auxInt = last[1];
    v.addArg(ptr);
    v.addArg(mem);
    return true;
  }
  if (n <= repThreshold) {
    v.op = n < unrollLimit ? OpAMD64LoweredZero : OpAMD64LoweredZeroLoop;
    v.aux = null;
    v.setArg(0, inRegister(f, v, ptr));
    return true;
  }
  // The odd bytes first: the string instruction does words.
  const odd = n & 7;
  let dst = ptr;
  if (odd !== 0) {
    mem = f.newValue2(b, pos, OpAMD64MOVQstoreconst, RepMem, ptr, mem);
    dst = f.newValue1(b, pos, OpAMD64ADDQconst, RepPtr, ptr);
    dst.auxInt = odd;
  }
  v.reset(OpAMD64REPSTOSQ);
  v.addArg(inRegister(f, v, dst));
  v.addArg(newInt(f, b, pos, (n - odd) / 8));
  v.addArg(newInt(f, b, pos, 0));
  v.addArg(mem);
  return true;
}

function lowerMove(v: Value): boolean {
  const { block: b, pos, auxInt: n } = v;
  const f = b.func;
  const dst = v.a0!;
  const src = v.a1!;
  let mem = v.a2!;
  if (n === 0) {
    v.copyOf(mem);
    return true;
  }
  if (n <= 48) {
    // All loads before all stores: the areas may be the same one.
    const parts = pieces(n);
    const loaded = parts.map(([size, offset]) => {
      const [op, rep] = loadOf.get(size)!;
      const l = f.newValue2(b, pos, op, rep, src, mem);
      l.auxInt = offset;
      return l;
    });
    const lastPart = parts.length - 1;
    for (let i = 0; i < lastPart; i++) {
      const [size, offset] = parts[i]!;
      mem = f.newValue3(b, pos, storeOf.get(size)!, RepMem, dst, loaded[i]!, mem);
      mem.auxInt = offset;
    }
    v.reset(storeOf.get(parts[lastPart]![0])!);
    v.auxInt = parts[lastPart]![1];
    v.addArg(dst);
    v.addArg(loaded[lastPart]!);
    v.addArg(mem);
    return true;
  }
  if (n <= repThreshold) {
    v.op = n < unrollLimit ? OpAMD64LoweredMove : OpAMD64LoweredMoveLoop;
    v.aux = null;
    v.setArg(0, inRegister(f, v, dst));
    v.setArg(1, inRegister(f, v, src));
    return true;
  }
  const odd = n & 7;
  let to = dst;
  let from = src;
  if (odd !== 0) {
    const l = f.newValue2(b, pos, OpAMD64MOVQload, RepI64, src, mem);
    mem = f.newValue3(b, pos, OpAMD64MOVQstore, RepMem, dst, l, mem);
    to = f.newValue1(b, pos, OpAMD64ADDQconst, RepPtr, dst);
    to.auxInt = odd;
    from = f.newValue1(b, pos, OpAMD64ADDQconst, RepPtr, src);
    from.auxInt = odd;
  }
  v.reset(OpAMD64REPMOVSQ);
  v.addArg(inRegister(f, v, to));
  v.addArg(inRegister(f, v, from));
  v.addArg(newInt(f, b, pos, (n - odd) / 8));
  v.addArg(mem);
  return true;
}

/** Replaces the extension `v` of load `l` by load `op`, or its indexed form (the next op number). */
function extendLoad(v: Value, l: Value, op: Op): boolean {
  const f = l.block.func;
  const isIndexed = opNames[l.op]!.endsWith('idx');
  const wide = f.newValue0(l.block, l.pos, isIndexed ? op + 1 : op, v.rep);
  wide.auxInt = l.auxInt;
  wide.auxInt2 = l.auxInt2;
  wide.aux = l.aux;
  for (let i = 0; i < l.nargs; i++) wide.addArg(l.arg(i));
  v.copyOf(wide);
  return true;
}

const upperZeroing =
  /^AMD64(?:(?:ADD|SUB|IMUL|AND|OR|XOR|NEG|NOT|SHL|SHR|ROL|SAR)L|MOV[BWL]load|MOV[BWL]QZX|LEAL|POPCNT|CMOVL|MOVLf2i)/;
/** Operations that leave the upper 32 bits of a register zero, whatever the width of their result. */
const zeroUpper32Ops = new Uint8Array(opNames.map((name) => (upperZeroing.test(name) ? 1 : 0)));

export const amd64RuleFunctions: RuleFunctions = {
  is32,
  inRange: (c: Const, limit: number) => typeof c === 'number' && c >= 0 && c < limit,
  and: (c: Const, d: Const) => Number(BigInt.asIntN(64, BigInt(c) & BigInt(d))),
  zero: (f: Func) => f.constInt(RepI64, 0),
  size: (r: Rep) => repSize[r]!,
  signBit: () => -(1n << 63n),
  absMask: () => (1n << 63n) - 1n,
  minusZero: () => -0,
  isPow2: (c: number) => Number.isInteger(c) && c > 0 && isPowerOfTwo(BigInt(c)),
  log2: (c: number) => bitNumber(BigInt(c)),
  div: (c: number, d: number) => c / d,
  isBit,
  bitOf: (c: Const) => bitNumber(bits64(c)),
  isNotBit,
  notBitOf: (c: Const) => bitNumber(bits64(~BigInt(c))),
  isNull: (s: unknown) => s === null,
  oneNull: (s: unknown, t: unknown) => s === null || t === null,
  either: (s: unknown, t: unknown) => s ?? t,
  same: (s: unknown, t: unknown) => s === t,
  sp: (f: Func) => f.sp(),
  notSP: (x: Value) => x.op !== OpSP && x.op !== OpSB,
  notConst: (x: Value) => x.op !== OpAMD64MOVQconst && x.op !== OpAMD64MOVLconst,
  notSB: (x: Value) => x.op !== OpSB,
  canFold,
  canFold2,
  inBlock: (v: Value, x: Value) => v.block === x.block,
  narrowQ: (c: number) => c,
  narrowL: (c: number) => c | 0,
  narrowW: (c: number) => (c << 16) >> 16,
  narrowB: (c: number) => (c << 24) >> 24,
  unsigned32: (c: number) => c >>> 0,
  zeroUpper32: (x: Value) =>
    zeroUpper32Ops[x.op] === 1 && (x.rep === RepI32 || x.rep === RepI64 || x.rep === RepPtr),
  zeroUpper56: (x: Value) =>
    (x.op === OpAMD64MOVBload || opNames[x.op] === 'AMD64MOVBQZX') && x.rep !== RepF32,
  load_MOVB: (v: Value, l: Value) => extendLoad(v, l, OpAMD64MOVBload),
  load_MOVBQSX: (v: Value, l: Value) => extendLoad(v, l, OpAMD64MOVBQSXload),
  load_MOVW: (v: Value, l: Value) => extendLoad(v, l, OpAMD64MOVWload),
  load_MOVWQSX: (v: Value, l: Value) => extendLoad(v, l, OpAMD64MOVWQSXload),
  load_MOVL: (v: Value, l: Value) => extendLoad(v, l, OpAMD64MOVLload),
  load_MOVLQSX: (v: Value, l: Value) => extendLoad(v, l, OpAMD64MOVLQSXload),
  uint64ToFloat,
  floatToUint64,
  lowerZero,
  lowerMove,
};
