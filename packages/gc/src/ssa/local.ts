/**
 * A frame slot: a local, parameter or result that lives in memory.
 *
 * `kind` decides where: Auto slots are placed by stackalloc (nearest varp those with pointers);
 * Param and Result slots are in the caller's frame at `offset` from argp — stack-assigned ones, and
 * the spill slot of a parameter that came in registers.
 */
import { Kind, Type } from '../ir/type.ts';
import { type Rep, RepPtr, RepV128 } from './rep.ts';

export const LocalAuto = 0;
export const LocalParam = 1;
export const LocalResult = 2;

export class LocalVar {
  readonly name: string;
  readonly type: Type;
  readonly kind: number;
  /** Dense in its function. */
  index = 0;
  /**
   * Auto: from varp (negative), once the frame is laid out. Param, Result: from argp, fixed by the ABI.
   */
  offset = 0;
  /** Its address escapes from loads and stores: listed as a stack object if it has pointers. */
  addrTaken: boolean = false;
  /** Must be zeroed at entry: it may be scanned before it is stored to (set by liveness). */
  needZero: boolean = false;
  /** Live at every safepoint (results of functions with defers, open-coded defer slots). */
  alwaysLive: boolean = false;
  /** Some instruction refers to it. */
  used: boolean = false;
  /** Made for a spill by stackalloc, not by the program. */
  isSpill: boolean = false;

  constructor(name: string, type: Type, kind: number) {
    this.name = name;
    this.type = type;
    this.kind = kind;
  }

  toString(): string {
    return this.name;
  }
}

function slotType(kind: Kind, size: number, ptrBytes: number): Type {
  const t = new Type(kind, 0);
  t.size = size;
  t.align = 8;
  t.ptrBytes = ptrBytes;
  return t;
}

const pointerSlot = slotType(Kind.UnsafePointer, 8, 8);
const wordSlot = slotType(Kind.Uint64, 8, 0);
const vectorSlot = slotType(Kind.Complex128, 16, 0);

/** What the slot of a spilled scalar is to liveness and frame layout: a size, and pointer words. */
export function spillType(rep: Rep): Type {
  return rep === RepPtr ? pointerSlot : rep === RepV128 ? vectorSlot : wordSlot;
}
