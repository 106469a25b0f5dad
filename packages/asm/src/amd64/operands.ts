/**
 * Operand classes of amd64: what a form may ask of an operand, and which class an operand has.
 *
 * `classOf` gives an operand its narrowest class ($0 is `0`, not `i8`); `covers` says which wider
 * classes that satisfies. Both the names below and the order of the narrow constants are facts that
 * decide which of several possible encodings is taken.
 *
 * GOROOT: src/cmd/internal/obj/x86/asm6.go (which classes exist and what they cover).
 */
import { assert } from '@go-ts/base';
import {
  type Addr,
  NAME_AUTO,
  NAME_EXTERN,
  NAME_GOTREF,
  NAME_NONE,
  NAME_PARAM,
  NAME_STATIC,
  TYPE_ADDR,
  TYPE_BRANCH,
  TYPE_CONST,
  TYPE_INDIR,
  TYPE_MEM,
  TYPE_NONE,
  TYPE_REG,
  TYPE_REGLIST,
} from '../addr.ts';
import {
  MAXREG,
  REG_AH,
  REG_AL,
  REG_AX,
  REG_BH,
  REG_BX,
  REG_CL,
  REG_CR0,
  REG_CS,
  REG_CX,
  REG_DR0,
  REG_DX,
  REG_F0,
  REG_GDTR,
  REG_K0,
  REG_M0,
  REG_R15,
  REG_R15B,
  REG_SP,
  REG_SPB,
  REG_TLS,
  REG_TR0,
  REG_X0,
  REG_Y0,
  REG_Z0,
  regNumber,
  unpackRegisterRange,
} from './registers.ts';

/**
 * Every class, as tables name it.
 *
 *     0 1 u2 u7 u8 i8 s32 i32 i64     constants: of these values, or ranges
 *     auto                            an address: $x-8(SP), $sym(SB)
 *     al cl ax cx rx r8 r             general registers: rx is DX or BX; r8 is byte-sized
 *     rm8 rm m                        general register or memory, memory
 *     f0 f mm mmm                     x87 and MMX registers; mmm is MMX, general or memory
 *     x0 x X xm Xm vx vX X4           XMM: X0, 0-15, 0-31, with memory, as index of memory, four
 *     y … z …                         YMM, ZMM
 *     k0 K k km                       mask registers: K0, K1-K7, all, with memory
 *     br ind                          branch target, *sym(SB)
 *     tls cs … tr8                    the register of that name
 *     textsize                        a frame, in TEXT only
 */
const names = (
  '. 0 1 u2 u7 u8 i8 s32 i32 i64 auto al cl ax cx rx r8 r rm8 rm m f0 f mm mmm ' +
  'x0 x X xm Xm vx vX X4 y Y ym Ym vy vY Y4 z zm vz Z4 k0 K k km br ind tls ' +
  'cs ss ds es fs gs gdtr idtr ldtr msw task ' +
  [8, 7, 7]
    .flatMap((n, kind) => [...Array(n + 1).keys()].map((i) => 'cdt'[kind] + `r${i}`))
    .join(' ')
).split(' ');

/** Of an operand that no form accepts. */
export const CLASS_BAD = names.length + 1;
const classCount = names.length + 2;

const byName: ReadonlyMap<string, number> = new Map(names.map((name, i) => [name, i + 1]));

/** Number of the class that a table names; from 1, so that 0 can mean "not computed". */
export function classNamed(name: string): number {
  const number = byName.get(name);
  assert(number !== undefined, `no operand class ${name}`);
  return number;
}

export const CLASS_NONE = classNamed('.');
export const CLASS_BRANCH = classNamed('br');
const C_0 = classNamed('0');
const C_1 = classNamed('1');
const C_U2 = classNamed('u2');
const C_U7 = classNamed('u7');
const C_U8 = classNamed('u8');
const C_I8 = classNamed('i8');
const C_S32 = classNamed('s32');
const C_I32 = classNamed('i32');
const C_I64 = classNamed('i64');
const C_AUTO = classNamed('auto');
const C_M = classNamed('m');
const C_IND = classNamed('ind');

const coverage = new Uint8Array(classCount * classCount);

/** Whether an operand of class `have` does where a form wants `want`. */
export function covers(have: number, want: number): boolean {
  return coverage[have * classCount + want] !== 0;
}

/** Each line: a class, and the narrower ones that satisfy it. */
const coverLines = [
  'u2: 0 1',
  'i8: 0 1 u2 u7',
  'u7: 0 1 u2',
  'u8: 0 1 u2 u7',
  's32: 0 1 u2 u7 u8 i8',
  'i32: 0 1 u2 u7 u8 i8 s32',
  'i64: 0 1 u2 u7 u8 i8 s32 i32',
  'cx: cl',
  'rx: ax cx',
  'r8: al cl ax cx rx r',
  'r: ax cx rx',
  'f: f0',
  'rm8: al cl ax cx rx r8 r m',
  'rm: ax cx rx r m',
  'mmm: ax cx rx r m mm',
  'x: x0',
  'X: x0 x',
  'xm: m x0 x',
  'Xm: m x0 x X',
  'vX: vx',
  'Y: y',
  'ym: m y',
  'Ym: m y Y',
  'vY: vy',
  'zm: m z',
  'k: k0 K',
  'km: k0 K k m',
];
for (let c = 0; c < classCount; c++) coverage[c * classCount + c] = 1;
for (const line of coverLines) {
  const [want, have] = line.split(': ');
  for (const name of have!.split(' ')) {
    coverage[classNamed(name) * classCount + classNamed(want!)] = 1;
  }
}

