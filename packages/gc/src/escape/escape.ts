/**
 * Escape analysis: which variables and allocations can live in the frame of their function.
 *
 * Functions are analysed callees first, those that call each other together. Within such a batch
 * arguments flow into the callee's parameters; of functions analysed before, and of imported ones,
 * only the leaks of their parameters are known (leaks.ts). The result is written into the IR:
 * `LocalVar.onHeap`, `Expr.esc`, `Stmt.esc`, and whether closures capture by value; and `leaksOf` a
 * function for its callers in other packages.
 *
 * GOROOT: src/cmd/compile/internal/escape. Contract §9.
 */
import { bottomUp } from '../ir/bottom-up.ts';
import { Esc, type Expr, ExprOp, type Func, type LocalVar } from '../ir/node.ts';
import { type FuncSym, Pragma } from '../ir/sym.ts';
import { Kind } from '../ir/type.ts';
import { expr as visitExpr } from './expr.ts';
import { addrOf, Attr, Graph, type Location, rootOf } from './graph.ts';
import { Leaks, type ParamLeaks } from './leaks.ts';
import { heapReasonOf, heapReasonOfLocal, type StackLimits, usualLimits } from './limits.ts';
import { rewriteWithLiterals } from './literals.ts';
import type { EscapeReport } from './report.ts';
import { solve } from './solve.ts';
import { body, stmts } from './stmt.ts';
import { Usage } from './usage.ts';
import { type CalleeInfo, type MadeClosure, Walker } from './walker.ts';

/** Values up to this size that are never assigned again are copied into closures. */
const maxByValue = 128;

/** Something that will be allocated in the heap although it is not asked for explicitly. */
export interface HeapVariable {
  readonly fn: Func;
  readonly local: LocalVar | null;
  /** A function literal whose object is allocated. */
  readonly closure: Expr | null;
}

interface EscapeOptions {
  readonly report: EscapeReport | null;
  readonly limits?: StackLimits;
}

export class EscapeAnalysis implements CalleeInfo {
  readonly #imported: (f: FuncSym) => ParamLeaks | null;
  readonly #report: EscapeReport | null;
  readonly #limits: StackLimits;
  readonly #leaks = new Map<FuncSym, ParamLeaks>();
  /** Variables moved to the heap and literals allocated there: errors in runtime packages. */
  readonly heapVariables: HeapVariable[] = [];

  /** `imported`: leaks of functions of other packages; null if nothing is known. */
  constructor(imported: (f: FuncSym) => ParamLeaks | null, options: EscapeOptions) {
    this.#imported = imported;
    this.#report = options.report;
    this.#limits = options.limits ?? usualLimits;
  }

  leaksOf(f: FuncSym): ParamLeaks | null {
    return this.#leaks.get(f) ?? this.#imported(f);
  }

  /** Analyses functions (outermost ones) whose callees are among them, analysed already, or unknown. */
  run(funcs: readonly Func[]): void {
    for (const batch of bottomUp(funcs)) this.#batch(batch);
  }

