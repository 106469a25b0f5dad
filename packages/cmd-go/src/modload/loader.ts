/**
 * The state of modules in one command: which files count, what may be changed, the main modules, the
 * requirements, and what other modules' go.mod files say.
 *
 * A command makes one ModLoader, which finds go.mod or go.work at once; reading them is put off until
 * `loadModFile`. Everything else in this folder works on a ModLoader.
 * GOROOT: src/cmd/go/internal/modload/{init,modfile}.go (what is found and in which order, wording).
 */
import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { type EditHost } from '@go-ts/modfetch/graph/edit';
import {
  type BuildMod,
  type ModSummary,
  pruningForGo,
  type Requirements,
} from '@go-ts/modfetch/graph/requirements';
import { ModFileErrors } from '@go-ts/modfetch/modfile/error';
import { type Godebug, type ModFile } from '@go-ts/modfetch/modfile/modfile';
import { autoQuote, parseModFileLax } from '@go-ts/modfetch/modfile/parse';
import { type ModuleSource } from '@go-ts/modfetch/source';
import { goModSumKey, sumKey } from '@go-ts/modfetch/sum/gosum';
import {
  compareGo,
  defaultGoModVersion,
  defaultGoWorkVersion,
  goStrictVersion,
  isToolchain,
} from '@go-ts/modfetch/version/gover';
import {
  formatModule,
  type ModuleVersion,
  ModuleVersionError,
  versionError,
} from '@go-ts/modfetch/version/module';
import { type Settings } from '../cfg/settings.ts';
import { disk, type FileTree } from '../fsys/fsys.ts';
import { type BuildContext } from '../load/constraint.ts';
import { findUp, shorten } from '../load/gomod.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { systemMessage } from '../report/system.ts';
import { NoMainModulesError, SumMissingError, TooNewError } from './errors.ts';
import { type ModuleInfo } from './info.ts';
import { type PackageLoader } from './load.ts';
import { type MainModules } from './mains.ts';
import { warnOfGopathModule } from './mode.ts';
import { openSource } from './source.ts';
import { directoryPath, isWorkspaceVendor, readVendorList, type VendorList } from './vendor.ts';

export interface ModOptions {
  readonly settings: Settings;
  readonly goroot: string;
  /** `1.27.4`. */
  readonly goVersion: string;
  readonly context: BuildContext;
  readonly cwd: string;
  /** `build`, `mod tidy`: decides what may be written. */
  readonly command: string;
  /** -mod, '' if not given. */
  readonly mod: string;
  readonly modfile: string;
  readonly modcacherw: boolean;
  readonly verbose: boolean;
  readonly trace: boolean;
  /** Whether go.work counts. */
  readonly workspaces: boolean;
  /** `need`: there must be a main module; `none`: there is none, whatever lies around. */
  readonly root: 'auto' | 'none' | 'need';
  /** Outside a module, packages may come from modules that are looked up. */
  readonly allowMissing?: boolean;
  readonly sayDownloads?: boolean;
  /** Main modules' folder, where it is not to be looked for. */
  readonly modRoot?: string;
}

export class ModLoader implements EditHost {
  readonly options: ModOptions;
  readonly modRoots: string[];
  /** '' outside a workspace. */
  readonly workFile: string;
  buildMod: BuildMod = 'readonly';
  /** Why it is not what one might expect. */
  buildModReason = '';
  mains!: MainModules;
  requirements: Requirements | undefined;
  pkgLoader: PackageLoader | undefined;
  /** The go line of each module that was read, under its name or its replacement's. */
  readonly rawGo = new Map<string, string>();
  #summaries = new Map<string, Promise<ModSummary>>();
  /** What was found out about modules of packages, by path. */
  readonly infos = new Map<string, ModuleInfo>();
  readonly latestIgnoring = new Map<string, Promise<ModuleVersion>>();
  #source: ModuleSource | undefined;
  #vendor: VendorList | undefined;
  #failed = false;

  constructor(options: ModOptions) {
    this.options = options;
    const { settings, modfile } = options;
    const module111 = settings.get('GO111MODULE');
    if (!['', 'on', 'auto', 'off'].includes(module111)) {
      throw new Failure(`go: unknown environment setting GO111MODULE=${module111}`);
    }
    if (module111 === 'off') {
      throw new Failure("go: modules disabled by GO111MODULE=off; see 'go help modules'");
    }
    this.workFile = this.#findWork();
    this.modRoots = this.#findRoots();
    if (modfile !== '' && !modfile.endsWith('.mod')) {
      throw new Failure(`go: -modfile=${modfile}: file does not have .mod extension`);
    }
    if (warnOfGopathModule(settings) && options.root === 'need') {
      throw new Failure(`go: ${new NoMainModulesError(false).message}`);
    }
  }

