/**
 * Calls of built-in functions.
 *
 * One function per built-in (or pair of them); each is given the call with its arguments evaluated,
 * unless the table says that they need special treatment, and says whether the call is valid, with
 * the result in `x`.
 *
 * Spec: "Built-in functions". Those of package unsafe are in unsafe.ts.
 * GOROOT: src/cmd/compile/internal/types2/builtins.go (wordings).
 */
import { unreachable } from '@go-ts/base';
import { toFloat } from '../constant/convert.ts';
import { compare } from '../constant/ops.ts';
import {
  boolOf,
  imag,
  kindOf,
  makeComplex,
  makeInt,
  makeUnknown,
  real,
  sign,
  stringOf,
  type Value,
  ValueKind,
} from '../constant/value.ts';
import { type CallExpr } from '../syntax/nodes.ts';
import { exprString } from '../syntax/print.ts';
import { Operator } from '../syntax/token.ts';
import { assignment } from './assign.ts';
import { matchTypes } from './binary.ts';
import { checkArguments, exprList } from './call.ts';
import { type Checker } from './check.ts';
import { convertUntyped } from './const.ts';
import { invalidArg, invalidOp } from './errors.ts';
import { exclude, exprOrType, rawExpr, updateExprType } from './expr.ts';
import { checkIndex } from './index.ts';
import { newParam, newTypeName, newVar, VarKind } from './object.ts';
import { assignableTo, everyTermOf, isNil, isValid, Mode, Operand, operandStr } from './operand.ts';
import {
  allOrdered,
  allString,
  defaultType,
  identical,
  isBoolean,
  isInvalid,
  isNumeric,
  isString,
  isTypeParam,
  isUntyped,
} from './predicates.ts';
import { arrayOf } from './range.ts';
import { recordBuiltinType } from './recording.ts';
import {
  BasicKind,
  byteType,
  ChanDir,
  complex128Type,
  complex64Type,
  emptyInterface,
  emptyTuple,
  float32Type,
  float64Type,
  intType,
  newEmbedding,
  newPointer,
  newSignature,
  newSlice,
  newTuple,
  newTypeParam,
  newUnion,
  type SignatureType,
  type Term,
  type Type,
  TypeKind,
  unalias,
  untypedComplexType,
  untypedFloatType,
} from './type.ts';
import { typeStr } from './typestring.ts';
import { validVarType, varType } from './typexpr.ts';
import { type Cause, commonUnder, everyUnder, under } from './under.ts';
import { BuiltinId, builtinInfos } from './universe.ts';
import {
  alignofCall,
  offsetofCall,
  sizeofCall,
  unsafeAdd,
  unsafeSlice,
  unsafeSliceData,
  unsafeString,
  unsafeStringData,
} from './unsafe.ts';
import { use } from './use.ts';
import { verifyVersion, Version } from './version.ts';

/** A call that is being checked. */
export interface Builtin {
  readonly check: Checker;
  readonly x: Operand;
  readonly call: CallExpr;
  readonly id: BuiltinId;
  readonly name: string;
  /** Empty for those built-ins that treat their arguments themselves. */
  readonly args: readonly Operand[];
}

/** Checks `call` of the built-in function `id`; false if it is not valid. */
export function builtinCall(check: Checker, x: Operand, call: CallExpr, id: number): boolean {
  const info = builtinInfos[id]!;
  const argList = call.args;
  if (call.hasDots && id !== BuiltinId.Append) {
    check.error(
      call,
      'InvalidDotDotDot',
      `${invalidOp}invalid use of ... with built-in ${info.name}`,
    );
    use(check, argList);
    return false;
  }
  // Whether len and cap are constant depends on calls in their argument alone.
  const saved = check.hasCallOrRecv;
  const isLen = id === BuiltinId.Len || id === BuiltinId.Cap;
  if (isLen) check.hasCallOrRecv = false;
  const ok = builtinWithArgs(check, x, call, id as BuiltinId);
  if (isLen) check.hasCallOrRecv = saved;
  return ok;
}

