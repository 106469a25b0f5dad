/**
 * What a worker thread runs first: it turns the compile cache on, then loads the worker's own module.
 *
 * The cache of the main thread does not reach workers, and it must be on before the first .ts file is
 * loaded; hence a file of its own, in plain JavaScript.
 */
import { enableCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';

/** @type {import('./messages.ts').WorkerStart} */
const { compileCache, module } = workerData;
if (compileCache !== undefined) enableCompileCache(compileCache);
await import(module);
