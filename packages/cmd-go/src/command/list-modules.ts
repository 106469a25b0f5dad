/**
 * `go list -m`: modules instead of packages.
 * GOROOT: src/cmd/go/internal/list/list.go (runList, module mode).
 */
import { makeBuildConfig } from '../cfg/build.ts';
import { loadModFile } from '../modload/gomod.ts';
import { describeInfo, type ListMode, type ModuleInfo, orderedInfo } from '../modload/info.ts';
import { listModules } from '../modload/list.ts';
import { readReuse } from '../modload/reuse.ts';
import { Failure } from '../report/failure.ts';
import { goJSON } from '../report/json.ts';
import { print } from '../report/output.ts';
import { compileTemplate } from '../template/execute.ts';
import { Struct } from '../template/value.ts';
import { type Context } from './commands.ts';

export async function runListModules(context: Context): Promise<number> {
  const { values, args } = context.line;
  const { modules: ml } = await makeBuildConfig(context);
  if (ml === undefined) throw new Failure('go: list -m cannot be used with GO111MODULE=off');
  const u = values['u'] === true;
  const versions = values['versions'] === true;
  await loadModFile(ml);
  if (ml.buildMod === 'vendor') refuseVendor({ u, versions, args });
  const retracted = values['retracted'] === true;
  const mode: ListMode = {
    u,
    versions,
    retracted: u || retracted,
    retractedVersions: versions && retracted,
    deprecated: u,
    reuse: readReuse(values['reuse'] as string),
  };
  const { modules, error } = await listModules(ml, args, mode);
  if (values['e'] !== true) {
    const errors = modules.flatMap((m) => (m.Error === undefined ? [] : [m.Error.Err]));
    if (error !== undefined) errors.push(error.message);
    if (errors.length > 0) {
      throw new Failure(errors.map((text) => `go: ${text}`).join('\n'));
    }
  }
  const format = formatOf(values, versions);
  print(modules.map(format).join(''));
  return 0;
}

function refuseVendor(asked: {
  readonly u: boolean;
  readonly versions: boolean;
  readonly args: readonly string[];
}): void {
  const refuse = (what: string): never => {
    throw new Failure(
      `go: can't ${what} using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)`,
    );
  };
  if (asked.versions) refuse('determine available versions');
  if (asked.u) refuse('determine available upgrades');
  for (const arg of asked.args) {
    if (arg === 'all') refuse("compute 'all'");
    if (arg.includes('...')) refuse('match module patterns');
  }
}

type Format = (info: ModuleInfo) => string;

function formatOf(values: Readonly<Record<string, unknown>>, versions: boolean): Format {
  const json = values['json'] as boolean | string;
  const template = values['f'] as string;
  if (json !== false) {
    const fields = typeof json === 'string' ? new Set(json.split(',')) : undefined;
    return (info) => {
      const all = Object.entries(orderedInfo(info));
      const wanted = all.filter(([name]) => fields === undefined || fields.has(name));
      return `${goJSON(Object.fromEntries(wanted))}\n`;
    };
  }
  if (template !== '') {
    const expand = compileTemplate(template, {});
    return (info) => {
      const text = expand(moduleData(info));
      return text === '' || text.endsWith('\n') ? text : `${text}\n`;
    };
  }
  if (!versions) return (info) => `${describeInfo(info)}\n`;
  return ({ Path, Versions = [], Deprecated }) =>
    `${[Path, ...Versions].join(' ')}${Deprecated === undefined ? '' : ' (deprecated)'}\n`;
}

/** The module as templates see it. */
export function moduleData(info: ModuleInfo): Struct {
  const nested = (m: ModuleInfo | undefined): Struct | undefined =>
    m === undefined ? undefined : moduleData(m);
  const fields = {
    Path: info.Path,
    Version: info.Version ?? '',
    Query: info.Query ?? '',
    Versions: info.Versions ?? [],
    Replace: nested(info.Replace),
    Time: info.Time,
    Update: nested(info.Update),
    Main: info.Main === true,
    Indirect: info.Indirect === true,
    Dir: info.Dir ?? '',
    GoMod: info.GoMod ?? '',
    GoVersion: info.GoVersion ?? '',
    Retracted: info.Retracted ?? [],
    Deprecated: info.Deprecated ?? '',
    Error:
      info.Error === undefined
        ? undefined
        : new Struct('*modinfo.ModuleError', { Err: info.Error.Err }),
    Sum: info.Sum ?? '',
    GoModSum: info.GoModSum ?? '',
    Origin:
      info.Origin === undefined ? undefined : new Struct('*codehost.Origin', { ...info.Origin }),
    Reuse: info.Reuse === true,
  };
  return new Struct('*modinfo.ModulePublic', fields, describeInfo(info));
}
