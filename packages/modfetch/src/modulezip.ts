/**
 * The rules that a module's zip must keep before a single file of it is used, and that one is made by.
 *
 * Every name starts with `path@version/`; what follows is a clean relative slash path of characters
 * that every file system accepts; no two names differ only in case, and none is both a file and a
 * folder; go.mod is at the root only; the whole and its go.mod and LICENSE stay within limits. All
 * faults are listed, one a line, as upstream does.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/zip/zip.go (rules and wordings).
 */
import { quoteString } from '@go-ts/base/quote';
import { ModuleError } from './error.ts';
import { checkFilePath } from './version/filepath.ts';
import { canonicalVersion, checkModule } from './version/module.ts';
import { readZip, type ZipEntry } from './zip.ts';
import { type NewEntry, writeZip } from './zipwrite.ts';

export const maxZipFile = 500 * 2 ** 20;
const maxSmallFile = 16 * 2 ** 20;

export interface ModuleFile {
  /** Below the module's root. */
  readonly path: string;
  /** In the archive: `path@version/` and the path. */
  readonly name: string;
  readonly entry: ZipEntry;
}

/** The files of a zip that keeps the rules; throws if it does not. */
export function readModuleZip(bytes: Uint8Array, path: string, version: string): ModuleFile[] {
  checkName(path, version);
  if (bytes.length > maxZipFile) {
    throw new ModuleError(
      `module zip file is too large (${bytes.length} bytes; limit is ${maxZipFile} bytes)`,
    );
  }
  const prefix = `${path}@${version}/`;
  const files: ModuleFile[] = [];
  const faults: string[] = [];
  const seen = new Collisions();
  let total = 0;
  for (const entry of readZip(bytes)) {
    const { name } = entry;
    const why = faultOf(entry, prefix, seen);
    if (why !== undefined) {
      faults.push(`${name}: ${why}`);
      continue;
    }
    const inner = name.slice(prefix.length);
    if (inner === '' || entry.isDirectory) continue;
    total += entry.size;
    files.push({ path: inner, name, entry });
  }
  if (total > maxZipFile) {
    throw new ModuleError(
      `total uncompressed size of module contents too large (max size is ${maxZipFile} bytes)`,
    );
  }
  if (faults.length > 0) throw new ModuleError(faults.join('\n'));
  return files;
}

function checkName(path: string, version: string): void {
  const canonical = canonicalVersion(version);
  if (canonical !== version) {
    throw new ModuleError(
      `version ${quoteString(version)} is not canonical (should be ${quoteString(canonical)})`,
    );
  }
  const wrong = checkModule(path, version);
  if (wrong !== undefined) throw new ModuleError(wrong.message, { cause: wrong });
}

function faultOf(entry: ZipEntry, prefix: string, seen: Collisions): string | undefined {
  if (!entry.name.startsWith(prefix)) {
    return `path does not have prefix ${quoteString(prefix)}`;
  }
  const inner = entry.name.slice(prefix.length);
  if (inner === '') return undefined;
  const path = entry.isDirectory ? inner.slice(0, -1) : inner;
  if (!isClean(path)) return 'file path is not clean';
  const problem = checkFilePath(path) ?? seen.add(path, entry.isDirectory);
  if (problem !== undefined || entry.isDirectory) return problem;
  // Upstream would write a link's target as the file's content.
  const kind = entry.mode & 0o170000;
  if (kind === 0o120000) return 'file is a symbolic link';
  if (kind !== 0 && kind !== 0o100000) return 'not a regular file';
  const base = path.slice(path.lastIndexOf('/') + 1);
  if (base.toLowerCase() === 'go.mod') {
    if (base !== path) return 'go.mod file not in module root directory';
    if (path !== 'go.mod') return 'go.mod files must have lowercase names';
  }
  return sizeFault(path, entry.size);
}

function sizeFault(path: string, size: number): string | undefined {
  const limited = path === 'go.mod' || path === 'LICENSE';
  if (!limited || size <= maxSmallFile) return undefined;
  return `${path} file too large (max size is ${maxSmallFile} bytes)`;
}

/** What path.Clean leaves as it is. */
function isClean(path: string): boolean {
  if (path === '' || path.startsWith('/')) return false;
  return path.split('/').every((element) => element !== '' && element !== '.' && element !== '..');
}