  #batch(funcs: readonly Func[]): void {
    const report = this.#report;
    const explains = report !== null && report.explains;
    const graph = new Graph(explains ? (root, l, edge) => report.escapes(root, l, edge) : null);
    report?.begin(graph);
    const members = new Map<FuncSym, Func>();
    for (const fn of funcs) addMembers(fn, members);
    const closures: MadeClosure[] = [];
    const usages = new Map<Func, Usage>();
    const walkers = funcs.map((fn) => {
      const usage = new Usage(fn);
      usages.set(fn, usage);
      return new Walker({
        visit: { expr: visitExpr, stmts, body },
        graph,
        callees: this,
        batch: members,
        usage,
        fn,
        closures,
        onSelfAssign: (s) => report?.selfAssignment(s),
        explains,
      });
    });
    for (const w of walkers) declareLocals(w);
    for (const w of walkers) body(w);
    for (const made of closures) this.#capture(graph, made);
    for (const loc of graph.all) this.#force(graph, loc, usages);
    solve(graph, explains ? report : null);
    this.#finish(graph, [...members.values()]);
  }

  /** Decides how a literal holds its variables: by value if they do not change any more. */
  #capture(graph: Graph, { hole, expr, fn }: MadeClosure): void {
    for (const v of expr.closure!.captures) {
      const root = rootOf(v);
      const loc = graph.ofLocal(v)!;
      v.byValue = !loc.addrTaken && !loc.reassigned && root.type.size <= maxByValue;
      if (!v.byValue) {
        for (let x: LocalVar | null = v.outer; x !== null; x = x.outer) x.addrTaken = true;
        loc.addrTaken = true;
      }
      this.#report?.capture(loc, v);
      const k = v.byValue ? hole : addrOf(hole);
      graph.flow(this.#report?.captured(k, expr, fn, v) ?? k, loc);
    }
  }

  /** What cannot be on the stack, whatever happens to it. */
  #force(graph: Graph, loc: Location, usages: ReadonlyMap<Func, Usage>): void {
    const { local, expr } = loc;
    if (expr !== null) rewriteWithLiterals(expr, usages.get(outermostFunc(loc.fn!))!);
    let reason: string | null = null;
    if (local !== null) reason = heapReasonOfLocal(local, this.#limits);
    else if (expr !== null) reason = heapReasonOf(expr, this.#limits);
    if (reason === null) return;
    const k = addrOf(graph.heapHole);
    graph.flow(this.#report?.forced(k, loc, reason) ?? k, loc);
  }

  #finish(graph: Graph, funcs: readonly Func[]): void {
    for (const fn of funcs) {
      const leaks = fn.params.map((v) => {
        const loc = graph.ofLocal(v);
        if (loc === undefined || v.name === '' || v.name === '_') return new Leaks();
        loc.leaks!.optimize();
        return loc.leaks!;
      });
      this.#report?.params(fn, leaks, graph);
      this.#leaks.set(
        fn.sym,
        leaks.map((l, i) => (graph.ofLocal(fn.params[i]!)?.escapes === true ? Leaks.toHeap() : l)),
      );
    }
    for (const loc of graph.all) {
      if (loc.local !== null) {
        loc.local.onHeap = loc.escapes;
        loc.local.addrTaken ||= loc.addrTaken;
        if (loc.escapes) this.heapVariables.push({ fn: loc.fn!, local: loc.local, closure: null });
      } else if (loc.expr !== null) {
        this.#decide(graph, loc, loc.expr);
      }
      this.#report?.decided(loc);
    }
  }

  #decide(graph: Graph, loc: Location, e: Expr): void {
    e.esc = loc.escapes ? Esc.Heap : Esc.Stack;
    if (isBytesOfString(e) && (loc.attrs & Attr.Mutates) === 0) e.esc = Esc.Alias;
    const allocates = e.op === ExprOp.Closure && e.closure!.captures.length > 0;
    if (loc.escapes && allocates && !graph.started.has(e)) {
      this.heapVariables.push({ fn: loc.fn!, local: null, closure: e });
    }
  }
}

/** `[]byte(s)` */
function isBytesOfString(e: Expr): boolean {
  if (e.op !== ExprOp.Convert || e.x!.type.kind !== Kind.String) return false;
  return e.type.kind === Kind.Slice && e.type.elem!.kind === Kind.Uint8;
}

/** Leaks of a function without body: everything, unless it promises otherwise. */
export function leaksWithoutBody(f: FuncSym): ParamLeaks {
  const isNoescape = (f.pragma & Pragma.Noescape) !== 0;
  return f.type.params.map(() => (isNoescape ? Leaks.stays() : Leaks.toHeap()));
}

function addMembers(fn: Func, members: Map<FuncSym, Func>): void {
  members.set(fn.sym, fn);
  for (const closure of fn.closures) addMembers(closure, members);
}

/** Locations of all variables of a function and its literals, in the order of their declarations. */
function declareLocals(w: Walker): void {
  for (const v of w.fn.locals) if (v.outer === null) w.newLocal(v);
  for (const closure of w.fn.closures) declareLocals(w.enter(closure));
}

function outermostFunc(fn: Func): Func {
  let f = fn;
  while (f.outer !== null) f = f.outer;
  return f;
}
