/**
 * Statements and function bodies.
 *
 * Spec: "Statements".   GOROOT: src/cmd/compile/internal/types2/stmt.go (wordings).
 */
import { float64Of } from '../constant/convert.ts';
import { bigIntOf, kindOf, makeBool, stringOf, type Value, ValueKind } from '../constant/value.ts';
import {
  type AssignStmt,
  type BlockStmt,
  type BranchStmt,
  type CaseClause,
  type CommClause,
  type Expr,
  type ForStmt,
  type IfStmt,
  NodeKind,
  type ReturnStmt,
  type SelectStmt,
  type SendStmt,
  type Stmt,
  type SwitchStmt,
  type TypeSwitchGuard,
  unpackList,
  unparen,
} from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { exprString } from '../syntax/print.ts';
import { Operator, operatorNames, Token } from '../syntax/token.ts';
import { assignment, assignVar, assignVars, initVars, shortVarDecl } from './assign.ts';
import { binary, chanElem, comparison } from './binary.ts';
import type { Checker } from './check.ts';
import { convertUntyped } from './const.ts';
import { declare, declStmt } from './decl.ts';
import { ErrorBuilder, invalidOp } from './errors.ts';
import { expr, genericExpr, rawExpr, typeAssertion } from './expr.ts';
import { labels } from './labels.ts';
import { newVar, ObjKind, VarKind, type VarObj } from './object.ts';
import { isValid, Mode, Operand, operandStr } from './operand.ts';
import {
  allBoolean,
  allNumeric,
  hasNil,
  identical,
  isComparable,
  isInterface,
  isInvalid,
  isTypeParam,
} from './predicates.ts';
import { rangeStmt } from './range.ts';
import { recordDef, recordImplicit } from './recording.ts';
import type { DeclInfo } from './resolver.ts';
import { isTerminating } from './return.ts';
import type { Scope } from './scope.ts';
import { boolType, invalidType, type SignatureType, type Type } from './type.ts';
import { objectString, typeStr } from './typestring.ts';
import { varType } from './typexpr.ts';
import { ExprKind } from './universe.ts';
import { use } from './use.ts';

/** Checks the body of a function (literal) of type `sig`, which is part of the declaration `decl`. */
export function funcBody(
  check: Checker,
  decl: DeclInfo | null,
  sig: SignatureType,
  body: BlockStmt,
  iota: Value | null,
): void {
  check.withEnvironment(sig.scope!, check.version, () => {
    check.decl = decl;
    check.iota = iota;
    check.sig = sig;
    stmtList(check, 0, body.list);
    if (check.hasLabel && check.config.ignoreBranchErrors !== true) labels(check, body);
    if (sig.results.vars.length > 0 && !isTerminating(check, body, '')) {
      check.error(body.rbrace, 'MissingReturn', 'missing return');
    }
    usage(check, sig.scope!);
  });
}

/** Reports unused variables of a function, not of the function literals in it. */
function usage(check: Checker, scope: Scope): void {
  let unused: VarObj[] | null = null;
  for (const obj of scope.objects()) {
    if (obj.kind !== ObjKind.Var || obj.used || obj.varKind !== VarKind.Local) continue;
    if (unused === null) unused = [obj];
    else unused.push(obj);
  }
  if (unused !== null) {
    unused.sort((a, b) => a.pos - b.pos);
    for (const v of unused) {
      check.softError(v.pos, 'UnusedVar', `declared and not used: ${v.name}`);
    }
  }
  if (scope.children === null) return;
  for (const child of scope.children) if (!child.isFunc) usage(check, child);
}

/** Bits of a context: what may stand there, and what messages should say. */
const Ctxt = {
  BreakOk: 1,
  ContinueOk: 2,
  FallthroughOk: 4,
  FinalSwitchCase: 8,
  InTypeSwitch: 16,
} as const;

function simpleStmt(check: Checker, s: Stmt | null): void {
  if (s !== null) stmt(check, 0, s);
}

function stmtList(check: Checker, ctxt: number, list: readonly Stmt[]): void {
  const inner = ctxt & ~Ctxt.FallthroughOk;
  // Empty statements after a fallthrough do not matter.
  let n = list.length;
  while (n > 0 && list[n - 1]!.kind === NodeKind.EmptyStmt) n--;
  for (let i = 0; i < n; i++) stmt(check, i + 1 === n ? ctxt : inner, list[i]!);
}

