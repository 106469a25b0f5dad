/** The checker as a library: results beside the tree, importers, limits. Wordings are upstream's suites'. */
import { describe, expect, test } from 'vitest';
import { valueString } from '../src/constant/format.ts';
import { type Name, type Node, NodeKind } from '../src/syntax/nodes.ts';
import { newParseContext, parseFile } from '../src/syntax/parse.ts';
import { exprString } from '../src/syntax/print.ts';
import { walk } from '../src/syntax/walk.ts';
import { type CheckResult, checkPackage, type Config } from '../src/types/check.ts';
import { SelectionKind } from '../src/types/info.ts';
import { newFunc, newTypeName, newVar, VarKind } from '../src/types/object.ts';
import { Package } from '../src/types/package.ts';
import { sizes64 } from '../src/types/sizes.ts';
import {
  emptyTuple,
  intType,
  NamedState,
  newNamed,
  newPointer,
  newSignature,
  newStruct,
  newTuple,
} from '../src/types/type.ts';
import { byPath, objectString, typeString } from '../src/types/typestring.ts';

interface Checked extends CheckResult {
  readonly messages: readonly string[];
  /** Nodes of a kind whose text is as given. */
  find(text: string): Node;
}

function check(files: readonly string[], config: Partial<Config> = {}): Checked {
  const context = newParseContext({ checkBranches: false });
  const parsed = files.map((src, i) => {
    return parseFile(context, `${'abc'[i]!}.go`, new TextEncoder().encode(src));
  });
  expect(parsed.flatMap((p) => p.errors)).toEqual([]);
  const trees = parsed.map((p) => p.file!);
  const result = checkPackage(
    { importer: null, goVersion: '', sizes: sizes64, ...config },
    { path: 'p', files: trees, positions: context.table, ids: context.ids },
  );
  const messages = result.diagnostics.map(
    (d) => `${d.pos.file}:${d.pos.line}:${d.pos.col}: ${d.msg}`,
  );
  const find = (text: string): Node => {
    let found: Node | null = null;
    for (const tree of trees) {
      walk(tree, (n) => {
        if (n.kind !== NodeKind.File && exprString(n) === text) found ??= n;
        return true;
      });
    }
    if (found === null) throw new Error(`no ${text}`);
    return found;
  };
  return { ...result, messages, find };
}

function typeAt(checked: Checked, text: string): string {
  const t = checked.info.types[checked.find(text).id];
  return t === null || t === undefined ? '' : typeString(t, byPath);
}

describe('results', () => {
  test('types and values of expressions', () => {
    const checked = check(['package p\nconst c = 1 << 40\nvar x = c + 1\nvar y float32 = 2.5 * 2']);
    expect(checked.messages).toEqual([]);
    expect(typeAt(checked, 'c + 1')).toBe('int');
    expect(valueString(checked.info.values[checked.find('c + 1').id]!)).toBe('1099511627777');
    expect(typeAt(checked, '2.5 * 2')).toBe('float32');
  });

  test('an untyped shift takes its type from the context', () => {
    const checked = check(['package p\nfunc f(s uint) int64 { return 1<<s + 2 }']);
    expect(typeAt(checked, '1 << s')).toBe('int64');
    expect(typeAt(checked, '1 << s + 2')).toBe('int64');
  });

  test('selections tell path and kind', () => {
    const checked = check([
      'package p\ntype A struct{ f int }\nfunc (*A) m() {}\ntype B struct{ *A }\n' +
        'func g(b B) { _ = b.f; b.m(); _ = (*A).m }',
    ]);
    const field = checked.info.selections[checked.find('b.f').id]!;
    expect(field).toMatchObject({ kind: SelectionKind.Field, index: [0, 0], indirect: true });
    const method = checked.info.selections[checked.find('b.m').id]!;
    expect(method).toMatchObject({ kind: SelectionKind.MethodValue, index: [0, 0] });
    expect(typeAt(checked, '(*A).m')).toBe('func(*p.A)');
  });

  test('inferred type arguments', () => {
    const checked = check([
      'package p\nfunc Map[T, U any](s []T, f func(T) U) []U { return nil }\n' +
        'func id[P any](x P) P { return x }\nvar v = Map([]int{1}, id)',
    ]);
    expect(checked.messages).toEqual([]);
    const { targs } = checked.info.instances.get(checked.find('Map([]int{…}, id)').id + 0) ?? {
      targs: [...checked.info.instances.values()][0]!.targs,
    };
    expect(targs.map((t) => typeString(t, byPath))).toEqual(['int', 'int']);
    expect(typeAt(checked, 'Map([]int{…}, id)')).toBe('[]int');
  });

  test('order of initialisation goes through functions', () => {
    const checked = check([
      'package p\nvar a = f()\nvar b = 1\nfunc f() int { return b + c }\nvar c = b',
    ]);
    const order = checked.info.initOrder.map(({ lhs }) => lhs.map((v) => v.name).join());
    expect(order).toEqual(['b', 'c', 'a']);
  });

  test('generic methods have type parameters of their own', () => {
    const checked = check([
      'package p\ntype L[E any] struct{ e E }\nfunc (l L[E]) To[F any](f func(E) F) L[F] { return L[F]{f(l.e)} }\n' +
        'var x = L[int]{1}.To(func(i int) string { return "" })',
    ]);
    expect(checked.messages).toEqual([]);
    expect(typeString(checked.pkg.scope.lookup('x')!.type!, byPath)).toBe('p.L[string]');
  });

  test('definitions and uses', () => {
    const checked = check(['package p\nfunc f(n int) int { return n }']);
    const uses: string[] = [];
    for (const obj of checked.info.uses) if (obj !== null) uses.push(objectString(obj, byPath));
    expect(uses).toEqual(['type int', 'type int', 'var n int']);
    const def = checked.find('f') as Name;
    expect(objectString(checked.info.objectOf(def)!, byPath)).toBe('func p.f(n int) int');
  });
});

