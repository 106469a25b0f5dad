/**
 * Builtin functions.
 *
 * Spec: "Built-in functions", "Package unsafe".  Contract §7.2, §7.13.
 */
import { Builtin, type Expr, ExprOp } from '../../ir/node.ts';
import { isFloat, isInteger, isSigned, Kind, type Type } from '../../ir/type.ts';
import { OpConvert, OpMaxF, OpMinF } from '../op.ts';
import { RepI64, RepPtr } from '../rep.ts';
import { type Value } from '../value.ts';
import { addr, isInMemory } from './addr.ts';
import { compareScalars, resizeInt, stringConstant, toInt } from './arith.ts';
import { type Builder } from './builder.ts';
import { newValue } from './complit.ts';
import { makeMap, mapClear, mapDelete, mapKey, mapLen } from './maps.ts';
import { ofLeaves, type Operand, scalar } from './operand.ts';
import { hasOrdered } from './order.ts';
import { append, clearSlice, copy, makeSlice, unsafeSlice, unsafeString } from './slices.ts';
import { runeCount, transient } from './strings.ts';

/** The result of a builtin call; null if it has none. */
export function builtin(b: Builder, e: Expr): Operand | null {
  const [x, y] = e.list as [Expr, Expr];
  switch (e.builtin) {
    case Builtin.Append:
      return append(b, e);
    case Builtin.Len:
      return scalar(e.type, lengthOf(b, x));
    case Builtin.Cap:
      return scalar(e.type, capacityOf(b, x));
    case Builtin.Complex:
      return ofLeaves(e.type, [b.value(x), b.value(y)]);
    case Builtin.Real:
      return scalar(e.type, b.expr(x).leaves[0]!);
    case Builtin.Imag:
      return scalar(e.type, b.expr(x).leaves[1]!);
    case Builtin.UnsafeAdd: {
      const n = b.expr(y);
      return scalar(e.type, b.ptrAdd(b.value(x), toInt(b, n)));
    }
    case Builtin.UnsafeSliceData:
    case Builtin.UnsafeStringData:
      return scalar(e.type, b.expr(x).leaves[0]!);
    default:
  }
  for (const arg of e.list) b.order(arg!);
  b.pos = e.pos;
  switch (e.builtin) {
    case Builtin.Clear:
      clear(b, x);
      return null;
    case Builtin.Close:
      b.runtime('closechan', [b.value(x)]);
      return null;
    case Builtin.Copy: {
      const dst = b.expr(x);
      const src = y.type.kind === Kind.String ? transient(b, y) : b.expr(y);
      return scalar(b.types.int, copy(b, dst, src));
    }
    case Builtin.Delete: {
      const m = b.value(x);
      mapDelete(b, m, mapKey(b, x.type, y, true));
      return null;
    }
    case Builtin.Make:
      return make(b, e);
    case Builtin.Max:
    case Builtin.Min:
      return minMax(b, e);
    case Builtin.New:
      return newValue(b, e);
    case Builtin.Panic:
      b.runtime('gopanic', b.expr(x).leaves);
      return null;
    case Builtin.Print:
    case Builtin.Println:
      print(b, e);
      return null;
    case Builtin.Recover:
      return ofLeaves(e.type, b.runtime('gorecover', []));
    case Builtin.UnsafeSlice:
      return unsafeSlice(b, e.type, b.value(x), b.expr(y));
    case Builtin.UnsafeString:
      return unsafeString(b, e.type, b.value(x), b.expr(y));
    default:
      return b.fail(`builtin ${e.builtin}`);
  }
}

function lengthOf(b: Builder, x: Expr): Value {
  const t = x.type;
  switch (t.kind) {
    case Kind.String:
      return transient(b, x).leaves[1]!;
    case Kind.Slice:
      if (isRuneConversion(x) && !b.ordered.has(x)) return runeCount(b, b.expr(x.x!));
      return b.expr(x).leaves[1]!;
    case Kind.Map:
      return mapLen(b, b.value(x));
    case Kind.Chan:
      return b.runtime('chanlen', [b.value(x)])[0]!;
    default:
      return arrayLength(b, x);
  }
}

/** []rune(s) */
function isRuneConversion(x: Expr): boolean {
  return (
    x.op === ExprOp.Convert && x.x!.type.kind === Kind.String && x.type.elem!.kind === Kind.Int32
  );
}

function capacityOf(b: Builder, x: Expr): Value {
  if (x.type.kind === Kind.Slice) return b.expr(x).leaves[2]!;
  if (x.type.kind === Kind.Chan) return b.runtime('chancap', [b.value(x)])[0]!;
  return arrayLength(b, x);
}

