/**
 * `go mod vendor` and `go work vendor`: a copy of every package that the main modules need, with the
 * licences of their modules and a list of what is there.
 * GOROOT: src/cmd/go/internal/modcmd/vendor.go.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { compareGo, compareModules } from '@go-ts/modfetch/version/gover';
import { formatModule, type ModuleVersion } from '@go-ts/modfetch/version/module';
import { makeModLoader } from '../../cfg/modules.ts';
import { mightBuild } from '../../load/constraint.ts';
import { EmbedFault, resolveEmbeds } from '../../load/embed.ts';
import { compareBytes, readSources } from '../../load/sources.ts';
import { loadModFile } from '../../modload/gomod.ts';
import { moduleInfo } from '../../modload/info.ts';
import { type PackageLoader } from '../../modload/load.ts';
import { type ModLoader } from '../../modload/loader.ts';
import { loadPackages } from '../../modload/packages.ts';
import { Failure } from '../../report/failure.ts';
import { printError } from '../../report/output.ts';
import { type Context } from '../commands.ts';

export async function runModVendor(context: Context): Promise<number> {
  const ml = await makeModLoader(context, { root: 'need' });
  if (ml.inWorkspace) {
    throw new Failure(
      "go: 'go mod vendor' cannot be run in workspace mode. Run 'go work vendor' to vendor the workspace or set 'GOWORK=off' to exit workspace mode.",
    );
  }
  return vendor(ml, context, 'mod');
}

export async function vendor(
  ml: ModLoader,
  { line }: Context,
  command: 'mod' | 'work',
): Promise<number> {
  const { values, args } = line;
  if (args.length > 0) throw new Failure(`go: 'go ${command} vendor' accepts no arguments`);
  const tolerant = values['e'] === true;
  const { loader, packages } = await loadPackages(
    ml,
    {
      anyTags: true,
      vendorModulesInGoroot: true,
      resolveMissing: true,
      useVendorAll: true,
      allowErrors: tolerant,
      silenceMissingStd: true,
    },
    ['all'],
  );
  const o = values['o'] as string;
  const dir = o === '' ? ml.vendorDir : resolve(o);
  rmSync(dir, { recursive: true, force: true });
  const writer = new VendorWriter(ml, loader, dir, tolerant);
  const list = await writer.write(packages, values['v'] === true);
  if (list === '') {
    printError('go: no dependencies to vendor\n');
    return 0;
  }
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'modules.txt'), list);
  return writer.failed ? 1 : 0;
}

const metadata =
  /^(?:AUTHORS|CONTRIBUTORS|COPYLEFT|COPYING|COPYRIGHT|LEGAL|LICENSE|NOTICE|PATENTS)/;

class VendorWriter {
  failed = false;
  readonly #ml: ModLoader;
  readonly #loader: PackageLoader;
  readonly #dir: string;
  readonly #tolerant: boolean;
  readonly #licensed = new Set<string>();

  constructor(ml: ModLoader, loader: PackageLoader, dir: string, tolerant: boolean) {
    this.#ml = ml;
    this.#loader = loader;
    this.#dir = dir;
    this.#tolerant = tolerant;
  }

  /** Copies the packages; the result is modules.txt. */
  async write(packages: readonly string[], verbose: boolean): Promise<string> {
    const ml = this.#ml;
    const { mainGoVersion: go } = ml;
    const byModule = this.#byModule(packages);
    const explicit = new Set<string>();
    const all = new Map<string, ModuleVersion>();
    const isModern =
      compareGo(go, '1.14') >= 0 && (ml.inWorkspace || ml.mains.single.file?.go !== undefined);
    if (isModern) {
      for (const { mod } of ml.mains.list.flatMap((m) => m.file?.require ?? [])) {
        explicit.add(formatModule(mod));
        all.set(formatModule(mod), mod);
      }
    }
    for (const [key, { mod }] of byModule) all.set(key, mod);
    const lines: string[] = [];
    const say = (line: string): void => {
      lines.push(line);
      if (verbose) printError(line);
    };
    if (ml.mains.work !== undefined) say('## workspace\n');
    const written = new Set<string>();
    const modules = [...all.values()].sort(compareModules);
    const goVersions =
      compareGo(go, '1.17') >= 0 ? await this.#goVersions(modules) : new Map<string, string>();
    for (const mod of modules) {
      const key = formatModule(mod);
      written.add(key);
      say(moduleLine(mod, ml.replacement(mod)));
      const notes = explicit.has(key) ? ['explicit'] : [];
      const goVersion = goVersions.get(mod.path);
      if (goVersion !== undefined) notes.push(`go ${goVersion}`);
      if (notes.length > 0) say(`## ${notes.join('; ')}\n`);
      for (const path of byModule.get(key)?.packages.sort(compareBytes) ?? []) {
        say(`${path}\n`);
        this.#package(path);
      }
    }
    if (isModern) this.#replacements(written, say);
    return lines.join('');
  }

  #byModule(
    packages: readonly string[],
  ): Map<string, { readonly mod: ModuleVersion; readonly packages: string[] }> {
    const found = new Map<string, { readonly mod: ModuleVersion; readonly packages: string[] }>();
    const folded = new Map<string, string>();
    for (const path of packages) {
      const mod = this.#loader.get(path)?.mod;
      if (mod === undefined || this.#ml.isMain(mod.path)) continue;
      const key = formatModule(mod);
      const entry = found.get(key);
      if (entry === undefined) found.set(key, { mod, packages: [path] });
      else entry.packages.push(path);
      const other = folded.get(mod.path.toLowerCase());
      if (other !== undefined && other !== mod.path) {
        throw new Failure(
          `go.mod: case-insensitive import collision: ${quoteString(mod.path)} and ${quoteString(other)}`,
        );
      }
      folded.set(mod.path.toLowerCase(), mod.path);
    }
    return found;
  }

  /**
   * Path → go line. Asked for, not taken from what loading read: it reads no go.mod of a module that
   * gives no package, and in a workspace the version that is required here may not be the chosen one.
   */
  async #goVersions(modules: readonly ModuleVersion[]): Promise<Map<string, string>> {
    const ml = this.#ml;
    const rs = await loadModFile(ml);
    const rootVersion = (path: string): string | undefined =>
      rs.pruning === 'pruned' ? rs.rootSelected(path) : undefined;
    const found = new Map<string, string>();
    for (const path of new Set(modules.map((m) => m.path))) {
      // oxlint-disable-next-line no-await-in-loop
      const version = rootVersion(path) ?? (await rs.soundGraph()).selected(path);
      if (version === 'none') continue;
      // oxlint-disable-next-line no-await-in-loop
      const { GoVersion } = await moduleInfo(ml, rs, { path, version });
      if (GoVersion !== undefined) found.set(path, GoVersion);
    }
    return found;
  }

  #replacements(written: Set<string>, say: (line: string) => void): void {
    const ml = this.#ml;
    for (const { old, to } of ml.mains.work?.replace ?? []) {
      if (written.has(formatModule(old))) continue;
      written.add(formatModule(old));
      say(moduleLine(old, to));
    }
    for (const { old } of ml.mains.list.flatMap((m) => m.file?.replace ?? [])) {
      if (written.has(formatModule(old))) continue;
      written.add(formatModule(old));
      const to = ml.replacement(old);
      if (to !== undefined) say(moduleLine(old, to));
    }
  }

  #package(path: string): void {
    const pkg = this.#loader.get(path)!;
    const source = pkg.dir;
    const target = join(this.#dir, path);
    const copied = new Set<string>();
    const go = this.#ml.mainGoVersion;
    copyFolder(source, target, copied, (name) => isSource(source, name, go));
    if (pkg.mod !== undefined) this.#metadata(pkg.mod.path, path, { source, target, copied });
    this.#embeds(path, { source, target, copied });
  }

  /** Licences and the like of every folder between the package and its module's root. */
  #metadata(modPath: string, pkgPath: string, copy: Copy): void {
    let { source, target } = copy;
    for (let at = pkgPath, isOwn = true; ; isOwn = false) {
      const key = `${modPath} ${target}`;
      if (this.#licensed.has(key)) return;
      this.#licensed.add(key);
      if (!isOwn) copyFolder(source, target, copy.copied, (name) => metadata.test(name));
      if (at === modPath) return;
      at = posix.dirname(at);
      source = dirname(source);
      target = dirname(target);
    }
  }

  #embeds(path: string, { source, target, copied }: Copy): void {
    // Files for any system may embed.
    const files = readdirSync(source).filter((name) => name.endsWith('.go'));
    const wanted = compareGo(this.#ml.mainGoVersion, '1.22') >= 0;
    const context = this.#ml.options.context;
    const sources = readSources(context, source, { files, tests: true });
    const patterns = new Set(sources.embeds.keys());
    if (!wanted) {
      for (const map of [sources.testEmbeds, sources.xTestEmbeds]) {
        for (const pattern of map.keys()) patterns.add(pattern);
      }
    }
    if (patterns.size === 0) return;
    try {
      for (const file of resolveEmbeds(context.files, source, [...patterns].sort(compareBytes))
        .files) {
        const to = join(target, file);
        if (copied.has(to)) continue;
        mkdirSync(dirname(to), { recursive: true });
        copyFile(join(source, file), to);
      }
    } catch (error) {
      if (!(error instanceof EmbedFault)) throw error;
      printError(`go: resolving embeds in ${path}: ${error.message}\n`);
      if (!this.#tolerant) this.failed = true;
    }
  }
}

