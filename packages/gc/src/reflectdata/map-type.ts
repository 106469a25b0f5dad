/**
 * Types that maps need at run time: the group of slots, the header and the iterator.
 *
 * A group is a control word and eight slots of key and element, either replaced by a pointer when
 * larger than 128 bytes. Groups are never compared or hashed, hence noalg. The header and iterator
 * are structs with the sizes and pointers of internal/runtime/maps.Map and .Iter, for variables on
 * the stack.
 *
 * GOROOT: src/internal/runtime/maps/{group,map,table}.go, src/internal/abi/map.go.
 */
import { assert } from '@go-ts/base';
import { MapConst } from '@go-ts/runtime/layout/types';
import type { TypeTable } from '../ir/type-table.ts';
import { Kind, type Type } from '../ir/type.ts';

export function mapGroupType(types: TypeTable, map: Type): Type {
  const key = map.key!;
  const elem = map.elem!;
  const slot = struct(types, [
    { name: 'key', type: key.size > MapConst.MapMaxKeyBytes ? types.pointer(key) : key },
    { name: 'elem', type: elem.size > MapConst.MapMaxElemBytes ? types.pointer(elem) : elem },
  ]);
  const group = struct(types, [
    { name: 'ctrl', type: types.basic(Kind.Uint64) },
    { name: 'slots', type: types.array(slot, MapConst.MapGroupSlots, true) },
  ]);
  assert(group.size > 8, 'map group without room for slots');
  return group;
}

/** Same layout as maps.Map, 48 bytes. */
export function mapHeaderType(types: TypeTable): Type {
  const uint8 = types.basic(Kind.Uint8);
  return struct(types, [
    { name: 'used', type: types.basic(Kind.Uint64) },
    { name: 'seed', type: types.basic(Kind.Uintptr) },
    { name: 'dirPtr', type: types.basic(Kind.UnsafePointer) },
    { name: 'dirLen', type: types.basic(Kind.Int) },
    { name: 'globalDepth', type: uint8 },
    { name: 'globalShift', type: uint8 },
    { name: 'writing', type: uint8 },
    { name: 'tombstonePossible', type: types.basic(Kind.Bool) },
    { name: 'clearSeq', type: types.basic(Kind.Uint64) },
  ]);
}

/** Same layout as maps.Iter, 96 bytes. */
export function mapIterType(types: TypeTable): Type {
  const pointer = types.basic(Kind.UnsafePointer);
  const uint64 = types.basic(Kind.Uint64);
  return struct(types, [
    { name: 'key', type: pointer },
    { name: 'elem', type: pointer },
    { name: 'typ', type: pointer },
    { name: 'm', type: pointer },
    { name: 'groupSlotOffset', type: uint64 },
    { name: 'dirOffset', type: uint64 },
    { name: 'clearSeq', type: uint64 },
    { name: 'globalDepth', type: types.basic(Kind.Uint8) },
    { name: 'dirIdx', type: types.basic(Kind.Int) },
    { name: 'tab', type: pointer },
    { name: 'group', type: pointer },
    { name: 'entryIdx', type: uint64 },
  ]);
}

function struct(types: TypeTable, fields: readonly { name: string; type: Type }[]): Type {
  const full = fields.map((field) => ({ ...field, pkgPath: '', embedded: false, tag: '' }));
  return types.struct(full, true);
}
