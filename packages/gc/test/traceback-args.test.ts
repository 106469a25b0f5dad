/** What tracebacks know of arguments: FUNCDATA 5, 6, 7 and PCDATA 3, against the official compiler's. */
import {
  FUNCDATA_ArgInfo,
  FUNCDATA_ArgLiveInfo,
  FUNCDATA_WrapInfo,
  PCDATA_ArgLiveIndex,
} from '@go-ts/runtime/layout/funcdata';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { compileBoth } from './compile-both.ts';

const source = `package p

type inner struct { a int8; b [2]int16 }
type deep struct { x struct { y struct { z struct { w struct { v int } } } } }
type big struct { a, b, c, d, e, f int; g [4]byte; h [2]string }

//go:noinline
func callee() {}

//go:noinline
func use(...any)

//go:noinline
func scalars(a bool, b int8, c int16, d float32, e *int, f complex128) { callee() }

//go:noinline
func words(s string, b []byte, i any, e error, f func()) { callee() }

//go:noinline
func nested(x inner, y deep, z [0]int, w struct{}) { callee() }

//go:noinline
func many(a, b, c, d, e, f, g, h, i, j, k int) { callee() }

//go:noinline
func onStack(x big, y [300]byte, z int) { callee() }

//go:noinline
func kept(a, b, c int, s string) int {
	callee()
	if a < 0 {
		return c + len(s)
	}
	return a
}

//go:noinline
func onOnePath(a, b, c int32) int32 {
	x := c
	if a < 0 {
		callee()
		x = b
	}
	return x
}

//go:noinline
func addressTaken(a int, b int) int {
	use(&a)
	return b
}

type T struct{ n int }

//go:noinline
func (t *T) method(x string) int { callee(); return t.n + len(x) }

//go:noinline
func worker(n int) { callee() }

func spawn(n int) {
	go worker(n)
	defer worker(n)
	go func(k int) { callee(); println(k) }(n)
}
`.replace('func use(...any)', 'func use(p *int) { sink = p }\n\nvar sink *int');

describe.skipIf(peerGoroot() === undefined)('arguments in tracebacks', () => {
  const { ours, official } = compileBoth(source);

  test.each([
    'scalars',
    'words',
    'nested',
    'many',
    'onStack',
    'kept',
    'onOnePath',
    'addressTaken',
    '(*T).method',
    'spawn',
    'callee',
  ])('%s', (name) => {
    const f = `p.${name}`;
    // The order of blocks is the compiler's own, so only which maps occur is compared.
    const facts = (of: typeof ours) => ({
      info: of.funcdata(f, FUNCDATA_ArgInfo),
      live: of.funcdata(f, FUNCDATA_ArgLiveInfo),
      maps: [...new Set(of.pcdata(f, PCDATA_ArgLiveIndex))],
    });
    expect(facts(ours)).toEqual(facts(official));
  });

  test.each(['spawn.gowrap1', 'spawn.deferwrap2'])('%s', (name) => {
    const f = `p.${name}`;
    expect(official.funcdata(f, FUNCDATA_WrapInfo)).toBe('00000000');
    expect(ours.funcdata(f, FUNCDATA_WrapInfo)).toBe('00000000');
  });
});
