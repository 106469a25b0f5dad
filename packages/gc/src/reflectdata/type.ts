/**
 * Type descriptors: one `type:` symbol per type, as runtime, reflect and linker read it.
 *
 * Layout: common header · part of the kind · uncommon part (named, or with methods) · variable data
 * (parameter types, fields, interface methods) · method table. No gaps and an exact size: the runtime
 * walks descriptors one after the other, and the linker decodes them for reachability.
 *
 * Who emits: basic types come with package runtime; a named type, and the pointer to it, with its
 * package; everything unnamed or instantiated with every package that refers to it, dup-ok.
 * Descriptors are queued by `typeSym` and written by `flush`, sorted by name so that the object does
 * not depend on the order in which bodies were compiled.
 *
 * GOROOT: src/internal/abi/type.go, cmd/compile/internal/reflectdata/reflect.go (NeedEmit and
 * WriteBasicTypes: who emits what). Contract §5.
 */
import { hash } from 'node:crypto';
import { type ObjSym } from '@go-ts/objfile';
import { type ByteWriter } from '@go-ts/objfile/bytes';
import { R_ADDR, R_ADDROFF, R_KEEP, R_METHODOFF, R_WEAK } from '@go-ts/objfile/reloc';
import {
  SNOPTRBSS,
  SRODATA,
  SymFlagDupok,
  SymFlagLocal,
  SymFlagTypelink,
} from '@go-ts/objfile/sym';
import {
  ArrayTypeLayout,
  ChanTypeLayout,
  FuncTypeLayout,
  ImethodLayout,
  InterfaceTypeLayout,
  MapConst,
  MapFlag,
  MapTypeLayout,
  MaxPtrmaskBytes,
  MethodLayout,
  PtrTypeLayout,
  SliceTypeLayout,
  StructFieldLayout,
  StructTypeLayout,
  TFlag,
  TypeLayout,
  UncommonTypeLayout,
  VariadicBit,
} from '@go-ts/runtime/layout/types';
import { linkString, reflectString, typeSymbolName } from '../ir/type-string.ts';
import { isDirectIface, isEmptyInterface, Kind, type Type } from '../ir/type.ts';
import { AlgData, hashMightPanic, needKeyUpdate } from './alg.ts';
import type { MethodEntry, TypeDataEnv } from './env.ts';
import { pointerMask } from './gcmask.ts';
import { mapGroupType } from './map-type.ts';
import { isExported, NameData } from './name-data.ts';
import { isRegularMemory } from './signature.ts';

const PtrSize = 8;

/** Size of the header and the part of the kind. */
function fixedSize(t: Type): number {
  switch (t.kind) {
    case Kind.Array:
      return ArrayTypeLayout.size;
    case Kind.Chan:
      return ChanTypeLayout.size;
    case Kind.Func:
      return FuncTypeLayout.size;
    case Kind.Interface:
      return InterfaceTypeLayout.size;
    case Kind.Map:
      return MapTypeLayout.size;
    case Kind.Pointer:
      return PtrTypeLayout.size;
    case Kind.Slice:
      return SliceTypeLayout.size;
    case Kind.Struct:
      return StructTypeLayout.size;
    default:
      return TypeLayout.size;
  }
}

/** Size of the variable data. */
function variableSize(t: Type): number {
  switch (t.kind) {
    case Kind.Func:
      return (t.params.length + t.results.length) * PtrSize;
    case Kind.Interface:
      return t.methods.length * ImethodLayout.size;
    case Kind.Struct:
      return t.fields.length * StructFieldLayout.size;
    default:
      return 0;
  }
}

/** Byte offset, in the descriptor of interface `t`, of the record of its method `index`. */
export function interfaceMethodOffset(t: Type, index: number): number {
  const uncommon = t.name === null ? 0 : UncommonTypeLayout.size;
  return InterfaceTypeLayout.size + uncommon + index * ImethodLayout.size;
}

/** The hash that descriptors and itabs carry and type switches compare. */
export function typeHash(link: string): number {
  const sum = hash('sha256', link, 'buffer');
  return ((sum[0]! ^ 0xff) | (sum[1]! << 8) | (sum[2]! << 16) | (sum[3]! << 24)) >>> 0;
}

