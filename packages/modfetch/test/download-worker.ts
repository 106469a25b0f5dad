/** Downloads all modules of a GOPROXY folder into a module cache; killed by its test while it does. */
import { openModuleSource } from '../src/fetch/fetcher.ts';
import { type FetchSettings } from '../src/source.ts';

const { settings, modules } = JSON.parse(process.argv[2]!) as {
  settings: Omit<FetchSettings, 'env' | 'say'>;
  modules: { path: string; version: string }[];
};
const source = openModuleSource({ ...settings, env: process.env, say: () => {} });
await Promise.all(
  modules.map(async (mod) => {
    await source.goMod(mod.path, mod.version);
    await source.download(mod);
  }),
);
source.close();
console.log('done');
