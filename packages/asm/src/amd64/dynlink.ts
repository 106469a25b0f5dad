/**
 * Code for -dynlink: global data may be in another shared object, so that its address comes from the
 * global offset table. R15 is used for that.
 *
 *     LEAQ sym(SB), AX        MOVQ sym@GOT(SB), AX
 *     MOVQ sym+8(SB), AX      MOVQ sym@GOT(SB), R15; MOVQ 8(R15), AX
 *
 * Hand-written code must not count on R15 after it has used a global; that is checked before.
 *
 * GOROOT: src/cmd/internal/obj/x86/obj6.go (rewriteToUseGot, errorCheck).
 */
import { SymFlagLocal } from '@go-ts/objfile/sym';
import {
  type Addr,
  NAME_EXTERN,
  NAME_GOTREF,
  NAME_NONE,
  TYPE_ADDR,
  TYPE_MEM,
  TYPE_NONE,
  TYPE_REG,
} from '../addr.ts';
import { ACALL, AFUNCDATA, AJMP, ARET, ATEXT } from '../as.ts';
import { type AsmContext } from '../func.ts';
import { insertAfter, type Prog } from '../prog.ts';
import { type FuncState } from '../target.ts';
import {
  AEXTRACTPS,
  ABSFL,
  ABSFQ,
  ABSFW,
  ABSRL,
  ABSRQ,
  ABSRW,
  AIMUL3L,
  AIMUL3Q,
  AIMUL3W,
  ALEAL,
  ALEAQ,
  ALZCNTL,
  ALZCNTQ,
  ALZCNTW,
  AMOVQ,
  AMULXL,
  AMULXQ,
  anames,
  APEXTRB,
  APEXTRD,
  APEXTRQ,
  APEXTRW,
  APOPCNTL,
  APOPCNTQ,
  APOPCNTW,
  APOPL,
  APOPQ,
  APOPW,
  ASARXL,
  ASARXQ,
  ASHLXL,
  ASHLXQ,
  ASHRXL,
  ASHRXQ,
  AVPEXTRB,
  AVPEXTRD,
  AVPEXTRQ,
  AVPEXTRW,
  AXORL,
  AXORQ,
} from './anames.gen.ts';
import { show } from './list.ts';
import { REG_R15, REG_R15B } from './registers.ts';
import { nopOut } from './tls.ts';

function isShared(a: Addr | undefined): a is Addr {
  return (
    a !== undefined &&
    a.name === NAME_EXTERN &&
    a.sym !== null &&
    (a.sym.flags & SymFlagLocal) === 0
  );
}

/** Calls, jumps and pseudo-instructions mention symbols without using their addresses. */
function isExempt(as: number): boolean {
  return as === ACALL || as === ATEXT || as === AFUNCDATA || as === ARET || as === AJMP;
}

export function rewriteToUseGot(p: Prog, ctx: AsmContext): void {
  const { from, to } = p;
  const third = p.rest[0];
  if (p.as === ALEAQ && from.type === TYPE_MEM && isShared(from)) {
    p.as = AMOVQ;
    from.type = TYPE_ADDR;
  }
  if (from.type === TYPE_ADDR && isShared(from)) loadAddress(p, ctx);
  for (const a of p.rest) {
    if (a !== third && isShared(a)) {
      ctx.error(p, `don't know how to handle ${show(p, ctx)} with -dynlink`);
    }
  }
  const shared = [from, to, third].filter((a) => isShared(a));
  const source = isShared(from) ? from : isShared(to) ? to : isShared(third) ? third : null;
  if (source === null) return;
  if (shared.length > 1) {
    const what = isShared(from) && isShared(to) ? 'on both sides' : 'on multiple operands';
    ctx.error(p, `cannot handle NAME_EXTERN ${what} in ${show(p, ctx)} with -dynlink`);
  }
  if (isExempt(p.as)) return;
  if (source.type !== TYPE_MEM) {
    ctx.error(p, `don't know how to handle ${show(p, ctx)} with -dynlink`);
  }
  const load = insertAfter(p, AMOVQ);
  load.from.type = TYPE_MEM;
  load.from.sym = source.sym;
  load.from.name = NAME_GOTREF;
  load.to.setReg(REG_R15);
  source.reg = REG_R15;
  source.name = NAME_NONE;
  source.sym = null;
  const use = insertAfter(load, p.as);
  use.from.copyFrom(from);
  use.to.copyFrom(to);
  use.rest = p.rest;
  nopOut(p);
  p.rest = [];
}

