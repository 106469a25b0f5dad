/**
 * Write barriers: decides which stores need one, and puts the code in.
 *
 * The builder marks stores that may need a barrier (Store: auxInt 1; Zero, Move: aux is the type). A
 * barrier is not needed if the destination is on the stack, or if nothing has to be shaded: neither the
 * new value (nil and addresses of globals are not on the heap) nor the old one (a slot of an object
 * that was allocated since the last safepoint and that still has its zero).
 *
 * Stores that follow each other share one test of the flag:
 *
 *     b:    if writeBarrier != 0 → slow (rarely), else → done
 *     slow: buffer := gcWriteBarrierN; buffer[i] = new values and old contents; wbZero, wbMove
 *     done: the stores, unmarked; WBEnd; the rest of b
 *
 * From the test to WBEnd there is no safepoint (liveness/safepoint.ts).
 *
 * GOROOT: src/cmd/compile/internal/ssa/writebarrier.go (facts), src/runtime/mwbbuf.go.
 */
import { ABIInternal } from '@go-ts/objfile/sym';
import { type Type } from '../ir/type.ts';
import { type AbiInfo } from './abi.ts';
import { type Block, BlockIf, BlockInvalid, BlockPlain, Edge, LikelySecond } from './block.ts';
import { CallInfo } from './calls.ts';
import { type Func } from './func.ts';
import { LocalAuto, LocalVar } from './local.ts';
import {
  OpAddr,
  OpConstNil,
  OpLoad,
  OpLocalAddr,
  OpMove,
  OpNe,
  OpOffPtr,
  OpPhi,
  OpPtrAdd,
  OpSP,
  OpSelect0,
  OpSelect1,
  OpSelectN,
  OpStaticCall,
  OpStore,
  OpVarDef,
  OpVarLive,
  OpWBBuffer,
  OpWBEnd,
  OpWBFlag,
  OpZero,
  OpCopy,
  OpNilCheck,
} from './op.ts';
import { RepBool, RepI32, RepI64, RepMem, RepPtr, RepTuple, repSize } from './rep.ts';
import { type Value } from './value.ts';

/** The buffer has this many entries at a time. */
const maxEntries = 8;

export function writebarrier(f: Func): void {
  for (let i = 0; i < f.blocks.length; i++) {
    let b: Block | null = f.blocks[i]!;
    if (!b.values.some(isMarked)) continue;
    while (b !== null) b = splitFirstGroup(f, b);
  }
}

function isMarked(v: Value): boolean {
  if (v.op === OpStore) return v.auxInt === 1;
  return (v.op === OpZero || v.op === OpMove) && v.aux !== null;
}

function unmark(v: Value): void {
  if (v.op === OpStore) v.auxInt = 0;
  else v.aux = null;
}

/** An address as base plus known offset. */
function baseOf(p: Value): { base: Value; offset: number } {
  let base = p;
  let offset = 0;
  for (;;) {
    if (base.op === OpOffPtr) offset += base.auxInt;
    else if (base.op !== OpCopy && base.op !== OpNilCheck) return { base, offset };
    base = base.a0!;
  }
}

function isStackAddr(p: Value): boolean {
  let x = p;
  while (x.op === OpOffPtr || x.op === OpPtrAdd || x.op === OpCopy || x.op === OpNilCheck) {
    x = x.a0!;
  }
  return x.op === OpLocalAddr || x.op === OpSP;
}

/** Nil, or in the program's data: nothing to shade. */
function isOffHeap(v: Value): boolean {
  const { base } = baseOf(v);
  return base.op === OpConstNil || base.op === OpAddr;
}

/** What is known to be zero: words of an object that was just allocated. */
interface Fresh {
  readonly base: Value;
  /** Bit i: word i still has its zero. */
  zero: bigint;
}

const allWords = (1n << 64n) - 1n;

/** The operations on memory in the order of the chain. */
function memoryChain(b: Block): Value[] {
  const next = new Map<Value, Value>();
  let first: Value | null = null;
  for (const v of b.values) {
    if (v.op === OpPhi || !makesMemory(v)) continue;
    const before = memberOf(v.memArg(), b);
    if (before === null) first = v;
    else next.set(before, v);
  }
  const chain: Value[] = [];
  for (let v = first; v !== null; v = next.get(v) ?? null) chain.push(v);
  return chain;
}

