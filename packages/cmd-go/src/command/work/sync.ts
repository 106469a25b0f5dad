/** `go work sync`. GOROOT: src/cmd/go/internal/workcmd/sync.go. */
import { editRequirements } from '@go-ts/modfetch/graph/edit';
import { maxGo, sortModules } from '@go-ts/modfetch/version/gover';
import { formatModule, type ModuleVersion } from '@go-ts/modfetch/version/module';
import { makeModLoader } from '../../cfg/modules.ts';
import {
  commitRequirements,
  loadModFile,
  readWorkFile,
  updateModFile,
} from '../../modload/gomod.ts';
import { type ModLoader } from '../../modload/loader.ts';
import { loadModGraph } from '../../modload/modgraph.ts';
import { loadPackages, type LoadRequest } from '../../modload/packages.ts';
import { Failure } from '../../report/failure.ts';
import { type Context } from '../commands.ts';
import { noWorkFile, raiseGo, writeWork } from './use.ts';

const request: LoadRequest = {
  anyTags: true,
  vendorModulesInGoroot: true,
  loadTests: true,
  allowErrors: true,
  silencePackageErrors: true,
  explicitWrite: true,
};

export async function runWorkSync(context: Context): Promise<number> {
  const ml = await makeModLoader(context);
  if (ml.workFile === '') throw new Failure(noWorkFile);
  await loadModGraph(ml);
  const wanted = new Map<string, ModuleVersion[]>();
  for (const main of ml.mainModules) {
    // One after the other: each is the state of the one loader.
    // oxlint-disable-next-line no-await-in-loop
    wanted.set(main.path, await modulesOf(ml, main));
  }
  const changed: ModLoader[] = [];
  let goVersion = '';
  for (const { version, root } of ml.mains.list) {
    if (root === '') continue;
    // oxlint-disable-next-line no-await-in-loop
    const own = await makeModLoader(context, { workspaces: false, modRoot: root });
    own.shareSummaries(ml);
    // oxlint-disable-next-line no-await-in-loop
    if (await syncModule(own, wanted.get(version.path) ?? [])) changed.push(own);
    goVersion = maxGo(goVersion, own.mainGoVersion);
  }
  // oxlint-disable-next-line no-await-in-loop
  for (const own of changed) await commitRequirements(own);
  const work = readWorkFile(ml, ml.workFile);
  raiseGo(work, goVersion);
  writeWork(ml.workFile, work);
  return 0;
}

/** The modules that a main module's packages come from, in the workspace. */
async function modulesOf(ml: ModLoader, main: ModuleVersion): Promise<ModuleVersion[]> {
  const { loader, packages } = await loadPackages(
    ml,
    { ...request, silenceUnmatched: true, mainModule: main },
    ['all'],
  );
  const found = new Map<string, ModuleVersion>();
  for (const path of packages) {
    const mod = loader.get(path)?.mod;
    if (mod !== undefined && mod.version !== '') found.set(formatModule(mod), mod);
  }
  return sortModules([...found.values()]);
}

async function syncModule(ml: ModLoader, add: readonly ModuleVersion[]): Promise<boolean> {
  const { rs, changed } = await editRequirements(ml, await loadModFile(ml), add, []);
  ml.requirements = rs;
  if (!changed) return false;
  await loadPackages(
    ml,
    { ...request, tidy: true, silenceMissingStd: true, explicitWrite: false },
    ['all'],
  );
  updateModFile(ml);
  return true;
}
