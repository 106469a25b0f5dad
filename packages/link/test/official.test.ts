/**
 * Against upstream's linker, on the same archives: same symbols at the same addresses, so same
 * reachable set and same layout; same bytes but for types whose strings are equal.
 */
import { ElfFile } from '@go-ts/objfile/exe/elf';
import { expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { linkProgram, officialArchives, officialErrors, officialLink, remove } from './programs.ts';

const skip = peerGoroot() === undefined;

function differingBytes(a: Uint8Array, b: Uint8Array): number {
  let n = Math.abs(a.length - b.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) n++;
  return n;
}

test.skipIf(skip)('same bytes as the official linker', { timeout: 300_000 }, () => {
  for (const name of ['exec', 'cmd/asm']) {
    const program = officialArchives(name);
    try {
      const { image, errors } = linkProgram(program);
      expect(errors).toEqual([]);
      const official = officialLink(program, ['-w']);
      expect(image!.length).toBe(official.length);
      // Upstream leaves the order of descriptors with equal strings to an unstable sort.
      expect(differingBytes(image!, official)).toBeLessThan(1000);
      const again = linkProgram(program);
      expect(Buffer.compare(image!, again.image!)).toBe(0);
    } finally {
      remove(program);
    }
  }
});

function base64(file: ElfFile, name: string): string {
  return Buffer.from(file.data(file.section(name)!)).toString('base64');
}

/** A section of units, each of which begins with its length, without their order. */
function sortedUnits(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const units: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + view.getUint32(at, true);
    units.push(Buffer.from(bytes.subarray(at, end)).toString('latin1'));
    at = end;
  }
  return units.sort();
}

test.skipIf(skip)('debug sections hold what the official ones do', { timeout: 300_000 }, () => {
  const program = officialArchives('reflection');
  try {
    const { image, errors } = linkProgram(program, { stripDwarf: false });
    expect(errors).toEqual([]);
    const ours = new ElfFile(image!);
    const theirs = new ElfFile(officialLink(program, []));
    const names = theirs.sections.map((section) => section.name);
    expect(ours.sections.map((section) => section.name)).toEqual(names);
    // Units come in another order, since upstream sorts them unstably; offsets depend on it.
    const sizes = (file: ElfFile) =>
      names
        .filter((name) => name.startsWith('.debug'))
        .map((name) => [name, file.data(file.section(name)!).length]);
    expect(sizes(ours)).toEqual(sizes(theirs));
    const lines = (file: ElfFile) => sortedUnits(file.data(file.section('.debug_line')!));
    expect(lines(ours)).toEqual(lines(theirs));
    for (const name of ['.debug_abbrev', '.debug_frame', '.debug_gdb_scripts']) {
      expect(base64(ours, name)).toBe(base64(theirs, name));
    }
    expect(ours.goBuildID()).toBe('test/id');
  } finally {
    remove(program);
  }
});

/** Without the program's name before messages, and lists in no particular order. */
function messages(text: string): string[] {
  return text
    .replaceAll(/^(link|.*\/link): /gm, '')
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

test.skipIf(skip)('errors read as the official ones', { timeout: 300_000 }, () => {
  for (const name of ['nosplit', 'wrongabi', 'linkname', 'undefined']) {
    const program = officialArchives(name);
    try {
      const { image, errors } = linkProgram(program);
      expect(image).toBe(undefined);
      expect([name, ...messages(errors.join('\n'))]).toEqual([
        name,
        ...messages(officialErrors(program)),
      ]);
    } finally {
      remove(program);
    }
  }
});