function makesMemory(v: Value): boolean {
  if (v.nargs === 0 || isSelect(v)) return false;
  if (v.rep === RepMem) return v.memArg().rep === RepMem;
  return v.rep === RepTuple && v.memArg().rep === RepMem && !isResult(v);
}

/** MakeResult reads memory and ends the block. */
function isResult(v: Value): boolean {
  return v.uses === 1 && v.block.c0 === v;
}

function isSelect(v: Value): boolean {
  return v.op === OpSelect0 || v.op === OpSelect1 || v.op === OpSelectN;
}

/** The operation of block `b` that made memory `m`; null if it came from before (or a phi). */
function memberOf(m: Value, b: Block): Value | null {
  if (m.block !== b || m.op === OpPhi) return null;
  const maker = isSelect(m) ? m.a0! : m;
  return maker.nargs === 0 ? null : maker;
}

/** Barriers for the first group of stores of `b`. The block that has the rest, null: nothing left. */
function splitFirstGroup(f: Func, b: Block): Block | null {
  const chain = memoryChain(b);
  dropNeedless(chain);
  const first = chain.findIndex(isMarked);
  if (first < 0) return null;
  const epoch = epochs(b, chain);
  /** The operands were there before the group began. */
  const isReady = (v: Value): boolean => {
    for (let k = 0; k < v.nargs - 1; k++) if ((epoch.get(v.arg(k)) ?? 0) > first) return false;
    return true;
  };
  if (!isReady(chain[first]!)) f.fail('write barrier: operands depend on the store');
  const marked: Value[] = [];
  let last = first;
  let entries = 0;
  for (let i = first; i < chain.length; i++) {
    const v = chain[i]!;
    if (v.op === OpVarDef || v.op === OpVarLive) continue;
    if (v.op !== OpStore && v.op !== OpZero && v.op !== OpMove) break;
    if (!isMarked(v)) continue;
    const n = v.op === OpStore ? 2 : 0;
    if (entries + n > maxEntries || !isReady(v)) break;
    entries += n;
    marked.push(v);
    last = i;
  }
  return insert(f, b, { chain, first, last, marked, epoch });
}

interface Group {
  readonly chain: readonly Value[];
  /** Indices in the chain. */
  readonly first: number;
  readonly last: number;
  readonly marked: readonly Value[];
  readonly epoch: ReadonlyMap<Value, number>;
}

/** For values of `b`: one more than the index of the last memory operation that they depend on. */
function epochs(b: Block, chain: readonly Value[]): Map<Value, number> {
  const epoch = new Map<Value, number>();
  chain.forEach((v, i) => epoch.set(v, i + 1));
  const stack: Value[] = [];
  for (const root of b.values) {
    stack.push(root);
    while (stack.length > 0) {
      const v = stack.at(-1)!;
      if (epoch.has(v)) {
        stack.pop();
        continue;
      }
      let max = 0;
      let waiting = false;
      if (v.op !== OpPhi) {
        for (let k = 0; k < v.nargs; k++) {
          const x = v.arg(k);
          if (x.block !== b) continue;
          const e = epoch.get(x);
          if (e === undefined) {
            stack.push(x);
            waiting = true;
          } else max = Math.max(max, e);
        }
      }
      if (waiting) continue;
      epoch.set(v, max);
      stack.pop();
    }
  }
  return epoch;
}

/** Unmarks stores that need no barrier, going along the chain with what is known to be zero. */
function dropNeedless(chain: readonly Value[]): void {
  let fresh: Fresh | null = null;
  for (const v of chain) {
    if (v.op === OpStaticCall) {
      fresh = freshObject(v);
      continue;
    }
    if (v.op === OpVarDef || v.op === OpVarLive) continue;
    if (v.op !== OpStore && v.op !== OpZero && v.op !== OpMove) {
      fresh = null;
      continue;
    }
    if (isMarked(v) && !needsBarrier(v, fresh)) unmark(v);
    if (fresh !== null) touch(v, fresh);
  }
}

const allocators: ReadonlySet<string> = new Set(['runtime.newobject']);

