/**
 * Lays out an amd64 function: encodes everything until all branches have the size they need.
 *
 * Branches start short. Whenever a forward branch turns out not to reach, it becomes long and the
 * whole function is encoded again; sizes only grow, so that ends. Backward branches are decided on
 * the spot.
 *
 * In compiled code no branch, and no compare that fuses with the branch after it, may cross or end at
 * a 32-byte boundary (a processor erratum makes that slow): it is padded in front.
 *
 * GOROOT: src/cmd/internal/obj/x86/asm6.go (span6, fusedJump: what is padded, which no-operations).
 */
import { ObjReloc } from '@go-ts/objfile/builder';
import { NAME_EXTERN, TYPE_BRANCH, TYPE_MEM, TYPE_REG } from '../addr.ts';
import { ACALL, AFUNCDATA, AJMP, ANOP, APCALIGN, APCALIGNMAX, APCDATA, ATEXT } from '../as.ts';
import { type AsmContext } from '../func.ts';
import { insertAfter, POS_NOT_STMT, type Prog } from '../prog.ts';
import { type FuncState } from '../target.ts';
import { markUnsafePoints } from '../unsafe-point.ts';
import { AADDQ, AADJSP, ASUBQ } from './anames.gen.ts';
import { Encoder, MARK_BACKWARD, MARK_SHORT } from './encode.ts';
import { affectsPadding, unsplitSize } from './fusion.ts';
import { show } from './list.ts';
import { REG_SP, REG_TLS, registerNames } from './registers.ts';
import { canUse1InsnTLS } from './tls.ts';

const boundary = 32;
const maxPasses = 1000;

/** No-operations of 1 to 9 bytes. */
const nops: readonly (readonly number[])[] = [
  [0x90],
  [0x66, 0x90],
  [0x0f, 0x1f, 0x00],
  [0x0f, 0x1f, 0x40, 0x00],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00],
  [0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
  [0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/** Code of one function, growing. */
class CodeBuffer {
  bytes: Uint8Array;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(size, 2 * this.bytes.length));
    bytes.set(this.bytes);
    this.bytes = bytes;
  }

  pad(at: number, count: number): void {
    this.reserve(at + count);
    let left = count;
    let to = at;
    while (left > 0) {
      const nop = nops[Math.min(left, nops.length) - 1]!;
      this.bytes.set(nop, to);
      to += nop.length;
      left -= nop.length;
    }
  }
}

/** Padding that was put in front of a branch, for the listing and the line table. */
interface Pad {
  readonly after: Prog;
  readonly count: number;
}

export function layout(f: FuncState): void {
  const errors = f.ctx.errorCount();
  const layouter = new Layouter(f, prepare(f));
  let passes = 0;
  while (layouter.pass()) {
    if (f.ctx.errorCount() > errors) return;
    if (++passes > maxPasses) {
      f.ctx.error(f.text, 'span must be looping');
      return;
    }
  }
  if (f.ctx.errorCount() > errors) return;
  layouter.finish();
  if (!canUse1InsnTLS(f.ctx)) markUnsafePoints(f.text, (p) => p.from.index === REG_TLS);
}

/** The layout of one function. Hot. */
class Layouter {
  readonly #f: FuncState;
  readonly #encoder: Encoder;
  readonly #isPadded: boolean;
  #code: CodeBuffer;
  /** Code and relocations of the last pass: what does not depend on where it is, is taken from there. */
  #before: CodeBuffer;
  #relocsBefore: readonly ObjReloc[] = [];
  #nextReloc = 0;
  #isFirst = true;
  #pads: Pad[] = [];
  #size = 0;

  constructor(f: FuncState, count: number) {
    this.#f = f;
    this.#encoder = new Encoder(f.ctx, f.fn.sym.name);
    this.#isPadded = !f.fn.fromAssembly;
    this.#code = new CodeBuffer(count * 5 + 64);
    this.#before = new CodeBuffer(0);
  }

