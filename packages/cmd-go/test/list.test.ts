/**
 * `go list -deps -test -json std cmd` against the official one, package for package and in order. The other
 * targets run with GOTS_TEST_TARGETS=all.
 *
 * Not compared: Stale and StaleReason (what lies in whose cache), XTestEmbedFiles (upstream resolves them
 * while other tests copy the package, so they come and go), GoFiles of test programs (a file of the cache),
 * the Cgo fields, and Doc of the one package of cmd whose comment is in a cgo file.
 */
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { official, ours } from './command.ts';

const fields = [
  'ImportPath',
  'Dir',
  'Name',
  'GoFiles',
  'SFiles',
  'HFiles',
  'IgnoredGoFiles',
  'IgnoredOtherFiles',
  'EmbedPatterns',
  'EmbedFiles',
  'Imports',
  'Deps',
  'ImportMap',
  'Match',
  'DepOnly',
  'TestGoFiles',
  'XTestGoFiles',
  'TestImports',
  'XTestImports',
  'ImportComment',
  'Doc',
  'Target',
  'Root',
  'ConflictDir',
  'ForTest',
  'Module',
  'Goroot',
  'Standard',
  'BinaryOnly',
  'Incomplete',
  'DefaultGODEBUG',
  'InvalidGoFiles',
  'CFiles',
  'SysoFiles',
  'Error',
  'DepsErrors',
  'TestEmbedPatterns',
  'TestEmbedFiles',
  'XTestEmbedPatterns',
];

const targets =
  process.env['GOTS_TEST_TARGETS'] === 'all'
    ? ['linux/amd64', 'linux/arm64', 'darwin/amd64', 'darwin/arm64', 'windows/amd64']
    : ['linux/amd64'];

interface Listed {
  ImportPath: string;
  GoFiles?: string[];
  Doc?: string;
}

function parse(text: string): Listed[] {
  const list = JSON.parse(`[${text.replaceAll(/^\}\n\{/gm, '},{')}]`) as Listed[];
  for (const p of list) {
    if (p.ImportPath.endsWith('.test')) delete p.GoFiles;
    if (p.ImportPath.startsWith('cmd/cgo/internal/test')) delete p.Doc;
  }
  return list;
}

describe.skipIf(peerGoroot() === undefined)('go list', () => {
  test.each(targets)('-deps -test -json std cmd for %s', { timeout: 180_000 }, (target) => {
    const [goos = '', goarch = ''] = target.split('/');
    const args = ['list', '-deps', '-test', `-json=${fields.join(',')}`, 'std', 'cmd'];
    const where = { cwd: '/', env: { GOOS: goos, GOARCH: goarch } };
    const truth = parse(official(args, where).stdout);
    const list = parse(ours(args, where).stdout);
    expect(list.length).toBe(truth.length);
    expect(list.length).toBeGreaterThan(3000);
    list.forEach((p, i) => expect(p).toEqual(truth[i]));
  });

  test('-test: variants, what is compiled again for them, and test programs', () => {
    const shown = 'ImportPath,ForTest,Name,Imports,ImportMap,Deps,DepOnly,TestEmbedFiles';
    const args = ['list', '-test', '-deps', `-json=${shown}`, 'strings', 'net/http', 'embed/...'];
    expect(ours(args, { cwd: '/' })).toEqual(official(args, { cwd: '/' }));
  });

  test('-find reads no imports', () => {
    const args = ['list', '-find', '-json=ImportPath,Imports,Deps,GoFiles', 'fmt'];
    expect(ours(args, { cwd: '/' })).toEqual(official(args, { cwd: '/' }));
  });

  test.each([
    '{{range $i, $x := .Imports}}{{if $i}},{{end}}{{$x}}{{else}}none{{end}}',
    '{{printf "%-10s|%q|%d" .Name .Dir 3}} {{index .GoFiles 0 | len}}',
    '{{with .Error}}x{{else with .Goroot}}y{{end}} {{and .Standard (eq .Name "math" "io")}}',
    '{{define "t"}}<{{.}}>{{end}}{{range .GoFiles}}{{template "t" .}}{{break}}{{end}}',
    '{{(context).GOARCH}} {{context.ReleaseTags | len}} {{slice .Name 0 1}} {{not .Standard}}',
    '{{.Foo}}',
    '{{foo}}',
    '{{if .Name}}',
    '{{/* nothing */ -}}   {{- println .Name 1 true}}',
  ])('-f %s', (format) => {
    const args = ['list', '-f', format, 'io', 'math'];
    expect(ours(args, { cwd: '/' })).toEqual(official(args, { cwd: '/' }));
  });

  test.each([
    '{{.ImportPath}} {{if .Standard}}std{{else}}x{{end}} {{join .GoFiles ","}} {{len .Imports}}',
    '{{range .Imports}}<{{.}}>{{end}} {{.SFiles}}{{- if not .Goroot}} no{{end -}} \n {{.EmbedFiles}}',
    '{{if .SFiles}}{{.Name}}{{end}}',
  ])('-f %s', (format) => {
    const args = ['list', '-f', format, 'io', 'math', 'unsafe'];
    expect(ours(args, { cwd: '/' })).toEqual(official(args, { cwd: '/' }));
  });

  test('a reader that goes away ends it quietly', () => {
    const run = ours(['list', '-f', '{{.Name}} {{.Dir}}', 'fmt'], { cwd: '/' });
    expect(run.stdout).toBe(`fmt ${peerGoroot()}/src/fmt\n`);
  });
});
