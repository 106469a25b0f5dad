/**
 * Register constraints of amd64 operations, for the allocator.
 *
 * Most operations take any register of the class of each operand. The exceptions are instructions
 * with implied registers (shifts, multiplication, division, string operations), calls, and sequences
 * of several instructions that need scratch registers.
 */
import { InternalError } from '@go-ts/base';
import { CallInfo } from '../../ssa/calls.ts';
import { type Func } from '../../ssa/func.ts';
import * as ops from '../../ssa/op.ts';
import { IsRemat, opFlags, opNames } from '../../ssa/opinfo.ts';
import { type RegSpec, type RegTarget, popcount } from '../../ssa/regalloc/target.ts';
import { RepTuple, isFloatRep, isRegRep } from '../../ssa/rep.ts';
import { type Value } from '../../ssa/value.ts';
import {
  AX,
  BX,
  CX,
  DI,
  DX,
  R10,
  R11,
  R12,
  R13,
  R15,
  R8,
  R9,
  SI,
  SP,
  X0,
  regNames,
} from './abi.ts';

const m = (...regs: number[]): number => regs.reduce((mask, r) => mask | (1 << r), 0);

/** All but SP, BP (frame pointer) and R14 (g). */
export const generalMask = m(AX, CX, DX, BX, SI, DI, R8, R9, R10, R11, R12, R13, R15);
/** All but X15, which is zero. */
export const floatMask = m(...Array.from({ length: 15 }, (_, i) => X0 + i));
const all = generalMask | floatMask;

/** Per operation: masks of operands that differ from the class, of results, and what is destroyed. */
interface Special {
  readonly inputs?: readonly (number | null)[];
  readonly outputs?: readonly number[];
  readonly clobbers?: number;
  readonly earlyClobber?: boolean;
}

const special = new Map<number, Special>();

function set(names: readonly string[], s: Special): void {
  for (const name of names) {
    const op = opNames.indexOf(`AMD64${name}`);
    if (op < 0) throw new InternalError(`no operation ${name}`);
    special.set(op, s);
  }
}

const without = (...regs: number[]): number => generalMask & ~m(...regs);

set(
  opNames
    .filter((name) => /^AMD64(SHL|SHR|SAR|ROL)[QLWB]$/.test(name))
    .map((name) => name.slice(5)),
  { inputs: [without(CX), m(CX)] },
);
set(['HMULQ', 'HMULL', 'HMULQU', 'HMULLU'], {
  inputs: [m(AX), without(AX)],
  outputs: [m(DX)],
  clobbers: m(AX),
});
set(['MULQU'], { inputs: [m(AX), without(AX)], outputs: [m(DX), m(AX)] });
set(['DIVQ', 'DIVL', 'DIVW', 'DIVQU', 'DIVLU', 'DIVWU'], {
  inputs: [m(AX), without(AX, DX)],
  outputs: [m(AX), m(DX)],
});
set(['DIVQU2'], { inputs: [m(DX), m(AX), without(AX, DX)], outputs: [m(AX), m(DX)] });
set(['CMPXCHGQlock', 'CMPXCHGLlock'], {
  inputs: [without(AX), m(AX), without(AX)],
  outputs: [generalMask, 0],
  clobbers: m(AX),
});
set(['AtomicAndQ', 'AtomicAndL', 'AtomicOrQ', 'AtomicOrL'], {
  inputs: [without(AX, CX), without(AX, CX)],
  outputs: [m(AX), 0],
  clobbers: m(CX),
});
set(['REPSTOSQ'], { inputs: [m(DI), m(CX), m(AX)], clobbers: m(DI, CX) });
set(['REPMOVSQ'], { inputs: [m(DI), m(SI), m(CX)], clobbers: m(DI, SI, CX) });
set(['LoweredMove'], { clobbers: m(X0 + 14) });
set(['LoweredMoveLoop'], { inputs: [m(DI), m(SI)], clobbers: m(DI, SI, CX, X0 + 14) });
set(['LoweredZeroLoop'], { inputs: [m(DI)], clobbers: m(DI, CX) });
set(['LoweredGetClosurePtr'], { outputs: [m(DX)] });
set(['LoweredWB'], { outputs: [m(R11), 0], clobbers: floatMask });
set(['SETEQF', 'SETNEF'], { outputs: [without(AX)], clobbers: m(AX) });
set(['CMOVQEQF', 'CMOVLEQF'], { inputs: [without(AX), without(AX)], clobbers: m(AX) });
set(['XCHGB', 'XCHGL', 'XCHGQ', 'XADDLlock', 'XADDQlock'], { outputs: [generalMask, 0] });
set(
  [
    'ADDQcarry',
    'ADDQconstcarry',
    'ADCQ',
    'ADCQconst',
    'SUBQborrow',
    'SUBQconstborrow',
    'SBBQ',
    'SBBQconst',
    'NEGLflags',
    'BSFQ',
    'BSFL',
    'BSRQ',
    'BSRL',
    'MOVBatomicload',
    'MOVLatomicload',
    'MOVQatomicload',
  ],
  { outputs: [generalMask, 0] },
);

