/** `go get`. GOROOT: src/cmd/go/internal/modget/get.go (runGet, checkPackageProblems, reportChanges). */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isSecurityError } from '@go-ts/modfetch/error';
import { lanes, mapLimited } from '@go-ts/modfetch/graph/parallel';
import { type ModFile } from '@go-ts/modfetch/modfile/modfile';
import { modulePath, parseWorkFile } from '@go-ts/modfetch/modfile/parse';
import { sumKey } from '@go-ts/modfetch/sum/gosum';
import {
  compareGo,
  compareVersions,
  explicitIndirectVersion,
  isToolchain,
} from '@go-ts/modfetch/version/gover';
import {
  findCause,
  formatModule,
  type ModuleVersion,
  sameModule,
} from '@go-ts/modfetch/version/module';
import { makeModLoader } from '../cfg/modules.ts';
import { GetQuery } from '../modget/query.ts';
import { Resolver } from '../modget/resolver.ts';
import {
  AmbiguousImportError,
  isMetaPackage,
  NoGoFilesError,
  RetractedError,
  shortMessage,
} from '../modload/errors.ts';
import { commitRequirements, loadModFile, type WriteOptions } from '../modload/gomod.ts';
import { findWorkFile, type ModLoader } from '../modload/loader.ts';
import { loadModGraph } from '../modload/modgraph.ts';
import { loadPackages } from '../modload/packages.ts';
import { checkDeprecation, checkRetractions } from '../modload/query.ts';
import { cleanPatterns } from '../modload/search.ts';
import { Failure } from '../report/failure.ts';
import { printError } from '../report/output.ts';
import { type Context } from './commands.ts';

interface Writes {
  dropToolchain: boolean;
  explicitToolchain: boolean;
  addTools: string[];
  dropTools: string[];
}

export async function runGet(context: Context): Promise<number> {
  const { values, args } = context.line;
  const upgrade = upgradeOf(values['u'] as boolean | string);
  refuseOld(values);
  const ml = await makeModLoader(context, { workspaces: false, allowMissing: true });
  if (!ml.hasRoot) {
    throw new Failure(
      "go: go.mod file not found in current directory or any parent directory.\n\t'go get' is no longer supported outside a module.\n\tTo build and install a command, use 'go install' with a version,\n\tlike 'go install example.com/cmd@latest'\n\tFor more information, see https://go.dev/doc/go-get-install-deprecation\n\tor run 'go help get' or 'go help install'.",
    );
  }
  const writes: Writes = {
    dropToolchain: false,
    explicitToolchain: false,
    addTools: [],
    dropTools: [],
  };
  await loadModFile(ml);
  const queries = parseArgs(ml, args, upgrade, writes);
  writes.explicitToolchain = queries.some((q) => q.pattern === 'toolchain');
  const mg = await loadModGraph(ml);
  const workFile = findWorkFile(context.settings, ml.options.cwd, ml.options.goroot);
  const options = {
    upgrade,
    tests: values['t'] === true,
    workspace: workFile === '' ? undefined : workspaceModules(workFile),
  };
  const resolver = new Resolver(ml, options, queries, mg);
  await resolver.run();
  const patterns = queries.filter((q) => q.matchesPackages).map((q) => q.pattern);
  if (values['tool'] === true) await updateTools(resolver, queries, writes);
  const failed = await new Checker(resolver).check(patterns);
  if (failed) return 1;
  const before = requirementsOf(ml.mains.single.file!);
  await commitRequirements(ml, writes satisfies WriteOptions);
  reportChanges(resolver, before, requirementsOf(ml.mains.single.file!));
  return 0;
}

function upgradeOf(u: boolean | string): string {
  if (u === false) return '';
  const upgrade = u === true ? 'upgrade' : u;
  if (upgrade !== 'upgrade' && upgrade !== 'patch') {
    throw new Failure(`go: unknown upgrade flag -u=${upgrade}`);
  }
  return upgrade;
}

function refuseOld(values: Context['line']['values']): void {
  if (values['d'] === true) printError('go: -d flag is deprecated. -d=true is a no-op\n');
  if (values['f'] === true) printError('go: -f flag is a no-op\n');
  if (values['fix'] === true) printError('go: -fix flag is a no-op\n');
  if (values['m'] === true) throw new Failure('go: -m flag is no longer supported');
  if (values['insecure'] === true) {
    throw new Failure('go: -insecure flag is no longer supported; use GOINSECURE instead');
  }
}