interface Copy {
  readonly source: string;
  readonly target: string;
  readonly copied: Set<string>;
}

function moduleLine(m: ModuleVersion, to: ModuleVersion | undefined): string {
  const name = (each: ModuleVersion): string =>
    each.version === '' ? each.path : `${each.path} ${each.version}`;
  if (to === undefined) return `# ${name(m)}\n`;
  if (/^(\.\/)?vendor(\/|$)/.test(to.path)) {
    throw new Failure(`go: replacement path ${to.path} inside vendor directory`);
  }
  return `# ${name(m)} => ${name(to)}\n`;
}

/** What a build of some kind may read, tests left out. */
function isSource(dir: string, name: string, goVersion: string): boolean {
  if (name.endsWith('_test.go')) return false;
  if (name === 'go.mod' || name === 'go.sum') return compareGo(goVersion, '1.17') < 0;
  if (!name.endsWith('.go')) return true;
  return mightBuild(readFileSync(join(dir, name), 'latin1'));
}

function copyFolder(
  source: string,
  target: string,
  copied: Set<string>,
  matches: (name: string) => boolean,
): void {
  mkdirSync(target, { recursive: true });
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    if (!entry.isFile() || !matches(entry.name)) continue;
    const to = join(target, entry.name);
    copied.add(to);
    copyFile(join(source, entry.name), to);
  }
}

/** The module cache's files are read-only; their copies are not. */
function copyFile(from: string, to: string): void {
  if (existsSync(to)) rmSync(to);
  writeFileSync(to, readFileSync(from));
}
