/**
 * The installable package: `npm pack` of the bundle, installed into an empty folder without network,
 * answers and builds; and it shares what the sources have built, as it is the same toolchain.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { check } from '../bin/bundle.js';
import { toolID } from '../src/work/toolid.ts';
import { makeFolder } from './command.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dist = join(root, 'packages/cmd-go/dist');
const hello = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n';

/** Runs a command to a successful end; the result is what it printed. */
function run(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): string {
  const done = spawnSync(file, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 200_000,
    killSignal: 'SIGKILL',
  });
  expect({ args, status: done.status, stderr: done.stderr }).toMatchObject({ args, status: 0 });
  return done.stdout;
}

describe('the bundle', () => {
  let scratch = '';
  /** The go command as npm installed it. */
  let go = '';
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'cmd-go-bundle-'));
    run(process.execPath, [join(root, 'tools/bundle.ts'), '--wait'], root, process.env);
    const env = { ...process.env, PATH: path, npm_config_cache: join(scratch, 'npm') };
    run('npm', ['pack', '--silent', '--pack-destination', scratch], dist, env);
    const tarball = readdirSync(scratch).find((name) => name.endsWith('.tgz'))!;
    const place = join(scratch, 'place');
    mkdirSync(place);
    run('npm', ['install', '--offline', '--silent', join(scratch, tarball)], place, env);
    go = join(place, 'node_modules/.bin/go');
  }, 240_000);

  afterAll(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  test('is that of these sources, and has their identity', () => {
    const { fresh, folder } = check(root, dist);
    expect(fresh).toBe(true);
    expect(readFileSync(join(folder!, 'toolid'), 'utf8')).toBe(toolID(scratch));
  });

  test('answers where nothing else is', () => {
    const env = { PATH: path, HOME: join(scratch, 'home') };
    expect(run(go, ['version'], scratch, env)).toMatch(/^go version go\d.* linux\/amd64\n$/);
    expect(run(go, ['env', 'GOARCH'], scratch, { ...env, GOARCH: 'arm64' })).toBe('arm64\n');
    // Compiled code is kept where the user's other caches are.
    expect(existsSync(join(scratch, 'home/.cache/go-ts/v8'))).toBe(true);
  });

  test.skipIf(peerGoroot() === undefined)(
    'builds a program that runs',
    { timeout: 240_000 },
    () => {
      const dir = makeFolder({ 'go.mod': 'module hello\n\ngo 1.27\n', 'main.go': hello });
      // The cache of all tests, so that std is there if anything has been built before.
      const cache = process.env['GOCACHE'];
      const env = peerEnv({ PATH: path, ...(cache === undefined ? {} : { GOCACHE: cache }) });
      run(go, ['build', '-o', 'hello', '.'], dir, env);
      expect(run(join(dir, 'hello'), [], dir, {})).toBe('hello\n');
      rmSync(dir, { recursive: true });
    },
  );
});
