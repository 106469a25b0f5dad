/**
 * The types of Go, as records.
 *
 * A type is one of four record classes, so that `t.kind` is at most a four-way inline cache wherever
 * it is read (style.md 5.3): literals (basic, array, slice, struct, pointer, tuple, union, map, chan),
 * signatures, interfaces, and names (defined types, aliases, type parameters). Code sees exact views,
 * a discriminated union over `kind`; the constructors here hold the only casts.
 *
 * Types are built in steps, because they may be recursive: a literal's parts are the invalid type
 * until they are known. Two types that are identical need not be the same record: compare with
 * `identical` (predicates.ts), or through the canonical form of `ir/canon.ts`.
 *
 * Spec: "Types".   GOROOT: src/cmd/compile/internal/types2 (vocabulary).
 */
import type { Pos } from '../syntax/pos.ts';
import type { Checker } from './check.ts';
import type { Context } from './context.ts';
import type { FuncObj, TypeNameObj, VarObj } from './object.ts';
import type { Scope } from './scope.ts';
import type { TypeSet } from './typeset.ts';

export const TypeKind = {
  Basic: 0,
  Array: 1,
  Slice: 2,
  Struct: 3,
  Pointer: 4,
  Tuple: 5,
  Signature: 6,
  Union: 7,
  Interface: 8,
  Map: 9,
  Chan: 10,
  Named: 11,
  TypeParam: 12,
  Alias: 13,
} as const;
export type TypeKind = (typeof TypeKind)[keyof typeof TypeKind];

/** The kinds of basic types, in the order of GOROOT: src/cmd/compile/internal/types2/basic.go. */
export const BasicKind = {
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
  String: 17,
  UnsafePointer: 18,
  UntypedBool: 19,
  UntypedInt: 20,
  UntypedRune: 21,
  UntypedFloat: 22,
  UntypedComplex: 23,
  UntypedString: 24,
  UntypedNil: 25,
} as const;
export type BasicKind = (typeof BasicKind)[keyof typeof BasicKind];

/** Bits of `BasicType.info`. */
export const BasicInfo = {
  Boolean: 1,
  Integer: 2,
  Unsigned: 4,
  Float: 8,
  Complex: 16,
  String: 32,
  Untyped: 64,
  Ordered: 2 | 8 | 32,
  Numeric: 2 | 8 | 16,
  ConstType: 1 | 2 | 8 | 16 | 32,
} as const;

export const ChanDir = { Both: 0, Send: 1, Recv: 2 } as const;
export type ChanDir = (typeof ChanDir)[keyof typeof ChanDir];

/** What all types have. `canon` belongs to ir/canon.ts: the canonical form, once asked for. */
interface TypeBase {
  canon: object | null;
}

export interface BasicType extends TypeBase {
  readonly kind: typeof TypeKind.Basic;
  readonly basic: BasicKind;
  readonly info: number;
  readonly name: string;
}

export interface ArrayType extends TypeBase {
  readonly kind: typeof TypeKind.Array;
  /** Negative: unknown, because of `[...]` or an error. */
  len: number;
  elem: Type;
}

export interface SliceType extends TypeBase {
  readonly kind: typeof TypeKind.Slice;
  elem: Type;
}

export interface StructType extends TypeBase {
  readonly kind: typeof TypeKind.Struct;
  fields: readonly VarObj[];
  /** Byte strings, by field; shorter than `fields` (usually empty) when the last ones have none. */
  tags: readonly string[];
}

export interface PointerType extends TypeBase {
  readonly kind: typeof TypeKind.Pointer;
  elem: Type;
}

export interface TupleType extends TypeBase {
  readonly kind: typeof TypeKind.Tuple;
  readonly vars: readonly VarObj[];
}

export interface UnionType extends TypeBase {
  readonly kind: typeof TypeKind.Union;
  readonly terms: readonly Term[];
}

export interface MapType extends TypeBase {
  readonly kind: typeof TypeKind.Map;
  key: Type;
  elem: Type;
}

export interface ChanType extends TypeBase {
  readonly kind: typeof TypeKind.Chan;
  readonly dir: ChanDir;
  elem: Type;
}

