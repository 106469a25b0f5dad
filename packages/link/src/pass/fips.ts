/**
 * The FIPS 140 module: brackets its symbols and sums their bytes.
 *
 * Its code and data lie in four runs, each between two one-byte markers. `go:fipsinfo` holds magic,
 * sum, its own address and the eight markers' addresses; the program checks the sum when it starts
 * in FIPS mode. The sum is an HMAC-SHA256 with a zero key over a title, then per run its length
 * (big-endian) and bytes, from the start marker up to the end marker.
 *
 * GOROOT: src/cmd/link/internal/ld/fips140.go; contract 11.9.
 */
import { createHmac } from 'node:crypto';
import { utf8 } from '@go-ts/objfile/bytes';
import * as K from '../kind.ts';
import { AttrLocal, type Loader, type Sym } from '../loader/loader.ts';
import { type Segment, type Segments } from '../section.ts';

const magic = '\u00ff Go fipsinfo \u00ff\0';
const sumSize = 32;

const runs: readonly (readonly [string, number, number, keyof Segments])[] = [
  ['text', K.STEXTFIPSSTART, K.STEXTFIPSEND, 'text'],
  ['rodata', K.SRODATAFIPSSTART, K.SRODATAFIPSEND, 'rodata'],
  ['noptrdata', K.SNOPTRDATAFIPSSTART, K.SNOPTRDATAFIPSEND, 'data'],
  ['data', K.SDATAFIPSSTART, K.SDATAFIPSEND, 'data'],
];

export interface FipsSymbols {
  readonly info: Sym;
  /** The two markers in text. */
  readonly text: readonly Sym[];
}

export function defineFips(ldr: Loader): FipsSymbols {
  const info = ldr.define('go:fipsinfo', K.SFIPSINFO);
  const made = ldr.update(info, 'fresh');
  for (const c of magic) made.data.u8(c.charCodeAt(0));
  made.data.zeros(sumSize);
  made.addAddr(info);
  const text: Sym[] = [];
  for (const [name, start, end] of runs) {
    for (const [suffix, kind] of [
      ['start', start],
      ['end', end],
    ] as const) {
      const s = ldr.define(`go:${name}fips${suffix}`, kind);
      ldr.set(s, AttrLocal);
      ldr.size[s] = 1;
      made.addAddr(s);
      if (name === 'text') text.push(s);
    }
  }
  ldr.size[info] = made.data.length;
  return { info, text };
}

/** Writes the sum into the finished image. */
export function sumFips(ldr: Loader, fips: FipsSymbols, segments: Segments, out: Uint8Array): void {
  const hmac = createHmac('sha256', new Uint8Array(sumSize));
  hmac.update(utf8('go fips object v1\n'));
  const length = new DataView(new ArrayBuffer(8));
  for (const [name, , , segmentName] of runs) {
    const segment = segments[segmentName];
    const start = fileOffset(segment, ldr.value[ldr.lookup(`go:${name}fipsstart`)]!);
    const end = fileOffset(segment, ldr.value[ldr.lookup(`go:${name}fipsend`)]!);
    length.setBigUint64(0, BigInt(end - start));
    hmac.update(new Uint8Array(length.buffer));
    hmac.update(out.subarray(start, end));
  }
  const at = fileOffset(segments.data, ldr.value[fips.info]!) + magic.length;
  out.set(hmac.digest(), at);
}

function fileOffset(segment: Segment, addr: number): number {
  return addr - segment.addr + segment.fileOffset;
}
