/** `go build`. GOROOT: src/cmd/go/internal/work/build.go (runBuild). */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { type BuildConfig, makeBuildConfig, newLoader } from '../cfg/build.ts';
import { coverBuild } from '../load/cover.ts';
import { executableName, omitTestOnly, type Package } from '../load/package.ts';
import { setProfiles } from '../load/profile.ts';
import { loadPatterns } from '../load/search.ts';
import { Failure } from '../report/failure.ts';
import { type Builder } from '../work/builder.ts';
import { makeFolderOf } from '../work/folders.ts';
import { checkOverwrite, placeOutput } from '../work/output.ts';
import { checkPackages, type Tools, withBuilder } from '../work/session.ts';
import { stampPrograms } from '../work/stamp.ts';
import { type Context } from './commands.ts';

export async function runBuild(context: Context, tools?: Tools): Promise<number> {
  const config = await makeBuildConfig(context);
  const loader = newLoader(config, false);
  const { values, args } = context.line;
  let packages = await loadPatterns(loader, args);
  await stampPrograms(config, packages);
  setProfiles(config.context.files, config.flags.pgo, packages);
  checkPackages(packages);
  packages = omitTestOnly(packages).filter((p) => filter(config, p));
  const { buildmode } = config.flags;
  const o = values['o'] as string;
  if (buildmode === 'exe' && o !== '' && !isFolder(o) && packages.length !== 1) {
    throw new Failure('-buildmode=exe requires exactly one main package');
  }
  const outputs = plan(config, packages, o);
  for (const { p, dest } of outputs) if (dest !== undefined) checkOverwrite(dest, p.importPath);
  coverBuild(config, loader, packages);
  if (config.flags.n) {
    await withBuilder(config, (builder) => builder.dryRun(packages), tools);
    return 0;
  }
  await withBuilder(
    config,
    async (builder) => {
      await builder.buildPackages(packages);
      for (const { p, dest } of outputs) {
        // One link at a time: each takes all the memory it can get.
        // oxlint-disable-next-line no-await-in-loop
        await write(builder, p, dest);
      }
    },
    tools,
  );
  return 0;
}

/** A package's file, and where it goes: nowhere if it is only to be checked. */
interface Output {
  readonly p: Package;
  readonly dest: string | undefined;
}

/** -buildmode=archive leaves out programs, -buildmode=exe all others. */
function filter(config: BuildConfig, p: Package): boolean {
  const mode = config.flags.buildmode;
  if (mode === 'archive') return p.name !== 'main';
  return mode !== 'exe' || p.name === 'main';
}

/** Decides on every output, and refuses impossible ones, before anything is built. */
function plan(config: BuildConfig, packages: readonly Package[], o: string): Output[] {
  const suffix = config.target.os.exeSuffix;
  const mains = packages.filter((p) => p.name === 'main');
  const nowhere = mains.map((p) => ({ p, dest: undefined }));
  let dest = o;
  if (dest === '') {
    const [only] = packages;
    if (packages.length !== 1 || only!.name !== 'main') return nowhere;
    dest = executableName(only!) + suffix;
    if (isFolder(dest)) {
      throw new Failure(`go: build output ${quoteString(dest)} already exists and is a directory`);
    }
  }
  if (dest === '/dev/null' || dest.toLowerCase() === 'nul') return nowhere;
  if (isFolder(dest) || dest.endsWith('/')) {
    if (mains.length === 0) throw new Failure('go: no main packages to build');
    return mains.map((p) => ({ p, dest: join(dest, executableName(p) + suffix) }));
  }
  if (packages.length > 1) {
    throw new Failure(`go: cannot write multiple packages to non-directory ${dest}`);
  }
  const [p] = packages;
  if (p === undefined) throw new Failure('no packages to build');
  return [{ p, dest }];
}

async function write(builder: Builder, p: Package, dest: string | undefined): Promise<void> {
  const isProgram = p.name === 'main';
  // As upstream has it, what its build id says is believed.
  if (isProgram && dest !== undefined && (await builder.isUpToDate(p, dest))) return;
  const output = isProgram ? await builder.link(p) : await builder.archive(p);
  if (dest === undefined) return;
  const what = `${p.importPath}: go build ${p.importPath}`;
  makeFolderOf(dest, what);
  placeOutput(builder.cache.file(output), dest, { mode: isProgram ? 0o777 : 0o666, what });
  if (isProgram) builder.installed(p, dest);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
