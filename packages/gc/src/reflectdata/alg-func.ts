/**
 * Bodies of the equality and hash functions that a memory signature stands for, as IR.
 *
 *     func eq(p, q unsafe.Pointer) bool              func hash(p unsafe.Pointer, h uintptr) uintptr
 *
 * Equality compares part by part and stops at the first difference. Cheap parts go first within a
 * run that cannot panic: the contents of strings wait until the scalars behind them have been
 * compared, but never beyond an interface (whose comparison may panic only if all before it is
 * equal) or an array. Plain memory is compared in the widest words, the last one overlapping.
 *
 * GOROOT: src/cmd/compile/internal/reflectdata/alg.go (order, entry points).
 */
import { Builtin, Expr, ExprOp, type Func, type LocalVar, type Stmt } from '../ir/node.ts';
import type { FuncSym } from '../ir/sym.ts';
import {
  assign,
  binary,
  callStatic,
  constant,
  declare,
  forStmt,
  ifStmt,
  local,
  returnStmt,
  Synth,
  unary,
} from '../ir/synth.ts';
import type { Type } from '../ir/type.ts';
import { type Part, partSize, signatureSize, trimSkip } from './signature.ts';

/** The types that the bodies use, and the functions that they call. */
export interface AlgContext {
  readonly bool: Type;
  readonly uint8: Type;
  readonly uint16: Type;
  readonly uint32: Type;
  readonly uint64: Type;
  readonly uintptr: Type;
  readonly float32: Type;
  readonly float64: Type;
  readonly unsafePointer: Type;
  pointerTo(t: Type): Type;
  runtimeFunc(name: string): FuncSym;
  /** The function for an array's element signature. */
  eqFunc(parts: readonly Part[]): FuncSym;
  hashFunc(parts: readonly Part[]): FuncSym;
}

/** From this size on plain memory is compared by a call. */
const memequalBytes = 64;

/** `p + off` as an unsafe.Pointer. */
function offset(cx: AlgContext, p: LocalVar, off: Expr): Expr {
  const e = new Expr(ExprOp.CallBuiltin, 0, cx.unsafePointer);
  e.builtin = Builtin.UnsafeAdd;
  e.list = [local(p), off];
  return e;
}

function at(cx: AlgContext, p: LocalVar, off: number): Expr {
  return off === 0 ? local(p) : offset(cx, p, constant(cx.uintptr, BigInt(off)));
}

function load(cx: AlgContext, type: Type, p: LocalVar, off: number): Expr {
  return unary(ExprOp.Deref, type, unary(ExprOp.Convert, cx.pointerTo(type), at(cx, p, off)));
}

class EqBody {
  readonly cx: AlgContext;
  readonly synth: Synth;
  readonly p: LocalVar;
  readonly q: LocalVar;
  /** The last comparison is the result and therefore not branched on. */
  #last: Expr | null = null;
  readonly #strings: number[] = [];

  constructor(cx: AlgContext, sym: FuncSym) {
    this.cx = cx;
    this.synth = new Synth(sym);
    this.p = this.synth.param('p', cx.unsafePointer);
    this.q = this.synth.param('q', cx.unsafePointer);
    this.synth.result('', cx.bool);
  }

