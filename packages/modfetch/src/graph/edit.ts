/**
 * Changing versions: every version in `mustSelect` comes to be selected, those in `tryUpgrade` as far
 * as that allows, and all else changes only as much as it must.
 *
 * The graph is read with all roots, old and upgraded. Whatever in it leads to a version above one that
 * must be selected is disqualified, and so is everything that requires it; the roots among these are
 * lowered, or raised to what is selected anyway, until no root is disqualified. A version that must be
 * selected and is disqualified itself is a conflict, told with the way to it.
 *
 * A version may be acceptable where its requirements are pruned and not where they count, so both are
 * kept apart.
 * GOROOT: src/cmd/go/internal/modload/edit.go (results, wording).
 */
import { compareModules, compareVersions, fromToolchain } from '../version/gover.ts';
import { formatModule, type ModuleVersion, ModuleVersionError } from '../version/module.ts';
import {
  type GraphHost,
  type LoadedGraph,
  type ModuleGraph,
  type Pruning,
  pruningForGo,
  readModGraph,
  Requirements,
  sameModules,
} from './requirements.ts';
import { convertPruning, minimalRoots } from './roots.ts';

/** Why a version cannot be had: the way from it to the trouble. */
export interface Conflict {
  /** At least one. */
  readonly path: readonly ModuleVersion[];
  /** The version asked for that the end of the way is above. */
  readonly constraint: ModuleVersion | undefined;
  /** Or the error met at the end of the way. */
  readonly error: Error | undefined;
}

function bareError({ path, error }: Conflict): string {
  const last = path.at(-1)!;
  const isAbout =
    error instanceof ModuleVersionError &&
    error.path === last.path &&
    error.version === last.version;
  return isAbout ? error.cause.message : error!.message;
}

/** The first and the last of the way. */
export function summarizeConflict(conflict: Conflict): string {
  const { path, constraint, error } = conflict;
  const first = formatModule(path[0]!);
  const wanted = constraint?.version ?? '';
  if (path.length === 1) {
    return error === undefined ? `${first} is above ${wanted}` : `${first}: ${bareError(conflict)}`;
  }
  const last = formatModule(path.at(-1)!);
  const requires = `${first} ${path.length > 2 ? 'indirectly ' : ''}requires ${last}`;
  return error === undefined
    ? `${requires}, but ${wanted} is requested`
    : `${requires}: ${bareError(conflict)}`;
}

/** The whole way. */
export function describeConflict(conflict: Conflict): string {
  const { path, constraint, error } = conflict;
  const way = path.map(formatModule).join(' requires\n\t');
  const wanted = constraint === undefined ? '' : `, but ${constraint.version} is requested`;
  const why = error === undefined ? '' : `: ${bareError(conflict)}`;
  return `${way}${path.length === 1 ? ' found' : ''}${wanted}${why}`;
}

export class ConstraintError extends Error {
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    const lines = conflicts.map((conflict) => `\n\t${summarizeConflict(conflict)}`);
    super(`version constraints conflict:${lines.join('')}`);
    this.conflicts = conflicts;
  }
}

export interface EditHost extends GraphHost {
  /** The release before, or `none`. */
  previousVersion(m: ModuleVersion): Promise<ModuleVersion>;
  readonly verbose: boolean;
}

export async function editRequirements(
  host: EditHost,
  original: Requirements,
  tryUpgrade: readonly ModuleVersion[],
  mustSelect: readonly ModuleVersion[],
): Promise<{ rs: Requirements; changed: boolean }> {
  const pruning = editedPruning(original, mustSelect);
  const rs = await convertPruning(host, original, pruning);
  const selected = new Map<string, string>(
    pruning === 'pruned'
      ? rs.maxRoots
      : (await rs.soundGraph()).buildList
          .slice(host.mainModules.length)
          .map((m) => [m.path, m.version]),
  );
  for (const m of tryUpgrade) {
    const v = selected.get(m.path);
    if (v !== undefined && v !== 'none' && compareVersions(m.path, v, m.version) >= 0) continue;
    if (host.verbose) host.warn(`go: trying upgrade to ${formatModule(m)}`);
    selected.set(m.path, m.version);
  }
  const editor = new Editor(host, original, pruning, selected);
  editor.demand(mustSelect);
  let roots = await editor.settle();
  if (editor.conflicts.length > 0) throw new ConstraintError(editor.conflicts);
  if (pruning === 'unpruned') {
    const paths = mustSelect
      .filter((m) => m.version !== 'none' && !host.isMain(m.path))
      .map((m) => m.path);
    for (const m of roots) {
      const v = rs.rootSelected(m.path);
      if (v !== undefined && (v === m.version || rs.direct.has(m.path))) paths.push(m.path);
    }
    roots = await minimalRoots(host, paths, roots);
  }
  if (pruning === original.pruning && sameModules(roots, original.roots)) {
    return { rs: original, changed: false };
  }
  const direct = new Set(roots.filter((m) => rs.direct.has(m.path)).map((m) => m.path));
  let edited = new Requirements(host, pruning, roots, direct);
  // A dependency may have raised the go version to one that prunes.
  if (pruning === 'unpruned' && pruningForGo(edited.goVersion) === 'pruned') {
    edited = await convertPruning(host, edited, 'pruned');
  }
  return { rs: edited, changed: true };
}

