import { describe, expect, test } from 'vitest';
import {
  assert,
  BitSet,
  formatPosition,
  InternalError,
  sortDiagnostics,
  withContext,
} from '../src/index.ts';
import { quoteRune, quoteString, unquoteString } from '../src/quote.ts';

describe('bitset', () => {
  test('members in order, over words', () => {
    const set = new BitSet(100);
    for (const id of [99, 0, 31, 32, 64]) expect(set.add(id)).toBe(true);
    expect(set.add(31)).toBe(false);
    set.delete(64);
    const seen: number[] = [];
    set.forEach((id) => seen.push(id));
    expect(seen).toEqual([0, 31, 32, 99]);
    expect(set.has(64)).toBe(false);
  });

  test('union says whether anything was new', () => {
    const a = new BitSet(40);
    const b = new BitSet(40);
    a.add(3);
    b.add(3);
    expect(a.union(b)).toBe(false);
    b.add(39);
    expect(a.union(b)).toBe(true);
    expect(a.equals(b)).toBe(true);
    a.subtract(b);
    expect(a.isEmpty()).toBe(true);
  });
});

test('an internal error collects context on its way up; the innermost stays', () => {
  const run = (): void =>
    withContext({ package: 'p', func: 'outer' }, () =>
      withContext({ func: 'f', pos: 'a.go:3:1' }, () => assert(false, 'broken')),
    );
  let caught: unknown;
  try {
    run();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(InternalError);
  const text = (caught as InternalError).describe();
  expect(text).toBe('a.go:3:1: internal compiler error: broken (p.f)');
});

test('diagnostics are sorted by position and not repeated in a line', () => {
  const at = (file: string, line: number, col: number, msg: string) =>
    ({ code: 'X', severity: 'error', pos: { file, line, col }, msg }) as const;
  const sorted = sortDiagnostics([
    at('b.go', 1, 1, 'three'),
    at('a.go', 9, 2, 'two'),
    at('a.go', 9, 1, 'two'),
    at('a.go', 2, 7, 'one'),
  ]);
  expect(sorted.map((d) => `${formatPosition(d.pos)}: ${d.msg}`)).toEqual([
    'a.go:2:7: one',
    'a.go:9:1: two',
    'b.go:1:1: three',
  ]);
});

describe('quoted strings', () => {
  const texts = [
    '',
    'plain',
    'a"b\\c',
    '\u0007\b\f\n\r\t\v',
    '\0\u001f\u007f',
    'é\u00a0\u200b',
    '𝄞',
  ];

  test.each(texts)('%j comes back', (text) => {
    expect(unquoteString(quoteString(text))).toBe(text);
  });

  test('are written as Go writes them', () => {
    expect(quoteString('\0\u001f\u007f\u00a0\ufeff𝄞"\'')).toBe(
      String.raw`"\x00\x1f\x7f\u00a0\ufeff𝄞\"'"`,
    );
    expect(quoteRune(0x27)).toBe(String.raw`'\''`);
    expect(quoteRune(0xd800)).toBe("'\ufffd'");
  });

  test.each([
    '"',
    "'a'",
    '"a',
    '"\\q"',
    '"a"b"',
    '"\n"',
    String.raw`"\ud800"`,
    String.raw`"\400"`,
    '`a`b`',
  ])('%j is malformed', (literal) => expect(unquoteString(literal)).toBeUndefined());

  test('raw ones lose carriage returns', () => {
    expect(unquoteString('`a\\n\r\n`')).toBe('a\\n\n');
  });
});
