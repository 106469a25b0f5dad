/** What register allocation asks of a target. */
import { type Rep } from '../rep.ts';
import { type Value } from '../value.ts';

/** Registers are bits of an int32: number r is 1 << r. */
export interface RegSpec {
  /** Per operand: where it may be; 0 if it needs no register (memory, flags, SB, SP). */
  readonly inputs: readonly number[];
  /** Operands with a register, the most constrained first. */
  readonly order: readonly number[];
  /** Where the result may be; for tuples where each member may be (0: memory or flags). */
  readonly outputs: readonly number[];
  readonly clobbers: number;
  /** Several instructions: results are written while operands are still read. */
  readonly earlyClobber?: boolean;
}

export interface RegTarget {
  /** All that may be allocated. */
  readonly general: number;
  readonly float: number;
  /** The register of the stack pointer. */
  readonly sp: number;
  readonly names: readonly string[];
  /** The constraints of `v`; operands are generic values or already machine operations. */
  spec(v: Value): RegSpec;
  /** Can be computed anywhere without operands in registers. */
  isRemat(v: Value): boolean;
}

export function classOf(target: RegTarget, rep: Rep): number {
  // RepF32 6, RepF64 7, RepV128 12.
  return rep === 6 || rep === 7 || rep === 12 ? target.float : target.general;
}

/** Number of bits. */
export function popcount(mask: number): number {
  let x = mask - ((mask >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The lowest register of a mask that is not empty. */
export function lowest(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}
