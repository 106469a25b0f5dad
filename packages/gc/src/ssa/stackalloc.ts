/**
 * Slots for spilled values.
 *
 * Values whose slots are never live together share one, pointers with pointers and the rest with the
 * rest: a pointer slot is in the stack maps exactly where it is live. Liveness of slots is backward
 * dataflow over StoreReg (defines) and LoadReg (uses), whose aux is the value that owns the slot.
 *
 * An argument that came in a register has a slot of its own, its part of the spill area in the caller's
 * frame, where tracebacks look for it.
 *
 * After this pass the aux of both is the LocalVar.
 */
import { BitSet } from '@go-ts/base';
import { type Type } from '../ir/type.ts';
import { postorder } from './cfg.ts';
import { type Func } from './func.ts';
import { LocalAuto, LocalVar, spillType } from './local.ts';
import { OpArgReg, OpLoadReg, OpStoreReg } from './op.ts';
import { type Value } from './value.ts';

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
    const { rep, op, aux } = owners[i]!;
    if (op === OpArgReg && aux instanceof LocalVar) {
      f.addLocal(aux);
      aux.used = true;
      slots.push(aux);
      continue;
    }
    const type = spillType(rep);
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
