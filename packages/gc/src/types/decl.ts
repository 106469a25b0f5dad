/**
 * Declarations: the types of objects, determined when first needed.
 *
 * An object is white (no type yet), grey (on the path of objects being looked at) or black (typed).
 * Needing a grey one closes a cycle.
 *
 * Spec: "Declarations and scope".   GOROOT: src/cmd/compile/internal/types2/decl.go (wordings).
 */
import { InternalError } from '@go-ts/base';
import { makeInt, makeUnknown } from '../constant/value.ts';
import {
  type ConstDecl,
  type Decl,
  type Expr,
  type Field,
  type Name,
  newField as newFieldNode,
  newInterfaceType,
  NodeKind,
  type TypeDecl,
  unpackList,
  type VarDecl,
} from '../syntax/nodes.ts';
import { PragmaFlag } from '../syntax/pragma.ts';
import { Operator } from '../syntax/token.ts';
import { initConst, initVar, initVars, newTarget } from './assign.ts';
import type { Checker } from './check.ts';
import { validCycle } from './cycles.ts';
import { ErrorBuilder } from './errors.ts';
import { expr } from './expr.ts';
import { addMethod, unpack } from './named.ts';
import {
  type ConstObj,
  type FuncObj,
  newConst,
  newTypeName,
  newVar,
  type Obj,
  ObjKind,
  type TypeNameObj,
  VarKind,
  type VarObj,
} from './object.ts';
import { Operand } from './operand.ts';
import { isConstType, isInvalid, isTypeParam } from './predicates.ts';
import { recordDef } from './recording.ts';
import { arity, ConstGroups, type DeclInfo } from './resolver.ts';
import type { Scope } from './scope.ts';
import { funcType } from './signature.ts';
import { funcBody } from './stmt.ts';
import {
  asNamed,
  bindTypeParams,
  emptyTuple,
  invalidType,
  type NamedType,
  newAlias,
  newNamed,
  newSignature,
  newTypeParam,
  type Type,
  TypeKind,
  type TypeParamType,
} from './type.ts';
import { isImportedConstraint } from './typeset.ts';
import { typeStr } from './typestring.ts';
import { declaredType, typeOf, varType } from './typexpr.ts';
import { under } from './under.ts';
import { validType } from './validtype.ts';
import { Version, verifyVersion } from './version.ts';

/** Enters `obj` into `scope`, unless its name is blank, and records that `name` declares it. */
export function declare(check: Checker, scope: Scope, name: Name | null, obj: Obj): void {
  if (obj.name !== '_') {
    const other = scope.insert(obj);
    if (other !== null) {
      const err = new ErrorBuilder(check, 'DuplicateDecl');
      err.add(obj.pos, `${obj.name} redeclared in this block`);
      err.addAltDecl(other);
      err.report();
      return;
    }
  }
  if (name !== null) recordDef(check, name, obj);
}

/** Determines the type of a package-level object, or of a method, if it is not known. */
export function objDecl(check: Checker, obj: Obj): void {
  if (obj.type !== null && check.objPath.length === 0) return;
  if (check.objPathIndex.has(obj)) {
    greyObject(check, obj);
    return;
  }
  if (obj.type !== null) return;
  const d = obj.decl;
  if (d === null) throw new InternalError(`no declaration of ${obj.name}`);
  check.push(obj);
  check.withEnvironment(d.file, d.version, () => {
    switch (obj.kind) {
      case ObjKind.Const:
        check.decl = d;
        constDecl(check, obj, d.vtyp, d.init, d.inherited);
        break;
      case ObjKind.Var:
        check.decl = d;
        varDecl(check, obj, d.lhs, d.vtyp, d.init);
        break;
      case ObjKind.TypeName:
        typeDecl(check, obj, d.tdecl!);
        collectMethods(check, obj);
        break;
      case ObjKind.Func:
        funcDecl(check, obj, d);
        break;
      default:
        throw new InternalError(`declaration of ${obj.name}`);
    }
  });
  check.pop();
}

function greyObject(check: Checker, obj: Obj): void {
  const valid = validCycle(check, obj);
  switch (obj.kind) {
    case ObjKind.Const:
    case ObjKind.Var:
      // The cycle is reported with the order of initialisation.
      if (!valid || obj.type === null) obj.type = invalidType;
      break;
    case ObjKind.TypeName:
      if (!valid) obj.type = invalidType;
      break;
    default:
    // A function keeps its signature, empty as yet.
  }
  if (obj.type === null) throw new InternalError(`${obj.name} has no type in a cycle`);
}

function constDecl(
  check: Checker,
  obj: ConstObj,
  typ: Expr | null,
  init: Expr | null,
  inherited: boolean,
): void {
  const { iota, errpos } = check;
  check.iota = obj.val;
  check.errpos = 0;
  obj.val = makeUnknown();
  constDeclIn(check, obj, typ, init, inherited);
  check.iota = iota;
  check.errpos = errpos;
}