/** Of an array or pointer to one: known, but the operand is evaluated if it has effects. */
function arrayLength(b: Builder, x: Expr): Value {
  if (!isInMemory(b, x)) b.expr(x);
  else if (hasOrdered(x)) addr(b, x);
  return b.int((x.type.kind === Kind.Pointer ? x.type.elem! : x.type).len);
}

function clear(b: Builder, x: Expr): void {
  if (x.type.kind === Kind.Map) mapClear(b, x.type, b.value(x));
  else clearSlice(b, b.expr(x));
}

function make(b: Builder, e: Expr): Operand {
  const t = e.type;
  const size = e.list[0] ?? null;
  switch (t.kind) {
    case Kind.Slice:
      return makeSlice(b, e);
    case Kind.Map:
      return scalar(t, makeMap(b, t, size === null ? null : b.expr(size), e.esc));
    default: {
      const n = size === null ? b.int(0) : toInt(b, b.expr(size));
      return scalar(t, b.runtime('makechan', [b.typePtr(t), n])[0]!);
    }
  }
}

function minMax(b: Builder, e: Expr): Operand {
  const t = e.type;
  const isMax = e.builtin === Builtin.Max;
  const operands = e.list.map((x) => b.expr(x!));
  return operands.reduce((x, y) => {
    if (isFloat(t)) {
      return scalar(t, b.v2(isMax ? OpMaxF : OpMinF, x.scalar.rep, x.scalar, y.scalar));
    }
    // The first of equals is kept.
    const better = isMax ? lessThan(b, t, x, y) : lessThan(b, t, y, x);
    const reps = x.leaves.map((v) => v.rep);
    return ofLeaves(
      t,
      b.chooseAll(
        better,
        reps,
        () => y.leaves,
        () => x.leaves,
      ),
    );
  });
}

function lessThan(b: Builder, t: Type, x: Operand, y: Operand): Value {
  if (t.kind !== Kind.String) return compareScalars(b, ExprOp.Lt, t, x.scalar, y.scalar);
  const order = b.runtime('cmpstring', [...x.leaves, ...y.leaves])[0]!;
  return compareScalars(b, ExprOp.Lt, b.types.int, order, b.int(0));
}

/**
 * print and println: one runtime call per operand, between lock and unlock. Neighbouring constants,
 * spaces and the end of the line are printed, and so written, as one string.
 */
function print(b: Builder, e: Expr): void {
  const isLine = e.builtin === Builtin.Println;
  const parts: (string | Operand)[] = [];
  const add = (part: string | Operand): void => {
    const last = parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
    else parts.push(part);
  };
  e.list.forEach((x, i) => {
    if (isLine && i > 0) add(' ');
    const isText = x!.op === ExprOp.Const && x!.type === b.types.string;
    add(isText ? (x!.value as string) : b.expr(x!));
  });
  if (isLine) add('\n');
  b.runtime('printlock', []);
  for (const part of parts) {
    if (typeof part !== 'string') printOperand(b, part);
    else if (part === ' ') b.runtime('printsp', []);
    else if (part === '\n') b.runtime('printnl', []);
    else printOperand(b, stringConstant(b, b.types.string, part));
  }
  b.runtime('printunlock', []);
}

function printOperand(b: Builder, x: Operand): void {
  const t = x.type;
  const runtimeName = t.name !== null && t.name.pkgPath === 'runtime' ? t.name.name : '';
  switch (t.kind) {
    case Kind.Bool:
      b.runtime('printbool', x.leaves);
      return;
    case Kind.String:
      b.runtime(runtimeName === 'quoted' ? 'printquoted' : 'printstring', x.leaves);
      return;
    case Kind.Float32:
      b.runtime('printfloat32', x.leaves);
      return;
    case Kind.Float64:
      b.runtime('printfloat64', x.leaves);
      return;
    case Kind.Complex64:
      b.runtime('printcomplex64', x.leaves);
      return;
    case Kind.Complex128:
      b.runtime('printcomplex128', x.leaves);
      return;
    case Kind.Slice:
      b.runtime('printslice', x.leaves);
      return;
    case Kind.Interface:
      b.runtime(t.methods.length === 0 ? 'printeface' : 'printiface', x.leaves);
      return;
    default:
      if (isInteger(t)) {
        const name = runtimeName === 'hex' ? 'printhex' : isSigned(t) ? 'printint' : 'printuint';
        b.runtime(name, [resizeInt(b, x.scalar, RepI64, isSigned(t))]);
      } else b.runtime('printpointer', [asPointer(b, x.scalar)]);
  }
}

function asPointer(b: Builder, v: Value): Value {
  return v.rep === RepPtr ? v : b.v2(OpConvert, RepPtr, v, b.mem());
}
