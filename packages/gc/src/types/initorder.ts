/**
 * Orders package-level variables for initialisation.
 *
 * The spec asks to initialise, repeatedly, the variable that is earliest in declaration order and
 * depends on nothing uninitialised. References go through functions, so those are contracted out of
 * the graph first: who refers to one refers to all that it refers to. What remains goes through a
 * priority queue by the number of dependencies that are left, then source order. Constants take part,
 * since cycles among them are found here.
 *
 * Spec: "Package initialization".   GOROOT: src/cmd/compile/internal/types2/initorder.go (wordings).
 */
import type { Checker } from './check.ts';
import { ErrorBuilder } from './errors.ts';
import { type Obj, ObjKind } from './object.ts';

class Node {
  readonly obj: Obj;
  readonly order: number;
  readonly isConst: boolean;
  /** Who depends on this, and what this depends on. */
  readonly pred = new Set<Node>();
  readonly succ = new Set<Node>();
  /** Dependencies left. */
  ndeps = 0;
  /** Place in the queue. */
  index = 0;

  constructor(obj: Obj) {
    this.obj = obj;
    this.order = obj.decl!.order;
    this.isConst = obj.kind === ObjKind.Const;
  }
}

export function initOrder(check: Checker): void {
  const queue = new Queue(dependencyGraph(check));
  const emitted = new Set<unknown>();
  check.info.initOrder = [];
  for (let n = queue.pop(); n !== null; n = queue.pop()) {
    if (n.ndeps > 0) {
      const cycle = findPath(n.obj, n.obj, new Set());
      // If n is not on the cycle itself, an object that is will come.
      if (cycle !== null) reportCycle(check, cycle);
    }
    for (const p of n.pred) {
      p.ndeps--;
      queue.fix(p);
    }
    const { obj } = n;
    const { decl } = obj;
    if (obj.kind !== ObjKind.Var || decl === null || decl.init === null) continue;
    // Variables with one initial value are initialised together.
    if (emitted.has(decl)) continue;
    emitted.add(decl);
    check.info.initOrder.push({ lhs: decl.lhs ?? [obj], rhs: decl.init });
  }
}

/** Constants and variables, and how they depend on each other. */
function dependencyGraph(check: Checker): Node[] {
  const nodes = new Map<Obj, Node>();
  for (const obj of check.objList) {
    if (obj.kind !== ObjKind.TypeName) nodes.set(obj, new Node(obj));
  }
  const funcs: Node[] = [];
  const rest: Node[] = [];
  for (const n of nodes.values()) {
    for (const dep of n.obj.decl!.deps ?? []) {
      const d = nodes.get(dep);
      if (d === undefined) continue;
      n.succ.add(d);
      d.pred.add(n);
    }
    (n.obj.kind === ObjKind.Func ? funcs : rest).push(n);
  }
  // Cheap ones first: removal connects all predecessors with all successors.
  const cost = (n: Node): number => n.pred.size * n.succ.size;
  funcs.sort((a, b) => cost(a) - cost(b));
  for (const n of funcs) contract(n);
  for (const n of rest) n.ndeps = n.succ.size;
  return rest;
}

function contract(n: Node): void {
  for (const p of n.pred) {
    if (p === n) continue;
    for (const s of n.succ) {
      if (s === n) continue;
      p.succ.add(s);
      s.pred.add(p);
    }
    p.succ.delete(n);
  }
  for (const s of n.succ) s.pred.delete(n);
}

/** A binary heap: constants first, then fewest dependencies, then source order. */
class Queue {
  readonly #heap: Node[];

  constructor(nodes: Node[]) {
    this.#heap = nodes;
    nodes.sort((a, b) => (less(a, b) ? -1 : 1));
    for (let i = 0; i < nodes.length; i++) nodes[i]!.index = i;
  }

  pop(): Node | null {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined) return null;
    const last = heap.pop()!;
    if (last !== first) {
      heap[0] = last;
      last.index = 0;
      this.#down(0);
    }
    first.index = -1;
    return first;
  }

  /** `n` has fewer dependencies than before. */
  fix(n: Node): void {
    if (n.index < 0) return;
    const heap = this.#heap;
    let i = n.index;
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!less(n, heap[up]!)) break;
      this.#swap(i, up);
      i = up;
    }
  }

  #down(start: number): void {
    const heap = this.#heap;
    for (let i = start; ;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && less(heap[child]!, heap[least]!)) least = child;
      }
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #swap(i: number, j: number): void {
    const heap = this.#heap;
    const a = heap[i]!;
    const b = heap[j]!;
    heap[i] = b;
    heap[j] = a;
    b.index = i;
    a.index = j;
  }
}

function less(a: Node, b: Node): boolean {
  if (a.isConst !== b.isConst) return a.isConst;
  return a.ndeps !== b.ndeps ? a.ndeps < b.ndeps : a.order < b.order;
}

/** The objects on a path of dependencies, from the end back: `to` first, without `from`. */
function findPath(from: Obj, to: Obj, seen: Set<Obj>): Obj[] | null {
  if (seen.has(from)) return null;
  seen.add(from);
  const deps = [...(from.decl?.deps ?? [])];
  deps.sort((a, b) => a.decl!.order - b.decl!.order);
  for (const d of deps) {
    if (d === to) return [d];
    const path = findPath(d, to, seen);
    if (path !== null) {
      path.push(d);
      return path;
    }
  }
  return null;
}

function reportCycle(check: Checker, cycle: readonly Obj[]): void {
  let obj = cycle[0]!;
  if (cycle.length === 1) {
    check.error(obj.pos, 'InvalidInitCycle', `initialization cycle: ${obj.name} refers to itself`);
    return;
  }
  const err = new ErrorBuilder(check, 'InvalidInitCycle');
  err.add(obj.pos, `initialization cycle for ${obj.name}`);
  for (let j = cycle.length - 1; j >= 0; j--) {
    const next = cycle[j]!;
    err.add(obj.pos, `${obj.name} refers to ${next.name}`);
    obj = next;
  }
  err.report();
}
