/** What -m says about small packages, compared with the official compiler's words, order apart. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatPosition } from '@go-ts/base';
import { expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { compileText } from './compile-package.ts';

const goroot = peerGoroot();

const sources: Record<string, string> = {
  'parameters leak, or do not': `
var sink *int
var sinks []*int

func toHeap(p *int)                { sink = p }
func content(p **int)              { sink = *p }
func result(p *int) *int           { return p }
func second(a int, p *[]*int) (int, *int) { return a, (*p)[0] }
func stays(p *int) int             { return *p }
func unnamed(*int, *int)            {}
func blank(_ *int)                  {}
func field(p *struct{ q *int }) *int { return p.q }
func grow(list []*int, p *int) []*int { return append(list, p) }
`,
  'what is allocated where': `
type T struct{ a, b int }
type I interface{ M() int }

func (t *T) M() int { return t.a }

var keep any

func values(n int, s string) int {
	x := T{1, 2}
	y := &T{3, 4}
	z := new(T)
	big := make([]int, 1<<20)
	small := make([]int, 10)
	dynamic := make([]byte, n)
	m := map[string]int{"a": 1}
	b := []byte(s)
	b[0] = 1
	keep = n
	keep = &x
	var i I = y
	return z.a + len(big) + len(small) + len(dynamic) + m["a"] + len(b) + i.M()
}

func moved() *int {
	x := 1
	return &x
}

func text(a, b string) string { return a + b + "!" }
`,
  'what constants rule out': `
const never = false

type reader interface{ read([]byte) }

var r reader

func whole(b []byte) {
	if never {
		r.read(b)
	}
}

func either(b []byte, x bool) {
	if !never || x {
		b[0] = 1
	} else if x {
		r.read(b)
	}
	if never && x {
		r.read(b)
	} else if x && never {
		b[1] = 2
	}
}

func maybe(b []byte, x bool) {
	if !never && x {
		r.read(b)
	}
}

func nothing(b []byte) {
	if 0 == len(b) {
		r.read(b)
	}
}
`,
  'literals: captured, called, kept': `
func apply(f func(int) int, x int) int { return f(x) }

func captures() int {
	x, y := 1, 2
	y++
	add := func(a int) int { return a + x }
	y += apply(add, 3)
	return add(1) + add(2) + func(z int) int { return z * y }(4)
}

var kept func()

func keeps(p *int) {
	n := 0
	kept = func() { n++; *p = n }
}

func loops() (fs []func() int) {
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { return i })
	}
	return fs
}
`,
  'slices within what they are in': `
type buf struct{ b, c []byte }

func (x *buf) cut(n int) {
	x.b = x.b[n:]
	x.b = x.c
}
`,
  'methods of known types': `
type shape interface{ area() int }
type square struct{ side int }

func (s square) area() int { return s.side * s.side }

func known() int {
	var s shape = square{2}
	return s.area()
}

func chosen(c bool) int {
	var s shape = square{2}
	if c {
		s = square{3}
	}
	return s.area()
}
`,
  'indices in range': `
var table [256]byte

func lookup(b byte, i int) byte { return table[b] + table[i&255] + table[i] }
`,
};

function official(source: string): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'remarks-'));
  try {
    writeFileSync(join(dir, 'p.go'), source);
    const out = execFileSync(
      join(goroot!, 'bin/go'),
      ['tool', 'compile', '-p', 'p', '-m', '-o', '/dev/null', 'p.go'],
      { cwd: dir, env: peerEnv(), encoding: 'utf8', timeout: 60_000 },
    );
    return out.replaceAll(`${dir}/`, '').trim().split('\n');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function ours(source: string): string[] {
  const { remarks } = compileText(source, ['-m']);
  return remarks.map(({ pos, msg }) => `${formatPosition(pos)}: ${msg}`);
}

test.skipIf(goroot === undefined).each(Object.entries(sources))('%s', (_, body) => {
  const source = `package p\n${body}`;
  expect(ours(source).sort()).toEqual(official(source).sort());
});
