/**
 * Productions of types, parameter lists and type parameter lists.
 *
 * Several constructs cannot be told apart until more is read: `[P *T, …]` after a type's name may
 * be an array length, `m[T C]` in an interface a generic method or an instantiated type, `f [n]E` in
 * a struct a field or an embedded instance. Each such place says how it decides.
 *
 * Spec: "Types", "Type parameter declarations".
 * GOROOT: src/cmd/compile/internal/syntax/parser.go (errors).
 */
import {
  type BasicLit,
  ChanDir,
  type Expr,
  type Field,
  type FuncType,
  type Name,
  newArrayType,
  newBadExpr,
  newChanType,
  newDotsType,
  newField,
  newFuncType,
  newIndexExpr,
  newInterfaceType,
  newListExpr,
  newMapType,
  newName,
  newOperation,
  newSelectorExpr,
  newSliceType,
  newStructType,
  NodeKind,
} from './nodes.ts';
import { type Parser } from './parser.ts';
import { type Pos } from './pos.ts';
import { startPos } from './positions.ts';
import { Operator, Token, tokenString } from './token.ts';

/** A type, where one must be. */
export function type(p: Parser): Expr {
  const typ = typeOrNull(p);
  if (typ !== null) return typ;
  const bad = p.badExpr();
  p.syntaxError('expected type');
  p.advance(Token.Comma, Token.Colon, Token.Semi, Token.Rparen, Token.Rbrack, Token.Rbrace);
  return bad;
}

export function typeOrNull(p: Parser): Expr | null {
  const { pos } = p;
  switch (p.tok) {
    case Token.Star:
      p.next();
      return newOperation(p.ids, pos, Operator.Mul, type(p), null);
    case Token.Arrow:
      p.next();
      p.want(Token.Chan);
      return newChanType(p.ids, pos, ChanDir.RecvOnly, chanElem(p));
    case Token.Func:
      p.next();
      return funcType(p, 'function type').type;
    case Token.Lbrack:
      p.next();
      if (p.got(Token.Rbrack)) return newSliceType(p.ids, pos, type(p));
      return arrayType(p, pos, null);
    case Token.Chan: {
      p.next();
      const dir = p.got(Token.Arrow) ? ChanDir.SendOnly : ChanDir.Both;
      return newChanType(p.ids, pos, dir, chanElem(p));
    }
    case Token.Map: {
      p.next();
      p.want(Token.Lbrack);
      const key = type(p);
      p.want(Token.Rbrack);
      return newMapType(p.ids, pos, key, type(p));
    }
    case Token.Struct:
      return structType(p);
    case Token.Interface:
      return interfaceType(p);
    case Token.Name:
      return qualifiedName(p, null);
    case Token.Lparen: {
      p.next();
      const inner = type(p);
      p.want(Token.Rparen);
      return inner;
    }
    default:
      return null;
  }
}

function chanElem(p: Parser): Expr {
  const typ = typeOrNull(p);
  if (typ !== null) return typ;
  const bad = p.badExpr();
  p.syntaxError('missing channel element type');
  return bad;
}

/** After "[" (at `pos`) and, if given, the length. */
export function arrayType(p: Parser, pos: Pos, length: Expr | null): Expr {
  let len = length;
  if (len === null && !p.got(Token.DotDotDot)) {
    p.xnest++;
    len = p.grammar.expr(p);
    p.xnest--;
  }
  if (p.tok === Token.Comma) {
    // Type parameter lists may end in a comma, array lengths may not.
    p.syntaxError('unexpected comma; expected ]');
    p.next();
  }
  p.want(Token.Rbrack);
  return newArrayType(p.ids, pos, len, type(p));
}

/** `name`, `name.name`, either with type arguments. The first name may have been read. */
export function qualifiedName(p: Parser, first: Name | null): Expr {
  let x: Expr;
  if (first !== null) x = first;
  else if (p.tok === Token.Name) x = p.name();
  else {
    x = newName(p.ids, p.pos, '_');
    p.syntaxError('expected name');
    p.advance(Token.Dot, Token.Semi, Token.Rbrace);
  }
  if (p.tok === Token.Dot) {
    const { pos } = p;
    p.next();
    x = newSelectorExpr(p.ids, pos, x, p.name());
  }
  return p.tok === Token.Lbrack ? typeInstance(p, x) : x;
}

function typeInstance(p: Parser, x: Expr): Expr {
  const { pos } = p;
  p.want(Token.Lbrack);
  let index: Expr;
  if (p.tok === Token.Rbrack) {
    p.syntaxError('expected type argument list');
    index = p.badExpr();
  } else {
    p.xnest++;
    const first = type(p);
    index = restOfTypeList(p, first).x;
    p.xnest--;
  }
  p.want(Token.Rbrack);
  return newIndexExpr(p.ids, pos, x, index);
}

