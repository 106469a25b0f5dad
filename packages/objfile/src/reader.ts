/**
 * Views of an object's bytes.
 *
 * Nothing is decoded ahead and nothing is allocated per symbol or relocation: every question is
 * answered from the bytes by index. Hot: the linker asks tens of millions of times, so callers that
 * loop over relocations may take `relocBase` and read the fields of a record themselves.
 *
 * Local indices of symbols run through Symdef, Hashed64def, Hasheddef, Nonpkgdef (these are defined
 * and have data, relocations, auxiliaries), then Nonpkgref. Format: see format.ts.
 */
import { i64At, textAt, u16At, u32At } from './bytes.ts';
import {
  autolibSize,
  auxSize,
  BlkAutolib,
  BlkAux,
  BlkAuxIdx,
  BlkData,
  BlkDataIdx,
  BlkFile,
  BlkHash,
  BlkHash64,
  BlkHashed64def,
  BlkHasheddef,
  BlkNonpkgdef,
  BlkNonpkgref,
  BlkPkgIdx,
  BlkRefFlags,
  BlkRefName,
  BlkReloc,
  BlkRelocIdx,
  BlkSymdef,
  blockCount,
  hash64Size,
  hashSize,
  headerSize,
  magic,
  refFlagsSize,
  refNameSize,
  relocSize,
  symSize,
} from './format.ts';
import { PkgIdxHashed, PkgIdxHashed64, PkgIdxNone, PkgIdxSelf, type SymRef } from './sym.ts';

export interface Autolib {
  readonly path: string;
  readonly fingerprint: Uint8Array;
}

/** Why bytes are not an object that can be read. */
export class ObjectError extends Error {
  override readonly name = 'ObjectError';
}

export class ObjReader {
  readonly bytes: Uint8Array;
  readonly flags: number;
  readonly offsets: Uint32Array;
  readonly nsymdef: number;
  readonly nhashed64: number;
  readonly nhashed: number;
  readonly nnonpkgdef: number;
  readonly nnonpkgref: number;
  /** Defined symbols: local indices below it have data. */
  readonly ndef: number;
  /** Defined symbols and by-name references. */
  readonly nsym: number;
  readonly #symBase: number;
  readonly #relocIdx: number;
  readonly #auxIdx: number;
  readonly #dataIdx: number;
  /** Offset of the first relocation record, auxiliary record, data byte. */
  readonly relocBase: number;
  readonly auxBase: number;
  readonly dataBase: number;

  constructor(bytes: Uint8Array) {
    if (bytes.length < headerSize || textAt(bytes, 0, magic.length) !== magic) {
      throw new ObjectError('wrong magic, not a Go object file');
    }
    this.bytes = bytes;
    this.flags = u32At(bytes, 16);
    const offsets = new Uint32Array(blockCount);
    for (let i = 0; i < blockCount; i++) {
      offsets[i] = u32At(bytes, 20 + 4 * i);
      if (offsets[i]! > bytes.length || (i > 0 && offsets[i]! < offsets[i - 1]!)) {
        throw new ObjectError('corrupt object file');
      }
    }
    this.offsets = offsets;
    const count = (block: number, size: number) => (offsets[block + 1]! - offsets[block]!) / size;
    this.nsymdef = count(BlkSymdef, symSize);
    this.nhashed64 = count(BlkHashed64def, symSize);
    this.nhashed = count(BlkHasheddef, symSize);
    this.nnonpkgdef = count(BlkNonpkgdef, symSize);
    this.nnonpkgref = count(BlkNonpkgref, symSize);
    this.ndef = this.nsymdef + this.nhashed64 + this.nhashed + this.nnonpkgdef;
    this.nsym = this.ndef + this.nnonpkgref;
    // The five lists of symbols lie next to each other.
    this.#symBase = offsets[BlkSymdef]!;
    this.#relocIdx = offsets[BlkRelocIdx]!;
    this.#auxIdx = offsets[BlkAuxIdx]!;
    this.#dataIdx = offsets[BlkDataIdx]!;
    this.relocBase = offsets[BlkReloc]!;
    this.auxBase = offsets[BlkAux]!;
    this.dataBase = offsets[BlkData]!;
  }

  get fingerprint(): Uint8Array {
    return this.bytes.subarray(8, 16);
  }

