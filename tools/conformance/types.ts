/**
 * GOROOT/src/internal/types/testdata: packages with comments that say which errors the checker reports
 * where. A directory in one of the folders is one package. Columns may differ as much as upstream's
 * own test of its checker allows.
 *
 * GOROOT: src/cmd/compile/internal/types2/check_test.go (folders, tolerances).
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { peerGoroot } from '../peer.ts';
import { type Case, type Suite } from './suite.ts';
import type { TypesAnswer, TypesJob } from './types-worker.ts';
import { WorkerPool } from './worker-pool.ts';

const testdata = 'src/internal/types/testdata';
const folders = [
  { dir: `${testdata}/check`, tolerance: 50 },
  { dir: `${testdata}/spec`, tolerance: 20 },
  { dir: `${testdata}/examples`, tolerance: 125 },
  { dir: `${testdata}/fixedbugs`, tolerance: 100 },
  { dir: 'src/cmd/compile/internal/types2/testdata/local', tolerance: 0 },
];

export function typesSuite(): Suite {
  const goroot = peerGoroot();
  if (goroot === undefined) throw new Error('no official toolchain here: no tests to run');
  const worker = new URL('types-worker.ts', import.meta.url);
  const pool = new WorkerPool<TypesJob, TypesAnswer>(
    () =>
      new Worker(worker, {
        workerData: { goroot },
        resourceLimits: { stackSizeMb: 64, maxYoungGenerationSizeMb: 64 },
      }),
  );
  return {
    name: 'types',
    title: 'the checker accepts and rejects as upstream’s does',
    cases: () => folders.flatMap((folder) => casesIn(goroot, folder, pool)),
    close: () => pool.close(),
  };
}

function casesIn(
  goroot: string,
  { dir, tolerance }: (typeof folders)[number],
  pool: WorkerPool<TypesJob, TypesAnswer>,
): Case[] {
  const root = join(goroot, dir);
  return readdirSync(root)
    .sort()
    .map((entry) => {
      const path = join(root, entry);
      const isDir = statSync(path).isDirectory();
      const paths = isDir ? readdirSync(path).map((name) => join(path, name)) : [path];
      const name = `${dir.split('/').at(-1)!}/${entry}`;
      const run = async (): Promise<string | undefined> => {
        const answer = await pool.ask({ paths, tolerance });
        const wrong = typeof answer === 'string' ? answer : answer.wrong;
        return wrong === '' ? undefined : wrong;
      };
      return { name, run };
    });
}
