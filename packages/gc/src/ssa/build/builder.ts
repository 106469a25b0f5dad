/**
 * The state of lowering one function, and the small steps that every construct is made of: values,
 * blocks, memory, temporaries, calls of the runtime.
 *
 * The families (expr, call, maps, …) are functions over a Builder. Where one needs a construct of a
 * family above it, it goes through `lowering`, which build.ts fills in; so imports have no cycles.
 *
 * `cur` is the block being filled. After a jump or a call that does not return it is a fresh block
 * that nothing leads to; build.ts throws those away.
 */
import { assert, InternalError } from '@go-ts/base';
import { type ObjSym } from '@go-ts/objfile/builder';
import { R_USEIFACE } from '@go-ts/objfile/reloc';
import { type Expr, type Func as IrFunc, type LocalVar, type Stmt } from '../../ir/node.ts';
import { type TypeTable } from '../../ir/type-table.ts';
import { type Type } from '../../ir/type.ts';
import { type AbiInfo, type Leaf } from '../abi.ts';
import {
  type Block,
  BlockDefer,
  BlockExit,
  BlockIf,
  BlockInvalid,
  BlockPlain,
  LikelyFirst,
} from '../block.ts';
import { CallInfo } from '../calls.ts';
import { type Func } from '../func.ts';
import { LocalAuto, LocalVar as Slot } from '../local.ts';
import {
  type Op,
  OpAdd,
  OpAddr,
  OpConvert,
  OpKeepAlive,
  OpLoad,
  OpLocalAddr,
  OpMove,
  OpNilCheck,
  OpOffPtr,
  OpPtrAdd,
  OpSP,
  OpStaticCall,
  OpStore,
  OpVarDef,
  OpZero,
} from '../op.ts';
import { type Rep, RepI64, RepMem, RepPtr, RepTuple } from '../rep.ts';
import { type Value } from '../value.ts';
import { type BuildContext } from './context.ts';
import { type BuildEnv } from './env.ts';
import { inMemory, maxLeaves, ofLeaves, Operand } from './operand.ts';
import { memVar, Variables } from './vars.ts';

/** The constructs that families need from families above them. */
export interface Lowering {
  readonly expr: (b: Builder, e: Expr) => Operand;
  /** The members of an expression of tuple type (or the one value, or none). */
  readonly tuple: (b: Builder, e: Expr) => Operand[];
  readonly order: (b: Builder, e: Expr) => void;
  readonly stmts: (b: Builder, list: readonly Stmt[]) => void;
}

/** Where a local variable of the IR is. */
export type Place =
  /** In variables `base`… of the construction, one per leaf. */
  | { readonly kind: 'ssa'; readonly base: number }
  | { readonly kind: 'slot'; readonly slot: Slot }
  /** Behind a pointer that is itself a variable of the construction. */
  | { readonly kind: 'pointer'; readonly pointer: number }
  /** Behind a pointer that is in a slot (heap results of functions with defers). */
  | { readonly kind: 'indirect'; readonly slot: Slot };

export interface BranchTarget {
  readonly label: string;
  readonly breakTo: Block;
  /** Null for switch and select. */
  readonly continueTo: Block | null;
}

export class Builder {
  readonly f: Func;
  readonly fn: IrFunc;
  readonly cx: BuildContext;
  readonly env: BuildEnv;
  readonly types: TypeTable;
  readonly lowering: Lowering;
  readonly vars: Variables;
  pos = 0;
  cur: Block;
  readonly places = new Map<LocalVar, Place>();
  /** Variables whose declaration has been met. */
  readonly declared = new Set<LocalVar>();
  /** Operands that were evaluated ahead of their expression (order.ts). */
  readonly ordered = new Map<Expr, Operand>();
  /** Innermost last. */
  readonly targets: BranchTarget[] = [];
  readonly labels = new Map<string, Block>();
  /** Where `fallthrough` goes. */
  fallthroughTo: Block | null = null;
  /** Panics that are alike: by callee and position. */
  readonly #panics = new Map<string, Block>();
  readonly #usedInInterface = new Set<ObjSym>();
  /** What runs before the function returns: set by build.ts and defer.ts. */
  readonly defers = {
    /** Open-coded defers whose statement has been met, and the variable with their bits. */
    count: 0,
    bitsVar: -1,
    /** Where a recovered panic resumes. */
    exit: null as Block | null,
  };
  #wrappers = 0;

