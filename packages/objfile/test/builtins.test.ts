import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { builtinIndex, builtins } from '../src/builtins.ts';
import { relocName, relocTypes } from '../src/reloc.ts';
import { symKindNames } from '../src/sym.ts';

const goroot = peerGoroot();
const source = (path: string) => readFileSync(`${goroot}/src/cmd/internal/${path}`, 'utf8');

test.skipIf(goroot === undefined)('the builtin list is GOROOT’s, in its order', () => {
  const rows = [...source('goobj/builtinlist.go').matchAll(/^\t\{"(.*)", (\d)\},$/gm)];
  expect(builtins.map((b) => `${b.name} ${b.abi}`)).toEqual(rows.map((m) => `${m[1]} ${m[2]}`));
  expect(builtinIndex('runtime.newobject', 1)).toBe(0);
  expect(builtinIndex('runtime.newobject', 0)).toBe(-1);
});

test.skipIf(goroot === undefined)('relocation types have GOROOT’s numbers', () => {
  const text = source('objabi/reloctype.go');
  const block = text.slice(text.indexOf('R_ADDR RelocType'), text.indexOf('R_WEAK = '));
  const names = [...block.matchAll(/^\s*(R_\w+)/gm)].map((m) => m[1]);
  for (const row of relocTypes) expect(names[row.type - 1]).toBe(row.name);
  expect(relocName(0x8001)).toBe('R_WEAK|R_ADDR');
});

test.skipIf(goroot === undefined)('symbol kinds have GOROOT’s numbers', () => {
  const text = source('objabi/symkind.go');
  const block = text.slice(text.indexOf('Sxxx SymKind'), text.indexOf('// Update cmd/link'));
  const names = [...block.matchAll(/^\t(S\w+)/gm)].map((m) => m[1]);
  expect(symKindNames).toEqual(['Sxxx', ...names]);
});
