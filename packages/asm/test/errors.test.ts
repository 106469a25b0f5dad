/** Messages for mistaken sources: recorded from the official assembler, and against it where it is. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { assemble } from '../src/assemble.ts';
import { fileReader } from './official.ts';

const dir = fileURLToPath(new URL('../testdata/errors', import.meta.url));
const goroot = peerGoroot();

const textflag = ['NOPROF', 'DUPOK', 'NOSPLIT', 'RODATA', 'NOPTR']
  .map((name, i) => `#define ${name} ${1 << i}\n`)
  .join('');

/** What our assembler prints for a file of `cwd`. */
function messagesOf(cwd: string, name: string): string {
  const disk = fileReader(cwd);
  const { messages } = assemble({
    files: [name],
    read: (path) => (path === '/include/textflag.h' ? textflag : disk(path)),
    goos: 'linux',
    goarch: 'amd64',
    pkgPath: 'main',
    workingDir: cwd,
    includeDirs: ['/include'],
    allErrors: true,
  });
  return messages.map((message) => message.replace(/\n?$/, '\n')).join('');
}

describe('recorded messages', () => {
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.s'))) {
    const name = file.slice(0, -2);
    test(`of ${name}`, () => {
      expect(messagesOf(dir, file)).toBe(readFileSync(join(dir, `${name}.txt`), 'utf8'));
    });
  }

  test('stops after ten errors', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `\tFOO${i} AX\n`);
    const { messages } = assemble({
      files: ['x.s'],
      read: () => `TEXT f(SB),4,$0\n${lines.join('')}`,
      goos: 'linux',
      goarch: 'amd64',
      workingDir: '/',
    });
    expect(messages).toHaveLength(12);
    expect(messages[11]).toBe('asm: too many errors');
  });
});

describe.skipIf(goroot === undefined)('messages of the official assembler', () => {
  const testdata = join(goroot ?? '', 'src/cmd/asm/internal/asm/testdata');
  const include = join(goroot ?? '', 'pkg/include');

  function official(cwd: string, file: string): string {
    const tool = join(goroot!, 'pkg/tool/linux_amd64/asm');
    const out = join(tmpdir(), `go-ts-asm-${process.pid}.o`);
    const mode = file.includes('dynlink') ? ['-dynlink'] : [];
    const args = [...mode, '-o', out, '-p', 'main', '-e', '-I', include, file];
    const env = peerEnv({ GOOS: 'linux', GOARCH: 'amd64' });
    return spawnSync(tool, args, { cwd, env, encoding: 'utf8', timeout: 60_000 }).stderr;
  }

  for (const file of ['amd64error.s', 'buildtagerror.s', 'duperror.s', 'amd64dynlinkerror.s']) {
    test(`of ${file}`, () => {
      const { messages } = assemble({
        files: [file],
        read: fileReader(testdata),
        goos: 'linux',
        goarch: 'amd64',
        pkgPath: 'main',
        workingDir: testdata,
        includeDirs: [include],
        allErrors: true,
        dynlink: file.includes('dynlink'),
      });
      const got = messages.map((message) => message.replace(/\n?$/, '\n')).join('');
      expect(got).toBe(official(testdata, file));
    });
  }
});
