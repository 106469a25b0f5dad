/**
 * The modules of loaded packages, as records that the rest of the driver works with.
 * GOROOT: src/cmd/go/internal/modload/build.go (PackageModuleInfo), src/cmd/go/internal/load/pkg.go
 * (setBuildInfo).
 */
import { formatModule, type ModuleVersion } from '@go-ts/modfetch/version/module';
import { type PackageModule } from '../load/module.ts';
import { fetchModule } from './import.ts';
import { moduleInfo } from './info.ts';
import { type ModLoader } from './loader.ts';

/** Makes the records of all modules that packages were loaded from, by module. */
export async function packageModules(
  ml: ModLoader,
  withInfo: boolean,
): Promise<ReadonlyMap<string, PackageModule>> {
  const wanted = new Map<string, ModuleVersion>();
  for (const { mod } of ml.pkgLoader?.pkgs ?? []) {
    if (mod !== undefined) wanted.set(formatModule(mod), mod);
  }
  const made = await Promise.all(
    [...wanted].map(async ([key, mod]) => [key, await packageModule(ml, mod, withInfo)] as const),
  );
  return new Map(made);
}

export async function packageModule(
  ml: ModLoader,
  mod: ModuleVersion,
  withInfo: boolean,
): Promise<PackageModule> {
  const info = withInfo ? await moduleInfo(ml, ml.requirements, mod) : undefined;
  if (info !== undefined) ml.infos.set(mod.path, info);
  const main = mod.version === '' ? ml.mains.of(mod.path) : undefined;
  if (main !== undefined) {
    return {
      path: mod.path,
      version: '',
      isMain: true,
      dir: main.root,
      goVersion: main.file?.go?.version,
      sum: '',
      replacement: undefined,
      info,
    };
  }
  const replacement = ml.replacement(mod);
  const actual = replacement ?? mod;
  const isVendored = ml.buildMod === 'vendor';
  const sumOf = (m: ModuleVersion): string =>
    m.version === '' || isVendored ? '' : (ml.source.sum(m) ?? '');
  if (!isVendored) await ml.rawSummary(actual);
  return {
    ...mod,
    isMain: false,
    dir: isVendored ? ml.vendorDir : (await fetchModule(ml, mod)).dir,
    goVersion: ml.rawGo.get(formatModule(isVendored ? mod : actual)) || undefined,
    sum: sumOf(mod),
    replacement:
      replacement === undefined ? undefined : { ...replacement, sum: sumOf(replacement) },
    info,
  };
}
