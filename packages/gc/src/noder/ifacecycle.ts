/**
 * Interfaces without a name that refer to themselves through the types of their methods.
 *
 * The language has no rule against them, but no finite type descriptor. A cycle needs an alias to close
 * it, and cannot pass through a defined type.
 * GOROOT: src/cmd/compile/internal/noder/irgen.go (issue 56103).
 */
import { type File, NodeKind } from '../syntax/nodes.ts';
import { type Pos } from '../syntax/pos.ts';
import { walk } from '../syntax/walk.ts';
import { type CheckResult } from '../types/check.ts';
import { type InterfaceType, type Type, TypeKind, unalias } from '../types/type.ts';
import { typeSetOf } from '../types/typeset.ts';

export function checkInterfaceCycles(
  files: readonly File[],
  checked: CheckResult,
  report: (pos: Pos, code: string, msg: string) => void,
): void {
  const finder = new CycleFinder();
  for (const file of files) {
    walk(file, (n) => {
      if (n.kind !== NodeKind.InterfaceType) return true;
      const t = unalias(checked.info.typeOf(n)!);
      if (t.kind === TypeKind.Interface && finder.hasCycle(t)) {
        const issue = 'see https://go.dev/issue/56103';
        const msg = `invalid recursive type: anonymous interface refers to itself (${issue})`;
        report(n.pos, 'InvalidTypeCycle', msg);
        finder.forgive();
      }
      return false;
    });
  }
}

class CycleFinder {
  /** Interfaces that have been looked at: whether they are on the way, or known to lead to a cycle. */
  readonly #cyclic = new Map<InterfaceType, boolean>();

  hasCycle(t: InterfaceType): boolean {
    return typeSetOf(t).methods.some((m) => this.#leadsBack(m.type!));
  }

  /** One report for a cycle is enough. */
  forgive(): void {
    for (const t of this.#cyclic.keys()) this.#cyclic.set(t, false);
  }

  #leadsBack(type: Type): boolean {
    const t = unalias(type);
    switch (t.kind) {
      case TypeKind.Pointer:
      case TypeKind.Slice:
      case TypeKind.Array:
      case TypeKind.Chan:
        return this.#leadsBack(t.elem);
      case TypeKind.Map:
        return this.#leadsBack(t.key) || this.#leadsBack(t.elem);
      case TypeKind.Struct:
        return t.fields.some((f) => this.#leadsBack(f.type!));
      case TypeKind.Signature:
        return this.#leadsBack(t.params) || this.#leadsBack(t.results);
      case TypeKind.Tuple:
        return t.vars.some((v) => this.#leadsBack(v.type!));
      case TypeKind.Interface: {
        const known = this.#cyclic.get(t);
        if (known !== undefined) return known;
        this.#cyclic.set(t, true);
        const found = this.hasCycle(t);
        if (!found) this.#cyclic.set(t, false);
        return found;
      }
      default:
        return false;
    }
  }
}
