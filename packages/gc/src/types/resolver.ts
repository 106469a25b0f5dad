/**
 * Collects what a package declares, before anything is looked at; and imports packages.
 *
 * Spec: "Packages", "Import declarations", "Method declarations".
 * GOROOT: src/cmd/compile/internal/types2/resolver.go (wordings, order).
 */
import { isPrint, quoteString, unicodeString } from '@go-ts/base/quote';
import { decodeText } from '../constant/bytestring.ts';
import { makeFromLiteral } from '../constant/literal.ts';
import { kindOf, makeInt, stringOf, ValueKind } from '../constant/value.ts';
import {
  type ConstDecl,
  type Expr,
  type File,
  type FuncDecl,
  type Group,
  type ImportDecl,
  type Name,
  newName,
  NodeKind,
  type TypeDecl,
  unpackList,
  unparen,
  type VarDecl,
} from '../syntax/nodes.ts';
import type { Pos } from '../syntax/pos.ts';
import { exprString } from '../syntax/print.ts';
import { LitKind, Operator } from '../syntax/token.ts';
import type { Checker } from './check.ts';
import { collectMethods, declare, objDecl } from './decl.ts';
import { ErrorBuilder } from './errors.ts';
import {
  type FuncObj,
  isExported,
  newConst,
  newFunc,
  newPkgName,
  newTypeName,
  newVar,
  type Obj,
  ObjKind,
  type TypeNameObj,
  VarKind,
  type VarObj,
} from './object.ts';
import { Package } from './package.ts';
import { recordDef, recordImplicit } from './recording.ts';
import { Scope } from './scope.ts';
import { unsafePackage } from './universe.ts';
import { Version, verifyVersion } from './version.ts';

/** How a package-level object, or a method, is declared. */
export interface DeclInfo {
  /** Scope of the file. */
  readonly file: Scope;
  /** Language version of the file. */
  readonly version: number;
  /** All variables of `var a, b = f()`, else null. */
  readonly lhs: readonly VarObj[] | null;
  readonly vtyp: Expr | null;
  readonly init: Expr | null;
  /** The initial value is written with an earlier constant. */
  readonly inherited: boolean;
  readonly tdecl: TypeDecl | null;
  readonly fdecl: FuncDecl | null;
  /** Constants, variables and functions that the initial value or body refers to. */
  deps: Set<Obj> | null;
  /** Place in source order, from 1. */
  order: number;
}

function newDeclInfo(file: Scope, version: number, parts: Partial<DeclInfo>): DeclInfo {
  return {
    file,
    version,
    lhs: parts.lhs ?? null,
    vtyp: parts.vtyp ?? null,
    init: parts.init ?? null,
    inherited: parts.inherited ?? false,
    tdecl: parts.tdecl ?? null,
    fdecl: parts.fdecl ?? null,
    deps: null,
    order: 0,
  };
}

/** Notes that the declaration being looked at depends on `obj`, if that is at package level. */
export function addDeclDep(check: Checker, obj: Obj): void {
  const from = check.decl;
  if (from === null || obj.decl === null || obj.pkg !== check.pkg) return;
  from.deps ??= new Set();
  from.deps.add(obj);
}

/** Values of iota and inherited expressions, along a list of declarations. */
export class ConstGroups {
  #group: Group | null = null;
  #index = -1;
  #last: ConstDecl | null = null;

  /** A declaration of another kind comes in between. */
  reset(): void {
    this.#index = -1;
  }

  next(decl: ConstDecl): {
    iota: number;
    typ: Expr | null;
    values: readonly Expr[];
    inherited: boolean;
  } {
    if (this.#index < 0 || decl.group === null || decl.group !== this.#group) {
      this.#index = 0;
      this.#last = null;
    } else this.#index++;
    this.#group = decl.group;
    let inherited = this.#last !== null;
    if (decl.type !== null || decl.values !== null) {
      this.#last = decl;
      inherited = false;
    }
    const last = this.#last;
    return {
      iota: this.#index,
      typ: last === null ? null : last.type,
      values: last === null ? [] : unpackList(last.values),
      inherited,
    };
  }
}

/** Reports names without values, and values without names. */
export function arity(
  check: Checker,
  pos: Pos,
  names: readonly Name[],
  values: readonly Expr[],
  how: { readonly constDecl: boolean; readonly inherited: boolean },
): void {
  const l = names.length;
  const r = values.length;
  if (l < r) {
    const extra = values[l]!;
    if (how.inherited) {
      const place = check.positions.format(extra.pos);
      check.error(pos, 'WrongAssignCount', `extra init expr at ${place}`);
    } else {
      check.error(extra, 'WrongAssignCount', `extra init expr ${exprString(extra)}`);
    }
  } else if (l > r && (how.constDecl || r !== 1)) {
    const name = names[r]!;
    check.error(name, 'WrongAssignCount', `missing init expr for ${name.value}`);
  }
}