/** Class of each register. */
const registerClass = new Uint8Array(MAXREG).fill(CLASS_BAD);
/** Class of memory whose index is that vector register; 0 for other registers. */
const vectorIndexClass = new Uint8Array(MAXREG);

function assign(first: number, count: number, name: string): void {
  registerClass.fill(classNamed(name), first, first + count);
}

assign(REG_AL, 1, 'al');
assign(REG_CL, 1, 'cl');
assign(REG_CL + 1, REG_R15B - REG_CL, 'r8');
registerClass[REG_SPB] = CLASS_BAD;
assign(REG_AX, REG_R15 - REG_AX + 1, 'r');
assign(REG_AX, 1, 'ax');
assign(REG_CX, 1, 'cx');
assign(REG_DX, 1, 'rx');
assign(REG_BX, 1, 'rx');
assign(REG_AH, REG_BH - REG_AH + 1, 'r8');
assign(REG_F0, 8, 'f');
assign(REG_F0, 1, 'f0');
assign(REG_M0, 8, 'mm');
assign(REG_K0, 8, 'K');
assign(REG_K0, 1, 'k0');
assign(REG_X0, 16, 'x');
assign(REG_X0, 1, 'x0');
assign(REG_X0 + 16, 16, 'X');
assign(REG_Y0, 16, 'y');
assign(REG_Y0 + 16, 16, 'Y');
assign(REG_Z0, 32, 'z');
for (const [i, name] of 'cs ss ds es fs gs'.split(' ').entries()) assign(REG_CS + i, 1, name);
for (const [i, name] of 'gdtr idtr ldtr msw task'.split(' ').entries()) {
  assign(REG_GDTR + i, 1, name);
}
for (let i = 0; i <= 8; i++) assign(REG_CR0 + i, 1, `cr${i}`);
for (let i = 0; i < 8; i++) assign(REG_DR0 + i, 1, `dr${i}`);
for (let i = 0; i < 8; i++) assign(REG_TR0 + i, 1, `tr${i}`);
assign(REG_TLS, 1, 'tls');
vectorIndexClass.fill(classNamed('vx'), REG_X0, REG_X0 + 16);
vectorIndexClass.fill(classNamed('vX'), REG_X0 + 16, REG_X0 + 32);
vectorIndexClass.fill(classNamed('vy'), REG_Y0, REG_Y0 + 16);
vectorIndexClass.fill(classNamed('vY'), REG_Y0 + 16, REG_Y0 + 32);
vectorIndexClass.fill(classNamed('vz'), REG_Z0, REG_Z0 + 32);

const listClasses = [
  { first: REG_X0, class: classNamed('X4') },
  { first: REG_Y0, class: classNamed('Y4') },
  { first: REG_Z0, class: classNamed('Z4') },
];

/** [R-R+3] in one family of vector registers. */
function listClass(a: Addr): number {
  const [low, high] = unpackRegisterRange(a.offset);
  if (regNumber(high) - regNumber(low) !== 3) return CLASS_BAD;
  for (const list of listClasses) {
    const last = list.first + 31;
    if (low >= list.first && low <= last && high >= list.first && high <= last) return list.class;
  }
  return CLASS_BAD;
}

function constantClass(v: number): number {
  if (v === 0) return C_0;
  if (v === 1) return C_1;
  if (v >= 0 && v <= 3) return C_U2;
  if (v >= 0 && v <= 127) return C_U7;
  if (v >= 0 && v <= 255) return C_U8;
  if (v >= -128 && v <= 127) return C_I8;
  if (v === (v | 0)) return C_S32;
  if (v >= 0 && v <= 0xffffffff) return C_I32;
  return C_I64;
}

function memoryClass(a: Addr): number {
  if (a.index === REG_SP || a.index < 0) return CLASS_BAD;
  const vector = vectorIndexClass[a.index]!;
  if (vector !== 0) return vector;
  switch (a.name) {
    case NAME_NONE:
      return C_M;
    case NAME_EXTERN:
    case NAME_STATIC:
    case NAME_GOTREF:
      // A global is addressed relative to the PC, which leaves no room for registers.
      return a.reg !== 0 || a.index !== 0 || a.scale !== 0 ? CLASS_BAD : C_M;
    case NAME_AUTO:
    case NAME_PARAM:
      return a.reg !== REG_SP && a.reg !== 0 ? CLASS_BAD : C_M;
    default:
      return CLASS_BAD;
  }
}

/** The narrowest class of an operand, or CLASS_BAD. */
export function classOf(a: Addr): number {
  switch (a.type) {
    case TYPE_REG:
      return registerClass[a.reg]!;
    case TYPE_MEM:
      return memoryClass(a);
    case TYPE_CONST:
      return constantClass(a.offset);
    case TYPE_NONE:
      return CLASS_NONE;
    case TYPE_BRANCH:
      return CLASS_BRANCH;
    case TYPE_ADDR:
      return a.name === NAME_NONE ? CLASS_BAD : C_AUTO;
    case TYPE_INDIR: {
      const plain = a.name !== NAME_NONE && a.reg === 0 && a.index === 0 && a.scale === 0;
      return plain ? C_IND : CLASS_BAD;
    }
    case TYPE_REGLIST:
      return listClass(a);
    default:
      return CLASS_BAD;
  }
}
