/**
 * Which functions an object must contain, and their IR, ready to be lowered.
 *
 * A package compiles its own functions and methods, wrappers of its own types, and everything that
 * is generic or unnamed and reached from there: instances (recursively), wrappers of unnamed and
 * instantiated types, method value closures. What is needed is found as code is generated (`need`), so
 * nothing is compiled that no code or descriptor mentions.
 *
 * Before lowering, functions are inlined into and analysed for escapes, in batches: a batch is a set of
 * functions with all instances that they refer to, so that callees come before callers.
 */
import { EscapeAnalysis, leaksWithoutBody } from './escape/escape.ts';
import { decodeParamLeaks, encodeParamLeaks, type ParamLeaks } from './escape/leaks.ts';
import { smallLimits, usualLimits } from './escape/limits.ts';
import { EscapeReport } from './escape/report.ts';
import { type BodyReader } from './importer/body-reader.ts';
import { type DeclOrigin, type PackageUnit } from './importer/loader.ts';
import { Inliner } from './inline/inline.ts';
import { UserFormat } from './ir/format.ts';
import { type Func } from './ir/node.ts';
import { type FuncSym } from './ir/sym.ts';
import { walkStmt } from './ir/walk.ts';
import { type Remarks } from './remarks.ts';
import { isIntrinsic } from './ssa/build/intrinsics.ts';
import { type Summary } from './summary.ts';

export interface FunctionsInit {
  readonly reader: BodyReader;
  readonly pkg: PackageUnit;
  /** What is known of an imported package. */
  readonly summaryOf: (path: string) => Summary | null;
  readonly amd64Level: number;
  readonly noInline: boolean;
  readonly smallFrames: boolean;
  readonly remarks: Remarks;
}

export class Functions {
  readonly escape: EscapeAnalysis;
  readonly inliner: Inliner;
  readonly #init: FunctionsInit;
  /** Read and inlined into, not yet analysed. */
  readonly #read = new Map<FuncSym, Func>();
  readonly #prepared = new Map<FuncSym, Func>();
  readonly #queue: (FuncSym | Func)[] = [];
  readonly #seen = new Set<FuncSym>();

  constructor(init: FunctionsInit) {
    this.#init = init;
    const { reader, remarks } = init;
    const format = new UserFormat(init.pkg.path);
    this.escape = new EscapeAnalysis((f) => this.#importedLeaks(f), {
      report: remarks.m > 0 ? new EscapeReport(remarks, format) : null,
      limits: init.smallFrames ? smallLimits : usualLimits,
    });
    this.inliner = new Inliner({
      hasBody: (f) => reader.hasBody(f),
      readBody: (f) => reader.readBody(f),
      isIntrinsic: (f) => isIntrinsic(f.name, init.amd64Level),
      knownCost: (f) => this.#importedCost(f),
      wrappers: reader.wrappers,
      noInline: init.noInline,
      remarks,
      format,
    });
  }

  /** Whether the object being made has to define `f`. */
  belongs(f: FuncSym): boolean {
    const { reader, pkg } = this.#init;
    return (f.dupok || f.pkgPath === pkg.path) && reader.hasBody(f);
  }

  /** `f` is referred to: compiles it if it belongs here. */
  need(f: FuncSym): void {
    if (this.#seen.has(f) || !this.belongs(f)) return;
    this.#seen.add(f);
    this.#queue.push(f);
  }

  /** A function whose IR is at hand. */
  add(fn: Func): void {
    if (this.#seen.has(fn.sym)) return;
    this.#seen.add(fn.sym);
    this.#queue.push(fn);
  }

  /** The next function to compile, ready to be lowered; null: none at present. */
  next(): Func | null {
    const item = this.#queue.shift();
    if (item === undefined) return null;
    if ('body' in item) return item;
    if (!this.#prepared.has(item)) this.prepare([item]);
    const fn = this.#prepared.get(item)!;
    this.#prepared.delete(item);
    return fn;
  }

  /** Reads a function and inlines into it; for those who want to change it before it is analysed. */
  read(f: FuncSym): Func {
    const fn = this.#init.reader.readBody(f);
    this.inliner.run(fn);
    return fn;
  }

  /** Reads functions of the package, decides which of them can be inlined, and inlines into them. */
  readAll(syms: readonly FuncSym[]): void {
    const funcs = syms.map((f) => this.#init.reader.readBody(f));
    if (!this.#init.noInline) this.inliner.decide(funcs);
    this.inliner.runAll(funcs);
    for (const fn of funcs) this.#read.set(fn.sym, fn);
  }

  #take(f: FuncSym): Func {
    const fn = this.#read.get(f);
    if (fn === undefined) return this.read(f);
    this.#read.delete(f);
    return fn;
  }

  /** Reads and analyses functions with all that they refer to and that belongs here. */
  prepare(roots: readonly FuncSym[], given: readonly Func[] = []): void {
    const batch: Func[] = [];
    const todo: FuncSym[] = [];
    const visit = (f: FuncSym): void => {
      if (this.#prepared.has(f) || this.escape.leaksOf(f) !== null || !this.belongs(f)) return;
      todo.push(f);
    };
    const take = (fn: Func): void => {
      this.#prepared.set(fn.sym, fn);
      batch.push(fn);
      forEachReference(fn, visit);
    };
    for (const fn of given) take(fn);
    for (const f of roots) {
      if (!this.#prepared.has(f)) take(this.#take(f));
    }
    for (let f = todo.pop(); f !== undefined; f = todo.pop()) {
      if (!this.#prepared.has(f)) take(this.#take(f));
    }
    this.escape.run(batch);
  }

  #importedLeaks(f: FuncSym): ParamLeaks | null {
    if (!f.hasBody) return leaksWithoutBody(f);
    const origin = f.origin as DeclOrigin | null;
    if (origin === null || origin.kind !== 'decl' || origin.env.args.length > 0) return null;
    if (origin.pkg === this.#init.pkg) return null;
    const text = this.#init.summaryOf(origin.pkg.path)?.leaks.get(origin.num);
    return text === undefined ? null : decodeParamLeaks(text, f.type.params.length);
  }

  #importedCost(f: FuncSym): number | null | undefined {
    const origin = f.origin as DeclOrigin | null;
    if (origin === null || origin.kind !== 'decl' || origin.env.args.length > 0) return undefined;
    if (origin.pkg === this.#init.pkg) return undefined;
    const summary = this.#init.summaryOf(origin.pkg.path);
    return summary === null ? undefined : (summary.costs.get(origin.num) ?? null);
  }

  /** What it costs to inline the package's own functions, for its summary. */
  costsForExport(syms: readonly FuncSym[]): Map<number, number> {
    const out = new Map<number, number>();
    for (const f of syms) {
      const cost = this.inliner.inlineCost(f);
      if (cost !== null) out.set((f.origin as DeclOrigin).num, cost);
    }
    return out;
  }

  /** Leaks of the package's own functions, for its summary. */
  leaksForExport(syms: readonly FuncSym[]): Map<number, string> {
    const out = new Map<number, string>();
    for (const f of syms) {
      const leaks = this.escape.leaksOf(f);
      if (leaks !== null && f.hasBody) {
        out.set((f.origin as DeclOrigin).num, encodeParamLeaks(leaks));
      }
    }
    return out;
  }
}

function forEachReference(fn: Func, visit: (f: FuncSym) => void): void {
  for (const s of fn.body) {
    walkStmt(s, (e) => {
      if (e.func !== null) visit(e.func);
    });
  }
  for (const closure of fn.closures) forEachReference(closure, visit);
}
