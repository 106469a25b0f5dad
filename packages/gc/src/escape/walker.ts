/**
 * The state of building the graph of one function: where new locations go, how deep in loops we are.
 */
import { type Expr, type Func, LocalClass, type LocalVar, type Stmt } from '../ir/node.ts';
import type { FuncSym } from '../ir/sym.ts';
import { addrOf, derefOf, type Graph, type Hole, holeOf, Location, rootOf } from './graph.ts';
import type { ParamLeaks } from './leaks.ts';
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
  body(w: Walker): void;
}

/** A literal met, with the hole of its object. */
export interface MadeClosure {
  readonly hole: Hole;
  readonly expr: Expr;
  readonly fn: Func;
}

/** An assignment that is left out because it moves a value within what it is in already. */
export interface SelfAssignment {
  readonly fn: Func;
  readonly stmt: Stmt;
}

interface WalkerInit {
  readonly visit: Visit;
  readonly graph: Graph;
  readonly callees: CalleeInfo;
  readonly batch: ReadonlyMap<FuncSym, Func>;
  readonly usage: Usage;
  readonly fn: Func;
  readonly closures: MadeClosure[];
  readonly onSelfAssign: (s: SelfAssignment) => void;
  /** Whether ways are to be noted, for -m=2. */
  readonly explains: boolean;
}

export class Walker {
  readonly visit: Visit;
  readonly graph: Graph;
  readonly callees: CalleeInfo;
  /** Functions of the batch by symbol, literals included: arguments flow into their parameters. */
  readonly batch: ReadonlyMap<FuncSym, Func>;
  readonly usage: Usage;
  readonly closures: MadeClosure[];
  readonly onSelfAssign: (s: SelfAssignment) => void;
  readonly explains: boolean;
  fn: Func;
  loopDepth = 1;
  /** Labels of the function that are jumped to from behind. */
  looping: ReadonlySet<Stmt> = new Set();

  constructor(init: WalkerInit) {
    this.visit = init.visit;
    this.graph = init.graph;
    this.callees = init.callees;
    this.batch = init.batch;
    this.usage = init.usage;
    this.closures = init.closures;
    this.onSelfAssign = init.onSelfAssign;
    this.explains = init.explains;
    this.fn = init.fn;
  }

  /** Another function of the same outermost function. */
  enter(fn: Func): Walker {
    const { visit, graph, callees, batch, usage, closures, onSelfAssign, explains } = this;
    return new Walker({
      visit,
      graph,
      callees,
      batch,
      usage,
      closures,
      onSelfAssign,
      explains,
      fn,
    });
  }

  /** `k` with a step noted; `why` in upstream's words. */
  note(k: Hole, where: Expr | Stmt, why: string): Hole {
    if (!this.explains) return k;
    const isStmt = 'lhs' in where;
    const expr = isStmt ? null : where;
    const stmt = isStmt ? where : null;
    const notes = { next: k.notes, expr, stmt, why, fn: this.fn };
    return { ...k, notes };
  }

  addr(k: Hole, where: Expr | Stmt, why: string): Hole {
    return this.note(addrOf(k), where, why);
  }

  deref(k: Hole, where: Expr | Stmt, why: string): Hole {
    return this.note(derefOf(k), where, why);
  }

  tee(...holes: Hole[]): Hole {
    return this.graph.tee(this.fn, this.loopDepth, holes);
  }

  /** The location of a variable. */
  local(v: LocalVar): Location {
    return this.graph.ofLocal(v) ?? this.newLocal(rootOf(v));
  }

  newLocal(v: LocalVar): Location {
    const isResult = v.class === LocalClass.Result;
    return this.graph.add(
      new Location({
        local: v,
        fn: this.fn,
        isParam: v.class === LocalClass.Param,
        resultIndex: isResult ? this.fn.results.indexOf(v) : -1,
      }),
    );
  }

  /** A declaration executed: in a loop every turn has a variable of its own. */
  declare(v: LocalVar): Location {
    const loc = this.local(v);
    loc.loopDepth = this.loopDepth;
    return loc;
  }

  /** What `e` allocates; its address goes to `k`. The result is the hole for its contents. */
  spill(k: Hole, e: Expr): Hole {
    const loc = this.graph.add(new Location({ expr: e, fn: this.fn, loopDepth: this.loopDepth }));
    this.graph.flow(this.addr(k, e, 'spill'), loc);
    return holeOf(loc);
  }

  /** A value that is kept for a while. */
  temp(): Hole {
    return holeOf(this.graph.add(new Location({ fn: this.fn, loopDepth: this.loopDepth })));
  }
}