export interface TypeList {
  /** A ListExpr if there are several. */
  readonly x: Expr;
  /** There was a comma, separating or trailing. */
  readonly comma: boolean;
}

/** A non-empty list of types, of which the first may be any expression. */
export function typeList(p: Parser): TypeList {
  p.xnest++;
  const first = p.grammar.expr(p);
  const list = restOfTypeList(p, first);
  p.xnest--;
  return list;
}

function restOfTypeList(p: Parser, first: Expr): TypeList {
  if (!p.got(Token.Comma)) return { x: first, comma: false };
  const second = typeOrNull(p);
  if (second === null) return { x: first, comma: true };
  const elems = [first, second];
  while (p.got(Token.Comma)) {
    const next = typeOrNull(p);
    if (next === null) break;
    elems.push(next);
  }
  return { x: newListExpr(p.ids, first.pos, elems), comma: true };
}

export interface Signature {
  readonly tparams: Field[];
  readonly type: FuncType;
}

/** Signature, with type parameters unless a `context` is named that forbids them. */
export function funcType(p: Parser, context: string): Signature {
  const { pos } = p;
  let tparams: Field[] = [];
  if (p.got(Token.Lbrack)) {
    if (context !== '') p.syntaxErrorAt(pos, `${context} must have no type parameters`);
    if (p.tok === Token.Rbrack) {
      p.syntaxError('empty type parameter list');
      p.next();
    } else tparams = paramList(p, typeParameters);
  }
  p.want(Token.Lparen);
  const params = paramList(p, parameters);
  return { tparams, type: newFuncType(p.ids, pos, params, funcResult(p)) };
}

function funcResult(p: Parser): Field[] {
  if (p.got(Token.Lparen)) return paramList(p, results);
  const { pos } = p;
  const typ = typeOrNull(p);
  return typ === null ? [] : [newField(p.ids, pos, null, typ)];
}

// ---- structs and interfaces

function structType(p: Parser): Expr {
  const { pos } = p;
  const fields: Field[] = [];
  const tags: (BasicLit | null)[] = [];
  p.want(Token.Struct);
  p.want(Token.Lbrace);
  let open = true;
  while (open && p.more(Token.Rbrace)) {
    const list = fieldDecl(p);
    const tag = list.length > 0 ? p.literalOrNull() : null;
    if (tag !== null) {
      while (tags.length < fields.length) tags.push(null);
      for (let i = 0; i < list.length; i++) tags.push(tag);
    }
    fields.push(...list);
    open = p.separated('struct type', Token.Semi, Token.Rbrace);
  }
  p.endOfList(open, Token.Rbrace);
  return newStructType(p.ids, pos, fields, tags);
}

/** The fields of one declaration, up to the tag; none after an error. */
function fieldDecl(p: Parser): Field[] {
  const { pos } = p;
  switch (p.tok) {
    case Token.Name:
      return namedField(p, pos);
    case Token.Star: {
      p.next();
      let typ: Expr;
      if (p.at(Token.Lparen)) {
        p.syntaxError('cannot parenthesize embedded type');
        p.next();
        typ = qualifiedName(p, null);
        p.got(Token.Rparen);
      } else typ = qualifiedName(p, null);
      return [newField(p.ids, pos, null, newOperation(p.ids, pos, Operator.Mul, typ, null))];
    }
    case Token.Lparen: {
      p.syntaxError('cannot parenthesize embedded type');
      p.next();
      const star = p.pos;
      let typ: Expr;
      if (p.got(Token.Star)) {
        typ = newOperation(p.ids, star, Operator.Mul, qualifiedName(p, null), null);
      } else typ = qualifiedName(p, null);
      p.got(Token.Rparen);
      return [newField(p.ids, pos, null, typ)];
    }
    default:
      p.syntaxError('expected field name or embedded type');
      p.advance(Token.Semi, Token.Rbrace);
      return [];
  }
}

function namedField(p: Parser, pos: Pos): Field[] {
  const name = p.name();
  const { tok } = p;
  const embedded =
    tok === Token.Dot || tok === Token.Literal || tok === Token.Semi || tok === Token.Rbrace;
  if (embedded) return [newField(p.ids, pos, null, qualifiedName(p, name))];

  const names = p.nameList(name);
  let typ: Expr;
  if (names.length === 1 && p.tok === Token.Lbrack) {
    typ = arrayOrInstance(p, name);
    // An embedded instance T[P, …], not a field T of an array or slice type.
    if (typ.kind === NodeKind.IndexExpr) return [newField(p.ids, pos, null, typ)];
  } else typ = type(p);
  return names.map((n) => newField(p.ids, n.pos, n, typ));
}

