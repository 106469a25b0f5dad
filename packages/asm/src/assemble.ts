/**
 * The Plan 9 assembler: from `.s` files to an object. Read this first.
 *
 *     for each file: preprocess → parse → functions, data
 *                    add what every function gets (argument maps)
 *                    each function: `assembleFunction` → object symbol, debug information
 *     write the object
 *
 * Pure: files are read through a callback. Messages are upstream's, complete with positions, in the
 * order in which it prints them.
 *
 * GOROOT: src/cmd/asm/main.go, src/cmd/internal/obj/plist.go.
 */
import { InternalError } from '@go-ts/base';
import { ObjectBuilder, type ObjSym } from '@go-ts/objfile/builder';
import { ABI0, ABIStatic, SRODATA, SymFlagDupok } from '@go-ts/objfile/sym';
import { pathToPrefix, unlinkablePkg } from '@go-ts/objfile/writer';
import { allowAsmABIPackages } from '@go-ts/runtime/entry/special';
import {
  FUNCDATA_ArgInfo,
  FUNCDATA_ArgsPointerMaps,
  FUNCDATA_LocalsPointerMaps,
} from '@go-ts/runtime/layout/funcdata';
import { absFile } from './abs-file.ts';
import { amd64Syntax } from './amd64/syntax.ts';
import { amd64 } from './amd64/target.ts';
import { AFUNCDATA } from './as.ts';
import { assembleFunction } from './assemble-function.ts';
import { defineFunction } from './define-function.ts';
import { writeFunctionEntry, writeLineProgram } from './dwarf.ts';
import { type AsmContext, type FuncCode, type FuncInput } from './func.ts';
import { Input, LexError, type LexOptions } from './lex/input.ts';
import { formatData, formatFunction } from './list.ts';
import { DataSection } from './parse/data.ts';
import { type ParsedFunction, Parser, Positions, TooManyErrors } from './parse/parser.ts';
import { type Syntax } from './parse/syntax.ts';
import { Prog } from './prog.ts';
import { type Target } from './target.ts';

export interface AssembleOptions {
  /** Names of the sources, as given on the command line. */
  readonly files: readonly string[];
  /** The text of a source or included file, or undefined if there is none of that name. */
  readonly read: (path: string) => string | undefined;
  readonly goos: string;
  readonly goarch: string;
  /** Import path, -p; without it the object cannot be linked. */
  readonly pkgPath?: string;
  /** `NAME` or `NAME=VALUE`, -D. */
  readonly defines?: readonly string[];
  /** -I. */
  readonly includeDirs?: readonly string[];
  /** -trimpath. */
  readonly trimPath?: string;
  /** Absolute, with slashes; source names are relative to it. */
  readonly workingDir: string;
  /** Prefix of file names to record as $GOROOT; empty for none. */
  readonly goroot?: string;
  /** Names of the enabled experiments; packages of the runtime see a macro for each. */
  readonly experiments?: readonly string[];
  readonly shared?: boolean;
  readonly dynlink?: boolean;
  /** -spectre=ret. */
  readonly retpoline?: boolean;
  readonly std?: boolean;
  /** -e: no limit on the number of errors. */
  readonly allErrors?: boolean;
  /** -S: also list what was made. */
  readonly listing?: boolean;
}

export interface AssembleResult {
  /** The object from its magic on; null if there were errors. */
  readonly object: Uint8Array | null;
  /** What -S prints; empty unless asked for. */
  readonly listing: string;
  readonly messages: readonly string[];
}

/** Functions per package that index widths allow for; the assembler cannot know how many there are. */
const functionCount = 2 * 9_999_999;

interface Machine {
  readonly target: Target;
  readonly syntax: Syntax;
}

const machines: Readonly<Record<string, Machine>> = {
  amd64: { target: amd64, syntax: amd64Syntax },
};

export function assemble(options: AssembleOptions): AssembleResult {
  const session = new Session(options);
  const isOk = session.run((name) => session.assembleFile(name));
  const object = isOk ? session.write() : null;
  const listing = isOk && options.listing === true ? session.listing() : '';
  return { object, listing, messages: session.messages };
}

export interface SymABIsResult {
  readonly text: string;
  readonly messages: readonly string[];
}

/** `-gensymabis`: which functions the sources define and mention. */
export function symABIs(options: AssembleOptions): SymABIsResult {
  const session = new Session(options);
  let text = '';
  session.run((name) => {
    const parser = session.parser(name);
    text += parser.symABIs();
    return parser.errorCount === 0;
  });
  return { text, messages: session.messages };
}