/** How the graph will be pruned at the go version asked for. */
function editedPruning(original: Requirements, mustSelect: readonly ModuleVersion[]): Pruning {
  for (const m of mustSelect) {
    if (m.path === 'go') return pruningForGo(m.version);
    if (m.path !== 'toolchain') continue;
    if (pruningForGo(fromToolchain(m.version)) === 'unpruned') return 'unpruned';
  }
  return original.pruning;
}

class Editor {
  readonly conflicts: Conflict[] = [];
  readonly #host: EditHost;
  readonly #original: Requirements;
  readonly #pruning: Pruning;
  /** Root path → version, maybe `none`. */
  readonly #selected: Map<string, string>;
  readonly #must = new Map<string, string>();
  /** Versions that were roots and may not be again: so this comes to an end. */
  readonly #rejected = new Set<string>();

  constructor(
    host: EditHost,
    original: Requirements,
    pruning: Pruning,
    selected: Map<string, string>,
  ) {
    this.#host = host;
    this.#original = original;
    this.#pruning = pruning;
    this.#selected = selected;
  }

  demand(mustSelect: readonly ModuleVersion[]): void {
    for (const m of mustSelect) {
      const { path, version } = m;
      const before = this.#must.get(path);
      if (before !== undefined && before !== version) {
        const other = { path, version: before };
        const isLower = compareVersions(path, before, version) > 0;
        const [high, low] = isLower ? [other, m] : [m, other];
        this.conflicts.push({ path: [high], constraint: low, error: undefined });
        continue;
      }
      this.#must.set(path, version);
      this.#selected.set(path, version);
    }
  }

