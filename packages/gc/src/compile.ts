/**
 * Compiles a package: the pipeline, to be read first.
 *
 *     parse, check → unit (importer/writer.ts)
 *     unit → bodies, inlined and analysed (functions.ts)
 *     each body → machine code (body.ts) → object (object.ts)
 *     unit + summary → export data; header lines, export data, object → archive
 *
 * The second half sees nothing of the first but the unit's bytes (and, for go_asm.h, constants): what
 * another worker, or an importer, would see too. Sources in, bytes and diagnostics out.
 */
import {
  type Diagnostic,
  InternalError,
  type Position,
  sortDiagnostics,
  withContext,
} from '@go-ts/base';
import {
  ObjectBuilder,
  ObjFunc,
  type ObjSym,
  writeArchive,
  writeObjMember,
  writePkgDef,
} from '@go-ts/objfile';
import { ABIInternal, STEXT, SymFlagDupok } from '@go-ts/objfile/sym';
import { objectHeader } from '@go-ts/runtime';
import { runtimePackages } from '@go-ts/runtime/entry/special';
import { asmHeader } from './asmhdr.ts';
import { BodyCompiler } from './body.ts';
import { Coverage } from './coverage.ts';
import { Functions } from './functions.ts';
import { BodyReader } from './importer/body-reader.ts';
import { FuncFlag, VarFlag } from './importer/format.ts';
import { UnitImporter } from './importer/importer.ts';
import { type DeclOrigin, Loader, type PackageUnit } from './importer/loader.ts';
import { PackageWriter } from './importer/writer.ts';
import { abiWrapper } from './ir/abi-wrapper.ts';
import { type Expr, ExprOp, type Func } from './ir/node.ts';
import { FuncSym, Pragma } from './ir/sym.ts';
import { Synth } from './ir/synth.ts';
import { symbolPrefix, userString } from './ir/type-string.ts';
import { Kind, type Type } from './ir/type.ts';
import { isWrapperSym } from './ir/wrapper.ts';
import { writeArgInfo } from './liveness/arg-info.ts';
import { writeFuncMap } from './liveness/func-map.ts';
import { loadPackage } from './noder/noder.ts';
import { PackageObject } from './object.ts';
import { type CompileInput, type CompileResult, type SsaPage } from './options.ts';
import { Remarks } from './remarks.ts';
import { BuildContext } from './ssa/build/context.ts';
import { EmbedKind, writeEmbed } from './staticdata/embed.ts';
import { StaticInit } from './staticinit/static-init.ts';
import { ExportData, type Summary, writeExportData } from './summary.ts';
import { type AsmAbis, parseSymabis, wrappersFor } from './symabis.ts';
import { type File } from './syntax/nodes.ts';
import { type PosTable } from './syntax/pos.ts';
import { newAbi0, newAmd64Abi } from './target/amd64/abi.ts';
import { type CheckResult } from './types/check.ts';
import { sizes64 } from './types/sizes.ts';

const errorLimit = 10;
/** GOROOT: src/internal/abi/symtab.go. */
const FuncID_Wrapper = 23;

interface Checked {
  readonly files: readonly File[];
  readonly positions: PosTable;
  readonly checked: CheckResult;
}

export function compilePackage(input: CompileInput): CompileResult {
  return withContext({ package: input.path }, () => {
    const imports = new Imports(input);
    const steps = new Steps(input);
    const front = frontEnd(input, imports);
    steps.done('check');
    if ('diagnostics' in front) return failed(front.diagnostics);
    const unit = writeUnit(input, front);
    steps.done('write unit');
    const back = new BackEnd(input, imports, unit);
    back.compile(steps);
    const asmhdr = input.asmhdr ? asmHeader(front.checked, back.loader, back.pkg) : null;
    const errors = back.diagnostics();
    if (errors.length > 0) return failed(errors, back.remarks.diagnostics());
    const exportData = writeExportData(unit, back.summary());
    const archive = back.archive(exportData, front);
    steps.done('write object');
    const { listing, pages } = back;
    const remarks = back.remarks.diagnostics();
    return { archive, asmhdr, exportData, diagnostics: [], remarks, listing, pages };
  });
}

function failed(
  diagnostics: readonly Diagnostic[],
  remarks: readonly Diagnostic[] = [],
): CompileResult {
  return {
    archive: null,
    asmhdr: null,
    exportData: null,
    diagnostics,
    remarks,
    listing: [],
    pages: [],
  };
}

/** Reports how long the steps take, if anybody wants to know. */
class Steps {
  readonly #input: CompileInput;
  #last: number;

