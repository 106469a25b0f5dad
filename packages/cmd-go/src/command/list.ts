/**
 * `go list`: what packages are there, and what is known of each.
 * GOROOT: src/cmd/go/internal/list/list.go.
 */
import { makeBuildConfig, newLoader } from '../cfg/build.ts';
import { type Package, packageList } from '../load/package.ts';
import { splitForProfiles } from '../load/profile.ts';
import { loadPatterns } from '../load/search.ts';
import { Failure } from '../report/failure.ts';
import { print, printError } from '../report/output.ts';
import { type Context } from './commands.ts';
import { isPublicField, toJSON } from './list-json.ts';

export async function runList(context: Context): Promise<number> {
  const { values, args } = context.line;
  for (const name of ['m', 'u', 'versions', 'retracted', 'compiled', 'export', 'test', 'find']) {
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
  for (const p of packages) {
    if (json === false) {
      out.push(format === '' ? `${p.importPath}\n` : `${expand(format, p)}\n`);
    } else {
      out.push(`${toJSON(p, { loader, depOnly: !onCommandLine.has(p), fields })}\n`);
    }
  }
  print(out.join(''));
  if (tolerant || values['deps'] !== true) return 0;
  const errors = packages.filter((p) => p.error !== undefined);
  for (const p of errors) printError(`${p.error?.toString()}\n`);
  return errors.length > 0 ? 1 : 0;
}

/** The part of Go's templates that is a field by itself: `{{.ImportPath}}`. */
function expand(format: string, p: Package): string {
  const sources = p.sources;
  const fields: Record<string, string> = {
    ImportPath: p.importPath,
    Dir: p.dir,
    Name: p.name,
    Root: p.root,
    Standard: String(p.standard),
    Goroot: String(p.goroot),
    Incomplete: String(p.incomplete),
    GoFiles: goList(sources?.goFiles),
    SFiles: goList(sources?.sFiles),
    Imports: goList(p.imports),
  };
  return format.replaceAll(/\{\{([^}]*)\}\}/g, (_, action: string) => {
    const name = /^\s*\.(\w+)\s*$/.exec(action)?.[1];
    if (name === undefined || fields[name] === undefined) {
      throw new Failure(`go: template {{${action}}} is not supported yet`);
    }
    return fields[name];
  });
}

function goList(list: readonly string[] | undefined): string {
  return `[${(list ?? []).join(' ')}]`;
}
