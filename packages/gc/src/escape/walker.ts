/**
 * The state of building the graph of one function: where new locations go, how deep in loops we are.
 */
import { type Expr, type Func, LocalClass, type LocalVar, type Stmt } from '../ir/node.ts';
import type { FuncSym } from '../ir/sym.ts';
import { type Graph, type Hole, Location, rootOf } from './graph.ts';
import type { ParamLeaks } from './leaks.ts';
import { heapReasonOf, heapReasonOfLocal } from './limits.ts';
import type { Usage } from './usage.ts';

/** What is known of functions outside the batch under analysis. */
export interface CalleeInfo {
  /** Leaks of a function analysed before, or imported; null if nothing is known. */
  leaksOf(f: FuncSym): ParamLeaks | null;
}

/** The walk over expressions and statements, as far as one calls the other (wired in escape.ts). */
export interface Visit {
  expr(w: Walker, k: Hole, e: Expr): void;
  stmts(w: Walker, list: readonly Stmt[]): void;
}

export class Walker {
  readonly visit: Visit;
  readonly graph: Graph;
  readonly callees: CalleeInfo;
  /** Functions of the batch by symbol, literals included: arguments flow into their parameters. */
  readonly batch: ReadonlyMap<FuncSym, Func>;
  readonly usage: Usage;
  fn: Func;
  loopDepth = 1;
  /** Labels of the function that are jumped to from behind. */
  looping: ReadonlySet<Stmt> = new Set();

  constructor(init: {
    visit: Visit;
    graph: Graph;
    callees: CalleeInfo;
    batch: ReadonlyMap<FuncSym, Func>;
    usage: Usage;
    fn: Func;
  }) {
    this.visit = init.visit;
    this.graph = init.graph;
    this.callees = init.callees;
    this.batch = init.batch;
    this.usage = init.usage;
    this.fn = init.fn;
  }

  /** Another function of the same outermost function. */
  enter(fn: Func): Walker {
    const { visit, graph, callees, batch, usage } = this;
    return new Walker({ visit, graph, callees, batch, usage, fn });
  }

  /** The location of a variable, declared on first sight at the present loop depth. */
  local(v: LocalVar): Location {
    return this.graph.ofLocal(v) ?? this.declare(rootOf(v));
  }

  /** A declaration executed: in a loop every turn has a variable of its own. */
  declare(v: LocalVar): Location {
    const known = this.graph.ofLocal(v);
    if (known !== undefined) {
      known.loopDepth = this.loopDepth;
      return known;
    }
    const isResult = v.class === LocalClass.Result;
    const loc = this.graph.add(
      new Location({
        local: v,
        fn: this.fn,
        loopDepth: this.loopDepth,
        isParam: v.class === LocalClass.Param,
        resultIndex: isResult ? this.fn.results.indexOf(v) : -1,
      }),
    );
    if (heapReasonOfLocal(v) !== null) this.graph.flow({ dst: this.graph.heap, derefs: -1 }, loc);
    return loc;
  }

  /** What `e` allocates; its address goes to `k`. The result is the hole for its contents. */
  spill(k: Hole, e: Expr): Hole {
    const loc = this.graph.add(new Location({ expr: e, fn: this.fn, loopDepth: this.loopDepth }));
    if (heapReasonOf(e) !== null) this.graph.flow({ dst: this.graph.heap, derefs: -1 }, loc);
    this.graph.flow({ dst: k.dst, derefs: k.derefs - 1 }, loc);
    return { dst: loc, derefs: 0 };
  }

  /** A value that is kept for a while. */
  temp(): Hole {
    const loc = this.graph.add(new Location({ fn: this.fn, loopDepth: this.loopDepth }));
    return { dst: loc, derefs: 0 };
  }
}
