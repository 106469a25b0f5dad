/**
 * Decoding of expressions, literals among them.
 *
 * Types are read in the environment of the instance, and what depends on them is settled here: which
 * pointers a selector or index implies, whether a sum is a concatenation, how a constant is
 * represented. What a method of a type parameter is, method-reader.ts finds out.
 *
 * Statements and functions, which expressions contain too, are the subclass's (body-reader.ts): only
 * that class has instances, so decoding stays monomorphic.
 *
 * The grammar is in body-format.ts.
 */
import { InternalError } from '@go-ts/base';
import { type ByteReader } from '@go-ts/objfile/bytes';
import {
  type Builtin,
  Expr,
  ExprOp,
  type Func,
  LocalClass,
  LocalVar,
  Stmt,
  StmtOp,
} from '../ir/node.ts';
import { type FuncSym } from '../ir/sym.ts';
import { isComplex, isFloat, isInteger, isInterface, Kind, type Type } from '../ir/type.ts';
import { applyPath, deref, localExpr } from '../ir/wrapper.ts';
import { X } from './body-format.ts';
import { readConst, represent } from './const-reader.ts';
import { Section } from './format.ts';
import { type DeclOrigin, type Env, type ObjRef, type PackageUnit } from './loader.ts';
import {
  callMethod,
  type Decoding,
  funcRef,
  methodExpr,
  type MethodRef,
  methodValue,
  unary,
} from './method-reader.ts';

/** The bytes of one body, decoded for the type arguments of `env`. */
export abstract class ExprReader {
  protected readonly cx: Decoding;
  protected readonly loader: Decoding['loader'];
  protected readonly pkg: PackageUnit;
  protected readonly env: Env;
  protected readonly r: ByteReader;
  /** The function being decoded, innermost. */
  protected f!: Func;

  constructor(cx: Decoding, origin: DeclOrigin) {
    this.cx = cx;
    this.loader = cx.loader;
    this.pkg = origin.pkg;
    this.env = origin.env;
    this.r = origin.pkg.view.element(Section.Body, origin.decl.body);
  }

  protected abstract func(sym: FuncSym | null, outer: Func | null): Func;

  protected abstract stmts(): Stmt[];

  protected string(): string {
    return this.pkg.view.string(this.r.uvarint());
  }

  protected type(n: number): Type {
    return this.loader.typeAt(this.pkg, n, this.env);
  }

  protected readType(): Type {
    return this.type(this.r.uvarint());
  }

  protected types(): Type[] {
    const list: Type[] = [];
    for (let n = this.r.uvarint(); n > 0; n--) list.push(this.readType());
    return list;
  }

  protected path(): number[] {
    const list: number[] = [];
    for (let n = this.r.uvarint(); n > 0; n--) list.push(this.r.uvarint());
    return list;
  }