/** Checks a statement, and the function literals in it before the scope changes. */
export function stmt(check: Checker, ctxt: number, s: Stmt): void {
  const top = check.delayedCount;
  stmtInternal(check, ctxt, s);
  check.processDelayed(top);
}

function stmtInternal(check: Checker, ctxt: number, s: Stmt): void {
  const inner = ctxt & ~(Ctxt.FallthroughOk | Ctxt.FinalSwitchCase | Ctxt.InTypeSwitch);
  switch (s.kind) {
    case NodeKind.EmptyStmt:
      break;
    case NodeKind.DeclStmt:
      declStmt(check, s.decls);
      break;
    case NodeKind.LabeledStmt:
      check.hasLabel = true;
      stmt(check, ctxt, s.stmt);
      break;
    case NodeKind.ExprStmt:
      exprStmt(check, s.x);
      break;
    case NodeKind.SendStmt:
      sendStmt(check, s);
      break;
    case NodeKind.AssignStmt:
      assignStmt(check, s);
      break;
    case NodeKind.CallStmt:
      suspendedCall(check, s.tok === Token.Defer ? 'defer' : 'go', s.call);
      break;
    case NodeKind.ReturnStmt:
      returnStmt(check, s);
      break;
    case NodeKind.BranchStmt:
      branchStmt(check, ctxt, s);
      break;
    case NodeKind.BlockStmt:
      check.openScope();
      stmtList(check, inner, s.list);
      check.closeScope();
      break;
    case NodeKind.IfStmt:
      ifStmt(check, inner, s);
      break;
    case NodeKind.SwitchStmt:
      check.openScope();
      simpleStmt(check, s.init);
      if (s.tag !== null && s.tag.kind === NodeKind.TypeSwitchGuard) {
        typeSwitchStmt(check, inner | Ctxt.BreakOk | Ctxt.InTypeSwitch, s, s.tag);
      } else switchStmt(check, inner | Ctxt.BreakOk, s);
      check.closeScope();
      break;
    case NodeKind.SelectStmt:
      selectStmt(check, inner | Ctxt.BreakOk, s);
      break;
    case NodeKind.ForStmt:
      forStmt(check, inner | Ctxt.BreakOk | Ctxt.ContinueOk, s);
      break;
    case NodeKind.RangeClause:
      check.error(s, 'InvalidSyntaxTree', 'invalid statement');
      break;
  }
}

function exprStmt(check: Checker, e: Expr): void {
  const x = new Operand();
  const kind = rawExpr(check, null, x, e, null, false);
  let code = 'UnusedExpr';
  let msg = 'is not used';
  if (x.mode === Mode.Builtin) {
    code = 'UncalledBuiltin';
    msg = 'must be called';
  } else if (x.mode === Mode.TypeExpr) {
    code = 'NotAnExpr';
    msg = 'is not an expression';
  } else if (kind === ExprKind.Statement) return;
  check.error(x, code, `${operandStr(check, x)} ${msg}`);
}

function sendStmt(check: Checker, s: SendStmt): void {
  const ch = new Operand();
  const val = new Operand();
  expr(check, null, ch, s.chan);
  genericExpr(check, val, s.value, null);
  if (!isValid(ch) || !isValid(val)) return;
  const elem = chanElem(check, s, ch, false);
  if (elem !== null) assignment(check, val, elem, 'send');
}

function assignStmt(check: Checker, s: AssignStmt): void {
  if (s.rhs === null) {
    const x = new Operand();
    expr(check, null, x, s.lhs);
    if (!isValid(x)) return;
    if (!allNumeric(x.type)) {
      const op = operatorNames[s.op]!;
      check.error(
        s.lhs,
        'NonNumericIncDec',
        `${invalidOp}${exprString(s.lhs)}${op}${op} (non-numeric type ${typeStr(check, x.type)})`,
      );
      return;
    }
    assignVar(check, s.lhs, null, x, 'assignment');
    return;
  }
  const lhs = unpackList(s.lhs);
  const rhs = unpackList(s.rhs);
  if (s.op === Operator.None) {
    assignVars(check, lhs, rhs);
    return;
  }
  if (s.op === Operator.Def) {
    shortVarDecl(check, s.pos, lhs, rhs);
    return;
  }
  if (lhs.length !== 1 || rhs.length !== 1) {
    check.error(
      s,
      'MultiValAssignOp',
      `assignment operation ${operatorNames[s.op]!} requires single-valued expressions`,
    );
    return;
  }
  const x = new Operand();
  binary(check, x, null, lhs[0]!, rhs[0]!, s.op);
  assignVar(check, lhs[0]!, null, x, 'assignment');
}

