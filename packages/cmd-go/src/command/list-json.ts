/**
 * A package as `go list -json` prints it: upstream's fields in upstream's order, empty ones left out.
 * GOROOT: src/cmd/go/internal/load/pkg.go (PackagePublic), src/cmd/go/internal/list/list.go.
 */
import { type BuildConfig } from '../cfg/build.ts';
import { synopsisOf } from '../load/doc.ts';
import { EmbedFault, resolveEmbeds } from '../load/embed.ts';
import { type Loader } from '../load/load.ts';
import { describe, type Package, type PackageError, packageList } from '../load/package.ts';
import { compareBytes } from '../load/sources.ts';
import { targetOf } from '../load/target.ts';
import { orderedInfo } from '../modload/info.ts';
import { goJSON } from '../report/json.ts';
import { type Data, Struct } from '../template/value.ts';
import { defaultGodebug } from '../work/buildinfo.ts';
import { moduleData } from './list-modules.ts';

type Value = string | boolean | readonly string[] | object | undefined;

/** Upstream's fields in upstream's order, with what they are when nothing is known. */
const zeros: Readonly<Record<string, Data>> = {
  Dir: '',
  ImportPath: '',
  ImportComment: '',
  Name: '',
  Doc: '',
  Target: '',
  Shlib: '',
  Root: '',
  ConflictDir: '',
  ForTest: '',
  Export: '',
  BuildID: '',
  Module: undefined,
  Match: [],
  Goroot: false,
  Standard: false,
  DepOnly: false,
  BinaryOnly: false,
  Incomplete: false,
  DefaultGODEBUG: '',
  Stale: false,
  StaleReason: '',
  ...lists(`GoFiles CgoFiles CompiledGoFiles IgnoredGoFiles InvalidGoFiles IgnoredOtherFiles CFiles
    CXXFiles MFiles HFiles FFiles SFiles SwigFiles SwigCXXFiles SysoFiles EmbedPatterns EmbedFiles
    CgoCFLAGS CgoCPPFLAGS CgoCXXFLAGS CgoFFLAGS CgoLDFLAGS CgoPkgConfig Imports`),
  ImportMap: {},
  Deps: [],
  Error: undefined,
  DepsErrors: [],
  ...lists(`TestGoFiles TestImports TestEmbedPatterns TestEmbedFiles XTestGoFiles XTestImports
    XTestEmbedPatterns XTestEmbedFiles`),
};

function lists(names: string): Readonly<Record<string, Data>> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, []]));
}

export function isPublicField(name: string): boolean {
  return Object.hasOwn(zeros, name);
}

export interface ListOptions {
  readonly config: BuildConfig;
  /** Why a package is out of date, '' if it is not; absent where nobody asked. */
  readonly stale?: ReadonlyMap<Package, string>;
  readonly loader: Loader;
  readonly depOnly: boolean;
  readonly fields: readonly string[] | undefined;
  /** Files that hold the packages' archives, with -export. */
  readonly exports: ReadonlyMap<Package, string>;
  readonly buildIDs: ReadonlyMap<Package, string>;
  /** Files that hold the programs of tests. */
  readonly mains: ReadonlyMap<Package, string>;
  readonly isCompiled: boolean;
  /** -test. */
  readonly isTest?: boolean;
}

function keys(map: ReadonlyMap<string, unknown> | undefined): string[] {
  return map === undefined ? [] : [...map.keys()].sort(compareBytes);
}

/** Every field, empty ones too: what templates see. */
export function publicData(p: Package, options: ListOptions): Struct {
  const { module, error } = p;
  const below = packageList(p.deps).flatMap((dep) => dep.error ?? []);
  const known = Object.fromEntries(rowsOf(p, options).filter(([, value]) => value !== undefined));
  const fields = {
    ...zeros,
    ...(known as Record<string, Data>),
    Module: module?.info === undefined ? undefined : moduleData(module.info),
    Error: error === undefined ? undefined : errorData(error),
    DepsErrors: below.map(errorData),
  };
  return new Struct('*load.PackagePublic', fields);
}

function errorData(error: PackageError): Struct {
  const { ImportStack, Pos, Err } = errorOf(error);
  return new Struct('*load.PackageError', { ImportStack, Pos, Err }, error.toString());
}

export function toJSON(p: Package, options: ListOptions): string {
  const object: Record<string, Value> = {};
  for (const [name, value] of rowsOf(p, options)) {
    if (options.fields !== undefined && !options.fields.includes(name)) continue;
    if (!isEmpty(value)) object[name] = value;
  }
  return goJSON(object);
}

