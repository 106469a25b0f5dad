/**
 * Type-checks a package: the checker's state, and the order of its phases.
 *
 * Declarations are looked at on demand: an object's type is determined when something first needs it
 * (decl.ts), with the path of objects being looked at kept for cycles. What needs finished types, or
 * is a function body, is put off with `later` and done at the end of the statement or package.
 *
 * Spec: all of it.   GOROOT: src/cmd/compile/internal/types2/check.go (phases, on which the order of
 * errors depends).
 */
import type { Diagnostic } from '@go-ts/base';
import { quoteString } from '@go-ts/base/quote';
import type { Value } from '../constant/value.ts';
import { type CallExpr, type File, type Name, newName, type NodeIds } from '../syntax/nodes.ts';
import type { Pos, PosTable } from '../syntax/pos.ts';
import { Context } from './context.ts';
import { directCycles } from './cycles.ts';
import { type At, ErrorBuilder } from './errors.ts';
import { Info } from './info.ts';
import { initOrder } from './initorder.ts';
import { monomorph, MonoGraph } from './mono.ts';
import { type FuncObj, newBuiltin, type Obj, type PkgNameObj, type TypeNameObj } from './object.ts';
import type { Mode } from './operand.ts';
import { Package } from './package.ts';
import { recordUntyped } from './recording.ts';
import { collectObjects, type DeclInfo, packageObjects, unusedImports } from './resolver.ts';
import { Scope, universe } from './scope.ts';
import type { Sizes } from './sizes.ts';
import type { SubstContext } from './subst.ts';
import type { TermList } from './termlist.ts';
import {
  type AliasType,
  type BasicType,
  type InterfaceType,
  type NamedType,
  type SignatureType,
  TypeKind,
  type TypeParamType,
  unalias,
  type UnionType,
} from './type.ts';
import { boundOf } from './typeparam.ts';
import { typeSetOf } from './typeset.ts';
import type { Qualifier } from './typestring.ts';
import { under } from './under.ts';
import { builtinInfos, BuiltinId } from './universe.ts';
import { parseVersion, Version, versionString } from './version.ts';

/** Finds packages by import path. */
export interface Importer {
  /**
   * The package, or what is wrong. A package may come with an error: then names that it lacks are
   * not reported.
   */
  importPackage(path: string): { readonly pkg: Package | null; readonly error: string | null };
}

export interface Config {
  readonly importer: Importer | null;
  /** `-lang`; '' for the current one, without checks. */
  readonly goVersion: string;
  readonly sizes: Sizes;
  /** For packages of which only the declarations matter. */
  readonly ignoreFuncBodies?: boolean;
  /** Say in messages about language versions where the version comes from, as the compiler does. */
  readonly versionHints?: boolean;
  /** The parser has checked labels and branches already. */
  readonly ignoreBranchErrors?: boolean;
  /** `import "C"` gives an empty package, names in which are not looked for. */
  readonly fakeImportC?: boolean;
  /** Declare the built-in functions assert and trace, for tests of the checker. */
  readonly testBuiltins?: boolean;
}

/** A parsed package. */
export interface PackageSource {
  readonly path: string;
  readonly files: readonly File[];
  readonly positions: PosTable;
  readonly ids: NodeIds;
}

/** An error at a position of the package's table. */
export interface CheckError {
  readonly pos: Pos;
  readonly code: string;
  readonly msg: string;
}

export interface CheckResult {
  readonly pkg: Package;
  readonly info: Info;
  /** In the order in which they were found. */
  readonly errors: readonly CheckError[];
  /** The same, as they may be shown. */
  readonly diagnostics: readonly Diagnostic[];
}

/** An expression of untyped type, until its final type is known. */
export interface UntypedInfo {
  /** The left operand of a shift whose check waits for the type. */
  isLhs: boolean;
  readonly mode: Mode;
  type: BasicType;
  val: Value | null;
}

type Tracked = NamedType | InterfaceType | TypeParamType | AliasType;

export class Checker {
  readonly config: Config;
  readonly pkg: Package;
  readonly positions: PosTable;
  readonly ids: NodeIds;
  readonly info: Info;
  readonly ctxt = new Context();
  readonly mono = new MonoGraph();
  readonly errors: CheckError[] = [];
  readonly unionTerms = new Map<UnionType, { terms: TermList | undefined }>();
  readonly qualifier: Qualifier;

