/**
 * What the operations of amd64 mean, by the patterns of their names. Registers hold 64 bits: 32-bit
 * operations clear the upper half, narrower loads are extended.
 * Authority: Intel SDM vol. 2.
 */
import { LocalVar } from '../../src/ssa/local.ts';
import { OpSB } from '../../src/ssa/op.ts';
import { opNames } from '../../src/ssa/opinfo.ts';
import { type Rep, RepF32, RepF64 } from '../../src/ssa/rep.ts';
import { type Value } from '../../src/ssa/value.ts';
import {
  bitLength,
  divide,
  floatBits,
  floatOf,
  rotateLeft,
  roundEven,
  signed,
  swapBytes,
  toInteger,
  trailingZeros,
  truth,
  unsigned,
} from './numbers.ts';
import { type World } from './world.ts';

export class Flags {
  readonly zero: boolean;
  readonly carry: boolean;
  readonly sign: boolean;
  readonly overflow: boolean;
  readonly parity: boolean;

  // oxlint-disable-next-line max-params -- the flags there are.
  constructor(zero: boolean, carry: boolean, sign: boolean, overflow: boolean, parity = false) {
    this.zero = zero;
    this.carry = carry;
    this.sign = sign;
    this.overflow = overflow;
    this.parity = parity;
  }
}

type Item = bigint | Flags;
export type Result = Item | Item[];

/** What an operation may ask of the interpreter. */
export interface Machine {
  readonly world: World;
  num(v: Value): bigint;
  flags(v: Value): Flags;
}

type Meaning = (v: Value, m: Machine) => Result;

const bits: Readonly<Record<string, number>> = { B: 8, W: 16, L: 32, Q: 64, O: 128 };
const floatRep = (w: string): Rep => (w === 'SS' ? RepF32 : RepF64);

/** Cut to the width of the instruction; `n` ≥ 32 clears what is above. */
const cut = (n: number, x: bigint): bigint => unsigned(Math.max(n, 32), x);

function ofDifference(n: number, x: bigint, y: bigint): Flags {
  const a = unsigned(n, x);
  const b = unsigned(n, y);
  const d = signed(n, x) - signed(n, y);
  return new Flags(a === b, a < b, signed(n, a - b) < 0n, d !== signed(n, d));
}

function ofLogic(n: number, x: bigint): Flags {
  return new Flags(unsigned(n, x) === 0n, false, signed(n, x) < 0n, false);
}

function ofFloats(rep: Rep, x: bigint, y: bigint): Flags {
  const a = floatOf(rep, x);
  const b = floatOf(rep, y);
  if (a !== a || b !== b) return new Flags(true, true, false, false, true);
  return new Flags(a === b, a < b, false, false);
}

/** Of a condition's suffix, as in SETx, CMOVx and the kinds of blocks. */
export function holds(c: string, f: Flags): boolean {
  switch (c) {
    case 'EQ':
      return f.zero;
    case 'NE':
      return !f.zero;
    case 'L':
    case 'LT':
      return f.sign !== f.overflow;
    case 'LE':
      return f.zero || f.sign !== f.overflow;
    case 'G':
    case 'GT':
      return !f.zero && f.sign === f.overflow;
    case 'GE':
      return f.sign === f.overflow;
    case 'B':
    case 'ULT':
      return f.carry;
    case 'BE':
    case 'ULE':
      return f.carry || f.zero;
    case 'A':
    case 'UGT':
      return !f.carry && !f.zero;
    case 'AE':
    case 'UGE':
      return !f.carry;
    case 'O':
    case 'OS':
      return f.overflow;
    case 'OC':
      return !f.overflow;
    case 'EQF':
      return f.zero && !f.parity;
    case 'NEF':
      return !f.zero || f.parity;
    case 'ORD':
      return !f.parity;
    default:
      return f.parity;
  }
}

