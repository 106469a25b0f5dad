/**
 * Productions of declarations and of the file.
 *
 * `type T[P …` is a generic type or an array type. What follows the name is read as an expression and
 * then taken apart: if it can be a type parameter's name with a constraint, it is (`splitName`).
 *
 * Spec: "Declarations and scope", "Source file organization".
 * GOROOT: src/cmd/compile/internal/syntax/parser.go (errors, decisions).
 */
import { binaryExpr, exprList, Parens, primaryExpr } from './expr.ts';
import {
  type Decl,
  type Expr,
  type Field,
  type File,
  type FuncDecl,
  type Group,
  type Name,
  newConstDecl,
  newFile,
  newFuncDecl,
  newFuncType,
  newImportDecl,
  newName,
  newOperation,
  newSliceType,
  newTypeDecl,
  newVarDecl,
  NodeKind,
  unparen,
} from './nodes.ts';
import { type Parser } from './parser.ts';
import { isTypeElem } from './print.ts';
import { declGroup, funcBody } from './stmt.ts';
import { LitKind, Operator, Prec, Token } from './token.ts';
import {
  arrayType,
  funcType,
  paramList,
  results,
  type,
  typeOrNull,
  typeParameters,
} from './type.ts';

const declStarts = [Token.Import, Token.Const, Token.Type, Token.Var, Token.Func] as const;

/** The whole file; null if its package clause is wrong, after which nothing is worth reading. */
export function fileOrNull(p: Parser): File | null {
  const { pos } = p;
  p.top = false;
  const { goVersion } = p;
  if (!p.got(Token.Package)) {
    p.syntaxError('package statement must be first');
    return null;
  }
  const pragma = p.takePragma();
  const pkgName = p.name();
  p.want(Token.Semi);
  if (p.failures > 0) return null;

  const decls: Decl[] = [];
  let previous: Token = Token.Import;
  while (p.tok !== Token.EOF) {
    const { tok } = p;
    if (tok === Token.Import && previous !== Token.Import) {
      p.syntaxError('imports must appear before other declarations');
    }
    previous = tok;
    if (tok === Token.Func) {
      p.next();
      decls.push(funcDecl(p));
    } else if ((declStarts as readonly Token[]).includes(tok)) {
      p.next();
      decls.push(...declGroup(p, tok));
    } else {
      const last = decls.at(-1);
      const headless = last?.kind === NodeKind.FuncDecl && last.body === null;
      if (tok === Token.Lbrace && headless) {
        p.syntaxError('unexpected semicolon or newline before {');
      } else p.syntaxError('non-declaration statement outside function body');
      p.advance(...declStarts);
      continue;
    }
    // Directives after this declaration's semicolon belong to the next.
    p.clearPragma();
    if (!p.at(Token.EOF) && !p.got(Token.Semi)) {
      p.syntaxError('after top level declaration');
      p.advance(...declStarts);
    }
  }
  p.clearPragma();
  return newFile(p.ids, pos, {
    pragma,
    pkgName,
    decls,
    eof: p.pos,
    start: p.file.base,
    goVersion,
    linknames: p.directives?.linknames ?? [],
    cgoDirectives: p.directives?.cgo ?? [],
  });
}

/** One declaration after its keyword (or within its group). */
export function declOf(p: Parser, group: Group | null, keyword: Token): Decl {
  switch (keyword) {
    case Token.Import:
      return importDecl(p, group);
    case Token.Const:
      return constDecl(p, group);
    case Token.Type:
      return typeDecl(p, group);
    default:
      return varDecl(p, group);
  }
}

function importDecl(p: Parser, group: Group | null): Decl {
  const { pos } = p;
  const pragma = p.takePragma();
  let localName: Name | null = null;
  if (p.tok === Token.Name) localName = p.name();
  else if (p.tok === Token.Dot) {
    localName = newName(p.ids, p.pos, '.');
    p.next();
  }
  let path = p.literalOrNull();
  if (path === null) {
    p.syntaxError('missing import path');
    p.advance(Token.Semi, Token.Rparen);
  } else if (!path.bad && path.lit !== LitKind.String) {
    p.syntaxErrorAt(path.pos, 'import path must be a string');
    path = p.badLiteral(path);
  }
  return newImportDecl(p.ids, pos, { group, pragma, localName, path });
}

function constDecl(p: Parser, group: Group | null): Decl {
  const { pos } = p;
  const pragma = p.takePragma();
  const names = p.nameList(p.name());
  let typ: Expr | null = null;
  let values: Expr | null = null;
  if (p.tok !== Token.EOF && p.tok !== Token.Semi && p.tok !== Token.Rparen) {
    typ = typeOrNull(p);
    if (p.gotAssign()) values = exprList(p);
  }
  return newConstDecl(p.ids, pos, { group, pragma, names, type: typ, values });
}