  #findWork(): string {
    const { settings, workspaces, root, cwd, goroot, modRoot } = this.options;
    if (!workspaces || root === 'none' || modRoot !== undefined) return '';
    return findWorkFile(settings, cwd, goroot, this.files);
  }

  #findRoots(): string[] {
    const { root, modfile, cwd, modRoot: given } = this.options;
    if (given !== undefined) return [given];
    const noMain = (): never[] => {
      if (root === 'need') throw new Failure(`go: ${new NoMainModulesError(false).message}`);
      return [];
    };
    if (root === 'none') {
      if (modfile !== '') {
        throw new Failure(
          'go: -modfile cannot be used with commands that ignore the current module',
        );
      }
      return [];
    }
    if (this.workFile !== '') {
      if (modfile !== '') throw new Failure('go: -modfile cannot be used in workspace mode');
      return [];
    }
    const file = findUp(cwd, 'go.mod', this.files);
    if (file === undefined) {
      if (modfile !== '') {
        throw new Failure(
          'go: cannot find main module, but -modfile was set.\n\t-modfile cannot be used to set the module root directory.',
        );
      }
      return noMain();
    }
    const modRoot = dirname(file);
    const temp = tmpdir();
    if (modRoot === temp || (existsSync(temp) && modRoot === realpathSync(temp))) {
      printError(`go: warning: ignoring go.mod in system temp root ${temp}\n`);
      return noMain();
    }
    return [modRoot];
  }

  /** Where sources and module files are read from. */
  get files(): FileTree {
    return this.options.context.files;
  }

  get modRootsOfMains(): readonly string[] {
    return this.modRoots;
  }

  get verbose(): boolean {
    return this.options.verbose;
  }

  async previousVersion(m: ModuleVersion): Promise<ModuleVersion> {
    const { previousVersion } = await import('./query.ts');
    return previousVersion(this, m);
  }

  get inWorkspace(): boolean {
    return this.workFile !== '';
  }

  get hasRoot(): boolean {
    return this.modRoots.length > 0;
  }

  /** Ends the command if there is no main module. */
  mustHaveRoot(): void {
    if (!this.hasRoot && !this.inWorkspace) this.dieWithoutRoot();
  }

  dieWithoutRoot(): never {
    if (!this.inWorkspace) {
      const git = findUp(this.options.cwd, '.git/config');
      if (git !== undefined && !isInside(this.options.cwd, this.options.goroot)) {
        const dir = dirname(dirname(git));
        const rel = relative(this.options.cwd, dir);
        const cd = rel === '' ? '' : `cd ${rel} && `;
        throw new Failure(
          `go: cannot find main module, but found .git/config in ${dir}\n\tto create a module there, run:\n\t${cd}go mod init`,
        );
      }
    }
    throw new Failure(`go: ${new NoMainModulesError(this.inWorkspace).message}`);
  }

  modFilePath(root: string): string {
    const { modfile, cwd } = this.options;
    return modfile === '' ? join(root, 'go.mod') : resolve(cwd, modfile);
  }

  /** go.sum beside the go.mod that is used, go.work.sum, or ''. */
  get goSumFile(): string {
    if (this.inWorkspace) return `${this.workFile}.sum`;
    const [root] = this.modRoots;
    return root === undefined ? '' : this.modFilePath(root).replace(/\.mod$/, '.sum');
  }

  get source(): ModuleSource {
    this.#source ??= openSource(this);
    return this.#source;
  }

  get vendorDir(): string {
    const base = this.inWorkspace ? dirname(this.workFile) : this.mains.single.root;
    return join(base, 'vendor');
  }

  get vendor(): VendorList {
    if (this.#vendor === undefined) {
      this.#vendor = readVendorList(this.vendorDir);
      for (const [name, { goVersion }] of this.#vendor.meta) {
        if (goVersion === '') continue;
        this.rawGo.set(name, goVersion);
        if (compareGo(goVersion, this.options.goVersion) > 0) {
          const what = `${name.split('@', 1)[0]} in ${shorten(join(this.vendorDir, 'modules.txt'))}`;
          throw new Failure(`go: ${this.tooNew(what, goVersion).message}`);
        }
      }
    }
    return this.#vendor;
  }

  // What the graph asks for.

  get mainModules(): readonly ModuleVersion[] {
    return this.mains.versions;
  }

  isMain(path: string): boolean {
    return this.mains.has(path);
  }

  /** As isMain, also while the main modules are being read. */
  hasMain(path: string): boolean {
    return (this.mains as MainModules | undefined)?.has(path) === true;
  }

  isReplacedAnywhere(path: string): boolean {
    return (this.mains as MainModules | undefined)?.highestReplaced.has(path) === true;
  }

  dirty(): Error {
    const { mod } = this.options;
    if (mod !== '') {
      return new Error(
        `updates to go.mod needed, disabled by -mod=${mod}; to update it:\n\tgo mod tidy`,
      );
    }
    if (this.buildModReason !== '') {
      return new Error(
        `updates to go.mod needed, disabled by -mod=${this.buildMod}\n\t(${this.buildModReason})\n\tto update it:\n\tgo mod tidy`,
      );
    }
    return new Error('updates to go.mod needed; to update it:\n\tgo mod tidy');
  }

  warn(line: string): void {
    printError(`${line}\n`);
  }

  async isAmbiguous(path: string, rs: Requirements): Promise<boolean> {
    const { findPackage } = await import('./import.ts');
    const { AmbiguousImportError } = await import('./errors.ts');
    try {
      await findPackage(this, path, rs, { skipModFile: true });
      return false;
    } catch (error) {
      return error instanceof AmbiguousImportError;
    }
  }

  // Errors that do not end the command at once.

  /** Prints an error; the command will end with status 1. */
  error(error: Error): void {
    printError(`${error.message.startsWith('go: ') ? '' : 'go: '}${error.message}\n`);
    this.#failed = true;
  }

  exitIfErrors(): void {
    if (this.#failed) throw new Failure('');
  }

  tooNew(what: string, goVersion: string, toolchain = ''): TooNewError {
    return new TooNewError(what, goVersion, this.running, toolchain);
  }

  /** This Go, as messages about newer ones describe it. */
  get running(): string {
    const setting = this.options.settings.get('GOTOOLCHAIN');
    const why = setting !== '' && setting !== 'auto' ? `; GOTOOLCHAIN=${setting}` : '';
    return `${this.options.goVersion}${why}`;
  }

  // Modes.

  get explicitMod(): boolean {
    return this.options.mod !== '';
  }

  /** -mod if given, else what command and files suggest. Called again when go.mod is known. */
  setBuildMod(): void {
    const { mod, command, allowMissing } = this.options;
    if (mod !== '') {
      if (this.inWorkspace && mod === 'mod') {
        throw new Failure(
          `go: -mod may only be set to readonly or vendor when in workspace mode, but it is set to "${mod}"\n\tRemove the -mod flag to use the default readonly value, \n\tor set GOWORK=off to disable workspace mode.`,
        );
      }
      this.buildMod = mod as BuildMod;
      return;
    }
    this.buildMod = 'readonly';
    if (writers.has(command)) this.buildMod = 'mod';
    else if (command === 'mod vendor' || command === 'work vendor') return;
    else if (!this.hasRoot && !this.inWorkspace) {
      if (allowMissing === true) this.buildMod = 'mod';
    } else if (this.mains !== undefined) {
      this.#considerVendor();
    }
  }

  #considerVendor(): void {
    const source = this.inWorkspace ? 'go.work' : 'go.mod';
    const goVersion = this.inWorkspace
      ? (this.mains.work?.go?.version ?? '')
      : (this.mains.single.index?.goVersion ?? '');
    const { vendorDir } = this;
    if (!this.files.isFolder(vendorDir)) return;
    if (goVersion === '') {
      this.buildModReason = `Go version in ${source} is unspecified, so vendor directory was not used.`;
    } else if (compareGo(goVersion, '1.14') < 0) {
      this.buildModReason = `Go version in ${source} is ${goVersion}, so vendor directory was not used.`;
    } else if (isWorkspaceVendor(vendorDir) !== this.inWorkspace) {
      this.buildModReason = this.inWorkspace
        ? 'In workspace mode, but vendor directory is not for a workspace'
        : 'Outside workspace mode, but vendor directory is for a workspace.';
    } else {
      this.buildMod = 'vendor';
      this.buildModReason = `Go version in ${source} is at least 1.14 and vendor directory exists.`;
    }
  }

  /** Go's version as the main module or the workspace sets it. */
  get mainGoVersion(): string {
    if (this.inWorkspace) return this.mains.work?.go?.version ?? defaultGoWorkVersion;
    const { file } = this.mains.single;
    if (file === undefined) return this.options.goVersion;
    return file.go?.version ?? defaultGoModVersion;
  }

  /** godebug lines of the main module or the workspace. */
  get mainGodebug(): readonly Godebug[] {
    const file = this.inWorkspace ? this.mains.work : this.mains.single.file;
    return file?.godebug ?? [];
  }

  get mustHaveSums(): boolean {
    return this.hasRoot && this.buildMod === 'readonly' && !this.inWorkspace;
  }

  haveSum(m: ModuleVersion): boolean {
    return this.source.goSum.have(sumKey(m.path, m.version));
  }

  // Replacements.

  /** What replaces the module, a folder relative to `replaceBase`. */
  replacement(m: ModuleVersion): ModuleVersion | undefined {
    if (this.mains === undefined) return undefined;
    const found = this.mains.replacement(m);
    if (found === undefined) return undefined;
    const { to, root } = found;
    if (isAbsolute(to.path) || to.version !== '' || root === '' || !this.inWorkspace) return to;
    return { path: directoryPath(dirname(this.workFile), join(root, to.path)), version: '' };
  }

  /** The module whose files are used. */
  resolve(m: ModuleVersion): ModuleVersion {
    return this.replacement(m) ?? m;
  }

  get replaceBase(): string {
    return this.inWorkspace ? dirname(this.workFile) : this.mains.single.root;
  }

  replaceDir(path: string): string {
    return isAbsolute(path) ? path : join(this.replaceBase, path);
  }

  // Other modules' go.mod.

  /** The go.mod of a module in the graph, replaced if it is, without excluded requirements. */
  async summary(m: ModuleVersion): Promise<ModSummary> {
    if (isToolchain(m.path)) return this.rawSummary(m);
    if (this.buildMod === 'vendor') {
      const isVendored = this.vendor.version.get(m.path) === m.version;
      return {
        ...emptySummary,
        module: { path: m.path, version: '' },
        // What it requires is not known, so it requires all.
        require: isVendored ? this.vendor.modules : [],
      };
    }
    const actual = this.resolve(m);
    if (this.mustHaveSums && actual.version !== '') {
      if (!this.source.goSum.have(goModSumKey(actual.path, actual.version))) {
        const hint = ` for go.mod file; to add it:\n\tgo mod download ${m.path}`;
        throw new ModuleVersionError(actual.path, actual.version, new SumMissingError(hint));
      }
    }
    const summary = await this.rawSummary(actual);
    if (actual.version !== '') {
      const path = summary.module?.path ?? '';
      if (path === '') {
        throw versionError(actual, new Error('parsing go.mod: missing module line'));
      }
      if (path !== m.path && path !== actual.path) {
        throw versionError(
          actual,
          new Error(
            `parsing go.mod:\n\tmodule declares its path as: ${path}\n\t        but was required as: ${m.path}`,
          ),
        );
      }
    }
    const isExcluded = (r: ModuleVersion): boolean =>
      this.mains.list.some(({ index }) => index?.exclude.has(formatModule(r)) === true);
    if (!this.mains.list.some(({ index }) => (index?.exclude.size ?? 0) > 0)) return summary;
    return { ...summary, require: summary.require.filter((r) => !isExcluded(r)) };
  }

  /** Takes over what another loader of the same command has read and verified. */
  shareSummaries(other: ModLoader): void {
    this.#summaries = other.#summaries;
    for (const [name, goVersion] of other.rawGo) this.rawGo.set(name, goVersion);
  }

  /** The go.mod as it is. */
  rawSummary(m: ModuleVersion): Promise<ModSummary> {
    if (isToolchain(m.path)) {
      const isStrict = m.path === 'go' && compareGo(m.version, goStrictVersion) >= 0;
      const require = isStrict ? [{ path: 'toolchain', version: `go${m.version}` }] : [];
      return Promise.resolve({ ...emptySummary, pruning: 'pruned', module: m, require });
    }
    if (m.version === '' && this.inWorkspace && this.isMain(m.path)) {
      const { file } = this.mains.of(m.path)!;
      if (file === undefined) return Promise.resolve({ ...emptySummary, module: m });
      return this.#summarize(m, file);
    }
    const key = formatModule(m);
    let summary = this.#summaries.get(key);
    if (summary === undefined) {
      summary = this.#readSummary(m);
      // Whoever awaits it gets the error; nobody may have done so yet when it fails.
      summary.catch(() => {});
      this.#summaries.set(key, summary);
    }
    return summary;
  }

  async #readSummary(m: ModuleVersion): Promise<ModSummary> {
    const { name, text } = await this.rawGoMod(m);
    let file: ModFile;
    try {
      file = parseModFileLax(name, text);
    } catch (error) {
      if (!(error instanceof ModFileErrors)) throw error;
      throw versionError(m, new Error(`parsing ${shorten(name)}: ${error.message}`));
    }
    return this.#summarize(m, file);
  }

  async #summarize(m: ModuleVersion, file: ModFile): Promise<ModSummary> {
    const goVersion = file.go?.version ?? '';
    const key = formatModule(m);
    const require = file.require.map((r) => r.mod);
    if (goVersion !== '' && !this.rawGo.has(key)) this.rawGo.set(key, goVersion);
    const isStrict = goVersion !== '' && compareGo(goVersion, goStrictVersion) >= 0;
    if (isStrict) require.push({ path: 'go', version: goVersion });
    const summary: ModSummary = {
      module: file.module === undefined ? undefined : { path: file.module.path, version: '' },
      goVersion,
      ignore: file.ignore.map((each) => each.path),
      pruning: goVersion === '' ? 'unpruned' : pruningForGo(goVersion),
      require,
      retract: file.retract,
      deprecated: file.module?.deprecated ?? '',
    };
    if (isStrict && compareGo(goVersion, this.options.goVersion) > 0) {
      throw Object.assign(this.tooNew(`module ${key}`, goVersion), { summary });
    }
    return summary;
  }

  /** As rawSummary, but a module for a newer Go is good enough: for retractions and deprecations. */
  async lenientSummary(m: ModuleVersion): Promise<ModSummary> {
    try {
      return await this.rawSummary(m);
    } catch (error) {
      if (error instanceof TooNewError && 'summary' in error) return error.summary as ModSummary;
      throw error;
    }
  }

  async rawGoMod(m: ModuleVersion): Promise<{ name: string; text: string }> {
    if (m.version !== '') {
      const bytes = await this.source.goMod(m.path, m.version);
      return { name: 'go.mod', text: Buffer.from(bytes).toString() };
    }
    const dir =
      this.inWorkspace && this.isMain(m.path) ? this.mains.root(m) : this.replaceDir(m.path);
    const name = join(dir, 'go.mod');
    try {
      return { name, text: this.files.readText(name) };
    } catch (error) {
      const why = systemMessage(error as NodeJS.ErrnoException);
      throw versionError(m, new Error(`reading ${shorten(name)}: ${why}`));
    }
  }

  /** False for a module that never had a go.mod: one is made up for it. */
  async hasGoMod(m: ModuleVersion): Promise<boolean> {
    return (await this.rawGoMod(m)).text !== `module ${autoQuote(m.path)}\n`;
  }
}

