/**
 * `go list -m`, as far as the main module goes.
 * GOROOT: src/cmd/go/internal/modload/list.go, src/cmd/go/internal/modinfo/info.go (fields).
 */
import { makeBuildConfig } from '../cfg/build.ts';
import { type MainModule } from '../load/gomod.ts';
import { Failure } from '../report/failure.ts';
import { print } from '../report/output.ts';
import { compileTemplate } from '../template/execute.ts';
import { Struct } from '../template/value.ts';
import { type Context } from './commands.ts';

/** The module as templates see it. */
export function moduleData(module: MainModule): Struct {
  const fields = {
    Path: module.path,
    Version: '',
    Query: '',
    Versions: [],
    Replace: undefined,
    Time: undefined,
    Update: undefined,
    Main: true,
    Indirect: false,
    Dir: module.dir,
    GoMod: module.file,
    GoVersion: module.goVersion ?? '',
    Retracted: [],
    Deprecated: '',
    Error: undefined,
    Sum: '',
    GoModSum: '',
    Origin: undefined,
    Reuse: false,
  };
  return new Struct('*modinfo.ModulePublic', fields, module.path);
}

/** The module as -json shows it. */
export function moduleJSON(module: MainModule): Readonly<Record<string, unknown>> {
  return {
    Path: module.path,
    Main: true,
    Dir: module.dir,
    GoMod: module.file,
    ...(module.goVersion === undefined ? {} : { GoVersion: module.goVersion }),
  };
}

export async function listModules(
  context: Context,
  fields: readonly string[] | undefined,
): Promise<number> {
  const { values, args } = context.line;
  const config = await makeBuildConfig(context);
  if (!config.modulesEnabled) {
    throw new Failure('go: list -m cannot be used with GO111MODULE=off');
  }
  const { module } = config;
  const format = values['f'] as string;
  if (module === undefined) {
    if (args.length === 0) {
      print('command-line-arguments\n');
      return 0;
    }
    throw new Failure(
      `go: cannot match "${args[0]}": go.mod file not found in current directory or any parent directory; see 'go help modules'`,
    );
  }
  for (const arg of args) {
    const isOwn = arg === module.path || (arg === 'all' && module.requires.length === 0);
    if (!isOwn) throw new Failure(`go: go list -m ${arg}: other modules are not supported yet`);
  }
  if (values['json'] !== false) {
    const all = Object.entries(moduleJSON(module));
    const kept = all.filter(([name]) => fields === undefined || fields.includes(name));
    print(`${JSON.stringify(Object.fromEntries(kept), null, '\t')}\n`);
    return 0;
  }
  const text = compileTemplate(format || '{{.String}}', {})(moduleData(module));
  print(text === '' || text.endsWith('\n') ? text : `${text}\n`);
  return 0;
}