  constructor(f: Func, fn: IrFunc, cx: BuildContext, lowering: Lowering) {
    this.f = f;
    this.fn = fn;
    this.cx = cx;
    this.env = cx.env;
    this.types = cx.env.types;
    this.lowering = lowering;
    this.vars = new Variables(f);
    this.cur = f.entry;
    this.cur.kind = BlockInvalid;
    this.vars.enter(this.cur);
    this.vars.write(memVar, f.initMem());
  }

  expr(e: Expr): Operand {
    return this.lowering.expr(this, e);
  }

  tuple(e: Expr): Operand[] {
    return this.lowering.tuple(this, e);
  }

  /** The value of a scalar expression. */
  value(e: Expr): Value {
    return this.lowering.expr(this, e).scalar;
  }

  /** Evaluates now what has effects in `e`, so that `expr(e)` has none but panics. */
  order(e: Expr): void {
    this.lowering.order(this, e);
  }

  stmts(list: readonly Stmt[]): void {
    this.lowering.stmts(this, list);
  }

  // Values.

  v0(op: Op, rep: Rep): Value {
    return this.f.newValue0(this.cur, this.pos, op, rep);
  }

  v1(op: Op, rep: Rep, x: Value): Value {
    return this.f.newValue1(this.cur, this.pos, op, rep, x);
  }

  v2(op: Op, rep: Rep, x: Value, y: Value): Value {
    return this.f.newValue2(this.cur, this.pos, op, rep, x, y);
  }

  // oxlint-disable-next-line max-params -- what a value is made of.
  v3(op: Op, rep: Rep, x: Value, y: Value, z: Value): Value {
    return this.f.newValue3(this.cur, this.pos, op, rep, x, y, z);
  }

  vn(op: Op, rep: Rep, args: readonly Value[]): Value {
    return this.f.newValueN(this.cur, this.pos, op, rep, args);
  }

  int(n: number | bigint): Value {
    return this.f.constInt(RepI64, n);
  }

  constInt(rep: Rep, n: number | bigint): Value {
    return this.f.constInt(rep, n);
  }

  bool(c: boolean): Value {
    return this.f.constBool(c);
  }

  nil(): Value {
    return this.f.constNil();
  }

  mem(): Value {
    return this.vars.read(memVar);
  }

  setMem(m: Value): void {
    this.vars.write(memVar, m);
  }

  // Blocks.

  newBlock(): Block {
    return this.f.newBlock(BlockInvalid, this.pos);
  }

  /** Continues in `b`. The current block must have ended. */
  start(b: Block): void {
    assert(this.cur.kind !== BlockInvalid, 'block starts before the one before it has ended');
    this.cur = b;
    this.vars.enter(b);
  }

  /** Goes on in another block, wherever that one stands; the current one may be unfinished. */
  enter(b: Block): void {
    this.cur = b;
    this.vars.enter(b);
  }

  /** Ends the current block with a jump to `to`. */
  jump(to: Block): void {
    this.cur.kind = BlockPlain;
    this.cur.addEdgeTo(to);
  }

  jumpAndStart(to: Block): void {
    this.jump(to);
    this.start(to);
  }

  branch(cond: Value, yes: Block, no: Block, likely = 0): void {
    const b = this.cur;
    b.kind = BlockIf;
    b.pos = this.pos;
    b.setControl(cond);
    b.likely = likely;
    b.addEdgeTo(yes);
    b.addEdgeTo(no);
  }

  /** Ends the current block for good; what follows is dead until a block is started. */
  exit(): void {
    const b = this.cur;
    b.kind = BlockExit;
    b.setControl(this.mem());
    this.startDead();
  }

  startDead(): void {
    this.start(this.newBlock());
  }

  /** Ends the current block at a defer statement; `recovery` is where a recovered panic resumes. */
  deferBranch(recovery: Block): void {
    const next = this.newBlock();
    const b = this.cur;
    b.kind = BlockDefer;
    b.likely = LikelyFirst;
    b.addEdgeTo(next);
    b.addEdgeTo(recovery);
    this.start(next);
  }

  /** Runs `body` if `cond` holds and goes on behind it. */
  when(cond: Value, body: () => void, likely = 0): void {
    const yes = this.newBlock();
    const next = this.newBlock();
    this.branch(cond, yes, next, likely);
    this.start(yes);
    body();
    this.jumpAndStart(next);
  }

