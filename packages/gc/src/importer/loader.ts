/**
 * From units to canonical types and symbols: the back end's reader of declarations.
 *
 * A Loader belongs to one compilation (one worker): it owns the type table and the packages that have
 * been looked at, and interns what bodies refer to, so that a function instance is one FuncSym and a
 * variable one GlobalSym. Everything is read on demand, one object at a time.
 *
 * Reading a type may need a defined type whose underlying type leads back to it. So a defined type is
 * entered in the table first and completed after the outermost read has finished (`#depth`);
 * nothing leaves the loader before that.
 *
 * Names of symbols follow contract §3.1 and §3.2: `p.F`, `p.T.M`, `p.(*T[int]).M`, `p.F[int]`.
 */
import { InternalError } from '@go-ts/base';
import { type ByteReader } from '@go-ts/objfile/bytes';
import { FuncSym, GlobalSym, Pragma } from '../ir/sym.ts';
import { symbolPrefix, typeArgsText, typeNameText } from '../ir/type-string.ts';
import { type FieldInit, TypeTable } from '../ir/type-table.ts';
import { type ChanDir as ChanDirTag } from '../ir/type.ts';
import { type DeclaredMethod, Kind, type Method, type Type } from '../ir/type.ts';
import { FuncFlag, ObjTag, OPEN_TYPE, Section, TypeFlag, TypeTag } from './format.ts';
import { UnitView } from './unit.ts';

/** Type arguments of the object that is being read, and the open types read with them. */
export class Env {
  readonly args: readonly Type[];
  readonly types: (Type | undefined)[] = [];

  constructor(args: readonly Type[]) {
    this.args = args;
  }
}

const noTypes: readonly Type[] = [];

/** A stub, resolved: an object of the package that declares it. */
export interface ObjRef {
  readonly pkg: PackageUnit;
  readonly num: number;
}

export interface TypeDeclInfo {
  readonly name: string;
  readonly flags: number;
  readonly localIndex: number;
  readonly implicits: number;
  /** Parameters, those of enclosing functions included. */
  readonly paramCount: number;
  readonly rhs: number;
  /** Numbers of the methods' objects. */
  readonly methods: readonly number[];
}

export interface FuncDeclInfo {
  readonly name: string;
  /** Position of the declaration: file (string), line, column. */
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly flags: number;
  readonly pragma: number;
  readonly linkname: string;
  /** Object of the receiver's type, 0 for functions. */
  readonly recv: number;
  /** Parameters of the receiver's type; then its own. */
  readonly recvParams: number;
  readonly ownParams: number;
  readonly sig: number;
  readonly body: number;
}

export interface VarDeclInfo {
  readonly name: string;
  /** Position of the declaration: file (string), line, column. */
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly type: number;
  readonly flags: number;
  readonly linkname: string;
}

/** Where the reader finds the body of a declared function. */
export interface DeclOrigin {
  readonly kind: 'decl';
  readonly pkg: PackageUnit;
  readonly decl: FuncDeclInfo;
  readonly num: number;
  readonly env: Env;
}

/** An embedded file's variable: `kind` 0 string, 1 bytes, 2 embed.FS. */
export interface EmbedInfo {
  readonly global: number;
  readonly kind: number;
  readonly files: readonly string[];
}

/** One package's unit, and what has been read of it. */
export class PackageUnit {
  readonly path: string;
  readonly name: string;
  readonly view: UnitView;
  readonly imports: readonly string[];
  /** Package-level objects by name. */
  readonly scope = new Map<string, number>();
  /** All functions and methods of the package, in source order. */
  readonly funcs: readonly number[];
  /** All package-level types. */
  readonly typeDecls: readonly number[];
  readonly globals: readonly number[];
  readonly embeds: readonly EmbedInfo[];
  /** Bytes after the unit in export data. */
  readonly prefix: string;
  readonly closedTypes: (Type | undefined)[] = [];
  readonly noEnv = new Env(noTypes);
  readonly objs: (ObjRef | TypeDeclInfo | FuncDeclInfo | VarDeclInfo | undefined)[] = [];
  readonly funcSyms = new Map<string, FuncSym>();
  readonly globalSyms: (GlobalSym | undefined)[] = [];

