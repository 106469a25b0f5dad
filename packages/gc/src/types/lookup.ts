/**
 * Fields and methods of types, and which methods a type lacks.
 *
 * Look-up goes breadth first through embedded fields: the shallowest match counts, two at one depth
 * are a conflict.
 *
 * Spec: "Selectors", "Method sets".   GOROOT: src/cmd/compile/internal/types2/lookup.go (wordings).
 */
import type { Checker } from './check.ts';
import { objDecl } from './decl.ts';
import type { Why } from './instantiate.ts';
import { lookupMethod, methodAt } from './named.ts';
import {
  type FuncObj,
  hasId,
  hasIdFold,
  hasPtrRecv,
  isExported,
  type Obj,
  ObjKind,
  type VarObj,
} from './object.ts';
import type { Package } from './package.ts';
import { identical, isInterface, isInvalid, isTypeParam } from './predicates.ts';
import {
  asNamed,
  type InterfaceType,
  type NamedType,
  type StructType,
  type Type,
  TypeKind,
  unalias,
} from './type.ts';
import { methodIndex, typeSetOf } from './typeset.ts';
import { funcString, typeStr } from './typestring.ts';
import { under } from './under.ts';

/** What a selector finds. */
export interface Lookup {
  /** null: nothing. */
  readonly obj: VarObj | FuncObj | null;
  /**
   * The path: indices of embedded fields, then of the field or method. Without an object it is
   * empty, or not if the name is ambiguous.
   */
  readonly index: readonly number[];
  /** A pointer was followed; without an object: it is a method that needs a pointer. */
  readonly indirect: boolean;
}

const nothing: Lookup = { obj: null, index: [], indirect: false };
const needsPointer: Lookup = { obj: null, index: [], indirect: true };

/** The type that an unnamed pointer type points to; other types as they are. */
export function derefType(t: Type): Type {
  const p = unalias(t);
  return p.kind === TypeKind.Pointer ? p.elem : t;
}

/** The struct type that a pointer (named or not) points to; other types as they are. */
export function derefStructPtr(t: Type): Type {
  const p = under(t);
  return p.kind === TypeKind.Pointer && under(p.elem).kind === TypeKind.Struct ? p.elem : t;
}

/**
 * What `x.name`, written in `pkg`, selects for an x of type T. If `fold`, case does not matter, nor
 * does the package. Methods found may not have their signature yet.
 */
export function lookupFieldOrMethod(
  T: Type,
  addressable: boolean,
  pkg: Package | null,
  name: string,
  fold: boolean,
): Lookup {
  // Named pointer types have no methods, but the fields of what they point to.
  const named = asNamed(T);
  if (named !== null) {
    const u = under(named);
    if (u.kind === TypeKind.Pointer) {
      const found = lookupImpl(u, false, pkg, name, fold);
      return found.obj !== null && found.obj.kind === ObjKind.Func ? nothing : found;
    }
  }
  return lookupImpl(T, addressable, pkg, name, fold);
}

/** A type whose fields and methods are searched. */
interface Embedded {
  readonly type: Type;
  readonly index: readonly number[];
  readonly indirect: boolean;
  /** The type occurs more than once at its depth: what it has is ambiguous. */
  multiples: boolean;
}

function lookupImpl(
  T: Type,
  addressable: boolean,
  pkg: Package | null,
  name: string,
  fold: boolean,
): Lookup {
  if (name === '_') return nothing;
  const type = derefType(T);
  const isPtr = type !== T && unalias(T).kind === TypeKind.Pointer;
  // Pointers to interfaces have no methods.
  if (isPtr && isInterface(type)) return nothing;
  if (!fold) {
    const direct = lookupDirect(type, isPtr, pkg, name);
    if (direct !== null) return usable(direct, addressable);
  }
  let current: Embedded[] = [{ type, index: [], indirect: isPtr, multiples: false }];
  const seen: NamedType[] = [];
  while (current.length > 0) {
    const next: Embedded[] = [];
    let found: Lookup | null = null;
    for (const e of current) {
      const match = lookupIn(e, pkg, name, fold, found === null ? next : null, seen);
      if (match === null) continue;
      if (found !== null || e.multiples || match.obj === null) {
        return { obj: null, index: match.index, indirect: false };
      }
      found = match;
    }
    if (found !== null) return usable(found, addressable);
    current = consolidate(next);
  }
  return nothing;
}

