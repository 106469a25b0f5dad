/**
 * Types, objects and operands as messages show them.
 *
 * A qualifier says how to name a package: by its path, by its name, or, for '', not at all.
 *
 * GOROOT: src/cmd/compile/internal/types2/typestring.go, object.go (forms).
 */
import { quoteString } from '@go-ts/base/quote';
import { quoteBytes } from '../constant/format.ts';
import type { Checker } from './check.ts';
import { typeParamsOf } from './named.ts';
import {
  type FuncObj,
  isAliasName,
  isExported,
  type Obj,
  ObjKind,
  signatureOf,
  type TypeNameObj,
} from './object.ts';
import type { Package } from './package.ts';
import { isTypeParam } from './predicates.ts';
import { universe } from './scope.ts';
import {
  asNamed,
  type BasicType,
  ChanDir,
  type ChanType,
  emptyInterface,
  type InterfaceType,
  isInstance,
  type NamedType,
  type AliasType,
  type SignatureType,
  type StructType,
  tagOf,
  type TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { under } from './under.ts';
import { universeComparable, unsafePackage } from './universe.ts';

/** How to name a package before the names of its objects. */
export type Qualifier = (pkg: Package) => string;

export const byPath: Qualifier = (pkg) => pkg.path;

/** `t` as the checker's messages show it; with package paths if there is no checker. */
export function typeStr(check: Checker | null, t: Type): string {
  return typeString(t, check === null ? byPath : check.qualifier);
}

export function typeString(t: Type, qualifier: Qualifier): string {
  const w = new TypeWriter(qualifier);
  w.type(t);
  return w.out;
}

/** `[t1, t2]` */
export function typeListStr(check: Checker | null, list: readonly Type[]): string {
  return `[${list.map((t) => typeStr(check, t)).join(', ')}]`;
}

export function packagePrefix(pkg: Package | null, qualifier: Qualifier): string {
  if (pkg === null) return '';
  const name = qualifier(pkg);
  return name === '' ? '' : `${name}.`;
}

export class TypeWriter {
  out = '';
  readonly qualifier: Qualifier;
  /** Whether names of parameters are shown. */
  paramNames = true;
  /** Whether the first unexported field of a struct is annotated with its package. */
  pkgInfo = false;
  readonly #open: Type[] = [];

  constructor(qualifier: Qualifier) {
    this.qualifier = qualifier;
  }

  type(t: Type): void {
    switch (t.kind) {
      case TypeKind.Basic:
        this.#basic(t);
        return;
      case TypeKind.Named:
      case TypeKind.Alias:
        this.#name(t);
        return;
      case TypeKind.TypeParam:
        this.#typeParam(t);
        return;
      default:
    }
    if (this.#open.includes(t)) {
      this.out += `<cycle to ${typeKindNames[t.kind]!}>`;
      return;
    }
    this.#open.push(t);
    switch (t.kind) {
      case TypeKind.Array:
        this.out += `[${lengthString(t.len)}]`;
        this.type(t.elem);
        break;
      case TypeKind.Slice:
        this.out += '[]';
        this.type(t.elem);
        break;
      case TypeKind.Pointer:
        this.out += '*';
        this.type(t.elem);
        break;
      case TypeKind.Struct:
        this.#struct(t);
        break;
      case TypeKind.Tuple:
        this.tuple(t, false);
        break;
      case TypeKind.Signature:
        this.out += 'func';
        this.signature(t);
        break;
      case TypeKind.Union:
        for (let i = 0; i < t.terms.length; i++) {
          if (i > 0) this.out += ' | ';
          if (t.terms[i]!.tilde) this.out += '~';
          this.type(t.terms[i]!.type);
        }
        break;
      case TypeKind.Interface:
        this.#interface(t);
        break;
      case TypeKind.Map:
        this.out += 'map[';
        this.type(t.key);
        this.out += ']';
        this.type(t.elem);
        break;
      case TypeKind.Chan:
        this.#chan(t);
        break;
    }
    this.#open.pop();
  }

  #basic(t: BasicType): void {
    // The only one with an exported name is unsafe.Pointer.
    if (isExported(t.name)) this.out += packagePrefix(unsafePackage, this.qualifier);
    this.out += t.name;
  }

  #name(t: NamedType | AliasType): void {
    this.#typeName(t.obj);
    if (t.targs.length > 0) this.#typeList(t.targs);
    else if (t.kind === TypeKind.Alias || !isInstance(t)) {
      const tparams = typeParamsOf(t);
      if (tparams.length > 0) this.typeParams(tparams);
    }
  }

  #typeName(obj: TypeNameObj): void {
    this.out += packagePrefix(obj.pkg, this.qualifier) + obj.name;
  }

  #typeParam(t: TypeParamType): void {
    const { name, pos, pkg } = t.obj;
    this.out += name;
    if (universe.lookup(name) !== null) {
      const place = pkg?.positions?.format(pos) ?? '<unknown position>';
      this.out += ` /* with ${name} declared at ${place} */`;
    }
  }

  #typeList(list: readonly Type[]): void {
    this.out += '[';
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.out += ', ';
      this.type(list[i]!);
    }
    this.out += ']';
  }

  /** `[P, Q C, R D]` */
  typeParams(list: readonly TypeParamType[]): void {
    this.out += '[';
    for (let i = 0; i < list.length; i++) {
      const p = list[i]!;
      if (i > 0) {
        const before = list[i - 1]!.bound;
        if (p.bound !== before) {
          this.out += ' ';
          this.type(before);
        }
        this.out += ', ';
      }
      this.type(p);
    }
    this.out += ' ';
    this.type(list.at(-1)!.bound);
    this.out += ']';
  }

  #struct(t: StructType): void {
    this.out += 'struct{';
    for (let i = 0; i < t.fields.length; i++) {
      const f = t.fields[i]!;
      if (i > 0) this.out += '; ';
      const annotate = this.pkgInfo && !isExported(f.name);
      if (annotate) this.pkgInfo = false;
      if (!f.embedded) this.out += `${f.name} `;
      this.type(f.type!);
      if (annotate) this.out += ` /* package ${f.pkg?.path ?? ''} */ `;
      const tag = tagOf(t, i);
      if (tag !== '') this.out += ` ${quoteBytes(tag)}`;
    }
    this.out += '}';
  }

  #interface(t: InterfaceType): void {
    if (t === asNamed(universeComparable.type)?.underlying) {
      this.out += 'interface{comparable}';
      return;
    }
    if (t.implicit) {
      if (t.methods.length === 0 && t.embeddeds.length === 1) {
        this.type(t.embeddeds[0]!);
        return;
      }
      this.out += '/* implicit */ ';
    }
    this.out += 'interface{';
    let first = true;
    for (const m of t.methods) {
      if (!first) this.out += '; ';
      first = false;
      this.out += m.name;
      this.signature(signatureOf(m));
    }
    for (const e of t.embeddeds) {
      if (!first) this.out += '; ';
      first = false;
      this.type(e);
    }
    this.out += '}';
  }

  #chan(t: ChanType): void {
    this.out += t.dir === ChanDir.Both ? 'chan ' : t.dir === ChanDir.Send ? 'chan<- ' : '<-chan ';
    const { elem } = t;
    const parens =
      t.dir === ChanDir.Both && elem.kind === TypeKind.Chan && elem.dir === ChanDir.Recv;
    if (parens) this.out += '(';
    this.type(elem);
    if (parens) this.out += ')';
  }

  tuple(t: TupleType, variadic: boolean): void {
    this.out += '(';
    for (let i = 0; i < t.vars.length; i++) {
      const v = t.vars[i]!;
      if (i > 0) this.out += ', ';
      if (v.name !== '' && this.paramNames) this.out += `${v.name} `;
      const type = v.type!;
      if (!variadic || i < t.vars.length - 1) this.type(type);
      else if (type.kind === TypeKind.Slice) {
        this.out += '...';
        this.type(type.elem);
      } else {
        // append([]byte, string...)
        this.type(type);
        this.out += '...';
      }
    }
    this.out += ')';
  }

  /** Without `func`. */
  signature(t: SignatureType): void {
    if (t.tparams.length > 0) this.typeParams(t.tparams);
    this.tuple(t.params, t.variadic);
    const { vars } = t.results;
    if (vars.length === 0) return;
    this.out += ' ';
    if (vars.length === 1 && vars[0]!.name === '') this.type(vars[0]!.type!);
    else this.tuple(t.results, false);
  }
}

