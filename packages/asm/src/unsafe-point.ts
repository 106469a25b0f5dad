/**
 * PCDATA instructions that passes insert: which stretches may not be preempted asynchronously, and
 * which stack map holds.
 *
 * GOROOT: src/cmd/internal/obj/plist.go.
 */
import {
  PCDATA_UnsafePoint,
  UnsafePointSafe,
  UnsafePointUnsafe,
} from '@go-ts/runtime/layout/funcdata';
import { APCDATA } from './as.ts';
import { insertAfter, type Prog } from './prog.ts';

/** `PCDATA $table, $value` after `p`. */
export function insertPcdata(p: Prog, table: number, value: number): Prog {
  const q = insertAfter(p, APCDATA);
  q.from.setConst(table);
  q.to.setConst(value);
  return q;
}

export function startUnsafePoint(p: Prog): Prog {
  return insertPcdata(p, PCDATA_UnsafePoint, UnsafePointUnsafe);
}

export function endUnsafePoint(p: Prog, before: number): Prog {
  return insertPcdata(p, PCDATA_UnsafePoint, before);
}

/** Marks each run of instructions that `isUnsafe` holds for, in code that is already laid out. */
export function markUnsafePoints(text: Prog, isUnsafe: (p: Prog) => boolean): void {
  let value = UnsafePointSafe;
  let before = text;
  for (let p = text.link; p !== null; before = p, p = p.link) {
    if (p.as === APCDATA && p.from.offset === PCDATA_UnsafePoint) {
      value = p.to.offset;
      continue;
    }
    if (value === UnsafePointUnsafe || !isUnsafe(p)) continue;
    startUnsafePoint(before).pc = p.pc;
    while (p.link !== null && isUnsafe(p.link)) p = p.link;
    const next: Prog | null = p.link;
    if (next === null) return;
    p = endUnsafePoint(p, value);
    p.pc = next.pc;
  }
}
