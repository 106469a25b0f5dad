/**
 * Instructions as text, in the syntax of the assembler, as `-S` and messages show them.
 *
 * GOROOT: src/cmd/internal/obj/util.go (the notation).
 */
import { quoteString } from '@go-ts/base/quote';
import { type ObjReloc, type ObjSym } from '@go-ts/objfile/builder';
import { R_TLS_LE, relocName } from '@go-ts/objfile/reloc';
import { ABIInternal, SymFlagDupok, symKindNames } from '@go-ts/objfile/sym';
import {
  type Addr,
  NAME_AUTO,
  NAME_EXTERN,
  NAME_GOTREF,
  NAME_NONE,
  NAME_PARAM,
  NAME_STATIC,
  REG_NONE,
  TYPE_ADDR,
  TYPE_BRANCH,
  TYPE_CONST,
  TYPE_FCONST,
  TYPE_INDIR,
  TYPE_MEM,
  TYPE_NONE,
  TYPE_REG,
  TYPE_REGLIST,
  TYPE_REGREG,
  TYPE_REGREG2,
  TYPE_SCONST,
  TYPE_TEXTSIZE,
} from './addr.ts';
import { ATEXT } from './as.ts';
import {
  type AsmContext,
  ABIWRAPPER,
  ARGS_SIZE_UNKNOWN,
  DUPOK,
  type FuncCode,
  FuncFlag_Asm,
  FuncFlag_TopFrame,
  NEEDCTXT,
  NOFRAME,
  NOSPLIT,
  PKGINIT,
  type PosBase,
  REFLECTMETHOD,
  TOPFRAME,
  WRAPPER,
} from './func.ts';
import { type Prog } from './prog.ts';
import { type Target, type TargetNames } from './target.ts';

/** `MOVQ	AX, 8(SP)`. */
export function formatProg(p: Prog, names: TargetNames): string {
  const operands: string[] = [];
  if (p.from.type !== TYPE_NONE) operands.push(formatAddr(p.from, names));
  for (const a of p.rest) operands.push(formatAddr(a, names));
  if (p.to.type !== TYPE_NONE) operands.push(formatAddr(p.to, names));
  const head = names.instruction(p.as) + names.suffix(p.scond);
  return operands.length === 0 ? head : `${head}\t${operands.join(', ')}`;
}

/** An instruction as messages show it: with PC and position. */
export function showProg(p: Prog, names: TargetNames, ctx: AsmContext): string {
  return `${String(p.pc).padStart(5, '0')} (${ctx.position(p)})\t${formatProg(p, names)}`;
}

export function formatAddr(a: Addr, names: TargetNames): string {
  switch (a.type) {
    case TYPE_NONE:
      return '';
    case TYPE_REG:
      if (a.offset !== 0) return `$${a.offset},${names.register(a.reg)}`;
      return names.register(a.reg);
    case TYPE_BRANCH:
      if (a.sym !== null) return `${a.sym.name}(SB)`;
      return a.target === null ? `${a.offset}(PC)` : String(a.target.pc);
    case TYPE_INDIR:
      return `*${formatName(a, names)}`;
    case TYPE_MEM:
      return formatName(a, names) + formatIndex(a, names);
    case TYPE_ADDR:
      return `$${formatName(a, names)}`;
    case TYPE_CONST:
      return `$${a.bigOffset()}`;
    case TYPE_FCONST:
      return `$(${formatFloat(a.float)})`;
    case TYPE_SCONST:
      return `$${quoteString(a.text ?? '')}`;
    case TYPE_TEXTSIZE:
      return a.args === ARGS_SIZE_UNKNOWN ? `$${a.offset}` : `$${a.offset}-${a.args}`;
    case TYPE_REGREG:
      return `(${names.register(a.reg)}, ${names.register(a.offset)})`;
    case TYPE_REGREG2:
      return `${names.register(a.offset)}, ${names.register(a.reg)}`;
    case TYPE_REGLIST:
      return names.registerList(a.offset);
    default:
      return `type=${a.type}`;
  }
}

function formatIndex(a: Addr, names: TargetNames): string {
  if (a.index === REG_NONE) return '';
  const index = names.register(a.index);
  return a.scale === 0 ? `(${index})` : `(${index}*${a.scale})`;
}

function formatName(a: Addr, names: TargetNames): string {
  const signed = a.offset === 0 ? '' : a.offset > 0 ? `+${a.offset}` : String(a.offset);
  const base = (pseudo: string): string => (a.reg === REG_NONE ? pseudo : names.register(a.reg));
  const name = a.sym === null ? '' : a.sym.name;
  switch (a.name) {
    case NAME_NONE:
      if (a.reg === REG_NONE) return String(a.bigOffset());
      return `${a.offset === 0 ? '' : a.offset}(${names.register(a.reg)})`;
    case NAME_EXTERN:
      return `${name}${signed}(${base('SB')})`;
    case NAME_STATIC:
      return `${name}<>${signed}(${base('SB')})`;
    case NAME_GOTREF:
      return `${name}${signed}@GOT(${base('SB')})`;
    case NAME_AUTO:
      return `${name}${signed}(${base('SP')})`;
    case NAME_PARAM:
      return `${name}${signed}(${base('FP')})`;
    default:
      return `name=${a.name}`;
  }
}