  #string(at: number): string {
    return textAt(this.bytes, u32At(this.bytes, at + 4), u32At(this.bytes, at));
  }

  #count(block: number, size: number): number {
    return (this.offsets[block + 1]! - this.offsets[block]!) / size;
  }

  autolib(): Autolib[] {
    const list: Autolib[] = [];
    let at = this.offsets[BlkAutolib]!;
    for (let i = this.#count(BlkAutolib, autolibSize); i > 0; i--, at += autolibSize) {
      list.push({ path: this.#string(at), fingerprint: this.bytes.subarray(at + 8, at + 16) });
    }
    return list;
  }

  /** Import paths by package index; index 0 is empty. */
  packages(): string[] {
    return this.#strings(BlkPkgIdx);
  }

  files(): string[] {
    return this.#strings(BlkFile);
  }

  get nfile(): number {
    return this.#count(BlkFile, 8);
  }

  #strings(block: number): string[] {
    const list: string[] = [];
    let at = this.offsets[block]!;
    for (let i = this.#count(block, 8); i > 0; i--, at += 8) list.push(this.#string(at));
    return list;
  }

  // Symbols, by local index.

  /** Offset of the symbol's 21-byte record: name length u32, name offset u32, ABI u16, kind, flag,
   * flag2, size u32, align u32. */
  symAt(i: number): number {
    return this.#symBase + i * symSize;
  }

  name(i: number): string {
    return this.#string(this.symAt(i));
  }

  abi(i: number): number {
    return u16At(this.bytes, this.symAt(i) + 8);
  }

  kind(i: number): number {
    return this.bytes[this.symAt(i) + 10]!;
  }

  flag(i: number): number {
    return this.bytes[this.symAt(i) + 11]!;
  }

  flag2(i: number): number {
    return this.bytes[this.symAt(i) + 12]!;
  }

  size(i: number): number {
    return u32At(this.bytes, this.symAt(i) + 13);
  }

  align(i: number): number {
    return u32At(this.bytes, this.symAt(i) + 17);
  }

  /** Content hash of the i-th Hashed64def. */
  hash64(i: number): Uint8Array {
    const at = this.offsets[BlkHash64]! + i * hash64Size;
    return this.bytes.subarray(at, at + hash64Size);
  }

  /** Offset of the content hash of the i-th Hasheddef. */
  hashAt(i: number): number {
    return this.offsets[BlkHash]! + i * hashSize;
  }

  hash64At(i: number): number {
    return this.offsets[BlkHash64]! + i * hash64Size;
  }

  // What a defined symbol has. Relocations and auxiliaries are numbered through the object.

  relocStart(i: number): number {
    return u32At(this.bytes, this.#relocIdx + 4 * i);
  }

  auxStart(i: number): number {
    return u32At(this.bytes, this.#auxIdx + 4 * i);
  }

  dataStart(i: number): number {
    return this.dataBase + u32At(this.bytes, this.#dataIdx + 4 * i);
  }

  data(i: number): Uint8Array {
    return this.bytes.subarray(this.dataStart(i), this.dataStart(i + 1));
  }

  dataLength(i: number): number {
    return this.dataStart(i + 1) - this.dataStart(i);
  }

  relocOff(k: number): number {
    return u32At(this.bytes, this.relocBase + k * relocSize) | 0;
  }

  relocSiz(k: number): number {
    return this.bytes[this.relocBase + k * relocSize + 4]!;
  }

  relocType(k: number): number {
    return u16At(this.bytes, this.relocBase + k * relocSize + 5);
  }

  relocAdd(k: number): number {
    return i64At(this.bytes, this.relocBase + k * relocSize + 7);
  }

  relocSym(k: number): SymRef {
    return this.#ref(this.relocBase + k * relocSize + 15);
  }

  auxType(k: number): number {
    return this.bytes[this.auxBase + k * auxSize]!;
  }

  auxSym(k: number): SymRef {
    return this.#ref(this.auxBase + k * auxSize + 1);
  }

  #ref(at: number): SymRef {
    return { pkgIdx: u32At(this.bytes, at), symIdx: u32At(this.bytes, at + 4) };
  }

  /** Local index of a reference to a symbol of this object, or -1 if it leads elsewhere. */
  localIndex(ref: SymRef): number {
    switch (ref.pkgIdx) {
      case PkgIdxSelf:
        return ref.symIdx;
      case PkgIdxHashed64:
        return this.nsymdef + ref.symIdx;
      case PkgIdxHashed:
        return this.nsymdef + this.nhashed64 + ref.symIdx;
      case PkgIdxNone:
        return this.nsymdef + this.nhashed64 + this.nhashed + ref.symIdx;
      default:
        return -1;
    }
  }

  refFlags(): { ref: SymRef; flag: number; flag2: number }[] {
    const list = [];
    let at = this.offsets[BlkRefFlags]!;
    for (let i = this.#count(BlkRefFlags, refFlagsSize); i > 0; i--, at += refFlagsSize) {
      list.push({ ref: this.#ref(at), flag: this.bytes[at + 8]!, flag2: this.bytes[at + 9]! });
    }
    return list;
  }

  refNames(): { ref: SymRef; name: string }[] {
    const list = [];
    let at = this.offsets[BlkRefName]!;
    for (let i = this.#count(BlkRefName, refNameSize); i > 0; i--, at += refNameSize) {
      list.push({ ref: this.#ref(at), name: this.#string(at + 8) });
    }
    return list;
  }
}
