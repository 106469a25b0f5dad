/**
 * Arithmetic on numbers: constants, unary and binary operators, and the checks they need.
 *
 * Integer division by zero and shifts by a negative count panic; MIN/−1 wraps, which is the
 * lowering's concern. Complex multiplication of complex64 is done in float64 and rounded once;
 * division is a call of complex128div.
 *
 * Spec: "Arithmetic operators", "Integer overflow".  GOROOT: src/cmd/compile/internal/ssagen/ssa.go.
 */
import { type Complex, type ConstValue, ExprOp } from '../../ir/node.ts';
import { isComplex, isFloat, isInteger, isSigned, Kind, type Type } from '../../ir/type.ts';
import {
  type Op,
  OpAdd,
  OpAddF,
  OpAnd,
  OpBitCast,
  OpCom,
  OpConst,
  OpConvert,
  OpDiv,
  OpDivF,
  OpDivU,
  OpEq,
  OpEqF,
  OpFToF,
  OpFToInt,
  OpIntToF,
  OpLe,
  OpLeF,
  OpLeU,
  OpLsh,
  OpLt,
  OpLtF,
  OpLtU,
  OpMod,
  OpModU,
  OpMul,
  OpMulF,
  OpNe,
  OpNeF,
  OpNeg,
  OpNegF,
  OpOr,
  OpRsh,
  OpRshU,
  OpSignExt,
  OpSub,
  OpSubF,
  OpTrunc,
  OpXor,
  OpZeroExt,
} from '../op.ts';
import {
  type Rep,
  RepBool,
  RepF32,
  RepF64,
  RepI32,
  RepI64,
  repOfType,
  RepPtr,
  repSize,
} from '../rep.ts';
import { type Value } from '../value.ts';
import { type Builder } from './builder.ts';
import { ofLeaves, type Operand, scalar } from './operand.ts';

/** The operand of a constant of a basic type. */
export function constant(b: Builder, t: Type, value: ConstValue): Operand {
  const rep = repOfType(t);
  if (t.kind === Kind.String) return stringConstant(b, t, value as string);
  if (isComplex(t)) {
    const { re, im } = value as Complex;
    const part = t.kind === Kind.Complex64 ? RepF32 : RepF64;
    return ofLeaves(t, [floatConstant(b, part, re), floatConstant(b, part, im)]);
  }
  if (t.kind === Kind.Bool) return scalar(t, b.bool(value as boolean));
  if (isFloat(t)) return scalar(t, floatConstant(b, rep, Number(value)));
  if (rep === RepPtr) {
    // A pointer made from a constant integer.
    if (value === 0n) return scalar(t, b.nil());
    return scalar(t, b.v2(OpConvert, RepPtr, b.int(value as bigint), b.mem()));
  }
  return scalar(t, b.constInt(rep, value as bigint));
}

function floatConstant(b: Builder, rep: Rep, n: number): Value {
  return b.f.constFloat(rep, rep === RepF32 ? Math.fround(n) : n);
}

export function stringConstant(b: Builder, t: Type, bytes: string): Operand {
  const ptr = bytes === '' ? b.nil() : b.symAddr(b.env.stringSym(bytes));
  return ofLeaves(t, [ptr, b.int(bytes.length)]);
}

export function unary(b: Builder, op: ExprOp, x: Operand): Operand {
  const t = x.type;
  const rep = x.leaves[0]!.rep;
  if (op === ExprOp.Com) return scalar(t, b.v1(OpCom, rep, x.scalar));
  if (isComplex(t)) {
    return ofLeaves(
      t,
      x.leaves.map((v) => b.v1(OpNegF, rep, v)),
    );
  }
  return scalar(t, b.v1(isFloat(t) ? OpNegF : OpNeg, rep, x.scalar));
}

/** x op y for numbers; strings and comparisons are elsewhere. `y` of a shift has a type of its own. */
export function binary(b: Builder, op: ExprOp, x: Operand, y: Operand): Operand {
  const t = x.type;
  if (isComplex(t)) return complexBinary(b, op, x, y);
  if (isFloat(t)) return scalar(t, floatBinary(b, op, x.scalar, y.scalar));
  switch (op) {
    case ExprOp.Shl:
    case ExprOp.Shr:
      return scalar(t, shift(b, op, x, y));
    case ExprOp.Div:
    case ExprOp.Mod:
      return scalar(t, divide(b, op, x, y.scalar));
    default:
      return scalar(t, intBinary(b, op, x.scalar, y.scalar));
  }
}

function intBinary(b: Builder, op: ExprOp, x: Value, y: Value): Value {
  const rep = x.rep;
  if (op === ExprOp.AndNot) return b.v2(OpAnd, rep, x, b.v1(OpCom, rep, y));
  return b.v2(intOps[op]!, rep, x, y);
}

