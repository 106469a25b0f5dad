/**
 * The container of unified export data: ten sections of elements that refer to each other by number.
 *
 *     file    = version:u32 flags:u32 (elements up to the end of the section:u32){10}
 *               (end of the element's bytes:u32)* bytes sha256's first 8 bytes
 *     element = count (section number)* data
 *
 * An element's data names others through its own table of references, each once; so whoever copies
 * elements between files rewrites tables only. Integers are LEB128, signed ones zig-zag. Strings are
 * elements without a table, each once. Synchronisation marks, which a flag would announce, are for
 * debugging readers and left out.
 *
 * GOROOT: src/internal/pkgbits/{encoder,reloc,version,codes}.go.
 */
import { InternalError } from '@go-ts/base';
import { ByteWriter, utf8 } from '@go-ts/objfile/bytes';
import { fingerprintOf } from '@go-ts/objfile/fingerprint';

/** What Go 1.27.4 writes: generic methods as objects, with the places of all methods. */
const bitsVersion = 5;

export const Bits = {
  String: 0,
  Meta: 1,
  PosBase: 2,
  Pkg: 3,
  Name: 4,
  Type: 5,
  Obj: 6,
  ObjExt: 7,
  ObjDict: 8,
  Body: 9,
} as const;
export type Bits = (typeof Bits)[keyof typeof Bits];
const sectionCount = 10;

/** The kinds of types, in their order in the format. */
export const TypeCode = {
  Basic: 0,
  Named: 1,
  Pointer: 2,
  Slice: 3,
  Array: 4,
  Chan: 5,
  Map: 6,
  Signature: 7,
  Struct: 8,
  Interface: 9,
  Union: 10,
  TypeParam: 11,
} as const;

export const ObjCode = { Alias: 0, Const: 1, Type: 2, Func: 3, Var: 4, Stub: 5 } as const;

export const ValCode = { Bool: 0, String: 1, Int64: 2, BigInt: 3, BigRat: 4, BigFloat: 5 } as const;

/** The elements of a file, as they are written. */
export class BitsBuilder {
  readonly #sections: (Uint8Array | null)[][] = Array.from({ length: sectionCount }, () => []);
  readonly #strings = new Map<string, number>();

  /** Number of an element that `fill` supplies. */
  reserve(section: Bits): number {
    return this.#sections[section]!.push(null) - 1;
  }

  fill(section: Bits, n: number, element: Element): void {
    this.#sections[section]![n] = element.take();
  }

  add(section: Bits, element: Element): number {
    return this.#sections[section]!.push(element.take()) - 1;
  }

  /** Number of a string of bytes, one per char. */
  string(bytes: string): number {
    let n = this.#strings.get(bytes);
    if (n === undefined) {
      n = this.#sections[Bits.String]!.push(Buffer.from(bytes, 'latin1')) - 1;
      this.#strings.set(bytes, n);
    }
    return n;
  }

  finish(): Uint8Array {
    const w = new ByteWriter(1 << 16);
    w.u32(bitsVersion);
    w.u32(0);
    let count = 0;
    for (const section of this.#sections) {
      count += section.length;
      w.u32(count);
    }
    let end = 0;
    for (const element of this.#sections.flat()) {
      if (element === null) throw new InternalError('element of export data never written');
      end += element.length;
      w.u32(end);
    }
    for (const section of this.#sections) for (const element of section) w.bytes(element!);
    w.bytes(fingerprintOf(w.view()));
    return w.take();
  }
}

/** An element being written: its data, and what that refers to. */
export class Element {
  readonly #bits: BitsBuilder;
  readonly #refs: number[] = [];
  readonly #places = new Map<number, number>();
  readonly #data = new ByteWriter();

  constructor(bits: BitsBuilder) {
    this.#bits = bits;
  }

  bool(b: boolean): boolean {
    this.#data.u8(b ? 1 : 0);
    return b;
  }

  /** A natural number: a length, a line, a code. */
  uint(x: number): void {
    this.#data.uvarint(x);
  }

  /** Any integer of 64 bits. */
  int64(x: bigint): void {
    let rest = BigInt.asUintN(64, (x << 1n) ^ (x >> 63n));
    while (rest >= 0x80n) {
      this.#data.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#data.u8(Number(rest));
  }

  ref(section: Bits, n: number): void {
    const key = n * sectionCount + section;
    let place = this.#places.get(key);
    if (place === undefined) {
      place = this.#refs.length >> 1;
      this.#places.set(key, place);
      this.#refs.push(section, n);
    }
    this.#data.uvarint(place);
  }

  text(s: string): void {
    this.bytes(isAscii(s) ? s : Buffer.from(utf8(s)).toString('latin1'));
  }

  /** A string of bytes, one per char. */
  bytes(s: string): void {
    this.ref(Bits.String, this.#bits.string(s));
  }

  take(): Uint8Array {
    const w = new ByteWriter(this.#data.length + this.#refs.length + 4);
    w.uvarint(this.#refs.length >> 1);
    for (const n of this.#refs) w.uvarint(n);
    w.bytes(this.#data.view());
    return w.take();
  }
}

function isAscii(s: string): boolean {
  for (let i = 0; i < s.length; i++) if (s.charCodeAt(i) >= 0x80) return false;
  return true;
}
