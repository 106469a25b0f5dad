/**
 * Language versions and what they allow.
 *
 * A version is its minor number: go1.21, go1.21rc2 and go1.21.3 are all 21. A negative number is no
 * version, which allows everything.
 * GOROOT: src/cmd/compile/internal/types2/version.go, src/go/version.
 */
import type { Checker } from './check.ts';
import { type At, ErrorBuilder } from './errors.ts';

/** Versions that changed the language. */
export const Version = {
  none: -1,
  go1_9: 9,
  go1_13: 13,
  go1_14: 14,
  go1_17: 17,
  go1_18: 18,
  go1_20: 20,
  go1_21: 21,
  go1_22: 22,
  go1_23: 23,
  go1_26: 26,
  go1_27: 27,
  current: 27,
} as const;

const form = /^go1(?:\.(\d+)(?:(?:rc|beta)\d+|\.\d+)?)?(?:-.*)?$/;

/** The language version of a Go version, `Version.none` if it is malformed. */
export function parseVersion(text: string): number {
  const match = form.exec(text);
  return match === null ? Version.none : Number(match[1] ?? '0');
}

export function versionString(version: number): string {
  return `go1.${version}`;
}

/** Whether the file that is being checked may use a feature of version `want`. */
export function allowVersion(check: Checker, want: number): boolean {
  return check.version < 0 || check.version >= want;
}

/** Like `allowVersion`; if not, reports that `what` requires it. */
export function verifyVersion(
  check: Checker,
  at: At,
  want: number,
  what: string | (() => string),
): boolean {
  if (allowVersion(check, want)) return true;
  versionError(check, at, want, typeof what === 'string' ? what : what());
  return false;
}

export function versionError(check: Checker, at: At, want: number, what: string): void {
  const err = new ErrorBuilder(check, 'UnsupportedFeature');
  err.add(at, `${what} requires ${versionString(want)} or later`);
  err.report();
}
