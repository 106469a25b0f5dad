/**
 * range over integers, arrays, slices, strings, maps and channels. (Over functions the body has become
 * a closure already.)
 *
 * The operand is evaluated once. Elements are fetched by index: a pointer that runs along would stand
 * past the end at the last iteration, and the collector must not see it there. With `distinct` the key
 * and value variables are new in every iteration.
 *
 * Spec: "For statements with range clause".  Contract §7.5.
 */
import { MapIterLayout } from '@go-ts/runtime/layout/objects';
import { type Expr, ExprOp, type Stmt } from '../../ir/node.ts';
import { isInteger, isSigned, Kind, type Type } from '../../ir/type.ts';
import { type Block, LikelyFirst } from '../block.ts';
import { OpAdd, OpLt, OpLtU, OpNe } from '../op.ts';
import { type Rep, RepBool, RepI32, RepI64, RepI8, repOfType, RepPtr } from '../rep.ts';
import { type Value } from '../value.ts';
import { addr, elementAddr, isInMemory } from './addr.ts';
import { declareLocal } from './alloc.ts';
import { resizeInt } from './arith.ts';
import { assignOperands, prepare } from './assign.ts';
import { type Builder } from './builder.ts';
import { type Operand, scalar } from './operand.ts';
import { hasOrdered } from './order.ts';
import { decodeRune, transient } from './strings.ts';

export function rangeStmt(b: Builder, s: Stmt): void {
  const x = s.x!;
  b.stmts(s.init);
  b.order(x);
  switch (x.type.kind) {
    case Kind.Slice:
    case Kind.Array:
    case Kind.Pointer:
      rangeElements(b, s);
      return;
    case Kind.String:
      rangeString(b, s);
      return;
    case Kind.Map:
      rangeMap(b, s);
      return;
    case Kind.Chan:
      rangeChan(b, s);
      return;
    default:
      if (isInteger(x.type)) rangeInt(b, s);
      else b.fail('range over this type');
  }
}

/** The blocks of a loop whose head has been entered by its maker. */
interface Loop {
  readonly head: Block;
  readonly body: Block;
  /** Where `continue` goes. */
  readonly post: Block;
  readonly next: Block;
}

function newLoop(b: Builder): Loop {
  return { head: b.newBlock(), body: b.newBlock(), post: b.newBlock(), next: b.newBlock() };
}

/** In the body: sets the variables, runs the statements, arrives at `post`. */
function runBody(b: Builder, s: Stmt, loop: Loop, values: readonly (Operand | null)[]): void {
  setVariables(b, s, values);
  b.targets.push({ label: s.label, breakTo: loop.next, continueTo: loop.post });
  b.stmts(s.body);
  b.targets.pop();
  b.pos = s.pos;
  b.jumpAndStart(loop.post);
}

function setVariables(b: Builder, s: Stmt, values: readonly (Operand | null)[]): void {
  const wanted = s.lhs.map((e, i) => (e === null ? null : (values[i] ?? null)));
  for (const e of s.lhs) if (e !== null) variable(b, s, e);
  if (wanted.every((v) => v === null)) return;
  for (const e of s.lhs) {
    if (e === null || e.op === ExprOp.Local) continue;
    if (e.op === ExprOp.MapIndex) {
      b.order(e.x!);
      b.order(e.y!);
    } else b.order(e);
  }
  for (const e of s.lhs) if (e !== null) prepare(b, e, false);
  const lhs = s.lhs.filter((_, i) => wanted[i] !== null);
  const present = wanted.filter((v) => v !== null);
  assignOperands(b, lhs, present);
}

/** Declares an iteration variable that the statement defines. */
function variable(b: Builder, s: Stmt, e: Expr): void {
  if (!s.define || e.op !== ExprOp.Local) return;
  if (!s.distinct && b.declared.has(e.local!)) return;
  b.declared.add(e.local!);
  declareLocal(b, e.local!, true);
}

/** Variables shared by all iterations are declared before the loop. */
function declareShared(b: Builder, s: Stmt): void {
  if (s.distinct) return;
  for (const e of s.lhs) if (e !== null) variable(b, s, e);
}

function wantsValue(s: Stmt): boolean {
  return s.lhs.length > 1 && s.lhs[1] !== null;
}

function increment(b: Builder, v: number, rep: Rep): void {
  b.vars.write(v, b.v2(OpAdd, rep, b.vars.read(v), b.constInt(rep, 1)));
}

function rangeInt(b: Builder, s: Stmt): void {
  const t = s.lhs[0]?.type ?? s.x!.type;
  const rep = repOfType(t);
  const x = b.expr(s.x!);
  const n = resizeInt(b, x.scalar, rep, isSigned(x.type));
  declareShared(b, s);
  const counter = b.vars.newVar(rep);
  b.vars.write(counter, b.constInt(rep, 0));
  const loop = newLoop(b);
  b.jumpAndStart(loop.head);
  const less = isSigned(t) ? OpLt : OpLtU;
  b.branch(b.v2(less, RepBool, b.vars.read(counter), n), loop.body, loop.next, LikelyFirst);
  b.start(loop.body);
  runBody(b, s, loop, [scalar(t, b.vars.read(counter))]);
  increment(b, counter, rep);
  b.jump(loop.head);
  b.start(loop.next);
}

/** What is ranged over: its length, and element `i`. */
interface Elements {
  readonly len: Value;
  readonly at: (i: Value) => Operand;
}

