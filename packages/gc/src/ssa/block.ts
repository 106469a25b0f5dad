/**
 * A basic block and its edges.
 *
 * `kind` says how control leaves:
 *
 *     Plain      to succs[0]
 *     If         control c0 (bool): to succs[0] if true, else succs[1]
 *     First      to succs[0]; succs[1] is known not to be taken (removed by deadcode)
 *     JumpTable  control c0 (i64 index, in range): to succs[index]
 *     Ret        control: a MakeResult (or memory if there are no register results)
 *     RetJmp     control: a TailCall
 *     Exit       control: memory; does not return (after a call that never does)
 *     Defer      to succs[0]; succs[1] is where the runtime resumes after a recovery: no instruction
 *                jumps there, the edge only keeps the block alive (emitted as Plain)
 *
 * Targets add kinds for conditions on flags (control c0: flags).
 *
 * Invariants: `e = b.succs[i]` ⇔ `e.b.preds[e.i] = {b, i}`; the operands of phis are in the order of
 * `preds`.
 */
import { type Func } from './func.ts';
import { type Value } from './value.ts';

export const BlockInvalid = 0;
export const BlockPlain = 1;
export const BlockIf = 2;
export const BlockFirst = 3;
export const BlockJumpTable = 4;
export const BlockRet = 5;
export const BlockRetJmp = 6;
export const BlockExit = 7;
export const BlockDefer = 8;

export const BlockAMD64EQ = 16;
export const BlockAMD64NE = 17;
export const BlockAMD64LT = 18;
export const BlockAMD64GE = 19;
export const BlockAMD64LE = 20;
export const BlockAMD64GT = 21;
export const BlockAMD64ULT = 22;
export const BlockAMD64UGE = 23;
export const BlockAMD64ULE = 24;
export const BlockAMD64UGT = 25;
export const BlockAMD64OS = 26;
export const BlockAMD64OC = 27;
/** Ordered-and-equal, its negation: two conditional jumps each. */
export const BlockAMD64EQF = 28;
export const BlockAMD64NEF = 29;
export const BlockAMD64ORD = 30;
export const BlockAMD64NAN = 31;
export const BlockAMD64JUMPTABLE = 32;

export const blockKindNames: readonly string[] = (() => {
  const names: string[] = [];
  names[BlockInvalid] = 'Invalid';
  names[BlockPlain] = 'Plain';
  names[BlockIf] = 'If';
  names[BlockFirst] = 'First';
  names[BlockJumpTable] = 'JumpTable';
  names[BlockRet] = 'Ret';
  names[BlockRetJmp] = 'RetJmp';
  names[BlockExit] = 'Exit';
  names[BlockDefer] = 'Defer';
  const target = 'EQ NE LT GE LE GT ULT UGE ULE UGT OS OC EQF NEF ORD NAN JUMPTABLE'.split(' ');
  for (let i = 9; i < 16; i++) names[i] = '?';
  target.forEach((name, i) => (names[16 + i] = name));
  return names;
})();

export class Edge {
  /** The block at the other end, and this edge's index there. */
  b: Block;
  i: number;

  constructor(b: Block, i: number) {
    this.b = b;
    this.i = i;
  }
}

export const LikelyUnknown = 0;
export const LikelyFirst = 1;
export const LikelySecond = -1;

export class Block {
  readonly id: number;
  kind: number;
  readonly func: Func;
  /** In an order without meaning until schedule. */
  values: Value[] = [];
  c0: Value | null = null;
  c1: Value | null = null;
  succs: Edge[] = [];
  preds: Edge[] = [];
  likely = LikelyUnknown;
  auxInt = 0;
  aux: unknown = null;
  pos: number;

  constructor(id: number, kind: number, func: Func, pos: number) {
    this.id = id;
    this.kind = kind;
    this.func = func;
    this.pos = pos;
  }

  addEdgeTo(c: Block): void {
    const i = this.succs.length;
    const j = c.preds.length;
    this.succs.push(new Edge(c, j));
    c.preds.push(new Edge(this, i));
  }

  setControl(v: Value | null): void {
    if (v !== null) v.uses++;
    if (this.c0 !== null) this.c0.uses--;
    this.c0 = v;
  }

  setControl2(v: Value | null): void {
    if (v !== null) v.uses++;
    if (this.c1 !== null) this.c1.uses--;
    this.c1 = v;
  }

  /** Becomes a block of another kind without controls. */
  reset(kind: number): void {
    this.kind = kind;
    this.setControl(null);
    this.setControl2(null);
    this.aux = null;
    this.auxInt = 0;
  }

  swapSuccs(): void {
    const e0 = this.succs[0]!;
    const e1 = this.succs[1]!;
    this.succs[0] = e1;
    this.succs[1] = e0;
    e0.b.preds[e0.i]!.i = 1;
    e1.b.preds[e1.i]!.i = 0;
    this.likely = -this.likely;
  }

  /** Takes out predecessor `i` (the last one takes its place), without the phis. */
  removePred(i: number): void {
    const last = this.preds.length - 1;
    if (i !== last) {
      const e = this.preds[last]!;
      this.preds[i] = e;
      e.b.succs[e.i]!.i = i;
    }
    this.preds.length = last;
  }

  removeSucc(i: number): void {
    const last = this.succs.length - 1;
    if (i !== last) {
      const e = this.succs[last]!;
      this.succs[i] = e;
      e.b.preds[e.i]!.i = i;
    }
    this.succs.length = last;
  }

  toString(): string {
    return `b${this.id}`;
  }
}