/** One run of the assembler. */
class Session {
  readonly messages: string[] = [];
  readonly #options: AssembleOptions;
  readonly #machine: Machine;
  readonly #pkgPath: string;
  readonly #builder: ObjectBuilder;
  readonly #data: DataSection;
  readonly #positions: Positions;
  readonly #declared = new Map<ObjSym, string | null>();
  readonly #lexOptions: LexOptions;
  readonly #context: AsmContext;
  /** For the listing, if there is to be one. */
  readonly #functions: FuncCode[] = [];
  /** Mistakes found after parsing. */
  #errors = 0;

  constructor(options: AssembleOptions) {
    const machine = machines[options.goarch];
    if (machine === undefined) {
      throw new InternalError(`unrecognized architecture ${options.goarch}`);
    }
    this.#options = options;
    const isShared = (options.shared ?? false) || (options.dynlink ?? false);
    this.#machine = machine;
    this.#pkgPath = options.pkgPath ?? unlinkablePkg;
    this.#builder = new ObjectBuilder({
      pkgPath: this.#pkgPath,
      isAsm: true,
      isShared,
      isStd: options.std ?? false,
    });
    this.#data = new DataSection(this.#builder);
    this.#positions = new Positions(this.#builder);
    const experiments = allowAsmABIPackages.has(this.#pkgPath) ? (options.experiments ?? []) : [];
    this.#lexOptions = {
      read: options.read,
      includeDirs: options.includeDirs ?? [],
      defines: [
        ...(options.defines ?? []),
        ...experiments.map((experiment) => `GOEXPERIMENT_${experiment}`),
      ],
      absName: (name) => absFile(name, options),
      report: (message) => this.messages.push(message),
    };
    this.#context = {
      symbols: this.#builder,
      goos: options.goos,
      shared: isShared,
      dynlink: options.dynlink ?? false,
      retpoline: options.retpoline ?? false,
      error: (_p, message) => this.#diag(message),
      errorCount: () => this.#errors,
      position: (p) => this.#positions.describe(p),
    };
  }

  #diag(message: string): void {
    this.#errors++;
    this.messages.push(`asm: ${message}`);
  }

  /** Calls `each` for every file; false after the first that fails, which is reported. */
  run(each: (name: string) => boolean): boolean {
    let failed: string | null = null;
    for (const name of this.#options.files) {
      try {
        if (each(name)) continue;
        failed = name;
      } catch (error) {
        if (error instanceof LexError) this.messages.push(error.message);
        else if (!(error instanceof TooManyErrors)) throw error;
        return false;
      }
      break;
    }
    if (failed === null && this.#errors === 0) return true;
    const what = failed === null ? 'assembly failed' : `assembly of ${failed} failed`;
    this.messages.push(`asm: ${what}`);
    return false;
  }

  parser(name: string): Parser {
    const source = this.#options.read(name);
    if (source === undefined) throw new LexError(`asm: open ${name}: no such file or directory`);
    return new Parser(new Input(name, source, this.#lexOptions), {
      syntax: this.#machine.syntax,
      symbols: this.#builder,
      data: this.#data,
      pkgPrefix: pathToPrefix(this.#pkgPath),
      allowsABI: allowAsmABIPackages.has(this.#pkgPath),
      allErrors: this.#options.allErrors ?? false,
      report: (message) => this.messages.push(message),
      diag: (message) => this.#diag(message),
      positions: this.#positions,
      declared: this.#declared,
    });
  }

  assembleFile(name: string): boolean {
    const parser = this.parser(name);
    if (!parser.parse() || parser.errorCount > 0) return false;
    for (const f of parser.functions) this.#resolveFuncdata(f);
    for (const f of parser.functions) this.#addArgumentMaps(f);
    for (const f of parser.functions) this.#assembleFunction(f);
    return true;
  }

  write(): Uint8Array {
    this.#data.finish();
    return this.#builder.write();
  }

  /** Functions, then data, then constants. */
  listing(): string {
    const { target } = this.#machine;
    const { bases: posBases, names } = this.#positions;
    const options = { target, posBases, fileOf: (base: number) => names[base] ?? '?' };
    const functions = this.#functions.map((f) => formatFunction(f, options));
    const constants = this.#builder.constants.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const data = [...this.#builder.data, ...constants].map((sym) => formatData(sym));
    return [...functions, ...data].join('');
  }

  /** A symbol named after a function's; file-local if that is. */
  #derived(sym: ObjSym, name: string): ObjSym {
    return this.#builder.lookup(name, sym.isStatic ? ABIStatic : ABI0);
  }

  /** Replaces the names that the macros of funcdata.h use by the symbols they stand for. */
  #resolveFuncdata(f: ParsedFunction): void {
    for (let p = f.first; p !== null; p = p.link) {
      if (p.as !== AFUNCDATA) continue;
      const index = p.from.offset;
      if (p.to.sym?.name === 'go_args_stackmap') {
        if (index !== FUNCDATA_ArgsPointerMaps) {
          this.#complain(
            p,
            'FUNCDATA use of go_args_stackmap(SB) without FUNCDATA_ArgsPointerMaps',
          );
        }
        p.to.sym = this.#derived(f.sym, `${f.sym.name}.args_stackmap`);
      } else if (p.to.sym?.name === 'no_pointers_stackmap') {
        if (index !== FUNCDATA_LocalsPointerMaps) {
          this.#complain(
            p,
            'FUNCDATA use of no_pointers_stackmap(SB) without FUNCDATA_LocalsPointerMaps',
          );
        }
        p.to.sym = this.#noPointers();
      }
    }
  }

  #complain(p: Prog, message: string): void {
    this.#context.error(p, `${this.#positions.describe(p)}: ${message}`);
  }

  /** Two empty maps: one for before results are set, one for after. */
  #noPointers(): ObjSym {
    const sym = this.#builder.gclocals(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0));
    if (!sym.isDefined) {
      sym.kind = SRODATA;
      sym.flags |= SymFlagDupok;
      this.#builder.defineData(sym);
    }
    return sym;
  }

  /** Functions of this package that Go declares get the compiler's argument map and description. */
  #addArgumentMaps(f: ParsedFunction): void {
    const { name, abi } = f.sym;
    if (abi === 1 || !name.startsWith(`${pathToPrefix(this.#pkgPath)}.`)) return;
    // A host function; the linker has its own way with it.
    if (name === 'runtime.addmoduledata') return;
    for (const [index, suffix] of [
      [FUNCDATA_ArgsPointerMaps, 'args_stackmap'],
      [FUNCDATA_ArgInfo, 'arginfo0'],
    ] as const) {
      if (hasFuncdata(f, index)) continue;
      const p = new Prog(AFUNCDATA, f.base, f.line);
      p.from.setConst(index);
      p.to.setSym(this.#derived(f.sym, `${name}.${suffix}`), 0);
      p.link = f.first;
      f.first = p;
    }
  }

  #assembleFunction(f: ParsedFunction): void {
    const fn: FuncInput = {
      sym: f.sym,
      abi: f.sym.isStatic ? ABI0 : f.sym.abi,
      flags: f.flags,
      frameSize: f.frameSize,
      argSize: f.argSize,
      first: f.first,
      startLine: f.line,
      startBase: f.base,
      posBases: this.#positions.bases,
      inlinedCalls: [],
      spills: [],
      funcdata: this.#funcdataOf(f),
      fromAssembly: true,
      systemStack: false,
    };
    const code = assembleFunction(fn, this.#machine.target, this.#context);
    if (code === null) return;
    const info = this.#builder.newAnonymous(0);
    writeFunctionEntry(info, code, {
      isDwarf5: this.#options.experiments?.includes('dwarf5') ?? true,
      functionCount,
      base: this.#positions.bases[f.base]!,
    });
    const lines = this.#builder.newAnonymous(0);
    writeLineProgram(lines, code, this.#positions.bases);
    defineFunction(this.#builder, code);
    if (this.#options.listing === true) this.#functions.push(code);
    const { func } = f.sym;
    func!.dwarfInfo = info;
    func!.dwarfLines = lines;
    if (this.#options.goos === 'windows') {
      func!.seh = this.#machine.target.sehUnwindInfo?.(this.#builder, code) ?? null;
    }
  }

  #funcdataOf(f: ParsedFunction): (ObjSym | null)[] {
    const symbols: (ObjSym | null)[] = [];
    for (let p = f.first; p !== null; p = p.link) {
      if (p.as !== AFUNCDATA) continue;
      const index = p.from.offset;
      while (symbols.length <= index) symbols.push(null);
      // Upstream looks only at what is right so far.
      if (symbols[index] !== null && this.#errors === 0) {
        this.#context.error(p, `multiple definitions for FUNCDATA $${index}`);
      }
      symbols[index] = p.to.sym;
    }
    return symbols;
  }
}

function hasFuncdata(f: ParsedFunction, index: number): boolean {
  for (let p = f.first; p !== null; p = p.link) {
    if (p.as === AFUNCDATA && p.from.offset === index) return true;
  }
  return false;
}