function elementsOf(b: Builder, s: Stmt): Elements {
  const x = s.x!;
  const t = x.type;
  if (t.kind === Kind.Slice) {
    const v = b.expr(x);
    const [ptr, len] = v.leaves as [Value, Value];
    return { len, at: (i) => load(b, t.elem!, ptr, i) };
  }
  if (t.kind === Kind.Pointer) {
    const array = t.elem!;
    const p = b.value(x);
    return { len: b.int(array.len), at: (i) => load(b, array.elem!, b.nilCheck(p), i) };
  }
  const len = b.int(t.len);
  if (!wantsValue(s)) {
    if (!isInMemory(b, x)) b.expr(x);
    else if (hasOrdered(x)) addr(b, x);
    return { len, at: () => b.fail('element of an array that is only counted') };
  }
  return { len, at: arrayElements(b, x, t) };
}

/** The body may assign to the array, and must not see it: elements come from a copy. */
function arrayElements(b: Builder, x: Expr, t: Type): (i: Value) => Operand {
  const value = isInMemory(b, x) ? b.loadOperand(t, addr(b, x)) : b.expr(x);
  const copy = b.spill(value);
  return (i) => load(b, t.elem!, b.slotAddr(copy), i);
}

function load(b: Builder, t: Type, base: Value, i: Value): Operand {
  return b.loadOperand(t, elementAddr(b, base, i, t.size));
}

function rangeElements(b: Builder, s: Stmt): void {
  const { len, at } = elementsOf(b, s);
  declareShared(b, s);
  const index = b.vars.newVar(RepI64);
  b.vars.write(index, b.int(0));
  const loop = newLoop(b);
  b.jumpAndStart(loop.head);
  b.branch(b.v2(OpLt, RepBool, b.vars.read(index), len), loop.body, loop.next, LikelyFirst);
  b.start(loop.body);
  const i = b.vars.read(index);
  const key = scalar(b.types.int, i);
  runBody(b, s, loop, [key, wantsValue(s) ? at(i) : null]);
  increment(b, index, RepI64);
  b.jump(loop.head);
  b.start(loop.next);
}

/** Bytes below this are runes by themselves. */
const runeSelf = 0x80;

function rangeString(b: Builder, s: Stmt): void {
  const str = transient(b, s.x!);
  const [ptr, len] = str.leaves as [Value, Value];
  declareShared(b, s);
  const index = b.vars.newVar(RepI64);
  const following = b.vars.newVar(RepI64);
  b.vars.write(index, b.int(0));
  const loop = newLoop(b);
  b.jumpAndStart(loop.head);
  b.branch(b.v2(OpLt, RepBool, b.vars.read(index), len), loop.body, loop.next, LikelyFirst);
  b.start(loop.body);
  const i = b.vars.read(index);
  const byte = b.load(RepI8, b.ptrAdd(ptr, i));
  const rune = resizeInt(b, byte, RepI32, false);
  const [r, next] = b.chooseAll(
    b.v2(OpLtU, RepBool, rune, b.constInt(RepI32, runeSelf)),
    [RepI32, RepI64],
    () => [rune, b.v2(OpAdd, RepI64, i, b.int(1))],
    () => decodeRune(b, str, i),
    LikelyFirst,
  );
  b.vars.write(following, next!);
  runBody(b, s, loop, [scalar(b.types.int, i), scalar(b.types.int32, r!)]);
  b.vars.write(index, b.vars.read(following));
  b.jump(loop.head);
  b.start(loop.next);
}

function rangeMap(b: Builder, s: Stmt): void {
  const t = s.x!.type;
  const m = b.value(s.x!);
  declareShared(b, s);
  const type = b.env.mapIterType();
  const iter = b.newTemp(type, '.iter');
  b.zero(b.slotAddr(iter), type);
  b.runtime('mapIterStart', [b.typePtr(t), m, b.exposedAddr(iter)]);
  const loop = newLoop(b);
  b.jumpAndStart(loop.head);
  const field = (offset: number): Value => b.load(RepPtr, b.offset(b.slotAddr(iter), offset));
  const key = field(MapIterLayout.at.key);
  b.branch(b.v2(OpNe, RepBool, key, b.nil()), loop.body, loop.next, LikelyFirst);
  b.start(loop.body);
  const wantsKey = s.lhs.length > 0 && s.lhs[0] !== null;
  const k = wantsKey ? b.copyToTemp(b.loadOperand(t.key!, key)) : null;
  const v = wantsValue(s)
    ? b.copyToTemp(b.loadOperand(t.elem!, field(MapIterLayout.at.elem)))
    : null;
  runBody(b, s, loop, [k, v]);
  b.runtime('mapIterNext', [b.exposedAddr(iter)]);
  b.jump(loop.head);
  b.start(loop.next);
}

function rangeChan(b: Builder, s: Stmt): void {
  const t = s.x!.type.elem!;
  const c = b.value(s.x!);
  declareShared(b, s);
  const slot = t.size > 0 ? b.newTemp(t) : null;
  if (slot !== null) b.zero(b.slotAddr(slot), t);
  const loop = newLoop(b);
  b.jumpAndStart(loop.head);
  const p = slot === null ? b.nil() : b.exposedAddr(slot);
  const ok = b.runtime('chanrecv2', [c, p])[0]!;
  b.branch(ok, loop.body, loop.next, LikelyFirst);
  b.start(loop.body);
  const value = slot === null ? b.zeroOperand(t) : b.loadOperand(t, b.slotAddr(slot));
  // What was received must not be kept alive by the slot, not even while the body runs if it is in
  // registers now.
  const clear = (): void => {
    if (slot !== null && t.ptrBytes > 0) b.zero(b.slotAddr(slot), t);
  };
  if (value.addr === null) clear();
  runBody(b, s, loop, [value]);
  if (value.addr !== null) clear();
  b.jump(loop.head);
  b.start(loop.next);
}
