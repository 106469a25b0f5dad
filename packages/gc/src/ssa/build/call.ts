/**
 * Calls: of functions, closures and interface methods, with arguments where the ABI wants them.
 *
 * Everything with an effect among callee and arguments is evaluated first, in order; then the
 * operands; then, with nothing in between that could disturb them, stack arguments are stored into the
 * outgoing area and the call is made. Results on the stack are taken out of that area at once.
 *
 * Pointers converted to uintptr in the arguments of assembly and of functions that ask for it stay
 * alive until the call is over (contract §6.7).
 *
 * Spec: "Calls".  Contract §4.2.
 */
import { REFLECTMETHOD } from '@go-ts/asm/func';
import { R_USEIFACEMETHOD, R_USENAMEDMETHOD } from '@go-ts/objfile/reloc';
import { ITabLayout } from '@go-ts/runtime/layout/itab';
import { type Expr, ExprOp } from '../../ir/node.ts';
import { type FuncSym, Pragma } from '../../ir/sym.ts';
import { Kind, type Type } from '../../ir/type.ts';
import { type AbiInfo, type AbiParam } from '../abi.ts';
import { type CallInfo } from '../calls.ts';
import { type Op, OpClosureCall, OpInlMark, OpInterCall, OpStaticCall } from '../op.ts';
import { RepI64, RepVoid } from '../rep.ts';
import { type Value } from '../value.ts';
import { readLocal } from './addr.ts';
import { type Builder } from './builder.ts';
import { implicitly } from './convert.ts';
import { recoveryBlock } from './exit.ts';
import { intrinsicFor } from './intrinsics.ts';
import { inMemory, ofLeaves, type Operand } from './operand.ts';

/** The results of a call. */
export function call(b: Builder, e: Expr): Operand[] {
  switch (e.op) {
    case ExprOp.CallStatic:
      return callStatic(b, e);
    case ExprOp.CallFunc:
      return callFunc(b, e);
    case ExprOp.CallInter:
      return callInter(b, e);
    default:
      return inlinedCall(b, e);
  }
}

function orderArgs(b: Builder, e: Expr): void {
  if (e.x !== null) b.order(e.x);
  for (const arg of e.list) b.order(arg!);
}

function evaluateArgs(b: Builder, e: Expr, types: readonly Type[]): Operand[] {
  return e.list.map((arg, i) => implicitly(b, b.expr(arg!), types[i]!));
}

function callStatic(b: Builder, e: Expr): Operand[] {
  const func = e.func!;
  const sig = func.type;
  orderArgs(b, e);
  b.pos = e.pos;
  const intrinsic = intrinsicFor(b, e);
  if (intrinsic !== null) return intrinsic;
  const kept = keptAlive(b, e);
  const args = evaluateArgs(b, e, sig.params);
  b.pos = e.pos;
  // Not through the wrapper that translates between the ABIs: unwinders count frames.
  const isAbi0 = b.fn.abiWrapper === 1 || (b.fn.abiWrapper < 0 && b.env.isAbi0(func));
  const abi = isAbi0 ? b.cx.abi0Of(sig) : b.cx.abiOf(sig);
  const info = b.newCallInfo(isAbi0 ? b.env.textSymABI0(func) : b.env.textSym(func), abi);
  info.noReturn = neverReturns(b, func);
  useMethod(b, func.isMethod ? methodName(func) : '', sig, func.isMethod ? 1 : 0, e);
  const results = emitCall(b, { op: OpStaticCall, info, abi, head: [] }, args);
  for (const p of kept) b.keepAlive(p);
  if (func.name === 'runtime.deferrangefunc') b.deferBranch(recoveryBlock(b));
  return results;
}

function methodName(func: FuncSym): string {
  return func.name.slice(func.name.lastIndexOf('.') + 1);
}

/** Functions of the runtime that do not come back. */
const noReturn: ReadonlySet<string> = new Set([
  'runtime.gopanic',
  'runtime.throwinit',
  'runtime.panicwrap',
  'runtime.block',
  'runtime.panicmakeslicelen',
  'runtime.panicmakeslicecap',
  'runtime.panicunsafeslicelen',
  'runtime.panicunsafeslicenilptr',
  'runtime.panicunsafestringlen',
  'runtime.panicunsafestringnilptr',
]);

function neverReturns(b: Builder, func: FuncSym): boolean {
  return noReturn.has(func.name) || (b.env.options.runtimeMode && func.name === 'runtime.throw');
}

/** Pointers hidden in uintptr arguments that the callee relies on. */
function keptAlive(b: Builder, e: Expr): Value[] {
  const func = e.func!;
  const asked = Pragma.UintptrKeepAlive | Pragma.UintptrEscapes;
  if (func.hasBody && (func.pragma & asked) === 0) return [];
  const kept: Value[] = [];
  for (const arg of e.list) {
    const hidden = hiddenPointers(arg!);
    for (const x of hidden) {
      const value = b.expr(x);
      b.ordered.set(x, value);
      kept.push(value.scalar);
    }
  }
  return kept;
}

/** The unsafe.Pointer operands of conversions to uintptr that make up `arg` (or its variadic list). */
function hiddenPointers(arg: Expr): Expr[] {
  if (arg.op === ExprOp.SliceLit && arg.type.elem!.kind === Kind.Uintptr) {
    return arg.list.flatMap((x) => hiddenPointers(x!));
  }
  if (arg.op !== ExprOp.Convert || arg.type.kind !== Kind.Uintptr) return [];
  if (arg.x!.type.kind === Kind.UnsafePointer) return [arg.x!];
  return hiddenPointers(arg.x!);
}

