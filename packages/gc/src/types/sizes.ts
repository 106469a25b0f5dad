/**
 * Sizes, alignments and field offsets of types, as gc lays them out.
 *
 * Sizes are numbers of bytes; a negative one means too large for the address space. Exact up to
 * 2^53, beyond which nothing but the comparison with the largest int is done.
 *
 * GOROOT: src/cmd/compile/internal/types2/gcsizes.go, src/cmd/compile/internal/types/size.go.
 */
import type { VarObj } from './object.ts';
import { isComplex } from './predicates.ts';
import {
  asNamed,
  BasicKind,
  type ArrayType,
  type BasicType,
  type StructType,
  type Type,
  TypeKind,
} from './type.ts';
import { under } from './under.ts';

/** Facts about a target that sizes depend on. */
export interface Sizes {
  readonly wordSize: number;
  readonly maxAlign: number;
}

/** amd64, arm64 and other targets with 64-bit words. */
export const sizes64: Sizes = { wordSize: 8, maxAlign: 8 };

/** By `BasicKind`: sizes that do not depend on the target, 0 for others. */
const basicSizes: readonly number[] = [0, 1, 0, 1, 2, 4, 8, 0, 1, 2, 4, 8, 0, 4, 8, 8, 16];

/** The largest int64. */
const limit = 2 ** 63;

export function alignof(sizes: Sizes, T: Type): number {
  const t = under(T);
  switch (t.kind) {
    case TypeKind.Array:
      return alignof(sizes, t.elem);
    case TypeKind.Struct: {
      if (t.fields.length === 0 && isAtomicAlign64(T)) return 8;
      let max = 1;
      for (const f of t.fields) max = Math.max(max, alignof(sizes, f.type!));
      return max;
    }
    case TypeKind.Slice:
    case TypeKind.Interface:
      return sizes.wordSize;
    case TypeKind.Basic:
      if (t.basic === BasicKind.String) return sizes.wordSize;
      break;
    default:
  }
  let a = sizeof(sizes, T);
  if (a < 1) return 1;
  if (isComplex(T)) a /= 2;
  return Math.min(a, sizes.maxAlign);
}

/** The marker by which 64-bit atomics ask for their alignment. */
function isAtomicAlign64(T: Type): boolean {
  const obj = asNamed(T)?.obj;
  if (obj === undefined || obj.name !== 'align64') return false;
  return obj.pkg?.path === 'sync/atomic' || obj.pkg?.path === 'internal/runtime/atomic';
}

/** By field; negative where the struct is too large. */
export function offsetsof(sizes: Sizes, fields: readonly VarObj[]): number[] {
  let offset = 0;
  return fields.map((f) => {
    if (offset < 0) return -1;
    const at = align(offset, alignof(sizes, f.type!));
    const size = sizeof(sizes, f.type!);
    offset = size < 0 ? -1 : checked(at + size);
    return checked(at);
  });
}

export function sizeof(sizes: Sizes, T: Type): number {
  const t = under(T);
  switch (t.kind) {
    case TypeKind.Basic:
      return basicSize(sizes, t);
    case TypeKind.Array:
      return arraySize(sizes, t);
    case TypeKind.Slice:
      return sizes.wordSize * 3;
    case TypeKind.Struct:
      return structSize(sizes, t);
    case TypeKind.Interface:
      return sizes.wordSize * 2;
    default:
      return sizes.wordSize;
  }
}

function basicSize(sizes: Sizes, t: BasicType): number {
  const size = basicSizes[t.basic] ?? 0;
  if (size > 0) return size;
  return t.basic === BasicKind.String ? sizes.wordSize * 2 : sizes.wordSize;
}

function arraySize(sizes: Sizes, t: ArrayType): number {
  if (t.len <= 0) return 0;
  const elem = sizeof(sizes, t.elem);
  return elem < 0 ? -1 : checked(elem * t.len);
}

function structSize(sizes: Sizes, t: StructType): number {
  const n = t.fields.length;
  if (n === 0) return 0;
  const offset = offsetsof(sizes, t.fields)[n - 1]!;
  let size = sizeof(sizes, t.fields[n - 1]!.type!);
  if (offset < 0 || size < 0) return -1;
  // A pointer to a field of no size at the end must not point to what follows the struct.
  if (offset > 0 && size === 0) size = 1;
  return checked(align(offset + size, alignof(sizes, t)));
}

/** The offset of the field at the end of a path through embedded structs (not pointers). */
export function offsetof(sizes: Sizes, T: Type, index: readonly number[]): number {
  let offset = 0;
  let at = T;
  for (const i of index) {
    const s = under(at) as StructType;
    const d = offsetsof(sizes, s.fields)[i]!;
    if (d < 0) return -1;
    offset = checked(offset + d);
    if (offset < 0) return -1;
    at = s.fields[i]!.type!;
  }
  return offset;
}

function align(x: number, a: number): number {
  return Math.ceil(x / a) * a;
}

function checked(size: number): number {
  return size >= limit ? -1 : size;
}
