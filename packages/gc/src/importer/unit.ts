/**
 * A unit (format.ts) as bytes: its builder, and a view that finds elements without decoding others.
 *
 * Strings are interned: by the builder, so that each is stored once; by the view, so that each is
 * decoded once.
 */
import { InternalError } from '@go-ts/base';
import { ByteReader, ByteWriter } from '@go-ts/objfile/bytes';
import { Section, SECTION_COUNT, UNIT_HEADER, UNIT_MAGIC, UNIT_VERSION } from './format.ts';

/** Elements of one section, as they are added. */
class SectionBuilder {
  readonly ends: number[] = [];
  readonly data = new ByteWriter(1024);

  /** Number (1-based) of the new element. */
  add(bytes: Uint8Array): number {
    this.data.bytes(bytes);
    this.ends.push(this.data.length);
    return this.ends.length;
  }
}

export class UnitBuilder {
  readonly #sections: SectionBuilder[] = [];
  readonly #strings = new Map<string, number>();
  readonly #texts: string[] = [];
  /** Elements whose bytes come later, by section. */
  readonly #reserved: (Uint8Array | null)[][] = [];

  constructor() {
    for (let i = 0; i < SECTION_COUNT; i++) {
      this.#sections.push(new SectionBuilder());
      this.#reserved.push([]);
    }
  }

  string(text: string): number {
    let n = this.#strings.get(text);
    if (n === undefined) {
      this.#texts.push(text);
      n = this.#texts.length;
      this.#strings.set(text, n);
    }
    return n;
  }

  /** Gives out the number of an element that `fill` supplies later. */
  reserve(section: number): number {
    return this.#reserved[section]!.push(null);
  }

  fill(section: number, n: number, bytes: Uint8Array): void {
    this.#reserved[section]![n - 1] = bytes;
  }

  /** The unit; `meta` is the package record. */
  finish(meta: Uint8Array): Uint8Array {
    const strings = this.#sections[Section.String]!;
    const encoder = new TextEncoder();
    for (const text of this.#texts) strings.add(encodeText(text, encoder));
    for (let i = 1; i < SECTION_COUNT; i++) {
      for (const bytes of this.#reserved[i]!) {
        if (bytes === null) throw new InternalError(`element of section ${i} never written`);
        this.#sections[i]!.add(bytes);
      }
    }
    const w = new ByteWriter(UNIT_HEADER);
    w.text(UNIT_MAGIC);
    w.u32(UNIT_VERSION);
    w.zeros(4 * SECTION_COUNT + 4);
    this.#sections.forEach((section, i) => {
      w.patch32(8 + 4 * i, w.length);
      w.u32(section.ends.length);
      for (const end of section.ends) w.u32(end);
      w.bytes(section.data.view());
    });
    w.patch32(8 + 4 * SECTION_COUNT, w.length);
    w.bytes(meta);
    return w.take();
  }
}

/**
 * Text as UTF-8 after a zero byte, or, if it is a string of bytes (one per char, as constants are),
 * those bytes after a one byte. ASCII is both.
 */
function encodeText(text: string, encoder: TextEncoder): Uint8Array {
  let latin = true;
  for (let i = 0; i < text.length && latin; i++) latin = text.charCodeAt(i) < 0x100;
  const bytes = latin ? latin1(text) : encoder.encode(text);
  const out = new Uint8Array(bytes.length + 1);
  out[0] = latin ? 1 : 0;
  out.set(bytes, 1);
  return out;
}

function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export class UnitView {
  readonly bytes: Uint8Array;
  readonly #strings: (string | undefined)[] = [];
  /** Per section: count, offset of the table of ends, offset of the data. */
  readonly #count: number[] = [];
  readonly #ends: number[] = [];
  readonly #data: number[] = [];
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const r = new ByteReader(bytes);
    if (bytes.length < UNIT_HEADER || r.text(4) !== UNIT_MAGIC || r.u32() !== UNIT_VERSION) {
      throw new InternalError('export data of another version or damaged');
    }
    for (let i = 0; i < SECTION_COUNT; i++) {
      const at = this.#view.getUint32(8 + 4 * i, true);
      const count = this.#view.getUint32(at, true);
      this.#count.push(count);
      this.#ends.push(at + 4);
      this.#data.push(at + 4 + 4 * count);
    }
  }

  count(section: number): number {
    return this.#count[section]!;
  }

  /** A reader at the start of element `n` of a section. */
  element(section: number, n: number): ByteReader {
    return new ByteReader(this.bytes, this.#start(section, n));
  }

  /** The bytes of an element. */
  elementBytes(section: number, n: number): Uint8Array {
    const end = this.#view.getUint32(this.#ends[section]! + 4 * (n - 1), true);
    return this.bytes.subarray(this.#start(section, n), this.#data[section]! + end);
  }

  #start(section: number, n: number): number {
    if (n < 1 || n > this.#count[section]!) {
      throw new InternalError(`element ${n} of section ${section} does not exist`);
    }
    const ends = this.#ends[section]!;
    const offset = n === 1 ? 0 : this.#view.getUint32(ends + 4 * (n - 2), true);
    return this.#data[section]! + offset;
  }

  string(n: number): string {
    if (n === 0) return '';
    const old = this.#strings[n];
    if (old !== undefined) return old;
    const bytes = this.elementBytes(Section.String, n);
    const text = bytes[0] === 1 ? fromLatin1(bytes) : new TextDecoder().decode(bytes.subarray(1));
    this.#strings[n] = text;
    return text;
  }

  meta(): ByteReader {
    return new ByteReader(this.bytes, this.#view.getUint32(8 + 4 * SECTION_COUNT, true));
  }
}

function fromLatin1(bytes: Uint8Array): string {
  let s = '';
  for (let i = 1; i < bytes.length; i++) s += String.fromCharCode(bytes[i]!);
  return s;
}

/** A count and as many elements, each written by `one`. */
export function writeList<T>(
  w: ByteWriter,
  list: readonly T[],
  one: (x: T, i: number) => void,
): void {
  w.uvarint(list.length);
  for (let i = 0; i < list.length; i++) one(list[i]!, i);
}
