/**
 * Which files a `//go:embed` pattern means.
 *
 * Patterns are slash paths with path.Match's wildcards. Only what a module's zip could hold can be
 * embedded; a folder stands for its files, without hidden ones unless the pattern begins with `all:`.
 * GOROOT: src/cmd/go/internal/load/pkg.go (resolveEmbed), src/path/match.go.
 */
import { join } from 'node:path';
import { checkFilePath } from '@go-ts/modfetch/version/filepath';
import { type FileState, type FileTree } from '../fsys/fsys.ts';
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

export function resolveEmbeds(tree: FileTree, dir: string, patterns: Iterable<string>): Embedded {
  const byPattern = new Map<string, string[]>();
  const all = new Set<string>();
  for (const pattern of patterns) {
    const files = resolveOne(tree, dir, pattern);
    byPattern.set(pattern, files);
    for (const file of files) all.add(file);
  }
  return { files: [...all].sort(compareBytes), byPattern };
}

function resolveOne(tree: FileTree, dir: string, pattern: string): string[] {
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
  for (const file of expand({ tree, dir }, '', elements, matchers as RegExp[])) {
    const info = tree.lstat(join(dir, file))!;
    const what = info.isDirectory() ? 'directory' : 'file';
    checkPlace({ tree, dir }, file, what, fail);
    if (info.isFile()) {
      found.add(file);
    } else if (info.isDirectory()) {
      const before = found.size;
      const inside = filesBelow({ tree, dir }, file, hidden, fail);
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

/** A folder of the tree. */
interface Below {
  readonly tree: FileTree;
  readonly dir: string;
}

/** The paths below `dir` that match, element by element. */
function expand(
  { tree, dir }: Below,
  base: string,
  elements: readonly string[],
  matchers: readonly RegExp[],
): string[] {
  const [element, ...rest] = elements;
  const [matcher, ...later] = matchers;
  const folder = join(dir, base);
  let names: string[];
  if (/[*?[\\]/.test(element!)) {
    if (!tree.isFolder(folder)) return [];
    names = tree
      .readFolder(folder)
      .map(({ name }) => name)
      .filter((name) => matcher!.test(name))
      .sort(compareBytes);
  } else {
    names = statOf(tree, join(folder, element!)) === undefined ? [] : [element!];
  }
  const paths = names.map((name) => (base === '' ? name : `${base}/${name}`));
  return rest.length === 0
    ? paths
    : paths.flatMap((path) => expand({ tree, dir }, path, rest, later));
}

function statOf(tree: FileTree, path: string): FileState | undefined {
  try {
    return tree.lstat(path);
  } catch {
    return undefined;
  }
}

/** Refuses what lies in another module, behind a link, or under a name no module may have. */
function checkPlace(
  { tree, dir }: Below,
  file: string,
  what: string,
  fail: (message: string) => never,
): void {
  const elements = file.split('/');
  for (let n = elements.length; n > 0; n--) {
    const at = elements.slice(0, n).join('/');
    const name = elements[n - 1]!;
    if (statOf(tree, join(dir, at, 'go.mod')) !== undefined) {
      fail(`cannot embed ${what} ${file}: in different module`);
    }
    if (n < elements.length && statOf(tree, join(dir, at))?.isDirectory() !== true) {
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
  { tree, dir }: Below,
  base: string,
  hidden: boolean,
  fail: (message: string) => never,
): string[] {
  const files: string[] = [];
  const entries = tree.readFolder(join(dir, base));
  for (const entry of entries.sort((a, b) => compareBytes(a.name, b.name))) {
    const path = `${base}/${entry.name}`;
    const concealed = /^[._]/.test(entry.name);
    if (isBadName(entry.name) || (concealed && !hidden)) {
      if (entry.isDirectory() || concealed) continue;
      fail(`cannot embed file ${path}: invalid name ${entry.name}`);
    }
    if (entry.isDirectory()) {
      if (statOf(tree, join(dir, path, 'go.mod')) === undefined) {
        files.push(...filesBelow({ tree, dir }, path, hidden, fail));
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
