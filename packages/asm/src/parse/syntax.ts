/** What the parser must know of a machine: names of instructions and registers. */

/** Pseudo-registers; negative, so that they are no register of any machine. */
export const RFP = -1;
export const RSB = -2;
export const RSP = -3;
export const RPC = -4;

export interface Syntax {
  readonly instructions: ReadonlyMap<string, number>;
  readonly registers: ReadonlyMap<string, number>;
  /** Whether a mnemonic takes a branch target. */
  readonly isJump: (word: string) => boolean;
  /** Whether the only operand of an instruction is its destination. */
  readonly isUnaryDst: (as: number) => boolean;
  /** Most operands that an instruction has. */
  readonly maxOperands: number;
  /** The number for `.SUFFIX…`, given without the first dot, or what is wrong with it. */
  readonly suffix: (text: string) => number | string;
  /** The registers from `first` to `last` as the offset of a TYPE_REGLIST. */
  readonly registerRange: (first: number, last: number) => number;
}
