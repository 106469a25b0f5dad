/**
 * Operations of amd64 that take more than one instruction, or one that no form of emit.ts describes.
 */
import { TYPE_BRANCH, TYPE_MEM, Addr } from '@go-ts/asm/addr';
import { NAME_PARAM } from '@go-ts/asm/addr';
import * as A from '@go-ts/asm/amd64/anames.gen';
import { REG_TLS } from '@go-ts/asm/amd64/registers';
import { ACALL, AGETCALLERPC, AJMP, ANOP, ARET } from '@go-ts/asm/as';
import { type Prog } from '@go-ts/asm/prog';
import { ABI0, ABIInternal } from '@go-ts/objfile/sym';
import { encodeBounds } from '@go-ts/runtime/layout/panic-bounds';
import { type CallInfo } from '../../ssa/calls.ts';
import { type LocalVar } from '../../ssa/local.ts';
import * as ops from '../../ssa/op.ts';
import {
  type Rep,
  RepF32,
  RepF64,
  RepI16,
  RepI32,
  RepI64,
  RepI8,
  RepBool,
  RepPtr,
  RepV128,
  isFloatRep,
} from '../../ssa/rep.ts';
import { type Value } from '../../ssa/value.ts';
import { AX, CX, DI, DX, R14, SI } from './abi.ts';
import { type Emitter, asmReg, opAs } from './emit.ts';

const X14 = 30;
const X15 = 31;

/** The instruction that loads a value of a representation from memory to a register. */
export function loadAs(rep: Rep): number {
  switch (rep) {
    case RepBool:
    case RepI8:
      return A.AMOVBLZX;
    case RepI16:
      return A.AMOVWLZX;
    default:
      return storeAs(rep);
  }
}

/** The one that stores it. */
export function storeAs(rep: Rep): number {
  switch (rep) {
    case RepBool:
    case RepI8:
      return A.AMOVB;
    case RepI16:
      return A.AMOVW;
    case RepI32:
      return A.AMOVL;
    case RepI64:
    case RepPtr:
      return A.AMOVQ;
    case RepF32:
      return A.AMOVSS;
    case RepF64:
      return A.AMOVSD;
    case RepV128:
      return A.AMOVUPS;
    default:
      return 0;
  }
}

export function emitOwn(e: Emitter, v: Value): void {
  switch (v.op) {
    case ops.OpPhi:
    case ops.OpInitMem:
    case ops.OpSP:
    case ops.OpSB:
    case ops.OpArgReg:
    case ops.OpSelect0:
    case ops.OpSelect1:
    case ops.OpSelectN:
    case ops.OpMakeResult:
    case ops.OpVarDef:
    case ops.OpVarLive:
    case ops.OpKeepAlive:
    case ops.OpWBEnd:
    case ops.OpAMD64LoweredGetClosurePtr:
      return;
    case ops.OpAMD64LoweredConvert:
    case ops.OpCopy:
      if (v.uses > 0 || v.op === ops.OpCopy) move(e, v);
      return;
    case ops.OpInlMark: {
      const p = e.rr(A.AXCHGL, AX, AX);
      e.inlMarks.push({ index: v.auxInt, prog: p });
      return;
    }
    case ops.OpLoadReg: {
      const p = e.op(loadAs(v.rep));
      e.slot(p.from, v.aux as LocalVar, 0);
      p.to.setReg(asmReg(e.reg(v)));
      return;
    }
    case ops.OpStoreReg: {
      const p = e.op(storeAs(v.rep));
      p.from.setReg(asmReg(e.reg(v.a0!)));
      e.slot(p.to, v.aux as LocalVar, 0);
      return;
    }
    default:
      if (!arithmetic(e, v) && !memory(e, v) && !calls(e, v)) {
        e.f.fail(`cannot emit ${v.describe()}`);
      }
  }
}

