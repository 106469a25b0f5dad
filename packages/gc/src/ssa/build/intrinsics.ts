/**
 * Functions that are operations: a table from linker name to what is emitted instead of a call.
 *
 * Some have no usable body and must be here (contract §8.1); the others are here because an
 * instruction does what they say. Entries that need a feature of the processor are used from the
 * GOAMD64 level on that guarantees it.
 *
 * GOROOT: src/cmd/compile/internal/ssagen/intrinsics.go (names).
 */
import { type Expr, ExprOp } from '../../ir/node.ts';
import {
  type Op,
  OpAddCarry,
  OpAtomicAdd,
  OpAtomicAnd,
  OpAtomicAndM,
  OpAtomicCas,
  OpAtomicExchange,
  OpAtomicLoad,
  OpAtomicOr,
  OpAtomicOrM,
  OpAtomicStore,
  OpBitLen,
  OpBswap,
  OpCeilF,
  OpCondSelect,
  OpCtz,
  OpDiv128U,
  OpFloorF,
  OpFMA,
  OpGetCallerPC,
  OpGetCallerSP,
  OpGetClosurePtr,
  OpGetG,
  OpLtU,
  OpMulUHiLo,
  OpMulUOver,
  OpNe,
  OpPopCount,
  OpPrefetch,
  OpRotL,
  OpRoundEvenF,
  OpSelect0,
  OpSelect1,
  OpSqrtF,
  OpSubBorrow,
  OpTruncF,
  OpZeroExt,
} from '../op.ts';
import {
  type Rep,
  RepBool,
  RepF64,
  RepI32,
  RepI64,
  RepI8,
  RepMem,
  RepPtr,
  RepTuple,
} from '../rep.ts';
import { type Value } from '../value.ts';
import { type Builder } from './builder.ts';
import { implicitly } from './convert.ts';
import { ofLeaves, type Operand } from './operand.ts';

interface Site {
  readonly b: Builder;
  readonly e: Expr;
  /** The scalars of the arguments. */
  readonly args: readonly Value[];
}

/** The scalars of the results. */
type Lower = (site: Site) => readonly Value[];

interface Intrinsic {
  readonly lower: Lower;
  /** GOAMD64 level from which on it is used. */
  readonly level: number;
  /** Looks at the argument expressions itself. */
  readonly byExpr: boolean;
}

/** What replaces the call `e`; null if it is to be called. */
export function intrinsicFor(b: Builder, e: Expr): Operand[] | null {
  const { name } = e.func!;
  const bracket = name.indexOf('[');
  const found = table.get(bracket < 0 ? name : name.slice(0, bracket));
  if (found === undefined || b.env.amd64Level < found.level) return null;
  const sig = e.func!.type;
  // The function of that name in another package's pull may have another shape; bodies call themselves.
  if (b.fn.sym.name === name) return null;
  const args = found.byExpr
    ? []
    : e.list.flatMap((arg, i) => implicitly(b, b.expr(arg!), sig.params[i]!).leaves);
  b.pos = e.pos;
  const values = found.lower({ b, e, args });
  let next = 0;
  return sig.results.map((t) => {
    const first = next;
    next += b.leavesOf(t)!.length;
    return ofLeaves(t, values.slice(first, next));
  });
}

/** Whether calls of the function with this linker name are expanded at this GOAMD64 level. */
export function isIntrinsic(name: string, amd64Level: number): boolean {
  const bracket = name.indexOf('[');
  const found = table.get(bracket < 0 ? name : name.slice(0, bracket));
  return found !== undefined && amd64Level >= found.level;
}

const table = new Map<string, Intrinsic>();

// oxlint-disable-next-line max-params -- a row of the table.
function add(pkg: string, names: string, lower: Lower, level = 1, byExpr = false): void {
  for (const name of names.split(' ')) table.set(`${pkg}.${name}`, { lower, level, byExpr });
}

function pair(b: Builder, v: Value, rep: Rep): Value {
  const result = b.v1(OpSelect0, rep, v);
  b.setMem(b.v1(OpSelect1, RepMem, v));
  return result;
}

// The machine and the runtime.

