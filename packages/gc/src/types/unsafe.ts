/**
 * Calls of the functions of package unsafe.
 *
 * What they tell of a layout is a constant, unless a type parameter leaves the size open.
 *
 * Spec: "Package unsafe", "Size and alignment guarantees".
 * GOROOT: src/cmd/compile/internal/types2/builtins.go (wordings).
 */
import { makeInt } from '../constant/value.ts';
import { NodeKind, unparen } from '../syntax/nodes.ts';
import { exprString } from '../syntax/print.ts';
import { assignment } from './assign.ts';
import { type Builtin, str, value } from './builtins.ts';
import { type Checker } from './check.ts';
import { cycleError, firstInSource } from './cycles.ts';
import { invalidArg } from './errors.ts';
import { expr } from './expr.ts';
import { isValidIndex } from './index.ts';
import { SelectionKind } from './info.ts';
import { derefStructPtr, lookupFieldOrMethod } from './lookup.ts';
import { unpack } from './named.ts';
import { ObjKind } from './object.ts';
import { isValid, Mode, Operand } from './operand.ts';
import { record, recordSelection } from './recording.ts';
import { alignof, offsetof, sizeof } from './sizes.ts';
import {
  byteType,
  invalidType,
  NamedState,
  newPointer,
  newSlice,
  stringType,
  type Type,
  TypeKind,
  uintptrType,
  unalias,
  unsafePointerType,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { commonUnderOf } from './under.ts';
import { use } from './use.ts';
import { verifyVersion, Version } from './version.ts';

export function unsafeAdd(b: Builtin): boolean {
  const { check, x } = b;
  verifyVersion(check, b.call.fun, Version.go1_17, 'unsafe.Add');
  assignment(check, x, unsafePointerType, 'argument to unsafe.Add');
  if (!isValid(x)) return false;
  const y = b.args[1]!;
  if (!isValidIndex(check, y, 'InvalidUnsafeAdd', 'length', true)) return false;
  return value(b, unsafePointerType, [unsafePointerType, y.type]);
}

/** The result is a constant of type uintptr. */
function uintptrConst(b: Builtin, n: number): true {
  b.x.mode = Mode.Constant;
  b.x.val = makeInt(n);
  b.x.type = uintptrType;
  return true;
}

export function alignofCall(b: Builtin): boolean {
  const { check, x } = b;
  assignment(check, x, null, 'argument to unsafe.Alignof');
  if (!isValid(x)) return false;
  if (hasVarSize(check, x.type)) return value(b, uintptrType, [x.type]);
  return uintptrConst(b, alignof(check.config.sizes, x.type));
}

export function sizeofCall(b: Builtin): boolean {
  const { check, x } = b;
  assignment(check, x, null, 'argument to unsafe.Sizeof');
  if (!isValid(x)) return false;
  if (hasVarSize(check, x.type)) return value(b, uintptrType, [x.type]);
  const size = sizeof(check.config.sizes, x.type);
  if (size >= 0) return uintptrConst(b, size);
  check.error(x, 'TypeTooLarge', `${str(b, x)} is too large`);
  return false;
}

export function offsetofCall(b: Builtin): boolean {
  const { check, x } = b;
  const arg0 = b.call.args[0]!;
  const sel = unparen(arg0);
  if (sel.kind !== NodeKind.SelectorExpr) {
    check.error(
      arg0,
      'BadOffsetofSyntax',
      `${invalidArg}${exprString(arg0)} is not a selector expression`,
    );
    use(check, [arg0]);
    return false;
  }
  expr(check, null, x, sel.x);
  if (!isValid(x)) return false;
  const base = derefStructPtr(x.type);
  const name = sel.sel.value;
  const { obj, index, indirect } = lookupFieldOrMethod(base, false, check.pkg, name, false);
  if (obj === null) {
    check.error(
      x,
      'MissingFieldOrMethod',
      `${invalidArg}${typeStr(check, base)} has no single field ${name}`,
    );
    return false;
  }
  if (obj.kind === ObjKind.Func) {
    check.error(arg0, 'InvalidOffsetof', `${invalidArg}${exprString(arg0)} is a method value`);
    return false;
  }
  if (indirect) {
    check.error(
      x,
      'InvalidOffsetof',
      `${invalidArg}field ${name} is embedded via a pointer in ${typeStr(check, base)}`,
    );
    return false;
  }
  recordSelection(check, sel, {
    kind: SelectionKind.Field,
    recv: base,
    obj,
    index,
    indirect: false,
  });
  const field = Operand.value(sel, obj.type!);
  if (x.mode === Mode.Variable) field.mode = Mode.Variable;
  record(check, field);
  if (hasVarSize(check, base)) return value(b, uintptrType, [obj.type!]);
  const offset = offsetof(check.config.sizes, base, index);
  if (offset >= 0) return uintptrConst(b, offset);
  check.error(x, 'TypeTooLarge', `${str(b, x)} is too large`);
  return false;
}

export function unsafeSlice(b: Builtin): boolean {
  const { check, x } = b;
  verifyVersion(check, b.call.fun, Version.go1_17, 'unsafe.Slice');
  const ptr = commonUnderOf(x.type);
  if (ptr === null || ptr.kind !== TypeKind.Pointer) {
    check.error(x, 'InvalidUnsafeSlice', `${invalidArg}${str(b, x)} is not a pointer`);
    return false;
  }
  const y = b.args[1]!;
  if (!isValidIndex(check, y, 'InvalidUnsafeSlice', 'length', false)) return false;
  return value(b, newSlice(ptr.elem), [ptr, y.type]);
}

export function unsafeSliceData(b: Builtin): boolean {
  const { check, x } = b;
  verifyVersion(check, b.call.fun, Version.go1_20, 'unsafe.SliceData');
  const slice = commonUnderOf(x.type);
  if (slice === null || slice.kind !== TypeKind.Slice) {
    check.error(x, 'InvalidUnsafeSliceData', `${invalidArg}${str(b, x)} is not a slice`);
    return false;
  }
  return value(b, newPointer(slice.elem), [slice]);
}

export function unsafeString(b: Builtin): boolean {
  const { check, x } = b;
  verifyVersion(check, b.call.fun, Version.go1_20, 'unsafe.String');
  const ptr = newPointer(byteType);
  assignment(check, x, ptr, 'argument to unsafe.String');
  if (!isValid(x)) return false;
  const y = b.args[1]!;
  if (!isValidIndex(check, y, 'InvalidUnsafeString', 'length', false)) return false;
  return value(b, stringType, [ptr, y.type]);
}

export function unsafeStringData(b: Builtin): boolean {
  const { check, x } = b;
  verifyVersion(check, b.call.fun, Version.go1_20, 'unsafe.StringData');
  assignment(check, x, stringType, 'argument to unsafe.StringData');
  return isValid(x) && value(b, newPointer(byteType), [stringType]);
}

/** Whether the size of `t` depends on type parameters, or is infinite. */
function hasVarSize(check: Checker, t0: Type): boolean {
  const t = unalias(t0);
  switch (t.kind) {
    case TypeKind.Named: {
      if ((t.state & NamedState.SizeKnown) !== 0) return (t.state & NamedState.VarSize) !== 0;
      const i = check.objPathIndex.get(t.obj);
      if (i !== undefined) {
        const cycle = check.objPath.slice(i);
        cycleError(check, cycle, firstInSource(check, cycle));
        return true;
      }
      check.push(t.obj);
      const { rhs } = unpack(t);
      const isSimd = t.obj.name === '_simd' && t.obj.pkg?.path === 'simd';
      const variable = hasVarSize(check, rhs ?? invalidType) || isSimd;
      check.pop();
      t.state |= NamedState.SizeKnown | (variable ? NamedState.VarSize : 0);
      return variable;
    }
    case TypeKind.Array:
      return hasVarSize(check, t.elem);
    case TypeKind.Struct:
      return t.fields.some((f) => hasVarSize(check, f.type!));
    case TypeKind.TypeParam:
      return true;
    default:
      return false;
  }
}
