/**
 * Minimal version selection: of each module that can be reached from the roots, the highest version
 * that any module asks for.
 *
 * The graph is told who requires what and keeps the selection up to date. Whoever fills it decides
 * which requirements count; so pruning is not known here.
 * GOROOT: src/cmd/go/internal/mvs/{graph,mvs,errors}.go (results, order of lists, wording).
 */
import { compareModules, compareSelected } from '../version/gover.ts';
import {
  formatModule,
  InvalidVersionError,
  type ModuleVersion,
  ModuleVersionError,
  sameModule,
  versionError,
} from '../version/module.ts';
import { lanes, mapLimited } from './parallel.ts';

export class MvsGraph {
  readonly #roots: readonly ModuleVersion[];
  readonly #required = new Map<string, readonly ModuleVersion[]>();
  readonly #selected = new Map<string, string>();

  constructor(roots: readonly ModuleVersion[]) {
    this.#roots = roots;
    this.#select(roots);
  }

  #select(modules: readonly ModuleVersion[]): void {
    for (const { path, version } of modules) {
      const before = this.#selected.get(path);
      if (before === undefined || compareSelected(path, before, version) < 0) {
        this.#selected.set(path, version);
      }
    }
  }

  /** Says once what a module of the graph requires. */
  require(m: ModuleVersion, requirements: readonly ModuleVersion[]): void {
    this.#required.set(formatModule(m), requirements);
    this.#select(requirements);
  }

  /** What the module requires; undefined if that is not part of the graph. */
  requiredBy(m: ModuleVersion): readonly ModuleVersion[] | undefined {
    return this.#required.get(formatModule(m));
  }

  /** The version selected, `none` if the module is not in the graph. */
  selected(path: string): string {
    return this.#selected.get(path) ?? 'none';
  }

  /** The selected modules: those of the roots, then the others by path. */
  buildList(): ModuleVersion[] {
    const rest = new Map(this.#selected);
    const list: ModuleVersion[] = [];
    for (const { path } of this.#roots) {
      const version = rest.get(path);
      if (version !== undefined && version !== 'none') list.push({ path, version });
      rest.delete(path);
    }
    const others = [...rest].map(([path, version]) => ({ path, version }));
    return [...list, ...others.sort(compareModules)];
  }

  /** Visits every version in the graph, selected or not, nearest first. */
  walk(visit: (m: ModuleVersion) => void): void {
    const queue = this.#roots.filter((m) => m.version !== 'none');
    const seen = new Set(queue.map(formatModule));
    for (const m of queue) {
      visit(m);
      for (const r of this.requiredBy(m) ?? []) {
        const key = formatModule(r);
        if (seen.has(key) || r.version === 'none') continue;
        seen.add(key);
        queue.push(r);
      }
    }
  }

  /** A shortest way from a root to a module that matches; empty if there is none. */
  findPath(matches: (m: ModuleVersion) => boolean): ModuleVersion[] {
    const queue = [...this.#roots];
    const requiredFirstBy = new Map<string, ModuleVersion | undefined>();
    for (const m of queue) requiredFirstBy.set(formatModule(m), undefined);
    for (const m of queue) {
      if (matches(m)) {
        const path: ModuleVersion[] = [];
        for (let at: ModuleVersion | undefined = m; at !== undefined;) {
          path.unshift(at);
          at = requiredFirstBy.get(formatModule(at));
        }
        return path;
      }
      for (const r of this.requiredBy(m) ?? []) {
        const key = formatModule(r);
        if (requiredFirstBy.has(key)) continue;
        requiredFirstBy.set(key, m);
        queue.push(r);
      }
    }
    return [];
  }
}

/** An error met at a module, with the way of requirements to it. */
export class BuildListError extends Error {
  readonly way: readonly ModuleVersion[];
  declare readonly cause: Error;

  constructor(cause: Error, path: readonly ModuleVersion[]) {
    super(describe(cause, path), { cause });
    this.name = 'BuildListError';
    this.way = path;
  }

  /** Where the error is. */
  get module(): ModuleVersion | undefined {
    return this.way.at(-1);
  }
}

function describe(cause: Error, path: readonly ModuleVersion[]): string {
  // The main module at the beginning goes without saying.
  const first = path.findIndex((m) => m.version !== '');
  if (first < 0) return cause.message;
  const shown = path.slice(first);
  const m = shown.pop()!;
  const way = shown.map((each) => `${formatModule(each)} requires\n\t`).join('');
  if (!(cause instanceof ModuleVersionError)) return way + versionError(m, cause).message;
  const { cause: inner } = cause;
  const actual: ModuleVersion = {
    path: cause.path,
    version: inner instanceof InvalidVersionError ? inner.version : cause.version,
  };
  if (sameModule(actual, m)) return way + cause.message;
  return `${way}${formatModule(m)} (replaced by ${formatModule(actual)}): ${inner.message}`;
}

/** Answers what a module version requires. */
export type Required = (m: ModuleVersion) => Promise<readonly ModuleVersion[]>;

/** The selected versions for a target, all requirements of all modules counted. */
export async function buildList(
  target: ModuleVersion,
  required: Required,
): Promise<ModuleVersion[]> {
  const { graph, errors } = await loadAll(target, required);
  if (errors.size > 0) {
    const path = graph.findPath((m) => errors.has(formatModule(m)));
    throw new BuildListError(errors.get(formatModule(path.at(-1)!))!, path);
  }
  return graph.buildList();
}

async function loadAll(
  target: ModuleVersion,
  required: Required,
): Promise<{ graph: MvsGraph; errors: Map<string, Error> }> {
  const graph = new MvsGraph([target]);
  const errors = new Map<string, Error>();
  const seen = new Set([formatModule(target)]);
  let level = [target];
  while (level.length > 0) {
    const known = level;
    // Level by level: what is required is only known when its dependents are loaded.
    // oxlint-disable-next-line no-await-in-loop
    const lists = await mapLimited(known, lanes, async (m) => {
      if (m.version === 'none') return [];
      try {
        return await required(m);
      } catch (error) {
        errors.set(formatModule(m), error as Error);
        return [];
      }
    });
    level = [];
    for (const [i, list] of lists.entries()) {
      graph.require(known[i]!, list);
      for (const r of list) {
        const key = formatModule(r);
        if (!seen.has(key)) level.push(r);
        seen.add(key);
      }
    }
  }
  return { graph, errors };
}

/**
 * The fewest requirements that select the same versions for the target, those of `base` always among
 * them.
 */
export async function minimalRequirements(
  target: ModuleVersion,
  base: readonly string[],
  required: Required,
): Promise<ModuleVersion[]> {
  const list = await buildList(target, required);
  const selected = new Map(list.map((m) => [m.path, m.version]));
  const requirements = new Map<string, readonly ModuleVersion[]>([[formatModule(target), []]]);
  const postorder: ModuleVersion[] = [];
  for (const m of list) {
    // The order is that of a depth-first walk.
    // oxlint-disable-next-line no-await-in-loop
    await walkPostorder(m, required, requirements, postorder);
  }
  const implied = new Set<string>();
  const imply = (m: ModuleVersion): void => {
    const stack = [m];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const key = formatModule(at);
      if (implied.has(key)) continue;
      implied.add(key);
      stack.push(...(requirements.get(key) ?? []));
    }
  };
  const minimal: ModuleVersion[] = [];
  for (const path of new Set(base)) {
    const m = { path, version: selected.get(path) ?? '' };
    minimal.push(m);
    imply(m);
  }
  for (const m of postorder.toReversed()) {
    if (selected.get(m.path) !== m.version || implied.has(formatModule(m))) continue;
    minimal.push(m);
    imply(m);
  }
  return minimal.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Appends what can be reached from `m` and was not visited, dependencies before dependents. */
async function walkPostorder(
  start: ModuleVersion,
  required: Required,
  requirements: Map<string, readonly ModuleVersion[]>,
  postorder: ModuleVersion[],
): Promise<void> {
  interface Step {
    readonly m: ModuleVersion;
    readonly list: readonly ModuleVersion[];
    next: number;
  }
  const enter = async (m: ModuleVersion): Promise<Step | undefined> => {
    const key = formatModule(m);
    if (requirements.has(key)) return undefined;
    const list = m.version === 'none' ? [] : await required(m);
    requirements.set(key, list);
    return { m, list, next: 0 };
  };
  const stack: Step[] = [];
  const first = await enter(start);
  if (first !== undefined) stack.push(first);
  for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
    const child = step.list[step.next++];
    if (child === undefined) {
      postorder.push(step.m);
      stack.pop();
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop
    const inner = await enter(child);
    if (inner !== undefined) stack.push(inner);
  }
}
