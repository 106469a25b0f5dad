/**
 * Debug information that comes with a function's code: the line-number program of each function, and
 * the entry of a function about whose variables nothing is known, as in assembly.
 *
 * The line program is only the opcodes of one sequence, from set_address to end_sequence; the linker
 * puts header and sequences together. File numbers are the compilation unit's, from 1.
 *
 * DWARF 5, sections 6.2 and 7.5.  GOROOT: src/cmd/internal/obj/dwarf.go (which of several encodings),
 * src/cmd/internal/dwarf/dwarf.go (abbreviation numbers, order of attributes).
 */
import { type ObjSym } from '@go-ts/objfile/builder';
import { type ByteWriter } from '@go-ts/objfile/bytes';
import { dwTxtAddrType, R_ADDR } from '@go-ts/objfile/reloc';
import { SDWARFFCN, SDWARFLINES } from '@go-ts/objfile/sym';
import { type FuncCode, type PosBase, WRAPPER } from './func.ts';
import { POS_NOT_STMT, POS_PROLOGUE_END, type Prog } from './prog.ts';

const LINE_BASE = -4;
const LINE_RANGE = 10;
const OPCODE_BASE = 11;
const PC_RANGE = Math.floor((255 - OPCODE_BASE) / LINE_RANGE);

const DW_LNS_advance_pc = 2;
const DW_LNS_advance_line = 3;
const DW_LNS_set_file = 4;
const DW_LNS_negate_stmt = 6;
const DW_LNS_const_add_pc = 8;
const DW_LNS_fixed_advance_pc = 9;
const DW_LNS_set_prologue_end = 10;
const DW_LNE_end_sequence = 1;
const DW_LNE_set_address = 2;
const DW_OP_call_frame_cfa = 0x9c;

const DW_ABRV_FUNCTION = 3;
const DW_ABRV_WRAPPER = 4;

/** Fills `lines`, a new symbol, with the line program of `f`. */
export function writeLineProgram(lines: ObjSym, f: FuncCode, posBases: readonly PosBase[]): void {
  const w = lines.writer();
  lines.kind = SDWARFLINES;
  w.u8(0);
  w.uvarint(1 + 8);
  w.u8(DW_LNE_set_address);
  lines.addReloc(w.length, 8, R_ADDR, 0, f.sym);
  w.zeros(8);
  let isStmt = true;
  let line = 1;
  let pc = 0;
  let lastPC = 0;
  let file = 1;
  let sawPrologueEnd = false;
  let wrotePrologueEnd = false;
  for (let p: Prog | null = f.first; p !== null; p = p.link) {
    if ((p.posFlags & POS_PROLOGUE_END) !== 0) sawPrologueEnd = true;
    if (p.line === 0 || (p.link !== null && p.link.pc === p.pc)) continue;
    const newIsStmt = (p.posFlags & POS_NOT_STMT) === 0;
    const newFile = posBases[p.base]!.file + 1;
    let changed = false;
    if (newFile !== file) {
      w.u8(DW_LNS_set_file);
      w.uvarint(newFile);
      file = newFile;
      changed = true;
    }
    if (sawPrologueEnd && !wrotePrologueEnd) {
      w.u8(DW_LNS_set_prologue_end);
      wrotePrologueEnd = true;
      changed = true;
    }
    if (isStmt !== newIsStmt) {
      w.u8(DW_LNS_negate_stmt);
      isStmt = newIsStmt;
      changed = true;
    }
    if (line !== p.line || changed) {
      advance(w, p.pc - pc, p.line - line);
      lastPC = p.pc;
      ({ line, pc } = p);
    }
  }
  // A sequence ends one past the last instruction.
  w.u8(DW_LNS_advance_pc);
  w.uvarint(f.code.length - lastPC);
  w.u8(0);
  w.uvarint(1);
  w.u8(DW_LNE_end_sequence);
  lines.size = w.length;
}

/** The special opcode to use for a step, before it is known what else is needed. */
function specialOpcode(deltaPC: number, deltaLine: number): number {
  const byPC = LINE_RANGE * Math.min(deltaPC, PC_RANGE);
  if (deltaLine < LINE_BASE) return OPCODE_BASE + byPC;
  if (deltaLine < LINE_BASE + LINE_RANGE) {
    const opcode = OPCODE_BASE + (deltaLine - LINE_BASE) + byPC;
    return opcode > 255 ? opcode - LINE_RANGE : opcode;
  }
  if (deltaPC <= PC_RANGE) return Math.min(255, OPCODE_BASE + LINE_RANGE - 1 + byPC);
  // 249 advances the PC by 23 and the line by 5, 255 by 24 and 1. The latter is better where the
  // remaining advance of the PC would just become a byte longer.
  const over = deltaPC - PC_RANGE;
  const isEdge =
    over === PC_RANGE || [7, 16, 21, 28, 35, 42, 49].some((bits) => over === 2 ** bits - 1);
  return isEdge ? 255 : OPCODE_BASE + LINE_RANGE * PC_RANGE - 1;
}

/** Advances PC and line, and appends a row, in as few bytes as possible. */
function advance(w: ByteWriter, pcStep: number, lineStep: number): void {
  let opcode = specialOpcode(pcStep, lineStep);
  const deltaPC = pcStep - Math.floor((opcode - OPCODE_BASE) / LINE_RANGE);
  const deltaLine = lineStep - (((opcode - OPCODE_BASE) % LINE_RANGE) + LINE_BASE);
  if (deltaPC !== 0) {
    if (deltaPC <= PC_RANGE) {
      opcode -= LINE_RANGE * (PC_RANGE - deltaPC);
      w.u8(DW_LNS_const_add_pc);
    } else if (deltaPC >= 1 << 14 && deltaPC < 1 << 16) {
      w.u8(DW_LNS_fixed_advance_pc);
      w.u16(deltaPC);
    } else {
      w.u8(DW_LNS_advance_pc);
      w.uvarint(deltaPC);
    }
  }
  if (deltaLine !== 0) {
    w.u8(DW_LNS_advance_line);
    w.sleb128(deltaLine);
  }
  w.u8(opcode);
}

export interface FunctionEntryOptions {
  /** DWARF 5: addresses are indices. */
  readonly isDwarf5: boolean;
  /** More than the number of functions of the package: decides the width of an index. */
  readonly functionCount: number;
  /** Position base of the declaration. */
  readonly base: PosBase;
}

/** Fills `info`, a new symbol, with the entry of a function without variables. */
export function writeFunctionEntry(info: ObjSym, f: FuncCode, options: FunctionEntryOptions): void {
  const w = info.writer();
  info.kind = SDWARFFCN;
  const isWrapper = (f.flags & WRAPPER) !== 0;
  w.uvarint(isWrapper ? DW_ABRV_WRAPPER : DW_ABRV_FUNCTION);
  w.text(f.sym.name);
  w.u8(0);
  if (options.isDwarf5) {
    const { type, width } = dwTxtAddrType(options.functionCount);
    info.addReloc(w.length, width, type, 0, f.sym);
    w.zeros(width);
    w.uvarint(f.code.length);
  } else {
    info.addReloc(w.length, 8, R_ADDR, 0, f.sym);
    w.zeros(8);
    info.addReloc(w.length, 8, R_ADDR, f.code.length, f.sym);
    w.zeros(8);
  }
  w.u8(1);
  w.u8(DW_OP_call_frame_cfa);
  if (isWrapper) w.u8(1);
  else {
    w.u32(options.base.file + 1);
    w.uvarint(f.startLine);
    w.u8(f.sym.isStatic ? 0 : 1);
  }
  w.uvarint(0);
  info.size = w.length;
}
