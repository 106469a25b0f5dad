/**
 * Composite literals of structs, arrays and slices, and the variables that `&T{}` makes.
 *
 * A literal held as leaves is just its parts. One in memory is written in place: what is constant in
 * one move from static data if that is enough of it, else by stores over zeroed memory; what is not
 * constant by stores. Nested literals are written directly into their place.
 *
 * Spec: "Composite literals".
 */
import { Esc, Expr, ExprOp } from '../../ir/node.ts';
import { isDirectIface, Kind, type Type } from '../../ir/type.ts';
import { repOfType } from '../rep.ts';
import { type Value } from '../value.ts';
import { addr } from './addr.ts';
import { newObject, newUninitialized } from './alloc.ts';
import { type Builder, exposeBase } from './builder.ts';
import { inMemory, ofLeaves, type Operand } from './operand.ts';
import { ImageWriter, scopeOf } from './static.ts';

/** A struct or array literal as a value. */
export function compositeValue(b: Builder, e: Expr): Operand {
  const t = e.type;
  if (b.leavesOf(t) === null) {
    const slot = b.newTemp(t);
    literalInto(b, e, b.slotAddr(slot), false);
    return inMemory(t, b.slotAddr(slot));
  }
  const count = t.kind === Kind.Struct ? t.fields.length : t.len;
  const parts: (Operand | null)[] = Array.from({ length: count }, () => null);
  e.list.forEach((v, i) => (parts[e.indices[i]!] = b.expr(v!)));
  const typeOf = (i: number): Type => (t.kind === Kind.Struct ? t.fields[i]!.type : t.elem!);
  return ofLeaves(
    t,
    parts.flatMap((x, i) => (x ?? b.zeroOperand(typeOf(i))).leaves),
  );
}

/** From this many constant parts on, they come from static data. */
const minStaticParts = 4;

/** Writes the literal `e` to `dst`, which does not overlap what it mentions. `zeroed`: it is zero. */
export function literalInto(b: Builder, e: Expr, dst: Value, zeroed: boolean): void {
  const t = e.type;
  if (t.size === 0) {
    for (const v of e.list) b.expr(v!);
    return;
  }
  const parts = countParts(e);
  if (parts.constant >= minStaticParts && parts.constant > parts.dynamic) {
    const image = new ImageWriter(t.size, scopeOf(b));
    const rest: Dynamic[] = [];
    writeConstants(image, e, 0, rest);
    const sym = b.env.staticTemp({
      type: t,
      bytes: image.bytes,
      relocs: image.relocs,
      readOnly: true,
    });
    b.move(dst, b.symAddr(sym), t);
    for (const { e: part, off } of rest) storeInto(b, part, b.offset(dst, off), false);
    return;
  }
  const zeroFirst = !zeroed && !(isFull(e) && (t.ptrBytes === 0 || isUnbroken(b, e)));
  if (zeroFirst) b.zero(dst, t);
  storeParts(b, e, dst, zeroed || zeroFirst);
}

/** Whether no call comes between the stores: it would find a slot of the frame half written. */
function isUnbroken(b: Builder, e: Expr): boolean {
  if (b.ordered.has(e)) return true;
  switch (e.op) {
    case ExprOp.Const:
    case ExprOp.Zero:
    case ExprOp.Local:
    case ExprOp.Global:
    case ExprOp.FuncRef:
      return true;
    case ExprOp.Addr:
      return !isAllocated(e.x!) && isUnbroken(b, e.x!);
    case ExprOp.Deref:
    case ExprOp.Field:
      return isUnbroken(b, e.x!);
    case ExprOp.Convert:
      return isDirectIface(e.x!.type) && isUnbroken(b, e.x!);
    case ExprOp.Index:
      return isUnbroken(b, e.x!) && isUnbroken(b, e.y!);
    case ExprOp.StructLit:
    case ExprOp.ArrayLit:
      return e.list.every((v) => isUnbroken(b, v!));
    default:
      return false;
  }
}

interface Dynamic {
  readonly e: Expr;
  readonly off: number;
}

function partOffset(e: Expr, i: number): number {
  const index = e.indices[i]!;
  return e.op === ExprOp.StructLit ? e.type.fields[index]!.offset : index * e.type.elem!.size;
}

function isNested(e: Expr): boolean {
  return e.op === ExprOp.StructLit || e.op === ExprOp.ArrayLit;
}

