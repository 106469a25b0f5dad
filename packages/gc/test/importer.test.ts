/** Units: written, read back as declarations for the checker and as bodies for the back end. */
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { BodyReader } from '../src/importer/body-reader.ts';
import { UnitImporter } from '../src/importer/importer.ts';
import { Loader } from '../src/importer/loader.ts';
import { type Func, ExprOp, LocalClass, StmtOp } from '../src/ir/node.ts';
import { printFunc } from '../src/ir/print.ts';
import { linkString, reflectString } from '../src/ir/type-string.ts';
import { type Type } from '../src/ir/type.ts';
import { walkStmt } from '../src/ir/walk.ts';
import { ObjKind, signatureOf } from '../src/types/object.ts';
import { type FuncObj } from '../src/types/object.ts';
import { unitOf, unitsOf } from './std-program.ts';

const encoder = new TextEncoder();

function load(text: string): { loader: Loader; reader: BodyReader; unit: Uint8Array } {
  const unit = unitOf('p', [{ name: 'p.go', bytes: encoder.encode(text) }], new Map());
  const loader = new Loader(() => null);
  loader.addPackage(unit);
  return { loader, reader: new BodyReader(loader), unit };
}

function body(text: string, name: string): Func {
  const { loader, reader } = load(text);
  return reader.readBody(loader.findFunc('p', name));
}

function typeNamed(loader: Loader, name: string, args: readonly Type[] = []): Type {
  const pkg = loader.package('p');
  return loader.namedType({ pkg, num: pkg.scope.get(name)! }, args);
}

/** Names of the functions that a body calls or mentions, its literals included. */
function mentioned(f: Func): string[] {
  const names: string[] = [];
  for (const s of f.body) {
    walkStmt(s, (e) => {
      if (e.func !== null) names.push(e.func.name);
    });
  }
  return [...names, ...f.closures.flatMap(mentioned)];
}

