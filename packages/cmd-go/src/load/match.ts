/**
 * Patterns in flags, that are held against packages already loaded: `[pattern=]flags`, -coverpkg.
 * GOROOT: src/cmd/go/internal/load/search.go (MatchPackage).
 */
import { join, relative } from 'node:path';
import { type ModLoader } from '../modload/loader.ts';
import { type Package } from './package.ts';
import { matchPattern } from './pattern.ts';

export function packageMatcher(
  pattern: string,
  cwd: string,
  modules: ModLoader | undefined,
): (p: Package) => boolean {
  if (/^\.\.?(\/|$)/.test(pattern)) return folderMatcher(pattern, cwd);
  if (pattern === 'all') return () => true;
  if (pattern === 'std') return (p) => p.standard;
  if (pattern === 'cmd') return (p) => p.standard && p.importPath.startsWith('cmd/');
  if (modules !== undefined && pattern === 'work') return (p) => p.module?.isMain === true;
  if (modules !== undefined && pattern === 'tool') {
    // Without go.mod having been read there are no main modules.
    const tools = modules.mains?.tools ?? new Set<string>();
    return (p) => tools.has(p.importPath);
  }
  const test = matchPattern(pattern);
  return (p) => test(p.importPath);
}

/** The folder part has no wildcards; the rest is matched with the way from there to the package. */
function folderMatcher(pattern: string, cwd: string): (p: Package) => boolean {
  const wild = pattern.indexOf('...');
  if (wild < 0) {
    const dir = join(cwd, pattern).replace(/(?!^)\/$/, '');
    return (p) => p.dir === dir;
  }
  const slash = pattern.lastIndexOf('/', wild);
  const dir = join(cwd, pattern.slice(0, slash));
  const test = matchPattern(pattern.slice(slash + 1));
  return (p) => {
    const way = relative(dir, p.dir) || '.';
    return way !== '..' && !way.startsWith('../') && test(way);
  };
}
