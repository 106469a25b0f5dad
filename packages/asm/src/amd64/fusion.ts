/**
 * Which instructions are padded so that they do not touch a 32-byte boundary: branches, and a compare
 * together with the conditional branch that the processor fuses it with.
 *
 * Intel, "Mitigations for Jump Conditional Code Erratum" (2019); Intel optimization manual, 3.4.2.2.
 * GOROOT: src/cmd/internal/obj/x86/asm6.go (which prefixes and operands count).
 */
import { TYPE_CONST, TYPE_MEM, TYPE_REG } from '../addr.ts';
import { ACALL, AFUNCDATA, AJMP, ANOP, APCDATA, ARET } from '../as.ts';
import { type Prog } from '../prog.ts';
import {
  AADDB,
  AADDL,
  AADDQ,
  AADDW,
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
  ALAST,
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

// What a first instruction is. Prefixes belong to the compare that follows them.
const FUSE_CMP = 1;
const FUSE_ADD = 2;
const FUSE_TEST = 3;
const FUSE_INC = 4;
const PREFIX_ELISION = 5;
const PREFIX_LOCK = 6;

const first = new Uint8Array(ALAST);
for (const as of [ACMPB, ACMPL, ACMPQ, ACMPW]) first[as] = FUSE_CMP;
for (const as of [AADDB, AADDL, AADDQ, AADDW, ASUBB, ASUBL, ASUBQ, ASUBW]) first[as] = FUSE_ADD;
for (const as of [ATESTB, ATESTL, ATESTQ, ATESTW]) first[as] = FUSE_TEST;
for (const as of [AANDB, AANDL, AANDQ, AANDW]) first[as] = FUSE_TEST;
for (const as of [AINCB, AINCL, AINCQ, AINCW, ADECB, ADECL, ADECQ, ADECW]) first[as] = FUSE_INC;
first[AXACQUIRE] = PREFIX_ELISION;
first[AXRELEASE] = PREFIX_ELISION;
first[ALOCK] = PREFIX_LOCK;

// What a conditional branch tests: with TEST all fuse, with CMP and ADD those of signs do not, with
// INC those of the carry do not either.
const TESTS_SIGN = 1;
const TESTS_CARRY = 2;
const TESTS_OTHER = 3;

const condition = new Uint8Array(ALAST);
for (const as of [AJOC, AJOS, AJMI, AJPL, AJPS, AJPC]) condition[as] = TESTS_SIGN;
for (const as of [AJCS, AJCC, AJHI, AJLS]) condition[as] = TESTS_CARRY;
for (const as of [AJEQ, AJNE, AJLT, AJGE, AJLE, AJGT]) condition[as] = TESTS_OTHER;

/** Size of what must not touch a boundary and begins at `p`; 0 if nothing does. */
export function unsplitSize(p: Prog): number {
  if (first[p.as] !== 0) {
    const size = fusedSize(p);
    if (size > 0) return size;
  }
  return isJump(p) ? p.size : 0;
}

/** Whether a change of the size of `p` may change where padding is due. */
export function affectsPadding(p: Prog): boolean {
  return isJump(p) || (first[p.as] !== 0 && fusedSize(p) > 0);
}

function isJump(p: Prog): boolean {
  return p.to.target !== null || p.as === AJMP || p.as === ACALL || p.as === ARET;
}

/** Size of `start` with the conditional branch that it fuses with; 0 if it does not. */
function fusedSize(start: Prog): number {
  let p: Prog | null = start;
  let size = 0;
  for (const prefix of [PREFIX_ELISION, PREFIX_LOCK]) {
    if (first[p.as] !== prefix) continue;
    size += p.size;
    p = skipData(p.link);
    if (p === null) return 0;
  }
  const family = first[p.as]!;
  if (family === 0 || family > FUSE_INC) return 0;
  if (family !== FUSE_INC && !fusesOperands(p, family)) return 0;
  const jump = conditionalAfter(p);
  if (jump === null || !fusesWith(family, condition[jump.as]!)) return 0;
  return size + p.size + jump.size;
}

function skipData(p: Prog | null): Prog | null {
  while (p !== null && (p.as === APCDATA || p.as === AFUNCDATA)) p = p.link;
  return p;
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
  return q === null || q.to.target === null || condition[q.as] === 0 ? null : q;
}

function fusesWith(family: number, tests: number): boolean {
  if (family === FUSE_TEST) return true;
  if (tests === TESTS_SIGN) return false;
  return tests === TESTS_OTHER || family !== FUSE_INC;
}
