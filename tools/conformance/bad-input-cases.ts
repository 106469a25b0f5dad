/**
 * Bad input, as a table: what is wrong, and the command line that meets it. The oracle is the official
 * command; a row says `own` only where upstream's words cannot apply to us, and why.
 */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

export interface BadInput {
  readonly name: string;
  /** Beside a go.mod of module `m`, unless the row has its own; null is for none. */
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  /** `DIR` stands for the folder. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What files alone cannot express. */
  readonly prepare?: (dir: string) => void;
  /** Where our stderr differs: what it is, or up to where it is upstream's. */
  readonly own?: {
    readonly because: string;
    readonly stderr?: string;
    readonly upTo?: string;
  };
}

const main = 'package main\n\nfunc main() {}\n';
const typeError = 'package main\n\nvar x int = ""\n\nfunc main() {}\n';

function lines(n: number, line: (i: number) => string): string {
  return Array.from({ length: n }, (_, i) => line(i)).join('\n');
}

/** How tools and commands describe their flags is each project's own affair. */
const usageIsOurs = { because: 'descriptions of flags are ours', upTo: 'usage:' };

/** One `main.go`, built. */
function source(name: string, text: string | Uint8Array): BadInput {
  return { name, files: { 'main.go': text }, args: ['build'] };
}

/** A correct program under an unusual command line. */
function command(
  name: string,
  args: readonly string[],
  env: BadInput['env'] = {},
  own?: BadInput['own'],
): BadInput {
  return { name, files: { 'main.go': main }, args, env, ...(own === undefined ? {} : { own }) };
}

function bytes(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p) : Buffer.from(p))));
}

const syntax: readonly BadInput[] = [
  source('an operand is missing', 'package main\n\nfunc main() {\n\tx := \n}\n'),
  source('several syntax errors', `package main\n\nfunc f( {\n}\n\nfunc g() { if }\n\nvar x = )\n`),
  source('more than ten syntax errors', `package main\n\n${lines(14, (i) => `var x${i} = )`)}\n`),
  {
    name: 'syntax errors in two files',
    files: {
      'b.go': 'package main\n\nfunc f( {\n',
      'a.go': 'package main\n\nfunc main() { if }\n',
    },
    args: ['build'],
  },
  source('a brace is missing', 'package main\n\nfunc main() {\n\tif true {\n'),
  source('the string does not end', 'package main\n\nvar s = "abc\n\nfunc main() {}\n'),
  source('the comment does not end', 'package main\n\n/* abc\n\nfunc main() {}\n'),
  source('the raw string does not end', 'package main\n\nvar s = `abc\n\nfunc main() {}\n'),
  source('an unknown escape', 'package main\n\nvar s = "\\q"\n\nfunc main() {}\n'),
  source('import after declaration', 'package main\n\nfunc main() {}\n\nimport "errors"\n'),
  source('a statement outside of a function', 'package main\n\nx := 1\n\nfunc main() {}\n'),
  source('not Go at all', '#include <stdio.h>\nint main() { return 0; }\n'),
  source('no package clause', '// nothing here\n'),
  source('an empty file', ''),
  source('a NUL', bytes('package main\n\nvar s = "a', [0], 'b"\n\nfunc main() {}\n')),
  source(
    'invalid UTF-8',
    bytes('package main\n\nvar s = "a', [0xff, 0xfe], 'b"\n\nfunc main() {}\n'),
  ),
  source('invalid UTF-8 in the package clause', bytes('package m', [0xff], 'n\n')),
  source(
    'invalid UTF-8 in a comment before the package clause',
    bytes('// ', [0xc0], '\npackage main\n\nfunc main() {}\n'),
  ),
  source(
    'a byte order mark in the middle',
    bytes('package main\n\nvar s = "a', [0xef, 0xbb, 0xbf], 'b"\n\nfunc main() {}\n'),
  ),
  source(
    'a NUL before the imports end',
    bytes('package main\n', [0], 'import "errors"\n\nfunc main() {}\n'),
  ),
];

