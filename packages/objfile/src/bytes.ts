/**
 * Reading and building byte sequences.
 *
 * `ByteWriter` is the only growable buffer of the toolchain: object writers, encoders and the linker
 * all append to one. All multi-byte integers are little-endian, as on every supported target; the
 * formats that want big-endian or decimal text say so by name. Hot: called per instruction and per
 * relocation, so each method touches plain fields only.
 */
import { InternalError } from '@go-ts/base';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const TWO32 = 0x1_0000_0000;

/** UTF-8 bytes of `text`. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of `length` UTF-8 bytes at `at`. Short ASCII, by far the commonest, is decoded here. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  const end = at + length;
  if (length < 24) {
    let text = '';
    let i = at;
    for (; i < end; i++) {
      const c = bytes[i]!;
      if (c >= 0x80) break;
      text += String.fromCharCode(c);
    }
    if (i === end) return text;
  }
  return decoder.decode(bytes.subarray(at, end));
}

export class ByteWriter {
  #buf: Uint8Array;
  #length = 0;

  constructor(capacity = 64) {
    this.#buf = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What has been written; valid until the next write. */
  view(): Uint8Array {
    return this.#buf.subarray(0, this.#length);
  }

  /** A copy of what has been written. */
  take(): Uint8Array {
    return this.#buf.slice(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Forgets everything from `length` on. */
  truncate(length: number): void {
    if (length < this.#length) this.#length = length;
  }

  #reserve(count: number): number {
    const at = this.#length;
    const end = at + count;
    if (end > this.#buf.length) {
      const grown = new Uint8Array(Math.max(end, this.#buf.length * 2));
      grown.set(this.#buf.subarray(0, at));
      this.#buf = grown;
    }
    this.#length = end;
    return at;
  }

  u8(x: number): void {
    const at = this.#length;
    if (at === this.#buf.length) this.#reserve(1);
    else this.#length = at + 1;
    this.#buf[at] = x;
  }

  u16(x: number): void {
    const at = this.#reserve(2);
    const buf = this.#buf;
    buf[at] = x;
    buf[at + 1] = x >>> 8;
  }

  u32(x: number): void {
    const at = this.#reserve(4);
    const buf = this.#buf;
    buf[at] = x;
    buf[at + 1] = x >>> 8;
    buf[at + 2] = x >>> 16;
    buf[at + 3] = x >>> 24;
  }

  /** The 64-bit two's complement of an integer that a double holds exactly. */
  u64(x: number): void {
    const low = x % TWO32;
    this.u32(low < 0 ? low + TWO32 : low);
    this.u32(Math.floor(x / TWO32));
  }

  big64(x: bigint): void {
    this.u32(Number(BigInt.asUintN(32, x)));
    this.u32(Number(BigInt.asUintN(32, x >> 32n)));
  }

  f32(x: number): void {
    const at = this.#reserve(4);
    new DataView(this.#buf.buffer).setFloat32(at, x, true);
  }

  f64(x: number): void {
    const at = this.#reserve(8);
    new DataView(this.#buf.buffer).setFloat64(at, x, true);
  }

  /** Unsigned LEB128 of a non-negative integer (also `encoding/binary`'s uvarint). */
  uvarint(x: number): void {
    let rest = x;
    while (rest >= 0x80) {
      this.u8((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.u8(rest);
  }

  /** Zig-zag varint, `encoding/binary`'s varint. */
  varint(x: number): void {
    // Twice a large number would not be exact: the sign goes into the first byte by itself.
    const magnitude = x < 0 ? -(x + 1) : x;
    const first = (magnitude % 64) * 2 + (x < 0 ? 1 : 0);
    if (magnitude < 64) this.u8(first);
    else {
      this.u8(first | 0x80);
      this.uvarint(Math.floor(magnitude / 64));
    }
  }

  /** Signed LEB128, DWARF's. */
  sleb128(x: number): void {
    let rest = x;
    for (;;) {
      const low = ((rest % 128) + 128) % 128;
      rest = Math.floor(rest / 128);
      if ((rest === 0 && low < 64) || (rest === -1 && low >= 64)) {
        this.u8(low);
        return;
      }
      this.u8(low | 0x80);
    }
  }

  bytes(more: Uint8Array): void {
    const at = this.#reserve(more.length);
    this.#buf.set(more, at);
  }

  /** UTF-8 text without terminator. */
  text(s: string): void {
    let i = 0;
    const at = this.#reserve(s.length);
    const buf = this.#buf;
    for (; i < s.length; i++) {
      const c = s.charCodeAt(i);
      if (c >= 0x80) break;
      buf[at + i] = c;
    }
    if (i === s.length) return;
    this.#length = at;
    this.bytes(encoder.encode(s));
  }

  zeros(count: number): void {
    const at = this.#reserve(count);
    this.#buf.fill(0, at, at + count);
  }

  /** Zeros up to a multiple of `align`. */
  align(align: number): void {
    const over = this.#length % align;
    if (over !== 0) this.zeros(align - over);
  }

  /** Overwrites four bytes written before. */
  patch32(at: number, x: number): void {
    if (at + 4 > this.#length) throw new InternalError(`patch at ${at} of ${this.#length} bytes`);
    const buf = this.#buf;
    buf[at] = x;
    buf[at + 1] = x >>> 8;
    buf[at + 2] = x >>> 16;
    buf[at + 3] = x >>> 24;
  }

  patch8(at: number, x: number): void {
    if (at >= this.#length) throw new InternalError(`patch at ${at} of ${this.#length} bytes`);
    this.#buf[at] = x;
  }

  patch16(at: number, x: number): void {
    this.patch8(at, x);
    this.patch8(at + 1, x >>> 8);
  }
}

/** A cursor over bytes that belong to somebody else. */
export class ByteReader {
  readonly buf: Uint8Array;
  pos: number;

  constructor(buf: Uint8Array, pos = 0) {
    this.buf = buf;
    this.pos = pos;
  }

  get done(): boolean {
    return this.pos >= this.buf.length;
  }

  u8(): number {
    if (this.pos >= this.buf.length) throw new InternalError('read past the end');
    return this.buf[this.pos++]!;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    const at = this.pos;
    this.pos = at + 4;
    return u32At(this.buf, at);
  }

  i32(): number {
    return this.u32() | 0;
  }

  /** Must fit a double exactly. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * TWO32;
  }

  i64(): number {
    const low = this.u32();
    return low + this.i32() * TWO32;
  }

  uvarint(): number {
    let x = 0;
    let scale = 1;
    for (;;) {
      const b = this.u8();
      x += (b & 0x7f) * scale;
      if (b < 0x80) return x;
      scale *= 128;
    }
  }

  varint(): number {
    const first = this.u8();
    let magnitude = (first & 0x7f) >> 1;
    if (first >= 0x80) magnitude += this.uvarint() * 64;
    return (first & 1) === 1 ? -magnitude - 1 : magnitude;
  }

  bytes(length: number): Uint8Array {
    const at = this.pos;
    if (at + length > this.buf.length) throw new InternalError('read past the end');
    this.pos = at + length;
    return this.buf.subarray(at, at + length);
  }

  text(length: number): string {
    const at = this.pos;
    this.pos = at + length;
    return textAt(this.buf, at, length);
  }
}

/** Unsigned 32-bit little-endian at `at`; out of range reads give 0 only at the very end. */
export function u32At(buf: Uint8Array, at: number): number {
  return (buf[at]! | (buf[at + 1]! << 8) | (buf[at + 2]! << 16) | (buf[at + 3]! << 24)) >>> 0;
}

export function u16At(buf: Uint8Array, at: number): number {
  return buf[at]! | (buf[at + 1]! << 8);
}

/** Unsigned 64-bit little-endian at `at`, as a double. */
export function u64At(buf: Uint8Array, at: number): number {
  return u32At(buf, at) + u32At(buf, at + 4) * TWO32;
}

export function i64At(buf: Uint8Array, at: number): number {
  return u32At(buf, at) + (u32At(buf, at + 4) | 0) * TWO32;
}

export function putU32(buf: Uint8Array, at: number, x: number): void {
  buf[at] = x;
  buf[at + 1] = x >>> 8;
  buf[at + 2] = x >>> 16;
  buf[at + 3] = x >>> 24;
}

export function putU64(buf: Uint8Array, at: number, x: number): void {
  const low = x % TWO32;
  putU32(buf, at, low < 0 ? low + TWO32 : low);
  putU32(buf, at + 4, Math.floor(x / TWO32));
}

/** Bytewise order, Go's order of strings. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!;
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Go's order of strings (by UTF-8 bytes), which differs from JavaScript's above U+FFFF only. */
export function compareStrings(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates sort after everything else in the basic plane.
    const xs = x >= 0xd800 && x <= 0xdfff;
    const ys = y >= 0xd800 && y <= 0xdfff;
    if (xs !== ys) return xs ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}
