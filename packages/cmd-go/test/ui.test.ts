/**
 * What a terminal's user sees of a build: the live view in narrow and wide windows, source lines under
 * messages, an end by Ctrl-C; and that nobody else sees any of it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { excerpt } from '../src/report/source-line.ts';
import { frame, type Line } from '../src/ui/frame.ts';
import { ActionLog, tally } from '../src/work/actions.ts';
import { makeFolder } from './command.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const driver = fileURLToPath(new URL('with-tools.ts', import.meta.url));

const text = (lines: readonly Line[]): string[] =>
  lines.map((line) => line.map((segment) => segment.text).join(''));

describe('a frame', () => {
  /** Two packages at work, one done slowly, one from the cache, one that waits. */
  function scene(): { log: ActionLog; at: (ms: number) => void } {
    let now = 0;
    const log = new ActionLog(0, () => now);
    const [errors, runtime, http, tls, main] = [
      'errors',
      'runtime',
      'net/http',
      'crypto/tls',
      'example.com/a/rather/long/path/to/main',
    ].map((path) => log.add('build', path));
    log.ended(errors!, 'cached');
    log.started(runtime!, 0);
    now = 9100;
    log.ended(runtime!, 'built');
    log.started(tls!, 1);
    now = 10_000;
    log.started(http!, 0);
    log.started(main!, 2);
    log.add('link', 'example.com/a/rather/long/path/to/main');
    return { log, at: (ms) => void (now = ms) };
  }

  test.each([100, 60, 40, 24, 12, 3])('fits into %i columns', (columns) => {
    const { log, at } = scene();
    at(12_340);
    const lines = text(frame(tally(log.actions), log.elapsed, columns));
    expect(lines).toMatchSnapshot();
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
  });
});

describe('the source of a message', () => {
  const show = (source: string, column: number, columns = 80): string => {
    const found = excerpt(Buffer.from(source), { line: 2, column }, columns);
    return found === undefined ? '' : `${found.line}\n${found.caret}`;
  };

  test('is its line and a caret', () => {
    expect(show('x\n\treturn missing\n', 9)).toBe('\treturn missing\n\t       ^');
  });
  test('has columns of bytes, and characters of two cells', () => {
    expect(show('x\né("日本", y)', 14)).toBe('é("日本", y)\n          ^');
  });
  test('ends where the line ends', () => {
    expect(show('x\nf(', 3)).toBe('f(\n  ^');
    expect(show('x\nf(', 4)).toBe('');
    expect(show('x', 1)).toBe('');
  });
  test('is cut to the window', () => {
    const long = `x\n\tf(${'a'.repeat(100)}, here, ${'b'.repeat(100)})`;
    const [line, caret] = show(long, 106, 60).split('\n');
    expect(line!.length + 7).toBeLessThan(60);
    expect(line!.slice(caret!.indexOf('^'))).toMatch(/^here, b+…$/);
  });
  test('does nothing to the terminal', () => {
    expect(show('x\n"\u001b[2J" y\r', 8)).toBe('"\ufffd[2J" y\n       ^');
  });
});

const go = 'module example.com/m\n\ngo 1.27\n';
const program = {
  'go.mod': go,
  'main.go': 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { lib.F() }\n',
  'lib/lib.go': 'package lib\n\nfunc F() {}\n',
};

