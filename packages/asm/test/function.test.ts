/** Single functions: their frames, branches and tables, as listings. */
import { ObjectBuilder } from '@go-ts/objfile/builder';
import { expect, test } from 'vitest';
import { AMOVQ } from '../src/amd64/anames.gen.ts';
import { AJEQ } from '../src/amd64/anames.gen.ts';
import { REG_AX, REG_BX } from '../src/amd64/registers.ts';
import { amd64 } from '../src/amd64/target.ts';
import { ACALL, AGETCALLERPC, AJMP, ARET } from '../src/as.ts';
import { assembleFunction } from '../src/assemble-function.ts';
import { type AsmContext, type FuncCode, type FuncInput, NEEDCTXT, NOSPLIT } from '../src/func.ts';
import { formatProg } from '../src/list.ts';
import { type Prog, ProgList } from '../src/prog.ts';

const symbols = new ObjectBuilder({ pkgPath: 'p' });

const context: AsmContext = {
  symbols,
  goos: 'linux',
  shared: false,
  error: (_p, message) => {
    throw new Error(message);
  },
  errorCount: () => 0,
  position: (p) => `x.go:${p.line}`,
};

function compile(list: ProgList, more: Partial<FuncInput> = {}): FuncCode {
  const input: FuncInput = {
    sym: symbols.lookup('p.f', 1),
    abi: 1,
    flags: 0,
    frameSize: 0,
    argSize: 16,
    first: list.first,
    startLine: 1,
    startBase: 0,
    posBases: [{ file: 0, inlined: -1 }],
    inlinedCalls: [],
    spills: [],
    funcdata: [],
    fromAssembly: false,
    systemStack: false,
    ...more,
  };
  return assembleFunction(input, amd64, context)!;
}

function listing(f: FuncCode): string[] {
  const lines: string[] = [];
  for (let p: Prog | null = f.first; p !== null; p = p.link) {
    lines.push(`${p.pc} ${formatProg(p, amd64.names).replace('\t', ' ')}`);
  }
  return lines;
}

function callAndReturn(): ProgList {
  const list = new ProgList();
  list.line = 2;
  list.append(ACALL).to.setCall(symbols.lookup('p.g', 1));
  list.append(ARET);
  return list;
}

test('a leaf without locals has no frame', () => {
  const list = new ProgList();
  list.append(ARET);
  const f = compile(list);
  expect(listing(f)).toEqual(['0 TEXT', '0 RET']);
  expect(f.flags & NOSPLIT).toBe(NOSPLIT);
  expect([...f.code]).toEqual([0xc3]);
});

test('a function that calls checks its stack and saves its register arguments', () => {
  const f = compile(callAndReturn(), {
    frameSize: 16,
    spills: [{ reg: REG_AX, spill: AMOVQ, unspill: AMOVQ, offset: 8 }],
    flags: NEEDCTXT,
  });
  expect(listing(f)).toEqual([
    '0 TEXT',
    '0 CMPQ SP, 16(R14)',
    '4 PCDATA $0, $-2',
    '4 JLS 25',
    '6 PCDATA $0, $-1',
    '6 PUSHQ BP',
    '7 MOVQ SP, BP',
    '10 SUBQ $16, SP',
    '14 CALL p.g(SB)',
    '19 ADDQ $16, SP',
    '23 POPQ BP',
    '24 RET',
    '25 NOP',
    '25 PCDATA $1, $-1',
    '25 PCDATA $0, $-2',
    '25 MOVQ AX, 16(SP)',
    '30 NOP',
    '32 CALL runtime.morestack(SB)',
    '37 PCDATA $0, $-1',
    '37 MOVQ 16(SP), AX',
    '42 JMP 0',
  ]);
  expect(f.relocs.map((r) => [r.off, r.sym!.name])).toEqual([
    [15, 'p.g'],
    [33, 'runtime.morestack'],
  ]);
  // Depth 0, 8 after PUSHQ, 24 after SUBQ, 8, 0 on the way out; 0 in the slow path.
  expect([...f.pcsp]).toEqual([2, 7, 16, 7, 32, 9, 31, 1, 15, 20, 0]);
});

