/**
 * Canonical types: the types of the back end, where identity is `===`.
 *
 * The checker has types of its own (types/), which belong to one package and may be generic or
 * incomplete. On the way through the serialised form (ir/reader.ts) they become records of this file,
 * closed (no type parameters), laid out (size, alignment, pointer words) and unique within one
 * `TypeTable`. Between workers a type travels by its link string.
 *
 * One hidden class for all types, so that `t.kind` is a single load wherever it is read; the fields
 * that a kind does not use keep their initial values. Constructors are methods of `TypeTable`
 * (ir/type-table.ts), the only writer.
 *
 * Authority: Spec "Types"; layout: GOROOT src/cmd/compile/internal/types/size.go (facts).
 */
import type { FuncSym } from './sym.ts';

/** Numbers are those of abi.Kind, so that reflectdata needs no table; Tuple and Void are ours. */
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
  /** The several results of a call; never a variable's type. */
  Tuple: 27,
  /** No value at all. */
  Void: 28,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export const ChanDir = { Recv: 1, Send: 2, Both: 3 } as const;
export type ChanDir = (typeof ChanDir)[keyof typeof ChanDir];

/** A field of a struct; also an explicit method of an interface (`offset` then is its slot). */
export interface Field {
  readonly name: string;
  /** Import path of the package that qualifies an unexported name; '' if exported. */
  readonly pkgPath: string;
  readonly type: Type;
  readonly embedded: boolean;
  readonly tag: string;
  /** Byte offset in the struct. */
  readonly offset: number;
}

/** A method of a named type's own method list, or of an interface (sorted as types.CompareSyms). */
export interface Method {
  readonly name: string;
  /** Import path that qualifies an unexported name; '' if exported. */
  readonly pkgPath: string;
  /** Signature without receiver. */
  readonly type: Type;
}

/** What a defined type is called and what is declared on it. */
export interface TypeName {
  /** Import path of the declaring package; '' for universe types. */
  readonly pkgPath: string;
  /** Package name, for reflection's strings. */
  readonly pkgName: string;
  readonly name: string;
  readonly typeArgs: readonly Type[];
  /** n of the `·n` suffix of a type declared inside a function; 0 at package level. */
  readonly localIndex: number;
  /** How many of `typeArgs`, the first ones, belong to the enclosing generic function. */
  readonly implicits?: number;
}

/** A method declared on a defined type, instantiated with the type's arguments. */
export interface DeclaredMethod extends Method {
  readonly ptrRecv: boolean;
  readonly func: FuncSym;
}

export class Type {
  kind: Kind = Kind.Invalid;
  /** Dense within the table. */
  id = 0;
  /** Bytes. */
  size = 0;
  align = 1;
  /** Bytes up to and including the last pointer word; 0 if there are no pointers. */
  ptrBytes = 0;
  /** Element of pointer, slice, array, chan, map. */
  elem: Type | null = null;
  /** Key of a map. */
  key: Type | null = null;
  /** Length of an array. */
  len = 0;
  dir: ChanDir | 0 = 0;
  /** Struct fields in order. */
  fields: readonly Field[] = noFields;
  /** Interface methods, complete and sorted; empty otherwise. */
  methods: readonly Method[] = noMethods;
  /** Func: parameters (the last one is the slice if variadic), without receiver. Tuple: its members. */
  params: readonly Type[] = noTypes;
  results: readonly Type[] = noTypes;
  variadic: boolean = false;
  /** Defined types have a name; `underlying` is the type itself otherwise. */
  name: TypeName | null = null;
  underlying: Type;
  notInHeap: boolean = false;
  comparable: boolean = true;
  /** Descriptor and link string are those of `type:noalg.…` (closures, map groups, hidden arrays). */
  noAlg: boolean = false;
  /** Link string, e.g. `map[string]*p.T`; computed on demand by ir/type-string.ts. */
  linkString: string = '';
  /** Declared methods in source order; filled lazily by the reader. Null until asked for. */
  declared: readonly DeclaredMethod[] | null = null;

  constructor(kind: Kind, id: number) {
    this.kind = kind;
    this.id = id;
    this.underlying = this;
  }
}

const noFields: readonly Field[] = [];
const noMethods: readonly Method[] = [];
const noTypes: readonly Type[] = [];

export function isSigned(t: Type): boolean {
  return t.kind >= Kind.Int && t.kind <= Kind.Int64;
}

export function isInteger(t: Type): boolean {
  return t.kind >= Kind.Int && t.kind <= Kind.Uintptr;
}

export function isFloat(t: Type): boolean {
  return t.kind === Kind.Float32 || t.kind === Kind.Float64;
}

export function isComplex(t: Type): boolean {
  return t.kind === Kind.Complex64 || t.kind === Kind.Complex128;
}

export function isString(t: Type): boolean {
  return t.kind === Kind.String;
}

export function isInterface(t: Type): boolean {
  return t.kind === Kind.Interface;
}

/** An interface without methods: its first word is a type descriptor, not an itab. */
export function isEmptyInterface(t: Type): boolean {
  return t.kind === Kind.Interface && t.methods.length === 0;
}

/** Pointer-shaped: the interface data word is the value itself. GOROOT: types.IsDirectIface. */
export function isDirectIface(t: Type): boolean {
  switch (t.kind) {
    case Kind.Pointer:
      return !t.elem!.notInHeap;
    case Kind.Chan:
    case Kind.Map:
    case Kind.Func:
    case Kind.UnsafePointer:
      return true;
    case Kind.Array:
      return t.len === 1 && isDirectIface(t.elem!);
    case Kind.Struct:
      return t.fields.length === 1 && isDirectIface(t.fields[0]!.type);
    default:
      return false;
  }
}
