/**
 * Instructions: from parsed operands to a Prog.
 *
 * GOROOT: src/cmd/asm/internal/asm/asm.go (what goes where, errors).
 */
import {
  type Addr,
  NAME_EXTERN,
  NAME_NONE,
  NAME_STATIC,
  TYPE_BRANCH,
  TYPE_CONST,
  TYPE_INDIR,
  TYPE_MEM,
  TYPE_REG,
} from '../addr.ts';
import { type Token } from '../lex/token.ts';
import { type Prog } from '../prog.ts';
import { type Parser } from './parser.ts';

export interface InstructionLine {
  readonly as: number;
  readonly word: string;
  /** With its dots. */
  readonly suffix: string;
  readonly operands: readonly Token[][];
}

export function parseInstruction(parser: Parser, line: InstructionLine): void {
  const { syntax } = parser.options;
  const isJump = syntax.isJump(line.word);
  const operands: Addr[] = [];
  for (const tokens of line.operands) {
    const a = parser.operands.address(tokens, isJump);
    // Jumps may name PC.
    if (!isJump && a.reg < 0) parser.error(`illegal use of pseudo-register in ${line.word}`);
    operands.push(a);
  }
  if (isJump) parseJump(parser, line, operands);
  else parsePlain(parser, line, operands);
}

function parsePlain(parser: Parser, line: InstructionLine, a: readonly Addr[]): void {
  const { syntax } = parser.options;
  const { as, word } = line;
  const p = parser.newProg(as);
  if (a.length > syntax.maxOperands) {
    parser.error(`can't handle ${word} instruction with ${a.length} operands`);
    return;
  }
  if (a.length === 1) {
    if (syntax.isUnaryDst(as)) p.to.copyFrom(a[0]!);
    else p.from.copyFrom(a[0]!);
  } else if (a.length > 1) {
    p.from.copyFrom(a[0]!);
    if (a.length > 2) p.rest = a.slice(1, -1);
    p.to.copyFrom(a.at(-1)!);
  }
  parser.append(p, line.suffix);
}

function parseJump(parser: Parser, line: InstructionLine, a: readonly Addr[]): void {
  if (a.length === 0 || a.length > 2) {
    parser.error(`wrong number of arguments to ${line.word} instruction`);
    return;
  }
  const p = parser.newProg(line.as);
  const target = a.at(-1)!;
  // The first of two operands is a branch hint.
  if (a.length === 2) p.from.copyFrom(a[0]!);
  if (setTarget(parser, p, target)) parser.append(p, line.suffix);
}

/** Sets the destination of a jump; false after a parse error, which has been reported. */
function setTarget(parser: Parser, p: Prog, target: Addr): boolean {
  const { to } = p;
  const isGlobal = target.name === NAME_EXTERN || target.name === NAME_STATIC;
  switch (target.type) {
    case TYPE_BRANCH:
      // `4(PC)`; appending will count this instruction.
      to.type = TYPE_BRANCH;
      to.offset = parser.pc + 1 + target.offset;
      parser.branchToPC(p, to);
      return true;
    case TYPE_REG:
      to.copyFrom(target);
      return true;
    case TYPE_CONST:
      // Of two operands upstream takes the first here, and then finds no such instruction.
      to.copyFrom(p.from.type === TYPE_CONST ? p.from : target);
      return true;
    case TYPE_INDIR:
      if (!isGlobal) break;
      to.copyFrom(target);
      return true;
    case TYPE_MEM:
      if (isGlobal || (target.name === NAME_NONE && (target.reg !== 0 || target.offset !== 0))) {
        to.copyFrom(target);
        return true;
      }
      if (target.reg !== 0 || target.offset !== 0) break;
      if (target.sym === null) return false;
      parser.branchTo(to, target.sym.name);
      return true;
    default:
  }
  parser.error('cannot assemble jump');
  return false;
}