/** Names so far, by what a file system that folds case makes of them. */
class Collisions {
  readonly #seen = new Map<string, { path: string; isDirectory: boolean }>();

  add(path: string, isDirectory: boolean): string | undefined {
    const key = path.toLowerCase();
    const other = this.#seen.get(key);
    if (other === undefined) {
      this.#seen.set(key, { path, isDirectory });
    } else if (other.path !== path) {
      return `case-insensitive file name collision: ${quoteString(other.path)} and ${quoteString(path)}`;
    } else if (other.isDirectory !== isDirectory) {
      return `entry ${quoteString(path)} is both a file and a directory`;
    } else if (!isDirectory) {
      return `multiple entries for file ${quoteString(path)}`;
    } else {
      // Its parents were looked at when it was seen first.
      return undefined;
    }
    const slash = path.lastIndexOf('/');
    return slash < 0 ? undefined : this.add(path.slice(0, slash), true);
  }
}

export interface SourceFile {
  /** Below the module's root, with slashes. */
  readonly path: string;
  readonly size: number;
  readonly kind: 'file' | 'symlink' | 'other';
  read(): Uint8Array;
}

/**
 * Makes the zip of a module out of a source tree. Other modules' files, vendored packages and what is
 * no regular file are left out; names that break the rules are refused.
 */
export function createModuleZip(
  path: string,
  version: string,
  files: readonly SourceFile[],
): Uint8Array {
  checkName(path, version);
  const modules = new Set<string>();
  for (const file of files) {
    const slash = file.path.lastIndexOf('/') + 1;
    if (file.kind === 'file' && file.path.slice(slash).toLowerCase() === 'go.mod') {
      modules.add(file.path.slice(0, slash));
    }
  }
  const goMod = files.find((file) => file.path === 'go.mod' && file.kind === 'file');
  const vendorRule = goMod !== undefined && isSince124(Buffer.from(goMod.read()).toString());
  const faults: string[] = [];
  const seen = new Collisions();
  const entries: NewEntry[] = [];
  let total = 0;
  for (const file of files) {
    const name = file.path;
    if (isClean(name)) {
      if (isVendored(name, vendorRule) || inModule(name, modules)) continue;
      if (name === '.hg_archival.txt') continue;
    }
    const why = isClean(name)
      ? (checkFilePath(name) ?? caseOfGoMod(name) ?? seen.add(name, false))
      : 'file path is not clean';
    if (why === undefined && file.kind !== 'file') {
      if (file.kind === 'other') faults.push(`${name}: not a regular file`);
      continue;
    }
    const problem = why ?? sizeFault(name, file.size);
    if (problem !== undefined) {
      faults.push(`${name}: ${problem}`);
      continue;
    }
    total += file.size;
    entries.push({ name: `${path}@${version}/${name}`, content: file.read() });
  }
  if (total > maxZipFile) {
    throw new ModuleError(
      `create zip: module source tree too large (max size is ${maxZipFile} bytes)`,
    );
  }
  if (faults.length > 0) throw new ModuleError(`create zip: ${faults.join('\n')}`);
  return writeZip(entries);
}

function caseOfGoMod(path: string): string | undefined {
  const isOdd = path.toLowerCase() === 'go.mod' && path !== 'go.mod';
  return isOdd ? 'go.mod files must have lowercase names' : undefined;
}

/** Whether go.mod says `go 1.24` or later, which decides what counts as vendored. */
function isSince124(goMod: string): boolean {
  const match = /^go\s+1\.(\d+)/m.exec(goMod);
  return match !== null && Number(match[1]) >= 24;
}

/** A package in a vendor folder. Before go 1.24 the rule for nested ones was wrong, and must stay so. */
function isVendored(path: string, since124: boolean): boolean {
  if (since124 && path === 'vendor/modules.txt') return true;
  if (path.startsWith('vendor/')) return path.slice('vendor/'.length).includes('/');
  const at = path.indexOf('/vendor/');
  if (at < 0) return false;
  return path.slice((since124 ? at : 0) + '/vendor/'.length).includes('/');
}

function inModule(path: string, modules: ReadonlySet<string>): boolean {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    if (modules.has(path.slice(0, at + 1))) return true;
  }
  return false;
}
