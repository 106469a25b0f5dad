/**
 * What is noted of variables while bodies are written: that an address is taken, that (part of) one is
 * assigned to.
 *
 * Inlining, captures and escape analysis read these flags. A variable is concerned if it holds the
 * place: selectors and indices lead to it as long as they follow no pointer, slice or map. A method
 * with a pointer receiver takes the address of the variable it is called on.
 *
 * Spec: "Address operators", "Calls" (method sets), "Selectors".
 */
import { type Expr, NodeKind, type SelectorExpr, unparen } from '../syntax/nodes.ts';
import { type Selection, SelectionKind } from '../types/info.ts';
import { type FuncObj, hasPtrRecv, ObjKind } from '../types/object.ts';
import { isTypeParam } from '../types/predicates.ts';
import { type StructType, type Type, TypeKind, unalias } from '../types/type.ts';
import { LocalFlag } from './body-format.ts';
import { type FuncWriter, type VarInfo } from './body-writer.ts';
import { core } from './write-expr.ts';

/** Where a selector's embedded fields lead: the type there, and whether a pointer was followed. */
export function followPath(
  recv: Type,
  path: readonly number[],
): { readonly type: Type; readonly indirect: boolean } {
  let t = recv;
  let indirect = false;
  for (const i of path) {
    let u = core(t);
    if (u.kind === TypeKind.Pointer) {
      indirect = true;
      u = core(u.elem);
    }
    t = (u as StructType).fields[i]!.type!;
  }
  return { type: t, indirect };
}

/** Whether a method call takes the address of what its selector's path leads to. */
export function takesAddress(sel: Selection): boolean {
  if (isTypeParam(sel.recv) || !hasPtrRecv(sel.obj as FuncObj)) return false;
  const { type } = followPath(sel.recv, sel.index.slice(0, -1));
  return unalias(type).kind !== TypeKind.Pointer;
}

/** A method with a pointer receiver called on a variable takes its address. */
export function markReceiver(f: FuncWriter, x: SelectorExpr, sel: Selection): void {
  if (!takesAddress(sel)) return;
  if (followPath(sel.recv, sel.index.slice(0, -1)).indirect) return;
  markAddress(f, x.x);
}

/** Notes that the address of the variable that holds `x` is taken. */
export function markAddress(f: FuncWriter, x: Expr): void {
  rootVariable(f, x)?.mark(LocalFlag.AddrTaken);
}

/** Notes that (part of) the variable that holds `x` is assigned to. */
export function markAssigned(f: FuncWriter, x: Expr): void {
  rootVariable(f, x)?.mark(LocalFlag.Reassigned);
}

function rootVariable(f: FuncWriter, x: Expr): VarInfo | null {
  let e = unparen(x);
  for (;;) {
    switch (e.kind) {
      case NodeKind.Name: {
        const obj = f.info.uses[e.id] ?? f.info.defs[e.id];
        if (obj?.kind !== ObjKind.Var || f.isGlobal(obj)) return null;
        return f.variable(obj);
      }
      case NodeKind.SelectorExpr: {
        const sel = f.info.selectionOf(e);
        if (sel === null || sel.kind !== SelectionKind.Field || isIndirect(sel)) return null;
        e = unparen(e.x);
        break;
      }
      case NodeKind.IndexExpr:
        if (core(f.typeOf(e.x)).kind !== TypeKind.Array) return null;
        e = unparen(e.x);
        break;
      default:
        return null;
    }
  }
}

function isIndirect(sel: Selection): boolean {
  return followPath(sel.recv, sel.index).indirect;
}