function move(e: Emitter, v: Value): void {
  if (v.rep < RepBool || (v.rep > RepPtr && v.rep !== RepV128)) return;
  const from = e.reg(v.a0!);
  const to = e.reg(v);
  if (from === to) return;
  const wide = v.rep === RepI64 || v.rep === RepPtr;
  const isFloat = isFloatRep(v.rep) || v.rep === RepV128;
  e.rr(isFloat ? A.AMOVUPS : wide ? A.AMOVQ : A.AMOVL, from, to);
}

/** A jump to a place that comes later: `land` sets it. */
function jump(e: Emitter, as: number): Prog {
  const p = e.op(as);
  p.to.type = TYPE_BRANCH;
  return p;
}

function land(e: Emitter, ...jumps: Prog[]): Prog {
  const p = e.op(ANOP);
  for (const j of jumps) j.to.setBranch(p);
  return p;
}

function arithmetic(e: Emitter, v: Value): boolean {
  const as = opAs[v.op]!;
  switch (v.op) {
    case ops.OpAMD64ADDQ:
    case ops.OpAMD64ADDL:
      add(e, v, as);
      return true;
    case ops.OpAMD64ADDQconst:
    case ops.OpAMD64ADDLconst:
      addConst(e, v, as);
      return true;
    case ops.OpAMD64IMULQconst:
    case ops.OpAMD64IMULLconst:
      three(e, as, v.auxInt, e.reg(v.a0!), e.reg(v));
      return true;
    case ops.OpAMD64ROUNDSD:
    case ops.OpAMD64ROUNDSS:
      three(e, as, v.auxInt, e.reg(v.a0!), e.reg(v));
      return true;
    case ops.OpAMD64VFMADD231SD:
    case ops.OpAMD64VFMADD231SS: {
      const p = e.rr(as, e.reg(v.a2!), e.reg(v));
      const middle = new Addr();
      middle.setReg(asmReg(e.reg(v.a1!)));
      p.rest = [middle];
      return true;
    }
    case ops.OpAMD64SBBQcarrymask:
    case ops.OpAMD64SBBLcarrymask: {
      const r = e.reg(v);
      e.rr(as, r, r);
      return true;
    }
    case ops.OpAMD64HMULQ:
    case ops.OpAMD64HMULQU:
    case ops.OpAMD64HMULL:
    case ops.OpAMD64HMULLU:
    case ops.OpAMD64MULQU:
      e.op(as).from.setReg(asmReg(e.reg(v.a1!)));
      return true;
    case ops.OpAMD64DIVQU2:
      e.op(as).from.setReg(asmReg(e.reg(v.a2!)));
      return true;
    case ops.OpAMD64DIVQU:
    case ops.OpAMD64DIVLU:
    case ops.OpAMD64DIVWU:
      e.rr(A.AXORL, DX, DX);
      e.op(as).from.setReg(asmReg(e.reg(v.a1!)));
      return true;
    case ops.OpAMD64DIVQ:
      divide(e, v, as, [A.ACMPQ, A.ACQO, A.ANEGQ]);
      return true;
    case ops.OpAMD64DIVL:
      divide(e, v, as, [A.ACMPL, A.ACDQ, A.ANEGL]);
      return true;
    case ops.OpAMD64DIVW:
      divide(e, v, as, [A.ACMPW, A.ACWD, A.ANEGW]);
      return true;
    case ops.OpAMD64AVGQU: {
      const r = e.reg(v);
      e.rr(A.AADDQ, e.reg(v.a1!), r);
      e.cr(A.ARCRQ, 1, r);
      return true;
    }
    case ops.OpAMD64SETEQF: {
      e.op(A.ASETPC).to.setReg(asmReg(AX));
      e.op(A.ASETEQ).to.setReg(asmReg(e.reg(v)));
      e.rr(A.AANDL, AX, e.reg(v));
      return true;
    }
    case ops.OpAMD64SETNEF: {
      e.op(A.ASETPS).to.setReg(asmReg(AX));
      e.op(A.ASETNE).to.setReg(asmReg(e.reg(v)));
      e.rr(A.AORL, AX, e.reg(v));
      return true;
    }
    case ops.OpAMD64CMOVQEQF:
    case ops.OpAMD64CMOVLEQF: {
      // AX is operand 1 if equal, else operand 0; what is unordered keeps operand 0.
      const isQ = v.op === ops.OpAMD64CMOVQEQF;
      const out = e.reg(v);
      e.rr(isQ ? A.AMOVQ : A.AMOVL, e.reg(v.a1!), AX);
      e.rr(as, out, AX);
      e.rr(isQ ? A.ACMOVQPC : A.ACMOVLPC, AX, out);
      return true;
    }
    case ops.OpAMD64CMOVQNEF:
    case ops.OpAMD64CMOVLNEF: {
      e.rr(as, e.reg(v.a1!), e.reg(v));
      e.rr(v.op === ops.OpAMD64CMOVQNEF ? A.ACMOVQPS : A.ACMOVLPS, e.reg(v.a1!), e.reg(v));
      return true;
    }
    case ops.OpAMD64MOVQconst:
    case ops.OpAMD64MOVLconst:
      constant(e, v);
      return true;
    case ops.OpAMD64MOVSSconst:
    case ops.OpAMD64MOVSDconst: {
      const x = v.aux as number;
      const r = e.reg(v);
      if (Object.is(x, 0)) {
        e.rr(A.AXORPS, r, r);
        return true;
      }
      const p = e.op(as);
      p.from.setSym(
        v.op === ops.OpAMD64MOVSSconst ? e.f.env.obj.float32(x) : e.f.env.obj.float64(x),
        0,
      );
      p.to.setReg(asmReg(r));
      return true;
    }
    default:
      return false;
  }
}

