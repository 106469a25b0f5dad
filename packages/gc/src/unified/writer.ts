/**
 * Unified export data of a package, the declarations: what the official go/types, vet and other
 * readers of compiled packages understand. Made from units (importer/format.ts), so that a package
 * need not be checked again; ordinary builds do not make it.
 *
 * A unit and a unified file have the same parts, and this is a translation part by part. They differ
 * in three ways:
 *
 * - A unified file repeats what it needs of other packages. So whatever an exported declaration
 *   leads to is written, from the units of the packages that declare it.
 * - A type that mentions type parameters belongs to the object that declares them: it is an element
 *   that only the object's dictionary lists, and is named by its place there. Methods bind the
 *   parameters of their type anew, under names of their own, so each has its own such types
 *   (`Binding`).
 * - Bodies, pragmas and linker names are for the official compiler only; they are left out, as are
 *   positions of fields and parameters, which units do not have.
 *
 * Objects are queued when they are first named, so that the depth of declarations is no depth here.
 *
 * GOROOT: src/cmd/compile/internal/noder/{writer,linker,unified}.go, src/go/internal/gcimporter.
 */
import { InternalError } from '@go-ts/base';
import { type ByteReader } from '@go-ts/objfile/bytes';
import { readExact } from '../importer/const-writer.ts';
import { FuncFlag, ObjTag, OPEN_TYPE, TypeFlag, TypeTag } from '../importer/format.ts';
import { ExportData } from '../summary.ts';
import { isExported } from '../types/object.ts';
import { ChanDir } from '../types/type.ts';
import { Bits, BitsBuilder, Element, ObjCode, TypeCode } from './bits.ts';
import { type ObjHead, type Place, UnitSource } from './source.ts';
import { writeValue } from './value.ts';

/** The byte before the data in the export section of an archive. */
const FORMAT = 0x75; // 'u'

/**
 * Unified export data of the package `path`, with its format byte. `exportData` gives our own export
 * data of it and of all packages that it depends on.
 */
export function unifiedExport(
  path: string,
  exportData: (path: string) => Uint8Array | null,
): Uint8Array {
  const data = new UnifiedWriter(exportData).write(path);
  const out = new Uint8Array(data.length + 1);
  out[0] = FORMAT;
  out.set(data, 1);
  return out;
}

/** Elements of an object's types that mention type parameters: places are indices. */
interface Dict {
  readonly derived: number[];
}

/** One meaning of the type parameters' numbers, and the types written under it. */
interface Binding {
  readonly source: UnitSource;
  readonly dict: Dict;
  readonly places: Map<number, number>;
}

interface TypeInfo {
  readonly derived: boolean;
  /** Place in the dictionary, or number of the element. */
  readonly idx: number;
}

interface TypeParam {
  readonly name: string;
  readonly bound: number;
}

/** What a function's object says, as far as it is written. */
interface FuncParts {
  readonly head: ObjHead;
  readonly flags: number;
  readonly rparams: readonly TypeParam[];
  readonly tparams: readonly TypeParam[];
  readonly sig: number;
}

interface Method extends FuncParts {
  readonly num: number;
  readonly index: number;
  readonly recvType: number;
}

class UnifiedWriter {
  readonly #bits = new BitsBuilder();
  readonly #exportData: (path: string) => Uint8Array | null;
  readonly #sources = new Map<string, UnitSource>();
  readonly #packages = new Map<string, number>();
  readonly #files = new Map<string, number>();
  readonly #objs = new Map<string, number>();
  readonly #queue: (() => void)[] = [];

  constructor(exportData: (path: string) => Uint8Array | null) {
    this.#exportData = exportData;
  }