describe('types', () => {
  test.each([
    ['struct { A int; B struct{} }', 16, 8, 0],
    ['struct { A int8; B *int; C string; D int16 }', 40, 8, 24],
    ['[3]struct { P *int; N int }', 48, 8, 40],
    ['interface { M() }', 16, 8, 16],
    ['map[string]*T', 8, 8, 8],
    ['complex64', 8, 4, 0],
    ['[0]*int', 0, 8, 0],
  ])('%s has size, alignment and pointers of gc', (text, size, align, ptrBytes) => {
    const { loader } = load(`package p\ntype T ${text}\n`.replace('*T', '*int'));
    expect(typeNamed(loader, 'T')).toMatchObject({ size, align, ptrBytes });
  });

  test('link strings name types as symbols do', () => {
    const { loader } = load(`package p
import "unsafe"
type G[A, B any] struct { a A; b B }
type I interface { M(int, ...string) (error, bool); m() }
type A = int
type S struct {
	G[string, *I]
	A
	error
	x chan<- func(unsafe.Pointer) <-chan int "tag\\"q"
	y chan (<-chan I)
	z map[[4]rune]any
}
`);
    const s = typeNamed(loader, 'S').underlying;
    expect(linkString(s)).toBe(
      'struct { G = p.G[string,*p.I]; A = int; p.error = error; ' +
        'p.x chan<- func(unsafe.Pointer) <-chan int "tag\\"q"; p.y chan (<-chan p.I); ' +
        'p.z map[[4]int32]interface {} }',
    );
    const i = typeNamed(loader, 'I').underlying;
    expect(linkString(i)).toBe('interface { M(int, ...string) (error, bool); p.m() }');
    expect(reflectString(typeNamed(loader, 'G', [i, s]))).toMatch(/^p\.G\[interface \{ M\(/);
  });

  test('identical types are one object, recursive ones are complete', () => {
    const { loader } = load(`package p
type T struct { next *T; f func(T) []T; m map[string]U }
type U [2]struct { t *T }
var a struct { x []map[int]T }
var b struct { x []map[int]T }
`);
    const pkg = loader.package('p');
    const [a, b] = pkg.globals.map((num) => loader.globalSym({ pkg, num }).type);
    expect(a).toBe(b);
    expect(typeNamed(loader, 'T').size).toBe(24);
    expect(typeNamed(loader, 'U').size).toBe(16);
  });
});

describe('instances', () => {
  const text = `package p
type Set[K comparable] struct { m map[K]bool }
func (s *Set[K]) Add(k K) { if s.m == nil { s.m = map[K]bool{} }; s.m[k] = true }
func (s Set[K]) Len() int { return len(s.m) }
func (s Set[K]) With[V any](v V) func() V { return func() V { return v } }
type Adder[K any] interface { Add(K) }
func Fill[K any](a Adder[K], ks ...K) { for _, k := range ks { a.Add(k) } }
func Sum[T ~int | ~string](xs []T) (s T) { for _, x := range xs { s += x }; return }
type local struct{}
func (local) hidden() int { return 1 }
type outer struct { *local }
func F() (int, any) {
	type L struct { outer }
	var s Set[L]
	s.Add(L{})
	Fill[L](&s)
	_ = s.With[bool](true)
	_ = Sum([]string{"a"})
	f := L{}.hidden
	return s.Len() + Sum([]int{1}) + f(), L.hidden
}
`;

  test('are named by their arguments', () => {
    expect(mentioned(body(text, 'F')).sort()).toEqual([
      'p.(*Set[p.L·1]).Add',
      'p.Fill[p.L·1]',
      'p.L·1.hidden',
      'p.Set[p.L·1].Len',
      'p.Set[p.L·1].With[bool]',
      'p.Sum[int]',
      'p.Sum[string]',
      'p.local.hidden',
    ]);
  });

  test('have bodies of their types', () => {
    const { loader, reader } = load(text);
    const pkg = loader.package('p');
    const ref = { pkg, num: pkg.scope.get('Sum')! };
    const ops = (t: Type) => {
      const found: number[] = [];
      for (const s of reader.readBody(loader.funcSym(ref, [t])).body) {
        if (s.op === StmtOp.Range) found.push(s.body[0]!.arith);
      }
      return found;
    };
    expect(ops(loader.types.int)).toEqual([ExprOp.Add]);
    expect(reader.readBody(loader.funcSym(ref, [loader.types.string])).results[0]!.type).toBe(
      loader.types.string,
    );
  });

  test('method tables have wrappers, sorted, with the nil check of pointer wrappers', () => {
    const { loader, reader } = load(text);
    const t = typeNamed(loader, 'Set', [loader.types.int]);
    const rows = (of: Type) =>
      reader.wrappers.methodTable(of).map((m) => [m.name, m.ifn.name, m.tfn.name]);
    expect(rows(loader.types.pointer(t))).toEqual([
      ['Add', 'p.(*Set[int]).Add', 'p.(*Set[int]).Add'],
      ['Len', 'p.(*Set[int]).Len', 'p.(*Set[int]).Len'],
    ]);
    // A struct of one pointer-shaped field is its own interface word.
    expect(rows(t)).toEqual([['Len', 'p.Set[int].Len', 'p.Set[int].Len']]);
    const wrapper = reader.wrappers.methodTable(loader.types.pointer(t))[1]!.ifn;
    expect(wrapper.dupok).toBe(true);
    const f = reader.readBody(wrapper);
    expect(f.isWrapper).toBe(true);
    expect(mentioned(f)).toEqual(['runtime.panicwrap', 'p.Set[int].Len']);
    expect(rows(typeNamed(loader, 'outer'))).toEqual([
      ['hidden', 'p.outer.hidden', 'p.outer.hidden'],
    ]);
  });
});

describe('bodies', () => {
  test('print as what they do', () => {
    const f = body(
      `package p
type T struct { a, b int; *U }
type U struct { x []string }
type I interface { M() error }
func (u U) M() error { return nil }
func two() (int, string) { return 1, "" }
func sum(xs ...any) int { return len(xs) }
func F(t *T, m map[string]T, c <-chan I) (n int, err error) {
	for i := 0; i < len(t.x); i++ {
		switch v, ok := m[t.x[i]]; {
		case ok && v.a > 1<<3:
			n += v.b
		default:
			err = t.M()
		}
	}
	if x, ok := <-c; ok && x != nil {
		var e error
		n, err = sum(two()), e
	}
	return sum(1, t.x[1:n]), I(t).M()
}
`,
      'F',
    );
    expect(printFunc(f)).toBe(`\
func p.F(t *p.T, m map[string]p.T, c <-chan p.I) (n int, err error) {
  i := 0
  for (i < len((*(*t).U).x)) each i {
    {
      v, ok := m[(*(*t).U).x[i]]?
      switch  {
      case (ok && (v.a > 8)):
        n += v.b
      default:
        err = p.U.M((*(*t).U))
      }
    }
  } post {
    i += 1
  }
  {
    x, ok := <-c?
    if (ok && (x != zero(p.I))) {
      var e error
      n, err = inlined {
        ~t12, ~t13 := p.two()
        ~t11 := p.sum([]interface {}{0: interface {}(~t12)@heap, 1: interface {}(~t13)@heap}@heap)
      } (~t11), e
    }
  }
  return p.sum([]interface {}{0: interface {}(1)@heap, 1: interface {}((*(*t).U).x[1:n:])@heap}@heap), p.I(t)@heap.M()
}`);
  });

  test('captures know their variables and what happens to them', () => {
    const f = body(
      `package p
func F(a, b int) func() int {
	c := 3
	g := func() int { return func() int { b++; return a + b + c }() }
	return g
}
`,
      'F',
    );
    const flags = new Map(f.locals.map((v) => [v.name, [v.captured, v.reassigned]]));
    expect(flags.get('a')).toEqual([true, false]);
    expect(flags.get('b')).toEqual([true, true]);
    const inner = f.closures[0]!.closures[0]!;
    expect(inner.sym.name).toBe('p.F.func1.1');
    expect(inner.captures.map((v) => [v.name, v.class, v.outer!.outer!.name])).toEqual([
      ['b', LocalClass.Capture, 'b'],
      ['a', LocalClass.Capture, 'a'],
      ['c', LocalClass.Capture, 'c'],
    ]);
  });

  test('literals, loop bodies and wrappers of go and defer are named as upstream names them', () => {
    const f = body(
      `package p
func it(yield func(int) bool) {}
func g(int) int { return 0 }
func F() {
	for i := range it {
		for range it { defer g(i) }
		_ = func() {}
	}
	defer g(1)
	go g(2)
	defer func() { defer g(3) }()
}
`,
      'F',
    );
    const names: string[] = [];
    const collect = (fn: Func) => {
      names.push(fn.sym.name);
      fn.closures.forEach(collect);
    };
    f.closures.forEach(collect);
    expect(names.sort()).toEqual([
      'p.F-range1',
      'p.F-range1-range1',
      'p.F-range1-range1.deferwrap1',
      'p.F-range1.func1',
      'p.F.deferwrap1',
      'p.F.func1',
      'p.F.func1.deferwrap1',
      'p.F.gowrap2',
    ]);
    expect(f.hasRangeFuncDefer).toBe(true);
  });
});

describe.skipIf(peerGoroot() === undefined)('std', () => {
  test(
    'every body of fmt and its imports can be read; declarations survive the round trip',
    { timeout: 120_000 },
    () => {
      const units = unitsOf('fmt');
      let bodies = 0;
      for (const path of units.keys()) {
        const loader = new Loader((p) => units.get(p) ?? null);
        const reader = new BodyReader(loader);
        const pkg = loader.package(path);
        for (const num of pkg.funcs) {
          const decl = loader.funcDecl(pkg, num);
          if (decl.ownParams + decl.recvParams > 0) continue;
          const sym =
            decl.recv === 0
              ? loader.funcSym({ pkg, num }, [])
              : loader.methodSym(loader.namedType({ pkg, num: decl.recv }, []), num, []);
          if (!reader.hasBody(sym)) continue;
          reader.readBody(sym);
          bodies++;
        }
      }
      expect(bodies).toBeGreaterThan(5000);
      const { pkg } = new UnitImporter((p) => units.get(p) ?? null).importPackage('fmt');
      const printf = pkg!.scope.lookup('Printf')!;
      expect(printf.kind).toBe(ObjKind.Func);
      expect(signatureOf(printf as FuncObj).variadic).toBe(true);
    },
  );
});
