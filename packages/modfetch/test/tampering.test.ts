/** Bytes that are not what was published: each is refused, and nothing of it stays. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Answer } from '../../../tools/conformance/modsumdb.ts';
import { SecurityError } from '../src/error.ts';
import { signerFromSeed, signNote } from '../src/sum/note.ts';
import { type NewEntry, writeZip } from '../src/zipwrite.ts';
import { archive, makeWorld, threeModules, type World } from './world.ts';

const a = { path: 'example.com/a', version: 'v1.0.0' };
const prefix = 'example.com/a@v1.0.0/';
let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

type Change = (answer: Answer) => Buffer;

/** A world where answers to matching paths are changed. */
async function tampered(pattern: RegExp, change: Change, modules = threeModules): Promise<World> {
  world = await makeWorld(modules, {
    intercept: (path, answer) =>
      pattern.test(path) && answer.status === 200 ? { ...answer, body: change(answer) } : answer,
  });
  return world;
}

async function refusal(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('it was taken');
  return error;
}

function flip(at: number): Change {
  return ({ body }) => {
    const changed = Buffer.from(body);
    const index = at < 0 ? changed.length + at : at;
    changed[index] = changed[index]! ^ 1;
    return changed;
  };
}

const securityError =
  /SECURITY ERROR\nThis download does NOT match the one reported by the checksum server/;

function zipOf(...entries: (Omit<NewEntry, 'content'> & { content?: string })[]): Change {
  return () =>
    Buffer.from(
      writeZip(entries.map((each) => ({ ...each, content: Buffer.from(each.content ?? '') }))),
    );
}

describe('zips', () => {
  test.each<[string, Change, RegExp]>([
    ['other content', zipOf({ name: `${prefix}a.go`, content: 'package evil\n' }), securityError],
    ['a changed byte in a file', flip(60), /zip: |SECURITY ERROR/],
    ['a changed byte in the directory', flip(-30), /zip: |SECURITY ERROR|unexpected file/],
    ['cut short', ({ body }) => body.subarray(0, body.length - 10), /zip: not a valid zip file/],
    ['nothing', () => Buffer.alloc(0), /zip: not a valid zip file/],
    ['a foreign prefix', zipOf({ name: 'other@v1.0.0/a.go' }), /has unexpected file other@v1/],
  ])('%s', async (_, change, message) => {
    const { open, cached } = await tampered(/\.zip$/, change);
    expect((await refusal(open().download(a))).message).toMatch(message);
    expect(cached()).toEqual([]);
  });

  // With no database to ask, the rules for zips are what stands between them and the disk.
  test.each<[string, Change, string]>([
    ['a path upwards', zipOf({ name: `${prefix}../x` }), `${prefix}../x: file path is not clean`],
    ['an absolute path', zipOf({ name: `${prefix}/etc/x` }), 'file path is not clean'],
    ['a link', zipOf({ name: `${prefix}a`, mode: 0o120777 }), 'file is a symbolic link'],
    ['twice', zipOf({ name: `${prefix}a` }, { name: `${prefix}a` }), 'multiple entries for file'],
    [
      'case',
      zipOf({ name: `${prefix}a` }, { name: `${prefix}A` }),
      'case-insensitive file name collision: "a" and "A"',
    ],
    [
      'a nested module',
      zipOf({ name: `${prefix}x/go.mod` }),
      'go.mod file not in module root directory',
    ],
    ['a device', zipOf({ name: `${prefix}con.go` }), 'disallowed as path element component'],
    [
      'a large go.mod',
      zipOf({ name: `${prefix}go.mod`, content: ' '.repeat(16 * 2 ** 20 + 1) }),
      'go.mod file too large (max size is 16777216 bytes)',
    ],
  ])('%s is not unpacked', async (_, change, message) => {
    const { open, cached } = await tampered(/\.zip$/, change);
    const error = await refusal(open({ GOSUMDB: 'off' }).download(a));
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^unzip \//);
    expect(cached().filter((file) => !file.startsWith('cache/'))).toEqual([]);
    expect(cached().filter((file) => file.endsWith('.partial'))).toEqual([]);
  });

  test('a bomb', async () => {
    // One file that says it is small and inflates to 64 MB.
    const change: Change = () => {
      const zip = Buffer.from(
        writeZip([{ name: `${prefix}a`, content: Buffer.alloc(64 * 2 ** 20) }]),
      );
      zip.writeUInt32LE(1000, 22);
      zip.writeUInt32LE(1000, zip.indexOf('PK\u0001\u0002', 'latin1') + 24);
      return zip;
    };
    const { open, cached } = await tampered(/\.zip$/, change);
    expect((await refusal(open({ GOSUMDB: 'off' }).download(a))).message).toContain(
      'is larger than declared size (1000 bytes)',
    );
    expect(cached()).toEqual([]);
  });
});

