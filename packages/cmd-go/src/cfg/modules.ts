/** The module state of a command that is about modules and builds nothing. */
import { releaseTags } from '@go-ts/runtime/release/release';
import { makeTarget, toolTags } from '@go-ts/runtime/target/targets';
import { type Context } from '../command/commands.ts';
import { openOverlay } from '../fsys/fsys.ts';
import { ModLoader, type ModOptions } from '../modload/loader.ts';
import { Failure } from '../report/failure.ts';
import { needGoroot } from './goroot.ts';
import { type Settings } from './settings.ts';

/** What flags and settings say about modules. */
export function modOptions(
  settings: Settings,
  values: Readonly<Record<string, unknown>>,
): Omit<ModOptions, 'goroot' | 'goVersion' | 'context' | 'command'> {
  const text = (name: string): string => (values[name] as string | undefined) ?? '';
  return {
    settings,
    cwd: process.cwd(),
    mod: text('mod'),
    modfile: text('modfile'),
    modcacherw: values['modcacherw'] === true,
    verbose: values['v'] === true,
    trace: values['x'] === true,
    workspaces: true,
    root: 'auto',
  };
}

export async function makeModLoader(
  { settings, line, name }: Context,
  more: Partial<ModOptions> = {},
): Promise<ModLoader> {
  const goroot = await needGoroot(settings);
  const { goos, goarch } = settings;
  const level = settings.get(goarch === 'amd64' ? 'GOAMD64' : 'GOARM64');
  const goexperiment = settings.get('GOEXPERIMENT');
  const target = makeTarget({ goos, goarch, level, goexperiment }, goroot.release);
  if (typeof target === 'string') throw new Failure(`go: ${target}`, 2);
  const tags = new Set([...toolTags(target), ...releaseTags(goroot.release)]);
  const overlay = line.values['overlay'] as string | undefined;
  const files = openOverlay(overlay ?? '', settings.gomodcache);
  return new ModLoader({
    ...modOptions(settings, line.values),
    goroot: goroot.dir,
    goVersion: goroot.version.replace(/^go/, ''),
    context: { goos, goarch, cgoEnabled: false, tags, files },
    command: name,
    ...more,
  });
}
