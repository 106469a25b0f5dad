import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { Names } from '../src/syntax/names.ts';
import { type Node, NodeKind } from '../src/syntax/nodes.ts';
import { newParseContext, parseFile } from '../src/syntax/parse.ts';
import { endPos, startPos } from '../src/syntax/positions.ts';
import { exprString, printNode } from '../src/syntax/print.ts';
import { Scanner } from '../src/syntax/scanner.ts';
import { prepareSource } from '../src/syntax/source.ts';
import { Token } from '../src/syntax/token.ts';
import { walk } from '../src/syntax/walk.ts';

const goroot = peerGoroot();
const encoder = new TextEncoder();

function parse(text: string | Uint8Array) {
  const context = newParseContext({});
  const src = typeof text === 'string' ? encoder.encode(text) : text;
  return { context, ...parseFile(context, 'x.go', src) };
}

function errorsOf(text: string): string[] {
  const { context, errors } = parse(text);
  return errors.map(({ pos, msg }) => `${context.table.format(pos)}: ${msg}`);
}

/** The Go version of a file that starts with a line. */
function version(line: string): string {
  return parse(`${line}\n\npackage p\n`).file!.goVersion;
}

/** The first expression of `var _ = …`. */
function valueOf(text: string): Node {
  const { file } = parse(`package p; var _ = ${text}`);
  const [decl] = file!.decls;
  if (decl?.kind !== NodeKind.VarDecl) throw new Error('no variable');
  return decl.values!;
}

interface Expected {
  readonly line: number;
  /** 0: anywhere in the line. */
  readonly offset: number;
  readonly pattern: RegExp;
}