  /** One of two scalars of the same representation, depending on `cond`. */
  choose(cond: Value, rep: Rep, yes: () => Value, no: () => Value, likely = 0): Value {
    return this.chooseAll(
      cond,
      [rep],
      () => [yes()],
      () => [no()],
      likely,
    )[0]!;
  }

  // oxlint-disable-next-line max-params -- condition, two arms, and what they yield.
  chooseAll(
    cond: Value,
    reps: readonly Rep[],
    yes: () => readonly Value[],
    no: () => readonly Value[],
    likely = 0,
  ): Value[] {
    const vars = reps.map((rep) => this.vars.newVar(rep));
    const yesBlock = this.newBlock();
    const noBlock = this.newBlock();
    const next = this.newBlock();
    this.branch(cond, yesBlock, noBlock, likely);
    for (const [block, arm] of [
      [yesBlock, yes],
      [noBlock, no],
    ] as const) {
      this.start(block);
      arm().forEach((v, i) => this.vars.write(vars[i]!, v));
      this.jump(next);
    }
    this.start(next);
    return vars.map((v) => this.vars.read(v));
  }

  // Panics.

  /** Calls the argumentless runtime function `name`, which does not return, unless `ok`. */
  check(ok: Value, name: string): void {
    const next = this.newBlock();
    this.branch(ok, next, this.#panicBlock(name), LikelyFirst);
    this.start(next);
  }

  #panicBlock(name: string): Block {
    const { line = 0, inl = -1 } = this.fn.positions[this.pos] ?? {};
    const key = `${name} ${line} ${inl}`;
    let b = this.#panics.get(key);
    if (b === undefined) {
      b = this.newBlock();
      this.#panics.set(key, b);
      const saved = this.cur;
      this.cur = b;
      this.vars.enter(b);
      this.runtime(name, []);
      this.cur = saved;
      this.vars.enter(saved);
    }
    return b;
  }

  /** A pointer known not to be nil. */
  nilCheck(p: Value): Value {
    switch (p.op) {
      case OpAddr:
      case OpLocalAddr:
      case OpSP:
      case OpNilCheck:
        return p;
      case OpOffPtr:
        if (isStackAddress(p) || p.a0!.op === OpAddr || p.a0!.op === OpNilCheck) return p;
        break;
      default:
    }
    return this.v2(OpNilCheck, p.rep, p, this.mem());
  }

  // Addresses.

  sp(offset: number): Value {
    const v = this.v1(OpOffPtr, RepPtr, this.f.sp());
    v.auxInt = offset;
    return v;
  }

  symAddr(sym: ObjSym, rep: Rep = RepPtr, offset = 0): Value {
    const v = this.v1(OpAddr, rep, this.f.sb());
    v.aux = sym;
    v.auxInt = offset;
    return v;
  }

  runtimeVar(name: string, rep: Rep = RepPtr): Value {
    return this.symAddr(this.env.runtimeSym(name), rep);
  }

  slotAddr(slot: Slot): Value {
    slot.used = true;
    const v = this.v2(OpLocalAddr, RepPtr, this.f.sp(), this.mem());
    v.aux = slot;
    return v;
  }

  /** The address of a slot that something outside loads and stores will hold. */
  exposedAddr(slot: Slot): Value {
    slot.addrTaken = true;
    return this.slotAddr(slot);
  }

  offset(p: Value, off: number): Value {
    if (off === 0) return p;
    if (p.op === OpOffPtr) return this.offset(p.a0!, p.auxInt + off);
    if (p.op === OpAddr) return this.symAddr(p.aux as ObjSym, p.rep, p.auxInt + off);
    if (p.op === OpLocalAddr) {
      const v = this.v2(OpLocalAddr, RepPtr, p.a0!, p.a1!);
      v.aux = p.aux;
      v.auxInt = p.auxInt + off;
      return v;
    }
    const v = this.v1(OpOffPtr, p.rep === RepI64 && p.op !== OpSP ? RepI64 : RepPtr, p);
    v.auxInt = off;
    return v;
  }

  /** A pointer as one that the collector sees, or (to a type that is not in the heap) does not. */
  asRep(p: Value, rep: Rep): Value {
    if (p.rep === rep) return p;
    if (p.op === OpAddr) return this.symAddr(p.aux as ObjSym, rep, p.auxInt);
    return this.v2(OpConvert, rep, p, this.mem());
  }

