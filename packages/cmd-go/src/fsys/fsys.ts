/**
 * The files that a command reads sources and module files from: those on disk, or those with an
 * overlay (`-overlay`), which puts other files in their places, adds some and hides some.
 *
 * An overlay maps paths to files with their contents, or to nothing: then the path does not exist.
 * Folders above an added file exist, and a file in a folder's place hides what is below. Everything that
 * the result of a build depends on is read through a FileTree; what a command writes is not.
 *
 * Invariant: without an overlay each question costs what asking the disk costs.
 * GOROOT: src/cmd/go/internal/fsys/fsys.go (rules, wording).
 */
import { existsSync, lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Failure } from '../report/failure.ts';
import { systemMessage } from '../report/system.ts';

/** What is known of a name in a folder. */
export interface Entry {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

/** As much of a file's state as anybody asks for. */
export type FileState = Pick<Stats, 'isDirectory' | 'isFile'>;

type Child = 'file' | 'folder' | 'deleted';

type Place =
  | { readonly kind: 'disk' | 'folder' | 'deleted' }
  | { readonly kind: 'file'; readonly actual: string };

const folderState: FileState = { isDirectory: () => true, isFile: () => false };

class OverlayEntry implements Entry {
  readonly name: string;
  readonly #isFolder: boolean;

  constructor(name: string, isFolder: boolean) {
    this.name = name;
    this.#isFolder = isFolder;
  }

  isDirectory(): boolean {
    return this.#isFolder;
  }

  isFile(): boolean {
    return !this.#isFolder;
  }

  isSymbolicLink(): boolean {
    return false;
  }
}

export class FileTree {
  /** Absolute path → the file with the content, '' for one that is hidden. */
  readonly #replace: ReadonlyMap<string, string>;
  /** Folders that the overlay changes, with what it says of the names in them. */
  readonly #children = new Map<string, Map<string, Child>>();
  readonly #isPlain: boolean;

  constructor(replace: ReadonlyMap<string, string>) {
    this.#replace = replace;
    this.#isPlain = replace.size === 0;
    for (const [path, actual] of replace) {
      this.#addChild(path, actual === '' ? 'deleted' : 'file');
      if (actual === '') continue;
      for (let dir = dirname(path); dir !== dirname(dir); dir = dirname(dir)) {
        this.#addChild(dir, 'folder');
      }
    }
  }

  #addChild(path: string, kind: Child): void {
    const dir = dirname(path);
    let names = this.#children.get(dir);
    if (names === undefined) {
      names = new Map();
      this.#children.set(dir, names);
    }
    if (kind !== 'deleted' || !names.has(basename(path))) names.set(basename(path), kind);
  }

