/**
 * Import paths without modules (GO111MODULE=off, or auto outside of any module): a package is a
 * folder below GOROOT/src or below src of an entry of GOPATH.
 *
 * An import means the nearest package of that name in a folder `vendor` above the importer, then
 * GOROOT's, then the first entry's of GOPATH that has one. A folder outside of all of these has a path
 * made of its own, `_/the/folder`, so that relative imports have something to be called.
 * GOROOT: src/go/build/build.go (Import, hasSubdir, wording), src/cmd/go/internal/load/pkg.go
 * (vendoredImportPath, moduleImportPath, dirToImportPath).
 */
import { realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join, normalize, sep } from 'node:path';
import { unquoteString } from '@go-ts/base/quote';
import { type FileTree } from '../fsys/fsys.ts';

export interface GopathPlace {
  readonly dir: string;
  readonly importPath: string;
  /** GOROOT or the entry of GOPATH; '' for a folder outside of both. */
  readonly root: string;
  /** Named by its folder. */
  readonly isLocal: boolean;
  /** A folder that has the same import path and comes first. */
  readonly conflictDir: string;
}

/** What an import stands in. */
export interface Importer {
  readonly importPath: string;
  readonly dir: string;
  readonly root: string;
  readonly commandLineFiles: boolean;
}

/** A word of the command line that names a folder which is not there. */
export class NoFolder extends Error {
  readonly dir: string;
  readonly importPath: string;

  constructor(dir: string) {
    super(`cannot find package "." in:\n\t${dir}`);
    this.dir = dir;
    this.importPath = pathOfFolder(dir);
  }
}

export class Gopath {
  readonly #files: FileTree;
  readonly #goroot: string;
  readonly #entries: readonly string[];

  constructor(files: FileTree, goroot: string, gopath: string) {
    this.#files = files;
    this.#goroot = goroot;
    this.#entries = gopath
      .split(delimiter)
      .filter((entry) => entry !== '' && entry !== goroot && !entry.startsWith('~'));
  }

