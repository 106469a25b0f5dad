/**
 * Writes zip archives: deflated entries without times or modes, so that equal content gives equal bytes.
 * Authority: PKWARE APPNOTE 6.3, section 4.3. Sizes stay below 4 GB here, so zip64 is not needed.
 */
import { crc32, deflateRawSync } from 'node:zlib';

export interface NewEntry {
  readonly name: string;
  readonly content: Uint8Array;
  /** Unix mode bits; 0 says nothing. */
  readonly mode?: number;
}

const versionNeeded = 20;
const utf8Names = 0x800;
const deflated = 8;

export function writeZip(entries: readonly NewEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0 } of entries) {
    const nameBytes = Buffer.from(name);
    const packed = deflateRawSync(content);
    // What local header and directory have in common: 26 bytes from the version to the extra length.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(versionNeeded, 0);
    common.writeUInt16LE(utf8Names, 2);
    common.writeUInt16LE(deflated, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, packed);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(mode * 0x10000, 6);
    rest.writeUInt32LE(offset, 10);
    const madeBy = Buffer.from([
      'P'.charCodeAt(0),
      'K'.charCodeAt(0),
      1,
      2,
      versionNeeded,
      mode === 0 ? 0 : 3,
    ]);
    directory.push(madeBy, common, rest, nameBytes);
    offset += 4 + common.length + nameBytes.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
