/**
 * Puts the values of each block in the order in which they will be executed.
 *
 * Roots are, in their present order: operations with an effect, and values that are used in other
 * blocks. Before each root come the operands that it needs, depth first, so that values are computed
 * close to their use. Constraints beyond operands:
 *
 *  - a load (and anything else that takes memory without making a new one) comes before the operation
 *    that replaces that memory;
 *  - phis first, then arguments in registers and the closure pointer;
 *  - members of a tuple directly follow it;
 *  - of several operands, flags are computed last; a block's condition is the last value of all.
 *
 * After this pass the results of nil checks and pointer conversions are their operands.
 *
 * Invariant: one memory state is live at a time (verify.ts checks it on this order).
 */
import { type Block } from './block.ts';
import { type Func } from './func.ts';
import {
  OpAMD64LoweredGetClosurePtr,
  OpAMD64LoweredNilCheck,
  OpArgReg,
  OpGetClosurePtr,
  OpInitMem,
  OpPhi,
  OpSB,
  OpSP,
  OpSelect0,
  OpSelect1,
  OpSelectN,
} from './op.ts';
import { HasEffect, IsCall, IsTuple, opFlags, takesMemory } from './opinfo.ts';
import { RepFlags, RepMem, RepTuple, RepVoid } from './rep.ts';
import { type Value } from './value.ts';

/** Scratch of the pass, reused from function to function. */
export class Scheduler {
  /** 0 unseen, 1 on the stack, 2 placed; by value id. */
  #state = new Uint8Array(256);
  /** By memory value: first of its readers in this block, as an index + 1 into the lists below. */
  #readers = new Int32Array(256);
  readonly #readerValue: Value[] = [];
  readonly #readerNext: number[] = [];
  /** By tuple: its members, likewise. */
  #members = new Int32Array(256);
  readonly #memberValue: Value[] = [];
  readonly #memberNext: number[] = [];
  readonly #stack: Value[] = [];
  readonly #next: number[] = [];
  #order: Value[] = [];

  run(f: Func): void {
    const n = f.numValues;
    if (this.#state.length < n) {
      this.#state = new Uint8Array(n * 2);
      this.#readers = new Int32Array(n * 2);
      this.#members = new Int32Array(n * 2);
    } else {
      this.#state.fill(0, 0, n);
      this.#readers.fill(0, 0, n);
      this.#members.fill(0, 0, n);
    }
    const liveOut = usedElsewhere(f);
    for (const b of f.blocks) this.#block(b, liveOut);
    forwardChecks(f);
    f.scheduled = true;
  }

