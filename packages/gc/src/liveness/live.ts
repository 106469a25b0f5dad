/**
 * Which frame slots hold values that the program will still read, at every safepoint.
 *
 * Only slots with pointers matter: the collector scans those that are live, and must not scan others,
 * whose contents are stale. Backward dataflow over uses and kills of slots:
 *
 *  - reading a slot, or taking its address, uses it;
 *  - VarDef kills it; a store kills it if the slot is a single word that it fills;
 *  - VarLive uses it.
 *
 * An address-taken slot is thus live from its VarDef to the last mention of its name; beyond that it is
 * found through pointers to it, as a stack object (stackmap.ts).
 *
 * Map 0 is that of the function's entry. Other equal maps are one. Slots with `alwaysLive` are in every map
 * but the entry's.
 *
 * GOROOT: src/cmd/compile/internal/liveness/plive.go (facts).
 */
import { BitSet } from '@go-ts/base';
import { Kind, type Type } from '../ir/type.ts';
import { BlockRet, BlockRetJmp, type Block } from '../ssa/block.ts';
import { CallInfo } from '../ssa/calls.ts';
import { postorder } from '../ssa/cfg.ts';
import { type Func } from '../ssa/func.ts';
import { LocalParam, LocalResult, LocalVar } from '../ssa/local.ts';
import {
  OpAMD64LoweredPanicBoundsCC,
  OpAMD64LoweredPanicBoundsCR,
  OpAMD64LoweredPanicBoundsRC,
  OpAMD64LoweredPanicBoundsRR,
  OpArgReg,
  OpLoadReg,
  OpStoreReg,
  OpVarDef,
  OpVarLive,
} from '../ssa/op.ts';
import { IsLoad, isCall, opFlags, opNames } from '../ssa/opinfo.ts';
import { RepMem } from '../ssa/rep.ts';
import { type Value } from '../ssa/value.ts';

export interface Liveness {
  /** Slots with pointers; the bits of the maps. */
  readonly vars: readonly LocalVar[];
  readonly maps: readonly BitSet[];
  /** Map by value id; −1: not a safepoint. */
  readonly mapOf: Int32Array;
  /** For the call of deferreturn that emit adds after open-coded defers. */
  readonly deferReturn: number;
}

const effectNone = 0;
const effectUse = 1;
const effectKill = 2;

/** Calls (and failing bounds checks) need to know what is live. */
export function needsMap(v: Value): boolean {
  switch (v.op) {
    case OpAMD64LoweredPanicBoundsRR:
    case OpAMD64LoweredPanicBoundsRC:
    case OpAMD64LoweredPanicBoundsCR:
    case OpAMD64LoweredPanicBoundsCC:
      return true;
    default:
      return isCall(v.op) && !(v.aux instanceof CallInfo && v.aux.noSafepoint);
  }
}

export function computeLiveness(f: Func): Liveness {
  const vars = f.locals.filter((v) => v.type.ptrBytes > 0 && (v.used || v.kind !== 0));
  const index = new Int32Array(f.locals.length).fill(-1);
  vars.forEach((v, i) => (index[v.index] = i));
  const n = vars.length;
  const always = new BitSet(n);
  const results = new BitSet(n);
  const params = new BitSet(n);
  vars.forEach((v, i) => {
    if (v.alwaysLive) always.add(i);
    if (v.kind === LocalResult) results.add(i);
    if (v.kind === LocalParam) params.add(i);
  });
  const liveIn = solve(f, n, index, results, params);
  const maps = new MapSet(n);
  // At entry only arguments can be live; a slot that seems so is initialised on every real path.
  const entry = liveIn[f.entry.id]!;
  vars.forEach((v, i) => {
    if (v.kind !== LocalParam) {
      if (entry.has(i)) v.needZero = true;
      entry.delete(i);
    }
  });
  const mapOf = new Int32Array(f.numValues).fill(-1);
  maps.addApart(entry);
  const live = new BitSet(n);
  const at = new BitSet(n);
  for (const b of f.blocks) {
    liveOut(b, liveIn, results, params, live);
    for (let i = b.values.length - 1; i >= 0; i--) {
      const v = b.values[i]!;
      if (needsMap(v)) {
        at.copyFrom(live);
        at.union(always);
        mapOf[v.id] = maps.add(at);
      }
      apply(v, index, live);
    }
  }
  const deferReturn = f.openDefers === null ? -1 : maps.add(always);
  return { vars, maps: maps.list, mapOf, deferReturn };
}

