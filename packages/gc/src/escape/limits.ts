/**
 * What is too large for the stack, or of unknown size, goes to the heap whatever happens to it.
 *
 * GOROOT: src/cmd/compile/internal/ir/cfg.go (limits), escape/utils.go (HeapAllocReason).
 */
import { Builtin, type Expr, ExprOp, type LocalVar } from '../ir/node.ts';
import { Kind } from '../ir/type.ts';

/** Bytes of a declared variable. */
const maxExplicit = 128 << 10;
/** Bytes of what new, &T{}, make and conversions allocate. */
const maxImplicit = 64 << 10;
const PtrSize = 8;

export function heapReasonOfLocal(v: LocalVar): string | null {
  if (v.type.size > maxExplicit) return 'too large for stack';
  if (v.type.align > PtrSize) return 'too aligned for stack';
  return null;
}

export function heapReasonOf(e: Expr): string | null {
  switch (e.op) {
    case ExprOp.Addr:
      return e.x!.type.size > maxImplicit ? 'too large for stack' : null;
    case ExprOp.SliceLit:
      return e.index * e.type.elem!.size > maxImplicit ? 'too large for stack' : null;
    case ExprOp.CallBuiltin:
      if (e.builtin === Builtin.New) {
        return e.type.elem!.size > maxImplicit ? 'too large for stack' : null;
      }
      return e.builtin === Builtin.Make && e.type.kind === Kind.Slice ? makeSliceReason(e) : null;
    case ExprOp.Closure: {
      let size = PtrSize;
      for (const v of e.closure!.captures) size += v.byValue ? v.type.size : PtrSize;
      return size > maxImplicit ? 'too large for stack' : null;
    }
    default:
      return null;
  }
}

function makeSliceReason(e: Expr): string | null {
  const size = e.list.at(-1);
  if (size === undefined || size === null || size.op !== ExprOp.Const) return 'non-constant size';
  const elem = e.type.elem!.size;
  const count = Number(size.value);
  if (elem !== 0 && count > Math.floor(maxImplicit / elem)) return 'too large for stack';
  return null;
}
