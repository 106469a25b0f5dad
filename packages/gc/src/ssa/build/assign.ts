/**
 * Assignments: single, parallel, of several results, and with an operator.
 *
 * First everything with effects is evaluated in source order, left sides included; then the values
 * on the right; then the assignments happen from left to right, each with its own nil, bounds and
 * map checks. If there are several, the operands of the left sides are evaluated before the first
 * assignment (`prepare`), since that may change what they mention.
 *
 * Spec: "Assignment statements".  GOROOT: src/cmd/compile/internal/walk/{order,assign}.go (facts).
 */
import { type Expr, ExprOp, LocalClass, type Stmt } from '../../ir/node.ts';
import { isSamePlace } from '../../ir/place.ts';
import { Kind } from '../../ir/type.ts';
import { walkExpr } from '../../ir/walk.ts';
import { LocalAuto } from '../local.ts';
import { addr, checkIndex, firstLeaf, isInMemory, placeOf, retype, writeLocal } from './addr.ts';
import { declareLocal } from './alloc.ts';
import { binary, toInt } from './arith.ts';
import { type Builder } from './builder.ts';
import { literalInto } from './complit.ts';
import { implicitly } from './convert.ts';
import { keyOf, mapAccess, mapAssign, mapKey } from './maps.ts';
import { ofLeaves, type Operand } from './operand.ts';

const PtrSize = 8;

export function assign(b: Builder, s: Stmt): void {
  if (s.lhs.length === 1 && s.rhs.length === 1) {
    assignOne(b, s, s.lhs[0]!, s.rhs[0]!);
    return;
  }
  for (const e of s.lhs) if (e !== null) orderLeft(b, e);
  if (s.rhs.length === 1) {
    const values = b.tuple(s.rhs[0]!);
    for (const e of s.lhs) if (e !== null) prepare(b, e, s.define);
    assignOperands(b, s.lhs, values);
    return;
  }
  for (const e of s.rhs) b.order(e);
  const values = s.rhs.map((e) => b.copyToTemp(b.expr(e)));
  for (const e of s.lhs) if (e !== null) prepare(b, e, s.define);
  assignOperands(b, s.lhs, values);
}

/** Left sides that are map elements are not read: only their parts have effects. */
function orderLeft(b: Builder, e: Expr): void {
  if (e.op === ExprOp.MapIndex) {
    b.order(e.x!);
    b.order(e.y!);
  } else if (e.op !== ExprOp.Local) b.order(e);
}

function assignOne(b: Builder, s: Stmt, lhs: Expr | null, rhs: Expr): void {
  if (lhs === null) {
    b.order(rhs);
    b.expr(rhs);
    return;
  }
  orderLeft(b, lhs);
  if (s.define) declare(b, lhs);
  if (lhs.op === ExprOp.Local && assignInPlace(b, s, lhs, rhs)) return;
  b.order(rhs);
  if (lhs.op === ExprOp.MapIndex) {
    const value = b.expr(rhs);
    const m = b.value(lhs.x!);
    const key = mapKey(b, lhs.x!.type, lhs.y!, false);
    b.storeOperand(mapAssign(b, m, key), implicitly(b, value, lhs.type));
    return;
  }
  if (rhs.op === ExprOp.Zero && b.leavesOf(lhs.type) === null) {
    const place = lhs.op === ExprOp.Local ? placeOf(b, lhs.local!) : null;
    if (place?.kind === 'slot') b.varDef(place.slot);
    b.zero(addr(b, lhs), lhs.type);
    return;
  }
  if (b.leavesOf(lhs.type) === null && isConstantLiteral(rhs) && isInMemory(b, lhs)) {
    // Nothing in it can see the variable half written.
    const place = lhs.op === ExprOp.Local ? placeOf(b, lhs.local!) : null;
    if (place?.kind === 'slot' && place.slot.kind === LocalAuto) b.varDef(place.slot);
    literalInto(b, rhs, addr(b, lhs), false);
    return;
  }
  if (resliced(b, lhs, rhs)) {
    const { leaves } = b.expr(rhs);
    const p = addr(b, lhs);
    // The pointer stays as it is; storing it would need a write barrier.
    b.storePlain(b.offset(p, PtrSize), leaves[1]!);
    if (rhs.list[2] !== undefined && rhs.list[2] !== null) {
      b.storePlain(b.offset(p, 2 * PtrSize), leaves[2]!);
    }
    return;
  }
  assignTo(b, lhs, b.expr(rhs));
}

