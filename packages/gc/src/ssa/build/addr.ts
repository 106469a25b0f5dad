/**
 * Where things are: places of local variables, addresses of addressable expressions, and the parts
 * of structs, arrays, slices and strings.
 *
 * An address returned from here is not nil: whoever dereferences checks. Indices are checked before
 * the address is computed; for a slice operand on the left of an assignment the caller has evaluated
 * its parts ahead (`Builder.ordered`), so that only the checks happen here.
 *
 * Spec: "Index expressions", "Selectors", "Address operators".
 */
import { BoundsCode } from '@go-ts/runtime/layout/panic-bounds';
import { type Expr, ExprOp, type LocalVar } from '../../ir/node.ts';
import { isDirectIface, isSigned, Kind, type Type } from '../../ir/type.ts';
import { LikelyFirst } from '../block.ts';
import { LocalAuto, LocalVar as Slot } from '../local.ts';
import { OpAdd, OpConst, OpIsInBounds, OpLsh, OpMul, OpPanicBounds } from '../op.ts';
import { RepBool, RepI64, RepMem, RepPtr } from '../rep.ts';
import { type Value } from '../value.ts';
import { resizeInt } from './arith.ts';
import { type Builder, part, type Place } from './builder.ts';
import { inMemory, ofLeaves, type Operand } from './operand.ts';

/** Where a local lives; decided when it is first met. */
export function placeOf(b: Builder, local: LocalVar): Place {
  let place = b.places.get(local);
  if (place === undefined) {
    place = newPlace(b, local);
    b.places.set(local, place);
  }
  return place;
}

function newPlace(b: Builder, local: LocalVar): Place {
  if (local.onHeap) return { kind: 'pointer', pointer: b.vars.newVar(RepPtr) };
  const leaves = b.leavesOf(local.type);
  if (leaves === null || local.addrTaken) return { kind: 'slot', slot: newSlot(b, local) };
  return ssaPlace(b, local.type);
}

export function newSlot(b: Builder, local: LocalVar): Slot {
  const slot = b.f.addLocal(new Slot(local.name, local.type, LocalAuto));
  slot.addrTaken = local.addrTaken;
  return slot;
}

/** Variables for every leaf of `t`, which has few enough. */
export function ssaPlace(b: Builder, t: Type): Place {
  let base = -1;
  for (const leaf of b.leavesOf(t)!) {
    const id = b.vars.newVar(leaf.rep, leaf.isLength);
    if (base < 0) base = id;
  }
  return { kind: 'ssa', base };
}

export function readVars(b: Builder, t: Type, base: number): Operand {
  return ofLeaves(
    t,
    b.leavesOf(t)!.map((_, i) => b.vars.read(base + i)),
  );
}

export function writeVars(b: Builder, base: number, x: Operand): void {
  x.leaves.forEach((v, i) => b.vars.write(base + i, v));
}

/** The address of a local that is in memory. */
export function localAddr(b: Builder, local: LocalVar): Value {
  const place = placeOf(b, local);
  switch (place.kind) {
    case 'slot':
      return b.slotAddr(place.slot);
    case 'pointer':
      return b.vars.read(place.pointer);
    case 'indirect':
      return b.load(RepPtr, b.slotAddr(place.slot));
    default:
      return b.fail(`address of ${local.name}, which is in registers`);
  }
}

export function readLocal(b: Builder, local: LocalVar): Operand {
  const place = placeOf(b, local);
  if (place.kind === 'ssa') return readVars(b, local.type, place.base);
  return b.loadOperand(local.type, localAddr(b, local));
}

/** Sets a whole variable. */
export function writeLocal(b: Builder, local: LocalVar, x: Operand): void {
  const place = placeOf(b, local);
  if (place.kind === 'ssa') writeVars(b, place.base, x);
  else {
    if (place.kind === 'slot' && place.slot.kind === LocalAuto) b.varDef(place.slot);
    b.storeOperand(localAddr(b, local), retype(x, local.type));
  }
}

/** Whether `e` denotes memory (a variable there, or a part of one), rather than a value. */
export function isInMemory(b: Builder, e: Expr): boolean {
  if (b.ordered.has(e)) return b.ordered.get(e)!.addr !== null;
  switch (e.op) {
    case ExprOp.Local:
      return placeOf(b, e.local!).kind !== 'ssa';
    case ExprOp.Global:
    case ExprOp.Deref:
      return true;
    case ExprOp.Field:
      return isInMemory(b, e.x!);
    case ExprOp.Index:
      return (
        e.x!.type.kind === Kind.Slice || (e.x!.type.kind === Kind.Array && isInMemory(b, e.x!))
      );
    default:
      return b.leavesOf(e.type) === null;
  }
}

/** The address of `e`, which is in memory. */
export function addr(b: Builder, e: Expr): Value {
  const ready = b.ordered.get(e);
  if (ready !== undefined && ready.addr !== null) return ready.addr;
  const saved = b.pos;
  b.pos = e.pos;
  const p = addrOf(b, e);
  b.pos = saved;
  return p;
}

