/**
 * Encoding of assignments and declarations of variables.
 *
 * Where both sides agree in type, the statement is written as it stands; where values convert or come
 * several from one call, temporaries take them first. Variables that exist already are marked as
 * assigned to; new ones of a mixed `:=` are declared before it.
 *
 * Spec: "Assignment statements", "Short variable declarations", "Variable declarations".
 */
import { InternalError } from '@go-ts/base';
import {
  type AssignStmt,
  type Expr,
  NodeKind,
  unpackList,
  unparen,
  type VarDecl,
} from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { Operator } from '../syntax/token.ts';
import { ObjKind, type VarObj } from '../types/object.ts';
import { defaultType, identical, isUntyped } from '../types/predicates.ts';
import { boolType, type Type, TypeKind } from '../types/type.ts';
import { S, X } from './body-format.ts';
import { type FuncWriter, type VarInfo } from './body-writer.ts';
import { commaOkExpr, commaOkType, convert, expr, exprTo, typeOf } from './write-expr.ts';
import { markAssigned } from './write-marks.ts';
import { exprOpOf, shiftCount } from './write-operator.ts';

/** The variable that `x` declares here; null if it assigns to one that exists. */
export function declared(f: FuncWriter, x: Expr): VarObj | null {
  if (x.kind !== NodeKind.Name) return null;
  const obj = f.info.defs[x.id];
  return obj?.kind === ObjKind.Var ? obj : null;
}

export function isBlank(x: Expr): boolean {
  const e = unparen(x);
  return e.kind === NodeKind.Name && e.value === '_';
}

export function assign(f: FuncWriter, s: AssignStmt): void {
  if (s.rhs === null) {
    assignOp(f, s, null);
    return;
  }
  if (s.op !== Operator.None && s.op !== Operator.Def) {
    assignOp(f, s, s.rhs);
    return;
  }
  const lhs = unpackList(s.lhs);
  const rhs = unpackList(s.rhs);
  if (lhs.length === rhs.length) parallel(f, s, lhs, rhs);
  else severalFromOne(f, s.pos, lhs, rhs[0]!);
}

function assignOp(f: FuncWriter, s: AssignStmt, rhs: Expr | null): void {
  f.stmt(S.AssignOp, s.pos).u8(exprOpOf(s.op));
  expr(f, s.lhs);
  markAssigned(f, s.lhs);
  const t = typeOf(f, s.lhs);
  if (rhs === null) {
    const w = f.op(X.Const, s.pos);
    f.type(t);
    w.u8(2);
    w.varint(1);
  } else if (s.op === Operator.Shl || s.op === Operator.Shr) shiftCount(f, rhs);
  else exprTo(f, rhs, t);
}

/** `a, b = x, y` and `a, b := x, y`. */
function parallel(f: FuncWriter, s: AssignStmt, lhs: readonly Expr[], rhs: readonly Expr[]): void {
  const news = lhs.map((x) => (s.op === Operator.Def ? declared(f, x) : null));
  const targets = lhs.map((x, i) =>
    news[i] === null ? targetType(f, x, rhs[i]!) : news[i]!.type!,
  );
  const all = lhs.every((x, i) => news[i] !== null || isBlank(x));
  const emitLeft = leftSide(f, lhs, news, all);
  const w = f.stmt(S.Assign, s.pos);
  w.u8(all && s.op === Operator.Def ? 1 : 0);
  emitLeft();
  f.w.uvarint(rhs.length);
  rhs.forEach((x, i) => exprTo(f, x, targets[i]!));
}

/** Declares what is new (with Decl statements, if some of the left exists) and writes the left. */
export function leftSide(
  f: FuncWriter,
  lhs: readonly Expr[],
  news: readonly (VarObj | null)[],
  allNew: boolean,
): () => void {
  const infos = news.map((v) => (v === null || v.name === '_' ? null : f.declare(v)));
  if (!allNew) {
    for (const v of infos) {
      if (v !== null) f.stmt(S.Decl, v.pos).uvarint(v.index);
    }
  }
  return () => {
    f.w.uvarint(lhs.length);
    lhs.forEach((x, i) => {
      const v = infos[i]!;
      if (v !== null) f.local(v, x.pos);
      else if (isBlank(x)) f.none();
      else {
        markAssigned(f, x);
        expr(f, x);
      }
    });
  };
}

