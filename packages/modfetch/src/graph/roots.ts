/**
 * Keeping the roots right: consistent with each other, complete for the packages that were loaded,
 * and, when tidying, no more than that.
 *
 * In a pruned graph every module that provides a package to the main module, however indirectly, must
 * be a root, at the version that is selected; adding one may select others, so this goes on until
 * nothing changes. In an unpruned graph the fewest roots that give the same selection will do.
 * GOROOT: src/cmd/go/internal/modload/buildlist.go (updateRoots, tidyRoots, convertPruning).
 */
import { compareModules, compareVersions } from '../version/gover.ts';
import { formatModule, type ModuleVersion } from '../version/module.ts';
import { buildList, minimalRequirements, type Required } from './mvs.ts';
import { lanes, mapLimited } from './parallel.ts';
import {
  type GraphHost,
  type ModuleGraph,
  onlyMainModule,
  type Pruning,
  Requirements,
  sameModules,
  sameSets,
} from './requirements.ts';

/** A loaded package, as far as the roots depend on it. */
export interface RootPackage {
  readonly path: string;
  /** The module that provides it; undefined for the standard library and for what was not found. */
  readonly mod: ModuleVersion | undefined;
  /** Modules that might have had it, by their paths. */
  readonly altMods: readonly ModuleVersion[];
  readonly imports: readonly RootPackage[];
  readonly test: RootPackage | undefined;
  readonly inAll: boolean;
  readonly isRoot: boolean;
  readonly fromRoot: boolean;
}

/** The module, if it is not a main one. */
function externalModule(host: GraphHost, pkg: RootPackage): ModuleVersion | undefined {
  return pkg.mod === undefined || host.isMain(pkg.mod.path) ? undefined : pkg.mod;
}

/** Only -mod=mod may change go.mod to make the requirements complete. */
function mustBeComplete(host: GraphHost): boolean {
  return host.buildMod !== 'mod' && !host.inWorkspace;
}

export interface RootUpdate {
  readonly direct: ReadonlySet<string>;
  readonly pkgs?: readonly RootPackage[];
  readonly add?: readonly ModuleVersion[];
  /** Packages named on the command line count as if the main module imported them. */
  readonly rootsImported?: boolean;
}

export function updateRoots(
  host: GraphHost,
  rs: Requirements,
  update: RootUpdate,
): Promise<Requirements> {
  switch (rs.pruning) {
    case 'unpruned':
      return updateUnprunedRoots(host, rs, update);
    case 'pruned':
      return updatePrunedRoots(host, rs, update);
    default:
      return Promise.resolve(updateWorkspaceRoots(host, rs, update));
  }
}

/** In a workspace only what is direct changes. */
function updateWorkspaceRoots(
  host: GraphHost,
  rs: Requirements,
  { direct }: RootUpdate,
): Requirements {
  const updated = new Requirements(host, 'workspace', rs.roots, direct);
  if (rs.loadedGraph !== undefined) updated.setGraph(rs.loadedGraph);
  return updated;
}

async function updatePrunedRoots(
  host: GraphHost,
  old: Requirements,
  { direct, pkgs = [], add = [], rootsImported = false }: RootUpdate,
): Promise<Requirements> {
  let rs = old;
  const added: ModuleVersion[] = [];
  const addedPaths = new Set<string>();
  const toCheck = new Map<string, ModuleVersion>();
  for (const pkg of pkgs) {
    const mod = externalModule(host, pkg);
    if (mod === undefined) continue;
    if (!pkg.inAll && !(rootsImported && pkg.fromRoot) && !pkg.isRoot) continue;
    if (rs.rootSelected(mod.path) !== undefined) {
      toCheck.set(formatModule(mod), mod);
    } else if (!addedPaths.has(formatModule(mod))) {
      addedPaths.add(formatModule(mod));
      added.push(mod);
    }
  }
  for (const m of add) {
    const v = rs.rootSelected(m.path);
    if (v === undefined || (v !== '' && compareVersions(m.path, v, m.version) < 0)) added.push(m);
  }
  let roots = added.length === 0 ? rs.roots : [...rs.roots, ...added].sort(compareModules);
  let upgraded = added.length > 0;
  for (;;) {
    let mg: ModuleGraph | undefined;
    if (upgraded) {
      if (mustBeComplete(host)) throw host.dirty();
      rs = new Requirements(host, 'pruned', roots, direct);
      // oxlint-disable-next-line no-await-in-loop
      mg = await rs.soundGraph();
    } else if (rs.loadedGraph !== undefined) {
      mg = rs.loadedGraph;
      // oxlint-disable-next-line no-await-in-loop
    } else if (!(await areConsistent(host, rs, [...toCheck.values()]))) {
      // oxlint-disable-next-line no-await-in-loop
      mg = await rs.soundGraph();
    }
    const seen = new Set(host.mainModules.map((m) => m.path));
    const next: ModuleVersion[] = [];
    upgraded = false;
    for (const { path, version } of rs.roots) {
      // The graph above counted every root; of several for one module one is kept.
      if (seen.has(path)) continue;
      seen.add(path);
      const v = mg === undefined ? rs.rootSelected(path)! : mg.selected(path);
      next.push({ path, version: v });
      if (v !== version) upgraded = true;
    }
    roots = next;
    if (!upgraded) {
      if (host.buildMod !== 'mod') return rs;
      break;
    }
  }
  if (rs.pruning === 'pruned' && sameModules(roots, rs.roots) && sameSets(direct, rs.direct)) {
    return rs;
  }
  return new Requirements(host, 'pruned', roots, direct);
}