function add(e: Emitter, v: Value, as: number): void {
  const out = e.reg(v);
  const x = e.reg(v.a0!);
  const y = e.reg(v.a1!);
  if (out === x) e.rr(as, y, out);
  else if (out === y) e.rr(as, x, out);
  else {
    const p = e.op(v.op === ops.OpAMD64ADDQ ? A.ALEAQ : A.ALEAL);
    p.from.setMem(asmReg(x), 0);
    e.index(p.from, v.a1!, 1);
    p.to.setReg(asmReg(out));
  }
}

function addConst(e: Emitter, v: Value, as: number): void {
  const out = e.reg(v);
  const x = v.a0!.op === ops.OpSP ? 4 : e.reg(v.a0!);
  const isQ = v.op === ops.OpAMD64ADDQconst;
  const c = v.auxInt;
  if (out !== x) {
    const p = e.op(isQ ? A.ALEAQ : A.ALEAL);
    p.from.setMem(asmReg(x), c);
    p.to.setReg(asmReg(out));
  } else if (c === 1) e.op(isQ ? A.AINCQ : A.AINCL).to.setReg(asmReg(out));
  else if (c === -1) e.op(isQ ? A.ADECQ : A.ADECL).to.setReg(asmReg(out));
  else if (c === 128) e.cr(isQ ? A.ASUBQ : A.ASUBL, -128, out);
  else e.cr(as, c, out);
}

/** OP $c, x, out. */
// oxlint-disable-next-line max-params -- an instruction with three operands.
function three(e: Emitter, as: number, c: number, x: number, out: number): void {
  const p = e.cr(as, c, out);
  const middle = new Addr();
  middle.setReg(asmReg(x));
  p.rest = [middle];
}

/** −1 as divisor would trap for the smallest number: the quotient is the negation, the rest 0. */
// oxlint-disable-next-line max-params -- the instructions of the width.
function divide(
  e: Emitter,
  v: Value,
  as: number,
  [compare, extend, negate]: readonly [number, number, number],
): void {
  const y = e.reg(v.a1!);
  let special: Prog | null = null;
  if (v.auxInt === 0) {
    const p = e.op(compare);
    p.from.setReg(asmReg(y));
    p.to.setConst(-1);
    special = jump(e, A.AJEQ);
  }
  e.op(extend);
  e.op(as).from.setReg(asmReg(y));
  if (special === null) return;
  const over = jump(e, AJMP);
  const neg = e.op(negate);
  neg.to.setReg(asmReg(AX));
  special.to.setBranch(neg);
  e.rr(A.AXORL, DX, DX);
  land(e, over);
}

