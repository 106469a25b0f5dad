/** Runs `programs`: what was miscompiled once, in one executable built by the go command. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';

const go = fileURLToPath(new URL('../../cmd-go/bin/go.js', import.meta.url));
const dir = fileURLToPath(new URL('programs', import.meta.url));

test.skipIf(peerGoroot() === undefined)(
  'programs that were miscompiled',
  () => {
    const cache = process.env['GOCACHE'];
    const run = spawnSync(process.execPath, [go, 'run', '.'], {
      cwd: dir,
      encoding: 'utf8',
      env: peerEnv(cache === undefined ? {} : { GOCACHE: cache }),
      timeout: 300_000,
      killSignal: 'SIGKILL',
    });
    const text = run.stderr.replaceAll(/^go: compiling .*\n/gm, '');
    expect({ text, out: run.stdout, status: run.status }).toEqual({ text: '', out: '', status: 0 });
  },
  310_000,
);
