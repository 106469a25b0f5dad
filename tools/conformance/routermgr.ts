/**
 * `./test conformance routermgr`: the example with dependencies, from an empty module cache to a
 * server that has answered.
 *
 * Modules come through the proxy, and sums from the checksum database, that this machine's Go
 * environment names. The cases run one after the other: each needs what the one before left.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerEnv } from '../peer.ts';
import { runCommand } from './programs.ts';
import type { Case, Suite } from './suite.ts';

const ourGo = fileURLToPath(new URL('../../go', import.meta.url));
const example = fileURLToPath(new URL('../../examples/routermgr', import.meta.url));
const timeout = 1_800_000;
const calls = 10_000;
const streams = 100;

export function routermgrSuite(): Suite {
  const scratch = mkdtempSync(join(tmpdir(), 'go-ts-routermgr-'));
  const folders = { one: join(scratch, 'one'), two: join(scratch, 'two/further/down') };

  const go = async (place: 'one' | 'two', ...args: readonly string[]): Promise<string> => {
    const dir = folders[place];
    if (!existsSync(dir)) cpSync(example, dir, { recursive: true });
    const env = {
      ...(await networkSettings()),
      GOPATH: join(scratch, 'gopath'),
      GOMODCACHE: join(scratch, 'mod'),
      // Of each "machine" its own.
      GOCACHE: join(scratch, `cache-${place}`),
      GOFLAGS: '-modcacherw',
    };
    const { status, stdout, stderr } = await runCommand(
      ourGo,
      ['-C', dir, ...args],
      peerEnv(env),
      timeout,
    );
    if (status !== 0) throw new Error(`go ${args.join(' ')}: status ${status}\n${stderr}`);
    return stdout;
  };
  const build = async (place: 'one' | 'two'): Promise<Buffer> => {
    await go(place, 'build', '-trimpath', '-o', 'routermgr', '.');
    return readFileSync(join(folders[place], 'routermgr'));
  };
  const executable = (): string => join(folders.one, 'routermgr');

  const steps: Readonly<Record<string, () => Promise<string | undefined>>> = {
    'go.sum made again, from the checksum database': async () => {
      cpSync(example, folders.one, { recursive: true });
      rmSync(join(folders.one, 'go.sum'));
      await go('one', 'mod', 'tidy');
      const asked = lookups(join(scratch, 'mod/cache/download/sumdb'));
      if (!asked.some((name) => name.startsWith('google.golang.org/grpc@'))) {
        return 'the checksum database was not asked';
      }
      return sameFile('go.sum') ?? sameFile('go.mod');
    },
    'builds from an empty module cache, static': async () => {
      rmSync(join(scratch, 'mod'), { recursive: true, force: true });
      return segmentProblem(await build('one'));
    },
    [`${calls} calls, ${streams} streams over TCP, graceful stop`]: () => exchange(executable()),
    vet: async () => {
      await go('one', 'vet', './...');
      return undefined;
    },
    'the same bytes in another folder, from an empty build cache': async () => {
      const first = readFileSync(executable());
      return (await build('two')).equals(first) ? undefined : 'the executables differ';
    },
  };

  function sameFile(name: string): string | undefined {
    const [have, want] = [folders.one, example].map((dir) => readFileSync(join(dir, name), 'utf8'));
    return have === want ? undefined : `${name} differs:\n${have}`;
  }

  let last: Promise<unknown> = Promise.resolve();
  const cases = Object.entries(steps).map(([name, step]): Case => ({
    name,
    run: async () => {
      const mine = last.then(step);
      last = mine.catch(() => undefined);
      return await mine;
    },
  }));
  return {
    name: 'routermgr',
    title: 'a gRPC service with its real dependencies, downloaded, verified, built and at work',
    cases: () => cases,
    close: async () => {
      await last;
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** The user's own, which peerEnv leaves out. */
async function networkSettings(): Promise<Record<string, string>> {
  const names = ['GOPROXY', 'GOSUMDB'];
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const { stdout } = await runCommand(ourGo, ['env', ...names], env, timeout);
  const values = stdout.split('\n');
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}

/** `path@version` of what a checksum database was asked for. */
function lookups(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).flatMap(
    (name) => /\/lookup\/(.+)$/.exec(name)?.[1] ?? [],
  );
}

/** Static: no segment names an interpreter or asks for dynamic linking. gABI ch. 5. */
function segmentProblem(elf: Buffer): string | undefined {
  const at = Number(elf.readBigUInt64LE(32));
  const size = elf.readUInt16LE(54);
  const types = Array.from({ length: elf.readUInt16LE(56) }, (_, i) =>
    elf.readUInt32LE(at + i * size),
  );
  const [dynamic, interpreter] = [2, 3];
  if (types.includes(interpreter)) return 'the executable names an interpreter';
  return types.includes(dynamic) ? 'the executable is linked dynamically' : undefined;
}

async function exchange(executable: string): Promise<string | undefined> {
  const server = spawn(executable, ['serve', '-listen', '127.0.0.1:0']);
  const ended = new Promise<string>((resolve) => {
    server.on('close', (code, signal) => resolve(String(code ?? signal)));
  });
  try {
    const address = await said(server, /serving at (\S+)/);
    const args = ['load', '-server', address, '-calls', `${calls}`, '-streams', `${streams}`];
    const { status, stdout, stderr } = await runCommand(executable, args, {}, 120_000);
    if (status !== 0) return `load: status ${status}: ${stderr}`;
    const want = `${calls} lookups, ${calls / 2} found; ${streams} streams, ${streams * 256} events`;
    if (!stdout.startsWith(`${want}\n`)) return `load said ${stdout}`;
    const stopped = said(server, /(stopped)/);
    server.kill('SIGTERM');
    await stopped;
    const code = await ended;
    return code === '0' ? undefined : `the server ended with ${code}`;
  } finally {
    server.kill('SIGKILL');
  }
}

/** Waits until a process has written that on stderr. */
function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const limit = setTimeout(() => reject(new Error(`no ${pattern} in: ${text}`)), 30_000);
    child.stderr!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = pattern.exec(text)?.[1];
      if (found === undefined) return;
      clearTimeout(limit);
      resolve(found);
    });
    child.on('error', reject);
  });
}
