/**
 * Checks the invariants of the SSA form; run after every pass in check mode.
 *
 *  1. Edges agree at both ends; blocks that are mentioned are in the function.
 *  2. Phis have one operand per predecessor and come from the right places: a definition dominates its
 *     uses (for phis, the end of the predecessor).
 *  3. A value is in the list of its block, once, and has as many operands as its operation wants.
 *  4. `uses` is the number of uses (until register allocation).
 *  5. Controls are there if the kind of block wants them.
 *  6. In scheduled code definitions come before uses, and one memory state is live at a time.
 *
 * After register allocation operands are copies made on other paths too: 2 and 6 do not apply.
 */
import { InternalError } from '@go-ts/base';
import {
  BlockDefer,
  BlockExit,
  BlockFirst,
  BlockInvalid,
  BlockJumpTable,
  BlockPlain,
  BlockRet,
  BlockRetJmp,
  type Block,
} from './block.ts';
import { DomTree } from './cfg.ts';
import { type Func } from './func.ts';
import { OpLoadReg, OpPhi } from './op.ts';
import { opArgs, opFlags, takesMemory, IsLoad, IsMem } from './opinfo.ts';
import { printBlockEnd, printValue } from './print.ts';
import { RepMem } from './rep.ts';
import { type Value } from './value.ts';

export function verify(f: Func, pass: string): void {
  const fail = (message: string): never => {
    throw new InternalError(`SSA invalid after ${pass}: ${message}`).addContext({ func: f.name });
  };
  const uses = new Int32Array(f.numValues);
  const place = new Int32Array(f.numValues);
  const inFunc = new Set(f.blocks);
  if (!inFunc.has(f.entry)) fail('entry is not in the function');
  for (const b of f.blocks) {
    checkBlock(b, inFunc, fail);
    b.values.forEach((v, i) => {
      if (v.block !== b) fail(`${printValue(v)} is listed in ${b}, but says ${v.block}`);
      if (place[v.id] !== 0) fail(`${printValue(v)} is listed twice`);
      place[v.id] = i + 1;
      checkValue(v, fail);
      for (let k = 0; k < v.nargs; k++) uses[v.arg(k).id]!++;
    });
    if (b.c0 !== null) uses[b.c0.id]!++;
    if (b.c1 !== null) uses[b.c1.id]!++;
  }
  // Recomputed values are dropped by register allocation, their uses are not taken back.
  if (f.allocated) return;
  for (const b of f.blocks) {
    for (const v of b.values) {
      if (uses[v.id] !== v.uses) {
        fail(`${printValue(v)} has ${uses[v.id]} uses, but says ${v.uses}`);
      }
    }
  }
  checkDominance(f, place, fail);
}

type Fail = (message: string) => never;

function checkBlock(b: Block, inFunc: ReadonlySet<Block>, fail: Fail): void {
  b.succs.forEach((e, i) => {
    if (!inFunc.has(e.b)) fail(`${b} leads to ${e.b}, which is not in the function`);
    const back = e.b.preds[e.i];
    if (back === undefined || back.b !== b || back.i !== i) {
      fail(`edge ${i} of ${b} does not agree`);
    }
  });
  b.preds.forEach((e, i) => {
    if (!inFunc.has(e.b)) fail(`${b} comes from ${e.b}, which is not in the function`);
    const back = e.b.succs[e.i];
    if (back === undefined || back.b !== b || back.i !== i) {
      fail(`predecessor ${i} of ${b} does not agree`);
    }
  });
  const [succs, controls] = shape(b);
  if (succs >= 0 && b.succs.length !== succs) {
    fail(`${b} (${printBlockEnd(b)}) has wrong successors`);
  }
  const has = (b.c0 === null ? 0 : 1) + (b.c1 === null ? 0 : 1);
  if (has !== controls) fail(`${b} (${printBlockEnd(b)}) has ${has} controls`);
}

/** Numbers of successors (−1: any) and controls. */
function shape(b: Block): readonly [number, number] {
  switch (b.kind) {
    case BlockPlain:
      return [1, 0];
    case BlockRet:
    case BlockRetJmp:
    case BlockExit:
      return [0, 1];
    case BlockFirst:
      return [2, 0];
    case BlockDefer:
      return [2, b.c0 === null ? 0 : 1];
    case BlockJumpTable:
      return [-1, 1];
    case BlockInvalid:
      return [-1, 99];
    case 32:
      return [-1, 2];
    default:
      return [2, 1];
  }
}

function checkValue(v: Value, fail: Fail): void {
  const want = opArgs[v.op]!;
  // A reload of a spill slot has the slot instead of an operand.
  const isReload = v.op === OpLoadReg && v.nargs === 0;
  if (want >= 0 && v.nargs !== want && !isReload) {
    fail(`${printValue(v)} should have ${want} operands`);
  }
  for (let k = 0; k < v.nargs; k++) {
    const x = v.arg(k);
    if (x === null || x === undefined) fail(`operand ${k} of v${v.id} is missing`);
  }
  if (v.op === OpPhi) {
    if (!v.block.func.allocated && v.nargs !== v.block.preds.length) {
      fail(`${printValue(v)} has one operand per predecessor`);
    }
    for (let k = 0; k < v.nargs; k++) {
      if ((v.arg(k).rep === RepMem) !== (v.rep === RepMem)) {
        fail(`${printValue(v)} mixes memory and other values`);
      }
    }
  } else if (takesMemory(v.op) && v.nargs > 0 && (opFlags[v.op]! & (IsLoad | IsMem)) !== 0) {
    if (v.memArg().rep !== RepMem) fail(`${printValue(v)}: the last operand is not memory`);
  }
}

function checkDominance(f: Func, place: Int32Array, fail: Fail): void {
  const dom = new DomTree(f);
  for (const b of f.blocks) {
    if (dom.enter[b.id] === 0) continue;
    for (const v of b.values) {
      for (let k = 0; k < v.nargs; k++) {
        const x = v.arg(k);
        if (place[x.id] === 0) fail(`${printValue(v)} uses v${x.id}, which is in no block`);
        if (v.op === OpPhi) {
          const p = b.preds[k]!.b;
          if (dom.enter[p.id] !== 0 && !dom.dominates(x.block, p)) {
            fail(`operand ${k} of ${printValue(v)}, in ${x.block}, does not reach ${p}`);
          }
        } else if (x.block === b) {
          if (f.scheduled && place[x.id]! >= place[v.id]!) {
            fail(`${printValue(v)} uses a later value`);
          }
        } else if (!dom.dominates(x.block, b)) {
          fail(`${printValue(v)} in ${b} uses ${printValue(x)} in ${x.block}`);
        }
      }
    }
    for (const c of [b.c0, b.c1]) {
      if (c === null) continue;
      if (place[c.id] === 0) fail(`control v${c.id} of ${b} is in no block`);
      if (!dom.dominates(c.block, b)) fail(`control v${c.id} does not reach ${b}`);
    }
  }
  if (f.scheduled) checkMemory(f, fail);
}

/** In scheduled order, what reads memory reads the state that is current. */
function checkMemory(f: Func, fail: Fail): void {
  for (const b of f.blocks) {
    let mem: Value | null = null;
    for (const v of b.values) {
      if (v.op !== OpPhi && v.nargs > 0) {
        const m = v.memArg();
        if (m.rep === RepMem && mem !== null && m !== mem && v.rep === RepMem) {
          fail(`${printValue(v)} continues v${m.id}, but the memory is v${mem.id}`);
        }
      }
      if (v.rep === RepMem) mem = v;
    }
  }
}
