/**
 * `go clean`: deletes what builds left in folders, installed programs, and caches.
 * GOROOT: src/cmd/go/internal/clean/clean.go.
 */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { makeBuildConfig, newLoader } from '../cfg/build.ts';
import { findUp } from '../load/gomod.ts';
import { type Package, packageList } from '../load/package.ts';
import { loadPatterns } from '../load/search.ts';
import { targetOf } from '../load/target.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { expiryFile } from '../test/cached.ts';
import { type Context } from './commands.ts';

const caches = ['cache', 'testcache', 'fuzzcache', 'modcache'] as const;

/** Shows commands with -n and -x; deletes without -n. */
class Remover {
  readonly #shows: boolean;
  readonly #deletes: boolean;

  constructor(values: Context['line']['values']) {
    this.#deletes = values['n'] !== true;
    this.#shows = values['n'] === true || values['x'] === true;
  }

  show(command: string): void {
    if (this.#shows) print(`${command}\n`);
  }

  trees(paths: readonly string[]): void {
    if (paths.length === 0) return;
    this.show(`rm -rf ${paths.join(' ')}`);
    for (const path of paths) if (this.#deletes) removeTree(path);
  }

  files(dir: string, names: readonly string[]): void {
    for (const name of names) {
      const file = join(dir, name);
      this.show(`rm -f ${file}`);
      if (this.#deletes) rmSync(file, { force: true });
    }
  }
}

/** Does not follow links, which may lead upwards. */
function makeWritable(dir: string): void {
  chmodSync(dir, 0o755);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(join(dir, entry.name));
  }
}

/** The module cache's folders are read-only. */
function removeTree(path: string): void {
  if (!existsSync(path)) return;
  makeWritable(path);
  rmSync(path, { recursive: true, force: true });
}

export async function runClean(context: Context): Promise<number> {
  const { settings, line } = context;
  const { values, args } = line;
  const wanted = caches.filter((name) => values[name] === true);
  if (args.length > 0 && wanted.length > 0) {
    throw new Failure(`go: clean -${wanted[0]} cannot be used with package arguments`);
  }
  const remover = new Remover(values);
  const named = args.length > 0 || values['i'] === true || values['r'] === true;
  let status = 0;
  if (named || wanted.length === 0) status = await cleanPackages(context, remover, named);
  const dir = settings.gocache;
  if (values['cache'] === true && dir !== 'off' && existsSync(dir)) {
    const folders = readdirSync(dir).filter((name) => /^[\da-f]{2}$/.test(name));
    remover.trees([...folders, ...toolFolders(dir)].map((name) => join(dir, name)));
  } else if (values['testcache'] === true && dir !== 'off' && existsSync(dir)) {
    expireTests(join(dir, expiryFile));
  }
  if (values['modcache'] === true) remover.trees([settings.gomodcache]);
  if (values['fuzzcache'] === true) remover.trees([join(dir, 'fuzz')]);
  return status;
}

/** Tools of modules that `go tool` has built. */
function toolFolders(cache: string): string[] {
  return existsSync(join(cache, 'go-ts-tools')) ? ['go-ts-tools'] : [];
}

/** Results from before now are not looked for any more; time never goes back. */
function expireTests(file: string): void {
  const before = existsSync(file) ? BigInt(readFileSync(file, 'utf8').trim() || '0') : 0n;
  const now = BigInt(Date.now()) * 1_000_000n;
  if (now > before) writeFileSync(file, `${now}\n`);
}

async function cleanPackages(context: Context, remover: Remover, named: boolean): Promise<number> {
  const config = await makeBuildConfig(context);
  // Outside of any module there is nothing that `go clean` alone could mean.
  const hasModule = config.modules === undefined || findUp(config.cwd, 'go.mod') !== undefined;
  if (!named && !hasModule) return 0;
  const { values, args } = context.line;
  const loader = newLoader(config, true, { ignoreImports: values['r'] !== true });
  let status = 0;
  const roots = await loadPatterns(loader, args);
  for (const p of values['r'] === true ? packageList(roots) : roots) {
    if (p.dir === '') {
      printError(`${p.error?.toString()}\n`);
      status = 1;
      continue;
    }
    if (!p.standard) cleanFolder(p, remover);
    const target = values['i'] === true ? targetOf(config, p) : '';
    if (target !== '') remover.files('/', [target]);
  }
  return status;
}

const leftovers = new Set(['_testmain.go', 'test.out', 'build.out', 'a.out']);
const objectSuffixes = new Set(['.5', '.6', '.8', '.a', '.o', '.so']);

function cleanFolder(p: Package, remover: Remover): void {
  const element = basename(p.dir);
  const last = basename(p.importPath);
  const own = new Set<string>();
  const program = (name: string): void => {
    own.add(name).add(`${name}.exe`);
  };
  const s = p.sources;
  if (p.name === 'main') {
    program(element);
    program(last);
  }
  program(`${element}.test`);
  program(`${last}.test`);
  // Each file of a program may have been built alone.
  const kept =
    p.name === 'main' || s === undefined
      ? new Set<string>()
      : new Set([...s.goFiles, ...s.testGoFiles, ...s.xTestGoFiles]);
  const entries = readdirSync(p.dir, { withFileTypes: true });
  for (const { name } of entries) {
    if (!name.endsWith('.go') || kept.has(name)) continue;
    const base = name.replace(/(_test)?\.go$/, '');
    if (name.endsWith('_test.go')) program(`${base}_test`);
    program(base);
  }
  const isLeft = (name: string): boolean =>
    leftovers.has(name) || objectSuffixes.has(extname(name)) || own.has(name);
  remover.files(
    p.dir,
    entries.filter((entry) => !entry.isDirectory() && isLeft(entry.name)).map(({ name }) => name),
  );
  const folders = entries.filter(({ name }) => name === '_obj' || name === '_test');
  remover.trees(
    folders.filter((entry) => entry.isDirectory()).map(({ name }) => join(p.dir, name)),
  );
}
