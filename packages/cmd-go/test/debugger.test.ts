/**
 * What a debugger and a traceback make of code that our compiler generated: breakpoints by line and
 * name, frames of inlined calls, arguments.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { makeFolder } from './command.ts';
import { buildMixed, buildOfficial } from './mixed-program.ts';

const source = `package main

type pair struct {
	n    int8
	text string
}

//go:noinline
func index(s []int, p pair, i int) int {
	if s[i] == 0 {
		panic(p.text)
	}
	return i
}

func middle(p pair) int {
	return index([]int{7, 0}, p, int(p.n))
}

func outer(n int8) int {
	return middle(pair{n, "middle"}) + 1
}

//go:noinline
func last(a, b, c, d, e, f, g, h, i, j, k int) int {
	return outer(int8(a)) + b + c + d + e + f + g + h + i + j + k
}

func main() {
	println(outer(0))
	last(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
}
`;

const hasGdb = spawnSync('gdb', ['--version']).status === 0;
const slow = { timeout: 300_000 };

describe.skipIf(peerGoroot() === undefined)('debug information', () => {
  let dir = '';
  let program = '';

  beforeAll(() => {
    dir = makeFolder({ 'main.go': source });
    program = buildMixed(dir);
  }, 300_000);

  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  function gdb(...commands: string[]): string {
    const setup = ['set pagination off', 'set width 0', 'set debuginfod enabled off'];
    const args = ['-nx', '-batch', ...[...setup, ...commands].flatMap((c) => ['-ex', c]), program];
    const { stdout } = spawnSync('gdb', args, {
      cwd: dir,
      encoding: 'utf8',
      // A preempted goroutine would meet its breakpoint again on another thread.
      env: { ...process.env, GOMAXPROCS: '1', GODEBUG: 'asyncpreemptoff=1' },
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    return stdout.replaceAll(`${dir}/`, '');
  }

  test.skipIf(!hasGdb)('breakpoints by line and by name; inlined frames', slow, () => {
    const out = gdb('break main.go:10', 'break main.last', 'run', 'bt', 'continue', 'bt 1');
    const frames = [...out.matchAll(/^#\d+ .*?(main\.\w+) \(.*\) at (main\.go:\d+)$/gm)];
    expect(frames.map((f) => `${f[1]} ${f[2]}`)).toEqual([
      'main.index main.go:10',
      'main.middle main.go:17',
      'main.outer main.go:21',
      'main.main main.go:30',
      'main.last main.go:25',
    ]);
  });

  test.skipIf(!hasGdb)('stepping', slow, () => {
    const out = gdb('break main.index', 'run', 'next', 'next');
    expect([...out.matchAll(/^(\d+)\t/gm)].map((m) => Number(m[1]))).toEqual([9, 10, 13]);
  });

  test('the traceback is the official one', slow, () => {
    const traceback = (file: string): string => {
      const { stderr } = spawnSync(file, [], { encoding: 'utf8', timeout: 60_000 });
      // Addresses, offsets in functions and what is in slots that were not filled differ.
      return stderr
        .replaceAll(/0x[0-9a-f]+\?/g, 'DEAD?')
        .replaceAll(/0x[0-9a-f]{5,}/g, 'ADDR')
        .replaceAll(/ \+0x[0-9a-f]+$/gm, '');
    };
    const expected = traceback(buildOfficial(dir));
    expect(expected).toContain('main.last(DEAD?, 0x2, 0x3, ');
    expect(traceback(program)).toBe(expected);
  });
});