/** The path that an import declaration names, or what is wrong with it. */
function importPath(literal: string): { path: string; error: string | null } {
  const value = makeFromLiteral(literal, LitKind.String);
  if (kindOf(value) !== ValueKind.String) return { path: '', error: 'invalid syntax' };
  const path = decodeText(stringOf(value));
  if (path === '') return { path, error: 'empty string' };
  for (const char of path) {
    const rune = char.codePointAt(0)!;
    if (!isPrint(rune) || rune === 0x20 || illegalInPath.includes(char)) {
      return { path, error: `invalid character ${unicodeString(rune)}` };
    }
  }
  return { path, error: null };
}

const illegalInPath = '!"#$%&\'()*,:;<=>?[\\]^{|}`\uFFFD';

/** A method, and the type name in its receiver. */
interface MethodInfo {
  readonly obj: FuncObj;
  readonly ptr: boolean;
  readonly recv: Name;
}

export function collectObjects(check: Checker): void {
  const collector = new Collector(check);
  for (const file of check.files) collector.file(file);
  collector.checkFileScopes();
  collector.associateMethods();
}

class Collector {
  readonly check: Checker;
  readonly methods: MethodInfo[] = [];
  readonly fileScopes: Scope[] = [];
  readonly imported = new Set<Package>();
  scope: Scope;

  constructor(check: Checker) {
    this.check = check;
    this.scope = check.pkg.scope;
  }

  file(file: File): void {
    const { check } = this;
    check.version = check.info.fileVersions[check.fileIndex(file)] ?? Version.none;
    this.scope = new Scope(check.pkg.scope);
    this.fileScopes.push(this.scope);
    const groups = new ConstGroups();
    for (const decl of file.decls) {
      if (decl.kind !== NodeKind.ConstDecl) groups.reset();
      switch (decl.kind) {
        case NodeKind.ImportDecl:
          this.#import(decl);
          break;
        case NodeKind.ConstDecl:
          this.#const(decl, groups);
          break;
        case NodeKind.VarDecl:
          this.#var(decl);
          break;
        case NodeKind.TypeDecl: {
          const obj = newTypeName(decl.name.pos, check.pkg, decl.name.value, null);
          this.#declare(decl.name, obj, { tdecl: decl });
          break;
        }
        case NodeKind.FuncDecl:
          this.#func(decl);
          break;
      }
    }
  }

