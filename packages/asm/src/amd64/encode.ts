/**
 * Encodes one amd64 instruction: finds the first form that its operands fit, and emits it.
 *
 * The emitted bytes are, in order: segment override, mandatory prefixes, REX (or VEX or EVEX, which
 * replace both), opcode, ModRM, SIB, displacement, immediate. Whether a REX prefix is needed is known
 * only after ModRM, so it is inserted afterwards, and relocations move with what they patch.
 *
 * A byte instruction on a general register (MOVB AX, …) is matched as written and then renamed to the
 * byte register *in the instruction*. If the function is laid out again, because a jump grew, the
 * renamed operand may fit an earlier form. Upstream does that too, and byte equality needs it.
 *
 * Hot: one `Encoder` per function, no allocation per instruction but relocations.
 *
 * SDM vol. 2, chapter 2 (instruction format, VEX, EVEX).
 * GOROOT: src/cmd/internal/obj/x86/asm6.go (which of several encodings; relocations; wording of errors).
 */
import { ObjReloc } from '@go-ts/objfile/builder';
import { R_CALL, R_CALLIND, R_GOTPCREL, R_PCREL, R_TLS_IE, R_TLS_LE } from '@go-ts/objfile/reloc';
import {
  type Addr,
  NAME_AUTO,
  NAME_EXTERN,
  NAME_GOTREF,
  NAME_NONE,
  NAME_PARAM,
  NAME_STATIC,
  TYPE_MEM,
  TYPE_REG,
} from '../addr.ts';
import { type AsmContext } from '../func.ts';
import { formatAddr } from '../list.ts';
import { type Prog } from '../prog.ts';
import {
  AJCXZL,
  ALEAL,
  AMOVQ,
  AVGATHERDPD,
  AVGATHERDPS,
  AVGATHERQPD,
  AVGATHERQPS,
  AVPGATHERDD,
  AVPGATHERDQ,
  AVPGATHERQD,
  AVPGATHERQQ,
  AXBEGIN,
} from './anames.gen.ts';
import {
  type Form,
  formsOf,
  KIND_CALL,
  KIND_CALLCON,
  KIND_CALLIND,
  KIND_DATA,
  KIND_EVEX,
  KIND_JCC,
  KIND_JMP,
  KIND_LEGACY,
  KIND_LOOP,
  KIND_MOV64,
  KIND_NOP,
  KIND_TLS,
  KIND_VEX,
  KIND_XBEGIN,
} from './insns.ts';
import { amd64Names, show } from './list.ts';
import { CLASS_NONE, classOf, covers } from './operands.ts';
import {
  REG_AL,
  REG_AX,
  REG_BP,
  REG_CS,
  REG_DS,
  REG_ES,
  REG_FS,
  REG_GS,
  REG_K0,
  REG_R12,
  REG_R13,
  REG_R15,
  REG_SP,
  REG_TLS,
  REG_Z0,
  EVEX_R,
  regLow,
  regNumber,
  regRex,
  REX_ANY,
  REX_B,
  REX_R,
  REX_W,
  REX_X,
} from './registers.ts';
import { suffixes } from './suffix.ts';

/** Bits of `Prog.mark` while a function is laid out. */
export const MARK_SHORT = 1;
export const MARK_BACKWARD = 2;

const MAX_OPERANDS = 6;
const noAddr: Addr | null = null;

export class Encoder {
  /** The bytes of the last instruction. */
  readonly buf = new Uint8Array(64);
  length = 0;
  /** Relocations of the function so far. */
  relocs: ObjReloc[] = [];
  /** Branches to instructions that have not been reached, to be patched. */
  forward: Prog[] = [];
  readonly #ctx: AsmContext;
  readonly #ops: (Addr | null)[] = Array.from({ length: MAX_OPERANDS }, () => noAddr);
  readonly #classes = new Int32Array(MAX_OPERANDS);
  #count = 0;
  #rex = 0;
  /** The EVEX form being emitted, whose displacements are compressed. */
  #evex: Form | null = null;
  #broadcast = false;
  #firstReloc = 0;

  readonly #name: string;

