/**
 * A module at a version, and what may be the path of a module, of a package, of a file in a module.
 *
 * GOROOT: src/cmd/vendor/golang.org/x/mod/module/module.go (rules and wording).
 */
import { quoteRune, quoteString } from '@go-ts/base/quote';
import { buildOf, canonicalSemver, isValidSemver, majorOf } from './semver.ts';

/**
 * A main module and a folder that replaces a module have the version ''; `none` means that no version
 * of the module is wanted.
 */
export interface ModuleVersion {
  readonly path: string;
  readonly version: string;
}

/** `path@version`, or the path alone: how messages name it, and the key for maps. */
export function formatModule(m: ModuleVersion): string {
  return m.version === '' ? m.path : `${m.path}@${m.version}`;
}

export function sameModule(a: ModuleVersion, b: ModuleVersion): boolean {
  return a.path === b.path && a.version === b.version;
}

/** Something went wrong with one module. */
export class ModuleVersionError extends Error {
  readonly path: string;
  readonly version: string;
  declare readonly cause: Error;

  constructor(path: string, version: string, cause: Error) {
    super(describe(path, version, cause), { cause });
    this.name = 'ModuleVersionError';
    this.path = path;
    this.version = version;
  }
}

function describe(path: string, version: string, cause: Error): string {
  if (cause instanceof InvalidVersionError) {
    return `${path}@${cause.version}: invalid ${cause.noun}: ${cause.reason}`;
  }
  return version === ''
    ? `module ${path}: ${cause.message}`
    : `${path}@${version}: ${cause.message}`;
}

/** Says which module an error is about, unless it says so already. */
export function versionError(m: ModuleVersion, cause: Error): Error {
  const inner = findCause(cause, ModuleVersionError);
  if (inner !== undefined && inner.path === m.path && inner.version === m.version) return cause;
  return new ModuleVersionError(m.path, m.version, cause);
}

/** The first error of a class in a chain of causes. */
export function findCause<T extends Error>(
  error: unknown,
  // The class is named, never constructed here.
  // oxlint-disable-next-line typescript/no-explicit-any
  kind: abstract new (...args: any[]) => T,
): T | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof kind) return at;
  }
  return undefined;
}

export class InvalidVersionError extends Error {
  readonly version: string;
  readonly reason: string;
  readonly noun: 'version' | 'pseudo-version';

  constructor(version: string, reason: string, noun: 'version' | 'pseudo-version' = 'version') {
    super(`${noun} ${quoteString(version)} invalid: ${reason}`);
    this.name = 'InvalidVersionError';
    this.version = version;
    this.reason = reason;
    this.noun = noun;
  }
}

export class InvalidPathError extends Error {
  readonly kind: string;
  readonly path: string;
  readonly reason: string;

  constructor(kind: string, path: string, reason: string) {
    super(`malformed ${kind} path ${quoteString(path)}: ${reason}`);
    this.name = 'InvalidPathError';
    this.kind = kind;
    this.path = path;
    this.reason = reason;
  }

  /** The same with another word for what the path is of. */
  as(kind: string): InvalidPathError {
    return new InvalidPathError(kind, this.path, this.reason);
  }
}

/** What is wrong with a module's path, or undefined. */
export function checkPath(path: string): InvalidPathError | undefined {
  const reason = badModulePath(path);
  return reason === undefined ? undefined : new InvalidPathError('module', path, reason);
}

/** What is wrong with a package's path, or undefined. */
export function checkImportPath(path: string): InvalidPathError | undefined {
  const reason = badPath(path, 'import');
  return reason === undefined ? undefined : new InvalidPathError('import', path, reason);
}

function badModulePath(path: string): string | undefined {
  const reason = badPath(path, 'module');
  if (reason !== undefined) return reason;
  const first = path.split('/', 1)[0]!;
  if (first === '') return 'leading slash';
  if (!first.includes('.')) return 'missing dot in first path element';
  const bad = /[^-.\da-z]/u.exec(first);
  if (bad !== null) {
    return `invalid char ${quoteRune(bad[0].codePointAt(0)!)} in first path element`;
  }
  return splitPathVersion(path) === undefined ? 'invalid version' : undefined;
}

