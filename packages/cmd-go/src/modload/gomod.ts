/**
 * The main module's go.mod and go.sum, or a workspace's files: reading them at the beginning of a
 * command, and writing at its end what was found to be needed.
 * GOROOT: src/cmd/go/internal/modload/init.go (loadModFile, UpdateGoModFromReqs, commitRequirements,
 * keepSums), src/cmd/go/internal/modload/modfile.go (ReadModFile).
 */
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { MvsGraph } from '@go-ts/modfetch/graph/mvs';
import { Requirements, overrideRoots, pruningForGo } from '@go-ts/modfetch/graph/requirements';
import { ModuleGraph } from '@go-ts/modfetch/graph/requirements';
import { convertPruning, updateRoots } from '@go-ts/modfetch/graph/roots';
import {
  addPath,
  dropPath,
  dropToolchain,
  setGo,
  setToolchain,
} from '@go-ts/modfetch/modfile/edit';
import { ModFileError, ModFileErrors } from '@go-ts/modfetch/modfile/error';
import {
  cleanUpFile,
  formatModFile,
  type ModFile,
  type WorkFile,
} from '@go-ts/modfetch/modfile/modfile';
import {
  parseModFile,
  parseModFileLax,
  parseWorkFile,
  UnresolvedVersion,
} from '@go-ts/modfetch/modfile/parse';
import { type Requirement, setRequirements } from '@go-ts/modfetch/modfile/require';
import { goModSumKey, type SumKey, sumKey } from '@go-ts/modfetch/sum/gosum';
import {
  compareGo,
  defaultGoModVersion,
  explicitIndirectVersion,
  fromToolchain,
  goModToolVersion,
  goStrictVersion,
  isToolchain,
  isValidGo,
  separateIndirectVersion,
  simplifyRequireVersion,
  sortModules,
  tidyGoModSumVersion,
} from '@go-ts/modfetch/version/gover';
import {
  canonicalVersion,
  checkImportPath,
  checkPathMajor,
  InvalidVersionError,
  type ModuleVersion,
  ModuleVersionError,
  splitPathVersion,
  versionError,
} from '@go-ts/modfetch/version/module';
import { findUp, shorten } from '../load/gomod.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { systemMessage } from '../report/system.ts';
import { writeWhole } from '../work/cache.ts';
import { TooNewError } from './errors.ts';
import { pathPrefixes } from './import.ts';
import { type PackageLoader } from './load.ts';
import { type ModLoader } from './loader.ts';
import { indexModFile, isDirty, type MainModule, MainModules } from './mains.ts';
import { query } from './query.ts';
import { checkVendorConsistency } from './vendor.ts';

/** Reads the files once; later calls give the requirements as they are by then. */
export async function loadModFile(ml: ModLoader, tidyGo?: string): Promise<Requirements> {
  if (ml.requirements !== undefined) return ml.requirements;
  const work = ml.inWorkspace ? readWorkspace(ml) : undefined;
  ml.setBuildMod();
  if (ml.modRoots.length === 0) {
    ml.requirements = withoutModule(ml, work);
    return ml.requirements;
  }
  const mains: MainModule[] = [];
  const errors: Error[] = [];
  for (const root of ml.modRoots) {
    try {
      // In order, for the errors.
      // oxlint-disable-next-line no-await-in-loop
      mains.push(await readMain(ml, root, work));
    } catch (error) {
      errors.push(error as Error);
    }
  }
  if (errors.length > 0) {
    throw new Failure(errors.map((error) => asGo(error)).join('\n'));
  }
  setMains(ml, mains, work);
  ml.setBuildMod();
  let rs = fromModFiles(ml, work, mains);
  if (ml.buildMod === 'vendor') {
    checkVendorConsistency(ml.vendor, {
      mains: ml.mains,
      inWorkspace: ml.inWorkspace,
      vendorDir: ml.vendorDir,
      workFile: ml.workFile,
      modFilePath: (root) => ml.modFilePath(root),
      replacement: (m) => ml.replacement(m),
      shorten,
    });
    setVendorGraph(ml, rs);
  }
  if (ml.inWorkspace) {
    ml.requirements = rs;
    return rs;
  }
  if (rs.hasRedundantRoot) rs = await updateRoots(ml, rs, { direct: rs.direct });
  rs = await addMissingGo(ml, rs, tidyGo);
  ml.requirements = rs;
  return rs;
}

