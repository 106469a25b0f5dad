/**
 * Productions of expressions.
 *
 * `{` after an operand is the hard part: it begins a composite literal if the operand can be a type,
 * but in the header of an if, for or switch statement only inside brackets (`p.xnest`).
 *
 * Spec: "Expressions".   GOROOT: src/cmd/compile/internal/syntax/parser.go (errors, tree shapes).
 */
import {
  ChanDir,
  type ChanType,
  type CompositeLit,
  type Expr,
  newAssertExpr,
  newCallExpr,
  newChanType,
  newCompositeLit,
  newFuncLit,
  newIndexExpr,
  newKeyValueExpr,
  newListExpr,
  newOperation,
  newParenExpr,
  newSelectorExpr,
  newSliceExpr,
  newTypeSwitchGuard,
  NodeKind,
  unparen,
} from './nodes.ts';
import { type Parser } from './parser.ts';
import { type Pos } from './pos.ts';
import { exprString } from './print.ts';
import { Operator, Prec, Token } from './token.ts';
import { funcType, type, typeList } from './type.ts';

/** Whether the tree keeps parentheses around an operand. */
export const Parens = { Drop: 0, Keep: 1 } as const;
export type Parens = (typeof Parens)[keyof typeof Parens];

export function expr(p: Parser): Expr {
  return binaryExpr(p, unaryExpr(p), Prec.None);
}

/** One expression, or a ListExpr of several. */
export function exprList(p: Parser): Expr {
  const first = expr(p);
  if (!p.got(Token.Comma)) return first;
  const elems = [first, expr(p)];
  while (p.got(Token.Comma)) elems.push(expr(p));
  return newListExpr(p.ids, first.pos, elems);
}

/** What follows the operand `x`, of operators that bind tighter than `prec`. */
export function binaryExpr(p: Parser, x: Expr, prec: number): Expr {
  let left = x;
  while ((p.tok === Token.Operator || p.tok === Token.Star) && p.prec > prec) {
    const { pos, op, prec: own } = p;
    p.next();
    const right = binaryExpr(p, unaryExpr(p), own);
    left = newOperation(p.ids, pos, op, left, right);
  }
  return left;
}

export function unaryExpr(p: Parser): Expr {
  const { pos } = p;
  if (p.tok === Token.Operator || p.tok === Token.Star) {
    const { op } = p;
    switch (op) {
      case Operator.Mul:
      case Operator.Add:
      case Operator.Sub:
      case Operator.Not:
      case Operator.Xor:
      case Operator.Tilde:
        p.next();
        return newOperation(p.ids, pos, op, unaryExpr(p), null);
      case Operator.And:
        p.next();
        // The operand may be a composite literal in parentheses.
        return newOperation(p.ids, pos, op, unparen(unaryExpr(p)), null);
      default:
    }
  } else if (p.tok === Token.Arrow) {
    p.next();
    // Of "<-chan …" only the end tells whether it is a channel type or a receive operation.
    const x = unaryExpr(p);
    if (x.kind === NodeKind.ChanType) return receiveOnly(p, x);
    return newOperation(p.ids, pos, Operator.Recv, x, null);
  }
  return primaryExpr(p, null, Parens.Keep);
}

/** An arrow before a channel type belongs to it: `<-(chan<- E)` becomes `<-chan (<-E)`. */
function receiveOnly(p: Parser, x: ChanType): ChanType {
  const chain: ChanType[] = [];
  let elem: Expr = x;
  let dir: ChanDir = ChanDir.SendOnly;
  while (dir === ChanDir.SendOnly && elem.kind === NodeKind.ChanType) {
    ({ dir } = elem);
    if (dir === ChanDir.RecvOnly) p.syntaxError('unexpected <-, expected chan');
    chain.push(elem);
    elem = elem.elem;
  }
  if (dir === ChanDir.SendOnly) p.syntaxError(`unexpected ${exprString(elem)}, expected chan`);
  let result = elem;
  for (const c of chain.reverse()) {
    result = newChanType(p.ids, c.pos, ChanDir.RecvOnly, result);
  }
  return result as ChanType;
}

function operand(p: Parser, parens: Parens): Expr {
  const { pos } = p;
  switch (p.tok) {
    case Token.Name:
      return p.name();
    case Token.Literal:
      return p.literalOrNull()!;
    case Token.Lparen: {
      p.next();
      p.xnest++;
      const x = expr(p);
      p.xnest--;
      p.want(Token.Rparen);
      // Parentheses are wrong around the type of a composite literal, which "{" may begin.
      const keep = parens === Parens.Keep || p.at(Token.Lbrace);
      return keep ? newParenExpr(p.ids, pos, x) : x;
    }
    case Token.Func: {
      p.next();
      const signature = funcType(p, 'function type').type;
      if (!p.at(Token.Lbrace)) return signature;
      p.xnest++;
      const body = p.grammar.funcBody(p);
      p.xnest--;
      return newFuncLit(p.ids, pos, signature, body);
    }
    case Token.Lbrack:
    case Token.Chan:
    case Token.Map:
    case Token.Struct:
    case Token.Interface:
      return type(p);
    default: {
      const bad = p.badExpr();
      p.syntaxError('expected expression');
      p.advance(Token.Rparen, Token.Rbrack, Token.Rbrace);
      return bad;
    }
  }
}