/** What was found, unless it is a method that needs a pointer where there is none. */
function usable(found: Lookup, addressable: boolean): Lookup {
  const { obj, indirect } = found;
  const pointerOnly = obj !== null && obj.kind === ObjKind.Func && hasPtrRecv(obj);
  return pointerOnly && !indirect && !addressable ? needsPointer : found;
}

/** What `type` has of that name itself: nearly always all that is to be found. */
function lookupDirect(
  type: Type,
  indirect: boolean,
  pkg: Package | null,
  name: string,
): Lookup | null {
  const named = asNamed(type);
  if (named !== null) {
    const i = lookupMethod(named, pkg, name, false);
    if (i >= 0) return { obj: methodAt(named, i), index: [i], indirect };
  }
  const u = under(type);
  if (u.kind === TypeKind.Interface) {
    const { methods } = typeSetOf(u);
    const i = methodIndex(methods, pkg, name, false);
    return i < 0 ? null : { obj: methods[i]!, index: [i], indirect };
  }
  if (u.kind !== TypeKind.Struct) return null;
  const { fields } = u;
  for (let i = 0; i < fields.length; i++) {
    if (hasId(fields[i]!, pkg, name)) return { obj: fields[i]!, index: [i], indirect };
  }
  return null;
}

/**
 * What `e` itself has of that name; without an object, it has two. Its embedded fields go to `next`,
 * if that is wanted.
 */
// oxlint-disable-next-line max-params -- the state of one search
function lookupIn(
  e: Embedded,
  pkg: Package | null,
  name: string,
  fold: boolean,
  next: Embedded[] | null,
  seen: NamedType[],
): Lookup | null {
  const named = asNamed(e.type);
  if (named !== null) {
    // Known from a lesser depth, where it hides this one.
    if (seen.some((t) => identical(t, named))) return null;
    seen.push(named);
    const i = lookupMethod(named, pkg, name, fold);
    if (i >= 0) return { obj: methodAt(named, i), index: [...e.index, i], indirect: e.indirect };
  }
  const u = under(e.type);
  if (u.kind === TypeKind.Interface) {
    const { methods } = typeSetOf(u);
    const i = methodIndex(methods, pkg, name, fold);
    if (i < 0) return null;
    return { obj: methods[i]!, index: [...e.index, i], indirect: e.indirect };
  }
  if (u.kind !== TypeKind.Struct) return null;
  let match: Lookup | null = null;
  for (let i = 0; i < u.fields.length; i++) {
    const f = u.fields[i]!;
    if (fold ? hasIdFold(f, pkg, name) : hasId(f, pkg, name)) {
      const index = [...e.index, i];
      if (match !== null) return { obj: null, index, indirect: false };
      match = { obj: f, index, indirect: e.indirect };
    } else if (f.embedded && match === null && next !== null) embed(next, e, f, i);
  }
  return match;
}

function embed(next: Embedded[], e: Embedded, f: VarObj, i: number): void {
  const type = derefType(f.type!);
  next.push({
    type,
    index: [...e.index, i],
    indirect: e.indirect || type !== f.type,
    multiples: e.multiples,
  });
}

/** One entry for each type. */
function consolidate(list: Embedded[]): Embedded[] {
  if (list.length <= 1) return list;
  const result: Embedded[] = [];
  for (const e of list) {
    const same = result.find((r) => identical(r.type, e.type));
    if (same === undefined) result.push(e);
    else same.multiples = true;
  }
  return result;
}

