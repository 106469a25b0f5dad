/**
 * What evaluating an expression may do besides giving a value: conservative answers for deciding
 * whether it can be dropped, repeated or moved.
 */
import { Builtin, type Case, type Expr, ExprOp, type Stmt, StmtOp } from '../ir/node.ts';
import { Kind } from '../ir/type.ts';

/** Calls `visit` with `e` and every expression in it, inlined bodies included, until it says true. */
export function someExpr(e: Expr, visit: (e: Expr) => boolean): boolean {
  if (visit(e)) return true;
  const inside = (x: Expr | null): boolean => x !== null && someExpr(x, visit);
  return (
    inside(e.x) || inside(e.y) || e.list.some(inside) || e.stmts.some((s) => someExprOf(s, visit))
  );
}

export function someExprOf(s: Stmt, visit: (e: Expr) => boolean): boolean {
  const inside = (x: Expr | null): boolean => x !== null && someExpr(x, visit);
  const within = (list: readonly Stmt[]): boolean => list.some((inner) => someExprOf(inner, visit));
  const inCase = (c: Case): boolean =>
    c.exprs.some(inside) || (c.comm !== null && someExprOf(c.comm, visit)) || within(c.body);
  return (
    inside(s.x) ||
    s.lhs.some(inside) ||
    s.rhs.some(inside) ||
    within(s.init) ||
    within(s.body) ||
    within(s.post) ||
    within(s.orelse) ||
    s.cases.some(inCase)
  );
}

/** It may panic, block, call, allocate observably, or write. */
export function hasEffects(e: Expr): boolean {
  return someExpr(e, (x) => {
    switch (x.op) {
      case ExprOp.CallStatic:
      case ExprOp.CallFunc:
      case ExprOp.CallInter:
      case ExprOp.InlinedCall:
      case ExprOp.Recv:
      case ExprOp.Deref:
      case ExprOp.Slice:
      case ExprOp.MapIndex:
      case ExprOp.MapLit:
      case ExprOp.Div:
      case ExprOp.Mod:
      case ExprOp.Shl:
      case ExprOp.Shr:
      case ExprOp.MethodValueInter:
        return true;
      case ExprOp.Index:
        return !x.bounded;
      case ExprOp.TypeAssert:
        return !x.commaOk;
      case ExprOp.Eq:
      case ExprOp.Ne:
        return x.x!.type.kind === Kind.Interface;
      case ExprOp.Convert:
        return x.type.kind === Kind.Array || x.type.kind === Kind.Pointer;
      case ExprOp.CallBuiltin:
        return !isPureBuiltin(x.builtin);
      default:
        return false;
    }
  });
}

function isPureBuiltin(builtin: Builtin | 0): boolean {
  switch (builtin) {
    case Builtin.Cap:
    case Builtin.Complex:
    case Builtin.Imag:
    case Builtin.Len:
    case Builtin.Max:
    case Builtin.Min:
    case Builtin.Real:
      return true;
    default:
      return false;
  }
}

/** It may write to a package-level variable or to memory that one leads to. */
export function mayModifyGlobals(e: Expr): boolean {
  return someExpr(e, (x) => {
    switch (x.op) {
      case ExprOp.CallStatic:
      case ExprOp.CallFunc:
      case ExprOp.CallInter:
        return true;
      case ExprOp.CallBuiltin:
        return (
          x.builtin === Builtin.Append ||
          x.builtin === Builtin.Clear ||
          x.builtin === Builtin.Copy ||
          x.builtin === Builtin.Delete
        );
      case ExprOp.InlinedCall:
        return x.stmts.some(assignsBeyondLocals);
      default:
        return false;
    }
  });
}

function assignsBeyondLocals(s: Stmt): boolean {
  if (s.op === StmtOp.Assign || s.op === StmtOp.AssignOp || s.op === StmtOp.Range) {
    if (s.lhs.some((e) => e !== null && !isLocalPart(e))) return true;
  }
  const nested = [...s.init, ...s.body, ...s.post, ...s.orelse, ...s.cases.flatMap((c) => c.body)];
  return nested.some(assignsBeyondLocals);
}

function isLocalPart(e: Expr): boolean {
  let x = e;
  while (x.op === ExprOp.Field || (x.op === ExprOp.Index && x.x!.type.kind === Kind.Array)) {
    x = x.x!;
  }
  return x.op === ExprOp.Local;
}
