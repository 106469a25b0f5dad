/** `go mod why`. GOROOT: src/cmd/go/internal/modcmd/why.go. */
import { makeModLoader } from '../../cfg/modules.ts';
import { plainMode } from '../../modload/info.ts';
import { listModules } from '../../modload/list.ts';
import { type PackageLoader } from '../../modload/load.ts';
import { type ModLoader } from '../../modload/loader.ts';
import { loadPackages, type LoadRequest } from '../../modload/packages.ts';
import { Failure } from '../../report/failure.ts';
import { print } from '../../report/output.ts';
import { type Context } from '../commands.ts';

export async function runModWhy(context: Context): Promise<number> {
  const { values, args } = context.line;
  const vendor = values['vendor'] === true;
  const ml = await makeModLoader(context, { root: 'need' });
  const request: LoadRequest = {
    anyTags: true,
    vendorModulesInGoroot: true,
    loadTests: !vendor,
    silencePackageErrors: true,
    useVendorAll: vendor,
    explicitWrite: true,
  };
  const stanzas =
    values['m'] === true
      ? await whyModules(ml, request, args, vendor)
      : await whyPackages(ml, request, args, vendor);
  print(stanzas.join('\n'));
  return 0;
}

function stanza(name: string, why: string | undefined, what: string, vendor: boolean): string {
  const none = `(main module does not need${vendor ? ' to vendor' : ''} ${what} ${name})\n`;
  return `# ${name}\n${why ?? none}`;
}

async function whyModules(
  ml: ModLoader,
  request: LoadRequest,
  args: readonly string[],
  vendor: boolean,
): Promise<string[]> {
  for (const arg of args) {
    if (arg.includes('@')) {
      throw new Failure(`go: ${arg}: 'go mod why' requires a module path, not a version query`);
    }
  }
  const { modules, error } = await listModules(ml, args, plainMode, { explicitWrite: true });
  if (error !== undefined) throw new Failure(`go: ${error.message}`);
  const { loader, packages } = await loadPackages(ml, request, ['all']);
  return modules.map(({ Path }) => {
    const own = packages.filter((path) => loader.get(path)?.mod?.path === Path);
    return stanza(Path, nearest(loader, own)?.why, 'module', vendor);
  });
}

/** The package with the shortest way to it. */
function nearest(
  loader: PackageLoader,
  paths: readonly string[],
): ReturnType<PackageLoader['get']> {
  let best: ReturnType<PackageLoader['get']>;
  for (const path of paths) {
    const pkg = loader.get(path);
    if (pkg !== undefined && (best === undefined || pkg.depth < best.depth)) best = pkg;
  }
  return best;
}

async function whyPackages(
  ml: ModLoader,
  request: LoadRequest,
  args: readonly string[],
  vendor: boolean,
): Promise<string[]> {
  const { matches } = await loadPackages(ml, request, args);
  // Again, from the main module and not from the packages named.
  const { loader } = await loadPackages(ml, request, ['all']);
  return matches
    .flatMap((match) => match.packages)
    .map((path) => stanza(path, loader.get(path)?.why, 'package', vendor));
}