const intOps: Partial<Record<ExprOp, Op>> = {
  [ExprOp.Add]: OpAdd,
  [ExprOp.Sub]: OpSub,
  [ExprOp.Mul]: OpMul,
  [ExprOp.And]: OpAnd,
  [ExprOp.Or]: OpOr,
  [ExprOp.Xor]: OpXor,
};

const floatOps: Partial<Record<ExprOp, Op>> = {
  [ExprOp.Add]: OpAddF,
  [ExprOp.Sub]: OpSubF,
  [ExprOp.Mul]: OpMulF,
  [ExprOp.Div]: OpDivF,
};

function floatBinary(b: Builder, op: ExprOp, x: Value, y: Value): Value {
  return b.v2(floatOps[op]!, x.rep, x, y);
}

function divide(b: Builder, op: ExprOp, x: Operand, y: Value): Value {
  const rep = y.rep;
  const isConst = y.op === OpConst;
  if (!isConst || y.constBig() === 0n) {
    b.check(b.v2(OpNe, RepBool, y, b.constInt(rep, 0)), 'panicdivide');
  }
  if (!isSigned(x.type)) return b.v2(op === ExprOp.Div ? OpDivU : OpModU, rep, x.scalar, y);
  const v = b.v2(op === ExprOp.Div ? OpDiv : OpMod, rep, x.scalar, y);
  if (isConst && y.constBig() !== -1n) v.auxInt = 1;
  return v;
}

function shift(b: Builder, op: ExprOp, x: Operand, y: Operand): Value {
  const count = y.scalar;
  const width = 8 * repSize[x.scalar.rep]!;
  const isConst = count.op === OpConst;
  if (!isConst && isSigned(y.type)) {
    b.check(b.v2(OpLe, RepBool, b.constInt(count.rep, 0), count), 'panicshift');
  }
  const shiftOp = op === ExprOp.Shl ? OpLsh : isSigned(x.type) ? OpRsh : OpRshU;
  const v = b.v2(shiftOp, x.scalar.rep, x.scalar, count);
  if (isConst && count.constBig() >= 0n && count.constBig() < BigInt(width)) v.auxInt = 1;
  return v;
}

function complexBinary(b: Builder, op: ExprOp, x: Operand, y: Operand): Operand {
  const t = x.type;
  const [xr, xi] = x.leaves as [Value, Value];
  const [yr, yi] = y.leaves as [Value, Value];
  const rep = xr.rep;
  switch (op) {
    case ExprOp.Add:
    case ExprOp.Sub: {
      const part = op === ExprOp.Add ? OpAddF : OpSubF;
      return ofLeaves(t, [b.v2(part, rep, xr, yr), b.v2(part, rep, xi, yi)]);
    }
    case ExprOp.Mul: {
      const [ar, ai, br, bi] = [xr, xi, yr, yi].map((v) => toF64(b, v)) as [
        Value,
        Value,
        Value,
        Value,
      ];
      const mul = (p: Value, q: Value): Value => b.v2(OpMulF, RepF64, p, q);
      const re = b.v2(OpSubF, RepF64, mul(ar, br), mul(ai, bi));
      const im = b.v2(OpAddF, RepF64, mul(ar, bi), mul(ai, br));
      return ofLeaves(t, [fromF64(b, re, rep), fromF64(b, im, rep)]);
    }
    default: {
      const args = [xr, xi, yr, yi].map((v) => toF64(b, v));
      const parts = b.runtime('complex128div', args);
      return ofLeaves(
        t,
        parts.map((v) => fromF64(b, v, rep)),
      );
    }
  }
}

function toF64(b: Builder, v: Value): Value {
  return v.rep === RepF64 ? v : b.v1(OpFToF, RepF64, v);
}

function fromF64(b: Builder, v: Value, rep: Rep): Value {
  return rep === RepF64 ? v : b.v1(OpFToF, rep, v);
}

/** Ordering (and equality) of scalars; `t` says how integers are signed. */
export function compareScalars(b: Builder, op: ExprOp, t: Type, x: Value, y: Value): Value {
  const float = x.rep === RepF32 || x.rep === RepF64;
  switch (op) {
    case ExprOp.Eq:
      return b.v2(float ? OpEqF : OpEq, RepBool, x, y);
    case ExprOp.Ne:
      return b.v2(float ? OpNeF : OpNe, RepBool, x, y);
    case ExprOp.Gt:
      return compareScalars(b, ExprOp.Lt, t, y, x);
    case ExprOp.Ge:
      return compareScalars(b, ExprOp.Le, t, y, x);
    case ExprOp.Lt:
      return b.v2(float ? OpLtF : isSigned(t) ? OpLt : OpLtU, RepBool, x, y);
    default:
      return b.v2(float ? OpLeF : isSigned(t) ? OpLe : OpLeU, RepBool, x, y);
  }
}