function callFunc(b: Builder, e: Expr): Operand[] {
  const x = e.x!;
  const sig = x.type;
  orderArgs(b, e);
  const abi = b.cx.abiOf(sig);
  if (x.op === ExprOp.FuncRef) {
    const args = evaluateArgs(b, e, sig.params);
    b.pos = e.pos;
    const info = b.newCallInfo(b.env.textSym(x.func!), abi);
    return emitCall(b, { op: OpStaticCall, info, abi, head: [] }, args);
  }
  const closure = b.expr(x).scalar;
  const args = evaluateArgs(b, e, sig.params);
  b.pos = e.pos;
  return emitCall(b, closureTarget(b, closure, abi), args);
}

/** How to call a func value. */
export function closureTarget(b: Builder, closure: Value, abi: AbiInfo): CallTarget {
  // Faults if the value is nil.
  const code = b.load(RepI64, closure);
  return { op: OpClosureCall, info: b.newCallInfo(null, abi), abi, head: [code, closure] };
}

function callInter(b: Builder, e: Expr): Operand[] {
  const x = e.x!;
  const t = x.type;
  const method = t.methods[e.index]!;
  orderArgs(b, e);
  const iface = b.expr(x);
  const args = evaluateArgs(b, e, method.type.params);
  b.pos = e.pos;
  const tab = b.nilCheck(iface.leaves[0]!);
  const code = b.load(RepI64, b.offset(tab, ITabLayout.at.Fun + 8 * e.index));
  const offset = b.env.interfaceMethodOffset(t, e.index);
  b.f.sym.addReloc(0, 0, R_USEIFACEMETHOD, offset, b.env.typeSym(t));
  useMethod(b, method.name, method.type, 0, e);
  const pointer = b.types.unsafePointer;
  const sig = b.types.withReceiver(pointer, method.type);
  const abi = b.cx.abiOf(sig);
  const receiver = ofLeaves(pointer, [iface.leaves[1]!]);
  const info = b.newCallInfo(null, abi);
  return emitCall(b, { op: OpInterCall, info, abi, head: [code] }, [receiver, ...args]);
}

/**
 * Calls of reflect's Method and MethodByName make methods reachable by name: the one named, if the
 * name is constant, else all. GOROOT: walk/expr.go (usemethod).
 */
// oxlint-disable-next-line max-params -- what is known about the callee.
function useMethod(b: Builder, name: string, sig: Type, firstParam: number, e: Expr): void {
  if (name !== 'Method' && name !== 'MethodByName') return;
  if (b.env.options.pkgPath === 'reflect' && isReflectItself(b.fn.sym.name)) return;
  if (sig.params.length !== firstParam + 1 || sig.results.length === 0 || sig.results.length > 2) {
    return;
  }
  const wanted = name === 'Method' ? Kind.Int : Kind.String;
  if (sig.params[firstParam]!.kind !== wanted) return;
  const result = sig.results[0]!.name;
  if (result === null || result.pkgPath !== 'reflect') return;
  if (result.name !== 'Method' && result.name !== 'Value') return;
  const target = name === 'MethodByName' ? e.list[firstParam]! : null;
  if (target !== null && target.op === ExprOp.Const) {
    b.f.sym.addReloc(0, 0, R_USENAMEDMETHOD, 0, b.env.stringSym(target.value as string));
  } else b.f.flags |= REFLECTMETHOD;
}

function isReflectItself(name: string): boolean {
  return /^reflect\.(\(\*(rtype|interfaceType)\)|Value)\.Method(ByName)?$/.test(name);
}

/** The body of the callee, in place. */
function inlinedCall(b: Builder, e: Expr): Operand[] {
  b.pos = e.pos;
  if (e.index >= 0 && e.stmts.length > 0) {
    const mark = b.v1(OpInlMark, RepVoid, b.mem());
    mark.auxInt = e.index;
  }
  const saved = { targets: b.targets.splice(0), fallthroughTo: b.fallthroughTo };
  b.fallthroughTo = null;
  b.stmts(e.stmts);
  b.targets.push(...saved.targets);
  b.fallthroughTo = saved.fallthroughTo;
  return e.results.map((r) => readLocal(b, r));
}

export interface CallTarget {
  readonly op: Op;
  readonly info: CallInfo;
  readonly abi: AbiInfo;
  /** Code pointer and context, where the op takes them. */
  readonly head: readonly Value[];
}

/** Passes the arguments, calls, and collects the results. */
export function emitCall(b: Builder, target: CallTarget, args: readonly Operand[]): Operand[] {
  const { abi } = target;
  const regs: Value[] = [];
  abi.params.forEach((param, i) => {
    const x = args[i]!;
    if (param.regs.length > 0) regs.push(...b.scalarsOf(x));
    else if (param.type.size > 0) b.storeOperand(b.sp(param.offset), x);
  });
  const values = b.finishCall(target.op, target.info, [...target.head, ...regs]);
  return abi.results.map((result) => resultOf(b, result, values));
}

function resultOf(b: Builder, result: AbiParam, values: readonly Value[]): Operand {
  const t = result.type;
  if (result.regs.length > 0) {
    const leaves = values.slice(result.firstReg, result.firstReg + result.regs.length);
    leaves.forEach((v, i) => (v.isLength = result.leaves[i]!.isLength));
    if (b.leavesOf(t) !== null) return ofLeaves(t, leaves);
    const slot = b.newTemp(t);
    const p = b.slotAddr(slot);
    leaves.forEach((v, i) => b.store(b.offset(p, result.leaves[i]!.offset), v));
    return inMemory(t, p);
  }
  if (t.size === 0) return b.zeroOperand(t);
  return b.copyToTemp(b.loadOperand(t, b.sp(result.offset)));
}