/** The call of a go or defer statement. */
function suspendedCall(check: Checker, keyword: 'go' | 'defer', call: Expr): void {
  const code = keyword === 'go' ? 'InvalidGo' : 'InvalidDefer';
  if (call.kind !== NodeKind.CallExpr) {
    check.error(call, code, `expression in ${keyword} must be function call`);
    use(check, [call]);
    return;
  }
  const x = new Operand();
  const kind = rawExpr(check, null, x, call, null, false);
  if (kind === ExprKind.Statement) return;
  const what = operandStr(check, x);
  if (kind === ExprKind.Conversion) {
    check.error(x, code, `${keyword} requires function call, not conversion ${what}`);
  } else check.error(x, 'UnusedResults', `${keyword} discards result of ${what}`);
}

function returnStmt(check: Checker, s: ReturnStmt): void {
  const { vars } = check.sig!.results;
  const results = unpackList(s.results);
  if (results.length > 0 || vars.length === 0 || vars[0]!.name === '') {
    // Nothing to return is an assignment to no variables, or too few.
    if (results.length > 0 || vars.length > 0) initVars(check, vars, results, s);
    return;
  }
  for (const v of vars) {
    const other = check.lookup(v.name);
    if (other === null || other === v) continue;
    const err = new ErrorBuilder(check, 'OutOfScopeResult');
    err.add(s, `result parameter ${v.name} not in scope at return`);
    err.add(other.pos, `inner declaration of ${objectString(v, check.qualifier)}`);
    err.report();
  }
}

function branchStmt(check: Checker, ctxt: number, s: BranchStmt): void {
  if (s.label !== null) {
    check.hasLabel = true;
    return;
  }
  if (check.config.ignoreBranchErrors === true) return;
  switch (s.tok) {
    case Token.Break:
      if ((ctxt & Ctxt.BreakOk) === 0) {
        check.error(s, 'MisplacedBreak', 'break not in for, switch, or select statement');
      }
      break;
    case Token.Continue:
      if ((ctxt & Ctxt.ContinueOk) === 0) {
        check.error(s, 'MisplacedContinue', 'continue not in for statement');
      }
      break;
    case Token.Fallthrough: {
      if ((ctxt & Ctxt.FallthroughOk) !== 0) break;
      let msg = 'fallthrough statement out of place';
      if ((ctxt & Ctxt.FinalSwitchCase) !== 0) msg = 'cannot fallthrough final case in switch';
      else if ((ctxt & Ctxt.InTypeSwitch) !== 0) msg = 'cannot fallthrough in type switch';
      check.error(s, 'MisplacedFallthrough', msg);
      break;
    }
    default:
      check.error(s, 'InvalidSyntaxTree', 'branch statement: goto');
  }
}

/** An if statement and the chain of its else branches, each in the scope of the one before. */
function ifStmt(check: Checker, inner: number, s: IfStmt): void {
  const tops: number[] = [];
  for (let at: IfStmt | null = s; at !== null;) {
    check.openScope();
    simpleStmt(check, at.init);
    condition(check, at.cond, 'if');
    stmt(check, inner, at.body);
    const next: IfStmt | BlockStmt | null = at.else;
    at = null;
    if (next === null) continue;
    if (next.kind === NodeKind.IfStmt) {
      at = next;
      tops.push(check.delayedCount);
    } else stmt(check, inner, next);
  }
  for (let i = tops.length - 1; i >= 0; i--) {
    check.closeScope();
    check.processDelayed(tops[i]!);
  }
  check.closeScope();
}

function condition(check: Checker, e: Expr, what: 'if' | 'for'): void {
  const x = new Operand();
  expr(check, null, x, e);
  if (isValid(x) && !allBoolean(x.type)) {
    check.error(e, 'InvalidCond', `non-boolean condition in ${what} statement`);
  }
}