const types: readonly BadInput[] = [
  source(
    'two type errors',
    'package main\n\nfunc main() {\n\tvar s string = 1\n\tundefined()\n}\n',
  ),
  source(
    'more than ten type errors',
    `package main\n\nfunc main() {\n${lines(12, (i) => `\tx${i} := 1`)}\n}\n`,
  ),
  {
    name: 'more than ten, all wanted',
    files: { 'main.go': `package main\n\nfunc main() {\n${lines(12, (i) => `\tx${i} := 1`)}\n}\n` },
    args: ['build', '-gcflags=-e'],
  },
  {
    name: 'type errors in two files',
    files: {
      'a.go': 'package main\n\nvar a int = ""\n\nfunc f() int {}\n',
      'b.go': 'package main\n\nvar b string = 1\n\nfunc main() { a = b }\n',
    },
    args: ['build'],
  },
  {
    name: 'errors in two packages',
    files: {
      'a/a.go': 'package a\n\nvar X int = ""\n',
      'b/b.go': 'package b\n\nfunc F() int { return "" }\n',
    },
    args: ['build', './...'],
  },
  {
    name: 'an error in a package below',
    files: {
      'main.go': 'package main\n\nimport "m/a"\n\nfunc main() { a.F(1) }\n',
      'a/a.go': 'package a\n\nfunc F() int { return "" }\n',
    },
    args: ['build'],
  },
  source(
    'an import is not used',
    'package main\n\nimport (\n\t"errors"\n\tstd "unsafe"\n)\n\nfunc main() {}\n',
  ),
  source('a variable is not used', 'package main\n\nfunc main() {\n\tx := 1\n\tx = 2\n}\n'),
  source(
    'a label is not used',
    'package main\n\nfunc main() {\nL:\n\tfor {\n\t\tbreak M\n\t}\n}\n',
  ),
  source(
    'declared twice',
    'package main\n\nvar x int\n\nfunc x() {}\n\nfunc main() {}\n\nfunc main() {}\n',
  ),
  source(
    'a type that contains itself',
    'package main\n\ntype T struct{ f [2]T }\n\nfunc main() {}\n',
  ),
  source(
    'initialisation in a circle',
    'package main\n\nvar a = b\nvar b = f()\n\nfunc f() int { return a }\n\nfunc main() {}\n',
  ),
  source(
    'a method is missing',
    'package main\n\ntype I interface{ M() }\n\nvar _ I = 1\n\nfunc main() {}\n',
  ),
  source(
    'a constant is too large',
    'package main\n\nvar x int8 = 300\nvar y = 1 / 0\n\nfunc main() {}\n',
  ),
  source('inference fails', 'package main\n\nfunc f[T any]() {}\n\nfunc main() { f() }\n'),
  source('no main', 'package main\n\nfunc f() {}\n'),
  source('main with a result', 'package main\n\nfunc main() int { return 1 }\n'),
  source('main is a variable', 'package main\n\nvar main = func() {}\n'),
  source(
    'init with an argument',
    'package main\n\nfunc init(x int) {}\n\nfunc main() { init() }\n',
  ),
  source('main with type parameters', 'package main\n\nfunc main[T any]() {}\n'),
  {
    name: 'newer than the module',
    files: {
      'go.mod': 'module m\n\ngo 1.17\n',
      'main.go': 'package main\n\nfunc f[T any](x T) {}\n\nfunc main() { f(1); for range 3 {} }\n',
    },
    args: ['build'],
  },
  {
    name: 'a function without a body',
    files: { 'main.go': 'package main\n\nfunc f()\n\nfunc main() { f() }\n' },
    args: ['build'],
  },
  source(
    'linkname without unsafe',
    'package main\n\n//go:linkname f runtime.f\nfunc f() {}\n\nfunc main() {}\n',
  ),
  source(
    'a directive in the wrong place',
    'package main\n\n//go:noinline\nvar x int\n\n//go:nosuch\nfunc main() {}\n',
  ),
  source(
    'a huge stack frame',
    'package main\n\nfunc main() {\n\tvar x [1 << 40]byte\n\tprintln(x[len(x)-1])\n}\n',
  ),
];

