/** Type parameters: their constraint as an interface. */
import type { Checker } from './check.ts';
import { newTypeName } from './object.ts';
import { isInvalid } from './predicates.ts';
import {
  emptyInterface,
  type InterfaceType,
  newEmbedding,
  newTypeParam,
  type Type,
  TypeKind,
  type TypeParamType,
  unalias,
} from './type.ts';
import { computeTypeSet } from './typeset.ts';
import { under } from './under.ts';

/**
 * The constraint of `t`; one that is not an interface is put into an implicit one.
 * Spec: "Type constraints".
 */
export function boundOf(t: TypeParamType): InterfaceType {
  const { bound } = t;
  if (bound.kind === TypeKind.Interface && bound.tset !== null) return bound;
  const u = under(bound);
  if (u.kind === TypeKind.Basic && isInvalid(u)) return emptyInterface;
  let iface: InterfaceType;
  if (u.kind === TypeKind.Interface) {
    // An error, reported where the parameters are declared.
    if (unalias(bound).kind === TypeKind.TypeParam) return emptyInterface;
    iface = u;
  } else {
    iface = newEmbedding([bound]);
    iface.implicit = true;
    t.bound = iface;
  }
  if (iface.tset === null) computeTypeSet(t.check, iface);
  return iface;
}

/** A new parameter of the same name and place, for renaming. */
export function renamedTypeParam(
  check: Checker | null,
  t: TypeParamType,
  bound: Type,
): TypeParamType {
  const obj = newTypeName(t.obj.pos, t.obj.pkg, t.obj.name, null);
  const fresh = newTypeParam(obj, bound);
  fresh.index = t.index;
  fresh.check = check;
  if (check !== null) check.track(fresh);
  return fresh;
}