function constant(e: Emitter, v: Value): void {
  const r = e.reg(v);
  if (v.auxInt === 0 && v.aux === null && !e.flagsLive(v)) {
    e.rr(A.AXORL, r, r);
    return;
  }
  if (v.aux !== null) {
    e.cr(A.AMOVQ, v.aux as bigint, r);
    return;
  }
  const c = v.op === ops.OpAMD64MOVLconst ? v.auxInt | 0 : v.auxInt;
  // A number of 32 bits without sign: the shorter instruction, which clears the upper half.
  if (v.op === ops.OpAMD64MOVLconst || (c >= 0 && c < 4294967296)) e.cr(A.AMOVL, c | 0, r);
  else e.cr(A.AMOVQ, c, r);
}

function memory(e: Emitter, v: Value): boolean {
  const as = opAs[v.op]!;
  switch (v.op) {
    case ops.OpAMD64LEAQlocal: {
      const p = e.op(as);
      e.slot(p.from, v.aux as LocalVar, v.auxInt);
      p.to.setReg(asmReg(e.reg(v)));
      return true;
    }
    case ops.OpAMD64MOVOstorezero: {
      zeroX15(e);
      const p = e.op(as);
      p.from.setReg(asmReg(X15));
      e.mem(p.to, v, v.a0!);
      return true;
    }
    case ops.OpAMD64LoweredZero:
      zeroX15(e);
      zeroRun(e, e.reg(v.a0!), 0, v.auxInt);
      return true;
    case ops.OpAMD64LoweredZeroLoop:
      zeroX15(e);
      loop(
        e,
        v.auxInt,
        [DI],
        (at) => zeroPiece(e, DI, at),
        (n) => zeroRun(e, DI, 0, n),
      );
      return true;
    case ops.OpAMD64LoweredMove:
      moveRun(e, e.reg(v.a0!), e.reg(v.a1!), v.auxInt);
      return true;
    case ops.OpAMD64LoweredMoveLoop:
      loop(
        e,
        v.auxInt,
        [DI, SI],
        (at) => movePiece(e, DI, SI, at),
        (n) => moveRun(e, DI, SI, n),
      );
      return true;
    case ops.OpAMD64REPSTOSQ:
      e.op(A.AREP);
      e.op(A.ASTOSQ);
      return true;
    case ops.OpAMD64REPMOVSQ:
      e.op(A.AREP);
      e.op(A.AMOVSQ);
      return true;
    case ops.OpAMD64XADDLlock:
    case ops.OpAMD64XADDQlock:
      e.op(A.ALOCK);
      exchange(e, v, as);
      return true;
    case ops.OpAMD64XCHGB:
    case ops.OpAMD64XCHGL:
    case ops.OpAMD64XCHGQ:
      exchange(e, v, as);
      return true;
    case ops.OpAMD64CMPXCHGLlock:
    case ops.OpAMD64CMPXCHGQlock: {
      e.op(A.ALOCK);
      const p = e.op(v.op === ops.OpAMD64CMPXCHGLlock ? A.ACMPXCHGL : A.ACMPXCHGQ);
      p.from.setReg(asmReg(e.reg(v.a2!)));
      e.mem(p.to, v, v.a0!);
      e.op(A.ASETEQ).to.setReg(asmReg(e.reg(v)));
      return true;
    }
    case ops.OpAMD64ANDBlock:
    case ops.OpAMD64ANDLlock:
    case ops.OpAMD64ANDQlock:
    case ops.OpAMD64ORBlock:
    case ops.OpAMD64ORLlock:
    case ops.OpAMD64ORQlock: {
      e.op(A.ALOCK);
      const p = e.op(as);
      p.from.setReg(asmReg(e.reg(v.a1!)));
      e.mem(p.to, v, v.a0!);
      return true;
    }
    case ops.OpAMD64AtomicAndL:
    case ops.OpAMD64AtomicOrL:
      compareAndSwapLoop(e, v, as, [A.AMOVL, A.ACMPXCHGL]);
      return true;
    case ops.OpAMD64AtomicAndQ:
    case ops.OpAMD64AtomicOrQ:
      compareAndSwapLoop(e, v, as, [A.AMOVQ, A.ACMPXCHGQ]);
      return true;
    case ops.OpAMD64PrefetchT0:
    case ops.OpAMD64PrefetchNTA:
      e.mem(e.op(as).from, v, v.a0!);
      return true;
    case ops.OpAMD64LoweredNilCheck: {
      const p = e.op(as);
      p.from.setReg(asmReg(AX));
      p.to.setMem(asmReg(e.reg(v.a0!)), 0);
      return true;
    }
    default:
      return false;
  }
}

