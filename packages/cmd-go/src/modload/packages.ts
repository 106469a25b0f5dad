/**
 * The packages that a command's patterns mean, with everything they import, and the module files
 * written if that was needed.
 * GOROOT: src/cmd/go/internal/modload/load.go (LoadPackages).
 */
import { Requirements, pruningForGo } from '@go-ts/modfetch/graph/requirements';
import { diff } from '@go-ts/modfetch/modfile/diff';
import { type SumKey } from '@go-ts/modfetch/sum/gosum';
import { compareGo, goStrictVersion, previousGo } from '@go-ts/modfetch/version/gover';
import { compareBytes } from '../load/sources.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { commitRequirements, keepSums, loadModFile, updateModFile, writeGoSum } from './gomod.ts';
import { type LoadOptions, PackageLoader } from './load.ts';
import { type ModLoader } from './loader.ts';
import { SourceCache } from './scan.ts';
import {
  cleanPatterns,
  isLiteral,
  isLocalPattern,
  type Match,
  matchDirs,
  matchError,
  matchPackages,
  matchStandard,
  newMatch,
  newScan,
  NotAPackage,
  resolveLocal,
  type Scan,
  warnUnmatched,
} from './search.ts';

export interface LoadedPackages {
  readonly matches: readonly Match[];
  /** All that were loaded, sorted. */
  readonly packages: readonly string[];
  readonly loader: PackageLoader;
}

export interface LoadRequest extends LoadOptions {
  readonly sources?: SourceCache;
  /** The caller writes go.mod and go.sum itself. */
  readonly explicitWrite?: boolean;
}

export async function loadPackages(
  ml: ModLoader,
  request: LoadRequest,
  args: readonly string[],
): Promise<LoadedPackages> {
  const patterns = cleanPatterns(args);
  const matches = patterns.map(newMatch);
  const sources = request.sources ?? new SourceCache(ml.options.context, true);
  const scan = newScan(ml, sources, request.anyTags === true);
  const initial = await loadModFile(ml, request.tidyGoVersion);
  const loader = new PackageLoader(ml, {
    ...request,
    sources,
    requirements: initial,
    allIsRoot: patterns.includes('all'),
    listRoots: async (rs) => {
      await updateMatches({ ml, matches, scan, request }, rs);
      return matches.flatMap((match) => match.packages);
    },
  });
  await loader.load();
  await updateMatches({ ml, matches, scan, request }, loader.requirements, loader);
  if (request.silencePackageErrors !== true) {
    for (const error of matches.flatMap((match) => match.errors)) loader.error(error);
  }
  ml.exitIfErrors();
  if (request.silenceUnmatched !== true) warnUnmatched(matches);
  if (request.tidy === true) await tidySums(ml, loader, initial, request);
  ml.pkgLoader = loader;
  ml.requirements = loader.requirements;
  const packages = loader.pkgs
    .filter((pkg) => pkg.testOf === undefined)
    .map((pkg) => pkg.path)
    .sort(compareBytes);
  if (request.explicitWrite !== true && request.resolveMissing === true) {
    await commitRequirements(ml);
  }
  return { matches, packages, loader };
}

/** Finds the modules of packages that files import, when no package's path is known to have them. */
export async function loadImports(
  ml: ModLoader,
  sources: SourceCache,
  imports: readonly string[],
): Promise<void> {
  const requirements = await loadModFile(ml);
  const loader = new PackageLoader(ml, {
    sources,
    requirements,
    resolveMissing: true,
    silencePackageErrors: true,
    allIsRoot: false,
    listRoots: () => Promise.resolve(imports),
  });
  await loader.load();
  ml.pkgLoader = loader;
  ml.requirements = loader.requirements;
  await commitRequirements(ml);
}

interface Matching {
  readonly ml: ModLoader;
  readonly matches: readonly Match[];
  readonly scan: Scan;
  readonly request: LoadRequest;
}

async function updateMatches(
  matching: Matching,
  rs: Requirements,
  loader?: PackageLoader,
): Promise<void> {
  for (const match of matching.matches) {
    // One after the other: they print warnings.
    // oxlint-disable-next-line no-await-in-loop
    await updateMatch(matching, match, rs, loader);
  }
}

