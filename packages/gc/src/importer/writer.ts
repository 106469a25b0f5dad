/**
 * From the checker's results to a unit: declarations, types and object references.
 *
 * Walks the declarations in source order. An object gets its number when it is first referred to and
 * its bytes when its turn comes; objects of other packages become stubs. Types are interned by their
 * bytes, so equal types written apart are one element.
 *
 * Bodies are body-writer.ts's. The package's variable initialisers, in the order of initialisation,
 * become the body of a function `init`; the source's init functions are `init.0`, `init.1`, …
 */
import { InternalError } from '@go-ts/base';
import { ByteWriter } from '@go-ts/objfile/bytes';
import { Pragma as PragmaBit } from '../ir/sym.ts';
import {
  type Decl,
  type File,
  type FuncDecl,
  NodeKind,
  type TypeDecl,
  type VarDecl,
} from '../syntax/nodes.ts';
import { type Pos, type PosTable } from '../syntax/pos.ts';
import { type Linkname, type Pragma, PragmaFlag } from '../syntax/pragma.ts';
import { type CheckResult } from '../types/check.ts';
import { numMethods, methodAt } from '../types/named.ts';
import {
  type ConstObj,
  type FuncObj,
  hasPtrRecv,
  isExported,
  type Obj,
  ObjKind,
  signatureOf,
  type TypeNameObj,
  type VarObj,
} from '../types/object.ts';
import {
  type AliasType,
  asNamed,
  byteType,
  ChanDir,
  type InterfaceType,
  type NamedType,
  runeType,
  type SignatureType,
  type StructType,
  type TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
  tagOf,
  unalias,
} from '../types/type.ts';
import { under } from '../types/under.ts';
import { universeAny } from '../types/universe.ts';
import { BodyWriter } from './body-writer.ts';
import { writeExact } from './const-writer.ts';
import { FuncFlag, ObjTag, OPEN_TYPE, Section, TypeFlag, TypeTag, VarFlag } from './format.ts';
import { UnitBuilder } from './unit.ts';

export interface WriteInput {
  readonly path: string;
  readonly files: readonly File[];
  readonly positions: PosTable;
  readonly checked: CheckResult;
  readonly goVersion: string;
  /** How a file is called in objects. */
  readonly recordedName: (file: string) => string;
  /** Files that a //go:embed pattern list selects, sorted as embed.FS wants them. */
  readonly embedFiles: (patterns: readonly string[]) => readonly string[];
}

/** What is needed to refer to a local type's enclosing type parameters. */
interface LocalType {
  readonly num: number;
  readonly implicits: readonly TypeParamType[];
}

export class PackageWriter {
  readonly input: WriteInput;
  readonly unit = new UnitBuilder();
  readonly #objs = new Map<Obj, number>();
  readonly #stubs = new Map<string, number>();
  readonly #types = new Map<Type, number>();
  readonly #typesByBytes = new Map<string, number>();
  readonly #paramIndex = new Map<TypeParamType, number>();
  readonly #localTypes = new Map<TypeNameObj, LocalType>();
  readonly #linknames = new Map<string, Linkname>();
  readonly #scope: [string, number][] = [];
  readonly #funcs: number[] = [];
  readonly #typeDecls: number[] = [];
  readonly #globals: number[] = [];
  readonly #embeds: { global: number; kind: number; files: readonly string[] }[] = [];
  #localCount = 0;
  #initCount = 0;

  constructor(input: WriteInput) {
    this.input = input;
  }

