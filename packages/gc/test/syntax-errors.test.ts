/** The same broken sources for our parser and for the official compiler: the same messages. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatPosition } from '@go-ts/base';
import { afterAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { ErrorReporter } from '../src/report.ts';
import { NodeKind } from '../src/syntax/nodes.ts';
import { newParseContext, parseFile } from '../src/syntax/parse.ts';
import { misplaced, funcPragmas } from '../src/syntax/pragma.ts';

const body = (text: string): string => `package p\n\nfunc f() {\n${text}\n}\n`;

const files: readonly string[] = [
  '',
  'package',
  'package 1',
  'pakage p',
  'package p; import "a"; var x int; import "b"',
  'package p\nimport 1\nimport\nimport x y\n',
  'package p\nvar\nvar x\nvar x int = \nvar x = 1 2\n',
  'package p\nconst (\n\tx = iota\n\ty z w\n)\nconst a := 1\n',
  'package p\ntype T\ntype (\n\tA = \n\tB struct {\n\tx int,\n}\n)\n',
  'package p\ntype T[P any, Q] int\ntype U[P *T] int\ntype V[] int\ntype W[P, Q any,] int\ntype X[10,] int\n',
  'package p\ntype I interface { m[T any](x int); ~int | string; string[]; F[](); }\n',
  'package p\ntype S struct { (T); *(T); x, y int "tag" 1; ~ }\n',
  'package p\nfunc\nfunc (\nfunc () m() {}\nfunc (a, b T) m() {}\nfunc (T) () {}\n',
  'package p\nfunc f(a int, b) {}\nfunc g(a, b int, string) {}\nfunc h(... int, x int) (...int) {}\nfunc k(x ...) {}\n',
  'package p\nfunc f[]() {}\nfunc g[T]() {}\nfunc h[T any, U]() {}\nfunc i[int | string]() {}\n',
  'package p\nfunc f()\n{\n}\n',
  'package p\nx := 1\nif x {}\n}\n',
  'package p\nvar f = func[T any]() {}\nvar x = []int{1 2}\nvar y = (T){}\nvar z = [...]\n',
  'package p\nvar c <-<-chan int\nvar d = <-chan int\nvar e chan\nvar m map[int\n',
  'package p\nvar a = 0x\nvar b = 08\nvar c = 1_\nvar d = 0b2\nvar e = 0x1.0\nvar f = 1e\nvar g = 0_x1\nvar h = 1p3\n',
  "package p\nvar a = ''\nvar b = 'ab'\nvar c = '\\q'\nvar d = '\\400'\nvar e = \"\\ud800\"\nvar f = \"\\xg\"\nvar g = '\n",
  'package p\nvar a = "abc\nvar b = `raw',
  'package p\n/* open',
  'package p\nvar a = #\nvar b = €\nvar é€ = 1\nvar ٠a = 1\n',
  'package p\nvar x = "a\x00b"\n\ufeffvar y = 1\n',
  body('x = 1 +'),
  body('if { }\nif x { } else x\nif x = 1 { }\nif a+b = c { }\nif ; { }\nif x; { }\nif x\n{ }'),
  body(
    'for i := 0; i < 10 { }\nfor ;; i := 1 { }\nfor var i = 0; ; { }\nfor i = range x, y { }\nfor range { }\nfor x {',
  ),
  body('switch x { case 1: fallthrough\ncase 2 default: x }\nswitch x y { }\nswitch { x }'),
  body('select { case x: case <-c: case y := <-c: default }\nselect x { }'),
  body('go f\ndefer (f())\ngo (x)\ndefer'),
  body('a, b\na, b += 1\na := 1 := 2\nx++ + 1\nx <- 1 <- 2'),
  body('goto\ngoto L\nL:\nM: }'),
  body(
    'break\ncontinue\nL: for { break M; continue L; goto N }\nif true { N: }\nL: f()\nfallthrough',
  ),
  body('goto L\nx := 1\n_ = x\nL: switch { case true: fallthrough }\nK: if true { break K }'),
  body('x := [3]int{1, 2, 3\nreturn x'),
  body('f(a, b\nf(a b)\nf(a..., b)\nf(,)\nx[]\nx[1:2:]\nx[::]\nx[1 2]\nx.\nx.(type\nx.1'),
  body(
    'x := a.(type)\nvar y = func() { return\n}()\nT{a: 1, b}\nfor x := T{} { }\nif x == T{} { }',
  ),
  body('var x, y = 1\nconst z\ntype\nvar'),
  body('a := b c\nd e\n)'),
  body('return return\ncase x:\ndefault:'),
  'package p\n//go:nosplit\ntype T int\n//go:noinline\nvar x int\nvar y = 1 //go:nosplit\n//go:linkname\n//go:linkname a b c\nfunc f() {}\n',
  'package p\nfunc f() {\n\t//go:noinline\n\tf()\n\t//go:embed x\n\tf()\n}\n',
  'package p\n//go:systemstack\nfunc f()\n//go:uintptrkeepalive\nfunc g()\n//go:cgo_ldflag "x"\n//go:embed\nvar x int\n//go:embed "a\n',
  `package p\nvar x = ${'"a" + '.repeat(60)} ]\n`,
];

const goroot = peerGoroot();

function ours(text: string): string[] {
  const directives = {
    std: false,
    runtime: false,
    goos: 'linux',
    goarch: 'amd64',
    fieldTrack: false,
  };
  const context = newParseContext({ directives });
  const { file, errors } = parseFile(context, 'x.go', new TextEncoder().encode(text));
  const reporter = new ErrorReporter(context.table, { unlimited: true });
  for (const { pos, msg } of errors) reporter.report(pos, 'syntax', msg);
  // What a declaration does not accept is reported later, and only if all else is right.
  if (file !== null && errors.length === 0) {
    for (const d of file.decls) {
      const flags = d.kind === NodeKind.FuncDecl ? funcPragmas : 0;
      const embed = d.kind === NodeKind.VarDecl;
      for (const { pos, msg } of misplaced(d.pragma, { flags, embed })) {
        reporter.report(pos, 'pragma', msg);
      }
    }
  }
  return reporter.diagnostics().map((d) => `${formatPosition(d.pos)}: ${d.msg}`);
}

describe.skipIf(goroot === undefined)('syntax errors', () => {
  const dir = mkdtempSync(join(tmpdir(), 'go-ts-syntax-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  test.each(files.map((text) => [JSON.stringify(text).slice(0, 70), text]))('%s', (_, text) => {
    writeFileSync(join(dir, 'x.go'), text);
    const args = ['tool', 'compile', '-e', '-p', 'p', '-o', 'x.o', 'x.go'];
    const run = spawnSync(join(goroot!, 'bin/go'), args, {
      cwd: dir,
      encoding: 'utf8',
      env: peerEnv(),
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    const lines = (run.stdout + run.stderr).trimEnd().split('\n');
    // Labels that aren't used come in no particular order.
    expect(ours(text).sort()).toEqual(lines.sort());
  });
});
