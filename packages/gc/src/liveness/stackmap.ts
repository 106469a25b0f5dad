/**
 * The tables that tell the collector about a frame: FUNCDATA 0 and 1 (which words of arguments and
 * locals are live pointers at each safepoint), 2 (address-taken slots with pointers), 4 (open-coded
 * defers).
 *
 * Maps: u32 count, u32 bits, then each map in ⌈bits/8⌉ bytes, lowest bit first. The locals' maps cover
 * the part of the frame with pointers, which ends at varp; the arguments' begin at argp.
 *
 * GOROOT: src/runtime/stack.go (stackObjectRecord), src/cmd/compile/internal/liveness/plive.go.
 */
import { type ObjSym } from '@go-ts/objfile/builder';
import { ByteWriter } from '@go-ts/objfile/bytes';
import { R_ADDROFF } from '@go-ts/objfile/reloc';
import { SRODATA, SymFlagDupok } from '@go-ts/objfile/sym';
import { forEachPointer } from '../reflectdata/gcmask.ts';
import { type Frame } from '../ssa/frame.ts';
import { type Func } from '../ssa/func.ts';
import { LocalAuto } from '../ssa/local.ts';
import { type Liveness } from './live.ts';

const word = 8;

export interface StackMaps {
  readonly args: ObjSym;
  readonly locals: ObjSym;
  readonly objects: ObjSym | null;
  readonly openDefers: ObjSym | null;
}

export function stackMaps(f: Func, live: Liveness, frame: Frame): StackMaps {
  const { obj } = f.env;
  const define = (bytes: Uint8Array): ObjSym => {
    const sym = obj.gclocals(bytes);
    if (!sym.isDefined) {
      sym.kind = SRODATA;
      sym.flags |= SymFlagDupok;
      obj.defineData(sym);
    }
    return sym;
  };
  const [args, locals] = encodeMaps(f, live, frame);
  return {
    args: define(args),
    locals: define(locals),
    objects: stackObjects(f),
    openDefers: openDeferInfo(f),
  };
}

function encodeMaps(f: Func, live: Liveness, frame: Frame): [Uint8Array, Uint8Array] {
  const argBits = argumentBits(f, live);
  const localBits = frame.pointerBytes / word;
  const args = new MapWriter(live.maps.length, argBits);
  const locals = new MapWriter(live.maps.length, localBits);
  live.maps.forEach((map, i) => {
    if (i === 0) spilledArguments(f, args);
    map.forEach((k) => {
      const v = live.vars[k]!;
      const isLocal = v.kind === LocalAuto;
      const base = isLocal ? v.offset + frame.pointerBytes : v.offset;
      const out = isLocal ? locals : args;
      forEachPointer(v.type, base, (at) => out.set(i, at / word));
    });
  });
  return [args.bytes, locals.bytes];
}

/** Register arguments are in their spill slots when the stack grows at entry. */
function spilledArguments(f: Func, args: MapWriter): void {
  for (const p of f.abi.params) {
    if (p.regs.length > 0) forEachPointer(p.type, p.offset, (at) => args.set(0, at / word));
  }
}

/** As many as the last pointer among arguments and results needs. */
function argumentBits(f: Func, live: Liveness): number {
  let end = 0;
  for (const p of f.abi.params) {
    if (p.regs.length > 0) {
      end = Math.max(end, p.type.ptrBytes === 0 ? 0 : p.offset + p.type.ptrBytes);
    }
  }
  for (const v of live.vars) {
    if (v.kind !== LocalAuto) end = Math.max(end, v.offset + v.type.ptrBytes);
  }
  return end / word;
}

class MapWriter {
  readonly bytes: Uint8Array;
  readonly #stride: number;

  constructor(count: number, bits: number) {
    this.#stride = Math.ceil(bits / 8);
    this.bytes = new Uint8Array(8 + count * this.#stride);
    const view = new DataView(this.bytes.buffer);
    view.setUint32(0, count, true);
    view.setUint32(4, bits, true);
  }

  set(map: number, bit: number): void {
    this.bytes[8 + map * this.#stride + (bit >> 3)]! |= 1 << (bit & 7);
  }
}

function stackObjects(f: Func): ObjSym | null {
  const vars = f.locals.filter((v) => v.addrTaken && v.type.ptrBytes > 0 && v.used);
  if (vars.length === 0) return null;
  vars.sort((a, b) => a.offset - b.offset);
  const sym = f.env.obj.lookup(`${f.sym.name}.stkobj`);
  const w = new ByteWriter(8 + vars.length * 16);
  w.u32(vars.length);
  w.u32(0);
  vars.forEach((v, i) => {
    w.u32(v.offset >>> 0);
    w.u32(v.type.size);
    w.u32(v.type.ptrBytes);
    w.u32(0);
    sym.addReloc(8 + i * 16 + 12, 4, R_ADDROFF, 0, f.env.gcMaskSym(v.type));
  });
  sym.data = w;
  sym.size = w.length;
  sym.align = word;
  sym.kind = SRODATA;
  sym.isContentAddressable = true;
  if (!sym.isDefined) f.env.obj.defineData(sym);
  return sym;
}

function openDeferInfo(f: Func): ObjSym | null {
  const { openDefers } = f;
  if (openDefers === null) return null;
  const sym = f.env.obj.lookup(`${f.sym.name}.opendefer`);
  const bytes: number[] = [];
  const uvarint = (n: number): void => {
    for (; n >= 0x80; n = Math.floor(n / 128)) bytes.push((n & 0x7f) | 0x80);
    bytes.push(n);
  };
  uvarint(-openDefers.bits.offset);
  uvarint(-openDefers.slots[0]!.offset);
  sym.setData(Uint8Array.from(bytes));
  sym.kind = SRODATA;
  sym.flags |= SymFlagDupok;
  if (!sym.isDefined) f.env.obj.defineData(sym);
  return sym;
}