/** By `TypeKind`: upstream's names, which messages about cycles show. */
const typeKindNames = [
  '*Basic',
  '*Array',
  '*Slice',
  '*Struct',
  '*Pointer',
  '*Tuple',
  '*Signature',
  '*Union',
  '*Interface',
  '*Map',
  '*Chan',
  '*Named',
  '*TypeParam',
  '*Alias',
];

function lengthString(len: number): string {
  return Number.isSafeInteger(len) ? String(len) : BigInt(len).toString();
}

/** `name(params) results`, without names of parameters. */
export function funcString(check: Checker | null, f: FuncObj, pkgInfo: boolean): string {
  const w = new TypeWriter(check === null || pkgInfo ? byPath : check.qualifier);
  w.pkgInfo = pkgInfo;
  w.paramNames = false;
  w.signature(signatureOf(f));
  return f.name + w.out;
}

/** An object as its declaration might read: `var x int`. */
export function objectString(obj: Obj, qualifier: Qualifier): string {
  switch (obj.kind) {
    case ObjKind.PkgName: {
      const { path } = obj.imported;
      const suffix = path !== '' && path !== obj.name ? ` (${quoteString(path)})` : '';
      return `package ${obj.name}${suffix}`;
    }
    case ObjKind.Func: {
      const w = new TypeWriter(qualifier);
      if (obj.type !== null) w.signature(signatureOf(obj));
      return `func ${funcName(obj, qualifier)}${w.out}`;
    }
    case ObjKind.Nil:
      return 'nil';
    case ObjKind.Label:
      return `label ${obj.name}`;
    case ObjKind.Builtin:
      return `builtin ${obj.name}`;
    case ObjKind.TypeName:
      return typeNameString(obj, qualifier);
    case ObjKind.Const:
      return `const ${qualifiedName(obj, qualifier)}${suffixType(obj.type, qualifier)}`;
    case ObjKind.Var: {
      const what = obj.varKind === 6 ? 'field' : 'var';
      return `${what} ${qualifiedName(obj, qualifier)}${suffixType(obj.type, qualifier)}`;
    }
  }
}