function countParts(e: Expr): { constant: number; dynamic: number } {
  let constant = 0;
  let dynamic = 0;
  for (const v of e.list) {
    if (isNested(v!)) {
      const inner = countParts(v!);
      constant += inner.constant;
      dynamic += inner.dynamic;
    } else if (v!.op === ExprOp.Const || v!.op === ExprOp.FuncRef) constant++;
    else if (v!.op !== ExprOp.Zero) dynamic++;
  }
  return { constant, dynamic };
}

function writeConstants(image: ImageWriter, e: Expr, off: number, rest: Dynamic[]): void {
  e.list.forEach((v, i) => {
    const at = off + partOffset(e, i);
    if (isNested(v!)) writeConstants(image, v!, at, rest);
    else if (v!.op === ExprOp.Const || v!.op === ExprOp.FuncRef) image.expr(v!, at);
    else if (v!.op !== ExprOp.Zero) rest.push({ e: v!, off: at });
  });
}

/** Whether every byte that matters is given, so that zeroing first is not needed. */
function isFull(e: Expr): boolean {
  const t = e.type;
  const count = t.kind === Kind.Struct ? t.fields.length : t.len;
  if (e.list.length !== count) return false;
  let covered = 0;
  for (const v of e.list) {
    if (v!.op === ExprOp.Zero) return false;
    if (isNested(v!) && !isFull(v!)) return false;
    covered += v!.type.size;
  }
  return covered === t.size;
}

function storeParts(b: Builder, e: Expr, dst: Value, zeroed: boolean): void {
  e.list.forEach((v, i) => storeInto(b, v!, b.offset(dst, partOffset(e, i)), zeroed));
}

/** Evaluates `e` into memory that does not overlap what it mentions. */
export function storeInto(b: Builder, e: Expr, dst: Value, zeroed: boolean): void {
  if (e.op === ExprOp.Zero) {
    if (!zeroed) b.zero(dst, e.type);
    return;
  }
  if (isNested(e) && !b.ordered.has(e)) {
    literalInto(b, e, dst, zeroed);
    return;
  }
  b.storeOperand(dst, b.expr(e));
}

/** A slice literal: its backing array is written, then sliced. */
export function sliceLiteral(b: Builder, e: Expr): Operand {
  const { elem } = e.type;
  const n = e.index;
  const array = b.types.array(elem!, n);
  const len = b.int(n);
  if (n === 0 || array.size === 0) {
    for (const v of e.list) b.expr(v!);
    return ofLeaves(e.type, [b.runtimeVar('zerobase'), len, len]);
  }
  const literal = arrayLiteral(e, array);
  const p = newUninitialized(b, array, e.esc);
  literalInto(b, literal, p, e.esc === Esc.Heap);
  return ofLeaves(e.type, [p, len, len]);
}

/** The same elements as an array literal, sharing them. */
function arrayLiteral(e: Expr, array: Type): Expr {
  const literal = new Expr(ExprOp.ArrayLit, e.pos, array);
  literal.list = e.list;
  literal.indices = e.indices;
  return literal;
}

/** Whether `&x` makes the variable that it points to. */
function isAllocated(x: Expr): boolean {
  return isNested(x) || x.op === ExprOp.SliceLit || x.op === ExprOp.MapLit;
}

/** &x. */
export function addressOf(b: Builder, e: Expr): Operand {
  const x = e.x!;
  if (isAllocated(x)) {
    const p = newUninitialized(b, x.type, e.esc);
    storeInto(b, x, p, e.esc === Esc.Heap && x.type.size > 0);
    return ofLeaves(e.type, [p]);
  }
  const p = addr(b, x);
  exposeBase(p);
  return ofLeaves(e.type, [b.asRep(p, repOfType(e.type))]);
}

/** new(T) or new(x). */
export function newValue(b: Builder, e: Expr): Operand {
  const t = e.type.elem!;
  const init = e.list[0] ?? null;
  if (init !== null) {
    const x = b.expr(init);
    const p = newUninitialized(b, t, e.esc);
    b.storeOperand(p, x);
    return ofLeaves(e.type, [p]);
  }
  if (e.esc === Esc.Heap) return ofLeaves(e.type, [newObject(b, t)]);
  const p = newUninitialized(b, t, e.esc);
  b.zero(p, t);
  return ofLeaves(e.type, [p]);
}