/** An integer value in another width. */
export function resizeInt(b: Builder, v: Value, to: Rep, signed: boolean): Value {
  const from = repSize[v.rep]!;
  const size = repSize[to]!;
  if (from === size) return v;
  if (size < from) return b.v1(OpTrunc, to, v);
  return b.v1(signed ? OpSignExt : OpZeroExt, to, v);
}

/** A length, index or count of any integer type as an int; constants too large for it wrap. */
export function toInt(b: Builder, x: Operand): Value {
  return resizeInt(b, x.scalar, RepI64, isSigned(x.type));
}

/** Between integers, floats and complex numbers. `explicit`: the user wrote the conversion. */
export function convertNumber(b: Builder, x: Operand, t: Type, explicit: boolean): Operand {
  const from = x.type;
  if (isInteger(from) && isInteger(t)) {
    return scalar(t, resizeInt(b, x.scalar, repOfType(t), isSigned(from)));
  }
  if (isComplex(t)) {
    const rep = t.kind === Kind.Complex64 ? RepF32 : RepF64;
    return ofLeaves(
      t,
      x.leaves.map((v) => resizeFloat(b, v, rep, explicit)),
    );
  }
  if (isFloat(from)) {
    if (isFloat(t)) return scalar(t, resizeFloat(b, x.scalar, repOfType(t), explicit));
    return scalar(t, floatToInt(b, x.scalar, t));
  }
  return scalar(t, intToFloat(b, x.scalar, from, repOfType(t)));
}

function resizeFloat(b: Builder, v: Value, rep: Rep, explicit: boolean): Value {
  // An explicit conversion rounds, even to the same type: it keeps x*y + z from being fused.
  return v.rep === rep && !explicit ? v : b.v1(OpFToF, rep, v);
}

function intToFloat(b: Builder, v: Value, from: Type, rep: Rep): Value {
  const size = repSize[v.rep]!;
  const signed = isSigned(from);
  if (size === 8 && !signed) return uint64ToFloat(b, v, rep);
  const wide = size < 4 || (size === 4 && signed) ? RepI32 : RepI64;
  return b.v1(OpIntToF, rep, resizeInt(b, v, wide, signed));
}

/**
 * The upper half of uint64 is halved, converted and doubled; the bit that is shifted out is or-ed
 * in, lest a tie be rounded down.
 */
function uint64ToFloat(b: Builder, v: Value, rep: Rep): Value {
  return b.choose(
    b.v2(OpLe, RepBool, b.int(0), v),
    rep,
    () => b.v1(OpIntToF, rep, v),
    () => {
      const one = b.int(1);
      const half = b.v2(OpRshU, RepI64, v, one);
      half.auxInt = 1;
      const odd = b.v2(OpAnd, RepI64, v, one);
      const f = b.v1(OpIntToF, rep, b.v2(OpOr, RepI64, half, odd));
      return b.v2(OpAddF, rep, f, f);
    },
    1,
  );
}

/**
 * Out of range is implementation-defined; std expects what gc does since 1.27: saturation, except
 * that the types below 32 bits are cut out of an int32.
 */
function floatToInt(b: Builder, v: Value, t: Type): Value {
  const size = t.size;
  const rep = repOfType(t);
  if (size < 4) return b.v1(OpTrunc, rep, saturatingToInt(b, v, RepI32));
  if (isSigned(t)) return saturatingToInt(b, v, rep);
  return floatToUint(b, v, rep);
}

/**
 * The machine gives MIN for everything out of range; positive numbers must give MAX. So the result
 * is inverted where it is negative and the float is not.
 */
function saturatingToInt(b: Builder, v: Value, rep: Rep): Value {
  const n = b.v1(OpFToInt, rep, v);
  const float = rep === RepI64 ? toF64(b, v) : fromF64(b, v, RepF32);
  const bits = b.v1(OpBitCast, rep, float);
  const wrong = b.v2(OpAnd, rep, n, b.v1(OpCom, rep, bits));
  const mask = b.v2(OpRsh, rep, wrong, b.int(8 * repSize[rep]! - 1));
  mask.auxInt = 1;
  return b.v2(OpXor, rep, n, mask);
}

function floatToUint(b: Builder, v: Value, rep: Rep): Value {
  const bits = 8 * repSize[rep]!;
  const cutoff = b.f.constFloat(v.rep, 2 ** (bits - 1));
  const zero = b.f.constFloat(v.rep, 0);
  return b.choose(
    b.v2(OpLtF, RepBool, v, cutoff),
    rep,
    () => {
      const n = saturatingToInt(b, v, rep);
      return b.choose(
        b.v2(OpLtF, RepBool, v, zero),
        rep,
        () => b.constInt(rep, 0),
        () => n,
        -1,
      );
    },
    () => {
      const rest = saturatingToInt(b, b.v2(OpSubF, v.rep, v, cutoff), rep);
      return b.v2(OpOr, rep, rest, b.constInt(rep, -(2n ** BigInt(bits - 1))));
    },
    1,
  );
}
