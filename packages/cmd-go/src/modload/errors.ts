/**
 * What can be wrong with modules and the packages in them, with upstream's words.
 *
 * Some messages depend on what is learned after the error was made (who imports the package, whether
 * go.mod may be changed); such an error composes its message anew when told.
 * GOROOT: src/cmd/go/internal/modload/{import,query,modfile,init}.go, src/cmd/go/internal/gover.
 */
import { quoteString } from '@go-ts/base/quote';
import { formatModule, type ModuleVersion, sameModule } from '@go-ts/modfetch/version/module';
import { isZeroPseudoVersion } from '@go-ts/modfetch/version/pseudo';

export interface MissingOptions {
  readonly path: string;
  /** Where a package of the standard library would be; undefined for other paths. */
  readonly stdDir?: string | undefined;
  readonly queryError?: Error | undefined;
  /** A module that has the package. */
  readonly module?: ModuleVersion | undefined;
  /** The version of that module in the build, which lacks the package. */
  readonly newMissingVersion?: string | undefined;
  /** A replacement that has the package and is not required. */
  readonly replaced?: ModuleVersion | undefined;
  /** True where a missing module would have been added. */
  readonly mayAdd: boolean;
  readonly moduleOfCwd: ModuleVersion | undefined;
}

/** No module of the build has the package. */
export class ImportMissingError extends Error {
  readonly options: MissingOptions;
  #importer: { readonly main: ModuleVersion; readonly root: string } | undefined;
  #importerGo = '';

  constructor(options: MissingOptions) {
    super('', options.queryError === undefined ? {} : { cause: options.queryError });
    this.name = 'ImportMissingError';
    this.options = options;
    this.message = this.#describe();
  }

  get isStd(): boolean {
    return this.options.stdDir !== undefined;
  }

  setImportingMain(main: ModuleVersion, root: string): void {
    this.#importer = { main, root };
    this.message = this.#describe();
  }

  /** The go version of the importing module, newer than this Go. */
  setImporterGo(version: string): void {
    this.#importerGo = version;
    this.message = this.#describe();
  }

  #describe(): string {
    const { path, stdDir, queryError, module, replaced } = this.options;
    if (module !== undefined) {
      const { newMissingVersion } = this.options;
      if (newMissingVersion !== undefined) {
        return `package ${path} provided by ${module.path} at latest version ${module.version} but not at required version ${newMissingVersion}`;
      }
      return `missing module for import: ${formatModule(module)} provides ${path}`;
    }
    if (stdDir !== undefined) {
      const note =
        this.#importerGo === ''
          ? ''
          : `\nnote: imported by a module that requires go ${this.#importerGo}`;
      return `package ${path} is not in std (${stdDir})${note}`;
    }
    if (queryError !== undefined && !(queryError instanceof NoMainModulesError)) {
      return `cannot find module providing package ${path}: ${queryError.message}`;
    }
    if (this.options.mayAdd) return `cannot find module providing package ${path}`;
    if (replaced !== undefined) {
      const arg = isZeroPseudoVersion(replaced.version) ? replaced.path : formatModule(replaced);
      return `module ${replaced.path} provides package ${path} and is replaced but not required; to add it:\n\tgo get ${arg}`;
    }
    const message = `no required module provides package ${path}`;
    if (queryError !== undefined) return `${message}: ${queryError.message}`;
    const here = this.options.moduleOfCwd;
    const importer = this.#importer;
    if (importer !== undefined && (here === undefined || !sameModule(importer.main, here))) {
      return `${message}; to add it:\n\tcd ${importer.root}\n\tgo get ${path}`;
    }
    return `${message}; to add it:\n\tgo get ${path}`;
  }
}

export class NoMainModulesError extends Error {
  constructor(inWorkspace: boolean) {
    super(
      inWorkspace
        ? "no modules were found in the current workspace; see 'go help work'"
        : "go.mod file not found in current directory or any parent directory; see 'go help modules'",
    );
  }
}

/** More than one module, or the vendor folder too, has the package. */
export class AmbiguousImportError extends Error {
  readonly modules: readonly ModuleVersion[];

  constructor(path: string, dirs: readonly string[], modules: readonly ModuleVersion[] = []) {
    const lines = dirs.map((dir, i) => {
      const m = modules[i];
      if (m === undefined) return `\n\t${dir}`;
      return `\n\t${m.path}${m.version === '' ? '' : ` ${m.version}`} (${dir})`;
    });
    const what = modules.length === 0 ? 'directories' : 'modules';
    super(`ambiguous import: found package ${path} in multiple ${what}:${lines.join('')}`);
    this.name = 'AmbiguousImportError';
    this.modules = modules;
  }
}

/** The main module imports from a module that it requires only through others. */
export class ImplicitDependencyError extends Error {
  constructor(importer: string, imported: string, module: ModuleVersion) {
    super(
      `package ${importer} imports ${imported} from implicitly required module; to add missing requirements, run:\n\tgo get ${formatModule(module)}`,
    );
  }
}

interface Importer {
  readonly path: string;
  readonly version: string;
  readonly isTest: boolean;
}

/** go.sum has no hash for a module that has, or might have, the package. */
export class ImportMissingSumError extends Error {
  readonly #path: string;
  readonly #found: boolean;
  readonly #mods: readonly ModuleVersion[];

  constructor(path: string, found = false, mods: readonly ModuleVersion[] = []) {
    super('');
    this.name = 'ImportMissingSumError';
    this.#path = path;
    this.#found = found;
    this.#mods = mods;
    this.setImporter(undefined);
  }