describe('go.mod and go.sum', () => {
  test('a changed go.mod', async () => {
    const { open, cached } = await tampered(/\.mod$/, flip(3));
    const error = await refusal(open().goMod(a.path, a.version));
    expect(error.message).toMatch(
      /^example\.com\/a@v1\.0\.0: verifying go\.mod: checksum mismatch/,
    );
    expect(error.message).toMatch(securityError);
    expect(cached()).toEqual([]);
  });

  test.each(['zip', 'go.mod'])('a changed line of go.sum: %s', async (what) => {
    world = await makeWorld();
    const version = what === 'zip' ? 'v1.0.0' : 'v1.0.0/go.mod';
    const listed = `h1:${randomBytes(32).toString('base64')}`;
    writeFileSync(join(world.dir, 'go.sum'), `example.com/a ${version} ${listed}\n`);
    const source = world.open();
    const work = what === 'zip' ? source.download(a) : source.goMod(a.path, a.version);
    const error = await refusal(work);
    expect(error).toBeInstanceOf(SecurityError);
    expect(error.message).toMatch(
      /^verifying example\.com\/a@v1\.0\.0(?:\/go\.mod)?: checksum mismatch\n\tdownloaded: h1:.*\n\tgo\.sum:     h1:.*\n\nSECURITY ERROR\n/,
    );
    expect(world.cached()).toEqual([]);
  });

  test('a malformed go.sum', async () => {
    world = await makeWorld();
    writeFileSync(join(world.dir, 'go.sum'), 'example.com/a v1.0.0\n');
    expect(() => world!.open()).toThrow(
      /^malformed go\.sum:\n.*go\.sum:1: wrong number of fields 2/,
    );
    expect(() => world!.open({ ignoreMalformedGoSum: true })).not.toThrow();
  });

  test('what is in the cache is compared again', async () => {
    world = await makeWorld();
    await world.open().goMod(a.path, a.version);
    const file = join(world.dir, 'mod/cache/download/example.com/a/@v/v1.0.0.mod');
    writeFileSync(file, `${readFileSync(file, 'utf8')}// evil\n`);
    expect((await refusal(world.open().goMod(a.path, a.version))).message).toMatch(securityError);
  });
});

