/**
 * What the packages on a command line mean: paths, folders, patterns with `...`, `std`, `cmd`, `all`,
 * or Go files.
 * GOROOT: src/cmd/go/internal/search/search.go, src/cmd/go/internal/modload/{load,search}.go,
 * src/cmd/go/internal/load/pkg.go (PackagesAndErrors, GoFilesPackage).
 */
import { basename, dirname, normalize } from 'node:path';
import { type ModLoader } from '../modload/loader.ts';
import { packageModules } from '../modload/package-module.ts';
import { loadImports, loadPackages } from '../modload/packages.ts';
import { scanNamed } from '../modload/scan.ts';
import { isLiteral, type Match } from '../modload/search.ts';
import { Failure } from '../report/failure.ts';
import { matchGopath } from './gopath-patterns.ts';
import { absolute, type Loader } from './load.ts';
import { newPackage, type Package, PackageError } from './package.ts';

export interface PatternOptions {
  /** Find what the tests of the packages import, too. */
  readonly loadTests?: boolean;
  /** The arguments are Go files, whether they are there or not. */
  readonly files?: boolean;
  /** Learn all there is to know of modules, for printing. */
  readonly moduleInfo?: boolean;
}

export async function loadPatterns(
  loader: Loader,
  args: readonly string[],
  options: PatternOptions = {},
): Promise<Package[]> {
  const { modules } = loader.options;
  if (options.files === true || args.some((arg) => isGoFile(loader, arg))) {
    const other = args.find((file) => !file.endsWith('.go'));
    if (other !== undefined) {
      const p = patternError('', `named files must be .go files: ${other}`);
      p.name = other;
      p.commandLineFiles = true;
      return [p];
    }
    const files = goFiles(loader, args);
    if (modules !== undefined) await findImports(loader, modules, files, options);
    return [loader.loadFiles(files.dir, files.names, args)];
  }
  if (modules === undefined) return loadMatches(loader, matchGopath(loader.options, args));
  const { matches } = await loadPackages(
    modules,
    {
      sources: loader.options.sources,
      resolveMissing: true,
      loadTests: options.loadTests ?? false,
      silencePackageErrors: true,
    },
    args,
  );
  loader.setModules(await packageModules(modules, options.moduleInfo ?? false));
  return loadMatches(loader, matches);
}

/** Each package once; what is wrong with a pattern itself is shown as a package. */
function loadMatches(loader: Loader, matches: readonly Match[]): Package[] {
  const packages: Package[] = [];
  const seen = new Set<Package>();
  for (const { pattern, packages: paths, errors } of matches) {
    for (const path of paths) {
      const p = loadNamed(loader, path, pattern);
      if (seen.has(p)) continue;
      seen.add(p);
      packages.push(p);
    }
    for (const error of errors) packages.push(patternError(pattern, messageFor(pattern, error)));
  }
  return packages;
}

function loadNamed(loader: Loader, path: string, pattern: string = path): Package {
  const p = loader.loadPath(path);
  p.match.push(pattern);
  return p;
}

/** A literal pattern is the path that the error is shown with; it need not be said twice. */
function messageFor(pattern: string, error: Error): string {
  const inner = error.cause instanceof Error && isLiteral(pattern) ? error.cause : error;
  return inner.message;
}

async function findImports(
  loader: Loader,
  modules: ModLoader,
  files: GoFiles,
  options: PatternOptions,
): Promise<void> {
  const { imports, testImports } = scanNamed(loader.options.context.files, files.dir, files.names);
  await loadImports(modules, loader.options.sources, [...imports, ...testImports]);
  loader.setModules(await packageModules(modules, options.moduleInfo ?? false));
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
  const info = loader.options.context.files.stat(absolute(loader.options.cwd, arg));
  return info !== undefined && !info.isDirectory();
}

interface GoFiles {
  readonly dir: string;
  readonly names: readonly string[];
}

function goFiles(loader: Loader, files: readonly string[]): GoFiles {
  let dir: string | undefined;
  for (const file of files) {
    const info = loader.options.context.files.stat(absolute(loader.options.cwd, file));
    if (info === undefined) throw new Failure(`stat ${file}: no such file or directory`);
    if (info.isDirectory()) throw new Failure(`${file} is a directory, should be a Go file`);
    const own = normalize(dirname(file));
    dir ??= own;
    if (own !== dir) {
      throw new Failure(`named files must all be in one directory; have ${dir} and ${own}`);
    }
  }
  return {
    dir: absolute(loader.options.cwd, dir ?? '.'),
    names: files.map((file) => basename(file)),
  };
}
