/**
 * What is wrong around a build: a damaged GOROOT, a full disk, signals. One clear message, nothing half
 * done left behind, and the next build right. Also that what a build makes needs nothing around it.
 *
 * Programs import nothing or package errors, so that only the runtime has to be built for them.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { makeFolder, official, type Outcome, ours } from './command.ts';

const bin = fileURLToPath(new URL('../bin/go.js', import.meta.url));
const sysinfo = fileURLToPath(new URL('../../../examples/sysinfo', import.meta.url));
const goroot = peerGoroot();
const slow = { timeout: 600_000 };

const files = {
  'go.mod': 'module m\n\ngo 1.27\n',
  'main.go':
    'package main\n\nimport "errors"\n\nfunc main() { println(errors.New("fine").Error()) }\n',
  'wait/wait.go':
    'package main\n\nimport "time"\n\nfunc main() {\n\tprintln("waiting")\n\ttime.Sleep(time.Minute)\n}\n',
};

describe.skipIf(goroot === undefined)('adversity', () => {
  let dir = '';
  let mounted = '';

  beforeEach(() => {
    dir = makeFolder(files);
    mkdirSync(join(dir, 'tmp'));
  });

  afterEach(() => {
    if (mounted !== '') spawnSync('umount', [mounted]);
    mounted = '';
    rmSync(dir, { recursive: true, force: true });
  });

  function go(args: readonly string[], env: Record<string, string> = {}): Outcome {
    const { status, stdout, stderr } = ours(args, { cwd: dir, env, timeout: slow.timeout });
    return { status, stdout, stderr: stderr.replaceAll(dir, 'DIR') };
  }

  /** A GOROOT of links, in which things can be changed. */
  function linkedGoroot(): string {
    const root = join(dir, 'goroot');
    mkdirSync(join(root, 'src'), { recursive: true });
    for (const name of readdirSync(goroot!)) {
      if (name !== 'src') symlinkSync(join(goroot!, name), join(root, name));
    }
    for (const name of readdirSync(join(goroot!, 'src'))) {
      symlinkSync(join(goroot!, 'src', name), join(root, 'src', name));
    }
    return root;
  }

  function expectNothingBuilt(): void {
    expect(
      readdirSync(dir).filter((name) => !/^(go\.mod|main\.go|wait|tmp|goroot)$/.test(name)),
    ).toEqual([]);
  }

  test('a GOROOT that is not there', () => {
    const { status, stderr } = go(['build'], { GOROOT: '/nonexistent' });
    expect(status).toBe(2);
    expect(stderr).toBe('go: cannot find GOROOT directory: /nonexistent\n');
    expectNothingBuilt();
  });

  test.each([
    ['without VERSION', undefined, 'it has no VERSION file'],
    ['of another release', 'go1.99.1\n', 'it is go1.99.1, and this toolchain supports go1.27'],
  ])('a GOROOT %s', (_, version, problem) => {
    const root = linkedGoroot();
    rmSync(join(root, 'VERSION'));
    if (version !== undefined) writeFileSync(join(root, 'VERSION'), version);
    expect(go(['build'], { GOROOT: root })).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `go: cannot use GOROOT DIR/goroot: ${problem}\n` +
        '\tset GOROOT to a complete go1.27 tree, or unset GOROOT to have one found or downloaded\n',
    });
    expectNothingBuilt();
  });

  test('a GOROOT without a package, and with a file cut short: as upstream', () => {
    const root = linkedGoroot();
    const own = join(root, 'src/errors');
    const both = (): void => {
      const have = go(['build'], { GOROOT: root });
      const want = official(['build'], { cwd: dir, env: { GOROOT: root } });
      expect(have).toEqual({ ...want, stderr: want.stderr.replaceAll(dir, 'DIR') });
      expect(have.status).toBe(1);
      expectNothingBuilt();
    };
    rmSync(own);
    both();
    mkdirSync(own);
    for (const name of ['errors.go', 'wrap.go', 'join.go']) {
      copyFileSync(join(goroot!, 'src/errors', name), join(own, name));
    }
    const text = readFileSync(join(own, 'errors.go'));
    writeFileSync(join(own, 'errors.go'), text.subarray(0, 2000));
    both();
  });

  function mountSmall(context: { skip: (note?: string) => void }): string {
    const place = join(dir, 'small');
    mkdirSync(place);
    const run = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', place]);
    if (run.status !== 0) {
      rmSync(place, { recursive: true });
      context.skip('mounting is not permitted');
    }
    mounted = place;
    return place;
  }

  test('a full disk: output, temporary folder, cache', slow, (context) => {
    const small = mountSmall(context);
    const full = 'no space left on device\n';
    const built = go(['build', '-o', join(small, 'x')]);
    expect(built.stderr).toBe(`m: go build m: write DIR/small/x: ${full}`);
    expect(built.status).toBe(1);
    expect(readdirSync(small)).toEqual([]);

    const ran = go(['run', '.'], { GOTMPDIR: small });
    expect(ran.stderr).toMatch(/^m: go run m: write DIR\/small\/go-build\w+\/m: no space .*\n$/);
    expect(ran.status).toBe(1);
    expect(readdirSync(small)).toEqual([]);

    const cached = go(['build'], { GOCACHE: join(small, 'cache') });
    expect(cached.stderr).toMatch(/^go: \w+ DIR\/small\/cache\/\S+: no space left on device\n$/);
    expect(cached.status).toBe(1);
    expect(existsSync(join(dir, 'm'))).toBe(false);
    expect(go(['run', '.'])).toEqual({ status: 0, stdout: '', stderr: 'fine\n' });
  });

  test('the null device stays one', slow, () => {
    expect(go(['build', '-o', '/dev/null'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(spawnSync('test', ['-c', '/dev/null']).status).toBe(0);
  });

  interface Ended {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stderr: string;
  }

  /** What a signal waits for: words on standard error, or a condition looked at now and then. */
  type Moment = string | (() => boolean);

  /** Starts a command in a group of its own; when the moment has come, the leader or all get the signal. */
  function interrupted(
    args: readonly string[],
    signal: NodeJS.Signals,
    at: { readonly when: Moment; readonly group: boolean },
    env: Record<string, string> = {},
  ): Promise<Ended> {
    const { when, group } = at;
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [bin, ...args], {
        cwd: dir,
        env: peerEnv({ GOPROXY: 'off', TMPDIR: join(dir, 'tmp'), ...env }),
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      const watch = setInterval(() => {
        if (typeof when === 'string' ? !stderr.includes(when) : !when()) return;
        clearInterval(watch);
        process.kill(group ? -child.pid! : child.pid!, signal);
      }, 20);
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('close', (code, by) => {
        clearInterval(watch);
        resolve({ code, signal: by, stderr });
      });
    });
  }

  const after = (ms: number): Moment => {
    const begun = performance.now();
    return () => performance.now() - begun > ms;
  };

  /** When a cache that was empty has its first outputs, compilers are at work. */
  const compiling = (cache: string): Moment => {
    const countOf = (): number => {
      const all = existsSync(cache) ? readdirSync(cache, { recursive: true }) : [];
      return all.filter((name) => String(name).endsWith('-d')).length;
    };
    const before = countOf();
    return () => countOf() > before + 3;
  };

  const tempFolders = (): string[] => readdirSync(join(dir, 'tmp'));

  test('signals during a build end it by the signal, and leave nothing', slow, async () => {
    const env = { GOCACHE: join(dir, 'tmp/cache') };
    const at = (group: boolean) => ({ when: compiling(env.GOCACHE), group });
    const built = await interrupted(['build'], 'SIGINT', at(true), env);
    expect([built.code, built.signal, built.stderr]).toEqual([null, 'SIGINT', '']);
    const ran = await interrupted(['run', '.'], 'SIGTERM', at(false), env);
    expect([ran.code, ran.signal, ran.stderr]).toEqual([null, 'SIGTERM', '']);
    expect(tempFolders()).toEqual(['cache']);
    expectNothingBuilt();
  });

  test('Ctrl-C under go run goes to the program; SIGTERM is passed on', slow, async () => {
    const at = { when: 'waiting', group: true };
    const ctrlC = await interrupted(['run', './wait'], 'SIGINT', at);
    expect(ctrlC).toEqual({ code: 1, signal: null, stderr: 'waiting\nsignal: interrupt\n' });
    const term = await interrupted(['run', './wait'], 'SIGTERM', { ...at, group: false });
    expect(term).toEqual({ code: null, signal: 'SIGTERM', stderr: 'waiting\n' });
    expect(tempFolders()).toEqual([]);
  });

  test('killed at any moment: the next build is right', slow, async () => {
    const env = { GOCACHE: join(dir, 'tmp/cache') };
    for (const ms of [300, 900, 2100, 4200]) {
      // One after the other, on what the one before left in the cache.
      // oxlint-disable-next-line no-await-in-loop
      await interrupted(['build'], 'SIGKILL', { when: after(ms), group: true }, env);
    }
    rmSync(join(dir, 'm'), { force: true });
    expect(go(['run', '.'], env)).toEqual({ status: 0, stdout: '', stderr: 'fine\n' });
    expectNothingBuilt();
  });

  test('a program needs nothing around it', slow, (context) => {
    const root = join(dir, 'empty');
    mkdirSync(root);
    const program = join(root, 'sysinfo');
    expect(ours(['build', '-o', program, '.'], { cwd: sysinfo, ...slow }).status).toBe(0);
    const bytes = readFileSync(program);
    expect(segmentTypes(bytes)).not.toContain(ptInterp);
    expect(segmentTypes(bytes)).not.toContain(ptDynamic);
    if (process.getuid?.() !== 0) context.skip('chroot is for root');
    const { status, stdout } = spawnSync('chroot', [root, '/sysinfo'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['go version', 'go1.27.4'],
      ['system', 'linux/amd64'],
      ['cpus', String(cpus().length)],
      ['goroutines', expect.stringMatching(/^\d+$/)],
      ['program', `sysinfo, ${bytes.length} bytes`],
      [''],
    ]);
  });
});

/** gABI ch. 5: what a dynamic linker would be asked to do. */
const ptDynamic = 2;
const ptInterp = 3;

function segmentTypes(elf: Buffer): number[] {
  const at = Number(elf.readBigUInt64LE(0x20));
  const size = elf.readUInt16LE(0x36);
  return Array.from({ length: elf.readUInt16LE(0x38) }, (_, i) => elf.readUInt32LE(at + i * size));
}