function addrOf(b: Builder, e: Expr): Value {
  switch (e.op) {
    case ExprOp.Local:
      return localAddr(b, e.local!);
    case ExprOp.Global:
      return b.symAddr(b.env.globalSym(e.global!));
    case ExprOp.Deref:
      return b.nilCheck(b.value(e.x!));
    case ExprOp.Field:
      return b.offset(addr(b, e.x!), e.x!.type.fields[e.index]!.offset);
    case ExprOp.Index:
      return indexAddr(b, e);
    default: {
      const x = b.expr(e);
      return x.addr ?? b.slotAddr(b.spill(x));
    }
  }
}

function indexAddr(b: Builder, e: Expr): Value {
  const x = e.x!;
  if (x.type.kind === Kind.Array) {
    const base = addr(b, x);
    return elementAddr(b, base, checkedIndex(b, e, b.int(x.type.len)), x.type.elem!.size);
  }
  const s = b.expr(x);
  return elementAddr(b, s.leaves[0]!, checkedIndex(b, e, s.leaves[1]!), x.type.elem!.size);
}

/** The index of `e` as an int, known to be below `len` afterwards. */
function checkedIndex(b: Builder, e: Expr, len: Value): Value {
  const y = b.expr(e.y!);
  const i = resizeInt(b, y.scalar, RepI64, isSigned(y.type));
  if (!e.bounded) checkIndex(b, i, len, !isSigned(y.type));
  return i;
}

export function checkIndex(b: Builder, i: Value, len: Value, unsigned: boolean): void {
  if (i.op === OpConst && len.op === OpConst) {
    const n = i.constBig();
    if (n >= 0n && n < len.constBig()) return;
  }
  checkBounds(
    b,
    b.v2(OpIsInBounds, RepBool, i, len),
    i,
    len,
    BoundsCode.BoundsIndex + (unsigned ? 16 : 0),
  );
}

/** Unless `ok`, panics with what is wrong with `x` against `y`. */
// oxlint-disable-next-line max-params -- the condition and the three parts of the report.
export function checkBounds(b: Builder, ok: Value, x: Value, y: Value, code: number): void {
  const next = b.newBlock();
  const bad = b.newBlock();
  b.branch(ok, next, bad, LikelyFirst);
  b.start(bad);
  const v = b.v3(OpPanicBounds, RepMem, x, y, b.mem());
  v.auxInt = code;
  b.setMem(v);
  b.exit();
  b.jump(next);
  b.start(next);
}

export function elementAddr(b: Builder, base: Value, i: Value, size: number): Value {
  if (i.op === OpConst && i.aux === null) {
    const off = i.auxInt * size;
    if (off >= 0 && off < 2 ** 31) return b.offset(base, off);
  }
  return b.ptrAdd(base, scaled(b, i, size));
}

/** i * size for a size known now. */
export function scaled(b: Builder, i: Value, size: number): Value {
  if (size === 1) return i;
  if (Number.isInteger(Math.log2(size)) && size > 0) {
    const v = b.v2(OpLsh, RepI64, i, b.int(Math.log2(size)));
    v.auxInt = 1;
    return v;
  }
  return b.v2(OpMul, RepI64, i, b.int(size));
}

export function addInt(b: Builder, x: Value, y: Value): Value {
  return b.v2(OpAdd, RepI64, x, y);
}

/** The first leaf of field `index` of a struct that is held as leaves. */
export function firstLeaf(b: Builder, t: Type, index: number): number {
  let n = 0;
  for (let i = 0; i < index; i++) n += b.leavesOf(t.fields[i]!.type)!.length;
  return n;
}

export function fieldValue(b: Builder, e: Expr): Operand {
  const x = e.x!;
  const field = x.type.fields[e.index]!;
  if (isInMemory(b, x)) return b.loadOperand(e.type, b.offset(addr(b, x), field.offset));
  const value = b.expr(x);
  return fieldOf(b, value, e.index);
}

export function fieldOf(b: Builder, x: Operand, index: number): Operand {
  const field = x.type.fields[index]!;
  const first = x.addr === null ? firstLeaf(b, x.type, index) : 0;
  return part(b, x, field.type, first, field.offset);
}

export function indexValue(b: Builder, e: Expr): Operand {
  const x = e.x!;
  if (x.type.kind === Kind.String) {
    const s = b.expr(x);
    const i = checkedIndex(b, e, s.leaves[1]!);
    return b.loadOperand(e.type, b.ptrAdd(s.leaves[0]!, i));
  }
  if (x.type.kind === Kind.Slice || isInMemory(b, x)) {
    return b.loadOperand(e.type, indexAddr(b, e));
  }
  // An array of length 0 or 1 that is held as the leaves of its element.
  const value = b.expr(x);
  checkedIndex(b, e, b.int(x.type.len));
  if (x.type.len === 0) return b.zeroOperand(e.type);
  return retype(value, e.type);
}

/** The same value under another type of the same representation. */
export function retype(x: Operand, t: Type): Operand {
  if (x.type === t) return x;
  return x.addr !== null ? inMemory(t, x.addr) : ofLeaves(t, x.leaves);
}

/** The value of type `t` in the data word of an interface. */
export function unpack(b: Builder, data: Value, t: Type): Operand {
  return isDirectIface(t) ? ofLeaves(t, [data]) : b.loadOperand(t, data);
}
