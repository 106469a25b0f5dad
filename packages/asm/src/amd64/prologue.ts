/**
 * Gives an amd64 function its frame: stack check, saved frame pointer, epilogues, frame offsets.
 *
 * From high to low addresses a frame is: arguments, return PC, saved BP, locals, outgoing arguments.
 *
 *     [stack check, jump to the slow path at the end]
 *     PUSHQ BP; MOVQ SP, BP; ADJSP $locals
 *     …; ADJSP $-locals; POPQ BP; RET
 *     slow path: spill register arguments, CALL runtime.morestack, reload them, JMP to the beginning
 *
 * A function without locals that calls nothing needs none of it. A leaf whose frame is small is made
 * NOSPLIT. While instructions are walked, `deltasp` is how far SP is below its value at entry; the
 * offsets of `x+8(FP)` and `x-8(SP)` are rewritten to be relative to SP at that point.
 *
 * GOROOT: src/cmd/internal/obj/x86/obj6.go (preprocess, stacksplit), src/internal/abi/stack.go.
 */
import {
  PCDATA_StackMapIndex,
  StackBig,
  StackSmall,
  UnsafePointSafe,
} from '@go-ts/runtime/layout/funcdata';
import {
  type Addr,
  NAME_AUTO,
  NAME_PARAM,
  TYPE_REG,
  TYPE_NONE,
  TYPE_BRANCH,
  NAME_EXTERN,
} from '../addr.ts';
import { ACALL, AJMP, ANOP, ARET } from '../as.ts';
import { FuncFlag_SPWrite, NEEDCTXT, NOFRAME, NOSPLIT } from '../func.ts';
import { insertAfter, POS_PROLOGUE_END, type Prog } from '../prog.ts';
import { type FuncState } from '../target.ts';
import { endUnsafePoint, insertPcdata, startUnsafePoint } from '../unsafe-point.ts';
import {
  AADJSP,
  ACMPL,
  ACMPQ,
  AJCS,
  AJLS,
  ALEAQ,
  AMOVQ,
  APOPFL,
  APOPFQ,
  APOPFW,
  APOPL,
  APOPQ,
  APOPW,
  APUSHFL,
  APUSHFQ,
  APUSHFW,
  APUSHL,
  APUSHQ,
  APUSHW,
  ASUBQ,
} from './anames.gen.ts';
import { progedit } from './progedit.ts';
import { REG_BP, REG_R12, REG_R14, REG_SP, REG_TLS } from './registers.ts';

// In ABIInternal g is in R14, and R12 is free at entry.

const pcSize = 8;
/** Offsets in g of the limits of its own stack and of the system stack. */
const stackguard0 = 16;
const stackguard1 = 24;

/** Calls that do not make their caller a non-leaf: what little stack they use is accounted for. */
const leafCalls = new Set([
  'runtime.panicdivide',
  'runtime.panicwrap',
  'runtime.panicshift',
  'runtime.panicBounds',
  'runtime.panicExtend',
]);

export function preprocess(f: FuncState): void {
  const { text, fn } = f;
  let frame = Math.max(fn.frameSize, 0);
  f.locals = fn.frameSize;
  if (text.link === null) return;
  let bpSize = 0;
  if ((f.flags & NOFRAME) === 0 && (frame !== 0 || hasCall(text))) {
    bpSize = 8;
    frame += bpSize;
    f.locals += bpSize;
  } else f.flags |= NOFRAME;

  if (frame < StackSmall && (f.flags & NOSPLIT) === 0 && isLeaf(text, frame)) f.flags |= NOSPLIT;

  let p = text;
  if ((f.flags & NOSPLIT) === 0) p = stackSplit(f, p, frame);
  if (bpSize > 0) {
    p = insertAfter(p, APUSHQ);
    p.from.setReg(REG_BP);
    p = insertAfter(p, AMOVQ);
    p.from.setReg(REG_SP);
    p.to.setReg(REG_BP);
  }
  if (frame % 8 !== 0) f.ctx.error(text, `unaligned stack size ${frame}`);
  const locals = frame - bpSize;
  if (locals !== 0) {
    p = insertAfter(p, AADJSP);
    p.from.setConst(locals);
    p.spadj = locals;
  }
  if (frame !== 0) p.posFlags |= POS_PROLOGUE_END;
  resolve(f, frame, bpSize);
}

