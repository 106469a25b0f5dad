/**
 * What a function body costs when copied to a call site, and whether it may be copied at all.
 *
 * The measure is the number of IR nodes, roughly upstream's, so that about the same functions are
 * inlined: a call counts as much as a small body, unless its callee would be inlined in turn. Bodies
 * that look at their own frame, or that the runtime must be able to find as frames, stay calls.
 *
 * GOROOT: src/cmd/compile/internal/inline/inl.go (budget, surcharges, what is excluded).
 */
import { Builtin, type Case, type Expr, ExprOp, type Func, type Stmt, StmtOp } from '../ir/node.ts';
import { type FuncSym, Pragma } from '../ir/sym.ts';

/** The most that an inlined body may cost. */
export const maxCost = 80;
const callCost = 57;
const panicCost = 1;
/** The most that the body of a literal may cost that is called at one place only. */
export const maxLiteralCost = 10 * maxCost;
/** In a function this large only tiny bodies are inlined. */
export const bigFunctionNodes = 5000;
export const bigFunctionMaxCost = 20;

const neverInlined =
  Pragma.Noinline |
  Pragma.Systemstack |
  Pragma.CgoUnsafeArgs |
  Pragma.UintptrKeepAlive |
  Pragma.UintptrEscapes |
  Pragma.Yeswritebarrierrec;

/** Functions that ask about the frame that they are called from. */
const frameDependent = new Set([
  'internal/runtime/sys.GetCallerPC',
  'internal/runtime/sys.GetCallerSP',
  'internal/runtime/sys.GetClosurePtr',
  'runtime.getcallerfp',
  'runtime.getfp',
]);

export interface BudgetContext {
  /** Expanded by the back end: never inlined, costs nothing to call. */
  isIntrinsic(f: FuncSym): boolean;
  /** Cost of a callee that would be inlined; null if it would not. */
  inlineCost(f: FuncSym): number | null;
}

export function mayInline(f: FuncSym): boolean {
  return f.hasBody && (f.pragma & neverInlined) === 0;
}

/** The cost of a body; null if it must not be inlined, whatever its size. */
export function costOf(fn: Func, cx: BudgetContext, limit = maxCost): number | null {
  if (fn.hasDefer || fn.hasRecover || fn.isWrapper || fn.hasRangeFuncDefer) return null;
  const count = new Counter(cx, limit);
  return count.stmts(fn.body) ? count.cost : null;
}

/** Number of nodes, counted up to `limit`. */
export function isBig(fn: Func, cx: BudgetContext): boolean {
  const count = new Counter(cx, bigFunctionNodes);
  count.sizeOnly = true;
  return !count.stmts(fn.body);
}

/** Each method says false as soon as the answer is known to be no. */
class Counter {
  cost = 0;
  sizeOnly: boolean = false;
  readonly #cx: BudgetContext;
  readonly #limit: number;

  constructor(cx: BudgetContext, limit: number) {
    this.#cx = cx;
    this.#limit = limit;
  }

  #add(n: number): boolean {
    this.cost += n;
    return this.cost <= this.#limit;
  }

  stmts(list: readonly Stmt[]): boolean {
    return list.every((s) => this.#stmt(s));
  }

  #stmt(s: Stmt): boolean {
    switch (s.op) {
      case StmtOp.Go:
      case StmtOp.Defer:
      case StmtOp.Select:
        if (!this.sizeOnly) return false;
        break;
      case StmtOp.Decl:
      case StmtOp.Block:
      case StmtOp.Label:
      case StmtOp.Expr:
        break;
      default:
        if (!this.#add(1)) return false;
    }
    return (
      this.stmts(s.init) &&
      this.#expr(s.x) &&
      s.lhs.every((e) => this.#expr(e)) &&
      s.rhs.every((e) => this.#expr(e)) &&
      this.stmts(s.body) &&
      this.stmts(s.post) &&
      this.stmts(s.orelse) &&
      s.cases.every((c) => this.#case(c))
    );
  }

  #case(c: Case): boolean {
    return (
      this.#add(1) &&
      c.exprs.every((e) => this.#expr(e)) &&
      (c.comm === null || this.#stmt(c.comm)) &&
      this.stmts(c.body)
    );
  }

  #expr(e: Expr | null): boolean {
    if (e === null) return true;
    if (!this.#add(this.#own(e))) return false;
    if (e.op === ExprOp.Closure && !this.stmts(e.closure!.body)) return false;
    return (
      this.#expr(e.x) &&
      this.#expr(e.y) &&
      e.list.every((part) => this.#expr(part)) &&
      this.stmts(e.stmts)
    );
  }

  /** Without its operands; Infinity if it rules inlining out. */
  #own(e: Expr): number {
    switch (e.op) {
      case ExprOp.CallStatic:
        return this.#call(e.func!);
      case ExprOp.CallFunc:
      case ExprOp.CallInter:
        return callCost;
      case ExprOp.CallBuiltin:
        if (e.builtin === Builtin.Panic) return 1 + panicCost;
        if (e.builtin === Builtin.Recover && !this.sizeOnly) return Infinity;
        return 1;
      case ExprOp.Deref:
        // Upstream counts p.f as one.
        return 0;
      default:
        return 1;
    }
  }

  #call(f: FuncSym): number {
    if (this.sizeOnly) return 1;
    if (frameDependent.has(f.name)) return Infinity;
    if (this.#cx.isIntrinsic(f)) return 1;
    const cost = this.#cx.inlineCost(f);
    if (cost !== null) return cost;
    return callCost;
  }
}