export interface SignatureType extends TypeBase {
  readonly kind: typeof TypeKind.Signature;
  /** Of the receiver, for methods of generic types as declared. */
  rparams: readonly TypeParamType[];
  tparams: readonly TypeParamType[];
  /** Of the function's parameters and body; null for imported and instantiated signatures. */
  scope: Scope | null;
  recv: VarObj | null;
  /** A method value's receiver (its `recv` is gone); or the receiver of a method expression. */
  oldRecv: VarObj | null;
  /** Whether this is the type of a method expression, whose first parameter is the receiver. */
  methodExpr: boolean;
  params: TupleType;
  results: TupleType;
  variadic: boolean;
}

export interface InterfaceType extends TypeBase {
  readonly kind: typeof TypeKind.Interface;
  /** Explicitly declared ones, sorted by id. */
  methods: readonly FuncObj[];
  embeddeds: readonly Type[];
  /** Positions of the embedded elements; empty for imported interfaces. */
  embedPos: readonly Pos[];
  /** A wrapper for the type set literal `~T` or `A|B` used as constraint. */
  implicit: boolean;
  /** All of the above is set. */
  complete: boolean;
  /** Computed by typeset.ts when first needed. */
  tset: TypeSet | null;
  check: Checker | null;
}

/** What a lazy importer supplies about a defined type when it is first looked into. */
export interface NamedParts {
  readonly tparams: readonly TypeParamType[];
  readonly under: Type;
  readonly methods: readonly FuncObj[];
}

export interface NamedType extends TypeBase {
  readonly kind: typeof TypeKind.Named;
  /** The declared name; an instance has one of its own, at the place of the instantiation. */
  obj: TypeNameObj;
  /** The generic type that this is an instance of, else the type itself. */
  readonly origin: NamedType;
  /** Empty unless this is an instance. */
  readonly targs: readonly Type[];
  tparams: readonly TypeParamType[];
  /** The right side of the declaration; null until known, or until unpacked. */
  rhs: Type | null;
  /** Memo of `under`. */
  underlying: Type | null;
  /** Declared methods; those of an instance are null until asked for. */
  methods: (FuncObj | null)[];
  state: number;
  load: ((t: NamedType) => NamedParts) | null;
  /** Of an instance while it may still create others: keeps expansion finite. */
  ctxt: Context | null;
  check: Checker | null;
}

export interface TypeParamType extends TypeBase {
  readonly kind: typeof TypeKind.TypeParam;
  readonly obj: TypeNameObj;
  /** Position in its list, from 0; -1 until bound to one. */
  index: number;
  bound: Type;
  check: Checker | null;
}

export interface AliasType extends TypeBase {
  readonly kind: typeof TypeKind.Alias;
  readonly obj: TypeNameObj;
  readonly origin: AliasType;
  readonly targs: readonly Type[];
  tparams: readonly TypeParamType[];
  /** May itself be an alias; null until known. */
  rhs: Type | null;
  /** Memo of `unalias`. */
  underlying: Type | null;
}

export type Type =
  | BasicType
  | ArrayType
  | SliceType
  | StructType
  | PointerType
  | TupleType
  | SignatureType
  | UnionType
  | InterfaceType
  | MapType
  | ChanType
  | NamedType
  | TypeParamType
  | AliasType;

/** A term of a union: `T` or `~T`. The type null stands for the set of all types. */
export interface Term {
  readonly tilde: boolean;
  readonly type: Type;
}

/** Bits of `NamedType.state`. */
export const NamedState = {
  /** Type parameters, right side and (for instances: unexpanded) methods are there. */
  Unpacked: 1,
  /** Whether its size depends on type parameters is known: */
  SizeKnown: 2,
  /** ... and it does. */
  VarSize: 4,
  /** An importer says that it is not generic, which is asked of every type that is named. */
  Plain: 8,
} as const;

class LiteralRecord {
  kind: number;
  canon: object | null = null;
  elem: Type | null = null;
  key: Type | null = null;
  len = 0;
  dir = 0;
  basic = 0;
  info = 0;
  name = '';
  fields: readonly VarObj[] = none;
  tags: readonly string[] = none;
  vars: readonly VarObj[] = none;
  terms: readonly Term[] = none;

  constructor(kind: number) {
    this.kind = kind;
  }
}