  #place(path: string): Place {
    if (this.#isPlain) return onDisk;
    const abs = resolve(path);
    const actual = this.#replace.get(abs);
    if (actual === '') return this.#isFolder(abs) ? { kind: 'folder' } : { kind: 'deleted' };
    if (actual !== undefined) return { kind: 'file', actual };
    if (this.#isFolder(abs)) return { kind: 'folder' };
    for (let dir = dirname(abs); dir !== dirname(dir); dir = dirname(dir)) {
      if (this.#replace.has(dir) && !this.#isFolder(dir)) return { kind: 'deleted' };
    }
    return onDisk;
  }

  /** Whether the overlay adds anything below the path. */
  #isFolder(abs: string): boolean {
    for (const kind of this.#children.get(abs)?.values() ?? []) {
      if (kind !== 'deleted') return true;
    }
    return false;
  }

  /** The file on disk that has the content; '' for one that is hidden. */
  actual(path: string): string {
    const place = this.#place(path);
    if (place.kind === 'file') return place.actual;
    return place.kind === 'deleted' ? '' : path;
  }

  /** Whether the overlay says what the file's content is, or that there is none. */
  isReplaced(path: string): boolean {
    const { kind } = this.#place(path);
    return kind === 'file' || kind === 'deleted';
  }

  /** A replaced path at, above or below a folder that must stay what it is. */
  replacementAround(dir: string): string | undefined {
    const abs = resolve(dir);
    for (const path of this.#replace.keys()) {
      const isAround = path === abs || path.startsWith(`${abs}/`) || abs.startsWith(`${path}/`);
      if (isAround) return path;
    }
    return undefined;
  }

  /** Follows links; undefined if there is no such file. */
  stat(path: string): FileState | undefined {
    const place = this.#place(path);
    if (place.kind === 'disk') return statSync(path, { throwIfNoEntry: false });
    if (place.kind === 'file') return statSync(place.actual, { throwIfNoEntry: false });
    return place.kind === 'folder' ? folderState : undefined;
  }

  /** Does not follow links, except those that the overlay names. */
  lstat(path: string): FileState | undefined {
    const place = this.#place(path);
    return place.kind === 'disk' ? lstatSync(path, { throwIfNoEntry: false }) : this.stat(path);
  }

  exists(path: string): boolean {
    return this.#isPlain ? existsSync(path) : this.stat(path) !== undefined;
  }

  isFile(path: string): boolean {
    return this.stat(path)?.isFile() === true;
  }

  isFolder(path: string): boolean {
    return this.stat(path)?.isDirectory() === true;
  }

  readFile(path: string): Buffer {
    const place = this.#place(path);
    if (place.kind === 'disk') return readFileSync(path);
    if (place.kind === 'file') return readFileSync(place.actual);
    throw absent(path, 'open');
  }

  readText(path: string): string {
    return this.#isPlain ? readFileSync(path, 'utf8') : this.readFile(path).toString('utf8');
  }

  /** What is in a folder, in no particular order. */
  readFolder(dir: string): Entry[] {
    if (this.#isPlain) return readdirSync(dir, { withFileTypes: true });
    const place = this.#place(dir);
    if (place.kind === 'deleted') throw absent(dir, 'open');
    if (place.kind === 'file') throw absent(dir, 'readdir', 'ENOTDIR');
    const onlyInOverlay = place.kind === 'folder' && !isFolderOnDisk(dir);
    const entries = new Map<string, Entry>();
    if (!onlyInOverlay) {
      for (const entry of readdirSync(dir, { withFileTypes: true })) entries.set(entry.name, entry);
    }
    for (const [name, kind] of this.#children.get(resolve(dir)) ?? []) {
      if (kind === 'deleted') entries.delete(name);
      else entries.set(name, new OverlayEntry(name, kind === 'folder'));
    }
    return [...entries.values()];
  }
}

const onDisk: Place = { kind: 'disk' };

function isFolderOnDisk(dir: string): boolean {
  return statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true;
}

function absent(path: string, syscall: string, code: string = 'ENOENT'): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, syscall, path });
}

/** The files on disk as they are. */
export const disk = new FileTree(new Map());

/** The tree that `-overlay FILE` asks for; nothing in the module cache may be replaced. */
export function openOverlay(file: string, gomodcache: string): FileTree {
  if (file === '') return disk;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const failure = { ...(error as NodeJS.ErrnoException), path: file };
    throw new Failure(`go: reading overlay: ${systemMessage(failure)}`);
  }
  const tree = new FileTree(parseOverlay(text));
  const inside = gomodcache === '' ? undefined : tree.replacementAround(gomodcache);
  if (inside !== undefined) {
    throw new Failure(
      `go: overlay contains a replacement for ${inside}. Files beneath GOMODCACHE (${gomodcache}) must not be replaced.`,
    );
  }
  return tree;
}

/** Paths made absolute, in order; refuses what contradicts itself. */
export function parseOverlay(text: string): Map<string, string> {
  const written = new Map<string, string>();
  const replace = new Map<string, string>();
  for (const [from, to] of readReplace(text).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (from === '') throw new Failure('go: empty string key in overlay map');
    const abs = resolve(from);
    const other = written.get(abs);
    if (other !== undefined) {
      throw new Failure(`go: duplicate paths ${other} and ${from} in overlay map`);
    }
    written.set(abs, from);
    replace.set(abs, to === '' ? '' : resolve(to));
  }
  for (const [path, actual] of replace) {
    if (actual === '') continue;
    for (let dir = dirname(path); dir !== dirname(dir); dir = dirname(dir)) {
      if ((replace.get(dir) ?? '') === '') continue;
      throw new Failure(`go: inconsistent files ${dir} and ${path} in overlay map`);
    }
  }
  return replace;
}

function readReplace(text: string): [string, string][] {
  const fail = (what: string): never => {
    throw new Failure(`go: parsing overlay JSON: ${what}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fail((error as Error).message);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return fail('it is not an object');
  }
  // Names in JSON match whatever their case, as encoding/json has it.
  const named = Object.entries(json).find(([name]) => name.toLowerCase() === 'replace');
  const replace: unknown = named?.[1] ?? {};
  if (typeof replace !== 'object' || replace === null || Array.isArray(replace)) {
    return fail('Replace is not an object');
  }
  return Object.entries(replace).map(([from, to]): [string, string] =>
    typeof to === 'string' ? [from, to] : fail(`the replacement of ${from} is not a string`),
  );
}