describe('the checksum database', () => {
  test.each<[string, RegExp, Change, RegExp]>([
    ['a tile', /\/tile\//, flip(0), /downloaded inconsistent tile/],
    ['a short tile', /\/tile\//, ({ body }) => body.subarray(1), /bad result slice/],
    [
      'a signature',
      /\/lookup\//,
      flip(-6),
      /invalid signature for key|malformed note|no verifiable/,
    ],
    [
      'a record',
      /\/lookup\//,
      flip(5),
      /cannot authenticate record data|missing from sumdb response/,
    ],
    [
      "a record's number",
      /\/lookup\//,
      ({ body }) => Buffer.from(body.toString().replace(/^\d+/, '99')),
      /cannot validate record 99 in tree of size \d+/,
    ],
    [
      'a head of another size',
      /\/lookup\//,
      ({ body }) => Buffer.from(body.toString().replace(/(database tree\n)\d+/, '$17')),
      /invalid signature for key/,
    ],
    [
      "a head signed with a key that is not the database's",
      /\/lookup\//,
      ({ body }) => {
        const [record, head] = body.toString().split(/\n\n(?=go\.sum database tree)/);
        const text = head!.split('\n\n')[0]!;
        const signer = signerFromSeed('localhost.localdev/sumdb', randomBytes(32));
        return Buffer.from(`${record}\n\n${signNote(`${text}\n`, signer)}`);
      },
      /note has no verifiable signatures/,
    ],
    ['an empty answer', /\/lookup\//, () => Buffer.alloc(0), /malformed record data/],
  ])('%s', async (_, pattern, change, message) => {
    const { open, cached } = await tampered(pattern, change);
    expect((await refusal(open().download(a))).message).toMatch(message);
    expect(cached()).toEqual([]);
  });

  test('hashes that are signed and wrong', async () => {
    world = await makeWorld();
    const GOSUMDB = `${world.proxy.sumdbKey} ${world.proxy.url}/sumdb-wrong`;
    expect((await refusal(world.open({ GOSUMDB }).download(a))).message).toMatch(securityError);
    expect(world.cached()).toEqual([]);
  });

  test('the record of another module', async () => {
    world = await makeWorld();
    const GOSUMDB = `${world.proxy.sumdbKey} ${world.proxy.url}/sumdb-redirect/example.com/c@v0.1.0:`;
    expect((await refusal(world.open({ GOSUMDB }).download(a))).message).toContain(
      'SECURITY ERROR\nThis download does NOT match one reported by the checksum server.\n' +
        'The checksum server has provided checksums',
    );
    expect(world.cached()).toEqual([]);
  });

  // 300 modules, so that tiles of two levels are read.
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [
      `example.com_m${i}_v1.0.0`,
      archive(`example.com/m${i}`, 'v1.0.0', {}),
    ]),
  );

  test.each([270, 300, 4])('a log that forks, of %i records', async (size) => {
    world = await makeWorld({ ...many, ...threeModules });
    const { sumdb } = world.proxy;
    await world.open().goMod('example.com/m1', 'v1.0.0');
    const latest = (): string =>
      readFileSync(join(world!.dir, 'sumdb/localhost.localdev/sumdb/latest'), 'utf8');
    const known = latest();
    expect(known).toMatch(/^go\.sum database tree\n303\n/);
    // The database forgets the last records and goes on differently.
    const honest = sumdb.log;
    sumdb.log = honest.fork(size - 1);
    while (sumdb.log.size < size) sumdb.log.append(Buffer.from('example.com/evil v1.0.0 h1:x\n'));
    const error = await refusal(world.open().goMod('example.com/c', 'v0.1.0'));
    expect(error).toBeInstanceOf(SecurityError);
    expect(error.message).toMatch(
      /^SECURITY ERROR\ngo\.sum database server misbehavior detected!\n\nold database:\n\tgo\.sum database tree\n\t\d+\n[\s\S]*\nnew database:\n\tgo\.sum database tree\n\t303\n[\s\S]*\nproof of misbehavior:\n\t\S{44}/,
    );
    expect(latest()).toBe(known);
    // It says the truth again.
    sumdb.log = honest;
    await world.open().goMod('example.com/m3', 'v1.0.0');
  });

  test('a log that grows, also between two sources', async () => {
    world = await makeWorld({ ...many, ...threeModules });
    const { sumdb } = world.proxy;
    const honest = sumdb.log;
    // An older head first: records after it are not in the tree yet.
    sumdb.log = honest.fork(270);
    await world.open().goMod('example.com/m1', 'v1.0.0');
    sumdb.log = honest;
    const source = world.open();
    await source.goMod('example.com/m2', 'v1.0.0');
    sumdb.log = honest.fork(280);
    await source.goMod('example.com/m4', 'v1.0.0');
    const file = join(world.dir, 'sumdb/localhost.localdev/sumdb/latest');
    expect(readFileSync(file, 'utf8')).toMatch(/^go\.sum database tree\n303\n/);
  });

  test.each(['sumdb-404', 'sumdb-500', 'sumdb-504'])('%s', async (name) => {
    world = await makeWorld();
    const { port } = new URL(world.proxy.url);
    const source = world.open({ GOPROXY: `${world.proxy.url}/${name}` });
    const error = await refusal(source.download(a));
    // Not supported by the proxy: the database itself is asked, which is not of this world.
    const message = name === 'sumdb-404' ? /dial tcp|not found|lookup/i : new RegExp(name.slice(6));
    expect(error.message.replaceAll(port, 'PORT')).toMatch(message);
    expect(world.cached()).toEqual([]);
  });

  test.each<[string, Partial<Record<'GONOSUMDB' | 'GOSUMDB', string>>]>([
    ['GONOSUMDB', { GONOSUMDB: 'example.com' }],
    ['GOSUMDB=off', { GOSUMDB: 'off' }],
  ])('%s: not asked', async (_, changes) => {
    world = await makeWorld();
    await world.open(changes).download(a);
    expect(world.proxy.requests.filter((path) => path.includes('sumdb'))).toEqual([]);
  });

  test.each<[string, string]>([
    ['', 'missing GOSUMDB'],
    ['a b c', 'invalid GOSUMDB: too many fields'],
    ['nonsense', 'invalid GOSUMDB: malformed verifier id'],
    ['x+00000000+AQID', 'invalid GOSUMDB: invalid verifier hash'],
  ])('GOSUMDB=%s', async (GOSUMDB, message) => {
    world = await makeWorld();
    expect((await refusal(world.open({ GOSUMDB }).download(a))).message).toBe(
      `example.com/a@v1.0.0: verifying module: ${message}`,
    );
  });
});
