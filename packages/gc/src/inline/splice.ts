/**
 * Making a freshly decoded body part of a caller.
 *
 * Parameters and results become variables of the caller, `return` becomes an assignment to the
 * results and a jump to the end, labels get names of their own, positions move into the caller's
 * table under a new node of its inline tree, and function literals become literals of the caller.
 *
 *     f(a, b)   ⇒   { p, q := a, b; var r T; …; r = x; goto end; …; end: }  with value r
 */
import {
  type Case,
  Expr,
  ExprOp,
  type Func,
  LocalClass,
  type LocalVar,
  type SourcePos,
  Stmt,
  StmtOp,
} from '../ir/node.ts';
import { FuncSym } from '../ir/sym.ts';
import { walkStmt } from '../ir/walk.ts';

export interface SpliceNames {
  /** A number unique in the caller, for labels. */
  nextLabel(): number;
  /** The name of a literal that stood in `callee`, n-th of those inlined into the caller. */
  literalName(callee: FuncSym): string;
}

/** `call` is a CallStatic of `body.sym` in `caller`; it is rewritten in place to an InlinedCall. */
export function spliceCall(caller: Func, call: Expr, body: Func, names: SpliceNames): void {
  const { stmts, inl } = bodyStmts(caller, call, body, names.nextLabel());
  for (const literal of body.closures) {
    adoptLiteral(caller, literal);
    rename(literal, literal.sym.name, names.literalName(body.sym), caller.sym);
  }
  becomeInlined(call, stmts, body.results, inl);
}

/**
 * Like `spliceCall` for a function literal of `caller`: the body is moved to the call, or that of a
 * copy. What it captures is at hand. `before`: what evaluating the callee does.
 */
export function spliceLiteral(
  caller: Func,
  call: Expr,
  literal: Func,
  names: SpliceNames,
  before: readonly Stmt[],
): void {
  releaseCaptures(literal);
  const { stmts, inl } = bodyStmts(caller, call, literal, names.nextLabel());
  const isMoved = caller.closures.includes(literal);
  caller.closures = caller.closures.filter((other) => other !== literal);
  for (const inner of literal.closures) {
    adoptLiteral(caller, inner);
    if (!isMoved) rename(inner, inner.sym.name, names.literalName(literal.sym), caller.sym);
  }
  becomeInlined(call, [...before, ...stmts], literal.results, inl);
}

function becomeInlined(call: Expr, stmts: Stmt[], results: LocalVar[], inl: number): void {
  call.op = ExprOp.InlinedCall;
  call.func = null;
  call.x = null;
  call.list = [];
  call.stmts = stmts;
  call.results = results;
  call.index = inl;
}

/**
 * Binds parameters, declares results and moves the body of `body` to a call in `caller`; `inl` is its
 * node in the tree of inlined calls.
 */
function bodyStmts(
  caller: Func,
  call: Expr,
  body: Func,
  label: number,
): { readonly stmts: Stmt[]; readonly inl: number } {
  const site = caller.positions[call.pos];
  const inl = caller.inlTree.length;
  const startLine = body.positions[body.pos]!.line;
  caller.inlTree.push({ parent: site?.inl ?? -1, func: body.sym, pos: call.pos, startLine });
  const positions = new PositionMap(caller, body, inl);
  // What a literal has had inlined comes along, below the literal.
  for (const inner of body.inlTree) {
    const moved = { parent: positions.node(inner.parent), pos: positions.of(inner.pos) };
    caller.inlTree.push({ ...inner, ...moved });
  }
  const splicer = new Splicer(positions, label, body.results);
  adopt(caller, body);
  // Where the only return is the end, the results are what it says.
  splicer.definesResults = hasSingleReturn(body);
  const results = splicer.definesResults ? [] : body.results;
  if (splicer.definesResults) for (const v of body.results) v.pos = splicer.positions.of(v.pos);
  const stmts = [
    ...bindParams(body.params, call, splicer),
    ...results.flatMap((v) => declare(v, splicer)),
    ...splicer.body(body.body),
  ];
  return { stmts, inl };
}

