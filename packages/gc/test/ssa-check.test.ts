/**
 * Check mode and the listings, on real packages: maps, math and utf8 with what they import have code
 * of every kind. All of std is for `./go build -gcflags=std=-d=check std`.
 */
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { compileText, compileWithDeps } from './compile-package.ts';

describe.skipIf(peerGoroot() === undefined)('the verifier accepts every pass', () => {
  test.each(['internal/runtime/maps', 'math', 'unicode/utf8'])(
    '%s and its imports',
    { timeout: 120_000 },
    (path) => {
      const results = compileWithDeps(path, ['-d=check']);
      const broken = [...results].filter(([, result]) => result.archive === null);
      expect(broken).toEqual([]);
      expect(results.has(path)).toBe(true);
    },
  );
});

const sum = `package p

func add(x, y int) int { return x*3 + y }

func Sum(s []int) (t int) {
	for _, v := range s {
		t += add(v, 1)
	}
	return t
}
`;

describe('what the compiler shows', () => {
  test('-S lists a function as upstream does', () => {
    const { listing } = compileText(sum, ['-S']);
    const code = listing[0]!.split('\n').filter((line) => !/\tNOP$|\t(PC|FUNC)DATA\t/.test(line));
    expect(code).toEqual([
      'p.add STEXT nosplit size=9 align=0x0 args=0x10 locals=0x0 funcid=0x0',
      '\t0x0000 00000 (p.go:3)\tTEXT\tp.add(SB), NOSPLIT|NOFRAME|ABIInternal, $0-16',
      '\t0x0000 00000 (p.go:3)\tLEAQ\t(AX)(AX*2), CX',
      '\t0x0004 00004 (p.go:3)\tLEAQ\t(CX)(BX*1), AX',
      '\t0x0008 00008 (p.go:3)\tRET',
      '\t0x0000 48 8d 0c 40 48 8d 04 19 c3                       H..@H....',
    ]);
    expect(listing[1]).toMatch(/^p\.Sum STEXT/);
  });

  test('-d=ssafunc makes a page with the source and a column per pass', () => {
    const { pages } = compileText(sum, ['-d=ssafunc=Sum']);
    expect(pages.map((p) => p.func)).toEqual(['p.Sum']);
    const { html } = pages[0]!;
    const titles = [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map((m) => m[1]);
    expect(titles.slice(0, 4)).toEqual(['sources', 'IR', 'start', 'early deadcode']);
    expect(titles.slice(-2)).toEqual(['loop rotate', 'genssa']);
    expect(html).toContain('for _, v := range s {');
    expect(html).toMatch(/<b><i data-id="v\d+">v\d+<\/i> = Phi<\/b>/);
    expect(html).toContain('<i data-id="l7">@7</i>');
  });

  test('-d=gossahash leaves other functions alone', () => {
    const all = compileText(sum, ['-d=gossahash=']).listing;
    expect(all.map((line) => line.replace(/ [01]{32}$/, ''))).toEqual([
      'gossahash triggered p.add',
      'gossahash triggered p.Sum',
    ]);
    const digits = /[01]{32}$/.exec(all[0]!)![0];
    expect(compileText(sum, [`-d=gossahash=${digits}`]).listing).toEqual([all[0]]);
    const { archive } = compileText(sum, ['-d=gossahash=none']);
    expect(archive).not.toEqual(compileText(sum, []).archive);
  });
});
