/** What the generic rules call: exact arithmetic on constants, and tests on values. */
import { type CallInfo } from '../calls.ts';
import { type Func, truncConst } from '../func.ts';
import {
  OpAdd,
  OpAddr,
  OpConst,
  OpLocalAddr,
  OpNilCheck,
  OpOffPtr,
  OpSP,
  OpSelectN,
  OpStaticCall,
} from '../op.ts';
import { type Rep, RepF32, RepI64, isIntRep, repSize } from '../rep.ts';
import { type RuleFunctions } from '../rule.ts';
import { type Value } from '../value.ts';
import { divFunctions } from './divmod.ts';

type Const = number | bigint;

const bitsOf = (rep: Rep): number => repSize[rep]! * 8;

/** The constant as an unsigned number of its width. */
function unsigned(rep: Rep, c: Const): bigint {
  return BigInt.asUintN(bitsOf(rep), BigInt(c));
}

/** Turns `v` into the constant `c` of its representation. */
function become(v: Value, c: Const): true {
  const n = typeof c === 'bigint' ? BigInt.asIntN(bitsOf(v.rep), c) : c;
  v.copyOf(v.block.func.constInt(v.rep, n));
  return true;
}

/** Sums and differences of small numbers need no bigint. */
const small = (c: Const): c is number => typeof c === 'number' && Math.abs(c) < 2 ** 51;

function constAdd(v: Value, c: Const, d: Const): true {
  return become(v, small(c) && small(d) ? c + d : BigInt(c) + BigInt(d));
}

function constSub(v: Value, c: Const, d: Const): true {
  return become(v, small(c) && small(d) ? c - d : BigInt(c) - BigInt(d));
}

function constMul(v: Value, c: Const, d: Const): true {
  return become(v, BigInt(c) * BigInt(d));
}

function shiftCount(v: Value, d: Const): number {
  const n = unsigned(v.a1!.rep, d);
  return n > 255n ? 255 : Number(n);
}

function isPowerOfTwo(c: Const): boolean {
  if (c <= 0) return false;
  const b = BigInt(c);
  return (b & (b - 1n)) === 0n;
}

function log2(c: Const): number {
  return BigInt(c).toString(2).length - 1;
}

function addCounts(v: Value, x: Value, c: Const, d: Const): boolean {
  const width = bitsOf(v.rep);
  if (c < 0 || d < 0 || c > 64 || d > 64) return false;
  const sum = Number(c) + Number(d);
  if (Number(c) >= width || Number(d) >= width || sum >= width) {
    return become(v, 0);
  }
  const { op } = v;
  const f = v.block.func;
  v.reset(op);
  v.auxInt = 1;
  v.addArg(x);
  v.addArg(f.constInt(RepI64, sum));
  return true;
}

function constBitLen(v: Value): true {
  const c = unsigned(v.a0!.rep, v.a0!.constBig());
  return become(v, c === 0n ? 0 : c.toString(2).length);
}

function constCtz(v: Value): true {
  const { rep } = v.a0!;
  const c = unsigned(rep, v.a0!.constBig());
  let n = 0;
  if (c === 0n) n = bitsOf(rep);
  else while (((c >> BigInt(n)) & 1n) === 0n) n++;
  return become(v, n);
}

function constPopCount(v: Value): true {
  const c = unsigned(v.a0!.rep, v.a0!.constBig());
  return become(v, c.toString(2).replaceAll('0', '').length);
}

function base(p: Value): { root: Value; offset: number } {
  let root = p;
  let offset = 0;
  for (;;) {
    if (root.op === OpOffPtr) offset += root.auxInt;
    else if (root.op !== OpNilCheck) return { root, offset };
    root = root.a0!;
  }
}

/** The same root: two LocalAddr or Addr of one variable are equal, whatever memory they name. */
function sameRoot(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.op !== b.op || a.aux !== b.aux) return false;
  return a.op === OpAddr || a.op === OpLocalAddr;
}

function rootOffset(v: Value): number {
  return v.op === OpAddr || v.op === OpLocalAddr ? v.auxInt : 0;
}

function sameAddress(p: Value, q: Value): boolean {
  if (p === q) return true;
  const a = base(p);
  const b = base(q);
  if (!sameRoot(a.root, b.root)) return false;
  return a.offset + rootOffset(a.root) === b.offset + rootOffset(b.root);
}

