/**
 * Which function a method is, once the type that has it is known.
 *
 * A body names methods; in an instance their receiver may be any type: the method is looked up in that
 * type's members, or made for its type arguments if it is generic itself. Calls, values (`x.m`) and
 * expressions (`T.m`) of methods become IR here, with wrappers where a receiver does not fit.
 *
 * Spec: "Method values", "Method expressions", "Selectors".
 */
import { InternalError } from '@go-ts/base';
import { Expr, ExprOp } from '../ir/node.ts';
import { type RuntimeFuncs } from '../ir/runtime-func.ts';
import { type FuncSym } from '../ir/sym.ts';
import { isInterface, Kind, type Type } from '../ir/type.ts';
import { applyPath, receiverFor, type Wrappers } from '../ir/wrapper.ts';
import { FuncFlag } from './format.ts';
import { type Loader } from './loader.ts';

/** What all bodies of a compilation are decoded with. */
export interface Decoding {
  readonly loader: Loader;
  readonly wrappers: Wrappers;
  readonly runtime: RuntimeFuncs;
}

/** A method as bodies name it: `pkgPath` qualifies unexported names. */
export interface MethodRef {
  readonly name: string;
  readonly pkgPath: string;
  /** Of the method itself; empty if it is not generic. */
  readonly targs: readonly Type[];
}

export function callMethod(
  cx: Decoding,
  pos: number,
  x: Expr,
  ref: MethodRef,
  args: (Expr | null)[],
): Expr {
  const { wrappers } = cx;
  if (ref.targs.length > 0) {
    const { sym, ptrRecv } = genericMethod(cx, x.type, ref);
    return wrappers.callMethod(x, sym, ptrRecv, args, pos);
  }
  const m = member(cx, x.type, ref);
  return wrappers.callMember(applyPath(x, m.path), { ...m, path: [] }, args, pos);
}

export function methodExpr(cx: Decoding, pos: number, t: Type, ref: MethodRef): Expr {
  if (ref.targs.length > 0) return funcRef(pos, genericMethod(cx, t, ref).sym);
  const m = member(cx, t, ref);
  const { wrappers } = cx;
  if (isInterface(t) && m.inter !== null) return funcRef(pos, wrappers.interfaceFunc(t, m.index));
  return funcRef(pos, wrappers.methodFunc(t, m));
}

export function methodValue(cx: Decoding, pos: number, recv: Expr, ref: MethodRef): Expr {
  const { types } = cx.loader;
  let x = recv;
  let func: FuncSym;
  let ptrRecv: boolean;
  if (ref.targs.length > 0) {
    ({ sym: func, ptrRecv } = genericMethod(cx, x.type, ref));
  } else {
    const m = member(cx, x.type, ref);
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

function member(cx: Decoding, t: Type, { name, pkgPath }: MethodRef) {
  const m = cx.wrappers.members.lookup(t, name, pkgPath);
  if (m === null) throw new InternalError(`type ${t.name?.name} has no method ${name}`);
  return m;
}

function genericMethod({ loader }: Decoding, t: Type, { name, targs }: MethodRef) {
  const isPointer = t.kind === Kind.Pointer && t.name === null;
  const named = isPointer ? t.elem! : t;
  const ref = loader.declaredMethod(named, name, '');
  if (ref === null) throw new InternalError(`no generic method ${name}`);
  const decl = loader.funcDecl(ref.pkg, ref.num);
  return {
    sym: loader.methodSym(named, ref.num, targs),
    ptrRecv: (decl.flags & FuncFlag.PtrRecv) !== 0,
  };
}

export function funcRef(pos: number, func: FuncSym): Expr {
  const e = new Expr(ExprOp.FuncRef, pos, func.type);
  e.func = func;
  return e;
}

export function unary(op: ExprOp, pos: number, t: Type, x: Expr): Expr {
  const e = new Expr(op, pos, t);
  e.x = x;
  return e;
}
