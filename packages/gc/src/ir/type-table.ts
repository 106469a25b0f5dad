import { InternalError } from '@go-ts/base';
/**
 * The table of canonical types: every type of one compilation exists here exactly once.
 *
 * Constructors intern by structure, over the ids of their parts, so two identical types are the same
 * record and `===` is type identity. Defined types are interned by what they are called (package
 * path, name, local index, type arguments); their underlying type arrives later, because it may
 * refer back to them.
 *
 * Layout (size, alignment, pointer bytes, field offsets, comparability) therefore happens in two
 * steps: a record is born without, and `settle` lays out everything that is pending, once all
 * defined types that it needs have their underlying types. Whoever hands types out (the reader)
 * settles before it does; the constructors settle by themselves while nothing is incomplete.
 *
 * Invariants: a type is closed (no type parameters); after `settle` every record is laid out;
 * `byte` and `rune` are `uint8` and `int32`, `any` is `interface {}`.
 *
 * Spec: "Types", "Type identity", "Size and alignment guarantees".
 * GOROOT: src/cmd/compile/internal/types/size.go (layout: zero-size last fields, align64, pointer
 * bytes), type.go (not-in-heap).
 */
import { quoteString } from '@go-ts/base/quote';
import { type ChanDir, type Field, Kind, type Method, Type, type TypeName } from './type.ts';

/** A field before it is laid out. */
export interface FieldInit {
  readonly name: string;
  readonly pkgPath: string;
  readonly type: Type;
  readonly embedded: boolean;
  readonly tag: string;
}

const PTR_SIZE = 8;

export class TypeTable {
  /** All types, by id. */
  readonly all: Type[] = [];
  readonly #pointers: (Type | undefined)[] = [];
  readonly #slices: (Type | undefined)[] = [];
  readonly #arrays = new Map<string, Type>();
  readonly #others = new Map<string, Type>();
  readonly #named = new Map<string, Type>();
  /** Types without layout, oldest first. */
  #pending: Type[] = [];
  /** Types whose layout is known. */
  readonly #laidOut = new Set<Type>();
  readonly #laying = new Set<Type>();
  /** Defined types without underlying type. */
  #incomplete = 0;

  readonly invalid: Type;
  readonly bool: Type;
  readonly int: Type;
  readonly int8: Type;
  readonly int16: Type;
  readonly int32: Type;
  readonly int64: Type;
  readonly uint: Type;
  readonly uint8: Type;
  readonly uint16: Type;
  readonly uint32: Type;
  readonly uint64: Type;
  readonly uintptr: Type;
  readonly float32: Type;
  readonly float64: Type;
  readonly complex64: Type;
  readonly complex128: Type;
  readonly string: Type;
  readonly unsafePointer: Type;
  /** No value: the type of a call without results. */
  readonly void: Type;
  /** `interface {}` */
  readonly emptyInterface: Type;
  readonly error: Type;
  /** The constraint; it occurs only as an embedded element, never as a variable's type. */
  readonly comparable: Type;

  constructor() {
    this.invalid = this.#basic(Kind.Invalid, 'invalid', 0, 0);
    this.bool = this.#basic(Kind.Bool, 'bool', 1, 0);
    this.int = this.#basic(Kind.Int, 'int', 8, 0);
    this.int8 = this.#basic(Kind.Int8, 'int8', 1, 0);
    this.int16 = this.#basic(Kind.Int16, 'int16', 2, 0);
    this.int32 = this.#basic(Kind.Int32, 'int32', 4, 0);
    this.int64 = this.#basic(Kind.Int64, 'int64', 8, 0);
    this.uint = this.#basic(Kind.Uint, 'uint', 8, 0);
    this.uint8 = this.#basic(Kind.Uint8, 'uint8', 1, 0);
    this.uint16 = this.#basic(Kind.Uint16, 'uint16', 2, 0);
    this.uint32 = this.#basic(Kind.Uint32, 'uint32', 4, 0);
    this.uint64 = this.#basic(Kind.Uint64, 'uint64', 8, 0);
    this.uintptr = this.#basic(Kind.Uintptr, 'uintptr', 8, 0);
    this.float32 = this.#basic(Kind.Float32, 'float32', 4, 0);
    this.float64 = this.#basic(Kind.Float64, 'float64', 8, 0);
    this.complex64 = this.#basic(Kind.Complex64, 'complex64', 8, 0);
    this.complex64.align = 4;
    this.complex128 = this.#basic(Kind.Complex128, 'complex128', 16, 0);
    this.complex128.align = 8;
    this.string = this.#basic(Kind.String, 'string', 2 * PTR_SIZE, PTR_SIZE);
    this.string.align = PTR_SIZE;
    this.unsafePointer = this.#basic(Kind.UnsafePointer, 'Pointer', PTR_SIZE, PTR_SIZE, 'unsafe');
    this.void = this.#new(Kind.Void);
    this.#laidOut.add(this.void);
    this.emptyInterface = this.interface([]);
    const errorMethod = { name: 'Error', pkgPath: '', type: this.func([], [this.string], false) };
    this.error = this.#universe('error', this.interface([errorMethod]));
    this.comparable = this.#universe('comparable', this.emptyInterface);
  }

