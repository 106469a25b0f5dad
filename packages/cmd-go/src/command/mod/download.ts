/** `go mod download`. GOROOT: src/cmd/go/internal/modcmd/download.go. */
import { isSecurityError } from '@go-ts/modfetch/error';
import { lanes, mapLimited } from '@go-ts/modfetch/graph/parallel';
import { compareGo, explicitIndirectVersion } from '@go-ts/modfetch/version/gover';
import { makeModLoader } from '../../cfg/modules.ts';
import { commitRequirements, loadModFile } from '../../modload/gomod.ts';
import { type ModuleInfo, orderedOrigin, plainMode } from '../../modload/info.ts';
import { listModules } from '../../modload/list.ts';
import { type ModLoader } from '../../modload/loader.ts';
import { loadModGraph } from '../../modload/modgraph.ts';
import { readReuse } from '../../modload/reuse.ts';
import { Failure } from '../../report/failure.ts';
import { goJSON } from '../../report/json.ts';
import { print, printError } from '../../report/output.ts';
import { type Context } from '../commands.ts';

/** In the order of the printed fields. */
interface Downloaded {
  Path: string;
  Version?: string;
  Query?: string;
  Error?: string;
  Info?: string;
  GoMod?: string;
  Zip?: string;
  Dir?: string;
  Sum?: string;
  GoModSum?: string;
  Origin?: object;
  Reuse?: boolean;
}

const fieldOrder: readonly (keyof Downloaded)[] = [
  'Path',
  'Version',
  'Query',
  'Error',
  'Info',
  'GoMod',
  'Zip',
  'Dir',
  'Sum',
  'GoModSum',
  'Origin',
  'Reuse',
];

export async function runModDownload(context: Context): Promise<number> {
  const { values, args } = context.line;
  const ml = await makeModLoader(context, { sayDownloads: false });
  const isExplicit = args.length > 0;
  const wanted = ml.hasRoot || ml.inWorkspace ? await modulesWanted(ml, args) : args;
  if (wanted.length === 0) {
    if (ml.hasRoot) {
      printError('go: no module dependencies to download\n');
      return 0;
    }
    throw new Failure("go: no modules specified (see 'go help mod download')");
  }
  const reuseFile = values['reuse'] as string;
  if (reuseFile !== '' && ml.hasRoot) {
    throw new Failure('go: go mod download -reuse cannot be used inside a module');
  }
  const mode = { ...plainMode, reuse: readReuse(reuseFile) };
  const writesEarly = !isExplicit && !ml.inWorkspace;
  const { modules, error } = await listModules(ml, wanted, mode, { explicitWrite: true });
  if (writesEarly) await commitRequirements(ml);
  const downloads = modules
    .map((info) => info.Replace ?? info)
    .filter((info) => info.Version !== undefined || info.Error !== undefined)
    .map(newDownload);
  await mapLimited(downloads, lanes, (m) => download(ml, m));
  const errors = downloads.flatMap((m) => (m.Error === undefined ? [] : [`go: ${m.Error}\n`]));
  let status = errors.length > 0 ? 1 : 0;
  if (values['json'] === true) {
    print(downloads.map((m) => `${goJSON(ordered(m))}\n`).join(''));
  } else {
    printError(errors.join(''));
    if (status !== 0) return status;
  }
  if (!writesEarly) {
    await loadModFile(ml);
    await commitRequirements(ml);
  }
  if (error !== undefined) {
    printError(`go: ${error.message}\n`);
    status = 1;
  }
  return status;
}

async function modulesWanted(ml: ModLoader, args: readonly string[]): Promise<readonly string[]> {
  await loadModFile(ml);
  if (args.length > 0) {
    for (const { path } of ml.mainModules) {
      for (const arg of args) {
        if (arg === path || arg === `${path}@upgrade` || arg === `${path}@patch`) {
          printError(`go: skipping download of ${arg} that resolves to the main module\n`);
        }
      }
    }
    return args;
  }
  if (ml.inWorkspace) return ['all'];
  const { file } = ml.mains.single;
  const require = file?.require ?? [];
  const goVersion = file?.go?.version ?? '';
  if (goVersion === '' || compareGo(goVersion, explicitIndirectVersion) < 0) {
    return require.length > 0 ? ['all'] : [];
  }
  try {
    await loadModGraph(ml);
  } catch (error) {
    if (isSecurityError(error)) throw error;
    throw new Failure(`go: ${(error as Error).message}`);
  }
  return require.map((r) => r.mod.path);
}

function newDownload(info: ModuleInfo): Downloaded {
  const m: Downloaded = { Path: info.Path };
  if (info.Version !== undefined) m.Version = info.Version;
  if (info.Query !== undefined) m.Query = info.Query;
  if (info.Origin !== undefined) m.Origin = orderedOrigin(info.Origin);
  if (info.Reuse === true) m.Reuse = true;
  if (info.Error !== undefined) m.Error = info.Error.Err;
  return m;
}

async function download(ml: ModLoader, m: Downloaded): Promise<void> {
  if (m.Error !== undefined || m.Reuse === true) return;
  const { source } = ml;
  const path = m.Path;
  const version = m.Version!;
  try {
    m.Info = await source.infoFile(path, version);
    m.GoMod = await source.goModFile(path, version);
    m.GoModSum = await source.goModSum(path, version);
    m.Zip = await source.downloadZip({ path, version });
    const sum = source.sum({ path, version });
    if (sum !== undefined) m.Sum = sum;
    m.Dir = await source.download({ path, version });
  } catch (error) {
    if (isSecurityError(error)) throw error;
    m.Error = (error as Error).message;
  }
}

function ordered(m: Downloaded): object {
  return Object.fromEntries(
    fieldOrder.filter((name) => m[name] !== undefined).map((name) => [name, m[name]]),
  );
}
