/**
 * Source text made ready for scanning.
 *
 * Nearly all files are valid UTF-8 without NUL bytes or byte-order marks, and the scanner relies on
 * it. In the others such bytes are cut out, a map leads from offsets in what is left to offsets in
 * the file, and the errors wait until the scanner has passed them.
 *
 * GOROOT: src/cmd/compile/internal/syntax/source.go (wordings, what is skipped).
 */
import { isUtf8 } from 'node:buffer';

export interface Source {
  /** The text, with some zero bytes after it so that reading ahead stays in range. */
  readonly bytes: Uint8Array;
  /** Length of the text. */
  readonly length: number;
  /** Offset in the file of each byte (and of the end); null: they are the same. */
  readonly offsets: Int32Array | null;
  /** The file as it is. */
  readonly file: Uint8Array;
  /** What was cut out and is an error, in order; offsets are those of the file. */
  readonly faults: readonly Fault[];
}

export interface Fault {
  readonly offset: number;
  readonly msg: string;
}

const padding = 8;

export function prepareSource(src: Uint8Array): Source {
  if (isUtf8(src) && !src.includes(0) && !hasByteOrderMark(src)) {
    const bytes = new Uint8Array(src.length + padding);
    bytes.set(src);
    return { bytes, length: src.length, offsets: null, file: src, faults: [] };
  }
  const bytes = new Uint8Array(src.length + padding);
  const offsets = new Int32Array(src.length + 1);
  const faults: Fault[] = [];
  let to = 0;
  let at = 0;
  while (at < src.length) {
    const width = runeWidth(src, at);
    const bom = width === 3 && isByteOrderMark(src, at);
    if (src[at] === 0) faults.push({ offset: at, msg: 'invalid NUL character' });
    else if (width === 0) faults.push({ offset: at, msg: 'invalid UTF-8 encoding' });
    else if (!bom) for (let i = 0; i < width; i++, to++) copyByte(src, at + i, to);
    else if (at > 0) faults.push({ offset: at, msg: 'invalid BOM in the middle of the file' });
    at += Math.max(width, 1);
  }
  offsets[to] = src.length;
  return { bytes, length: to, offsets: offsets.subarray(0, to + 1), file: src, faults };

  function copyByte(from: Uint8Array, i: number, j: number): void {
    bytes[j] = from[i]!;
    offsets[j] = i;
  }
}

function hasByteOrderMark(src: Uint8Array): boolean {
  for (let i = src.indexOf(0xef); i >= 0; i = src.indexOf(0xef, i + 1)) {
    if (isByteOrderMark(src, i)) return true;
  }
  return false;
}

function isByteOrderMark(src: Uint8Array, at: number): boolean {
  return src[at] === 0xef && src[at + 1] === 0xbb && src[at + 2] === 0xbf;
}

/** Bytes of the well-formed UTF-8 sequence at `at`; 0 if there is none. */
function runeWidth(src: Uint8Array, at: number): number {
  const lead = src[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const width = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  // The second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  const second = src[at + 1] ?? 0;
  if (second < low || second > high) return 0;
  for (let i = 2; i < width; i++) if (((src[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return width;
}
