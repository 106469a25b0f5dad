/**
 * Encoding of calls: conversions, functions and methods.
 *
 * Arguments are converted to parameter types and variadic ones packed. `f(g())` with several values
 * becomes a sequence: temporaries take g's results, then f is called. The parts of a call (callee,
 * receiver, arguments) can be written from temporaries: go and defer statements do so.
 *
 * Spec: "Calls", "Conversions", "Passing arguments to ... parameters".
 */
import { InternalError } from '@go-ts/base';
import {
  type CallExpr,
  type Expr,
  type Name,
  NodeKind,
  type SelectorExpr,
  unparen,
} from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { type Selection, SelectionKind } from '../types/info.ts';
import { ObjKind } from '../types/object.ts';
import { Mode } from '../types/operand.ts';
import { identical, isNonTypeParamInterface, isTypeParam } from '../types/predicates.ts';
import { type SignatureType, type SliceType, type Type, TypeKind, unalias } from '../types/type.ts';
import { S, X } from './body-format.ts';
import { type FuncWriter, type VarInfo } from './body-writer.ts';
import { builtinCall } from './write-builtin.ts';
import {
  convert,
  core,
  denoted,
  expr,
  exprTo,
  isMultiValue,
  isNil,
  methodName,
  typeArgs,
  typeOf,
  writePath,
  writeTypes,
} from './write-expr.ts';
import { followPath, markReceiver, takesAddress } from './write-marks.ts';

export function call(f: FuncWriter, x: CallExpr): void {
  const mode = f.info.modeOf(x.fun);
  if (mode === Mode.TypeExpr) {
    conversion(f, x);
    return;
  }
  if (mode === Mode.Builtin) {
    builtinCall(f, x);
    return;
  }
  if (x.args.length === 1 && isMultiValue(f, x.args[0]!)) {
    spreadCall(f, x);
    return;
  }
  callee(f, x);
  args(f, x);
}

function conversion(f: FuncWriter, x: CallExpr): void {
  const t = typeOf(f, x);
  const [arg] = x.args;
  if (isNil(f, arg!)) {
    exprTo(f, arg!, t);
    return;
  }
  // Upstream's position of a conversion is that of its operand.
  f.op(X.Convert, arg!.pos);
  f.type(t);
  f.w.u8(1);
  expr(f, arg!);
}

export function signatureOf(f: FuncWriter, x: CallExpr): SignatureType {
  const sig = core(f.typeOf(x.fun));
  if (sig.kind !== TypeKind.Signature) throw new InternalError('call of something else');
  return sig;
}

/** The selector of a method call, if `fun` is one. */
export function methodSelector(
  f: FuncWriter,
  fun: Expr,
): { readonly x: SelectorExpr; readonly sel: Selection } | null {
  let e = unparen(fun);
  if (e.kind === NodeKind.IndexExpr) e = unparen(e.x);
  if (e.kind !== NodeKind.SelectorExpr) return null;
  const sel = f.info.selectionOf(e);
  return sel !== null && sel.kind === SelectionKind.MethodValue ? { x: e, sel } : null;
}

/** Object and instance name of a function called directly, if `fun` names one. */
function staticCallee(f: FuncWriter, fun: Expr) {
  let e = unparen(fun);
  if (e.kind === NodeKind.IndexExpr) e = unparen(e.x);
  const obj = denoted(f, e);
  if (obj === null || obj.kind !== ObjKind.Func) return null;
  return { obj, name: (e.kind === NodeKind.SelectorExpr ? e.sel : e) as Name };
}

/** Everything of a call but its arguments. */
function callee(f: FuncWriter, x: CallExpr): void {
  const direct = staticCallee(f, x.fun);
  if (direct !== null) {
    f.op(X.CallFunc, x.pos).uvarint(f.pkg.objRef(direct.obj));
    writeTypes(f, typeArgs(f, direct.name));
    return;
  }
  const method = methodSelector(f, x.fun);
  if (method !== null) {
    f.op(X.CallMethod, x.pos);
    methodCallee(f, method.x, method.sel, () => expr(f, method.x.x));
    markReceiver(f, method.x, method.sel);
    return;
  }
  f.op(X.CallValue, x.pos);
  expr(f, x.fun);
}

function methodCallee(f: FuncWriter, x: SelectorExpr, sel: Selection, recv: () => void): void {
  recv();
  writePath(f, sel.index.slice(0, -1));
  methodName(f, sel.obj);
  writeTypes(f, typeArgs(f, x.sel));
}

/** Arguments, as the callee's parameters want them. */
function args(f: FuncWriter, x: CallExpr): void {
  const sig = signatureOf(f, x);
  const params = sig.params.vars;
  f.w.uvarint(params.length);
  params.forEach((p, i) => {
    if (!sig.variadic || i < params.length - 1 || x.hasDots) {
      exprTo(f, x.args[i]!, p.type!);
      return;
    }
    const rest = x.args.slice(i);
    packed(
      f,
      x.pos,
      p.type!,
      rest.map((arg) => (type) => exprTo(f, arg, type)),
    );
  });
}

/** The slice of a variadic parameter. */
export function packed(
  f: FuncWriter,
  pos: Pos,
  slice: Type,
  elems: readonly ((elem: Type) => void)[],
): void {
  if (elems.length === 0) {
    f.op(X.Zero, pos);
    f.type(slice);
    return;
  }
  const { elem } = core(slice) as SliceType;
  f.op(X.Variadic, pos);
  f.type(slice);
  f.w.uvarint(elems.length);
  for (const emit of elems) emit(elem);
}

