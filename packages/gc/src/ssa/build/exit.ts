/**
 * Leaving a function: deferred calls, results into their places, the return itself.
 *
 * A function with defers has one more exit, where the runtime resumes it after a recovered panic:
 * it calls deferreturn (which runs what is left, and whose address the linker records) and returns
 * the results as they are in memory. Therefore such results, and pointers to those that moved to the
 * heap, are in frame slots that are live everywhere.
 *
 * Contract §7.8.
 */
import { type LocalVar } from '../../ir/node.ts';
import { type AbiParam } from '../abi.ts';
import { type Block, BlockRet } from '../block.ts';
import { LocalResult, LocalVar as Slot } from '../local.ts';
import { OpAnd, OpClosureCall, OpMakeResult, OpNe, OpVarLive } from '../op.ts';
import { RepBool, RepI64, RepI8, RepMem, RepPtr, RepTuple } from '../rep.ts';
import { type Value } from '../value.ts';
import { placeOf, readLocal } from './addr.ts';
import { type Builder } from './builder.ts';
import { type Operand } from './operand.ts';

/** Runs the defers and returns the result variables as they are. */
export function exitFunction(b: Builder): void {
  if (b.fn.hasDefer) {
    b.pos = b.fn.endPos;
    if (b.f.openDefers !== null) runOpenDefers(b);
    else b.runtime('deferreturn', []);
  }
  returnOperands(
    b,
    b.fn.results.map((r) => readLocal(b, r)),
  );
}

/** Returns these values; nothing else happens any more. */
export function returnOperands(b: Builder, values: readonly Operand[]): void {
  const { abi } = b.f;
  const regs: Value[] = [];
  abi.results.forEach((result, i) => {
    const x = values[i]!;
    if (result.regs.length > 0) regs.push(...b.scalarsOf(x));
    else if (result.type.size > 0) storeResult(b, b.fn.results[i]!, result, x);
  });
  const block = b.cur;
  block.kind = BlockRet;
  block.pos = b.pos;
  if (regs.length === 0) block.setControl(b.mem());
  else {
    const result = b.vn(OpMakeResult, RepTuple, [...regs, b.mem()]);
    result.aux = b.newCallInfo(null, abi);
    block.setControl(result);
  }
  b.startDead();
}

/** Results on the stack: a variable in memory is there already. */
function storeResult(b: Builder, local: LocalVar, result: AbiParam, x: Operand): void {
  const place = placeOf(b, local);
  if (place.kind === 'slot' && place.slot.kind === LocalResult && x.addr !== null) {
    const p = b.slotAddr(place.slot);
    if (x.addr.aux === place.slot && x.addr.auxInt === 0) return;
    b.move(p, x.addr, x.type);
    return;
  }
  const slot = resultSlot(b, local, result);
  b.varDef(slot);
  b.storeOperand(b.slotAddr(slot), x);
}

/** The slot in the caller's frame. */
export function resultSlot(b: Builder, local: LocalVar, result: AbiParam): Slot {
  for (const slot of b.f.locals) {
    if (slot.kind === LocalResult && slot.offset === result.offset) return slot;
  }
  const slot = b.f.addLocal(new Slot(local.name, local.type, LocalResult));
  slot.offset = result.offset;
  return slot;
}

/** Latest first; a bit is cleared before its call, lest a panic there run it again. */
function runOpenDefers(b: Builder): void {
  const { bits, slots } = b.f.openDefers!;
  for (let i = b.defers.count - 1; i >= 0; i--) {
    const before = b.vars.read(b.defers.bitsVar);
    const mask = 1 << i;
    const isSet = b.v2(OpAnd, RepI8, before, b.constInt(RepI8, mask));
    b.when(b.v2(OpNe, RepBool, isSet, b.constInt(RepI8, 0)), () => {
      const after = b.v2(OpAnd, RepI8, b.vars.read(b.defers.bitsVar), b.constInt(RepI8, ~mask));
      b.vars.write(b.defers.bitsVar, after);
      b.storePlain(b.slotAddr(bits), after);
      const closure = b.load(RepPtr, b.slotAddr(slots[i]!));
      const code = b.load(RepI64, closure);
      const abi = b.cx.abiOf(b.types.func([], [], false));
      b.finishCall(OpClosureCall, b.newCallInfo(null, abi), [code, closure]);
      const live = b.v1(OpVarLive, RepMem, b.mem());
      live.aux = slots[i];
      b.setMem(live);
    });
  }
}

/** Where a recovered panic resumes. */
export function recoveryBlock(b: Builder): Block {
  const existing = b.defers.exit;
  if (existing !== null) return existing;
  const block = b.newBlock();
  b.defers.exit = block;
  const saved = b.cur;
  const { pos } = b;
  b.pos = b.fn.endPos;
  b.enter(block);
  b.runtime('deferreturn', []);
  returnOperands(
    b,
    b.fn.results.map((r) => readLocal(b, r)),
  );
  b.enter(saved);
  b.pos = pos;
  return block;
}
