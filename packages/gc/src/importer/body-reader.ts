/**
 * Decoding of function bodies into IR, for concrete type arguments.
 *
 * This is where generics disappear: types are read in the environment of the instance, methods of
 * type parameters are looked up in the argument's members, pointers that a selector or index implies
 * are dereferenced, constants take the representation of their type. What comes out is owned by the
 * caller, fresh each time: inlining decodes a callee once per call site rather than copying trees.
 *
 * The grammar is in body-format.ts.
 */
import { InternalError } from '@go-ts/base';
import { type ByteReader } from '@go-ts/objfile/bytes';
import {
  type Builtin,
  Case,
  type ConstValue,
  Expr,
  ExprOp,
  Func,
  LocalClass,
  LocalVar,
  type SourcePos,
  Stmt,
  StmtOp,
} from '../ir/node.ts';
import { RuntimeFuncs } from '../ir/runtime-func.ts';
import { FuncSym } from '../ir/sym.ts';
import { isComplex, isFloat, isInteger, isInterface, Kind, type Type } from '../ir/type.ts';
import { applyPath, deref, isWrapperSym, localExpr, receiverFor, Wrappers } from '../ir/wrapper.ts';
import { BodyFlag, LocalFlag, S, X } from './body-format.ts';
import { readBigInt, readF64 } from './const-writer.ts';
import { ConstTag, FuncFlag, Section } from './format.ts';
import { type DeclOrigin, type Env, type Loader, type ObjRef, type PackageUnit } from './loader.ts';

export class BodyReader {
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
class FuncReader {
  readonly #reader: BodyReader;
  readonly #loader: Loader;
  readonly #pkg: PackageUnit;
  readonly #env: Env;
  readonly #r: ByteReader;
  #positions: SourcePos[] = [];
  /** The function being decoded, innermost. */
  #f!: Func;

  constructor(reader: BodyReader, origin: DeclOrigin) {
    this.#reader = reader;
    this.#loader = reader.loader;
    this.#pkg = origin.pkg;
    this.#env = origin.env;
    this.#r = origin.pkg.view.element(Section.Body, origin.decl.body);
  }

  read(sym: FuncSym): Func {
    this.#positions = this.#readPositions();
    return this.#func(sym, null);
  }

  #readPositions(): SourcePos[] {
    const r = this.#r;
    const list: SourcePos[] = [];
    let file = '';
    let line = 0;
    for (let n = r.uvarint(); n > 0; n--) {
      const code = r.varint();
      // Arithmetic shift of a possibly negative delta.
      line += code >> 1;
      if (code & 1) file = this.#pkg.view.string(r.uvarint());
      list.push({ file, line, col: r.uvarint(), inl: -1 });
    }
    return list;
  }

  #func(sym: FuncSym | null, outer: Func | null): Func {
    const r = this.#r;
    const flags = r.uvarint();
    const pos = r.uvarint();
    const endPos = r.uvarint();
    const suffix = this.#string();
    const type = r.uvarint();
    const f = new Func(sym ?? this.#closureSym(outer!, suffix, this.#type(type)));
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
    const before = this.#f;
    this.#f = f;
    f.body = this.#stmts();
    this.#f = before;
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
    const r = this.#r;
    for (let n = r.uvarint(); n > 0; n--) {
      const name = this.#string();
      const type = this.#type(r.uvarint());
      const pos = r.uvarint();
      const v = new LocalVar(name, type, pos, r.uvarint() as LocalVar['class']);
      const flags = r.uvarint();
      v.addrTaken = (flags & LocalFlag.AddrTaken) !== 0;
      v.reassigned = (flags & LocalFlag.Reassigned) !== 0;
      v.captured = (flags & LocalFlag.Captured) !== 0;
      v.index = f.locals.length;
      v.pkgPath = this.#pkg.path;
      f.locals.push(v);
      if (v.class === LocalClass.Param) f.params.push(v);
      else if (v.class === LocalClass.Result) f.results.push(v);
      else if (v.class === LocalClass.Capture) {
        v.outer = outer!.locals[r.uvarint()]!;
        f.captures.push(v);
      }
    }
  }

