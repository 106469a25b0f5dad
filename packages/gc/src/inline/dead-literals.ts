/**
 * Function literals that nothing uses any more once their calls have been inlined.
 *
 * A variable that is never read does not need its value: if that is a literal, it goes, with its
 * function.
 */
import { Expr, ExprOp, type Func, type LocalVar, type Stmt, StmtOp } from '../ir/node.ts';

interface Assignment {
  readonly stmt: Stmt;
  readonly index: number;
  readonly local: LocalVar;
}

/** Removes them from `fn`. */
export function removeDeadLiterals(fn: Func): void {
  if (fn.closures.length === 0) return;
  for (;;) {
    const uses = new Uses(fn);
    let found = false;
    for (const { stmt, index, local } of uses.assignments) {
      if (uses.isRead(local)) continue;
      const value = stmt.rhs[index]!;
      const zero = new Expr(ExprOp.Zero, value.pos, value.type);
      if (value.op === ExprOp.Closure) {
        fn.closures = fn.closures.filter((literal) => literal !== value.closure);
      } else if (value.op !== ExprOp.Local) continue;
      stmt.rhs[index] = zero;
      found = true;
    }
    if (!found) return;
  }
}

/** Reads of variables, and assignments of literals or variables to variables. */
class Uses {
  readonly assignments: Assignment[] = [];
  readonly #read = new Set<LocalVar>();

  constructor(fn: Func) {
    for (const v of [...fn.params, ...fn.results]) this.#read.add(v);
    for (const closure of fn.closures) {
      for (const v of closure.captures) if (v.outer !== null) this.#read.add(v.outer);
    }
    this.#stmts(fn.body);
  }

  isRead(v: LocalVar): boolean {
    return v.outer !== null || this.#read.has(v);
  }

  #stmts(list: readonly Stmt[]): void {
    for (const s of list) this.#stmt(s);
  }

  #stmt(s: Stmt): void {
    this.#stmts(s.init);
    this.#expr(s.x);
    for (const e of s.rhs) this.#expr(e);
    const isPlain = s.op === StmtOp.Assign && s.lhs.length === s.rhs.length;
    s.lhs.forEach((e, i) => {
      if (!isPlain || e?.op !== ExprOp.Local) this.#expr(e);
      else if (s.rhs[i]!.op === ExprOp.Closure || s.rhs[i]!.op === ExprOp.Local) {
        this.assignments.push({ stmt: s, index: i, local: e.local! });
      }
    });
    for (const v of s.perIteration) this.#read.add(v);
    if (s.token !== null) this.#read.add(s.token);
    this.#stmts(s.body);
    this.#stmts(s.post);
    this.#stmts(s.orelse);
    for (const c of s.cases) {
      for (const e of c.exprs) this.#expr(e);
      if (c.comm !== null) this.#stmt(c.comm);
      this.#stmts(c.body);
    }
  }

  #expr(e: Expr | null): void {
    if (e === null) return;
    if (e.op === ExprOp.Local) this.#read.add(e.local!);
    if (e.op === ExprOp.InlinedCall) for (const v of e.results) this.#read.add(v);
    this.#expr(e.x);
    this.#expr(e.y);
    for (const part of e.list) this.#expr(part);
    this.#stmts(e.stmts);
  }
}
