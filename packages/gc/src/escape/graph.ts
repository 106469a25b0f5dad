/**
 * The data-flow graph of escape analysis.
 *
 * A `Location` is anything that holds a value: a variable, what an expression allocates, or a
 * pseudo-location (the heap, what is written through, what is called, nowhere). An edge dst ← src with
 * `derefs` says what flows:
 *
 *     p = &q    -1        p = q    0        p = *q    1        p = **q    2
 *
 * Everything that is not a variable or an allocation is tracked only as far as pointers go: elements
 * of arrays, fields of structs and contents of interfaces are one with the whole.
 *
 * A `Hole` is where an expression's value goes, with the dereferences still to be applied, and, for
 * -m=2, with the expressions that it passed on its way.
 *
 * Invariants: (1) a pointer to stack memory is never stored in the heap; (2) nor in a variable that
 * outlives what it points to. Whatever would break them is allocated in the heap (solve.ts).
 *
 * GOROOT: src/cmd/compile/internal/escape (the model). Spec says nothing: it is an optimisation that
 * the runtime relies on (contract §9).
 */
import type { Expr, Func, LocalVar, Stmt } from '../ir/node.ts';
import { Leaks } from './leaks.ts';

/** A step on the way of a value, for explanations. */
export interface Note {
  readonly next: Note | null;
  readonly expr: Expr | null;
  readonly stmt: Stmt | null;
  readonly why: string;
  /** The function whose position table `expr` and `stmt` refer to. */
  readonly fn: Func;
}

export class Edge {
  readonly src: Location;
  /** −1: address of src; n ≥ 0: src dereferenced n times. */
  readonly derefs: number;
  readonly notes: Note | null;

  constructor(src: Location, derefs: number, notes: Note | null) {
    this.src = src;
    this.derefs = derefs;
    this.notes = notes;
  }
}

/** What is known of a location, as bits. */
export const Attr = {
  /** Must be in the heap. */
  Escapes: 1,
  /** Memory that is reachable from it may be written. */
  Mutates: 2,
  /** A function that is reachable from it may be called where its results are lost sight of. */
  Calls: 4,
} as const;

export class Location {
  readonly local: LocalVar | null;
  readonly expr: Expr | null;
  /** The function whose frame would hold it. */
  readonly fn: Func | null;
  /** Nesting of loops at the declaration, from 1. */
  loopDepth: number;
  readonly edges: Edge[] = [];
  attrs = 0;
  /** Parameters: where the value leaks. */
  readonly leaks: Leaks | null;
  /** Results: index, −1 otherwise. */
  readonly resultIndex: number;
  /** Taken by a function literal already. */
  captured: boolean = false;
  /** Assigned after its declaration, as far as literals that capture it can tell. */
  reassigned: boolean = false;
  addrTaken: boolean = false;
  /** State of the walk in solve.ts: generation, least dereferences, the next step to the root. */
  walk = 0;
  derefs = 0;
  via: Location | null = null;
  viaEdge: Edge | null = null;
  queued: boolean = false;
  queuedInWalk = 0;

  constructor(init: LocationInit) {
    this.local = init.local ?? null;
    this.expr = init.expr ?? null;
    this.fn = init.fn ?? null;
    this.loopDepth = init.loopDepth ?? 1;
    this.leaks = init.isParam === true ? new Leaks() : null;
    this.resultIndex = init.resultIndex ?? -1;
  }

  get escapes(): boolean {
    return (this.attrs & Attr.Escapes) !== 0;
  }
}

interface LocationInit {
  readonly local?: LocalVar;
  readonly expr?: Expr;
  readonly fn?: Func | null;
  readonly loopDepth?: number;
  readonly isParam?: boolean;
  readonly resultIndex?: number;
}

export interface Hole {
  readonly dst: Location;
  /** Applied to the value before it is stored: −1 its address, n its n-fold dereference. */
  readonly derefs: number;
  /** The address of the expression is taken, wherever it may go. */
  readonly addrTaken: boolean;
  readonly notes: Note | null;
}

export function holeOf(dst: Location): Hole {
  return { dst, derefs: 0, addrTaken: false, notes: null };
}

function shift(k: Hole, delta: number): Hole {
  return { dst: k.dst, derefs: k.derefs + delta, addrTaken: delta < 0, notes: k.notes };
}

/** The hole for x when &x is to be stored in `k`. */
export function addrOf(k: Hole): Hole {
  return shift(k, -1);
}

/** The hole for x when *x is to be stored in `k`. */
export function derefOf(k: Hole, times = 1): Hole {
  return shift(k, times);
}

/** Is told why a location goes to the heap (-m=2), before it does. */
type Explain = (root: Location, escaping: Location, edge: Edge | null) => void;

/** The variable that a chain of captures stands for. */
export function rootOf(v: LocalVar): LocalVar {
  let root = v;
  while (root.outer !== null) root = root.outer;
  return root;
}

export class Graph {
  readonly heap = new Location({ loopDepth: 0 });
  /** Pointers through which something is written flow here. */
  readonly mutator = new Location({});
  /** Functions of which some are called, nobody knows which, flow here. */
  readonly callee = new Location({});
  readonly blank = new Location({});
  readonly all: Location[] = [];
  /** Literals that `go` starts: in the heap as a matter of course. */
  readonly started = new Set<Expr>();
  /** Literals whose results are lost sight of. */
  readonly resultsLost = new Set<Func>();
  readonly #ofLocal = new Map<LocalVar, Location>();
  readonly #explain: Explain | null;

  constructor(explain: Explain | null) {
    this.#explain = explain;
    this.heap.attrs = Attr.Escapes | Attr.Mutates | Attr.Calls;
    this.mutator.attrs = Attr.Mutates;
    this.callee.attrs = Attr.Calls;
  }

  readonly discardHole: Hole = holeOf(this.blank);
  readonly heapHole: Hole = holeOf(this.heap);
  readonly mutatorHole: Hole = holeOf(this.mutator);
  readonly calleeHole: Hole = holeOf(this.callee);

  add(loc: Location): Location {
    this.all.push(loc);
    if (loc.local !== null) this.#ofLocal.set(loc.local, loc);
    return loc;
  }

  /** The location of a variable; a captured one's is that of the variable itself. */
  ofLocal(v: LocalVar): Location | undefined {
    return this.#ofLocal.get(rootOf(v));
  }

  flow(k: Hole, src: Location): void {
    const { dst, derefs } = k;
    if (k.addrTaken) src.addrTaken = true;
    if (dst === this.blank) return;
    // Storing a value into itself, or part of what it points to, adds nothing.
    if (dst === src && derefs >= 0) return;
    if (dst === this.heap && derefs < 0) {
      if (!src.escapes) this.#explain?.(dst, src, new Edge(src, derefs, k.notes));
      src.attrs |= Attr.Escapes | Attr.Mutates | Attr.Calls;
      return;
    }
    dst.edges.push(new Edge(src, derefs, k.notes));
  }

  /** One value into several holes. None may want its address: `&x` twice is two pointers to one x. */
  tee(fn: Func, loopDepth: number, holes: readonly Hole[]): Hole {
    const real = holes.filter((k) => k.dst !== this.blank);
    if (real.length === 0) return this.discardHole;
    if (real.length === 1 && real[0]!.derefs >= 0) return real[0]!;
    const temp = this.add(new Location({ fn, loopDepth }));
    for (const k of real) this.flow(k, temp);
    return holeOf(temp);
  }
}