/** The field names along a path, for messages: `a.b.c`. */
export function fieldPath(t: Type, index: readonly number[]): string {
  const names: string[] = [];
  let at = t;
  for (const i of index) {
    const u = under(derefStructPtr(at));
    if (u.kind !== TypeKind.Struct) break;
    const f = u.fields[i]!;
    names.push(f.name);
    at = f.type!;
  }
  return names.join('.');
}

/** How V fails to have a method. */
interface Missing {
  readonly m: FuncObj;
  readonly state:
    | 'notFound'
    | 'wrongName'
    | 'unexported'
    | 'wrongSig'
    | 'ambiguous'
    | 'ptrRecv'
    | 'field'
    | 'nointerface';
  /** The method of V that is closest. */
  readonly f: FuncObj | null;
}

/**
 * The first method of interface T that V lacks. For an interface V, unless `fixed`, only methods
 * that V has must agree.
 */
function findMissing(
  check: Checker | null,
  V: Type,
  T: Type,
  fixed: boolean,
  equivalent: (x: Type, y: Type) => boolean,
): Missing | null {
  const { methods } = typeSetOf(under(T) as InterfaceType);
  if (methods.length === 0) return null;
  const Vu = under(V);
  if (Vu.kind === TypeKind.Interface) {
    const have = typeSetOf(Vu).methods;
    for (const m of methods) {
      const i = methodIndex(have, m.pkg, m.name, false);
      if (i < 0) {
        if (fixed) return { m, state: 'notFound', f: null };
        continue;
      }
      const f = have[i]!;
      if (!equivalent(f.type!, m.type!)) return { m, state: 'wrongSig', f };
    }
    return null;
  }
  for (const m of methods) {
    const found = lookupImpl(V, false, m.pkg, m.name, false);
    if (found.obj === null) return whyNotFound(V, m, found);
    const f = found.obj;
    if (f.kind !== ObjKind.Func) return { m, state: 'field', f: null };
    if (check !== null) objDecl(check, f);
    if (f.nointerface) return { m, state: 'nointerface', f };
    if (!equivalent(f.type!, m.type!)) return { m, state: 'wrongSig', f };
  }
  return null;
}

function whyNotFound(V: Type, m: FuncObj, found: Lookup): Missing {
  if (found.index.length > 0) return { m, state: 'ambiguous', f: null };
  if (found.indirect) return { m, state: 'ptrRecv', f: null };
  const { obj } = lookupImpl(V, false, m.pkg, m.name, true);
  if (obj === null || obj.kind !== ObjKind.Func) return { m, state: 'notFound', f: null };
  return { m, state: obj.name === m.name ? 'unexported' : 'wrongName', f: obj };
}

function missingText(check: Checker | null, V: Type, T: Type, missing: Missing): string {
  const { m, f, state } = missing;
  if (f !== null && check !== null) objDecl(check, f);
  switch (state) {
    case 'notFound':
      if (isInterfacePtr(V)) return `(${interfacePtrError(check, V)})`;
      if (isInterfacePtr(T)) return `(${interfacePtrError(check, T)})`;
      return `(missing method ${m.name})`;
    case 'wrongName': {
      const have = funcString(check, f!, false);
      const want = funcString(check, m, false);
      return `(missing method ${m.name})\n\t\thave ${have}\n\t\twant ${want}`;
    }
    case 'unexported':
      return `(unexported method ${m.name})`;
    case 'wrongSig': {
      let have = funcString(check, f!, false);
      let want = funcString(check, m, false);
      if (have === want) {
        have = funcString(check, f!, true);
        want = funcString(check, m, true);
      }
      // Type parameters of one name may be different ones.
      if (have === want) return `(wrong type for method ${m.name})`;
      return `(wrong type for method ${m.name})\n\t\thave ${have}\n\t\twant ${want}`;
    }
    case 'ambiguous':
      return `(ambiguous selector ${typeStr(check, V)}.${m.name})`;
    case 'ptrRecv':
      return `(method ${m.name} has pointer receiver)`;
    case 'field':
      return `(${typeStr(check, V)}.${m.name} is a field, not a method)`;
    case 'nointerface':
      return `(${m.name} method is marked 'nointerface')`;
  }
}