class SignatureRecord {
  kind: number = TypeKind.Signature;
  canon: object | null = null;
  rparams: readonly TypeParamType[] = none;
  tparams: readonly TypeParamType[] = none;
  scope: Scope | null = null;
  recv: VarObj | null = null;
  oldRecv: VarObj | null = null;
  methodExpr = false;
  params: TupleType;
  results: TupleType;
  variadic: boolean;

  constructor(params: TupleType, results: TupleType, variadic: boolean) {
    this.params = params;
    this.results = results;
    this.variadic = variadic;
  }
}

class InterfaceRecord {
  kind: number = TypeKind.Interface;
  canon: object | null = null;
  methods: readonly FuncObj[];
  embeddeds: readonly Type[];
  embedPos: readonly Pos[] = none;
  implicit = false;
  complete = false;
  tset: TypeSet | null = null;
  check: Checker | null = null;

  constructor(methods: readonly FuncObj[], embeddeds: readonly Type[]) {
    this.methods = methods;
    this.embeddeds = embeddeds;
  }
}

class NameRecord {
  kind: number;
  canon: object | null = null;
  obj: TypeNameObj;
  origin: unknown = this;
  targs: readonly Type[] = none;
  tparams: readonly TypeParamType[] = none;
  rhs: Type | null = null;
  underlying: Type | null = null;
  methods: (FuncObj | null)[] = [];
  state = 0;
  load: ((t: NamedType) => NamedParts) | null = null;
  ctxt: Context | null = null;
  check: Checker | null = null;
  index = -1;
  bound: Type | null = null;

  constructor(kind: number, obj: TypeNameObj) {
    this.kind = kind;
    this.obj = obj;
  }
}

const none: readonly never[] = Object.freeze([]);

function newBasic(basic: BasicKind, info: number, name: string): BasicType {
  const t = new LiteralRecord(TypeKind.Basic);
  t.basic = basic;
  t.info = info;
  t.name = name;
  return t as unknown as BasicType;
}

/** The predeclared basic types, by `BasicKind`. Those called byte and rune are in universe.ts. */
export const basicTypes: readonly BasicType[] = [
  newBasic(BasicKind.Invalid, 0, 'invalid type'),
  newBasic(BasicKind.Bool, BasicInfo.Boolean, 'bool'),
  newBasic(BasicKind.Int, BasicInfo.Integer, 'int'),
  newBasic(BasicKind.Int8, BasicInfo.Integer, 'int8'),
  newBasic(BasicKind.Int16, BasicInfo.Integer, 'int16'),
  newBasic(BasicKind.Int32, BasicInfo.Integer, 'int32'),
  newBasic(BasicKind.Int64, BasicInfo.Integer, 'int64'),
  newBasic(BasicKind.Uint, BasicInfo.Integer | BasicInfo.Unsigned, 'uint'),
  newBasic(BasicKind.Uint8, BasicInfo.Integer | BasicInfo.Unsigned, 'uint8'),
  newBasic(BasicKind.Uint16, BasicInfo.Integer | BasicInfo.Unsigned, 'uint16'),
  newBasic(BasicKind.Uint32, BasicInfo.Integer | BasicInfo.Unsigned, 'uint32'),
  newBasic(BasicKind.Uint64, BasicInfo.Integer | BasicInfo.Unsigned, 'uint64'),
  newBasic(BasicKind.Uintptr, BasicInfo.Integer | BasicInfo.Unsigned, 'uintptr'),
  newBasic(BasicKind.Float32, BasicInfo.Float, 'float32'),
  newBasic(BasicKind.Float64, BasicInfo.Float, 'float64'),
  newBasic(BasicKind.Complex64, BasicInfo.Complex, 'complex64'),
  newBasic(BasicKind.Complex128, BasicInfo.Complex, 'complex128'),
  newBasic(BasicKind.String, BasicInfo.String, 'string'),
  newBasic(BasicKind.UnsafePointer, 0, 'Pointer'),
  newBasic(BasicKind.UntypedBool, BasicInfo.Boolean | BasicInfo.Untyped, 'untyped bool'),
  newBasic(BasicKind.UntypedInt, BasicInfo.Integer | BasicInfo.Untyped, 'untyped int'),
  newBasic(BasicKind.UntypedRune, BasicInfo.Integer | BasicInfo.Untyped, 'untyped rune'),
  newBasic(BasicKind.UntypedFloat, BasicInfo.Float | BasicInfo.Untyped, 'untyped float'),
  newBasic(BasicKind.UntypedComplex, BasicInfo.Complex | BasicInfo.Untyped, 'untyped complex'),
  newBasic(BasicKind.UntypedString, BasicInfo.String | BasicInfo.Untyped, 'untyped string'),
  newBasic(BasicKind.UntypedNil, BasicInfo.Untyped, 'untyped nil'),
];

