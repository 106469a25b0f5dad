/**
 * What is known of one module: the record that `go list -m -json` and a package's Module field print.
 * GOROOT: src/cmd/go/internal/modinfo/info.go, src/cmd/go/internal/modload/build.go (moduleInfo).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isNotExist, isSecurityError } from '@go-ts/modfetch/error';
import { type Requirements } from '@go-ts/modfetch/graph/requirements';
import { type Origin } from '@go-ts/modfetch/source';
import { goModSumKey, sumKey } from '@go-ts/modfetch/sum/gosum';
import { compareVersions, isToolchain } from '@go-ts/modfetch/version/gover';
import { findCause, formatModule, type ModuleVersion } from '@go-ts/modfetch/version/module';
import { DisallowedError, NoMatchingVersionError, RetractedError } from './errors.ts';
import { type ModLoader } from './loader.ts';
import {
  allowedVersions,
  checkAllowed,
  checkDeprecation,
  checkExclusions,
  checkRetractions,
  mergeOrigin,
  query,
  reusableInfo,
} from './query.ts';
import { type Reusable } from './reuse.ts';

/** In the order of the printed fields. */
export interface ModuleInfo {
  Path: string;
  Version?: string;
  Query?: string;
  Versions?: readonly string[];
  Replace?: ModuleInfo;
  Time?: string;
  Update?: ModuleInfo;
  Main?: boolean;
  Indirect?: boolean;
  Dir?: string;
  GoMod?: string;
  GoVersion?: string;
  Retracted?: readonly string[];
  Deprecated?: string;
  Error?: { Err: string };
  Origin?: Origin;
  Sum?: string;
  GoModSum?: string;
  Reuse?: boolean;
}

export interface ListMode {
  readonly u: boolean;
  readonly versions: boolean;
  readonly retracted: boolean;
  readonly retractedVersions: boolean;
  readonly deprecated: boolean;
  /** Earlier answers that may be given again. */
  readonly reuse?: Reusable;
}

export const plainMode: ListMode = {
  u: false,
  versions: false,
  retracted: false,
  retractedVersions: false,
  deprecated: false,
};

/** With requirements as the build has the module, without as the module is. */
export async function moduleInfo(
  ml: ModLoader,
  rs: Requirements | undefined,
  m: ModuleVersion,
  mode: ListMode = plainMode,
): Promise<ModuleInfo> {
  const main = m.version === '' ? ml.mains.of(m.path) : undefined;
  if (main !== undefined) {
    const info: ModuleInfo = { Path: m.path, Main: true };
    if (main.root !== '') {
      info.Dir = main.root;
      info.GoMod = ml.modFilePath(main.root);
    }
    setIf(info, 'GoVersion', ml.rawGo.get(m.path));
    return info;
  }
  const info: ModuleInfo = { Path: m.path };
  setIf(info, 'Version', m.version);
  if (rs !== undefined && !rs.direct.has(m.path)) info.Indirect = true;
  setIf(info, 'GoVersion', ml.rawGo.get(formatModule(m)));
  if (rs === undefined) {
    await complete(ml, info, undefined, mode);
    return info;
  }
  const replacement = ml.replacement(m);
  if (replacement === undefined) {
    if (ml.buildMod !== 'vendor') await complete(ml, info, rs, mode);
    return info;
  }
  const other: ModuleInfo = { Path: replacement.path };
  setIf(other, 'Version', replacement.version);
  setIf(other, 'GoVersion', ml.rawGo.get(formatModule(m)));
  if (replacement.version === '') {
    other.Dir = ml.replaceDir(replacement.path);
    other.GoMod = join(other.Dir, 'go.mod');
  }
  info.Replace = other;
  if (ml.buildMod !== 'vendor') {
    await complete(ml, other, rs, mode);
    setIf(info, 'Dir', other.Dir);
    setIf(info, 'GoMod', other.GoMod);
    if (other.Retracted !== undefined) info.Retracted = other.Retracted;
  }
  delete info.GoVersion;
  setIf(info, 'GoVersion', other.GoVersion);
  return info;
}

type TextField =
  | 'Version'
  | 'Dir'
  | 'GoMod'
  | 'GoVersion'
  | 'Sum'
  | 'GoModSum'
  | 'Time'
  | 'Deprecated';

function setIf(info: ModuleInfo, field: TextField, value: string | undefined): void {
  if (value !== undefined && value !== '') info[field] = value;
}

/** Adds what the module cache knows, asking for it if need be. */
async function complete(
  ml: ModLoader,
  info: ModuleInfo,
  rs: Requirements | undefined,
  mode: ListMode,
): Promise<void> {
  if (isToolchain(info.Path)) return;
  const { goSum } = ml.source;
  const isChecked = (key: string): boolean =>
    rs === undefined || info.Version === undefined || !ml.mustHaveSums || goSum.have(key);
  if (info.Version !== undefined) {
    const mod = { path: info.Path, version: info.Version };
    const old = mode.reuse === undefined ? undefined : await reusableInfo(ml, mod, mode.reuse);
    if (old !== undefined) {
      const { Query: _query, Dir: _dir, ...kept } = old;
      Object.assign(info, kept);
      return;
    }
    try {
      const rev = await query(ml, info.Path, info.Version);
      info.Version = rev.version;
      setIf(info, 'Time', rev.time);
    } catch (error) {
      if (isSecurityError(error)) throw error;
      info.Error = { Err: (error as Error).message };
    }
  }
  const mod = { path: info.Path, version: info.Version ?? '' };
  const modKey = goModSumKey(mod.path, mod.version);
  const zipKey = sumKey(mod.path, mod.version);
  if (info.GoVersion === undefined && isChecked(modKey)) {
    try {
      setIf(info, 'GoVersion', (await ml.rawSummary(mod)).goVersion);
    } catch (error) {
      // A module without readable go.mod is listed without its go version.
      if (isSecurityError(error)) throw error;
    }
  }
  if (info.Version === undefined) return;
  if (isChecked(modKey)) {
    const goMod = ml.source.cachePath(mod, 'mod');
    if (existsSync(goMod)) info.GoMod = goMod;
    setIf(info, 'GoModSum', goSum.recorded(modKey));
  }
  if (isChecked(zipKey)) {
    setIf(info, 'Dir', ml.source.cachedDir(mod));
    setIf(info, 'Sum', goSum.recorded(zipKey));
  }
  if (mode.retracted) await addRetraction(ml, info);
}

