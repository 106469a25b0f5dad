/**
 * Prints scheduled, register-allocated SSA as amd64 instructions.
 *
 * Most operations are printed by their form, a column of the op table; those with a sequence of their
 * own are in emit-ops.ts. Blocks end with the jumps that the order of blocks requires.
 *
 * Around instructions go the pseudo-instructions that fill the pc tables: PCDATA 0 where a goroutine
 * must not be stopped, PCDATA 1 with the stack map at calls, PCDATA 4 at failing bounds checks.
 */
import {
  type Addr,
  NAME_AUTO,
  NAME_EXTERN,
  NAME_PARAM,
  NAME_STATIC,
  TYPE_ADDR,
  TYPE_MEM,
} from '@go-ts/asm/addr';
import { anames } from '@go-ts/asm/amd64/anames.gen';
import * as A from '@go-ts/asm/amd64/anames.gen';
import { REG_AX, REG_SP, REG_X0 } from '@go-ts/asm/amd64/registers';
import { ACALL, AJMP, ANOP, APCDATA, ARET } from '@go-ts/asm/as';
import { type Prog, ProgList } from '@go-ts/asm/prog';
import { type ObjSym } from '@go-ts/objfile/builder';
import { ABIInternal, ABIStatic } from '@go-ts/objfile/sym';
import { PCDATA_ArgLiveIndex } from '@go-ts/runtime/layout/funcdata';
import { allFilled, type ArgLiveness } from '../../liveness/arg-live.ts';
import { type Liveness } from '../../liveness/live.ts';
import { type UnsafePoints } from '../../liveness/safepoint.ts';
import * as kinds from '../../ssa/block.ts';
import { type Block } from '../../ssa/block.ts';
import { type Func } from '../../ssa/func.ts';
import { LocalAuto, LocalVar } from '../../ssa/local.ts';
import * as ops from '../../ssa/op.ts';
import { ClobbersFlags, SetsFlags, opFlags } from '../../ssa/opinfo.ts';
import { RepFlags } from '../../ssa/rep.ts';
import { type Value } from '../../ssa/value.ts';
import { emitOwn, loadAs } from './emit-ops.ts';
import { amd64Ops } from './optable.ts';

/** Positions of the function as the assembler wants them. */
export interface FuncPositions {
  /** By position index of the IR function: index of the PosBase, and line. */
  readonly bases: Int32Array;
  readonly lines: Int32Array;
}

/** What was found out about the function before its instructions. */
export interface FuncFacts {
  readonly live: Liveness;
  readonly args: ArgLiveness | null;
  readonly unsafe: UnsafePoints;
  readonly positions: FuncPositions;
}

const formNames = [
  'own',
  'rr',
  'rc',
  'r',
  'u',
  'cmp',
  'cmpc',
  'tst',
  'tstc',
  'set',
  'cmov',
  'load',
  'store',
  'stc',
  'opld',
  'opst',
  'opstc',
  'cmpld',
  'cmpldc',
  'lea',
] as const;

const asNumbers = new Map(anames.map((name, as) => [name, as]));

/** Columns of the op table by op number. */
export const opAs = new Int32Array(ops.OpCount);
const opForm = new Uint8Array(ops.OpCount);
amd64Ops.forEach(([, , , , asm, form], i) => {
  opAs[ops.FirstAMD64Op + i] = asNumbers.get(asm) ?? 0;
  opForm[ops.FirstAMD64Op + i] = formNames.indexOf(form as (typeof formNames)[number]);
});

const noRegister = -1;

/** The assembler's number of one of our registers: general ones and X registers are consecutive. */
export function asmReg(r: number): number {
  return r < 16 ? REG_AX + r : REG_X0 + (r - 16);
}

interface Jump {
  readonly prog: Prog;
  readonly to: Block;
}

