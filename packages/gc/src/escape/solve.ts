/**
 * Finding what must be in the heap.
 *
 * For each location as root, walk against the edges and compute the least number of dereferences on
 * any path to each other location (Bellman–Ford with a work list: −1 makes lengths negative, but an
 * address taken along the way is bounded below at 0, so there are no negative cycles). Reaching l with
 * −1 means that root holds l's address: if root outlives l, l goes to the heap, and roots are walked
 * again, since the heap outlives everything. A parameter reached from something that outlives the
 * function leaks with that count.
 */
import type { Func } from '../ir/node.ts';
import type { Graph, Location } from './graph.ts';

export function solve(graph: Graph): void {
  const queue: Location[] = [];
  const enqueue = (loc: Location): void => {
    if (loc.queued) return;
    loc.queued = true;
    queue.push(loc);
  };
  for (const loc of graph.all) enqueue(loc);
  enqueue(graph.heap);
  let walk = 0;
  for (let root = queue.pop(); root !== undefined; root = queue.pop()) {
    root.queued = false;
    walkFrom(root, ++walk, enqueue);
  }
}

function walkFrom(root: Location, walk: number, enqueue: (loc: Location) => void): void {
  root.walk = walk;
  root.derefs = 0;
  const todo = [root];
  for (let l = todo.pop(); l !== undefined; l = todo.pop()) {
    const isAddress = l.derefs < 0;
    // In `root = &l; l = x` the address of l reaches root, but x's does not.
    const derefs = isAddress ? 0 : l.derefs;
    if (outlives(root, l)) {
      if (l.leaks !== null && !l.escapes) leak(l, root, derefs);
      if (isAddress && !l.escapes) {
        l.escapes = true;
        enqueue(l);
        continue;
      }
    }
    for (const edge of l.edges) {
      const { src } = edge;
      if (src.escapes) continue;
      const d = derefs + edge.derefs;
      if (src.walk !== walk || src.derefs > d) {
        src.walk = walk;
        src.derefs = d;
        todo.push(src);
      }
    }
  }
}

function leak(param: Location, root: Location, derefs: number): void {
  if (!root.escapes && root.resultIndex >= 0 && root.fn === param.fn) {
    param.leaks!.addResult(root.resultIndex, derefs);
  } else {
    param.leaks!.addHeap(derefs);
  }
}

/** Values stored in `l` may survive `other`. */
function outlives(l: Location, other: Location): boolean {
  if (l.escapes) return true;
  // Nobody knows what callers do with results.
  if (l.resultIndex >= 0) return true;
  if (l.fn === null || other.fn === null) return false;
  if (l.fn === other.fn) return l.loopDepth < other.loopDepth;
  return isInside(other.fn, l.fn);
}

/** `fn` is a function literal in `outer`, at any depth. */
function isInside(fn: Func, outer: Func): boolean {
  for (let f = fn.outer; f !== null; f = f.outer) if (f === outer) return true;
  return false;
}
