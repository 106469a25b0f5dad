/**
 * Index and slice expressions.
 *
 * Spec: "Index expressions", "Slice expressions".
 * GOROOT: src/cmd/compile/internal/types2/index.go (wordings).
 */
import { valueString } from '../constant/format.ts';
import { kindOf, numberOf, sign, stringOf, ValueKind } from '../constant/value.ts';
import { type Expr, type IndexExpr, NodeKind, type SliceExpr } from '../syntax/nodes.ts';
import { assignment } from './assign.ts';
import type { Checker } from './check.ts';
import { asWanted, convertUntyped, representableConst } from './const.ts';
import { isComplete } from './cycles.ts';
import { invalidArg, invalidOp } from './errors.ts';
import { expr, exprOrType, genericExpr, nonGeneric } from './expr.ts';
import { isValid, Mode, Operand, operandStr } from './operand.ts';
import {
  allInteger,
  identical,
  isInvalid,
  isString,
  isTypeParam,
  isUntyped,
} from './predicates.ts';
import {
  byteType,
  intType,
  invalidType,
  newSlice,
  stringType,
  type Type,
  TypeKind,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { varType } from './typexpr.ts';
import { everyType, everyUnder, under } from './under.ts';
import { use } from './use.ts';

/**
 * Checks `x[index]`. True if x is a generic function, which the caller is to instantiate with what is
 * in the brackets.
 */
export function indexExpr(check: Checker, x: Operand, e: IndexExpr): boolean {
  exprOrType(check, x, e.x, true);
  switch (x.mode) {
    case Mode.Invalid:
      use(check, [e.index]);
      return false;
    case Mode.TypeExpr:
      // A type instantiation.
      x.mode = Mode.Invalid;
      x.type = varType(check, e);
      if (!isInvalid(x.type)) x.mode = Mode.TypeExpr;
      return false;
    case Mode.Value: {
      const sig = under(x.type);
      if (sig.kind === TypeKind.Signature && sig.tparams.length > 0) return true;
      break;
    }
    default:
  }
  nonGeneric(check, null, x);
  if (!isValid(x)) return false;
  if (!isComplete(check, x.type) || !isCompletePart(check, x.type)) {
    x.mode = Mode.Invalid;
    return false;
  }
  const what = indexed(x);
  if (what === null) {
    check.error(e.pos, 'NonSliceableOperand', `cannot index ${operandStr(check, x)}`);
    use(check, [e.index]);
    x.mode = Mode.Invalid;
    return false;
  }
  const index = singleIndex(check, e);
  if (what.key !== null) {
    const key = new Operand();
    genericExpr(check, key, index, null);
    assignment(check, key, what.key, 'map index');
    // The type of the element is known whatever the key.
    x.mode = Mode.MapIndex;
    x.type = what.elem;
    x.expr = e;
    return false;
  }
  x.mode = what.mode;
  x.type = what.elem;
  checkIndex(check, index, what.length);
  return false;
}

/** The array that a pointer points to, and a map's elements, must be complete too. */
function isCompletePart(check: Checker, t: Type): boolean {
  const u = under(t);
  if (u.kind === TypeKind.Pointer || u.kind === TypeKind.Map) return isComplete(check, u.elem);
  return true;
}

interface Indexed {
  readonly mode: Mode;
  readonly elem: Type;
  /** Of maps. */
  readonly key: Type | null;
  /** Negative: not known. */
  readonly length: number;
}

/** What indexing x gives; null if it cannot be indexed. */
function indexed(x: Operand): Indexed | null {
  const u = under(x.type);
  if (u.kind !== TypeKind.Interface) {
    const one = indexedType(x, u);
    if (one === null || !isString(u) || x.mode !== Mode.Constant) return one;
    return { ...one, length: stringOf(x.val!).length };
  }
  if (!isTypeParam(x.type)) return null;
  let all: Indexed | null = null;
  const ok = everyUnder(x.type, (t) => {
    const one = t === null ? null : indexedType(x, t);
    if (one === null) return false;
    if (all === null) {
      all = one;
      return true;
    }
    const first: Indexed = all;
    // Maps do not mix with others, and keys and elements must agree.
    if ((first.key === null) !== (one.key === null)) return false;
    if (first.key !== null && !identical(first.key, one.key!)) return false;
    if (!identical(first.elem, one.elem)) return false;
    const shorter = one.length >= 0 && one.length < first.length;
    all = {
      ...first,
      mode: one.mode === Mode.Value ? Mode.Value : first.mode,
      length: shorter ? one.length : first.length,
    };
    return true;
  });
  return ok ? all : null;
}

function indexedType(x: Operand, u: Type): Indexed | null {
  switch (u.kind) {
    case TypeKind.Basic:
      if (!isString(u)) return null;
      return { mode: Mode.Value, elem: byteType, key: null, length: -1 };
    case TypeKind.Array: {
      const mode = x.mode === Mode.Variable ? Mode.Variable : Mode.Value;
      return { mode, elem: u.elem, key: null, length: u.len };
    }
    case TypeKind.Pointer: {
      const a = under(u.elem);
      if (a.kind !== TypeKind.Array) return null;
      return { mode: Mode.Variable, elem: a.elem, key: null, length: a.len };
    }
    case TypeKind.Slice:
      return { mode: Mode.Variable, elem: u.elem, key: null, length: -1 };
    case TypeKind.Map:
      return { mode: Mode.MapIndex, elem: u.elem, key: u.key, length: -1 };
    default:
      return null;
  }
}

export function sliceExpr(check: Checker, x: Operand, e: SliceExpr): void {
  expr(check, null, x, e.x);
  if (!isValid(x)) {
    use(check, e.indices);
    return;
  }
  const u = commonSliced(check, x);
  const p = under(x.type);
  if (p.kind === TypeKind.Pointer && !isComplete(check, p.elem)) {
    x.mode = Mode.Invalid;
    return;
  }
  if (u === null) {
    x.mode = Mode.Invalid;
    return;
  }
  const length = slicedLength(check, x, u, e);
  if (length === null) {
    x.mode = Mode.Invalid;
    return;
  }
  x.mode = Mode.Value;
  if (e.full && (e.indices[1] === null || e.indices[2] === null)) {
    check.error(e, 'InvalidSyntaxTree', '2nd and 3rd index required in 3-index slice');
    x.mode = Mode.Invalid;
    return;
  }
  checkSliceIndices(check, e, length);
}

/** The underlying type that all types of x's type set share, strings counting as byte slices. */
function commonSliced(check: Checker, x: Operand): Type | null {
  let common: Type | null = null;
  let from: Type | null = null;
  let hasString = false;
  const ok = everyType(x.type, (t, u0) => {
    const what = (): string => operandStr(check, x);
    if (t === null || u0 === null) {
      check.error(
        x,
        'NonSliceableOperand',
        `cannot slice ${what()}: no specific type in ${typeStr(check, x.type)}`,
      );
      return false;
    }
    let u = u0;
    if (isString(u)) {
      u = newSlice(byteType);
      hasString = true;
    }
    if (common === null || from === null) {
      common = u;
      from = t;
      return true;
    }
    if (identical(common, u)) return true;
    check.error(
      x,
      'NonSliceableOperand',
      `cannot slice ${what()}: ${typeStr(check, from)} and ${typeStr(check, t)} have different underlying types`,
    );
    return false;
  });
  if (hasString) return isTypeParam(x.type) ? stringType : under(x.type);
  return ok ? common : null;
}

/** Gives x the type of a slice of it; the length that indices are bounded by, or -1; null: error. */
function slicedLength(check: Checker, x: Operand, u: Type, e: SliceExpr): number | null {
  switch (u.kind) {
    case TypeKind.Basic: {
      if (!isString(u)) break;
      if (e.full) {
        check.error(e.indices[2] ?? e, 'InvalidSliceExpr', `${invalidOp}3-index slice of string`);
        return null;
      }
      const length = x.mode === Mode.Constant ? stringOf(x.val!).length : -1;
      if (isUntyped(x.type)) x.type = stringType;
      return length;
    }
    case TypeKind.Array:
      if (x.mode !== Mode.Variable) {
        check.error(
          x,
          'NonSliceableOperand',
          `cannot slice unaddressable value ${operandStr(check, x)}`,
        );
        return null;
      }
      x.type = newSlice(u.elem);
      return u.len;
    case TypeKind.Pointer: {
      const a = under(u.elem);
      if (a.kind !== TypeKind.Array) break;
      x.type = newSlice(a.elem);
      return a.len;
    }
    case TypeKind.Slice:
      return -1;
    default:
  }
  check.error(x, 'NonSliceableOperand', `cannot slice ${operandStr(check, x)}`);
  return null;
}

function checkSliceIndices(check: Checker, e: SliceExpr, length: number): void {
  const max = length >= 0 ? length + 1 : -1;
  const values = e.indices.map((index, i) => {
    if (index !== null) return checkIndex(check, index, max).value;
    if (i === 0) return 0;
    return length;
  });
  // Constant ones must not decrease; one report is enough.
  for (let i = 0; i < values.length - 1; i++) {
    const x = values[i]!;
    if (x <= 0) continue;
    for (let j = i + 1; j < values.length; j++) {
      const y = values[j]!;
      if (y < 0 || y >= x) continue;
      check.error(e.indices[j] ?? e, 'SwappedSliceIndices', `invalid slice indices: ${y} < ${x}`);
      return;
    }
  }
}

/** The index of an index expression, the first one if there are several. */
function singleIndex(check: Checker, e: IndexExpr): Expr {
  const { index } = e;
  if (index.kind !== NodeKind.ListExpr) return index;
  check.error(index.elems[1] ?? index, 'InvalidIndex', `${invalidOp}more than one index`);
  return index.elems[0] ?? index;
}

/**
 * Checks an index, below `max` if that is not negative. The type is invalid after an error; the
 * value is negative unless it is a valid constant.
 */
export function checkIndex(
  check: Checker,
  index: Expr,
  max: number,
): { type: Type; value: number } {
  const bad = { type: invalidType, value: -1 };
  const x = new Operand();
  expr(check, null, x, index);
  if (!isValidIndex(check, x, 'InvalidIndex', 'index', false)) return bad;
  if (x.mode !== Mode.Constant) return { type: x.type, value: -1 };
  const val = x.val!;
  if (kindOf(val) === ValueKind.Unknown) return bad;
  const value = numberOf(val) ?? Infinity;
  if (max >= 0 && value >= max) {
    check.error(
      x,
      'InvalidIndex',
      `${invalidArg}index ${valueString(val)} out of bounds [0:${max}]`,
    );
    return bad;
  }
  return { type: x.type, value };
}

/** Whether x may be an index; `what` says in messages what it is. */
export function isValidIndex(
  check: Checker,
  x: Operand,
  code: string,
  what: string,
  allowNegative: boolean,
): boolean {
  if (!isValid(x)) return false;
  convertUntyped(check, x, intType);
  if (!isValid(x)) return false;
  const refuse = (why: string): boolean => {
    check.error(x, code, `${invalidArg}${what} ${operandStr(check, x)} ${why}`);
    return false;
  };
  if (!allInteger(x.type)) return refuse('must be integer');
  if (x.mode !== Mode.Constant) return true;
  if (!allowNegative && sign(x.val!) < 0) return refuse('must not be negative');
  const val = representableConst(check, x.val!, intType);
  x.val = val ?? asWanted(x.val!, intType);
  if (val === null) return refuse('overflows int');
  return true;
}
