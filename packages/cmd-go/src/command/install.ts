/**
 * `go install`: builds, and puts programs where commands are kept.
 * GOROOT: src/cmd/go/internal/work/build.go (runInstall), internal/load/pkg.go (Target).
 */
import { isAbsolute, join } from 'node:path';
import { type BuildConfig, makeBuildConfig, newLoader, outsideModule } from '../cfg/build.ts';
import { goHostArch, goHostOS } from '../cfg/settings.ts';
import { isOutsideModule, loadOutsideModule } from '../load/outside.ts';
import { executableName, omitTestOnly, type Package } from '../load/package.ts';
import { loadPatterns } from '../load/search.ts';
import { ImportMissingError } from '../modload/errors.ts';
import { Failure } from '../report/failure.ts';
import { makeFolderOf } from '../work/folders.ts';
import { checkOverwrite, placeOutput } from '../work/output.ts';
import { printPlan } from '../work/plan.ts';
import { checkPackages, type Tools, withBuilder } from '../work/session.ts';
import { type Context } from './commands.ts';

export async function runInstall(context: Context, tools?: Tools): Promise<number> {
  const { args } = context.line;
  const isOutside = args.some(isOutsideModule);
  const config = await makeBuildConfig(context, isOutside ? outsideModule(context) : {});
  const loader = newLoader(config, false);
  const packages = isOutside
    ? await loadOutsideModule(loader, args)
    : await loadPatterns(loader, args);
  if (!isOutside) suggestVersion(config, args, packages);
  checkPackages(packages);
  const built = omitTestOnly(packages);
  const programs = built
    .filter((p) => p.name === 'main')
    .map((p) => ({ p, dest: installTarget(config, p) }));
  for (const { p, dest } of programs) {
    if (dest === undefined) {
      throw new Failure(
        p.standard
          ? `go: no install location for command ${p.importPath}: GOROOT is left as it is`
          : `go: no install location for directory ${p.dir} outside GOPATH\n\tFor more details see: 'go help gopath'`,
      );
    }
    checkOverwrite(dest, p.importPath);
  }
  if (config.flags.n || config.flags.x) printPlan(config, built);
  if (config.flags.n) return 0;
  await withBuilder(
    config,
    async (builder) => {
      await builder.buildPackages(built);
      for (const { p, dest } of programs) {
        // One link at a time: each takes all the memory it can get.
        // oxlint-disable-next-line no-await-in-loop
        const output = await builder.link(p);
        const what = `${p.importPath}: go install ${p.importPath}`;
        makeFolderOf(dest!, what);
        placeOutput(builder.cache.file(output), dest!, { mode: 0o777, what });
        builder.installed(p, dest!);
      }
    },
    tools,
  );
  return 0;
}

/** Outside of a module only a version says what a path of a module could mean. */
function suggestVersion(
  { modules }: BuildConfig,
  args: readonly string[],
  packages: readonly Package[],
): void {
  if (modules === undefined || modules.hasRoot || modules.inWorkspace) return;
  const failed = packages.filter((p) => p.error !== undefined);
  const isMissing = (p: Package): boolean =>
    modules.pkgLoader?.get(p.importPath)?.error instanceof ImportMissingError;
  if (failed.length === 0 || !failed.every(isMissing)) return;
  const latest = args.map((arg) => `${arg}@latest`).join(' ');
  throw new Failure(
    `go: 'go install' requires a version when current directory is not in a module\n\tTry 'go install ${latest}' to install the latest version`,
  );
}

/** Where a program would be installed; undefined if nowhere. */
export function installTarget(config: BuildConfig, p: Package): string | undefined {
  const { settings, target } = config;
  if (p.standard) return undefined;
  const { goos, goarch } = target;
  const file = executableName(p) + target.os.exeSuffix;
  const isForeign = goos !== goHostOS || goarch !== goHostArch;
  const gobin = settings.get('GOBIN');
  if (gobin !== '') {
    if (!isAbsolute(gobin)) {
      throw new Failure('cannot install, GOBIN must be an absolute path');
    }
    if (isForeign) {
      throw new Failure('go: cannot install cross-compiled binaries when GOBIN is set');
    }
    return join(gobin, file);
  }
  const [gopath = ''] = settings.get('GOPATH').split(':');
  if (gopath === '') return undefined;
  return isForeign ? join(gopath, 'bin', `${goos}_${goarch}`, file) : join(gopath, 'bin', file);
}
