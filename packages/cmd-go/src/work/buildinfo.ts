/**
 * What a program knows about its own build: runtime/debug.ReadBuildInfo, and the GODEBUG defaults
 * that its go.mod's version implies.
 * GOROOT: src/runtime/debug/mod.go (text form), src/cmd/go/internal/load/{pkg,godebug}.go,
 * src/internal/godebugs/table.go (the settings, read from the GOROOT in use).
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { quoteString } from '@go-ts/base/quote';
import { compareModules } from '@go-ts/modfetch/version/gover';
import { formatModule } from '@go-ts/modfetch/version/module';
import { type BuildConfig } from '../cfg/build.ts';
import { type PackageModule } from '../load/module.ts';
import { isProgram, type Package, packageList } from '../load/package.ts';
import { compareBytes } from '../load/sources.ts';
import { Failure } from '../report/failure.ts';

const joined = (uses: readonly string[]): string => uses.join(' ');

export function buildInfo(config: BuildConfig, main: Package): string {
  const { target, flags } = config;
  const settings: [string, string][] = [];
  if (flags.asmflags.length > 0) settings.push(['-asmflags', joined(flags.asmflags)]);
  settings.push(['-buildmode', 'exe'], ['-compiler', 'gc']);
  if (flags.gcflags.length > 0) settings.push(['-gcflags', joined(flags.gcflags)]);
  if (flags.ldflags.length > 0 && !flags.trimpath) {
    settings.push(['-ldflags', joined(flags.ldflags)]);
  }
  if (config.cover !== undefined) settings.push(['-cover', 'true']);
  if (flags.tags.length > 0) settings.push(['-tags', flags.tags.join(',')]);
  if (flags.trimpath) settings.push(['-trimpath', 'true']);
  const godebug = defaultGodebug(config, main);
  if (godebug !== '') settings.push(['DefaultGODEBUG', godebug]);
  settings.push(['CGO_ENABLED', '0'], ['GOARCH', target.goarch]);
  if (target.goexperiment !== '') settings.push(['GOEXPERIMENT', target.goexperiment]);
  settings.push(['GOOS', target.goos], [target.arch.levelVariable, target.level]);
  settings.push(...main.stamp.settings);
  if (main.profile !== '') {
    const file = flags.trimpath ? basename(main.profile) : main.profile;
    settings.push(['-pgo', file]);
    settings.sort(([a], [b]) => compareBytes(a, b));
  }
  const lines = [`path\t${main.importPath}\n`];
  const own = main.module;
  if (own !== undefined) {
    const version = main.stamp.version === '' ? own.version : main.stamp.version;
    lines.push(moduleLine('mod', { ...own, version }));
  }
  lines.push(...dependencies(main).map((module) => moduleLine('dep', module)));
  for (const [key, value] of settings) lines.push(`build\t${quoteKey(key)}=${quoteValue(value)}\n`);
  return lines.join('');
}

function moduleLine(word: string, module: PackageModule): string {
  const { path, version, sum, replacement } = module;
  const line = `${word}\t${path}\t${version || '(devel)'}`;
  if (replacement === undefined) return `${line}\t${sum}\n`;
  const { path: to, version: toVersion, sum: toSum } = replacement;
  return `${line}\n=>\t${to}\t${toVersion || '(devel)'}\t${toSum}\n\n`;
}

/** The modules, but the program's own, that packages of the program come from. */
function dependencies(main: Package): PackageModule[] {
  const found = new Map<string, PackageModule>();
  for (const { module } of packageList(main.deps)) {
    if (module === undefined || module.path === main.module?.path) continue;
    found.set(formatModule(module), module);
  }
  return [...found.values()].sort(compareModules);
}

function quoteKey(key: string): string {
  return key === '' || /[= \t\r\n"`]/.test(key) ? quoteString(key) : key;
}

function quoteValue(value: string): string {
  return /[ \t\r\n"`]/.test(value) ? quoteString(value) : value;
}

interface Setting {
  readonly name: string;
  /** Minor version in which the default changed, and the default before. */
  readonly changed: number;
  readonly old: string;
}

/**
 * The settings whose defaults are younger than the go version of the main module, and those that
 * `//go:debug` lines and go.mod's godebug lines make.
 */
export function defaultGodebug(config: BuildConfig, main: Package): string {
  const { sources } = main;
  const { modules } = config;
  if (!isProgram(main)) return '';
  const values = new Map<string, string>();
  let { minor } = config.goroot.release;
  const minorOf = (version: string): number =>
    Number(/^1\.(\d+)/.exec(version)?.[1] ?? config.goroot.release.minor);
  // Without modules, and for modules that do not say, it is the last version before GODEBUG counted.
  if (modules === undefined) minor = 20;
  else if (modules.options.root === 'none' && main.module !== undefined) {
    minor = minorOf(main.module.goVersion ?? '1.20');
  } else minor = minorOf(modules.mainGoVersion);
  const lines = [
    ...(modules?.mainGodebug ?? []).map(({ key, value }) => `${key}=${value}`),
    ...(sources?.directives ?? [])
      .filter((line) => /^\/\/go:debug[ \t]/.test(line))
      .map((line) => line.slice('//go:debug'.length).trim()),
  ];
  for (const line of lines) {
    const [key, value] = line.split(/=(.*)/s);
    if (key === undefined || value === undefined) {
      throw new Failure(`go: invalid //go:debug: ${line}`);
    }
    if (key === 'default') minor = Number(/^go1\.(\d+)/.exec(value)?.[1] ?? minor);
    else values.set(key, value);
  }
  if (minor >= config.goroot.release.minor && values.size === 0) return '';
  for (const setting of readTable(config.goroot.dir)) {
    if (minor < setting.changed && !values.has(setting.name)) {
      values.set(setting.name, setting.old);
    }
  }
  return [...values]
    .map((pair) => pair.join('='))
    .sort()
    .join(',');
}

function readTable(goroot: string): Setting[] {
  const text = readFileSync(join(goroot, 'src/internal/godebugs/table.go'), 'utf8');
  const rows = text.matchAll(/\{Name: "(\w+)"[^}]*Changed: (\d+), Old: "([^"]*)"/g);
  return [...rows].map(([, name, changed, old]) => ({
    name: name!,
    changed: Number(changed),
    old: old!,
  }));
}