/** True if the roots satisfy what these modules require of them. */
async function areConsistent(
  host: GraphHost,
  rs: Requirements,
  modules: readonly ModuleVersion[],
): Promise<boolean> {
  let consistent = true;
  await mapLimited(modules, lanes, async (m) => {
    if (!consistent) return;
    try {
      const { require } = await host.summary(m);
      for (const r of require) {
        const v = rs.rootSelected(r.path);
        if (v !== undefined && v !== '' && compareVersions(r.path, v, r.version) < 0) {
          consistent = false;
        }
      }
    } catch {
      // Loading the whole graph meets the error again, and says how it got there.
      consistent = false;
    }
  });
  return consistent;
}

/** Requirements as a function: the roots for the main module, go.mod files for others. */
function requiredFrom(host: GraphHost, roots: readonly ModuleVersion[]): Required {
  return async (m) => {
    if (m.version === '' && host.isMain(m.path)) return roots;
    return m.version === 'none' ? [] : (await host.summary(m)).require;
  };
}

/** The fewest roots that select the same as these do. */
export function minimalRoots(
  host: GraphHost,
  paths: readonly string[],
  roots: readonly ModuleVersion[],
): Promise<ModuleVersion[]> {
  return minimalRequirements(onlyMainModule(host), paths, requiredFrom(host, roots));
}

async function updateUnprunedRoots(
  host: GraphHost,
  rs: Requirements,
  { direct, add = [] }: RootUpdate,
): Promise<Requirements> {
  const mg = await rs.soundGraph();
  if (mustBeComplete(host)) {
    const isWrong = (m: ModuleVersion): boolean => m.version !== mg.selected(m.path);
    if (rs.roots.some(isWrong) || add.some(isWrong)) throw host.dirty();
    for (const path of direct) if (rs.rootSelected(path) === undefined) throw host.dirty();
    return rs;
  }
  const rootPaths = new Set<string>();
  for (const m of rs.roots) if (mg.selected(m.path) === m.version) rootPaths.add(m.path);
  const keep = [...mg.buildList.slice(host.mainModules.length), ...add];
  for (const m of keep) if (direct.has(m.path)) rootPaths.add(m.path);
  const roots = await minimalRoots(host, [...rootPaths], keep);
  if (rs.pruning === 'unpruned' && sameModules(roots, rs.roots) && sameSets(direct, rs.direct)) {
    return rs;
  }
  return new Requirements(host, 'unpruned', roots, direct);
}

/** The same selection under another pruning. */
export async function convertPruning(
  host: GraphHost,
  rs: Requirements,
  pruning: Pruning,
): Promise<Requirements> {
  if (rs.pruning === pruning) return rs;
  if (pruning === 'unpruned') return updateUnprunedRoots(host, rs, { direct: rs.direct });
  // With every selected module as a root, nothing that counted can be pruned.
  const mg = await rs.soundGraph();
  const roots = mg.buildList.slice(host.mainModules.length);
  return new Requirements(host, pruning, roots, rs.direct);
}

/** Loads the graph, and makes the roots what it selects. */
export async function expandGraph(
  host: GraphHost,
  rs: Requirements,
): Promise<{ rs: Requirements; mg: ModuleGraph; error: Error | undefined }> {
  const { mg, error } = await rs.graph();
  if (error !== undefined) return { rs, mg, error };
  const roots = host.inWorkspace ? host.mainModules : (mg.requiredBy(onlyMainModule(host)) ?? []);
  if (roots.every((m) => mg.selected(m.path) === m.version)) return { rs, mg, error };
  try {
    const updated = await updateRoots(host, rs, { direct: rs.direct });
    return { rs: updated, ...(await updated.graph()) };
  } catch (failure) {
    return { rs, mg, error: failure as Error };
  }
}