function varDecl(p: Parser, group: Group | null): Decl {
  const { pos } = p;
  const pragma = p.takePragma();
  const names = p.nameList(p.name());
  let typ: Expr | null = null;
  let values: Expr | null = null;
  if (p.gotAssign()) values = exprList(p);
  else {
    typ = type(p);
    if (p.gotAssign()) values = exprList(p);
  }
  return newVarDecl(p.ids, pos, { group, pragma, names, type: typ, values });
}

function typeDecl(p: Parser, group: Group | null): Decl {
  const { pos } = p;
  const pragma = p.takePragma();
  const name = p.name();
  let tparams: Field[] = [];
  let alias = false;
  let typ: Expr | null;
  if (p.tok === Token.Lbrack) {
    const bracket = p.pos;
    p.next();
    if (p.got(Token.Rbrack)) typ = newSliceType(p.ids, bracket, type(p));
    else if (p.at(Token.Name)) {
      const x = arrayLengthOrParam(p);
      const [pname, ptype] = splitName(p, x, p.at(Token.Comma));
      if (pname !== null && (ptype !== null || !p.at(Token.Rbrack))) {
        tparams = paramList(p, typeParameters, pname, ptype);
        alias = p.gotAssign();
        typ = typeOrNull(p);
      } else typ = arrayType(p, bracket, x);
    } else typ = arrayType(p, bracket, null);
  } else {
    alias = p.gotAssign();
    typ = typeOrNull(p);
  }
  if (typ === null) {
    typ = p.badExpr();
    p.syntaxError('in type declaration');
    p.advance(Token.Semi, Token.Rparen);
  }
  return newTypeDecl(p.ids, pos, { group, pragma, name, tparams, alias, type: typ });
}

/**
 * An expression that starts with a name, or just the name if "[" follows: an index is no constant,
 * so no array length, and the bracket must start the constraint of a type parameter.
 */
function arrayLengthOrParam(p: Parser): Expr {
  const name = p.name();
  if (p.tok === Token.Lbrack) return name;
  p.xnest++;
  const x = binaryExpr(p, primaryExpr(p, name, Parens.Drop), Prec.None);
  p.xnest--;
  return x;
}

/**
 * Splits `x` into a name and a type that follows it, as in `P *E`, `P (E)` or `P *E|F`, if the rest
 * can only be a type, or if `force` is set. A single name splits into itself and null.
 */
function splitName(p: Parser, x: Expr, force: boolean): [Name | null, Expr | null] {
  if (x.kind === NodeKind.Name) return [x, null];
  if (x.kind === NodeKind.Operation && x.y !== null) {
    if (x.op === Operator.Mul && x.x.kind === NodeKind.Name && (force || isTypeElem(x.y))) {
      return [x.x, newOperation(p.ids, x.pos, Operator.Mul, x.y, null)];
    }
    if (x.op === Operator.Or) {
      const [name, lhs] = splitName(p, x.x, force || isTypeElem(x.y));
      if (name !== null && lhs !== null) {
        return [name, newOperation(p.ids, x.pos, Operator.Or, lhs, x.y)];
      }
    }
  }
  if (x.kind === NodeKind.CallExpr && x.fun.kind === NodeKind.Name) {
    const [arg] = x.args;
    if (x.args.length === 1 && !x.hasDots && (force || isTypeElem(arg!))) {
      return [x.fun, unparen(arg!)];
    }
  }
  return [null, x];
}

function funcDecl(p: Parser): FuncDecl {
  const { pos } = p;
  const pragma = p.takePragma();
  let recv: Field | null = null;
  const isMethod = p.got(Token.Lparen);
  if (isMethod) {
    const list = paramList(p, results);
    if (list.length === 0) p.errorAt(p.pos, 'method has no receiver');
    else if (list.length > 1) p.errorAt(p.pos, 'method has multiple receivers');
    recv = list[0] ?? null;
  }
  let name: Name;
  let signature;
  if (p.tok === Token.Name) {
    name = p.name();
    signature = funcType(p, '');
  } else {
    name = newName(p.ids, p.pos, '_');
    signature = { tparams: [], type: newFuncType(p.ids, p.pos, [], []) };
    p.syntaxError(isMethod ? 'expected name' : 'expected name or (');
    p.advance(Token.Lbrace, Token.Semi);
  }
  const body = p.tok === Token.Lbrace ? funcBody(p) : null;
  return newFuncDecl(p.ids, pos, { pragma, recv, name, ...signature, body });
}
