/**
 * The arguments of editing flags: `path@version`, `old[@v]=new[@w]`, `[low,high]`.
 * GOROOT: src/cmd/go/internal/modcmd/edit.go (forms, wording).
 */
import { quoteString } from '@go-ts/base/quote';
import { type VersionInterval } from '@go-ts/modfetch/modfile/modfile';
import { autoQuote, isDirectoryPath } from '@go-ts/modfetch/modfile/parse';
import { checkImportPath, type ModuleVersion } from '@go-ts/modfetch/version/module';
import { parsePathVersion } from '../../modload/query.ts';
import { Failure } from '../../report/failure.ts';

/** Whatever needs no quotes may stand for a version here. */
function isAllowed(version: string): boolean {
  return autoQuote(version) === version && version !== '';
}

function split(arg: string, fail: (why: string) => never): ReturnType<typeof parsePathVersion> {
  try {
    return parsePathVersion(arg);
  } catch (error) {
    return fail((error as Error).message);
  }
}

export function parsePathVersionArg(flag: string, arg: string): ModuleVersion {
  const fail = (why: string): never => {
    throw new Failure(`go: -${flag}=${arg}: ${why}`);
  };
  const parts = split(arg, fail);
  if (parts.version === undefined) return fail('need path@version');
  const path = parts.path.trim();
  const version = parts.version.trim();
  const bad = checkImportPath(path);
  if (bad !== undefined) fail(`invalid path: ${bad.message}`);
  if (!isAllowed(version)) fail(`invalid version ${quoteString(version)}`);
  return { path, version };
}

export function checkPathArg(flag: string, arg: string): void {
  if (arg.includes('@')) {
    throw new Failure(`go: -${flag}=${arg}: need just path, not path@version`);
  }
  const bad = checkImportPath(arg);
  if (bad !== undefined) throw new Failure(`go: -${flag}=${arg}: invalid path: ${bad.message}`);
}

function parseOptional(
  adjective: string,
  arg: string,
  mayBeDirectory: boolean,
  fail: (why: string) => never,
): ModuleVersion {
  if (mayBeDirectory && isDirectoryPath(arg)) return { path: arg, version: '' };
  const parts = split(arg, fail);
  const path = parts.version === undefined ? parts.path : parts.path.trim();
  const version = parts.version?.trim() ?? '';
  const bad = checkImportPath(path);
  if (bad !== undefined) fail(`invalid ${adjective} path: ${bad.message}`);
  if (path !== arg && !isAllowed(version)) {
    fail(`invalid ${adjective} version: ${quoteString(version)}`);
  }
  return { path, version };
}

export function parseReplaceArg(arg: string): { old: ModuleVersion; to: ModuleVersion } {
  const fail = (why: string): never => {
    throw new Failure(`go: -replace=${arg}: ${why}`);
  };
  const equals = arg.indexOf('=');
  if (equals < 0) fail('need old[@v]=new[@w] (missing =)');
  const before = arg.slice(0, equals).trim();
  const after = arg.slice(equals + 1).trim();
  if (after.startsWith('>')) fail('separator between old and new is =, not =>');
  const old = parseOptional('old', before, false, fail);
  const to = parseOptional('new', after, true, fail);
  if (to.path === after && !isDirectoryPath(after)) {
    fail('unversioned new path must be local directory');
  }
  return { old, to };
}

export function parseReplacedArg(arg: string): ModuleVersion {
  return parseOptional('old', arg, true, (why) => {
    throw new Failure(`go: -dropreplace=${arg}: ${why}`);
  });
}

export function parseInterval(flag: string, arg: string): VersionInterval {
  const fail = (why: string): never => {
    throw new Failure(`go: -${flag}=${arg}: ${why}: ${quoteString(arg)}`);
  };
  if (!arg.startsWith('[')) {
    if (!isAllowed(arg)) fail('invalid version');
    return { low: arg, high: arg };
  }
  const comma = arg.indexOf(',');
  if (!arg.endsWith(']') || comma < 0) return fail('invalid version interval');
  const low = arg.slice(1, comma).trim();
  const high = arg.slice(comma + 1, -1).trim();
  if (!isAllowed(low) || !isAllowed(high)) fail('invalid version interval');
  return { low, high };
}