  files: File[] = [];
  /** Objects with declarations, in source order: those of the package scope, `_`, init, methods. */
  readonly objList: Obj[] = [];
  readonly imports: PkgNameObj[] = [];
  /** File scope, name: through which import the name is there. */
  readonly dotImports = new Map<Scope, Map<string, PkgNameObj>>();
  readonly importCache = new Map<string, Package>();
  /** Methods by the type name they are declared for, until the type takes them. */
  readonly methods = new Map<TypeNameObj, FuncObj[]>();
  /** By node id. */
  readonly untyped = new Map<number, UntypedInfo>();
  /** Objects being looked at, outermost first, and their places in that list. */
  readonly objPath: Obj[] = [];
  readonly objPathIndex = new Map<Obj, number>();
  #delayed: { readonly version: number; readonly run: () => void }[] = [];
  readonly #tracked: Tracked[] = [];
  #pathsByName: Map<string, Set<string>> | null = null;
  readonly #namedPackages = new Set<Package>();

  // What follows is saved and restored around each declaration and function body.
  /** The package-level declaration whose dependencies are being collected. */
  decl: DeclInfo | null = null;
  scope: Scope;
  version: number = Version.none;
  iota: Value | null = null;
  /** Where errors in an inherited constant expression are to be reported, or 0. */
  errpos: Pos = 0;
  inTypeParamList = false;
  /** The function whose body is being checked. */
  sig: SignatureType | null = null;
  /** Calls of panic in functions with results: they end statement lists. */
  panics: Set<CallExpr> | null = null;
  hasLabel = false;
  /** The expression has a call or receive operation: len and cap of arrays are not constant. */
  hasCallOrRecv = false;

  constructor(config: Config, source: PackageSource) {
    this.config = config;
    this.positions = source.positions;
    this.ids = source.ids;
    this.info = new Info(source.ids.next);
    const outer = config.testBuiltins === true ? testUniverse() : universe;
    this.pkg = new Package(source.path, '', source.positions, outer);
    this.scope = this.pkg.scope;
    this.qualifier = (pkg) => this.#qualify(pkg);
  }

  // ---- errors

  error(at: At, code: string, msg: string): void {
    new ErrorBuilder(this, code).add(at, msg).report();
  }

  /** Like `error`; a later phase can go on in spite of it. */
  softError(at: At, code: string, msg: string): void {
    new ErrorBuilder(this, code).add(at, msg).report();
  }