  /** `name` is the function's, for messages. */
  constructor(ctx: AsmContext, name: string) {
    this.#ctx = ctx;
    this.#name = name;
  }

  /** Encodes `p`, at `p.pc`, into `buf`; what does not exist is reported and encoded as nothing. */
  encode(p: Prog): void {
    this.length = 0;
    this.#rex = 0;
    this.#evex = null;
    this.#firstReloc = this.relocs.length;
    const forms = formsOf(p.as);
    if (forms.length === 0) {
      this.#error(p, `asmins: missing op ${show(p, this.#ctx)}`);
      return;
    }
    this.#segmentPrefix(p.from);
    this.#segmentPrefix(p.to);
    if (isGather(p.as) && !this.#gatherValid(p)) return;
    this.#classify(p);
    const form = this.#match(p, forms);
    if (form === null) {
      this.#error(p, `${this.#name}: invalid instruction: ${show(p, this.#ctx)}`);
      return;
    }
    this.#emit(p, form);
    if (this.#rex !== 0 && form.kind !== KIND_VEX && form.kind !== KIND_EVEX) this.#insertRex();
    this.#finishRelocs(p);
  }

  #error(p: Prog, message: string): void {
    this.#ctx.error(p, message);
  }

  #classify(p: Prog): void {
    if (p.ftype === 0) p.ftype = classOf(p.from);
    if (p.ttype === 0) p.ttype = classOf(p.to);
    let n = 0;
    if (p.ftype !== CLASS_NONE) {
      this.#ops[n] = p.from;
      this.#classes[n++] = p.ftype;
    }
    for (let i = 0; i < p.rest.length && n < MAX_OPERANDS - 1; i++) {
      const a = p.rest[i]!;
      this.#ops[n] = a;
      this.#classes[n++] = classOf(a);
    }
    if (p.ttype !== CLASS_NONE) {
      this.#ops[n] = p.to;
      this.#classes[n++] = p.ttype;
    }
    this.#count = n;
  }

