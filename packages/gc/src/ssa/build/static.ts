/**
 * Values that are known when the program is linked: constants, addresses of globals and functions,
 * and literals made of them, as bytes and relocations.
 *
 * Used for read-only copies (interface data, the constant part of literals) and by package
 * initialisation, which turns variables with such initialisers into data.
 *
 * GOROOT: src/cmd/compile/internal/staticinit/sched.go (what counts as static).
 */
import { type Complex, type ConstValue, type Expr, ExprOp } from '../../ir/node.ts';
import {
  isComplex,
  isDirectIface,
  isEmptyInterface,
  isFloat,
  Kind,
  type Type,
} from '../../ir/type.ts';
import { type Builder } from './builder.ts';
import { type BuildEnv, type StaticImage, type StaticReloc } from './env.ts';

/** Where an image is made: which symbols there are, and what must be told when a type is used. */
export interface StaticScope {
  readonly env: BuildEnv;
  /** `t` is converted to an interface. */
  readonly useInInterface: (t: Type) => void;
}

export class ImageWriter {
  readonly bytes: Uint8Array;
  readonly relocs: StaticReloc[] = [];
  readonly #view: DataView;
  readonly #scope: StaticScope;

  constructor(size: number, scope: StaticScope) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
    this.#scope = scope;
  }

  int(off: number, size: number, value: bigint): void {
    const n = BigInt.asUintN(8 * size, value);
    for (let i = 0; i < size; i++) this.bytes[off + i] = Number((n >> BigInt(8 * i)) & 0xffn);
  }

  float(off: number, size: number, value: number): void {
    if (size === 4) this.#view.setFloat32(off, value, true);
    else this.#view.setFloat64(off, value, true);
  }

  address(off: number, reloc: Omit<StaticReloc, 'off'>): void {
    this.relocs.push({ off, sym: reloc.sym, add: reloc.add });
  }

  /** Writes the value of `e` at `off`; false if it is not known statically (parts may be written). */
  expr(e: Expr, off: number): boolean {
    switch (e.op) {
      case ExprOp.Const:
        this.#constant(e.type, e.value!, off);
        return true;
      case ExprOp.Zero:
        return true;
      case ExprOp.FuncRef:
        this.address(off, { sym: this.#scope.env.funcValueSym(e.func!), add: 0 });
        return true;
      case ExprOp.Closure:
        return this.#closure(e, off);
      case ExprOp.Addr:
        return this.#globalAddress(e.x!, off);
      case ExprOp.StructLit: {
        const fields = e.type.fields;
        return e.list.every((v, i) => this.expr(v!, off + fields[e.indices[i]!]!.offset));
      }
      case ExprOp.ArrayLit: {
        const size = e.type.elem!.size;
        return e.list.every((v, i) => this.expr(v!, off + e.indices[i]! * size));
      }
      case ExprOp.Convert:
        return this.#conversion(e, off);
      default:
        return false;
    }
  }

  #constant(t: Type, value: ConstValue, off: number): void {
    const { env } = this.#scope;
    if (t.kind === Kind.String) {
      const bytes = value as string;
      if (bytes === '') return;
      this.address(off, { sym: env.stringSym(bytes), add: 0 });
      this.int(off + 8, 8, BigInt(bytes.length));
    } else if (isComplex(t)) {
      const { re, im } = value as Complex;
      this.float(off, t.size / 2, re);
      this.float(off + t.size / 2, t.size / 2, im);
    } else if (isFloat(t)) this.float(off, t.size, Number(value));
    else if (t.kind === Kind.Bool) this.int(off, 1, value === true ? 1n : 0n);
    else this.int(off, t.size, value as bigint);
  }

  #closure(e: Expr, off: number): boolean {
    const fn = e.closure!;
    if (fn.captures.length > 0) return false;
    const { env } = this.#scope;
    env.addFunc(fn);
    this.address(off, { sym: env.funcValueSym(fn.sym), add: 0 });
    return true;
  }

  #globalAddress(x: Expr, off: number): boolean {
    let add = 0;
    for (let e = x; ; e = e.x!) {
      if (e.op === ExprOp.Global) {
        this.address(off, { sym: this.#scope.env.globalSym(e.global!), add });
        return true;
      }
      if (e.op === ExprOp.Field) add += e.x!.type.fields[e.index]!.offset;
      else if (e.op === ExprOp.Index && e.x!.type.kind === Kind.Array) {
        if (e.y!.op !== ExprOp.Const) return false;
        const i = Number(e.y!.value);
        if (i < 0 || i >= e.x!.type.len) return false;
        add += i * e.type.size;
      } else return false;
    }
  }

  #conversion(e: Expr, off: number): boolean {
    const x = e.x!;
    const from = x.type;
    if (e.type.kind === Kind.Interface) return this.#toInterface(e, off);
    const sameForm =
      from.underlying === e.type.underlying || (isPointerLike(from) && isPointerLike(e.type));
    return sameForm && this.expr(x, off);
  }

  #toInterface(e: Expr, off: number): boolean {
    const { env, useInInterface } = this.#scope;
    const x = e.x!;
    const from = x.type;
    if (from.kind === Kind.Interface) return false;
    if (!isDirectIface(from)) {
      const image = staticImage(x, this.#scope, true);
      if (image === null) return false;
      const data = from.size === 0 ? env.runtimeSym('zerobase') : env.staticTemp(image);
      this.address(off + 8, { sym: data, add: 0 });
    } else if (!this.expr(x, off + 8)) return false;
    useInInterface(from);
    const word = isEmptyInterface(e.type) ? env.typeSym(from) : env.itabSym(from, e.type);
    this.address(off, { sym: word, add: 0 });
    return true;
  }
}

function isPointerLike(t: Type): boolean {
  return t.kind === Kind.Pointer || t.kind === Kind.UnsafePointer;
}

/** The value of `e` as static data, or null. */
export function staticImage(e: Expr, scope: StaticScope, readOnly: boolean): StaticImage | null {
  if (!mayBeStatic(e)) return null;
  const image = new ImageWriter(e.type.size, scope);
  if (!image.expr(e, 0)) return null;
  return { type: e.type, bytes: image.bytes, relocs: image.relocs, readOnly };
}

/** A quick look before memory is set aside. */
function mayBeStatic(e: Expr): boolean {
  switch (e.op) {
    case ExprOp.Const:
    case ExprOp.Zero:
    case ExprOp.FuncRef:
      return true;
    case ExprOp.Closure:
      return e.closure!.captures.length === 0;
    case ExprOp.StructLit:
    case ExprOp.ArrayLit:
      return e.list.every((v) => mayBeStatic(v!));
    case ExprOp.Addr: {
      let x = e.x!;
      while (x.op === ExprOp.Field || (x.op === ExprOp.Index && x.y!.op === ExprOp.Const)) x = x.x!;
      return x.op === ExprOp.Global;
    }
    case ExprOp.Convert:
      return mayBeStatic(e.x!);
    default:
      return false;
  }
}

/** A read-only image of `e` for use in the function being built. */
export function constantImage(b: Builder, e: Expr): StaticImage | null {
  return staticImage(e, scopeOf(b), true);
}

export function scopeOf(b: Builder): StaticScope {
  return { env: b.env, useInInterface: (t) => b.markUsedInInterface(t) };
}
