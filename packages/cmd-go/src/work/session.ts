/**
 * The frame around a build: a builder made for the command line, and its end in every case.
 *
 * Ctrl-C and SIGTERM end the workers and delete what is half written; entries of the cache are whole
 * or absent at any moment.
 */
import { type BuildConfig } from '../cfg/build.ts';
import { type Package, packageList } from '../load/package.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { ownWorker } from '../worker/pool.ts';
import { Builder } from './builder.ts';
import { Cache } from './cache.ts';
import { openCacheDir } from './cachedir.ts';
import { type CacheProgram } from './cacheprog.ts';
import { makeTempFolder } from './folders.ts';
import { cleanOnSignal } from './interrupt.ts';
import { removeUnfinished } from './output.ts';
import { checkRecords, writeRecords } from './records.ts';
import { toolID } from './toolid.ts';

/** Lets tests run the driver with other tools. */
export interface Tools {
  readonly worker: URL;
  readonly id: string;
}

export async function withBuilder<T>(
  config: BuildConfig,
  work: (builder: Builder) => Promise<T>,
  tools?: Tools,
): Promise<T> {
  const { worker, id } = tools ?? { worker: ownWorker(), id: toolID(config.settings.ownDir) };
  checkRecords(config);
  const { x, n, work: keeps } = config.flags;
  // Nothing of ours is in it, but scripts and people look for its name.
  const shows = config.workFolder === undefined && (x || n || keeps);
  const temp = shows ? makeTempFolder(config.settings) : undefined;
  if (temp !== undefined) printError(`WORK=${temp.dir}\n`);
  const timed = (config.flags.timings ?? false) !== false;
  const program = await cacheProgram(config);
  const kept = program === undefined ? {} : { program };
  const builder = new Builder({
    config,
    worker,
    toolID: id,
    now: Date.now(),
    timed,
    coverTool: async () => await (await import('./goprogram.ts')).goProgram('cmd/cover'),
    ...kept,
  });
  // Workers are threads of ours and end with us.
  const settled = cleanOnSignal(() => {
    builder.stopShowing();
    removeUnfinished();
    program?.kill();
  });
  try {
    return await work(builder);
  } finally {
    settled();
    if (!keeps) temp?.remove();
    await builder.close();
    try {
      await writeRecords(config, builder.log);
    } finally {
      await program?.close();
    }
  }
}

async function cacheProgram(config: BuildConfig): Promise<CacheProgram | undefined> {
  const command = config.settings.get('GOCACHEPROG');
  if (command === '') return undefined;
  const { CacheProgram: Program } = await import('./cacheprog.ts');
  return await Program.start(command, new Cache(openCacheDir(config.settings), Date.now()));
}

/** Ends the command if any package or anything below one could not be loaded. */
export function checkPackages(roots: readonly Package[]): void {
  const lines = new Set<string>();
  for (const p of packageList(roots)) {
    if (p.error !== undefined) lines.add(p.error.toString());
  }
  if (lines.size > 0) throw new Failure([...lines].join('\n'));
}