/**
 * After a name that may be a field's, a parameter's or a type's: `[n]E` and `[]E` are its type,
 * `[T]` and `[T1, T2]` are its type arguments. Only the element type makes the difference.
 */
function arrayOrInstance(p: Parser, name: Name): Expr {
  const { pos } = p;
  p.want(Token.Lbrack);
  if (p.got(Token.Rbrack)) return newSliceType(p.ids, pos, type(p));
  const { x, comma } = typeList(p);
  p.want(Token.Rbrack);
  const elem = comma ? null : typeOrNull(p);
  if (elem !== null) return newArrayType(p.ids, pos, x, elem);
  return newIndexExpr(p.ids, pos, name, x);
}

function interfaceType(p: Parser): Expr {
  const { pos } = p;
  const methods: Field[] = [];
  p.want(Token.Interface);
  p.want(Token.Lbrace);
  let open = true;
  while (open && p.more(Token.Rbrace)) {
    methods.push(interfaceElem(p));
    open = p.separated('interface type', Token.Semi, Token.Rbrace);
  }
  p.endOfList(open, Token.Rbrace);
  return newInterfaceType(p.ids, pos, methods);
}

function interfaceElem(p: Parser): Field {
  const { pos } = p;
  if (p.tok !== Token.Name) {
    return newField(p.ids, pos, null, unionRest(p, embeddedTerm(p)));
  }
  const name = p.name();
  if (p.at(Token.Lparen)) return method(p, pos, name);
  if (p.at(Token.Lbrack)) return methodOrInstance(p, pos, name);
  return newField(p.ids, pos, null, unionRest(p, qualifiedName(p, name)));
}

function method(p: Parser, pos: Pos, name: Name): Field {
  return newField(p.ids, pos, name, funcType(p, 'interface method').type);
}

/**
 * After a name in an interface, at "[": type parameters of a method, which are not allowed, or type
 * arguments. A list of arguments looks like parameters without names.
 */
function methodOrInstance(p: Parser, pos: Pos, name: Name): Field {
  const bracket = p.pos;
  p.next();
  if (p.tok === Token.Rbrack) {
    const close = p.pos;
    p.next();
    if (p.at(Token.Lparen)) {
      p.errorAt(close, 'empty type parameter list');
      return method(p, pos, name);
    }
    p.errorAt(close, 'empty type argument list');
    return newField(p.ids, pos, null, unionRest(p, name));
  }
  const list = paramList(p, typeArguments);
  const [first] = list;
  if (first === undefined) {
    // Errors in the list have been reported.
    if (p.tok === Token.Lparen) return method(p, pos, name);
    return newField(p.ids, pos, null, unionRest(p, name));
  }
  if (first.name !== null) {
    const generic = method(p, pos, name);
    p.errorAt(bracket, 'interface method must have no type parameters');
    return generic;
  }
  const index =
    list.length === 1
      ? first.type
      : newListExpr(
          p.ids,
          first.pos,
          list.map((f) => f.type),
        );
  const instance = newIndexExpr(p.ids, bracket, name, index);
  return newField(p.ids, pos, null, unionRest(p, instance));
}

/** The terms of a union after its first. */
function unionRest(p: Parser, first: Expr): Expr {
  let x = first;
  while (p.isOperator(Operator.Or)) {
    const { pos } = p;
    p.next();
    x = newOperation(p.ids, pos, Operator.Or, x, embeddedTerm(p));
  }
  return x;
}

function embeddedTerm(p: Parser): Expr {
  const { pos } = p;
  if (p.isOperator(Operator.Tilde)) {
    p.next();
    return newOperation(p.ids, pos, Operator.Tilde, type(p), null);
  }
  const typ = typeOrNull(p);
  if (typ !== null) return typ;
  const bad = p.badExpr();
  p.syntaxError('expected ~ term or type');
  p.advance(Token.Operator, Token.Semi, Token.Rparen, Token.Rbrack, Token.Rbrace);
  return bad;
}

// ---- parameters

interface ParamRules {
  readonly close: Token;
  /** Every entry must have a name: type parameters. */
  readonly named: boolean;
  /** The last may be variadic. */
  readonly variadic: boolean;
}

export const parameters: ParamRules = { close: Token.Rparen, named: false, variadic: true };
export const results: ParamRules = { close: Token.Rparen, named: false, variadic: false };
export const typeParameters: ParamRules = { close: Token.Rbrack, named: true, variadic: false };
const typeArguments: ParamRules = { close: Token.Rbrack, named: false, variadic: false };

/** An entry before it is known whether what was read as a name is a type. */
interface Param {
  readonly pos: Pos;
  name: Name | null;
  type: Expr | null;
}

/**
 * A list after its "(" or "[", and the closing token. The first entry's name, or name and type, may
 * have been read. In the result either all entries have names or none has.
 */
