/**
 * Conversions `T(x)`.
 *
 * Spec: "Conversions".   GOROOT: src/cmd/compile/internal/types2/conversions.go (wordings).
 */
import { encodeRune } from '../constant/bytestring.ts';
import { toInt } from '../constant/convert.ts';
import { valueString } from '../constant/format.ts';
import { makeString, uint64Of, type Value } from '../constant/value.ts';
import type { Checker } from './check.ts';
import { asWanted, representableConst } from './const.ts';
import { updateExprType } from './expr.ts';
import type { Why } from './instantiate.ts';
import { addReason, assignableTo, everyTermOf, Mode, type Operand, operandStr } from './operand.ts';
import {
  allString,
  defaultType,
  identical,
  identicalIgnoreTags,
  isBytesOrRunes,
  isComplex,
  isConstType,
  isInteger,
  isIntegerOrFloat,
  isNonTypeParamInterface,
  isPointer,
  isString,
  isTypeParam,
  isUintptr,
  isUnsafePointer,
  isUntyped,
} from './predicates.ts';
import { type BasicType, type Type, TypeKind, unalias, untypedNilType } from './type.ts';
import { typeStr } from './typestring.ts';
import { everyUnder, under } from './under.ts';
import { allowVersion, Version } from './version.ts';

/** Converts x to type T. */
export function conversion(check: Checker, x: Operand, T: Type): void {
  const constArg = x.mode === Mode.Constant;
  const why: Why = { text: '' };
  let ok = false;
  if (constArg && isConstType(T)) {
    const val = convertConst(check, x, T);
    ok = val !== null;
    // Messages show integers as such.
    x.val = val ?? asWanted(x.val!, under(T) as BasicType);
    if (!ok && isInteger(x.type) && isInteger(T)) {
      check.error(
        x,
        'InvalidConversion',
        `constant ${valueString(x.val)} overflows ${typeStr(check, T)}`,
      );
      x.mode = Mode.Invalid;
      return;
    }
  } else if (constArg && isTypeParam(T)) {
    ok = convertsToTypeParam(check, x, T, why);
    // A constant would need a type that all types of the set agree on.
    x.mode = Mode.Value;
  } else if (convertibleTo(check, x, T, why)) {
    ok = true;
    x.mode = Mode.Value;
  }
  if (!ok) {
    const cause = why.text === '' ? '' : `: ${why.text}`;
    check.error(
      x,
      'InvalidConversion',
      `cannot convert ${operandStr(check, x)} to type ${typeStr(check, T)}${cause}`,
    );
    x.mode = Mode.Invalid;
    return;
  }
  if (isUntyped(x.type)) {
    let final = T;
    if (x.type === untypedNilType) final = T;
    else if (isNonTypeParamInterface(T) || (constArg && !isConstType(T))) {
      // In []byte("foo") the constant is a string.
      final = defaultType(x.type);
    } else if (x.mode === Mode.Constant && isInteger(x.type) && allString(T)) final = x.type;
    updateExprType(check, x.expr!, final, true);
  }
  x.type = T;
}

function convertsToTypeParam(check: Checker, x: Operand, T: Type, why: Why): boolean {
  return everyUnder(T, (u) => {
    if (u === null) {
      why.text = `${typeStr(check, T)} does not contain specific types`;
      return false;
    }
    if (isString(x.type) && isBytesOrRunes(u)) return true;
    if (convertConst(check, x, u) !== null) return true;
    const where = `${typeStr(check, u)} (in ${typeStr(check, T)})`;
    why.text =
      isInteger(x.type) && isInteger(u)
        ? `constant ${valueString(x.val!)} overflows ${where}`
        : `cannot convert ${operandStr(check, x)} to type ${where}`;
    return false;
  });
}