/** The last statement is the only return, and no result has a name by which it could be used before. */
function hasSingleReturn(body: Func): boolean {
  if (body.results.length === 0) return false;
  const last = body.body.at(-1);
  if (last?.op !== StmtOp.Return || last.rhs.length === 0) return false;
  if (body.results.some((v) => v.name !== '' && !v.name.startsWith('~'))) return false;
  return returnsIn(body.body) === 1;
}

function returnsIn(list: readonly Stmt[]): number {
  let n = 0;
  for (const s of list) {
    if (s.op === StmtOp.Return) n++;
    for (const inner of [s.init, s.body, s.post, s.orelse]) n += returnsIn(inner);
    for (const c of s.cases) n += returnsIn(c.body);
  }
  return n;
}

/**
 * Positions of a body in the table of the function that it moves to, entered when first used. `inl` is
 * the body's node in that function's tree; the nodes of what was inlined into it before follow.
 */
class PositionMap {
  readonly #caller: Func;
  readonly #from: readonly SourcePos[];
  readonly #inl: number;
  readonly #map = new Map<number, number>();

  constructor(caller: Func, body: Func, inl: number) {
    this.#caller = caller;
    this.#from = body.positions;
    this.#inl = inl;
  }

  /** A node of the body's tree, or −1 for the body itself, in the function's tree. */
  node(inl: number): number {
    return this.#inl + 1 + inl;
  }

  of(pos: number): number {
    let moved = this.#map.get(pos);
    if (moved === undefined) {
      const old = this.#from[pos];
      if (old === undefined) return pos;
      moved = this.#caller.positions.length;
      this.#caller.positions.push({ ...old, inl: this.node(old.inl) });
      this.#map.set(pos, moved);
    }
    return moved;
  }
}

/** References to captured variables become references to the variables. */
function releaseCaptures(literal: Func): void {
  if (literal.captures.length === 0) return;
  const replace = (e: Expr): void => {
    if (e.op === ExprOp.Local && e.local!.outer !== null && literal.captures.includes(e.local!)) {
      e.local = e.local!.outer;
    }
  };
  for (const s of literal.body) walkStmt(s, replace);
  for (const inner of literal.closures) {
    for (const v of inner.captures) {
      if (v.outer !== null && literal.captures.includes(v.outer)) v.outer = v.outer.outer;
    }
  }
  literal.locals = literal.locals.filter((v) => !literal.captures.includes(v));
  literal.captures = [];
}

/** The callee's variables are the caller's from now on. */
function adopt(caller: Func, body: Func): void {
  for (const v of body.locals) {
    v.index = caller.locals.length;
    v.class = LocalClass.Auto;
    caller.locals.push(v);
  }
}

function declare(v: LocalVar, splicer: Splicer): Stmt[] {
  v.pos = splicer.positions.of(v.pos);
  const s = new Stmt(StmtOp.Decl, v.pos);
  s.local = v;
  return [s];
}

/** Arguments are evaluated in order, then assigned all at once. */
function bindParams(params: readonly LocalVar[], call: Expr, splicer: Splicer): Stmt[] {
  if (params.length === 0) return [];
  const stmts = params.flatMap((v) => declare(v, splicer));
  const bind = new Stmt(StmtOp.Assign, call.pos);
  bind.define = true;
  bind.lhs = params.map((v) => {
    const e = new Expr(ExprOp.Local, call.pos, v.type);
    e.local = v;
    return e;
  });
  bind.rhs = call.list.map((arg) => arg!);
  stmts.push(bind);
  return stmts;
}

function adoptLiteral(caller: Func, literal: Func): void {
  literal.outer = caller;
  caller.closures.push(literal);
}

