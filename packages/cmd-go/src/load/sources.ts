/**
 * One folder of Go files, sorted by what a build does with each.
 *
 * GOROOT: src/go/build/build.go (Import, matchFile).
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type FileTree } from '../fsys/fsys.ts';
import { type BuildContext, matchFileName, shouldBuild } from './constraint.ts';
import { shorten } from './gomod.ts';
import { type GoHeader, scanGoHeader } from './imports.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

export interface Sources {
  readonly dir: string;
  readonly name: string;
  readonly goFiles: string[];
  readonly ignoredGoFiles: string[];
  readonly invalidGoFiles: string[];
  readonly ignoredOtherFiles: string[];
  readonly cFiles: string[];
  readonly cxxFiles: string[];
  readonly mFiles: string[];
  readonly hFiles: string[];
  readonly fFiles: string[];
  readonly sFiles: string[];
  readonly swigFiles: string[];
  readonly swigCxxFiles: string[];
  readonly sysoFiles: string[];
  readonly testGoFiles: string[];
  readonly xTestGoFiles: string[];
  /** Import path → where it stands, in the order of files. */
  readonly imports: ReadonlyMap<string, Place[]>;
  readonly testImports: ReadonlyMap<string, Place[]>;
  readonly xTestImports: ReadonlyMap<string, Place[]>;
  readonly embeds: ReadonlyMap<string, Place[]>;
  readonly testEmbeds: ReadonlyMap<string, Place[]>;
  readonly xTestEmbeds: ReadonlyMap<string, Place[]>;
  readonly directives: readonly string[];
  readonly testDirectives: readonly string[];
  readonly problem: SourceProblem | undefined;
}

export type SourceProblem =
  | { readonly kind: 'no-go' }
  | { readonly kind: 'syntax'; readonly at: Place; readonly msg: string }
  | { readonly kind: 'other'; readonly msg: string };

export interface ReadOptions {
  /** Only these names, whatever their constraints say: files named on the command line. */
  readonly files?: readonly string[];
  /** Look into _test.go files too. */
  readonly tests: boolean;
}

const otherKinds: Record<string, keyof Sources> = {
  '.c': 'cFiles',
  '.cc': 'cxxFiles',
  '.cpp': 'cxxFiles',
  '.cxx': 'cxxFiles',
  '.m': 'mFiles',
  '.h': 'hFiles',
  '.hh': 'hFiles',
  '.hpp': 'hFiles',
  '.hxx': 'hFiles',
  '.f': 'fFiles',
  '.F': 'fFiles',
  '.for': 'fFiles',
  '.f90': 'fFiles',
  '.s': 'sFiles',
  '.S': 'sFiles',
  '.sx': 'sFiles',
  '.swig': 'swigFiles',
  '.swigcxx': 'swigCxxFiles',
  '.syso': 'sysoFiles',
};

type Places = Map<string, Place[]>;

