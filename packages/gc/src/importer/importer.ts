/**
 * From units to the checker's packages: declarations only, object by object.
 *
 * A package's scope gets one lazy entry per name; a defined type loads its right side and methods when
 * the checker first looks into it. So importing a package costs in proportion to what is used of it.
 *
 * Type parameters are read relative to the object that declares them (`Params`): a type element that
 * contains some is decoded anew for each object, closed ones once.
 */
import { InternalError } from '@go-ts/base';
import { type ByteReader } from '@go-ts/objfile/bytes';
import { type Importer as CheckerImporter } from '../types/check.ts';
import { newNamedInstance } from '../types/named.ts';
import {
  type FuncObj,
  newConst,
  newField,
  newFunc,
  newParam,
  newTypeName,
  newVar,
  type Obj,
  type TypeNameObj,
  type VarObj,
  VarKind,
} from '../types/object.ts';
import { Package } from '../types/package.ts';
import { newSubstMap, subst } from '../types/subst.ts';
import {
  basicTypes,
  bindTypeParams,
  byteType,
  ChanDir,
  emptyInterface,
  type InterfaceType,
  type NamedParts,
  NamedState,
  type NamedType,
  newAlias,
  newAliasInstance,
  newArray,
  newChan,
  newInterface,
  newMap,
  newNamed,
  newPointer,
  newSignature,
  newSlice,
  newStruct,
  newTuple,
  newTypeParam,
  newUnion,
  runeType,
  type SignatureType,
  type Type,
  TypeKind,
  type TypeParamType,
} from '../types/type.ts';
import { errorType, universeAny, universeComparable, unsafePackage } from '../types/universe.ts';
import { readExact } from './const-writer.ts';
import { FuncFlag, ObjTag, OPEN_TYPE, Section, TypeFlag, TypeTag } from './format.ts';
import { UnitView } from './unit.ts';

/** The type parameters in scope of an object, and the open types read with them. */
class Params {
  readonly list: readonly TypeParamType[];
  readonly types = new Map<number, Type>();

  constructor(list: readonly TypeParamType[]) {
    this.list = list;
  }
}

const noParams: readonly TypeParamType[] = [];

/** Packages for the checker, from the units that `lookup` finds. */
export class UnitImporter implements CheckerImporter {
  readonly #lookup: (path: string) => Uint8Array | null;
  readonly #packages = new Map<string, UnitPackage>();

  constructor(lookup: (path: string) => Uint8Array | null) {
    this.#lookup = lookup;
  }

  importPackage(path: string): { readonly pkg: Package | null; readonly error: string | null } {
    if (path === 'unsafe') return { pkg: unsafePackage, error: null };
    const found = this.find(path);
    if (found === null) return { pkg: null, error: `could not import ${path} (file not found)` };
    return { pkg: found.pkg, error: null };
  }

  find(path: string): UnitPackage | null {
    const old = this.#packages.get(path);
    if (old !== undefined) return old;
    const unit = this.#lookup(path);
    if (unit === null) return null;
    const made = new UnitPackage(this, unit);
    this.#packages.set(path, made);
    made.pkg.imports = made.importPaths
      .map((p) => this.find(p)?.pkg ?? null)
      .filter((p) => p !== null);
    return made;
  }
}

class UnitPackage {
  readonly pkg: Package;
  readonly importPaths: readonly string[];
  readonly #importer: UnitImporter;
  readonly #view: UnitView;
  readonly #objs = new Map<number, Obj>();
  readonly #closed = new Map<number, Type>();
  readonly #none = new Params(noParams);

  constructor(importer: UnitImporter, unit: Uint8Array) {
    this.#importer = importer;
    const view = new UnitView(unit);
    this.#view = view;
    const r = view.meta();
    const path = view.string(r.uvarint());
    this.pkg = new Package(path, view.string(r.uvarint()));
    this.pkg.goVersion = view.string(r.uvarint());
    const imports: string[] = [];
    for (let n = r.uvarint(); n > 0; n--) imports.push(view.string(r.uvarint()));
    this.importPaths = imports;
    for (let n = r.uvarint(); n > 0; n--) {
      const name = view.string(r.uvarint());
      const num = r.uvarint();
      this.pkg.scope.insertLazy(name, () => this.#object(num));
    }
    this.pkg.complete = true;
  }

  // ---- objects

  #object(num: number): Obj {
    const old = this.#objs.get(num);
    if (old !== undefined) return old;
    const r = this.#view.element(Section.Obj, num);
    const tag = r.u8();
    if (tag === ObjTag.Stub) {
      const obj = this.#stub(r);
      this.#objs.set(num, obj);
      return obj;
    }
    const name = this.#string(r);
    r.uvarint();
    r.uvarint();
    r.uvarint();
    switch (tag) {
      case ObjTag.Const: {
        const t = this.#type(r.uvarint(), this.#none);
        return this.#enter(num, newConst(0, this.pkg, name, t, readExact(r, this.#view)));
      }
      case ObjTag.Var: {
        const obj = newVar(VarKind.Package, 0, this.pkg, name, null);
        this.#objs.set(num, obj);
        obj.type = this.#type(r.uvarint(), this.#none);
        return obj;
      }
      case ObjTag.Type:
        return this.#typeName(num, r, name);
      case ObjTag.Func:
        return this.#enter(num, this.#func(num, r, name, null));
      default:
        throw new InternalError(`unknown object tag ${tag}`);
    }
  }

