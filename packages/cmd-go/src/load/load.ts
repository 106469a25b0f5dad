/**
 * Loads packages and all that they import.
 *
 * Depth first along imports, each package once. An import is of the standard library if its first
 * element has no dot and the folder is in GOROOT; of std's or cmd's vendored packages if the importer
 * is in std or cmd; else of the module that modload found it in. Problems are kept with the package they belong to, so
 * that `go list -e` can show everything, and the first of each is reported in upstream's words.
 * GOROOT: src/cmd/go/internal/load/pkg.go, src/cmd/go/internal/modload/{import,load}.go.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, isAbsolute, join, posix, resolve, sep } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { formatModule } from '@go-ts/modfetch/version/module';
import { type FileTree } from '../fsys/fsys.ts';
import { NoGoFilesError } from '../modload/errors.ts';
import { type ModLoader } from '../modload/loader.ts';
import { type SourceCache } from '../modload/scan.ts';
import { systemMessage } from '../report/system.ts';
import { type BuildContext } from './constraint.ts';
import { EmbedFault, resolveEmbeds } from './embed.ts';
import { type Gopath, type GopathPlace, NoFolder } from './gopath.ts';
import { importCommentOf } from './importcomment.ts';
import { type PackageModule } from './module.ts';
import { type ImportStep, newPackage, type Package, PackageError } from './package.ts';
import { compareBytes, type Place, readSources, type Sources } from './sources.ts';

export interface LoadOptions {
  readonly context: BuildContext;
  readonly goroot: string;
  /** Where packages are found; undefined where modules are turned off. */
  readonly modules: ModLoader | undefined;
  /** Where packages are found if modules are turned off. */
  readonly gopath: Gopath | undefined;
  readonly cwd: string;
  /** Look into test files, as `go list` does and `go build` need not. */
  readonly tests: boolean;
  /** Only the named packages are read, not what they import. */
  readonly ignoreImports?: boolean;
  /** Nobody asks which files are embedded. */
  readonly ignoreEmbeds?: boolean;
  /** What is linked into every program, whether it is imported or not. */
  readonly linked: readonly string[];
  /** Files that were read already, when modules were looked for. */
  readonly sources: SourceCache;
}

/** The imports of a package's test files. */
export interface TestImports {
  readonly deps: Package[];
  /** Resolved paths, in byte order of the written ones. */
  readonly imports: string[];
  readonly importMap: Map<string, string>;
  incomplete: boolean;
  error?: PackageError | undefined;
}

/** The bridge that the compiler needs beside package simd. */
const simdBridge = 'simd/internal/bridge';

type Located =
  | { readonly dir: string; readonly importPath: string; readonly place: 'std' }
  | {
      readonly dir: string;
      readonly importPath: string;
      readonly place: 'module';
      readonly module: PackageModule | undefined;
      /** What the search for modules has against the package. */
      readonly problem: string | undefined;
    }
  | ({ readonly place: 'gopath' } & GopathPlace)
  | { readonly missing: string; readonly folder?: NoFolder };

const under = (name: string, prefix: string): boolean =>
  prefix === '' || name === prefix || name.startsWith(`${prefix}/`);
const fips = 'crypto/internal/fips140';

export class Loader {
  readonly options: LoadOptions;
  readonly #packages = new Map<string, Package>();
  readonly #folded = new Map<string, string>();
  readonly #located = new Map<string, Located>();
  readonly #stack: ImportStep[] = [];
  readonly #src: string;
  #modules: ReadonlyMap<string, PackageModule> = new Map();

  constructor(options: LoadOptions) {
    this.options = options;
    this.#src = join(options.goroot, 'src');
  }

  /** A package by its path, as the command line names it. */
  loadPath(path: string): Package {
    const p = this.#import(path, undefined, undefined).p;
    p.onCommandLine = true;
    return p;
  }

