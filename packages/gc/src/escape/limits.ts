/**
 * What is too large for the stack goes to the heap whatever happens to it.
 *
 * GOROOT: src/cmd/compile/internal/ir/cfg.go (limits), escape/utils.go (HeapAllocReason).
 */
import { Builtin, type Expr, ExprOp, LocalClass, type LocalVar } from '../ir/node.ts';
import { Kind, type Type } from '../ir/type.ts';

export interface StackLimits {
  /** Bytes of a declared variable. */
  readonly explicit: number;
  /** Bytes of what new, &T{}, make and conversions allocate. */
  readonly implicit: number;
}

export const usualLimits: StackLimits = { explicit: 128 << 10, implicit: 64 << 10 };
/** With -smallframes. */
export const smallLimits: StackLimits = { explicit: 64 << 10, implicit: 16 << 10 };
const PtrSize = 8;
const tooLarge = 'too large for stack';
const tooAligned = 'too aligned for stack';

export function heapReasonOfLocal(v: LocalVar, limits: StackLimits): string | null {
  // Where parameters are is not for us to say.
  if (v.class === LocalClass.Param || v.class === LocalClass.Result) return null;
  return reasonOfSize(v.type, limits.explicit);
}

function reasonOfSize(t: Type, limit: number): string | null {
  if (t.size > limit) return tooLarge;
  return t.align > PtrSize ? tooAligned : null;
}

export function heapReasonOf(e: Expr, limits: StackLimits): string | null {
  const reason = reasonOfSize(e.type, limits.explicit);
  if (reason !== null) return reason;
  switch (e.op) {
    case ExprOp.Addr:
      return reasonOfSize(e.x!.type, limits.implicit);
    case ExprOp.CallBuiltin:
      if (e.builtin === Builtin.New) return reasonOfSize(e.type.elem!, limits.implicit);
      return e.builtin === Builtin.Make && e.type.kind === Kind.Slice
        ? makeSliceReason(e, limits)
        : null;
    case ExprOp.Closure: {
      let size = PtrSize;
      for (const v of e.closure!.captures) size += v.byValue ? v.type.size : PtrSize;
      return size > limits.implicit ? tooLarge : null;
    }
    case ExprOp.MethodValue:
      return PtrSize + e.x!.type.size > limits.implicit ? tooLarge : null;
    case ExprOp.SliceLit:
      return e.index * e.type.elem!.size > limits.explicit ? tooLarge : null;
    default:
      return null;
  }
}

function makeSliceReason(e: Expr, limits: StackLimits): string | null {
  const elem = e.type.elem!.size;
  if (elem === 0) return 'zero-sized element';
  const size = e.list.at(-1);
  // Of unknown size: in the frame if it turns out to be small.
  if (size === undefined || size === null || size.op !== ExprOp.Const) return null;
  return Number(size.value) > Math.floor(limits.implicit / elem) ? tooLarge : null;
}