function builtinWithArgs(check: Checker, x: Operand, call: CallExpr, id: BuiltinId): boolean {
  const { name, nargs: least, variadic } = builtinInfos[id]!;
  let args: readonly Operand[] = [];
  let nargs = call.args.length;
  const special =
    id === BuiltinId.Make ||
    id === BuiltinId.New ||
    id === BuiltinId.Offsetof ||
    id === BuiltinId.Trace;
  if (!special) {
    args = exprList(check, call.args);
    nargs = args.length;
    if (args.some((a) => !isValid(a))) return false;
    if (nargs > 0) x.assign(args[0]!);
  }
  const which = nargs < least ? 'not enough' : !variadic && nargs > least ? 'too many' : '';
  if (which !== '') {
    check.error(
      call,
      'WrongArgCount',
      `${invalidOp}${which} arguments for ${exprString(call)} (expected ${least}, found ${nargs})`,
    );
    return false;
  }
  const b: Builtin = { check, x, call, id, name, args };
  switch (id) {
    case BuiltinId.Append:
      return append(b);
    case BuiltinId.Cap:
    case BuiltinId.Len:
      return len(b);
    case BuiltinId.Clear:
      return clear(b);
    case BuiltinId.Close:
      return close(b);
    case BuiltinId.Complex:
      return complex(b);
    case BuiltinId.Copy:
      return copy(b);
    case BuiltinId.Delete:
      return deleteKey(b);
    case BuiltinId.Imag:
    case BuiltinId.Real:
      return realOrImag(b);
    case BuiltinId.Make:
      return make(b);
    case BuiltinId.Max:
    case BuiltinId.Min:
      return minOrMax(b);
    case BuiltinId.New:
      return newValue(b);
    case BuiltinId.Panic:
      return panic(b);
    case BuiltinId.Print:
    case BuiltinId.Println:
      return print(b);
    case BuiltinId.Recover:
      return value(b, emptyInterface, []);
    case BuiltinId.Add:
      return unsafeAdd(b);
    case BuiltinId.Alignof:
      return alignofCall(b);
    case BuiltinId.Offsetof:
      return offsetofCall(b);
    case BuiltinId.Sizeof:
      return sizeofCall(b);
    case BuiltinId.Slice:
      return unsafeSlice(b);
    case BuiltinId.SliceData:
      return unsafeSliceData(b);
    case BuiltinId.String:
      return unsafeString(b);
    case BuiltinId.StringData:
      return unsafeStringData(b);
    case BuiltinId.Assert:
      return assertCall(b);
    case BuiltinId.Trace:
      return trace(b);
    default:
      return unreachable(id, 'built-in');
  }
}

/** The signature of a built-in for one call; `res` null for no result. */
function makeSig(res: Type | null, args: readonly Type[]): SignatureType {
  const params = args.map((t) => newParam(0, null, '', defaultType(t)));
  const results = res === null ? emptyTuple : newTuple([newVar(VarKind.Result, 0, null, '', res)]);
  return newSignature(newTuple(params), results, false);
}

function recordSig(b: Builtin, res: Type | null, args: readonly Type[]): void {
  recordBuiltinType(b.check, b.call.fun, makeSig(res, args));
}

/** The result is a value of type `res`, of arguments of types `args`. */
export function value(b: Builtin, res: Type, args: readonly Type[]): true {
  b.x.mode = Mode.Value;
  b.x.type = res;
  recordSig(b, res, args);
  return true;
}

/** There is no result. */
function noValue(b: Builtin, args: readonly Type[]): true {
  b.x.mode = Mode.NoValue;
  recordSig(b, null, args);
  return true;
}

export function str(b: Builtin, x: Operand): string {
  return operandStr(b.check, x);
}

/** The type of the elements of a slice; or why it is none. */
function sliceElem(
  b: Builtin,
  x: Operand,
): { type: Type; cause: '' } | { type: null; cause: string } {
  let elem: Type | null = null;
  let cause = '';
  everyUnder(x.type, (u) => {
    if (u === null || u.kind !== TypeKind.Slice) {
      cause = `argument must be a slice; have ${isNil(x) ? 'untyped nil' : str(b, x)}`;
      return false;
    }
    if (elem === null) elem = u.elem;
    else if (!identical(elem, u.elem)) {
      cause = `mismatched slice element types ${typeStr(b.check, elem)} and ${typeStr(b.check, u.elem)} in ${str(b, x)}`;
      return false;
    }
    return true;
  });
  if (cause !== '' || elem === null) return { type: null, cause };
  return { type: elem, cause: '' };
}

