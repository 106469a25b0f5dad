/**
 * Builds packages and programs: the action graph, its keys, and who works on what.
 *
 * One action for each package (compile and assemble into an archive) and one for each program (link).
 * A package's key holds everything that its job reads, imports by the hash of what they export; so it
 * can be made only when the imports are done, and an import whose exports stay the same stops the
 * rebuilding there. Hits cost a look-up; misses become jobs for the workers, as soon as the last
 * import is there.
 *
 * Invariant: keys and outputs depend on content and settings, never on time, host, order of
 * completion or, with -trimpath, on where the sources are.
 * GOROOT: src/cmd/go/internal/work/{action,exec,gc}.go (what goes into an action id, flags of tools).
 */
import { hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { incompletePackages } from '@go-ts/runtime/entry/special';
import { objectHeader } from '@go-ts/runtime/target/targets';
import { type BuildConfig } from '../cfg/build.ts';
import { describe, isProgram, type Package, packageList } from '../load/package.ts';
import { compareBytes } from '../load/sources.ts';
import { printBuildEvents } from '../report/buildjson.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { replacePrefix, shortenPaths } from '../report/paths.ts';
import { excerpt } from '../report/source-line.ts';
import { isDecorated } from '../report/terminal.ts';
import {
  type InputFile,
  type Job,
  type JobResult,
  type LinkJob,
  type PackageJob,
} from '../worker/messages.ts';
import { Pool } from '../worker/pool.ts';
import { type Action, ActionLog } from './actions.ts';
import { readBuildID } from './buildid.ts';
import { buildInfo, defaultGodebug } from './buildinfo.ts';
import { type ActionID, Cache, type CacheEntry, KeyHash } from './cache.ts';
import { openCacheDir } from './cachedir.ts';
import { type CacheProgram } from './cacheprog.ts';
import { checkTempFolder } from './folders.ts';
import { includedFiles, InputHashes } from './inputs.ts';
import { PerPackageFlags } from './perpackage.ts';
import { compileLines, linkLines } from './plan.ts';
import { Progress } from './progress.ts';

export interface BuilderOptions {
  readonly config: BuildConfig;
  /** The module that workers run; another one in tests. */
  readonly worker: URL;
  /** Stands for the tools in every key. */
  readonly toolID: string;
  readonly now: number;
  /** The file of cmd/cover, made when it is needed. */
  readonly coverTool: () => Promise<string>;
  /** Keeps the cache instead of the folder alone. */
  readonly program?: CacheProgram;
  /** Workers are to say how long steps and passes take. */
  readonly timed?: boolean;
}

/** A package that has been built. */
interface Built {
  readonly archive: string;
  /** Output that holds the export data. */
  readonly exported: string;
  /** Key of what an importer may depend on: these exports, and those behind them. */
  readonly exportKey: string;
  /** Output that holds what is known of a covered package before it has run. */
  readonly meta?: string;
}

/** Thrown when packages had errors, which have been printed. */
export class BuildFailed extends Failure {
  constructor() {
    super('', 1);
  }
}

export class Builder {
  readonly config: BuildConfig;
  readonly cache: Cache;
  /** What has been done. */
  readonly log: ActionLog;
  readonly #options: BuilderOptions;
  readonly #pool: Pool;
  readonly #hashes: InputHashes;
  readonly #gcflags: PerPackageFlags;
  readonly #asmflags: PerPackageFlags;
  readonly #ldflags: PerPackageFlags;
  readonly #built = new Map<Package, Promise<Built | undefined>>();
  /** What workers make now, by key: packages that are the same are compiled once. */
  readonly #making = new Map<ActionID, Promise<JobResult>>();
  readonly #actions = new Map<Package, Action>();
  readonly #progress: Progress;
  #cover: Promise<string> | undefined;
  #running = 0;
  readonly #faults = new Set<string>();
  #failed = false;
  #told: Map<Package, string> | undefined;
  /** How many folders -x and -n have named. */
  readonly #numbers = new Map<Package, number>();
  /** A job failed for what is not in the program: nothing new is begun. */
  #isMachineFaulty = false;

  constructor(options: BuilderOptions) {
    const { config, worker, now } = options;
    this.#options = options;
    this.config = config;
    checkTempFolder(config.settings);
    const dir = openCacheDir(config.settings);
    this.cache = new Cache(dir, now);
    this.#pool = new Pool(worker, config.flags.p);
    this.#hashes = new InputHashes(config.context.files, join(dir, 'go-ts-inputs'), now);
    const perPackage = (uses: readonly string[]): PerPackageFlags =>
      new PerPackageFlags(uses, config.cwd, config.modules);
    this.#gcflags = perPackage(config.flags.gcflags);
    this.#asmflags = perPackage(config.flags.asmflags);
    this.#ldflags = perPackage(config.flags.ldflags);
    this.log = new ActionLog(now, () => performance.now());
    this.#progress = new Progress(this.log);
  }

  /** Builds the packages and all below them; throws BuildFailed after printing what is wrong. */
  async buildPackages(roots: readonly Package[]): Promise<void> {
    await Promise.all(packageList(roots).map((p) => this.#package(p)));
    if (this.#failed) throw new BuildFailed();
  }

  /** Builds packages of a test; the result is the first that failed, which has been printed. */
  async tryBuild(roots: readonly Package[]): Promise<Package | undefined> {
    const list = packageList(roots);
    const built = await Promise.all(list.map((p) => this.#package(p)));
    return list[built.indexOf(undefined)];
  }

  /** From now on what is wrong with packages is not printed but kept, and is the result. */
  keepMessages(): ReadonlyMap<Package, string> {
    this.#told ??= new Map();
    return this.#told;
  }

  /** The key of a program that has been built but need not have been linked. */
  async linkKey(main: Package, extra: readonly string[]): Promise<ActionID> {
    const built = await this.#built.get(main);
    if (built === undefined) throw new BuildFailed();
    return (await this.#linkJob(main, built, extra)).key;
  }

  /** Links a built main package; the result is the output that holds the executable. */
  async link(main: Package, extra: readonly string[] = []): Promise<string> {
    const built = await this.#built.get(main);
    if (built === undefined) throw new BuildFailed();
    const job = await this.#linkJob(main, built, extra);
    const action = this.log.add('link', main.importPath);
    action.deps = [main, ...packageList(main.deps)].map((p) => this.#actions.get(p)!);
    action.buildID = job.buildID;
    this.log.ready(action);
    const { a, x } = this.config.flags;
    // What is shown is done.
    const known = a || x ? undefined : await this.#lookup(job.key);
    if (x && known === undefined) this.#showLink(main, job);
    if (known !== undefined) {
      this.log.ended(action, 'cached');
      return known.output;
    }
    const result = await this.#run(action, job);
    const output = result.outputs?.['executable'];
    this.#report(main, result);
    if (output === undefined) throw new BuildFailed();
    return output;
  }

  /** A program is where the user wants it. */
  installed(main: Package, dest: string): void {
    const { log } = this;
    const link = log.actions.findLast((a) => a.mode === 'link' && a.package === main.importPath);
    const action = log.add('link-install', main.importPath);
    action.deps = link === undefined ? [] : [link];
    action.buildID = link?.buildID ?? '';
    action.target = resolve(this.config.cwd, dest);
    log.ended(action, 'built');
  }

  /**
   * The file that holds what is known of a covered package before it has run; undefined if there is
   * nothing in it to cover.
   */
  async coverMeta(p: Package): Promise<string | undefined> {
    const output = (await this.#built.get(p))?.meta;
    const file = output === undefined ? undefined : this.cache.file(output);
    return file === undefined || statSync(file).size === 0 ? undefined : file;
  }

  /** The archive of a built package. */
  async archive(p: Package): Promise<string> {
    const built = await this.#built.get(p);
    if (built === undefined) throw new BuildFailed();
    return built.archive;
  }

  /**
   * What official programs can read of a built package (vet, go/importer), made when first asked for;
   * `whole` keeps the objects too. Undefined for a package that could not be built.
   */
  async unified(p: Package, whole: boolean): Promise<string | undefined> {
    const built = await this.#built.get(p);
    if (built === undefined || built.archive === '') return undefined;
    const key = new KeyHash('unified')
      .add('tools', this.#options.toolID)
      .add('exports', built.exportKey)
      .add('archive', built.archive)
      .add('whole', String(whole))
      .sum();
    const known = this.cache.lookup(key);
    if (known !== undefined) return known.output;
    const below = await this.#importsOf(p);
    const result = await this.#pool.run({
      kind: 'unified',
      cacheDir: this.cache.dir,
      now: this.#options.now,
      key,
      importPath: p.importPath,
      archive: built.archive,
      whole,
      deps: [{ p, built }, ...below].map(({ p: dep, built: { exported } }) => ({
        path: dep.importPath,
        output: exported,
      })),
    });
    this.#report(p, result);
    return result.outputs?.['unified'];
  }

  /**
   * Looks for a package in the cache, whose imports have been looked for before; builds nothing.
   * Undefined if an import is not there, so that nobody can say what the package would be.
   */
  async peek(p: Package): Promise<{ buildID: string; isCached: boolean } | undefined> {
    const deps = await Promise.all(p.deps.map(async (dep) => await this.#built.get(dep)));
    if (deps.includes(undefined)) return undefined;
    const { job, exportsBelow } = this.#packageJob(
      p,
      await this.#importsOf(p),
      await this.#coverTool(p),
    );
    const archive = await this.#lookup(job.archiveKey);
    const exported = await this.#lookup(job.exportKey);
    if (archive === undefined || exported === undefined) {
      return { buildID: job.buildID, isCached: false };
    }
    const { output } = exported;
    const exportKey = new KeyHash('exports').add('own', output).add('below', exportsBelow).sum();
    const built = { archive: archive.output, exported: output, exportKey };
    this.#built.set(p, Promise.resolve(built));
    return { buildID: job.buildID, isCached: true };
  }

  /** True if a file is what a link of the package, which has been built, would make. */
  async isUpToDate(main: Package, file: string): Promise<boolean> {
    const { a, timings } = this.config.flags;
    if (a || (timings ?? false) !== false) return false;
    const id = readBuildID(file);
    return id !== '' && id.split('/', 1)[0] === (await this.linkBuildID(main)).split('/', 1)[0];
  }

  /** The build id that a link of a package found by `peek` would leave in the program. */
  async linkBuildID(main: Package): Promise<string> {
    const built = await this.#built.get(main);
    return built === undefined ? '' : (await this.#linkJob(main, built, [])).buildID;
  }

  /** Prints what a build of the packages would do; nothing is built. */
  async dryRun(roots: readonly Package[], extra: readonly string[] = []): Promise<void> {
    for (const p of packageList(roots)) {
      if (isBuiltIn(p)) this.setBuiltIn(p);
      else {
        // Imports first.
        // oxlint-disable-next-line no-await-in-loop
        const found = await this.peek(p);
        if (found?.isCached !== true || this.config.flags.a) this.#showCompile(p);
      }
    }
    for (const main of roots.filter(isProgram)) {
      const flags = [...extra, ...this.#ldflags.for(main)];
      const modinfo = buildInfo(this.config, main);
      printError(linkLines(this.config, this.#numberOf(main), flags, modinfo));
    }
  }

  #numberOf(p: Package): number {
    let number = this.#numbers.get(p);
    if (number === undefined) {
      number = this.#numbers.size + 1;
      this.#numbers.set(p, number);
    }
    return number;
  }

  #showCompile(p: Package): void {
    if (p.sources === undefined) return;
    const plan = {
      lang: this.#language(p),
      gcflags: this.#gcflags.for(p),
      asmflags: this.#asmflags.for(p),
      profile: p.profile,
    };
    printError(compileLines(this.config, p, plan, this.#numberOf(p)));
  }

  #showLink(main: Package, job: LinkJob): void {
    const modinfo = buildInfo(this.config, main);
    printError(linkLines(this.config, this.#numberOf(main), job.flags, modinfo));
  }

  /** Unsafe is nothing that could be missing. */
  setBuiltIn(p: Package): void {
    this.#built.set(p, Promise.resolve({ archive: '', exported: '', exportKey: 'unsafe' }));
  }

  /** True for a package whose build has ended well. */
  async isBuilt(p: Package): Promise<boolean> {
    return (await this.#built.get(p)) !== undefined;
  }

  /** The hash of a file that other programs read for us. */
  fileHash(path: string): string {
    return this.#hashes.file(path, path).hash;
  }

  /** Leaves the terminal as it was. */
  stopShowing(): void {
    this.#progress.finished();
  }

  /** Ends the workers and keeps what was learned about files; safe to call twice. */
  async close(): Promise<void> {
    this.#progress.finished();
    await this.#pool.close();
    this.#hashes.save();
    this.cache.trim();
  }

  #package(p: Package): Promise<Built | undefined> {
    let promise = this.#built.get(p);
    if (promise === undefined) {
      const mode = isBuiltIn(p) ? 'built-in package' : 'build';
      const action = this.log.add(mode, p.importPath);
      this.#actions.set(p, action);
      promise = this.#buildPackage(p, action);
      this.#built.set(p, promise);
    }
    return promise;
  }

  /** A program that keeps the cache is the only one that is asked. */
  #lookup(id: ActionID): CacheEntry | undefined | Promise<CacheEntry | undefined> {
    const { program } = this.#options;
    return program === undefined ? this.cache.lookup(id) : program.get(id);
  }

  /** Gives what a worker has made to the program that keeps the cache. */
  #share(job: Job, { outputs }: JobResult): void {
    const { program } = this.#options;
    if (program === undefined || outputs === undefined || job.kind === 'unified') return;
    const keys: Record<string, ActionID> =
      job.kind === 'link'
        ? { executable: job.key }
        : {
            archive: job.archiveKey,
            export: job.exportKey,
            remarks: job.remarksKey,
            ...(typeof job.cover === 'object' ? { meta: job.cover.metaKey } : {}),
          };
    for (const [role, output] of Object.entries(outputs)) program.put(keys[role]!, output);
  }

  /** Has a worker do it; the view is there as long as any of them is busy. */
  async #run(action: Action, job: Job): Promise<JobResult> {
    this.#running++;
    this.#progress.started();
    const result = await this.#pool.run(job, (lane) => this.log.started(action, lane));
    this.#share(job, result);
    action.steps = result.steps ?? [];
    this.log.ended(action, result.outputs === undefined ? 'failed' : 'built');
    if (--this.#running === 0) this.#progress.idle();
    return result;
  }

  async #buildPackage(p: Package, action: Action): Promise<Built | undefined> {
    const building = p.deps.map((dep) => this.#package(dep));
    action.deps = p.deps.map((dep) => this.#actions.get(dep)!);
    const deps = await Promise.all(building);
    this.log.ready(action);
    if (deps.includes(undefined)) {
      this.log.ended(action, 'failed');
      return undefined;
    }
    if (isBuiltIn(p)) {
      this.log.ended(action, 'cached');
      return { archive: '', exported: '', exportKey: 'unsafe' };
    }
    const imports = await this.#importsOf(p);
    const { job, exportsBelow } = this.#packageJob(p, imports, await this.#coverTool(p));
    const { archiveKey, exportKey, cover } = job;
    action.buildID = job.buildID;
    const { flags } = this.config;
    const metaKey = typeof cover === 'object' ? cover.metaKey : undefined;
    const done = (archive: string, exported: string, meta: string | undefined): Built => ({
      archive,
      ...(meta === undefined ? {} : { meta }),
      exported,
      exportKey: new KeyHash('exports').add('own', exported).add('below', exportsBelow).sum(),
    });
    if (!flags.a) {
      const archive = await this.#lookup(archiveKey);
      const exported = await this.#lookup(exportKey);
      const meta = metaKey === undefined ? undefined : await this.#lookup(metaKey);
      const isWhole = metaKey === undefined || meta !== undefined;
      if (archive !== undefined && exported !== undefined && isWhole) {
        this.log.ended(action, 'cached');
        await this.#repeatRemarks(p, job);
        return done(archive.output, exported.output, meta?.output);
      }
    }
    if (this.#isMachineFaulty) return undefined;
    const twin = await this.#making.get(archiveKey);
    if (twin !== undefined) {
      this.log.ended(action, twin.outputs === undefined ? 'failed' : 'cached');
      if (twin.outputs === undefined) return undefined;
      return done(twin.outputs['archive']!, twin.outputs['export']!, twin.outputs['meta']);
    }
    if (flags.v) printError(`${p.importPath}\n`);
    if (flags.x) this.#showCompile(p);
    const making = this.#run(action, job);
    this.#making.set(archiveKey, making);
    const result = await making;
    this.#report(p, result);
    const { outputs } = result;
    if (outputs === undefined) {
      this.#failed = true;
      return undefined;
    }
    return done(outputs['archive']!, outputs['export']!, outputs['meta']);
  }

  /** cmd/cover, for packages that need it; made when first asked for. */
  async #coverTool(p: Package): Promise<string | undefined> {
    if (p.coverMode === undefined || p.coverMode === 'testmain') return undefined;
    this.#cover ??= this.#options.coverTool();
    return await this.#cover;
  }

  /** Every package that `p` imports, and those behind them: what its compilation may look into. */
  async #importsOf(p: Package): Promise<{ p: Package; built: Built }[]> {
    const list: { p: Package; built: Built }[] = [];
    for (const dep of packageList(p.deps)) {
      // All of them are done: this only takes the values out of their promises.
      // oxlint-disable-next-line no-await-in-loop
      const built = await this.#built.get(dep);
      if (built !== undefined && built.archive !== '') list.push({ p: dep, built });
    }
    return list;
  }

  #packageJob(
    p: Package,
    imports: readonly { p: Package; built: Built }[],
    coverTool: string | undefined,
  ): { job: PackageJob; exportsBelow: string } {
    const { config } = this;
    const { target, goroot } = config;
    const { release } = goroot;
    const sources = p.sources!;
    const hashes = this.#hashes;
    const named = (file: string) => hashes.file(join(p.dir, file), this.#recordedName(p, file));
    const goFiles =
      p.testMain === undefined ? sources.goFiles.map(named) : [this.generated(p.testMain)];
    const sFiles = sources.sFiles.map(named);
    const hFiles =
      sFiles.length === 0
        ? []
        : includedFiles(config.context.files, hashes, goroot.dir, p.dir, sources.sFiles);
    const embedFiles = (p.embedded?.files ?? []).map((file) =>
      hashes.file(join(p.dir, file), file),
    );
    const embedPatterns =
      p.embedded === undefined ? undefined : Object.fromEntries(p.embedded.byPattern);
    const path = isProgram(p) ? 'main' : p.importPath;
    const lang = this.#language(p);
    const complete =
      sFiles.length === 0 &&
      sources.sysoFiles.length === 0 &&
      !(p.standard && incompletePackages.has(p.importPath));
    const shared = target.os.defaultShared && config.flags.buildmode === 'default';
    const gcflags = [...this.#gcflags.for(p), ...this.#ssaFlags(p)];
    const asmflags = this.#asmflags.for(p);
    const direct = new Set(p.deps);
    const below = imports
      .filter((dep) => direct.has(dep.p))
      .map((dep) => `${dep.p.importPath} ${dep.built.exportKey}`)
      .sort(compareBytes);
    const exportsBelow = below.join('\n');
    const files = [...goFiles, ...sFiles, ...hFiles].map((f) => `${f.name} ${f.hash}`);
    const id = new KeyHash('package')
      .add('tools', this.#options.toolID)
      .add('header', objectHeader(target, release))
      .add('path', p.importPath, path, p.name)
      .add('lang', lang)
      .add('mode', String(p.standard), String(complete), String(shared))
      .add('flags', ...gcflags)
      // What is printed is not kept: ask again.
      .add('printed', ...(printsMore(gcflags) ? [String(this.#options.now)] : []))
      .add('asmflags', ...asmflags)
      .add('files', ...files)
      .add('embed', ...embedFiles.map((f) => `${f.name} ${f.hash}`))
      .add('cover', ...coverKey(p, coverTool))
      .add('patterns', JSON.stringify(embedPatterns ?? null))
      .add('importmap', ...[...p.importMap].map((pair) => pair.join('=')))
      .add('imports', ...below)
      .sum();
    const job: PackageJob = {
      kind: 'package',
      cacheDir: this.cache.dir,
      now: this.#options.now,
      target,
      release,
      archiveKey: id,
      exportKey: new KeyHash('export').add('of', id).sum(),
      remarksKey: new KeyHash('remarks').add('of', id).sum(),
      importPath: p.importPath,
      path,
      goFiles,
      sFiles,
      hFiles,
      includeDir: join(goroot.dir, 'pkg/include'),
      cover: coverJob(p, coverTool, id),
      embedPatterns,
      embedFiles,
      importMap: [...p.importMap],
      deps: imports.map(({ p: dep, built }) => ({
        path: dep.importPath,
        output: built.exported,
      })),
      lang,
      std: p.standard,
      complete,
      shared,
      buildID: `${shortID(id)}/${shortID(id)}`,
      gcflags,
      asmflags,
      timed: this.#options.timed === true,
    };
    return { job, exportsBelow };
  }

  /** GOSSAFUNC=f is for the main module's packages, GOSSAFUNC=path.f for that package. */
  #ssaFlags(p: Package): string[] {
    const name = this.config.settings.env['GOSSAFUNC'] ?? '';
    const isMeant = name.startsWith(`${p.importPath}.`) || !p.standard;
    return name === '' || !isMeant ? [] : [`-d=ssafunc=${name}`];
  }

  /** The main package's text as a file: the cache keeps it, as workers read files only. */
  generated(text: string): InputFile {
    const id = new KeyHash('testmain').add('text', text).sum();
    const { output } = this.cache.write(id, Buffer.from(text));
    return { path: this.cache.file(output), name: '_testmain.go', hash: output };
  }

  /** std has its release's language; a module says its own, and without a go line means 1.16. */
  #language(p: Package): string {
    const { release } = this.config.goroot;
    if (p.standard) return release.language;
    if (p.module === undefined) return release.language;
    const version = p.module.goVersion ?? '1.16';
    return `go${version
      .split('.')
      .slice(0, 2)
      .join('.')
      .replace(/(rc|beta).*$/, '')}`;
  }

  /** What positions and line tables call a file. */
  #recordedName(p: Package, file: string): string {
    if (!this.config.flags.trimpath) return join(p.dir, file);
    const { module } = p;
    if (module === undefined || module.version === '') return `${p.importPath}/${file}`;
    const inner = p.importPath.slice(module.path.length);
    return `${module.path}@${module.version}${inner}/${file}`;
  }

  async #linkJob(main: Package, built: Built, extra: readonly string[]): Promise<LinkJob> {
    const { config } = this;
    const { target, goroot, flags } = config;
    const imports = await this.#importsOf(main);
    const deps = imports.map(({ p, built: dep }) => ({ path: p.importPath, output: dep.archive }));
    const buildmode = target.os.defaultPie ? 'pie' : 'exe';
    const modinfo = buildInfo(config, main);
    const godebug = defaultGodebug(config, main);
    const strings: [string, string][] = godebug === '' ? [] : [['runtime.godebugDefault', godebug]];
    const ldflags = [...extra, ...this.#ldflags.for(main)];
    const root = flags.trimpath ? '' : goroot.dir;
    const key: ActionID = new KeyHash('link')
      .add('tools', this.#options.toolID)
      .add('header', objectHeader(target, goroot.release))
      .add('mode', buildmode, root)
      .add('flags', ...ldflags)
      .add('modinfo', modinfo)
      .add('strings', ...strings.map((pair) => pair.join('=')))
      .add('main', built.archive)
      .add('packages', ...deps.map((dep) => `${dep.path} ${dep.output}`).sort(compareBytes))
      .sum();
    const ids = [shortID(key), shortID(built.archive), shortID(built.archive), shortID(key)];
    return {
      kind: 'link',
      cacheDir: this.cache.dir,
      now: this.#options.now,
      target,
      release: goroot.release,
      key,
      mainOutput: built.archive,
      deps,
      buildID: ids.join('/'),
      buildmode,
      modinfo: frameModinfo(modinfo),
      strings,
      goroot: root,
      flags: ldflags,
    };
  }

  /** What the tools said when the package was compiled; only flags make them say something. */
  async #repeatRemarks(p: Package, job: PackageJob): Promise<void> {
    if (job.gcflags.length + job.asmflags.length === 0) return;
    const said = await this.#lookup(job.remarksKey);
    const text = said === undefined ? undefined : this.cache.read(said.output);
    if (text === undefined) return;
    const messages = text.toString('utf8').split('\n');
    this.#report(p, { outputs: undefined, messages });
  }

  /** Beneath each message the source that it is about. */
  #withSources(text: string): string {
    const { files } = this.config.context;
    const show = (message: string, name: string, line: string, column: string): string => {
      const path = resolve(this.config.cwd, name);
      if (!files.exists(path)) return message;
      const place = { line: Number(line), column: Number(column) };
      const found = excerpt(files.readFile(path), place, process.stderr.columns ?? 80);
      return found === undefined ? message : `${message}\n${found.line}\n${found.caret}`;
    };
    return text.replaceAll(/^([^\s:][^:\n]*):(\d+):(\d+): .*$/gm, show);
  }

  /** Prints what a tool said, under the package's name, with paths as the working folder sees them. */
  #report(p: Package, result: JobResult): void {
    if (result.fault !== undefined) {
      this.#failed = true;
      const isEnvironment = result.faultIsEnvironment === true;
      // A full disk is full for every job.
      if (!this.#faults.has(result.fault) && !(isEnvironment && this.#isMachineFaulty)) {
        printError(`${isEnvironment ? 'go: ' : ''}${result.fault}\n`);
      }
      this.#isMachineFaulty ||= isEnvironment;
      this.#faults.add(result.fault);
    }
    if (result.messages.length === 0) return;
    let said = `${result.messages.join('\n')}\n`;
    if (this.config.flags.trimpath) {
      const { goFiles, sFiles } = p.sources!;
      for (const file of [...goFiles, ...sFiles]) {
        said = replacePrefix(said, `${this.#recordedName(p, file)}:`, `${join(p.dir, file)}:`);
      }
    }
    const failed = result.outputs === undefined;
    if (this.#told !== undefined && failed) {
      this.#told.set(p, `# ${describe(p)}\n${shortenPaths(said, p.dir)}`);
      return;
    }
    const { json } = this.config.flags;
    const short = shortenPaths(said, p.dir);
    const text = `# ${describe(p)}\n${isDecorated() && !json ? this.#withSources(short) : short}`;
    if (!json) printError(text);
    else printBuildEvents(describe(p), text, result.outputs === undefined);
  }
}

/** Packages that the compiler has in itself: there is nothing to build. */
function isBuiltIn(p: Package): boolean {
  return p.importPath === 'unsafe' || (p.standard && p.importPath === 'builtin');
}

function coverKey(p: Package, tool: string | undefined): string[] {
  if (p.coverMode === undefined) return [];
  // The tool's folder is named by its content.
  const version = tool === undefined ? '' : basename(dirname(tool));
  return [p.coverMode, version, p.module?.path ?? ''];
}

function coverJob(p: Package, tool: string | undefined, id: ActionID): PackageJob['cover'] {
  if (p.coverMode === undefined || p.coverMode === 'testmain') return p.coverMode;
  return {
    tool: tool!,
    mode: p.coverMode,
    // Enough to stay clear of the package's own names.
    variable: `goCover_${hash('sha256', p.importPath, 'hex').slice(0, 12)}_`,
    path: p.importPath,
    name: p.name,
    modulePath: p.module?.path ?? '',
    metaKey: new KeyHash('cover meta').add('of', id).sum(),
  };
}

/** Build ids are shorter than hashes. */
function shortID(hex: string): string {
  return Buffer.from(hex.slice(0, 30), 'hex').toString('base64url');
}

/** Marks by which other programs find the information in an executable. */
function frameModinfo(info: string): Uint8Array {
  if (info === '') return new Uint8Array(0);
  return Buffer.concat([
    Buffer.from('3077af0c9274080241e1c107e6d618e6', 'hex'),
    Buffer.from(info),
    Buffer.from('f932433186182072008242104116d8f2', 'hex'),
  ]);
}

/** Flags that make the compiler print or write something besides the archive. */
function printsMore(gcflags: readonly string[]): boolean {
  return gcflags.some((flag) => /^-S(=|$)|^-d=.*(ssafunc|gossahash)=/.test(flag));
}
