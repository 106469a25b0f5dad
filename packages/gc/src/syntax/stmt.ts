/**
 * Productions of statements.
 *
 * Chains of `else if` are read by a loop and built from their end, since generated code has long ones.
 *
 * Spec: "Statements".   GOROOT: src/cmd/compile/internal/syntax/parser.go (errors, tree shapes).
 */
import { checkBranches } from './branches.ts';
import { expr, exprList, Parens, primaryExpr } from './expr.ts';
import {
  type BlockStmt,
  type CaseClause,
  type CommClause,
  type Expr,
  type ForStmt,
  Group,
  type IfStmt,
  type Name,
  newAssignStmt,
  newBadExpr,
  newBlockStmt,
  newBranchStmt,
  newCallStmt,
  newCaseClause,
  newCommClause,
  newDeclStmt,
  newEmptyStmt,
  newExprStmt,
  newForStmt,
  newIfStmt,
  newLabeledStmt,
  newRangeClause,
  newReturnStmt,
  newSelectStmt,
  newSendStmt,
  newSwitchStmt,
  newTypeSwitchGuard,
  NodeKind,
  type Decl,
  type SelectStmt,
  type SimpleStmt,
  type Stmt,
  type SwitchStmt,
  unparen,
} from './nodes.ts';
import { type Parser } from './parser.ts';
import { type Pos } from './pos.ts';
import { exprString } from './print.ts';
import { Operator, Token, tokenNames } from './token.ts';

export function funcBody(p: Parser): BlockStmt {
  p.fnest++;
  const { failures } = p;
  const body = blockStmt(p, '');
  p.fnest--;
  // In a body with syntax errors branches would only cause more of them.
  const { checkBranches: check, table } = p.context;
  if (check && p.failures === failures) {
    checkBranches(body, table, (pos, msg) => p.remark(pos, msg));
  }
  return body;
}

/** A block; `context` is what it must follow, if "{" has not been seen. */
export function blockStmt(p: Parser, context: string): BlockStmt {
  const { pos } = p;
  if (!p.got(Token.Lbrace)) {
    p.syntaxError(`expected { after ${context}`);
    p.advance(Token.Name, Token.Rbrace);
    const rbrace = p.pos;
    if (p.got(Token.Rbrace)) return newBlockStmt(p.ids, pos, [], rbrace);
  }
  const list = stmtList(p);
  const rbrace = p.pos;
  p.want(Token.Rbrace);
  return newBlockStmt(p.ids, pos, list, rbrace);
}

function stmtList(p: Parser): Stmt[] {
  const list: Stmt[] = [];
  while (
    p.tok !== Token.EOF &&
    p.tok !== Token.Rbrace &&
    p.tok !== Token.Case &&
    p.tok !== Token.Default
  ) {
    const s = stmtOrNull(p);
    p.clearPragma();
    if (s === null) break;
    list.push(s);
    if (!p.got(Token.Semi) && !p.at(Token.Rbrace)) {
      p.syntaxError('at end of statement');
      p.advance(Token.Semi, Token.Rbrace, Token.Case, Token.Default);
      p.got(Token.Semi);
    }
  }
  return list;
}