/** The roots that the packages need and no others. */
export function tidyRoots(
  host: GraphHost,
  rs: Requirements,
  pkgs: readonly RootPackage[],
): Promise<Requirements> {
  return rs.pruning === 'unpruned'
    ? tidyUnprunedRoots(host, rs, pkgs)
    : tidyPrunedRoots(host, rs, pkgs);
}

/** Roots for Go itself, which always stay. */
function goRoots(rs: Requirements): ModuleVersion[] {
  return ['go', 'toolchain'].flatMap((path) => {
    const version = rs.rootSelected(path);
    return version === undefined ? [] : [{ path, version }];
  });
}

async function tidyPrunedRoots(
  host: GraphHost,
  old: Requirements,
  pkgs: readonly RootPackage[],
): Promise<Requirements> {
  const roots = goRoots(old);
  const rootPaths = new Set([onlyMainModule(host).path, ...roots.map((m) => m.path)]);
  const addRoot = (m: ModuleVersion): void => {
    if (rootPaths.has(m.path)) return;
    rootPaths.add(m.path);
    roots.push(m);
  };
  let queue: RootPackage[] = [];
  const queued = new Set<RootPackage>();
  const enqueue = (pkg: RootPackage): void => {
    if (queued.has(pkg)) return;
    queued.add(pkg);
    queue.push(pkg);
  };
  for (const pkg of pkgs) {
    if (!pkg.inAll) continue;
    const mod = externalModule(host, pkg);
    if (mod !== undefined) addRoot(mod);
    enqueue(pkg);
  }
  const fresh = (): Requirements =>
    new Requirements(host, 'pruned', [...roots].sort(compareModules), old.direct);
  let tidy = fresh();
  // Nearest first: the requirements of a near package's module tend to bring what lies behind it.
  while (queue.length > 0) {
    // oxlint-disable-next-line no-await-in-loop
    const mg = await tidy.soundGraph();
    const level = queue;
    queue = [];
    for (const pkg of level) {
      if (pkg.mod === undefined) continue;
      for (const dep of pkg.imports) enqueue(dep);
      if (pkg.test !== undefined) enqueue(pkg.test);
      const { path, version } = pkg.mod;
      if (rootPaths.has(path)) continue;
      const selected = mg.selected(path);
      if (selected === 'none' || compareVersions(path, selected, version) < 0) addRoot(pkg.mod);
    }
    if (roots.length > tidy.roots.length) tidy = fresh();
  }
  await tidy.soundGraph();
  // What a root used to make unambiguous must stay so.
  for (;;) {
    const rs = tidy;
    const candidates = pkgs.filter((pkg) => pkg.mod !== undefined && !rootPaths.has(pkg.mod.path));
    // oxlint-disable-next-line no-await-in-loop
    const ambiguous = await mapLimited(candidates, lanes, (pkg) => host.isAmbiguous(pkg.path, rs));
    candidates.forEach((pkg, i) => {
      if (ambiguous[i] === true) addRoot(pkg.mod!);
    });
    if (roots.length === tidy.roots.length) return tidy;
    tidy = fresh();
    // oxlint-disable-next-line no-await-in-loop
    await tidy.soundGraph();
  }
}

async function tidyUnprunedRoots(
  host: GraphHost,
  old: Requirements,
  pkgs: readonly RootPackage[],
): Promise<Requirements> {
  const keep = goRoots(old);
  const kept = new Set(keep.map((m) => m.path));
  const rootPaths: string[] = [];
  // Modules that might have had a package: they may go, but not fall to a lower version.
  const altMods = new Map<string, string>();
  for (const pkg of pkgs) {
    const mod = externalModule(host, pkg);
    if (mod === undefined) continue;
    if (!kept.has(mod.path)) {
      kept.add(mod.path);
      keep.push(mod);
      if (old.direct.has(mod.path)) rootPaths.push(mod.path);
    }
    for (const m of pkg.altMods) altMods.set(m.path, m.version);
  }
  const list = await buildList(onlyMainModule(host), requiredFrom(host, keep));
  for (const { path, version } of list) {
    const alt = altMods.get(path);
    if (alt !== undefined && version !== '' && compareVersions(path, version, alt) < 0) {
      keep.push({ path, version: alt });
    }
  }
  const minimal = await minimalRoots(host, rootPaths, keep);
  return new Requirements(host, 'unpruned', minimal, old.direct);
}