  /** Folders that have packages below them, GOROOT's first. */
  get sourceFolders(): readonly string[] {
    return [this.#goroot, ...this.#entries]
      .map((root) => join(root, 'src'))
      .filter((dir) => this.#files.isFolder(dir));
  }

  /** What a folder is called; `importPath` is '' if nothing can import it by a path. */
  placeOf(dir: string): GopathPlace {
    const local = { dir, importPath: '', root: '', isLocal: true, conflictDir: '' };
    const inGoroot = below(join(this.#goroot, 'src'), dir);
    if (inGoroot !== undefined && !isTestdata(inGoroot)) {
      return { ...local, importPath: inGoroot, root: this.#goroot };
    }
    for (const [i, root] of this.#entries.entries()) {
      const path = below(join(root, 'src'), dir);
      if (path === undefined || isTestdata(path)) continue;
      const earlier = [this.#goroot, ...this.#entries.slice(0, i)]
        .map((other) => join(other, 'src', path))
        .find((other) => this.#files.isFolder(other));
      if (earlier !== undefined) return { ...local, conflictDir: earlier };
      return { ...local, importPath: path, root };
    }
    return local;
  }

  /**
   * Where a path leads; an Error that says why nowhere. Without an importer it is a word of the
   * command line, `cwd` being where that was said.
   */
  find(path: string, importer: Importer | undefined, cwd: string): GopathPlace | Error {
    if (path.startsWith('mod/')) return new Error(`disallowed import path "${path}"`);
    if (path.includes('@')) {
      return new Error(
        "can only use path@version syntax with 'go get' and 'go install' in module-aware mode",
      );
    }
    if (/^\.\.?(\/|$)/.test(path)) return this.#findFolder(join(importer?.dir ?? cwd, path));
    if (path.startsWith('/')) return new Error(`import "${path}": cannot import absolute path`);
    let importPath = path;
    if (importer !== undefined) {
      importPath = this.#vendored(path, importer);
      if (importPath === path) importPath = this.#withoutVersion(path, importer);
    }
    const found = this.#lookup(importPath);
    return found ?? new Error(this.#notFound(importPath, importer, path));
  }

  #findFolder(dir: string): GopathPlace | Error {
    if (!this.#files.isFolder(dir)) return new NoFolder(dir);
    return { ...this.placeOf(dir), importPath: pathOfFolder(dir) };
  }

  /** GOROOT first; but what is called vendor/… there is GOROOT's own affair. */
  #lookup(path: string): GopathPlace | undefined {
    const roots = [this.#goroot, ...this.#entries];
    if (path.startsWith('vendor/')) roots.push(roots.shift()!);
    for (const root of roots) {
      const dir = join(root, 'src', path);
      if (!this.#files.isFolder(dir)) continue;
      return { dir, importPath: path, root, isLocal: false, conflictDir: '' };
    }
    return undefined;
  }

  #notFound(path: string, importer: Importer | undefined, written: string): string {
    const from = (dirs: readonly string[], where: string): string[] =>
      dirs.map((dir, i) => `\t${dir}${i === 0 ? ` (${where})` : ''}`);
    const vendors =
      importer === undefined || path !== written
        ? []
        : this.#vendorFolders(importer).map((dir) => join(dir, path));
    const gopath = this.#entries.map((root) => join(root, 'src', path));
    const places = [
      ...from(vendors, 'vendor tree'),
      ...from([join(this.#goroot, 'src', path)], 'from $GOROOT'),
      ...from(gopath, 'from $GOPATH'),
    ];
    if (gopath.length === 0) {
      places.push("\t($GOPATH not set. For more details see: 'go help gopath')");
    }
    return `cannot find package "${path}" in any of:\n${places.join('\n')}`;
  }

  /** The folders called vendor at and above an importer, the nearest first. */
  #vendorFolders({ dir, root }: Importer): string[] {
    const inner = root === '' ? undefined : below(root, dir);
    if (inner === undefined) return [];
    const folders: string[] = [];
    for (let at = inner; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
      const vendor = join(root, at, 'vendor');
      if (this.#files.isFolder(vendor)) folders.push(vendor);
    }
    return folders;
  }

  #vendored(path: string, importer: Importer): string {
    const src = join(importer.root, 'src');
    for (const vendor of this.#vendorFolders(importer)) {
      const dir = join(vendor, path);
      const importPath = below(src, dir);
      if (importPath !== undefined && this.#hasGoFiles(dir)) return importPath;
    }
    return path;
  }

  #hasGoFiles(dir: string): boolean {
    if (!this.#files.isFolder(dir)) return false;
    return this.#files.readFolder(dir).some((e) => !e.isDirectory() && e.name.endsWith('.go'));
  }

  /**
   * Code that lies in a module's tree may say x/y/v2/z where GOPATH has x/y/z and x/y/go.mod is that
   * of x/y/v2.
   */
  #withoutVersion(path: string, importer: Importer): string {
    const versions = [...path.matchAll(/(?<=\/|^)v(?:[2-9]\d*|1\d+)(?=\/|$)/g)];
    if (versions.length === 0 || importer.root === '') return path;
    const src = join(importer.root, 'src');
    const inner = below(src, importer.dir);
    if (inner === undefined || this.#lookup(path) !== undefined) return path;
    const hasModule = [...upwards(inner), ''].some((at) => this.#modulePath(join(src, at)) !== '');
    if (!hasModule) return path;
    for (const match of versions.toReversed()) {
      const before = path.slice(0, Math.max(0, match.index - 1));
      const module = this.#lookup(before);
      if (module === undefined) continue;
      const name = this.#modulePath(module.dir);
      if (name === '') continue;
      const end = match.index + match[0].length;
      return name === path.slice(0, end) ? before + path.slice(end) : path;
    }
    return path;
  }

  #modulePath(dir: string): string {
    const file = join(dir, 'go.mod');
    if (!this.#files.isFile(file)) return '';
    return modulePathIn(this.#files.readText(file));
  }
}

/** The path on the module line of a go.mod, as far as that can be seen without parsing it. */
export function modulePathIn(text: string): string {
  const word = /^module ([^\r\n]*)/m.exec(text)?.[1]?.trim() ?? '';
  return word.startsWith('"') ? (unquoteString(word) ?? '') : word;
}

function* upwards(path: string): Generator<string> {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) yield at;
}

/** `dir` as seen from `root`, with slashes; links are followed if need be. */
function below(root: string, dir: string): string | undefined {
  const inside = (r: string, d: string): string | undefined => {
    const prefix = r.endsWith(sep) ? r : r + sep;
    return d.startsWith(prefix) ? d.slice(prefix.length).split(sep).join('/') : undefined;
  };
  const plain = inside(normalize(root), normalize(dir));
  if (plain !== undefined || !isAbsolute(dir)) return plain;
  const [realRoot, realDir] = [real(root), real(dir)];
  return inside(realRoot, dir) ?? inside(root, realDir) ?? inside(realRoot, realDir);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isTestdata(path: string): boolean {
  return /(^|\/)testdata(\/|$)/.test(path);
}

/** Characters that no import path may have become `_`. */
function pathOfFolder(dir: string): string {
  const slashed = dir.split(sep).join('/');
  return join('_', slashed.replaceAll(/[!"#$%&'()*,:;<=>?[\\\]^{|}`\ufffd\s\p{C}]/gu, '_'));
}