add('runtime', 'getg', ({ b }) => [b.v1(OpGetG, RepPtr, b.mem())]);
add('runtime', 'KeepAlive', keepAliveInterface);
add('runtime', 'slicebytetostringtmp', ({ args }) => args);
for (const pkg of ['internal/runtime/sys', 'runtime']) {
  add(pkg, 'GetCallerPC', ({ b }) => [b.v0(OpGetCallerPC, RepI64)]);
  add(pkg, 'GetCallerSP', ({ b }) => [b.v1(OpGetCallerSP, RepI64, b.mem())]);
  add(pkg, 'GetClosurePtr', ({ b }) => [b.f.newValue0(b.f.entry, b.pos, OpGetClosurePtr, RepI64)]);
}
add('internal/abi', 'EscapeNonString', () => []);
add('internal/abi', 'FuncPCABI0', (site) => [entryPC(site, 0)], 1, true);
add('internal/abi', 'FuncPCABIInternal', (site) => [entryPC(site, 1)], 1, true);
add('internal/runtime/sys', 'Prefetch', (site) => prefetch(site, 0));
add('internal/runtime/sys', 'PrefetchStreamed', (site) => prefetch(site, 1));
add('crypto/internal/constanttime', 'boolToUint8', ({ b, args }) => [
  b.v1(OpZeroExt, RepI8, args[0]!),
]);
add('crypto/internal/constanttime', 'Select', ({ b, args }) => {
  const isSet = b.v2(OpNe, RepBool, args[0]!, b.int(0));
  return [b.v3(OpCondSelect, RepI64, args[1]!, args[2]!, isSet)];
});

function keepAliveInterface({ b, args }: Site): Value[] {
  b.keepAlive(args[1]!);
  return [];
}

function prefetch({ b, args }: Site, kind: number): Value[] {
  const v = b.v2(OpPrefetch, RepMem, args[0]!, b.mem());
  v.auxInt = kind;
  b.setMem(v);
  return [];
}

/** The entry of a function given by name, else what the func value holds. */
function entryPC({ b, e }: Site, abi: 0 | 1): Value {
  let x = e.list[0]!;
  while (x.op === ExprOp.Convert) x = x.x!;
  if (x.op === ExprOp.FuncRef) {
    const func = x.func!;
    return b.symAddr(abi === 0 ? b.env.textSymABI0(func) : b.env.textSym(func), RepI64);
  }
  const value = b.expr(x);
  const closure = value.leaves[value.leaves.length - 1]!;
  return b.load(RepI64, closure);
}

// Atomics.

function load(rep: Rep): Lower {
  return ({ b, args }) => {
    const v = b.v2(OpAtomicLoad, RepTuple, args[0]!, b.mem());
    v.auxInt = rep;
    return [pair(b, v, rep)];
  };
}

const store: Lower = ({ b, args }) => {
  b.setMem(b.v3(OpAtomicStore, RepMem, args[0]!, args[1]!, b.mem()));
  return [];
};

function update(op: Op): Lower {
  return ({ b, args }) => [pair(b, b.v3(op, RepTuple, args[0]!, args[1]!, b.mem()), args[1]!.rep)];
}

const compareAndSwap: Lower = ({ b, args }) => [
  pair(b, b.vn(OpAtomicCas, RepTuple, [...args, b.mem()]), RepBool),
];

/** Without a result. */
function modify(op: Op): Lower {
  return ({ b, args }) => {
    b.setMem(b.v3(op, RepMem, args[0]!, args[1]!, b.mem()));
    return [];
  };
}

const atomic = 'internal/runtime/atomic';
add(atomic, 'Load8', load(RepI8));
add(atomic, 'Load LoadAcq Loadint32', load(RepI32));
add(atomic, 'Load64 LoadAcq64 LoadAcquintptr Loaduint Loaduintptr Loadint64', load(RepI64));
add(atomic, 'Loadp', load(RepPtr));
add(
  atomic,
  'Store Store8 Store64 StoreRel StoreRel64 StoreReluintptr Storeint32 Storeint64 Storeuintptr StorepNoWB',
  store,
);
add(atomic, 'Xchg Xchg8 Xchg64 Xchgint32 Xchgint64 Xchguintptr', update(OpAtomicExchange));
add(atomic, 'Xadd Xadd64 Xaddint32 Xaddint64 Xadduintptr', update(OpAtomicAdd));
add(atomic, 'Cas Cas64 CasRel Casint32 Casint64 Casuintptr Casp1', compareAndSwap);
add(atomic, 'And8 And', modify(OpAtomicAndM));
add(atomic, 'Or8 Or', modify(OpAtomicOrM));
add(atomic, 'And32 And64', update(OpAtomicAnd));
add(atomic, 'Or32 Or64', update(OpAtomicOr));

