/**
 * `go vet`, `go fix`, vet during `go test` and unified export data, beside the official commands.
 * The checkers are cmd/vet and cmd/fix as we build them, so this also says that those work.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { makeFolder, official, type Outcome, ours } from './command.ts';

const goroot = peerGoroot();
/** The first command builds the tool from an empty cache. */
const limit = 1_200_000;

const files = {
  'go.mod': 'module example.com/m\n\ngo 1.27\n',
  'a.go': `package m

import (
	"fmt"

	"example.com/m/sub"
)

func F() {
	fmt.Printf("%d\\n", "x")
	sub.Logf("%s", 1)
}
`,
  'a_test.go':
    'package m\n\nimport "testing"\n\nfunc TestF(t *testing.T) { t.Errorf("%d", "y") }\n',
  'x_test.go':
    'package m_test\n\nimport "testing"\n\nfunc TestX(t *testing.T) { t.Errorf("%d", "z") }\n',
  'sub/s.go': `package sub

import "fmt"

func Logf(format string, args ...any) { fmt.Printf(format, args...) }
func G() { x := 1; _ = x; return; fmt.Println("%d") }
`,
  'good/g.go': `package good

import "iter"

type List[T any] struct{ items []T }

func (l *List[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, x := range l.items {
			if !yield(x) {
				return
			}
		}
	}
}
`,
  'good/g_test.go': 'package good\n\nimport "testing"\n\nfunc TestG(t *testing.T) {}\n',
  'broken/b.go': 'package broken\n\nfunc F() int { return y }\n',
  'user/u.go': 'package user\n\nimport _ "example.com/m/broken"\n',
  'onlytest/o_test.go':
    'package onlytest\n\nimport "testing"\n\nfunc TestO(t *testing.T) { t.Fatalf("%s", 1) }\n',
};
const dir = makeFolder(files);
afterAll(() => rmSync(dir, { recursive: true }));

/** Analyzers report in no certain order, packages in that of their ends; times differ. */
function comparable({ status, stdout, stderr }: Outcome): Outcome {
  const sorted = (text: string): string =>
    text
      .replaceAll(/"Time":"[^"]*",?|,"Elapsed":[\d.]+/g, '')
      .replaceAll(/\t[\d.]+s$/gm, '')
      .split('\n')
      .sort()
      .join('\n');
  return { status, stdout: sorted(stdout), stderr: sorted(stderr) };
}

describe.skipIf(goroot === undefined)('vet', () => {
  beforeAll(() => {
    ours(['vet', './good'], { cwd: dir, timeout: limit });
  }, limit);

  test.each([
    ['vet', './sub', '.'],
    ['vet', '-json', './sub', '.'],
    ['vet', '-printf=false', './sub'],
    ['vet', '-c=1', './sub'],
    ['vet', './broken'],
    ['vet', './user'],
    ['vet', './onlytest'],
    ['vet', '-fix', '-diff', './sub'],
    ['vet', '-nosuch'],
    ['vet', '-vettool=/nosuch', '.'],
    ['vet', 'bytes', 'sync/atomic'],
    ['test', '.', './sub', './good', './onlytest'],
    ['test', '-json', '.'],
    ['test', '-vet=unreachable,printf', './sub'],
    ['test', '-vet=off', './onlytest', './sub'],
    ['test', '-c', '-o', '/dev/null', '.'],
    ['tool', 'vet', 'help', 'printf'],
  ])('go %s %s %s %s', { timeout: limit }, (...args) => {
    const where = { cwd: dir, timeout: limit };
    expect(comparable(ours(args, where))).toEqual(comparable(official(args, where)));
  });

  test('fix', { timeout: limit }, () => {
    const old = {
      'go.mod': files['go.mod'],
      'f.go': `package f

func F(x interface{}) int {
	n := 0
	for i := 0; i < 10; i++ {
		n += i
	}
	if n > 5 {
		n = 5
	}
	return n
}
`,
    };
    const [a, b] = [makeFolder(old), makeFolder(old)];
    try {
      for (const args of [
        ['fix', '-diff', '.'],
        ['fix', '-json', '.'],
        ['fix', '.'],
      ]) {
        const mine = ours(args, { cwd: a, timeout: limit });
        const theirs = official(args, { cwd: b, timeout: limit });
        const text = JSON.stringify(mine).replaceAll(a, b);
        expect(JSON.parse(text)).toEqual(theirs);
      }
      const fixed = readFileSync(join(a, 'f.go'), 'utf8');
      expect(fixed).toEqual(readFileSync(join(b, 'f.go'), 'utf8'));
      expect(fixed).toContain('range 10');
    } finally {
      for (const folder of [a, b]) rmSync(folder, { recursive: true });
    }
  });

  test('export data', { timeout: limit }, () => {
    const form = '{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}';
    const args = ['list', '-export', '-deps', '-f', form, 'testing', 'maps', './good'];
    const lists = [ours, official].map((run, i) => {
      const { stdout, status } = run(args, { cwd: dir, timeout: limit });
      expect(status).toBe(0);
      const file = join(dir, `list${i}`);
      writeFileSync(file, stdout);
      return file;
    });
    const program = fileURLToPath(new URL('../../gc/testdata/unified/compare.go', import.meta.url));
    const { stdout } = spawnSync(`${goroot}/bin/go`, ['run', program, ...lists], {
      encoding: 'utf8',
      env: peerEnv({}),
      timeout: limit,
      killSignal: 'SIGKILL',
    });
    const lines = stdout.split('\n').filter((line) => !line.startsWith('PASS '));
    expect(lines.join('\n')).toMatch(/^(\d+) of \1 the same\n$/);
  });
});