/** Whether all types of y's type set are strings or byte slices; and whether there is a string. */
function bytesOrStrings(y: Operand): { all: boolean; hasString: boolean } {
  let hasString = false;
  const all = everyUnder(y.type, (u) => {
    if (u === null) return false;
    if (u.kind === TypeKind.Slice) return identical(u.elem, byteType);
    if (!isString(u)) return false;
    hasString = true;
    return true;
  });
  return { all, hasString };
}

/** Whether x may be assigned to a variable of type []byte. */
function isByteSlice(b: Builtin): boolean {
  return assignableTo(b.check, b.x, newSlice(byteType), null) === '';
}

function append(b: Builtin): boolean {
  const { check, x, call, args } = b;
  const elem = sliceElem(b, x);
  if (elem.type === null) {
    check.error(x, 'InvalidAppend', `invalid append: ${elem.cause}`);
    return false;
  }
  const S = x.type;
  x.mode = Mode.Value;
  // append([]byte, string...)
  if (args.length === 2 && call.hasDots && isByteSlice(b)) {
    const y = args[1]!;
    const { all, hasString } = bytesOrStrings(y);
    if (all && hasString) {
      const sig = makeSig(S, [S, y.type]);
      sig.variadic = true;
      recordBuiltinType(check, call.fun, sig);
      return true;
    }
  }
  const sig = makeSig(S, [S, newSlice(elem.type)]);
  sig.variadic = true;
  const list = args.map((arg) => ({ x: arg, targs: [] }));
  checkArguments(check, call, sig, { targs: [], exprs: [], args: list });
  recordBuiltinType(check, call.fun, sig);
  return true;
}

function len(b: Builtin): boolean {
  const { check, x, id } = b;
  const isLen = id === BuiltinId.Len;
  let mode: Mode = Mode.Invalid;
  let val: Value | null = null;
  const t = arrayOf(under(x.type));
  switch (t.kind) {
    case TypeKind.Basic:
      if (!isLen || !isString(t)) break;
      mode = x.mode === Mode.Constant ? Mode.Constant : Mode.Value;
      if (x.mode === Mode.Constant) val = makeInt(stringOf(x.val!).length);
      break;
    case TypeKind.Array:
      mode = check.hasCallOrRecv ? Mode.Value : Mode.Constant;
      if (mode === Mode.Constant) val = t.len >= 0 ? makeInt(t.len) : makeUnknown();
      break;
    case TypeKind.Slice:
    case TypeKind.Chan:
      mode = Mode.Value;
      break;
    case TypeKind.Map:
      if (isLen) mode = Mode.Value;
      break;
    case TypeKind.Interface:
      if (isTypeParam(x.type) && everyUnder(x.type, (u) => u !== null && hasLen(u, isLen))) {
        mode = Mode.Value;
      }
      break;
    default:
  }
  if (mode === Mode.Invalid) {
    if (!isInvalid(under(x.type))) {
      check.error(
        x,
        isLen ? 'InvalidLen' : 'InvalidCap',
        `${invalidArg}${str(b, x)} for built-in ${b.name}`,
      );
    }
    return false;
  }
  if (mode !== Mode.Constant) recordSig(b, intType, [x.type]);
  x.mode = mode;
  x.type = intType;
  x.val = val;
  return true;
}

function hasLen(u: Type, isLen: boolean): boolean {
  const t = arrayOf(u);
  switch (t.kind) {
    case TypeKind.Basic:
      return isLen && isString(t);
    case TypeKind.Array:
    case TypeKind.Slice:
    case TypeKind.Chan:
      return true;
    case TypeKind.Map:
      return isLen;
    default:
      return false;
  }
}

