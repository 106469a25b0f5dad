/**
 * The modules that arguments of `go list -m` mean, with what is asked about each.
 * GOROOT: src/cmd/go/internal/modload/list.go.
 */
import { quoteString } from '@go-ts/base/quote';
import { isSecurityError } from '@go-ts/modfetch/error';
import { lanes, mapLimited } from '@go-ts/modfetch/graph/parallel';
import { type ModuleGraph, type Requirements } from '@go-ts/modfetch/graph/requirements';
import { expandGraph } from '@go-ts/modfetch/graph/roots';
import { isToolchain } from '@go-ts/modfetch/version/gover';
import {
  formatModule,
  type ModuleVersion,
  ModuleVersionError,
} from '@go-ts/modfetch/version/module';
import { matchPattern } from '../load/pattern.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { NoMainModulesError, NoMatchingVersionError } from './errors.ts';
import { commitRequirements, loadModFile } from './gomod.ts';
import { addDetails, type ListMode, type ModuleInfo, moduleInfo } from './info.ts';
import { type ModLoader } from './loader.ts';
import { checkAllowed, isRevisionQuery, parsePathVersion, query } from './query.ts';

export interface ListedModules {
  readonly modules: readonly ModuleInfo[];
  /** The graph may be incomplete then. */
  readonly error: Error | undefined;
}

export async function listModules(
  ml: ModLoader,
  args: readonly string[],
  mode: ListMode,
  { explicitWrite = false }: { readonly explicitWrite?: boolean } = {},
): Promise<ListedModules> {
  const lister = new Lister(ml, await loadModFile(ml), mode);
  const modules = await lister.list(args);
  if (mode.u || mode.versions || mode.retracted || mode.deprecated) {
    const fresh = modules.filter((m) => m.Reuse !== true);
    const all = fresh.flatMap((m) => (m.Replace === undefined ? [m] : [m, m.Replace]));
    await mapLimited(all, lanes, (m) => addDetails(ml, m, mode));
  }
  if (lister.error !== undefined) return { modules, error: lister.error };
  ml.requirements = lister.rs;
  if (!mode.u && !explicitWrite) {
    try {
      await commitRequirements(ml);
    } catch (error) {
      if (isSecurityError(error)) throw error;
      return { modules, error: error as Error };
    }
  }
  return { modules, error: undefined };
}

interface Arg {
  readonly text: string;
  readonly path: string;
  readonly version: string | undefined;
}

class Lister {
  rs: Requirements;
  error: Error | undefined;
  readonly #ml: ModLoader;
  readonly #mode: ListMode;
  readonly #matched = new Set<string>();

  constructor(ml: ModLoader, rs: Requirements, mode: ListMode) {
    this.#ml = ml;
    this.rs = rs;
    this.#mode = mode;
  }