/** `f(g())`, g with several results. */
function spreadCall(f: FuncWriter, x: CallExpr): void {
  const sig = signatureOf(f, x);
  const inner = f.typeOf(x.args[0]!);
  if (inner.kind !== TypeKind.Tuple) throw new InternalError('spread of one value');
  const types = inner.vars.map((v) => v.type!);
  const results = sig.results.vars.map((v) => f.temp(f.pkg.types.ref(v.type!), x.pos));
  f.op(X.Sequence, x.pos);
  f.list(() => {
    // The callee is evaluated first, as in any call.
    const fun = calleeTemp(f, x);
    const temps = types.map((t) => f.temp(f.pkg.types.ref(t), x.pos));
    const w = f.stmt(S.Assign, x.pos);
    w.u8(1);
    w.uvarint(temps.length);
    for (const v of temps) f.local(v, x.pos);
    w.uvarint(1);
    expr(f, x.args[0]!);
    if (results.length === 0) {
      f.stmt(S.Expr, x.pos);
    } else {
      f.stmt(S.Assign, x.pos).u8(1);
      f.w.uvarint(results.length);
      for (const v of results) f.local(v, x.pos);
      f.w.uvarint(1);
    }
    fun();
    tempArgs(f, x.pos, sig, temps, types);
  });
  f.w.uvarint(results.length);
  for (const v of results) f.w.uvarint(v.index);
}

/** Arguments that are temporaries already. */
export function tempArgs(
  f: FuncWriter,
  pos: Pos,
  sig: SignatureType,
  temps: readonly VarInfo[],
  types: readonly Type[],
): void {
  const as = (i: number, want: Type) => {
    const t = types[i]!;
    const write = () => f.local(temps[i]!, pos);
    if (identical(t, want)) write();
    else convert(f, pos, want, write);
  };
  const params = sig.params.vars;
  f.w.uvarint(params.length);
  params.forEach((p, i) => {
    if (!sig.variadic || i < params.length - 1) as(i, p.type!);
    else {
      const rest = types.slice(i).map((_, k) => (elem: Type) => as(i + k, elem));
      packed(f, pos, p.type!, rest);
    }
  });
}

/**
 * Evaluates the function or receiver of a call into a temporary; what is returned writes the callee
 * for a call in frame `g`, which is this frame or a wrapper in it.
 */
export function calleeTemp(f: FuncWriter, x: CallExpr, g: FuncWriter = f): () => void {
  const direct = staticCallee(f, x.fun);
  if (direct !== null) {
    return () => {
      g.op(X.CallFunc, x.pos).uvarint(g.pkg.objRef(direct.obj));
      writeTypes(g, typeArgs(g, direct.name));
    };
  }
  const method = methodSelector(f, x.fun);
  if (method !== null && !isTypeParam(method.sel.recv)) return receiverTemp(f, x, method, g);
  const t = typeOf(f, x.fun);
  const fun = f.temp(f.pkg.types.ref(t), x.pos, '~f');
  f.assignLocal(fun, x.pos, true, () => expr(f, x.fun));
  return () => {
    g.op(X.CallValue, x.pos);
    g.local(g.reach(fun), x.pos);
  };
}

/** The receiver as the method takes it: what the path leads to, or its address. */
function receiverTemp(
  f: FuncWriter,
  x: CallExpr,
  method: { readonly x: SelectorExpr; readonly sel: Selection },
  g: FuncWriter,
): () => void {
  const { sel } = method;
  const path = sel.index.slice(0, -1);
  const at = followPath(sel.recv, path).type;
  const address = takesAddress(sel);
  const isPointer = unalias(at).kind === TypeKind.Pointer;
  const isValueMethod = !isNonTypeParamInterface(at) && isPointer && !wantsPointer(sel);
  const elem = isPointer ? (unalias(at) as { elem: Type }).elem : at;
  let ref = f.pkg.types.ref(at);
  if (address) ref = f.pkg.types.pointer(ref);
  else if (isValueMethod) ref = f.pkg.types.ref(elem);
  const recv = f.temp(ref, x.pos, '~recv');
  f.assignLocal(recv, x.pos, true, () => {
    if (address) f.op(X.Addr, x.pos);
    else if (isValueMethod) f.op(X.Deref, x.pos);
    if (path.length > 0) f.op(X.Field, method.x.pos);
    expr(f, method.x.x);
    if (path.length > 0) writePath(f, path);
  });
  markReceiver(f, method.x, sel);
  if (g !== f && isNonTypeParamInterface(at)) {
    // A nil interface panics at the statement, not when the call is made: `_ = recv.m`.
    f.stmt(S.Assign, x.pos).u8(0);
    f.w.uvarint(1);
    f.none();
    f.w.uvarint(1);
    f.op(X.MethodValue, x.pos);
    f.local(recv, x.pos);
    writePath(f, []);
    methodName(f, sel.obj);
    writeTypes(f, []);
  }
  return () => {
    g.op(X.CallMethod, x.pos);
    g.local(g.reach(recv), x.pos);
    writePath(g, []);
    methodName(g, sel.obj);
    writeTypes(g, typeArgs(g, method.x.sel));
  };
}

function wantsPointer(sel: Selection): boolean {
  const recv = (sel.obj.type as SignatureType).recv?.type;
  return recv !== undefined && recv !== null && unalias(recv).kind === TypeKind.Pointer;
}
