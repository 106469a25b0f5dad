/**
 * Reproducible builds: the bytes of an executable depend on its sources alone.
 *
 * A first build, in a folder of its own and with an empty cache, gives the bytes that every other must
 * give: from another folder, cache cold and warm, with one worker and two, under another umask, time
 * zone, locale and home. -trimpath in all of them, as upstream asks for.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv } from '../peer.ts';
import { programsDir, runCommand } from './programs.ts';
import type { Case, Suite } from './suite.ts';

const ourGo = fileURLToPath(new URL('../../go', import.meta.url));
const program = 'language';

interface Build {
  /** Below the suite's scratch folder. */
  readonly folder: string;
  readonly cache: string;
  readonly workers: number;
  readonly umask?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** In order: a warm cache is one that an earlier build filled. */
const builds: Readonly<Record<string, Build>> = {
  'cold, two workers': { folder: 'a', cache: 'one', workers: 2 },
  'warm, one worker': { folder: 'a', cache: 'one', workers: 1 },
  'warm, another folder': { folder: 'far/away/from/a', cache: 'one', workers: 2 },
  'cold, one worker, another folder': { folder: 'far/away/from/a', cache: 'two', workers: 1 },
  'cold, other umask, time zone, locale and home': {
    folder: 'b',
    cache: 'three',
    workers: 2,
    umask: '077',
    env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', HOME: 'home' },
  },
};

export function reproducibleSuite(): Suite {
  const scratch = mkdtempSync(join(tmpdir(), 'go-ts-reproducible-'));
  let first: Promise<Buffer> | undefined;

  const build = async ({ folder, cache, workers, umask, env }: Build): Promise<Buffer> => {
    const dir = join(scratch, folder);
    mkdirSync(dir, { recursive: true });
    cpSync(join(programsDir, `${program}.go`), join(dir, 'main.go'));
    writeFileSync(join(dir, 'go.mod'), 'module example.com/same\n\ngo 1.27\n');
    const home = env?.['HOME'] === undefined ? {} : { HOME: join(scratch, env['HOME']) };
    const script = `umask ${umask ?? '022'}; cd "$1"; exec "$2" build -trimpath -p ${workers} -o out .`;
    const built = await runCommand(
      '/bin/sh',
      ['-c', script, 'sh', dir, ourGo],
      peerEnv({ ...env, ...home, GOCACHE: join(scratch, cache) }),
      1_200_000,
    );
    if (built.status !== 0) throw new Error(built.stderr);
    return readFileSync(join(dir, 'out'));
  };

  // One after the other, whatever --jobs says: each needs what the former left in the cache.
  let last: Promise<unknown> = Promise.resolve();
  const cases: Case[] = Object.entries(builds).map(([name, wanted]) => ({
    name,
    run: async () => {
      const mine = last.then(async () => await build(wanted));
      last = mine.catch(() => undefined);
      first ??= mine;
      const [have, want] = [await mine, await first];
      if (have.equals(want)) return undefined;
      const at = have.findIndex((byte, i) => byte !== want[i]);
      return `differs from byte ${at} of ${want.length} on`;
    },
  }));
  return {
    name: 'reproducible',
    title: 'the same bytes whatever surrounds the build',
    cases: () => cases,
    close: async () => {
      await last;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