async function updateMatch(
  { ml, scan, request }: Matching,
  match: Match,
  rs: Requirements,
  loader?: PackageLoader,
): Promise<void> {
  const { pattern } = match;
  const mains = request.mainModule === undefined ? ml.mainModules : [request.mainModule];
  if (isLocalPattern(pattern)) {
    await updateLocal(ml, match, scan, { rs, isLast: loader !== undefined });
  } else if (isLiteral(pattern)) {
    match.packages = [pattern];
  } else if (pattern.includes('...')) {
    match.errors = [];
    const { mg, error } = await rs.graph();
    if (error !== undefined) match.errors.push(error);
    await matchPackages(ml, match, scan, { std: true, modules: mg.buildList });
  } else if (pattern === 'work') {
    await matchPackages(ml, match, scan, { std: false, modules: mains });
  } else if (pattern === 'all') {
    if (loader !== undefined) {
      match.packages = loader.patternAll();
      return;
    }
    match.errors = [];
    await matchPackages(ml, match, scan, { std: false, modules: mains });
    match.packages.push(...ml.mains.tools);
  } else if (pattern === 'tool') {
    match.packages = [...ml.mains.tools];
  } else if (match.packages.length === 0) {
    matchStandard(ml, match, scan);
  }
}

async function updateLocal(
  ml: ModLoader,
  match: Match,
  scan: Scan,
  { rs, isLast }: { readonly rs: Requirements; readonly isLast: boolean },
): Promise<void> {
  if (match.dirs === undefined) await matchDirs(ml, match, scan, rs);
  match.packages = [];
  for (const dir of match.dirs ?? []) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      match.packages.push(await resolveLocal(ml, dir, scan, rs));
    } catch (error) {
      if (error instanceof NotAPackage && !isLiteral(match.pattern)) continue;
      if (!ml.hasRoot && !ml.inWorkspace) ml.dieWithoutRoot();
      if (isLast) match.errors.push(matchError(match.pattern, error as Error));
    }
  }
}

async function tidySums(
  ml: ModLoader,
  loader: PackageLoader,
  initial: Requirements,
  request: LoadRequest,
): Promise<void> {
  const rs = loader.requirements;
  if (ml.options.verbose) await reportUnused(loader, initial);
  const keep = await keepSums(ml, loader, rs, 'loaded');
  const { goVersion } = rs;
  let compat = request.tidyCompat ?? '';
  if (compat === '') {
    compat = compareGo(goVersion, goStrictVersion) < 0 ? previousGo(goVersion) : goVersion;
  }
  if (compareGo(compat, goVersion) > 0) compat = goVersion;
  const compatPruning = pruningForGo(compat);
  if (compatPruning !== rs.pruning) {
    const compatRs = new Requirements(ml, compatPruning, rs.roots, rs.direct);
    await loader.checkTidyCompatibility(compatRs, compat);
    for (const key of await keepSums(ml, loader, compatRs, 'loaded')) keep.add(key);
  }
  if (request.tidyDiff === true) await showDiff(ml, loader, keep, compat);
  if (request.explicitWrite === true) return;
  ml.source.goSum.trim(keep);
  await writeGoSum(ml, keep);
}

async function reportUnused(loader: PackageLoader, initial: Requirements): Promise<void> {
  const rs = loader.requirements;
  const { mg } = await rs.graph();
  for (const { path } of initial.roots) {
    const unused =
      rs.pruning === 'unpruned'
        ? mg.selected(path) === 'none'
        : rs.rootSelected(path) === undefined;
    if (unused) printError(`unused ${path}\n`);
  }
}

/** Prints what tidy would change, and ends the command. */
async function showDiff(
  ml: ModLoader,
  loader: PackageLoader,
  keep: Set<SumKey>,
  compat: string,
): Promise<never> {
  ml.buildMod = 'readonly';
  ml.pkgLoader = loader;
  ml.requirements = loader.requirements;
  const updated = updateModFile(ml);
  const { goSum } = ml.source;
  goSum.trim(keep);
  const kept =
    compareGo(compat, '1.16') > 0
      ? await keepSums(ml, loader, loader.requirements, 'build list')
      : keep;
  const now = ml.files.exists(goSum.file) ? ml.files.readText(goSum.file) : '';
  const diffs = [
    diff('current/go.mod', updated?.before ?? '', 'tidy/go.mod', updated?.after ?? ''),
    diff('current/go.sum', now, 'tidy/go.sum', goSum.tidy(now, kept)),
  ].filter((text) => text !== '');
  for (const text of diffs) print(`${text}\n`);
  throw new Failure('', diffs.length > 0 ? 1 : 0);
}
