/**
 * Reads what `compile -S` prints back into functions as they were before the assembler's passes:
 * prologue, epilogues and padding are taken out, so that `assembleFunction` can put them back and the
 * result be compared with the object.
 */
import { type ObjectBuilder } from '@go-ts/objfile/builder';
import { TextFlag } from '@go-ts/runtime/layout/funcdata';
import { Addr, NAME_EXTERN, TYPE_ADDR, TYPE_INDIR, TYPE_MEM } from '../src/addr.ts';
import { AJLS, anames } from '../src/amd64/anames.gen.ts';
import { REG_AL, REG_AX, REG_BP, REG_R15B, REG_SP, registerNames } from '../src/amd64/registers.ts';
import { ACALL, AFUNCDATA, ANOP, APCDATA, ARET, AJMP } from '../src/as.ts';
import { type FuncInput, type PosBase, type RegSpill } from '../src/func.ts';
import { Prog } from '../src/prog.ts';

export interface ListedFunction {
  readonly name: string;
  readonly abi: number;
  readonly input: FuncInput;
}

const numbers = new Map(anames.map((name, i) => [name, i]));
const registers = new Map(registerNames.map((name, i) => [name, i]));

interface ListedLine {
  readonly pc: number;
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const linePattern = /^\t0x[0-9a-f]+ (\d+) \((?:(.*?):(\d+)|<unknown line number>)\)\t(.*)$/;

export class ListingReader {
  readonly posBases: PosBase[] = [];
  readonly files: string[] = [];
  readonly #symbols: ObjectBuilder;
  readonly #fileNumbers = new Map<string, number>();

  constructor(symbols: ObjectBuilder) {
    this.#symbols = symbols;
  }

  /** Every function of a listing. */
  *functions(log: string): Generator<ListedFunction> {
    let lines: ListedLine[] = [];
    for (const text of log.split('\n')) {
      const match = linePattern.exec(text);
      if (match === null) {
        if (lines.length > 0) yield this.#function(lines);
        lines = [];
        continue;
      }
      const [, pc, file, line, instruction] = match;
      lines.push({ pc: Number(pc), file: file ?? '', line: Number(line ?? 0), text: instruction! });
    }
  }

  #base(file: string): number {
    let number = this.#fileNumbers.get(file);
    if (number === undefined) {
      number = this.files.length;
      this.files.push(file);
      this.posBases.push({ file: number, inlined: -1 });
      this.#fileNumbers.set(file, number);
    }
    return number;
  }

  #function(lines: readonly ListedLine[]): ListedFunction {
    const head = lines[0]!;
    const text = /^TEXT\t(.*)\(SB\), (?:(\S+), )?\$(-?\d+)(?:-(\d+))?$/.exec(head.text);
    if (text === null) throw new Error(`no TEXT: ${head.text}`);
    const [, name, attributes = '', frame, args] = text;
    const names = attributes.split('|');
    const progs = lines.slice(1).map((line) => this.#prog(line));
    this.#resolve(lines.slice(1), progs);
    const body = progs.filter((p) => p.as !== ANOP || p.mark !== 0);
    const split = stripFrame(body, Number(frame));
    let flags = 0;
    for (const flag of names) flags |= (TextFlag as Record<string, number>)[flag] ?? 0;
    // Leaves are made NOSPLIT, and functions without frame NOFRAME, by the passes under test.
    if (split.isLeaf && split.frameSize < 120) flags &= ~TextFlag.NOSPLIT;
    if (split.isLeaf && split.frameSize === 0) flags &= ~TextFlag.NOFRAME;
    if (split.needsContext) flags |= TextFlag.NEEDCTXT;
    for (let i = 0; i + 1 < split.body.length; i++) split.body[i]!.link = split.body[i + 1]!;
    for (const last of split.body.slice(-1)) last.link = null;
    const abi = names.includes('ABIInternal') ? 1 : 0;
    const input: FuncInput = {
      sym: this.#symbols.lookup(name!, abi),
      abi,
      flags,
      frameSize: split.frameSize,
      argSize: args === undefined ? -0x80000000 : Number(args),
      first: split.body[0] ?? null,
      startLine: head.line,
      startBase: this.#base(head.file),
      posBases: this.posBases,
      inlinedCalls: [],
      spills: split.spills,
      funcdata: [],
      fromAssembly: false,
      systemStack: split.isSystemStack,
    };
    return { name: name!, abi, input };
  }

