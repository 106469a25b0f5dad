/**
 * The packages of a test binary: the package with its test files, its external tests, the main
 * package that runs both, and what must be compiled again because of them.
 *
 * A package with internal tests is another package than the one it was, so whatever imports it and is
 * part of the same binary needs a copy that imports the variant instead. Copies share nothing that
 * changes with their originals. A cycle can arise only where such a copy comes back to the variant.
 * GOROOT: src/cmd/go/internal/load/test.go (TestPackagesAndErrors, recompileForTest).
 */
import { type CoverMode } from '../cfg/cover.ts';
import { type FileTree } from '../fsys/fsys.ts';
import { EmbedFault, resolveEmbeds } from './embed.ts';
import { type Loader } from './load.ts';
import { type ImportStep, newPackage, type Package, PackageError, packageList } from './package.ts';
import { type Place, type Sources } from './sources.ts';
import { compareBytes } from './sources.ts';
import { findTests, formatTestMain } from './testmain.ts';

export interface TestPackages {
  readonly main: Package;
  /** The package under test: the original if it has no internal tests and is no program. */
  readonly tested: Package;
  readonly external: Package | undefined;
}

/** What is covered by the tests of a package. */
export interface TestCover {
  readonly mode: CoverMode;
  /** -coverpkg and what it means; undefined if a package's tests cover that package. */
  readonly selected:
    | { readonly patterns: readonly string[]; readonly packages: readonly Package[] }
    | undefined;
}

/** What every test's main package is linked with. */
const testMainDeps = ['os', 'reflect', 'testing', 'testing/internal/testdeps', 'runtime'];
const coverDeps = ['internal/coverage/cfile', 'runtime/coverage'];

export function hasTests(p: Package): boolean {
  const { sources } = p;
  if (sources === undefined) return false;
  return sources.testGoFiles.length + sources.xTestGoFiles.length > 0;
}

export function loadTests(loader: Loader, p: Package, cover?: TestCover): TestPackages {
  const tested = internalTests(loader, p, cover);
  const external = externalTests(loader, p, tested);
  const main = testMainPackage(loader, p, { tested, external, cover });
  const cycle = useVariant(main, p, tested, external);
  if (cycle !== undefined) {
    tested.error = cycle;
    tested.incomplete = true;
  }
  return { main, tested, external };
}

/** The package whose error keeps the test from being built. */
export function brokenPackage({ main, tested, external }: TestPackages): Package | undefined {
  for (const p of [tested, external, main]) {
    if (p === undefined) continue;
    if (p.error !== undefined) return p;
    if (p.incomplete) return packageList([p]).find((dep) => dep.error !== undefined);
  }
  return undefined;
}

function internalTests(loader: Loader, p: Package, cover: TestCover | undefined): Package {
  const s = p.sources!;
  const found = loader.loadTestImports(p, `${p.importPath} (test)`, s.testImports);
  const embedded = embedsOf(
    loader.options.context.files,
    p,
    [...s.embeds.keys(), ...s.testEmbeds.keys()],
    s.testEmbeds,
  );
  const isLocal = cover !== undefined && cover.selected === undefined;
  if (s.testGoFiles.length === 0 && p.name !== 'main' && !isLocal) return p;
  const sources: Sources = {
    ...s,
    goFiles: [...s.goFiles, ...s.testGoFiles],
    imports: mergePlaces(s.imports, s.testImports),
    embeds: mergePlaces(s.embeds, s.testEmbeds),
    directives: [...s.directives, ...s.testDirectives],
  };
  return {
    ...p,
    sources,
    forTest: p.importPath,
    forceLibrary: true,
    coverMode: isLocal ? cover.mode : p.coverMode,
    imports: [...found.imports, ...p.imports],
    importMap: new Map([...p.importMap, ...found.importMap]),
    deps: [...found.deps, ...p.deps],
    embedded: embedded.embedded,
    error: p.error ?? found.error ?? embedded.error,
    incomplete:
      p.incomplete || found.incomplete || found.error !== undefined || embedded.error !== undefined,
  };
}

function externalTests(loader: Loader, p: Package, tested: Package): Package | undefined {
  const s = p.sources!;
  const found = loader.loadTestImports(p, `${p.importPath}_test`, s.xTestImports);
  if (s.xTestGoFiles.length === 0) return undefined;
  const { embedded, error } = embedsOf(
    loader.options.context.files,
    p,
    [...s.xTestEmbeds.keys()],
    s.xTestEmbeds,
  );
  // The package itself, as these tests see it, is the variant.
  const deps = found.deps.filter((dep) => dep.importPath !== p.importPath);
  if (deps.length < found.deps.length) deps.push(tested);
  return {
    ...newPackage(`${p.importPath}_test`),
    name: `${p.name}_test`,
    dir: p.dir,
    root: p.root,
    goroot: p.goroot,
    module: p.module,
    onCommandLine: p.onCommandLine,
    sources: {
      ...emptySources(s),
      name: `${p.name}_test`,
      goFiles: s.xTestGoFiles,
      imports: s.xTestImports,
      embeds: s.xTestEmbeds,
    },
    embedded,
    imports: found.imports,
    importMap: found.importMap,
    deps,
    loaded: true,
    forTest: p.importPath,
    profile: p.profile,
    error: found.error ?? error,
    incomplete: found.incomplete || found.error !== undefined || error !== undefined,
  };
}

