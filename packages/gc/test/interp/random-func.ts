/**
 * Random functions in SSA form: arithmetic of every width, branches, counting loops, loads and stores
 * through pointers, globals and slots, bounds and nil checks, calls.
 *
 * What the form promises is kept: shifts marked as in range are, divisors are not zero, lengths are
 * not negative. Loops run a few times.
 */
import { Random } from '../../../../tools/fuzz/random.ts';
import { type TypeTable } from '../../src/ir/type-table.ts';
import { type AbiInfo } from '../../src/ssa/abi.ts';
import * as blocks from '../../src/ssa/block.ts';
import { Variables, memVar } from '../../src/ssa/build/vars.ts';
import { CallInfo } from '../../src/ssa/calls.ts';
import { Func } from '../../src/ssa/func.ts';
import { LocalAuto, LocalVar } from '../../src/ssa/local.ts';
import * as ops from '../../src/ssa/op.ts';
import {
  type Rep,
  RepBool,
  RepF32,
  RepF64,
  RepI16,
  RepI32,
  RepI64,
  RepI8,
  RepMem,
  RepPtr,
  RepTuple,
  repSize,
} from '../../src/ssa/rep.ts';
import { type Value } from '../../src/ssa/value.ts';
import { parseEnv } from '../fake-env.ts';

/** Register arguments of every function: a pointer, lengths, numbers. */
const params: readonly Rep[] = [RepPtr, RepI64, RepI64, RepI32, RepI16, RepI8, RepI64];
const results: readonly Rep[] = [RepI64, RepI64, RepI32, RepI8];
const ints: readonly Rep[] = [RepI8, RepI16, RepI32, RepI64];

/** Arguments for one call: sometimes nil, lengths small. */
export function randomArguments(seed: number, heap: bigint): bigint[] {
  const r = new Random(seed);
  return params.map((rep, i) => {
    if (rep === RepPtr) return r.oneIn(8) ? 0n : heap + BigInt(r.below(16) * 8);
    if (i === 1) return BigInt(r.below(12));
    const wide = (BigInt(r.bits()) << 32n) | BigInt(r.bits());
    const x = r.oneIn(2) ? BigInt(r.below(9)) - 4n : wide >> BigInt(r.below(64));
    return BigInt.asUintN(repSize[rep]! * 8, x);
  });
}

export function randomFunc(seed: number, types: TypeTable): Func {
  return new Maker(seed, types).run();
}

class Maker {
  readonly #r: Random;
  readonly #f: Func;
  readonly #vars: Variables;
  /** Variables of the construction, by representation. */
  readonly #named = new Map<Rep, number[]>();
  readonly #slots: LocalVar[] = [];
  #cur: blocks.Block;
  #length: Value;
  #pointer: Value;
  #budget = 60;

