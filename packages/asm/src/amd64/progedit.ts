/**
 * Rewrites single instructions from what source may say into what the encoder knows.
 *
 * - `MOVQ $sym(SB), AX` is `LEAQ sym(SB), AX`.
 * - Floating-point constants become read-only memory, but +0 in a register becomes XORPS.
 * - `CALL sym(SB)` and the like branch to the symbol instead of reading it.
 * - GETCALLERPC reads the return address, which is below the first argument.
 *
 * GOROOT: src/cmd/internal/obj/x86/obj6.go (progedit).
 */
import {
  NAME_EXTERN,
  NAME_NONE,
  NAME_PARAM,
  NAME_STATIC,
  REG_NONE,
  TYPE_ADDR,
  TYPE_BRANCH,
  TYPE_CONST,
  TYPE_FCONST,
  TYPE_MEM,
  TYPE_REG,
} from '../addr.ts';
import { ACALL, AGETCALLERPC, AJMP, ARET } from '../as.ts';
import { type AsmContext } from '../func.ts';
import { type Prog } from '../prog.ts';
import {
  AADDSD,
  AADDSS,
  ACMPPD,
  ACMPPS,
  ACMPSD,
  ACMPSS,
  ACOMISD,
  ACOMISS,
  ADIVSD,
  ADIVSS,
  AFADDD,
  AFADDF,
  AFCOMD,
  AFCOMDP,
  AFCOMF,
  AFCOMFP,
  AFDIVD,
  AFDIVF,
  AFDIVRD,
  AFDIVRF,
  AFMOVD,
  AFMOVF,
  AFMULD,
  AFMULF,
  AFSUBD,
  AFSUBF,
  AFSUBRD,
  AFSUBRF,
  ALEAL,
  ALEAQ,
  AMOVL,
  AMOVQ,
  AMOVSD,
  AMOVSS,
  AMULSD,
  AMULSS,
  ASUBSD,
  ASUBSS,
  AUCOMISD,
  AUCOMISS,
  AVMOVSD,
  AVMOVSS,
  AXORPS,
} from './anames.gen.ts';
import { rewriteToUseGot } from './dynlink.ts';
import { REG_X0 } from './registers.ts';
import { rewriteTLS } from './tls.ts';

export function progedit(p: Prog, ctx: AsmContext): void {
  rewriteTLS(p, ctx);
  rewrite(p, ctx);
  if (ctx.dynlink === true) rewriteToUseGot(p, ctx);
}

function rewrite(p: Prog, ctx: AsmContext): void {
  const { from, to } = p;
  switch (p.as) {
    case ACMPPD:
    case ACMPPS:
    case ACMPSD:
    case ACMPSS:
      // The predicate may be written without $.
      if (
        to.type === TYPE_MEM &&
        to.name === NAME_NONE &&
        to.reg === REG_NONE &&
        to.index === REG_NONE &&
        to.sym === null
      ) {
        to.type = TYPE_CONST;
      }
      break;
    case AGETCALLERPC:
      p.as = AMOVQ;
      from.type = TYPE_MEM;
      from.name = NAME_PARAM;
      from.offset = -8;
      break;
    case ACALL:
    case AJMP:
    case ARET:
      if (
        to.type === TYPE_MEM &&
        (to.name === NAME_EXTERN || to.name === NAME_STATIC) &&
        to.sym !== null
      ) {
        to.type = TYPE_BRANCH;
      }
      break;
    case AMOVL:
      if (from.type === TYPE_ADDR) {
        p.as = ALEAL;
        from.type = TYPE_MEM;
      }
      break;
    case AMOVQ:
      if (from.type === TYPE_ADDR) {
        p.as = ALEAQ;
        from.type = TYPE_MEM;
      }
      break;
    default:
      if (from.type === TYPE_FCONST) rewriteFloat(p, ctx);
  }
}

function rewriteFloat(p: Prog, ctx: AsmContext): void {
  const { from, to } = p;
  switch (p.as) {
    case AMOVSS:
    case AVMOVSS:
    case AMOVSD:
    case AVMOVSD:
      if (
        Object.is(from.float, 0) &&
        to.type === TYPE_REG &&
        to.reg >= REG_X0 &&
        to.reg < REG_X0 + 16
      ) {
        p.as = AXORPS;
        from.copyFrom(to);
        return;
      }
      break;
    default:
  }
  const is32 = isFloat32(p.as);
  if (!is32 && !isFloat64(p.as)) return;
  from.type = TYPE_MEM;
  from.name = NAME_EXTERN;
  from.sym = is32 ? ctx.symbols.float32(from.float) : ctx.symbols.float64(from.float);
  from.offset = 0;
}

function isFloat32(as: number): boolean {
  switch (as) {
    case AMOVSS:
    case AVMOVSS:
    case AFMOVF:
    case AFADDF:
    case AFSUBF:
    case AFSUBRF:
    case AFMULF:
    case AFDIVF:
    case AFDIVRF:
    case AFCOMF:
    case AFCOMFP:
    case AADDSS:
    case ASUBSS:
    case AMULSS:
    case ADIVSS:
    case ACOMISS:
    case AUCOMISS:
      return true;
    default:
      return false;
  }
}

function isFloat64(as: number): boolean {
  switch (as) {
    case AMOVSD:
    case AVMOVSD:
    case AFMOVD:
    case AFADDD:
    case AFSUBD:
    case AFSUBRD:
    case AFMULD:
    case AFDIVD:
    case AFDIVRD:
    case AFCOMD:
    case AFCOMDP:
    case AADDSD:
    case ASUBSD:
    case AMULSD:
    case ADIVSD:
    case ACOMISD:
    case AUCOMISD:
      return true;
    default:
      return false;
  }
}