function parseArgs(
  ml: ModLoader,
  args: readonly string[],
  upgrade: string,
  writes: Writes,
): GetQuery[] {
  const queries: GetQuery[] = [];
  const errors: string[] = [];
  for (const arg of cleanPatterns(args)) {
    let q: GetQuery;
    try {
      q = new GetQuery(arg, upgrade);
    } catch (error) {
      errors.push(`go: ${(error as Error).message}`);
      continue;
    }
    const problem = q.problem(ml) ?? wrongFile(q);
    if (problem !== undefined) {
      errors.push(`go: ${problem}`);
    } else if (q.version === 'none' && q.pattern === 'go') {
      errors.push('go: cannot use go@none');
    } else if (q.version === 'none' && q.pattern === 'toolchain') {
      writes.dropToolchain = true;
    } else {
      if (args.length === 0) q.raw = '';
      queries.push(q);
    }
  }
  if (errors.length > 0) throw new Failure(errors.join('\n'));
  return queries;
}

function wrongFile(q: GetQuery): string | undefined {
  if (!q.raw.endsWith('.go') || q.rawVersion !== '') return undefined;
  if (!q.raw.includes('/')) return `${q.raw}: arguments must be package or module paths`;
  if (statSync(q.raw, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  return `${q.raw} exists as a file, but 'go get' requires package arguments`;
}

/** The modules of a workspace, as far as they can be read. */
function workspaceModules(workFile: string): Map<string, string> {
  const modules = new Map<string, string>();
  let use: readonly { readonly path: string }[] = [];
  try {
    ({ use } = parseWorkFile(workFile, readFileSync(workFile, 'utf8')));
  } catch {
    // Whoever loads the workspace gets the error.
    return modules;
  }
  for (const { path } of use) {
    const root = isAbsolute(path) ? path : join(dirname(workFile), path);
    const goMod = join(root, 'go.mod');
    if (existsSync(goMod)) modules.set(modulePath(readFileSync(goMod, 'utf8')), root);
  }
  return modules;
}

async function updateTools(
  resolver: Resolver,
  queries: readonly GetQuery[],
  writes: Writes,
): Promise<void> {
  for (const { pattern } of queries) {
    if (isMetaPackage(pattern) || pattern === 'toolchain') {
      throw new Failure(`go: go get -tool does not work with "${pattern}".`);
    }
  }
  const { matches } = await loadPackages(
    resolver.ml,
    {
      vendorModulesInGoroot: true,
      loadTests: resolver.options.tests,
      allowErrors: true,
      silenceNoGo: true,
      explicitWrite: true,
    },
    queries.map((q) => q.pattern),
  );
  matches.forEach((match, i) => {
    const list = queries[i]!.version === 'none' ? writes.dropTools : writes.addTools;
    list.push(...match.packages);
  });
  await resolver.refresh();
}

/** Looks at the packages once more, and at what is known against the modules chosen. */
class Checker {
  readonly #resolver: Resolver;
  readonly #ml: ModLoader;
  /** Module → why it matters. */
  readonly #relevant = new Map<string, { readonly m: ModuleVersion; readonly why: Set<string> }>();
  #failed = false;

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
    this.#ml = resolver.ml;
  }

  /** True if something is wrong. */
  async check(patterns: readonly string[]): Promise<boolean> {
    for (const [path, { version }] of this.#resolver.resolved) {
      this.#mark({ path, version }, 'resolved');
    }
    if (patterns.length > 0) await this.#packages(patterns);
    const { direct } = await loadModFile(this.#ml);
    for (const { m, why } of this.#relevant.values()) if (direct.has(m.path)) why.add('direct');
    await this.#messages();
    await this.#sums();
    return this.#failed;
  }

  #mark(m: ModuleVersion, why: string): void {
    const key = formatModule(m);
    const entry = this.#relevant.get(key) ?? { m, why: new Set<string>() };
    entry.why.add(why);
    this.#relevant.set(key, entry);
  }

  async #packages(patterns: readonly string[]): Promise<void> {
    const { matches, packages, loader } = await loadPackages(
      this.#ml,
      {
        vendorModulesInGoroot: true,
        loadTests: this.#resolver.options.tests,
        allowErrors: true,
        silenceNoGo: true,
        explicitWrite: true,
      },
      patterns,
    );
    if (matches.some((match) => match.errors.length > 0)) this.#failed = true;
    for (const path of packages) {
      const pkg = loader.get(path);
      if (pkg === undefined) continue;
      const { error, mod, dir } = pkg;
      if (error !== undefined && !(dir !== '' && error instanceof NoGoFilesError)) {
        this.#failed = true;
        if (error instanceof AmbiguousImportError) {
          for (const m of error.modules) this.#mark(m, 'package');
        }
      }
      if (mod !== undefined) this.#mark(mod, 'package');
    }
    for (const path of matches.flatMap((match) => match.packages)) {
      const mod = loader.get(path)?.mod;
      if (mod !== undefined) this.#mark(mod, 'named');
    }
  }

  async #messages(): Promise<void> {
    const ml = this.#ml;
    const all = [...this.#relevant.values()].sort((a, b) => (a.m.path < b.m.path ? -1 : 1));
    const deprecations = await mapLimited(
      all.filter(
        ({ why }) =>
          why.has('resolved') || why.has('named') || (why.has('package') && why.has('direct')),
      ),
      lanes,
      async ({ m }) => ({ m, text: await deprecationOf(ml, m) }),
    );
    for (const { m, text } of deprecations) {
      if (text !== '') printError(`go: module ${m.path} is deprecated: ${text}\n`);
    }
    const retractions = await mapLimited(all, lanes, async ({ m }) => ({
      m,
      text: await retractionOf(ml, m),
    }));
    let path = '';
    for (const { m, text } of retractions) {
      if (text === '') continue;
      printError(`go: warning: ${text}\n`);
      path = path === '' ? m.path : '<module>';
    }
    if (path !== '') {
      printError(
        `go: to switch to the latest unretracted version, run:\n\tgo get ${path}@latest\n`,
      );
    }
  }

  /** A module that had a sum keeps having one at its new version. */
  async #sums(): Promise<void> {
    const ml = this.#ml;
    const { buildList, initial } = this.#resolver;
    const errors = await mapLimited(buildList, lanes, async (m) => {
      const before = initial.get(m.path) ?? '';
      if (before === '' || isToolchain(m.path)) return undefined;
      const actual = ml.resolve(m);
      const old = ml.resolve({ path: m.path, version: before });
      const had = ml.source.goSum.have(sumKey(old.path, old.version));
      if (sameModule(actual, old) || actual.version === '' || !had) return undefined;
      try {
        await ml.source.downloadZip(actual);
        return undefined;
      } catch (error) {
        if (isSecurityError(error)) throw error;
        const verb = compareVersions(m.path, m.version, before) < 0 ? 'downgraded' : 'upgraded';
        const by = sameModule(actual, m) ? '' : ` (replaced by ${formatModule(actual)})`;
        return `go: ${verb} ${m.path} ${before} => ${m.version}${by}: error finding sum for ${formatModule(actual)}: ${(error as Error).message}\n`;
      }
    });
    for (const error of errors) {
      if (error === undefined) continue;
      printError(error);
      this.#failed = true;
    }
  }
}