/** The other names of uint8 and int32: identical to them, but printed as written. */
export const byteType: BasicType = newBasic(
  BasicKind.Uint8,
  BasicInfo.Integer | BasicInfo.Unsigned,
  'byte',
);
export const runeType: BasicType = newBasic(BasicKind.Int32, BasicInfo.Integer, 'rune');

/** The type of what could not be typed: an error was reported, none should follow from it. */
export const invalidType: BasicType = basicTypes[BasicKind.Invalid]!;
export const boolType: BasicType = basicTypes[BasicKind.Bool]!;
export const intType: BasicType = basicTypes[BasicKind.Int]!;
export const uintType: BasicType = basicTypes[BasicKind.Uint]!;
export const uintptrType: BasicType = basicTypes[BasicKind.Uintptr]!;
export const float32Type: BasicType = basicTypes[BasicKind.Float32]!;
export const float64Type: BasicType = basicTypes[BasicKind.Float64]!;
export const complex64Type: BasicType = basicTypes[BasicKind.Complex64]!;
export const complex128Type: BasicType = basicTypes[BasicKind.Complex128]!;
export const stringType: BasicType = basicTypes[BasicKind.String]!;
export const unsafePointerType: BasicType = basicTypes[BasicKind.UnsafePointer]!;
export const untypedBoolType: BasicType = basicTypes[BasicKind.UntypedBool]!;
export const untypedIntType: BasicType = basicTypes[BasicKind.UntypedInt]!;
export const untypedFloatType: BasicType = basicTypes[BasicKind.UntypedFloat]!;
export const untypedComplexType: BasicType = basicTypes[BasicKind.UntypedComplex]!;
export const untypedNilType: BasicType = basicTypes[BasicKind.UntypedNil]!;

export function newArray(elem: Type, len: number): ArrayType {
  const t = new LiteralRecord(TypeKind.Array);
  t.elem = elem;
  t.len = len;
  return t as unknown as ArrayType;
}

export function newSlice(elem: Type): SliceType {
  const t = new LiteralRecord(TypeKind.Slice);
  t.elem = elem;
  return t as unknown as SliceType;
}

export function newPointer(elem: Type): PointerType {
  const t = new LiteralRecord(TypeKind.Pointer);
  t.elem = elem;
  return t as unknown as PointerType;
}

export function newMap(key: Type, elem: Type): MapType {
  const t = new LiteralRecord(TypeKind.Map);
  t.key = key;
  t.elem = elem;
  return t as unknown as MapType;
}

export function newChan(dir: ChanDir, elem: Type): ChanType {
  const t = new LiteralRecord(TypeKind.Chan);
  t.dir = dir;
  t.elem = elem;
  return t as unknown as ChanType;
}

export function newStruct(fields: readonly VarObj[], tags: readonly string[]): StructType {
  const t = new LiteralRecord(TypeKind.Struct);
  t.fields = fields;
  t.tags = tags;
  return t as unknown as StructType;
}

export const emptyTuple: TupleType = new LiteralRecord(TypeKind.Tuple) as unknown as TupleType;

export function newTuple(vars: readonly VarObj[]): TupleType {
  if (vars.length === 0) return emptyTuple;
  const t = new LiteralRecord(TypeKind.Tuple);
  t.vars = vars;
  return t as unknown as TupleType;
}

export function newUnion(terms: readonly Term[]): UnionType {
  const t = new LiteralRecord(TypeKind.Union);
  t.terms = terms;
  return t as unknown as UnionType;
}

export function newSignature(
  params: TupleType,
  results: TupleType,
  variadic: boolean,
): SignatureType {
  return new SignatureRecord(params, results, variadic) as unknown as SignatureType;
}

