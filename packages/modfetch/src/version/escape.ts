/**
 * Module paths and versions in addresses and file names: an upper-case letter is `!` and its lower
 * case, so that stores that fold case keep `Azure` and `azure` apart.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/module/module.go (EscapePath, MatchPrefixPatterns).
 */
import { checkFilePath } from './filepath.ts';
import { checkPath, InvalidVersionError } from './module.ts';

/** Throws for a malformed path. */
export function escapePath(path: string): string {
  const wrong = checkPath(path);
  if (wrong !== undefined) throw wrong;
  return escapeCase(path);
}

/** A version, or whatever names a revision; it must be a file name. */
export function escapeVersion(version: string): string {
  if (!isFileName(version) || version.includes('!')) {
    throw new InvalidVersionError(version, 'disallowed version string');
  }
  return escapeCase(version);
}

function isFileName(text: string): boolean {
  return !text.includes('/') && checkFilePath(text) === undefined;
}

function escapeCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

/** Undefined if it is not the escaped form of a module path. */
export function unescapePath(escaped: string): string | undefined {
  const path = unescapeCase(escaped);
  return path === undefined || checkPath(path) !== undefined ? undefined : path;
}

export function unescapeVersion(escaped: string): string | undefined {
  const version = unescapeCase(escaped);
  return version === undefined || !isFileName(version) ? undefined : version;
}

function unescapeCase(escaped: string): string | undefined {
  if (/[A-Z\u0080-\u{10ffff}]|!(?![a-z])/u.test(escaped)) return undefined;
  return escaped.replaceAll(/!([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Whether a comma-separated list of globs (GOPRIVATE and its kin) matches the path, or a prefix of it
 * that ends at a slash.
 */
export function matchPrefixPatterns(globs: string, target: string): boolean {
  const elements = target.split('/');
  return globs.split(',').some((word) => {
    const glob = word.replace(/\/$/, '');
    if (glob === '') return false;
    const depth = glob.split('/').length;
    if (depth > elements.length) return false;
    return globPattern(glob)?.test(elements.slice(0, depth).join('/')) ?? false;
  });
}

/** path.Match's pattern as a regular expression; undefined if malformed, which matches nothing. */
function globPattern(glob: string): RegExp | undefined {
  let source = '';
  for (let at = 0; at < glob.length; at++) {
    const char = glob[at]!;
    if (char === '*') {
      source += '[^/]*';
    } else if (char === '?') {
      source += '[^/]';
    } else if (char === '[') {
      const set = /^\[(\^?)((?:\\.|[^\\\]])+)\]/su.exec(glob.slice(at));
      if (set === null) return undefined;
      source += `[${set[1]!}${set[2]!.replaceAll('[', String.raw`\[`)}]`;
      at += set[0].length - 1;
    } else {
      const literal = char === '\\' ? glob[++at] : char;
      if (literal === undefined) return undefined;
      source += RegExp.escape(literal);
    }
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined;
  }
}