/** `MOVQ $sym+8(SB), AX` → `MOVQ sym@GOT(SB), AX; LEAQ 8(AX), AX`. */
function loadAddress(p: Prog, ctx: AsmContext): void {
  const { from, to } = p;
  if (to.type !== TYPE_REG || p.as !== AMOVQ) {
    const shown = show(p, ctx);
    ctx.error(
      p,
      `do not know how to handle LEA-type insn to non-register in ${shown} with -dynlink`,
    );
    return;
  }
  from.type = TYPE_MEM;
  from.name = NAME_GOTREF;
  if (from.offset === 0) return;
  const lea = insertAfter(p, ALEAQ);
  lea.from.setMem(to.reg, from.offset);
  lea.to.copyFrom(to);
  from.offset = 0;
}

// ----- the check of R15

const MARK_JUNK = 1;

/** Complains of the first use of R15 that may come after a use of a global. */
export function checkR15({ text, ctx }: FuncState): void {
  if (ctx.dynlink !== true) return;
  const work: Prog[] = [];
  let mentions = false;
  for (let p: Prog | null = text; p !== null; p = p.link) {
    p.mark = 0;
    if (usesGlobal(p)) {
      work.push(p);
      p.mark = MARK_JUNK;
    }
    if ([p.from, p.to, p.rest[0]].some((a) => a && (isR15(a.reg) || isR15(a.index)))) {
      mentions = true;
    }
  }
  const reach = (p: Prog | null): void => {
    if (p === null || p.mark === MARK_JUNK) return;
    p.mark = MARK_JUNK;
    work.push(p);
  };
  if (!mentions) return;
  for (let p = work.pop(); p !== undefined; p = work.pop()) {
    const { reads, writes } = r15Effects(p);
    if (reads) {
      const where = ctx.position(p).replace(/^.*\//, '');
      const shown = show(p, ctx);
      ctx.error(
        p,
        `${where}: when dynamic linking, R15 is clobbered by a global variable access and is used here: ${shown}`,
      );
      return;
    }
    if (writes) continue;
    reach(p.to.target);
    if (p.as !== AJMP && p.as !== ARET) reach(p.link);
  }
}

function isR15(reg: number): boolean {
  return reg === REG_R15 || reg === REG_R15B;
}

function usesGlobal(p: Prog): boolean {
  // An address goes straight to its destination.
  if (isExempt(p.as) || p.as === ALEAQ) return false;
  return isShared(p.from) || isShared(p.to) || isShared(p.rest[0]);
}

/** Instructions that write their destination without reading it; moves do too. */
const pureWrites: ReadonlySet<number> = new Set([
  APOPW,
  APOPL,
  APOPQ,
  ALEAL,
  ALEAQ,
  AIMUL3W,
  AIMUL3L,
  AIMUL3Q,
  APEXTRB,
  APEXTRW,
  APEXTRD,
  APEXTRQ,
  AVPEXTRB,
  AVPEXTRW,
  AVPEXTRD,
  AVPEXTRQ,
  AEXTRACTPS,
  ABSFW,
  ABSFL,
  ABSFQ,
  ABSRW,
  ABSRL,
  ABSRQ,
  APOPCNTW,
  APOPCNTL,
  APOPCNTQ,
  ALZCNTW,
  ALZCNTL,
  ALZCNTQ,
  ASHLXL,
  ASHLXQ,
  ASHRXL,
  ASHRXQ,
  ASARXL,
  ASARXQ,
  AMULXL,
  AMULXQ,
]);

/** Good enough for R15; not for vector registers or implicit operands. */
function r15Effects(p: Prog): { reads: boolean; writes: boolean } {
  const { from, to } = p;
  const third = p.rest[0];
  const isMulx = p.as === AMULXL || p.as === AMULXQ;
  let readsFrom = from.type !== TYPE_NONE;
  let readsTo = !pureWrites.has(p.as) && !/^P?MOV/.test(anames[p.as]!);
  if ((p.as === AXORL || p.as === AXORQ) && from.type === TYPE_REG && from.reg === to.reg) {
    readsFrom = false;
    readsTo = false;
  }
  const reads =
    (readsFrom && isDirect(from)) ||
    (readsTo && isDirect(to)) ||
    (!isMulx && isDirect(third)) ||
    isIndirect(from) ||
    isIndirect(to) ||
    isIndirect(third);
  return { reads, writes: isDirect(to) || (isMulx && isDirect(third)) };
}

function isDirect(a: Addr | undefined): boolean {
  return a !== undefined && a.type === TYPE_REG && isR15(a.reg);
}

function isIndirect(a: Addr | undefined): boolean {
  return a !== undefined && a.type === TYPE_MEM && (isR15(a.reg) || isR15(a.index));
}
