/**
 * Versions of Go itself: `1.27`, `1.27rc1`, `1.27.4`, and toolchains `go1.27.4`.
 *
 * In the module graph, `go` and `toolchain` are modules like others, with versions of this form. A
 * language version is below its release candidates, and these below the first release.
 * GOROOT: src/internal/gover/gover.go, src/cmd/go/internal/gover.
 */
import { type ModuleVersion } from './module.ts';
import {
  compareNumbers,
  compareSemver,
  isValidSemver,
  majorMinorOf,
  prereleaseOf,
} from './semver.ts';

/** Of a go.mod without a go line. */
export const defaultGoModVersion = '1.16';
/** Of a go.work without a go line. */
export const defaultGoWorkVersion = '1.18';
/** From here on `all` leaves out tests of other modules' packages. */
export const narrowAllVersion = '1.16';
/** From here on go.mod lists indirect requirements, in a block of their own, and graphs are pruned. */
export const explicitIndirectVersion = '1.17';
export const separateIndirectVersion = '1.17';
/** From here on go.mod has at most two require blocks. */
export const simplifyRequireVersion = '1.27';
/** From here on tidy keeps sums for the tests of packages in `all`. */
export const tidyGoModSumVersion = '1.21';
/** From here on a module's go line is at least that of each dependency. */
export const goStrictVersion = '1.21';
/** From here on vendored packages must be listed in modules.txt. */
export const explicitModulesTxtImportVersion = '1.23';
/** From here on there are tool lines. */
export const goModToolVersion = '1.24';

interface GoVersion {
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  readonly kind: string;
  readonly pre: string;
}

const number = String.raw`(0|[1-9]\d*)`;
const grammar = new RegExp(
  String.raw`^${number}(?:\.${number}(?:\.${number}|([a-z]+)${number}?)?)?$`,
);

function parse(x: string): GoVersion | undefined {
  const match = grammar.exec(x);
  if (match === null) return undefined;
  const [, major = '', minor, patch, kind = '', pre = ''] = match;
  if (minor === undefined) return { major, minor: '0', patch: '0', kind, pre };
  // Before 1.21 the first release of a language version had no `.0`.
  const implied = kind === '' && compareNumbers(minor, '21') < 0 ? '0' : '';
  return { major, minor, patch: patch ?? implied, kind, pre };
}

const invalid: GoVersion = { major: '', minor: '', patch: '', kind: '', pre: '' };

export function compareGo(x: string, y: string): number {
  const a = parse(x) ?? invalid;
  const b = parse(y) ?? invalid;
  return (
    compareNumbers(a.major, b.major) ||
    compareNumbers(a.minor, b.minor) ||
    compareNumbers(a.patch, b.patch) ||
    (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0) ||
    compareNumbers(a.pre, b.pre)
  );
}

export function maxGo(x: string, y: string): string {
  return compareGo(x, y) < 0 ? y : x;
}

export function isValidGo(x: string): boolean {
  return parse(x) !== undefined;
}

/** True for a language version such as `1.27`. */
export function isGoLang(x: string): boolean {
  const v = parse(x);
  return v !== undefined && v.patch === '' && v.kind === '' && v.pre === '';
}

/** `1.27` of `1.27.4`. */
export function goLang(x: string): string {
  const v = parse(x);
  if (v === undefined) return '';
  return v.major === '1' && v.minor === '0' ? v.major : `${v.major}.${v.minor}`;
}

/** The language version before. */
export function previousGo(x: string): string {
  const v = parse(x) ?? invalid;
  if (compareNumbers(v.minor, '1') <= 0) return v.major;
  return `${v.major}.${BigInt(v.minor) - 1n}`;
}

export function isGoPrerelease(x: string): boolean {
  return (parse(x)?.kind ?? '') !== '';
}

/** `1.27.4` of `go1.27.4` or `go1.27.4-custom`; '' if it is no such name. */
export function fromToolchain(name: string): string {
  if (/[\\/]/.test(name) || !name.startsWith('go')) return '';
  const v = name.slice(2).replace(/[ \t-].*$/s, '');
  return isValidGo(v) ? v : '';
}

export function isToolchain(path: string): boolean {
  return path === 'go' || path === 'toolchain';
}

function toolchainVersion(name: string): string {
  return isValidGo(name) ? name : fromToolchain(name);
}

/** Compares versions of the module, which may be Go itself. */
export function compareVersions(path: string, x: string, y: string): number {
  if (path === 'go') return compareGo(x, y);
  if (path === 'toolchain') return compareGo(toolchainVersion(x), toolchainVersion(y));
  return compareSemver(x, y);
}

/** As compareVersions, with the version '' of a main module above all. */
export function compareSelected(path: string, x: string, y: string): number {
  if (x === '' || y === '') return Number(x === '') - Number(y === '');
  return compareVersions(path, x, y);
}

/**
 * The order of modules in lists and files: by path, then version. In go.sum's lists a version may
 * have `/go.mod` behind it.
 */
export function compareModules(a: ModuleVersion, b: ModuleVersion): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  if (a.version === b.version) return 0;
  const [v = '', f = ''] = a.version.split('/');
  const [w = '', g = ''] = b.version.split('/');
  if (v !== w) return compareVersions(a.path, v, w);
  return f < g ? -1 : 1;
}

export function sortModules(list: ModuleVersion[]): ModuleVersion[] {
  return list.sort(compareModules);
}

/** `x` as a version of Go: that in a toolchain's name, or itself. */
function goOf(path: string, x: string): string {
  return path === 'toolchain' ? fromToolchain(x) : x;
}

export function isValidVersion(path: string, v: string): boolean {
  return isToolchain(path) ? isValidGo(goOf(path, v)) : isValidSemver(v);
}

/** True for a version that stands for all that begin with it, `v1` or `v1.2`. */
export function isVersionPrefix(path: string, v: string): boolean {
  if (isToolchain(path)) return isGoLang(goOf(path, v));
  return !/[-+]/.test(v) && (v.match(/\./g) ?? []).length < 2;
}

export function isVersionPrerelease(path: string, v: string): boolean {
  return isToolchain(path) ? isGoPrerelease(goOf(path, v)) : prereleaseOf(v) !== '';
}

export function versionMajorMinor(path: string, v: string): string {
  if (path === 'toolchain') return `go${goLang(fromToolchain(v))}`;
  return path === 'go' ? goLang(v) : majorMinorOf(v);
}

/** The value of `key` in a go.mod that need not be well-formed otherwise. */
export function lookUpGoMod(text: string, key: 'go' | 'toolchain'): string {
  for (const line of text.split('\n')) {
    const match = /^(\w+)[ \t](.*)$/s.exec(line.trim());
    if (match?.[1] === key) return match[2]!.replace(/\/\/.*$/s, '').trim();
  }
  return '';
}