function rowsOf(p: Package, options: ListOptions): [string, Value][] {
  const { loader, config } = options;
  const reason = options.stale?.get(p) ?? '';
  const isVariant = p.forTest !== '' || p.testMain !== undefined;
  const wantsDoc = options.fields === undefined || options.fields.includes('Doc');
  const doc =
    wantsDoc && p.sources !== undefined && p.testMain === undefined
      ? synopsisOf(config.context.files, p.sources)
      : '';
  const below = packageList(p.deps);
  const s = p.sources;
  const program = options.mains.get(p);
  const goFiles = program === undefined ? (s?.goFiles ?? []) : [program];
  const shown = new Map(p.deps.map((dep) => [dep.importPath, describe(dep)]));
  const imports = p.imports.map((path) => shown.get(path) ?? path);
  const resolved = (map: ReadonlyMap<string, unknown> | undefined): string[] =>
    [...new Set(keys(map).map((path) => loader.resolve(path, p)))].sort(compareBytes);
  return [
    ['Dir', p.dir],
    ['ImportPath', describe(p)],
    ['ImportComment', p.importComment],
    ['Name', p.name],
    ['Doc', doc],
    ['Target', isVariant ? '' : targetOf(config, p)],
    ['Root', p.root],
    ['ConflictDir', p.conflictDir],
    ['ForTest', p.forTest],
    ['Export', options.exports.get(p) ?? ''],
    ['BuildID', options.buildIDs.get(p) ?? ''],
    ['Module', p.module?.info === undefined ? undefined : orderedInfo(p.module.info)],
    ['Match', p.match],
    ['Goroot', p.goroot],
    ['Standard', p.standard],
    ['DepOnly', options.depOnly],
    ['Incomplete', p.incomplete],
    ['DefaultGODEBUG', p.sources === undefined ? '' : defaultGodebug(config, p)],
    ['Stale', reason !== ''],
    ['StaleReason', reason],
    ['GoFiles', goFiles],
    ['CompiledGoFiles', options.isCompiled ? goFiles : []],
    ['IgnoredGoFiles', s?.ignoredGoFiles ?? []],
    ['InvalidGoFiles', s?.invalidGoFiles ?? []],
    ['IgnoredOtherFiles', s?.ignoredOtherFiles ?? []],
    ['HFiles', s?.hFiles ?? []],
    ['FFiles', s?.fFiles ?? []],
    ['SFiles', s?.sFiles ?? []],
    ['SysoFiles', s?.sysoFiles ?? []],
    ['EmbedPatterns', ownPatterns(s)],
    ['EmbedFiles', p.embedded?.files ?? []],
    ['Imports', imports],
    ['ImportMap', importMapOf(p, shown)],
    ['Deps', [...new Set(below.map(describe))].sort(compareBytes)],
    ['Error', p.error === undefined ? undefined : errorOf(p.error)],
    ['DepsErrors', below.flatMap((dep) => (dep.error === undefined ? [] : [errorOf(dep.error)]))],
    ['TestGoFiles', s?.testGoFiles ?? []],
    ['TestImports', resolved(s?.testImports)],
    ['TestEmbedPatterns', keys(s?.testEmbeds)],
    ['TestEmbedFiles', embedFiles(p, options, s?.testEmbeds)],
    ['XTestGoFiles', s?.xTestGoFiles ?? []],
    ['XTestImports', resolved(s?.xTestImports)],
    ['XTestEmbedPatterns', keys(s?.xTestEmbeds)],
    ['XTestEmbedFiles', embedFiles(p, options, s?.xTestEmbeds)],
  ];
}

/** Patterns of files that are no tests: variants for a test do not show what they add. */
function ownPatterns(s: Package['sources']): string[] {
  return keys(s?.embeds).filter((pattern) =>
    s?.embeds.get(pattern)?.some(({ file }) => !file.endsWith('_test.go')),
  );
}

/**
 * What patterns of test files match, where tests were loaded; a pattern that is wrong is the test's
 * affair.
 */
function embedFiles(
  p: Package,
  options: ListOptions,
  patterns: ReadonlyMap<string, unknown> | undefined,
): readonly string[] {
  if (patterns === undefined || patterns.size === 0) return [];
  const isItself = p.forTest === '' || p.forTest === p.importPath;
  if (options.isTest !== true || !p.onCommandLine || !isItself) return [];
  try {
    return resolveEmbeds(options.loader.options.context.files, p.dir, keys(patterns)).files;
  } catch (error) {
    if (error instanceof EmbedFault) return [];
    throw error;
  }
}

/** Written paths whose package has another one: by vendoring, or because it is a test's variant. */
function importMapOf(p: Package, shown: ReadonlyMap<string, string>): object | undefined {
  const pairs = new Map<string, string>();
  for (const [written, path] of p.importMap) pairs.set(written, shown.get(path) ?? path);
  const notWritten = new Set(p.importMap.values());
  for (const [path, name] of shown) {
    if (path === name || notWritten.has(path)) continue;
    if (p.imports.includes(path)) pairs.set(path, name);
  }
  if (pairs.size === 0) return undefined;
  return Object.fromEntries([...pairs].sort(([a], [b]) => compareBytes(a, b)));
}

function isEmpty(value: Value): boolean {
  if (value === undefined || value === '' || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}

function errorOf(error: PackageError): { ImportStack: string[]; Pos: string; Err: string } {
  return {
    ImportStack: error.stack.map((step) => step.pkg),
    Pos: error.pos,
    Err: error.msg,
  };
}