const binary: Readonly<Record<string, (x: bigint, y: bigint) => bigint>> = {
  ADD: (x, y) => x + y,
  SUB: (x, y) => x - y,
  IMUL: (x, y) => x * y,
  AND: (x, y) => x & y,
  OR: (x, y) => x | y,
  XOR: (x, y) => x ^ y,
};

const floats: Readonly<Record<string, (x: number, y: number) => number>> = {
  ADD: (x, y) => x + y,
  SUB: (x, y) => x - y,
  MUL: (x, y) => x * y,
  DIV: (x, y) => x / y,
  // The second source unless the first is less.
  MIN: (x, y) => (x < y ? x : y),
};

/** Base, symbol or slot, offset, and index. `at` is the number of the base operand. */
function address(v: Value, m: Machine, at: number): bigint {
  const isIndexed = opNames[v.op]!.endsWith('idx');
  const b = v.arg(at);
  let a = BigInt(v.auxInt);
  const { aux } = v;
  if (aux instanceof LocalVar) a += m.world.slot(aux.index);
  else if (aux !== null && typeof aux === 'object' && 'name' in aux) {
    a += m.world.symbol(String(aux.name));
  }
  if (b.op !== OpSB && !(aux instanceof LocalVar)) a += m.num(b);
  if (isIndexed) a += m.num(v.arg(at + 1)) * BigInt(v.auxInt2);
  return unsigned(64, a);
}

function shifted(op: string, n: number, x: bigint, count: bigint): bigint {
  const c = count & (n === 64 ? 63n : 31n);
  if (op === 'SHL') return cut(n, x << c);
  if (op === 'SHR') return unsigned(n, x) >> c;
  if (op === 'SAR') return cut(n, signed(n, x) >> c);
  return rotateLeft(n, unsigned(n, x), c);
}

type Maker = (match: RegExpExecArray) => Meaning;

