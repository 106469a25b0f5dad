/**
 * Slots for spilled values.
 *
 * Values whose slots are never live together share one, pointers with pointers and the rest with the
 * rest: a pointer slot is in the stack maps exactly where it is live. Liveness of slots is backward
 * dataflow over StoreReg (defines) and LoadReg (uses), whose aux is the value that owns the slot.
 *
 * After this pass the aux of both is the LocalVar.
 */
import { BitSet } from '@go-ts/base';
import { Kind, Type } from '../ir/type.ts';
import { postorder } from './cfg.ts';
import { type Func } from './func.ts';
import { LocalAuto, LocalVar } from './local.ts';
import { OpLoadReg, OpStoreReg } from './op.ts';
import { RepPtr, RepV128 } from './rep.ts';
import { type Value } from './value.ts';

function slotType(kind: Kind, size: number, ptrBytes: number): Type {
  const t = new Type(kind, 0);
  t.size = size;
  t.align = 8;
  t.ptrBytes = ptrBytes;
  return t;
}

/** What slots are to liveness and frame layout: sizes and pointer words. */
const pointerSlot = slotType(Kind.UnsafePointer, 8, 8);
const wordSlot = slotType(Kind.Uint64, 8, 0);
const vectorSlot = slotType(Kind.Complex128, 16, 0);

export function stackalloc(f: Func): void {
  const owners: Value[] = [];
  const index = new Map<Value, number>();
  for (const b of f.blocks) {
    for (const v of b.values) {
      if (v.op !== OpStoreReg && v.op !== OpLoadReg) continue;
      const owner = v.aux as Value;
      if (index.has(owner)) continue;
      index.set(owner, owners.length);
      owners.push(owner);
    }
  }
  if (owners.length === 0) return;
  const slots = colour(f, owners, interference(f, index, owners.length));
  for (const b of f.blocks) {
    for (const v of b.values) {
      if (v.op === OpStoreReg || v.op === OpLoadReg) v.aux = slots[index.get(v.aux as Value)!]!;
    }
  }
}

function interference(f: Func, index: ReadonlyMap<Value, number>, n: number): BitSet[] {
  const liveIn = Array.from({ length: f.numBlocks }, () => new BitSet(n));
  const post = postorder(f);
  const live = new BitSet(n);
  for (let changed = true; changed;) {
    changed = false;
    for (const b of post) {
      live.clear();
      for (const e of b.succs) live.union(liveIn[e.b.id]!);
      for (let i = b.values.length - 1; i >= 0; i--) {
        const v = b.values[i]!;
        if (v.op === OpStoreReg) live.delete(index.get(v.aux as Value)!);
        else if (v.op === OpLoadReg) live.add(index.get(v.aux as Value)!);
      }
      if (!liveIn[b.id]!.equals(live)) {
        liveIn[b.id]!.copyFrom(live);
        changed = true;
      }
    }
  }
  const clash = Array.from({ length: n }, () => new BitSet(n));
  for (const b of post) {
    live.clear();
    for (const e of b.succs) live.union(liveIn[e.b.id]!);
    for (let i = b.values.length - 1; i >= 0; i--) {
      const v = b.values[i]!;
      if (v.op === OpLoadReg) live.add(index.get(v.aux as Value)!);
      if (v.op !== OpStoreReg) continue;
      const id = index.get(v.aux as Value)!;
      live.delete(id);
      // A store clashes with all that is live behind it, even if it is never read.
      clash[id]!.union(live);
      live.forEach((other) => clash[other]!.add(id));
    }
  }
  return clash;
}

function colour(f: Func, owners: readonly Value[], clash: readonly BitSet[]): LocalVar[] {
  const slots: LocalVar[] = [];
  /** Owners of each slot so far, by kind of slot. */
  const users = new Map<LocalVar, number[]>();
  const byType = new Map<Type, LocalVar[]>();
  for (let i = 0; i < owners.length; i++) {
    const { rep } = owners[i]!;
    const type = rep === RepPtr ? pointerSlot : rep === RepV128 ? vectorSlot : wordSlot;
    let list = byType.get(type);
    if (list === undefined) byType.set(type, (list = []));
    let slot = list.find((s) => !users.get(s)!.some((o) => clash[i]!.has(o)));
    if (slot === undefined) {
      slot = f.addLocal(new LocalVar(`~spill${list.length}`, type, LocalAuto));
      slot.isSpill = true;
      slot.used = true;
      list.push(slot);
      users.set(slot, []);
    }
    users.get(slot)!.push(i);
    slots.push(slot);
  }
  return slots;
}