export class Emitter {
  readonly f: Func;
  readonly home: Int16Array;
  readonly list = new ProgList();
  readonly isAbi0: boolean;
  /** First instruction by block id. */
  readonly start: (Prog | null)[];
  readonly inlMarks: { index: number; prog: Prog }[] = [];
  readonly #live: Liveness;
  readonly #args: ArgLiveness | null;
  readonly #unsafe: UnsafePoints;
  readonly #positions: FuncPositions;
  readonly #jumps: Jump[] = [];
  #isUnsafe = false;
  #map = -1;
  #argMap = allFilled;
  /** Flags are live where the value at hand is: constants must not be made by XOR. */
  readonly #flagsLive: Uint8Array;

  constructor(f: Func, home: Int16Array, facts: FuncFacts) {
    this.f = f;
    this.home = home;
    this.isAbi0 = f.sym.abi !== ABIInternal;
    this.#live = facts.live;
    this.#args = facts.args;
    this.#unsafe = facts.unsafe;
    this.#positions = facts.positions;
    this.start = Array.from({ length: f.numBlocks }, () => null);
    this.#flagsLive = new Uint8Array(f.numValues);
  }

  run(): void {
    const { f, list } = this;
    this.position(f.pos);
    // A first instruction that blocks come after.
    list.append(ANOP);
    this.#zeroAmbiguous();
    for (let i = 0; i < f.blocks.length; i++) {
      const b = f.blocks[i]!;
      const before = list.last!;
      this.#block(b);
      this.#finish(b, f.blocks[i + 1] ?? null);
      this.start[b.id] = before.link;
    }
    this.#openDeferExit();
    for (const { prog, to } of this.#jumps) {
      const target = this.startOf(to);
      prog.to.setBranch(target);
    }
  }

  /** A block without instructions begins where the next one does. */
  startOf(b: Block): Prog {
    const { blocks } = this.f;
    for (let i = blocks.indexOf(b); i < blocks.length; i++) {
      const p = this.start[blocks[i]!.id];
      if (p !== null && p !== undefined) return p;
    }
    return this.f.fail(`jump to the end of the function`);
  }

  position(pos: number): void {
    const { bases, lines } = this.#positions;
    if (pos === 0 || pos >= lines.length) return;
    this.list.base = bases[pos]!;
    this.list.line = lines[pos]!;
  }

  /** `as` with its operands still to be set. */
  op(as: number): Prog {
    return this.list.append(as);
  }

  /** OP from, to: both registers (ours). */
  rr(as: number, from: number, to: number): Prog {
    const p = this.list.append(as);
    p.from.setReg(asmReg(from));
    p.to.setReg(asmReg(to));
    return p;
  }

  /** OP $c, to. */
  cr(as: number, c: number | bigint, to: number): Prog {
    const p = this.list.append(as);
    p.from.setConst(c);
    p.to.setReg(asmReg(to));
    return p;
  }

  /** The register of a value. */
  reg(v: Value): number {
    const r = this.home[v.id]!;
    if (r === undefined || r === noRegister) this.f.fail(`${v.describe()} has no register`);
    return r;
  }

  /** The memory operand of `v` with base operand `base`, and offset `extra` on top. */
  mem(a: Addr, v: Value, base: Value, extra: number = 0): void {
    this.address(a, v, base, extra);
    a.type = TYPE_MEM;
  }

  address(a: Addr, v: Value, base: Value, extra: number): void {
    a.type = TYPE_ADDR;
    a.offset = v.auxInt + extra;
    const { aux } = v;
    if (aux instanceof LocalVar) this.slot(a, aux, v.auxInt + extra);
    else if (base.op === ops.OpSB) {
      const sym = aux as ObjSym;
      a.name = sym.abi === ABIStatic ? NAME_STATIC : NAME_EXTERN;
      a.sym = sym;
    } else if (base.op === ops.OpSP) a.reg = REG_SP;
    else {
      a.reg = asmReg(this.reg(base));
      if (aux !== null) this.f.fail(`${v.describe()}: symbol with a register as base`);
    }
  }

  /** `offset` into frame slot `s`. */
  slot(a: Addr, s: LocalVar, offset: number): void {
    a.type = TYPE_MEM;
    a.name = s.kind === LocalAuto ? NAME_AUTO : NAME_PARAM;
    a.offset = s.offset + offset;
  }

