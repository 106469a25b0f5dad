/**
 * Constants in units: exact in declarations, where importers compute with them, and as the machine
 * numbers that they will be in bodies.
 */
import { InternalError } from '@go-ts/base';
import { type ByteReader, type ByteWriter } from '@go-ts/objfile/bytes';
import { float64Of } from '../constant/convert.ts';
import {
  bigIntOf,
  Form,
  makeBool,
  makeComplex,
  makeFloat,
  makeFloat64,
  makeInt,
  makeRatio,
  makeString,
  numberOf,
  sign,
  type Value,
} from '../constant/value.ts';
import { ConstTag } from './format.ts';
import { type UnitBuilder, type UnitView } from './unit.ts';

/** No integer type has more bits. */
const maxIntegerShift = 64;

/** A constant of a body: fractions become float64. */
export function writeConst(w: ByteWriter, unit: UnitBuilder, v: Value): void {
  switch (v.form) {
    case Form.Float:
      // A large integer in floating form may become one of integer type: `x << (1<<63 + 0.)`.
      if (v.val.exp >= 0 && v.val.exp < maxIntegerShift) {
        w.u8(ConstTag.BigInt);
        writeBigInt(w, v.val.mant << BigInt(v.val.exp));
        return;
      }
      w.u8(ConstTag.Float);
      w.f64(float64Of(v));
      return;
    case Form.Ratio:
      if (v.den === 1n) {
        w.u8(ConstTag.BigInt);
        writeBigInt(w, v.num);
        return;
      }
      w.u8(ConstTag.Float);
      w.f64(float64Of(v));
      return;
    case Form.Complex:
      // Another form of a real number, which may be a shift count of 64 bits.
      if (sign(v.im) === 0) {
        writeConst(w, unit, v.re);
        return;
      }
      w.u8(ConstTag.Complex);
      writeConst(w, unit, v.re);
      writeConst(w, unit, v.im);
      return;
    default:
      writeExact(w, unit, v);
  }
}

/** A declared constant, without loss. */
export function writeExact(w: ByteWriter, unit: UnitBuilder, v: Value): void {
  switch (v.form) {
    case Form.Bool:
      w.u8(v.val ? ConstTag.True : ConstTag.False);
      return;
    case Form.Small:
      w.u8(ConstTag.Int);
      w.varint(v.val);
      return;
    case Form.Big:
      w.u8(ConstTag.BigInt);
      writeBigInt(w, v.val);
      return;
    case Form.String:
      w.u8(ConstTag.String);
      w.uvarint(unit.string(v.val));
      return;
    case Form.Ratio:
      w.u8(ConstTag.Rational);
      writeBigInt(w, v.num);
      writeBigInt(w, v.den);
      return;
    case Form.Float:
      w.u8(ConstTag.BigFloat);
      writeBigInt(w, v.val.mant);
      w.varint(v.val.exp);
      return;
    case Form.Complex:
      w.u8(ConstTag.Complex);
      writeExact(w, unit, v.re);
      writeExact(w, unit, v.im);
      return;
    default:
      throw new InternalError('constant without value');
  }
}

function writeBigInt(w: ByteWriter, x: bigint): void {
  w.u8(x < 0n ? 1 : 0);
  const hex = (x < 0n ? -x : x).toString(16);
  const n = (hex.length + 1) >> 1;
  w.uvarint(n);
  for (let i = 0; i < n; i++) {
    const end = hex.length - 2 * i;
    w.u8(Number.parseInt(hex.slice(Math.max(end - 2, 0), end), 16));
  }
}

export function readBigInt(r: ByteReader): bigint {
  const negative = r.u8() === 1;
  let x = 0n;
  const bytes = r.bytes(r.uvarint());
  for (let i = bytes.length - 1; i >= 0; i--) x = (x << 8n) | BigInt(bytes[i]!);
  return negative ? -x : x;
}

/** A declared constant, for the checker. */
export function readExact(r: ByteReader, view: UnitView): Value {
  const tag = r.u8();
  switch (tag) {
    case ConstTag.False:
      return makeBool(false);
    case ConstTag.True:
      return makeBool(true);
    case ConstTag.Int:
      return makeInt(r.varint());
    case ConstTag.BigInt:
      return makeInt(readBigInt(r));
    case ConstTag.String:
      return makeString(view.string(r.uvarint()));
    case ConstTag.Float:
      return makeFloat64(readF64(r));
    case ConstTag.Rational: {
      const num = readBigInt(r);
      return makeRatio(num, readBigInt(r));
    }
    case ConstTag.BigFloat: {
      const mant = readBigInt(r);
      return makeFloat({ mant, exp: r.varint() });
    }
    case ConstTag.Complex: {
      const re = readExact(r, view);
      return makeComplex(re, readExact(r, view));
    }
    default:
      throw new InternalError(`unknown constant tag ${tag}`);
  }
}

export function readF64(r: ByteReader): number {
  const bytes = r.bytes(8);
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
}

/** A constant that is a small integer: an index or length. */
export function constInt(v: Value): number {
  const n = numberOf(v) ?? Number(bigIntOf(v));
  if (!Number.isSafeInteger(n)) throw new InternalError('constant index out of range');
  return n;
}