  #match(p: Prog, forms: readonly Form[]): Form | null {
    const n = this.#count;
    const classes = this.#classes;
    next: for (const form of forms) {
      const want = form.classes;
      if (want.length !== n) continue;
      if (p.scond !== 0 && form.kind !== KIND_EVEX && !form.anySuffix) continue;
      for (let i = 0; i < n; i++) if (!covers(classes[i]!, want[i]!)) continue next;
      return form;
    }
    return null;
  }

  #emit(p: Prog, form: Form): void {
    switch (form.kind) {
      case KIND_LEGACY:
        this.#legacy(p, form);
        return;
      case KIND_VEX:
        this.#vexPrefix(form);
        this.#operands(p, form);
        return;
      case KIND_EVEX:
        this.#evex = form;
        this.#broadcast = suffixes[p.scond]!.broadcast;
        this.#evexPrefix(p, form);
        this.#operands(p, form);
        return;
      case KIND_NOP:
        return;
      case KIND_JCC:
      case KIND_LOOP:
      case KIND_JMP:
      case KIND_XBEGIN:
        this.#branch(p, form);
        return;
      case KIND_CALL:
        this.#call(p, form.opcode[0]!, this.#ops[form.branch]!);
        return;
      case KIND_CALLCON:
        this.#byte(form.opcode[0]!);
        this.#reloc(p, 4, R_PCREL, this.#ops[form.imm]!.offset, null);
        this.#int32(0);
        return;
      case KIND_CALLIND:
        this.#byte(0xff);
        this.#byte(0x15);
        this.#reloc(p, 4, R_PCREL, p.to.offset, p.to.sym);
        this.#int32(0);
        return;
      case KIND_MOV64:
        this.#mov64(p, this.#ops[0]!, this.#ops[1]!);
        return;
      case KIND_DATA:
        this.#immediate(this.#ops[0]!, form.immSize);
        return;
      case KIND_TLS:
        this.#loadTLS(p);
        return;
      default:
        this.#error(p, `asmins: unknown form of ${show(p, this.#ctx)}`);
    }
  }

  #legacy(p: Prog, form: Form): void {
    if (form.only32) this.#error(p, `asmins: illegal in 64-bit mode: ${show(p, this.#ctx)}`);
    if (form.byteRegs !== 0) {
      if (toByteReg(p.from)) p.ftype = 0;
      if (form.byteRegs === 1 && toByteReg(p.to)) p.ttype = 0;
    }
    if (form.callIndirect) {
      this.relocs.push(new ObjReloc(p.pc, 0, R_CALLIND, 0, null));
    }
    if (form.rexW !== 0) this.#rex |= REX_W;
    if (form.prefix1 !== 0) this.#byte(form.prefix1);
    if (form.prefix2 !== 0) this.#byte(form.prefix2);
    const { opcode } = form;
    if (form.low >= 0) {
      const { reg } = this.#ops[form.low]!;
      this.#rex |= regRex[reg]! & (REX_B | REX_ANY);
      for (let i = 0; i < opcode.length - 1; i++) this.#byte(opcode[i]!);
      this.#byte(opcode[opcode.length - 1]! + regLow[reg]!);
    } else for (let i = 0; i < opcode.length; i++) this.#byte(opcode[i]!);
    this.#operands(p, form);
  }

  /** ModRM and what follows it. */
  #operands(p: Prog, form: Form): void {
    if (form.hasModrm) {
      const rm = this.#ops[form.rm]!;
      if (form.digit >= 0) this.#modrm(p, rm, form.digit, 0, form.isAddress);
      else if (form.reg >= 0) {
        const { reg } = this.#ops[form.reg]!;
        this.#modrm(p, rm, regLow[reg]!, regRex[reg]!, form.isAddress);
      }
    }
    if (form.immSize !== 0) this.#immediate(this.#ops[form.imm]!, form.immSize);
    if (form.highReg >= 0) this.#byte(regNumber(this.#ops[form.highReg]!.reg) << 4);
  }

  #immediate(a: Addr, size: number): void {
    if (size === 8) {
      this.#int64(a);
      return;
    }
    // Of a constant that is too large for a double, the low bits are only in `wide`.
    const v = a.wide === null ? a.offset : Number(BigInt.asIntN(32, a.wide));
    if (size === 1) this.#byte(v);
    else if (size === 2) {
      this.#byte(v);
      this.#byte(v >> 8);
    } else this.#int32(v | 0);
  }

  /** MOVQ of a constant to a register: 5, 7 or 10 bytes, whichever holds the value. */
  #mov64(p: Prog, a: Addr, to: Addr): void {
    const v = a.offset;
    const rex = regRex[to.reg]! & REX_B;
    if (v >= 0 && v <= 0xffffffff) {
      this.#rex |= rex;
      this.#byte(0xb8 + regLow[to.reg]!);
      this.#int32(v | 0);
    } else if (v < 0 && v >= -0x80000000) {
      this.#rex |= REX_W;
      this.#byte(0xc7);
      this.#modrm(p, to, 0, 0, false);
      this.#int32(v);
    } else {
      this.#rex |= REX_W | rex;
      this.#byte(0xb8 + regLow[to.reg]!);
      this.#int64(a);
    }
  }

  #call(p: Prog, opcode: number, to: Addr): void {
    if (to.sym === null) {
      this.#error(p, 'call without target');
      return;
    }
    this.#byte(opcode);
    this.#reloc(p, 4, R_CALL, to.offset, to.sym);
    this.#int32(0);
  }

  /** Jumps, conditional or not, LOOP and XBEGIN: opcode bytes are the short form, the long form. */
  #branch(p: Prog, form: Form): void {
    const isXbegin = form.kind === KIND_XBEGIN;
    const short = form.opcode[0] ?? 0;
    const long = form.opcode[1] ?? 0;
    const to = this.#ops[form.branch]!;
    if (isXbegin) this.#byte(0xc7);
    if (to.sym !== null) {
      if (form.kind !== KIND_JMP && !isXbegin) {
        this.#error(p, 'branch to ATEXT');
        return;
      }
      this.#byte(isXbegin ? 0xf8 : long);
      this.#reloc(p, 4, R_CALL, 0, to.sym);
      this.#int32(0);
      return;
    }
    const { target } = to;
    if (target === null) {
      this.#error(p, 'jmp/branch/loop without target');
      return;
    }
    let displacement = 0;
    let isShort = (p.mark & MARK_SHORT) !== 0;
    if ((p.mark & MARK_BACKWARD) !== 0) {
      displacement = target.pc - (p.pc + 2);
      isShort = displacement >= -128;
    } else this.forward.push(p);
    if (isShort && !isXbegin) {
      if (p.as === AJCXZL) this.#byte(0x67);
      this.#byte(short);
      this.#byte(displacement);
      return;
    }
    if (form.kind === KIND_LOOP) {
      this.#error(p, `loop too far: ${show(p, this.#ctx)}`);
      return;
    }
    if (form.kind === KIND_JCC) this.#byte(0x0f);
    this.#byte(isXbegin ? 0xf8 : long);
    if ((p.mark & MARK_BACKWARD) !== 0) displacement = target.pc - (p.pc + this.length + 4);
    this.#int32(displacement);
  }

  /** Patches a forward branch; false if it was assumed short and is not. */
  static patch(code: Uint8Array, p: Prog): boolean {
    const v = p.to.target!.pc - (p.pc + p.size);
    if ((p.mark & MARK_SHORT) !== 0) {
      const at = p.as === AJCXZL || p.as === AXBEGIN ? 2 : 1;
      code[p.pc + at] = v;
      return v <= 127;
    }
    const at = p.pc + p.size - 4;
    code[at] = v;
    code[at + 1] = v >> 8;
    code[at + 2] = v >> 16;
    code[at + 3] = v >> 24;
    return true;
  }

  /** MOVQ TLS, reg, where the thread base is loaded in an instruction of its own. */
  #loadTLS(p: Prog): void {
    const { reg } = p.to;
    if (p.as !== AMOVQ) this.#error(p, `invalid load of TLS: ${show(p, this.#ctx)}`);
    if (!this.#ctx.shared) {
      this.#error(p, `unknown TLS base location for ${this.#ctx.goos} without -shared`);
      return;
    }
    this.#rex = REX_W | (regRex[reg]! & REX_R);
    this.#byte(0x8b);
    this.#byte(0x05 | (regLow[reg]! << 3));
    this.#reloc(p, 4, R_TLS_IE, -4, null);
    this.#int32(0);
  }

  // ----- prefixes

  #segmentPrefix(a: Addr): void {
    if (a.reg < REG_CS && a.index < REG_CS) return;
    let prefix = 0;
    if (a.type === TYPE_MEM && a.name === NAME_NONE) {
      prefix = a.reg === REG_TLS ? this.#tlsSegment() : segmentPrefix(a.reg);
    }
    if (prefix === 0) {
      if (a.index === REG_TLS) {
        // An offset from a thread base that is in a register needs the segment only when the linker
        // is to fill in the offset at run time.
        if (this.#ctx.shared && this.#ctx.goos !== 'windows') prefix = 0x64;
      } else prefix = segmentPrefix(a.index);
    }
    if (prefix !== 0) this.#byte(prefix);
  }

  #tlsSegment(): number {
    return this.#ctx.goos === 'darwin' || this.#ctx.goos === 'ios' ? 0x65 : 0x64;
  }

  #insertRex(): void {
    const { buf, length } = this;
    let at = 0;
    while (at < length && isPrefixByte(buf[at]!)) at++;
    buf.copyWithin(at + 1, at, length);
    buf[at] = 0x40 | this.#rex;
    this.length = length + 1;
    for (let i = this.#firstReloc; i < this.relocs.length; i++) this.relocs[i]!.off++;
  }

  #vexPrefix(form: Form): void {
    const reg = this.#regOf(form.reg);
    const rm = form.rm < 0 ? null : this.#ops[form.rm]!;
    const vvvv = this.#regOf(form.vvvv);
    const r = regRex[reg]! & REX_R;
    const b = rm === null ? 0 : regRex[rm.reg]! & REX_B;
    const x = rm === null ? 0 : regRex[rm.index]! & REX_X;
    const v = (vvvv === 0 ? 0 : regNumber(vvvv) & 15) ^ 15;
    const tail = (v << 3) | (form.length << 2) | form.pp;
    if (form.map === 1 && (x | b) === 0 && form.rexW === 0) {
      this.#byte(0xc5);
      this.#byte(((r << 5) ^ 0x80) | tail);
    } else {
      this.#byte(0xc4);
      this.#byte((((r | x | b) << 5) ^ 0xe0) | form.map);
      this.#byte((form.rexW << 7) | tail);
    }
    this.#byte(form.opcode[0]!);
  }

  #evexPrefix(p: Prog, form: Form): void {
    const reg = this.#regOf(form.reg);
    const vvvv = this.#regOf(form.vvvv);
    const mask = this.#regOf(form.mask);
    const rm = form.rm < 0 ? null : this.#ops[form.rm]!;
    const rmReg = rm === null ? 0 : rm.reg;
    const index = rm === null ? 0 : rm.index;
    let p0 = form.map;
    if ((regRex[reg]! & REX_R) === 0) p0 |= 0x80;
    if ((regRex[reg]! & EVEX_R) === 0) p0 |= 0x10;
    const x = index === 0 ? regRex[rmReg]! & EVEX_R : regRex[index]! & REX_X;
    if (x === 0) p0 |= 0x40;
    if ((regRex[rmReg]! & REX_B) === 0) p0 |= 0x20;
    const v = (vvvv === 0 ? 0 : regNumber(vvvv) & 15) ^ 15;
    const p1 = (form.rexW << 7) | (v << 3) | 4 | form.pp;
    const highV = (regRex[index]! & EVEX_R) !== 0 || (regRex[vvvv]! & EVEX_R) !== 0;
    const p2 = this.#evexSuffix(p, form, rm) | (highV ? 0 : 8) | (mask === 0 ? 0 : regLow[mask]!);
    this.#byte(0x62);
    this.#byte(p0);
    this.#byte(p1);
    this.#byte(p2);
    this.#byte(form.opcode[0]!);
  }

  /** z, L'L and b of the last EVEX byte; complains of suffixes that the form does not allow. */
  #evexSuffix(p: Prog, form: Form, rm: Addr | null): number {
    const suffix = suffixes[p.scond]!;
    const isMemory = rm !== null && rm.type === TYPE_MEM;
    let z = 0;
    if (suffix.zeroing) {
      if (!form.zeroing) this.#error(p, `unsupported zeroing: ${show(p, this.#ctx)}`);
      if (form.mask < 0) {
        this.#error(
          p,
          `mask register must be specified for .Z instructions: ${show(p, this.#ctx)}`,
        );
      }
      z = 0x80;
    }
    if (suffix.rounding >= 0) {
      if (isMemory) this.#error(p, `illegal rounding with memory argument: ${show(p, this.#ctx)}`);
      else if (!form.rounding) this.#error(p, `unsupported rounding: ${show(p, this.#ctx)}`);
      return z | (suffix.rounding << 5) | 0x10;
    }
    if (suffix.broadcast) {
      if (!isMemory) {
        this.#error(p, `illegal broadcast without memory argument: ${show(p, this.#ctx)}`);
      } else if (form.broadcastUnit === 0) {
        this.#error(p, `unsupported broadcast: ${show(p, this.#ctx)}`);
      }
      return z | (form.length << 5) | 0x10;
    }
    if (suffix.sae) {
      if (isMemory) this.#error(p, `illegal SAE with memory argument: ${show(p, this.#ctx)}`);
      else if (!form.sae) this.#error(p, `unsupported SAE: ${show(p, this.#ctx)}`);
      return z | (form.length << 5) | 0x10;
    }
    return z | (form.length << 5);
  }

  #regOf(operand: number): number {
    return operand < 0 ? 0 : this.#ops[operand]!.reg;
  }

  // ----- ModRM

  /** ModRM, SIB and displacement of `a`; `r` is the reg field, `rex` the bits that its register asks for. */
  // oxlint-disable-next-line max-params -- hot: no record per call
  #modrm(p: Prog, a: Addr, r: number, rex: number, isAddress: boolean): void {
    const reg = r << 3;
    const regBits = rex & (REX_ANY | REX_R);
    if (a.offset !== (a.offset | 0) && p.as !== ALEAL) {
      this.#error(p, `offset too large in ${show(p, this.#ctx)}`);
    }
    if (a.type === TYPE_REG) {
      if (a.reg < REG_AL || a.reg > REG_Z0 + 31 || a.offset !== 0) {
        this.#error(p, `asmand: bad address ${formatAddr(a, amd64Names)}`);
        return;
      }
      this.#byte(0xc0 | reg | regLow[a.reg]!);
      this.#rex |= (regRex[a.reg]! & (REX_ANY | REX_B)) | regBits;
      return;
    }
    if (a.type !== TYPE_MEM && !isAddress) {
      this.#error(p, `asmand: bad address ${formatAddr(a, amd64Names)}`);
      return;
    }
    const isGlobal = a.name === NAME_EXTERN || a.name === NAME_STATIC;
    const base = a.name === NAME_AUTO || a.name === NAME_PARAM ? REG_SP : a.reg;
    this.#rex |= (regRex[base]! & REX_B) | regBits;
    if (a.index !== 0 && a.index !== REG_TLS && !isSegment(a.index)) {
      this.#rex |= regRex[a.index]! & REX_X;
      this.#indexed(p, a, reg, base);
    } else if (isGlobal) {
      this.#byte(0x05 | reg);
      this.#reloc(p, 4, R_PCREL, a.offset, a.sym);
      this.#int32(0);
    } else if (a.name === NAME_GOTREF) {
      this.#byte(0x05 | reg);
      this.#reloc(p, 4, R_GOTPCREL, a.offset, a.sym);
      this.#int32(0);
    } else if (base === 0 || base === REG_TLS || isSegment(base)) {
      // A bare displacement is a SIB without base and index; without SIB it would be PC-relative.
      this.#byte(0x04 | reg);
      this.#byte(0x25);
      if (base === REG_TLS && (!this.#ctx.shared || this.#tlsSegment() === 0x65)) {
        this.#reloc(p, 4, R_TLS_LE, a.offset, null);
        this.#int32(0);
      } else this.#int32(base === REG_TLS ? 0 : a.offset | 0);
    } else if (base >= REG_AX && base <= REG_R15) this.#based(p, a, reg, base);
    else this.#error(p, `asmand: bad address ${formatAddr(a, amd64Names)}`);
  }

  #indexed(p: Prog, a: Addr, reg: number, base: number): void {
    const v = a.offset | 0;
    if (base === 0) {
      this.#byte(0x04 | reg);
      this.#sib(p, a, 0);
      this.#int32(v);
      return;
    }
    const mode = this.#mode(v, base);
    this.#byte((mode << 6) | 0x04 | reg);
    this.#sib(p, a, base);
    this.#displacement(v, mode);
  }

  #based(p: Prog, a: Addr, reg: number, base: number): void {
    const v = a.offset | 0;
    const low = regLow[base]!;
    if (base === REG_SP || base === REG_R12) {
      const mode = this.#mode(v, base);
      this.#byte((mode << 6) | reg | low);
      this.#byte(0x20 | low);
      this.#displacement(v, mode);
      return;
    }
    if (a.index === REG_TLS && !this.#ctx.shared && this.#ctx.goos !== 'windows') {
      this.#byte(0x80 | reg | low);
      this.#reloc(p, 4, R_TLS_LE, v, null);
      this.#int32(0);
      return;
    }
    const mode = this.#mode(v, base);
    this.#byte((mode << 6) | reg | low);
    this.#displacement(v, mode);
  }

  /** ModRM.mod for a displacement from `base`: none, one byte, four. */
  #mode(v: number, base: number): number {
    if (v === 0 && base !== REG_BP && base !== REG_R13) return 0;
    const unit = this.#unit();
    const scaled = v / unit;
    return v % unit === 0 && scaled >= -128 && scaled <= 127 ? 1 : 2;
  }

  #displacement(v: number, mode: number): void {
    if (mode === 1) this.#byte(v / this.#unit());
    else if (mode === 2) this.#int32(v);
  }

  #unit(): number {
    const form = this.#evex;
    if (form === null) return 1;
    return this.#broadcast ? form.broadcastUnit || 1 : form.unit;
  }

  #sib(p: Prog, a: Addr, base: number): void {
    const scale =
      a.scale === 1 ? 0 : a.scale === 2 ? 1 : a.scale === 4 ? 2 : a.scale === 8 ? 3 : -1;
    if (scale < 0 || base > REG_R15 || (base !== 0 && base < REG_AX)) {
      const { register } = amd64Names;
      const what = `${a.scale}/${register(a.index)}/${register(base)}`;
      this.#error(p, `asmidx: bad address ${what}`);
      this.#byte(0);
      return;
    }
    this.#byte((scale << 6) | (regLow[a.index]! << 3) | (base === 0 ? 5 : regLow[base]!));
  }

  // ----- bytes

  #byte(x: number): void {
    this.buf[this.length++] = x;
  }

  #int32(x: number): void {
    const { buf, length } = this;
    buf[length] = x;
    buf[length + 1] = x >> 8;
    buf[length + 2] = x >> 16;
    buf[length + 3] = x >> 24;
    this.length = length + 4;
  }

  #int64(a: Addr): void {
    if (a.wide === null) {
      this.#int32(a.offset | 0);
      this.#int32(Math.floor(a.offset / 0x100000000) | 0);
    } else {
      this.#int32(Number(BigInt.asIntN(32, a.wide)));
      this.#int32(Number(BigInt.asIntN(32, a.wide >> 32n)));
    }
  }

  /** A relocation of the bytes to be emitted next. */
  // oxlint-disable-next-line max-params -- hot: no record per call
  #reloc(p: Prog, siz: number, type: number, add: number, sym: ObjReloc['sym']): void {
    this.relocs.push(new ObjReloc(p.pc + this.length, siz, type, add, sym));
  }

  /** PC-relative values count from the end of the instruction, relocations from their own end. */
  #finishRelocs(p: Prog): void {
    for (let i = this.#firstReloc; i < this.relocs.length; i++) {
      const r = this.relocs[i]!;
      if (r.type === R_PCREL) r.add -= p.pc + this.length - (r.off + r.siz);
    }
  }

  #gatherValid(p: Prog): boolean {
    const third = p.rest[0];
    if (third === undefined) {
      this.#error(p, `need a third arg for gather instruction: ${show(p, this.#ctx)}`);
      return false;
    }
    const to = regNumber(p.to.reg);
    if (third.reg >= REG_K0 && third.reg < REG_K0 + 8) {
      if (regNumber(p.from.index) !== to) return true;
      this.#error(p, `index and destination registers should be distinct: ${show(p, this.#ctx)}`);
      return false;
    }
    const index = regNumber(third.index);
    const mask = regNumber(p.from.reg);
    if (to !== mask && to !== index && mask !== index) return true;
    this.#error(
      p,
      `mask, index, and destination registers should be distinct: ${show(p, this.#ctx)}`,
    );
    return false;
  }
}

