/**
 * Reads type descriptors and itabs as the compiler laid them out in objects.
 *
 * Pointers are relocations: a field's target is the relocation at the field's offset. The layouts
 * are the runtime's own (package runtime, layout/).
 *
 * GOROOT: src/internal/abi/type.go, src/cmd/link/internal/ld/decodesym.go; contract 5.
 */
import { textAt, u16At, u32At, u64At } from '@go-ts/objfile/bytes';
import { ITabLayout } from '@go-ts/runtime/layout/itab';
import {
  ArrayTypeLayout,
  ChanTypeLayout,
  FuncTypeLayout,
  ImethodLayout,
  InterfaceTypeLayout,
  Kind,
  MapTypeLayout,
  MethodLayout,
  PtrTypeLayout,
  SliceTypeLayout,
  StructFieldLayout,
  StructTypeLayout,
  TFlag,
  TypeLayout,
  UncommonTypeLayout,
} from '@go-ts/runtime/layout/types';
import { type Loader, RelocCursor, type Sym } from './loader.ts';

const { Size_: offSize, Kind_: offKind, ...typeAt } = TypeLayout.at;

/** Bytes of the kind's whole descriptor before the uncommon part, by kind. */
const sizeOfKind: Uint8Array = (() => {
  const table = new Uint8Array(32).fill(TypeLayout.size);
  const rows: readonly (readonly [number, { readonly size: number }])[] = [
    [Kind.Array, ArrayTypeLayout],
    [Kind.Chan, ChanTypeLayout],
    [Kind.Func, FuncTypeLayout],
    [Kind.Interface, InterfaceTypeLayout],
    [Kind.Map, MapTypeLayout],
    [Kind.Pointer, PtrTypeLayout],
    [Kind.Slice, SliceTypeLayout],
    [Kind.Struct, StructTypeLayout],
  ];
  for (const [kind, { size }] of rows) table[kind] = size;
  return table;
})();

/** Length word of a slice header. */
const sliceLen = 8;

export interface MethodSig {
  readonly name: string;
  /** Descriptor of the method's func type. */
  readonly type: Sym;
}

export class TypeDecoder {
  readonly #ldr: Loader;
  readonly #c: RelocCursor;

  constructor(ldr: Loader) {
    this.#ldr = ldr;
    this.#c = new RelocCursor(ldr);
  }

  kind(data: Uint8Array): number {
    return data[offKind]!;
  }

  size(data: Uint8Array): number {
    return u64At(data, offSize);
  }

  ptrdata(data: Uint8Array): number {
    return u64At(data, typeAt.PtrBytes);
  }

  isGCMaskOnDemand(data: Uint8Array): boolean {
    return (data[typeAt.TFlag]! & TFlag.TFlagGCMaskOnDemand) !== 0;
  }

  gcmask(s: Sym): Uint8Array {
    return this.#ldr.data(this.#c.symAt(s, typeAt.GCData));
  }

  arrayElem(s: Sym): Sym {
    return this.#c.symAt(s, ArrayTypeLayout.at.Elem);
  }

  arrayLen(data: Uint8Array): number {
    return u64At(data, ArrayTypeLayout.at.Len);
  }

  ptrElem(s: Sym): Sym {
    return this.#c.symAt(s, PtrTypeLayout.at.Elem);
  }

  structFieldCount(data: Uint8Array): number {
    return u64At(data, StructTypeLayout.at.Fields + sliceLen);
  }

  #structFieldOff(data: Uint8Array, i: number): number {
    const off = sizeOfKind[Kind.Struct]! + (this.hasUncommon(data) ? UncommonTypeLayout.size : 0);
    return off + i * StructFieldLayout.size;
  }

  structFieldName(s: Sym, data: Uint8Array, i: number): string {
    return this.nameAt(s, this.#structFieldOff(data, i));
  }

  structFieldType(s: Sym, data: Uint8Array, i: number): Sym {
    return this.#c.symAt(s, this.#structFieldOff(data, i) + StructFieldLayout.at.Typ);
  }

  structFieldOffset(data: Uint8Array, i: number): number {
    return u64At(data, this.#structFieldOff(data, i) + StructFieldLayout.at.Offset);
  }

  isStructFieldEmbedded(s: Sym, data: Uint8Array, i: number): boolean {
    const name = this.#c.symAt(s, this.#structFieldOff(data, i));
    return name !== 0 && (this.#ldr.data(name)[0]! & 8) !== 0;
  }

  funcInCount(data: Uint8Array): number {
    return u16At(data, FuncTypeLayout.at.InCount);
  }

  funcOutCount(data: Uint8Array): number {
    return u16At(data, FuncTypeLayout.at.OutCount) & 0x7fff; // the top bit marks a variadic function
  }

  isFuncVariadic(data: Uint8Array): boolean {
    return (u16At(data, FuncTypeLayout.at.OutCount) & 0x8000) !== 0;
  }

  /** i-th parameter or result type, parameters first. */
  funcParam(s: Sym, data: Uint8Array, i: number): Sym {
    const off = sizeOfKind[Kind.Func]! + (this.hasUncommon(data) ? UncommonTypeLayout.size : 0);
    return this.#c.symAt(s, off + 8 * i);
  }

  interfaceMethodCount(data: Uint8Array): number {
    return u64At(data, InterfaceTypeLayout.at.Methods + sliceLen);
  }

  /** Target of the pointer field at `off`. */
  field(s: Sym, off: number): Sym {
    return this.#c.symAt(s, off);
  }

  hasUncommon(data: Uint8Array): boolean {
    return (data[typeAt.TFlag]! & TFlag.TFlagUncommon) !== 0;
  }

  /** The name (of a method, field, type) that the 4- or 8-byte reference at `off` leads to. */
  nameAt(s: Sym, off: number): string {
    const target = this.#c.symAt(s, off);
    if (target === 0) return '';
    const data = this.#ldr.data(target);
    let length = 0;
    let shift = 0;
    let at = 1;
    for (; ; at++) {
      const b = data[at]!;
      length |= (b & 0x7f) << shift;
      if (b < 0x80) break;
      shift += 7;
    }
    return textAt(data, at + 1, length);
  }

  /** The type's own string, as `%T` prints it. */
  typeString(s: Sym): string {
    const text = this.nameAt(s, typeAt.Str);
    return (this.#ldr.data(s)[typeAt.TFlag]! & TFlag.TFlagExtraStar) !== 0 ? text.slice(1) : text;
  }

  itabType(s: Sym): Sym {
    return this.#c.symAt(s, ITabLayout.at.Type);
  }

  /** The interface method that the entry at `off` of interface type `s` describes. */
  interfaceMethod(s: Sym, off: number): MethodSig {
    return { name: this.nameAt(s, off), type: this.#c.symAt(s, off + ImethodLayout.at.Typ) };
  }

  /** Methods in the uncommon part, in order. */
  methods(s: Sym): MethodSig[] {
    const data = this.#ldr.data(s);
    const uncommon = sizeOfKind[this.kind(data)]!;
    const count = u16At(data, uncommon + UncommonTypeLayout.at.Mcount);
    let off = uncommon + u32At(data, uncommon + UncommonTypeLayout.at.Moff);
    const list: MethodSig[] = [];
    for (let i = 0; i < count; i++, off += MethodLayout.size) {
      list.push(this.interfaceMethod(s, off));
    }
    return list;
  }
}
