/**
 * `go list`: what packages are there, and what is known of each.
 * GOROOT: src/cmd/go/internal/list/list.go.
 */
import { type BuildConfig, makeBuildConfig, newLoader } from '../cfg/build.ts';
import { type Package, packageList } from '../load/package.ts';
import { splitForProfiles } from '../load/profile.ts';
import { loadPatterns } from '../load/search.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { withBuilder } from '../work/session.ts';
import { type Context } from './commands.ts';
import { isPublicField, publicData, toJSON } from './list-json.ts';
import { expandTemplate } from './template.ts';

export async function runList(context: Context): Promise<number> {
  const { values, args } = context.line;
  for (const name of ['m', 'u', 'versions', 'retracted', 'compiled', 'test', 'find']) {
    if (values[name] === true) throw new Failure(`go: go list -${name} is not supported yet`);
  }
  const format = values['f'] as string;
  const json = values['json'] as boolean | string;
  if (format !== '' && json !== false) {
    throw new Failure('go: go list -f cannot be used with -json');
  }
  const fields = typeof json === 'string' ? json.split(',') : undefined;
  for (const field of fields ?? []) {
    if (!isPublicField(field)) throw new Failure(`go: unknown field ${JSON.stringify(field)}`);
  }
  const config = await makeBuildConfig(context);
  const loader = newLoader(config, true);
  let packages = loadPatterns(loader, args);
  const tolerant = values['e'] === true;
  if (!tolerant) {
    const failed = packages.filter((p) => p.error !== undefined);
    if (failed.length > 0) throw new Failure(failed.map((p) => p.error?.toString()).join('\n'));
  }
  if (values['pgo'] === 'auto') splitForProfiles(packages);
  const roots = packages;
  if (values['deps'] === true) packages = packageList(packages);
  const out: string[] = [];
  const onCommandLine = new Set(roots);
  const exports = values['export'] === true ? await exportFiles(config, packages) : new Map();
  for (const p of packages) {
    const options = { loader, depOnly: !onCommandLine.has(p), fields, exports };
    if (json !== false) out.push(`${toJSON(p, options)}\n`);
    else if (format === '') out.push(`${p.importPath}\n`);
    else {
      // A package for which the template makes no text has no line.
      const text = expandTemplate(format, publicData(p, options));
      if (text !== '') out.push(`${text}\n`);
    }
  }
  print(out.join(''));
  if (tolerant || values['deps'] !== true) return 0;
  const errors = packages.filter((p) => p.error !== undefined);
  for (const p of errors) printError(`${p.error?.toString()}\n`);
  return errors.length > 0 ? 1 : 0;
}

/** Builds the packages and says where in the cache their archives are. */
async function exportFiles(
  config: BuildConfig,
  packages: readonly Package[],
): Promise<ReadonlyMap<Package, string>> {
  const files = new Map<Package, string>();
  await withBuilder(config, async (builder) => {
    const sound = packages.filter((p) => !p.incomplete);
    await builder.buildPackages(sound);
    for (const p of sound) {
      // They are built: this only takes the values out of their promises.
      // oxlint-disable-next-line no-await-in-loop
      const output = await builder.archive(p);
      if (output !== '') files.set(p, builder.cache.file(output));
    }
  });
  return files;
}
