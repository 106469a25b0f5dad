/**
 * `go list`: what packages are there, and what is known of each.
 * GOROOT: src/cmd/go/internal/list/list.go.
 */
import { quoteString } from '@go-ts/base/quote';
import { type BuildConfig, makeBuildConfig, newLoader } from '../cfg/build.ts';
import { coverBuild } from '../load/cover.ts';
import { type Loader } from '../load/load.ts';
import { describe, type Package, PackageError, packageList } from '../load/package.ts';
import { setProfiles } from '../load/profile.ts';
import { loadPatterns } from '../load/search.ts';
import { brokenPackage, hasTests, loadTests } from '../load/test.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { compileTemplate } from '../template/execute.ts';
import { withBuilder } from '../work/session.ts';
import { staleness } from '../work/stale.ts';
import { stampPrograms } from '../work/stamp.ts';
import { type Context } from './commands.ts';
import { listFunctions } from './list-functions.ts';
import { isPublicField, publicData, toJSON } from './list-json.ts';
import { runListModules } from './list-modules.ts';

export async function runList(context: Context): Promise<number> {
  const { values, args } = context.line;
  for (const arg of args) {
    if (arg === '') throw new Failure(`go: invalid package: ${quoteString(arg)}`);
  }
  const format = values['f'] as string;
  const json = values['json'] as boolean | string;
  if (format !== '' && json !== false) throw new Failure('go list -f cannot be used with -json');
  checkModes(values);
  const fields = typeof json === 'string' ? json.split(',') : undefined;
  if (values['m'] === true) return await runListModules(context);
  for (const field of fields ?? []) {
    if (!isPublicField(field)) throw new Failure(`go: unknown field ${quoteString(field)}`);
  }
  const config = await makeBuildConfig(context);
  const expand = format === '' ? undefined : compileTemplate(format, listFunctions(config));
  const asksEmbeds = fields?.some((name) => name.endsWith('EmbedFiles')) ?? true;
  const loader = newLoader(config, true, {
    ignoreImports: values['find'] === true,
    ignoreEmbeds: !asksEmbeds && values['export'] !== true,
  });
  const tolerant = values['e'] === true;
  const asksStale =
    json === true || /\.Stale/.test(format) || fields?.some((name) => name.startsWith('Stale'));
  let packages = await loadPatterns(loader, args, {
    loadTests: values['test'] === true,
    moduleInfo: format !== '' || json === true || fields?.includes('Module') === true,
  });
  if (values['export'] === true || fields === undefined || asksStale === true) {
    await stampPrograms(config, packages);
  }
  if (!tolerant) {
    const failed = packages.filter((p) => p.error !== undefined);
    if (failed.length > 0) throw new Failure(failed.map((p) => p.error?.toString()).join('\n'));
  }
  setProfiles(config.context.files, config.flags.pgo, packages);
  if (values['test'] === true) packages.push(...testPackages(loader, packages, tolerant));
  const roots = new Set(packages);
  if (values['deps'] === true) packages = packageList(packages);
  const errors = values['deps'] === true ? packages.filter((p) => p.error !== undefined) : [];
  const isCompiled = values['compiled'] === true;
  const builds = values['export'] === true || packages.some((p) => p.testMain !== undefined);
  if (builds || asksStale === true) coverBuild(config, loader, packages);
  const built: BuiltFiles = builds
    ? await buildFiles(config, packages, { exports: values['export'] === true, tolerant })
    : { exports: new Map(), mains: new Map(), buildIDs: new Map() };
  const stale =
    asksStale === true
      ? await withBuilder(config, (builder) => staleness(config, builder, packages))
      : undefined;
  const out: string[] = [];
  for (const p of packages) {
    const options = {
      loader,
      config,
      ...(stale === undefined ? {} : { stale }),
      depOnly: !roots.has(p),
      fields,
      isCompiled,
      isTest: values['test'] === true,
      ...built,
    };
    if (json !== false) out.push(`${toJSON(p, options)}\n`);
    else if (expand === undefined) out.push(`${describe(p)}\n`);
    else {
      // A line is ended unless it has ended or there is none.
      const text = expand(publicData(p, options));
      out.push(text === '' || text.endsWith('\n') ? text : `${text}\n`);
    }
  }
  print(out.join(''));
  if (tolerant) return 0;
  for (const p of errors) printError(`${p.error?.toString()}\n`);
  return errors.length > 0 ? 1 : 0;
}

/** Flags that make no sense together. */
function checkModes(values: Context['line']['values']): void {
  const on = (name: string): boolean => values[name] === true;
  if (values['reuse'] !== '' && !on('m')) {
    throw new Failure('go list -reuse cannot be used without -m');
  }
  if (on('m')) {
    for (const name of ['compiled', 'deps', 'export', 'find', 'test']) {
      if (on(name)) throw new Failure(`go list -${name} cannot be used with -m`);
    }
    return;
  }
  for (const name of ['u', 'versions']) {
    if (on(name)) throw new Failure(`go list -${name} can only be used with -m`);
  }
  if (!on('find')) return;
  for (const name of ['deps', 'test', 'export']) {
    if (on(name)) throw new Failure(`go list -${name} cannot be used with -find`);
  }
}

/** -test: for each package its test's main package, and the variants that go into it. */
function testPackages(loader: Loader, packages: readonly Package[], tolerant: boolean): Package[] {
  const list: Package[] = [];
  for (const p of packages) {
    if (!hasTests(p)) continue;
    const tests = loadTests(loader, p);
    const broken = brokenPackage(tests);
    if (broken !== undefined && !tolerant) {
      throw new Failure(`go: can't load test package: ${broken.error?.toString()}`);
    }
    const { main, tested, external } = tests;
    list.push(main);
    if (tested !== p) list.push(tested);
    if (external !== undefined) list.push(external);
  }
  return list;
}

interface BuiltFiles {
  readonly exports: Map<Package, string>;
  readonly mains: Map<Package, string>;
  readonly buildIDs: Map<Package, string>;
}

/** Files of the cache: the packages' archives, and the texts of test programs. */
async function buildFiles(
  config: BuildConfig,
  packages: readonly Package[],
  { exports: wantsExports, tolerant }: { readonly exports: boolean; readonly tolerant: boolean },
): Promise<BuiltFiles> {
  const exports = new Map<Package, string>();
  const mains = new Map<Package, string>();
  const buildIDs = new Map<Package, string>();
  await withBuilder(config, async (builder) => {
    for (const p of packages) {
      if (p.testMain !== undefined) mains.set(p, builder.generated(p.testMain).path);
    }
    if (!wantsExports) return;
    const sound = packages.filter((p) => !p.incomplete);
    if (!tolerant) await builder.buildPackages(sound);
    else {
      const messages = builder.keepMessages();
      await builder.tryBuild(sound);
      for (const [p, message] of messages) {
        p.error ??= new PackageError(message);
        p.incomplete = true;
      }
    }
    const outputs = await Promise.all(sound.map((p) => builder.unified(p, true)));
    const found = await Promise.all(sound.map((p) => builder.peek(p)));
    sound.forEach((p, i) => {
      const output = outputs[i];
      if (output !== undefined) buildIDs.set(p, found[i]?.buildID ?? '');
      if (output !== undefined) exports.set(p, builder.cache.file(output));
    });
  });
  return { exports, mains, buildIDs };
}