test.each([
  [100, ['CMPQ SP, 16(R14)']],
  [1000, ['LEAQ -880(SP), R12', 'CMPQ R12, 16(R14)']],
  [10_000, ['MOVQ SP, R12', 'PCDATA $0, $-2', 'SUBQ $9880, R12']],
])('the stack check of a frame of %i bytes', (size, begin) => {
  const f = compile(callAndReturn(), { frameSize: Math.ceil(size / 8) * 8 });
  const lines = listing(f).map((line) => line.replace(/^\d+ /, ''));
  expect(lines.slice(1, 1 + begin.length)).toEqual(begin);
});

test('functions on the system stack compare with its guard', () => {
  const f = compile(callAndReturn(), { frameSize: 16, systemStack: true });
  expect(listing(f)[1]).toBe('0 CMPQ SP, 24(R14)');
  expect(f.relocs.at(-1)!.sym!.name).toBe('runtime.morestackc');
});

test('stack arguments are addressed past frame, frame pointer and return address', () => {
  const list = new ProgList();
  const p = list.append(AMOVQ);
  p.from.setMem(0, 8);
  p.from.name = 4;
  p.to.setReg(REG_BX);
  list.append(AGETCALLERPC).to.setReg(REG_AX);
  list.append(ACALL).to.setCall(symbols.lookup('p.g', 1));
  list.append(ARET);
  const f = compile(list, { frameSize: 32, flags: NOSPLIT });
  expect([...f.code.subarray(8, 18)]).toEqual([
    0x48, 0x8b, 0x5c, 0x24, 0x38, 0x48, 0x8b, 0x44, 0x24, 0x28,
  ]);
});

test('a branch grows when its target is far', () => {
  const list = new ProgList();
  const jump = list.append(AJEQ);
  for (let i = 0; i < 30; i++) {
    const p = list.append(AMOVQ);
    p.from.setMem(REG_AX, 4096);
    p.to.setReg(REG_BX);
  }
  jump.to.setBranch(list.append(ARET));
  const f = compile(list, { fromAssembly: true });
  expect([...f.code.subarray(0, 6)]).toEqual([0x0f, 0x84, 210, 0, 0, 0]);
});

function jumpAtBoundary(): ProgList {
  const list = new ProgList();
  for (let i = 0; i < 4; i++) {
    const p = list.append(AMOVQ);
    p.from.setMem(REG_AX, 4096);
    p.to.setReg(REG_BX);
  }
  const p = list.append(AMOVQ);
  p.from.setReg(REG_AX);
  p.to.setReg(REG_BX);
  const jump = list.append(AJMP);
  jump.to.setBranch(list.append(ARET));
  return list;
}

function jumpOf(f: FuncCode): string | undefined {
  return listing(f).find((line) => line.includes('JMP'));
}

test('compiled branches do not touch a 32-byte boundary, those of assembly may', () => {
  expect(jumpOf(compile(jumpAtBoundary(), { fromAssembly: true }))).toBe('31 JMP 33');
  expect(jumpOf(compile(jumpAtBoundary()))).toBe('32 JMP 34');
});

test('inlined calls become a tree of the calls that code is left of', () => {
  const inner = symbols.lookup('p.inner', 1);
  const list = new ProgList();
  list.line = 10;
  list.append(ACALL).to.setCall(symbols.lookup('p.g', 1));
  list.base = 2;
  list.line = 30;
  const mark = list.append(ACALL);
  mark.to.setCall(symbols.lookup('p.h', 1));
  list.base = 0;
  list.line = 11;
  list.append(ARET);
  const f = compile(list, {
    flags: NOSPLIT,
    posBases: [
      { file: 0, inlined: -1 },
      { file: 0, inlined: 0 },
      { file: 1, inlined: 2 },
    ],
    inlinedCalls: [
      { parent: -1, file: 0, line: 5, func: inner, mark: null },
      { parent: -1, file: 0, line: 10, func: inner, mark: null },
      { parent: 1, file: 1, line: 20, func: inner, mark },
    ],
  });
  expect(f.inlineTree.map(({ parent, line, parentPC }) => [parent, line, parentPC])).toEqual([
    [-1, 10, 0],
    [0, 20, 9],
  ]);
  expect(f.files).toEqual([0, 1]);
});
