/**
 * Reads the text form of SSA that print.ts writes, so that tests of passes are texts.
 *
 * Ids are kept. Symbols are looked up by name; types of slots and of memory operations have the size
 * and the pointer bytes that are written, whatever else they were. Registers and lines are skipped.
 * Errors are thrown with the line they are in: the reader of this form is a developer.
 */
import { InternalError } from '@go-ts/base';
import { type Type } from '../ir/type.ts';
import { type AbiInfo } from './abi.ts';
import { type Block, blockKindNames } from './block.ts';
import { CallInfo } from './calls.ts';
import { type SsaEnv } from './env.ts';
import { Func } from './func.ts';
import { LocalVar } from './local.ts';
import { opAux, opNames } from './opinfo.ts';
import { isFloatRep, type Rep, repNames } from './rep.ts';
import { type Value } from './value.ts';

export interface ParseEnv {
  readonly ssa: SsaEnv;
  /** Some type of this size whose pointers are in its first `ptrBytes`. */
  readonly typeOf: (size: number, ptrBytes: number) => Type;
}

export function parseFunc(text: string, env: ParseEnv): Func {
  return new Parser(text, env).run();
}

const opByName: ReadonlyMap<string, number> = new Map(opNames.map((name, op) => [name, op]));
const localKinds = ['auto', 'param', 'result'];
const valueLine =
  /^v(\d+) = (\w+) (\w+)(?: \[(-?\d+)(?:, (-?\d+))?\])?(?: \{(.*)\})?((?: v\d+)*)(?: : \S+)?(?: @\d+)?$/;

class Parser {
  readonly #lines: string[];
  readonly #env: ParseEnv;
  #at = 0;

  constructor(text: string, env: ParseEnv) {
    this.#lines = text.split('\n').filter((line) => line.trim() !== '');
    this.#env = env;
  }

