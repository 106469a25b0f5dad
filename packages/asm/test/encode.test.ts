/** Encodings that are easily got wrong, each with the bytes that the manual asks for. */
import { ObjReader } from '@go-ts/objfile/reader';
import { relocName } from '@go-ts/objfile/reloc';
import { expect, test } from 'vitest';
import { assemble } from '../src/assemble.ts';

interface Encoded {
  readonly bytes: string;
  readonly relocs: readonly string[];
}

function encode(line: string): Encoded {
  const { object, messages } = assemble({
    files: ['x.s'],
    read: () => `TEXT f(SB), 516, $0\n\t${line}\n`,
    goos: 'linux',
    goarch: 'amd64',
    pkgPath: 'main',
    workingDir: '/',
  });
  expect(messages).toEqual([]);
  const r = new ObjReader(object!);
  const text = Array.from({ length: r.ndef }, (_, i) => i).find((i) => r.name(i) === 'f')!;
  const relocs: string[] = [];
  for (let k = r.relocStart(text); k < r.relocStart(text + 1); k++) {
    relocs.push(`${r.relocOff(k)}+${r.relocSiz(k)} ${relocName(r.relocType(k))}${r.relocAdd(k)}`);
  }
  return { bytes: Buffer.from(r.data(text)).toString('hex'), relocs };
}

test.each([
  // The shortest of three: 32 bits zero-extended, 32 bits sign-extended, 64 bits.
  ['MOVQ $0xffffffff, R9', '41b9ffffffff'],
  ['MOVQ $-1, AX', '48c7c0ffffffff'],
  ['MOVQ $0x123456789abcdef0, AX', '48b8f0debc9a78563412'],
  // Zero is not an exclusive or: flags live on.
  ['MOVQ $0, AX', 'b800000000'],
  // Constants beyond a double keep their low bits.
  ['LONG $0x123456789abcdef0', 'f0debc9a'],
  ['QUAD $0x8000000000000001', '0100000000000080'],
  // The accumulator has forms of its own, but a byte fits in fewer.
  ['ADDQ $5, AX', '4883c005'],
  ['ADDQ $500, AX', '4805f4010000'],
  ['ADDQ $500, BX', '4881c3f4010000'],
  // SP and R12 need a SIB byte, BP and R13 a displacement.
  ['MOVQ (SP), AX', '488b0424'],
  ['MOVQ (R12), AX', '498b0424'],
  ['MOVQ (BP), AX', '488b4500'],
  ['MOVQ (R13), AX', '498b4500'],
  ['MOVQ (AX*8), BX', '488b1cc500000000'],
  // Byte registers from 4 up need a REX prefix that says nothing else.
  ['MOVB SI, (AX)', '408830'],
  ['MOVB AH, (AX)', '8820'],
  // Mandatory prefixes come before REX.
  ['CVTSQ2SD R9, X10', 'f24d0f2ad1'],
  ['POPCNTW R8, AX', '66f3410fb8c0'],
  // VEX in two bytes if only R is extended, in three otherwise.
  ['VPXOR X1, X2, X9', 'c569efc9'],
  ['VPXOR X9, X2, X1', 'c4c169efc9'],
  // EVEX displacements count in units of the operand.
  ['VADDPD 128(AX), Z1, Z2', '62f1f548585002'],
  ['VADDPD.BCST 128(AX), Z1, Z2', '62f1f558585010'],
  ['VADDPD.RU_SAE Z0, Z1, K3, Z2', '62f1f55b58d0'],
  ['SHLQ CX, AX, BX', '480fa5c3'],
  ['XCHGQ R8, AX', '4990'],
  ['JMP (AX)', 'ff20'],
])('%s', (line, bytes) => {
  expect(encode(line).bytes).toBe(bytes);
});

test.each([
  ['MOVQ sym+8(SB), AX', '3+4 R_PCREL8'],
  // The linker counts from the end of the field, the processor from that of the instruction.
  ['CMPB sym(SB), $1', '2+4 R_PCREL-1'],
  ['MOVL $7, sym(SB)', '2+4 R_PCREL-4'],
  ['CALL sym(SB)', '1+4 R_CALL0'],
  ['CALL R12', '1+0 R_CALLIND0'],
  ['MOVQ (TLS), AX', '5+4 R_TLS_LE0'],
])('relocation of %s', (line, reloc) => {
  expect(encode(line).relocs).toEqual([reloc]);
});