  constructor(input: CompileInput) {
    this.#input = input;
    this.#last = input.debug.now?.() ?? 0;
  }

  done(step: string): void {
    const { now, timing } = this.#input.debug;
    if (now === undefined) return;
    const t = now();
    timing?.(step, t - this.#last);
    this.#last = t;
  }
}

/** Export data of other packages, by path. */
class Imports {
  readonly #input: CompileInput;
  readonly #found = new Map<string, ExportData | null>();

  constructor(input: CompileInput) {
    this.#input = input;
  }

  find(path: string): ExportData | null {
    let found = this.#found.get(path);
    if (found === undefined) {
      const bytes = this.#input.exportData(path);
      found = bytes === null ? null : new ExportData(bytes);
      this.#found.set(path, found);
    }
    return found;
  }

  unit(path: string): Uint8Array | null {
    return this.find(path)?.unit ?? null;
  }
}

function isRuntimeMode(input: CompileInput): boolean {
  return input.runtimeMode || (input.std && runtimePackages.has(input.path));
}

// ---- front end

function frontEnd(
  input: CompileInput,
  imports: Imports,
): Checked | { readonly diagnostics: readonly Diagnostic[] } {
  const { target } = input;
  const units = new UnitImporter((path) => imports.unit(path));
  const noded = loadPackage(
    input.files.map(({ name, bytes }) => ({ name, src: bytes })),
    {
      path: input.path,
      importer: units,
      importMap: input.importMap,
      localPrefix: input.localPrefix ?? '',
      noLocalImports: input.localPrefix === null,
      sizes: sizes64,
      lang: input.lang,
      complete: input.complete,
      unlimited: input.allErrors,
      directives: {
        std: input.std,
        runtime: isRuntimeMode(input),
        goos: target.goos,
        goarch: target.goarch,
        fieldTrack: target.experiments.includes('fieldtrack'),
      },
    },
  );
  const { files, positions, checked, diagnostics } = noded;
  if (diagnostics.length > 0 || checked === null) return { diagnostics };
  return { files, positions, checked };
}

/** In order of position; after ten, that there are too many. */
function limited(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = sortDiagnostics(diagnostics);
  if (sorted.length <= errorLimit) return sorted;
  const shown = sorted.slice(0, errorLimit);
  return [...shown, { ...shown.at(-1)!, code: '', msg: 'too many errors' }];
}

function writeUnit(input: CompileInput, front: Checked): Uint8Array {
  const recorded = new Map(input.files.map((f) => [f.name, f.recordedName]));
  return new PackageWriter({
    path: input.path,
    ...front,
    goVersion: input.lang,
    recordedName: (file) => recorded.get(file) ?? file,
    embedFiles: (patterns) => embedFiles(input, patterns),
  }).write();
}

function embedFiles(input: CompileInput, patterns: readonly string[]): readonly string[] {
  const files = new Set<string>();
  for (const p of patterns) for (const f of input.embed?.patterns.get(p) ?? []) files.add(f);
  return [...files].sort();
}

// ---- back end

class BackEnd {
  readonly loader: Loader;
  readonly pkg: PackageUnit;
  readonly remarks: Remarks;
  readonly #input: CompileInput;
  readonly #imports: Imports;
  readonly #reader: BodyReader;
  readonly #functions: Functions;
  readonly #builder: ObjectBuilder;
  readonly #object: PackageObject;
  readonly #bodies: BodyCompiler;
  readonly #context: BuildContext;
  /** The package's own functions, instances apart, in source order. */
  readonly #own: FuncSym[] = [];
  readonly #inits: FuncSym[] = [];
  readonly #errors: Diagnostic[] = [];
  /** Literals of variable initialisers that became functions of their own. */
  readonly #hoisted: Func[] = [];
  readonly #abis: AsmAbis;
  readonly #coverage: Coverage | null;
  /** Kinds of symbols that do not follow from their data. */
  readonly #special = new Map<ObjSym, number>();
  #hasInitTask = false;

