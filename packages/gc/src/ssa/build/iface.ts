/**
 * Interfaces: conversion to them, type assertions, and the words they consist of.
 *
 * The data word of a pointer-shaped type is the value, of every other a pointer to a copy that is
 * never written to: static where the value is constant, zero or one byte, on the stack where it does
 * not escape, else from the runtime. Assertions to interface types go through a per-site cache
 * (abi.TypeAssert), which the code here probes and the runtime fills.
 *
 * Spec: "Conversions", "Type assertions".  Contract §5.9, §7.7.
 */
import {
  ITabLayout,
  TypeAssertCacheEntryLayout,
  TypeAssertCacheLayout,
} from '@go-ts/runtime/layout/itab';
import { TypeLayout } from '@go-ts/runtime/layout/types';
import { Esc, type Expr, ExprOp } from '../../ir/node.ts';
import { isDirectIface, isEmptyInterface, isInteger, Kind, type Type } from '../../ir/type.ts';
import { LikelyFirst } from '../block.ts';
import {
  OpAdd,
  OpAnd,
  OpAtomicLoad,
  OpConvert,
  OpEq,
  OpLsh,
  OpNe,
  OpSelect0,
  OpSelect1,
  OpZeroExt,
} from '../op.ts';
import { RepBool, RepI16, RepI32, RepI64, RepMem, RepPtr, RepTuple } from '../rep.ts';
import { type Value } from '../value.ts';
import { addr, isInMemory, unpack } from './addr.ts';
import { type Builder } from './builder.ts';
import { inMemory, ofLeaves, type Operand, scalar } from './operand.ts';
import { constantImage } from './static.ts';

/** T(x) for an interface type T. */
export function convertToInterface(b: Builder, e: Expr): Operand {
  const x = e.x!;
  const t = e.type;
  if (x.type.kind === Kind.Interface) return convertInterface(b, b.expr(x), t);
  b.markUsedInInterface(x.type);
  const data = dataWord(b, x, e.esc);
  return ofLeaves(t, [firstWord(b, x.type, t), data]);
}

/** What the first word of an `iface` holding a `t` is. */
export function firstWord(b: Builder, t: Type, iface: Type): Value {
  if (isEmptyInterface(iface)) return b.typeWord(t);
  return b.symAddr(b.env.itabSym(t, iface), RepI64);
}

/** Stack copies for interfaces are at most this large. */
const maxStackCopy = 1024;

function dataWord(b: Builder, x: Expr, esc: Esc): Value {
  const t = x.type;
  if (!isDirectIface(t) && t.size > 0) {
    if (x.op === ExprOp.Zero && t.size <= maxStackCopy) return b.symAddr(b.env.zeroSym(t.size));
    const image = constantImage(b, x);
    if (image !== null) return b.symAddr(b.env.staticTemp(image));
    if (esc === Esc.Heap && isInMemory(b, x) && !b.ordered.has(x) && b.leavesOf(t) === null) {
      return copyFrom(b, t, addr(b, x));
    }
  }
  return dataWordOf(b, b.expr(x), esc);
}

/** A value that has been evaluated, as an interface. */
export function packOperand(b: Builder, x: Operand, t: Type): Operand {
  b.markUsedInInterface(x.type);
  return ofLeaves(t, [firstWord(b, x.type, t), dataWordOf(b, x, Esc.Heap)]);
}

function dataWordOf(b: Builder, x: Operand, esc: Esc): Value {
  const t = x.type;
  if (isDirectIface(t)) return x.scalar;
  if (t.size === 0) return b.runtimeVar('zerobase');
  if (t.size === 1 && isByteLike(t)) return singleByte(b, x.scalar);
  if (esc === Esc.Stack && t.size <= maxStackCopy) return b.exposedAddr(b.spill(x));
  return heapCopy(b, x);
}

function isByteLike(t: Type): boolean {
  let sole = t;
  for (;;) {
    if (sole.kind === Kind.Struct && sole.fields.length === 1) sole = sole.fields[0]!.type;
    else if (sole.kind === Kind.Array && sole.len === 1) sole = sole.elem!;
    else return isInteger(sole) || sole.kind === Kind.Bool;
  }
}

function singleByte(b: Builder, v: Value): Value {
  const index = b.v2(OpLsh, RepI64, b.v1(OpZeroExt, RepI64, v), b.int(3));
  index.auxInt = 1;
  return b.ptrAdd(b.runtimeVar('staticuint64s'), index);
}