  #string(): string {
    return this.#pkg.view.string(this.#r.uvarint());
  }

  #type(n: number): Type {
    return this.#loader.typeAt(this.#pkg, n, this.#env);
  }

  #readType(): Type {
    return this.#type(this.#r.uvarint());
  }

  #types(): Type[] {
    const list: Type[] = [];
    for (let n = this.#r.uvarint(); n > 0; n--) list.push(this.#readType());
    return list;
  }

  #path(): number[] {
    const list: number[] = [];
    for (let n = this.#r.uvarint(); n > 0; n--) list.push(this.#r.uvarint());
    return list;
  }

  #obj(): ObjRef {
    return this.#loader.resolve(this.#pkg, this.#r.uvarint());
  }

  // ---- expressions

  #exprs(): (Expr | null)[] {
    const list: (Expr | null)[] = [];
    for (let n = this.#r.uvarint(); n > 0; n--) list.push(this.#exprOrNull());
    return list;
  }

  #expr(): Expr {
    const e = this.#exprOrNull();
    if (e === null) throw new InternalError(`missing expression in ${this.#f.sym.name}`);
    return e;
  }

  #exprOrNull(): Expr | null {
    const r = this.#r;
    const op = r.u8();
    if (op === X.None) return null;
    const pos = r.uvarint();
    switch (op) {
      case X.Const: {
        const t = this.#readType();
        return this.#constant(pos, t);
      }
      case X.Zero:
        return new Expr(ExprOp.Zero, pos, this.#readType());
      case X.Local:
        return localExpr(this.#f.locals[r.uvarint()]!, pos);
      case X.Global: {
        const global = this.#loader.globalSym(this.#obj());
        const e = new Expr(ExprOp.Global, pos, global.type);
        e.global = global;
        return e;
      }
      case X.Func: {
        const ref = this.#obj();
        return this.#funcRef(pos, this.#loader.funcSym(ref, this.#types()));
      }
      case X.MethodExpr:
        return this.#methodExpr(pos);
      case X.Closure: {
        const closure = this.#func(null, this.#f);
        const e = new Expr(ExprOp.Closure, pos, closure.sym.type);
        e.closure = closure;
        return e;
      }
      default:
        return this.#operation(op, pos);
    }
  }

  #funcRef(pos: number, func: FuncSym): Expr {
    const e = new Expr(ExprOp.FuncRef, pos, func.type);
    e.func = func;
    return e;
  }

  #operation(op: number, pos: number): Expr {
    const r = this.#r;
    switch (op) {
      case X.Unary: {
        const inner = r.u8() as ExprOp;
        const x = this.#expr();
        return unary(inner, pos, x.type, x);
      }
      case X.Binary: {
        const inner = r.u8() as ExprOp;
        const x = this.#expr();
        const y = this.#expr();
        const e = unary(inner, pos, x.type, x);
        e.y = y;
        // Sums of type parameters that turn out to be strings.
        if (inner !== ExprOp.Add || x.type.kind !== Kind.String) return e;
        const c = new Expr(ExprOp.Concat, pos, x.type);
        c.list = [x, y];
        return c;
      }
      case X.Compare:
        return this.#compare(pos);
      case X.Concat: {
        const e = new Expr(ExprOp.Concat, pos, this.#readType());
        e.list = this.#exprs();
        return e;
      }
      case X.Addr: {
        const x = this.#expr();
        const e = unary(ExprOp.Addr, pos, this.#loader.types.pointer(x.type), x);
        e.explicit = true;
        return e;
      }
      case X.Deref: {
        const x = this.#expr();
        const e = unary(ExprOp.Deref, pos, x.type.elem!, x);
        e.explicit = true;
        return e;
      }
      case X.Field: {
        const x = this.#expr();
        x.pos ||= pos;
        const e = applyPath(x, this.#path());
        e.pos = pos;
        return e;
      }
      case X.Index:
        return this.#index(pos);
      case X.MapIndex: {
        const x = this.#expr();
        const e = unary(ExprOp.MapIndex, pos, x.type.elem!, x);
        e.y = this.#expr();
        if (r.u8() === 1) this.#setCommaOk(e);
        return e;
      }
      case X.Slice: {
        const x = this.#expr();
        // The address of an array is taken for the user.
        if (x.op === ExprOp.Addr) x.explicit = false;
        const e = unary(ExprOp.Slice, pos, this.#slicedType(x.type), x);
        e.list = [this.#exprOrNull(), this.#exprOrNull(), this.#exprOrNull()];
        return e;
      }
      default:
        return this.#callOrOther(op, pos);
    }
  }

  #setCommaOk(e: Expr): void {
    e.commaOk = true;
    e.type = this.#loader.types.tuple([e.type, this.#loader.types.bool]);
  }

  #compare(pos: number): Expr {
    const op = this.#r.u8() as ExprOp;
    const e = new Expr(op, pos, this.#readType());
    let x = this.#expr();
    let y = this.#expr();
    // A type argument may have turned an operand into an interface or a concrete type.
    if (op !== ExprOp.AndAnd && op !== ExprOp.OrOr && x.type !== y.type) {
      if (isInterface(x.type) && !isInterface(y.type)) y = this.#convertTo(x.type, y);
      else if (isInterface(y.type) && !isInterface(x.type)) x = this.#convertTo(y.type, x);
    }
    e.x = x;
    e.y = y;
    return e;
  }

  #convertTo(t: Type, x: Expr): Expr {
    // A typed nil in an interface is not a nil interface.
    const same = !isInterface(t) || isInterface(x.type);
    if (x.op === ExprOp.Zero && same) return new Expr(ExprOp.Zero, x.pos, t);
    return unary(ExprOp.Convert, x.pos, t, x);
  }

  #index(pos: number): Expr {
    let x = this.#expr();
    const y = this.#expr();
    if (x.type.kind === Kind.Pointer) x = deref(x);
    const t = x.type.kind === Kind.String ? this.#loader.types.uint8 : x.type.elem!;
    const e = unary(ExprOp.Index, pos, t, x);
    e.y = y;
    return e;
  }

  #slicedType(t: Type): Type {
    const { types } = this.#loader;
    if (t.kind === Kind.Pointer) return types.slice(t.elem!.elem!);
    return t;
  }

  #callOrOther(op: number, pos: number): Expr {
    const r = this.#r;
    const { types } = this.#loader;
    switch (op) {
      case X.CallFunc: {
        const ref = this.#obj();
        const func = this.#loader.funcSym(ref, this.#types());
        const e = new Expr(ExprOp.CallStatic, pos, types.resultType(func.type));
        e.func = func;
        e.list = this.#exprs();
        return e;
      }
      case X.CallMethod:
        return this.#callMethod(pos);
      case X.CallValue: {
        const x = this.#expr();
        const e = unary(ExprOp.CallFunc, pos, types.resultType(x.type), x);
        e.list = this.#exprs();
        if (x.op === ExprOp.FuncRef) {
          e.op = ExprOp.CallStatic;
          e.func = x.func;
          e.x = null;
        }
        return e;
      }
      case X.CallBuiltin: {
        const builtin = r.u8() as Builtin;
        const e = new Expr(ExprOp.CallBuiltin, pos, this.#readTypeOrVoid());
        e.builtin = builtin;
        e.spread = (r.u8() & 1) !== 0;
        e.list = this.#exprs();
        return e;
      }
      case X.Convert: {
        const t = this.#readType();
        const explicit = (r.u8() & 1) !== 0;
        const x = this.#expr();
        if (x.type === t && !explicit) return x;
        if (x.op === ExprOp.Const && isComplex(x.type) && (isFloat(t) || isInteger(t))) {
          // T(0 + 0i), which became known to be real with the type argument.
          const real = new Expr(ExprOp.Const, pos, t);
          real.value = represent(x.value!, t);
          return real;
        }
        const e = this.#convertTo(t, x);
        e.pos = pos;
        e.explicit = explicit;
        return e;
      }
      case X.Assert: {
        const t = this.#readType();
        const commaOk = (r.u8() & 1) !== 0;
        const e = unary(ExprOp.TypeAssert, pos, t, this.#expr());
        e.target = t;
        if (commaOk) this.#setCommaOk(e);
        return e;
      }
      case X.CompositeLit:
        return this.#compositeLit(pos);
      case X.MethodValue:
        return this.#methodValue(pos);
      default:
        return this.#rest(op, pos);
    }
  }

  #readTypeOrVoid(): Type {
    const n = this.#r.uvarint();
    return n === 0 ? this.#loader.types.void : this.#type(n);
  }

  #rest(op: number, pos: number): Expr {
    const r = this.#r;
    const { types } = this.#loader;
    switch (op) {
      case X.Recv: {
        const commaOk = r.u8() === 1;
        const x = this.#expr();
        const e = unary(ExprOp.Recv, pos, x.type.elem!, x);
        if (commaOk) this.#setCommaOk(e);
        return e;
      }
      case X.Sequence: {
        const stmts = this.#stmts();
        const results = this.#path().map((i) => this.#f.locals[i]!);
        const ts = results.map((v) => v.type);
        const t = ts.length === 0 ? types.void : ts.length === 1 ? ts[0]! : types.tuple(ts);
        const e = new Expr(ExprOp.InlinedCall, pos, t);
        e.stmts = stmts;
        e.results = results;
        return e;
      }
      case X.Variadic: {
        const e = new Expr(ExprOp.SliceLit, pos, this.#readType());
        e.list = this.#exprs();
        e.index = e.list.length;
        e.spread = true;
        e.indices = e.list.map((_, i) => i);
        return e;
      }
      case X.SizeOf: {
        const isAlign = r.u8() === 1;
        const t = this.#readType();
        return this.#uintptr(pos, this.#readType(), isAlign ? t.align : t.size);
      }
      case X.OffsetOf: {
        let t = this.#readType();
        let offset = 0;
        for (const i of this.#path()) {
          const f = t.fields[i]!;
          offset += f.offset;
          t = f.type;
        }
        return this.#uintptr(pos, this.#readType(), offset);
      }
      case X.CallRuntime: {
        const func = this.#reader.runtime.lookup(this.#string());
        const e = new Expr(ExprOp.CallStatic, pos, types.resultType(func.type));
        e.func = func;
        e.list = this.#exprs();
        return e;
      }
      default:
        throw new InternalError(`unknown expression ${op} in ${this.#f.sym.name}`);
    }
  }

  #uintptr(pos: number, t: Type, n: number): Expr {
    const e = new Expr(ExprOp.Const, pos, t);
    e.value = BigInt(n);
    return e;
  }

  // ---- methods

  #callMethod(pos: number): Expr {
    const x = applyPath(this.#expr(), this.#path());
    const name = this.#string();
    const pkgPath = this.#string();
    const targs = this.#types();
    const args = this.#exprs();
    const { wrappers } = this.#reader;
    if (targs.length > 0) {
      const { sym, ptrRecv } = this.#genericMethod(x.type, name, targs);
      return wrappers.callMethod(x, sym, ptrRecv, args, pos);
    }
    const m = this.#member(x.type, name, pkgPath);
    return wrappers.callMember(applyPath(x, m.path), { ...m, path: [] }, args, pos);
  }

  #member(t: Type, name: string, pkgPath: string) {
    const m = this.#reader.wrappers.members.lookup(t, name, pkgPath);
    if (m === null) throw new InternalError(`type ${t.name?.name} has no method ${name}`);
    return m;
  }

  #genericMethod(t: Type, name: string, targs: readonly Type[]) {
    const isPointer = t.kind === Kind.Pointer && t.name === null;
    const named = isPointer ? t.elem! : t;
    const ref = this.#loader.declaredMethod(named, name, '');
    if (ref === null) throw new InternalError(`no generic method ${name}`);
    const decl = this.#loader.funcDecl(ref.pkg, ref.num);
    return {
      sym: this.#loader.methodSym(named, ref.num, targs),
      ptrRecv: (decl.flags & FuncFlag.PtrRecv) !== 0,
    };
  }

  #methodExpr(pos: number): Expr {
    const t = this.#readType();
    const name = this.#string();
    const pkgPath = this.#string();
    const targs = this.#types();
    if (targs.length > 0) return this.#funcRef(pos, this.#genericMethod(t, name, targs).sym);
    const m = this.#member(t, name, pkgPath);
    const { wrappers } = this.#reader;
    if (isInterface(t) && m.inter !== null) {
      return this.#funcRef(pos, wrappers.interfaceFunc(t, m.index));
    }
    return this.#funcRef(pos, wrappers.methodFunc(t, m));
  }

  #methodValue(pos: number): Expr {
    let x = applyPath(this.#expr(), this.#path());
    const name = this.#string();
    const pkgPath = this.#string();
    const targs = this.#types();
    const { types } = this.#loader;
    let func: FuncSym;
    let ptrRecv: boolean;
    if (targs.length > 0) {
      ({ sym: func, ptrRecv } = this.#genericMethod(x.type, name, targs));
    } else {
      const m = this.#member(x.type, name, pkgPath);
      x = applyPath(x, m.path);
      if (m.inter !== null) {
        const e = unary(ExprOp.MethodValueInter, pos, m.inter.methods[m.index]!.type, x);
        e.index = m.index;
        return e;
      }
      func = m.method!.func;
      ptrRecv = m.method!.ptrRecv;
    }
    const sig = types.func(func.type.params.slice(1), func.type.results, func.type.variadic);
    const e = unary(ExprOp.MethodValue, pos, sig, receiverFor(types, x, ptrRecv));
    e.func = func;
    return e;
  }

  // ---- literals and constants

  #compositeLit(pos: number): Expr {
    const r = this.#r;
    const t = this.#readType();
    const isPointer = t.kind === Kind.Pointer;
    const of = isPointer ? t.elem! : t;
    const e = new Expr(literalOp(of), pos, of);
    if (of.kind === Kind.Map) {
      e.list = this.#exprs();
    } else {
      const indices: number[] = [];
      e.list = [];
      for (let n = r.uvarint(); n > 0; n--) {
        const index = r.uvarint();
        let item = this.#expr();
        if (of.kind === Kind.Struct && of.fields[index]!.name === '_') {
          if (isPlain(item)) continue;
          item = this.#evaluatedForEffect(item);
        }
        indices.push(index);
        e.list.push(item);
      }
      e.indices = indices;
      e.index = r.uvarint();
    }
    if (!isPointer) return e;
    return unary(ExprOp.Addr, pos, t, e);
  }

  /** Zero, once `x` is evaluated: the value that a literal gives to a blank field is not stored. */
  #evaluatedForEffect(x: Expr): Expr {
    const v = new LocalVar('', x.type, x.pos, LocalClass.Auto);
    v.index = this.#f.locals.length;
    this.#f.locals.push(v);
    const evaluate = new Stmt(StmtOp.Assign, x.pos);
    evaluate.lhs = [null];
    evaluate.rhs = [x];
    const declare = new Stmt(StmtOp.Decl, x.pos);
    declare.local = v;
    const e = new Expr(ExprOp.InlinedCall, x.pos, x.type);
    e.stmts = [evaluate, declare];
    e.results = [v];
    return e;
  }

  #constant(pos: number, t: Type): Expr {
    const e = new Expr(ExprOp.Const, pos, t);
    e.value = represent(this.#constValue(), t);
    return e;
  }

  #constValue(): ConstValue {
    const r = this.#r;
    const tag = r.u8();
    switch (tag) {
      case ConstTag.False:
        return false;
      case ConstTag.True:
        return true;
      case ConstTag.Int:
        return BigInt(r.varint());
      case ConstTag.BigInt:
        return readBigInt(r);
      case ConstTag.String:
        return this.#string();
      case ConstTag.Float:
        return readF64(r);
      case ConstTag.Complex: {
        const re = this.#constValue();
        return { re: Number(re), im: Number(this.#constValue()) };
      }
      default:
        throw new InternalError(`unknown constant tag ${tag}`);
    }
  }

  // ---- statements

  #stmts(): Stmt[] {
    const list: Stmt[] = [];
    for (let n = this.#r.uvarint(); n > 0; n--) list.push(this.#stmt()!);
    return list;
  }

  #stmt(): Stmt | null {
    const r = this.#r;
    const op = r.u8();
    if (op === S.None) return null;
    const s = new Stmt(op as StmtOp, r.uvarint());
    switch (op) {
      case S.Expr:
      case S.Go:
        s.x = this.#expr();
        return s;
      case S.Defer: {
        s.x = this.#expr();
        const token = r.uvarint();
        if (token > 0) s.token = this.#f.locals[token - 1]!;
        return s;
      }
      case S.Assign:
        s.define = r.u8() === 1;
        s.lhs = this.#exprs();
        s.rhs = this.#exprs() as Expr[];
        return s;
      case S.AssignOp:
        s.arith = r.u8() as ExprOp;
        s.lhs = [this.#expr()];
        s.rhs = [this.#expr()];
        return s;
      case S.Decl:
        s.local = this.#f.locals[r.uvarint()]!;
        return s;
      case S.Block:
        s.body = this.#stmts();
        return s;
      case S.Send:
        s.lhs = [this.#expr()];
        s.rhs = [this.#expr()];
        return s;
      case S.Return:
        s.rhs = this.#exprs() as Expr[];
        return s;
      case S.Break:
      case S.Continue:
      case S.Goto:
      case S.Label:
        s.label = this.#string();
        return s;
      case S.Fallthrough:
        return s;
      default:
        return this.#compound(op, s);
    }
  }

  #compound(op: number, s: Stmt): Stmt {
    const r = this.#r;
    switch (op) {
      case S.If:
        s.x = this.#expr();
        s.body = this.#stmts();
        s.orelse = this.#stmts();
        return s;
      case S.For:
        s.label = this.#string();
        s.perIteration = this.#path().map((i) => this.#f.locals[i]!);
        s.init = this.#stmts();
        s.x = this.#exprOrNull();
        s.post = this.#stmts();
        s.body = this.#stmts();
        return s;
      case S.Range:
        s.label = this.#string();
        s.define = r.u8() === 1;
        s.distinct = r.u8() === 1;
        s.x = this.#expr();
        s.lhs = this.#exprs();
        s.body = this.#stmts();
        return s;
      case S.Switch:
        s.label = this.#string();
        s.x = this.#exprOrNull();
        s.cases = this.#cases((c) => {
          c.exprs = this.#exprs() as Expr[];
        });
        this.#unifyCases(s);
        return s;
      case S.TypeSwitch:
        s.label = this.#string();
        s.x = this.#expr();
        s.cases = this.#cases((c) => {
          for (let n = r.uvarint(); n > 0; n--) {
            const t = r.uvarint();
            c.types.push(t === 0 ? null : this.#type(t));
          }
          const local = r.uvarint();
          if (local > 0) c.local = this.#f.locals[local - 1]!;
        });
        return s;
      case S.Select:
        s.label = this.#string();
        s.cases = this.#cases((c) => {
          c.comm = this.#stmt();
        });
        return s;
      default:
        throw new InternalError(`unknown statement ${op} in ${this.#f.sym.name}`);
    }
  }

  #cases(head: (c: Case) => void): Case[] {
    const list: Case[] = [];
    for (let n = this.#r.uvarint(); n > 0; n--) {
      const c = new Case(this.#r.uvarint());
      c.isDefault = this.#r.u8() === 1;
      head(c);
      c.body = this.#stmts();
      list.push(c);
    }
    return list;
  }

  /** Case values are compared with the tag: both are of one type, but for interfaces. */
  #unifyCases(s: Stmt): void {
    const tag = s.x;
    if (tag === null || !isInterface(tag.type)) return;
    for (const c of s.cases) {
      c.exprs = c.exprs.map((e) => (isInterface(e.type) ? e : this.#convertTo(tag.type, e)));
    }
  }
}