  write(): Uint8Array {
    const { files } = this.input;
    for (const file of files) for (const l of file.linknames) this.#linknames.set(l.local, l);
    // Parameters first: any declaration may refer to those of another.
    for (const file of files) for (const d of file.decls) this.#bindTypeParams(d);
    for (const file of files) for (const d of file.decls) this.#decl(file, d);
    this.#pkgInit();
    return this.unit.finish(this.#meta());
  }

  #meta(): Uint8Array {
    const { unit } = this;
    const { checked, path, goVersion } = this.input;
    const w = new ByteWriter();
    w.uvarint(unit.string(path));
    w.uvarint(unit.string(checked.pkg.name));
    w.uvarint(unit.string(goVersion));
    const imports = checked.pkg.imports.map((p) => p.path).filter((p) => p !== 'unsafe');
    writeList(w, [...new Set(imports)].sort(), (p) => w.uvarint(unit.string(p)));
    writeList(w, this.#scope, ([name, num]) => {
      w.uvarint(unit.string(name));
      w.uvarint(num);
    });
    writeList(w, this.#funcs, (n) => w.uvarint(n));
    writeList(w, this.#typeDecls, (n) => w.uvarint(n));
    writeList(w, this.#globals, (n) => w.uvarint(n));
    writeList(w, this.#embeds, (e) => {
      w.uvarint(e.global);
      w.uvarint(e.kind);
      writeList(w, e.files, (f) => w.uvarint(unit.string(f)));
    });
    return w.take();
  }

  // ---- declarations

  #objectOf(name: { readonly id: number }): Obj | null {
    return this.input.checked.info.defs[name.id] ?? null;
  }