function freshObject(call: Value): Fresh | null {
  const name = (call.aux as CallInfo).sym?.name ?? '';
  if (!allocators.has(name)) return null;
  const object = call.block.values.find(
    (v) => v.op === OpSelectN && v.a0 === call && v.auxInt === 0,
  );
  return object === undefined ? null : { base: object, zero: allWords };
}

function wordMask(offset: number, size: number): bigint {
  if (offset < 0 || offset % 8 !== 0 || offset + size > 512) return -1n;
  return ((1n << BigInt(Math.ceil(size / 8))) - 1n) << BigInt(offset / 8);
}

function isKnownZero(p: Value, size: number, fresh: Fresh | null): boolean {
  if (fresh === null) return false;
  const { base, offset } = baseOf(p);
  if (base !== fresh.base) return false;
  const mask = wordMask(offset, size);
  return mask !== -1n && (fresh.zero & mask) === mask;
}

function needsBarrier(v: Value, fresh: Fresh | null): boolean {
  if (isStackAddr(v.a0!)) return false;
  switch (v.op) {
    case OpStore:
      return !(isOffHeap(v.a1!) && isKnownZero(v.a0!, 8, fresh));
    case OpZero:
      return !isKnownZero(v.a0!, v.auxInt, fresh);
    default:
      return true;
  }
}

/** Forgets zeros that `v` may overwrite. */
function touch(v: Value, fresh: Fresh): void {
  const { base, offset } = baseOf(v.a0!);
  const size = v.op === OpStore ? repSize[v.a1!.rep]! : v.auxInt;
  if (v.op === OpZero) return;
  if (base !== fresh.base) {
    // Other objects cannot be it, unless the address was computed from it.
    if (base.op === OpPtrAdd) fresh.zero = 0n;
    return;
  }
  const start = Math.floor(offset / 8) * 8;
  const mask = wordMask(start, offset + size - start);
  fresh.zero = mask === -1n ? 0n : fresh.zero & ~mask;
}

/** Splits `b` and writes the slow path. Answers the block after. */
function insert(f: Func, b: Block, g: Group): Block {
  const { chain, first, last, marked, epoch } = g;
  const pos = chain[first]!.pos;
  if (f.writeBarrierPos === 0) f.writeBarrierPos = pos;
  let before = chain[first]!.memArg();
  // What lies in the outgoing arguments is lost by a call on the slow path.
  for (const v of marked) {
    if (v.op === OpMove && baseOf(v.a1!).base.op === OpSP) before = copyVolatile(f, b, v, before);
  }
  const slow = f.newBlock(BlockPlain, pos);
  const done = f.newBlock(BlockInvalid, b.pos);
  moveRest(b, done, epoch, first);
  const flagAddr = f.newValue1(b, pos, OpAddr, RepPtr, f.sb());
  flagAddr.aux = f.env.obj.lookup('runtime.writeBarrier', 0);
  const flag = f.newValue2(b, pos, OpWBFlag, RepI32, flagAddr, before);
  const zero = f.constInt(RepI32, 0);
  b.setControl(f.newValue2(b, pos, OpNe, RepBool, flag, zero));
  b.kind = BlockIf;
  b.likely = LikelySecond;
  b.addEdgeTo(slow);
  b.addEdgeTo(done);
  const after = slowPath(f, slow, marked, before);
  slow.addEdgeTo(done);
  const mem = f.newDetached(OpPhi, RepMem, done, pos);
  mem.addArg(before);
  mem.addArg(after);
  done.values.unshift(mem);
  const store = chain[first]!;
  store.setArg(store.nargs - 1, mem);
  for (const v of marked) unmark(v);
  endRegion(f, done, chain[last]!);
  return done;
}

/** What depends on the group goes to `done`, with the end of the block. */
// oxlint-disable-next-line max-params -- the blocks and what decides.
function moveRest(b: Block, done: Block, epoch: ReadonlyMap<Value, number>, first: number): void {
  const stay: Value[] = [];
  for (const v of b.values) {
    if ((epoch.get(v) ?? 0) > first || (b.c0 === v && v.rep === RepTuple)) {
      v.block = done;
      done.values.push(v);
    } else stay.push(v);
  }
  b.values = stay;
  done.kind = b.kind;
  done.likely = b.likely;
  done.aux = b.aux;
  done.auxInt = b.auxInt;
  done.setControl(b.c0);
  done.setControl2(b.c1);
  b.setControl(null);
  b.setControl2(null);
  b.aux = null;
  b.auxInt = 0;
  done.succs = b.succs;
  b.succs = [];
  done.succs.forEach((e, i) => (e.b.preds[e.i] = new Edge(done, i)));
}

