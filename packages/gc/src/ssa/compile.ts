/**
 * From SSA to machine code: the entry of the back end.
 *
 *     passes (passes.ts) → frame → liveness → instructions → assembler
 *
 * The result is what the object writer puts into the object (asm/define-function.ts), together with
 * the jump tables, which are filled in here because they need the final addresses.
 */
import { assembleFunction } from '@go-ts/asm';
import { amd64 } from '@go-ts/asm/amd64/target';
import {
  type FuncCode,
  type FuncInput,
  type InlinedCall,
  type PosBase,
  type RegSpill,
} from '@go-ts/asm/func';
import { type ObjSym } from '@go-ts/objfile/builder';
import { R_ADDR } from '@go-ts/objfile/reloc';
import { ABIInternal, SRODATA } from '@go-ts/objfile/sym';
import { argInfo, wrapInfo } from '../liveness/arg-info.ts';
import { argLiveness } from '../liveness/arg-live.ts';
import { computeLiveness } from '../liveness/live.ts';
import { unsafePoints } from '../liveness/safepoint.ts';
import { stackMaps } from '../liveness/stackmap.ts';
import { loadAs, storeAs } from '../target/amd64/emit-ops.ts';
import { asmReg, Emitter, type FuncPositions } from '../target/amd64/emit.ts';
import { Amd64Target } from '../target/amd64/target.ts';
import { BlockAMD64JUMPTABLE } from './block.ts';
import { type Frame, layoutFrame } from './frame.ts';
import { type Func } from './func.ts';
import { PassContext, type RunOptions, runPasses } from './run.ts';

/** Everything about a function that is not its code. */
export interface FuncSource extends FuncPositions {
  readonly startLine: number;
  /** Index in `posBases` of the declaration's file. */
  readonly startBase: number;
  readonly posBases: readonly PosBase[];
  readonly inlinedCalls: InlinedCall[];
  /** `go:systemstack`. */
  readonly systemStack: boolean;
}

/** Frames and arguments must be smaller. */
const maxStackSize = 2 ** 30;

/** Bytes of a frame that is too large; without those for callees if the rest already is. */
export interface LargeFrame {
  readonly locals: number;
  readonly args: number;
  readonly callee: number;
}

function largeFrame(f: Func, { size, outArgs }: Frame): LargeFrame | null {
  const locals = size - outArgs;
  const args = f.abi.argWidth;
  if (locals >= maxStackSize || args >= maxStackSize) return { locals, args, callee: 0 };
  return size >= maxStackSize ? { locals, args, callee: outArgs } : null;
}

/** The compiler of a worker: holds compiled tables and scratch memory. */
export class SsaCompiler {
  readonly #ctx = new PassContext(new Amd64Target());

  /** Null if the assembler reported errors. */
  compile(f: Func, source: FuncSource, options: RunOptions = {}): FuncCode | LargeFrame | null {
    runPasses(f, this.#ctx, options);
    const frame = layoutFrame(f);
    const tooLarge = largeFrame(f, frame);
    if (tooLarge !== null) return tooLarge;
    const live = computeLiveness(f);
    const args = argLiveness(f);
    const unsafe = unsafePoints(f, f.env.obj.lookup('runtime.writeBarrier', 0));
    const emitter = new Emitter(f, this.#ctx.allocation!.home, {
      live,
      args,
      unsafe,
      positions: source,
    });
    emitter.run();
    for (const { index, prog } of emitter.inlMarks) source.inlinedCalls[index]!.mark = prog;
    const maps = stackMaps(f, live, frame);
    const funcdata: (ObjSym | null)[] = [maps.args, maps.locals];
    if (maps.objects !== null) funcdata[2] = maps.objects;
    if (maps.openDefers !== null) funcdata[4] = maps.openDefers;
    const info = argInfo(f);
    if (info !== null) funcdata[5] = info;
    if (args !== null) funcdata[6] = args.sym;
    const wrapped = wrapInfo(f);
    if (wrapped !== null) funcdata[7] = wrapped;
    for (let i = 0; i < funcdata.length; i++) funcdata[i] ??= null;
    const input: FuncInput = {
      sym: f.sym,
      abi: f.sym.abi,
      flags: f.flags,
      frameSize: frame.size,
      argSize: f.abi.argWidth,
      first: emitter.list.first,
      startLine: source.startLine,
      startBase: source.startBase,
      posBases: source.posBases,
      inlinedCalls: source.inlinedCalls,
      spills: argumentSpills(f),
      funcdata,
      fromAssembly: false,
      systemStack: source.systemStack,
    };
    const code = assembleFunction(input, amd64, f.env.asm);
    if (code !== null) fillJumpTables(f, emitter);
    return code;
  }
}

/** Register arguments, as the slow path of the prologue saves them. */
function argumentSpills(f: Func): RegSpill[] {
  const spills: RegSpill[] = [];
  if (f.sym.abi !== ABIInternal) return spills;
  for (const p of f.abi.params) {
    p.regs.forEach((reg, i) => {
      const { rep, offset } = p.leaves[i]!;
      spills.push({
        reg: asmReg(reg),
        spill: storeAs(rep),
        unspill: loadAs(rep),
        offset: p.offset + offset,
      });
    });
  }
  return spills;
}

function fillJumpTables(f: Func, emitter: Emitter): void {
  const { obj } = f.env;
  for (const b of f.blocks) {
    if (b.kind !== BlockAMD64JUMPTABLE) continue;
    const sym = b.aux as ObjSym;
    b.succs.forEach((e, i) => {
      sym.putAddr(i * 8, R_ADDR, f.sym, emitter.startOf(e.b).pc);
    });
    sym.kind = SRODATA;
    sym.align = 8;
    obj.defineData(sym);
  }
}