  constructor(unit: Uint8Array) {
    this.view = new UnitView(unit);
    const r = this.view.meta();
    this.path = this.view.string(r.uvarint());
    this.name = this.view.string(r.uvarint());
    this.prefix = symbolPrefix(this.path);
    r.uvarint(); // go version
    this.imports = this.#list(r, () => this.view.string(r.uvarint()));
    this.#list(r, () => {
      const name = this.view.string(r.uvarint());
      this.scope.set(name, r.uvarint());
    });
    this.funcs = this.#list(r, () => r.uvarint());
    this.typeDecls = this.#list(r, () => r.uvarint());
    this.globals = this.#list(r, () => r.uvarint());
    this.embeds = this.#list(r, () => {
      const global = r.uvarint();
      const kind = r.uvarint();
      return { global, kind, files: this.#list(r, () => this.view.string(r.uvarint())) };
    });
  }

  #list<T>(r: ByteReader, one: () => T): T[] {
    const out: T[] = [];
    for (let n = r.uvarint(); n > 0; n--) out.push(one());
    return out;
  }

  objTag(num: number): number {
    return this.view.element(Section.Obj, num).u8();
  }
}

export class Loader {
  readonly types = new TypeTable();
  readonly #lookup: (path: string) => Uint8Array | null;
  readonly #packages = new Map<string, PackageUnit>();
  #depth = 0;
  /** Defined types whose underlying type has not been read. */
  #queue: { readonly type: Type; readonly pkg: PackageUnit; readonly num: number }[] = [];
  /** Where defined types were declared, for their methods. */
  readonly #declarations = new Map<Type, ObjRef>();

  /** `lookup` gives the unit of a package, null if there is none of that path. */
  constructor(lookup: (path: string) => Uint8Array | null) {
    this.#lookup = lookup;
    this.types.pointer(this.types.uint8);
  }

  package(path: string): PackageUnit {
    const old = this.#packages.get(path);
    if (old !== undefined) return old;
    const unit = this.#lookup(path);
    if (unit === null) throw new InternalError(`no export data for package ${path}`);
    return this.addPackage(unit);
  }

  addPackage(unit: Uint8Array): PackageUnit {
    const pkg = new PackageUnit(unit);
    this.#packages.set(pkg.path, pkg);
    return pkg;
  }

  /** Follows a stub to the object that it stands for. */
  resolve(pkg: PackageUnit, num: number): ObjRef {
    const old = pkg.objs[num];
    if (old !== undefined) return 'pkg' in old ? old : { pkg, num };
    const r = pkg.view.element(Section.Obj, num);
    if (r.u8() !== ObjTag.Stub) return { pkg, num };
    const target = this.package(pkg.view.string(r.uvarint()));
    const name = pkg.view.string(r.uvarint());
    const found = target.scope.get(name);
    if (found === undefined) {
      throw new InternalError(`${pkg.path} refers to ${target.path}.${name}, which does not exist`);
    }
    const ref = { pkg: target, num: found };
    put(pkg.objs, num, ref);
    return ref;
  }

  typeDecl(pkg: PackageUnit, num: number): TypeDeclInfo {
    const old = pkg.objs[num];
    if (old !== undefined) return old as TypeDeclInfo;
    const r = pkg.view.element(Section.Obj, num);
    if (r.u8() !== ObjTag.Type) throw new InternalError(`object ${num} of ${pkg.path} is no type`);
    const name = pkg.view.string(r.uvarint());
    skipPos(r);
    const flags = r.uvarint();
    const localIndex = r.uvarint();
    const implicits = r.uvarint();
    const paramCount = skipParams(r);
    const rhs = r.uvarint();
    const methods: number[] = [];
    for (let n = r.uvarint(); n > 0; n--) methods.push(r.uvarint());
    const info = { name, flags, localIndex, implicits, paramCount, rhs, methods };
    put(pkg.objs, num, info);
    return info;
  }

