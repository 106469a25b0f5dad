/**
 * What the packages on a command line mean: paths, folders, patterns with `...`, `std`, `cmd`, `all`,
 * or Go files.
 * GOROOT: src/cmd/go/internal/search/search.go, src/cmd/go/internal/modload/{load,search}.go,
 * src/cmd/go/internal/load/pkg.go (PackagesAndErrors, GoFilesPackage).
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, posix, sep } from 'node:path';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { absolute, isBelow, isDotted, type Loader } from './load.ts';
import { newPackage, type Package, PackageError, packageList } from './package.ts';
import { matchPattern, treeCanMatch } from './pattern.ts';
import { compareBytes, readSources } from './sources.ts';

export function loadPatterns(loader: Loader, args: readonly string[]): Package[] {
  if (args.some((arg) => isGoFile(loader, arg))) return [loadGoFiles(loader, args)];
  const packages: Package[] = [];
  const seen = new Set<Package>();
  for (const pattern of cleanPatterns(args)) {
    const { paths, error } = matchOne(loader, pattern);
    for (const path of paths) {
      const p = loader.loadPath(path);
      p.match.push(pattern);
      if (seen.has(p)) continue;
      seen.add(p);
      packages.push(p);
    }
    if (error !== undefined) packages.push(patternError(pattern, error));
    else if (paths.length === 0) {
      printError(`go: warning: "${pattern}" matched no packages\n`);
    }
  }
  return packages;
}

function patternError(pattern: string, message: string): Package {
  const p = newPackage(pattern);
  p.error = new PackageError(message, { stack: [] });
  p.incomplete = true;
  p.loaded = true;
  p.onCommandLine = true;
  p.match.push(pattern);
  return p;
}

function isGoFile(loader: Loader, arg: string): boolean {
  if (!arg.endsWith('.go')) return false;
  const info = statSync(absolute(loader.options.cwd, arg), { throwIfNoEntry: false });
  return info !== undefined && !info.isDirectory();
}

function loadGoFiles(loader: Loader, files: readonly string[]): Package {
  let dir: string | undefined;
  for (const file of files) {
    if (!file.endsWith('.go')) {
      return patternError(file, `named files must be .go files: ${file}`);
    }
    const info = statSync(absolute(loader.options.cwd, file), { throwIfNoEntry: false });
    if (info === undefined) throw new Failure(`stat ${file}: no such file or directory`);
    if (info.isDirectory()) throw new Failure(`${file} is a directory, should be a Go file`);
    const own = dirname(file);
    dir ??= own;
    if (own !== dir) {
      throw new Failure(`named files must all be in one directory; have ${dir} and ${own}`);
    }
  }
  const where = absolute(loader.options.cwd, dir ?? '.');
  return loader.loadFiles(
    where,
    files.map((file) => basename(file)),
    files,
  );
}

function cleanPatterns(args: readonly string[]): string[] {
  if (args.length === 0) return ['.'];
  return args.map((arg) => {
    if (isAbsolute(arg)) return posix.normalize(arg).replace(/(.)\/$/, '$1');
    const clean = posix.normalize(arg.replaceAll('\\', '/')).replace(/(.)\/$/, '$1');
    if (!arg.startsWith('./')) return clean;
    return clean === '.' ? '.' : `./${clean}`;
  });
}

function isLocal(pattern: string): boolean {
  return /^\.\.?(\/|$)/.test(pattern) || isAbsolute(pattern);
}

interface Match {
  readonly paths: readonly string[];
  readonly error?: string;
}

function matchOne(loader: Loader, pattern: string): Match {
  if (pattern.includes('@')) {
    return {
      paths: [],
      error: `can only use path@version syntax with 'go get' and 'go install pkg@version'`,
    };
  }
  if (pattern === 'std' || pattern === 'cmd') return { paths: standardPackages(loader, pattern) };
  if (pattern === 'all') return { paths: allPackages(loader) };
  if (isLocal(pattern)) {
    return pattern.includes('...') ? matchFolders(loader, pattern) : literalFolder(loader, pattern);
  }
  if (!pattern.includes('...')) return { paths: [pattern] };
  const matches = matchPattern(pattern);
  const canMatch = treeCanMatch(pattern);
  const { goroot, module, modulesEnabled } = loader.options;
  const paths: string[] = [];
  const src = join(goroot, 'src');
  const wanted = (name: string): boolean => canMatch(name);
  walkPackages(loader, { root: src, prefix: '', wanted }, (name) => {
    if (name !== 'cmd' && matches(name) && name !== 'builtin') paths.push(name);
  });
  if (canMatch('cmd')) {
    walkPackages(loader, { root: join(src, 'cmd'), prefix: 'cmd', wanted }, (name) => {
      if (matches(name)) paths.push(name);
    });
  }
  if (
    module !== undefined &&
    modulesEnabled &&
    !isBelow(module.dir, src) &&
    canMatch(module.path)
  ) {
    walkPackages(loader, { root: module.dir, prefix: module.path, wanted }, (name) => {
      if (matches(name)) paths.push(name);
    });
  }
  return { paths: paths.sort(compareBytes) };
}

/** The packages of the main module and what they import. */
function allPackages(loader: Loader): string[] {
  const { module } = loader.options;
  if (module === undefined) {
    throw new Failure(
      'go: cannot match "all": go.mod file not found in current directory or any parent directory; see \'go help modules\'',
    );
  }
  const own: string[] = [];
  walkPackages(loader, { root: module.dir, prefix: module.path, wanted: () => true }, (name) => {
    own.push(name);
  });
  const list = packageList(own.map((path) => loader.loadPath(path)));
  return list.map((p) => p.importPath).sort(compareBytes);
}

