/**
 * Versions as Go writes them: `v1`, `v1.2` and `v1.2.3-pre+build`.
 *
 * Precedence is that of semver.org: numbers by value and of any length, a release above its
 * prereleases, build metadata ignored. Two things differ from what npm's `semver` knows, so the
 * comparison is here: the leading `v` with the short forms, and a malformed version is below every
 * well-formed one instead of an error.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/semver/semver.go.
 */

interface Parsed {
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** What a short form leaves out: ``, `.0` or `.0.0`. */
  readonly short: string;
  /** With its `-`. */
  readonly prerelease: string;
  /** With its `+`. */
  readonly build: string;
}

const number = String.raw`(0|[1-9]\d*)`;
const grammar = new RegExp(
  String.raw`^v${number}(?:\.${number}(?:\.${number}(-[\dA-Za-z.-]+)?(\+[\dA-Za-z.-]+)?)?)?$`,
);
/** An empty identifier, or in a prerelease a number with a leading zero. */
const badPrerelease = /^-(?:$|\.)|\.(?:\.|$)|[-.]0\d+(?:\.|$)/;
const badBuild = /^\+(?:$|\.)|\.(?:\.|$)/;

function parse(v: string): Parsed | undefined {
  const match = grammar.exec(v);
  if (match === null) return undefined;
  const [, major = '', minor, patch, prerelease = '', build = ''] = match;
  if (build !== '' && badBuild.test(build)) return undefined;
  if (prerelease !== '' && !isPrerelease(prerelease)) return undefined;
  const short = minor === undefined ? '.0.0' : patch === undefined ? '.0' : '';
  return { major, minor: minor ?? '0', patch: patch ?? '0', short, prerelease, build };
}

function isPrerelease(text: string): boolean {
  if (!badPrerelease.test(text)) return true;
  // A `-` inside an identifier looks like its beginning to the expression.
  return text
    .slice(1)
    .split('.')
    .every((id) => id !== '' && !/^0\d+$/.test(id));
}

export function isValidSemver(v: string): boolean {
  return parse(v) !== undefined;
}

/** The full form without build metadata, or nothing. */
export function canonicalSemver(v: string): string {
  const p = parse(v);
  if (p === undefined) return '';
  const bare = p.build === '' ? v : v.slice(0, -p.build.length);
  return bare + p.short;
}

/** `v2` of `v2.3.4`. */
export function majorOf(v: string): string {
  const p = parse(v);
  return p === undefined ? '' : `v${p.major}`;
}

/** `v2.3` of `v2.3.4`. */
export function majorMinorOf(v: string): string {
  const p = parse(v);
  return p === undefined ? '' : `v${p.major}.${p.minor}`;
}

/** `-pre` of `v1.2.3-pre+build`. */
export function prereleaseOf(v: string): string {
  return parse(v)?.prerelease ?? '';
}

/** `+build` of `v1.2.3-pre+build`. */
export function buildOf(v: string): string {
  return parse(v)?.build ?? '';
}

export function compareSemver(v: string, w: string): number {
  if (v === w) return 0;
  const a = parse(v);
  const b = parse(w);
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return (
    compareNumbers(a.major, b.major) ||
    compareNumbers(a.minor, b.minor) ||
    compareNumbers(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

/** Decimal numbers without leading zeros, of any length. */
export function compareNumbers(x: string, y: string): number {
  if (x.length !== y.length) return x.length < y.length ? -1 : 1;
  return x < y ? -1 : x > y ? 1 : 0;
}

function comparePrereleases(x: string, y: string): number {
  if (x === y) return 0;
  if (x === '') return 1;
  if (y === '') return -1;
  const xs = x.slice(1).split('.');
  const ys = y.slice(1).split('.');
  for (let i = 0; i < xs.length && i < ys.length; i++) {
    const difference = compareIdentifiers(xs[i]!, ys[i]!);
    if (difference !== 0) return difference;
  }
  return xs.length - ys.length < 0 ? -1 : 1;
}

function compareIdentifiers(x: string, y: string): number {
  if (x === y) return 0;
  const xIsNumber = /^\d+$/.test(x);
  const yIsNumber = /^\d+$/.test(y);
  if (xIsNumber !== yIsNumber) return xIsNumber ? -1 : 1;
  if (xIsNumber) return compareNumbers(x, y);
  return x < y ? -1 : 1;
}

/** In place: by precedence, and by text where that says nothing. */
export function sortSemver(versions: string[]): string[] {
  return versions.sort((v, w) => compareSemver(v, w) || (v < w ? -1 : Number(v > w)));
}
