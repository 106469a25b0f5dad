/**
 * Recording of results.
 *
 * Expressions of untyped type are remembered apart until they get their final type, on the way up
 * or, for operands, back down the tree (`updateExprType` in expr.ts); what remains at the end keeps
 * its untyped type.
 */
import type { Value } from '../constant/value.ts';
import { type Expr, type Name, type Node, NodeKind, type SelectorExpr } from '../syntax/nodes.ts';
import type { Checker } from './check.ts';
import type { Selection } from './info.ts';
import { newParam, type Obj } from './object.ts';
import { Mode, type Operand } from './operand.ts';
import { isUntyped } from './predicates.ts';
import {
  type BasicType,
  cloneSignature,
  emptyTuple,
  invalidType,
  newTuple,
  type SignatureType,
  type Type,
  TypeKind,
} from './type.ts';

export function record(check: Checker, x: Operand): void {
  const expr = x.expr!;
  let { type } = x;
  if (x.mode === Mode.Invalid) type = invalidType;
  else if (x.mode === Mode.NoValue) type = emptyTuple;
  const val = x.mode === Mode.Constant ? x.val : null;
  if (isUntyped(type)) {
    check.untyped.set(expr.id, { isLhs: false, mode: x.mode, type: type as BasicType, val });
  } else recordAt(check, expr.id, x.mode, type, val);
}

export function recordTypeAndValue(
  check: Checker,
  x: Expr,
  mode: Mode,
  type: Type,
  val: Value | null,
): void {
  recordAt(check, x.id, mode, type, val);
}

function recordAt(check: Checker, id: number, mode: Mode, type: Type, val: Value | null): void {
  const { info } = check;
  if (mode === Mode.Invalid || id >= info.modes.length) return;
  info.types[id] = type;
  info.modes[id] = mode;
  info.values[id] = val;
}

export function recordUntyped(check: Checker): void {
  for (const [id, u] of check.untyped) recordAt(check, id, u.mode, u.type, u.val);
}

/** Records the signature of a built-in function for one call of it. */
export function recordBuiltinType(check: Checker, fun: Expr, sig: SignatureType): void {
  for (let f = fun; ; f = f.x) {
    recordTypeAndValue(check, f, Mode.Builtin, sig, null);
    if (f.kind !== NodeKind.ParenExpr) return;
  }
}

/** Records that `x` is used for two values. */
export function recordCommaOkTypes(check: Checker, x: Expr, t0: Type, t1: Type): void {
  for (let e = x; ; e = e.x) {
    if (check.info.has(e)) {
      check.info.types[e.id] = newTuple([
        newParam(e.pos, check.pkg, '', t0),
        newParam(e.pos, check.pkg, '', t1),
      ]);
    }
    if (e.kind !== NodeKind.ParenExpr) return;
  }
}

export function recordDef(check: Checker, name: Name, obj: Obj | null): void {
  if (check.info.has(name)) check.info.defs[name.id] = obj;
}

export function recordUse(check: Checker, name: Name, obj: Obj): void {
  if (check.info.has(name)) check.info.uses[name.id] = obj;
}

export function recordImplicit(check: Checker, node: Node, obj: Obj): void {
  check.info.implicits.set(node.id, obj);
}

export function recordSelection(check: Checker, x: SelectorExpr, selection: Selection): void {
  recordUse(check, x.sel, selection.obj);
  if (check.info.has(x)) check.info.selections[x.id] = selection;
}

/** Records the instantiation of what `expr`, a (qualified) name or an index of one, denotes. */
export function recordInstance(
  check: Checker,
  expr: Expr,
  targs: readonly Type[],
  type: Type,
): void {
  let e = expr;
  if (e.kind === NodeKind.IndexExpr) e = e.x;
  const name = e.kind === NodeKind.SelectorExpr ? e.sel : e;
  check.info.instances.set(name.id, { targs, type: withReceiver(type) });
}

/** The signature of a method value or expression, as a method again. */
function withReceiver(type: Type): Type {
  if (type.kind !== TypeKind.Signature || (type.oldRecv === null && !type.methodExpr)) return type;
  const sig = cloneSignature(type);
  sig.oldRecv = null;
  sig.methodExpr = false;
  if (type.methodExpr) {
    sig.recv = sig.params.vars[0] ?? null;
    sig.params = newTuple(sig.params.vars.slice(1));
  } else sig.recv = type.oldRecv;
  return sig;
}
