/**
 * Data that stands in the object: strings, func values, static temporaries, constants in variables.
 *
 * Strings are content-addressed and read-only; short ones are named by their quoted text, long ones
 * by a hash, so that equal literals of all packages merge. Func values (`F·f`) are one read-only word.
 * Static temporaries (`p..stmp_N`) are local to the object.
 *
 * GOROOT: src/cmd/compile/internal/staticdata/data.go (names, attributes). Contract §3.3.
 */
import { hash } from 'node:crypto';
import { InternalError } from '@go-ts/base';
import { type ObjectBuilder, type ObjSym } from '@go-ts/objfile';
import { R_ADDR } from '@go-ts/objfile/reloc';
import {
  ABIStatic,
  SNOPTRBSS,
  SNOPTRDATA,
  SBSS,
  SDATA,
  SRODATA,
  SymFlagDupok,
  SymFlagLocal,
} from '@go-ts/objfile/sym';
import { quoteBytes } from '../constant/format.ts';
import type { Complex, ConstValue } from '../ir/node.ts';
import type { FuncSym } from '../ir/sym.ts';
import { symbolPrefix } from '../ir/type-string.ts';
import { Kind, type Type } from '../ir/type.ts';

const PtrSize = 8;
/** From this length on a string's symbol is named by hash. */
const longString = 100;

/** Bytes of a latin1 string. */
export function bytesOf(latin1: string): Uint8Array {
  return Buffer.from(latin1, 'latin1');
}

export class StaticData {
  readonly #builder: ObjectBuilder;
  readonly #textSym: (f: FuncSym) => ObjSym;
  readonly #prefix: string;
  #temps = 0;
  #byteArrays = 0;
  readonly #funcValues = new Map<string, FuncSym>();

  constructor(builder: ObjectBuilder, textSym: (f: FuncSym) => ObjSym) {
    this.#builder = builder;
    this.#textSym = textSym;
    this.#prefix = symbolPrefix(builder.pkgPath);
  }

  /** The bytes (latin1) of a string; not its header. */
  string(bytes: string): ObjSym {
    const data = bytesOf(bytes);
    let name = quoteBytes(bytes);
    if (bytes.length > longString) {
      const sum = hash('sha256', data, 'buffer');
      sum[0] = sum[0]! ^ 0xff;
      name = `.gostring.${bytes.length}.${sum.subarray(0, 16).toString('base64')}`;
    }
    const sym = this.#builder.lookup(`go:string.${name}`);
    if (!sym.isDefined) {
      sym.setData(data);
      sym.kind = SRODATA;
      sym.flags |= SymFlagDupok | SymFlagLocal;
      sym.align = 1;
      sym.isContentAddressable = true;
      this.#builder.defineData(sym);
    }
    return sym;
  }

  /** A writable copy of the bytes, for a variable of type []byte. */
  byteArray(bytes: string): ObjSym {
    const sym = this.#builder.lookup(`${this.#prefix}..gobytes.${++this.#byteArrays}`);
    sym.setData(bytesOf(bytes));
    sym.kind = SNOPTRDATA;
    sym.flags |= SymFlagLocal;
    sym.align = 1;
    this.#builder.defineData(sym);
    return sym;
  }

  /** The name of a method for R_USENAMEDMETHOD; never in the executable. */
  methodName(name: string): ObjSym {
    const sym = this.#builder.newAnonymous(SRODATA);
    sym.setData(new TextEncoder().encode(name));
    this.#builder.defineData(sym);
    return sym;
  }

  /** `F·f`, the func value of a function without captures; written by `flush`. */
  funcValue(f: FuncSym): ObjSym {
    this.#funcValues.set(f.name, f);
    return this.#builder.lookup(`${f.name}·f`);
  }