function stmtOrNull(p: Parser): Stmt | null {
  if (p.tok === Token.Name) {
    p.clearPragma();
    const lhs = exprList(p);
    const isLabel = lhs.kind === NodeKind.Name && p.at(Token.Colon);
    if (isLabel) return labeledStmtOrNull(p, lhs);
    return simpleStmt(p, lhs, Token.None);
  }
  const { pos, tok } = p;
  if (tok === Token.Var || tok === Token.Const || tok === Token.Type) {
    p.next();
    return newDeclStmt(p.ids, pos, declGroup(p, tok));
  }
  p.clearPragma();
  switch (tok) {
    case Token.Lbrace:
      return blockStmt(p, '');
    case Token.Operator:
    case Token.Star:
      return startsOperand(p.op) ? simpleStmt(p, null, Token.None) : null;
    case Token.Literal:
    case Token.Func:
    case Token.Lparen:
    case Token.Lbrack:
    case Token.Struct:
    case Token.Map:
    case Token.Chan:
    case Token.Interface:
    case Token.Arrow:
      return simpleStmt(p, null, Token.None);
    case Token.For:
      return forStmt(p);
    case Token.Switch:
      return switchStmt(p);
    case Token.Select:
      return selectStmt(p);
    case Token.If:
      return ifStmt(p);
    case Token.Fallthrough:
      p.next();
      return newBranchStmt(p.ids, pos, tok, null);
    case Token.Break:
    case Token.Continue:
      p.next();
      return newBranchStmt(p.ids, pos, tok, p.at(Token.Name) ? p.name() : null);
    case Token.Goto:
      p.next();
      return newBranchStmt(p.ids, pos, tok, p.name());
    case Token.Go:
    case Token.Defer:
      return callStmt(p);
    case Token.Return: {
      p.next();
      const some = !p.at(Token.Semi) && !p.at(Token.Rbrace);
      return newReturnStmt(p.ids, pos, some ? exprList(p) : null);
    }
    case Token.Semi:
      return newEmptyStmt(p.ids, pos);
    default:
      return null;
  }
}

function startsOperand(op: Operator): boolean {
  return (
    op === Operator.Add ||
    op === Operator.Sub ||
    op === Operator.Mul ||
    op === Operator.And ||
    op === Operator.Xor ||
    op === Operator.Not
  );
}

/** After the keyword: one declaration, or several in parentheses. */
export function declGroup(p: Parser, keyword: Token): Decl[] {
  if (p.tok !== Token.Lparen) return [p.grammar.declOf(p, null, keyword)];
  const group = new Group(p.pos);
  const list: Decl[] = [];
  p.clearPragma(); // before "(" is passed, and what stands after it
  p.next();
  let open = true;
  while (open && p.more(Token.Rparen)) {
    list.push(p.grammar.declOf(p, group, keyword));
    open = p.separated('grouped declaration', Token.Semi, Token.Rparen);
  }
  p.endOfList(open, Token.Rparen);
  return list;
}

// ---- simple statements

/** Starts after `first`, if that was read; `keyword` is that of the header it stands in. */
function simpleStmt(p: Parser, first: Expr | null, keyword: Token): SimpleStmt {
  if (keyword === Token.For && p.tok === Token.Range) return rangeClause(p, null, Operator.None);
  const lhs = first ?? exprList(p);
  const { pos, tok } = p;
  if (lhs.kind !== NodeKind.ListExpr) {
    switch (tok) {
      case Token.Assign:
      case Token.Define:
        break;
      case Token.AssignOp: {
        const { op } = p;
        p.next();
        return newAssignStmt(p.ids, pos, op, lhs, expr(p));
      }
      case Token.IncOp: {
        const { op } = p;
        p.next();
        return newAssignStmt(p.ids, pos, op, lhs, null);
      }
      case Token.Arrow:
        p.next();
        return newSendStmt(p.ids, pos, lhs, expr(p));
      default:
        return newExprStmt(p.ids, lhs.pos, lhs);
    }
  }
  if (tok === Token.Assign || tok === Token.Define) {
    return assignment(p, lhs, keyword);
  }
  p.syntaxError('expected := or = or comma');
  p.advance(Token.Semi, Token.Rbrace);
  const x = lhs.kind === NodeKind.ListExpr ? lhs.elems[0]! : lhs;
  return newExprStmt(p.ids, x.pos, x);
}

function assignment(p: Parser, lhs: Expr, keyword: Token): SimpleStmt {
  const { pos } = p;
  const op = p.tok === Token.Define ? Operator.Def : Operator.None;
  p.next();
  if (keyword === Token.For && p.tok === Token.Range) return rangeClause(p, lhs, op);
  const rhs = exprList(p);
  const isGuard =
    rhs.kind === NodeKind.TypeSwitchGuard &&
    lhs.kind === NodeKind.Name &&
    keyword === Token.Switch &&
    op === Operator.Def;
  if (!isGuard) return newAssignStmt(p.ids, pos, op, lhs, rhs);
  const guard = newTypeSwitchGuard(p.ids, rhs.pos, lhs, rhs.x);
  return newExprStmt(p.ids, guard.pos, guard);
}

