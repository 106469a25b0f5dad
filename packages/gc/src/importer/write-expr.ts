/**
 * Encoding of expressions.
 *
 * `exprTo` is the one place where implicit conversions arise: it writes an expression for a context
 * that wants a certain type. Constants are written as values of their recorded type; what was folded
 * is not written again.
 *
 * Spec: "Expressions", "Assignability", "Conversions", "Selectors".
 */
import { InternalError } from '@go-ts/base';
import {
  type Expr,
  type IndexExpr,
  type Name,
  NodeKind,
  type Operation,
  type SelectorExpr,
  type SliceExpr,
  unparen,
} from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { Operator } from '../syntax/token.ts';
import { SelectionKind } from '../types/info.ts';
import { type Obj, ObjKind } from '../types/object.ts';
import { Mode } from '../types/operand.ts';
import { defaultType, identical, isNonTypeParamInterface, isUntyped } from '../types/predicates.ts';
import { intType, type Type, TypeKind } from '../types/type.ts';
import { commonUnderOf, under } from '../types/under.ts';
import { X } from './body-format.ts';
import { type FuncWriter } from './body-writer.ts';
import { writeConst } from './const-writer.ts';
import { call } from './write-call.ts';
import { compositeLit, funcLit } from './write-literal.ts';
import { markAddress, markReceiver } from './write-marks.ts';
import { operation } from './write-operator.ts';

/** The type that the operands of a type set share; the type's own underlying type otherwise. */
export function core(t: Type): Type {
  return commonUnderOf(t) ?? under(t);
}

/** The recorded type of an expression, typed: defaults for what stayed untyped. */
export function typeOf(f: FuncWriter, x: Expr): Type {
  const t = f.typeOf(x);
  return isUntyped(t) ? defaultType(t) : t;
}

export function isNil(f: FuncWriter, x: Expr): boolean {
  return f.info.modeOf(x) === Mode.Nil;
}

/** Writes `x` as a value of type `want`. */
export function exprTo(f: FuncWriter, x: Expr, want: Type): void {
  if (isNil(f, x)) {
    f.op(X.Zero, x.pos);
    f.type(want);
    return;
  }
  const value = f.info.valueOf(x);
  let t = f.typeOf(x);
  if (isUntyped(t)) {
    if (value !== null && !isNonTypeParamInterface(want)) {
      constant(f, x, want);
      return;
    }
    t = defaultType(t);
  }
  if (identical(t, want)) {
    if (value !== null) constant(f, x, want);
    else expr(f, x);
    return;
  }
  convert(f, x.pos, want, () => {
    if (value !== null) constant(f, x, t);
    else expr(f, x);
  });
}

/** An implicit conversion to `want` of what `emit` writes. */
export function convert(f: FuncWriter, pos: Pos, want: Type, emit: () => void): void {
  f.op(X.Convert, pos);
  f.type(want);
  f.w.u8(0);
  emit();
}

function constant(f: FuncWriter, x: Expr, t: Type): void {
  f.op(X.Const, x.pos);
  f.type(t);
  writeConst(f.w, f.pkg.unit, f.info.valueOf(x)!);
}

/** Writes `x` as it is. */
export function expr(f: FuncWriter, x: Expr): void {
  if (f.info.valueOf(x) !== null) {
    constant(f, x, typeOf(f, x));
    return;
  }
  switch (x.kind) {
    case NodeKind.ParenExpr:
      expr(f, x.x);
      return;
    case NodeKind.Name:
      nameExpr(f, x);
      return;
    case NodeKind.SelectorExpr:
      selector(f, x);
      return;
    case NodeKind.Operation:
      operation(f, x);
      return;
    case NodeKind.CallExpr:
      call(f, x);
      return;
    case NodeKind.IndexExpr:
      index(f, x, false);
      return;
    case NodeKind.SliceExpr:
      slice(f, x);
      return;
    case NodeKind.CompositeLit:
      compositeLit(f, x);
      return;
    case NodeKind.FuncLit:
      funcLit(f, x);
      return;
    case NodeKind.AssertExpr:
      f.op(X.Assert, x.pos);
      f.type(f.typeOf(x.type));
      f.w.u8(0);
      expr(f, x.x);
      return;
    default:
      throw new InternalError(`expression of kind ${x.kind} in a body`);
  }
}

/** The first of two values, with the second the success: map index, receive, assertion. */
export function commaOkExpr(f: FuncWriter, x: Expr): void {
  const e = unparen(x);
  if (e.kind === NodeKind.IndexExpr) index(f, e, true);
  else if (e.kind === NodeKind.AssertExpr) {
    f.op(X.Assert, e.pos);
    f.type(f.typeOf(e.type));
    f.w.u8(1);
    expr(f, e.x);
  } else if (e.kind === NodeKind.Operation && e.op === Operator.Recv) {
    f.op(X.Recv, e.pos).u8(1);
    expr(f, e.x);
  } else throw new InternalError('comma-ok form of another expression');
}

// ---- names and selectors

/** The object that a name or qualified name denotes, or null for other expressions. */
export function denoted(f: FuncWriter, x: Expr): Obj | null {
  const e = unparen(x);
  if (e.kind === NodeKind.Name) return f.info.uses[e.id] ?? f.info.defs[e.id] ?? null;
  if (e.kind === NodeKind.SelectorExpr && f.info.selectionOf(e) === null) {
    return f.info.uses[e.sel.id] ?? null;
  }
  return null;
}

