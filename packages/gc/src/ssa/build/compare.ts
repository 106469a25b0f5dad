/**
 * Equality of values of any comparable type, and ordering of strings.
 *
 * Strings: lengths first, then memory; short constants are compared word by word. Interfaces: type
 * words first, then the runtime. Structs and arrays held as leaves: part after part in order, stopping
 * at the first difference; in memory: memequal or the type's generated equality function.
 *
 * Spec: "Comparison operators".  GOROOT: src/cmd/compile/internal/walk/compare.go (facts).
 */
import { type Expr, ExprOp } from '../../ir/node.ts';
import { isComplex, isEmptyInterface, Kind, type Type } from '../../ir/type.ts';
import { isRegularMemory } from '../../reflectdata/signature.ts';
import { type AbiInfo } from '../abi.ts';
import { OpAnd, OpEq, OpEqF, OpNot, OpStaticCall } from '../op.ts';
import { type Rep, RepBool, RepI16, RepI32, RepI64, RepI8, repSize } from '../rep.ts';
import { type Value } from '../value.ts';
import { fieldOf, retype, unpack } from './addr.ts';
import { compareScalars } from './arith.ts';
import { type Builder } from './builder.ts';
import { convertInterface } from './iface.ts';
import { type Operand } from './operand.ts';
import { transient } from './strings.ts';

/** A comparison expression. */
export function comparison(b: Builder, e: Expr): Value {
  const x = e.x!;
  const y = e.y!;
  const t = x.type;
  if (e.op === ExprOp.Eq || e.op === ExprOp.Ne) {
    const eq = equality(b, x, y);
    return e.op === ExprOp.Eq ? eq : b.v1(OpNot, RepBool, eq);
  }
  if (t.kind === Kind.String) {
    const left = transient(b, x);
    const right = transient(b, y);
    const order = b.runtime('cmpstring', [...left.leaves, ...right.leaves])[0]!;
    return compareScalars(b, e.op, b.types.int, order, b.int(0));
  }
  return compareScalars(b, e.op, t, b.value(x), b.value(y));
}

function equality(b: Builder, x: Expr, y: Expr): Value {
  if (y.op !== ExprOp.Zero && (x.op === ExprOp.Zero || x.op === ExprOp.Const)) {
    return equalsExpr(b, y.type.kind === Kind.String ? transient(b, y) : b.expr(y), x);
  }
  if (x.type.kind === Kind.Interface && isConcreteConversion(b, x)) {
    return equalsExpr(b, b.expr(y), x);
  }
  return equalsExpr(b, x.type.kind === Kind.String ? transient(b, x) : b.expr(x), y);
}

/** Compares an evaluated value with an expression, which may be a constant, nil, or concrete. */
export function equalsExpr(b: Builder, x: Operand, y: Expr): Value {
  if (y.op === ExprOp.Zero && hasNil(y.type)) return isNil(b, x);
  if (x.type.kind === Kind.Interface && isConcreteConversion(b, y)) return equalConcrete(b, x, y);
  if (x.type.kind === Kind.String) {
    if (y.op === ExprOp.Const) return equalsConstant(b, x, y.value as string);
    return equal(b, x, transient(b, y));
  }
  return equal(b, x, b.expr(y));
}

function hasNil(t: Type): boolean {
  switch (t.kind) {
    case Kind.Pointer:
    case Kind.UnsafePointer:
    case Kind.Func:
    case Kind.Map:
    case Kind.Chan:
    case Kind.Slice:
    case Kind.Interface:
      return true;
    default:
      return false;
  }
}

/** Whether the first word is zero. */
export function isNil(b: Builder, x: Operand): Value {
  const word = x.leaves[0]!;
  return b.v2(OpEq, RepBool, word, b.f.constZero(word.rep));
}

/** A conversion of a concrete value to an interface that has not been made yet. */
function isConcreteConversion(b: Builder, e: Expr): boolean {
  return (
    e.op === ExprOp.Convert &&
    e.type.kind === Kind.Interface &&
    e.x!.type.kind !== Kind.Interface &&
    e.x!.type.comparable &&
    !b.ordered.has(e)
  );
}

/** An interface against a concrete value: the type first, then the value, without making an interface. */
function equalConcrete(b: Builder, x: Operand, y: Expr): Value {
  const value = b.expr(y.x!);
  const t = value.type;
  const word = isEmptyInterface(x.type)
    ? b.typeWord(t)
    : b.symAddr(b.env.itabSym(t, x.type), RepI64);
  return and(b, b.v2(OpEq, RepBool, x.leaves[0]!, word), () =>
    equal(b, unpack(b, x.leaves[1]!, t), value),
  );
}

/** Compares two values of one type. */
export function equal(b: Builder, x: Operand, y: Operand): Value {
  const t = x.type;
  switch (t.kind) {
    case Kind.String:
      return equalStrings(b, x, y);
    case Kind.Interface:
      return equalInterfaces(b, x, y);
    case Kind.Struct:
      if (x.addr === null && y.addr === null) return equalStructs(b, x, y);
      return equalMemory(b, x, y);
    case Kind.Array:
      if (t.len === 0) return b.bool(true);
      if (x.addr === null && y.addr === null) {
        return equal(b, retype(x, t.elem!), retype(y, t.elem!));
      }
      return equalMemory(b, x, y);
    default:
      if (isComplex(t)) {
        const parts = x.leaves.map((v, i) => b.v2(OpEqF, RepBool, v, y.leaves[i]!));
        return b.v2(OpAnd, RepBool, parts[0]!, parts[1]!);
      }
      return compareScalars(b, ExprOp.Eq, t, x.scalar, y.scalar);
  }
}