  /** p + n for a number of bytes known at run time. */
  ptrAdd(p: Value, n: Value): Value {
    return p.rep === RepI64 ? this.v2(OpAdd, RepI64, p, n) : this.v2(OpPtrAdd, RepPtr, p, n);
  }

  // Memory.

  load(rep: Rep, p: Value): Value {
    return this.v2(OpLoad, rep, p, this.mem());
  }

  store(p: Value, v: Value): void {
    const s = this.v3(OpStore, RepMem, p, v, this.mem());
    if (v.rep === RepPtr && !isStackAddress(p)) s.auxInt = 1;
    this.setMem(s);
  }

  /** Stores into memory that holds no Go pointers, or is not in the heap. */
  storePlain(p: Value, v: Value): void {
    this.setMem(this.v3(OpStore, RepMem, p, v, this.mem()));
  }

  zero(p: Value, t: Type): void {
    if (t.size === 0) return;
    const v = this.v2(OpZero, RepMem, p, this.mem());
    v.auxInt = t.size;
    if (t.ptrBytes > 0 && !isStackAddress(p)) v.aux = t;
    this.setMem(v);
  }

  move(dst: Value, src: Value, t: Type): void {
    if (t.size === 0 || dst === src) return;
    const v = this.v3(OpMove, RepMem, dst, src, this.mem());
    v.auxInt = t.size;
    if (t.ptrBytes > 0 && !isStackAddress(dst)) v.aux = t;
    this.setMem(v);
  }

  varDef(slot: Slot): void {
    const v = this.v1(OpVarDef, RepMem, this.mem());
    v.aux = slot;
    this.setMem(v);
  }

  /** `p` is live up to here. */
  keepAlive(p: Value): void {
    this.setMem(this.v2(OpKeepAlive, RepMem, p, this.mem()));
  }

  // Operands.

  /** The scalars of `t`; null if values of `t` live in memory. */
  leavesOf(t: Type): readonly Leaf[] | null {
    const leaves = this.env.abi.leavesOf(t);
    return leaves !== null && leaves.length <= maxLeaves ? leaves : null;
  }

