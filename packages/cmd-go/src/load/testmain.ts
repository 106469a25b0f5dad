/**
 * The main package of a test binary: what there is to run in a package's test files, and the program
 * that hands it to package testing.
 *
 * Test files are parsed, not checked: which functions are tests is a matter of names and signatures
 * as written. Examples run if they end in a comment that says what they print.
 * GOROOT: src/cmd/go/internal/load/test.go (names, signatures, messages, what the program must set),
 * src/go/doc/example.go (the output comment), src/go/ast/ast.go (text of a comment).
 */
import { join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { type FuncDecl, NodeKind } from '@go-ts/gc/syntax/nodes';
import { newParseContext, parseFile } from '@go-ts/gc/syntax/parse';
import { endPos } from '@go-ts/gc/syntax/positions';
import { type FileTree } from '../fsys/fsys.ts';
import { shorten } from './gomod.ts';
import { type Package } from './package.ts';
import { type TestCover } from './test.ts';

interface TestFunc {
  /** The name under which the main package imports the function's package. */
  readonly from: '_test' | '_xtest';
  readonly name: string;
}

interface Example extends TestFunc {
  readonly output: string;
  readonly unordered: boolean;
}

export interface TestFuncs {
  readonly tests: TestFunc[];
  readonly benchmarks: TestFunc[];
  readonly fuzzTargets: TestFunc[];
  readonly examples: Example[];
  testMain: TestFunc | undefined;
  /** Whether the package and its external tests are imported at all, and whether by name. */
  readonly imported: Record<TestFunc['from'], boolean>;
  readonly needed: Record<TestFunc['from'], boolean>;
  /** What is wrong with the first wrong test file, with its place. */
  error: string | undefined;
}

export function findTests(files: FileTree, p: Package): TestFuncs {
  const found: TestFuncs = {
    tests: [],
    benchmarks: [],
    fuzzTargets: [],
    examples: [],
    testMain: undefined,
    imported: { _test: false, _xtest: false },
    needed: { _test: false, _xtest: false },
    error: undefined,
  };
  const { testGoFiles, xTestGoFiles } = p.sources!;
  for (const file of testGoFiles) scanFile(files, join(p.dir, file), '_test', found);
  for (const file of xTestGoFiles) scanFile(files, join(p.dir, file), '_xtest', found);
  return found;
}

/** Prefix of the name, the letter of testing's type, where such functions are collected. */
const kinds = [
  ['Test', 'T', 'tests'],
  ['Benchmark', 'B', 'benchmarks'],
  ['Fuzz', 'F', 'fuzzTargets'],
] as const;

function scanFile(files: FileTree, path: string, from: TestFunc['from'], into: TestFuncs): void {
  const bytes = files.readFile(path);
  const context = newParseContext({ checkBranches: false });
  const { file, posFile, errors } = parseFile(context, path, bytes);
  const place = (pos: number): string => {
    const { line, col } = posFile.absolute(pos - posFile.base);
    return `${path}:${line}:${col}`;
  };
  /** A declaration begins at its keyword; its position is that of its name. */
  const placeOf = (decl: FuncDecl): string =>
    place(bytes.lastIndexOf('func', decl.pos - posFile.base) + posFile.base);
  if (errors.length > 0) {
    const lines = errors.map(({ pos, msg }) => `${shorten(place(pos))}: ${msg}`);
    into.error ??= lines.join('\n');
    return;
  }
  const add = (list: TestFunc[], name: string): void => {
    list.push({ from, name });
    into.imported[from] = into.needed[from] = true;
  };
  for (const decl of file?.decls ?? []) {
    if (decl.kind !== NodeKind.FuncDecl || decl.recv !== null) continue;
    const name = decl.name.value;
    if (name === 'TestMain') {
      if (takesPointerTo(decl, 'T')) {
        add(into.tests, name);
        continue;
      }
      const wrong = wrongSignature(decl, 'M');
      if (wrong !== undefined) {
        into.error ??= `${placeOf(decl)}: ${wrong}`;
        return;
      }
      if (into.testMain !== undefined) {
        into.error ??= 'multiple definitions of TestMain';
        return;
      }
      into.testMain = { from, name };
      into.imported[from] = into.needed[from] = true;
      continue;
    }
    const kind = kinds.find(([prefix]) => isTestName(name, prefix));
    if (kind !== undefined) {
      const wrong = wrongSignature(decl, kind[1]);
      if (wrong !== undefined) {
        into.error ??= `${placeOf(decl)}: ${wrong}`;
        return;
      }
      add(into[kind[2]], name);
    } else if (isTestName(name, 'Example')) {
      scanExample(decl, from, { bytes, base: posFile.base }, into);
    }
  }
}

/** A test's name goes on with anything but a small letter: TestX, Test1, but not Testing. */
function isTestName(name: string, prefix: string): boolean {
  if (!name.startsWith(prefix)) return false;
  return !/^\p{Ll}/u.test(name.slice(prefix.length));
}

/** One parameter `*T` or `*x.T`, no result. What package T is in is not looked at. */
function takesPointerTo({ type }: FuncDecl, letter: string): boolean {
  const [param] = type.params;
  if (type.results.length > 0 || param === undefined || type.params.length > 1) return false;
  const pointer = param.type;
  if (pointer.kind !== NodeKind.Operation || pointer.y !== null) return false;
  const { x } = pointer;
  if (x.kind === NodeKind.Name) return x.value === letter;
  return x.kind === NodeKind.SelectorExpr && x.sel.value === letter;
}

function wrongSignature(decl: FuncDecl, letter: string): string | undefined {
  const name = decl.name.value;
  let why: string | undefined;
  if (!takesPointerTo(decl, letter)) {
    why = `must be: func ${name}(${letter.toLowerCase()} *testing.${letter})`;
  }
  if (decl.tparams.length > 0) why = 'test functions cannot have type parameters';
  return why === undefined ? undefined : `wrong signature for ${name}, ${why}`;
}

function scanExample(
  decl: FuncDecl,
  from: TestFunc['from'],
  { bytes, base }: { readonly bytes: Uint8Array; readonly base: number },
  into: TestFuncs,
): void {
  if (decl.type.params.length > 0 || decl.body === null) return;
  into.imported[from] = true;
  const body = bytes.subarray(decl.body.pos - base, endPos(decl.body) - base);
  const text = lastComment(new TextDecoder().decode(body));
  const match = /^\s*(unordered )?output:/i.exec(text);
  if (match === null) return;
  const output = text.slice(match[0].length).replace(/^ */, '').replace(/^\n/, '');
  into.needed[from] = true;
  into.examples.push({ from, name: decl.name.value, output, unordered: match[1] !== undefined });
}

/** The text of the last group of comments in a body; groups end at blank lines and at code. */
function lastComment(body: string): string {
  const token =
    /(\/\/[^\n]*|\/\*[^]*?\*\/)|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|\n[ \t\r]*(?=\n)|\S/g;
  let group: string[] = [];
  let open = false;
  for (const match of body.matchAll(token)) {
    const comment = match[1];
    if (comment === undefined) {
      open = false;
    } else {
      if (!open) group = [];
      open = true;
      group.push(comment);
    }
  }
  return commentText(group);
}

/** Without the comment marks and directives, with single blank lines between paragraphs. */
function commentText(group: readonly string[]): string {
  const lines: string[] = [];
  for (const comment of group) {
    if (comment.startsWith('/*')) {
      lines.push(...comment.slice(2, -2).split('\n'));
      continue;
    }
    const text = comment.slice(2);
    if (/^(line |extern |export |[a-z\d]+:[a-z\d])/.test(text)) continue;
    lines.push(text.replace(/^ /, ''));
  }
  const kept: string[] = [];
  for (const line of lines.map((text) => text.replace(/[ \t\n\r]+$/, ''))) {
    if (line !== '' || (kept.length > 0 && kept.at(-1) !== '')) kept.push(line);
  }
  while (kept.at(-1) === '') kept.pop();
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`;
}

/** The program. Package testing takes the lists; testdeps takes what it is to say about itself. */
export function formatTestMain(p: Package, found: TestFuncs, cover: TestCover | undefined): string {
  const { testMain, imported, needed } = found;
  const imports = ['"os"', '"testing"', '"testing/internal/testdeps"'];
  if (testMain !== undefined) imports.push('"reflect"');
  if (cover !== undefined) imports.push('"internal/coverage/cfile"', '_ "runtime/coverage"');
  if (imported._test) imports.push(`${needed._test ? '_test' : '_'} ${quoteString(p.importPath)}`);
  if (imported._xtest) {
    imports.push(`${needed._xtest ? '_xtest' : '_'} ${quoteString(`${p.importPath}_test`)}`);
  }
  const list = (name: string, type: string, rows: readonly string[]): string =>
    `var ${name} = []testing.${type}{\n${rows.map((row) => `\t{${row}},\n`).join('')}}\n`;
  const plain = ({ from, name }: TestFunc): string => `${quoteString(name)}, ${from}.${name}`;
  const withOutput = (example: Example): string =>
    `${plain(example)}, ${quoteString(example.output)}, ${example.unordered}`;
  const run =
    testMain === undefined
      ? '\tos.Exit(m.Run())\n'
      : `\t${testMain.from}.${testMain.name}(m)
\tos.Exit(int(reflect.ValueOf(m).Elem().FieldByName("exitCode").Int()))\n`;
  return `// Code generated by 'go test'. DO NOT EDIT.

package main

import (
${imports.map((line) => `\t${line}\n`).join('')})

${list('tests', 'InternalTest', found.tests.map(plain))}
${list('benchmarks', 'InternalBenchmark', found.benchmarks.map(plain))}
${list('fuzzTargets', 'InternalFuzzTarget', found.fuzzTargets.map(plain))}
${list('examples', 'InternalExample', found.examples.map(withOutput))}
func init() {
${cover === undefined ? '' : coverHooks(p, cover)}\ttestdeps.ModulePath = ${quoteString(p.module?.path ?? '')}
\ttestdeps.ImportPath = ${quoteString(p.importPath === 'command-line-arguments' ? '' : p.importPath)}
}

func main() {
\tm := testing.MainStart(testdeps.TestDeps{}, tests, benchmarks, fuzzTargets, examples)
${run}}
`;
}

/** What package testing needs to know and to call, to say what was covered. */
function coverHooks(p: Package, { mode, selected }: TestCover): string {
  const paths = (selected?.packages ?? [p]).map((one) => quoteString(one.importPath));
  const where = selected === undefined ? '' : ` in ${selected.patterns.join(', ')}`;
  return `\ttestdeps.CoverMode = ${quoteString(mode)}
\ttestdeps.Covered = ${quoteString(where)}
\ttestdeps.CoverSelectedPackages = []string{${paths.join(', ')}}
\ttestdeps.CoverSnapshotFunc = cfile.Snapshot
\ttestdeps.CoverProcessTestDirFunc = cfile.ProcessCoverTestDir
\ttestdeps.CoverMarkProfileEmittedFunc = cfile.MarkProfileEmitted
`;
}
