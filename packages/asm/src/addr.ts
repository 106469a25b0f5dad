/**
 * An operand of a machine instruction, in the form that the compiler and the Plan 9 assembler share.
 *
 * The forms, with the fields that matter to each (anything else stays as the constructor left it):
 *
 *     TYPE_NONE                                     no operand
 *     TYPE_REG      reg                             AX
 *     TYPE_CONST    offset (wide)                   $7
 *     TYPE_FCONST   float                           $1.5
 *     TYPE_SCONST   text                            "abc", in DATA only
 *     TYPE_MEM      name sym offset reg index scale x+8(FP), sym+4(SB), 8(AX)(BX*2)
 *     TYPE_ADDR     the same                        $sym(SB), $x-8(SP): the address of that memory
 *     TYPE_BRANCH   target, or sym (name EXTERN)    label, or sym(SB)
 *     TYPE_INDIR    as MEM                          *sym(SB)
 *     TYPE_TEXTSIZE offset, args                    $frame-args, in TEXT only
 *     TYPE_REGREG   reg, offset (second register)   (AX, DX)
 *     TYPE_REGLIST  offset, packed by the target    [Z0-Z3]
 *     TYPE_SHIFT, TYPE_SPECIAL                      arm64
 *
 * One hidden class; every field keeps one representation. An integer that a double cannot hold is in
 * `wide`, and `offset` then is the nearest double, so that range tests on `offset` stay right.
 *
 * GOROOT: src/cmd/internal/obj/link.go (the vocabulary).
 */
import { type ObjSym } from '@go-ts/objfile/builder';
import { type Prog } from './prog.ts';

export const TYPE_NONE = 0;
export const TYPE_BRANCH = 1;
export const TYPE_TEXTSIZE = 2;
export const TYPE_MEM = 3;
export const TYPE_CONST = 4;
export const TYPE_FCONST = 5;
export const TYPE_SCONST = 6;
export const TYPE_REG = 7;
export const TYPE_ADDR = 8;
export const TYPE_SHIFT = 9;
export const TYPE_REGREG = 10;
export const TYPE_REGREG2 = 11;
export const TYPE_INDIR = 12;
export const TYPE_REGLIST = 13;
export const TYPE_SPECIAL = 14;

export const NAME_NONE = 0;
/** A global: `sym(SB)`. */
export const NAME_EXTERN = 1;
/** A file-local global: `sym<>(SB)`. */
export const NAME_STATIC = 2;
/** A local of the frame: `x-8(SP)`; offset is relative to the top of the locals. */
export const NAME_AUTO = 3;
/** An argument or result: `x+8(FP)`; offset is relative to the first argument. */
export const NAME_PARAM = 4;

/** The entry of a global in the global offset table: `sym@GOT(SB)`. Only the encoder's passes make it. */
export const NAME_GOTREF = 5;

/** No register; in `Addr.reg`, `Addr.index` and `Prog.reg`. */
export const REG_NONE = 0;

const MAX_SAFE = 9007199254740991n;

export class Addr {
  type = TYPE_NONE;
  name = NAME_NONE;
  reg = REG_NONE;
  index = REG_NONE;
  /** Multiplier of `index`: 0 (none), 1, 2, 4 or 8. */
  scale = 0;
  offset = 0;
  /** Size of the argument area, in a TEXTSIZE. */
  args = 0;
  float = 0;
  wide: bigint | null = null;
  text: string | null = null;
  sym: ObjSym | null = null;
  target: Prog | null = null;

  copyFrom(a: Addr): void {
    this.type = a.type;
    this.name = a.name;
    this.reg = a.reg;
    this.index = a.index;
    this.scale = a.scale;
    this.offset = a.offset;
    this.args = a.args;
    this.float = a.float;
    this.wide = a.wide;
    this.text = a.text;
    this.sym = a.sym;
    this.target = a.target;
  }

  setReg(reg: number): void {
    this.type = TYPE_REG;
    this.reg = reg;
  }

  /** An integer of up to 64 bits, signed or unsigned. */
  setConst(value: number | bigint): void {
    this.type = TYPE_CONST;
    this.setOffset(value);
  }

  setFloat(value: number): void {
    this.type = TYPE_FCONST;
    this.float = value;
  }

  /** `offset(reg)`. */
  setMem(reg: number, offset: number): void {
    this.type = TYPE_MEM;
    this.reg = reg;
    this.offset = offset;
  }

  /** `sym+offset(SB)`. */
  setSym(sym: ObjSym, offset: number): void {
    this.type = TYPE_MEM;
    this.name = NAME_EXTERN;
    this.sym = sym;
    this.offset = offset;
  }

  setBranch(target: Prog): void {
    this.type = TYPE_BRANCH;
    this.target = target;
  }

  /** The target of a direct call or tail call. */
  setCall(sym: ObjSym): void {
    this.type = TYPE_MEM;
    this.name = NAME_EXTERN;
    this.sym = sym;
  }

  setOffset(value: number | bigint): void {
    if (typeof value === 'number') {
      this.offset = value;
      this.wide = null;
      return;
    }
    const signed = BigInt.asIntN(64, value);
    this.offset = Number(signed);
    this.wide = signed > MAX_SAFE || signed < -MAX_SAFE ? signed : null;
  }

  /** The constant or offset, exact, as a signed 64-bit integer. */
  bigOffset(): bigint {
    return this.wide ?? BigInt(this.offset);
  }
}

// Mostly small integers, but any number may come: fields that have held something else are stored
// in the general way from the start, instead of changing how all operands are laid out when the
// first large constant comes (V8 would box every later value).
const general = new Addr();
general.offset = undefined as unknown as number;
general.float = undefined as unknown as number;

/** Operands between `from` and `to` for the many instructions that have none; never written to. */
export const NO_ADDRS: readonly Addr[] = Object.freeze([]);
