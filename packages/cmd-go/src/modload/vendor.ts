/**
 * vendor/modules.txt: which modules and packages the vendor folder has, and whether that is what
 * go.mod or go.work says.
 * GOROOT: src/cmd/go/internal/modload/vendor.go (format, wording).
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { compareGo, compareVersions } from '@go-ts/modfetch/version/gover';
import {
  checkImportPath,
  formatModule,
  type ModuleVersion,
  sameModule,
} from '@go-ts/modfetch/version/module';
import { isValidSemver } from '@go-ts/modfetch/version/semver';
import { Failure } from '../report/failure.ts';
import { type MainModules } from './mains.ts';

export interface VendorList {
  /** Modules with packages here, in the order of the file. */
  readonly modules: readonly ModuleVersion[];
  readonly replaced: readonly ModuleVersion[];
  /** Path → version. */
  readonly version: ReadonlyMap<string, string>;
  /** Package → module. */
  readonly moduleOf: ReadonlyMap<string, ModuleVersion>;
  readonly meta: ReadonlyMap<string, VendorMeta>;
}

interface VendorMeta {
  explicit: boolean;
  replacement: ModuleVersion | undefined;
  goVersion: string;
}

export function readVendorList(vendorDir: string): VendorList {
  const modules: ModuleVersion[] = [];
  const replaced: ModuleVersion[] = [];
  const version = new Map<string, string>();
  const moduleOf = new Map<string, ModuleVersion>();
  const meta = new Map<string, VendorMeta>();
  const file = join(vendorDir, 'modules.txt');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const metaOf = (m: ModuleVersion): VendorMeta => {
    const key = formatModule(m);
    let found = meta.get(key);
    if (found === undefined) {
      found = { explicit: false, replacement: undefined, goVersion: '' };
      meta.set(key, found);
    }
    return found;
  };
  let mod: ModuleVersion | undefined;
  for (const line of text.split('\n')) {
    const words = line.split(/\s+/).filter(Boolean);
    if (line.startsWith('# ')) {
      if (words.length < 3) continue;
      mod = headerModule(words);
      if (mod === undefined) continue;
      const replacement = headerReplacement(words);
      if (replacement !== undefined) {
        metaOf(mod).replacement = replacement;
        replaced.push(mod);
      }
    } else if (mod !== undefined && line.startsWith('## ')) {
      for (const entry of line.slice(3).split(';')) {
        const note = entry.trim();
        if (note === 'explicit') metaOf(mod).explicit = true;
        if (note.startsWith('go ')) metaOf(mod).goVersion = note.slice(3);
      }
    } else if (
      mod !== undefined &&
      words.length === 1 &&
      checkImportPath(words[0]!) === undefined
    ) {
      moduleOf.set(words[0]!, mod);
      const before = version.get(mod.path);
      if (before === undefined || compareVersions(mod.path, before, mod.version) < 0) {
        modules.push(mod);
        version.set(mod.path, mod.version);
      }
    }
  }
  return { modules, replaced, version, moduleOf, meta };
}

/** `# path v1.2.3` or `# path => …`. */
function headerModule([, path = '', third = '']: readonly string[]): ModuleVersion | undefined {
  if (isValidSemver(third)) return { path, version: third };
  return third === '=>' ? { path, version: '' } : undefined;
}

function headerReplacement(words: readonly string[]): ModuleVersion | undefined {
  const arrow = words.indexOf('=>');
  if (arrow < 2 || arrow > 3) return undefined;
  const [path, version = '', ...more] = words.slice(arrow + 1);
  if (path === undefined || more.length > 0) return undefined;
  return version === '' || isValidSemver(version) ? { path, version } : undefined;
}

/** True if the folder was made for a workspace. */
export function isWorkspaceVendor(vendorDir: string): boolean {
  const file = join(vendorDir, 'modules.txt');
  if (!existsSync(file)) return false;
  const [first = ''] = readFileSync(file, 'utf8').split('\n', 1);
  if (!first.startsWith('## ')) return false;
  return first
    .slice(3)
    .split(';')
    .some((entry) => entry.trim() === 'workspace');
}

