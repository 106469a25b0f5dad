/**
 * Register allocation: gives every value a register where it is used.
 *
 * Blocks are visited in layout order, instructions in schedule order, and registers are handed out
 * greedily; when none is free, the value whose next use is farthest loses its own. Losing costs
 * nothing at once: the value is read back from its slot where it is needed next, and its store to the
 * slot is placed afterwards (spill.ts), in the cheapest block from which all those reads are reached.
 * Values without operands (constants, addresses of globals and slots) are recomputed instead.
 *
 * At a block with several predecessors, one that was visited already decides which values are in which
 * registers; the others' edges move things into place (shuffle.ts). Loop headers keep only what the
 * loop uses, if registers are short or the loop calls.
 *
 * After this pass `home` says the register of every value that has one; StoreReg and LoadReg have the
 * original value as aux, which names the slot. Phis without a register live in their slot.
 *
 * This is in the manner of M. Braun and S. Hack, "Register Spilling and Live-Range Splitting for
 * SSA-Form Programs".
 */
import { BlockDefer, type Block } from '../block.ts';
import { type DomTree, type LoopNest } from '../cfg.ts';
import { type Func } from '../func.ts';
import {
  OpArgReg,
  OpCopy,
  OpInitMem,
  OpPhi,
  OpSB,
  OpSP,
  OpSelect0,
  OpSelect1,
  OpSelectN,
} from '../op.ts';
import { IsCommutative, ResultInArg0, isCall, opFlags } from '../opinfo.ts';
import { RepTuple, isRegRep } from '../rep.ts';
import { type Value } from '../value.ts';
import { computeLive, type LiveOut } from './live.ts';
import { LoopUses } from './loops.ts';
import { allocPhis } from './phi.ts';
import { shuffle } from './shuffle.ts';
import { placeSpills } from './spill.ts';
import { NoHome, RegState } from './state.ts';
import { type RegSpec, type RegTarget, classOf, lowest, popcount } from './target.ts';

/** What a register holds at the beginning or end of a block. */
export interface Held {
  readonly r: number;
  readonly v: Value;
  readonly c: Value;
}

export interface Allocation {
  /** Register by value id; NoHome: none. */
  readonly home: Int16Array;
}

export function regalloc(f: Func, target: RegTarget, loops: LoopNest, dom: DomTree): Allocation {
  const a = new Allocator(f, target, loops);
  a.run();
  shuffle(f, a.state, a.startRegs, a.endRegs);
  placeSpills(f, a.state, a.startRegs, dom, loops);
  return { home: a.state.home };
}

const noHeld: Held[] = [];

/** Instructions until a use that is worth a reload on an edge. Calls count 100. */
const soon = 60;

class Allocator {
  readonly f: Func;
  readonly state: RegState;
  readonly target: RegTarget;
  readonly loops: LoopNest;
  readonly loopUses: LoopUses;
  readonly live: LiveOut[];
  readonly startRegs: Held[][];
  readonly endRegs: (Held[] | null)[];
  /** Registers of a tuple's members, by tuple id. */
  readonly #members = new Map<number, readonly number[]>();
  /** Preferences count up to the next call: each stretch between calls has an epoch of its own. */
  #freshEpoch = 0;
  /** Argument registers of the call that ends the stretch at hand, and of those after it. */
  #segmentRegs = 0;
  readonly #callRegs: number[] = [];
  /** Ids with a use list in the present block. */
  readonly #touched: number[] = [];

  constructor(f: Func, target: RegTarget, loops: LoopNest) {
    this.f = f;
    this.target = target;
    this.loops = loops;
    this.state = new RegState(f, target);
    const { values, kind } = this.state;
    for (const b of f.blocks) {
      for (const v of b.values) {
        values[v.id] = v;
        if (v.op === OpSP || v.op === OpSB || !isRegRep(v.rep)) continue;
        kind[v.id] = target.isRemat(v) ? 2 : 1;
      }
    }
    const tracked = kind.map((k) => (k === 1 ? 1 : 0));
    this.live = computeLive(f, tracked);
    this.loopUses = new LoopUses(f, loops, tracked);
    this.startRegs = Array.from({ length: f.numBlocks }, () => noHeld);
    this.endRegs = Array.from({ length: f.numBlocks }, () => null);
  }

