import { describe, expect, test } from 'vitest';
import { readModuleZip } from '../src/modulezip.ts';
import { Hash1 } from '../src/sum/dirhash.ts';
import { checkFilePath } from '../src/version/filepath.ts';
import { readZip } from '../src/zip.ts';
import { type FixtureFile, makeZip } from './zip-fixture.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const prefix = 'example.com/m@v1.0.0/';

function readAll(files: readonly FixtureFile[]): string[] {
  const zip = makeZip(files.map((f) => ({ ...f, name: f.name.replace(/^@/, prefix) })));
  return readModuleZip(zip, 'example.com/m', 'v1.0.0').map(
    (f) => `${f.path}=${text(f.entry.read())}`,
  );
}

describe('module zips', () => {
  test('files, stored and deflated, empty and not', () => {
    expect(
      readAll([
        { name: '@go.mod', text: 'module m\n' },
        { name: '@a/b.go', text: 'package a', stored: true },
        { name: '@a/empty', text: '' },
        { name: '@a/', text: '', stored: true },
      ]),
    ).toEqual(['go.mod=module m\n', 'a/b.go=package a', 'a/empty=']);
  });

  test.each<[string, string, FixtureFile[]]>([
    ['foreign prefix', 'does not have prefix', [{ name: 'other@v1.0.0/x', text: '' }]],
    ['parent folder', 'file path is not clean', [{ name: '@../x', text: '' }]],
    ['hidden parent folder', 'file path is not clean', [{ name: '@a/../../x', text: '' }]],
    ['absolute', 'file path is not clean', [{ name: '@/etc/passwd', text: '' }]],
    ['backslash', 'invalid char', [{ name: String.raw`@a\b`, text: '' }]],
    ['device', 'disallowed', [{ name: '@a/NUL.go', text: '' }]],
    ['symbolic link', 'file is a symbolic link', [{ name: '@a', text: '/etc', mode: 0o120777 }]],
    [
      'twice',
      'multiple entries',
      [
        { name: '@a', text: '' },
        { name: '@a', text: '' },
      ],
    ],
    [
      'case',
      'collision',
      [
        { name: '@A/x', text: '' },
        { name: '@a/y', text: '' },
      ],
    ],
    [
      'file and folder',
      'both a file and a directory',
      [
        { name: '@a', text: '' },
        { name: '@a/y', text: '' },
      ],
    ],
    [
      'too long',
      'larger than declared size (3 bytes)',
      [{ name: '@a', text: 'xxxxxxxx', claimedSize: 3 }],
    ],
    ['too short', 'has 3 bytes, not 9', [{ name: '@a', text: 'xxx', claimedSize: 9 }]],
    ['checksum', 'checksum error', [{ name: '@a', text: 'xxx', claimedCrc: 1 }]],
    ['two names', 'has two names', [{ name: '@a', text: 'x', localName: 'b' }]],
    [
      'huge',
      'total uncompressed size of module contents too large',
      [{ name: '@a', text: 'x', claimedSize: 0x7fffffff }],
    ],
  ])('refuses %s', (_, message, files) => {
    expect(() => readAll(files)).toThrow(message);
  });

  test('refuses archives cut at any place', () => {
    const zip = makeZip([{ name: `${prefix}a`, text: 'some text' }]);
    for (let length = 0; length < zip.length; length++) {
      const cut = zip.slice(0, length);
      expect(() => readZip(cut).map((e) => e.read())).toThrow('not a valid zip file');
    }
  });

  test('file names', () => {
    expect(checkFilePath('testdata/ünï code/a~1.go')).toBeUndefined();
    expect(checkFilePath('a//b')).toMatch('double slash');
    expect(checkFilePath('a./b')).toMatch('trailing dot');
    expect(checkFilePath('.gitignore')).toBeUndefined();
  });

  test('hash of a known module', () => {
    // As go.sum has it for a module of these two files, computed by hand with sha256sum.
    const hash = new Hash1();
    hash.add('example.com/m@v1.0.0/go.mod', Buffer.from('module example.com/m\n'));
    hash.add('example.com/m@v1.0.0/a.go', Buffer.from('package m\n'));
    expect(hash.sum()).toBe('h1:SXy42eQ/QbleX7vtuAPFnaM3tNuQnfeo7rulG/p7iOw=');
  });
});
