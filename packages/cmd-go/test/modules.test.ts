/**
 * Module commands against the official ones: each runs on its own copy of a folder, over one module
 * proxy and one module cache; output, exit status and every file must be the same.
 */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ModProxy, startModProxy } from '../../../tools/conformance/modproxy.ts';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { makeFolder } from './command.ts';

const peer = peerGoroot();
const bin = fileURLToPath(new URL('../bin/go.js', import.meta.url));

interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Lines whose order depends on which answer comes first are put in one. */
function settle(text: string): string {
  return text
    .replaceAll(/^go: downloading .*\n/gm, '')
    .replaceAll(/(?:^go: finding module for package .*\n)+/gm, (run) =>
      run.split('\n').sort().join('\n').trimStart().concat('\n'),
    );
}

function filesIn(dir: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(dir, path)] = readFileSync(path, 'utf8');
  }
  return files;
}

const pruned = {
  'go.mod':
    'module example.com/m\n\ngo 1.21\n\nrequire rsc.io/quote v1.5.1 // keep\n\nrequire (\n\tgolang.org/x/text v0.0.0-20170915032832-14c0d48ead0c // indirect\n\trsc.io/sampler v1.3.0 // indirect\n)\n',
  'm.go': 'package m\n\nimport _ "rsc.io/quote"\n',
};
const unpruned = {
  'go.mod': 'module example.com/m\n\ngo 1.15\n\nrequire rsc.io/quote v1.5.2\n',
  'm.go': 'package m\n\nimport _ "rsc.io/quote"\n',
};
const replaced = {
  ...pruned,
  'go.mod': `${pruned['go.mod']}\nreplace rsc.io/sampler => ./sampler\n\nexclude rsc.io/quote v1.5.2\n`,
  'sampler/go.mod': 'module rsc.io/sampler\n',
  'sampler/s.go': 'package sampler\n\nfunc Hello() string { return "" }\n',
};
/** A module that gives no package, and so is not read for any, has a go line all the same. */
const withoutPackages = {
  'go.mod':
    'module example.com/m\n\ngo 1.21\n\nrequire (\n\texample.com/cmd v1.0.0\n\tgolang.org/x/text v0.0.0-20170915032832-14c0d48ead0c\n)\n',
  'm.go': 'package m\n\nimport _ "golang.org/x/text/language"\n',
};
const workspace = {
  'go.work': 'go 1.21\n\nuse (\n\t./a\n\t./b\n)\n',
  'a/go.mod': 'module example.com/a\n\ngo 1.21\n\nrequire rsc.io/quote v1.5.2\n',
  'a/a.go': 'package a\n\nimport (\n\t_ "example.com/b"\n\t_ "rsc.io/quote"\n)\n',
  'b/go.mod': 'module example.com/b\n\ngo 1.21\n\nrequire rsc.io/sampler v1.3.1\n',
  'b/b.go': 'package b\n\nimport _ "rsc.io/sampler"\n',
};
const missing = {
  'go.mod': 'module example.com/m\n\ngo 1.21\n\nrequire rsc.io/quote v1.5.2\n',
  'm.go': 'package m\n\nimport (\n\t_ "example.com/nosuch/x"\n\t_ "rsc.io/quote"\n)\n',
};

type Files = Readonly<Record<string, string>>;

const cases: readonly [name: string, files: Files, commands: readonly string[]][] = [
  ['pruned', pruned, ['mod tidy', 'list -m all', 'mod graph']],
  ['unpruned', unpruned, ['mod tidy', 'get rsc.io/quote@v1.5.1']],
  ['replaced', replaced, ['mod tidy', 'mod vendor']],
  ['vendored', pruned, ['mod tidy', 'mod vendor', 'list -deps ./...']],
  [
    'explicit without packages',
    withoutPackages,
    ['mod download all', 'list -m all', 'mod vendor', 'mod vendor'],
  ],
  ['workspace', workspace, ['list -m all', 'work sync']],
  ['missing', missing, ['build ./...', 'mod tidy']],
  ['up and down', pruned, ['get -u', 'get rsc.io/quote@v1.4.0']],
  ['versions', pruned, ['list -m -u all', 'mod tidy -diff']],
  [
    'elsewhere',
    {},
    [
      'install example.com/cmd/a@v1.0.0-exclude',
      'install example.com/cmd/a@v1.0.0 example.com/cmd/b@v1.0.1',
      'install example.com/cmd/err@v1.0.0',
      'install example.com/cmd/a',
      'run example.com/cmd/...@v1.0.0',
    ],
  ],
];

describe.skipIf(peer === undefined)('modules', () => {
  let proxy: ModProxy;
  let cache = '';

  beforeAll(async () => {
    proxy = await startModProxy({ dir: join(peer!, 'src/cmd/go/testdata/mod') });
    cache = mkdtempSync(join(tmpdir(), 'modcache-'));
  });

  afterAll(async () => {
    await proxy.close();
    rmSync(cache, { recursive: true, force: true });
  });

  function run(command: readonly string[], cwd: string): Promise<Omit<Result, 'files'>> {
    const [file = '', ...args] = command;
    const env = peerEnv({
      GOPROXY: proxy.url,
      GOSUMDB: proxy.sumdbKey,
      GOMODCACHE: cache,
      GOFLAGS: '-modcacherw',
      GOWORK: '',
    });
    return new Promise((resolve) => {
      const options = { cwd, env, timeout: 60_000, killSignal: 'SIGKILL' } as const;
      execFile(file, args, options, (error, stdout, stderr) => {
        const status = error === null ? 0 : Number(error.code ?? -1);
        resolve({ status, stdout, stderr: settle(stderr) });
      });
    });
  }

  test.each(cases)('%s', { timeout: 240_000 }, async (_name, files, commands) => {
    // The same path for both: it is in what they print.
    const work = makeFolder(files);
    const theirs = `${work}-theirs`;
    const mine = `${work}-ours`;
    try {
      cpSync(work, theirs, { recursive: true });
      renameSync(work, mine);
      for (const command of commands) {
        const results: Result[] = [];
        for (const [dir, go] of [
          [mine, [process.execPath, bin]],
          [theirs, [`${peer}/bin/go`]],
        ] as const) {
          renameSync(dir, work);
          // Ours first, so that it is the one to fill the cache.
          // oxlint-disable-next-line no-await-in-loop
          const done = await run([...go, ...command.split(' ')], work);
          results.push({ ...done, files: filesIn(work) });
          renameSync(work, dir);
        }
        expect({ command, ...results[0] }).toEqual({ command, ...results[1] });
      }
    } finally {
      for (const dir of [work, theirs, mine]) {
        if (existsSync(dir)) rmSync(dir, { recursive: true, force: true });
      }
    }
  });
});
