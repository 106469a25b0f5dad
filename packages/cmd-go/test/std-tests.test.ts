/**
 * Some of the standard library's own tests, built and run by `go test`: small ones that still exercise
 * generics, maps, strings, sorting and reflection. `./test conformance std` runs all of them.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';

const bin = fileURLToPath(new URL('../bin/go.js', import.meta.url));
const packages = [
  'container/heap',
  'container/list',
  'container/ring',
  'encoding/hex',
  'errors',
  'maps',
  'path',
  'slices',
  'text/tabwriter',
  'unicode',
];

describe.skipIf(peerGoroot() === undefined)("the standard library's tests", () => {
  test('pass', { timeout: 600_000 }, () => {
    const run = spawnSync(process.execPath, [bin, 'test', '-short', '-vet=off', ...packages], {
      cwd: join(peerGoroot()!, 'src'),
      env: peerEnv({ GOPROXY: 'off' }),
      encoding: 'utf8',
      timeout: 590_000,
      killSignal: 'SIGKILL',
    });
    const verdicts = run.stdout.split('\n').filter((line) => line !== '');
    expect(verdicts.map((line) => line.split('\t').slice(0, 2).join(' ').trim())).toEqual(
      packages.map((path) => `ok   ${path}`),
    );
    expect(run.status).toBe(0);
  });
});
