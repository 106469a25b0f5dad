/**
 * Packages without modules (GO111MODULE=off), beside the official command: folders below GOPATH,
 * vendored ones, relative imports, import comments, and what is said where nothing is found.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { official, ours } from './command.ts';

const files: Readonly<Record<string, string>> = {
  'src/a/a.go': 'package main\n\nimport (\n\t"b"\n\t_ "c"\n)\n\nfunc main() { println(b.X) }\n',
  'src/a/vendor/b/b.go': 'package b\n\nvar X = 3\n',
  'src/b/b.go': 'package b\n\nvar X = 4\n',
  'src/c/c.go': 'package c // import "c"\n',
  'src/named/n.go': 'package named // import "elsewhere"\n',
  'src/usesnamed/u.go': 'package usesnamed\n\nimport _ "named"\n',
  'src/missing/m.go': 'package missing\n\nimport _ "no/such"\n',
  'src/vendored/v.go': 'package vendored\n\nimport _ "a/vendor/b"\n',
  'src/versioned/go.mod': 'module versioned/v2\n',
  'src/versioned/sub/s.go': 'package sub\n',
  'src/tree/go.mod': 'module tree\n',
  'src/tree/t.go': 'package tree\n\nimport _ "versioned/v2/sub"\n',
  'outside/main.go': 'package main\n\nimport "./sub"\n\nfunc main() { sub.F() }\n',
  'outside/sub/s.go': 'package sub\n\nfunc F() {}\n',
};

describe.skipIf(peerGoroot() === undefined)('without modules', () => {
  const root = mkdtempSync(join(tmpdir(), 'go-ts-gopath-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }

  const shown = 'Dir,ImportPath,ImportComment,Name,Root,Imports,ImportMap,Deps,Error,Match,Target';
  test.each([
    ['list', '-e', `-json=${shown}`, 'a', 'c', 'named', 'usesnamed', 'missing', 'vendored', 'tree'],
    ['list', './...'],
    ['list', 'src/a/../b'],
    ['list', '-e', `-json=${shown}`, './outside', './outside/sub', './src/a', './nowhere'],
    ['list', '-e', 'a//b', 'x@v1', 'mod/x'],
    [
      'list',
      '-f',
      '{{.ImportPath}} {{.Target}}',
      'a',
      'b',
      './outside',
      'fmt',
      'cmd/go',
      'cmd/vet',
    ],
    ['build', 'missing'],
    ['build', 'usesnamed'],
  ])('go %s %s %s', (...args) => {
    const where = { cwd: root, env: { GO111MODULE: 'off', GOPATH: root } };
    expect(ours(args, where)).toEqual(official(args, where));
  });
});