const packages: readonly BadInput[] = [
  {
    name: 'import cycle',
    files: {
      'main.go': 'package main\n\nimport _ "m/a"\n\nfunc main() {}\n',
      'a/a.go': 'package a\n\nimport _ "m/b"\n',
      'b/b.go': 'package b\n\nimport _ "m/a"\n',
    },
    args: ['build'],
  },
  {
    name: 'a package imports itself',
    files: {
      'main.go': 'package main\n\nimport _ "m/a"\n\nfunc main() {}\n',
      'a/a.go': 'package a\n\nimport _ "m/a"\n',
    },
    args: ['build'],
  },
  source('missing: like std', 'package main\n\nimport "nosuchpkg"\n\nfunc main() {}\n'),
  source(
    'missing: below a package of std',
    'package main\n\nimport "errors/nosuch"\n\nfunc main() {}\n',
  ),
  source('missing: of this module', 'package main\n\nimport "m/nosuch"\n\nfunc main() {}\n'),
  source(
    'missing: of another module',
    'package main\n\nimport "example.com/nosuch"\n\nfunc main() {}\n',
  ),
  {
    name: 'missing: two, from two packages',
    files: {
      'main.go': 'package main\n\nimport (\n\t_ "m/a"\n\t_ "nosuch1"\n)\n\nfunc main() {}\n',
      'a/a.go': 'package a\n\nimport _ "example.com/nosuch"\n',
    },
    args: ['build'],
  },
  source(
    'a module that go.mod should have: go.sum is missing',
    'package main\n\nimport "nosuch/\u00e9"\n\nfunc main() {}\n',
  ),
  source('an import path with a blank', 'package main\n\nimport "a b"\n\nfunc main() {}\n'),
  source('an empty import path', 'package main\n\nimport ""\n\nfunc main() {}\n'),
  source('an absolute import path', 'package main\n\nimport "/errors"\n\nfunc main() {}\n'),
  source('a relative import', 'package main\n\nimport "./a"\n\nfunc main() {}\n'),
  source('internal of std', 'package main\n\nimport _ "internal/abi"\n\nfunc main() {}\n'),
  {
    name: 'internal of another folder',
    files: {
      'main.go': 'package main\n\nimport _ "m/a/internal/x"\n\nfunc main() {}\n',
      'a/internal/x/x.go': 'package x\n',
    },
    args: ['build'],
  },
  source(
    'vendored package of std',
    'package main\n\nimport _ "vendor/golang.org/x/net/idna"\n\nfunc main() {}\n',
  ),
  source('C without cgo', 'package main\n\nimport "C"\n\nfunc main() {}\n'),
  {
    name: 'C beside a Go file',
    files: { 'main.go': main, 'c.go': 'package main\n\nimport "C"\n', 'x.c': 'int x;\n' },
    args: ['build'],
  },
  { name: 'C source without cgo', files: { 'main.go': main, 'x.c': 'int x;\n' }, args: ['build'] },
  {
    name: 'a program is imported',
    files: { 'main.go': 'package main\n\nimport _ "m/a"\n\nfunc main() {}\n', 'a/a.go': main },
    args: ['build'],
  },
  {
    name: 'two package names',
    files: { 'a.go': 'package a\n', 'b.go': 'package b\n' },
    args: ['build'],
  },
  {
    name: 'two package names below',
    files: {
      'main.go': 'package main\n\nimport _ "m/a"\n\nfunc main() {}\n',
      'a/a.go': 'package a\n',
      'a/b.go': 'package b\n',
    },
    args: ['build'],
  },
  { name: 'no Go files', files: { 'x.txt': '' }, args: ['build'] },
  { name: 'only test files', files: { 'x_test.go': 'package x\n' }, args: ['build'] },
  { name: 'an empty module, all packages', files: {}, args: ['build', './...'] },
  source('all files excluded', '//go:build windows\n\npackage main\n\nfunc main() {}\n'),
  {
    name: 'all files excluded below',
    files: {
      'main.go': 'package main\n\nimport _ "m/a"\n\nfunc main() {}\n',
      'a/a_windows.go': 'package a\n',
      'a/b.go': '//go:build ignore\n\npackage a\n',
    },
    args: ['build'],
  },
  source('malformed constraint', '//go:build linux &&\n\npackage main\n\nfunc main() {}\n'),
  source(
    'malformed constraint: parenthesis',
    '//go:build (linux\n\npackage main\n\nfunc main() {}\n',
  ),
  source(
    'malformed constraint: operator',
    '//go:build linux & amd64\n\npackage main\n\nfunc main() {}\n',
  ),
  source(
    'two constraints',
    '//go:build linux\n//go:build amd64\n\npackage main\n\nfunc main() {}\n',
  ),
  source('constraint in the wrong place', 'package main\n\n//go:build linux\n\nfunc main() {}\n'),
  {
    name: 'a source that leads nowhere',
    files: { 'main.go': main },
    args: ['build'],
    prepare: (dir) => symlinkSync('nowhere', join(dir, 'x.go')),
  },
  {
    name: 'a source that is a folder',
    files: { 'main.go': main, 'x.go/y.txt': '' },
    args: ['build'],
  },
  {
    name: 'a source that is a folder, by name',
    files: { 'main.go': main, 'x.go/y.txt': '' },
    args: ['build', 'main.go', 'x.go'],
  },
  {
    name: 'embedding: no match',
    files: {
      'main.go':
        'package main\n\nimport _ "embed"\n\n//go:embed none.txt\nvar s string\n\nfunc main() {}\n',
    },
    args: ['build'],
  },
  {
    name: 'embedding: without the package',
    files: {
      'main.go': 'package main\n\n//go:embed x.txt\nvar s string\n\nfunc main() {}\n',
      'x.txt': '',
    },
    args: ['build'],
  },
  {
    name: 'embedding: two files in a string',
    files: {
      'main.go':
        'package main\n\nimport _ "embed"\n\n//go:embed *.txt\nvar s string\n\nfunc main() {}\n',
      'x.txt': '',
      'y.txt': '',
    },
    args: ['build'],
  },
  {
    name: 'embedding: outside of the package',
    files: {
      'main.go':
        'package main\n\nimport _ "embed"\n\n//go:embed ../x.txt\nvar s string\n\nfunc main() {}\n',
    },
    args: ['build'],
  },
  {
    name: 'embedding: a malformed pattern',
    files: {
      'main.go':
        'package main\n\nimport _ "embed"\n\n//go:embed [x\nvar s string\n\nfunc main() {}\n',
    },
    args: ['build'],
  },
  {
    name: 'embedding: malformed quotes',
    files: {
      'main.go':
        'package main\n\nimport _ "embed"\n\n//go:embed "x\nvar s string\n\nfunc main() {}\n',
    },
    args: ['build'],
  },
  {
    name: 'embedding: a symbolic link',
    files: {
      'main.go':
        'package main\n\nimport _ "embed"\n\n//go:embed x.txt\nvar s string\n\nfunc main() {}\n',
    },
    args: ['build'],
    prepare: (dir) => symlinkSync('main.go', join(dir, 'x.txt')),
  },
  {
    name: 'embedding: an empty folder',
    files: {
      'main.go':
        'package main\n\nimport "embed"\n\n//go:embed d\nvar s embed.FS\n\nfunc main() {}\n',
    },
    args: ['build'],
    prepare: (dir) => mkdirSync(join(dir, 'd')),
  },
  {
    name: 'embedding: into a local, and of the wrong type',
    files: {
      'main.go':
        'package main\n\nimport _ "embed"\n\n//go:embed x.txt\nvar n int\n\nfunc main() {\n\t//go:embed x.txt\n\tvar s string\n\t_ = s\n}\n',
      'x.txt': '',
    },
    args: ['build'],
  },
];

