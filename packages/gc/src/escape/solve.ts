/**
 * Finding what must be in the heap.
 *
 * For each location as root, walk against the edges and compute the least number of dereferences on
 * any path to each other location (Bellman–Ford with a work list: −1 makes lengths negative, but an
 * address taken along the way is bounded below at 0, so there are no negative cycles). Reaching l with
 * −1 means that root holds l's address: if root outlives l, l goes to the heap. Reaching it with 0 means
 * that what is done to root's value (written through, called) is done to l's. Locations that learn
 * something are walked again. A parameter reached from something that outlives the function leaks with
 * that count.
 */
import type { Func } from '../ir/node.ts';
import { Attr, type Graph, type Location } from './graph.ts';

/** Is told what was found, for -m=2. */
export interface Observer {
  /** `l`'s address reaches `root`, which outlives it. */
  escapes(root: Location, l: Location): void;
  /** Parameter `l` reaches `root` with that many dereferences. */
  leaks(root: Location, l: Location, derefs: number): void;
}

export function solve(graph: Graph, observer: Observer | null): void {
  new Solver(graph, observer).run();
}

class Solver {
  readonly #graph: Graph;
  readonly #observer: Observer | null;
  /** To walk from: first what goes to the heap, then in the order of asking. */
  readonly #first: Location[] = [];
  #rest: Location[] = [];
  #next = 0;
  #generation = 0;

  constructor(graph: Graph, observer: Observer | null) {
    this.#graph = graph;
    this.#observer = observer;
  }

  run(): void {
    const { all, heap, mutator, callee } = this.#graph;
    for (const loc of [...all, mutator, callee, heap]) {
      loc.queued = true;
      this.#first.push(loc);
    }
    for (let root = this.#take(); root !== null; root = this.#take()) {
      root.queued = false;
      this.#walkFrom(root);
    }
  }

  #take(): Location | null {
    const loc = this.#first.pop();
    if (loc !== undefined) return loc;
    if (this.#next < this.#rest.length) return this.#rest[this.#next++]!;
    return null;
  }

  #enqueue(loc: Location): void {
    if (loc.queued) return;
    loc.queued = true;
    if (loc.escapes) this.#first.push(loc);
    else this.#rest.push(loc);
  }

  #walkFrom(root: Location): void {
    const walk = ++this.#generation;
    root.walk = walk;
    root.derefs = 0;
    root.via = null;
    if ((root.attrs & Attr.Calls) !== 0) this.#resultsLost(root);
    const todo = [root];
    for (let at = 0; at < todo.length; at++) {
      const l = todo[at]!;
      l.queuedInWalk = 0;
      const isAddress = l.derefs < 0;
      // In `root = &l; l = x` the address of l reaches root, but x's does not.
      const derefs = isAddress ? 0 : l.derefs;
      const found = this.#reached(root, l, derefs, isAddress);
      if ((found & ~l.attrs) !== 0) {
        l.attrs |= found;
        this.#enqueue(l);
        if (l.escapes) continue;
      }
      for (const edge of l.edges) {
        const { src } = edge;
        if (src.escapes) continue;
        const d = derefs + edge.derefs;
        if (src.walk !== walk || src.derefs > d) {
          src.walk = walk;
          src.derefs = d;
          src.via = l;
          src.viaEdge = edge;
          if (src.queuedInWalk !== walk) {
            src.queuedInWalk = walk;
            todo.push(src);
          }
        }
      }
    }
  }

  /** What follows for `l` from its value, or its address, flowing to `root`. */
  #reached(root: Location, l: Location, derefs: number, isAddress: boolean): number {
    const { leaks } = l;
    const survives = (isAddress || leaks !== null) && this.#outlives(root, l);
    let found = 0;
    if (isAddress && survives) {
      if (!l.escapes) this.#observer?.escapes(root, l);
      found = Attr.Escapes | Attr.Mutates | Attr.Calls;
    }
    if (derefs === 0) found |= root.attrs & (Attr.Mutates | Attr.Calls);
    if (leaks === null) return found;
    if (survives) {
      if (!l.escapes) this.#observer?.leaks(root, l, derefs);
      leak(l, root, derefs);
    }
    if ((root.attrs & Attr.Mutates) !== 0) leaks.addMutator(derefs);
    if ((root.attrs & Attr.Calls) !== 0) leaks.addCallee(derefs);
    return found;
  }

  /** A literal that may be called from anywhere: its results may go anywhere. */
  #resultsLost(root: Location): void {
    const fn = root.expr?.closure ?? null;
    const { resultsLost } = this.#graph;
    if (fn === null || resultsLost.has(fn)) return;
    resultsLost.add(fn);
    for (const v of fn.results) {
      const loc = this.#graph.ofLocal(v);
      if (loc !== undefined) this.#enqueue(loc);
    }
  }

  /** Values stored in `l` may survive `other`. */
  #outlives(l: Location, other: Location): boolean {
    if (l.escapes) return true;
    if (l.resultIndex >= 0) {
      // Nobody knows what callers do with results, unless all calls of a literal are known: then it
      // may return what belongs to a function around it.
      const isKnown = !this.#graph.resultsLost.has(l.fn!);
      return !(isKnown && other.fn !== null && isInside(l.fn!, other.fn));
    }
    if (l.fn === null || other.fn === null) return false;
    if (l.fn === other.fn) return l.loopDepth < other.loopDepth;
    return isInside(other.fn, l.fn);
  }
}

function leak(param: Location, root: Location, derefs: number): void {
  if (!root.escapes && root.resultIndex >= 0 && root.fn === param.fn) {
    param.leaks!.addResult(root.resultIndex, derefs);
  } else {
    param.leaks!.addHeap(derefs);
  }
}

/** `fn` is a function literal in `outer`, at any depth. */
function isInside(fn: Func, outer: Func): boolean {
  for (let f = fn.outer; f !== null; f = f.outer) if (f === outer) return true;
  return false;
}
