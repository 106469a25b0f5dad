/**
 * Import paths as a compiler, which knows of one package only, must judge them.
 *
 * What is wrong with a path is said before anything is looked for; what `-importcfg` maps it to, and
 * where `-D` puts relative ones, is decided here too, so that importers see full paths.
 * GOROOT: src/cmd/compile/internal/noder/import.go.
 */
import { quoteString } from '@go-ts/base/quote';
import type { Importer } from '../types/check.ts';

export interface ImportPathOptions {
  /** Of the package being compiled. */
  readonly path: string;
  /** `importmap` lines of -importcfg. */
  readonly importMap?: ReadonlyMap<string, string>;
  /** `-D`: what relative import paths are relative to. */
  readonly localPrefix?: string;
  /** `-nolocalimports` */
  readonly noLocalImports?: boolean;
}

type Found = ReturnType<Importer['importPackage']>;

/** An importer that resolves paths, and asks another one for what is left of them. */
export class PathResolver implements Importer {
  readonly #inner: Importer;
  readonly #options: ImportPathOptions;

  constructor(inner: Importer, options: ImportPathOptions) {
    this.#inner = inner;
    this.#options = options;
  }

  importPackage(path: string): Found {
    const resolved = resolveImportPath(path, this.#options);
    if ('error' in resolved) return { pkg: null, error: resolved.error };
    return this.#inner.importPackage(resolved.path);
  }
}

export function resolveImportPath(
  path: string,
  options: ImportPathOptions,
): { readonly path: string } | { readonly error: string } {
  if (path === 'main') return { error: 'cannot import "main"' };
  if (path === options.path) {
    const quoted = quoteString(path);
    return { error: `import ${quoted} while compiling that package (import cycle)` };
  }
  const mapped = options.importMap?.get(path) ?? path;
  if (!isLocal(mapped)) {
    const cleaned = clean(mapped);
    if (cleaned === mapped) return { path: mapped };
    const should = quoteString(cleaned);
    return { error: `non-canonical import path ${quoteString(mapped)} (should be ${should})` };
  }
  if (mapped.startsWith('/')) return { error: 'import path cannot be absolute path' };
  if (options.noLocalImports === true) return { error: 'local imports disallowed' };
  const joined = clean(`${options.localPrefix ?? ''}/${mapped}`.replace(/^\/(?=\.)/, ''));
  const error = pathError(joined);
  return error === '' ? { path: joined } : { error };
}

function isLocal(path: string): boolean {
  return path === '.' || path === '..' || /^(?:\/|\.\/|\.\.\/)/.test(path);
}

/** What is wrong with the characters of a path; '' for nothing. */
function pathError(path: string): string {
  const quoted = quoteString(path);
  const isReserved = path === 'go' || path === 'type';
  if (isReserved) return `import path ${quoted} is reserved and cannot be used`;
  for (const char of path) {
    if (char === '\ufffd') return `import path contains invalid UTF-8 sequence: ${quoted}`;
    if (char < ' ' || char === '\x7f') return `import path contains control character: ${quoted}`;
    if (char === '\\') return `import path contains backslash; use slash: ${quoted}`;
    if ('!"#$%&\'()*,:;<=>?[]^`{|}'.includes(char)) {
      return `import path contains invalid character '${char}': ${quoted}`;
    }
  }
  return '';
}

function clean(path: string): string {
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  const joined = parts.join('/');
  return rooted ? `/${joined}` : joined || '.';
}
