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
import { TYPE_BRANCH, TYPE_CONST, TYPE_MEM, TYPE_REG } from '../addr.ts';
import {
  ACALL,
  AFUNCDATA,
  AJMP,
  ANOP,
  APCALIGN,
  APCALIGNMAX,
  APCDATA,
  ARET,
  ATEXT,
} from '../as.ts';
import { insertAfter, POS_NOT_STMT, type Prog } from '../prog.ts';
import { type FuncState } from '../target.ts';
import { markUnsafePoints } from '../unsafe-point.ts';
import {
  AADDB,
  AADDL,
  AADDQ,
  AADDW,
  AADJSP,
  AANDB,
  AANDL,
  AANDQ,
  AANDW,
  ACMPB,
  ACMPL,
  ACMPQ,
  ACMPW,
  ADECB,
  ADECL,
  ADECQ,
  ADECW,
  AINCB,
  AINCL,
  AINCQ,
  AINCW,
  AJCC,
  AJCS,
  AJEQ,
  AJGE,
  AJGT,
  AJHI,
  AJLE,
  AJLS,
  AJLT,
  AJMI,
  AJNE,
  AJOC,
  AJOS,
  AJPC,
  AJPL,
  AJPS,
  ALOCK,
  ASUBB,
  ASUBL,
  ASUBQ,
  ASUBW,
  ATESTB,
  ATESTL,
  ATESTQ,
  ATESTW,
  AXACQUIRE,
  AXRELEASE,
} from './anames.gen.ts';
import { Encoder, MARK_BACKWARD, MARK_SHORT } from './encode.ts';
import { REG_SP, REG_TLS } from './registers.ts';
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
  const { text, ctx } = f;
  const count = prepare(text);
  const encoder = new Encoder(ctx, f.fn.sym.name);
  const code = new CodeBuffer(count * 5 + 64);
  const isPadded = !f.fn.fromAssembly;
  let pads: Pad[] = [];
  let errors = 0;
  const countErrors = (): number => ctx.errorCount();
  const before = countErrors();
  for (let pass = 0; ; pass++) {
    if (pass > maxPasses) {
      ctx.error(text, 'span must be looping');
      return;
    }
    encoder.relocs = [];
    encoder.forward = [];
    pads = [];
    let again = false;
    let pc = 0;
    let previous: Prog | null = null;
    for (let p: Prog | null = text; p !== null; p = p.link) {
      if (isPadded) {
        const padding = paddingBefore(p, pc);
        if (padding > 0) {
          code.pad(pc, padding);
          if (previous !== null) pads.push({ after: previous, count: padding });
          pc += padding;
        }
      }
      p.pc = pc;
      previous = p;
      if (p.as === APCALIGN || p.as === APCALIGNMAX) {
        const padding = alignment(f, p, pc);
        code.pad(pc, padding);
        pc += padding;
        continue;
      }
      if (hasNoCode(p)) encoder.length = 0;
      else encoder.encode(p);
      const { length } = encoder;
      if (p.size !== length) {
        p.size = length;
        if (isPadded && (fusedSize(p) > 0 || isJump(p))) again = true;
      }
      code.reserve(pc + length);
      for (let i = 0; i < length; i++) code.bytes[pc + i] = encoder.buf[i]!;
      pc += length;
    }
    for (const p of encoder.forward) {
      if (!Encoder.patch(code.bytes, p)) {
        p.mark ^= MARK_SHORT;
        again = true;
      }
    }
    errors = countErrors() - before;
    if (!again || errors > 0) {
      f.code = code.bytes.slice(0, pc);
      f.relocs = encoder.relocs;
      break;
    }
  }
  if (errors > 0) return;
  insertPads(pads);
  if (!canUse1InsnTLS(ctx)) markUnsafePoints(text, (p) => p.from.index === REG_TLS);
}

