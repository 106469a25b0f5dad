/**
 * The directives: TEXT, DATA, GLOBL, FUNCDATA, PCDATA, PCALIGN.
 *
 * GOROOT: src/cmd/asm/internal/asm/asm.go (grammar, errors).
 */
import { quoteString } from '@go-ts/base/quote';
import { ABIInternal } from '@go-ts/objfile/sym';
import {
  type Addr,
  NAME_EXTERN,
  NAME_STATIC,
  TYPE_ADDR,
  TYPE_CONST,
  TYPE_FCONST,
  TYPE_MEM,
  TYPE_SCONST,
} from '../addr.ts';
import { AFUNCDATA, APCALIGN, APCDATA } from '../as.ts';
import { ARGS_SIZE_UNKNOWN, NOSPLIT } from '../func.ts';
import { DOLLAR, MINUS, SLASH, T_INT, type Token } from '../lex/token.ts';
import { parseSize } from './expr.ts';
import { type Parser } from './parser.ts';

type Directive = (parser: Parser, operands: readonly Token[][]) => void;

export const directives: Readonly<Record<string, Directive>> = {
  TEXT: text,
  DATA: data,
  GLOBL: globl,
  FUNCDATA: funcdata,
  PCDATA: pcdata,
  PCALIGN: pcalign,
};

function symbolName(a: Addr): string {
  return a.sym === null ? '<erroneous symbol>' : a.sym.name;
}

/** Whether `a` is `sym(SB)`; complains if not. */
function isSymbol(parser: Parser, directive: string, a: Addr, offsetOk: boolean): boolean {
  const shown = quoteString(symbolName(a));
  const isGlobal = a.name === NAME_EXTERN || a.name === NAME_STATIC;
  if (a.sym === null || !isGlobal || a.scale !== 0 || a.reg !== 0) {
    parser.error(`${directive} symbol ${shown} must be a symbol(SB)`);
    return false;
  }
  if (!offsetOk && a.offset !== 0) {
    parser.error(`${directive} symbol ${shown} must not be offset from SB`);
    return false;
  }
  return true;
}

/** Value of a plain number, as flags are. */
function number(parser: Parser, directive: string, tokens: readonly Token[]): number {
  const a = parser.operands.address(tokens);
  if (a.type !== TYPE_MEM || a.name !== 0 || a.reg !== 0 || a.index !== 0) {
    parser.error(
      `${directive}: expected integer constant; found ${tokens.map((t) => t.text).join('')}`,
    );
  }
  return a.offset;
}

/** `$n`; null and a complaint if it is something else. */
function immediate(parser: Parser, directive: string, tokens: readonly Token[]): Addr | null {
  const a = parser.operands.address(tokens);
  if (a.type === TYPE_CONST && a.name === 0 && a.reg === 0 && a.index === 0) return a;
  const shown = tokens.map((t) => t.text).join('');
  parser.error(`${directive}: expected immediate constant; found ${shown}`);
  return null;
}

/** `TEXT sym(SB)[, flags], $frame[-args]`. */
function text(parser: Parser, operands: readonly Token[][]): void {
  if (operands.length !== 2 && operands.length !== 3) {
    parser.error('expect two or three operands for TEXT');
    return;
  }
  parser.endFunction();
  const a = parser.operands.address(operands[0]!);
  if (!isSymbol(parser, 'TEXT', a, false)) return;
  const sym = a.sym!;
  const flags = operands.length === 3 ? number(parser, 'TEXT', operands[1]!) : 0;
  if (sym.abi === ABIInternal && (flags & NOSPLIT) === 0) {
    parser.error(`TEXT ${quoteString(sym.name)}: ABIInternal requires NOSPLIT`);
  }
  const sizes = frameSizes(parser, sym.name, operands.at(-1)!);
  if (sizes === null) return;
  const { base, line } = parser.position();
  const isNew = parser.declare(sym, true);
  const f = {
    sym,
    flags,
    frameSize: sizes.frame,
    argSize: sizes.args,
    base,
    line,
    pc: 0,
    first: null,
    last: null,
  };
  parser.beginFunction(f, isNew);
}

/** `$16-24`: not a subtraction. */
function frameSizes(
  parser: Parser,
  name: string,
  tokens: readonly Token[],
): { frame: number; args: number } | null {
  const { cursor } = parser.operands;
  let at = 1;
  const isNegative = tokens[1]?.kind === MINUS;
  if (isNegative) at++;
  if (tokens[0]?.kind !== DOLLAR || tokens[at]?.kind !== T_INT) {
    parser.error(`TEXT ${name}: frame size must be an immediate constant`);
    return null;
  }
  const size = parseSize(tokens[at]!.text, cursor);
  const frame = isNegative ? -size : size;
  const rest = tokens.slice(at + 1);
  if (rest.length === 0) return { frame, args: ARGS_SIZE_UNKNOWN };
  if (rest.length !== 2 || rest[0]!.kind !== MINUS || rest[1]!.kind !== T_INT) {
    parser.error(`TEXT ${name}: argument size must be of form -integer`);
    return null;
  }
  return { frame, args: parseSize(rest[1]!.text, cursor) };
}

