/**
 * `go install`: builds, and puts programs where commands are kept.
 * GOROOT: src/cmd/go/internal/work/build.go (runInstall, InstallPackages).
 */
import { rmSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { type BuildConfig, makeBuildConfig, newLoader, outsideModule } from '../cfg/build.ts';
import { coverBuild } from '../load/cover.ts';
import { isOutsideModule, loadOutsideModule } from '../load/outside.ts';
import { executableName, omitTestOnly, type Package } from '../load/package.ts';
import { setProfiles } from '../load/profile.ts';
import { loadPatterns } from '../load/search.ts';
import { isForeignToGobin, targetOf } from '../load/target.ts';
import { ImportMissingError } from '../modload/errors.ts';
import { cleanPatterns } from '../modload/search.ts';
import { Failure } from '../report/failure.ts';
import { makeFolderOf } from '../work/folders.ts';
import { checkOverwrite, placeOutput } from '../work/output.ts';
import { checkPackages, type Tools, withBuilder } from '../work/session.ts';
import { stampPrograms } from '../work/stamp.ts';
import { type Context } from './commands.ts';

export async function runInstall(context: Context, tools?: Tools): Promise<number> {
  const { args } = context.line;
  const isOutside = args.some(isOutsideModule);
  const config = await makeBuildConfig(context, isOutside ? outsideModule(context) : {});
  const loader = newLoader(config, false);
  const packages = isOutside
    ? await loadOutsideModule(loader, cleanPatterns(args))
    : await loadPatterns(loader, args);
  await stampPrograms(config, packages);
  setProfiles(config.context.files, config.flags.pgo, packages);
  if (!isOutside) suggestVersion(config, args, packages);
  checkPackages(packages);
  const gobin = config.settings.get('GOBIN');
  if (gobin !== '' && !isAbsolute(gobin)) {
    throw new Failure('cannot install, GOBIN must be an absolute path');
  }
  const built = omitTestOnly(packages);
  const homeless = built.flatMap((p) => noTarget(config, p) ?? []);
  if (homeless.length > 0) throw new Failure(homeless.join('\n'));
  const installed = built
    .map((p) => ({ p, dest: targetOf(config, p) }))
    .filter(({ p, dest }) => dest !== '' && !p.goroot);
  for (const { p, dest } of installed) {
    if (p.name === 'main') checkOverwrite(dest, p.importPath);
  }
  coverBuild(config, loader, built);
  if (config.flags.n) {
    await withBuilder(config, (builder) => builder.dryRun(built), tools);
    return 0;
  }
  await withBuilder(
    config,
    async (builder) => {
      await builder.buildPackages(built);
      for (const { p, dest } of installed) {
        const isProgram = p.name === 'main';
        // One link at a time: each takes all the memory it can get.
        // oxlint-disable-next-line no-await-in-loop
        const output = await (isProgram ? builder.link(p) : builder.archive(p));
        const what = `${p.importPath}: go install ${p.importPath}`;
        makeFolderOf(dest, what);
        placeOutput(builder.cache.file(output), dest, { mode: isProgram ? 0o777 : 0o666, what });
        builder.installed(p, dest);
      }
    },
    tools,
  );
  if (args.length === 0) removeBuilt(config, built);
  return 0;
}

/** What is said of a package that has no place to go to though it should have one. */
function noTarget(config: BuildConfig, p: Package): string | undefined {
  // DEVIATION: upstream writes there; this GOROOT may be shared, or somebody else's toolchain.
  if (p.goroot && p.name === 'main') {
    return `go: no install location for command ${p.importPath}: GOROOT is left as it is`;
  }
  if (targetOf(config, p) !== '') return undefined;
  if (p.name !== 'main') {
    const isCached = p.module !== undefined || p.standard || (p.isLocal && p.conflictDir === '');
    if (isCached) return undefined;
  }
  if (isForeignToGobin(config, p)) {
    return 'go: cannot install cross-compiled binaries when GOBIN is set';
  }
  if (p.commandLineFiles) {
    return 'go: no install location for .go files listed on command line (GOBIN not set)';
  }
  if (p.conflictDir !== '') {
    return `go: no install location for ${p.dir}: hidden by ${p.conflictDir}`;
  }
  return `go: no install location for directory ${p.dir} outside GOPATH\n\tFor more details see: 'go help gopath'`;
}

/** What `go build` may have left in the folder of a program that is installed now is not needed. */
function removeBuilt(config: BuildConfig, built: readonly Package[]): void {
  const [p] = built;
  if (p === undefined || built.length > 1 || p.name !== 'main') return;
  const file = executableName(p) + config.target.os.exeSuffix;
  if (join(p.dir, file) === targetOf(config, p)) return;
  const info = statSync(file, { throwIfNoEntry: false });
  if (info?.isFile() !== true) return;
  if ((info.mode & 0o111) !== 0 || config.target.goos === 'windows') rmSync(file);
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
