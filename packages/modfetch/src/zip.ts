/**
 * Reads zip archives: the directory at the end, then entries on demand.
 *
 * Module zips come from strangers, so nothing in the archive is believed: every offset is checked
 * against the buffer, inflating stops at the size the directory states, CRCs are compared, and the
 * local header must repeat the directory's name. Zip64 records are understood; encryption, several
 * disks and methods other than stored and deflated are refused.
 * Authority: PKWARE APPNOTE 6.3, sections 4.3 to 4.5.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { ModuleError } from './error.ts';

export interface ZipEntry {
  readonly name: string;
  /** Unix mode bits, 0 where the archive does not tell. */
  readonly mode: number;
  /** Uncompressed size. */
  readonly size: number;
  readonly isDirectory: boolean;
  /** Inflates and checks the content. */
  read(): Uint8Array;
}

const END = 0x06054b50;
const END64_LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const endSize = 22;
const maxComment = 0xffff;

export function readZip(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { offset, count } = findDirectory(view);
  const entries: ZipEntry[] = [];
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let at = offset;
  for (let i = 0; i < count; i++) {
    need(view, at, 46);
    if (view.getUint32(at, true) !== CENTRAL) throw bad('damaged directory');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    need(view, at + 46, nameLength + extraLength + commentLength);
    const nameBytes = bytes.subarray(at + 46, at + 46 + nameLength);
    let name: string;
    try {
      name = decoder.decode(nameBytes);
    } catch {
      throw bad('a file name is not valid UTF-8');
    }
    const header = {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      local: view.getUint32(at + 42, true),
    };
    widen(view, at + 46 + nameLength, extraLength, header);
    const fromUnix = view.getUint8(at + 5) === 3;
    entries.push({
      name,
      mode: fromUnix ? view.getUint32(at + 38, true) >>> 16 : 0,
      size: header.size,
      isDirectory: name.endsWith('/'),
      read: () => readEntry(view, bytes, name, nameBytes, header),
    });
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

interface Header {
  flags: number;
  method: number;
  crc: number;
  packed: number;
  size: number;
  local: number;
}

function bad(what: string): ModuleError {
  return new ModuleError(`zip: not a valid zip file: ${what}`);
}

function need(view: DataView, at: number, length: number): void {
  if (at < 0 || length < 0 || at + length > view.byteLength) throw bad('it is cut short');
}

function findDirectory(view: DataView): { offset: number; count: number } {
  const first = Math.max(0, view.byteLength - endSize - maxComment);
  for (let at = view.byteLength - endSize; at >= first; at--) {
    if (view.getUint32(at, true) !== END) continue;
    // The comment must reach exactly to the end, or the signature is part of something else.
    if (at + endSize + view.getUint16(at + 20, true) !== view.byteLength) continue;
    let count = view.getUint16(at + 10, true);
    let offset = view.getUint32(at + 16, true);
    if (count === 0xffff || offset === 0xffffffff) ({ count, offset } = findDirectory64(view, at));
    if (offset > at) throw bad('damaged directory');
    return { offset, count };
  }
  throw bad('it has no directory');
}

function findDirectory64(view: DataView, end: number): { offset: number; count: number } {
  const locator = end - 20;
  need(view, locator, 20);
  if (view.getUint32(locator, true) !== END64_LOCATOR) throw bad('damaged directory');
  const at = toNumber(view.getBigUint64(locator + 8, true));
  need(view, at, 56);
  if (view.getUint32(at, true) !== END64) throw bad('damaged directory');
  return {
    count: toNumber(view.getBigUint64(at + 32, true)),
    offset: toNumber(view.getBigUint64(at + 48, true)),
  };
}

function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw bad('a size is out of range');
  return Number(value);
}

/** Replaces the fields that do not fit 32 bits by those of the zip64 extra record. */
function widen(view: DataView, start: number, length: number, header: Header): void {
  for (let at = start; at + 4 <= start + length;) {
    const id = view.getUint16(at, true);
    const size = view.getUint16(at + 2, true);
    if (at + 4 + size > start + length) throw bad('damaged directory');
    if (id === 1) {
      let field = at + 4;
      for (const key of ['size', 'packed', 'local'] as const) {
        if (header[key] !== 0xffffffff) continue;
        if (field + 8 > at + 4 + size) throw bad('damaged directory');
        header[key] = toNumber(view.getBigUint64(field, true));
        field += 8;
      }
    }
    at += 4 + size;
  }
}

function readEntry(
  view: DataView,
  bytes: Uint8Array,
  name: string,
  nameBytes: Uint8Array,
  header: Header,
): Uint8Array {
  const { local, method, packed, size } = header;
  if ((header.flags & 1) !== 0) throw bad(`${name} is encrypted`);
  need(view, local, 30);
  if (view.getUint32(local, true) !== LOCAL) throw bad(`${name} has no header`);
  const nameLength = view.getUint16(local + 26, true);
  const data = local + 30 + nameLength + view.getUint16(local + 28, true);
  need(view, data, packed);
  const ownName = bytes.subarray(local + 30, local + 30 + nameLength);
  if (Buffer.compare(ownName, nameBytes) !== 0) throw bad(`${name} has two names`);
  const raw = bytes.subarray(data, data + packed);
  let content: Uint8Array;
  if (method === 0) {
    content = raw;
  } else if (method === 8) {
    try {
      content = size === 0 ? inflateEmpty(raw) : inflateRawSync(raw, { maxOutputLength: size });
    } catch (cause) {
      throw new ModuleError(
        isTooLong(cause)
          ? `uncompressed size of file ${name} is larger than declared size (${size} bytes)`
          : `zip: not a valid zip file: ${name} is damaged`,
        { cause },
      );
    }
  } else {
    throw new ModuleError(`zip: unsupported compression algorithm: ${name}`);
  }
  if (content.length !== size) throw bad(`${name} has ${content.length} bytes, not ${size}`);
  if (crc32(content) !== header.crc) throw new ModuleError(`zip: checksum error: ${name}`);
  return content;
}

function isTooLong(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

/** An empty file may still be deflated; a limit of 0 is not accepted by zlib. */
function inflateEmpty(raw: Uint8Array): Uint8Array {
  return inflateRawSync(raw, { maxOutputLength: 1 });
}
