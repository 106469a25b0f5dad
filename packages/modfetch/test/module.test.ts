import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NotExistError } from '../src/error.ts';
import { parseProxyList, tryProxies } from '../src/fetch/goproxy.ts';
import { bringModule, type ModuleRequest } from '../src/fetch/module.ts';
import { readModuleZip } from '../src/modulezip.ts';
import { Hash1 } from '../src/sum/dirhash.ts';
import { makeZip } from './zip-fixture.ts';

const path = 'example.com/Mod';
const version = 'v1.0.0';
const zip = makeZip([
  { name: `${path}@${version}/src/_go.mod`, text: 'module std\n' },
  {
    name: `${path}@${version}/src/big.go`,
    text: 'package big // 0123456789\n'.repeat(20_000),
    stored: true,
  },
  { name: `${path}@${version}/bin/go`, text: 'not wanted' },
]);
const sum = new Hash1();
for (const file of readModuleZip(zip, path, version)) sum.add(file.name, file.entry.read());
const hash = sum.sum();

describe('bringing a module', () => {
  let dir = '';
  let server: http.Server;
  let base = '';
  let answer: (range: string | undefined, response: http.ServerResponse) => void;
  const ranges: (string | undefined)[] = [];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'modfetch-'));
    ranges.length = 0;
    answer = (range, response) => {
      const start = range === undefined ? 0 : Number(/\d+/.exec(range)![0]);
      response.writeHead(range === undefined ? 200 : 206, { 'content-length': zip.length - start });
      response.end(zip.subarray(start));
    };
    server = http.createServer((incoming, response) => {
      if (incoming.url !== '/p/example.com/!mod/@v/v1.0.0.zip') {
        response.writeHead(404).end();
        return;
      }
      ranges.push(incoming.headers.range);
      answer(incoming.headers.range, response);
    });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.close();
    server.closeAllConnections();
    rmSync(dir, { recursive: true });
  });

  function request(goproxy: string, more: Partial<ModuleRequest> = {}): ModuleRequest {
    return {
      path,
      version,
      hash,
      goproxy,
      downloadDir: join(dir, 'download'),
      dest: join(dir, 'out'),
      place: (file) => (file.startsWith('src/') ? file.replace(/_go\.mod$/, 'go.mod') : undefined),
      ...more,
    };
  }

  test('wanted files, under their new names, and nothing else', async () => {
    await bringModule(request(`${base}/q,${base}/p/`));
    expect(readdirSync(join(dir, 'out'))).toEqual(['src']);
    expect(readFileSync(join(dir, 'out/src/go.mod'), 'utf8')).toBe('module std\n');
    expect(readdirSync(dir).toSorted()).toEqual(['download', 'out']);
  });

  test('goes on where it was interrupted', async () => {
    const whole = answer;
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': zip.length });
      response.write(zip.subarray(0, 1000), () => response.destroy());
      answer = whole;
    };
    await bringModule(request(`${base}/p`));
    expect(ranges).toEqual([undefined, 'bytes=1000-']);
    expect(existsSync(join(dir, 'out/src/big.go'))).toBe(true);
  });

  test('a wrong part from before is dropped', async () => {
    mkdirSync(join(dir, 'download'));
    writeFileSync(join(dir, 'download', 'example.com+Mod@v1.0.0.zip.part'), 'garbage');
    await bringModule(request(`${base}/p`));
    expect(ranges).toEqual(['bytes=7-', undefined]);
  });

  test('a wrong hash leaves nothing', async () => {
    await expect(bringModule(request(`${base}/p`, { hash: 'h1:AAAA' }))).rejects.toThrow(
      'its hash is h1:',
    );
    expect(existsSync(join(dir, 'out'))).toBe(false);
    expect(readdirSync(join(dir, 'download'))).toEqual(['example.com+Mod@v1.0.0.lock']);
  });

  test('several at once bring it once', async () => {
    await Promise.all([1, 2, 3].map(() => bringModule(request(`${base}/p`))));
    expect(ranges.length).toBe(1);
  });

  test.each([
    ['off', 'module lookup disabled by GOPROXY=off'],
    ['direct', 'only to be had from a module proxy'],
    ['ftp://x', 'invalid proxy URL scheme'],
    ['word', 'invalid proxy URL missing scheme: word'],
    [',', 'contains no entries'],
    ['file:///nonexistent', 'no such file'],
  ])('GOPROXY=%s', async (goproxy, message) => {
    await expect(bringModule(request(goproxy))).rejects.toThrow(message);
  });

  test('not found', async () => {
    await expect(bringModule(request(`${base}/q`))).rejects.toThrow('404 Not Found');
  });
});

const asked = async (goproxy: string, failures: Record<string, Error>): Promise<string> => {
  const log: string[] = [];
  try {
    await tryProxies(parseProxyList(goproxy), (url) => {
      log.push(url.replace('https://', ''));
      const error = failures[log.at(-1)!];
      return error === undefined ? Promise.resolve() : Promise.reject(error);
    });
  } catch (error) {
    log.push((error as Error).message);
  }
  return log.join(' ');
};

describe('GOPROXY lists', () => {
  const gone = new NotExistError('gone');
  const broken = new Error('broken');

  test.each<[string, Record<string, Error>, string]>([
    ['a.x,b.x', { 'a.x': gone }, 'a.x b.x'],
    ['a.x,b.x', { 'a.x': broken }, 'a.x broken'],
    ['a.x|b.x', { 'a.x': broken }, 'a.x b.x'],
    [
      'a.x|b.x,off',
      { 'a.x': broken, 'b.x': gone, off: new NotExistError('off') },
      'a.x b.x off broken',
    ],
    ['a.x,direct,b.x', { 'a.x': gone, direct: gone }, 'a.x direct gone'],
    [' a.x , ', { 'a.x': gone }, 'a.x gone'],
  ])('%s', async (list, failures, expected) => {
    expect(await asked(list, failures)).toBe(expected);
  });
});