describe.skipIf(peerGoroot() === undefined)('a build', () => {
  let dir = '';
  const env = (more: Record<string, string> = {}): NodeJS.ProcessEnv => {
    const all: NodeJS.ProcessEnv = peerEnv({
      GOCACHE: join(dir, 'cache'),
      GOPROXY: 'off',
      TERM: 'xterm',
      SLOW_MS: '150',
      ...more,
    });
    for (const name of ['CI', 'NO_COLOR']) if (more[name] === undefined) delete all[name];
    return all;
  };
  const command = (...words: string[]): string[] => [driver, 'slow', 'build', ...words];

  beforeAll(() => {
    dir = makeFolder({
      ...program,
      'bad/go.mod': go,
      'bad/wrong.go': 'package bad\n\nfunc F() { return missing }\n',
    });
  });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** The build in a window of a terminal of its own, looked at until `until` says that it was enough. */
  async function inTerminal(
    size: {
      readonly columns: number;
      readonly more?: Record<string, string>;
      readonly cwd?: string;
    },
    words: readonly string[],
    until: (screen: string, send: (key: string) => void) => boolean,
  ): Promise<string> {
    const name = `go-ts-${process.pid}-${Math.random().toString(36).slice(2)}`;
    const tmux = (...args: string[]): string =>
      spawnSync('tmux', ['-L', name, '-f', '/dev/null', ...args], {
        cwd: join(dir, size.cwd ?? ''),
        env: env(size.more),
        encoding: 'utf8',
        timeout: 10_000,
      }).stdout;
    const quoted = [process.execPath, ...words].map((word) => `'${word}'`).join(' ');
    // tmux says to its programs which terminal they are on; the shell is to outlive Ctrl-C.
    const script = `trap : INT; TERM=${env(size.more)['TERM']} ${quoted}; echo "status $?"; exec sleep 600`;
    tmux('new-session', '-d', '-x', String(size.columns), '-y', '16', script);
    try {
      for (let i = 0; i < 600; i++) {
        const screen = tmux('capture-pane', '-p');
        if (until(screen, (key) => void tmux('send-keys', key))) return screen;
        // oxlint-disable-next-line no-await-in-loop
        await setTimeout(100);
      }
      return tmux('capture-pane', '-p');
    } finally {
      tmux('kill-server');
    }
  }

  const isOver = (screen: string): boolean => /^status \d/m.test(screen);

  test.skipIf(!hasTmux).each([
    {
      columns: 90,
      first: /^Building {2}\d+\/\d+ {2}█*░* {2}\d+ cached {2}\d+\.\ds$/m,
      row: /^[12] {2}\S+ +\d+\.\ds$/m,
    },
    {
      columns: 24,
      first: /^\d+\/\d+ {2}(\d+ cached {2})?\d+\.\ds$/m,
      row: /^[12] {2}\S+ +\d+\.\ds$/m,
    },
  ])(
    'is shown in $columns columns, and leaves nothing behind',
    { timeout: 100_000 },
    async ({ columns, first, row }) => {
      const seen: string[] = [];
      const last = await inTerminal(
        { columns },
        command('-a', '-o', `out${columns}/`),
        (screen) => {
          if (first.test(screen)) seen.push(screen);
          return isOver(screen);
        },
      );
      expect(seen.length).toBeGreaterThan(0);
      const fullest = seen.findLast((screen) => row.test(screen))!;
      expect(fullest).toMatch(first);
      for (const line of fullest.split('\n')) expect(line.length).toBeLessThan(columns);
      expect(last.trimEnd()).toBe('status 0');
      expect(readFileSync(join(dir, `out${columns}/m`), 'utf8')).toContain('echo ran');
    },
  );

  test.skipIf(!hasTmux)(
    'ends by Ctrl-C with the terminal as it was and no file begun',
    { timeout: 100_000 },
    async () => {
      let sent = false;
      const last = await inTerminal(
        { columns: 60 },
        command('-a', '-o', 'none/x'),
        (screen, send) => {
          if (!sent && /^1 {2}\S/m.test(screen)) {
            send('C-c');
            sent = true;
          }
          return isOver(screen);
        },
      );
      expect(sent).toBe(true);
      expect(last.replaceAll(/^\^C/gm, '').trimEnd()).toBe('status 130');
      expect(existsSync(join(dir, 'none'))).toBe(false);
    },
  );

  test.skipIf(!hasTmux)(
    'shows on a terminal where a message points',
    { timeout: 100_000 },
    async () => {
      const last = await inTerminal({ columns: 60, cwd: 'bad' }, command('.'), isOver);
      expect(last.trimEnd()).toBe(
        [
          '# example.com/m',
          './wrong.go:3:19: undefined: missing',
          'func F() { return missing }',
          '                  ^',
          'status 1',
        ].join('\n'),
      );
    },
  );

  test.skipIf(!hasTmux).each([{ NO_COLOR: '1' }, { TERM: 'dumb' }, { CI: 'true' }])(
    'says what upstream says under %o',
    { timeout: 100_000 },
    async (more) => {
      const options = { columns: 60, cwd: 'bad', more };
      const last = await inTerminal(options, command('-a', '.'), isOver);
      expect(last.trimEnd()).toBe('# example.com/m\n./wrong.go:3:19: undefined: missing\nstatus 1');
    },
  );

  test('says to a pipe what upstream says', { timeout: 100_000 }, async () => {
    const child = spawn(process.execPath, command('-a', '.'), {
      cwd: join(dir, 'bad'),
      env: env(),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 90_000,
      killSignal: 'SIGKILL',
    });
    let stderr = '';
    child.stderr.on('data', (bytes: Buffer) => void (stderr += bytes.toString()));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: '# example.com/m\n./wrong.go:3:19: undefined: missing\n',
    });
  });
});
