/**
 * Downloads killed at any moment: the next run is right.
 *
 * KILLS says how often, for more than CI has time for: `KILLS=100 ./dev vitest run --project
 * @go-ts/modfetch killed`.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archive, listFiles, makeWorld, makeWritable, type World } from './world.ts';

const kills = Number(process.env['KILLS'] ?? 5);
const count = 12;
const modules = Array.from({ length: count }, (_, i) => ({
  path: `example.com/k${i}`,
  version: 'v1.0.0',
}));
const filesPerModule = 30;

let world: World;
beforeAll(async () => {
  world = await makeWorld(
    Object.fromEntries(
      modules.map(({ path, version }) => [
        `${path.replace('/', '_')}_${version}`,
        archive(
          path,
          version,
          Object.fromEntries(
            Array.from({ length: filesPerModule }, (_, i) => [
              `d${i % 7}/f${i}.go`,
              `package d\n// ${path} ${'x'.repeat(997 * i)}\n`,
            ]),
          ),
        ),
      ]),
    ),
  );
});
// Removing what a hundred runs left takes a while.
afterAll(() => world.close(), 120_000);

/** True if it came to its end before the time was up. */
async function download(GOMODCACHE: string, killAfter: number): Promise<boolean> {
  const settings = world.settings({ GOMODCACHE });
  const worker = fileURLToPath(new URL('download-worker.ts', import.meta.url));
  const child = spawn(process.execPath, [worker, JSON.stringify({ settings, modules })], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  return code === 0;
}

test(`${kills} kills`, { timeout: 60_000 + kills * 5000 }, async () => {
  const started = performance.now();
  const whole = join(world.dir, 'whole');
  expect(await download(whole, 60_000)).toBe(true);
  const duration = performance.now() - started;
  const content = (dir: string): [string, string][] =>
    listFiles(dir)
      .filter((file) => !file.startsWith('cache/download/sumdb'))
      // Begun and not renamed, under a name that nobody reads: upstream, too, lets such files lie.
      .filter((file) => !/\.(?:mod|info)\d+\.tmp$/.test(file))
      .map((file) => [file, readFileSync(join(dir, file), 'latin1')]);
  const right = content(whole);
  expect(right.filter(([file]) => file.endsWith('.go'))).toHaveLength(count * filesPerModule);

  let cut = 0;
  for (let i = 0; i < kills; i++) {
    const dir = join(world.dir, `killed${i}`);
    // From soon after its start to shortly before its end, twice into the same cache.
    const after = duration * (0.3 + (0.65 * (i + 0.5)) / kills);
    // oxlint-disable-next-line no-await-in-loop
    if (!(await download(dir, after))) cut++;
    // oxlint-disable-next-line no-await-in-loop
    if (!(await download(dir, after * 0.9))) cut++;
    // oxlint-disable-next-line no-await-in-loop
    expect(await download(dir, 60_000)).toBe(true);
    expect(content(dir)).toEqual(right);
    makeWritable(dir);
  }
  expect(cut).toBeGreaterThan(0);
});
