/**
 * A function in SSA form, and the creation of its parts.
 *
 * Ids of values and blocks are dense, from 1; side tables are typed arrays by id. Constants are
 * unique per function and live in the entry block, as do SP, SB and the initial memory, so that they
 * dominate everything.
 */
import { InternalError } from '@go-ts/base';
import { type ObjSym } from '@go-ts/objfile/builder';
import { type AbiInfo } from './abi.ts';
import { Block, BlockInvalid } from './block.ts';
import { type SsaEnv } from './env.ts';
import { type LocalVar } from './local.ts';
import {
  type Op,
  OpConst,
  OpConstBool,
  OpConstF,
  OpConstNil,
  OpInitMem,
  OpOffPtr,
  OpPhi,
  OpSB,
  OpSP,
  OpSelectN,
} from './op.ts';
import { type Rep, RepBool, RepI16, RepI32, RepI64, RepI8, RepMem, RepPtr } from './rep.ts';
import { Value } from './value.ts';

/** What open-coded defers need at the end of the function and in FUNCDATA 4. */
export interface OpenDefers {
  readonly bits: LocalVar;
  /** One closure word each, in the order of the defer statements; adjacent in the frame. */
  readonly slots: LocalVar[];
  /** Register results to load when the function returns after a recovery. */
  readonly results: OpenDeferResult[];
}

export interface OpenDeferResult {
  readonly slot: LocalVar;
  /** Of the scalar in the slot. */
  readonly offset: number;
  readonly rep: Rep;
  /** SSA register number, as the ABI says. */
  readonly reg: number;
}

/** Where tracebacks and the collector find a scalar of an argument that came in a register. */
export interface ArgHome {
  /** From argp. */
  readonly offset: number;
  /** What it is spilled to; null: the first instructions store it. */
  readonly slot: LocalVar | null;
}

export class Func {
  /** Link name, for dumps and messages. */
  readonly name: string;
  readonly sym: ObjSym;
  readonly env: SsaEnv;
  /** How this function receives arguments and gives results. */
  readonly abi: AbiInfo;
  readonly blocks: Block[] = [];
  entry: Block;
  /** Frame slots: locals, and parameters and results that live in memory. */
  readonly locals: LocalVar[] = [];
  /** One per register argument word, in order. */
  readonly argHomes: ArgHome[] = [];
  /** TEXT flags (asm/func.ts): NOSPLIT, WRAPPER, NEEDCTXT… */
  flags = 0;
  /** Position index of the declaration and of its end. */
  pos = 0;
  endPos = 0;
  /** Has defers run by deferreturn: results must survive in memory at every call. */
  hasDefer: boolean = false;
  openDefers: OpenDefers | null = null;
  /** Every instruction is an async-unsafe point. */
  asyncUnsafe: boolean = false;
  noWriteBarrier: boolean = false;
  /** A write barrier was emitted (position index of the first), 0: none. */
  writeBarrierPos = 0;
  /** FUNCDATA 7: the function that this wrapper wraps. */
  wrapped: ObjSym | null = null;
  /** True once blocks are in their final order, values in theirs, and registers assigned. */
  scheduled: boolean = false;
  laidout: boolean = false;
  allocated: boolean = false;
  #nextValue = 1;
  #nextBlock = 1;
  readonly #consts = new Map<number | bigint | string, Value>();
  readonly #small: (Value | null)[][] = [];
  #sp: Value | null = null;
  #sb: Value | null = null;
  #initMem: Value | null = null;

  constructor(name: string, sym: ObjSym, abi: AbiInfo, env: SsaEnv) {
    this.name = name;
    this.sym = sym;
    this.abi = abi;
    this.env = env;
    this.entry = this.newBlock(BlockInvalid, 0);
  }

  /** One more than the largest id. */
  get numValues(): number {
    return this.#nextValue;
  }

  get numBlocks(): number {
    return this.#nextBlock;
  }

