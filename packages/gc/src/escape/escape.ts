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
import {
  type Case,
  Esc,
  type Expr,
  ExprOp,
  type Func,
  LocalClass,
  type LocalVar,
  type Stmt,
} from '../ir/node.ts';
import { type FuncSym, Pragma } from '../ir/sym.ts';
import { expr as visitExpr } from './expr.ts';
import { Graph, rootOf } from './graph.ts';
import { Leaks, type ParamLeaks } from './leaks.ts';
import { solve } from './solve.ts';
import { body, stmts } from './stmt.ts';
import { Usage } from './usage.ts';
import { type CalleeInfo, Walker } from './walker.ts';

/** Values up to this size that are never assigned again are copied into closures. */
const maxByValue = 128;

/** Something that will be allocated in the heap although it is not asked for explicitly. */
export interface HeapVariable {
  readonly fn: Func;
  readonly local: LocalVar | null;
  /** A function literal whose object is allocated. */
  readonly closure: Expr | null;
}

export class EscapeAnalysis implements CalleeInfo {
  readonly #imported: (f: FuncSym) => ParamLeaks | null;
  readonly #leaks = new Map<FuncSym, ParamLeaks>();
  /** Variables moved to the heap and literals allocated there: errors in runtime packages. */
  readonly heapVariables: HeapVariable[] = [];

  /** `imported`: leaks of functions of other packages; null if nothing is known. */
  constructor(imported: (f: FuncSym) => ParamLeaks | null) {
    this.#imported = imported;
  }

  leaksOf(f: FuncSym): ParamLeaks | null {
    return this.#leaks.get(f) ?? this.#imported(f);
  }

  /** Analyses functions (outermost ones) whose callees are among them, analysed already, or unknown. */
  run(funcs: readonly Func[]): void {
    for (const batch of bottomUp(funcs)) this.#batch(batch);
  }

  #batch(funcs: readonly Func[]): void {
    const graph = new Graph();
    const members = new Map<FuncSym, Func>();
    for (const fn of funcs) addMembers(fn, members);
    const usages = funcs.map((fn) => {
      const usage = new Usage(fn);
      decideCaptures(fn);
      return usage;
    });
    funcs.forEach((fn, i) => {
      const usage = usages[i]!;
      body(
        new Walker({
          visit: { expr: visitExpr, stmts },
          graph,
          callees: this,
          batch: members,
          usage,
          fn,
        }),
        fn,
      );
    });
    solve(graph);
    this.#finish(graph, funcs);
  }

  #finish(graph: Graph, funcs: readonly Func[]): void {
    for (const loc of graph.all) {
      if (loc.local !== null) {
        loc.local.onHeap = loc.escapes;
        if (loc.escapes) this.heapVariables.push({ fn: loc.fn!, local: loc.local, closure: null });
      } else if (loc.expr !== null) {
        loc.expr.esc = loc.escapes ? Esc.Heap : Esc.Stack;
        if (loc.escapes && loc.expr.op === ExprOp.Closure && !graph.started.has(loc.expr)) {
          this.heapVariables.push({ fn: loc.fn!, local: null, closure: loc.expr });
        }
      }
    }
    for (const fn of funcs) {
      this.#leaks.set(
        fn.sym,
        fn.params.map((v) => {
          const loc = graph.ofLocal(v);
          if (loc === undefined) return new Leaks();
          if (loc.escapes) return Leaks.toHeap();
          loc.leaks!.optimize();
          return loc.leaks!;
        }),
      );
    }
  }
}

/** Leaks of a function without body: everything, unless it promises otherwise. */
export function leaksWithoutBody(f: FuncSym): ParamLeaks {
  const isNoescape = (f.pragma & Pragma.Noescape) !== 0;
  return f.type.params.map(() => (isNoescape ? new Leaks() : Leaks.toHeap()));
}