function clear(b: Builtin): boolean {
  const { check, x } = b;
  verifyVersion(check, b.call.fun, Version.go1_21, 'clear');
  const ok = everyUnder(x.type, (u) => {
    return u !== null && (u.kind === TypeKind.Map || u.kind === TypeKind.Slice);
  });
  if (ok) return noValue(b, [x.type]);
  check.error(
    x,
    'InvalidClear',
    `${invalidArg}cannot clear ${str(b, x)}: argument must be (or constrained by) map or slice`,
  );
  return false;
}

function close(b: Builtin): boolean {
  const { check, x } = b;
  const ok = everyUnder(x.type, (u) => {
    if (u === null || u.kind !== TypeKind.Chan) {
      check.error(x, 'InvalidClose', `${invalidOp}cannot close non-channel ${str(b, x)}`);
      return false;
    }
    if (u.dir === ChanDir.Recv) {
      check.error(x, 'InvalidClose', `${invalidOp}cannot close receive-only channel ${str(b, x)}`);
      return false;
    }
    return true;
  });
  return ok && noValue(b, [x.type]);
}

function complex(b: Builtin): boolean {
  const { check, x, args } = b;
  const y = args[1]!;
  const untypedX = isUntyped(x.type);
  const untypedY = isUntyped(y.type);
  if (untypedX && !untypedY) convertUntyped(check, x, y.type);
  else if (!untypedX && untypedY) convertUntyped(check, y, x.type);
  else if (untypedX && untypedY) {
    if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
      for (const z of [x, y]) {
        if (isNumeric(z.type) && sign(imag(z.val!)) === 0) z.type = untypedFloatType;
      }
    } else {
      // An untyped shift: this will fail, as it should.
      convertUntyped(check, x, float64Type);
      convertUntyped(check, y, float64Type);
    }
  }
  if (!isValid(x) || !isValid(y)) return false;
  if (!identical(x.type, y.type)) {
    check.error(
      x,
      'InvalidComplex',
      `${invalidOp}${exprString(b.call)} (mismatched types ${typeStr(check, x.type)} and ${typeStr(check, y.type)})`,
    );
    return false;
  }
  const res = mapType(b, (t) => {
    switch (t) {
      case BasicKind.Float32:
        return complex64Type;
      case BasicKind.Float64:
        return complex128Type;
      case BasicKind.UntypedFloat:
        return untypedComplexType;
      default:
        return null;
    }
  });
  if (res === null) {
    check.error(
      x,
      'InvalidComplex',
      `${invalidArg}arguments have type ${typeStr(check, x.type)}, expected floating-point`,
    );
    return false;
  }
  if (x.mode === Mode.Constant && y.mode === Mode.Constant) {
    x.val = makeComplex(toFloat(x.val!), toFloat(y.val!));
  } else {
    x.mode = Mode.Value;
    recordSig(b, res, [x.type, x.type]);
  }
  x.type = res;
  return true;
}

function copy(b: Builtin): boolean {
  const { check, x, args } = b;
  const y = args[1]!;
  const dst = sliceElem(b, x);
  if (dst.type === null) {
    check.error(x, 'InvalidCopy', `invalid copy: ${dst.cause}`);
    return false;
  }
  if (!isByteSlice(b) || !bytesOrStrings(y).all) {
    const src = sliceElem(b, y);
    if (src.type === null && !allString(y.type)) {
      check.error(y, 'InvalidCopy', `invalid copy: ${src.cause}`);
      return false;
    }
    const elem = src.type ?? byteType;
    if (!identical(dst.type, elem)) {
      check.error(
        x,
        'InvalidCopy',
        `invalid copy: arguments ${str(b, x)} and ${str(b, y)} have different element types ${typeStr(check, dst.type)} and ${typeStr(check, elem)}`,
      );
      return false;
    }
  }
  return value(b, intType, [x.type, y.type]);
}

function deleteKey(b: Builtin): boolean {
  const { check, x } = b;
  const map = x.type;
  let key: Type | null = null;
  const ok = everyUnder(map, (u) => {
    if (u === null || u.kind !== TypeKind.Map) {
      check.error(x, 'InvalidDelete', `${invalidArg}${str(b, x)} is not a map`);
      return false;
    }
    if (key !== null && !identical(u.key, key)) {
      check.error(
        x,
        'InvalidDelete',
        `${invalidArg}maps of ${str(b, x)} must have identical key types`,
      );
      return false;
    }
    ({ key } = u);
    return true;
  });
  if (!ok || key === null) return false;
  x.assign(b.args[1]!);
  assignment(check, x, key, 'argument to delete');
  return isValid(x) && noValue(b, [map, key]);
}