export interface VendorContext {
  readonly mains: MainModules;
  readonly inWorkspace: boolean;
  readonly vendorDir: string;
  /** go.work, in a workspace. */
  readonly workFile: string;
  readonly modFilePath: (root: string) => string;
  /** With folders as modules.txt writes them. */
  readonly replacement: (m: ModuleVersion) => ModuleVersion | undefined;
  readonly shorten: (path: string) => string;
}

/** Ends the command if modules.txt does not say what the go.mod files say. */
export function checkVendorConsistency(vendor: VendorList, context: VendorContext): void {
  const { mains, inWorkspace } = context;
  const pre114 = !inWorkspace && compareGo(mains.single.index?.goVersion ?? '', '1.14') < 0;
  const errors: string[] = [];
  const complain = (m: ModuleVersion, what: string): void => {
    errors.push(`\n\t${formatModule(m)}: ${what}`);
  };
  for (const { file } of mains.list) {
    for (const { mod } of file?.require ?? []) {
      if (vendor.meta.get(formatModule(mod))?.explicit === true) continue;
      const have = vendor.version.get(mod.path);
      if (!pre114) {
        complain(
          mod,
          'is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt',
        );
      } else if (have !== undefined && have !== mod.version) {
        complain(
          mod,
          `is explicitly required in go.mod, but vendor/modules.txt indicates ${mod.path}@${have}`,
        );
      }
    }
  }
  const seen = new Set<string>();
  const replaces = [
    ...mains.list.flatMap((m) => m.file?.replace ?? []),
    ...(mains.work?.replace ?? []),
  ];
  for (const { old } of replaces) {
    if (seen.has(formatModule(old))) continue;
    seen.add(formatModule(old));
    const from = mains.replacement(old);
    const source = from?.root === '' ? context.workFile : context.modFilePath(from?.root ?? '');
    const wanted = context.replacement(old);
    const have = vendor.meta.get(formatModule(old))?.replacement;
    if (have === undefined) {
      const skips = pre114 && (old.version === '' || vendor.version.get(old.path) !== old.version);
      if (wanted === undefined || skips) continue;
      complain(
        old,
        `is replaced in ${context.shorten(source)}, but not marked as replaced in vendor/modules.txt`,
      );
    } else if (wanted === undefined || !sameModule(have, wanted)) {
      complain(
        old,
        `is replaced by ${formatModule(from?.to ?? have)} in ${context.shorten(source)}, but marked as replaced by ${formatModule(have)} in vendor/modules.txt`,
      );
    }
  }
  for (const mod of vendor.modules) {
    if (vendor.meta.get(formatModule(mod))?.explicit !== true) continue;
    if (mains.list.some((m) => m.index?.require.has(formatModule(mod)) === true)) continue;
    const article = inWorkspace ? 'a ' : '';
    complain(
      mod,
      `is marked as explicit in vendor/modules.txt, but not explicitly required in ${article}go.mod`,
    );
  }
  for (const mod of vendor.replaced) {
    if (context.replacement(mod) !== undefined) continue;
    const where = inWorkspace ? 'the workspace' : 'go.mod';
    complain(mod, `is marked as replaced in vendor/modules.txt, but not replaced in ${where}`);
  }
  if (errors.length === 0) return;
  const command = inWorkspace ? 'work' : 'mod';
  throw new Failure(
    `go: inconsistent vendoring in ${dirname(context.vendorDir)}:${errors.join('')}\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo ${command} vendor`,
  );
}

/** A path as one of a folder: absolute, or beginning with a dot. */
export function directoryPath(from: string, to: string): string {
  const path = relative(from, to) || '.';
  return /^\.{1,2}(\/|$)/.test(path) ? path : `./${path}`;
}
