/** Errors that are found while code is generated, with the official compiler's words and positions. */
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { compileOfficial, compileOurs } from './compile-both.ts';

const frames = `package p

type large struct{ b [1500000000]byte }

func (x large) f1() int { return 5 }

func f2(x large) int {
	return 5
}

func f3() (x large, i int) { return }

func small(x *large) { x.b[0] = 1 }
`;

const barriers = `package p

var global *int

//go:nowritebarrier
func direct(p *int) {
	global = p
}

//go:nowritebarrierrec
func root(p *int) {
	one(p)
	allowed(p)
	other(p)
}

//go:noinline
func one(p *int) { two(p) }

//go:noinline
func two(p *int) {
	*p = 1
	global = p
}

func inlined(p *int) { global = p }

//go:noinline
func other(p *int) {
	inlined(p)
}

//go:yeswritebarrierrec
//go:noinline
func allowed(p *int) { global = p }

//go:noinline
func unrelated(p *int) { global = p }
`;

describe.skipIf(peerGoroot() === undefined)('errors of the back end', () => {
  test('stack frames that are too large', () => {
    const expected = compileOfficial(frames);
    expect(expected).toHaveLength(3);
    expect(compileOurs(frames)).toEqual(expected);
  });

  test('write barriers where there may be none', () => {
    const expected = compileOfficial(barriers, ['-+']) as string[];
    expect(expected.join('\n')).toContain('write barrier prohibited by caller; two');
    expect((compileOurs(barriers, true) as string[]).join('\n')).toEqual(expected.join('\n'));
  });
});
