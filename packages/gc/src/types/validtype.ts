/**
 * Types that would contain themselves.
 *
 * A type contains the types of its fields, elements and (for interfaces) embedded elements, not what
 * pointers, slices, maps, channels and functions refer to. The walk keeps a nest, the defined types
 * that the current one lies in: one that is found in its own nest is infinite. A type parameter
 * stands for the argument of the innermost instance, which was written outside that instance: it is
 * checked in the nest without it.
 */
import { InternalError } from '@go-ts/base';
import type { Checker } from './check.ts';
import { cycleError } from './cycles.ts';
import { unpack } from './named.ts';
import { identical } from './predicates.ts';
import { invalidType, type NamedType, type Type, TypeKind, unalias } from './type.ts';

export function validType(check: Checker, t: NamedType): void {
  visit(check, t, [], []);
}

/** False if a cycle was found. `path` has all that `nest` has, and what led out of it. */
function visit(
  check: Checker,
  t0: Type,
  nest: readonly NamedType[],
  path: readonly NamedType[],
): boolean {
  const t = unalias(t0);
  switch (t.kind) {
    case TypeKind.Array:
      return visit(check, t.elem, nest, path);
    case TypeKind.Struct:
      for (const f of t.fields) if (!visit(check, f.type!, nest, path)) return false;
      return true;
    case TypeKind.Union:
      for (const x of t.terms) if (!visit(check, x.type, nest, path)) return false;
      return true;
    case TypeKind.Interface:
      for (const e of t.embeddeds) if (!visit(check, e, nest, path)) return false;
      return true;
    case TypeKind.Named: {
      // Types of other packages were checked there, and cannot refer back except by arguments.
      if (t.targs.length === 0 && t.obj.pkg !== check.pkg) return true;
      if (nest.some((e) => identical(e, t))) {
        unpack(t.origin).rhs = invalidType;
        t.origin.underlying = invalidType;
        t.underlying = invalidType;
        const start = path.findIndex((p) => identical(p, t));
        if (start < 0) throw new InternalError('start of type cycle not found');
        const cycle = path.slice(start).map((p) => p.obj);
        cycleError(check, cycle, 0);
        return false;
      }
      const { rhs } = unpack(t.origin);
      return rhs === null || visit(check, rhs, [...nest, t], [...path, t]);
    }
    case TypeKind.TypeParam: {
      const inst = nest.at(-1);
      if (inst === undefined) return true;
      const i = unpack(inst.origin).tparams.indexOf(t);
      const targ = i < 0 ? undefined : inst.targs[i];
      return targ === undefined || visit(check, targ, nest.slice(0, -1), path);
    }
    default:
      return true;
  }
}
