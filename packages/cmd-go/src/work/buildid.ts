/**
 * The build id in a file that a build has made: in an archive's first member, in a note of an ELF file.
 * GOROOT: src/cmd/internal/buildid/{buildid,note}.go.
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** As far as a build id can lie into a file. */
const head = 64 << 10;

/** Of an archive or an ELF executable; '' where there is none. */
export function readBuildID(file: string): string {
  let bytes: Buffer;
  try {
    const fd = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(head);
      bytes = buffer.subarray(0, readSync(fd, buffer, 0, head, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
  if (bytes.toString('latin1', 0, 8) === '!<arch>\n') {
    return /^build id "([^"\n]*)"$/m.exec(bytes.toString('latin1'))?.[1] ?? '';
  }
  // A note of type 4 by `Go\0\0`: sizes of name and content, type, name, content.
  const note = bytes.indexOf(Buffer.from('04000000476f0000', 'hex'));
  if (note < 8 || bytes.readUInt32LE(note - 8) !== 4) return '';
  return bytes.toString('latin1', note + 8, note + 8 + bytes.readUInt32LE(note - 4));
}