/** The constant x as a constant of type T, or null. */
function convertConst(check: Checker, x: Operand, T: Type): Value | null {
  const t = under(T);
  if (t.kind !== TypeKind.Basic) return null;
  const val = representableConst(check, x.val!, t);
  if (val !== null) return val;
  if (!isInteger(x.type) || !isString(t)) return null;
  const code = uint64Of(toInt(x.val!));
  return makeString(encodeRune(code === null ? -1 : Number(code)));
}

/** Whether a value of x's type converts to T; if not, `why` may receive a reason. */
function convertibleTo(check: Checker, x: Operand, T0: Type, why: Why): boolean {
  if (assignableTo(check, x, T0, why) === '') return true;
  const V = unalias(x.type);
  const T = unalias(T0);
  const Vu = under(V);
  const Tu = under(T);
  const generic = V.kind === TypeKind.TypeParam || T.kind === TypeKind.TypeParam;
  if (!generic && identicalIgnoreTags(Vu, Tu)) return true;
  if (
    V.kind === TypeKind.Pointer &&
    T.kind === TypeKind.Pointer &&
    identicalIgnoreTags(under(V.elem), under(T.elem)) &&
    !isTypeParam(V.elem) &&
    !isTypeParam(T.elem)
  ) {
    return true;
  }
  if (isIntegerOrFloat(Vu) && isIntegerOrFloat(Tu)) return true;
  if (isComplex(Vu) && isComplex(Tu)) return true;
  if (isString(Tu) && (isInteger(Vu) || isBytesOrRunes(Vu))) return true;
  if (isString(Vu) && isBytesOrRunes(Tu)) return true;
  if (isUnsafePointer(Tu) && (isPointer(Vu) || isUintptr(Vu))) return true;
  if (isUnsafePointer(Vu) && (isPointer(Tu) || isUintptr(Tu))) return true;
  if (Vu.kind === TypeKind.Slice) {
    const toArray = Tu.kind === TypeKind.Array && identical(Vu.elem, Tu.elem);
    if (toArray) return versioned(check, Version.go1_20, 'conversion of slice to array', why);
    if (Tu.kind === TypeKind.Pointer) {
      const a = under(Tu.elem);
      if (a.kind === TypeKind.Array && identical(Vu.elem, a.elem)) {
        return versioned(check, Version.go1_17, 'conversion of slice to array pointer', why);
      }
    }
  }
  return generic && convertibleTerms(check, x, T0, why);
}

function versioned(check: Checker, version: number, what: string, why: Why): boolean {
  if (allowVersion(check, version)) return true;
  why.text = `${what} requires go1.${version} or later`;
  return false;
}

/** The rules for type parameters: every specific type must convert. */
function convertibleTerms(check: Checker, x: Operand, T0: Type, why: Why): boolean {
  const V = unalias(x.type);
  const T = unalias(T0);
  const str = (t: Type): string => typeStr(check, t);
  if (V.kind === TypeKind.TypeParam) {
    const y = x.copy();
    return everyTermOf(V, (v) => {
      if (v === null) return false;
      y.type = v.type;
      if (T.kind !== TypeKind.TypeParam) {
        if (convertibleTo(check, y, T, why)) return true;
        addReason(why, () => `cannot convert ${str(v.type)} (in ${str(V)}) to type ${str(T0)}`);
        return false;
      }
      return everyTermOf(T, (t) => {
        if (t === null) return false;
        if (convertibleTo(check, y, t.type, why)) return true;
        addReason(why, () => {
          return `cannot convert ${str(v.type)} (in ${str(V)}) to type ${str(t.type)} (in ${str(T)})`;
        });
        return false;
      });
    });
  }
  if (T.kind !== TypeKind.TypeParam) return false;
  return everyTermOf(T, (t) => {
    if (t === null) return false;
    if (convertibleTo(check, x, t.type, why)) return true;
    addReason(why, () => {
      return `cannot convert ${str(x.type)} to type ${str(t.type)} (in ${str(T)})`;
    });
    return false;
  });
}
