/**
 * How amd64 code reaches thread-local storage, where g is kept for code that has no g register.
 *
 * Source always has two steps, `MOVQ TLS, BX` and `MOVQ 0(BX)(TLS*1), BX`. Where the offset from the
 * segment base is known when linking, the two become the one `MOVQ off(TLS), BX`; elsewhere one step
 * becomes two. Only the operating system and -shared decide.
 *
 * GOROOT: src/cmd/internal/obj/x86/obj6.go (CanUse1InsnTLS, progedit).
 */
import { type Addr, NAME_EXTERN, NAME_NONE, REG_NONE, TYPE_MEM, TYPE_REG } from '../addr.ts';
import { ANOP } from '../as.ts';
import { type AsmContext } from '../func.ts';
import { insertAfter, type Prog } from '../prog.ts';
import { AMOVL, AMOVQ } from './anames.gen.ts';
import { REG_AX, REG_GS, REG_R15, REG_TLS } from './registers.ts';

export function canUse1InsnTLS(ctx: AsmContext): boolean {
  switch (ctx.goos) {
    case 'windows':
    case 'plan9':
    case 'android':
      return false;
    case 'linux':
    case 'freebsd':
      return !ctx.shared;
    default:
      return true;
  }
}

function isGeneral(reg: number): boolean {
  return reg >= REG_AX && reg <= REG_R15;
}

function isMove(p: Prog): boolean {
  return (p.as === AMOVQ || p.as === AMOVL) && p.to.type === TYPE_REG && isGeneral(p.to.reg);
}

/** `off(BX)(TLS*1)` → `off(TLS)`. */
function dropBase(a: Addr): void {
  if (a.type !== TYPE_MEM || a.index !== REG_TLS || !isGeneral(a.reg)) return;
  a.reg = REG_TLS;
  a.scale = 0;
  a.index = REG_NONE;
}

export function rewriteTLS(p: Prog, ctx: AsmContext): void {
  if (canUse1InsnTLS(ctx)) {
    if (isMove(p) && p.from.type === TYPE_REG && p.from.reg === REG_TLS && ctx.goos !== 'solaris') {
      nopOut(p);
    }
    dropBase(p.from);
    dropBase(p.to);
    return;
  }
  if (isMove(p) && p.from.type === TYPE_MEM && p.from.reg === REG_TLS) splitLoad(p);
  if (isMove(p) && p.from.type === TYPE_REG && p.from.reg === REG_TLS) loadOffset(p, ctx);
  if (ctx.goos === 'windows' || ctx.goos === 'plan9') {
    // Scale 2 marks an access that was indexed by TLS; the encoder leaves the index out.
    if (p.from.scale === 1 && p.from.index === REG_TLS) p.from.scale = 2;
    if (p.to.scale === 1 && p.to.index === REG_TLS) p.to.scale = 2;
  }
}

/** `MOVQ off(TLS), BX` → `MOVQ TLS, BX; MOVQ off(BX)(TLS*2), BX`. */
function splitLoad(p: Prog): void {
  const q = insertAfter(p, p.as);
  q.from.copyFrom(p.from);
  q.from.reg = p.to.reg;
  q.from.index = REG_TLS;
  q.from.scale = 2;
  q.to.copyFrom(p.to);
  p.from.type = TYPE_REG;
  p.from.reg = REG_TLS;
  p.from.index = REG_NONE;
  p.from.offset = 0;
}

/** Where the offset is known only at run time, `MOVQ TLS, BX` loads it from a variable. */
function loadOffset(p: Prog, ctx: AsmContext): void {
  if (ctx.goos !== 'windows' && ctx.goos !== 'android') return;
  p.from.type = TYPE_MEM;
  p.from.name = NAME_EXTERN;
  p.from.reg = REG_NONE;
  p.from.sym = ctx.symbols.lookup('runtime.tls_g', 0);
  p.from.index = REG_NONE;
  if (ctx.goos !== 'windows') return;
  const q = insertAfter(p, p.as);
  q.from.setMem(p.to.reg, 0);
  q.from.index = REG_GS;
  q.from.scale = 1;
  q.to.copyFrom(p.to);
}

/** Makes `p` do nothing. */
export function nopOut(p: Prog): void {
  p.as = ANOP;
  p.scond = 0;
  for (const a of [p.from, p.to]) {
    a.type = 0;
    a.name = NAME_NONE;
    a.reg = REG_NONE;
    a.index = REG_NONE;
    a.scale = 0;
    a.offset = 0;
    a.sym = null;
  }
}