function hasCall(text: Prog): boolean {
  for (let p: Prog | null = text; p !== null; p = p.link) if (p.as === ACALL) return true;
  return false;
}

function isLeaf(text: Prog, frame: number): boolean {
  for (let p: Prog | null = text; p !== null; p = p.link) {
    if (p.as !== ACALL) continue;
    if (p.to.sym === null || !leafCalls.has(p.to.sym.name) || frame >= StackSmall - 8) return false;
  }
  return true;
}

/** Rewrites frame offsets and returns, and notes how each instruction moves SP. */
function resolve(f: FuncState, frame: number, bpSize: number): void {
  let deltasp = 0;
  for (let p: Prog | null = f.text; p !== null; p = p.link) {
    fixOffset(p.from, deltasp, bpSize);
    if (p.rest.length > 0) fixOffset(p.rest[0]!, deltasp, bpSize);
    fixOffset(p.to, deltasp, bpSize);
    switch (p.as) {
      case APUSHL:
      case APUSHFL:
        p.spadj = 4;
        break;
      case APUSHQ:
      case APUSHFQ:
        p.spadj = 8;
        break;
      case APUSHW:
      case APUSHFW:
        p.spadj = 2;
        break;
      case APOPL:
      case APOPFL:
        p.spadj = -4;
        break;
      case APOPQ:
      case APOPFQ:
        p.spadj = -8;
        break;
      case APOPW:
      case APOPFW:
        p.spadj = -2;
        break;
      case AADJSP:
        p.spadj = p.from.offset;
        break;
      case ARET:
        if (frame !== deltasp) f.ctx.error(p, `${f.fn.sym.name}: unbalanced PUSH/POP`);
        p = epilogue(p, frame, bpSize);
        continue;
      default:
        if (p.to.type === TYPE_REG && p.to.reg === REG_SP && p.as !== ACMPL && p.as !== ACMPQ) {
          f.funcFlag |= FuncFlag_SPWrite;
          if (!f.fn.fromAssembly) f.ctx.error(p, 'invalid auto-SPWRITE in non-assembly');
        }
        continue;
    }
    deltasp += p.spadj;
  }
}

function fixOffset(a: Addr, deltasp: number, bpSize: number): void {
  if (a.name === NAME_AUTO) a.offset += deltasp - bpSize;
  else if (a.name === NAME_PARAM) a.offset += deltasp + pcSize;
}

/** Turns a RET into the epilogue; returns its last instruction. */
function epilogue(ret: Prog, frame: number, bpSize: number): Prog {
  let p = ret;
  const to = p.to;
  const isTailCall = to.sym !== null || to.type === TYPE_REG;
  if (frame !== 0) {
    const locals = frame - bpSize;
    const last = insertAfter(p, ARET);
    last.to.copyFrom(to);
    clear(p.to);
    p.as = ANOP;
    if (locals !== 0) {
      p.as = AADJSP;
      p.from.setConst(-locals);
      p.spadj = -locals;
      if (bpSize > 0) p = insertAfter(p, APOPQ);
    } else if (bpSize > 0) p.as = APOPQ;
    if (bpSize > 0) {
      p.to.setReg(REG_BP);
      p.spadj = -bpSize;
    }
    // What follows a return is reached by a jump, with the frame in place.
    last.spadj = frame;
    p = last;
  }
  if (isTailCall) p.as = AJMP;
  return p;
}

function clear(a: Addr): void {
  a.type = TYPE_NONE;
  a.name = 0;
  a.reg = 0;
  a.index = 0;
  a.scale = 0;
  a.offset = 0;
  a.sym = null;
  a.target = null;
}

