/**
 * Inlining: calls of small functions, of any package, are replaced by their bodies.
 *
 * First it is decided which functions can be inlined, callees before callers, from their bodies as they
 * were written (budget.ts). Then the calls of each function are visited in the order of evaluation;
 * calls in inlined bodies after all that were there before. Each body is decoded anew (importer/
 * body-reader.ts); a function is not inlined into a body that came from itself. The order of evaluation
 * stays: arguments first, in order, then the body.
 *
 * Two things are found out on the way, because inlining makes more of it known: which literal a func
 * value is, whose body is then inlined too, and which type an interface holds, whose method is then
 * called directly (devirtualize.ts).
 *
 * GOROOT: src/cmd/compile/internal/inline/{inl.go,interleaved} (decisions, order, wording).
 */
import { Usage } from '../escape/usage.ts';
import { bottomUp } from '../ir/bottom-up.ts';
import { cloneLiteral } from '../ir/clone.ts';
import { type UserFormat } from '../ir/format.ts';
import { type Case, type Expr, ExprOp, type Func, type Stmt, StmtOp } from '../ir/node.ts';
import type { FuncSym } from '../ir/sym.ts';
import { type Wrappers } from '../ir/wrapper.ts';
import { outermost, type Remarks } from '../remarks.ts';
import {
  bigFunctionMaxCost,
  type Budget,
  type BudgetContext,
  budgetOf,
  isBig,
  maxCost,
  maxLiteralCost,
  maxSingleLiteralCost,
  whyNever,
} from './budget.ts';
import { removeDeadLiterals } from './dead-literals.ts';
import { devirtualize } from './devirtualize.ts';
import { spliceCall, spliceLiteral, type SpliceNames } from './splice.ts';

/** Bound on how often a function is gone through because more has become known. */
const maxRounds = 8;

export interface InlineEnv {
  hasBody(f: FuncSym): boolean;
  /** The body, decoded anew. */
  readBody(f: FuncSym): Func;
  /** Expanded by the back end instead. */
  isIntrinsic(f: FuncSym): boolean;
  /** What the summary of the function's package says; undefined if nothing. */
  knownCost(f: FuncSym): number | null | undefined;
  readonly wrappers: Wrappers;
  /** -l: only calls through interfaces are looked at. */
  readonly noInline: boolean;
  readonly remarks: Remarks;
  readonly format: UserFormat;
}

export class Inliner implements BudgetContext {
  readonly env: InlineEnv;
  /** Null: not to be inlined. Present while being computed, so that recursion ends. */
  readonly #costs = new Map<FuncSym, number | null>();
  readonly #literalCosts = new Map<Func, Budget>();
  readonly #names = new Map<Func, string>();
  /** Literals whose bodies were inlined at so many calls. */
  readonly uses = new Map<FuncSym, number>();

  constructor(env: InlineEnv) {
    this.env = env;
  }

  isIntrinsic(f: FuncSym): boolean {
    return this.env.isIntrinsic(f);
  }

  costAtCall(f: FuncSym): number | null {
    const cost = this.inlineCost(f);
    return cost !== null && cost <= maxCost ? cost : null;
  }

  literalCost(fn: Func, callee: Expr): number | null {
    const value = callee.op === ExprOp.Local ? new Usage(fn).staticValue(callee) : callee;
    if (value.op === ExprOp.FuncRef) return this.costAtCall(value.func!);
    if (value.op !== ExprOp.Closure) return null;
    const { cost, reason } = this.literalBudget(value.closure!);
    return reason === '' && cost <= maxLiteralCost ? cost : null;
  }

  /** Decides about functions whose bodies are at hand, as they were written. */
  decide(funcs: readonly Func[]): void {
    for (const batch of bottomUp(funcs)) {
      for (const fn of batch) {
        this.#costs.set(fn.sym, this.#decide(fn));
        this.#decideLiterals(fn);
      }
    }
  }