  run(): void {
    const { f, state } = this;
    for (const b of f.blocks) {
      const old = b.values;
      b.values = [];
      state.block = b;
      state.epoch = this.#freshEpoch;
      this.#callRegs.length = 0;
      this.#segmentRegs = 0;
      this.#recordUses(b, old);
      this.#freshEpoch = state.epoch + 1;
      state.avoid = this.#segmentRegs;
      state.clear();
      this.#start(b, old);
      let call = -1;
      for (let i = 0; i < old.length; i++) {
        const v = old[i]!;
        if (v.op === OpPhi) continue;
        if (call < i) {
          call = i;
          while (call < old.length && !isCall(old[call]!.op)) call++;
          state.nextCall = call < old.length ? call : Infinity;
        }
        this.#value(v);
      }
      state.nextCall = Infinity;
      this.#end(b);
      state.clearUses(this.#touched);
      this.#touched.length = 0;
    }
  }

  #use(id: number, dist: number): void {
    this.#touched.push(id);
    this.state.addUse(id, dist);
  }

  /** Use lists of the block, and what registers its values would like to be in. */
  #recordUses(b: Block, values: readonly Value[]): void {
    const { state } = this;
    const { kind } = state;
    const n = values.length;
    const out = this.live[b.id]!;
    for (let i = 0; i < out.ids.length; i++) this.#use(out.ids[i]!, n + 1 + out.dist[i]!);
    this.#desireAtEnd(b);
    if (b.c1 !== null && kind[b.c1.id] !== 0) this.#use(b.c1.id, n);
    if (b.c0 !== null && kind[b.c0.id] !== 0) this.#use(b.c0.id, n);
    for (let i = n - 1; i >= 0; i--) {
      const v = values[i]!;
      if (v.op === OpPhi) continue;
      for (let k = v.nargs - 1; k >= 0; k--) {
        const x = v.arg(k);
        if (kind[x.id] !== 0) this.#use(x.id, i);
      }
      this.#desireForOperands(v);
    }
  }

  /** Operands of phis would like to be where a phi that is placed already is. */
  #desireAtEnd(b: Block): void {
    const { state } = this;
    for (const e of b.succs) {
      if (this.endRegs[e.b.id] === null && e.b !== b) continue;
      for (const v of e.b.values) {
        if (v.op !== OpPhi || state.kind[v.id] !== 1) continue;
        const r = state.home[v.id]!;
        const x = v.arg(e.i);
        if (r !== NoHome && state.kind[x.id] === 1) state.desire(x.id, r);
      }
    }
  }

  #desireForOperands(v: Value): void {
    const { state, target } = this;
    if (isCall(v.op)) {
      state.epoch++;
      this.#callRegs.push(this.#segmentRegs);
      this.#segmentRegs = 0;
    }
    if ((opFlags[v.op]! & ResultInArg0) !== 0 && state.kind[v.a0!.id] === 1) {
      const want = state.kind[v.id] === 1 ? state.desiredOf(v.id) : -1;
      if (want >= 0) state.desire(v.a0!.id, want);
    }
    const spec = target.spec(v);
    for (const k of spec.order) {
      const mask = spec.inputs[k]!;
      if ((mask & (mask - 1)) !== 0) return;
      const x = v.arg(k);
      this.#segmentRegs |= mask;
      if (state.kind[x.id] !== 0) state.desire(x.id, lowest(mask));
    }
  }

  /** After a call: the preferences of the next stretch. */
  #nextSegment(): void {
    this.state.epoch--;
    this.#segmentRegs = this.#callRegs.pop() ?? 0;
    this.state.avoid = this.#segmentRegs;
  }

  /** Registers at the beginning of `b`. */
  #start(b: Block, values: readonly Value[]): void {
    if (b === this.f.entry) return;
    const { state } = this;
    const primary = this.#primary(b);
    if (primary < 0) {
      allocPhis(state, b, values, -1, noHeld, this.endRegs);
      return;
    }
    const held = this.endRegs[b.preds[primary]!.b.id]!;
    if (b.preds.length === 1) {
      for (const { r, v, c } of held) {
        if (state.nextUse(v.id) !== Infinity && state.kind[v.id] === 1) state.assign(r, v, c);
      }
      this.#recordStart(b, null);
      return;
    }
    const loop = this.loops.of[b.id]!;
    const isHeader = loop !== null && loop.header === b;
    const keep = isHeader ? this.loopUses.keepAtHeader(loop, held, values, state) : null;
    const usable = held.filter(
      ({ v }) =>
        state.kind[v.id] === 1 &&
        (keep === null ? isHeader || this.#worthKeeping(b, v) : keep(v.id)),
    );
    allocPhis(state, b, values, primary, usable, this.endRegs);
    const phis = new Set<Value>();
    for (const v of values) if (v.op === OpPhi) phis.add(v);
    this.#recordStart(b, phis);
  }

  #recordStart(b: Block, phis: ReadonlySet<Value> | null): void {
    const { state } = this;
    const start: Held[] = [];
    for (let m = state.used; m !== 0; m &= m - 1) {
      const r = lowest(m);
      const v = state.valueIn[r]!;
      if (phis === null || !phis.has(v)) start.push({ r, v, c: state.copyIn[r]! });
    }
    this.startRegs[b.id] = start;
  }

  /** At a merge: a value that some edge would have to reload stays only if it is used soon. */
  #worthKeeping(b: Block, v: Value): boolean {
    if (this.state.nextUse(v.id) < soon) return true;
    for (const e of b.preds) {
      const end = this.endRegs[e.b.id]!;
      if (end !== null && !end.some((h) => h.v === v)) return false;
    }
    return true;
  }

  /** The predecessor whose registers are taken over: visited, and likeliest to come from. */
  #primary(b: Block): number {
    // The runtime resumes there: registers hold nothing.
    for (const e of b.preds) if (e.b.kind === BlockDefer && e.i === 1) return -1;
    let best = -1;
    let bestScore = -1;
    for (let i = 0; i < b.preds.length; i++) {
      const e = b.preds[i]!;
      if (this.endRegs[e.b.id] === null) continue;
      // Split edges stand for the branch before them.
      let from = e.b;
      let edge = e.i;
      if (from.preds.length === 1 && from.succs.length === 1) {
        edge = from.preds[0]!.i;
        from = from.preds[0]!.b;
      }
      let score = 2 + this.loops.depth(e.b) * 4;
      if (from.likely !== 0) score += from.likely > 0 === (edge === 0) ? 1 : -2;
      if (score > bestScore) {
        bestScore = score;
        best = i;
      }
    }
    return best;
  }

  #value(v: Value): void {
    const { state, target } = this;
    const kind = state.kind[v.id]!;
    switch (v.op) {
      case OpSP:
        state.setHome(v, target.sp);
        state.block.values.push(v);
        return;
      case OpSB:
      case OpInitMem:
        state.block.values.push(v);
        return;
      case OpArgReg:
        this.#define(v, v.auxInt);
        return;
      case OpSelect0:
      case OpSelect1:
      case OpSelectN:
        if (kind === 0) state.block.values.push(v);
        else this.#define(v, this.#members.get(v.a0!.id)![this.#memberIndex(v)]!);
        return;
      default:
        // Recomputed where it is needed.
        if (kind === 2) return;
        this.#instruction(v);
    }
  }

  #memberIndex(v: Value): number {
    if (v.op === OpSelectN) return v.auxInt;
    return v.op === OpSelect0 ? 0 : 1;
  }

  /** The value is in register `r` from here on; it takes none if nothing uses it. */
  #define(v: Value, r: number): void {
    const { state } = this;
    if ((state.used & (1 << r)) !== 0) state.free(r);
    state.assign(r, v, v);
    state.block.values.push(v);
    if (state.useHead[v.id]! < 0) state.free(r);
  }

  #instruction(v: Value): void {
    const { state, target } = this;
    const spec = target.spec(v);
    state.nospill = 0;
    const inputs = this.#operands(v, spec);
    let arg0 = NoHome;
    if ((opFlags[v.op]! & ResultInArg0) !== 0) arg0 = this.#ownOperand0(v, spec, inputs);
    for (let k = 0; k < v.nargs; k++) {
      const x = v.arg(k);
      if (state.kind[x.id] !== 0 && state.popUse(x.id)) state.freeValue(x.id);
    }
    for (let k = 0; k < v.nargs; k++) {
      const c = inputs[k];
      if (c !== undefined && c !== null) v.setArg(k, c);
    }
    const operands = state.nospill;
    state.nospill = 0;
    // Values may still be moved out of the way, but not onto operands or what is written here.
    state.frozen = operands | spec.clobbers;
    for (const mask of spec.outputs) if ((mask & (mask - 1)) === 0) state.frozen |= mask;
    this.#clobber(spec);
    this.#results(v, spec, arg0, operands);
    state.frozen = 0;
    state.block.values.push(v);
    this.#releaseUnused(v);
    if (isCall(v.op)) this.#nextSegment();
  }

  #operands(v: Value, spec: RegSpec): (Value | null)[] {
    const { state } = this;
    const inputs: (Value | null)[] = [];
    for (let k = 0; k < v.nargs; k++) inputs.push(null);
    for (const k of spec.order) {
      const x = v.arg(k);
      if (state.kind[x.id] === 0) continue;
      const c = state.load(x, spec.inputs[k]!, v.pos);
      inputs[k] = c;
    }
    return inputs;
  }

  /** Values that sit in registers that `v` destroys are lost, or moved if they are needed. */
  #clobber(spec: RegSpec): void {
    const { state } = this;
    let lost = spec.clobbers & state.used;
    if (popcount(spec.clobbers) <= 4) {
      // A few: worth moving what is needed soon. The moves come before the instruction.
      for (let m = lost; m !== 0; m &= m - 1) state.moveAway(lowest(m));
      lost = spec.clobbers & state.used;
    }
    state.freeMask(lost);
  }

  /**
   * The result will overwrite operand 0: makes sure that no one else needs what is there. Answers its
   * register.
   */
  #ownOperand0(v: Value, spec: RegSpec, inputs: (Value | null)[]): number {
    const { state, target } = this;
    const x = v.a0!;
    const needed = (y: Value): boolean => {
      const regs = state.regsOf[y.id]!;
      if ((regs & (regs - 1)) !== 0) return false;
      let here = 0;
      for (let k = 0; k < v.nargs; k++) if (v.arg(k) === y) here++;
      return state.hasMoreUses(y.id, here);
    };
    const regOf = (k: number): number => state.home[inputs[k]!.id]!;
    const want = state.kind[v.id] === 1 ? state.desiredOf(v.id) : -1;
    const isSwappable =
      (opFlags[v.op]! & IsCommutative) !== 0 && inputs[1] !== null && inputs[1] !== undefined;
    if (needed(x) && isSwappable && !needed(v.a1!) && v.a1 !== x) {
      this.#swap(v, inputs);
      return regOf(0);
    }
    if (!needed(x)) {
      // Both could be overwritten: take the one that is where the result is wanted.
      if (isSwappable && v.a1 !== x && want >= 0 && regOf(0) !== want && regOf(1) === want) {
        if (!needed(v.a1!)) this.#swap(v, inputs);
      }
      return regOf(0);
    }
    const mask = spec.inputs[0]! & classOf(target, x.rep);
    const c0 = inputs[0]!;
    const open = mask & ~state.nospill;
    if (open === 0) return regOf(0);
    const r =
      want >= 0 && (open & (1 << want)) !== 0 && (state.used & (1 << want)) === 0
        ? want
        : state.allocReg(mask, null);
    const copy = state.f.newValue1(state.block, v.pos, OpCopy, x.rep, c0);
    state.assign(r, x, copy);
    state.nospill |= 1 << r;
    inputs[0] = copy;
    return r;
  }

  #swap(v: Value, inputs: (Value | null)[]): void {
    const x = v.a0!;
    const y = v.a1!;
    v.a0 = y;
    v.a1 = x;
    const c = inputs[0]!;
    inputs[0] = inputs[1]!;
    inputs[1] = c;
  }

  // oxlint-disable-next-line max-params -- the instruction and what is known of its operands.
  #results(v: Value, spec: RegSpec, arg0: number, operands: number): void {
    const { state } = this;
    if (v.rep === RepTuple) {
      const regs: number[] = [];
      for (let i = 0; i < spec.outputs.length; i++) {
        const mask = spec.outputs[i]!;
        if (mask === 0) {
          regs.push(NoHome);
          continue;
        }
        const r = i === 0 && arg0 !== NoHome ? arg0 : this.#output(mask, null, spec, operands);
        // Until the member is met (directly after), the register must not be given away.
        if ((state.used & (1 << r)) !== 0) state.free(r);
        state.nospill |= 1 << r;
        regs.push(r);
      }
      state.nospill = 0;
      this.#members.set(v.id, regs);
      // For emit: the first member's register, whether or not there is a Select of it.
      if (regs.length > 0) state.setHome(v, regs[0]!);
      return;
    }
    if (state.kind[v.id] !== 1) return;
    const r = arg0 !== NoHome ? arg0 : this.#output(spec.outputs[0]!, v, spec, operands);
    if ((state.used & (1 << r)) !== 0) state.free(r);
    state.assign(r, v, v);
  }

  /** A register for a result; operations of several instructions must not write one they still read. */
  // oxlint-disable-next-line max-params -- as above.
  #output(mask: number, v: Value | null, spec: RegSpec, operands: number): number {
    const { state } = this;
    const keep = spec.earlyClobber === true ? operands : 0;
    state.nospill |= keep;
    const r = (mask & (mask - 1)) === 0 ? this.#fixed(lowest(mask)) : state.allocReg(mask, v);
    state.nospill &= ~keep;
    return r;
  }

  #fixed(r: number): number {
    if ((this.state.used & (1 << r)) !== 0) this.state.moveAway(r);
    return r;
  }

  #releaseUnused(v: Value): void {
    const { state } = this;
    if (state.kind[v.id] === 1 && state.useHead[v.id]! < 0) state.freeValue(v.id);
  }

  /** Controls into registers, useful values into registers before a loop, and the state for others. */
  #end(b: Block): void {
    const { state } = this;
    state.nospill = 0;
    const { c0, c1 } = b;
    if (c0 !== null && state.kind[c0.id] !== 0) {
      b.setControl(state.load(c0, classOf(this.target, c0.rep), b.pos));
    }
    if (c1 !== null && state.kind[c1.id] !== 0) {
      b.setControl2(state.load(c1, classOf(this.target, c1.rep), b.pos));
    }
    for (const c of [c0, c1]) {
      if (c !== null && state.kind[c.id] !== 0 && state.popUse(c.id)) state.freeValue(c.id);
    }
    state.nospill = 0;
    this.#fillBeforeLoop(b);
    const held: Held[] = [];
    for (let m = state.used; m !== 0; m &= m - 1) {
      const r = lowest(m);
      held.push({ r, v: state.valueIn[r]!, c: state.copyIn[r]! });
    }
    this.endRegs[b.id] = held;
  }

  /** Entering a loop that does not call: bring what it uses into idle registers, nearest use first. */
  #fillBeforeLoop(b: Block): void {
    if (b.succs.length !== 1) return;
    const h = b.succs[0]!.b;
    const loop = this.loops.of[h.id]!;
    if (loop === null || loop.header !== h || this.endRegs[h.id] !== null || loop.hasCall) return;
    const { state } = this;
    const out = this.live[b.id]!;
    const wanted: number[] = [];
    for (const id of out.ids) {
      if (state.regsOf[id] === 0 && this.loopUses.isUsed(loop, id)) wanted.push(id);
    }
    wanted.sort((x, y) => state.nextUse(x) - state.nextUse(y) || x - y);
    for (const id of wanted) {
      const v = state.values[id]!;
      const idle = classOf(this.target, v.rep) & ~state.used;
      if (popcount(idle) <= 3) continue;
      state.load(v, idle, v.pos);
    }
    state.nospill = 0;
  }
}
