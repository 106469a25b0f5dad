/**
 * Archives: what a compiled package is on disk.
 *
 * `!<arch>\n`, then members: a 60-byte text header (name 16, mtime 12, uid 6, gid 6, mode 8 octal,
 * size 10, "`\n") and the body, padded with a zero byte to an even length. A package has
 *
 * - `__.PKGDEF`: header lines, then the export data between `$$B\n` and `\n$$\n`;
 * - `_go_.o`: header lines, cgo directives if any, `!\n`, the object;
 * - one member per assembly file: header line, `!\n`, the object.
 *
 * GOROOT: src/cmd/internal/archive/archive.go, src/cmd/compile/internal/gc/obj.go,
 * src/cmd/go/internal/work/gc.go (packInternal: how assembly objects are added).
 */
import { ByteWriter, textAt, utf8 } from './bytes.ts';

const archiveMagic = utf8('!<arch>\n');
const entryLength = 60;

/**
 * Member of an archive that was written for official readers too: `__.PKGDEF` has unified export
 * data, this one the body that our own tools look for. Linkers pass over such names.
 */
export const ownExports = '__.GOTSDEF';

export interface Member {
  readonly name: string;
  readonly data: Uint8Array;
  /** Permission bits; 0644 if absent. */
  readonly mode?: number;
}

/** A member with all that its header says. */
export interface ArchivedMember extends Member {
  readonly mode: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly user: number;
  readonly group: number;
}

export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

function startsWith(bytes: Uint8Array, at: number, prefix: Uint8Array): boolean {
  if (at + prefix.length > bytes.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[at + i] !== prefix[i]) return false;
  return true;
}

export function isArchive(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0, archiveMagic);
}

/** The members in order; bodies are views of `bytes`. */
export function readArchive(bytes: Uint8Array): ArchivedMember[] {
  if (!isArchive(bytes)) throw new ArchiveError('not an archive');
  const members: ArchivedMember[] = [];
  let at = archiveMagic.length;
  while (at < bytes.length) {
    if (at + entryLength > bytes.length) throw new ArchiveError('truncated archive');
    if (bytes[at + 58] !== 0x60 || bytes[at + 59] !== 0x0a) {
      throw new ArchiveError('corrupt archive');
    }
    const field = (begin: number, end: number): string =>
      textAt(bytes, at + begin, end - begin).trimEnd();
    const size = Number(field(48, 58));
    const body = at + entryLength;
    if (!Number.isSafeInteger(size) || body + size > bytes.length) {
      throw new ArchiveError('truncated archive');
    }
    members.push({
      name: field(0, 16),
      data: bytes.subarray(body, body + size),
      time: Number(field(16, 28)),
      user: Number(field(28, 34)),
      group: Number(field(34, 40)),
      mode: Number.parseInt(field(40, 48), 8),
    });
    at = body + size + (size & 1);
  }
  return members;
}

/** Owner, group and time are zero, so that equal members give equal bytes. */
export function writeArchive(members: readonly Member[]): Uint8Array {
  const w = new ByteWriter(members.reduce((n, m) => n + m.data.length + entryLength + 1, 8));
  w.bytes(archiveMagic);
  for (const { name, data, mode } of members) {
    const nameBytes = utf8(name).subarray(0, 16);
    w.bytes(nameBytes);
    w.text(' '.repeat(16 - nameBytes.length));
    w.text('0'.padEnd(12) + '0'.padEnd(6) + '0'.padEnd(6));
    w.text((mode ?? 0o644).toString(8).padEnd(8));
    w.text(`${String(data.length).padEnd(10)}\`\n`);
    w.bytes(data);
    if ((data.length & 1) !== 0) w.u8(0);
  }
  return w.take();
}

export interface PackageHeader {
  /** The `go object …` line with its newline. */
  readonly headerLine: string;
  readonly buildID: string;
  readonly isMain: boolean;
}

function writeHeaderLines(w: ByteWriter, header: PackageHeader): void {
  w.text(header.headerLine);
  if (header.buildID !== '') w.text(`build id ${JSON.stringify(header.buildID)}\n`);
  if (header.isMain) w.text('main\n');
}

/** Body of `__.PKGDEF`. `exportData` is opaque: it begins with its format letter. */
export function writePkgDef(header: PackageHeader, exportData: Uint8Array): Uint8Array {
  const w = new ByteWriter(exportData.length + 256);
  writeHeaderLines(w, header);
  w.text('\n\n$$B\n');
  w.bytes(exportData);
  w.text('\n$$\n');
  return w.take();
}

/** Body of the compiler's object member. `cgo` is the directives' JSON, or empty. */
export function writeObjMember(
  header: PackageHeader,
  object: Uint8Array,
  cgo: string = '',
): Uint8Array {
  const w = new ByteWriter(object.length + 256);
  writeHeaderLines(w, header);
  w.text('\n');
  // An empty export section must precede the directives.
  if (cgo !== '') w.text(`\n$$\n\n$$\n\n\n$$  // cgo\n${cgo}\n\n$$\n\n`);
  w.text('\n!\n');
  w.bytes(object);
  return w.take();
}

/** Body of an assembly file's member: an object file of the assembler. */
export function writeAsmMember(headerLine: string, object: Uint8Array): Uint8Array {
  const w = new ByteWriter(object.length + 256);
  w.text(`${headerLine}!\n`);
  w.bytes(object);
  return w.take();
}

const exportMarker = utf8('\n$$B\n');
const endMarker = utf8('\n$$\n');

/** Where the export data of a `__.PKGDEF` begins. */
function exportBegin(pkgDef: Uint8Array): number | undefined {
  for (let at = 0; at + exportMarker.length <= pkgDef.length; at++) {
    if (startsWith(pkgDef, at, exportMarker)) return at + exportMarker.length;
  }
  return undefined;
}

/** Export data in the body of a `__.PKGDEF`, without the markers; undefined if there is none. */
export function exportDataOf(pkgDef: Uint8Array): Uint8Array | undefined {
  const begin = exportBegin(pkgDef);
  const end = pkgDef.length - endMarker.length;
  if (begin === undefined || !startsWith(pkgDef, end, endMarker)) return undefined;
  return pkgDef.subarray(begin, end);
}

/** The body of a `__.PKGDEF` with the same header lines and other export data. */
export function replaceExportData(pkgDef: Uint8Array, exportData: Uint8Array): Uint8Array {
  const begin = exportBegin(pkgDef);
  if (begin === undefined) throw new ArchiveError('no export data');
  const w = new ByteWriter(begin + exportData.length + endMarker.length);
  w.bytes(pkgDef.subarray(0, begin));
  w.bytes(exportData);
  w.bytes(endMarker);
  return w.take();
}

export interface ObjectMember {
  readonly headerLine: string;
  /** All text before the object, for build id, `main` and cgo directives. */
  readonly text: string;
  readonly object: Uint8Array;
}

/** Splits the body of a Go object member; undefined if it is none. */
export function readObjMember(data: Uint8Array): ObjectMember | undefined {
  if (!startsWith(data, 0, utf8('go object '))) return undefined;
  let lineEnd = data.indexOf(0x0a);
  if (lineEnd < 0) return undefined;
  const headerLine = textAt(data, 0, lineEnd + 1);
  let at = 0;
  while (lineEnd >= 0) {
    const begin = at;
    at = lineEnd + 1;
    if (lineEnd === begin + 1 && data[begin] === 0x21) {
      return { headerLine, text: textAt(data, 0, begin), object: data.subarray(at) };
    }
    lineEnd = data.indexOf(0x0a, at);
  }
  return undefined;
}
