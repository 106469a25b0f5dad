/**
 * A build cache under fire: builds killed at any moment, eight at once, and entries damaged behind the
 * command's back. The next build is right without anybody cleaning up.
 *
 * All rounds share one cache, which begins empty, so that the first ones die while the library is being
 * compiled. Right means: exit status 0, nothing said, and an executable with the bytes that a cache
 * which nobody touched gives. When moments come is drawn from a fixed seed.
 */
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv } from '../peer.ts';
import { runCommand } from './programs.ts';
import type { Case, Suite } from './suite.ts';

const ourGo = fileURLToPath(new URL('../../go', import.meta.url));
const atOnce = 8;
const killRounds = 13;
const damageRounds = 8;
const packages = 6;

export function killsSuite(): Suite {
  const scratch = mkdtempSync(join(tmpdir(), 'go-ts-kills-'));
  const random = makeRandom(0x6b696c6c);
  const dir = join(scratch, 'module');
  const cache = join(scratch, 'cache');
  const untouched = join(scratch, 'untouched');
  writeModule(dir);

  const build = (
    out: string,
    GOCACHE: string,
  ): readonly [string, string[], Record<string, string>] => [
    ourGo,
    ['build', '-C', dir, '-o', join(scratch, out), '.'],
    peerEnv({ GOCACHE }),
  ];

  /** What a build in this cache makes, or what is wrong with it. */
  const program = async (GOCACHE: string): Promise<Buffer | string> => {
    const { status, stdout, stderr } = await runCommand(...build('out', GOCACHE), 600_000);
    const said = (stdout + stderr).replaceAll(/^go: compiling \S+ standard library .*\n/gm, '');
    if (status !== 0 || said !== '') return `exit status ${status}\n${said}`;
    const made = readFileSync(join(scratch, 'out'));
    rmSync(join(scratch, 'out'));
    return made;
  };

  const judge = async (): Promise<string | undefined> => {
    const have = await program(cache);
    if (typeof have === 'string') return have;
    const want = await program(untouched);
    if (typeof want === 'string') return `the untouched cache: ${want}`;
    if (!have.equals(want)) return 'another executable than the untouched cache gives';
    // One that was quicker than its end has made its executable.
    const left = readdirSync(scratch).filter((name) => name.startsWith('killed'));
    const half = left.filter((name) => !readFileSync(join(scratch, name)).equals(want));
    for (const name of left) rmSync(join(scratch, name));
    return half.length === 0 ? undefined : `left behind: ${half.join(' ')}`;
  };

  /** Builds that begin together and end, each by itself, within so many milliseconds. */
  const killSome = async (within: number): Promise<void> => {
    const killed = Array.from({ length: atOnce }, async (_, i) => {
      const [file, args, env] = build(`killed${i}`, cache);
      await new Promise<void>((resolve, reject) => {
        const child = spawn(file, args, { env, stdio: 'ignore', detached: true });
        const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), random() * within);
        child.on('error', reject);
        child.on('exit', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    });
    await Promise.all(killed);
  };

  const damageSome = (): void => {
    const files = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /-[ad]$/.test(name),
    );
    for (let i = 0; i < files.length / 20; i++) {
      damage(join(cache, files[Math.floor(random() * files.length)]!), Math.floor(random() * 4));
    }
  };

  // One round after the other, whatever --jobs says: all are about the same cache.
  let last: Promise<unknown> = Promise.resolve();
  const round = (name: string, disturb: () => Promise<void> | void): Case => ({
    name,
    run: () => {
      const mine = last.then(async () => {
        edit(dir, name);
        await disturb();
        return await judge();
      });
      last = mine.catch(() => undefined);
      return mine;
    },
  });
  const cases = [
    ...Array.from({ length: killRounds }, (_, i) =>
      // Long enough for the library, then for a link.
      round(`${atOnce} builds killed, round ${i}`, () => killSome(i < 5 ? 8000 : 4000)),
    ),
    ...Array.from({ length: damageRounds }, (_, i) =>
      round(`damaged entries, round ${i}`, damageSome),
    ),
  ];
  return {
    name: 'kills',
    title: 'builds killed at any moment, damaged caches',
    cases: () => cases,
    close: async () => {
      await last;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** xorshift32: numbers in [0, 1), the same ones each time. */
function makeRandom(seed: number): () => number {
  let x = seed;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

function writeModule(dir: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'go.mod'), 'module m\n\ngo 1.27\n');
  const numbers = Array.from({ length: packages }, (_, i) => i);
  const imports = numbers.map((i) => `\t"m/p${i}"\n`).join('');
  const calls = numbers.map((i) => `\tprintln(p${i}.Name())\n`).join('');
  writeFileSync(
    join(dir, 'main.go'),
    `package main\n\nimport (\n${imports})\n\nfunc main() {\n${calls}}\n`,
  );
}

/** Every package is another one in every round. */
function edit(dir: string, round: string): void {
  for (let i = 0; i < packages; i++) {
    const folder = join(dir, `p${i}`);
    mkdirSync(folder, { recursive: true });
    const text = `package p${i}\n\nimport "strconv"\n\nfunc Name() string { return strconv.Quote(${JSON.stringify(`${round}, ${i}`)}) }\n`;
    writeFileSync(join(folder, 'p.go'), text);
  }
}

function damage(file: string, how: number): void {
  const bytes = readFileSync(file);
  switch (how) {
    case 0:
      rmSync(file);
      break;
    case 1:
      truncateSync(file, bytes.length >> 1);
      break;
    case 2:
      truncateSync(file, 0);
      break;
    default:
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(file, bytes);
  }
}