function constDeclIn(
  check: Checker,
  obj: ConstObj,
  typ: Expr | null,
  init: Expr | null,
  inherited: boolean,
): void {
  if (typ !== null) {
    const t = typeOf(check, typ);
    if (!isConstType(t)) {
      if (!isInvalid(under(t))) {
        check.error(typ, 'InvalidConstType', `invalid constant type ${typeStr(check, t)}`);
      }
      obj.type = invalidType;
      return;
    }
    obj.type = t;
  }
  const x = new Operand();
  if (init !== null) {
    // Positions in an inherited expression are those of another declaration.
    if (inherited) check.errpos = obj.pos;
    expr(check, null, x, init);
  }
  initConst(check, obj, x);
}

function varDecl(
  check: Checker,
  obj: VarObj,
  lhs: readonly VarObj[] | null,
  typ: Expr | null,
  init: Expr | null,
): void {
  // Not given to all variables of `lhs` yet: that would make them look done.
  if (typ !== null) obj.type = varType(check, typ);
  if (init === null) {
    if (typ === null) obj.type = invalidType;
    return;
  }
  if (lhs === null || lhs.length === 1) {
    const x = new Operand();
    expr(check, obj.type === null ? null : newTarget(obj.type, obj.name), x, init);
    initVar(check, obj, x, 'variable declaration');
    return;
  }
  if (typ !== null) for (const v of lhs) v.type = obj.type;
  initVars(check, lhs, [init], null);
}

function typeDecl(check: Checker, obj: TypeNameObj, tdecl: TypeDecl): void {
  let versionErr = false;
  let rhs: Type | null = null;
  check.later(() => {
    const named = asNamed(obj.type);
    if (named !== null) validType(check, named);
    if (!versionErr && isImportedConstraint(check, rhs)) {
      verifyVersion(check, tdecl.type, Version.go1_18, () => {
        return `using type constraint ${typeStr(check, rhs!)}`;
      });
    }
  });
  const tparam0 = tdecl.tparams[0] ?? null;
  if (tdecl.alias) {
    if (tparam0 !== null && !verifyVersion(check, tparam0, Version.go1_23, 'generic type alias')) {
      versionErr = true;
    }
    if (!versionErr && !verifyVersion(check, tdecl, Version.go1_9, 'type alias')) versionErr = true;
    rhs = aliasDecl(check, obj, tdecl);
    return;
  }
  if (tparam0 !== null && !verifyVersion(check, tparam0, Version.go1_18, 'type parameter')) {
    versionErr = true;
  }
  const named = newNamed(obj, null);
  check.track(named);
  if (tparam0 !== null) {
    check.openScope();
    collectTypeParams(check, tdecl.tparams, (list) => {
      named.tparams = list;
    });
  }
  rhs = declaredType(check, tdecl.type, obj);
  named.rhs = rhs;
  if (isTypeParam(rhs)) {
    check.error(
      tdecl.type,
      'MisplacedTypeParam',
      'cannot use a type parameter as RHS in type declaration',
    );
    named.rhs = invalidType;
  }
  if (tparam0 !== null) check.closeScope();
}

function aliasDecl(check: Checker, obj: TypeNameObj, tdecl: TypeDecl): Type {
  const alias = newAlias(obj, null);
  check.track(alias);
  const generic = tdecl.tparams.length > 0;
  if (generic) {
    check.openScope();
    collectTypeParams(check, tdecl.tparams, (list) => {
      alias.tparams = list;
    });
  }
  const rhs = declaredType(check, tdecl.type, obj);
  alias.rhs = rhs;
  if (rhs.kind === TypeKind.TypeParam && alias.tparams.includes(rhs)) {
    check.error(
      tdecl.type,
      'MisplacedTypeParam',
      'cannot use type parameter declared in alias declaration as RHS',
    );
    alias.rhs = invalidType;
  }
  if (generic) check.closeScope();
  return rhs;
}

/**
 * Declares type parameters and looks at their constraints. The list goes to `bind` in between, since
 * constraints may refer to what is being declared.
 */
export function collectTypeParams(
  check: Checker,
  list: readonly Field[],
  bind: (tparams: readonly TypeParamType[]) => void,
): void {
  const tparams = list.map((f) => declareTypeParam(check, f.name!));
  bind(bindTypeParams(tparams));
  check.inTypeParamList = true;
  let bound: Type = invalidType;
  for (let i = 0; i < list.length; i++) {
    const f = list[i]!;
    // Parameters declared together share their constraint, which also tells how to print them.
    if (i === 0 || f.type !== list[i - 1]!.type) {
      bound = boundType(check, f.type);
      if (isTypeParam(bound)) {
        check.error(f.type, 'MisplacedTypeParam', 'cannot use a type parameter as constraint');
        bound = invalidType;
      }
    }
    tparams[i]!.bound = bound;
  }
  check.inTypeParamList = false;
}

/** A constraint; `~T` and `A|B` stand for interfaces of them. */
function boundType(check: Checker, x: Expr): Type {
  if (x.kind === NodeKind.Operation && (x.op === Operator.Tilde || x.op === Operator.Or)) {
    const field = newFieldNode(check.ids, x.pos, null, x);
    const t = typeOf(check, newInterfaceType(check.ids, x.pos, [field]));
    if (t.kind === TypeKind.Interface) t.implicit = true;
    return t;
  }
  return typeOf(check, x);
}

