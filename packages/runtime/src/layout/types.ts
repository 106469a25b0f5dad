/**
 * Type descriptors: what the compiler writes, the linker decodes and reflect reads.
 *
 * A descriptor is the common header, the part of its kind, the uncommon part if TFlagUncommon is
 * set, the variable data (parameter types, fields, interface methods), the methods; without gaps,
 * because the runtime walks descriptors one after the other.
 * GOROOT: src/internal/abi/{type,map}.go, src/cmd/compile/internal/reflectdata.
 */
import { layout } from './layout.ts';

const abi = 'internal/abi';

/** The header common to all kinds. `Str` and `PtrToThis` are 32-bit offsets. */
export const TypeLayout = layout(abi, 'Type', 48, {
  Size_: 0,
  PtrBytes: 8,
  Hash: 16,
  TFlag: 20,
  Align_: 21,
  FieldAlign_: 22,
  Kind_: 23,
  Equal: 24,
  GCData: 32,
  Str: 40,
  PtrToThis: 44,
});

export const ArrayTypeLayout = layout(abi, 'ArrayType', 72, { Elem: 48, Slice: 56, Len: 64 });
export const ChanTypeLayout = layout(abi, 'ChanType', 64, { Elem: 48, Dir: 56 });
export const FuncTypeLayout = layout(abi, 'FuncType', 56, { InCount: 48, OutCount: 50 });
export const InterfaceTypeLayout = layout(abi, 'InterfaceType', 80, { PkgPath: 48, Methods: 56 });
export const PtrTypeLayout = layout(abi, 'PtrType', 56, { Elem: 48 });
export const SliceTypeLayout = layout(abi, 'SliceType', 56, { Elem: 48 });
export const StructTypeLayout = layout(abi, 'StructType', 80, { PkgPath: 48, Fields: 56 });
export const MapTypeLayout = layout(abi, 'MapType', 136, {
  Key: 48,
  Elem: 56,
  Group: 64,
  Hasher: 72,
  GroupSize: 80,
  KeysOff: 88,
  KeyStride: 96,
  ElemsOff: 104,
  ElemStride: 112,
  ElemOff: 120,
  Flags: 128,
});

export const StructFieldLayout = layout(abi, 'StructField', 24, { Name: 0, Typ: 8, Offset: 16 });
export const ImethodLayout = layout(abi, 'Imethod', 8, { Name: 0, Typ: 4 });
export const UncommonTypeLayout = layout(abi, 'UncommonType', 16, {
  PkgPath: 0,
  Mcount: 4,
  Xcount: 6,
  Moff: 8,
});
export const MethodLayout = layout(abi, 'Method', 16, { Name: 0, Mtyp: 4, Ifn: 8, Tfn: 12 });

/** abi.Kind. */
export const Kind = {
  Invalid: 0,
  Bool: 1,
  Int: 2,
  Int8: 3,
  Int16: 4,
  Int32: 5,
  Int64: 6,
  Uint: 7,
  Uint8: 8,
  Uint16: 9,
  Uint32: 10,
  Uint64: 11,
  Uintptr: 12,
  Float32: 13,
  Float64: 14,
  Complex64: 15,
  Complex128: 16,
  Array: 17,
  Chan: 18,
  Func: 19,
  Interface: 20,
  Map: 21,
  Pointer: 22,
  Slice: 23,
  String: 24,
  Struct: 25,
  UnsafePointer: 26,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** abi.TFlag. */
export const TFlag = {
  TFlagUncommon: 1,
  TFlagExtraStar: 2,
  TFlagNamed: 4,
  TFlagRegularMemory: 8,
  TFlagGCMaskOnDemand: 16,
  TFlagDirectIface: 32,
} as const;

/** abi.ChanDir. */
export const ChanDir = { RecvDir: 1, SendDir: 2, BothDir: 3 } as const;

/** Bits of MapType.Flags. */
export const MapFlag = {
  MapNeedKeyUpdate: 1,
  MapHashMightPanic: 2,
  MapIndirectKey: 4,
  MapIndirectElem: 8,
} as const;

/** Top bit of FuncType.OutCount: the last parameter is variadic. */
export const VariadicBit = 0x8000;

/** Bits of the first byte of a name datum; the uvarint length and the bytes follow. */
export const NameFlag = { Exported: 1, HasTag: 2, HasPkgPath: 4, Embedded: 8 } as const;

/** abi.MapGroupSlots and the sizes from which keys and elements are stored by pointer. */
export const MapConst = {
  MapGroupSlots: 8,
  MapMaxKeyBytes: 128,
  MapMaxElemBytes: 128,
} as const;

/** The control word of a map group without entries. */
export const MapCtrlEmpty = 0x8080_8080_8080_8080n;

/** Longest pointer mask, in bytes, that a descriptor carries; longer ones are made on demand. */
export const MaxPtrmaskBytes = 16;
/** Size of runtime.zeroVal. */
export const ZeroValSize = 1024;
