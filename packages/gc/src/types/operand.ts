/**
 * Operands: what is known about an expression while it is checked.
 *
 * One record class; functions that check an expression fill the operand that they are given.
 *
 * Spec: "Assignability".   GOROOT: src/cmd/compile/internal/types2/operand.go (forms, wordings).
 */
import { valueString } from '../constant/format.ts';
import type { Value } from '../constant/value.ts';
import type { Expr } from '../syntax/nodes.ts';
import { exprString } from '../syntax/print.ts';
import type { Checker } from './check.ts';
import { implicitTypeAndValue } from './expr.ts';
import { implementsType, type Why } from './instantiate.ts';
import { isInterfacePtr } from './lookup.ts';
import {
  compositeKind,
  hasEmptyTypeSet,
  hasName,
  identical,
  isGeneric,
  isInvalid,
  isUntyped,
} from './predicates.ts';
import {
  type BasicType,
  ChanDir,
  invalidType,
  type Type,
  TypeKind,
  type TypeParamType,
  unalias,
  untypedNilType,
} from './type.ts';
import { boundOf } from './typeparam.ts';
import { everyTerm, typeSetOf } from './typeset.ts';
import { typeStr } from './typestring.ts';
import { under } from './under.ts';
import { builtinInfos } from './universe.ts';

export const Mode = {
  /** An error was reported. */
  Invalid: 0,
  /** The result of a call without results. */
  NoValue: 1,
  Builtin: 2,
  TypeExpr: 3,
  Constant: 4,
  /** Addressable. */
  Variable: 5,
  /** Assignable; comma-ok on the right of an assignment. */
  MapIndex: 6,
  Value: 7,
  /** The predeclared nil. */
  Nil: 8,
  /** A value that may be used in a comma-ok expression. */
  CommaOk: 9,
  /** A call of a C function, which may have an error as second value. */
  CommaErr: 10,
  CgoFunc: 11,
} as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

const modeNames: readonly string[] = [
  'invalid operand',
  'no value',
  'built-in',
  'type',
  'constant',
  'variable',
  'map index expression',
  'value',
  'nil',
  'comma, ok expression',
  'comma, error expression',
  'cgo function',
];

export class Operand {
  mode: Mode = Mode.Invalid;
  expr: Expr | null = null;
  type: Type = invalidType;
  /** Of constants. */
  val: Value | null = null;
  /** Of built-in functions: a `BuiltinId`. */
  builtin = 0;

  /** A value of type `t`. */
  static value(expr: Expr, t: Type): Operand {
    const x = new Operand();
    x.mode = Mode.Value;
    x.expr = expr;
    x.type = t;
    return x;
  }

  copy(): Operand {
    const x = new Operand();
    x.assign(this);
    return x;
  }

  assign(y: Operand): void {
    this.mode = y.mode;
    this.expr = y.expr;
    this.type = y.type;
    this.val = y.val;
    this.builtin = y.builtin;
  }
}

export function isValid(x: Operand): boolean {
  return x.mode !== Mode.Invalid;
}

export function isConstant(x: Operand): boolean {
  return x.mode === Mode.Constant;
}

/**
 * `expr (mode value of type T)`, with parts left out that say nothing.
 */
export function operandStr(check: Checker | null, x: Operand): string {
  if (x.mode === Mode.Nil) {
    if (x.type === invalidType) return 'nil (with invalid type)';
    return x.type === untypedNilType ? 'nil' : `nil (of type ${typeStr(check, x.type)})`;
  }
  const expr = x.expr === null ? substitute(check, x) : exprString(x.expr);
  let text = '';
  const hasType =
    x.mode !== Mode.Invalid &&
    x.mode !== Mode.NoValue &&
    x.mode !== Mode.Builtin &&
    x.mode !== Mode.TypeExpr;
  const untyped = hasType && isUntyped(x.type);
  if (untyped) text += `${(x.type as BasicType).name} `;
  text += modeNames[x.mode]!;
  if (x.mode === Mode.Constant) {
    const value = valueString(x.val!);
    if (value !== expr) text += ` ${value}`;
  }
  if (hasType && !untyped) text += typeSuffix(check, x.type);
  return expr === '' ? text : `${expr} (${text})`;
}

/** Stands in for the expression of an operand without one. */
function substitute(check: Checker | null, x: Operand): string {
  switch (x.mode) {
    case Mode.Builtin:
      return builtinInfos[x.builtin]!.name;
    case Mode.TypeExpr:
      return typeStr(check, x.type);
    case Mode.Constant:
      return valueString(x.val!);
    default:
      return '';
  }
}

