/**
 * Range clauses.
 *
 * Spec: "For statements with range clause".
 * GOROOT: src/cmd/compile/internal/types2/range.go (wordings).
 */
import { makeInt } from '../constant/value.ts';
import { type Expr, type ForStmt, NodeKind, type RangeClause } from '../syntax/nodes.ts';
import { exprString } from '../syntax/print.ts';
import { assignment, assignVar, initVar } from './assign.ts';
import type { Checker } from './check.ts';
import { declare } from './decl.ts';
import { expr } from './expr.ts';
import { newVar, VarKind, type VarObj } from './object.ts';
import { isValid, Mode, Operand, operandStr } from './operand.ts';
import { identical, isBoolean, isInteger, isString } from './predicates.ts';
import { record, recordDef } from './recording.ts';
import {
  boolType,
  ChanDir,
  intType,
  invalidType,
  runeType,
  type SignatureType,
  type Type,
  TypeKind,
  unalias,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { commonUnder, under } from './under.ts';
import { allowVersion, Version } from './version.ts';

/** Checks the loop; `body` checks its body, in the scope of the iteration variables. */
export function rangeStmt(check: Checker, s: ForStmt, clause: RangeClause, body: () => void): void {
  const [sKey, sValue, sExtra] = iterationVariables(clause.lhs);
  const x = new Operand();
  check.hasCallOrRecv = false;
  expr(check, null, x, clause.x);
  if (isValid(x) && sValue === null && !check.hasCallOrRecv) recordLength(check, clause.x, x);
  let types: IterationTypes = { key: null, value: null };
  if (isValid(x)) {
    types = rangeTypes(check, x.type);
    const what = (): string => operandStr(check, x);
    if (types.cause !== undefined) {
      const cause = types.cause === '' ? '' : `: ${types.cause}`;
      check.softError(x, 'InvalidRangeExpr', `cannot range over ${what()}${cause}`);
    } else if (types.key === null && sKey !== null) {
      check.softError(
        sKey,
        'InvalidIterVar',
        `range over ${what()} permits no iteration variables`,
      );
    } else if (types.value === null && sValue !== null) {
      check.softError(
        sValue,
        'InvalidIterVar',
        `range over ${what()} permits only one iteration variable`,
      );
    } else if (sExtra !== null) {
      check.softError(
        sExtra,
        'InvalidIterVar',
        'range clause permits at most two iteration variables',
      );
    }
  }
  // After the expression, which must not see the variables.
  check.openScope();
  const pairs: IterationVar[] = [];
  if (sKey !== null) pairs.push({ lhs: sKey, type: types.key });
  if (sValue !== null) pairs.push({ lhs: sValue, type: types.value });
  if (clause.def) defineVars(check, s, x, pairs);
  else if (sKey !== null) assignIteration(check, x, pairs);
  else if (isValid(x) && isInteger(x.type)) {
    // An untyped range expression gets its type as if assigned.
    assignment(check, x, null, 'range clause');
  }
  body();
  check.closeScope();
}

interface IterationVar {
  readonly lhs: Expr;
  readonly type: Type | null;
}

function iterationVariables(lhs: Expr | null): [Expr | null, Expr | null, Expr | null] {
  if (lhs === null || lhs.kind !== NodeKind.ListExpr) return [lhs, null, null];
  return [lhs.elems[0] ?? null, lhs.elems[1] ?? null, lhs.elems[2] ?? null];
}

/** A range over an array without a second variable needs its length only, which is constant. */
function recordLength(check: Checker, e: Expr, x: Operand): void {
  const t = arrayOf(under(x.type));
  if (t === null || t.kind !== TypeKind.Array) return;
  let inner = e;
  while (inner.kind === NodeKind.ParenExpr) inner = inner.x;
  const length = new Operand();
  length.mode = Mode.Constant;
  length.expr = inner;
  length.type = intType;
  length.val = makeInt(Math.max(t.len, 0));
  record(check, length);
}

/** The array that a pointer points to; other types as they are. */
export function arrayOf(t: Type): Type {
  const p = unalias(t);
  if (p.kind === TypeKind.Pointer) {
    const a = under(p.elem);
    if (a.kind === TypeKind.Array) return a;
  }
  return t;
}

function defineVars(check: Checker, s: ForStmt, x: Operand, pairs: readonly IterationVar[]): void {
  const overInt = isInteger(x.type);
  const vars: VarObj[] = [];
  for (const { lhs, type } of pairs) {
    let v: VarObj;
    if (lhs.kind === NodeKind.Name) {
      v = newVar(VarKind.Local, lhs.pos, check.pkg, lhs.value, null);
      recordDef(check, lhs, v);
      if (lhs.value !== '_') vars.push(v);
    } else {
      check.error(lhs, 'InvalidSyntaxTree', `cannot declare ${exprString(lhs)}`);
      v = newVar(VarKind.Local, lhs.pos, check.pkg, '_', null);
    }
    if (type === null || type === invalidType) {
      v.type = invalidType;
      v.used = true;
    } else if (overInt) initVar(check, v, x, 'range clause');
    // There is no expression for the value: errors are at the variable.
    else initVar(check, v, Operand.value(lhs, type), 'assignment');
  }
  if (vars.length === 0) {
    check.error(s, 'NoNewVar', 'no new variables on left side of :=');
    return;
  }
  for (const v of vars) declare(check, check.scope, null, v);
}

function assignIteration(check: Checker, x: Operand, pairs: readonly IterationVar[]): void {
  const overInt = isInteger(x.type);
  for (const { lhs, type } of pairs) {
    if (type === null || type === invalidType) continue;
    if (!overInt) {
      assignVar(check, lhs, null, Operand.value(lhs, type), 'assignment');
      continue;
    }
    assignVar(check, lhs, null, x, 'range clause');
    if (isValid(x) && !isInteger(x.type)) {
      check.softError(
        lhs,
        'InvalidRangeExpr',
        `cannot use iteration variable of type ${typeStr(check, x.type)}`,
      );
    }
  }
}

/** Types of the iteration variables, null for none. `cause` is there if one cannot range over it. */
interface IterationTypes {
  readonly key: Type | null;
  readonly value: Type | null;
  readonly cause?: string;
}

function bad(cause: string): IterationTypes {
  return { key: invalidType, value: invalidType, cause };
}

function rangeTypes(check: Checker, orig: Type): IterationTypes {
  const common = commonUnder(orig, (t, u) => {
    if (u === null || t === null || u.kind !== TypeKind.Chan || u.dir !== ChanDir.Send) return null;
    return () => `receive from send-only channel ${typeStr(check, t)}`;
  });
  if (common.type === null) return bad(common.cause(check));
  const t = arrayOf(common.type);
  switch (t.kind) {
    case TypeKind.Basic:
      if (isString(t)) return { key: intType, value: runeType };
      if (isInteger(t)) {
        if (!allowVersion(check, Version.go1_22)) return bad('requires go1.22 or later');
        return { key: orig, value: null };
      }
      break;
    case TypeKind.Array:
    case TypeKind.Slice:
      return { key: intType, value: t.elem };
    case TypeKind.Map:
      return { key: t.key, value: t.elem };
    case TypeKind.Chan:
      return { key: t.elem, value: null };
    case TypeKind.Signature:
      return rangeOverFunc(check, t);
    default:
  }
  return { key: null, value: null, cause: '' };
}

function rangeOverFunc(check: Checker, f: SignatureType): IterationTypes {
  if (!allowVersion(check, Version.go1_23)) return bad('requires go1.23 or later');
  const form = 'func must be func(yield func(...) bool): ';
  if (f.params.vars.length !== 1) return bad(`${form}wrong argument count`);
  if (f.results.vars.length !== 0) return bad(`${form}unexpected results`);
  const common = commonUnder(f.params.vars[0]!.type!, null);
  const cb = common.type;
  if (cb === null || cb.kind !== TypeKind.Signature) {
    if (common.cause === null) return bad(`${form}argument is not func`);
    return bad(`${form}in yield type, ${common.cause(check)}`);
  }
  const params = cb.params.vars;
  const result = cb.results.vars[0];
  if (params.length > 2) return bad(`${form}yield func has too many parameters`);
  if (result === undefined || cb.results.vars.length !== 1 || !identical(result.type!, boolType)) {
    const defined = cb.results.vars.length === 1 && isBoolean(result!.type!);
    return bad(
      defined
        ? `${form}yield func returns user-defined boolean, not bool`
        : `${form}yield func does not return bool`,
    );
  }
  if (cb.variadic) return bad(`yield func of type ${typeStr(check, cb)} cannot be variadic`);
  return { key: params[0]?.type ?? null, value: params[1]?.type ?? null };
}