/** s = s[:j] or s = s[:j:k] for a slice s in memory. */
function resliced(b: Builder, lhs: Expr, rhs: Expr): boolean {
  if (rhs.op !== ExprOp.Slice || lhs.type.kind !== Kind.Slice) return false;
  const [low = null] = rhs.list;
  if (low !== null && !(low.op === ExprOp.Const && low.value === 0n)) return false;
  return (
    isSamePlace(lhs, rhs.x!) && isInMemory(b, lhs) && !isOrdered(b, lhs) && !isOrdered(b, rhs.x!)
  );
}

/** Part of `e` was evaluated beforehand, into a copy. */
function isOrdered(b: Builder, e: Expr): boolean {
  let found = false;
  walkExpr(e, (part) => {
    found ||= b.ordered.has(part);
  });
  return found;
}

function isConstantLiteral(e: Expr): boolean {
  switch (e.op) {
    case ExprOp.Const:
    case ExprOp.Zero:
    case ExprOp.FuncRef:
      return true;
    case ExprOp.StructLit:
    case ExprOp.ArrayLit:
      return e.list.every((item) => isConstantLiteral(item!));
    default:
      return false;
  }
}

/** A literal of a type that lives in memory, written directly into a variable it does not mention. */
function assignInPlace(b: Builder, s: Stmt, lhs: Expr, rhs: Expr): boolean {
  if (rhs.op !== ExprOp.StructLit && rhs.op !== ExprOp.ArrayLit) return false;
  const place = placeOf(b, lhs.local!);
  if (place.kind === 'ssa' || b.leavesOf(lhs.type) !== null) return false;
  if (!s.define && (lhs.local!.addrTaken || lhs.local!.captured || mentions(rhs, lhs))) {
    return false;
  }
  b.order(rhs);
  if (b.ordered.has(rhs)) return false;
  if (place.kind === 'slot') b.varDef(place.slot);
  literalInto(b, rhs, addr(b, lhs), false);
  return true;
}

function mentions(e: Expr, variable: Expr): boolean {
  if (e.op === ExprOp.Local) return e.local === variable.local;
  if (e.op === ExprOp.Closure || e.op === ExprOp.InlinedCall) return true;
  if (e.x !== null && mentions(e.x, variable)) return true;
  if (e.y !== null && mentions(e.y, variable)) return true;
  return e.list.some((item) => item !== null && mentions(item, variable));
}

/** Declares the variable of a `:=` that is new. */
function declare(b: Builder, e: Expr): void {
  const local = e.op === ExprOp.Local ? e.local! : null;
  if (local === null || local.class !== LocalClass.Auto || b.declared.has(local)) return;
  b.declared.add(local);
  declareLocal(b, local, true);
}

/** Fixes what the left side `e` denotes, short of the checks. */
export function prepare(b: Builder, e: Expr, define: boolean): void {
  if (define) declare(b, e);
  for (let x: Expr | null = e; x !== null;) {
    switch (x.op) {
      case ExprOp.Field:
        x = x.x;
        break;
      case ExprOp.Index:
        keep(b, x.y!);
        if (x.x!.type.kind === Kind.Slice) {
          keep(b, x.x!);
          return;
        }
        x = x.x;
        break;
      case ExprOp.Deref:
        keep(b, x.x!);
        return;
      case ExprOp.MapIndex:
        keep(b, x.x!);
        keep(b, x.y!);
        return;
      default:
        return;
    }
  }
}

