/**
 * Which function literals of a function are called at exactly one place and used nowhere else.
 *
 * A literal is followed through variables that are assigned once, where they are declared, and read
 * once: parameters and results of inlined bodies, above all. What a nested literal captures counts as
 * used.
 */
import { Expr, ExprOp, type Func, type LocalVar, type Stmt, StmtOp } from '../ir/node.ts';
import { walkExpr } from '../ir/walk.ts';

export interface LiteralCallee {
  readonly literal: Func;
  /** Statements to run before the call, of inlined calls whose value is the callee. */
  readonly before: Stmt[];
  /** Removes the literal from where it was made. */
  take(): void;
}

interface Definition {
  readonly stmt: Stmt;
  readonly index: number;
}

export class LiteralUses {
  /** Calls of func values in the function itself, innermost first. */
  readonly calls: Expr[] = [];
  readonly #reads = new Map<LocalVar, number>();
  /** Null: assigned more than once, or not by a plain assignment. */
  readonly #definitions = new Map<LocalVar, Definition | null>();

  constructor(fn: Func) {
    for (const v of fn.params) this.#definitions.set(v, null);
    for (const s of fn.body) this.#stmt(s);
    for (const closure of fn.closures) {
      for (const v of closure.captures) if (v.outer !== null) this.#definitions.set(v.outer, null);
    }
  }

  #stmt(s: Stmt): void {
    for (const inner of s.init) this.#stmt(inner);
    this.#expr(s.x);
    // What `go` and `defer` start is not called here.
    if (s.op === StmtOp.Go || s.op === StmtOp.Defer) {
      if (this.calls.at(-1) === s.x) this.calls.pop();
    }
    for (const e of s.rhs) this.#expr(e);
    for (const e of s.lhs) this.#assigned(s, e);
    for (const list of [s.body, s.post, s.orelse]) for (const inner of list) this.#stmt(inner);
    for (const c of s.cases) {
      for (const e of c.exprs) this.#expr(e);
      if (c.comm !== null) this.#stmt(c.comm);
      for (const inner of c.body) this.#stmt(inner);
    }
  }

  #assigned(s: Stmt, lhs: Expr | null): void {
    if (lhs?.op !== ExprOp.Local) {
      this.#expr(lhs);
      return;
    }
    const v = lhs.local!;
    const isPlain = s.op === StmtOp.Assign && s.lhs.length === s.rhs.length;
    const definition = isPlain ? { stmt: s, index: s.lhs.indexOf(lhs) } : null;
    this.#definitions.set(v, this.#definitions.has(v) ? null : definition);
  }

  #expr(e: Expr | null): void {
    walkExpr(e, (x) => {
      if (x.op === ExprOp.Local) this.#reads.set(x.local!, (this.#reads.get(x.local!) ?? 0) + 1);
      else if (x.op === ExprOp.CallFunc) this.calls.push(x);
      // Statements in it were walked as expressions only.
      else if (x.op === ExprOp.InlinedCall) for (const s of x.stmts) this.#assignments(s);
    });
  }

  /** Assignments in an inlined body; its reads have been counted, those on the left among them. */
  #assignments(s: Stmt): void {
    for (const lhs of s.lhs) {
      if (lhs?.op !== ExprOp.Local) continue;
      this.#reads.set(lhs.local!, (this.#reads.get(lhs.local!) ?? 0) - 1);
      this.#assigned(s, lhs);
    }
    for (const list of [s.init, s.body, s.post, s.orelse]) {
      for (const inner of list) this.#assignments(inner);
    }
    for (const c of s.cases) {
      if (c.comm !== null) this.#assignments(c.comm);
      for (const inner of c.body) this.#assignments(inner);
    }
  }

  resolve(callee: Expr): LiteralCallee | null {
    switch (callee.op) {
      case ExprOp.Closure:
        return { literal: callee.closure!, before: [], take: nothing };
      case ExprOp.Local:
        return this.#reads.get(callee.local!) === 1 ? this.#resolveLocal(callee.local!) : null;
      case ExprOp.InlinedCall: {
        const [result] = callee.results;
        if (callee.results.length !== 1 || (this.#reads.get(result!) ?? 0) > 0) return null;
        const found = this.#resolveLocal(result!);
        if (found === null) return null;
        return { ...found, before: [...callee.stmts, ...found.before] };
      }
      default:
        return null;
    }
  }

  #resolveLocal(v: LocalVar): LiteralCallee | null {
    const definition = this.#definitions.get(v) ?? null;
    if (definition === null || v.outer !== null) return null;
    const { stmt, index } = definition;
    const value = stmt.rhs[index]!;
    const found = this.resolve(value);
    if (found === null) return null;
    return {
      literal: found.literal,
      before: [],
      take: () => {
        found.take();
        const nil = new Expr(ExprOp.Zero, value.pos, value.type);
        // An inlined call is still run for what it does.
        if (value.op === ExprOp.InlinedCall) return;
        stmt.rhs[index] = nil;
      },
    };
  }
}

function nothing(): void {}