  constructor(seed: number, types: TypeTable) {
    this.#r = new Random(seed);
    const { ssa } = parseEnv(types);
    const { intRegs } = ssa.abi;
    const abi: AbiInfo = {
      ...ssa.abi.assign([], []),
      argReps: params,
      argRegs: params.map((_, i) => intRegs[i]!),
      resReps: results,
      resRegs: results.map((_, i) => intRegs[i]!),
      argWidth: params.length * 8,
    };
    const f = new Func(`p.f${seed}`, ssa.obj.lookup(`p.f${seed}`, 1), abi, ssa);
    this.#f = f;
    this.#vars = new Variables(f);
    this.#cur = f.entry;
    this.#vars.enter(f.entry);
    this.#vars.write(memVar, f.initMem());
    const args = params.map((rep, i) => {
      const v = f.newValue0(f.entry, 0, ops.OpArgReg, rep);
      v.auxInt = i;
      return v;
    });
    this.#pointer = args[0]!;
    this.#length = args[1]!;
    for (const rep of [...ints, RepBool, RepF64, RepF32]) {
      const list = Array.from({ length: 3 }, () => this.#vars.newVar(rep));
      this.#named.set(rep, list);
      const given = args.filter((a) => a.rep === rep && a !== this.#length);
      list.forEach((v, i) => this.#vars.write(v, given[i % given.length] ?? f.constZero(rep)));
    }
    for (let i = 0; i < 2; i++) {
      const type = i === 0 ? types.array(types.uint64, 6) : types.uint64;
      this.#slots.push(f.addLocal(new LocalVar(`s${i}`, type, LocalAuto)));
    }
  }

  run(): Func {
    const f = this.#f;
    for (const slot of this.#slots) {
      slot.used = true;
      const def = this.#v1(ops.OpVarDef, RepMem, this.#mem());
      def.aux = slot;
      this.#setMem(def);
      const zero = this.#v2(ops.OpZero, RepMem, this.#slotAddress(slot, 0), this.#mem());
      zero.auxInt = slot.type.size;
      this.#setMem(zero);
    }
    this.#statements(10, 0);
    const values = results.map((rep) => this.#expr(rep, 2));
    const result = f.newValueN(this.#cur, 0, ops.OpMakeResult, RepTuple, [...values, this.#mem()]);
    this.#cur.kind = blocks.BlockRet;
    this.#cur.setControl(result);
    this.#vars.finish();
    return f;
  }

  // The construction.

  #mem(): Value {
    return this.#vars.read(memVar);
  }

  #setMem(m: Value): void {
    this.#vars.write(memVar, m);
  }

  #v1(op: number, rep: Rep, x: Value): Value {
    return this.#f.newValue1(this.#cur, 0, op, rep, x);
  }

  #v2(op: number, rep: Rep, x: Value, y: Value): Value {
    return this.#f.newValue2(this.#cur, 0, op, rep, x, y);
  }

  #enter(b: blocks.Block): void {
    this.#cur = b;
    this.#vars.enter(b);
  }