  #prog({ file, line, text, pc }: ListedLine): Prog {
    const [mnemonic, rest = ''] = text.split('\t');
    const as = numbers.get(mnemonic!);
    if (as === undefined) throw new Error(`no instruction ${text}`);
    const p = new Prog(as, this.#base(file), line);
    p.pc = pc;
    if (as === AFUNCDATA || rest === '') return p;
    const operands = this.#operands(rest, as);
    if (operands.length === 1) {
      const isTo = as === ACALL || as === AJMP || as === ARET || isDestination(mnemonic!);
      (isTo ? p.to : p.from).copyFrom(operands[0]!);
    } else {
      p.from.copyFrom(operands[0]!);
      p.rest = operands.slice(1, -1);
      p.to.copyFrom(operands.at(-1)!);
    }
    return p;
  }

  /** Splits at commas, given that symbols may contain them but nothing else does. */
  #operands(text: string, as: number): Addr[] {
    const front: Addr[] = [];
    const back: Addr[] = [];
    let left = text;
    for (;;) {
      const whole = simpleOperand(left, as);
      if (whole !== null) return [...front, whole, ...back];
      const comma = left.indexOf(', ');
      const first = comma < 0 ? null : simpleOperand(left.slice(0, comma), as);
      if (first !== null) {
        front.push(first);
        left = left.slice(comma + 2);
        continue;
      }
      const lastComma = left.lastIndexOf(', ');
      const last = lastComma < 0 ? null : simpleOperand(left.slice(lastComma + 2), as);
      if (last === null) return [...front, this.#symbol(left), ...back];
      back.unshift(last);
      left = left.slice(0, lastComma);
    }
  }

  #symbol(text: string): Addr {
    // Constants have names that begin with a dollar.
    const match = /^((?!\$[fi]\d+\.)[$*])?(.*?)(<>)?([+-]\d+)?\(SB\)$/.exec(text);
    if (match === null) throw new Error(`no operand ${text}`);
    const [, prefix, name, , offset] = match;
    const a = new Addr();
    a.type = prefix === '$' ? TYPE_ADDR : prefix === '*' ? TYPE_INDIR : TYPE_MEM;
    a.name = NAME_EXTERN;
    a.sym = this.#symbols.lookup(name!, 1);
    a.offset = Number(offset ?? 0);
    return a;
  }

  /** Makes branches to PCs branches to instructions. */
  #resolve(lines: readonly ListedLine[], progs: readonly Prog[]): void {
    const byPC = new Map<number, Prog>();
    for (let i = progs.length - 1; i >= 0; i--) {
      // What is a no-operation here may be padding that the layout inserted, or one of several at
      // its PC. A jump is never a target: branches to it go where it goes.
      const pc = lines[i]!.pc;
      const there = byPC.get(pc)?.as;
      if (progs[i]!.as !== ANOP || there === ANOP || there === AJMP || there === undefined) {
        byPC.set(pc, progs[i]!);
      }
    }
    for (const p of progs) {
      if (p.to.type !== TYPE_MEM || p.to.reg !== 0 || p.to.sym !== null) continue;
      const name = anames[p.as]!;
      if (!name.startsWith('J')) continue;
      const target = byPC.get(p.to.offset);
      if (target === undefined) throw new Error(`no instruction at ${p.to.offset}`);
      p.to.offset = 0;
      p.to.setBranch(target);
      target.mark = 1;
    }
  }
}

function isDestination(mnemonic: string): boolean {
  return /^(?:J|SET|NEG|NOT|INC|DEC|BSWAP|POP)/.test(mnemonic);
}

