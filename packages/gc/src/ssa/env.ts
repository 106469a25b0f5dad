/**
 * What compiling one function asks of its surroundings. One object per package (or worker), shared by
 * all functions; it holds no state of a function.
 */
import { type AsmContext } from '@go-ts/asm/func';
import { type ObjSym, type ObjectBuilder } from '@go-ts/objfile/builder';
import { type Type } from '../ir/type.ts';
import { type AbiConfig } from './abi.ts';

export interface SsaEnv {
  readonly asm: AsmContext;
  /** Where symbols are looked up, and where funcdata, jump tables and constants are defined. */
  readonly obj: ObjectBuilder;
  /** ABIInternal of the target. */
  readonly abi: AbiConfig;
  /** ABI0: everything on the stack. */
  readonly abi0: AbiConfig;
  /** GOAMD64 level, 1 to 4. */
  readonly amd64Level: number;
  /** The type descriptor of `t`. */
  typeSym(t: Type): ObjSym;
  /** The full pointer mask of a type: FUNCDATA 2 refers to it. */
  gcMaskSym(t: Type): ObjSym;
}