async function deprecationOf(ml: ModLoader, m: ModuleVersion): Promise<string> {
  try {
    const text = await checkDeprecation(ml, m);
    return text === '' ? '' : shortMessage(text, '');
  } catch (error) {
    if (isSecurityError(error)) throw error;
    return '';
  }
}

async function retractionOf(ml: ModLoader, m: ModuleVersion): Promise<string> {
  try {
    await checkRetractions(ml, m);
    return '';
  } catch (error) {
    if (isSecurityError(error)) throw error;
    return findCause(error, RetractedError) === undefined ? '' : (error as Error).message;
  }
}

function requirementsOf(file: ModFile): ModuleVersion[] {
  const list = file.require.map((r) => r.mod);
  if (file.go !== undefined) list.push({ path: 'go', version: file.go.version });
  if (file.toolchain !== undefined) {
    list.push({ path: 'toolchain', version: file.toolchain.name });
  }
  return list;
}

interface Change {
  readonly path: string;
  readonly old: string;
  readonly now: string;
}

function reportChanges(
  resolver: Resolver,
  before: readonly ModuleVersion[],
  after: readonly ModuleVersion[],
): void {
  const { initial } = resolver;
  const changes = new Map<string, Change>();
  const add = (path: string, old: string, now: string): void => {
    if (old !== now) changes.set(path, { path, old, now });
  };
  for (const [path, { version }] of resolver.resolved) {
    const old = initial.get(path) ?? '';
    if (!isToolchain(path) && (old !== '' || version !== 'none')) add(path, old, version);
  }
  for (const { path, version } of before) {
    const now = resolver.selected(path);
    if (!isToolchain(path)) add(path, version, now === 'none' ? '' : now);
  }
  for (const { path, version } of after) {
    if (!isToolchain(path)) add(path, initial.get(path) ?? '', version);
  }
  for (const path of ['go', 'toolchain']) {
    const of = (list: readonly ModuleVersion[]): string =>
      list.find((m) => m.path === path)?.version ?? '';
    add(path, of(before), of(after));
  }
  const rank = ({ path }: Change): number => ['go', 'toolchain'].indexOf(path) >>> 0;
  const sorted = [...changes.values()].sort(
    (a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1),
  );
  for (const change of sorted) printError(describeChange(change));
}

function describeChange({ path, old, now }: Change): string {
  if (old === '') return `go: added ${path} ${now}\n`;
  if (now === 'none' || now === '') return `go: removed ${path} ${old}\n`;
  if (compareVersions(path, now, old) < 0) return `go: downgraded ${path} ${old} => ${now}\n`;
  const expands =
    path === 'go' &&
    compareGo(old, explicitIndirectVersion) < 0 &&
    compareGo(now, explicitIndirectVersion) >= 0;
  const note = expands
    ? `\tnote: expanded dependencies to upgrade to go ${explicitIndirectVersion} or higher; run 'go mod tidy' to clean up\n`
    : '';
  return `go: upgraded ${path} ${old} => ${now}\n${note}`;
}