  async settle(): Promise<ModuleVersion[]> {
    for (;;) {
      const roots = [...this.#selected]
        .filter(([, version]) => version !== 'none')
        .map(([path, version]) => ({ path, version }))
        .sort(compareModules);
      if (this.conflicts.length > 0) return roots;
      // oxlint-disable-next-line no-await-in-loop
      if (!(await this.#round(roots))) return roots;
    }
  }

  /** True if the roots must be looked at again. */
  async #round(roots: readonly ModuleVersion[]): Promise<boolean> {
    const { loaded, upgraded } = await this.#extend(roots);
    const { mg, error } = loaded;
    if (error !== undefined && isTooNew(error)) throw error;
    const tracker = this.#track(mg, [...roots, ...upgraded.values()]);
    let dirty = false;
    for (const m of roots) {
      const { path, error: why } = tracker.path(m);
      if (path.length === 0) continue;
      const last = path.at(-1)!;
      const constraint =
        why === undefined
          ? { path: last.path, version: this.#must.get(last.path) ?? '' }
          : undefined;
      const conflict: Conflict = { path, constraint, error: why };
      if (this.#must.get(m.path) === m.version) {
        this.conflicts.push(conflict);
        continue;
      }
      const v = mg.selected(m.path);
      if (v !== m.version) {
        const u = { path: m.path, version: v };
        // The root that is selected in its place may be fine.
        const isBad = tracker.isDisqualified(u, tracker.rootPruning(m) ?? this.#pruning);
        if (!isBad && !this.#rejected.has(formatModule(u))) continue;
      }
      // oxlint-disable-next-line no-await-in-loop
      if (await this.#lower(m, mg, tracker, conflict)) dirty = true;
    }
    if (dirty) return true;
    return this.#acceptUpgrades(mg);
  }

  /** Reads the graph with the selected version of each root path as a root too. */
  async #extend(
    roots: readonly ModuleVersion[],
  ): Promise<{ loaded: LoadedGraph; upgraded: Map<string, ModuleVersion> }> {
    const upgraded = new Map<string, ModuleVersion>();
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop
      const loaded = await readModGraph(this.#host, this.#pruning, roots, new Set(upgraded.keys()));
      if (this.#pruning === 'unpruned') return { loaded, upgraded };
      const before = upgraded.size;
      for (const path of this.#selected.keys()) {
        const m = { path, version: loaded.mg.selected(path) };
        if (m.version === 'none' || loaded.mg.requiredBy(m) !== undefined) continue;
        upgraded.set(formatModule(m), m);
      }
      if (upgraded.size === before) return { loaded, upgraded };
    }
  }

  #track(mg: ModuleGraph, roots: readonly ModuleVersion[]): Disqualified {
    const pruningOf = (m: ModuleVersion): Pruning => {
      const loaded = mg.loaded(m);
      const own = loaded !== undefined && 'summary' in loaded ? loaded.summary.pruning : undefined;
      return this.#pruning === 'pruned' && own === 'unpruned' ? 'unpruned' : this.#pruning;
    };
    const tracker = new Disqualified(new Map(roots.map((m) => [formatModule(m), pruningOf(m)])));
    const isTooHigh = (m: ModuleVersion): boolean => {
      const max = this.#must.get(m.path);
      return max !== undefined && m.version !== '' && compareVersions(m.path, m.version, max) > 0;
    };
    mg.g.walk((m) => {
      if (isTooHigh(m)) {
        tracker.disqualify(m, 'pruned', { dep: m });
        return;
      }
      const loaded = mg.loaded(m);
      if (loaded !== undefined && 'error' in loaded) {
        tracker.disqualify(m, 'pruned', { error: loaded.error });
        return;
      }
      const required = mg.requiredBy(m);
      // The main module is what is being edited; it cannot be wrong.
      if (required === undefined || loaded === undefined) return;
      const tooHigh = required.find(isTooHigh);
      if (tooHigh !== undefined) {
        tracker.disqualify(m, 'pruned', { dep: tooHigh });
        return;
      }
      for (const r of required) if (!tracker.require(m, r)) break;
    });
    return tracker;
  }

  /** Takes the next lower version of a root; false if that is a conflict. */
  async #lower(
    m: ModuleVersion,
    mg: ModuleGraph,
    tracker: Disqualified,
    conflict: Conflict,
  ): Promise<boolean> {
    const { path } = m;
    const { mg: originalGraph } = await this.#original.graph();
    const originalVersion = originalGraph.selected(path);
    if (conflict.error !== undefined && originalVersion === m.version) {
      this.conflicts.push(conflict);
      return false;
    }
    this.#rejected.add(formatModule(m));
    const loaded = mg.loaded(m);
    const own = loaded !== undefined && 'summary' in loaded ? loaded.summary.pruning : 'pruned';
    const pruning = this.#pruning === 'pruned' ? own : this.#pruning;
    let prev = m;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop
      prev = await this.#previous(m, prev, originalVersion);
      if (this.#rejected.has(formatModule(prev))) continue;
      if (!tracker.isDisqualified(prev, pruning)) break;
      this.#rejected.add(formatModule(prev));
    }
    this.#selected.set(path, prev.version);
    if (conflict.error !== undefined || this.#host.verbose) {
      const action =
        prev.version === 'none'
          ? `removing ${formatModule(m)}`
          : prev.version === originalVersion
            ? `restoring ${formatModule(prev)}`
            : `trying ${formatModule(prev)}`;
      this.#host.warn(`go: ${summarizeConflict(conflict)}\n\t${action}`);
    }
    return true;
  }

  /** The version before, not passing over the one that the edit began with. */
  async #previous(
    m: ModuleVersion,
    from: ModuleVersion,
    originalVersion: string,
  ): Promise<ModuleVersion> {
    const { path } = m;
    let prev: ModuleVersion | undefined;
    let failure: unknown;
    try {
      prev = await this.#host.previousVersion(from);
    } catch (error) {
      failure = error;
    }
    const isAbove =
      originalVersion === 'none' || compareVersions(path, m.version, originalVersion) > 0;
    const passed =
      prev === undefined ||
      (originalVersion !== 'none' &&
        (prev.version === 'none' || compareVersions(path, prev.version, originalVersion) < 0));
    if (isAbove && passed) return { path, version: originalVersion };
    if (prev === undefined) throw failure;
    return prev;
  }

  #acceptUpgrades(mg: ModuleGraph): boolean {
    const upgradedFrom: ModuleVersion[] = [];
    for (const [path, version] of this.#selected) {
      if (this.#must.has(path)) continue;
      const actual = mg.selected(path);
      if (actual === version) continue;
      upgradedFrom.push({ path, version });
      this.#selected.set(path, actual);
    }
    if (this.#host.verbose) {
      for (const m of upgradedFrom.sort(compareModules)) {
        const to = this.#selected.get(m.path);
        this.#host.warn(`go: accepting indirect upgrade from ${formatModule(m)} to ${to}`);
      }
    }
    return upgradedFrom.length > 0;
  }
}

function isTooNew(error: Error): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TooNewError') return true;
  }
  return false;
}

type Reason = { readonly dep: ModuleVersion } | { readonly error: Error };

interface Reasons {
  pruned: Reason | undefined;
  unpruned: Reason | undefined;
}

/**
 * Which versions cannot be used, where their requirements are pruned and where they count. What is
 * wrong in a pruned graph is wrong in the unpruned one, which holds it.
 */
class Disqualified {
  readonly #roots: ReadonlyMap<string, Pruning>;
  readonly #reasons = new Map<string, Reasons>();
  readonly #requiring = new Map<string, ModuleVersion[]>();

