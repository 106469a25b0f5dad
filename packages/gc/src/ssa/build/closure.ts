/**
 * Function values: closure objects, bound methods, and how a closure's body finds its variables.
 *
 * A closure object is a word with the code address, then the captured variables in order, laid out as
 * a struct: the value of those captured by value, else a pointer. Whoever makes one and whoever runs
 * it compute the layout from the same list.
 *
 * Contract §4.6.
 */
import { Esc, type Expr, type LocalVar } from '../../ir/node.ts';
import { type FuncSym } from '../../ir/sym.ts';
import { type FieldInit } from '../../ir/type-table.ts';
import { type Type } from '../../ir/type.ts';
import { OpGetClosurePtr } from '../op.ts';
import { RepI64, RepPtr } from '../rep.ts';
import { type Value } from '../value.ts';
import { localAddr, readLocal, ssaPlace, writeVars } from './addr.ts';
import { newUninitialized } from './alloc.ts';
import { type Builder, exposeBase } from './builder.ts';
import { type Operand, scalar } from './operand.ts';

/** The struct type of a closure object with these captured parts. */
export function closureType(b: Builder, parts: readonly Type[]): Type {
  const { types } = b;
  return types.struct([field('F', types.uintptr), ...parts.map((t, i) => field(`X${i}`, t))], true);
}

function field(name: string, type: Type): FieldInit {
  return { name, pkgPath: '', type, embedded: false, tag: '' };
}

function captureType(b: Builder, v: LocalVar): Type {
  return v.byValue ? v.type : b.types.pointer(v.type);
}

/** A function literal. */
export function closureValue(b: Builder, e: Expr): Operand {
  const fn = e.closure!;
  b.env.addFunc(fn);
  if (fn.captures.length === 0) return scalar(e.type, b.symAddr(b.env.funcValueSym(fn.sym)));
  const parts = fn.captures.map((v) => capturedPart(b, v));
  return scalar(e.type, newClosure(b, fn.sym, parts, e.esc));
}

function capturedPart(b: Builder, v: LocalVar): Operand {
  if (v.byValue) return readLocal(b, v.outer!);
  const p = localAddr(b, v.outer!);
  exposeBase(p);
  return scalar(captureType(b, v), p);
}

/** An object with the code of `func` and `parts`. */
export function newClosure(b: Builder, func: FuncSym, parts: readonly Operand[], esc: Esc): Value {
  const t = closureType(
    b,
    parts.map((x) => x.type),
  );
  const p = newUninitialized(b, t, esc);
  // A frame slot is scanned as a whole: no part of it may be left as it was.
  if (esc === Esc.Stack) b.zero(p, t);
  b.storePlain(p, b.symAddr(b.env.textSym(func), RepI64));
  parts.forEach((x, i) => b.storeOperand(b.offset(p, t.fields[i + 1]!.offset), x));
  return p;
}

/** At entry of a closure's body: where its captured variables are. */
export function placeCaptures(b: Builder): void {
  const { captures } = b.fn;
  if (captures.length === 0) return;
  const object = b.v0(OpGetClosurePtr, RepPtr);
  const t = closureType(
    b,
    captures.map((v) => captureType(b, v)),
  );
  captures.forEach((v, i) => {
    const p = b.offset(object, t.fields[i + 1]!.offset);
    if (v.byValue && b.leavesOf(v.type) !== null) {
      const place = ssaPlace(b, v.type);
      b.places.set(v, place);
      if (place.kind === 'ssa') writeVars(b, place.base, b.loadOperand(v.type, p));
      return;
    }
    const pointer = b.vars.newVar(RepPtr);
    b.places.set(v, { kind: 'pointer', pointer });
    b.vars.write(pointer, v.byValue ? p : b.load(RepPtr, p));
  });
}

/** x.m bound to x, of a concrete type. */
export function methodValue(b: Builder, e: Expr): Operand {
  const x = b.expr(e.x!);
  const func = b.env.methodValueFunc(e.x!.type, e.func!);
  return scalar(e.type, newClosure(b, func, [x], e.esc));
}

/** x.m bound to interface x, which must not be nil. */
export function methodValueInter(b: Builder, e: Expr): Operand {
  const x = b.expr(e.x!);
  b.nilCheck(x.leaves[0]!);
  const func = b.env.methodValueInterFunc(e.x!.type, e.index);
  return scalar(e.type, newClosure(b, func, [x], e.esc));
}