export class TypeData {
  readonly alg: AlgData;
  readonly #env: TypeDataEnv;
  readonly #names: NameData;
  readonly #groups = new Map<Type, Type>();
  #queue: Type[] = [];
  readonly #queued = new Set<Type>();

  constructor(env: TypeDataEnv) {
    this.#env = env;
    this.alg = new AlgData(env);
    this.#names = new NameData(env.builder);
  }

  /** The descriptor's symbol; the descriptor is emitted by `flush` if this package has to. */
  typeSym(t: Type): ObjSym {
    if (!this.#queued.has(t)) {
      this.#queued.add(t);
      this.#queue.push(t);
    }
    return this.#env.builder.lookup(typeSymbolName(t));
  }

  groupType(map: Type): Type {
    let group = this.#groups.get(map);
    if (group === undefined) {
      group = mapGroupType(this.#env.types, map);
      this.#groups.set(map, group);
    }
    return group;
  }

  /** Package runtime emits what every program may refer to. */
  addBasicTypes(): void {
    if (this.#env.pkgPath !== 'runtime') return;
    const { types } = this.#env;
    const list: Type[] = [];
    for (let kind: number = Kind.Bool; kind <= Kind.Complex128; kind++) {
      list.push(types.basic(kind as Kind));
    }
    list.push(types.basic(Kind.String), types.basic(Kind.UnsafePointer));
    list.push(types.emptyInterface, types.error);
    for (const t of list) {
      this.typeSym(types.pointer(t));
      this.typeSym(types.pointer(types.slice(t)));
    }
    this.typeSym(types.pointer(this.#errorMethodType()));
  }

  /** Writes queued descriptors, and those they refer to, until none is left. */
  flush(): void {
    while (this.#queue.length > 0) {
      const batch = this.#queue.map((t) => ({ t, name: typeSymbolName(t) }));
      this.#queue = [];
      batch.sort((a, b) => {
        const named = Number(b.t.name !== null) - Number(a.t.name !== null);
        if (named !== 0) return named;
        return a.name < b.name ? -1 : Number(a.name > b.name);
      });
      for (const { t } of batch) {
        if (!this.#needsEmit(t)) continue;
        this.#write(t);
        if (t.name !== null) this.typeSym(this.#env.types.pointer(t));
      }
    }
  }

  #errorMethodType(): Type {
    const { types } = this.#env;
    return types.func([types.error], [types.basic(Kind.String)], false);
  }

  #isBasic(t: Type): boolean {
    if (t === this.#errorMethodType()) return true;
    const base = t.name === null && t.kind === Kind.Slice ? t.elem! : t;
    if (base.name !== null) return base.name.pkgPath === '' || base.name.pkgPath === 'unsafe';
    return (
      isEmptyInterface(base) ||
      (base.kind < Kind.Array && base.kind > 0) ||
      base.kind === Kind.String ||
      base.kind === Kind.UnsafePointer
    );
  }

  #needsEmit(t: Type): boolean {
    const base =
      t.name === null && t.kind === Kind.Pointer && this.#isPointerBase(t.elem!) ? t.elem! : t;
    if (this.#isBasic(base)) return this.#env.pkgPath === 'runtime';
    if (base.name === null) return true;
    return base.name.pkgPath === this.#env.pkgPath || base.name.typeArgs.length > 0;
  }

  /** `*t` is emitted where `t` is: t has a name, or is one of runtime's own. */
  #isPointerBase(t: Type): boolean {
    return t.name !== null || this.#isBasic(t);
  }

  #isDupok(t: Type): boolean {
    const base = t.name === null && t.kind === Kind.Pointer ? t.elem! : t;
    return base.name === null || base.name.typeArgs.length > 0;
  }

  #write(t: Type): void {
    const { builder } = this.#env;
    const sym = builder.lookup(typeSymbolName(t));
    if (sym.isDefined) return;
    const methods = t.kind === Kind.Interface ? [] : this.#env.methodSet(t);
    const hasUncommon = t.name !== null || methods.length > 0;
    const uncommonAt = fixedSize(t);
    const variableAt = uncommonAt + (hasUncommon ? UncommonTypeLayout.size : 0);
    const methodsAt = variableAt + variableSize(t);
    const d = new Descriptor(sym, methodsAt + methods.length * MethodLayout.size);

    this.#common(d, t, hasUncommon);
    this.#kindPart(d, t, variableAt);
    if (hasUncommon) this.#uncommon(d, t, methods, uncommonAt, methodsAt);
    if (t.kind === Kind.Map && t.underlying !== t) {
      sym.addReloc(0, 0, R_KEEP, 0, this.typeSym(t.underlying));
    }

    sym.kind = SRODATA;
    if (this.#isDupok(t)) sym.flags |= SymFlagDupok;
    if (t.name === null && !t.noAlg && hasTypelink(t)) sym.flags |= SymFlagTypelink;
    sym.align = PtrSize;
    builder.defineData(sym);
  }

  #common(d: Descriptor, t: Type, hasUncommon: boolean): void {
    const { types } = this.#env;
    const link = linkString(t);
    let flags = 0;
    if (hasUncommon) flags |= TFlag.TFlagUncommon;
    if (t.name !== null) flags |= TFlag.TFlagNamed;
    if (isRegularMemory(t)) flags |= TFlag.TFlagRegularMemory;
    if (isDirectIface(t)) flags |= TFlag.TFlagDirectIface;
    const onDemand = t.ptrBytes / PtrSize > MaxPtrmaskBytes * 8;
    if (onDemand) flags |= TFlag.TFlagGCMaskOnDemand;

    // T and *T share one string: T's is stored with a star in front that TFlagExtraStar drops.
    let text = reflectString(t);
    let exported = false;
    if (text.startsWith('*')) {
      const elemName = t.elem?.name ?? null;
      exported = elemName !== null && isExported(elemName.name);
    } else {
      text = `*${text}`;
      flags |= TFlag.TFlagExtraStar;
      exported = t.name !== null && isExported(t.name.name);
    }

    const L = TypeLayout.at;
    d.u64(L.Size_, t.size);
    d.u64(L.PtrBytes, t.ptrBytes);
    d.u32(L.Hash, typeHash(link));
    d.u8(L.TFlag, flags);
    d.u8(L.Align_, t.align);
    d.u8(L.FieldAlign_, t.align);
    d.u8(L.Kind_, t.kind);
    const equal = this.alg.equalClosure(t);
    if (equal !== null) d.pointer(L.Equal, equal);
    d.pointer(L.GCData, onDemand ? this.#gcMaskOnDemand(t) : this.gcSym(t));
    d.offset(L.Str, this.#name(text, exported));
    // A pointer to a type that programs cannot name would be taken for one to its ordinary twin.
    if ((t.kind !== Kind.Pointer || t.name !== null) && !t.noAlg) {
      const pointer = types.pointer(t);
      const strong = t.name !== null || this.#env.methodSet(pointer).length > 0;
      d.offset(L.PtrToThis, this.typeSym(pointer), strong ? 0 : R_WEAK);
    }
  }

  /** The symbol of the whole pointer mask of `t`, whatever its size. */
  gcSym(t: Type): ObjSym {
    const mask = pointerMask(t);
    let name = 'runtime.gcbits.';
    for (const b of mask) name += b.toString(16).padStart(2, '0');
    const sym = this.#env.builder.lookup(name);
    if (!sym.isDefined) {
      sym.setData(mask);
      sym.kind = SRODATA;
      sym.flags |= SymFlagDupok | SymFlagLocal;
      sym.align = PtrSize;
      sym.isContentAddressable = true;
      this.#env.builder.defineData(sym);
    }
    return sym;
  }

  /** A zero word in which the runtime keeps the mask that it computes from the descriptor. */
  #gcMaskOnDemand(t: Type): ObjSym {
    const sym = this.#env.builder.lookup(`type:.gcmask.${linkString(t)}`);
    if (!sym.isDefined) {
      sym.kind = SNOPTRBSS;
      sym.size = PtrSize;
      sym.flags |= SymFlagDupok | SymFlagLocal;
      this.#env.builder.defineData(sym);
    }
    return sym;
  }

  #name(name: string, exported: boolean, pkgPath = ''): ObjSym {
    return this.#names.name({ name, tag: '', exported, embedded: false, pkgPath });
  }

  #kindPart(d: Descriptor, t: Type, variableAt: number): void {
    switch (t.kind) {
      case Kind.Array:
        d.pointer(ArrayTypeLayout.at.Elem, this.typeSym(t.elem!));
        d.pointer(ArrayTypeLayout.at.Slice, this.typeSym(this.#env.types.slice(t.elem!)));
        d.u64(ArrayTypeLayout.at.Len, t.len);
        return;
      case Kind.Chan:
        d.pointer(ChanTypeLayout.at.Elem, this.typeSym(t.elem!));
        d.u64(ChanTypeLayout.at.Dir, t.dir);
        return;
      case Kind.Func:
        this.#funcPart(d, t, variableAt);
        return;
      case Kind.Interface:
        this.#interfacePart(d, t, variableAt);
        return;
      case Kind.Map:
        this.#mapPart(d, t);
        return;
      case Kind.Pointer:
        d.pointer(PtrTypeLayout.at.Elem, this.typeSym(t.elem!));
        return;
      case Kind.Slice:
        d.pointer(SliceTypeLayout.at.Elem, this.typeSym(t.elem!));
        return;
      case Kind.Struct:
        this.#structPart(d, t, variableAt);
        return;
      default:
      // Basic types have no part of their own.
    }
  }

  #funcPart(d: Descriptor, t: Type, at: number): void {
    d.u16(FuncTypeLayout.at.InCount, t.params.length);
    d.u16(FuncTypeLayout.at.OutCount, t.results.length | (t.variadic ? VariadicBit : 0));
    let off = at;
    for (const member of [...t.params, ...t.results]) {
      d.pointer(off, this.typeSym(member));
      off += PtrSize;
    }
  }

  #interfacePart(d: Descriptor, t: Type, at: number): void {
    const own = t.name !== null && t.name.pkgPath !== '' ? t.name.pkgPath : '';
    if (own !== '') d.pointer(InterfaceTypeLayout.at.PkgPath, this.#names.importPath(own));
    d.slice(InterfaceTypeLayout.at.Methods, at, t.methods.length);
    t.methods.forEach((method, i) => {
      const off = at + i * ImethodLayout.size;
      const exported = method.pkgPath === '';
      const pkg = exported || method.pkgPath === own ? '' : method.pkgPath;
      d.offset(off + ImethodLayout.at.Name, this.#name(method.name, exported, pkg));
      d.offset(off + ImethodLayout.at.Typ, this.typeSym(method.type));
    });
  }

  #mapPart(d: Descriptor, t: Type): void {
    const L = MapTypeLayout.at;
    const group = this.groupType(t);
    const slots = group.fields[1]!;
    const slot = slots.type.elem!;
    const elemOff = slot.fields[1]!.offset;
    d.pointer(L.Key, this.typeSym(t.key!));
    d.pointer(L.Elem, this.typeSym(t.elem!));
    d.pointer(L.Group, this.typeSym(group));
    d.pointer(L.Hasher, this.alg.hashClosure(t.key!));
    d.u64(L.GroupSize, group.size);
    d.u64(L.KeysOff, slots.offset);
    d.u64(L.KeyStride, slot.size);
    d.u64(L.ElemsOff, slots.offset + elemOff);
    d.u64(L.ElemStride, slot.size);
    d.u64(L.ElemOff, elemOff);
    let flags = 0;
    if (needKeyUpdate(t.key!)) flags |= MapFlag.MapNeedKeyUpdate;
    if (hashMightPanic(t.key!)) flags |= MapFlag.MapHashMightPanic;
    if (t.key!.size > MapConst.MapMaxKeyBytes) flags |= MapFlag.MapIndirectKey;
    if (t.elem!.size > MapConst.MapMaxElemBytes) flags |= MapFlag.MapIndirectElem;
    d.u32(L.Flags, flags);
  }

  #structPart(d: Descriptor, t: Type, at: number): void {
    // All unexported names of one struct type come from one package, named once.
    const pkg = t.fields.find((field) => field.pkgPath !== '')?.pkgPath ?? '';
    if (pkg !== '') d.pointer(StructTypeLayout.at.PkgPath, this.#names.importPath(pkg));
    d.slice(StructTypeLayout.at.Fields, at, t.fields.length);
    t.fields.forEach((field, i) => {
      const off = at + i * StructFieldLayout.size;
      const { name, tag, embedded } = field;
      const datum = this.#names.name({
        name,
        tag,
        embedded,
        exported: isExported(name),
        pkgPath: '',
      });
      d.pointer(off + StructFieldLayout.at.Name, datum);
      d.pointer(off + StructFieldLayout.at.Typ, this.typeSym(field.type));
      d.u64(off + StructFieldLayout.at.Offset, field.offset);
    });
  }