  constructor(input: CompileInput, imports: Imports, unit: Uint8Array) {
    this.#input = input;
    this.#imports = imports;
    this.loader = new Loader((path) => imports.unit(path));
    this.pkg = this.loader.addPackage(unit);
    this.#reader = new BodyReader(this.loader);
    const { coverage } = input;
    this.#coverage =
      coverage === null ? null : new Coverage(coverage, input.path, this.loader.types);
    this.#abis = parseSymabis(input.symabis ?? '');
    this.remarks = new Remarks(input.reports);
    const amd64Level = Number(input.target.level.slice(1)) || 1;
    const noOptimize = input.noOptimize && !isRuntimeMode(input);
    this.#functions = new Functions({
      reader: this.#reader,
      pkg: this.pkg,
      summaryOf: (path) => imports.find(path)?.summary ?? null,
      amd64Level,
      noInline: input.noInline || noOptimize,
      smallFrames: input.smallFrames,
      remarks: this.remarks,
    });
    this.#builder = new ObjectBuilder({
      pkgPath: input.path,
      isShared: input.shared,
      isStd: input.std,
    });
    const { wrappers } = this.#reader;
    this.#object = new PackageObject(this.#builder, {
      types: this.loader.types,
      options: { pkgPath: input.path, runtimeMode: isRuntimeMode(input), noOptimize },
      asm: {
        symbols: this.#builder,
        goos: input.target.goos,
        shared: input.shared,
        error: (_p, message) => {
          throw new InternalError(`assembler: ${message}`);
        },
        errorCount: () => 0,
        position: (p) => `line ${p.line}`,
      },
      abi: newAmd64Abi(),
      abi0: newAbi0(),
      amd64Level,
      methodSet: (t) => wrappers.methodTable(t),
      need: (f) => this.#functions.need(f),
      addFunc: (f) => this.#functions.add(f),
      isAbi0: (f) => this.#isAbi0(f),
      methodValueFunc: (_recv, method) => wrappers.methodValue(method),
      methodValueInterFunc: (iface, index) => wrappers.interfaceMethodValue(iface, index),
    });
    this.#context = new BuildContext(this.#object);
    this.#bodies = new BodyCompiler(this.#context, this.#builder, {
      ssa: input.ssa,
      noOptimize,
      listing: input.listing,
      source: (file) => input.files.find((f) => f.recordedName === file)?.bytes ?? null,
      dwarf: input.dwarf,
      debug: input.debug,
      remarks: this.remarks,
    });
  }

  get listing(): readonly string[] {
    return this.#bodies.listing;
  }

  get pages(): readonly SsaPage[] {
    return this.#bodies.pages;
  }

  compile(steps: Steps): void {
    this.#declareOwn();
    this.#defineGlobals();
    const bodies = this.#own.filter((f) => this.#reader.hasBody(f));
    this.#functions.readAll(bodies);
    const init = this.#pkgInit();
    this.#functions.prepare(bodies, [...(init === null ? [] : [init]), ...this.#hoisted]);
    steps.done('inline and escape');
    this.#checkHeap();
    if (init !== null) {
      this.#inits.unshift(init.sym);
      this.#functions.need(init.sym);
    }
    for (const fn of this.#hoisted) this.#functions.add(fn);
    for (const f of bodies) this.#functions.need(f);
    this.#abiWrappers();
    this.#initTask();
    this.#describeTypes();
    this.#drain();
    this.#nameInlined();
    const { errors, barriers } = this.#bodies;
    this.#errors.push(...errors, ...(barriers?.check() ?? []));
    this.#debugInfo();
    this.#object.finish();
    steps.done('compile bodies');
  }

  /**
   * The linker wants to know each function that an inline tree mentions. Those of which nothing else
   * is left (literals moved to their only call, instances that were always inlined) get an entry
   * without code; wherever one of that name has code, that is the larger and wins.
   */
  #nameInlined(): void {
    for (const [f, line] of this.#bodies.inlined) {
      const sym = this.#builder.lookup(f.name, ABIInternal);
      const isOurs = f.dupok || f.pkgPath === this.pkg.path;
      if (sym.isDefined || !isOurs) continue;
      sym.kind = STEXT;
      sym.flags |= SymFlagDupok;
      sym.func = new ObjFunc();
      sym.func.startLine = line;
      if (isWrapperSym(f)) sym.func.funcID = FuncID_Wrapper;
      this.#builder.defineText(sym);
    }
  }

  #debugInfo(): void {
    const lines = new Map<string, number>();
    for (const [f, line] of this.#bodies.inlined) lines.set(f.name, line);
    this.#bodies.debugInfo?.finish(this.pkg.name, lines);
  }

  #define(sym: FuncSym, fn: Func): void {
    const code = this.#bodies.compile(fn);
    if (code !== null) this.#object.defineText(sym, code);
  }

  /** Compiles until nothing more is needed: code needs descriptors, those need methods. */
  #drain(): void {
    for (;;) {
      for (let fn = this.#functions.next(); fn !== null; fn = this.#functions.next()) {
        this.#define(fn.sym, fn);
      }
      this.#object.flush();
      const fn = this.#functions.next();
      if (fn === null) return;
      this.#define(fn.sym, fn);
    }
  }

  #declareOwn(): void {
    const { pkg, loader } = this;
    for (const num of pkg.funcs) {
      const decl = loader.funcDecl(pkg, num);
      if (decl.recvParams + decl.ownParams > 0) continue;
      if (decl.flags & FuncFlag.PkgInit) continue;
      const f =
        decl.recv === 0
          ? loader.funcSym({ pkg, num }, [])
          : loader.methodSym(loader.namedType({ pkg, num: decl.recv }, []), num, []);
      this.#own.push(f);
      if (f.hasBody && this.#abis.defs.has(f.name)) {
        this.#error(decl, `${decl.name} defined in both Go and assembly`);
      }
      if (/^init\.\d+$/.test(decl.name) && decl.recv === 0) this.#inits.push(f);
    }
  }

  #defineGlobals(): void {
    const { pkg, loader } = this;
    for (const num of pkg.globals) {
      const decl = loader.varDecl(pkg, num);
      let pragma = 0;
      if (decl.flags & VarFlag.LinknameStd) pragma = Pragma.LinknameStd;
      else if (decl.flags & VarFlag.Linkname) pragma = Pragma.Linkname;
      const g = loader.globalSym({ pkg, num });
      const sym = this.#object.defineGlobal(g, pragma);
      const kind = this.#coverage?.variable(g) ?? null;
      if (kind !== null) this.#special.set(sym, kind);
    }
    const contents = this.#input.embed?.contents;
    if (contents === undefined) return;
    for (const { global, kind, files } of pkg.embeds) {
      const variable = loader.globalSym({ pkg, num: global });
      if (kind !== EmbedKind.Files && files.length > 1) {
        const type = userString(variable.type, pkg.path);
        const msg = `invalid go:embed: multiple files for type ${type}`;
        this.#error(loader.varDecl(pkg, global), msg);
        continue;
      }
      const sym = this.#object.globalSym(variable);
      writeEmbed(this.#builder, this.#object.data, { sym, kind, files, contents });
    }
  }

  /** The package initialiser, without what became data; null if nothing is left of it. */
  #pkgInit(): Func | null {
    const { pkg, loader } = this;
    const num = pkg.funcs.find((n) => loader.funcDecl(pkg, n).flags & FuncFlag.PkgInit);
    if (num === undefined) return this.#withCoverage(null);
    const fn = this.#functions.read(loader.funcSym({ pkg, num }, []));
    const object = this.#object;
    const statics = new StaticInit({
      pkgPath: pkg.path,
      types: loader.types,
      data: object.data,
      forbidAddresses: this.#input.shared && pkg.path.startsWith('crypto/internal/fips140'),
      typeSym: (t) => object.typeSym(t),
      itabSym: (t, iface) => object.itabSym(t, iface),
      globalSym: (g) => object.globalSym(g),
      hoistClosure: (e) => this.#hoist(fn, e),
    });
    fn.body = statics.run(fn.body);
    for (const [sym, kind] of this.#special) sym.kind = kind;
    return this.#withCoverage(fn.body.length === 0 ? null : fn, fn);
  }

  /** The initialiser with what coverage adds to it; `empty` is one that has nothing to do yet. */
  #withCoverage(init: Func | null, empty: Func | null = null): Func | null {
    if (this.#coverage === null) return init;
    const before = this.#coverage.before();
    const after = this.#coverage.after();
    if (before.length + after.length === 0) return init;
    const fn = init ?? empty ?? new Synth(this.#initSym()).fn;
    fn.body = [...before, ...fn.body, ...after];
    return fn;
  }

  #initSym(): FuncSym {
    return new FuncSym({
      name: `${symbolPrefix(this.pkg.path)}.init`,
      pkgPath: this.pkg.path,
      type: this.loader.types.func([], [], false),
      pragma: 0,
      hasBody: true,
      dupok: false,
      isMethod: false,
      origin: null,
    });
  }

  /** A literal without captures, as a function of its own. */
  #hoist(init: Func, e: Expr): Expr {
    const closure = e.closure!;
    init.closures.splice(init.closures.indexOf(closure), 1);
    closure.outer = null;
    this.#hoisted.push(closure);
    e.op = ExprOp.FuncRef;
    e.func = closure.sym;
    e.closure = null;
    return e;
  }

  /** In runtime packages nothing moves to the heap silently. Contract §9. */
  #checkHeap(): void {
    if (!isRuntimeMode(this.#input)) return;
    for (const v of this.#functions.escape.heapVariables) {
      const p = v.fn.positions[v.local?.pos ?? v.closure?.pos ?? 0]!;
      const what = v.local === null ? 'heap-allocated closure' : `${v.local.name} escapes to heap`;
      this.#error(p, `${what}${v.local === null ? ' ' : ', '}not allowed in runtime`);
    }
  }

  #error({ file, line, col }: Position, msg: string): void {
    this.#errors.push({ code: '', severity: 'error', pos: { file, line, col }, msg });
  }

  #isAbi0(f: FuncSym): boolean {
    const origin = f.origin as DeclOrigin | null;
    if (f.hasBody || origin === null) return false;
    if (origin.pkg === this.pkg) return this.#abis.defs.get(f.name) === 0;
    return this.#imports.find(origin.pkg.path)?.summary.abi0.has(origin.num) ?? false;
  }

  #abiWrappers(): void {
    const abis = this.#abis;
    for (const f of this.#own) {
      const hasBody = this.#reader.hasBody(f);
      const { asmAbi, wrap } = wrappersFor(f, hasBody, abis);
      if (asmAbi === 0 && f.name.startsWith(`${this.pkg.prefix}.`)) {
        const abi = this.#object.abi0.assign(f.type.params, f.type.results);
        writeFuncMap(this.#builder, f.name, abi);
        writeArgInfo(this.#builder, f.name, abi);
      }
      for (const abi of wrap) {
        const fn = abiWrapper(f, abi, this.loader.types);
        this.#define(f, fn);
      }
    }
  }

  #initTask(): void {
    const deps = this.pkg.imports.filter((path) => this.#imports.find(path)?.summary.hasInitTask);
    const task = this.#object.defineInitTask(this.#inits, deps.toSorted());
    this.#hasInitTask = task !== null;
  }

  /** Descriptors of the package's own types, and of pointers to them. */
  #describeTypes(): void {
    const { pkg, loader } = this;
    if (pkg.path === 'runtime') this.#describeBasicTypes();
    for (const num of pkg.typeDecls) {
      const decl = loader.typeDecl(pkg, num);
      if (decl.paramCount > 0 || (decl.flags & 1) !== 0) continue;
      const t = loader.namedType({ pkg, num }, []);
      this.#object.typeSym(t);
      this.#object.typeSym(loader.types.pointer(t));
    }
  }

  /** Every program has the runtime, so it is what describes the types of the universe. */
  #describeBasicTypes(): void {
    const { types } = this.loader;
    const kinds: Type[] = [];
    for (let k: number = Kind.Bool; k <= Kind.Complex128; k++) kinds.push(types.basic(k as Kind));
    kinds.push(types.string, types.unsafePointer, types.emptyInterface, types.error);
    const described = [...kinds, types.func([types.error], [types.string], false)];
    for (const t of [...described, ...kinds.map((k) => types.slice(k))]) {
      this.#object.typeSym(t);
      this.#object.typeSym(types.pointer(t));
    }
  }

  diagnostics(): readonly Diagnostic[] {
    return limited(this.#errors);
  }

  summary(): Summary {
    return {
      hasInitTask: this.#hasInitTask,
      leaks: this.#functions.leaksForExport(this.#own),
      costs: this.#functions.costsForExport(this.#own),
      abi0: new Set(
        this.#own.filter((f) => this.#isAbi0(f)).map((f) => (f.origin as DeclOrigin).num),
      ),
    };
  }

  archive(exportData: Uint8Array, front: Checked): Uint8Array {
    const { path, target, release, buildID } = this.#input;
    const data = new ExportData(exportData);
    this.#builder.fingerprint = data.fingerprint;
    for (const imported of this.pkg.imports) {
      const found = this.#imports.find(imported);
      if (found !== null) {
        this.#builder.imports.push({ path: imported, fingerprint: found.fingerprint });
      }
    }
    const header = {
      headerLine: objectHeader(target, release),
      buildID,
      isMain: front.checked.pkg.name === 'main' && path === 'main',
    };
    const cgo = front.files.flatMap((f) => f.cgoDirectives);
    return writeArchive([
      { name: '__.PKGDEF', data: writePkgDef(header, exportData) },
      {
        name: '_go_.o',
        data: writeObjMember(
          header,
          this.#builder.write(),
          cgo.length === 0 ? '' : JSON.stringify(cgo),
        ),
      },
    ]);
  }
}