  constructor(roots: ReadonlyMap<string, Pruning>) {
    this.#roots = roots;
  }

  rootPruning(m: ModuleVersion): Pruning | undefined {
    return this.#roots.get(formatModule(m));
  }

  #reason(m: ModuleVersion, pruning: Pruning): Reason | undefined {
    const reasons = this.#reasons.get(formatModule(m));
    return pruning === 'unpruned' ? reasons?.unpruned : reasons?.pruned;
  }

  isDisqualified(m: ModuleVersion, pruning: Pruning): boolean {
    return this.#reason(m, pruning) !== undefined;
  }

  /** `m` requires `r`; false if that settles the matter for `m`. */
  require(m: ModuleVersion, r: ModuleVersion): boolean {
    const root = this.rootPruning(r);
    if (root !== undefined && this.isDisqualified(r, root)) {
      this.disqualify(m, 'pruned', { dep: r });
      return false;
    }
    if (this.isDisqualified(r, 'unpruned')) {
      this.disqualify(m, 'unpruned', { dep: r });
      if (this.rootPruning(m) === undefined) return false;
    }
    const key = formatModule(r);
    const list = this.#requiring.get(key);
    if (list === undefined) this.#requiring.set(key, [m]);
    else list.push(m);
    return true;
  }

  disqualify(m: ModuleVersion, from: Pruning, reason: Reason): void {
    if (this.isDisqualified(m, from)) return;
    const key = formatModule(m);
    const reasons = this.#reasons.get(key) ?? { pruned: undefined, unpruned: undefined };
    this.#reasons.set(key, reasons);
    const root = this.rootPruning(m);
    reasons.unpruned ??= reason;
    // The requirements of an unpruned root always count.
    if (from === 'pruned' || root === 'unpruned') reasons.pruned ??= reason;
    const everywhere = root !== undefined && (from === 'pruned' || root === 'unpruned');
    for (const p of this.#requiring.get(key) ?? []) {
      this.disqualify(p, everywhere ? 'pruned' : 'unpruned', { dep: m });
    }
    if (everywhere || root === undefined) this.#requiring.delete(key);
  }

  /** The way from a root to what is wrong; empty if nothing is. */
  path(root: ModuleVersion): { path: ModuleVersion[]; error: Error | undefined } {
    const path: ModuleVersion[] = [];
    let pruning = this.rootPruning(root) ?? 'pruned';
    for (let m = root; ;) {
      if (this.rootPruning(m) === 'unpruned') pruning = 'unpruned';
      const reason = this.#reason(m, pruning);
      if (reason === undefined) return { path, error: undefined };
      path.push(m);
      if ('error' in reason) return { path, error: reason.error };
      const { dep } = reason;
      if (dep.path === m.path && dep.version === m.version) return { path, error: undefined };
      m = dep;
    }
  }
}