  #obj(): ObjRef {
    return this.loader.resolve(this.pkg, this.r.uvarint());
  }

  // ---- expressions

  protected exprs(): (Expr | null)[] {
    const list: (Expr | null)[] = [];
    for (let n = this.r.uvarint(); n > 0; n--) list.push(this.exprOrNull());
    return list;
  }

  protected expr(): Expr {
    const e = this.exprOrNull();
    if (e === null) throw new InternalError(`missing expression in ${this.f.sym.name}`);
    return e;
  }

  protected exprOrNull(): Expr | null {
    const r = this.r;
    const op = r.u8();
    if (op === X.None) return null;
    const pos = r.uvarint();
    switch (op) {
      case X.Const: {
        const t = this.readType();
        return this.#constant(pos, t);
      }
      case X.Zero:
        return new Expr(ExprOp.Zero, pos, this.readType());
      case X.Local:
        return localExpr(this.f.locals[r.uvarint()]!, pos);
      case X.Global: {
        const global = this.loader.globalSym(this.#obj());
        const e = new Expr(ExprOp.Global, pos, global.type);
        e.global = global;
        return e;
      }
      case X.Func: {
        const ref = this.#obj();
        return funcRef(pos, this.loader.funcSym(ref, this.types()));
      }
      case X.MethodExpr:
        return methodExpr(this.cx, pos, this.readType(), this.#methodRef());
      case X.Closure: {
        const closure = this.func(null, this.f);
        const e = new Expr(ExprOp.Closure, pos, closure.sym.type);
        e.closure = closure;
        return e;
      }
      default:
        return this.#operation(op, pos);
    }
  }

  #operation(op: number, pos: number): Expr {
    const r = this.r;
    switch (op) {
      case X.Unary: {
        const inner = r.u8() as ExprOp;
        const x = this.expr();
        return unary(inner, pos, x.type, x);
      }
      case X.Binary: {
        const inner = r.u8() as ExprOp;
        const x = this.expr();
        const y = this.expr();
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
        const e = new Expr(ExprOp.Concat, pos, this.readType());
        e.list = this.exprs();
        return e;
      }
      case X.Addr: {
        const x = this.expr();
        const e = unary(ExprOp.Addr, pos, this.loader.types.pointer(x.type), x);
        e.explicit = true;
        return e;
      }
      case X.Deref: {
        const x = this.expr();
        const e = unary(ExprOp.Deref, pos, x.type.elem!, x);
        e.explicit = true;
        return e;
      }
      case X.Field: {
        const x = this.expr();
        x.pos ||= pos;
        const e = applyPath(x, this.path());
        e.pos = pos;
        return e;
      }
      case X.Index:
        return this.#index(pos);
      case X.MapIndex: {
        const x = this.expr();
        const e = unary(ExprOp.MapIndex, pos, x.type.elem!, x);
        e.y = this.expr();
        if (r.u8() === 1) this.#setCommaOk(e);
        return e;
      }
      case X.Slice: {
        const x = this.expr();
        // The address of an array is taken for the user.
        if (x.op === ExprOp.Addr) x.explicit = false;
        const e = unary(ExprOp.Slice, pos, this.#slicedType(x.type), x);
        e.list = [this.exprOrNull(), this.exprOrNull(), this.exprOrNull()];
        return e;
      }
      default:
        return this.#callOrOther(op, pos);
    }
  }

  #setCommaOk(e: Expr): void {
    e.commaOk = true;
    e.type = this.loader.types.tuple([e.type, this.loader.types.bool]);
  }

  #compare(pos: number): Expr {
    const op = this.r.u8() as ExprOp;
    const e = new Expr(op, pos, this.readType());
    let x = this.expr();
    let y = this.expr();
    // A type argument may have turned an operand into an interface or a concrete type.
    if (op !== ExprOp.AndAnd && op !== ExprOp.OrOr && x.type !== y.type) {
      if (isInterface(x.type) && !isInterface(y.type)) y = this.convertTo(x.type, y);
      else if (isInterface(y.type) && !isInterface(x.type)) x = this.convertTo(y.type, x);
    }
    e.x = x;
    e.y = y;
    return e;
  }

  protected convertTo(t: Type, x: Expr): Expr {
    // A typed nil in an interface is not a nil interface.
    const same = !isInterface(t) || isInterface(x.type);
    if (x.op === ExprOp.Zero && same) return new Expr(ExprOp.Zero, x.pos, t);
    return unary(ExprOp.Convert, x.pos, t, x);
  }

  #index(pos: number): Expr {
    let x = this.expr();
    const y = this.expr();
    if (x.type.kind === Kind.Pointer) x = deref(x);
    const t = x.type.kind === Kind.String ? this.loader.types.uint8 : x.type.elem!;
    const e = unary(ExprOp.Index, pos, t, x);
    e.y = y;
    return e;
  }

  #slicedType(t: Type): Type {
    const { types } = this.loader;
    if (t.kind === Kind.Pointer) return types.slice(t.elem!.elem!);
    return t;
  }

  #callOrOther(op: number, pos: number): Expr {
    const r = this.r;
    const { types } = this.loader;
    switch (op) {
      case X.CallFunc: {
        const ref = this.#obj();
        const func = this.loader.funcSym(ref, this.types());
        const e = new Expr(ExprOp.CallStatic, pos, types.resultType(func.type));
        e.func = func;
        e.list = this.exprs();
        return e;
      }
      case X.CallMethod: {
        const recv = applyPath(this.expr(), this.path());
        return callMethod(this.cx, pos, recv, this.#methodRef(), this.exprs());
      }
      case X.CallValue: {
        const x = this.expr();
        const e = unary(ExprOp.CallFunc, pos, types.resultType(x.type), x);
        e.list = this.exprs();
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
        e.list = this.exprs();
        return e;
      }
      case X.Convert: {
        const t = this.readType();
        const explicit = (r.u8() & 1) !== 0;
        const x = this.expr();
        if (x.type === t && !explicit) return x;
        if (x.op === ExprOp.Const && isComplex(x.type) && (isFloat(t) || isInteger(t))) {
          // T(0 + 0i), which became known to be real with the type argument.
          const real = new Expr(ExprOp.Const, pos, t);
          real.value = represent(x.value!, t);
          return real;
        }
        const e = this.convertTo(t, x);
        e.pos = pos;
        e.explicit = explicit;
        return e;
      }
      case X.Assert: {
        const t = this.readType();
        const commaOk = (r.u8() & 1) !== 0;
        const e = unary(ExprOp.TypeAssert, pos, t, this.expr());
        e.target = t;
        if (commaOk) this.#setCommaOk(e);
        return e;
      }
      case X.CompositeLit:
        return this.#compositeLit(pos);
      case X.MethodValue: {
        const recv = applyPath(this.expr(), this.path());
        return methodValue(this.cx, pos, recv, this.#methodRef());
      }
      default:
        return this.#rest(op, pos);
    }
  }

  #readTypeOrVoid(): Type {
    const n = this.r.uvarint();
    return n === 0 ? this.loader.types.void : this.type(n);
  }

  #rest(op: number, pos: number): Expr {
    const r = this.r;
    const { types } = this.loader;
    switch (op) {
      case X.Recv: {
        const commaOk = r.u8() === 1;
        const x = this.expr();
        const e = unary(ExprOp.Recv, pos, x.type.elem!, x);
        if (commaOk) this.#setCommaOk(e);
        return e;
      }
      case X.Sequence: {
        const stmts = this.stmts();
        const results = this.path().map((i) => this.f.locals[i]!);
        const ts = results.map((v) => v.type);
        const t = ts.length === 0 ? types.void : ts.length === 1 ? ts[0]! : types.tuple(ts);
        return sequence(pos, t, stmts, results);
      }
      case X.Variadic: {
        const e = new Expr(ExprOp.SliceLit, pos, this.readType());
        e.list = this.exprs();
        e.index = e.list.length;
        e.spread = true;
        e.indices = e.list.map((_, i) => i);
        return e;
      }
      case X.SizeOf: {
        const isAlign = r.u8() === 1;
        const t = this.readType();
        return this.#uintptr(pos, this.readType(), isAlign ? t.align : t.size);
      }
      case X.OffsetOf: {
        let t = this.readType();
        let offset = 0;
        for (const i of this.path()) {
          const f = t.fields[i]!;
          offset += f.offset;
          t = f.type;
        }
        return this.#uintptr(pos, this.readType(), offset);
      }
      case X.CallRuntime: {
        const func = this.cx.runtime.lookup(this.string());
        const e = new Expr(ExprOp.CallStatic, pos, types.resultType(func.type));
        e.func = func;
        e.list = this.exprs();
        return e;
      }
      default:
        throw new InternalError(`unknown expression ${op} in ${this.f.sym.name}`);
    }
  }

  #uintptr(pos: number, t: Type, n: number): Expr {
    const e = new Expr(ExprOp.Const, pos, t);
    e.value = BigInt(n);
    return e;
  }

  #methodRef(): MethodRef {
    return { name: this.string(), pkgPath: this.string(), targs: this.types() };
  }

  // ---- literals and constants

  #compositeLit(pos: number): Expr {
    const r = this.r;
    const t = this.readType();
    const isPointer = t.kind === Kind.Pointer;
    const of = isPointer ? t.elem! : t;
    const e = new Expr(literalOp(of), pos, of);
    if (of.kind === Kind.Map) {
      e.list = this.exprs();
    } else {
      const indices: number[] = [];
      e.list = [];
      for (let n = r.uvarint(); n > 0; n--) {
        const index = r.uvarint();
        let item = this.expr();
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
    v.index = this.f.locals.length;
    this.f.locals.push(v);
    const evaluate = new Stmt(StmtOp.Assign, x.pos);
    evaluate.lhs = [null];
    evaluate.rhs = [x];
    const declare = new Stmt(StmtOp.Decl, x.pos);
    declare.local = v;
    return sequence(x.pos, x.type, [evaluate, declare], [v]);
  }

  #constant(pos: number, t: Type): Expr {
    const e = new Expr(ExprOp.Const, pos, t);
    e.value = represent(readConst(this.r, this.pkg.view), t);
    return e;
  }
}

/** Statements, then the values of variables that they leave: no call has been inlined. */
function sequence(pos: number, t: Type, stmts: Stmt[], results: LocalVar[]): Expr {
  const e = new Expr(ExprOp.InlinedCall, pos, t);
  e.index = -1;
  e.stmts = stmts;
  e.results = results;
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
