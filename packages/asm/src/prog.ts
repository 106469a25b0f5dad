/**
 * A machine instruction (or pseudo-instruction) before it is encoded, and lists of them.
 *
 * Operand order is Plan 9's: sources first, destination last. With operands a, b, c, d: `from` is a,
 * `to` is d, and `rest` is [b, c]. With two operands `rest` is empty; with one operand, the
 * target says whether it is `from` or `to` (amd64: destinations and branch targets are `to`, the
 * operand of PUSH and of FLDs `from`; `amd64/operands.ts`).
 *
 * `as` is a number: the generic ones in `as.ts`, a target's in `amd64/anames.gen.ts`. Branches have
 * `to.target`. `pc` is final once `assembleFunction` has returned; jump tables and debug information
 * read it from there.
 *
 * Hot: one hidden class, all fields numbers or object-or-null.
 */
import { Addr, NO_ADDRS } from './addr.ts';

/** Bits of `Prog.posFlags`, for the debugger's line table. */
export const POS_NOT_STMT = 1;
export const POS_PROLOGUE_END = 2;
export const POS_EPILOGUE_BEGIN = 4;

export class Prog {
  as: number;
  /** Index in `FuncInput.posBases`: file and inlined call; 0 is the function itself. */
  base: number;
  /** Line in the file of `base`. */
  line: number;
  posFlags = 0;
  readonly from = new Addr();
  readonly to = new Addr();
  rest: readonly Addr[] = NO_ADDRS;
  /** Suffixes such as `.Z` or `.BCST`, packed by the target; 0 is none. */
  scond = 0;
  /** What this instruction adds to the distance between SP and its value at entry. */
  spadj = 0;
  pc = 0;
  /** Encoded size in bytes. */
  size = 0;
  /** Properties that a target's passes note. */
  mark = 0;
  /** Operand classes of `from` and `to`, 0 until a target's encoder computes them. */
  ftype = 0;
  ttype = 0;
  link: Prog | null = null;

  constructor(as: number, base: number, line: number) {
    this.as = as;
    this.base = base;
    this.line = line;
  }
}

/** The instructions of a function in order; appending is what a code generator does. */
export class ProgList {
  first: Prog | null = null;
  last: Prog | null = null;
  /** The position that `append` gives. */
  base = 0;
  line = 0;

  append(as: number): Prog {
    const p = new Prog(as, this.base, this.line);
    this.push(p);
    return p;
  }

  push(p: Prog): void {
    if (this.last === null) this.first = p;
    else this.last.link = p;
    this.last = p;
  }
}

/** A new instruction after `p`, with its position. */
export function insertAfter(p: Prog, as: number): Prog {
  const q = new Prog(as, p.base, p.line);
  q.posFlags = p.posFlags;
  q.link = p.link;
  p.link = q;
  return q;
}