/** Accesses of the sizes of `v` at p and `x` at q cannot overlap. */
function disjoint(p: Value, v: Value, q: Value, x: Value): boolean {
  return areDisjoint(p, repSize[v.rep]!, q, repSize[x.rep]!);
}

export function areDisjoint(p: Value, n: number, q: Value, k: number): boolean {
  const a = base(p);
  const b = base(q);
  if (sameRoot(a.root, b.root)) {
    const i = a.offset + rootOffset(a.root);
    const j = b.offset + rootOffset(b.root);
    return i + n <= j || j + k <= i;
  }
  const ka = kindOf(a.root);
  const kb = kindOf(b.root);
  if (ka === 0 || kb === 0) return false;
  // Two different variables, or a variable of the frame whose address did not escape into the other.
  if (ka !== kb) return true;
  if (ka === 3) return false;
  return a.root.aux !== b.root.aux;
}

/** 1 slot, 2 global, 3 outgoing arguments, 0 unknown. */
function kindOf(root: Value): number {
  if (root.op === OpLocalAddr) return 1;
  if (root.op === OpAddr) return 2;
  return root.op === OpSP ? 3 : 0;
}

function withinZero(p: Value, v: Value, q: Value, n: number): boolean {
  const a = base(p);
  const b = base(q);
  if (!sameRoot(a.root, b.root)) return false;
  const at = a.offset + rootOffset(a.root) - (b.offset + rootOffset(b.root));
  return at >= 0 && at + repSize[v.rep]! <= n;
}

const allocators: ReadonlySet<string> = new Set(['runtime.newobject', 'runtime.mallocgc']);

function isNonNil(p: Value): boolean {
  switch (p.op) {
    case OpAddr:
    case OpLocalAddr:
    case OpNilCheck:
    case OpSP:
      return true;
    case OpOffPtr:
      return isNonNil(p.a0!);
    case OpSelectN: {
      const call = p.a0!;
      if (call.op !== OpStaticCall || p.auxInt !== 0) return false;
      return allocators.has((call.aux as CallInfo).sym?.name ?? '');
    }
    default:
      return false;
  }
}

function fitsU(x: Value, c: Const): boolean {
  return typeof c === 'number' && c >= 0 && c < 2 ** bitsOf(x.rep);
}

function fitsS(x: Value, c: Const): boolean {
  return typeof c === 'number' && c === truncConst(x.rep, c);
}

function foldF(v: Value, c: number): boolean {
  // NaNs have payloads and signs that folding would lose.
  if (Number.isNaN(c)) return false;
  const x = v.rep === RepF32 ? Math.fround(c) : c;
  v.copyOf(v.block.func.constFloat(v.rep, x));
  return true;
}

