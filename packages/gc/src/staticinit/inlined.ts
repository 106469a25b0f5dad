/**
 * The value of an inlined call that does nothing but compute it: `errors.New("x")` becomes
 * `&errorString{"x"}`, which static initialisation understands.
 *
 * The body must be declarations and assignments of its own variables, each assigned once, ending in
 * the assignment of the one result. Arguments replace parameters if they have no effects, and if they
 * are used at most once or evaluating them again gives the same value.
 */
import { Expr, ExprOp, type LocalVar, type Stmt, StmtOp } from '../ir/node.ts';
import { Kind } from '../ir/type.ts';
import { hasEffects, someExpr } from './effects.ts';

/** The expression with arguments substituted; null if the body is anything more. */
export function inlinedValue(call: Expr): Expr | null {
  if (call.results.length !== 1) return null;
  const values = new Map<LocalVar, Expr>();
  if (!collect(call.stmts, values)) return null;
  const value = values.get(call.results[0]!);
  if (value === undefined) return null;
  const uses = countUses(value, values);
  for (const [v, e] of values) {
    if ((uses.get(v) ?? 0) > 1 && !isRepeatable(e)) return null;
  }
  return substitute(value, values);
}

function collect(stmts: readonly Stmt[], values: Map<LocalVar, Expr>): boolean {
  for (const s of stmts) {
    if (s.op === StmtOp.Decl) continue;
    if (s.op === StmtOp.Block) {
      if (!collect(s.body, values)) return false;
      continue;
    }
    // Leaving the inlined body at its end.
    if (s.op === StmtOp.Goto && s === stmts.at(-1)) continue;
    if (s.op === StmtOp.Label) continue;
    if (s.op !== StmtOp.Assign || s.lhs.length !== s.rhs.length) return false;
    for (let i = 0; i < s.lhs.length; i++) {
      const lhs = s.lhs[i]!;
      const rhs = s.rhs[i]!;
      if (lhs === null) {
        if (hasEffects(rhs)) return false;
        continue;
      }
      const v = lhs.local;
      if (lhs.op !== ExprOp.Local || v === null || v.addrTaken || v.captured || values.has(v)) {
        return false;
      }
      if (hasEffects(rhs)) return false;
      values.set(v, rhs);
    }
  }
  return true;
}

/** How often each variable's value is needed, through the values of others. */
function countUses(e: Expr, values: ReadonlyMap<LocalVar, Expr>): Map<LocalVar, number> {
  const uses = new Map<LocalVar, number>();
  const count = (x: Expr): boolean => {
    if (x.op !== ExprOp.Local || x.local === null) return false;
    uses.set(x.local, (uses.get(x.local) ?? 0) + 1);
    const value = values.get(x.local);
    if (value !== undefined) someExpr(value, count);
    return false;
  };
  someExpr(e, count);
  return uses;
}

function isRepeatable(e: Expr): boolean {
  return !someExpr(e, (x) => {
    switch (x.op) {
      case ExprOp.Addr:
        return x.x!.op !== ExprOp.Global;
      case ExprOp.SliceLit:
      case ExprOp.MapLit:
      case ExprOp.Closure:
      case ExprOp.CallBuiltin:
      case ExprOp.Concat:
      case ExprOp.MethodValue:
        return true;
      case ExprOp.Convert:
        // The bytes of a string: a new array each time.
        return x.type.kind === Kind.Slice && x.x!.type.kind === Kind.String;
      default:
        return false;
    }
  });
}

/** A copy of `e` with variables replaced; null if something in it can't be copied. */
function substitute(e: Expr, values: ReadonlyMap<LocalVar, Expr>): Expr | null {
  if (e.op === ExprOp.Local) {
    const value = values.get(e.local!);
    return value === undefined ? null : substitute(value, values);
  }
  if (e.op === ExprOp.Closure) return e.closure!.captures.length === 0 ? e : null;
  if (e.stmts.length > 0) {
    const value = inlinedValue(e);
    return value === null ? null : substitute(value, values);
  }
  const copy = Object.assign(new Expr(e.op, e.pos, e.type), e);
  if (e.x !== null) {
    copy.x = substitute(e.x, values);
    if (copy.x === null) return null;
  }
  if (e.y !== null) {
    copy.y = substitute(e.y, values);
    if (copy.y === null) return null;
  }
  if (e.list.length > 0) {
    copy.list = e.list.map((part) => (part === null ? null : substitute(part, values)));
    if (copy.list.some((part, i) => part === null && e.list[i] !== null)) return null;
  }
  return copy;
}
