/** The examples: what README says of them holds. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { official, ours } from './command.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const slow = { timeout: 600_000 };
const isRoot = process.getuid?.() === 0;

describe.skipIf(peerGoroot() === undefined)('examples', () => {
  let dir = '';

  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'go-ts-examples-'));
  });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  function go(...args: readonly string[]): string {
    const { status, stdout, stderr } = ours(args, { cwd: root, timeout: slow.timeout });
    if (status !== 0) throw new Error(`go ${args.join(' ')}: exit status ${status}\n${stderr}`);
    return stdout;
  }

  function build(example: string, ...flags: readonly string[]): string {
    const out = join(dir, `${example}${flags.length}`);
    go('build', '-trimpath', ...flags, '-o', out, `./examples/${example}`);
    return out;
  }

  test.skipIf(!isRoot)('scratch: stripped, serves from an empty root', slow, async () => {
    const whole = build('scratch');
    const stripped = build('scratch', '-ldflags=-s -w');
    expect(statSync(stripped).size).toBeLessThan(statSync(whole).size * 0.85);
    const empty = join(dir, 'empty');
    mkdirSync(empty);
    copyFileSync(stripped, join(empty, 'scratch'));
    // Debian's packer, where it is installed, has to understand the file.
    const packed = spawnSync('upx', ['-q', '--fast', join(empty, 'scratch')]);
    if (packed.error === undefined && packed.status !== 0) throw new Error(String(packed.stdout));

    const server = spawn('chroot', [empty, '/scratch', '-listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      const lines = createInterface({ input: server.stderr })[Symbol.asyncIterator]();
      const first = String((await lines.next()).value);
      expect(first).toMatch(/^listening on http:\S+$/);
      const url = first.slice('listening on '.length);
      expect(await text(`${url}/`)).toBe('go1.27.4 on linux/amd64\n');
      expect(await text(`${url}/time/Europe/Zurich`)).toMatch(/ \+0[12]00\n$/);
      expect((await fetch(`${url}/time/Nowhere/None`)).status).toBe(404);
      server.kill('SIGTERM');
      expect((await lines.next()).value).toBe('bye');
      expect(await once(server, 'close')).toEqual([0, null]);
    } finally {
      server.kill('SIGKILL');
    }
  });

  test('embed: lists what is inside and writes it', slow, () => {
    const program = build('embed');
    const listed = spawnSync(program, { encoding: 'utf8' });
    expect(listed.stdout.split('\n').map((line) => line.trim().split(/ +/).at(-1))).toEqual([
      '.well-known/security.txt',
      'index.html',
      'motto.txt',
      'style.css',
      '',
    ]);
    const site = join(dir, 'site');
    expect(spawnSync(program, [site]).status).toBe(0);
    expect(readFileSync(join(site, 'index.html'), 'utf8')).toContain('One file &amp; nothing');
  });

  test('tests: the same is said of the tests, the example and the fuzz target', slow, () => {
    const args = ['test', '-v', '-count=1', '-parallel=1', './examples/tests'];
    const timeless = (said: string): string => said.replaceAll(/\d+\.\d+s/g, 'T');
    const want = official(args, { cwd: root, timeout: slow.timeout }).stdout;
    expect(timeless(go(...args))).toBe(timeless(want));
  });
});

async function text(url: string): Promise<string> {
  return await (await fetch(url)).text();
}
