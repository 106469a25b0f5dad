/**
 * Runs a function in SSA form, at any stage before register allocation, so that what a pass made of it
 * can be compared with what it was.
 *
 * Blocks that are not scheduled are run in an order that operands and memory allow: what reads a
 * memory state comes before what replaces it. Whatever has no meaning here ends the run with an
 * error, not with a guess.
 */
import { type Block, blockKindNames } from '../../src/ssa/block.ts';
import * as blocks from '../../src/ssa/block.ts';
import { type CallInfo } from '../../src/ssa/calls.ts';
import { type Func } from '../../src/ssa/func.ts';
import { type LocalVar } from '../../src/ssa/local.ts';
import * as ops from '../../src/ssa/op.ts';
import { IsCall, opFlags, opNames } from '../../src/ssa/opinfo.ts';
import { printValue } from '../../src/ssa/print.ts';
import { RepMem, RepTuple, repSize } from '../../src/ssa/rep.ts';
import { type Value } from '../../src/ssa/value.ts';
import { amd64, Flags, holds, type Machine, type Result } from './amd64.ts';
import { generic } from './generic.ts';
import { bitsOf, unsigned } from './numbers.ts';
import { Stop, type World } from './world.ts';

export interface Outcome {
  /** Results, or why there are none. */
  readonly end: string;
  readonly calls: readonly string[];
  /** Of globals and heap. */
  readonly memory: number;
}

const maxSteps = 20_000;

/** Calls `f` with register arguments in a world that has been reset. */
export function interpret(f: Func, args: readonly bigint[], world: World): Outcome {
  let end: string;
  try {
    end = new Interpreter(f, args, world).run();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    end = error.what;
  }
  return { end, calls: world.trace.slice(), memory: world.digest() };
}

class Interpreter implements Machine {
  readonly world: World;
  readonly #f: Func;
  readonly #args: readonly bigint[];
  readonly #values: Result[] = [];
  readonly #orders = new Map<Block, readonly Value[]>();

  constructor(f: Func, args: readonly bigint[], world: World) {
    this.#f = f;
    this.#args = args;
    this.world = world;
  }

  num(v: Value): bigint {
    if (v.op === ops.OpSP) return this.world.outgoing;
    const x = this.#values[v.id];
    if (typeof x !== 'bigint') throw new Error(`${printValue(v)} is not a number`);
    return x;
  }

  flags(v: Value): Flags {
    const x = this.#values[v.id];
    if (!(x instanceof Flags)) throw new Error(`${printValue(v)} is not flags`);
    return x;
  }

