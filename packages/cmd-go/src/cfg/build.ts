/**
 * What a command that loads or builds packages needs to know, made once from flags and settings.
 *
 * Refuses here, before anything is read, what this toolchain cannot do: other systems, cgo's kin.
 * GOROOT: src/cmd/go/internal/work/init.go (BuildInit, instrumentInit, buildModeInit).
 */
import { type Goroot } from '@go-ts/runtime/goroot/locate';
import { releaseTags } from '@go-ts/runtime/release/release';
import {
  isSupported,
  knownPorts,
  makeTarget,
  type Target,
  toolTags,
} from '@go-ts/runtime/target/targets';
import { type Context } from '../command/commands.ts';
import { openOverlay } from '../fsys/fsys.ts';
import { type BuildContext } from '../load/constraint.ts';
import { Gopath } from '../load/gopath.ts';
import { Loader, type LoadOptions } from '../load/load.ts';
import { ModLoader, type ModOptions } from '../modload/loader.ts';
import { areModulesOff } from '../modload/mode.ts';
import { SourceCache } from '../modload/scan.ts';
import { Failure } from '../report/failure.ts';
import { type CoverSettings, coverSettings } from './cover.ts';
import { needGoroot } from './goroot.ts';
import { modOptions } from './modules.ts';
import { type Settings } from './settings.ts';

export interface BuildConfig {
  readonly settings: Settings;
  readonly goroot: Goroot;
  readonly target: Target;
  readonly context: BuildContext;
  /** Undefined where modules are turned off. */
  readonly modules: ModLoader | undefined;
  readonly cwd: string;
  /** What -x, -n and -work call WORK, where a command has such a folder already. */
  readonly workFolder?: string;
  readonly flags: BuildFlags;
  /** Undefined without -cover. */
  readonly cover: CoverSettings | undefined;
}

/** The build flags that mean something here, with their types. */
export interface BuildFlags {
  readonly a: boolean;
  readonly n: boolean;
  readonly x: boolean;
  readonly v: boolean;
  readonly work: boolean;
  readonly trimpath: boolean;
  readonly json: boolean;
  readonly p: number;
  readonly tags: readonly string[];
  readonly buildmode: string;
  readonly gcflags: readonly string[];
  readonly asmflags: readonly string[];
  readonly ldflags: readonly string[];
  readonly toolexec: readonly string[];
  readonly buildvcs: string | boolean;
  readonly installsuffix: string;
  readonly pkgdir: string;
  readonly pgo: string;
  readonly 'debug-actiongraph': string;
  /** Only commands that build have it. */
  readonly timings?: string | boolean;
}

/** For packages named with a version: the modules around the working folder do not count. */
export function outsideModule({ line }: Context): Partial<ModOptions> {
  // -modfile of GOFLAGS is for commands that have a module.
  const modfile = line.uses.findLast(([name]) => name === 'modfile')?.[1] ?? '';
  return { root: 'none', workspaces: false, allowMissing: true, modfile };
}

export async function makeBuildConfig(
  { settings, line, name }: Context,
  more: Partial<ModOptions> = {},
): Promise<BuildConfig> {
  const { values } = line;
  const { goos, goarch } = settings;
  if (!isSupported(goos, goarch)) {
    const pair = `${goos}/${goarch}`;
    if (!knownPorts.includes(pair)) {
      throw new Failure(`go: unsupported GOOS/GOARCH pair ${pair}`, 2);
    }
    throw new Failure(`go: GOOS/GOARCH pair ${pair} is not supported by this toolchain`, 2);
  }
  const level = settings.get(goarch === 'amd64' ? 'GOAMD64' : 'GOARM64');
  const goexperiment = settings.get('GOEXPERIMENT');
  const flags = values as unknown as BuildFlags;
  refuse(values);
  const goroot = await needGoroot(settings);
  const target = makeTarget({ goos, goarch, level, goexperiment }, goroot.release);
  if (typeof target === 'string') throw new Failure(`go: ${target}`, 2);
  const tags = new Set([...flags.tags, ...toolTags(target), ...releaseTags(goroot.release)]);
  const files = openOverlay(values['overlay'] as string, settings.gomodcache);
  const buildContext = { goos, goarch, cgoEnabled: false, tags, files };
  const modules = areModulesOff(settings, process.cwd(), more.root ?? 'auto')
    ? undefined
    : new ModLoader({
        ...modOptions(settings, values),
        goroot: goroot.dir,
        goVersion: goroot.version.replace(/^go/, ''),
        context: buildContext,
        command: name,
        ...more,
      });
  return {
    settings,
    goroot,
    target,
    context: buildContext,
    modules,
    cwd: process.cwd(),
    flags,
    cover: coverSettings(line),
  };
}

/** A loader for the configuration; `tests` says whether test files count. */
export function newLoader(
  config: BuildConfig,
  tests: boolean,
  ignored: Pick<LoadOptions, 'ignoreImports' | 'ignoreEmbeds'> = {},
): Loader {
  const { context, goroot, modules, cwd, cover, settings } = config;
  const { dir } = goroot;
  const sources = new SourceCache(context, tests);
  const gopath =
    modules === undefined ? new Gopath(context.files, dir, settings.gopath) : undefined;
  return new Loader({
    context,
    goroot: dir,
    modules,
    gopath,
    cwd,
    tests,
    sources,
    ...ignored,
    linked: cover === undefined ? ['runtime'] : ['runtime', 'runtime/coverage'],
  });
}

function refuse(values: Readonly<Record<string, unknown>>): void {
  for (const name of ['race', 'msan', 'asan']) {
    if (values[name] === true) {
      throw new Failure(`go: -${name} requires cgo; this toolchain has none`, 2);
    }
  }
  for (const name of unsupported) {
    const value = values[name];
    if (value === undefined || value === false || value === '') continue;
    throw new Failure(`go: -${name} is not supported by this toolchain yet`, 2);
  }
  if ((values['toolexec'] as readonly string[]).length > 0) {
    throw new Failure('go: -toolexec is not supported yet', 2);
  }
  const p = values['p'] as number;
  if (p <= 0) throw new Failure(`go: -p must be a positive integer: ${p}`);
  const buildmode = values['buildmode'] as string;
  if (!knownModes.includes(buildmode)) throw new Failure(`buildmode=${buildmode} not supported`);
  if (!['default', 'exe', 'archive'].includes(buildmode)) {
    throw new Failure(`go: -buildmode=${buildmode} is not supported by this toolchain yet`);
  }
  if (values['compiler'] !== 'gc') throw new Failure('go: there is no compiler but gc', 2);
  const mod = values['mod'] as string;
  if (!['', 'readonly', 'vendor', 'mod'].includes(mod)) {
    throw new Failure(`-mod=${mod} not supported (can be '', 'mod', 'readonly', or 'vendor')`);
  }
}

const unsupported = ['linkshared', 'debug-runtime-trace', 'debug-trace'];

const knownModes = [
  'default',
  'exe',
  'pie',
  'archive',
  'c-archive',
  'c-shared',
  'shared',
  'plugin',
];