function typeSuffix(check: Checker | null, t: Type): string {
  if (isInvalid(t)) return ' with invalid type';
  let desc = isGeneric(t) ? 'generic ' : '';
  const p = unalias(t);
  const tpar = p.kind === TypeKind.TypeParam ? p : null;
  if (tpar === null && (t.kind === TypeKind.Alias || t.kind === TypeKind.Named)) {
    const kind = compositeKind(t);
    desc += `${kind === '' ? (under(t) as BasicType).name : kind} `;
  }
  let text = ` of ${desc}type ${typeStr(check, t)}`;
  if (tpar !== null) {
    text += ` constrained by ${typeStr(check, tpar.bound)}`;
    if (hasEmptyTypeSet(tpar)) text += ' with empty type set';
  }
  return text;
}

/** The untyped nil. */
export function isNil(x: Operand): boolean {
  return x.mode === Mode.Nil;
}

export function everyTermOf(
  t: TypeParamType,
  test: (term: { readonly tilde: boolean; readonly type: Type } | null) => boolean,
): boolean {
  return everyTerm(typeSetOf(boundOf(t)), test);
}

/**
 * Whether `x` may be assigned to a variable of type `T0`: '' if so, else the code of the error,
 * and `why` may receive a reason.
 */
export function assignableTo(check: Checker, x: Operand, T0: Type, why: Why | null): string {
  if (!isValid(x) || isInvalid(T0)) return '';
  const V = unalias(x.type);
  const T = unalias(T0);
  if (identical(V, T)) return '';
  const Vu = under(V);
  const Tu = under(T);
  const Vp = V.kind === TypeKind.TypeParam ? V : null;
  const Tp = T.kind === TypeKind.TypeParam ? T : null;
  if (isUntyped(Vu)) {
    const ok =
      Tp === null
        ? implicitTypeAndValue(check, x, T).type !== null
        : everyTermOf(
            Tp,
            (t) => t !== null && implicitTypeAndValue(check, x, t.type).type !== null,
          );
    return ok ? '' : 'IncompatibleAssign';
  }
  if (Vp === null && Tp === null && (!hasName(V) || !hasName(T)) && identical(Vu, Tu)) return '';
  // If both are part of a cycle of interfaces, the set that is computed first is the whole one.
  if (Vu.kind === TypeKind.Interface && Tu.kind === TypeKind.Interface) typeSetOf(Vu);
  // Pointers to interfaces are asked too, for the reason that this gives.
  if ((Tu.kind === TypeKind.Interface && Tp === null) || isInterfacePtr(Tu)) {
    if (implementsType(check, V, T, false, why)) return '';
    if (Vp === null) return 'InvalidIfaceAssign';
    if (why !== null) why.text = '';
  }
  if (Vu.kind === TypeKind.Interface && Vp === null && implementsType(check, T, V, false, null)) {
    if (why !== null) why.text = 'need type assertion';
    return 'IncompatibleAssign';
  }
  if (
    Vu.kind === TypeKind.Chan &&
    Vu.dir === ChanDir.Both &&
    Tu.kind === TypeKind.Chan &&
    identical(Vu.elem, Tu.elem)
  ) {
    return !hasName(V) || !hasName(T) ? '' : 'InvalidChanAssign';
  }
  if (Vp === null && Tp === null) return 'IncompatibleAssign';
  return assignableTerms(check, x, T0, why);
}

/** The rules for type parameters: every specific type must do. */
function assignableTerms(check: Checker, x: Operand, T0: Type, why: Why | null): string {
  const V = unalias(x.type);
  const T = unalias(T0);
  let code = 'IncompatibleAssign';
  if (T.kind === TypeKind.TypeParam && !hasName(V)) {
    everyTermOf(T, (t) => {
      if (t === null) return false;
      code = assignableTo(check, x, t.type, why);
      if (code === '') return true;
      addReason(why, () => {
        return `cannot assign ${typeStr(check, x.type)} to ${typeStr(check, t.type)} (in ${typeStr(check, T)})`;
      });
      return false;
    });
    return code;
  }
  if (V.kind === TypeKind.TypeParam && !hasName(T)) {
    const y = x.copy();
    everyTermOf(V, (t) => {
      if (t === null) return false;
      y.type = t.type;
      code = assignableTo(check, y, T, why);
      if (code === '') return true;
      addReason(why, () => {
        return `cannot assign ${typeStr(check, t.type)} (in ${typeStr(check, V)}) to ${typeStr(check, T0)}`;
      });
      return false;
    });
    return code;
  }
  return code;
}

/** Puts a reason before the one that is there. */
export function addReason(why: Why | null, text: () => string): void {
  if (why === null) return;
  why.text = why.text === '' ? text() : `${text()}\n\t${why.text}`;
}
