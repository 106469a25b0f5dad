/** `-reuse` beside the official command, on a git repository that changes in between. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { readReuse } from '../src/modload/reuse.ts';
import { official, type Outcome, ours } from './command.ts';

const isPossible = spawnSync('git', ['--version']).status === 0 && peerGoroot() !== undefined;

test('a file of several JSON objects', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'cmd-go-')), 'old.json');
  writeFileSync(
    file,
    '{"Path": "a", "Version": "v1.0.0", "Query": "latest", "Origin": {"VCS": "git", "URL": "{"}}\n{"Path": "b"}\n',
  );
  expect([...readReuse(file).keys()]).toEqual(['a@v1.0.0', 'a@latest']);
  writeFileSync(file, '{"Path": "a"');
  expect(() => readReuse(file)).toThrow('unexpected EOF');
});

describe.skipIf(!isPossible)('beside the official command', () => {
  let dir = '';
  let env: Record<string, string> = {};
  const git = (script: string): void => {
    const who = { NAME: 'a', EMAIL: 'a@example.com', DATE: '1700000000 +0000' };
    const fixed = Object.fromEntries(
      Object.entries(who).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key}`, value],
        [`GIT_COMMITTER_${key}`, value],
      ]),
    );
    execFileSync('sh', ['-ec', script], {
      cwd: join(dir, 'repos/a/b'),
      env: { ...process.env, ...fixed },
    });
  };

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'go-ts-git-'));
    mkdirSync(join(dir, 'repos/a/b'), { recursive: true });
    mkdirSync(join(dir, 'empty'));
    git(
      'git init -q -b main; echo "module github.com/a/b" > go.mod; git add .; git commit -qm 0; git tag v1.0.0',
    );
    env = {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.file://${dir}/repos/.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://github.com/',
      GOPROXY: 'direct',
      GOSUMDB: 'off',
      GOAUTH: 'off',
      GOFLAGS: '-modcacherw',
    };
  });
  afterAll(() => {
    if (dir !== '') rmSync(dir, { recursive: true, force: true });
  });

  test.each(['mod download -json', 'list -m -json'])('%s', { timeout: 120_000 }, (command) => {
    const modules = ['github.com/a/b@latest', 'github.com/a/b@main', 'github.com/a/b@v1.0.0'];
    const old = join(dir, 'old.json');
    // A cache for each: what is in it is part of the answers.
    const run = (go: typeof ours, name: string, ...more: string[]): Outcome => {
      const cache = join(dir, name);
      const outcome = go([...command.split(' '), ...more, ...modules], {
        cwd: join(dir, 'empty'),
        env: { ...env, GOMODCACHE: cache, GOPATH: cache },
      });
      return { ...outcome, stdout: outcome.stdout.replaceAll(cache, '$CACHE') };
    };
    const first = run(official, 'theirs');
    expect(run(ours, 'ours')).toEqual(first);
    writeFileSync(old, first.stdout);
    const again = run(official, 'theirs', `-reuse=${old}`);
    expect(again.stdout).toContain('"Reuse": true');
    expect(run(ours, 'ours', `-reuse=${old}`)).toEqual(again);
    git('echo "// more" >> go.mod; git commit -qam more; git tag "v1.1.$(git tag | wc -l)"');
    const changed = run(official, 'theirs', `-reuse=${old}`);
    expect(changed.stdout).not.toBe(again.stdout);
    expect(run(ours, 'ours', `-reuse=${old}`)).toEqual(changed);
  });
});