/** Marks branches, and gives changes of SP their instruction. Returns the number of instructions. */
function prepare(text: Prog): number {
  let count = 0;
  for (let p: Prog | null = text; p !== null; p = p.link) {
    count++;
    p.mark = 0;
    if (p.as === AADJSP) adjustSP(p);
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

function paddingBefore(p: Prog, pc: number): number {
  const at = pc & (boundary - 1);
  const fused = fusedSize(p);
  const size = fused > 0 ? fused : isJump(p) ? p.size : 0;
  return size > 0 && at + size >= boundary ? boundary - at : 0;
}

function isJump(p: Prog): boolean {
  return p.to.target !== null || p.as === AJMP || p.as === ACALL || p.as === ARET;
}

/** Size of `p` with the conditional branch that it fuses with; 0 if it does not. */
function fusedSize(first: Prog): number {
  let p: Prog | null = first;
  let size = 0;
  if (p.as === AXRELEASE || p.as === AXACQUIRE) {
    size += p.size;
    p = skipData(p.link);
    if (p === null) return 0;
  }
  if (p.as === ALOCK) {
    size += p.size;
    p = skipData(p.link);
    if (p === null) return 0;
  }
  const family = fusion(p.as);
  if (family === 0 || (family !== FUSE_INC && !fusesOperands(p, family))) return 0;
  const jump = conditionalAfter(p);
  if (jump === null || !fusesWith(family, jump.as)) return 0;
  return size + p.size + jump.size;
}

function skipData(p: Prog | null): Prog | null {
  while (p !== null && (p.as === APCDATA || p.as === AFUNCDATA)) p = p.link;
  return p;
}

const FUSE_CMP = 1;
const FUSE_ADD = 2;
const FUSE_TEST = 3;
const FUSE_INC = 4;

function fusion(as: number): number {
  switch (as) {
    case ACMPB:
    case ACMPL:
    case ACMPQ:
    case ACMPW:
      return FUSE_CMP;
    case AADDB:
    case AADDL:
    case AADDW:
    case AADDQ:
    case ASUBB:
    case ASUBL:
    case ASUBW:
    case ASUBQ:
      return FUSE_ADD;
    case ATESTB:
    case ATESTL:
    case ATESTQ:
    case ATESTW:
    case AANDB:
    case AANDL:
    case AANDQ:
    case AANDW:
      return FUSE_TEST;
    case AINCB:
    case AINCL:
    case AINCQ:
    case AINCW:
    case ADECB:
    case ADECL:
    case ADECQ:
    case ADECW:
      return FUSE_INC;
    default:
      return 0;
  }
}

/** Register with register, constant or memory, or memory with register; in machine order. */
function fusesOperands(p: Prog, family: number): boolean {
  const one = family === FUSE_CMP ? p.from.type : p.to.type;
  const two = family === FUSE_CMP ? p.to.type : p.from.type;
  if (one === TYPE_REG) return two === TYPE_REG || two === TYPE_CONST || two === TYPE_MEM;
  return one === TYPE_MEM && two === TYPE_REG;
}

function conditionalAfter(p: Prog): Prog | null {
  let q = p.link;
  while (q !== null && (q.as === APCDATA || q.as === AFUNCDATA || q.as === ANOP)) q = q.link;
  if (q === null || q.to.target === null) return null;
  switch (q.as) {
    case AJOS:
    case AJOC:
    case AJCS:
    case AJCC:
    case AJEQ:
    case AJNE:
    case AJLS:
    case AJHI:
    case AJMI:
    case AJPL:
    case AJPS:
    case AJPC:
    case AJLT:
    case AJGE:
    case AJLE:
    case AJGT:
      return q;
    default:
      return null;
  }
}

function fusesWith(family: number, jump: number): boolean {
  if (family === FUSE_TEST) return true;
  switch (jump) {
    case AJOC:
    case AJOS:
    case AJMI:
    case AJPL:
    case AJPS:
    case AJPC:
      return false;
    case AJCS:
    case AJCC:
    case AJHI:
    case AJLS:
      return family !== FUSE_INC;
    default:
      return true;
  }
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
