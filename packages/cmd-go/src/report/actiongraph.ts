/**
 * `-debug-actiongraph=FILE`: what was done and why, for programs that read upstream's file.
 *
 * The fields are upstream's. Ours are fewer actions: looking into the cache is a part of building a
 * package, and work happens in this process, so `Cmd` names the tool, what it worked on and nothing
 * that could be run; an action without a command was found in the cache.
 * GOROOT: src/cmd/go/internal/work/action.go (actionJSON, actionGraphJSON), exec.go (priorities).
 */
import { type Action, type ActionLog } from '../work/actions.ts';
import { goJSON } from './json.ts';

/** How Go writes a time that is not set. */
const never = '0001-01-01T00:00:00Z';

interface Node {
  readonly action: Action | undefined;
  readonly deps: readonly Action[];
}

export function actionGraph(log: ActionLog): string {
  const needed = new Set(log.actions.flatMap((a) => a.deps));
  const roots = log.actions.filter((a) => !needed.has(a));
  // Several goals are held together by one that does nothing.
  const [only] = roots;
  const root: Node =
    roots.length === 1 ? { action: only!, deps: only!.deps } : { action: undefined, deps: roots };
  const nodes = [root];
  const ids = new Map<Action, number>();
  if (root.action !== undefined) ids.set(root.action, 0);
  for (const node of nodes) {
    for (const dep of node.deps) {
      if (ids.has(dep)) continue;
      ids.set(dep, nodes.length);
      nodes.push({ action: dep, deps: dep.deps });
    }
  }
  const priorities = depthFirst(root);
  return goJSON(nodes.map((node, id) => describe(log, node, id, ids, priorities)));
}

/** The order in which work would be done one after the other. */
function depthFirst(root: Node): Map<Action | undefined, number> {
  const order = new Map<Action | undefined, number>();
  const seen = new Set<Action>();
  const visit = ({ action, deps }: Node): void => {
    for (const dep of deps) {
      if (seen.has(dep)) continue;
      seen.add(dep);
      visit({ action: dep, deps: dep.deps });
    }
    order.set(action, order.size);
  };
  visit(root);
  return order;
}

function describe(
  log: ActionLog,
  { action, deps }: Node,
  id: number,
  ids: ReadonlyMap<Action, number>,
  priorities: ReadonlyMap<Action | undefined, number>,
): Record<string, unknown> {
  const when = (ms: number | undefined): string =>
    ms === undefined || ms < 0 ? never : new Date(log.began + ms).toISOString();
  const priority = priorities.get(action) ?? 0;
  const mode = action?.mode ?? 'build';
  const ran = action !== undefined && action.lane >= 0;
  return {
    ID: id,
    Mode: mode,
    Package: action?.package ?? '',
    ...(deps.length === 0 ? {} : { Deps: deps.map((dep) => ids.get(dep)) }),
    ...(action === undefined || action.target === ''
      ? {}
      : { Target: action.target, ...(action.end === 'failed' ? {} : { Built: action.target }) }),
    ...(priority === 0 ? {} : { Priority: priority }),
    ...(action?.end === 'failed' ? { Failed: true } : {}),
    ...(action !== undefined && mode === 'build' ? { NeedBuild: true } : {}),
    ...(action === undefined || action.buildID === ''
      ? {}
      : { ActionID: action.buildID.split('/')[0] }),
    ...(action === undefined || action.buildID === '' ? {} : { BuildID: action.buildID }),
    TimeReady: when(action?.ready),
    TimeStart: when(action?.start),
    TimeDone: when(action?.done),
    Cmd: ran ? [`${mode === 'link' ? 'link' : 'compile'} ${action.package}`] : null,
    ...(ran ? { CmdReal: Math.round(action.duration * 1e6) } : {}),
  };
}