/** ERROR comments: those to the end of a line speak of the line, others of the next token. */
function expectedErrors(src: Uint8Array): Expected[] {
  const text = new TextDecoder('latin1').decode(src);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const found: Expected[] = [];
  let pending: RegExp | undefined;
  let last = 0;
  const scanner = new Scanner(prepareSource(src), new Names(), { error() {}, directive() {} });
  do {
    scanner.next();
    const between = text.slice(last, scanner.pos);
    for (const match of between.matchAll(/\/\/(.*)|\/\*([^]*?)\*\//g)) {
      const comment = match[1] ?? match[2]!;
      if (!comment.startsWith(' ERROR ')) continue;
      const pattern = regexp(comment.slice(7).trim());
      if (match[1] === undefined) pending = pattern;
      else found.push({ line: lineOf(last + match.index), offset: 0, pattern });
    }
    if (pending !== undefined) {
      found.push({ line: lineOf(scanner.pos), offset: scanner.pos, pattern: pending });
      pending = undefined;
    }
    last = scanner.pos;
  } while (scanner.tok !== Token.EOF);
  return found;
}

function regexp(pattern: string): RegExp {
  return new RegExp(pattern.replace(/^\{|(?<=\s)\{/g, '\\{'));
}

describe.skipIf(goroot === undefined)('upstream sources', () => {
  const sources = goroot === undefined ? [] : globSync('src/**/*.go', { cwd: goroot });
  const own = sources.filter((path) => !path.includes('testdata/'));

  test('every file of std and cmd parses', () => {
    const names = new Names();
    const wrong: string[] = [];
    for (const path of own) {
      const context = newParseContext({ names });
      const { errors } = parseFile(context, path, readFileSync(`${goroot}/${path}`));
      wrong.push(...errors.map((e) => `${context.table.format(e.pos)}: ${e.msg}`));
    }
    expect(own.length).toBeGreaterThan(5000);
    expect(wrong).toEqual([]);
  }, 60_000);

  test('printing and parsing again gives the same text', () => {
    const sample = own.filter((_, i) => i % 40 === 0);
    for (const path of sample) {
      const { file } = parse(readFileSync(`${goroot}/${path}`));
      const text = printNode(file!);
      const again = parse(text);
      expect({ path, errors: again.errors }).toEqual({ path, errors: [] });
      expect(printNode(again.file!)).toBe(text);
    }
  }, 60_000);

  test('ids are dense', () => {
    for (const path of own.filter((_, i) => i % 100 === 0)) {
      const { file, context } = parse(readFileSync(`${goroot}/${path}`));
      const ids = new Set<number>();
      walk(file!, (n) => {
        ids.add(n.id);
        return true;
      });
      expect(ids.size).toBeGreaterThan((context.ids.next - 1) * 0.9);
    }
  }, 60_000);

  const marked =
    goroot === undefined
      ? []
      : globSync('src/cmd/compile/internal/syntax/testdata/*.go', { cwd: goroot });
  test.each(marked)('%s has the errors that it says', (path) => {
    const src = readFileSync(`${goroot}/${path}`);
    const expected = expectedErrors(src);
    const { context, errors, posFile } = parse(src);
    for (const { pos, msg } of errors) {
      const offset = pos - posFile.base;
      const line = context.table.line(pos);
      const at = expected.findIndex((e) =>
        e.offset === 0 ? e.line === line : e.offset === offset,
      );
      expect(at, `${line}: ${msg}`).toBeGreaterThanOrEqual(0);
      expect(msg).toMatch(expected[at]!.pattern);
      expected.splice(at, 1);
    }
    expect(expected).toEqual([]);
  });
});

describe('trees', () => {
  test.each([
    'a.b[i](x, y...)',
    'a + b * c',
    '[]int{…}',
    'func(x, y int, z ...string) (err error) {…}',
    'map[string]chan<- <-chan int(nil)',
    'chan (<-chan int)(nil)',
    'struct{a, b int; c string "tag"; *T; pkg.U}{}',
    'interface{m(int) string; ~int | ~string; E[P]}(nil)',
    'x.(T)',
    'f[int, string]',
    'x[a:b:c]',
    '-x',
    '<-c',
    '&T{…}',
    '[...]int{}',
  ])('%s prints as written', (text) => {
    const source = text.replaceAll('…', '1');
    const body =
      source.includes('{1}') && source.startsWith('func') ? source.replace('{1}', '{f()}') : source;
    expect(exprString(valueOf(body))).toBe(text);
  });

  test('the versions of build lines', () => {
    expect(version('//go:build go1.21')).toBe('go1.21');
    expect(version('//go:build go1.21 && !go1.23 || (linux && go1.22)')).toBe('go1.21');
    expect(version('//go:build linux')).toBe('');
    expect(version('//go:build go1')).toBe('go1');
    expect(version('//go:build go1.x')).toBe('');
    expect(version('//go:build (go1.21')).toBe('');
  });

  test('a chain a hundred thousand long is read, walked and printed', () => {
    const n = 100_000;
    for (const text of [`a${'+a'.repeat(n)}`, `a${'.b'.repeat(n)}`, `a${'()'.repeat(n)}`]) {
      const x = valueOf(text);
      expect(exprString(x).replaceAll(' ', '')).toBe(text);
      let nodes = 0;
      walk(x, () => ++nodes > 0);
      expect(nodes).toBeGreaterThan(n);
      expect(endPos(x)).toBeGreaterThan(startPos(x));
    }
    const chain = `package p\nfunc f() {\n${'if x {} else '.repeat(n)}{}\n}`;
    const { file, errors } = parse(chain);
    expect(errors).toEqual([]);
    expect(printNode(file!).length).toBeGreaterThan(chain.length);
  });
});

describe('line directives', () => {
  test('give positions in other files', () => {
    const text = 'package p\n//line a/b.go:10\nvar _ =\n/*line c.go:3:4*/;\n//line :7:8\nvar ]\n';
    expect(errorsOf(text)).toEqual(
      [
        'c.go:3:4[x.go:4:18]: syntax error: unexpected semicolon, expected expression',
        'c.go:7:12[x.go:6:5]: syntax error: unexpected ] after top level declaration',
      ].map((line) => line),
    );
  });

  test('with wrong numbers are reported', () => {
    expect(errorsOf('package p\n//line a:x\n//line a:0\n//line a:1:0\n//line a\n')).toEqual([
      'x.go:2:10: invalid line number: x',
      'x.go:3:10: invalid line number: 0',
      'x.go:4:12: invalid column number: 0',
    ]);
  });

  test('only stand at the start of a line', () => {
    expect(errorsOf('package p\n  //line a:x\n')).toEqual([]);
  });
});
