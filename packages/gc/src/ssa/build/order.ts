/**
 * Order of evaluation: what of an expression happens first.
 *
 * The spec fixes the order of calls, receives and logical operators only; programs (and std) rely on
 * more, namely on what gc does: everything with an effect, or that copies memory which an effect may
 * change, is evaluated left to right before the rest of the statement, and variables are read after
 * that. `order` does the first part: it evaluates those subexpressions and remembers their operands;
 * evaluating the expression afterwards finds them in `Builder.ordered`.
 *
 * An operation listed in `isOrdered` orders its own operands when it is evaluated. Every expression
 * is lowered once, so the memory is never stale.
 *
 * Spec: "Order of evaluation".  GOROOT: src/cmd/compile/internal/walk/order.go (facts).
 */
import { Builtin, type Expr, ExprOp } from '../../ir/node.ts';
import { isDirectIface, Kind } from '../../ir/type.ts';
import { type Builder } from './builder.ts';

export function order(b: Builder, e: Expr): void {
  if (b.ordered.has(e)) return;
  if (isOrdered(e)) {
    b.ordered.set(e, b.expr(e));
    return;
  }
  if (e.op === ExprOp.CallBuiltin && isPart(e)) {
    for (const item of e.list) order(b, item!);
    b.ordered.set(e, b.expr(e));
    return;
  }
  if (e.x !== null) order(b, e.x);
  // The right side may never be evaluated, so nothing of it comes before the whole.
  if (e.op === ExprOp.AndAnd || e.op === ExprOp.OrOr) return;
  if (e.y !== null) order(b, e.y);
  for (const item of e.list) if (item !== null) order(b, item);
}

/** Evaluated at its place in the statement, rather than when its value is needed. */
function isOrdered(e: Expr): boolean {
  switch (e.op) {
    case ExprOp.CallStatic:
    case ExprOp.CallFunc:
    case ExprOp.CallInter:
    case ExprOp.InlinedCall:
    case ExprOp.MapIndex:
    case ExprOp.Recv:
    case ExprOp.TypeAssert:
    case ExprOp.Slice:
    case ExprOp.MapLit:
      return true;
    case ExprOp.CallBuiltin:
      return !isPart(e) && isOrderedBuiltin(e);
    case ExprOp.AndAnd:
    case ExprOp.OrOr:
      return hasOrdered(e.x!) || hasOrdered(e.y!);
    case ExprOp.Convert:
      return isOrderedConversion(e);
    default:
      return false;
  }
}

/** Builtins without effects whose operands are read at their place all the same. */
function isPart(e: Expr): boolean {
  switch (e.builtin) {
    case Builtin.Len:
    case Builtin.Cap:
    case Builtin.Complex:
    case Builtin.Real:
    case Builtin.Imag:
      return true;
    default:
      return false;
  }
}

function isOrderedBuiltin(e: Expr): boolean {
  switch (e.builtin) {
    case Builtin.UnsafeAdd:
    case Builtin.UnsafeSliceData:
    case Builtin.UnsafeStringData:
      return false;
    default:
      return true;
  }
}

function isOrderedConversion(e: Expr): boolean {
  const from = e.x!.type;
  if (e.type.kind === Kind.Interface) return from.kind === Kind.Interface || !isDirectIface(from);
  return from.kind === Kind.String && e.type.kind === Kind.Slice;
}

/** Whether something inside `e` has its place in the order. */
export function hasOrdered(e: Expr): boolean {
  // Chains of one operator lean to the left: no recursion along them.
  let x: Expr | null = e;
  while (x !== null) {
    if (x.op !== ExprOp.AndAnd && x.op !== ExprOp.OrOr && isOrdered(x)) return true;
    if (x.y !== null && hasOrdered(x.y)) return true;
    for (const item of x.list) if (item !== null && hasOrdered(item)) return true;
    x = x.x;
  }
  return false;
}