/** An operand, which may have been read, and all that is attached to it. */
export function primaryExpr(p: Parser, first: Expr | null, parens: Parens): Expr {
  let x = first ?? operand(p, parens);
  for (;;) {
    const { pos } = p;
    switch (p.tok) {
      case Token.Dot:
        p.next();
        x = selectorOrAssertion(p, pos, x);
        break;
      case Token.Lbrack:
        p.next();
        x = indexOrSlice(p, pos, x);
        break;
      case Token.Lparen:
        p.next();
        x = call(p, pos, x);
        break;
      case Token.Lbrace:
        if (!canBeLiteralType(p, unparen(x))) return x;
        if (x.kind === NodeKind.ParenExpr) {
          p.syntaxError('cannot parenthesize type in composite literal');
        }
        x = compositeLit(p, x);
        break;
      default:
        return x;
    }
  }
}

function selectorOrAssertion(p: Parser, pos: Pos, x: Expr): Expr {
  if (p.tok === Token.Name) return newSelectorExpr(p.ids, pos, x, p.name());
  if (p.tok === Token.Lparen) {
    p.next();
    // The variable of a type switch is filled in by its statement.
    const n = p.got(Token.Type)
      ? newTypeSwitchGuard(p.ids, pos, null, x)
      : newAssertExpr(p.ids, pos, x, type(p));
    p.want(Token.Rparen);
    return n;
  }
  p.syntaxError('expected name or (');
  p.advance(Token.Semi, Token.Rparen);
  return x;
}

function indexOrSlice(p: Parser, pos: Pos, x: Expr): Expr {
  let index: Expr | null = null;
  if (p.tok !== Token.Colon) {
    let comma = false;
    if (p.tok === Token.Rbrack) {
      p.syntaxError('expected operand');
      index = p.badExpr();
    } else {
      const list = typeList(p);
      index = list.x;
      ({ comma } = list);
    }
    if (comma || p.tok === Token.Rbrack) {
      p.want(Token.Rbrack);
      return newIndexExpr(p.ids, pos, x, index);
    }
  }
  if (!p.got(Token.Colon)) {
    p.syntaxError('expected comma, : or ]');
    p.advance(Token.Comma, Token.Colon, Token.Rbrack);
  }
  p.xnest++;
  let high: Expr | null = null;
  let max: Expr | null = null;
  let full = false;
  if (!p.at(Token.Colon) && !p.at(Token.Rbrack)) high = expr(p);
  if (p.tok === Token.Colon) {
    full = true;
    if (high === null) {
      p.errorAt(p.pos, 'middle index required in 3-index slice');
      high = p.badExpr();
    }
    p.next();
    if (p.at(Token.Rbrack)) {
      p.errorAt(p.pos, 'final index required in 3-index slice');
      max = p.badExpr();
    } else max = expr(p);
  }
  p.xnest--;
  p.want(Token.Rbrack);
  return newSliceExpr(p.ids, pos, x, [index, high, max], full);
}

function call(p: Parser, pos: Pos, fun: Expr): Expr {
  const args: Expr[] = [];
  let hasDots = false;
  let open = true;
  p.xnest++;
  while (open && !hasDots && p.more(Token.Rparen)) {
    args.push(expr(p));
    hasDots = p.got(Token.DotDotDot);
    open = p.separated('argument list', Token.Comma, Token.Rparen);
  }
  p.endOfList(open, Token.Rparen);
  p.xnest--;
  return newCallExpr(p.ids, pos, fun, args, hasDots);
}

/** Whether "{" after `t` begins a composite literal. */
function canBeLiteralType(p: Parser, t: Expr): boolean {
  switch (t.kind) {
    case NodeKind.Name:
    case NodeKind.SelectorExpr:
      return p.xnest >= 0;
    case NodeKind.IndexExpr:
      return p.xnest >= 0 && !isValue(t);
    case NodeKind.ArrayType:
    case NodeKind.SliceType:
    case NodeKind.StructType:
    case NodeKind.MapType:
      return true;
    default:
      return false;
  }
}

/** Whether `x` can only be a value, and no type. */
function isValue(x: Expr): boolean {
  switch (x.kind) {
    case NodeKind.BasicLit:
    case NodeKind.CompositeLit:
    case NodeKind.FuncLit:
    case NodeKind.SliceExpr:
    case NodeKind.AssertExpr:
    case NodeKind.TypeSwitchGuard:
    case NodeKind.CallExpr:
      return true;
    case NodeKind.Operation:
      return x.op !== Operator.Mul || x.y !== null;
    case NodeKind.ParenExpr:
      return isValue(x.x);
    case NodeKind.IndexExpr:
      return isValue(x.x) || isValue(x.index);
    default:
      return false;
  }
}

function compositeLit(p: Parser, literalType: Expr | null): CompositeLit {
  const { pos } = p;
  const elems: Expr[] = [];
  let nKeys = 0;
  p.xnest++;
  p.want(Token.Lbrace);
  let open = true;
  while (open && p.more(Token.Rbrace)) {
    let elem = element(p);
    if (p.tok === Token.Colon) {
      const colon = p.pos;
      p.next();
      elem = newKeyValueExpr(p.ids, colon, elem, element(p));
      nKeys++;
    }
    elems.push(elem);
    open = p.separated('composite literal', Token.Comma, Token.Rbrace);
  }
  const rbrace = p.endOfList(open, Token.Rbrace);
  p.xnest--;
  return newCompositeLit(p.ids, pos, literalType, { elems, nKeys, rbrace });
}

/** A key or value: an expression, or a literal that leaves its type out. */
function element(p: Parser): Expr {
  return p.tok === Token.Lbrace ? compositeLit(p, null) : expr(p);
}
