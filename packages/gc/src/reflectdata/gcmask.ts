/**
 * Which words of a value are pointers that the collector follows.
 *
 * Pointers, unsafe.Pointer, channels, maps and functions are one such word; strings and slices have
 * it first; interfaces have it second (the type or itab word is never traced, although `ptrBytes`
 * covers both). Types marked not-in-heap contribute nothing.
 *
 * GOROOT: src/cmd/compile/internal/typebits/typebits.go, reflectdata.dgcptrmask (facts).
 */
import { Kind, type Type } from '../ir/type.ts';

const PtrSize = 8;

/** Calls `visit` with the byte offset of every pointer word of a `t` at `off`, ascending. */
export function forEachPointer(t: Type, off: number, visit: (off: number) => void): void {
  if (t.ptrBytes === 0) return;
  switch (t.kind) {
    case Kind.Pointer:
    case Kind.UnsafePointer:
    case Kind.Chan:
    case Kind.Map:
    case Kind.Func:
    case Kind.String:
    case Kind.Slice:
      visit(off);
      return;
    case Kind.Interface:
      visit(off + PtrSize);
      return;
    case Kind.Array:
      for (let i = 0; i < t.len; i++) forEachPointer(t.elem!, off + i * t.elem!.size, visit);
      return;
    default:
      for (const field of t.fields) forEachPointer(field.type, off + field.offset, visit);
  }
}

/** One bit per word of the first `ptrBytes`, LSB first, padded with zeros to a multiple of 8 bytes. */
export function pointerMask(t: Type): Uint8Array {
  const words = t.ptrBytes / PtrSize;
  const mask = new Uint8Array(Math.ceil(words / 64) * 8);
  forEachPointer(t, 0, (off) => {
    const word = off / PtrSize;
    mask[word >>> 3] = mask[word >>> 3]! | (1 << (word & 7));
  });
  return mask;
}
