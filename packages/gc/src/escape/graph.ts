/**
 * The data-flow graph of escape analysis.
 *
 * A `Location` is anything that holds a value: a variable, what an expression allocates, or a
 * pseudo-location (the heap, nowhere). An edge dst ← src with `derefs` says what flows:
 *
 *     p = &q    -1        p = q    0        p = *q    1        p = **q    2
 *
 * Everything that is not a variable or an allocation is tracked only as far as pointers go: elements
 * of arrays, fields of structs and contents of interfaces are one with the whole.
 *
 * A `Hole` is where an expression's value goes, with the dereferences still to be applied.
 *
 * Invariants: (1) a pointer to stack memory is never stored in the heap; (2) nor in a variable that
 * outlives what it points to. Whatever would break them is allocated in the heap (solve.ts).
 *
 * GOROOT: src/cmd/compile/internal/escape (the model). Spec says nothing: it is an optimisation that
 * the runtime relies on (contract §9).
 */
import type { Expr, Func, LocalVar } from '../ir/node.ts';
import { Leaks } from './leaks.ts';

export class Edge {
  readonly src: Location;
  /** −1: address of src; n ≥ 0: src dereferenced n times. */
  readonly derefs: number;

  constructor(src: Location, derefs: number) {
    this.src = src;
    this.derefs = derefs;
  }
}

export class Location {
  readonly local: LocalVar | null;
  readonly expr: Expr | null;
  /** The function whose frame would hold it. */
  readonly fn: Func | null;
  /** Nesting of loops at the declaration, from 1. */
  loopDepth: number;
  readonly edges: Edge[] = [];
  /** Must be in the heap. */
  escapes: boolean = false;
  /** Parameters: where the value leaks. */
  readonly leaks: Leaks | null;
  /** Results: index, −1 otherwise. */
  readonly resultIndex: number;
  /** State of the walk in solve.ts. */
  walk = 0;
  derefs = 0;
  queued: boolean = false;

  constructor(init: LocationInit) {
    this.local = init.local ?? null;
    this.expr = init.expr ?? null;
    this.fn = init.fn ?? null;
    this.loopDepth = init.loopDepth ?? 1;
    this.leaks = init.isParam === true ? new Leaks() : null;
    this.resultIndex = init.resultIndex ?? -1;
  }
}

export interface LocationInit {
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
}

/** The hole for x when &x is to be stored in `k`. */
export function addrOf(k: Hole): Hole {
  return { dst: k.dst, derefs: k.derefs - 1 };
}

/** The hole for x when *x is to be stored in `k`. */
export function derefOf(k: Hole, times = 1): Hole {
  return { dst: k.dst, derefs: k.derefs + times };
}

export class Graph {
  readonly heap = new Location({ loopDepth: 0 });
  readonly blank = new Location({});
  readonly all: Location[] = [];
  /** Literals that `go` starts: in the heap as a matter of course. */
  readonly started = new Set<Expr>();
  readonly #ofLocal = new Map<LocalVar, Location>();

  constructor() {
    this.heap.escapes = true;
  }

  readonly discardHole: Hole = { dst: this.blank, derefs: 0 };
  readonly heapHole: Hole = { dst: this.heap, derefs: 0 };

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
    if (dst === this.blank) return;
    // Storing a value into itself, or part of what it points to, adds nothing.
    if (dst === src && derefs >= 0) return;
    if (dst === this.heap && derefs < 0) {
      src.escapes = true;
      return;
    }
    dst.edges.push(new Edge(src, derefs));
  }

  /** One value into several holes. None may want its address: `&x` twice is two pointers to one x. */
  tee(...holes: Hole[]): Hole {
    const real = holes.filter((k) => k.dst !== this.blank);
    if (real.length === 0) return this.discardHole;
    if (real.length === 1 && real[0]!.derefs >= 0) return real[0]!;
    const temp = this.add(new Location({ loopDepth: 1 }));
    for (const k of real) this.flow(k, temp);
    return { dst: temp, derefs: 0 };
  }
}

/** The variable that a chain of captures stands for. */
export function rootOf(v: LocalVar): LocalVar {
  let root = v;
  while (root.outer !== null) root = root.outer;
  return root;
}
