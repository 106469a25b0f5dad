/**
 * What escape analysis found, in upstream's words (-m), and with -m=2 why.
 *
 * GOROOT: src/cmd/compile/internal/escape/{escape,solve,graph}.go (wording, order, what is left out).
 */
import { type UserFormat } from '../ir/format.ts';
import { Builtin, Esc, type Expr, ExprOp, type Func, type LocalVar } from '../ir/node.ts';
import { outermost, type Remarks } from '../remarks.ts';
import { type Edge, type Graph, type Hole, type Location, type Note, rootOf } from './graph.ts';
import { type Leaks, maxResults, type ParamLeaks } from './leaks.ts';
import type { Observer } from './solve.ts';
import type { SelfAssignment } from './walker.ts';

export class EscapeReport implements Observer {
  readonly #remarks: Remarks;
  readonly #format: UserFormat;
  #graph: Graph | null = null;

  constructor(remarks: Remarks, format: UserFormat) {
    this.#remarks = remarks;
    this.#format = format;
  }

  /** Whether the ways of values are wanted. */
  get explains(): boolean {
    return this.#remarks.m >= 2;
  }

  begin(graph: Graph): void {
    this.#graph = graph;
  }

  // ---- decisions

  params(fn: Func, leaks: ParamLeaks, graph: Graph): void {
    if (fn.isWrapper || fn.sym.dupok) return;
    fn.params.forEach((v, i) => {
      if (v.type.ptrBytes === 0 || v.name === '' || v.name === '_') return;
      if (graph.ofLocal(v)?.escapes === true) return;
      this.#param(fn, v, leaks[i]!);
    });
  }

  #param(fn: Func, v: LocalVar, leaks: Leaks): void {
    const { name } = v;
    const say = (msg: string) => this.#remarks.add(fn, v.pos, msg);
    let said = false;
    if (leaks.heap >= 0) {
      say(leaks.heap === 0 ? `leaking param: ${name}` : `leaking param content: ${name}`);
      said = true;
    }
    for (let i = 0; i < maxResults; i++) {
      const level = leaks.result(i);
      if (level < 0) continue;
      say(`leaking param: ${name} to result ${resultName(fn, i)} level=${level}`);
      said = true;
    }
    if (this.#remarks.debug('escapemutationscalls') <= 0) {
      if (!said) say(`${name} does not escape`);
      return;
    }
    if (leaks.mutator >= 0) {
      say(`mutates param: ${name} derefs=${leaks.mutator}`);
      said = true;
    }
    if (leaks.callee >= 0) {
      say(`calls param: ${name} derefs=${leaks.callee}`);
      said = true;
    }
    if (!said) say(`${name} does not escape, mutate, or call`);
  }

  decided(loc: Location): void {
    const { local, expr, fn, escapes } = loc;
    if (local !== null) {
      if (escapes) this.#remarks.add(fn!, local.pos, `moved to heap: ${this.#format.local(local)}`);
      return;
    }
    if (expr === null) return;
    // Wrappers of go and defer statements are not the user's.
    if (expr.op === ExprOp.Closure && expr.closure!.isWrapper) return;
    const isAppend = expr.op === ExprOp.CallBuiltin && expr.builtin === Builtin.Append;
    const what = isAppend ? 'append' : this.#format.expr(expr);
    this.#remarks.add(fn!, expr.pos, `${what} ${escapes ? 'escapes to heap' : 'does not escape'}`);
    if (expr.esc === Esc.Alias) {
      this.#remarks.add(fn!, expr.pos, 'zero-copy string->[]byte conversion');
    }
  }

  selfAssignment({ fn, stmt }: SelfAssignment): void {
    const text = this.#format.stmt(stmt);
    this.#remarks.add(
      fn,
      stmt.pos,
      `${this.#format.func(fn.sym)} ignoring self-assignment in ${text}`,
    );
  }

  capture(loc: Location, v: LocalVar): void {
    if (!this.explains) return;
    const root = rootOf(v);
    const how = v.byValue ? 'value' : 'ref';
    const facts = `(addr=${loc.addrTaken} assign=${loc.reassigned} width=${root.type.size})`;
    this.#remarks.add(
      loc.fn!,
      root.pos,
      `${this.#format.func(loc.fn!.sym)} capturing by ${how}: ${root.name} ${facts}`,
    );
  }

  // ---- explanations

  /** The hole of a captured variable, with the reason noted. */
  captured(k: Hole, e: Expr, fn: Func, v: LocalVar): Hole {
    if (!this.explains) return k;
    const at = (why: string, next: Note | null): Note => ({ next, expr: e, stmt: null, why, fn });
    const notes = v.byValue ? k.notes : at('reference', k.notes);
    return { ...k, notes: at('captured by a closure', notes) };
  }

  forced(k: Hole, loc: Location, why: string): Hole {
    if (!this.explains || loc.expr === null) return k;
    return { ...k, notes: { next: null, expr: loc.expr, stmt: null, why, fn: loc.fn! } };
  }

  escapes(root: Location, l: Location, edge: Edge | null = null): void {
    if (l.fn === null) return;
    const what = this.#name(l);
    this.#say(l, `${what} escapes to heap in ${this.#format.func(l.fn.sym)}:`);
    if (edge === null) this.#path(root, l);
    else this.#step(l, root, l, edge);
  }

  leaks(root: Location, l: Location, derefs: number): void {
    const to = this.#place(root);
    const of = this.#format.func(l.fn!.sym);
    this.#say(l, `parameter ${l.local!.name} leaks to ${to} for ${of} with derefs=${derefs}:`);
    this.#path(root, l);
  }

  #path(root: Location, from: Location): void {
    const seen = new Set<Location>();
    let src = from;
    for (;;) {
      if (seen.has(src)) {
        this.#say(
          from,
          '  warning: truncated explanation due to assignment cycle; see golang.org/issue/35518',
        );
        return;
      }
      seen.add(src);
      const dst = src.via;
      if (dst === null) return;
      this.#step(from, dst, src, src.viaEdge!);
      if (dst === root) return;
      src = dst;
    }
  }

  #step(of: Location, dst: Location, src: Location, edge: Edge): void {
    const ops = edge.derefs < 0 ? '&' : '*'.repeat(edge.derefs);
    this.#say(of, `  flow: ${this.#place(dst)} ← ${ops}${this.#place(src)}:`);
    for (let note = edge.notes; note !== null; note = note.next) {
      const { expr, stmt, fn, why } = note;
      const text = expr === null ? this.#format.stmt(stmt!) : this.#format.expr(expr);
      const p = outermost(fn, expr?.pos ?? stmt!.pos);
      this.#say(of, `    from ${text} (${why}) at ${p.file}:${p.line}:${p.col}`);
    }
  }

  #say(l: Location, text: string): void {
    const pos = l.local?.pos ?? l.expr?.pos ?? 0;
    this.#remarks.add(l.fn!, pos, text.startsWith(' ') ? ` ${text}` : text);
  }

  #place(l: Location): string {
    if (l === this.#graph!.heap) return '{heap}';
    if (l.local === null && l.expr === null) return '{temp}';
    return l.local === null ? `{storage for ${this.#name(l)}}` : this.#name(l);
  }

  #name(l: Location): string {
    return l.local === null ? this.#format.expr(l.expr) : this.#format.local(l.local);
  }
}

/** Results without names are called by number. */
export function resultName(fn: Func, i: number): string {
  const name = fn.results[i]?.name ?? '';
  if (name === '') return `~r${i}`;
  return name === '_' ? `~b${i}` : name;
}
