/**
 * The passes that turn generic SSA into amd64 operations.
 *
 * `lower` replaces every generic operation; `machineOpt` improves the result. Both also look at how
 * blocks end: an If takes its condition straight from flags.
 */
import { ABIStatic } from '@go-ts/objfile/sym';
import { type Block, BlockIf, BlockJumpTable } from '../../ssa/block.ts';
import * as kinds from '../../ssa/block.ts';
import { type Func } from '../../ssa/func.ts';
import * as ops from '../../ssa/op.ts';
import { opArgs } from '../../ssa/opinfo.ts';
import { RepFlags, RepI64 } from '../../ssa/rep.ts';
import { RuleSet, applyRules } from '../../ssa/rewrite.ts';
import { amd64RuleFunctions } from './rulefns.ts';
import { machineRules } from './rules-opt.ts';
import { constRules, lowerRules } from './rules.ts';

/** Compiled rule sets; immutable but for scratch bindings, one pair per worker. */
export class Amd64Lowering {
  readonly #lower = new RuleSet(lowerRules, amd64RuleFunctions);
  readonly #consts = new RuleSet(constRules, amd64RuleFunctions);
  readonly #machine = new RuleSet(machineRules, amd64RuleFunctions);

  lower(f: Func): void {
    for (const b of f.blocks) for (const v of b.values) renameCall(v);
    applyRules(f, this.#lower, null);
    applyRules(f, this.#consts, null);
    for (const b of f.blocks) {
      if (b.kind === BlockJumpTable) jumpTable(f, b);
    }
  }

  machineOpt(f: Func): void {
    applyRules(f, this.#machine, rewriteBlock);
    for (const b of f.blocks) if (b.kind === BlockIf) testBool(b);
  }
}

/** The address of the table is a second control; the table is filled when code has addresses. */
function jumpTable(f: Func, b: Block): void {
  const sym = f.env.obj.lookup(`${f.sym.name}.jump${b.id}`, ABIStatic);
  const table = f.newValue1(b, b.pos, ops.OpAMD64LEAQ, RepI64, f.sb());
  table.aux = sym;
  b.aux = sym;
  b.kind = kinds.BlockAMD64JUMPTABLE;
  b.setControl2(table);
}

const callOps: ReadonlyMap<number, number> = new Map([
  [ops.OpStaticCall, ops.OpAMD64CALLstatic],
  [ops.OpClosureCall, ops.OpAMD64CALLclosure],
  [ops.OpInterCall, ops.OpAMD64CALLinter],
  [ops.OpTailCall, ops.OpAMD64CALLtail],
  [ops.OpTailCallInter, ops.OpAMD64CALLtailinter],
]);

/** Calls keep operands and auxiliary data. */
function renameCall(v: { op: number }): void {
  if (opArgs[v.op] !== -1) return;
  const op = callOps.get(v.op);
  if (op !== undefined) v.op = op;
}

/** Block kind by the operation that would make a bool of the same flags. */
const kindOfSet: ReadonlyMap<number, number> = new Map([
  [ops.OpAMD64SETEQ, kinds.BlockAMD64EQ],
  [ops.OpAMD64SETNE, kinds.BlockAMD64NE],
  [ops.OpAMD64SETL, kinds.BlockAMD64LT],
  [ops.OpAMD64SETLE, kinds.BlockAMD64LE],
  [ops.OpAMD64SETG, kinds.BlockAMD64GT],
  [ops.OpAMD64SETGE, kinds.BlockAMD64GE],
  [ops.OpAMD64SETB, kinds.BlockAMD64ULT],
  [ops.OpAMD64SETBE, kinds.BlockAMD64ULE],
  [ops.OpAMD64SETA, kinds.BlockAMD64UGT],
  [ops.OpAMD64SETAE, kinds.BlockAMD64UGE],
  [ops.OpAMD64SETO, kinds.BlockAMD64OS],
  [ops.OpAMD64SETEQF, kinds.BlockAMD64EQF],
  [ops.OpAMD64SETNEF, kinds.BlockAMD64NEF],
  [ops.OpAMD64SETORD, kinds.BlockAMD64ORD],
  [ops.OpAMD64SETNAN, kinds.BlockAMD64NAN],
]);

function rewriteBlock(b: Block): boolean {
  if (b.kind === BlockIf) {
    const c = b.c0!;
    const kind = kindOfSet.get(c.op);
    if (kind !== undefined) {
      const flags = c.a0!;
      b.kind = kind;
      b.setControl(flags);
      return true;
    }
    if (c.op === ops.OpAMD64XORLconst && c.auxInt === 1) {
      b.setControl(c.a0);
      b.swapSuccs();
      return true;
    }
    return false;
  }
  const c = b.c0;
  if (c === null) return false;
  const isZero = b.kind === kinds.BlockAMD64EQ;
  if (!isZero && b.kind !== kinds.BlockAMD64NE) return false;
  // A bool tested against zero: the flags behind it.
  if (c.op === ops.OpAMD64TESTB && c.a0 === c.a1) {
    const kind = kindOfSet.get(c.a0!.op);
    if (kind !== undefined) {
      b.kind = kind;
      b.setControl(c.a0!.a0);
      if (isZero) b.swapSuccs();
      return true;
    }
  }
  return bitTest(b, c, isZero);
}

/** (x >> y) & 1, or x & (1 << y), against zero: BT sets carry. */
function bitTest(b: Block, c: NonNullable<Block['c0']>, isZero: boolean): boolean {
  const isQ = c.op === ops.OpAMD64TESTQ;
  if (!isQ && c.op !== ops.OpAMD64TESTL) return false;
  const shift = isQ ? ops.OpAMD64SHLQ : ops.OpAMD64SHLL;
  const one = isQ ? ops.OpAMD64MOVQconst : ops.OpAMD64MOVLconst;
  for (let i = 0; i < 2; i++) {
    const s = c.arg(i);
    if (s.op !== shift || s.a0!.op !== one || s.a0!.auxInt !== 1 || s.a0!.aux !== null) continue;
    const op = isQ ? ops.OpAMD64BTQ : ops.OpAMD64BTL;
    b.setControl(b.func.newValue2(b, c.pos, op, RepFlags, c.arg(1 - i), s.a1!));
    b.kind = isZero ? kinds.BlockAMD64UGE : kinds.BlockAMD64ULT;
    return true;
  }
  return false;
}

/** An If whose bool comes from elsewhere. */
function testBool(b: Block): void {
  const c = b.c0!;
  b.setControl(b.func.newValue2(b, b.pos, ops.OpAMD64TESTB, RepFlags, c, c));
  b.kind = kinds.BlockAMD64NE;
}
