/**
 * An SSA value: one operation applied to operands.
 *
 * Hot: one hidden class. The first three operands are inline, further ones (phis, calls) are in
 * `more`. Operands are read by field where the number is known, else by `arg(i)`; they are written
 * only by the methods here, which keep `uses` right. Block controls count as uses too.
 */
import { type Block } from './block.ts';
import { type Op, OpCopy, OpInvalid } from './op.ts';
import { opNames } from './opinfo.ts';
import { type Rep } from './rep.ts';

export class Value {
  readonly id: number;
  op: Op;
  rep: Rep;
  nargs = 0;
  uses = 0;
  /** A safe integer; what it means depends on the op (optable.ts). */
  auxInt: number;
  /** Target operations: the scale of an index, or the immediate of an operation on memory. */
  auxInt2 = 0;
  /** A length or capacity since it was made, so never negative (prove.ts). */
  isLength = false;
  aux: unknown;
  a0: Value | null = null;
  a1: Value | null = null;
  a2: Value | null = null;
  more: Value[] | null = null;
  block: Block;
  /** Index into the position table of the IR function. */
  pos: number;

  constructor(id: number, op: Op, rep: Rep, block: Block, pos: number) {
    this.id = id;
    this.op = op;
    this.rep = rep;
    this.auxInt = 0;
    this.aux = null;
    this.block = block;
    this.pos = pos;
  }

  arg(i: number): Value {
    switch (i) {
      case 0:
        return this.a0!;
      case 1:
        return this.a1!;
      case 2:
        return this.a2!;
      default:
        return this.more![i - 3]!;
    }
  }

  addArg(x: Value): void {
    x.uses++;
    const i = this.nargs++;
    if (i === 0) this.a0 = x;
    else if (i === 1) this.a1 = x;
    else if (i === 2) this.a2 = x;
    else if (this.more === null) this.more = [x];
    else this.more.push(x);
  }

  setArg(i: number, x: Value): void {
    x.uses++;
    if (i === 0) {
      this.a0!.uses--;
      this.a0 = x;
    } else if (i === 1) {
      this.a1!.uses--;
      this.a1 = x;
    } else if (i === 2) {
      this.a2!.uses--;
      this.a2 = x;
    } else {
      this.more![i - 3]!.uses--;
      this.more![i - 3] = x;
    }
  }

  /** Takes operand `i` out by moving the last one into its place (as block predecessors do). */
  removeArgSwap(i: number): void {
    const last = this.nargs - 1;
    const moved = this.arg(last);
    this.arg(i).uses--;
    if (i !== last) this.#put(i, moved);
    this.#drop(last);
  }

  #put(i: number, x: Value): void {
    if (i === 0) this.a0 = x;
    else if (i === 1) this.a1 = x;
    else if (i === 2) this.a2 = x;
    else this.more![i - 3] = x;
  }

  #drop(i: number): void {
    this.nargs = i;
    if (i === 0) this.a0 = null;
    else if (i === 1) this.a1 = null;
    else if (i === 2) this.a2 = null;
    else this.more!.length = i - 3;
  }

  resetArgs(): void {
    for (let i = 0; i < this.nargs; i++) this.arg(i).uses--;
    this.nargs = 0;
    this.a0 = null;
    this.a1 = null;
    this.a2 = null;
    this.more = null;
  }

  /** Becomes another operation without operands; representation, block and position stay. */
  reset(op: Op): void {
    this.resetArgs();
    this.op = op;
    this.auxInt = 0;
    this.auxInt2 = 0;
    this.aux = null;
  }

  /** Becomes a copy of `x`. */
  copyOf(x: Value): void {
    // The operand first: it may lose its last other use by the reset.
    x.uses++;
    this.reset(OpCopy);
    this.addArg(x);
    x.uses--;
  }

  /** The last operand, where that is memory. */
  memArg(): Value {
    return this.arg(this.nargs - 1);
  }

  /** The integer of a Const, exact. */
  constBig(): bigint {
    return this.aux === null ? BigInt(this.auxInt) : (this.aux as bigint);
  }

  isInvalid(): boolean {
    return this.op === OpInvalid;
  }

  toString(): string {
    return `v${this.id}`;
  }

  describe(): string {
    return `v${this.id} = ${opNames[this.op]}`;
  }
}