  newBlock(kind: number, pos: number): Block {
    const b = new Block(this.#nextBlock++, kind, this, pos);
    this.blocks.push(b);
    return b;
  }

  /** A value that is in no block's list yet. */
  newDetached(op: Op, rep: Rep, b: Block, pos: number): Value {
    return new Value(this.#nextValue++, op, rep, b, pos);
  }

  newValue0(b: Block, pos: number, op: Op, rep: Rep): Value {
    const v = new Value(this.#nextValue++, op, rep, b, pos);
    b.values.push(v);
    return v;
  }

  newValue1(b: Block, pos: number, op: Op, rep: Rep, x: Value): Value {
    const v = this.newValue0(b, pos, op, rep);
    v.a0 = x;
    v.nargs = 1;
    x.uses++;
    return v;
  }

  // oxlint-disable-next-line max-params -- the hot constructors take what a value is made of.
  newValue2(b: Block, pos: number, op: Op, rep: Rep, x: Value, y: Value): Value {
    const v = this.newValue0(b, pos, op, rep);
    v.a0 = x;
    v.a1 = y;
    v.nargs = 2;
    x.uses++;
    y.uses++;
    return v;
  }

  // oxlint-disable-next-line max-params -- as above.
  newValue3(b: Block, pos: number, op: Op, rep: Rep, x: Value, y: Value, z: Value): Value {
    const v = this.newValue2(b, pos, op, rep, x, y);
    v.a2 = z;
    v.nargs = 3;
    z.uses++;
    return v;
  }

  // oxlint-disable-next-line max-params -- as above.
  newValueN(b: Block, pos: number, op: Op, rep: Rep, args: readonly Value[]): Value {
    const v = this.newValue0(b, pos, op, rep);
    for (const x of args) v.addArg(x);
    return v;
  }

  /** A phi without operands yet. */
  newPhi(b: Block, pos: number, rep: Rep): Value {
    return this.newValue0(b, pos, OpPhi, rep);
  }

  /** Result `i` of a call; `i` = number of register results for its memory. */
  newSelectN(b: Block, pos: number, rep: Rep, call: Value, i: number): Value {
    const v = this.newValue1(b, pos, OpSelectN, rep, call);
    v.auxInt = i;
    return v;
  }

  /** ptr + offset; `ptr` itself if the offset is 0. */
  newOffPtr(b: Block, pos: number, ptr: Value, offset: number): Value {
    if (offset === 0) return ptr;
    const v = this.newValue1(b, pos, OpOffPtr, RepPtr, ptr);
    v.auxInt = offset;
    return v;
  }

  /** The constant `c`, taken modulo the width of `rep` and sign-extended. */
  constInt(rep: Rep, c: number | bigint): Value {
    let n = 0;
    let big: bigint | null = null;
    if (typeof c === 'number' && Number.isSafeInteger(c)) n = truncConst(rep, c);
    else {
      const exact = BigInt.asIntN(64, BigInt(c));
      n = Number(exact);
      if (rep !== RepI64) n = truncConst(rep, Number(BigInt.asIntN(32, exact)));
      else if (!Number.isSafeInteger(n)) {
        big = exact;
        n = 0;
      }
    }
    if (big === null && n >= -64 && n <= 1024) {
      const list = (this.#small[rep] ??= []);
      let v = list[n + 64];
      if (v === undefined || v === null || v.op !== OpConst || v.auxInt !== n) {
        for (let i = list.length; i < n + 64; i++) list.push(null);
        v = this.newValue0(this.entry, 0, OpConst, rep);
        v.auxInt = n;
        list[n + 64] = v;
      }
      return v;
    }
    const key = big ?? (rep === RepI64 ? n : `${rep}:${n}`);
    let v = this.#consts.get(key);
    if (v === undefined || v.op !== OpConst) {
      v = this.newValue0(this.entry, 0, OpConst, rep);
      v.auxInt = n;
      v.aux = big;
      this.#consts.set(key, v);
    }
    return v;
  }

  constBool(c: boolean): Value {
    return this.#cached(c ? 'true' : 'false', OpConstBool, RepBool, c ? 1 : 0, null);
  }

  /** RepF32 constants must be exactly representable (Math.fround). */
  constFloat(rep: Rep, c: number): Value {
    const key = Object.is(c, -0) ? `f${rep}:-0` : `f${rep}:${c}`;
    return this.#cached(key, OpConstF, rep, 0, c);
  }

  constNil(): Value {
    return this.#cached('nil', OpConstNil, RepPtr, 0, null);
  }

  // oxlint-disable-next-line max-params -- private constructor of constants.
  #cached(key: string, op: Op, rep: Rep, auxInt: number, aux: unknown): Value {
    let v = this.#consts.get(key);
    if (v === undefined || v.op !== op) {
      v = this.newValue0(this.entry, 0, op, rep);
      v.auxInt = auxInt;
      v.aux = aux;
      this.#consts.set(key, v);
    }
    return v;
  }

  /** The zero of a scalar representation. */
  constZero(rep: Rep): Value {
    switch (rep) {
      case RepBool:
        return this.constBool(false);
      case RepPtr:
        return this.constNil();
      case RepI8:
      case RepI16:
      case RepI32:
      case RepI64:
        return this.constInt(rep, 0);
      default:
        return this.constFloat(rep, 0);
    }
  }

  /** The stack pointer (of the body: below it are the outgoing arguments, from offset 0). */
  sp(): Value {
    if (this.#sp === null || this.#sp.op !== OpSP) {
      this.#sp = this.newValue0(this.entry, 0, OpSP, RepI64);
    }
    return this.#sp;
  }

  /** The base of global addresses. */
  sb(): Value {
    if (this.#sb === null || this.#sb.op !== OpSB) {
      this.#sb = this.newValue0(this.entry, 0, OpSB, RepI64);
    }
    return this.#sb;
  }

  initMem(): Value {
    if (this.#initMem === null || this.#initMem.op !== OpInitMem) {
      this.#initMem = this.newValue0(this.entry, 0, OpInitMem, RepMem);
    }
    return this.#initMem;
  }

  /** Takes values that stand in the entry block already as the function's constants. */
  adoptConstants(): void {
    for (const v of this.entry.values) {
      if (v.op === OpSP) this.#sp = v;
      else if (v.op === OpSB) this.#sb = v;
      else if (v.op === OpInitMem) this.#initMem = v;
      else if (v.op === OpConstNil) this.#consts.set('nil', v);
      else if (v.op === OpConstBool) this.#consts.set(v.auxInt === 1 ? 'true' : 'false', v);
    }
  }

  /** Forgets the cached constants, SP, SB and memory that are no longer in a block. */
  dropDeadConstants(live: Uint8Array): void {
    const isDead = (v: Value | null): boolean => v !== null && live[v.id] !== 1;
    for (const [key, v] of this.#consts) if (isDead(v)) this.#consts.delete(key);
    for (const list of this.#small) {
      if (list === undefined) continue;
      for (let i = 0; i < list.length; i++) if (isDead(list[i]!)) list[i] = null;
    }
    if (isDead(this.#sp)) this.#sp = null;
    if (isDead(this.#sb)) this.#sb = null;
    if (isDead(this.#initMem)) this.#initMem = null;
  }

  addLocal(v: LocalVar): LocalVar {
    v.index = this.locals.length;
    this.locals.push(v);
    return v;
  }

  fail(message: string): never {
    throw new InternalError(message).addContext({ func: this.name });
  }
}

/** `c` (a safe integer) modulo the width of `rep`, sign-extended. */
export function truncConst(rep: Rep, c: number): number {
  switch (rep) {
    case RepI8:
      return (low32(c) << 24) >> 24;
    case RepI16:
      return (low32(c) << 16) >> 16;
    case RepI32:
      return low32(c);
    default:
      return c;
  }
}

function low32(c: number): number {
  if (c === (c | 0)) return c;
  return (c % 4294967296) | 0;
}