export function paramList(
  p: Parser,
  rules: ParamRules,
  firstName: Name | null = null,
  firstType: Expr | null = null,
): Field[] {
  const { close } = rules;
  const list: Param[] = [];
  let name = firstName;
  if (name !== null && firstType !== null && p.tok === close) {
    p.next();
    return [newField(p.ids, name.pos, name, firstType)];
  }
  let open = true;
  let first = true;
  while (open && p.more(close)) {
    const param: Param | null =
      first && name !== null && firstType !== null
        ? { pos: name.pos, name, type: firstType }
        : paramOrNull(p, name, close);
    first = false;
    name = null;
    if (param !== null) list.push(param);
    open = p.separated('parameter list', Token.Comma, close);
  }
  const end = p.endOfList(open, close);
  if (list.length === 0) return [];
  distributeTypes(p, list, rules, end);
  checkDots(p, list, rules);
  return list.map((param) => newField(p.ids, param.pos, param.name, param.type!));
}

function paramOrNull(p: Parser, firstName: Name | null, follow: Token): Param | null {
  // Only constraints may be unions.
  const constraint = follow === Token.Rbrack;
  let name = firstName;
  const pos = name === null ? p.pos : name.pos;
  if (name === null && constraint && p.isOperator(Operator.Tilde)) {
    return { pos, name: null, type: unionRest(p, embeddedTerm(p)) };
  }
  const union = (x: Expr): Expr => (constraint ? unionRest(p, x) : x);

  if (p.tok === Token.Name || name !== null) {
    name ??= p.name();
    if (p.tok === Token.Lbrack) {
      const typ = arrayOrInstance(p, name);
      // `name[...]` is a type of its own, `name [n]E` a named parameter.
      const instance = typ.kind === NodeKind.IndexExpr;
      return { pos, name: instance ? null : name, type: union(typ) };
    }
    if (p.tok === Token.Dot) return { pos, name: null, type: union(qualifiedName(p, name)) };
    if (constraint && p.isOperator(Operator.Or)) return { pos, name: null, type: union(name) };
  }

  if (p.tok === Token.DotDotDot) {
    const dots = p.pos;
    p.next();
    const elem = typeOrNull(p);
    if (elem !== null) return { pos, name, type: newDotsType(p.ids, dots, elem) };
    const bad = p.badExpr();
    p.syntaxError('... is missing type');
    return { pos, name, type: bad };
  }
  if (constraint && p.isOperator(Operator.Tilde)) {
    return { pos, name, type: unionRest(p, embeddedTerm(p)) };
  }
  const typ = typeOrNull(p);
  if (typ !== null) return { pos, name, type: union(typ) };
  if (name !== null) return { pos, name, type: null };
  p.syntaxError(`expected ${tokenString(follow)}`);
  p.advance(Token.Comma, follow);
  return null;
}

/** Decides which names are types, and gives each entry the type that follows it. */
function distributeTypes(p: Parser, list: Param[], rules: ParamRules, end: Pos): void {
  let named = 0;
  let typed = 0;
  for (const param of list) {
    if (param.type === null) continue;
    typed++;
    if (param.name !== null) named++;
  }
  if (named === 0 && !rules.named) {
    for (const param of list) {
      param.type ??= param.name;
      param.name = null;
    }
    return;
  }
  if (named === list.length) return;

  let error: Pos = 0;
  let typ: Expr | null = null;
  for (let i = list.length - 1; i >= 0; i--) {
    const param = list[i]!;
    if (param.type !== null) {
      typ = param.type;
      if (param.name === null) {
        error = startPos(typ);
        param.name = newName(p.ids, error, '_');
      }
    } else if (typ !== null) param.type = typ;
    else {
      error = param.name!.pos;
      param.type = newBadExpr(p.ids, error);
    }
  }
  if (error === 0) return;
  if (named === typed) {
    // Some at the end have names only.
    p.syntaxErrorAt(end, rules.named ? 'missing type constraint' : 'missing parameter type');
  } else if (rules.named) {
    const hint = list.length === 1 ? ' or invalid array length' : '';
    p.syntaxErrorAt(error, `missing type parameter name${hint}`);
  } else p.syntaxErrorAt(error, 'missing parameter name');
}

/** Reports the first misplaced `...`; all such entries lose theirs. */
function checkDots(p: Parser, list: Param[], rules: ParamRules): void {
  let reported = false;
  for (const [i, param] of list.entries()) {
    const { type: typ } = param;
    if (typ?.kind !== NodeKind.DotsType || (rules.variadic && i + 1 === list.length)) continue;
    if (!reported) {
      const msg = rules.variadic ? 'can only use ... with final parameter' : 'invalid use of ...';
      p.errorAt(typ.pos, msg);
    }
    reported = true;
    param.type = typ.elem;
  }
}
