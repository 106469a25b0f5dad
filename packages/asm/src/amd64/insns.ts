/**
 * Encoding forms of amd64: the notation of `forms.gen.ts`, and what it becomes in memory.
 *
 * A line is a mnemonic and its forms, separated by bars, in the order in which they are tried. A form
 * has three parts.
 *
 *     ADDQ i8,rm im W 83 /0 ib|i32,ax in W 05 id|i32,rm im W 81 /0 id|r,rm rm W 01|rm,r mr W 03
 *          ----- -- ----------
 *          classes, roles, encoding
 *
 * Classes are those of `operands.ts`, in operand order; `.` is no operand. A class `?K` stands for two
 * forms, without and with that operand. Roles, one letter an operand, say where it goes:
 *
 *     m  ModRM.rm              r  ModRM.reg           x  both of them (IMULQ $3, AX)
 *     v  VEX.vvvv              k  EVEX.aaa, the mask  h  the high half of an immediate byte
 *     i  immediate             o  low bits of the opcode
 *     a  ModRM.rm, the operand being the address of that memory
 *     b  branch target         n  nowhere: implied by the opcode
 *
 * The encoding is one of
 *
 *     [66|F2|F3]... [W] OPCODE [/DIGIT] [ib|iw|id] [note]...      REX.W is set by W
 *     V128.66.0F38.W0 OPCODE [/DIGIT] [ib]                        VEX: length, prefix, map, W
 *     E512.66.0F.W1 OPCODE [/DIGIT] N64 [B8] [Z] [R] [S]          EVEX: also the unit of an 8-bit
 *             displacement, of a broadcast one; zeroing, rounding, suppressing exceptions allowed
 *     @NAME [OPCODE]...                                           one of the cases in `encode.ts`
 *
 * Notes: B byte operands (AX means AL), b only the source, ci an indirect call, 32 not in 64-bit mode,
 * s suffixes do not matter.
 *
 * Forms are parsed when a mnemonic is first met: a compilation uses a few hundred of 1,600.
 */
import { anames } from './anames.gen.ts';
import { formLines } from './forms.gen.ts';
import { classNamed } from './operands.ts';

export const KIND_LEGACY = 0;
export const KIND_VEX = 1;
export const KIND_EVEX = 2;
// The cases that a row alone does not describe, `@NAME` in the table.
export const KIND_NOP = 3;
export const KIND_JCC = 4;
export const KIND_LOOP = 5;
export const KIND_JMP = 6;
export const KIND_XBEGIN = 7;
export const KIND_CALL = 8;
export const KIND_CALLCON = 9;
export const KIND_CALLIND = 10;
export const KIND_MOV64 = 11;
export const KIND_DATA = 12;
export const KIND_TLS = 13;

const specialKinds: Readonly<Record<string, number>> = {
  '@nop': KIND_NOP,
  '@jcc': KIND_JCC,
  '@loop': KIND_LOOP,
  '@jmp': KIND_JMP,
  '@xbegin': KIND_XBEGIN,
  '@call': KIND_CALL,
  '@callcon': KIND_CALLCON,
  '@callind': KIND_CALLIND,
  '@mov64': KIND_MOV64,
  '@data1': KIND_DATA,
  '@data2': KIND_DATA,
  '@data4': KIND_DATA,
  '@data8': KIND_DATA,
  '@tls': KIND_TLS,
};

/** One way to encode one mnemonic. Roles are operand indices, −1 for none. */
export class Form {
  kind = KIND_LEGACY;
  classes: Uint8Array = new Uint8Array(0);
  /** Mandatory prefixes of a legacy form, 0 for none. */
  prefix1 = 0;
  prefix2 = 0;
  rexW = 0;
  /** Escape and opcode bytes; of VEX and EVEX the one opcode byte. */
  opcode: Uint8Array = new Uint8Array(0);
  digit = -1;
  rm = -1;
  reg = -1;
  vvvv = -1;
  mask = -1;
  imm = -1;
  immSize = 0;
  low = -1;
  highReg = -1;
  branch = -1;
  /** The operand in `rm` is an address, encoded as the memory it is the address of. */
  isAddress = false;
  hasModrm = false;
  /** 1: general registers stand for their byte parts; 2: in the source only. */
  byteRegs = 0;
  callIndirect = false;
  only32 = false;
  anySuffix = false;
  /** VEX and EVEX fields, in place in the prefix: pp 0-3, map 1-3, length 0-2, W 0-1. */
  pp = 0;
  map = 0;
  length = 0;
  /** EVEX: displacement unit, broadcast unit (0: not allowed), and what suffixes are allowed. */
  unit = 1;
  broadcastUnit = 0;
  zeroing = false;
  rounding = false;
  sae = false;
}

function hexBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

function setRoles(form: Form, roles: string): void {
  for (let i = 0; i < roles.length; i++) {
    switch (roles[i]) {
      case 'm':
        form.rm = i;
        break;
      case 'a':
        form.rm = i;
        form.isAddress = true;
        break;
      case 'r':
        form.reg = i;
        break;
      case 'x':
        form.rm = i;
        form.reg = i;
        break;
      case 'v':
        form.vvvv = i;
        break;
      case 'k':
        form.mask = i;
        break;
      case 'i':
        form.imm = i;
        break;
      case 'o':
        form.low = i;
        break;
      case 'h':
        form.highReg = i;
        break;
      case 'b':
        form.branch = i;
        break;
      default:
        break;
    }
  }
  form.hasModrm = form.rm >= 0;
}