const patterns: readonly (readonly [RegExp, Maker])[] = [
  [
    /^(ADD|SUB|IMUL|AND|OR|XOR)([QL])(const)?$/,
    ([, op, w, k]) =>
      (v, m) => {
        const y = k === undefined ? m.num(v.a1!) : BigInt(v.auxInt);
        return cut(bits[w!]!, binary[op!]!(m.num(v.a0!), y));
      },
  ],
  [
    /^(ADD|SUB|AND|OR|XOR)([QL])load$/,
    ([, op, w]) =>
      (v, m) =>
        cut(bits[w!]!, binary[op!]!(m.num(v.a0!), m.world.load(address(v, m, 1), bits[w!]! / 8))),
  ],
  [
    /^(ADD|SUB|AND|OR|XOR)([QL])(const)?modify$/,
    ([, op, w, k]) =>
      (v, m) => {
        const a = address(v, m, 0);
        const y = k === undefined ? m.num(v.a1!) : BigInt(v.auxInt2);
        m.world.store(a, bits[w!]! / 8, binary[op!]!(m.world.load(a, bits[w!]! / 8), y));
        return 0n;
      },
  ],
  [
    /^NEG([QL])$/,
    ([, w]) =>
      (v, m) =>
        cut(bits[w!]!, -m.num(v.a0!)),
  ],
  [
    /^NOT([QL])$/,
    ([, w]) =>
      (v, m) =>
        cut(bits[w!]!, ~m.num(v.a0!)),
  ],
  [
    /^BSWAP([QL])$/,
    ([, w]) =>
      (v, m) =>
        swapBytes(bits[w!]!, m.num(v.a0!)),
  ],
  [
    /^BS([FR])([QL])$/,
    ([, d, w]) =>
      (v, m) => {
        const n = bits[w!]!;
        const x = unsigned(n, m.num(v.a0!));
        const at = d === 'F' ? trailingZeros(n, x) : bitLength(x) - 1;
        return [x === 0n ? 99n : BigInt(at), ofLogic(n, x)];
      },
  ],
  [
    /^POPCNT([QL])$/,
    ([, w]) =>
      (v, m) =>
        BigInt(unsigned(bits[w!]!, m.num(v.a0!)).toString(2).replaceAll('0', '').length),
  ],
  [
    /^SBB([QL])carrymask$/,
    ([, w]) =>
      (v, m) =>
        m.flags(v.a0!).carry ? cut(bits[w!]!, -1n) : 0n,
  ],
  [
    /^BT([SRC])([QL])(const)?$/,
    ([, op, w, k]) =>
      (v, m) => {
        const n = bits[w!]!;
        const c = k === undefined ? m.num(v.a1!) & BigInt(n - 1) : BigInt(v.auxInt);
        const x = m.num(v.a0!);
        const b = 1n << c;
        return cut(n, op === 'S' ? x | b : op === 'R' ? x & ~b : x ^ b);
      },
  ],
  [
    /^BT([QL])(const)?$/,
    ([, w, k]) =>
      (v, m) => {
        const c = k === undefined ? m.num(v.a1!) & BigInt(bits[w!]! - 1) : BigInt(v.auxInt);
        return new Flags(false, ((m.num(v.a0!) >> c) & 1n) === 1n, false, false);
      },
  ],
  [
    /^HMUL([QL])(U?)$/,
    ([, w, u]) =>
      (v, m) => {
        const n = bits[w!]!;
        const as = (x: Value): bigint => (u === 'U' ? unsigned(n, m.num(x)) : signed(n, m.num(x)));
        return unsigned(n, (as(v.a0!) * as(v.a1!)) >> BigInt(n));
      },
  ],
  [
    /^(SHL|SHR|SAR|ROL)([QLWB])(const)?$/,
    ([, op, w, k]) =>
      (v, m) =>
        shifted(
          op!,
          bits[w!]!,
          m.num(v.a0!),
          k === undefined ? m.num(v.a1!) & 255n : BigInt(v.auxInt),
        ),
  ],
  [
    /^CMP([QLWB])(const)?(load)?$/,
    ([, w, k, load]) =>
      (v, m) => {
        const n = bits[w!]!;
        const x = load === undefined ? m.num(v.a0!) : m.world.load(address(v, m, 0), n / 8);
        const immediate = load === undefined ? v.auxInt : v.auxInt2;
        return ofDifference(n, x, k === undefined ? m.num(v.a1!) : BigInt(immediate));
      },
  ],
  [
    /^TEST([QLWB])(const)?$/,
    ([, w, k]) =>
      (v, m) =>
        ofLogic(bits[w!]!, m.num(v.a0!) & (k === undefined ? m.num(v.a1!) : BigInt(v.auxInt))),
  ],
  [
    /^DIV([QLW])(U?)$/,
    ([, w, u]) =>
      (v, m) => {
        const n = bits[w!]!;
        const x = unsigned(n, m.num(v.a0!));
        const y = unsigned(n, m.num(v.a1!));
        return u === 'U' ? [x / y, x % y] : [...divide(n, x, y)];
      },
  ],
  [
    /^DIVQU2$/,
    () => (v, m) => {
      const x = (m.num(v.a0!) << 64n) | m.num(v.a1!);
      return [x / m.num(v.a2!), x % m.num(v.a2!)];
    },
  ],
  [
    /^MULQU$/,
    () => (v, m) => {
      const p = m.num(v.a0!) * m.num(v.a1!);
      return [p >> 64n, unsigned(64, p)];
    },
  ],
  [/^AVGQU$/, () => (v, m) => (m.num(v.a0!) + m.num(v.a1!)) >> 1n],
  [
    /^(ADDQ|ADCQ|SUBQ|SBBQ)(const)?(carry|borrow)?$/,
    ([, op, k]) =>
      (v, m) => {
        const y = k === undefined ? m.num(v.a1!) : unsigned(64, BigInt(v.auxInt));
        const last = v.arg(v.nargs - 1);
        const c = op === 'ADCQ' || op === 'SBBQ' ? truth(m.flags(last).carry) : 0n;
        const x = m.num(v.a0!);
        const isSum = op!.startsWith('AD');
        const exact = isSum ? x + y + c : x - y - c;
        const carry = isSum ? exact >> 64n !== 0n : exact < 0n;
        return [unsigned(64, exact), new Flags(unsigned(64, exact) === 0n, carry, false, false)];
      },
  ],
  [
    /^NEGLflags$/,
    () => (v, m) => {
      const x = unsigned(32, m.num(v.a0!));
      return [unsigned(32, -x), new Flags(x === 0n, x !== 0n, false, false)];
    },
  ],
  [
    /^SET(EQF|NEF|ORD|NAN|EQ|NE|LE|L|GE|G|BE|B|AE|A|O)$/,
    ([, c]) =>
      (v, m) =>
        truth(holds(c!, m.flags(v.a0!))),
  ],
  [
    /^CMOV([QL])(EQF|NEF|EQ|NE|LE|L|GE|G|BE|B|AE|A)$/,
    ([, w, c]) =>
      (v, m) =>
        cut(bits[w!]!, m.num(holds(c!, m.flags(v.a2!)) ? v.a1! : v.a0!)),
  ],
  [/^MOVQconst$/, () => (v) => unsigned(64, v.constBig())],
  [/^MOVLconst$/, () => (v) => unsigned(32, v.constBig())],
  [
    /^MOV(SS|SD)const$/,
    ([, w]) =>
      (v) =>
        floatBits(floatRep(w!), v.aux as number),
  ],
  [
    /^MOV([BWL])Q([SZ])X$/,
    ([, w, s]) =>
      (v, m) => {
        const x = m.num(v.a0!);
        return s === 'Z' ? unsigned(bits[w!]!, x) : unsigned(64, signed(bits[w!]!, x));
      },
  ],
  [/^MOVQ(i2f|f2i)$/, () => (v, m) => m.num(v.a0!)],
  [/^MOVL(i2f|f2i)$/, () => (v, m) => unsigned(32, m.num(v.a0!))],
  [
    /^CVTS([LQ])2(SS|SD)$/,
    ([, w, r]) =>
      (v, m) => {
        const x = signed(bits[w!]!, m.num(v.a0!));
        return floatBits(floatRep(r!), r === 'SS' ? roundedToSingle(x) : Number(x));
      },
  ],
  [
    /^CVTT(SS|SD)2S([LQ])$/,
    ([, r, w]) =>
      (v, m) =>
        toInteger(bits[w!]!, floatOf(floatRep(r!), m.num(v.a0!))),
  ],
  [/^CVTSS2SD$/, () => (v, m) => floatBits(RepF64, floatOf(RepF32, m.num(v.a0!)))],
  [/^CVTSD2SS$/, () => (v, m) => floatBits(RepF32, floatOf(RepF64, m.num(v.a0!)))],
  [
    /^SQRT(SS|SD)$/,
    ([, r]) =>
      (v, m) =>
        floatBits(floatRep(r!), Math.sqrt(floatOf(floatRep(r!), m.num(v.a0!)))),
  ],
  [
    /^ROUND(SS|SD)$/,
    ([, r]) =>
      (v, m) => {
        const round = [roundEven, Math.floor, Math.ceil, Math.trunc][v.auxInt]!;
        return floatBits(floatRep(r!), round(floatOf(floatRep(r!), m.num(v.a0!))));
      },
  ],
  [/^LEAQ(idx)?$/, () => (v, m) => address(v, m, 0)],
  [/^LEAL(idx)?$/, () => (v, m) => unsigned(32, address(v, m, 0))],
  [/^LEAQlocal$/, () => (v, m) => m.world.slot((v.aux as LocalVar).index) + BigInt(v.auxInt)],
  [
    /^(ADD|SUB|MUL|DIV|MIN)(SS|SD)(load)?$/,
    ([, op, r, load]) =>
      (v, m) => {
        const rep = floatRep(r!);
        const n = r === 'SS' ? 4 : 8;
        const y = load === undefined ? m.num(v.a1!) : m.world.load(address(v, m, 1), n);
        return floatBits(rep, floats[op!]!(floatOf(rep, m.num(v.a0!)), floatOf(rep, y)));
      },
  ],
  [
    /^UCOMI(SS|SD)$/,
    ([, r]) =>
      (v, m) =>
        ofFloats(floatRep(r!), m.num(v.a0!), m.num(v.a1!)),
  ],
  [/^PXOR$/, () => (v, m) => m.num(v.a0!) ^ m.num(v.a1!)],
  [/^POR$|^ORPD$/, () => (v, m) => m.num(v.a0!) | m.num(v.a1!)],
  [/^ANDPD$/, () => (v, m) => m.num(v.a0!) & m.num(v.a1!)],
  [/^ANDNPD$/, () => (v, m) => unsigned(64, ~m.num(v.a0!)) & m.num(v.a1!)],
  [
    /^MOV([BWLQO]|SS|SD)load(idx)?$/,
    ([, w]) =>
      (v, m) =>
        m.world.load(address(v, m, 0), w === 'SS' ? 4 : w === 'SD' ? 8 : bits[w!]! / 8),
  ],
  [
    /^MOV([BWL])QSXload(idx)?$/,
    ([, w]) =>
      (v, m) =>
        unsigned(64, signed(bits[w!]!, m.world.load(address(v, m, 0), bits[w!]! / 8))),
  ],
  [
    /^MOV([BWLQO]|SS|SD)store(idx)?$/,
    ([, w]) =>
      (v, m) => {
        const n = w === 'SS' ? 4 : w === 'SD' ? 8 : bits[w!]! / 8;
        m.world.store(address(v, m, 0), n, m.num(v.arg(v.nargs - 2)));
        return 0n;
      },
  ],
  [
    /^MOV([BWLQ])storeconst$/,
    ([, w]) =>
      (v, m) => {
        m.world.store(address(v, m, 0), bits[w!]! / 8, BigInt(v.auxInt2));
        return 0n;
      },
  ],
  [
    /^MOVOstorezero$/,
    () => (v, m) => {
      m.world.zero(address(v, m, 0), 16);
      return 0n;
    },
  ],
  [
    /^LoweredZero(Loop)?$/,
    () => (v, m) => {
      m.world.zero(m.num(v.a0!), v.auxInt);
      return 0n;
    },
  ],
  [
    /^LoweredMove(Loop)?$/,
    () => (v, m) => {
      m.world.move(m.num(v.a0!), m.num(v.a1!), v.auxInt);
      return 0n;
    },
  ],
  [
    /^REPSTOSQ$/,
    () => (v, m) => {
      m.world.zero(m.num(v.a0!), Number(m.num(v.a1!)) * 8);
      return 0n;
    },
  ],
  [
    /^REPMOVSQ$/,
    () => (v, m) => {
      m.world.move(m.num(v.a0!), m.num(v.a1!), Number(m.num(v.a2!)) * 8);
      return 0n;
    },
  ],
  [/^LoweredConvert$/, () => (v, m) => m.num(v.a0!)],
];

function roundedToSingle(x: bigint): number {
  const near = Number(x);
  if (Number.isSafeInteger(near)) return Math.fround(near);
  const drop = BigInt(bitLength(x < 0n ? -x : x) - 40);
  const kept = x >> drop;
  const sticky = kept << drop === x ? kept : kept | 1n;
  return Math.fround(Number(sticky)) * 2 ** Number(drop);
}

const meanings = new Map<number, Meaning>();
opNames.forEach((name, op) => {
  if (!name.startsWith('AMD64')) return;
  for (const [pattern, make] of patterns) {
    const match = pattern.exec(name.slice(5));
    if (match === null) continue;
    meanings.set(op, make(match));
    return;
  }
});

export const amd64: ReadonlyMap<number, Meaning> = meanings;
