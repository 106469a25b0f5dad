/**
 * Constants of bodies, in the representation of the type that they have in an instance: a constant of
 * a type parameter is an integer in one and a float in another.
 */
import { InternalError } from '@go-ts/base';
import { type ByteReader } from '@go-ts/objfile/bytes';
import { type ConstValue } from '../ir/node.ts';
import { isComplex, isFloat, Kind, type Type } from '../ir/type.ts';
import { readBigInt, readF64 } from './const-writer.ts';
import { ConstTag } from './format.ts';
import { type UnitView } from './unit.ts';

/** What `writeConst` has written. */
export function readConst(r: ByteReader, view: UnitView): ConstValue {
  const tag = r.u8();
  switch (tag) {
    case ConstTag.False:
      return false;
    case ConstTag.True:
      return true;
    case ConstTag.Int:
      return BigInt(r.varint());
    case ConstTag.BigInt:
      return readBigInt(r);
    case ConstTag.String:
      return view.string(r.uvarint());
    case ConstTag.Float:
      return readF64(r);
    case ConstTag.Complex: {
      const re = readConst(r, view);
      return { re: Number(re), im: Number(readConst(r, view)) };
    }
    default:
      throw new InternalError(`unknown constant tag ${tag}`);
  }
}

/** A constant in the representation of type `t`. */
export function represent(v: ConstValue, t: Type): ConstValue {
  if (isFloat(t)) {
    const x = typeof v === 'object' ? v.re : Number(v);
    return t.kind === Kind.Float32 ? Math.fround(x) : x;
  }
  if (isComplex(t)) {
    const c = typeof v === 'object' ? v : { re: Number(v), im: 0 };
    if (t.kind === Kind.Complex128) return c;
    return { re: Math.fround(c.re), im: Math.fround(c.im) };
  }
  if (typeof v === 'number') return BigInt(v);
  if (typeof v === 'object') return BigInt(v.re);
  return v;
}
