/**
 * The fingerprint of a package's export data: importers record it, the linker compares.
 *
 * It is the first 8 bytes of the SHA-256 of the export data; all zeros means "not checked".
 *
 * GOROOT: src/internal/pkgbits/encoder.go (DumpTo), src/cmd/link/internal/ld/lib.go (checkFingerprint).
 */
import { hash } from 'node:crypto';

export const fingerprintSize = 8;

export const zeroFingerprint: Uint8Array = new Uint8Array(fingerprintSize);

export function fingerprintOf(exportData: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', exportData, 'buffer').subarray(0, fingerprintSize));
}

export function isZeroFingerprint(fingerprint: Uint8Array): boolean {
  return fingerprint.every((b) => b === 0);
}