function asGo(error: Error): string {
  return error instanceof Failure || error.message.startsWith('go: ')
    ? error.message
    : `go: ${error.message}`;
}

export function setMains(ml: ModLoader, mains: readonly MainModule[], work?: WorkFile): void {
  const paths = new Set<string>();
  for (const { version } of mains) {
    if (paths.has(version.path)) {
      throw new Failure(`go: module ${version.path} appears multiple times in workspace`);
    }
    paths.add(version.path);
    ml.rawGo.set(version.path, mains.find((m) => m.version === version)?.file?.go?.version ?? '');
  }
  for (const { old } of work?.replace ?? []) {
    if (!paths.has(old.path) || old.version !== '') continue;
    throw new Failure(
      `go: workspace module ${old.path} is replaced at all versions in the go.work file. To fix, remove the replacement from the go.work file or specify the version at which to replace the module.`,
    );
  }
  const goMod = findUp(ml.options.cwd, 'go.mod', ml.files);
  const rootOfCwd = goMod === undefined ? '' : dirname(goMod);
  ml.mains = new MainModules(mains, work, ml.inWorkspace, rootOfCwd);
}

/** Outside any module packages of the standard library can be built, and files. */
function withoutModule(ml: ModLoader, work: WorkFile | undefined): Requirements {
  const { goVersion: local } = ml.options;
  const version = { path: 'command-line-arguments', version: '' };
  const none = { version, root: '', prefix: version.path, inGorootSrc: false };
  setMains(ml, [{ ...none, file: undefined, index: undefined }], work);
  const goVersion = ml.inWorkspace ? ml.mainGoVersion : local;
  ml.rawGo.set(version.path, goVersion);
  const go: ModuleVersion[] = [
    { path: 'go', version: goVersion },
    { path: 'toolchain', version: `go${local}` },
  ];
  const pruning = ml.inWorkspace ? 'workspace' : pruningForGo(goVersion);
  const roots = ml.inWorkspace ? [version, ...go] : go;
  const rs = new Requirements(ml, pruning, roots, new Set(['go']));
  if (ml.buildMod === 'vendor') {
    const g = new MvsGraph(ml.mainModules);
    g.require(version, roots);
    rs.setGraph(new ModuleGraph(g));
  }
  return rs;
}

async function readMain(
  ml: ModLoader,
  root: string,
  work: WorkFile | undefined,
): Promise<MainModule> {
  const path = ml.modFilePath(root);
  let read: ReadFile;
  try {
    read = await readModFile(ml, path);
  } catch (error) {
    if (!ml.inWorkspace) throw error;
    const isWork = ml.options.command.startsWith('work ');
    if (error instanceof TooNewError && !isWork) {
      throw workTooOld(path, work, error.goVersion);
    }
    const { message } = error as Error;
    throw new Error(
      `cannot load module ${shorten(dirname(path))} listed in go.work file: ${message}`,
      { cause: error },
    );
  }
  const { file, text, fixed } = read;
  if (ml.inWorkspace && !ml.options.command.startsWith('work ')) {
    const own = file.go?.version ?? defaultGoModVersion;
    const theirs = work?.go?.version ?? '1.18';
    if (compareGo(own, theirs) > 0 && compareGo(own, goStrictVersion) >= 0) {
      throw workTooOld(path, work, own);
    }
  }
  if (!ml.inWorkspace) checkGodebugs(ml, file, `error loading go.mod:\n${shorten(path)}`);
  const modPath = file.module!.path;
  const bad = checkImportPath(modPath);
  if (bad !== undefined) throw bad.as('module');
  const src = join(ml.options.goroot, 'src');
  const inGorootSrc = root === src || root.startsWith(`${src}/`);
  return {
    version: { path: modPath, version: '' },
    root,
    // std's packages have no prefix.
    prefix: inGorootSrc && modPath === 'std' ? '' : modPath,
    inGorootSrc,
    file,
    index: indexModFile(text, file, fixed),
  };
}

