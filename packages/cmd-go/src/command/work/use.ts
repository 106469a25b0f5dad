/**
 * `go work init` and `go work use`: which folders a workspace has.
 * GOROOT: src/cmd/go/internal/workcmd/{init,use}.go.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import { addUse, dropToolchain, dropUse, setGo } from '@go-ts/modfetch/modfile/edit';
import {
  cleanUpFile,
  formatModFile,
  newWorkFile,
  type WorkFile,
} from '@go-ts/modfetch/modfile/modfile';
import { sortBlocks } from '@go-ts/modfetch/modfile/sort';
import {
  compareGo,
  defaultGoModVersion,
  defaultGoWorkVersion,
  fromToolchain,
  goStrictVersion,
  maxGo,
} from '@go-ts/modfetch/version/gover';
import { makeModLoader } from '../../cfg/modules.ts';
import { shorten } from '../../load/gomod.ts';
import { readModFile, readWorkFile, replaceFile } from '../../modload/gomod.ts';
import { type ModLoader } from '../../modload/loader.ts';
import { directoryPath } from '../../modload/vendor.ts';
import { Failure } from '../../report/failure.ts';
import { printError } from '../../report/output.ts';
import { type Context } from '../commands.ts';

export const noWorkFile =
  "go: no go.work file found\n\t(run 'go work init' first or specify path using GOWORK environment variable)";

export async function runWorkInit(context: Context): Promise<number> {
  const ml = await makeModLoader(context);
  const file = ml.workFile === '' ? join(process.cwd(), 'go.work') : ml.workFile;
  if (existsSync(file)) throw new Failure(`go: ${file} already exists`);
  const work = newWorkFile();
  setGo(work, ml.options.goVersion);
  await use(ml, file, work, context);
  writeWork(file, work);
  return 0;
}

export async function runWorkUse(context: Context): Promise<number> {
  const ml = await makeModLoader(context);
  if (ml.workFile === '') throw new Failure(noWorkFile);
  const work = readWorkFile(ml, ml.workFile);
  await use(ml, ml.workFile, work, context);
  writeWork(ml.workFile, work);
  return 0;
}

export function writeWork(file: string, work: WorkFile): void {
  sortBlocks(work);
  cleanUpFile(work);
  replaceFile(file, formatModFile(work));
}

/** Raises the go line to what a module needs, and drops a toolchain line that this makes idle. */
export function raiseGo(work: WorkFile, goVersion: string): boolean {
  if (compareGo(work.go?.version ?? defaultGoWorkVersion, goVersion) >= 0) return false;
  setGo(work, goVersion);
  const toolchain = work.toolchain?.name;
  if (toolchain === undefined) return true;
  const version = fromToolchain(toolchain);
  const isIdle =
    toolchain === `go${goVersion}` ||
    compareGo(version, goVersion) < 0 ||
    compareGo(version, goStrictVersion) < 0;
  if (isIdle) dropToolchain(work);
  return true;
}

/** The folders named, and with -r those below them, come to be in the file or not. */
async function use(ml: ModLoader, file: string, work: WorkFile, { line }: Context): Promise<void> {
  const base = dirname(file);
  const absolute = (path: string): string =>
    isAbsolute(path) ? normalize(path) : join(base, path);
  const have = new Map<string, string[]>();
  for (const { path } of work.use) {
    const abs = absolute(path);
    have.set(abs, [...(have.get(abs) ?? []), path]);
  }
  const errors: string[] = [];
  /** Folder → how the file shall write it; '' to drop it. */
  const keep = new Map<string, string>();
  const look = (dir: string): void => {
    const abs = resolve(dir);
    const written = isAbsolute(dir) ? abs : directoryPath(base, abs);
    const info = statSync(join(abs, 'go.mod'), { throwIfNoEntry: false });
    if (info !== undefined && !info.isFile()) {
      errors.push(`go: ${shorten(join(abs, 'go.mod'))} is not a regular file`);
      return;
    }
    const before = keep.get(abs) ?? '';
    if (before !== '' && before !== written && info !== undefined) {
      errors.push(`go: already added "${written}" as "${before}"`);
    }
    keep.set(abs, info === undefined ? '' : written);
  };
  for (const dir of line.args) {
    const abs = resolve(dir);
    const info = statSync(abs, { throwIfNoEntry: false });
    if (info?.isDirectory() !== true) {
      errors.push(
        info === undefined
          ? `go: directory ${shorten(abs)} does not exist`
          : `go: ${shorten(abs)} is not a directory`,
      );
      continue;
    }
    if (line.values['r'] !== true) {
      look(dir);
      continue;
    }
    walk(dir, look);
    for (const known of have.keys()) {
      const isBelow = known === abs || known.startsWith(`${abs}/`);
      if (isBelow && !keep.has(known)) keep.set(known, '');
    }
  }
  for (const [abs, written] of keep) {
    const known = have.get(abs) ?? [];
    for (const path of known) if (path !== written) dropUse(work, path);
    if (written !== '') addUse(work, written);
  }
  let goVersion = work.go?.version ?? defaultGoWorkVersion;
  for (const { path } of work.use) {
    try {
      // In order, for the errors.
      // oxlint-disable-next-line no-await-in-loop
      const mod = await readModFile(ml, join(absolute(path), 'go.mod'));
      goVersion = maxGo(goVersion, mod.file.go?.version ?? defaultGoModVersion);
    } catch (error) {
      errors.push(`go: ${(error as Error).message}`);
    }
  }
  if (errors.length > 0) throw new Failure(errors.join('\n'));
  raiseGo(work, goVersion);
}

function walk(dir: string, visit: (dir: string) => void): void {
  visit(dir);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isSymbolicLink()) {
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
        printError(`warning: ignoring symlink ${shorten(resolve(path))}\n`);
      }
    } else if (entry.isDirectory() && basename(path) !== 'vendor') {
      walk(path, visit);
    }
  }
}
