/**
 * Constants in unified export data: by the form in which they are held, not by their type.
 *
 * GOROOT: src/internal/pkgbits/encoder.go (Value), src/go/constant (Val); math/big's texts of floats.
 */
import { InternalError } from '@go-ts/base';
import { bitLength, magnitude } from '../constant/bigfloat.ts';
import { Form, type Value } from '../constant/value.ts';
import { type Element, ValCode } from './bits.ts';

export function writeValue(w: Element, v: Value): void {
  if (w.bool(v.form === Form.Complex) && v.form === Form.Complex) {
    scalar(w, v.re);
    scalar(w, v.im);
  } else {
    scalar(w, v);
  }
}

function scalar(w: Element, v: Value): void {
  switch (v.form) {
    case Form.Bool:
      w.uint(ValCode.Bool);
      w.bool(v.val);
      return;
    case Form.String:
      w.uint(ValCode.String);
      w.bytes(v.val);
      return;
    case Form.Small:
      w.uint(ValCode.Int64);
      w.int64(BigInt(v.val));
      return;
    case Form.Big:
      if (BigInt.asIntN(64, v.val) === v.val) {
        w.uint(ValCode.Int64);
        w.int64(v.val);
        return;
      }
      w.uint(ValCode.BigInt);
      bigInt(w, v.val);
      return;
    case Form.Ratio:
      w.uint(ValCode.BigRat);
      bigInt(w, v.num);
      bigInt(w, v.den);
      return;
    case Form.Float:
      w.uint(ValCode.BigFloat);
      w.text(floatText(v.val.mant, v.val.exp));
      return;
    default:
      throw new InternalError('constant without value in export data');
  }
}

/** The magnitude, its first byte first, and the sign. */
function bigInt(w: Element, x: bigint): void {
  const hex = magnitude(x).toString(16);
  const even = x === 0n ? '' : hex.length % 2 === 0 ? hex : `0${hex}`;
  w.bytes(Buffer.from(even, 'hex').toString('latin1'));
  w.bool(x < 0n);
}

/** `mant * 2**exp` as 0x.mantissa p exponent, the mantissa's first bit set. */
function floatText(mant: bigint, exp: number): string {
  if (mant === 0n) return '0';
  const bits = bitLength(mant);
  const shifted = magnitude(mant) << BigInt((4 - (bits % 4)) % 4);
  const digits = shifted.toString(16).replace(/0+$/, '');
  const power = bits + exp;
  return `${mant < 0n ? '-' : ''}0x.${digits}p${power < 0 ? '-' : '+'}${Math.abs(power)}`;
}