  #enter(num: number, obj: Obj): Obj {
    this.#objs.set(num, obj);
    return obj;
  }

  #stub(r: ByteReader): Obj {
    const path = this.#string(r);
    const name = this.#string(r);
    const from = path === 'unsafe' ? unsafePackage : this.#importer.find(path)?.pkg;
    const obj = from?.scope.lookup(name) ?? null;
    if (obj === null) throw new InternalError(`${this.pkg.path} needs ${path}.${name}`);
    return obj;
  }

  #string(r: ByteReader): string {
    return this.#view.string(r.uvarint());
  }

  #typeName(num: number, r: ByteReader, name: string): TypeNameObj {
    const obj = newTypeName(0, this.pkg, name, null);
    this.#objs.set(num, obj);
    const flags = r.uvarint();
    r.uvarint();
    r.uvarint();
    if (flags & TypeFlag.Alias) {
      const alias = newAlias(obj, null);
      const params = this.#typeParams(r, []);
      alias.tparams = params.list;
      alias.rhs = this.#type(r.uvarint(), params);
      return obj;
    }
    const named = newNamed(obj, null);
    // The number of type parameters comes first.
    if (r.buf[r.pos] === 0) named.state |= NamedState.Plain;
    named.load = () => this.#namedParts(r, named);
    return obj;
  }

  #namedParts(r: ByteReader, named: NamedType): NamedParts {
    const params = this.#typeParams(r, []);
    named.tparams = params.list;
    const under = this.#type(r.uvarint(), params);
    if (under.kind === TypeKind.Interface) setReceivers(under, named);
    const methods: FuncObj[] = [];
    for (let n = r.uvarint(); n > 0; n--) {
      const num = r.uvarint();
      const m = this.#view.element(Section.Obj, num);
      m.u8();
      const name = this.#string(m);
      m.uvarint();
      m.uvarint();
      m.uvarint();
      methods.push(this.#func(num, m, name, named));
    }
    return { tparams: params.list, under, methods };
  }

  /** Type parameters that follow, behind those of `before`. */
  #typeParams(r: ByteReader, before: readonly TypeParamType[]): Params {
    const n = r.uvarint();
    if (n === 0) return before.length === 0 ? this.#none : new Params(before);
    const own: TypeParamType[] = [];
    const bounds: number[] = [];
    for (let i = 0; i < n; i++) {
      const obj = newTypeName(0, this.pkg, this.#string(r), null);
      own.push(newTypeParam(obj, emptyInterface));
      bounds.push(r.uvarint());
    }
    bindTypeParams(own);
    const params = new Params([...before, ...own]);
    own.forEach((p, i) => {
      p.bound = this.#type(bounds[i]!, params);
    });
    return params;
  }

  #func(num: number, r: ByteReader, name: string, recv: NamedType | null): FuncObj {
    const flags = r.uvarint();
    r.uvarint(); // pragma
    r.uvarint(); // linker name
    r.uvarint(); // receiver
    const rparams = this.#typeParams(r, []);
    const params = this.#typeParams(r, rparams.list);
    const sig = this.#type(r.uvarint(), params) as SignatureType;
    // The signature may be shared with other functions of the same type: this one has its own.
    const own = newSignature(sig.params, sig.results, sig.variadic);
    own.rparams = rparams.list;
    own.tparams = params.list.slice(rparams.list.length);
    const obj = newFunc(0, this.pkg, name, own);
    obj.ptrRecv = (flags & FuncFlag.PtrRecv) !== 0;
    if (recv !== null) {
      const base =
        rparams.list.length === 0 ? recv : newNamedInstance(null, 0, recv, rparams.list, null);
      const t = obj.ptrRecv ? newPointer(base) : base;
      own.recv = newVar(VarKind.Recv, 0, this.pkg, '', t);
    }
    this.#objs.set(num, obj);
    return obj;
  }

  // ---- types

  #type(n: number, params: Params): Type {
    const old = this.#closed.get(n) ?? params.types.get(n);
    if (old !== undefined) return old;
    const r = this.#view.element(Section.Type, n);
    const tag = r.u8();
    const t = this.#parts(r, tag & ~OPEN_TYPE, params);
    if (tag & OPEN_TYPE) params.types.set(n, t);
    else this.#closed.set(n, t);
    return t;
  }

  #parts(r: ByteReader, tag: number, params: Params): Type {
    switch (tag) {
      case TypeTag.Basic:
        return basicTypes[r.uvarint()]!;
      case TypeTag.Universe:
        return universeType(this.#string(r));
      case TypeTag.Pointer:
        return newPointer(this.#type(r.uvarint(), params));
      case TypeTag.Slice:
        return newSlice(this.#type(r.uvarint(), params));
      case TypeTag.Array: {
        const len = r.uvarint();
        return newArray(this.#type(r.uvarint(), params), len);
      }
      case TypeTag.Map: {
        const key = this.#type(r.uvarint(), params);
        return newMap(key, this.#type(r.uvarint(), params));
      }
      case TypeTag.Chan: {
        const dir = r.uvarint();
        const elem = this.#type(r.uvarint(), params);
        return newChan(dir === 3 ? ChanDir.Both : dir === 2 ? ChanDir.Send : ChanDir.Recv, elem);
      }
      case TypeTag.Func:
        return this.#signature(r, params);
      case TypeTag.Interface:
        return this.#interface(r, params);
      case TypeTag.Struct:
        return this.#struct(r, params);
      case TypeTag.TypeParam: {
        const i = r.uvarint();
        const p = params.list[i];
        if (p === undefined) throw new InternalError(`no type parameter ${i}`);
        return p;
      }
      case TypeTag.Union: {
        const terms: { tilde: boolean; type: Type }[] = [];
        for (let n = r.uvarint(); n > 0; n--) {
          const tilde = r.uvarint() === 1;
          terms.push({ tilde, type: this.#type(r.uvarint(), params) });
        }
        return newUnion(terms);
      }
      case TypeTag.Named:
      case TypeTag.Alias:
        return this.#named(r, params);
      default:
        throw new InternalError(`unknown type tag ${tag}`);
    }
  }

  #named(r: ByteReader, params: Params): Type {
    const obj = this.#object(r.uvarint());
    const args: Type[] = [];
    for (let n = r.uvarint(); n > 0; n--) args.push(this.#type(r.uvarint(), params));
    const t = obj.type!;
    if (args.length === 0) return t;
    if (t.kind === TypeKind.Alias) {
      const map = newSubstMap(t.tparams, args);
      const rhs = subst(t.rhs!, map, { check: null, pos: 0, expanding: null, ctxt: null });
      const name = newTypeName(0, obj.pkg, obj.name, null);
      return newAliasInstance(name, t, args, rhs);
    }
    if (t.kind !== TypeKind.Named) throw new InternalError(`arguments for ${obj.name}`);
    return newNamedInstance(null, 0, t, args, null);
  }

  #signature(r: ByteReader, params: Params): SignatureType {
    const variadic = r.uvarint() === 1;
    const ins = this.#vars(r, params);
    return newSignature(newTuple(ins), newTuple(this.#vars(r, params)), variadic);
  }

  #vars(r: ByteReader, params: Params): VarObj[] {
    const list: VarObj[] = [];
    for (let n = r.uvarint(); n > 0; n--) {
      const name = this.#string(r);
      list.push(newParam(0, this.pkg, name, this.#type(r.uvarint(), params)));
    }
    return list;
  }

  /** The package that qualifies a name. */
  #pkgOf(path: string): Package {
    if (path === '' || path === this.pkg.path) return this.pkg;
    return this.#importer.find(path)?.pkg ?? this.pkg;
  }

  #interface(r: ByteReader, params: Params): InterfaceType {
    const implicit = r.uvarint() === 1;
    const methods: FuncObj[] = [];
    for (let n = r.uvarint(); n > 0; n--) {
      const name = this.#string(r);
      const pkg = this.#pkgOf(this.#string(r));
      const sig = this.#type(r.uvarint(), params) as SignatureType;
      const own = newSignature(sig.params, sig.results, sig.variadic);
      methods.push(newFunc(0, pkg, name, own));
    }
    const embeddeds: Type[] = [];
    for (let n = r.uvarint(); n > 0; n--) embeddeds.push(this.#type(r.uvarint(), params));
    const t = newInterface(methods, embeddeds);
    t.implicit = implicit;
    t.complete = true;
    setReceivers(t, t);
    return t;
  }

  #struct(r: ByteReader, params: Params): Type {
    const fields: VarObj[] = [];
    const tags: string[] = [];
    for (let n = r.uvarint(); n > 0; n--) {
      const name = this.#string(r);
      const pkg = this.#pkgOf(this.#string(r));
      const t = this.#type(r.uvarint(), params);
      const embedded = (r.uvarint() & 1) !== 0;
      fields.push(newField(0, pkg, name, t, embedded));
      tags.push(this.#string(r));
    }
    while (tags.length > 0 && tags.at(-1) === '') tags.pop();
    return newStruct(fields, tags);
  }
}

/** Methods of an interface have the type that declares them as receiver. */
function setReceivers(t: InterfaceType, recv: Type): void {
  for (const m of t.methods) {
    (m.type as SignatureType).recv = newVar(VarKind.Recv, 0, m.pkg, '', recv);
  }
}

function universeType(name: string): Type {
  switch (name) {
    case 'byte':
      return byteType;
    case 'rune':
      return runeType;
    case 'any':
      return universeAny.type!;
    case 'error':
      return errorType;
    case 'comparable':
      return universeComparable.type!;
    default:
      throw new InternalError(`unknown type ${name} of the universe`);
  }
}