const modules: readonly BadInput[] = [
  {
    name: 'go.mod: an unknown verb',
    files: { 'go.mod': 'modul m\n', 'main.go': main },
    args: ['build'],
  },
  { name: 'go.mod: empty', files: { 'go.mod': '', 'main.go': main }, args: ['build'] },
  {
    name: 'go.mod: no module line',
    files: { 'go.mod': 'go 1.27\n', 'main.go': main },
    args: ['build'],
  },
  { name: 'go.mod: none', files: { 'go.mod': null, 'main.go': main }, args: ['build'] },
  {
    name: 'go.mod: none, all packages',
    files: { 'go.mod': null, 'main.go': main },
    args: ['build', './...'],
  },
  { name: 'go.mod: a folder', files: { 'go.mod/x': '', 'main.go': main }, args: ['build'] },
  {
    name: 'go.mod: too new',
    files: { 'go.mod': 'module m\n\ngo 1.99\n', 'main.go': main },
    args: ['build'],
  },
  {
    name: 'go.mod: malformed version',
    files: { 'go.mod': 'module m\n\ngo 1.x\n', 'main.go': main },
    args: ['build'],
  },
  {
    name: 'go.mod: malformed toolchain',
    files: { 'go.mod': 'module m\n\ngo 1.27\ntoolchain 5\n', 'main.go': main },
    args: ['build'],
  },
  {
    name: 'go.mod: several errors',
    files: {
      'go.mod':
        'module m\n\ngo 1.27\n\nrequire example.com/a\nrequire example.com/b vx\nreplace a => \n',
      'main.go': main,
    },
    args: ['build'],
  },
  {
    name: 'go.mod: the replacement is missing',
    files: {
      'go.mod':
        'module m\n\ngo 1.27\n\nrequire example.com/a v1.0.0\n\nreplace example.com/a => ./nosuch\n',
      'main.go': 'package main\n\nimport _ "example.com/a"\n\nfunc main() {}\n',
    },
    args: ['build'],
  },
  {
    name: 'go.mod: the module is not in go.sum',
    files: {
      'go.mod': 'module m\n\ngo 1.27\n\nrequire example.com/a v1.0.0\n',
      'main.go': 'package main\n\nimport _ "example.com/a"\n\nfunc main() {}\n',
    },
    args: ['build'],
  },
  {
    name: 'go.sum: malformed',
    files: {
      'go.mod': 'module m\n\ngo 1.27\n\nrequire example.com/a v1.0.0\n',
      'go.sum': 'one two\n',
      'main.go': 'package main\n\nimport _ "example.com/a"\n\nfunc main() {}\n',
    },
    args: ['build'],
  },
  {
    name: 'vendor: inconsistent',
    files: {
      'go.mod': 'module m\n\ngo 1.27\n\nrequire example.com/a v1.0.0\n',
      'vendor/modules.txt': '',
      'main.go': main,
    },
    args: ['build'],
  },
];