function unary(op: ExprOp, pos: number, t: Type, x: Expr): Expr {
  const e = new Expr(op, pos, t);
  e.x = x;
  return e;
}

/** Evaluating it can be left out. */
function isPlain(e: Expr): boolean {
  switch (e.op) {
    case ExprOp.Const:
    case ExprOp.Zero:
    case ExprOp.Local:
    case ExprOp.Global:
    case ExprOp.FuncRef:
      return true;
    case ExprOp.Field:
      return isPlain(e.x!);
    default:
      return false;
  }
}

function literalOp(t: Type): ExprOp {
  switch (t.kind) {
    case Kind.Struct:
      return ExprOp.StructLit;
    case Kind.Array:
      return ExprOp.ArrayLit;
    case Kind.Slice:
      return ExprOp.SliceLit;
    case Kind.Map:
      return ExprOp.MapLit;
    default:
      throw new InternalError(`composite literal of kind ${t.kind}`);
  }
}

/** A constant in the representation of type `t`. */
export function represent(v: ConstValue, t: Type): ConstValue {
  if (isFloat(t)) {
    const x = typeof v === 'object' ? v.re : Number(v);
    return t.kind === Kind.Float32 ? Math.fround(x) : x;
  }
  if (isComplex(t)) {
    const c = typeof v === 'object' ? v : { re: Number(v), im: 0 };
    if (t.kind === Kind.Complex128) return c;
    return { re: Math.fround(c.re), im: Math.fround(c.im) };
  }
  if (typeof v === 'number') return BigInt(v);
  if (typeof v === 'object') return BigInt(v.re);
  return v;
}

function staticCallee(call: Expr | null): FuncSym | null {
  return call !== null && call.op === ExprOp.CallStatic ? call.func : null;
}
