/**
 * What a program says of the repository that it was built from: system, revision, time, changed or not,
 * and the version of its module that follows from tags.
 *
 * Only programs of a main module are stamped, and only if that, the program's folder and the working
 * folder are in one repository. `-buildvcs=auto` leaves out what it cannot find out; `-buildvcs` makes
 * an error of it.
 * GOROOT: src/cmd/go/internal/load/pkg.go (setBuildInfo).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { splitPathVersion } from '@go-ts/modfetch/version/module';
import { type BuildConfig } from '../cfg/build.ts';
import { modulePathIn } from '../load/gopath.ts';
import { isBelow } from '../load/load.ts';
import { isProgram, type Package, PackageError } from '../load/package.ts';
import { type ModLoader } from '../modload/loader.ts';
import {
  hasCommand,
  type Repository,
  repositoryOf,
  statusOf,
  type RepositoryStatus,
} from './repository.ts';

/** Stamps programs, some only if that was asked for; what goes wrong is the package's error. */
export async function stampPrograms(
  config: BuildConfig,
  packages: readonly Package[],
  { onlyIfAsked = false }: { readonly onlyIfAsked?: boolean } = {},
): Promise<void> {
  const mode = config.flags.buildvcs;
  if (mode === false || config.modules === undefined) return;
  if (onlyIfAsked && mode === 'auto') return;
  const stamper = new Stamper(config, config.modules, mode === 'auto');
  for (const p of packages) {
    if (p.error !== undefined || p.incomplete || !isProgram(p) || p.standard) continue;
    if (p.module?.version !== '' || (p.sources?.goFiles.length ?? 0) === 0) continue;
    try {
      // The answers about one repository are shared.
      // oxlint-disable-next-line no-await-in-loop
      await stamper.stamp(p, p.module.path, p.module.dir);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      p.error = new PackageError(
        `error obtaining VCS status: ${why}\n\tUse -buildvcs=false to disable VCS stamping.`,
      );
      p.incomplete = true;
    }
  }
}

class Stamper {
  readonly #config: BuildConfig;
  readonly #modules: ModLoader;
  readonly #isAuto: boolean;
  readonly #status = new Map<string, RepositoryStatus>();

  constructor(config: BuildConfig, modules: ModLoader, isAuto: boolean) {
    this.#config = config;
    this.#modules = modules;
    this.#isAuto = isAuto;
  }

  async stamp(p: Package, path: string, moduleDir: string): Promise<void> {
    const repository = repositoryOf(this.#config.cwd);
    if (repository === undefined) return;
    const { dir, system } = repository;
    // A module that has nothing to do with the repository around the working folder.
    if (!isBelow(moduleDir, dir) && !isBelow(dir, moduleDir)) return;
    if (this.#isAuto && !hasCommand(repository)) return;
    if (!this.#isSame('package', p.dir, dir) || !this.#isSame('module', moduleDir, dir)) return;
    const status = this.#statusOf(repository);
    p.stamp.settings.push(['vcs', system.command]);
    if (status.revision !== '') p.stamp.settings.push(['vcs.revision', status.revision]);
    if (status.time !== '') p.stamp.settings.push(['vcs.time', status.time]);
    p.stamp.settings.push(['vcs.modified', String(status.isModified)]);
    p.stamp.version = await this.#version(path, dir, status);
  }

  /** False, or an error, if what is in `folder` is in another repository than the working folder. */
  #isSame(what: string, folder: string, dir: string): boolean {
    const own = repositoryOf(folder)?.dir ?? '';
    if (own === dir) return true;
    if (this.#isAuto) return false;
    const [one, other] = [quoteString(own), quoteString(dir)];
    throw new Error(
      `main ${what} is in repository ${one} but current directory is in repository ${other}`,
    );
  }

  #statusOf(repository: Repository): RepositoryStatus {
    let status = this.#status.get(repository.dir);
    if (status === undefined) {
      const { x, v } = this.#config.flags;
      status = statusOf(repository, { show: x, verbose: v });
      this.#status.set(repository.dir, status);
    }
    return status;
  }

  /** '' if tags and revision say nothing. */
  async #version(path: string, dir: string, status: RepositoryStatus): Promise<string> {
    const file = join(dir, 'go.mod');
    const root = existsSync(file) ? modulePathIn(readFileSync(file, 'utf8')) : '';
    const split = root === '' ? undefined : splitPathVersion(root);
    if (split === undefined || status.revision === '') return '';
    let version: string;
    try {
      const repo = this.#modules.source.localRepo(split.prefix, path, dir);
      ({ version } = await repo.stat(status.revision));
    } catch {
      // Best effort, as upstream has it: there need not be a version.
      return '';
    }
    if (version === '' || !status.isModified) return version;
    return version.endsWith('+incompatible') ? `${version}.dirty` : `${version}+dirty`;
  }
}
