/**
 * From assignable variables to SSA values.
 *
 * A variable is one scalar: a leaf of a local, the memory state, or a temporary of the lowering. The
 * builder writes and reads variables of the current block only; a read before any write in the block
 * yields a phi that is not filled in yet. When all blocks and edges are known, `finish` looks every
 * such phi up in its predecessors, which may create more of them, without recursion. Phis whose
 * operands turn out to be one value become that value. This is the construction of Braun et al.
 * ("Simple and Efficient Construction of Static Single Assignment Form", 2013) with all blocks sealed
 * at the end, so that goto needs no special case.
 *
 * Invariant: unreachable blocks have been removed before `finish`, so every block but the entry has a
 * predecessor.
 */
import { type Block } from '../block.ts';
import { type Func } from '../func.ts';
import { OpCopy, OpPhi } from '../op.ts';
import { type Rep, RepMem } from '../rep.ts';
import { type Value } from '../value.ts';

/** Variable 0 is the memory state. */
export const memVar = 0;

export class Variables {
  readonly #f: Func;
  /** Representations by variable. */
  readonly #reps: Rep[] = [RepMem];
  /** Variables that hold lengths only. */
  readonly #lengths = new Set<number>();
  /** What each block leaves in the variables that it writes or reads, by block id. */
  readonly #defs: (Map<number, Value> | undefined)[] = [];
  #current: Map<number, Value> = new Map();
  #block: Block | null = null;
  /** Phis without operands, and their variables. */
  readonly #phis: Value[] = [];
  readonly #phiVars: number[] = [];

  constructor(f: Func) {
    this.#f = f;
  }

  newVar(rep: Rep, isLength = false): number {
    const id = this.#reps.push(rep) - 1;
    if (isLength) this.#lengths.add(id);
    return id;
  }

  repOf(id: number): Rep {
    return this.#reps[id]!;
  }

  /** Reads and writes are in `b` from now on. */
  enter(b: Block): void {
    this.#block = b;
    this.#current = this.#defsOf(b);
  }

  #defsOf(b: Block): Map<number, Value> {
    const defs = this.#defs;
    for (let i = defs.length; i <= b.id; i++) defs.push(undefined);
    return (defs[b.id] ??= new Map());
  }

  write(id: number, v: Value): void {
    this.#current.set(id, v);
  }

  read(id: number): Value {
    const v = this.#current.get(id);
    if (v !== undefined) return v;
    const b = this.#block!;
    if (b === this.#f.entry) return this.#initial(id);
    const phi = this.#newPhi(b, id);
    this.#current.set(id, phi);
    return phi;
  }

  #newPhi(b: Block, id: number): Value {
    const phi = this.#f.newPhi(b, b.pos, this.#reps[id]!);
    phi.isLength = this.#lengths.has(id);
    this.#phis.push(phi);
    this.#phiVars.push(id);
    return phi;
  }

  /** What an unwritten variable holds at the start: only code that never runs can tell. */
  #initial(id: number): Value {
    return id === memVar ? this.#f.initMem() : this.#f.constZero(this.#reps[id]!);
  }

  finish(): void {
    for (let i = 0; i < this.#phis.length; i++) {
      const phi = this.#phis[i]!;
      const id = this.#phiVars[i]!;
      for (const e of phi.block.preds) phi.addArg(this.#outgoing(e.b, id));
    }
    this.#simplify();
    this.#replaceCopies();
  }

  #outgoing(from: Block, id: number): Value {
    let b = from;
    for (;;) {
      const v = this.#defsOf(b).get(id);
      if (v !== undefined) return v;
      if (b === this.#f.entry) return this.#initial(id);
      if (b.preds.length !== 1) {
        const phi = this.#newPhi(b, id);
        this.#defsOf(b).set(id, phi);
        if (b !== from) this.#defsOf(from).set(id, phi);
        return phi;
      }
      b = b.preds[0]!.b;
    }
  }

  /** Turns phis of one value (besides themselves) into copies, until there are none. */
  #simplify(): void {
    for (let changed = true; changed;) {
      changed = false;
      for (const phi of this.#phis) {
        if (phi.op !== OpPhi) continue;
        const only = onlyOperand(phi);
        if (only === null) continue;
        phi.copyOf(only);
        changed = true;
      }
    }
  }

  #replaceCopies(): void {
    for (const b of this.#f.blocks) {
      for (const v of b.values) {
        if (v.op === OpCopy) continue;
        for (let i = 0; i < v.nargs; i++) {
          const x = v.arg(i);
          if (x.op === OpCopy) v.setArg(i, source(x));
        }
      }
      if (b.c0 !== null && b.c0.op === OpCopy) b.setControl(source(b.c0));
    }
    for (const b of this.#f.blocks) {
      let n = 0;
      for (const v of b.values) {
        if (v.op === OpCopy) v.resetArgs();
        else b.values[n++] = v;
      }
      b.values.length = n;
    }
  }
}

/** The end of a chain of copies. */
function source(v: Value): Value {
  let x = v;
  while (x.op === OpCopy) x = x.a0!;
  return x;
}

function onlyOperand(phi: Value): Value | null {
  let only: Value | null = null;
  for (let i = 0; i < phi.nargs; i++) {
    const x = source(phi.arg(i));
    if (x === phi || x === only) continue;
    if (only !== null) return null;
    only = x;
  }
  return only;
}