type PathKind = 'module' | 'import';

function badPath(path: string, kind: PathKind): string | undefined {
  if (!path.isWellFormed() || path.includes('\ufffd')) return 'invalid UTF-8';
  if (path === '') return 'empty string';
  if (path.startsWith('-')) return 'leading dash';
  if (path.includes('//')) return 'double slash';
  if (path.endsWith('/')) return 'trailing slash';
  for (const element of path.split('/')) {
    const reason = badElement(element, kind);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Names that Windows takes for devices. */
const devices = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])$/i;

function badElement(element: string, kind: PathKind): string | undefined {
  if (element === '') return 'empty path element';
  if (/^\.+$/.test(element)) return `invalid path element ${quoteString(element)}`;
  if (element.startsWith('.') && kind === 'module') return 'leading dot in path element';
  if (element.endsWith('.')) return 'trailing dot in path element';
  const bad = (kind === 'module' ? /[^-.\w~]/u : /[^-.\w~+]/u).exec(element);
  if (bad !== null) return `invalid char ${quoteRune(bad[0].codePointAt(0)!)}`;
  const short = element.split('.', 1)[0]!;
  if (devices.test(short)) {
    return `${quoteString(short)} disallowed as path element component on Windows`;
  }
  // The short names that Windows makes up for long ones.
  if (/~\d+$/.test(short)) return 'trailing tilde and digits in path element';
  return undefined;
}

export interface SplitPath {
  readonly prefix: string;
  /** ``, `/v2` or, for gopkg.in, `.v2` and `.v2-unstable`. */
  readonly pathMajor: string;
}

/** Takes the major version's suffix off a module path; undefined if the suffix is malformed. */
export function splitPathVersion(path: string): SplitPath | undefined {
  if (path.startsWith('gopkg.in/')) {
    const match = /^(.*)(\.v(\d+)(?:-unstable)?)$/s.exec(path);
    if (match === null || (match[3]!.length > 1 && match[3]!.startsWith('0'))) return undefined;
    return { prefix: match[1]!, pathMajor: match[2]! };
  }
  const match = /^(.*)(\/v([\d.]+))$/s.exec(path);
  if (match === null || match[1] === '') return { prefix: path, pathMajor: '' };
  const digits = match[3]!;
  if (digits.includes('.') || digits.startsWith('0') || digits === '1') return undefined;
  return { prefix: match[1]!, pathMajor: match[2]! };
}

/** Why a version does not go with a path's suffix, or undefined. */
export function checkPathMajor(v: string, pathMajor: string): InvalidVersionError | undefined {
  const suffix = pathMajor.replace(/^(\.v.*)-unstable$/, '$1');
  // Versions that were made up for gopkg.in before their rule was right.
  if (v.startsWith('v0.0.0-') && suffix === '.v1') return undefined;
  const m = majorOf(v);
  if (suffix === '') {
    if (m === 'v0' || m === 'v1' || buildOf(v) === '+incompatible') return undefined;
  } else if (m === suffix.slice(1)) {
    return undefined;
  }
  const wanted = suffix === '' ? 'v0 or v1' : suffix.slice(1);
  return new InvalidVersionError(v, `should be ${wanted}, not ${m}`);
}

/** `v2` of `/v2`, `.v2` or `.v2-unstable`. */
export function pathMajorPrefix(pathMajor: string): string {
  return pathMajor.replace(/^[/.]/, '').replace(/-unstable$/, '');
}

/** The full form, which keeps `+incompatible` and no other build metadata; '' if malformed. */
export function canonicalVersion(v: string): string {
  const c = canonicalSemver(v);
  return buildOf(v) === '+incompatible' ? `${c}+incompatible` : c;
}

/** Why path and version do not make a module, or undefined. */
export function checkModule(path: string, version: string): Error | undefined {
  const bad = checkPath(path);
  if (bad !== undefined) return bad;
  if (!isValidSemver(version)) {
    return new ModuleVersionError(
      path,
      '',
      new InvalidVersionError(version, 'not a semantic version'),
    );
  }
  const wrong = checkPathMajor(version, splitPathVersion(path)!.pathMajor);
  return wrong === undefined ? undefined : new ModuleVersionError(path, '', wrong);
}