const assembly = '#include "textflag.h"\n\nTEXT \u00b7f(SB), NOSPLIT, $0-0\n\tRET\n';
const bodyless = 'package main\n\nfunc f()\n\nfunc main() { f() }\n';

const tools: readonly BadInput[] = [
  {
    name: 'assembly: an unknown instruction',
    files: { 'main.go': bodyless, 'f_amd64.s': assembly.replace('RET', 'NOSUCH AX, BX') },
    args: ['build'],
  },
  {
    name: 'assembly: operands that do not fit',
    files: { 'main.go': bodyless, 'f_amd64.s': assembly.replace('RET', 'MOVQ AX, $1\n\tRET') },
    args: ['build'],
  },
  {
    name: 'assembly: syntax errors',
    files: { 'main.go': bodyless, 'f_amd64.s': `${assembly}\n)\nTEXT\nMOVQ AX,,BX\n` },
    args: ['build'],
  },
  {
    name: 'assembly: an unknown label',
    files: { 'main.go': bodyless, 'f_amd64.s': assembly.replace('RET', 'JMP nosuch\n\tRET') },
    args: ['build'],
    own: {
      because: 'upstream goes on, and stumbles over the instruction that it left unfinished',
      stderr: '# m\n./f_amd64.s:6: undefined label nosuch\nasm: assembly of ./f_amd64.s failed\n',
    },
  },
  {
    name: 'assembly: an included file is missing',
    files: { 'main.go': bodyless, 'f_amd64.s': `#include "nosuch.h"\n${assembly}` },
    args: ['build'],
  },
  {
    name: 'assembly: the macro does not end',
    files: { 'main.go': bodyless, 'f_amd64.s': `#ifdef X\n${assembly}` },
    args: ['build'],
  },
  {
    name: 'assembly: defined in Go too',
    files: {
      'main.go': 'package main\n\nfunc f() {}\n\nfunc main() { f() }\n',
      'f_amd64.s': assembly,
    },
    args: ['build'],
  },
  {
    name: 'assembly: not defined',
    files: { 'main.go': bodyless, 'f_amd64.s': assembly.replace('\u00b7f', '\u00b7g') },
    args: ['build'],
  },
  {
    name: 'assembly: defined twice',
    files: { 'main.go': bodyless, 'f_amd64.s': assembly, 'g_amd64.s': assembly },
    args: ['build'],
  },
  {
    name: 'assembly: calls what is not there',
    files: {
      'main.go': bodyless,
      'f_amd64.s': assembly.replace('RET', 'CALL \u00b7nosuch(SB)\n\tRET'),
    },
    args: ['build'],
  },
  {
    name: 'assembly: too much stack below nosplit',
    files: {
      'main.go': bodyless,
      'f_amd64.s': assembly
        .replace('$0-0', '$2000-0')
        .replace('RET', 'CALL \u00b7g(SB)\n\tRET')
        .concat('\nTEXT \u00b7g(SB), NOSPLIT, $2000-0\n\tRET\n'),
    },
    args: ['build'],
  },
  {
    name: 'link: two definitions through linkname',
    files: {
      'main.go': 'package main\n\nimport (\n\t_ "m/a"\n\t_ "m/b"\n)\n\nfunc main() {}\n',
      'a/a.go':
        'package a\n\nimport _ "unsafe"\n\n//go:linkname f m.f\nfunc f() { println("a") }\n\nvar X = f\n',
      'b/b.go':
        'package b\n\nimport _ "unsafe"\n\n//go:linkname f m.f\nfunc f() { println("b") }\n\nvar X = f\n',
    },
    args: ['build'],
  },
  {
    name: 'link: a linkname that leads nowhere',
    files: {
      'main.go':
        'package main\n\nimport _ "unsafe"\n\n//go:linkname f nosuch.f\nfunc f()\n\n//go:linkname v nosuch.v\nvar v int\n\nfunc main() { f(); v++ }\n',
      'x.s': '',
    },
    args: ['build'],
  },
  {
    name: 'link: a linkname into std that is not allowed',
    files: {
      'main.go':
        'package main\n\nimport _ "unsafe"\n\n//go:linkname f runtime.gcStart\nfunc f(int)\n\nfunc main() { f(1) }\n',
      'x.s': '',
    },
    args: ['build'],
  },
  command('linker flags: unknown', ['build', '-ldflags=-nosuch'], {}, usageIsOurs),
  command(
    'linker flags: without value',
    ['build', '-ldflags=-X'],
    {},
    {
      because: 'upstream takes its own next argument, the name of an object, for the value',
      upTo: '\n',
    },
  ),
  command(
    'linker flags: not name=value',
    ['build', '-ldflags=-X main.x'],
    {},
    {
      because: 'upstream gives the path of its tool',
      stderr: '# m\nlink: -X flag requires argument of the form importpath.name=value\n',
    },
  ),
  command('linker flags: unbalanced quote', ['build', "-ldflags='-s"]),
  command('compiler flags: unknown', ['build', '-gcflags=-nosuch'], {}, usageIsOurs),
  command('compiler flags: unknown -d', ['build', '-gcflags=-d=nosuch=1'], {}, usageIsOurs),
  command('compiler flags: a value that is no number', ['build', '-gcflags=-c=x'], {}, usageIsOurs),
  command('compiler flags: unbalanced quote', ['build', '-gcflags="-N']),
  command('compiler flags: pattern without flags', ['build', '-gcflags=m']),
  {
    name: 'assembler flags: unknown',
    files: { 'main.go': bodyless, 'f_amd64.s': assembly },
    args: ['build', '-asmflags=-nosuch'],
    own: usageIsOurs,
  },
];