  #fail(message: string): never {
    throw new InternalError(`SSA text: ${message}: ${this.#lines[this.#at] ?? 'end of text'}`);
  }

  run(): Func {
    const head = /^func (.+?)(\([^()]*\) \([^()]*\) \+\d+)$/.exec(this.#lines[0] ?? '');
    if (head === null) this.#fail('no function');
    const { ssa } = this.#env;
    const f = new Func(head[1]!, ssa.obj.lookup(head[1]!, 1), this.#signature(head[2]!), ssa);
    this.#at = 1;
    while (this.#lines[this.#at]?.startsWith('local ') === true) this.#local(f);
    const first = this.#at;
    const blocks = this.#declareBlocks(f, first);
    const values = this.#declareValues(f, first, blocks);
    this.#fill(f, first, { blocks, values });
    f.adoptConstants();
    return f;
  }

  /** `(reps) (reps) +width`: register arguments and results, numbered as the ABI does. */
  #signature(text: string): AbiInfo {
    const found = /^\(([^()]*)\) \(([^()]*)\) \+(\d+)$/.exec(text);
    if (found === null) this.#fail('no signature');
    const { abi } = this.#env.ssa;
    const reps = (list: string): Rep[] =>
      list === '' ? [] : list.split(' ').map((name) => repNames.indexOf(name));
    const regs = (list: readonly Rep[]): number[] => {
      let ints = 0;
      let floats = 0;
      return list.map((rep) => (isFloatRep(rep) ? abi.floatRegs[floats++]! : abi.intRegs[ints++]!));
    };
    const argReps = reps(found[1]!);
    const resReps = reps(found[2]!);
    return {
      ...abi.assign([], []),
      argReps,
      resReps,
      argRegs: regs(argReps),
      resRegs: regs(resReps),
      argWidth: Number(found[3]),
    };
  }

  #local(f: Func): void {
    const found = /^local \d+ (\w+) (\S+) size=(\d+) ptr=(\d+) offset=(-?\d+)(.*)$/.exec(
      this.#lines[this.#at]!,
    );
    if (found === null) this.#fail('not a local');
    const [, kind, name, size, ptr, offset, marks] = found;
    const type = this.#env.typeOf(Number(size), Number(ptr));
    const v = f.addLocal(new LocalVar(name!, type, localKinds.indexOf(kind!)));
    v.offset = Number(offset);
    v.addrTaken = marks!.includes(' addrtaken');
    v.needZero = marks!.includes(' needzero');
    v.used = true;
    this.#at++;
  }

  /** Blocks in the order of the text, under their ids. */
  #declareBlocks(f: Func, first: number): ReadonlyMap<number, Block> {
    const ids: number[] = [];
    let entry = 0;
    for (let i = first; i < this.#lines.length; i++) {
      const found = /^b(\d+):( entry)?/.exec(this.#lines[i]!);
      if (found === null) continue;
      ids.push(Number(found[1]));
      if (found[2] !== undefined) entry = Number(found[1]);
    }
    const byId = new Map<number, Block>([[f.entry.id, f.entry]]);
    for (let id = f.entry.id + 1; id <= Math.max(...ids); id++) byId.set(id, f.newBlock(0, 0));
    f.blocks.length = 0;
    for (const id of ids) f.blocks.push(byId.get(id)!);
    f.entry = byId.get(entry || ids[0]!)!;
    return byId;
  }

  #declareValues(
    f: Func,
    first: number,
    blocks: ReadonlyMap<number, Block>,
  ): ReadonlyMap<number, Value> {
    const homes = new Map<number, Block>();
    let b = f.entry;
    for (this.#at = first; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at]!;
      const block = /^b(\d+):/.exec(line);
      if (block !== null) b = blocks.get(Number(block[1]))!;
      const value = /^ {2}v(\d+) = /.exec(line);
      if (value !== null) homes.set(Number(value[1]), b);
    }
    const values = new Map<number, Value>();
    const last = Math.max(0, ...homes.keys());
    for (let id = 1; id <= last; id++) {
      const v = f.newDetached(0, 0, homes.get(id) ?? f.entry, 0);
      if (homes.has(id)) values.set(id, v);
    }
    return values;
  }

  #fill(
    f: Func,
    first: number,
    known: {
      readonly blocks: ReadonlyMap<number, Block>;
      readonly values: ReadonlyMap<number, Value>;
    },
  ): void {
    const preds = new Map<Block, number[]>();
    const succs = new Map<Block, number[]>();
    let b = f.entry;
    for (this.#at = first; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at]!;
      const head = /^b(\d+):(?: entry)?(?: <- (.*))?$/.exec(line);
      if (head !== null) {
        b = known.blocks.get(Number(head[1]))!;
        preds.set(b, numbers(head[2] ?? ''));
      } else if (/^ {2}v\d+ = /.test(line)) b.values.push(this.#value(f, known.values));
      else succs.set(b, this.#blockEnd(b, known.values));
    }
    // In the order of the predecessors, which is that of phis.
    for (const [c, ids] of preds) {
      for (const id of ids) c.preds.push({ b: known.blocks.get(id)!, i: -1 });
    }
    for (const [from, ids] of succs) {
      ids.forEach((id, i) => {
        const to = known.blocks.get(id)!;
        const j = to.preds.findIndex((e) => e.b === from && e.i === -1);
        if (j < 0) throw new InternalError(`SSA text: ${to} does not name ${from} before it`);
        to.preds[j]!.i = i;
        from.succs.push({ b: to, i: j });
      });
    }
  }

  #value(f: Func, values: ReadonlyMap<number, Value>): Value {
    const found = valueLine.exec(this.#lines[this.#at]!.trim());
    if (found === null) this.#fail('not a value');
    const [, id, opName, repName, auxInt, auxInt2, aux, args] = found;
    const v = values.get(Number(id))!;
    const op = opByName.get(opName!);
    if (op === undefined) this.#fail(`no operation ${opName}`);
    v.op = op;
    v.rep = repNames.indexOf(repName!);
    if (v.rep < 0) this.#fail(`no representation ${repName}`);
    if (auxInt !== undefined) {
      const n = Number(auxInt);
      if (Number.isSafeInteger(n)) v.auxInt = n;
      else v.aux = BigInt(auxInt);
    }
    v.auxInt2 = Number(auxInt2 ?? 0);
    if (aux !== undefined) v.aux = this.#aux(f, op, aux);
    for (const n of numbers(args!)) {
      const x = values.get(n);
      if (x === undefined) this.#fail(`no value v${n}`);
      v.addArg(x);
    }
    return v;
  }

  #aux(f: Func, op: number, text: string): unknown {
    const kinds = opAux[op]!;
    const call = /^(.*?)(\([^()]*\) \([^()]*\) \+\d+)( noreturn)?$/.exec(text);
    if (kinds.includes('c') && call !== null) {
      const sym = call[1] === 'call' ? null : this.#env.ssa.obj.lookup(call[1]!, 1);
      const info = new CallInfo(sym, this.#signature(call[2]!));
      info.noReturn = call[3] !== undefined;
      return info;
    }
    const type = /^type (\d+) (\d+)$/.exec(text);
    if (type !== null) return this.#env.typeOf(Number(type[1]), Number(type[2]));
    const slot = /#(\d+)$/.exec(text);
    if (slot !== null) return f.locals[Number(slot[1])] ?? this.#fail('no such local');
    if (/^-?(\d|Infinity)|^NaN$/.test(text)) return Number(text);
    return this.#env.ssa.obj.lookup(text);
  }

  /** Sets kind and controls; the ids of the successors. */
  #blockEnd(b: Block, values: ReadonlyMap<number, Value>): number[] {
    const found =
      /^ {2}(\w+)(?: \[(\d+)\])?((?: v\d+)*)(?: ->((?: b\d+)+))?( likely| unlikely)?$/.exec(
        this.#lines[this.#at]!,
      );
    if (found === null) this.#fail('not the end of a block');
    const [, kind, auxInt, controls, succs, likely] = found;
    b.kind = blockKindNames.indexOf(kind!);
    b.auxInt = Number(auxInt ?? 0);
    b.likely = likely === undefined ? 0 : likely === ' likely' ? 1 : -1;
    const [c0, c1] = numbers(controls!).map((id) => values.get(id)!);
    if (c0 !== undefined) b.setControl(c0);
    if (c1 !== undefined) b.setControl2(c1);
    return numbers(succs ?? '');
  }
}

/** ` v1 b2` → 1, 2. */
function numbers(text: string): number[] {
  return [...text.matchAll(/[vb](\d+)/g)].map((m) => Number(m[1]));
}
