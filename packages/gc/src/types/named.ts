/**
 * Defined types: their lazy parts.
 *
 * A defined type exists before its right side does, so that declarations can refer to each other.
 * It comes from a declaration, from an importer (parts loaded when first asked for), or is an
 * instance of a generic type: then its right side and each of its methods are those of the generic
 * type with the type arguments put in, made when first asked for. Making them may create further
 * instances; a context shared along such a chain finds the ones that exist already, so the chain
 * ends even where a type's expansion mentions itself.
 *
 * Spec: "Type definitions", "Instantiations".   GOROOT: src/cmd/compile/internal/types2/named.go.
 */
import type { Pos } from '../syntax/pos.ts';
import type { Checker } from './check.ts';
import { Context } from './context.ts';
import { objDecl } from './decl.ts';
import {
  cloneFunc,
  cloneVar,
  equalFold,
  type FuncObj,
  hasPtrRecv,
  isExported,
  newTypeName,
  samePkg,
  signatureOf,
} from './object.ts';
import type { Package } from './package.ts';
import { newSubstMap, replaceRecvType, subst } from './subst.ts';
import {
  type AliasType,
  cloneSignature,
  type InterfaceType,
  invalidType,
  isInstance,
  NamedState,
  type NamedType,
  newInstance,
  newInterface,
  newPointer,
  type SignatureType,
  type Type,
  TypeKind,
  type TypeParamType,
  unalias,
} from './type.ts';
import { typeSetOf } from './typeset.ts';

/** Makes type parameters, right side and list of methods of `t` available. */
export function unpack(t: NamedType): NamedType {
  if ((t.state & NamedState.Unpacked) !== 0) return t;
  if (isInstance(t)) {
    const { origin } = t;
    unpack(origin);
    // Asked too early: the declaration of the generic type is being looked at.
    if (origin.rhs === null) return t;
    t.state |= NamedState.Unpacked;
    t.tparams = origin.tparams;
    t.rhs = expandRHS(t);
    if (origin.methods.length === 0) t.ctxt = null;
    return t;
  }
  t.state |= NamedState.Unpacked;
  const { load } = t;
  if (load !== null) {
    t.load = null;
    const parts = load(t);
    t.tparams = parts.tparams;
    t.rhs = parts.under;
    t.underlying = parts.under;
    t.methods = [...parts.methods];
  }
  return t;
}

/** The type parameters of a type, also of an instance of it. */
export function typeParamsOf(t: NamedType | AliasType): readonly TypeParamType[] {
  if (t.kind === TypeKind.Alias || (t.state & NamedState.Plain) !== 0) return t.tparams;
  return unpack(t).tparams;
}

/** Finds the end of the chain of right sides that starts at `t`, and remembers it on the way. */
export function resolveUnder(t: NamedType): Type {
  const path: NamedType[] = [];
  let at: Type = t;
  for (;;) {
    at = unalias(at);
    if (at.kind !== TypeKind.Named) break;
    if (at.underlying !== null) {
      at = at.underlying;
      break;
    }
    if (path.includes(at)) return invalidType;
    path.push(at);
    unpack(at);
    if (at.rhs === null) return invalidType;
    at = at.rhs;
  }
  if (at.kind === TypeKind.Alias) return invalidType;
  // A type parameter as right side is an error reported elsewhere.
  for (const named of path) named.underlying = at;
  return at;
}

/** The right side of a generic type with an instance's type arguments put in. */
function expandRHS(t: NamedType): Type {
  const { check, origin, targs } = t;
  if (targs.length !== origin.tparams.length) return invalidType;
  t.ctxt ??= new Context();
  // From here on, expansions along this chain that ask for the same instance get this one.
  t.ctxt.update(origin, targs, t);
  const map = newSubstMap(origin.tparams, targs);
  const rhs = subst(origin.rhs!, map, {
    check,
    pos: t.obj.pos,
    expanding: t,
    ctxt: check === null ? t.ctxt : check.ctxt,
  });
  // Methods of an interface have the defined type as receiver: make them have this one.
  if (rhs.kind === TypeKind.Interface) return withReceiver(rhs, t);
  return rhs;
}

