/** Whole packages, wrong in ways that need the front end: our messages and the official compiler's. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatPosition } from '@go-ts/base';
import { afterAll, describe, expect, test } from 'vitest';
import { peerEnv, peerGoroot } from '../../../tools/peer.ts';
import { loadPackage } from '../src/noder/noder.ts';
import type { Importer } from '../src/types/check.ts';
import { sizes64 } from '../src/types/sizes.ts';
import { unsafePackage } from '../src/types/universe.ts';

interface Fixture {
  readonly what: string;
  readonly files: readonly string[];
  readonly flags?: readonly string[];
}

const manyErrors = Array.from({ length: 14 }, (_, i) => `var v${i} int = "x"`).join('\n');

const fixtures: readonly Fixture[] = [
  { what: 'a right package', files: ['package p\nfunc F() int { return 1 }\n'] },
  {
    what: 'import paths',
    files: [
      'package p\nimport _ "main"\nimport _ "p"\nimport _ "/a"\nimport _ "a//b"\nimport _ "unsafe"\n',
    ],
    flags: ['-e'],
  },
  { what: 'ten errors', files: [`package p\n${manyErrors}\n`] },
  { what: 'all errors', files: [`package p\n${manyErrors}\n`], flags: ['-e'] },
  { what: 'the same error twice in a line', files: ['package p\nvar a, b int = x, x\n'] },
  {
    what: 'errors of several files in their order',
    files: ['package p\nvar a int = y\n', 'package p\nvar b int = x\nvar a int\n'],
  },
  { what: 'a syntax error hides type errors', files: ['package p\nvar a int = "x"\nvar b = \n'] },
  { what: 'a wrong label does not', files: ['package p\nvar a int = "x"\nfunc f() { goto L }\n'] },
  { what: 'package clauses differ', files: ['package p\n', 'package q\n'] },
  {
    what: 'a version from -lang',
    files: ['package p\ntype T[P any] int\n'],
    flags: ['-lang=go1.17'],
  },
  {
    what: 'a version from the file',
    files: ['//go:build go1.21\n\npackage p\n\nfunc f() {\n\tfor range 10 {\n\t}\n}\n'],
    flags: ['-lang=go1.22'],
  },
  { what: 'missing bodies', files: ['package p\nfunc f()\nfunc init()\n'], flags: ['-complete'] },
  { what: 'no bodies, with assembly', files: ['package p\nfunc f()\n'] },
  {
    what: 'linknames',
    files: [
      'package p\n\n//go:linkname f q.f\nfunc f()\n',
      'package p\n\nimport _ "unsafe"\n\n//go:linkname g q.g\n//go:linkname g q.h\nfunc g()\n\n//go:linkname nothing q.i\n',
    ],
  },
  {
    what: 'misplaced directives',
    files: [
      'package p\n\n//go:noinline\ntype T int\n\n//go:embed x\nvar x string\n\n//go:noescape\nfunc f() {}\n',
    ],
  },
  {
    what: 'interfaces that lead back to themselves',
    files: [
      'package p\n\ntype I = interface{ M() interface{ I } }\n\ntype J = interface{ M() *J }\n',
    ],
  },
  {
    what: 'types too large',
    files: [
      'package p\n\nvar a [1 << 50]byte\n\nvar c chan [1 << 17]byte\n\nfunc f(m map[int][1 << 40]byte) {}\n',
    ],
  },
  {
    what: 'line directives',
    files: ['package p\n//line y.go:100\nvar a int = "x"\n//line z.go:7:3\nvar b int = "x"\n'],
  },
  { what: 'columns beyond the limit', files: [`package p\nvar a int = ${' '.repeat(300)}"x"\n`] },
];

const goroot = peerGoroot();
const importer: Importer = {
  importPackage: (path) =>
    path === 'unsafe'
      ? { pkg: unsafePackage, error: null }
      : { pkg: null, error: 'file not found' },
};

function ours({ files, flags = [] }: Fixture): string[] {
  const lang = flags.find((flag) => flag.startsWith('-lang='))?.slice('-lang='.length) ?? '';
  const { diagnostics } = loadPackage(
    files.map((text, i) => ({ name: `${i}.go`, src: new TextEncoder().encode(text) })),
    {
      path: 'p',
      importer,
      sizes: sizes64,
      lang,
      complete: flags.includes('-complete'),
      unlimited: flags.includes('-e'),
      directives: { std: false, runtime: false, goos: 'linux', goarch: 'amd64', fieldTrack: false },
    },
  );
  return diagnostics.map((d) => `${formatPosition(d.pos)}: ${d.msg}`);
}

describe.skipIf(goroot === undefined)('the front end says what the official one says', () => {
  const dir = mkdtempSync(join(tmpdir(), 'go-ts-noder-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  test.each(fixtures)('$what', (fixture) => {
    const names = fixture.files.map((text, i) => {
      writeFileSync(join(dir, `${i}.go`), text);
      return `${i}.go`;
    });
    const args = ['tool', 'compile', '-p', 'p', '-o', 'p.o', ...(fixture.flags ?? []), ...names];
    const run = spawnSync(join(goroot!, 'bin/go'), args, {
      cwd: dir,
      encoding: 'utf8',
      env: peerEnv(),
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    expect(ours(fixture).join('\n')).toBe(
      // The back end, where some errors come from there, knows full names only.
      (run.stdout + run.stderr).trimEnd().replaceAll(`${dir}/`, ''),
    );
  });
});
