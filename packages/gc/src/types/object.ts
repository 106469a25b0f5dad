/**
 * Objects: what names of a program denote.
 *
 * One record class for all kinds, with exact views by `kind`. An object's type is null until its
 * declaration has been looked at (decl.ts); objects of imported packages always have theirs.
 *
 * Spec: "Declarations and scope".   GOROOT: src/cmd/compile/internal/types2/object.go (wordings).
 */
import type { Value } from '../constant/value.ts';
import type { Pos } from '../syntax/pos.ts';
import type { Package } from './package.ts';
import type { DeclInfo } from './resolver.ts';
import type { Scope } from './scope.ts';
import { type SignatureType, type Type, TypeKind, unalias } from './type.ts';

export const ObjKind = {
  PkgName: 0,
  Const: 1,
  TypeName: 2,
  Var: 3,
  Func: 4,
  Label: 5,
  Builtin: 6,
  Nil: 7,
} as const;
export type ObjKind = (typeof ObjKind)[keyof typeof ObjKind];

export const VarKind = { Package: 1, Local: 2, Recv: 3, Param: 4, Result: 5, Field: 6 } as const;
export type VarKind = (typeof VarKind)[keyof typeof VarKind];

interface ObjBase {
  readonly name: string;
  pkg: Package | null;
  type: Type | null;
  pos: Pos;
  parent: Scope | null;
  /** Of package-level objects and methods of the package being checked. */
  decl: DeclInfo | null;
  /** Variables, package names and labels: whether something refers to it. */
  used: boolean;
  /** A slot for later phases of the compiler. */
  note: unknown;
}

export interface PkgNameObj extends ObjBase {
  readonly kind: typeof ObjKind.PkgName;
  readonly imported: Package;
}

export interface ConstObj extends ObjBase {
  readonly kind: typeof ObjKind.Const;
  /** Until the declaration is looked at: the value of iota in it. */
  val: Value;
}

export interface TypeNameObj extends ObjBase {
  readonly kind: typeof ObjKind.TypeName;
}

export interface VarObj extends ObjBase {
  readonly kind: typeof ObjKind.Var;
  readonly varKind: VarKind;
  /** Fields only. */
  readonly embedded: boolean;
  /** The variable of the generic declaration that this is an instance of, or null. */
  origin: VarObj | null;
}

export interface FuncObj extends ObjBase {
  readonly kind: typeof ObjKind.Func;
  origin: FuncObj | null;
  /** For methods that have no type yet; ask `hasPtrRecv`. */
  ptrRecv: boolean;
  /** `//go:nointerface`. */
  nointerface: boolean;
}

export interface LabelObj extends ObjBase {
  readonly kind: typeof ObjKind.Label;
}

export interface BuiltinObj extends ObjBase {
  readonly kind: typeof ObjKind.Builtin;
  /** A `BuiltinId` (universe.ts). */
  readonly builtin: number;
}

export interface NilObj extends ObjBase {
  readonly kind: typeof ObjKind.Nil;
}

export type Obj =
  | PkgNameObj
  | ConstObj
  | TypeNameObj
  | VarObj
  | FuncObj
  | LabelObj
  | BuiltinObj
  | NilObj;

class ObjRecord {
  kind: number;
  name: string;
  pkg: Package | null;
  type: Type | null;
  pos: Pos;
  parent: Scope | null = null;
  decl: DeclInfo | null = null;
  used = false;
  note: unknown = null;
  val: Value | null = null;
  imported: Package | null = null;
  varKind = 0;
  builtin = 0;
  embedded = false;
  ptrRecv = false;
  nointerface = false;
  origin: unknown = null;

  constructor(kind: number, pos: Pos, pkg: Package | null, name: string, type: Type | null) {
    this.kind = kind;
    this.name = name;
    this.pkg = pkg;
    this.type = type;
    this.pos = pos;
  }
}

export function newPkgName(pos: Pos, pkg: Package, name: string, imported: Package): PkgNameObj {
  const obj = new ObjRecord(ObjKind.PkgName, pos, pkg, name, null);
  obj.imported = imported;
  return obj as unknown as PkgNameObj;
}

export function newConst(
  pos: Pos,
  pkg: Package | null,
  name: string,
  type: Type | null,
  val: Value,
): ConstObj {
  const obj = new ObjRecord(ObjKind.Const, pos, pkg, name, type);
  obj.val = val;
  return obj as unknown as ConstObj;
}

export function newTypeName(
  pos: Pos,
  pkg: Package | null,
  name: string,
  type: Type | null,
): TypeNameObj {
  return new ObjRecord(ObjKind.TypeName, pos, pkg, name, type) as unknown as TypeNameObj;
}

export function newVar(
  varKind: VarKind,
  pos: Pos,
  pkg: Package | null,
  name: string,
  type: Type | null,
): VarObj {
  const obj = new ObjRecord(ObjKind.Var, pos, pkg, name, type);
  obj.varKind = varKind;
  return obj as unknown as VarObj;
}

export function newParam(pos: Pos, pkg: Package | null, name: string, type: Type): VarObj {
  return newVar(VarKind.Param, pos, pkg, name, type);
}

export function newField(
  pos: Pos,
  pkg: Package | null,
  name: string,
  type: Type,
  embedded: boolean,
): VarObj {
  const obj = new ObjRecord(ObjKind.Var, pos, pkg, name, type);
  obj.varKind = VarKind.Field;
  obj.embedded = embedded;
  return obj as unknown as VarObj;
}

