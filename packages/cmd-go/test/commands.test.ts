/** Commands that build nothing, beside the official ones: generate, clean, version FILE. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { writeWhole } from '../src/work/cache.ts';
import { placeOutput } from '../src/work/output.ts';
import { makeFolder, official, ours } from './command.ts';

const dir = makeFolder({
  'go.mod': 'module example.com/m\n\ngo 1.27\n',
  'm.go': 'package m\n',
  'gen.go': `package m

//go:generate echo "a b" $GOFILE $GOLINE $GOPACKAGE \${GOARCH}$DOLLAR x
//go:generate -command say echo said
//go:generate say so
//go:generate false
//go:generate echo never
`,
  'cmd/h/h.go': 'package main\n\nfunc main() {}\n',
  'a/a.go': 'package a\n',
  'a/a_test.go': `package a

import (
	"testing"
	_ "example.com/m/b"
)

func TestA(t *testing.T) {}
`,
  'b/b.go': 'package b\n\nimport _ "example.com/m/a"\n',
  's/s_test.go': 'package s\n\nimport "testing"\n\nfunc TestS(b *testing.B) {}\n',
  'a.out': '',
  'm.test': '',
  'm.go.keep': '',
  'cmd/h/h': '',
});
afterAll(() => rmSync(dir, { recursive: true }));

const goroot = peerGoroot();

describe.skipIf(goroot === undefined)('beside the official command', () => {
  test.each([
    ['generate'],
    ['generate', '-x', '-run', 'echo'],
    ['generate', '-n'],
    ['generate', '-skip', 'false'],
    ['clean', '-n'],
    ['clean', '-n', '-r', './...'],
    ['clean', '-cache', './...'],
    ['version', `${goroot}/bin/go`],
    ['version', '-m', `${goroot}/bin/gofmt`],
    ['version', '-m', '-json', `${goroot}/bin/gofmt`],
    ['list', '-f', '{{.Doc}}|{{.Target}}', 'fmt', 'cmd/vet', 'cmd/go', './cmd/h', 'unicode/utf8'],
    ['version', 'm.go', '/nosuch'],
    ['version', '-m', `${goroot}/pkg/tool`],
    ['tool', 'nosuch'],
    ['help', 'nosuch'],
    ['help', 'mod', 'nosuch'],
    ['help', 'mod', 'tidy', 'x'],
    ['mod', 'nosuch'],
    ['test', './a'],
    ['test', './s'],
    ['test', './nosuch'],
    ['test', '-vet=x=y', '.'],
  ])('go %s %s %s', (...args) => {
    const words = args.filter((word) => word !== undefined);
    expect(ours(words, { cwd: dir })).toEqual(official(words, { cwd: dir }));
  });

  test('every help topic of upstream is there, in our words', () => {
    const topicsOf = (text: string): string[] => {
      const list = text.slice(text.indexOf('Additional help topics'));
      return [...list.matchAll(/^\t(\S+) .*$/gm)].map(([, name]) => name!);
    };
    const names = topicsOf(ours(['help'], { cwd: dir }).stdout);
    expect(names).toEqual(topicsOf(official(['help'], { cwd: dir }).stdout));
    expect(ours(['help', 'go.mod'], { cwd: dir }).stdout).toMatch(/^The file go\.mod /);
  });

  test('go clean deletes what builds leave and nothing else', () => {
    expect(ours(['clean'], { cwd: dir }).status).toBe(0);
    expect(readdirSync(dir).sort()).toEqual([
      'a',
      'b',
      'cmd',
      'gen.go',
      'go.mod',
      'm.go',
      'm.go.keep',
      's',
    ]);
  });
});

test('a device is never replaced by a file', () => {
  const source = join(dir, 'go.mod');
  placeOutput(source, '/dev/null', { mode: 0o777, what: 'm' });
  writeWhole('/dev/null', Buffer.from('x'), 0o666);
  expect(existsSync('/dev/null') && statSync('/dev/null').isCharacterDevice()).toBe(true);
  writeFileSync('/dev/null', '');
});

test.skipIf(peerGoroot() === undefined)('a folder is called what $PWD calls it', () => {
  const other = `${dir}-link`;
  symlinkSync(dir, other);
  const where = { cwd: join(other, 'a'), env: { PWD: join(other, 'a') } };
  const names = ['list', '-f', '{{.Dir}} {{.Module.Dir}}'];
  expect(ours(names, where)).toEqual(official(names, where));
  const elsewhere = ['-C', '../b', ...names];
  expect(ours(elsewhere, where)).toEqual(official(elsewhere, where));
  rmSync(other);
});

test.skipIf(peerGoroot() === undefined)('go tool -n names a program', () => {
  const program = ours(['tool', '-n', 'compile'], { cwd: dir }).stdout.trim();
  expect(spawnSync(program, ['-V'], { encoding: 'utf8' }).stdout).toMatch(/^compile version go/);
});
