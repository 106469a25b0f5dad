/**
 * Tools that a module names in its go.mod: programs of its requirements or its own, built when they are
 * first asked for and kept in the cache.
 * GOROOT: src/cmd/go/internal/tool/tool.go (loadModTool, buildAndRunModtool, listTools).
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { type BuildConfig, makeBuildConfig, newLoader } from '../cfg/build.ts';
import { buildFlags } from '../cfg/buildflags.ts';
import { parseFlags } from '../cfg/flags.ts';
import { Settings } from '../cfg/settings.ts';
import { executableName, programName } from '../load/package.ts';
import { loadPatterns } from '../load/search.ts';
import { compareBytes } from '../load/sources.ts';
import { loadModFile } from '../modload/gomod.ts';
import { Failure } from '../report/failure.ts';
import { placeOutput } from '../work/output.ts';
import { checkPackages, withBuilder } from '../work/session.ts';
import { type Context } from './commands.ts';

export interface ModuleTools {
  readonly config: BuildConfig;
  /** Import paths, sorted. */
  readonly tools: readonly string[];
}

/** The tools of the modules around the working folder, to be built for this machine. */
export async function moduleTools({
  settings,
  line,
  goflags,
  name,
}: Context): Promise<ModuleTools> {
  const host = new Settings({ ...settings.env, GOOS: '', GOARCH: '' });
  const parsed = parseFlags(buildFlags, [], { usage: '', name: 'tool' }, goflags);
  const values = { ...parsed.values, ...line.values };
  const config = await makeBuildConfig({
    settings: host,
    line: { ...parsed, values },
    goflags,
    name,
  });
  if (config.modules === undefined) return { config, tools: [] };
  await loadModFile(config.modules);
  return { config, tools: [...config.modules.mains.tools].sort(compareBytes) };
}

/** The path of the tool that a word means: its path, or the name of its program. */
export function chooseTool(name: string, tools: readonly string[]): string | undefined {
  const matches = tools.filter((path) => path === name || programName(path) === name);
  if (matches.length <= 1) return matches[0];
  const list = matches.map((path) => `${path}\n\t`).join('');
  throw new Failure(`go: tool ${quoteString(name)} is ambiguous; choose one of:\n\t${list}`);
}

/** Each with the short name that it can be called by, if nothing else has that. */
export function namesOf(tools: readonly string[], taken: ReadonlySet<string>): string[] {
  const count = (alias: string): number =>
    tools.filter((path) => programName(path) === alias).length;
  return tools.map((path) => {
    const alias = programName(path);
    return taken.has(alias) || count(alias) > 1 ? path : `${alias} (${path})`;
  });
}

/** The program's file, in the cache under its own name. */
export async function buildModuleTool(config: BuildConfig, path: string): Promise<string> {
  const packages = await loadPatterns(newLoader(config, false), [path]);
  checkPackages(packages);
  const [main] = packages;
  if (main?.name !== 'main') throw new Failure(`go: package ${path} is not a main package`);
  return await withBuilder(config, async (builder) => {
    await builder.buildPackages([main]);
    const output = await builder.link(main, ['-s', '-w']);
    const file = executableName(main) + config.target.os.exeSuffix;
    const made = join(builder.cache.dir, 'go-ts-tools', output.slice(0, 16), file);
    if (!existsSync(made)) {
      mkdirSync(dirname(made), { recursive: true });
      placeOutput(builder.cache.file(output), made, { mode: 0o777, what: path });
    }
    return made;
  });
}