  write(path: string): Uint8Array {
    const bits = this.#bits;
    const publicRoot = bits.reserve(Bits.Meta);
    const privateRoot = bits.reserve(Bits.Meta);
    const own = this.#source(path);
    const self = this.#pkg(own.path);
    for (const name of [...own.scope.keys()].sort()) {
      if (isExported(name)) this.#obj(own, own.scope.get(name)!);
    }
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next();

    const root = new Element(bits);
    root.ref(Bits.Pkg, self);
    root.uint(this.#objs.size);
    for (const n of this.#objs.values()) {
      root.ref(Bits.Obj, n);
      root.uint(0);
    }
    bits.fill(Bits.Meta, publicRoot, root);
    const bodies = new Element(bits);
    bodies.bool(false);
    bodies.uint(0);
    bits.fill(Bits.Meta, privateRoot, bodies);
    return bits.finish();
  }

  #source(path: string): UnitSource {
    let source = this.#sources.get(path);
    if (source === undefined) {
      const bytes = this.#exportData(path);
      if (bytes === null) throw new InternalError(`no export data of ${path}`);
      source = new UnitSource(new ExportData(bytes).unit);
      this.#sources.set(path, source);
      // A program is called main, wherever it is.
      this.#sources.set(source.path, source);
    }
    return source;
  }

  // ---- packages and positions

  #pkg(path: string): number {
    const old = this.#packages.get(path);
    if (old !== undefined) return old;
    const n = this.#bits.reserve(Bits.Pkg);
    this.#packages.set(path, n);
    const w = new Element(this.#bits);
    w.text(path);
    if (path !== 'builtin' && path !== 'unsafe') {
      const { name, imports } = this.#source(path);
      w.text(name);
      w.uint(imports.length);
      for (const p of imports) w.ref(Bits.Pkg, this.#pkg(p));
    }
    this.#bits.fill(Bits.Pkg, n, w);
    return n;
  }

  #pos(w: Element, place: Place): void {
    w.bool(true);
    let file = this.#files.get(place.file);
    if (file === undefined) {
      const base = new Element(this.#bits);
      base.text(place.file);
      base.bool(true);
      file = this.#bits.add(Bits.PosBase, base);
      this.#files.set(place.file, file);
    }
    w.ref(Bits.PosBase, file);
    w.uint(place.line);
    w.uint(place.col);
  }

  #noPos(w: Element): void {
    w.bool(false);
  }

  /** A name with the package that it belongs to. */
  #ident(w: Element, path: string, name: string): void {
    w.ref(Bits.Pkg, this.#pkg(path));
    w.text(name);
  }

  // ---- objects

