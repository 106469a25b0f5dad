/**
 * Basic, function and composite literals.
 *
 * Spec: "Composite literals", "Function literals".
 * GOROOT: src/cmd/compile/internal/types2/literals.go (wordings).
 */
import { float64Of, toFloat, toInt } from '../constant/convert.ts';
import { valueString } from '../constant/format.ts';
import { makeFromLiteral } from '../constant/literal.ts';
import {
  bigIntOf,
  boolOf,
  imag,
  kindOf,
  real,
  stringOf,
  type Value,
  ValueKind,
} from '../constant/value.ts';
import {
  type BasicLit,
  type CompositeLit,
  type Expr,
  type FuncLit,
  type KeyValueExpr,
  NodeKind,
} from '../syntax/nodes.ts';
import { exprString } from '../syntax/print.ts';
import { LitKind } from '../syntax/token.ts';
import { assignment } from './assign.ts';
import type { Checker } from './check.ts';
import { opPos, overflow } from './const.ts';
import { isComplete } from './cycles.ts';
import { genericExpr } from './expr.ts';
import { checkIndex } from './index.ts';
import { derefType, fieldPath, lookupError, lookupFieldOrMethod } from './lookup.ts';
import { isExported, ObjKind, type VarObj } from './object.ts';
import { isValid, Mode, Operand } from './operand.ts';
import { identical, isInvalid, isNonTypeParamInterface } from './predicates.ts';
import { recordTypeAndValue, recordUse } from './recording.ts';
import { funcBody } from './stmt.ts';
import {
  basicTypes,
  BasicKind,
  invalidType,
  type MapType,
  newArray,
  type StructType,
  type Type,
  TypeKind,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { typeOf, varType } from './typexpr.ts';
import { commonUnderOf } from './under.ts';
import { use } from './use.ts';
import { allowVersion, Version, verifyVersion, versionError } from './version.ts';

/** Longer literals mean nothing and take long. */
const maxLiteral = 10000;

const untypedKinds: readonly BasicKind[] = [
  BasicKind.UntypedInt,
  BasicKind.UntypedFloat,
  BasicKind.UntypedComplex,
  BasicKind.UntypedRune,
  BasicKind.UntypedString,
];

export function basicLit(check: Checker, x: Operand, e: BasicLit): void {
  const { value } = e;
  if (e.lit === LitKind.Int || e.lit === LitKind.Float || e.lit === LitKind.Imag) {
    if (value.length > 2 && !allowVersion(check, Version.go1_13)) literalVersion(check, e);
    if (value.length > maxLiteral) {
      check.error(
        e,
        'InvalidConstVal',
        `excessively long constant: ${value.slice(0, 10)}... (${value.length} chars)`,
      );
      x.mode = Mode.Invalid;
      return;
    }
  }
  const val = makeFromLiteral(value, e.lit);
  if (kindOf(val) === ValueKind.Unknown) {
    check.error(e, 'InvalidConstVal', `malformed constant: ${value}`);
    x.mode = Mode.Invalid;
    return;
  }
  x.mode = Mode.Constant;
  x.type = basicTypes[untypedKinds[e.lit]!]!;
  x.val = val;
  x.expr = e;
  overflow(check, x, opPos(e));
}

/** Reports forms of number literals that version 1.13 brought. */
function literalVersion(check: Checker, e: BasicLit): void {
  const { value } = e;
  let what = '';
  if (value.includes('_')) what = 'underscore in numeric literal';
  else if (/^0b/i.test(value)) what = 'binary literal';
  else if (/^0o/i.test(value)) what = '0o/0O-style octal literal';
  else if (e.lit !== LitKind.Int && /^0x/i.test(value)) what = 'hexadecimal floating-point literal';
  if (what !== '') versionError(check, e, Version.go1_13, what);
}

export function funcLit(check: Checker, x: Operand, e: FuncLit): void {
  const sig = typeOf(check, e.type);
  if (sig.kind !== TypeKind.Signature) {
    x.mode = Mode.Invalid;
    return;
  }
  if (check.config.ignoreFuncBodies !== true) {
    const { decl, iota } = check;
    // Not now, since it may be part of a type that it refers to; but before the scope changes.
    check.later(() => funcBody(check, decl, sig, e.body, iota));
  }
  x.mode = Mode.Value;
  x.type = sig;
}

export function compositeLit(check: Checker, x: Operand, e: CompositeLit, hint: Type | null): void {
  let type: Type;
  let base: Type;
  let isElem = false;
  if (e.type !== null) {
    if (e.type.kind === NodeKind.ArrayType && e.type.len === null) {
      // The length will be that of the literal.
      type = newArray(varType(check, e.type.elem), -1);
    } else type = typeOf(check, e.type);
    base = type;
  } else if (hint !== null) {
    type = hint;
    base = type;
    // For an element type *T, the literal stands for &T{...}.
    const u = commonUnderOf(base);
    if (u !== null && u.kind === TypeKind.Pointer) base = derefType(u);
    isElem = true;
  } else {
    check.error(e, 'UntypedLit', 'missing type in composite literal');
    type = invalidType;
    base = type;
  }
  if (!isComplete(check, base)) {
    x.mode = Mode.Invalid;
    return;
  }
  const u = commonUnderOf(base);
  switch (u === null ? null : u.kind) {
    case TypeKind.Struct:
      if (e.elems.length > 0) structLit(check, x, e, base, u as StructType);
      break;
    case TypeKind.Array:
      if (u!.kind === TypeKind.Array) {
        const n = indexedElements(check, e.elems, u.elem, u.len);
        if (u.len < 0) {
          u.len = n;
          if (e.type !== null) recordTypeAndValue(check, e.type, Mode.TypeExpr, u, null);
        }
      }
      break;
    case TypeKind.Slice:
      if (u!.kind === TypeKind.Slice) indexedElements(check, e.elems, u.elem, -1);
      break;
    case TypeKind.Map:
      mapLit(check, x, e, u as MapType);
      break;
    default:
      // Keys cannot be used: they might be field names.
      for (const elem of e.elems) {
        use(check, [elem.kind === NodeKind.KeyValueExpr ? elem.value : elem]);
      }
      if (u === null || !isInvalid(u)) {
        const which = isElem ? ' element' : '';
        const cause = u === null ? ' (no common underlying type)' : '';
        check.error(
          e,
          'InvalidLit',
          `invalid composite literal${which} type ${typeStr(check, type)}${cause}`,
        );
        x.mode = Mode.Invalid;
        return;
      }
  }
  x.mode = Mode.Value;
  x.type = type;
}

function structLit(check: Checker, x: Operand, e: CompositeLit, base: Type, u: StructType): void {
  const mixture = 'mixture of field:value and value elements in struct literal';
  if (e.elems[0]!.kind === NodeKind.KeyValueExpr) {
    const fields = new FieldTree();
    for (const elem of e.elems) {
      if (elem.kind === NodeKind.KeyValueExpr) keyedField(check, x, elem, base, u, fields);
      else check.error(elem, 'MixedStructLit', mixture);
    }
    return;
  }
  const { fields } = u;
  for (let i = 0; i < e.elems.length; i++) {
    const elem = e.elems[i]!;
    if (elem.kind === NodeKind.KeyValueExpr) {
      check.error(elem, 'MixedStructLit', mixture);
      continue;
    }
    genericExpr(check, x, elem, null);
    const f = fields[i];
    if (f === undefined) {
      check.error(
        x,
        'InvalidStructLit',
        `too many values in struct literal of type ${typeStr(check, base)}`,
      );
      break;
    }
    if (!isAccessible(check, f)) {
      check.error(
        x,
        'UnexportedLitField',
        `implicit assignment to unexported field ${f.name} in struct literal of type ${typeStr(check, base)}`,
      );
      continue;
    }
    assignment(check, x, f.type, 'struct literal');
  }
  if (e.elems.length < fields.length) {
    const hidden = fields.some((f) => !isAccessible(check, f));
    const why = hidden ? ' (type has unexported fields - use key:value pairs)' : '';
    check.error(
      e.rbrace,
      'InvalidStructLit',
      `too few values in struct literal of type ${typeStr(check, base)}${why}`,
    );
  }
}

function isAccessible(check: Checker, f: VarObj): boolean {
  return isExported(f.name) || f.pkg === check.pkg;
}

// oxlint-disable-next-line max-params -- an element with all that its literal knows
function keyedField(
  check: Checker,
  x: Operand,
  kv: KeyValueExpr,
  base: Type,
  u: StructType,
  fields: FieldTree,
): void {
  const { key } = kv;
  genericExpr(check, x, kv.value, null);
  const keyText = (): string => exprString(key);
  if (key.kind !== NodeKind.Name) {
    check.error(kv, 'InvalidLitField', `invalid field name ${keyText()} in struct literal`);
    return;
  }
  const { obj, index, indirect } = lookupFieldOrMethod(u, false, check.pkg, key.value, false);
  if (obj === null) {
    const alt = lookupFieldOrMethod(u, false, check.pkg, key.value, true);
    check.error(key, 'MissingLitField', lookupError(check, base, key.value, alt.obj, true));
    return;
  }
  if (obj.kind !== ObjKind.Var) {
    check.error(key, 'MissingLitField', `${keyText()} is not a field`);
    return;
  }
  if (
    index.length > 1 &&
    !verifyVersion(check, key, Version.go1_27, () => {
      return `use of promoted field ${fieldPath(u, index)} in struct literal of type ${typeStr(check, base)}`;
    })
  ) {
    return;
  }
  if (indirect) {
    check.error(
      key,
      'InvalidLitField',
      `invalid implicit pointer indirection to reach ${keyText()}`,
    );
    return;
  }
  recordUse(check, key, obj);
  assignment(check, x, obj.type, 'struct literal');
  const clash = fields.insert(index, obj);
  if (clash === null) return;
  const { field, depth } = clash;
  let msg: string;
  if (field === obj) msg = `duplicate field name ${obj.name} in struct literal`;
  else if (depth < index.length) {
    msg = `cannot specify promoted field ${obj.name} and enclosing embedded field ${field.name}`;
  } else {
    msg = `cannot specify embedded field ${obj.name} and enclosed promoted field ${field.name}`;
  }
  check.error(kv, 'DuplicateLitField', msg);
}

/** The fields that a literal has set, by their paths: none may lie in another. */
class FieldTree {
  readonly #set: { readonly index: readonly number[]; readonly field: VarObj }[] = [];

  /** Adds a field, unless there is one at its path, above it or below it: returns that. */
  insert(index: readonly number[], field: VarObj): { field: VarObj; depth: number } | null {
    for (const other of this.#set) {
      const n = Math.min(index.length, other.index.length);
      let i = 0;
      while (i < n && index[i] === other.index[i]) i++;
      if (i === n) return { field: other.field, depth: other.index.length };
    }
    this.#set.push({ index, field });
    return null;
  }
}

function mapLit(check: Checker, x: Operand, e: CompositeLit, u: MapType): void {
  // In an interface, constants of different types are different keys.
  const byType = isNonTypeParamInterface(u.key);
  const visited = new Map<unknown, Type[]>();
  for (const elem of e.elems) {
    if (elem.kind !== NodeKind.KeyValueExpr) {
      check.error(elem, 'MissingLitKey', 'missing key in map literal');
      continue;
    }
    genericExpr(check, x, elem.key, u.key);
    assignment(check, x, u.key, 'map literal');
    if (!isValid(x)) continue;
    if (x.mode === Mode.Constant) {
      const key = constantKey(x.val!);
      const types = visited.get(key) ?? [];
      const { type } = x;
      if (byType ? types.some((t) => identical(t, type)) : types.length > 0) {
        check.error(x, 'DuplicateLitKey', `duplicate key ${valueString(x.val!)} in map literal`);
        continue;
      }
      types.push(type);
      visited.set(key, types);
    }
    genericExpr(check, x, elem.value, u.elem);
    assignment(check, x, u.elem, 'map literal');
  }
}

/** Something that is the same for equal constants, whatever their kinds. */
function constantKey(val: Value): unknown {
  switch (kindOf(val)) {
    case ValueKind.Bool:
      return boolOf(val);
    case ValueKind.String:
      return `s${stringOf(val)}`;
    case ValueKind.Unknown:
      return val;
    default: {
      const asInt = toInt(val);
      if (kindOf(asInt) === ValueKind.Int) return bigIntOf(asInt);
      const asFloat = toFloat(val);
      if (kindOf(asFloat) === ValueKind.Float) return float64Of(asFloat);
      return `c${float64Of(toFloat(real(val)))},${float64Of(toFloat(imag(val)))}`;
    }
  }
}

/** Checks the elements of an array or slice literal; returns its length. */
function indexedElements(
  check: Checker,
  elems: readonly Expr[],
  type: Type,
  length: number,
): number {
  let visited: Set<number> | null = null;
  let index = 0;
  let max = 0;
  for (const e of elems) {
    let valid = false;
    let value = e;
    if (e.kind === NodeKind.KeyValueExpr) {
      // Until the first key, indices only grow.
      visited ??= new Set(Array.from({ length: index }, (_, i) => i));
      const { type: t, value: i } = checkIndex(check, e.key, length);
      if (!isInvalid(t)) {
        if (i >= 0) {
          index = i;
          valid = true;
        } else {
          check.error(e, 'InvalidLitIndex', `index ${exprString(e.key)} must be integer constant`);
        }
      }
      value = e.value;
    } else if (length >= 0 && index >= length) {
      check.error(e, 'OversizeArrayLit', `index ${index} is out of bounds (>= ${length})`);
    } else valid = true;
    if (valid && visited !== null) {
      if (visited.has(index)) {
        check.error(e, 'DuplicateLitKey', `duplicate index ${index} in array or slice literal`);
      }
      visited.add(index);
    }
    index++;
    if (index > max) max = index;
    const x = new Operand();
    genericExpr(check, x, value, type);
    assignment(check, x, type, 'array or slice literal');
  }
  return max;
}