function workTooOld(path: string, work: WorkFile | undefined, goVersion: string): Error {
  const verb = work?.go === undefined ? 'implicitly requires' : 'lists';
  const theirs = work?.go?.version ?? '1.18';
  return new Error(
    `module ${shorten(dirname(path))} listed in go.work file requires go >= ${goVersion}, but go.work ${verb} go ${theirs}; to download and use go ${goVersion}:\n\tgo work use`,
  );
}

interface ReadFile {
  readonly text: string;
  readonly file: ModFile;
  /** Versions were not in their one form. */
  readonly fixed: boolean;
}

/** Reads a main module's go.mod; versions that name a branch or commit are looked up. */
export async function readModFile(ml: ModLoader, path: string): Promise<ReadFile> {
  let text: string;
  try {
    text = ml.files.readText(path);
  } catch (error) {
    // What the user has named is shown as it was named.
    const { modfile } = ml.options;
    if (modfile !== '') Object.assign(error as Error, { path: modfile });
    throw new Error(systemMessage(error as NodeJS.ErrnoException), { cause: error });
  }
  const { file, fixed } = await parseFixing(ml, path, text);
  const goVersion = file.go?.version ?? '';
  const short = shorten(path);
  if (goVersion !== '' && compareGo(goVersion, ml.options.goVersion) > 0) {
    throw ml.tooNew(short, goVersion, file.toolchain?.name);
  }
  if (file.module === undefined) {
    throw new Error(
      `error reading ${short}: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod`,
    );
  }
  if (isToolchain(file.module.path)) {
    throw new Error(
      `error reading ${short}: invalid module path: ${quoteString(file.module.path)}`,
    );
  }
  return { text, file, fixed };
}

async function parseFixing(
  ml: ModLoader,
  path: string,
  text: string,
): Promise<{ file: ModFile; fixed: boolean }> {
  const known = new Map<string, string | Error>();
  let fixed = false;
  const fix = (modPath: string, version: string): string => {
    const v = checkFixed(modPath, version);
    if (v !== undefined) return v;
    const key = `${modPath}@${version}`;
    const answer = known.get(key);
    if (answer === undefined) throw new UnresolvedVersion(modPath, version);
    if (typeof answer !== 'string') throw answer;
    if (answer !== version) fixed = true;
    return answer;
  };
  for (;;) {
    try {
      return { file: parseModFile(path, text, fix), fixed };
    } catch (error) {
      if (error instanceof UnresolvedVersion) {
        const { path: modPath, version } = error;
        // oxlint-disable-next-line no-await-in-loop
        known.set(`${modPath}@${version}`, await lookUpVersion(ml, modPath, version));
        continue;
      }
      if (!(error instanceof ModFileErrors)) throw error;
      throwIfTooNew(ml, path, text);
      const list = error.list.map(
        (each) => new ModFileError(shorten(each.file), each.pos, each.reason, each.about),
      );
      throw new Error(`errors parsing ${shorten(path)}:\n${new ModFileErrors(list).message}`, {
        cause: error,
      });
    }
  }
}

/** A version that is fine as it is; undefined for one to look up. */
function checkFixed(path: string, version: string): string | undefined {
  const split = splitPathVersion(path);
  if (split === undefined) {
    const why = `malformed module path ${quoteString(path)}`;
    throw new ModuleVersionError(path, '', new InvalidVersionError(version, why));
  }
  if (version === '' || canonicalVersion(version) !== version) return undefined;
  const wrong = checkPathMajor(version, split.pathMajor);
  if (wrong !== undefined) throw versionError({ path, version }, wrong);
  return version;
}

