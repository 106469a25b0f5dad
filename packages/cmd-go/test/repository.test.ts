/** The state of working copies, and repositories in each other. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { repositoryOf, statusOf } from '../src/work/repository.ts';

const quiet = { show: false, verbose: false };

describe('repositories', () => {
  const root = mkdtempSync(join(tmpdir(), 'go-ts-vcs-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@n', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, GIT_COMMITTER_DATE: '2024-01-30T10:52:00+08:00' },
    });
  const status = (): object => statusOf(repositoryOf(root)!, quiet);

  test('git: none, without a commit, clean, changed', () => {
    expect(repositoryOf(root)).toBeUndefined();
    git('init', '-q');
    expect(repositoryOf(root)?.dir).toBe(root);
    expect(() => status()).toThrow('exit status 128');
    writeFileSync(join(root, 'a'), 'a\n');
    expect(status()).toEqual({ revision: '', time: '', isModified: true });
    git('add', 'a');
    git('commit', '-q', '-m', 'a');
    const revision = git('rev-parse', 'HEAD').trim();
    const time = '2024-01-30T02:52:00Z';
    expect(status()).toEqual({ revision, time, isModified: false });
    writeFileSync(join(root, 'b'), 'b\n');
    expect(status()).toEqual({ revision, time, isModified: true });
  });

  test('git within git is allowed, other systems in each other are not', () => {
    const inner = join(root, 'inner');
    mkdirSync(join(inner, '.git'), { recursive: true });
    expect(repositoryOf(inner)?.dir).toBe(inner);
    mkdirSync(join(inner, 'hg/.hg'), { recursive: true });
    expect(() => repositoryOf(join(inner, 'hg'))).toThrow(
      `multiple VCS detected: hg in "${inner}/hg", and git in "${inner}"`,
    );
  });

  test('a file .git counts if it leads to a folder', () => {
    const tree = join(root, 'tree');
    mkdirSync(tree);
    writeFileSync(join(tree, '.git'), 'gitdir: ../nowhere\n');
    expect(repositoryOf(tree)?.dir).toBe(root);
    writeFileSync(join(tree, '.git'), 'gitdir: ../.git\n');
    expect(repositoryOf(tree)?.dir).toBe(tree);
  });
});