  funcDecl(pkg: PackageUnit, num: number): FuncDeclInfo {
    const old = pkg.objs[num];
    if (old !== undefined) return old as FuncDeclInfo;
    const r = pkg.view.element(Section.Obj, num);
    if (r.u8() !== ObjTag.Func) throw new InternalError(`object ${num} of ${pkg.path} is no func`);
    const info = {
      name: pkg.view.string(r.uvarint()),
      file: pkg.view.string(r.uvarint()),
      line: r.uvarint(),
      col: r.uvarint(),
      flags: r.uvarint(),
      pragma: r.uvarint(),
      linkname: pkg.view.string(r.uvarint()),
      recv: r.uvarint(),
      recvParams: skipParams(r),
      ownParams: skipParams(r),
      sig: r.uvarint(),
      body: r.uvarint(),
    };
    put(pkg.objs, num, info);
    return info;
  }

  varDecl(pkg: PackageUnit, num: number): VarDeclInfo {
    const old = pkg.objs[num];
    if (old !== undefined) return old as VarDeclInfo;
    const r = pkg.view.element(Section.Obj, num);
    if (r.u8() !== ObjTag.Var) throw new InternalError(`object ${num} of ${pkg.path} is no var`);
    const info = {
      name: pkg.view.string(r.uvarint()),
      file: pkg.view.string(r.uvarint()),
      line: r.uvarint(),
      col: r.uvarint(),
      type: r.uvarint(),
      flags: r.uvarint(),
      linkname: pkg.view.string(r.uvarint()),
    };
    put(pkg.objs, num, info);
    return info;
  }

  // ---- types

  /** The type that element `n` of `pkg`'s types is in `env`, complete. */
  typeAt(pkg: PackageUnit, n: number, env: Env): Type {
    const old = pkg.closedTypes[n] ?? env.types[n];
    if (old !== undefined) return old;
    this.#depth++;
    const t = this.#readType(pkg, n, env);
    this.#depth--;
    this.#complete();
    return t;
  }