/** `DATA sym+off(SB)/width, $value`. */
function data(parser: Parser, operands: readonly Token[][]): void {
  if (operands.length !== 2) {
    parser.error('expect two operands for DATA');
    return;
  }
  const target = operands[0]!;
  if (target.length < 3 || target.at(-2)!.kind !== SLASH || target.at(-1)!.kind !== T_INT) {
    parser.error('expect /size for DATA argument');
    return;
  }
  const sizeText = target.at(-1)!.text;
  const size = /^\d+$/.test(sizeText) ? Number(sizeText) : 0;
  if (size === 0) parser.error(`bad size for DATA argument: ${quoteString(sizeText)}`);
  const a = parser.operands.address(target.slice(0, -2));
  if (!isSymbol(parser, 'DATA', a, true)) return;
  const value = parser.operands.address(operands[1]!);
  if (![TYPE_CONST, TYPE_FCONST, TYPE_SCONST, TYPE_ADDR].includes(value.type)) {
    parser.error('DATA value must be an immediate constant or address');
    return;
  }
  const name = symbolName(a);
  if (a.offset < (parser.dataEnds.get(name) ?? 0)) {
    parser.error(`overlapping DATA entry for ${name}`);
    return;
  }
  parser.dataEnds.set(name, a.offset + size);
  writeData(parser, a, size, value);
}

function writeData(parser: Parser, a: Addr, size: number, value: Addr): void {
  const section = parser.options.data;
  const sym = a.sym!;
  if (value.type === TYPE_ADDR) {
    if (size === 8) section.writeAddress(sym, a.offset, value.sym, value.offset);
    else parser.error(`bad addr size for DATA argument: ${size}`);
    return;
  }
  const bytes = section.write(sym, a.offset, size);
  if (bytes === null) {
    parser.error(`cannot supply data for STLSBSS var ${sym.name}`);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (value.type === TYPE_CONST) {
    const integer = value.bigOffset();
    if (size === 1) view.setUint8(0, Number(BigInt.asUintN(8, integer)));
    else if (size === 2) view.setUint16(0, Number(BigInt.asUintN(16, integer)), true);
    else if (size === 4) view.setUint32(0, Number(BigInt.asUintN(32, integer)), true);
    else if (size === 8) view.setBigInt64(0, integer, true);
    else parser.error(`bad int size for DATA argument: ${size}`);
  } else if (value.type === TYPE_FCONST) {
    if (size === 4) view.setFloat32(0, value.float, true);
    else if (size === 8) view.setFloat64(0, value.float, true);
    else parser.error(`bad float size for DATA argument: ${size}`);
  } else {
    const characters = value.text ?? '';
    if (characters.length > size) {
      parser.error(`WriteString: bad string size: ${size} < ${characters.length}`);
      return;
    }
    for (let i = 0; i < characters.length; i++) bytes[i] = characters.charCodeAt(i);
  }
}

/** `GLOBL sym(SB)[, flags], $size`. */
function globl(parser: Parser, operands: readonly Token[][]): void {
  if (operands.length !== 2 && operands.length !== 3) {
    parser.error('expect two or three operands for GLOBL');
    return;
  }
  const a = parser.operands.address(operands[0]!);
  if (!isSymbol(parser, 'GLOBL', a, false)) return;
  const flags = operands.length === 3 ? number(parser, 'GLOBL', operands[1]!) : 0;
  const size = immediate(parser, 'GLOBL', operands.at(-1)!);
  if (size === null) return;
  parser.position();
  if (parser.declare(a.sym!, false)) parser.options.data.define(a.sym!, size.offset, flags);
}

/** `PCDATA $table, $value`. */
function pcdata(parser: Parser, operands: readonly Token[][]): void {
  if (operands.length !== 2) {
    parser.error('expect two operands for PCDATA');
    return;
  }
  const table = immediate(parser, 'PCDATA', operands[0]!);
  if (table === null) return;
  const value = immediate(parser, 'PCDATA', operands[1]!);
  if (value === null) return;
  const p = parser.newProg(APCDATA);
  p.from.copyFrom(table);
  p.to.copyFrom(value);
  parser.append(p, '');
}

/** `PCALIGN $n`. */
function pcalign(parser: Parser, operands: readonly Token[][]): void {
  if (operands.length !== 1) {
    parser.error('expect one operand for PCALIGN');
    return;
  }
  const alignment = immediate(parser, 'PCALIGN', operands[0]!);
  if (alignment === null) return;
  const p = parser.newProg(APCALIGN);
  p.from.copyFrom(alignment);
  parser.append(p, '');
}

/** `FUNCDATA $index, sym(SB)`. */
function funcdata(parser: Parser, operands: readonly Token[][]): void {
  if (operands.length !== 2) {
    parser.error('expect two operands for FUNCDATA');
    return;
  }
  const index = immediate(parser, 'FUNCDATA', operands[0]!);
  if (index === null) return;
  const a = parser.operands.address(operands[1]!);
  if (!isSymbol(parser, 'FUNCDATA', a, true)) return;
  const p = parser.newProg(AFUNCDATA);
  p.from.copyFrom(index);
  p.to.copyFrom(a);
  parser.append(p, '');
}
