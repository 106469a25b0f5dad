/**
 * A package as `go list -json` prints it: upstream's fields in upstream's order, empty ones left out.
 * GOROOT: src/cmd/go/internal/load/pkg.go (PackagePublic), src/cmd/go/internal/list/list.go.
 */
import { type Loader } from '../load/load.ts';
import { type Package, type PackageError, packageList } from '../load/package.ts';
import { compareBytes } from '../load/sources.ts';
import { type Data } from './template.ts';

type Value = string | boolean | readonly string[] | object | undefined;

/** Whoever asks for fields may name any of these. */
const publicFields = new Set(
  `Dir ImportPath ImportComment Name Doc Target Shlib Root ConflictDir ForTest Export BuildID Module
  Match Goroot Standard DepOnly BinaryOnly Incomplete DefaultGODEBUG Stale StaleReason GoFiles CgoFiles
  CompiledGoFiles IgnoredGoFiles InvalidGoFiles IgnoredOtherFiles CFiles CXXFiles MFiles HFiles FFiles
  SFiles SwigFiles SwigCXXFiles SysoFiles EmbedPatterns EmbedFiles CgoCFLAGS CgoCPPFLAGS CgoCXXFLAGS
  CgoFFLAGS CgoLDFLAGS CgoPkgConfig Imports ImportMap Deps Error DepsErrors TestGoFiles TestImports
  TestEmbedPatterns TestEmbedFiles XTestGoFiles XTestImports XTestEmbedPatterns XTestEmbedFiles`.split(
    /\s+/,
  ),
);

export function isPublicField(name: string): boolean {
  return publicFields.has(name);
}

export interface ListOptions {
  readonly loader: Loader;
  readonly depOnly: boolean;
  readonly fields: readonly string[] | undefined;
  /** Files that hold the packages' export data, with -export. */
  readonly exports?: ReadonlyMap<Package, string>;
}

function keys(map: ReadonlyMap<string, unknown> | undefined): string[] {
  return map === undefined ? [] : [...map.keys()].sort(compareBytes);
}

/** Every field, empty ones too: what templates see. */
export function publicData(p: Package, options: ListOptions): Data {
  return Object.fromEntries(rowsOf(p, options)) as Data;
}

export function toJSON(p: Package, options: ListOptions): string {
  const object: Record<string, Value> = {};
  for (const [name, value] of rowsOf(p, options)) {
    if (options.fields !== undefined && !options.fields.includes(name)) continue;
    if (!isEmpty(value)) object[name] = value;
  }
  return JSON.stringify(object, null, '\t').replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => String.raw`\u` + c.codePointAt(0)!.toString(16).padStart(4, '0'),
  );
}

function rowsOf(p: Package, options: ListOptions): [string, Value][] {
  const { loader } = options;
  const below = packageList(p.deps);
  const s = p.sources;
  const resolved = (map: ReadonlyMap<string, unknown> | undefined): string[] =>
    [...new Set(keys(map).map((path) => loader.resolve(path, p)))].sort(compareBytes);
  return [
    ['Dir', p.dir],
    ['ImportPath', p.importPath],
    ['Name', p.name],
    ['Root', p.root],
    ['Export', options.exports?.get(p) ?? ''],
    ['Module', p.standard || p.module === undefined ? undefined : moduleOf(p)],
    ['Match', p.match],
    ['Goroot', p.goroot],
    ['Standard', p.standard],
    ['DepOnly', options.depOnly],
    ['Incomplete', p.incomplete],
    ['GoFiles', s?.goFiles ?? []],
    ['IgnoredGoFiles', s?.ignoredGoFiles ?? []],
    ['InvalidGoFiles', s?.invalidGoFiles ?? []],
    ['IgnoredOtherFiles', s?.ignoredOtherFiles ?? []],
    ['HFiles', s?.hFiles ?? []],
    ['FFiles', s?.fFiles ?? []],
    ['SFiles', s?.sFiles ?? []],
    ['SysoFiles', s?.sysoFiles ?? []],
    ['EmbedPatterns', keys(s?.embeds)],
    ['EmbedFiles', p.embedded?.files ?? []],
    ['Imports', p.imports],
    [
      'ImportMap',
      p.importMap.size === 0
        ? undefined
        : Object.fromEntries([...p.importMap].sort(([a], [b]) => compareBytes(a, b))),
    ],
    ['Deps', below.map((dep) => dep.importPath).sort(compareBytes)],
    ['Error', p.error === undefined ? undefined : errorOf(p.error)],
    ['DepsErrors', below.flatMap((dep) => (dep.error === undefined ? [] : [errorOf(dep.error)]))],
    ['TestGoFiles', s?.testGoFiles ?? []],
    ['TestImports', resolved(s?.testImports)],
    ['TestEmbedPatterns', keys(s?.testEmbeds)],
    ['XTestGoFiles', s?.xTestGoFiles ?? []],
    ['XTestImports', resolved(s?.xTestImports)],
    ['XTestEmbedPatterns', keys(s?.xTestEmbeds)],
  ];
}

function isEmpty(value: Value): boolean {
  if (value === undefined || value === '' || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}

function moduleOf({ module }: Package): object {
  return {
    Path: module?.path,
    Main: true,
    Dir: module?.dir,
    GoMod: module?.file,
    ...(module?.goVersion === undefined ? {} : { GoVersion: module.goVersion }),
  };
}

function errorOf(error: PackageError): object {
  return {
    ImportStack: error.stack.map((step) => step.pkg),
    Pos: error.pos,
    Err: error.msg,
  };
}
