/**
 * Instructions as text, in the syntax of the assembler, as `-S` and messages show them.
 *
 * GOROOT: src/cmd/internal/obj/util.go (the notation).
 */
import {
  type Addr,
  NAME_AUTO,
  NAME_EXTERN,
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
import { ARGS_SIZE_UNKNOWN, type FuncCode, type PosBase } from './func.ts';
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
      return `$${JSON.stringify(a.text)}`;
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

/** A whole function, a line per instruction: offset, position, text; then the bytes. */
export function formatFunction(
  f: FuncCode,
  target: Target,
  posBases: readonly PosBase[],
  files: readonly string[],
): string {
  const lines = [`${f.sym.name} STEXT size=${f.code.length} args=${f.args} locals=${f.locals}`];
  for (let p = f.first; p !== null; p = p.link) {
    const file = files[posBases[p.base]?.file ?? -1] ?? '?';
    const pc = p.pc.toString(16).padStart(4, '0');
    const decimal = String(p.pc).padStart(5, '0');
    lines.push(`\t0x${pc} ${decimal} (${file}:${p.line})\t${formatProg(p, target.names)}`);
  }
  for (let at = 0; at < f.code.length; at += 16) {
    const row = [...f.code.subarray(at, at + 16)].map((b) => b.toString(16).padStart(2, '0'));
    lines.push(`\t0x${at.toString(16).padStart(4, '0')} ${row.join(' ')}`);
  }
  for (const r of f.relocs) {
    const add = r.add === 0 ? '' : `+${r.add}`;
    lines.push(`\trel ${r.off}+${r.siz} t=${r.type} ${r.sym?.name ?? ''}${add}`);
  }
  return `${lines.join('\n')}\n`;
}
