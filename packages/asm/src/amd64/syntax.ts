/**
 * amd64 as the assembler's parser sees it: mnemonics with their aliases, registers, jumps.
 *
 * GOROOT: src/cmd/asm/internal/arch/arch.go (the aliases).
 */
import { ACALL, ARET, AGETCALLERPC } from '../as.ts';
import { RFP, RPC, RSB, type Syntax } from '../parse/syntax.ts';
import { anames, unaryDst } from './anames.gen.ts';
import { packRegisterRange, REG_AL, REG_R14, registerNames } from './registers.ts';
import { suffixError, suffixNumber } from './suffix.ts';

/** Alias and what it stands for. */
const aliases: readonly (readonly [string, string])[] = (
  'JA:JHI JAE:JCC JB:JCS JBE:JLS JC:JCS JE:JEQ JG:JGT JHS:JCC JL:JLT JLO:JCS JNA:JLS JNAE:JCS ' +
  'JNB:JCC JNBE:JHI JNC:JCC JNG:JLE JNGE:JLT JNL:JGE JNLE:JGT JNO:JOC JNP:JPC JNS:JPL JNZ:JNE ' +
  'JO:JOS JP:JPS JPE:JPS JPO:JPC JS:JMI JZ:JEQ MASKMOVDQU:MASKMOVOU MOVD:MOVQ MOVDQ2Q:MOVQ ' +
  'MOVNTDQ:MOVNTO MOVOA:MOVO PSLLDQ:PSLLO PSRLDQ:PSRLO PADDD:PADDL MOVBELL:MOVBEL ' +
  'MOVBEQQ:MOVBEQ MOVBEWW:MOVBEW'
)
  .split(' ')
  .map((pair) => pair.split(':') as [string, string]);

function instructionNumbers(): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [as, name] of anames.entries()) if (name !== '') numbers.set(name, as);
  for (const [alias, name] of aliases) numbers.set(alias, numbers.get(name)!);
  return numbers;
}

const instructions = instructionNumbers();

const registers = new Map<string, number>([
  ...registerNames
    .entries()
    .drop(REG_AL)
    .map(([reg, name]) => [name, reg] as const),
  ['SB', RSB],
  ['FP', RFP],
  ['PC', RPC],
  ['g', REG_R14],
]);

const unary: ReadonlySet<number> = new Set([
  ...unaryDst.map((name) => instructions.get(name)!),
  ARET,
  AGETCALLERPC,
]);

export const amd64Syntax: Syntax = {
  instructions,
  registers,
  isJump: (word) =>
    word.startsWith('J') || instructions.get(word) === ACALL || /^LOOP|^XBEGIN$/.test(word),
  isUnaryDst: (as) => unary.has(as),
  maxOperands: 5,
  suffix: (text) => {
    const number = suffixNumber(text);
    return number < 0 ? suffixError(text) : number;
  },
  registerRange: packRegisterRange,
};
