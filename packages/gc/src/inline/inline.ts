/**
 * Inlining: calls of small functions, of any package, are replaced by their bodies.
 *
 * A function's calls are visited innermost first. Each inlined body is decoded anew (importer/
 * body-reader.ts) and then visited in turn, so that what it calls is inlined as well; a function is
 * not inlined into a body that came from itself. The order of evaluation stays: arguments first, in
 * order, then the body.
 *
 * A function literal that is called at one place only, as iterators and the bodies of loops over them
 * are once the iterator is inlined, is moved there.
 *
 * GOROOT: src/cmd/compile/internal/inline/inl.go.
 */
import { type Case, type Expr, ExprOp, type Func, type Stmt, StmtOp } from '../ir/node.ts';
import type { FuncSym } from '../ir/sym.ts';
import {
  bigFunctionMaxCost,
  type BudgetContext,
  costOf,
  isBig,
  maxCost,
  maxLiteralCost,
  mayInline,
} from './budget.ts';
import { LiteralUses } from './literal.ts';
import { spliceCall, spliceLiteral, type SpliceNames } from './splice.ts';

/** Bound on how often newly known literals are looked for in one function. */
const maxRounds = 8;

export interface InlineEnv {
  hasBody(f: FuncSym): boolean;
  /** The body, decoded anew. */
  readBody(f: FuncSym): Func;
  /** Expanded by the back end instead. */
  isIntrinsic(f: FuncSym): boolean;
  /** What the summary of the function's package says; undefined if nothing. */
  knownCost(f: FuncSym): number | null | undefined;
}

/** One inlining decision, for -m. */
export interface InlinedCallReport {
  readonly caller: Func;
  readonly callee: FuncSym;
  /** Position index in the caller. */
  readonly pos: number;
}

export class Inliner implements BudgetContext {
  readonly reports: InlinedCallReport[] = [];
  readonly #env: InlineEnv;
  /** Null: not to be inlined. Present while being computed, so that recursion ends. */
  readonly #costs = new Map<FuncSym, number | null>();

  constructor(env: InlineEnv) {
    this.#env = env;
  }

  isIntrinsic(f: FuncSym): boolean {
    return this.#env.isIntrinsic(f);
  }

  inlineCost(f: FuncSym): number | null {
    let cost = this.#costs.get(f);
    if (cost === undefined) {
      this.#costs.set(f, null);
      cost = this.#compute(f);
      this.#costs.set(f, cost);
    }
    return cost;
  }

  #compute(f: FuncSym): number | null {
    if (!mayInline(f) || this.isIntrinsic(f)) return null;
    const known = this.#env.knownCost(f);
    if (known !== undefined) return known;
    if (!this.#env.hasBody(f)) return null;
    return costOf(this.#env.readBody(f), this);
  }

  /** Inlines into a function and the literals in it. */
  run(fn: Func): void {
    const limit = isBig(fn, this) ? bigFunctionMaxCost : maxCost;
    new Visitor(this, this.#env, fn, limit).run();
    // Literals that came with inlined bodies are at the end of the list and are visited too.
    for (let i = 0; i < fn.closures.length; i++) this.run(fn.closures[i]!);
  }
}

class Visitor implements SpliceNames {
  readonly #inliner: Inliner;
  readonly #env: InlineEnv;
  readonly #fn: Func;
  readonly #limit: number;
  /** Functions whose bodies we are inside of. */
  readonly #path: FuncSym[];
  #labels = 0;
  readonly #literalCounts = new Map<string, number>();

  constructor(inliner: Inliner, env: InlineEnv, fn: Func, limit: number) {
    this.#inliner = inliner;
    this.#env = env;
    this.#fn = fn;
    this.#limit = limit;
    this.#path = [fn.sym];
    for (let f = fn.outer; f !== null; f = f.outer) this.#path.push(f.sym);
  }

  nextLabel(): number {
    return this.#labels++;
  }

  literalName(callee: FuncSym): string {
    const short = callee.name.slice(callee.name.lastIndexOf('/') + 1);
    const withoutPackage = short.slice(short.indexOf('.') + 1);
    const prefix = `${this.#fn.sym.name}.${withoutPackage}.func`;
    const n = (this.#literalCounts.get(prefix) ?? 0) + 1;
    this.#literalCounts.set(prefix, n);
    return `${prefix}${n}`;
  }

  run(): void {
    this.stmts(this.#fn.body);
    // Each round may make further callees known: an iterator's body, then what it yields to.
    for (let round = 0; round < maxRounds && this.#literals(); round++);
  }

  /** Moves literals that are called at one place to that place; true if there was one. */
  #literals(): boolean {
    let found = false;
    const uses = new LiteralUses(this.#fn);
    for (const call of uses.calls) {
      const callee = uses.resolve(call.x!);
      if (callee === null || callee.literal.outer !== this.#fn) continue;
      if (costOf(callee.literal, this.#inliner, maxLiteralCost) === null) continue;
      callee.take();
      spliceLiteral(this.#fn, call, callee.literal, this, callee.before);
      this.stmts(call.stmts);
      found = true;
    }
    return found;
  }

  stmts(list: readonly Stmt[]): void {
    for (const s of list) this.#stmt(s);
  }

  #stmt(s: Stmt): void {
    this.stmts(s.init);
    // What `go` and `defer` start stays a call.
    if (s.op === StmtOp.Go || s.op === StmtOp.Defer) this.#operands(s.x!);
    else this.#expr(s.x);
    for (const e of s.lhs) this.#expr(e);
    for (const e of s.rhs) this.#expr(e);
    this.stmts(s.body);
    this.stmts(s.post);
    this.stmts(s.orelse);
    for (const c of s.cases) this.#case(c);
  }

  #case(c: Case): void {
    for (const e of c.exprs) this.#expr(e);
    if (c.comm !== null) this.#stmt(c.comm);
    this.stmts(c.body);
  }

  #expr(e: Expr | null): void {
    if (e === null) return;
    this.#operands(e);
    if (e.op === ExprOp.CallStatic) this.#call(e);
  }

  #operands(e: Expr): void {
    this.#expr(e.x);
    this.#expr(e.y);
    for (const part of e.list) this.#expr(part);
    this.stmts(e.stmts);
  }

  #call(e: Expr): void {
    const callee = e.func!;
    const cost = this.#inliner.inlineCost(callee);
    if (cost === null || cost > this.#limit || this.#path.includes(callee)) return;
    spliceCall(this.#fn, e, this.#env.readBody(callee), this);
    this.#inliner.reports.push({ caller: this.#fn, callee, pos: e.pos });
    this.#path.push(callee);
    this.stmts(e.stmts);
    this.#path.pop();
  }
}