describe('versions', () => {
  test('a file may lower the version', () => {
    const { messages } = check(
      [
        'package p\nfunc f() { for range 3 {} }',
        '//go:build go1.21\n\npackage p\nfunc g() { for range 3 {} }',
      ],
      { goVersion: 'go1.27', versionHints: true },
    );
    expect(messages).toEqual([
      'b.go:4:22: cannot range over 3 (untyped int constant): requires go1.22 or later (file declares //go:build go1.21)',
    ]);
  });
});

/** Package q with `type T struct{}; func (t T) M() int; var V *T`, all made when asked for. */
function lazyPackage(made: string[]): Package {
  const q = new Package('x/q', 'q');
  q.scope.insertLazy('T', () => {
    made.push('T');
    const obj = newTypeName(0, q, 'T', null);
    const named = newNamed(obj, null);
    named.state |= NamedState.Plain;
    named.load = (t) => {
      made.push('T parts');
      const sig = newSignature(
        emptyTuple,
        newTuple([newVar(VarKind.Result, 0, q, '', intType)]),
        false,
      );
      sig.recv = newVar(VarKind.Recv, 0, q, 't', t);
      return { tparams: [], under: newStruct([], []), methods: [newFunc(0, q, 'M', sig)] };
    };
    return obj;
  });
  q.scope.insertLazy('V', () => {
    return newVar(VarKind.Package, 0, q, 'V', newPointer(q.scope.lookup('T')!.type!));
  });
  q.scope.insertLazy('Unused', () => {
    throw new Error('nobody asked');
  });
  q.complete = true;
  return q;
}

describe('importers', () => {
  test('objects and types are loaded when they are asked for', () => {
    const made: string[] = [];
    const q = lazyPackage(made);
    const importer = { importPackage: () => ({ pkg: q, error: null }) };
    expect(check(['package p\nimport "x/q"\nvar p = q.V'], { importer }).messages).toEqual([]);
    expect(made).toEqual(['T']);
    const { messages } = check(['package p\nimport "x/q"\nvar n string = q.T{}.M()'], { importer });
    expect(messages).toEqual([
      'a.go:3:16: cannot use q.T{}.M() (value of type int) as string value in variable declaration',
    ]);
    expect(made).toEqual(['T', 'T parts']);
  });

  test('a package that cannot be imported is reported once', () => {
    const importer = { importPackage: () => ({ pkg: null, error: 'no such thing' }) };
    const { messages } = check(['package p\nimport "x/y"\nvar _ = y.A + y.B'], { importer });
    expect(messages).toEqual(['a.go:2:8: could not import x/y (no such thing)']);
  });
});

describe('limits', () => {
  test('chains that nest on the left are no recursion', () => {
    const sum = Array.from({ length: 50_000 }, () => 'x').join(' + ');
    expect(check([`package p\nfunc f(x int) int { return ${sum} }`]).messages).toEqual([]);
    const text = Array.from({ length: 50_000 }, () => '"a"').join(' + ');
    const checked = check([`package p\nconst c = len(${text})`]);
    expect(checked.messages).toEqual([]);
  });

  test('infinite types and instantiations are refused', () => {
    const { messages } = check([
      'package p\ntype T struct{ a [2]T }\nfunc f[P any](n int) { f[*P](n) }',
    ]);
    expect(messages).toEqual(['a.go:2:6: invalid recursive type: T refers to itself']);
    expect(check(['package p\nfunc f[P any](n int) { f[*P](n) }']).messages).toEqual([
      'a.go:2:8: instantiation cycle:\n\ta.go:2:26: P instantiated as *P',
    ]);
  });
});
