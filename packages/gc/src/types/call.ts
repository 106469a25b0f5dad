/**
 * Calls, and instantiations of functions.
 *
 * Spec: "Calls", "Instantiations", "Type inference".
 * GOROOT: src/cmd/compile/internal/types2/call.go (wordings).
 */
import { type CallExpr, type Expr, type IndexExpr, NodeKind, unpackList } from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { exprString } from '../syntax/print.ts';
import { assignment, newTarget, type Target, typesSummary } from './assign.ts';
import { builtinCall } from './builtins.ts';
import { type Checker } from './check.ts';
import { conversion } from './conversions.ts';
import { isComplete } from './cycles.ts';
import { type At, ErrorBuilder, invalidOp } from './errors.ts';
import { exclude, expr, exprOrType, genericExpr, multiExpr, nonGeneric, rawExpr } from './expr.ts';
import { indexExpr } from './index.ts';
import { infer, isParameterized, renameTypeParams } from './infer.ts';
import { instance, verifyInstance } from './instantiate.ts';
import { recordMono } from './mono.ts';
import { newParam, type VarObj } from './object.ts';
import { isConstant, isValid, Mode, Operand, operandStr } from './operand.ts';
import { isTypeParam } from './predicates.ts';
import { record, recordInstance, recordTypeAndValue } from './recording.ts';
import { newSubstMap, subst } from './subst.ts';
import {
  cloneSignature,
  invalidType,
  newSignature,
  newTuple,
  type SignatureType,
  type TupleType,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { isMethodSet, typeSetOf } from './typeset.ts';
import { typeStr } from './typestring.ts';
import { typeList } from './typexpr.ts';
import { commonUnder, under } from './under.ts';
import { builtinInfos, ExprKind } from './universe.ts';
import { use } from './use.ts';
import { allowVersion, verifyVersion, Version, versionError } from './version.ts';

/**
 * Instantiates the generic function in x, with the type arguments of `inst`, if that is there, and
 * those that `target` implies. With too few and `infer` false, returns those there are, and leaves x
 * alone; else returns null.
 */
export function funcInst(
  check: Checker,
  target: Target | null,
  pos: Pos,
  x: Operand,
  inst: IndexExpr | null,
  inferRest: boolean,
): readonly Type[] | null {
  const errPos = inst === null ? pos : inst.pos;
  if (inst !== null) x.expr = inst;
  const versionOk = verifyVersion(check, errPos, Version.go1_18, 'function instantiation');
  let targs: readonly Type[] = [];
  let exprs: readonly Expr[] = [];
  if (inst !== null) {
    exprs = unpackList(inst.index);
    const list = typeList(check, exprs);
    if (list === null) {
      x.mode = Mode.Invalid;
      return null;
    }
    targs = list;
  }
  const sig = x.type as SignatureType;
  const got = targs.length;
  const want = sig.tparams.length;
  if (got > want) {
    check.error(exprs[got - 1]!, 'WrongTypeArgCount', `got ${got} type arguments but want ${want}`);
    x.mode = Mode.Invalid;
    return null;
  }
  if (got < want) {
    if (!inferRest) return targs;
    const all = inferFromTarget(check, { target, pos, errPos, inst, versionOk, targs }, x);
    if (all === null) {
      x.mode = Mode.Invalid;
      return null;
    }
    targs = all;
  }
  x.type = instantiateSignature(check, x.expr!.pos, x.expr!, sig, targs, exprs);
  x.mode = Mode.Value;
  return null;
}

/** Treats the assignment of x to the target as a call, with the target as argument. */
function inferFromTarget(
  check: Checker,
  how: {
    readonly target: Target | null;
    readonly pos: Pos;
    readonly errPos: Pos;
    readonly inst: IndexExpr | null;
    readonly versionOk: boolean;
    readonly targs: readonly Type[];
  },
  x: Operand,
): readonly Type[] | null {
  const sig = x.type as SignatureType;
  const { target, pos } = how;
  let params = newTuple([]);
  let args: Operand[] = [];
  if (target !== null) {
    if (how.versionOk && !allowVersion(check, Version.go1_21)) {
      const which = how.inst === null ? 'implicitly' : 'partially';
      versionError(
        check,
        how.errPos,
        Version.go1_21,
        `${which} instantiated function in assignment`,
      );
    }
    const plain = newSignature(sig.params, sig.results, sig.variadic);
    params = newTuple([newParam(x.expr!.pos, check.pkg, '', plain)]);
    args = [Operand.value(check.dummyName(x.expr!.pos, target.desc), target.sig)];
  }
  const renamed = renameTypeParams(check, sig.tparams, params);
  const err = new ErrorBuilder(check, 'CannotInferTypeArgs');
  const targs = infer(
    check,
    {
      pos,
      tparams: renamed.tparams,
      targs: how.targs,
      params: renamed.type as TupleType,
      args,
      reverse: target !== null,
    },
    err,
  );
  if (targs === null) err.report();
  return targs;
}

function instantiateSignature(
  check: Checker,
  pos: Pos,
  e: Expr,
  sig: SignatureType,
  targs: readonly Type[],
  exprs: readonly Expr[],
): SignatureType {
  const inst = instance(check.substContext(pos), sig, targs) as SignatureType;
  recordInstance(check, e, targs, inst);
  check.later(() => {
    const failed = verifyInstance(check.substContext(pos), sig.tparams, targs);
    if (failed !== null) {
      check.softError(exprs[failed.index] ?? pos, 'InvalidTypeArg', failed.cause);
    } else recordMono(check, pos, sig.tparams, targs, exprs);
  });
  return inst;
}

export function callExpr(check: Checker, x: Operand, call: CallExpr): ExprKind {
  let inst: IndexExpr | null = null;
  if (call.fun.kind === NodeKind.IndexExpr) {
    // Its type arguments are combined with what the arguments of the call say.
    if (indexExpr(check, x, call.fun)) inst = call.fun;
    x.expr = call.fun;
    record(check, x);
  } else exprOrType(check, x, call.fun, true);
  switch (x.mode) {
    case Mode.Invalid:
      use(check, call.args);
      x.expr = call;
      return ExprKind.Statement;
    case Mode.TypeExpr:
      conversionCall(check, x, call);
      x.expr = call;
      return ExprKind.Conversion;
    case Mode.Builtin: {
      const id = x.builtin;
      if (!builtinCall(check, x, call, id)) x.mode = Mode.Invalid;
      x.expr = call;
      if (isValid(x) && !isConstant(x)) check.hasCallOrRecv = true;
      return builtinInfos[id]!.kind;
    }
    default:
  }
  funcCall(check, x, call, inst);
  x.expr = call;
  return ExprKind.Statement;
}

function conversionCall(check: Checker, x: Operand, call: CallExpr): void {
  nonGeneric(check, null, x);
  if (!isValid(x)) return;
  const T = x.type;
  x.mode = Mode.Invalid;
  if (!isComplete(check, T)) return;
  const { args } = call;
  const type = (): string => typeStr(check, T);
  if (args.length === 0) {
    check.error(call, 'WrongArgCount', `missing argument in conversion to ${type()}`);
    return;
  }
  if (args.length > 1) {
    use(check, args);
    check.error(args.at(-1)!, 'WrongArgCount', `too many arguments in conversion to ${type()}`);
    return;
  }
  expr(check, newTarget(T, 'conversion'), x, args[0]!);
  if (!isValid(x)) return;
  const u = under(T);
  if (u.kind === TypeKind.Interface && !isTypeParam(T) && !isMethodSet(typeSetOf(u))) {
    check.error(
      call,
      'MisplacedConstraintIface',
      `cannot use interface ${type()} in conversion (contains specific type constraints or is comparable)`,
    );
  } else if (call.hasDots) {
    check.error(args[0]!, 'BadDotDotDotSyntax', `invalid use of ... in conversion to ${type()}`);
  } else {
    conversion(check, x, T);
    return;
  }
  // As it is, of its own type: what follows may say more.
}

function funcCall(check: Checker, x: Operand, call: CallExpr, inst: IndexExpr | null): void {
  const { type, cause } = commonUnder(x.type, (t, u) => {
    if (t === null || u === null || u.kind === TypeKind.Signature) return null;
    return () => `${typeStr(check, t)} is not a function`;
  });
  if (type === null) {
    check.error(
      x,
      'InvalidCall',
      `${invalidOp}cannot call ${operandStr(check, x)}: ${cause(check)}`,
    );
    x.mode = Mode.Invalid;
    return;
  }
  let sig = type as SignatureType;
  const wasGeneric = sig.tparams.length > 0;
  let exprs: readonly Expr[] = [];
  let targs: readonly Type[] = [];
  if (inst !== null) {
    exprs = unpackList(inst.index);
    const list = typeList(check, exprs);
    const want = sig.tparams.length;
    if (list !== null && list.length > want) {
      check.error(
        exprs[want]!,
        'WrongTypeArgCount',
        `got ${list.length} type arguments but want ${want}`,
      );
    }
    if (list === null || list.length > want) {
      use(check, call.args);
      x.mode = Mode.Invalid;
      return;
    }
    targs = list;
    if (list.length === want && want > 0) {
      // All are given: there is nothing to infer.
      verifyVersion(check, inst, Version.go1_18, 'function instantiation');
      sig = instantiateSignature(check, inst.pos, inst, sig, targs, exprs);
      targs = [];
      exprs = [];
    }
  }
  const args = genericExprList(check, call.args);
  sig = checkArguments(check, call, sig, { targs, exprs, args });
  if (wasGeneric && sig.tparams.length === 0) {
    recordTypeAndValue(check, call.fun, Mode.Value, sig, null);
  }
  const results = sig.results.vars;
  if (results.length === 0) x.mode = Mode.NoValue;
  else {
    const result = results.length === 1 ? results[0]!.type! : sig.results;
    if (results.length === 1 && !isComplete(check, result)) {
      x.mode = Mode.Invalid;
      return;
    }
    x.mode = Mode.Value;
    x.type = result;
  }
  check.hasCallOrRecv = true;
  // After failed inference, a result that depends on it means nothing.
  if (x.mode === Mode.Value && sig.tparams.length > 0 && isParameterized(sig.tparams, x.type)) {
    x.mode = Mode.Invalid;
  }
}

/** Checks a list of expressions; a single one may give several values. */
export function exprList(check: Checker, list: readonly Expr[]): Operand[] {
  if (list.length === 1) return multiExpr(check, list[0]!, false).list;
  return list.map((e) => {
    const x = new Operand();
    expr(check, null, x, e);
    return x;
  });
}

/** An argument, which may be a generic function, with the type arguments given for it so far. */
interface Argument {
  readonly x: Operand;
  readonly targs: readonly Type[];
}

const noTypes: readonly Type[] = [];

/** Like `exprList`; arguments may be generic functions whose type arguments are still to be found. */
export function genericExprList(check: Checker, list: readonly Expr[]): Argument[] {
  // Before 1.21 they had to be known here.
  const inferRest = !allowVersion(check, Version.go1_21);
  if (list.length === 1) {
    const e = list[0]!;
    const x = new Operand();
    if (e.kind === NodeKind.IndexExpr && indexExpr(check, x, e)) {
      return [partialInstance(check, x, e, inferRest)];
    }
    if (e.kind === NodeKind.IndexExpr) finishIndex(check, x, e);
    else rawExpr(check, null, x, e, null, true);
    exclude(check, x, true);
    if (isValid(x) && x.type.kind === TypeKind.Tuple) {
      return x.type.vars.map((v) => ({ x: Operand.value(e, v.type!), targs: noTypes }));
    }
    return [{ x, targs: noTypes }];
  }
  return list.map((e) => {
    const x = new Operand();
    if (e.kind === NodeKind.IndexExpr && indexExpr(check, x, e)) {
      return partialInstance(check, x, e, inferRest);
    }
    if (e.kind === NodeKind.IndexExpr) {
      finishIndex(check, x, e);
      exclude(check, x, true);
    } else genericExpr(check, x, e, null);
    return { x, targs: noTypes };
  });
}

/** Does what `rawExpr` does after an index expression that was no instantiation. */
function finishIndex(check: Checker, x: Operand, e: IndexExpr): void {
  x.expr = e;
  record(check, x);
}

function partialInstance(check: Checker, x: Operand, e: IndexExpr, inferRest: boolean): Argument {
  const targs = funcInst(check, null, e.pos, x, e, inferRest);
  if (targs !== null) x.expr = e;
  else record(check, x);
  return { x, targs: targs ?? noTypes };
}

/**
 * Checks the arguments of a call; infers what type arguments are missing, of the function and of
 * generic functions among the arguments. Returns the signature, adjusted and instantiated.
 */
export function checkArguments(
  check: Checker,
  call: CallExpr,
  sig: SignatureType,
  given: {
    readonly targs: readonly Type[];
    readonly exprs: readonly Expr[];
    readonly args: readonly Argument[];
  },
): SignatureType {
  const args = given.args.map((arg) => arg.x);
  const nargs = args.length;
  const fun = (): string => exprString(call.fun);
  let params = sig.params;
  let npars = params.vars.length;
  let adjusted = false;
  if (call.hasDots) {
    if (!sig.variadic) {
      check.error(call, 'NonVariadicDotDotDot', `cannot use ... in call to non-variadic ${fun()}`);
      return sig;
    }
    if (call.args.length === 1 && nargs > 1) {
      check.error(
        call,
        'InvalidDotDotDot',
        `cannot use ... with ${nargs}-valued ${exprString(call.args[0]!)}`,
      );
      return sig;
    }
  } else if (sig.variadic) {
    if (nargs >= npars - 1) {
      // One parameter for each argument of the variadic one.
      const last = params.vars[npars - 1]!;
      const lastType = last.type!;
      const elem = lastType.kind === TypeKind.Slice ? lastType.elem : invalidType;
      const vars = params.vars.slice(0, npars - 1);
      while (vars.length < nargs) vars.push(newParam(last.pos, last.pkg, last.name, elem));
      params = newTuple(vars);
      adjusted = true;
      npars = nargs;
    } else npars--;
  }
  if (nargs !== npars) {
    argumentCountError(check, call, sig, args, npars);
    return sig;
  }
  const inferred = inferArguments(check, call, sig, { ...given, params, adjusted });
  if (inferred === null) return sig;
  if (nargs > 0) {
    const context = new ArgumentContext(call.fun);
    for (let i = 0; i < nargs; i++) {
      assignArgument(check, args[i]!, inferred.params.vars[i]!, context);
    }
  }
  return inferred.sig;
}

/** `argument to f`, made only once it is needed. */
class ArgumentContext {
  readonly #fun: Expr;
  #text = '';

  constructor(fun: Expr) {
    this.#fun = fun;
  }

  get text(): string {
    if (this.#text === '') this.#text = `argument to ${exprString(this.#fun)}`;
    return this.#text;
  }
}

function assignArgument(check: Checker, x: Operand, param: VarObj, context: ArgumentContext): void {
  // The common case needs no text.
  const plain = x.mode >= Mode.Constant && x.mode <= Mode.Value;
  if (plain && x.type === param.type) return;
  assignment(check, x, param.type, context.text);
}

function argumentCountError(
  check: Checker,
  call: CallExpr,
  sig: SignatureType,
  args: readonly Operand[],
  npars: number,
): void {
  const nargs = args.length;
  let at: At = call;
  if (nargs > npars) at = args[npars]!.expr!;
  else if (nargs > 0) at = args[nargs - 1]!.expr!;
  const err = new ErrorBuilder(check, 'WrongArgCount');
  const which = nargs > npars ? 'too many' : 'not enough';
  err.add(at, `${which} arguments in call to ${exprString(call.fun)}`);
  const have = args.map((x) => x.type);
  const want = sig.params.vars.map((v) => v.type!);
  err.add(0, `have ${typesSummary(check, have, false, call.hasDots)}`);
  err.add(0, `want ${typesSummary(check, want, sig.variadic, false)}`);
  err.report();
}

/** Infers and puts in what type arguments are missing; null after an error. */
function inferArguments(
  check: Checker,
  call: CallExpr,
  sig: SignatureType,
  given: {
    readonly targs: readonly Type[];
    readonly exprs: readonly Expr[];
    readonly args: readonly Argument[];
    /** Adjusted to the number of arguments, if so. */
    readonly params: TupleType;
    readonly adjusted: boolean;
  },
): { sig: SignatureType; params: TupleType } | null {
  const n = sig.tparams.length;
  let { params } = given;
  let tparams: TypeParamType[] = [];
  let targs: (Type | null)[] = [];
  if (n > 0) {
    if (!allowVersion(check, Version.go1_18)) {
      if (call.fun.kind === NodeKind.IndexExpr) {
        versionError(check, call.fun, Version.go1_18, 'function instantiation');
      } else versionError(check, call, Version.go1_18, 'implicit function instantiation');
    }
    const renamed = renameTypeParams(check, sig.tparams, params);
    tparams = [...renamed.tparams];
    params = renamed.type as TupleType;
    targs = tparams.map((_, i) => given.targs[i] ?? null);
  }
  const genericArgs: Operand[] = [];
  for (const { x, targs: argTargs } of given.args) {
    const asig = x.type;
    if (asig.kind !== TypeKind.Signature || asig.tparams.length === 0) continue;
    // f(g, g): each occurrence gets type parameters of its own.
    const renamed = renameTypeParams(check, asig.tparams, cloneSignature(asig));
    const fresh = cloneSignature(renamed.type as SignatureType);
    fresh.tparams = renamed.tparams;
    x.type = fresh;
    tparams.push(...renamed.tparams);
    renamed.tparams.forEach((_, i) => targs.push(argTargs[i] ?? null));
    genericArgs.push(x);
  }
  if (genericArgs.length > 0) {
    verifyVersion(
      check,
      genericArgs[0]!,
      Version.go1_21,
      'implicitly instantiated function as argument',
    );
  }
  if (tparams.length === 0) return { sig, params };
  const err = new ErrorBuilder(check, 'CannotInferTypeArgs');
  const args = given.args.map((arg) => arg.x);
  const all = infer(check, { pos: call.pos, tparams, targs, params, args, reverse: false }, err);
  if (all === null) {
    if (!err.isEmpty) {
      check.error(
        err.pos,
        'CannotInferTypeArgs',
        `in call to ${exprString(call.fun)}, ${err.message}`,
      );
    }
    return null;
  }
  let result = sig;
  if (n > 0) {
    const own = all.slice(0, n);
    result = instantiateSignature(check, call.pos, call.fun, sig, own, given.exprs);
    params = given.adjusted
      ? (subst(
          params,
          newSubstMap(tparams.slice(0, n), own),
          check.substContext(call.pos),
        ) as TupleType)
      : result.params;
  }
  let j = n;
  for (const x of genericArgs) {
    const asig = x.type as SignatureType;
    const k = j + asig.tparams.length;
    x.type = instantiateSignature(check, call.pos, x.expr!, asig, all.slice(j, k), []);
    record(check, x);
    j = k;
  }
  return { sig: result, params };
}
