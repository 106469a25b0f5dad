/**
 * Pseudo-versions: versions made up for commits without a tag.
 *
 * `v0.0.0-yyyymmddhhmmss-abcdefabcdef` if no tag comes before, `vX.Y.Z-pre.0.yyyy…-abcd…` after a
 * prerelease, `vX.Y.(Z+1)-0.yyyy…-abcd…` after a release; each sorts right after what it follows.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/module/pseudo.go.
 */
import { quoteString } from '@go-ts/base/quote';
import { InvalidVersionError } from './module.ts';
import { buildOf, canonicalSemver, isValidSemver, prereleaseOf } from './semver.ts';

const grammar = /^v\d+\.(?:0\.0-|\d+\.\d+-(?:[^+]*\.)?0\.)\d{14}-[\dA-Za-z]+(?:\+[\d.A-Za-z-]+)?$/;

export function isPseudoVersion(v: string): boolean {
  return (v.match(/-/g) ?? []).length >= 2 && isValidSemver(v) && grammar.test(v);
}

const zeroTime = '00010101000000';
const zeroRev = '000000000000';

/** Stands for whatever a replacement without version is, below every real version. */
export function zeroPseudoVersion(major: string): string {
  return `${major || 'v0'}.0.0-${zeroTime}-${zeroRev}`;
}

export function isZeroPseudoVersion(v: string): boolean {
  return v === zeroPseudoVersion(/^v\d+/.exec(v)?.[0] ?? '');
}

/** The version of a commit, made `time` (yyyymmddhhmmss), after the tag `older` if there is one. */
export function pseudoVersion(major: string, older: string, time: string, rev: string): string {
  const segment = `${time}-${rev}`;
  const suffix = buildOf(older);
  const base = canonicalSemver(older);
  if (base === '') return `${major || 'v0'}.0.0-${segment}`;
  if (prereleaseOf(base) !== '') return `${base}.0.${segment}${suffix}`;
  const dot = base.lastIndexOf('.') + 1;
  const patch = BigInt(base.slice(dot)) + 1n;
  return `${base.slice(0, dot)}${patch}-0.${segment}${suffix}`;
}

interface Parts {
  readonly base: string;
  readonly time: string;
  readonly rev: string;
  readonly build: string;
}

function split(v: string): Parts {
  if (!isPseudoVersion(v)) throw new InvalidVersionError(v, 'syntax error', 'pseudo-version');
  const suffix = buildOf(v);
  const bare = suffix === '' ? v : v.slice(0, -suffix.length);
  const match = /^(.*)[-.](\d{14})-([^-]*)$/s.exec(bare)!;
  return { base: match[1]!, time: match[2]!, rev: match[3]!, build: suffix };
}

/** When the commit was made, as yyyymmddhhmmss. */
export function pseudoVersionTime(v: string): string {
  return split(v).time;
}

/** yyyymmddhhmmss in the form that JSON has it; undefined if it is no time. */
export function isoTime(time: string): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(time);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [0, 31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month] ?? 0;
  if (day < 1 || day > days || hour > 23 || minute > 59 || second > 59) return undefined;
  const [, y, mo, d, h, mi, s] = match;
  return `${y}-${mo}-${d}T${h}:${mi}:${s}Z`;
}

export function pseudoVersionRev(v: string): string {
  return split(v).rev;
}

/** The tag that a pseudo-version follows, or ''. */
export function pseudoVersionBase(v: string): string {
  const { base, build: suffix } = split(v);
  const pre = prereleaseOf(base);
  const fail = (reason: string): never => {
    throw new InvalidVersionError(v, reason, 'pseudo-version');
  };
  if (pre === '') {
    if (suffix !== '') {
      fail(`lacks base version, but has build metadata ${quoteString(suffix)}`);
    }
    return '';
  }
  if (pre !== '-0') return base.replace(/\.0$/, '') + suffix;
  const release = base.slice(0, -pre.length);
  const dot = release.lastIndexOf('.') + 1;
  const patch = BigInt(release.slice(dot));
  if (patch === 0n) fail(`version before ${release} would have negative patch number`);
  return `${release.slice(0, dot)}${patch - 1n}${suffix}`;
}
