/**
 * The requirements of the main module, or of a workspace, and the module graph that follows from
 * them, loaded when somebody asks for it.
 *
 * Pruning: a module at Go 1.17 or later lists all that its packages need, so what its requirements
 * require in turn need not be read. A `pruned` graph has the roots, their requirements, and everything
 * below roots that do not prune; an `unpruned` one has everything; in a `workspace` the roots are the
 * main modules themselves.
 *
 * Invariant: roots are sorted and have an entry for `go`.
 * GOROOT: src/cmd/go/internal/modload/buildlist.go.
 */
import {
  compareModules,
  compareVersions,
  explicitIndirectVersion,
  compareGo,
} from '../version/gover.ts';
import { formatModule, type ModuleVersion } from '../version/module.ts';
import { BuildListError, MvsGraph } from './mvs.ts';
import { lanes, mapLimited } from './parallel.ts';

export type Pruning = 'pruned' | 'unpruned' | 'workspace';

export function pruningForGo(goVersion: string): Pruning {
  return compareGo(goVersion, explicitIndirectVersion) < 0 ? 'unpruned' : 'pruned';
}

export interface Retraction {
  readonly low: string;
  readonly high: string;
  readonly rationale: string;
}

/** What matters of another module's go.mod. */
export interface ModSummary {
  readonly module: ModuleVersion | undefined;
  /** '' without a go line. */
  readonly goVersion: string;
  readonly ignore: readonly string[];
  readonly pruning: Pruning;
  readonly require: readonly ModuleVersion[];
  readonly retract: readonly Retraction[];
  readonly deprecated: string;
}

/** What the graph asks of its surroundings. */
export interface GraphHost {
  readonly mainModules: readonly ModuleVersion[];
  readonly inWorkspace: boolean;
  readonly buildMod: BuildMod;
  isMain(path: string): boolean;
  /** The summary of a module's go.mod, with replacements and exclusions applied. */
  summary(m: ModuleVersion): Promise<ModSummary>;
  /** True if the package would be found in more than one module. */
  isAmbiguous(path: string, rs: Requirements): Promise<boolean>;
  /** The error that says that go.mod must be changed and may not. */
  dirty(): Error;
  warn(line: string): void;
}

export type BuildMod = 'mod' | 'readonly' | 'vendor';

export function onlyMainModule(host: GraphHost): ModuleVersion {
  return host.mainModules[0]!;
}

export interface LoadedGraph {
  readonly mg: ModuleGraph;
  /** The graph may lack something then. */
  readonly error: BuildListError | undefined;
}

export class Requirements {
  readonly pruning: Pruning;
  readonly roots: readonly ModuleVersion[];
  /** Paths of modules with packages that the main module imports itself. */
  readonly direct: ReadonlySet<string>;
  readonly #host: GraphHost;
  readonly #maxRoot = new Map<string, string>();
  #graph: Promise<LoadedGraph> | undefined;
  #loaded: LoadedGraph | undefined;

  constructor(
    host: GraphHost,
    pruning: Pruning,
    roots: readonly ModuleVersion[],
    direct: ReadonlySet<string>,
  ) {
    this.#host = host;
    this.pruning = pruning;
    this.roots = roots;
    this.direct = direct;
    for (const { path, version } of roots) {
      const before = this.#maxRoot.get(path);
      if (before === undefined || compareVersions(path, before, version) < 0) {
        this.#maxRoot.set(path, version);
      }
    }
  }

  get maxRoots(): ReadonlyMap<string, string> {
    return this.#maxRoot;
  }

  /** The graph if it was loaded already. */
  get loadedGraph(): ModuleGraph | undefined {
    return this.#loaded?.mg;
  }

  graph(): Promise<LoadedGraph> {
    this.#graph ??= readModGraph(this.#host, this.pruning, this.roots).then((loaded) => {
      this.#loaded = loaded;
      return loaded;
    });
    return this.#graph;
  }

  /** As graph, but an error is thrown. */
  async soundGraph(): Promise<ModuleGraph> {
    const { mg, error } = await this.graph();
    if (error !== undefined) throw error;
    return mg;
  }

  /** Instead of loading. */
  setGraph(mg: ModuleGraph): void {
    this.#loaded = { mg, error: undefined };
    this.#graph = Promise.resolve(this.#loaded);
  }

  get goVersion(): string {
    return this.#maxRoot.get('go')!;
  }

  /** The version that the roots give a module, undefined if it is none of them. */
  rootSelected(path: string): string | undefined {
    return this.#host.isMain(path) ? '' : this.#maxRoot.get(path);
  }

  /** True if a root says again, or less than, what another says. */
  get hasRedundantRoot(): boolean {
    return this.roots.some(
      (m, i) => this.#host.isMain(m.path) || (i > 0 && m.path === this.roots[i - 1]!.path),
    );
  }
}

export function sameModules(a: readonly ModuleVersion[], b: readonly ModuleVersion[]): boolean {
  return (
    a.length === b.length && a.every((m, i) => m.path === b[i]!.path && m.version === b[i]!.version)
  );
}

export function sameSets(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}

type Loaded = { readonly summary: ModSummary } | { readonly error: Error };

export class ModuleGraph {
  readonly g: MvsGraph;
  readonly #loaded: Map<string, Loaded>;
  #buildList: readonly ModuleVersion[] | undefined;

  constructor(g: MvsGraph, loaded: Map<string, Loaded> = new Map()) {
    this.g = g;
    this.#loaded = loaded;
  }

  selected(path: string): string {
    return this.g.selected(path);
  }