/** Both: the second is not evaluated if the first is false. */
function and(b: Builder, first: Value, second: () => Value): Value {
  return b.choose(first, RepBool, second, () => b.bool(false));
}

function equalStrings(b: Builder, x: Operand, y: Operand): Value {
  const [p, n] = x.leaves as [Value, Value];
  const [q, m] = y.leaves as [Value, Value];
  return and(b, b.v2(OpEq, RepBool, n, m), () => b.runtime('memequal', [p, q, n])[0]!);
}

/** Constants up to this many bytes are compared in line. */
const maxInlineBytes = 16;

export function equalsConstant(b: Builder, x: Operand, bytes: string): Value {
  const [p, n] = x.leaves as [Value, Value];
  const sameLen = b.v2(OpEq, RepBool, n, b.int(bytes.length));
  if (bytes.length === 0) return sameLen;
  return and(b, sameLen, () => equalBytes(b, p, bytes));
}

/** Whether the memory at `p` begins with `bytes`, all of which are readable. */
export function equalBytes(b: Builder, p: Value, bytes: string): Value {
  if (bytes.length > maxInlineBytes) {
    const q = b.symAddr(b.env.stringSym(bytes));
    return b.runtime('memequal', [p, q, b.int(bytes.length)])[0]!;
  }
  let all: Value | null = null;
  for (let at = 0; at < bytes.length;) {
    const rep = chunkRep(bytes.length - at);
    const size = repSize[rep]!;
    const word = b.load(rep, b.offset(p, at));
    const eq = b.v2(OpEq, RepBool, word, b.constInt(rep, littleEndian(bytes, at, size)));
    all = all === null ? eq : b.v2(OpAnd, RepBool, all, eq);
    at += size;
  }
  return all!;
}

function chunkRep(left: number): Rep {
  return left >= 8 ? RepI64 : left >= 4 ? RepI32 : left >= 2 ? RepI16 : RepI8;
}

export function littleEndian(bytes: string, at: number, size: number): bigint {
  let n = 0n;
  for (let i = size - 1; i >= 0; i--) n = (n << 8n) | BigInt(bytes.charCodeAt(at + i));
  return BigInt.asIntN(8 * size, n);
}

function equalInterfaces(b: Builder, x: Operand, y: Operand): Value {
  if (x.type !== y.type && !(isEmptyInterface(x.type) && isEmptyInterface(y.type))) {
    const any = b.types.emptyInterface;
    return equalInterfaces(b, convertInterface(b, x, any), convertInterface(b, y, any));
  }
  const [tab, data] = x.leaves as [Value, Value];
  const entry = isEmptyInterface(x.type) ? 'efaceeq' : 'ifaceeq';
  // Argument registers do not tell type words from pointers.
  return and(
    b,
    b.v2(OpEq, RepBool, tab, y.leaves[0]!),
    () => b.runtime(entry, [tab, data, y.leaves[1]!])[0]!,
  );
}

function equalStructs(b: Builder, x: Operand, y: Operand): Value {
  const fields = x.type.fields;
  const from = (i: number): Value => {
    while (i < fields.length && (fields[i]!.name === '_' || fields[i]!.type.size === 0)) i++;
    if (i >= fields.length) return b.bool(true);
    const eq = equal(b, fieldOf(b, x, i), fieldOf(b, y, i));
    let rest = i + 1;
    while (rest < fields.length && fields[rest]!.name === '_') rest++;
    return rest >= fields.length ? eq : and(b, eq, () => from(rest));
  };
  return from(0);
}

/** Up to this size, regular memory is compared in line. */
const maxInlineMemory = 32;

function equalMemory(b: Builder, x: Operand, y: Operand): Value {
  const t = x.type;
  const p = b.addressOf(x);
  const q = b.addressOf(y);
  if (isRegularMemory(t)) {
    if (t.size <= maxInlineMemory) return equalWords(b, p, q, t.size);
    return b.runtime('memequal', [p, q, b.int(t.size)])[0]!;
  }
  const info = b.newCallInfo(b.env.eqSym(t), eqAbi(b));
  return b.finishCall(OpStaticCall, info, [p, q])[0]!;
}

function equalWords(b: Builder, p: Value, q: Value, size: number): Value {
  let all: Value | null = null;
  for (let at = 0; at < size;) {
    const rep = chunkRep(size - at);
    const eq = b.v2(OpEq, RepBool, b.load(rep, b.offset(p, at)), b.load(rep, b.offset(q, at)));
    all = all === null ? eq : b.v2(OpAnd, RepBool, all, eq);
    at += repSize[rep]!;
  }
  return all ?? b.bool(true);
}

function eqAbi(b: Builder): AbiInfo {
  const { types } = b;
  const pointer = types.unsafePointer;
  return b.cx.abiOf(types.func([pointer, pointer], [types.bool], false));
}
