/** What goes wrong before anything is compiled: same words, stream and status as the official go. */
import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { makeFolder, official, ours } from './command.ts';

interface Case {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly commands: readonly string[];
}

const mod = 'module example.com/m\n\ngo 1.27\n';
const program = (imports: string): Record<string, string> => ({
  'go.mod': mod,
  'main.go': `package main\n\n${imports}\nfunc main() {}\n`,
});
const one = (text: string, more: Record<string, string> = {}): Record<string, string> => ({
  'go.mod': mod,
  'a.go': text,
  ...more,
});

const cases: readonly Case[] = [
  {
    name: 'flags',
    commands: [
      'frob',
      'build -zzz',
      'build -o',
      'build -v=maybe',
      'build -p=x',
      'build ---x',
      'run',
    ],
  },
  { name: 'flag values', commands: ['build -p=0', 'build -buildmode=foo', 'build -mod=x fmt'] },
  { name: 'no module', commands: ['build', 'build ./...', 'run .', 'build nosuch', 'build x.go'] },
  { name: 'system', env: { GOOS: 'foo' }, commands: ['build fmt'] },
  { name: 'experiment', env: { GOEXPERIMENT: 'zork' }, commands: ['list fmt', 'env GOOS'] },
  { name: 'GOFLAGS', env: { GOFLAGS: 'foo' }, commands: ['build fmt', 'env GOFLAGS'] },
  { name: 'GOFLAGS unknown', env: { GOFLAGS: '-zork' }, commands: ['build fmt'] },
  { name: 'GOROOT', env: { GOROOT: '/nonexistent' }, commands: ['build fmt'] },
  {
    name: 'missing packages',
    files: program('import (\n\t"example.com/other/p"\n\t"foo/bar"\n\t"example.com/m/none"\n)\n'),
    commands: ['build', 'run .', 'list', 'list -deps', 'build ./nosuch', 'build example.com/m/x'],
  },
  {
    name: 'import cycle',
    files: {
      ...program('import _ "example.com/m/a"\n'),
      'a/a.go': 'package a\n\nimport _ "example.com/m/b"\n',
      'b/b.go': 'package b\n\nimport _ "example.com/m/a"\n',
    },
    commands: ['build', 'list ./a', 'list -deps .'],
  },
  { name: 'own import', files: one('package a\nimport _ "example.com/m"\n'), commands: ['build'] },
  {
    name: 'internal',
    files: {
      ...program('import _ "example.com/m/a/internal/x"\nimport _ "internal/abi"\n'),
      'a/internal/x/x.go': 'package x\n',
    },
    commands: ['build', 'list'],
  },
  {
    name: 'import of a program',
    files: { ...program('import _ "example.com/m/c"\n'), 'c/x.go': 'package main\n' },
    commands: ['build'],
  },
  {
    name: 'two packages',
    files: one('package a\n', { 'b.go': 'package b\n' }),
    commands: ['build'],
  },
  {
    name: 'no Go files',
    files: { 'go.mod': mod, 'x.txt': '' },
    commands: ['build', 'build ./...'],
  },
  {
    name: 'constraints exclude all',
    files: { 'go.mod': mod, 'a_windows.go': 'package a\n' },
    commands: ['build', 'list'],
  },
  { name: 'no package clause', files: one('pakage a\n'), commands: ['build'] },
  { name: 'import without quotes', files: one('package a\nimport fmt\n'), commands: ['build'] },
  { name: 'import not terminated', files: one('package a\nimport "fmt\n'), commands: ['build'] },
  { name: 'empty file', files: one(''), commands: ['build'] },
  { name: 'number for a name', files: one('package 1\n'), commands: ['build'] },
  { name: 'malformed path', files: one('package a\nimport "a b"\n'), commands: ['build'] },
  {
    name: 'relative import',
    files: one('package a\nimport "./x"\nimport "/abs"\n'),
    commands: ['build', 'list'],
  },
  { name: 'constraint', files: one('//go:build linux &&\n\npackage a\n'), commands: ['build'] },
  {
    name: 'two constraints',
    files: one('//go:build linux\n//go:build amd64\n\npackage a\n'),
    commands: ['build'],
  },
  {
    name: 'embed',
    files: one('package a\nimport _ "embed"\n//go:embed nosuch\nvar s string\n'),
    commands: ['build', 'list'],
  },
  {
    name: 'embed outside',
    files: one('package a\nimport "embed"\n//go:embed d/* ../x\nvar s embed.FS\n', { 'd/y': '1' }),
    commands: ['build', 'list -e -json=EmbedFiles,EmbedPatterns'],
  },
  {
    name: 'not a program',
    files: one('package a\n'),
    commands: ['run .', 'run a.go', 'run ./...', 'run a_test.go', 'build a.go nosuch.go'],
  },
  { name: 'go.mod directive', files: { 'go.mod': 'module m\nfrob 1\n' }, commands: ['build'] },
  { name: 'go.mod without module', files: { 'go.mod': 'go 1.27\n' }, commands: ['build'] },
  { name: 'go.mod newer', files: { 'go.mod': 'module m\ngo 1.99\n' }, commands: ['build'] },
  { name: 'go.mod version', files: { 'go.mod': 'module m\ngo banana\n' }, commands: ['build'] },
  {
    name: 'outputs',
    files: { ...program(''), 'm/x.txt': '' },
    commands: ['build', 'build -o x . fmt'],
  },
  { name: 'cgo', files: one('package a\nimport "C"\n'), commands: ['build', 'list'] },
  { name: 'Fortran', files: one('package a\n', { 'y.f': '' }), commands: ['build'] },
  {
    name: 'letter case',
    files: one('package a\n', { 'A.go': 'package a\n' }),
    commands: ['build'],
  },
  {
    name: 'vendored package',
    files: one('package a\nimport _ "vendor/golang.org/x/net/dns/dnsmessage"\n'),
    commands: ['build'],
  },
  { name: 'folder', commands: ['-C /nonexistent build', 'build -v -C /tmp', 'list -C /usr ./...'] },
  {
    name: 'env',
    commands: ['env -w', 'env -u', 'env -w FOO=1', 'env -w GOOS', 'env -w GOROOT=/x', 'env A=b'],
  },
  { name: 'env values', commands: ['env -json -w', 'env -w GOOS=foo', 'env -w GOPATH=rel'] },
];

describe.skipIf(peerGoroot() === undefined)('messages', () => {
  test.each(cases)('$name', { timeout: 120_000 }, ({ files, env, commands }) => {
    const cwd = makeFolder(files ?? {});
    try {
      const where = env === undefined ? { cwd } : { cwd, env };
      for (const command of commands) {
        const args = command.split(' ');
        expect({ command, ...ours(args, where) }).toEqual({ command, ...official(args, where) });
      }
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
});