function withReceiver(rhs: InterfaceType, t: NamedType): InterfaceType {
  const methods = replaceRecvType(rhs.methods, t.origin, t);
  if (methods === rhs.methods) return rhs;
  let iface = rhs;
  if (iface === t.origin.rhs) {
    iface = newInterface(methods, rhs.embeddeds);
    iface.complete = true;
    if (t.check !== null) t.check.track(iface);
  }
  iface.methods = methods;
  iface.tset = null;
  if (t.check === null) typeSetOf(iface);
  return iface;
}

/** The number of methods declared for a type (not of its method set). */
export function numMethods(t: NamedType): number {
  return unpack(t.origin).methods.length;
}

/** The i'th declared method; of an instance, with the type arguments put in. */
export function methodAt(t: NamedType, i: number): FuncObj {
  unpack(t);
  const known = t.methods[i] ?? null;
  if (known !== null) return known;
  const { origin } = t;
  while (t.methods.length < origin.methods.length) t.methods.push(null);
  const method = expandMethod(t, i);
  t.methods[i] = method;
  return method;
}

function expandMethod(t: NamedType, i: number): FuncObj {
  const declared = t.origin.methods[i]!;
  const { check } = t;
  if (check !== null) objDecl(check, declared);
  const declaredSig = signatureOf(declared);
  let sig: SignatureType = declaredSig;
  if (declaredSig.rparams.length === t.targs.length) {
    const map = newSubstMap(declaredSig.rparams, t.targs);
    t.ctxt ??= new Context();
    sig = subst(declaredSig, map, {
      check,
      pos: declared.pos,
      expanding: t,
      ctxt: check === null ? null : check.ctxt,
    }) as SignatureType;
  }
  if (sig === declaredSig) sig = cloneSignature(declaredSig);
  const recvType = hasPtrRecv(declared) ? newPointer(t) : t;
  if (declaredSig.recv !== null) sig.recv = cloneVar(declaredSig.recv, recvType);
  sig.rparams = [];
  return cloneFunc(declared, sig);
}

/** Adds a declared method, unless there is one of that name. */
export function addMethod(t: NamedType, m: FuncObj): void {
  unpack(t);
  if (methodIndexOf(t, m.name, false) < 0) t.methods.push(m);
}

function methodIndexOf(t: NamedType, name: string, fold: boolean): number {
  if (name === '_') return -1;
  const { methods } = t;
  for (let i = 0; i < methods.length; i++) {
    const m = methods[i]!;
    if (m.name === name || (fold && equalFold(m.name, name))) return i;
  }
  return -1;
}

/** The index of the declared method that `name` means in `pkg`, -1 if there is none. */
export function lookupMethod(
  t: NamedType,
  pkg: Package | null,
  name: string,
  fold: boolean,
): number {
  const origin = unpack(t.origin);
  if (origin.methods.length === 0) return -1;
  if (!fold && !isExported(name) && !samePkg(t.obj.pkg, pkg)) return -1;
  return methodIndexOf(origin, name, fold);
}

/** A new instance. `expanding` is the instance whose expansion led to it, if any. */
export function newNamedInstance(
  check: Checker | null,
  pos: Pos,
  origin: NamedType,
  targs: readonly Type[],
  expanding: NamedType | null,
): NamedType {
  const obj = newTypeName(pos, origin.obj.pkg, origin.obj.name, null);
  const t = newInstance(obj, origin, targs);
  t.check = check;
  // Cycles of references do not cross packages.
  if (expanding !== null && expanding.obj.pkg === obj.pkg) t.ctxt = expanding.ctxt;
  if (check !== null) check.track(t);
  return t;
}