async function lookUpVersion(
  ml: ModLoader,
  path: string,
  version: string,
): Promise<string | Error> {
  try {
    return (await query(ml, path, version)).version;
  } catch (error) {
    return error as Error;
  }
}

/** A file that only a newer Go understands is not malformed. */
function throwIfTooNew(ml: ModLoader, path: string, text: string): void {
  let lax: ModFile;
  try {
    lax = parseModFileLax(path, text, (_, version) => version);
  } catch {
    // The mistakes of the strict parser are told.
    return;
  }
  const goVersion = lax.go?.version ?? '';
  if (goVersion === '' || compareGo(goVersion, ml.options.goVersion) <= 0) return;
  throw ml.tooNew(shorten(path), goVersion, lax.toolchain?.name);
}

/** Reads go.work and takes over its folders as main modules'. */
function readWorkspace(ml: ModLoader): WorkFile {
  const work = readWorkFile(ml, ml.workFile);
  const short = shorten(ml.workFile);
  const roots: string[] = [];
  for (const { path, line } of work.use) {
    const root = isAbsolute(path) ? path : join(dirname(ml.workFile), path);
    if (roots.includes(root)) {
      throw new Failure(
        `go: error loading go.work:\n${short}:${line.start.line}: path ${root} appears multiple times in workspace`,
      );
    }
    roots.push(root.length > 1 ? root.replace(/\/+$/, '') : root);
  }
  checkGodebugs(ml, work, `error loading go.work:\n${short}`);
  ml.modRoots.splice(0, ml.modRoots.length, ...roots);
  return work;
}

export function readWorkFile(ml: ModLoader, path: string): WorkFile {
  const short = shorten(path);
  let text: string;
  try {
    text = ml.files.readText(path);
  } catch (error) {
    const failure = { ...(error as NodeJS.ErrnoException), path: short };
    throw new Failure(`go: reading go.work: ${systemMessage(failure)}`);
  }
  let work: WorkFile;
  try {
    work = parseWorkFile(short, text);
  } catch (error) {
    if (!(error instanceof ModFileErrors)) throw error;
    throw new Failure(`go: errors parsing go.work:\n${error.message}`);
  }
  const goVersion = work.go?.version ?? '';
  const isEdit = ml.options.command === 'work edit';
  if (goVersion !== '' && compareGo(goVersion, ml.options.goVersion) > 0 && !isEdit) {
    throw new Failure(`go: ${ml.tooNew(short, goVersion).message}`);
  }
  return work;
}

function checkGodebugs(ml: ModLoader, file: ModFile | WorkFile, where: string): void {
  const errors: string[] = [];
  for (const { key, value, line } of file.godebug) {
    const reason = badGodebug(ml, key, value);
    if (reason !== undefined) errors.push(`go: ${where}:${line.start.line}: ${reason}`);
  }
  if (errors.length > 0) throw new Failure(errors.join('\n'));
}

function badGodebug(ml: ModLoader, key: string, value: string): string | undefined {
  for (const [what, text] of [
    ['key', key],
    ['value', value],
  ] as const) {
    if (/[ \t]/.test(text)) return `${what} contains space`;
    if (text.includes(',')) return `${what} contains comma`;
  }
  if (key === 'default') {
    const version = value.replace(/^go/, '');
    if (!value.startsWith('go') || !isValidGo(version)) {
      return 'value for default= must be goVERSION';
    }
    const { goVersion } = ml.options;
    if (compareGo(version, goVersion) <= 0) return undefined;
    return `default=${value} too new (toolchain is go${goVersion})`;
  }
  const table = join(ml.options.goroot, 'src/internal/godebugs/table.go');
  const text = existsSync(table) ? readFileSync(table, 'utf8') : '';
  if (text === '' || text.includes(`{Name: "${key}"`)) return undefined;
  return `unknown godebug ${quoteString(key)}`;
}

