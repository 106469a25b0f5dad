import { spawnSync } from 'node:child_process';
/** Faults of the toolchain itself as a user meets them: named, placed, without a trace, nothing written. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { makeFolder } from './command.ts';

const driver = fileURLToPath(new URL('./with-tools.ts', import.meta.url));
const program = (imports: string): string =>
  `package main\n\nimport _ "m/${imports}"\n\nfunc main() {}\n`;

describe.skipIf(peerGoroot() === undefined)('a fault of the toolchain', () => {
  let dir = '';

  beforeAll(() => {
    dir = makeFolder({
      'go.mod': 'module m\n\ngo 1.27\n',
      'asserts/asserts.go': 'package asserts\n\nfunc F() {}\n',
      'throws/throws.go': 'package throws\n',
      'dies/dies.go': 'package dies\n',
      'a/main.go': program('asserts'),
      'b/main.go': program('throws'),
      'c/main.go': program('dies'),
      'd/main.go': 'package main\n\nfunc main() {}\n',
    });
  });
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  function build(folder: string, env: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [driver, 'faulty', 'build', '-o', 'out', `./${folder}`],
      {
        cwd: dir,
        env: peerEnv({ GOCACHE: join(dir, 'cache'), GOPROXY: 'off', ...env }),
        encoding: 'utf8',
        timeout: 120_000,
        killSignal: 'SIGKILL',
      },
    );
    return { status, stdout, stderr, wrote: existsSync(join(dir, 'out')) };
  }

  test.each([
    [
      'a broken invariant',
      'a',
      'asserts.go:3: internal compiler error: a value without a home (m/asserts.F, pass regalloc)',
    ],
    [
      'an exception of the engine',
      'b',
      "internal compiler error: Cannot read properties of null (reading 'x') (m/throws)",
    ],
    ['a worker that ends', 'c', 'internal compiler error: worker ended with code 9 (m/dies)'],
    ['the linker', 'd', 'internal compiler error: Maximum call stack size exceeded (link)'],
  ])('%s', (_, folder, line) => {
    const { status, stdout, stderr, wrote } = build(folder);
    expect({ status, stdout, wrote }).toEqual({ status: 1, stdout: '', wrote: false });
    const [first, ...rest] = stderr.trimEnd().split('\n');
    expect(first).toBe(line);
    expect(rest.join('\n')).toMatch(/^\tThis is a fault of the toolchain[^\n]*\n\tplace [^\n]*$/);
  });

  test('shows where in us it is, if asked', () => {
    const { stderr } = build('b', { GOTS_TRACE: '1' });
    expect(stderr).toMatch(/\nTypeError: Cannot read .*\n {4}at .*faulty-worker\.ts:\d+:\d+/);
  });
});