function isGather(as: number): boolean {
  switch (as) {
    case AVGATHERDPD:
    case AVGATHERQPD:
    case AVGATHERDPS:
    case AVGATHERQPS:
    case AVPGATHERDD:
    case AVPGATHERQD:
    case AVPGATHERDQ:
    case AVPGATHERQQ:
      return true;
    default:
      return false;
  }
}

/** Renames a general register to its low byte; true if it did. */
function toByteReg(a: Addr): boolean {
  if (a.type !== TYPE_REG || a.index !== 0 || a.reg < REG_AX || a.reg > REG_R15) return false;
  a.reg += REG_AL - REG_AX;
  return true;
}

function isSegment(reg: number): boolean {
  return reg >= REG_CS && reg <= REG_GS;
}

function segmentPrefix(reg: number): number {
  switch (reg) {
    case REG_CS:
      return 0x2e;
    case REG_DS:
      return 0x3e;
    case REG_ES:
      return 0x26;
    case REG_FS:
      return 0x64;
    case REG_GS:
      return 0x65;
    default:
      return 0;
  }
}

function isPrefixByte(b: number): boolean {
  return (
    b === 0xf2 || b === 0xf3 || (b >= 0x64 && b <= 0x67) || b === 0x2e || b === 0x3e || b === 0x26
  );
}