  #bindTypeParams(d: Decl): void {
    if (d.kind === NodeKind.TypeDecl) {
      const obj = this.#objectOf(d.name) as TypeNameObj | null;
      if (obj !== null) this.bindParams(typeParamList(obj.type!));
    } else if (d.kind === NodeKind.FuncDecl) {
      const obj = this.#objectOf(d.name) as FuncObj | null;
      if (obj === null) return;
      const sig = signatureOf(obj);
      this.bindParams([...sig.rparams, ...sig.tparams]);
    }
  }

  bindParams(params: readonly TypeParamType[], first: number = 0): void {
    params.forEach((p, i) => this.#paramIndex.set(p, first + i));
  }

  #decl(file: File, d: Decl): void {
    switch (d.kind) {
      case NodeKind.ImportDecl:
        return;
      case NodeKind.ConstDecl:
        for (const name of d.names) {
          const obj = this.#objectOf(name);
          if (obj !== null && name.value !== '_') this.#constObj(obj as ConstObj);
        }
        return;
      case NodeKind.TypeDecl:
        this.#typeDecl(d);
        return;
      case NodeKind.VarDecl:
        this.#varDecl(d);
        return;
      case NodeKind.FuncDecl:
        this.#funcDecl(file, d);
    }
  }

  #export(name: string, num: number): void {
    if (name !== '_') this.#scope.push([name, num]);
  }

  #header(tag: number, obj: Obj, name = obj.name): ByteWriter {
    const w = new ByteWriter();
    w.u8(tag);
    w.uvarint(this.unit.string(name));
    this.#pos(w, obj.pos);
    return w;
  }

  #pos(w: ByteWriter, pos: Pos): void {
    const { file, line, col } = this.input.positions.position(pos);
    w.uvarint(this.unit.string(this.input.recordedName(file)));
    w.uvarint(line);
    w.uvarint(col);
  }

  #constObj(obj: ConstObj): void {
    const num = this.#numberOf(obj);
    const w = this.#header(ObjTag.Const, obj);
    w.uvarint(this.typeRef(obj.type!));
    writeExact(w, this.unit, obj.val);
    this.unit.fill(Section.Obj, num, w.take());
    this.#export(obj.name, num);
  }

  #typeDecl(d: TypeDecl): void {
    if (d.name.value === '_') return;
    const obj = this.#objectOf(d.name) as TypeNameObj;
    const num = this.#numberOf(obj);
    this.#typeObj(obj, num, 0, []);
    this.#typeDecls.push(num);
    this.#export(obj.name, num);
  }

  /** Enters a type declared inside a function, whose type parameters it may use. */
  localType(obj: TypeNameObj, implicits: readonly TypeParamType[]): void {
    const num = this.unit.reserve(Section.Obj);
    this.#objs.set(obj, num);
    this.#localTypes.set(obj, { num, implicits });
    this.bindParams(typeParamList(obj.type!), implicits.length);
    const isAlias = unaliasedName(obj);
    this.#typeObj(obj, num, isAlias ? 0 : ++this.#localCount, implicits);
  }

  #typeObj(
    obj: TypeNameObj,
    num: number,
    localIndex: number,
    implicits: readonly TypeParamType[],
  ): void {
    const w = this.#header(ObjTag.Type, obj);
    const t = obj.type!;
    const isAlias = unaliasedName(obj);
    w.uvarint(isAlias ? TypeFlag.Alias : 0);
    w.uvarint(localIndex);
    w.uvarint(implicits.length);
    const own = typeParamList(t);
    this.#params(w, [...implicits, ...own]);
    if (isAlias) {
      w.uvarint(this.typeRef(t.kind === TypeKind.Alias ? t.rhs! : t));
      w.uvarint(0);
    } else {
      w.uvarint(this.typeRef(under(t)));
      const named = t as NamedType;
      const methods: number[] = [];
      for (let i = 0; i < numMethods(named); i++) {
        const m = methodAt(named, i);
        if (m.name !== '_') methods.push(this.#numberOf(m));
      }
      writeList(w, methods, (n) => w.uvarint(n));
    }
    this.unit.fill(Section.Obj, num, w.take());
  }

  #params(w: ByteWriter, params: readonly TypeParamType[]): void {
    writeList(w, params, (p) => {
      w.uvarint(this.unit.string(p.obj.name));
      w.uvarint(this.typeRef(p.bound));
    });
  }

  #varDecl(d: VarDecl): void {
    const objs = d.names.map((name) => this.#objectOf(name) as VarObj);
    objs.forEach((obj) => {
      if (obj.name === '_') return;
      const num = this.#numberOf(obj);
      const link = this.#linknames.get(obj.name);
      const w = this.#header(ObjTag.Var, obj);
      w.uvarint(this.typeRef(obj.type!));
      let flags = 0;
      if (link !== undefined) {
        flags |= link.std ? VarFlag.Linkname | VarFlag.LinknameStd : VarFlag.Linkname;
      }
      w.uvarint(flags);
      w.uvarint(this.unit.string(link?.remote ?? ''));
      this.unit.fill(Section.Obj, num, w.take());
      this.#globals.push(num);
      this.#export(obj.name, num);
      this.#embed(d, obj, num);
    });
  }

  #embed(d: VarDecl, obj: VarObj, global: number): void {
    const embeds = d.pragma?.embeds ?? [];
    if (embeds.length === 0) return;
    const files = this.input.embedFiles(embeds.flatMap((e) => e.patterns));
    const u = under(obj.type!);
    const kind = u.kind === TypeKind.Basic ? 0 : u.kind === TypeKind.Slice ? 1 : 2;
    this.#embeds.push({ global, kind, files });
  }

  #funcDecl(file: File, d: FuncDecl): void {
    const isInit = d.recv === null && d.name.value === 'init';
    const obj = this.#objectOf(d.name) as FuncObj;
    let { name } = obj;
    if (isInit) name = `init.${this.#initCount++}`;
    if (name === '_') {
      // Never called and never emitted: its body was checked, that is all it is for.
      return;
    }
    const num = this.#numberOf(obj);
    const sig = signatureOf(obj);
    let body = 0;
    if (d.body !== null) {
      body = this.unit.reserve(Section.Body);
      const params = [...sig.rparams, ...sig.tparams];
      const writer = new BodyWriter(this, file, params);
      this.unit.fill(Section.Body, body, writer.func(d, sig));
    }
    this.#funcObj({ obj, num, name, decl: d, sig, body });
    this.#funcs.push(num);
    if (!isInit && d.recv === null) this.#export(name, num);
  }

  #funcObj(f: FuncParts): void {
    const { obj, decl, sig } = f;
    const w = this.#header(ObjTag.Func, obj, f.name);
    const link = sig.recv === null ? this.#linknames.get(f.name) : undefined;
    let flags = 0;
    let recv = 0;
    if (sig.recv !== null) {
      flags |= FuncFlag.Method;
      if (hasPtrRecv(obj)) flags |= FuncFlag.PtrRecv;
      const t = unalias(sig.recv.type!);
      recv = this.#numberOf(asNamed(t.kind === TypeKind.Pointer ? t.elem : t)!.origin.obj);
    }
    if (f.body !== 0) flags |= FuncFlag.HasBody;
    if (link !== undefined) {
      flags |= link.std ? FuncFlag.Linkname | FuncFlag.LinknameStd : FuncFlag.Linkname;
    }
    w.uvarint(flags);
    w.uvarint(pragmaBits(decl.pragma));
    w.uvarint(this.unit.string(link?.remote ?? ''));
    w.uvarint(recv);
    this.#params(w, sig.rparams);
    this.#params(w, sig.tparams);
    w.uvarint(this.typeRef(sig));
    w.uvarint(f.body);
    this.unit.fill(Section.Obj, f.num, w.take());
  }

  /** The function that initialises the package's variables. */
  #pkgInit(): void {
    const { info } = this.input.checked;
    if (info.initOrder.length === 0) return;
    const num = this.unit.reserve(Section.Obj);
    const body = this.unit.reserve(Section.Body);
    const first = this.input.files[0]!;
    this.unit.fill(Section.Body, body, new BodyWriter(this, first, []).pkgInit(info.initOrder));
    const w = new ByteWriter();
    w.u8(ObjTag.Func);
    w.uvarint(this.unit.string('init'));
    this.#pos(w, first.pos);
    w.uvarint(FuncFlag.HasBody | FuncFlag.PkgInit | FuncFlag.Hidden);
    w.uvarint(0);
    w.uvarint(0);
    w.uvarint(0);
    w.uvarint(0);
    w.uvarint(0);
    w.uvarint(this.funcTypeRef());
    w.uvarint(body);
    this.unit.fill(Section.Obj, num, w.take());
    this.#funcs.push(num);
  }

  // ---- references

  #numberOf(obj: Obj): number {
    let num = this.#objs.get(obj);
    if (num === undefined) {
      num = this.unit.reserve(Section.Obj);
      this.#objs.set(obj, num);
    }
    return num;
  }

  /** Reference to a package-level object of this or another package. */
  objRef(obj: Obj): number {
    const { pkg } = obj;
    if (pkg === null) throw new InternalError(`reference to ${obj.name} of the universe`);
    if (pkg === this.input.checked.pkg) return this.#numberOf(originOf(obj));
    const key = `${pkg.path}\0${obj.name}`;
    let num = this.#stubs.get(key);
    if (num === undefined) {
      num = this.unit.reserve(Section.Obj);
      const w = new ByteWriter();
      w.u8(ObjTag.Stub);
      w.uvarint(this.unit.string(pkg.path));
      w.uvarint(this.unit.string(obj.name));
      this.unit.fill(Section.Obj, num, w.take());
      this.#stubs.set(key, num);
    }
    return num;
  }

  /** Import path that qualifies a name, '' if it is exported. */
  qualifier(obj: Obj): string {
    return isExported(obj.name) || obj.pkg === null ? '' : obj.pkg.path;
  }

  // ---- types

  typeRef(t: Type): number {
    const old = this.#types.get(t);
    if (old !== undefined) return old;
    const w = new ByteWriter();
    w.u8(0);
    const { tag, open } = this.#type(w, t);
    w.patch8(0, tag | (open ? OPEN_TYPE : 0));
    const n = this.#internType(w.take());
    this.#types.set(t, n);
    if (open) this.#open.add(n);
    return n;
  }

  readonly #open = new Set<number>();

  #internType(bytes: Uint8Array): number {
    const key = bytesKey(bytes);
    let n = this.#typesByBytes.get(key);
    if (n === undefined) {
      n = this.unit.reserve(Section.Type);
      this.unit.fill(Section.Type, n, bytes);
      this.#typesByBytes.set(key, n);
    }
    return n;
  }

  /** `func()`, and with results. */
  funcTypeRef(params: readonly number[] = [], results: readonly number[] = []): number {
    const w = new ByteWriter();
    const open = [...params, ...results].some((n) => this.#open.has(n));
    w.u8(TypeTag.Func | (open ? OPEN_TYPE : 0));
    w.uvarint(0);
    for (const list of [params, results]) {
      writeList(w, list, (n) => {
        w.uvarint(0);
        w.uvarint(n);
      });
    }
    const n = this.#internType(w.take());
    if (open) this.#open.add(n);
    return n;
  }

  /** Slice of the type that `elem` refers to. */
  pointerRef(elem: number): number {
    const w = new ByteWriter();
    const open = this.#open.has(elem);
    w.u8(TypeTag.Pointer | (open ? OPEN_TYPE : 0));
    w.uvarint(elem);
    const n = this.#internType(w.take());
    if (open) this.#open.add(n);
    return n;
  }

  #type(w: ByteWriter, t: Type): { tag: number; open: boolean } {
    switch (t.kind) {
      case TypeKind.Basic:
        if (t === byteType || t === runeType) {
          w.uvarint(this.unit.string(t.name));
          return { tag: TypeTag.Universe, open: false };
        }
        w.uvarint(t.basic);
        return { tag: TypeTag.Basic, open: false };
      case TypeKind.Pointer:
        return { tag: TypeTag.Pointer, open: this.#part(w, t.elem) };
      case TypeKind.Slice:
        return { tag: TypeTag.Slice, open: this.#part(w, t.elem) };
      case TypeKind.Array:
        w.uvarint(t.len);
        return { tag: TypeTag.Array, open: this.#part(w, t.elem) };
      case TypeKind.Map: {
        const key = this.#part(w, t.key);
        return { tag: TypeTag.Map, open: this.#part(w, t.elem) || key };
      }
      case TypeKind.Chan:
        w.uvarint(t.dir === ChanDir.Both ? 3 : t.dir === ChanDir.Send ? 2 : 1);
        return { tag: TypeTag.Chan, open: this.#part(w, t.elem) };
      case TypeKind.Signature:
        return { tag: TypeTag.Func, open: this.#signature(w, t) };
      case TypeKind.Interface:
        return { tag: TypeTag.Interface, open: this.#interface(w, t) };
      case TypeKind.Struct:
        return { tag: TypeTag.Struct, open: this.#struct(w, t) };
      case TypeKind.Union: {
        let open = false;
        writeList(w, t.terms, (term) => {
          w.uvarint(term.tilde ? 1 : 0);
          if (this.#part(w, term.type)) open = true;
        });
        return { tag: TypeTag.Union, open };
      }
      case TypeKind.TypeParam: {
        const i = this.#paramIndex.get(t);
        if (i === undefined) throw new InternalError(`type parameter ${t.obj.name} out of place`);
        w.uvarint(i);
        return { tag: TypeTag.TypeParam, open: true };
      }
      case TypeKind.Named:
      case TypeKind.Alias:
        return this.#namedType(w, t);
      default:
        throw new InternalError(`type of kind ${t.kind} in a declaration`);
    }
  }

  #part(w: ByteWriter, t: Type): boolean {
    const n = this.typeRef(t);
    w.uvarint(n);
    return this.#open.has(n);
  }

  #namedType(w: ByteWriter, t: NamedType | AliasType): { tag: number; open: boolean } {
    const { obj } = t.origin;
    if (obj.pkg === null || obj === universeAny) {
      w.uvarint(this.unit.string(obj.name));
      return { tag: TypeTag.Universe, open: false };
    }
    const local = this.#localTypes.get(obj);
    if (local !== undefined) w.uvarint(local.num);
    else w.uvarint(this.objRef(obj));
    const args: readonly Type[] = [...(local?.implicits ?? []), ...t.targs];
    let open = false;
    writeList(w, args, (a) => {
      if (this.#part(w, a)) open = true;
    });
    return { tag: t.kind === TypeKind.Named ? TypeTag.Named : TypeTag.Alias, open };
  }

  #signature(w: ByteWriter, sig: SignatureType): boolean {
    w.uvarint(sig.variadic ? 1 : 0);
    const params = this.#tuple(w, sig.params);
    return this.#tuple(w, sig.results) || params;
  }

  #tuple(w: ByteWriter, tuple: TupleType): boolean {
    let open = false;
    writeList(w, tuple.vars, (v) => {
      w.uvarint(this.unit.string(v.name));
      if (this.#part(w, v.type!)) open = true;
    });
    return open;
  }

  #interface(w: ByteWriter, t: InterfaceType): boolean {
    let open = false;
    w.uvarint(t.implicit ? 1 : 0);
    writeList(w, t.methods, (m) => {
      w.uvarint(this.unit.string(m.name));
      w.uvarint(this.unit.string(this.qualifier(m)));
      if (this.#part(w, m.type!)) open = true;
    });
    writeList(w, t.embeddeds, (e) => {
      if (this.#part(w, e)) open = true;
    });
    return open;
  }

  #struct(w: ByteWriter, t: StructType): boolean {
    let open = false;
    writeList(w, t.fields, (f, i) => {
      w.uvarint(this.unit.string(f.name));
      w.uvarint(this.unit.string(this.qualifier(f)));
      if (this.#part(w, f.type!)) open = true;
      w.uvarint(f.embedded ? 1 : 0);
      w.uvarint(this.unit.string(tagOf(t, i)));
    });
    return open;
  }
}

interface FuncParts {
  readonly obj: FuncObj;
  readonly num: number;
  readonly name: string;
  readonly decl: FuncDecl;
  readonly sig: SignatureType;
  readonly body: number;
}

export function writeList<T>(
  w: ByteWriter,
  list: readonly T[],
  one: (x: T, i: number) => void,
): void {
  w.uvarint(list.length);
  for (let i = 0; i < list.length; i++) one(list[i]!, i);
}

function typeParamList(t: Type): readonly TypeParamType[] {
  return t.kind === TypeKind.Named || t.kind === TypeKind.Alias ? t.tparams : [];
}

/** Whether a type name stands for a type declared elsewhere. */
function unaliasedName(obj: TypeNameObj): boolean {
  const t = obj.type!;
  return t.kind !== TypeKind.Named || t.obj !== obj;
}

function originOf(obj: Obj): Obj {
  if (obj.kind === ObjKind.Func || obj.kind === ObjKind.Var) return obj.origin ?? obj;
  return obj;
}

function bytesKey(bytes: Uint8Array): string {
  let s = '';
  for (const b of bytes) s += String.fromCharCode(b);
  return s;
}

const pragmaMap: readonly (readonly [number, number])[] = [
  [PragmaFlag.Nosplit, PragmaBit.Nosplit | PragmaBit.Nocheckptr],
  [PragmaFlag.Noinline, PragmaBit.Noinline],
  [PragmaFlag.Noescape, PragmaBit.Noescape],
  [PragmaFlag.Systemstack, PragmaBit.Systemstack],
  [PragmaFlag.Nowritebarrier, PragmaBit.Nowritebarrier],
  [PragmaFlag.Nowritebarrierrec, PragmaBit.Nowritebarrierrec | PragmaBit.Nowritebarrier],
  [PragmaFlag.Yeswritebarrierrec, PragmaBit.Yeswritebarrierrec],
  [PragmaFlag.CgoUnsafeArgs, PragmaBit.CgoUnsafeArgs | PragmaBit.Nocheckptr],
  [PragmaFlag.UintptrKeepAlive, PragmaBit.UintptrKeepAlive],
  [PragmaFlag.UintptrEscapes, PragmaBit.UintptrEscapes | PragmaBit.UintptrKeepAlive],
  [PragmaFlag.Norace, PragmaBit.Norace],
  [PragmaFlag.NoCheckPtr, PragmaBit.Nocheckptr],
];

/** Directives of a declaration, with what they imply. Contract §8.2. */
function pragmaBits(pragma: Pragma | null): number {
  if (pragma === null) return 0;
  let bits = 0;
  for (const [flag, bit] of pragmaMap) if (pragma.flags & flag) bits |= bit;
  return bits;
}
