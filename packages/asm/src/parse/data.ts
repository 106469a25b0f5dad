/**
 * The data of an object made by DATA and GLOBL.
 *
 * Which section a symbol goes to depends on both, in either order: DATA turns a bss symbol into a
 * data symbol, GLOBL's flags choose read-only or pointer-free.
 *
 * GOROOT: src/cmd/internal/obj/data.go, src/cmd/internal/obj/plist.go (Globl).
 */
import { type ObjectBuilder, type ObjSym } from '@go-ts/objfile/builder';
import { fipsKind } from '@go-ts/objfile/fips';
import { R_ADDR } from '@go-ts/objfile/reloc';
import {
  SBSS,
  SDATA,
  SNOPTRBSS,
  SNOPTRDATA,
  SRODATA,
  STLSBSS,
  SymFlagDupok,
  Sxxx,
} from '@go-ts/objfile/sym';
import { DUPOK, NOPTR, RODATA, TLSBSS } from '../func.ts';

/** Bytes of one symbol, growing. */
class DataBuffer {
  kind = Sxxx;
  length = 0;
  bytes: Uint8Array = new Uint8Array(64);

  reserve(length: number): void {
    if (length > this.bytes.length) {
      const bytes = new Uint8Array(Math.max(length, 2 * this.bytes.length));
      bytes.set(this.bytes);
      this.bytes = bytes;
    }
    if (length > this.length) this.length = length;
  }
}

export class DataSection {
  readonly #symbols: ObjectBuilder;
  readonly #buffers = new Map<ObjSym, DataBuffer>();

  constructor(symbols: ObjectBuilder) {
    this.#symbols = symbols;
  }

  #bufferOf(sym: ObjSym): DataBuffer {
    let buffer = this.#buffers.get(sym);
    if (buffer === undefined) {
      buffer = new DataBuffer();
      this.#buffers.set(sym, buffer);
    }
    return buffer;
  }

  /** Bytes of `sym` from `offset` on, to be written; null if the symbol can have none. */
  write(sym: ObjSym, offset: number, length: number): Uint8Array | null {
    const buffer = this.#bufferOf(sym);
    if (buffer.kind === STLSBSS) return null;
    if (buffer.kind === Sxxx || buffer.kind === SBSS) buffer.kind = SDATA;
    else if (buffer.kind === SNOPTRBSS) buffer.kind = SNOPTRDATA;
    buffer.reserve(offset + length);
    if (sym.size < offset + length) sym.size = offset + length;
    return buffer.bytes.subarray(offset, offset + length);
  }

  /** An 8-byte address. */
  writeAddress(sym: ObjSym, offset: number, target: ObjSym | null, add: number): void {
    this.write(sym, offset, 8);
    sym.addReloc(offset, 8, R_ADDR, add, target);
  }

  /** GLOBL; the symbol must not have been defined. */
  define(sym: ObjSym, size: number, flags: number): void {
    const buffer = this.#bufferOf(sym);
    this.#symbols.defineData(sym);
    sym.size = size;
    if (buffer.kind === Sxxx) buffer.kind = SBSS;
    if ((flags & DUPOK) !== 0) sym.flags |= SymFlagDupok;
    if ((flags & RODATA) !== 0) buffer.kind = SRODATA;
    else if ((flags & NOPTR) !== 0) {
      const isData = buffer.kind === SDATA || buffer.kind === SNOPTRDATA;
      buffer.kind = isData ? SNOPTRDATA : SNOPTRBSS;
    } else if ((flags & TLSBSS) !== 0) buffer.kind = STLSBSS;
  }

  /** Gives the symbols their bytes and final kinds. */
  finish(): void {
    for (const [sym, buffer] of this.#buffers) {
      if (buffer.length > 0) sym.setData(buffer.bytes.subarray(0, buffer.length));
      sym.kind = fipsKind(sym.name, buffer.kind, this.#symbols.pkgPath, sym.isStatic);
    }
  }
}