export function newFunc(
  pos: Pos,
  pkg: Package | null,
  name: string,
  type: SignatureType | null,
): FuncObj {
  return new ObjRecord(ObjKind.Func, pos, pkg, name, type) as unknown as FuncObj;
}

export function newLabel(pos: Pos, pkg: Package, name: string): LabelObj {
  return new ObjRecord(ObjKind.Label, pos, pkg, name, null) as unknown as LabelObj;
}

export function newBuiltin(builtin: number, name: string, pkg: Package | null): BuiltinObj {
  const obj = new ObjRecord(ObjKind.Builtin, 0, pkg, name, null);
  obj.builtin = builtin;
  return obj as unknown as BuiltinObj;
}

export function newNil(type: Type): NilObj {
  return new ObjRecord(ObjKind.Nil, 0, null, 'nil', type) as unknown as NilObj;
}

/** A copy of a variable, of another type, that remembers where it comes from. */
export function cloneVar(v: VarObj, type: Type): VarObj {
  const obj = new ObjRecord(ObjKind.Var, v.pos, v.pkg, v.name, type);
  obj.varKind = v.varKind;
  obj.embedded = v.embedded;
  obj.parent = v.parent;
  obj.origin = v.origin ?? v;
  return obj as unknown as VarObj;
}

export function cloneFunc(f: FuncObj, type: Type): FuncObj {
  const obj = new ObjRecord(ObjKind.Func, f.pos, f.pkg, f.name, type);
  obj.parent = f.parent;
  obj.ptrRecv = f.ptrRecv;
  obj.nointerface = f.nointerface;
  obj.origin = f.origin ?? f;
  return obj as unknown as FuncObj;
}

/** The signature of a function whose declaration has been looked at. */
export function signatureOf(f: FuncObj): SignatureType {
  return f.type as SignatureType;
}

/**
 * Whether a method's receiver is a pointer. The declared receiver decides once it is known; while
 * the signature is incomplete, what the resolver saw in the syntax does.
 */
export function hasPtrRecv(f: FuncObj): boolean {
  const recv = f.type === null ? null : signatureOf(f).recv;
  if (recv === null || recv.type === null) return f.ptrRecv;
  return unalias(recv.type).kind === TypeKind.Pointer;
}

const upper = /^\p{Lu}/u;

/** Whether a name starts with an upper-case letter. */
export function isExported(name: string): boolean {
  const c = name.charCodeAt(0);
  if (c < 0x80) return c >= 0x41 && c <= 0x5a;
  return upper.test(name);
}

/** The name if exported, else one that is different in every package. */
export function idOf(pkg: Package | null, name: string): string {
  if (isExported(name)) return name;
  const path = pkg === null || pkg.path === '' ? '_' : pkg.path;
  return `${path}.${name}`;
}

export function samePkg(a: Package | null, b: Package | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && a.path === b.path;
}

/** Whether `obj` is what the selector `name`, written in `pkg`, means. Spec: "Uniqueness of identifiers". */
export function hasId(obj: Obj, pkg: Package | null, name: string): boolean {
  return obj.name === name && (isExported(name) || samePkg(obj.pkg, pkg));
}

/** Like `hasId`, or equal but for case, whatever the packages. */
export function hasIdFold(obj: Obj, pkg: Package | null, name: string): boolean {
  return equalFold(obj.name, name) || hasId(obj, pkg, name);
}

export function equalFold(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase() || a.toUpperCase() === b.toUpperCase();
}

/** Order of methods: exported first, then by name (as UTF-8), then by package path. */
export function compareFuncs(a: FuncObj, b: FuncObj): number {
  if (a === b) return 0;
  const exported = isExported(a.name);
  if (exported !== isExported(b.name)) return exported ? -1 : 1;
  if (a.name !== b.name) return compareStrings(a.name, b.name);
  return exported ? 0 : compareStrings(a.pkg?.path ?? '', b.pkg?.path ?? '');
}

/** Order by code points, which is the order of the bytes of UTF-8. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates (only in pairs here) stand for code points above all others.
    const highX = x >= 0xd800 && x < 0xe000;
    const highY = y >= 0xd800 && y < 0xe000;
    if (highX !== highY) return highX ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

/** Whether a type name is an alias for a type that is declared elsewhere. */
export function isAliasName(obj: TypeNameObj): boolean {
  const t = obj.type;
  if (t === null) return false;
  switch (t.kind) {
    case TypeKind.Basic:
      if (obj.pkg !== null && obj.pkg.path === 'unsafe' && t.name === 'Pointer') return false;
      return obj.pkg !== null || t.name !== obj.name || t.name === 'byte' || t.name === 'rune';
    case TypeKind.Named:
    case TypeKind.TypeParam:
      return t.obj !== obj;
    default:
      return true;
  }
}

/** What a message calls the kind of an object. */
export function objectKind(obj: Obj): string {
  switch (obj.kind) {
    case ObjKind.PkgName:
      return 'package name';
    case ObjKind.Const:
      return 'constant';
    case ObjKind.TypeName:
      if (isAliasName(obj)) return 'type alias';
      return obj.type?.kind === TypeKind.TypeParam ? 'type parameter' : 'defined type';
    case ObjKind.Var:
      return varKindNames[obj.varKind]!;
    case ObjKind.Func:
      return obj.type !== null && signatureOf(obj).recv !== null ? 'method' : 'function';
    case ObjKind.Label:
      return 'label';
    case ObjKind.Builtin:
      return 'built-in function';
    case ObjKind.Nil:
      return 'untyped nil';
  }
}

const varKindNames = [
  '',
  'package-level variable',
  'local variable',
  'receiver',
  'parameter',
  'result variable',
  'struct field',
];
