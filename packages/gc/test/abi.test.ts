/** ABIInternal and ABI0 over canonical types. Expectations: contract §4.2, GOROOT abi-internal.md. */
import { expect, test } from 'vitest';
import { Kind, Type } from '../src/ir/type.ts';
import {
  AX,
  BX,
  CX,
  DI,
  R10,
  R11,
  R8,
  R9,
  SI,
  X0,
  newAbi0,
  newAmd64Abi,
} from '../src/target/amd64/abi.ts';

function basic(kind: Kind, size: number, ptrBytes = 0): Type {
  const t = new Type(kind, 0);
  t.size = size;
  t.align = Math.min(size, 8);
  t.ptrBytes = ptrBytes;
  return t;
}

function struct(...members: Type[]): Type {
  const t = new Type(Kind.Struct, 0);
  let at = 0;
  t.fields = members.map((type, i) => {
    at = Math.ceil(at / type.align) * type.align;
    const f = { name: `f${i}`, pkgPath: '', type, embedded: false, tag: '', offset: at };
    at += type.size;
    t.align = Math.max(t.align, type.align);
    return f;
  });
  t.size = Math.ceil(at / t.align) * t.align;
  return t;
}

function array(elem: Type, len: number): Type {
  const t = new Type(Kind.Array, 0);
  t.elem = elem;
  t.len = len;
  t.size = elem.size * len;
  t.align = elem.align;
  return t;
}

const int = basic(Kind.Int, 8);
const byte = basic(Kind.Uint8, 1);
const f64 = basic(Kind.Float64, 8);
const str = basic(Kind.String, 16, 8);
const abi = newAmd64Abi();

test('integers, floats and strings take registers in order', () => {
  const a = abi.assign([int, str, f64, int], [int, f64]);
  expect(a.params.map((p) => p.regs)).toEqual([[AX], [BX, CX], [X0], [DI]]);
  expect(a.resRegs).toEqual([AX, X0]);
  expect(a.params.map((p) => p.offset)).toEqual([0, 8, 24, 32]);
  expect(a.argWidth).toBe(40);
});

test('a value that does not fit goes to the stack whole, later ones may still fit', () => {
  const six = struct(int, int, int, int, int, int);
  const four = struct(int, int, int, int);
  const a = abi.assign([six, four, int], []);
  expect(a.params[0]!.regs).toEqual([AX, BX, CX, DI, SI, R8]);
  expect(a.params[1]!.regs).toEqual([]);
  expect(a.params[1]!.offset).toBe(0);
  expect(a.params[2]!.regs).toEqual([R9]);
  // Stack 32, then spill slots: 48 and 8.
  expect(a.spillOffset).toBe(32);
  expect(a.argWidth).toBe(32 + 48 + 8);
});

test('arrays longer than one never go to registers; of one element they do', () => {
  const a = abi.assign([array(int, 2), array(int, 1), array(byte, 0)], []);
  expect(a.params.map((p) => p.regs)).toEqual([[], [AX], []]);
});

test('nine integer registers', () => {
  const a = abi.assign(
    Array.from({ length: 10 }, () => int),
    [],
  );
  expect(a.argRegs).toEqual([AX, BX, CX, DI, SI, R8, R9, R10, R11]);
  expect(a.params[9]!.regs).toEqual([]);
});

test('ABI0: everything on the stack, results from the next word', () => {
  const a = newAbi0().assign([byte, int, byte], [byte]);
  expect(a.params.map((p) => p.offset)).toEqual([0, 8, 16]);
  expect(a.results[0]!.offset).toBe(24);
  expect(a.argWidth).toBe(32);
});