/** Requirements as the files have them, without excluded ones. */
export function fromModFiles(
  ml: ModLoader,
  work: WorkFile | undefined,
  mains: readonly MainModule[],
): Requirements {
  if (ml.inWorkspace) {
    const roots = [...ml.mainModules, { path: 'go', version: ml.mainGoVersion }];
    const toolchain = work?.toolchain?.name;
    if (toolchain !== undefined) roots.push({ path: 'toolchain', version: toolchain });
    const direct = new Set(
      mains.flatMap((m) => m.file?.require ?? []).flatMap((r) => (r.indirect ? [] : [r.mod.path])),
    );
    return new Requirements(ml, 'workspace', sortModules(roots), direct);
  }
  const main = mains[0]!;
  const { roots, direct } = rootsOf(ml, main);
  const toolchain = main.file?.toolchain?.name;
  if (toolchain !== undefined) roots.push({ path: 'toolchain', version: toolchain });
  return new Requirements(ml, pruningForGo(ml.mainGoVersion), sortModules(roots), direct);
}

function rootsOf(ml: ModLoader, main: MainModule): { roots: ModuleVersion[]; direct: Set<string> } {
  const roots: ModuleVersion[] = [];
  const direct = new Set(['go']);
  for (const { mod, indirect } of main.file?.require ?? []) {
    if (main.index?.exclude.has(`${mod.path}@${mod.version}`) === true) {
      const verb = ml.buildMod === 'mod' ? 'dropping' : 'ignoring';
      printError(`go: ${verb} requirement on excluded version ${mod.path} ${mod.version}\n`);
      continue;
    }
    roots.push(mod);
    if (!indirect) direct.add(mod.path);
  }
  roots.push({ path: 'go', version: main.file?.go?.version ?? defaultGoModVersion });
  return { roots, direct };
}

/** With vendoring, modules.txt is all that is known of the graph. */
function setVendorGraph(ml: ModLoader, rs: Requirements): void {
  const g = new MvsGraph(ml.inWorkspace ? rs.roots : ml.mainModules);
  const list = ml.vendor.modules;
  if (rs.pruning === 'pruned') {
    let inconsistent = false;
    for (const { path, version } of list) {
      if (rs.rootSelected(path) === version) continue;
      printError(
        `go: vendored module ${path}@${version} should be required explicitly in go.mod\n`,
      );
      inconsistent = true;
    }
    if (inconsistent) throw new Failure(`go: ${ml.dirty().message}`);
    g.require(ml.mains.single.version, rs.roots);
  } else {
    // A module that stands for the file requires what is in it.
    const vendor = { path: 'vendor/modules.txt', version: '' };
    if (ml.inWorkspace) {
      for (const main of ml.mains.list) {
        g.require(main.version, [...rootsOf(ml, main).roots, vendor]);
      }
    } else {
      g.require(ml.mains.single.version, [...rs.roots, vendor]);
    }
    g.require(vendor, list);
  }
  rs.setGraph(new ModuleGraph(g));
}

async function addMissingGo(
  ml: ModLoader,
  rs: Requirements,
  tidyGo: string | undefined,
): Promise<Requirements> {
  const main = ml.mains.single;
  if (main.index?.goVersion !== '') return rs;
  const { command } = ml.options;
  if (ml.buildMod !== 'mod' || command === 'mod graph' || command === 'mod why') {
    ml.rawGo.set(main.version.path, defaultGoModVersion);
    return rs;
  }
  const version = tidyGo ?? ml.options.goVersion;
  if (main.file !== undefined) forceGo(ml, main.file, version);
  const withGo = overrideRoots(ml, rs, [{ path: 'go', version }]);
  // What is there was written for a Go that did not prune.
  return compareGo(version, explicitIndirectVersion) >= 0
    ? convertPruning(ml, withGo, 'pruned')
    : withGo;
}

export function forceGo(ml: ModLoader, file: ModFile, version: string): void {
  setGo(file, version);
  ml.rawGo.set(file.module?.path ?? '', version);
}

export interface WriteOptions {
  readonly dropToolchain?: boolean;
  readonly explicitToolchain?: boolean;
  readonly addTools?: readonly string[];
  readonly dropTools?: readonly string[];
}

