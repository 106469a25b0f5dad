/** Programs that import nothing, compiled by us and linked with the official runtime, do what the official ones do. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { makeFolder } from './command.ts';
import { buildMixed, buildOfficial } from './mixed-program.ts';

const programs = join(import.meta.dirname, '../testdata/programs');

describe.skipIf(peerGoroot() === undefined)('programs without imports', () => {
  test.each(['switches', 'reslice', 'rangechan'])('%s', { timeout: 300_000 }, (name) => {
    const source = readFileSync(join(programs, `${name}.go`), 'utf8');
    const dir = makeFolder({ 'main.go': source });
    try {
      const output = (file: string) => {
        const ran = spawnSync(file, [], {
          encoding: 'utf8',
          timeout: 60_000,
          killSignal: 'SIGKILL',
        });
        return { status: ran.status, text: ran.stdout + ran.stderr };
      };
      const expected = output(buildOfficial(dir));
      expect(expected.status).toBe(0);
      expect(output(buildMixed(dir))).toEqual(expected);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
