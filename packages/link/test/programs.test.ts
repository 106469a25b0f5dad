/** Executables of ours, from official archives, run and say what they should. */
import { expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { type LinkOptions } from '../src/index.ts';
import { linkProgram, officialArchives, type Ran, remove, run } from './programs.ts';

const skip = peerGoroot() === undefined || process.platform !== 'linux' || process.arch !== 'x64';
const slow = { timeout: 300_000 };

function linkAndRun(name: string, options: Partial<LinkOptions> = {}): Ran & { errors: string } {
  const program = officialArchives(name);
  try {
    const { image, errors } = linkProgram(program, options);
    if (image === undefined) {
      return { stdout: '', stderr: '', status: null, errors: errors.join('\n') };
    }
    return { ...run(program, image), errors: '' };
  } finally {
    remove(program);
  }
}

test.skipIf(skip)('a server and its clients', slow, () => {
  const { stdout, status } = linkAndRun('http');
  const lines = Array.from({ length: 8 }, (_, i) => `{"method":"GET","path":"/item/${i}"}\n`);
  expect(stdout).toBe(lines.join(''));
  expect(status).toBe(0);
});

test.skipIf(skip)('goroutines under a busy collector', slow, () => {
  const { stdout, stderr, status } = linkAndRun('torture');
  expect(stderr).toBe('');
  expect(stdout).toBe('102784 3085\n');
  expect(status).toBe(0);
});

test.skipIf(skip)('methods that only reflection reaches', slow, () => {
  const { stdout } = linkAndRun('reflection');
  expect(stdout).toBe(
    [
      'GOPHER 3 <a><b>',
      'changed 4 CHANGED',
      '["text:changed",{"a":2,"z":1}]',
      '<root><item>v</item></root>',
      'map[string]main.item true',
      '[a bb ccc]',
      'wrapped: file does not exist *fmt.wrapError {Name:changed Tags:[a b]}',
      '',
    ].join('\n'),
  );
});

test.skipIf(skip)('functions, files and lines of callers and panics', slow, () => {
  const { stdout, stderr, status } = linkAndRun('traceback');
  expect(stdout).toBe(
    [
      'main.callers main.go 19',
      'main.T.method main.go 13',
      'main.inlined main.go 15',
      'main.main main.go 23',
      'runtime.main proc.go 302',
      'runtime.goexit asm_amd64.s 1264',
      'recovered assignment to entry in nil map',
      'main.go 34',
      '',
    ].join('\n'),
  );
  expect(status).toBe(2);
  expect(stderr).toContain('panic: at the end 42\n\ngoroutine 1 [running]:\nmain.fail(');
  expect(stderr).toMatch(/main\.go:45 \+0x[0-9a-f]+\nmain\.main\(\)\n\t.*main\.go:41 \+0x/);
});

test.skipIf(skip)('string variables set from outside', slow, () => {
  const { stdout } = linkAndRun('xflag', {
    strings: [
      ['main.version', 'v1 ½'],
      ['main.empty', 'set'],
      ['main.absent', 'x'],
    ],
  });
  expect(stdout.split('\n')[0]).toBe('v1 ½ set 0 go1.27.4');
});

test.skipIf(skip)('a variable that is no string cannot be set', slow, () => {
  const { errors } = linkAndRun('xflag', { strings: [['main.number', '1']] });
  expect(errors).toBe('main.number: cannot set with -X: not a var of type string (type:int)');
});

test.skipIf(skip)('processes, signals and files', slow, () => {
  const { stdout } = linkAndRun('exec', { stripSymbols: true });
  expect(stdout).toBe('"input err\\n" exit status 3\nuser defined signal 1\nhello\n');
});

test.skipIf(skip)('an undefined function is reported as upstream does', slow, () => {
  const { errors } = linkAndRun('undefined');
  expect(errors).toBe('main.main: relocation target main.missing not defined');
});