export interface UpdatedModFile {
  readonly before: string;
  readonly after: string;
  readonly file: ModFile;
}

/** Brings go.mod in memory up to the requirements; undefined if there is none. */
export function updateModFile(
  ml: ModLoader,
  options: WriteOptions = {},
): UpdatedModFile | undefined {
  const main = ml.mains.single;
  const { file } = main;
  if (ml.mains.list.length !== 1 || main.root === '' || file === undefined) return undefined;
  const before = formatModFile(file);
  const rs = ml.requirements!;
  const { command, goVersion: local } = ml.options;
  const list: Requirement[] = rs.roots
    .filter((m) => !isToolchain(m.path))
    .map((mod) => ({ mod, indirect: !rs.direct.has(mod.path) }));
  let { goVersion } = rs;
  if (compareGo(goVersion, local) > 0) throw ml.tooNew('updating go.mod', goVersion);
  if (file.go?.version !== goVersion) {
    const always = ml.buildMod === 'mod' || command === 'mod tidy' || command === 'get';
    if (file.go !== undefined || goVersion !== defaultGoModVersion || always) {
      forceGo(ml, file, goVersion);
    }
  }
  const tools = new Set(file.tool.map((tool) => tool.path));
  for (const tool of options.dropTools ?? []) tools.delete(tool);
  for (const tool of options.addTools ?? []) tools.add(tool);
  if (tools.size > 0 && compareGo(goVersion, goModToolVersion) < 0 && command === 'get') {
    if (options.explicitToolchain === true) {
      throw new Error(
        `${goModToolVersion} is required for tool directives in go.mod: go get go@${goModToolVersion}.0`,
      );
    }
    goVersion = goModToolVersion;
    forceGo(ml, file, goVersion);
  }
  const toolchain = rs.roots.find((m) => m.path === 'toolchain')?.version ?? `go${goVersion}`;
  const isOld = compareGo(fromToolchain(toolchain), goStrictVersion) < 0;
  if (
    options.dropToolchain === true ||
    toolchain === `go${goVersion}` ||
    (isOld && options.explicitToolchain !== true)
  ) {
    dropToolchain(file);
  } else {
    setToolchain(file, toolchain);
  }
  for (const path of options.addTools ?? []) addPath(file, 'tool', path);
  for (const path of options.dropTools ?? []) dropPath(file, 'tool', path);
  const layout =
    compareGo(goVersion, separateIndirectVersion) < 0
      ? 'mixed'
      : compareGo(goVersion, simplifyRequireVersion) < 0
        ? 'separate'
        : 'two-blocks';
  setRequirements(file, list, layout);
  cleanUpFile(file);
  return { before, after: formatModFile(file), file };
}

/** Writes go.mod and go.sum if they changed and may; an error if they must change and may not. */
export async function commitRequirements(ml: ModLoader, options: WriteOptions = {}): Promise<void> {
  const keepAll = (): Promise<Set<SumKey>> =>
    keepSums(ml, ml.pkgLoader, ml.requirements!, 'build list');
  if (ml.inWorkspace) {
    await writeGoSum(ml, await keepAll());
    return;
  }
  const updated = updateModFile(ml, options);
  if (updated === undefined) return;
  const main = ml.mains.single;
  const { command } = ml.options;
  const toolsChange = (options.addTools?.length ?? 0) + (options.dropTools?.length ?? 0) > 0;
  const dirty = isDirty(main.index, updated.file, ml.buildMod) || toolsChange;
  if (dirty && ml.buildMod !== 'mod') throw ml.dirty();
  const path = ml.modFilePath(main.root);
  if (ml.files.isReplaced(path)) {
    if (!dirty) return;
    throw new Failure(
      'go: updates to go.mod needed, but go.mod is part of the overlay specified with -overlay',
    );
  }
  if (dirty || command === 'mod tidy') {
    const now = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (now !== updated.after) {
      if (main.index !== undefined && now !== main.index.text) {
        throw new Error('updating go.mod: existing contents have changed since last read');
      }
      replaceFile(path, updated.after);
    }
    main.index = indexModFile(updated.after, updated.file, false);
  }
  // A go.sum made now would lack what the first build finds.
  if (command !== 'mod init') await writeGoSum(ml, await keepAll());
}

