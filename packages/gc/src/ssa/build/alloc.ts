/**
 * Fresh variables: new objects in the heap, or slots of the frame where escape analysis allows.
 * Contract §6.6.
 */
import { Esc, type LocalVar } from '../../ir/node.ts';
import { type Type } from '../../ir/type.ts';
import { type Value } from '../value.ts';
import { localAddr, placeOf } from './addr.ts';
import { type Builder } from './builder.ts';

/** The address of a zeroed `t` in the heap. */
export function newObject(b: Builder, t: Type): Value {
  if (t.size === 0) return b.runtimeVar('zerobase');
  return b.runtime('newobject', [b.typePtr(t)])[0]!;
}

/** The address of a new `t` whose contents are not set yet; `esc` tells where. */
export function newUninitialized(b: Builder, t: Type, esc: Esc): Value {
  if (esc === Esc.Heap) return newObject(b, t);
  return b.exposedAddr(b.newTemp(t));
}

export function newZeroed(b: Builder, t: Type, esc: Esc): Value {
  const p = newUninitialized(b, t, esc);
  if (esc === Esc.Stack) b.zero(p, t);
  return p;
}

/** Starts a new instance of a variable, zero unless `initialized` follows at once. */
export function declareLocal(b: Builder, local: LocalVar, initialized: boolean): void {
  const place = placeOf(b, local);
  if (place.kind === 'pointer') {
    b.vars.write(place.pointer, newObject(b, local.type));
    return;
  }
  if (place.kind === 'ssa') {
    if (initialized) return;
    b.zeroOperand(local.type).leaves.forEach((v, i) => b.vars.write(place.base + i, v));
    return;
  }
  if (initialized) return;
  if (place.kind === 'slot') b.varDef(place.slot);
  b.zero(localAddr(b, local), local.type);
}
