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

const testdata = 'src/internal/types/testdata';
const folders = [
  { dir: `${testdata}/check`, tolerance: 50 },
  { dir: `${testdata}/spec`, tolerance: 20 },
  { dir: `${testdata}/examples`, tolerance: 125 },
  { dir: `${testdata}/fixedbugs`, tolerance: 100 },
  { dir: 'src/cmd/compile/internal/types2/testdata/local', tolerance: 0 },
];
const timeoutMs = 60_000;

export function typesSuite(): Suite {
  const goroot = peerGoroot();
  if (goroot === undefined) throw new Error('no official toolchain here: no tests to run');
  const pool = new Pool(goroot);
  return {
    name: 'types',
    title: 'the checker accepts and rejects as upstream’s does',
    cases: () => folders.flatMap((folder) => casesIn(goroot, folder, pool)),
    close: () => pool.close(),
  };
}

function casesIn(goroot: string, { dir, tolerance }: (typeof folders)[number], pool: Pool): Case[] {
  const root = join(goroot, dir);
  return readdirSync(root)
    .sort()
    .map((entry) => {
      const path = join(root, entry);
      const isDir = statSync(path).isDirectory();
      const paths = isDir ? readdirSync(path).map((name) => join(path, name)) : [path];
      const name = `${dir.split('/').at(-1)!}/${entry}`;
      return { name, run: () => pool.run({ paths, tolerance }) };
    });
}

/** Workers, made when needed; one that does not answer in time is given up. */
class Pool {
  readonly #goroot: string;
  readonly #idle: Worker[] = [];

  constructor(goroot: string) {
    this.#goroot = goroot;
  }

  async run(job: TypesJob): Promise<string | undefined> {
    const worker =
      this.#idle.pop() ??
      new Worker(new URL('types-worker.ts', import.meta.url), {
        workerData: { goroot: this.#goroot },
        resourceLimits: { stackSizeMb: 64, maxYoungGenerationSizeMb: 64 },
      });
    const answer = await ask(worker, job);
    if (typeof answer === 'string') {
      await worker.terminate();
      return answer;
    }
    this.#idle.push(worker);
    return answer.wrong === '' ? undefined : answer.wrong;
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.map((worker) => worker.terminate()));
  }
}

/** The answer, or why there is none. */
function ask(worker: Worker, job: TypesJob): Promise<TypesAnswer | string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(`no answer in ${timeoutMs / 1000} s`), timeoutMs);
    const onError = (error: Error): void => done(error.stack ?? error.message);
    const done = (answer: TypesAnswer | string): void => {
      clearTimeout(timer);
      worker.off('message', done).off('error', onError);
      resolve(answer);
    };
    worker.on('message', done).on('error', onError);
    worker.postMessage(job);
  });
}