  setImporter(importer: Importer | undefined): void {
    const by = importer === undefined ? '' : ` (imported by ${importer.path})`;
    const what = this.#found
      ? `missing go.sum entry needed to verify package ${this.#path}${by} is provided by exactly one module`
      : `missing go.sum entry for module providing package ${this.#path}${by}`;
    let hint = '';
    if (importer !== undefined) {
      const version = importer.version === '' ? '' : `@${importer.version}`;
      hint = `; to add:\n\tgo get${importer.isTest ? ' -t' : ''} ${importer.path}${version}`;
    } else if (this.#mods.length > 0) {
      hint = `; to add:\n\tgo mod download ${this.#mods.map((m) => m.path).join(' ')}`;
    }
    this.message = what + hint;
  }
}

export class SumMissingError extends Error {
  constructor(suggestion = '') {
    super(`missing go.sum entry${suggestion}`);
  }
}

/** A path that no package can have. */
export class InvalidImportError extends Error {}

/** A folder has Go files for nobody here. */
export class NoGoFilesError extends Error {
  constructor(message = 'no Go source files') {
    super(message);
  }
}

/** Something wants a newer Go than this. */
export class TooNewError extends Error {
  readonly goVersion: string;
  readonly toolchain: string;

  constructor(what: string, goVersion: string, running: string, toolchain = '') {
    super(`${what} requires go >= ${goVersion} (running go ${running})`);
    this.name = 'TooNewError';
    this.goVersion = goVersion;
    this.toolchain = toolchain;
  }
}

/** A version that a query may not choose. */
export class DisallowedError extends Error {}

export class ExcludedError extends DisallowedError {
  constructor() {
    super('excluded by go.mod');
  }
}

export class RetractedError extends DisallowedError {
  readonly rationale: readonly string[];

  constructor(rationale: readonly string[]) {
    const fallback = 'retracted by module author';
    const [first] = rationale;
    super(first === undefined ? fallback : `${fallback}: ${shortMessage(first, fallback)}`);
    this.rationale = rationale;
  }
}

/** The first line of a text from go.mod, if it can be shown. */
export function shortMessage(text: string, fallback: string): string {
  const line = text.split('\n', 1)[0]!.trim();
  if (line === '') return fallback;
  if (Buffer.byteLength(line) > 500) return '(message omitted: too long)';
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\s]*$/u.test(line)
    ? line
    : '(message omitted: contains non-printable characters)';
}

export class NoMatchingVersionError extends Error {
  constructor(query: string, current: string) {
    const hasCurrent = current !== '' && current !== 'none';
    const suffix =
      (query === 'upgrade' || query === 'patch') && hasCurrent
        ? ` (current version is ${current})`
        : '';
    super(`no matching versions for query ${quoteString(query)}${suffix}`);
  }
}

export class NoPatchBaseError extends Error {
  constructor(path: string) {
    super(`can't query version "patch" of module ${path}: no existing version is required`);
  }
}

export interface NotInModule {
  readonly mainModules?: readonly ModuleVersion[];
  readonly mod?: ModuleVersion;
  readonly replacement?: ModuleVersion | undefined;
  readonly query?: string;
  readonly pattern: string;
}

/** A module is there, and the package is not in it. */
export class PackageNotInModuleError extends Error {
  readonly options: NotInModule;

  constructor(options: NotInModule) {
    super(describeNotInModule(options));
    this.options = options;
  }
}

function describeNotInModule(options: NotInModule): string {
  const { mainModules = [], mod, replacement, query = '', pattern } = options;
  const what = pattern.includes('...') ? `packages matching ${pattern}` : `package ${pattern}`;
  const [only] = mainModules;
  if (only !== undefined) {
    const prefix =
      mainModules.length === 1
        ? `main module (${formatModule(only)}) does`
        : 'workspace modules do';
    return `${prefix} not contain ${what}`;
  }
  const { path, version } = mod!;
  let found = '';
  if (replacement !== undefined) {
    const by = `replaced by ${formatModule(replacement)}`;
    found = query === version ? ` (${by})` : ` (${version}, ${by})`;
  } else if (query !== version) {
    found = ` (${version})`;
  }
  return `module ${path}@${query} found${found}, but does not contain ${what}`;
}

export class QueryMatchesMainModulesError extends Error {
  constructor(
    mainModules: readonly ModuleVersion[],
    pattern: string,
    query: string,
    patternIsModule: boolean,
  ) {
    const plural = mainModules.length > 1 ? 's' : '';
    const paths = mainModules.map((m) => m.path).join(', ');
    super(
      patternIsModule
        ? `can't request version ${quoteString(query)} of the main module (${pattern})`
        : `can't request version ${quoteString(query)} of pattern ${quoteString(pattern)} that includes the main module${plural} (${paths})`,
    );
  }
}

export class QueryMatchesPackagesError extends Error {
  constructor(pattern: string, query: string, packages: readonly string[]) {
    const isPattern = pattern.includes('...') || isMetaPackage(pattern);
    super(
      packages.length > 1
        ? `pattern ${pattern} matches ${packages.length} packages in the main module, so can't request version ${query}`
        : isPattern
          ? `pattern ${pattern} matches package ${packages[0]} in the main module, so can't request version ${query}`
          : `package ${packages[0]} is in the main module, so can't request version ${query}`,
    );
  }
}

export function isMetaPackage(name: string): boolean {
  return ['std', 'cmd', 'tool', 'work', 'all'].includes(name);
}