/** Calls the cheapest conversion of the runtime; GOROOT: walk/convert.go (dataWordFuncName). */
function heapCopy(b: Builder, x: Operand): Value {
  const t = x.type;
  if (t.kind === Kind.String) return b.runtime('convTstring', x.leaves)[0]!;
  if (t.kind === Kind.Slice) return b.runtime('convTslice', x.leaves)[0]!;
  if (x.leaves.length === 1 && t.ptrBytes === 0) {
    const v = x.scalar;
    if (v.rep === RepI16) return b.runtime('convT16', [v])[0]!;
    if (v.rep === RepI32) return b.runtime('convT32', [v])[0]!;
    if (v.rep === RepI64) return b.runtime('convT64', [v])[0]!;
  }
  return copyFrom(b, t, b.addressOf(x));
}

function copyFrom(b: Builder, t: Type, p: Value): Value {
  b.exposeAddress(p);
  const name = t.ptrBytes === 0 ? 'convTnoptr' : 'convT';
  return b.runtime(name, [b.typePtr(t), p])[0]!;
}

/** From one interface type to another that it implements; nil stays nil. */
export function convertInterface(b: Builder, x: Operand, t: Type): Operand {
  const [tab, data] = x.leaves as [Value, Value];
  const from = x.type;
  if (sameMethods(from, t)) return ofLeaves(t, x.leaves);
  if (isEmptyInterface(t)) return ofLeaves(t, [typeOf(b, tab), data]);
  const word = b.choose(
    b.v2(OpNe, RepBool, tab, b.int(0)),
    RepI64,
    () => assertWord(b, { from, tab }, t, false),
    () => b.int(0),
    LikelyFirst,
  );
  return ofLeaves(t, [word, data]);
}

/** An itab names its interface type: equal method sets are not enough. */
function sameMethods(x: Type, y: Type): boolean {
  return (isEmptyInterface(x) && isEmptyInterface(y)) || x === y;
}

/** The type word of the first word of a non-empty interface; 0 if that is 0. */
export function typeOf(b: Builder, tab: Value): Value {
  return b.choose(
    b.v2(OpNe, RepBool, tab, b.int(0)),
    RepI64,
    () => typeOfItab(b, tab),
    () => b.int(0),
    LikelyFirst,
  );
}

export function typeOfItab(b: Builder, tab: Value): Value {
  return b.load(RepI64, b.offset(tab, ITabLayout.at.Type));
}

interface FirstWord {
  readonly from: Type;
  /** Not nil. */
  readonly tab: Value;
}

/** The itab of the dynamic type for `t`, which is not empty; 0 if there is none and `canFail`. */
function assertWord(b: Builder, x: FirstWord, t: Type, canFail: boolean): Value {
  const { from, tab } = x;
  const type = isEmptyInterface(from) ? tab : typeOfItab(b, tab);
  const descriptor = b.symAddr(b.env.typeAssertSym(t, canFail));
  const result = b.vars.newVar(RepI64);
  const hash = b.vars.newVar(RepI64);
  const [head, next, hit, miss, done] = [0, 0, 0, 0, 0].map(() => b.newBlock());

  const cache = atomicLoad(b, descriptor);
  const hashAt = isEmptyInterface(from) ? TypeLayout.at.Hash : ITabLayout.at.Hash;
  b.vars.write(hash, b.v1(OpZeroExt, RepI64, b.load(RepI32, b.offset(tab, hashAt))));
  const mask = b.load(RepI64, b.offset(cache, TypeAssertCacheLayout.at.Mask));
  b.jumpAndStart(head!);

  const probe = b.vars.read(hash);
  const index = b.v2(OpAnd, RepI64, probe, mask);
  const at = b.v2(OpLsh, RepI64, index, b.int(Math.log2(TypeAssertCacheEntryLayout.size)));
  at.auxInt = 1;
  const entry = b.ptrAdd(b.offset(cache, TypeAssertCacheLayout.at.Entries), at);
  b.vars.write(hash, b.v2(OpAdd, RepI64, probe, b.int(1)));
  const entryType = b.load(RepI64, b.offset(entry, TypeAssertCacheEntryLayout.at.Typ));
  b.branch(b.v2(OpEq, RepBool, entryType, type), hit!, next!);

  b.start(next!);
  b.branch(b.v2(OpEq, RepBool, entryType, b.int(0)), miss!, head!);

  b.start(hit!);
  b.vars.write(result, b.load(RepI64, b.offset(entry, TypeAssertCacheEntryLayout.at.Itab)));
  b.jump(done!);

  b.start(miss!);
  b.vars.write(result, wordOf(b, b.runtime('typeAssert', [descriptor, type])[0]!));
  b.jump(done!);

  b.start(done!);
  return b.vars.read(result);
}

