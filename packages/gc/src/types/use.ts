/**
 * Evaluates expressions that an error has made unnecessary, so that what they refer to counts as
 * used and their own errors are found.
 */
import { type Expr, NodeKind, unparen } from '../syntax/nodes.ts';
import type { Checker } from './check.ts';
import { exprOrType, rawExpr } from './expr.ts';
import { ObjKind, type VarObj } from './object.ts';
import { isValid, Mode, Operand } from './operand.ts';

/** Whether all evaluate without error. */
export function use(check: Checker, list: readonly (Expr | null)[]): boolean {
  return useList(check, list, false);
}

/** Like `use`, for the left side of an assignment: variables named there are not used by that. */
export function useLHS(check: Checker, list: readonly Expr[]): boolean {
  return useList(check, list, true);
}

function useList(check: Checker, list: readonly (Expr | null)[], lhs: boolean): boolean {
  let ok = true;
  for (const e of list) if (e !== null && !useOne(check, e, lhs)) ok = false;
  return ok;
}

function useOne(check: Checker, e: Expr, lhs: boolean): boolean {
  const x = new Operand();
  x.mode = Mode.Value;
  const n = unparen(e);
  if (n.kind === NodeKind.ListExpr) return useList(check, n.elems, lhs);
  if (n.kind !== NodeKind.Name) {
    rawExpr(check, null, x, e, null, true);
    return isValid(x);
  }
  if (n.value === '_') return true;
  const v = lhs ? localVar(check, n.value) : null;
  const used = v !== null && v.used;
  exprOrType(check, x, n, true);
  if (v !== null) v.used = used;
  return isValid(x);
}

/** The variable of this package that `name` denotes here. */
export function localVar(check: Checker, name: string): VarObj | null {
  const obj = check.lookup(name);
  return obj !== null && obj.kind === ObjKind.Var && obj.pkg === check.pkg ? obj : null;
}
