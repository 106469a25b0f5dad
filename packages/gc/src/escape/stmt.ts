/** Statements: declarations, assignments and the nesting of loops. */
import { type Case, Esc, type Expr, ExprOp, type Stmt, StmtOp } from '../ir/node.ts';
import { Kind } from '../ir/type.ts';
import { builtin, call } from './call.ts';
import {
  assertedHole,
  assignee,
  discard,
  expr,
  inlinedCall,
  isReflectHeaderData,
  tuple,
  unsafeValue,
} from './expr.ts';
import { type Hole, holeOf, Location } from './graph.ts';
import { isSelfAssign } from './self-assign.ts';
import { isDefinition } from './usage.ts';
import type { Walker } from './walker.ts';

/** Adds a function's body to the graph; bodies of literals in it where those are met. */
export function body(w: Walker): void {
  w.looping = loopingLabels(w.fn.body);
  stmts(w, w.fn.body);
}

/** Like `stmts`; labels in it that are jumped to from behind make no loop of what follows. */
function block(w: Walker, list: readonly Stmt[]): void {
  const depth = w.loopDepth;
  stmts(w, list);
  w.loopDepth = depth;
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
      effects(w, s.x!);
      return;
    case StmtOp.Decl:
      w.declare(s.local!);
      return;
    case StmtOp.Assign:
      assign(w, s);
      return;
    case StmtOp.AssignOp:
      // Only strings carry pointers, and their concatenation is new.
      assign(w, s);
      return;
    case StmtOp.Block:
      stmts(w, s.body);
      return;
    case StmtOp.If:
      stmts(w, s.init);
      discard(w, s.x);
      block(w, s.body);
      block(w, s.orelse);
      return;
    case StmtOp.For:
      loop(w, s);
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
      expr(w, w.note(w.graph.heapHole, s, 'send'), s.rhs[0]!);
      return;
    default:
  }
}

/** An expression that is a statement: of calls, nothing is made of the results. */
function effects(w: Walker, e: Expr): void {
  switch (e.op) {
    case ExprOp.CallStatic:
    case ExprOp.CallFunc:
    case ExprOp.CallInter:
      call(w, null, e);
      return;
    case ExprOp.CallBuiltin:
      builtin(w, w.graph.discardHole, e);
      return;
    case ExprOp.InlinedCall:
      inlinedCall(w, null, e);
      return;
    default:
      discard(w, e);
  }
}

function cases(w: Walker, list: readonly Case[]): void {
  for (const c of list) {
    for (const e of c.exprs) discard(w, e);
    if (c.comm !== null) stmt(w, c.comm);
    block(w, c.body);
  }
}

function loop(w: Walker, s: Stmt): void {
  stmts(w, s.init);
  w.loopDepth++;
  for (const v of s.perIteration) w.declare(v);
  discard(w, s.x);
  block(w, s.body);
  // The post statement changes the next turn's variables, not those that this turn's literals hold.
  const own = s.perIteration.map((v) => w.local(v));
  const reassigned = own.map((loc) => loc.reassigned);
  stmts(w, s.post);
  own.forEach((loc, i) => (loc.reassigned = reassigned[i]!));
  w.loopDepth--;
}

const tupleReasons = new Map<ExprOp, string>([
  [ExprOp.TypeAssert, 'assign-pair-dot-type'],
  [ExprOp.MapIndex, 'assign-pair-mapr'],
  [ExprOp.Recv, 'assign-pair-receive'],
]);

function assign(w: Walker, s: Stmt): void {
  const { lhs, rhs } = s;
  for (const e of lhs) {
    if (e?.op === ExprOp.Local && (s.define || isDefinition(e))) w.declare(e.local!);
  }
  const holes = lhs.map((e) => assignee(w, e));
  if (rhs.length === lhs.length) {
    const why = lhs.length === 1 ? 'assign' : 'assign-pair';
    assignList(w, s, holes, why);
  } else {
    const why = tupleReasons.get(rhs[0]!.op);
    tuple(w, why === undefined ? holes : holes.map((k) => w.note(k, s, why)), rhs[0]!);
  }
  lhs.forEach((e, i) => {
    const isNew = e?.op === ExprOp.Local && (s.define || isDefinition(e));
    if (e !== null && !isNew) holes[i]!.dst.reassigned = true;
  });
}

function assignList(w: Walker, s: Stmt, holes: readonly Hole[], why: string): void {
  s.rhs.forEach((e, i) => {
    const to = s.lhs[i] ?? null;
    if (to !== null && isReflectHeaderData(to)) {
      unsafeValue(w, w.note(w.graph.heapHole, s, why), e);
      return;
    }
    if (isSelfAssign(to, e)) {
      w.onSelfAssign({ fn: w.fn, stmt: s });
      discard(w, e);
    } else expr(w, w.note(holes[i]!, s, why), e);
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
    graph.flow(isArray ? w.note(value, s, 'range') : w.deref(value, s, 'range-deref'), over.dst);
  }
  for (const [i, k] of [key, value].entries()) {
    if (k === undefined || s.lhs[i] === null) continue;
    if (!(s.define && s.distinct)) k.dst.reassigned = true;
  }
  block(w, s.body);
  w.loopDepth--;
}

function typeSwitch(w: Walker, s: Stmt): void {
  stmts(w, s.init);
  const holes: Hole[] = [];
  for (const c of s.cases) {
    if (c.local === null) continue;
    const k = holeOf(w.declare(c.local));
    if (c.local.type.ptrBytes === 0) continue;
    holes.push(w.note(assertedHole(k, c.local.type), s, 'switch case'));
  }
  expr(w, w.tee(...holes), s.x!);
  cases(w, s.cases);
}

function returned(w: Walker, s: Stmt): void {
  if (s.rhs.length === 0) return;
  const holes = w.fn.results.map((v) => holeOf(w.local(v)));
  if (s.rhs.length !== holes.length) tuple(w, holes, s.rhs[0]!);
  else s.rhs.forEach((e, i) => expr(w, w.note(holes[i]!, s, 'return'), e));
  for (const k of holes) k.dst.reassigned = true;
}

/** A call without arguments and results that runs later: its func value goes to `k`. */
function spawned(w: Walker, k: Hole, e: Expr): void {
  if (e.op === ExprOp.CallFunc) expr(w, k, e.x!);
  else if (e.op === ExprOp.CallInter) expr(w, w.graph.heapHole, e.x!);
  for (const arg of e.list) expr(w, w.graph.heapHole, arg!);
}

function deferred(w: Walker, s: Stmt): void {
  const isOnce = w.loopDepth === 1 && s.token === null;
  s.esc = isOnce ? Esc.Stack : Esc.Heap;
  // Outside loops the record and the literal may live in the frame; they last until it ends.
  const kept = isOnce ? holeOf(w.graph.add(new Location({ fn: w.fn }))) : w.graph.heapHole;
  spawned(w, kept, s.x!);
}