/** Adds what has to be asked for: newer versions, all versions, retractions, deprecation. */
export async function addDetails(ml: ModLoader, info: ModuleInfo, mode: ListMode): Promise<void> {
  if (mode.u) await addUpdate(ml, info);
  if (mode.versions) await addVersions(ml, info, mode.retractedVersions);
  if (mode.retracted) await addRetraction(ml, info);
  if (mode.deprecated) await addDeprecation(ml, info);
}

function isAbsent(error: unknown): boolean {
  return isNotExist(error) || findCause(error, NoMatchingVersionError) !== undefined;
}

function setError(info: ModuleInfo, error: unknown): void {
  if (isSecurityError(error)) throw error;
  info.Error ??= { Err: (error as Error).message };
}

async function addUpdate(ml: ModLoader, info: ModuleInfo): Promise<void> {
  const { Path, Version } = info;
  if (Version === undefined) return;
  try {
    const rev = await query(ml, Path, 'upgrade', {
      current: Version,
      allowed: (m) => checkAllowed(ml, m),
    });
    if (compareVersions(Path, rev.version, Version) > 0) {
      info.Update = { Path, Version: rev.version };
      setIf(info.Update, 'Time', rev.time);
    }
  } catch (error) {
    if (isAbsent(error) || findCause(error, DisallowedError) !== undefined) return;
    setError(info, error);
  }
}

async function addVersions(ml: ModLoader, info: ModuleInfo, retracted: boolean): Promise<void> {
  try {
    const { list, origin } = await allowedVersions(ml, info.Path, (m) =>
      retracted ? checkExclusions(ml, m) : checkAllowed(ml, m),
    );
    if (list.length > 0) info.Versions = list;
    const merged = mergeOrigin(info.Origin, origin);
    if (merged === undefined) delete info.Origin;
    else info.Origin = merged;
  } catch (error) {
    delete info.Origin;
    setError(info, error);
  }
}

async function addRetraction(ml: ModLoader, info: ModuleInfo): Promise<void> {
  if (info.Version === undefined) return;
  try {
    await checkRetractions(ml, { path: info.Path, version: info.Version });
  } catch (error) {
    if (isAbsent(error)) return;
    const retracted = findCause(error, RetractedError);
    if (retracted === undefined) setError(info, error);
    else {
      info.Retracted =
        retracted.rationale.length === 0 ? ['retracted by module author'] : retracted.rationale;
    }
  }
}

async function addDeprecation(ml: ModLoader, info: ModuleInfo): Promise<void> {
  try {
    const m = { path: info.Path, version: info.Version ?? '' };
    setIf(info, 'Deprecated', await checkDeprecation(ml, m));
  } catch (error) {
    if (!isAbsent(error)) setError(info, error);
  }
}

const fieldOrder: readonly (keyof ModuleInfo)[] = [
  'Path',
  'Version',
  'Query',
  'Versions',
  'Replace',
  'Time',
  'Update',
  'Main',
  'Indirect',
  'Dir',
  'GoMod',
  'GoVersion',
  'Retracted',
  'Deprecated',
  'Error',
  'Sum',
  'GoModSum',
  'Origin',
  'Reuse',
];

const originFields = 'VCS URL Subdir Hash TagPrefix TagSum Ref RepoSum'.split(' ');

/** Fields in the order of JSON output, without empty ones. */
export function orderedOrigin(origin: Origin): object {
  const fields = origin as Readonly<Record<string, string | undefined>>;
  const kept = originFields.filter((name) => (fields[name] ?? '') !== '');
  return Object.fromEntries(kept.map((name) => [name, fields[name]]));
}

/** The record with its fields in order, as JSON has them. */
export function orderedInfo(info: ModuleInfo): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of fieldOrder) {
    const value = info[field];
    if (value === undefined) continue;
    if (field === 'Replace' || field === 'Update') out[field] = orderedInfo(value as ModuleInfo);
    else if (field === 'Origin') out[field] = orderedOrigin(value as Origin);
    else out[field] = value;
  }
  return out;
}

/** `path version [update] (deprecated) => other version`: a line of `go list -m`. */
export function describeInfo(info: ModuleInfo): string {
  const version = (m: ModuleInfo): string =>
    `${m.Version ?? ''}${m.Retracted === undefined ? '' : ' (retracted)'}`;
  const versioned = (m: ModuleInfo): string => {
    let text = m.Path;
    if (m.Version !== undefined) {
      text += ` ${version(m)}`;
      if (m.Update !== undefined) text += ` [${version(m.Update)}]`;
    }
    return m.Deprecated === undefined ? text : `${text} (deprecated)`;
  };
  const own = versioned(info);
  return info.Replace === undefined ? own : `${own} => ${versioned(info.Replace)}`;
}
