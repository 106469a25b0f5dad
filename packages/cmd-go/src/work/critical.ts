/**
 * The chain of actions that decided how long a build took.
 *
 * From the action that ended last, backwards: each waited for the one of its dependencies that ended
 * last, or, if it was ready before a worker was free, for the action that had kept that worker busy. A
 * build cannot become quicker without something on this path becoming quicker.
 */
import { type Action } from './actions.ts';

/** A difference in time that a thread's messages account for. */
const slack = 5;

export function criticalPath(actions: readonly Action[]): Action[] {
  const ran = actions.filter((a) => a.lane >= 0 && a.done >= 0);
  const path: Action[] = [];
  const seen = new Set<Action>();
  let at = latest(ran);
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    path.unshift(at);
    at = before(at, ran);
  }
  return path;
}

function before(action: Action, ran: readonly Action[]): Action | undefined {
  if (action.start - action.ready > slack) {
    const { lane, start } = action;
    const ahead = latest(
      ran.filter((a) => a !== action && a.lane === lane && a.done <= start + slack),
    );
    if (ahead !== undefined && ahead.done > action.ready) return ahead;
  }
  return latest(ranBelow(action));
}

/** Its dependencies that a worker ran; behind those that came from the cache stand others. */
function ranBelow(action: Action): Action[] {
  const found = new Set<Action>();
  const seen = new Set<Action>();
  const visit = (a: Action): void => {
    for (const dep of a.deps) {
      if (seen.has(dep)) continue;
      seen.add(dep);
      if (dep.lane >= 0) found.add(dep);
      else visit(dep);
    }
  };
  visit(action);
  return [...found];
}

function latest(actions: readonly Action[]): Action | undefined {
  let last: Action | undefined;
  for (const a of actions) if (last === undefined || a.done > last.done) last = a;
  return last;
}