function targetType(f: FuncWriter, lhs: Expr, rhs: Expr): Type {
  if (!isBlank(lhs)) return typeOf(f, lhs);
  return valueType(f, rhs);
}

/** The type of a value that is assigned to `_`. */
function valueType(f: FuncWriter, x: Expr): Type {
  const t = f.typeOf(x);
  return isUntyped(t) ? defaultType(t) : t;
}

/** `a, b = f()`, `v, ok = m[k]` and the like. */
function severalFromOne(f: FuncWriter, pos: Pos, lhs: readonly Expr[], rhs: Expr): void {
  const e = unparen(rhs);
  const isCall = e.kind === NodeKind.CallExpr;
  const types = isCall ? tupleTypes(f, e) : [commaOkType(f, e), boolType];
  const news = lhs.map((x) => declared(f, x));
  const all = lhs.every((x, i) => news[i] !== null || isBlank(x));
  const same = lhs.every(
    (x, i) => isBlank(x) || identical(news[i]?.type ?? typeOf(f, x), types[i]!),
  );
  const value = () => {
    f.w.uvarint(1);
    if (isCall) expr(f, e);
    else commaOkExpr(f, e);
  };
  if (same) {
    const emitLeft = leftSide(f, lhs, news, all);
    const defines = all && news.some((v) => v !== null);
    f.stmt(S.Assign, pos).u8(defines ? 1 : 0);
    emitLeft();
    value();
    return;
  }
  const temps = types.map((t) => f.temp(f.pkg.types.ref(t), pos));
  f.stmt(S.Assign, pos).u8(1);
  f.w.uvarint(temps.length);
  for (const v of temps) f.local(v, pos);
  value();
  fromTemps(f, pos, lhs, news, temps, types);
}

/** `lhs = temps`, converting. */
export function fromTemps(
  f: FuncWriter,
  pos: Pos,
  lhs: readonly Expr[],
  news: readonly (VarObj | null)[],
  temps: readonly VarInfo[],
  types: readonly Type[],
): void {
  const all = lhs.every((x, i) => news[i] !== null || isBlank(x));
  const emitLeft = leftSide(f, lhs, news, all);
  f.stmt(S.Assign, pos).u8(all && news.some((v) => v !== null) ? 1 : 0);
  emitLeft();
  f.w.uvarint(temps.length);
  temps.forEach((v, i) => {
    const x = lhs[i]!;
    const want = isBlank(x) ? types[i]! : (news[i]?.type ?? typeOf(f, x));
    if (identical(want, types[i]!)) f.local(v, pos);
    else convert(f, pos, want, () => f.local(v, pos));
  });
}

export function tupleTypes(f: FuncWriter, x: Expr): readonly Type[] {
  const t = f.typeOf(x);
  if (t.kind !== TypeKind.Tuple) throw new InternalError('one value where several are expected');
  return t.vars.map((v) => v.type!);
}

export function varDecl(f: FuncWriter, d: VarDecl): void {
  const values = unpackList(d.values);
  const objs = d.names.map((n) => f.info.defs[n.id] as VarObj);
  if (values.length === 0) {
    for (const v of objs) {
      if (v.name === '_') continue;
      const info = f.declare(v);
      f.stmt(S.Decl, v.pos).uvarint(info.index);
    }
    return;
  }
  if (values.length === objs.length) {
    objs.forEach((v, i) => {
      const value = values[i]!;
      if (v.name === '_') {
        f.stmt(S.Assign, v.pos).u8(0);
        f.w.uvarint(1);
        f.none();
        f.w.uvarint(1);
        exprTo(f, value, v.type!);
        return;
      }
      const info = f.declare(v);
      f.assignLocal(info, v.pos, true, () => exprTo(f, value, v.type!));
    });
    return;
  }
  severalFromOne(f, d.pos, d.names, values[0]!);
}

/** Temporaries with the results of a call that has several. */
export function resultTemps(f: FuncWriter, pos: Pos, x: Expr): readonly VarInfo[] {
  const types = tupleTypes(f, x);
  const temps = types.map((t) => f.temp(f.pkg.types.ref(t), pos));
  f.stmt(S.Assign, pos).u8(1);
  f.w.uvarint(temps.length);
  for (const v of temps) f.local(v, pos);
  f.w.uvarint(1);
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
  const temps = types.map((t) => f.temp(f.pkg.types.ref(t), pos));
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
