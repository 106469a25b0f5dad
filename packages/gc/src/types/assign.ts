/**
 * Assignments and initialisations.
 *
 * Spec: "Assignability", "Assignment statements", "Variable declarations".
 * GOROOT: src/cmd/compile/internal/types2/assignments.go (wordings).
 */
import { type Expr, NodeKind, type Stmt, unparen } from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { exprString } from '../syntax/print.ts';
import { exprList } from './call.ts';
import type { Checker } from './check.ts';
import { setImplicitType } from './const.ts';
import { declare } from './decl.ts';
import { type At, ErrorBuilder } from './errors.ts';
import { expr, implicitTypeAndValue, multiExpr, nonGeneric, singleValue } from './expr.ts';
import type { Why } from './instantiate.ts';
import { type ConstObj, newVar, ObjKind, VarKind, type VarObj } from './object.ts';
import { assignableTo, isNil, isValid, Mode, Operand, operandStr } from './operand.ts';
import {
  defaultType,
  isInvalid,
  isNonTypeParamInterface,
  isNumeric,
  isUntyped,
} from './predicates.ts';
import { recordCommaOkTypes, recordDef, recordUse } from './recording.ts';
import {
  type BasicType,
  invalidType,
  type SignatureType,
  type Type,
  TypeKind,
  untypedNilType,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { commonUnderOf, under } from './under.ts';
import { localVar, use, useLHS } from './use.ts';

/** A variable of function type that a generic function is assigned to. */
export interface Target {
  readonly sig: SignatureType;
  /** What messages call the variable. */
  readonly desc: string;
}

/** The target for a variable of type `t`; null if that is no function type. */
export function newTarget(t: Type | null, desc: string): Target | null {
  if (t === null || t.kind === TypeKind.Basic) return null;
  const u = commonUnderOf(t);
  return u !== null && u.kind === TypeKind.Signature ? { sig: u, desc } : null;
}

/**
 * Assigns x to a variable of type T, null for the blank identifier. `context` names the place in
 * messages. Afterwards x has the type that its value gets; it is invalid if there was an error.
 */
export function assignment(check: Checker, x: Operand, T: Type | null, context: string): void {
  singleValue(check, x);
  switch (x.mode) {
    case Mode.Invalid:
      return;
    case Mode.Nil:
    case Mode.Constant:
    case Mode.Variable:
    case Mode.MapIndex:
    case Mode.Value:
    case Mode.CommaOk:
    case Mode.CommaErr:
      break;
    default: {
      const to = T === null ? '<nil>' : typeStr(check, T);
      check.error(
        x,
        'IncompatibleAssign',
        `cannot assign ${operandStr(check, x)} to ${to} in ${context}`,
      );
      x.mode = Mode.Invalid;
      return;
    }
  }
  if (isUntyped(x.type) && !giveType(check, x, T, context)) {
    x.mode = Mode.Invalid;
    return;
  }
  if (x.type.kind === TypeKind.Signature && x.type.tparams.length > 0) {
    nonGeneric(check, newTarget(T, context), x);
    if (!isValid(x)) return;
  }
  if (T === null) return;
  const why: Why = { text: '' };
  const code = assignableTo(check, x, T, why);
  if (code === '') return;
  const cause = why.text === '' ? '' : `: ${why.text}`;
  check.error(
    x,
    code,
    `cannot use ${operandStr(check, x)} as ${typeStr(check, T)} value in ${context}${cause}`,
  );
  x.mode = Mode.Invalid;
}

/** Gives an untyped x the type that it takes when assigned to T; false after an error. */
function giveType(check: Checker, x: Operand, T: Type | null, context: string): boolean {
  let target: Type;
  if (isNil(x)) {
    if (T === null) {
      check.error(x, 'UntypedNilUse', `use of untyped nil in ${context}`);
      return false;
    }
    target = T;
  } else target = T === null || isNonTypeParamInterface(T) ? defaultType(x.type) : T;
  const { type, val, code } = implicitTypeAndValue(check, x, target);
  if (code === '' && type !== null) {
    setImplicitType(check, x, type, val);
    return true;
  }
  let msg = `cannot use ${operandStr(check, x)} as ${typeStr(check, target)} value in ${context}`;
  if (code === 'TruncatedFloat') msg += ' (truncated)';
  else if (code === 'NumericOverflow') msg += ' (overflows)';
  const known = code === 'TruncatedFloat' || code === 'NumericOverflow';
  check.error(x, known ? code : 'IncompatibleAssign', msg);
  return false;
}

export function initConst(check: Checker, lhs: ConstObj, x: Operand): void {
  if (!isValid(x) || isInvalid(x.type) || (lhs.type !== null && isInvalid(lhs.type))) {
    lhs.type ??= invalidType;
    return;
  }
  if (x.mode !== Mode.Constant) {
    check.error(x, 'InvalidConstInit', `${operandStr(check, x)} is not constant`);
    lhs.type ??= invalidType;
    return;
  }
  lhs.type ??= x.type;
  assignment(check, x, lhs.type, 'constant declaration');
  if (isValid(x)) lhs.val = x.val!;
}

/** Initialises a variable, which gets the type of x if it has none. */
export function initVar(check: Checker, lhs: VarObj, x: Operand, context: string): void {
  if (!isValid(x) || isInvalid(x.type) || (lhs.type !== null && isInvalid(lhs.type))) {
    lhs.type ??= invalidType;
    x.mode = Mode.Invalid;
    return;
  }
  if (lhs.type === null) {
    if (x.type === untypedNilType) {
      check.error(x, 'UntypedNilUse', `use of untyped nil in ${context}`);
      lhs.type = invalidType;
      x.mode = Mode.Invalid;
      return;
    }
    lhs.type = defaultType(x.type);
  }
  assignment(check, x, lhs.type, context);
}

/** The type of a left side: null for the blank identifier, the invalid type after an error. */
function lhsVar(check: Checker, lhs: Expr): Type | null {
  const name = unparen(lhs);
  if (name.kind === NodeKind.Name && name.value === '_') {
    recordDef(check, name, null);
    return null;
  }
  // Being assigned to is not being used.
  const v = name.kind === NodeKind.Name ? localVar(check, name.value) : null;
  const used = v !== null && v.used;
  const x = new Operand();
  expr(check, null, x, lhs);
  if (v !== null) v.used = used;
  if (!isValid(x) || isInvalid(x.type)) return invalidType;
  if (x.mode === Mode.Variable || x.mode === Mode.MapIndex) return x.type;
  const e = x.expr!;
  if (e.kind === NodeKind.SelectorExpr) {
    const op = new Operand();
    expr(check, null, op, e.x);
    if (op.mode === Mode.MapIndex) {
      check.error(
        x,
        'UnaddressableFieldAssign',
        `cannot assign to struct field ${exprString(e)} in map`,
      );
      return invalidType;
    }
  }
  check.error(
    x,
    'UnassignableOperand',
    `cannot assign to ${exprString(e)} (neither addressable nor a map index expression)`,
  );
  return invalidType;
}

/** Assigns `rhs`, or its value x if that is there, to `lhs`. */
export function assignVar(
  check: Checker,
  lhs: Expr,
  rhs: Expr | null,
  x: Operand | null,
  context: string,
): void {
  const T = lhsVar(check, lhs);
  if (T !== null && isInvalid(T)) {
    if (x !== null) x.mode = Mode.Invalid;
    else use(check, [rhs]);
    return;
  }
  let value = x;
  if (value === null) {
    const isFunc = T !== null && under(T).kind === TypeKind.Signature;
    value = new Operand();
    expr(check, isFunc ? newTarget(T, exprString(lhs)) : null, value, rhs!);
  }
  const blank = T === null && context === 'assignment';
  assignment(check, value, T, blank ? 'assignment to _ identifier' : context);
}

/** `(t1, t2, ...)`, for messages that compare what is there with what is wanted. */
export function typesSummary(
  check: Checker,
  list: readonly Type[],
  variadic: boolean,
  hasDots: boolean,
): string {
  const texts = list.map((t, i) => {
    const last = i === list.length - 1;
    let text: string;
    if (isInvalid(t)) text = 'unknown type';
    else if (isUntyped(t)) {
      text = isNumeric(t) ? 'number' : (t as BasicType).name.replaceAll('untyped ', '');
    } else text = typeStr(check, t);
    if (last && variadic) {
      if (t.kind === TypeKind.Slice) text = typeStr(check, t.elem);
      return `...${text}`;
    }
    return last && hasDots ? `${text}...` : text;
  });
  return `(${texts.join(', ')})`;
}

function measure(n: number, unit: string): string {
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}

function assignError(check: Checker, rhs: readonly Expr[], l: number, r: number): void {
  const vars = measure(l, 'variable');
  const vals = measure(r, 'value');
  const first = rhs[0]!;
  const call = rhs.length === 1 ? unparen(first) : null;
  const what =
    call !== null && call.kind === NodeKind.CallExpr
      ? `${exprString(call.fun)} returns ${vals}`
      : vals;
  check.error(first, 'WrongAssignCount', `assignment mismatch: ${vars} but ${what}`);
}

function returnError(
  check: Checker,
  stmt: Stmt,
  lhs: readonly VarObj[],
  rhs: readonly Operand[],
): void {
  const l = lhs.length;
  const r = rhs.length;
  let at: At = stmt;
  if (r > l) at = rhs[l]!;
  else if (r > 0) at = rhs[r - 1]!;
  const err = new ErrorBuilder(check, 'WrongResultCount');
  err.add(at, `${r > l ? 'too many' : 'not enough'} return values`);
  const have = rhs.map((x) => x.type);
  const want = lhs.map((v) => v.type!);
  err.add(0, `have ${typesSummary(check, have, false, false)}`);
  err.add(0, `want ${typesSummary(check, want, false, false)}`);
  err.report();
}

function isCall(list: readonly Expr[]): boolean {
  return list.length === 1 && unparen(list[0]!).kind === NodeKind.CallExpr;
}

/** Initialises variables; in a return statement, the results of the function. */
export function initVars(
  check: Checker,
  lhs: readonly VarObj[],
  rhs: readonly Expr[],
  returnStmt: Stmt | null,
): void {
  const l = lhs.length;
  let context = 'assignment';
  if (returnStmt !== null) context = 'return statement';
  else if (l > 1) context = 'multiple assignment';
  if (l === rhs.length && !isCall(rhs)) {
    const x = new Operand();
    for (let i = 0; i < l; i++) {
      const v = lhs[i]!;
      const desc = returnStmt !== null && v.name === '' ? 'result variable' : v.name;
      expr(check, newTarget(v.type, desc), x, rhs[i]!);
      initVar(check, v, x, context);
    }
    return;
  }
  if (rhs.length !== 1) {
    if (use(check, rhs)) {
      if (returnStmt === null) assignError(check, rhs, l, rhs.length);
      else returnError(check, returnStmt, lhs, exprList(check, rhs));
    }
  } else {
    const { list, commaOk } = multiExpr(check, rhs[0]!, l === 2 && returnStmt === null);
    if (l === list.length) {
      for (let i = 0; i < l; i++) initVar(check, lhs[i]!, list[i]!, context);
      if (commaOk) recordCommaOk(check, rhs[0]!, list);
      return;
    }
    if (isValid(list[0]!)) {
      if (returnStmt === null) assignError(check, rhs, l, list.length);
      else returnError(check, returnStmt, lhs, list);
    }
  }
  for (const v of lhs) v.type ??= invalidType;
}

function recordCommaOk(check: Checker, e: Expr, list: readonly Operand[]): void {
  const [x, ok] = list;
  if (x === undefined || ok === undefined || !isValid(x) || !isValid(ok)) return;
  recordCommaOkTypes(check, e, x.type, ok.type);
}

export function assignVars(check: Checker, lhs: readonly Expr[], rhs: readonly Expr[]): void {
  const l = lhs.length;
  const context = l > 1 ? 'multiple assignment' : 'assignment';
  if (l === rhs.length && !isCall(rhs)) {
    for (let i = 0; i < l; i++) assignVar(check, lhs[i]!, rhs[i]!, null, context);
    return;
  }
  if (rhs.length !== 1) {
    const okLHS = useLHS(check, lhs);
    const okRHS = use(check, rhs);
    if (okLHS && okRHS) assignError(check, rhs, l, rhs.length);
    return;
  }
  const { list, commaOk } = multiExpr(check, rhs[0]!, l === 2);
  if (l === list.length) {
    for (let i = 0; i < l; i++) assignVar(check, lhs[i]!, null, list[i]!, context);
    if (commaOk) recordCommaOk(check, rhs[0]!, list);
    return;
  }
  if (isValid(list[0]!)) assignError(check, rhs, l, list.length);
  useLHS(check, lhs);
}

/** `lhs := rhs` */
export function shortVarDecl(
  check: Checker,
  pos: Pos,
  lhs: readonly Expr[],
  rhs: readonly Expr[],
): void {
  const top = check.delayedCount;
  const { scope } = check;
  const seen = new Set<string>();
  const newVars: VarObj[] = [];
  let hasErr = false;
  const vars = lhs.map((e) => {
    const v = shortVar(check, e, seen, newVars);
    if (v !== null) return v;
    hasErr = true;
    return newVar(VarKind.Local, e.pos, check.pkg, '_', null);
  });
  initVars(check, vars, rhs, null);
  // Function literals on the right must not see the new names.
  check.processDelayed(top);
  if (newVars.length === 0 && !hasErr) {
    check.softError(pos, 'NoNewVar', 'no new variables on left side of :=');
    return;
  }
  for (const v of newVars) declare(check, scope, null, v);
}

/** The variable, new or not, on the left of `:=`; null after an error. */
function shortVar(check: Checker, e: Expr, seen: Set<string>, newVars: VarObj[]): VarObj | null {
  if (e.kind !== NodeKind.Name) {
    useLHS(check, [e]);
    check.error(e, 'BadDecl', `non-name ${exprString(e)} on left side of :=`);
    return null;
  }
  const name = e.value;
  if (name !== '_') {
    if (seen.has(name)) {
      check.error(e, 'RepeatedDecl', `${name} repeated on left side of :=`);
      return null;
    }
    seen.add(name);
  }
  const known = check.scope.lookup(name);
  if (known !== null) {
    recordUse(check, e, known);
    if (known.kind === ObjKind.Var) return known;
    check.error(e, 'UnassignableOperand', `cannot assign to ${name}`);
    return null;
  }
  const v = newVar(VarKind.Local, e.pos, check.pkg, name, null);
  if (name !== '_') newVars.push(v);
  recordDef(check, e, v);
  return v;
}
