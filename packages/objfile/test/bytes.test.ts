import { expect, test } from 'vitest';
import { ByteReader, ByteWriter, compareBytes, compareStrings, utf8 } from '../src/bytes.ts';
import { fipsKind } from '../src/fips.ts';
import * as S from '../src/sym.ts';
import { pathToPrefix } from '../src/writer.ts';

test('integers come back as they were written', () => {
  const signed = [
    0,
    1,
    -1,
    63,
    64,
    -64,
    -65,
    8191,
    -8192,
    2 ** 31,
    -(2 ** 31),
    2 ** 52,
    -(2 ** 52),
  ];
  const w = new ByteWriter(1);
  for (const x of signed) {
    w.u64(x);
    w.varint(x);
    w.uvarint(Math.abs(x));
  }
  const r = new ByteReader(w.view());
  for (const x of signed) {
    expect(r.i64()).toBe(x);
    expect(r.varint()).toBe(x);
    expect(r.uvarint()).toBe(Math.abs(x));
  }
  expect(r.done).toBe(true);
});

test('signed LEB128 is the shortest', () => {
  const encode = (x: number) => {
    const w = new ByteWriter();
    w.sleb128(x);
    return [...w.view()];
  };
  expect(encode(2)).toEqual([2]);
  expect(encode(-2)).toEqual([0x7e]);
  expect(encode(127)).toEqual([0xff, 0]);
  expect(encode(-127)).toEqual([0x81, 0x7f]);
  expect(encode(-129)).toEqual([0xff, 0x7e]);
});

test('strings sort as their bytes do', () => {
  const words = ['', 'a', 'ab', 'é', '￿', '😀', '·f', 'Z', '∕'];
  for (const a of words) {
    for (const b of words) {
      expect(Math.sign(compareStrings(a, b))).toBe(Math.sign(compareBytes(utf8(a), utf8(b))));
    }
  }
});

test('text beyond ASCII is written as UTF-8', () => {
  const w = new ByteWriter(1);
  w.text('a·f');
  expect([...w.view()]).toEqual([0x61, 0xc2, 0xb7, 0x66]);
});

test('import paths are escaped in names', () => {
  expect(pathToPrefix('a.b/c.d')).toBe('a.b/c%2ed');
  expect(pathToPrefix('main')).toBe('main');
  expect(pathToPrefix('x/"%\u00e9')).toBe('x/%22%25%c3%a9');
});

test('the FIPS module takes its own kinds, its metadata not', () => {
  const pkg = 'crypto/internal/fips140/sha256';
  expect(fipsKind(`${pkg}.Sum`, S.STEXT, pkg, false)).toBe(S.STEXTFIPS);
  expect(fipsKind(`${pkg}.k`, S.SRODATA, pkg, false)).toBe(S.SRODATAFIPS);
  expect(fipsKind(`${pkg}.Sum.arginfo0`, S.SRODATA, pkg, false)).toBe(S.SRODATA);
  expect(fipsKind('crypto/sha256.Sum', S.STEXT, 'crypto/sha256', false)).toBe(S.STEXT);
  expect(fipsKind('local', S.SRODATA, pkg, true)).toBe(S.SRODATAFIPS);
});
