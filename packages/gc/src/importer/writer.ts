/**
 * From the checker's results to a unit: declarations and object references.
 *
 * Walks the declarations in source order. An object gets its number when it is first referred to and
 * its bytes when its turn comes; objects of other packages become stubs.
 *
 * Types are type-writer.ts's, bodies body-writer.ts's. The package's variable initialisers, in the
 * order of initialisation, become the body of a function `init`; the source's init functions are
 * `init.0`, `init.1`, …
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
  asNamed,
  type NamedType,
  type SignatureType,
  type Type,
  TypeKind,
  type TypeParamType,
  unalias,
} from '../types/type.ts';
import { under } from '../types/under.ts';
import { BodyWriter } from './body-writer.ts';
import { writeExact } from './const-writer.ts';
import { FuncFlag, ObjTag, Section, TypeFlag, VarFlag } from './format.ts';
import { TypeWriter } from './type-writer.ts';
import { UnitBuilder, writeList } from './unit.ts';

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

export class PackageWriter {
  readonly input: WriteInput;
  readonly unit = new UnitBuilder();
  readonly types: TypeWriter = new TypeWriter(this);
  readonly #objs = new Map<Obj, number>();
  readonly #stubs = new Map<string, number>();
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
      if (obj !== null) this.types.bindParams(typeParamList(obj.type!));
    } else if (d.kind === NodeKind.FuncDecl) {
      const obj = this.#objectOf(d.name) as FuncObj | null;
      if (obj === null) return;
      const sig = signatureOf(obj);
      this.types.bindParams([...sig.rparams, ...sig.tparams]);
    }
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
    w.uvarint(this.types.ref(obj.type!));
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
    this.types.bindLocal(obj, num, implicits);
    this.types.bindParams(typeParamList(obj.type!), implicits.length);
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
      w.uvarint(this.types.ref(t.kind === TypeKind.Alias ? t.rhs! : t));
      w.uvarint(0);
    } else {
      w.uvarint(this.types.ref(under(t)));
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
      w.uvarint(this.types.ref(p.bound));
    });
  }

  #varDecl(d: VarDecl): void {
    const objs = d.names.map((name) => this.#objectOf(name) as VarObj);
    objs.forEach((obj) => {
      if (obj.name === '_') return;
      const num = this.#numberOf(obj);
      const link = this.#linknames.get(obj.name);
      const w = this.#header(ObjTag.Var, obj);
      w.uvarint(this.types.ref(obj.type!));
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
    w.uvarint(this.types.ref(sig));
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
    w.uvarint(this.types.func());
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
}

interface FuncParts {
  readonly obj: FuncObj;
  readonly num: number;
  readonly name: string;
  readonly decl: FuncDecl;
  readonly sig: SignatureType;
  readonly body: number;
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
