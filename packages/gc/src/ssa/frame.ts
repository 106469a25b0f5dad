/**
 * The layout of a frame's locals.
 *
 * From varp downwards: slots with pointers, then the others; the stack maps cover the first part
 * only. Below the locals are the outgoing arguments of calls. Offsets are from varp, negative.
 *
 * GOROOT: src/cmd/compile/internal/ssagen/pgen.go (facts: order, rounding).
 */
import { CallInfo } from './calls.ts';
import { type Func } from './func.ts';
import { LocalAuto, LocalVar } from './local.ts';
import { isCall } from './opinfo.ts';

export interface Frame {
  /** Bytes of locals and outgoing arguments. */
  readonly size: number;
  /** Bytes of outgoing arguments among them. */
  readonly outArgs: number;
  /** Bytes of the part next to varp that has pointers. */
  readonly pointerBytes: number;
}

/** Places every used Auto slot. */
export function layoutFrame(f: Func): Frame {
  for (const v of f.locals) v.used ||= v.alwaysLive;
  let outArgs = 0;
  for (const b of f.blocks) {
    for (const v of b.values) {
      if (v.aux instanceof LocalVar) v.aux.used = true;
      else if (v.aux instanceof CallInfo && isCall(v.op)) {
        outArgs = Math.max(outArgs, v.aux.argWidth);
      }
    }
  }
  const autos = f.locals.filter((v) => v.kind === LocalAuto && v.used);
  const { openDefers } = f;
  autos.sort((a, b) => rank(a) - rank(b) || a.index - b.index);
  let at = 0;
  let pointerBytes = 0;
  // Slots of open-coded defers are adjacent, slot 0 lowest.
  if (openDefers !== null) {
    for (let i = openDefers.slots.length - 1; i >= 0; i--) at = place(openDefers.slots[i]!, at);
    pointerBytes = at;
  }
  for (const v of autos) {
    if (openDefers !== null && openDefers.slots.includes(v)) continue;
    at = place(v, at);
    if (v.type.ptrBytes > 0) pointerBytes = at;
  }
  outArgs = roundUp(outArgs, 8);
  return { size: roundUp(at, 8) + outArgs, outArgs, pointerBytes: roundUp(pointerBytes, 8) };
}

function place(v: LocalVar, at: number): number {
  const end = roundUp(at + v.type.size, Math.max(v.type.align, 1));
  v.offset = -end;
  return end;
}

function rank(v: LocalVar): number {
  if (v.type.ptrBytes === 0) return 3;
  return v.needZero ? 1 : 2;
}

function roundUp(n: number, to: number): number {
  return Math.ceil(n / to) * to;
}
