/**
 * What the patterns of a command line mean without modules: import paths below GOROOT/src and the
 * folders src of GOPATH, or folders.
 * GOROOT: src/cmd/go/internal/search/search.go (ImportPathsQuiet, MatchPackages, MatchDirs).
 */
import { join, resolve } from 'node:path';
import { isMetaPackage } from '../modload/errors.ts';
import { isStandardPath } from '../modload/import.ts';
import { scanForBuild, type SourceCache } from '../modload/scan.ts';
import {
  cleanPatterns,
  foldersBelow,
  hasPackage,
  isLiteral,
  isLocalPattern,
  type Match,
  matchError,
  newMatch,
  packageName,
  type Scan,
  walkPackages,
  warnUnmatched,
} from '../modload/search.ts';
import { systemMessage } from '../report/system.ts';
import { type LoadOptions } from './load.ts';
import { matchPattern, treeCanMatch } from './pattern.ts';
import { compareBytes } from './sources.ts';

export function matchGopath(options: LoadOptions, args: readonly string[]): Match[] {
  const scan = scanFor(options.sources);
  const matches = cleanPatterns(args).map((pattern) => {
    const match = newMatch(pattern);
    if (isLocalPattern(pattern)) matchFolders(options, match, scan);
    else if (isLiteral(pattern)) match.packages = [pattern];
    else matchPaths(options, match, scan);
    return match;
  });
  warnUnmatched(matches);
  return matches;
}

function scanFor(sources: SourceCache): Scan {
  return (dir) => scanForBuild(sources, dir);
}

function matchFolders(options: LoadOptions, match: Match, scan: Scan): void {
  const { cwd, gopath } = options;
  const { files } = options.context;
  const { pattern } = match;
  if (isLiteral(pattern)) match.dirs = [pattern];
  else {
    const fixed = pattern.slice(0, pattern.indexOf('...'));
    const start = resolve(cwd, fixed.slice(0, fixed.lastIndexOf('/') + 1) || '.');
    try {
      match.dirs = foldersBelow({ files, cwd }, { pattern, start, own: undefined }, scan);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      const why = new Error(systemMessage(error as NodeJS.ErrnoException));
      match.errors.push(matchError(pattern, why));
      match.dirs = [];
    }
  }
  // What cannot be imported by a path stays what it is: a folder.
  match.packages = match.dirs.map((dir) => gopath!.placeOf(resolve(cwd, dir)).importPath || dir);
}

function matchPaths(options: LoadOptions, match: Match, scan: Scan): void {
  const { gopath, goroot } = options;
  const { files, cgoEnabled } = options.context;
  const { pattern } = match;
  const isMeta = isMetaPackage(pattern);
  const isCmd = pattern === 'cmd';
  const isMatch = isMeta ? () => true : matchPattern(pattern);
  const canMatch = isMeta ? () => true : treeCanMatch(pattern);
  const gorootSrc = join(goroot, 'src');
  const have = new Set(['builtin']);
  if (!cgoEnabled) have.add('runtime/cgo');
  for (const src of gopath!.sourceFolders) {
    if ((pattern === 'std' || isCmd) && src !== gorootSrc) continue;
    const walk = {
      root: isCmd ? join(src, 'cmd') : src,
      prefix: isCmd ? 'cmd' : '',
      pruneVendor: false,
      pruneModules: false,
      ignore: undefined,
    };
    const isWanted = (name: string): boolean => {
      if (pattern === 'std' && (!isStandardPath(name) || name === 'cmd')) return false;
      return canMatch(name);
    };
    const wildcard = pattern.includes('...');
    const rules = { canMatch: (name: string) => name === '' || isWanted(name), wildcard, match };
    walkPackages(files, walk, rules, (name, dir) => {
      if (have.has(name)) return;
      have.add(name);
      if (!isMatch(name) || !hasPackage(scan, dir)) return;
      if (isCmd && name.startsWith('cmd/vendor/') && packageName(scan, dir) === 'main') return;
      match.packages.push(name);
    });
  }
  match.packages.sort(compareBytes);
}
