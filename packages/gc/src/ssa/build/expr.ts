/**
 * Expressions: which family lowers which operation.
 *
 * Spec: "Expressions".
 */
import { type Expr, ExprOp } from '../../ir/node.ts';
import { Kind } from '../../ir/type.ts';
import { OpNot } from '../op.ts';
import { RepBool } from '../rep.ts';
import { addr, fieldValue, indexValue, readLocal } from './addr.ts';
import { binary, constant, unary } from './arith.ts';
import { type Builder } from './builder.ts';
import { builtin } from './builtins.ts';
import { call } from './call.ts';
import { receive } from './chans.ts';
import { closureValue, methodValue, methodValueInter } from './closure.ts';
import { comparison } from './compare.ts';
import { addressOf, compositeValue, sliceLiteral } from './complit.ts';
import { logical } from './cond.ts';
import { conversion } from './convert.ts';
import { typeAssert, typeAssertOk } from './iface.ts';
import { mapIndex, mapIndexOk, mapLiteral } from './maps.ts';
import { ofLeaves, type Operand, scalar } from './operand.ts';
import { sliceExpr } from './slices.ts';
import { concat } from './strings.ts';

export function expr(b: Builder, e: Expr): Operand {
  const ready = b.ordered.get(e);
  if (ready !== undefined) return ready;
  const saved = b.pos;
  b.pos = e.pos;
  const x = lower(b, e);
  b.pos = saved;
  return x;
}

/** All members of an expression that may be a tuple, or nothing. */
export function tuple(b: Builder, e: Expr): Operand[] {
  if (e.commaOk) {
    const saved = b.pos;
    b.pos = e.pos;
    const pair = commaOk(b, e);
    b.pos = saved;
    return pair;
  }
  switch (e.op) {
    case ExprOp.CallStatic:
    case ExprOp.CallFunc:
    case ExprOp.CallInter:
    case ExprOp.InlinedCall: {
      if (b.ordered.has(e)) return [b.ordered.get(e)!];
      const saved = b.pos;
      b.pos = e.pos;
      const results = call(b, e);
      b.pos = saved;
      return results;
    }
    default:
      return [expr(b, e)];
  }
}

function commaOk(b: Builder, e: Expr): Operand[] {
  switch (e.op) {
    case ExprOp.MapIndex:
      return mapIndexOk(b, e);
    case ExprOp.TypeAssert:
      b.order(e.x!);
      return typeAssertOk(b, e);
    default:
      return receive(b, e, true);
  }
}

function lower(b: Builder, e: Expr): Operand {
  switch (e.op) {
    case ExprOp.Const:
      return constant(b, e.type, e.value!);
    case ExprOp.Zero:
      return b.zeroOperand(e.type);
    case ExprOp.Local:
      return readLocal(b, e.local!);
    case ExprOp.Global:
    case ExprOp.Deref:
      return b.loadOperand(e.type, addr(b, e));
    case ExprOp.FuncRef:
      return scalar(e.type, b.symAddr(b.env.funcValueSym(e.func!)));
    case ExprOp.Closure:
      return closureValue(b, e);
    case ExprOp.Field:
      return fieldValue(b, e);
    case ExprOp.Index:
      return indexValue(b, e);
    case ExprOp.Addr:
      return addressOf(b, e);
    case ExprOp.Not:
      return scalar(e.type, b.v1(OpNot, RepBool, b.value(e.x!)));
    case ExprOp.Neg:
    case ExprOp.Com:
      return unary(b, e.op, b.expr(e.x!));
    case ExprOp.AndAnd:
    case ExprOp.OrOr:
      return scalar(e.type, logical(b, e));
    case ExprOp.Eq:
    case ExprOp.Ne:
    case ExprOp.Lt:
    case ExprOp.Le:
    case ExprOp.Gt:
    case ExprOp.Ge:
      return scalar(e.type, comparison(b, e));
    case ExprOp.Concat:
      return concat(b, e, 'string');
    case ExprOp.MapIndex:
      return mapIndex(b, e);
    case ExprOp.Slice:
      return sliceExpr(b, e);
    case ExprOp.Convert:
      return conversion(b, e);
    case ExprOp.TypeAssert:
      b.order(e.x!);
      return typeAssert(b, e);
    case ExprOp.StructLit:
    case ExprOp.ArrayLit:
      return compositeValue(b, e);
    case ExprOp.SliceLit:
      return sliceLiteral(b, e);
    case ExprOp.MapLit:
      return mapLiteral(b, e);
    case ExprOp.MethodValue:
      return methodValue(b, e);
    case ExprOp.MethodValueInter:
      return methodValueInter(b, e);
    case ExprOp.Recv:
      return receive(b, e, false)[0];
    case ExprOp.CallBuiltin:
      return builtin(b, e) ?? ofLeaves(e.type, []);
    case ExprOp.CallStatic:
    case ExprOp.CallFunc:
    case ExprOp.CallInter:
    case ExprOp.InlinedCall:
      return call(b, e)[0] ?? ofLeaves(e.type, []);
    default:
      return arithmetic(b, e);
  }
}

/** Sums lean to the left, sometimes thousands of operands deep: no recursion along the left side. */
function arithmetic(b: Builder, e: Expr): Operand {
  const chain: Expr[] = [];
  let left = e;
  while (isBinary(left) && !b.ordered.has(left)) {
    chain.push(left);
    left = left.x!;
  }
  let x = b.expr(left);
  for (let i = chain.length - 1; i >= 0; i--) {
    const step = chain[i]!;
    const y = b.expr(step.y!);
    b.pos = step.pos;
    x = step.type.kind === Kind.String ? concatTwo(b, x, y) : binary(b, step.op, x, y);
  }
  return x;
}

function concatTwo(b: Builder, x: Operand, y: Operand): Operand {
  return ofLeaves(x.type, b.runtime('concatstring2', [b.nil(), ...x.leaves, ...y.leaves]));
}

function isBinary(e: Expr): boolean {
  return e.op >= ExprOp.Add && e.op <= ExprOp.Shr;
}
