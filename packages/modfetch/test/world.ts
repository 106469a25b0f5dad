/** A module proxy over modules of the test's own, a module cache to fill from it, and both for a while. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ModProxy,
  type ModProxyOptions,
  startModProxy,
} from '../../../tools/conformance/modproxy.ts';
import { openModuleSource } from '../src/fetch/fetcher.ts';
import { type FetchSettings, type ModuleSource } from '../src/source.ts';

export interface World {
  readonly dir: string;
  readonly proxy: ModProxy;
  readonly said: string[];
  readonly settings: (changes?: Partial<FetchSettings>) => FetchSettings;
  readonly open: (changes?: Partial<FetchSettings>) => ModuleSource;
  /** Files of the module cache that are neither locks nor the database's. */
  readonly cached: () => string[];
  readonly close: () => Promise<void>;
}

/** `example.com/M VERSION`, and what is in it. */
export function archive(path: string, version: string, files: Record<string, string>): string {
  const goMod = files['go.mod'] ?? `module ${path}\n`;
  const info = JSON.stringify({ Version: version, Time: '2020-01-02T03:04:05Z' });
  const all = { '.mod': goMod, '.info': info, ...files };
  return Object.entries(all)
    .map(([name, text]) => `-- ${name} --\n${text.endsWith('\n') ? text : `${text}\n`}`)
    .join('');
}

export const threeModules: Record<string, string> = {
  'example.com_a_v1.0.0': archive('example.com/a', 'v1.0.0', {
    'go.mod': 'module example.com/a\n\nrequire example.com/!b v1.2.0\n'.replace('!b', 'B'),
    'a.go': 'package a\n',
    'sub/s.go': 'package sub\n',
  }),
  'example.com_!b_v1.2.0': archive('example.com/B', 'v1.2.0', { 'b.go': 'package b\n' }),
  'example.com_c_v0.1.0': archive('example.com/c', 'v0.1.0', { 'c.go': 'package c\n' }),
};

export async function makeWorld(
  modules: Record<string, string> = threeModules,
  options: Partial<ModProxyOptions> = {},
): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'go-ts-modfetch-'));
  const archives = join(dir, 'archives');
  mkdirSync(archives);
  for (const [name, text] of Object.entries(modules)) {
    writeFileSync(join(archives, `${name}.txt`), text);
  }
  const proxy = await startModProxy({ dir: archives, ...options });
  const said: string[] = [];
  const sources: ModuleSource[] = [];
  const GOMODCACHE = join(dir, 'mod');
  const settings = (changes: Partial<FetchSettings> = {}): FetchSettings => ({
    GOPROXY: proxy.url,
    GONOPROXY: '',
    GOPRIVATE: '',
    GONOSUMDB: '',
    GOSUMDB: proxy.sumdbKey,
    GOINSECURE: '',
    GOAUTH: 'off',
    GOVCS: '',
    GOMODCACHE,
    sumdbDir: join(dir, 'sumdb'),
    modCacheRW: false,
    trace: false,
    lookupDisabled: undefined,
    goVersion: '1.27.4',
    env: process.env,
    say: (line) => said.push(line),
    sayDownloads: true,
    goSumFile: join(dir, 'go.sum'),
    workspaceGoSumFiles: [],
    ignoreMalformedGoSum: false,
    ...changes,
  });
  return {
    dir,
    proxy,
    said,
    settings,
    open(changes) {
      const source = openModuleSource(settings(changes));
      sources.push(source);
      return source;
    },
    cached: () =>
      listFiles(GOMODCACHE).filter(
        (file) => !/\.lock$|^cache\/(?:lock|download\/sumdb)/.test(file),
      ),
    async close() {
      for (const source of sources) source.close();
      await proxy.close();
      makeWritable(dir);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function makeWritable(dir: string): void {
  chmodSync(dir, 0o755);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(join(dir, entry.name));
  }
}

export function listFiles(dir: string, prefix = ''): string[] {
  if (statSync(dir, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(dir, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? listFiles(join(dir, entry.name), `${prefix}${entry.name}/`)
        : [prefix + entry.name],
    )
    .sort();
}
