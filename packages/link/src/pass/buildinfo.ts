/**
 * What `go version` reads from an executable: toolchain version and module information.
 *
 * 32-byte header (magic, pointer size, flags with 2 for inline strings), then two strings, each with
 * its length as a varint.
 *
 * GOROOT: src/cmd/link/internal/ld/data.go (buildinfo), src/debug/buildinfo; contract 11.8.
 */
import { ByteWriter, utf8 } from '@go-ts/objfile/bytes';
import { SBUILDINFO, SRODATA } from '../kind.ts';
import { type Loader } from '../loader/loader.ts';

const headerSize = 32;
const magic = ' Go buildinf:';
const flagInlineStrings = 2;

export function makeBuildinfo(
  ldr: Loader,
  version: string | Uint8Array,
  modinfo: string | Uint8Array,
): void {
  const w = new ByteWriter(512);
  w.u8(0xff); // no UTF-8, so that the magic does not turn up by accident
  w.text(magic);
  w.u8(8); // pointer size
  w.u8(flagInlineStrings);
  w.zeros(headerSize - w.length);
  for (const text of [version, modinfo]) {
    const bytes = typeof text === 'string' ? utf8(text) : text;
    w.uvarint(bytes.length);
    w.bytes(bytes);
  }
  w.align(16);
  const s = ldr.define('go:buildinfo', SBUILDINFO);
  ldr.align[s] = 16;
  ldr.setData(s, w.take());

  // Keeps the section alive if an external linker collects garbage.
  const ref = ldr.define('go:buildinfo.ref', SRODATA);
  ldr.align[ref] = 8;
  ldr.update(ref, 'fresh').addAddr(s);
  ldr.size[ref] = 8;
}
