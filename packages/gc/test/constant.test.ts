import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { peerGoroot } from '../../../tools/peer.ts';
import { decodeText, encodeText } from '../src/constant/bytestring.ts';
import { float32Of, float64Of, toFloat, toInt } from '../src/constant/convert.ts';
import { exactString, valueString } from '../src/constant/format.ts';
import { makeFromLiteral } from '../src/constant/literal.ts';
import { binaryOp, compare, divideInts, shift, unaryOp } from '../src/constant/ops.ts';
import {
  kindOf,
  makeFloat64,
  makeInt,
  makeString,
  sign,
  type Value,
  ValueKind,
} from '../src/constant/value.ts';
import { LitKind, Operator, operatorNames } from '../src/syntax/token.ts';
import { randomSequence, runGo } from './go-program.ts';

const litKinds: Readonly<Record<string, LitKind>> = {
  i: LitKind.Int,
  f: LitKind.Float,
  c: LitKind.Imag,
  r: LitKind.Rune,
  s: LitKind.String,
};
const comparisons = ['==', '!=', '<', '<='];

function operand(text: string): Value {
  const [, kind, minus, lit] = /^(.)(-?):(.*)$/.exec(text)!;
  const quoted = kind === 'r' || kind === 's';
  const source = quoted ? (JSON.parse(lit!) as string) : lit!;
  const x = makeFromLiteral(source, litKinds[kind!]!);
  return minus === '-' ? unaryOp(Operator.Sub, x) : x;
}

function show(x: Value): string {
  const kind = kindOf(x);
  const parts: (string | number)[] = [kind, valueString(x), exactString(x)];
  if (kind === ValueKind.Int || kind === ValueKind.Float) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, float64Of(x));
    parts.push(view.getBigUint64(0).toString(16));
    view.setFloat32(0, float32Of(x));
    parts.push(view.getUint32(0).toString(16));
    parts.push(exactString(toInt(x)), exactString(toFloat(x)), sign(x));
  }
  return parts.join(' ');
}

function evaluate(line: string): string {
  const [name, first, second] = line.split('\t') as [string, string, string | undefined];
  const op = operatorNames.lastIndexOf(name) as Operator;
  const x = operand(first);
  if (name === 'lit') return show(x);
  if (second === undefined) return show(unaryOp(op, x));
  if (name === '<<' || name === '>>') return show(shift(x, op, Number(second)));
  const y = operand(second);
  if (comparisons.includes(name)) return String(compare(x, op, y));
  return show(name === '//' ? divideInts(x, y) : binaryOp(x, op, y));
}

function dividesByZero(line: string): boolean {
  const [name, , second] = line.split('\t');
  return ['//', '%', '/'].includes(name!) && sign(operand(second!)) === 0;
}