  #declare(name: Name, obj: Obj, parts: Partial<DeclInfo>): void {
    this.#declareWith(name, obj, newDeclInfo(this.scope, this.check.version, parts));
  }

  #declareWith(name: Name, obj: Obj, info: DeclInfo): void {
    const { check } = this;
    if (name.value === 'init') {
      check.error(name, 'InvalidInitDecl', 'cannot declare init - must be func');
      return;
    }
    if (name.value === 'main' && check.pkg.name === 'main') {
      check.error(name, 'InvalidMainDecl', 'cannot declare main - must be func');
      return;
    }
    declare(check, check.pkg.scope, name, obj);
    this.#list(obj, info);
  }

  #list(obj: Obj, info: DeclInfo): void {
    obj.decl = info;
    this.check.objList.push(obj);
    info.order = this.check.objList.length;
  }

  #import(decl: ImportDecl): void {
    const { check } = this;
    const literal = decl.path;
    if (literal === null || literal.bad) return;
    const { path, error } = importPath(literal.value);
    if (error !== null) {
      check.error(literal, 'BadImportPath', `invalid import path (${error})`);
      return;
    }
    const imp = importPackage(check, literal.pos, path);
    if (imp === null) return;
    const local = decl.localName;
    if (local !== null && path === 'C') {
      check.error(local, 'ImportCRenamed', 'cannot rename import "C"');
      return;
    }
    const name = local === null ? imp.name : local.value;
    if (name === 'init') {
      check.error(decl, 'InvalidInitDecl', 'cannot import package as init - init must be a func');
      return;
    }
    if (!this.imported.has(imp)) {
      this.imported.add(imp);
      check.pkg.imports.push(imp);
    }
    const obj = newPkgName(decl.pos, check.pkg, name, imp);
    if (local !== null) recordDef(check, local, obj);
    else recordImplicit(check, decl, obj);
    if (imp.fake) obj.used = true;
    check.imports.push(obj);
    if (name !== '.') {
      declare(check, this.scope, null, obj);
      return;
    }
    const through = new Map(check.dotImports.get(this.scope) ?? []);
    check.dotImports.set(this.scope, through);
    for (const exported of imp.scope.names()) {
      if (!isExported(exported)) continue;
      const other = this.scope.lookup(exported);
      if (other !== null) {
        const err = new ErrorBuilder(check, 'DuplicateDecl');
        err.add(local!, `${other.name} redeclared in this block`);
        err.addAltDecl(other);
        err.report();
        continue;
      }
      this.scope.add(exported, imp.scope.lookup(exported)!);
      through.set(exported, obj);
    }
  }

  #const(decl: ConstDecl, groups: ConstGroups): void {
    const { check } = this;
    const { iota, typ, values, inherited } = groups.next(decl);
    for (let i = 0; i < decl.names.length; i++) {
      const name = decl.names[i]!;
      const obj = newConst(name.pos, check.pkg, name.value, null, makeInt(iota));
      this.#declare(name, obj, { vtyp: typ, init: values[i] ?? null, inherited });
    }
    arity(check, decl.pos, decl.names, values, { constDecl: true, inherited });
  }

  #var(decl: VarDecl): void {
    const { check } = this;
    const values = unpackList(decl.values);
    const vars = decl.names.map((name) => {
      return newVar(VarKind.Package, name.pos, check.pkg, name.value, null);
    });
    // One expression for all variables is one declaration: all depend on what it depends on.
    const shared =
      decl.values !== null && decl.values.kind === NodeKind.ListExpr
        ? null
        : newDeclInfo(this.scope, check.version, {
            lhs: vars,
            vtyp: decl.type,
            init: decl.values,
          });
    for (let i = 0; i < vars.length; i++) {
      if (shared !== null) this.#declareWith(decl.names[i]!, vars[i]!, shared);
      else {
        this.#declare(decl.names[i]!, vars[i]!, { vtyp: decl.type, init: values[i] ?? null });
      }
    }
    if (decl.type === null || values.length > 0) {
      arity(check, decl.pos, decl.names, values, { constDecl: false, inherited: false });
    }
  }

  #func(decl: FuncDecl): void {
    const { check } = this;
    const { value } = decl.name;
    const obj = newFunc(decl.name.pos, check.pkg, value, null);
    const tparam0 = decl.tparams[0] ?? null;
    if (decl.recv === null) this.#function(decl, obj);
    else {
      const { ptr, base } = unpackRecv(check, decl.recv.type, false);
      // What no look-up finds needs no type to belong to; it is checked all the same.
      if (base.kind === NodeKind.Name && value !== '_') {
        this.methods.push({ obj, ptr, recv: base });
      }
      if (tparam0 !== null) verifyVersion(check, tparam0, Version.go1_27, 'generic method');
      recordDef(check, decl.name, obj);
    }
    this.#list(obj, newDeclInfo(this.scope, check.version, { fdecl: decl }));
  }

  #function(decl: FuncDecl, obj: FuncObj): void {
    const { check } = this;
    const { value } = decl.name;
    const tparam0 = decl.tparams[0] ?? null;
    const isMain = value === 'main' && check.pkg.name === 'main';
    if (value === 'init' || isMain) {
      const code = isMain ? 'InvalidMainDecl' : 'InvalidInitDecl';
      if (tparam0 !== null) {
        check.softError(tparam0, code, `func ${value} must have no type parameters`);
      }
      if (decl.type.params.length > 0 || decl.type.results.length > 0) {
        check.softError(
          decl.name,
          code,
          `func ${value} must have no arguments and no return values`,
        );
      }
    } else if (tparam0 !== null) {
      verifyVersion(check, tparam0, Version.go1_18, 'type parameter');
    }
    if (value === 'init') {
      // There may be several, and none can be referred to.
      obj.parent = check.pkg.scope;
      recordDef(check, decl.name, obj);
      if (decl.body === null) {
        check.softError(obj.pos, 'MissingInitBody', 'func init must have a body');
      }
    } else declare(check, check.pkg.scope, decl.name, obj);
  }

  /** A name may not be declared in the package and by an import of one of its files. */
  checkFileScopes(): void {
    const { check } = this;
    for (const scope of this.fileScopes) {
      for (const [name, obj] of scope.entries()) {
        const other = check.pkg.scope.lookup(name);
        if (other === null) continue;
        const err = new ErrorBuilder(check, 'DuplicateDecl');
        const from =
          obj.kind === ObjKind.PkgName
            ? `import of package ${obj.imported.name} (${quoteString(obj.imported.path)})`
            : `dot-import of package ${obj.pkg?.name ?? ''} (${quoteString(obj.pkg?.path ?? '')})`;
        err.add(other.pos, `${other.name} already declared through ${from}`);
        err.addAltDecl(obj);
        err.report();
      }
    }
  }

  associateMethods(): void {
    const { check } = this;
    for (const { obj, ptr, recv } of this.methods) {
      const base = resolveBaseTypeName(check, ptr, recv);
      if (base === null) continue;
      obj.ptrRecv = base.ptr;
      const list = check.methods.get(base.name);
      if (list === undefined) check.methods.set(base.name, [obj]);
      else list.push(obj);
    }
  }
}

