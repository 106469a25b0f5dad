/**
 * Encoding of go and defer statements.
 *
 * Their calls take nothing and return nothing in the back end: what a call needs is evaluated by the
 * statement into temporaries, which a wrapper closure captures (contract §7.8). A call that is bare
 * already needs no wrapper.
 *
 * Spec: "Go statements", "Defer statements".
 */
import { InternalError } from '@go-ts/base';
import { type CallExpr, type Expr, NodeKind, unparen } from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { endPos } from '../syntax/positions.ts';
import { Mode } from '../types/operand.ts';
import { isUintptr, isUnsafePointer } from '../types/predicates.ts';
import { type SliceType, type Type, TypeKind } from '../types/type.ts';
import { BuiltinId, universeAny } from '../types/universe.ts';
import { BodyFlag, S, X } from './body-format.ts';
import { FuncWriter, type VarInfo } from './body-writer.ts';
import { builtinHead, builtinId } from './write-builtin.ts';
import { call, calleeTemp, methodSelector, packed, signatureOf, tempArgs } from './write-call.ts';
import { core, expr, exprTo, isMultiValue, isNil, typeOf } from './write-expr.ts';
import { syntheticClosure } from './write-literal.ts';

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
  wrapper.typeRef = f.pkg.types.func();
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
  const v = f.temp(f.pkg.types.ref(t), pos, '~a');
  f.assignLocal(v, pos, true, value);
  return v;
}

function callInWrapper(f: FuncWriter, g: FuncWriter, x: CallExpr): () => void {
  const sig = signatureOf(f, x);
  const fun = calleeTemp(f, x, g);
  if (x.args.length === 1 && isMultiValue(f, x.args[0]!)) {
    const inner = f.typeOf(x.args[0]!) as { vars: readonly { type: Type | null }[] };
    const types = inner.vars.map((v) => v.type!);
    const temps = types.map((t) => f.temp(f.pkg.types.ref(t), x.pos));
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
