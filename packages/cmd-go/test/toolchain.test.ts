/** Which toolchain GOTOOLCHAIN, go.mod and go.work ask for. */
import { describe, expect, test } from 'vitest';
import { chooseToolchain, type FileLines } from '../src/cfg/toolchain.ts';
import { makeFolder, ours } from './command.ts';

const local = 'go1.27.4';

function choose(setting: string, lines?: Partial<FileLines>): string {
  const file =
    lines === undefined ? undefined : { file: 'go.mod', go: '', toolchain: '', ...lines };
  return chooseToolchain(setting, local, () => file);
}

describe('chooseToolchain', () => {
  test.each<[string, Partial<FileLines> | undefined, string]>([
    ['auto', undefined, local],
    ['auto', { go: '1.20' }, local],
    ['auto', { go: '1.99' }, 'go1.99.0'],
    ['auto', { go: '1.28rc1' }, 'go1.28rc1'],
    ['auto', { go: '1.21', toolchain: 'go1.99.3' }, 'go1.99.3'],
    ['auto', { go: '1.21', toolchain: 'go1.22.3' }, local],
    ['auto', { go: '1.99', toolchain: 'default' }, local],
    ['auto', { go: '1.100.1', toolchain: 'go1.99.3' }, 'go1.100.1'],
    ['local', { go: '1.99' }, local],
    ['local+auto', { go: '1.99' }, 'go1.99.0'],
    ['go1.21.3', { go: '1.99' }, 'go1.21.3'],
    ['go1.21.3+auto', { go: '1.22.1' }, 'go1.22.1'],
    ['go1.21.3+path', { go: '1.20' }, 'go1.21.3'],
  ])('%s with %j is %s', (setting, lines, chosen) => {
    expect(choose(setting, lines)).toBe(chosen);
  });

  test.each([
    ['junk', 'invalid GOTOOLCHAIN "junk"'],
    ['local+x', 'only version suffixes are +auto and +path'],
    ['junk+auto', 'invalid minimum toolchain "junk"'],
  ])('%s is refused', (setting, message) => {
    expect(() => choose(setting, {})).toThrow(message);
  });

  test('a toolchain line that is none is refused', () => {
    expect(() => choose('auto', { toolchain: 'x' })).toThrow('invalid toolchain "x" in go.mod');
  });
});

test('a release that is not supported is refused with those that are', () => {
  const cwd = makeFolder({ 'go.mod': 'module m\n\ngo 1.99\n' });
  const env = { GOTOOLCHAIN: 'auto' };
  const { status, stderr } = ours(['version'], { cwd, env });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^go: download go1\.99\.0 for .*: toolchain not available\n\tthis go command has go1\.27\.\d/,
  );
  expect(ours(['env', 'GOMOD'], { cwd, env }).status).toBe(0);
});
