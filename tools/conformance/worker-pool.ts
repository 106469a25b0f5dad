/** Workers that answer one question at a time; one that does not answer in time is given up. */
import type { Worker } from 'node:worker_threads';

const timeoutMs = 60_000;

export class WorkerPool<Question, Answer> {
  readonly #start: () => Worker;
  readonly #idle: Worker[] = [];

  constructor(start: () => Worker) {
    this.#start = start;
  }

  /** The answer, or a text that says why there is none. */
  async ask(question: Question): Promise<Answer | string> {
    const worker = this.#idle.pop() ?? this.#start();
    const answer = await askWorker<Answer>(worker, question);
    if (typeof answer === 'string') await worker.terminate();
    else this.#idle.push(worker);
    return answer;
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.map((worker) => worker.terminate()));
  }
}

function askWorker<Answer>(worker: Worker, question: unknown): Promise<Answer | string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(`no answer in ${timeoutMs / 1000} s`), timeoutMs);
    const onError = (error: Error): void => done(error.stack ?? error.message);
    const done = (answer: Answer | string): void => {
      clearTimeout(timer);
      worker.off('message', done).off('error', onError);
      resolve(answer);
    };
    worker.on('message', done).on('error', onError);
    worker.postMessage(question);
  });
}