function exchange(e: Emitter, v: Value, as: number): void {
  const p = e.op(as);
  p.from.setReg(asmReg(e.reg(v)));
  e.mem(p.to, v, v.a1!);
}

/** AX: old value; CX: new value. */
// oxlint-disable-next-line max-params -- the instructions of the width.
function compareAndSwapLoop(
  e: Emitter,
  v: Value,
  as: number,
  [load, swap]: readonly [number, number],
): void {
  const first = e.op(load);
  e.mem(first.from, v, v.a0!);
  first.to.setReg(asmReg(AX));
  const again = e.rr(load, AX, CX);
  e.rr(as, e.reg(v.a1!), CX);
  e.op(A.ALOCK);
  const p = e.op(swap);
  p.from.setReg(asmReg(CX));
  e.mem(p.to, v, v.a0!);
  e.op(A.AJNE).to.setBranch(again);
}

/** In ABI0 functions X15 is nobody's zero. */
function zeroX15(e: Emitter): void {
  if (e.isAbi0) e.rr(A.AXORPS, X15, X15);
}

function zeroPiece(e: Emitter, r: number, at: number): void {
  const p = e.op(A.AMOVUPS);
  p.from.setReg(asmReg(X15));
  p.to.setMem(asmReg(r), at);
}

/** n ≥ 16 bytes, the last piece overlapping if it must. */
// oxlint-disable-next-line max-params -- where from and how much.
function zeroRun(e: Emitter, r: number, from: number, n: number): void {
  let at = from;
  for (; at + 16 <= n; at += 16) zeroPiece(e, r, at);
  if (at < n) zeroPiece(e, r, n - 16);
}

// oxlint-disable-next-line max-params -- two addresses.
function movePiece(e: Emitter, dst: number, src: number, at: number): void {
  const p = e.op(A.AMOVUPS);
  p.from.setMem(asmReg(src), at);
  p.to.setReg(asmReg(X14));
  const q = e.op(A.AMOVUPS);
  q.from.setReg(asmReg(X14));
  q.to.setMem(asmReg(dst), at);
}

// oxlint-disable-next-line max-params -- two addresses.
function moveRun(e: Emitter, dst: number, src: number, n: number): void {
  let at = 0;
  for (; at + 16 <= n; at += 16) movePiece(e, dst, src, at);
  if (at < n) movePiece(e, dst, src, n - 16);
}

/** Four pieces a turn, then the rest (which may begin inside what is done: at least 16 bytes). */
// oxlint-disable-next-line max-params -- the parts of the loop.
function loop(
  e: Emitter,
  n: number,
  pointers: readonly number[],
  piece: (at: number) => void,
  rest: (n: number) => void,
): void {
  let turns = Math.floor(n / 64);
  let left = n - turns * 64;
  if (left > 0 && left < 16) {
    turns--;
    left += 64;
  }
  e.cr(A.AMOVL, turns, CX);
  const top = land(e);
  for (let at = 0; at < 64; at += 16) piece(at);
  for (const r of pointers) e.cr(A.AADDQ, 64, r);
  e.op(A.ADECL).to.setReg(asmReg(CX));
  e.op(A.AJNE).to.setBranch(top);
  if (left > 0) rest(left);
}