export function atomicLoad(b: Builder, p: Value): Value {
  const pair = b.v2(OpAtomicLoad, RepTuple, p, b.mem());
  pair.auxInt = RepPtr;
  const v = b.v1(OpSelect0, RepPtr, pair);
  b.setMem(b.v1(OpSelect1, RepMem, pair));
  return v;
}

/** A pointer to static data as a type word. */
export function wordOf(b: Builder, p: Value): Value {
  return b.v2(OpConvert, RepI64, p, b.mem());
}

/** x.(T), panicking. */
export function typeAssert(b: Builder, e: Expr): Operand {
  const x = b.expr(e.x!);
  const t = e.type;
  if (t.kind === Kind.Interface) return assertInterface(b, x, t);
  const [tab, data] = x.leaves as [Value, Value];
  if (e.bounded) {
    b.nilCheck(tab);
    return unpack(b, data, t);
  }
  const ok = b.newBlock();
  const bad = b.newBlock();
  b.branch(b.v2(OpEq, RepBool, tab, firstWord(b, t, x.type)), ok, bad, LikelyFirst);
  b.start(bad);
  const entry = isEmptyInterface(x.type) ? 'panicdottypeE' : 'panicdottypeI';
  b.runtime(entry, [tab, b.typePtr(t), b.typePtr(x.type)]);
  b.jump(ok);
  b.start(ok);
  return unpack(b, data, t);
}

function assertInterface(b: Builder, x: Operand, t: Type): Operand {
  const [tab, data] = x.leaves as [Value, Value];
  const ok = b.newBlock();
  const bad = b.newBlock();
  b.branch(b.v2(OpNe, RepBool, tab, b.int(0)), ok, bad, LikelyFirst);
  b.start(bad);
  b.runtime('panicnildottype', [b.typePtr(t)]);
  b.jump(ok);
  b.start(ok);
  if (isEmptyInterface(t)) {
    const word = isEmptyInterface(x.type) ? tab : typeOfItab(b, tab);
    return ofLeaves(t, [word, data]);
  }
  return ofLeaves(t, [assertWord(b, { from: x.type, tab }, t, false), data]);
}

/** v, ok := x.(T). */
export function typeAssertOk(b: Builder, e: Expr): [value: Operand, ok: Operand] {
  const x = b.expr(e.x!);
  const [value, ok] = tryAssert(b, x, e.target!);
  return [value, scalar(b.types.bool, ok)];
}

/** The value of `x` as a `t` and whether it is one. */
export function tryAssert(b: Builder, x: Operand, t: Type): [value: Operand, ok: Value] {
  const [tab, data] = x.leaves as [Value, Value];
  if (t.kind === Kind.Interface) {
    const word = tryInterface(b, x, t);
    const ok = b.v2(OpNe, RepBool, word, b.int(0));
    // The data word may stay: nobody looks at it behind a nil first word.
    return [ofLeaves(t, [word, data]), ok];
  }
  const is = b.v2(OpEq, RepBool, tab, firstWord(b, t, x.type));
  const leaves = b.leavesOf(t);
  if (leaves !== null) {
    const values = b.chooseAll(
      is,
      leaves.map((leaf) => leaf.rep),
      () => unpack(b, data, t).leaves,
      () => b.zeroOperand(t).leaves,
      LikelyFirst,
    );
    return [ofLeaves(t, values), is];
  }
  const slot = b.newTemp(t);
  const [yes, no, next] = [b.newBlock(), b.newBlock(), b.newBlock()];
  b.branch(is, yes, no, LikelyFirst);
  b.start(yes);
  b.move(b.slotAddr(slot), data, t);
  b.jump(next);
  b.start(no);
  b.zero(b.slotAddr(slot), t);
  b.jumpAndStart(next);
  return [inMemory(t, b.slotAddr(slot)), is];
}

/** The first word of `x` as interface type `t`, 0 if it is nil or does not implement it. */
export function tryInterface(b: Builder, x: Operand, t: Type): Value {
  const tab = x.leaves[0]!;
  if (isEmptyInterface(t)) return isEmptyInterface(x.type) ? tab : typeOf(b, tab);
  return b.choose(
    b.v2(OpNe, RepBool, tab, b.int(0)),
    RepI64,
    () => assertWord(b, { from: x.type, tab }, t, true),
    () => b.int(0),
    LikelyFirst,
  );
}
