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
import { ExprOp } from '../ir/node.ts';
import {
  type CompositeLit,
  type Expr,
  type FuncLit,
  type IndexExpr,
  type Name,
  NodeKind,
  type Operation,
  type SelectorExpr,
  type SliceExpr,
  unparen,
} from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { endPos } from '../syntax/positions.ts';
import { Operator } from '../syntax/token.ts';
import { type Selection, SelectionKind } from '../types/info.ts';
import { lookupFieldOrMethod } from '../types/lookup.ts';
import { type FuncObj, hasPtrRecv, type Obj, ObjKind, type VarObj } from '../types/object.ts';
import { Mode } from '../types/operand.ts';
import {
  defaultType,
  identical,
  isNonTypeParamInterface,
  isString,
  isTypeParam,
  isUntyped,
} from '../types/predicates.ts';
import {
  asNamed,
  boolType,
  ChanDir,
  intType,
  type StructType,
  type Type,
  TypeKind,
  uintType,
  unalias,
} from '../types/type.ts';
import { typeSetOf } from '../types/typeset.ts';
import { commonUnderOf, under } from '../types/under.ts';
import { LocalFlag, S, X } from './body-format.ts';
import { FuncWriter, type VarInfo } from './body-writer.ts';
import { constInt, writeConst } from './const-writer.ts';
import { call } from './write-call.ts';
import { stmtList } from './write-stmt.ts';

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

/** Where a selector's embedded fields lead: the type there, and whether a pointer was followed. */
export function followPath(
  recv: Type,
  path: readonly number[],
): { readonly type: Type; readonly indirect: boolean } {
  let t = recv;
  let indirect = false;
  for (const i of path) {
    let u = core(t);
    if (u.kind === TypeKind.Pointer) {
      indirect = true;
      u = core(u.elem);
    }
    t = (u as StructType).fields[i]!.type!;
  }
  return { type: t, indirect };
}

/** Whether a method call takes the address of what its selector's path leads to. */
export function takesAddress(sel: Selection): boolean {
  if (isTypeParam(sel.recv) || !hasPtrRecv(sel.obj as FuncObj)) return false;
  const { type } = followPath(sel.recv, sel.index.slice(0, -1));
  return unalias(type).kind !== TypeKind.Pointer;
}

/** A method with a pointer receiver called on a variable takes its address. */
export function markReceiver(f: FuncWriter, x: SelectorExpr, sel: Selection): void {
  if (!takesAddress(sel)) return;
  if (followPath(sel.recv, sel.index.slice(0, -1)).indirect) return;
  markAddress(f, x.x);
}

/** Notes that the address of the variable that holds `x` is taken. */
export function markAddress(f: FuncWriter, x: Expr): void {
  rootVariable(f, x)?.mark(LocalFlag.AddrTaken);
}

/** Notes that (part of) the variable that holds `x` is assigned to. */
export function markAssigned(f: FuncWriter, x: Expr): void {
  rootVariable(f, x)?.mark(LocalFlag.Reassigned);
}

function rootVariable(f: FuncWriter, x: Expr): VarInfo | null {
  let e = unparen(x);
  for (;;) {
    switch (e.kind) {
      case NodeKind.Name: {
        const obj = f.info.uses[e.id] ?? f.info.defs[e.id];
        if (obj?.kind !== ObjKind.Var || f.isGlobal(obj)) return null;
        return f.variable(obj);
      }
      case NodeKind.SelectorExpr: {
        const sel = f.info.selectionOf(e);
        if (sel === null || sel.kind !== SelectionKind.Field || isIndirect(sel)) return null;
        e = unparen(e.x);
        break;
      }
      case NodeKind.IndexExpr:
        if (core(f.typeOf(e.x)).kind !== TypeKind.Array) return null;
        e = unparen(e.x);
        break;
      default:
        return null;
    }
  }
}

function isIndirect(sel: Selection): boolean {
  return followPath(sel.recv, sel.index).indirect;
}

// ---- operators