export function declareTypeParam(check: Checker, name: Name): TypeParamType {
  const obj = newTypeName(name.pos, check.pkg, name.value, null);
  const tpar = newTypeParam(obj, invalidType);
  check.track(tpar);
  declare(check, check.scope, name, obj);
  return tpar;
}

/** Gives a type the methods that were declared for its name. */
export function collectMethods(check: Checker, obj: TypeNameObj): void {
  const methods = check.methods.get(obj);
  if (methods === undefined) return;
  check.methods.delete(obj);
  const base = asNamed(obj.type);
  if (base !== null) check.later(() => checkFieldUniqueness(check, base));
  const seen = new Map<string, FuncObj>();
  for (const m of methods) {
    const other = seen.get(m.name);
    if (other !== undefined) {
      check.error(
        m.pos,
        'DuplicateMethod',
        `method ${obj.name}.${m.name} already declared at ${check.positions.format(other.pos)}`,
      );
      continue;
    }
    seen.set(m.name, m);
    if (base !== null) addMethod(base, m);
  }
}

function checkFieldUniqueness(check: Checker, base: NamedType): void {
  const u = under(base);
  if (u.kind !== TypeKind.Struct) return;
  for (const f of u.fields) {
    if (f.name === '_') continue;
    const m = unpack(base).methods.find((method) => method!.name === f.name) ?? null;
    if (m === null) continue;
    const err = new ErrorBuilder(check, 'DuplicateFieldAndMethod');
    err.add(m.pos, `field and method with the same name ${f.name}`);
    err.addAltDecl(f);
    err.report();
  }
}

function funcDecl(check: Checker, obj: FuncObj, d: DeclInfo): void {
  const fdecl = d.fdecl!;
  // There from the start, so that the function can be referred to in its own signature.
  const sig = newSignature(emptyTuple, emptyTuple, false);
  obj.type = sig;
  funcType(check, sig, fdecl.recv, fdecl.tparams, fdecl.type);
  if (fdecl.pragma !== null && (fdecl.pragma.flags & PragmaFlag.Nointerface) !== 0) {
    obj.nointerface = true;
  }
  if (fdecl.tparams.length > 0 && fdecl.body === null) {
    check.softError(fdecl, 'BadDecl', 'generic function is missing function body');
  }
  const { body } = fdecl;
  if (check.config.ignoreFuncBodies !== true && body !== null) {
    check.later(() => funcBody(check, d, sig, body, null));
  }
}

/** Declarations inside functions. */
export function declStmt(check: Checker, list: readonly Decl[]): void {
  const groups = new ConstGroups();
  for (const decl of list) {
    switch (decl.kind) {
      case NodeKind.ConstDecl:
        localConst(check, decl, groups);
        break;
      case NodeKind.VarDecl:
        groups.reset();
        localVar(check, decl);
        break;
      case NodeKind.TypeDecl: {
        groups.reset();
        const obj = newTypeName(decl.name.pos, check.pkg, decl.name.value, null);
        declare(check, check.scope, decl.name, obj);
        check.push(obj);
        typeDecl(check, obj, decl);
        check.pop();
        break;
      }
      default:
        check.error(decl, 'InvalidSyntaxTree', 'unexpected declaration');
    }
  }
}

function localConst(check: Checker, decl: ConstDecl, groups: ConstGroups): void {
  const top = check.delayedCount;
  const { iota, typ, values, inherited } = groups.next(decl);
  const lhs = decl.names.map((name, i) => {
    const obj = newConst(name.pos, check.pkg, name.value, null, makeInt(iota));
    constDecl(check, obj, typ, values[i] ?? null, inherited);
    return obj;
  });
  arity(check, decl.pos, decl.names, values, { constDecl: true, inherited });
  // Function literals in the values must not see the new names.
  check.processDelayed(top);
  for (let i = 0; i < lhs.length; i++) declare(check, check.scope, decl.names[i]!, lhs[i]!);
}

function localVar(check: Checker, decl: VarDecl): void {
  const top = check.delayedCount;
  const { names } = decl;
  const vars = names.map((name) => newVar(VarKind.Local, name.pos, check.pkg, name.value, null));
  const values = unpackList(decl.values);
  for (let i = 0; i < vars.length; i++) {
    const oneForAll = values.length === 1 && names.length !== 1;
    const init = oneForAll ? values[0]! : (values[i] ?? null);
    varDecl(check, vars[i]!, oneForAll ? vars : null, decl.type, init);
    // The first variable of a multi-valued initialisation has given all their types.
    if (values.length === 1) break;
  }
  if (decl.type === null || values.length > 0) {
    arity(check, decl.pos, names, values, { constDecl: false, inherited: false });
  }
  check.processDelayed(top);
  for (let i = 0; i < vars.length; i++) declare(check, check.scope, names[i]!, vars[i]!);
}