  #refuse(): Stmt[] {
    return [returnStmt([constant(this.cx.bool, false)])];
  }

  #branch(): void {
    if (this.#last === null) return;
    const differs = unary(ExprOp.Not, this.cx.bool, this.#last);
    this.synth.body.push(ifStmt(differs, this.#refuse()));
    this.#last = null;
  }

  #test(equal: Expr): void {
    this.#branch();
    this.#last = equal;
  }

  #compare(type: Type, off: number): void {
    const { cx, p, q } = this;
    this.#test(binary(ExprOp.Eq, cx.bool, load(cx, type, p, off), load(cx, type, q, off)));
  }

  #memequal(p: Expr, q: Expr, size: Expr): void {
    const { cx } = this;
    this.#test(callStatic(cx.runtimeFunc('memequal'), [p, q, size], cx.bool));
  }

  #memory(off: number, size: number): void {
    const { cx } = this;
    if (size > memequalBytes) {
      this.#memequal(at(cx, this.p, off), at(cx, this.q, off), constant(cx.uintptr, BigInt(size)));
      return;
    }
    const end = off + size;
    let o = off;
    while (o < end) {
      const left = end - o;
      if (left >= 8 || (left > 4 && size >= 8)) {
        this.#compare(cx.uint64, Math.min(o, end - 8));
        o = Math.min(o + 8, end);
      } else if (left >= 4 || (left === 3 && size >= 4)) {
        this.#compare(cx.uint32, Math.min(o, end - 4));
        o = Math.min(o + 4, end);
      } else if (left >= 2) {
        this.#compare(cx.uint16, o);
        o += 2;
      } else {
        this.#compare(cx.uint8, o);
        o++;
      }
    }
  }

  /** Contents of the strings whose lengths are known to be equal. */
  #flushStrings(): void {
    const { cx, p, q } = this;
    for (const off of this.#strings.splice(0)) {
      const x = load(cx, cx.unsafePointer, p, off);
      const y = load(cx, cx.unsafePointer, q, off);
      this.#memequal(x, y, load(cx, cx.uintptr, p, off + 8));
    }
  }

  #iface(entry: string, off: number): void {
    const { cx, p, q } = this;
    this.#flushStrings();
    const word = cx.pointerTo(cx.uintptr);
    this.#compare(word, off);
    const args = [
      load(cx, word, p, off),
      load(cx, cx.unsafePointer, p, off + 8),
      load(cx, cx.unsafePointer, q, off + 8),
    ];
    this.#test(callStatic(cx.runtimeFunc(entry), args, cx.bool));
  }

  #array(off: number, count: number, elem: readonly Part[]): void {
    const { cx } = this;
    this.#flushStrings();
    this.#branch();
    const stride = signatureSize(elem);
    const i = this.synth.temp('i', cx.uintptr);
    const args = [offset(cx, this.p, local(i)), offset(cx, this.q, local(i))];
    const equal = callStatic(cx.eqFunc(trimSkip(elem)), args, cx.bool);
    this.synth.body.push(
      ...declare(i, constant(cx.uintptr, BigInt(off))),
      countedLoop(cx, i, off + count * stride, stride, [
        ifStmt(unary(ExprOp.Not, cx.bool, equal), this.#refuse()),
      ]),
    );
  }

  part(part: Part, off: number): void {
    switch (part.kind) {
      case 'memory':
        this.#memory(off, part.size);
        return;
      case 'skip':
        return;
      case 'float32':
        this.#compare(this.cx.float32, off);
        return;
      case 'float64':
        this.#compare(this.cx.float64, off);
        return;
      case 'string':
        this.#strings.push(off);
        this.#compare(this.cx.uintptr, off + 8);
        return;
      case 'iface':
        this.#iface('ifaceeq', off);
        return;
      case 'eface':
        this.#iface('efaceeq', off);
        return;
      case 'array':
        this.#array(off, part.count, part.elem);
    }
  }

  finish(): Func {
    this.#flushStrings();
    this.synth.body.push(returnStmt([this.#last ?? constant(this.cx.bool, true)]));
    return this.synth.fn;
  }
}

/** `for ; i < end; i += stride { body }` */
function countedLoop(cx: AlgContext, i: LocalVar, end: number, stride: number, body: Stmt[]): Stmt {
  const cond = binary(ExprOp.Lt, cx.bool, local(i), constant(cx.uintptr, BigInt(end)));
  const next = binary(ExprOp.Add, cx.uintptr, local(i), constant(cx.uintptr, BigInt(stride)));
  return forStmt(cond, assign(local(i), next), body);
}

export function eqBody(cx: AlgContext, sym: FuncSym, parts: readonly Part[]): Func {
  const body = new EqBody(cx, sym);
  let off = 0;
  for (const part of parts) {
    body.part(part, off);
    off += partSize(part);
  }
  return body.finish();
}

const hashEntry = {
  float32: 'f32hash',
  float64: 'f64hash',
  string: 'strhash',
  iface: 'interhash',
  eface: 'nilinterhash',
} as const;

export function hashBody(cx: AlgContext, sym: FuncSym, parts: readonly Part[]): Func {
  const synth = new Synth(sym);
  const p = synth.param('p', cx.unsafePointer);
  const h = synth.param('h', cx.uintptr);
  h.reassigned = true;
  synth.result('', cx.uintptr);
  const update = (func: FuncSym, ...args: Expr[]): Stmt =>
    assign(local(h), callStatic(func, args, cx.uintptr));
  let off = 0;
  for (const part of parts) {
    const here = at(cx, p, off);
    if (part.kind === 'memory') {
      if (part.size === 4 || part.size === 8) {
        synth.body.push(update(cx.runtimeFunc(`memhash${part.size * 8}`), here, local(h)));
      } else {
        const size = constant(cx.uintptr, BigInt(part.size));
        synth.body.push(update(cx.runtimeFunc('memhash'), here, local(h), size));
      }
    } else if (part.kind === 'array') {
      const stride = signatureSize(part.elem);
      const i = synth.temp('i', cx.uintptr);
      const step = update(cx.hashFunc(part.elem), offset(cx, p, local(i)), local(h));
      synth.body.push(
        ...declare(i, constant(cx.uintptr, BigInt(off))),
        countedLoop(cx, i, off + part.count * stride, stride, [step]),
      );
    } else if (part.kind !== 'skip') {
      synth.body.push(update(cx.runtimeFunc(hashEntry[part.kind]), here, local(h)));
    }
    off += partSize(part);
  }
  synth.body.push(returnStmt([local(h)]));
  return synth.fn;
}