const commandLines: readonly BadInput[] = [
  command('unknown command', ['nosuch']),
  command('unknown command of mod', ['mod', 'nosuch']),
  command('unknown flag', ['build', '-nosuch']),
  command('unknown flag of run', ['run', '-nosuch', '.']),
  command('unknown flag of test', ['test', '-nosuch=1']),
  command(
    'unknown flag before the command',
    ['-nosuch', 'build'],
    {},
    {
      because: 'the overview of commands is ours',
      upTo: '\n',
    },
  ),
  command('flag without value', ['build', '-o']),
  command('flag without value, test', ['test', '-run']),
  command('flag that is no number', ['build', '-p', 'x']),
  command('flag that is no boolean', ['build', '-v=x']),
  command('negative workers', ['build', '-p', '0']),
  command('flag with a bad syntax', ['build', '---x']),
  command('flag with an empty name', ['build', '-=x']),
  command('unknown build mode', ['build', '-buildmode=nosuch']),
  command('unknown compiler', ['build', '-compiler=nosuch']),
  command('unknown -mod', ['build', '-mod=nosuch']),
  command('-C: no such folder', ['build', '-C', 'nosuch']),
  command('-C: not first', ['build', '-v', '-C', '.']),
  command('-tags with blanks', ['build', '-tags=a b']),
  command('-modfile: missing', ['build', '-modfile=nosuch.mod']),
  command('-modfile: not .mod', ['build', '-modfile=nosuch']),
  command('unknown GOOS', ['build'], { GOOS: 'nosuch' }),
  command('unknown GOARCH', ['build'], { GOARCH: 'nosuch' }),
  command('unknown pair', ['build'], { GOOS: 'darwin', GOARCH: '386' }),
  command('unknown GOEXPERIMENT', ['build'], { GOEXPERIMENT: 'nosuch' }),
  command('GOFLAGS: not a flag', ['build'], { GOFLAGS: 'nosuch' }),
  command('GOFLAGS: unknown', ['build'], { GOFLAGS: '-nosuch' }),
  command('GOFLAGS: malformed value', ['build'], { GOFLAGS: '-v=x' }),
  command('GOFLAGS: unbalanced quote', ['build'], { GOFLAGS: "'-v" }),
  command('GOFLAGS: a flag of another command', ['build'], { GOFLAGS: '-run=x' }),
  command('GO111MODULE: unknown', ['build'], { GO111MODULE: 'x' }),
  command('GOPATH: relative', ['build'], { GOPATH: 'x' }),
  command('GOCACHE: relative', ['build'], { GOCACHE: 'x' }),
  command('GOCACHE: off', ['build'], { GOCACHE: 'off' }),
  command('GOCACHE: below a file', ['build'], { GOCACHE: '/dev/null/x' }),
  command('GOCACHE: cannot be made', ['build'], { GOCACHE: '/proc/nosuch' }),
  command('GOTMPDIR: missing', ['build'], { GOTMPDIR: '/nosuch' }),
  command('GOTMPDIR: missing, run', ['run', '.'], { GOTMPDIR: '/nosuch' }),
  command('GOWORK: missing', ['build'], { GOWORK: '/nosuch/go.work' }),
  command('GOWORK: no go.work', ['build'], { GOWORK: '/nosuch' }),
  command('a file that is not there', ['build', 'nosuch.go']),
  command('a file that is not there, run', ['run', 'nosuch.go']),
  command('a folder that is not there', ['build', './nosuch']),
  command('a package that is not there', ['build', 'nosuch/x']),
  command('a pattern that matches nothing', ['build', './nosuch/...']),
  command('a pattern of packages that matches nothing', ['build', 'nosuch/...']),
  command('a folder outside of the module', ['build', '../...']),
  command('a folder of std from outside', ['build', '/nosuch']),
  command('a malformed path', ['build', 'a b']),
  command('files of two folders', ['build', 'main.go', 'x/y.go']),
  {
    name: 'files of two folders that are there',
    files: { 'main.go': main, 'x/y.go': 'package main\n' },
    args: ['build', 'main.go', 'x/y.go'],
  },
  {
    name: 'a file beside a package',
    files: { 'main.go': main },
    args: ['build', 'main.go', './x'],
  },
  {
    name: 'a test file is built',
    files: { 'x_test.go': 'package x\n' },
    args: ['build', 'x_test.go'],
  },
  { name: 'run: not a program', files: { 'a.go': 'package a\n' }, args: ['run', '.'] },
  { name: 'run: not a program, a file', files: { 'a.go': 'package a\n' }, args: ['run', 'a.go'] },
  {
    name: 'run: a test file',
    files: { 'a_test.go': 'package main\n' },
    args: ['run', 'a_test.go'],
  },
  command('run: nothing', ['run']),
  command('run: no such package', ['run', './nosuch']),
  command('run: matches nothing', ['run', './nosuch/...']),
  {
    name: 'run: two programs',
    files: { 'a/a.go': main, 'b/b.go': main },
    args: ['run', './...'],
  },
  { name: 'run: errors', files: { 'main.go': typeError }, args: ['run', '.'] },
  {
    name: 'list: an error',
    files: { 'main.go': 'package main\n\nimport "nosuch"\n' },
    args: ['list', '-deps'],
  },
  command('list: a malformed template', ['list', '-f', '{{.Nosuch']),
  command('list: a field that is not there', ['list', '-f', '{{.Nosuch}}']),
  command('list: -f and -json', ['list', '-f', '{{.Dir}}', '-json']),
  command('env: a malformed name', ['env', '-w', 'nosuch=1']),
  command('env: no value', ['env', '-w', 'GOFLAGS']),
  command('env: an unknown flag', ['env', '-nosuch']),
  command('version: of a file that is not there', ['version', 'nosuch']),
  command('tool: unknown', ['tool', 'nosuch']),
  command('help: unknown', ['help', 'nosuch']),
  command('fmt: a file that is not there', ['fmt', 'nosuch.go']),
  command('doc of nothing', ['mod', 'edit', '-nosuch']),
];

