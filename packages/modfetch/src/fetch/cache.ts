/**
 * The module cache's files, laid out as the official go command does, so that both use one GOMODCACHE.
 *
 *     cache/download/PATH/@v/VERSION.info .mod .zip .ziphash .lock .partial, list
 *     cache/download/sumdb/…
 *     PATH@VERSION/…               the unpacked module, read-only
 *
 * Small files are written beside and renamed. An unpacked module is complete if its .ziphash exists and
 * its .partial does not.
 * GOROOT: src/cmd/go/internal/modfetch/cache.go, fetch.go.
 */
import { randomInt } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { ToolError } from '@go-ts/base';
import { quoteString } from '@go-ts/base/quote';
import { escapePath, escapeVersion } from '../version/escape.ts';
import { canonicalVersion, type ModuleVersion } from '../version/module.ts';
import { isValidSemver, sortSemver } from '../version/semver.ts';
import { editLocked } from './lock.ts';

export type CacheSuffix = 'info' | 'lock' | 'mod' | 'partial' | 'zip' | 'ziphash';

export class ModuleCache {
  readonly root: string;
  #isThere = false;

  constructor(root: string) {
    this.root = isAbsolute(root) ? resolve(root) : root;
  }

  /** That there is a folder, or can be. */
  check(): void {
    if (this.#isThere) return;
    if (this.root === '') {
      throw bad('module cache not found: neither GOMODCACHE nor GOPATH is set');
    }
    if (!isAbsolute(this.root)) {
      throw bad(
        `GOMODCACHE entry is relative; must be absolute path: ${quoteString(this.root)}.\n`,
      );
    }
    try {
      mkdirSync(this.root, { recursive: true });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') {
        throw bad(`could not create module cache: ${quoteString(this.root)} is not a directory`);
      }
      throw bad(`could not create module cache: ${message}`);
    }
    this.#isThere = true;
  }

  /** `cache/download/PATH/@v`. */
  dir(path: string): string {
    this.check();
    return `${this.root}/cache/download/${escapePath(path)}/@v`;
  }

  path(mod: ModuleVersion, suffix: string): string {
    checkVersion(mod.version);
    return `${this.dir(mod.path)}/${escapeVersion(mod.version)}.${suffix}`;
  }

  /** Where the module is unpacked, whether or not it is. */
  moduleDir(mod: ModuleVersion): string {
    this.check();
    checkVersion(mod.version);
    return join(this.root, `${escapePath(mod.path)}@${escapeVersion(mod.version)}`);
  }

  /** Whether the unpacked module is there and complete. */
  isUnpacked(mod: ModuleVersion): boolean {
    return (
      statSync(this.moduleDir(mod), { throwIfNoEntry: false })?.isDirectory() === true &&
      !existsSync(this.path(mod, 'partial')) &&
      existsSync(this.path(mod, 'ziphash'))
    );
  }

  /** Undefined if it is not there. */
  read(mod: ModuleVersion, suffix: CacheSuffix): Buffer | undefined {
    let file: string;
    try {
      file = this.path(mod, suffix);
    } catch {
      // A branch or a commit: those are never cached by their name.
      return undefined;
    }
    try {
      return readFileSync(file);
    } catch {
      return undefined;
    }
  }

  async write(mod: ModuleVersion, suffix: CacheSuffix, data: Uint8Array): Promise<void> {
    const file = this.path(mod, suffix);
    const dir = dirname(file);
    // The list first, which makes the folder too: after a kill between the two, the next run misses
    // the file and writes both.
    if (suffix === 'mod') await this.#updateList(dir, `${escapeVersion(mod.version)}.mod`);
    else mkdirSync(dir, { recursive: true });
    writeBeside(file, data);
  }

  /** `list` names the versions whose go.mod is here, for those who serve the folder as a proxy. */
  async #updateList(dir: string, coming: string): Promise<void> {
    await editLocked(join(dir, 'list'), () => {
      const versions = [...new Set([...readdirSync(dir), coming])]
        .filter((name) => name.endsWith('.mod'))
        .map((name) => name.slice(0, -'.mod'.length))
        .filter((version) => version !== '' && canonicalVersion(version) === version);
      return Buffer.from(
        sortSemver(versions)
          .map((version) => `${version}\n`)
          .join(''),
      );
    });
  }

  /** Versions in the cache that name a commit, by the first 12 digits of its hash. */
  pseudoVersionsOf(path: string, rev: string): string[] {
    if (!/^[0-9a-f]{12,}$/.test(rev)) return [];
    const suffix = `-${rev.slice(0, 12)}.info`;
    let names: string[];
    try {
      names = readdirSync(this.dir(path));
    } catch {
      return [];
    }
    return names
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -'.info'.length));
  }
}

function checkVersion(version: string): void {
  if (!isValidSemver(version)) {
    throw new Error(`non-semver module version ${quoteString(version)}`);
  }
  if (canonicalVersion(version) !== version) {
    throw new Error(`non-canonical module version ${quoteString(version)}`);
  }
}

function bad(message: string): ToolError {
  return new ToolError('GOMODCACHE', message);
}

/** A name for a file that becomes `file`; the official command clears those away too. */
export function tempName(file: string): string {
  return `${file}${randomInt(1_000_000_000)}.tmp`;
}

function writeBeside(file: string, data: Uint8Array): void {
  const temp = tempName(file);
  const fd = openSync(temp, 'wx', 0o666);
  try {
    for (let at = 0; at < data.length;) at += writeSync(fd, data, at);
  } finally {
    closeSync(fd);
  }
  try {
    renameSync(temp, file);
  } catch (error) {
    rmSync(temp, { force: true });
    throw error;
  }
}

/** Removes what killed runs left beside a file. Only safe under the lock of its writers. */
export function removeTemporaries(file: string): void {
  const dir = dirname(file);
  const prefix = basename(file);
  for (const name of readdirSync(dir)) {
    if (name.startsWith(prefix) && name.endsWith('.tmp')) rmSync(join(dir, name), { force: true });
  }
}

/** Takes the right to write from a folder and all folders in it. */
export function makeReadOnly(dir: string): void {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) makeReadOnly(join(dir, entry.name));
  }
  chmodSync(dir, statSync(dir).mode & 0o555);
}

/** Removes a folder whose folders are read-only. */
export function removeAll(dir: string): void {
  makeWritable(dir);
  rmSync(dir, { recursive: true, force: true });
}

function makeWritable(dir: string): void {
  try {
    chmodSync(dir, 0o777);
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      if (entry.isDirectory()) makeWritable(join(dir, entry.name));
    }
  } catch {
    // What cannot be changed is reported by the removal.
  }
}
