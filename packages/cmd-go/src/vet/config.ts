/**
 * What a vet tool is told of one package: the file that it gets as its only argument.
 * GOROOT: src/cmd/go/internal/work/exec.go (vetConfig), x/tools go/analysis/unitchecker (Config).
 */
import { join } from 'node:path';
import { type PackageModule } from '../load/module.ts';
import { type Package } from '../load/package.ts';

/** Languages of modules that do not name theirs. */
const defaultGoVersion = '1.16';

export interface VetFiles {
  /** Export data by package path, unified. */
  readonly packages: ReadonlyMap<string, string>;
  /** Facts by package path. */
  readonly facts: ReadonlyMap<string, string>;
}

export interface VetConfig {
  readonly ID: string;
  readonly Compiler: 'gc';
  readonly Dir: string;
  readonly ImportPath: string;
  readonly GoFiles: readonly string[];
  readonly NonGoFiles: readonly string[];
  readonly IgnoredFiles: readonly string[];
  readonly Module: object | null;
  readonly ImportMap: Readonly<Record<string, string>>;
  readonly PackageFile: Readonly<Record<string, string>>;
  readonly Standard: Readonly<Record<string, boolean>>;
  readonly PackageVetx: Readonly<Record<string, string>>;
  readonly VetxOnly: boolean;
  readonly VetxOutput: string;
  readonly Stdout: string;
  readonly GoVersion: string;
  readonly FixArchive: string;
  readonly SucceedOnTypecheckFailure: boolean;
}

/** The configuration of a package; places of outputs are for whoever runs the tool. */
export function vetConfig(
  p: Package,
  files: VetFiles,
  { factsOnly, goVersion }: { readonly factsOnly: boolean; readonly goVersion: string },
): VetConfig {
  const s = p.sources!;
  const absolute = (names: readonly string[]): string[] => names.map((name) => join(p.dir, name));
  const importMap: Record<string, string> = {};
  for (const path of [...s.imports.keys()].sort()) importMap[path] = p.importMap.get(path) ?? path;
  const mapped = new Set(Object.values(importMap));
  const standard: Record<string, boolean> = {};
  for (const dep of p.deps) {
    if (!mapped.has(dep.importPath)) importMap[dep.importPath] = dep.importPath;
    if (dep.standard) standard[dep.importPath] = true;
  }
  const { module } = p;
  return {
    ID: p.importPath,
    Compiler: 'gc',
    Dir: p.dir,
    ImportPath: p.importPath,
    GoFiles: absolute(s.goFiles),
    NonGoFiles: absolute([...s.sFiles, ...s.hFiles, ...s.fFiles]),
    IgnoredFiles: absolute([...s.ignoredGoFiles, ...s.ignoredOtherFiles]),
    Module: module === undefined ? null : moduleRecord(module),
    ImportMap: importMap,
    PackageFile: Object.fromEntries(files.packages),
    Standard: standard,
    PackageVetx: Object.fromEntries(files.facts),
    VetxOnly: factsOnly,
    VetxOutput: '',
    Stdout: '',
    GoVersion: module === undefined ? goVersion : `go${module.goVersion ?? defaultGoVersion}`,
    FixArchive: '',
    SucceedOnTypecheckFailure: false,
  };
}

function moduleRecord(m: PackageModule): object {
  const { replacement } = m;
  return {
    Path: m.path,
    Version: m.version,
    Replace:
      replacement === undefined ? null : { Path: replacement.path, Version: replacement.version },
    Main: m.isMain,
    Dir: m.dir,
    GoMod: join(m.dir, 'go.mod'),
    GoVersion: m.goVersion ?? '',
  };
}