function forStmt(check: Checker, inner: number, s: ForStmt): void {
  if (s.init !== null && s.init.kind === NodeKind.RangeClause) {
    rangeStmt(check, s, s.init, () => stmt(check, inner, s.body));
    return;
  }
  check.openScope();
  simpleStmt(check, s.init);
  if (s.cond !== null) condition(check, s.cond, 'for');
  simpleStmt(check, s.post);
  // The parser has reported a declaration there.
  if (s.post !== null && s.post.kind === NodeKind.AssignStmt && s.post.op === Operator.Def) {
    use(check, [s.post.lhs]);
  }
  stmt(check, inner, s.body);
  check.closeScope();
}

function multipleDefaults(check: Checker, clauses: readonly (CaseClause | CommClause)[]): void {
  let first: CaseClause | CommClause | null = null;
  for (const c of clauses) {
    if ((c.kind === NodeKind.CaseClause ? c.cases : c.comm) !== null) continue;
    if (first === null) first = c;
    else {
      const place = check.positions.format(first.pos);
      check.error(c, 'DuplicateDefault', `multiple defaults (first at ${place})`);
    }
  }
}

function selectStmt(check: Checker, inner: number, s: SelectStmt): void {
  multipleDefaults(check, s.clauses);
  for (const clause of s.clauses) {
    const { comm } = clause;
    if (comm !== null && !isCommunication(comm)) {
      check.error(
        comm,
        'InvalidSelectCase',
        'select case must be send or receive (possibly with assignment)',
      );
      continue;
    }
    check.openScope();
    if (comm !== null) stmt(check, inner, comm);
    stmtList(check, inner, clause.body);
    check.closeScope();
  }
}

function isCommunication(s: Stmt): boolean {
  if (s.kind === NodeKind.SendStmt) return true;
  let rhs: Expr | null = null;
  if (s.kind === NodeKind.AssignStmt) {
    if (s.rhs !== null && s.rhs.kind !== NodeKind.ListExpr) ({ rhs } = s);
  } else if (s.kind === NodeKind.ExprStmt) rhs = s.x;
  if (rhs === null) return false;
  const x = unparen(rhs);
  return x.kind === NodeKind.Operation && x.y === null && x.op === Operator.Recv;
}

function switchStmt(check: Checker, inner: number, s: SwitchStmt): void {
  const x = new Operand();
  if (s.tag !== null) {
    expr(check, null, x, s.tag);
    // As if it were assigned to a variable.
    assignment(check, x, null, 'switch expression');
    if (isValid(x) && !isComparable(x.type) && !hasNil(x.type)) {
      check.error(
        x,
        'InvalidExprSwitch',
        `cannot switch on ${operandStr(check, x)} (${typeStr(check, x.type)} is not comparable)`,
      );
      x.mode = Mode.Invalid;
    }
  } else {
    x.mode = Mode.Constant;
    x.type = boolType;
    x.val = makeBool(true);
    x.expr = check.dummyName(s.clauses[0]?.pos ?? s.rbrace, 'true');
  }
  multipleDefaults(check, s.clauses);
  const seen: CaseValues = new Map();
  for (let i = 0; i < s.clauses.length; i++) {
    const clause = s.clauses[i]!;
    caseValues(check, x, unpackList(clause.cases), seen);
    const last = i + 1 === s.clauses.length;
    check.openScope();
    stmtList(check, inner | (last ? Ctxt.FinalSwitchCase : Ctxt.FallthroughOk), clause.body);
    check.closeScope();
  }
}

/** Constants in cases, with the types that they have there. */
type CaseValues = Map<bigint | number | string, { readonly pos: Pos; readonly type: Type }[]>;

function caseValues(check: Checker, x: Operand, values: readonly Expr[], seen: CaseValues): void {
  for (const e of values) {
    const v = new Operand();
    expr(check, null, v, e);
    if (!isValid(x) || !isValid(v)) continue;
    convertUntyped(check, v, x.type);
    if (!isValid(v)) continue;
    const result = v.copy();
    comparison(check, result, x, Operator.Eql, true);
    if (!isValid(result) || v.mode !== Mode.Constant) continue;
    const key = caseKey(v.val!);
    if (key === null) continue;
    const known = seen.get(key) ?? [];
    const other = known.find((k) => identical(v.type, k.type));
    if (other !== undefined) {
      const err = new ErrorBuilder(check, 'DuplicateCase');
      err.add(v, `duplicate case ${operandStr(check, v)} in expression switch`);
      err.add(other.pos, 'previous case');
      err.report();
      continue;
    }
    known.push({ pos: v.expr!.pos, type: v.type });
    seen.set(key, known);
  }
}

