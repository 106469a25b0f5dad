import { describe, expect, test } from 'vitest';
import {
  assert,
  BitSet,
  formatPosition,
  InternalError,
  sortDiagnostics,
  withContext,
} from '../src/index.ts';

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