/** Loads g after `p` where there is no g register; returns the last instruction. */
function loadG(f: FuncState, p: Prog): Prog {
  if (f.fn.abi === 1) return p;
  let q = insertAfter(p, AMOVQ);
  q.from.setMem(REG_TLS, 0);
  q.to.setReg(REG_R14);
  const next = q.link;
  progedit(q, f.ctx);
  while (q.link !== next) {
    q = q.link!;
    progedit(q, f.ctx);
  }
  if (q.from.index === REG_TLS) q.from.scale = 2;
  return q;
}

/** The stack check after `p`, and its slow path at the end; returns the last instruction of the check. */
function stackSplit(f: FuncState, start: Prog, frame: number): Prog {
  const guard = f.fn.systemStack ? stackguard1 : stackguard0;
  let p = loadG(f, start);
  let wrapped: Prog | null = null;
  const compare = (reg: number): void => {
    p = insertAfter(p, ACMPQ);
    p.from.setReg(reg);
    p.to.setMem(REG_R14, guard);
  };
  // A preemption request is seen as an overflow. Were the goroutine preempted between the check and
  // the call, the stack would grow for nothing; so that stretch is unsafe.
  if (frame <= StackSmall) {
    compare(REG_SP);
    p = startUnsafePoint(p);
  } else if (frame <= StackBig) {
    p = insertAfter(p, ALEAQ);
    p.from.setMem(REG_SP, -(frame - StackSmall));
    p.to.setReg(REG_R12);
    compare(REG_R12);
    p = startUnsafePoint(p);
  } else {
    p = insertAfter(p, AMOVQ);
    p.from.setReg(REG_SP);
    p.to.setReg(REG_R12);
    p = startUnsafePoint(p);
    p = insertAfter(p, ASUBQ);
    p.from.setConst(frame - StackSmall);
    p.to.setReg(REG_R12);
    p = insertAfter(p, AJCS);
    wrapped = p;
    compare(REG_R12);
  }
  const jls = insertAfter(p, AJLS);
  const end = endUnsafePoint(jls, UnsafePointSafe);
  const slow = slowPath(f, start, frame);
  jls.to.setBranch(slow);
  wrapped?.to.setBranch(slow);
  return end;
}

/** Appends the call of morestack; returns where the check jumps to. */
function slowPath(f: FuncState, start: Prog, frame: number): Prog {
  const { fn, text } = f;
  let last = text;
  while (last.link !== null) last = last.link;
  // At the end of the text, but no frame exists yet.
  let p = insertAfter(last, ANOP);
  p.spadj = -frame;
  p = insertPcdata(p, PCDATA_StackMapIndex, -1);
  p.base = text.base;
  p.line = text.line;
  p.posFlags = text.posFlags;
  const begin = startUnsafePoint(p);
  p = begin;
  for (const spill of fn.spills) {
    p = insertAfter(p, spill.spill);
    p.from.setReg(spill.reg);
    p.to.setMem(REG_SP, spill.offset + pcSize);
  }
  p = insertAfter(p, ACALL);
  p.to.type = TYPE_BRANCH;
  p.to.name = NAME_EXTERN;
  p.to.sym = f.ctx.symbols.lookup(morestack(f), 0);
  p = endUnsafePoint(p, UnsafePointSafe);
  for (const spill of fn.spills) {
    p = insertAfter(p, spill.unspill);
    p.from.setMem(REG_SP, spill.offset + pcSize);
    p.to.setReg(spill.reg);
  }
  p = insertAfter(p, AJMP);
  p.to.setBranch(start.link!);
  p.spadj = frame;
  return begin;
}

function morestack(f: FuncState): string {
  if (f.fn.systemStack) return 'runtime.morestackc';
  return (f.flags & NEEDCTXT) !== 0 ? 'runtime.morestack' : 'runtime.morestack_noctxt';
}