  #decideLiterals(fn: Func): void {
    for (const literal of fn.closures) {
      this.literalBudget(literal);
      this.#decideLiterals(literal);
    }
  }

  #decide(fn: Func): number | null {
    const { m } = this.env.remarks;
    const never = this.isIntrinsic(fn.sym) ? 'intrinsic' : whyNever(fn.sym);
    if (never !== '') {
      this.#say(fn, { cost: 0, reason: never });
      return null;
    }
    const budget = budgetOf(fn, this, maxCost, m > 1);
    this.#say(fn, budget);
    return budget.reason === '' ? budget.cost : null;
  }

  literalBudget(literal: Func): Budget {
    let budget = this.#literalCosts.get(literal);
    if (budget === undefined) {
      // A literal that calls itself.
      this.#literalCosts.set(literal, { cost: 0, reason: 'recursive' });
      budget = budgetOf(literal, this, maxSingleLiteralCost, this.env.remarks.m > 1);
      this.#literalCosts.set(literal, budget);
      this.#say(literal, budget);
    }
    return budget;
  }

  #say(fn: Func, { cost, reason }: Budget): void {
    const { remarks, format } = this.env;
    if (remarks.m === 0 || fn.isWrapper || fn.isPkgInit) return;
    const name = this.nameOf(fn);
    if (reason === '') {
      const detail =
        remarks.m > 1 ? ` with cost ${cost} as: ${format.type(fn.sym.type)} { ... }` : '';
      remarks.add(fn, fn.pos, `can inline ${name}${detail}`);
    } else if (remarks.m > 1) remarks.add(fn, fn.pos, `cannot inline ${name}: ${reason}`);
  }

  /** A literal that comes to another function with an inlined body: known by its old name. */
  copied(literal: Func): void {
    this.#names.set(literal, this.env.format.func(literal.sym));
    for (const inner of literal.closures) this.copied(inner);
  }

  isCopy(literal: Func): boolean {
    return this.#names.has(literal);
  }

  nameOf(fn: Func): string {
    return this.#names.get(fn) ?? this.env.format.func(fn.sym);
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
    if (whyNever(f) !== '' || this.isIntrinsic(f)) return null;
    const known = this.env.knownCost(f);
    if (known !== undefined) return known;
    if (!this.env.hasBody(f)) return null;
    const { cost, reason } = budgetOf(this.env.readBody(f), this, maxCost, false);
    return reason === '' ? cost : null;
  }

  /** Inlines into functions and the literals in them, callees before callers. */
  runAll(funcs: readonly Func[]): void {
    for (const batch of bottomUp(funcs)) for (const fn of batch) this.run(fn);
  }

  run(fn: Func): void {
    new Visitor(this, fn).run();
    // Literals that came with inlined bodies are at the end of the list and are visited too.
    for (let i = 0; i < fn.closures.length; i++) this.run(fn.closures[i]!);
  }
}

class Visitor implements SpliceNames {
  readonly #inliner: Inliner;
  readonly #env: InlineEnv;
  readonly #fn: Func;
  readonly #isBig: boolean;
  readonly #calls: Expr[] = [];
  readonly #resolved = new Set<Expr>();
  #usage: Usage | null = null;
  #labels = 0;
  readonly #literalCounts = new Map<string, number>();

