/**
 * `go env -json` against the official one: the same variables, and the same values. GOGCCFLAGS names a
 * folder of its own in every run, and what upstream asks of the machine's C compiler; CGO_ENABLED is off
 * for both, as it always is here.
 */
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { official, ours } from './command.ts';

const targets = ['linux/amd64', 'linux/arm64', 'darwin/amd64', 'darwin/arm64', 'windows/amd64'];

describe.skipIf(peerGoroot() === undefined)('go env -json', () => {
  test.each(targets)('%s', (target) => {
    const [GOOS = '', GOARCH = ''] = target.split('/');
    const where = { cwd: '/', env: { GOOS, GOARCH, CGO_ENABLED: '0' } };
    const [mine, theirs] = [ours, official].map((go) => {
      const all = JSON.parse(go(['env', '-json'], where).stdout) as Record<string, string>;
      return { ...all, GOGCCFLAGS: all['GOGCCFLAGS']!.replaceAll(/^.* (?=-gno)/g, '') };
    });
    expect(mine).toEqual(theirs);
    expect(Object.keys(mine!).length).toBeGreaterThan(40);
  });

  test.each([{ GOENV: 'off' }, { GOENV: '/nowhere' }, { GOCACHE: '/cache' }, { GOPATH: '/path' }])(
    '-changed with %o',
    (env) => {
      const args = ['env', '-changed'];
      const where = { cwd: '/', env: { ...env, CGO_ENABLED: '0' } };
      expect(ours(args, where)).toEqual(official(args, where));
    },
  );
});