function addMembers(fn: Func, members: Map<FuncSym, Func>): void {
  members.set(fn.sym, fn);
  for (const closure of fn.closures) addMembers(closure, members);
}

/** By value if the variable never changes; a variable captured by reference has its address taken. */
function decideCaptures(fn: Func): void {
  for (const closure of fn.closures) {
    for (const v of closure.captures) {
      const root = rootOf(v);
      // Every return statement with operands assigns the results.
      const changes = root.addrTaken || root.reassigned || root.class === LocalClass.Result;
      v.byValue = !changes && root.type.size <= maxByValue;
    }
    decideCaptures(closure);
  }
  markReferenced(fn);
}

function markReferenced(fn: Func): void {
  for (const closure of fn.closures) {
    for (const v of closure.captures) {
      if (!v.byValue) {
        for (let x: LocalVar | null = v.outer; x !== null; x = x.outer) x.addrTaken = true;
      }
    }
  }
}

/** Strongly connected components of the call graph, callees before callers. Tarjan, iteratively. */
function bottomUp(funcs: readonly Func[]): Func[][] {
  const index = new Map<FuncSym, number>();
  funcs.forEach((fn, i) => index.set(fn.sym, i));
  const callees = funcs.map((fn) => {
    const targets = new Set<number>();
    collectCallees(fn, (f) => {
      const i = index.get(f);
      if (i !== undefined) targets.add(i);
    });
    return [...targets];
  });
  const order = new Int32Array(funcs.length).fill(-1);
  const low = new Int32Array(funcs.length);
  const onStack = new Uint8Array(funcs.length);
  const stack: number[] = [];
  const components: Func[][] = [];
  let counter = 0;
  for (let start = 0; start < funcs.length; start++) {
    if (order[start] !== -1) continue;
    const path = [{ node: start, next: 0 }];
    order[start] = low[start] = counter++;
    stack.push(start);
    onStack[start] = 1;
    while (path.length > 0) {
      const top = path.at(-1)!;
      const { node } = top;
      const target = callees[node]![top.next];
      if (target !== undefined) {
        top.next++;
        if (order[target] === -1) {
          order[target] = low[target] = counter++;
          stack.push(target);
          onStack[target] = 1;
          path.push({ node: target, next: 0 });
        } else if (onStack[target] === 1) {
          low[node] = Math.min(low[node]!, order[target]!);
        }
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent.node] = Math.min(low[parent.node]!, low[node]!);
      if (low[node] === order[node]) components.push(popComponent(stack, onStack, node, funcs));
    }
  }
  return components;
}

function popComponent(
  stack: number[],
  onStack: Uint8Array,
  root: number,
  funcs: readonly Func[],
): Func[] {
  const members: number[] = [];
  for (;;) {
    const node = stack.pop()!;
    onStack[node] = 0;
    members.push(node);
    if (node === root) break;
  }
  return members.sort((a, b) => a - b).map((i) => funcs[i]!);
}

function collectCallees(fn: Func, visit: (f: FuncSym) => void): void {
  const expr = (e: Expr | null): void => {
    if (e === null) return;
    if (e.op === ExprOp.CallStatic || e.op === ExprOp.FuncRef) visit(e.func!);
    expr(e.x);
    expr(e.y);
    for (const part of e.list) expr(part);
    for (const s of e.stmts) stmt(s);
  };
  const inCase = (c: Case): void => {
    for (const e of c.exprs) expr(e);
    if (c.comm !== null) stmt(c.comm);
    for (const s of c.body) stmt(s);
  };
  const stmt = (s: Stmt): void => {
    expr(s.x);
    for (const e of s.lhs) expr(e);
    for (const e of s.rhs) expr(e);
    for (const list of [s.init, s.body, s.post, s.orelse]) for (const inner of list) stmt(inner);
    for (const c of s.cases) inCase(c);
  };
  for (const s of fn.body) stmt(s);
  for (const closure of fn.closures) collectCallees(closure, visit);
}
