/**
 * Machine representations: what an SSA value is to the machine.
 *
 * Every value is a scalar of one of these. Signedness belongs to operations. `Ptr` is a word that the
 * garbage collector must see; addresses that it need not see (type words, uintptr, pointers to
 * not-in-heap types) are I64. Mem, Flags, Tuple and Void values occupy no register.
 */
import { Kind, type Type } from '../ir/type.ts';

export const RepVoid = 0;
export const RepBool = 1;
export const RepI8 = 2;
export const RepI16 = 3;
export const RepI32 = 4;
export const RepI64 = 5;
export const RepF32 = 6;
export const RepF64 = 7;
export const RepPtr = 8;
export const RepMem = 9;
export const RepFlags = 10;
export const RepTuple = 11;
export const RepV128 = 12;

export type Rep = number;

export const repNames: readonly string[] = [
  'void',
  'bool',
  'i8',
  'i16',
  'i32',
  'i64',
  'f32',
  'f64',
  'ptr',
  'mem',
  'flags',
  'tuple',
  'v128',
];

/** Bytes by representation. */
export const repSize: Uint8Array = Uint8Array.of(0, 1, 1, 2, 4, 8, 4, 8, 8, 0, 0, 0, 16);

export function isIntRep(r: Rep): boolean {
  return r >= RepI8 && r <= RepI64;
}

export function isFloatRep(r: Rep): boolean {
  return r === RepF32 || r === RepF64;
}

/** Held in a general register. */
export function isGeneralRep(r: Rep): boolean {
  return (r >= RepBool && r <= RepI64) || r === RepPtr;
}

/** Held in some register. */
export function isRegRep(r: Rep): boolean {
  return (r >= RepBool && r <= RepPtr) || r === RepV128;
}

/** The integer representation of `size` bytes. */
export function intRepOfSize(size: number): Rep {
  switch (size) {
    case 1:
      return RepI8;
    case 2:
      return RepI16;
    case 4:
      return RepI32;
    default:
      return RepI64;
  }
}

/** The representation of a type whose values are one word or less; RepVoid if it is not scalar. */
export function repOfType(t: Type): Rep {
  switch (t.kind) {
    case Kind.Bool:
      return RepBool;
    case Kind.Int8:
    case Kind.Uint8:
      return RepI8;
    case Kind.Int16:
    case Kind.Uint16:
      return RepI16;
    case Kind.Int32:
    case Kind.Uint32:
      return RepI32;
    case Kind.Int:
    case Kind.Uint:
    case Kind.Int64:
    case Kind.Uint64:
    case Kind.Uintptr:
      return RepI64;
    case Kind.Float32:
      return RepF32;
    case Kind.Float64:
      return RepF64;
    case Kind.Pointer:
      return t.elem!.notInHeap ? RepI64 : RepPtr;
    case Kind.Chan:
    case Kind.Map:
    case Kind.Func:
    case Kind.UnsafePointer:
      return RepPtr;
    default:
      return RepVoid;
  }
}