/** Live slots at the beginning of each block. */
// oxlint-disable-next-line max-params -- the sets that the ends of blocks add.
function solve(f: Func, n: number, index: Int32Array, results: BitSet, params: BitSet): BitSet[] {
  const liveIn = Array.from({ length: f.numBlocks }, () => new BitSet(n));
  if (n === 0) return liveIn;
  const post = postorder(f);
  const live = new BitSet(n);
  for (let changed = true; changed;) {
    changed = false;
    for (const b of post) {
      liveOut(b, liveIn, results, params, live);
      for (let i = b.values.length - 1; i >= 0; i--) apply(b.values[i]!, index, live);
      if (liveIn[b.id]!.equals(live)) continue;
      liveIn[b.id]!.copyFrom(live);
      changed = true;
    }
  }
  return liveIn;
}

// oxlint-disable-next-line max-params -- as above.
function liveOut(
  b: Block,
  liveIn: readonly BitSet[],
  results: BitSet,
  params: BitSet,
  live: BitSet,
): void {
  live.clear();
  if (b.kind === BlockRet) live.copyFrom(results);
  // The function jumped to reads the same arguments.
  else if (b.kind === BlockRetJmp) live.copyFrom(params);
  for (const e of b.succs) live.union(liveIn[e.b.id]!);
}

function apply(v: Value, index: Int32Array, live: BitSet): void {
  if (!(v.aux instanceof LocalVar) || v.op === OpArgReg) return;
  const i = index[v.aux.index]!;
  if (i < 0) return;
  const effect = effectOf(v, v.aux);
  if ((effect & effectKill) !== 0) live.delete(i);
  if ((effect & effectUse) !== 0) live.add(i);
}

function effectOf(v: Value, slot: LocalVar): number {
  switch (v.op) {
    case OpVarDef:
    case OpStoreReg:
      return effectKill;
    case OpVarLive:
    case OpLoadReg:
      return effectUse;
    default:
  }
  // Everything but plain stores may read: loads, addresses, operations on memory, atomics.
  if (v.rep !== RepMem || (opFlags[v.op]! & IsLoad) !== 0 || isPlainStoreOp[v.op] === 0) {
    return effectUse;
  }
  return isFat(slot.type) ? effectNone : effectKill;
}

/** By op: writes memory without reading it. */
const isPlainStoreOp = Uint8Array.from(opNames, (name) =>
  /^AMD64MOV(?:[BWLQO]|SS|SD)store/.test(name) ? 1 : 0,
);

/** More than one store is needed to fill a variable of the type. */
function isFat(t: Type): boolean {
  switch (t.kind) {
    case Kind.Slice:
    case Kind.String:
    case Kind.Interface:
      return true;
    case Kind.Array:
      return t.len !== 1 || isFat(t.elem!);
    case Kind.Struct:
      return t.fields.length !== 1 || isFat(t.fields[0]!.type);
    default:
      return false;
  }
}

/** Bitmaps without repetitions. */
class MapSet {
  readonly list: BitSet[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #n: number;

  constructor(n: number) {
    this.#n = n;
  }

  /**
   * A map that no other is merged with: at entry register arguments are live in their spill slots too,
   * which hold nothing later on.
   */
  addApart(bits: BitSet): void {
    const copy = new BitSet(this.#n);
    copy.copyFrom(bits);
    this.list.push(copy);
  }

  add(bits: BitSet): number {
    const key = bits.words.join(',');
    let i = this.#byKey.get(key);
    if (i === undefined) {
      i = this.list.length;
      const copy = new BitSet(this.#n);
      copy.copyFrom(bits);
      this.list.push(copy);
      this.#byKey.set(key, i);
    }
    return i;
  }
}
