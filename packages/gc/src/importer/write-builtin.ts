/**
 * Encoding of calls of built-in functions.
 *
 * Each has its own idea of the types of its arguments: where the checker recorded an untyped operand,
 * `builtinArgs` says what it becomes. What unsafe asks of a layout stays a question, answered when the
 * type arguments are known.
 *
 * Spec: "Built-in functions", "Package unsafe".
 */
import { InternalError } from '@go-ts/base';
import { Builtin } from '../ir/node.ts';
import { type CallExpr, type SelectorExpr, unparen } from '../syntax/nodes.ts';
import { ObjKind } from '../types/object.ts';
import { Mode } from '../types/operand.ts';
import { identical, isUntyped } from '../types/predicates.ts';
import { type Type, TypeKind, unalias } from '../types/type.ts';
import { BuiltinId, universeAny } from '../types/universe.ts';
import { S, X } from './body-format.ts';
import { type FuncWriter } from './body-writer.ts';
import {
  convert,
  core,
  denoted,
  expr,
  exprTo,
  intOperand,
  isMultiValue,
  isNil,
  typeOf,
  writePath,
} from './write-expr.ts';

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

export function builtinId(f: FuncWriter, x: CallExpr): BuiltinId {
  const obj = denoted(f, x.fun);
  if (obj?.kind !== ObjKind.Builtin) throw new InternalError('call of an unknown built-in');
  return obj.builtin as BuiltinId;
}

export function builtinCall(f: FuncWriter, x: CallExpr): void {
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

export function builtinHead(f: FuncWriter, x: CallExpr, id: BuiltinId): void {
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
  const result = hasResult ? [f.temp(f.pkg.types.ref(typeOf(f, x)), x.pos)] : [];
  f.op(X.Sequence, x.pos);
  f.list(() => {
    const temps = types.map((t) => f.temp(f.pkg.types.ref(t), x.pos));
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