  #type(pkg: PackageUnit, n: number, env: Env): Type {
    return pkg.closedTypes[n] ?? env.types[n] ?? this.#readType(pkg, n, env);
  }

  #readType(pkg: PackageUnit, n: number, env: Env): Type {
    const r = pkg.view.element(Section.Type, n);
    const tag = r.u8();
    const t = this.#readTypeParts({ pkg, env, r }, tag & ~OPEN_TYPE);
    put(tag & OPEN_TYPE ? env.types : pkg.closedTypes, n, t);
    return t;
  }

  #readTypeParts(c: TypeCursor, tag: number): Type {
    const { r, pkg, env } = c;
    const { types } = this;
    switch (tag) {
      case TypeTag.Basic:
        return this.#basic(r.uvarint());
      case TypeTag.Universe:
        return this.#universe(pkg.view.string(r.uvarint()));
      case TypeTag.Pointer:
        return types.pointer(this.#type(pkg, r.uvarint(), env));
      case TypeTag.Slice:
        return types.slice(this.#type(pkg, r.uvarint(), env));
      case TypeTag.Array: {
        const len = r.uvarint();
        return types.array(this.#type(pkg, r.uvarint(), env), len);
      }
      case TypeTag.Map: {
        const key = this.#type(pkg, r.uvarint(), env);
        return types.map(key, this.#type(pkg, r.uvarint(), env));
      }
      case TypeTag.Chan: {
        const dir = r.uvarint() as ChanDirTag;
        return types.chan(this.#type(pkg, r.uvarint(), env), dir);
      }
      case TypeTag.Func:
        return this.#signature(c);
      case TypeTag.Interface:
        return this.#interface(c);
      case TypeTag.Struct:
        return this.#struct(c);
      case TypeTag.TypeParam: {
        const i = r.uvarint();
        const t = env.args[i];
        if (t === undefined) throw new InternalError(`no argument for type parameter ${i}`);
        return t;
      }
      case TypeTag.Named:
      case TypeTag.Alias: {
        const ref = this.resolve(pkg, r.uvarint());
        const args = this.#typeList(c);
        if (tag === TypeTag.Named) return this.#named(ref, args);
        const decl = this.typeDecl(ref.pkg, ref.num);
        const inner = args.length === 0 ? ref.pkg.noEnv : new Env(args);
        return this.#type(ref.pkg, decl.rhs, inner);
      }
      case TypeTag.Union:
        // Only embedded in constraints, where it says nothing about methods.
        return types.emptyInterface;
      default:
        throw new InternalError(`unknown type tag ${tag}`);
    }
  }

  #typeList({ pkg, env, r }: TypeCursor): Type[] {
    const list: Type[] = [];
    for (let n = r.uvarint(); n > 0; n--) list.push(this.#type(pkg, r.uvarint(), env));
    return list;
  }

  #basic(kind: number): Type {
    // The checker's basic kinds agree with abi kinds but for the last two.
    if (kind <= Kind.Complex128) return this.types.basic(kind as Kind);
    if (kind === 17) return this.types.string;
    if (kind === 18) return this.types.unsafePointer;
    throw new InternalError(`untyped kind ${kind} in a type`);
  }

  #universe(name: string): Type {
    switch (name) {
      case 'byte':
        return this.types.uint8;
      case 'rune':
        return this.types.int32;
      case 'any':
        return this.types.emptyInterface;
      case 'error':
        return this.types.error;
      case 'comparable':
        return this.types.comparable;
      default:
        throw new InternalError(`unknown type ${name} of the universe`);
    }
  }

  #signature({ pkg, env, r }: TypeCursor): Type {
    const flags = r.uvarint();
    const params = this.#paramTypes(pkg, env, r);
    const results = this.#paramTypes(pkg, env, r);
    return this.types.func(params, results, (flags & 1) !== 0);
  }

  #paramTypes(pkg: PackageUnit, env: Env, r: ByteReader): Type[] {
    const list: Type[] = [];
    for (let n = r.uvarint(); n > 0; n--) {
      r.uvarint(); // name
      list.push(this.#type(pkg, r.uvarint(), env));
    }
    return list;
  }

  #interface({ pkg, env, r }: TypeCursor): Type {
    r.uvarint(); // flags
    const methods = new Map<string, Method>();
    for (let n = r.uvarint(); n > 0; n--) {
      const name = pkg.view.string(r.uvarint());
      const pkgPath = pkg.view.string(r.uvarint());
      const type = this.#type(pkg, r.uvarint(), env);
      methods.set(`${pkgPath}.${name}`, { name, pkgPath, type });
    }
    for (let n = r.uvarint(); n > 0; n--) {
      const embedded = this.#type(pkg, r.uvarint(), env);
      for (const m of this.#interfaceMethods(embedded)) methods.set(`${m.pkgPath}.${m.name}`, m);
    }
    return this.types.interface([...methods.values()]);
  }

  /** Methods of an embedded interface, whose declaration may still wait for completion. */
  #interfaceMethods(t: Type): readonly Method[] {
    if (t.kind === Kind.Invalid) {
      const i = this.#queue.findIndex((item) => item.type === t);
      if (i < 0) return [];
      this.#completeOne(this.#queue.splice(i, 1)[0]!);
    }
    return t.kind === Kind.Interface ? t.methods : [];
  }

  #struct({ pkg, env, r }: TypeCursor): Type {
    const fields: FieldInit[] = [];
    for (let n = r.uvarint(); n > 0; n--) {
      const name = pkg.view.string(r.uvarint());
      const pkgPath = pkg.view.string(r.uvarint());
      const type = this.#type(pkg, r.uvarint(), env);
      const embedded = (r.uvarint() & 1) !== 0;
      fields.push({ name, pkgPath, type, embedded, tag: pkg.view.string(r.uvarint()) });
    }
    return this.types.struct(fields);
  }

  #named(ref: ObjRef, args: readonly Type[]): Type {
    const { pkg, num } = ref;
    const decl = this.typeDecl(pkg, num);
    if (decl.flags & TypeFlag.Alias) {
      return this.#type(pkg, decl.rhs, args.length === 0 ? pkg.noEnv : new Env(args));
    }
    const name = {
      pkgPath: pkg.path,
      pkgName: pkg.name,
      name: decl.name,
      typeArgs: args,
      localIndex: decl.localIndex,
      implicits: decl.implicits,
    };
    const old = this.types.lookupNamed(name);
    if (old !== undefined) return old;
    const t = this.types.named(name);
    this.#declarations.set(t, ref);
    this.#queue.push({ type: t, pkg, num });
    return t;
  }

  #complete(): void {
    if (this.#depth > 0) return;
    for (let item = this.#queue.pop(); item !== undefined; item = this.#queue.pop()) {
      this.#completeOne(item);
    }
  }

  #completeOne(item: { readonly type: Type; readonly pkg: PackageUnit; readonly num: number }) {
    const { type, pkg, num } = item;
    const decl = this.typeDecl(pkg, num);
    const env = type.name!.typeArgs.length === 0 ? pkg.noEnv : new Env(type.name!.typeArgs);
    this.#depth++;
    const rhs = this.#type(pkg, decl.rhs, env);
    this.#depth--;
    // `type T U` with U still waiting: U first.
    if (rhs.kind === Kind.Invalid) {
      const i = this.#queue.findIndex((other) => other.type === rhs);
      if (i >= 0) this.#completeOne(this.#queue.splice(i, 1)[0]!);
    }
    this.types.setUnderlying(type, rhs);
  }

  /** The defined type of an object, with arguments; complete. */
  namedType(ref: ObjRef, args: readonly Type[]): Type {
    this.#depth++;
    const t = this.#named(ref, args);
    this.#depth--;
    this.#complete();
    return t;
  }

  /** Where a defined type is declared; undefined for types of the universe and literals. */
  declarationOf(t: Type): ObjRef | undefined {
    return this.#declarations.get(t);
  }

  /** The methods declared on a defined type, in source order, for its arguments. */
  declaredMethods(t: Type): readonly DeclaredMethod[] {
    if (t.declared !== null) return t.declared;
    const ref = this.#declarations.get(t);
    if (ref === undefined) {
      t.declared = [];
      return t.declared;
    }
    const { pkg, num } = ref;
    const env = t.name!.typeArgs.length === 0 ? pkg.noEnv : new Env(t.name!.typeArgs);
    const list: DeclaredMethod[] = [];
    for (const m of this.typeDecl(pkg, num).methods) {
      const decl = this.funcDecl(pkg, m);
      if (decl.ownParams > 0) continue;
      list.push({
        name: decl.name,
        pkgPath: exportedName(decl.name) ? '' : pkg.path,
        type: this.typeAt(pkg, decl.sig, env),
        ptrRecv: (decl.flags & FuncFlag.PtrRecv) !== 0,
        func: this.methodSym(t, m, noTypes),
      });
    }
    t.declared = list;
    return list;
  }

  /** The method of a defined type by name, generic ones included; null if there is none. */
  declaredMethod(t: Type, name: string, pkgPath: string): ObjRef | null {
    const ref = this.#declarations.get(t);
    if (ref === undefined) return null;
    if (pkgPath !== '' && pkgPath !== ref.pkg.path) return null;
    for (const m of this.typeDecl(ref.pkg, ref.num).methods) {
      if (this.funcDecl(ref.pkg, m).name === name) return { pkg: ref.pkg, num: m };
    }
    return null;
  }

  // ---- symbols

  /** The instance of a declared function (not a method). */
  funcSym(ref: ObjRef, args: readonly Type[]): FuncSym {
    return this.#internFunc(ref, null, args);
  }

  /** Method object `num` of the package that declares `recv`, with its own type arguments. */
  methodSym(recv: Type, num: number, args: readonly Type[]): FuncSym {
    const ref = this.#declarations.get(recv)!;
    return this.#internFunc({ pkg: ref.pkg, num }, recv, args);
  }

  #internFunc({ pkg, num }: ObjRef, recv: Type | null, own: readonly Type[]): FuncSym {
    const args = recv === null ? own : [...recv.name!.typeArgs, ...own];
    const key = args.length === 0 ? String(num) : `${num} ${args.map((t) => t.id).join()}`;
    const old = pkg.funcSyms.get(key);
    if (old !== undefined) return old;
    const decl = this.funcDecl(pkg, num);
    const env = args.length === 0 ? pkg.noEnv : new Env(args);
    const sig = this.typeAt(pkg, decl.sig, env);
    const ptrRecv = (decl.flags & FuncFlag.PtrRecv) !== 0;
    const type =
      recv === null ? sig : this.types.withReceiver(ptrRecv ? this.types.pointer(recv) : recv, sig);
    let pragma = decl.pragma;
    if (decl.flags & FuncFlag.Linkname) pragma |= Pragma.Linkname;
    if (decl.flags & FuncFlag.LinknameStd) pragma |= Pragma.LinknameStd;
    const sym = new FuncSym({
      name: decl.linkname === '' ? funcName(pkg, decl, recv, own) : decl.linkname,
      pkgPath: pkg.path,
      type,
      pragma,
      hasBody: (decl.flags & FuncFlag.HasBody) !== 0,
      dupok: args.length > 0,
      isMethod: recv !== null,
      origin: { kind: 'decl', pkg, decl, num, env } satisfies DeclOrigin,
    });
    pkg.funcSyms.set(key, sym);
    return sym;
  }

  globalSym(ref: ObjRef): GlobalSym {
    const { pkg, num } = ref;
    const old = pkg.globalSyms[num];
    if (old !== undefined) return old;
    const decl = this.varDecl(pkg, num);
    const type = this.typeAt(pkg, decl.type, pkg.noEnv);
    const name = decl.linkname === '' ? `${pkg.prefix}.${decl.name}` : decl.linkname;
    const sym = new GlobalSym(name, pkg.path, type, false);
    put(pkg.globalSyms, num, sym);
    return sym;
  }

  /** A package-level function by name, for tests and tools. */
  findFunc(path: string, name: string): FuncSym {
    const pkg = this.package(path);
    const num = pkg.scope.get(name);
    if (num === undefined) throw new InternalError(`no function ${path}.${name}`);
    return this.funcSym({ pkg, num }, noTypes);
  }
}

