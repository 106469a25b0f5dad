/** The module cache as it is filled from a proxy, and what GOPROXY's list decides. */
import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { isNotExist } from '../src/error.ts';
import { Authenticator } from '../src/fetch/auth.ts';
import { readBody, Web } from '../src/fetch/web.ts';
import { makeWorld, type World } from './world.ts';

const goroot = peerGoroot();
const a = { path: 'example.com/a', version: 'v1.0.0' };
const b = { path: 'example.com/B', version: 'v1.2.0' };

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof Error ? error.message.replaceAll(/127\.0\.0\.1:\d+/g, 'PROXY') : 'none';
}

describe('a module from a proxy', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world.close());

  test('is unpacked read-only, with the cache files that upstream has', async () => {
    const source = world.open();
    const dir = await source.download(b);
    expect(dir).toBe(join(world.dir, 'mod/example.com/!b@v1.2.0'));
    expect(world.said).toEqual(['go: downloading example.com/B v1.2.0']);
    await source.goMod(b.path, b.version);
    await source.info(b.path, b.version);
    const at = 'cache/download/example.com/!b/@v';
    expect(world.cached()).toEqual([
      `${at}/list`,
      ...['info', 'mod', 'zip', 'ziphash'].map((suffix) => `${at}/v1.2.0.${suffix}`),
      'example.com/!b@v1.2.0/b.go',
    ]);
    expect(statSync(dir).mode & 0o777).toBe(0o555);
    expect(statSync(join(dir, 'b.go')).mode & 0o777).toBe(0o444);
    expect(source.cachedDir(b)).toBe(dir);
    expect(readFileSync(join(world.dir, 'mod', at, 'list'), 'utf8')).toBe('v1.2.0\n');
  });

  test('is not asked for again', async () => {
    const before = world.proxy.requests.length;
    const source = world.open();
    await source.download(b);
    await source.goMod(b.path, b.version);
    expect(world.proxy.requests.slice(before).filter((path) => !path.startsWith('sumdb/'))).toEqual(
      [],
    );
  });

  test('a partial or a missing hash has it unpacked or hashed again', async () => {
    const mod = join(world.dir, 'mod');
    writeFileSync(join(mod, 'cache/download/example.com/!b/@v/v1.2.0.partial'), '');
    const source = world.open();
    expect(source.cachedDir(b)).toBeUndefined();
    await source.download(b);
    expect(source.cachedDir(b)).toBeDefined();
    writeFileSync(join(mod, 'cache/download/example.com/!b/@v/v1.2.0.ziphash'), '\0\0\0');
    await world.open().download(b);
    expect(world.open().sum(b)).toMatch(/^h1:.{44}$/);
  });

  test('go.sum gets what is kept', async () => {
    const source = world.open();
    await source.download(a);
    await source.goMod(a.path, a.version);
    await source.goMod(b.path, b.version);
    await source.writeGoSum(new Set(['example.com/a v1.0.0', 'example.com/B v1.2.0/go.mod']));
    const lines = readFileSync(join(world.dir, 'go.sum'), 'utf8').split('\n');
    expect(lines.map((line) => line.replace(/ h1:.*/, ''))).toEqual([
      'example.com/B v1.2.0/go.mod',
      'example.com/a v1.0.0',
      '',
    ]);
  });

  test.skipIf(goroot === undefined)('the official command takes the cache as it is', async () => {
    const source = world.open();
    const dir = await source.download(a);
    for (const { path, version } of [a, b]) {
      // oxlint-disable-next-line no-await-in-loop
      await source.goMod(path, version);
      // oxlint-disable-next-line no-await-in-loop
      await source.info(path, version);
    }
    const goMod = 'module m\n\nrequire example.com/a v1.0.0\n';
    writeFileSync(join(world.dir, 'go.mod'), goMod);
    const before = world.proxy.requests.length;
    const env = peerEnv({
      GOPROXY: world.proxy.url,
      GOSUMDB: world.proxy.sumdbKey,
      GOMODCACHE: join(world.dir, 'mod'),
      GOPATH: join(world.dir, 'gopath'),
      GOFLAGS: '-mod=mod',
    });
    const run = async (...args: string[]): Promise<string> =>
      (
        await promisify(execFile)(join(goroot!, 'bin/go'), args, {
          cwd: world.dir,
          env,
          timeout: 60_000,
        })
      ).stdout;
    expect(JSON.parse(await run('mod', 'download', '-json', 'example.com/a@v1.0.0'))).toMatchObject(
      { Dir: dir, Sum: source.sum(a) },
    );
    expect(await run('mod', 'verify')).toBe('all modules verified\n');
    const asked = world.proxy.requests.slice(before).filter((path) => path.includes('/@v/'));
    expect(asked).toEqual([]);
  });
});

