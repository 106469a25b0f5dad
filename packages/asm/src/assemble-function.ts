/**
 * From a function's instructions to its machine code: the pipeline that compiler and assembler share.
 *
 *     rewrite instructions → chase jumps to jumps → frame, prologue, epilogues → layout → pc tables
 *
 * GOROOT: src/cmd/internal/obj/{plist,pass}.go.
 */
import { type Addr, TYPE_ADDR, TYPE_BRANCH, TYPE_CONST } from './addr.ts';
import { AJMP, ATEXT } from './as.ts';
import {
  type AsmContext,
  type FuncCode,
  FuncFlag_Asm,
  FuncFlag_TopFrame,
  type FuncInput,
  TOPFRAME,
} from './func.ts';
import { funcId } from './funcid.ts';
import { showProg } from './list.ts';
import { pcTables } from './pcdata.ts';
import { Prog } from './prog.ts';
import { FuncState, type Target } from './target.ts';

/** More jumps in a row than this are taken for a cycle. */
const maxJumps = 5000;

/** The function's code, or null if there were errors, which have been reported. */
export function assembleFunction(fn: FuncInput, target: Target, ctx: AsmContext): FuncCode | null {
  const errors = ctx.errorCount();
  const text = new Prog(ATEXT, fn.startBase, fn.startLine);
  text.link = fn.first;
  const f = new FuncState(fn, ctx, text);
  target.check(f);
  for (let p: Prog | null = text; p !== null; p = p.link) {
    if (fn.fromAssembly) {
      checkAddr(p, p.from, target, ctx);
      for (const a of p.rest) checkAddr(p, a, target, ctx);
      checkAddr(p, p.to, target, ctx);
    }
    target.progedit(p, ctx);
  }
  chaseJumps(text);
  target.preprocess(f);
  target.layout(f);
  if (ctx.errorCount() > errors) return null;
  const tables = pcTables(fn, text, f.code.length, target.minLC);
  let funcFlag = f.funcFlag;
  if ((fn.flags & TOPFRAME) !== 0) funcFlag |= FuncFlag_TopFrame;
  if (fn.fromAssembly) funcFlag |= FuncFlag_Asm;
  return {
    sym: fn.sym,
    code: f.code,
    relocs: f.relocs,
    flags: f.flags,
    align: f.align,
    args: fn.argSize,
    locals: f.locals,
    funcId: funcId(fn.sym.name, fn.flags),
    funcFlag,
    startLine: fn.startLine,
    files: tables.files,
    inlineTree: tables.inlineTree,
    pcsp: tables.pcsp,
    pcfile: tables.pcfile,
    pcline: tables.pcline,
    pcinline: tables.pcinline,
    pcdata: tables.pcdata,
    funcdata: fn.funcdata,
    isSystemStack: fn.systemStack,
    first: text,
  };
}

/** Finds constants that should be addresses and the reverse. */
function checkAddr(p: Prog, a: Addr, target: Target, ctx: AsmContext): void {
  if (a.type === TYPE_CONST && (a.name !== 0 || a.sym !== null || a.reg !== 0)) {
    const shown = showProg(p, target.names, ctx);
    ctx.error(p, `argument is TYPE_CONST, should be TYPE_ADDR, in ${shown}`);
  } else if (
    a.type === TYPE_ADDR &&
    a.reg === 0 &&
    a.index === 0 &&
    a.scale === 0 &&
    a.name === 0 &&
    a.sym === null
  ) {
    const shown = showProg(p, target.names, ctx);
    ctx.error(p, `argument is TYPE_ADDR, should be TYPE_CONST, in ${shown}`);
  }
}

/** Lets branches to unconditional jumps go to where those end up. */
function chaseJumps(text: Prog): void {
  for (let p: Prog | null = text; p !== null; p = p.link) {
    const { to } = p;
    if (to.type !== TYPE_BRANCH || to.target === null) continue;
    let end: Prog = to.target;
    for (let i = 0; end.as === AJMP && end.to.target !== null; i++) {
      if (i >= maxJumps) {
        end = p;
        break;
      }
      end = end.to.target;
    }
    to.target = end;
  }
}
