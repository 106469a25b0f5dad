/** Visiting every expression of a body in evaluation order, parents after their operands. */
import type { Case, Expr, Stmt } from './node.ts';

/** Does not enter function literals. */
export function walkExpr(e: Expr | null, visit: (e: Expr) => void): void {
  if (e === null) return;
  walkExpr(e.x, visit);
  walkExpr(e.y, visit);
  for (const part of e.list) walkExpr(part, visit);
  for (const s of e.stmts) walkStmt(s, visit);
  visit(e);
}

export function walkStmt(s: Stmt, visit: (e: Expr) => void): void {
  for (const inner of s.init) walkStmt(inner, visit);
  walkExpr(s.x, visit);
  for (const e of s.lhs) walkExpr(e, visit);
  for (const e of s.rhs) walkExpr(e, visit);
  for (const inner of s.body) walkStmt(inner, visit);
  for (const inner of s.post) walkStmt(inner, visit);
  for (const inner of s.orelse) walkStmt(inner, visit);
  for (const c of s.cases) walkCase(c, visit);
}

function walkCase(c: Case, visit: (e: Expr) => void): void {
  for (const e of c.exprs) walkExpr(e, visit);
  if (c.comm !== null) walkStmt(c.comm, visit);
  for (const s of c.body) walkStmt(s, visit);
}