  /** Writes the func values asked for so far, by name. */
  flush(): void {
    const pending = [...this.#funcValues].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#funcValues.clear();
    for (const [name, f] of pending) {
      const sym = this.#builder.lookup(`${name}·f`);
      if (sym.isDefined) continue;
      sym.putAddr(0, R_ADDR, this.#textSym(f), 0);
      sym.kind = SRODATA;
      sym.flags |= SymFlagDupok;
      this.#builder.defineData(sym);
    }
  }

  /** A new file-local variable without a source name, zero until written to. */
  temp(t: Type, gotype: ObjSym | null, isReadOnly = false): ObjSym {
    const sym = this.#builder.lookup(`${this.#prefix}..stmp_${this.#temps++}`, ABIStatic);
    this.defineVariable(sym, t, gotype);
    sym.flags |= SymFlagLocal;
    if (isReadOnly) sym.kind = SRODATA;
    return sym;
  }

  /** Defines the storage of a variable. Its kind follows its data: see `settle`. */
  defineVariable(sym: ObjSym, t: Type, gotype: ObjSym | null): void {
    sym.size = t.size;
    sym.kind = t.ptrBytes === 0 ? SNOPTRBSS : SBSS;
    if (t.ptrBytes !== 0 || gotype !== null) sym.gotype = gotype;
    this.#builder.defineData(sym);
  }

  /** Marks a variable as initialised: from bss to data. */
  #hasData(sym: ObjSym): void {
    if (sym.kind === SBSS) sym.kind = SDATA;
    else if (sym.kind === SNOPTRBSS) sym.kind = SNOPTRDATA;
  }

  /** An address at byte `off` of `sym`. */
  putAddr(sym: ObjSym, off: number, target: ObjSym, add = 0): void {
    this.#hasData(sym);
    sym.putAddr(off, R_ADDR, target, add);
  }

  putWord(sym: ObjSym, off: number, x: number): void {
    this.#putInt(sym, off, BigInt(x), PtrSize);
  }

  putSlice(sym: ObjSym, off: number, array: ObjSym, len: number): void {
    this.putAddr(sym, off, array);
    this.putWord(sym, off + PtrSize, len);
    this.putWord(sym, off + 2 * PtrSize, len);
  }

  #putInt(sym: ObjSym, off: number, x: bigint, size: number): void {
    this.#hasData(sym);
    const w = sym.growTo(off + size);
    for (let i = 0; i < size; i++) {
      w.patch8(off + i, Number(BigInt.asUintN(8, x >> BigInt(8 * i))));
    }
  }

  #putFloat(sym: ObjSym, off: number, x: number, size: number): void {
    const bits = new DataView(new ArrayBuffer(8));
    if (size === 4) {
      bits.setFloat32(0, x);
      this.#putInt(sym, off, BigInt(bits.getUint32(0)), 4);
    } else {
      bits.setFloat64(0, x);
      this.#putInt(sym, off, bits.getBigUint64(0), 8);
    }
  }

  /** A constant of type `t`. */
  putConst(sym: ObjSym, off: number, t: Type, value: ConstValue): void {
    switch (t.kind) {
      case Kind.Float32:
      case Kind.Float64:
        this.#putFloat(sym, off, value as number, t.size);
        return;
      case Kind.Complex64:
      case Kind.Complex128: {
        const { re, im } = value as Complex;
        this.#putFloat(sym, off, re, t.size / 2);
        this.#putFloat(sym, off + t.size / 2, im, t.size / 2);
        return;
      }
      case Kind.String: {
        const text = value as string;
        if (text !== '') this.putAddr(sym, off, this.string(text));
        this.putWord(sym, off + PtrSize, text.length);
        return;
      }
      case Kind.Bool:
        this.#putInt(sym, off, value === true ? 1n : 0n, 1);
        return;
      default:
        if (typeof value !== 'bigint') throw new InternalError('integer constant expected');
        this.#putInt(sym, off, value, t.size);
    }
  }
}

/** Whether a constant is its type's zero value. */
export function isZeroConst(value: ConstValue): boolean {
  switch (typeof value) {
    case 'boolean':
      return !value;
    case 'bigint':
      return value === 0n;
    case 'number':
      return Object.is(value, 0);
    case 'string':
      return value === '';
    default:
      return Object.is(value.re, 0) && Object.is(value.im, 0);
  }
}
