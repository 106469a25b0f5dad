/**
 * What passes ask about operations, as columns indexed by op number: built once from the op tables.
 */
import { amd64Ops } from '../target/amd64/optable.ts';
import { OpCount } from './op.ts';
import { genericOps } from './optable.ts';

export const opNames: string[] = [];
/** Number of operands, −1 if it varies. */
export const opArgs = new Int8Array(OpCount);
/** OR of the Is… bits. */
export const opFlags = new Int32Array(OpCount);
/** Auxiliary data letters, see optable.ts. */
export const opAux: string[] = [];

export const IsCommutative = 1;
/** Reads memory: its last operand. */
export const IsLoad = 2;
/** Yields memory, or a tuple with memory. */
export const IsMem = 4;
export const IsTuple = 8;
export const IsCall = 16;
/** Must not be removed even if unused. */
export const HasEffect = 32;
export const FaultsOnNil = 64;
/** Emits no instruction. */
export const IsZeroWidth = 128;
export const IsPinned = 256;
/** Target: the result must be in the register of the first operand. */
export const ResultInArg0 = 512;
/** Target: the flags are lost. */
export const ClobbersFlags = 1024;
/** Target: yields flags (alone or in a tuple). */
export const SetsFlags = 2048;
/** Target: cheap to recompute anywhere (constants, addresses). */
export const IsRemat = 4096;
/** Target: reads the flags. */
export const UsesFlags = 8192;
/** Target: the second operand may also be in the place of the first one (commutes at will). */
export const NeedsTemp = 16384;
/** Target: some operands or results have fixed registers; see the target's `regSpecs`. */
export const FixedRegs = 32768;

const letters: Readonly<Record<string, number>> = {
  c: IsCommutative,
  l: IsLoad,
  m: IsMem,
  t: IsTuple,
  k: IsCall,
  e: HasEffect,
  n: FaultsOnNil,
  z: IsZeroWidth,
  p: IsPinned,
  r: ResultInArg0,
  x: ClobbersFlags,
  f: SetsFlags,
  R: IsRemat,
  u: UsesFlags,
  T: NeedsTemp,
  F: FixedRegs,
};

[...genericOps, ...amd64Ops].forEach(([name, args, attributes = '', aux = ''], op) => {
  opNames.push(op < genericOps.length ? name : `AMD64${name}`);
  opArgs[op] = args;
  opAux.push(aux);
  for (const letter of attributes) opFlags[op]! |= letters[letter]!;
});

export function isCommutative(op: number): boolean {
  return (opFlags[op]! & IsCommutative) !== 0;
}

export function isCall(op: number): boolean {
  return (opFlags[op]! & IsCall) !== 0;
}

export function isLoad(op: number): boolean {
  return (opFlags[op]! & IsLoad) !== 0;
}

/** True for operations whose last operand is memory. */
export function takesMemory(op: number): boolean {
  return (opFlags[op]! & (IsLoad | IsMem)) !== 0;
}
