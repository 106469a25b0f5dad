import { describe, expect, test } from 'vitest';
import { disk } from '../src/fsys/fsys.ts';
import { type BuildContext, matchFileName, shouldBuild } from '../src/load/constraint.ts';

const linux: BuildContext = {
  goos: 'linux',
  goarch: 'amd64',
  cgoEnabled: false,
  files: disk,
  tags: new Set(['go1.20', 'x']),
};
const android: BuildContext = { ...linux, goos: 'android' };

function deep(n: number): string {
  return `//go:build ${'('.repeat(n)}linux${')'.repeat(n)}\n\npackage a`;
}

describe('file names', () => {
  test.each<[string, boolean, boolean]>([
    ['a.go', true, true],
    ['linux.go', true, true],
    ['a_linux.go', true, true],
    ['a_linux_amd64.go', true, true],
    ['a_linux_arm64.go', false, false],
    ['a_android.go', false, true],
    ['a_windows_test.go', false, false],
    ['a_unix.go', true, true],
    ['a_windows_x.go', true, true],
    ['windows_amd64.go', true, true],
    ['a_plan9.x.go', false, false],
  ])('%s', (name, onLinux, onAndroid) => {
    expect(matchFileName(linux, name)).toBe(onLinux);
    expect(matchFileName(android, name)).toBe(onAndroid);
  });
});

describe('constraints', () => {
  test.each<[string, boolean]>([
    ['//go:build linux\n\npackage a', true],
    ['//go:build !linux\n\npackage a', false],
    ['//go:build linux && (arm64 || x)\n\npackage a', true],
    ['//go:build go1.20 && !go1.21\npackage a', true],
    ['//go:build unix && gc && !cgo\npackage a', true],
    ['// text\n\n/* more\n*/ //go:build windows\npackage a', true],
    ['/*\n//go:build windows\n*/\npackage a', true],
    ['package a\n//go:build windows\n', true],
    ['// +build windows\n\npackage a', false],
    ['// +build windows\npackage a', true],
    ['// +build windows linux,amd64\n// +build x\n\npackage a', true],
    ['// +build !!linux\n\npackage a', false],
    ['//go:build linux\n// +build windows\n\npackage a', true],
    ['//go:buildlinux\n\npackage a', true],
  ])('%j', (text, built) => {
    expect(shouldBuild(linux, text)).toBe(built);
  });

  test.each([
    ['//go:build', 'unexpected end of expression'],
    ['//go:build !!x', 'double negation not allowed'],
    ['//go:build (x', 'missing close paren'],
    ['//go:build x y', 'unexpected token y'],
    ['//go:build &&', 'unexpected token &&'],
    ['//go:build linux\n//go:build amd64', 'multiple //go:build comments'],
  ])('refuses %j', (text, message) => {
    const result = shouldBuild(linux, `${text}\n\npackage a\n`);
    expect(result).toMatchObject({ error: expect.stringContaining(message) as string });
  });

  test('expressions of any depth up to the limit', () => {
    expect(shouldBuild(linux, deep(900))).toBe(true);
    expect(shouldBuild(linux, deep(100_000))).toMatchObject({
      error: expect.stringContaining('too large') as string,
    });
  });
});