function keep(b: Builder, e: Expr): void {
  if (e.op !== ExprOp.Const && !b.ordered.has(e)) b.ordered.set(e, b.copyToTemp(b.expr(e)));
}

/** Assigns evaluated values to prepared left sides. */
export function assignOperands(
  b: Builder,
  lhs: readonly (Expr | null)[],
  values: readonly Operand[],
): void {
  lhs.forEach((e, i) => {
    if (e === null) return;
    if (e.op === ExprOp.MapIndex) {
      const m = b.value(e.x!);
      const key = keyOf(b, e.x!.type, b.expr(e.y!));
      b.storeOperand(mapAssign(b, m, key), implicitly(b, values[i]!, e.type));
    } else assignTo(b, e, values[i]!);
  });
}

/** Sets what `e` denotes; `e` is no map element. */
export function assignTo(b: Builder, e: Expr, value: Operand): void {
  const x = implicitly(b, value, e.type);
  if (e.op === ExprOp.Local) {
    writeLocal(b, e.local!, x);
    return;
  }
  if (isInMemory(b, e)) {
    b.storeOperand(addr(b, e), x);
    return;
  }
  if (e.op === ExprOp.Field) {
    const whole = b.expr(e.x!);
    assignTo(b, e.x!, withField(b, whole, e.index, x));
    return;
  }
  if (e.op === ExprOp.Index) {
    const i = b.expr(e.y!);
    if (!e.bounded) checkIndex(b, toInt(b, i), b.int(e.x!.type.len), false);
    if (e.x!.type.len > 0) assignTo(b, e.x!, retype(x, e.x!.type));
    return;
  }
  b.fail('assignment to something that is not a variable');
}

function withField(b: Builder, whole: Operand, index: number, x: Operand): Operand {
  const leaves = [...whole.leaves];
  leaves.splice(firstLeaf(b, whole.type, index), x.leaves.length, ...x.leaves);
  return ofLeaves(whole.type, leaves);
}

/** x op= y */
export function assignOp(b: Builder, s: Stmt): void {
  const lhs = s.lhs[0]!;
  const rhs = s.rhs[0]!;
  const op = s.arith as ExprOp;
  orderLeft(b, lhs);
  b.order(rhs);
  if (lhs.op === ExprOp.MapIndex) {
    assignOpMap(b, lhs, rhs, op);
    return;
  }
  if (lhs.op === ExprOp.Local || !isInMemory(b, lhs)) {
    assignTo(b, lhs, combine(b, op, b.expr(lhs), b.expr(rhs)));
    return;
  }
  const p = addr(b, lhs);
  const old = b.loadOperand(lhs.type, p);
  b.storeOperand(p, combine(b, op, old, b.expr(rhs)));
}

/** One look-up that makes the element if needed; but a division by zero must not leave one behind. */
// oxlint-disable-next-line max-params -- an assignment operation in parts.
function assignOpMap(b: Builder, lhs: Expr, rhs: Expr, op: ExprOp): void {
  const m = b.value(lhs.x!);
  const key = mapKey(b, lhs.x!.type, lhs.y!, false);
  const y = b.expr(rhs);
  if (op === ExprOp.Div || op === ExprOp.Mod) {
    const old = b.loadOperand(lhs.type, mapAccess(b, m, key));
    const value = combine(b, op, old, y);
    b.storeOperand(mapAssign(b, m, key), value);
    return;
  }
  const p = mapAssign(b, m, key);
  b.storeOperand(p, combine(b, op, b.loadOperand(lhs.type, p), y));
}

function combine(b: Builder, op: ExprOp, x: Operand, y: Operand): Operand {
  if (x.type.kind === Kind.String) {
    return ofLeaves(x.type, b.runtime('concatstring2', [b.nil(), ...x.leaves, ...y.leaves]));
  }
  return binary(b, op, x, y);
}