function standardPackages(loader: Loader, which: 'std' | 'cmd'): string[] {
  const src = join(loader.options.goroot, 'src');
  const root = which === 'cmd' ? join(src, 'cmd') : src;
  const paths: string[] = [];
  const wanted = (name: string): boolean => which === 'cmd' || (!isDotted(name) && name !== 'cmd');
  walkPackages(loader, { root, prefix: which === 'cmd' ? 'cmd' : '', wanted }, (name, pkg) => {
    if (name === 'builtin') return;
    if (name === 'runtime/cgo' && !loader.options.context.cgoEnabled) return;
    // Vendored programs are no commands of Go's.
    if (which === 'cmd' && name.startsWith('cmd/vendor/') && pkg === 'main') return;
    paths.push(name);
  });
  return paths;
}

interface Walk {
  readonly root: string;
  readonly prefix: string;
  readonly wanted: (name: string) => boolean;
}

/** Calls `visit` for every folder with a package in it, parents first, in byte order. */
function walkPackages(
  loader: Loader,
  walk: Walk,
  visit: (name: string, pkg: string) => void,
): void {
  const { context, module } = loader.options;
  const ignored = new Set((module?.ignore ?? []).map((path) => path.replace(/^\.\//, '')));
  const go = (dir: string, name: string, relative: string): void => {
    if (name !== '' && walk.wanted(name)) {
      const sources = readSources(context, dir, { tests: true });
      if (sources.problem?.kind !== 'no-go') visit(name, sources.name);
    }
    const entries = readdirSync(dir, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => compareBytes(a.name, b.name))) {
      if (!entry.isDirectory() || isSkipped(entry.name)) continue;
      const inner = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const path = walk.prefix === '' ? inner : `${walk.prefix}/${inner}`;
      if (!walk.wanted(path) || ignored.has(inner) || ignored.has(entry.name)) continue;
      const sub = join(dir, entry.name);
      if (existsSync(join(sub, 'go.mod'))) continue;
      go(sub, path, inner);
    }
  };
  go(walk.root, walk.prefix, '');
}

function isSkipped(name: string): boolean {
  return name.startsWith('.') || name.startsWith('_') || name === 'testdata';
}

function literalFolder(loader: Loader, pattern: string): Match {
  if (loader.options.module === undefined) {
    throw new Failure(
      "go: go.mod file not found in current directory or any parent directory; see 'go help modules'",
    );
  }
  const dir = absolute(loader.options.cwd, pattern);
  const info = statSync(dir, { throwIfNoEntry: false });
  if (info === undefined) return { paths: [], error: `stat ${dir}: directory not found` };
  if (!info.isDirectory()) {
    return { paths: [], error: `${pattern} is not a package path; see 'go help packages'` };
  }
  if (!readdirSync(dir).some((name) => name.endsWith('.go'))) {
    return { paths: [], error: `no Go files in ${dir}` };
  }
  const found = loader.pathOfDir(dir);
  return 'error' in found ? { paths: [], error: found.error } : { paths: [found.path] };
}

/** Folders below the fixed part of a pattern such as `./...`. */
function matchFolders(loader: Loader, pattern: string): Match {
  const { cwd, module, goroot } = loader.options;
  const fixed = pattern.slice(0, pattern.indexOf('...'));
  const start = absolute(cwd, fixed.slice(0, fixed.lastIndexOf('/') + 1) || '.');
  if (!existsSync(start)) {
    return {
      paths: [],
      error: `pattern ${pattern}: lstat ${fixed.slice(0, fixed.lastIndexOf('/') + 1)}: no such file or directory`,
    };
  }
  const inGoroot = isBelow(start, join(goroot, 'src'));
  if (module === undefined && !inGoroot) {
    return {
      paths: [],
      error: `pattern ${pattern}: directory prefix ${prefixOf(fixed)} does not contain main module or its selected dependencies`,
    };
  }
  if (module !== undefined && !isBelow(start, module.dir) && !inGoroot) {
    return {
      paths: [],
      error: `pattern ${pattern}: directory prefix ${prefixOf(fixed)} does not contain main module or its selected dependencies`,
    };
  }
  const matches = matchPattern(absolute(cwd, '.') === '/' ? pattern : pathPattern(cwd, pattern));
  const root = loader.pathOfDir(start);
  if ('error' in root) return { paths: [], error: root.error };
  const paths: string[] = [];
  const prefix = root.path === '.' ? '' : root.path;
  walkPackages(loader, { root: start, prefix, wanted: () => true }, (name) => {
    const inner = prefix === '' ? name : name.slice(prefix.length + 1);
    if (matches(inner === '' ? start : `${start}${start.endsWith(sep) ? '' : sep}${inner}`)) {
      paths.push(name);
    }
  });
  return { paths };
}

function prefixOf(fixed: string): string {
  return fixed.slice(0, fixed.lastIndexOf('/')) || '.';
}

/** The pattern with an absolute beginning, so that it can be held against absolute folders. */
function pathPattern(cwd: string, pattern: string): string {
  if (isAbsolute(pattern)) return pattern;
  const marked = pattern.replaceAll('...', '\u0001');
  return absolute(cwd, marked).replaceAll('\u0001', '...');
}