const opTable = new Map<Operator, ExprOp>([
  [Operator.Add, ExprOp.Add],
  [Operator.Sub, ExprOp.Sub],
  [Operator.Mul, ExprOp.Mul],
  [Operator.Div, ExprOp.Div],
  [Operator.Rem, ExprOp.Mod],
  [Operator.And, ExprOp.And],
  [Operator.Or, ExprOp.Or],
  [Operator.Xor, ExprOp.Xor],
  [Operator.AndNot, ExprOp.AndNot],
  [Operator.Shl, ExprOp.Shl],
  [Operator.Shr, ExprOp.Shr],
  [Operator.Eql, ExprOp.Eq],
  [Operator.Neq, ExprOp.Ne],
  [Operator.Lss, ExprOp.Lt],
  [Operator.Leq, ExprOp.Le],
  [Operator.Gtr, ExprOp.Gt],
  [Operator.Geq, ExprOp.Ge],
  [Operator.AndAnd, ExprOp.AndAnd],
  [Operator.OrOr, ExprOp.OrOr],
]);

export function exprOpOf(op: Operator): ExprOp {
  const e = opTable.get(op);
  if (e === undefined) throw new InternalError(`operator ${op} is not binary`);
  return e;
}

function operation(f: FuncWriter, x: Operation): void {
  if (x.y === null) {
    unary(f, x);
    return;
  }
  switch (x.op) {
    case Operator.AndAnd:
    case Operator.OrOr: {
      const t = typeOf(f, x);
      f.compare(exprOpOf(x.op), f.pkg.typeRef(t), x.pos);
      exprTo(f, x.x, t);
      exprTo(f, x.y, t);
      return;
    }
    case Operator.Eql:
    case Operator.Neq:
    case Operator.Lss:
    case Operator.Leq:
    case Operator.Gtr:
    case Operator.Geq:
      comparison(f, x, x.y);
      return;
    case Operator.Shl:
    case Operator.Shr:
      f.op(X.Binary, x.pos).u8(exprOpOf(x.op));
      exprTo(f, x.x, typeOf(f, x));
      shiftCount(f, x.y);
      return;
    default:
      arithmetic(f, x);
  }
}

export function shiftCount(f: FuncWriter, y: Expr): void {
  const t = f.typeOf(y);
  exprTo(f, y, isUntyped(t) ? uintType : t);
}

function arithmetic(f: FuncWriter, x: Operation): void {
  const t = typeOf(f, x);
  if (x.op === Operator.Add && isString(t) && !isTypeParam(t)) {
    const parts: Expr[] = [];
    flattenConcat(f, x, parts);
    f.op(X.Concat, x.pos);
    f.type(t);
    f.w.uvarint(parts.length);
    for (const part of parts) exprTo(f, part, t);
    return;
  }
  // Sums may be very long and nest on the left: a loop writes the operators, outermost first.
  const chain: Operation[] = [];
  let left: Expr = x;
  for (;;) {
    const e: Expr = unparen(left);
    const inner = e.kind === NodeKind.Operation && e.y !== null && isArithmetic(e.op);
    if (!inner || f.info.valueOf(e) !== null || !identical(typeOf(f, e), t)) break;
    chain.push(e);
    left = e.x;
  }
  if (chain.length === 0) throw new InternalError('arithmetic without operator');
  for (const e of chain) f.op(X.Binary, e.pos).u8(exprOpOf(e.op));
  exprTo(f, left, t);
  for (let i = chain.length - 1; i >= 0; i--) exprTo(f, chain[i]!.y!, t);
}

function isArithmetic(op: Operator): boolean {
  return op >= Operator.Add && op <= Operator.AndNot;
}

function flattenConcat(f: FuncWriter, x: Operation, parts: Expr[]): void {
  const right: Expr[] = [];
  let e: Expr = x;
  while (
    e.kind === NodeKind.Operation &&
    e.op === Operator.Add &&
    e.y !== null &&
    f.info.valueOf(e) === null
  ) {
    right.push(e.y);
    e = unparen(e.x);
  }
  for (const part of [e, ...right.reverse()]) {
    const inner = unparen(part);
    const nested =
      inner.kind === NodeKind.Operation &&
      inner.op === Operator.Add &&
      f.info.valueOf(inner) === null;
    if (nested && inner !== x) flattenConcat(f, inner, parts);
    else parts.push(part);
  }
}

function comparison(f: FuncWriter, x: Operation, y: Expr): void {
  f.compare(exprOpOf(x.op), f.pkg.typeRef(typeOf(f, x)), x.pos);
  const t = comparedType(f, x.x, y);
  exprTo(f, x.x, t);
  exprTo(f, y, t);
}