  #branch(c: Value, yes: blocks.Block, no: blocks.Block): void {
    this.#cur.kind = blocks.BlockIf;
    this.#cur.setControl(c);
    this.#cur.likely = this.#r.below(3) - 1;
    this.#cur.addEdgeTo(yes);
    this.#cur.addEdgeTo(no);
  }

  #jump(to: blocks.Block): void {
    this.#cur.kind = blocks.BlockPlain;
    this.#cur.addEdgeTo(to);
  }

  #block(): blocks.Block {
    return this.#f.newBlock(blocks.BlockInvalid, 0);
  }

  // Statements.

  #statements(n: number, depth: number): void {
    for (let i = 0; i < n && this.#budget-- > 0; i++) this.#statement(depth);
  }

  #statement(depth: number): void {
    switch (this.#r.below(depth < 3 ? 12 : 8)) {
      case 0:
      case 1:
      case 2:
        this.#assign();
        return;
      case 3:
      case 4:
        this.#store();
        return;
      case 5:
        this.#call();
        return;
      case 6:
        this.#checkBounds();
        return;
      case 7:
        this.#copy();
        return;
      case 8:
      case 9:
        this.#if(depth);
        return;
      default:
        this.#loop(depth);
    }
  }

  #assign(): void {
    const rep = this.#r.pick([...ints, RepI64, RepI64, RepBool, RepF64, RepF32]);
    const v = this.#r.pick(this.#named.get(rep)!);
    this.#vars.write(v, this.#expr(rep, 3));
  }

  #if(depth: number): void {
    const yes = this.#block();
    const no = this.#block();
    const next = this.#block();
    this.#branch(this.#expr(RepBool, 2), yes, no);
    for (const b of [yes, no]) {
      this.#enter(b);
      this.#statements(this.#r.below(4), depth + 1);
      this.#jump(next);
    }
    this.#enter(next);
  }

  #loop(depth: number): void {
    const i = this.#vars.newVar(RepI64);
    const down = this.#r.oneIn(4);
    const step = 1 + this.#r.below(3);
    const bound = this.#r.oneIn(2) ? this.#length : this.#int(RepI64, this.#r.below(9));
    const start = this.#r.oneIn(3) ? this.#int(RepI64, this.#r.below(3)) : this.#int(RepI64, 0);
    this.#vars.write(i, down ? bound : start);
    const head = this.#block();
    const body = this.#block();
    const done = this.#block();
    this.#jump(head);
    this.#enter(head);
    const at = this.#vars.read(i);
    this.#branch(
      down ? this.#v2(ops.OpLt, RepBool, start, at) : this.#v2(ops.OpLt, RepBool, at, bound),
      body,
      done,
    );
    this.#enter(body);
    const list = this.#named.get(RepI64)!;
    const saved = list.slice();
    list.push(i);
    // The counter is read, never assigned to.
    const before = this.#vars.read(i);
    this.#statements(1 + this.#r.below(3), depth + 1);
    if (this.#r.oneIn(3)) this.#checkIndex(before);
    list.splice(0, list.length, ...saved);
    this.#vars.write(
      i,
      this.#v2(ops.OpAdd, RepI64, before, this.#int(RepI64, down ? -step : step)),
    );
    this.#jump(head);
    this.#enter(done);
  }

  #call(): void {
    const reps = Array.from({ length: this.#r.below(3) }, () => this.#r.pick(ints));
    const info = new CallInfo(this.#f.env.obj.lookup(`p.g${this.#r.below(3)}`, 1), {
      ...this.#f.abi,
      argReps: reps,
      argRegs: reps.map((_, i) => this.#f.env.abi.intRegs[i]!),
      resReps: [RepI64, RepI32],
      resRegs: [0, 3],
      argWidth: 16,
    });
    const args = [...reps.map((rep) => this.#expr(rep, 1)), this.#mem()];
    const call = this.#f.newValueN(this.#cur, 0, ops.OpStaticCall, RepTuple, args);
    call.aux = info;
    const x = this.#f.newSelectN(this.#cur, 0, RepI64, call, 0);
    const y = this.#f.newSelectN(this.#cur, 0, RepI32, call, 1);
    this.#setMem(this.#f.newSelectN(this.#cur, 0, RepMem, call, 2));
    this.#vars.write(this.#r.pick(this.#named.get(RepI64)!.slice(0, 3)), x);
    this.#vars.write(this.#r.pick(this.#named.get(RepI32)!), y);
  }

  #checkBounds(): void {
    this.#checkIndex(this.#expr(RepI64, 2));
  }

  #checkIndex(x: Value): void {
    const op = this.#r.oneIn(3) ? ops.OpIsSliceInBounds : ops.OpIsInBounds;
    const y = this.#r.oneIn(3) ? this.#int(RepI64, this.#r.below(20)) : this.#length;
    const ok = this.#block();
    const fail = this.#block();
    const c = this.#v2(op, RepBool, x, y);
    this.#branch(c, ok, fail);
    this.#enter(fail);
    const p = this.#f.newValue3(fail, 0, ops.OpPanicBounds, RepMem, x, y, this.#mem());
    fail.kind = blocks.BlockExit;
    fail.setControl(p);
    this.#enter(ok);
  }

  // Memory.

  #slotAddress(slot: LocalVar, offset: number): Value {
    const v = this.#v2(ops.OpLocalAddr, RepPtr, this.#f.sp(), this.#mem());
    v.aux = slot;
    v.auxInt = offset;
    return v;
  }

  /** Where `n` ≤ 8 bytes can be accessed. */
  #address(): Value {
    const offset = this.#r.below(6) * 4 + (this.#r.oneIn(5) ? this.#r.below(4) : 0);
    switch (this.#r.below(5)) {
      case 0: {
        const v = this.#v1(ops.OpAddr, RepPtr, this.#f.sb());
        v.aux = this.#f.env.obj.lookup(`p.v${this.#r.below(3)}`);
        v.auxInt = offset;
        return v;
      }
      case 1:
        return this.#slotAddress(this.#slots[0]!, offset);
      case 2:
        return this.#slotAddress(this.#slots[1]!, 0);
      default: {
        const p = this.#v2(ops.OpNilCheck, RepPtr, this.#pointer, this.#mem());
        if (this.#r.oneIn(2)) return this.#f.newOffPtr(this.#cur, 0, p, offset);
        const scale = this.#r.below(4);
        const index = this.#v2(ops.OpAnd, RepI64, this.#expr(RepI64, 1), this.#int(RepI64, 7));
        const scaled = this.#v2(ops.OpLsh, RepI64, index, this.#int(RepI64, scale));
        scaled.auxInt = 1;
        const at = this.#v2(ops.OpPtrAdd, RepPtr, p, scaled);
        return this.#f.newOffPtr(this.#cur, 0, at, offset);
      }
    }
  }

  #store(): void {
    const p = this.#address();
    const x = this.#expr(this.#r.pick(ints), 2);
    this.#setMem(this.#f.newValue3(this.#cur, 0, ops.OpStore, RepMem, p, x, this.#mem()));
  }

  #copy(): void {
    const size = 1 + this.#r.below(48);
    const global = (i: number): Value => {
      const v = this.#v1(ops.OpAddr, RepPtr, this.#f.sb());
      v.aux = this.#f.env.obj.lookup(`p.v${i}`);
      return v;
    };
    const slot = this.#slotAddress(this.#slots[0]!, 0);
    const to = this.#r.oneIn(2) ? global(0) : slot;
    if (this.#r.oneIn(2)) {
      const zero = this.#v2(ops.OpZero, RepMem, to, this.#mem());
      zero.auxInt = size;
      this.#setMem(zero);
      return;
    }
    const from = to === slot ? global(1) : slot;
    const move = this.#f.newValue3(this.#cur, 0, ops.OpMove, RepMem, to, from, this.#mem());
    move.auxInt = size;
    this.#setMem(move);
  }

  // Values.

  #int(rep: Rep, n: number): Value {
    return this.#f.constInt(rep, n);
  }

  #constant(rep: Rep): Value {
    const bits = repSize[rep]! * 8;
    const n = this.#r.below(8);
    if (n < 3) return this.#int(rep, this.#r.below(20) - 4);
    if (n < 6) {
      const power = 1n << BigInt(this.#r.below(bits));
      return this.#f.constInt(rep, power + BigInt(this.#r.below(3) - 1));
    }
    return this.#f.constInt(rep, (BigInt(this.#r.bits()) << 32n) | BigInt(this.#r.bits()));
  }

  #leaf(rep: Rep): Value {
    if (this.#r.oneIn(4)) {
      if (rep === RepBool) return this.#f.constBool(this.#r.oneIn(2));
      if (rep === RepF64 || rep === RepF32) return this.#f.constFloat(rep, this.#r.below(9) - 4);
      return this.#constant(rep);
    }
    return this.#vars.read(this.#r.pick(this.#named.get(rep)!));
  }

  #expr(rep: Rep, depth: number): Value {
    if (depth <= 0) return this.#leaf(rep);
    if (rep === RepBool) return this.#condition(depth);
    if (rep === RepF64 || rep === RepF32) return this.#float(rep, depth);
    return this.#integer(rep, depth);
  }

  #condition(depth: number): Value {
    const n = this.#r.below(12);
    if (n < 8) {
      const rep = this.#r.pick(ints);
      const op = this.#r.pick([ops.OpEq, ops.OpNe, ops.OpLt, ops.OpLe, ops.OpLtU, ops.OpLeU]);
      return this.#v2(op, RepBool, this.#expr(rep, depth - 1), this.#expr(rep, depth - 1));
    }
    if (n < 9) {
      const rep = this.#r.pick([RepF64, RepF32]);
      const op = this.#r.pick([ops.OpEqF, ops.OpNeF, ops.OpLtF, ops.OpLeF]);
      return this.#v2(op, RepBool, this.#expr(rep, depth - 1), this.#expr(rep, depth - 1));
    }
    if (n < 10) return this.#v1(ops.OpNot, RepBool, this.#expr(RepBool, depth - 1));
    if (n < 11) {
      const op = this.#r.pick([ops.OpAnd, ops.OpOr, ops.OpEq, ops.OpNe]);
      return this.#v2(op, RepBool, this.#expr(RepBool, depth - 1), this.#expr(RepBool, depth - 1));
    }
    return this.#leaf(RepBool);
  }

  #float(rep: Rep, depth: number): Value {
    const n = this.#r.below(8);
    if (n < 4) {
      const op = this.#r.pick([ops.OpAddF, ops.OpSubF, ops.OpMulF, ops.OpDivF]);
      return this.#v2(op, rep, this.#expr(rep, depth - 1), this.#expr(rep, depth - 1));
    }
    if (n < 5) return this.#v1(ops.OpNegF, rep, this.#expr(rep, depth - 1));
    if (n < 7) return this.#v1(ops.OpIntToF, rep, this.#expr(this.#r.pick(ints), depth - 1));
    return this.#leaf(rep);
  }

  #integer(rep: Rep, depth: number): Value {
    const x = (): Value => this.#expr(rep, depth - 1);
    switch (this.#r.below(18)) {
      case 0:
      case 1:
      case 2:
        return this.#v2(this.#r.pick([ops.OpAdd, ops.OpSub]), rep, x(), x());
      case 3:
        return this.#v2(ops.OpMul, rep, x(), x());
      case 4:
      case 5:
        return this.#v2(this.#r.pick([ops.OpAnd, ops.OpOr, ops.OpXor]), rep, x(), x());
      case 6:
        return this.#v1(this.#r.pick([ops.OpNeg, ops.OpCom]), rep, x());
      case 7:
      case 8: {
        const op = this.#r.pick([ops.OpDiv, ops.OpDivU, ops.OpMod, ops.OpModU]);
        const divisor = this.#r.oneIn(2)
          ? this.#nonZeroConstant(rep)
          : this.#v2(ops.OpOr, rep, x(), this.#int(rep, 1));
        return this.#v2(op, rep, x(), divisor);
      }
      case 9:
      case 10: {
        const op = this.#r.pick([ops.OpLsh, ops.OpRsh, ops.OpRshU]);
        if (this.#r.oneIn(2)) return this.#v2(op, rep, x(), this.#int(RepI64, this.#r.below(66)));
        const countRep = this.#r.pick(ints);
        if (this.#r.oneIn(2)) return this.#v2(op, rep, x(), this.#expr(countRep, depth - 1));
        const mask = this.#int(countRep, repSize[rep]! * 8 - 1);
        const count = this.#v2(ops.OpAnd, countRep, this.#expr(countRep, depth - 1), mask);
        const v = this.#v2(op, rep, x(), count);
        v.auxInt = 1;
        return v;
      }
      case 11:
      case 12:
        return this.#conversion(rep, depth);
      case 13: {
        const v = this.#v2(ops.OpLoad, rep, this.#address(), this.#mem());
        return v;
      }
      case 14:
        return this.#f.newValue3(
          this.#cur,
          0,
          ops.OpCondSelect,
          rep,
          x(),
          x(),
          this.#expr(RepBool, depth - 1),
        );
      case 15:
        return this.#bits(rep, depth);
      default:
        return this.#leaf(rep);
    }
  }

  #nonZeroConstant(rep: Rep): Value {
    const c = this.#constant(rep);
    return c.auxInt === 0 && c.aux === null ? this.#int(rep, 7) : c;
  }

  #conversion(rep: Rep, depth: number): Value {
    const from = this.#r.pick([...ints, RepBool]);
    const x = this.#expr(from, depth - 1);
    if (from === RepBool) return this.#v1(ops.OpZeroExt, rep, x);
    if (from === rep) return x;
    if (repSize[from]! > repSize[rep]!) return this.#v1(ops.OpTrunc, rep, x);
    return this.#v1(this.#r.pick([ops.OpSignExt, ops.OpZeroExt]), rep, x);
  }

  #bits(rep: Rep, depth: number): Value {
    const x = this.#expr(rep, depth - 1);
    switch (this.#r.below(4)) {
      case 0:
        return this.#v2(ops.OpRotL, rep, x, this.#expr(rep, depth - 1));
      case 1:
        return rep === RepI64
          ? this.#v1(this.#r.pick([ops.OpBitLen, ops.OpCtz]), rep, x)
          : this.#v1(ops.OpCom, rep, x);
      case 2:
        return rep === RepI64 || rep === RepI32 ? this.#v1(ops.OpBswap, rep, x) : x;
      default:
        return rep === RepI64 ? this.#v2(ops.OpHMulU, rep, x, this.#expr(rep, depth - 1)) : x;
    }
  }
}
