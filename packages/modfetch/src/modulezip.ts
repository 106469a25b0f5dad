/**
 * The rules that a module's zip must keep before a single file of it is used.
 *
 * Every name starts with `path@version/`; what follows is a relative slash path without `.` or `..`
 * elements, of characters that every file system accepts; no two names differ only in case; the
 * whole and its go.mod and LICENSE stay within upstream's limits.
 * GOROOT: src/cmd/vendor/golang.org/x/mod/zip/zip.go, src/cmd/vendor/golang.org/x/mod/module/module.go
 * (CheckFilePath).
 */
import { ModuleError } from './error.ts';
import { readZip, type ZipEntry } from './zip.ts';

export const maxZipFile = 500 * 2 ** 20;
const maxSmallFile = 16 * 2 ** 20;

export interface ModuleFile {
  /** Below the module's root. */
  readonly path: string;
  /** In the archive: `path@version/` and the path. */
  readonly name: string;
  readonly entry: ZipEntry;
}

export function readModuleZip(bytes: Uint8Array, path: string, version: string): ModuleFile[] {
  const where = `${path}@${version}`;
  if (bytes.length > maxZipFile) throw new ModuleError(`${where}: zip file is too large`);
  const prefix = `${where}/`;
  const files: ModuleFile[] = [];
  const folded = new Map<string, string>();
  let total = 0;
  for (const entry of readZip(bytes)) {
    const { name } = entry;
    const fail = (why: string): never => {
      throw new ModuleError(`${where}: ${JSON.stringify(name)}: ${why}`);
    };
    if (!name.startsWith(prefix)) fail(`path does not have prefix ${JSON.stringify(prefix)}`);
    const inner = name.slice(prefix.length);
    if (inner === '' || entry.isDirectory) {
      if (entry.size > 0) fail('directory with content');
      continue;
    }
    const problem = checkFilePath(inner);
    if (problem !== undefined) fail(problem);
    checkCollision(folded, inner, fail);
    const kind = entry.mode & 0o170000;
    if (kind !== 0 && kind !== 0o100000) fail('not a regular file');
    if ((inner === 'go.mod' || inner === 'LICENSE') && entry.size > maxSmallFile) fail('too large');
    total += entry.size;
    if (total > maxZipFile) throw new ModuleError(`${where}: total size of files is too large`);
    files.push({ path: inner, name, entry });
  }
  return files;
}

/**
 * Refuses names that a case-insensitive file system would merge, and a name that is both a file and
 * the folder of another.
 */
function checkCollision(
  folded: Map<string, string>,
  path: string,
  fail: (why: string) => never,
): void {
  const elements = path.split('/');
  for (let i = 1; i <= elements.length; i++) {
    const isFile = i === elements.length;
    const part = elements.slice(0, i).join('/') + (isFile ? '' : '/');
    const key = part.toLowerCase().replace(/\/$/, '');
    const other = folded.get(key);
    if (other === undefined) {
      folded.set(key, part);
    } else if (isFile && other === part) {
      fail('multiple entries');
    } else if (other !== part) {
      fail(`case-insensitive file name collision with ${JSON.stringify(other)}`);
    }
  }
}

/** Names that Windows takes for devices, with any extension. */
const devices = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)/i;
const allowed = /^[\p{L}0-9 !#$%&()+,\-.=@[\]^_{}~]+$/u;

/** Why a slash path cannot be a file of a module, or undefined. */
export function checkFilePath(path: string): string | undefined {
  if (path.startsWith('/')) return 'malformed file path: leading slash';
  if (path.endsWith('/')) return 'malformed file path: trailing slash';
  for (const element of path.split('/')) {
    if (element === '') return 'malformed file path: double slash';
    if (/^\.+$/.test(element)) return `invalid path element ${JSON.stringify(element)}`;
    if (element.endsWith('.')) return 'trailing dot in path element';
    if (!allowed.test(element)) return 'invalid char in path element';
    if (devices.test(element)) return `disallowed path element ${JSON.stringify(element)}`;
  }
  return undefined;
}
