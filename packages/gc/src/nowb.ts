/**
 * The check of `go:nowritebarrier` and `go:nowritebarrierrec`, for packages of the runtime.
 *
 * Code marked so may run without a P, or while the collector changes its state, where a write barrier
 * would be wrong. The first pragma is about the function itself, the second also about all that it
 * calls, up to functions marked `go:yeswritebarrierrec`. The calls are those of the final SSA, where
 * inlining is done and lowering has added its own; `systemstack(f)` counts as a call of f.
 *
 * Each function that was compiled is recorded; `check` walks the graph when all are there. Functions
 * of other packages are not entered.
 *
 * GOROOT: src/cmd/compile/internal/ssagen/nowb.go (facts and wordings).
 */
import { type Diagnostic, formatPosition, type Position } from '@go-ts/base';
import { type Expr, ExprOp, type Func as IrFunc } from './ir/node.ts';
import { type FuncSym, Pragma } from './ir/sym.ts';
import { walkStmt } from './ir/walk.ts';
import { CallInfo } from './ssa/calls.ts';
import { type Func } from './ssa/func.ts';
import { isCall } from './ssa/opinfo.ts';

interface Call {
  readonly target: string;
  readonly pos: Position;
}

interface Caller {
  readonly sym: FuncSym;
  readonly calls: readonly Call[];
  /** The first write barrier. */
  readonly barrier: Position | null;
}

/** How a function was reached: by which call of which function; null for a root. */
type Reached = { readonly from: Caller; readonly pos: Position } | null;

export class WriteBarrierCheck {
  readonly #callers = new Map<string, Caller>();

  /** Calls that only the IR shows; to be asked before lowering, which may rewrite it. */
  systemStackCalls(fn: IrFunc): Call[] {
    const calls: Call[] = [];
    for (const s of fn.body) {
      walkStmt(s, (e) => {
        const target = systemStackTarget(e);
        if (target !== null) calls.push({ target: target.name, pos: outermost(fn, e.pos) });
      });
    }
    return calls;
  }

  /** Notes a function after the passes. */
  record(fn: IrFunc, f: Func, onSystemStack: readonly Call[]): void {
    // An entry in another ABI has the function's name, and makes no real calls.
    if (fn.abiWrapper >= 0) return;
    const calls = [...onSystemStack];
    for (const b of f.blocks) {
      for (const v of b.values) {
        if (!isCall(v.op) || !(v.aux instanceof CallInfo) || v.aux.sym === null) continue;
        calls.push({ target: v.aux.sym.name, pos: outermost(fn, v.pos) });
      }
    }
    const barrier = f.writeBarrierPos === 0 ? null : outermost(fn, f.writeBarrierPos);
    this.#callers.set(fn.sym.name, { sym: fn.sym, calls, barrier });
  }

  check(): Diagnostic[] {
    const errors: Diagnostic[] = [];
    const reached = new Map<Caller, Reached>();
    for (const caller of this.#callers.values()) {
      const { pragma } = caller.sym;
      if ((pragma & Pragma.Nowritebarrierrec) !== 0) reached.set(caller, null);
      if ((pragma & Pragma.Nowritebarrier) !== 0 && caller.barrier !== null) {
        errors.push(error(caller.barrier, 'write barrier prohibited'));
      }
    }
    // What is added on the way is visited too, in the order of distance.
    for (const [caller, how] of reached) {
      if (caller.barrier !== null) {
        const path = pathText(how, reached);
        const msg = `write barrier prohibited by caller; ${shortName(caller.sym)}${path}`;
        errors.push(error(caller.barrier, msg));
        continue;
      }
      for (const { target, pos } of caller.calls) {
        const callee = this.#callers.get(target);
        if (callee === undefined || reached.has(callee)) continue;
        if ((callee.sym.pragma & Pragma.Yeswritebarrierrec) !== 0) continue;
        reached.set(callee, { from: caller, pos });
      }
    }
    return errors;
  }
}

function pathText(first: Reached, reached: ReadonlyMap<Caller, Reached>): string {
  let text = '';
  for (let how = first; how !== null; how = reached.get(how.from)!) {
    text += `\n\t${formatPosition(how.pos)}: called by ${shortName(how.from.sym)}`;
  }
  return text;
}

function error(pos: Position, msg: string): Diagnostic {
  return { code: '', severity: 'error', pos, msg };
}

function shortName({ name, pkgPath }: FuncSym): string {
  return name.startsWith(`${pkgPath}.`) ? name.slice(pkgPath.length + 1) : name;
}

/** The f of `systemstack(f)`. */
function systemStackTarget(e: Expr): FuncSym | null {
  if (e.op !== ExprOp.CallStatic || e.func!.name !== 'runtime.systemstack') return null;
  const f = e.list[0]!;
  if (f.op === ExprOp.Closure) return f.closure!.sym;
  return f.op === ExprOp.FuncRef ? f.func : null;
}

/** The position of what stands at `pos` in the text of `fn`, if need be of the call inlined there. */
function outermost(fn: IrFunc, pos: number): Position {
  let p = fn.positions[pos]!;
  while (p.inl >= 0) p = fn.positions[fn.inlTree[p.inl]!.pos]!;
  return { file: p.file, line: p.line, col: p.col };
}
