/** Opens the module cache, GOPROXY and the rest for a command, as its settings say. */
import { join } from 'node:path';
import { openModuleSource } from '@go-ts/modfetch/fetch/fetcher';
import { type FetchSettings, type ModuleSource } from '@go-ts/modfetch/source';
import { printError } from '../report/output.ts';
import { type ModLoader } from './loader.ts';

export function openSource(ml: ModLoader): ModuleSource {
  const { settings, command, modcacherw, trace, sayDownloads } = ml.options;
  const goprivate = settings.get('GOPRIVATE');
  const gopath = settings.gopath.split(':')[0] ?? '';
  const fetchSettings: FetchSettings = {
    GOPROXY: settings.get('GOPROXY'),
    GOPRIVATE: goprivate,
    GONOPROXY: settings.get('GONOPROXY') || goprivate,
    GONOSUMDB: settings.get('GONOSUMDB') || goprivate,
    GOSUMDB: settings.get('GOSUMDB'),
    GOINSECURE: settings.get('GOINSECURE'),
    GOAUTH: settings.get('GOAUTH') || 'netrc',
    GOVCS: settings.get('GOVCS'),
    GOMODCACHE: settings.gomodcache,
    sumdbDir: gopath === '' ? '' : join(gopath, 'pkg/sumdb'),
    modCacheRW: modcacherw,
    trace,
    lookupDisabled: ml.buildMod === 'vendor' ? 'module lookup disabled by -mod=vendor' : undefined,
    env: settings.env,
    say: (line) => printError(`${line}\n`),
    sayDownloads: sayDownloads ?? true,
    goSumFile: ml.goSumFile,
    workspaceGoSumFiles: ml.inWorkspace ? ml.modRoots.map((root) => join(root, 'go.sum')) : [],
    ignoreMalformedGoSum: command === 'mod tidy',
    goVersion: ml.options.goVersion,
    readGoSum: (file) => (ml.files.exists(file) ? ml.files.readText(file) : ''),
  };
  return openModuleSource(fetchSettings);
}
