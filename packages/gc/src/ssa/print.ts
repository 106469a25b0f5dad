/**
 * The text form of SSA: what dumps, ssa.html and filetests show and parse.ts reads back.
 *
 *     func p.f(ptr i64) (i64) +16
 *     local 0 auto x size=16 ptr=8 offset=0
 *     b1: entry
 *       v1 = InitMem mem
 *       v4 = Add i64 v2 v3
 *       v7 = Store mem [1] v5 v4 v1
 *       If v6 -> b2 b3 likely
 *     b2: <- b1
 *       Ret v9
 *
 * Behind a function and a callee stand the representations of register arguments and results, and the
 * bytes of the caller's frame that the call takes. A value is
 *
 *     name = op rep [auxInt, auxInt2] {aux} operands
 *
 * with `: register` behind it after register allocation, and `@line` if positions are asked for.
 */
import { type Block, blockKindNames } from './block.ts';
import { CallInfo } from './calls.ts';
import { type Func } from './func.ts';
import { LocalVar } from './local.ts';
import { opAux, opNames } from './opinfo.ts';
import { type Rep, repNames } from './rep.ts';
import { type Value } from './value.ts';

export interface PrintOptions {
  /** Where a value lives, once that is decided: a register or slot name. */
  readonly homeOf?: (v: Value) => string;
  /** The line of a position; 0 if it has none. */
  readonly lineOf?: (pos: number) => number;
}

export function printFunc(f: Func, options: PrintOptions = {}): string {
  const { argReps, resReps, argWidth } = f.abi;
  const lines = [`func ${f.name}${signatureText(argReps, resReps, argWidth)}`];
  for (const v of f.locals) lines.push(printLocal(v));
  for (const b of f.blocks) {
    const preds = b.preds.map((e) => `b${e.b.id}`);
    const mark = b === f.entry ? ' entry' : '';
    lines.push(`b${b.id}:${mark}${preds.length > 0 ? ` <- ${preds.join(' ')}` : ''}`);
    for (const v of b.values) lines.push(`  ${printValue(v, options)}`);
    lines.push(`  ${printBlockEnd(b)}`);
  }
  return `${lines.join('\n')}\n`;
}

function printLocal(v: LocalVar): string {
  const kind = ['auto', 'param', 'result'][v.kind]!;
  const marks = `${v.addrTaken ? ' addrtaken' : ''}${v.needZero ? ' needzero' : ''}`;
  const { size, ptrBytes } = v.type;
  return `local ${v.index} ${kind} ${v.name} size=${size} ptr=${ptrBytes} offset=${v.offset}${marks}`;
}

export function printValue(v: Value, options: PrintOptions = {}): string {
  const args: string[] = [];
  for (let i = 0; i < v.nargs; i++) args.push(`v${v.arg(i).id}`);
  const home = options.homeOf?.(v) ?? '';
  const line = options.lineOf?.(v.pos) ?? 0;
  const pos = line === 0 ? '' : ` @${line}`;
  const tail = args.length > 0 ? ` ${args.join(' ')}` : '';
  const place = home === '' ? '' : ` : ${home}`;
  return `v${v.id} = ${opNames[v.op]} ${repNames[v.rep]}${printAux(v)}${tail}${place}${pos}`;
}

export function printAux(v: Value): string {
  const kinds = opAux[v.op]!;
  let text = '';
  if (v.aux !== null && typeof v.aux === 'bigint') text += ` [${v.aux}]`;
  else if (v.auxInt2 !== 0) text += ` [${v.auxInt}, ${v.auxInt2}]`;
  else if (v.auxInt !== 0 || kinds.includes('b')) text += ` [${v.auxInt}]`;
  if (v.aux === null || typeof v.aux === 'bigint') return text;
  return `${text} {${auxText(v.aux)}}`;
}

function signatureText(args: readonly Rep[], results: readonly Rep[], width: number): string {
  const list = (reps: readonly Rep[]): string => reps.map((rep) => repNames[rep]).join(' ');
  return `(${list(args)}) (${list(results)}) +${width}`;
}

function callText(info: CallInfo): string {
  const { sym, argReps, resReps, argWidth, noReturn } = info;
  const end = noReturn ? ' noreturn' : '';
  return `${sym === null ? 'call' : sym.name}${signatureText(argReps, resReps, argWidth)}${end}`;
}

function auxText(aux: unknown): string {
  if (aux instanceof LocalVar) return `${aux.name}#${aux.index}`;
  if (aux instanceof CallInfo) return callText(aux);
  if (typeof aux === 'number') return Object.is(aux, -0) ? '-0' : String(aux);
  if (typeof aux === 'string') return aux;
  if (typeof aux === 'object' && aux !== null) {
    if ('ptrBytes' in aux && 'size' in aux) {
      return `type ${String(aux.size)} ${String(aux.ptrBytes)}`;
    }
    if ('name' in aux && typeof aux.name === 'string') return aux.name;
  }
  return String(aux);
}

export function printBlockEnd(b: Block): string {
  const controls = [b.c0, b.c1].filter((c) => c !== null).map((c) => ` v${c.id}`);
  const succs = b.succs.map((e) => ` b${e.b.id}`);
  const arrow = succs.length > 0 ? ` ->${succs.join('')}` : '';
  const likely = b.likely === 0 ? '' : b.likely > 0 ? ' likely' : ' unlikely';
  const aux = b.auxInt === 0 ? '' : ` [${b.auxInt}]`;
  return `${blockKindNames[b.kind]}${aux}${controls.join('')}${arrow}${likely}`;
}
