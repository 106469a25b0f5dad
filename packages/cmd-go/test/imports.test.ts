import { describe, expect, test } from 'vitest';
import { type GoHeader, scanGoHeader } from '../src/load/imports.ts';

const scan = (text: string): GoHeader => scanGoHeader(Buffer.from(text), true)!;
const paths = (text: string): string[] =>
  scan(text).imports.map((s) => `${s.line}:${s.col} ${s.path}`);

describe('headers of Go files', () => {
  test('imports of every form, with their places', () => {
    const text = [
      '\ufeff// comment /* not open',
      '/* import "no" */ package p // "no"',
      'import "a"; import b "b/c"',
      'import (',
      '\t. "d" // x',
      '\t_ `e`; "f"',
      ')',
      'import "\\x67"',
      'var x = "import"',
    ].join('\n');
    expect(scan(text).name).toBe('p');
    expect(paths(text)).toEqual(['3:8 a', '3:20 b/c', '5:2 d', '6:2 e', '6:9 f', '8:8 g']);
  });

  test('any beginning of a file is told from a whole one, and says the same in the end', () => {
    const text = 'package p\n\nimport (\n\t"fmt" /* c */\n\tx "y"\n)\n\nfunc f() {}\n';
    const whole = scan(text);
    for (let n = 0; n < text.length; n++) {
      const part = scanGoHeader(Buffer.from(text.slice(0, n)), false);
      expect([undefined, JSON.stringify(whole)]).toContain(part && JSON.stringify(part));
    }
  });

  test('embed patterns anywhere, not in strings', () => {
    const text = [
      'package p',
      'import _ "embed"',
      'const s = "//go:embed no" + `',
      '//go:embed no`',
      '//go:embed a "b c" `d`',
      'var x string',
      '//go:embedx no',
    ].join('\n');
    expect(scan(text).embeds).toEqual([
      { pattern: 'a', line: 5, col: 12 },
      { pattern: 'b c', line: 5, col: 14 },
      { pattern: 'd', line: 5, col: 20 },
    ]);
  });

  test('directives before the package clause only', () => {
    const text = '//go:debug a=1\n// go:debug b=1\npackage p\n//go:debug c=1\n';
    expect(scan(text).directives).toEqual(['//go:debug a=1']);
  });

  test.each([
    ['', "1:1 expected 'package', found 'EOF'"],
    ['x', "1:1 expected 'package', found x"],
    ['packages p', "1:1 expected 'package', found packages"],
    ['package func', "1:9 expected 'IDENT', found 'func'"],
    ['package p int', "1:11 expected ';', found int"],
    ['package p\nimport "a', '2:8 string literal not terminated'],
    ['package p\nimport ()\n/* x', '3:1 comment not terminated'],
    ['package p\nimport "a!"', '2:8 invalid import path: a!'],
  ])('%j', (text, message) => {
    const { error } = scan(text);
    expect(`${error?.line}:${error?.col} ${error?.msg}`).toBe(message);
  });
});
