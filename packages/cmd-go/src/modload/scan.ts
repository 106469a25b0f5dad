/**
 * Which packages a folder's files import, for finding out which modules are needed.
 *
 * Either as this build reads the files, or as any build might: then every tag counts as set and as
 * not set, except `ignore`. What the build reads is kept, for the package will be loaded in a moment.
 * GOROOT: src/cmd/go/internal/imports/{scan,build}.go, src/cmd/go/internal/modload/load.go (scanDir).
 */
import { join } from 'node:path';
import { type FileTree } from '../fsys/fsys.ts';
import { type BuildContext, mightBuild } from '../load/constraint.ts';
import { scanGoHeader } from '../load/imports.ts';
import { compareBytes, readSources, type Sources } from '../load/sources.ts';
import { NoGoFilesError } from './errors.ts';

export interface Scanned {
  /** Of the package, where the build's files were read. */
  readonly name?: string;
  /** Sorted. */
  readonly imports: readonly string[];
  readonly testImports: readonly string[];
}

/** The files of folders as this build sees them. */
export class SourceCache {
  readonly #context: BuildContext;
  readonly #tests: boolean;
  readonly #known = new Map<string, Sources>();

  /** `tests` says whether test files are looked into. */
  constructor(context: BuildContext, tests: boolean) {
    this.#context = context;
    this.#tests = tests;
  }

  read(dir: string): Sources {
    let sources = this.#known.get(dir);
    if (sources === undefined) {
      sources = readSources(this.#context, dir, { tests: this.#tests });
      this.#known.set(dir, sources);
    }
    return sources;
  }
}

/** Packages of the time before import paths had dots; nobody provides them any more. */
const isMagic = (path: string): boolean =>
  path === 'C' || /^appengine(_internal)?(\/|$)/.test(path);

function sorted(paths: Iterable<string>): string[] {
  return [...new Set(paths)].filter((path) => !isMagic(path)).sort(compareBytes);
}

export function scanForBuild(cache: SourceCache, dir: string): Scanned {
  const s = cache.read(dir);
  if (s.problem?.kind === 'no-go') throw new NoGoFilesError();
  return {
    name: s.name,
    imports: sorted(s.imports.keys()),
    testImports: sorted([...s.testImports.keys(), ...s.xTestImports.keys()]),
  };
}

export function scanForAny(tree: FileTree, dir: string): Scanned {
  return scanFiles(tree, dir, goFiles(tree, dir), mightBuild);
}

/** Files named one by one: their constraints do not count. */
export function scanNamed(tree: FileTree, dir: string, files: readonly string[]): Scanned {
  return scanFiles(tree, dir, files, () => true);
}

function goFiles(tree: FileTree, dir: string): string[] {
  const names: string[] = [];
  for (const entry of tree.readFolder(dir)) {
    const { name } = entry;
    if (!name.endsWith('.go') || name.startsWith('_') || name.startsWith('.')) continue;
    const isFile = entry.isSymbolicLink() ? tree.isFile(join(dir, name)) : entry.isFile();
    if (isFile) names.push(name);
  }
  return names.sort(compareBytes);
}

function scanFiles(
  tree: FileTree,
  dir: string,
  files: readonly string[],
  counts: (text: string) => boolean,
): Scanned {
  const imports = new Set<string>();
  const testImports = new Set<string>();
  let any = false;
  for (const name of files) {
    const path = join(dir, name);
    const bytes = tree.readFile(path);
    const header = scanGoHeader(bytes, true)!;
    if (header.error !== undefined && header.imports.length === 0 && header.name === '') {
      const { line, col, msg } = header.error;
      throw new Error(`reading ${path}: ${path}:${line}:${col}: ${msg}`);
    }
    if (!counts(bytes.toString('latin1'))) continue;
    any = true;
    const into = name.endsWith('_test.go') ? testImports : imports;
    for (const spec of header.imports) into.add(spec.path);
  }
  if (!any) throw new NoGoFilesError();
  return { imports: sorted(imports), testImports: sorted(testImports) };
}