  /** A package made of the named files of one folder. */
  loadFiles(dir: string, files: readonly string[], match: readonly string[]): Package {
    const p = newPackage('command-line-arguments');
    p.commandLineFiles = true;
    p.onCommandLine = true;
    p.match = [...match];
    p.dir = dir;
    p.isLocal = true;
    const { modules, gopath } = this.options;
    if (gopath !== undefined) p.root = gopath.placeOf(dir).root;
    const main = modules?.mains.list.find(({ root }) => root !== '' && isBelow(dir, root));
    if (main !== undefined) {
      p.module = this.#modules.get(main.version.path);
      p.root = main.root;
    }
    this.#loadSources(p, 'command-line-arguments', undefined, files);
    return p;
  }

  /** The import path that a folder has in a main module; undefined outside of them. */
  #pathOfDir(dir: string): string | undefined {
    const mains = this.options.modules?.mains.list ?? [];
    const holding = mains.filter(({ root }) => root !== '' && isBelow(dir, root));
    const [main] = holding.sort((a, b) => b.prefix.length - a.prefix.length);
    if (main === undefined) return undefined;
    const inner = dir.slice(main.root.length).split(sep).join('/');
    return `${main.prefix}${inner}`.replace(/^\//, '');
  }

  /** Says which modules packages were found in, before any is loaded. */
  setModules(modules: ReadonlyMap<string, PackageModule>): void {
    this.#modules = modules;
  }

  /** The path that an import written in a package means, its tests included. */
  resolve(path: string, parent: Package): string {
    const located = this.#locate(path, parent);
    return 'missing' in located ? path : located.importPath;
  }

