/** What a machine must supply to turn a function's instructions into code. */
import { type ObjectBuilder, type ObjReloc, type ObjSym } from '@go-ts/objfile/builder';
import { type AsmContext, type FuncCode, type FuncInput } from './func.ts';
import { type Prog } from './prog.ts';

/** A function on its way through a target's passes. `text` is its TEXT, the head of the list. */
export class FuncState {
  readonly fn: FuncInput;
  readonly ctx: AsmContext;
  readonly text: Prog;
  /** TEXT flags; passes may add NOSPLIT and NOFRAME. */
  flags: number;
  funcFlag = 0;
  locals = 0;
  align = 0;
  /** Set by the layout. */
  code: Uint8Array = new Uint8Array(0);
  relocs: ObjReloc[] = [];

  constructor(fn: FuncInput, ctx: AsmContext, text: Prog) {
    this.fn = fn;
    this.ctx = ctx;
    this.text = text;
    this.flags = fn.flags;
  }
}

export interface Target {
  readonly goarch: string;
  /** Unit of the PC steps in pc-value tables. */
  readonly minLC: number;
  /** Complains of what hand-written code may not do. */
  readonly check: (f: FuncState) => void;
  /** Rewrites one instruction into what the encoder knows; may insert instructions after it. */
  readonly progedit: (p: Prog, ctx: AsmContext) => void;
  /** Inserts prologue and epilogues and resolves frame offsets. */
  readonly preprocess: (f: FuncState) => void;
  /** Encodes everything: sets `code`, `relocs` and each instruction's `pc`. */
  readonly layout: (f: FuncState) => void;
  /** Windows: how to unwind the function, where that is told by a symbol. */
  readonly sehUnwindInfo?: (builder: ObjectBuilder, f: FuncCode) => ObjSym | null;
  /** How listings and messages name things. */
  readonly names: TargetNames;
}

export interface TargetNames {
  readonly instruction: (as: number) => string;
  readonly register: (reg: number) => string;
  /** `.Z` and the like, with the dot; empty for 0. */
  readonly suffix: (scond: number) => string;
  /** The registers of a TYPE_REGLIST. */
  readonly registerList: (packed: number) => string;
}
