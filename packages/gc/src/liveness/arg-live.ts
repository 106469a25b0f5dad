/**
 * FUNCDATA 6: which spill slots of register arguments hold their argument, for tracebacks.
 *
 * A slot holds it from the store that spills the argument on; slots that are filled at entry always
 * do. Nothing ever empties one, so the slots filled at a point are those filled on every path to it, and
 * one walk in reverse postorder finds them. The blob is the offset of the first slot of which this
 * is in question, then bitmaps; PCDATA 3 is the place of one in the blob, −1 where all slots are
 * filled. A change is told at the last store before an instruction that may fault: nobody asks in
 * between.
 *
 * GOROOT: src/runtime/traceback.go (printArgs, the reader), src/internal/abi/symtab.go. Contract §6.2.
 */
import { type ObjSym } from '@go-ts/objfile/builder';
import { SRODATA, SymFlagDupok } from '@go-ts/objfile/sym';
import { TraceArgsLimit } from '@go-ts/runtime/layout/funcdata';
import { type Block } from '../ssa/block.ts';
import { postorder } from '../ssa/cfg.ts';
import { type Func } from '../ssa/func.ts';
import type { LocalVar } from '../ssa/local.ts';
import {
  OpConvert,
  OpCopy,
  OpKeepAlive,
  OpLoadReg,
  OpMakeResult,
  OpPhi,
  OpSelect0,
  OpSelect1,
  OpSelectN,
  OpStoreReg,
  OpVarDef,
  OpVarLive,
} from '../ssa/op.ts';
import { type Value } from '../ssa/value.ts';

/** Every slot is filled. */
export const allFilled = -1;

export interface ArgLiveness {
  /** FUNCDATA 6. */
  readonly sym: ObjSym;
  /** PCDATA 3 at the beginning of each block, by id. */
  readonly blocks: Int32Array;
  /** PCDATA 3 after values where it changes. */
  readonly values: ReadonlyMap<Value, number>;
}

/** Null if every argument is where the caller or the first instructions have put it. */
export function argLiveness(f: Func): ArgLiveness | null {
  let homes = f.argHomes.filter((h) => h.offset <= 0xff).slice(0, TraceArgsLimit);
  const first = homes.findIndex((h) => h.slot !== null);
  if (first < 0) return null;
  homes = homes.slice(first);
  const bits = new Map<LocalVar, number>();
  let atEntry = 0;
  homes.forEach(({ slot }, i) => {
    if (slot === null) atEntry |= 1 << i;
    else bits.set(slot, 1 << i);
  });
  const liveIn = solve(f, bits, atEntry);
  const maps = new Maps(homes[0]!.offset, homes.length);
  const blocks = new Int32Array(f.numBlocks).fill(allFilled);
  const values = new Map<Value, number>();
  for (const b of f.blocks) {
    let live = liveIn[b.id]!;
    blocks[b.id] = maps.add(live);
    let changed: Value | null = null;
    b.values.forEach((v, i) => {
      const bit = filledBy(v, bits);
      if ((live & bit) !== bit) {
        live |= bit;
        changed = v;
      }
      if (changed === null || !(mayFault(v) || i === b.values.length - 1)) return;
      values.set(changed, maps.add(live));
      changed = null;
    });
  }
  return { sym: define(f, Uint8Array.from(maps.bytes)), blocks, values };
}

/** Slots filled at the beginning of each block. */
function solve(f: Func, bits: ReadonlyMap<LocalVar, number>, atEntry: number): Int32Array {
  const liveIn = new Int32Array(f.numBlocks).fill(-1);
  const liveOut = new Int32Array(f.numBlocks).fill(-1);
  liveIn[f.entry.id] = atEntry;
  const post = postorder(f);
  for (let i = post.length - 1; i >= 0; i--) {
    const b: Block = post[i]!;
    let live = liveIn[b.id]!;
    for (const e of b.preds) live &= liveOut[e.b.id]!;
    liveIn[b.id] = live;
    for (const v of b.values) live |= filledBy(v, bits);
    liveOut[b.id] = live;
  }
  return liveIn;
}

function filledBy(v: Value, bits: ReadonlyMap<LocalVar, number>): number {
  return v.op === OpStoreReg ? (bits.get(v.aux as LocalVar) ?? 0) : 0;
}

/** A traceback can begin here. */
function mayFault(v: Value): boolean {
  switch (v.op) {
    case OpLoadReg:
    case OpStoreReg:
    case OpCopy:
    case OpPhi:
    case OpVarDef:
    case OpVarLive:
    case OpKeepAlive:
    case OpSelect0:
    case OpSelect1:
    case OpSelectN:
    case OpMakeResult:
    case OpConvert:
      return false;
    default:
      return v.nargs > 0;
  }
}

class Maps {
  readonly bytes: number[];
  readonly #count: number;
  readonly #places = new Map<number, number>();

  constructor(firstOffset: number, count: number) {
    this.bytes = [firstOffset];
    this.#count = count;
  }

  /** The place of the bitmap in the blob. */
  add(live: number): number {
    const mask = live & ((1 << this.#count) - 1);
    if (mask === (1 << this.#count) - 1) return allFilled;
    let at = this.#places.get(mask);
    if (at === undefined) {
      at = this.bytes.length;
      this.#places.set(mask, at);
      for (let i = 0; i < this.#count; i += 8) this.bytes.push((mask >> i) & 0xff);
    }
    return at;
  }
}

function define(f: Func, bytes: Uint8Array): ObjSym {
  const sym = f.env.obj.lookup(`${f.sym.name}.argliveinfo`);
  sym.setData(bytes);
  sym.kind = SRODATA;
  sym.flags |= SymFlagDupok;
  sym.align = 1;
  sym.isContentAddressable = true;
  if (!sym.isDefined) f.env.obj.defineData(sym);
  return sym;
}
