/**
 * Removes explicit nil checks where the machine does them: an access at a small offset from the same
 * pointer faults on the guard page if the pointer is nil.
 *
 * Backwards over each scheduled block. A check goes if an access to its pointer follows with no other
 * effect in between: otherwise the effect would be seen before the panic. Stores are effects; so is
 * whatever replaces the memory state, except the access itself.
 */
import { type Func } from './func.ts';
import { LocalVar } from './local.ts';
import { OpAMD64LoweredNilCheck, OpSB, OpSP, OpVarDef, OpVarLive } from './op.ts';
import { FaultsOnNil, HasEffect, opFlags, opNames } from './opinfo.ts';
import { RepMem, RepTuple } from './rep.ts';
import { type Value } from './value.ts';

/** Accesses below this offset fault. GOROOT: src/runtime: minLegalPointer, and gc's minZeroPage. */
const guardPage = 4096;

export function nilcheckLate(f: Func): void {
  for (const b of f.blocks) {
    /** Pointers that an access with no effect before it dereferences. */
    const faults = new Map<Value, Value>();
    let removed = false;
    for (let i = b.values.length - 1; i >= 0; i--) {
      const v = b.values[i]!;
      if (v.op === OpAMD64LoweredNilCheck) {
        if (faults.has(v.a0!)) {
          const access = faults.get(v.a0!)!;
          // The panic is blamed on the check's line.
          access.pos = v.pos;
          v.resetArgs();
          b.values[i] = v;
          v.op = 0;
          removed = true;
        }
        // A check faults as well as an access.
        else faults.set(v.a0!, v);
        continue;
      }
      if (isEffect(v)) faults.clear();
      const p = faultingPointer(v);
      if (p !== null) faults.set(p, v);
    }
    if (removed) b.values = b.values.filter((v) => v.op !== 0);
  }
}

function isEffect(v: Value): boolean {
  if (v.op === OpVarDef || v.op === OpVarLive) return false;
  if ((opFlags[v.op]! & HasEffect) !== 0) return true;
  return (v.rep === RepMem || v.rep === RepTuple) && v.nargs > 0;
}

function faultingPointer(v: Value): Value | null {
  if (v.nargs === 0) return null;
  const name = opNames[v.op]!;
  const isOnMemory = (opFlags[v.op]! & FaultsOnNil) !== 0 || name.endsWith('constload');
  if (!isOnMemory || v.aux instanceof LocalVar) return null;
  if (v.auxInt < 0 || v.auxInt >= guardPage) return null;
  const p = v.a0!;
  return p.op === OpSB || p.op === OpSP ? null : p;
}