/** A flat copy, to be changed without changing the original. */
export function cloneSignature(sig: SignatureType): SignatureType {
  const t = new SignatureRecord(sig.params, sig.results, sig.variadic);
  t.rparams = sig.rparams;
  t.tparams = sig.tparams;
  t.scope = sig.scope;
  t.recv = sig.recv;
  t.oldRecv = sig.oldRecv;
  t.methodExpr = sig.methodExpr;
  return t as unknown as SignatureType;
}

/** An interface that is not complete yet: its maker says when. */
export function newInterface(
  methods: readonly FuncObj[],
  embeddeds: readonly Type[],
): InterfaceType {
  return new InterfaceRecord(methods, embeddeds) as unknown as InterfaceType;
}

/** The type set of all types. */
export const topTypeSet: TypeSet = { methods: [], terms: null, comparable: false };

function newEmptyInterface(): InterfaceType {
  const t = newInterface(none, none);
  t.complete = true;
  t.tset = topTypeSet;
  return t;
}

/** `interface{}` */
export const emptyInterface: InterfaceType = newEmptyInterface();

/** A complete interface `interface{ embeddeds... }`. */
export function newEmbedding(embeddeds: readonly Type[]): InterfaceType {
  const t = newInterface(none, embeddeds);
  t.complete = true;
  return t;
}

/** A defined type for `obj`, which takes it as its type unless it has one. */
export function newNamed(obj: TypeNameObj, rhs: Type | null): NamedType {
  const t = new NameRecord(TypeKind.Named, obj) as unknown as NamedType;
  t.rhs = rhs;
  obj.type ??= t;
  return t;
}

/** An instance of a generic type; its right side and methods are made when asked for. */
export function newInstance(
  obj: TypeNameObj,
  origin: NamedType,
  targs: readonly Type[],
): NamedType {
  const t = new NameRecord(TypeKind.Named, obj);
  t.origin = origin;
  t.targs = targs;
  const named = t as unknown as NamedType;
  obj.type = named;
  return named;
}

export function newAlias(obj: TypeNameObj, rhs: Type | null): AliasType {
  const t = new NameRecord(TypeKind.Alias, obj) as unknown as AliasType;
  t.rhs = rhs;
  obj.type ??= t;
  return t;
}

export function newAliasInstance(
  obj: TypeNameObj,
  origin: AliasType,
  targs: readonly Type[],
  rhs: Type,
): AliasType {
  const t = new NameRecord(TypeKind.Alias, obj);
  t.origin = origin;
  t.targs = targs;
  t.tparams = origin.tparams;
  t.rhs = rhs;
  const alias = t as unknown as AliasType;
  obj.type = alias;
  return alias;
}

export function newTypeParam(obj: TypeNameObj, bound: Type): TypeParamType {
  const t = new NameRecord(TypeKind.TypeParam, obj);
  t.bound = bound;
  const tpar = t as unknown as TypeParamType;
  obj.type ??= tpar;
  return tpar;
}

/** Numbers the parameters of one list. */
export function bindTypeParams(list: readonly TypeParamType[]): readonly TypeParamType[] {
  for (let i = 0; i < list.length; i++) list[i]!.index = i;
  return list;
}

/** The tag of a field, '' if it has none. */
export function tagOf(t: StructType, index: number): string {
  return t.tags[index] ?? '';
}

/** What an alias stands for, all the way; other types stand for themselves. */
export function unalias(t: Type): Type {
  return t.kind === TypeKind.Alias ? unaliasSlow(t) : t;
}

function unaliasSlow(alias: AliasType): Type {
  if (alias.underlying !== null) return alias.underlying;
  let t: Type | null = alias;
  while (t !== null && t.kind === TypeKind.Alias) t = t.rhs;
  if (t === null) return alias;
  alias.underlying = t;
  return t;
}

/** `t`, through aliases, if it is a defined type, else null. */
export function asNamed(t: Type | null): NamedType | null {
  if (t === null) return null;
  const u = unalias(t);
  return u.kind === TypeKind.Named ? u : null;
}

export function isInstance(t: NamedType): boolean {
  return t.origin !== t;
}