  index(a: Addr, x: Value, scale: number): void {
    a.index = asmReg(this.reg(x));
    a.scale = scale;
  }

  #block(b: Block): void {
    this.#markFlags(b);
    const args = this.#args;
    if (args !== null) this.#argLive(args.blocks[b.id]!);
    for (const v of b.values) {
      this.#unsafePoint(this.#unsafe.values[v.id] === 1, v);
      this.position(v.pos);
      this.#value(v);
      const map = args?.values.get(v);
      if (map !== undefined) this.#argLive(map);
    }
  }

  #unsafePoint(unsafe: boolean, v: Value | null): void {
    if (unsafe === this.#isUnsafe || (v !== null && isSilent(v.op))) return;
    this.#isUnsafe = unsafe;
    this.pcdata(0, unsafe ? -2 : -1);
  }

  #argLive(map: number): void {
    if (map === this.#argMap) return;
    this.#argMap = map;
    this.pcdata(PCDATA_ArgLiveIndex, map);
  }

  pcdata(table: number, value: number): void {
    const p = this.list.append(APCDATA);
    p.from.setConst(table);
    p.to.setConst(value);
  }

  /** Before a call: says which stack map holds there. */
  stackMap(v: Value): void {
    const map = this.#live.mapOf[v.id]!;
    if (map === undefined || map < 0 || map === this.#map) return;
    this.#map = map;
    this.pcdata(1, map);
  }

  flagsLive(v: Value): boolean {
    return this.#flagsLive[v.id] === 1;
  }

  #markFlags(b: Block): void {
    let live = b.c0 !== null && b.c0.rep === RepFlags;
    for (let i = b.values.length - 1; i >= 0; i--) {
      const v = b.values[i]!;
      if (live) this.#flagsLive[v.id] = 1;
      const isSelect = v.op === ops.OpSelect0 || v.op === ops.OpSelect1;
      if (!isSelect && (opFlags[v.op]! & (SetsFlags | ClobbersFlags)) !== 0) live = false;
      for (let k = 0; k < v.nargs; k++) if (v.arg(k).rep === RepFlags && !isSelect) live = true;
      if (isSelect && v.rep === RepFlags) live = true;
    }
  }

  #value(v: Value): void {
    const as = opAs[v.op]!;
    switch (opForm[v.op]) {
      case 1: {
        this.#checkArg0(v);
        this.rr(as, this.reg(v.a1!), this.reg(v));
        return;
      }
      case 2:
        this.#checkArg0(v);
        this.cr(as, v.auxInt, this.reg(v));
        return;
      case 3: {
        this.#checkArg0(v);
        this.op(as).to.setReg(asmReg(this.reg(v)));
        return;
      }
      case 4:
        this.#breakDependency(v);
        this.rr(as, this.reg(v.a0!), this.reg(v));
        return;
      case 5:
        this.rr(as, this.reg(v.a0!), this.reg(v.a1!));
        return;
      case 6: {
        const p = this.op(as);
        p.from.setReg(asmReg(this.reg(v.a0!)));
        p.to.setConst(v.auxInt);
        return;
      }
      case 7:
        this.rr(as, this.reg(v.a1!), this.reg(v.a0!));
        return;
      case 8:
        this.cr(as, v.auxInt, this.reg(v.a0!));
        return;
      case 9: {
        this.op(as).to.setReg(asmReg(this.reg(v)));
        return;
      }
      case 10:
        this.#checkArg0(v);
        this.rr(as, this.reg(v.a1!), this.reg(v));
        return;
      case 11: {
        const p = this.op(as);
        this.mem(p.from, v, v.a0!);
        if (v.nargs === 3) this.index(p.from, v.a1!, v.auxInt2);
        p.to.setReg(asmReg(this.reg(v)));
        return;
      }
      case 12: {
        const p = this.op(as);
        const isIndexed = v.nargs === 4;
        p.from.setReg(asmReg(this.reg(isIndexed ? v.a2! : v.a1!)));
        this.mem(p.to, v, v.a0!);
        if (isIndexed) this.index(p.to, v.a1!, v.auxInt2);
        return;
      }
      case 13:
      case 16: {
        const p = this.op(as);
        p.from.setConst(v.auxInt2);
        this.mem(p.to, v, v.a0!);
        return;
      }
      case 14: {
        this.#checkArg0(v);
        const p = this.op(as);
        this.mem(p.from, v, v.a1!);
        p.to.setReg(asmReg(this.reg(v)));
        return;
      }
      case 15: {
        const p = this.op(as);
        p.from.setReg(asmReg(this.reg(v.a1!)));
        this.mem(p.to, v, v.a0!);
        return;
      }
      case 17: {
        const p = this.op(as);
        this.mem(p.from, v, v.a0!);
        p.to.setReg(asmReg(this.reg(v.a1!)));
        return;
      }
      case 18: {
        const p = this.op(as);
        this.mem(p.from, v, v.a0!);
        p.to.setConst(v.auxInt2);
        return;
      }
      case 19:
        this.#lea(v, as);
        return;
      default:
        emitOwn(this, v);
    }
  }

  #checkArg0(v: Value): void {
    if (this.reg(v) !== this.reg(v.a0!)) {
      this.f.fail(`${v.describe()}: result is not in the register of operand 0`);
    }
  }

  /** These write part of a register, or are believed by some processors to read it. */
  #breakDependency(v: Value): void {
    const out = this.reg(v);
    switch (v.op) {
      case ops.OpAMD64POPCNTQ:
      case ops.OpAMD64POPCNTL:
      case ops.OpAMD64TZCNTQ:
      case ops.OpAMD64TZCNTL:
        if (out !== this.reg(v.a0!)) this.rr(A.AXORL, out, out);
        return;
      case ops.OpAMD64CVTSQ2SD:
      case ops.OpAMD64CVTSQ2SS:
      case ops.OpAMD64CVTSL2SD:
      case ops.OpAMD64CVTSL2SS:
        this.rr(A.AXORPS, out, out);
        return;
      default:
    }
  }

  #lea(v: Value, as: number): void {
    const p = this.op(as);
    p.to.setReg(asmReg(this.reg(v)));
    this.mem(p.from, v, v.a0!);
    if (v.nargs < 2) return;
    this.index(p.from, v.a1!, v.auxInt2);
  }

  /** Slots that the collector might look at before the program has stored to them. */
  #zeroAmbiguous(): void {
    const slots = this.f.locals.filter((s) => s.needZero && s.used && s.kind === LocalAuto);
    if (slots.length === 0) return;
    if (this.isAbi0) this.rr(A.AXORPS, 31, 31);
    for (const s of slots) {
      let at = 0;
      const size = Math.ceil(s.type.size / 8) * 8;
      for (; at + 16 <= size; at += 16) {
        const p = this.op(A.AMOVUPS);
        p.from.setReg(asmReg(31));
        this.slot(p.to, s, at);
      }
      if (at < size) {
        const p = this.op(A.AMOVQ);
        p.from.setConst(0);
        this.slot(p.to, s, at);
      }
    }
  }

  // Ends of blocks.

  #jump(as: number, to: Block): void {
    const p = this.op(as);
    this.#jumps.push({ prog: p, to });
  }

  #finish(b: Block, next: Block | null): void {
    this.#unsafePoint(this.#unsafe.blocks[b.id] === 1, null);
    this.position(b.pos);
    switch (b.kind) {
      case kinds.BlockPlain:
      case kinds.BlockDefer:
        if (b.succs[0]!.b !== next) this.#jump(AJMP, b.succs[0]!.b);
        return;
      case kinds.BlockExit:
      case kinds.BlockRetJmp:
        return;
      case kinds.BlockRet:
        this.op(ARET);
        return;
      case kinds.BlockAMD64JUMPTABLE: {
        const p = this.op(AJMP);
        p.to.setMem(asmReg(this.reg(b.c1!)), 0);
        this.index(p.to, b.c0!, 8);
        return;
      }
      case kinds.BlockAMD64EQF:
        this.#equalFloat(b.succs[0]!.b, b.succs[1]!.b, next);
        return;
      case kinds.BlockAMD64NEF:
        this.#equalFloat(b.succs[1]!.b, b.succs[0]!.b, next);
        return;
      default:
        this.#branch(b, next);
    }
  }

  #branch(b: Block, next: Block | null): void {
    const pair = branches.get(b.kind);
    if (pair === undefined) this.f.fail(`block ${b.id} of kind ${b.kind} at emission`);
    const yes = b.succs[0]!.b;
    const no = b.succs[1]!.b;
    if (yes === next) this.#jump(pair[1], no);
    else if (no === next) this.#jump(pair[0], yes);
    else if (b.likely === kinds.LikelySecond) {
      // One jump, not two, on the way that is mostly taken.
      this.#jump(pair[1], no);
      this.#jump(AJMP, yes);
    } else {
      this.#jump(pair[0], yes);
      this.#jump(AJMP, no);
    }
  }

  /** After UCOMISx: to `yes` if equal and ordered. */
  #equalFloat(yes: Block, no: Block, next: Block | null): void {
    this.#jump(A.AJNE, no);
    if (yes === next) this.#jump(A.AJPS, no);
    else {
      this.#jump(A.AJPC, yes);
      if (no !== next) this.#jump(AJMP, no);
    }
  }

  /** Where the runtime resumes after a panic was recovered in a function with open-coded defers. */
  #openDeferExit(): void {
    const { f } = this;
    if (f.openDefers === null) return;
    this.#unsafePoint(f.asyncUnsafe, null);
    if (this.#live.deferReturn !== this.#map) this.pcdata(1, this.#live.deferReturn);
    this.position(f.endPos);
    const p = this.op(ACALL);
    p.to.setCall(f.env.obj.lookup('runtime.deferreturn', ABIInternal));
    for (const { slot, offset, reg, rep } of f.openDefers.results) {
      const q = this.op(loadAs(rep));
      this.slot(q.from, slot, offset);
      q.to.setReg(asmReg(reg));
    }
    this.op(ARET);
  }
}

