/**
 * Encoding of calls: conversions, built-in functions, functions and methods, go and defer.
 *
 * Arguments are converted to parameter types and variadic ones packed. `f(g())` with several values
 * becomes a sequence: temporaries take g's results, then f is called.
 *
 * The calls of go and defer take nothing and return nothing in the back end: what a call needs is
 * evaluated by the statement into temporaries, which a wrapper closure captures (contract §7.8).
 *
 * Spec: "Calls", "Built-in functions", "Go statements", "Defer statements".
 */
import { InternalError } from '@go-ts/base';
import { Builtin } from '../ir/node.ts';
import {
  type CallExpr,
  type Expr,
  type Name,
  NodeKind,
  type SelectorExpr,
  unparen,
} from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { endPos } from '../syntax/positions.ts';
import { type Selection, SelectionKind } from '../types/info.ts';
import { ObjKind } from '../types/object.ts';
import { Mode } from '../types/operand.ts';
import {
  identical,
  isNonTypeParamInterface,
  isTypeParam,
  isUintptr,
  isUnsafePointer,
  isUntyped,
} from '../types/predicates.ts';
import { type SignatureType, type SliceType, type Type, TypeKind, unalias } from '../types/type.ts';
import { BuiltinId, universeAny } from '../types/universe.ts';
import { BodyFlag, S, X } from './body-format.ts';
import { FuncWriter, type VarInfo } from './body-writer.ts';
import {
  convert,
  core,
  denoted,
  expr,
  exprTo,
  followPath,
  intOperand,
  isMultiValue,
  isNil,
  markReceiver,
  methodName,
  syntheticClosure,
  takesAddress,
  typeArgs,
  typeOf,
  writePath,
  writeTypes,
} from './write-expr.ts';

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

function signatureOf(f: FuncWriter, x: CallExpr): SignatureType {
  const sig = core(f.typeOf(x.fun));
  if (sig.kind !== TypeKind.Signature) throw new InternalError('call of something else');
  return sig;
}