function copyVolatile(f: Func, b: Block, move: Value, before: Value): Value {
  const tmp = f.addLocal(new LocalVar('~volatile', move.aux as Type, LocalAuto));
  tmp.addrTaken = true;
  const { pos } = move;
  const def = f.newValue1(b, pos, OpVarDef, RepMem, before);
  def.aux = tmp;
  const addr = f.newValue2(b, pos, OpLocalAddr, RepPtr, f.sp(), def);
  addr.aux = tmp;
  const copy = f.newValue3(b, pos, OpMove, RepMem, addr, move.a1!, def);
  copy.auxInt = move.auxInt;
  move.setArg(1, addr);
  return copy;
}

/** Shades what the stores write and overwrite. Answers the memory at the end. */
function slowPath(f: Func, slow: Block, marked: readonly Value[], before: Value): Value {
  let mem = before;
  const entries: { value: Value | null; slot: Value | null; pos: number }[] = [];
  for (const v of marked) {
    if (v.op !== OpStore) continue;
    if (!isOffHeap(v.a1!)) entries.push({ value: v.a1!, slot: null, pos: v.pos });
    entries.push({ value: null, slot: v.a0!, pos: v.pos });
  }
  if (entries.length > 0) {
    const { pos } = entries[0]!;
    const buffer = f.newValue1(slow, pos, OpWBBuffer, RepTuple, mem);
    buffer.auxInt = entries.length;
    const ptr = f.newValue1(slow, pos, OpSelect0, RepI64, buffer);
    mem = f.newValue1(slow, pos, OpSelect1, RepMem, buffer);
    entries.forEach((e, i) => {
      const value = e.value ?? f.newValue2(slow, e.pos, OpLoad, RepPtr, e.slot!, mem);
      const at = f.newOffPtr(slow, e.pos, ptr, i * 8);
      mem = f.newValue3(slow, e.pos, OpStore, RepMem, at, value, mem);
    });
  }
  for (const v of marked) {
    if (v.op === OpStore) continue;
    const typ = f.newValue1(slow, v.pos, OpAddr, RepPtr, f.sb());
    typ.aux = f.env.typeSym(v.aux as Type);
    const isZero = v.op === OpZero;
    const args = isZero ? [typ, v.a0!] : [typ, v.a0!, v.a1!];
    const info = runtimeCall(f, isZero ? 'runtime.wbZero' : 'runtime.wbMove', args.length);
    const call = f.newValueN(slow, v.pos, OpStaticCall, RepTuple, [...args, mem]);
    call.aux = info;
    mem = f.newSelectN(slow, v.pos, RepMem, call, 0);
  }
  return mem;
}

function runtimeCall(f: Func, name: string, args: number): CallInfo {
  const words = Array.from({ length: args }, () => RepPtr);
  const abi: AbiInfo = {
    params: [],
    results: [],
    argRegs: f.env.abi.intRegs.slice(0, args),
    argReps: words,
    resRegs: [],
    resReps: [],
    resultsOffset: 0,
    spillOffset: 0,
    spillSize: args * 8,
    argWidth: args * 8,
  };
  const info = new CallInfo(f.env.obj.lookup(name, ABIInternal), abi);
  info.noSafepoint = true;
  return info;
}

/** Memory after the group, for everything but the group. */
function endRegion(f: Func, done: Block, last: Value): void {
  const end = f.newDetached(OpWBEnd, RepMem, done, last.pos);
  const replace = (v: Value): void => {
    for (let k = 0; k < v.nargs; k++) if (v.arg(k) === last) v.setArg(k, end);
  };
  for (const b of f.blocks) {
    for (const v of b.values) replace(v);
    if (b.c0 === last) b.setControl(end);
  }
  end.addArg(last);
  done.values.push(end);
}
