/**
 * Constants in place of variables that can only hold them, where that decides where an allocation
 * goes: the size of a slice that is made, the value that an interface gets.
 *
 * GOROOT: src/cmd/compile/internal/escape/escape.go (rewriteWithLiterals).
 */
import { Builtin, Expr, ExprOp } from '../ir/node.ts';
import { isInterface, Kind } from '../ir/type.ts';
import type { Usage } from './usage.ts';

export function rewriteWithLiterals(e: Expr, usage: Usage): void {
  if (e.op === ExprOp.CallBuiltin && e.builtin === Builtin.Make && e.type.kind === Kind.Slice) {
    const at = e.list.length - 1;
    const size = e.list[at]!;
    if (size.op === ExprOp.Local) e.list = e.list.with(at, constantSize(size, usage));
  } else if (e.op === ExprOp.Convert && isInterface(e.type) && e.x!.op === ExprOp.Local) {
    const value = usage.staticValue(e.x!);
    if (value.op === ExprOp.Const) e.x = constant(e.x!, value.value);
  }
}

function constantSize(size: Expr, usage: Usage): Expr {
  const value = usage.staticValue(size);
  if (value.op === ExprOp.Const && typeof value.value === 'bigint' && value.value >= 0n) {
    return constant(size, value.value);
  }
  if (value.op === ExprOp.CallBuiltin && value.builtin === Builtin.Len) {
    const of = usage.staticValue(value.list[0]!);
    if (of.op === ExprOp.SliceLit) return constant(size, BigInt(of.index));
  }
  return size;
}

function constant(of: Expr, value: Expr['value']): Expr {
  const e = new Expr(ExprOp.Const, of.pos, of.type);
  e.value = value;
  return e;
}