/** The selector of a method call, if `fun` is one. */
function methodSelector(
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
function packed(
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
  const results = sig.results.vars.map((v) => f.temp(f.pkg.typeRef(v.type!), x.pos));
  f.op(X.Sequence, x.pos);
  f.list(() => {
    // The callee is evaluated first, as in any call.
    const fun = calleeTemp(f, x);
    const temps = types.map((t) => f.temp(f.pkg.typeRef(t), x.pos));
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
function tempArgs(
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
function calleeTemp(f: FuncWriter, x: CallExpr, g: FuncWriter = f): () => void {
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
  const fun = f.temp(f.pkg.typeRef(t), x.pos, '~f');
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
  let ref = f.pkg.typeRef(at);
  if (address) ref = f.pkg.pointerRef(ref);
  else if (isValueMethod) ref = f.pkg.typeRef(elem);
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

// ---- built-in functions

const builtins = new Map<BuiltinId, Builtin>([
  [BuiltinId.Append, Builtin.Append],
  [BuiltinId.Cap, Builtin.Cap],
  [BuiltinId.Clear, Builtin.Clear],
  [BuiltinId.Close, Builtin.Close],
  [BuiltinId.Complex, Builtin.Complex],
  [BuiltinId.Copy, Builtin.Copy],
  [BuiltinId.Delete, Builtin.Delete],
  [BuiltinId.Imag, Builtin.Imag],
  [BuiltinId.Len, Builtin.Len],
  [BuiltinId.Make, Builtin.Make],
  [BuiltinId.Max, Builtin.Max],
  [BuiltinId.Min, Builtin.Min],
  [BuiltinId.New, Builtin.New],
  [BuiltinId.Panic, Builtin.Panic],
  [BuiltinId.Print, Builtin.Print],
  [BuiltinId.Println, Builtin.Println],
  [BuiltinId.Real, Builtin.Real],
  [BuiltinId.Recover, Builtin.Recover],
  [BuiltinId.Add, Builtin.UnsafeAdd],
  [BuiltinId.Slice, Builtin.UnsafeSlice],
  [BuiltinId.SliceData, Builtin.UnsafeSliceData],
  [BuiltinId.String, Builtin.UnsafeString],
  [BuiltinId.StringData, Builtin.UnsafeStringData],
]);

function builtinId(f: FuncWriter, x: CallExpr): BuiltinId {
  const obj = denoted(f, x.fun);
  if (obj?.kind !== ObjKind.Builtin) throw new InternalError('call of an unknown built-in');
  return obj.builtin as BuiltinId;
}

function builtinCall(f: FuncWriter, x: CallExpr): void {
  const id = builtinId(f, x);
  switch (id) {
    case BuiltinId.Sizeof:
    case BuiltinId.Alignof:
      f.op(X.SizeOf, x.pos).u8(id === BuiltinId.Alignof ? 1 : 0);
      f.type(typeOf(f, x.args[0]!));
      f.type(typeOf(f, x));
      return;
    case BuiltinId.Offsetof: {
      const arg = unparen(x.args[0]!) as SelectorExpr;
      const sel = f.info.selectionOf(arg)!;
      f.op(X.OffsetOf, x.pos);
      const base = unalias(sel.recv);
      f.type(base.kind === TypeKind.Pointer ? base.elem : base);
      writePath(f, sel.index);
      f.type(typeOf(f, x));
      return;
    }
    default:
  }
  if (x.args.length === 1 && isMultiValue(f, x.args[0]!)) {
    spreadBuiltin(f, x, id);
    return;
  }
  builtinHead(f, x, id);
  builtinArgs(f, x, id, x.args.length, (i, want) => {
    if (want !== null) exprTo(f, x.args[i]!, want);
    else expr(f, x.args[i]!);
  });
}

function builtinHead(f: FuncWriter, x: CallExpr, id: BuiltinId): void {
  const builtin = builtins.get(id);
  if (builtin === undefined) throw new InternalError(`built-in ${id} in a body`);
  f.op(X.CallBuiltin, x.pos).u8(builtin);
  if (f.info.modeOf(x) === Mode.NoValue) f.w.uvarint(0);
  else f.type(typeOf(f, x));
  f.w.u8(x.hasDots ? 1 : 0);
  if (id === BuiltinId.Recover) f.markRecover();
}

/** `append(f())` and the like. */
function spreadBuiltin(f: FuncWriter, x: CallExpr, id: BuiltinId): void {
  const inner = f.typeOf(x.args[0]!);
  if (inner.kind !== TypeKind.Tuple) throw new InternalError('spread of one value');
  const types = inner.vars.map((v) => v.type!);
  const hasResult = f.info.modeOf(x) !== Mode.NoValue;
  const result = hasResult ? [f.temp(f.pkg.typeRef(typeOf(f, x)), x.pos)] : [];
  f.op(X.Sequence, x.pos);
  f.list(() => {
    const temps = types.map((t) => f.temp(f.pkg.typeRef(t), x.pos));
    const w = f.stmt(S.Assign, x.pos);
    w.u8(1);
    w.uvarint(temps.length);
    for (const v of temps) f.local(v, x.pos);
    w.uvarint(1);
    expr(f, x.args[0]!);
    const write = () => {
      builtinHead(f, x, id);
      builtinArgs(f, x, id, temps.length, (i, want) => {
        const local = () => f.local(temps[i]!, x.pos);
        if (want === null || identical(types[i]!, want)) local();
        else convert(f, x.pos, want, local);
      });
    };
    if (result.length > 0) f.assignLocal(result[0]!, x.pos, true, write);
    else {
      f.stmt(S.Expr, x.pos);
      write();
    }
  });
  f.w.uvarint(result.length);
  for (const v of result) f.w.uvarint(v.index);
}

/** Arguments of a built-in function: `arg` writes one, as a given type or as it is. */
function builtinArgs(
  f: FuncWriter,
  x: CallExpr,
  id: BuiltinId,
  n: number,
  arg: (i: number, want: Type | null) => void,
): void {
  const { w } = f;
  switch (id) {
    case BuiltinId.Make:
      w.uvarint(n - 1);
      for (let i = 1; i < n; i++) intOperand(f, x.args[i]!);
      return;
    case BuiltinId.New: {
      const isType = f.info.modeOf(x.args[0]!) === Mode.TypeExpr;
      w.uvarint(isType ? 0 : 1);
      const t = core(typeOf(f, x));
      if (!isType) arg(0, t.kind === TypeKind.Pointer ? t.elem : null);
      return;
    }
    case BuiltinId.Append: {
      const t = typeOf(f, x);
      const of = core(t);
      w.uvarint(n);
      arg(0, t);
      for (let i = 1; i < n; i++) {
        const spread = x.hasDots && i === n - 1;
        if (!spread) arg(i, of.kind === TypeKind.Slice ? of.elem : null);
        else arg(i, isNil(f, x.args[i]!) ? t : null);
      }
      return;
    }
    case BuiltinId.Delete: {
      const m = core(typeOf(f, x.args[0]!));
      w.uvarint(n);
      arg(0, null);
      arg(1, m.kind === TypeKind.Map ? m.key : null);
      return;
    }
    case BuiltinId.Max:
    case BuiltinId.Min:
      w.uvarint(n);
      for (let i = 0; i < n; i++) arg(i, typeOf(f, x));
      return;
    case BuiltinId.Panic:
      w.uvarint(1);
      arg(0, universeAny.type);
      return;
    default:
      plainArgs(f, x, n, arg);
  }
}

function plainArgs(
  f: FuncWriter,
  x: CallExpr,
  n: number,
  arg: (i: number, want: Type | null) => void,
): void {
  f.w.uvarint(n);
  for (let i = 0; i < n; i++) {
    const one = x.args[i];
    // Operands of complex and of the unsafe functions, constants in print: as recorded.
    arg(i, one === undefined || !isUntyped(f.typeOf(one)) ? null : typeOf(f, one));
  }
}

// ---- go and defer

/** `go x` or `defer x`. */
export function goDefer(f: FuncWriter, pos: Pos, x: CallExpr, what: 'go' | 'defer'): void {
  const finish = (emit: () => void) => {
    f.stmt(what === 'go' ? S.Go : S.Defer, pos);
    emit();
    if (what === 'defer') f.w.uvarint(deferToken(f));
  };
  if (what === 'defer') f.setFlag(BodyFlag.HasDefer);
  const fun = unparen(x.fun);
  const mode = f.info.modeOf(x.fun);
  if (mode !== Mode.TypeExpr && mode !== Mode.Builtin) {
    const sig = signatureOf(f, x);
    const bare = sig.params.vars.length === 0 && sig.results.vars.length === 0;
    if (bare && methodSelector(f, fun) === null) {
      finish(() => call(f, x));
      return;
    }
  }
  const wrapper = new FuncWriter(f.cx, f, f.wrapSuffix(what), true);
  wrapper.typeRef = f.pkg.funcTypeRef();
  wrapper.setFlag(BodyFlag.Wrapper);
  const body =
    mode === Mode.Builtin
      ? builtinInWrapper(f, wrapper, x)
      : mode === Mode.TypeExpr
        ? conversionInWrapper()
        : callInWrapper(f, wrapper, x);
  wrapper.body(() => {
    wrapper.stmt(S.Expr, x.pos);
    body();
  });
  finish(() => {
    f.op(X.CallValue, pos);
    syntheticClosure(f, wrapper, x.pos, endPos(x));
    f.w.uvarint(0);
  });
}

/** Local (plus one) that holds the token of the function whose frame gets the deferred call. */
function deferToken(f: FuncWriter): number {
  if (f.rangeLoop === null) return 0;
  const home = f.home();
  home.setFlag(BodyFlag.RangeFuncDefer | BodyFlag.HasDefer);
  return f.reach(f.rangeLoop.nest.deferToken()).index + 1;
}

/** A temporary for an argument, which the wrapper refers to. */
function argTemp(f: FuncWriter, pos: Pos, t: Type, value: () => void): VarInfo {
  const v = f.temp(f.pkg.typeRef(t), pos, '~a');
  f.assignLocal(v, pos, true, value);
  return v;
}

function callInWrapper(f: FuncWriter, g: FuncWriter, x: CallExpr): () => void {
  const sig = signatureOf(f, x);
  const fun = calleeTemp(f, x, g);
  if (x.args.length === 1 && isMultiValue(f, x.args[0]!)) {
    const inner = f.typeOf(x.args[0]!) as { vars: readonly { type: Type | null }[] };
    const types = inner.vars.map((v) => v.type!);
    const temps = types.map((t) => f.temp(f.pkg.typeRef(t), x.pos));
    const w = f.stmt(S.Assign, x.pos);
    w.u8(1);
    w.uvarint(temps.length);
    for (const v of temps) f.local(v, x.pos);
    w.uvarint(1);
    expr(f, x.args[0]!);
    return () => {
      fun();
      tempArgs(
        g,
        x.pos,
        sig,
        temps.map((v) => g.reach(v)),
        types,
      );
    };
  }
  const params = sig.params.vars;
  const values: (() => void)[] = params.map((p, i) => {
    const t = p.type!;
    if (!sig.variadic || i < params.length - 1 || x.hasDots) {
      return argument(f, g, x.args[i]!, t);
    }
    const rest = x.args.slice(i);
    const { elem } = core(t) as SliceType;
    if (isUintptr(elem)) {
      // Pointers among them must stay visible until the call.
      const each = rest.map((arg) => argument(f, g, arg, elem));
      return () => packed(g, x.pos, t, each);
    }
    const v = argTemp(f, x.pos, t, () => {
      packed(
        f,
        x.pos,
        t,
        rest.map((arg) => (type) => exprTo(f, arg, type)),
      );
    });
    return () => g.local(g.reach(v), x.pos);
  });
  return () => {
    fun();
    g.w.uvarint(values.length);
    for (const write of values) write();
  };
}

/**
 * One argument of a wrapped call. Constants need no temporary; of `uintptr(p)` the pointer is kept,
 * so that the collector sees it until the call.
 */
function argument(f: FuncWriter, g: FuncWriter, arg: Expr, t: Type): () => void {
  if (f.info.valueOf(arg) !== null || isNil(f, arg)) return () => exprTo(g, arg, t);
  const e = unparen(arg);
  if (e.kind === NodeKind.CallExpr && f.info.modeOf(e.fun) === Mode.TypeExpr && isUintptr(t)) {
    const [inner] = e.args;
    const from = f.typeOf(inner!);
    if (isUnsafePointer(from) && !isNil(f, inner!)) {
      const p = argTemp(f, arg.pos, from, () => expr(f, inner!));
      return () => {
        g.op(X.Convert, arg.pos);
        g.type(t);
        g.w.u8(1);
        g.local(g.reach(p), arg.pos);
      };
    }
  }
  const v = argTemp(f, arg.pos, t, () => exprTo(f, arg, t));
  return () => g.local(g.reach(v), arg.pos);
}

function conversionInWrapper(): never {
  throw new InternalError('go or defer of a conversion');
}

function builtinInWrapper(f: FuncWriter, g: FuncWriter, x: CallExpr): () => void {
  const id = builtinId(f, x);
  const types = x.args.map((arg) => wrappedType(f, x, id, arg));
  const values = x.args.map((arg, i) => argument(f, g, arg, types[i]!));
  return () => {
    builtinHead(g, x, id);
    g.w.uvarint(values.length);
    for (const write of values) write();
  };
}

/** The type in which a wrapped built-in gets an argument. */
function wrappedType(f: FuncWriter, x: CallExpr, id: BuiltinId, arg: Expr): Type {
  if (id === BuiltinId.Panic) return universeAny.type!;
  if (id === BuiltinId.Delete && arg === x.args[1]) {
    const m = core(typeOf(f, x.args[0]!));
    if (m.kind === TypeKind.Map) return m.key;
  }
  return typeOf(f, arg);
}