describe('GOPROXY', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world.close());
  const versions = (GOPROXY: string, path = 'example.com/c'): Promise<unknown> => {
    const source = world.open({ GOPROXY: GOPROXY.replaceAll('URL', world.proxy.url) });
    return source.tryProxies((proxy) => source.repo(proxy, path).versions(''));
  };

  test.each(['URL', 'URL/404,URL', 'URL/410,URL', 'URL/500|URL', 'URL,direct', 'URL/redirect/3'])(
    '%s answers',
    async (list) => {
      expect(await versions(list)).toEqual({ list: ['v0.1.0'] });
    },
  );

  test.each<[string, string]>([
    ['off', 'module lookup disabled by GOPROXY=off'],
    [
      'URL/404',
      'module example.com/c: reading http://PROXY/mod/404/example.com/c/@v/list: 404 Not Found',
    ],
    [
      'URL/500,URL',
      'module example.com/c: reading http://PROXY/mod/500/example.com/c/@v/list: 500 Internal Server Error',
    ],
    [
      'URL/500|off',
      'module example.com/c: reading http://PROXY/mod/500/example.com/c/@v/list: 500 Internal Server Error',
    ],
    [',', 'GOPROXY list is not the empty string, but contains no entries'],
    ['gopher://x', 'invalid proxy URL scheme (must be https, http, file): gopher://x'],
    ['word', 'invalid proxy URL missing scheme: word'],
    [
      'file:///nowhere',
      'module example.com/c: reading file:///nowhere/example.com/c/@v/list: no such file or directory',
    ],
  ])('%s fails', async (list, message) => {
    expect(await failure(Promise.resolve().then(() => versions(list)))).toBe(message);
  });

  test('what a server says in plain text is passed on', async () => {
    expect(await failure(versions('URL', 'example.com/nope'))).toBe(
      'module example.com/nope: reading http://PROXY/mod/example.com/nope/@v/list: 404 Not Found\n' +
        '\tserver response: 404 page not found',
    );
  });

  test('nonsense', async () => {
    const source = world.open({ GOPROXY: `${world.proxy.url}/invalid` });
    expect(await failure(source.info('example.com/a', 'v1.9.0'))).toBe(
      'example.com/a@v1.9.0: invalid response from proxy "http://PROXY/mod/invalid": ' +
        "invalid character 'i' looking for beginning of value",
    );
  });

  test('private modules are not asked of it', async () => {
    const source = world.open({ GONOPROXY: 'example.com', GOPROXY: world.proxy.url });
    const error: unknown = await source
      .tryProxies((proxy) =>
        proxy === 'noproxy'
          ? Promise.reject(new Error('asked its origin'))
          : source.repo(proxy, 'example.com/c').versions(''),
      )
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'asked its origin' });
    const direct = await source
      .repo(world.proxy.url, 'example.com/c')
      .versions('')
      .catch((thrown: unknown) => thrown);
    expect(isNotExist(direct)).toBe(true);
  });
});

test.each([true, false])('a download that breaks off goes on; ranges: %s', async (ranges) => {
  const content = Buffer.from('0123456789'.repeat(5000));
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.range);
    const from = ranges ? Number(/\d+/.exec(request.headers.range ?? '0')![0]) : 0;
    response.writeHead(from === 0 ? 200 : 206, { 'content-length': content.length - from });
    if (asked.length < 3) {
      response.write(content.subarray(from, 20_000 * asked.length), () => response.destroy());
    } else {
      response.end(content.subarray(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const web = new Web({ auth: new Authenticator({ GOAUTH: 'off', env: {} }), trace: undefined });
  try {
    const sink = new PassThrough();
    const { port } = server.address() as AddressInfo;
    const body = readBody(sink);
    await web.getInto(`http://127.0.0.1:${port}/x`, sink, 1e6);
    expect((await body).equals(content)).toBe(true);
    expect(asked).toHaveLength(3);
    expect(asked[2]).toMatch(/^bytes=\d+-$/);
  } finally {
    web.close();
    server.close();
  }
});