  #new(kind: Kind): Type {
    const t = new Type(kind, this.all.length);
    this.all.push(t);
    return t;
  }

  #basic(kind: Kind, name: string, size: number, ptrBytes: number, pkg = ''): Type {
    const t = this.#new(kind);
    t.name = { pkgPath: pkg, pkgName: pkg, name, typeArgs: [], localIndex: 0 };
    t.size = size;
    t.align = Math.max(size, 1);
    t.ptrBytes = ptrBytes;
    t.declared = [];
    this.#laidOut.add(t);
    return t;
  }

  #universe(name: string, underlying: Type): Type {
    const key: TypeName = { pkgPath: '', pkgName: '', name, typeArgs: [], localIndex: 0 };
    const t = this.named(key);
    t.declared = [];
    this.setUnderlying(t, underlying);
    return t;
  }

  /** The basic type of an abi kind. */
  basic(kind: Kind): Type {
    // Basic types are the first of the table, in the order of their kinds; complex and string follow
    // without the kinds in between.
    if (kind <= Kind.Complex128) return this.all[kind]!;
    if (kind === Kind.String) return this.string;
    if (kind === Kind.UnsafePointer) return this.unsafePointer;
    throw new InternalError(`no basic type of kind ${kind}`);
  }

  pointer(elem: Type): Type {
    const old = this.#pointers[elem.id];
    if (old !== undefined) return old;
    const t = this.#new(Kind.Pointer);
    for (let i = this.#pointers.length; i <= elem.id; i++) this.#pointers.push(undefined);
    this.#pointers[elem.id] = t;
    t.elem = elem;
    t.size = t.align = t.ptrBytes = PTR_SIZE;
    return this.#born(t);
  }

  slice(elem: Type): Type {
    const old = this.#slices[elem.id];
    if (old !== undefined) return old;
    const t = this.#new(Kind.Slice);
    for (let i = this.#slices.length; i <= elem.id; i++) this.#slices.push(undefined);
    this.#slices[elem.id] = t;
    t.elem = elem;
    t.size = 3 * PTR_SIZE;
    t.align = t.ptrBytes = PTR_SIZE;
    t.comparable = false;
    return this.#born(t);
  }

  array(elem: Type, len: number, noAlg = false): Type {
    return this.#intern(this.#arrays, `${elem.id} ${len}${noAlg ? '!' : ''}`, Kind.Array, (t) => {
      t.elem = elem;
      t.len = len;
      t.noAlg = noAlg;
    });
  }

  chan(elem: Type, dir: ChanDir): Type {
    return this.#intern(this.#others, `c${dir} ${elem.id}`, Kind.Chan, (t) => {
      t.elem = elem;
      t.dir = dir;
      t.size = t.align = t.ptrBytes = PTR_SIZE;
    });
  }

  map(key: Type, elem: Type): Type {
    return this.#intern(this.#others, `m${key.id} ${elem.id}`, Kind.Map, (t) => {
      t.key = key;
      t.elem = elem;
      t.size = t.align = t.ptrBytes = PTR_SIZE;
      t.comparable = false;
    });
  }

  /** Without receiver; the last parameter of a variadic function is the slice. */
  func(params: readonly Type[], results: readonly Type[], variadic: boolean): Type {
    const key = `f${variadic ? '.' : ''}${ids(params)};${ids(results)}`;
    return this.#intern(this.#others, key, Kind.Func, (t) => {
      t.params = params;
      t.results = results;
      t.variadic = variadic;
      t.size = t.align = t.ptrBytes = PTR_SIZE;
      t.comparable = false;
    });
  }

  /** `sig` with a receiver in front: the type of a FuncSym of a method. */
  withReceiver(recv: Type, sig: Type): Type {
    return this.func([recv, ...sig.params], sig.results, sig.variadic);
  }

  /** Methods need not be sorted; each occurs once. */
  interface(methods: readonly Method[]): Type {
    const sorted = [...methods].sort(compareMethods);
    const key = `i${sorted.map((m) => `${m.pkgPath}.${m.name} ${m.type.id}`).join(';')}`;
    return this.#intern(this.#others, key, Kind.Interface, (t) => {
      t.methods = sorted;
      t.size = t.ptrBytes = 2 * PTR_SIZE;
      t.align = PTR_SIZE;
    });
  }

  /** `noAlg`: a struct that is never compared or hashed (closure objects, map groups). */
  struct(fields: readonly FieldInit[], noAlg = false): Type {
    const key = `s${noAlg ? '!' : ''}${fields.map(fieldKey).join(';')}`;
    return this.#intern(this.#others, key, Kind.Struct, (t) => {
      t.fields = fields.map((f) => ({ ...f, offset: 0 }));
      t.noAlg = noAlg;
    });
  }

  tuple(members: readonly Type[]): Type {
    return this.#intern(this.#others, `t${ids(members)}`, Kind.Tuple, (t) => {
      t.params = members;
    });
  }

  /** What a call of a function with these results yields: nothing, a value, or a tuple. */
  resultType(sig: Type): Type {
    if (sig.results.length === 0) return this.void;
    if (sig.results.length === 1) return sig.results[0]!;
    return this.tuple(sig.results);
  }

  /** The defined type of that name, if it exists already. */
  lookupNamed(name: TypeName): Type | undefined {
    return this.#named.get(nameKey(name));
  }

  /** A defined type; a new one is incomplete until `setUnderlying`. */
  named(name: TypeName): Type {
    const key = nameKey(name);
    const old = this.#named.get(key);
    if (old !== undefined) return old;
    const t = this.#new(Kind.Invalid);
    t.name = name;
    this.#named.set(key, t);
    this.#incomplete++;
    this.#pending.push(t);
    return t;
  }

  setUnderlying(t: Type, underlying: Type): void {
    if (t.name === null || t.kind !== Kind.Invalid) {
      throw new InternalError('underlying type set twice');
    }
    const u = underlying.underlying;
    t.underlying = u;
    t.kind = u.kind;
    t.elem = u.elem;
    t.key = u.key;
    t.len = u.len;
    t.dir = u.dir;
    t.fields = u.fields;
    t.methods = u.methods;
    t.params = u.params;
    t.results = u.results;
    t.variadic = u.variadic;
    this.#incomplete--;
    this.#settleIfComplete();
  }

  #intern(map: Map<string, Type>, key: string, kind: Kind, fill: (t: Type) => void): Type {
    const old = map.get(key);
    if (old !== undefined) return old;
    const t = this.#new(kind);
    map.set(key, t);
    fill(t);
    return this.#born(t);
  }

  #born(t: Type): Type {
    this.#pending.push(t);
    this.#settleIfComplete();
    return t;
  }

  #settleIfComplete(): void {
    if (this.#incomplete === 0) this.settle();
  }

  /** Lays out whatever is not. No defined type may be incomplete. */
  settle(): void {
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      for (const t of batch) this.#layOut(t);
    }
  }

  #layOut(t: Type): void {
    if (this.#laidOut.has(t)) return;
    if (this.#laying.has(t)) throw new InternalError(`invalid recursive type ${t.name?.name}`);
    this.#laying.add(t);
    if (t.underlying !== t) this.#layOutNamed(t);
    else this.#layOutLiteral(t);
    this.#laying.delete(t);
    this.#laidOut.add(t);
  }

  #layOutNamed(t: Type): void {
    const u = t.underlying;
    this.#layOut(u);
    t.size = u.size;
    t.align = u.align;
    t.ptrBytes = u.ptrBytes;
    t.comparable = u.comparable;
    t.fields = u.fields;
    t.notInHeap = u.notInHeap;
    const { pkgPath, name } = t.name!;
    if (name === 'nih' && pkgPath === 'internal/runtime/sys') t.notInHeap = true;
    const atomic = pkgPath === 'sync/atomic' || pkgPath === 'internal/runtime/atomic';
    if (name === 'align64' && atomic) t.align = 8;
  }

  #layOutLiteral(t: Type): void {
    switch (t.kind) {
      case Kind.Invalid:
        throw new InternalError(`type ${t.name?.name} is incomplete`);
      case Kind.Pointer:
        if (this.#isNotInHeap(t.elem!)) t.ptrBytes = 0;
        return;
      case Kind.Slice:
        if (this.#isNotInHeap(t.elem!)) t.ptrBytes = 0;
        return;
      case Kind.Array:
        this.#layOutArray(t);
        return;
      case Kind.Struct:
        this.#layOutStruct(t);
        return;
      case Kind.Tuple:
        for (const member of t.params) this.#layOut(member);
        return;
      default:
    }
  }

  /** Whether the element of a pointer is off the heap: its own layout may still be under way. */
  #isNotInHeap(t: Type): boolean {
    if (this.#laidOut.has(t)) return t.notInHeap;
    if (t.name?.name === 'nih' && t.name.pkgPath === 'internal/runtime/sys') return true;
    const u = t.underlying;
    if (u.kind === Kind.Array) return this.#isNotInHeap(u.elem!);
    return u.kind === Kind.Struct && u.fields.some((f) => this.#isNotInHeap(f.type));
  }

  #layOutArray(t: Type): void {
    const elem = t.elem!;
    this.#layOut(elem);
    t.size = elem.size * t.len;
    t.align = elem.align;
    t.comparable = elem.comparable && !t.noAlg;
    t.notInHeap = elem.notInHeap;
    t.ptrBytes = t.len > 0 && elem.ptrBytes > 0 ? elem.size * (t.len - 1) + elem.ptrBytes : 0;
  }

  #layOutStruct(t: Type): void {
    const fields: Field[] = [];
    let offset = 0;
    let align = 1;
    let ptrBytes = 0;
    t.comparable = !t.noAlg;
    for (const f of t.fields) {
      const ft = f.type;
      this.#layOut(ft);
      offset = roundUp(offset, ft.align);
      fields.push({ ...f, offset });
      if (ft.ptrBytes > 0) ptrBytes = offset + ft.ptrBytes;
      if (ft.align > align) align = ft.align;
      if (!ft.comparable) t.comparable = false;
      if (ft.notInHeap) t.notInHeap = true;
      offset += ft.size;
    }
    // A pointer to a zero-size last field must not point past the object.
    if (offset > 0 && fields.at(-1)!.type.size === 0) offset++;
    t.fields = fields;
    t.align = align;
    t.size = roundUp(offset, align);
    t.ptrBytes = ptrBytes;
  }
}

