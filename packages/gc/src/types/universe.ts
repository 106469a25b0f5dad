/**
 * Predeclared names, and package unsafe.
 *
 * Everything here is made once and never changes. The file imports only leaves, so that it may be
 * loaded before or after anything else.
 *
 * Spec: "Predeclared identifiers", "Package unsafe".
 */
import { makeBool, makeInt } from '../constant/value.ts';
import {
  type ConstObj,
  newBuiltin,
  newConst,
  newFunc,
  newNil,
  newTypeName,
  newVar,
  type Obj,
  type TypeNameObj,
  VarKind,
} from './object.ts';
import { Package } from './package.ts';
import { universe } from './scope.ts';
import {
  BasicKind,
  basicTypes,
  byteType,
  emptyInterface,
  emptyTuple,
  type InterfaceType,
  type NamedType,
  NamedState,
  newAlias,
  newInterface,
  newNamed,
  newSignature,
  newTuple,
  runeType,
  stringType,
  type Type,
  unsafePointerType,
  untypedBoolType,
  untypedIntType,
  untypedNilType,
} from './type.ts';

/** What a call of a built-in function is: only some may stand as statements. */
export const ExprKind = { Conversion: 0, Expression: 1, Statement: 2 } as const;
export type ExprKind = (typeof ExprKind)[keyof typeof ExprKind];

export const BuiltinId = {
  Append: 0,
  Cap: 1,
  Clear: 2,
  Close: 3,
  Complex: 4,
  Copy: 5,
  Delete: 6,
  Imag: 7,
  Len: 8,
  Make: 9,
  Max: 10,
  Min: 11,
  New: 12,
  Panic: 13,
  Print: 14,
  Println: 15,
  Real: 16,
  Recover: 17,
  // package unsafe
  Add: 18,
  Alignof: 19,
  Offsetof: 20,
  Sizeof: 21,
  Slice: 22,
  SliceData: 23,
  String: 24,
  StringData: 25,
  // only for tests of the checker, in a scope that they supply
  Assert: 26,
  Trace: 27,
} as const;
export type BuiltinId = (typeof BuiltinId)[keyof typeof BuiltinId];

interface BuiltinInfo {
  readonly name: string;
  /** Least number of arguments. */
  readonly nargs: number;
  readonly variadic: boolean;
  readonly kind: ExprKind;
}

function info(name: string, nargs: number, variadic: boolean, kind: ExprKind): BuiltinInfo {
  return { name, nargs, variadic, kind };
}

/** By `BuiltinId`. */
export const builtinInfos: readonly BuiltinInfo[] = [
  info('append', 1, true, ExprKind.Expression),
  info('cap', 1, false, ExprKind.Expression),
  info('clear', 1, false, ExprKind.Statement),
  info('close', 1, false, ExprKind.Statement),
  info('complex', 2, false, ExprKind.Expression),
  info('copy', 2, false, ExprKind.Statement),
  info('delete', 2, false, ExprKind.Statement),
  info('imag', 1, false, ExprKind.Expression),
  info('len', 1, false, ExprKind.Expression),
  info('make', 1, true, ExprKind.Expression),
  info('max', 1, true, ExprKind.Expression),
  info('min', 1, true, ExprKind.Expression),
  info('new', 1, false, ExprKind.Expression),
  info('panic', 1, false, ExprKind.Statement),
  info('print', 0, true, ExprKind.Statement),
  info('println', 0, true, ExprKind.Statement),
  info('real', 1, false, ExprKind.Expression),
  info('recover', 0, false, ExprKind.Statement),
  info('Add', 2, false, ExprKind.Expression),
  info('Alignof', 1, false, ExprKind.Expression),
  info('Offsetof', 1, false, ExprKind.Expression),
  info('Sizeof', 1, false, ExprKind.Expression),
  info('Slice', 2, false, ExprKind.Expression),
  info('SliceData', 1, false, ExprKind.Expression),
  info('String', 2, false, ExprKind.Expression),
  info('StringData', 1, false, ExprKind.Expression),
  info('assert', 1, false, ExprKind.Statement),
  info('trace', 0, true, ExprKind.Statement),
];

export const unsafePackage: Package = new Package('unsafe', 'unsafe');
unsafePackage.complete = true;

function declare<T extends Obj>(obj: T): T {
  (obj.pkg === unsafePackage ? unsafePackage.scope : universe).insert(obj);
  return obj;
}

function declareType(name: string, type: Type): void {
  declare(newTypeName(0, null, name, type));
}

for (let kind: number = BasicKind.Bool; kind <= BasicKind.String; kind++) {
  declareType(basicTypes[kind]!.name, basicTypes[kind]!);
}
declareType('byte', byteType);
declareType('rune', runeType);
declare(newTypeName(0, unsafePackage, 'Pointer', unsafePointerType));

function declareError(): NamedType {
  const obj = newTypeName(0, null, 'error', null);
  const type = newNamed(obj, null);
  const sig = newSignature(
    emptyTuple,
    newTuple([newVar(VarKind.Result, 0, null, '', stringType)]),
    false,
  );
  sig.recv = newVar(VarKind.Recv, 0, null, '', type);
  const method = newFunc(0, null, 'Error', sig);
  const iface = newInterface([method], []);
  iface.complete = true;
  iface.tset = { methods: [method], terms: null, comparable: false };
  setUnderlying(type, iface);
  declare(obj);
  return type;
}

function setUnderlying(t: NamedType, u: InterfaceType): void {
  t.rhs = u;
  t.underlying = u;
  t.state |= NamedState.Unpacked;
}

export const errorType: NamedType = declareError();

function declareAny(): TypeNameObj {
  const obj = newTypeName(0, null, 'any', null);
  newAlias(obj, emptyInterface);
  return declare(obj);
}

export const universeAny: TypeNameObj = declareAny();

function declareComparable(): TypeNameObj {
  const obj = newTypeName(0, null, 'comparable', null);
  const iface = newInterface([], []);
  iface.complete = true;
  iface.tset = { methods: [], terms: null, comparable: true };
  setUnderlying(newNamed(obj, iface), iface);
  return declare(obj);
}

export const universeComparable: TypeNameObj = declareComparable();

declare(newConst(0, null, 'true', untypedBoolType, makeBool(true)));
declare(newConst(0, null, 'false', untypedBoolType, makeBool(false)));
export const universeIota: ConstObj = declare(
  newConst(0, null, 'iota', untypedIntType, makeInt(0)),
);
declare(newNil(untypedNilType));

for (let id: number = BuiltinId.Append; id <= BuiltinId.StringData; id++) {
  const pkg = id >= BuiltinId.Add ? unsafePackage : null;
  declare(newBuiltin(id, builtinInfos[id]!.name, pkg));
}
