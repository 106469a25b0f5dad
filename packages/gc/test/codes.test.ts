import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SourceImporter } from '../../../tools/conformance/source-importer.ts';
import { peerGoroot } from '../../../tools/peer.ts';
import { newParseContext, parseFile } from '../src/syntax/parse.ts';
import { checkPackage } from '../src/types/check.ts';
import { codes } from '../src/types/codes.ts';
import { sizes64 } from '../src/types/sizes.ts';

const goroot = peerGoroot();

describe.skipIf(goroot === undefined)('error codes', () => {
  const importer = new SourceImporter(goroot ?? '');

  test('have the names and numbers of upstream', () => {
    const path = 'src/internal/types/errors/codes.go';
    const text = readFileSync(`${goroot}/${path}`, 'utf8');
    const names = [...text.matchAll(/^\t(\w+)(?: Code = iota| *\/\/.*)?$/gm)].map(
      ([, name]) => name,
    );
    const numbered = names
      .map((name, value) => ({ name, value }))
      .filter(({ name }) => name !== '_');
    const ours = codes.filter(({ value }) => value > 0);
    expect(ours.map(({ name, value }) => ({ name, value }))).toEqual(numbered);
  });

  const examples = codes.flatMap(({ name, examples: list }) =>
    list.map((text, i) => [`${name} ${i + 1}`, name, text] as const),
  );
  test.each(examples)('%s: its example has this error first', (_, name, text) => {
    const source = text.startsWith('package ') ? text : `package p\n\n${text}`;
    const context = newParseContext({ names: importer.names, checkBranches: false });
    const { file, errors } = parseFile(context, 'x.go', new TextEncoder().encode(`${source}\n`));
    expect(errors).toEqual([]);
    const { diagnostics } = checkPackage(
      { importer, goVersion: '', sizes: sizes64, fakeImportC: true },
      { path: 'p', files: [file!], positions: context.table, ids: context.ids },
    );
    expect(diagnostics[0]).toMatchObject({ code: name });
  });

  test('every code that the checker names is there', () => {
    // Codes are written where they are reported, as the first or second argument.
    const used = new Set<string>();
    for (const file of new Set(sourcesOf())) {
      const text = readFileSync(file, 'utf8');
      for (const [, name] of text.matchAll(/'((?:[A-Z][a-z]+){2,})'/g)) used.add(name!);
    }
    const known = new Set(codes.map(({ name }) => name));
    const reported = codes.filter(({ name }) => used.has(name));
    expect(reported.length).toBeGreaterThan(100);
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });
});

function sourcesOf(): string[] {
  const dir = new URL('../src/types/', import.meta.url);
  const names = 'call selector expr stmt decl assign builtins unsafe literals typexpr index'.split(
    ' ',
  );
  return names.map((name) => new URL(`${name}.ts`, dir).pathname);
}
