/**
 * Decoding of function bodies into IR, for concrete type arguments: functions, variables, statements.
 *
 * This is where generics disappear: types are read in the environment of the instance, methods of
 * type parameters are looked up in the argument's members, pointers that a selector or index implies
 * are dereferenced, constants take the representation of their type (expr-reader.ts, method-reader.ts,
 * const-reader.ts). What comes out is owned by the caller, fresh each time: inlining decodes a callee
 * once per call site rather than copying trees.
 *
 * The grammar is in body-format.ts.
 */
import { InternalError } from '@go-ts/base';
import {
  Case,
  type Expr,
  ExprOp,
  Func,
  LocalClass,
  LocalVar,
  type SourcePos,
  Stmt,
  type StmtOp,
} from '../ir/node.ts';
import { RuntimeFuncs } from '../ir/runtime-func.ts';
import { FuncSym } from '../ir/sym.ts';
import { isInterface, type Type } from '../ir/type.ts';
import { isWrapperSym, Wrappers } from '../ir/wrapper.ts';
import { BodyFlag, LocalFlag, S } from './body-format.ts';
import { ExprReader } from './expr-reader.ts';
import { FuncFlag, Section } from './format.ts';
import { type DeclOrigin, type Loader } from './loader.ts';
import { type Decoding } from './method-reader.ts';

export class BodyReader implements Decoding {
  readonly loader: Loader;
  readonly wrappers: Wrappers;
  readonly runtime: RuntimeFuncs;

  constructor(loader: Loader) {
    this.loader = loader;
    this.runtime = new RuntimeFuncs(loader.types);
    this.wrappers = new Wrappers(loader);
  }

  /** Whether `readBody` can give the body of `sym`. */
  hasBody(sym: FuncSym): boolean {
    if (isWrapperSym(sym)) return true;
    const origin = sym.origin as DeclOrigin | null;
    if (origin === null || origin.kind !== 'decl' || origin.decl.body === 0) return false;
    return origin.pkg.view.elementBytes(Section.Body, origin.decl.body).length > 0;
  }

  /** The body of a function, decoded anew. */
  readBody(sym: FuncSym): Func {
    if (isWrapperSym(sym)) return this.wrappers.build(sym);
    const origin = sym.origin as DeclOrigin;
    const f = new FuncReader(this, origin).read(sym);
    f.isPkgInit = (origin.decl.flags & FuncFlag.PkgInit) !== 0;
    return f;
  }
}

/** One body being decoded: the function and its literals. */
class FuncReader extends ExprReader {
  #positions: SourcePos[] = [];

  read(sym: FuncSym): Func {
    this.#positions = this.#readPositions();
    return this.func(sym, null);
  }