export function typeArgs(f: FuncWriter, of: Name): readonly Type[] {
  return f.info.instances.get(of.id)?.targs ?? [];
}

export function writeTypes(f: FuncWriter, types: readonly Type[]): void {
  f.w.uvarint(types.length);
  for (const t of types) f.type(t);
}

function nameExpr(f: FuncWriter, x: Name): void {
  const obj = f.info.uses[x.id] ?? f.info.defs[x.id];
  if (obj === undefined || obj === null) throw new InternalError(`name ${x.value} denotes nothing`);
  object(f, x.pos, obj, x);
}

/** A variable or function; `x` is the name by which instances are recorded. */
function object(f: FuncWriter, pos: Pos, obj: Obj, x: Name): void {
  switch (obj.kind) {
    case ObjKind.Var:
      if (f.isGlobal(obj)) f.op(X.Global, pos).uvarint(f.pkg.objRef(obj));
      else f.local(f.variable(obj), pos);
      return;
    case ObjKind.Func:
      f.op(X.Func, pos).uvarint(f.pkg.objRef(obj));
      writeTypes(f, typeArgs(f, x));
      return;
    case ObjKind.Nil:
      f.op(X.Zero, pos);
      f.type(f.typeOf(x));
      return;
    default:
      throw new InternalError(`${obj.name} is no value`);
  }
}

function selector(f: FuncWriter, x: SelectorExpr): void {
  const sel = f.info.selectionOf(x);
  if (sel === null) {
    object(f, x.pos, f.info.uses[x.sel.id]!, x.sel);
    return;
  }
  switch (sel.kind) {
    case SelectionKind.Field:
      f.op(X.Field, x.pos);
      expr(f, x.x);
      writePath(f, sel.index);
      return;
    case SelectionKind.MethodExpr:
      f.op(X.MethodExpr, x.pos);
      f.type(sel.recv);
      methodName(f, sel.obj);
      writeTypes(f, typeArgs(f, x.sel));
      return;
    case SelectionKind.MethodValue:
      f.op(X.MethodValue, x.pos);
      expr(f, x.x);
      writePath(f, sel.index.slice(0, -1));
      methodName(f, sel.obj);
      writeTypes(f, typeArgs(f, x.sel));
      markReceiver(f, x, sel);
  }
}

export function methodName(f: FuncWriter, m: Obj): void {
  f.string(m.name);
  f.string(f.pkg.qualifier(m));
}

export function writePath(f: FuncWriter, path: readonly number[]): void {
  f.w.uvarint(path.length);
  for (const i of path) f.w.uvarint(i);
}

// ---- indexing

function index(f: FuncWriter, x: IndexExpr, commaOk: boolean): void {
  const obj = denoted(f, x.x);
  if (obj?.kind === ObjKind.Func) {
    expr(f, x.x);
    return;
  }
  const selected = unparen(x.x);
  if (selected.kind === NodeKind.SelectorExpr && f.info.instances.has(selected.sel.id)) {
    // A generic method, instantiated.
    expr(f, x.x);
    return;
  }
  const of = core(f.typeOf(x.x));
  if (of.kind === TypeKind.Map) {
    f.op(X.MapIndex, x.pos);
    expr(f, x.x);
    exprTo(f, x.index, of.key);
    f.w.u8(commaOk ? 1 : 0);
    return;
  }
  f.op(X.Index, x.pos);
  exprTo(f, x.x, typeOf(f, x.x));
  intOperand(f, x.index);
}

/** An index, length or the like: of any integer type, int if untyped. */
export function intOperand(f: FuncWriter, x: Expr): void {
  const t = f.typeOf(x);
  exprTo(f, x, isUntyped(t) ? intType : t);
}

function slice(f: FuncWriter, x: SliceExpr): void {
  f.op(X.Slice, x.pos);
  if (core(f.typeOf(x.x)).kind === TypeKind.Array) {
    markAddress(f, x.x);
    f.op(X.Addr, x.pos);
  }
  exprTo(f, x.x, typeOf(f, x.x));
  for (const i of x.indices) {
    if (i === null) f.none();
    else intOperand(f, i);
  }
}

// ---- several values

/** Whether `x` is a call that yields several values. */
export function isMultiValue(f: FuncWriter, x: Expr): boolean {
  const t = f.info.types[x.id];
  return t?.kind === TypeKind.Tuple && t.vars.length > 1;
}

/** The type of the value of a comma-ok expression. */
export function commaOkType(f: FuncWriter, x: Expr): Type {
  const e = unparen(x);
  if (e.kind === NodeKind.AssertExpr) return f.typeOf(e.type);
  const operand = core(f.typeOf((e as IndexExpr | Operation).x));
  if (operand.kind === TypeKind.Map || operand.kind === TypeKind.Chan) return operand.elem;
  throw new InternalError('comma-ok form of another expression');
}

/** A call to a function of the runtime, by name. */
export function runtimeCall(f: FuncWriter, name: string, pos: Pos, args: readonly (() => void)[]) {
  f.op(X.CallRuntime, pos);
  f.string(name);
  f.w.uvarint(args.length);
  for (const arg of args) arg();
}
