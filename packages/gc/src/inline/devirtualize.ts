/**
 * Calls of interface methods on values whose concrete type is known become calls of the method.
 *
 * Known is what has just been converted, directly or through names that never stand for anything else.
 * The value is taken out of the interface again by an assertion, which cannot fail; where the
 * conversion itself is at hand, the value is too. A nil pointer in the interface behaves the same,
 * since the method is called with it either way.
 *
 * GOROOT: src/cmd/compile/internal/devirtualize/devirtualize.go (which calls, wording).
 */
import { type Usage } from '../escape/usage.ts';
import { Expr, ExprOp, type LocalVar } from '../ir/node.ts';
import { isInterface, Kind, type Type } from '../ir/type.ts';
import { applyPath, type Wrappers } from '../ir/wrapper.ts';

const maxSteps = 16;

/** Rewrites the call in place if the receiver's type is known; the type then, null otherwise. */
export function devirtualize(e: Expr, usage: Usage, wrappers: Wrappers): Type | null {
  const recv = e.x!;
  const type = concreteType(recv, usage, new Set());
  if (type === null) return null;
  const want = recv.type.methods[e.index]!;
  const m = wrappers.members.lookup(type, want.name, want.pkgPath);
  if (m === null || m.inter !== null) return null;
  const call = wrappers.callMember(
    applyPath(receiver(recv, type), m.path),
    { ...m, path: [] },
    e.list,
    e.pos,
  );
  e.op = call.op;
  e.func = call.func;
  e.list = call.list;
  e.x = call.x;
  e.index = call.index;
  return type;
}

/** The value in the interface. */
function receiver(recv: Expr, type: Type): Expr {
  if (recv.op === ExprOp.Convert && recv.x!.type === type) return recv.x!;
  const self = new Expr(ExprOp.TypeAssert, recv.pos, type);
  self.x = recv;
  self.target = type;
  // Of the type it is known to have; only nil is checked for.
  self.bounded = true;
  return self;
}

/** The one concrete type that an interface value can hold; null if there are several or none known. */
function concreteType(e: Expr, usage: Usage, seen: Set<LocalVar>): Type | null {
  let x = e;
  for (let steps = 0; steps < maxSteps; steps++) {
    switch (x.op) {
      case ExprOp.Convert:
        if (!isInterface(x.type)) return null;
        if (!isInterface(x.x!.type)) return isUsable(x.x!.type) ? x.x!.type : null;
        x = x.x!;
        break;
      case ExprOp.TypeAssert:
        if (x.commaOk || isInterface(x.type)) return null;
        return x.type;
      case ExprOp.Local:
        return typeOfLocal(x.local!, usage, seen);
      case ExprOp.InlinedCall:
        return x.results.length === 1 ? typeOfLocal(x.results[0]!, usage, seen) : null;
      default:
        return null;
    }
  }
  return null;
}

/** All that a variable is assigned has one concrete type. */
function typeOfLocal(v: LocalVar, usage: Usage, seen: Set<LocalVar>): Type | null {
  if (seen.has(v)) return null;
  seen.add(v);
  const values = usage.assignments(v);
  if (values === null) return null;
  let found: Type | null = null;
  for (const value of values) {
    // A nil interface panics at the assertion as it would have at the call.
    if (value.op === ExprOp.Zero) continue;
    const t = concreteType(value, usage, seen);
    if (t === null || (found !== null && found !== t)) return null;
    found = t;
  }
  return found;
}

/** Has methods of its own that can be called directly. */
function isUsable(t: Type): boolean {
  return t.kind !== Kind.Interface && t.kind !== Kind.Tuple;
}