/** C's %.17g, with `.0` where nothing else shows that it is a float. */
function formatFloat(x: number): string {
  let text = x.toPrecision(17);
  if (text.includes('e')) {
    const [digits, exponent] = text.split('e');
    const trimmed = digits!.includes('.') ? digits!.replace(/\.?0+$/, '') : digits!;
    text = `${trimmed}e${exponent!.replace(/^([+-])(\d)$/, '$10$2')}`;
  } else if (text.includes('.')) text = text.replace(/\.?0+$/, '');
  return /[.e]/.test(text) ? text : `${text}.0`;
}

export interface ListingOptions {
  readonly target: Target;
  readonly posBases: readonly PosBase[];
  /** Names by position base, as messages show them. */
  readonly fileOf: (base: number) => string;
}

/** A function as `-S` prints it: attributes, instructions, bytes, relocations. */
export function formatFunction(f: FuncCode, options: ListingOptions): string {
  const { sym, code } = f;
  const lines = [
    `${sym.name} ${kindText(sym, 'STEXT ')}${attributes(f)}size=${code.length} align=${hex(f.align, 0)} ` +
      `args=${unsigned(f.args)} locals=${unsigned(f.locals)} funcid=${hex(f.funcId, 0)}`,
  ];
  for (let p = f.first; p !== null; p = p.link) lines.push(progLine(p, f, options));
  return block([...lines, ...byteLines(code), ...relocLines(sortedRelocs(f.relocs))]);
}

/** A data symbol, likewise. */
export function formatData(sym: ObjSym): string {
  const dupok = (sym.flags & SymFlagDupok) === 0 ? '' : 'dupok ';
  const head = `${sym.name} ${kindText(sym)}${dupok}size=${sym.size} align=${hex(sym.align, 0)}`;
  return block([head, ...byteLines(sym.data.view()), ...relocLines(sortedRelocs(sym.relocs))]);
}

function block(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

/** `undefinedKind` is for a symbol that is not in an object yet. */
function kindText(sym: ObjSym, undefinedKind: string = ''): string {
  const kind = sym.kind === 0 ? undefinedKind : `${symKindNames[sym.kind]} `;
  return kind + (sym.isStatic ? 'static ' : '');
}

function attributes(f: FuncCode): string {
  let text = '';
  if ((f.flags & DUPOK) !== 0) text += 'dupok ';
  if (f.isSystemStack) text += 'cfunc ';
  if ((f.flags & NOSPLIT) !== 0) text += 'nosplit ';
  if ((f.funcFlag & FuncFlag_TopFrame) !== 0) text += 'topframe ';
  if ((f.funcFlag & FuncFlag_Asm) !== 0) text += 'asm ';
  return text;
}

/** The attributes of a TEXT, in the order in which they are shown. */
function textAttributes(f: FuncCode): string {
  const names: string[] = [];
  const flag = (bit: number, name: string): void => {
    if ((f.flags & bit) !== 0) names.push(name);
  };
  flag(DUPOK, 'DUPOK');
  if (f.isSystemStack) names.push('CFUNC');
  flag(NOSPLIT, 'NOSPLIT');
  flag(REFLECTMETHOD, 'REFLECTMETHOD');
  flag(WRAPPER, 'WRAPPER');
  flag(NEEDCTXT, 'NEEDCTXT');
  flag(NOFRAME, 'NOFRAME');
  if (f.sym.isStatic) names.push('STATIC');
  flag(ABIWRAPPER, 'ABIWRAPPER');
  flag(PKGINIT, 'PKGINIT');
  if (f.sym.abi === ABIInternal) names.push('ABIInternal');
  flag(TOPFRAME, 'TOPFRAME');
  return names.join('|');
}

function progLine(p: Prog, f: FuncCode, { target, fileOf }: ListingOptions): string {
  const pc = `\t${hex(p.pc, 4)} ${String(p.pc).padStart(5, '0')}`;
  const where = p.line === 0 ? '<unknown line number>' : `${fileOf(p.base)}:${p.line}`;
  let text: string;
  if (p.as === ATEXT) {
    const size = formatSize(f.locals, f.args);
    const operands = [`${f.sym.name}${f.sym.isStatic ? '<>' : ''}(SB)`, textAttributes(f), size];
    text = `TEXT\t${operands.filter((operand) => operand !== '').join(', ')}`;
  } else text = formatProg(p, target.names);
  return `${pc} (${where})\t${text}`;
}

function formatSize(locals: number, args: number): string {
  return args === ARGS_SIZE_UNKNOWN ? `$${locals}` : `$${locals}-${args}`;
}

function byteLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    let digits = '';
    let text = '';
    for (const b of row) {
      digits += ` ${b.toString(16).padStart(2, '0')}`;
      text += b >= 0x20 && b <= 0x7e ? String.fromCharCode(b) : '.';
    }
    lines.push(`\t${hex(at, 4)}${digits.padEnd(48)}  ${text}`);
  }
  return lines;
}

function sortedRelocs(relocs: readonly ObjReloc[]): ObjReloc[] {
  return relocs.toSorted((a, b) => a.off - b.off);
}

function relocLines(relocs: readonly ObjReloc[]): string[] {
  return relocs.map((r) => {
    const name = r.sym?.name ?? (r.type === R_TLS_LE ? 'TLS' : '');
    return `\trel ${r.off}+${r.siz} t=${relocName(r.type)} ${name}+${r.add}`;
  });
}

function hex(x: number, digits: number): string {
  return `0x${x.toString(16).padStart(digits, '0')}`;
}

/** As an unsigned 64-bit number. */
function unsigned(x: number): string {
  return `0x${BigInt.asUintN(64, BigInt(x)).toString(16)}`;
}