  // oxlint-disable-next-line max-params -- where the two parts of one table go
  #uncommon(
    d: Descriptor,
    t: Type,
    methods: readonly MethodEntry[],
    at: number,
    methodsAt: number,
  ): void {
    const own = packageOf(t);
    const L = UncommonTypeLayout.at;
    if (own !== '') d.offset(at + L.PkgPath, this.#names.importPath(own));
    d.u16(at + L.Mcount, methods.length);
    d.u16(at + L.Xcount, methods.filter((method) => method.pkgPath === '').length);
    d.u32(at + L.Moff, methodsAt - at);
    methods.forEach((method, i) => {
      const off = methodsAt + i * MethodLayout.size;
      const exported = method.pkgPath === '';
      const pkg = exported || method.pkgPath === own ? '' : method.pkgPath;
      d.offset(off + MethodLayout.at.Name, this.#name(method.name, exported, pkg));
      d.method(off + MethodLayout.at.Mtyp, this.typeSym(method.type));
      d.method(off + MethodLayout.at.Ifn, this.#env.textSym(method.ifn));
      d.method(off + MethodLayout.at.Tfn, this.#env.textSym(method.tfn));
    });
  }
}

/** The package that a type belongs to, directly or through its element. */
function packageOf(t: Type): string {
  let named: Type | null = t;
  if (t.name === null) {
    const throughElem =
      t.kind === Kind.Array ||
      t.kind === Kind.Slice ||
      t.kind === Kind.Pointer ||
      t.kind === Kind.Chan;
    named = throughElem ? t.elem : null;
  }
  return named?.name?.pkgPath ?? '';
}

/** Types that reflect can make at run time and must therefore find if the program has them. */
function hasTypelink(t: Type): boolean {
  switch (t.kind) {
    case Kind.Pointer:
    case Kind.Array:
    case Kind.Chan:
    case Kind.Func:
    case Kind.Map:
    case Kind.Slice:
    case Kind.Struct:
      return true;
    default:
      return false;
  }
}

/** The bytes of one descriptor; fields may be written in any order. */
class Descriptor {
  readonly #sym: ObjSym;
  readonly #w: ByteWriter;

  constructor(sym: ObjSym, size: number) {
    this.#sym = sym;
    this.#w = sym.growTo(size);
    sym.size = size;
  }

  u8(off: number, x: number): void {
    this.#w.patch8(off, x);
  }

  u16(off: number, x: number): void {
    this.#w.patch16(off, x);
  }

  u32(off: number, x: number): void {
    this.#w.patch32(off, x);
  }

  u64(off: number, x: number): void {
    this.#w.patch32(off, x % 0x1_0000_0000);
    this.#w.patch32(off + 4, Math.floor(x / 0x1_0000_0000));
  }

  pointer(off: number, sym: ObjSym): void {
    this.#sym.addReloc(off, 8, R_ADDR, 0, sym);
  }

  /** A slice whose array is at `at` of this descriptor. */
  slice(off: number, at: number, len: number): void {
    this.#sym.addReloc(off, 8, R_ADDR, at, this.#sym);
    this.u64(off + 8, len);
    this.u64(off + 16, len);
  }

  offset(off: number, sym: ObjSym, weak = 0): void {
    this.#sym.addReloc(off, 4, R_ADDROFF | weak, 0, sym);
  }

  method(off: number, sym: ObjSym): void {
    this.#sym.addReloc(off, 4, R_METHODOFF, 0, sym);
  }
}
