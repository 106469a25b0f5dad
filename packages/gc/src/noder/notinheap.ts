/**
 * Types that must not be in the heap: those that contain internal/runtime/sys's `nih`.
 *
 * The collector does not look at them, so maps and channels of them, and type arguments, are refused.
 * GOROOT: src/cmd/compile/internal/noder/irgen.go.
 */
import { type File, type Name, NodeKind } from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { walk } from '../syntax/walk.ts';
import { type CheckResult } from '../types/check.ts';
import { type Type, TypeKind, unalias } from '../types/type.ts';
import { typeString } from '../types/typestring.ts';
import { under } from '../types/under.ts';

type Report = (pos: Pos, code: string, msg: string) => void;

export function isNotInHeap(type: Type): boolean {
  const t = unalias(type);
  if (t.kind === TypeKind.Named) {
    const { name, pkg } = t.obj;
    if (name === 'nih' && pkg?.path === 'internal/runtime/sys') return true;
  }
  const u = t.kind === TypeKind.Named ? under(t) : t;
  if (u.kind === TypeKind.Array) return isNotInHeap(u.elem);
  return u.kind === TypeKind.Struct && u.fields.some((f) => isNotInHeap(f.type!));
}

/** Type arguments, in the order of their places. */
export function checkTypeArguments(
  files: readonly File[],
  checked: CheckResult,
  report: Report,
): void {
  const { instances } = checked.info;
  if (instances.size === 0) return;
  const names: Name[] = [];
  for (const file of files) {
    walk(file, (n) => {
      if (n.kind === NodeKind.Name && instances.has(n.id)) names.push(n);
      return true;
    });
  }
  for (const name of names.sort((a, b) => a.pos - b.pos)) {
    for (const arg of instances.get(name.id)!.targs) {
      if (!isNotInHeap(arg)) continue;
      const what = 'cannot use incomplete (or unallocatable) type as a type argument';
      report(name.pos, '', `${what}: ${typeString(arg, (pkg) => pkg.path)}`);
    }
  }
}

/** Types declared as maps and channels. */
export function checkDeclaredTypes(
  files: readonly File[],
  checked: CheckResult,
  report: Report,
): void {
  const what = 'incomplete (or unallocatable)';
  for (const file of files) {
    walk(file, (n) => {
      if (n.kind !== NodeKind.TypeDecl) return true;
      const t = checked.info.typeOf(n.type);
      if (t?.kind === TypeKind.Map) {
        if (isNotInHeap(t.key)) report(n.pos, '', `${what} map key not allowed`);
        if (isNotInHeap(t.elem)) report(n.pos, '', `${what} map value not allowed`);
      } else if (t?.kind === TypeKind.Chan && isNotInHeap(t.elem)) {
        report(n.pos, '', `chan of ${what} type not allowed`);
      }
      return true;
    });
  }
}