  /** Encodes everything once; true if it must be done again. */
  pass(): boolean {
    const encoder = this.#encoder;
    encoder.relocs = [];
    encoder.forward = [];
    this.#pads = [];
    this.#nextReloc = 0;
    let again = false;
    let pc = 0;
    let previous: Prog | null = null;
    for (let p: Prog | null = this.#f.text; p !== null; p = p.link) {
      if (this.#isPadded) {
        const size = unsplitSize(p);
        const at = pc & (boundary - 1);
        if (size > 0 && at + size >= boundary) {
          const padding = boundary - at;
          this.#code.pad(pc, padding);
          if (previous !== null) this.#pads.push({ after: previous, count: padding });
          pc += padding;
        }
      }
      const pcBefore = p.pc;
      p.pc = pc;
      previous = p;
      if (hasNoCode(p)) continue;
      if (p.as === APCALIGN || p.as === APCALIGNMAX) {
        const padding = alignment(this.#f, p, pc);
        this.#code.pad(pc, padding);
        pc += padding;
        continue;
      }
      if (!this.#isFirst && isFixed(p)) {
        this.#copy(p, pcBefore);
        pc += p.size;
        continue;
      }
      this.#skipRelocs(pcBefore + p.size);
      encoder.encode(p);
      const { length } = encoder;
      if (p.size !== length) {
        p.size = length;
        if (this.#isPadded && affectsPadding(p)) again = true;
      }
      this.#code.reserve(pc + length);
      const { bytes } = this.#code;
      for (let i = 0; i < length; i++) bytes[pc + i] = encoder.buf[i]!;
      pc += length;
    }
    this.#size = pc;
    for (const p of encoder.forward) {
      if (!Encoder.patch(this.#code.bytes, p)) {
        p.mark ^= MARK_SHORT;
        again = true;
      }
    }
    this.#isFirst = false;
    if (again) {
      const spent = this.#before;
      this.#before = this.#code;
      this.#code = spent;
      this.#relocsBefore = encoder.relocs;
    }
    return again;
  }

  /** Takes over the code of `p` from where it was in the last pass. */
  #copy(p: Prog, from: number): void {
    const { pc, size } = p;
    this.#code.reserve(pc + size);
    const to = this.#code.bytes;
    const source = this.#before.bytes;
    for (let i = 0; i < size; i++) to[pc + i] = source[from + i]!;
    const relocs = this.#relocsBefore;
    for (; this.#nextReloc < relocs.length; this.#nextReloc++) {
      const r = relocs[this.#nextReloc]!;
      if (r.off >= from + size) break;
      this.#encoder.relocs.push(new ObjReloc(r.off + pc - from, r.siz, r.type, r.add, r.sym));
    }
  }

  /** Passes over the relocations of what is encoded anew and ended at `end`. */
  #skipRelocs(end: number): void {
    const relocs = this.#relocsBefore;
    while (this.#nextReloc < relocs.length && relocs[this.#nextReloc]!.off < end) this.#nextReloc++;
  }

  finish(): void {
    this.#f.code = this.#code.bytes.slice(0, this.#size);
    this.#f.relocs = this.#encoder.relocs;
    insertPads(this.#pads);
  }
}

/**
 * Whether the code of `p` is the same wherever it stands. That of a branch is not; nor that of an
 * instruction whose operand the encoder has renamed, which may fit another form now.
 */
function isFixed(p: Prog): boolean {
  return p.to.target === null && p.ftype !== 0 && p.ttype !== 0;
}

/** Marks branches, and gives changes of SP their instruction. Returns the number of instructions. */
function prepare({ text, ctx }: FuncState): number {
  let count = 0;
  for (let p: Prog | null = text; p !== null; p = p.link) {
    count++;
    p.mark = 0;
    if (p.as === AADJSP) adjustSP(p);
    if (ctx.retpoline === true && (p.as === ACALL || p.as === AJMP)) useThunk(p, ctx);
  }
  for (let p: Prog | null = text; p !== null; p = p.link) {
    p.mark = MARK_SHORT;
    const { target } = p.to;
    // A target that is marked has been passed.
    if (target !== null && p.to.type === TYPE_BRANCH && (target.mark & MARK_SHORT) !== 0) {
      p.mark |= MARK_BACKWARD;
    }
  }
  return count;
}

/** Replaces an indirect branch by one to code that the processor does not speculate through. */
function useThunk(p: Prog, ctx: AsmContext): void {
  const { to } = p;
  if (to.type === TYPE_MEM) ctx.error(p, `non-retpoline-compatible: ${show(p, ctx)}`);
  if (to.type !== TYPE_REG) return;
  to.type = TYPE_BRANCH;
  to.name = NAME_EXTERN;
  to.sym = ctx.symbols.lookup(`runtime.retpoline${registerNames[to.reg]}`, 0);
  to.reg = 0;
  to.offset = 0;
}

/** ADDQ or SUBQ of a positive constant, but −128 rather than 128: it fits in a byte. */
function adjustSP(p: Prog): void {
  const v = p.from.offset;
  p.to.setReg(REG_SP);
  if (v === 0) p.as = ANOP;
  else if (v === 0x80 || (v < 0 && v !== -0x80)) {
    p.as = AADDQ;
    p.from.offset = -v;
  } else p.as = ASUBQ;
}

function hasNoCode(p: Prog): boolean {
  return p.as === APCDATA || p.as === ANOP || p.as === ATEXT || p.as === AFUNCDATA;
}

/** Padding for PCALIGN; raises the alignment of the function. */
function alignment(f: FuncState, p: Prog, pc: number): number {
  const align = p.from.offset;
  if ((align & (align - 1)) !== 0 || align < 8 || align > 2048) {
    f.ctx.error(
      p,
      `alignment value of an instruction must be a power of two and in the range [8, 2048], got ${align}\n`,
    );
    return 0;
  }
  if (f.align < align) f.align = align;
  const over = pc & (align - 1);
  if (p.as === APCALIGN) return over === 0 ? 0 : align - over;
  const most = p.to.offset;
  if (most < 0 || most >= align) {
    f.ctx.error(
      p,
      `PCALIGNMAX 'amount' ${most} must be non-negative and smaller than the alignment ${align}\n`,
    );
    return 0;
  }
  return most >= align - over ? align - over : 0;
}

/** Makes padding visible as instructions. */
function insertPads(pads: readonly Pad[]): void {
  for (const { after, count } of pads) {
    const nop = insertAfter(after, ANOP);
    nop.posFlags = after.posFlags | POS_NOT_STMT;
    nop.pc = after.pc + after.size;
    nop.size = count;
  }
}
