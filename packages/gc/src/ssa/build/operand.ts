/**
 * A Go value while it is being lowered: its scalar leaves, or where it lies in memory.
 *
 * Types of at most four leaves (strings, slices, interfaces, complex numbers, small structs) are
 * handled as leaves, everything else by address. An operand in memory is not a copy: whoever keeps
 * one across something that may write to it copies it first (`Builder.copyToTemp`).
 */
import { type Type } from '../../ir/type.ts';
import { type Value } from '../value.ts';

export const maxLeaves = 4;

export class Operand {
  readonly type: Type;
  /** Empty for an operand in memory (and for one of size zero). */
  readonly leaves: readonly Value[];
  /** Null unless in memory. */
  readonly addr: Value | null;

  constructor(type: Type, leaves: readonly Value[], addr: Value | null) {
    this.type = type;
    this.leaves = leaves;
    this.addr = addr;
  }

  /** The value of a scalar. */
  get scalar(): Value {
    return this.leaves[0]!;
  }
}

const none: readonly Value[] = [];

export function inMemory(type: Type, addr: Value): Operand {
  return new Operand(type, none, addr);
}

export function scalar(type: Type, v: Value): Operand {
  return new Operand(type, [v], null);
}

export function ofLeaves(type: Type, leaves: readonly Value[]): Operand {
  return new Operand(type, leaves, null);
}