function realOrImag(b: Builtin): boolean {
  const { check, x } = b;
  const isReal = b.id === BuiltinId.Real;
  if (isUntyped(x.type)) {
    if (x.mode === Mode.Constant) {
      if (isNumeric(x.type)) x.type = untypedComplexType;
    } else {
      convertUntyped(check, x, complex128Type);
      if (!isValid(x)) return false;
    }
  }
  const res = mapType(b, (t) => {
    switch (t) {
      case BasicKind.Complex64:
        return float32Type;
      case BasicKind.Complex128:
        return float64Type;
      case BasicKind.UntypedComplex:
        return untypedFloatType;
      default:
        return null;
    }
  });
  if (res === null) {
    check.error(
      x,
      isReal ? 'InvalidReal' : 'InvalidImag',
      `${invalidArg}argument has type ${typeStr(check, x.type)}, expected complex type`,
    );
    return false;
  }
  if (x.mode === Mode.Constant) x.val = isReal ? real(x.val!) : imag(x.val!);
  else {
    x.mode = Mode.Value;
    recordSig(b, res, [x.type]);
  }
  x.type = res;
  return true;
}

/**
 * The type that `f` gives for a basic type. For a type parameter, a new one whose constraint has
 * what `f` gives for each of its types; that cannot be expressed in a program, and is an error.
 */
function mapType(b: Builtin, f: (kind: BasicKind) => Type | null): Type | null {
  const { check, x } = b;
  const ofBasic = (t: Type): Type | null => {
    const u = under(t);
    return u.kind === TypeKind.Basic ? f(u.basic) : null;
  };
  const tpar = unalias(x.type);
  if (tpar.kind !== TypeKind.TypeParam) return ofBasic(x.type);
  const terms: Term[] = [];
  const ok = everyTermOf(tpar, (t) => {
    const r = t === null ? null : ofBasic(t.type);
    if (r === null) return false;
    terms.push({ tilde: t!.tilde, type: r });
    return true;
  });
  if (!ok) return null;
  const code =
    b.id === BuiltinId.Real
      ? 'InvalidReal'
      : b.id === BuiltinId.Imag
        ? 'InvalidImag'
        : 'InvalidComplex';
  check.softError(
    x,
    code,
    `${str(b, x)} not supported as argument to built-in ${b.name} for go1.18 (see go.dev/issue/50937)`,
  );
  const obj = newTypeName(0, check.pkg, tpar.obj.name, null);
  const result = newTypeParam(obj, newEmbedding([newUnion(terms)]));
  result.index = tpar.index;
  check.track(result);
  return result;
}

function canBeMade(_: Type | null, u: Type | null): Cause | null {
  switch (u === null ? null : u.kind) {
    case TypeKind.Slice:
    case TypeKind.Map:
    case TypeKind.Chan:
      return null;
    case null:
      return () => 'no specific type';
    default:
      return () => 'type must be slice, map, or channel';
  }
}

function make(b: Builtin): boolean {
  const { check, call } = b;
  const arg0 = call.args[0]!;
  const T = varType(check, arg0);
  if (isInvalid(T)) return false;
  const common = commonUnder(T, canBeMade);
  if (common.type === null) {
    check.error(
      arg0,
      'InvalidMake',
      `${invalidArg}cannot make ${exprString(arg0)}: ${common.cause(check)}`,
    );
    return false;
  }
  const nargs = call.args.length;
  const min = common.type.kind === TypeKind.Slice ? 2 : 1;
  if (nargs < min || nargs > min + 1) {
    check.error(
      call,
      'WrongArgCount',
      `${invalidOp}${exprString(call)} expects ${min} or ${min + 1} arguments; found ${nargs}`,
    );
    return false;
  }
  const types: Type[] = [T];
  const sizes: number[] = [];
  for (const arg of call.args.slice(1)) {
    const { type, value: size } = checkIndex(check, arg, -1);
    types.push(type);
    if (size >= 0) sizes.push(size);
  }
  if (sizes.length === 2 && sizes[0]! > sizes[1]!) {
    check.error(call.args[1]!, 'SwappedMakeArgs', `${invalidArg}length and capacity swapped`);
  }
  return value(b, T, types);
}

