/** GOCACHEPROG: our client against our example server and against programs that misbehave. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { ValueSplitter } from '../src/work/cacheprotocol.ts';
import { makeFolder, official, type Outcome } from './command.ts';

describe('values in a stream', () => {
  const split = (...chunks: string[]): unknown[] => {
    const splitter = new ValueSplitter();
    return chunks.map((chunk) => splitter.add(chunk));
  };

  test('may be cut anywhere, and stand anyhow', () => {
    expect(split('{"ID":1,"Err":"a}\\"{"}', ' \n{"I', 'D":2,\n"KnownCommands":["get"]}\n')).toEqual(
      [
        { values: [{ ID: 1, Err: 'a}"{' }] },
        { values: [] },
        { values: [{ ID: 2, KnownCommands: ['get'] }] },
      ],
    );
  });
  test('keep characters of several bytes', () => {
    const bytes = Buffer.from('{"ID":1,"DiskPath":"/é"}');
    const chunks = [bytes.subarray(0, 22), bytes.subarray(22)];
    expect(split(...chunks.map((b) => b.toString('latin1')))[1]).toEqual({
      values: [{ ID: 1, DiskPath: '/é' }],
    });
  });
  test('are refused when they are none', () => {
    const problem = "invalid character 'h' looking for beginning of value";
    expect(split('hello\n')).toEqual([{ values: [], problem }]);
    expect(split('{"ID":"one"}')).toMatchObject([{ problem: /unmarshal string .* Response.ID$/ }]);
    expect(split('{"ID":1,}')).toMatchObject([{ problem: /JSON/ }]);
  });
});

/** Without what both commands say of a program that is slow to start, as ours is on a busy machine. */
function patient({ status, stdout, stderr }: Outcome): Outcome {
  const said = stderr.replaceAll(/^# still waiting for GOCACHEPROG .*\n/gm, '');
  return { status, stdout, stderr: said };
}

describe.skipIf(peerGoroot() === undefined)('a build', () => {
  const driver = fileURLToPath(new URL('with-tools.ts', import.meta.url));
  const go = fileURLToPath(new URL('../bin/go.js', import.meta.url));
  let dir = '';
  let caches = 0;
  const build = (program: string): Outcome => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [driver, 'slow', 'build', '-v', '.'],
      {
        cwd: dir,
        // Each on a machine of its own.
        env: peerEnv({
          GOCACHE: join(dir, `cache${caches++}`),
          GOCACHEPROG: program,
          GOPROXY: 'off',
          SLOW_MS: '1',
        }),
        encoding: 'utf8',
        timeout: 100_000,
        killSignal: 'SIGKILL',
      },
    );
    return patient({ status, stdout, stderr });
  };
  /** A program in a few lines: `say` answers, `on` is told of requests. */
  const script = (name: string, body: string): string => {
    const file = join(dir, name);
    writeFileSync(
      file,
      `#!${process.execPath}
const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
const on = (f) => require('node:readline').createInterface({ input: process.stdin })
  .on('line', (line) => { if (line.startsWith('{')) f(JSON.parse(line)); });
${body}\n`,
    );
    chmodSync(file, 0o755);
    return file;
  };

  beforeAll(() => {
    dir = makeFolder({
      'go.mod': 'module example.com/m\n\ngo 1.27\n',
      'lib.go': 'package lib\n\nfunc F() {}\n',
    });
  });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  const server = (): string => `${process.execPath} ${go} tool cacheprog ${join(dir, 'shared')}`;

  test('finds what another has put, if it is whole', { timeout: 300_000 }, () => {
    const made = { status: 0, stdout: '', stderr: 'example.com/m\n' };
    const found = { ...made, stderr: '' };
    expect(build(server())).toEqual(made);
    expect(build(server())).toEqual(found);
    for (const name of readdirSync(join(dir, 'shared/output'))) {
      const file = join(dir, 'shared/output', name);
      const bytes = readFileSync(file);
      bytes[0]! ^= 1;
      writeFileSync(file, bytes);
    }
    expect(build(server())).toEqual(made);
    expect(build(server())).toEqual(found);
  });

  test('shares the server with the official command', { timeout: 200_000 }, () => {
    const env = { GOCACHE: join(dir, 'theirs'), GOCACHEPROG: server() };
    const again = { GOCACHE: join(dir, 'theirs too'), GOCACHEPROG: server() };
    expect(patient(official(['build', '-v', '.'], { cwd: dir, env }))).toMatchObject({
      status: 0,
      stderr: 'example.com/m\n',
    });
    expect(patient(official(['build', '-v', '.'], { cwd: dir, env: again }))).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  const hello = `say({ ID: 0, KnownCommands: ['get', 'put', 'close'] });`;
  test.each([
    {
      what: 'dies',
      body: `${hello} on(() => process.exit(0));`,
      says: /^GOCACHEPROG exited pre-Close with 1 pending requests$/,
    },
    {
      what: 'talks nonsense',
      body: `${hello} on(() => console.log('hello'));`,
      says: /^error reading JSON from GOCACHEPROG: invalid character 'h' looking for beginning of value$/,
    },
    {
      what: 'answers what nobody asked',
      body: `${hello} on(({ ID }) => say({ ID: ID + 7 }));`,
      says: /^GOCACHEPROG sent response for unknown request ID 8$/,
    },
    {
      what: 'can do nothing',
      body: 'say({ ID: 0 }); on(() => {});',
      says: /^GOCACHEPROG \S+ declared no supported commands$/,
    },
  ])('ends when the program $what', { timeout: 200_000 }, ({ what, body, says }) => {
    const { status, stderr } = build(script(`${what.replaceAll(' ', '-')}.cjs`, body));
    expect({ status, stderr: stderr.trimEnd() }).toEqual({
      status: 1,
      stderr: expect.stringMatching(says),
    });
  });

  test('ends when there is no such program', { timeout: 100_000 }, () => {
    expect(build('no-such-program-here')).toMatchObject({
      status: 1,
      stderr:
        'error starting GOCACHEPROG program "no-such-program-here": exec: "no-such-program-here": executable file not found in $PATH\n',
    });
  });

  test.each([
    { what: 'knows nothing', get: `say({ ID, Miss: true })` },
    { what: 'fails', get: `say({ ID, Err: 'no' })` },
    { what: 'names no file', get: `say({ ID, OutputID: 'AAAA', Size: 1 })` },
    {
      what: 'names a file that is not there',
      get: `say({ ID, OutputID: 'AAAA', DiskPath: '/no' })`,
    },
  ])('goes on when the program $what', { timeout: 200_000 }, ({ what, get }) => {
    const body = `${hello}
on(({ ID, Command }) => {
  if (Command === 'get') ${get};
  else if (Command === 'put') say({ ID, Err: 'full' });
  else { say({ ID }); process.exit(0); }
});`;
    expect(build(script(`${what.replaceAll(' ', '-')}.cjs`, body))).toEqual({
      status: 0,
      stdout: '',
      stderr: 'example.com/m\n',
    });
  });
});