  constructor(inliner: Inliner, fn: Func) {
    this.#inliner = inliner;
    this.#env = inliner.env;
    this.#fn = fn;
    this.#isBig = !inliner.env.noInline && isBig(fn, inliner);
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
    this.#collect(this.#fn.body);
    for (let round = 0; round < maxRounds && this.#round(); round++);
    removeDeadLiterals(this.#fn);
  }

  /** Goes through all calls; true if that may have made more of them known. */
  #round(): boolean {
    let changed = false;
    let from = 0;
    while (from < this.#calls.length) {
      const to = this.#calls.length;
      this.#usage = null;
      for (let i = from; i < to; i++) this.#resolve(this.#calls[i]!);
      for (let i = from; i < to; i++) if (this.#edit(this.#calls[i]!)) changed = true;
      from = to;
    }
    return changed && this.#calls.some((e) => isIndirect(e));
  }

  #usageNow(): Usage {
    if (this.#usage === null) {
      let outer = this.#fn;
      while (outer.outer !== null) outer = outer.outer;
      this.#usage = new Usage(outer);
    }
    return this.#usage;
  }

  /** Finds out what a call reaches, and counts the calls of literals. */
  #resolve(e: Expr): void {
    if (e.op === ExprOp.CallInter) this.#devirtualize(e);
    if (e.op !== ExprOp.CallFunc || this.#resolved.has(e)) return;
    const value = this.#usageNow().staticValue(e.x!);
    if (value.op !== ExprOp.Closure) return;
    this.#resolved.add(e);
    const { uses } = this.#inliner;
    const { sym } = value.closure!;
    uses.set(sym, (uses.get(sym) ?? 0) + 1);
  }

  #devirtualize(e: Expr): void {
    const { remarks, format, wrappers } = this.#env;
    const what = remarks.m > 0 ? format.expr(e.x, 8) : '';
    const method = e.x!.type.methods[e.index]!.name;
    const type = devirtualize(e, this.#usageNow(), wrappers);
    if (type === null || remarks.m === 0) return;
    const how = e.op === ExprOp.CallStatic ? 'devirtualizing' : 'partially devirtualizing';
    remarks.add(this.#fn, e.pos, `${how} ${what}.${method} to ${format.type(type)}`);
  }

  #edit(e: Expr): boolean {
    this.#resolve(e);
    if (e.op === ExprOp.CallStatic) return this.#static(e, e.func!);
    if (e.op !== ExprOp.CallFunc) return false;
    const value = this.#usageNow().staticValue(e.x!);
    if (value.op === ExprOp.Closure) return this.#literal(e, value.closure!);
    if (value.op !== ExprOp.FuncRef || hasEffects(e.x!)) return false;
    e.op = ExprOp.CallStatic;
    e.func = value.func;
    e.x = null;
    return this.#static(e, e.func!);
  }

  #static(e: Expr, callee: FuncSym): boolean {
    if (this.#env.noInline) return false;
    const cost = this.#inliner.inlineCost(callee);
    const limit = this.#isBig ? bigFunctionMaxCost : maxCost;
    if (cost === null || cost > limit || this.#cycles(e, callee)) return false;
    const body = this.#env.readBody(callee);
    if (this.#nests(body)) return false;
    for (const literal of body.closures) this.#inliner.copied(literal);
    spliceCall(this.#fn, e, body, this);
    this.#done(e, this.#env.format.func(callee));
    return true;
  }

  /** A literal of this function, or one that needs nothing from where it is. */
  #literal(e: Expr, literal: Func): boolean {
    if (this.#env.noInline) return false;
    if (literal.captures.length > 0 && literal.outer !== this.#fn) return false;
    const { cost, reason } = this.#inliner.literalBudget(literal);
    if (reason !== '' || cost > this.#literalLimit(literal)) return false;
    const name = this.#inliner.nameOf(literal);
    if (this.#cycles(e, literal.sym) || this.#nests(literal)) return false;
    const before = effectsOf(e.x!);
    const isDirect = e.x!.op === ExprOp.Closure && literal.outer === this.#fn;
    spliceLiteral(this.#fn, e, isDirect ? literal : cloneLiteral(literal), this, before);
    this.#done(e, name);
    return true;
  }

  #literalLimit(literal: Func): number {
    const limit = this.#isBig ? 2 * bigFunctionMaxCost : maxLiteralCost;
    const isOnce = this.#inliner.uses.get(literal.sym) === 1;
    return isOnce ? Math.max(limit, maxSingleLiteralCost) : limit;
  }

  /** Whether the call stands in a body that came from `callee` itself, or from a literal's copy. */
  #cycles(e: Expr, callee: FuncSym): boolean {
    const { positions, inlTree, sym } = this.#fn;
    for (let i = positions[e.pos]?.inl ?? -1; i >= 0; i = inlTree[i]!.parent) {
      if (inlTree[i]!.func.firstName !== callee.firstName) continue;
      const { m } = this.#env.remarks;
      const { format } = this.#env;
      if (m > 1) {
        const what = `cannot inline ${format.func(callee)} into ${format.func(sym)}`;
        this.#env.remarks.add(this.#fn, e.pos, `${what}: repeated recursive cycle`);
      }
      return true;
    }
    return false;
  }

  /**
   * Whether a literal of `body` would come into a copy of itself: functions that return literals which
   * call one another's makers could be unfolded for ever.
   */
  #nests(body: Func): boolean {
    if (body.closures.length === 0) return false;
    for (let f: Func | null = this.#fn; f !== null; f = f.outer) {
      const { firstName } = f.sym;
      if (body.closures.some(({ sym }) => sym.firstName === firstName)) return true;
    }
    return false;
  }

  #done(e: Expr, callee: string): void {
    const { remarks } = this.#env;
    // What happens in copies has been said where they came from.
    if (remarks.m > 0 && !this.#inliner.isCopy(this.#fn)) {
      remarks.at(outermost(this.#fn, e.pos), `inlining call to ${callee}`);
    }
    this.#usage = null;
    this.#collect(e.stmts);
  }

  // ---- finding calls, operands first

  #collect(list: readonly Stmt[]): void {
    for (const s of list) this.#stmt(s);
  }

  #stmt(s: Stmt): void {
    this.#collect(s.init);
    // What `go` and `defer` start stays a call.
    if (s.op === StmtOp.Go || s.op === StmtOp.Defer) this.#operands(s.x!);
    else this.#expr(s.x);
    for (const e of s.lhs) this.#expr(e);
    for (const e of s.rhs) this.#expr(e);
    this.#collect(s.post);
    this.#collect(s.body);
    this.#collect(s.orelse);
    for (const c of s.cases) this.#case(c);
  }

  #case(c: Case): void {
    for (const e of c.exprs) this.#expr(e);
    if (c.comm !== null) this.#stmt(c.comm);
    this.#collect(c.body);
  }

  #expr(e: Expr | null): void {
    if (e === null) return;
    this.#operands(e);
    if (e.op === ExprOp.CallStatic || isIndirect(e)) this.#calls.push(e);
  }

  #operands(e: Expr): void {
    this.#expr(e.x);
    this.#expr(e.y);
    for (const part of e.list) this.#expr(part);
    this.#collect(e.stmts);
  }
}

function isIndirect(e: Expr): boolean {
  return e.op === ExprOp.CallFunc || e.op === ExprOp.CallInter;
}

/** What evaluating a callee does besides yielding it. */
function effectsOf(callee: Expr): readonly Stmt[] {
  let x = callee;
  while (x.op === ExprOp.Convert) x = x.x!;
  return x.op === ExprOp.InlinedCall ? x.stmts : [];
}

function hasEffects(callee: Expr): boolean {
  return effectsOf(callee).length > 0;
}