function testMainPackage(
  loader: Loader,
  p: Package,
  {
    tested,
    external,
    cover,
  }: {
    readonly tested: Package;
    readonly external: Package | undefined;
    readonly cover: TestCover | undefined;
  },
): Package {
  const s = p.sources!;
  const main: Package = {
    ...newPackage(`${p.importPath}.test`),
    name: 'main',
    dir: p.dir,
    root: p.root,
    module: p.module,
    onCommandLine: p.onCommandLine,
    loaded: true,
    profile: p.profile,
    coverMode: cover === undefined ? undefined : 'testmain',
  };
  const linked = cover === undefined ? testMainDeps : [...testMainDeps, ...coverDeps];
  for (const path of linked) {
    const dep = path === tested.importPath ? tested : loader.loadTestDependency(path);
    main.deps.push(dep);
    if (dep.error !== undefined) main.incomplete = true;
  }
  main.imports = linked.filter((path) => path !== 'runtime' && path !== 'runtime/coverage');
  const found = findTests(loader.options.context.files, p);
  if (found.error !== undefined) {
    main.error = new PackageError(found.error);
    main.incomplete = true;
  }
  if (tested.sources!.goFiles.length > 0) {
    main.deps.push(tested);
    main.imports.push(tested.importPath);
    found.imported._test = true;
  }
  if (external !== undefined) {
    main.deps.push(external);
    main.imports.push(external.importPath);
    found.imported._xtest = true;
  }
  main.imports = [...new Set(main.imports)].sort(compareBytes);
  main.sources = {
    ...emptySources(s),
    name: 'main',
    goFiles: ['_testmain.go'],
    imports: new Map(main.imports.map((path) => [path, []])),
    directives: [...s.directives, ...s.testDirectives],
  };
  main.testMain = formatTestMain(p, found, cover);
  return main;
}

/** Puts copies in place of all packages below `main` that import the package under test. */
function useVariant(
  main: Package,
  original: Package,
  tested: Package,
  external: Package | undefined,
): PackageError | undefined {
  const copies = new Map<Package, Package>([[original, tested]]);
  const own = new Set<Package | undefined>([main, tested, external]);
  for (const p of packageList([main])) {
    if (p === original) continue;
    const isAffected = p.deps.some((dep) => (copies.get(dep) ?? dep) !== dep);
    const isOtherProgram = p.name === 'main' && !own.has(p);
    const lacksProfile = original.profile !== '' && p.profile === '';
    if (!isAffected && !isOtherProgram && !lacksProfile) continue;
    const deps = p.deps.map((dep) => copies.get(dep) ?? dep);
    if (own.has(p)) {
      p.deps = deps;
      continue;
    }
    copies.set(p, {
      ...p,
      deps,
      forTest: original.importPath,
      forceLibrary: true,
      profile: original.profile,
    });
  }
  return findCycle(tested);
}

/** The shortest way of imports from a package back to itself, as an error. */
function findCycle(tested: Package): PackageError | undefined {
  const importers = new Map<Package, Package>();
  const queue: Package[] = [];
  const visit = (p: Package): boolean => {
    for (const dep of p.deps) {
      if (importers.has(dep)) continue;
      importers.set(dep, p);
      if (dep === tested) return true;
      queue.push(dep);
    }
    return false;
  };
  let isCyclic = visit(tested);
  for (let at = 0; !isCyclic && at < queue.length; at++) isCyclic = visit(queue[at]!);
  if (!isCyclic) return undefined;
  const stack: ImportStep[] = [];
  let p = tested;
  do {
    const importer = importers.get(p)!;
    const from = importer.sources?.imports.get(p.importPath)?.[0];
    stack.unshift({ pkg: p.importPath, from });
    p = importer;
  } while (p !== tested);
  stack.unshift({ pkg: tested.importPath, from: undefined });
  return new PackageError('import cycle not allowed in test', { stack, isImportCycle: true });
}

type Places = ReadonlyMap<string, Place[]>;

function mergePlaces(a: Places, b: Places): Places {
  const merged = new Map([...a].map(([key, places]) => [key, [...places]]));
  for (const [key, places] of b) merged.set(key, [...(merged.get(key) ?? []), ...places]);
  return merged;
}

function embedsOf(
  files: FileTree,
  p: Package,
  patterns: readonly string[],
  places: Places,
): { embedded: Package['embedded']; error?: PackageError } {
  if (patterns.length === 0) return { embedded: p.embedded };
  try {
    return { embedded: resolveEmbeds(files, p.dir, [...new Set(patterns)].sort(compareBytes)) };
  } catch (error) {
    if (!(error instanceof EmbedFault)) throw error;
    const stack = [{ pkg: `${p.importPath} (test)`, from: undefined }];
    const at = places.get(error.pattern);
    return { embedded: undefined, error: new PackageError(error.message, { stack, places: at }) };
  }
}

/** The package's folder without any file. */
function emptySources(s: Sources): Sources {
  const none: Places = new Map();
  return {
    ...s,
    goFiles: [],
    ignoredGoFiles: [],
    invalidGoFiles: [],
    ignoredOtherFiles: [],
    cFiles: [],
    cxxFiles: [],
    mFiles: [],
    hFiles: [],
    fFiles: [],
    sFiles: [],
    swigFiles: [],
    swigCxxFiles: [],
    sysoFiles: [],
    testGoFiles: [],
    xTestGoFiles: [],
    imports: none,
    testImports: none,
    xTestImports: none,
    embeds: none,
    testEmbeds: none,
    xTestEmbeds: none,
    directives: [],
    testDirectives: [],
    problem: undefined,
  };
}