const ppOf: Readonly<Record<string, number>> = { '66': 1, F3: 2, F2: 3 };
const mapOf: Readonly<Record<string, number>> = { '0F': 1, '0F38': 2, '0F3A': 3 };

/** `V128.66.0F38.W0` and the like. */
function setVex(form: Form, text: string): void {
  form.kind = text[0] === 'V' ? KIND_VEX : KIND_EVEX;
  for (const part of text.slice(1).split('.')) {
    if (part in ppOf) form.pp = ppOf[part]!;
    else if (part in mapOf) form.map = mapOf[part]!;
    else if (part.startsWith('W')) form.rexW = Number(part.slice(1));
    else form.length = part === '128' ? 0 : part === '256' ? 1 : 2;
  }
}

function setNote(form: Form, text: string): void {
  switch (text) {
    case 'W':
      form.rexW = 1;
      return;
    case 'ib':
      form.immSize = 1;
      return;
    case 'iw':
      form.immSize = 2;
      return;
    case 'id':
      form.immSize = 4;
      return;
    case 'B':
      form.byteRegs = 1;
      return;
    case 'b':
      form.byteRegs = 2;
      return;
    case 'ci':
      form.callIndirect = true;
      return;
    case 's':
      form.anySuffix = true;
      return;
    case '32':
      form.only32 = true;
      return;
    case 'Z':
      form.zeroing = true;
      return;
    case 'R':
      form.rounding = true;
      return;
    case 'S':
      form.sae = true;
      return;
    default:
      if (text.startsWith('N')) form.unit = Number(text.slice(1));
      else form.broadcastUnit = Number(text.slice(1));
  }
}

function setEncoding(form: Form, parts: readonly string[]): void {
  const first = parts[0]!;
  const special = specialKinds[first];
  if (special !== undefined) {
    form.kind = special;
    form.opcode = hexBytes(parts.slice(1).join(''));
    if (special === KIND_DATA) form.immSize = Number(first.slice(5));
    return;
  }
  let seenOpcode = false;
  for (const part of parts) {
    if (/^[VE](?:128|256|512)/.test(part)) setVex(form, part);
    else if (part.startsWith('/')) form.digit = Number(part.slice(1)) & 7;
    else if (seenOpcode || part === 'W') setNote(form, part);
    else if (/^(66|F2|F3)$/.test(part) && part !== parts.at(-1) && form.kind === KIND_LEGACY) {
      if (isPrefix(parts, part)) {
        if (form.prefix1 === 0) form.prefix1 = Number.parseInt(part, 16);
        else form.prefix2 = Number.parseInt(part, 16);
      } else {
        form.opcode = hexBytes(part);
        seenOpcode = true;
      }
    } else {
      form.opcode = hexBytes(part);
      seenOpcode = true;
    }
  }
  if (form.kind === KIND_EVEX && form.imm >= 0) form.immSize = 1;
}

/** Whether a 66, F2 or F3 is followed by an opcode, and not itself the opcode. */
function isPrefix(parts: readonly string[], part: string): boolean {
  const next = parts.slice(parts.indexOf(part) + 1).find((p) => p !== 'W');
  return next !== undefined && /^[0-9A-F]{2,}$/.test(next);
}

function newForm(classes: readonly string[], roles: string, encoding: readonly string[]): Form {
  const form = new Form();
  form.classes = Uint8Array.from(classes, classNamed);
  setRoles(form, roles);
  setEncoding(form, encoding);
  return form;
}

function parseForms(line: string): Form[] {
  const forms: Form[] = [];
  for (const cell of line.split('|')) {
    const [ops, roles, ...encoding] = cell.split(' ');
    const classes = ops === '.' ? [] : ops!.split(',');
    const roleText = roles === '.' ? '' : roles!;
    const optional = classes.findIndex((name) => name.startsWith('?'));
    if (optional < 0) {
      forms.push(newForm(classes, roleText, encoding));
      continue;
    }
    const without = roleText.slice(0, optional) + roleText.slice(optional + 1);
    forms.push(newForm(classes.toSpliced(optional, 1), without, encoding));
    const name = classes[optional]!.slice(1);
    forms.push(newForm(classes.with(optional, name), roleText, encoding));
  }
  return forms;
}

const numbers: ReadonlyMap<string, number> = new Map(anames.map((name, i) => [name, i]));

/** Text of each mnemonic's forms, by instruction number. */
const textOf: string[] = anames.map(() => '');
for (const line of formLines.split('\n')) {
  const space = line.indexOf(' ');
  if (space > 0) textOf[numbers.get(line.slice(0, space))!] = line.slice(space + 1);
}

const parsed: (readonly Form[] | null)[] = anames.map(() => null);

/** The forms of an instruction, in the order to try; none if it is not one that is encoded. */
export function formsOf(as: number): readonly Form[] {
  let forms = parsed[as];
  if (forms === null || forms === undefined) {
    const text = textOf[as];
    forms = text === undefined || text === '' ? [] : parseForms(text);
    parsed[as] = forms;
  }
  return forms;
}