/** Writes a file whole, or not at all. */
export function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    // What a link names is written, as upstream does, and not the link.
    writeWhole(existsSync(path) ? realpathSync(path) : path, Buffer.from(text), 0o666);
  } catch (error) {
    throw new Error(systemMessage({ ...(error as NodeJS.ErrnoException), path }), {
      cause: error,
    });
  }
}

/** Writes go.sum if there is something to write; an error if that may not be. */
export function writeGoSum(ml: ModLoader, keep: ReadonlySet<SumKey>): Promise<void> {
  const { goSum } = ml.source;
  if (!goSum.enabled || !goSum.needsUpdate(keep)) return Promise.resolve();
  const readonly = ml.buildMod !== 'mod' && !ml.inWorkspace;
  if (readonly) {
    return Promise.reject(new Error('updates to go.sum needed; to update it:\n\tgo mod tidy'));
  }
  if (ml.files.isReplaced(goSum.file)) {
    throw new Failure(
      'go: updates to go.sum needed, but go.sum is part of the overlay specified with -overlay',
    );
  }
  const now = existsSync(goSum.file) ? readFileSync(goSum.file, 'utf8') : '';
  const text = goSum.tidy(now, keep);
  if (text !== now) replaceFile(goSum.file, text);
  goSum.written();
  return Promise.resolve();
}

/** The sums that are needed to load the same again. */
export async function keepSums(
  ml: ModLoader,
  loader: PackageLoader | undefined,
  rs: Requirements,
  which: 'loaded' | 'build list',
): Promise<Set<SumKey>> {
  const keep = new Set<SumKey>();
  const keepMod = (m: ModuleVersion): void => {
    const { path, version } = ml.resolve(m);
    keep.add(goModSumKey(path, version));
  };
  const keepZip = (m: ModuleVersion): void => {
    const { path, version } = ml.resolve(m);
    keep.add(sumKey(path, version));
  };
  let keepModOfZip = true;
  if (loader === undefined) {
    keepModOfZip = compareGo(ml.mainGoVersion, tidyGoModSumVersion) >= 0 || ml.buildMod === 'mod';
  } else {
    const isOld = compareGo(loader.requirements.goVersion, tidyGoModSumVersion) < 0;
    const skips = isOld && (loader.params.tidy === true || ml.buildMod !== 'mod');
    keepModOfZip = !skips;
    for (const pkg of loader.pkgs) {
      const { mod, path } = pkg;
      if (pkg.testOf !== undefined || checkImportPath(path) !== undefined) continue;
      if (mod === undefined && pkg.error === undefined) continue;
      if (!skips && mod !== undefined) keepMod(mod);
      const isRoot =
        rs.pruning === 'pruned' && mod !== undefined && rs.rootSelected(mod.path) === mod.version;
      // oxlint-disable-next-line no-await-in-loop
      const mg = isRoot ? undefined : (await rs.graph()).mg;
      // Every module that might have the package is looked at, to see that only one has.
      for (const prefix of pathPrefixes(path)) {
        const version = mg === undefined ? rs.rootSelected(prefix) : mg.selected(prefix);
        if (version !== undefined && version !== 'none') keepZip({ path: prefix, version });
      }
    }
  }
  const mg = rs.loadedGraph;
  if (mg === undefined) {
    for (const m of rs.roots) {
      keepMod(m);
      if (which === 'build list') keepZip(m);
    }
    return keep;
  }
  mg.g.walk((m) => {
    if (mg.requiredBy(m) !== undefined) keepMod(m);
  });
  if (which === 'build list') {
    for (const m of mg.buildList) {
      if (keepModOfZip) keepMod(m);
      keepZip(m);
    }
  }
  return keep;
}