function suffixType(t: Type | null, qualifier: Qualifier): string {
  return t === null ? '' : ` ${typeString(t, qualifier)}`;
}

function qualifiedName(obj: Obj, qualifier: Qualifier): string {
  const global = obj.pkg !== null && obj.pkg.scope.lookup(obj.name) === obj;
  return (global ? packagePrefix(obj.pkg, qualifier) : '') + obj.name;
}

function typeNameString(obj: TypeNameObj, qualifier: Qualifier): string {
  const { type } = obj;
  const name = qualifiedName(obj, qualifier);
  if (type === null) return `type ${name}`;
  let text = `type ${isTypeParam(type) ? 'parameter ' : ''}${name}`;
  if (type.kind === TypeKind.Basic) return text;
  if (type.kind === TypeKind.Named || type.kind === TypeKind.Alias) {
    const tparams = typeParamsOf(type);
    if (tparams.length > 0) {
      const w = new TypeWriter(qualifier);
      w.typeParams(tparams);
      text += w.out;
    }
  }
  let shown: Type = type;
  if (isAliasName(obj)) {
    text += ' =';
    if (type.kind === TypeKind.Alias && type.rhs !== null) shown = type.rhs;
  } else if (type.kind === TypeKind.TypeParam) shown = type.bound;
  else shown = under(type);
  if (obj.name === 'any' && obj.parent === universe) shown = emptyInterface;
  return `${text} ${typeString(shown, qualifier)}`;
}

/** `pkg.F`, `(T).m` */
export function funcName(f: FuncObj, qualifier: Qualifier): string {
  if (f.type === null) return f.name;
  const { recv } = signatureOf(f);
  if (recv === null) return packagePrefix(f.pkg, qualifier) + f.name;
  const type = recv.type!;
  const shown = type.kind === TypeKind.Interface ? 'interface' : typeString(type, qualifier);
  return `(${shown}).${f.name}`;
}