function calls(e: Emitter, v: Value): boolean {
  switch (v.op) {
    case ops.OpAMD64CALLstatic: {
      const info = v.aux as CallInfo;
      const sym = info.sym!;
      if (e.isAbi0 && sym.abi === ABIInternal) enterAbiInternal(e);
      e.stackMap(v);
      e.op(ACALL).to.setCall(sym);
      // ABI0 code preserves neither X15 nor R14.
      if (!e.isAbi0 && sym.abi === ABI0) enterAbiInternal(e);
      afterCall(e, info);
      return true;
    }
    case ops.OpAMD64CALLclosure:
    case ops.OpAMD64CALLinter: {
      if (e.isAbi0) enterAbiInternal(e);
      e.stackMap(v);
      e.op(ACALL).to.setReg(asmReg(e.reg(v.a0!)));
      afterCall(e, v.aux as CallInfo);
      return true;
    }
    case ops.OpAMD64CALLtail: {
      const info = v.aux as CallInfo;
      if (e.isAbi0 && info.sym!.abi === ABIInternal) enterAbiInternal(e);
      e.stackMap(v);
      const p = e.op(ARET);
      p.to.setCall(info.sym!);
      return true;
    }
    case ops.OpAMD64CALLtailinter:
      e.stackMap(v);
      e.op(ARET).to.setReg(asmReg(e.reg(v.a0!)));
      return true;
    case ops.OpAMD64LoweredWB: {
      const name = `runtime.gcWriteBarrier${v.auxInt}`;
      e.op(ACALL).to.setCall(e.f.env.obj.lookup(name, ABIInternal));
      return true;
    }
    case ops.OpAMD64LoweredGetG: {
      if (!e.isAbi0) {
        e.rr(A.AMOVQ, R14, e.reg(v));
        return true;
      }
      loadG(e, e.reg(v));
      return true;
    }
    case ops.OpAMD64LoweredGetCallerPC:
      e.op(AGETCALLERPC).to.setReg(asmReg(e.reg(v)));
      return true;
    case ops.OpAMD64LoweredGetCallerSP: {
      const p = e.op(A.ALEAQ);
      p.from.type = TYPE_MEM;
      p.from.name = NAME_PARAM;
      p.to.setReg(asmReg(e.reg(v)));
      return true;
    }
    case ops.OpAMD64LoweredPanicBoundsRR:
    case ops.OpAMD64LoweredPanicBoundsRC:
    case ops.OpAMD64LoweredPanicBoundsCR:
    case ops.OpAMD64LoweredPanicBoundsCC:
      panicBounds(e, v);
      return true;
    default:
      return false;
  }
}

function loadG(e: Emitter, r: number): void {
  const p = e.op(A.AMOVQ);
  p.from.setMem(REG_TLS, 0);
  p.to.setReg(asmReg(r));
}

function enterAbiInternal(e: Emitter): void {
  e.rr(A.AXORPS, X15, X15);
  loadG(e, R14);
}

/** The return address must lie in the function, whatever follows it in the text. */
function afterCall(e: Emitter, info: CallInfo): void {
  if (info.noReturn) e.rr(A.AXCHGL, AX, AX);
}

function panicBounds(e: Emitter, v: Value): void {
  const code = (v.auxInt & 15) as 0;
  const signed = (v.auxInt & 16) === 0;
  const x = (y: Value): { reg: number; signed: boolean } => ({ reg: e.reg(y), signed });
  let value = 0;
  switch (v.op) {
    case ops.OpAMD64LoweredPanicBoundsRR:
      value = encodeBounds(code, x(v.a0!), { reg: e.reg(v.a1!) });
      break;
    case ops.OpAMD64LoweredPanicBoundsRC:
      value = encodeBounds(code, x(v.a0!), { value: v.auxInt2 });
      break;
    case ops.OpAMD64LoweredPanicBoundsCR:
      value = encodeBounds(code, { value: v.auxInt2 }, { reg: e.reg(v.a0!) });
      break;
    default:
      value = encodeBounds(code, { value: v.auxInt2 }, { value: v.aux as number });
  }
  e.stackMap(v);
  e.pcdata(4, value);
  e.op(ACALL).to.setCall(e.f.env.obj.lookup('runtime.panicBounds', ABIInternal));
  e.rr(A.AXCHGL, AX, AX);
}
