/**
 * Modules from a git repository, which stands for one of a well-known host by git's own `insteadOf`;
 * what the versions are called, and which files a zip has, is compared with the official command.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { openModuleSource } from '../src/fetch/fetcher.ts';
import { parseMetaImports } from '../src/fetch/vcs.ts';
import { type ModuleSource } from '../src/source.ts';
import { makeWritable } from './world.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;
const goroot = hasGit ? peerGoroot() : undefined;

const script = `
git init -q -b main; echo "package b" > b.go; git add .; git commit -qm 0; git tag v1.0.0
mkdir sub vendor vendor/x
echo "module github.com/a/b" > go.mod; echo "module github.com/a/b/sub" > sub/go.mod
echo package sub > sub/s.go; echo L > LICENSE; echo package x > vendor/x/x.go; ln -s b.go link.go
git add .; git commit -qm 1; git tag -a -m x v1.1.0; git tag sub/v0.1.0; git tag v2.0.0
echo "// more" >> b.go; git commit -qam 2; git tag two
git checkout -q -b v2; echo "module github.com/a/b/v2" > go.mod; git commit -qam 3
git tag v2.1.0; git tag v2.2.0-pre
git checkout -q main; echo "// yet" >> sub/s.go; git commit -qam 4; git tag v1.2
`;

let dir = '';
let source: ModuleSource | undefined;
let env: Record<string, string> = {};

/** Dates that do not move, so that hashes do not either. */
const fixed = {
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_DATE: '1700000000 +0000',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

beforeAll(() => {
  if (!hasGit) return;
  dir = mkdtempSync(join(tmpdir(), 'go-ts-git-'));
  const repo = join(dir, 'repos/a/b');
  mkdirSync(repo, { recursive: true });
  execFileSync('sh', ['-ec', script], { cwd: repo, env: { ...process.env, ...fixed } });
  mkdirSync(join(dir, 'm'));
  writeFileSync(join(dir, 'm/go.mod'), 'module m\n');
  env = peerEnv({
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${dir}/repos/.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/',
    GOPROXY: 'direct',
    GOSUMDB: 'off',
    GOAUTH: 'off',
    GOFLAGS: '-modcacherw',
    GOMODCACHE: join(dir, 'official'),
    GOPATH: join(dir, 'gopath'),
  });
  source = openModuleSource({
    GOPROXY: 'direct',
    GONOPROXY: '',
    GOPRIVATE: 'github.com/a/private',
    GONOSUMDB: '',
    GOSUMDB: 'off',
    GOINSECURE: '',
    GOAUTH: 'off',
    GOVCS: '',
    GOMODCACHE: join(dir, 'ours'),
    sumdbDir: '',
    modCacheRW: true,
    trace: false,
    lookupDisabled: undefined,
    goVersion: '1.27.4',
    env,
    say: () => {},
    sayDownloads: false,
    goSumFile: '',
    workspaceGoSumFiles: [],
    ignoreMalformedGoSum: false,
  });
});
afterAll(() => {
  source?.close();
  if (dir === '') return;
  makeWritable(dir);
  rmSync(dir, { recursive: true, force: true });
});

type Query = readonly [path: string, query: string];

interface Answer {
  Error?: string;
  Version?: string;
  Sum?: string;
  GoModSum?: string;
  Origin?: unknown;
}

async function ours(path: string, query: string): Promise<Answer> {
  try {
    const info = await source!.tryProxies((proxy) => source!.repo(proxy, path).stat(query));
    const mod = { path, version: info.version };
    await source!.downloadZip(mod);
    const GoModSum = await source!.goModSum(path, info.version);
    return normal({ Version: info.version, Sum: source!.sum(mod)!, GoModSum, Origin: info.origin });
  } catch (error) {
    return normal({ Error: (error as Error).message });
  }
}

/** All in one call: each costs most of a second. */
function official(queries: readonly Query[]): Answer[] {
  const args = queries.map(([path, query]) => `${path}@${query}`);
  const { stdout } = spawnSync(join(goroot!, 'bin/go'), ['mod', 'download', '-json', ...args], {
    cwd: join(dir, 'm'),
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const answers = stdout.split(/(?<=^\})\n/m).filter((text) => text !== '');
  return answers.map((text) => {
    const { Error: message, Version, Sum, GoModSum, Origin } = JSON.parse(text) as Answer;
    if (message !== undefined) return normal({ Error: message });
    return normal({ Version: Version!, Sum: Sum!, GoModSum: GoModSum!, Origin });
  });
}

function normal(answer: Answer): Answer {
  const text = JSON.stringify(answer, (_, value: unknown) => (value === '' ? undefined : value));
  return JSON.parse(
    text.replaceAll(`${dir}/ours`, 'M').replaceAll(`${dir}/official`, 'M'),
  ) as Answer;
}

describe.skipIf(goroot === undefined)('a repository with several modules', () => {
  test('versions, contents and refusals are the same', { timeout: 60_000 }, async () => {
    const git = (rev: string): string =>
      execFileSync('git', ['rev-parse', `${rev}^{commit}`], {
        cwd: join(dir, 'repos/a/b'),
        encoding: 'utf8',
      }).trim();
    const queries: Query[] = [
      ['github.com/a/b', 'v1.0.0'],
      ['github.com/a/b', 'v1.1.0'],
      ['github.com/a/b', 'two'],
      ['github.com/a/b', 'main'],
      ['github.com/a/b', 'HEAD'],
      ['github.com/a/b', 'v2.0.0'],
      ['github.com/a/b', 'nope'],
      ['github.com/a/b', 'v1.9.0'],
      ['github.com/a/b', git('two').slice(0, 7)],
      ['github.com/a/b', git('v1.0.0').slice(0, 12)],
      ['github.com/a/b', git('v2.1.0')],
      ['github.com/a/b', 'v1.1.1-0.20231114221321-000000000000'],
      ['github.com/a/b', `v1.1.1-0.20231114221500-${git('two').slice(0, 12)}`],
      ['github.com/a/b', `v0.0.0-20231114221320-${git('two').slice(0, 12)}`],
      ['github.com/a/b/v2', 'v2.1.0'],
      ['github.com/a/b/v2', 'v2.2.0-pre'],
      ['github.com/a/b/v3', 'main'],
      ['github.com/a/b/sub', 'v0.1.0'],
      ['github.com/a/b/sub', 'main'],
      ['github.com/a/b/nosub', 'main'],
      ['github.com/a/nope', 'main'],
      ['github.com/a/b.git', 'main'],
      ['github.com/a', 'main'],
    ];
    const theirs = official(queries);
    const answers: Answer[] = [];
    for (const [path, query] of queries) {
      // In turn: what the clone has by then decides how the next is answered.
      // oxlint-disable-next-line no-await-in-loop
      const answer = await ours(path, query);
      // The command says what was asked for, before what has nothing of it.
      const bare = answer.Error?.startsWith('invalid ') === true;
      answers.push(bare ? { Error: `${path}@${query}: ${answer.Error}` } : answer);
    }
    expect(answers).toEqual(theirs);
  });

  test('lists of versions', async () => {
    const list = async (path: string): Promise<string> => {
      const { list: versions } = await source!.repo('direct', path).versions('');
      return versions.join(' ');
    };
    expect(await list('github.com/a/b')).toBe('v1.0.0 v1.1.0');
    expect(await list('github.com/a/b/v2')).toBe('v2.0.0 v2.1.0 v2.2.0-pre');
    expect(await list('github.com/a/b/sub')).toBe('v0.1.0');
  });
});

describe.skipIf(!hasGit)('what is refused', () => {
  test.each<[string, string]>([
    ['example.net/a', 'no modules on example.net'],
    [
      'example.com/a/b.svn/c',
      "GOVCS disallows using svn for public example.com/a/b.svn; see 'go help vcs'",
    ],
    [
      'example.com/a/b.hg/c',
      'lookup example.com/a/b.hg: hg repositories are not supported; a module proxy may have example.com/a/b.hg/c',
    ],
  ])('%s', async (path, message) => {
    await expect(source!.repo('direct', path).versions('')).rejects.toThrow(message);
  });
});

test('meta tags', () => {
  const page = `<!DOCTYPE html><html><head>
    <meta name="go-import" content="example.com/a git https://example.com/a.git">
    <META content='example.com/b mod https://proxy.example.com' NAME=go-import />
    <meta name="go-import" content="example.com/b git https://example.com/b.git">
    <meta name="go-import" content="example.com/c git https://example.com/c?x=1&amp;y=2 sub/dir">
    <!-- <meta name="go-import" content="example.com/x git https://example.com/x"> -->
    <meta name="go-source" content="example.com/a _ _ _">
    </head><body><meta name="go-import" content="example.com/y git https://example.com/y"></body>`;
  expect(parseMetaImports(page)).toEqual([
    { prefix: 'example.com/b', vcs: 'mod', repo: 'https://proxy.example.com', subdir: '' },
    { prefix: 'example.com/a', vcs: 'git', repo: 'https://example.com/a.git', subdir: '' },
    {
      prefix: 'example.com/c',
      vcs: 'git',
      repo: 'https://example.com/c?x=1&y=2',
      subdir: 'sub/dir',
    },
  ]);
});