function rangeClause(p: Parser, lhs: Expr | null, op: Operator): SimpleStmt {
  const { pos } = p;
  p.next();
  return newRangeClause(p.ids, pos, lhs, op === Operator.Def, expr(p));
}

function labeledStmtOrNull(p: Parser, label: Name): Stmt | null {
  const { pos } = p;
  p.want(Token.Colon);
  // A semicolon may be left out before "}": the statement is empty then.
  if (p.tok === Token.Rbrace) {
    return newLabeledStmt(p.ids, pos, label, newEmptyStmt(p.ids, p.pos));
  }
  const stmt = stmtOrNull(p);
  if (stmt !== null) return newLabeledStmt(p.ids, pos, label, stmt);
  p.syntaxErrorAt(pos, 'missing statement after label');
  return null;
}

function callStmt(p: Parser): Stmt {
  const { pos, tok } = p;
  p.next();
  const x = primaryExpr(p, null, p.tok === Token.Lparen ? Parens.Keep : Parens.Drop);
  const inner = unparen(x);
  if (inner !== x) {
    p.errorAt(x.pos, `expression in ${tokenNames[tok]!} must not be parenthesized`);
  }
  return newCallStmt(p.ids, pos, tok, inner);
}

// ---- headers

interface Header {
  init: SimpleStmt | null;
  cond: Expr | null;
  post: SimpleStmt | null;
}

/** What stands between `if`, `for` or `switch` and the "{" of its block. */
function header(p: Parser, keyword: Token): Header {
  p.want(keyword);
  const h: Header = { init: null, cond: null, post: null };
  if (p.tok === Token.Lbrace) {
    if (keyword === Token.If) {
      p.syntaxError('missing condition in if statement');
      h.cond = p.badExpr();
    }
    return h;
  }
  const outer = p.xnest;
  p.xnest = -1;
  headerParts(p, keyword, h);
  p.xnest = outer;
  return h;
}

function headerParts(p: Parser, keyword: Token, h: Header): void {
  if (p.tok !== Token.Semi) {
    if (p.got(Token.Var)) {
      p.syntaxError(`var declaration not allowed in ${tokenNames[keyword]!} initializer`);
    }
    h.init = simpleStmt(p, null, keyword);
    if (h.init.kind === NodeKind.RangeClause) return;
  }
  let cond: SimpleStmt | null = null;
  let semiPos: Pos = 0;
  let semiText = '';
  if (p.tok === Token.Lbrace) {
    cond = h.init;
    h.init = null;
  } else {
    if (p.tok === Token.Semi) {
      semiPos = p.pos;
      semiText = p.lit;
      p.next();
    } else {
      // Asking for "{" and not ";" gives the better message.
      p.want(Token.Lbrace);
      if (!p.at(Token.Lbrace)) p.advance(Token.Lbrace, Token.Rbrace);
    }
    if (keyword === Token.For) cond = forParts(p, h);
    else if (!p.at(Token.Lbrace)) cond = simpleStmt(p, null, keyword);
  }
  h.cond = condition(p, cond);
  if (cond === null && keyword === Token.If && semiPos !== 0) {
    const msg =
      semiText === 'semicolon'
        ? 'missing condition in if statement'
        : `unexpected ${semiText}, expected { after if clause`;
    p.syntaxErrorAt(semiPos, msg);
    h.cond = newBadExpr(p.ids, semiPos);
  }
}

/** The second and third part of a for header; returns the second. */
function forParts(p: Parser, h: Header): SimpleStmt | null {
  let cond: SimpleStmt | null = null;
  if (p.tok !== Token.Semi) {
    if (p.tok === Token.Lbrace) {
      p.syntaxError('expected for loop condition');
      return null;
    }
    cond = simpleStmt(p, null, Token.None);
  }
  p.want(Token.Semi);
  if (!p.at(Token.Lbrace)) {
    h.post = simpleStmt(p, null, Token.None);
    if (h.post.kind === NodeKind.AssignStmt && h.post.op === Operator.Def) {
      p.syntaxErrorAt(h.post.pos, 'cannot declare in post statement of for loop');
    }
  }
  return cond;
}

