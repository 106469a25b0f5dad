/**
 * Assignments that move a part of what one variable or pointer holds within it, as in
 * `b.buf = b.buf[n:]` or `p.x = p.y`: nothing new is reachable from anywhere.
 *
 * GOROOT: src/cmd/compile/internal/escape/utils.go (isSelfAssign).
 */
import { type Expr, ExprOp, type LocalVar } from '../ir/node.ts';
import { isSamePlace } from '../ir/place.ts';
import { Kind } from '../ir/type.ts';

export function isSelfAssign(lhs: Expr | null, rhs: Expr): boolean {
  if (lhs === null) return false;
  if (isSliceOfItself(lhs, rhs)) return true;
  if (lhs.op !== rhs.op) return false;
  switch (lhs.op) {
    case ExprOp.Field:
      return isSamePlace(lhs.x!, rhs.x!);
    case ExprOp.Index:
      return isQuiet(lhs.y!) && isQuiet(rhs.y!) && isSamePlace(lhs.x!, rhs.x!);
    default:
      return false;
  }
}

/** `p.f = p.g[i:j]`, where `p.g` is a slice or a string, or a pointer to an array. */
function isSliceOfItself(lhs: Expr, rhs: Expr): boolean {
  if (rhs.op !== ExprOp.Slice) return false;
  const of = rhs.x!;
  // Slicing an array that is in the object makes a new pointer into it.
  if (of.op === ExprOp.Addr) return false;
  const p = pointerUnder(lhs);
  return p !== null && p === pointerUnder(of);
}

/** The local pointer p of `p.f` or `*p`; null for anything else. */
function pointerUnder(e: Expr): LocalVar | null {
  const x = e.op === ExprOp.Field ? e.x! : e;
  return x.op === ExprOp.Deref && x.x!.op === ExprOp.Local ? x.x!.local : null;
}

/** Evaluating `e` cannot change memory. */
function isQuiet(e: Expr): boolean {
  switch (e.op) {
    case ExprOp.Local:
    case ExprOp.Global:
    case ExprOp.Const:
    case ExprOp.Zero:
      return true;
    case ExprOp.Add:
    case ExprOp.Sub:
    case ExprOp.Or:
    case ExprOp.Xor:
    case ExprOp.Mul:
    case ExprOp.Shl:
    case ExprOp.Shr:
    case ExprOp.And:
    case ExprOp.AndNot:
    case ExprOp.Div:
    case ExprOp.Mod:
      return isQuiet(e.x!) && isQuiet(e.y!);
    case ExprOp.Index:
      return isQuiet(e.x!) && isQuiet(e.y!);
    case ExprOp.Convert:
      return e.type.kind !== Kind.Interface && isQuiet(e.x!);
    case ExprOp.Not:
    case ExprOp.Com:
    case ExprOp.Neg:
    case ExprOp.Field:
    case ExprOp.Deref:
      return isQuiet(e.x!);
    default:
      return false;
  }
}