  /** Number of an object of `source`, or of the one that it is a stub for. */
  #obj(source: UnitSource, num: number): number {
    const r = source.object(num);
    if (r.u8() === ObjTag.Stub) {
      const path = source.string(r);
      const name = source.string(r);
      if (path === 'unsafe') return this.#predeclared(path, name);
      const other = this.#source(path);
      const found = other.scope.get(name);
      if (found === undefined) throw new InternalError(`${source.path} needs ${path}.${name}`);
      return this.#obj(other, found);
    }
    const key = `${source.path}\0${num}`;
    const old = this.#objs.get(key);
    if (old !== undefined) return old;
    const n = this.#reserveObj(key);
    this.#queue.push(() => this.#define(source, num, n));
    return n;
  }

  /** The same number in the four sections that describe objects. */
  #reserveObj(key: string): number {
    const n = this.#bits.reserve(Bits.Obj);
    this.#bits.reserve(Bits.ObjExt);
    this.#bits.reserve(Bits.Name);
    this.#bits.reserve(Bits.ObjDict);
    this.#objs.set(key, n);
    return n;
  }

  /** An object that readers have anyway: of the universe, or of package unsafe. */
  #predeclared(path: string, name: string): number {
    const key = `${path}\0.${name}`;
    const old = this.#objs.get(key);
    if (old !== undefined) return old;
    const n = this.#reserveObj(key);
    const ident = new Element(this.#bits);
    this.#ident(ident, path, name);
    ident.uint(ObjCode.Stub);
    this.#fillObj(n, new Element(this.#bits), ident, this.#dictionary([], [], null));
    return n;
  }

  #fillObj(n: number, obj: Element, ident: Element, dict: Element): void {
    this.#bits.fill(Bits.Obj, n, obj);
    this.#bits.fill(Bits.Name, n, ident);
    this.#bits.fill(Bits.ObjDict, n, dict);
    this.#bits.fill(Bits.ObjExt, n, new Element(this.#bits));
  }

  #define(source: UnitSource, num: number, n: number): void {
    const w = new Element(this.#bits);
    const head = source.head(num);
    const { tag, rest: r } = head;
    const binding = newBinding(source, { derived: [] });
    let { name } = head;
    let code: number;
    let tparams: readonly TypeParam[] = [];
    this.#pos(w, head.place);
    switch (tag) {
      case ObjTag.Const:
        code = ObjCode.Const;
        this.#use(w, binding, r.uvarint());
        writeValue(w, readExact(r, source.view));
        break;
      case ObjTag.Var:
        code = ObjCode.Var;
        this.#use(w, binding, r.uvarint());
        break;
      case ObjTag.Func: {
        code = ObjCode.Func;
        const f = funcParts(source, head);
        ({ tparams } = f);
        w.bool(false);
        this.#paramNames(w, source, tparams);
        this.#signature(w, binding, f.sig);
        this.#pos(w, head.place);
        break;
      }
      case ObjTag.Type: {
        const flags = r.uvarint();
        const local = r.uvarint();
        r.uvarint();
        tparams = typeParams(source, r);
        if (local > 0) name = `${name}·${local}`;
        this.#paramNames(w, source, tparams);
        this.#use(w, binding, r.uvarint());
        if ((flags & TypeFlag.Alias) !== 0) code = ObjCode.Alias;
        else {
          code = ObjCode.Type;
          this.#methods(w, binding, { typeObj: n, typeName: name, methods: r });
        }
        break;
      }
      default:
        throw new InternalError(`unknown object tag ${tag}`);
    }
    const ident = new Element(this.#bits);
    this.#ident(ident, source.path, name);
    ident.uint(code);
    this.#fillObj(n, w, ident, this.#dictionary([], tparams, binding));
  }

  /** Bounds of the type parameters, then the types that mention them. */
  #dictionary(
    rparams: readonly TypeParam[],
    tparams: readonly TypeParam[],
    binding: Binding | null,
  ): Element {
    const w = new Element(this.#bits);
    w.uint(0); // parameters of enclosing functions
    w.uint(rparams.length);
    w.uint(tparams.length);
    for (const p of [...rparams, ...tparams]) this.#use(w, binding!, p.bound);
    const derived = binding?.dict.derived ?? [];
    w.uint(derived.length);
    for (const n of derived) w.ref(Bits.Type, n);
    return w;
  }

  #paramNames(w: Element, source: UnitSource, params: readonly TypeParam[]): void {
    for (const p of params) {
      this.#noPos(w);
      this.#ident(w, source.path, p.name);
    }
  }

  // ---- methods

  #methods(
    w: Element,
    binding: Binding,
    type: { readonly typeObj: number; readonly typeName: string; readonly methods: ByteReader },
  ): void {
    const { source, dict } = binding;
    const plain: Method[] = [];
    const generic: Method[] = [];
    for (let n = type.methods.uvarint(), index = 0; n > 0; n--, index++) {
      const num = type.methods.uvarint();
      const parts = funcParts(source, source.head(num));
      const method = { ...parts, num, index, recvType: type.typeObj };
      (parts.tparams.length > 0 ? generic : plain).push(method);
    }
    w.uint(plain.length);
    for (const m of plain) {
      const own = newBinding(source, dict);
      w.uint(m.index);
      this.#pos(w, m.head.place);
      this.#ident(w, source.path, m.head.name);
      this.#paramNames(w, source, m.rparams);
      this.#receiver(w, own, m);
      this.#signature(w, own, m.sig);
      this.#pos(w, m.head.place);
    }
    w.uint(generic.length);
    for (const m of generic) w.ref(Bits.Obj, this.#genericMethod(source, m, type.typeName));
  }

  /** A method with type parameters of its own is an object. */
  #genericMethod(source: UnitSource, m: Method, typeName: string): number {
    const n = this.#reserveObj(`${source.path}\0${m.num}`);
    const binding = newBinding(source, { derived: [] });
    const { name, place } = m.head;
    const w = new Element(this.#bits);
    this.#pos(w, place);
    w.bool(true);
    this.#ident(w, source.path, name);
    this.#paramNames(w, source, m.rparams);
    this.#receiver(w, binding, m);
    w.uint(m.index);
    this.#paramNames(w, source, m.tparams);
    this.#signature(w, binding, m.sig);
    this.#pos(w, place);
    const ident = new Element(this.#bits);
    const recv = (m.flags & FuncFlag.PtrRecv) === 0 ? typeName : `(*${typeName})`;
    this.#ident(ident, source.path, `${recv}.${name}`);
    ident.uint(ObjCode.Func);
    this.#fillObj(n, w, ident, this.#dictionary(m.rparams, m.tparams, binding));
    return n;
  }

  /** The receiver: its type, of its own parameters if it has some, or a pointer to that. */
  #receiver(w: Element, binding: Binding, m: Method): void {
    const { dict } = binding;
    const isOpen = m.rparams.length > 0;
    const made = (write: (e: Element) => void): TypeInfo => {
      const e = new Element(this.#bits);
      write(e);
      const idx = this.#bits.add(Bits.Type, e);
      return isOpen ? { derived: true, idx: dict.derived.push(idx) - 1 } : { derived: false, idx };
    };
    const args = m.rparams.map((_p, i) =>
      made((e) => {
        e.uint(TypeCode.TypeParam);
        e.uint(i);
      }),
    );
    let type = made((e) => {
      e.uint(TypeCode.Named);
      this.#named(e, m.recvType, args);
    });
    if ((m.flags & FuncFlag.PtrRecv) !== 0) {
      const base = type;
      type = made((e) => {
        e.uint(TypeCode.Pointer);
        this.#info(e, base);
      });
    }
    this.#noPos(w);
    this.#ident(w, binding.source.path, '');
    this.#info(w, type);
  }

  // ---- types

  /** A use of type `num` of the unit. */
  #use(w: Element, binding: Binding, num: number): void {
    this.#info(w, this.#type(binding, num));
  }

  #info(w: Element, info: TypeInfo): void {
    if (w.bool(info.derived)) w.uint(info.idx);
    else w.ref(Bits.Type, info.idx);
  }

  #named(w: Element, obj: number, args: readonly TypeInfo[]): void {
    w.ref(Bits.Obj, obj);
    w.uint(args.length);
    for (const a of args) this.#info(w, a);
  }

  #type(binding: Binding, num: number): TypeInfo {
    const { source, dict, places } = binding;
    const r = source.type(num);
    const tag = r.u8();
    const derived = (tag & OPEN_TYPE) !== 0;
    const old = derived ? places.get(num) : source.types.get(num);
    if (old !== undefined) return { derived, idx: old };
    const e = new Element(this.#bits);
    this.#literal(e, binding, tag & ~OPEN_TYPE, r);
    const n = this.#bits.add(Bits.Type, e);
    const idx = derived ? dict.derived.push(n) - 1 : n;
    (derived ? places : source.types).set(num, idx);
    return { derived, idx };
  }

  #literal(w: Element, binding: Binding, tag: number, r: ByteReader): void {
    const { source } = binding;
    switch (tag) {
      case TypeTag.Basic:
        w.uint(TypeCode.Basic);
        w.uint(r.uvarint());
        return;
      case TypeTag.Universe:
        w.uint(TypeCode.Named);
        this.#named(w, this.#predeclared('builtin', source.string(r)), []);
        return;
      case TypeTag.Named:
      case TypeTag.Alias: {
        w.uint(TypeCode.Named);
        const obj = this.#obj(source, r.uvarint());
        const args: TypeInfo[] = [];
        for (let n = r.uvarint(); n > 0; n--) args.push(this.#type(binding, r.uvarint()));
        this.#named(w, obj, args);
        return;
      }
      case TypeTag.Pointer:
        w.uint(TypeCode.Pointer);
        this.#use(w, binding, r.uvarint());
        return;
      case TypeTag.Slice:
        w.uint(TypeCode.Slice);
        this.#use(w, binding, r.uvarint());
        return;
      case TypeTag.Array:
        w.uint(TypeCode.Array);
        w.uint(r.uvarint());
        this.#use(w, binding, r.uvarint());
        return;
      case TypeTag.Map:
        w.uint(TypeCode.Map);
        this.#use(w, binding, r.uvarint());
        this.#use(w, binding, r.uvarint());
        return;
      case TypeTag.Chan: {
        const dir = r.uvarint();
        w.uint(TypeCode.Chan);
        w.uint(dir === 3 ? ChanDir.Both : dir === 2 ? ChanDir.Send : ChanDir.Recv);
        this.#use(w, binding, r.uvarint());
        return;
      }
      case TypeTag.Func:
        w.uint(TypeCode.Signature);
        this.#signatureParts(w, binding, r);
        return;
      case TypeTag.Interface:
        w.uint(TypeCode.Interface);
        this.#interface(w, binding, r);
        return;
      case TypeTag.Struct:
        w.uint(TypeCode.Struct);
        this.#struct(w, binding, r);
        return;
      case TypeTag.Union:
        w.uint(TypeCode.Union);
        this.#union(w, binding, r);
        return;
      case TypeTag.TypeParam:
        w.uint(TypeCode.TypeParam);
        w.uint(r.uvarint());
        return;
      default:
        throw new InternalError(`unknown type tag ${tag}`);
    }
  }

  #union(w: Element, binding: Binding, r: ByteReader): void {
    const count = r.uvarint();
    w.uint(count);
    for (let i = 0; i < count; i++) {
      w.bool(r.uvarint() === 1);
      this.#use(w, binding, r.uvarint());
    }
  }

  /** What function type `num` says, in place. */
  #signature(w: Element, binding: Binding, num: number): void {
    const r = binding.source.type(num);
    if ((r.u8() & ~OPEN_TYPE) !== TypeTag.Func) throw new InternalError('signature of no function');
    this.#signatureParts(w, binding, r);
  }

  #signatureParts(w: Element, binding: Binding, r: ByteReader): void {
    const variadic = r.uvarint() === 1;
    for (let list = 0; list < 2; list++) {
      const count = r.uvarint();
      w.uint(count);
      for (let i = 0; i < count; i++) {
        this.#noPos(w);
        this.#ident(w, binding.source.path, binding.source.string(r));
        this.#use(w, binding, r.uvarint());
      }
    }
    w.bool(variadic);
  }

  #interface(w: Element, binding: Binding, r: ByteReader): void {
    const { source } = binding;
    const implicit = r.uvarint() === 1;
    const methods: { name: string; pkg: string; sig: number }[] = [];
    for (let n = r.uvarint(); n > 0; n--) {
      const name = source.string(r);
      const pkg = source.string(r);
      methods.push({ name, pkg: pkg === '' ? source.path : pkg, sig: r.uvarint() });
    }
    const embedded: number[] = [];
    for (let n = r.uvarint(); n > 0; n--) embedded.push(r.uvarint());
    w.uint(methods.length);
    w.uint(embedded.length);
    if (methods.length === 0 && embedded.length === 1) w.bool(implicit);
    for (const m of methods) {
      this.#noPos(w);
      this.#ident(w, m.pkg, m.name);
      this.#signature(w, binding, m.sig);
    }
    for (const e of embedded) this.#use(w, binding, e);
  }

  #struct(w: Element, binding: Binding, r: ByteReader): void {
    const { source } = binding;
    const count = r.uvarint();
    w.uint(count);
    for (let i = 0; i < count; i++) {
      const name = source.string(r);
      const pkg = source.string(r);
      this.#noPos(w);
      this.#ident(w, pkg === '' ? source.path : pkg, name);
      this.#use(w, binding, r.uvarint());
      const isEmbedded = (r.uvarint() & 1) !== 0;
      // Tags are strings of bytes already.
      w.bytes(source.string(r));
      w.bool(isEmbedded);
    }
  }
}

function newBinding(source: UnitSource, dict: Dict): Binding {
  return { source, dict, places: new Map() };
}

function typeParams(source: UnitSource, r: ByteReader): TypeParam[] {
  const list: TypeParam[] = [];
  for (let n = r.uvarint(); n > 0; n--) {
    const name = source.string(r);
    list.push({ name, bound: r.uvarint() });
  }
  return list;
}

function funcParts(source: UnitSource, head: ObjHead): FuncParts {
  const r = head.rest;
  const flags = r.uvarint();
  r.uvarint(); // pragma
  r.uvarint(); // linker name
  r.uvarint(); // receiver
  const rparams = typeParams(source, r);
  const tparams = typeParams(source, r);
  return { head, flags, rparams, tparams, sig: r.uvarint() };
}