const emptySummary: ModSummary = {
  module: undefined,
  goVersion: '',
  ignore: [],
  pruning: 'pruned',
  require: [],
  retract: [],
  deprecated: '',
};

/** Commands that fetch, and most of which write, whatever the requirements lack. */
const writers = new Set([
  'get',
  'mod download',
  'mod init',
  'mod tidy',
  'work sync',
  'mod graph',
  'mod verify',
  'mod why',
]);

function isInside(dir: string, root: string): boolean {
  return dir === root || dir.startsWith(`${root}/`);
}

/** The go.work that counts in a folder, ''  if there is none. */
export function findWorkFile(
  settings: Settings,
  cwd: string,
  goroot: string,
  files: FileTree = disk,
): string {
  const gowork = settings.get('GOWORK');
  if (gowork === 'off') return '';
  if (gowork !== '' && gowork !== 'auto') {
    if (!isAbsolute(gowork)) throw new Failure('go: invalid GOWORK: not an absolute path');
    return gowork;
  }
  for (let dir = cwd; ; dir = dirname(dir)) {
    const file = join(dir, 'go.work');
    if (files.isFile(file)) return file;
    const parent = dirname(dir);
    // A file beside GOROOT is not for the work inside it.
    if (parent === dir || parent === goroot) return '';
  }
}
