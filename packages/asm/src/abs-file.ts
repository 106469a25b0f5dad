/**
 * Names of source files as objects record them: absolute, then rewritten by -trimpath.
 *
 * GOROOT: src/cmd/internal/objabi/line.go.
 */
import { joinPath } from './lex/input.ts';

export interface AbsFileOptions {
  readonly workingDir: string;
  /** Rewrites `prefix` (removed) or `prefix=>replacement`, separated by semicolons. */
  readonly trimPath?: string;
  readonly goroot?: string;
}

export function absFile(name: string, options: AbsFileOptions): string {
  const { workingDir, trimPath = '', goroot = '' } = options;
  const isAbsolute = name.startsWith('/') || /^[A-Za-z]:[/\\]/.test(name);
  const path = workingDir === '' || isAbsolute ? name : joinPath(workingDir, name);
  for (const rewrite of trimPath.split(';')) {
    const rewritten = applyRewrite(path, rewrite);
    if (rewritten !== null) return rewritten === '' ? '??' : rewritten;
  }
  if (goroot !== '' && hasPathPrefix(path, goroot)) return `$GOROOT${path.slice(goroot.length)}`;
  return path === '' ? '??' : path;
}

function applyRewrite(path: string, rewrite: string): string | null {
  const arrow = rewrite.lastIndexOf('=>');
  const prefix = arrow < 0 ? rewrite : rewrite.slice(0, arrow);
  const replacement = arrow < 0 ? '' : rewrite.slice(arrow + 2);
  if (prefix === '' || !hasPathPrefix(path, prefix)) return null;
  if (path.length === prefix.length) return replacement;
  return replacement === ''
    ? path.slice(prefix.length + 1)
    : replacement + path.slice(prefix.length);
}

/** Whether `prefix` is a leading run of elements of `path`; letter case and kind of slash apart. */
function hasPathPrefix(path: string, prefix: string): boolean {
  if (!fold(path).startsWith(fold(prefix))) return false;
  const after = path[prefix.length];
  return after === undefined || after === '/' || after === '\\';
}

function fold(path: string): string {
  return path.replaceAll('\\', '/').toLowerCase();
}