/** Jump if the condition holds, jump if it does not. */
const branches: ReadonlyMap<number, readonly [yes: number, no: number]> = new Map([
  [kinds.BlockAMD64EQ, [A.AJEQ, A.AJNE]],
  [kinds.BlockAMD64NE, [A.AJNE, A.AJEQ]],
  [kinds.BlockAMD64LT, [A.AJLT, A.AJGE]],
  [kinds.BlockAMD64GE, [A.AJGE, A.AJLT]],
  [kinds.BlockAMD64LE, [A.AJLE, A.AJGT]],
  [kinds.BlockAMD64GT, [A.AJGT, A.AJLE]],
  [kinds.BlockAMD64ULT, [A.AJCS, A.AJCC]],
  [kinds.BlockAMD64UGE, [A.AJCC, A.AJCS]],
  [kinds.BlockAMD64ULE, [A.AJLS, A.AJHI]],
  [kinds.BlockAMD64UGT, [A.AJHI, A.AJLS]],
  [kinds.BlockAMD64OS, [A.AJOS, A.AJOC]],
  [kinds.BlockAMD64OC, [A.AJOC, A.AJOS]],
  [kinds.BlockAMD64ORD, [A.AJPC, A.AJPS]],
  [kinds.BlockAMD64NAN, [A.AJPS, A.AJPC]],
]);

function isSilent(op: number): boolean {
  switch (op) {
    case ops.OpPhi:
    case ops.OpInitMem:
    case ops.OpSP:
    case ops.OpSB:
    case ops.OpArgReg:
    case ops.OpSelect0:
    case ops.OpSelect1:
    case ops.OpSelectN:
    case ops.OpVarDef:
    case ops.OpVarLive:
    case ops.OpKeepAlive:
    case ops.OpWBEnd:
    case ops.OpMakeResult:
      return true;
    default:
      return false;
  }
}
