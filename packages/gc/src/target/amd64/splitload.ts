/**
 * The opposite of folding a load into a comparison: for flags that have to be computed again, when
 * memory may have changed.
 */
import {
  type Op,
  OpAMD64CMPB,
  OpAMD64CMPBconst,
  OpAMD64CMPBconstload,
  OpAMD64CMPBload,
  OpAMD64CMPL,
  OpAMD64CMPLconst,
  OpAMD64CMPLconstload,
  OpAMD64CMPLload,
  OpAMD64CMPQ,
  OpAMD64CMPQconst,
  OpAMD64CMPQconstload,
  OpAMD64CMPQload,
  OpAMD64CMPW,
  OpAMD64CMPWconst,
  OpAMD64CMPWconstload,
  OpAMD64CMPWload,
  OpAMD64MOVBload,
  OpAMD64MOVLload,
  OpAMD64MOVQload,
  OpAMD64MOVWload,
} from '../../ssa/op.ts';
import { type Rep, RepI16, RepI32, RepI64, RepI8 } from '../../ssa/rep.ts';
import { type Value } from '../../ssa/value.ts';

/** Comparison with memory: the load, and the comparison of registers; whether with an immediate. */
const split: ReadonlyMap<number, readonly [load: Op, rep: Rep, compare: Op, immediate: boolean]> =
  new Map([
    [OpAMD64CMPQload, [OpAMD64MOVQload, RepI64, OpAMD64CMPQ, false]],
    [OpAMD64CMPLload, [OpAMD64MOVLload, RepI32, OpAMD64CMPL, false]],
    [OpAMD64CMPWload, [OpAMD64MOVWload, RepI16, OpAMD64CMPW, false]],
    [OpAMD64CMPBload, [OpAMD64MOVBload, RepI8, OpAMD64CMPB, false]],
    [OpAMD64CMPQconstload, [OpAMD64MOVQload, RepI64, OpAMD64CMPQconst, true]],
    [OpAMD64CMPLconstload, [OpAMD64MOVLload, RepI32, OpAMD64CMPLconst, true]],
    [OpAMD64CMPWconstload, [OpAMD64MOVWload, RepI16, OpAMD64CMPWconst, true]],
    [OpAMD64CMPBconstload, [OpAMD64MOVBload, RepI8, OpAMD64CMPBconst, true]],
  ]);

export function splitFlagLoad(v: Value): void {
  const row = split.get(v.op);
  if (row === undefined) return;
  const [load, rep, compare, immediate] = row;
  const b = v.block;
  const l = b.func.newDetached(load, rep, b, v.pos);
  l.auxInt = v.auxInt;
  l.aux = v.aux;
  l.addArg(v.a0!);
  l.addArg(v.memArg());
  const other = immediate ? null : v.a1!;
  const k = v.auxInt2;
  v.reset(compare);
  v.addArg(l);
  if (other !== null) v.addArg(other);
  else v.auxInt = k;
  b.values.splice(b.values.indexOf(v), 0, l);
}