const outputs: readonly BadInput[] = [
  {
    name: 'errors leave no output',
    files: { 'main.go': typeError },
    args: ['build', '-o', 'out/x'],
  },
  {
    name: 'errors leave the old output',
    files: { 'main.go': typeError, m: '\u007fELF old' },
    args: ['build'],
  },
  {
    name: 'output into a folder that is missing',
    files: { 'main.go': main },
    args: ['build', '-o', 'out/x'],
  },
  {
    name: 'output onto a folder',
    files: { 'main.go': main, 'm/x.txt': '' },
    args: ['build', '-o', 'm/x.txt/y'],
  },
  {
    name: 'output is a folder by default',
    files: { 'main.go': main, 'm/x.txt': '' },
    args: ['build'],
  },
  { name: 'output below a file', files: { 'main.go': main, x: '' }, args: ['build', '-o', 'x/y'] },
  { name: 'output onto a text', files: { 'main.go': main, m: 'notes\n' }, args: ['build'] },
  {
    name: 'output where nobody may write',
    files: { 'main.go': main },
    args: ['build', '-o', '/proc/nosuch'],
    own: {
      because: 'there is no file of ours that is copied',
      stderr: 'm: go build m: open /proc/nosuch: no such file or directory\n',
    },
  },
  {
    name: 'output of many packages',
    files: { 'a/a.go': main, 'b/b.go': main },
    args: ['build', '-o', 'x', './...'],
  },
  {
    name: 'output folder for packages that are no programs',
    files: { 'a/a.go': 'package a\n', 'b/b.go': 'package b\n' },
    args: ['build', '-o', 'x/', './...'],
  },
  {
    name: 'output to the null device',
    files: { 'main.go': main },
    args: ['build', '-o', '/dev/null'],
  },
  {
    name: 'output of an error to the null device',
    files: { 'main.go': typeError },
    args: ['build', '-o', '/dev/null'],
  },
  {
    name: 'install without GOPATH',
    files: { 'main.go': main },
    args: ['install'],
    env: { GOPATH: '', HOME: '' },
  },
  {
    name: 'install into a file',
    files: { 'main.go': main, bin: '' },
    args: ['install'],
    env: { GOBIN: 'DIR/bin' },
  },
  {
    name: 'install into a relative folder',
    files: { 'main.go': main },
    args: ['install'],
    env: { GOBIN: 'bin' },
  },
];

export const badInputs: readonly BadInput[] = [
  ...syntax,
  ...types,
  ...packages,
  ...modules,
  ...tools,
  ...commandLines,
  ...outputs,
];

export const goMod = 'module m\n\ngo 1.27\n';