/** gc finds duplicates among integers, floating-point numbers and strings. */
function caseKey(val: Value): bigint | number | string | null {
  switch (kindOf(val)) {
    case ValueKind.Int:
      return bigIntOf(val);
    case ValueKind.Float:
      return float64Of(val);
    case ValueKind.String:
      return stringOf(val);
    default:
      return null;
  }
}

function typeSwitchStmt(
  check: Checker,
  inner: number,
  s: SwitchStmt,
  guard: TypeSwitchGuard,
): void {
  let { lhs } = guard;
  if (lhs !== null) {
    if (lhs.value === '_') {
      check.softError(lhs, 'NoNewVar', 'no new variable on left side of :=');
      lhs = null;
    } else recordDef(check, lhs, null);
  }
  const sx = switchedOperand(check, guard.x);
  multipleDefaults(check, s.clauses);
  const vars: VarObj[] = [];
  const seen = new Map<Type | null, Expr>();
  for (const clause of s.clauses) {
    const type = caseTypes(check, sx, unpackList(clause.cases), seen);
    check.openScope();
    if (lhs !== null) {
      const v = newVar(VarKind.Local, lhs.pos, check.pkg, lhs.value, type);
      declare(check, check.scope, null, v);
      recordImplicit(check, clause, v);
      vars.push(v);
    }
    stmtList(check, inner, clause.body);
    check.closeScope();
  }
  if (lhs === null) return;
  // One for all: it is enough if one of them is used.
  const used = vars.some((v) => v.used);
  for (const v of vars) v.used = true;
  if (!used) check.softError(lhs, 'UnusedVar', `${lhs.value} declared and not used`);
}

/** The operand of a type switch; null after an error. */
function switchedOperand(check: Checker, e: Expr): Operand | null {
  const x = new Operand();
  expr(check, null, x, e);
  if (!isValid(x)) return null;
  const what = (): string => operandStr(check, x);
  if (isTypeParam(x.type)) {
    check.error(x, 'InvalidTypeSwitch', `cannot use type switch on type parameter value ${what()}`);
    return null;
  }
  if (isInterface(x.type)) return x;
  check.error(x, 'InvalidTypeSwitch', `${what()} is not an interface`);
  return null;
}

/** Whether `e` denotes the predeclared nil. */
function denotesNil(check: Checker, e: Expr): boolean {
  const name = unparen(e);
  return name.kind === NodeKind.Name && check.lookup(name.value)?.kind === ObjKind.Nil;
}

/** Checks the types of a case; returns that of the variable there. */
function caseTypes(
  check: Checker,
  x: Operand | null,
  types: readonly Expr[],
  seen: Map<Type | null, Expr>,
): Type {
  let T: Type | null = null;
  for (const e of types) {
    if (denotesNil(check, e)) {
      T = null;
      expr(check, null, new Operand(), e);
    } else {
      T = varType(check, e);
      if (isInvalid(T)) continue;
    }
    const other = knownCase(T, seen);
    if (other !== null) {
      const err = new ErrorBuilder(check, 'DuplicateCase');
      const name = T === null ? 'nil' : typeStr(check, T);
      err.add(e, `duplicate case ${name} in type switch`);
      err.add(other, 'previous case');
      err.report();
      continue;
    }
    seen.set(T, e);
    if (x !== null && T !== null) typeAssertion(check, e, x, T, true);
  }
  if (types.length === 1 && T !== null) return T;
  return x === null ? invalidType : x.type;
}

function knownCase(T: Type | null, seen: ReadonlyMap<Type | null, Expr>): Expr | null {
  const same = seen.get(T);
  if (same !== undefined) return same;
  if (T === null) return null;
  for (const [t, e] of seen) if (t !== null && identical(T, t)) return e;
  return null;
}