  /** The value at `p`: loaded, or `p` itself if it stays in memory. */
  loadOperand(t: Type, p: Value): Operand {
    const leaves = this.leavesOf(t);
    if (leaves === null) return inMemory(t, p);
    return ofLeaves(
      t,
      leaves.map((leaf) => this.#loadLeaf(p, leaf)),
    );
  }

  storeOperand(p: Value, x: Operand): void {
    if (x.addr !== null) {
      this.move(p, x.addr, x.type);
      return;
    }
    const leaves = this.leavesOf(x.type)!;
    x.leaves.forEach((v, i) => this.store(this.offset(p, leaves[i]!.offset), v));
  }

  zeroOperand(t: Type): Operand {
    const leaves = this.leavesOf(t);
    if (leaves !== null) {
      return ofLeaves(
        t,
        leaves.map((leaf) => this.f.constZero(leaf.rep)),
      );
    }
    return inMemory(t, this.symAddr(this.env.zeroSym(t.size)));
  }

  /** The scalars of an operand in ABI order, wherever it is. */
  scalarsOf(x: Operand): readonly Value[] {
    if (x.addr === null) return x.leaves;
    const p = x.addr;
    const leaves = this.env.abi.leavesOf(x.type);
    if (leaves === null) throw new InternalError('scalars of a value that has none');
    return leaves.map((leaf) => this.#loadLeaf(p, leaf));
  }

  #loadLeaf(p: Value, leaf: Leaf): Value {
    const v = this.load(leaf.rep, this.offset(p, leaf.offset));
    v.isLength = leaf.isLength;
    return v;
  }

  temp(t: Type, name = '.tmp'): Slot {
    return this.f.addLocal(new Slot(name, t, LocalAuto));
  }

  /** A fresh slot, whose contents begin here. */
  newTemp(t: Type, name?: string): Slot {
    const slot = this.temp(t, name);
    this.varDef(slot);
    return slot;
  }

  /** A copy of `x` in memory, at the address returned. */
  spill(x: Operand): Slot {
    const slot = this.newTemp(x.type);
    this.storeOperand(this.slotAddr(slot), x);
    return slot;
  }

  /** The address of a copy of `x` (or of `x` itself, if it is in memory), to be handed to a callee. */
  addressOf(x: Operand): Value {
    if (x.addr !== null) {
      exposeBase(x.addr);
      return x.addr;
    }
    return this.exposedAddr(this.spill(x));
  }

  /** Notes that `p`, if it is in the frame, will be known to something besides loads and stores. */
  exposeAddress(p: Value): void {
    exposeBase(p);
  }

  /** `x`, safe from later writes to where it lies. */
  copyToTemp(x: Operand): Operand {
    if (x.addr === null) return x;
    return inMemory(x.type, this.slotAddr(this.spill(x)));
  }

  // Calls.

  /** Calls a runtime function with the scalars of its parameters; the scalars of its results. */
  runtime(name: string, args: readonly Value[]): Value[] {
    const { abi, info } = this.cx.runtimeCall(name);
    const regs: Value[] = [];
    let next = 0;
    for (const param of abi.params) {
      const values = args.slice(next, next + param.leaves.length);
      next += param.leaves.length;
      if (param.regs.length > 0) regs.push(...values);
      else {
        values.forEach((v, i) =>
          this.storePlain(this.sp(param.offset + param.leaves[i]!.offset), v),
        );
      }
    }
    assert(next === args.length, `arguments of runtime.${name}`);
    return this.finishCall(OpStaticCall, info, regs);
  }

  /** Emits the call itself; its register results. A callee that does not return ends the block. */
  finishCall(op: Op, info: CallInfo, operands: readonly Value[]): Value[] {
    const call = this.vn(op, RepTuple, [...operands, this.mem()]);
    call.aux = info;
    const results = info.resReps.map((rep, i) =>
      this.f.newSelectN(this.cur, this.pos, rep, call, i),
    );
    const mem = this.f.newSelectN(this.cur, this.pos, RepMem, call, info.resReps.length);
    this.setMem(mem);
    if (info.noReturn) {
      this.exit();
      // Whatever uses them is dead, but must not mention values of another block.
      return info.resReps.map((rep) => this.f.constZero(rep));
    }
    return results;
  }

  newCallInfo(sym: ObjSym | null, abi: AbiInfo): CallInfo {
    return new CallInfo(sym, abi);
  }

  // Markers and names.

  /** The descriptor of `t` as a type word. */
  typeWord(t: Type): Value {
    return this.symAddr(this.env.typeSym(t), RepI64);
  }

  /** The descriptor of `t` as an argument of the runtime. */
  typePtr(t: Type): Value {
    return this.symAddr(this.env.typeSym(t));
  }

  /** Tells the linker that a `t` is converted to an interface here. */
  markUsedInInterface(t: Type): void {
    const sym = this.env.typeSym(t);
    if (this.#usedInInterface.has(sym)) return;
    this.#usedInInterface.add(sym);
    this.f.sym.addReloc(0, 0, R_USEIFACE, 0, sym);
  }

  /** The next number of a gowrap or deferwrap. */
  nextWrapper(): number {
    return ++this.#wrappers;
  }

  fail(message: string): never {
    const { file, line } = this.fn.positions[this.pos] ?? { file: '?', line: 0 };
    throw new InternalError(message).addContext({ func: this.f.name, pos: `${file}:${line}` });
  }
}

/** In the frame, or in the outgoing arguments: pointers stored there need no write barrier. */
export function isStackAddress(p: Value): boolean {
  let v = p;
  while (v.op === OpOffPtr || v.op === OpPtrAdd || v.op === OpNilCheck) v = v.a0!;
  return v.op === OpLocalAddr || v.op === OpSP;
}

/** If `p` points into a frame slot, that slot's address is now known elsewhere. */
export function exposeBase(p: Value): void {
  let v = p;
  while (v.op === OpOffPtr || v.op === OpPtrAdd || v.op === OpNilCheck) v = v.a0!;
  if (v.op === OpLocalAddr) (v.aux as Slot).addrTaken = true;
}

/** Part of an operand: `count` leaves from `first`, or `offset` into memory. */
export function part(b: Builder, x: Operand, type: Type, first: number, offset: number): Operand {
  if (x.addr !== null) return b.loadOperand(type, b.offset(x.addr, offset));
  const count = b.leavesOf(type)!.length;
  return new Operand(type, x.leaves.slice(first, first + count), null);
}
