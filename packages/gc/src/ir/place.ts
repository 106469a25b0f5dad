/**
 * Whether two expressions denote the same variable, or the same part of one, by their form alone.
 *
 * GOROOT: src/cmd/compile/internal/ir/expr.go (SameSafeExpr).
 */
import { type Expr, ExprOp } from './node.ts';

/** False also where evaluating either could change what the other denotes. */
export function isSamePlace(a: Expr, b: Expr): boolean {
  if (a.op !== b.op) return false;
  switch (a.op) {
    case ExprOp.Local:
      return a.local === b.local;
    case ExprOp.Global:
      return a.global === b.global;
    case ExprOp.Field:
      return a.index === b.index && isSamePlace(a.x!, b.x!);
    case ExprOp.Deref:
    case ExprOp.Addr:
    case ExprOp.Not:
    case ExprOp.Com:
    case ExprOp.Neg:
      return isSamePlace(a.x!, b.x!);
    case ExprOp.Convert:
      return a.type === b.type && isSamePlace(a.x!, b.x!);
    case ExprOp.Index:
    case ExprOp.MapIndex:
      return isSamePlace(a.x!, b.x!) && isSamePlace(a.y!, b.y!);
    case ExprOp.Const:
      return a.value === b.value;
    default:
      return false;
  }
}