export function roundUp(x: number, align: number): number {
  return Math.ceil(x / align) * align;
}

/**
 * Order of methods: exported ones first, then by name, then by package path.
 * GOROOT: src/cmd/compile/internal/types/sym.go (CompareSyms).
 */
export function compareMethods(a: Method, b: Method): number {
  const exported = a.pkgPath === '';
  if (exported !== (b.pkgPath === '')) return exported ? -1 : 1;
  if (a.name !== b.name) return compareUtf8(a.name, b.name);
  return compareUtf8(a.pkgPath, b.pkgPath);
}

/** Order of the UTF-8 bytes of two strings. */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xs = x >= 0xd800 && x < 0xe000;
    const ys = y >= 0xd800 && y < 0xe000;
    return xs === ys ? x - y : xs ? 1 : -1;
  }
  return a.length - b.length;
}

function ids(types: readonly Type[]): string {
  let s = '';
  for (const t of types) s += `${t.id},`;
  return s;
}

function fieldKey(f: FieldInit): string {
  const tag = f.tag === '' ? '' : ` ${quoteString(f.tag)}`;
  return `${f.embedded ? '@' : ''}${f.pkgPath}.${f.name} ${f.type.id}${tag}`;
}

function nameKey(n: TypeName): string {
  return `${n.pkgPath}|${n.name}|${n.localIndex}|${ids(n.typeArgs)}`;
}
