/**
 * How a function uses its variables: whose address is taken, and what each can be assigned. From that,
 * which variables are simply names for one value, and which functions a func variable can hold.
 * Recomputed from the IR, because inlining changes it.
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

/** Bound on how far names are followed. */
const maxSteps = 32;

export class Usage {
  /** Values that a variable is assigned; null: something else too. */
  readonly #values = new Map<LocalVar, Expr[] | null>();
  /** Declared without a value: zero until assigned. */
  readonly #zeroed = new Set<LocalVar>();

  /** Of a function and all literals in it. */
  constructor(fn: Func) {
    this.#reset(fn);
    this.#func(fn);
  }

  /** What `e` always is, as far as that can be told: names, inlined results and the like resolved. */
  staticValue(e: Expr): Expr {
    let x = e;
    for (let steps = 0; steps < maxSteps; steps++) {
      let next: Expr | null = null;
      if (x.op === ExprOp.Local) next = this.#only(x.local!);
      else if (x.op === ExprOp.InlinedCall && x.results.length === 1) {
        next = this.#only(x.results[0]!);
      } else if (x.op === ExprOp.Convert && isPlain(x)) next = x.x;
      if (next === null) return x;
      x = next;
    }
    return x;
  }

  #only(v: LocalVar): Expr | null {
    if (this.#zeroed.has(rootOf(v))) return null;
    const values = this.assignments(v);
    return values?.length === 1 ? values[0]! : null;
  }

  /** Everything that `v` is assigned, zero apart; null if that is not known. */
  assignments(v: LocalVar): readonly Expr[] | null {
    const root = rootOf(v);
    if (root.addrTaken) return null;
    return this.#values.get(root) ?? null;
  }

  #reset(fn: Func): void {
    for (const v of fn.locals) {
      v.addrTaken = false;
      v.reassigned = false;
    }
    for (const closure of fn.closures) this.#reset(closure);
  }

  #func(fn: Func): void {
    // Parameters have a value from the start.
    for (const v of fn.params) this.#values.set(v, null);
    for (const v of fn.results) this.#values.set(v, null);
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
      case StmtOp.Decl:
        this.#zeroed.add(s.local!);
        break;
      case StmtOp.Assign: {
        const inParallel = s.rhs.length === s.lhs.length;
        for (const lhs of s.lhs) {
          // A declaration of its own may come before, as for parameters of inlined bodies.
          if (lhs?.op === ExprOp.Local && (s.define || isDefinition(lhs))) {
            this.#zeroed.delete(lhs.local!);
          }
        }
        s.lhs.forEach((lhs, i) => this.#assign(lhs, inParallel ? s.rhs[i]! : null));
        break;
      }
      case StmtOp.AssignOp:
      case StmtOp.Range:
        for (const lhs of s.lhs) this.#assign(lhs, null);
        break;
      default:
        break;
    }
    this.#stmts(s.body);
    this.#stmts(s.post);
    this.#stmts(s.orelse);
    for (const c of s.cases) this.#case(c);
  }

  #case(c: Case): void {
    if (c.local !== null) this.#values.set(c.local, null);
    for (const e of c.exprs) this.#expr(e);
    if (c.comm !== null) this.#stmt(c.comm);
    this.#stmts(c.body);
  }

  #assign(lhs: Expr | null, value: Expr | null): void {
    const v = lhs === null ? null : baseLocal(lhs);
    if (v === null) return;
    const root = rootOf(v);
    const known = this.#values.get(root);
    if (known !== undefined) root.reassigned = true;
    if (known === null) return;
    if (value === null || lhs!.op !== ExprOp.Local) this.#values.set(root, null);
    else if (known === undefined) this.#values.set(root, [value]);
    else known.push(value);
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

/**
 * Whether `lhs` is where the variable is declared: in `a, b := f()` with an old `a`, the new one has a
 * declaration of its own at the same place.
 */
export function isDefinition(lhs: Expr): boolean {
  return lhs.op === ExprOp.Local && lhs.local!.outer === null && lhs.pos === lhs.local!.pos;
}

/** Neither changes representation nor allocates. */
function isPlain(e: Expr): boolean {
  const { kind } = e.type;
  if (kind !== e.x!.type.kind) return false;
  return kind !== Kind.Interface && e.type.size === e.x!.type.size;
}

/** The variable of which `e` is the whole or a part in place. */
export function baseLocal(e: Expr): LocalVar | null {
  let x = e;
  while (x.op === ExprOp.Field || (x.op === ExprOp.Index && x.x!.type.kind === Kind.Array)) {
    x = x.x!;
  }
  return x.op === ExprOp.Local ? x.local : null;
}
