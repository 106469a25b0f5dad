/** Which words of a frame the collector follows, against the official compiler's. */
import { FUNCDATA_LocalsPointerMaps } from '@go-ts/runtime/layout/funcdata';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { compileBoth, type Compiled } from './compile-both.ts';

const source = `package p

type pair struct {
	n int
	s string
	i any
}

//go:noinline
func show(p any) {}

func eface() {
	var x any
	show(&x)
	show(x)
}

func struct_() {
	var x pair
	show(&x)
	show(x.i)
}
`;

/** The different maps of a frame, as bytes: how often each is there may differ. */
function maps(compiled: Compiled, name: string): number[] {
  const bytes = Buffer.from(compiled.funcdata(name, FUNCDATA_LocalsPointerMaps)!, 'hex');
  return [...new Set(bytes.subarray(8))].sort((a, b) => a - b);
}

describe.skipIf(peerGoroot() === undefined)('stack maps', () => {
  const { ours, official } = compileBoth(source);

  test.each(['p.eface', 'p.struct_'])('%s', (name) => {
    expect(maps(ours, name)).toEqual(maps(official, name));
  });
});
