/**
 * Passes on functions given as text: testdata/ssa/*.ssa.
 *
 * A file has cases, each begun by `; pass: NAMES` (of passes.ts, comma-separated, run in that order):
 * the function before, a line `; want`, and lines that the result must contain in this order. In
 * those, `$x` stands for a value: any at first, then always the same one. `; no: text` says what must
 * not be there at all.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TypeTable } from '../src/ir/type-table.ts';
import { type Func } from '../src/ssa/func.ts';
import { parseFunc } from '../src/ssa/parse.ts';
import { passes } from '../src/ssa/passes.ts';
import { printFunc } from '../src/ssa/print.ts';
import { PassContext, runPasses } from '../src/ssa/run.ts';
import { verify } from '../src/ssa/verify.ts';
import { Amd64Target } from '../src/target/amd64/target.ts';
import { parseEnv } from './fake-env.ts';

const folder = new URL('../testdata/ssa/', import.meta.url);

function parse(text: string): Func {
  return parseFunc(text, parseEnv(new TypeTable()));
}

/** Null if `wanted` stand in `text` in order; else the first that is missing. */
function missing(text: string, wanted: readonly string[]): string | null {
  const lines = text.split('\n');
  const bound = new Map<string, string>();
  let at = 0;
  for (const want of wanted) {
    const names: string[] = [];
    const escaped = want.trim().replaceAll(/[[\](){}.*+?^|\\]/g, '\\$&');
    const pattern = escaped.replaceAll(/\$(\w+)/g, (_, name: string) => {
      const known = bound.get(name);
      if (known !== undefined) return known;
      const again = names.indexOf(name);
      if (again >= 0) return `\\${again + 1}`;
      names.push(name);
      return '(v\\d+)';
    });
    const regexp = new RegExp(`^\\s*${pattern}(?: likely| unlikely)?$`);
    while (at < lines.length && !regexp.test(lines[at]!)) at++;
    if (at === lines.length) return want;
    const found = regexp.exec(lines[at++]!)!;
    names.forEach((name, i) => bound.set(name, found[i + 1]!));
  }
  return null;
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.ssa'))) {
  const cases = readFileSync(new URL(file, folder), 'utf8').split(/^(?=; pass:)/m);
  describe(`passes on ${file}`, () => {
    test.each(cases.filter((text) => text.startsWith('; pass:')))('%$', (text) => {
      const [input, wanted = ''] = text.split(/^; want.*\n/m);
      const lines = input!.split('\n');
      const names = lines[0]!.replace('; pass:', '').split(',');
      const f = parse(lines.filter((line) => !line.startsWith(';')).join('\n'));
      verify(f, 'parse');
      const ctx = new PassContext(new Amd64Target());
      for (const name of names) passes.find((p) => p.name === name.trim())!.run(f, ctx);
      verify(f, names.join());
      const result = printFunc(f);
      const want = wanted.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
      expect({ missing: missing(result, want), result }).toEqual({ missing: null, result });
      for (const [, no] of wanted.matchAll(/^; no: (.*)$/gm)) expect(result).not.toContain(no);
    });
  });
}

test('a function as text, read and written, is the same text, after every pass before registers', () => {
  const text = readFileSync(new URL('whole.txt', folder), 'utf8');
  expect(printFunc(parse(text))).toBe(text);
  const allocation = passes.findIndex((p) => p.name === 'regalloc');
  let count = 0;
  runPasses(parse(text), new PassContext(new Amd64Target()), {
    check: true,
    dump: (pass, after) => {
      count++;
      // From there on operands may be values that are recomputed where they are used.
      if (passes.findIndex((p) => p.name === pass) >= allocation) return;
      expect(printFunc(parse(after))).toBe(after);
    },
  });
  expect(count).toBe(passes.length + 1);
});

test('what is not SSA is refused with its line', () => {
  expect(() => parse('func f() () +0\nb1: entry\n  v1 = Nonsense i64\n  Exit v1\n')).toThrow(
    /no operation Nonsense:.*v1 = Nonsense/,
  );
});
