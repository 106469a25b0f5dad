/**
 * Indices that are in range whatever their operands are, by the form of their expression: masked,
 * shifted, a remainder, or of a type too small to be out of range.
 *
 * GOROOT: src/cmd/compile/internal/walk/expr.go (bounded, walkIndex1).
 */
import { type Remarks } from '../remarks.ts';
import { type Expr, ExprOp, type Func } from './node.ts';
import { Kind, type Type } from './type.ts';
import { walkStmt } from './walk.ts';

const elided = 'index bounds check elided';

/** -m: says where no check is needed. */
export function reportElided(fn: Func, remarks: Remarks): void {
  for (const s of fn.body) {
    walkStmt(s, (e) => {
      if (e.op !== ExprOp.Index || e.y!.op === ExprOp.Const) return;
      const of = e.x!.type;
      if (of.kind !== Kind.Array) return;
      if (isBounded(e.y!, of.len)) remarks.add(fn, e.pos, elided);
    });
  }
}

function isBounded(e: Expr, max: number): boolean {
  if (!isInteger(e.type)) return false;
  const sign = isSigned(e.type);
  let bits = 8 * e.type.size;
  switch (e.op) {
    case ExprOp.And: {
      const mask = constantOf(e.x!) ?? constantOf(e.y!);
      if (mask !== null && mask >= 0 && mask < max) return true;
      break;
    }
    case ExprOp.AndNot: {
      const cleared = constantOf(e.y!);
      if (cleared === null) break;
      const kept = sign || bits > 52 ? ~cleared : 2 ** bits - 1 - cleared;
      if (kept >= 0 && kept < max) return true;
      break;
    }
    case ExprOp.Mod: {
      const by = constantOf(e.y!);
      if (!sign && by !== null && by >= 0 && by <= max) return true;
      break;
    }
    case ExprOp.Div: {
      let by = constantOf(e.y!);
      if (sign) break;
      while (by !== null && by >= 2) {
        bits--;
        by = Math.floor(by / 2);
      }
      break;
    }
    case ExprOp.Shr: {
      const by = constantOf(e.y!);
      if (!sign && by !== null) {
        if (by > bits) return true;
        bits -= by;
      }
      break;
    }
    default:
  }
  return !sign && bits <= 62 && 2 ** bits <= max;
}

function constantOf(e: Expr): number | null {
  return e.op === ExprOp.Const && typeof e.value === 'bigint' ? Number(e.value) : null;
}

function isInteger({ kind }: Type): boolean {
  return kind >= Kind.Int && kind <= Kind.Uintptr;
}

function isSigned({ kind }: Type): boolean {
  return kind >= Kind.Int && kind <= Kind.Int64;
}
