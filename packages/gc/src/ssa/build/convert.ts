/**
 * Conversions between any two types that allow it.
 *
 * Spec: "Conversions".  Numbers are in arith.ts, strings in strings.ts, interfaces in iface.ts.
 */
import { type Expr } from '../../ir/node.ts';
import { isComplex, isFloat, isInteger, Kind, type Type } from '../../ir/type.ts';
import { OpConvert } from '../op.ts';
import { repOfType, RepPtr, RepVoid } from '../rep.ts';
import { retype } from './addr.ts';
import { convertNumber } from './arith.ts';
import { type Builder } from './builder.ts';
import { convertInterface, convertToInterface, packOperand } from './iface.ts';
import { type Operand, scalar } from './operand.ts';
import { toArrayPointer } from './slices.ts';
import { convertString } from './strings.ts';

export function conversion(b: Builder, e: Expr): Operand {
  const from = e.x!.type;
  const to = e.type;
  if (to.kind === Kind.Interface) return convertToInterface(b, e);
  if (to.kind === Kind.String || from.kind === Kind.String) return convertString(b, e);
  if (isNumeric(from) && isNumeric(to)) {
    if (from.underlying !== to.underlying || (e.explicit && !isInteger(to))) {
      return convertNumber(b, b.expr(e.x!), to, e.explicit);
    }
    return retype(b.expr(e.x!), to);
  }
  if (from.kind === Kind.Slice && to.kind === Kind.Pointer) {
    return scalar(to, toArrayPointer(b, b.expr(e.x!), to.elem!));
  }
  if (from.kind === Kind.Slice && to.kind === Kind.Array) {
    const p = toArrayPointer(b, b.expr(e.x!), to);
    return b.copyToTemp(b.loadOperand(to, p));
  }
  return reinterpret(b, b.expr(e.x!), to);
}

function isNumeric(t: Type): boolean {
  return isInteger(t) || isFloat(t) || isComplex(t);
}

/** Pointers and integers into each other; everything else has the same form already. */
function reinterpret(b: Builder, x: Operand, t: Type): Operand {
  const rep = repOfType(t);
  if (rep === RepVoid || x.leaves.length !== 1 || x.scalar.rep === rep) return retype(x, t);
  if (rep === RepPtr || x.scalar.rep === RepPtr) {
    return scalar(t, b.v2(OpConvert, rep, x.scalar, b.mem()));
  }
  return retype(x, t);
}

/** An implicit conversion of a value that has been evaluated: to an interface, or of names only. */
export function implicitly(b: Builder, x: Operand, t: Type): Operand {
  if (x.type === t) return x;
  if (t.kind !== Kind.Interface) return reinterpret(b, x, t);
  if (x.type.kind === Kind.Interface) return convertInterface(b, x, t);
  return packOperand(b, x, t);
}
