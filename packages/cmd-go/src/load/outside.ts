/**
 * `pkg@version`: packages of a module that is no main module and need not be in any.
 *
 * `go install` and `go run` take them. The module around the working folder does not count; the one
 * that has the packages is built as if it were the only requirement of an empty module, so what its
 * go.mod would say to a main module only must not be in it.
 * GOROOT: src/cmd/go/internal/load/pkg.go (PackagesAndErrorsOutsideModule, mainPackagesOnly).
 */
import { isAbsolute, posix } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { editRequirements } from '@go-ts/modfetch/graph/edit';
import { type ModFile } from '@go-ts/modfetch/modfile/modfile';
import { parseModFile } from '@go-ts/modfetch/modfile/parse';
import { formatModule, type ModuleVersion } from '@go-ts/modfetch/version/module';
import { isMetaPackage, shortMessage } from '../modload/errors.ts';
import { loadModFile } from '../modload/gomod.ts';
import { isLocalPath, standardDir } from '../modload/import.ts';
import { type ModLoader } from '../modload/loader.ts';
import {
  checkAllowed,
  checkDeprecation,
  isRevisionQuery,
  queryPackages,
} from '../modload/query.ts';
import { isLiteral } from '../modload/search.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { type Loader } from './load.ts';
import { type Package, PackageError } from './package.ts';
import { loadPatterns } from './search.ts';

/** True for an argument that names a version: `x@latest`, but not a folder or file with an `@`. */
export function isOutsideModule(arg: string): boolean {
  return arg.includes('@') && !isLocalPath(arg) && !isAbsolute(arg);
}

/** The main packages that the arguments mean, all of one module at one version. */
export async function loadOutsideModule(
  loader: Loader,
  args: readonly string[],
): Promise<readonly Package[]> {
  const ml = loader.options.modules;
  if (ml === undefined) {
    throw new Failure("go: modules disabled by GO111MODULE=off; see 'go help modules'");
  }
  const { patterns, version } = checkArguments(ml, args);
  const root = await requireModule(ml, patterns[0]!, version, args[0]!);
  const packages = await loadPatterns(loader, patterns);
  const mains = mainsOf(patterns, packages);
  for (const p of mains) {
    if (p.error !== undefined) continue;
    const problem = notOf(root, p);
    if (problem === undefined) continue;
    p.error = new PackageError(problem);
    p.incomplete = true;
  }
  return mains;
}

function checkArguments(
  ml: ModLoader,
  args: readonly string[],
): { readonly patterns: readonly string[]; readonly version: string } {
  const fail = (arg: string, why: string): never => {
    throw new Failure(`go: ${arg}: ${why}`);
  };
  const first = args.find((arg) => arg.includes('@'))!;
  const version = first.slice(first.indexOf('@') + 1);
  if (version === '') fail(first, 'version must not be empty');
  const patterns = args.map((arg) => {
    if (!arg.endsWith(`@${version}`)) {
      fail(
        arg,
        `all arguments must refer to packages in the same module at the same version (@${version})`,
      );
    }
    const path = arg.slice(0, -version.length - 1);
    const not = (what: string): never => fail(arg, `argument must be a package path, not ${what}`);
    if (isLocalPath(path)) not('a relative path');
    if (isAbsolute(path)) not('an absolute path');
    if (isMetaPackage(path)) not('a meta-package');
    const clean = posix.normalize(path);
    if (clean !== path || path.endsWith('/')) fail(arg, 'argument must be a clean package path');
    if (!path.includes('...') && standardDir(ml, path) !== undefined) {
      fail(arg, 'argument must not be a package in the standard library');
    }
    return path;
  });
  return { patterns, version };
}

/** Finds the module that has the package, and makes it the only requirement. */
async function requireModule(
  ml: ModLoader,
  pattern: string,
  version: string,
  arg: string,
): Promise<ModuleVersion> {
  const initial = await loadModFile(ml);
  try {
    const [found] = await queryPackages(ml, pattern, version, {
      current: () => 'none',
      // A revision that was asked for by name may be retracted.
      allowed: isRevisionQuery(pattern, version) ? () => {} : (m) => checkAllowed(ml, m),
    });
    const { mod } = found!;
    const deprecation = await checkDeprecation(ml, mod);
    if (deprecation !== '') {
      printError(`go: module ${mod.path} is deprecated: ${shortMessage(deprecation, '')}\n`);
    }
    const text = Buffer.from(await ml.source.goMod(mod.path, mod.version)).toString();
    checkDirectives(parsed(text, mod), mod);
    ml.requirements = (await editRequirements(ml, initial, [], [mod])).rs;
    return mod;
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    if (error.name === 'SecurityError') throw error;
    if (error instanceof DirectiveError) throw new Failure(`go: ${arg} ${error.message}`);
    throw new Failure(`go: ${arg}: ${error.message}`);
  }
}

/** Says in which module what stands: follows the argument without a colon. */
class DirectiveError extends Error {}

function parsed(text: string, mod: ModuleVersion): ModFile {
  try {
    return parseModFile('go.mod', text, (_, version) => version);
  } catch (error) {
    throw new DirectiveError(`(in ${formatModule(mod)}): ${(error as Error).message}`);
  }
}

function checkDirectives(file: ModFile, mod: ModuleVersion): void {
  const refuse = (what: string): never => {
    throw new DirectiveError(
      `(in ${formatModule(mod)}):\n\tThe go.mod file for the module providing named packages contains one or\n\tmore ${what} directives. It must not contain directives that would cause\n\tit to be interpreted differently than if it were the main module.`,
    );
  };
  if (file.replace.length > 0) refuse('replace');
  if (file.exclude.length > 0) refuse('exclude');
}

function notOf(root: ModuleVersion, p: Package): string | undefined {
  const { module } = p;
  const name = formatModule(root);
  if (module === undefined) return `package ${p.importPath} not provided by module ${name}`;
  if (module.path === root.path && module.version === root.version) return undefined;
  return `package ${p.importPath} provided by module ${module.path}@${module.version}\n\tAll packages must be provided by the same module (${name}).`;
}

/** A pattern means the programs that it matches; a path must be that of one. */
function mainsOf(patterns: readonly string[], packages: readonly Package[]): readonly Package[] {
  const mains = new Set<Package>();
  for (const p of packages) {
    const isMain = p.name === 'main' || (p.name === '' && p.error !== undefined);
    const isNamed = p.match.some(isLiteral) || (p.sources?.invalidGoFiles.length ?? 0) > 0;
    if (!isMain && !isNamed) continue;
    mains.add(p);
    if (!isMain && p.error === undefined) {
      p.error = new PackageError(`package ${p.importPath} is not a main package`);
      p.incomplete = true;
    }
  }
  for (const pattern of patterns) {
    const matched = packages.filter((p) => p.match.includes(pattern));
    if (isLiteral(pattern) || matched.length === 0 || matched.some((p) => mains.has(p))) continue;
    printError(`go: warning: ${quoteString(pattern)} matched only non-main packages\n`);
  }
  return packages.filter((p) => mains.has(p));
}