  #readPositions(): SourcePos[] {
    const r = this.r;
    const list: SourcePos[] = [];
    let file = '';
    let line = 0;
    for (let n = r.uvarint(); n > 0; n--) {
      const code = r.varint();
      // Arithmetic shift of a possibly negative delta.
      line += code >> 1;
      if (code & 1) file = this.pkg.view.string(r.uvarint());
      list.push({ file, line, col: r.uvarint(), inl: -1 });
    }
    return list;
  }

  protected override func(sym: FuncSym | null, outer: Func | null): Func {
    const r = this.r;
    const flags = r.uvarint();
    const pos = r.uvarint();
    const endPos = r.uvarint();
    const suffix = this.string();
    const type = r.uvarint();
    const f = new Func(sym ?? this.#closureSym(outer!, suffix, this.type(type)));
    f.outer = outer;
    f.positions = this.#positions;
    f.pos = pos;
    f.endPos = endPos;
    f.hasDefer = (flags & BodyFlag.HasDefer) !== 0;
    f.hasRecover = (flags & BodyFlag.HasRecover) !== 0;
    f.isWrapper = (flags & BodyFlag.Wrapper) !== 0;
    f.hasRangeFuncDefer = (flags & BodyFlag.RangeFuncDefer) !== 0;
    f.isRangeBody = (flags & BodyFlag.RangeBody) !== 0;
    this.#locals(f, outer);
    const before = this.f;
    this.f = f;
    f.body = this.stmts();
    this.f = before;
    if (f.isWrapper) f.wrapped = staticCallee(f.body[0]?.x ?? null);
    if (outer !== null) outer.closures.push(f);
    f.needCtxt = f.captures.length > 0;
    return f;
  }

  /** Literals are named after the function they are in: its name and their own ending. */
  #closureSym(outer: Func, suffix: string, type: Type): FuncSym {
    const of = outer.sym;
    return new FuncSym({
      name: of.name + suffix,
      pkgPath: of.pkgPath,
      type,
      pragma: 0,
      hasBody: true,
      dupok: of.dupok,
      isMethod: false,
      origin: null,
    });
  }

  #locals(f: Func, outer: Func | null): void {
    const r = this.r;
    for (let n = r.uvarint(); n > 0; n--) {
      const name = this.string();
      const type = this.type(r.uvarint());
      const pos = r.uvarint();
      const v = new LocalVar(name, type, pos, r.uvarint() as LocalVar['class']);
      const flags = r.uvarint();
      v.addrTaken = (flags & LocalFlag.AddrTaken) !== 0;
      v.reassigned = (flags & LocalFlag.Reassigned) !== 0;
      v.captured = (flags & LocalFlag.Captured) !== 0;
      v.index = f.locals.length;
      v.pkgPath = this.pkg.path;
      f.locals.push(v);
      if (v.class === LocalClass.Param) f.params.push(v);
      else if (v.class === LocalClass.Result) f.results.push(v);
      else if (v.class === LocalClass.Capture) {
        v.outer = outer!.locals[r.uvarint()]!;
        f.captures.push(v);
      }
    }
  }

  // ---- statements

  protected override stmts(): Stmt[] {
    const list: Stmt[] = [];
    for (let n = this.r.uvarint(); n > 0; n--) list.push(this.#stmt()!);
    return list;
  }

  #stmt(): Stmt | null {
    const r = this.r;
    const op = r.u8();
    if (op === S.None) return null;
    const s = new Stmt(op as StmtOp, r.uvarint());
    switch (op) {
      case S.Expr:
      case S.Go:
        s.x = this.expr();
        return s;
      case S.Defer: {
        s.x = this.expr();
        const token = r.uvarint();
        if (token > 0) s.token = this.f.locals[token - 1]!;
        return s;
      }
      case S.Assign:
        s.define = r.u8() === 1;
        s.lhs = this.exprs();
        s.rhs = this.exprs() as Expr[];
        return s;
      case S.AssignOp:
        s.arith = r.u8() as ExprOp;
        s.lhs = [this.expr()];
        s.rhs = [this.expr()];
        return s;
      case S.Decl:
        s.local = this.f.locals[r.uvarint()]!;
        return s;
      case S.Block:
        s.body = this.stmts();
        return s;
      case S.Send:
        s.lhs = [this.expr()];
        s.rhs = [this.expr()];
        return s;
      case S.Return:
        s.rhs = this.exprs() as Expr[];
        return s;
      case S.Break:
      case S.Continue:
      case S.Goto:
      case S.Label:
        s.label = this.string();
        return s;
      case S.Fallthrough:
        return s;
      default:
        return this.#compound(op, s);
    }
  }

  #compound(op: number, s: Stmt): Stmt {
    const r = this.r;
    switch (op) {
      case S.If:
        s.x = this.expr();
        s.body = this.stmts();
        s.orelse = this.stmts();
        return s;
      case S.For:
        s.label = this.string();
        s.perIteration = this.path().map((i) => this.f.locals[i]!);
        s.init = this.stmts();
        s.x = this.exprOrNull();
        s.post = this.stmts();
        s.body = this.stmts();
        return s;
      case S.Range:
        s.label = this.string();
        s.define = r.u8() === 1;
        s.distinct = r.u8() === 1;
        s.x = this.expr();
        s.lhs = this.exprs();
        s.body = this.stmts();
        return s;
      case S.Switch:
        s.label = this.string();
        s.x = this.exprOrNull();
        s.cases = this.#cases((c) => {
          c.exprs = this.exprs() as Expr[];
        });
        this.#unifyCases(s);
        return s;
      case S.TypeSwitch:
        s.label = this.string();
        s.x = this.expr();
        s.cases = this.#cases((c) => {
          for (let n = r.uvarint(); n > 0; n--) {
            const t = r.uvarint();
            c.types.push(t === 0 ? null : this.type(t));
          }
          const local = r.uvarint();
          if (local > 0) c.local = this.f.locals[local - 1]!;
        });
        return s;
      case S.Select:
        s.label = this.string();
        s.cases = this.#cases((c) => {
          c.comm = this.#stmt();
        });
        return s;
      default:
        throw new InternalError(`unknown statement ${op} in ${this.f.sym.name}`);
    }
  }

  #cases(head: (c: Case) => void): Case[] {
    const list: Case[] = [];
    for (let n = this.r.uvarint(); n > 0; n--) {
      const c = new Case(this.r.uvarint());
      c.isDefault = this.r.u8() === 1;
      head(c);
      c.body = this.stmts();
      list.push(c);
    }
    return list;
  }

  /** Case values are compared with the tag: both are of one type, but for interfaces. */
  #unifyCases(s: Stmt): void {
    const tag = s.x;
    if (tag === null || !isInterface(tag.type)) return;
    for (const c of s.cases) {
      c.exprs = c.exprs.map((e) => (isInterface(e.type) ? e : this.convertTo(tag.type, e)));
    }
  }
}

function staticCallee(call: Expr | null): FuncSym | null {
  return call !== null && call.op === ExprOp.CallStatic ? call.func : null;
}