  /** An operand, cut to its width. */
  #operand(v: Value | null): bigint {
    return v === null || v.rep === RepMem ? 0n : unsigned(bitsOf(v.rep), this.num(v));
  }

  run(): string {
    let b = this.#f.entry;
    let from = -1;
    for (let steps = 0; ;) {
      this.#phis(b, from);
      const order = this.#order(b);
      steps += order.length + 1;
      if (steps > maxSteps) return 'too long';
      for (const v of order) {
        if (v.op !== ops.OpPhi) this.#values[v.id] = this.#evaluate(v);
      }
      const next = this.#leave(b);
      if (typeof next === 'string') return next;
      const edge = b.succs[next]!;
      b = edge.b;
      from = edge.i;
    }
  }

  #phis(b: Block, from: number): void {
    if (from < 0) return;
    const phis = b.values.filter((v) => v.op === ops.OpPhi);
    const incoming = phis.map((v) => this.#values[v.arg(from).id]!);
    phis.forEach((v, i) => (this.#values[v.id] = incoming[i]!));
  }

  #order(b: Block): readonly Value[] {
    if (this.#f.scheduled) return b.values;
    let order = this.#orders.get(b);
    if (order === undefined) {
      order = inOrder(b);
      this.#orders.set(b, order);
    }
    return order;
  }

  #evaluate(v: Value): Result {
    // Of anything, flags and tuples too.
    if (v.op === ops.OpCopy) return this.#values[v.a0!.id]!;
    const meaning = generic.get(v.op);
    if (meaning !== undefined) {
      const [x, y, z] = [v.a0, v.a1, v.a2].map((a) => this.#operand(a));
      const result = meaning(v, x!, y!, z!);
      return typeof result === 'bigint' ? unsigned(bitsOf(v.rep), result) : result;
    }
    const machine = amd64.get(v.op);
    if (machine !== undefined) return machine(v, this);
    return this.#special(v);
  }

  #special(v: Value): Result {
    const { world } = this;
    switch (v.op) {
      case ops.OpInitMem:
      case ops.OpVarDef:
      case ops.OpVarLive:
      case ops.OpKeepAlive:
      case ops.OpWBEnd:
      case ops.OpSB:
      case ops.OpMakeResult:
        return 0n;
      case ops.OpSP:
        return world.outgoing;
      case ops.OpArgReg:
        return this.#args[v.auxInt] ?? 0n;
      case ops.OpAddr:
        return world.symbol((v.aux as { name: string }).name) + BigInt(v.auxInt);
      case ops.OpLocalAddr:
        return world.slot((v.aux as LocalVar).index) + BigInt(v.auxInt);
      case ops.OpSelect0:
        return (this.#values[v.a0!.id] as bigint[])[0]!;
      case ops.OpSelect1:
        if (v.rep === RepMem) return 0n;
        return (this.#values[v.a0!.id] as bigint[])[1]!;
      case ops.OpSelectN:
        if (v.rep === RepMem) return 0n;
        return unsigned(bitsOf(v.rep), (this.#values[v.a0!.id] as bigint[])[v.auxInt]!);
      case ops.OpLoad:
      case ops.OpWBFlag:
        return world.load(this.num(v.a0!), repSize[v.rep]!);
      case ops.OpStore:
        world.store(this.num(v.a0!), repSize[v.a1!.rep]!, this.#operand(v.a1));
        return 0n;
      case ops.OpZero:
        world.zero(this.num(v.a0!), v.auxInt);
        return 0n;
      case ops.OpMove:
        world.move(this.num(v.a0!), this.num(v.a1!), v.auxInt);
        return 0n;
      case ops.OpNilCheck:
      case ops.OpAMD64LoweredNilCheck:
        if (this.num(v.a0!) < 4096n) throw new Stop('nil');
        return this.num(v.a0!);
      case ops.OpWBBuffer:
      case ops.OpAMD64LoweredWB:
        return [world.buffer];
      default:
        if ((opFlags[v.op]! & IsCall) !== 0) return this.#call(v);
        return this.#panic(v);
    }
  }

  #call(v: Value): Result {
    const info = v.aux as CallInfo;
    const first = v.nargs - 1 - info.argRegs.length;
    // By the callee's widths: an operand may be a wider value, cut by nobody but its reader.
    const args = info.argReps.map((rep, i) => unsigned(bitsOf(rep), this.num(v.arg(first + i))));
    const code = info.sym === null ? `code ${this.num(v.a0!)}` : info.sym.name;
    return this.world.call(code, args, info.resRegs.length);
  }

  #panic(v: Value): never {
    const bounds = (x: bigint, y: bigint): never => {
      throw new Stop(`panic ${v.auxInt}: ${x} ${y}`);
    };
    const constant = (c: number): bigint => unsigned(64, BigInt(c));
    switch (v.op) {
      case ops.OpPanicBounds:
      case ops.OpAMD64LoweredPanicBoundsRR:
        return bounds(this.#operand(v.a0), this.#operand(v.a1));
      case ops.OpAMD64LoweredPanicBoundsRC:
        return bounds(this.#operand(v.a0), constant(v.auxInt2));
      case ops.OpAMD64LoweredPanicBoundsCR:
        return bounds(constant(v.auxInt2), this.#operand(v.a0));
      case ops.OpAMD64LoweredPanicBoundsCC:
        return bounds(constant(v.auxInt2), constant(v.aux as number));
      default:
        throw new Error(`no meaning: ${printValue(v)} (${opNames[v.op]})`);
    }
  }

  /** The number of the edge taken, or how the function ends. */
  #leave(b: Block): number | string {
    switch (b.kind) {
      case blocks.BlockPlain:
      case blocks.BlockFirst:
      case blocks.BlockDefer:
        return 0;
      case blocks.BlockIf:
        return this.#operand(b.c0) === 0n ? 1 : 0;
      case blocks.BlockJumpTable:
      case blocks.BlockAMD64JUMPTABLE:
        return Number(this.num(b.c0!));
      case blocks.BlockExit:
        return 'exit';
      case blocks.BlockRet:
        return this.#results(b.c0!);
      default:
        return holds(blockKindNames[b.kind]!, this.flags(b.c0!)) ? 0 : 1;
    }
  }

  #results(c: Value): string {
    const results: bigint[] = [];
    this.#f.abi.resReps.forEach((rep, i) => {
      results.push(unsigned(bitsOf(rep), this.num(c.arg(i))));
    });
    return `returns ${results.join(' ')}`;
  }
}

/** An order of the values of a block that is not scheduled. */
function inOrder(b: Block): Value[] {
  const order: Value[] = [];
  const state = new Map<Value, number>();
  const readers = new Map<Value, Value[]>();
  for (const v of b.values) {
    if (v.op === ops.OpPhi || makesMemory(v)) continue;
    for (let i = 0; i < v.nargs; i++) {
      const m = v.arg(i);
      if (m.rep !== RepMem) continue;
      const list = readers.get(m);
      if (list === undefined) readers.set(m, [v]);
      else list.push(v);
    }
  }
  const visit = (v: Value): void => {
    if (v.block !== b || state.has(v)) return;
    state.set(v, 1);
    if (v.op !== ops.OpPhi) {
      for (let i = 0; i < v.nargs; i++) visit(v.arg(i));
      if (makesMemory(v)) for (const r of readers.get(v.memArg()) ?? []) if (r !== v) visit(r);
    }
    order.push(v);
  };
  for (const v of b.values) visit(v);
  return order;
}

function makesMemory(v: Value): boolean {
  if (v.op === ops.OpPhi || v.nargs === 0 || v.memArg().rep !== RepMem) return false;
  return v.rep === RepMem || (v.rep === RepTuple && v.op !== ops.OpMakeResult);
}
