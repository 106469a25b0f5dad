/**
 * Which packages are compiled with counters: those of the main module and of the command line, or
 * those that -coverpkg names.
 *
 * Marks packages before anything copies them for tests: a copy keeps its original's mark.
 * GOROOT: src/cmd/go/internal/load/pkg.go (PrepareForCoverageBuild, SelectCoverPackages,
 * TestPackageList).
 */
import { type BuildConfig } from '../cfg/build.ts';
import { type CoverMode } from '../cfg/cover.ts';
import { printError } from '../report/output.ts';
import { type Loader } from './load.ts';
import { packageMatcher } from './match.ts';
import { type Package, packageList } from './package.ts';

type Matcher = (p: Package) => boolean;

/** For commands that build: marks what is to be covered of the packages and all below them. */
export function coverBuild(config: BuildConfig, loader: Loader, roots: readonly Package[]): void {
  const { cover } = config;
  if (cover === undefined) return;
  const matchers = matchersOf(config) ?? [
    (p) => p.commandLineFiles || p.onCommandLine || p.module?.isMain === true,
  ];
  const list = packageList(roots);
  select(loader, list, matchers, cover.mode);
  warnUnused(config, list, 'built');
}

/**
 * For tests with -coverpkg: marks what is to be covered of the packages, of all below them, and of
 * what their tests import. The result is what was marked.
 */
export function coverTested(
  config: BuildConfig,
  loader: Loader,
  roots: readonly Package[],
): Package[] {
  const { cover } = config;
  const matchers = matchersOf(config);
  if (cover === undefined || matchers === undefined) return [];
  const list = testPackageList(loader, roots);
  const covered = select(loader, list, matchers, cover.mode);
  warnUnused(config, list, 'tested');
  return covered;
}

/** Counters of this mode are calls, into a package that the sources need not import themselves. */
export function importAtomic(loader: Loader, p: Package, mode: CoverMode): void {
  const path = 'sync/atomic';
  if (mode !== 'atomic' || p.importPath === path) return;
  if (p.deps.some((dep) => dep.importPath === path)) return;
  p.deps.push(loader.loadTestDependency(path));
}

function matchersOf({ cover, cwd, modules }: BuildConfig): Matcher[] | undefined {
  return cover?.patterns?.map((pattern) => packageMatcher(pattern, cwd, modules));
}

function select(
  loader: Loader,
  list: readonly Package[],
  matchers: readonly Matcher[],
  mode: CoverMode,
): Package[] {
  const covered: Package[] = [];
  for (const p of list) {
    if (!matchers.some((matches) => matches(p)) || !canBeCovered(p, mode)) continue;
    p.coverMode = mode;
    covered.push(p);
    importAtomic(loader, p, mode);
  }
  return covered;
}

function canBeCovered(p: Package, mode: CoverMode): boolean {
  if (p.importPath === 'unsafe') return false;
  // A folder of nothing but tests is never imported.
  if ((p.sources?.goFiles.length ?? 0) === 0) return false;
  const countsItself = p.importPath === 'sync/atomic' || p.importPath === 'internal/runtime/atomic';
  return mode !== 'atomic' || !p.standard || !countsItself;
}

function warnUnused(config: BuildConfig, list: readonly Package[], what: string): void {
  const { cover, cwd, modules } = config;
  for (const pattern of cover?.patterns ?? []) {
    if (list.some(packageMatcher(pattern, cwd, modules))) continue;
    printError(`warning: no packages being ${what} depend on matches for pattern ${pattern}\n`);
  }
}

function testPackageList(loader: Loader, roots: readonly Package[]): Package[] {
  const seen = new Set<Package>();
  const add = (list: readonly Package[]): void => {
    for (const p of packageList(list)) seen.add(p);
  };
  for (const root of roots) {
    add([root]);
    if (root.sources === undefined) continue;
    const { testImports, xTestImports } = root.sources;
    for (const imports of [testImports, xTestImports]) {
      const { deps } = loader.loadTestImports(root, `${root.importPath} (test)`, imports);
      add(deps.filter((dep) => dep.error === undefined));
    }
  }
  return [...seen];
}
