/**
 * Encoding of types.
 *
 * A type is interned by its bytes, in which parts are numbers of types before it: equal types written
 * apart are one element. A type is open if a type parameter is part of it; readers decode those anew
 * for each instance. Parameters are numbers in the list of the declaration that binds them, those of
 * the function around a local type first.
 */
import { InternalError } from '@go-ts/base';
import { ByteWriter } from '@go-ts/objfile/bytes';
import { type Obj, type TypeNameObj } from '../types/object.ts';
import {
  type AliasType,
  byteType,
  ChanDir,
  type InterfaceType,
  type NamedType,
  runeType,
  type SignatureType,
  type StructType,
  tagOf,
  type TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
} from '../types/type.ts';
import { universeAny } from '../types/universe.ts';
import { OPEN_TYPE, Section, TypeTag } from './format.ts';
import { type UnitBuilder, writeList } from './unit.ts';

/** What is needed to refer to a local type's enclosing type parameters. */
interface LocalType {
  readonly num: number;
  readonly implicits: readonly TypeParamType[];
}

/** What types refer to. */
interface Objects {
  readonly unit: UnitBuilder;
  objRef(obj: Obj): number;
  qualifier(obj: Obj): string;
}

export class TypeWriter {
  readonly #objects: Objects;
  readonly #unit: UnitBuilder;
  readonly #types = new Map<Type, number>();
  readonly #byBytes = new Map<string, number>();
  readonly #open = new Set<number>();
  readonly #paramIndex = new Map<TypeParamType, number>();
  readonly #localTypes = new Map<TypeNameObj, LocalType>();

  constructor(objects: Objects) {
    this.#objects = objects;
    this.#unit = objects.unit;
  }

  bindParams(params: readonly TypeParamType[], first: number = 0): void {
    params.forEach((p, i) => this.#paramIndex.set(p, first + i));
  }

  /** A type declared in a function is referred to by its number, with the parameters around it. */
  bindLocal(obj: TypeNameObj, num: number, implicits: readonly TypeParamType[]): void {
    this.#localTypes.set(obj, { num, implicits });
  }

  /** Reference to a type: its number in the unit. */
  ref(t: Type): number {
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

  #internType(bytes: Uint8Array): number {
    const key = bytesKey(bytes);
    let n = this.#byBytes.get(key);
    if (n === undefined) {
      n = this.#unit.reserve(Section.Type);
      this.#unit.fill(Section.Type, n, bytes);
      this.#byBytes.set(key, n);
    }
    return n;
  }

  /** `func()`, and with results. */
  func(params: readonly number[] = [], results: readonly number[] = []): number {
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

  /** Pointer to the type that `elem` refers to. */
  pointer(elem: number): number {
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
          w.uvarint(this.#unit.string(t.name));
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
    const n = this.ref(t);
    w.uvarint(n);
    return this.#open.has(n);
  }

  #namedType(w: ByteWriter, t: NamedType | AliasType): { tag: number; open: boolean } {
    const { obj } = t.origin;
    if (obj.pkg === null || obj === universeAny) {
      w.uvarint(this.#unit.string(obj.name));
      return { tag: TypeTag.Universe, open: false };
    }
    const local = this.#localTypes.get(obj);
    if (local !== undefined) w.uvarint(local.num);
    else w.uvarint(this.#objects.objRef(obj));
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
      w.uvarint(this.#unit.string(v.name));
      if (this.#part(w, v.type!)) open = true;
    });
    return open;
  }

  #interface(w: ByteWriter, t: InterfaceType): boolean {
    let open = false;
    w.uvarint(t.implicit ? 1 : 0);
    writeList(w, t.methods, (m) => {
      w.uvarint(this.#unit.string(m.name));
      w.uvarint(this.#unit.string(this.#objects.qualifier(m)));
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
      w.uvarint(this.#unit.string(f.name));
      w.uvarint(this.#unit.string(this.#objects.qualifier(f)));
      if (this.#part(w, f.type!)) open = true;
      w.uvarint(f.embedded ? 1 : 0);
      w.uvarint(this.#unit.string(tagOf(t, i)));
    });
    return open;
  }
}

function bytesKey(bytes: Uint8Array): string {
  let s = '';
  for (const b of bytes) s += String.fromCharCode(b);
  return s;
}
