/**
 * Which files a `//go:embed` pattern means.
 *
 * Patterns are slash paths with path.Match's wildcards. Only what a module's zip could hold can be
 * embedded; a folder stands for its files, without hidden ones unless the pattern begins with `all:`.
 * GOROOT: src/cmd/go/internal/load/pkg.go (resolveEmbed), src/path/match.go.
 */
import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkFilePath } from '@go-ts/modfetch/version/filepath';
import { compareBytes } from './sources.ts';

export interface Embedded {
  /** Sorted, each once. */
  readonly files: readonly string[];
  readonly byPattern: ReadonlyMap<string, readonly string[]>;
}

export class EmbedFault extends Error {
  readonly pattern: string;

  constructor(pattern: string, message: string) {
    super(`pattern ${pattern}: ${message}`);
    this.pattern = pattern;
  }
}

export function resolveEmbeds(dir: string, patterns: Iterable<string>): Embedded {
  const byPattern = new Map<string, string[]>();
  const all = new Set<string>();
  for (const pattern of patterns) {
    const files = resolveOne(dir, pattern);
    byPattern.set(pattern, files);
    for (const file of files) all.add(file);
  }
  return { files: [...all].sort(compareBytes), byPattern };
}

function resolveOne(dir: string, pattern: string): string[] {
  const fail = (message: string): never => {
    throw new EmbedFault(pattern, message);
  };
  const hidden = pattern.startsWith('all:');
  const glob = hidden ? pattern.slice('all:'.length) : pattern;
  const elements = glob.split('/');
  const matchers = elements.map(globElement);
  if (glob === '.' || elements.some((e) => e === '' || e === '.' || e === '..')) {
    fail('invalid pattern syntax');
  }
  if (matchers.includes(undefined)) fail('invalid pattern syntax');
  const found = new Set<string>();
  for (const file of expand(dir, '', elements, matchers as RegExp[])) {
    const info = lstatSync(join(dir, file));
    const what = info.isDirectory() ? 'directory' : 'file';
    checkPlace(dir, file, what, fail);
    if (info.isFile()) {
      found.add(file);
    } else if (info.isDirectory()) {
      const before = found.size;
      const inside = filesBelow(dir, file, hidden, fail);
      for (const inner of inside) found.add(inner);
      if (inside.length === 0 && found.size === before) {
        fail(`cannot embed directory ${file}: contains no embeddable files`);
      }
    } else {
      fail(`cannot embed irregular file ${file}`);
    }
  }
  if (found.size === 0) fail('no matching files found');
  return [...found].sort(compareBytes);
}

/** The paths below `dir` that match, element by element. */
function expand(
  dir: string,
  base: string,
  elements: readonly string[],
  matchers: readonly RegExp[],
): string[] {
  const [element, ...rest] = elements;
  const [matcher, ...later] = matchers;
  const folder = join(dir, base);
  let names: string[];
  if (/[*?[\\]/.test(element!)) {
    if (!isFolder(folder)) return [];
    names = readdirSync(folder)
      .filter((name) => matcher!.test(name))
      .sort(compareBytes);
  } else {
    names = statOf(join(folder, element!)) === undefined ? [] : [element!];
  }
  const paths = names.map((name) => (base === '' ? name : `${base}/${name}`));
  return rest.length === 0 ? paths : paths.flatMap((path) => expand(dir, path, rest, later));
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Refuses what lies in another module, behind a link, or under a name no module may have. */
function checkPlace(
  dir: string,
  file: string,
  what: string,
  fail: (message: string) => never,
): void {
  const elements = file.split('/');
  for (let n = elements.length; n > 0; n--) {
    const at = elements.slice(0, n).join('/');
    const name = elements[n - 1]!;
    if (statOf(join(dir, at, 'go.mod')) !== undefined) {
      fail(`cannot embed ${what} ${file}: in different module`);
    }
    if (n < elements.length && statOf(join(dir, at))?.isDirectory() !== true) {
      fail(`cannot embed ${what} ${file}: in non-directory ${at}`);
    }
    if (isBadName(name)) {
      const place = n === elements.length ? `invalid name ${name}` : `in invalid directory ${name}`;
      fail(`cannot embed ${what} ${file}: ${place}`);
    }
  }
}

function isBadName(name: string): boolean {
  return ['.bzr', '.hg', '.git', '.svn'].includes(name) || checkFilePath(name) !== undefined;
}

function filesBelow(
  dir: string,
  base: string,
  hidden: boolean,
  fail: (message: string) => never,
): string[] {
  const files: string[] = [];
  const entries = readdirSync(join(dir, base), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => compareBytes(a.name, b.name))) {
    const path = `${base}/${entry.name}`;
    const concealed = /^[._]/.test(entry.name);
    if (isBadName(entry.name) || (concealed && !hidden)) {
      if (entry.isDirectory() || concealed) continue;
      fail(`cannot embed file ${path}: invalid name ${entry.name}`);
    }
    if (entry.isDirectory()) {
      if (statOf(join(dir, path, 'go.mod')) === undefined) {
        files.push(...filesBelow(dir, path, hidden, fail));
      }
    } else if (entry.isFile()) {
      files.push(path);
    }
  }
  return files;
}

/** One element of a path.Match pattern as an expression; undefined if malformed. */
export function globElement(glob: string): RegExp | undefined {
  let source = '';
  for (let i = 0; i < glob.length; i++) {
    const c = glob[i]!;
    if (c === '*') {
      source += '[^/]*';
    } else if (c === '?') {
      source += '[^/]';
    } else if (c === '\\') {
      i++;
      if (i >= glob.length) return undefined;
      source += escapeChar(glob[i]!);
    } else if (c === '[') {
      const range = /^\[(\^?)((?:\\.|[^\]\\])(?:\\.|[^\]\\])*)\]/.exec(glob.slice(i));
      if (range === null) return undefined;
      source += `(?!/)[${range[1]}${range[2]!.replaceAll(/\[|&&|--/g, String.raw`\$&`)}]`;
      i += range[0].length - 1;
    } else {
      source += escapeChar(c);
    }
  }
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    return undefined;
  }
}

function escapeChar(c: string): string {
  return /[\^$.|?*+()[\]{}/\\]/.test(c) ? `\\${c}` : c;
}
