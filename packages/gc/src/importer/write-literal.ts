/**
 * Encoding of composite literals and function literals.
 *
 * Elements are written with their indices, fields with their numbers, so that nothing of a literal's
 * form remains but its values in source order. A key that names a promoted field becomes the literal
 * of the embedded struct that holds it; keys of one embedded struct are collected in one such literal.
 *
 * Spec: "Composite literals", "Function literals".
 */
import { InternalError } from '@go-ts/base';
import {
  type CompositeLit,
  type Expr,
  type FuncLit,
  type Name,
  NodeKind,
} from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { endPos } from '../syntax/positions.ts';
import { lookupFieldOrMethod } from '../types/lookup.ts';
import { type VarObj } from '../types/object.ts';
import { type StructType, type Type, TypeKind } from '../types/type.ts';
import { X } from './body-format.ts';
import { FuncWriter } from './body-writer.ts';
import { constInt } from './const-writer.ts';
import { core, exprTo } from './write-expr.ts';
import { stmtList } from './write-stmt.ts';

/** A struct literal's values by field; embedded literals collect promoted keys. */
interface StructEntries {
  readonly type: Type;
  readonly entries: Map<number, Expr | StructEntries>;
}

export function compositeLit(f: FuncWriter, x: CompositeLit): void {
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

export function funcLit(f: FuncWriter, x: FuncLit): void {
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