  /** The name of a package before those of its objects; its path if there are several so called. */
  #qualify(pkg: Package): string {
    if (pkg === this.pkg) return '';
    if (this.#pathsByName === null) {
      this.#pathsByName = new Map();
      this.#noteNames(this.pkg);
    }
    const paths = this.#pathsByName.get(pkg.name);
    return paths !== undefined && paths.size > 1 ? quoteString(pkg.path) : pkg.name;
  }

  #noteNames(pkg: Package): void {
    if (this.#namedPackages.has(pkg)) return;
    this.#namedPackages.add(pkg);
    const byName = this.#pathsByName!;
    let paths = byName.get(pkg.name);
    if (paths === undefined) {
      paths = new Set();
      byName.set(pkg.name, paths);
    }
    paths.add(pkg.path);
    for (const imported of pkg.imports) this.#noteNames(imported);
  }

  /** A package was imported after messages have been made. */
  noteImport(pkg: Package): void {
    if (this.#pathsByName !== null) this.#noteNames(pkg);
  }

  // ---- scopes

  lookup(name: string): Obj | null {
    for (let s: Scope | null = this.scope; s !== null; s = s.parent) {
      const obj = s.lookup(name);
      if (obj !== null) return obj;
    }
    return null;
  }

  openScope(): void {
    this.scope = this.scope.nest();
  }

  closeScope(): void {
    this.scope = this.scope.parent!;
  }

  // ---- work put off

  /** Runs `run` at the end of the current statement, or of all declarations. */
  later(run: () => void): void {
    this.#delayed.push({ version: this.version, run });
  }

  get delayedCount(): number {
    return this.#delayed.length;
  }

  /** Does what was put off after the first `top` actions, and what that puts off. */
  processDelayed(top: number): void {
    const delayed = this.#delayed;
    if (delayed.length === top) return;
    const saved = this.version;
    for (let i = top; i < delayed.length; i++) {
      const action = delayed[i]!;
      this.version = action.version;
      action.run();
    }
    delayed.length = top;
    this.version = saved;
  }

  /** `t` knows this checker until the end, then is completed. */
  track(t: Tracked): void {
    if (t.kind !== TypeKind.Alias) t.check = this;
    this.#tracked.push(t);
  }

  #complete(): void {
    const tracked = this.#tracked;
    for (let i = 0; i < tracked.length; i++) {
      const t = tracked[i]!;
      switch (t.kind) {
        case TypeKind.Named:
          if (t.origin === t) under(t);
          t.check = null;
          break;
        case TypeKind.Interface:
          typeSetOf(t);
          t.check = null;
          t.embedPos = [];
          break;
        case TypeKind.TypeParam:
          boundOf(t);
          t.check = null;
          break;
        case TypeKind.Alias:
          unalias(t);
          break;
      }
    }
    tracked.length = 0;
  }

  // ---- the path of declarations

  push(obj: Obj): void {
    this.objPathIndex.set(obj, this.objPath.length);
    this.objPath.push(obj);
  }

  pop(): void {
    this.objPathIndex.delete(this.objPath.pop()!);
  }

  /** For substitutions that start here. */
  substContext(pos: Pos): SubstContext {
    return { check: this, pos, expanding: null, ctxt: this.ctxt };
  }

  /** Runs `body` in an environment that starts afresh in `scope`, then restores this one. */
  withEnvironment(scope: Scope, version: number, body: () => void): void {
    const { decl, iota, errpos, inTypeParamList, sig, panics, hasLabel, hasCallOrRecv } = this;
    const outerScope = this.scope;
    const outerVersion = this.version;
    this.decl = null;
    this.scope = scope;
    this.version = version;
    this.iota = null;
    this.errpos = 0;
    this.inTypeParamList = false;
    this.sig = null;
    this.panics = null;
    this.hasLabel = false;
    this.hasCallOrRecv = false;
    body();
    this.decl = decl;
    this.scope = outerScope;
    this.version = outerVersion;
    this.iota = iota;
    this.errpos = errpos;
    this.inTypeParamList = inTypeParamList;
    this.sig = sig;
    this.panics = panics;
    this.hasLabel = hasLabel;
    this.hasCallOrRecv = hasCallOrRecv;
  }

  /** A name node for messages about what has no name in the source. */
  dummyName(pos: Pos, text: string): Name {
    return newName(this.ids, pos, text);
  }

  // ---- phases

  run(files: readonly File[]): void {
    this.#initFiles(files);
    collectObjects(this);
    directCycles(this);
    packageObjects(this);
    this.processDelayed(0);
    this.#complete();
    initOrder(this);
    unusedImports(this);
    recordUntyped(this);
    if (this.errors.length === 0) monomorph(this);
    this.pkg.goVersion = this.config.goVersion;
    this.pkg.complete = true;
  }

  #initFiles(files: readonly File[]): void {
    const { pkg } = this;
    for (const file of files) {
      const name = file.pkgName.value;
      if (pkg.name === '') {
        if (name === '_') this.error(file.pkgName, 'BlankPkgName', 'invalid package name _');
        else pkg.name = name;
        this.files.push(file);
      } else if (name === pkg.name) this.files.push(file);
      else {
        this.error(file.pos, 'MismatchedPkgName', `package ${name}; expected package ${pkg.name}`);
      }
    }
    const version = parseVersion(this.config.goVersion);
    if (version > Version.current && files.length > 0) {
      this.error(
        files[0]!.pos,
        'TooNew',
        `package requires newer Go version ${versionString(version)} (application built with ${versionString(Version.current)})`,
      );
    }
    const { fileVersions } = this.info;
    for (const file of this.files) fileVersions[this.fileIndex(file)] = this.#versionOf(file);
  }

  fileIndex(file: File): number {
    return this.positions.file(file.pos)?.index ?? 0;
  }

  /** A file may raise or lower the package's version, but not below 1.21, where that began. */
  #versionOf(file: File): number {
    const own = parseVersion(file.goVersion);
    if (own < 0) return parseVersion(this.config.goVersion);
    if (own > Version.current) {
      this.error(file.pkgName, 'TooNew', `file requires newer Go version ${versionString(own)}`);
    }
    return Math.max(own, Version.go1_21);
  }
}

function testUniverse(): Scope {
  const scope = new Scope(universe);
  for (const id of [BuiltinId.Assert, BuiltinId.Trace]) {
    scope.insert(newBuiltin(id, builtinInfos[id]!.name, null));
  }
  return scope;
}

export function checkPackage(config: Config, source: PackageSource): CheckResult {
  const check = new Checker(config, source);
  check.run(source.files);
  const { pkg, info, errors } = check;
  const diagnostics = errors.map(({ pos, code, msg }): Diagnostic => {
    return { code, severity: 'error', pos: source.positions.position(pos), msg };
  });
  return { pkg, info, errors, diagnostics };
}
