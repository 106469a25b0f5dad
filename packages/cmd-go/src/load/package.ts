/**
 * A loaded package, and what can be wrong with one.
 * GOROOT: src/cmd/go/internal/load/pkg.go (Package, PackageError).
 */
import { type CoverMode } from '../cfg/cover.ts';
import { isLiteral } from '../modload/search.ts';
import { Failure } from '../report/failure.ts';
import { type Embedded } from './embed.ts';
import { shorten } from './gomod.ts';
import { type PackageModule } from './module.ts';
import { type Place, type Sources } from './sources.ts';

/** A step of the way to a package: what was imported, and the import that asked for it. */
export interface ImportStep {
  readonly pkg: string;
  readonly from: Place | undefined;
}

export class PackageError {
  readonly stack: readonly ImportStep[];
  readonly msg: string;
  /** The place to blame, as it is printed; empty if none. */
  readonly pos: string;
  readonly isImportCycle: boolean;
  readonly alwaysPrintStack: boolean;
  /** This error stands for the package not being there, so its name is not printed again. */
  readonly importPath: string;

  constructor(
    msg: string,
    options: {
      stack?: readonly ImportStep[];
      places?: readonly Place[] | undefined;
      pos?: string;
      isImportCycle?: boolean;
      alwaysPrintStack?: boolean;
      importPath?: string;
    } = {},
  ) {
    this.msg = msg;
    this.stack = options.stack ?? [];
    this.pos = options.pos ?? positionOf(options.places);
    this.isImportCycle = options.isImportCycle === true;
    this.alwaysPrintStack = options.alwaysPrintStack === true;
    this.importPath = options.importPath ?? '';
  }

  toString(): string {
    if (this.pos !== '' && (this.stack.length === 0 || !this.alwaysPrintStack)) {
      return `${this.pos}: ${this.msg}`;
    }
    if (this.stack.length === 0) return this.msg;
    const steps = this.stack.map(({ pkg, from }) =>
      this.isImportCycle && from !== undefined
        ? `${pkg} from ${from.file.slice(from.file.lastIndexOf('/') + 1)}`
        : pkg,
    );
    const place = this.pos === '' ? '' : `\n\t${this.pos}`;
    return `package ${steps.join('\n\timports ')}${place}: ${this.msg}`;
  }
}

/** Of several imports of a path, the first is shown. */
function positionOf(places: readonly Place[] | undefined): string {
  const first = places?.[0];
  return first === undefined ? '' : `${shorten(first.file)}:${first.line}:${first.col}`;
}

export interface Package {
  importPath: string;
  dir: string;
  name: string;
  standard: boolean;
  goroot: boolean;
  /** GOROOT or the module's folder. */
  root: string;
  module: PackageModule | undefined;
  /** Without modules: named by its folder, so it may have relative imports. */
  isLocal: boolean;
  /** A folder that hides this one. */
  conflictDir: string;
  importComment: string;
  sources: Sources | undefined;
  embedded: Embedded | undefined;
  /** Paths as written, resolved; in the order of `sources.imports`. */
  imports: string[];
  /** Written path → resolved path where they differ. */
  importMap: Map<string, string>;
  /** Loaded packages of `imports`, and those that the linker adds for a main package. */
  deps: Package[];
  /** False while the package's own imports are being loaded: what cycles are found by. */
  loaded: boolean;
  incomplete: boolean;
  error: PackageError | undefined;
  match: string[];
  /** Named on the command line, as package or as files. */
  onCommandLine: boolean;
  commandLineFiles: boolean;
  /** For a variant made for the tests of a package: that package's path. */
  forTest: string;
  /** A main package that is imported and not linked: the variant under test. */
  forceLibrary: boolean;
  /** What the program is to say of its repository, and the version of its module there. */
  readonly stamp: { readonly settings: [name: string, value: string][]; version: string };
  /** The profile that it is compiled for, '' if none. */
  profile: string;
  /** A copy made for one program alone, as others are compiled for another profile: its path. */
  forMain: string;
  /** How the package is compiled for -cover; `testmain` stands for a test's main package. */
  coverMode: CoverMode | 'testmain' | undefined;
  /** Text of the only source of a test's main package, which is in no folder. */
  testMain: string | undefined;
}

export function newPackage(importPath: string): Package {
  return {
    importPath,
    dir: '',
    name: '',
    standard: false,
    goroot: false,
    root: '',
    module: undefined,
    isLocal: false,
    conflictDir: '',
    importComment: '',
    sources: undefined,
    embedded: undefined,
    imports: [],
    importMap: new Map(),
    deps: [],
    loaded: false,
    incomplete: false,
    error: undefined,
    match: [],
    onCommandLine: false,
    commandLineFiles: false,
    forTest: '',
    forceLibrary: false,
    stamp: { settings: [], version: '' },
    profile: '',
    forMain: '',
    coverMode: undefined,
    testMain: undefined,
  };
}

/** The path as messages and lists show it: variants for a test or a program say for which. */
export function describe(p: Package): string {
  if (p.forTest !== '') return `${p.importPath} [${p.forTest}.test]`;
  return p.forMain === '' ? p.importPath : `${p.importPath} [${p.forMain}]`;
}

/** True for what the linker makes a program of. */
export function isProgram(p: Package): boolean {
  return p.name === 'main' && !p.forceLibrary;
}

/** Every package below the roots, each after what it imports. */
export function packageList(roots: readonly Package[]): Package[] {
  const seen = new Set<Package>();
  const list: Package[] = [];
  const walk = (p: Package): void => {
    if (seen.has(p)) return;
    seen.add(p);
    for (const dep of p.deps) walk(dep);
    list.push(p);
  };
  for (const root of roots) walk(root);
  return list;
}

/**
 * Without packages of nothing but tests: where a pattern matches one it is passed over, and where it
 * is named there is nothing to build.
 */
export function omitTestOnly(packages: readonly Package[]): Package[] {
  return packages.filter((p) => {
    if (p.sources?.goFiles.length !== 0) return true;
    if (p.commandLineFiles) return false;
    if (p.match.some((pattern) => isLiteral(pattern))) {
      throw new Failure(`${p.importPath}: no non-test Go files in ${p.dir}`);
    }
    return false;
  });
}

/** The name of the program that a main package makes. */
export function executableName(p: Package): string {
  if (p.commandLineFiles) {
    const first = p.sources?.goFiles[0] ?? p.match[0] ?? '';
    return first.slice(first.lastIndexOf('/') + 1).replace(/\.go$/, '');
  }
  return p.module === undefined ? p.importPath.split('/').at(-1)! : programName(p.importPath);
}

/** The name of the program that a path of a module makes. */
export function programName(importPath: string): string {
  const elements = importPath.split('/');
  const last = elements.at(-1)!;
  // The last element of example.com/x/v2 names a version, not a program.
  if (elements.length > 1 && /^v([2-9]|[1-9]\d+)$/.test(last)) return elements.at(-2)!;
  return last;
}
