/**
 * What a call instruction needs to know about the callee: where scalars go and come from.
 *
 * The builder makes one CallInfo per call (or shares them per signature), from an AbiInfo.
 * Operands of the call value are `[code pointer, [context,]]` then one scalar per `argRegs`, then
 * memory. Register results are SelectN 0…, memory is SelectN(resRegs.length).
 */
import { type ObjSym } from '@go-ts/objfile/builder';
import { type AbiInfo } from './abi.ts';
import { type Rep } from './rep.ts';

export class CallInfo {
  /** The callee of a StaticCall or TailCall. */
  readonly sym: ObjSym | null;
  /** SSA register numbers of the register arguments in operand order, and of the results. */
  readonly argRegs: readonly number[];
  readonly resRegs: readonly number[];
  readonly argReps: readonly Rep[];
  readonly resReps: readonly Rep[];
  /** Bytes to reserve at the bottom of the frame: stack arguments, results, spill area. */
  readonly argWidth: number;
  /** Control does not come back: an instruction must follow so that the return PC lies inside. */
  noReturn: boolean = false;
  /** The callee is a runtime helper that preserves pointers in place: not a safepoint. */
  noSafepoint: boolean = false;

  constructor(sym: ObjSym | null, abi: AbiInfo) {
    this.sym = sym;
    this.argRegs = abi.argRegs;
    this.argReps = abi.argReps;
    this.resRegs = abi.resRegs;
    this.resReps = abi.resReps;
    this.argWidth = abi.argWidth;
  }
}
