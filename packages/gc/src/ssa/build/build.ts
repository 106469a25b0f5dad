/**
 * From a function body in IR to SSA.
 *
 *     parameters, results, captures into their places
 *     statements (stmt.ts), in one walk
 *     removal of blocks that nothing leads to
 *     phis (vars.ts)
 *
 * The SSA is scalar: see operand.ts for what that means for aggregates, addr.ts for where variables
 * are, order.ts for what happens when.
 *
 * GOROOT: src/cmd/compile/internal/{walk,ssagen} (facts).
 */
import { ABIWRAPPER, DUPOK, NEEDCTXT, NOSPLIT, PKGINIT, WRAPPER } from '@go-ts/asm/func';
import { type Func as IrFunc, type LocalVar } from '../../ir/node.ts';
import { Pragma } from '../../ir/sym.ts';
import { type AbiParam } from '../abi.ts';
import { type Block, BlockInvalid } from '../block.ts';
import { Func } from '../func.ts';
import { LocalAuto, LocalParam, LocalVar as Slot, spillType } from '../local.ts';
import { OpArgReg } from '../op.ts';
import { type Rep, RepPtr } from '../rep.ts';
import { placeOf, ssaPlace, writeVars } from './addr.ts';
import { newObject } from './alloc.ts';
import { Builder, type Lowering } from './builder.ts';
import { placeCaptures } from './closure.ts';
import { type BuildContext } from './context.ts';
import { prepareDefers } from './defer.ts';
import { exitFunction, resultSlot } from './exit.ts';
import { expr, tuple } from './expr.ts';
import { inMemory, ofLeaves, type Operand } from './operand.ts';
import { order } from './order.ts';
import { stmts } from './stmt.ts';

const lowering: Lowering = { expr, tuple, order, stmts };

/** Lowers `fn`; functions that it makes up or contains are handed to the context's environment. */
export function buildSSA(fn: IrFunc, cx: BuildContext): Func {
  const { env } = cx;
  const { sym } = fn;
  const isAbi0 = fn.abiWrapper === 0;
  const text = isAbi0 ? env.textSymABI0(sym) : env.textSym(sym);
  const f = new Func(sym.name, text, isAbi0 ? cx.abi0Of(sym.type) : cx.abiOf(sym.type), env);
  setFlags(f, fn, cx);
  const b = new Builder(f, fn, cx, lowering);
  b.pos = fn.pos;
  placeCaptures(b);
  // What is live everywhere must hold something before the first call.
  placeResults(b);
  prepareDefers(b);
  for (const local of fn.results) if (local.onHeap) allocateResult(b, local);
  placeParams(b);
  b.stmts(fn.body);
  b.pos = fn.endPos;
  exitFunction(b);
  removeUnreachable(f);
  b.vars.finish();
  return f;
}

/** Functions that recover must look through although they are written by hand. */
const adapters: ReadonlySet<string> = new Set([
  'reflect.callReflect',
  'reflect.callMethod',
  'runtime.reflectcall',
]);

function setFlags(f: Func, fn: IrFunc, cx: BuildContext): void {
  const { pragma, dupok } = fn.sym;
  f.pos = fn.pos;
  f.endPos = fn.endPos;
  if (fn.wrapped !== null) f.wrapped = cx.env.textSym(fn.wrapped);
  f.hasDefer = fn.hasDefer;
  const isNosplit = (pragma & Pragma.Nosplit) !== 0;
  if (isNosplit) f.flags |= NOSPLIT;
  if (dupok) f.flags |= DUPOK;
  if (fn.isWrapper || adapters.has(fn.sym.name)) f.flags |= WRAPPER;
  if (fn.needCtxt || fn.captures.length > 0) f.flags |= NEEDCTXT;
  if (fn.isPkgInit) f.flags |= PKGINIT;
  if (fn.abiWrapper >= 0) f.flags |= ABIWRAPPER | DUPOK | NOSPLIT;
  f.asyncUnsafe = isNosplit || cx.env.options.runtimeMode;
  f.noWriteBarrier = (pragma & Pragma.Nowritebarrier) !== 0;
}

/** Results are zero at entry, before anything can allocate or panic. */
function placeResults(b: Builder): void {
  const { results, hasDefer } = b.fn;
  results.forEach((local, i) => {
    b.declared.add(local);
    if (local.onHeap) {
      placeHeapResult(b, local);
      return;
    }
    const { abi } = b.f;
    const result = abi.results[i]!;
    if (b.leavesOf(local.type) !== null && !local.addrTaken && !hasDefer) {
      const place = ssaPlace(b, local.type);
      b.places.set(local, place);
      if (place.kind === 'ssa') writeVars(b, place.base, b.zeroOperand(local.type));
      return;
    }
    const onStack = result.regs.length === 0 && local.type.size > 0;
    const slot = onStack ? resultSlot(b, local, result) : autoSlot(b, local);
    slot.addrTaken = local.addrTaken;
    slot.alwaysLive = hasDefer;
    b.places.set(local, { kind: 'slot', slot });
    b.varDef(slot);
    b.zero(b.slotAddr(slot), local.type);
  });
}