export function readSources(context: BuildContext, dir: string, options: ReadOptions): Sources {
  const imports: Places = new Map();
  const testImports: Places = new Map();
  const xTestImports: Places = new Map();
  const embeds: Places = new Map();
  const testEmbeds: Places = new Map();
  const xTestEmbeds: Places = new Map();
  const directives: string[] = [];
  const testDirectives: string[] = [];
  let name = '';
  let firstFile = '';
  let problem: SourceProblem | undefined;
  const lists = {
    goFiles: [] as string[],
    ignoredGoFiles: [] as string[],
    invalidGoFiles: [] as string[],
    ignoredOtherFiles: [] as string[],
    cFiles: [] as string[],
    cxxFiles: [] as string[],
    mFiles: [] as string[],
    hFiles: [] as string[],
    fFiles: [] as string[],
    sFiles: [] as string[],
    swigFiles: [] as string[],
    swigCxxFiles: [] as string[],
    sysoFiles: [] as string[],
    testGoFiles: [] as string[],
    xTestGoFiles: [] as string[],
  };
  const bad = (file: string, what: SourceProblem): void => {
    problem ??= what;
    if (!lists.invalidGoFiles.includes(file)) lists.invalidGoFiles.push(file);
  };
  for (const file of options.files ?? fileNames(context.files, dir)) {
    const dot = file.lastIndexOf('.');
    const ext = dot < 0 ? '' : file.slice(dot);
    const kind = otherKinds[ext];
    if (ext !== '.go') {
      if (kind === undefined || file.startsWith('_') || file.startsWith('.')) continue;
      const built = matchOther(context, dir, file, options.files !== undefined);
      // .S and .sx go to a C compiler, which we have not.
      const wanted = built && ext !== '.S' && ext !== '.sx';
      (wanted ? lists[kind as keyof typeof lists] : lists.ignoredOtherFiles).push(file);
      continue;
    }
    if (file.startsWith('_') || file.startsWith('.')) continue;
    const isTest = file.endsWith('_test.go');
    if (options.files === undefined && !matchFileName(context, file)) {
      lists.ignoredGoFiles.push(file);
      continue;
    }
    if (isTest && !options.tests) {
      lists.testGoFiles.push(file);
      continue;
    }
    const path = join(dir, file);
    const read = readGo(context, path, options.files !== undefined);
    if (read === 'ignored') {
      lists.ignoredGoFiles.push(file);
      continue;
    }
    if ('refused' in read) {
      bad(file, { kind: 'other', msg: read.refused });
      continue;
    }
    if (read.error !== undefined) {
      const { line, col, msg, isPath, isReading } = read.error;
      if (isReading === true) bad(file, { kind: 'other', msg: `read ${path}: ${msg}` });
      else if (isPath === true) bad(file, { kind: 'other', msg: `${path}:${line}:${col}: ${msg}` });
      else bad(file, { kind: 'syntax', at: { file: path, line, col }, msg });
    }
    let pkg = read.name;
    if (pkg === 'documentation') {
      lists.ignoredGoFiles.push(file);
      continue;
    }
    let isXTest = false;
    if (isTest && pkg.endsWith('_test') && name !== pkg) {
      isXTest = true;
      pkg = pkg.slice(0, -'_test'.length);
    }
    if (name === '') {
      name = pkg;
      firstFile = file;
    } else if (pkg !== name) {
      bad(file, {
        kind: 'other',
        msg: `found packages ${name} (${firstFile}) and ${pkg} (${file}) in ${dir}`,
      });
    }
    const usesCgo = read.imports.some((spec) => spec.path === 'C');
    if (usesCgo && isTest) {
      bad(file, { kind: 'other', msg: `use of cgo in test ${path} not supported` });
    } else if (usesCgo) {
      lists.ignoredGoFiles.push(file);
      continue;
    }
    const record = (to: Places, key: string, at: { line: number; col: number }): void => {
      const places = to.get(key) ?? [];
      places.push({ file: path, line: at.line, col: at.col });
      to.set(key, places);
    };
    const [files, into, patterns] = isXTest
      ? [lists.xTestGoFiles, xTestImports, xTestEmbeds]
      : isTest
        ? [lists.testGoFiles, testImports, testEmbeds]
        : [lists.goFiles, imports, embeds];
    files.push(file);
    for (const spec of read.imports) record(into, spec.path, spec);
    for (const embed of read.embeds) record(patterns, embed.pattern, embed);
    (isTest ? testDirectives : directives).push(...read.directives);
  }
  lists.ignoredOtherFiles.sort();
  const { goFiles, testGoFiles, xTestGoFiles } = lists;
  if (problem === undefined && goFiles.length + testGoFiles.length + xTestGoFiles.length === 0) {
    problem = { kind: 'no-go' };
  }
  return {
    dir,
    name,
    ...lists,
    imports,
    testImports,
    xTestImports,
    embeds,
    testEmbeds,
    xTestEmbeds,
    directives,
    testDirectives,
    problem,
  };
}

/** Regular files, and links to such, in byte order of their names. */
function fileNames(files: FileTree, dir: string): string[] {
  const names: string[] = [];
  for (const entry of files.readFolder(dir)) {
    if (entry.isDirectory()) continue;
    if (entry.isSymbolicLink() && files.isFolder(join(dir, entry.name))) continue;
    names.push(entry.name);
  }
  return names.sort(compareBytes);
}

/** Go compares strings by bytes; UTF-16 order differs only beyond ASCII. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function matchOther(context: BuildContext, dir: string, file: string, all: boolean): boolean {
  if (all) return true;
  if (!matchFileName(context, file)) return false;
  // Objects have no comments to look at.
  if (file.endsWith('.syso')) return true;
  const built = shouldBuild(
    context,
    readBeginning(context.files.actual(join(dir, file)), 4096).toString('latin1'),
  );
  return built === true;
}

const chunk = Buffer.allocUnsafe(256 * 1024);
const firstRead = 4096;

function readGo(
  context: BuildContext,
  path: string,
  all: boolean,
): GoHeader | 'ignored' | { refused: string } {
  let size = firstRead;
  const actual = context.files.actual(path);
  for (;;) {
    const bytes = readBeginning(actual, size);
    const complete = bytes.length < size;
    if (!all) {
      const built = shouldBuild(context, bytes.toString('latin1'));
      if (built === false) return 'ignored';
      if (built !== true) return { refused: `${shorten(path)}: ${built.error}` };
    }
    const header = scanGoHeader(bytes, complete);
    if (header !== undefined) return header;
    size *= 16;
  }
}

/** At most `size` bytes; the result is valid until the next call. */
function readBeginning(path: string, size: number): Buffer {
  if (size > chunk.length) return readFileSync(path);
  const fd = openSync(path, 'r');
  try {
    let length = 0;
    while (length < size) {
      const n = readSync(fd, chunk, length, size - length, null);
      if (n === 0) break;
      length += n;
    }
    return chunk.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}
