/**
 * Coverage beside the official command: the same profiles, byte for byte, the same lines of output, the
 * same counters from programs. cmd/cover and cmd/covdata are as we build them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { makeFolder, official, type Outcome, ours } from './command.ts';

const goroot = peerGoroot();
/** The first command builds the tools from an empty cache. */
const limit = 1_200_000;

const dir = makeFolder({
  'go.mod': 'module example.com/m\n\ngo 1.27\n',
  'main.go': `package main

import (
	"os"

	"example.com/m/a"
	"example.com/m/b"
)

var early = a.F(3)

func main() {
	println(early, b.G(len(os.Args)))
	if len(os.Args) > 2 {
		os.Exit(3)
	}
}
`,
  'a/a.go': `package a

func F(x int) int {
	if x > 2 {
		return x * 2
	}
	return x
}

func init() {
	for i := range 3 {
		F(i)
	}
}
`,
  'a/a_test.go': `package a

import "testing"

func TestF(t *testing.T) {
	if F(5) != 10 {
		t.Fatal("not twice")
	}
}
`,
  'b/b.go': `package b

import "example.com/m/a"

type table[K comparable] struct{ m map[K]int }

func (t *table[K]) put(k K) {
	if t.m == nil {
		t.m = map[K]int{}
	}
	t.m[k]++
}

func G(n int) int {
	var t table[string]
	switch {
	case n > 1:
		t.put("many")
	default:
		t.put("few")
	}
	f := func(v int) int { return a.F(v) }
	select {
	default:
	}
	return f(n)
}
`,
  'b/x_test.go': `package b_test

import (
	"testing"

	"example.com/m/b"
)

func TestG(t *testing.T) { t.Log(b.G(5)) }
`,
  'untested/u.go': 'package untested\n\nfunc H(x bool) {\n\tif x {\n\t\tprintln(1)\n\t}\n}\n',
  'empty/e.go': 'package empty\n\nconst C = 1\n',
  'failing/f.go': 'package failing\n\nfunc F() int { return 1 }\n',
  'failing/f_test.go': `package failing

import "testing"

func TestF(t *testing.T) { t.Error(F()) }
`,
});
afterAll(() => rmSync(dir, { recursive: true }));

function comparable({ status, stdout, stderr }: Outcome): Outcome {
  const plain = (text: string): string =>
    text.replaceAll(/\t(?:[\d.]+s|\(cached\))/g, '\tT').replaceAll(/\(([\d.]+s)\)/g, '(T)');
  return { status, stdout: plain(stdout), stderr };
}

describe.skipIf(goroot === undefined)('coverage', () => {
  test.each([
    ['./...'],
    // Once more: what is known of the first run says the same.
    ['./...'],
    ['-v', './a', './untested'],
    ['-covermode=atomic', '-coverpkg=./...', './...'],
    // Not fmt, say, which counts what its pools have lost.
    ['-covermode=count', '-coverpkg=./a,errors,nosuch', './b', './failing'],
    ['container/heap', 'text/tabwriter', 'container/ring'],
  ])('go test %s %s %s', { timeout: limit }, (...words) => {
    const where = { cwd: dir, timeout: limit };
    const [mine, theirs] = ['ours.prof', 'theirs.prof'].map((name) => join(dir, name));
    const args = ['test', '-p=1', ...words];
    const outcome = comparable(ours([...args, `-coverprofile=${mine}`], where));
    expect(outcome).toEqual(comparable(official([...args, `-coverprofile=${theirs}`], where)));
    expect(outcome.stdout).toContain('coverage: ');
    expect(readFileSync(mine!, 'utf8')).toEqual(readFileSync(theirs!, 'utf8'));
  });

  test('programs', { timeout: limit }, () => {
    const profiles = [ours, official].map((go, i) => {
      const program = join(dir, `program${i}`);
      const counters = join(dir, `counters${i}`);
      const profile = join(dir, `profile${i}`);
      const where = { cwd: dir, timeout: limit };
      expect(go(['build', '-covermode=count', '-o', program, '.'], where).stderr).toBe('');
      mkdirSync(counters);
      for (const words of [[], ['x'], ['x', 'y']]) {
        const env = { ...process.env, GOCOVERDIR: counters };
        const { status } = spawnSync(program, words, {
          env,
          timeout: 60_000,
          killSignal: 'SIGKILL',
        });
        expect(status).toBe(words.length > 1 ? 3 : 0);
      }
      const made = ours(['tool', 'covdata', 'textfmt', '-i', counters, '-o', profile], where);
      expect(made.stderr).toBe('');
      return { profile, table: go(['tool', 'cover', '-func', profile], where).stdout };
    });
    const [mine, theirs] = profiles.map(({ profile }) => readFileSync(profile, 'utf8'));
    expect(mine).toEqual(theirs);
    expect(mine).toContain('example.com/m/main.go:15.3,16.1 1 1');
    expect(profiles[0]!.table).toEqual(profiles[1]!.table);
  });

  test.each([
    ['build', '-covermode=some', '.'],
    ['test', '-fuzz=F', '-coverprofile=x', './a'],
    ['build', '-coverpkg=nosuch', '-o', '/dev/null', './a'],
  ])('go %s %s %s %s', { timeout: limit }, (...args) => {
    const where = { cwd: dir, timeout: limit };
    expect(ours(args, where)).toEqual(official(args, where));
  });
});
