/**
 * Conditions: boolean expressions as branches, without making their value where it is not needed.
 */
import { type Expr, ExprOp } from '../../ir/node.ts';
import { type Block } from '../block.ts';
import { RepBool } from '../rep.ts';
import { type Value } from '../value.ts';
import { type Builder } from './builder.ts';

/** Ends the current block: to `yes` if `e` holds, else to `no`. */
export function branchOn(b: Builder, e: Expr, yes: Block, no: Block): void {
  const ready = b.ordered.get(e);
  if (ready !== undefined) {
    b.branch(ready.scalar, yes, no);
    return;
  }
  switch (e.op) {
    case ExprOp.Const:
      b.jump(e.value === true ? yes : no);
      return;
    case ExprOp.Not:
      branchOn(b, e.x!, no, yes);
      return;
    case ExprOp.AndAnd: {
      const second = b.newBlock();
      branchOn(b, e.x!, second, no);
      b.start(second);
      branchOn(b, e.y!, yes, no);
      return;
    }
    case ExprOp.OrOr: {
      const second = b.newBlock();
      branchOn(b, e.x!, yes, second);
      b.start(second);
      branchOn(b, e.y!, yes, no);
      return;
    }
    default: {
      b.order(e);
      const v = b.value(e);
      b.pos = e.pos;
      b.branch(v, yes, no);
    }
  }
}

/** && and || as a value. */
export function logical(b: Builder, e: Expr): Value {
  const result = b.vars.newVar(RepBool);
  const [second, shortcut, next] = [b.newBlock(), b.newBlock(), b.newBlock()];
  const isAnd = e.op === ExprOp.AndAnd;
  branchOn(b, e.x!, isAnd ? second : shortcut, isAnd ? shortcut : second);
  b.start(shortcut);
  b.vars.write(result, b.bool(!isAnd));
  b.jump(next);
  b.start(second);
  b.order(e.y!);
  b.vars.write(result, b.value(e.y!));
  b.jump(next);
  b.start(next);
  return b.vars.read(result);
}