  requiredBy(m: ModuleVersion): readonly ModuleVersion[] | undefined {
    return this.g.requiredBy(m);
  }

  /** The main modules first. */
  get buildList(): readonly ModuleVersion[] {
    this.#buildList ??= this.g.buildList();
    return this.#buildList;
  }

  /** What became of reading the module's go.mod, if it was. */
  loaded(m: ModuleVersion): Loaded | undefined {
    return this.#loaded.get(formatModule(m));
  }
}

/**
 * Reads the graph from the roots. What the modules in `unprune` require is read even where it would
 * be pruned.
 */
export async function readModGraph(
  host: GraphHost,
  pruning: Pruning,
  roots: readonly ModuleVersion[],
  unprune?: ReadonlySet<string>,
): Promise<LoadedGraph> {
  const g = new MvsGraph(host.inWorkspace ? roots : host.mainModules);
  if (pruning !== 'workspace') g.require(onlyMainModule(host), roots);
  const reader = new GraphReader(host, g, unprune ?? new Set());
  await reader.read(roots.map((m) => ({ m, pruning })));
  if (pruning === 'workspace') await reader.readSelected(roots);
  return { mg: new ModuleGraph(g, reader.loaded), error: reader.error() };
}

interface Wanted {
  readonly m: ModuleVersion;
  readonly pruning: Pruning;
}

class GraphReader {
  readonly loaded = new Map<string, Loaded>();
  readonly #host: GraphHost;
  readonly #g: MvsGraph;
  readonly #unprune: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  constructor(host: GraphHost, g: MvsGraph, unprune: ReadonlySet<string>) {
    this.#host = host;
    this.#g = g;
    this.#unprune = unprune;
  }

  /** Reads level by level: a level's files at once. */
  async read(wanted: readonly Wanted[]): Promise<void> {
    for (let level = wanted; level.length > 0;) {
      const fresh = level.filter(({ m, pruning }) => {
        const key = `${pruning} ${formatModule(m)}`;
        if (m.version === 'none' || this.#seen.has(key)) return false;
        this.#seen.add(key);
        return true;
      });
      // oxlint-disable-next-line no-await-in-loop
      const nexts = await mapLimited(fresh, lanes, (each) => this.#readOne(each));
      level = nexts.flat();
    }
  }

  async #readOne({ m, pruning }: Wanted): Promise<Wanted[]> {
    const summary = await this.#load(m);
    if (summary === undefined) return [];
    const next = pruning === 'unpruned' ? 'unpruned' : summary.pruning;
    return summary.require
      .filter(
        (r) =>
          pruning !== 'pruned' ||
          summary.pruning === 'unpruned' ||
          this.#unprune.has(formatModule(r)),
      )
      .map((r) => ({ m: r, pruning: next }));
  }

  async #load(m: ModuleVersion): Promise<ModSummary | undefined> {
    const key = formatModule(m);
    const before = this.loaded.get(key);
    if (before !== undefined) return 'summary' in before ? before.summary : undefined;
    let loaded: Loaded;
    try {
      loaded = { summary: await this.#host.summary(m) };
    } catch (error) {
      loaded = { error: error as Error };
    }
    // Another lane may have asked for the same under another pruning.
    if (!this.loaded.has(key)) {
      this.loaded.set(key, loaded);
      if ('summary' in loaded) this.#g.require(m, loaded.summary.require);
    }
    return 'summary' in loaded ? loaded.summary : undefined;
  }

  /**
   * In a workspace, the dependencies of main modules count at the versions that are selected in the
   * end, so these are read too.
   */
  async readSelected(roots: readonly ModuleVersion[]): Promise<void> {
    const relevant = new Set(roots.map((m) => m.path));
    const seen = new Set<string>();
    for (;;) {
      const wanted = new Map<string, ModuleVersion>();
      for (const path of relevant) {
        const m = { path, version: this.#g.selected(path) };
        if (!seen.has(formatModule(m))) {
          wanted.set(formatModule(m), m);
          continue;
        }
        for (const r of this.#g.requiredBy(m) ?? []) {
          const s = { path: r.path, version: this.#g.selected(r.path) };
          const isHigher = compareVersions(r.path, s.version, r.version) > 0;
          if (isHigher && !seen.has(formatModule(s))) wanted.set(formatModule(s), s);
        }
      }
      if (wanted.size === 0) return;
      for (const [key, m] of wanted) {
        seen.add(key);
        relevant.add(m.path);
      }
      // oxlint-disable-next-line no-await-in-loop
      await this.read([...wanted.values()].map((m) => ({ m, pruning: 'workspace' })));
    }
  }

  error(): BuildListError | undefined {
    const failed = (m: ModuleVersion): Error | undefined => {
      const loaded = this.loaded.get(formatModule(m));
      return loaded !== undefined && 'error' in loaded ? loaded.error : undefined;
    };
    if (![...this.loaded.values()].some((loaded) => 'error' in loaded)) return undefined;
    const path = this.#g.findPath((m) => failed(m) !== undefined);
    const last = path.at(-1);
    return last === undefined ? undefined : new BuildListError(failed(last)!, path);
  }
}

/** The requirements with other versions of some roots, or with them added. */
export function overrideRoots(
  host: GraphHost,
  rs: Requirements,
  replace: readonly ModuleVersion[],
): Requirements {
  const dropped = new Set(replace.map((m) => m.path));
  const roots = [...rs.roots.filter((m) => !dropped.has(m.path)), ...replace];
  return new Requirements(host, rs.pruning, roots.sort(compareModules), rs.direct);
}