/** Random operations, with operands near the limits of the formats. */
function operations(count: number, seed: number): string[] {
  const random = randomSequence(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const bits = (n: number): bigint => {
    let x = 0n;
    for (let i = 0; i < n; i += 24) x = (x << 24n) | BigInt(below(2 ** 24));
    return BigInt.asUintN(n, x);
  };
  const integer = (): string => {
    const edge = (1n << BigInt(pick([31, 32, 53, 63, 64]))) + BigInt(below(3) - 1);
    const n = pick([0n, 1n, BigInt(below(300)), edge, bits(pick([20, 40, 64, 300, 600, 1100]))]);
    return pick([`${n}`, `${n}`, `0x${n.toString(16)}`, `0b${n.toString(2)}`, `0${n.toString(8)}`]);
  };
  const float = (): string => {
    const exponents = [-5, 5, 38, -45, -46, 308, 309, -308, -323, -324, -325, 1000, -5000, 100000];
    return pick([
      `${below(1000)}.${below(1e9)}`,
      `${below(1e6)}e${pick(exponents)}`,
      `.${bits(60)}e${below(650) - 330}`,
      `${below(9)}.${bits(100)}e${below(4000) - 2000}`,
      `0x${bits(30).toString(16)}.${bits(60).toString(16)}p${below(2200) - 1100}`,
      `0x1p${pick([-1074, -1075, -149, -150, 1023, 1024, 127, 128, 4000, 5000, -5000])}`,
      `${bits(600)}e${pick([1000, -1000, 5000, -5000, 100000000])}`,
      pick(['1e1000000000', '1e-1000000000', '1e2147483648', '0e99', '1_0.5_0e1_0']),
    ]);
  };
  const any = (from: string): string => {
    const kind = pick(from.split(''));
    const text =
      kind === 'i' ? integer() : kind === 'f' ? float() : `${pick([below(99), float()])}i`;
    // Hexadecimal and octal mantissas mean something else before an i in old code.
    return `${kind}${pick(['', '', '-'])}:${text}`;
  };
  return Array.from({ length: count }, () => {
    const r = random();
    if (r < 0.3) return `lit\t${any('ifc')}`;
    if (r < 0.35) return `${pick(['-', '+'])}\t${any('ifc')}`;
    if (r < 0.38) return `^\t${any('i')}`;
    if (r < 0.5) return `${pick(['<<', '>>'])}\t${any('i')}\t${pick([0, 1, 31, 53, 64, 500])}`;
    if (r < 0.65) return `${pick(['//', '%', '&', '|', '^', '&^'])}\t${any('i')}\t${any('i')}`;
    if (r < 0.75) return `${pick(comparisons)}\t${any('if')}\t${any('if')}`;
    return `${pick(['+', '-', '*', '/'])}\t${any('iffc')}\t${any('iffc')}`;
  });
}

const texts = [
  String.raw`'a'`,
  String.raw`'\n'`,
  String.raw`'\''`,
  String.raw`'\x41'`,
  String.raw`'\377'`,
  String.raw`'\u12e4'`,
  String.raw`'\U0010ffff'`,
  "'本'",
  "'😀'",
  String.raw`""`,
  String.raw`"héllo\tworld"`,
  String.raw`"\xff\xfe\u00ff\377\\\""`,
  String.raw`"\a\b\f\v\x7f\u200b\ufeff😀"`,
  '`raw\\n`',
  `"${'long '.repeat(40)}"`,
  `"${'本'.repeat(80)}"`,
];

describe.skipIf(peerGoroot() === undefined)('constants against go/constant', () => {
  test('literals, operations, conversions and texts are the same', () => {
    const lines = [
      ...texts.map((t) => `lit\t${t.startsWith("'") ? 'r' : 's'}:${JSON.stringify(t)}`),
      ...operations(2500, 20).filter((line) => !dividesByZero(line)),
    ];
    const program = readFileSync(new URL('../testdata/constants.go', import.meta.url), 'utf8');
    const want = runGo(program, `${lines.join('\n')}\n`)
      .trimEnd()
      .split('\n');
    const wrong = lines
      .map((line, i) => ({ line, got: evaluate(line), want: want[i] }))
      .filter(({ got, want: right }) => got !== right);
    expect(wrong).toEqual([]);
  }, 150_000);
});

describe('constants', () => {
  test('a float64 converted to a constant and back is the same', () => {
    const random = randomSequence(7);
    for (let i = 0; i < 2000; i++) {
      const x = (random() - 0.5) * 2 ** Math.floor(random() * 2090 - 1070);
      expect(float64Of(makeFloat64(x))).toBe(x === 0 ? 0 : x);
    }
    expect(float64Of(makeFloat64(5e-324))).toBe(5e-324);
    expect(float32Of(makeFloat64(1e-45))).toBe(Math.fround(1e-45));
    expect(float64Of(makeFromLiteral('1e400', LitKind.Float))).toBe(Infinity);
  });

  test('fractions are exact', () => {
    const third = binaryOp(makeInt(1), Operator.Div, makeInt(3));
    const one = binaryOp(binaryOp(third, Operator.Add, third), Operator.Add, third);
    expect(compare(one, Operator.Eql, makeInt(1))).toBe(true);
    expect(exactString(toInt(one))).toBe('1');
  });

  test('negative zero does not occur', () => {
    expect(Object.is(float64Of(unaryOp(Operator.Sub, makeInt(0))), 0)).toBe(true);
    const rest = binaryOp(makeInt(-4), Operator.Rem, makeInt(2));
    expect(Object.is(float64Of(rest), 0)).toBe(true);
    expect(Object.is(float64Of(binaryOp(makeInt(0), Operator.Mul, makeInt(-5))), 0)).toBe(true);
  });

  test('long concatenations stay cheap', () => {
    let x: Value = makeString('');
    for (let i = 0; i < 100_000; i++) x = binaryOp(x, Operator.Add, makeString('ab'));
    expect(valueString(x).length).toBe(72);
  });

  test('byte strings hold any bytes', () => {
    expect(decodeText(encodeText('a本😀'))).toBe('a本😀');
    expect(encodeText('本')).toBe('\xe6\x9c\xac');
    expect(exactString(makeString('\xff\xe6\x9c\xac'))).toBe('"\\xff本"');
  });
});
