/**
 * The entry of a function in another ABI than its definition's: takes the arguments of one, calls
 * the other.
 *
 * The wrapper has the function's own symbol name; `Func.abiWrapper` says which ABI's entry it is, and
 * lowering makes the one call in it go to the other ABI. Contract §1.5.
 */
import { Expr, ExprOp, type Func, StmtOp, Stmt } from './node.ts';
import { type FuncSym } from './sym.ts';
import { local, returnStmt, Synth } from './synth.ts';
import { type TypeTable } from './type-table.ts';

export function abiWrapper(sym: FuncSym, abi: 0 | 1, types: TypeTable): Func {
  const s = new Synth(sym);
  const args = sym.type.params.map((t, i) => local(s.param(`~p${i}`, t)));
  sym.type.results.forEach((t, i) => s.result(`~r${i}`, t));
  const call = new Expr(ExprOp.CallStatic, 0, types.resultType(sym.type));
  call.func = sym;
  call.list = args;
  if (sym.type.results.length > 0) s.body.push(returnStmt([call]));
  else {
    const stmt = new Stmt(StmtOp.Expr, 0);
    stmt.x = call;
    s.body.push(stmt, returnStmt([]));
  }
  s.fn.abiWrapper = abi;
  s.fn.isWrapper = true;
  return s.fn;
}