/** Everything but symbols: registers, constants, memory; null for what else. */
function simpleOperand(text: string, as: number): Addr | null {
  const a = new Addr();
  const register = registers.get(text);
  if (register !== undefined) {
    // Byte instructions show the byte register that they end up with.
    const isByte = register >= REG_AL && register <= REG_R15B;
    a.setReg(isByte ? register + REG_AX - REG_AL : register);
    return a;
  }
  const constant = /^\$(-?\d+)$/.exec(text);
  if (constant !== null) {
    a.setConst(BigInt(constant[1]!));
    return a;
  }
  const float = /^\$\((.*)\)$/.exec(text);
  if (float !== null) {
    a.setFloat(float[1] === '-Inf' ? -Infinity : float[1] === '+Inf' ? Infinity : Number(float[1]));
    return a;
  }
  if (/^\d+$/.test(text) && as !== APCDATA) {
    a.type = TYPE_MEM;
    a.offset = Number(text);
    return a;
  }
  const memory = /^(-?\d+)?\((\w+)\)(?:\((\w+)\*(\d)\))?$/.exec(text);
  if (memory !== null && registers.has(memory[2]!)) {
    const [, offset, base, index, scale] = memory;
    a.setMem(registers.get(base!)!, Number(offset ?? 0));
    if (index !== undefined) a.index = registers.get(index)!;
    a.scale = Number(scale ?? 0);
    return a;
  }
  const local = /^[^,]*?([+-]\d+)?\((?:SP|FP)\)(?:\((\w+)\*(\d)\))?$/.exec(text);
  if (local !== null) {
    const [, offset, index, scale] = local;
    a.setMem(REG_SP, Number(offset ?? 0));
    if (index !== undefined) a.index = registers.get(index)!;
    a.scale = Number(scale ?? 0);
    return a;
  }
  return null;
}

interface Stripped {
  readonly body: Prog[];
  readonly frameSize: number;
  readonly spills: RegSpill[];
  readonly isLeaf: boolean;
  readonly needsContext: boolean;
  readonly isSystemStack: boolean;
}

/** Takes the frame out of a function's instructions: what the passes add they must add again. */
function stripFrame(progs: readonly Prog[], frame: number): Stripped {
  let body = [...progs];
  // Wrappers of morestack call it too, but do not end with a jump back.
  const hasSlowPath = body.at(-1)?.as === AJMP && body.at(-1)!.to.target !== null;
  const slow = hasSlowPath
    ? body.findLastIndex((p) => p.to.sym?.name.startsWith('runtime.morestack'))
    : -1;
  let spills: RegSpill[] = [];
  let needsContext = false;
  let isSystemStack = false;
  if (slow >= 0) {
    needsContext = body[slow]!.to.sym!.name === 'runtime.morestack';
    isSystemStack = body[slow]!.to.sym!.name === 'runtime.morestackc';
    let begin = slow;
    while (body[begin]!.as !== APCDATA) begin--;
    spills = body.slice(begin + 1, slow).map((p, i) => ({
      reg: p.from.reg,
      spill: p.as,
      unspill: body[slow + 2 + i]!.as,
      offset: p.to.offset - 8,
    }));
    body = body.slice(0, begin - 1);
    const check = body.findIndex((p) => p.as === AJLS);
    const first = body.findIndex((p) => p.as !== AFUNCDATA && p.as !== APCDATA);
    const keep = body.slice(0, first).filter((p) => p.as === AFUNCDATA);
    body = [...keep, ...body.slice(check + 2)];
  }
  const push = body.findIndex((p) => p.as !== AFUNCDATA && p.as !== APCDATA);
  let frameSize = Math.max(frame, 0);
  if (nameOf(body[push]) === 'PUSHQ' && body[push]!.from.reg === REG_BP) {
    frameSize -= 8;
    body.splice(push, frameSize === 0 ? 2 : 3);
    for (let i = body.length - 1; i >= 0; i--) {
      const isReturn = body[i]!.as === ARET || isTailCall(body[i]!);
      if (!isReturn || nameOf(body[i - 1]) !== 'POPQ') continue;
      // The first instruction of an epilogue is what branches go to: it stays, as the return.
      const begin = frameSize === 0 ? i - 1 : i - 2;
      const ret = body[begin]!;
      const { to } = body[i]!;
      ret.as = ARET;
      ret.from.copyFrom(new Addr());
      ret.to.copyFrom(to);
      body.splice(begin + 1, i - begin);
      i = begin;
    }
  }
  const isLeaf = !body.some((p) => p.as === ACALL && !isLeafCall(p));
  return { body, frameSize, spills, isLeaf, needsContext, isSystemStack };
}

function nameOf(p: Prog | undefined): string {
  return p === undefined ? '' : anames[p.as]!;
}

function isTailCall(p: Prog): boolean {
  return p.as === AJMP && p.to.target === null;
}

function isLeafCall(p: Prog): boolean {
  return /^runtime\.panic(?:divide|wrap|shift|Bounds|Extend)$/.test(p.to.sym?.name ?? '');
}