const noMasks: readonly number[] = [];

function byConstraint(inputs: readonly number[]): number[] {
  const order: number[] = [];
  for (let k = 0; k < inputs.length; k++) if (inputs[k] !== 0) order.push(k);
  return order.sort((a, b) => popcount(inputs[a]!) - popcount(inputs[b]!) || a - b);
}

export class Amd64Regs implements RegTarget {
  readonly general = generalMask;
  readonly float = floatMask;
  readonly sp = SP;
  readonly names = regNames;
  readonly #cache = new Map<number, RegSpec>();

  isRemat(v: Value): boolean {
    if ((opFlags[v.op]! & IsRemat) === 0) return false;
    if (v.nargs === 0 || v.op === ops.OpAMD64LEAQlocal) return true;
    return v.op === ops.OpAMD64LEAQ && (v.a0!.op === ops.OpSB || v.a0!.op === ops.OpSP);
  }

  spec(v: Value): RegSpec {
    if (v.op === ops.OpMakeResult) return resultSpec(v, v.block.func);
    if (v.aux instanceof CallInfo) return callSpec(v, v.aux);
    // The class of each operand, as digits.
    let digits = 0;
    for (let k = 0; k < v.nargs; k++) digits = digits * 3 + classDigit(v.arg(k));
    digits = digits * 3 + (isFloatRep(v.rep) || v.rep === 12 ? 2 : 1);
    const key = (v.op * 8 + v.nargs) * 2187 + digits;
    let s = this.#cache.get(key);
    if (s === undefined) {
      s = makeSpec(v);
      this.#cache.set(key, s);
    }
    return s;
  }
}

function classDigit(x: Value): number {
  if (x.op === ops.OpSP || x.op === ops.OpSB || !isRegRep(x.rep)) return 0;
  return isFloatRep(x.rep) || x.rep === 12 ? 2 : 1;
}

const classMask: readonly number[] = [0, generalMask, floatMask];

function makeSpec(v: Value): RegSpec {
  const s = special.get(v.op) ?? {};
  const inputs: number[] = [];
  for (let k = 0; k < v.nargs; k++) {
    const digit = classDigit(v.arg(k));
    inputs.push(digit === 0 ? 0 : (s.inputs?.[k] ?? classMask[digit]!));
  }
  let outputs = s.outputs ?? noMasks;
  if (s.outputs === undefined && v.rep !== RepTuple && isRegRep(v.rep)) {
    outputs = [isFloatRep(v.rep) || v.rep === 12 ? floatMask : generalMask];
  }
  return {
    inputs,
    order: byConstraint(inputs),
    outputs,
    clobbers: s.clobbers ?? 0,
    earlyClobber: s.earlyClobber ?? false,
  };
}

function callSpec(v: Value, info: CallInfo): RegSpec {
  const inputs: number[] = [];
  let taken = 0;
  for (const r of info.argRegs) taken |= 1 << r;
  switch (v.op) {
    case ops.OpAMD64CALLclosure:
      inputs.push(generalMask & ~taken & ~m(DX), m(DX));
      break;
    case ops.OpAMD64CALLinter:
      inputs.push(generalMask & ~taken);
      break;
    case ops.OpAMD64CALLtailinter:
      inputs.push(generalMask & ~taken);
      break;
    default:
  }
  for (const r of info.argRegs) inputs.push(1 << r);
  while (inputs.length < v.nargs) inputs.push(0);
  return {
    inputs,
    order: byConstraint(inputs),
    outputs: info.resRegs.map((r) => 1 << r),
    clobbers: all,
  };
}

function resultSpec(v: Value, f: Func): RegSpec {
  const inputs: number[] = f.abi.resRegs.map((r) => 1 << r);
  while (inputs.length < v.nargs) inputs.push(0);
  return { inputs, order: byConstraint(inputs), outputs: noMasks, clobbers: 0 };
}