/** The type in which two operands are compared. */
export function comparedType(f: FuncWriter, x: Expr, y: Expr): Type {
  if (isNil(f, x)) return typeOf(f, y);
  if (isNil(f, y)) return typeOf(f, x);
  const tx = f.typeOf(x);
  const ty = f.typeOf(y);
  if (isUntyped(tx)) return isUntyped(ty) ? defaultType(tx) : ty;
  if (isUntyped(ty)) return tx;
  return commonType(tx, ty);
}

/** Of two types between which values are assignable, the one to which both convert. */
function commonType(tx: Type, ty: Type): Type {
  if (identical(tx, ty)) return tx;
  const xi = isNonTypeParamInterface(tx);
  const yi = isNonTypeParamInterface(ty);
  if (xi !== yi) return xi ? tx : ty;
  if (xi) return methodCount(tx) <= methodCount(ty) ? tx : ty;
  const ux = under(tx);
  if (ux.kind === TypeKind.Chan) return ux.dir === ChanDir.Both ? ty : tx;
  return asNamed(tx) !== null ? tx : ty;
}

function methodCount(t: Type): number {
  const u = under(t);
  return u.kind === TypeKind.Interface ? typeSetOf(u).methods.length : 0;
}

function unary(f: FuncWriter, x: Operation): void {
  switch (x.op) {
    case Operator.Add:
      exprTo(f, x.x, typeOf(f, x));
      return;
    case Operator.Mul:
      f.op(X.Deref, x.pos);
      expr(f, x.x);
      return;
    case Operator.And: {
      const operand = unparen(x.x);
      f.op(X.Addr, x.pos);
      if (operand.kind !== NodeKind.CompositeLit) markAddress(f, operand);
      expr(f, operand);
      return;
    }
    case Operator.Recv:
      f.op(X.Recv, x.pos).u8(0);
      expr(f, x.x);
      return;
    case Operator.Sub:
    case Operator.Xor:
    case Operator.Not: {
      const op =
        x.op === Operator.Sub ? ExprOp.Neg : x.op === Operator.Xor ? ExprOp.Com : ExprOp.Not;
      f.op(X.Unary, x.pos).u8(op);
      exprTo(f, x.x, typeOf(f, x));
      return;
    }
    default:
      throw new InternalError(`unary operator ${x.op}`);
  }
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

// ---- literals

/** A struct literal's values by field; embedded literals collect promoted keys. */
interface StructEntries {
  readonly type: Type;
  readonly entries: Map<number, Expr | StructEntries>;
}

function compositeLit(f: FuncWriter, x: CompositeLit): void {
  const t = f.typeOf(x);
  const u = core(t);
  const base = u.kind === TypeKind.Pointer ? core(u.elem) : u;
  f.op(X.CompositeLit, x.pos);
  f.type(t);
  switch (base.kind) {
    case TypeKind.Struct:
      structEntries(f, structLit(f, x, u.kind === TypeKind.Pointer ? u.elem : t), x.pos);
      return;
    case TypeKind.Map:
      f.w.uvarint(2 * x.elems.length);
      for (const e of x.elems) {
        if (e.kind !== NodeKind.KeyValueExpr) throw new InternalError('map literal without key');
        exprTo(f, e.key, base.key);
        exprTo(f, e.value, base.elem);
      }
      return;
    case TypeKind.Array:
    case TypeKind.Slice:
      elements(f, x, base.elem);
      return;
    default:
      throw new InternalError('composite literal of another type');
  }
}

function elements(f: FuncWriter, x: CompositeLit, elem: Type): void {
  f.w.uvarint(x.elems.length);
  let at = 0;
  let length = 0;
  for (const e of x.elems) {
    let value = e;
    if (e.kind === NodeKind.KeyValueExpr) {
      at = constInt(f.info.valueOf(e.key)!);
      ({ value } = e);
    }
    f.w.uvarint(at);
    exprTo(f, value, elem);
    at++;
    if (at > length) length = at;
  }
  f.w.uvarint(length);
}

function structLit(f: FuncWriter, x: CompositeLit, t: Type): StructEntries {
  const lit: StructEntries = { type: t, entries: new Map() };
  x.elems.forEach((e, i) => {
    if (e.kind === NodeKind.KeyValueExpr) addEntry(f, lit, e.key as Name, e.value);
    else lit.entries.set(i, e);
  });
  return lit;
}

/** Puts a keyed value at its field, which may be promoted from an embedded struct. */
function addEntry(f: FuncWriter, lit: StructEntries, key: Name, value: Expr): void {
  const obj = f.info.uses[key.id] as VarObj;
  const { index: path } = lookupFieldOrMethod(core(lit.type), false, obj.pkg, key.value, false);
  let at = lit;
  for (const i of path.slice(0, -1)) {
    let inner = at.entries.get(i);
    if (inner === undefined) {
      inner = { type: (core(at.type) as StructType).fields[i]!.type!, entries: new Map() };
      at.entries.set(i, inner);
    }
    at = inner as StructEntries;
  }
  at.entries.set(path.at(-1)!, value);
}

function structEntries(f: FuncWriter, lit: StructEntries, pos: Pos): void {
  const { fields } = core(lit.type) as StructType;
  f.w.uvarint(lit.entries.size);
  for (const [i, value] of lit.entries) {
    f.w.uvarint(i);
    if ('entries' in value) {
      f.op(X.CompositeLit, pos);
      f.type(value.type);
      structEntries(f, value, pos);
    } else exprTo(f, value, fields[i]!.type!);
  }
  f.w.uvarint(0);
}

function funcLit(f: FuncWriter, x: FuncLit): void {
  const inner = new FuncWriter(f.cx, f, f.literalSuffix(), true);
  inner.setSignature(f.info.signatureOfLiteral(x));
  inner.body(() => stmtList(inner, x.body.list));
  f.op(X.Closure, x.pos);
  inner.writeTo(f.w, x.pos, endPos(x));
}

/** A literal made here, with parameters by type reference. */
export function syntheticClosure(f: FuncWriter, inner: FuncWriter, pos: Pos, end: Pos): void {
  f.op(X.Closure, pos);
  inner.writeTo(f.w, pos, end);
}

// ---- several values

/** Whether `x` is a call that yields several values. */
export function isMultiValue(f: FuncWriter, x: Expr): boolean {
  const t = f.info.types[x.id];
  return t?.kind === TypeKind.Tuple && t.vars.length > 1;
}

/** Temporaries for the results of a multi-valued call, assigned by a statement written here. */
export function callTemps(f: FuncWriter, x: Expr): readonly VarInfo[] {
  const t = f.typeOf(x);
  if (t.kind !== TypeKind.Tuple) throw new InternalError('one value where several are expected');
  const temps = t.vars.map((v) => f.temp(f.pkg.typeRef(v.type!), x.pos));
  const w = f.stmt(S.Assign, x.pos);
  w.u8(1);
  w.uvarint(temps.length);
  for (const v of temps) f.local(v, x.pos);
  w.uvarint(1);
  expr(f, x);
  return temps;
}

/** `a, b = f()` for package-level variables. */
export function multiValueAssign(f: FuncWriter, lhs: readonly VarObj[], rhs: Expr): void {
  const pos = rhs.pos;
  const e = unparen(rhs);
  const isCall = e.kind === NodeKind.CallExpr;
  let types: readonly Type[];
  if (isCall) types = (f.typeOf(e) as { vars?: readonly VarObj[] }).vars!.map((v) => v.type!);
  else types = [commaOkType(f, e), boolType];
  const same = lhs.every((v, i) => v.name === '_' || identical(v.type!, types[i]!));
  if (same) {
    const w = f.stmt(S.Assign, pos);
    w.u8(0);
    w.uvarint(lhs.length);
    for (const v of lhs) f.globalOrNone(v, v.pos);
    w.uvarint(1);
    if (isCall) expr(f, e);
    else commaOkExpr(f, e);
    return;
  }
  const temps = types.map((t) => f.temp(f.pkg.typeRef(t), pos));
  const w = f.stmt(S.Assign, pos);
  w.u8(1);
  w.uvarint(temps.length);
  for (const v of temps) f.local(v, pos);
  w.uvarint(1);
  if (isCall) expr(f, e);
  else commaOkExpr(f, e);
  lhs.forEach((v, i) => {
    if (v.name === '_') return;
    const s = f.stmt(S.Assign, pos);
    s.u8(0);
    s.uvarint(1);
    f.globalOrNone(v, v.pos);
    s.uvarint(1);
    convert(f, pos, v.type!, () => f.local(temps[i]!, pos));
  });
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