  /**
   * Loads what test files import. `step` stands for them where messages tell the way to a package.
   */
  loadTestImports(
    p: Package,
    step: string,
    written: ReadonlyMap<string, readonly Place[]>,
  ): TestImports {
    const result: TestImports = { deps: [], imports: [], importMap: new Map(), incomplete: false };
    this.#stack.push({ pkg: step, from: undefined });
    try {
      for (const [path, places] of [...written].sort(([a], [b]) => compareBytes(a, b))) {
        const { p: dep, error } = this.#import(path, p, places);
        result.error ??= error;
        if (dep.incomplete) result.incomplete = true;
        result.imports.push(dep.importPath);
        if (dep.importPath !== path) result.importMap.set(path, dep.importPath);
        result.deps.push(dep);
      }
      if (written.has('simd')) result.deps.push(this.#import(simdBridge, p, undefined).p);
    } finally {
      this.#stack.pop();
    }
    return result;
  }

  /** A package that every test's main package needs. */
  loadTestDependency(path: string): Package {
    return this.#import(path, undefined, undefined).p;
  }

  /** Reads a package's folder again, this time with its test files. */
  readTests(p: Package): void {
    if (p.sources === undefined || this.options.tests) return;
    const files = p.commandLineFiles ? { files: p.match.map((file) => basename(file)) } : {};
    const sources = readSources(this.options.context, p.dir, { tests: true, ...files });
    p.sources = sources;
    if (p.name === '') p.name = sources.name;
    if (sources.problem !== undefined && p.error === undefined) {
      p.error = this.#problemOf(p, sources, [{ pkg: p.importPath, from: undefined }], undefined);
      p.incomplete = true;
    }
  }

  #import(
    path: string,
    parent: Package | undefined,
    places: readonly Place[] | undefined,
  ): { p: Package; error?: PackageError } {
    const located = this.#locate(path, parent);
    const step = { pkg: path, from: places?.[0] };
    if ('missing' in located) {
      const p = newPackage(located.folder?.importPath ?? path);
      p.dir = located.folder?.dir ?? '';
      // Another package may differ from it by case only.
      const folded = path.toLowerCase();
      if (!this.#folded.has(folded)) this.#folded.set(folded, path);
      p.incomplete = true;
      p.loaded = true;
      p.error = new PackageError(located.missing, {
        stack: [...this.#stack],
        places,
        importPath: path,
      });
      return { p, ...this.#checkImport(path, p, parent, places) };
    }
    const { importPath } = located;
    let p = this.#packages.get(importPath);
    if (p === undefined) {
      p = newPackage(importPath);
      this.#packages.set(importPath, p);
      p.dir = located.dir;
      if (located.place === 'std') {
        p.standard = true;
        p.goroot = true;
        p.root = this.options.goroot;
      } else if (located.place === 'module') {
        p.module = located.module;
        p.root = located.module?.dir ?? '';
      } else {
        p.root = located.root;
        p.goroot = located.root === this.options.goroot;
        p.standard = p.goroot && !isDotted(importPath);
        p.isLocal = located.isLocal;
        p.conflictDir = located.conflictDir;
      }
      this.#loadSources(p, path, places);
      if (located.place === 'gopath' && path !== cleanPath(path)) {
        const clean = quoteString(posix.normalize(path));
        const msg = `non-canonical import path ${quoteString(path)}: should be ${clean}`;
        p.error = new PackageError(msg, { stack: [...this.#stack], places });
        p.incomplete = true;
      }
      if (located.place === 'module' && located.problem !== undefined && p.error === undefined) {
        p.error = new PackageError(located.problem, { stack: [...this.#stack], places });
        p.incomplete = true;
      }
    } else if (!p.loaded) {
      p.error ??= new PackageError('import cycle not allowed', {
        stack: [...this.#stack, step],
        isImportCycle: true,
      });
      p.incomplete = true;
    }
    return { p, ...this.#checkImport(path, p, parent, places) };
  }

  /** What an importer may not do, whatever the state of the imported package. */
  #checkImport(
    path: string,
    p: Package,
    parent: Package | undefined,
    places: readonly Place[] | undefined,
  ): { error?: PackageError } {
    if (parent === undefined) return {};
    const stack = [...this.#stack];
    if (p.error === undefined && !this.#mayUseInternal(parent, p, path)) {
      return {
        error: new PackageError(`use of internal package ${p.importPath} not allowed`, {
          stack,
          places,
          alwaysPrintStack: true,
        }),
      };
    }
    const vendored = vendorProblem(parent, p, path);
    if (vendored !== undefined) return { error: new PackageError(vendored, { stack, places }) };
    if (p.name === 'main' && parent.dir !== p.dir) {
      const msg = `import ${quoteString(path)} is a program, not an importable package`;
      return { error: new PackageError(msg, { stack, places }) };
    }
    if (isRelative(path) && !(this.options.gopath !== undefined && parent.isLocal)) {
      const msg =
        path === '.'
          ? `${path}: cannot import current directory`
          : `local import ${quoteString(path)} in non-local package`;
      return { error: new PackageError(msg, { stack, places }) };
    }
    return {};
  }

  #mayUseInternal(parent: Package, p: Package, path: string): boolean {
    if (path === simdBridge && parent.imports.includes('simd')) return true;
    const at = /(^|\/)internal(\/|$)/.test(p.importPath) ? lastInternal(p.importPath) : -1;
    if (at < 0) return true;
    if (under(parent.importPath, 'crypto') && under(p.importPath, fips)) return true;
    if (under(parent.importPath, fips)) return under(p.importPath, 'crypto/internal');
    const above = p.importPath.slice(0, Math.max(0, at - 1));
    if (p.module === undefined) {
      const root = p.dir.slice(0, p.dir.length - p.importPath.length + above.length);
      return isBelowThroughLinks(parent.dir, root.replace(/[/\\]$/, ''));
    }
    if (parent.commandLineFiles) {
      const importer = this.#pathOfDir(parent.dir);
      return importer !== undefined && under(importer, above);
    }
    return under(parent.importPath, above);
  }

  #locate(path: string, parent: Package | undefined): Located {
    const standardParent = parent?.standard === true ? parent : undefined;
    const inCmd = standardParent?.importPath.startsWith('cmd/') === true;
    const scope = standardParent === undefined ? '' : inCmd ? 'cmd' : 'std';
    // Without modules the folders above the importer count, too.
    const from = this.options.gopath === undefined ? scope : `${scope}:${parent?.dir ?? ''}`;
    const key = `${from}:${path}`;
    let located = this.#located.get(key);
    if (located === undefined) {
      located = this.#find(path, scope, parent);
      this.#located.set(key, located);
    }
    return located;
  }

  #find(path: string, scope: '' | 'std' | 'cmd', parent: Package | undefined): Located {
    const { gopath, cwd } = this.options;
    const { files } = this.options.context;
    if (gopath !== undefined && (scope === '' || !isDotted(path))) {
      const found = gopath.find(path, parent, cwd);
      if (found instanceof NoFolder) return { missing: found.message, folder: found };
      return found instanceof Error ? { missing: found.message } : { place: 'gopath', ...found };
    }
    if (isRelative(path)) {
      const why = 'is relative, but relative import paths are not supported in module mode';
      return { missing: `${quoteString(path)} ${why}` };
    }
    if (path.startsWith('/')) {
      return { missing: `${quoteString(path)} is not a package path; see 'go help packages'` };
    }
    if (scope !== '' && isDotted(path)) {
      const importPath = scope === 'cmd' ? `cmd/vendor/${path}` : `vendor/${path}`;
      const dir = join(this.#src, importPath);
      if (files.isFolder(dir)) return { dir, importPath, place: 'std' };
    }
    const { modules } = this.options;
    const pkg = modules?.pkgLoader?.get(path);
    if (pkg !== undefined && pkg.dir !== '') {
      const main = pkg.mod === undefined ? undefined : modules?.mains.of(pkg.mod.path);
      if (pkg.mod === undefined || main?.inGorootSrc === true) {
        return { dir: pkg.dir, importPath: path, place: 'std' };
      }
      const module = this.#modules.get(formatModule(pkg.mod));
      const problem = pkg.error instanceof NoGoFilesError ? undefined : pkg.error?.message;
      return { dir: pkg.dir, importPath: path, place: 'module', module, problem };
    }
    if (pkg?.error !== undefined) return { missing: pkg.error.message };
    // Packages that nobody wrote an import of, and all of them without modules.
    const dir = join(this.#src, path);
    if (!isDotted(path) && files.isFolder(dir) && hasGoFile(files, dir)) {
      return { dir, importPath: path, place: 'std' };
    }
    return {
      missing:
        modules === undefined ? `package ${path} is not in std (${dir})` : 'cannot find package',
    };
  }

  /** Fills in a package from its folder, then from its imports. */
  #loadSources(
    p: Package,
    path: string,
    places: readonly Place[] | undefined,
    files?: readonly string[],
  ): void {
    const { context, tests } = this.options;
    const outer = [...this.#stack];
    const step: ImportStep = { pkg: path, from: places?.[0] };
    const setError = (error: PackageError): void => {
      p.error ??= error;
      p.incomplete = true;
    };
    let sources: Sources;
    try {
      sources =
        files === undefined
          ? this.options.sources.read(p.dir)
          : readSources(context, p.dir, { tests, files });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      setError(
        new PackageError(systemMessage(error as NodeJS.ErrnoException), { stack: outer, places }),
      );
      p.loaded = true;
      return;
    }
    p.sources = sources;
    p.name = sources.name;
    if (sources.problem !== undefined) {
      setError(this.#problemOf(p, sources, [...outer, step], places));
    } else if (this.options.gopath !== undefined) {
      const problem = this.#checkImportComment(p, sources, path);
      if (problem !== undefined) setError(new PackageError(problem, { stack: outer, places }));
    }
    const linked = sources.name === 'main' ? this.options.linked : [];
    const bridge = sources.imports.has('simd') ? [simdBridge] : [];
    const folded = p.importPath.toLowerCase();
    const other = this.#folded.get(folded);
    if (other === undefined) this.#folded.set(folded, p.importPath);
    else if (other !== p.importPath) {
      const pair = `${quoteString(p.importPath)} and ${quoteString(other)}`;
      setError(
        new PackageError(`case-insensitive import collision: ${pair}`, { stack: outer, places }),
      );
      p.loaded = true;
      return;
    }
    this.#stack.push(step);
    try {
      this.#resolveEmbeds(p, sources, setError);
      const problem = checkFileNames(sources);
      if (problem !== undefined) {
        setError(new PackageError(problem, { stack: [...this.#stack] }));
        p.loaded = true;
        return;
      }
      if (/[\r\n]/.test(p.dir)) {
        const msg = `invalid package directory ${quoteString(p.dir)}`;
        setError(new PackageError(msg, { stack: [...this.#stack] }));
        p.loaded = true;
        return;
      }
      const written = [...sources.imports.keys()].sort(compareBytes);
      p.imports = [...written];
      if (this.options.ignoreImports === true) {
        p.imports = [];
        return;
      }
      for (const extra of [...bridge, ...linked]) {
        if (!written.includes(extra)) written.push(extra);
      }
      written.forEach((name, i) => {
        if (name === 'C') return;
        const { p: dep, error } = this.#import(name, p, sources.imports.get(name));
        if (error !== undefined) setError(error);
        if (i < p.imports.length) {
          p.imports[i] = dep.importPath;
          if (dep.importPath !== name) p.importMap.set(name, dep.importPath);
        }
        p.deps.push(dep);
        if (dep.incomplete) p.incomplete = true;
      });
      const refused = refusedFiles(sources);
      if (refused !== undefined) setError(new PackageError(refused, { stack: [...this.#stack] }));
    } finally {
      this.#stack.pop();
      p.loaded = true;
    }
  }

  /** Without modules a package may say by which path it wants to be imported. */
  #checkImportComment(p: Package, sources: Sources, path: string): string | undefined {
    const comment = importCommentOf(this.options.context.files, sources);
    if ('problem' in comment) return comment.problem;
    p.importComment = comment.path;
    if (comment.path === '' || comment.path === path || isVendored(path)) return undefined;
    if (p.commandLineFiles) return undefined;
    return `code in directory ${p.dir} expects import ${quoteString(comment.path)}`;
  }

  #problemOf(
    p: Package,
    sources: Sources,
    stack: readonly ImportStep[],
    places: readonly Place[] | undefined,
  ): PackageError {
    const { problem } = sources;
    if (problem === undefined || problem.kind === 'no-go') {
      const excluded = sources.ignoredGoFiles.length > 0;
      const msg = excluded
        ? `build constraints exclude all Go files in ${p.dir}`
        : `no Go files in ${p.dir}`;
      return new PackageError(msg, { stack });
    }
    if (problem.kind === 'syntax') {
      const { file, line, col } = problem.at;
      return new PackageError(problem.msg, {
        stack,
        places: [{ file, line, col }],
      });
    }
    return new PackageError(problem.msg, { stack: stack.slice(0, -1), places });
  }

  #resolveEmbeds(p: Package, sources: Sources, setError: (error: PackageError) => void): void {
    if (sources.embeds.size === 0 || this.options.ignoreEmbeds === true) return;
    try {
      const { files } = this.options.context;
      p.embedded = resolveEmbeds(files, p.dir, [...sources.embeds.keys()].sort(compareBytes));
    } catch (error) {
      if (!(error instanceof EmbedFault)) throw error;
      const places = sources.embeds.get(error.pattern);
      setError(new PackageError(error.message, { stack: [...this.#stack], places }));
    }
  }
}

function isRelative(path: string): boolean {
  return /^\.\.?(\/|$)/.test(path);
}

function isVendored(path: string): boolean {
  return /(^|\/)vendor\//.test(path);
}

/** What is below a folder called vendor is for its neighbours, and not by that name. */
function vendorProblem(parent: Package, p: Package, path: string): string | undefined {
  const slash = p.importPath.lastIndexOf('/vendor/');
  const at = slash < 0 && p.importPath.startsWith('vendor/') ? 0 : slash;
  if (at >= 0) {
    const end = at + p.dir.length - p.importPath.length;
    const root = p.dir.slice(0, Math.max(0, end)).replace(/[/\\]$/, '');
    if (end >= 0 && p.dir !== '' && !isBelowThroughLinks(parent.dir, root)) {
      return 'use of vendored package not allowed';
    }
  }
  const written = path.startsWith('vendor/') ? 0 : path.lastIndexOf('/vendor/') + 1;
  if (written === 0 && !path.startsWith('vendor/')) return undefined;
  return `${path} must be imported as ${path.slice(written + 'vendor/'.length)}`;
}

/** As it should be written; a path that begins with ./ goes on doing so. */
function cleanPath(path: string): string {
  const clean = posix.normalize(path).replace(/(.)\/$/, '$1');
  return path.startsWith('./') && !clean.startsWith('..') ? `./${clean}` : clean;
}

function lastInternal(path: string): number {
  if (path === 'internal' || path.endsWith('/internal')) return path.length - 'internal'.length;
  const at = path.lastIndexOf('/internal/');
  if (at >= 0) return at + 1;
  return path.startsWith('internal/') ? 0 : -1;
}

/** Paths of outside modules have a dot in their first element. */
export function isDotted(path: string): boolean {
  return path.split('/', 1)[0]!.includes('.');
}

export function isBelow(dir: string, root: string): boolean {
  return dir === root || root === '' || dir.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Looks for links only where the paths as they are do not say so. */
function isBelowThroughLinks(dir: string, root: string): boolean {
  if (isBelow(dir, root)) return true;
  const real = (path: string): string => (existsSync(path) ? realpathSync(path) : path);
  return isBelow(real(dir), real(root));
}

function hasGoFile(files: FileTree, dir: string): boolean {
  try {
    return files.readFolder(dir).some(({ name }) => name.endsWith('.go'));
  } catch {
    return false;
  }
}

function inputFiles(s: Sources): string[] {
  return [
    ...s.goFiles,
    ...s.cFiles,
    ...s.cxxFiles,
    ...s.mFiles,
    ...s.hFiles,
    ...s.fFiles,
    ...s.sFiles,
    ...s.swigFiles,
    ...s.swigCxxFiles,
    ...s.sysoFiles,
    ...s.testGoFiles,
    ...s.xTestGoFiles,
  ];
}

function checkFileNames(sources: Sources): string | undefined {
  const seen = new Map<string, string>();
  for (const file of inputFiles(sources)) {
    const key = file.toLowerCase();
    const other = seen.get(key);
    if (other !== undefined && other !== file) {
      return `case-insensitive file name collision: ${quoteString(other)} and ${quoteString(file)}`;
    }
    seen.set(key, file);
    const first = file.charCodeAt(0);
    const safe = first >= 0x80 || /^[\w./]/.test(file);
    if (!safe || file.startsWith('_cgo_')) {
      return `invalid input file name ${quoteString(file)}`;
    }
  }
  return undefined;
}

/** Without cgo only Fortran is left to complain about: the rest has been set aside. */
function refusedFiles(sources: Sources): string | undefined {
  if (sources.fFiles.length === 0) return undefined;
  return `Fortran source files not allowed when not using cgo or SWIG: ${sources.fFiles.join(' ')}`;
}

/** An absolute path for a command-line argument. */
export function absolute(cwd: string, path: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(cwd, path);
}