/**
 * Whether V has all methods of interface T. What is invalid, or embeds something invalid, may have
 * any. If not, `why` receives the reason in parentheses.
 */
export function hasAllMethods(
  check: Checker | null,
  V: Type,
  T: Type,
  fixed: boolean,
  equivalent: (x: Type, y: Type) => boolean,
  why: Why | null,
): boolean {
  if (isInvalid(V)) return true;
  const missing = findMissing(check, V, T, fixed, equivalent);
  if (missing === null) return true;
  if (why !== null) why.text = missingText(check, V, T, missing);
  return embedsInvalid(V, []);
}

function embedsInvalid(T: Type, seen: StructType[]): boolean {
  const u = under(derefStructPtr(T));
  if (u.kind !== TypeKind.Struct || seen.includes(u)) return false;
  seen.push(u);
  return u.fields.some((f) => f.embedded && (isInvalid(f.type!) || embedsInvalid(f.type!, seen)));
}

/** Whether a value of interface type V may hold one of type T. */
export function assertableTo(check: Checker | null, V: Type, T: Type, why: Why | null): boolean {
  // If T is an interface, only the value can tell.
  return isInterface(T) || hasAllMethods(check, T, V, false, identical, why);
}

export function isInterfacePtr(T: Type): boolean {
  const p = under(T);
  return p.kind === TypeKind.Pointer && isInterface(p.elem);
}

export function interfacePtrError(check: Checker | null, T: Type): string {
  const p = under(T);
  if (p.kind === TypeKind.Pointer && isTypeParam(p.elem)) {
    return `type ${typeStr(check, T)} is pointer to type parameter, not type parameter`;
  }
  return `type ${typeStr(check, T)} is pointer to interface, not interface`;
}

/**
 * What is wrong with a selector, given an object whose name differs only in case or visibility.
 * `structLit`: it is a key in a struct literal.
 */
export function lookupError(
  check: Checker,
  T: Type,
  sel: string,
  obj: Obj | null,
  structLit: boolean,
): string {
  const type = typeStr(check, T);
  const alt = obj === null ? '' : obj.name;
  const what =
    obj === null
      ? 'object'
      : obj.kind === ObjKind.Var
        ? 'field'
        : obj.kind === ObjKind.Func
          ? 'method'
          : 'object';
  const state = obj === null ? 'missing' : spelling(check, sel, obj);
  if (structLit) {
    const unknown = `unknown field ${sel} in struct literal of type ${type}`;
    switch (state) {
      case 'missing':
        return unknown;
      case 'misspelled':
        return `${unknown}, but does have ${alt}`;
      case 'unexported':
        return `${unknown}, but does have unexported ${alt}`;
      case 'inaccessible':
        return `cannot refer to unexported field ${alt} in struct literal of type ${type}`;
    }
  }
  const none = `type ${type} has no field or method ${sel}`;
  switch (state) {
    case 'missing':
      return none;
    case 'misspelled':
      return `${none}, but does have ${what} ${alt}`;
    case 'unexported':
      return `${none}, but does have unexported ${what} ${alt}`;
    case 'inaccessible':
      return `cannot refer to unexported ${what} ${alt}`;
  }
}

/** In another package, a spelling helps only if it can be used, or differs in the first letter. */
function spelling(
  check: Checker,
  sel: string,
  obj: Obj,
): 'missing' | 'misspelled' | 'unexported' | 'inaccessible' {
  const alt = obj.name;
  if (obj.pkg === check.pkg) return 'misspelled';
  const sameTail = tail(sel) === tail(alt);
  if (isExported(sel)) {
    if (isExported(alt)) return 'misspelled';
    return sameTail ? 'unexported' : 'missing';
  }
  if (isExported(alt)) return sameTail ? 'misspelled' : 'missing';
  return sel === alt ? 'inaccessible' : 'missing';
}

function tail(s: string): string {
  const first = s.codePointAt(0) ?? 0;
  return s.slice(first > 0xffff ? 2 : 1);
}
