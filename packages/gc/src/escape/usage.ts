/**
 * How a function uses its variables: whose address is taken, which are assigned again after their
 * declaration, and which local is simply a name for one function literal. Recomputed from the IR,
 * because inlining changes it.
 */
import {
  type Case,
  type Expr,
  ExprOp,
  type Func,
  type LocalVar,
  type Stmt,
  StmtOp,
} from '../ir/node.ts';
import { Kind } from '../ir/type.ts';
import { rootOf } from './graph.ts';

export class Usage {
  /** Locals that hold one literal for their whole life. */
  readonly literals = new Map<LocalVar, Func>();
  readonly #assigned = new Set<LocalVar>();

  /** Of a function and all literals in it. */
  constructor(fn: Func) {
    this.#reset(fn);
    this.#func(fn);
    for (const v of this.literals.keys()) {
      if (v.reassigned || v.addrTaken) this.literals.delete(v);
    }
  }

  #reset(fn: Func): void {
    for (const v of fn.locals) {
      v.addrTaken = false;
      v.reassigned = false;
    }
    for (const closure of fn.closures) this.#reset(closure);
  }

  #func(fn: Func): void {
    // Parameters have a value from the start: any assignment is one more.
    for (const v of fn.params) this.#assigned.add(v);
    for (const v of fn.results) this.#assigned.add(v);
    this.#stmts(fn.body);
  }

  #stmts(list: readonly Stmt[]): void {
    for (const s of list) this.#stmt(s);
  }

  #stmt(s: Stmt): void {
    this.#stmts(s.init);
    this.#expr(s.x);
    for (const e of s.rhs) this.#expr(e);
    for (const e of s.lhs) this.#expr(e);
    switch (s.op) {
      case StmtOp.Assign:
        s.lhs.forEach((lhs, i) =>
          this.#assign(lhs, s.define, s.rhs.length === 1 && i > 0 ? null : (s.rhs[i] ?? null)),
        );
        break;
      case StmtOp.AssignOp:
        for (const lhs of s.lhs) this.#assign(lhs, false, null);
        break;
      case StmtOp.Range:
        for (const lhs of s.lhs) this.#assign(lhs, s.define && s.distinct, null);
        break;
      default:
        break;
    }
    // A variable that each iteration copies is assigned by the copy.
    for (const v of s.perIteration) rootOf(v).reassigned = true;
    this.#stmts(s.body);
    this.#stmts(s.post);
    this.#stmts(s.orelse);
    for (const c of s.cases) this.#case(c);
  }

  #case(c: Case): void {
    for (const e of c.exprs) this.#expr(e);
    if (c.comm !== null) this.#stmt(c.comm);
    this.#stmts(c.body);
  }

  #assign(lhs: Expr | null, isDefinition: boolean, value: Expr | null): void {
    const v = lhs === null ? null : baseLocal(lhs);
    if (v === null) return;
    const root = rootOf(v);
    if (lhs!.op === ExprOp.Local && isDefinition && !this.#assigned.has(root)) {
      this.#assigned.add(root);
      if (value?.op === ExprOp.Closure) this.literals.set(root, value.closure!);
    } else {
      root.reassigned = true;
    }
  }

  #expr(e: Expr | null): void {
    if (e === null) return;
    if (e.op === ExprOp.Addr) {
      const v = baseLocal(e.x!);
      if (v !== null) rootOf(v).addrTaken = true;
    }
    if (e.op === ExprOp.Closure) this.#func(e.closure!);
    this.#expr(e.x);
    this.#expr(e.y);
    for (const part of e.list) this.#expr(part);
    this.#stmts(e.stmts);
  }
}

/** The variable of which `e` is the whole or a part in place. */
export function baseLocal(e: Expr): LocalVar | null {
  let x = e;
  while (x.op === ExprOp.Field || (x.op === ExprOp.Index && x.x!.type.kind === Kind.Array)) {
    x = x.x!;
  }
  return x.op === ExprOp.Local ? x.local : null;
}
