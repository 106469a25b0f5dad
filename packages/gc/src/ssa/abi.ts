/**
 * Where arguments and results go: ABIInternal and ABI0, over canonical types.
 *
 * Each value is flattened to scalars in declaration order. If there are enough registers of both
 * kinds for all of them, they take the next ones; otherwise the value goes to the stack whole and no
 * register is used up. Arrays of length other than 0 and 1 never go to registers.
 *
 * Layout from argp: stack-assigned parameters, each aligned to its type; stack-assigned results, from
 * the next word; spill slots of the register parameters, from the next word, aligned by type; rounded
 * to a word. ABI0 is the same with no registers.
 *
 * GOROOT: src/cmd/compile/abi-internal.md, src/cmd/compile/internal/abi/abiutils.go (facts).
 */
import { Kind, type Type } from '../ir/type.ts';
import { type Rep, RepF32, RepF64, RepI64, RepPtr, isFloatRep, repOfType } from './rep.ts';

/** A scalar part of a value: what the builder's `leaves` are. */
export interface Leaf {
  readonly rep: Rep;
  /** Bytes from the beginning of the value. */
  readonly offset: number;
  /** Length or capacity of a string or slice: never negative. */
  readonly isLength: boolean;
}

function plain(rep: Rep, offset: number): Leaf {
  return { rep, offset, isLength: false };
}

function length(offset: number): Leaf {
  return { rep: RepI64, offset, isLength: true };
}

export interface AbiParam {
  readonly type: Type;
  /** SSA register numbers, one per leaf; empty: on the stack. */
  readonly regs: readonly number[];
  readonly leaves: readonly Leaf[];
  /** From argp: the stack slot, or the spill slot of a register parameter (−1 for register results). */
  readonly offset: number;
  /** Index of its first scalar among all register scalars of the same direction; −1: on the stack. */
  readonly firstReg: number;
}

export interface AbiInfo {
  readonly params: readonly AbiParam[];
  readonly results: readonly AbiParam[];
  readonly argRegs: readonly number[];
  readonly argReps: readonly Rep[];
  readonly resRegs: readonly number[];
  readonly resReps: readonly Rep[];
  /** Offset of the results on the stack, and of the spill area. */
  readonly resultsOffset: number;
  readonly spillOffset: number;
  readonly spillSize: number;
  /** Everything, spill area included: FuncInfo.Args, and what a caller reserves. */
  readonly argWidth: number;
}

const ptrSize = 8;

function roundUp(n: number, to: number): number {
  return Math.ceil(n / to) * to;
}

export class AbiConfig {
  readonly intRegs: readonly number[];
  readonly floatRegs: readonly number[];
  readonly #leaves = new Map<Type, readonly Leaf[] | null>();

  constructor(intRegs: readonly number[], floatRegs: readonly number[]) {
    this.intRegs = intRegs;
    this.floatRegs = floatRegs;
  }

  /**
   * The scalars that `t` consists of; null if it never goes to registers (a long array inside).
   * Blank fields count; values of size 0 have none.
   */
  leavesOf(t: Type): readonly Leaf[] | null {
    let leaves = this.#leaves.get(t);
    if (leaves === undefined) {
      const list: Leaf[] = [];
      leaves = this.#flatten(t, 0, list) ? list : null;
      this.#leaves.set(t, leaves);
    }
    return leaves;
  }

  #flatten(t: Type, at: number, out: Leaf[]): boolean {
    switch (t.kind) {
      case Kind.Complex64:
        out.push(plain(RepF32, at), plain(RepF32, at + 4));
        return true;
      case Kind.Complex128:
        out.push(plain(RepF64, at), plain(RepF64, at + 8));
        return true;
      case Kind.String:
        out.push(plain(RepPtr, at), length(at + 8));
        return true;
      case Kind.Interface:
        out.push(plain(RepI64, at), plain(RepPtr, at + 8));
        return true;
      case Kind.Slice:
        out.push(plain(t.elem!.notInHeap ? RepI64 : RepPtr, at), length(at + 8), length(at + 16));
        return true;
      case Kind.Array:
        if (t.len === 0) return true;
        return t.len === 1 && this.#flatten(t.elem!, at, out);
      case Kind.Struct:
        for (const f of t.fields) {
          if (!this.#flatten(f.type, at + f.offset, out)) return false;
        }
        return true;
      default:
        out.push(plain(repOfType(t), at));
        return true;
    }
  }

  /** Assigns a signature; `params` begins with the receiver, if there is one. */
  assign(params: readonly Type[], results: readonly Type[]): AbiInfo {
    const ins = new Assigner(this);
    for (const t of params) ins.add(t);
    const resultsOffset = roundUp(ins.stack, ptrSize);
    const outs = new Assigner(this);
    outs.stack = resultsOffset;
    for (const t of results) outs.add(t);
    const spillOffset = roundUp(outs.stack, ptrSize);
    let at = spillOffset;
    const placed: AbiParam[] = ins.params.map((p) => {
      if (p.regs.length === 0) return p;
      at = roundUp(at, p.type.align);
      const offset = at;
      at += p.type.size;
      return { ...p, offset };
    });
    const argWidth = roundUp(at, ptrSize);
    return {
      params: placed,
      results: outs.params,
      argRegs: ins.regs,
      argReps: ins.reps,
      resRegs: outs.regs,
      resReps: outs.reps,
      resultsOffset,
      spillOffset,
      spillSize: argWidth - spillOffset,
      argWidth,
    };
  }
}

/** One direction of a signature in the making. */
class Assigner {
  readonly config: AbiConfig;
  readonly params: AbiParam[] = [];
  readonly regs: number[] = [];
  readonly reps: Rep[] = [];
  stack = 0;
  #ints = 0;
  #floats = 0;

  constructor(config: AbiConfig) {
    this.config = config;
  }

  add(t: Type): void {
    const leaves = t.size === 0 ? null : this.config.leavesOf(t);
    if (leaves !== null && this.#fits(leaves)) this.#inRegs(t, leaves);
    else this.#onStack(t);
  }

  #fits(leaves: readonly Leaf[]): boolean {
    let ints = this.#ints;
    let floats = this.#floats;
    for (const leaf of leaves) {
      if (isFloatRep(leaf.rep)) floats++;
      else ints++;
    }
    return ints <= this.config.intRegs.length && floats <= this.config.floatRegs.length;
  }

  #inRegs(t: Type, leaves: readonly Leaf[]): void {
    const regs: number[] = [];
    const firstReg = this.regs.length;
    for (const { rep } of leaves) {
      const reg = isFloatRep(rep)
        ? this.config.floatRegs[this.#floats++]!
        : this.config.intRegs[this.#ints++]!;
      regs.push(reg);
      this.regs.push(reg);
      this.reps.push(rep);
    }
    this.params.push({ type: t, regs, leaves, offset: -1, firstReg });
  }

  #onStack(t: Type): void {
    this.stack = roundUp(this.stack, t.align);
    const leaves = this.config.leavesOf(t) ?? noLeaves;
    this.params.push({ type: t, regs: noRegs, leaves, offset: this.stack, firstReg: -1 });
    this.stack += t.size;
  }
}

const noRegs: readonly number[] = [];
const noLeaves: readonly Leaf[] = [];