interface TypeCursor {
  readonly pkg: PackageUnit;
  readonly env: Env;
  readonly r: ByteReader;
}

function funcName(
  pkg: PackageUnit,
  decl: FuncDeclInfo,
  recv: Type | null,
  own: readonly Type[],
): string {
  if (recv === null) return `${pkg.prefix}.${decl.name}${typeArgsText(own)}`;
  const n = recv.name!;
  const type = typeNameText(n, n.implicits ?? 0);
  const shown = decl.flags & FuncFlag.PtrRecv ? `(*${type})` : type;
  return `${pkg.prefix}.${shown}.${decl.name}${typeArgsText(own)}`;
}

export function exportedName(name: string): boolean {
  const c = name.charCodeAt(0);
  return c < 0x80 ? c >= 0x41 && c <= 0x5a : /^\p{Lu}/u.test(name);
}

function skipPos(r: ByteReader): void {
  r.uvarint();
  r.uvarint();
  r.uvarint();
}

/** A type parameter list: (name, constraint)*; its length. */
function skipParams(r: ByteReader): number {
  const n = r.uvarint();
  for (let i = 0; i < n; i++) {
    r.uvarint();
    r.uvarint();
  }
  return n;
}

/** Sets an element of an array that is dense in use but filled in any order. */
function put<T>(list: (T | undefined)[], n: number, x: T): void {
  for (let i = list.length; i < n; i++) list.push(undefined);
  list[n] = x;
}
