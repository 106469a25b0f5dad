/**
 * The files about a build that flags ask for: `-timings`, `-debug-actiongraph`.
 * GOROOT: src/cmd/go/internal/work/exec.go (writeActionGraph).
 */
import { writeFileSync } from 'node:fs';
import { type BuildConfig } from '../cfg/build.ts';
import { Failure } from '../report/failure.ts';
import { systemMessage } from '../report/system.ts';
import { type ActionLog } from './actions.ts';

/** Where `-timings` writes if it is not told. */
const timingsFile = 'go-timings.html';

/** Refuses, before anything is built, to write over a source: `-debug-actiongraph x.go`. */
export function checkRecords(config: BuildConfig): void {
  const { timings, 'debug-actiongraph': graph } = config.flags;
  for (const [what, file] of [
    ['action graph', graph],
    ['timings', timings],
  ] as const) {
    if (typeof file === 'string' && file.endsWith('.go')) {
      throw new Failure(`go: refusing to write ${what} to ${file}`);
    }
  }
}

export async function writeRecords(config: BuildConfig, log: ActionLog): Promise<void> {
  const { timings = false, 'debug-actiongraph': graph } = config.flags;
  if (graph !== '') {
    const { actionGraph } = await import('../report/actiongraph.ts');
    write('action graph', graph, actionGraph(log));
  }
  if (timings !== false) {
    const { timingsPage } = await import('../report/timings.ts');
    const file = timings === true ? timingsFile : timings;
    write('timings', file, timingsPage(log, title(log)));
  }
}

/** What was built: the goals. */
function title(log: ActionLog): string {
  const needed = new Set(log.actions.flatMap((a) => a.deps));
  const goals = new Set(log.actions.filter((a) => !needed.has(a)).map((a) => a.package));
  const [first = 'nothing', ...others] = goals;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function write(what: string, file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Failure(`go: writing ${what}: ${systemMessage(error as NodeJS.ErrnoException)}`);
  }
}