function minOrMax(b: Builtin): boolean {
  const { check, x, args } = b;
  verifyVersion(check, b.call.fun, Version.go1_21, () => `built-in ${b.name}`);
  const op = b.id === BuiltinId.Max ? Operator.Gtr : Operator.Lss;
  for (let i = 0; i < args.length; i++) {
    const a = args[i]!;
    if (!allOrdered(a.type)) {
      check.error(a, 'InvalidMinMaxOperand', `${invalidArg}${str(b, a)} cannot be ordered`);
      return false;
    }
    if (i === 0) continue;
    matchTypes(check, x, a);
    if (!isValid(x)) return false;
    if (!identical(x.type, a.type)) {
      check.error(
        a,
        'MismatchedTypes',
        `${invalidArg}mismatched types ${typeStr(check, x.type)} (previous argument) and ${typeStr(check, a.type)} (type of ${exprString(a.expr!)})`,
      );
      return false;
    }
    if (x.mode !== Mode.Constant || a.mode !== Mode.Constant) x.mode = Mode.Value;
    else if (compare(a.val!, op, x.val!)) x.assign(a);
  }
  if (x.mode !== Mode.Constant) {
    x.mode = Mode.Value;
    assignment(check, x, emptyInterface, `argument to built-in ${b.name}`);
    if (!isValid(x)) return false;
  }
  for (const a of args) updateExprType(check, a.expr!, x.type, true);
  const types = args.map(() => x.type);
  if (x.mode !== Mode.Constant) recordSig(b, x.type, types);
  return true;
}

/** new(T) or new(expr) */
function newValue(b: Builtin): boolean {
  const { check, x, call } = b;
  const arg = call.args[0]!;
  exprOrType(check, x, arg, false);
  exclude(check, x, false);
  if (!isValid(x)) return false;
  if (x.mode === Mode.TypeExpr) validVarType(check, arg, x.type);
  else {
    if (isUntyped(x.type)) {
      assignment(check, x, null, 'argument to new');
      if (!isValid(x)) return false;
    }
    verifyVersion(check, call.fun, Version.go1_26, () => `new(${exprString(arg)})`);
  }
  return value(b, newPointer(x.type), [x.type]);
}

function panic(b: Builtin): boolean {
  const { check, x, call } = b;
  if (check.sig !== null && check.sig.results.vars.length > 0) {
    check.panics ??= new Set();
    check.panics.add(call);
  }
  assignment(check, x, emptyInterface, 'argument to panic');
  return isValid(x) && noValue(b, [emptyInterface]);
}

function print(b: Builtin): boolean {
  const { check, args } = b;
  for (const a of args) {
    assignment(check, a, null, `argument to built-in ${b.name}`);
    if (!isValid(a)) return false;
  }
  return noValue(
    b,
    args.map((a) => a.type),
  );
}

function assertCall(b: Builtin): boolean {
  const { check, x, call } = b;
  if (x.mode !== Mode.Constant || !isBoolean(x.type)) {
    check.error(x, 'Test', `${invalidArg}${str(b, x)} is not a boolean constant`);
    return false;
  }
  if (kindOf(x.val!) !== ValueKind.Bool) {
    check.error(x, 'Test', `internal error: value of ${str(b, x)} should be a boolean constant`);
    return false;
  }
  if (!boolOf(x.val!)) check.error(call, 'Test', `${exprString(call)} failed`);
  return true;
}

function trace(b: Builtin): boolean {
  const { check, x, call } = b;
  if (call.args.length === 0) {
    x.mode = Mode.NoValue;
    return true;
  }
  let first = true;
  for (const arg of call.args) {
    rawExpr(check, null, first ? x : new Operand(), arg, null, false);
    first = false;
  }
  return isValid(x);
}