export const genericFunctions: RuleFunctions = {
  ...divFunctions,
  constAdd,
  constSub,
  constMul,
  constAnd: (v: Value, c: Const, d: Const) => become(v, BigInt(c) & BigInt(d)),
  constOr: (v: Value, c: Const, d: Const) => become(v, BigInt(c) | BigInt(d)),
  constXor: (v: Value, c: Const, d: Const) => become(v, BigInt(c) ^ BigInt(d)),
  constNeg: (v: Value, c: Const) => become(v, -BigInt(c)),
  constCom: (v: Value, c: Const) => become(v, ~BigInt(c)),
  constDiv: (v: Value, c: Const, d: Const) => become(v, BigInt(c) / BigInt(d)),
  constMod: (v: Value, c: Const, d: Const) => become(v, BigInt(c) % BigInt(d)),
  constDivU: (v: Value, c: Const, d: Const) => become(v, unsigned(v.rep, c) / unsigned(v.rep, d)),
  constModU: (v: Value, c: Const, d: Const) => become(v, unsigned(v.rep, c) % unsigned(v.rep, d)),
  constLsh: (v: Value, c: Const, d: Const) => become(v, BigInt(c) << BigInt(shiftCount(v, d))),
  constRsh: (v: Value, c: Const, d: Const) => become(v, BigInt(c) >> BigInt(shiftCount(v, d))),
  constRshU: (v: Value, c: Const, d: Const) =>
    become(v, unsigned(v.rep, c) >> BigInt(shiftCount(v, d))),
  constInt: (v: Value, c: Const) => become(v, c),
  constZeroExt: (v: Value, k: Value) => become(v, unsigned(k.rep, k.constBig())),
  constBitLen,
  constCtz,
  constPopCount,
  zero: (v: Value) => become(v, 0),
  minusOne: (v: Value) => become(v, -1),
  subConst: (v: Value, x: Value, c: Const) => {
    const f = v.block.func;
    const k = f.constInt(v.rep, BigInt.asIntN(bitsOf(v.rep), -BigInt(c)));
    v.reset(OpAdd);
    v.addArg(x);
    v.addArg(k);
    return true;
  },
  constMinus: (v: Value, x: Value, c: Const, d: Const) => {
    // c − (x − d)
    const f = v.block.func;
    const k = f.constInt(v.rep, BigInt.asIntN(bitsOf(v.rep), BigInt(c) + BigInt(d)));
    const { op } = v;
    v.reset(op);
    v.addArg(k);
    v.addArg(x);
    return true;
  },
  addCounts,
  k: (f: Func, x: Value, c: Const) => f.constInt(x.rep, c),
  kSub: (f: Func, x: Value, c: Const, d: Const) =>
    f.constInt(x.rep, BigInt.asIntN(bitsOf(x.rep), BigInt(c) - BigInt(d))),
  k64: (f: Func, c: Const) => f.constInt(RepI64, c),
  lowZeros: (f: Func, c: number) => f.constInt(RepI64, -1n << BigInt(c)),
  highZeros: (f: Func, c: number) => f.constInt(RepI64, (1n << BigInt(64 - c)) - 1n),
  yes: (f: Func) => f.constBool(true),
  no: (f: Func) => f.constBool(false),
  bool: (f: Func, x: boolean) => f.constBool(x),
  same: (a: unknown, b: unknown) => a === b,
  ltU: (k: Value, l: Value) => unsigned(k.rep, k.constBig()) < unsigned(l.rep, l.constBig()),
  notConst: (x: Value) => x.op !== OpConst,
  isDynamic: (x: Value) => x.op !== OpConst,
  isInt: (x: Value) => isIntRep(x.rep),
  isSafe: (c: Const) => typeof c === 'number',
  is32: (c: Const) => typeof c === 'number' && c === (c | 0),
  isPow2: isPowerOfTwo,
  log2,
  inRange: (c: Const, limit: number) => typeof c === 'number' && c >= 0 && c < limit,
  /** Any number of `bits` bits shifted right by c is below d. */
  shiftFits: (bits: number, c: number, d: Const) => 2 ** (bits - c) <= Number(d),
  wider: (x: Value, y: Value) => repSize[x.rep]! > repSize[y.rep]!,
  coversLow: (v: Value, c: Const) => unsigned(v.rep, c) === unsigned(v.rep, -1),
  fitsU,
  fitsS,
  float: (f: Func, v: Value, c: number) =>
    f.constFloat(v.rep, v.rep === RepF32 ? Math.fround(c) : c),
  foldF,
  neg: (c: number) => -c,
  addF: (c: number, d: number) => c + d,
  subF: (c: number, d: number) => c - d,
  mulF: (c: number, d: number) => c * d,
  divF: (c: number, d: number) => c / d,
  eqF: (c: number, d: number) => c === d,
  ltF: (c: number, d: number) => c < d,
  leF: (c: number, d: number) => c <= d,
  isOneF: (c: number) => c === 1,
  isTwoF: (c: number) => c === 2,
  /** 1/c is exact: a power of two that is not extreme. */
  reciprocal: (c: number) => {
    const e = Math.log2(Math.abs(c));
    return c !== 0 && Number.isInteger(e) && Math.abs(e) < 100;
  },
  inverse: (f: Func, v: Value, c: number) => f.constFloat(v.rep, 1 / c),
  isNonNil,
  sameAddress,
  disjoint,
  sameSize: (v: Value, x: Value) => repSize[v.rep] === repSize[x.rep],
  withinZero,
  zeroOf: (f: Func, v: Value) => f.constZero(v.rep),
};