const syncTypes = 'Int32 Int64 Uint32 Uint64 Uintptr'.split(' ');
const each = (verb: string): string => syncTypes.map((t) => verb + t).join(' ');
add('sync/atomic', 'LoadInt32 LoadUint32', load(RepI32));
add('sync/atomic', 'LoadInt64 LoadUint64 LoadUintptr', load(RepI64));
add('sync/atomic', 'LoadPointer', load(RepPtr));
add('sync/atomic', each('Store'), store);
add('sync/atomic', each('Swap'), update(OpAtomicExchange));
add('sync/atomic', each('Add'), update(OpAtomicAdd));
add('sync/atomic', each('CompareAndSwap'), compareAndSwap);
add('sync/atomic', each('And'), update(OpAtomicAnd));
add('sync/atomic', each('Or'), update(OpAtomicOr));

// Bits.

function unaryInt(op: Op, result: Rep): Lower {
  return ({ b, args }) => [b.v1(op, result === 0 ? args[0]!.rep : result, args[0]!)];
}

add('math/bits', 'Len Len8 Len16 Len32 Len64', unaryInt(OpBitLen, RepI64));
add('internal/runtime/sys', 'Len8 Len64', unaryInt(OpBitLen, RepI64));
add(
  'math/bits',
  'TrailingZeros TrailingZeros8 TrailingZeros16 TrailingZeros32 TrailingZeros64',
  unaryInt(OpCtz, RepI64),
);
add(
  'internal/runtime/sys',
  'TrailingZeros8 TrailingZeros32 TrailingZeros64',
  unaryInt(OpCtz, RepI64),
);
add('math/bits', 'ReverseBytes32 ReverseBytes64', unaryInt(OpBswap, 0));
add('internal/runtime/sys', 'Bswap32 Bswap64', unaryInt(OpBswap, 0));
add(
  'math/bits',
  'OnesCount OnesCount8 OnesCount16 OnesCount32 OnesCount64',
  unaryInt(OpPopCount, RepI64),
  2,
);
add('internal/runtime/sys', 'OnesCount64', unaryInt(OpPopCount, RepI64), 2);
add('math/bits', 'RotateLeft RotateLeft8 RotateLeft16 RotateLeft32 RotateLeft64', ({ b, args }) => [
  b.v2(OpRotL, args[0]!.rep, args[0]!, args[1]!),
]);

function twoResults(op: Op): Lower {
  return ({ b, args }) => {
    const v = b.vn(op, RepTuple, args);
    return [b.v1(OpSelect0, RepI64, v), b.v1(OpSelect1, RepI64, v)];
  };
}

add('math/bits', 'Add Add64', twoResults(OpAddCarry));
add('math/bits', 'Sub Sub64', twoResults(OpSubBorrow));
add('math/bits', 'Mul Mul64', twoResults(OpMulUHiLo));
add('math/big', 'mulWW', twoResults(OpMulUHiLo));
add('internal/runtime/math', 'Mul64', twoResults(OpMulUHiLo));
add('internal/runtime/math', 'Add64', twoResults(OpAddCarry));
add('internal/runtime/math', 'MulUintptr', ({ b, args }) => {
  const v = b.v2(OpMulUOver, RepTuple, args[0]!, args[1]!);
  return [b.v1(OpSelect0, RepI64, v), b.v1(OpSelect1, RepBool, v)];
});
add('math/bits', 'Div Div64', (site) => {
  const { b, args } = site;
  const [hi, , y] = args as [Value, Value, Value];
  b.check(b.v2(OpNe, RepBool, y, b.int(0)), 'panicdivide');
  b.check(b.v2(OpLtU, RepBool, hi, y), 'panicoverflow');
  return twoResults(OpDiv128U)(site);
});

// Floats.

function unaryFloat(op: Op): Lower {
  return ({ b, args }) => [b.v1(op, RepF64, args[0]!)];
}

add('math', 'sqrt', unaryFloat(OpSqrtF));
add('math', 'Floor', unaryFloat(OpFloorF), 2);
add('math', 'Ceil', unaryFloat(OpCeilF), 2);
add('math', 'Trunc', unaryFloat(OpTruncF), 2);
add('math', 'RoundToEven', unaryFloat(OpRoundEvenF), 2);
add('math', 'FMA', ({ b, args }) => [b.v3(OpFMA, RepF64, args[0]!, args[1]!, args[2]!)], 3);
