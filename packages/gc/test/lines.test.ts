/** Which lines functions have code for, against the official compiler's. */
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { compileBoth } from './compile-both.ts';

const source = `package p

var global *int

func one(p *int) {
	global = p
}

func two(s []int, i int) int {
	if i < 0 {
		return 1
	}
	return s[i]
}

func three() {
	one(nil)
	global = new(int)
}

//go:noinline
func leaf() int { return *global }

func four() int {
	return func() int {
		return leaf()
	}()
}
`;

describe.skipIf(peerGoroot() === undefined)('lines', () => {
  const { ours, official } = compileBoth(source);

  test.each(['p.one', 'p.two', 'p.three'])('%s', (name) => {
    expect(ours.lines(name)).toEqual(official.lines(name));
  });

  test('a literal that was called where it stands begins where it begins', () => {
    expect(ours.startLine('p.four.func1')).toBe(official.startLine('p.four.func1'));
  });
});
