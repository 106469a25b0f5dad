/**
 * Strings: concatenation, and the conversions to and from slices and integers.
 *
 * Results that do not escape may use a buffer on the stack. A conversion of bytes whose result is
 * only looked at (compared, concatenated, used as a key for reading) is an alias of the bytes.
 *
 * Spec: "String concatenation", "Conversions to and from a string type".  Contract §7.3.
 */
import { Esc, type Expr, ExprOp } from '../../ir/node.ts';
import { isSigned, Kind } from '../../ir/type.ts';
import { OpEq } from '../op.ts';
import { RepBool, RepI64, RepPtr } from '../rep.ts';
import { type Value } from '../value.ts';
import { newUninitialized } from './alloc.ts';
import { resizeInt } from './arith.ts';
import { type Builder } from './builder.ts';
import { ofLeaves, type Operand } from './operand.ts';

const stackBufferSize = 32;
/** Larger copies of constants are not put in the frame. */
const maxStackArray = 64 << 10;
/** A rune takes at most this many bytes. */
const runeBufferSize = 4;
/** More operands go to the runtime as a slice. */
const maxDirectOperands = 5;

/** The address of a buffer for a result that does not escape, else nil. */
function buffer(b: Builder, esc: Esc, elem: 'uint8' | 'int32', count: number): Value {
  if (esc === Esc.Heap) return b.nil();
  return b.exposedAddr(b.newTemp(b.types.array(b.types[elem], count)));
}

/** A string operand that is only read before the next statement. */
export function transient(b: Builder, e: Expr): Operand {
  if (
    e.op === ExprOp.Convert &&
    !b.ordered.has(e) &&
    e.x!.type.kind === Kind.Slice &&
    e.x!.type.elem!.kind === Kind.Uint8
  ) {
    const bytes = b.expr(e.x!);
    return ofLeaves(e.type, bytes.leaves.slice(0, 2));
  }
  return b.expr(e);
}

/** `list[0] + list[1] + …`; as a string, or as the bytes of one. */
export function concat(b: Builder, e: Expr, result: 'string' | 'byte'): Operand {
  const list = e.list as Expr[];
  const operands = list.map((item) => transient(b, item));
  const buf = buffer(b, e.esc, 'uint8', stackBufferSize);
  const n = operands.length;
  if (n <= maxDirectOperands) {
    const name = `concat${result}${n}`;
    return ofLeaves(e.type, b.runtime(name, [buf, ...operands.flatMap((s) => s.leaves)]));
  }
  const array = b.newTemp(b.types.array(b.types.string, n));
  const base = b.exposedAddr(array);
  operands.forEach((s, i) => b.storeOperand(b.offset(base, 16 * i), s));
  const name = result === 'string' ? 'concatstrings' : 'concatbytes';
  return ofLeaves(e.type, b.runtime(name, [buf, base, b.int(n), b.int(n)]));
}

/** Conversions where one side is a string. */
export function convertString(b: Builder, e: Expr): Operand {
  const from = e.x!.type;
  const t = e.type;
  if (t.kind === Kind.String) {
    if (from.kind === Kind.String) return ofLeaves(t, b.expr(e.x!).leaves);
    if (from.kind === Kind.Slice) return sliceToString(b, e);
    const x = b.expr(e.x!);
    const buf = buffer(b, e.esc, 'uint8', runeBufferSize);
    const n = resizeInt(b, x.scalar, RepI64, isSigned(from));
    return ofLeaves(t, b.runtime('intstring', [buf, n]));
  }
  return stringToSlice(b, e);
}

function sliceToString(b: Builder, e: Expr): Operand {
  const x = b.expr(e.x!);
  const buf = buffer(b, e.esc, 'uint8', stackBufferSize);
  if (e.x!.type.elem!.kind === Kind.Uint8) {
    return ofLeaves(e.type, b.runtime('slicebytetostring', [buf, x.leaves[0]!, x.leaves[1]!]));
  }
  return ofLeaves(e.type, b.runtime('slicerunetostring', [buf, ...x.leaves]));
}

function stringToSlice(b: Builder, e: Expr): Operand {
  const x = e.x!;
  if (e.type.elem!.kind === Kind.Uint8) {
    if (x.op === ExprOp.Concat && !b.ordered.has(x)) {
      for (const item of x.list) b.order(item!);
      const bytes = concatBytes(b, x, e);
      return ofLeaves(e.type, bytes.leaves);
    }
    const s = b.expr(x);
    if (e.esc === Esc.Alias) {
      const [p, n] = s.leaves as [Value, Value];
      // []byte("") is not nil.
      const zero = b.runtimeVar('zerobase');
      const isNil = b.v2(OpEq, RepBool, p, b.nil());
      const base = b.choose(
        isNil,
        RepPtr,
        () => zero,
        () => p,
      );
      return ofLeaves(e.type, [base, n, n]);
    }
    if (x.op === ExprOp.Const) return bytesOfConstant(b, e, s.leaves[0]!);
    const buf = buffer(b, e.esc, 'uint8', stackBufferSize);
    return ofLeaves(e.type, b.runtime('stringtoslicebyte', [buf, ...s.leaves]));
  }
  const s = b.expr(x);
  const buf = buffer(b, e.esc, 'int32', stackBufferSize);
  return ofLeaves(e.type, b.runtime('stringtoslicerune', [buf, ...s.leaves]));
}

/** A copy of constant bytes at `from`: an array of just their size, without help of the runtime. */
function bytesOfConstant(b: Builder, e: Expr, from: Value): Operand {
  const count = (e.x!.value as string).length;
  const n = b.int(count);
  if (count === 0) return ofLeaves(e.type, [b.runtimeVar('zerobase'), n, n]);
  const array = b.types.array(b.types.uint8, count);
  const esc = array.size <= maxStackArray ? e.esc : Esc.Heap;
  const p = newUninitialized(b, array, esc);
  b.move(p, from, array);
  return ofLeaves(e.type, [p, n, n]);
}

/** The buffer belongs to the bytes: whether *they* escape decides. */
function concatBytes(b: Builder, x: Expr, conversion: Expr): Operand {
  const esc = x.esc;
  x.esc = conversion.esc;
  const bytes = concat(b, x, 'byte');
  x.esc = esc;
  return bytes;
}

/** len([]rune(s)) without making the slice. */
export function runeCount(b: Builder, s: Operand): Value {
  return b.runtime('countrunes', s.leaves)[0]!;
}

/** The rune at byte `i` of `s`, and the position behind it. */
export function decodeRune(b: Builder, s: Operand, i: Value): [rune: Value, next: Value] {
  return b.runtime('decoderune', [...s.leaves, i]) as [Value, Value];
}