  async list(texts: readonly string[]): Promise<ModuleInfo[]> {
    const ml = this.#ml;
    if (texts.length === 0) {
      const mains = ml.mainModules.filter((m) => !isToolchain(m.path));
      return Promise.all(mains.map((m) => moduleInfo(ml, this.rs, m, this.#mode)));
    }
    const args = texts.map(parseArg);
    let mg: ModuleGraph | undefined;
    if (args.map((arg) => this.#needsGraph(arg)).includes(true)) {
      const expanded = await expandGraph(ml, this.rs);
      ({ mg, error: this.error } = expanded);
      this.rs = expanded.rs;
    }
    const lists: ModuleInfo[][] = [];
    for (const arg of args) {
      // In the order of the arguments: a module that one has matched is not listed for the next.
      // oxlint-disable-next-line no-await-in-loop
      lists.push(await this.#one(arg, mg));
    }
    return lists.flat();
  }

  #needsGraph({ text, path, version }: Arg): boolean {
    const ml = this.#ml;
    const hasRoot = ml.hasRoot || ml.inWorkspace;
    const noMain = (what: string): never => {
      throw new Failure(`go: ${what}: ${new NoMainModulesError(ml.inWorkspace).message}`);
    };
    const isIncomplete = (): boolean =>
      this.rs.rootSelected(path) === undefined || this.rs.pruning === 'unpruned';
    if (text === 'all' || text.includes('...')) {
      if (!hasRoot) noMain(`cannot match ${quoteString(text)}`);
      return true;
    }
    if (version !== undefined) {
      if (version !== 'upgrade' && version !== 'patch') return false;
      if (!isIncomplete()) return false;
      if (!hasRoot) noMain(`cannot match ${quoteString(text)}`);
      return true;
    }
    if (!isIncomplete()) return false;
    if (!this.#mode.versions && !hasRoot) {
      noMain(`cannot match ${quoteString(text)} without -versions or an explicit version`);
    }
    return true;
  }

  async #one(arg: Arg, mg: ModuleGraph | undefined): Promise<ModuleInfo[]> {
    if (arg.version !== undefined) return this.#version(arg.path, arg.version, mg);
    if (arg.text === 'all' || arg.text.includes('...')) return this.#pattern(arg.text, mg!);
    return this.#module(arg.text, mg);
  }

  async #version(path: string, text: string, mg: ModuleGraph | undefined): Promise<ModuleInfo[]> {
    const ml = this.#ml;
    const current = mg === undefined ? (this.rs.rootSelected(path) ?? '') : mg.selected(path);
    if (current === 'none' && this.error !== undefined) {
      if (text === 'upgrade' || text === 'patch') return [];
    }
    const anything = isRevisionQuery(path, text) || this.#mode.retracted;
    try {
      const rev = await query(ml, path, text, {
        current,
        ...(this.#mode.reuse === undefined ? {} : { reuse: this.#mode.reuse }),
        ...(anything ? {} : { allowed: (m: ModuleVersion) => checkAllowed(ml, m) }),
      });
      const info = await moduleInfo(ml, undefined, { path, version: rev.version }, this.#mode);
      if (text !== info.Version) info.Query = text;
      if (rev.origin === undefined) delete info.Origin;
      else info.Origin = rev.origin;
      return [info];
    } catch (error) {
      if (isSecurityError(error)) throw error;
      return [{ Path: path, Version: text, Error: { Err: errorText(path, text, error as Error) } }];
    }
  }

  async #module(path: string, mg: ModuleGraph | undefined): Promise<ModuleInfo[]> {
    const ml = this.#ml;
    const version = mg === undefined ? this.rs.rootSelected(path)! : mg.selected(path);
    if (version !== 'none') return [await moduleInfo(ml, this.rs, { path, version }, this.#mode)];
    if (this.error !== undefined) return [];
    if (this.#mode.versions && ml.buildMod !== 'vendor') return [{ Path: path }];
    const why =
      ml.buildMod === 'vendor'
        ? "can't resolve module using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)"
        : 'not a known dependency';
    return [{ Path: path, Error: { Err: errorText(path, '', new Error(why)) } }];
  }

  async #pattern(pattern: string, mg: ModuleGraph): Promise<ModuleInfo[]> {
    const matches = pattern === 'all' ? () => true : matchPattern(pattern);
    const found = mg.buildList.filter((m) => {
      const key = formatModule(m);
      if (isToolchain(m.path) || !matches(m.path) || this.#matched.has(key)) return false;
      this.#matched.add(key);
      return true;
    });
    if (found.length === 0) {
      printError(`warning: pattern ${quoteString(pattern)} matched no module dependencies\n`);
    }
    return mapLimited(found, lanes, (m) => moduleInfo(this.#ml, this.rs, m, this.#mode));
  }
}

function parseArg(text: string): Arg {
  if (text.includes('\\')) throw new Failure('go: module paths never use backslash');
  if (/^\.\.?(\/|$)/.test(text)) {
    throw new Failure(`go: cannot use relative path ${text} to specify module`);
  }
  try {
    return { text, ...parsePathVersion(text) };
  } catch (error) {
    throw new Failure(`go: ${(error as Error).message}`);
  }
}

function errorText(path: string, version: string, error: Error): string {
  if (error instanceof ModuleVersionError) return error.message;
  const at = error instanceof NoMatchingVersionError ? '' : version;
  return new ModuleVersionError(path, at, error).message;
}
