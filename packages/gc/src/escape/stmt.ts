/** Statements: declarations, assignments and the nesting of loops. */
import { type Case, Esc, type Expr, ExprOp, type Func, type Stmt, StmtOp } from '../ir/node.ts';
import { Kind } from '../ir/type.ts';
import { assertedHole, assignee, discard, expr, isSelfAssign, tuple } from './expr.ts';
import { derefOf, type Hole } from './graph.ts';
import type { Walker } from './walker.ts';

/** Adds a function's body to the graph, and the bodies of literals in it. */
export function body(w: Walker, fn: Func): void {
  for (const v of [...fn.params, ...fn.results]) w.declare(v);
  w.looping = loopingLabels(fn.body);
  stmts(w, fn.body);
  for (const closure of fn.closures) body(w.enter(closure), closure);
}

/** Labels that are jumped to from behind. */
function loopingLabels(list: readonly Stmt[]): Set<Stmt> {
  const seen = new Map<string, Stmt>();
  const found = new Set<Stmt>();
  const visit = (inner: readonly Stmt[]): void => {
    for (const s of inner) {
      if (s.op === StmtOp.Label) seen.set(s.label, s);
      if (s.op === StmtOp.Goto) {
        const label = seen.get(s.label);
        if (label !== undefined) found.add(label);
      }
      visit(s.init);
      visit(s.body);
      visit(s.post);
      visit(s.orelse);
      for (const c of s.cases) visit(c.body);
    }
  };
  visit(list);
  return found;
}

export function stmts(w: Walker, list: readonly Stmt[]): void {
  for (const s of list) stmt(w, s);
}

function stmt(w: Walker, s: Stmt): void {
  switch (s.op) {
    case StmtOp.Expr:
      discard(w, s.x);
      return;
    case StmtOp.Decl:
      w.declare(s.local!);
      return;
    case StmtOp.Assign:
      assign(w, s.lhs, s.rhs);
      return;
    case StmtOp.AssignOp:
      // Only strings carry pointers, and their concatenation is new.
      assign(w, s.lhs, s.rhs);
      return;
    case StmtOp.Block:
      stmts(w, s.body);
      return;
    case StmtOp.If:
      stmts(w, s.init);
      discard(w, s.x);
      stmts(w, s.body);
      stmts(w, s.orelse);
      return;
    case StmtOp.For:
      stmts(w, s.init);
      w.loopDepth++;
      for (const v of s.perIteration) w.declare(v);
      discard(w, s.x);
      stmts(w, s.post);
      stmts(w, s.body);
      w.loopDepth--;
      return;
    case StmtOp.Range:
      range(w, s);
      return;
    case StmtOp.Switch:
      stmts(w, s.init);
      discard(w, s.x);
      cases(w, s.cases);
      return;
    case StmtOp.TypeSwitch:
      typeSwitch(w, s);
      return;
    case StmtOp.Select:
      cases(w, s.cases);
      return;
    case StmtOp.Return:
      returned(w, s);
      return;
    case StmtOp.Label:
      if (w.looping.has(s)) w.loopDepth++;
      return;
    case StmtOp.Go:
      if (s.x!.x?.op === ExprOp.Closure) w.graph.started.add(s.x!.x);
      spawned(w, w.graph.heapHole, s.x!);
      return;
    case StmtOp.Defer:
      deferred(w, s);
      return;
    case StmtOp.Send:
      discard(w, s.lhs[0]!);
      expr(w, w.graph.heapHole, s.rhs[0]!);
      return;
    default:
  }
}

function cases(w: Walker, list: readonly Case[]): void {
  for (const c of list) {
    for (const e of c.exprs) discard(w, e);
    if (c.comm !== null) stmt(w, c.comm);
    stmts(w, c.body);
  }
}

function assign(w: Walker, lhs: readonly (Expr | null)[], rhs: readonly Expr[]): void {
  const holes = lhs.map((e) => assignee(w, e));
  if (rhs.length !== lhs.length) {
    tuple(w, holes, rhs[0]!);
    return;
  }
  rhs.forEach((e, i) => {
    if (isSelfAssign(lhs[i]!, e)) discard(w, e);
    else expr(w, holes[i]!, e);
  });
}

function range(w: Walker, s: Stmt): void {
  const { graph } = w;
  const over = w.temp();
  expr(w, over, s.x!);
  w.loopDepth++;
  for (const e of s.lhs) {
    if (s.define && e?.op === ExprOp.Local) w.declare(e.local!);
  }
  const [key, value] = s.lhs.map((e) => assignee(w, e));
  const carries = (s.lhs[1]?.type.ptrBytes ?? 0) > 0;
  if (value !== undefined && carries) {
    const isArray = s.x!.type.kind === Kind.Array;
    graph.flow(isArray ? value : derefOf(value), over.dst);
  }
  // Keys of maps and elements of channels come from the heap; indices carry nothing.
  if (key !== undefined && s.x!.type.kind === Kind.Map) graph.flow(derefOf(key), over.dst);
  stmts(w, s.body);
  w.loopDepth--;
}

function typeSwitch(w: Walker, s: Stmt): void {
  stmts(w, s.init);
  const holes: Hole[] = [];
  for (const c of s.cases) {
    if (c.local === null) continue;
    holes.push(assertedHole({ dst: w.declare(c.local), derefs: 0 }, c.local.type));
  }
  expr(w, w.graph.tee(...holes), s.x!);
  cases(w, s.cases);
}

function returned(w: Walker, s: Stmt): void {
  if (s.rhs.length === 0) return;
  const holes = w.fn.results.map((v): Hole => ({ dst: w.local(v), derefs: 0 }));
  if (s.rhs.length !== holes.length) tuple(w, holes, s.rhs[0]!);
  else s.rhs.forEach((e, i) => expr(w, holes[i]!, e));
}

/** A call without arguments and results that runs later: its func value goes to `k`. */
function spawned(w: Walker, k: Hole, call: Expr): void {
  if (call.op === ExprOp.CallFunc) expr(w, k, call.x!);
  else if (call.op === ExprOp.CallInter) expr(w, w.graph.heapHole, call.x!);
  for (const arg of call.list) expr(w, w.graph.heapHole, arg!);
}

function deferred(w: Walker, s: Stmt): void {
  const isOnce = w.loopDepth === 1 && s.token === null;
  s.esc = isOnce ? Esc.Stack : Esc.Heap;
  // Outside loops the record and the literal may live in the frame; they last until it ends.
  spawned(w, isOnce ? w.graph.discardHole : w.graph.heapHole, s.x!);
}