function autoSlot(b: Builder, local: LocalVar): Slot {
  return b.f.addLocal(new Slot(local.name, local.type, LocalAuto));
}

/** The pointer to a result in the heap must survive a recovered panic in the frame. */
function placeHeapResult(b: Builder, local: LocalVar): void {
  if (!b.fn.hasDefer) {
    b.places.set(local, { kind: 'pointer', pointer: b.vars.newVar(RepPtr) });
    return;
  }
  const type = b.types.pointer(local.type);
  const slot = b.f.addLocal(new Slot(`&${local.name}`, type, LocalAuto));
  slot.alwaysLive = true;
  b.places.set(local, { kind: 'indirect', slot });
  b.varDef(slot);
  b.storePlain(b.slotAddr(slot), b.nil());
}

function allocateResult(b: Builder, local: LocalVar): void {
  const p = newObject(b, local.type);
  const place = placeOf(b, local);
  if (place.kind === 'pointer') b.vars.write(place.pointer, p);
  else if (place.kind === 'indirect') b.storePlain(b.slotAddr(place.slot), p);
}

function placeParams(b: Builder): void {
  const { params } = b.fn;
  // All values first: the allocation of one parameter must not clobber the registers of another.
  const incoming = b.f.abi.params.map((p, i) => incomingOf(b, params[i]!, p));
  incoming.forEach((x, i) => x !== null && placeParam(b, params[i]!, x, b.f.abi.params[i]!));
}

interface Incoming {
  readonly value: Operand;
  /** Where the caller put it, or where it is spilled. */
  readonly slot: Slot | null;
}

function incomingOf(b: Builder, local: LocalVar, param: AbiParam): Incoming | null {
  const t = local.type;
  b.declared.add(local);
  if (param.regs.length === 0) {
    if (t.size === 0) return { value: b.zeroOperand(t), slot: null };
    const slot = paramSlot(b, local, param);
    return { value: b.loadOperand(t, b.slotAddr(slot)), slot };
  }
  const isMemory = b.leavesOf(t) === null || local.addrTaken;
  const slot = isMemory ? paramSlot(b, local, param) : null;
  const values = param.regs.map((reg, i) => {
    const leaf = param.leaves[i]!;
    const v = b.v0(OpArgReg, leaf.rep);
    v.auxInt = reg;
    v.isLength = leaf.isLength;
    const home = isMemory ? null : spillSlot(local, leaf.rep, param.offset + leaf.offset);
    v.aux = home;
    b.f.argHomes.push({ offset: param.offset + leaf.offset, slot: home });
    return v;
  });
  if (slot === null) return { value: ofLeaves(t, values), slot };
  b.varDef(slot);
  values.forEach((v, i) => b.storePlain(b.offset(b.slotAddr(slot), param.leaves[i]!.offset), v));
  return { value: inMemory(t, b.slotAddr(slot)), slot };
}

/** The part of the spill area for one scalar of a parameter; a local of the function if it is used. */
function spillSlot(local: LocalVar, rep: Rep, offset: number): Slot {
  const slot = new Slot(local.name, spillType(rep), LocalParam);
  slot.offset = offset;
  slot.isSpill = true;
  return slot;
}

function paramSlot(b: Builder, local: LocalVar, param: AbiParam): Slot {
  const slot = b.f.addLocal(new Slot(local.name, local.type, LocalParam));
  slot.offset = param.offset;
  return slot;
}

function placeParam(b: Builder, local: LocalVar, incoming: Incoming, param: AbiParam): void {
  const { value, slot } = incoming;
  if (local.onHeap) {
    const p = newObject(b, local.type);
    b.storeOperand(p, value);
    const place = placeOf(b, local);
    if (place.kind === 'pointer') b.vars.write(place.pointer, p);
    return;
  }
  if (b.leavesOf(local.type) !== null && !local.addrTaken) {
    const place = placeOf(b, local);
    if (place.kind === 'ssa') writeVars(b, place.base, value);
    return;
  }
  const home = slot ?? autoSlot(b, local);
  home.addrTaken = local.addrTaken;
  b.places.set(local, { kind: 'slot', slot: home });
  if (slot === null && param.type.size === 0) b.varDef(home);
}

/** Drops the blocks that no edge leads to, with their edges. */
function removeUnreachable(f: Func): void {
  const reachable = new Set<Block>([f.entry]);
  const work = [f.entry];
  for (let b = work.pop(); b !== undefined; b = work.pop()) {
    for (const e of b.succs) {
      if (reachable.has(e.b)) continue;
      reachable.add(e.b);
      work.push(e.b);
    }
  }
  for (const b of f.blocks) {
    if (reachable.has(b)) continue;
    while (b.succs.length > 0) {
      const e = b.succs[0]!;
      e.b.removePred(e.i);
      b.removeSucc(0);
    }
    b.reset(BlockInvalid);
    for (const v of b.values) v.resetArgs();
    b.values.length = 0;
  }
  let n = 0;
  for (const b of f.blocks) if (reachable.has(b)) f.blocks[n++] = b;
  f.blocks.length = n;
}
