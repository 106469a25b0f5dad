/**
 * Encoding of operators.
 *
 * Operands get the type in which the operation is done: for comparisons that of the side to which the
 * other is assignable, for shifts each its own. Chains of additions may be thousands of operands long
 * and nest on the left, so loops write them; of strings they are one concatenation.
 *
 * Spec: "Operators", "Comparison operators", "String concatenation", "Receive operator".
 */
import { InternalError } from '@go-ts/base';
import { ExprOp } from '../ir/node.ts';
import { type Expr, NodeKind, type Operation, unparen } from '../syntax/nodes.ts';
import { Operator } from '../syntax/token.ts';
import {
  defaultType,
  identical,
  isNonTypeParamInterface,
  isString,
  isTypeParam,
  isUntyped,
} from '../types/predicates.ts';
import { asNamed, ChanDir, type Type, TypeKind, uintType } from '../types/type.ts';
import { typeSetOf } from '../types/typeset.ts';
import { under } from '../types/under.ts';
import { X } from './body-format.ts';
import { type FuncWriter } from './body-writer.ts';
import { expr, exprTo, isNil, typeOf } from './write-expr.ts';
import { markAddress } from './write-marks.ts';

const opTable = new Map<Operator, ExprOp>([
  [Operator.Add, ExprOp.Add],
  [Operator.Sub, ExprOp.Sub],
  [Operator.Mul, ExprOp.Mul],
  [Operator.Div, ExprOp.Div],
  [Operator.Rem, ExprOp.Mod],
  [Operator.And, ExprOp.And],
  [Operator.Or, ExprOp.Or],
  [Operator.Xor, ExprOp.Xor],
  [Operator.AndNot, ExprOp.AndNot],
  [Operator.Shl, ExprOp.Shl],
  [Operator.Shr, ExprOp.Shr],
  [Operator.Eql, ExprOp.Eq],
  [Operator.Neq, ExprOp.Ne],
  [Operator.Lss, ExprOp.Lt],
  [Operator.Leq, ExprOp.Le],
  [Operator.Gtr, ExprOp.Gt],
  [Operator.Geq, ExprOp.Ge],
  [Operator.AndAnd, ExprOp.AndAnd],
  [Operator.OrOr, ExprOp.OrOr],
]);

export function exprOpOf(op: Operator): ExprOp {
  const e = opTable.get(op);
  if (e === undefined) throw new InternalError(`operator ${op} is not binary`);
  return e;
}

export function operation(f: FuncWriter, x: Operation): void {
  if (x.y === null) {
    unary(f, x);
    return;
  }
  switch (x.op) {
    case Operator.AndAnd:
    case Operator.OrOr: {
      const t = typeOf(f, x);
      f.compare(exprOpOf(x.op), f.pkg.types.ref(t), x.pos);
      exprTo(f, x.x, t);
      exprTo(f, x.y, t);
      return;
    }
    case Operator.Eql:
    case Operator.Neq:
    case Operator.Lss:
    case Operator.Leq:
    case Operator.Gtr:
    case Operator.Geq:
      comparison(f, x, x.y);
      return;
    case Operator.Shl:
    case Operator.Shr:
      f.op(X.Binary, x.pos).u8(exprOpOf(x.op));
      exprTo(f, x.x, typeOf(f, x));
      shiftCount(f, x.y);
      return;
    default:
      arithmetic(f, x);
  }
}

export function shiftCount(f: FuncWriter, y: Expr): void {
  const t = f.typeOf(y);
  exprTo(f, y, isUntyped(t) ? uintType : t);
}

