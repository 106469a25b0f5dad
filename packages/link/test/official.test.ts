/**
 * Against upstream's linker, on the same archives: same symbols at the same addresses, so same
 * reachable set and same layout; same bytes but for types whose strings are equal.
 */
import { expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { linkProgram, officialArchives, officialLink, remove } from './programs.ts';

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