function condition(p: Parser, s: SimpleStmt | null): Expr | null {
  if (s === null) return null;
  if (s.kind === NodeKind.ExprStmt) return s.x;
  // "=" in place of "==" turns a comparison into an assignment: make it stand out.
  const text =
    s.kind === NodeKind.AssignStmt && s.op === Operator.None && s.rhs !== null
      ? `assignment ${emphasize(s.lhs)} = ${emphasize(s.rhs)}`
      : exprString(s);
  p.syntaxErrorAt(s.pos, `cannot use ${text} as value`);
  return null;
}

function emphasize(x: Expr): string {
  const text = exprString(x);
  return x.kind === NodeKind.Operation && x.y !== null ? `(${text})` : text;
}

// ---- compound statements

function ifStmt(p: Parser): IfStmt {
  const chain: { pos: Pos; head: Header; body: BlockStmt }[] = [];
  let rest: IfStmt | BlockStmt | null = null;
  for (;;) {
    const { pos } = p;
    const head = header(p, Token.If);
    // Only after an error is there none.
    head.cond ??= newBadExpr(p.ids, pos);
    chain.push({ pos, head, body: blockStmt(p, 'if clause') });
    if (!p.got(Token.Else)) break;
    if (p.tok === Token.If) continue;
    if (p.tok === Token.Lbrace) rest = blockStmt(p, '');
    else {
      p.syntaxError('else must be followed by if or statement block');
      p.advance(Token.Name, Token.Rbrace);
    }
    break;
  }
  for (const { pos, head, body } of chain.reverse()) {
    const { init, cond } = head;
    rest = newIfStmt(p.ids, pos, { init, cond: cond!, body, else: rest });
  }
  return rest as IfStmt;
}

function forStmt(p: Parser): ForStmt {
  const { pos } = p;
  const head = header(p, Token.For);
  const body = blockStmt(p, 'for clause');
  return newForStmt(p.ids, pos, { ...head, body });
}

function switchStmt(p: Parser): SwitchStmt {
  const { pos } = p;
  const { init, cond } = header(p, Token.Switch);
  openClauses(p, 'switch');
  const clauses: CaseClause[] = [];
  while (p.more(Token.Rbrace)) {
    const at = p.pos;
    const isCase = clauseStart(p);
    const cases = isCase ? exprList(p) : null;
    const colon = p.pos;
    p.want(Token.Colon);
    clauses.push(newCaseClause(p.ids, at, cases, stmtList(p), colon));
  }
  const rbrace = p.pos;
  p.want(Token.Rbrace);
  return newSwitchStmt(p.ids, pos, { init, tag: cond, clauses, rbrace });
}

function selectStmt(p: Parser): SelectStmt {
  const { pos } = p;
  p.want(Token.Select);
  openClauses(p, 'select');
  const clauses: CommClause[] = [];
  while (p.more(Token.Rbrace)) {
    const at = p.pos;
    // Any simple statement is taken; the checker sees to it that it is a send or receive.
    const comm = clauseStart(p) ? simpleStmt(p, null, Token.None) : null;
    const colon = p.pos;
    p.want(Token.Colon);
    clauses.push(newCommClause(p.ids, at, comm, stmtList(p), colon));
  }
  const rbrace = p.pos;
  p.want(Token.Rbrace);
  return newSelectStmt(p.ids, pos, clauses, rbrace);
}

function openClauses(p: Parser, what: string): void {
  if (p.got(Token.Lbrace)) return;
  p.syntaxError(`missing { after ${what} clause`);
  p.advance(Token.Case, Token.Default, Token.Rbrace);
}

/** Passes `case` or `default`; true for `case`. */
function clauseStart(p: Parser): boolean {
  if (p.got(Token.Case)) return true;
  if (!p.got(Token.Default)) {
    p.syntaxError('expected case or default or }');
    p.advance(Token.Colon, Token.Case, Token.Default, Token.Rbrace);
  }
  return false;
}