function rename(literal: Func, before: string, after: string, caller: FuncSym): void {
  const { sym } = literal;
  literal.sym = new FuncSym({
    name: after + sym.name.slice(before.length),
    pkgPath: caller.pkgPath,
    type: sym.type,
    pragma: sym.pragma,
    hasBody: true,
    dupok: caller.dupok,
    isMethod: sym.isMethod,
    origin: sym.origin,
    firstName: sym.firstName,
  });
  for (const inner of literal.closures) rename(inner, before, after, caller);
}

/** Rewrites the statements of a body for their new place. */
class Splicer {
  readonly positions: PositionMap;
  readonly #prefix: string;
  readonly #end: string;
  readonly #results: readonly LocalVar[];
  /** The assignment of the results is their declaration. */
  definesResults: boolean = false;
  #jumpsToEnd: boolean = false;

  constructor(positions: PositionMap, unique: number, results: readonly LocalVar[]) {
    this.positions = positions;
    this.#prefix = `·${unique}·`;
    this.#end = `${this.#prefix}end`;
    this.#results = results;
  }

  body(list: Stmt[]): Stmt[] {
    const stmts = this.#stmts(list, true);
    if (this.#jumpsToEnd) {
      const label = new Stmt(StmtOp.Label, stmts.at(-1)?.pos ?? 0);
      label.label = this.#end;
      stmts.push(label);
    }
    return stmts;
  }

  /** `isTail`: what follows the list is the end of the body. */
  #stmts(list: readonly Stmt[], isTail: boolean): Stmt[] {
    const out: Stmt[] = [];
    list.forEach((s, i) => {
      this.#stmt(s);
      const isLast = isTail && i === list.length - 1;
      if (s.op !== StmtOp.Return) {
        if (s.op === StmtOp.Block) s.body = this.#stmts(s.body, isLast);
        out.push(s);
        return;
      }
      if (s.rhs.length > 0) out.push(this.#assignResults(s));
      if (!isLast) out.push(this.#jumpToEnd(s.pos));
    });
    return out;
  }

  #assignResults(s: Stmt): Stmt {
    const assign = new Stmt(StmtOp.Assign, s.pos);
    assign.lhs = this.#results.map((v) => {
      v.reassigned = true;
      const e = new Expr(ExprOp.Local, s.pos, v.type);
      e.local = v;
      return e;
    });
    assign.rhs = s.rhs;
    assign.define = this.definesResults;
    return assign;
  }

  #jumpToEnd(pos: number): Stmt {
    this.#jumpsToEnd = true;
    const jump = new Stmt(StmtOp.Goto, pos);
    jump.label = this.#end;
    return jump;
  }

  /** Positions and labels of the statement and all in it; nested lists lose their returns. */
  #stmt(s: Stmt): void {
    s.pos = this.positions.of(s.pos);
    if (s.label !== '') s.label = this.#prefix + s.label;
    if (s.op === StmtOp.Decl) s.local!.pos = s.pos;
    this.#expr(s.x);
    for (const e of s.lhs) this.#expr(e);
    for (const e of s.rhs) this.#expr(e);
    if (s.init.length > 0) s.init = this.#stmts(s.init, false);
    if (s.op !== StmtOp.Block && s.body.length > 0) s.body = this.#stmts(s.body, false);
    if (s.post.length > 0) s.post = this.#stmts(s.post, false);
    if (s.orelse.length > 0) s.orelse = this.#stmts(s.orelse, false);
    for (const c of s.cases) this.#case(c);
  }

  #case(c: Case): void {
    c.pos = this.positions.of(c.pos);
    for (const e of c.exprs) this.#expr(e);
    if (c.comm !== null) this.#stmt(c.comm);
    c.body = this.#stmts(c.body, false);
  }

  /** Literals are functions of their own: nothing in them moves. */
  #expr(e: Expr | null): void {
    if (e === null) return;
    e.pos = this.positions.of(e.pos);
    if (e.op === ExprOp.InlinedCall && e.index >= 0) e.index = this.positions.node(e.index);
    this.#expr(e.x);
    this.#expr(e.y);
    for (const part of e.list) this.#expr(part);
    if (e.stmts.length > 0) e.stmts = this.#stmts(e.stmts, false);
  }
}
