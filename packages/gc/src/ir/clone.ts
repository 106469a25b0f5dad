/**
 * A copy of a function literal's body, for inlining it at one call while it stays a value elsewhere.
 *
 * Variables of the literal and of literals in it are new; what it captures still stands for the same
 * variables of the function around it. The position table is shared until it is moved to a caller.
 */
import { Case, Expr, Func, LocalVar, Stmt } from './node.ts';

export function cloneLiteral(fn: Func): Func {
  return new Cloner(new Map()).func(fn, fn.outer);
}

class Cloner {
  readonly #locals: Map<LocalVar, LocalVar>;
  readonly #closures = new Map<Func, Func>();
  #fn!: Func;

  constructor(locals: Map<LocalVar, LocalVar>) {
    this.#locals = locals;
  }

  func(from: Func, outer: Func | null): Func {
    const to = new Func(from.sym);
    to.outer = outer;
    to.positions = [...from.positions];
    to.inlTree = [...from.inlTree];
    to.pos = from.pos;
    to.endPos = from.endPos;
    to.hasDefer = from.hasDefer;
    to.hasRecover = from.hasRecover;
    to.isWrapper = from.isWrapper;
    to.needCtxt = from.needCtxt;
    to.isRangeBody = from.isRangeBody;
    to.hasRangeFuncDefer = from.hasRangeFuncDefer;
    to.locals = from.locals.map((v) => this.#newLocal(v));
    to.params = from.params.map((v) => this.#local(v));
    to.results = from.results.map((v) => this.#local(v));
    to.captures = from.captures.map((v) => this.#local(v));
    const before = this.#fn;
    this.#fn = to;
    to.closures = from.closures.map((inner) => {
      const copy = this.func(inner, to);
      this.#closures.set(inner, copy);
      return copy;
    });
    to.body = this.#stmts(from.body);
    this.#fn = before;
    return to;
  }

  #newLocal(v: LocalVar): LocalVar {
    const copy = new LocalVar(v.name, v.type, v.pos, v.class);
    copy.index = v.index;
    copy.addrTaken = v.addrTaken;
    copy.reassigned = v.reassigned;
    copy.captured = v.captured;
    copy.outer = v.outer === null ? null : this.#local(v.outer);
    copy.used = v.used;
    copy.pkgPath = v.pkgPath;
    this.#locals.set(v, copy);
    return copy;
  }

  /** Variables of functions around the literal stay what they are. */
  #local(v: LocalVar): LocalVar {
    return this.#locals.get(v) ?? v;
  }

  #stmts(list: readonly Stmt[]): Stmt[] {
    return list.map((s) => this.#stmt(s));
  }

  #stmt(s: Stmt): Stmt {
    const to = new Stmt(s.op, s.pos);
    to.x = this.#expr(s.x);
    to.lhs = s.lhs.map((e) => this.#expr(e));
    to.rhs = s.rhs.map((e) => this.#expr(e)!);
    to.arith = s.arith;
    to.local = s.local === null ? null : this.#local(s.local);
    to.label = s.label;
    to.init = this.#stmts(s.init);
    to.post = this.#stmts(s.post);
    to.body = this.#stmts(s.body);
    to.orelse = this.#stmts(s.orelse);
    to.cases = s.cases.map((c) => this.#case(c));
    to.perIteration = s.perIteration.map((v) => this.#local(v));
    to.define = s.define;
    to.distinct = s.distinct;
    to.token = s.token === null ? null : this.#local(s.token);
    to.esc = s.esc;
    return to;
  }

  #case(c: Case): Case {
    const to = new Case(c.pos);
    to.exprs = c.exprs.map((e) => this.#expr(e)!);
    to.types = [...c.types];
    to.isDefault = c.isDefault;
    to.local = c.local === null ? null : this.#local(c.local);
    to.comm = c.comm === null ? null : this.#stmt(c.comm);
    to.body = this.#stmts(c.body);
    return to;
  }

  #expr(e: Expr | null): Expr | null {
    if (e === null) return null;
    const to = new Expr(e.op, e.pos, e.type);
    to.x = this.#expr(e.x);
    to.y = this.#expr(e.y);
    to.list = e.list.map((part) => this.#expr(part));
    to.value = e.value;
    to.local = e.local === null ? null : this.#local(e.local);
    to.global = e.global;
    to.func = e.func;
    to.closure = e.closure === null ? null : (this.#closures.get(e.closure) ?? e.closure);
    to.target = e.target;
    to.index = e.index;
    to.indices = e.indices;
    to.builtin = e.builtin;
    to.esc = e.esc;
    to.commaOk = e.commaOk;
    to.spread = e.spread;
    to.bounded = e.bounded;
    to.explicit = e.explicit;
    to.stmts = this.#stmts(e.stmts);
    to.results = e.results.map((v) => this.#local(v));
    return to;
  }
}
