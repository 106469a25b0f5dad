/** Whether a statement ends control flow. Spec: "Terminating statements". */
import {
  type BlockStmt,
  type CaseClause,
  type CommClause,
  NodeKind,
  type Stmt,
  unparen,
} from '../syntax/nodes.ts';
import { Token } from '../syntax/token.ts';
import type { Checker } from './check.ts';

/** `label` is that of the statement, '' if it has none. */
export function isTerminating(check: Checker, s: Stmt, label: string): boolean {
  switch (s.kind) {
    case NodeKind.ExprStmt: {
      const call = unparen(s.x);
      return call.kind === NodeKind.CallExpr && check.panics !== null && check.panics.has(call);
    }
    case NodeKind.ReturnStmt:
      return true;
    case NodeKind.BranchStmt:
      return s.tok === Token.Goto || s.tok === Token.Fallthrough;
    case NodeKind.LabeledStmt:
      return isTerminating(check, s.stmt, s.label.value);
    case NodeKind.BlockStmt:
      return endsTerminating(check, s.list);
    case NodeKind.IfStmt:
      // A loop: chains of else branches may be long.
      for (let at: Stmt = s; ;) {
        if (at.kind !== NodeKind.IfStmt) return isTerminating(check, at, '');
        if (at.else === null || !isTerminating(check, at.body, '')) return false;
        at = at.else;
      }
    case NodeKind.SwitchStmt:
      return (
        s.clauses.some((c) => c.cases === null) &&
        s.clauses.every((c) => endsClause(check, c, label))
      );
    case NodeKind.SelectStmt:
      return s.clauses.every((c) => {
        return endsTerminating(check, c.body) && !hasBreakIn(c.body, label, true);
      });
    case NodeKind.ForStmt:
      if (s.init !== null && s.init.kind === NodeKind.RangeClause) return false;
      return s.cond === null && !hasBreak(s.body, label, true);
    default:
      return false;
  }
}

function endsClause(check: Checker, c: CaseClause, label: string): boolean {
  return endsTerminating(check, c.body) && !hasBreakIn(c.body, label, true);
}

function endsTerminating(check: Checker, list: readonly Stmt[]): boolean {
  let i = list.length - 1;
  while (i >= 0 && list[i]!.kind === NodeKind.EmptyStmt) i--;
  return i >= 0 && isTerminating(check, list[i]!, '');
}

/** Whether a break in `s` leaves the statement called `label`; or, if `implicit`, the one around. */
function hasBreak(s: Stmt | BlockStmt, label: string, implicit: boolean): boolean {
  switch (s.kind) {
    case NodeKind.BranchStmt:
      if (s.tok !== Token.Break) return false;
      return s.label === null ? implicit : s.label.value === label;
    case NodeKind.LabeledStmt:
      return hasBreak(s.stmt, label, implicit);
    case NodeKind.BlockStmt:
      return hasBreakIn(s.list, label, implicit);
    case NodeKind.IfStmt:
      for (let at: Stmt = s; ;) {
        if (at.kind !== NodeKind.IfStmt) return hasBreak(at, label, implicit);
        if (hasBreak(at.body, label, implicit)) return true;
        if (at.else === null) return false;
        at = at.else;
      }
    case NodeKind.SwitchStmt:
    case NodeKind.SelectStmt: {
      if (label === '') return false;
      const clauses: readonly (CaseClause | CommClause)[] = s.clauses;
      return clauses.some((c) => hasBreakIn(c.body, label, false));
    }
    case NodeKind.ForStmt:
      return label !== '' && hasBreak(s.body, label, false);
    default:
      return false;
  }
}

function hasBreakIn(list: readonly Stmt[], label: string, implicit: boolean): boolean {
  return list.some((s) => hasBreak(s, label, implicit));
}