function importPackage(check: Checker, pos: Pos, path: string): Package | null {
  if (path === 'unsafe') return unsafePackage;
  const known = check.importCache.get(path);
  if (known !== undefined) return known;
  let pkg: Package | null;
  if (path === 'C' && check.config.fakeImportC === true) {
    pkg = new Package('C', 'C');
    pkg.fake = true;
  } else {
    const { importer } = check.config;
    const result =
      importer === null
        ? { pkg: null, error: 'Config.Importer not installed' }
        : importer.importPackage(path);
    ({ pkg } = result);
    let { error } = result;
    if (error === null && pkg !== null && (pkg.name === '_' || pkg.name === '')) {
      error = `invalid package name: ${quoteString(pkg.name)}`;
      pkg = null;
    }
    if (error !== null || pkg === null) {
      check.error(pos, 'BrokenImport', `could not import ${path} (${error ?? 'not found'})`);
      const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
      pkg ??= new Package(path, trimmed.slice(trimmed.lastIndexOf('/') + 1));
      pkg.fake = true;
    }
  }
  if (!pkg.complete && !pkg.fake) return null;
  check.importCache.set(path, pkg);
  check.noteImport(pkg);
  return pkg;
}

/**
 * The parts of a receiver type `*T[P, Q]`; the names of type parameters only if wanted. The base need
 * not be a name if the program is wrong.
 */
export function unpackRecv(
  check: Checker,
  type: Expr,
  wantParams: boolean,
): { ptr: boolean; base: Expr; tparams: readonly Name[] | null } {
  let base = unparen(type);
  let ptr = false;
  if (base.kind === NodeKind.Operation && base.op === Operator.Mul && base.y === null) {
    ptr = true;
    base = unparen(base.x);
  }
  if (base.kind !== NodeKind.IndexExpr) return { ptr, base, tparams: null };
  const list = wantParams ? unpackList(base.index) : [];
  const tparams = list.map((arg) => {
    if (arg.kind === NodeKind.Name) return arg;
    if (arg.kind !== NodeKind.BadExpr) {
      check.error(
        arg,
        'BadDecl',
        `receiver type parameter ${exprString(arg)} must be an identifier`,
      );
    }
    return newName(check.ids, arg.pos, '_');
  });
  return { ptr, base: base.x, tparams: wantParams ? tparams : null };
}

/**
 * The defined type that a receiver's type name means, through aliases that are not generic, and
 * whether a pointer lies between.
 */
function resolveBaseTypeName(
  check: Checker,
  recvPtr: boolean,
  recv: Name,
): { ptr: boolean; name: TypeNameObj } | null {
  const seen = new Set<TypeNameObj>();
  let ptr = recvPtr;
  let name = recv;
  for (;;) {
    const obj = check.pkg.scope.lookup(name.value);
    if (obj === null || obj.kind !== ObjKind.TypeName || seen.has(obj)) return null;
    const tdecl = obj.decl?.tdecl ?? null;
    if (tdecl === null) return null;
    if (!tdecl.alias) return { ptr, name: obj };
    if (tdecl.tparams.length > 0) return null;
    seen.add(obj);
    let type = unparen(tdecl.type);
    if (type.kind === NodeKind.Operation && type.op === Operator.Mul && type.y === null) {
      if (ptr) return null;
      ptr = true;
      type = unparen(type.x);
    }
    if (type.kind !== NodeKind.Name) return null;
    name = type;
  }
}

/**
 * Looks at all package-level objects, but not at function bodies: types first, aliases after
 * them, so that few are needed before they are there.
 */
export function packageObjects(check: Checker): void {
  const aliases: Obj[] = [];
  const others: Obj[] = [];
  for (const obj of check.objList) {
    if (obj.kind !== ObjKind.TypeName) others.push(obj);
    else if (obj.decl!.tdecl!.alias) aliases.push(obj);
    else {
      // One that a direct cycle made invalid never gets to collect its methods.
      if (obj.type !== null) collectMethods(check, obj);
      objDecl(check, obj);
    }
  }
  for (const obj of aliases) objDecl(check, obj);
  for (const obj of others) objDecl(check, obj);
  check.methods.clear();
}

export function unusedImports(check: Checker): void {
  if (check.config.ignoreFuncBodies === true) return;
  for (const obj of check.imports) {
    if (obj.name === '_' || obj.used) continue;
    const { path } = obj.imported;
    const elem = path.slice(path.lastIndexOf('/') + 1);
    const as = obj.name === '' || obj.name === '.' || obj.name === elem ? '' : ` as ${obj.name}`;
    check.softError(obj.pos, 'UnusedImport', `${quoteString(path)} imported${as} and not used`);
  }
}