function arithmetic(f: FuncWriter, x: Operation): void {
  const t = typeOf(f, x);
  if (x.op === Operator.Add && isString(t) && !isTypeParam(t)) {
    const parts: Expr[] = [];
    flattenConcat(f, x, parts);
    f.op(X.Concat, x.pos);
    f.type(t);
    f.w.uvarint(parts.length);
    for (const part of parts) exprTo(f, part, t);
    return;
  }
  // Sums may be very long and nest on the left: a loop writes the operators, outermost first.
  const chain: Operation[] = [];
  let left: Expr = x;
  for (;;) {
    const e: Expr = unparen(left);
    const inner = e.kind === NodeKind.Operation && e.y !== null && isArithmetic(e.op);
    if (!inner || f.info.valueOf(e) !== null || !identical(typeOf(f, e), t)) break;
    chain.push(e);
    left = e.x;
  }
  if (chain.length === 0) throw new InternalError('arithmetic without operator');
  for (const e of chain) f.op(X.Binary, e.pos).u8(exprOpOf(e.op));
  exprTo(f, left, t);
  for (let i = chain.length - 1; i >= 0; i--) exprTo(f, chain[i]!.y!, t);
}

function isArithmetic(op: Operator): boolean {
  return op >= Operator.Add && op <= Operator.AndNot;
}

function flattenConcat(f: FuncWriter, x: Operation, parts: Expr[]): void {
  const right: Expr[] = [];
  let e: Expr = x;
  while (
    e.kind === NodeKind.Operation &&
    e.op === Operator.Add &&
    e.y !== null &&
    f.info.valueOf(e) === null
  ) {
    right.push(e.y);
    e = unparen(e.x);
  }
  for (const part of [e, ...right.reverse()]) {
    const inner = unparen(part);
    const nested =
      inner.kind === NodeKind.Operation &&
      inner.op === Operator.Add &&
      f.info.valueOf(inner) === null;
    if (nested && inner !== x) flattenConcat(f, inner, parts);
    else parts.push(part);
  }
}

function comparison(f: FuncWriter, x: Operation, y: Expr): void {
  f.compare(exprOpOf(x.op), f.pkg.types.ref(typeOf(f, x)), x.pos);
  const t = comparedType(f, x.x, y);
  exprTo(f, x.x, t);
  exprTo(f, y, t);
}

/** The type in which two operands are compared. */
export function comparedType(f: FuncWriter, x: Expr, y: Expr): Type {
  if (isNil(f, x)) return typeOf(f, y);
  if (isNil(f, y)) return typeOf(f, x);
  const tx = f.typeOf(x);
  const ty = f.typeOf(y);
  if (isUntyped(tx)) return isUntyped(ty) ? defaultType(tx) : ty;
  if (isUntyped(ty)) return tx;
  return commonType(tx, ty);
}

/** Of two types between which values are assignable, the one to which both convert. */
function commonType(tx: Type, ty: Type): Type {
  if (identical(tx, ty)) return tx;
  const xi = isNonTypeParamInterface(tx);
  const yi = isNonTypeParamInterface(ty);
  if (xi !== yi) return xi ? tx : ty;
  if (xi) return methodCount(tx) <= methodCount(ty) ? tx : ty;
  const ux = under(tx);
  if (ux.kind === TypeKind.Chan) return ux.dir === ChanDir.Both ? ty : tx;
  return asNamed(tx) !== null ? tx : ty;
}

function methodCount(t: Type): number {
  const u = under(t);
  return u.kind === TypeKind.Interface ? typeSetOf(u).methods.length : 0;
}

function unary(f: FuncWriter, x: Operation): void {
  switch (x.op) {
    case Operator.Add:
      exprTo(f, x.x, typeOf(f, x));
      return;
    case Operator.Mul:
      f.op(X.Deref, x.pos);
      expr(f, x.x);
      return;
    case Operator.And: {
      const operand = unparen(x.x);
      f.op(X.Addr, x.pos);
      if (operand.kind !== NodeKind.CompositeLit) markAddress(f, operand);
      expr(f, operand);
      return;
    }
    case Operator.Recv:
      f.op(X.Recv, x.pos).u8(0);
      expr(f, x.x);
      return;
    case Operator.Sub:
    case Operator.Xor:
    case Operator.Not: {
      const op =
        x.op === Operator.Sub ? ExprOp.Neg : x.op === Operator.Xor ? ExprOp.Com : ExprOp.Not;
      f.op(X.Unary, x.pos).u8(op);
      exprTo(f, x.x, typeOf(f, x));
      return;
    }
    default:
      throw new InternalError(`unary operator ${x.op}`);
  }
}