  #block(b: Block, liveOut: Uint8Array): void {
    const { values } = b;
    const order: Value[] = [];
    this.#order = order;
    this.#readerValue.length = 0;
    this.#readerNext.length = 0;
    this.#memberValue.length = 0;
    this.#memberNext.length = 0;
    for (const v of values) {
      if (v.op === OpPhi) this.#place(v);
      else if (isMember(v)) {
        const t = v.a0!;
        this.#memberValue.push(v);
        this.#memberNext.push(this.#members[t.id]!);
        this.#members[t.id] = this.#memberValue.length;
      } else if (takesMemory(v.op) || isReader(v)) {
        if (v.rep === RepMem || isMemTuple(v)) continue;
        const mem = v.memArg();
        this.#readerValue.push(v);
        this.#readerNext.push(this.#readers[mem.id]!);
        this.#readers[mem.id] = this.#readerValue.length;
      }
    }
    for (const v of values) if (isEntryValue(v)) this.#place(v);
    for (const v of values) {
      if (this.#state[v.id] === 0 && isRoot(v, liveOut) && v !== b.c0) this.#visit(v);
    }
    for (const c of [b.c0, b.c1]) {
      if (c !== null && c.block === b && this.#state[c.id] !== 2) this.#visit(c);
    }
    b.values = order;
    // The same memory may have readers in other blocks.
    for (const v of this.#readerValue) this.#readers[v.memArg().id] = 0;
    for (const v of this.#memberValue) this.#members[v.a0!.id] = 0;
  }

  #place(v: Value): void {
    this.#state[v.id] = 2;
    this.#order.push(v);
    if (v.rep !== RepTuple) return;
    for (let i = this.#members[v.id]!; i !== 0; i = this.#memberNext[i - 1]!) {
      const m = this.#memberValue[i - 1]!;
      if (m.block !== v.block) continue;
      this.#state[m.id] = 2;
      this.#order.push(m);
    }
  }

  #visit(root: Value): void {
    const stack = this.#stack;
    const next = this.#next;
    stack.push(root);
    next.push(0);
    this.#state[root.id] = 1;
    while (stack.length > 0) {
      const top = stack.length - 1;
      const v = stack[top]!;
      const x = this.#dependency(v, next, top);
      if (x === null) {
        if (this.#state[v.id] !== 2) this.#place(v);
        stack.pop();
        next.pop();
      } else {
        if (this.#state[x.id] === 1) {
          x.block.func.fail(`schedule: ${x.describe()} depends on itself (via ${v.describe()})`);
        }
        this.#state[x.id] = 1;
        stack.push(x);
        next.push(0);
      }
    }
  }

  /**
   * The next thing that must come before `v`; null if all is there. The cursor counts first ordinary
   * operands, then readers of the memory that v replaces, then flag operands.
   */
  #dependency(v: Value, next: number[], top: number): Value | null {
    const n = v.nargs;
    let i = next[top]!;
    for (; i < n; i++) {
      const x = v.arg(i);
      if (x.block !== v.block || this.#state[x.id] === 2 || isFlags(x)) continue;
      next[top] = i + 1;
      return isMember(x) && x.a0!.block === x.block && this.#state[x.a0!.id] !== 2 ? x.a0! : x;
    }
    if (i === n) {
      const mem = replacedMemory(v);
      if (mem !== null) {
        for (let r = this.#readers[mem.id]!; r !== 0; r = this.#readerNext[r - 1]!) {
          const x = this.#readerValue[r - 1]!;
          if (x === v || x.block !== v.block || this.#state[x.id] === 2) continue;
          // Dead flags readers and the like still have to be placed: they are in the block.
          next[top] = n;
          return x;
        }
      }
      i = n + 1;
    }
    for (; i <= 2 * n; i++) {
      const x = v.arg(i - n - 1);
      if (x.block !== v.block || this.#state[x.id] === 2) continue;
      next[top] = i + 1;
      return isMember(x) && x.a0!.block === x.block && this.#state[x.a0!.id] !== 2 ? x.a0! : x;
    }
    next[top] = i;
    return null;
  }
}

function isFlags(v: Value): boolean {
  return v.rep === RepFlags;
}

function isMember(v: Value): boolean {
  return v.op === OpSelect0 || v.op === OpSelect1 || v.op === OpSelectN;
}

function isEntryValue(v: Value): boolean {
  switch (v.op) {
    case OpInitMem:
    case OpSP:
    case OpSB:
    case OpArgReg:
    case OpGetClosurePtr:
    case OpAMD64LoweredGetClosurePtr:
      return true;
    default:
      return false;
  }
}

/** A tuple one of whose members is memory. */
function isMemTuple(v: Value): boolean {
  return v.rep === RepTuple && takesMemory(v.op);
}

/** Reads memory without being marked a load: operands' last is memory, result is not. */
function isReader(v: Value): boolean {
  return v.nargs > 0 && v.rep !== RepMem && v.memArg().rep === RepMem && !isMember(v);
}

/** The memory state that is over once `v` is done; null if `v` makes none. */
function replacedMemory(v: Value): Value | null {
  if (v.op === OpPhi || v.nargs === 0) return null;
  if (v.rep !== RepMem && !isMemTuple(v)) return null;
  const mem = v.memArg();
  return mem.rep === RepMem ? mem : null;
}

function isRoot(v: Value, liveOut: Uint8Array): boolean {
  if (isMember(v)) return false;
  // Flags are computed next to their reader; flagalloc will copy those that are read elsewhere.
  if (isFlags(v)) return liveOut[v.id] === 1;
  if ((opFlags[v.op]! & (HasEffect | IsCall)) !== 0) return true;
  if (v.rep === RepMem || isMemTuple(v)) return true;
  if ((opFlags[v.op]! & IsTuple) !== 0) return true;
  return liveOut[v.id] === 1;
}

/** Values used outside their block, or by a phi; members count for their tuple too. */
function usedElsewhere(f: Func): Uint8Array {
  const out = new Uint8Array(f.numValues);
  for (const b of f.blocks) {
    if (b.c0 !== null && b.c0.block !== b) out[b.c0.id] = 1;
    if (b.c1 !== null && b.c1.block !== b) out[b.c1.id] = 1;
    for (const v of b.values) {
      const isPhi = v.op === OpPhi;
      for (let i = 0; i < v.nargs; i++) {
        const x = v.arg(i);
        if (isPhi || x.block !== b) out[x.id] = 1;
      }
    }
  }
  return out;
}

/** Nil checks are ordered now: their results can be the pointers themselves. */
function forwardChecks(f: Func): void {
  const source = (v: Value): Value => {
    let x = v;
    while (x.op === OpAMD64LoweredNilCheck) x = x.a0!;
    return x;
  };
  for (const b of f.blocks) {
    if (b.c0 !== null && b.c0.op === OpAMD64LoweredNilCheck) b.setControl(source(b.c0));
    for (const v of b.values) {
      for (let i = 0; i < v.nargs; i++) {
        const x = v.arg(i);
        if (x.op === OpAMD64LoweredNilCheck) v.setArg(i, source(x));
      }
    }
  }
  for (const b of f.blocks) {
    for (const v of b.values) if (v.op === OpAMD64LoweredNilCheck) v.rep = RepVoid;
  }
}
