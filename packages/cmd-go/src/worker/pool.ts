/**
 * A pool of worker threads that stay for the whole build.
 *
 * Workers start when there is work for them. Compilers recurse along the nesting of programs, so
 * their stacks are large; their heaps may grow as the machine allows.
 */
import { getCompileCacheDir } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describeInternal } from '../report/internal.ts';
import {
  nameOf,
  type Job,
  type JobResult,
  type Reply,
  type Request,
  type WorkerStart,
} from './messages.ts';

interface Waiting {
  readonly job: Job;
  readonly started: ((lane: number) => void) | undefined;
  readonly resolve: (result: JobResult) => void;
}

interface Member {
  readonly worker: Worker;
  /** Its place among the members, taken over when one dies. */
  readonly lane: number;
  current: Waiting | undefined;
}

/** The product's worker module, beside this one in source and in the bundle. */
export function ownWorker(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './worker.ts' : './worker.js', import.meta.url);
}

export class Pool {
  readonly #module: URL;
  readonly #limit: number;
  readonly #members: Member[] = [];
  readonly #queue: Waiting[] = [];
  #nextID = 1;
  #closed = false;

  constructor(module: URL, limit: number) {
    this.#module = module;
    this.#limit = Math.max(1, Math.min(limit, availableParallelism()));
  }

  get size(): number {
    return this.#limit;
  }

  /**
   * The job's result; a worker that dies makes it a fault, never an unanswered promise. `started` is
   * told which worker takes the job.
   */
  run(job: Job, started?: (lane: number) => void): Promise<JobResult> {
    return new Promise((resolve) => {
      this.#queue.push({ job, started, resolve });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.length = 0;
    await Promise.all(this.#members.splice(0).map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && !this.#closed) {
      let member = this.#members.find((m) => m.current === undefined);
      if (member === undefined) {
        if (this.#members.length >= this.#limit) return;
        member = this.#start();
      }
      const waiting = this.#queue.shift()!;
      member.current = waiting;
      const request: Request = { id: this.#nextID++, job: waiting.job };
      member.worker.postMessage(request);
      waiting.started?.(member.lane);
    }
  }

  #start(): Member {
    const heap = Math.floor((totalmem() / 2 ** 20) * 0.75);
    const cache = getCompileCacheDir();
    const start: WorkerStart = {
      module: this.#module.href,
      // Node adds a folder of its own for each version.
      compileCache: cache === undefined ? undefined : dirname(cache),
    };
    const worker = new Worker(new URL('./start.js', import.meta.url), {
      workerData: start,
      resourceLimits: { stackSizeMb: 64, maxOldGenerationSizeMb: heap },
    });
    const lanes = new Set(this.#members.map((m) => m.lane));
    let lane = 0;
    while (lanes.has(lane)) lane++;
    const member: Member = { worker, lane, current: undefined };
    this.#members.push(member);
    const settle = (result: JobResult): void => {
      const { current } = member;
      member.current = undefined;
      current?.resolve(result);
    };
    worker.on('message', (reply: Reply) => {
      settle(reply.result);
      this.#dispatch();
    });
    const died = (why: unknown): void => {
      const at = this.#members.indexOf(member);
      if (at >= 0) this.#members.splice(at, 1);
      const { current } = member;
      const context = current === undefined ? {} : { package: nameOf(current.job) };
      settle({ outputs: undefined, messages: [], fault: describeInternal(why, context) });
      this.#dispatch();
    };
    worker.on('error', died);
    worker.on('exit', (code) => {
      if (this.#closed || member.current === undefined) return;
      died(new Error(`worker ended with code ${code}`));
    });
    return member;
  }
}
