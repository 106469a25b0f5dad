import { type FuncCode, type InlinedCall, type PosBase } from '@go-ts/asm/func';
/**
 * One function: from its IR to machine code. Pure in what it is given: the IR, and symbols that it
 * asks of its environment.
 *
 *     IR → SSA (ssa/build) → passes, registers, frame, maps → instructions → bytes
 */
import { InternalError, withContext } from '@go-ts/base';
import { type ObjectBuilder } from '@go-ts/objfile';
import { ABIInternal } from '@go-ts/objfile/sym';
import { type DeclOrigin } from './importer/loader.ts';
import { type Func } from './ir/node.ts';
import { printFunc } from './ir/print.ts';
import { type FuncSym, Pragma } from './ir/sym.ts';
import { type DebugOptions } from './options.ts';
import { buildSSA } from './ssa/build/build.ts';
import { type BuildContext } from './ssa/build/context.ts';
import { type FuncSource, SsaCompiler } from './ssa/compile.ts';

export interface BodyOptions {
  readonly check: boolean;
  readonly noOptimize: boolean;
  readonly debug: DebugOptions;
}

/** Holds what is worth keeping between functions; one per worker. */
export class BodyCompiler {
  /** Functions that inline trees mention, with the line where they begin. */
  readonly inlined = new Map<FuncSym, number>();
  readonly #ssa = new SsaCompiler();
  readonly #cx: BuildContext;
  readonly #obj: ObjectBuilder;
  readonly #options: BodyOptions;

  constructor(cx: BuildContext, obj: ObjectBuilder, options: BodyOptions) {
    this.#cx = cx;
    this.#obj = obj;
    this.#options = options;
  }

  compile(fn: Func): FuncCode {
    const { name } = fn.sym;
    return withContext({ func: name }, () => {
      const { dumpIR } = this.#options.debug;
      dumpIR?.(name, printFunc(fn));
      const source = this.#source(fn);
      const f = buildSSA(fn, this.#cx);
      const { check, noOptimize, debug } = this.#options;
      const { dumpSSA } = debug;
      const isDumped = dumpSSA !== undefined && (debug.ssaFunc?.(name) ?? true);
      const code = this.#ssa.compile(f, source, {
        check,
        noOptimize,
        ...(isDumped ? { dump: (pass: string, text: string) => dumpSSA(name, pass, text) } : {}),
      });
      if (code === null) throw new InternalError('instructions were refused');
      return code;
    });
  }

  /** Positions as the assembler wants them: files of the object, inlined calls. */
  #source(fn: Func): FuncSource {
    const obj = this.#obj;
    const posBases: PosBase[] = [];
    const index = new Map<string, number>();
    const baseOf = (file: string, inlined: number): number => {
      const key = `${inlined} ${file}`;
      let i = index.get(key);
      if (i === undefined) {
        i = posBases.length;
        posBases.push({ file: obj.fileIndex(file), inlined });
        index.set(key, i);
      }
      return i;
    };
    const start = fn.positions[fn.pos]!;
    const startBase = baseOf(start.file, -1);
    const bases = new Int32Array(fn.positions.length);
    const lines = new Int32Array(fn.positions.length);
    fn.positions.forEach((p, i) => {
      bases[i] = baseOf(p.file, p.inl);
      lines[i] = p.line;
    });
    const inlinedCalls = fn.inlTree.map((call): InlinedCall => {
      const at = fn.positions[call.pos]!;
      const decl = (call.func.origin as Partial<DeclOrigin> | null)?.decl;
      this.inlined.set(call.func, decl?.line ?? at.line);
      return {
        parent: call.parent,
        file: obj.fileIndex(at.file),
        line: at.line,
        func: obj.lookup(call.func.name, ABIInternal),
        mark: null,
      };
    });
    return {
      bases,
      lines,
      startLine: start.line,
      startBase,
      posBases,
      inlinedCalls,
      systemStack: (fn.sym.pragma & Pragma.Systemstack) !== 0,
    };
  }
}
