/**
 * One function: from its IR to machine code. Pure in what it is given: the IR, and symbols that it
 * asks of its environment.
 *
 *     IR → SSA (ssa/build) → passes, registers, frame, maps → instructions → bytes
 */
import { formatFunction } from '@go-ts/asm';
import { amd64 } from '@go-ts/asm/amd64/target';
import { type FuncCode, type InlinedCall, type PosBase } from '@go-ts/asm/func';
import { type Diagnostic, InternalError, withContext } from '@go-ts/base';
import { type ObjectBuilder } from '@go-ts/objfile';
import { ABIInternal } from '@go-ts/objfile/sym';
import { DebugInfo } from './dwarfgen/func.ts';
import { reportElided } from './ir/bounded.ts';
import { type Func } from './ir/node.ts';
import { printFunc } from './ir/print.ts';
import { type FuncSym, Pragma } from './ir/sym.ts';
import { WriteBarrierCheck } from './nowb.ts';
import { type DebugOptions, type SsaPage } from './options.ts';
import { type Remarks } from './remarks.ts';
import { buildSSA } from './ssa/build/build.ts';
import { type BuildContext } from './ssa/build/context.ts';
import { type FuncSource, type LargeFrame, SsaCompiler } from './ssa/compile.ts';
import { type Column, htmlPage, sourceColumn } from './ssa/html.ts';
import { isShown, type SsaOptions, switchesFor } from './ssa/options.ts';
import { type RunOptions } from './ssa/run.ts';

export interface BodyOptions {
  readonly ssa: SsaOptions;
  readonly noOptimize: boolean;
  /** -S */
  readonly listing: boolean;
  /** The text of a file of the package, by its recorded name. */
  readonly source: (file: string) => Uint8Array | null;
  readonly dwarf: boolean;
  readonly debug: DebugOptions;
  readonly remarks: Remarks;
}

/** Holds what is worth keeping between functions; one per worker. */
export class BodyCompiler {
  /** Functions that inline trees mention, with the line where they begin. */
  readonly inlined = new Map<FuncSym, number>();
  /** What -S and -d=gossahash print. */
  readonly listing: string[] = [];
  readonly pages: SsaPage[] = [];
  /** Mistakes that only the back end finds. */
  readonly errors: Diagnostic[] = [];
  /** Of packages of the runtime. */
  readonly barriers: WriteBarrierCheck | null;
  /** Null with -dwarf=false. */
  readonly debugInfo: DebugInfo | null;
  readonly #ssa = new SsaCompiler();
  readonly #cx: BuildContext;
  readonly #obj: ObjectBuilder;
  readonly #options: BodyOptions;

  constructor(cx: BuildContext, obj: ObjectBuilder, options: BodyOptions) {
    this.#cx = cx;
    this.#obj = obj;
    this.#options = options;
    this.barriers = cx.env.options.runtimeMode ? new WriteBarrierCheck() : null;
    this.debugInfo = options.dwarf ? new DebugInfo(obj) : null;
  }

  /** Null if there is no code because of an error of the program, which is in `errors`. */
  compile(fn: Func): FuncCode | null {
    const { name } = fn.sym;
    const start = fn.positions[fn.pos];
    const pos = start === undefined ? {} : { pos: `${start.file}:${start.line}` };
    return withContext({ func: name, ...pos }, () => {
      const { listing, debug, ssa } = this.#options;
      const { dumpSSA, dumpIR } = debug;
      dumpIR?.(name, printFunc(fn));
      const { remarks } = this.#options;
      if (remarks.m > 0) reportElided(fn, remarks);
      const source = this.#source(fn);
      const columns: Column[] | null = isShown(ssa, name) ? this.#columns(fn) : null;
      const onSystemStack = this.barriers?.systemStackCalls(fn) ?? [];
      const f = buildSSA(fn, this.#cx);
      const isDumped = dumpSSA !== undefined && (debug.ssaFunc?.(name) ?? true);
      const options = this.#runOptions(name);
      const dump = (pass: string, text: string): void => {
        if (isDumped) dumpSSA(name, pass, text);
        columns?.push({ title: pass, text });
      };
      const code = this.#ssa.compile(f, source, {
        ...options,
        ...(isDumped || columns !== null ? { dump, positions: fn.positions } : {}),
      });
      this.barriers?.record(fn, f, onSystemStack);
      if (code === null) throw new InternalError('instructions were refused');
      if ('callee' in code) {
        this.errors.push(frameTooLarge(fn, code));
        return null;
      }
      if (listing || columns !== null) {
        const text = this.#list(code, source);
        if (listing) this.listing.push(text.trimEnd());
        if (columns !== null) {
          columns.push({ title: 'genssa', text });
          this.pages.push({ func: name, html: htmlPage(name, columns) });
        }
      }
      this.debugInfo?.add(code, source);
      return code;
    });
  }

  /** Which passes run, as the switches and the function's hash say. */
  #runOptions(name: string): RunOptions {
    const { ssa, noOptimize, debug } = this.#options;
    const { now, timing } = debug;
    const timed =
      now === undefined || timing === undefined
        ? {}
        : { now, timing: (pass: string, ms: number) => timing(`ssa/${pass}`, ms) };
    const common = { check: ssa.check, ...timed };
    if (noOptimize) return { ...common, noOptimize };
    const { triggered, ...switches } = switchesFor(ssa, name);
    if (triggered !== null) this.listing.push(`gossahash triggered ${name} ${triggered}`);
    return { ...common, ...switches };
  }

  /** The source and the IR: the first columns of ssa.html. */
  #columns(fn: Func): Column[] {
    const start = fn.positions[fn.pos]!;
    const end = fn.positions[fn.endPos]!;
    const bytes = this.#options.source(start.file);
    const columns = [{ title: 'IR', text: printFunc(fn) }];
    if (bytes === null) return columns;
    return [sourceColumn(new TextDecoder().decode(bytes), start.line, end.line), ...columns];
  }

  #list(code: FuncCode, { posBases }: FuncSource): string {
    return formatFunction(code, {
      target: amd64,
      posBases,
      fileOf: (base) => this.#obj.files[posBases[base]!.file] ?? '?',
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
      this.inlined.set(call.func, call.startLine);
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

function frameTooLarge(fn: Func, { locals, args, callee }: LargeFrame): Diagnostic {
  const mb = (bytes: number): number => Math.floor(bytes / 2 ** 20);
  const { file, line, col } = fn.positions[fn.pos]!;
  const sizes = `${mb(locals)} MB locals + ${mb(args)} MB args`;
  const msg = `stack frame too large (>1GB): ${sizes}${callee === 0 ? '' : ` + ${mb(callee)} MB callee`}`;
  return { code: '', severity: 'error', pos: { file, line, col }, msg };
}
