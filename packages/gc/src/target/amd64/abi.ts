/**
 * The registers of amd64 as the SSA form numbers them, and ABIInternal's sequences of them.
 *
 * General registers are 0–15 in hardware order, X0–X15 are 16–31.
 * Authority: contract §4.1; GOROOT src/cmd/compile/abi-internal.md, "amd64 architecture".
 */
import { registerFiles } from '@go-ts/runtime';
import { AbiConfig } from '../../ssa/abi.ts';

export const AX = 0;
export const CX = 1;
export const DX = 2;
export const BX = 3;
export const SP = 4;
export const BP = 5;
export const SI = 6;
export const DI = 7;
export const R8 = 8;
export const R9 = 9;
export const R10 = 10;
export const R11 = 11;
export const R12 = 12;
export const R13 = 13;
export const R14 = 14;
export const R15 = 15;
export const X0 = 16;
export const X15 = 31;

const amd64Registers = registerFiles.amd64;

export const regNames: readonly string[] = [...amd64Registers.general, ...amd64Registers.float];

const numberOf = (name: string): number => regNames.indexOf(name);

export function newAmd64Abi(): AbiConfig {
  return new AbiConfig(
    amd64Registers.intArgs.map(numberOf),
    amd64Registers.floatArgs.map(numberOf),
  );
}

export function newAbi0(): AbiConfig {
  return new AbiConfig([], []);
}
